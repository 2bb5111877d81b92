from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo import reference
from tests.turbo.answers import rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.financing import ACCRUALS, explain_financing_level, financing_level, funding_cost

SIDES = st.sampled_from(["long", "short"])
LEVELS = st.decimals("0.01", "50000", places=2)
RATES = st.decimals("-0.10", "0.10", places=5)
SPREADS = st.decimals("0", "0.10", places=5)
DAYS = st.integers(0, 60)
DAY_COUNTS = st.sampled_from([360, 365])


@pytest.mark.rule("ing_open_end_turbo", "C.2")
@pytest.mark.parametrize("row", rows("financing"), ids=lambda row: row["case"])
def test_funding_cost_of_published_and_hand_made_cases(row):
    terms = [float(row[name]) for name in ("level", "rate", "spread", "days", "day_count")]
    places = int(row["places"])
    assert funding_cost(row["side"], *terms) == pytest.approx(float(row["cost"]), abs=0.6 * 10.0**-places)


@pytest.mark.rule("ing_open_end_turbo", "C.1")
@pytest.mark.parametrize(
    ("level", "rate", "expected"), [(9884.36, 0.0158, 9883.8328341333), (13571.32, -0.0045, 13569.8309246111)]
)
def test_level_after_one_day_of_hand_made_cases(level, rate, expected):
    assert financing_level("short", level, rate, 0.035, 1) == pytest.approx(expected, abs=1e-10)


@pytest.mark.rule("ing_open_end_turbo", "C.1")
@pytest.mark.rule("ing_open_end_turbo", "C.2")
@pytest.mark.rule("ing_open_end_turbo", "C.5")
@given(SIDES, LEVELS, RATES, SPREADS, DAYS, st.decimals("0", "100", places=3), DAY_COUNTS, st.sampled_from(ACCRUALS))
def test_level_agrees_with_exact_decimals(side, level, rate, spread, days, dividend, day_count, accrual):
    terms = (level, rate, spread, days, dividend, day_count)
    exact = reference.financing_level(side, *terms, accrual)
    got = financing_level(side, *map(float, terms), accrual)
    assert abs(Decimal(float(got)) - exact) <= Decimal("1e-14") * (level + dividend)


@pytest.mark.rule("ing_open_end_turbo", "C.2")
@given(LEVELS, RATES, SPREADS, st.integers(1, 60), DAY_COUNTS, st.sampled_from(ACCRUALS))
def test_a_short_is_a_long_with_the_spread_turned_round(level, rate, spread, days, day_count, accrual):
    level, rate, spread = float(level), float(rate), float(spread)
    short = funding_cost("short", level, rate, spread, days, day_count, accrual)
    if rate >= spread:
        assert short == pytest.approx(funding_cost("long", level, rate - spread, 0.0, days, day_count, accrual))
    long = funding_cost("long", level, rate, spread, days, day_count, accrual)
    assert short <= long
    if accrual == "simple":
        assert short + long == pytest.approx(2 * funding_cost("long", level, rate, 0.0, days, day_count), abs=1e-9)


@pytest.mark.rule("ing_open_end_turbo", "C.2")
def test_a_short_below_the_spread_loses_level_and_no_floor_or_absolute_value_hides_it():
    assert funding_cost("short", 13571.32, -0.0045, 0.035, 1) < 0
    assert funding_cost("short", 13571.32, 0.05, 0.035, 1) > 0
    assert funding_cost("long", 13571.32, -0.05, 0.035, 1) < 0


@given(SIDES, LEVELS, RATES, SPREADS, DAY_COUNTS)
def test_over_one_day_simple_and_daily_accrual_are_the_same(side, level, rate, spread, day_count):
    terms = (side, float(level), float(rate), float(spread), 1)
    simple, daily = (financing_level(*terms, 0.0, day_count, form) for form in ("simple", "daily"))
    assert daily == pytest.approx(simple, rel=1e-14)


@given(SIDES, LEVELS, RATES, SPREADS, st.integers(0, 30), st.integers(0, 30))
def test_daily_accrual_chains_and_simple_accrual_adds(side, level, rate, spread, first, second):
    level, rate, spread = float(level), float(rate), float(spread)
    half_way = financing_level(side, level, rate, spread, first, accrual="daily")
    chained = financing_level(side, half_way, rate, spread, second, accrual="daily")
    assert chained == pytest.approx(financing_level(side, level, rate, spread, first + second, accrual="daily"))
    added = sum(funding_cost(side, level, rate, spread, days) for days in (first, second))
    assert added == pytest.approx(funding_cost(side, level, rate, spread, first + second), abs=1e-9)


def test_the_three_accruals_differ_over_a_month():
    # 13 571.32 at -3.95 % over 30 days: simple loses 44.672; daily gives 0.0708 of it back (half c^2 n(n-1)/D^2).
    simple, daily, geometric = (
        financing_level("short", 13571.32, -0.0045, 0.035, 30, accrual=form) for form in ACCRUALS
    )
    assert simple == pytest.approx(13571.32 - 44.6722617, abs=1e-6)
    assert daily - simple == pytest.approx(0.071, abs=1e-3)
    assert simple - geometric == pytest.approx(0.83, abs=0.02)


@pytest.mark.rule("ing_open_end_turbo", "C.5")
@pytest.mark.parametrize("side", ["long", "short"])
def test_a_dividend_comes_off_for_both_sides(side):
    before = financing_level(side, 15.0, 0.01, 0.02, 3)
    assert financing_level(side, 15.0, 0.01, 0.02, 3, 1.0) == before - 1.0
    assert financing_level(side, 15.0, 0.0, 0.0, 1, 1.0) == 14.0


def test_no_days_no_cost():
    assert financing_level("long", 100.0, 0.05, 0.03, 0) == 100.0


def test_a_weekend_counts():
    one, three = (funding_cost("long", 13000.0, 0.01, 0.03, days) for days in (1, 3))
    assert three == pytest.approx(3 * one)


def test_arrays_broadcast_and_equal_the_single_certificates():
    side = np.array([["long"], ["SHORT"]])
    level, days = np.array([100.0, 200.0, 300.0]), np.array([1, 2, 3])
    count = np.array([360, 365, 360])
    for form in ACCRUALS:
        table = financing_level(side, level, 0.02, 0.035, days, 0.5, count, form)
        assert table.shape == (2, 3)
        for row, word in enumerate(("long", "short")):
            for column in range(3):
                terms = (float(level[column]), 0.02, 0.035, int(days[column]), 0.5, int(count[column]), form)
                assert table[row, column] == financing_level(word, *terms)


def test_arguments_are_left_as_they_were():
    level, rate = np.full(40_000, 100.0), np.full(40_000, 0.02)
    financing_level(np.ones(40_000), level, rate, 0.03, 1, 1.0)
    assert (level == 100.0).all()
    assert (rate == 0.02).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": 0.0}, "financing level is 0 "),
        ({"level": float("nan")}, "financing level is not a number"),
        ({"rate": 1.58}, "rate as a fraction: 3.5 % is 0.035"),
        ({"rate": -1.01}, "rate is -1.01"),
        ({"rate": float("nan")}, "rate is not a number"),
        ({"spread": 3.5}, "spread as a fraction: 3.5 % is 0.035"),
        ({"spread": -0.01}, "spread is -0.01"),
        ({"days": -1}, "days is -1"),
        ({"days": 1.5}, "whole number"),
        ({"dividend": -1.0}, "dividend is -1"),
        ({"dividend": float("nan")}, "dividend is not a number"),
        ({"day_count": 252}, "day count is 252"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(change, words):
    terms = {"level": 100.0, "rate": 0.01, "spread": 0.03, "days": 1, "dividend": 0.0, "day_count": 360} | change
    with pytest.raises(XlidxError, match=words) as caught:
        financing_level("long", **terms)
    assert caught.value.kind is Kind.DOMAIN
    arrays = {name: np.array([value, value]) for name, value in terms.items()}
    with pytest.raises(XlidxError, match=words) as caught:
        financing_level("long", **arrays)
    assert caught.value.mask.all()


def test_only_the_offending_series_are_marked():
    with pytest.raises(XlidxError) as caught:
        financing_level("long", np.array([100.0, -1.0, 3.0]), 0.01, 0.03, 1)
    np.testing.assert_array_equal(caught.value.mask, [False, True, False])


def test_unknown_accrual_and_impossible_geometric_accrual():
    with pytest.raises(XlidxError, match="use simple, daily, geometric") as caught:
        financing_level("long", 100.0, 0.01, 0.03, 1, accrual="weekly")
    assert caught.value.kind is Kind.CHOICE
    with pytest.raises(XlidxError, match="above -1 for geometric"):
        financing_level("short", 100.0, -0.5, 0.5, 1, accrual="geometric")
    assert financing_level("long", 9.0, 0.1, 0.1, 9, accrual=" Daily") == financing_level(
        "long", 9.0, 0.1, 0.1, 9, accrual="daily"
    )


def test_explanation_ends_at_the_result_and_adds_up():
    terms = ("short", 9884.36, 0.0158, 0.035, 3, 2.5, 360, "daily")
    steps = explain_financing_level(*terms)
    value = {step.symbol: step.value for step in steps}
    assert steps[-1].value == financing_level(*terms)
    assert value["c"] == pytest.approx(0.0158 - 0.035)
    assert value["F'"] == pytest.approx(value["F"] + value["K"] - value["d"], rel=1e-15)
    assert all(type(step.value) is float for step in steps)
    assert "C.2" in next(step.rule for step in steps if step.symbol == "K")
    with pytest.raises(XlidxError, match="one certificate"):
        explain_financing_level("short", np.array([1.0, 2.0]), 0.0158, 0.035, 3)


def test_explanation_without_a_dividend_takes_none_off():
    # 10 000 at 1 % and a spread of 3.5 % over a tenth of a year of 360 days: a cost of 45.
    steps = {step.symbol: step.value for step in explain_financing_level("long", 10_000.0, 0.01, 0.035, 36)}
    assert steps["d"] == 0.0
    assert steps["F'"] == pytest.approx(10_045.0, rel=1e-15)
