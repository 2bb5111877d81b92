"""The rooms behind the selection: bounds that never lie, two ways to solve a relaxation, one answer."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.depth import depth
from tests.index.min_variance.rig import random_case, supports, variances
from xlidx.index.min_variance.bounds import Dual, bound
from xlidx.index.min_variance.inputs import Conditions, Groups, prepare
from xlidx.index.min_variance.problem import FREE, IN, OUT, places, propagated, restricted_to, violation, volatility
from xlidx.index.min_variance.relaxation.active_set import ActiveSet
from xlidx.index.min_variance.relaxation.crossover import crossover
from xlidx.index.min_variance.relaxation.interior_point import relax
from xlidx.index.min_variance.relaxation.parametric import reoptimise
from xlidx.index.min_variance.search.feasibility import farkas_proof, feasible_state
from xlidx.index.min_variance.search.heuristics import Selection, better_of
from xlidx.index.min_variance.search.probing import probe

SEEDS = st.integers(0, 10**9)


def problem_of(case):
    limits = (case.lowest, case.highest, case.sector_cap, case.region_floor, case.region_cap)
    conditions = Conditions(case.names_held, *(limit / 100 for limit in limits))
    ids = case.arguments["ids"]
    return prepare(case.factor, "factor", ids, Groups({"sector": case.sectors, "region": case.regions}), conditions)


def random_state(problem, rng):
    """A branch in which the number of names can be met."""
    state = np.full(problem.size, FREE)
    for name in rng.permutation(problem.size)[: rng.integers(0, problem.size)]:
        after = state.copy()
        after[name] = rng.choice([IN, OUT])
        if propagated(problem, after) is None:
            break
        state = after
    return propagated(problem, state)


def best_in(case, state, scale):
    """Least volatility of the selections of a branch, by trying all of them."""
    chosen = supports(case)
    held = np.zeros((len(chosen), len(state)), dtype=bool)
    np.put_along_axis(held, chosen, True, axis=1)
    agree = (held | (state != IN)).all(axis=1) & (~held | (state != OUT)).all(axis=1)
    return float(np.sqrt(variances(case, chosen[agree]).min())) / scale if agree.any() else np.inf


@given(SEEDS)
@settings(max_examples=depth(25, 100))
def test_no_dual_point_proves_too_much(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    prepared = problem_of(case)
    problem, state = prepared.problem, random_state(prepared.problem, rng)
    best = best_in(case, state, prepared.scale)
    solved = relax(problem, state)
    for noise in (0.0, 0.01, 1.0):
        weights = solved.weights + noise * 0.1 * rng.normal(size=problem.size)
        multipliers = solved.multipliers + noise * rng.normal(size=len(problem.rows))
        limit = bound(problem, state, Dual(weights, multipliers))
        assert limit.value <= best * (1 + 1e-7) + 1e-6
        for name in np.flatnonzero(state == FREE).tolist():
            for side, claimed in ((IN, limit.when_in), (OUT, limit.when_out)):
                branch = state.copy()
                branch[name] = side
                assert limit.value <= claimed[name] <= best_in(case, branch, prepared.scale) * (1 + 1e-7) + 1e-6


@given(SEEDS)
@settings(max_examples=depth(15, 60))
def test_looking_ahead_never_proves_too_much(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    prepared = problem_of(case)
    problem, state = prepared.problem, random_state(prepared.problem, rng)
    relaxed = relax(problem, state)
    active_set = crossover(problem, state, relaxed) if relaxed.converged else None
    assume(active_set is not None)
    probes = probe(active_set)
    for j, name in enumerate(probes.names.tolist()):
        for side, claimed in ((IN, probes.when_in[j]), (OUT, probes.when_out[j])):
            branch = state.copy()
            branch[name] = side
            assert claimed <= best_in(case, branch, prepared.scale) * (1 + 1e-7) + 1e-6
            again = bound(problem, branch, probes.dual(j, inside=side == IN)).value
            assert again == pytest.approx(claimed, rel=1e-9, abs=1e-9) or np.isinf(claimed)


@given(SEEDS)
@settings(max_examples=depth(37, 150))
def test_the_path_and_the_interior_point_meet(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    problem = problem_of(case).problem
    root, state = np.full(problem.size, FREE), random_state(problem, rng)
    relaxed = relax(problem, root)
    active_set = crossover(problem, root, relaxed) if relaxed.converged else None
    assume(active_set is not None)
    assert bound(problem, root, active_set.dual).value == pytest.approx(
        bound(problem, root, relaxed.dual).value, rel=1e-5, abs=1e-5
    )
    arrived, fresh = reoptimise(active_set, state), relax(problem, state)
    if isinstance(arrived, Dual):
        assert np.isinf(bound(problem, state, arrived).value)
        assert farkas_proof(problem, state) is not None
    elif isinstance(arrived, ActiveSet):
        assert np.array_equal(arrived.state, state)
        if fresh.converged and not (state == FREE).any():
            assert volatility(problem, arrived.weights) == pytest.approx(
                volatility(problem, fresh.weights), rel=1e-5, abs=1e-5
            )
            assert violation(problem, arrived.weights) < 1e-10


@given(SEEDS)
@settings(max_examples=depth(15, 60))
def test_a_problem_over_fewer_names_is_the_same_there(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    problem = problem_of(case).problem
    keep = rng.random(problem.size) < 0.7
    assume(keep.any())
    small, weights = restricted_to(problem, keep), rng.random(keep.sum())
    whole = np.zeros(problem.size)
    whole[keep] = weights
    assert small.loadings.shape[1] <= max(small.size, 1)
    assert volatility(small, weights) == pytest.approx(volatility(problem, whole), rel=1e-12)
    np.testing.assert_allclose(small.rows @ weights, problem.rows @ whole, rtol=1e-13)


@given(SEEDS)
@settings(max_examples=depth(15, 60))
def test_feasibility_agrees_with_trying_everything(seed):
    case = random_case(seed)
    problem = problem_of(case).problem
    state = feasible_state(problem, np.random.default_rng(seed).random(problem.size))
    assert (state is None) == (len(supports(case)) == 0)
    if state is not None:
        assert places(problem, state) == 0
        assert tuple(np.flatnonzero(state == IN).tolist()) in set(map(tuple, supports(case).tolist()))


def test_a_number_of_names_that_cannot_be_met_ends_a_branch():
    problem = problem_of(random_case(0)).problem
    every = np.full(problem.size, IN)
    if problem.held < problem.size:
        assert propagated(problem, every) is None
    none = np.full(problem.size, OUT)
    assert propagated(problem, none) is None
    last = none.copy()
    last[: problem.held] = FREE
    assert (propagated(problem, last)[: problem.held] == IN).all()
    full = np.full(problem.size, FREE)
    full[: problem.held] = IN
    assert (propagated(problem, full)[problem.held :] == OUT).all()


def test_the_lower_volatility_is_preferred_and_among_equals_the_first_list():
    early, late = np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.0, 0.5])
    for shift, best in ((0.0, early), (1e-10, early), (-1e-10, early), (1e-8, late), (-1e-8, early)):
        first, second = Selection(early, 1.0 + shift, None), Selection(late, 1.0, None)
        assert better_of(first, second).weights is best
        assert better_of(second, first).weights is best
    assert better_of(first, None) is first
