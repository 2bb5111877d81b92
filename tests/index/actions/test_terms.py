from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.index.actions import members, terms
from xlidx.index.divisor import chain_divisor

PRICE = st.floats(0.01, 1e4)
RATIO = st.floats(0.01, 3.0)
COUNT = st.floats(1.0, 1e9)


def first(frame):
    return frame.iloc[0]


# Published rights issues, the printed number and its decimals.
@pytest.mark.rule("psi20", "6.6")
@pytest.mark.parametrize(
    ("ratio", "subscription", "cum", "printed", "decimals"),
    [
        pytest.param(1 / 3, 2.00, 3.04, 2.78, 2, id="V20"),
        pytest.param(1 / 10, 3.00, 4.00, 3.909, 3, id="V21"),
        pytest.param(1 / 4, 1.85, 2.10, 2.05, 2, id="V22"),
        pytest.param(104_998_731 / 148_233_503, 3.15, 9.34, 6.77, 2, id="V23"),
    ],
)
def test_published_prices_ex_right(ratio, subscription, cum, printed, decimals):
    row = first(terms.rights_issue(cum, 1000.0, ratio, subscription))
    assert round(row["adjusted_price"], decimals) == printed


@pytest.mark.rule("psi20", "6.6")
def test_published_value_of_a_right_and_of_a_capital():
    assert round(first(terms.rights_issue(3.04, 1.0, 1 / 3, 2.0))["right_value"], 2) == 0.26  # V20
    held, new = 148_233_503, 104_998_731  # V23: the printed capital and the treatment that follows
    row = first(terms.rights_issue(9.34, float(held), new / held, 3.15))
    assert round(row["adjusted_price"] * (held + new)) == 1_715_246_921
    assert (row["treatment"], row["new_shares"]) == ("value of the right only", held)


@pytest.mark.rule("psi20", "6.6")
@pytest.mark.parametrize(
    ("ratio", "price", "shares", "divisor"),
    [(0.25, 9.2, 1250.0, 215.0), (0.5, 26 / 3, 1000.0, 560 / 3)],
)
def test_rights_by_hand_keep_the_level(ratio, price, shares, divisor):
    # V24: 1000 at 10 and 500 at 20, divisor 200, level 100
    row = first(terms.rights_issue(10.0, 1000.0, ratio, 6.0))
    assert (row["adjusted_price"], row["new_shares"]) == (pytest.approx(price, rel=1e-15), shares)
    after = row["adjusted_price"] * row["new_shares"] + 500 * 20.0
    assert chain_divisor(200.0, 20_000.0, after) == pytest.approx(divisor, rel=1e-15)
    assert after / chain_divisor(200.0, 20_000.0, after) == pytest.approx(100.0, rel=1e-15)


@pytest.mark.rule("psi20", "6.6")
def test_exactly_two_fifths_adds_no_shares():
    ratios = [0.4, 2 / 5, 1 - 0.6, 0.1 + 0.3, 0.3999999, 0.399]
    found = terms.rights_issue(10.0, 1000.0, ratios, 6.0)
    assert found["treatment"].tolist() == ["value of the right only"] * 4 + ["shares added"] * 2
    assert first(terms.rights_issue(10.0, 1000.0, 0.4, 6.0, limit=0.5))["treatment"] == "shares added"


@pytest.mark.rule("psi20", "6.6")
def test_shares_that_are_not_fungible_or_miss_a_dividend_are_not_added():
    apart = first(terms.rights_issue(10.0, 1000.0, 0.25, 6.0, fungible=False))
    assert (apart["treatment"], apart["adjusted_price"], apart["new_shares"]) == (
        "value of the right only",
        9.2,
        1000.0,
    )
    lagging = first(terms.rights_issue(10.0, 1000.0, 0.25, 6.0, disadvantage=0.5))
    assert lagging["treatment"] == "value of the right only"
    assert lagging["adjusted_price"] == pytest.approx(9.3, rel=1e-15)  # (10 + 0.25 x 6.50) / 1.25


@pytest.mark.rule("psi20", "6.6")
@pytest.mark.parametrize(("subscription", "disadvantage"), [(10.0, 0.0), (12.0, 0.0), (9.5, 0.5)])
def test_a_right_without_value_changes_nothing(subscription, disadvantage):
    row = first(terms.rights_issue(10.0, 1000.0, 0.25, subscription, disadvantage=disadvantage))
    assert (row["treatment"], row["adjusted_price"], row["new_shares"]) == ("no adjustment", 10.0, 1000.0)
    assert row["right_value"] == 0.0


@given(PRICE, RATIO, st.floats(0, 1e4), st.floats(0, 10))
def test_right_value_agrees_with_exact_fractions(cum, ratio, subscription, disadvantage):
    C, r, S = Fraction(cum), Fraction(ratio), Fraction(subscription + disadvantage)
    exact = max(Fraction(0), r * (C - S) / (1 + r))
    row = first(terms.rights_issue(cum, 1.0, ratio, subscription, disadvantage=disadvantage))
    assert row["right_value"] == pytest.approx(float(exact), rel=1e-9, abs=1e-11 * cum)


@given(PRICE, st.floats(0.01, 0.39), st.floats(0, 1), COUNT)
def test_added_shares_bring_exactly_the_money_paid_in(cum, ratio, cheapness, shares):
    subscription = cum * cheapness * 0.99
    row = first(terms.rights_issue(cum, shares, ratio, subscription))
    paid_in = shares * ratio * subscription
    assert row["adjusted_price"] * row["new_shares"] == pytest.approx(shares * cum + paid_in, rel=1e-12)


@given(PRICE, RATIO, st.floats(0, 0.99), COUNT)
def test_share_vector_form_of_a_capital_increase_keeps_the_value(cum, ratio, cheapness, shares):
    # V26: x' = x (1 + BV (p_ex - B) / p_ex) with the theoretical price ex right
    B = cum * cheapness
    p_ex = first(terms.rights_issue(cum, shares, ratio, B))["adjusted_price"]
    adjusted = shares * (1 + ratio * (p_ex - B) / p_ex)
    assert adjusted * p_ex == pytest.approx(shares * cum, rel=1e-12)


@pytest.mark.rule("psi20", "6.6")
def test_other_rights_go_by_their_value():
    found = terms.other_rights([10.0, 10.0, 10.0], 1000.0, [0.3, 0.0, -1.0])
    assert found["adjusted_price"].tolist() == [9.7, 10.0, 10.0]
    assert found["treatment"].tolist() == ["value of the right only", "no adjustment", "no adjustment"]


@pytest.mark.rule("psi20", "6.5.2")
def test_special_dividend_is_gross_and_stays_below_the_price():
    row = first(terms.special_dividend(10.0, 1000.0, 0.5, fx=0.8))
    assert (row["adjusted_price"], row["new_shares"], row["value_change"]) == (9.6, 1000.0, -400.0)
    with pytest.raises(XlidxError, match="amount is 10 but must lie below the price"):
        terms.special_dividend(10.0, 1000.0, 10.0)


@pytest.mark.rule("psi20", "6.7")
@pytest.mark.parametrize(
    ("kind", "ratio", "price", "shares"),
    [("split", 4.0, 2.5, 4000.0), ("reverse split", 0.125, 80.0, 125.0), ("bonus issue", 0.25, 8.0, 1250.0)],
)
def test_splits_move_price_against_shares(kind, ratio, price, shares):
    row = first(terms.split(10.0, 1000.0, ratio, kind))
    assert (row["adjusted_price"], row["new_shares"]) == (price, shares)


@pytest.mark.rule("psi20", "6.7")
def test_shares_after_a_split_are_not_rounded():
    after = first(terms.split(10.0, 1001.0, 1 / 75, "reverse split"))["new_shares"]
    assert after == pytest.approx(1001 / 75, rel=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: terms.split(10.0, 1.0, 0.5), "ratio is 0.5 but must be above 1"),
        (lambda: terms.split(10.0, 1.0, 2.0, "reverse split"), "ratio is 2 but must lie between 0 and 1"),
        (lambda: terms.split(10.0, 1.0, 2.0, "merger"), "kind 'merger' is not known"),
        (lambda: terms.rights_issue(0.0, 1.0, 0.25, 1.0), "price is 0 but must be above 0"),
        (lambda: terms.rights_issue(1.0, 1.0, 0.0, 1.0), "ratio is 0 but must be above 0"),
        (lambda: terms.rights_issue(1.0, 1.0, 0.25, -1.0), "subscription is -1"),
        (lambda: terms.rights_issue(np.nan, 1.0, 0.25, 1.0), "price is not a number"),
        (lambda: terms.rights_issue([1.0, 2.0], [1.0, 2.0, 3.0], 0.25, 1.0), "different numbers of events"),
        (lambda: terms.other_rights(1.0, 1.0, 1.0), "value is 1 but must lie below the price"),
        (lambda: members.takeover(1.0, 0.0, 10.0), "offer is 0"),
        (lambda: members.takeover(1.0, 0.3, 0.0, 1.0), "acquirer_price is 0 but must be above 0"),
        (lambda: members.spin_off(10.0, 1.0, 1.0, estimate=10.0), "be worth less than the parent"),
        (lambda: members.removal(1.0, 10.0, 10.0), "value_after is 0"),
        (lambda: members.merged_shares(1.0, 0.0, 1.0, 1.0, 1.0), "acquirer_factor is 0"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(XlidxError, match=words):
        call()


LINES = {
    "rights": lambda price, shares: terms.rights_issue(price, shares, 0.25, 1.0),
    "other rights": lambda price, shares: terms.other_rights(price, shares, -99.0),
    "dividend": lambda price, shares: terms.special_dividend(price, shares, 0.0),
    "split": lambda price, shares: terms.split(price, shares, 2.0),
    "spin-off": lambda price, shares: members.spin_off(price, shares, 0.5, ex_price=0.0),
}


@pytest.mark.parametrize("event", LINES.values(), ids=LINES)
@pytest.mark.parametrize(
    ("price", "shares", "words"),
    [
        (-10.0, 1000.0, "price is -10 but must be above 0"),
        (0.0, 1000.0, "price is 0 but must be above 0"),
        (float("nan"), 1000.0, "price is not a number but must be above 0"),
        (10.0, -1000.0, "shares is -1000 but must be 0 or more"),
        (10.0, float("nan"), "shares is not a number but must be 0 or more"),
    ],
)
def test_a_line_has_a_price_and_no_negative_shares(event, price, shares, words):
    with pytest.raises(XlidxError, match=words):
        event(price, shares)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: terms.special_dividend(10.0, 1.0, -1.0, -1.0), "fx is -1 but must be above 0"),
        (lambda: members.spin_off(20.0, 1.0, 0.5, ex_price=-17.0), "ex_price is -17 but must be 0 or more"),
        (lambda: members.spin_off(20.0, 1.0, 0.5, estimate=-3.0), "estimate is -3 but must be 0 or more"),
        (lambda: members.merged_shares(-1.0, 0.5, 1.0, 0.25, 0.4), "acquirer_shares is -1"),
        (lambda: members.merged_shares(1.0, 0.5, -1.0, 0.25, 0.4), "shares is -1"),
        (lambda: members.merged_shares(1.0, 0.5, 1.0, -0.25, 0.4), "factor is -0.25"),
        (lambda: members.merged_shares(1.0, 0.5, 1.0, 0.25, -0.4), "ratio is -0.4"),
        (lambda: members.takeover(1.0, 0.3, -10.0, 5.0, fx=-1.0), "must be above 0"),
    ],
)
def test_negative_terms_of_a_single_event_are_refused(call, words):
    with pytest.raises(XlidxError, match=words) as caught:
        call()
    assert caught.value.kind is Kind.DOMAIN


@pytest.mark.rule("psi20", "6.2.1")
def test_three_quarters_in_shares_is_a_share_bid():
    # 0.3 shares at 10 are 3; with 1.00 in cash the share part is exactly three quarters
    found = members.takeover(1000.0, 0.3, 10.0, [1.0, 1.0001, 0.0], [True, True, False])
    assert found["share_part"].tolist()[0] == 0.75
    assert found["treatment"].tolist() == ["replacement", "removal", "removal"]
    assert found["reason"].tolist() == [
        "share part at least 75%",
        "share part below 75%",
        "acquirer does not qualify",
    ]
    assert found["new_shares"].tolist()[0] == 300.0
    assert found["cash_value"].tolist() == [1000.0, 0.0, 0.0]


@pytest.mark.rule("psi20", "6.2.1")
def test_three_quarters_holds_against_binary_fractions():
    # 3 x 0.1 in shares and 0.1 in cash: 0.30000000000000004 of 0.4 is still three quarters
    assert first(members.takeover(1.0, 0.1, 3.0, 0.1))["treatment"] == "replacement"
    assert first(members.takeover(1.0, 0.7 * 3, 0.1, 0.07))["treatment"] == "replacement"


@given(COUNT, COUNT, *[st.floats(0.05, 1)] * 4, RATIO, PRICE)
def test_merged_line_counts_as_both_lines_did(acquirer, target, Fa, fa, Ft, ft, ratio, price):
    shares = members.merged_shares(acquirer, Fa * fa, target, Ft * ft, ratio)[0]
    expected = acquirer * Fa * fa + target * ratio * Ft * ft
    assert shares * Fa * fa == pytest.approx(expected, rel=1e-12)


@pytest.mark.rule("psi20", "6.3")
def test_child_is_worth_what_the_parent_lost():
    found = members.spin_off(20.0, 1000.0, 0.5, ex_price=[17.0, 21.0, np.nan], estimate=[np.nan, np.nan, 4.0])
    assert found["child_price"].tolist() == [6.0, 0.0, 4.0]
    assert found["adjusted_price"].tolist() == [20.0, 20.0, 18.0]
    assert found["new_shares"].tolist() == [500.0] * 3


@pytest.mark.rule("psi20", "6.2.2")
def test_removal_at_zero_changes_no_divisor_and_lowers_the_level():
    found = members.removal(200.0, 20_000.0, 4_000.0, [np.nan, 0.0, 2_000.0])
    assert found["level_before"].tolist() == [100.0] * 3
    assert found["level_after"].tolist() == [100.0, 80.0, 90.0]
    assert found["new_divisor"].tolist()[:2] == [160.0, 200.0]
    assert found["new_divisor"].tolist()[2] == pytest.approx(200 * 16_000 / 18_000, rel=1e-15)


@given(st.floats(1, 1e6), st.floats(1, 1e9), st.floats(0.001, 10), st.floats(0, 1))
def test_after_a_removal_the_rest_gives_the_level_that_was_set(divisor, rest, share, kept):
    own = rest * share
    row = first(members.removal(divisor, rest + own, own, own * kept))
    assert rest / row["new_divisor"] == pytest.approx(row["level_after"], rel=1e-12)
    assert row["level_after"] <= row["level_before"] * (1 + 1e-12)


@pytest.mark.rule("psi20", "6.2.2")
def test_five_sessions_for_a_decision():
    # Lisbon closed on Good Friday 25 and Easter Monday 28 March 2016
    assert members.suspension_deadline(date(2016, 3, 22)) == date(2016, 3, 31)
    assert members.suspension_deadline(date(2016, 3, 26)) == members.suspension_deadline(date(2016, 3, 24))


@pytest.mark.rule("psi20", "6.2.1")
def test_bid_accepted_after_the_close_counts_from_the_next_session():
    assert members.takeover_effective(date(2016, 3, 22)) == date(2016, 3, 23)
    assert members.takeover_effective(date(2016, 3, 22), before_close=False) == date(2016, 3, 24)
    # made public on Good Friday: no session, so it does not matter when
    assert members.takeover_effective(date(2016, 3, 25), before_close=False) == date(2016, 3, 29)


@pytest.mark.parametrize(
    ("explain", "frame", "column"),
    [
        (lambda: terms.explain_rights_issue(9.0, 7.0, 0.3, 4.0), lambda: terms.rights_issue(9.0, 7.0, 0.3, 4.0), "C'"),
        (lambda: terms.explain_other_rights(9.0, 7.0, 0.3), lambda: terms.other_rights(9.0, 7.0, 0.3), "C'"),
        (lambda: terms.explain_special_dividend(9.0, 7.0, 0.3), lambda: terms.special_dividend(9.0, 7.0, 0.3), "C'"),
        (lambda: terms.explain_split(9.0, 7.0, 3.0), lambda: terms.split(9.0, 7.0, 3.0), "C'"),
    ],
)
def test_explanations_end_in_the_number_and_cite_the_clause(explain, frame, column):
    steps = {step.symbol: step for step in explain()}
    assert steps[column].value == frame()["adjusted_price"].iloc[0]
    assert all("PSI 20 rule book v16-01, 6." in step.rule for step in steps.values())


def test_explanations_of_members():
    assert members.explain_takeover(1000.0, 0.3, 10.0, 1.0)[-2].value == 300.0
    assert members.explain_removal(200.0, 20_000.0, 4_000.0)[-1].value == 160.0
    assert members.explain_spin_off(20.0, 1000.0, 0.5, ex_price=17.0)[-1].value == 6.0
    with pytest.raises(XlidxError) as found:
        terms.explain_split([10.0, 11.0], 1.0, 2.0)
    assert found.value.kind is Kind.SHAPE
