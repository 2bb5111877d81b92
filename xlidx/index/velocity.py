"""Free-float velocity: how often the shares that can be traded changed hands in the months before a review."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx import calendars
from xlidx.arrays import Bools, Days, Floats, Numbers, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.free_float import free_float_band
from xlidx.index.level import one_date, operand
from xlidx.rules import Step, cite, rule
from xlidx.tables import one_of

NEAR = 1e-12
LONGEST_BREAK = 7  # weekdays in a row on which an exchange may be closed: lunar new year, September 2001
MOST_HOLIDAYS = 25  # weekdays of twelve months on which an exchange may be closed
WEEKDAYS_PER_MONTH = 365.25 / 12 * 5 / 7
FIRST_DAYS = ("excluded", "included")


@attrs.frozen(kw_only=True)
class VelocityRules:
    """The numbers of a velocity rule.

    Attributes
    ----------
    minimum_float : float [fraction]
        The free-float factor used is at least this.
    step : float [fraction]
        Width of a free-float band.
    dropped : int [sessions]
        Sessions from the start of a record that do not count.
    months : int [months]
        Length of the window.
    """

    minimum_float: float = 0.25
    step: float = 0.05
    dropped: int = 20
    months: int = 12

    def __attrs_post_init__(self) -> None:
        require_fraction(self.minimum_float, "minimum_float")
        require(self.dropped >= 0, self.dropped, "dropped", "be 0 or more", "give a number of sessions")
        require(self.months > 0, self.months, "months", "be above 0", "give the length of the window")


@attrs.frozen(eq=False)
class Turnover:
    """The parts of a velocity, one value per company: what was counted, over how long, with which float."""

    window: int
    counted: Floats
    free_float: Floats
    total: Floats

    @property
    def velocity(self) -> Floats:
        """Sum of the daily ratios, scaled from the sessions counted to all of the window; NaN without any."""
        scale = np.divide(self.window, self.counted, out=np.full_like(self.counted, np.nan), where=self.counted > 0)
        return self.total * scale


@rule("psi20", "5.2.3 Velocity")
def velocity(
    volumes: Floats,
    shares: Numbers,
    free_float: Numbers,
    dates: Days | None = None,
    cut_off: date | None = None,
    listed_from: Any = None,
    exchange: str | None = None,
    first_day: str = "excluded",
    rules: VelocityRules = VelocityRules(),
) -> Numbers:
    """Free-float velocity: the sum of daily volumes per share that is listed and free.

    Parameters
    ----------
    volumes : array of shape (T,) or (T, N) [shares]
        Regulated volume of each session, one column per company; NaN where a company was not listed or its
        volume is not known, 0 for a session without a trade.  One row or one column is one company.
    shares : float, array of shape (N,) or as ``volumes`` [shares]
        Listed shares; of the same day as the volume, so that splits inside the window need no adjustment.
    free_float : float or array of shape (N,) [fraction, 0 to 1]
        Raw free float at the cut-off date; it is rounded up to bands here.
    dates : array of shape (T,), optional
        Sessions of the rows, in order.  Rows outside the window are passed over.  Blank: the rows are the sessions of
        the window, all of them.
    cut_off : date, optional
        End of the window; blank is the last of the dates.
    listed_from : date or array of shape (N,), optional
        First session of the record: admission to listing or, after a removal under 6.2.1, the first session
        out of the index.  Blank: listed long before.
    exchange : str, optional
        MIC; when given, the rows must be all sessions of that exchange from the start of the window or of the record
        on, and its sessions are those of the window.  Blank: weekdays without a row count as holidays, those before
        the first row of a company listed later as sessions.
    first_day : {"excluded", "included"}
        Whether the day 12 months before the cut-off belongs to the window.
    rules : VelocityRules, optional

    Returns
    -------
    float, or array of shape (N,) [times per window]
        0.25 is 25 %; NaN for a company without any session that counts.

    Raises
    ------
    XlidxError
        ``SHAPE`` for sizes that do not fit, ``MISSING`` for a cut-off or record without dates, ``DOMAIN`` for
        negative volumes, shares that are not above 0 and dates out of order, ``NO_DATA`` for rows that do not reach
        back to the start of the window or of the record, or that leave out sessions.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.2.3.
    *Reading*: daily ratios are added up (not total volume over average shares).  The window is the sessions
    after the day 12 months before the cut-off, up to the cut-off, whatever rows are handed in.  A short record is
    scaled by sessions in the window over sessions counted.

    Examples
    --------
    60 weekdays since admission, 40 of them count at 100 / (100 000 x 0.5), in a window of 261 weekdays:

    >>> days = np.busday_offset("2015-12-07", np.arange(60))
    >>> round(velocity(np.full(60, 100.0), 100_000.0, 0.5, days, date(2016, 2, 26), days[0]), 12)
    0.522
    """
    parts = turnover(volumes, shares, free_float, dates, cut_off, listed_from, exchange, first_day, rules)
    return parts.velocity if np.ndim(volumes) == 2 else float(parts.velocity[0])


def turnover(
    volumes: Floats,
    shares: Numbers,
    free_float: Numbers,
    dates: Days | None = None,
    cut_off: date | None = None,
    listed_from: Any = None,
    exchange: str | None = None,
    first_day: str = "excluded",
    rules: VelocityRules = VelocityRules(),
) -> Turnover:
    """Return the parts that :func:`velocity` is made of; arguments as there.

    Examples
    --------
    >>> parts = turnover(np.array([3.0, 0.0, 2.0, np.nan] * 64), 100.0, 0.47)
    >>> parts.window, parts.counted.tolist(), parts.free_float.tolist(), parts.total.round(12).tolist()
    (256, [192.0], [0.5], [6.4])
    """
    traded, listed, free = _sized(volumes, shares, free_float)
    first_day = one_of(first_day, FIRST_DAYS, "first_day")
    days = _days(dates, traded.shape[0], cut_off, listed_from)
    record = _record(listed_from, traded.shape[1])
    if days is None:
        window, inside = _whole_window(traded.shape[0], rules.months), np.ones(traded.shape[0], dtype=np.bool_)
    else:
        last = days[-1] if cut_off is None else np.datetime64(cut_off, "D")
        first = _months_before(last, rules.months) + (first_day == "excluded")
        window, inside = _window(days, first, last, exchange, record, rules.months)
    since = _first_rows(days, record, traded.shape, rules.dropped)
    factor = np.maximum(free_float_band(free, rules.step), rules.minimum_float)
    counted, total = _sums(traded, listed, inside, since)
    return Turnover(window, counted, factor, total / factor)


def explain_velocity(
    volumes: Floats,
    shares: Numbers,
    free_float: Numbers,
    dates: Days | None = None,
    cut_off: date | None = None,
    listed_from: Any = None,
    exchange: str | None = None,
    first_day: str = "excluded",
    rules: VelocityRules = VelocityRules(),
) -> list[Step]:
    """Return the steps of :func:`velocity` for one company; arguments as there.

    Examples
    --------
    >>> steps = explain_velocity(np.array([3.0, 0.0, 2.0, np.nan] * 64), 100.0, 0.47)
    >>> [(s.symbol, round(s.value, 9)) for s in steps]
    [('T', 256.0), ('n', 192.0), ('F_raw', 0.47), ('F', 0.5), ('sum', 6.4), ('V', 8.533333333)]
    """
    if np.ndim(volumes) == 2:
        what, mend = "volumes holds several companies", "explain one company at a time"
        raise XlidxError(Kind.SHAPE, what, "argument volumes", mend)
    one_date(free_float)
    parts = turnover(volumes, shares, free_float, dates, cut_off, listed_from, exchange, first_day, rules)
    clause = cite(velocity)
    return [
        Step("T", "sessions in the window", float(parts.window), "sessions", clause),
        Step("n", "sessions counted", float(parts.counted[0]), "sessions", clause),
        Step("F_raw", "free float at the cut-off date", float(np.ravel(free_float)[0]), "fraction", clause),
        Step(
            "F",
            "free-float factor, rounded up and not below the minimum",
            float(parts.free_float[0]),
            "fraction",
            clause,
        ),
        Step("sum", "sum of volume / (listed shares x F)", float(parts.total[0]), "times", clause),
        Step("V", "velocity: sum x T / n", float(parts.velocity[0]), "times per window", clause),
    ]


def velocity_report(ids: tuple[str, ...], parts: Turnover, threshold: float = 0.25) -> pd.DataFrame:
    """Return one row per company: what was counted, the velocity, and whether it is enough.

    Parameters
    ----------
    ids : tuple of N texts
    parts : Turnover
        From :func:`turnover`.
    threshold : float [times per window]
        Exactly the threshold is enough.

    Returns
    -------
    DataFrame
        isin, window and counted [sessions], free_float [factor used], total [sum of daily ratios], velocity,
        passes (``yes`` or ``no``), reason, clause.

    Examples
    --------
    >>> report = velocity_report(("A",), turnover(np.array([3.0, 0.0, 2.0, np.nan] * 64), 6400.0, 0.47))
    >>> report.loc[0, ["passes", "reason"]].tolist()
    ['no', 'velocity 13.3333 % is below 25 %, scaled from 192 to 256 sessions']
    """
    value = parts.velocity
    enough = reaches(value, threshold)
    return pd.DataFrame(
        {
            "isin": ids,
            "window": parts.window,
            "counted": parts.counted,
            "free_float": parts.free_float,
            "total": parts.total,
            "velocity": value,
            "passes": np.where(enough, "yes", "no"),
            "reason": [_reason(parts, i, threshold) for i in range(value.size)],
            "clause": cite(velocity),
        }
    )


def reaches(value: Any, threshold: float) -> Bools:
    """Tell whether velocities reach a threshold; sums of daily ratios carry binary errors, NaN never does.

    Examples
    --------
    >>> reaches(sum([0.1] * 3) - 0.05, 0.25), reaches(0.2499999, 0.25), reaches(float("nan"), 0.25)
    (np.True_, np.False_, np.False_)
    """
    return np.asarray(value, dtype=np.float64) >= threshold * (1.0 - NEAR)


@rule("psi20", "8.5")
def regulated_volume(order_book: Numbers, off_exchange: Numbers = 0.0) -> Numbers:
    """Regulated volume: what was traded in the order book and off exchange under its rules.

    Parameters
    ----------
    order_book, off_exchange : float or array of any shape that broadcasts [shares]
        NaN in either means that the day is not known.

    Returns
    -------
    float or array [shares]

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 8.5.
    *Reading*: the clause defines turnover; volume is added up alike.

    Examples
    --------
    >>> regulated_volume(np.array([1000.0, 0.0]), np.array([250.0, 40.0])).tolist()
    [1250.0, 40.0]
    """
    for name, values in (("order_book", order_book), ("off_exchange", off_exchange)):
        _require_volumes(np.asarray(values, dtype=np.float64), name)
    return operand(np.add(order_book, off_exchange))


@rule("psi20", "5.2.3 Velocity")
def split_up_history(
    parent: Floats, child: Floats, child_shares: Floats, ratio: float, dates: Days, ex_date: date
) -> tuple[Floats, Floats]:
    """Volumes and listed shares of a company from a split-up, with the parent's volume before the event.

    Parameters
    ----------
    parent, child : array of shape (T,) [shares]
        Regulated volumes; the parent's in its share basis of the ex-date.
    child_shares : array of shape (T,) [shares]
        Listed shares of the new company; NaN before its listing.
    ratio : float [new company's shares per parent share, above 0]
    dates : array of shape (T,)
    ex_date : date
        First session with both companies apart.

    Returns
    -------
    volumes, shares : arrays of shape (T,) [shares]
        Before the ex-date: parent volume x ratio, and the number of shares first listed.

    Raises
    ------
    XlidxError
        ``SHAPE``, ``DOMAIN`` for a ratio that is not above 0, ``NO_DATA`` when the new company never lists.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.2.3.
    *Reading*: the parent keeps its own volume in full; the new company is not treated as newly listed.

    Examples
    --------
    >>> days = np.array(["2016-05-02", "2016-05-03"], dtype="datetime64[D]")
    >>> split_up_history(np.array([80.0, 60.0]), np.array([np.nan, 9.0]), np.array([np.nan, 500.0]), 0.5, days,
    ...     date(2016, 5, 3))
    (array([40.,  9.]), array([500., 500.]))
    """
    require(ratio > 0, ratio, "ratio", "be above 0", "give the new company's shares per parent share")
    if not parent.shape == child.shape == child_shares.shape == dates.shape:
        mend = "give one value per session"
        raise XlidxError(Kind.SHAPE, "parent, child, child_shares and dates differ in size", "arguments", mend)
    before = dates < np.datetime64(ex_date)
    own = child_shares[~before & ~np.isnan(child_shares)]
    if own.size == 0:
        what = f"the new company has no listed shares from {ex_date} on"
        raise XlidxError(Kind.NO_DATA, what, "argument child_shares", "assign volume to listed companies only")
    return np.where(before, parent * ratio, child), np.where(before, own[0], child_shares)


def _sized(volumes: Floats, shares: Numbers, free_float: Numbers) -> tuple[Floats, Floats, Floats]:
    traded = np.asarray(volumes, dtype=np.float64)
    listed = np.asarray(shares, dtype=np.float64)
    if traded.ndim == 1:
        traded = traded[:, None]
        listed = listed[:, None] if listed.size > 1 else listed
    try:
        listed = np.broadcast_to(listed, traded.shape)
        free = np.array(np.broadcast_to(np.asarray(free_float, dtype=np.float64), traded.shape[1:]))
    except ValueError:
        rows, columns = traded.shape
        what = f"shares or free_float do not fit volumes of {rows} sessions and {columns} companies"
        mend = "give one value per company; shares may also have one per session"
        raise XlidxError(Kind.SHAPE, what, "arguments shares and free_float", mend) from None
    _require_volumes(traded, "volumes")
    ok = np.isnan(traded) | (listed > 0)
    require(ok, listed, "shares", "be above 0 wherever there is a volume", "give the listed shares of that day")
    return traded, listed, free


def _require_volumes(values: Floats, name: str) -> None:
    ok = ~(values < 0) & ~np.isinf(values)
    require(ok, values, name, "be 0 or more", "give the shares traded, blank if not known")


def _days(dates: Any, rows: int, cut_off: date | None, listed_from: Any) -> Days | None:
    if dates is None:
        if cut_off is None and listed_from is None:
            return None
        what, mend = "cut_off or listed_from is given without dates", "give the session of every row"
        raise XlidxError(Kind.MISSING, what, "argument dates", mend)
    days = np.asarray(dates).astype("datetime64[D]").ravel()
    if days.size != rows:
        what = f"dates has {days.size} values for {rows} sessions"
        raise XlidxError(Kind.SHAPE, what, "argument dates", "give one date per row of volumes")
    rising = np.concatenate(([True], days[1:] > days[:-1]))
    require(rising, days, "dates", "rise from row to row", "sort the rows and give every session once")
    return days


def _record(listed_from: Any, companies: int) -> Days:
    """Return the first day of the record of every company, NaT where it was listed long before."""
    since = np.asarray("NaT" if listed_from is None else listed_from, dtype="datetime64[D]")
    if since.size not in (1, companies):
        what = f"listed_from has {since.size} values for {companies} companies"
        raise XlidxError(Kind.SHAPE, what, "argument listed_from", "give one date per company, blank if long ago")
    return np.broadcast_to(since.ravel(), (companies,))


def _whole_window(rows: int, months: int) -> int:
    # Without dates the rows are the window, so they must be as many as the sessions of that many months.
    weekdays = WEEKDAYS_PER_MONTH * months
    if not weekdays - 1.0 - MOST_HOLIDAYS * months / 12 <= rows <= weekdays + 2.0:
        what = f"{rows} rows are not the sessions of {months} months"
        mend = "give the dates of the rows and, for a company listed later, the first day of its record"
        raise XlidxError(Kind.NO_DATA, what, "argument volumes", mend)
    return rows


def _window(
    days: Days, first: np.datetime64, last: np.datetime64, exchange: str | None, record: Days, months: int
) -> tuple[int, Bools]:
    inside: Bools = (days >= first) & (days <= last)
    # The oldest record says how far back the rows must go; a record that starts after the cut-off needs no rows.
    start = first if np.isnat(record).any() else np.clip(record.min(), first, last)
    if exchange:
        wanted = calendars.sessions(exchange, first.astype(date), last.astype(date))
        _complete(days[inside], wanted, start, exchange)
        return wanted.size, inside
    weekdays = np.arange(first, last + 1, dtype="datetime64[D]")
    weekdays = weekdays[np.is_busday(weekdays)]
    before = weekdays[weekdays < min(start, days[inside][0]) if inside.any() else weekdays < start]
    _without_breaks(days[inside], weekdays[weekdays >= start], months)
    return int(inside.sum()) + before.size, inside


def _without_breaks(given: Days, wanted: Days, months: int) -> None:
    # Without a calendar a weekday without a row may be a holiday, but not too many and not too many in a row.
    closed = ~np.isin(wanted, given)
    ends = np.flatnonzero(np.concatenate(([True], ~closed, [True])))
    breaks = np.diff(ends) - 1
    longest = int(breaks.argmax())
    mend = "give every session of the window; for a company listed later, the first day of its record"
    if breaks[longest] > LONGEST_BREAK:
        what = f"{breaks[longest]} weekdays from {wanted[ends[longest]]} on have no row"
        raise XlidxError(Kind.NO_DATA, what, "argument dates", mend)
    if closed.sum() > MOST_HOLIDAYS * months / 12:
        what = f"{closed.sum()} weekdays of the window have no row, the first is {wanted[closed.argmax()]}"
        raise XlidxError(Kind.NO_DATA, what, "argument dates", f"{mend}, or name the exchange")


def _months_before(day: np.datetime64, months: int) -> np.datetime64:
    since_first = day - day.astype("datetime64[M]").astype("datetime64[D]")
    month = day.astype("datetime64[M]") - months
    return min(month.astype("datetime64[D]") + since_first, (month + 1).astype("datetime64[D]") - 1)


def _complete(given: Days, wanted: Days, start: np.datetime64, exchange: str) -> None:
    for days, what, mend in (
        (
            np.setdiff1d(wanted[wanted >= start], given),
            "has no row",
            "give every session of the window, 0 for one without trades",
        ),
        (np.setdiff1d(given, wanted), f"is no session of {exchange}", "delete the row"),
    ):
        if days.size:
            more = f" (and {days.size - 1} more)" if days.size > 1 else ""
            raise XlidxError(Kind.NO_DATA, f"{days[0]} {what}{more}", "argument dates", mend)


def _first_rows(days: Days | None, since: Days, shape: tuple[int, ...], dropped: int) -> Any:
    """Return the first row that counts, one per company."""
    if days is None:
        return np.zeros(shape[1], dtype=np.int64)
    known = ~np.isnat(since)
    # Twice as many calendar days, and two weeks for holidays, surely hold the sessions to be dropped.
    near = known & (since < days[0]) & (since > days[0] - (2 * dropped + 14))
    mend = "give rows from that day on; those outside the window only help to count"
    require(~near, since, "listed_from", f"not lie shortly before the first row, {days[0]}", mend)
    rows = np.searchsorted(days, since) + dropped
    return np.where(known & (since >= days[0]), rows, 0)


def _sums(traded: Floats, listed: Floats, inside: Bools, since: Any) -> tuple[Floats, Floats]:
    rows = np.arange(traded.shape[0])[:, None]
    use = ~np.isnan(traded) & (rows >= since) & inside[:, None]
    ratio = np.divide(traded, listed, out=np.zeros_like(traded), where=use)
    return use.sum(axis=0).astype(np.float64), ratio.sum(axis=0)


def _reason(parts: Turnover, i: int, threshold: float) -> str:
    if parts.counted[i] == 0:
        return "no session counts, so there is no velocity"
    value = parts.velocity[i]
    verb = "reaches" if reaches(value, threshold) else "is below"
    scaled = (
        "" if parts.counted[i] == parts.window else f", scaled from {parts.counted[i]:.0f} to {parts.window} sessions"
    )
    return f"velocity {value * 100:.6g} % {verb} {threshold * 100:.6g} %{scaled}"
