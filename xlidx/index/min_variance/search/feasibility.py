"""Whether any selection exists, by a small integer program, and if not, which conditions clash.

Names with the same entries in all linear rows (same sector, same region) are interchangeable as far as the
conditions go.  For each such cell j with N_j names let c_j be the number held and v_j their weight together:

    lowest c_j <= v_j <= highest c_j,  0 <= c_j <= N_j,  sum c = K,  low <= R v <= high.

Every solution with whole c can be spread over names, so this decides feasibility exactly (up to the tolerance of
the integer program, 1e-10 in weights).  It has two unknowns per cell, whatever the number of names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual, bound
from xlidx.index.min_variance.problem import IN, OUT, Names, Problem, State

Key: TypeAlias = tuple[str, int]

PROVEN_INFEASIBLE = 2  # status of scipy.optimize.milp
UNIT = 1e4  # weights in basis points: the solver's absolute tolerances are then 1e-10 of a weight


@attrs.frozen(eq=False)
class Cells:
    """Groups of interchangeable names: the cell of each name (N,), entries of the rows (M, J), sizes (J,)."""

    cell: Names
    rows: Floats
    sizes: Floats


def cells(problem: Problem) -> Cells:
    """Group the names that have the same entries in all rows."""
    rows, cell, sizes = np.unique(problem.rows, axis=1, return_inverse=True, return_counts=True)
    return Cells(cell.ravel(), rows, sizes.astype(float))


def feasible_state(problem: Problem, merit: Floats) -> State | None:
    """Return a selection that has weights, close to the K names of largest merit, or None when there is none."""
    grouped = cells(problem)
    ranked = np.argsort(-np.round(merit, 9), kind="stable")
    wanted = np.bincount(grouped.cell[ranked[: problem.held]], minlength=len(grouped.sizes)).astype(float)
    counts = _counts(problem, grouped, wanted, frozenset())
    if counts is None:
        return None
    state = np.full(problem.size, OUT)
    for cell, count in enumerate(counts.tolist()):
        state[ranked[grouped.cell[ranked] == cell][:count]] = IN
    return state


def irreducible_conflict(problem: Problem, labels: Sequence[str]) -> tuple[str, ...]:
    """Return conditions that cannot hold together though the others can once any one of them is dropped.

    ``labels`` has a phrase for each row but the budget.  Conditions are tried from the last to the first and
    dropped as long as the rest stays contradictory; what is left is a least contradiction.
    """
    grouped, conditions = cells(problem), _conditions(problem, labels)
    dropped: frozenset[Key] = frozenset()
    for key in reversed(conditions):
        if _counts(problem, grouped, np.zeros_like(grouped.sizes), dropped | {key}) is None:
            dropped |= {key}
    return tuple(words for key, words in conditions.items() if key not in dropped)


def _conditions(problem: Problem, labels: Sequence[str]) -> dict[Key, str]:
    conditions: dict[Key, str] = {
        ("count", 0): f"exactly {problem.held} of {problem.size} names",
        ("lowest", 0): f"weights of at least {problem.lowest:g}",
        ("highest", 0): f"weights of at most {problem.highest:g}",
    }
    for row, label in enumerate(labels, start=1):
        if problem.low[row] > 0.0:
            conditions["low", row] = f"{label} at least {problem.low[row]:g}"
        if problem.high[row] <= 1.0:
            conditions["high", row] = f"{label} at most {problem.high[row]:g}"
    return conditions


def _counts(problem: Problem, grouped: Cells, wanted: Floats, dropped: frozenset[Key]) -> Names | None:
    """Return how many names each cell holds, as near to ``wanted`` as possible, or None when there is no way."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

    j, eye = len(grouped.sizes), np.eye(len(grouped.sizes))
    none = np.zeros((j, j))
    lowest = 0.0 if ("lowest", 0) in dropped else problem.lowest * UNIT
    highest = UNIT if ("highest", 0) in dropped else problem.highest * UNIT
    low, high = problem.low.copy(), problem.high.copy()
    low[[row for side, row in dropped if side == "low"]] = -1.0
    high[[row for side, row in dropped if side == "high"]] = 2.0
    total = (0.0, np.inf) if ("count", 0) in dropped else (problem.held, problem.held)
    conditions = [
        LinearConstraint(np.hstack((-lowest * eye, eye, none)), 0.0, np.inf),
        LinearConstraint(np.hstack((-highest * eye, eye, none)), -np.inf, 0.0),
        LinearConstraint(np.repeat((1.0, 0.0, 0.0), j)[None, :], *total),
        LinearConstraint(np.hstack((0.0 * grouped.rows, grouped.rows, 0.0 * grouped.rows)), low * UNIT, high * UNIT),
        LinearConstraint(np.hstack((-eye, none, eye)), -wanted, np.inf),
        LinearConstraint(np.hstack((eye, none, eye)), wanted, np.inf),
    ]
    ends = Bounds(np.zeros(3 * j), np.concatenate((grouped.sizes, np.full(2 * j, np.inf))))
    whole = np.repeat((1, 0, 0), j)
    found = milp(np.repeat((0.0, 0.0, 1.0), j), constraints=conditions, bounds=ends, integrality=whole)
    if found.x is None and found.status != PROVEN_INFEASIBLE:
        raise RuntimeError(found.message)
    return None if found.x is None else np.round(found.x[:j]).astype(np.intp)


def farkas_proof(problem: Problem, state: State) -> Dual | None:
    """Return multipliers of the rows that prove a branch to have no weights, or None when its rows can be met.

    The least total violation of the rows is a linear program; its multipliers are the proof (Farkas).
    """
    prices, _ = _least_violation(problem, state)
    proof = Dual(np.zeros(problem.size), prices)
    return proof if np.isinf(bound(problem, state, proof).value) else None


def least_violation_weights(problem: Problem, state: State) -> Floats:
    """Return weights of a selection that violate the rows as little as possible."""
    return _least_violation(problem, state)[1]


def _least_violation(problem: Problem, state: State) -> tuple[Floats, Floats]:
    from scipy.optimize import linprog

    m, table = len(problem.rows), np.vstack((-problem.rows, problem.rows))
    upper = np.where(state == OUT, 0.0, problem.highest)
    ends = np.column_stack((np.where(state == IN, problem.lowest, 0.0), upper)) * UNIT
    found = linprog(
        np.repeat((0.0, 1.0), (problem.size, m)),
        A_ub=np.hstack((table, np.vstack((-np.eye(m), -np.eye(m))))),
        b_ub=np.concatenate((-problem.low, problem.high)) * UNIT,
        bounds=np.vstack((ends, np.tile((0.0, np.inf), (m, 1)))),
    )
    prices = found.ineqlin.marginals
    return prices[m:] - prices[:m], found.x[: problem.size] / UNIT
