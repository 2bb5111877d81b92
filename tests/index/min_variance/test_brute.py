"""Every selection tried: small problems, feasible or not, and what must hold for any problem."""

from itertools import combinations

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth import depth
from tests.index.min_variance.checker import certified
from tests.index.min_variance.rig import least_variance, possible, random_case, supports
from xlidx.index.min_variance.portfolio import min_variance
from xlidx.index.min_variance.search import enumeration

SEEDS = st.integers(10_000, 10**9)
CHUNK = 100
SEEN = depth(12, CHUNK)  # seeds of each hundred


def typical(case):
    return float((case.factor**2).sum(axis=0).mean())


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.parametrize("start", range(0, 1000, CHUNK))
@pytest.mark.parametrize("most", [0, enumeration.MOST], ids=["branches", "every selection"])
def test_small_problems_against_all_their_selections(start, most, monkeypatch):
    monkeypatch.setattr(enumeration, "MOST", most)
    monkeypatch.setattr("xlidx.index.min_variance.solve.FEW_NODES", 0)
    outcomes = set()
    for seed in range(start, start + SEEN):
        case = random_case(seed)
        best, found = least_variance(case), min_variance(**case.arguments)
        outcomes.add(found.status)
        if not np.isfinite(best):
            assert found.status == "infeasible", seed
            continue
        tiny = 1e-9 * typical(case)
        assert abs(found.objective - best) <= 1e-7 * best + tiny, seed
        assert found.lower_bound <= best * (1 + 1e-7) + tiny, seed
        # where a variance nearly cancels, rounding may leave the last digits of the proof open
        assert found.status == "optimal" or (found.gap < 1e-6 and best < 1e-3 * typical(case)), seed
        assert tuple(np.flatnonzero(found.weights)) in set(map(tuple, supports(case).tolist())), seed
        assert abs(found.weights.sum() - 1.0) <= 1e-9
    assert outcomes >= {"optimal", "infeasible"}


def test_a_clash_is_a_contradiction_and_a_least_one():
    seen = 0
    for seed in range(depth(150, 400)):
        case = random_case(seed)
        if len(case.sectors) > 10 or len(supports(case)):
            continue
        seen += 1
        clash = set(min_variance(**case.arguments).clash)
        assert clash
        everything = conditions(case)
        assert clash <= everything, seed
        assert not selectable(case, everything - clash), seed
        for word in clash:
            assert selectable(case, everything - clash | {word}), (seed, word)
    assert seen > depth(7, 20)


def conditions(case):
    words = {f"exactly {case.names_held} of {len(case.sectors)} names"}
    words |= {f"weights of at least {case.lowest / 100:g}", f"weights of at most {case.highest / 100:g}"}
    words |= {f"sector {s} at most {case.sector_cap / 100:g}" for s in case.sectors}
    words |= {f"region {r} at most {case.region_cap / 100:g}" for r in case.regions}
    return words | {f"region {r} at least {case.region_floor / 100:g}" for r in case.regions if case.region_floor}


def selectable(case, dropped):
    n = len(case.sectors)
    sizes = range(1, n + 1) if f"exactly {case.names_held} of {n} names" in dropped else [case.names_held]
    every = (np.array(list(combinations(range(n), size))) for size in sizes)
    return any(possible(case, some, frozenset(dropped)).any() for some in every)


@given(SEEDS, st.randoms(use_true_random=False))
@settings(max_examples=depth(10, 40))
def test_invariant_under_permutation(seed, random):
    arguments = random_case(seed).arguments
    order = list(range(len(arguments["ids"])))
    random.shuffle(order)
    mixed = arguments | {name: [arguments[name][i] for i in order] for name in ("sectors", "regions", "ids")}
    plain, found = min_variance(**arguments), min_variance(**mixed | {"factor": arguments["factor"][:, order]})
    np.testing.assert_array_equal(found.weights, plain.weights[order])
    assert (found.objective, found.status, found.clash) == (plain.objective, plain.status, plain.clash)


@given(SEEDS, st.sampled_from([2.0**-30, 0.37, 100.0, 2.0**20]))
@settings(max_examples=depth(10, 40))
def test_scaling_of_returns_scales_the_variance(seed, scale):
    case = random_case(seed)
    plain, found = min_variance(**case.arguments), min_variance(**case.arguments | {"factor": case.factor * scale})
    assert found.status == plain.status
    if found.status != "infeasible":
        assert found.objective == pytest.approx(
            plain.objective * scale**2, rel=1e-8, abs=1e-9 * typical(case) * scale**2
        )
    if scale in (2.0**-30, 2.0**20):  # powers of two change no bit but those of the exponent
        np.testing.assert_array_equal(found.weights, plain.weights)


LOOSER = [("lowest", -1), ("highest", 1), ("sector_cap", 1), ("region_floor", -1), ("region_cap", 1)]


@given(SEEDS, st.sampled_from(LOOSER), st.integers(1, 15))
@settings(max_examples=depth(20, 80))
def test_monotone_in_every_bound(seed, which, amount):
    case = random_case(seed)
    name, sign = which
    moved = min(max(getattr(case, name) + sign * amount, 1 if name == "lowest" else 0), 100)
    wider = attrs.evolve(case, **{name: moved})
    tight, loose = min_variance(**case.arguments), min_variance(**wider.arguments)
    assert loose.objective <= tight.objective * (1 + 1e-8) + 1e-9 * typical(case)


@given(SEEDS)
@settings(max_examples=depth(10, 40))
def test_certificates_hold(seed):
    case = random_case(seed)
    found = min_variance(**case.arguments, certificate=True)
    if found.status == "infeasible":
        assert found.certificate is None
        return
    limits = {name: value for name, value in case.arguments.items() if isinstance(value, float | int)}
    proven = certified(found.certificate, case.factor, case.sectors, case.regions, limits)
    assert proven >= found.lower_bound * (1 - 1e-9) - 1e-15 * typical(case)
