"""From the inside to the corner: the active set of an interior solution, made exact."""

from __future__ import annotations

import numpy as np

from xlidx.index.min_variance.problem import FREE, OUT, Names, Problem, State, places
from xlidx.index.min_variance.relaxation.active_set import (
    ABOVE,
    FIXED,
    HIGH,
    LOW,
    PART,
    SET,
    ZERO,
    Corner,
    basic,
    counted,
    matrix,
    rebuild,
    resting,
)
from xlidx.index.min_variance.relaxation.interior_point import Relaxed
from xlidx.index.min_variance.relaxation.optimality import SMALL, STEEP, optimal
from xlidx.index.min_variance.relaxation.pivoting import swing

ROUNDS = 12
NEAR = 1e-5  # of the highest weight, and of multipliers that are of the order of 1


def corner_at(problem: Problem, state: State, relaxed: Relaxed) -> Corner | None:
    """Return the exact optimum near an interior solution, or None when none is found."""
    corner = _begun(problem, state, relaxed)
    if not _independent(corner):
        return None
    for _ in range(ROUNDS):
        if optimal(corner):
            return corner
        if not _corrected(corner) or not rebuild(corner):
            return None
    return None


def _begun(problem: Problem, state: State, relaxed: Relaxed) -> Corner:
    """Return the interior solution with names at their limits where it is near them; its system is not solved."""
    kind, active = _guess(problem, state, relaxed)
    weights = np.where(basic(kind), relaxed.weights, resting(problem, kind))
    y = np.where(active != 0, np.append(relaxed.multipliers, relaxed.count), 0.0)
    slopes = problem.loadings @ (weights @ problem.loadings) - y[:-1] @ problem.rows
    return Corner(problem, state, weights, slopes, y, kind, active, [], np.zeros((0, 0)))


def _independent(corner: Corner) -> bool:
    """Move along the directions that change nothing until the system has none left.

    An optimum from the inside lies in the middle of a face when several points are optimal; there the system is
    singular.
    """
    for _ in range(corner.problem.size + len(corner.active)):
        if rebuild(corner):
            return True
        n, system = corner.problem.size, matrix(corner)
        values, vectors = np.linalg.eigh(system)
        x = vectors[:, np.abs(values).argmin()]
        activity = np.append(corner.problem.rows @ corner.weights, counted(corner))
        if swing(corner, n, x, 0.0, activity) is not True and swing(corner, n, -x, 0.0, activity) is not True:
            return False
    return False


def _guess(problem: Problem, state: State, relaxed: Relaxed) -> tuple[Names, Names]:
    w, near = relaxed.weights, NEAR * problem.highest
    free = state == FREE
    kind = np.select(
        [state == OUT, w > problem.highest - near, w > problem.lowest + near, w > problem.lowest - near, w > near],
        [FIXED, HIGH, ABOVE, np.where(free, LOW, SET), PART],
        ZERO,
    )
    activity = problem.rows @ w
    binds = np.abs(relaxed.multipliers) > NEAR
    at_low = np.abs(activity - problem.low) <= np.abs(problem.high - activity)
    active = np.where(binds, np.where(at_low, -1, 1), 0)
    active[0] = -1
    return kind, np.append(active, -1 if relaxed.count > NEAR and (kind == PART).any() else 0)


def _corrected(corner: Corner) -> bool:
    """Change the kind of every name and the activity of every row that contradicts optimality; False if none does."""
    problem, old, w, d = corner.problem, corner.kind, corner.weights, corner.slopes
    theta, free, counting = corner.multipliers[-1], corner.state == FREE, bool(corner.active[-1])
    part, above = old == PART, old == ABOVE
    kind = np.select(
        [
            part & (w < -SMALL),
            part & (w > problem.lowest + SMALL),
            above & (w < problem.lowest - SMALL),
            above & (w > problem.highest + SMALL),
            ((old == ZERO) & (d < theta - STEEP)) | ((old == LOW) & (d > theta + STEEP)),
            (((old == LOW) | (old == SET)) & (d < -STEEP)) | ((old == HIGH) & (d > STEEP)),
        ],
        [ZERO, LOW if counting else ABOVE, np.where(free, LOW if counting else PART, SET), HIGH, PART, ABOVE],
        old,
    )
    active = _rows(corner)
    if not counting and not (kind == PART).any():
        active[-1] = 0
    same = bool((kind == old).all() and (active == corner.active).all())
    corner.weights = np.where(basic(kind), w, resting(problem, kind))
    corner.multipliers = np.where(active != 0, corner.multipliers, 0.0)
    corner.kind, corner.active = kind, active
    return not same


def _rows(corner: Corner) -> Names:
    problem, y, active = corner.problem, corner.multipliers[:-1], corner.active.copy()
    activity = problem.rows @ corner.weights
    off = (active[:-1] * y > STEEP) & (problem.low < problem.high)
    below, above = activity < problem.low - SMALL, activity > problem.high + SMALL
    entering = np.where(below, -1, np.where(above, 1, 0))
    active[:-1] = np.where(active[:-1] != 0, np.where(off, 0, active[:-1]), entering)
    part = float(np.minimum(corner.weights, problem.lowest)[corner.state == FREE].sum())
    if active[-1]:
        active[-1] = 0 if corner.multipliers[-1] < -STEEP else -1
    elif part < problem.lowest * places(problem, corner.state) - SMALL:
        active[-1] = -1
    return active
