"""From the problem to the proven selection: relax, round, leave out what cannot matter, exchange, search."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.index.min_variance.bounds import Bound, Dual, bound
from xlidx.index.min_variance.budget import Budget, relaxation_work
from xlidx.index.min_variance.certificate import Branch, Leaf, ProofTree, Step, flattened
from xlidx.index.min_variance.problem import FREE, OUT, Names, Problem, State, restricted_to, volatility
from xlidx.index.min_variance.relaxation.active_set import restricted
from xlidx.index.min_variance.relaxation.optimality import solve_afresh
from xlidx.index.min_variance.search import enumeration
from xlidx.index.min_variance.search.branch_and_bound import Node, Search, cutoff, push, run
from xlidx.index.min_variance.search.feasibility import feasible_state, least_violation_weights
from xlidx.index.min_variance.search.heuristics import (
    RelaxedSolution,
    Selection,
    best_weights,
    better_of,
    exchange_search,
    solve_relaxation,
    start,
)
from xlidx.index.min_variance.search.perspective_search import PerspectiveSearch, applicable, begin
from xlidx.index.min_variance.search.perspective_search import run as run_perspective

FEW_NODES = 8  # branches after which all selections are tried, if they are few
FIRST_NODES = 60  # branches after which a problem is taken to be one for the perspective relaxation
WIDE_GAP = 0.05  # relative gap of the variance at the root above which it is tried at once
CLOSER = 0.5  # part of the gap that it must leave at most


@attrs.frozen(eq=False)
class SearchResult:
    """The outcome: weights (N,) or None when there are none, volatility, bound, whether a limit ended it, the proof.

    ``steps`` gives the proof when it is called: it can be long, and few ask for it.
    """

    weights: Floats | None
    volatility: float
    bound: float
    limited: bool
    steps: Callable[[], tuple[Step, ...]]


def solve(problem: Problem, gap: float, budget: Budget) -> SearchResult:
    """Return the selection of least volatility with the proof of its bound."""
    if problem.loadings.shape[1] > problem.size:
        problem = restricted_to(problem, np.ones(problem.size, dtype=bool))
    state = np.full(problem.size, FREE)
    relaxed = solve_relaxation(problem, state, None)
    budget.spend(relaxation_work(*problem.loadings.shape))
    first = start(problem, state, relaxed)
    if first is None:
        chosen = feasible_state(problem, relaxed.weights)
        if chosen is None:
            return SearchResult(None, np.inf, np.inf, False, tuple)
        first = best_weights(problem, chosen, None) or _least_violation_selection(problem, chosen)
    tree, limit = ProofTree(), bound(problem, state, relaxed.dual)
    state = _root_fixing(state, relaxed.dual, limit, first, gap, tree)
    keep = state != OUT
    small, names = restricted_to(problem, keep), np.flatnonzero(keep)
    best = _restricted_selection(first, small, keep)
    best = better_of(best, exchange_search(small, state[keep], best, budget))
    search, proof = _searched(small, _root_node(relaxed, small, keep), best, gap, budget)
    for _, _, node in search.open:
        node.tree.dual = node.dual
    weights = np.zeros(problem.size)
    weights[names] = polished(search.incumbent)
    # rounding puts the bound a few units above a volatility that it meets
    vol, least = volatility(problem, weights), float(limit.when_in[~keep].min(initial=np.inf))

    def steps() -> tuple[Step, ...]:
        inner = (_lifted(step, names, problem.size) for step in flattened(proof()))
        return (*flattened(tree)[:-1], *inner)

    return SearchResult(weights, vol, min(search.bound, least, vol), bool(search.open), steps)


def _root_node(relaxed: RelaxedSolution, small: Problem, keep: Bools) -> Node:
    warm_start = None if relaxed.active_set is None else restricted(relaxed.active_set, small, keep)
    state, dual = np.full(small.size, FREE), Dual(relaxed.dual.weights[keep], relaxed.dual.multipliers)
    return Node(state, warm_start, bound(small, state, dual).value, dual, ProofTree())


def _searched(
    problem: Problem, root: Node, best: Selection, gap: float, budget: Budget
) -> tuple[Search | PerspectiveSearch, Callable[[], ProofTree]]:
    """Search over the relaxation of the buy-in; over the perspective one where that leaves much less to prove.

    Where there are few selections all of them are tried instead, once a few branches have not ended the search.
    """
    search = Search(problem, gap, best, root.state, root.tree, budget)
    push(search, root)
    if enumeration.applicable(problem):
        run(search, FEW_NODES)
        unproven = search.bound < search.cutoff
        proof = enumeration.run(search) if unproven and not budget.exhausted else None
        if proof is not None:
            return search, proof
    if root.bound**2 > (1.0 - WIDE_GAP) * best.volatility**2:
        run(search, FIRST_NODES)
    if search.open and not budget.exhausted and applicable(problem):
        other = begin(problem, gap, search.incumbent, budget)
        ours, theirs = (1.0 - (each.bound / search.incumbent.volatility) ** 2 for each in (search, other))
        if theirs <= CLOSER * ours:
            run_perspective(other)
            return other, lambda: other.tree
    run(search)
    return search, lambda: search.tree


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


def polished(selection: Selection) -> Floats:
    """Return the weights of a selection, computed afresh from its active set where there is one."""
    exact = None if selection.active_set is None else solve_afresh(selection.active_set)
    return selection.weights if exact is None else exact


def _lifted(step: Step, names: Names, size: int) -> Step:
    if isinstance(step, Branch):
        return Branch(int(names[step.name]))
    if step.weights is None:
        return step
    weights = np.zeros(size)
    weights[names] = step.weights
    split = None
    if step.split is not None:
        split = np.zeros(size)
        split[names] = step.split
    return Leaf(weights, step.multipliers, split)
