"""Names out of all proportion: left out of the optimum and of the margins of its proof, or named."""

import numpy as np
import pytest

from tests.index.min_variance.checker import certified
from tests.index.min_variance.rig import least_variance
from tests.index.min_variance.test_brute import random_case
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.covariance import factor_from_prices
from xlidx.index.min_variance.portfolio import min_variance

LIMITS = {"lowest": 0.05, "highest": 0.9, "sector_cap": 1.0, "region_floor": 0.0, "region_cap": 1.0, "names_held": 3}


def returns(n, seed):
    rng = np.random.default_rng(seed)
    return 0.01 * (0.7 * rng.normal(size=(125, 1)) + rng.normal(size=(125, n)) * rng.uniform(0.5, 1.5, n))


def spiked(table, factor):
    """One price of name 2 is wrong by a factor for one day."""
    table = table.copy()
    table[60, 2] = (1.0 + table[60, 2]) * factor - 1.0
    table[61, 2] = (1.0 + table[61, 2]) / factor - 1.0
    return table


@pytest.mark.parametrize("factor", [10.0, 1e2, 1e3, 1e4])
@pytest.mark.parametrize(("n", "held", "lowest", "highest"), [(6, 3, 0.05, 0.9), (60, 20, 0.02, 0.2)])
def test_a_wild_name_changes_nothing_but_that_it_is_not_held(n, held, lowest, highest, factor):
    table, limits = returns(n, 4), LIMITS | {"names_held": held, "lowest": lowest, "highest": highest}
    groups, ids = ["all"] * n, [f"{i:03d}" for i in range(n)]
    wild = min_variance(spiked(table, factor), groups, groups, ids=ids, given="returns", certificate=True, **limits)
    rest = [i for i in range(n) if i != 2]
    without = min_variance(
        table[:, rest], groups[1:], groups[1:], ids=[ids[i] for i in rest], given="returns", **limits
    )
    assert wild.status == without.status == "optimal"
    assert wild.weights[2] == 0.0
    assert wild.objective == pytest.approx(without.objective, rel=1e-9)
    centred = spiked(table, factor)
    centred = (centred - centred.mean(axis=0)) / np.sqrt(124)
    proven = certified(wild.certificate, centred, groups, groups, limits)
    assert proven >= wild.lower_bound * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_scales_far_apart_are_solved_as_by_trying_everything(seed):
    case = random_case(seed)
    scales = 10.0 ** np.random.default_rng(seed).uniform(-2.0, 2.0, len(case.sectors))
    case.factor[:] = case.factor * scales
    best, found = least_variance(case), min_variance(**case.arguments)
    if not np.isfinite(best):
        assert found.status == "infeasible"
        return
    tiny = 1e-9 * float(np.median((case.factor**2).sum(axis=0)))
    # the reference solves to its own precision, relative to the largest scale
    loose = 1e-11 * float((case.factor**2).sum(axis=0).max())
    assert found.objective <= best * (1 + 1e-7) + tiny + loose
    assert found.lower_bound <= best * (1 + 1e-7) + tiny + loose
    assert found.status in ("optimal", "feasible")


@pytest.mark.parametrize("factor", [2e5, 1e6, 1e8])
def test_a_name_that_no_security_can_be_is_named(factor):
    ids = list("abcdef")
    with pytest.raises(XlidxError) as caught:
        min_variance(spiked(returns(6, 4), factor), ids, ["r"] * 6, ids=ids, given="returns", **LIMITS)
    assert caught.value.kind is Kind.DOMAIN
    assert str(caught.value).startswith("c is ")
    assert "times as volatile as half of the names" in str(caught.value)


def test_a_suspect_price_is_named_with_its_place():
    prices = 50.0 * np.cumprod(1.0 + np.vstack((np.zeros(4), returns(4, 1))), axis=0)
    prices[100, 2] *= 1e5
    with pytest.raises(XlidxError) as caught:
        factor_from_prices(prices, ids=["A", "B", "C", "D"])
    assert caught.value.kind is Kind.DOMAIN
    assert str(caught.value).startswith("a price of C is ")
    assert "argument prices, row 101 of those used, column 3" in str(caught.value)
    prices[100, 2] *= 1e-5
    assert factor_from_prices(prices).factor.shape == (125, 4)
