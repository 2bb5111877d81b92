"""What the kind of underlying changes, and what an adjustment leaves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.turbo.certificate import FAMILIES
from xlidx.turbo.underlyings import (
    DAY_COUNTS,
    FAMILY_RULES,
    adjusted,
    day_count_of,
    family_of,
    misplaced,
    rollover_spread,
    yearly_cost,
)

FUTURES = ("commodity future", "index future", "government bond future")


def test_every_family_has_its_rule():
    assert tuple(FAMILY_RULES) == FAMILIES


@pytest.mark.rule("ing_open_end_turbo", "C.3")
@pytest.mark.rule("ing_open_end_turbo", "C.17")
@pytest.mark.parametrize(
    ("families", "long", "short"),
    [
        (("index", "share", "fund"), 0.0508, -0.0192),  # 1.58 % +- 3.50 %
        (("currency",), 0.0553, -0.0147),  # 1.58 % less -0.45 % is 2.03 %, +- 3.50 %
        (FUTURES, 0.035, -0.035),
    ],
)
def test_yearly_cost_by_family(families, long, short):
    for family in families:
        for side, expected in (("long", long), ("short", short)):
            assert yearly_cost(family, side, 0.035, 0.0158, -0.0045) == pytest.approx(expected, abs=1e-15)
    codes = family_of(np.array(families))
    both = yearly_cost(codes, "short", np.full(codes.size, 0.035), 0.0158, -0.0045)
    np.testing.assert_allclose(both, short, atol=1e-15)


@pytest.mark.rule("ing_open_end_turbo", "C.17")
def test_a_rate_that_is_not_used_may_be_missing_and_one_that_is_used_may_not():
    assert yearly_cost("index future", "long", 0.03) == 0.03
    assert yearly_cost("share", "long", 0.03, 0.01) == pytest.approx(0.04)
    assert np.isnan(yearly_cost("currency", "long", 0.03, 0.01))
    assert np.isnan(yearly_cost("index", "long", 0.03))


def test_dividends_belong_to_shares_and_what_holds_them_and_rollovers_to_futures():
    code = family_of(np.array(FAMILIES))  # index, share, fund, currency, three kinds of futures
    dividend, rollover = misplaced(code, 1.5, -0.25)
    assert dividend.tolist() == [False] * 3 + [True] * 4
    assert rollover.tolist() == [True] * 4 + [False] * 3
    assert not np.any(misplaced(code, 0.0, 0.0))


def test_unknown_family_is_refused():
    with pytest.raises(XlidxError, match="family 'spot metal' is not known") as caught:
        yearly_cost("spot metal", "long", 0.03, 0.01)
    assert caught.value.kind is Kind.CHOICE


def test_day_counts_by_currency():
    assert {code for code, days in DAY_COUNTS.items() if days == 365} == {
        "GBP", "AUD", "CAD", "HKD", "SGD", "ZAR", "PLN", "NZD",
    }  # fmt: skip
    assert {code for code, days in DAY_COUNTS.items() if days == 360} == {
        "EUR",
        "USD",
        "CHF",
        "JPY",
        "SEK",
        "NOK",
        "DKK",
        "CZK",
        "MXN",
        "CNH",
    }
    assert day_count_of(" gbp ") == 365
    assert day_count_of("THB", {"THB": 365}) == 365
    with pytest.raises(XlidxError, match="no day count is known for THB"):
        day_count_of("THB")
    with pytest.raises(XlidxError, match="day count is 364"):
        day_count_of("EUR", {"EUR": 364})


@pytest.mark.rule("ing_open_end_turbo", "C.4")
def test_contango_raises_the_level_and_backwardation_lowers_it():
    assert rollover_spread(61.5, 62.25) == 0.75
    assert rollover_spread(62.25, 61.5) == -0.75
    assert rollover_spread(-37.5, 20.25) == 57.75
    with pytest.raises(XlidxError, match="new price is not a number"):
        rollover_spread(1.0, float("nan"))


@pytest.mark.rule("ing_open_end_turbo", "C.16")
@given(st.floats(0.05, 50.0), st.floats(1.0, 1e4), st.floats(1.0, 1e4), st.sampled_from([1.0, -1.0]))
def test_an_adjustment_keeps_value_and_touch(factor, level, spot, sign):
    new_level, barrier, entitlement = adjusted(factor, level, 1.05 * level, 0.01)
    before, after = sign * (spot - level) * 0.01, sign * (spot / factor - new_level) * entitlement
    assert after == pytest.approx(before, rel=1e-9, abs=1e-9)
    assert barrier == pytest.approx(1.05 * new_level, rel=1e-12)


@pytest.mark.parametrize("factor", [0.0, -2.0, float("nan"), float("inf")])
def test_factors_that_mean_nothing_are_refused(factor):
    with pytest.raises(XlidxError, match="must be above 0"):
        adjusted(factor, 100.0, 100.0, 1.0)
