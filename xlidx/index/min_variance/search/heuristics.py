"""Solved relaxations, and a good selection to begin with: round, dive, then exchange one name at a time."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.budget import Budget, relaxation_work
from xlidx.index.min_variance.problem import (
    FREE,
    IN,
    OUT,
    Names,
    Problem,
    State,
    places,
    propagated,
    violation,
    volatility,
)
from xlidx.index.min_variance.relaxation.active_set import FRACTIONAL, PIVOT, ActiveSet, basic
from xlidx.index.min_variance.relaxation.crossover import crossover
from xlidx.index.min_variance.relaxation.interior_point import LOOSE, relax
from xlidx.index.min_variance.relaxation.parametric import reoptimise
from xlidx.index.min_variance.search.feasibility import farkas_proof

TRIED = 4  # exchanges evaluated before the search gives up
FEASIBLE = 5e-10
EQUAL = 1e-9  # selections whose variances differ by less, relatively, are equal


@attrs.frozen(eq=False)
class RelaxedSolution:
    """A solved relaxation; ``exact`` is False when no weights were found, and the dual point is all there is."""

    weights: Floats
    dual: Dual
    active_set: ActiveSet | None
    exact: bool


@attrs.frozen(eq=False)
class Selection:
    """A selection that meets all conditions: its weights (N,), volatility and, where known, its active set."""

    weights: Floats
    volatility: float
    active_set: ActiveSet | None


def solve_relaxation(problem: Problem, state: State, warm_start: ActiveSet | None) -> RelaxedSolution:
    """Solve the relaxation of a branch, from an active set nearby if there is one, else from the inside."""
    found = reoptimise(warm_start, state) if warm_start is not None else None
    if isinstance(found, Dual):
        return RelaxedSolution(found.weights, found, None, exact=False)
    if isinstance(found, ActiveSet):
        return RelaxedSolution(found.weights, found.dual, found, exact=True)
    relaxed = relax(problem, state, LOOSE)
    active_set = crossover(problem, state, relaxed) if relaxed.converged else None
    if active_set is not None:
        return RelaxedSolution(active_set.weights, active_set.dual, active_set, exact=True)
    relaxed = relax(problem, state)
    if relaxed.converged:
        return RelaxedSolution(relaxed.weights, relaxed.dual, None, exact=True)
    proof = farkas_proof(problem, state)
    return RelaxedSolution(relaxed.weights, relaxed.dual if proof is None else proof, None, exact=False)


def best_weights(problem: Problem, state: State, warm_start: ActiveSet | None) -> Selection | None:
    """Return the best weights of one selection (a state without free names), or None when it has none."""
    solved = solve_relaxation(problem, state, warm_start)
    if not solved.exact or violation(problem, solved.weights) > FEASIBLE:
        return None
    return Selection(solved.weights, volatility(problem, solved.weights), solved.active_set)


def better_of(first: Selection, second: Selection | None) -> Selection:
    """Return the selection of lower variance, or of two that are equal the one whose list of names comes first."""
    if second is None:
        return first
    if abs(first.volatility - second.volatility) > 0.5 * EQUAL * first.volatility:
        return first if first.volatility < second.volatility else second
    names = [np.flatnonzero(each.weights).tolist() for each in (first, second)]
    return first if names[0] <= names[1] else second


def start(problem: Problem, state: State, solved: RelaxedSolution) -> Selection | None:
    """Return a first selection: the relaxation rounded, or else found by settling one name after the other."""
    selection = best_weights(problem, rounded(problem, state, solved), solved.active_set)
    return selection if selection is not None else _dive(problem, solved.active_set)


def rounded(problem: Problem, state: State, solved: RelaxedSolution) -> State:
    """Return the names that a relaxation prefers: by weight up to the lowest one, then by slope, then in order."""
    free = np.flatnonzero(state == FREE)
    slopes = problem.loadings @ (solved.weights @ problem.loadings) - solved.dual.multipliers @ problem.rows
    merit = np.minimum(solved.weights, problem.lowest) / problem.lowest
    merit = merit - 1e-3 * slopes / max(float(np.abs(slopes).max()), 1e-300)
    ranked = free[np.argsort(-np.round(merit[free], 9), kind="stable")]
    new = state.copy()
    new[free] = OUT
    new[ranked[: places(problem, state)]] = IN
    return new


def _dive(problem: Problem, active_set: ActiveSet | None) -> Selection | None:
    """Settle the name nearest to in or out, solve again, and so on; None when that ends without a selection."""
    while active_set is not None:
        parts = np.flatnonzero(active_set.bound_state == FRACTIONAL)
        if not len(parts):
            solved = RelaxedSolution(active_set.weights, active_set.dual, active_set, exact=True)
            return best_weights(problem, rounded(problem, active_set.state, solved), active_set)
        share = np.round(active_set.weights[parts] / problem.lowest, 9)
        pick = int(np.abs(share - 0.5).argmax())
        new = active_set.state.copy()
        new[parts[pick]] = IN if share[pick] > 0.5 else OUT
        after = propagated(problem, new)
        found = reoptimise(active_set, after) if after is not None else None
        active_set = found if isinstance(found, ActiveSet) else None
    return None


def exchange_search(problem: Problem, state: State, selection: Selection, budget: Budget) -> Selection:
    """Exchange names, the most promising exchanges first, until none of them lowers the volatility."""
    while selection.active_set is not None and not budget.over:
        budget.spend(TRIED * relaxation_work(*problem.loadings.shape))
        better = _exchange(problem, state, selection, selection.active_set)
        if better is None:
            break
        selection = better
    return selection


def _exchange(problem: Problem, state: State, selection: Selection, active_set: ActiveSet) -> Selection | None:
    entering = np.flatnonzero((state == FREE) & (active_set.state == OUT))
    leaving = np.flatnonzero((state == FREE) & (active_set.state == IN))
    if not len(entering) or not len(leaving):
        return None
    gains = exchange_gains(active_set, entering, leaving)
    for place in np.argsort(np.round(gains, 12), axis=None, kind="stable")[:TRIED]:
        i, j = np.unravel_index(place, gains.shape)
        new = active_set.state.copy()
        new[entering[i]], new[leaving[j]] = IN, OUT
        found = best_weights(problem, new, active_set)
        if found is not None and found.volatility < selection.volatility * (1.0 - EQUAL):
            return found
    return None


def exchange_gains(active_set: ActiveSet, entering: Names, leaving: Names) -> Floats:
    """Estimate the change of half the variance for every exchange, all other bound states kept.

    Let ``a`` be the weight given to the entering name i and ``b = -w_j`` the move of the leaving name j.  With H
    the Hessian of the pair once the basic names have followed, the change is ``d_i a + H_ii a^2 / 2 + d_j b +
    H_jj b^2 / 2 + H_ij a b``; if j is basic itself it has drifted by ``r a`` before it moves to 0 against the
    stiffness 1 / (inverse)_jj.  Either is a parabola in ``a``, least on ``lowest .. highest``.
    """
    problem, n = active_set.problem, active_set.problem.size
    basis = np.array(active_set.basis, dtype=np.intp)
    names, rows = basis < n, basis >= n
    columns = np.empty((len(basis), n))
    columns[names] = problem.loadings[basis[names]] @ problem.loadings.T
    columns[rows] = problem.rows[basis[rows] - n]
    follow = active_set.kkt_inverse @ columns
    own = (problem.loadings**2).sum(axis=1) - (columns * follow).sum(axis=0)
    where = np.zeros(n, dtype=np.intp)
    where[basis[names]] = np.flatnonzero(names)
    moves, bound_to = -active_set.weights[leaving], basic(active_set.bound_state)[leaving]
    pivots = np.where(bound_to, active_set.kkt_inverse.diagonal()[where[leaving]], 1.0)
    stiff = np.where(bound_to, 1.0 / np.maximum(pivots, PIVOT), own[leaving])
    drift = np.where(bound_to, -follow[where[leaving]][:, entering].T, 0.0)
    cross = problem.loadings[entering] @ problem.loadings[leaving].T - columns[:, entering].T @ follow[:, leaving]
    square = own[entering][:, None] + drift**2 * stiff
    linear = active_set.slopes[entering][:, None] + np.where(bound_to, -drift * stiff, cross) * moves
    constant = 0.5 * stiff * moves**2 + np.where(bound_to, 0.0, active_set.slopes[leaving] * moves)
    a = np.clip(-linear / np.maximum(square, PIVOT), problem.lowest, problem.highest)
    gains: Floats = linear * a + 0.5 * square * a**2 + constant
    return gains
