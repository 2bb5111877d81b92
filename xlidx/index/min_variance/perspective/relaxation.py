"""Perspective relaxations of many branches at once, by a primal-dual interior point.

With the share z of a free name (1 for a name that is in) and the diagonal d split off the covariance (Q = S - D):

    least  w'Q w / 2 + sum of d w^2 / 2 z,   sum of z over free names = p,   z <= 1,
           lowest z <= w <= highest z,       low <= R w <= high.

The term ``d w^2 / 2 z`` is the largest value of ``s w - s^2 z / 2 d`` over s.  Newton's method on ``s z = d w`` instead
of the quotient itself converges in about ten steps.  All arrays have the branch as their first axis.
"""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.index.min_variance.problem import FREE, IN, OUT, Names, Problem, State

ROUNDS = 40
CLOSE = 1e-11  # relative gap at which a branch is solved
SHARE = 1e-3  # least distance of a share from 0 and 1 to begin with
ROOM = 0.1  # of the room of a weight and of a row to begin with
TO_BOUNDARY = 0.99
DAMPED = 1e-12  # keeps the system regular where equations depend on each other over the names of a branch
TINY = 1e-300


@attrs.frozen(eq=False)
class Rows:
    """Linear rows by what they are: equations and inequalities with both limits."""

    equal: Floats
    right: Floats
    table: Floats
    low: Floats
    high: Floats
    order: Names


@attrs.frozen(eq=False)
class Branches:
    """B branches over n names: covariance (n, n), diagonal (n,), states (B, n) and what follows from them."""

    problem: Problem
    covariance: Floats
    diagonal: Floats
    states: State
    free: Floats
    live: Floats
    rows: Rows
    on: Floats

    @property
    def places(self) -> Floats:
        """How many free names are still to be taken in, by branch."""
        left: Floats = self.problem.held - (self.states == IN).sum(axis=1).astype(float)
        return left


@attrs.frozen(eq=False)
class Point:
    """Weights and shares (B, n), s (B, n), multipliers of equations and of the count, slacks and their prices."""

    w: Floats
    z: Floats
    s: Floats
    y: Floats
    theta: Floats
    slack: Floats
    price: Floats


@attrs.frozen(eq=False)
class Shared:
    """Solutions: weights and shares (B, n) and multipliers of the linear rows (B, M)."""

    weights: Floats
    shares: Floats
    multipliers: Floats


def branches(problem: Problem, covariance: Floats, diagonal: Floats, states: State) -> Branches:
    """Return branches ready to be solved."""
    equal = problem.low == problem.high
    order = np.concatenate((np.flatnonzero(equal), np.flatnonzero(~equal)))
    rows = Rows(problem.rows[equal], problem.low[equal], problem.rows[~equal], problem.low[~equal],
                problem.high[~equal], np.argsort(order))  # fmt: skip
    free, live = (states == FREE).astype(float), (states != OUT).astype(float)
    both = np.ones((len(states), 2 * len(rows.low)))
    return Branches(
        problem, covariance, diagonal, states, free, live, rows, np.concatenate((live, live, free, both), axis=1)
    )


def solve(given: Branches) -> Shared:
    """Solve the relaxations of all branches; bounds hold for whatever comes out."""
    point = _start(given)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(ROUNDS):
            gap = (point.slack * point.price * given.on).sum(axis=1)
            size = np.einsum("bi,bi->b", point.w @ given.covariance, point.w)
            if bool((gap <= CLOSE * size).all()):
                break
            after = _newton(given, point, gap)
            if after is None or not np.isfinite(after.w).all() or not np.isfinite(after.price).all():
                break
            point = after
    m = len(given.rows.low)
    prices = point.price[:, -2 * m :] if m else np.zeros((len(point.w), 0))
    multipliers = np.concatenate((point.y, prices[:, :m] - prices[:, m:]), axis=1)[:, given.rows.order]
    return Shared(point.w, point.z, multipliers)


def _start(given: Branches) -> Point:
    problem, free = given.problem, given.free > 0.0
    share = given.places / np.maximum(given.free.sum(axis=1), 1.0)
    z = np.where(free, np.clip(share, SHARE, 1.0 - SHARE)[:, None], 1.0)
    room = ROOM * (problem.highest - problem.lowest)
    w = np.clip(z / problem.held, (problem.lowest + room) * z, (problem.highest - room) * z) * given.live
    slack = np.where(given.on > 0.0, _slack(given, w, z), 1.0)
    count = 2 * len(given.rows.low)
    if count:
        slack[:, -count:] = np.maximum(slack[:, -count:], ROOM * problem.highest)
    mu = ROOM * float(given.covariance.diagonal().mean()) / problem.held
    equations = np.zeros((len(w), len(given.rows.right)))
    s = given.diagonal * w / z
    return Point(w, z, s, equations, np.zeros(len(w)), slack, 0.5 * mu / slack * given.on)


def _slack(given: Branches, w: Floats, z: Floats) -> Floats:
    low, high = given.problem.lowest * z, given.problem.highest * z
    activity = w @ given.rows.table.T
    parts = (w - low, high - w, 1.0 - z, activity - given.rows.low, given.rows.high - activity)
    return np.concatenate(parts, axis=1)


def _along(given: Branches, dw: Floats, dz: Floats) -> Floats:
    """Return how slacks move when weights and shares do."""
    low, high = given.problem.lowest * dz, given.problem.highest * dz
    activity = dw @ given.rows.table.T
    return np.concatenate((dw - low, high - dw, -dz, activity, -activity), axis=1) * given.on


def _pull(given: Branches, prices: Floats) -> tuple[Floats, Floats]:
    """Return what prices of slacks do to the slopes of weights and of shares (the transpose of :func:`_along`)."""
    n, m = given.problem.size, len(given.rows.low)
    first, second, third = prices[:, :n], prices[:, n : 2 * n], prices[:, 2 * n : 3 * n]
    rows = (prices[:, 3 * n : 3 * n + m] - prices[:, 3 * n + m :]) @ given.rows.table
    return first - second + rows, given.problem.highest * second - given.problem.lowest * first - third


@attrs.frozen(eq=False)
class System:
    """The linear system of a step, its right-hand sides before centring, and what eliminates the shares."""

    matrix: Floats
    slope_w: Floats
    slope_z: Floats
    across: Floats
    stiff: Floats
    missing: Floats
    count: Floats
    equations: Floats


def _system(given: Branches, point: Point) -> System:
    n, d, rows = given.problem.size, given.diagonal, given.rows
    w, z, s = point.w, point.z, point.s
    drift = (d * w - s * z) / z
    pull_w, pull_z = _pull(given, point.price)
    slope_w = -(w @ given.covariance - d * w + s + drift - point.y @ rows.equal - pull_w) * given.live
    slope_z = (0.5 * s**2 / d + s / d * drift + pull_z - point.theta[:, None]) * given.free
    low, high = given.problem.lowest, given.problem.highest
    h = point.price / point.slack
    h1, h2, h3 = h[:, :n], h[:, n : 2 * n], h[:, 2 * n : 3 * n]
    across = -(s / z + low * h1 + high * h2) * given.free
    stiff = np.where(given.free > 0.0, s**2 / (d * z) + low**2 * h1 + high**2 * h2 + h3, 1.0)
    return System(
        _matrix(given, d / z + h1 + h2 - across**2 / stiff, across / stiff, stiff, h[:, 3 * n :]),
        slope_w,
        slope_z,
        across,
        stiff,
        np.where(given.on > 0.0, _slack(given, w, z) - point.slack, 0.0),
        given.places - (z * given.free).sum(axis=1),
        rows.right - w @ rows.equal.T,
    )


def _matrix(given: Branches, diagonal: Floats, ratio: Floats, stiff: Floats, h: Floats) -> Floats:
    n, rows, live = given.problem.size, given.rows, given.live
    m, pairs = len(rows.low), live[:, :, None] * live[:, None, :]
    matrix = np.zeros((len(live), n + 1 + len(rows.right), n + 1 + len(rows.right)))
    inner = given.covariance * pairs
    if m:
        inner += np.einsum("mi,bm,mj->bij", rows.table, h[:, :m] + h[:, m:], rows.table, optimize=True) * pairs
    each = np.arange(n)
    inner[:, each, each] += np.where(live > 0.0, diagonal - given.diagonal, 1.0)
    matrix[:, :n, :n] = inner
    matrix[:, :n, n] = matrix[:, n, :n] = -ratio
    matrix[:, n, n] = -(given.free / stiff).sum(axis=1) - TINY - (given.free.sum(axis=1) == 0.0)
    matrix[:, :n, n + 1 :] = -rows.equal.T * live[:, :, None]
    matrix[:, n + 1 :, :n] = matrix[:, :n, n + 1 :].transpose(0, 2, 1)
    last = np.arange(n + 1, matrix.shape[1])
    matrix[:, last, last] = -DAMPED / float(given.covariance.diagonal().mean())
    return matrix


@attrs.frozen(eq=False)
class Step:
    """A direction of all parts of a point."""

    w: Floats
    z: Floats
    s: Floats
    y: Floats
    theta: Floats
    slack: Floats
    price: Floats


def _step(given: Branches, point: Point, system: System, target: Floats) -> Step | None:
    """Return the direction towards products ``slack price + target``; None when a system is singular."""
    n = given.problem.size
    pull_w, pull_z = _pull(given, (target - point.price * system.missing) / point.slack * given.on)
    right_w, right_z = (system.slope_w + pull_w) * given.live, (system.slope_z + pull_z) * given.free
    count = system.count - (right_z / system.stiff).sum(axis=1)
    right = np.concatenate(
        (right_w - system.across / system.stiff * right_z, count[:, None], -system.equations), axis=1
    )
    try:
        solved = np.linalg.solve(system.matrix, right[..., None])[..., 0]
    except np.linalg.LinAlgError:
        return None
    dw, theta = solved[:, :n] * given.live, solved[:, n]
    dz = (right_z - system.across * dw - theta[:, None]) / system.stiff * given.free
    slack = _along(given, dw, dz) + system.missing
    price = (target - point.price * slack) / point.slack * given.on
    ds = given.diagonal * (point.w + dw) / point.z - point.s - point.s * dz / point.z
    return Step(dw, dz, ds * given.live, solved[:, n + 1 :], theta, slack, price)


def _newton(given: Branches, point: Point, gap: Floats) -> Point | None:
    """Mehrotra's step: predict to the boundary, then correct towards the centre; one length for all parts."""
    system, products = _system(given, point), point.slack * point.price
    ahead = _step(given, point, system, -products)
    if ahead is None:
        return None
    reach = _reach(point, ahead, given.on > 0.0)[:, None]
    after = ((point.slack + reach * ahead.slack) * (point.price + reach * ahead.price) * given.on).sum(axis=1)
    centre = np.maximum(after, 0.0) ** 3 / gap**2 / given.on.sum(axis=1)
    step = _step(given, point, system, (centre[:, None] - products - ahead.slack * ahead.price) * given.on)
    if step is None:
        return None
    length = np.minimum(1.0, TO_BOUNDARY * _reach(point, step, given.on > 0.0))
    far = length[:, None]
    return Point(
        point.w + far * step.w,
        point.z + far * step.z,
        point.s + far * step.s,
        point.y + far * step.y,
        point.theta + length * step.theta,
        point.slack + far * step.slack,
        point.price + far * step.price,
    )


def _reach(point: Point, step: Step, on: Bools) -> Floats:
    """Return the longest step that keeps slacks and prices positive, by branch."""
    fall = np.where(on, np.maximum(-step.slack / point.slack, -step.price / np.where(on, point.price, 1.0)), 0.0)
    reach: Floats = 1.0 / np.maximum(fall.max(axis=1), TINY)
    return np.minimum(reach, 1.0 / TO_BOUNDARY)
