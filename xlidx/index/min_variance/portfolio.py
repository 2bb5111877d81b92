"""Minimum variance with a fixed number of names: the proven optimum, or the best found with its certified gap.

Choose weights w to minimise ``w'S w`` with ``sum w = 1``, exactly K names held, each of them between a lowest and
a highest weight, every sector at or below a cap and every region between a floor and a cap.  S is given by a
factor F with ``S = F'F``; from T returns its rank is at most T - 1, and the method (:mod:`xlidx.index.min_variance`)
works on F throughout.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import attrs
import numpy as np

from xlidx.arrays import Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.budget import DEFAULT_WORK, Budget
from xlidx.index.min_variance.certificate import Branch, Leaf
from xlidx.index.min_variance.inputs import TURNOVER, Conditions, GroupLimit, Groups, Labels, Prepared, Row, prepare
from xlidx.index.min_variance.presolve import EXACT
from xlidx.rules import rule

if TYPE_CHECKING:
    from xlidx.index.min_variance.solve import SearchResult
    from xlidx.index.min_variance.turnover import TurnoverLimit

Searched: TypeAlias = "tuple[Prepared, SearchResult]"
Status: TypeAlias = Literal["optimal", "limit", "feasible", "infeasible"]

ZERO = 1e-18  # of the variance of equal weights of the calmest names: a variance below this is 0


@attrs.frozen(eq=False)
class Certificate:
    """A proof of the lower bound that a short program can check without solving anything.

    ``rows`` says what each linear row is, in the order of the multipliers: ("budget", ""), ("sector", label),
    ("region", label) or another kind of group and its label; groups too small to reach their cap have no row.
    ("turnover", number) comes last: the names in ``kept`` (their places, for each number from 1) weigh at least their
    current weight and that of all names that are no candidates, less the limit of the turnover.
    ``steps`` is the tree in the order in which it is walked: a ``Branch`` is followed by all steps with the name (its
    place in the caller's order) in, then by all with the name out; a ``Leaf`` ends a branch with weights z and
    multipliers y, from which :mod:`xlidx.index.min_variance.bounds`, or
    :mod:`xlidx.index.min_variance.perspective.bounds` where a diagonal is split off, tells the bound in closed form,
    or with neither where the number of names ends it.
    The limits of a weight used there are those given, narrowed to ``1 - (K - 1) highest`` and ``1 - (K - 1) lowest``.
    """

    rows: tuple[Row, ...]
    steps: tuple[Branch | Leaf, ...]
    kept: tuple[tuple[int, ...], ...] = ()


@attrs.frozen(eq=False)
class Solution:
    """Outcome of a minimum-variance selection.

    Parameters
    ----------
    weights : array of shape (N,) [fraction]
        In the order of the names given; all 0 when infeasible.
    status : {"optimal", "limit", "feasible", "infeasible"}
        ``optimal``: the gap is at or below the one asked for; ``limit``: a limit of work, branches or time came first;
        ``feasible``: the search came to its end and rounding leaves a wider gap.
    objective, lower_bound : float [variance per period of the returns]
        ``w'S w`` and a value that no selection can undercut; infinite when infeasible.
    gap : float [fraction]
        ``(objective - lower_bound) / objective``.
    nodes : int
        Branches whose relaxation was solved.
    seconds : float
        Time taken; the only field that differs from run to run.
    clash : tuple of str
        When infeasible: conditions that contradict each other, though no longer once any one of them is dropped.
    certificate : Certificate, optional
        The proof, when asked for.
    by_count : tuple of (int, Solution)
        With ``fewest``: the outcome for each number of names, with its own proof.
    """

    weights: Floats
    status: Status
    objective: float
    lower_bound: float
    gap: float
    nodes: int
    seconds: float
    clash: tuple[str, ...] = ()
    certificate: Certificate | None = None
    by_count: tuple[tuple[int, Solution], ...] = ()


@rule("solactive_human_capital", "2.1 step 4")
def min_variance(
    factor: Floats,
    sectors: Labels,
    regions: Labels,
    *,
    ids: Labels,
    names_held: int = 50,
    lowest: float = 0.01,
    highest: float = 0.05,
    sector_cap: float = 0.33,
    region_floor: float = 0.10,
    region_cap: float = 0.50,
    required_regions: Labels = (),
    given: str = "factor",
    node_limit: int | None = None,
    time_limit: float | None = None,
    gap: float = 1e-9,
    certificate: bool = False,
    work_limit: float | None = DEFAULT_WORK,
    fewest: int | None = None,
    groups: Mapping[str, Labels] | None = None,
    group_limits: Sequence[GroupLimit] = (),
    cash: Labels = (),
    current: Mapping[str, float] | None = None,
    turnover: float | None = None,
) -> Solution:
    """Weights of least variance with exactly K names, and the proof that none are better.

    Parameters
    ----------
    factor : array of shape (k, N)
        F with ``S = F'F`` (:func:`xlidx.index.min_variance.covariance.factor_from_prices`), or the returns
        themselves with
        ``given="returns"``.
    sectors, regions, ids : sequences of N words
        Group of every name, and its identifier, each once.
    names_held : int
        K.
    lowest, highest : float [fraction]
        Limits of the weight of a name that is held.
    sector_cap, region_floor, region_cap : float [fraction]
        Limits of the weight of every sector and every region.
    required_regions : sequence of words, optional
        Regions that must reach the floor even when no candidate belongs to them.
    given : {"factor", "returns", "covariance"}
        What the first argument is.
    node_limit : int, optional
        Largest number of branches to solve.
    time_limit : float, optional [seconds]
        Time after which nothing more is begun; the answer then depends on the machine.
    gap : float [fraction]
        Relative gap at which a solution is optimal.
    certificate : bool
        Whether to return the proof as well.
    work_limit : float, optional
        Work after which nothing more is begun; a unit takes about a millisecond, and is counted from the sizes of
        what is solved, so that the same inputs give the same answer.  None for no limit.
    fewest : int, optional
        Least number of names held: then ``names_held`` is the largest.  Each number is solved and proven on its own;
        numbers of names whose limits cannot make 1 are passed over, so that 1 means "at most ``names_held``".
    groups : mapping of word to sequence of N words, optional
        Further kinds of groups, such as country or issuer.
    group_limits : sequence of GroupLimit, optional
        Floor and cap of single groups; they take the place of the common ones.
    cash : sequence of words, optional
        Identifiers of lines that may be constant.
    current : mapping of identifier to weight, optional [fraction]
        Current weights, which sum to 1 within 1e-9; a name that is no candidate is sold.
    turnover : float, optional [fraction]
        Largest one-way turnover: half the sum of ``|new - current|`` over all names, those that are no candidates
        too.  Weights are never shown that exceed it by more than 1e-9.

    Returns
    -------
    Solution

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a value that is not a number; ``MISSING`` for a name without sector, region or identifier;
        ``DOMAIN`` for an identifier that stands there twice, a name of variance 0 or of 100,000 times the median
        volatility, limits out of range or order, and ``names_held`` times a limit that cannot make 1;
        ``INFEASIBLE`` for fewer candidates than names; ``MISSING`` for ``current`` without ``turnover`` or the
        reverse, and ``DOMAIN`` for current weights that do not sum to 1; ``SHAPE`` for columns of unequal length;
        ``CHOICE`` for an unknown ``given``.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 step 4.
    *Reading*: the region limits hold for the regions of the candidates and for ``required_regions``.  Names are
    sorted by identifier on entry, so their order does not matter.  Selections whose variances differ by less
    than 1e-9, relatively, are equal: of those met, the one whose sorted list of identifiers comes first is taken.
    A variance below 1e-18 of that of equal weights of the K calmest names counts as 0.  Infeasibility is
    proven by an integer program.

    Examples
    --------
    >>> F = np.diag([0.01, 0.02, 0.02, 0.04])
    >>> found = min_variance(F, list("AABB"), list("XYXY"), ids=list("abcd"), names_held=2, highest=0.9,
    ...                      sector_cap=0.8, region_cap=0.9)
    >>> found.status, found.weights.round(9).tolist()
    ('optimal', [0.8, 0.0, 0.0, 0.2])
    """
    began = time.perf_counter()
    _limits(node_limit, time_limit, work_limit, gap)
    budget = Budget(node_limit, work_limit, None if time_limit is None else began + time_limit)
    columns = {"sector": sectors, "region": regions, **(groups or {})}
    named = Groups(columns, group_limits, required_regions, cash)
    counts = _counts(fewest, names_held, lowest, highest)
    limit = _turnover(current, turnover, ids, columns)
    # One thread: sums in BLAS then run in one order, and systems this small are solved many times faster.
    with _pools().limit(limits=1, user_api="blas"):
        found = []
        for count in counts:
            conditions = Conditions(count, lowest, highest, sector_cap, region_floor, region_cap)
            prepared = prepare(factor, given, ids, named, conditions)
            found.append(_solved(prepared, gap, budget, certificate, limit))
    single = found[0] if fewest is None else _best(found, counts, gap)
    return attrs.evolve(single, nodes=budget.solved, seconds=time.perf_counter() - began)


def _counts(fewest: int | None, most: int, lowest: float, highest: float) -> list[int]:
    """Return the numbers of names to solve, all but those whose limits of weights cannot make 1."""
    if fewest is None:
        return [most]
    whole = isinstance(fewest, int) and isinstance(most, int) and fewest >= 1
    require(whole, fewest, "fewest", "be a whole number of 1 or more", "give the least number of names")
    require(fewest <= most, fewest, "fewest", f"be at most names_held, {most:g}", "give limits in order")
    counts = [k for k in range(fewest, most + 1) if k * lowest <= 1.0 + EXACT and k * highest >= 1.0 - EXACT]
    return counts or [most]


def _best(found: list[Solution], counts: list[int], gap: float) -> Solution:
    """Return the best solution over several numbers of names, with the bound that holds for all of them."""
    best = min(found, key=lambda each: each.objective)
    if best.status == "infeasible":
        return attrs.evolve(found[-1], by_count=tuple(zip(counts, found, strict=True)))
    bound = min(each.lower_bound for each in found)
    left = 0.0 if best.gap == 0.0 and bound >= best.lower_bound else (best.objective - bound) / best.objective
    limited = any(each.status == "limit" for each in found)
    status: Status = "optimal" if left <= gap else "limit" if limited else "feasible"
    by_count = tuple(zip(counts, found, strict=True))
    return attrs.evolve(best, status=status, lower_bound=bound, gap=left, by_count=by_count, certificate=None)


@rule("solactive_human_capital", "2.1")
def widen(
    solve: Callable[[float], Solution], *, first: float = 0.25, step: float = 0.01, last: float = 0.50
) -> tuple[Solution, float]:
    """Solve with the yield filter as it stands, and again with a wider one as long as there is no solution.

    Parameters
    ----------
    solve : callable
        Returns the solution for one yield filter [fraction of the securities]; may raise ``INFEASIBLE``.
    first, step, last : float [fraction]
        Filter to begin with, increase, and the largest filter tried.

    Returns
    -------
    Solution, float
        The first solution that is not infeasible and the filter it belongs to.

    Raises
    ------
    XlidxError
        ``INFEASIBLE`` when the largest filter has no solution either; says what clashes there.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 (after step 4).
    *Reading*: "increased by 1 %" adds one percentage point; 50 % is still tried; after that a person decides.

    Examples
    --------
    >>> nothing = Solution(np.zeros(2), "infeasible", np.inf, np.inf, 0.0, 0, 0.0, ("exactly 2 of 1 names",))
    >>> one = attrs.evolve(nothing, status="optimal", objective=1.0, lower_bound=1.0)
    >>> widen(lambda share: one if share >= 0.27 else nothing)[1]
    0.27
    """
    require(0.0 < first <= last <= 1.0, first, "first", "lie above 0, up to last and 1", "give fractions")
    require(step > 0.0, step, "step", "be above 0", "give a fraction: one point is 0.01")
    reason = ""
    for count in range(round((last - first) / step) + 1):
        share = round(first + count * step, 9)
        if share > last:
            break
        try:
            found = solve(share)
        except XlidxError as error:
            if error.kind is not Kind.INFEASIBLE:
                raise
            reason = error.what
            continue
        if found.status != "infeasible":
            return found, share
        reason = ", ".join(found.clash)
    what = f"no selection up to a yield filter of {last:.0%} ({reason})"
    raise XlidxError(Kind.INFEASIBLE, what, "minimum variance", "ask for a decision")


@cache
def _pools() -> Any:
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()


def _limits(node_limit: int | None, time_limit: float | None, work_limit: float | None, gap: float) -> None:
    for name, limit in (("node_limit", node_limit), ("time_limit", time_limit), ("work_limit", work_limit)):
        if limit is not None:
            require(limit >= 0, limit, name, "be 0 or more", "leave it out for none")
    require(0.0 < gap < 1.0, gap, "gap", "lie between 0 and 1", "give a relative gap such as 1e-9")


def _turnover(
    current: Mapping[str, float] | None, turnover: float | None, ids: Labels, columns: Mapping[str, Labels]
) -> TurnoverLimit | None:
    if current is None and turnover is None:
        return None
    from xlidx.index.min_variance.turnover import turnover_limit

    if TURNOVER in columns:
        raise XlidxError(Kind.CHOICE, f"a kind of group is named {TURNOVER}", "argument groups", "rename it")
    return turnover_limit(current, turnover, ids)


def _searched(prepared: Prepared, gap: float, budget: Budget, limit: TurnoverLimit | None) -> Searched | str:
    """Return problem and outcome, or a condition that cannot be met though the others can."""
    from xlidx.index.min_variance.solve import solve

    if limit is None:
        return prepared, solve(prepared.problem, gap, budget)
    from xlidx.index.min_variance.turnover import solve_within

    found = solve_within(prepared, attrs.evolve(limit, current=limit.current[prepared.order]), gap, budget)
    if isinstance(found, float):
        return f"a turnover of at most {limit.most:g} (at least {np.ceil(found * 1e6) / 1e6:.6f} is needed)"
    return found


def _solved(prepared: Prepared, gap: float, budget: Budget, certificate: bool, limit: TurnoverLimit | None) -> Solution:
    before, weights = budget.solved, np.zeros(prepared.problem.size)
    searched = _searched(prepared, gap, budget, limit)
    nodes = budget.solved - before
    if isinstance(searched, str):
        return Solution(weights, "infeasible", np.inf, np.inf, 0.0, nodes, 0.0, (searched, "the other limits"))
    prepared, found = searched
    if found.weights is None:
        from xlidx.index.min_variance.search.feasibility import irreducible_conflict

        words = irreducible_conflict(prepared.stated, prepared.labels)
        return Solution(weights, "infeasible", np.inf, np.inf, 0.0, nodes, 0.0, words)
    weights[prepared.order] = found.weights
    objective, bound = (found.volatility * prepared.scale) ** 2, (found.bound * prepared.scale) ** 2
    left = 0.0 if found.volatility**2 <= ZERO else (objective - bound) / objective
    status: Status = "optimal" if left <= gap else "limit" if found.limited else "feasible"
    proof = _certificate(prepared, found) if certificate else None
    return Solution(weights, status, objective, bound, left, nodes, 0.0, certificate=proof)


def _certificate(prepared: Prepared, found: SearchResult) -> Certificate:
    """Put the proof into the caller's order and units."""
    rows = (row for (kind, _), row in zip(prepared.rows, prepared.stated.rows, strict=True) if kind == TURNOVER)
    kept = tuple(tuple(sorted(prepared.order[row > 0.0].tolist())) for row in rows)
    return Certificate(prepared.rows, tuple(_in_order(step, prepared) for step in found.steps()), kept)


def _in_order(step: Branch | Leaf, prepared: Prepared) -> Branch | Leaf:
    if isinstance(step, Branch):
        return Branch(int(prepared.order[step.name]))
    if step.weights is None or step.multipliers is None:
        return step
    weights, split = np.zeros_like(step.weights), None
    weights[prepared.order] = step.weights
    if step.split is not None:
        split = np.zeros_like(step.split)
        split[prepared.order] = step.split * prepared.scale**2
    return Leaf(weights, prepared.presolved.as_stated(step.multipliers) * prepared.scale**2, split)
