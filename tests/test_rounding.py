from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
)

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.rounding import DIRECTIONS, TIES, round_decimals, round_to

UNITS = ["1", "0.01", "0.1", "0.05", "0.25", "0.5", "5", "10", "0.001", "0.0001", "0.02", "100", "0.3"]
PRINTED = st.integers(-(10**11), 10**11).map(lambda whole: Decimal(whole).scaleb(-5))


def reference(value, unit, direction, tie):
    """Round a printed decimal with the decimal module; ``half up`` is towards plus infinity."""
    count = value / unit
    if direction == "nearest":
        whole = {
            "half up": lambda: (count + Decimal("0.5")).to_integral_value(ROUND_FLOOR),
            "half down": lambda: (count - Decimal("0.5")).to_integral_value(ROUND_CEILING),
            "half even": lambda: count.to_integral_value(ROUND_HALF_EVEN),
            "half away": lambda: count.to_integral_value(ROUND_HALF_UP),
        }[tie]()
    else:
        whole = count.to_integral_value(ROUND_CEILING if direction == "up" else ROUND_FLOOR)
    return float(whole * unit)


@given(PRINTED, st.sampled_from(UNITS), st.sampled_from(DIRECTIONS), st.sampled_from(TIES))
@example(Decimal("2.675"), "0.01", "nearest", "half up")
@example(Decimal("-2.675"), "0.01", "nearest", "half up")
@example(Decimal("-0.5"), "1", "nearest", "half away")
@example(Decimal("2.5"), "1", "nearest", "half down")
@example(Decimal("14.30000"), "0.1", "up", "half up")
@example(Decimal("1.15"), "0.05", "down", "half up")
def test_printed_decimals_round_as_decimals(value, unit, direction, tie):
    result = round_to(float(value), float(unit), direction, tie)
    assert result == reference(value, Decimal(unit), direction, tie)  # the same double, no tolerance
    assert type(result) is float


@given(
    st.lists(PRINTED, min_size=1, max_size=20),
    st.sampled_from(UNITS),
    st.sampled_from(DIRECTIONS),
    st.sampled_from(TIES),
)
def test_arrays_round_like_their_elements(values, unit, direction, tie):
    array = np.array([float(value) for value in values])
    expected = [reference(value, Decimal(unit), direction, tie) for value in values]
    assert round_to(array, float(unit), direction, tie).tolist() == expected
    assert round_to(array[:, None], float(unit), direction, tie)[:, 0].tolist() == expected


@given(st.integers(-(10**9), 10**9), st.sampled_from(UNITS), st.sampled_from(TIES))
def test_middles_go_where_the_tie_rule_says(lower, unit, tie):
    middle = (Decimal(lower) + Decimal("0.5")) * Decimal(unit)
    expected = reference(middle, Decimal(unit), "nearest", tie)
    assert round_to(float(middle), float(unit), "nearest", tie) == expected


@given(st.integers(-(10**9), 10**9), st.sampled_from(UNITS), st.sampled_from(DIRECTIONS), st.integers(-4, 4))
def test_binary_dust_does_not_move_a_multiple(count, unit, direction, ulps):
    exact = float(Decimal(count) * Decimal(unit))
    assert round_to(exact + ulps * np.spacing(exact), float(unit), direction) == exact


@given(st.floats(-1e9, 1e9), st.sampled_from(UNITS), st.sampled_from(DIRECTIONS))
def test_rounding_twice_changes_nothing(value, unit, direction):
    once = round_to(value, float(unit), direction)
    assert round_to(once, float(unit), direction) == once
    assert abs(once - value) <= float(unit) * (0.5 if direction == "nearest" else 1) * (1 + 1e-6)


@pytest.mark.parametrize("value", [5.63e12, 1e13, 9_999_999_999_999.25, 1e15, 1e17])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_market_values_of_trillions_keep_their_cents(value, direction):
    assert round_to(value, 0.01, direction) == value
    assert round_to(np.array([value, -value]), 0.01, direction).tolist() == [value, -value]


@given(st.decimals(-10_000, 10_000, places=4), st.integers(-2, 6))
def test_decimals_are_units_of_powers_of_ten(value, decimals):
    unit = Decimal(1).scaleb(-decimals)
    assert round_decimals(float(value), decimals) == reference(value, unit, "nearest", "half up")


def test_no_unit_leaves_values_alone():
    values = np.array([1.23456789])
    assert round_to(values, None) is values
    assert round_to(1.23456789, None, "up") == 1.23456789
    assert round_decimals(1.23456789, None) == 1.23456789


def test_missing_values_stay_missing():
    for direction in DIRECTIONS:
        assert np.isnan(round_to(float("nan"), 0.01, direction))
        result = round_to(np.array([np.nan, 1.005]), 0.01, direction)
        assert np.isnan(result[0])
        assert result[1] in (1.0, 1.01)


def test_shapes_are_kept():
    assert round_to(np.empty((0,)), 0.01).shape == (0,)
    assert round_to(np.array([[1.25, 1.35]]), 0.1).tolist() == [[1.3, 1.4]]


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        ((1.0, 0.0), Kind.DOMAIN, "rounding unit is 0"),
        ((1.0, -0.01), Kind.DOMAIN, "rounding unit is -0.01"),
        ((1.0, float("inf")), Kind.DOMAIN, "rounding unit is inf"),
        ((1.0, float("nan")), Kind.DOMAIN, "rounding unit is nan"),
        ((1.0, 0.01, "upwards"), Kind.CHOICE, "use nearest, up, down"),
        ((1.0, 0.01, "nearest", "bankers"), Kind.CHOICE, "half even"),
    ],
)
def test_refusals(arguments, kind, words):
    with pytest.raises(XlidxError) as caught:
        round_to(*arguments)
    assert caught.value.kind is kind
    assert words in str(caught.value)
