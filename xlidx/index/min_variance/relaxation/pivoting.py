"""What gives way on a path: names change their bound state, rows become active or cease to be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.problem import FREE
from xlidx.index.min_variance.relaxation.active_set import (
    AT_BUY_IN,
    AT_CAP,
    AT_ZERO,
    FRACTIONAL,
    IN_AT_BUY_IN,
    INTERIOR,
    ActiveSet,
    enter_basis,
    kkt_column,
    leave_basis,
    refactorise,
)
from xlidx.index.min_variance.relaxation.ratio_test import Direction, ratio_test

FAR = 1e9  # a direction along which nothing changes up to here goes on for ever
EVENTS = 300


def pivot(active_set: ActiveSet, event: int, floor: bool, activity: Floats) -> bool | Dual:
    """Let a name change its bound state or a row its activity; a proof is returned when nothing lies beyond."""
    was_low = event >= active_set.problem.size and bool(active_set.active[event - active_set.problem.size] < 0)
    task = _update(active_set, event, floor)
    if task is None or task(active_set, event):
        return True
    # The system would become singular: something else must give way for this item.
    x, extra = _null_vector(active_set, event, inserting=task is enter_basis)
    if event < active_set.problem.size:
        sign = 1.0 if floor else -1.0
    elif task is enter_basis:
        sign = -1.0 if floor else 1.0
    else:
        sign = 1.0 if was_low else -1.0
    swung = null_space_step(active_set, event, sign * x, sign * extra, activity)
    return refactorise(active_set) if swung is True else swung


def _update(active_set: ActiveSet, event: int, floor: bool) -> Callable[[ActiveSet, int], bool] | None:
    n = active_set.problem.size
    return _update_row(active_set, event - n, floor) if event >= n else _update_name(active_set, event, floor)


def _update_row(active_set: ActiveSet, row: int, floor: bool) -> Callable[[ActiveSet, int], bool]:
    if active_set.active[row]:
        active_set.active[row] = 0
        active_set.multipliers[row] = 0.0
        return leave_basis
    active_set.active[row] = -1 if floor else 1
    return enter_basis


def _update_name(active_set: ActiveSet, name: int, floor: bool) -> Callable[[ActiveSet, int], bool] | None:
    bound_state, free = int(active_set.bound_state[name]), active_set.state[name] == FREE
    problem, counting = active_set.problem, bool(active_set.active[-1])
    if bound_state in (AT_ZERO, AT_BUY_IN, IN_AT_BUY_IN, AT_CAP):
        active_set.bound_state[name] = (
            FRACTIONAL if bound_state == AT_ZERO or (bound_state == AT_BUY_IN and not floor) else INTERIOR
        )
        return enter_basis
    active_set.weights[name] = {FRACTIONAL: (0.0, problem.lowest), INTERIOR: (problem.lowest, problem.highest)}[
        bound_state
    ][not floor]
    at_lowest = (bound_state == FRACTIONAL) != floor
    if at_lowest and free and not counting:
        active_set.bound_state[name] = INTERIOR if bound_state == FRACTIONAL else FRACTIONAL
        return None
    active_set.bound_state[name] = (
        (AT_BUY_IN if free else IN_AT_BUY_IN) if at_lowest else (AT_ZERO if bound_state == FRACTIONAL else AT_CAP)
    )
    return leave_basis


def _null_vector(active_set: ActiveSet, item: int, inserting: bool) -> tuple[Floats, float]:
    if inserting:
        return -(active_set.kkt_inverse @ kkt_column(active_set, item)), 1.0
    return active_set.kkt_inverse[:, active_set.basis.index(item)].copy(), 0.0


def null_space_step(active_set: ActiveSet, item: int, x: Floats, extra: float, activity: Floats) -> bool | Dual:
    """Move along a direction in which the objective does not change until another name or row gives way.

    ``x`` is the direction over ``order`` and ``extra`` that of the item itself.  When nothing ever gives way, the
    multipliers of the direction prove that there are no weights beyond; they are returned.
    """
    problem, basis = active_set.problem, np.array(active_set.basis, dtype=np.intp)
    n, m = problem.size, len(problem.rows)
    weights, multipliers = np.zeros(n), np.zeros(m + 1)
    weights[basis[basis < n]] = x[basis < n]
    multipliers[basis[basis >= n] - n] = -x[basis >= n]
    if extra and item < n:
        weights[item] = extra
    elif extra:
        multipliers[item - n] = -extra
    slopes = -(multipliers[:m] @ problem.rows)
    parts = float(weights[active_set.bound_state == FRACTIONAL].sum())
    direction = Direction(weights, slopes, multipliers, np.append(problem.rows @ weights, parts))
    for _ in range(EVENTS):
        step, event, floor = ratio_test(active_set, direction, activity, FAR)
        if event < 0:
            return Dual(np.zeros(n), multipliers[:m])
        active_set.weights += step * direction.weights
        active_set.slopes += step * direction.slopes
        active_set.multipliers += step * direction.multipliers
        activity += step * direction.activity
        if _update(active_set, event, floor) is not None:
            return True
    return False
