"""Look ahead: bounds for both branches of every undecided name, without solving either branch.

Moving one basic name by ``delta`` and letting all others follow is one column of the inverse of a corner; it
moves the dual point in a straight line.  The bound of :mod:`bounds` holds at every point of that line, so the
best of a full, a half and a quarter step is a bound of the branch in which the name has made the move.
"""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual, proven, row_term
from xlidx.index.min_variance.problem import FREE, IN, Names, places
from xlidx.index.min_variance.relaxation.active_set import PIVOT, Corner, basic

STEPS = (1.0, 0.5, 0.25)


@attrs.frozen(eq=False)
class Fan:
    """The lines of the dual point for J names moved by one unit each (first axis)."""

    weights: Floats
    multipliers: Floats
    slopes: Floats
    directions: Floats


@attrs.frozen(eq=False)
class Outlook:
    """Bounds of both branches of J names, each of shape (J,), and how far along the line they are proven."""

    corner: Corner
    names: Names
    fan: Fan
    when_in: Floats
    when_out: Floats
    steps_in: Floats
    steps_out: Floats

    def dual(self, place: int, inside: bool) -> Dual:
        """Return the dual point that proves the bound of one branch of one name."""
        step, dual = (self.steps_in if inside else self.steps_out)[place], self.corner.dual
        weights = dual.weights + step * self.fan.weights[place]
        return Dual(weights, dual.multipliers + step * self.fan.multipliers[place])


def outlook(corner: Corner) -> Outlook:
    """Return the bounds of the branches of every free name whose weight lies between limits."""
    names = np.flatnonzero((corner.state == FREE) & basic(corner.kind))
    pivots = corner.inverse.diagonal()[[corner.order.index(name) for name in names.tolist()]] if len(names) else names
    names = names[np.abs(pivots) > PIVOT]
    fan = _fan(corner, names)
    inward = np.maximum(corner.problem.lowest - corner.weights[names], 0.0)
    when_in, steps_in = _best(corner, names, fan, inward, inside=True)
    when_out, steps_out = _best(corner, names, fan, -corner.weights[names], inside=False)
    return Outlook(corner, names, fan, when_in, when_out, steps_in, steps_out)


def _fan(corner: Corner, names: Names) -> Fan:
    problem, n = corner.problem, corner.problem.size
    order = np.array(corner.order, dtype=np.intp)
    where = np.array([corner.order.index(name) for name in names.tolist()], dtype=np.intp)
    columns = corner.inverse[:, where] / corner.inverse[where, where]
    weights, multipliers = np.zeros((len(names), n)), np.zeros((len(names), len(problem.rows) + 1))
    weights[:, order[order < n]] = columns[order < n].T
    multipliers[:, order[order >= n] - n] = -columns[order >= n].T
    multipliers = multipliers[:, :-1]
    directions = weights @ problem.loadings
    slopes = directions @ problem.loadings.T - multipliers @ problem.rows
    return Fan(weights, multipliers, slopes, directions)


def _best(corner: Corner, names: Names, fan: Fan, moves: Floats, inside: bool) -> tuple[Floats, Floats]:
    """Return the best bound over the steps and the step, by name."""
    values = np.array([_bounds(corner, names, fan, share * moves, inside) for share in STEPS])
    pick = values.argmax(axis=0)
    return values.max(axis=0), np.array(STEPS)[pick] * moves


def _bounds(corner: Corner, names: Names, fan: Fan, moves: Floats, inside: bool) -> Floats:
    problem, each = corner.problem, np.arange(len(names))
    slopes = corner.slopes + moves[:, None] * fan.slopes
    multipliers = corner.multipliers[:-1] + moves[:, None] * fan.multipliers
    cost = np.minimum(slopes * problem.lowest, slopes * problem.highest)
    total = row_term(problem, multipliers) + cost[:, corner.state == IN].sum(axis=1)
    left = places(problem, corner.state) - inside
    if inside:
        total = total + cost[each, names]
    cost[each, names] = np.inf
    free = cost[:, corner.state == FREE]
    if left > free.shape[1] - 1:
        return np.full(len(names), np.inf)
    total = total + np.sort(free, axis=1)[:, :left].sum(axis=1)
    point = corner.weights @ problem.loadings + moves[:, None] * fan.directions
    return proven(problem, total, np.sqrt((point**2).sum(axis=1)), np.abs(multipliers).sum(axis=1))
