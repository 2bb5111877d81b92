import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.estimators import (
    ESTIMATORS,
    factor_by_decay,
    factor_by_shrinkage,
    factor_from_covariance,
)
from xlidx.index.min_variance.portfolio import min_variance


def table(seed, days=40, names=6):
    rng = np.random.default_rng(seed)
    return 0.01 * (rng.normal(size=(days, 1)) + rng.normal(size=(days, names)) * rng.uniform(0.5, 2.0, names))


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_shrinkage_by_its_definition(seed):
    """Ledoit and Wolf (2004), lemmas 3.2 to 3.4, written out: one outer product for each day."""
    returns = table(seed, *np.random.default_rng(seed).integers((5, 2), (60, 12)))
    x = returns - returns.mean(axis=0)
    days, names = x.shape
    sample = sum(np.outer(day, day) for day in x) / days
    m = np.trace(sample) / names
    d2 = np.linalg.norm(sample - m * np.eye(names), "fro") ** 2 / names
    b_bar2 = sum(np.linalg.norm(np.outer(day, day) - sample, "fro") ** 2 for day in x) / names / days**2
    b2 = min(b_bar2, d2)
    expected = b2 / d2 * m * np.eye(names) + (d2 - b2) / d2 * sample
    factor = factor_by_shrinkage(returns)
    np.testing.assert_allclose(factor.T @ factor, expected, rtol=1e-10, atol=1e-12 * m)


def test_shrinkage_over_two_days():
    # 1 % and 3 % lie a point from their mean: (1e-4 + 1e-4) / 2.  A single name is shrunk to itself.
    factor = factor_by_shrinkage(np.array([[0.01], [0.03]]))
    assert (factor.T @ factor).item() == pytest.approx(1e-4, rel=1e-12)


def test_what_counts_as_a_negative_variance_goes_by_the_size_of_the_table():
    # [[1, b], [b, 1]] has the eigenvalues 1 + b and 1 - b: a thousandth too much is a fault at any size.
    for size in (1e-4, 1.0, 1e6):
        ones = size * np.ones((3, 3))
        factor = factor_from_covariance(ones)
        np.testing.assert_allclose(factor.T @ factor, ones, rtol=1e-12)
        with pytest.raises(XlidxError, match=f"negative eigenvalue {-0.001 * size:g}"):
            factor_from_covariance(size * np.array([[1.0, 1.001], [1.001, 1.0]]))
        with pytest.raises(XlidxError, match="one way"):
            factor_from_covariance(size * np.array([[1.0, 0.5], [0.5001, 1.0]]))


def test_exponential_weights_by_recursion():
    """RiskMetrics: s(t) = decay s(t - 1) + (1 - decay) r r', whose weights add up to 1 - decay^T."""
    returns, decay = table(3), 0.94
    state = np.zeros((6, 6))
    for day in returns:
        state = decay * state + (1.0 - decay) * np.outer(day, day)
    factor = factor_by_decay(returns, decay)
    np.testing.assert_allclose(factor.T @ factor, state / (1.0 - decay ** len(returns)), rtol=1e-12)
    same = factor_by_decay(returns, 1.0)
    np.testing.assert_allclose(same.T @ same, returns.T @ returns / len(returns), rtol=1e-12)
    with pytest.raises(XlidxError, match=r"decay is 1\.5"):
        factor_by_decay(returns, 1.5)


def test_a_covariance_handed_in_gives_the_weights_of_its_factor():
    returns = table(5)
    limits = {"names_held": 3, "lowest": 0.1, "highest": 0.8, "sector_cap": 1.0, "region_floor": 0.0,
              "region_cap": 1.0}  # fmt: skip
    groups, ids = ["all"] * 6, list("abcdef")
    for name, estimate in ESTIMATORS.items():
        factor = estimate(returns)
        by_factor = min_variance(factor, groups, groups, ids=ids, **limits)
        handed = min_variance(factor.T @ factor, groups, groups, ids=ids, given="covariance", **limits)
        np.testing.assert_allclose(handed.weights, by_factor.weights, atol=1e-9, err_msg=name)
        assert handed.objective == pytest.approx(by_factor.objective, rel=1e-9)
        assert handed.objective == pytest.approx(handed.weights @ factor.T @ factor @ handed.weights, rel=1e-9)


@pytest.mark.parametrize(
    ("matrix", "kind", "words"),
    [
        (np.ones((2, 3)), Kind.SHAPE, "a covariance of shape (2, 3)"),
        ([[1.0, np.nan], [np.nan, 1.0]], Kind.NO_DATA, "row 1, column 2"),
        ([[1.0, 0.5], [0.4, 1.0]], Kind.DOMAIN, "0.5 one way and 0.4 the other"),
        ([[1.0, 2.0], [2.0, 1.0]], Kind.DOMAIN, "negative eigenvalue -1"),
    ],
)
def test_what_is_no_covariance_is_refused(matrix, kind, words):
    with pytest.raises(XlidxError) as caught:
        factor_from_covariance(np.array(matrix))
    assert caught.value.kind is kind
    assert words in str(caught.value)
