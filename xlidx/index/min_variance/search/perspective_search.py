"""Branch and bound over perspective relaxations: many branches solved at once, best bound first.

The relaxation of :mod:`xlidx.index.min_variance.perspective.relaxation` is much tighter than that of the buy-in where
few names are held or returns have little in common.  Its diagonal is found at the root and kept; names that its
bounds exclude are left out before the search, which then runs over the others.
"""

from __future__ import annotations

import heapq

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Bound, Dual, bound, sharp_bound
from xlidx.index.min_variance.budget import Budget
from xlidx.index.min_variance.certificate import ProofTree
from xlidx.index.min_variance.perspective.bounds import Bounds, bounds
from xlidx.index.min_variance.perspective.relaxation import Shared, branches, solve
from xlidx.index.min_variance.perspective.split import split, splittable
from xlidx.index.min_variance.problem import (
    FREE,
    IN,
    OUT,
    Names,
    Problem,
    State,
    places,
    propagated,
    restricted_to,
)
from xlidx.index.min_variance.search.branch_and_bound import DIGITS, cutoff
from xlidx.index.min_variance.search.heuristics import (
    Selection,
    best_weights,
    better_of,
    exchange_search,
    solve_relaxation,
)

BATCH = 16
TURNS = 8  # of split and relaxation at the root
EVEN = 0.3  # weight of an even gain beside the mean of the gains met
WORTH = 0.2  # share of names left out for which the root is begun again
HEURISTIC_INTERVAL = 16  # batches between two attempts to find a better selection by exchange
INTEGRAL = 1e-6
TINY = 1e-300
NARROW = 1e-9  # a room of weights too small for shares


@attrs.frozen(eq=False)
class Root:
    """The best relaxation found at the root: names it runs over, their diagonal, solution and bounds."""

    problem: Problem
    names: Names
    covariance: Floats
    diagonal: Floats
    solved: Shared
    limit: Bounds

    def dual(self, solved: Shared, place: int, size: int) -> Dual:
        """Return the point that proves the bound of one branch, over all ``size`` names."""
        weights, diagonal = np.zeros(size), np.zeros(size)
        weights[self.names], diagonal[self.names] = solved.weights[place], self.diagonal
        return Dual(weights, solved.multipliers[place], diagonal)


@attrs.define(eq=False)
class PerspectiveSearch:
    """The search as it stands; ``tree`` is its proof, ``pruned_bound`` the least bound of branches given up."""

    problem: Problem
    root: Root
    gap: float
    incumbent: Selection
    budget: Budget
    tree: ProofTree
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


@attrs.frozen(eq=False)
class Node:
    """An open branch: state over the names of the root, bound with the point that proves it, record."""

    state: State
    bound: float
    dual: Dual | None
    tree: ProofTree


def applicable(problem: Problem) -> bool:
    """Tell whether the problem has a perspective relaxation that differs from that of the buy-in."""
    wide = problem.highest - problem.lowest > NARROW
    return wide and problem.size > problem.held and splittable(problem.loadings @ problem.loadings.T)


def begin(problem: Problem, gap: float, incumbent: Selection, budget: Budget) -> PerspectiveSearch:
    """Return a search whose root is solved, with all names left out that its bounds exclude."""
    goal, tree, pruned = cutoff(incumbent.volatility, gap), ProofTree(), np.inf
    names, value = np.arange(problem.size), 0.0
    while True:
        root = _root(problem, names, goal, budget)
        value = max(value, float(root.limit.value[0]))
        leave = (root.limit.when_in[0] >= goal) & (incumbent.weights[names] == 0.0) & (value < goal)
        dual = root.dual(root.solved, 0, problem.size)
        if leave.any():
            tree.fixed += [(int(name), False, dual) for name in names[leave]]
            pruned = min(pruned, float(root.limit.when_in[0][leave].min()))
        if leave.mean() < WORTH or budget.over:
            break
        names = names[~leave]
    node = Node(np.where(leave, OUT, FREE).astype(np.int8), value, dual, tree)
    search = PerspectiveSearch(problem, root, gap, incumbent, budget, tree, [], pruned)
    _push(search, node)
    return search


def _root(whole: Problem, names: Names, goal: float, budget: Budget) -> Root:
    """Improve split and relaxation in turns; the best bound counts."""
    keep = np.zeros(whole.size, dtype=bool)
    keep[names] = True
    problem = restricted_to(whole, keep)
    covariance, state = problem.loadings @ problem.loadings.T, np.full((1, len(names)), FREE)
    mean, best = np.zeros(len(names)), list[Root]()
    for turn in range(TURNS):
        gain = mean / max(turn, 1) + (EVEN if turn else 1.0) / len(names)
        given = branches(problem, covariance, split(covariance, gain), state)
        solved = solve(given)
        best.append(Root(problem, names, covariance, given.diagonal, solved, bounds(given, solved)))
        w, z = solved.weights[0], solved.shares[0]
        gain = np.maximum(w**2 / z - w**2, 0.0)
        mean = mean + gain / max(float(gain.sum()), TINY)
        budget.spend(len(names) ** 3 / 4e4 + 1.0)
        if best[-1].limit.value[0] >= goal:
            break
    return max(best, key=lambda root: float(root.limit.value[0]))


def run(search: PerspectiveSearch) -> None:
    """Work through the open branches, a batch at a time, until none is left or the budget is exhausted."""
    batches = 0
    while search.open and not search.budget.exhausted:
        batch = _batch(search)
        if not batch:
            continue
        batches += 1
        _solve(search, batch, improve=batches % HEURISTIC_INTERVAL == 1)


def _batch(search: PerspectiveSearch) -> list[Node]:
    """Take the open branches of least bound, with their names settled as far as the number of names tells."""
    root, batch = search.root, list[Node]()
    while search.open and len(batch) < BATCH:
        node = heapq.heappop(search.open)[2]
        state = propagated(root.problem, node.state)
        if node.bound >= search.cutoff:
            _prune(search, node.tree, node.bound, node.dual)
        elif state is None:
            _prune(search, node.tree, np.inf, None)
        elif not (state == FREE).any():
            _leaf(search, node, state)
        else:
            batch.append(attrs.evolve(node, state=state))
    return batch


def _prune(search: PerspectiveSearch, tree: ProofTree, value: float, dual: Dual | None) -> None:
    search.pruned_bound = min(search.pruned_bound, value)
    tree.dual = dual


def _leaf(search: PerspectiveSearch, node: Node, state: State) -> None:
    """Solve one selection exactly."""
    root = search.root
    search.budget.spend(1.0, nodes=1)
    solved = solve_relaxation(root.problem, state, None)
    value = bound(root.problem, state, solved.dual).value
    if value < search.cutoff:
        value = max(value, sharp_bound(root.problem, state, solved.dual))
    search.incumbent = better_of(search.incumbent, _lifted(search, best_weights(root.problem, state, None)))
    weights = np.zeros(search.problem.size)
    weights[root.names] = solved.dual.weights
    dual = Dual(weights, solved.dual.multipliers)
    _prune(search, node.tree, *((value, dual) if value > node.bound else (node.bound, node.dual)))


def _lifted(search: PerspectiveSearch, found: Selection | None) -> Selection | None:
    """Return a selection over the names of the root as one over all names, computed afresh."""
    root = search.root
    if found is None:
        return None
    state = np.full(search.problem.size, OUT)
    state[root.names[found.weights > 0.0]] = IN
    return best_weights(search.problem, state, None)


def _solve(search: PerspectiveSearch, batch: list[Node], improve: bool) -> None:
    root = search.root
    given = branches(root.problem, root.covariance, root.diagonal, np.array([node.state for node in batch]))
    solved = solve(given)
    limit = bounds(given, solved)
    size = root.problem.size + len(root.problem.rows)
    search.budget.spend(len(batch) * (1.5 + size**3 / 2e5), nodes=len(batch))
    if improve:
        _improve(search, batch[0].state, solved.shares[0])
    for place, node in enumerate(batch):
        one = Bound(float(limit.value[place]), limit.when_in[place], limit.when_out[place])
        dual = root.dual(solved, place, search.problem.size)
        _branch(search, node, one, dual, solved.weights[place], solved.shares[place])


def _improve(search: PerspectiveSearch, state: State, shares: Floats) -> None:
    """Round the shares of a branch and exchange names from there."""
    root = search.root
    free = state == FREE
    ranked = np.argsort(-np.round(np.where(free, shares, -1.0), 9), kind="stable")[: places(root.problem, state)]
    chosen = np.where(state == IN, IN, OUT)
    chosen[ranked] = IN
    found = best_weights(root.problem, chosen, None)
    if found is not None:
        every = np.full(root.problem.size, FREE)
        found = exchange_search(root.problem, every, found, search.budget)
        search.incumbent = better_of(search.incumbent, _lifted(search, found))


def _branch(search: PerspectiveSearch, node: Node, limit: Bound, dual: Dual, weights: Floats, shares: Floats) -> None:
    """Close a branch, or fix the names whose flip its bounds exclude and branch on the one most in between."""
    root, tree, state = search.root, node.tree, node.state
    free = state == FREE
    if limit.value < search.cutoff and (np.abs(shares[free] - 0.5) > 0.5 - INTEGRAL).all():
        chosen = np.where(free & (shares > 0.5), IN, np.where(state == IN, IN, OUT))
        if int((chosen == IN).sum()) == root.problem.held:
            search.incumbent = better_of(search.incumbent, _lifted(search, best_weights(root.problem, chosen, None)))
    value, proof = (limit.value, dual) if limit.value > node.bound else (node.bound, node.dual)
    if value >= search.cutoff:
        _prune(search, tree, value, proof)
        return
    take, leave = free & (limit.when_out >= search.cutoff), free & (limit.when_in >= search.cutoff)
    tree.fixed += [(int(root.names[i]), bool(take[i]), dual) for i in np.flatnonzero(take | leave)]
    excluded = np.where(take, limit.when_out, np.where(leave, limit.when_in, np.inf))
    search.pruned_bound = min(search.pruned_bound, float(excluded.min()))
    state = np.where(take, IN, np.where(leave, OUT, state)).astype(np.int8)
    free = state == FREE
    if not free.any():
        _push(search, Node(state, value, proof, tree))
        return
    score = np.where(free, np.round(np.minimum(shares, 1.0 - shares) * weights, 9), -1.0)
    name = int(score.argmax())
    tree.name, tree.inside, tree.outside = int(root.names[name]), ProofTree(), ProofTree()
    for side, child in ((IN, tree.inside), (OUT, tree.outside)):
        after = state.copy()
        after[name] = side
        _push(search, Node(after, value, proof, child))


def _push(search: PerspectiveSearch, node: Node) -> None:
    search.made += 1
    heapq.heappush(search.open, (round(node.bound, DIGITS), search.made, node))
