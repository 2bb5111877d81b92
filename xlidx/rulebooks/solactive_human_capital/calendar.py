"""Days of the Solactive Human Capital World MV guideline v1.0: selection, adjustment and rebalancing days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np
import pandas as pd

from xlidx import calendars
from xlidx.arrays import Days, require
from xlidx.rules import rule
from xlidx.tables import one_of

EXCHANGE = "XFRA"
MONTHS = (1, 4, 7, 10)
LAUNCH = date(2016, 8, 30)
PERIOD = 10
OFFSET = 2
KINDS = ("quarterly",)


@rule("solactive_human_capital", "4 Business Day")
def business_days(start: date, count: int, disruptions: Collection[date] = ()) -> Days:
    """First business days from a day on: weekdays without a market disruption.

    Parameters
    ----------
    start : date
        Counted if it is a business day.
    count : int
    disruptions : collection of date
        Days on which a market disruption event occurred.

    Returns
    -------
    datetime64[D] array of shape (count,)

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 4 Business Day.
    *Reading*: holidays are business days, as the definition says nothing of sessions.

    Examples
    --------
    >>> business_days(date(2017, 12, 29), 3, [date(2018, 1, 2)]).astype(str).tolist()
    ['2017-12-29', '2018-01-01', '2018-01-03']
    """
    closed = np.array(sorted(disruptions), dtype="datetime64[D]")
    first = np.busday_offset(start, 0, roll="forward", holidays=closed)
    return np.asarray(np.busday_offset(first, np.arange(count), holidays=closed))


@rule("solactive_human_capital", "4 Selection Day")
@rule("solactive_human_capital", "4 Adjustment Day")
@rule("solactive_human_capital", "4 Trading Day")
@rule("solactive_human_capital", "2.2")
def review_dates(
    year: int, kind: str | None = None, disruptions: Collection[date] = (), exchange: str = EXCHANGE
) -> pd.DataFrame:
    """Dates of the quarterly reviews of a year.

    Parameters
    ----------
    year : int
    kind : {"quarterly"}, optional
        All reviews are of one kind.
    disruptions : collection of date
        Days on which a market disruption event occurred; they are no business days.
    exchange : str
        MIC of the calendar that says what a trading day is.

    Returns
    -------
    DataFrame
        kind, selection, adjustment, first and last day of the rebalancing period; one row per review.

    Raises
    ------
    XlidxError
        ``CHOICE`` for another kind or an unknown exchange, ``NO_DATA`` for years outside the calendar.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.2, 4 Selection Day, 4 Adjustment Day.
    *Reading*: the selection day is the first weekday of the month, even on 1 January.  Trading days are the sessions
    of one reference exchange, half days left out; the adjustment day is the second of them after the selection day.
    Before the launch the whole change is made on one day.

    Examples
    --------
    >>> review_dates(2018).astype(str).iloc[0].tolist()
    ['quarterly', '2018-01-01', '2018-01-03', '2018-01-04', '2018-01-17']
    """
    if kind is not None:
        one_of(kind, KINDS, "kind")
    whole = float(year).is_integer() and 1 <= year <= 9998
    require(whole, year, "year", "be a whole number of the calendar", "give the year of the selection days")
    rows = []
    for month in MONTHS:
        selection: date = business_days(date(int(year), month, 1), 1, disruptions)[0].astype(date)
        adjustment = adjustment_day(selection, exchange)
        period = rebalancing_days(adjustment, disruptions)
        rows.append(("quarterly", selection, adjustment, period[0].astype(date), period[-1].astype(date)))
    frame = pd.DataFrame(rows, columns=["kind", "selection", "adjustment", "first", "last"])
    return frame.astype(dict.fromkeys(frame.columns[1:], "datetime64[s]"))


def adjustment_day(selection: date, exchange: str = EXCHANGE, trading_days: int = OFFSET) -> date:
    """Return the second trading day after a selection day, or another one.

    Examples
    --------
    >>> adjustment_day(date(2017, 10, 2))  # 3 October is a holiday in Germany
    datetime.date(2017, 10, 5)
    """
    days = calendars.full_sessions(
        exchange, selection + timedelta(days=1), selection + timedelta(days=30 + 2 * trading_days)
    )
    found: date = days[trading_days - 1].astype(date)
    return found


@rule("solactive_human_capital", "2.2")
@rule("solactive_human_capital", "4 Rebalancing Period")
def rebalancing_days(
    adjustment: date, disruptions: Collection[date] = (), launch: date = LAUNCH, period: int = PERIOD
) -> Days:
    """Days of the rebalancing period that follows an adjustment day.

    Parameters
    ----------
    adjustment : date
    disruptions : collection of date
        Days on which a market disruption event occurred; they do not count.
    launch : date
        Reviews adjusted before it change on a single day.
    period : int [business days]

    Returns
    -------
    datetime64[D] array of shape (M,)
        M is ``period``, or 1 before the launch.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.2.
    *Reading*: business days, as 2.2 says, not the trading days of the definition.  "m was set to 1" before the launch
    means that M was: the whole change on the first day.

    Examples
    --------
    >>> rebalancing_days(date(2017, 10, 5)).astype(str).tolist()[::9]
    ['2017-10-06', '2017-10-19']
    >>> rebalancing_days(date(2010, 4, 6)).astype(str).tolist()
    ['2010-04-07']
    """
    count = 1 if adjustment < launch else period
    return business_days(adjustment + timedelta(days=1), count, disruptions)
