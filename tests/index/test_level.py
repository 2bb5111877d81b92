from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.answers import answers, vector
from xlidx.errors import Kind, XlidxError
from xlidx.index.divisor import index_divisor
from xlidx.index.level import (
    explain_index_level,
    explain_index_weights,
    index_level,
    index_weights,
    market_values,
    total_value,
)
from xlidx.rules import references

PRICE = st.decimals(min_value=0, max_value=10_000, places=4)
POSITIVE = st.decimals(min_value="0.0001", max_value=10_000, places=4)
FRACTION = st.decimals(min_value="0.05", max_value=1, places=2)
MEMBER = st.tuples(PRICE, st.integers(1, 10**10), FRACTION, FRACTION, POSITIVE)
BASKET = st.lists(MEMBER, min_size=1, max_size=30).filter(lambda rows: any(row[0] > 0 for row in rows))


def arrays(basket):
    C, Q, F, f, X = (np.array([float(row[i]) for row in basket]) for i in range(5))
    return {"prices": C, "shares": Q, "free_float": F, "capping": f, "fx": X}


def exact_value(basket):
    return sum(Fraction(C) * Q * Fraction(F) * Fraction(f) * Fraction(X) for C, Q, F, f, X in basket)


@pytest.mark.rule("psi20", "4.1")
@pytest.mark.rule("psi20", "7")
@pytest.mark.parametrize("row", answers("levels.csv"))
def test_printed_levels(row):
    F = vector(row["free_float"])
    divisor = index_divisor(vector(row["prices_base"]), vector(row["shares_base"]), float(row["base"]), F)
    level = index_level(vector(row["prices"]), vector(row["shares"]), divisor, F)
    assert round(level, int(row["decimals"])) == float(row["level"])


@pytest.mark.rule("psi20", "7")
@given(BASKET, POSITIVE)
def test_level_agrees_with_exact_fractions(basket, divisor):
    level = index_level(divisor=float(divisor), **arrays(basket))
    assert level == pytest.approx(float(exact_value(basket) / Fraction(divisor)), rel=1e-13)


@pytest.mark.rule("psi20", "7")
@given(BASKET)
def test_market_values_and_weights_agree_with_exact_fractions(basket):
    values, weights, total = (
        market_values(**arrays(basket)),
        index_weights(**arrays(basket)),
        exact_value(basket),
    )
    for row, value, weight in zip(basket, values, weights, strict=True):
        assert value == pytest.approx(float(exact_value([row])), rel=1e-13)
        assert weight == pytest.approx(float(exact_value([row]) / total), rel=1e-13)
    assert weights.sum() == pytest.approx(1.0, rel=1e-14)


@pytest.mark.rule("psi20", "4.2")
@pytest.mark.rule("solactive_human_capital", "3.1")
def test_exchange_rate_multiplies():
    # 100 USD at 0.9 EUR per USD is 90 EUR; two shares of it and one of 10 EUR are worth 190 EUR.
    prices, shares, fx = np.array([100.0, 10.0]), np.array([2.0, 1.0]), np.array([0.9, 1.0])
    assert index_level(prices, shares, 1.0, fx=fx) == pytest.approx(190.0, rel=1e-15)


@given(BASKET, st.integers(0, 2**32 - 1))
def test_order_of_members_does_not_matter(basket, seed):
    inputs = arrays(basket)
    order = np.random.default_rng(seed).permutation(len(basket))
    shuffled = {name: values[order] for name, values in inputs.items()}
    assert index_level(divisor=3.0, **shuffled) == pytest.approx(index_level(divisor=3.0, **inputs), rel=1e-13)
    np.testing.assert_allclose(index_weights(**shuffled), index_weights(**inputs)[order], rtol=1e-13)


@given(BASKET, st.sampled_from([2.0**-20, 0.5, 4.0, 2.0**30]))
def test_scale_moves_between_shares_and_divisor(basket, scale):
    inputs = arrays(basket)
    level, weights = index_level(divisor=7.0, **inputs), index_weights(**inputs)
    inputs["shares"] = inputs["shares"] * scale
    assert index_level(divisor=7.0 * scale, **inputs) == level
    np.testing.assert_array_equal(index_weights(**inputs), weights)


@given(BASKET, POSITIVE)
def test_currency_of_the_index_does_not_matter(basket, rate):
    inputs = arrays(basket)
    level, weights = index_level(divisor=7.0, **inputs), index_weights(**inputs)
    inputs["fx"] = inputs["fx"] * float(rate)
    assert index_level(divisor=7.0 * float(rate), **inputs) == pytest.approx(level, rel=1e-13)
    np.testing.assert_allclose(index_weights(**inputs), weights, rtol=1e-13)


@given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_matrix_rows_are_the_levels_of_their_dates(dates, count, seed):
    random = np.random.default_rng(seed)
    prices, fx = random.uniform(0, 200, (dates, count)), random.uniform(0.5, 2, (dates, count))
    shares, F, divisor = (
        random.uniform(1, 1e9, count),
        random.uniform(0, 1, count),
        random.uniform(1, 9, dates),
    )
    levels = index_level(prices, shares, divisor, F, fx=fx[0])
    assert levels.shape == (dates,)
    rows = [index_level(prices[t], shares, divisor[t], F, fx=fx[0]) for t in range(dates)]
    assert levels.tolist() == rows  # bit for bit
    by_date = index_level(prices, shares, divisor, F, 0.5, fx)
    rows = [index_level(prices[t], shares, divisor[t], F, 0.5, fx[t]) for t in range(dates)]
    np.testing.assert_allclose(by_date, rows, rtol=1e-13)


def test_rate_column_gives_every_date_its_own_rate():
    prices = np.array([[10.0, 20.0], [10.0, 20.0]])
    levels = index_level(prices, np.array([1.0, 2.0]), 5.0, fx=np.array([[1.0], [2.0]]))
    assert levels.tolist() == [10.0, 20.0]
    values = market_values(prices, np.array([1.0, 2.0]), fx=np.array([[1.0], [2.0]]))
    assert values.tolist() == [[10.0, 40.0], [20.0, 80.0]]
    weights = index_weights(np.array([[1.0, 3.0], [1.0, 1.0]]), 5.0)
    assert weights.tolist() == [[0.25, 0.75], [0.5, 0.5]]


def test_one_value_fits_all_members():
    prices = np.array([1.0, 2.0, 3.0])
    assert index_level(prices, 2.0, 4.0) == 3.0
    assert index_level(prices, np.array([2.0]), np.array([4.0]), free_float=0.5) == 1.5
    assert total_value(prices, 2, 0.5, 0.5, 2) == 6.0
    shares = np.array([4.0, 2.0, 1.0])  # 4 + 4 + 3 = 11
    assert total_value(prices, shares, 0.5, 0.5, 2) == 5.5
    assert market_values(prices, shares, 0.5).tolist() == [2.0, 2.0, 1.5]
    assert total_value(np.array([prices, prices]), shares, 0.5).tolist() == [5.5, 5.5]
    assert index_level(5.0, 2.0, 4.0) == 2.5


@pytest.mark.rule("psi20", "6.2.2")
def test_price_of_zero_is_legal():
    assert index_level(np.array([0.0, 20.0]), np.array([1e9, 5.0]), 4.0) == 25.0


@pytest.mark.rule("psi20", "5.3.2")
def test_factors_may_stand_on_their_bounds_and_capping_above_one():
    # 10 x 1 x 1 x 9.5 + 20 x 2 x 0 x 0 = 95, over a divisor of 2
    assert index_level(**GOOD, free_float=np.array([1.0, 0.0]), capping=np.array([9.5, 0.0])) == 47.5
    assert index_level(**GOOD, fx=np.array([0.5, 0.25])) == 7.5  # (5 + 10) / 2


def test_level_is_not_rounded():
    assert index_level(np.array([1.0]), np.array([1.0]), 3.0) == 1 / 3


def test_inputs_stay_as_they_were():
    prices, shares = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])
    before = prices.copy(), shares.copy()
    index_level(prices, shares, 2.0, 0.5, shares / 10, shares)
    np.testing.assert_array_equal(prices, before[0])
    np.testing.assert_array_equal(shares, before[1])


GOOD = {"prices": np.array([10.0, 20.0]), "shares": np.array([1.0, 2.0]), "divisor": 2.0}


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (
            {"prices": np.array([10.0, -1.0])},
            Kind.DOMAIN,
            "prices is -1 but must be 0 or more - argument prices, item 2",
        ),
        ({"prices": np.array([np.nan, 1.0])}, Kind.DOMAIN, "prices is not a number"),
        ({"prices": np.array([[1.0, 2.0], [3.0, np.nan]])}, Kind.DOMAIN, "row 2, column 2"),
        ({"prices": np.array([])}, Kind.MISSING, "prices is empty"),
        ({"shares": np.array([-1.0, 2.0])}, Kind.DOMAIN, "shares is -1"),
        ({"shares": np.array([1.0, 2.0, 3.0])}, Kind.SHAPE, "shares has 3 values where prices has 2"),
        ({"shares": np.array([])}, Kind.SHAPE, "shares has 0 values"),
        ({"free_float": np.array([0.5, 15.0])}, Kind.DOMAIN, "as a fraction"),
        ({"free_float": 55.0}, Kind.DOMAIN, "free_float is 55 but must lie between 0 and 1"),
        ({"free_float": 1.01}, Kind.DOMAIN, "free_float is 1.01"),
        ({"free_float": -0.1}, Kind.DOMAIN, "free_float is -0.1"),
        ({"capping": np.array([0.5, 15.0])}, Kind.DOMAIN, "capping is 15"),
        ({"capping": float("nan")}, Kind.DOMAIN, "capping is not a number"),
        ({"capping": 10.0}, Kind.DOMAIN, "capping is 10 but must lie between 0 and 1"),  # a percentage from 10 on
        (
            {"capping": np.array([0.0, 10.0])},
            Kind.DOMAIN,
            "capping is 10 but must lie between 0 and 1 - argument capping, item 2",
        ),
        ({"capping": np.array([0.5, -0.5])}, Kind.DOMAIN, "capping is -0.5"),
        ({"prices": np.array([0.0, -1.0])}, Kind.DOMAIN, "argument prices, item 2"),
        ({"fx": 0.0}, Kind.DOMAIN, "fx is 0 but must be above 0"),
        ({"fx": np.array([1.0, -1.0])}, Kind.DOMAIN, "fx is -1"),
        ({"fx": np.array([1.0, np.nan])}, Kind.DOMAIN, "fx is not a number"),
        ({"fx": np.ones((3, 2))}, Kind.SHAPE, "dates"),
        ({"prices": np.ones((2, 2)), "fx": np.ones((3, 2))}, Kind.SHAPE, "dates"),
        ({"prices": np.ones((2, 2, 2))}, Kind.SHAPE, "dates"),
        ({"divisor": 0.0}, Kind.DOMAIN, "divisor is 0 but must be above 0"),
        ({"divisor": float("nan")}, Kind.DOMAIN, "divisor is not a number"),
        ({"divisor": np.array([1.0, 2.0])}, Kind.SHAPE, "divisor has 2 values for 1 dates"),
        (
            {"prices": np.ones((3, 2)), "divisor": np.array([1.0, 2.0])},
            Kind.SHAPE,
            "divisor has 2 values for 3",
        ),
    ],
)
def test_refusals(change, kind, words):
    with pytest.raises(XlidxError) as caught:
        index_level(**{**GOOD, **change})
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_weights_need_some_value():
    with pytest.raises(XlidxError, match="total market value is 0"):
        index_weights(np.array([0.0, 0.0]), np.array([1.0, 2.0]))


@given(BASKET, POSITIVE)
def test_explanation_of_level_ends_with_the_level(basket, divisor):
    inputs = arrays(basket)
    steps = explain_index_level(divisor=float(divisor), **inputs)
    assert steps[-1].value == index_level(divisor=float(divisor), **inputs)
    assert [step.symbol for step in steps][-3:] == ["M", "d", "I"]
    assert [step.value for step in steps[: len(basket)]] == market_values(**inputs).tolist()
    assert steps[-1].value == steps[-3].value / steps[-2].value
    assert all(type(step.value) is float for step in steps)
    assert steps[-1].rule.startswith("PSI 20 rule book v16-01, 4.1")


@given(BASKET)
def test_explanation_of_weights_ends_with_the_weights(basket):
    inputs = arrays(basket)
    steps = explain_index_weights(**inputs)[-len(basket) :]
    assert [step.value for step in steps] == index_weights(**inputs).tolist()
    assert [step.symbol for step in steps] == [f"w[{i + 1}]" for i in range(len(basket))]
    assert all("7" in step.rule for step in steps)


@pytest.mark.parametrize(
    "explain",
    [
        lambda: explain_index_level(np.ones((2, 2)), 1.0, 1.0),
        lambda: explain_index_weights(np.ones((2, 2)), 1.0),
    ],
)
def test_explanations_follow_one_date(explain):
    with pytest.raises(XlidxError, match="explain one date at a time") as caught:
        explain()
    assert caught.value.kind is Kind.SHAPE


def test_rules_are_attached():
    assert references(index_level) == (("psi20", "4.1"), ("psi20", "7"), ("solactive_human_capital", "3.1"))
    assert references(index_weights) == (("psi20", "7"),)


def test_decimal_reference_of_a_large_basket():
    # Twenty members with prices to the cent, summed in decimal.
    prices = [Decimal(100 + 7 * i) / 100 for i in range(20)]
    shares = [10**9 + 12_345 * i for i in range(20)]
    exact = sum(p * q for p, q in zip(prices, shares, strict=True)) / Decimal("36352.51")
    level = index_level(np.array(prices, float), np.array(shares, float), 36352.51)
    assert level == pytest.approx(float(exact), rel=1e-14)
