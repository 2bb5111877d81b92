from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.answers import answers
from xlidx.errors import Kind, XlidxError
from xlidx.index.free_float import explain_free_float_band, free_float_band
from xlidx.rules import references

STEPS = ["0.05", "0.01", "0.1", "0.07", "0.15", "0.25", "1", "0.005"]


def band(text, step, direction):
    """Return the band of a printed free float, in decimal arithmetic from the definition."""
    count = Decimal(text) / Decimal(step)
    if direction == "up":
        whole = count.to_integral_value(ROUND_CEILING)
    elif direction == "down":
        whole = count.to_integral_value(ROUND_FLOOR)
    else:
        whole = (count + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    return float(min(whole * Decimal(step), Decimal(1)))


@pytest.mark.rule("psi20", "8.1")
@pytest.mark.rule("psi20", "5.3.1")
@pytest.mark.parametrize("row", answers("bands.csv"))
def test_bands_worked_by_hand(row):
    factor = free_float_band(float(row["free_float"]), float(row["step"]), row["direction"])
    assert factor == float(row["factor"])  # exactly, no tolerance


@pytest.mark.rule("psi20", "5.3.1")
def test_rule_book_example_of_binary_fractions():
    assert free_float_band(1 - 0.7) == 0.30
    assert free_float_band(0.1 + 0.2) == 0.30
    assert free_float_band(0.15) == 0.15
    assert free_float_band(0.1500001) == 0.20


@pytest.mark.rule("psi20", "8.1")
@pytest.mark.parametrize("direction", ["up", "nearest", "down"])
@pytest.mark.parametrize("step", STEPS)
def test_every_hundredth_of_a_percent(step, direction):
    texts = [f"{i / 10_000:.4f}" for i in range(10_001)]
    raw = np.array([float(text) for text in texts])
    expected = [band(text, step, direction) for text in texts]
    assert free_float_band(raw, float(step), direction).tolist() == expected
    # the complement of a holding carries a binary error that must not move a band
    assert free_float_band(1.0 - raw[::-1], float(step), direction).tolist() == expected


@given(st.integers(0, 10**9), st.sampled_from(STEPS), st.sampled_from(["up", "nearest", "down"]))
def test_bands_against_decimals(billionths, step, direction):
    text = f"{Decimal(billionths).scaleb(-9)}"
    factor = free_float_band(float(text), float(step), direction)
    assert type(factor) is float
    assert factor == band(text, step, direction)


@given(st.floats(0, 1), st.sampled_from(STEPS))
def test_up_is_never_below_and_never_above_one(raw, step):
    assert raw - 1e-9 <= free_float_band(raw, float(step)) <= 1.0


def test_shape_is_kept():
    raw = np.array([[0.12, 0.15], [0.0, 1.0]])
    assert free_float_band(raw).tolist() == [[0.15, 0.15], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: free_float_band(15.0), Kind.DOMAIN, "as a fraction"),
        (lambda: free_float_band(-0.01), Kind.DOMAIN, "free_float is -0.01"),
        (lambda: free_float_band(float("nan")), Kind.DOMAIN, "free_float is not a number"),
        (lambda: free_float_band(np.array([0.5, np.nan])), Kind.DOMAIN, "item 2"),
        (lambda: free_float_band(0.5, 0.0), Kind.DOMAIN, "band is 0"),
        (lambda: free_float_band(0.5, 5.0), Kind.DOMAIN, "band is 5"),
        (lambda: free_float_band(0.5, 1.5), Kind.DOMAIN, "band is 1.5"),
        (lambda: free_float_band(0.5, 1e-10), Kind.DOMAIN, "whole number of billionths"),
        (lambda: free_float_band(0.5, 1 / 3), Kind.DOMAIN, "whole number of billionths"),
        (lambda: free_float_band(0.5, 0.05, "upwards"), Kind.CHOICE, "use up, nearest, down"),
        (lambda: explain_free_float_band(np.ones((2, 2))), Kind.SHAPE, "one date at a time"),
    ],
)
def test_refusals(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.sampled_from(["up", "nearest", "down"]))
def test_explanation_ends_with_the_factors(raw, direction):
    steps = explain_free_float_band(np.array(raw), 0.05, direction)
    factors = free_float_band(np.array(raw), 0.05, direction).tolist()
    assert [step.value for step in steps[-len(raw) :]] == factors
    assert [step.symbol for step in steps[-len(raw) :]] == [f"F[{i + 1}]" for i in range(len(raw))]
    assert all(type(step.value) is float and "8.1" in step.rule for step in steps)
    assert explain_free_float_band(raw[0], 0.05, direction)[-1].value == factors[0]


def test_explanation_takes_each_member_through_its_band():
    # 12 % lies in the third band of 5 % and counts as 15 %, 33 % in the seventh and counts as 35 %.
    steps = explain_free_float_band(np.array([0.12, 0.33]), 0.05, "up")
    assert [(step.symbol, step.value) for step in steps] == [
        ("band", 0.05), ("raw[1]", 0.12), ("raw[2]", 0.33), ("n[1]", 3.0), ("n[2]", 7.0),
        ("F[1]", 0.15), ("F[2]", 0.35),
    ]  # fmt: skip


def test_rules_are_attached():
    assert references(free_float_band) == (("psi20", "8.1"), ("psi20", "5.3.1"))
