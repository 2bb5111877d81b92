"""History of an index: composition, prices and events in, one row of divisor and levels per session out."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import one_of
from xlidx.index.actions.lines import basket_in
from xlidx.index.actions.netting import CONTINUITY
from xlidx.index.actions.terms import RIGHTS_LIMIT
from xlidx.index.basket import INDEX_CURRENCY, Basket, Quotes
from xlidx.index.dividends import BASES, STALE, Reference, index_currency_amounts, withholding_rates
from xlidx.index.divisor_history.plan import UNPAID, IndexState, Options, plan_of
from xlidx.index.divisor_history.walk import Walk, walk
from xlidx.index.total_return import total_return_level
from xlidx.rounding import round_decimals
from xlidx.rules import rule
from xlidx.tables import Table

LEVELS = ("Date", "Divisor", "Price", "Net", "Gross")
DIVISORS = ("date", "old", "new", "value_before", "value_after", "reason", "event_ids")
FLAGS = ("date", "id", "what")
DIFFERENCES = ("date", "column", "old", "new", "difference")
BASE_LEVEL = 1000.0


@attrs.frozen(eq=False)
class History:
    """A run of an index.

    Parameters
    ----------
    levels : DataFrame, one row per session
        Date, Divisor [index currency per index point], Price, Net, Gross [index points].
    divisors : DataFrame, one row per day of events
        date, old, new, value_before, value_after, reason, event_ids: new = old value_after / value_before.
    flags : DataFrame
        date, id, what: every price or rate that was carried forward, every price of 0 of a member that is not
        suspended, and events and dividends of companies that were no members on their day.
    state : IndexState
        What :func:`continue_history` goes on from; unrounded.
    """

    levels: pd.DataFrame
    divisors: pd.DataFrame
    flags: pd.DataFrame
    state: IndexState


@rule("psi20", "4.1")
@rule("psi20", "4.2")
@rule("psi20", "4.3.1")
@rule("psi20", "4.3.2")
@rule("psi20", "4.3.3")
@rule("psi20", "4.3.4")
@rule("psi20", "5.1.2")
@rule("psi20", "6.1")
@rule("psi20", "6.2.3")
@rule("psi20", "6.3")
@rule("psi20", "7")
def index_history(
    composition: Basket,
    prices: Quotes,
    actions: Table | None = None,
    dividends: Table | None = None,
    fx: Quotes | None = None,
    withholding: Table | None = None,
    *,
    base_level: float = BASE_LEVEL,
    divisor: float | None = None,
    base_net: float | None = None,
    base_gross: float | None = None,
    continuity: str = "cash_only",
    rights_limit: float = RIGHTS_LIMIT,
    fixed_divisor: bool = False,
    stale_fixing: str = "last before",
    index_currency: str = INDEX_CURRENCY,
    decimals: int | None = None,
    reference: Quotes | None = None,
    dividend_basis: str = "old",
) -> History:
    """Run an index from its base date over all sessions of a price table.

    Parameters
    ----------
    composition : Basket
        In force on the base date, the first date of ``prices``.
    prices : Quotes (T, K) [quote currency]
        The sessions of the index, and a column for every company that is or becomes a member.
    actions : Table, optional
        Columns as in :data:`xlidx.index.actions.apply.ACTIONS`; dated after the base date.  What lies after the last
        session is left for later.
    dividends : Table, optional
        Columns as in :data:`xlidx.index.dividends.DIVIDENDS`; type ``special`` goes through the divisor.
    fx : Quotes, optional [index currency per unit of quote currency]
        Rates of the closes, and without ``reference`` of the cum-days too.
    withholding : Table, optional
        Columns as in :data:`xlidx.index.dividends.WITHHOLDING`.  Without it, Net is NaN from the first ex-date
        of a dividend that has no rate of its own.
    base_level : float [index points]
        Price level on the base date; sets the divisor.
    divisor : float, optional [index currency per index point]
        On the base date; goes before ``base_level``.  An index of share numbers has divisor 1.
    base_net, base_gross : float, optional [index points]
        Return levels on the base date; the price level if blank.
    continuity, rights_limit
        See :func:`xlidx.index.actions.apply.apply_actions`.
    fixed_divisor : bool
        Keep the divisor through all events: for an index whose numbers of shares keep its level.
    stale_fixing : {"last before", "refuse"}
        See :func:`xlidx.index.dividends.index_currency_amounts`.
    index_currency : str
    decimals : int, optional
        Publish levels rounded, half up.  Chaining is unrounded all the same.
    reference : Quotes, optional [index currency per unit of quote currency]
        Reference rates, for dividends of either kind (4.3.4); the closes stay at ``fx`` (4.2).
    dividend_basis : {"old", "new"}
        Whether amounts of the dividends table are per share held at the close before the ex-date, or per share as it
        is after a split, bonus or rights issue of the ex-date.

    Returns
    -------
    History

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a missing price of a member that is not suspended, or a missing rate, naming date and
        column; ``DOMAIN`` for an action on a day without a session or out of its range, or a rate of the index
        currency that is not 1; else as the tables say.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4, 6 and 7.
    *Reading*: levels and divisors are unrounded, chained from unrounded values.  Events in force from a session
    are valued at the closes, rates and shares of the session before it, in one step.  Dividends use the members,
    factors and divisor of the ex-date; an ex-date without a session counts on the next one.
    *Reading*: all dividends, ordinary and special, are per share held at the close before the ex-date, as the terms
    of all events are; ``dividend_basis`` switches the dividends table to shares after the events of the ex-date.
    *Reading*: events and dividends of companies that are no members are passed over and flagged, so that several
    indices can share a table.
    *Reading*: a suspended member keeps its last known price, adjusted for events since; a price in the table
    goes before it.

    Examples
    --------
    >>> from xlidx.index.basket import read_quotes
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> prices = read_quotes("prices", [["date", "A", "B"], ["2016-03-18", 10.0, 20.0], ["2016-03-21", 11.0, 20.0]])
    >>> index_history(basket, prices, base_level=100.0).levels["Price"].tolist()
    [100.0, 105.0]
    """
    options = _options(continuity, rights_limit, index_currency, fixed_divisor, stale_fixing, dividend_basis)
    given = {"base_level": base_level, "base_net": base_net, "base_gross": base_gross, "divisor": divisor}
    for name, number in given.items():
        require(number is None or number > 0, number, name, "be above 0", "give it for the base date")
    plan = plan_of(composition, prices, actions, dividends, fx, reference, options)
    found = walk(plan, divisor, base_level, 0.0)
    net, gross = _xd(found, withholding)
    level = _levels(found)
    first = level.item(0)
    # The base date itself is a step without growth, so that what goes ex on it is not reinvested.
    net_level = _chain(base_net or first, first, level, net)
    gross_level = _chain(base_gross or first, first, level, gross)
    return _history(found, level, net_level, gross_level, decimals)


def continue_history(
    state: IndexState,
    prices: Quotes,
    actions: Table | None = None,
    dividends: Table | None = None,
    fx: Quotes | None = None,
    withholding: Table | None = None,
    *,
    continuity: str = "cash_only",
    rights_limit: float = RIGHTS_LIMIT,
    fixed_divisor: bool = False,
    stale_fixing: str = "last before",
    index_currency: str = INDEX_CURRENCY,
    decimals: int | None = None,
    reference: Quotes | None = None,
    dividend_basis: str = "old",
) -> History:
    """Go on from the last session of an earlier run, by one session or many.

    The tables may be those of the whole history: what lies on or before the day of the state is passed over.
    The result is bit for bit that of one run over all sessions, if the price table has the same columns.

    Parameters
    ----------
    state : IndexState
        ``History.state`` of the run before.
    prices, actions, dividends, fx, withholding, continuity, rights_limit, fixed_divisor, stale_fixing, decimals
        See :func:`index_history`; ``index_currency``, ``reference`` and ``dividend_basis`` likewise.

    Returns
    -------
    History
        Of the sessions after the state only.

    Raises
    ------
    XlidxError
        See :func:`index_history`; ``NO_DATA`` when the prices hold no session after the state.

    Examples
    --------
    >>> from xlidx.index.basket import read_quotes
    >>> basket = Basket(("A",), [1000.0], [1.0], [1.0], ("EUR",))
    >>> monday = read_quotes("prices", [["date", "A"], ["2016-03-21", 10.0]])
    >>> tuesday = read_quotes("prices", [["date", "A"], ["2016-03-22", 11.0]])
    >>> continue_history(index_history(basket, monday).state, tuesday).levels["Price"].tolist()
    [1100.0]
    """
    options = _options(continuity, rights_limit, index_currency, fixed_divisor, stale_fixing, dividend_basis)
    plan = plan_of(state, prices, actions, dividends, fx, reference, options)
    found = walk(plan, state.divisor, BASE_LEVEL, state.value)
    net, gross = _xd(found, withholding)
    level = _levels(found)
    net_level = _chain(state.net, state.price, level, net)
    gross_level = _chain(state.gross, state.price, level, gross)
    return _history(found, level, net_level, gross_level, decimals)


@rule("psi20", "4.1")
def replay_divisors(log: pd.DataFrame, days: Any, first: float) -> Floats:
    """Divisor of every day, from the log of divisors alone.

    Parameters
    ----------
    log : DataFrame
        ``History.divisors``: date, value_before and value_after are read.
    days : datetime64 array of shape (T,)
        Rising.
    first : float [index currency per index point]
        Before the first event.

    Returns
    -------
    array of shape (T,) [index currency per index point]

    Examples
    --------
    >>> log = pd.DataFrame({"date": ["2016-03-21"], "value_before": [20e3], "value_after": [21.5e3]})
    >>> replay_divisors(log, np.array(["2016-03-18", "2016-03-21"], "datetime64[D]"), 200.0).tolist()
    [200.0, 215.0]
    """
    chained = [first]
    for before, after in zip(log["value_before"].tolist(), log["value_after"].tolist(), strict=True):
        chained.append(chained[-1] * (after / before))
    dates = pd.to_datetime(log["date"]).to_numpy().astype("datetime64[D]")
    return np.array(chained)[np.searchsorted(dates, np.asarray(days, dtype="datetime64[D]"), side="right")]


@rule("psi20", "3.2")
@rule("solactive_human_capital", "1.4")
def compare_histories(old: pd.DataFrame, new: pd.DataFrame, tolerance: float = 0.0) -> pd.DataFrame:
    """Differences between two versions of a history, date by date and column by column.

    Parameters
    ----------
    old, new : DataFrame
        ``History.levels`` of either version.
    tolerance : float
        Differences up to this size are left out.

    Returns
    -------
    DataFrame
        date, column, old, new, difference (new less old); NaN where one version has no number.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.2; Solactive Human Capital World MV guideline v1.0, 1.4, which restates an
    incorrect calculation.
    *Reading*: published levels are not recalculated unless the compiler decides so; a restatement is a new
    version beside the old one, and this is its report.

    Examples
    --------
    >>> a = pd.DataFrame({"Date": ["2016-03-18", "2016-03-21"], "Price": [100.0, 105.0]})
    >>> compare_histories(a, a.assign(Price=[100.0, 104.0]))[["date", "old", "new", "difference"]].to_numpy().tolist()
    [['2016-03-21', 105.0, 104.0, -1.0]]
    """
    first, second = old.set_index("Date"), new.set_index("Date")
    columns = [name for name in first.columns if name in second.columns]
    days = first.index.union(second.index)
    first, second = first.reindex(days)[columns], second.reindex(days)[columns]
    before, after = first.to_numpy(dtype=np.float64), second.to_numpy(dtype=np.float64)
    same = (np.abs(after - before) <= tolerance) | (np.isnan(before) & np.isnan(after))
    row, column = np.nonzero(~same)
    found = {
        "date": days[row],
        "column": [columns[place] for place in column],
        "old": before[row, column],
        "new": after[row, column],
        "difference": after[row, column] - before[row, column],
    }
    return pd.DataFrame(found, columns=list(DIFFERENCES))


def _options(continuity: str, limit: float, currency: str, fixed: bool, stale: str, basis: str) -> Options:
    one_of(continuity, CONTINUITY, "continuity")
    one_of(stale, STALE, "stale_fixing")
    one_of(basis, BASES, "dividend_basis")
    return Options(continuity, limit, currency.upper(), fixed, stale, basis)


def _levels(found: Walk) -> Floats:
    bad = ~(found.totals > 0.0)
    if bad.any():
        day = found.plan.days[int(bad.argmax())]
        what = f"the index has no value on {day}"
        raise XlidxError(Kind.DOMAIN, what, "table prices", "check prices, shares and factors")
    return found.totals / found.divisors


def _xd(found: Walk, withholding: Table | None) -> tuple[Floats, Floats]:
    plan, paid, size = found.plan, found.plan.payments, len(found.plan.days)
    if not len(paid.sessions):
        return np.zeros(size), np.zeros(size)
    counted = found.counted
    if plan.options.dividend_basis == "old":
        counted = counted / _grown(found)
    held = np.flatnonzero(counted)
    frame, sessions = paid.frame.iloc[held], paid.sessions[held]
    reference = Reference(plan.names, plan.fixings[:-1], plan.fixed[:-1])
    currencies = [paid.currencies[place] for place in held.tolist()]
    gross, _ = index_currency_amounts(frame, sessions.tolist(), currencies, reference, plan.options.stale_fixing)
    cash = gross * counted[held]
    countries = [found.countries[place] for place in held.tolist()]
    tax = frame["withholding"].to_numpy() if withholding is None else withholding_rates(frame, countries, withholding)
    places = sessions.astype(np.intp)
    points = [np.bincount(places, amount, size) / found.divisors for amount in (cash * (1.0 - tax), cash)]
    return points[0], points[1]


def _grown(found: Walk) -> Floats:
    # The factor of the shares by the splits, bonus and rights issues of the ex-date, for every dividend.
    plan, agenda, size = found.plan, found.plan.agenda, len(found.plan.ids)
    paid = plan.payments.sessions * size + np.array(plan.payments.columns, dtype=np.int64)
    times, rows = np.array(agenda.times), np.subtract(agenda.last, agenda.first).astype(np.int64)
    plain = np.repeat(np.array(agenda.plain, dtype=bool), rows) & (times != 1.0) & (times != 0.0)
    days = np.searchsorted(plan.days, agenda.rules.rows.day[plain])
    keys = days * size + np.array(agenda.columns, dtype=np.int64)[plain]
    netted = [session * size + column for session, column in found.grown]
    keys = np.concatenate((keys, np.array(netted, dtype=np.int64)))
    factors = np.concatenate((times[plain], list(found.grown.values())))
    out = np.ones(len(paid))
    for place in np.flatnonzero(np.isin(paid, keys)).tolist():
        out[place] = factors[np.flatnonzero(keys == paid[place])[-1]]
    return out


def _chain(start: float, before: float, level: Floats, xd: Floats) -> Floats:
    # Without a withholding rate the net level ends where the first dividend would need one.
    unknown = np.isnan(xd) | np.isnan(start)
    end = int(unknown.argmax()) if unknown.any() else len(level)
    out = np.full(len(level), np.nan)
    if end:
        out[:end] = total_return_level(start, before, level[:end], xd[:end])
    return out


def _history(found: Walk, level: Floats, net: Floats, gross: Floats, decimals: int | None) -> History:
    shown = [round_decimals(column, decimals) for column in (level, net, gross)]
    days = found.plan.days.astype("datetime64[s]")
    columns = dict(zip(LEVELS, (days, found.divisors, *shown), strict=True))
    state = _state(found, level.item(-1), net.item(-1), gross.item(-1))
    return History(pd.DataFrame(columns), _log(found, days), _flags(found, days), state)


def _log(found: Walk, days: Any) -> pd.DataFrame:
    table = found.plan.agenda.rules.rows
    words = (table.texts["action"] + " " + table.texts["isin"]).tolist()
    labels = [name or f"row {row}" for name, row in zip(table.texts["event_id"], table.number.tolist(), strict=True)]
    agenda, sessions = found.plan.agenda, found.steps[:, 0].astype(np.int64)
    places = np.searchsorted(agenda.sessions, sessions)
    first, last = (np.array(rows)[places].tolist() for rows in (agenda.first, agenda.last))
    rows = tuple(zip(first, last, strict=True))
    reasons = [words[start] if end == start + 1 else "; ".join(words[start:end]) for start, end in rows]
    names = [labels[start] if end == start + 1 else _once(labels[start:end]) for start, end in rows]
    for place in np.flatnonzero(np.isin(sessions, [*found.exits, *agenda.reviewed])).tolist():
        (start, end), session = rows[place], sessions.item(place)
        exits, reviewed = found.exits.get(session, []), agenda.reviewed.get(session, 0)
        done = [item for item in range(start, end) if item not in found.passed]
        parts = [words[item] for item in done[reviewed:]] + [f"removal {event.isin}" for event in exits]
        reasons[place] = "; ".join(["review", *parts] if reviewed else parts)
        names[place] = _once([labels[item] for item in done] + [event.label for event in exits])
    columns = (days[sessions], *found.steps[:, 1:].T, reasons, names)
    return pd.DataFrame(dict(zip(DIVISORS, columns, strict=True)))


def _once(labels: list[str]) -> str:
    return "; ".join(dict.fromkeys(labels))


def _flags(found: Walk, days: Any) -> pd.DataFrame:
    paid = found.plan.payments
    rows = [(days[session], isin, what) for session, isin, what in [*found.flags, *found.plan.flags]]
    idle = np.flatnonzero(found.counted == 0.0)
    if idle.size:
        isins = paid.frame["isin"].to_numpy(dtype=object)[idle]
        rows += [(day, isin, UNPAID) for day, isin in zip(days[paid.sessions[idle]], isins, strict=True)]
    if not rows:
        return pd.DataFrame(columns=list(FLAGS))
    return pd.DataFrame(rows, columns=list(FLAGS)).sort_values(["date", "id"], kind="stable", ignore_index=True)


def _state(found: Walk, price: float, net: float, gross: float) -> IndexState:
    plan, lines = found.plan, found.lines
    ids = lines.ids
    return IndexState(
        plan.days[-1],
        basket_in(lines, plan.names),
        found.divisors.item(-1),
        found.totals.item(-1),
        price,
        net,
        gross,
        dict(zip(ids, plan.prices[-1].tolist(), strict=True)),
        dict(zip(plan.names, found.rates[-1], strict=True)),
        {ids[column]: value for column, value in lines.carried.items()},
        tuple(ids[column] for column in sorted(lines.suspended)),
        tuple(ids[column] for column in sorted(lines.untraded)),
        {ids[column]: label for column, label in lines.leaving.items()},
        dict(zip(plan.names, found.fixings[-1], strict=True)),
    )
