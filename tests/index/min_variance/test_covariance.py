import numpy as np
import pytest

from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.covariance import factor_from_prices, factor_from_returns

RULE = pytest.mark.rule("solactive_human_capital", "2.1 step 4")


def prices(days=130, names=4, seed=1):
    steps = np.random.default_rng(seed).normal(0.0, 0.01, (days, names))
    return 50.0 * np.exp(np.cumsum(steps, axis=0))


@RULE
def test_the_factor_gives_the_sample_covariance():
    table = prices(126)
    simple = table[1:] / table[:-1] - 1.0
    found = factor_from_prices(table)
    assert found.returns.shape == (125, 4)
    np.testing.assert_allclose(found.factor.T @ found.factor, np.cov(simple, rowvar=False), rtol=1e-12)
    assert not found.carried.any()


@RULE
def test_the_last_125_returns_count():
    table = prices(200)
    np.testing.assert_array_equal(factor_from_prices(table).factor, factor_from_prices(table[-126:]).factor)
    assert factor_from_prices(table, days=60).returns.shape == (60, 4)


@RULE
def test_a_split_leaves_no_trace_once_adjusted():
    table = prices()
    paid, adjustment = table.copy(), np.ones_like(table)
    paid[:70, 2] *= 3.0  # a split of three for one before row 70
    adjustment[:70, 2] = 1.0 / 3.0
    np.testing.assert_allclose(
        factor_from_prices(paid, adjustment).factor, factor_from_prices(table).factor, atol=1e-14
    )
    assert factor_from_prices(paid).returns[:, 2].min() < -0.6


@RULE
def test_a_missing_price_is_the_last_one_and_flagged():
    table = prices()
    gap = table.copy()
    gap[100:102, 1] = np.nan
    found, whole = factor_from_prices(gap), factor_from_prices(table)
    assert np.argwhere(found.carried).tolist() == [[96, 1], [97, 1]]
    assert (found.returns[95:97, 1] == 0.0).all()
    assert 1 + found.returns[97, 1] == pytest.approx(np.prod(1 + whole.returns[95:98, 1]), rel=1e-12)
    np.testing.assert_array_equal(np.delete(found.returns, 1, 1), np.delete(whole.returns, 1, 1))


@RULE
def test_a_price_before_the_window_is_carried_into_it():
    table = prices()
    table[4, 0] = np.nan  # the first of the last 126 rows
    found = factor_from_prices(table)
    assert np.argwhere(found.carried).tolist() == [[0, 0]]
    assert found.returns[0, 0] == pytest.approx(table[5, 0] / table[3, 0] - 1.0, rel=1e-12)


@RULE
def test_a_gap_across_a_split_is_carried_at_its_adjusted_price():
    paid = np.array([[10.0, 5.0], [np.nan, 6.0], [5.5, 7.0]])
    adjustment = np.array([[0.5, 1.0], [1.0, 1.0], [1.0, 1.0]])
    found = factor_from_prices(paid, adjustment, days=2)
    np.testing.assert_allclose(found.returns[:, 0], [0.0, 0.1], rtol=1e-12)


@RULE
def test_a_short_history_is_refused_or_shortens_the_window_for_all():
    table = prices()
    table[:50, 3] = np.nan
    with pytest.raises(XlidxError, match="name 4 has no price at the start of the 125 returns") as caught:
        factor_from_prices(table)
    assert caught.value.kind is Kind.NO_DATA
    found = factor_from_prices(table, short_history="common window")
    assert found.returns.shape == (79, 4)
    np.testing.assert_array_equal(found.factor, factor_from_prices(table[50:], days=79).factor)
    few = prices(90)
    with pytest.raises(XlidxError, match="90 days make fewer than 125 returns"):
        factor_from_prices(few)
    assert factor_from_prices(few, short_history="common window").returns.shape == (89, 4)


@RULE
def test_the_order_of_the_names_changes_no_bit():
    table, order = prices(names=30), np.random.default_rng(2).permutation(30)
    np.testing.assert_array_equal(
        factor_from_prices(table[:, order]).factor, factor_from_prices(table).factor[:, order]
    )


def still(column):
    table = prices()
    table[:, column] = 7.0
    return table


@pytest.mark.parametrize(
    ("table", "options", "kind", "words"),
    [
        (still(2), {}, Kind.DOMAIN, "the price of name 3 never changes - argument prices, column 3"),
        (-prices(), {}, Kind.DOMAIN, "prices is -"),
        (prices() * np.inf, {}, Kind.DOMAIN, "prices is inf"),
        (prices(), {"adjustment": np.zeros((130, 4))}, Kind.DOMAIN, "adjustment is 0"),
        (prices(), {"adjustment": np.ones((130, 3))}, Kind.SHAPE, "adjustment of shape (130, 3)"),
        (prices()[0], {}, Kind.SHAPE, "prices of shape (4,)"),
        (prices(), {"short_history": "pairs"}, Kind.CHOICE, "short_history is 'pairs'"),
        (prices(), {"days": 1}, Kind.DOMAIN, "days is 1"),
        (prices() * [1, 1, 1, np.nan], {"short_history": "common window"}, Kind.NO_DATA, "fewer than two returns"),
        (prices(2), {"short_history": "common window"}, Kind.NO_DATA, "fewer than two returns"),
    ],
)
def test_refusals(table, options, kind, words):
    with pytest.raises(XlidxError) as caught:
        factor_from_prices(table, **options)
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_a_return_that_is_missing_is_refused():
    with pytest.raises(XlidxError, match="a return of name 2 is not a number - argument returns, row 1, column 2"):
        factor_from_returns(np.array([[0.1, np.nan], [0.2, 0.1]]))
