"""From the problem to the proven selection: relax, round, leave out what cannot matter, exchange, search."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.index.min_variance.bounds import Bound, Dual, bound
from xlidx.index.min_variance.certificate import Branch, Leaf, ProofTree, Step, flattened
from xlidx.index.min_variance.problem import FREE, OUT, Names, Problem, State, restricted_to, volatility
from xlidx.index.min_variance.relaxation.active_set import restricted
from xlidx.index.min_variance.relaxation.optimality import solve_afresh
from xlidx.index.min_variance.search.branch_and_bound import Node, Search, cutoff, push, run
from xlidx.index.min_variance.search.feasibility import feasible_state, least_violation_weights
from xlidx.index.min_variance.search.heuristics import (
    Selection,
    best_weights,
    better_of,
    exchange_search,
    solve_relaxation,
    start,
)


@attrs.frozen(eq=False)
class Limits:
    """When to stop: relative gap of the variance, branches, and the clock (as of ``time.perf_counter``)."""

    gap: float
    nodes: int | None
    deadline: float | None


@attrs.frozen(eq=False)
class SearchResult:
    """The outcome: weights (N,) or None when there are none, volatility, bound, branches, steps of the proof."""

    weights: Floats | None
    volatility: float
    bound: float
    nodes: int
    steps: tuple[Step, ...]


def solve(problem: Problem, limits: Limits) -> SearchResult:
    """Return the selection of least volatility with the proof of its bound."""
    state = np.full(problem.size, FREE)
    relaxed = solve_relaxation(problem, state, None)
    first = start(problem, state, relaxed)
    if first is None:
        chosen = feasible_state(problem, relaxed.weights)
        if chosen is None:
            return SearchResult(None, np.inf, np.inf, 0, ())
        first = best_weights(problem, chosen, None) or _least_violation_selection(problem, chosen)
    tree, limit = ProofTree(), bound(problem, state, relaxed.dual)
    state = _root_fixing(state, relaxed.dual, limit, first, limits.gap, tree)
    keep = state != OUT
    small, names = restricted_to(problem, keep), np.flatnonzero(keep)
    search = Search(small, limits.gap, _restricted_selection(first, small, keep), state[keep])
    search.pruned_bound = float(limit.when_in[~keep].min(initial=np.inf))
    search.incumbent = better_of(search.incumbent, exchange_search(small, state[keep], search.incumbent))
    warm_start = None if relaxed.active_set is None else restricted(relaxed.active_set, small, keep)
    dual = Dual(relaxed.dual.weights[keep], relaxed.dual.multipliers)
    root = Node(state[keep], warm_start, bound(small, state[keep], dual).value, dual, ProofTree())
    push(search, root)
    run(search, limits.nodes, limits.deadline)
    for _, _, node in search.open:
        node.tree.dual = node.dual
    return _found(problem, search, names, tree, root.tree)


def _least_violation_selection(problem: Problem, state: State) -> Selection:
    weights = least_violation_weights(problem, state)
    return Selection(weights, volatility(problem, weights), None)


def _root_fixing(state: State, dual: Dual, limit: Bound, best: Selection, gap: float, tree: ProofTree) -> State:
    """Leave out the names that no better selection can hold; none when the root itself holds no better one.

    A name that can be left out costs more than the p-th cheapest, so the relaxation does not hold any of it.
    """
    goal = cutoff(best.volatility, gap)
    if limit.value >= goal:
        return state
    leave = (state == FREE) & (limit.when_in >= goal) & (best.weights == 0.0)
    tree.fixed = [(int(name), False, dual) for name in np.flatnonzero(leave)]
    return np.where(leave, OUT, state)


def _restricted_selection(selection: Selection, small: Problem, keep: Bools) -> Selection:
    active_set = None if selection.active_set is None else restricted(selection.active_set, small, keep)
    return Selection(selection.weights[keep], selection.volatility, active_set)


def _found(problem: Problem, search: Search, names: Names, outer: ProofTree, inner: ProofTree) -> SearchResult:
    weights = np.zeros(problem.size)
    weights[names] = _polished(search.incumbent)
    # rounding puts the bound a few units above a volatility that it meets
    vol = volatility(problem, weights)
    steps = [*flattened(outer)[:-1], *(_lifted(step, names, problem.size) for step in flattened(inner))]
    return SearchResult(weights, vol, min(search.bound, vol), search.nodes, tuple(steps))


def _polished(selection: Selection) -> Floats:
    exact = None if selection.active_set is None else solve_afresh(selection.active_set)
    return selection.weights if exact is None else exact


def _lifted(step: Step, names: Names, size: int) -> Step:
    if isinstance(step, Branch):
        return Branch(int(names[step.name]))
    if step.weights is None:
        return step
    weights = np.zeros(size)
    weights[names] = step.weights
    return Leaf(weights, step.multipliers)
