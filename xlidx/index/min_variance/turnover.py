"""Turnover against current weights: rows are added until the best selection keeps to the limit.

One-way turnover is half the sum of ``|w - v|`` over all names, v the current weights.  As both sum to 1, it is what is
sold, and what is sold is the largest value of ``v(A) - w(A)`` over all sets A of names held today.  So the limit t says

    w(A) >= v(A) - t    for every set A that holds all names outside the candidates (there w is 0),

one linear row for each set.  Few of them bind: the problem is solved with some, and the set of the names that its
solution sells gives the next one.  A solution that keeps to the limit is the best of a problem with fewer rows, so
nothing that meets all of them is better, and the proof for that problem is the proof for all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NoReturn, TypeAlias

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.budget import Budget, relaxation_work
from xlidx.index.min_variance.certificate import Leaf
from xlidx.index.min_variance.inputs import TURNOVER, Labels, Prepared, extended
from xlidx.index.min_variance.problem import FREE, IN, OUT, Problem, State, volatility
from xlidx.index.min_variance.search.feasibility import UNIT, cells
from xlidx.index.min_variance.search.heuristics import Selection, best_weights, solve_relaxation
from xlidx.index.min_variance.solve import SearchResult, polished, solve

Outcome: TypeAlias = tuple[Prepared, SearchResult]

MET = 1e-9  # a turnover above its limit by less keeps to it
SOLD = 1e-11  # names whose weight falls by less are not sold
SLACK = 1e-6  # rows that are met with more room at the root are left out again
ROUNDS = 100  # of rows at the root, and for one selection
COLD = 5.0  # times the work of a relaxation that starts from one nearby
NODES = 20_000  # of the integer program for the least turnover


@attrs.frozen(eq=False)
class TurnoverLimit:
    """Current weights of the candidates (N,), the current weight of all other names, and the largest turnover."""

    current: Floats
    outside: float
    most: float

    def of(self, weights: Floats) -> float:
        """Return the turnover of new weights."""
        return self.outside + float(np.maximum(self.current - weights, 0.0).sum())

    def floor(self, members: Bools) -> float:
        """Return the least weight of a set of candidates."""
        return float(self.current[members].sum()) + self.outside - self.most


@attrs.frozen(eq=False)
class LeastTurnover:
    """The selection that sells least: state and weights (N,), turnover, and whether none is proven to sell less."""

    state: State
    weights: Floats
    turnover: float
    proven: bool


def turnover_limit(current: Mapping[str, float] | None, most: float | None, ids: Labels) -> TurnoverLimit | None:
    """Check current weights and limit; None when there is no limit, or one that nothing can exceed.

    Examples
    --------
    >>> limit = turnover_limit({"a": 0.5, "b": 0.25, "z": 0.25}, 0.4, ["a", "b", "c"])
    >>> limit.of(np.array([0.25, 0.25, 0.5]))
    0.5
    """
    if current is None and most is None:
        return None
    if current is None or most is None:
        missing, given = ("current", "turnover") if current is None else ("turnover", "current")
        mend = f"give {missing} too, or leave {given} out"
        raise XlidxError(Kind.MISSING, f"{given} is given without {missing}", f"argument {missing}", mend)
    require_fraction(most, "turnover")
    weights = _cleaned(current)
    names = [str(name).strip() for name in ids]
    held = np.array([weights.get(name, 0.0) for name in names])
    outside = math.fsum(weight for name, weight in weights.items() if name not in set(names))
    return TurnoverLimit(held, outside, float(most)) if most < 1.0 else None


def _cleaned(current: Mapping[str, float]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for name, weight in current.items():
        require_fraction(weight, f"current weight of {name}")
        if str(name).strip() in weights:
            raise XlidxError(Kind.DOMAIN, f"{name} appears twice", "argument current", "keep one of them")
        weights[str(name).strip()] = float(weight)
    total = math.fsum(weights.values())
    mend = "give the weights of all names held, those to be sold too"
    require(abs(total - 1.0) <= MET, total, "sum of the current weights", "be 1", mend)
    return {name: weight / total for name, weight in weights.items()}


def solve_within(prepared: Prepared, limit: TurnoverLimit, gap: float, budget: Budget) -> Outcome | float:
    """Return the problem with the rows that were needed and its solution, or the least turnover if that is too large.

    The weights returned keep to the limit whatever ended the search.
    """
    least = least_turnover(prepared.problem, limit)
    if least is None:
        return _without(prepared, limit, gap, budget)
    if least.turnover > limit.most + MET:
        return least.turnover if least.proven else _refused(limit)
    weights = least.weights
    best = Selection(weights, volatility(prepared.problem, weights), None)
    prepared = _at_the_root(prepared, limit, budget)
    prepared, best = _improved(prepared, limit, least.state, best, budget)
    outcome = prepared, _unproven(prepared.problem)
    while True:
        found = solve(prepared.problem, gap, budget)
        if found.weights is None:  # rounding alone: the least turnover is the limit
            break
        outcome = prepared, found
        if limit.of(found.weights) <= limit.most + MET:
            return outcome
        members = _sold(limit, found.weights)
        if _known(prepared, members):  # rounding again
            break
        after = extended(prepared, members, limit.floor(members))
        after, best = _improved(after, limit, np.where(found.weights > 0.0, IN, OUT), best, budget)
        if found.limited or budget.exhausted or found.bound**2 >= (1.0 - gap) * best.volatility**2:
            break
        prepared = after
    return _with(best, outcome, budget)


def _without(prepared: Prepared, limit: TurnoverLimit, gap: float, budget: Budget) -> Outcome:
    found = solve(prepared.problem, gap, budget)
    return (prepared, found) if found.weights is None else _refused(limit)


def _refused(limit: TurnoverLimit) -> NoReturn:
    what = f"no selection with a turnover of at most {limit.most:g} was found, nor proof that there is none"
    raise XlidxError(Kind.INFEASIBLE, what, "argument turnover", "give a larger turnover, or fewer candidates")


def _unproven(problem: Problem) -> SearchResult:
    nothing = Leaf(np.zeros(problem.size), np.zeros(len(problem.rows)))
    return SearchResult(None, np.inf, 0.0, False, lambda: (nothing,))


def _with(best: Selection, outcome: Outcome, budget: Budget) -> Outcome:
    """Put a selection that keeps to the limit in the place of one that does not; what is proven stays."""
    prepared, found = outcome
    bound, limited = min(found.bound, best.volatility), found.limited or budget.exhausted
    weights, size = best.weights, best.volatility
    return prepared, attrs.evolve(found, weights=weights, volatility=size, bound=bound, limited=limited)


def _sold(limit: TurnoverLimit, weights: Floats) -> Bools:
    members: Bools = limit.current - weights > SOLD
    return members


def _known(prepared: Prepared, members: Bools) -> bool:
    same = (prepared.stated.rows == members).all(axis=1)
    return any(found and kind == TURNOVER for found, (kind, _) in zip(same.tolist(), prepared.rows, strict=True))


def _at_the_root(prepared: Prepared, limit: TurnoverLimit, budget: Budget) -> Prepared:
    """Add rows until the relaxation keeps to the limit, then leave out those that do not bind there."""
    first, base, members = prepared, len(prepared.stated.rows), limit.current > 0.0
    state = np.full(prepared.problem.size, FREE)
    for _ in range(ROUNDS):
        if limit.floor(members) > 0.0 and not _known(prepared, members):
            prepared = extended(prepared, members, limit.floor(members))
        solved = solve_relaxation(prepared.problem, state, None)
        budget.spend(COLD * relaxation_work(*prepared.problem.loadings.shape))
        members = _sold(limit, solved.weights)
        if not solved.exact or budget.over or limit.of(solved.weights) <= limit.most + MET or _known(prepared, members):
            break
    room = prepared.stated.rows @ solved.weights - prepared.stated.low
    for row in range(base, len(prepared.stated.rows)):
        if not solved.exact or room[row] <= SLACK:
            first = extended(first, prepared.stated.rows[row] > 0.0, float(prepared.stated.low[row]))
    return first


def _improved(
    prepared: Prepared, limit: TurnoverLimit, state: State, best: Selection, budget: Budget
) -> tuple[Prepared, Selection]:
    """Find the best weights of one selection; return the rows that took and the better of the two selections."""
    for _ in range(ROUNDS):
        found = best_weights(prepared.problem, state, None)
        budget.spend(COLD * relaxation_work(*prepared.problem.loadings.shape))
        if found is None or found.volatility >= best.volatility:
            break
        weights = polished(found)
        members = _sold(limit, weights)
        if limit.of(weights) <= limit.most + MET:
            return prepared, Selection(weights, volatility(prepared.problem, weights), None)
        if _known(prepared, members):
            break
        if budget.over:
            break
        prepared = extended(prepared, members, limit.floor(members))
    return prepared, best


def least_turnover(problem: Problem, limit: TurnoverLimit) -> LeastTurnover | None:
    """Return the selection of least turnover, or None when there is no selection at all.

    Names with the same rows and the same current weight v are interchangeable: c of them with weight x together keep
    at most ``min(x, c v)``, which equal weights reach.  The most that is kept is an integer program in c and x.
    """
    grouped = cells(attrs.evolve(problem, rows=np.vstack((problem.rows, limit.current))))
    found = _kept(problem, grouped.rows, grouped.sizes, np.zeros_like(grouped.sizes), whole=True)
    if found is None:
        return None
    counts = np.round(found[0])
    exact = _kept(problem, grouped.rows, counts, counts, whole=False)
    total = found[1] if exact is None else exact[1]
    state, weights = np.full(problem.size, OUT), np.zeros(problem.size)
    calm = np.argsort(np.round(problem.sizes, 9), kind="stable")
    for cell, count in enumerate(counts.astype(int).tolist()):
        taken = calm[grouped.cell[calm] == cell][:count]
        state[taken], weights[taken] = IN, total[cell] / max(count, 1)
    return LeastTurnover(state, weights, limit.of(weights), found[2])


def _kept(
    problem: Problem, rows: Floats, most: Floats, fewest: Floats, whole: bool
) -> tuple[Floats, Floats, bool] | None:
    """Return names (number, J) and weights (J,) of the cells that keep most, and whether none keep more.

    The last row is the current weight of each name.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]

    j, eye = len(most), np.eye(len(most))
    none, own, table = np.zeros((j, j)), np.diag(rows[-1]) * UNIT, rows[:-1]
    conditions = [
        LinearConstraint(np.hstack((-problem.lowest * UNIT * eye, eye, none)), 0.0, np.inf),
        LinearConstraint(np.hstack((-problem.highest * UNIT * eye, eye, none)), -np.inf, 0.0),
        LinearConstraint(np.repeat((1.0, 0.0, 0.0), j)[None, :], problem.held, problem.held),
        LinearConstraint(np.hstack((0.0 * table, table, 0.0 * table)), problem.low * UNIT, problem.high * UNIT),
        LinearConstraint(np.hstack((none, -eye, eye)), -np.inf, 0.0),
        LinearConstraint(np.hstack((-own, none, eye)), -np.inf, 0.0),
    ]
    ends = Bounds(np.concatenate((fewest, np.zeros(2 * j))), np.concatenate((most, np.full(2 * j, np.inf))))
    found = milp(
        np.repeat((0.0, 0.0, -1.0), j),
        constraints=conditions,
        bounds=ends,
        integrality=np.repeat((int(whole), 0, 0), j),
        options={"node_limit": NODES},
    )
    return None if found.x is None else (found.x[:j], found.x[j : 2 * j] / UNIT, found.status == 0)
