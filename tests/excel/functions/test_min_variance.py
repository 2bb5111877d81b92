"""XI_MIN_VARIANCE: the options that come after the guideline's own arguments."""

import numpy as np
import pytest

import xlidx
from xlidx.index.min_variance.estimators import factor_by_decay, factor_by_shrinkage

RETURNS = 0.01 * np.random.default_rng(0).normal(size=(60, 6))
IDS, SECTORS, REGIONS = [list("abcdef")], [list("ABABAB")], [["X"] * 6]
LIMITS = (3.0, 0.05, 0.9, 1.0, 0.0, 1.0)
NAMES = (
    "node_limit",
    "returns",
    "work_limit",
    "time_limit",
    "fewest",
    "estimator",
    "groups",
    "group_limits",
    "cash",
    "current",
    "turnover",
)


def arguments(data, given, limits, options):
    return (np.asarray(data).tolist(), IDS, SECTORS, REGIONS, given, *limits, *(options.get(name) for name in NAMES))


def solve(data=RETURNS, given="returns", limits=LIMITS, **options):
    found = xlidx.call("XI_MIN_VARIANCE", *arguments(data, given, limits, options))
    assert isinstance(found, list), found
    return np.array([row[3] for row in found[1:] if row[0]]), dict(row[6:] for row in found[1:])


def why(data=RETURNS, given="returns", limits=LIMITS, **options):
    return xlidx.why("XI_MIN_VARIANCE", *arguments(data, given, limits, options))


def test_a_covariance_gives_the_weights_of_its_returns():
    weights, status = solve()
    covariance = np.cov(RETURNS, rowvar=False)
    same, other = solve(covariance, "covariance")
    np.testing.assert_allclose(same, weights, atol=1e-9)
    assert status["variance"] == pytest.approx(weights @ covariance @ weights, rel=1e-12)
    assert other["variance"] == pytest.approx(status["variance"], rel=1e-9)
    assert why(covariance, "covariance", returns=20.0).startswith("#VALUE! returns says nothing about a covariance")
    assert why(covariance, "covariance", estimator="ewma").startswith("#VALUE! estimator says nothing")


@pytest.mark.parametrize(("name", "factor"), [("Ledoit-Wolf", factor_by_shrinkage), ("EWMA", factor_by_decay)])
def test_an_estimator_is_chosen_by_name(name, factor):
    weights, status = solve(estimator=name)
    covariance = factor(RETURNS).T @ factor(RETURNS)
    assert status["variance"] == pytest.approx(weights @ covariance @ weights, rel=1e-12)
    handed, _ = solve(covariance, "covariance")
    np.testing.assert_allclose(handed, weights, atol=1e-9)


def test_at_most_so_many_names_is_no_worse_than_exactly_so_many():
    best = {held: solve(limits=(held, *LIMITS[1:]))[1]["variance"] for held in (2.0, 3.0, 4.0)}
    weights, status = solve(limits=(4.0, *LIMITS[1:]), fewest=2.0)
    assert status["variance"] == pytest.approx(min(best.values()), rel=1e-12)
    assert status["status"] == "optimal"
    assert status["names held"] == np.count_nonzero(weights)
    assert why(fewest=4.0).startswith("#NUM! fewest is 4 but must be at most names_held, 3")


def test_single_groups_have_limits_of_their_own():
    groups = [["id", "country", "issuer"], *([i, c, "same"] for i, c in zip("fedcba", ["DE", "FR"] * 3, strict=True))]
    limits = [["kind", "group", "floor", "cap"], ["country", "FR", None, 0.2], ["sector", "A", 0.1, None]]
    weights, _ = solve(groups=groups, group_limits=limits)
    assert weights[[0, 2, 4]].sum() == pytest.approx(0.2)  # a, c and e are French, and make up sector A
    assert why(groups=groups[:-1], group_limits=limits).startswith("#VALUE! a has no row - table groups")
    assert "no candidate is of country IT" in why(groups=groups, group_limits=[limits[0], ["country", "IT", None, 0.1]])
    assert "kind 'country' is not known" in why(group_limits=limits)


def test_a_constant_line_is_allowed_when_it_is_named():
    table = RETURNS.copy()
    table[:, 3] = 0.0
    limits = (3.0, 0.05, 0.5, 1.0, 0.0, 1.0)
    assert why(table, limits=limits).startswith("#NUM! the returns of d are all the same")
    weights, status = solve(table, limits=limits, cash=[["d"]])
    assert weights[3] == pytest.approx(0.5)
    assert status["status"] == "optimal"
    prices = 100.0 * np.cumprod(1.0 + table, axis=0)
    assert solve(prices, "prices", limits, cash=[["d"]])[0][3] == pytest.approx(0.5)


def test_a_limit_of_work_shows_the_best_weights_and_the_proven_gap():
    weights, status = solve(work_limit=0.0)
    assert status["status"] in ("limit", "optimal")
    assert np.count_nonzero(weights) == 3
    assert 0.0 <= status["gap"] < 1.0
    assert why(work_limit=-1.0).startswith("#NUM! work_limit is -1")


def test_a_limit_of_the_turnover_against_current_weights():
    free, status = solve()
    assert "turnover" not in status
    start = [["id", "weight"], *([i, 0.25] for i in "abz"), ["c", 0.25]]
    # z is no candidate: at least 0.25 is sold
    weights, status = solve(current=start, turnover=0.4)
    assert status["status"] == "optimal"
    assert status["turnover"] == pytest.approx((abs(weights - [0.25, 0.25, 0.25, 0, 0, 0]).sum() + 0.25) / 2, abs=1e-12)
    assert status["turnover"] <= 0.4 + 1e-9
    loose, all_of_it = solve(current=start, turnover=1.0)
    np.testing.assert_array_equal(loose, free)
    assert all_of_it["variance"] <= status["variance"]
    needed = "no weights meet a turnover of at most 0.2 (at least 0.250000 is needed), the other limits together"
    assert needed in why(current=start, turnover=0.2)
    assert why(current=start).startswith("#VALUE! current is given without turnover")
    assert "sum of the current weights is 0.75 but must be 1" in why(current=start[:-1], turnover=0.4)
