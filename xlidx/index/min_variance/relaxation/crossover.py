"""Crossover: from an interior solution to the active set near it, made exact."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.problem import FREE, OUT, Names, Problem, State, places
from xlidx.index.min_variance.relaxation.active_set import (
    AT_BUY_IN,
    AT_CAP,
    AT_ZERO,
    FIXED,
    FRACTIONAL,
    IN_AT_BUY_IN,
    INTERIOR,
    ActiveSet,
    basic,
    count_slack,
    kkt_matrix,
    nonbasic_weights,
    refactorise,
)
from xlidx.index.min_variance.relaxation.interior_point import InteriorSolution
from xlidx.index.min_variance.relaxation.optimality import DUAL_TOLERANCE, PRIMAL_TOLERANCE, optimal
from xlidx.index.min_variance.relaxation.pivoting import null_space_step

ROUNDS = 12
NEAR = 1e-5  # of the highest weight, and of multipliers that are of the order of 1


def crossover(problem: Problem, state: State, relaxed: InteriorSolution) -> ActiveSet | None:
    """Return the exact optimum near an interior solution, or None when none is found."""
    active_set = _initial(problem, state, relaxed)
    if not _leave_null_space(active_set):
        return None
    for _ in range(ROUNDS):
        if optimal(active_set):
            return active_set
        if not _correct_bound_states(active_set) or not refactorise(active_set):
            return None
    return None


def _initial(problem: Problem, state: State, relaxed: InteriorSolution) -> ActiveSet:
    """Return the interior solution with names at their limits where it is near them; its system is not solved."""
    bound_state, active = _guess(problem, state, relaxed)
    weights = np.where(basic(bound_state), relaxed.weights, nonbasic_weights(problem, bound_state))
    y = np.where(active != 0, np.append(relaxed.multipliers, relaxed.count), 0.0)
    slopes = problem.loadings @ (weights @ problem.loadings) - y[:-1] @ problem.rows
    return ActiveSet(problem, state, weights, slopes, y, bound_state, active, [], np.zeros((0, 0)))


def _leave_null_space(active_set: ActiveSet) -> bool:
    """Move along the directions that change nothing until the system has none left.

    An optimum from the inside lies in the middle of a face when several points are optimal; there the system is
    singular.
    """
    for _ in range(active_set.problem.size + len(active_set.active)):
        if refactorise(active_set):
            return True
        n, system = active_set.problem.size, kkt_matrix(active_set)
        values, vectors = np.linalg.eigh(system)
        x = vectors[:, np.abs(values).argmin()]
        activity = np.append(active_set.problem.rows @ active_set.weights, count_slack(active_set))
        if (
            null_space_step(active_set, n, x, 0.0, activity) is not True
            and null_space_step(active_set, n, -x, 0.0, activity) is not True
            and not _drop_dependent_row(active_set, x)
        ):
            return False
    return False


def _drop_dependent_row(active_set: ActiveSet, x: Floats) -> bool:
    """Let one active row go that follows from the others over the names of this branch; False if there is none."""
    n, basis = active_set.problem.size, np.array(active_set.basis, dtype=np.intp)
    rows = basis >= n
    share = np.where(basis > n, np.abs(x), 0.0)  # the budget stays
    if np.abs(x[~rows]).max(initial=0.0) > NEAR or share.max() < NEAR:
        return False
    gone = int(np.round(share, 9).argmax())
    y = active_set.multipliers
    y[basis[rows] - n] -= y[basis[gone] - n] / x[gone] * x[rows]
    active_set.active[basis[gone] - n] = 0
    return True


def _guess(problem: Problem, state: State, relaxed: InteriorSolution) -> tuple[Names, Names]:
    w, near = relaxed.weights, NEAR * problem.highest
    free = state == FREE
    bound_state = np.select(
        [state == OUT, w > problem.highest - near, w > problem.lowest + near, w > problem.lowest - near, w > near],
        [FIXED, AT_CAP, INTERIOR, np.where(free, AT_BUY_IN, IN_AT_BUY_IN), FRACTIONAL],
        AT_ZERO,
    )
    activity = problem.rows @ w
    binds = np.abs(relaxed.multipliers) > NEAR
    at_low = np.abs(activity - problem.low) <= np.abs(problem.high - activity)
    active = np.where(binds, np.where(at_low, -1, 1), 0)
    active[0] = -1
    return bound_state, np.append(active, -1 if relaxed.count > NEAR and (bound_state == FRACTIONAL).any() else 0)


def _correct_bound_states(active_set: ActiveSet) -> bool:
    """Change every bound state and row activity that contradicts optimality; False if none does."""
    problem, old, w, d = active_set.problem, active_set.bound_state, active_set.weights, active_set.slopes
    theta, free, counting = active_set.multipliers[-1], active_set.state == FREE, bool(active_set.active[-1])
    part, above = old == FRACTIONAL, old == INTERIOR
    bound_state = np.select(
        [
            part & (w < -PRIMAL_TOLERANCE),
            part & (w > problem.lowest + PRIMAL_TOLERANCE),
            above & (w < problem.lowest - PRIMAL_TOLERANCE),
            above & (w > problem.highest + PRIMAL_TOLERANCE),
            ((old == AT_ZERO) & (d < theta - DUAL_TOLERANCE)) | ((old == AT_BUY_IN) & (d > theta + DUAL_TOLERANCE)),
            (((old == AT_BUY_IN) | (old == IN_AT_BUY_IN)) & (d < -DUAL_TOLERANCE))
            | ((old == AT_CAP) & (d > DUAL_TOLERANCE)),
        ],
        [
            AT_ZERO,
            AT_BUY_IN if counting else INTERIOR,
            np.where(free, AT_BUY_IN if counting else FRACTIONAL, IN_AT_BUY_IN),
            AT_CAP,
            FRACTIONAL,
            INTERIOR,
        ],
        old,
    )
    active = _correct_rows(active_set)
    if not counting and not (bound_state == FRACTIONAL).any():
        active[-1] = 0
    same = bool((bound_state == old).all() and (active == active_set.active).all())
    active_set.weights = np.where(basic(bound_state), w, nonbasic_weights(problem, bound_state))
    active_set.multipliers = np.where(active != 0, active_set.multipliers, 0.0)
    active_set.bound_state, active_set.active = bound_state, active
    return not same


def _correct_rows(active_set: ActiveSet) -> Names:
    problem, y, active = active_set.problem, active_set.multipliers[:-1], active_set.active.copy()
    activity = problem.rows @ active_set.weights
    off = (active[:-1] * y > DUAL_TOLERANCE) & (problem.low < problem.high)
    below, above = activity < problem.low - PRIMAL_TOLERANCE, activity > problem.high + PRIMAL_TOLERANCE
    entering = np.where(below, -1, np.where(above, 1, 0))
    active[:-1] = np.where(active[:-1] != 0, np.where(off, 0, active[:-1]), entering)
    part = float(np.minimum(active_set.weights, problem.lowest)[active_set.state == FREE].sum())
    if active[-1]:
        active[-1] = 0 if active_set.multipliers[-1] < -DUAL_TOLERANCE else -1
    elif part < problem.lowest * places(problem, active_set.state) - PRIMAL_TOLERANCE:
        active[-1] = -1
    return active
