"""Average daily value traded and the liquidity screen."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from xlidx.errors import XlidxError
from xlidx.index.basket import read_quotes
from xlidx.index.screening.liquidity import average_daily_value, liquidity_screen

DAY = date(2017, 10, 2)


def record(start: date, value: float | None) -> list[list[object]]:
    days = [start + timedelta(days=n) for n in range((DAY - start).days + 5)]
    return [["date", "A"], *([day, value] for day in days if day.weekday() < 5)]


@pytest.mark.rule("solactive_human_capital", "4 Average Daily Value Traded")
@pytest.mark.rule("solactive_human_capital", "4 Daily Value Traded")
@pytest.mark.parametrize("months", [1, 6])
def test_the_same_value_every_weekday_is_its_average(months: int) -> None:
    values = read_quotes("values", record(date(2017, 3, 1), 7.5e6))
    assert average_daily_value(values, DAY, months).tolist() == [7.5e6]


def test_holidays_count_and_the_day_itself_does_not() -> None:
    rows = record(date(2017, 3, 1), 0.0)
    month = [row for row in rows[1:] if date(2017, 9, 2) <= row[0] < DAY]
    month[0][1] = None
    month[3][1] = 42e6
    rows[-3][1] = 1e9  # the selection day or later
    assert rows[-3][0] >= DAY
    assert len(month) == 20
    assert average_daily_value(read_quotes("values", rows), DAY, 1).tolist() == [2.1e6]


def test_a_disruption_is_no_business_day() -> None:
    values = read_quotes("values", record(date(2017, 3, 1), 1e6))
    assert average_daily_value(values, DAY, 1, [date(2017, 9, 6)]).tolist() == [20e6 / 19]


def test_a_record_that_begins_too_late_is_refused() -> None:
    values = read_quotes("values", record(date(2017, 6, 1), 1e6))
    assert average_daily_value(values, DAY, 1).size == 1
    with pytest.raises(XlidxError, match=r"run from 2017-06-01 .* the period from 2017-04-02"):
        average_daily_value(values, DAY, 6)


def test_a_record_that_stops_is_not_taken_for_no_trade() -> None:
    # 20 million a day that end on 5 September would be 2.9 million a day over the 21 weekdays to 2 October.
    rows = [row if row[0] <= date(2017, 9, 5) else None for row in record(date(2017, 3, 1), 20e6)[1:]]
    stopped = read_quotes("values", [["date", "A"], *filter(None, rows)])
    with pytest.raises(XlidxError, match=r"to 2017-09-05, the period from 2017-09-02 to 2017-10-02"):
        average_daily_value(stopped, DAY, 1)
    # Beside a security whose record goes on: not known, and no number.  A blank of a few days is no trade, and so are
    # zeros that somebody has written down.
    both = [[day, 20e6 if day <= date(2017, 9, 5) else None, 21e6] for day, _ in record(date(2017, 3, 1), None)[1:]]
    found = average_daily_value(read_quotes("values", [["date", "A", "B"], *both]), DAY, 1)
    assert np.isnan(found[0])
    assert found[1] == 21e6
    assert liquidity_screen(["A", "B"], found, found)["passed"].tolist() == ["no", "yes"]
    zeros = [[day, value or 0.0, other] for day, value, other in both]
    assert average_daily_value(read_quotes("values", [["date", "A", "B"], *zeros]), DAY, 1)[0] == 2 * 20e6 / 20
    short = [[day, 20e6 if day <= date(2017, 9, 25) else None] for day, _ in record(date(2017, 3, 1), None)[1:]]
    assert average_daily_value(read_quotes("values", [["date", "A"], *short]), DAY, 1)[0] == 16 * 20e6 / 20


@pytest.mark.rule("solactive_human_capital", "4 Selection Pool")
@pytest.mark.parametrize(
    ("six", "one", "above", "at_least"),
    [
        (5e6, 9e6, "no", "yes"),
        (9e6, 5e6, "no", "yes"),
        (5_000_000.01, 5_000_000.01, "yes", "yes"),
        (4_999_999.99, 9e6, "no", "no"),
        (np.nan, 9e6, "no", "no"),
    ],
)
def test_words_and_formula_differ_at_the_limit(six: float, one: float, above: str, at_least: str) -> None:
    given = (["A"], np.array([six]), np.array([one]))
    assert liquidity_screen(*given)["passed"].tolist() == [above]
    assert liquidity_screen(*given, test="at least")["passed"].tolist() == [at_least]


def test_both_periods_are_named() -> None:
    found = liquidity_screen(["A"], np.array([1e6]), np.array([np.nan]))
    assert found["reason"].tolist() == [
        "value traded over six months, 1000000, is not above 5000000; value traded over one month is not known"
    ]
    with pytest.raises(XlidxError, match="use above or at least"):
        liquidity_screen(["A"], np.array([1e6]), np.array([1e6]), test="over")
