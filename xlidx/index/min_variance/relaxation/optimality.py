"""Whether an active set is optimal, once the rounding that a path leaves behind is taken out."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.relaxation.active_set import FRACTIONAL, ActiveSet, basic, count_slack, refactorise

PRIMAL_TOLERANCE = 1e-11  # of weights, that are of the order of 0.01
DUAL_TOLERANCE = 1e-8  # of slopes, that are of the order of 1
REFINEMENTS, PRECISE, LOST = 3, 1e-13, 1e-10  # residuals to stop at, and above which the inverse is of no use


def optimal(active_set: ActiveSet) -> bool:
    """Refine the point and tell whether it is optimal for its branch."""
    if not refine(active_set):
        return False
    problem, bound_state, w, d = active_set.problem, active_set.bound_state, active_set.weights, active_set.slopes
    theta, y = active_set.multipliers[-1], active_set.multipliers[:-1]
    floor = np.array((theta, -np.inf, 0.0, 0.0, -np.inf, -np.inf, -np.inf))[bound_state]
    ceiling = np.array((np.inf, np.inf, theta, np.inf, np.inf, 0.0, np.inf))[bound_state]
    activity = problem.rows @ w
    loose = max(float((problem.low - activity).max()), float((activity - problem.high).max()), -count_slack(active_set))
    limits = np.array(((0.0, 0.0), (0.0, problem.lowest), *[(problem.lowest, problem.highest)] * 4, (0.0, 1.0)))[
        bound_state
    ]
    outside = max(float((limits[:, 0] - w).max()), float((w - limits[:, 1]).max()))
    signs = np.where(problem.low < problem.high, y * np.sign(active_set.active[:-1]), 0.0)
    slope = max(float((floor - d).max()), float((d - ceiling).max()), float(signs.max(initial=0.0)), -theta)
    return loose < PRIMAL_TOLERANCE and outside < PRIMAL_TOLERANCE and slope < DUAL_TOLERANCE


def refine(active_set: ActiveSet) -> bool:
    """Take out the rounding that a path leaves behind; False when the inverse has lost its accuracy."""
    problem = active_set.problem
    n, basis = problem.size, np.array(active_set.basis, dtype=np.intp)
    names = basis[basis < n]
    for _ in range(REFINEMENTS):
        slopes = problem.loadings @ (active_set.weights @ problem.loadings) - active_set.multipliers[:-1] @ problem.rows
        wanted = np.where(active_set.bound_state == FRACTIONAL, active_set.multipliers[-1], 0.0) - slopes
        limit = np.where(active_set.active < 0, np.append(problem.low, 0.0), np.append(problem.high, 0.0))
        missing = limit - np.append(problem.rows @ active_set.weights, count_slack(active_set))
        right = np.concatenate((wanted, missing))[basis]
        active_set.slopes = slopes
        worst = float(np.abs(right).max(initial=0.0))
        if worst < PRECISE:
            return True
        solved = active_set.kkt_inverse @ right
        active_set.weights[names] += solved[basis < n]
        active_set.multipliers[basis[basis >= n] - n] -= solved[basis >= n]
    active_set.slopes = (
        problem.loadings @ (active_set.weights @ problem.loadings) - active_set.multipliers[:-1] @ problem.rows
    )
    return worst < LOST


def solve_afresh(active_set: ActiveSet) -> Floats | None:
    """Return the weights of an active set computed afresh, so that they do not depend on the way that led to it."""
    active_set = active_set.copy()
    free = basic(active_set.bound_state)
    active_set.weights[free], active_set.multipliers[:] = active_set.problem.lowest, 0.0
    return active_set.weights if refactorise(active_set) and refine(active_set) else None
