"""What a run of an index needs, brought to one shape: sessions down, columns of the price table across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.actions.lines import Event, Lines, Places, Review, exit_event, lines_of
from xlidx.index.actions.rows import (
    AFTER_SPLITS,
    LEAVING,
    LINE,
    RANK,
    REVIEW,
    SPECIAL,
    SPIN_OFF,
    Rows,
    Rules,
    chosen_rows,
    event_at,
    in_order,
    quote_currencies,
    review_at,
    rows_of,
    rules_of,
    strangers,
)
from xlidx.index.actions.terms import RIGHTS_LIMIT
from xlidx.index.basket import INDEX_CURRENCY, Basket, Quotes, last_known, require_unit
from xlidx.index.dividends import special_actions
from xlidx.tables import Table, read

UNPAID = "dividend of a company that is no member, not reinvested"
OUTSIDE = "{} of a company that is no member, passed over"


@attrs.frozen
class Options:
    """Readings of a run; see :func:`xlidx.index.divisor_history.history.index_history`."""

    continuity: str = "cash_only"
    rights_limit: float = RIGHTS_LIMIT
    index_currency: str = INDEX_CURRENCY
    fixed_divisor: bool = False
    stale_fixing: str = "last before"
    dividend_basis: str = "old"


@attrs.frozen(eq=False)
class IndexState:
    """Everything that one session hands to the next; numbers unrounded.

    Parameters
    ----------
    day : datetime64[D]
    basket : Basket
    divisor : float [index currency per index point]
    value : float [index currency]
        Market value at the close.
    price, net, gross : float [index points]
        Levels at the close.
    closes : mapping of ISIN to float [quote currency]
        The row of the price table, NaN where it had no price.
    rates : mapping of currency to float [index currency per unit]
        Last known.
    carried : mapping of ISIN to float [quote currency]
        Price of a member that may be without one: suspended, or spun off and not yet traded.
    suspended, untraded : tuple of str
    leaving : mapping of ISIN to str
        Companies that leave after their first trading day, and the event that says so.
    fixings : mapping of currency to float [index currency per unit]
        Last known reference rates; empty for a run without a table of them.
    """

    day: np.datetime64
    basket: Basket
    divisor: float
    value: float
    price: float
    net: float
    gross: float
    closes: Mapping[str, float]
    rates: Mapping[str, float]
    carried: Mapping[str, float]
    suspended: tuple[str, ...]
    untraded: tuple[str, ...]
    leaving: Mapping[str, str]
    fixings: Mapping[str, float] = attrs.field(factory=dict)


@attrs.frozen(eq=False)
class Payments:
    """Ordinary dividends that go ex in the run, by session."""

    frame: pd.DataFrame
    sessions: Places
    columns: list[int]
    currencies: Sequence[str]


@attrs.frozen(eq=False)
class Agenda:
    """What happens on which session, one item for each session with events, rising.

    Rows ``first`` to ``last`` of ``rules`` belong to it; ``reviewed`` says how many of them are a review (they come
    first), ``exits`` what follows from earlier events.  A ``plain`` session has nothing but price rules and removals
    at the close, one per member, and ``columns``, ``times`` (factor of the shares, 0 for a removal) and ``gains``
    (per share as the index counts it, index currency) say it all, row by row.  ``moving``: a factor is not 1.
    """

    rules: Rules
    sessions: list[int]
    first: list[int]
    last: list[int]
    plain: list[bool]
    moving: list[bool]
    columns: list[int]
    times: list[float]
    gains: list[float]
    reviewed: Mapping[int, int]
    exits: Mapping[int, list[Event]]

    def of(self, place: int) -> tuple[Review | None, list[Event]]:
        """Return the review and the other events of an item, in the order in which they are applied."""
        session, first, last = self.sessions[place], self.first[place], self.last[place]
        split = first + self.reviewed.get(session, 0)
        review = review_at(self.rules, slice(first, split)) if split > first else None
        events = [event_at(self.rules, item) for item in range(split, last)] + self.exits.get(session, [])
        return review, sorted(events, key=lambda event: event.rank)


@attrs.frozen(eq=False)
class Plan:
    """A run made ready: T sessions, K columns, C currencies of which the first is the index currency.

    Row s of ``rates`` (T + 1, C) belongs to the session before session s, so its last row to the last one; likewise
    ``fixings``, the reference rates for dividends.  ``previous`` is the price row before the first session, None on
    the base date.  ``zeros`` (E, 2) are session and column of every price of 0, ``flags`` what is passed over.
    """

    days: Days
    ids: Sequence[str]
    names: Sequence[str]
    prices: Floats
    previous: Floats | None
    rates: Floats
    fresh: Bools
    fixings: Floats
    fixed: Bools
    lines: Lines
    agenda: Agenda
    payments: Payments
    zeros: Places
    flags: Sequence[tuple[int, str, str]]
    options: Options


def plan_of(
    start: Basket | IndexState,
    prices: Quotes,
    actions: Table | None,
    dividends: Table | None,
    fx: Quotes | None,
    reference: Quotes | None,
    options: Options,
) -> Plan:
    """Return the plan of a run from a base date, or from the state that an earlier run left behind.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for an action on a day that is no session, or on or before the base date; ``NO_DATA`` for a
        member without a column of prices or no session after the state; else as the tables say.
    """
    state, basket = (start, start.basket) if isinstance(start, IndexState) else (None, start)
    quotes = prices if state is None else _after(prices, state)
    for table in (fx, reference):
        require_unit(table, options.index_currency)
    paying, sessions = _paying(dividends, quotes.days, state)
    rows = _rows(_acting(actions, quotes.days, state), paying, quotes.days, options)
    rows, flags = _known(rows, quotes)
    quoted = quote_currencies(basket, rows, options.index_currency)
    names = _names(options.index_currency, quoted, rows, paying)
    codes, places = {name: code for code, name in enumerate(names)}, quotes.places
    lines = lines_of(basket, quotes.ids, places, quoted, codes)
    _resume(lines, places, state)
    previous = None if state is None else np.array([state.closes.get(isin, np.nan) for isin in quotes.ids])
    rates, fresh = _rates(fx, names, quotes.days, state, {} if state is None else state.rates)
    fixings, fixed = rates, fresh
    if reference is not None:
        fixings, fixed = _rates(reference, names, quotes.days, state, {} if state is None else state.fixings)
    rules = rules_of(rows, places, codes, options.rights_limit)
    agenda = _agenda(rules, lines, quotes, previous, rates, fixings)
    payments, idle = _payments(paying, sessions, places, quoted, options.index_currency)
    return Plan(
        days=quotes.days,
        ids=quotes.ids,
        names=names,
        prices=quotes.matrix,
        previous=previous,
        rates=rates,
        fresh=fresh,
        fixings=fixings,
        fixed=fixed,
        lines=lines,
        agenda=agenda,
        payments=payments,
        zeros=_zeros(quotes),
        flags=[*flags, *idle],
        options=options,
    )


def _after(prices: Quotes, state: IndexState) -> Quotes:
    first = int(np.searchsorted(prices.days, state.day, side="right"))
    if first == len(prices.days):
        what, where = f"no session after {state.day}", f"table {prices.name}"
        raise XlidxError(Kind.NO_DATA, what, where, "add the prices of the next session")
    return attrs.evolve(prices, days=prices.days[first:], matrix=prices.matrix[first:])


def _acting(actions: Table | None, days: Days, state: IndexState | None) -> pd.DataFrame:
    frame = (actions or read(ACTIONS, [[column.name for column in ACTIONS.columns]])).strict()
    dates = frame["date"].to_numpy().astype("datetime64[D]")
    ahead = dates > days[-1]
    if state is None:
        mend = "leave out what the composition holds already"
        what = f"the date is not after the base date {days[0]}"
        _refuse(frame, dates <= days[0], what, mend)
    else:
        ahead |= dates <= state.day
    place = np.searchsorted(days, dates)
    closed = ~ahead & (days[np.minimum(place, len(days) - 1)] != dates)
    _refuse(frame, closed, "the date is not a session", "give the first session on which the event is in force")
    kept: pd.DataFrame = frame.loc[~ahead] if ahead.any() else frame
    return kept


def _refuse(frame: pd.DataFrame, bad: Bools, what: str, mend: str) -> None:
    if bad.any():
        row = frame.index[bad][0]
        day = str(frame.loc[row, "date"])[:10]
        raise XlidxError(Kind.DOMAIN, f"{day}: {what}", f"table actions, row {row}, column date", mend)


def _paying(dividends: Table | None, days: Days, state: IndexState | None) -> tuple[pd.DataFrame | None, Places]:
    if dividends is None:
        return None, np.zeros(0, dtype=np.int64)
    frame = dividends.strict()
    dates = frame["ex_date"].to_numpy().astype("datetime64[D]")
    since = days[0] if state is None else state.day
    wanted = (dates > since) & (dates <= days[-1])
    # 4.3.1: an ex-date on which the index is not calculated counts on the next session.
    return frame[wanted], np.searchsorted(days, dates[wanted]).astype(np.int64)


def _rows(acting: pd.DataFrame, paying: pd.DataFrame | None, days: Days, options: Options) -> Rows:
    rows = rows_of(acting)
    if paying is None or not (paying["type"] == "special").any():
        return rows
    specials = special_actions(paying, options.index_currency)
    ex = specials["date"].to_numpy().astype("datetime64[D]")
    specials = specials.assign(date=days[np.searchsorted(days, ex)].astype("datetime64[s]"))
    for column in ACTIONS.columns:
        if column.name not in specials:
            blank = np.nan if column.kind in ("number", "fraction") else ""
            specials[column.name] = blank if column.default is None else column.default
    more = rows_of(specials, "dividends", AFTER_SPLITS if options.dividend_basis == "new" else None)
    known = set(zip(rows.day.tolist(), rows.texts["isin"], rows.texts["action"], strict=True))
    for item, (day, isin) in enumerate(zip(more.day.tolist(), more.texts["isin"], strict=True)):
        if (day, isin, "special dividend") in known:
            what = f"the special dividend of {isin} on {day} is in the actions table too"
            raise more.refuse(item, Kind.DOMAIN, what, "isin", "delete one of the two")
    return in_order(rows, more)


def _known(rows: Rows, quotes: Quotes) -> tuple[Rows, list[tuple[int, str, str]]]:
    # Several indices may share a table: what has no column of prices cannot be a member.
    outside = strangers(rows, quotes.places)
    if not outside.any():
        return rows, []
    idle = np.flatnonzero(outside)
    sessions = np.searchsorted(quotes.days, rows.day[idle]).tolist()
    words = zip(sessions, rows.texts["isin"][idle], rows.texts["action"][idle], strict=True)
    flags = [(session, isin, OUTSIDE.format(action)) for session, isin, action in words]
    return chosen_rows(rows, np.flatnonzero(~outside)), flags


def _zeros(quotes: Quotes) -> Places:
    # A table that was read knows its lowest price, so that most need no search.
    if quotes.lowest != 0.0:
        return np.zeros((0, 2), dtype=np.int64)
    return np.argwhere(quotes.matrix == 0.0)


def _names(index_currency: str, quoted: Mapping[str, str], rows: Rows, paying: pd.DataFrame | None) -> list[str]:
    given = {name.upper() for name in set(rows.texts["currency"].tolist())}
    if paying is not None:
        given |= {name.upper() for name in paying["currency"].unique()}
    return list(dict.fromkeys([index_currency, *quoted.values(), *sorted(given - {""})]))


def _resume(lines: Lines, places: Mapping[str, int], state: IndexState | None) -> None:
    if state is None:
        return
    lines.suspended.update(places[isin] for isin in state.suspended)
    lines.untraded.update(places[isin] for isin in state.untraded)
    lines.carried.update((places[isin], price) for isin, price in state.carried.items())
    lines.leaving.update((places[isin], label) for isin, label in state.leaving.items())


def _agenda(
    rules: Rules, lines: Lines, quotes: Quotes, previous: Floats | None, rates: Floats, fixings: Floats
) -> Agenda:
    rows = rules.rows
    sessions = np.searchsorted(quotes.days, rows.day)
    reviews, rows_in = np.unique(sessions[rows.kind == REVIEW], return_counts=True)
    exits = _exits(rules, sessions, lines, quotes, previous)
    gains, times, ready = _gains(rules, sessions, lines, quotes, previous, rates, fixings)
    twice = np.ones(len(sessions), dtype=bool)
    twice[np.unique(sessions * len(quotes.ids) + rules.column, return_index=True)[1]] = False
    later = np.array([*exits], dtype=np.intp)
    dated, other = np.union1d(sessions, later), np.concatenate((sessions[~ready | twice], later))
    return Agenda(
        rules,
        dated.tolist(),
        np.searchsorted(sessions, dated, side="left").tolist(),
        np.searchsorted(sessions, dated, side="right").tolist(),
        (np.bincount(other, minlength=len(quotes.days))[dated] == 0).tolist(),
        (np.bincount(sessions, times != 1.0, len(quotes.days))[dated] > 0.0).tolist(),
        rules.column.tolist(),
        times.tolist(),
        gains.tolist(),
        dict(zip(reviews.tolist(), rows_in.tolist(), strict=True)),
        exits,
    )


def _gains(
    rules: Rules,
    sessions: Places,
    lines: Lines,
    quotes: Quotes,
    previous: Floats | None,
    rates: Floats,
    fixings: Floats,
) -> tuple[Floats, Floats, Bools]:
    # The price rules of all rows at once, as xlidx.index.actions.netting applies them one by one.
    column, own = rules.column, lines.currency[rules.column]
    price = quotes.matrix[sessions - 1, column]
    if previous is not None:
        price = np.where(sessions == 0, previous[column], price)
    rate, given = rates[sessions, own], np.where(rules.currency < 0, own, rules.currency)
    market, fixed = (table[sessions, given] / table[sessions, own] for table in (rates, fixings))
    change = np.where(given == own, 1.0, np.where(rules.rows.kind == SPECIAL, fixed, market))
    applies = price > rules.floor * change
    times = np.where(applies, rules.times, 1.0)
    adjusted = np.where(applies, (price + rules.add * change) / rules.over, price)
    gain = np.where((times != 1.0) & (rules.add == 0.0), 0.0, (times * adjusted - price) * rate)
    ready = np.isin(rules.rows.kind, LINE) & np.isfinite(gain) & (adjusted > 0.0)
    leaves = np.isin(rules.rows.kind, LEAVING) & np.isnan(rules.rows.numbers["price"]) & (own == 0) & np.isfinite(price)
    return np.where(leaves, -price, gain), np.where(leaves, 0.0, times), ready | leaves


def _exits(
    rules: Rules, sessions: Places, lines: Lines, quotes: Quotes, previous: Floats | None
) -> dict[int, list[Event]]:
    # 6.3: a company that does not qualify leaves after the close of its first trading day.
    due: list[tuple[int, str, int]] = []
    if previous is not None:
        for column, label in lines.leaving.items():
            traded = not np.isnan(previous[column])
            due.append((column, label, 0 if traded else _first(quotes, column, 0) + 1))
    for item in np.flatnonzero(rules.rows.kind == SPIN_OFF).tolist():
        word = rules.rows.texts["qualifies"][item]
        if word in ("parent only", "child only") and rules.other.item(item) >= 0:
            column = (rules.other if word == "parent only" else rules.column).item(item)
            due.append((column, rules.rows.label(item), _first(quotes, column, sessions.item(item)) + 1))
    exits: dict[int, list[Event]] = {}
    for column, label, session in due:
        if session < len(quotes.days):
            leaving = exit_event(str(quotes.days[session]), column, quotes.ids[column], label, RANK["removal"])
            exits.setdefault(session, []).append(leaving)
    return exits


def _first(quotes: Quotes, column: int, session: int) -> int:
    priced = np.flatnonzero(~np.isnan(quotes.matrix[session:, column]))
    return session + int(priced[0]) if priced.size else len(quotes.days)


def _rates(
    fx: Quotes | None, names: Sequence[str], days: Days, state: IndexState | None, known: Mapping[str, float]
) -> tuple[Floats, Bools]:
    before = days[0] - np.timedelta64(1, "D") if state is None else state.day
    rates, fresh = last_known(fx, names, np.concatenate(([before], days)))
    rates[:, 0], fresh[:, 0] = 1.0, True
    for code, name in enumerate(names) if known else ():
        unknown = np.isnan(rates[:, code])
        rates[unknown, code] = known.get(name, np.nan)
    return rates, fresh


def _payments(
    paying: pd.DataFrame | None, sessions: Places, places: Mapping[str, int], quoted: Mapping[str, str], currency: str
) -> tuple[Payments, list[tuple[int, str, str]]]:
    if paying is None:
        return Payments(pd.DataFrame(), np.zeros(0, dtype=np.int64), [], []), []
    isins = paying["isin"].to_numpy(dtype=object)
    at = np.array([places.get(isin, -1) for isin in isins.tolist()], dtype=np.int64)
    ordinary = (paying["type"] != "special").to_numpy()
    idle = np.flatnonzero(ordinary & (at < 0))
    flags = [(session, isin, UNPAID) for session, isin in zip(sessions[idle].tolist(), isins[idle], strict=True)]
    kept = np.flatnonzero(ordinary & (at >= 0))
    order = kept[np.argsort(sessions[kept], kind="stable")]
    frame, isins = paying.iloc[order], isins[order].tolist()
    own = [quoted.get(isin, currency) for isin in isins]
    given = frame["currency"].to_numpy(dtype=object).tolist()
    named = [name.upper() or other for name, other in zip(given, own, strict=True)]
    return Payments(frame, sessions[order], at[order].tolist(), named), flags
