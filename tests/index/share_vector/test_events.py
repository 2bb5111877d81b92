"""Shares after dividends, increases, reductions, splits and decisions: by hand, and value-neutral identities."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import XlidxError
from xlidx.index.share_vector import events as e

money = st.floats(1.0, 5000.0)
ratio = st.floats(0.01, 5.0)
part = st.floats(0.0, 0.9)


@pytest.mark.rule("solactive_human_capital", "3.4")
def test_dividend_as_printed_by_hand():
    # 100 x (40 + 2 x 0.75) / 40
    assert e.shares_after_dividend(100.0, 40.0, 2.0, 0.75) == pytest.approx([103.75], rel=1e-15)


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.rule("solactive_human_capital", "3.3")
@pytest.mark.rule("solactive_human_capital", "4 Dividend Correction Factor")
@given(money, part, st.floats(0.0, 1.0))
def test_a_dividend_is_value_neutral(cum, share, correction):
    # The price falls by what is reinvested: shares times price stay, in either form.
    net = cum * share * correction
    ex = cum - net
    literal = e.shares_after_dividend(1.0, ex, cum * share, correction)
    before = e.shares_after_dividend(1.0, cum, cum * share, correction, "ex ante")
    assert literal * ex == pytest.approx(cum, rel=1e-12)
    assert before * ex == pytest.approx(cum, rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "3.4")
@given(money, st.floats(0.001, 0.9), st.floats(0.1, 1.0))
def test_gross_is_not_below_net_and_net_not_below_price(price, share, correction):
    gross, net = (e.shares_after_dividend(1.0, price, price * share, f)[0] for f in (1.0, correction))
    assert gross >= net >= 1.0


@pytest.mark.rule("solactive_human_capital", "3.5.2")
@pytest.mark.rule("solactive_human_capital", "3.3")
@given(money, ratio, part)
def test_an_increase_is_value_neutral(cum, bv, share):
    # V26 of the test vectors: with the theoretical ex price, shares times price stay exactly.
    b = cum * share
    ex = (cum + bv * b) / (1.0 + bv)
    assert e.shares_after_increase(1.0, ex, bv, b) * ex == pytest.approx(cum, rel=1e-12)
    assert e.shares_after_increase(1.0, cum, bv, b, "ex ante") * ex == pytest.approx(cum, rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "3.5.2")
@pytest.mark.parametrize(
    ("cum", "subscription", "one_for", "ex"),
    [
        (Fraction("3.04"), Fraction(2), 3, Fraction("2.78")),  # V20, printed
        (Fraction(4), Fraction(3), 10, Fraction(43, 11)),  # V21, printed as 3.90
        (Fraction("2.10"), Fraction("1.85"), 4, Fraction("2.05")),  # V22
    ],
)
def test_printed_rights_issues(cum, subscription, one_for, ex):
    found = e.shares_after_increase(1.0, float(cum), 1.0 / one_for, float(subscription), "ex ante")[0]
    assert found == pytest.approx(float(cum / ex), rel=1e-12)
    assert e.shares_after_increase(1.0, float(ex), 1.0 / one_for, float(subscription))[0] == pytest.approx(found)


@pytest.mark.rule("solactive_human_capital", "3.5.2")
def test_own_resources_and_no_right_without_value():
    assert e.shares_after_increase(100.0, 10.0, 0.1).tolist() == pytest.approx([110.0])
    assert e.shares_after_increase(100.0, 10.0, 0.5, 10.0).tolist() == [100.0]
    assert e.shares_after_increase(100.0, 10.0, 0.5, 12.0).tolist() == [100.0]
    assert e.shares_after_increase(100.0, 10.0, 0.5, 12.0, "ex ante").tolist() == [100.0]


@pytest.mark.rule("solactive_human_capital", "3.5.3")
@given(money, ratio)
def test_a_reduction_is_value_neutral(price, h):
    assert e.shares_after_reduction(1.0, h) * (price * h) == pytest.approx(price, rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "3.5.4")
@given(money, ratio, ratio)
def test_splits_and_par_values_are_value_neutral_and_each_others_inverse(price, old, new):
    split = e.shares_after_split(1.0, old, new)
    assert split * (price * old / new) == pytest.approx(price, rel=1e-12)
    assert e.shares_after_split(split, old, new, "par values") == pytest.approx([1.0], rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "3.5.4")
def test_a_split_in_two_doubles_the_shares_and_halves_the_par_value():
    # V7: the first share splits 4:1.
    assert e.shares_after_split(1.0, 1.0, 4.0).tolist() == [4.0]
    assert e.shares_after_split(1.0, 5.0, 1.25, "par values").tolist() == [4.0]


@pytest.mark.rule("solactive_human_capital", "3.5.1")
def test_a_decision_has_author_and_reason():
    assert e.shares_after_decision(100.0, 1.02, "calculator", "options exchange").tolist() == [102.0]
    for author, reason, word in (("", "x", "author"), ("x", " ", "reason")):
        with pytest.raises(XlidxError, match=f"{word} of a manual factor is blank"):
            e.shares_after_decision(100.0, 1.02, author, reason)


CASES = (
    ("dividend", {"amount": 2.0, "correction": 0.75}, 103.75),
    ("capital increase", {"ratio": 0.25, "subscription": 20.0}, 112.5),
    ("capital reduction", {"ratio": 4.0}, 25.0),
    ("split", {"old": 1.0, "new": 3.0}, 300.0),
    ("par value", {"old": 1.0, "new": 4.0}, 25.0),
    ("manual factor", {"factor": 1.5, "author": "a", "reason": "b"}, 150.0),
)


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.parametrize(("event", "terms", "expected"), CASES)
def test_one_event_of_any_kind_by_hand(event, terms, expected):
    assert e.adjust_shares(event, 100.0, 40.0, terms) == pytest.approx([expected], rel=1e-15)
    steps = e.explain_adjust_shares(event, 100.0, 40.0, terms)
    assert steps[-1].value == pytest.approx(expected, rel=1e-15)
    assert all(step.rule.count("guideline") >= 1 for step in steps[:1])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: e.adjust_shares("splt", 1.0, 1.0, {}), "event 'splt' is not known .* did you mean split"),
        (lambda: e.adjust_shares("split", 1.0, 1.0, {"old": 1.0}), "new is blank, split needs it"),
        (lambda: e.adjust_shares("split", 1.0, 1.0, {"old": 1.0, "new": 2.0, "ratio": 1.0}), "does not belong"),
        (lambda: e.shares_after_dividend(1.0, 0.0, 1.0), "price is 0"),
        (lambda: e.shares_after_dividend(1.0, float("nan"), 1.0), "price is not a number"),
        (lambda: e.shares_after_dividend(1.0, 10.0, -1.0), "amount is -1"),
        (lambda: e.shares_after_dividend(1.0, 10.0, 1.0, 26.0), "correction is 26 .* fraction"),
        (lambda: e.shares_after_dividend(1.0, 10.0, 10.0, form="ex ante"), "below the price"),
        (lambda: e.shares_after_dividend(1.0, 10.0, 1.0, form="ante"), "form 'ante' is not known"),
        (lambda: e.shares_after_increase(1.0, 10.0, 0.0), "ratio is 0"),
        (lambda: e.shares_after_increase(1.0, 10.0, 0.1, -1.0), "subscription is -1"),
        (lambda: e.shares_after_reduction(1.0, 0.0), "ratio is 0"),
        (lambda: e.shares_after_split(1.0, 0.0, 1.0), "old is 0"),
        (lambda: e.shares_after_split(1.0, 1.0, 1.0, "shares"), "measure 'shares' is not known"),
        (lambda: e.shares_after_split(-1.0, 1.0, 1.0), "shares is -1"),
        (lambda: e.shares_after_decision(1.0, 0.0, "a", "b"), "factor is 0"),
    ],
)
def test_bad_input_is_refused_in_words(call, words):
    with pytest.raises(XlidxError, match=words):
        call()
