"""Whether a corner is optimal, once the rounding that a path leaves behind is taken out."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.relaxation.active_set import PART, Corner, basic, counted, rebuild

SMALL = 1e-11  # of weights, that are of the order of 0.01
STEEP = 1e-8  # of slopes, that are of the order of 1
REFINEMENTS, PRECISE, LOST = 3, 1e-13, 1e-10  # residuals to stop at, and above which the inverse is of no use


def optimal(corner: Corner) -> bool:
    """Refine the point and tell whether it is optimal for its branch."""
    if not refine(corner):
        return False
    problem, kind, w, d = corner.problem, corner.kind, corner.weights, corner.slopes
    theta, y = corner.multipliers[-1], corner.multipliers[:-1]
    floor = np.array((theta, -np.inf, 0.0, 0.0, -np.inf, -np.inf, -np.inf))[kind]
    ceiling = np.array((np.inf, np.inf, theta, np.inf, np.inf, 0.0, np.inf))[kind]
    activity = problem.rows @ w
    loose = max(float((problem.low - activity).max()), float((activity - problem.high).max()), -counted(corner))
    limits = np.array(((0.0, 0.0), (0.0, problem.lowest), *[(problem.lowest, problem.highest)] * 4, (0.0, 1.0)))[kind]
    outside = max(float((limits[:, 0] - w).max()), float((w - limits[:, 1]).max()))
    signs = np.where(problem.low < problem.high, y * np.sign(corner.active[:-1]), 0.0)
    slope = max(float((floor - d).max()), float((d - ceiling).max()), float(signs.max(initial=0.0)), -theta)
    return loose < SMALL and outside < SMALL and slope < STEEP


def refine(corner: Corner) -> bool:
    """Take out the rounding that a path leaves behind; False when the inverse has lost its accuracy."""
    problem = corner.problem
    n, order = problem.size, np.array(corner.order, dtype=np.intp)
    names = order[order < n]
    for _ in range(REFINEMENTS):
        slopes = problem.loadings @ (corner.weights @ problem.loadings) - corner.multipliers[:-1] @ problem.rows
        wanted = np.where(corner.kind == PART, corner.multipliers[-1], 0.0) - slopes
        limit = np.where(corner.active < 0, np.append(problem.low, 0.0), np.append(problem.high, 0.0))
        missing = limit - np.append(problem.rows @ corner.weights, counted(corner))
        right = np.concatenate((wanted, missing))[order]
        corner.slopes = slopes
        worst = float(np.abs(right).max(initial=0.0))
        if worst < PRECISE:
            return True
        solved = corner.inverse @ right
        corner.weights[names] += solved[order < n]
        corner.multipliers[order[order >= n] - n] -= solved[order >= n]
    corner.slopes = problem.loadings @ (corner.weights @ problem.loadings) - corner.multipliers[:-1] @ problem.rows
    return worst < LOST


def finish(corner: Corner) -> Floats | None:
    """Return the weights of a corner computed afresh, so that they do not depend on the way that led to it."""
    corner = corner.copy()
    free = basic(corner.kind)
    corner.weights[free], corner.multipliers[:] = corner.problem.lowest, 0.0
    return corner.weights if rebuild(corner) and refine(corner) else None
