"""Certificates day by day: level and stop-loss move before the open, then the day's levels are tested.

One loop over the days, every step a vector over the series: nothing of size days x series is held unless the
caller asks to keep it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.turbo.financing import funding_cost
from xlidx.turbo.path.checks import noted, premium_bounds, row_checks, term_checks
from xlidx.turbo.path.inputs import PathMarket, PathRules, PathTerms, weekdays
from xlidx.turbo.stop_loss import reset_due as reset_due
from xlidx.turbo.stop_loss import stop_loss_event, stop_loss_price
from xlidx.turbo.terms import BEST, LIMITED, OPEN_ENDED
from xlidx.turbo.underlyings import Codes, adjusted, net_rate

STATES = ("not issued", "live", "exercise", "issuer call", "stopped out", "expiry", "ended", "error")
NOT_ISSUED, LIVE, FIRST_EVENT, STOPPED, LAST_EVENT, ENDED, ERROR = 0, 1, 2, 4, 5, 6, 7
NUMBERS = (
    "days", "rate", "spread", "yearly_cost", "funding_cost", "dividend", "rollover", "financing_level", "premium",
    "stop_loss", "entitlement",
)  # fmt: skip
FLAGS = ("reset", "stop_loss_reset", "event")
RULES = PathRules()


@attrs.frozen(eq=False, kw_only=True)
class Carry:
    """What one day hands to the next, arrays of shape (S,).

    The level is ``base (1 + interest) + added``: the level of the last reset, its interest since then, and the
    dividends and roll-overs since then.
    """

    base: Floats
    interest: Floats
    added: Floats
    barrier: Floats
    entitlement: Floats
    spread: Floats
    after_reset: Bools
    last: Days
    traded: Days
    event_date: Days
    state: Codes
    faults: dict[int, XlidxError]

    @property
    def level(self) -> Floats:
        """Financing level on the last day."""
        return self.base * (1.0 + self.interest) + self.added


@attrs.frozen(eq=False)
class Day:
    """One day of the path: the columns of :data:`NUMBERS` and :data:`FLAGS`, and the state codes."""

    date: np.datetime64
    columns: dict[str, Any]
    state: Codes

    def numbers(self, name: str) -> Floats:
        """Return a column of numbers, NaN for series that are not issued, ended or in error."""
        shown = (self.state >= LIVE) & (self.state <= LAST_EVENT)
        return np.where(shown, self.columns[name], np.nan)

    def flags(self, name: str) -> Bools:
        """Return a column of flags, False for series that are not issued, ended or in error."""
        return np.asarray((self.state >= LIVE) & (self.state <= LAST_EVENT) & self.columns[name])


@attrs.frozen(eq=False)
class Paths:
    """Result of :func:`financing_paths`.

    ``kept`` has the columns asked for, each (T, S); ``state`` the words of :data:`STATES` on the last day,
    ``event_date`` the day of a stop-loss event or NaT, ``faults`` the refusal of every series in error, and
    ``carry`` starts the next path.
    """

    dates: Days
    kept: dict[str, npt.NDArray[Any]]
    state: npt.NDArray[Any]
    event_date: Days
    faults: dict[int, XlidxError]
    carry: Carry


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.2")
@rule("ing_open_end_turbo", "C.3")
@rule("ing_open_end_turbo", "C.4")
@rule("ing_open_end_turbo", "C.5")
@rule("ing_open_end_turbo", "C.6")
@rule("ing_open_end_turbo", "C.7")
@rule("ing_open_end_turbo", "C.8")
@rule("ing_open_end_turbo", "C.10")
@rule("ing_open_end_turbo", "C.15")
@rule("ing_open_end_turbo", "C.16")
@rule("ing_open_end_turbo", "C.17")
def financing_paths(
    terms: PathTerms,
    dates: Any,
    market: PathMarket,
    rules: PathRules = RULES,
    keep: Sequence[str] = ("financing_level",),
    start: Carry | None = None,
) -> Paths:
    """Follow S series over T days.

    Parameters
    ----------
    terms : PathTerms
        Series of shape (S,).
    dates : dates (T)
        Rising weekdays, in general every one: public holidays are days of the level too.
    market : PathMarket
        Histories of T days.
    rules : PathRules
    keep : sequence of str
        Columns to hold for all days, of :data:`NUMBERS` and :data:`FLAGS` or ``state``; each holds T x S values.
    start : Carry, optional
        End of an earlier path of the same terms, to go on from.

    Returns
    -------
    Paths
        A fault ends its own series; the others go on.

    Raises
    ------
    XlidxError
        ``SHAPE`` for histories that do not fit, ``CHOICE`` for an unknown column, and as
        :func:`xlidx.turbo.path.inputs.weekdays`.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 8 to 16; conditions on level, cost, rate, roll-over, dividend,
    reset date, spread, premium, stop-loss, disruption and adjustments.

    *Reading*: rate and spread of a row count for the calendar days that end on it, so a Monday counts three; a
    spread changes only in the row after a reset date.  A reset that is not daily waits over disrupted days, as a
    holiday is no trading day.  A day brings adjustment, interest, dividend, roll-over and
    stop-loss reset in this order, all before the open; then low and high are tested.  A roll-over sets an
    open-ended stop-loss anew.  The row of the level date shows the printed values.  A stop-loss event up to and on
    the valuation day goes before exercise, issuer call and expiry.  Limited certificates bear no interest and no
    dividend, yet roll and split.

    Examples
    --------
    >>> from xlidx.turbo.path.inputs import path_terms
    >>> paths = financing_paths(path_terms("short", [9884.36], "2020-02-10"), ["2020-02-11"],
    ...                         PathMarket(rates=0.0158, spreads=0.035))
    >>> paths.kept["financing_level"].round(4).tolist(), paths.state.tolist()
    ([[9883.8328]], ['live'])
    """
    days, columns = weekdays(dates), _columns(keep, weekdays(dates).size, terms.level.size)
    carry = start or started(terms)
    for i, (after, day) in enumerate(walk(terms, days, market, rules, carry)):
        carry = after
        for name, held in columns.items():
            held[i] = day.state if name == "state" else day.flags(name) if name in FLAGS else day.numbers(name)
    return Paths(days, columns, np.array(STATES)[carry.state], carry.event_date, carry.faults, carry)


def over(state: int, day: Any) -> str:
    """Return what is noted about a series after the day on which it ended.

    Examples
    --------
    >>> over(STOPPED, np.datetime64("2020-02-28"))
    'stopped out on 2020-02-28, nothing to roll further'
    """
    return f"{STATES[state]} on {day}, nothing to roll further"


def _columns(keep: Sequence[str], days: int, series: int) -> dict[str, npt.NDArray[Any]]:
    types: dict[str, Any] = dict.fromkeys(NUMBERS, np.float64) | dict.fromkeys(FLAGS, np.bool_) | {"state": np.int8}
    for name in keep:
        if name not in types:
            raise XlidxError(Kind.CHOICE, f"column {name!r} is not known", "argument keep", f"use {', '.join(types)}")
    return {name: np.empty((days, series), types[name]) for name in keep}


def walk(
    terms: PathTerms, days: Days, market: PathMarket, rules: PathRules, carry: Carry
) -> Iterator[tuple[Carry, Day]]:
    """Yield every day of a path with what it hands to the next; :func:`financing_paths` keeps what it is asked to."""
    market.require_fit(days.size, terms.level.size)
    for i, today in enumerate(days):
        carry, day = one_day(carry, terms, market.on(i), today, rules)
        yield carry, day


def started(terms: PathTerms) -> Carry:
    """Return what the first day starts from; series with impossible terms are in error."""
    size, faults = terms.level.size, dict[int, XlidxError]()
    bad = noted(term_checks(terms), np.ones(size, np.bool_), faults, None)
    return Carry(
        base=np.where(bad, np.nan, terms.level),
        interest=np.zeros(size),
        added=np.zeros(size),
        barrier=terms.stop_loss,
        entitlement=terms.entitlement,
        spread=np.full(size, np.nan),
        after_reset=np.ones(size, np.bool_),
        last=terms.level_date,
        traded=terms.level_date,
        event_date=np.full(size, "NaT", "datetime64[D]"),
        state=np.where(bad, ERROR, NOT_ISSUED).astype(np.int8),
        faults=faults,
    )


def one_day(carry: Carry, terms: PathTerms, row: dict[str, Any], today: Any, rules: PathRules) -> tuple[Carry, Day]:
    """Take all series from one day to the next.

    Parameters
    ----------
    carry : Carry
    terms : PathTerms
    row : dict
        Market of the day, as :meth:`PathMarket.on` gives it.
    today : datetime64, or one for each series
    rules : PathRules

    Returns
    -------
    tuple of Carry and Day
    """
    faults = dict(carry.faults)
    state = _opened(carry.state, terms, today)
    missed = [(terms.end_date < today, "end date", terms.end_date, "be a day of the path", "add a row for it")]
    state[noted(missed, state == LIVE, faults, today)] = ERROR
    moving = (state == LIVE) & (carry.last < today)
    active = moving & (terms.kind != LIMITED)
    spread = _spread(row["spreads"], terms, rules, active)
    state[noted(row_checks(row, spread, terms, rules, carry.spread, carry.after_reset), moving, faults, today)] = ERROR
    moving &= state == LIVE
    columns, after = _moved(carry, terms, row | {"spreads": spread}, today, rules, moving)
    nothing = [(~(after.level > 0.0), "financing level", after.level, "be above 0", "check dividend and roll-over")]
    state[noted(nothing, state == LIVE, faults, today)] = ERROR
    barrier, anew = _barrier(after, terms, row, rules, state, moving, today, faults)
    touched = _touched(terms, barrier, row, state, today, faults)
    state = _closed(state, touched, terms, today)
    event_date = np.where(touched, today, carry.event_date)
    columns |= {"stop_loss": barrier, "stop_loss_reset": anew, "event": touched}
    last = np.where(state == LIVE, today, carry.last)
    traded = np.where((state == LIVE) & ~row["disrupted"].astype(np.bool_), today, carry.traded)
    after = attrs.evolve(
        after, barrier=barrier, last=last, traded=traded, event_date=event_date, state=state, faults=faults
    )
    return after, Day(today, columns, state)


def _opened(state: Codes, terms: PathTerms, today: np.datetime64) -> Codes:
    """State before the open: issued by now, or ended after the event of an earlier day."""
    opened = np.where((state == NOT_ISSUED) & (terms.level_date <= today), LIVE, state)
    return np.where((opened >= FIRST_EVENT) & (opened <= LAST_EVENT), ENDED, opened).astype(np.int8)


def _closed(state: Codes, touched: Bools, terms: PathTerms, today: np.datetime64) -> Codes:
    """State after the close: a touched stop-loss goes before any other end."""
    ending = (state == LIVE) & (terms.end_date == today)
    closed = np.where(ending, FIRST_EVENT + terms.end_event, state)
    return np.where(touched, STOPPED, closed).astype(np.int8)


def _spread(given: Any, terms: PathTerms, rules: PathRules, active: Bools) -> Floats:
    spread = np.where(active, given, 0.0)
    return np.asarray(np.minimum(spread, terms.maximum_spread)) if rules.above_maximum == "cap" else spread


def _moved(
    carry: Carry, terms: PathTerms, row: dict[str, Any], today: np.datetime64, rules: PathRules, moving: Bools
) -> tuple[dict[str, Any], Carry]:
    """Return columns and carry after adjustment, interest, dividend, roll-over and reset of the level."""
    active = moving & (terms.kind != LIMITED)
    factor = np.where(moving, row["splits"], 1.0)
    base, barrier, entitlement = adjusted(factor, carry.base, carry.barrier, carry.entitlement)
    days = np.where(moving, (today - carry.last) / np.timedelta64(1, "D"), 0.0)
    rate = np.where(active, net_rate(terms.family, row["rates"], row["base_rates"]), 0.0)
    share = np.where(terms.sign > 0.0, rules.long_share, rules.short_share)
    dividend = np.where(active, share * row["dividends"], 0.0)
    rollover = np.where(moving, row["rollovers"], 0.0)
    interest = _interest(carry.interest, terms, rate, row["spreads"], np.where(active, days, 0.0), rules.accrual)
    added = carry.added / factor - dividend + rollover
    due = moving & _due(today, carry.traded, row["disrupted"], rules.level_reset, moving)
    columns: dict[str, Any] = {
        "days": days,
        "rate": row["rates"],
        "spread": np.where(active, row["spreads"], np.nan),
        "yearly_cost": np.where(active, terms.sign * row["spreads"] + rate, np.nan),
        "funding_cost": base * (interest - carry.interest),
        "dividend": dividend,
        "rollover": rollover,
        "financing_level": base * (1.0 + interest) + added,
        "premium": np.where(terms.kind == OPEN_ENDED, row["premiums"], np.nan),
        "entitlement": entitlement,
        "reset": due | ((carry.last == today) & ~moving),
    }
    return columns, attrs.evolve(
        carry,
        base=np.where(due, columns["financing_level"], base),
        interest=np.where(due, 0.0, interest),
        added=np.where(due, 0.0, added),
        barrier=np.where(terms.kind == LIMITED, barrier + rollover, barrier),
        entitlement=entitlement,
        spread=np.where(active, row["spreads"], carry.spread),
        after_reset=np.where(moving, due, carry.after_reset),
    )


def _interest(before: Floats, terms: PathTerms, rate: Floats, spread: Floats, days: Floats, accrual: str) -> Floats:
    """Interest since the last reset as a fraction of its level: added up when simple, chained otherwise."""
    charged = days > 0.0
    margin, counted = np.where(charged, spread, 0.0), np.where(charged, terms.day_count, 360.0)
    grown = np.asarray(funding_cost(terms.sign, 1.0, rate, margin, days, counted, accrual))
    return np.asarray(before + grown if accrual == "simple" else before + grown + before * grown)


def _due(today: np.datetime64, traded: Days, disrupted: Any, word: str, moving: Bools) -> Bools:
    """Whether a reset falls on the day: every weekday when daily, else a trading day, up to which it waits."""
    if word == "daily":
        return moving
    due = reset_due(today, np.where(moving, traded, today - 1), word)
    return np.asarray(due & ~disrupted.astype(np.bool_), dtype=np.bool_)


def _barrier(
    after: Carry, terms: PathTerms, row: dict[str, Any], rules: PathRules, state: Codes, moving: Bools,
    today: np.datetime64, faults: dict[int, XlidxError],
) -> tuple[Floats, Bools]:  # fmt: skip
    """Stop-loss price of the day and where it was set anew; refusals are written into state and faults."""
    live, level, premium = state == LIVE, after.level, np.broadcast_to(row["premiums"], state.shape)
    opened, unset = terms.kind == OPEN_ENDED, np.isnan(after.barrier)
    equal = live & ((terms.kind == BEST) | ((terms.kind == LIMITED) & unset))
    barrier = np.where(equal, level, after.barrier)
    anew = live & opened & unset
    if opened.any():
        rolled = np.asarray(row["rollovers"] != 0.0)
        anew |= (
            live
            & opened
            & moving
            & (rolled | _due(today, after.traded, row["disrupted"], rules.stop_loss_reset, moving))
        )
        needed = [(np.isnan(premium), "premium", premium, "be given", "give the premium rate of the reset date")]
        refused = noted([*needed, *premium_bounds(premium, terms)], anew, faults, today)
        state[refused] = ERROR
        anew &= ~refused
    if anew.any():
        sign, unit = terms.sign[anew], terms.rounding[anew]
        barrier[anew] = stop_loss_price(sign, level[anew], premium[anew], unit, OPEN_ENDED)
    worthless = [(~(barrier > 0.0), "stop-loss price", barrier, "be above 0", "check the premium and the rounding")]
    state[noted(worthless, live & (state == LIVE), faults, today)] = ERROR
    return barrier, anew | (live & (terms.kind == BEST))


def _touched(
    terms: PathTerms, barrier: Floats, row: dict[str, Any], state: Codes, today: np.datetime64,
    faults: dict[int, XlidxError],
) -> Bools:  # fmt: skip
    """Where the stop-loss of the day was touched while levels count; refusals go into state and faults."""
    low, high = row["lows"], row["highs"]
    tested = (state == LIVE) & ~row["disrupted"].astype(np.bool_)
    if low is None or high is None:
        return np.zeros(state.shape, np.bool_)
    wrong = [(~(low <= high), "low", low, "not be above high", "give low and high, or mark the day as disrupted")]
    state[noted(wrong, tested, faults, today)] = ERROR
    tested &= state == LIVE
    limit, lowest, highest = (np.where(tested, values, 1.0) for values in (barrier, low, high))
    return np.asarray(tested & stop_loss_event(terms.sign, limit, lowest, highest))
