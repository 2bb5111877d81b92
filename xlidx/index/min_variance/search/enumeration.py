"""Every selection tried, where there are few: each closed by a dual point of its own.

With the names given and the limits of weights left aside, the best weights of a selection are those of the budget
alone: ``w = a / 1'a`` with ``a`` from ``S a = 1`` over its names.  They prove a bound that holds with the limits too
(:mod:`xlidx.index.min_variance.bounds`), and for thousands of selections they are one call.
The few selections whose bound lies below the best known one are solved in full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain, combinations
from math import comb

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual, bound, rounding, safe_bound, sharp_bound
from xlidx.index.min_variance.certificate import ProofTree
from xlidx.index.min_variance.problem import IN, OUT, Names, Problem, violation, volatility
from xlidx.index.min_variance.search.branch_and_bound import Search, cutoff
from xlidx.index.min_variance.search.heuristics import FEASIBLE, Selection, better_of, solve_relaxation

MOST = 50_000  # selections
CLOSE = 400  # selections to solve in full: more of them, and branches say more
CHUNK = 2_000_000  # numbers held at once
UNIT = 50.0  # selections of ten names in a unit of work


@attrs.frozen(eq=False)
class Supports:
    """Selections (a row of K names each), the weights of the budget alone, its multiplier, and the bound they prove."""

    names: Names
    weights: Floats
    multipliers: Floats
    value: Floats


def applicable(problem: Problem) -> bool:
    """Tell whether the selections are few enough to try all of them."""
    return comb(problem.size, problem.held) <= MOST


def run(search: Search) -> Callable[[], ProofTree] | None:
    """Close the whole problem by trying every selection; return what gives the proof, or None if branches do better.

    The proof is as long as there are selections: it is written when somebody asks for it.
    """
    problem, incumbent = search.problem, search.incumbent
    search.budget.spend(comb(problem.size, problem.held) / UNIT)
    found = _supports(problem)
    below = np.flatnonzero(found.value < search.cutoff)
    if len(below) > CLOSE:
        return None
    duals: dict[int, Dual] = {}
    for place in below[np.argsort(found.value[below], kind="stable")].tolist():
        if search.budget.exhausted:
            search.incumbent = incumbent
            return None
        state = np.full(problem.size, OUT)
        state[found.names[place]] = IN
        solved = solve_relaxation(problem, state, None)
        search.budget.spend(1.0, nodes=1)
        if solved.exact and violation(problem, solved.weights) <= FEASIBLE:
            selection = Selection(solved.weights, volatility(problem, solved.weights), solved.active_set)
            incumbent = better_of(incumbent, selection)
        duals[place] = solved.dual
        found.value[place] = bound(problem, state, solved.dual).value
        if found.value[place] < cutoff(incumbent.volatility, search.gap):
            found.value[place] = sharp_bound(problem, state, solved.dual)
    least = float(found.value.min())
    search.incumbent = incumbent
    if least < cutoff(incumbent.volatility, search.gap):  # rounding has spoilt a proof
        return None
    search.open, search.pruned_bound = [], least
    return lambda: _proof(problem, found, duals)


def _proof(problem: Problem, found: Supports, duals: Mapping[int, Dual]) -> ProofTree:
    places = {tuple(names): place for place, names in enumerate(found.names.tolist())}

    def closed(names: tuple[int, ...]) -> ProofTree:
        place = places[names]
        if place in duals:
            return ProofTree(dual=duals[place])
        weights, multipliers = np.zeros(problem.size), np.zeros(len(problem.rows))
        weights[list(names)], multipliers[0] = found.weights[place], found.multipliers[place]
        return ProofTree(dual=Dual(weights, multipliers))

    def from_name(name: int, taken: tuple[int, ...]) -> ProofTree:
        left = problem.held - len(taken)
        if left in (0, problem.size - name):
            return closed((*taken, *range(name, name + left)))
        inside, outside = from_name(name + 1, (*taken, name)), from_name(name + 1, taken)
        return ProofTree(name=name, inside=inside, outside=outside)

    return from_name(0, ())


def _supports(problem: Problem) -> Supports:
    n, held = problem.size, problem.held
    count = comb(n, held)
    flat = chain.from_iterable(combinations(range(n), held))
    names: Names = np.fromiter(flat, dtype=np.intp, count=count * held).reshape(count, held)
    step = max(1, CHUNK // (held * max(held, problem.loadings.shape[1])))
    parts = [_proven(problem, names[at : at + step]) for at in range(0, count, step)]
    weights, multipliers, value = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Supports(names, weights, multipliers, value)


def _proven(problem: Problem, names: Names) -> tuple[Floats, Floats, Floats]:
    """Return weights, multipliers and bounds of some selections; 0 where the covariance is singular."""
    factor = problem.loadings[names]
    inverse = _solved(factor @ factor.transpose(0, 2, 1))
    total = inverse.sum(axis=1)
    usable = np.isfinite(total) & (total > 0.0)
    weights = np.where(usable[:, None], inverse / np.where(usable, total, 1.0)[:, None], 0.0)
    direction = np.einsum("sk,skf->sf", weights, factor)
    norm = np.sqrt((direction**2).sum(axis=1))
    multipliers = norm**2
    slopes = np.einsum("skf,sf->sk", factor, direction) - multipliers[:, None] * problem.rows[0][names]
    terms = (np.abs(weights) * problem.sizes[names]).sum(axis=1)
    margin = np.take_along_axis(rounding(problem, terms, multipliers), names, axis=1)
    cost = np.minimum(slopes * problem.lowest, slopes * problem.highest) - margin
    value = safe_bound(multipliers * problem.low[0] + cost.sum(axis=1), norm, terms, multipliers)
    return weights, multipliers, np.where(usable, value, 0.0)


def _solved(matrices: Floats) -> Floats:
    ones = np.ones((*matrices.shape[:2], 1))
    try:
        found = np.linalg.solve(matrices, ones)
    except np.linalg.LinAlgError:  # one of them is singular: a little more on its diagonal leaves the bound valid
        size = np.einsum("sii->s", matrices)[:, None, None]
        found = np.linalg.solve(matrices + 1e-12 * size * np.eye(matrices.shape[1]), ones)
    return np.asarray(found[..., 0], dtype=np.float64)
