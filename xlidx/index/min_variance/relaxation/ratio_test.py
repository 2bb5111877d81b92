"""How an active set moves along a line, and what changes first (the ratio test)."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.relaxation.active_set import AT_BUY_IN, AT_ZERO, FRACTIONAL, ActiveSet, basic

RATE = 1e-12  # what moves more slowly stands still


@attrs.frozen(eq=False)
class Perturbation:
    """What is prescribed per unit of the way: weights of FIXED names, slopes of basic names, the count row."""

    weights: Floats
    slopes: Floats
    count: float


@attrs.frozen(eq=False)
class Direction:
    """How everything moves per unit of the way: weights and slopes of names, multipliers and activity of rows."""

    weights: Floats
    slopes: Floats
    multipliers: Floats
    activity: Floats


def search_direction(active_set: ActiveSet, perturbation: Perturbation) -> Direction:
    """Solve for the way everything else moves while the prescribed weights and slopes move along the line."""
    problem = active_set.problem
    n, m = problem.size, len(problem.rows)
    basis = np.array(active_set.basis, dtype=np.intp)
    names, rows = basis[basis < n], basis[basis >= n] - n
    pushed = problem.loadings @ (perturbation.weights @ problem.loadings)
    away = np.append(problem.rows @ perturbation.weights, perturbation.count)
    right = np.concatenate((perturbation.slopes - pushed, -away))[basis]
    solved = active_set.kkt_inverse @ right
    weights, multipliers = perturbation.weights.copy(), np.zeros(m + 1)
    weights[names] = solved[basis < n]
    multipliers[rows] = -solved[basis >= n]
    slopes = problem.loadings @ (weights @ problem.loadings) - multipliers[:m] @ problem.rows
    parts = float(weights[active_set.bound_state == FRACTIONAL].sum())
    return Direction(weights, slopes, multipliers, np.append(problem.rows @ weights, parts + perturbation.count))


def ratio_test(active_set: ActiveSet, direction: Direction, activity: Floats, left: float) -> tuple[float, int, bool]:
    """Return the step to the first change, the item that changes (-1: none) and whether it falls to its floor."""
    problem, theta = active_set.problem, active_set.multipliers[-1]
    bound = basic(active_set.bound_state)
    lowest, highest, turn = problem.lowest, problem.highest, direction.multipliers[-1]
    floors = np.array((theta, 0.0, 0.0, 0.0, lowest, -np.inf, -np.inf))[active_set.bound_state]
    ceilings = np.array((np.inf, lowest, theta, np.inf, highest, 0.0, np.inf))[active_set.bound_state]
    moving = np.where(bound, direction.weights, direction.slopes)
    values = np.where(bound, active_set.weights, active_set.slopes)
    down = moving - np.where(active_set.bound_state == AT_ZERO, turn, 0.0)
    up = moving - np.where(active_set.bound_state == AT_BUY_IN, turn, 0.0)
    free = active_set.active == 0
    low, high = np.append(problem.low, 0.0), np.append(problem.high, np.inf)
    equal = low == high
    row_values = np.where(free, activity, active_set.multipliers)
    row_moving = np.where(free, direction.activity, direction.multipliers)
    row_floors = np.where(free, low, np.where((active_set.active < 0) & ~equal, 0.0, -np.inf))
    row_ceilings = np.where(free, high, np.where((active_set.active > 0) & ~equal, 0.0, np.inf))
    values, down, up = (np.concatenate(pair) for pair in ((values, row_values), (down, row_moving), (up, row_moving)))
    floors, ceilings = np.concatenate((floors, row_floors)), np.concatenate((ceilings, row_ceilings))
    with np.errstate(divide="ignore", invalid="ignore"):
        fall = np.where(down < -RATE, np.maximum(values - floors, 0.0) / -down, np.inf)
        rise = np.where(up > RATE, np.maximum(ceilings - values, 0.0) / up, np.inf)
    first = np.minimum(fall, rise)
    event = int(first.argmin())
    if first[event] >= left:
        return left, -1, False
    return float(first[event]), event, bool(fall[event] <= rise[event])
