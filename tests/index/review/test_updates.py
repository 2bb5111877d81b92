from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.review.rig import answers
from xlidx.errors import Kind, XlidxError
from xlidx.index.divisor import chain_divisor
from xlidx.index.review.updates import (
    UpdateRules,
    annual_update,
    explain_kept_capping,
    kept_capping,
    quarterly_update,
    review_capping,
)

RULES = UpdateRules(step=0.05, bands=2, shares=0.20, cap=0.12)


def one(row, *names):
    return [np.array([float(row[name])]) for name in names]


@pytest.mark.rule("psi20", "5.3.2")
@pytest.mark.parametrize("row", answers("updates.csv"), ids=lambda row: row["vector"])
def test_quarterly_worked_by_hand(row):
    new = quarterly_update(*one(row, "Q", "F", "f", "listed", "raw"), RULES, None, row["above_one"])
    assert new.shares.item() == float(row["Q_new"])
    assert new.free_float.item() == float(row["F_new"])
    assert new.capping.item() == pytest.approx(float(row["f_new"]), rel=1e-15)
    assert new.updated.item() == ((row["Q_new"], row["F_new"]) != (row["Q"], row["F"]))


bands = st.integers(1, 20)
counts = st.integers(1, 2000)


@pytest.mark.rule("psi20", "5.3.2")
@given(st.lists(st.tuples(counts, bands, st.integers(1, 100), counts, st.integers(50, 1000)), min_size=1, max_size=6))
def test_quarterly_against_whole_numbers(rows):
    Q, F, f, listed, raw = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    new = quarterly_update(Q, F / 20, f / 100, listed, raw / 1000, RULES)
    for i, (old, band, percent, fresh, permille) in enumerate(rows):
        to = -(-permille // 50)  # the next band up, in twentieths
        update = abs(to - band) >= 2 or 5 * abs(fresh - old) > old
        assert new.shares[i] == (fresh if update else old)
        assert new.free_float[i] == (to if update else band) / 20
        factor = Fraction(percent, 100)
        if update and percent < 100:
            factor *= Fraction(old * band, fresh * to)
        assert new.capping[i] == pytest.approx(float(factor), rel=1e-14)


@given(st.floats(0.01, 0.99), st.integers(1, 10**9), st.integers(1, 10**9), bands, bands)
def test_capped_float_shares_stay(f, old, new, band, to):
    Q, F, Q_new, F_new = (np.array([x], dtype=float) for x in (old, band / 20, new, to / 20))
    factor = kept_capping(np.array([f]), Q, F, Q_new, F_new)
    assert (factor * Q_new * F_new).item() == pytest.approx(f * old * band / 20, rel=1e-14)
    clipped = kept_capping(np.array([f]), Q, F, Q_new, F_new, "clip")
    assert clipped.item() == min(factor.item(), 1.0)


@pytest.mark.rule("psi20", "5.3.2")
def test_merger_exception_keeps_shares_and_updates_float():
    Q, F, f = np.array([1000.0, 1000.0]), np.array([0.4, 0.4]), np.array([1.0, 0.5])
    new = quarterly_update(Q, F, f, Q * 2, np.array([0.5, 0.5]), RULES, np.array([True, True]))
    assert new.shares.tolist() == [1000.0, 1000.0]
    assert new.free_float.tolist() == [0.5, 0.5]
    assert new.capping.tolist() == [1.0, 0.4]  # 0.5 x 0.4 / 0.5


@pytest.mark.rule("psi20", "5.3.1")
def test_annual_takes_everything_anew():
    shares, factors = annual_update(np.array([1001.0, 999.0]), np.array([0.15, 0.1500001]), RULES)
    assert shares.tolist() == [1001.0, 999.0]
    assert factors.tolist() == [0.15, 0.20]


@pytest.mark.rule("psi20", "5.3.3")
def test_annual_capping_caps_everyone_at_the_composition_closes():
    # 20 companies, one of 30 and nineteen of 1: T = 0.12 x 19 / 0.88
    shares, closes = np.array([10.0] + [1.0] * 19), np.array([6.0] + [2.0] * 19)
    factors = review_capping(shares, np.full(20, 0.5), np.full(20, 0.3), closes, 0.12)
    assert factors[0] == pytest.approx(0.12 * 19 / 0.88 / 30, rel=1e-14)
    assert factors[1:].tolist() == [1.0] * 19


@pytest.mark.rule("psi20", "5.3.4")
def test_additions_are_capped_jointly_and_others_keep_their_factor():
    # continuing: one of 200 at 0.5 (above the cap: left alone) and twenty of 10; two additions of 100 each
    shares = np.array([200.0] + [10.0] * 20 + [100.0, 100.0])
    capping = np.array([0.5] + [1.0] * 20 + [1.0, 1.0])
    added = np.arange(23) >= 21
    factors = review_capping(shares, np.ones(23), capping, np.ones(23), 0.12, added)
    expected = 0.12 * 300 / (1 - 2 * 0.12) / 100
    assert factors[:21].tolist() == capping[:21].tolist()
    assert factors[21:].tolist() == pytest.approx([expected, expected], rel=1e-14)
    weights = shares * factors / (shares * factors).sum()
    assert weights[21:].tolist() == pytest.approx([0.12, 0.12], rel=1e-14)
    assert review_capping(shares, np.ones(23), capping, np.ones(23), 0.12, added & False).tolist() == capping.tolist()


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0.1, 1.0)), min_size=2, max_size=12), st.integers(1, 3))
def test_weights_of_additions_never_exceed_the_cap(rows, count):
    shares, capping = (np.array(column) for column in zip(*rows, strict=True))
    added = np.arange(shares.size) < min(count, shares.size - 1)
    factors = review_capping(shares, np.ones_like(shares), capping, np.ones_like(shares), 0.12, added)
    weights = shares * factors / (shares * factors).sum()
    assert weights[added].max() <= 0.12 * (1 + 1e-9)
    assert (factors[~added] == capping[~added]).all()


@pytest.mark.rule("psi20", "5.3.2")
@given(st.floats(0.05, 0.95), st.floats(1, 1e9), st.floats(1, 1e9))
def test_putting_a_review_in_force_leaves_the_level(f, old, new):
    closes = np.array([10.0, 20.0])
    before, after = np.array([old, 5e6]), np.array([new, 5e6])
    divisor = 1000.0
    level = (before * closes).sum() / divisor
    stepped = chain_divisor(divisor, float((before * closes).sum()), float((after * closes).sum()))
    assert (after * closes).sum() / stepped == pytest.approx(level, rel=1e-14)
    # a capped member whose factor is recalculated has the same value, so the divisor does not move
    factor = kept_capping(np.array([f]), before[:1], np.array([0.5]), after[:1], np.array([0.25]))
    kept = (factor * after[:1] * 0.25).item()
    assert kept == pytest.approx(f * before[0] * 0.5, rel=1e-13)


def call(**changes):
    given = {
        "shares": np.array([1000.0]),
        "free_float": np.array([0.5]),
        "capping": np.array([0.5]),
        "listed": np.array([1000.0]),
        "raw_free_float": np.array([0.2]),
    }
    return quarterly_update(**{**given, **{k: np.array([v]) for k, v in changes.items()}}, rules=RULES)


@pytest.mark.parametrize(
    ("run", "kind", "words"),
    [
        (lambda: call(shares=0.0), Kind.DOMAIN, "shares is 0"),
        (lambda: call(listed=float("nan")), Kind.DOMAIN, "listed is not a number"),
        (lambda: call(free_float=50.0), Kind.DOMAIN, "as a fraction"),
        (lambda: call(capping=-0.5), Kind.DOMAIN, "capping is -0.5"),
        (lambda: call(raw_free_float=1.5), Kind.DOMAIN, "free_float is 1.5"),
        (lambda: call(raw_free_float=0.0), Kind.DOMAIN, "new free-float shares is 0"),
        (lambda: kept_capping(*np.full((5, 1), 0.5), "cut"), Kind.CHOICE, "above_one 'cut'"),
        (
            lambda: review_capping(*np.ones((3, 2)), np.array([1.0, np.nan]), 0.12),
            Kind.NO_DATA,
            "closes, item 2",
        ),
        (lambda: review_capping(*np.ones((4, 8)), 0.12), Kind.INFEASIBLE, "8 members"),
    ],
)
def test_refusals(run, kind, words):
    with pytest.raises(XlidxError) as caught:
        run()
    assert caught.value.kind is kind
    assert words in str(caught.value)


@pytest.mark.parametrize("row", answers("updates.csv"), ids=lambda row: row["vector"])
def test_explanation_ends_with_the_factor(row):
    steps = explain_kept_capping(*(float(row[n]) for n in ("f", "Q", "F", "Q_new", "F_new")), row["above_one"])
    assert steps[-1].value == pytest.approx(float(row["f_new"]), rel=1e-15)
    assert all(type(step.value) is float and "5.3.2" in step.rule for step in steps)
