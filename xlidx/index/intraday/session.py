"""A session of an index: pre-opening, official opening level, levels every 15 seconds, closing level.

The opening is not a moment of the clock but of the prices: levels are pre-opening levels until every member has
a price of today, or, five minutes after the open, until the members that have one make up 80 % of the index.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from xlidx.arrays import Bools, Floats, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.intraday.sources import prices_at, rates_at
from xlidx.index.intraday.ticks import (
    MOMENT_UNIT,
    Hours,
    Moments,
    Ticks,
    dissemination_grid,
    last_known,
    read_timed,
    require_day,
    require_own_rate,
)
from xlidx.index.level import index_level, require_not_negative
from xlidx.index.sources import Reference, member_rates, same_members
from xlidx.rules import rule
from xlidx.tables import Column, TableSpec
from xlidx.values import Cell

PRE, OFFICIAL, CLOSED = "pre-opening", "official", "closed"
SUSPENDED, INDICATIVE, DELAYED = "suspended", "indicative", "delayed"
NEAR = 1e-12

FLAGS = TableSpec(
    name="flags",
    columns=(
        Column(name="start", kind="number", unit=MOMENT_UNIT, help="date and time from which the flag is set"),
        Column(
            name="end",
            kind="number",
            unit=MOMENT_UNIT,
            required=False,
            help="date and time at which it is taken off; blank is until the close",
        ),
        Column(name="state", kind="word", words=(SUSPENDED, INDICATIVE, DELAYED), help="what the compiler decided"),
        Column(name="author", kind="text", help="who decided"),
        Column(name="reason", kind="text", help="why"),
    ),
)


@attrs.frozen
class Flag:
    """A state set by hand: from ``start`` up to, but not at, ``end`` (NaT: until the close)."""

    start: np.datetime64
    end: np.datetime64
    state: str
    author: str
    reason: str


@attrs.frozen(eq=False)
class Basis:
    """Names and their values at the previous close against which the 80 % are measured."""

    ids: tuple[str, ...]
    worth: Floats


@attrs.frozen(eq=False)
class OpeningRule:
    """How the official opening is found.

    Parameters
    ----------
    share : float [fraction]
        Of the index at the previous close that must have a price of today; at least, not more than.
    wait : float [minutes]
        After the open, before which only a price of every member opens the index.
    basis : Basis, optional
        Blank measures today's members at their adjusted previous close; give yesterday's members and values
        for the other reading.
    """

    share: float = 0.80
    wait: float = 5.0
    basis: Basis | None = None


DEFAULT = OpeningRule()


def read_flags(rows: Sequence[Sequence[Cell]]) -> tuple[Flag, ...]:
    """Read a block of flags set by hand; columns as in :data:`FLAGS`.

    Examples
    --------
    >>> rows = [["start", "state", "author", "reason"], ["2016-03-18 10:00", "suspended", "J. Silva", "outage"]]
    >>> [(flag.state, flag.reason) for flag in read_flags(rows)]
    [('suspended', 'outage')]
    """
    frame = read_timed(FLAGS, rows)
    starts, ends = frame["start"].to_numpy(), frame["end"].to_numpy()
    words = frame[["state", "author", "reason"]].to_numpy().tolist()
    return tuple(Flag(start, end, *texts) for start, end, texts in zip(starts, ends, words, strict=True))


@rule("psi20", "3.1.1")
@rule("psi20", "3.1.2")
@rule("psi20", "3.2")
@rule("psi20", "4.2")
def disseminate(
    basket: Basket,
    divisor: float,
    ticks: Ticks,
    reference: Reference,
    hours: Hours,
    until: np.datetime64 | None = None,
    opening: OpeningRule = DEFAULT,
    flags: Sequence[Flag] = (),
    currency: str = INDEX_CURRENCY,
) -> pd.DataFrame:
    """Levels of one session, one per step of the market hours, each with its state.

    Parameters
    ----------
    basket : Basket
        Today's composition, N members.
    divisor : float [index currency per index point]
    ticks : Ticks
        Trades and exchange rates of the day; for a recalculation without those that were cancelled.
    reference : Reference
        What was known before the session: adjusted previous close, manual estimates, exchange rates.
    hours : Hours
    until : datetime64, optional
        Present moment of a session that is still going on; later ticks are not looked at.
    opening : OpeningRule
    flags : sequence of Flag
        States set by hand; where several apply, the last one in the list does.
    currency : str
        Index currency.

    Returns
    -------
    DataFrame of shape (T, 6)
        time, level [index points] (NaN while suspended), state, opened (whether the official opening level has
        been published), share (of the value at the previous close that has a price of today) and missing
        (number of members without one).

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a member or a currency without any price, naming all of them; ``DOMAIN`` for ticks of
        another day, a divisor that is not above 0 or a wrong opening rule.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.1, 3.1.2, 3.2 and 4.2.
    *Reading*: the value at the previous close is that of today's members at their adjusted close; 80 % is
    inclusive, and a share below it by less than one part in a million million is at it; the wait is over at
    five minutes sharp.  An estimate prices a member but is no price of today.  A level that is suspended is not
    published, so no opening level; an indicative one is published but opens nothing; a delay keeps the
    index in pre-opening.  The level at the close itself has the state closed.

    Examples
    --------
    >>> from xlidx.index.intraday.ticks import read_ticks
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> hours = Hours(np.datetime64("2016-03-18T09:00", "us"), np.datetime64("2016-03-18T09:00:30", "us"))
    >>> rows = [["time", "isin", "price"], ["2016-03-18 09:00:15", "A", 11.0], ["2016-03-18 09:00:15", "B", 20.0]]
    >>> reference = Reference(np.array([10.0, 20.0]))
    >>> disseminate(basket, 200.0, read_ticks(rows), reference, hours)[["level", "state"]].to_numpy().tolist()
    [[100.0, 'pre-opening'], [105.0, 'official'], [105.0, 'closed']]
    """
    require_opening(opening)
    require_day(ticks, hours)
    require_own_rate(ticks, currency)
    grid = dissemination_grid(hours, until)
    today = last_known(ticks, basket.ids, grid)
    levels = _levels(basket, divisor, ticks, reference, today, grid, currency)
    share = _share(opening.basis or basis_of(basket, reference, currency), basket, ticks, today, grid)
    missing = np.isnan(today).sum(axis=1)
    return session_frame(grid, levels, share, missing, hours, opening, flags)


def session_frame(
    grid: Moments,
    levels: Floats,
    share: Floats,
    missing: npt.NDArray[np.int64],
    hours: Hours,
    opening: OpeningRule = DEFAULT,
    flags: Sequence[Flag] = (),
) -> pd.DataFrame:
    """Put the state to every level of a session; see :func:`disseminate`."""
    manual = _manual(grid, flags)
    waited = grid >= hours.open + np.timedelta64(round(opening.wait * 60e6), "us")
    ready = (missing == 0) | (waited & (share >= opening.share - NEAR))
    opened = np.logical_or.accumulate(ready & (manual == ""))
    state = np.where(opened, OFFICIAL, PRE).astype(object)
    state[grid >= hours.close] = CLOSED
    by_hand = (manual == SUSPENDED) | (manual == INDICATIVE)
    state[by_hand] = manual[by_hand]
    shown = np.where(manual == SUSPENDED, np.nan, levels)
    columns = {"time": grid, "level": shown, "state": state, "opened": opened, "share": share, "missing": missing}
    return pd.DataFrame(columns)


def basis_of(basket: Basket, reference: Reference, currency: str = INDEX_CURRENCY) -> Basis:
    """Return the values of today's members at the previous close, adjusted for events since (3.1.1).

    *Reading*: a member that was not listed yet counts with its estimate.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> basis_of(basket, Reference(np.array([10.0, 20.0]))).worth.tolist()
    [10000.0, 10000.0]
    """
    same_members(basket, reference.prices, reference.estimates)
    unknown = [name for name, price in zip(basket.ids, reference.at_close, strict=True) if np.isnan(price)]
    if unknown:
        what, mend = f"no value at the previous close for {', '.join(unknown)}", "give a previous close or an estimate"
        raise XlidxError(Kind.NO_DATA, what, "reference prices", mend)
    rates = member_rates(basket, reference.rates, currency)
    return Basis(basket.ids, basket.weights * reference.at_close * rates)


def _levels(
    basket: Basket, divisor: float, ticks: Ticks, reference: Reference, today: Floats, grid: Moments, currency: str
) -> Floats:
    prices = prices_at(basket, reference, today, grid)
    rates = rates_at(basket, reference, ticks, grid, currency)
    return np.asarray(index_level(prices, basket.weights, divisor, fx=rates))


def _share(basis: Basis, basket: Basket, ticks: Ticks, today: Floats, grid: Moments) -> Floats:
    traded = today if basis.ids == basket.ids else last_known(ticks, basis.ids, grid)
    return shares_of(basis, ~np.isnan(traded))


def shares_of(basis: Basis, traded: Bools) -> Floats:
    """Return the part of the value at the previous close that stands for the names marked (T,)."""
    return np.asarray(traded @ basis.worth) / total_of(basis)


def total_of(basis: Basis) -> float:
    """Return the value of all names at the previous close, above 0."""
    require_not_negative(basis.worth, "value at the previous close", "give the value of every name")
    total = float(basis.worth.sum())
    require(total > 0.0, total, "value at the previous close", "be above 0", "give the closes of the previous session")
    return total


def flag_at(at: np.datetime64, flags: Sequence[Flag]) -> Flag | None:
    """Return the flag that is set at a moment, the last in the list where several are."""
    return next((flag for flag in reversed(flags) if _holds(flag, at)), None)


def _holds(flag: Flag, at: Moments | np.datetime64) -> Bools:
    return np.asarray((at >= flag.start) & (np.isnat(flag.end) | (at < flag.end)))


def _manual(grid: Moments, flags: Sequence[Flag]) -> npt.NDArray[np.object_]:
    words = np.full(grid.shape, "", dtype=object)
    for flag in flags:
        if flag.end <= flag.start:
            what, where = f"a flag ends at {flag.end}, not after its start {flag.start}", "table flags"
            raise XlidxError(Kind.DOMAIN, what, where, "give an end after the start, or leave it blank")
        words[_holds(flag, grid)] = flag.state
    return words


def require_opening(opening: OpeningRule) -> None:
    """Refuse a share outside 0 to 1 and a wait below 0."""
    require_fraction(opening.share, "share")
    require(opening.wait >= 0.0, opening.wait, "wait", "be 0 or more", "give the minutes after the open")
