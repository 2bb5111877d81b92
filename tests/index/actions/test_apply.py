import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.divisor_history.random_history import block
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import ACTIONS, CLAUSES, apply_actions
from xlidx.index.basket import COMPOSITION, Basket, basket_of
from xlidx.tables import read

DAY = "2016-03-21"
PRICES = {"A": 10.0, "B": 20.0, "C": 5.0, "D": 8.0}


def basket(**changes):
    fields = {
        "ids": ("A", "B", "C"),
        "shares": [1000.0, 500.0, 4000.0],
        "free_float": [1.0, 1.0, 0.5],
        "capping": [1.0, 1.0, 1.0],
        "currency": ("EUR", "EUR", "EUR"),
    }
    return Basket(**{**fields, **changes})


def applied(*rows, start=None, prices=PRICES, fx=None, divisor=200.0, **options):
    actions = block(ACTIONS, [{"date": DAY, **row} for row in rows])
    return apply_actions(start or basket(), prices, fx, actions, divisor, **options)


def line(done, isin):
    place = done.basket.ids.index(isin)
    return done.basket.shares[place], done.prices[isin]


def value(done, prices=None):
    prices = prices or done.prices
    return sum(weight * prices[isin] for isin, weight in zip(done.basket.ids, done.basket.weights, strict=True))


def steps(done, isin, what):
    rows = done.steps[(done.steps["isin"] == isin) & (done.steps["what"] == what)]
    return rows[["before", "after"]].to_numpy().tolist()


# The basket is worth 1000 x 10 + 500 x 20 + 4000 x 0.5 x 5 = 30 000, at divisor 200 a level of 150.
# Expected numbers below are worked out by hand from the clause.


@pytest.mark.rule("psi20", "6.6")
def test_rights_issue_raises_the_divisor_when_shares_are_added():
    done = applied({"isin": "A", "action": "rights issue", "ratio": 0.25, "price": 6})
    assert line(done, "A") == (1250.0, 9.2)
    assert done.divisor == pytest.approx(200 * 31_500 / 30_000, rel=1e-15)
    assert steps(done, "A", "shares") == [[1000.0, 1250.0]]
    assert steps(done, "A", "closing price") == [[10.0, 9.2]]


@pytest.mark.rule("psi20", "6.5.2")
def test_special_dividend_lowers_price_and_divisor_by_the_gross_amount():
    done = applied({"isin": "C", "action": "special dividend", "amount": 1})
    assert line(done, "C") == (4000.0, 4.0)
    assert done.divisor == pytest.approx(200 * 28_000 / 30_000, rel=1e-15)
    assert done.level_after == done.level_before == 150.0


@pytest.mark.rule("psi20", "6.7")
def test_splits_and_bonus_issues_leave_the_divisor_bit_for_bit():
    done = applied(
        {"isin": "A", "action": "split", "ratio": 3},
        {"isin": "B", "action": "bonus issue", "ratio": 0.1},
        {"isin": "C", "action": "reverse split", "ratio": 0.3},
    )
    assert done.divisor == 200.0
    assert line(done, "A") == (3000.0, 10 / 3)
    assert line(done, "B") == pytest.approx((550.0, 20 / 1.1), rel=1e-15)
    assert line(done, "C") == pytest.approx((1200.0, 5 / 0.3), rel=1e-15)


@pytest.mark.rule("psi20", "6.5.1")
def test_bonus_in_lieu_of_a_dividend_changes_nothing():
    done = applied({"isin": "A", "action": "bonus in lieu of dividend", "ratio": 0.05})
    assert (line(done, "A"), done.divisor) == ((1000.0, 10.0), 200.0)
    assert done.steps["what"].tolist() == ["nothing", "level", "divisor"]


@pytest.mark.rule("psi20", "6.6")
def test_other_rights_by_value():
    done = applied({"isin": "B", "action": "other rights", "amount": 0.6})
    assert line(done, "B")[1] == pytest.approx(19.4, rel=1e-15)
    assert done.divisor == pytest.approx(200 * 29_700 / 30_000, rel=1e-15)
    for nothing in (0, -0.5):
        done = applied({"isin": "B", "action": "other rights", "amount": nothing})
        assert (done.divisor, done.prices["B"]) == (200.0, 20.0)


@pytest.mark.rule("psi20", "6.6")
@pytest.mark.parametrize("subscription", [10, 12])
def test_rights_without_value_leave_the_line_alone(subscription):
    done = applied({"isin": "A", "action": "rights issue", "ratio": 0.25, "price": subscription})
    assert (line(done, "A"), done.divisor) == ((1000.0, 10.0), 200.0)


@pytest.mark.rule("psi20", "6.2")
def test_removal_at_the_last_price_keeps_the_level():
    done = applied({"isin": "B", "action": "removal"})
    assert done.basket.ids == ("A", "C")
    assert done.divisor == pytest.approx(200 * 20_000 / 30_000, rel=1e-15)
    assert done.level_after == 150.0


@pytest.mark.rule("psi20", "6.2.2")
def test_removal_after_suspension_is_at_zero_and_the_level_falls():
    done = applied({"isin": "B", "action": "removal after suspension"})
    assert (done.divisor, done.level_before, done.level_after) == (200.0, 150.0, 100.0)
    assert value(done) / done.divisor == 100.0


@pytest.mark.rule("psi20", "6.2.2")
@pytest.mark.parametrize("action", ["removal after suspension", "delisting", "removal"])
def test_a_price_that_is_set_moves_the_level_first(action):
    done = applied({"isin": "B", "action": action, "price": 8})
    assert done.level_after == (10_000 + 500 * 8 + 10_000) / 200
    assert done.divisor == pytest.approx(200 * 20_000 / 24_000, rel=1e-15)
    assert value(done) / done.divisor == pytest.approx(done.level_after, rel=1e-15)


@pytest.mark.rule("psi20", "6.2.2")
def test_real_removal_at_zero_lowers_the_index_although_most_shares_rise():
    # V25, direction only: 11 August 2014, one member suspended at 0.12 and removed at 0, the others mostly up,
    # the index 5 409.55 before and 5 381.28 after.
    start = basket(ids=("UP", "ALSO UP", "BANK"), shares=[1e6, 1e6, 5e6], free_float=[1, 1, 1])
    cum = {"UP": 50.0, "ALSO UP": 40.0, "BANK": 0.12}
    divisor = (50e6 + 40e6 + 0.6e6) / 5409.55
    done = applied({"isin": "BANK", "action": "removal after suspension"}, start=start, prices=cum, divisor=divisor)
    level = value(done, {"UP": 50.05, "ALSO UP": 40.05}) / done.divisor
    assert done.divisor == divisor
    assert level < 5409.55


@pytest.mark.rule("psi20", "6.2.1")
def test_replacement_adapts_the_divisor_for_the_cash_part_only():
    # 500 B at 20, bid 2 D at 8 and 3 in cash: worth 19, so 1 per share goes into the level
    done = applied({"isin": "B", "action": "replacement", "other_isin": "D", "ratio": 2, "cash": 3})
    assert done.basket.ids == ("A", "C", "D")
    assert line(done, "D")[0] == 1000.0
    assert done.divisor == pytest.approx(200 * (30_000 - 500 * 3) / 30_000, rel=1e-15)
    assert value(done) == 10_000 + 10_000 + 8_000
    assert value(done) / done.divisor == pytest.approx(28_000 / 190, rel=1e-15)


@pytest.mark.rule("psi20", "6.2.1")
def test_cash_part_in_another_currency():
    row = {"isin": "B", "action": "replacement", "other_isin": "D", "ratio": 2, "cash": 3, "currency": "usd"}
    assert applied(row, fx={"USD": 0.8}).divisor == pytest.approx(200 * (30_000 - 500 * 2.4) / 30_000, rel=1e-15)


@pytest.mark.rule("psi20", "6.2.1")
def test_replacement_with_full_continuity_keeps_the_level():
    row = {"isin": "B", "action": "replacement", "other_isin": "D", "ratio": 2, "cash": 3}
    done = applied(row, continuity="full")
    assert value(done) / done.divisor == pytest.approx(150.0, rel=1e-15)
    assert done.divisor == pytest.approx(200 * 28_000 / 30_000, rel=1e-15)


@pytest.mark.rule("psi20", "6.2.1")
def test_an_acquirer_that_is_a_member_keeps_its_factors_and_gets_more_shares():
    # 500 B counted in full at 2 C each are 1000 counted C: with free float 0.5 another 2000 shares
    done = applied({"isin": "B", "action": "replacement", "other_isin": "C", "ratio": 2})
    assert done.basket.ids == ("A", "C")
    assert line(done, "C")[0] == 6000.0
    assert done.basket.free_float.tolist() == [1.0, 0.5]
    assert done.divisor == 200.0


@pytest.mark.rule("psi20", "6.3")
@pytest.mark.parametrize("estimate", [None, 3])
def test_spin_off_changes_no_divisor_and_passes_on_the_factors(estimate):
    row = {"isin": "C", "action": "spin-off", "other_isin": "D", "ratio": 0.5, "price": estimate}
    done = applied(row)
    assert done.divisor == 200.0
    assert line(done, "D") == (2000.0, estimate or 0.0)
    assert done.basket.free_float.tolist() == [1.0, 1.0, 0.5, 0.5]
    assert done.prices["C"] == 5.0 - 0.5 * (estimate or 0)
    assert value(done) == 30_000


@pytest.mark.rule("psi20", "6.3")
def test_a_split_up_into_companies_that_all_fail_is_a_removal_before_it():
    row = {"isin": "C", "action": "spin-off", "other_isin": "D", "ratio": 0.5, "qualifies": "none"}
    done = applied(row)
    assert done.basket.ids == ("A", "B")
    assert done.divisor == pytest.approx(200 * 20_000 / 30_000, rel=1e-15)


@pytest.mark.rule("psi20", "6.3")
def test_shares_handed_out_of_another_member_join_its_line():
    # 4000 C with factor 0.5 hand out a tenth of an A each: 200 counted A
    done = applied({"isin": "C", "action": "spin-off", "other_isin": "A", "ratio": 0.1})
    assert line(done, "A")[0] == pytest.approx(1200.0, rel=1e-15)
    assert done.prices["C"] == 5.0 - 0.1 * 10.0
    assert value(done) == pytest.approx(30_000, rel=1e-15)
    assert done.divisor == 200.0


@pytest.mark.rule("psi20", "5.1.2")
def test_a_review_replaces_the_basket_at_the_effective_close():
    rows = [
        {"isin": "A", "action": "review", "shares": 1100, "free_float": 1},
        {"isin": "D", "action": "review", "shares": 1000, "free_float": 0.75, "capping": 0.8, "country": "pt"},
    ]
    done = applied(*rows)
    assert done.basket.ids == ("A", "D")
    assert done.basket.country == ("", "PT")
    assert done.divisor == pytest.approx(200 * (11_000 + 4_800) / 30_000, rel=1e-15)
    assert done.level_after == 150.0
    reasons = dict(zip(done.steps["isin"], done.steps["reason"], strict=True))
    assert reasons["B"] == "leaves with the review"
    assert reasons["D"] == "joins with the review"


@pytest.mark.rule("psi20", "6.2.2")
def test_a_company_removed_at_zero_on_the_day_of_a_review_stays_out():
    # Its shares fall to nothing before the review is valued: 10 000 + 10 000 are left of 30 000.
    rows = [{"isin": isin, "action": "review", "shares": 800, "free_float": 1} for isin in "AB"]
    done = applied(*rows, {"isin": "B", "action": "removal after suspension"})
    assert done.basket.ids == ("A",)
    assert done.level_after == 100.0
    assert done.divisor == pytest.approx(200 * 8_000 / 20_000, rel=1e-15)


@pytest.mark.rule("psi20", "6.1")
def test_addition_joins_at_its_close():
    done = applied({"isin": "D", "action": "addition", "shares": 1000, "free_float": 0.5, "currency": "EUR"})
    assert done.divisor == pytest.approx(200 * 34_000 / 30_000, rel=1e-15)


@pytest.mark.rule("psi20", "4.2")
def test_amounts_in_another_currency_are_converted_at_the_close():
    start = basket(currency=("USD", "EUR", "EUR"))
    row = {"isin": "A", "action": "special dividend", "amount": 0.9, "currency": "GBP"}
    done = applied(row, start=start, fx={"USD": 0.9, "GBP": 1.2})
    assert done.prices["A"] == pytest.approx(10 - 0.9 * 1.2 / 0.9, rel=1e-15)
    assert done.divisor == pytest.approx(200 * (29_000 - 1000 * 0.9 * 1.2) / 29_000, rel=1e-15)
    with pytest.raises(XlidxError, match="no exchange rate for GBP"):
        applied(row, start=start, fx={"USD": 0.9})


EVENTS = [
    {"isin": "A", "action": "special dividend", "amount": 0.5},
    {"isin": "A", "action": "rights issue", "ratio": 0.3, "price": 4},
    {"isin": "A", "action": "split", "ratio": 2},
    {"isin": "B", "action": "other rights", "amount": 0.2},
    {"isin": "C", "action": "removal after suspension", "price": 2},
    {"isin": "D", "action": "addition", "shares": 700, "free_float": 0.4},
]


@pytest.mark.rule("psi20", "6.1")
def test_order_of_the_rows_does_not_matter():
    found = {applied(*rows).divisor for rows in itertools.permutations(EVENTS, 6)}
    assert len(found) == 1
    # by hand: A (10 - 0.5 + 0.3 x 4) / 1.3 before the split, counted 1300 times; C first falls to 2
    after = 1000 * (10 - 0.5 + 0.3 * 4) + 500 * 19.8 + 700 * 0.4 * 8
    assert found.pop() == pytest.approx(200 * after / (10_000 + 10_000 + 4000 * 0.5 * 2), rel=1e-15)


@pytest.mark.rule("psi20", "6.1")
@given(st.lists(st.sampled_from(range(5)), unique=True, min_size=1), st.floats(0.01, 1e6), st.floats(0.1, 10))
def test_level_is_kept_by_every_event_but_a_price_set(chosen, divisor, scale):
    rows = [EVENTS[n] if n < 4 else EVENTS[5] for n in chosen]
    prices = {isin: price * scale for isin, price in PRICES.items()}
    rows = [{**row, **({"amount": row["amount"] * scale} if "amount" in row else {})} for row in rows]
    done = applied(*rows, prices=prices, divisor=divisor)
    assert value(done) / done.divisor == pytest.approx(30_000 * scale / divisor, rel=1e-13)


def test_every_action_has_a_clause_and_an_order():
    words = {word for column in ACTIONS.columns if column.name == "action" for word in column.words}
    assert words == set(CLAUSES)


def test_explanations_name_event_clause_and_reason():
    done = applied({"isin": "A", "action": "split", "ratio": 2, "event_id": "S1"}, {"isin": "B", "action": "removal"})
    assert done.steps["event_id"].tolist() == ["S1", "S1", "row 3", "", ""]
    assert set(done.steps["clause"]) == {f"PSI 20 rule book v16-01, {no}" for no in ("6.7", "6.2", "6.1")}
    assert done.steps["reason"].str.len().min() > 0
    last = done.steps.iloc[-1]
    assert (last["what"], last["before"], last["after"]) == ("divisor", 200.0, done.divisor)


def test_reason_of_a_manual_decision_is_shown():
    row = {"isin": "B", "action": "delisting", "price": 3, "author": "compiler", "reason": "auction price"}
    assert applied(row).steps["reason"].tolist()[0] == "auction price"


JOIN = {"isin": "D", "action": "addition", "shares": 5, "free_float": 1}
BAD = [
    ({"action": "merger"}, Kind.CHOICE, "action 'merger' is not known - table actions, row 2, column action"),
    (
        {"action": "split", "ratio": 2, "amount": 1},
        Kind.DOMAIN,
        "amount is filled in, but split does not use it - table actions, row 2, column amount",
    ),
    (
        {"action": "special dividend", "amount": 1, "fungible": "no"},
        Kind.DOMAIN,
        "fungible is filled in, but special dividend does not use it",
    ),
    (
        {"action": "special dividend"},
        Kind.MISSING,
        "amount is blank, special dividend needs it .* row 2, column amount",
    ),
    ({"action": "special dividend", "amount": 10}, Kind.DOMAIN, "takes away its whole price of 10"),
    ({"action": "special dividend", "amount": 0}, Kind.DOMAIN, "not above 0"),
    ({"action": "rights issue", "ratio": 0.2}, Kind.MISSING, "price is blank, rights issue needs it"),
    ({"action": "split", "ratio": 0.5}, Kind.DOMAIN, "ratio contradicts the action"),
    ({"action": "split", "ratio": -2}, Kind.DOMAIN, "ratio is -2 but must be above 0"),
    ({"action": "replacement", "ratio": 1}, Kind.MISSING, "other_isin is blank, replacement needs it"),
    ({"action": "replacement", "ratio": 1, "other_isin": "A"}, Kind.DOMAIN, "the member itself"),
    ({**JOIN, "isin": "X"}, Kind.NO_DATA, "no prices for X - table actions, row 2, column isin"),
    ({"action": "removal", "price": -1}, Kind.DOMAIN, "price is below 0"),
    ({**JOIN, "free_float": None}, Kind.MISSING, "free_float is blank, addition needs it"),
    ({**JOIN, "isin": "A"}, Kind.DOMAIN, "A is a member already"),
    ({**JOIN, "free_float": 15}, Kind.DOMAIN, "give a fraction"),
    ({**JOIN, "capping": 90}, Kind.DOMAIN, "a percentage"),
    ({"action": "resumption"}, Kind.DOMAIN, "A is not suspended"),
    (
        {"action": "spin-off", "other_isin": "D", "ratio": 1, "price": 10},
        Kind.DOMAIN,
        "A is worth less than what it hands out",
    ),
    (
        {"action": "spin-off", "other_isin": "B", "ratio": 1, "other_currency": "USD"},
        Kind.DOMAIN,
        "B is quoted in EUR and in USD - table actions, row 2, column other_currency",
    ),
]


@pytest.mark.parametrize(("row", "kind", "words"), BAD)
def test_bad_actions_name_row_and_column(row, kind, words):
    with pytest.raises(XlidxError, match=words) as found:
        applied({"isin": "A", **row})
    assert found.value.kind is kind


LEAVE = {"isin": "A", "action": "removal"}
HANDS_OUT = {"isin": "A", "action": "spin-off", "ratio": 1}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([LEAVE, LEAVE], "appears twice, in rows 2 and 3"),
        (
            [{**LEAVE, "event_id": "1"}, {**LEAVE, "event_id": "2"}],
            "A is not a member on 2016-03-21 - table actions, row 3",
        ),
        ([LEAVE, {**LEAVE, "date": "2016-03-22"}], "several dates - table actions, row 3"),
        ([{**LEAVE, "isin": isin} for isin in "ABC"], "nothing is left in the index"),
        (
            [{**JOIN, "action": "review", "event_id": number} for number in "12"],
            "D appears twice in the review - table actions, row 3",
        ),
        (
            [{**HANDS_OUT, "other_isin": "D"}, {**HANDS_OUT, "other_isin": "B", "qualifies": "none"}],
            "the rows disagree about A - table actions, row 3, column qualifies",
        ),
    ],
)
def test_rows_that_contradict_each_other(rows, words):
    with pytest.raises(XlidxError, match=words):
        applied(*rows)


def test_missing_price_of_a_member_or_of_a_company_that_joins():
    with pytest.raises(XlidxError, match="no price of B on the close before"):
        applied({"isin": "A", "action": "removal"}, prices={**PRICES, "B": np.nan})
    with pytest.raises(XlidxError, match="no price of D on the close before"):
        applied({"isin": "D", "action": "addition", "shares": 5, "free_float": 1}, prices={**PRICES, "D": np.nan})


def test_bad_readings():
    with pytest.raises(XlidxError, match="continuity 'all' is not known"):
        applied({"isin": "A", "action": "removal"}, continuity="all")
    with pytest.raises(XlidxError, match="divisor is 0 but must be above 0"):
        applied({"isin": "A", "action": "removal"}, divisor=0.0)


def test_no_rows_change_nothing():
    done = applied()
    assert (done.divisor, value(done)) == (200.0, 30_000)


def test_composition_table_goes_in_and_out():
    rows = [["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]]
    done = applied({"isin": "A", "action": "split", "ratio": 2}, start=basket_of(read(COMPOSITION, rows)))
    assert done.basket.shares.tolist() == [2000.0, 500.0]
