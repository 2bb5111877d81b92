"""Probing: bounds for both branches of every undecided name, without solving either branch.

Moving one basic name by ``delta`` and letting all others follow is one column of the inverse of an active set; it
moves the dual point in a straight line.  The bound of :mod:`bounds` holds at every point of that line, so the
best of a full, a half and a quarter step is a bound of the branch in which the name has made the move.
"""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual, dual_row_term, rounding, safe_bound
from xlidx.index.min_variance.problem import FREE, IN, Names, places
from xlidx.index.min_variance.relaxation.active_set import PIVOT, ActiveSet, basic

STEPS = (1.0, 0.5, 0.25)


@attrs.frozen(eq=False)
class DualDirections:
    """The lines of the dual point for J names moved by one unit each (first axis)."""

    weights: Floats
    multipliers: Floats
    slopes: Floats
    directions: Floats


@attrs.frozen(eq=False)
class Probes:
    """Bounds of both branches of J names, each of shape (J,), and how far along the line they are proven."""

    active_set: ActiveSet
    names: Names
    along: DualDirections
    when_in: Floats
    when_out: Floats
    steps_in: Floats
    steps_out: Floats

    def dual(self, place: int, inside: bool) -> Dual:
        """Return the dual point that proves the bound of one branch of one name."""
        step, dual = (self.steps_in if inside else self.steps_out)[place], self.active_set.dual
        weights = dual.weights + step * self.along.weights[place]
        return Dual(weights, dual.multipliers + step * self.along.multipliers[place])


def probe(active_set: ActiveSet) -> Probes:
    """Return the bounds of the branches of every free name whose weight lies between limits."""
    names = np.flatnonzero((active_set.state == FREE) & basic(active_set.bound_state))
    pivots = (
        active_set.kkt_inverse.diagonal()[[active_set.basis.index(name) for name in names.tolist()]]
        if len(names)
        else names
    )
    names = names[np.abs(pivots) > PIVOT]
    along = _dual_directions(active_set, names)
    inward = np.maximum(active_set.problem.lowest - active_set.weights[names], 0.0)
    when_in, steps_in = _best(active_set, names, along, inward, inside=True)
    when_out, steps_out = _best(active_set, names, along, -active_set.weights[names], inside=False)
    return Probes(active_set, names, along, when_in, when_out, steps_in, steps_out)


def _dual_directions(active_set: ActiveSet, names: Names) -> DualDirections:
    problem, n = active_set.problem, active_set.problem.size
    basis = np.array(active_set.basis, dtype=np.intp)
    where = np.array([active_set.basis.index(name) for name in names.tolist()], dtype=np.intp)
    columns = active_set.kkt_inverse[:, where] / active_set.kkt_inverse[where, where]
    weights, multipliers = np.zeros((len(names), n)), np.zeros((len(names), len(problem.rows) + 1))
    weights[:, basis[basis < n]] = columns[basis < n].T
    multipliers[:, basis[basis >= n] - n] = -columns[basis >= n].T
    multipliers = multipliers[:, :-1]
    directions = weights @ problem.loadings
    slopes = directions @ problem.loadings.T - multipliers @ problem.rows
    return DualDirections(weights, multipliers, slopes, directions)


def _best(
    active_set: ActiveSet, names: Names, along: DualDirections, moves: Floats, inside: bool
) -> tuple[Floats, Floats]:
    """Return the best bound over the steps and the step, by name."""
    values = np.array([_bounds(active_set, names, along, share * moves, inside) for share in STEPS])
    pick = values.argmax(axis=0)
    return values.max(axis=0), np.array(STEPS)[pick] * moves


def _bounds(active_set: ActiveSet, names: Names, along: DualDirections, moves: Floats, inside: bool) -> Floats:
    problem, each = active_set.problem, np.arange(len(names))
    slopes = active_set.slopes + moves[:, None] * along.slopes
    multipliers = active_set.multipliers[:-1] + moves[:, None] * along.multipliers
    terms = np.abs(active_set.weights + moves[:, None] * along.weights) @ problem.sizes
    prices = np.abs(multipliers).sum(axis=1)
    cost = np.minimum(slopes * problem.lowest, slopes * problem.highest) - rounding(problem, terms, prices)
    total = dual_row_term(problem, multipliers) + cost[:, active_set.state == IN].sum(axis=1)
    left = places(problem, active_set.state) - inside
    if inside:
        total = total + cost[each, names]
    cost[each, names] = np.inf
    free = cost[:, active_set.state == FREE]
    if left > free.shape[1] - 1:
        return np.full(len(names), np.inf)
    total = total + np.sort(free, axis=1)[:, :left].sum(axis=1)
    point = active_set.weights @ problem.loadings + moves[:, None] * along.directions
    return safe_bound(total, np.sqrt((point**2).sum(axis=1)), terms, prices)
