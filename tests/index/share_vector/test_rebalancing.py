"""Rebalancing weights, shares from weights, removals: by hand, and identities."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import XlidxError
from xlidx.index.share_vector import rebalancing as r

points = st.lists(st.integers(0, 1000), min_size=2, max_size=12).filter(any)
prices_of = st.floats(0.01, 5000.0)


def weights_of(numbers):
    return np.array([float(Fraction(n, sum(numbers))) for n in numbers])


@pytest.mark.rule("solactive_human_capital", "2.2")
def test_ten_days_by_hand():
    # w0 = (60, 40, 0) %, w* = (20, 40, 40) %: 4 points a day out of the first name and into the third.
    start, target = np.array([0.6, 0.4, 0.0]), np.array([0.2, 0.4, 0.4])
    found = r.rebalance_weights(start, target, np.arange(1.0, 11.0))
    assert found.shape == (3, 10)
    assert found[:, 0] == pytest.approx([0.56, 0.4, 0.04], abs=1e-15)
    assert found[:, 4] == pytest.approx([0.4, 0.4, 0.2], abs=1e-15)
    assert found[:, 9].tolist() == target.tolist()
    assert r.rebalance_weights(start, target, 1, 1).tolist() == target.tolist()


@pytest.mark.rule("solactive_human_capital", "2.2")
@given(points, st.data())
def test_weights_add_up_to_1_on_each_day(first, data):
    second = data.draw(st.lists(st.integers(0, 1000), min_size=len(first), max_size=len(first)).filter(any))
    days = data.draw(st.integers(1, 15))
    found = r.rebalance_weights(weights_of(first), weights_of(second), np.arange(1.0, days + 1.0), float(days))
    assert np.abs(found.sum(axis=0) - 1.0).max() < 1e-14
    assert (found.reshape(len(first), -1) >= -1e-17).all()
    steps = np.diff(np.column_stack((weights_of(first), found.reshape(len(first), -1))), axis=1)
    assert np.abs(steps - steps[:, :1]).max() < 1e-14


@pytest.mark.rule("solactive_human_capital", "3.1")
@pytest.mark.rule("solactive_human_capital", "4 Number of Shares")
@pytest.mark.rule("solactive_human_capital", "4 Percentage Weight")
@given(points, st.floats(1.0, 1e5), st.data())
def test_shares_and_weights_are_inverse(numbers, level, data):
    weights = weights_of(numbers)
    prices = np.array(data.draw(st.lists(prices_of, min_size=len(numbers), max_size=len(numbers))))
    shares = r.shares_from_weights(weights, level, prices)
    assert float(shares @ prices) == pytest.approx(level, rel=1e-12)
    assert r.percentage_weights(shares, prices) == pytest.approx(weights, abs=1e-13)
    assert r.percentage_weights(shares, prices, level) == pytest.approx(weights, abs=1e-13)


@pytest.mark.rule("solactive_human_capital", "4 Percentage Weight")
def test_weights_over_the_rounded_level_miss_1_and_over_the_sum_they_do_not():
    shares, prices = np.array([6.0, 2.0]), np.array([10.0, 20.002])
    assert r.percentage_weights(shares, prices).sum() == pytest.approx(1.0, abs=1e-15)
    assert r.percentage_weights(shares, prices, 100.0).sum() == pytest.approx(1.00004, abs=1e-12)


@pytest.mark.rule("solactive_human_capital", "4 Number of Shares")
def test_a_name_of_weight_0_needs_no_price():
    found = r.shares_from_weights(np.array([1.0, 0.0, 0.0]), 100.0, np.array([10.0, 0.0, np.nan]))
    assert found.tolist() == [10.0, 0.0, 0.0]


@pytest.mark.rule("solactive_human_capital", "2.3")
def test_removal_by_hand():
    # Values 50, 40, 10: without the 10 the others grow by 100 / 90; at a price set to 0 they stay.
    shares, prices, out = np.array([5.0, 2.0, 1.0]), np.array([10.0, 20.0, 10.0]), np.array([False, False, True])
    assert r.shares_after_removal(shares, prices, out) == pytest.approx([50 / 9, 20 / 9, 0.0], rel=1e-15)
    assert r.shares_after_removal(shares, prices, out, np.zeros(3)).tolist() == [5.0, 2.0, 0.0]
    # At twice the price the others hand 110 on.
    assert r.shares_after_removal(shares, prices, out, np.full(3, 20.0)) @ prices == pytest.approx(110.0)


@pytest.mark.rule("solactive_human_capital", "2.3")
@given(points, st.data())
def test_a_removal_keeps_value_and_proportions(numbers, data):
    size = len(numbers)
    shares = np.array(numbers, dtype=float)
    prices = np.array(data.draw(st.lists(prices_of, min_size=size, max_size=size)))
    out = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    if not (shares[~out] > 0.0).any():
        with pytest.raises(XlidxError, match="nothing is left in the index"):
            r.shares_after_removal(shares, prices, out)
        return
    found = r.shares_after_removal(shares, prices, out)
    assert found @ prices == pytest.approx(shares @ prices, rel=1e-12)
    assert (found[out] == 0.0).all()
    before, after = r.percentage_weights(shares, prices), r.percentage_weights(found, prices)
    assert after == pytest.approx(r.weights_after_removal(before, out), abs=1e-12)
    assert after.sum() == pytest.approx(1.0, abs=1e-13)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: r.rebalance_weights(np.array([0.5, 0.4]), np.array([0.5, 0.5]), 1),
            "sum of start is 0.9 but must be 1",
        ),
        (
            lambda: r.rebalance_weights(np.array([0.5, 0.5]), np.array([0.5, 0.6]), 1),
            "sum of target is 1.1 but must be 1",
        ),
        (
            lambda: r.rebalance_weights(np.array([0.5, 0.5]), np.array([1.0]), 1),
            "target has 1 values where start has 2",
        ),
        (lambda: r.rebalance_weights(np.array([50.0, 50.0]), np.array([0.5, 0.5]), 1), "start is 50 .* fraction"),
        (lambda: r.rebalance_weights(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 11), "day is 11 .* from 1 to 10"),
        (lambda: r.rebalance_weights(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 0), "day is 0 .* from 1 to 10"),
        (lambda: r.rebalance_weights(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 1, 2.5), "days is 2.5"),
        (lambda: r.shares_from_weights(np.array([1.0]), 0.0, np.array([1.0])), "level is 0"),
        (lambda: r.shares_from_weights(np.array([0.5, 0.5]), 100.0, np.array([1.0, 0.0])), "prices is 0 .*item 2"),
        (lambda: r.shares_from_weights(np.array([0.5, 0.5]), 100.0, np.array([1.0, np.nan])), "prices is not a number"),
        (lambda: r.shares_from_weights(np.array([0.5, 0.5]), 100.0, np.array([1.0, 2.0, 3.0])), "3 values"),
        (lambda: r.percentage_weights(np.array([1.0]), np.array([1.0]), 0.0), "level is 0"),
        (lambda: r.weights_after_removal(np.array([1.0, 0.0]), np.array([True, False])), "remaining weights"),
    ],
)
def test_bad_input_is_refused_in_words(call, words):
    with pytest.raises(XlidxError, match=words):
        call()
