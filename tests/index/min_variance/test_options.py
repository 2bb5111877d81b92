"""Options beyond the guideline: a range of numbers of names, limits of single groups, other groups, constant lines."""

from itertools import combinations

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.index.min_variance.checker import certified
from tests.index.min_variance.rig import least_variance, random_case
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.inputs import GroupLimit
from xlidx.index.min_variance.portfolio import min_variance

SEEDS = st.integers(0, 10**9)


def limits_of(case, held):
    limits = {name: value for name, value in case.arguments.items() if isinstance(value, float | int)}
    return limits | {"names_held": held}


@given(SEEDS, st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=10)
def test_a_range_of_numbers_is_the_best_of_each_of_them(seed, fewer, more):
    case = random_case(seed)
    least, most = max(case.names_held - fewer, 1), min(case.names_held + more, len(case.sectors), 8)
    best = {}
    for count in range(least, most + 1):
        if count * case.lowest <= 100 <= count * case.highest:
            best[count] = least_variance(attrs.evolve(case, names_held=count))
    found = min_variance(**case.arguments | {"names_held": most}, fewest=least, certificate=True)
    if not np.isfinite(min(best.values())):
        assert found.status == "infeasible"
        return
    tiny = 1e-9 * float((case.factor**2).sum(axis=0).mean())
    assert found.objective == pytest.approx(min(best.values()), rel=1e-7, abs=tiny)
    assert found.lower_bound <= min(best.values()) * (1 + 1e-7) + tiny
    assert least <= np.count_nonzero(found.weights) <= most
    for count, each in found.by_count:
        if each.status != "infeasible":
            proven = certified(each.certificate, case.factor, case.sectors, case.regions, limits_of(case, count))
            assert proven >= each.lower_bound * (1 - 1e-9) - 1e-6 * tiny
            assert proven >= found.lower_bound * (1 - 1e-9) - 1e-6 * tiny


def table(n, seed):
    rng = np.random.default_rng(seed)
    returns = 0.01 * (0.7 * rng.normal(size=(60, 1)) + rng.normal(size=(60, n)) * rng.uniform(0.5, 2.0, n))
    return (returns - returns.mean(axis=0)) / np.sqrt(59)


def tried(factor, held, lowest, highest, rows):
    """Least variance over all selections, each by a general method; ``rows`` are (members, floor, cap)."""
    best = np.inf
    for names in combinations(range(factor.shape[1]), held):
        part = factor[:, names] * 100.0
        inside = [(np.array([members[i] for i in names], dtype=float), floor, cap) for members, floor, cap in rows]
        conditions = [{"type": "eq", "fun": lambda w: w.sum() - 1.0}]
        for members, floor, cap in inside:
            conditions.append({"type": "ineq", "fun": lambda w, m=members, f=floor: m @ w - f})
            conditions.append({"type": "ineq", "fun": lambda w, m=members, c=cap: c - m @ w})
        found = minimize(
            lambda w, p=part: ((p @ w) ** 2).sum(), np.full(held, 1.0 / held), jac=lambda w, p=part: 2 * p.T @ (p @ w),
            method="SLSQP", bounds=[(lowest, highest)] * held, constraints=conditions,
            options={"ftol": 1e-15, "maxiter": 300},
        )  # fmt: skip
        missed = max((max(f - m @ found.x, m @ found.x - c) for m, f, c in inside), default=0.0)
        if missed < 1e-8 and abs(found.x.sum() - 1.0) < 1e-8:
            best = min(best, found.fun * 1e-4)
    return best


SINGLE = (
    GroupLimit("sector", "A", floor=0.30),
    GroupLimit("region", "Y", cap=0.25),
    GroupLimit("country", "FR", floor=0.10, cap=0.35),
    GroupLimit("issuer", "I1", cap=0.20),
)


@pytest.mark.parametrize("seed", range(6))
def test_limits_of_single_groups_are_those_of_a_general_method(seed):
    n, rng = 8, np.random.default_rng(seed)
    factor = table(n, seed)
    columns = {
        "sector": [["A", "B", "C"][i % 3] for i in range(n)],
        "region": [["X", "Y"][i % 2] for i in range(n)],
        "country": [["FR", "DE"][i] for i in rng.integers(0, 2, n - 2)] + ["FR", "DE"],
        "issuer": [f"I{i // 2}" for i in range(n)],
    }
    sides = {("sector", "A"): (0.30, 0.6), ("sector", "B"): (0.0, 0.6), ("sector", "C"): (0.0, 0.6),
             ("region", "X"): (0.1, 0.9), ("region", "Y"): (0.1, 0.25),
             ("country", "FR"): (0.10, 0.35), ("issuer", "I1"): (0.0, 0.20)}  # fmt: skip
    rows = [([each == label for each in columns[kind]], *side) for (kind, label), side in sides.items()]
    best = tried(factor, 4, 0.05, 0.6, rows)
    found = min_variance(
        factor, columns["sector"], columns["region"], ids=[f"{i}" for i in range(n)], names_held=4, lowest=0.05,
        highest=0.6, sector_cap=0.6, region_floor=0.1, region_cap=0.9,
        groups={"country": columns["country"], "issuer": columns["issuer"]}, group_limits=SINGLE, certificate=True,
    )  # fmt: skip
    if not np.isfinite(best):
        assert found.status == "infeasible"
        return
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best, rel=1e-6)
    for members, floor, cap in rows:
        assert floor - 1e-9 <= found.weights[np.array(members)].sum() <= cap + 1e-9
    limits = {"names_held": 4, "lowest": 0.05, "highest": 0.6, "sector_cap": 0.6, "region_floor": 0.1,
              "region_cap": 0.9, "single": sides, "columns": columns}  # fmt: skip
    proven = certified(found.certificate, factor, columns["sector"], columns["region"], limits)
    assert proven >= found.lower_bound * (1 - 1e-9)


PLAIN = {"names_held": 2, "lowest": 0.1, "highest": 0.9, "sector_cap": 1.0, "region_floor": 0.0, "region_cap": 1.0}


@pytest.mark.parametrize(
    ("limits", "kind", "words"),
    [
        (
            [GroupLimit("sektor", "A", cap=0.5)],
            Kind.CHOICE,
            "kind 'sektor' is not known - argument group_limits, row 1",
        ),
        ([GroupLimit("sector", "Q", cap=0.5)], Kind.DOMAIN, "no candidate is of sector Q"),
        (
            [GroupLimit("sector", "A", cap=0.5)] * 2,
            Kind.DOMAIN,
            "sector A appears twice - argument group_limits, row 2",
        ),
        ([GroupLimit("sector", "A", floor=0.6, cap=0.5)], Kind.DOMAIN, "floor of sector A is 0.6"),
        ([GroupLimit("sector", "A", cap=50.0)], Kind.DOMAIN, "cap of sector A is 50"),
    ],
)
def test_limits_that_mean_nothing_are_refused(limits, kind, words):
    with pytest.raises(XlidxError) as caught:
        min_variance(table(4, 1), list("AABB"), list("XYXY"), ids=list("abcd"), group_limits=limits, **PLAIN)
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_single_limits_that_clash_are_named():
    limits = [GroupLimit("sector", "A", floor=0.7), GroupLimit("country", "FR", cap=0.2)]
    found = min_variance(
        table(4, 1), list("AABB"), list("XYXY"), ids=list("abcd"), groups={"country": ["FR", "FR", "DE", "DE"]},
        group_limits=limits, **PLAIN,
    )  # fmt: skip
    assert found.status == "infeasible"
    assert found.clash == ("sector A at least 0.7", "country FR at most 0.2")


def test_a_constant_line_is_held_when_it_is_asked_for():
    factor = table(6, 2)
    factor[:, 3] = 0.0
    arguments = {"sectors": ["s"] * 6, "regions": ["r"] * 6, "ids": list("abcdef")}
    limits = PLAIN | {"names_held": 3, "highest": 0.5}
    with pytest.raises(XlidxError, match="d does not move at all"):
        min_variance(factor, **arguments, **limits)
    found = min_variance(factor, **arguments, cash=["d"], **limits, certificate=True)
    # cash lowers the variance as long as there is room for it
    assert found.status == "optimal"
    assert found.weights[3] == pytest.approx(0.5)
    assert found.objective == pytest.approx(tried(factor, 3, 0.1, 0.5, []), rel=1e-6)
    proven = certified(found.certificate, factor, arguments["sectors"], arguments["regions"], limits)
    assert proven >= found.lower_bound * (1 - 1e-9)
    with pytest.raises(XlidxError, match="z is no candidate - argument cash"):
        min_variance(factor, **arguments, cash=["z"], **limits)
