import attrs
import pytest

from tests.index.min_variance.checker import certified
from tests.index.min_variance.test_portfolio import REFERENCE, YEAR, instance
from xlidx.index.min_variance.portfolio import min_variance

LIMITS = {
    "names_held": 50,
    "lowest": 0.01,
    "highest": 0.05,
    "sector_cap": 0.33,
    "region_floor": 0.10,
    "region_cap": 0.50,
}


def check(case, certificate):
    return certified(certificate, case["factor"], case["sectors"], case["regions"], LIMITS)


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.parametrize("name", REFERENCE)
def test_a_second_program_reads_the_same_bound_from_the_certificate(name):
    case = instance(name)
    found = min_variance(**case, certificate=True)
    proven = check(case, found.certificate)
    assert proven >= found.lower_bound * (1 - 1e-12)
    assert proven * YEAR >= REFERENCE[name]["objective_annual_pct2"] * (1 - 2e-9)


def test_a_certificate_of_a_search_cut_short_proves_its_bound():
    case = instance("top_20221003_n200")
    for nodes in (0, 1, 5):
        found = min_variance(**case, certificate=True, node_limit=nodes)
        assert found.status == "limit"
        assert check(case, found.certificate) >= found.lower_bound * (1 - 1e-12)


def test_a_forged_certificate_is_found_out():
    case = instance("top_20130701_n100")
    found = min_variance(**case, certificate=True)
    steps = found.certificate.steps
    with pytest.raises(StopIteration):
        check(case, attrs.evolve(found.certificate, steps=steps[:-1]))
    with pytest.raises(AssertionError, match="left over"):
        check(case, attrs.evolve(found.certificate, steps=(*steps, steps[-1])))
    twice = [place for place, step in enumerate(steps) if hasattr(step, "name")][:2]
    doubled = (*steps[: twice[1]], steps[twice[0]], *steps[twice[1] + 1 :])
    with pytest.raises(AssertionError, match="twice"):
        check(case, attrs.evolve(found.certificate, steps=doubled))
    blank = tuple(attrs.evolve(s, weights=None) if hasattr(s, "weights") else s for s in steps)
    with pytest.raises(AssertionError, match="without a proof"):
        check(case, attrs.evolve(found.certificate, steps=blank))
    for place, step in enumerate(steps):
        if not hasattr(step, "name"):
            weaker = attrs.evolve(step, multipliers=step.multipliers * 0.9)
            forged = (*steps[:place], weaker, *steps[place + 1 :])
            assert check(case, attrs.evolve(found.certificate, steps=forged)) < found.lower_bound
            break


def test_a_claim_of_better_limits_is_found_out():
    case = instance("top_20130701_n100")
    found = min_variance(**case, certificate=True)
    loose = LIMITS | {"highest": 0.06}
    wide = certified(found.certificate, case["factor"], case["sectors"], case["regions"], loose)
    assert wide < found.lower_bound * (1 - 1e-6)
