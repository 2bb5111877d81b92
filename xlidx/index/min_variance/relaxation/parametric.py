"""Parametric reoptimisation: fix names, follow the straight line to the optimum of the new branch."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual, bound
from xlidx.index.min_variance.problem import FREE, IN, State
from xlidx.index.min_variance.relaxation.active_set import (
    AT_BUY_IN,
    AT_CAP,
    FIXED,
    FRACTIONAL,
    IN_AT_BUY_IN,
    INTERIOR,
    ActiveSet,
    basic,
    count_slack,
    enter_basis,
    leave_basis,
    nonbasic_weights,
    refactorise,
)
from xlidx.index.min_variance.relaxation.optimality import PRIMAL_TOLERANCE, optimal
from xlidx.index.min_variance.relaxation.pivoting import EVENTS, null_space_step, pivot
from xlidx.index.min_variance.relaxation.ratio_test import Perturbation, ratio_test, search_direction

RELEASES = 4


def reoptimise(active_set: ActiveSet, state: State) -> ActiveSet | Dual | None:
    """Follow the way from one optimum to that of the branch ``state``.

    Returns the new active set; a dual point that proves the branch to have no weights at all; or None when the way
    breaks off for numerical reasons.
    """
    active_set = active_set.copy()
    before = count_slack(active_set)
    activity = np.append(active_set.problem.rows @ active_set.weights, before)
    push = np.zeros(active_set.problem.size)
    done = _begin_path(active_set, state, push, activity)
    if done is True:
        perturbation = Perturbation(push, np.zeros_like(push), count_slack(active_set) - before)
        done = _follow_path(active_set, perturbation, activity)
    if done is True:
        _end_path(active_set)
        done = _release_from_buy_in(active_set)
    if done is True:
        return active_set if optimal(active_set) else None
    proof = done if isinstance(done, Dual) else None
    return proof if proof is not None and np.isinf(bound(active_set.problem, state, proof).value) else None


def _begin_path(active_set: ActiveSet, state: State, push: Floats, activity: Floats) -> bool | Dual:
    """Make the names that are to move FIXED and fill in how far each has to go."""
    problem = active_set.problem
    changed = np.flatnonzero(active_set.state != state)
    active_set.state = state.copy()
    if not (state == FREE).any() and not _drop_count(active_set):
        return False
    for name in changed.tolist():
        bound_state = int(active_set.bound_state[name])
        if state[name] == IN and bound_state in (AT_BUY_IN, INTERIOR, AT_CAP):
            active_set.bound_state[name] = IN_AT_BUY_IN if bound_state == AT_BUY_IN else bound_state
            continue
        push[name] = (problem.lowest if state[name] == IN else 0.0) - active_set.weights[name]
        active_set.bound_state[name] = FIXED
        if bound_state in (FRACTIONAL, INTERIOR) and not leave_basis(active_set, name):
            x, sign = active_set.kkt_inverse[:, active_set.basis.index(name)], np.sign(push[name])
            swung = null_space_step(active_set, name, sign * x, 0.0, activity)
            if swung is not True or not refactorise(active_set):
                return swung if isinstance(swung, Dual) else False
    return True


def _drop_count(active_set: ActiveSet) -> bool:
    row = len(active_set.problem.rows)
    if active_set.active[row]:
        active_set.active[row] = 0
        active_set.multipliers[row] = 0.0
        return leave_basis(active_set, active_set.problem.size + row)
    return True


def _end_path(active_set: ActiveSet) -> None:
    active_set.bound_state[(active_set.bound_state == FIXED) & (active_set.state == IN)] = IN_AT_BUY_IN
    active_set.weights = np.where(
        basic(active_set.bound_state), active_set.weights, nonbasic_weights(active_set.problem, active_set.bound_state)
    )


def _release_from_buy_in(active_set: ActiveSet) -> bool | Dual:
    """Let names that came in rise above the lowest weight where that lowers the objective."""
    for _ in range(RELEASES):
        rising = np.flatnonzero((active_set.bound_state == IN_AT_BUY_IN) & (active_set.slopes < -PRIMAL_TOLERANCE))
        if not len(rising):
            return True
        pull = np.zeros(active_set.problem.size)
        activity = np.append(active_set.problem.rows @ active_set.weights, count_slack(active_set))
        for name in rising.tolist():
            active_set.bound_state[name] = INTERIOR
            if not enter_basis(active_set, name):
                return False
            pull[name] = -active_set.slopes[name]
        arrived = _follow_path(active_set, Perturbation(np.zeros_like(pull), pull, 0.0), activity)
        if arrived is not True:
            return arrived
    return False


def _follow_path(active_set: ActiveSet, perturbation: Perturbation, activity: Floats) -> bool | Dual:
    """Move the active set along the whole line; False when the system becomes singular or the way too long."""
    left = 1.0
    for _ in range(EVENTS):
        direction = search_direction(active_set, perturbation)
        step, event, floor = ratio_test(active_set, direction, activity, left)
        active_set.weights += step * direction.weights
        active_set.slopes += step * direction.slopes
        active_set.multipliers += step * direction.multipliers
        activity += step * direction.activity
        left -= step
        if event < 0:
            return True
        changed = pivot(active_set, event, floor, activity)
        if changed is not True:
            return changed
        for name in np.flatnonzero(perturbation.slopes).tolist():
            if active_set.bound_state[name] != INTERIOR:
                perturbation.slopes[name] = 0.0
    return False
