"""Optimal points of relaxations as active sets, and the paths between them.

At the optimum of a relaxation every name is of one kind (d is its slope, ``S w - R'y``; theta the multiplier of
the row that counts names, see :mod:`relaxation`):

    ZERO    free, w = 0, d >= theta            PART   free, 0 < w < lowest, d = theta
    LOW     free, w = lowest, 0 <= d <= theta  SET    in,   w = lowest, d >= 0
    ABOVE   lowest < w < highest, d = 0        HIGH   w = highest, d <= 0

and names that are out, or on their way, are FIXED.  The weights of PART and ABOVE names (the basic names) and
the multipliers of active rows solve one linear system, whose inverse is kept.  When a branch settles names,
their weights are moved to 0 or to ``lowest`` in a straight line; along the way all others follow linearly until
a name changes its kind or a row its activity, which changes the inverse by one row and column.
"""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.problem import FREE, Names, Problem, State, places

ZERO, PART, LOW, SET, ABOVE, HIGH, FIXED = range(7)
PIVOT, SINGULAR = 1e-11, 1e10  # a smaller pivot, a larger inverse: the system is singular


@attrs.define(eq=False)
class Corner:
    """A point on the way between optima of relaxations; changed in place.

    ``kind`` (N,) of the names; ``active`` (M + 1,) tells the side of the rows that bind: -1 at the low limit, 1
    at the high one, 0 none; the last row is the count.  ``order`` lists what the rows of ``inverse`` stand for:
    name i as i, row r as N + r.
    """

    problem: Problem
    state: State
    weights: Floats
    slopes: Floats
    multipliers: Floats
    kind: Names
    active: Names
    order: list[int]
    inverse: Floats

    @property
    def dual(self) -> Dual:
        """The point to compute a bound from."""
        return Dual(self.weights, self.multipliers[:-1])

    def copy(self) -> Corner:
        """Return a corner that can be moved without changing this one."""
        names = ("weights", "slopes", "multipliers", "kind", "active", "order", "inverse")
        return attrs.evolve(self, **{name: getattr(self, name).copy() for name in names})


def basic(kind: Names) -> Bools:
    """Tell which names have a weight that the linear system determines."""
    result: Bools = (kind == PART) | (kind == ABOVE)
    return result


def resting(problem: Problem, kind: Names) -> Floats:
    """Return the weight at which a name of each kind rests; 0 for those that do not rest."""
    weights: Floats = np.array((0.0, 0.0, problem.lowest, problem.lowest, 0.0, problem.highest, 0.0))[kind]
    return weights


def counted(corner: Corner) -> float:
    """Return by how much the count row exceeds its limit: ``sum of min(lowest, w) - lowest p`` over free names."""
    kind, lowest = corner.kind, corner.problem.lowest
    full = (kind == LOW) | ((corner.state == FREE) & ((kind == ABOVE) | (kind == HIGH)))
    part = float(corner.weights[kind == PART].sum())
    return part + lowest * (int(np.count_nonzero(full)) - places(corner.problem, corner.state))


def coefficients(corner: Corner, item: int) -> Floats:
    """Return the column of the linear system that belongs to a name or a row, over ``order``."""
    n, order = corner.problem.size, np.array(corner.order, dtype=np.intp)
    column, names = np.zeros(len(order)), order < n
    if item < n:
        loadings = corner.problem.loadings
        column[names] = loadings[order[names]] @ loadings[item]
        entries = np.append(corner.problem.rows[:, item], float(corner.kind[item] == PART))
        column[~names] = entries[order[~names] - n]
    else:
        column[names] = _row(corner, item - n)[order[names]]
    return column


def _row(corner: Corner, row: int) -> Floats:
    if row < len(corner.problem.rows):
        own: Floats = corner.problem.rows[row]
        return own
    parts: Floats = (corner.kind == PART).astype(np.float64)
    return parts


def insert(corner: Corner, item: int) -> bool:
    """Add a name or a row to the linear system; False when that makes it singular."""
    column = coefficients(corner, item)
    diagonal = 0.0
    if item < corner.problem.size:
        own = corner.problem.loadings[item]
        diagonal = float(own @ own)
    across = corner.inverse @ column
    pivot = diagonal - float(column @ across)
    if abs(pivot) < PIVOT:
        return False
    size = len(column)
    grown: Floats = np.empty((size + 1, size + 1))
    grown[:size, :size] = corner.inverse + np.outer(across, across / pivot)
    grown[:size, size] = grown[size, :size] = across / -pivot
    grown[size, size] = 1.0 / pivot
    corner.inverse = grown
    corner.order.append(item)
    return True


def remove(corner: Corner, item: int) -> bool:
    """Take a name or a row out of the linear system; False when that makes it singular."""
    place = corner.order.index(item)
    column = corner.inverse[:, place]
    pivot = float(column[place])
    if abs(pivot) < PIVOT:
        return False
    rest: Floats = corner.inverse - np.outer(column, column / pivot)
    last = len(column) - 1
    if place != last:
        rest[place], rest[:, place] = rest[last], rest[:, last]
        rest[place, place] = rest[last, last]
        corner.order[place] = corner.order[last]
    corner.order.pop()
    corner.inverse = rest[:last, :last].copy()
    return True


def matrix(corner: Corner) -> Floats:
    """Compute the linear system from the kinds of names and rows; sets ``order``."""
    problem = corner.problem
    names, rows = np.flatnonzero(basic(corner.kind)), np.flatnonzero(corner.active)
    own, table = problem.loadings[names], np.vstack((problem.rows, corner.kind == PART))[rows][:, names]
    corner.order = [*names.tolist(), *(problem.size + rows).tolist()]
    return np.block([[own @ own.T, table.T], [table, np.zeros((len(rows), len(rows)))]])


def rebuild(corner: Corner) -> bool:
    """Compute the inverse afresh; False when the system is singular."""
    try:
        inverse = np.asarray(np.linalg.inv(matrix(corner)), dtype=np.float64)
    except np.linalg.LinAlgError:
        return False
    corner.inverse = inverse
    return bool(np.abs(inverse).max(initial=0.0) < SINGULAR)


def narrowed(corner: Corner, problem: Problem, keep: Bools) -> Corner:
    """Return the corner in the problem over some of its names; the names left out must be out."""
    n, position = corner.problem.size, np.cumsum(keep) - 1
    order = [int(position[i]) if i < n else i - n + problem.size for i in corner.order]
    return Corner(
        problem,
        corner.state[keep],
        corner.weights[keep],
        corner.slopes[keep],
        corner.multipliers.copy(),
        corner.kind[keep],
        corner.active.copy(),
        order,
        corner.inverse.copy(),
    )
