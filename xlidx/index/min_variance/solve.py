"""From the problem to the proven selection: relax, round, leave out what cannot matter, exchange, search."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.index.min_variance.bounds import Bound, Dual, bound
from xlidx.index.min_variance.certificate import Branch, Leaf, Step, Trail, listed
from xlidx.index.min_variance.problem import FREE, OUT, Names, Problem, State, reduced, volatility
from xlidx.index.min_variance.relaxation.active_set import narrowed
from xlidx.index.min_variance.relaxation.optimality import finish
from xlidx.index.min_variance.search.branch_and_bound import Node, Search, cutoff, push, run
from xlidx.index.min_variance.search.feasibility import any_weights, feasible_state
from xlidx.index.min_variance.search.heuristics import (
    Selection,
    best_weights,
    improved,
    preferred,
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
class Found:
    """The outcome: weights (N,) or None when there are none, volatility, bound, branches, steps of the proof."""

    weights: Floats | None
    volatility: float
    bound: float
    nodes: int
    steps: tuple[Step, ...]


def solve(problem: Problem, limits: Limits) -> Found:
    """Return the selection of least volatility with the proof of its bound."""
    state = np.full(problem.size, FREE)
    relaxed = solve_relaxation(problem, state, None)
    first = start(problem, state, relaxed)
    if first is None:
        chosen = feasible_state(problem, relaxed.weights)
        if chosen is None:
            return Found(None, np.inf, np.inf, 0, ())
        first = best_weights(problem, chosen, None) or _makeshift(problem, chosen)
    trail, limit = Trail(), bound(problem, state, relaxed.dual)
    state = _outside(state, relaxed.dual, limit, first, limits.gap, trail)
    keep = state != OUT
    small, names = reduced(problem, keep), np.flatnonzero(keep)
    search = Search(small, limits.gap, _kept(first, small, keep), state[keep])
    search.closed = float(limit.when_in[~keep].min(initial=np.inf))
    search.best = preferred(search.best, improved(small, state[keep], search.best))
    near = None if relaxed.corner is None else narrowed(relaxed.corner, small, keep)
    dual = Dual(relaxed.dual.weights[keep], relaxed.dual.multipliers)
    root = Node(state[keep], near, bound(small, state[keep], dual).value, dual, Trail())
    push(search, root)
    run(search, limits.nodes, limits.deadline)
    for _, _, node in search.open:
        node.trail.dual = node.dual
    return _found(problem, search, names, trail, root.trail)


def _makeshift(problem: Problem, state: State) -> Selection:
    weights = any_weights(problem, state)
    return Selection(weights, volatility(problem, weights), None)


def _outside(state: State, dual: Dual, limit: Bound, best: Selection, gap: float, trail: Trail) -> State:
    """Leave out the names that no better selection can hold; none when the root itself holds no better one.

    A name that can be left out costs more than the p-th cheapest, so the relaxation does not hold any of it.
    """
    goal = cutoff(best.volatility, gap)
    if limit.value >= goal:
        return state
    leave = (state == FREE) & (limit.when_in >= goal) & (best.weights == 0.0)
    trail.fixed = [(int(name), False, dual) for name in np.flatnonzero(leave)]
    return np.where(leave, OUT, state)


def _kept(selection: Selection, small: Problem, keep: Bools) -> Selection:
    corner = None if selection.corner is None else narrowed(selection.corner, small, keep)
    return Selection(selection.weights[keep], selection.volatility, corner)


def _found(problem: Problem, search: Search, names: Names, outer: Trail, inner: Trail) -> Found:
    weights = np.zeros(problem.size)
    weights[names] = _polished(search.best)
    # rounding puts the bound a few units above a volatility that it meets
    vol = volatility(problem, weights)
    steps = [*listed(outer)[:-1], *(_lifted(step, names, problem.size) for step in listed(inner))]
    return Found(weights, vol, min(search.bound, vol), search.nodes, tuple(steps))


def _polished(selection: Selection) -> Floats:
    exact = None if selection.corner is None else finish(selection.corner)
    return selection.weights if exact is None else exact


def _lifted(step: Step, names: Names, size: int) -> Step:
    if isinstance(step, Branch):
        return Branch(int(names[step.name]))
    if step.weights is None:
        return step
    weights = np.zeros(size)
    weights[names] = step.weights
    return Leaf(weights, step.multipliers)
