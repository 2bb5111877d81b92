"""Rows that depend on each other: groups that add up to the budget, groups that are the same, limits without room."""

from fractions import Fraction

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.depth import depth
from tests.index.min_variance.checker import certified
from tests.index.min_variance.rig import least_variance, random_case
from xlidx.index.min_variance.portfolio import min_variance
from xlidx.index.min_variance.presolve import presolve

SEEDS = st.integers(0, 10**9)


def limits_of(case):
    return {name: value for name, value in case.arguments.items() if isinstance(value, float | int)}


def tight_case(seed, areas):
    """A case whose region rows leave no room, or whose regions are its sectors."""
    rng, case = np.random.default_rng(seed), random_case(seed)
    n, share = len(case.sectors), 100 // areas
    regions = [f"R{i}" for i in (np.arange(n) % areas if n >= areas else np.zeros(n, dtype=int))]
    floor = share if rng.random() < 0.5 else int(rng.integers(0, share + 1))
    case = attrs.evolve(case, regions=regions, region_floor=floor, region_cap=share, sector_cap=100)
    return attrs.evolve(case, sectors=regions, sector_cap=int(rng.integers(share, 101))) if rng.random() < 0.4 else case


@given(SEEDS, st.sampled_from([2, 4, 5]))
@settings(max_examples=depth(15, 60))
def test_groups_without_room_are_solved_as_by_trying_everything(seed, areas):
    case = tight_case(seed, areas)
    best, found = least_variance(case), min_variance(**case.arguments, certificate=True)
    if not np.isfinite(best):
        assert found.status == "infeasible"
        return
    tiny = 1e-9 * float((case.factor**2).sum(axis=0).mean())
    assert abs(found.objective - best) <= 1e-7 * best + tiny
    # where returns cancel out almost wholly, rounding may leave the right weights unproven: "feasible", never more
    assert found.status == "optimal" or (found.status == "feasible" and best <= 1e6 * tiny)
    proven = certified(found.certificate, case.factor, case.sectors, case.regions, limits_of(case))
    assert proven >= found.lower_bound * (1 - 1e-9) - 1e-6 * tiny


def market(n, areas, seed):
    """Returns of a market, R areas and n names."""
    rng, region = np.random.default_rng(seed), np.arange(n) % areas
    returns = rng.normal(size=(125, 1)) + 0.5 * rng.normal(size=(125, areas))[:, region]
    returns = 0.01 * (returns + rng.normal(size=(125, n)) * rng.uniform(0.5, 1.5, n))
    return (returns - returns.mean(axis=0)) / np.sqrt(124), rng.integers(0, 10, n), region


@pytest.mark.parametrize("areas", [2, 3, 4, 5])
def test_equal_shares_of_every_region_are_proven_at_once(areas):
    factor, sectors, regions = market(100, areas, 5)
    ids = [f"{i:03d}" for i in range(100)]
    found = {}
    for floor, cap in ((1 / areas, 1 / areas), (1 / areas - 1e-6, 1 / areas), (1 / areas - 1e-7, 1 / areas + 1e-7)):
        given_ = {"region_floor": floor, "region_cap": cap}
        found[floor] = min_variance(factor, sectors, regions, ids=ids, node_limit=50, certificate=True, **given_)
        assert found[floor].status == "optimal"
        limits = {"names_held": 50, "lowest": 0.01, "highest": 0.05, "sector_cap": 0.33, **given_}
        proven = certified(found[floor].certificate, factor, sectors, regions, limits)
        assert proven >= found[floor].lower_bound * (1 - 1e-9)
    # caps that add up to 1 leave no room for a lower floor; a room of 1e-7 changes the variance by little more
    values = [each.objective for each in found.values()]
    assert values == pytest.approx([values[0]] * 3, rel=2e-6)


def rank(vectors):
    """Rank over fractions."""
    left, count = [[Fraction(int(x)) for x in vector] for vector in vectors], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left = [
            [a - row[column] / pivot[column] * b for a, b in zip(row, pivot, strict=True)]
            for row in left
            if row is not pivot
        ]
        count += 1
    return count


def test_equations_that_stay_are_independent_and_limits_name_where_they_come_from():
    rng, fewer = np.random.default_rng(7), 0
    for _ in range(200):
        n, areas, kinds = int(rng.integers(4, 12)), int(rng.integers(2, 5)), ["budget"]
        rows, low, high = [np.ones(n)], [1.0], [1.0]
        for kind in ("region", "sector"):
            group = np.arange(n) % areas if rng.random() < 0.5 else rng.integers(0, areas, n)
            share = rng.multinomial(100, np.ones(areas) / areas) / 100
            room = rng.choice([0.0, 0.0, 0.02], areas)
            for g in range(areas):
                kinds.append(kind)
                rows.append((group == g).astype(float))
                low.append(max(share[g] - room[g], 0.0))
                high.append(share[g] + room[g] * (rng.random() < 0.5))
        table, low, high = np.array(rows), np.array(low), np.array(high)
        kept = presolve(table, low, high, kinds)
        fixed = kept.low == kept.high
        if len(kept.rows) == len(table):
            contradictory = (
                linprog(np.zeros(n), A_ub=np.vstack((table, -table)), b_ub=np.append(high, -low)).status == 2
            )
            assert contradictory or rank(kept.rows[fixed]) == fixed.sum()
            continue
        fewer += 1
        assert rank(kept.rows[fixed]) == fixed.sum()
        # each limit: the row is the combination, and the limit is what the limits as stated make of it
        for side, combinations, limits in ((1.0, kept.from_low, kept.low), (-1.0, kept.from_high, kept.high)):
            np.testing.assert_allclose(combinations @ table, kept.rows, atol=1e-12)
            ends = np.where(side * combinations > 0, low, high)
            np.testing.assert_allclose((combinations * ends).sum(axis=1), limits, atol=1e-11)
    assert fewer > 50


def test_the_second_of_two_regions_says_nothing_new():
    rows = np.array([[1.0, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]])
    kept = presolve(rows, np.array([1.0, 0.2, 0.3]), np.array([1.0, 0.6, 0.9]), ["budget", "region", "region"])
    # x1 = 1 - x2: from 0.2 to 0.6 and from 1 - 0.9 to 1 - 0.3
    np.testing.assert_array_equal(kept.rows, rows[:2])
    assert (kept.low[1], kept.high[1]) == (0.2, 0.6)
    kept = presolve(rows, np.array([1.0, 0.2, 0.3]), np.array([1.0, 0.8, 0.7]), ["budget", "region", "region"])
    assert kept.low[1] == pytest.approx(0.3)
    assert kept.high[1] == pytest.approx(0.7)
    # multipliers 2 on "x1 >= 0.3" are 2 on the budget and -2 on "x2 <= 0.7"
    np.testing.assert_allclose(kept.as_stated(np.array([0.0, 2.0])), [2.0, 0.0, -2.0])


def test_limits_that_contradict_each_other_are_left_to_be_named():
    rows = np.array([[1.0, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]])
    kept = presolve(rows, np.array([1.0, 0.2, 0.3]), np.array([1.0, 0.4, 0.5]), ["budget", "region", "region"])
    np.testing.assert_array_equal(kept.rows, rows)
