"""What happens in a run of an index of numbers of shares: the days before whose open its vectors are set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Days, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import one_of
from xlidx.index.basket import INDEX_CURRENCY
from xlidx.index.share_vector.events import FORMS
from xlidx.index.share_vector.history import WEIGHTS_OVER, Stop, VectorState
from xlidx.index.share_vector.market import ON_THE_DAY, Market
from xlidx.index.share_vector.rebalancing import PERIOD
from xlidx.index.share_vector.tables import REMOVALS, EventRow, Names, Target
from xlidx.tables import Table

IN_PRICE = ("special", "none", "all")
OTHERS = ("refuse", "flag")


@attrs.frozen(kw_only=True)
class Readings:
    """Numbers of a rule book and readings of it.

    Parameters
    ----------
    base_level : float [index points]
    launch : date, optional
        Adjustment days before it have a rebalancing period of one day.
    period : int
        Days of a rebalancing period, M.
    dividend_form, increase_form : {"ex date", "ex ante"}
        See :func:`xlidx.index.share_vector.events.shares_after_dividend` and ``shares_after_increase``.
    price_version : {"special", "none", "all"}
        Dividends that the price version reinvests.
    weights_over : {"sum", "level"}
        See :func:`xlidx.index.share_vector.rebalancing.percentage_weights`; ``level`` is the rounded one.
    insolvency_day : {"last price", "zero"}
        Price of an insolvent component without one on the day of the event.
    other_events : {"refuse", "flag"}
        What an event of a security that is no component is: a mistake, or of no interest.  With ``flag``, events up
        to the base date are passed over, too.
    level_decimals, price_decimals : int, optional
        Of the level and of prices in quote currency; blank leaves them unrounded.
    index_currency : str
    """

    base_level: float = 100.0
    launch: date | None = None
    period: int = PERIOD
    dividend_form: str = "ex date"
    increase_form: str = "ex date"
    price_version: str = "special"
    weights_over: str = "sum"
    insolvency_day: str = "last price"
    other_events: str = "refuse"
    level_decimals: int | None = None
    price_decimals: int | None = None
    index_currency: str = INDEX_CURRENCY

    def __attrs_post_init__(self) -> None:
        one_of(self.dividend_form, FORMS, "dividend_form")
        one_of(self.increase_form, FORMS, "increase_form")
        one_of(self.price_version, IN_PRICE, "price_version")
        one_of(self.weights_over, WEIGHTS_OVER, "weights_over")
        one_of(self.insolvency_day, ON_THE_DAY, "insolvency_day")
        one_of(self.other_events, OTHERS, "other_events")
        require(self.base_level > 0.0, self.base_level, "base_level", "be above 0", "give the level of the base date")
        whole = self.period >= 1 and self.period == int(self.period)
        require(whole, float(self.period), "period", "be a whole number above 0", "give the days of a period")

    def days_after(self, adjustment: np.datetime64) -> int:
        """Return M, the days of the rebalancing period after an adjustment day."""
        early = self.launch is not None and adjustment < np.datetime64(self.launch)
        return 1 if early else int(self.period)


@attrs.frozen(eq=False)
class ShareState:
    """Everything that one session hands to the next, for all three versions; numbers unrounded.

    ``base`` is the adjustment day of the first target, ``insolvent`` the day of every insolvency of a component,
    ``gone`` the components removed since the last adjustment day.
    """

    day: np.datetime64
    base: np.datetime64
    vectors: Mapping[str, VectorState]
    closes: Mapping[str, float]
    rates: Mapping[str, float]
    insolvent: Mapping[str, np.datetime64]
    gone: Mapping[str, np.datetime64]

    def shares(self, version: str = "PR") -> dict[str, float]:
        """Return the number of shares of every component of one version."""
        basket = self.vectors[version].index.basket
        return dict(zip(basket.ids, basket.shares.tolist(), strict=True))


@attrs.frozen(eq=False)
class Inputs:
    """Checked inputs of one run of all versions."""

    targets: list[Target]
    names: Names
    events: list[EventRow]
    dividends: pd.DataFrame
    withholding: Table
    disrupted: Mapping[np.datetime64, str]
    market: Market
    rebalancing: Mapping[Any, Any] | None
    readings: Readings
    state: ShareState | None
    insolvent: Mapping[str, np.datetime64]


def _captures(inputs: Inputs) -> list[tuple[Target, int]]:
    # Every target with the first session after its adjustment day; the first target is the base date's.
    market, state = inputs.market, inputs.state
    since = market.days[0] if state is None else state.day
    base = inputs.targets[0].day if state is None else state.base
    found = []
    for target in inputs.targets:
        if target.day == base or target.day > market.days[-1] or (state is not None and target.day < since):
            continue
        if target.day != since and target.day not in market.days:
            what, where = f"adjustment day {target.day} is not a weekday", f"table targets, row {target.row}"
            raise XlidxError(Kind.DOMAIN, what, f"{where}, column adjustment_day", "give a trading day")
        found.append((target, int(np.searchsorted(market.days, target.day, side="right"))))
    return found


def stops_of(inputs: Inputs) -> dict[int, Stop]:
    """Return the sessions before whose open the vectors are set."""
    size, stops = len(inputs.market.days), {}
    _refuse_strangers(inputs)
    for target, session in _captures(inputs):
        _refuse_gone(inputs, target)
        if session < size:
            late = {isin for isin, day in inputs.insolvent.items() if day <= target.day}
            days = _days_of(inputs, target.day)
            stops[session] = Stop(target, len(days) or inputs.readings.days_after(target.day), frozenset(late))
            for place in _sessions(inputs, target.day, days, 0):
                stops[place] = attrs.evolve(stops.get(place, Stop()), rebalance=True)
    path = None if inputs.state is None else inputs.state.vectors["PR"].path
    if path is not None:
        for place in _sessions(inputs, path.day, _days_of(inputs, path.day), path.done):
            stops[place] = attrs.evolve(stops.get(place, Stop()), rebalance=True)
    for event in inputs.events:
        if event.event in REMOVALS:
            place = int(np.searchsorted(inputs.market.days, event.day))
            stop = stops.get(place, Stop())
            stops[place] = attrs.evolve(stop, removals=(*stop.removals, event))
    return stops


def _refuse_strangers(inputs: Inputs) -> None:
    known = {target.day for target in inputs.targets}
    for day in inputs.rebalancing or {}:
        if np.datetime64(day, "D") not in known:
            what, mend = f"{day} is no adjustment day of the targets", "check the date, or leave it out"
            raise XlidxError(Kind.DOMAIN, what, "argument rebalancing", mend)


def _days_of(inputs: Inputs, adjustment: np.datetime64) -> Days:
    given = {np.datetime64(day, "D"): days for day, days in (inputs.rebalancing or {}).items()}
    days = np.sort(np.asarray(given.get(adjustment, []), dtype="datetime64[D]"))
    if adjustment in given and not len(days):
        mend = "give at least one day, or leave the adjustment day out"
        raise XlidxError(Kind.MISSING, f"no days for the adjustment day {adjustment}", "argument rebalancing", mend)
    bad = (days <= adjustment) | ~np.is_busday(days) | np.isin(days, _halts(inputs))
    if bad.any():
        what = f"{days[bad][0]} is no rebalancing day of the adjustment day {adjustment}"
        mend = "give weekdays after the adjustment day, without market disruption"
        raise XlidxError(Kind.DOMAIN, what, "argument rebalancing", mend)
    return days


def _sessions(inputs: Inputs, adjustment: np.datetime64, days: Days, done: int) -> list[int]:
    all_days = inputs.market.days
    if len(days):
        return [int(place) for place in np.flatnonzero(np.isin(all_days, days))]
    free = (all_days > adjustment) & ~np.isin(all_days, _halts(inputs))
    rest = inputs.readings.days_after(adjustment) - done
    return [int(place) for place in np.flatnonzero(free)[:rest]]


def _halts(inputs: Inputs) -> Days:
    return np.array([*inputs.disrupted], dtype="datetime64[D]")


def _refuse_gone(inputs: Inputs, target: Target) -> None:
    last = max((other.day for other in inputs.targets if other.day < target.day), default=target.day)
    for isin, day in removed(inputs).items():
        if isin in target.weights and last < day <= target.day:
            what = f"the target of {target.day} holds {isin}, which was removed on {day}"
            raise XlidxError(Kind.DOMAIN, what, f"table targets, row {target.row}", "leave it out")


def removed(inputs: Inputs) -> dict[str, np.datetime64]:
    """Return the components removed so far, and when."""
    gone = dict(inputs.state.gone) if inputs.state else {}
    gone.update((event.isin, event.day) for event in inputs.events if event.event in REMOVALS)
    return gone


def disrupted(inputs: Inputs) -> list[tuple[Any, str, str]]:
    """Return a flag for every session with a market disruption."""
    days = set(inputs.market.days.tolist())
    found = [(day, reason) for day, reason in inputs.disrupted.items() if day.astype(date) in days]
    return [
        (pd.Timestamp(day), "", f"market disruption: {text}" if text else "market disruption") for day, text in found
    ]
