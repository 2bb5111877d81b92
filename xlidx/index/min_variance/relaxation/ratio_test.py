"""How a corner moves along a line, and what changes first."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.relaxation.active_set import LOW, PART, ZERO, Corner, basic

RATE = 1e-12  # what moves more slowly stands still


@attrs.frozen(eq=False)
class Line:
    """What is prescribed per unit of the way: weights of FIXED names, slopes of basic names, the count row."""

    weights: Floats
    slopes: Floats
    count: float


@attrs.frozen(eq=False)
class Rates:
    """How everything moves per unit of the way: weights and slopes of names, multipliers and activity of rows."""

    weights: Floats
    slopes: Floats
    multipliers: Floats
    activity: Floats


def rates(corner: Corner, line: Line) -> Rates:
    """Solve for the way everything else moves while the prescribed weights and slopes move along the line."""
    problem = corner.problem
    n, m = problem.size, len(problem.rows)
    order = np.array(corner.order, dtype=np.intp)
    names, rows = order[order < n], order[order >= n] - n
    pushed = problem.loadings @ (line.weights @ problem.loadings)
    away = np.append(problem.rows @ line.weights, line.count)
    right = np.concatenate((line.slopes - pushed, -away))[order]
    solved = corner.inverse @ right
    weights, multipliers = line.weights.copy(), np.zeros(m + 1)
    weights[names] = solved[order < n]
    multipliers[rows] = -solved[order >= n]
    slopes = problem.loadings @ (weights @ problem.loadings) - multipliers[:m] @ problem.rows
    parts = float(weights[corner.kind == PART].sum())
    return Rates(weights, slopes, multipliers, np.append(problem.rows @ weights, parts + line.count))


def first_change(corner: Corner, rate: Rates, activity: Floats, left: float) -> tuple[float, int, bool]:
    """Return the step to the first change, the item that changes (-1: none) and whether it falls to its floor."""
    problem, theta = corner.problem, corner.multipliers[-1]
    bound = basic(corner.kind)
    lowest, highest, turn = problem.lowest, problem.highest, rate.multipliers[-1]
    floors = np.array((theta, 0.0, 0.0, 0.0, lowest, -np.inf, -np.inf))[corner.kind]
    ceilings = np.array((np.inf, lowest, theta, np.inf, highest, 0.0, np.inf))[corner.kind]
    moving = np.where(bound, rate.weights, rate.slopes)
    values = np.where(bound, corner.weights, corner.slopes)
    down = moving - np.where(corner.kind == ZERO, turn, 0.0)
    up = moving - np.where(corner.kind == LOW, turn, 0.0)
    free = corner.active == 0
    low, high = np.append(problem.low, 0.0), np.append(problem.high, np.inf)
    equal = low == high
    row_values = np.where(free, activity, corner.multipliers)
    row_moving = np.where(free, rate.activity, rate.multipliers)
    row_floors = np.where(free, low, np.where((corner.active < 0) & ~equal, 0.0, -np.inf))
    row_ceilings = np.where(free, high, np.where((corner.active > 0) & ~equal, 0.0, np.inf))
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
