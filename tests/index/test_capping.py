from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.answers import answers, vector
from xlidx.errors import Kind, XlidxError
from xlidx.index.capping import (
    capped_weights,
    capping_factors,
    explain_capped_weights,
    explain_capping_factors,
)
from xlidx.rules import references

VALUES = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)
SKEWED = st.lists(st.integers(0, 12).map(lambda power: 7**power), min_size=1, max_size=30)
CAP = st.integers(20, 1000)  # thousandths


def spread(values, cap, capped_set=None):
    """Cap what is above, give its excess to the rest in proportion to the original values, repeat.

    Slow, in exact fractions, from the words of 5.3.3 and not from the closed form.  Returns the factors.
    """
    may = [True] * len(values) if capped_set is None else list(capped_set)
    capped = set()
    while True:
        rest = sum(Fraction(v) for i, v in enumerate(values) if i not in capped)
        room = 1 - cap * len(capped)
        weights = [cap if i in capped else room * Fraction(v) / rest for i, v in enumerate(values)]
        above = {i for i, w in enumerate(weights) if w > cap and may[i]}
        if not above:
            break
        capped |= above
        if len(capped) == sum(v > 0 for v in values):
            smallest = min(v for v in values if v)  # only when the cap is exactly 1 / N
            return [Fraction(smallest, v) if v else Fraction(1) for v in values]
    return [cap / Fraction(v) * rest / room if i in capped else Fraction(1) for i, v in enumerate(values)]


def feasible(values, thousandths):
    return sum(value > 0 for value in values) * thousandths >= 1000


def floats(values):
    return np.array(values, dtype=float)


@pytest.mark.rule("psi20", "5.3.3")
@pytest.mark.parametrize("row", answers("caps.csv"))
def test_published_and_hand_made_caps(row):
    values, cap = vector(row["values"]), float(row["cap"])
    weights = capped_weights(values, cap)
    np.testing.assert_allclose(weights, vector(row["weights"]), rtol=1e-12, atol=0)
    factors = capping_factors(values, cap)
    np.testing.assert_allclose(factors * values / (factors @ values), vector(row["weights"]), rtol=1e-12)
    assert (factors[values == 0] == 1.0).all()


@pytest.mark.rule("psi20", "5.3.3")
@pytest.mark.parametrize("row", answers("caps_refused.csv"))
def test_too_few_members_are_refused(row):
    with pytest.raises(XlidxError) as caught:
        capping_factors(vector(row["values"]), float(row["cap"]))
    assert caught.value.kind is Kind.INFEASIBLE
    assert caught.value.mend == f"the smallest feasible cap is {row['smallest']}"
    count = int((vector(row["values"]) > 0).sum())
    assert caught.value.what == f"{count} members at {row['cap']} each cannot add up to 1"


@pytest.mark.rule("psi20", "5.3.4")
@pytest.mark.parametrize("row", answers("caps_added.csv"))
def test_companies_added_are_capped_jointly(row):
    added = vector(row["added"]).astype(bool)
    values, cap, expected = vector(row["values"]), float(row["cap"]), vector(row["factors"])
    factors = capping_factors(values, cap, added)
    np.testing.assert_allclose(factors, expected, rtol=1e-14)
    assert (factors[expected == 1] == 1.0).all()
    weights = factors * values / (factors @ values)
    assert (weights[added] <= cap * (1 + 1e-12)).all()


@pytest.mark.rule("psi20", "5.3.3")
@given(st.one_of(VALUES, SKEWED), CAP)
def test_agrees_with_redistribution_in_fractions(values, thousandths):
    cap = thousandths / 1000
    if not feasible(values, thousandths):
        with pytest.raises(XlidxError) as caught:
            capping_factors(floats(values), cap)
        assert caught.value.kind is Kind.INFEASIBLE
        return
    factors, expected = capping_factors(floats(values), cap), spread(values, Fraction(thousandths, 1000))
    for factor, exact in zip(factors, expected, strict=True):
        assert factor == pytest.approx(float(exact), rel=1e-11)
        assert (factor == 1.0) == (exact == 1)  # uncapped is exactly 1


@pytest.mark.rule("psi20", "5.3.3")
@given(st.one_of(VALUES, SKEWED), CAP)
def test_no_weight_exceeds_the_cap(values, thousandths):
    if feasible(values, thousandths):
        factors, cap = capping_factors(floats(values), thousandths / 1000), thousandths / 1000
        weights = capped_weights(floats(values), cap)
        assert weights.max() <= cap * (1 + 1e-12)
        assert weights.sum() == pytest.approx(1.0, rel=1e-13)
        assert ((factors > 0) & (factors <= 1)).all()
        np.testing.assert_allclose(weights[factors < 1], cap, rtol=1e-12)


@pytest.mark.rule("psi20", "5.3.4")
@given(VALUES, CAP, st.data())
def test_capped_set_agrees_with_redistribution_in_fractions(values, thousandths, data):
    added = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    if not any(value for value, new in zip(values, added, strict=True) if not new):
        return  # without other members it is the plain problem, tested below
    factors = capping_factors(floats(values), thousandths / 1000, added)
    expected = spread(values, Fraction(thousandths, 1000), added)
    np.testing.assert_allclose(factors, [float(exact) for exact in expected], rtol=1e-11)
    assert [factor == 1.0 for factor in factors] == [exact == 1 for exact in expected]


@given(VALUES, CAP)
def test_set_of_all_members_is_the_plain_problem(values, thousandths):
    everyone, cap = np.ones(len(values), bool), thousandths / 1000
    if feasible(values, thousandths):
        expected = capping_factors(floats(values), cap)
        np.testing.assert_array_equal(capping_factors(floats(values), cap, everyone), expected)
        of_value = floats(values) > 0  # members without value outside the set give no room
        np.testing.assert_array_equal(capping_factors(floats(values), cap, of_value), expected)
    else:
        with pytest.raises(XlidxError, match="cannot add up to 1"):
            capping_factors(floats(values), cap, everyone)


@given(st.lists(st.floats(1e-3, 1e12), min_size=9, max_size=60), st.integers(0, 2**32 - 1))
def test_bit_identical_in_any_order(values, seed):
    values, random = np.array(values), np.random.default_rng(seed)
    order, added = random.permutation(values.size), random.random(values.size) < 0.5
    factors, weights = capping_factors(values, 0.12), capped_weights(values, 0.12)
    np.testing.assert_array_equal(capping_factors(values[order], 0.12), factors[order])
    np.testing.assert_array_equal(capped_weights(values[order], 0.12), weights[order])
    if not added.all():
        joint = capping_factors(values, 0.12, added)
        np.testing.assert_array_equal(capping_factors(values[order], 0.12, added[order]), joint[order])


@given(VALUES, CAP, st.sampled_from([2.0**-40, 0.25, 2.0**50]))
def test_currency_does_not_matter(values, thousandths, scale):
    if feasible(values, thousandths):
        factors = capping_factors(floats(values), thousandths / 1000)
        np.testing.assert_array_equal(capping_factors(floats(values) * scale, thousandths / 1000), factors)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 49, 1000, 9_999, 49_999, 99_999, 200_003, 300_007])
def test_cap_of_one_over_n_makes_all_weights_equal(count):
    values = np.random.default_rng(count).lognormal(size=count)
    np.testing.assert_allclose(capped_weights(values, 1 / count), 1 / count, rtol=1e-11)
    factors = capping_factors(values, 1 / count)
    assert factors[values.argmin()] == factors.max() == 1.0


def test_cap_just_below_one_third_with_a_fourth_member_of_no_weight():
    # Three members at the cap leave nothing to speak of for the fourth: the three are equal.
    factors = capping_factors(np.array([4.0, 2.0, 1.0, 1e-20]), (1 - 0.9e-12) / 3)
    np.testing.assert_allclose(factors, [0.25, 0.5, 1.0, 1.0], rtol=1e-11)
    assert capping_factors(np.array([4.0, 2.0, 1.0, 1e-20]), np.nextafter(1 / 3, 0.0))[2:].tolist() == [
        1.0,
        1.0,
    ]


@pytest.mark.parametrize("excess", [1e-14, 1e-13])
def test_at_the_cap_within_a_million_millionth_is_at_the_cap(excess):
    others = np.full(8, 11.0)
    values = np.append(others, 12.0 * (1 + excess))
    assert (capping_factors(values, 0.12) == 1.0).all()
    counted = {step.symbol: step.value for step in explain_capping_factors(values, 0.12)}
    assert counted["k"] == 0.0
    assert capping_factors(np.append(others, 12.0 * (1 + 1e-9)), 0.12)[-1] < 1.0


def test_equal_members_get_equal_factors():
    factors = capping_factors(np.array([30.0, 30.0, 10.0, 10.0, 10.0, 10.0]), 0.2)
    assert factors[0] == factors[1] < 1.0
    assert (factors[2:] == 1.0).all()


def test_wide_index_with_a_small_cap():
    values = np.random.default_rng(7).lognormal(sigma=2.0, size=20_000)
    weights = capped_weights(values, 0.0001)
    assert weights.max() <= 0.0001 * (1 + 1e-9)
    assert weights.sum() == pytest.approx(1.0, rel=1e-12)
    factors = capping_factors(values, 0.0001)
    assert weights[factors < 1].min() >= 0.0001 * (1 - 1e-9)


def test_inputs_stay_as_they_were():
    values = np.array([3.0, 1.0, 2.0])
    capping_factors(values, 0.4)
    assert values.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("values", "cap", "added", "kind", "words"),
    [
        ([1.0, -1.0], 0.5, None, Kind.DOMAIN, "market_values is -1 but must be 0 or more"),
        ([1.0, np.nan], 0.5, None, Kind.DOMAIN, "market_values is not a number"),
        ([1.0, np.inf], 0.5, None, Kind.DOMAIN, "must be finite"),
        ([0.0, 0.0], 0.5, None, Kind.DOMAIN, "largest of market_values is 0"),
        ([1.0, 1.0], 12.0, None, Kind.DOMAIN, "cap is 12 but must lie between 0 and 1"),
        ([1.0, 1.0], 0.0, None, Kind.DOMAIN, "cap is 0 but must be above 0"),
        ([1.0, 1.0], float("nan"), None, Kind.DOMAIN, "cap is not a number"),
        ([[1.0, 1.0], [1.0, 1.0]], 0.5, None, Kind.SHAPE, "one date at a time"),
        ([], 0.5, None, Kind.SHAPE, "0 values"),
        ([1.0, 1.0], 0.5, [True], Kind.SHAPE, "capped_set has 1 values for 2 members"),
    ],
)
def test_refusals(values, cap, added, kind, words):
    for function in (capping_factors, explain_capping_factors):
        with pytest.raises(XlidxError) as caught:
            function(np.array(values), cap, added)
        assert caught.value.kind is kind
        assert words in str(caught.value)


@given(VALUES, CAP)
def test_explanations_end_with_the_result(values, thousandths):
    if not feasible(values, thousandths):
        return
    values, cap = floats(values), thousandths / 1000
    steps = explain_capping_factors(values, cap)
    assert [step.value for step in steps[-values.size :]] == capping_factors(values, cap).tolist()
    by_name = {step.symbol: step.value for step in steps}
    assert by_name["k"] in {(capping_factors(values, cap) < 1).sum(), values.size - 1}
    assert by_name["T"] == pytest.approx(cap * by_name["U"] / (1 - by_name["k"] * cap), rel=1e-9)
    weights = explain_capped_weights(values, cap)
    assert [step.value for step in weights[-values.size :]] == capped_weights(values, cap).tolist()
    assert all(type(step.value) is float for step in [*steps, *weights])
    assert steps[-1].rule == "PSI 20 rule book v16-01, 5.3.3"


def test_rules_are_attached():
    assert references(capping_factors) == references(capped_weights) == (("psi20", "5.3.3"),)
