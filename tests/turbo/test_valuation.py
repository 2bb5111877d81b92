"""Valuation dates, what disruption does to them, and the price after a stop-loss event."""

from datetime import date, timedelta

import numpy as np
import pytest

from xlidx.calendars import is_session
from xlidx.errors import XlidxError
from xlidx.turbo.valuation import termination_price, undisrupted_date, valuation_dates

ISSUE = date(2020, 2, 12)


@pytest.mark.rule("ing_open_end_turbo", "A.22")
@pytest.mark.rule("ing_open_end_turbo", "C.13")
def test_the_dates_of_the_printed_series():
    # 12 February is a Saturday in 2022 and 2028 and a Sunday in 2023: the Monday after, 14, 14 and 13 February.
    days = valuation_dates(ISSUE, 8, "XETR")
    expected = [12, 14, 13, 12, 12, 12, 12, 14]
    assert days == [date(2021 + i, 2, day) for i, day in enumerate(expected)]


def test_a_holiday_moves_the_date_and_not_the_dates_after_it():
    # 25 December 2024 is a Wednesday, 26 December a holiday in Frankfurt too; 25 December 2025 is a Thursday.
    days = valuation_dates(date(2023, 12, 25), 3, "XETR")
    assert days[:2] == [date(2024, 12, 27), date(2025, 12, 29)]
    assert all(is_session("XETR", day) for day in days)


def test_an_issue_on_a_leap_day():
    assert valuation_dates(date(2024, 2, 29), 4, "XETR") == [
        date(2025, 2, 28), date(2026, 3, 2), date(2027, 3, 1), date(2028, 2, 29),
    ]  # fmt: skip


@pytest.mark.parametrize("count", [0, -1, 51, 1.5])
def test_counts_that_mean_nothing_are_refused(count):
    with pytest.raises(XlidxError, match="from 1 to 50"):
        valuation_dates(ISSUE, count, "XETR")


def test_unknown_exchange_and_days_beyond_the_calendar():
    with pytest.raises(XlidxError, match="not known"):
        valuation_dates(ISSUE, 1, "XXXX")
    with pytest.raises(XlidxError, match="beyond 2100-12-31"):
        valuation_dates(date(2060, 2, 12), 50, "XETR")
    with pytest.raises(XlidxError, match="beyond 2100-12-31"):
        valuation_dates(date(9999, 2, 12), 1, "XETR")


def test_fifty_years_of_dates():
    # By the Gregorian rule 12 February is a Sunday in 2051 (the Monday is given) and a Wednesday in 2070.
    days = valuation_dates(ISSUE, 50, "XETR")
    assert (days[30], days[49]) == (date(2051, 2, 13), date(2070, 2, 12))


@pytest.mark.rule("ing_open_end_turbo", "C.15")
def test_a_disrupted_valuation_waits_for_a_free_session_and_not_for_ever():
    friday, monday, tuesday = date(2021, 2, 12), date(2021, 2, 15), date(2021, 2, 16)
    assert undisrupted_date(friday, "XETR", []) == (friday, False)
    assert undisrupted_date(friday, "XETR", [friday]) == (monday, False)
    assert undisrupted_date(friday, "XETR", {friday, monday}) == (tuesday, False)
    week = [date(2021, 2, day) for day in (12, 15, 16, 17, 18, 19)]
    assert undisrupted_date(friday, "XETR", week) == (date(2021, 2, 19), True)
    assert undisrupted_date(friday, "XETR", week, longest=8) == (date(2021, 2, 22), False)
    assert undisrupted_date(friday, "XETR", week, longest=0) == (friday, True)
    # Six weeks without a holiday: the thirtieth session after a Friday is the Friday of 26 March 2021.
    six_weeks = [friday + timedelta(days=n) for n in range(60)]
    assert undisrupted_date(friday, "XETR", six_weeks, longest=30) == (date(2021, 3, 26), True)
    with pytest.raises(XlidxError, match="not a session"):
        undisrupted_date(date(2021, 2, 13), "XETR", [])
    with pytest.raises(XlidxError, match="longest wait is -1"):
        undisrupted_date(friday, "XETR", [], longest=-1)


@pytest.mark.rule("ing_open_end_turbo", "C.11")
def test_the_worst_price_of_the_period():
    low, high = np.array([96.0, 94.5, 95.0]), np.array([98.0, 97.0, 99.25])
    assert termination_price("long", low, high) == 94.5
    assert termination_price("short", low, high) == 99.25
    assert termination_price("short", 96.0, 98.0) == 98.0
    assert termination_price("long", 97.0, 97.0) == 97.0  # one tick


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ([], [], "no levels"),
        ([1.0], [1.0, 2.0], "1 lows and 2 highs"),
        ([3.0], [2.0], "low is 3"),
        ([np.nan], [2.0], "low is not a number"),
    ],
)
def test_periods_without_a_price_are_refused(low, high, words):
    with pytest.raises(XlidxError, match=words):
        termination_price("long", np.array(low), np.array(high))
