"""The convex relaxation of a branch, by a primal-dual interior point on the factor.

A free name counts between 0 and 1 towards the K names; with ``w = a + b, 0 <= a <= lowest,
0 <= b <= highest - lowest`` the relaxation of "exactly p of the free names" is

    sum of w over free names <= highest p,    sum of a over free names >= lowest p.

A name that is in has ``w = lowest + b``.  Every row that is no equation has a slack between its limits.  With
C the columns ``[F' | -R']`` of the parts, t = (u, y) (u = F w, y the row multipliers) and E the inverse of the
barrier's diagonal, a Newton step is one positive definite system

    (C'E C + diag(1 for u, E of the slack or 0 for y)) dt = C'E g + (0, E g of the slack + missing),

of k + M + 2 unknowns, however many names there are; then ``dx = E (g - C dt)``.
"""

from __future__ import annotations

import attrs
import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs  # type: ignore[import-untyped]

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.problem import FREE, IN, Names, Problem, State, places

ROUNDS = 60
LOOSE, TIGHT = 1e-6, 1e-12  # gap of half the variance, of the order of 1; enough for a crossover, to be exact
TO_BOUNDARY = 0.995
TINY, HUGE = 1e-15, 1e12  # steps beyond are those of a branch without weights
MET = 1e-10  # a row missed by less is met
DAMPED = 1e-10  # of the largest diagonal element of the rows: added where their system is singular
EQUATION = 1e-12  # rows with limits nearer than this are equations


@attrs.frozen(eq=False)
class BoundedForm:
    """The relaxation with every unknown between two limits.

    Unknowns x are the parts a of free names, the parts b of free names and names in, then the slacks.
    ``owner`` is the name of each part, ``firsts`` the number of parts a, ``columns`` C by name without the
    last row (of parts a alone), ``slack`` the row of each slack; ``rows x - slack = right``.
    """

    columns: Floats
    owner: Names
    firsts: int
    slack: Names
    right: Floats
    low: Floats
    high: Floats
    base: Floats

    @property
    def parts(self) -> int:
        """Number of unknowns that are no slacks."""
        return len(self.owner)

    @property
    def equations(self) -> int:
        """Number of rows."""
        return len(self.right)

    def by_name(self, parts: Floats) -> Floats:
        """Sum a quantity of the parts by name."""
        return np.bincount(self.owner, parts, minlength=len(self.base)).astype(np.float64, copy=False)

    def forward(self, t: Floats) -> Floats:
        """Return ``C t`` by part."""
        known = self.columns.shape[1]
        result: Floats = (self.columns @ t[:known])[self.owner]
        result[: self.firsts] -= t[known:].sum()
        return result

    def backward(self, parts: Floats) -> Floats:
        """Return ``C' x`` of a quantity by part."""
        common = self.by_name(parts) @ self.columns
        return np.append(common, -parts[: self.firsts].sum()) if self.firsts else common


@attrs.frozen(eq=False)
class InteriorSolution:
    """Weights (N,), multipliers of the linear rows (M,) and of the count rows, and whether they solve it."""

    weights: Floats
    multipliers: Floats
    count: float
    converged: bool

    @property
    def dual(self) -> Dual:
        """The point to compute a bound from."""
        return Dual(self.weights, self.multipliers)


def relax(problem: Problem, state: State, tolerance: float = TIGHT) -> InteriorSolution:
    """Solve the relaxation of a branch; ``converged`` is False when no weights were found that meet the rows."""
    form, k, m = _bounded_form(problem, state), problem.loadings.shape[1], len(problem.low)
    if not form.parts:
        return InteriorSolution(form.base, np.zeros(m), 0.0, _meets(problem, form.base))
    point = _start(form)
    for _ in range(ROUNDS):
        x, y, zl, zu = point
        weights = form.base + form.by_name(x[: form.parts])
        slope, missing = _slope(form, weights @ problem.loadings, y), _missing(form, x, k)
        gap = float(zl @ (x - form.low) + zu @ (form.high - x))
        missed, wrong = float(np.abs(missing).max()), float(np.abs(slope - zl + zu).max(initial=0.0))
        step = None
        if max(gap, 100.0 * missed, 0.01 * wrong) > tolerance:
            step = _newton(form, x, zl, zu, slope, missing, k)
        if step is None or not all(np.abs(part).max() < HUGE for part in step):
            break
        point = (x + step[0], y + step[1], np.maximum(zl + step[2], TINY**2), np.maximum(zu + step[3], TINY**2))
    done = max(gap, 100.0 * missed, 0.01 * wrong) <= LOOSE
    return InteriorSolution(weights, y[:m], float(y[-1]) if len(y) > m else 0.0, done)


def _meets(problem: Problem, weights: Floats) -> bool:
    activity = problem.rows @ weights
    return bool(((activity >= problem.low - MET) & (activity <= problem.high + MET)).all())


def _bounded_form(problem: Problem, state: State) -> BoundedForm:
    free, inside = np.flatnonzero(state == FREE), np.flatnonzero(state == IN)
    width = problem.highest - problem.lowest
    owner = np.concatenate((free, free, inside)) if width > 0.0 else free
    base = np.where(state == IN, problem.lowest, 0.0)
    left, count = places(problem, state), len(free)
    columns, low, high = [problem.loadings, -problem.rows.T], problem.low, problem.high
    right = -(problem.rows @ base)
    if count and width > 0.0:  # else the budget fixes the count
        columns.append(-(state == FREE).astype(float)[:, None])
        low = np.concatenate((low, (0.0, problem.lowest * left)))
        high = np.concatenate((high, (problem.highest * left, problem.lowest * count)))
        right = np.concatenate((right, (0.0, 0.0)))
    loose = high - low > EQUATION
    ends = np.repeat((problem.lowest, width), (count, len(owner) - count))
    return BoundedForm(
        columns=np.hstack(columns),
        owner=owner,
        firsts=count if width > 0.0 else 0,
        slack=np.flatnonzero(loose),
        right=right + np.where(loose, 0.0, high),
        low=np.concatenate((np.zeros(len(owner)), low[loose])),
        high=np.concatenate((ends, high[loose])),
        base=base,
    )


def _start(form: BoundedForm) -> tuple[Floats, Floats, Floats, Floats]:
    ends, m = form.high[: form.parts], form.parts
    share = min(max(float(form.right[0]) / max(float(ends.sum()), 1e-300), 0.1), 0.9)
    k = form.columns.shape[1] + (form.firsts > 0) - form.equations
    activity = -form.backward(share * ends)[k:] - form.right
    low, width = form.low[m:], form.high[m:] - form.low[m:]
    slacks = np.clip(activity[form.slack], low + 0.1 * width, low + 0.9 * width)
    x = np.concatenate((share * ends, slacks))
    return x, np.zeros(form.equations), np.ones(len(x)), np.ones(len(x))


def _missing(form: BoundedForm, x: Floats, k: int) -> Floats:
    missing = form.right + form.backward(x[: form.parts])[k:]
    missing[form.slack] += x[form.parts :]
    return missing


def _slope(form: BoundedForm, u: Floats, y: Floats) -> Floats:
    return np.concatenate((form.forward(np.concatenate((u, y))), y[form.slack]))


def _newton(
    form: BoundedForm, x: Floats, zl: Floats, zu: Floats, slope: Floats, missing: Floats, k: int
) -> tuple[Floats, Floats, Floats, Floats] | None:
    """Mehrotra's step: predict to the boundary, then correct towards the centre."""
    below, above = np.maximum(x - form.low, TINY), np.maximum(form.high - x, TINY)
    inverse = 1.0 / (zl / below + zu / above)
    factor = _factor(form, inverse, k)
    if factor is None:
        return None
    dx, _ = _solve(form, factor, inverse, -slope, missing, k)
    dzl, dzu = -zl - zl / below * dx, -zu + zu / above * dx
    primal, dual = _reach(below, dx, above, -dx), _reach(zl, dzl, zu, dzu)
    gap = zl @ below + zu @ above
    after = (zl + dual * dzl) @ (below + primal * dx) + (zu + dual * dzu) @ (above - primal * dx)
    centre = gap / (2 * len(x)) * float(after / gap) ** 3
    tl, tu = (centre - dx * dzl) / below, (centre + dx * dzu) / above
    dx, dy = _solve(form, factor, inverse, tl - tu - slope, missing, k)
    dzl, dzu = tl - zl - zl / below * dx, tu - zu + zu / above * dx
    primal, dual = TO_BOUNDARY * _reach(below, dx, above, -dx), TO_BOUNDARY * _reach(zl, dzl, zu, dzu)
    return primal * dx, dual * dy, dual * dzl, dual * dzu


def _factor(form: BoundedForm, inverse: Floats, k: int) -> Floats | None:
    parts, known = inverse[: form.parts], form.columns.shape[1]
    size = k + form.equations
    matrix = np.zeros((size, size))
    scaled = form.columns * np.sqrt(form.by_name(parts))[:, None]
    matrix[:known, :known] = scaled.T @ scaled
    if form.firsts:
        border = -(parts[: form.firsts] @ form.columns[form.owner[: form.firsts]])
        matrix[known, :known] = matrix[:known, known] = border
        matrix[known, known] = parts[: form.firsts].sum()
    diagonal = np.concatenate((np.ones(k), np.zeros(form.equations)))
    diagonal[k + form.slack] = inverse[form.parts :]
    matrix[np.diag_indices(size)] += diagonal
    factor, failed = dpotrf(matrix, lower=1)
    if failed:  # equations that depend on each other over the names of this branch
        rows = matrix.diagonal()[k:]
        matrix[np.diag_indices(size)] += np.append(np.zeros(k), np.full(len(rows), DAMPED * max(rows.max(), TINY)))
        factor, failed = dpotrf(matrix, lower=1)
    return None if failed else factor


def _solve(
    form: BoundedForm, factor: Floats, inverse: Floats, g: Floats, missing: Floats, k: int
) -> tuple[Floats, Floats]:
    parts = form.parts
    right = form.backward(inverse[:parts] * g[:parts])
    right[k:] += missing
    right[k + form.slack] += inverse[parts:] * g[parts:]
    t, _ = dpotrs(factor, right, lower=1)
    dy = t[k:]
    dx = inverse * (g - np.concatenate((form.forward(t), dy[form.slack])))
    return dx, dy


def _reach(first: Floats, dfirst: Floats, second: Floats, dsecond: Floats) -> float:
    """Longest step, up to 1 (after a margin), that keeps both positive."""
    fall = min(float((dfirst / first).min(initial=0.0)), float((dsecond / second).min(initial=0.0)))
    return 1.0 if fall >= -1.0 else -1.0 / fall
