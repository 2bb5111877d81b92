from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo.answers import rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.financing import financing_level
from xlidx.turbo.pricing import carry
from xlidx.turbo.pricing.analytics import intrinsic_value, leverage

LEVELS = st.floats(10.0, 1e5)
SIDES = st.sampled_from(["long", "short"])
RATES = st.floats(-0.05, 0.15)
RATIOS = st.sampled_from([0.001, 0.01, 0.1, 1.0, 100.0])
FX = st.floats(0.1, 10.0)


@pytest.mark.parametrize("row", rows("settlement"), ids=lambda row: row["case"])
def test_a_price_equal_to_the_published_value_carries_no_premium(row):
    terms = [float(row[name]) for name in ("financing_level", "spot", "entitlement", "fx")]
    worth = float(row["amount"])
    assert carry.premium(row["side"], worth, *terms) == pytest.approx(0.0, abs=1e-12)
    assert carry.premium(row["side"], worth + 0.5, *terms) == pytest.approx(0.5)


def test_carry_of_a_day_as_published_and_by_hand():
    # ABN AMRO leaflet quoted at wertpapier-forum.de: 4.5 % on 3 000 points, ratio 100, 365 days: 0.0037 EUR a day.
    assert carry.carry_per_day("long", 3000.0, 0.045, 0.0, 0.01, 1.0, 365) == pytest.approx(-0.00369863, abs=5e-9)
    # A DAX short of the Final Terms at -0.45 % loses 0.014891 EUR a day: 13571.32 x 0.0395 / 360 / 100.
    assert carry.carry_per_day("short", 13571.32, -0.0045, 0.035, 0.01) == pytest.approx(-0.014891, abs=5e-7)
    # At 5 % the short earns 1.5 % a year.
    assert carry.carry_per_day("short", 3600.0, 0.05, 0.035, 1.0) == pytest.approx(0.15)


@given(SIDES, LEVELS, RATES, st.floats(0.0, 0.1), RATIOS, FX)
def test_carry_is_the_change_of_value_over_one_day(side, level, rate, spread, ratio, fx):
    spot = level * (1.5 if side == "long" else 0.5)
    later = financing_level(side, level, rate, spread, 1)
    change = intrinsic_value(side, later, spot, ratio, fx) - intrinsic_value(side, level, spot, ratio, fx)
    found = carry.carry_per_day(side, level, rate, spread, ratio, fx)
    assert found == pytest.approx(change, rel=1e-6, abs=1e-11 * level * ratio / fx)


@given(LEVELS, st.floats(0.3, 0.95), RATES, st.floats(0.0, 0.1))
def test_a_year_of_carry_on_the_capital_is_leverage_less_one_times_the_cost(spot, share, rate, spread):
    price = intrinsic_value("long", spot * share, spot, 0.01)
    yearly = -360 * carry.carry_per_day("long", spot * share, rate, spread, 0.01) / price
    assert yearly == pytest.approx((leverage(spot, 0.01, price) - 1) * (rate + spread), abs=1e-9)


@given(SIDES, LEVELS, st.floats(0.0, 50.0), RATIOS, FX, st.integers(0, 400), RATES, st.floats(0.0, 0.1))
def test_settled_at_the_break_even_the_price_comes_back(side, level, points, ratio, fx, days, rate, spread):
    price = min(points, level / 2) * ratio / fx
    there = carry.break_even(side, price, level, ratio, fx, days, rate, spread)
    later = financing_level(side, level, rate, spread, days)
    assert intrinsic_value(side, later, max(there, 0.0), ratio, fx) == pytest.approx(
        price, abs=1e-9 * level * ratio / fx
    )


@given(SIDES, LEVELS, st.floats(1.01, 1.9), RATIOS, FX, st.floats(0.0, 0.1))
def test_premium_share_is_the_move_to_break_even_when_there_is_value(side, level, away, ratio, fx, extra):
    spot = level * away if side == "long" else level / away
    price = intrinsic_value(side, level, spot, ratio, fx) * (1.0 + extra)
    move = (carry.break_even(side, price, level, ratio, fx) - spot) / spot * (1 if side == "long" else -1)
    assert carry.premium_share(side, price, level, spot, ratio, fx) == pytest.approx(move, abs=1e-9)


@given(
    st.fractions(1, 10**6), st.fractions(1, 10**5), st.sampled_from([Fraction(1, 100), Fraction(1)]), st.fractions(1, 3)
)
def test_hedge_count_holds_as_much_underlying_as_the_position(position, spot, ratio, fx):
    count = carry.hedge_count(float(position), float(spot), float(ratio), float(fx))
    assert count * float(spot * ratio / fx) == pytest.approx(float(position))


@given(SIDES, LEVELS, LEVELS, RATIOS, FX)
def test_currency_exposure_is_the_value_in_the_other_currency(side, level, spot, ratio, fx):
    value = intrinsic_value(side, level, spot, ratio, fx)
    assert carry.fx_exposure(side, level, spot, ratio, 7.0) / fx == pytest.approx(7.0 * value)
    # A bump of the rate changes the value as if that amount of foreign money were held.
    bumped = intrinsic_value(side, level, spot, ratio, fx * 1.001)
    assert bumped == pytest.approx(carry.fx_exposure(side, level, spot, ratio) / (fx * 1.001))


def test_a_break_even_close_to_zero_is_one():
    # A short of level 100, bought at 0.995 for a hundredth: the spot must fall by 99.5.
    assert carry.break_even("short", 0.995, 100.0, 0.01) == pytest.approx(0.5)


def test_arrays_broadcast():
    side = np.array([["long"], ["short"]])
    assert carry.premium(side, 2.0, 100.0, np.array([90.0, 101.0]), 1.0).tolist() == [[2.0, 1.0], [-8.0, 2.0]]
    assert carry.break_even(side, 2.0, np.array([100.0, 50.0]), 0.5).tolist() == [[104.0, 54.0], [96.0, 46.0]]
    assert carry.hedge_count(np.array([10.0, 20.0]), 5.0, 2.0).tolist() == [1.0, 2.0]
    assert carry.fx_exposure(side, 10.0, 12.0, 1.0).tolist() == [[2.0], [0.0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: carry.premium("long", -1.0, 1.0, 1.0, 1.0),
        lambda: carry.premium("long", float("nan"), 1.0, 1.0, 1.0),
        lambda: carry.premium_share("long", 1.0, 1.0, 0.0, 1.0),
        lambda: carry.carry_per_day("long", 1.0, 0.0, 3.5, 1.0),
        lambda: carry.carry_per_day("long", 1.0, 0.0, 0.0, 0.0),
        lambda: carry.break_even("long", -1.0, 1.0, 1.0),
        lambda: carry.break_even("short", 130.0, 100.0, 1.0),  # 100 - 130 is -30, which no spot reaches
        lambda: carry.break_even("short", 1.0, 100.0, 0.01),  # 100 - 1 / 0.01 is 0
        lambda: carry.break_even("long", 1.0, 1.0, 1.0, 0.0),
        lambda: carry.break_even("long", 1.0, 1.0, 1.0, 1.0, 0.5),
        lambda: carry.hedge_count(-1.0, 1.0, 1.0),
        lambda: carry.hedge_count(1.0, 0.0, 1.0),
        lambda: carry.hedge_count(1.0, 1.0, 0.0),
        lambda: carry.fx_exposure("long", 1.0, 1.0, 1.0, -1.0),
    ],
)
def test_numbers_that_mean_nothing_are_refused(call):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is Kind.DOMAIN


@pytest.mark.parametrize(
    ("explain", "function", "terms"),
    [
        (carry.explain_premium, carry.premium, ("short", 4.1, 9884.36, 9446.36, 0.01, 1.0953)),
        (carry.explain_premium_share, carry.premium_share, ("short", 4.1, 9884.36, 9446.36, 0.01, 1.0953)),
        (carry.explain_carry_per_day, carry.carry_per_day, ("long", 9884.36, 0.01, 0.035, 0.01, 1.1, 365)),
        (carry.explain_break_even, carry.break_even, ("short", 4.0, 9884.36, 0.01, 1.1, 30, 0.01, 0.035)),
        (carry.explain_hedge_count, carry.hedge_count, (1e5, 9446.36, 0.01, 1.1)),
        (carry.explain_fx_exposure, carry.fx_exposure, ("short", 9884.36, 9446.36, 0.01, 3.0)),
    ],
)
def test_explanations_end_at_the_result(explain, function, terms):
    steps = explain(*terms)
    assert steps[-1].value == pytest.approx(float(function(*terms)), rel=1e-15)
    assert all(type(step.value) is float for step in steps)
    with pytest.raises(XlidxError, match="one certificate"):
        explain(*terms[:-1], np.array([1.0, 2.0]))
