"""Moves of a corner from one branch to another: settle names, follow the straight line to the new optimum."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual, bound
from xlidx.index.min_variance.problem import FREE, IN, State
from xlidx.index.min_variance.relaxation.active_set import (
    ABOVE,
    FIXED,
    HIGH,
    LOW,
    PART,
    SET,
    Corner,
    basic,
    counted,
    insert,
    rebuild,
    remove,
    resting,
)
from xlidx.index.min_variance.relaxation.optimality import SMALL, optimal
from xlidx.index.min_variance.relaxation.pivoting import EVENTS, change, swing
from xlidx.index.min_variance.relaxation.ratio_test import Line, first_change, rates

RELEASES = 4


def settle(corner: Corner, state: State) -> Corner | Dual | None:
    """Follow the way from one optimum to that of the branch ``state``.

    Returns the new corner; a dual point that proves the branch to have no weights at all; or None when the way
    breaks off for numerical reasons.
    """
    corner = corner.copy()
    before = counted(corner)
    activity = np.append(corner.problem.rows @ corner.weights, before)
    push = np.zeros(corner.problem.size)
    done = _depart(corner, state, push, activity)
    if done is True:
        line = Line(push, np.zeros_like(push), counted(corner) - before)
        done = _follow(corner, line, activity)
    if done is True:
        _arrive(corner)
        done = _release(corner)
    if done is True:
        return corner if optimal(corner) else None
    proof = done if isinstance(done, Dual) else None
    return proof if proof is not None and np.isinf(bound(corner.problem, state, proof).value) else None


def _depart(corner: Corner, state: State, push: Floats, activity: Floats) -> bool | Dual:
    """Make the names that are to move FIXED and fill in how far each has to go."""
    problem = corner.problem
    changed = np.flatnonzero(corner.state != state)
    corner.state = state.copy()
    if not (state == FREE).any() and not _drop_count(corner):
        return False
    for name in changed.tolist():
        kind = int(corner.kind[name])
        if state[name] == IN and kind in (LOW, ABOVE, HIGH):
            corner.kind[name] = SET if kind == LOW else kind
            continue
        push[name] = (problem.lowest if state[name] == IN else 0.0) - corner.weights[name]
        corner.kind[name] = FIXED
        if kind in (PART, ABOVE) and not remove(corner, name):
            x, sign = corner.inverse[:, corner.order.index(name)], np.sign(push[name])
            swung = swing(corner, name, sign * x, 0.0, activity)
            if swung is not True or not rebuild(corner):
                return swung if isinstance(swung, Dual) else False
    return True


def _drop_count(corner: Corner) -> bool:
    row = len(corner.problem.rows)
    if corner.active[row]:
        corner.active[row] = 0
        corner.multipliers[row] = 0.0
        return remove(corner, corner.problem.size + row)
    return True


def _arrive(corner: Corner) -> None:
    corner.kind[(corner.kind == FIXED) & (corner.state == IN)] = SET
    corner.weights = np.where(basic(corner.kind), corner.weights, resting(corner.problem, corner.kind))


def _release(corner: Corner) -> bool | Dual:
    """Let names that came in rise above the lowest weight where that lowers the objective."""
    for _ in range(RELEASES):
        rising = np.flatnonzero((corner.kind == SET) & (corner.slopes < -SMALL))
        if not len(rising):
            return True
        pull = np.zeros(corner.problem.size)
        activity = np.append(corner.problem.rows @ corner.weights, counted(corner))
        for name in rising.tolist():
            corner.kind[name] = ABOVE
            if not insert(corner, name):
                return False
            pull[name] = -corner.slopes[name]
        arrived = _follow(corner, Line(np.zeros_like(pull), pull, 0.0), activity)
        if arrived is not True:
            return arrived
    return False


def _follow(corner: Corner, line: Line, activity: Floats) -> bool | Dual:
    """Move the corner along the whole line; False when the system becomes singular or the way too long."""
    left = 1.0
    for _ in range(EVENTS):
        rate = rates(corner, line)
        step, event, floor = first_change(corner, rate, activity, left)
        corner.weights += step * rate.weights
        corner.slopes += step * rate.slopes
        corner.multipliers += step * rate.multipliers
        activity += step * rate.activity
        left -= step
        if event < 0:
            return True
        changed = change(corner, event, floor, activity)
        if changed is not True:
            return changed
        for name in np.flatnonzero(line.slopes).tolist():
            if corner.kind[name] != ABOVE:
                line.slopes[name] = 0.0
    return False
