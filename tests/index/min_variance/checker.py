"""Checks the certificate of a minimum-variance selection: a walk over a tree and one sum for each of its ends.

Nothing is imported from the package.  A step with a ``name`` has two branches, the name in and then the name out;
any other step ends a branch, with weights z and multipliers y or, where the number of names excludes it, without.
With u = F z and c = F'u - R'y every selection of the branch has, for sums over the names it holds,

    |u| |F w| >= u'F w >= sum over rows of (y+ low - y- high) + sum over names held of min(c lowest, c highest).

With a diagonal D split off the covariance, S - D is positive semidefinite over the names that are not out (a Cholesky
decomposition shows it), so with Q = S - D and ``c = Q z - R'y`` half the variance of every selection is at least

    sum over rows of (y+ low - y- high) - z'Q z / 2 + sum over names held of the least of c t + d t^2 / 2,  t a weight.

With a limit t of the one-way turnover from current weights v, a row may be any set A of names: as new and current
weights both sum to 1, ``sum of s (w - v) <= 2 t`` with s = -1 in A and among the names that are no candidates (where
w = 0), and s = 1 elsewhere, says ``w(A) >= v(A) + v(no candidates) - t``.

As K weights make 1, none is below 1 - (K - 1) highest or above 1 - (K - 1) lowest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

IN, OUT, OPEN = 1, 0, -1


def certified(certificate: Any, factor: Any, sectors: Any, regions: Any, limits: dict[str, float]) -> float:
    """Return the variance that the certificate proves to be a lower bound; an AssertionError if it is no tree."""
    lowest, highest, others = limits["lowest"], limits["highest"], limits["names_held"] - 1
    limits = limits | {"lowest": max(lowest, 1 - others * highest), "highest": min(highest, 1 - others * lowest)}
    limits["kept"] = certificate.kept
    rows = [_row(kind, label, sectors, regions, limits) for kind, label in certificate.rows]
    table = np.array([members for members, _, _ in rows], dtype=np.longdouble)
    low, high = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    steps = iter(certificate.steps)
    state = np.full(len(sectors), OPEN)
    bound = _walk(steps, state, (np.asarray(factor, dtype=np.longdouble), table, low, high, limits))
    assert next(steps, None) is None, "steps are left over"
    return float(bound)


def _row(kind: str, label: str, sectors: Any, regions: Any, limits: dict[str, Any]) -> tuple[list[bool], float, float]:
    if kind == "budget":
        return [True] * len(sectors), 1.0, 1.0
    if kind == "turnover":
        members = limits["kept"][int(label) - 1]
        held = limits["current"]
        floor = sum(held[i] for i in members) + (1.0 - sum(held)) - limits["turnover"]
        return [i in members for i in range(len(sectors))], floor, 1.0
    if (kind, label) in limits.get("single", {}):
        column = {"sector": sectors, "region": regions, **limits.get("columns", {})}[kind]
        return [str(each) == label for each in column], *limits["single"][kind, label]
    if kind == "sector":
        return [str(s) == label for s in sectors], 0.0, limits["sector_cap"]
    return [str(r) == label for r in regions], limits["region_floor"], limits["region_cap"]


def _walk(steps: Iterator[Any], state: np.ndarray, problem: tuple[Any, ...]) -> float:
    step = next(steps)
    if not hasattr(step, "name"):
        return _end(step, state, *problem)
    assert state[step.name] == OPEN, "a name is branched on twice"
    bounds = []
    for side in (IN, OUT):
        state[step.name] = side
        bounds.append(_walk(steps, state, problem))
    state[step.name] = OPEN
    return min(bounds)


def _end(step: Any, state: np.ndarray, factor: Any, table: Any, low: Any, high: Any, limits: dict[str, float]) -> float:
    places = int(limits["names_held"]) - int((state == IN).sum())
    if not 0 <= places <= int((state == OPEN).sum()):
        return np.inf
    assert step.weights is not None, "a branch ends without a proof"
    if step.split is not None:
        return _end_with_split(step, state, places, factor, table, low, high, limits)
    u, y = factor @ step.weights, step.multipliers
    slopes = factor.T @ u - y @ table
    held = np.minimum(slopes * limits["lowest"], slopes * limits["highest"])
    edge = np.where(y > 0, low, high)
    total = (y[y != 0] * edge[y != 0]).sum() + held[state == IN].sum() + np.sort(held[state == OPEN])[:places].sum()
    if not (u != 0).any():
        return np.inf if total > 1e-12 * np.abs(y).sum() else 0.0
    return float(max(total, 0.0) / np.sqrt((u**2).sum())) ** 2


def _end_with_split(
    step: Any, state: np.ndarray, places: int, factor: Any, table: Any, low: Any, high: Any, limits: dict[str, float]
) -> float:
    z, y, d = (np.asarray(part, dtype=np.longdouble) for part in (step.weights, step.multipliers, step.split))
    covered = d > 0
    assert covered[state != OUT].all(), "a name that is not out has no part in the split"
    assert not z[~covered].any(), "weights beyond the names of the split"
    _assert_positive(factor[:, covered], d[covered])
    leaning = factor.T @ (factor @ z) - d * z
    slopes, d = leaning - y @ table, np.where(covered, d, 1)
    t = np.clip(-slopes / d, limits["lowest"], limits["highest"])
    held = slopes * t + d * t**2 / 2
    edge = np.where(y > 0, low, high)
    total = (y[y != 0] * edge[y != 0]).sum() - z @ leaning / 2
    return float(max(2 * (total + held[state == IN].sum() + np.sort(held[state == OPEN])[:places].sum()), 0.0))


PROVEN: set[bytes] = set()


def _assert_positive(factor: np.ndarray, split: np.ndarray) -> None:
    """Cholesky's decomposition, column by column; one that has been shown is not shown again."""
    key = factor.tobytes() + split.tobytes()
    if key in PROVEN:
        return
    left = factor.T @ factor - np.diag(split)
    for i in range(len(left)):
        assert left[i, i] > 0, "the covariance less the split is not positive"
        column = left[i + 1 :, i] / left[i, i]
        left[i + 1 :, i + 1 :] -= np.outer(column, left[i, i + 1 :])
    PROVEN.add(key)
