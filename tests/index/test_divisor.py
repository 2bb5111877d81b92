import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.answers import answers, vector
from xlidx.errors import Kind, XlidxError
from xlidx.index.divisor import chain_divisor, explain_chain_divisor, explain_index_divisor, index_divisor
from xlidx.index.level import index_level, total_value
from xlidx.rules import references

AMOUNT = st.floats(0.01, 1e6)
BASKET = st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=20)


def columns(basket):
    return np.array(basket).T


@pytest.mark.rule("psi20", "4.1")
@pytest.mark.rule("psi20", "6.1")
@pytest.mark.parametrize("row", answers("splits.csv"))
def test_printed_splits_of_price_weighted_indices(row):
    prices, after = vector(row["prices"]), vector(row["prices_split"])
    level = index_level(prices, 1.0, float(row["divisor"]))
    assert round(level, int(row["level_decimals"])) == float(row["level"])
    chained = chain_divisor(float(row["divisor"]), prices.sum(), after.sum())
    for divisor in (index_divisor(after, 1.0, level), chained):
        assert round(divisor, int(row["divisor_decimals"])) == float(row["divisor_split"])
        change = index_level(vector(row["prices_next"]), 1.0, divisor) / level - 1
        assert change == pytest.approx(float(row["change_next"]), abs=1e-12)


@pytest.mark.rule("psi20", "6.1")
@pytest.mark.rule("psi20", "6.2")
@pytest.mark.parametrize("row", answers("divisors.csv"))
def test_divisors_of_events_worked_elsewhere(row):
    prices, shares, level = vector(row["prices"]), vector(row["shares"]), float(row["level"])
    decimals = int(row["decimals"])
    divisor = index_divisor(prices, shares, level)
    assert round(divisor, decimals) == float(row["divisor"])
    prices_after, shares_after = vector(row["prices_after"]), vector(row["shares_after"])
    after = chain_divisor(divisor, total_value(prices, shares), total_value(prices_after, shares_after))
    assert round(after, decimals) == float(row["divisor_after"])
    assert index_level(prices_after, shares_after, after) == pytest.approx(level, rel=1e-14)


@pytest.mark.rule("psi20", "6.1")
@pytest.mark.parametrize("row", answers("ratios.csv"))
def test_published_divisor_change(row):
    before, after = float(row["value_before"]), float(row["value_after"])
    divisor = chain_divisor(float(row["divisor"]), before, after)
    assert divisor == pytest.approx(float(row["divisor_after"]), abs=float(row["tolerance"]))


@pytest.mark.rule("psi20", "4.1")
@given(BASKET, AMOUNT, st.floats(0.05, 1), st.floats(0.1, 10))
def test_divisor_and_level_are_inverse(basket, level, free_float, fx):
    prices, shares = columns(basket)
    divisor = index_divisor(prices, shares, level, free_float, 0.5, fx)
    assert index_level(prices, shares, divisor, free_float, 0.5, fx) == pytest.approx(level, rel=1e-14)


@pytest.mark.rule("psi20", "6.1")
@given(BASKET, BASKET, AMOUNT)
def test_change_of_composition_leaves_the_level(old, new, divisor):
    (old_prices, old_shares), (new_prices, new_shares) = columns(old), columns(new)
    level = index_level(old_prices, old_shares, divisor)
    after = chain_divisor(divisor, total_value(old_prices, old_shares), total_value(new_prices, new_shares))
    assert index_level(new_prices, new_shares, after) == pytest.approx(level, rel=1e-13)


@pytest.mark.rule("psi20", "6.2")
@given(st.floats(1e-6, 1e12), st.floats(1e-6, 1e15))
def test_event_without_value_leaves_the_divisor_bit_for_bit(divisor, value):
    assert chain_divisor(divisor, value, value) == divisor


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_events_of_one_close_can_be_chained_or_netted(divisor, first, second, third):
    step_by_step = chain_divisor(chain_divisor(divisor, first, second), second, third)
    assert step_by_step == pytest.approx(chain_divisor(divisor, first, third), rel=1e-14)


def test_columns():
    result = chain_divisor(np.array([200.0, 100.0]), 20_000.0, np.array([21_500.0, 10_000.0]))
    assert result.tolist() == pytest.approx([215.0, 50.0], rel=1e-15)
    prices = np.array([[10.0, 20.0], [20.0, 20.0]])
    assert index_divisor(prices, np.array([1000.0, 500.0]), 100.0).tolist() == [200.0, 300.0]
    levels = np.array([100.0, 50.0])
    assert index_divisor(prices, np.array([1000.0, 500.0]), levels).tolist() == [200.0, 600.0]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: index_divisor(np.array([1.0]), 1.0, 0.0), Kind.DOMAIN, "level is 0 but must be above 0"),
        (lambda: index_divisor(np.array([0.0]), 1.0, 100.0), Kind.DOMAIN, "total market value is 0"),
        (
            lambda: index_divisor(np.array([1.0]), 1.0, np.ones(2)),
            Kind.SHAPE,
            "level has 2 values for 1 dates",
        ),
        (lambda: index_divisor(np.array([1.0]), 1.0, 100.0, 20.0), Kind.DOMAIN, "free_float is 20"),
        (lambda: chain_divisor(0.0, 1.0, 1.0), Kind.DOMAIN, "divisor is 0"),
        (lambda: chain_divisor(1.0, -1.0, 1.0), Kind.DOMAIN, "value_before is -1"),
        (lambda: chain_divisor(1.0, 1.0, 0.0), Kind.DOMAIN, "value_after is 0"),
        (lambda: chain_divisor(1.0, float("nan"), 1.0), Kind.DOMAIN, "value_before is not a number"),
        (lambda: chain_divisor(np.ones(2), np.ones(3), 1.0), Kind.SHAPE, "different sizes"),
        (lambda: explain_chain_divisor(np.ones(2), 1.0, 1.0), Kind.SHAPE, "explain one date at a time"),
        (lambda: explain_index_divisor(np.ones((2, 2)), 1.0, 1.0), Kind.SHAPE, "explain one date at a time"),
    ],
)
def test_refusals(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


@given(BASKET, AMOUNT)
def test_explanations_end_with_the_result(basket, level):
    prices, shares = columns(basket)
    steps = explain_index_divisor(prices, shares, level, 0.5)
    assert steps[-1].value == index_divisor(prices, shares, level, 0.5) == steps[-3].value / steps[-2].value
    assert steps[-1].rule == "PSI 20 rule book v16-01, 4.1"
    chain = explain_chain_divisor(level, prices[0], shares[0])
    assert chain[-1].value == chain_divisor(level, prices[0], shares[0])
    assert [step.symbol for step in chain] == ["d", "M", "M'", "M'/M", "d'"]
    assert all(type(step.value) is float for step in [*steps, *chain])
    assert chain[-1].rule == "PSI 20 rule book v16-01, 6.1"


def test_rules_are_attached():
    assert references(index_divisor) == (("psi20", "4.1"),)
    assert references(chain_divisor) == (("psi20", "6.1"),)
