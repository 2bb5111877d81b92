"""A slow reference for the minimum-variance selection: every selection is tried."""

from __future__ import annotations

from itertools import combinations, product

import attrs
import numpy as np

ROOM = 1e-10  # by which the reference opens every limit, so that the weights of every selection have room


@attrs.frozen(eq=False)
class Case:
    """A small selection problem; limits in whole hundredths so that feasibility can be decided exactly."""

    factor: np.ndarray
    sectors: list[str]
    regions: list[str]
    names_held: int
    lowest: int
    highest: int
    sector_cap: int
    region_floor: int
    region_cap: int

    @property
    def arguments(self) -> dict[str, object]:
        limits = {
            name: getattr(self, name) / 100
            for name in ("lowest", "highest", "sector_cap", "region_floor", "region_cap")
        }
        return {
            "factor": self.factor,
            "sectors": self.sectors,
            "regions": self.regions,
            "ids": [f"N{i:02d}" for i in range(len(self.sectors))],
            "names_held": self.names_held,
            **limits,
        }


def random_case(seed: int) -> Case:
    """A case of 3 to 18 names, at most 8 held; about a tenth of them have no solution."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 19))
    held = int(rng.integers(1, min(n, 8) + 1))
    while n > 12 and 3 < held < n - 3:
        held = int(rng.integers(1, min(n, 8) + 1))
    days = int(rng.choice([3, 6, 12, 40]))
    market = rng.normal(size=(days, 1)) * rng.uniform(0.0, 1.5)
    returns = 0.01 * (market + rng.normal(size=(days, n)) * rng.uniform(0.5, 2.0, n))
    factor = (returns - returns.mean(axis=0)) / np.sqrt(days - 1)
    lowest = int(rng.integers(1, max(100 // held, 1) // int(rng.integers(1, 4)) + 1))
    highest = int(rng.integers(max(-(-100 // held), lowest), 101))
    sectors, regions = (rng.integers(0, most, n) for most in (rng.integers(1, 5), rng.integers(1, 4)))
    caps = [int(rng.choice([30, 40, 50, 60, 80, 100])) for _ in range(2)]
    if rng.random() < 0.95:  # else most caps leave no solution
        caps = [max(cap, 100 // len(set(group)) + 20) for cap, group in zip(caps, (sectors, regions), strict=True)]
    return Case(
        factor=factor,
        sectors=[f"S{i}" for i in sectors],
        regions=[f"R{i}" for i in regions],
        names_held=held,
        lowest=lowest,
        highest=highest,
        sector_cap=min(caps[0], 100),
        region_floor=min(int(rng.choice([0, 5, 10, 20])), *caps),
        region_cap=min(caps[1], 100),
    )


def supports(case: Case) -> np.ndarray:
    """Every selection that has weights, one row of names each."""
    every = np.array(list(combinations(range(len(case.sectors)), case.names_held)))
    return every[possible(case, every)]


def possible(case: Case, every: np.ndarray, dropped: frozenset[str] = frozenset()) -> np.ndarray:
    """Tell which selections have weights, exactly.

    Weights are a flow of 100 units from a source through regions, names and sectors to a sink.  By Hoffman's
    theorem there is one unless, for some set of nodes, more must flow in than can flow out, or the reverse.
    ``dropped`` are conditions that need not hold, in the words in which a clash is reported.
    """
    sector_names, region_names = sorted(set(case.sectors)), sorted(set(case.regions))
    sector = np.array([sector_names.index(s) for s in case.sectors])[every]
    region = np.array([region_names.index(r) for r in case.regions])[every]
    lowest = 0 if f"weights of at least {case.lowest / 100:g}" in dropped else case.lowest
    highest = 100 if f"weights of at most {case.highest / 100:g}" in dropped else case.highest
    caps = np.array([_cap(f"sector {s}", case.sector_cap, dropped) for s in sector_names])
    tops = np.array([_cap(f"region {r}", case.region_cap, dropped) for r in region_names])
    at_least = f"at least {case.region_floor / 100:g}"
    floors = np.array([0 if f"region {r} {at_least}" in dropped else case.region_floor for r in region_names])
    good = np.ones(len(every), dtype=bool)
    for inside in product((False, True), repeat=len(region_names) + len(sector_names) + 2):
        source, sink = inside[-2], inside[-1]
        regions, sectors = np.array(inside[: len(region_names)]), np.array(inside[len(region_names) : -2])
        in_region, in_sector = regions[region], sectors[sector]
        must_leave = lowest * (in_region & ~in_sector).sum(axis=1) + 100 * (sink and not source)
        may_enter = highest * (~in_region & in_sector).sum(axis=1) + 100 * (source and not sink)
        must_leave += int(floors[~regions].sum()) * source
        may_enter += int(tops[regions].sum()) * (not source) + int(caps[~sectors].sum()) * sink
        good &= must_leave <= may_enter
    return good


def _cap(group: str, cap: int, dropped: frozenset[str]) -> int:
    return 100 if f"{group} at most {cap / 100:g}" in dropped else cap


def least_variance(case: Case) -> float:
    """The least variance over all selections, infinite when there is none."""
    chosen = supports(case)
    return float(variances(case, chosen).min()) if len(chosen) else np.inf


def variances(case: Case, chosen: np.ndarray) -> np.ndarray:
    """Least variance of each selection, by a plain interior point on all of them at once."""
    count, held = chosen.shape
    columns = case.factor.T[chosen]
    scale = np.sqrt((case.factor**2).sum(axis=0).mean())
    hessian = columns @ columns.transpose(0, 2, 1) / scale**2
    groups = [np.array(case.sectors) == s for s in sorted(set(case.sectors))]
    areas = [np.array(case.regions) == r for r in sorted(set(case.regions))]
    rows = np.concatenate(
        [np.broadcast_to(np.eye(held), (count, held, held))]
        + [group[chosen][:, None, :].astype(float) for group in groups + areas],
        axis=1,
    )
    low = np.array([case.lowest] * held + [-50] * len(groups) + [case.region_floor or -50] * len(areas)) / 100
    high = np.array([case.highest] * held + [case.sector_cap + 50 * (case.sector_cap == 100)] * len(groups)
                    + [case.region_cap + 50 * (case.region_cap == 100)] * len(areas)) / 100  # fmt: skip
    return _interior(hessian, np.concatenate((rows, -rows), axis=1), np.concatenate((low, -high)) - ROOM) * scale**2


def _interior(hessian: np.ndarray, rows: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Minimise w'Hw with sum w = 1 and rows w >= low for a batch, Mehrotra's predictor and corrector."""
    count, m, held = rows.shape
    w = np.full((count, held), 1.0 / held)
    slack = np.maximum(np.einsum("bmk,bk->bm", rows, w) - low, 0.01)
    price, budget = np.ones((count, m)), np.zeros(count)
    open_ = np.arange(count)
    for _ in range(60):
        parts = (hessian[open_], rows[open_], w[open_], slack[open_], price[open_], budget[open_])
        w[open_], slack[open_], price[open_], budget[open_] = _newton(*parts, low)
        open_ = open_[(slack[open_] * price[open_]).sum(axis=1) > 1e-12]
        if not len(open_):
            break
    return np.maximum(np.einsum("bk,bkl,bl->b", w, hessian, w), 0.0)


def _newton(hessian, rows, w, slack, price, budget, low):
    count, m, held = rows.shape
    slope = np.einsum("bkl,bl->bk", hessian, w) - np.einsum("bmk,bm->bk", rows, price) - budget[:, None]
    missing = slack - (np.einsum("bmk,bk->bm", rows, w) - low)
    short = 1.0 - w.sum(axis=1)
    system = np.zeros((count, held + 1, held + 1))
    ratio = np.minimum(price / slack, 1e12)  # selections whose weights have no room stay solvable
    system[:, :held, :held] = hessian + np.einsum("bmk,bm,bml->bkl", rows, ratio, rows)
    system[:, range(held), range(held)] += 1e-14 * np.einsum("bkk->b", system)[:, None]
    system[:, :held, held] = system[:, held, :held] = 1.0
    target, correction = np.zeros((count, 1)), np.zeros((count, m))
    for _ in range(2):
        pull = (target - correction) / slack - price
        right = -slope + np.einsum("bmk,bm->bk", rows, pull + ratio * missing)
        step = np.linalg.solve(system, np.concatenate((right, short[:, None]), axis=1)[..., None])[..., 0]
        dw, dslack = step[:, :held], np.einsum("bmk,bk->bm", rows, step[:, :held]) - missing
        dprice = pull - ratio * dslack
        primal, dual = _reach(slack, dslack), _reach(price, dprice)
        gap = (slack * price).sum(axis=1)
        after = ((slack + primal * dslack) * (price + dual * dprice)).sum(axis=1)
        target, correction = ((after / gap) ** 3 * gap / m)[:, None], dslack * dprice
    primal, dual = 0.99 * primal, 0.99 * dual
    slack, price = np.maximum(slack + primal * dslack, 1e-15), np.maximum(price + dual * dprice, 1e-15)
    return w + primal * dw, slack, price, budget - dual[:, 0] * step[:, held]


def _reach(values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    return 1.0 / np.maximum((-steps / values).max(axis=1, keepdims=True), 1.0)
