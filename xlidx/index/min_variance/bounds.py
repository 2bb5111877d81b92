"""Lower bounds that hold however rough the point they are computed from.

For any vector u, ``|F w| >= u'F w / |u|`` (Cauchy and Schwarz).  For any multipliers y of the rows,
``u'F w = c'w + y'R w`` with ``c = F'u - R'y``; the rows give ``y'R w >= sum(y+ low - y- high)``, and over the
names the least of c'w is reached name by name: a name held costs at least ``e = min(c lowest, c highest)``, a
name not held costs 0, and exactly K are held.  Hence, with p places left for the free names,

    volatility >= L / |u|,
    L = sum(y+ low - y- high) + sum of e over the names in + sum of the p smallest e over the free names.

No step of this depends on where u and y come from.  Taking a free name in, or leaving it out, changes one term
of the sum, which bounds both branches of every name at once.
"""

from __future__ import annotations

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Floats, Numbers
from xlidx.index.min_variance.problem import FREE, IN, Problem, State, places

INFEASIBLE = 1e-9  # relative to the multipliers: a positive sum of multipliers alone
CANCELLED = 1e-10  # a direction u that is shorter, relative to the terms it is the sum of, is nothing but rounding
ROOM = 450.0  # units in the last place
MARGIN = 1e-13  # ROOM of them in a double, relative to the terms of a sum: more than its rounding can be


@attrs.frozen(eq=False)
class Dual:
    """A point that proves a bound: weights z with ``u = F z`` (shape (N,)) and row multipliers y (shape (M,)).

    With a diagonal ``split`` off the covariance (shape (N,), above 0 for every name that is not out) the bound is that
    of :mod:`xlidx.index.min_variance.perspective.bounds`.
    """

    weights: Floats
    multipliers: Floats
    split: Floats | None = None


@attrs.frozen(eq=False)
class Bound:
    """A bound on the volatility of a branch, and what each free name would make of it.

    Parameters
    ----------
    value : float
        The bound; infinite when no weights exist.
    when_in, when_out : arrays of shape (N,)
        The bound once a free name is taken in or left out; the value itself for other names.
    """

    value: float
    when_in: Floats
    when_out: Floats


def bound(problem: Problem, state: State, dual: Dual) -> Bound:
    """Return the bound that a dual point proves for a branch."""
    direction = dual.weights @ problem.loadings
    slopes = problem.loadings @ direction - dual.multipliers @ problem.rows
    norm, prices = np.sqrt(direction @ direction), np.abs(dual.multipliers).sum()
    terms = np.abs(dual.weights) @ problem.sizes
    cost = np.minimum(slopes * problem.lowest, slopes * problem.highest) - rounding(problem, terms, prices)
    fixed = float(dual_row_term(problem, dual.multipliers)) + float(cost[state == IN].sum())
    free, left = state == FREE, places(problem, state)
    ordered = np.sort(cost[free])
    total = fixed + float(ordered[:left].sum())
    value = float(safe_bound(np.float64(total), norm, terms, prices))
    last = ordered[left - 1] if left else -np.inf
    following = ordered[left] if left < len(ordered) else np.inf
    when_in = safe_bound(total + np.maximum(cost - last, 0.0), norm, terms, prices)
    when_out = safe_bound(total + np.maximum(following - cost, 0.0), norm, terms, prices)
    return Bound(value, np.where(free, when_in, value), np.where(free, when_out, value))


def sharp_bound(problem: Problem, taken: State, dual: Dual) -> float:
    """Return the bound of one selection in the longest numbers there are, for a variance that nearly cancels."""
    loadings, rows = problem.loadings.astype(np.longdouble), problem.rows.astype(np.longdouble)
    weights, multipliers = dual.weights.astype(np.longdouble), dual.multipliers.astype(np.longdouble)
    margin = ROOM * float(np.finfo(np.longdouble).eps)
    direction, prices = weights @ loadings, np.abs(multipliers).sum()
    terms = np.abs(weights) @ problem.sizes
    slopes = loadings @ direction - multipliers @ rows
    cost = np.minimum(slopes * problem.lowest, slopes * problem.highest) - rounding(problem, terms, prices, margin)
    total = dual_row_term(problem, multipliers) + cost[taken == IN].sum()
    return float(safe_bound(total, np.sqrt(direction @ direction), terms, prices, margin))


def dual_row_term(problem: Problem, multipliers: npt.NDArray[np.floating]) -> Floats:
    """Return ``sum(y+ low - y- high)`` over the last axis."""
    term: Floats = np.maximum(multipliers, 0.0) @ problem.low + np.minimum(multipliers, 0.0) @ problem.high
    return term


def rounding(problem: Problem, terms: Numbers, prices: Numbers, margin: float = MARGIN) -> Floats:
    """Return what rounding can have added to the cost of each name (last axis): no name answers for another.

    ``terms`` is the sum of the sizes of the terms of u, ``prices`` that of the multipliers.
    """
    per_name: Floats = margin * problem.highest * (np.multiply.outer(terms, problem.sizes) + np.expand_dims(prices, -1))
    return per_name


def safe_bound(total: Numbers, norm: Numbers, terms: Numbers, prices: Numbers, margin: float = MARGIN) -> Floats:
    """Return ``L / |u|``, less what rounding can have added; infinite when L is positive for u = 0."""
    real = np.asarray(norm) > CANCELLED * np.asarray(terms)
    flat = np.where((np.asarray(norm) == 0.0) & (np.asarray(total) > INFEASIBLE * prices), np.inf, 0.0)
    length = np.where(real, norm + margin * np.asarray(terms), 1.0)
    value: Floats = np.where(real, np.maximum(total - margin * prices, 0.0) / length, flat)
    return value
