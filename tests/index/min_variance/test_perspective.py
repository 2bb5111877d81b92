"""The perspective relaxation: what is split off, bounds that never lie, few names proven quickly."""

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.depth import depth
from tests.index.min_variance.checker import certified
from tests.index.min_variance.rig import least_variance, random_case
from tests.index.min_variance.test_parts import best_in, problem_of, random_state
from xlidx.index.min_variance.budget import Budget
from xlidx.index.min_variance.perspective.bounds import bounds
from xlidx.index.min_variance.perspective.relaxation import Shared, branches, solve
from xlidx.index.min_variance.perspective.split import split, splittable
from xlidx.index.min_variance.portfolio import min_variance
from xlidx.index.min_variance.problem import FREE, IN, OUT
from xlidx.index.min_variance.search import enumeration
from xlidx.index.min_variance.search.heuristics import best_weights
from xlidx.index.min_variance.search.perspective_search import applicable, begin, run

SEEDS = st.integers(0, 10**9)


def regular_case(seed):
    """A case whose covariance is regular, with few names held."""
    for shift in range(1000):
        case = random_case(seed + shift)
        problem = problem_of(case).problem
        if applicable(problem) and np.isfinite(least_variance(case)):
            return case
    raise AssertionError


def test_the_split_of_equal_correlations_is_all_that_is_their_own():
    # S = (1 - r) I + r 11': by symmetry d is the same for all, and its smallest eigenvalue is 1 - r
    covariance = 0.7 * np.eye(6) + 0.3
    np.testing.assert_allclose(split(covariance, np.ones(6)), 0.7, rtol=1e-4)
    own = np.diag([1.0, 2.0, 5.0])
    np.testing.assert_allclose(split(own, np.ones(3)), [1.0, 2.0, 5.0], rtol=1e-4)
    assert splittable(covariance)
    assert not splittable(np.ones((3, 3)))


@given(SEEDS)
@settings(max_examples=6)
def test_the_split_is_inside_and_nearly_the_best(seed):
    rng = np.random.default_rng(seed)
    returns = rng.normal(size=(12, 5)) + rng.normal(size=(12, 1))
    covariance, gain = returns.T @ returns / 12, rng.uniform(0.1, 1.0, 5)
    d = split(covariance, gain)
    assert (d > 0.0).all()
    assert np.linalg.eigvalsh(covariance - np.diag(d))[0] > 0.0
    # an independent way: a search without slopes that is punished for a negative eigenvalue
    scale = float(covariance.diagonal().mean())

    def lost(x):
        least = np.linalg.eigvalsh(covariance - np.diag(x * scale))[0] / scale
        return -float(gain @ x) + 1e3 * max(-least, 0.0) + 1e3 * np.maximum(-x, 0.0).sum()

    found = min((minimize(lost, start, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-9, "fatol": 1e-12})
                 for start in (0.5 * d / scale, d / scale)), key=lambda result: result.fun)  # fmt: skip
    assert gain @ d >= -found.fun * scale * (1 - 2e-3)


@given(SEEDS)
@settings(max_examples=depth(2, 20))
def test_no_point_proves_too_much(seed):
    case, rng = regular_case(seed), np.random.default_rng(seed)
    prepared = problem_of(case)
    problem = prepared.problem
    covariance = problem.loadings @ problem.loadings.T
    d = split(covariance, np.ones(problem.size)) * rng.uniform(0.1, 1.0)
    states = np.array([random_state(problem, rng) for _ in range(3)])
    given_ = branches(problem, covariance, d, states)
    solved = solve(given_)
    for noise in (0.0, 0.01, 1.0):
        rough = Shared(
            solved.weights + noise * 0.1 * rng.normal(size=states.shape),
            solved.shares,
            solved.multipliers + noise * rng.normal(size=solved.multipliers.shape),
        )
        limit = bounds(given_, rough)
        for b, state in enumerate(states):
            best = best_in(case, state, prepared.scale)
            assert limit.value[b] <= best * (1 + 1e-7) + 1e-6
            for name in np.flatnonzero(state == FREE).tolist():
                for side, claimed in ((IN, limit.when_in), (OUT, limit.when_out)):
                    branch = state.copy()
                    branch[name] = side
                    known = best_in(case, branch, prepared.scale)
                    assert limit.value[b] <= claimed[b, name] <= known * (1 + 1e-7) + 1e-6


@given(SEEDS)
@settings(max_examples=depth(5, 15))
def test_a_search_over_it_agrees_with_trying_everything(seed):
    case = regular_case(seed)
    prepared = problem_of(case)
    rough = min_variance(**case.arguments, node_limit=0)
    state = np.where(rough.weights[prepared.order] > 0.0, IN, OUT).astype(np.int8)
    selection = best_weights(prepared.problem, state, None)
    search = begin(prepared.problem, 1e-9, selection, Budget())
    run(search)
    best = np.sqrt(least_variance(case)) / prepared.scale
    assert not search.open
    assert search.incumbent.volatility == pytest.approx(best, rel=1e-6)
    assert search.bound <= best * (1 + 1e-7)
    assert search.bound >= best * (1 - 1e-6)


def independent(n, seed):
    table = 0.01 * np.random.default_rng(seed).normal(size=(125, n))
    return (table - table.mean(axis=0)) / np.sqrt(124)


@pytest.mark.parametrize(("n", "held"), [(15, 5), (20, 6)])
def test_few_of_independent_names_are_proven_in_few_branches(n, held, monkeypatch):
    monkeypatch.setattr(enumeration, "MOST", 0)
    factor, groups, ids = independent(n, 0), ["all"] * n, [f"{i:02d}" for i in range(n)]
    limits = {"names_held": held, "lowest": 0.01, "highest": 1.0, "sector_cap": 1.0, "region_floor": 0.0,
              "region_cap": 1.0}  # fmt: skip
    found = min_variance(factor, groups, groups, ids=ids, node_limit=200, certificate=True, **limits)
    assert found.status == "optimal"
    assert any(getattr(step, "split", None) is not None for step in found.certificate.steps)
    assert certified(found.certificate, factor, groups, groups, limits) >= found.lower_bound * (1 - 1e-9)


def test_a_split_that_is_too_large_is_found_out(monkeypatch):
    monkeypatch.setattr(enumeration, "MOST", 0)
    factor, groups, ids = independent(15, 0), ["all"] * 15, [f"{i:02d}" for i in range(15)]
    limits = {"names_held": 5, "lowest": 0.01, "highest": 1.0, "sector_cap": 1.0, "region_floor": 0.0,
              "region_cap": 1.0}  # fmt: skip
    found = min_variance(factor, groups, groups, ids=ids, certificate=True, **limits)

    def larger(step):
        return step if getattr(step, "split", None) is None else attrs.evolve(step, split=step.split * 1.5)

    forged = attrs.evolve(found.certificate, steps=tuple(map(larger, found.certificate.steps)))
    with pytest.raises(AssertionError, match="not positive"):
        certified(forged, factor, groups, groups, limits)


def test_the_default_limit_is_counted_and_the_same_inputs_end_at_the_same_place():
    factor, groups, ids = independent(60, 1), ["all"] * 60, [f"{i:02d}" for i in range(60)]
    limits = {"names_held": 15, "lowest": 0.01, "highest": 0.2, "sector_cap": 1.0, "region_floor": 0.0,
              "region_cap": 1.0, "work_limit": 300.0, "certificate": True}  # fmt: skip
    found, again = (min_variance(factor, groups, groups, ids=ids, **limits) for _ in range(2))
    assert found.status == again.status == "limit"
    assert 0.0 < found.gap < 1.0
    np.testing.assert_array_equal(found.weights, again.weights)
    assert (found.lower_bound, found.nodes) == (again.lower_bound, again.nodes)
    known = {name: value for name, value in limits.items() if name not in ("work_limit", "certificate")}
    assert certified(found.certificate, factor, groups, groups, known) >= found.lower_bound * (1 - 1e-9)
    longer = min_variance(factor, groups, groups, ids=ids, **limits | {"work_limit": 1500.0})
    assert longer.nodes > found.nodes
    assert found.lower_bound <= longer.lower_bound <= longer.objective <= found.objective


def test_time_is_looked_at_in_the_root_and_long_histories_are_condensed():
    table = 0.01 * np.random.default_rng(3).normal(size=(3000, 60))
    groups, ids = ["all"] * 60, [f"{i:02d}" for i in range(60)]
    limits = {"names_held": 20, "lowest": 0.01, "highest": 0.2, "sector_cap": 1.0, "region_floor": 0.0,
              "region_cap": 1.0}  # fmt: skip
    found = min_variance(table, groups, groups, ids=ids, given="returns", time_limit=0.0, **limits)
    assert found.status == "limit"
    assert found.nodes == 0
    assert np.count_nonzero(found.weights) == 20
