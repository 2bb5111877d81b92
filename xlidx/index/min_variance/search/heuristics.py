"""Solved relaxations, and a good selection to begin with: round, dive, then exchange one name at a time."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual
from xlidx.index.min_variance.problem import (
    FREE,
    IN,
    OUT,
    Names,
    Problem,
    State,
    places,
    settled,
    violation,
    volatility,
)
from xlidx.index.min_variance.relaxation.active_set import PART, PIVOT, Corner, basic
from xlidx.index.min_variance.relaxation.crossover import corner_at
from xlidx.index.min_variance.relaxation.interior_point import LOOSE, relax
from xlidx.index.min_variance.relaxation.parametric import settle
from xlidx.index.min_variance.search.feasibility import contradiction

TRIED = 4  # exchanges evaluated before the search gives up
FEASIBLE = 1e-10
EQUAL = 1e-9  # selections whose variances differ by less, relatively, are equal


@attrs.frozen(eq=False)
class Solved:
    """A solved relaxation; ``exact`` is False when no weights were found, and the dual point is all there is."""

    weights: Floats
    dual: Dual
    corner: Corner | None
    exact: bool


@attrs.frozen(eq=False)
class Selection:
    """A selection that meets all conditions: its weights (N,), volatility and, where known, its corner."""

    weights: Floats
    volatility: float
    corner: Corner | None


def solve_relaxation(problem: Problem, state: State, near: Corner | None) -> Solved:
    """Solve the relaxation of a branch, from a corner nearby if there is one, else from the inside."""
    found = settle(near, state) if near is not None else None
    if isinstance(found, Dual):
        return Solved(found.weights, found, None, exact=False)
    if isinstance(found, Corner):
        return Solved(found.weights, found.dual, found, exact=True)
    relaxed = relax(problem, state, LOOSE)
    corner = corner_at(problem, state, relaxed) if relaxed.converged else None
    if corner is not None:
        return Solved(corner.weights, corner.dual, corner, exact=True)
    relaxed = relax(problem, state)
    if relaxed.converged:
        return Solved(relaxed.weights, relaxed.dual, None, exact=True)
    proof = contradiction(problem, state)
    return Solved(relaxed.weights, relaxed.dual if proof is None else proof, None, exact=False)


def best_weights(problem: Problem, state: State, near: Corner | None) -> Selection | None:
    """Return the best weights of one selection (a state without free names), or None when it has none."""
    solved = solve_relaxation(problem, state, near)
    if not solved.exact or violation(problem, solved.weights) > FEASIBLE:
        return None
    return Selection(solved.weights, volatility(problem, solved.weights), solved.corner)


def preferred(first: Selection, second: Selection | None) -> Selection:
    """Return the selection of lower variance, or of two that are equal the one whose list of names comes first."""
    if second is None:
        return first
    if abs(first.volatility - second.volatility) > 0.5 * EQUAL * first.volatility:
        return first if first.volatility < second.volatility else second
    names = [np.flatnonzero(each.weights).tolist() for each in (first, second)]
    return first if names[0] <= names[1] else second


def start(problem: Problem, state: State, solved: Solved) -> Selection | None:
    """Return a first selection: the relaxation rounded, or else found by settling one name after the other."""
    selection = best_weights(problem, rounded(problem, state, solved), solved.corner)
    return selection if selection is not None else _dive(problem, solved.corner)


def rounded(problem: Problem, state: State, solved: Solved) -> State:
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


def _dive(problem: Problem, corner: Corner | None) -> Selection | None:
    """Settle the name nearest to in or out, solve again, and so on; None when that ends without a selection."""
    while corner is not None:
        parts = np.flatnonzero(corner.kind == PART)
        if not len(parts):
            solved = Solved(corner.weights, corner.dual, corner, exact=True)
            return best_weights(problem, rounded(problem, corner.state, solved), corner)
        share = np.round(corner.weights[parts] / problem.lowest, 9)
        pick = int(np.abs(share - 0.5).argmax())
        new = corner.state.copy()
        new[parts[pick]] = IN if share[pick] > 0.5 else OUT
        after = settled(problem, new)
        found = settle(corner, after) if after is not None else None
        corner = found if isinstance(found, Corner) else None
    return None


def improved(problem: Problem, state: State, selection: Selection) -> Selection:
    """Exchange names, the most promising exchanges first, until none of them lowers the volatility."""
    while selection.corner is not None:
        better = _exchange(problem, state, selection, selection.corner)
        if better is None:
            break
        selection = better
    return selection


def _exchange(problem: Problem, state: State, selection: Selection, corner: Corner) -> Selection | None:
    entering = np.flatnonzero((state == FREE) & (corner.state == OUT))
    leaving = np.flatnonzero((state == FREE) & (corner.state == IN))
    if not len(entering) or not len(leaving):
        return None
    gains = exchange_gains(corner, entering, leaving)
    for place in np.argsort(np.round(gains, 12), axis=None, kind="stable")[:TRIED]:
        i, j = np.unravel_index(place, gains.shape)
        new = corner.state.copy()
        new[entering[i]], new[leaving[j]] = IN, OUT
        found = best_weights(problem, new, corner)
        if found is not None and found.volatility < selection.volatility * (1.0 - EQUAL):
            return found
    return None


def exchange_gains(corner: Corner, entering: Names, leaving: Names) -> Floats:
    """Estimate the change of half the variance for every exchange, the kinds of all other names kept.

    Let ``a`` be the weight given to the entering name i and ``b = -w_j`` the move of the leaving name j.  With H
    the Hessian of the pair once the basic names have followed, the change is ``d_i a + H_ii a^2 / 2 + d_j b +
    H_jj b^2 / 2 + H_ij a b``; if j is basic itself it has drifted by ``r a`` before it moves to 0 against the
    stiffness 1 / (inverse)_jj.  Either is a parabola in ``a``, least on ``lowest .. highest``.
    """
    problem, n = corner.problem, corner.problem.size
    order = np.array(corner.order, dtype=np.intp)
    names, rows = order < n, order >= n
    columns = np.empty((len(order), n))
    columns[names] = problem.loadings[order[names]] @ problem.loadings.T
    columns[rows] = problem.rows[order[rows] - n]
    follow = corner.inverse @ columns
    own = (problem.loadings**2).sum(axis=1) - (columns * follow).sum(axis=0)
    where = np.zeros(n, dtype=np.intp)
    where[order[names]] = np.flatnonzero(names)
    moves, bound_to = -corner.weights[leaving], basic(corner.kind)[leaving]
    pivots = np.where(bound_to, corner.inverse.diagonal()[where[leaving]], 1.0)
    stiff = np.where(bound_to, 1.0 / np.maximum(pivots, PIVOT), own[leaving])
    drift = np.where(bound_to, -follow[where[leaving]][:, entering].T, 0.0)
    cross = problem.loadings[entering] @ problem.loadings[leaving].T - columns[:, entering].T @ follow[:, leaving]
    square = own[entering][:, None] + drift**2 * stiff
    linear = corner.slopes[entering][:, None] + np.where(bound_to, -drift * stiff, cross) * moves
    constant = 0.5 * stiff * moves**2 + np.where(bound_to, 0.0, corner.slopes[leaving] * moves)
    a = np.clip(-linear / np.maximum(square, PIVOT), problem.lowest, problem.highest)
    gains: Floats = linear * a + 0.5 * square * a**2 + constant
    return gains
