"""History of an index of numbers of shares: its vector is set and adjusted here, its level is that of any index.

Between two days on which the vector is set, the index runs through
:mod:`xlidx.index.divisor_history.history` with divisor 1: a
dividend, increase, reduction or split is an action that changes one number of shares, known before the walk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from operator import attrgetter

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import Basket
from xlidx.index.divisor_history.history import continue_history, index_history
from xlidx.index.divisor_history.plan import IndexState
from xlidx.index.share_vector.market import Market
from xlidx.index.share_vector.rebalancing import (
    line,
    percentage_weights,
    shares_after_removal,
    shares_of,
    weights_after_removal,
)
from xlidx.index.share_vector.tables import EventRow, Names, Target
from xlidx.rounding import round_decimals
from xlidx.rules import rule
from xlidx.tables import Table, from_frame

WEIGHTS_OVER = ("sum", "level")
CARRIED = "last known price carried"
LOG = ("date", "isin", "before", "after", "price", "reason")


@attrs.frozen(eq=False)
class Path:
    """A rebalancing period under way: names, weights at the adjustment day and after, days done and in all."""

    day: np.datetime64
    ids: tuple[str, ...]
    start: Floats
    target: Floats
    done: int
    days: int


@attrs.frozen(eq=False)
class VectorState:
    """What one session of one vector hands to the next: the state of the index, and a period under way."""

    index: IndexState
    path: Path | None


@attrs.frozen(eq=False)
class Stop:
    """A session before whose open the vector is set; in the order of the fields."""

    capture: Target | None = None
    days: int = 0
    insolvent: frozenset[str] = frozenset()
    removals: tuple[EventRow, ...] = ()
    rebalance: bool = False


@attrs.frozen(eq=False)
class Change:
    """A factor on the number of shares of one component from a session on; ``event`` is None for a dividend."""

    session: int
    isin: str
    factor: float
    reason: str
    event: EventRow | None = None


@attrs.frozen
class Setup:
    """What all vectors of an index share: names, base, rounding and readings."""

    names: Names
    base_level: float
    decimals: int | None
    weights_over: str
    index_currency: str
    other_events: str = "refuse"


@attrs.define(eq=False)
class Run:
    """One vector on its way: levels found so far, and the log of its numbers of shares."""

    market: Market
    setup: Setup
    levels: list[Floats] = attrs.field(factory=list)
    log: list[tuple[object, ...]] = attrs.field(factory=list)
    flags: list[tuple[object, ...]] = attrs.field(factory=list)

    def note(self, session: int, isin: str, before: float, after: float, price: float, reason: str) -> None:
        """Write one line of the log."""
        if before != after:
            self.log.append((self.market.days[session], isin, before, after, price, reason))


@rule("solactive_human_capital", "3.1")
@rule("solactive_human_capital", "4 Index Component")
def run_vector(
    start: Target | VectorState,
    market: Market,
    setup: Setup,
    stops: Mapping[int, Stop],
    changes: Sequence[Change],
) -> tuple[Run, VectorState]:
    """Run one vector of shares over all sessions of a market.

    Parameters
    ----------
    start : Target or VectorState
        Weights of the base date, which is the first session of the market; or the state of an earlier run.
    market : Market
    setup : Setup
    stops : mapping of session to Stop
    changes : sequence of Change
        Rising by session.

    Returns
    -------
    Run, VectorState

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a missing price or rate; ``DOMAIN`` for an event of a name that is no component, a target that
        holds an insolvent name, or a period that begins before the last one has ended.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.1 and definition of Index Component.
    *Reading*: the vector of a rebalancing day is set at the prices and the rounded level of the day before; the
    events of the day change it afterwards.
    """
    run, size = Run(market, setup), len(market.days)
    edges = [*sorted(session for session in stops if session < size), size]
    actions, path = _actions(market, changes), None
    if isinstance(start, Target):
        basket = _base(run, start)
        first = edges[0]
        state = _segment(run, basket, 0, first, changes, actions, path)
    else:
        state, path, first = start.index, start.path, edges[0]
        if first:
            state = _segment(run, state, 0, first, changes, actions, path)
    for first, last in pairwise(edges):
        basket, path = _set(run, state, path, stops[first], first)
        state = _segment(run, attrs.evolve(state, basket=basket), first, last, changes, actions, path)
    return run, VectorState(state, path)


def _base(run: Run, target: Target) -> Basket:
    ids = tuple(target.weights)
    weights, prices = np.array(list(target.weights.values())), run.market.values(1, ids)
    shares = shares_of(weights, run.setup.base_level, prices)
    for isin, after, price in zip(ids, shares.tolist(), prices.tolist(), strict=True):
        run.note(0, isin, 0.0, after, price, "base date")
    return _basket(run.setup, ids, shares)


def _basket(setup: Setup, ids: Sequence[str], shares: Floats) -> Basket:
    held = shares > 0.0
    names = tuple(isin for isin, keep in zip(ids, held.tolist(), strict=True) if keep)
    ones = np.ones(len(names))
    currency = tuple(setup.names.currency.get(isin, setup.index_currency) for isin in names)
    return Basket(names, shares[held], ones, ones, currency)


def _actions(market: Market, changes: Sequence[Change]) -> Table:
    rows = [change for change in changes if change.factor != 1.0]
    frame = pd.DataFrame(
        {
            "date": market.days[[change.session for change in rows]].astype("datetime64[s]"),
            "isin": [change.isin for change in rows],
            "action": ["split" if change.factor > 1.0 else "reverse split" for change in rows],
            "ratio": np.array([change.factor for change in rows], dtype=np.float64),
            "event_id": [f"{place} {change.reason}" for place, change in enumerate(rows)],
        }
    )
    return from_frame(ACTIONS, frame)


def _segment(
    run: Run,
    start: Basket | IndexState,
    first: int,
    last: int,
    changes: Sequence[Change],
    actions: Table,
    path: Path | None,
) -> IndexState:
    market = run.market
    basket = start.basket if isinstance(start, IndexState) else start
    begin, end = (bisect_left(changes, edge, key=attrgetter("session")) for edge in (first, last))
    _note_changes(run, basket, path, changes[begin:end])
    frame = actions.frame
    dates = frame["date"].to_numpy()
    inside = (dates >= market.days[first]) & (dates <= market.days[last - 1])
    rows = Table(frame[inside & frame["isin"].isin(basket.ids).to_numpy()], {})
    quotes, home = market.quotes(first, last), run.setup.index_currency
    if isinstance(start, IndexState):
        rates = dict(zip(market.names, market.rates[first].tolist(), strict=True))
        closes = dict(zip(market.ids, market.local[first].tolist(), strict=True))
        state = attrs.evolve(start, rates={**start.rates, **rates}, closes={**start.closes, **closes})
        found = continue_history(state, quotes, rows, fx=market.fx, fixed_divisor=True, index_currency=home)
    else:
        found = index_history(start, quotes, rows, fx=market.fx, divisor=1.0, fixed_divisor=True, index_currency=home)
    run.levels.append(found.levels["Price"].to_numpy())
    run.flags += found.flags.itertuples(index=False, name=None)
    _note_carried(run, basket, first, last)
    return found.state


def _note_changes(run: Run, basket: Basket, path: Path | None, changes: Sequence[Change]) -> None:
    held = dict(zip(basket.ids, basket.shares.tolist(), strict=True))
    coming = set() if path is None else set(path.ids)
    for change in changes:
        day, isin = run.market.days[change.session], change.isin
        if isin in held:
            before = held[isin]
            held[isin] = before * change.factor
            price = run.market.values(change.session + 1, [isin]).item()
            run.note(change.session, isin, before, held[isin], price, change.reason)
        elif change.event is None:
            run.flags.append((pd.Timestamp(day), isin, "dividend of a company that is no component, not reinvested"))
        elif isin not in coming:
            _no_component(run, change.event, day)


def _no_component(run: Run, event: EventRow, day: np.datetime64) -> None:
    if run.setup.other_events == "flag":
        run.flags.append((pd.Timestamp(day), event.isin, f"{event.event} of a company that is no component"))
        return
    mend = "check the ISIN, the date and the other events of that day"
    raise event.refuse(Kind.DOMAIN, f"{event.isin} is no component on {day}", "isin", mend)


def _note_carried(run: Run, basket: Basket, first: int, last: int) -> None:
    market = run.market
    columns = np.array([market.places[isin] for isin in basket.ids])
    for row, column in zip(*np.nonzero(~market.own[first:last, columns]), strict=True):
        isin, session = basket.ids[int(column)], first + int(row)
        zero = market.price(session + 1, isin) == 0.0
        moved = "last known price carried, less what goes ex" if market.moved[session, column] else CARRIED
        what = "insolvent and without a price, counted at 0" if zero else moved
        run.flags.append((pd.Timestamp(market.days[session]), isin, what))


def _set(run: Run, state: IndexState, path: Path | None, stop: Stop, session: int) -> tuple[Basket, Path | None]:
    market = run.market
    ids = state.basket.ids
    coming = () if path is None else path.ids
    joining = () if stop.capture is None else tuple(stop.capture.weights)
    ids = tuple(dict.fromkeys((*ids, *coming, *joining)))
    shares = np.concatenate((state.basket.shares, np.zeros(len(ids) - len(state.basket))))
    prices = market.values(session, ids)
    level = round_decimals(state.price, run.setup.decimals, "half away")
    old = shares
    if stop.capture is not None:
        shares, path = _captured(run, stop, path, ids, shares, prices, level)
    before = float(shares @ prices)
    for event in stop.removals:
        shares, path = _removed(run, event, session, path, ids, shares, prices)
    if any(event.price == event.price for event in stop.removals):
        # A removal at a price that is set: what is dealt out is the index at that price.
        level = round_decimals(state.price + float(shares @ prices) - before, run.setup.decimals, "half away")
    reason = "; ".join(f"{event.event} of {event.isin}" for event in stop.removals)
    if not stop.removals and stop.insolvent.intersection(ids):
        reason = "insolvent component leaves"
    if stop.rebalance and path is not None:
        path = attrs.evolve(path, done=path.done + 1)
        shares = _rebalanced(path, ids, shares, prices, level)
        day = f"rebalancing day {path.done} of {path.days}"
        reason = f"{day}; {reason}" if reason else day
        path = None if path.done == path.days else path
    for isin, before, after, price in zip(ids, old.tolist(), shares.tolist(), prices.tolist(), strict=True):
        run.note(session, isin, before, after, price, reason)
    return _basket(run.setup, ids, shares), path


def _captured(
    run: Run, stop: Stop, path: Path | None, ids: tuple[str, ...], shares: Floats, prices: Floats, level: float
) -> tuple[Floats, Path]:
    target = stop.capture
    assert target is not None  # noqa: S101
    where = f"table targets, row {target.row}"
    if path is not None:
        what = f"the rebalancing period after {path.day} has not ended on {target.day}"
        raise XlidxError(Kind.DOMAIN, what, where, "move the adjustment day or shorten the period")
    over = None if run.setup.weights_over == "sum" else level
    weights = percentage_weights(shares, prices, over)
    leaving = np.array([isin in stop.insolvent for isin in ids])
    if leaving.any():
        shares, weights = shares_after_removal(shares, prices, leaving), weights_after_removal(weights, leaving)
    goal = np.array([target.weights.get(isin, 0.0) for isin in ids])
    if (goal[leaving] > 0.0).any():
        isin = ids[int(np.flatnonzero(leaving & (goal > 0.0))[0])]
        raise XlidxError(Kind.DOMAIN, f"the target holds {isin}, which is insolvent", where, "leave it out")
    return shares, _path(Path(target.day, ids, weights, goal, 0, stop.days))


def _path(path: Path) -> Path:
    # Without names that have no weight at all: they are components no more.
    keep = (path.start > 0.0) | (path.target > 0.0)
    ids = tuple(isin for isin, here in zip(path.ids, keep.tolist(), strict=True) if here)
    return attrs.evolve(path, ids=ids, start=path.start[keep], target=path.target[keep])


def _removed(
    run: Run,
    event: EventRow,
    session: int,
    path: Path | None,
    ids: tuple[str, ...],
    shares: Floats,
    prices: Floats,
) -> tuple[Floats, Path | None]:
    leaving: Bools = np.array([isin == event.isin for isin in ids])
    if not leaving.any():
        if event.isin in run.setup.names.currency or run.setup.other_events == "refuse":
            _no_component(run, event, event.day)
        return shares, path
    market, given = run.market, None
    if event.price == event.price:
        currency = market.names[int(market.codes[market.places[event.isin]])]
        given = np.where(leaving, event.price * market.rate(session, currency), prices)
    try:
        shares = shares_after_removal(shares, prices, leaving, given)
        if path is not None:
            here = np.array([isin == event.isin for isin in path.ids])
            start, target = (weights_after_removal(weights, here) for weights in (path.start, path.target))
            path = _path(attrs.evolve(path, start=start, target=target))
    except XlidxError as error:
        raise error.at(f"table events, row {event.row}") from None
    return shares, path


def _rebalanced(path: Path, ids: tuple[str, ...], shares: Floats, prices: Floats, level: float) -> Floats:
    found = dict(zip(path.ids, line(path.start, path.target, path.done, path.days).tolist(), strict=True))
    weights = np.array([found.get(isin, 0.0) for isin in ids])
    last = path.done == path.days
    # A component priced at 0 cannot be given a weight: its shares stay, the others carry the whole index.
    stuck = (prices == 0.0) & (shares > 0.0) & ~(last & (weights == 0.0))
    if stuck.any():
        weights = weights_after_removal(weights, stuck)
    return np.where(stuck, shares, shares_of(np.clip(weights, 0.0, 1.0), level, prices))
