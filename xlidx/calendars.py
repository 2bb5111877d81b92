"""Trading sessions of exchanges, and the few day rules that rule books are written in.

Sessions come from exchange_calendars, always with explicit bounds, so an answer never depends on the day
the program runs.  Exchanges are named by their MIC (XLIS Lisbon, XETR Frankfurt, XNYS New York).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from xlidx.arrays import Days
from xlidx.errors import Kind, XlidxError

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)
FRIDAY = 4


def sessions(exchange: str, start: date, end: date) -> Days:
    """Trading sessions of an exchange from ``start`` to ``end``, both included.

    Parameters
    ----------
    exchange : str
        MIC of the exchange, for example ``XLIS``.
    start, end : date
        Bounds; they need not be sessions.

    Returns
    -------
    datetime64[D] array of shape (T,)

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown exchange, ``NO_DATA`` for days the calendar does not cover, ``DOMAIN``
        when ``start`` is after ``end``.

    Examples
    --------
    >>> sessions("XLIS", date(2016, 3, 24), date(2016, 3, 30)).astype(str).tolist()
    ['2016-03-24', '2016-03-29', '2016-03-30']
    """
    if start > end:
        raise XlidxError(Kind.DOMAIN, f"start {start} is after end {end}", "arguments start and end", "swap the dates")
    days = _all_sessions(exchange.strip().upper())
    _covered(days, exchange, start, end)
    return days[(days >= np.datetime64(start)) & (days <= np.datetime64(end))]


def full_sessions(exchange: str, start: date, end: date) -> Days:
    """Trading sessions as in :func:`sessions`, without the days on which the exchange closes early.

    Examples
    --------
    >>> full_sessions("XNYS", date(2017, 11, 22), date(2017, 11, 27)).astype(str).tolist()  # Thanksgiving
    ['2017-11-22', '2017-11-27']
    """
    days = sessions(exchange, start, end)
    return days[~np.isin(days, _early_closes(exchange.strip().upper()))]


def is_session(exchange: str, day: date) -> bool:
    """Tell whether a day is a trading session of the exchange."""
    return sessions(exchange, day, day).size == 1


def session_on_or_before(exchange: str, day: date) -> date:
    """Return the day itself if it is a session, else the last session before it.

    Examples
    --------
    >>> session_on_or_before("XLIS", date(2008, 3, 21))  # Good Friday
    datetime.date(2008, 3, 20)
    """
    return _as_date(sessions(exchange, day - timedelta(days=30), day)[-1])


def session_offset(exchange: str, day: date, count: int) -> date:
    """Return the session ``count`` sessions after (before, when negative) a session.

    Examples
    --------
    >>> session_offset("XLIS", date(2012, 3, 16), -2)
    datetime.date(2012, 3, 14)
    """
    days = _all_sessions(exchange.strip().upper())
    _covered(days, exchange, day, day)
    place = int(np.searchsorted(days, np.datetime64(day)))
    target = place + count
    if days[place] != np.datetime64(day):
        raise XlidxError(Kind.DOMAIN, f"{day} is not a session of {exchange}", "argument day", "give a trading day")
    if not 0 <= target < days.size:
        raise XlidxError(
            Kind.NO_DATA,
            f"{count} sessions from {day} leave the calendar",
            "argument count",
            "stay within it",
        )
    return _as_date(days[target])


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """Return the n-th given weekday (Monday is 0) of a month; ``n = -1`` is the last.

    Examples
    --------
    >>> nth_weekday(2016, 3, FRIDAY, 3), nth_weekday(2016, 2, FRIDAY, -1)
    (datetime.date(2016, 3, 18), datetime.date(2016, 2, 26))
    """
    if not 1 <= year <= 9998:
        what = f"year is {year} but must lie between 1 and 9998"
        raise XlidxError(Kind.DOMAIN, what, "argument year", "give a year of the calendar")
    if n > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))
    following = date(year + month // 12, month % 12 + 1, 1)
    last = following - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-n - 1))


@lru_cache(maxsize=32)
def _all_sessions(exchange: str) -> Days:
    days: Days = _calendar(exchange).sessions.to_numpy().astype("datetime64[D]")
    return days


@lru_cache(maxsize=32)
def _early_closes(exchange: str) -> Days:
    days: Days = _calendar(exchange).early_closes.to_numpy().astype("datetime64[D]")
    return days


def _calendar(exchange: str) -> ExchangeCalendar:
    from exchange_calendars import get_calendar
    from exchange_calendars.errors import InvalidCalendarName

    try:
        usual = get_calendar(exchange)
    except InvalidCalendarName:
        raise XlidxError(
            Kind.CHOICE,
            f"exchange {exchange!r} is not known",
            "argument exchange",
            "give a market identifier code such as XLIS, XETR, XNYS",
        ) from None
    first = max(filter(None, (FIRST, _day(usual.bound_min()))))
    last = min(filter(None, (LAST, _day(usual.bound_max()))))
    return get_calendar(exchange, start=first, end=last)


def _day(bound: object) -> date | None:
    return None if bound is None else bound.date()  # type: ignore[attr-defined]


def _covered(days: Days, exchange: str, start: date, end: date) -> None:
    if np.datetime64(start) < days[0] or np.datetime64(end) > days[-1]:
        raise XlidxError(
            Kind.NO_DATA,
            f"the calendar of {exchange} covers {days[0]} to {days[-1]}",
            f"days {start} to {end}",
            "ask for days inside it",
        )


def _as_date(day: np.datetime64) -> date:
    return day.astype("datetime64[D]").astype(date)  # type: ignore[no-any-return]
