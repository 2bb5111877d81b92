"""A limit of the turnover against current weights: every selection tried, identities, refusals."""

import re
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from tests.depth import depth
from tests.index.min_variance.checker import certified
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.portfolio import min_variance


def problem(seed, n=8, held=4):
    """Factor, arguments and current weights of a random problem; every third current portfolio is of another size."""
    rng = np.random.default_rng(seed)
    returns = 0.01 * (0.7 * rng.normal(size=(60, 1)) + rng.normal(size=(60, n)) * rng.uniform(0.5, 2.0, n))
    factor = (returns - returns.mean(axis=0)) / np.sqrt(59)
    arguments = {
        "sectors": [["A", "B", "C"][i % 3] for i in range(n)], "regions": [["X", "Y"][i % 2] for i in range(n)],
        "ids": [f"N{i}" for i in range(n)], "names_held": held, "lowest": 0.05, "highest": 0.5, "sector_cap": 0.6,
        "region_floor": 0.1, "region_cap": 0.9,
    }  # fmt: skip
    names = rng.choice(n + 2, held + seed % 3, replace=False)  # the last two are no candidates
    weights = rng.dirichlet(np.full(len(names), 3.0))
    return (
        factor,
        arguments,
        {f"N{i}": w for i, w in zip(names.tolist(), (weights / weights.sum()).tolist(), strict=True)},
    )


def one_way(weights, arguments, current):
    """Half the sum of all changes, names that are no candidates included."""
    new = dict(zip(arguments["ids"], weights.tolist(), strict=True))
    return sum(abs(new.get(name, 0.0) - current.get(name, 0.0)) for name in {*new, *current}) / 2


def tried(factor, arguments, current, most):
    """Least variance over all selections, each by a general method with what is bought as further unknowns."""
    best, held = np.inf, arguments["names_held"]
    groups = [(arguments["sectors"], s, 0.0, 0.6) for s in "ABC"] + [(arguments["regions"], r, 0.1, 0.9) for r in "XY"]
    for names in combinations(range(factor.shape[1]), held):
        part = factor[:, names] * 100.0
        old = np.array([current.get(f"N{i}", 0.0) for i in names])
        table, right = [], []
        for column, label, floor, cap in groups:
            members = np.array([column[i] == label for i in names], dtype=float)
            table += [np.append(members, np.zeros(held)), np.append(-members, np.zeros(held))]
            right += [floor, -cap]
        # bought >= w - old, and what is bought is the turnover
        table += [*np.hstack((-np.eye(held), np.eye(held))), np.append(np.zeros(held), -np.ones(held))]
        right += [*-old, -most]
        table, right = np.array(table), np.array(right)
        found = minimize(
            lambda x, p=part: ((p @ x[:held]) ** 2).sum(),
            np.append(np.full(held, 1 / held), np.maximum(1 / held - old, 0.0)),
            jac=lambda x, p=part: np.append(2 * p.T @ (p @ x[:held]), np.zeros(held)),
            method="SLSQP", bounds=[(0.05, 0.5)] * held + [(0.0, 1.0)] * held,
            constraints=[
                {"type": "eq", "fun": lambda x: x[:held].sum() - 1.0, "jac": lambda x: np.repeat((1.0, 0.0), held)},
                {"type": "ineq", "fun": lambda x, t=table, r=right: t @ x - r, "jac": lambda x, t=table: t},
            ],
            options={"ftol": 1e-15, "maxiter": 300},
        )  # fmt: skip
        if (table @ found.x - right).min() > -1e-8 and abs(found.x[:held].sum() - 1.0) < 1e-8:
            best = min(best, found.fun * 1e-4)
    return best


def proven(found, factor, arguments, current, most):
    limits = {name: value for name, value in arguments.items() if isinstance(value, float | int)}
    held = [current.get(name, 0.0) for name in arguments["ids"]]
    limits |= {"current": held, "turnover": most}
    return certified(found.certificate, factor, arguments["sectors"], arguments["regions"], limits)


@pytest.mark.parametrize("seed", range(depth(6, 40)))
def test_small_problems_against_all_their_selections(seed):
    factor, arguments, current = problem(seed)
    for most in (0.15, 0.35, 0.6):
        best = tried(factor, arguments, current, most)
        found = min_variance(factor, **arguments, current=current, turnover=most, certificate=True)
        if not np.isfinite(best):
            assert found.status == "infeasible", most
            continue
        assert found.status == "optimal", most
        assert found.objective == pytest.approx(best, rel=1e-6), most
        assert one_way(found.weights, arguments, current) <= most + 1e-9
        assert proven(found, factor, arguments, current, most) >= found.lower_bound * (1 - 1e-9)


def least_of_all(arguments, current):
    """Least turnover over all selections, each by a linear program in weights and what is bought."""
    least, held = np.inf, arguments["names_held"]
    groups = [(arguments["sectors"], s, 0.0, 0.6) for s in "ABC"] + [(arguments["regions"], r, 0.1, 0.9) for r in "XY"]
    for names in combinations(range(len(arguments["ids"])), held):
        table, right = list(np.hstack((np.eye(held), -np.eye(held)))), [current.get(f"N{i}", 0.0) for i in names]
        for column, label, floor, cap in groups:
            members = np.array([column[i] == label for i in names], dtype=float)
            table += [np.append(members, np.zeros(held)), np.append(-members, np.zeros(held))]
            right += [cap, -floor]
        found = linprog(
            np.repeat((0.0, 1.0), held), A_ub=np.array(table), b_ub=np.array(right),
            A_eq=np.repeat((1.0, 0.0), held)[None, :], b_eq=[1.0], bounds=[(0.05, 0.5)] * held + [(0.0, 1.0)] * held,
        )  # fmt: skip
        least = min(least, found.fun if found.status == 0 else np.inf)
    return least


@pytest.mark.parametrize("seed", range(depth(10, 60)))
def test_the_least_turnover_is_named_and_works(seed):
    factor, arguments, current = problem(seed)
    found = min_variance(factor, **arguments, current=current, turnover=0.0)
    least = 0.0
    if found.status == "infeasible":
        words = re.fullmatch(r"a turnover of at most 0 \(at least (0\.\d{6}) is needed\)", found.clash[0])
        least = float(words.group(1))
        assert 0.0 <= least - least_of_all(arguments, current) <= 1.1e-6
        assert min_variance(factor, **arguments, current=current, turnover=least - 2e-6).status == "infeasible"
    else:  # current weights that meet all limits
        assert one_way(found.weights, arguments, current) <= 1e-9
        assert least_of_all(arguments, current) == pytest.approx(0.0, abs=1e-9)
    for most in (least, least + 1e-4):
        found = min_variance(factor, **arguments, current=current, turnover=most, certificate=True)
        assert one_way(found.weights, arguments, current) <= most + 1e-9
        assert found.status == "optimal"
        assert proven(found, factor, arguments, current, most) >= found.lower_bound * (1 - 1e-9)


def test_a_worked_number():
    # Variances 1 and 4 without correlation: the best is 0.8 and 0.2.  From 0.5 and 0.5, half of 0.3 + 0.3 is traded;
    # with at most 0.1 it ends at 0.6 and 0.4: 0.36 + 0.16 * 4 = 1.
    arguments = {"sectors": list("AA"), "regions": list("XX"), "ids": ["a", "b"], "names_held": 2, "lowest": 0.1,
                 "highest": 0.9, "sector_cap": 1.0, "region_floor": 0.0, "region_cap": 1.0}  # fmt: skip
    factor = np.diag([1.0, 2.0])
    for most, weights in ((0.3, [0.8, 0.2]), (0.1, [0.6, 0.4]), (0.0, [0.5, 0.5])):
        found = min_variance(factor, **arguments, current={"a": 0.5, "b": 0.5}, turnover=most, certificate=True)
        assert found.status == "optimal"
        np.testing.assert_allclose(found.weights, weights, atol=1e-9)
    # A name that is no candidate is sold: 0.2 of it, so that 0.1 is left for b, which falls from 0.4 to 0.3.
    current = {"a": 0.4, "b": 0.4, "z": 0.2}
    found = min_variance(factor, **arguments, current=current, turnover=0.3)
    np.testing.assert_allclose(found.weights, [0.7, 0.3], atol=1e-9)
    found = min_variance(factor, **arguments, current=current, turnover=0.19)
    assert found.status == "infeasible"
    assert found.clash == ("a turnover of at most 0.19 (at least 0.200000 is needed)", "the other limits")


@pytest.mark.parametrize("seed", range(4))
def test_a_limit_of_1_is_none_and_a_limit_of_0_keeps_the_weights(seed):
    factor, arguments, current = problem(seed)
    plain = min_variance(factor, **arguments)
    found = min_variance(factor, **arguments, current=current, turnover=1.0)
    np.testing.assert_array_equal(found.weights, plain.weights)
    assert (found.objective, found.lower_bound, found.nodes) == (plain.objective, plain.lower_bound, plain.nodes)
    rng = np.random.default_rng(seed)
    names = [0, 1, 2, int(rng.integers(3, 8))]
    held = np.round(0.25 + 0.04 * (rng.uniform(size=4) - 0.5), 3)
    held[3] += 1.0 - held.sum()
    start = dict(zip([f"N{i}" for i in names], held.tolist(), strict=True))
    still = min_variance(factor, **arguments, current=start, turnover=0.0, certificate=True)
    np.testing.assert_allclose(still.weights[names], held, atol=1e-9)
    assert still.status == "optimal"
    assert proven(still, factor, arguments, start, 0.0) >= still.lower_bound * (1 - 1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_names_does_not_matter(seed):
    factor, arguments, current = problem(seed)
    order = np.random.default_rng(seed).permutation(8)
    mixed = arguments | {name: [arguments[name][i] for i in order] for name in ("sectors", "regions", "ids")}
    plain = min_variance(factor, **arguments, current=current, turnover=0.8, certificate=True)
    swapped = dict(reversed(current.items()))
    found = min_variance(factor[:, order], **mixed, current=swapped, turnover=0.8, certificate=True)
    np.testing.assert_array_equal(found.weights, plain.weights[order])
    assert (found.status, found.objective) == (plain.status, plain.objective)
    assert proven(found, factor[:, order], mixed, current, 0.8) >= found.lower_bound * (1 - 1e-9)


@pytest.mark.parametrize("limit", [{"work_limit": 0.0}, {"work_limit": 30.0}, {"node_limit": 0}, {"time_limit": 0.0}])
def test_weights_keep_to_the_limit_whatever_ends_the_search(limit):
    factor, arguments, current = problem(4, n=24, held=8)
    arguments |= {"highest": 0.3}
    full = min_variance(factor, **arguments, current=current, turnover=0.4)
    found = min_variance(factor, **arguments, current=current, turnover=0.4, certificate=True, **limit)
    assert full.status == "optimal"
    assert found.status in ("limit", "optimal")
    assert one_way(found.weights, arguments, current) <= 0.4 + 1e-9
    assert np.count_nonzero(found.weights) == 8
    assert found.lower_bound <= full.objective * (1 + 1e-9)
    assert full.objective <= found.objective * (1 + 1e-9)
    assert proven(found, factor, arguments, current, 0.4) >= found.lower_bound * (1 - 1e-9)


def test_a_range_of_numbers_of_names_keeps_to_the_limit():
    factor, arguments, current = problem(4)
    best = min(tried(factor, arguments | {"names_held": held}, current, 0.5) for held in (3, 4))
    found = min_variance(factor, **arguments, fewest=3, current=current, turnover=0.5)
    assert found.objective == pytest.approx(best, rel=1e-6)
    assert one_way(found.weights, arguments, current) <= 0.5 + 1e-9


def test_limits_that_clash_without_a_turnover_are_named_as_before():
    factor, arguments, current = problem(1)
    tight = arguments | {"sector_cap": 0.3}
    found = min_variance(factor, **tight, current=current, turnover=0.5)
    assert (found.status, found.clash) == ("infeasible", min_variance(factor, **tight).clash)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        ({"current": {"N0": 1.0}}, Kind.MISSING, "current is given without turnover - argument turnover"),
        ({"turnover": 0.5}, Kind.MISSING, "turnover is given without current - argument current"),
        ({"current": {"N0": 0.9}, "turnover": 0.5}, Kind.DOMAIN, "sum of the current weights is 0.9 but must be 1"),
        ({"current": {"N0": 1.2, "N1": -0.2}, "turnover": 0.5}, Kind.DOMAIN, "current weight of N0 is 1.2"),
        ({"current": {"N0": np.nan}, "turnover": 0.5}, Kind.DOMAIN, "current weight of N0 is not a number"),
        ({"current": {"N0": 0.5, " N0": 0.5}, "turnover": 0.5}, Kind.DOMAIN, "N0 appears twice - argument current"),
        ({"current": {"N0": 1.0}, "turnover": 50.0}, Kind.DOMAIN, "turnover is 50"),
        ({"current": {"N0": 1.0}, "turnover": 0.5, "groups": {"turnover": ["a"] * 8}}, Kind.CHOICE, "named turnover"),
    ],
)
def test_current_weights_that_mean_nothing_are_refused(given, kind, words):
    factor, arguments, _ = problem(1)
    with pytest.raises(XlidxError) as caught:
        min_variance(factor, **arguments, **given)
    assert caught.value.kind is kind
    assert words in str(caught.value)
