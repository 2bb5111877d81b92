"""Branch and bound: the tree over "in or out", best bound first, with a proof that can be read afterwards.

A branch is a state of the names.  Its relaxation gives a bound; names whose flip the bound excludes are settled
at once; of the names still undecided the one with the largest product of gains is taken in in one branch and
left out in the other.  Nothing depends on the clock but a time limit.
"""

from __future__ import annotations

import heapq
import time

import attrs
import numpy as np

from xlidx.index.min_variance.bounds import Bound, Dual, bound
from xlidx.index.min_variance.certificate import Trail
from xlidx.index.min_variance.problem import FREE, IN, OUT, Problem, State, places, settled
from xlidx.index.min_variance.relaxation.active_set import Corner
from xlidx.index.min_variance.search.heuristics import (
    Selection,
    Solved,
    best_weights,
    improved,
    preferred,
    rounded,
    solve_relaxation,
)
from xlidx.index.min_variance.search.probing import outlook

DIGITS = 12  # bounds are rounded to this before they order the branches
WHOLE = 1e-9
REST = 25  # branches between two attempts to find a better selection by exchange
NOTHING = 1e-9  # a volatility that counts as 0, where that of equal weights is 1


@attrs.frozen(eq=False)
class Node:
    """An open branch: its state, a corner to start from, the bound known so far with its dual point, its record."""

    state: State
    near: Corner | None
    bound: float
    dual: Dual | None
    trail: Trail


@attrs.define(eq=False)
class Search:
    """The search as it stands.

    ``root`` is the state that all branches share, ``closed`` the least bound of all branches given up (a branch
    that could be neither solved nor excluded stays in it with its bound).
    """

    problem: Problem
    gap: float
    best: Selection
    root: State
    open: list[tuple[float, int, Node]] = attrs.field(factory=list)
    closed: float = np.inf
    nodes: int = 0
    made: int = 0

    @property
    def cutoff(self) -> float:
        """The volatility that a branch must be able to undercut to stay open."""
        return cutoff(self.best.volatility, self.gap)

    @property
    def bound(self) -> float:
        """The volatility below which no selection lies."""
        least = min((node.bound for _, _, node in self.open), default=np.inf)
        return min(least, self.closed, self.best.volatility)


def cutoff(volatility: float, gap: float) -> float:
    """Return the volatility at which the relative gap of the variance is closed; 0 for one that counts as 0."""
    return volatility * (1.0 - 0.5 * gap) if volatility > NOTHING else 0.0


def push(search: Search, node: Node) -> None:
    """Add an open branch."""
    heapq.heappush(search.open, (round(node.bound, DIGITS), search.made, node))
    search.made += 1


def run(search: Search, node_limit: int | None, deadline: float | None) -> None:
    """Work through the open branches until none is left or a limit is reached."""
    while search.open:
        if node_limit is not None and search.nodes >= node_limit:
            return
        if deadline is not None and time.perf_counter() >= deadline:
            return
        node = heapq.heappop(search.open)[2]
        if node.bound >= search.cutoff:
            _close(search, node.trail, node.bound, node.dual)
            continue
        search.nodes += 1
        if search.nodes % REST == 0:
            _try_near(search, node)
        for child in _explore(search, node):
            push(search, child)


def _close(search: Search, trail: Trail, value: float, dual: Dual | None) -> list[Node]:
    search.closed = min(search.closed, value)
    trail.dual = dual
    return []


def _explore(search: Search, node: Node) -> list[Node]:
    """Solve a branch, settle what its bounds settle, and return the branches that remain."""
    problem, near, value, proof = search.problem, node.near, node.bound, node.dual
    state = settled(problem, node.state)
    while state is not None:
        solved = solve_relaxation(problem, state, near)
        near, limit = solved.corner, bound(problem, state, solved.dual)
        if limit.value > value:
            value, proof = limit.value, solved.dual
        if value < search.cutoff and solved.exact and _whole(problem, state, solved):
            _offer(search, state, solved)
        if value >= search.cutoff or not (state == FREE).any():
            return _close(search, node.trail, value, proof)
        fixed = _fixed(search, state, limit, solved.dual, node.trail)
        if near is None:
            return _split(problem, fixed, solved, value, proof, node.trail)
        if (fixed == state).all():
            fixed, children = _ahead(search, near, value, proof, node.trail)
            if children:
                return children
        state = settled(problem, fixed)
    return _close(search, node.trail, np.inf, None)


def _try_near(search: Search, node: Node) -> None:
    """Round the relaxation of an open branch and exchange names from there."""
    if node.near is None:
        return
    corner = node.near
    solved = Solved(corner.weights, corner.dual, corner, exact=True)
    found = best_weights(search.problem, rounded(search.problem, corner.state, solved), corner)
    if found is not None:
        search.best = preferred(search.best, improved(search.problem, search.root, found))


def _whole(problem: Problem, state: State, solved: Solved) -> bool:
    """Tell whether the weights of a relaxation are those of a selection."""
    w = solved.weights[state == FREE]
    held = w > WHOLE
    return int(held.sum()) == places(problem, state) and bool((w[held] > problem.lowest - WHOLE).all())


def _offer(search: Search, state: State, solved: Solved) -> None:
    """Take the selection of a relaxation as the best one if it is."""
    taken = np.where((state == FREE) & (solved.weights > WHOLE), IN, np.where(state == IN, IN, OUT))
    search.best = preferred(search.best, best_weights(search.problem, taken, solved.corner))


def _fixed(search: Search, state: State, limit: Bound, dual: Dual, trail: Trail) -> State:
    """Settle the names whose flip the bound excludes."""
    free = state == FREE
    take, leave = free & (limit.when_out >= search.cutoff), free & (limit.when_in >= search.cutoff)
    new = np.where(take, IN, np.where(leave, OUT, state))
    trail.fixed += [(int(name), bool(take[name]), dual) for name in np.flatnonzero(take | leave)]
    excluded = np.where(take, limit.when_out, np.where(leave, limit.when_in, np.inf))
    search.closed = min(search.closed, float(excluded.min()))
    return new


def _ahead(search: Search, corner: Corner, value: float, proof: Dual | None, trail: Trail) -> tuple[State, list[Node]]:
    """Settle names by looking ahead, or else branch; returns the settled state and the branches."""
    seen, state = outlook(corner), corner.state.copy()
    shut_in, shut_out = seen.when_in >= search.cutoff, seen.when_out >= search.cutoff
    for j in np.flatnonzero(shut_in | shut_out).tolist():
        name, taken = int(seen.names[j]), bool(shut_out[j])
        state[name] = IN if taken else OUT
        trail.fixed.append((name, taken, seen.dual(j, inside=not taken)))
        search.closed = min(search.closed, float(seen.when_out[j] if taken else seen.when_in[j]))
    if shut_in.any() or shut_out.any():
        return state, []
    if not len(seen.names):
        solved = Solved(corner.weights, corner.dual, corner, exact=True)
        return state, _split(search.problem, state, solved, value, proof, trail)
    gains = np.maximum(seen.when_in - value, 1e-9) * np.maximum(seen.when_out - value, 1e-9)
    pick = int(np.round(gains / gains.max(), 6).argmax())
    ends = []
    for inside, there in ((True, float(seen.when_in[pick])), (False, float(seen.when_out[pick]))):
        ends.append((there, seen.dual(pick, inside=inside)) if there > value else (value, proof))
    return state, _children(state, int(seen.names[pick]), corner, ends[0], ends[1], trail)


def _children(
    state: State,
    name: int,
    near: Corner | None,
    inside: tuple[float, Dual | None],
    outside: tuple[float, Dual | None],
    trail: Trail,
) -> list[Node]:
    trail.name, trail.inside, trail.outside = name, Trail(), Trail()
    taken, left = state.copy(), state.copy()
    taken[name], left[name] = IN, OUT
    return [Node(taken, near, *inside, trail.inside), Node(left, near, *outside, trail.outside)]


def _split(
    problem: Problem, state: State, solved: Solved, value: float, proof: Dual | None, trail: Trail
) -> list[Node]:
    """Branch on the free name that is furthest from in or out, among equals on the one of largest weight."""
    free = np.flatnonzero(state == FREE)
    if not len(free):
        return [Node(state, solved.corner, value, proof, trail)]
    weights = solved.weights[free]
    share = np.minimum(weights / problem.lowest, 1.0)
    score = np.round(np.minimum(share, 1.0 - share) + 1e-3 * weights / problem.highest, 9)
    return _children(state, int(free[score.argmax()]), solved.corner, (value, proof), (value, proof), trail)
