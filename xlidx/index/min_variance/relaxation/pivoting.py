"""What gives way on a path: names change their kind, rows become active or cease to be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.problem import FREE
from xlidx.index.min_variance.relaxation.active_set import (
    ABOVE,
    HIGH,
    LOW,
    PART,
    SET,
    ZERO,
    Corner,
    coefficients,
    insert,
    rebuild,
    remove,
)
from xlidx.index.min_variance.relaxation.ratio_test import Rates, first_change

FAR = 1e9  # a direction along which nothing changes up to here goes on for ever
EVENTS = 300


def change(corner: Corner, event: int, floor: bool, activity: Floats) -> bool | Dual:
    """Let a name change its kind or a row its activity; returns a proof when no weights lie beyond this point."""
    was_low = event >= corner.problem.size and bool(corner.active[event - corner.problem.size] < 0)
    task = _relabel(corner, event, floor)
    if task is None or task(corner, event):
        return True
    # The system would become singular: something else must give way for this item.
    x, extra = _null_vector(corner, event, inserting=task is insert)
    if event < corner.problem.size:
        sign = 1.0 if floor else -1.0
    elif task is insert:
        sign = -1.0 if floor else 1.0
    else:
        sign = 1.0 if was_low else -1.0
    swung = swing(corner, event, sign * x, sign * extra, activity)
    return rebuild(corner) if swung is True else swung


def _relabel(corner: Corner, event: int, floor: bool) -> Callable[[Corner, int], bool] | None:
    n = corner.problem.size
    return _relabel_row(corner, event - n, floor) if event >= n else _relabel_name(corner, event, floor)


def _relabel_row(corner: Corner, row: int, floor: bool) -> Callable[[Corner, int], bool]:
    if corner.active[row]:
        corner.active[row] = 0
        corner.multipliers[row] = 0.0
        return remove
    corner.active[row] = -1 if floor else 1
    return insert


def _relabel_name(corner: Corner, name: int, floor: bool) -> Callable[[Corner, int], bool] | None:
    kind, free = int(corner.kind[name]), corner.state[name] == FREE
    problem, counting = corner.problem, bool(corner.active[-1])
    if kind in (ZERO, LOW, SET, HIGH):
        corner.kind[name] = PART if kind == ZERO or (kind == LOW and not floor) else ABOVE
        return insert
    corner.weights[name] = {PART: (0.0, problem.lowest), ABOVE: (problem.lowest, problem.highest)}[kind][not floor]
    at_lowest = (kind == PART) != floor
    if at_lowest and free and not counting:
        corner.kind[name] = ABOVE if kind == PART else PART
        return None
    corner.kind[name] = (LOW if free else SET) if at_lowest else (ZERO if kind == PART else HIGH)
    return remove


def _null_vector(corner: Corner, item: int, inserting: bool) -> tuple[Floats, float]:
    if inserting:
        return -(corner.inverse @ coefficients(corner, item)), 1.0
    return corner.inverse[:, corner.order.index(item)].copy(), 0.0


def swing(corner: Corner, item: int, x: Floats, extra: float, activity: Floats) -> bool | Dual:
    """Move along a direction in which the objective does not change until another name or row gives way.

    ``x`` is the direction over ``order`` and ``extra`` that of the item itself.  When nothing ever gives way, the
    multipliers of the direction prove that there are no weights beyond; they are returned.
    """
    problem, order = corner.problem, np.array(corner.order, dtype=np.intp)
    n, m = problem.size, len(problem.rows)
    weights, multipliers = np.zeros(n), np.zeros(m + 1)
    weights[order[order < n]] = x[order < n]
    multipliers[order[order >= n] - n] = -x[order >= n]
    if extra and item < n:
        weights[item] = extra
    elif extra:
        multipliers[item - n] = -extra
    slopes = -(multipliers[:m] @ problem.rows)
    parts = float(weights[corner.kind == PART].sum())
    direction = Rates(weights, slopes, multipliers, np.append(problem.rows @ weights, parts))
    for _ in range(EVENTS):
        step, event, floor = first_change(corner, direction, activity, FAR)
        if event < 0:
            return Dual(np.zeros(n), multipliers[:m])
        corner.weights += step * direction.weights
        corner.slopes += step * direction.slopes
        corner.multipliers += step * direction.multipliers
        activity += step * direction.activity
        if _relabel(corner, event, floor) is not None:
            return True
    return False
