import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import attrs
import numpy as np
import pytest

from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.portfolio import Solution, min_variance, widen
from xlidx.rules import references

ANSWERS = Path(__file__).parents[2] / "answers" / "miqp"
REFERENCE = json.loads((ANSWERS / "reference.json").read_text())
YEAR = 252e4  # daily variance to annual, in per cent squared


def instance(name):
    data = np.load(ANSWERS / f"{name}.npz")
    ids = [f"{place:04d}" for place in range(data["F"].shape[1])]
    return {"factor": data["F"], "sectors": data["sector"], "regions": data["region"], "ids": ids}


def misses(found, case, **limits):
    """By how much the weights miss the worst condition, computed from the words of 2.1."""
    limits = {"lowest": 0.01, "highest": 0.05, "names_held": 50, "sector": 0.33, "floor": 0.10, "cap": 0.50} | limits
    w = found.weights
    held = w[w > 0]
    assert len(held) == limits["names_held"]
    sectors = [w[np.asarray(case["sectors"]) == s].sum() for s in set(case["sectors"])]
    regions = [w[np.asarray(case["regions"]) == r].sum() for r in set(case["regions"])]
    return max(
        abs(w.sum() - 1.0),
        limits["lowest"] - held.min(),
        held.max() - limits["highest"],
        max(sectors) - limits["sector"],
        max(regions) - limits["cap"],
        limits["floor"] - min(regions),
    )


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.parametrize("name", REFERENCE)
def test_real_instances_are_solved_with_proof(name):
    case, known = instance(name), REFERENCE[name]
    found = min_variance(**case)
    assert found.status == "optimal"
    assert 0.0 <= found.gap <= 1e-9
    assert found.lower_bound <= found.objective
    assert found.gap == pytest.approx(1.0 - found.lower_bound / found.objective, abs=1e-15)
    assert found.objective * YEAR <= known["objective_annual_pct2"] * (1 + 1e-8)
    assert found.lower_bound * YEAR <= known["objective_annual_pct2"] * (1 + 1e-9)
    assert np.flatnonzero(found.weights).tolist() == known["support"]
    assert misses(found, case) <= 1e-9
    assert found.objective == pytest.approx(((case["factor"] @ found.weights) ** 2).sum(), rel=1e-12)
    assert found.clash == ()
    assert found.certificate is None


@pytest.mark.parametrize(
    ("held", "lowest", "highest"),
    [(30, 0.02, 0.05), (20, 0.02, 0.10), (20, 0.04, 0.08), (40, 0.02, 0.05), (20, 0.05, 0.05), (50, 0.01, 0.02)],
)
def test_harder_settings_are_honest(held, lowest, highest):
    case = instance("top_20130701_n100")
    found = min_variance(**case, names_held=held, lowest=lowest, highest=highest, node_limit=200)
    assert misses(found, case, names_held=held, lowest=lowest, highest=highest) <= 1e-9
    assert (found.status == "optimal") == (found.gap <= 1e-9)
    assert found.lower_bound <= found.objective
    longer = min_variance(**case, names_held=held, lowest=lowest, highest=highest, node_limit=400)
    assert found.lower_bound <= longer.objective * (1 + 1e-12)
    assert longer.lower_bound <= found.objective * (1 + 1e-12)
    assert longer.objective <= found.objective * (1 + 1e-9)
    assert longer.gap <= found.gap + 1e-9


def test_a_limit_returns_the_best_found_with_its_gap():
    case = instance("top_20221003_n200")
    known = REFERENCE["top_20221003_n200"]
    for limit in ({"node_limit": 0}, {"node_limit": 1}, {"time_limit": 0.0}):
        found = min_variance(**case, **limit)
        assert found.status == "limit"
        assert 1e-9 < found.gap < 0.01
        assert found.nodes <= 1
        assert misses(found, case) <= 1e-9
        assert found.lower_bound * YEAR <= known["objective_annual_pct2"] <= found.objective * YEAR * (1 + 1e-9)
    # solving the root alone proves no less than the bound of the relaxation that others have computed
    found = min_variance(**case, node_limit=1)
    assert found.lower_bound * YEAR >= known["root_bound"] * (1 - 1e-8)


def test_a_coarser_gap_is_enough_when_asked_for():
    case = instance("top_20221003_n200")
    coarse, fine = min_variance(**case, gap=0.01), min_variance(**case)
    assert coarse.status == "optimal"
    assert coarse.nodes < fine.nodes
    assert fine.objective <= coarse.objective * (1 + 1e-9) <= fine.objective * 1.0101


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_names_does_not_change_a_bit(seed):
    case = instance("nat_20200701_n178")
    plain = min_variance(**case)
    order = np.random.default_rng(seed).permutation(len(case["ids"]))
    mixed = min_variance(
        case["factor"][:, order],
        case["sectors"][order],
        case["regions"][order],
        ids=[case["ids"][i] for i in order],
    )
    np.testing.assert_array_equal(mixed.weights, plain.weights[order])
    assert (mixed.objective, mixed.lower_bound, mixed.nodes) == (plain.objective, plain.lower_bound, plain.nodes)


def test_runs_and_thread_counts_do_not_change_a_bit():
    code = (
        "from tests.index.min_variance.test_portfolio import instance, min_variance, hashlib\n"
        "found = min_variance(**instance('top_20221003_n200'))\n"
        "text = repr((found.weights.tobytes(), found.objective, found.lower_bound, found.nodes))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    digests = set()
    for threads in ("1", "2", "7"):
        surroundings = os.environ | {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


def test_a_cold_import_does_not_load_the_solvers_of_scipy():
    code = "import xlidx.index.min_variance.portfolio, sys; print('scipy.optimize' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def small(**changes):
    case = {
        "factor": np.diag([0.01, 0.02, 0.03, 0.04]),
        "sectors": ["A", "A", "B", "B"],
        "regions": ["X", "Y", "X", "Y"],
        "ids": ["d", "c", "b", "a"],
        "names_held": 2,
        "lowest": 0.1,
        "highest": 0.9,
        "sector_cap": 1.0,
        "region_floor": 0.0,
        "region_cap": 1.0,
    }
    return case | changes


def test_two_names_by_hand():
    # Uncorrelated names: weights in proportion to 1 / variance; 1 : 1/4 gives 0.8 and 0.2.
    found = min_variance(**small())
    np.testing.assert_allclose(found.weights, [0.8, 0.2, 0.0, 0.0], atol=1e-14)
    assert found.objective == pytest.approx(0.64 * 1e-4 + 0.04 * 4e-4, rel=1e-13)
    # A sector cap of 0.7 ends that pair; 1 : 1/9 gives 0.9 and 0.1, capped at 0.7 and 0.3.
    found = min_variance(**small(sector_cap=0.7))
    np.testing.assert_allclose(found.weights, [0.7, 0.0, 0.3, 0.0], atol=1e-14)


def test_returns_may_be_given_instead_of_a_factor():
    returns = np.random.default_rng(3).normal(size=(20, 4))
    covariance = np.cov(returns, rowvar=False)
    found = min_variance(**small(factor=returns, given="returns"))
    assert found.objective == pytest.approx(found.weights @ covariance @ found.weights, rel=1e-12)
    shifted = min_variance(**small(factor=returns + 5.0, given="returns"))
    np.testing.assert_allclose(shifted.weights, found.weights, atol=1e-10)


def test_of_equal_selections_the_first_list_of_identifiers_is_taken():
    twins = np.diag([0.02, 0.02, 0.02, 0.02])
    found = min_variance(**small(factor=twins))
    assert np.flatnonzero(found.weights).tolist() == [2, 3]  # "b" and "a"
    copies = np.array([[0.01, 0.01, 0.01, 0.01], [0.0, 0.0, 0.0, 0.0]])
    assert np.flatnonzero(min_variance(**small(factor=copies)).weights).tolist() == [2, 3]


def test_names_that_cancel_out_leave_nothing():
    factor = np.array([[0.01, -0.01, 0.02, 0.03], [0.0, 0.0, 0.01, 0.0], [0.0, 0.0, 0.0, 0.02]])
    found = min_variance(**small(factor=factor))
    assert found.status == "optimal"
    np.testing.assert_allclose(found.weights, [0.5, 0.5, 0.0, 0.0], atol=1e-9)
    assert found.objective < 1e-20
    assert found.gap == 0.0


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        ({"sector_cap": 0.4}, ("sector A at most 0.4", "sector B at most 0.4")),
        ({"highest": 0.5, "region_floor": 0.6}, ("region X at least 0.6", "region Y at least 0.6")),
        (
            {"regions": ["X", "X", "X", "Y"], "names_held": 3, "highest": 0.4, "region_cap": 0.55},
            ("weights of at most 0.4", "region X at most 0.55"),
        ),
        ({"required_regions": ["Z"], "region_floor": 0.1}, ("region Z at least 0.1",)),
        (
            {"names_held": 3, "lowest": 0.3, "highest": 0.5, "sector_cap": 0.55},
            ("exactly 3 of 4 names", "weights of at least 0.3", "sector A at most 0.55", "sector B at most 0.55"),
        ),
    ],
)
def test_conditions_that_clash_are_named(changes, clash):
    found = min_variance(**small(**changes))
    assert found.status == "infeasible"
    assert found.clash == clash
    assert not found.weights.any()
    assert found.objective == found.lower_bound == np.inf


BAD = [
    ({"factor": np.array([[0.1, np.nan, 0.2, 0.3]])}, Kind.NO_DATA, "c has a value that is not a number"),
    ({"factor": np.array([[0.1, 0.1, np.inf, 0.3]])}, Kind.NO_DATA, "b has a value that is not a number"),
    ({"factor": np.array([[0.1, 0.0, 0.2, 0.3]])}, Kind.DOMAIN, "c does not move at all: its variance is 0"),
    ({"factor": np.zeros((2, 4))}, Kind.DOMAIN, "does not move at all"),
    ({"factor": np.array([0.1, 0.2])}, Kind.SHAPE, "a table of shape (2,)"),
    ({"factor": np.zeros((0, 4))}, Kind.SHAPE, "a table of shape (0, 4)"),
    ({"factor": np.ones((3, 4)), "given": "returns"}, Kind.DOMAIN, "a does not move at all"),
    ({"factor": np.ones((1, 4)), "given": "returns"}, Kind.SHAPE, "two returns or more"),
    ({"given": "prices"}, Kind.CHOICE, "given is 'prices'"),
    ({"sectors": ["A", None, "B", "B"]}, Kind.MISSING, "c has no sector - argument sectors, item 2"),
    ({"sectors": ["A", float("nan"), "B", "B"]}, Kind.MISSING, "c has no sector"),
    ({"regions": ["X", "Y", " ", "Y"]}, Kind.MISSING, "b has no region - argument regions, item 3"),
    ({"sectors": ["A", "A", "B"]}, Kind.SHAPE, "3 sectors for 4 names"),
    ({"ids": ["a", "b", "c"]}, Kind.SHAPE, "3 ids for 4 names"),
    ({"ids": ["a", "b", "a", "c"]}, Kind.DOMAIN, "a stands there twice - argument ids, item 3"),
    ({"ids": ["a", "", "b", "c"]}, Kind.MISSING, "an identifier is missing - argument ids, item 2"),
    ({"names_held": 5}, Kind.INFEASIBLE, "5 names cannot be held out of 4"),
    ({"names_held": 0}, Kind.DOMAIN, "names_held is 0"),
    ({"names_held": 2.5}, Kind.DOMAIN, "names_held is 2.5"),
    ({"lowest": 0.6}, Kind.DOMAIN, "2 names at 0.6 each make more than 1"),
    ({"highest": 0.4}, Kind.DOMAIN, "2 names at 0.4 each make less than 1"),
    ({"lowest": 0.0}, Kind.DOMAIN, "lowest is 0"),
    ({"lowest": 0.95}, Kind.DOMAIN, "lowest is 0.95 but must be at most highest, 0.9"),
    ({"highest": 5.0}, Kind.DOMAIN, "highest is 5 but must lie between 0 and 1"),
    ({"sector_cap": 33.0}, Kind.DOMAIN, "sector_cap is 33"),
    ({"region_floor": 0.5, "region_cap": 0.4}, Kind.DOMAIN, "region_floor is 0.5 but must be at most region_cap"),
    ({"region_cap": float("nan")}, Kind.DOMAIN, "region_cap is not a number"),
    ({"node_limit": -1}, Kind.DOMAIN, "node_limit is -1"),
    ({"time_limit": -1.0}, Kind.DOMAIN, "time_limit is -1"),
    ({"gap": 0.0}, Kind.DOMAIN, "gap is 0"),
]


@pytest.mark.parametrize(("changes", "kind", "words"), BAD)
def test_refusals(changes, kind, words):
    with pytest.raises(XlidxError) as caught:
        min_variance(**small(**changes))
    assert caught.value.kind is kind
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("held", [2, 3, 4])
def test_limits_that_just_add_up_leave_equal_weights(held):
    for limits in ({"lowest": 1 / held, "highest": 0.9}, {"lowest": 0.01, "highest": 1 / held}):
        found = min_variance(**small(names_held=held, **limits))
        np.testing.assert_allclose(found.weights[:held], 1 / held, rtol=1e-12)
        assert not found.weights[held:].any()
        assert found.status == "optimal"


NOTHING = Solution(np.zeros(1), "infeasible", np.inf, np.inf, 0.0, 0, 0.0, ("region X at least 0.1",))
SOME = attrs.evolve(NOTHING, status="optimal", clash=())


@pytest.mark.rule("solactive_human_capital", "2.1")
def test_the_yield_filter_is_widened_point_by_point():
    tried = []

    def solve(share):
        tried.append(share)
        if share < 0.27:
            raise XlidxError(Kind.INFEASIBLE, "50 names cannot be held out of 49", "here", "add candidates")
        return SOME if share >= 0.29 else NOTHING

    found, share = widen(solve)
    assert found is SOME
    assert share == 0.29
    assert tried == [0.25, 0.26, 0.27, 0.28, 0.29]


@pytest.mark.rule("solactive_human_capital", "2.1")
def test_after_half_of_the_securities_a_person_decides():
    tried = []
    with pytest.raises(XlidxError) as caught:
        widen(lambda share: tried.append(share) or NOTHING)
    assert caught.value.kind is Kind.INFEASIBLE
    assert "50% (region X at least 0.1)" in str(caught.value)
    assert tried == [round(0.25 + 0.01 * step, 2) for step in range(26)]


def test_other_refusals_end_the_widening():
    with pytest.raises(XlidxError) as caught:
        widen(lambda share: min_variance(**small(lowest=0.6)))
    assert caught.value.kind is Kind.DOMAIN


def test_rules_are_attached():
    assert references(min_variance) == (("solactive_human_capital", "2.1 step 4"),)
    assert references(widen) == (("solactive_human_capital", "2.1"),)
