"""Optimal points of relaxations as active sets (basic solutions), and the linear system of their basis.

At the optimum of a relaxation every name has one bound state (d is its slope, ``S w - R'y``; theta the multiplier
of the row that counts names, see :mod:`xlidx.index.min_variance.relaxation.interior_point`):

    AT_ZERO    free, w = 0, d >= theta            FRACTIONAL    free, 0 < w < lowest, d = theta
    AT_BUY_IN  free, w = lowest, 0 <= d <= theta  IN_AT_BUY_IN  in,   w = lowest, d >= 0
    INTERIOR   lowest < w < highest, d = 0        AT_CAP        w = highest, d <= 0

and names that are out, or on their way, are FIXED.  The weights of FRACTIONAL and INTERIOR names (the basic names)
and the multipliers of active rows solve one linear system (Karush, Kuhn and Tucker), whose inverse is kept.  When
branching fixes names, their weights are moved to 0 or to ``lowest`` in a straight line; along the way all others
follow linearly until a name changes its bound state or a row its activity, which changes the inverse by one row and
column.
"""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.problem import FREE, Names, Problem, State, places

AT_ZERO, FRACTIONAL, AT_BUY_IN, IN_AT_BUY_IN, INTERIOR, AT_CAP, FIXED = range(7)
PIVOT, SINGULAR = 1e-11, 1e10  # a smaller pivot, a larger inverse: the system is singular


@attrs.define(eq=False)
class ActiveSet:
    """A point on the way between optima of relaxations; changed in place.

    ``bound_state`` (N,) of the names; ``active`` (M + 1,) tells the side of the rows that bind: -1 at the low limit,
    1 at the high one, 0 none; the last row is the count.  ``basis`` lists what the rows of ``kkt_inverse`` stand for:
    name i as i, row r as N + r.
    """

    problem: Problem
    state: State
    weights: Floats
    slopes: Floats
    multipliers: Floats
    bound_state: Names
    active: Names
    basis: list[int]
    kkt_inverse: Floats

    @property
    def dual(self) -> Dual:
        """The point to compute a bound from."""
        return Dual(self.weights, self.multipliers[:-1])

    def copy(self) -> ActiveSet:
        """Return an active set that can be moved without changing this one."""
        names = ("weights", "slopes", "multipliers", "bound_state", "active", "basis", "kkt_inverse")
        return attrs.evolve(self, **{name: getattr(self, name).copy() for name in names})


def basic(bound_state: Names) -> Bools:
    """Tell which names have a weight that the linear system determines."""
    result: Bools = (bound_state == FRACTIONAL) | (bound_state == INTERIOR)
    return result


def nonbasic_weights(problem: Problem, bound_state: Names) -> Floats:
    """Return the weight that each bound state prescribes; 0 for basic names and those on their way."""
    weights: Floats = np.array((0.0, 0.0, problem.lowest, problem.lowest, 0.0, problem.highest, 0.0))[bound_state]
    return weights


def count_slack(active_set: ActiveSet) -> float:
    """Return by how much the count row exceeds its limit: ``sum of min(lowest, w) - lowest p`` over free names."""
    bound_state, lowest = active_set.bound_state, active_set.problem.lowest
    full = (bound_state == AT_BUY_IN) | (
        (active_set.state == FREE) & ((bound_state == INTERIOR) | (bound_state == AT_CAP))
    )
    part = float(active_set.weights[bound_state == FRACTIONAL].sum())
    return part + lowest * (int(np.count_nonzero(full)) - places(active_set.problem, active_set.state))


def kkt_column(active_set: ActiveSet, item: int) -> Floats:
    """Return the column of the linear system that belongs to a name or a row, over ``basis``."""
    n, basis = active_set.problem.size, np.array(active_set.basis, dtype=np.intp)
    column, names = np.zeros(len(basis)), basis < n
    if item < n:
        loadings = active_set.problem.loadings
        column[names] = loadings[basis[names]] @ loadings[item]
        entries = np.append(active_set.problem.rows[:, item], float(active_set.bound_state[item] == FRACTIONAL))
        column[~names] = entries[basis[~names] - n]
    else:
        column[names] = _row(active_set, item - n)[basis[names]]
    return column


def _row(active_set: ActiveSet, row: int) -> Floats:
    if row < len(active_set.problem.rows):
        own: Floats = active_set.problem.rows[row]
        return own
    parts: Floats = (active_set.bound_state == FRACTIONAL).astype(np.float64)
    return parts


def enter_basis(active_set: ActiveSet, item: int) -> bool:
    """Add a name or a row to the linear system; False when that makes it singular."""
    column = kkt_column(active_set, item)
    diagonal = 0.0
    if item < active_set.problem.size:
        own = active_set.problem.loadings[item]
        diagonal = float(own @ own)
    across = active_set.kkt_inverse @ column
    pivot = diagonal - float(column @ across)
    if abs(pivot) < PIVOT:
        return False
    size = len(column)
    grown: Floats = np.empty((size + 1, size + 1))
    grown[:size, :size] = active_set.kkt_inverse + np.outer(across, across / pivot)
    grown[:size, size] = grown[size, :size] = across / -pivot
    grown[size, size] = 1.0 / pivot
    active_set.kkt_inverse = grown
    active_set.basis.append(item)
    return True


def leave_basis(active_set: ActiveSet, item: int) -> bool:
    """Take a name or a row out of the linear system; False when that makes it singular."""
    place = active_set.basis.index(item)
    column = active_set.kkt_inverse[:, place]
    pivot = float(column[place])
    if abs(pivot) < PIVOT:
        return False
    rest: Floats = active_set.kkt_inverse - np.outer(column, column / pivot)
    last = len(column) - 1
    if place != last:
        rest[place], rest[:, place] = rest[last], rest[:, last]
        rest[place, place] = rest[last, last]
        active_set.basis[place] = active_set.basis[last]
    active_set.basis.pop()
    active_set.kkt_inverse = rest[:last, :last].copy()
    return True


def kkt_matrix(active_set: ActiveSet) -> Floats:
    """Compute the linear system from bound states and active rows; sets ``basis``."""
    problem = active_set.problem
    names, rows = np.flatnonzero(basic(active_set.bound_state)), np.flatnonzero(active_set.active)
    own, table = (
        problem.loadings[names],
        np.vstack((problem.rows, active_set.bound_state == FRACTIONAL))[rows][:, names],
    )
    active_set.basis = [*names.tolist(), *(problem.size + rows).tolist()]
    return np.block([[own @ own.T, table.T], [table, np.zeros((len(rows), len(rows)))]])


def refactorise(active_set: ActiveSet) -> bool:
    """Compute the inverse afresh; False when the system is singular."""
    try:
        kkt_inverse = np.asarray(np.linalg.inv(kkt_matrix(active_set)), dtype=np.float64)
    except np.linalg.LinAlgError:
        return False
    active_set.kkt_inverse = kkt_inverse
    return bool(np.abs(kkt_inverse).max(initial=0.0) < SINGULAR)


def restricted(active_set: ActiveSet, problem: Problem, keep: Bools) -> ActiveSet:
    """Return the active set in the problem over some of its names; the names left out must be out."""
    n, position = active_set.problem.size, np.cumsum(keep) - 1
    basis = [int(position[i]) if i < n else i - n + problem.size for i in active_set.basis]
    return ActiveSet(
        problem,
        active_set.state[keep],
        active_set.weights[keep],
        active_set.slopes[keep],
        active_set.multipliers.copy(),
        active_set.bound_state[keep],
        active_set.active.copy(),
        basis,
        active_set.kkt_inverse.copy(),
    )
