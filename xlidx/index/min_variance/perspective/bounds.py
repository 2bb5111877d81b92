"""Lower bounds of perspective relaxations that hold however rough the point they are computed from.

For any weights v, ``w'Q w >= 2 v'Q w - v'Q v`` as Q is positive semidefinite.  For any multipliers y of the rows let
``c = Q v - R'y``.  A name held costs at least ``e = min over lowest <= t <= highest of c t + d t^2 / 2``, a name not
held costs 0, and exactly K are held.  Hence, with p places left for the free names, half the variance is at least

    sum(y+ low - y- high) - v'Q v / 2 + sum of e over the names in + sum of the p smallest e over the free names.
"""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import MARGIN, dual_row_term
from xlidx.index.min_variance.perspective.relaxation import Branches, Shared
from xlidx.index.min_variance.problem import FREE, IN


@attrs.frozen(eq=False)
class Bounds:
    """Bounds on the volatility by branch (B,), and by branch and name once a free name is in or out (B, n)."""

    value: Floats
    when_in: Floats
    when_out: Floats


def bounds(given: Branches, solved: Shared) -> Bounds:
    """Return the bounds that the solutions of perspective relaxations prove."""
    problem, d = given.problem, given.diagonal
    v, y = solved.weights, solved.multipliers
    leaning = v @ given.covariance - d * v
    c = leaning - y @ problem.rows
    best = np.clip(-c / d, problem.lowest, problem.highest)
    sizes = np.sqrt(given.covariance.diagonal())
    size, prices = (np.abs(v) @ sizes)[:, None], np.abs(y).sum(axis=1)[:, None]
    cost = c * best + 0.5 * d * best**2 - MARGIN * problem.highest * (sizes * size + prices + d * problem.highest)
    free, inside = given.states == FREE, given.states == IN
    fixed = dual_row_term(problem, y) - 0.5 * np.einsum("bi,bi->b", leaning, v)
    fixed = fixed - MARGIN * (size**2 + prices)[:, 0] + (cost * inside).sum(axis=1)
    ordered = np.sort(np.where(free, cost, np.inf), axis=1)
    sums = np.cumsum(np.where(np.isfinite(ordered), ordered, 0.0), axis=1)
    each, left = np.arange(len(v)), given.places.astype(int)
    total = fixed + np.where(left > 0, sums[each, np.maximum(left - 1, 0)], 0.0)
    last = np.where(left > 0, ordered[each, np.maximum(left - 1, 0)], -np.inf)[:, None]
    following = np.where(left < free.sum(axis=1), ordered[each, np.minimum(left, problem.size - 1)], np.inf)[:, None]
    value = _volatility(total)[:, None]
    when_in = _volatility(total[:, None] + np.maximum(cost - last, 0.0))
    when_out = _volatility(total[:, None] + np.maximum(following - cost, 0.0))
    return Bounds(value[:, 0], np.where(free, when_in, value), np.where(free, when_out, value))


def _volatility(half: Floats) -> Floats:
    root: Floats = np.sqrt(2.0 * np.maximum(np.nan_to_num(half, nan=0.0, posinf=np.inf, neginf=0.0), 0.0))
    return root
