"""Branch and bound: the tree over "in or out", best bound first, with a proof that can be read afterwards.

A branch is a state of the names.  Its relaxation gives a bound; names whose flip the bound excludes are fixed
at once; of the names still undecided the one with the largest product of gains is taken in in one branch and
left out in the other.  Nothing depends on the clock but a time limit that is asked for.
"""

from __future__ import annotations

import heapq

import attrs
import numpy as np

from xlidx.index.min_variance.bounds import Bound, Dual, bound, sharp_bound
from xlidx.index.min_variance.budget import Budget, relaxation_work
from xlidx.index.min_variance.certificate import ProofTree
from xlidx.index.min_variance.problem import FREE, IN, OUT, Problem, State, places, propagated
from xlidx.index.min_variance.relaxation.active_set import ActiveSet
from xlidx.index.min_variance.search.heuristics import (
    RelaxedSolution,
    Selection,
    best_weights,
    better_of,
    exchange_search,
    rounded,
    solve_relaxation,
)
from xlidx.index.min_variance.search.probing import probe

DIGITS = 12  # bounds are rounded to this before they order the branches
INTEGRALITY = 1e-9
HEURISTIC_INTERVAL = 25  # branches between two attempts to find a better selection by exchange
ZERO_VOLATILITY = 1e-9  # a volatility that counts as 0, where that of equal weights of the calmest names is 1


@attrs.frozen(eq=False)
class Node:
    """An open branch: its state, an active set to start from, the bound with its dual point, its record."""

    state: State
    warm_start: ActiveSet | None
    bound: float
    dual: Dual | None
    tree: ProofTree


@attrs.define(eq=False)
class Search:
    """The search as it stands.

    ``root`` is the state that all branches share, ``tree`` the proof, ``pruned_bound`` the least bound of all
    branches given up (a branch that could be neither solved nor excluded stays in it with its bound).
    """

    problem: Problem
    gap: float
    incumbent: Selection
    root: State
    tree: ProofTree
    budget: Budget
    open: list[tuple[float, int, Node]] = attrs.field(factory=list)
    pruned_bound: float = np.inf
    made: int = 0

    @property
    def cutoff(self) -> float:
        """The volatility that a branch must be able to undercut to stay open."""
        return cutoff(self.incumbent.volatility, self.gap)

    @property
    def bound(self) -> float:
        """The volatility below which no selection lies."""
        least = min((node.bound for _, _, node in self.open), default=np.inf)
        return min(least, self.pruned_bound, self.incumbent.volatility)


def cutoff(volatility: float, gap: float) -> float:
    """Return the volatility at which the relative gap of the variance is closed; 0 for one that counts as 0."""
    return volatility * (1.0 - 0.5 * gap) if volatility > ZERO_VOLATILITY else 0.0


def push(search: Search, node: Node) -> None:
    """Add an open branch."""
    heapq.heappush(search.open, (round(node.bound, DIGITS), search.made, node))
    search.made += 1


def run(search: Search, most: float = np.inf) -> None:
    """Work through the open branches until none is left, the budget is exhausted or so many branches are solved."""
    while search.open and search.budget.solved < most and not search.budget.exhausted:
        node = heapq.heappop(search.open)[2]
        if node.bound >= search.cutoff:
            _prune(search, node.tree, node.bound, node.dual)
            continue
        search.budget.spend(0.0, nodes=1)
        if search.budget.solved % HEURISTIC_INTERVAL == 0:
            _local_search(search, node)
        for child in _process(search, node):
            push(search, child)


def _prune(search: Search, tree: ProofTree, value: float, dual: Dual | None) -> list[Node]:
    search.pruned_bound = min(search.pruned_bound, value)
    tree.dual = dual
    return []


def _process(search: Search, node: Node) -> list[Node]:
    """Solve a branch, fix what its bounds fix, and return the branches that remain."""
    problem, warm_start, value, proof = search.problem, node.warm_start, node.bound, node.dual
    state = propagated(problem, node.state)
    while state is not None:
        solved = solve_relaxation(problem, state, warm_start)
        search.budget.spend(relaxation_work(*problem.loadings.shape))
        warm_start, limit = solved.active_set, bound(problem, state, solved.dual)
        if limit.value > value:
            value, proof = limit.value, solved.dual
        if value < search.cutoff and solved.exact and _integral(problem, state, solved):
            _update_incumbent(search, state, solved)
        complete = not (state == FREE).any()
        if complete and value < search.cutoff:
            sharp = sharp_bound(problem, state, solved.dual)
            value, proof = (sharp, solved.dual) if sharp > value else (value, proof)
        if value >= search.cutoff or complete:
            return _prune(search, node.tree, value, proof)
        fixed = _reduced_cost_fixing(search, state, limit, solved.dual, node.tree)
        if warm_start is None:
            return _branch_on_most_fractional(problem, fixed, solved, value, proof, node.tree)
        if (fixed == state).all():
            fixed, children = _probe(search, warm_start, value, proof, node.tree)
            if children:
                return children
        state = propagated(problem, fixed)
    return _prune(search, node.tree, np.inf, None)


def _local_search(search: Search, node: Node) -> None:
    """Round the relaxation of an open branch and exchange names from there."""
    if node.warm_start is None:
        return
    active_set = node.warm_start
    solved = RelaxedSolution(active_set.weights, active_set.dual, active_set, exact=True)
    found = best_weights(search.problem, rounded(search.problem, active_set.state, solved), active_set)
    if found is not None:
        found = exchange_search(search.problem, search.root, found, search.budget)
        search.incumbent = better_of(search.incumbent, found)


def _integral(problem: Problem, state: State, solved: RelaxedSolution) -> bool:
    """Tell whether the weights of a relaxation are those of a selection."""
    w = solved.weights[state == FREE]
    held = w > INTEGRALITY
    return int(held.sum()) == places(problem, state) and bool((w[held] > problem.lowest - INTEGRALITY).all())


def _update_incumbent(search: Search, state: State, solved: RelaxedSolution) -> None:
    """Take the selection of a relaxation as the best one if it is."""
    taken = np.where((state == FREE) & (solved.weights > INTEGRALITY), IN, np.where(state == IN, IN, OUT))
    search.incumbent = better_of(search.incumbent, best_weights(search.problem, taken, solved.active_set))


def _reduced_cost_fixing(search: Search, state: State, limit: Bound, dual: Dual, tree: ProofTree) -> State:
    """Fix the names whose flip the bound excludes."""
    free = state == FREE
    take, leave = free & (limit.when_out >= search.cutoff), free & (limit.when_in >= search.cutoff)
    new = np.where(take, IN, np.where(leave, OUT, state))
    tree.fixed += [(int(name), bool(take[name]), dual) for name in np.flatnonzero(take | leave)]
    excluded = np.where(take, limit.when_out, np.where(leave, limit.when_in, np.inf))
    search.pruned_bound = min(search.pruned_bound, float(excluded.min()))
    return new


def _probe(
    search: Search, active_set: ActiveSet, value: float, proof: Dual | None, tree: ProofTree
) -> tuple[State, list[Node]]:
    """Fix names by probing, or else branch; returns the new state and the branches."""
    probes, state = probe(active_set), active_set.state.copy()
    shut_in, shut_out = probes.when_in >= search.cutoff, probes.when_out >= search.cutoff
    for j in np.flatnonzero(shut_in | shut_out).tolist():
        name, taken = int(probes.names[j]), bool(shut_out[j])
        state[name] = IN if taken else OUT
        tree.fixed.append((name, taken, probes.dual(j, inside=not taken)))
        search.pruned_bound = min(search.pruned_bound, float(probes.when_out[j] if taken else probes.when_in[j]))
    if shut_in.any() or shut_out.any():
        return state, []
    if not len(probes.names):
        solved = RelaxedSolution(active_set.weights, active_set.dual, active_set, exact=True)
        return state, _branch_on_most_fractional(search.problem, state, solved, value, proof, tree)
    gains = np.maximum(probes.when_in - value, 1e-9) * np.maximum(probes.when_out - value, 1e-9)
    pick = int(np.round(gains / gains.max(), 6).argmax())
    ends = []
    for inside, there in ((True, float(probes.when_in[pick])), (False, float(probes.when_out[pick]))):
        ends.append((there, probes.dual(pick, inside=inside)) if there > value else (value, proof))
    return state, _children(state, int(probes.names[pick]), active_set, ends[0], ends[1], tree)


def _children(
    state: State,
    name: int,
    warm_start: ActiveSet | None,
    inside: tuple[float, Dual | None],
    outside: tuple[float, Dual | None],
    tree: ProofTree,
) -> list[Node]:
    tree.name, tree.inside, tree.outside = name, ProofTree(), ProofTree()
    taken, left = state.copy(), state.copy()
    taken[name], left[name] = IN, OUT
    return [Node(taken, warm_start, *inside, tree.inside), Node(left, warm_start, *outside, tree.outside)]


def _branch_on_most_fractional(
    problem: Problem, state: State, solved: RelaxedSolution, value: float, proof: Dual | None, tree: ProofTree
) -> list[Node]:
    """Branch on the free name that is furthest from in or out, among equals on the one of largest weight."""
    free = np.flatnonzero(state == FREE)
    if not len(free):
        return [Node(state, solved.active_set, value, proof, tree)]
    weights = solved.weights[free]
    share = np.minimum(weights / problem.lowest, 1.0)
    score = np.round(np.minimum(share, 1.0 - share) + 1e-3 * weights / problem.highest, 9)
    return _children(state, int(free[score.argmax()]), solved.active_set, (value, proof), (value, proof), tree)
