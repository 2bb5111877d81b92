"""Every selection tried at once: the bounds never lie, the proof is a proof, and a long one is left to branches."""

from itertools import combinations
from math import comb

import numpy as np
import pytest

from tests.depth import depth
from tests.index.min_variance.checker import certified
from tests.index.min_variance.rig import random_case
from tests.index.min_variance.test_parts import problem_of
from xlidx.index.min_variance.budget import Budget
from xlidx.index.min_variance.certificate import ProofTree
from xlidx.index.min_variance.portfolio import min_variance
from xlidx.index.min_variance.problem import FREE
from xlidx.index.min_variance.search import enumeration
from xlidx.index.min_variance.search.branch_and_bound import Search
from xlidx.index.min_variance.search.heuristics import Selection

ALONE = {"lowest": 0.01, "highest": 1.0, "sector_cap": 1.0, "region_floor": 0.0, "region_cap": 1.0}


def independent(n, seed):
    return 0.01 * np.random.default_rng(seed).normal(size=(60, n)), ["all"] * n, [f"{i:02d}" for i in range(n)]


@pytest.mark.parametrize("seed", range(depth(4, 40)))
def test_the_answer_is_that_of_the_branches_with_a_proof_of_its_own(seed, monkeypatch):
    monkeypatch.setattr("xlidx.index.min_variance.solve.FEW_NODES", 0)
    factor, groups, ids = independent(12, seed)
    limits = {"names_held": 4, **ALONE, "lowest": 0.1, "highest": 0.35}
    found = min_variance(factor, groups, groups, ids=ids, certificate=True, **limits)
    leaves = [step for step in found.certificate.steps if not hasattr(step, "name")]
    assert len(leaves) == comb(12, 4)
    assert certified(found.certificate, factor, groups, groups, limits) >= found.lower_bound * (1 - 1e-9)
    monkeypatch.setattr(enumeration, "MOST", 0)
    other = min_variance(factor, groups, groups, ids=ids, **limits)
    assert found.status == other.status == "optimal"
    assert found.objective == pytest.approx(other.objective, rel=1e-9)
    np.testing.assert_array_equal(found.weights > 0.0, other.weights > 0.0)


@pytest.mark.parametrize("seed", range(depth(20, 200)))
def test_no_selection_is_said_to_cost_more_than_it_does(seed):
    problem = problem_of(random_case(seed)).problem
    found = enumeration._supports(problem)
    assert found.names.tolist() == [list(names) for names in combinations(range(problem.size), problem.held)]
    covariance = problem.loadings @ problem.loadings.T
    rng = np.random.default_rng(seed)
    for names, value in zip(found.names, found.value, strict=True):
        inside = rng.dirichlet(np.ones(problem.held), 20)
        weights = np.clip(inside, problem.lowest, problem.highest)
        weights = weights[np.abs(weights.sum(axis=1) - 1.0) < 1e-12]
        variances = np.einsum("si,ij,sj->s", weights, covariance[np.ix_(names, names)], weights)
        assert value**2 <= variances.min(initial=np.inf) * (1 + 1e-9) + 1e-15


def test_with_many_selections_left_the_branches_go_on(monkeypatch):
    problem = problem_of(random_case(3)).problem
    state, budget = np.full(problem.size, FREE), Budget()
    search = Search(problem, 1e-9, Selection(np.zeros(problem.size), np.inf, None), state, ProofTree(), budget)
    monkeypatch.setattr(enumeration, "CLOSE", 0)
    assert enumeration.run(search) is None
    assert search.incumbent.volatility == np.inf
    assert budget.spent > 0.0
