"""Liquidity: value traded per business day over months, and the least of it that a candidate needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from math import isnan

import numpy as np
import pandas as pd

from xlidx.arrays import Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import Quotes
from xlidx.index.screening.exact import exact
from xlidx.rules import rule
from xlidx.tables import Column, TableSpec

LEAST = 5e6
TESTS = ("above", "at least")
SLACK = np.timedelta64(7, "D")  # holidays may stand at either end of a period

TRADED = TableSpec(
    name="candidates",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the security"),
        Column(
            name="adv_6m",
            kind="number",
            unit="EUR per business day",
            required=False,
            help="average daily value traded of the previous six months; blank fails",
        ),
        Column(
            name="adv_1m",
            kind="number",
            unit="EUR per business day",
            required=False,
            help="average daily value traded of the previous month; blank fails",
        ),
    ),
)


@rule("solactive_human_capital", "4 Average Daily Value Traded")
@rule("solactive_human_capital", "4 Daily Value Traded")
def average_daily_value(values: Quotes, day: date, months: int, disruptions: Collection[date] = ()) -> Floats:
    """Average daily value traded over the calendar months before a day.

    Parameters
    ----------
    values : Quotes (T, N) [EUR]
        Price times volume of every session, NaN or 0 where nothing was traded.  Without any entry in the last week of
        the period a security's record is taken to have stopped.
    day : date
        The period ends on the day before it.
    months : int
    disruptions : collection of date
        Weekdays that are no business days.

    Returns
    -------
    array of shape (N,) [EUR per business day]
        NaN, not known, for a security whose record has stopped.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when the record begins more than a week after the period begins, or ends more than a week before
        the period ends; ``DOMAIN`` for a negative value.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 4 Average Daily Value Traded.
    *Reading*: every weekday of the period is in the denominator, holidays too.

    Examples
    --------
    >>> from xlidx.index.basket import read_quotes
    >>> values = read_quotes("values", [["date", "A"], ["2017-09-04", 66.0], ["2017-09-29", 60.0]])
    >>> average_daily_value(values, date(2017, 10, 2), 1).tolist()  # 21 weekdays from 2 September
    [6.3]
    """
    until = pd.Timestamp(day)
    since = until - pd.DateOffset(months=months)
    start, end = np.datetime64(since.date(), "D"), np.datetime64(day, "D")
    _covers(values, start, end)
    inside = (values.days >= start) & (values.days < end)
    traded = np.nan_to_num(values.matrix[inside], nan=0.0)
    require(traded >= 0.0, traded, values.name, "be 0 or more", "give price times volume in euro")
    closed = np.array(sorted(disruptions), dtype="datetime64[D]")
    found: Floats = traded.sum(axis=0) / np.busday_count(start, end, holidays=closed)
    recent = values.matrix[inside & (values.days >= end - SLACK)]
    return np.where(np.isnan(recent).all(axis=0), np.nan, found)


def _covers(values: Quotes, start: np.datetime64, end: np.datetime64) -> None:
    if values.days[0] > start + SLACK or values.days[-1] < end - SLACK:
        what = f"values traded run from {values.days[0]} to {values.days[-1]}, the period from {start} to {end}"
        raise XlidxError(Kind.NO_DATA, what, f"table {values.name}", "give the record of the whole period")


@rule("solactive_human_capital", "4 Selection Pool")
def liquidity_screen(
    ids: Sequence[str], six_months: Floats, one_month: Floats, least: float = LEAST, test: str = "above"
) -> pd.DataFrame:
    """Say for every candidate whether enough of it is traded.

    Parameters
    ----------
    ids : sequence of N texts
    six_months, one_month : arrays of shape (N,) [EUR per business day]
        NaN where not known, which fails.
    least : float [EUR per business day]
    test : {"above", "at least"}

    Returns
    -------
    DataFrame
        isin, passed (``yes`` or ``no``), figure [EUR per business day, the smaller of the two], reason (blank when
        passed).

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown test.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 4 Selection Pool.
    *Reading*: the words say at least, the formula above; the formula goes first.

    Examples
    --------
    >>> liquidity_screen(["A", "B"], np.array([9e6, 5e6]), np.array([5.1e6, 6e6]))["reason"].tolist()
    ['', 'value traded over six months, 5000000, is not above 5000000']
    """
    require(least >= 0.0, least, "value_traded", "be 0 or more", "give EUR per business day")
    if test not in TESTS:
        raise XlidxError(Kind.CHOICE, f"test is {test!r}", "argument test", f"use {' or '.join(TESTS)}")
    periods = (("six months", six_months), ("one month", one_month))
    reasons = [
        "; ".join(filter(None, (_short(name, values.item(place), least, test) for name, values in periods)))
        for place in range(len(ids))
    ]
    figure = np.minimum(six_months, one_month)
    passed = ["no" if reason else "yes" for reason in reasons]
    return pd.DataFrame({"isin": list(ids), "passed": passed, "figure": figure, "reason": reasons})


def _short(period: str, value: float, least: float, test: str) -> str:
    if isnan(value):
        return f"value traded over {period} is not known"
    enough = exact(value) >= exact(least) if test == "at least" else exact(value) > exact(least)
    return "" if enough else f"value traded over {period}, {value:.15g}, is not {test} {least:.15g}"
