"""The selection problem as arrays, and the state of its names in a branch of the search.

Minimise ``|F w|`` (the volatility; ``S = F'F``) subject to ``low <= R w <= high`` for the linear rows (budget,
sectors, regions), exactly K names with ``lowest <= w <= highest`` and all others at 0.  Arrays are held by
name: ``loadings`` is F transposed, one row per name.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Floats

State: TypeAlias = npt.NDArray[np.int8]
Names: TypeAlias = npt.NDArray[np.intp]

OUT, FREE, IN = np.int8(0), np.int8(1), np.int8(2)


@attrs.frozen(eq=False)
class Problem:
    """A minimum-variance selection problem over N names with M linear rows.

    Parameters
    ----------
    loadings : array of shape (N, k)
        Columns of the factor, one row per name, scaled so that equal weights of the
        K names of least volatility have volatility 1.
    rows : array of shape (M, N)
        Coefficients of the linear rows; row 0 is the budget.
    low, high : arrays of shape (M,)
        Limits of the rows; equal for the budget.
    lowest, highest : float
        Limits of the weight of a name that is held.
    held : int
        K, the number of names held.
    sizes : array of shape (N,)
        The volatility of each name; follows from the loadings.
    """

    loadings: Floats
    rows: Floats
    low: Floats
    high: Floats
    lowest: float
    highest: float
    held: int
    sizes: Floats = attrs.field(init=False)

    @sizes.default
    def _sizes(self) -> Floats:
        sizes: Floats = np.sqrt((self.loadings**2).sum(axis=1))
        return sizes

    @property
    def size(self) -> int:
        """N, the number of names."""
        return len(self.loadings)


def places(problem: Problem, state: State) -> int:
    """Return how many of the free names are still to be taken in."""
    return problem.held - int(np.count_nonzero(state == IN))


def propagated(problem: Problem, state: State) -> State | None:
    """Return the state with forced names fixed, or None when the number of names cannot be met.

    With no place left every free name is out; with as many places as free names every one is in.
    """
    left, free = places(problem, state), state == FREE
    count = int(np.count_nonzero(free))
    if left < 0 or left > count:
        return None
    if count and left in (0, count):
        state = state.copy()
        state[free] = IN if left else OUT
    return state


def restricted_to(problem: Problem, keep: Bools) -> Problem:
    """Return the problem over some of its names, with a factor of no more rows than names."""
    loadings = problem.loadings[keep]
    if loadings.shape[1] > loadings.shape[0]:
        triangle: Floats = np.linalg.qr(loadings.T).R
        loadings = triangle.T
    rows = np.ascontiguousarray(problem.rows[:, keep])
    return attrs.evolve(problem, loadings=np.ascontiguousarray(loadings), rows=rows)


def volatility(problem: Problem, weights: Floats) -> float:
    """Return ``|F w|``."""
    return float(np.linalg.norm(weights @ problem.loadings))


def violation(problem: Problem, weights: Floats) -> float:
    """Return by how much the weights miss the worst of the linear rows and limits."""
    held = weights > 0.0
    activity = problem.rows @ weights
    count = abs(int(np.count_nonzero(held)) - problem.held)
    rows = max(float((problem.low - activity).max()), float((activity - problem.high).max()))
    limits = max(float((problem.lowest - weights[held]).max(initial=0.0)), float((weights - problem.highest).max()))
    return max(float(count), rows, limits)
