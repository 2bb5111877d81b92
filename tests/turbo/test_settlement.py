import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo import reference
from tests.turbo.answers import columns, rows
from xlidx.errors import Kind, XlidxError
from xlidx.rounding import TIES
from xlidx.turbo.financing import financing_level
from xlidx.turbo.settlement import cash_settlement, explain_cash_settlement

SIDES = st.sampled_from(["long", "short"])
LEVELS = st.decimals("0.01", "50000", places=2)
RATIOS = st.sampled_from(["1", "0.1", "0.01", "0.001", "100"]).map(reference.Decimal)
RATES = st.decimals("0.5", "2", places=4)
KINDS = ["best", "limited", "open ended"]


def settle_floats(side, *terms):
    return cash_settlement(side, *(float(term) for term in terms))


@pytest.mark.rule("ing_open_end_turbo", "C.12")
@pytest.mark.parametrize("row", rows("settlement"), ids=lambda row: row["case"])
def test_published_amounts(row):
    terms = [row[name] for name in ("side", "financing_level", "spot", "entitlement", "fx")]
    assert settle_floats(*terms) == float(row["amount"])


@pytest.mark.rule("ing_open_end_turbo", "A.20")
def test_all_23_printed_issue_prices_to_the_cent():
    names, spots, rates = columns("spots", "underlying", "spot", "usd_per_eur")
    underlying, level, ratio, printed = columns("series", "underlying", "financing_level", "entitlement", "issue_price")
    where = [names.index(name) for name in underlying]
    amount = cash_settlement("short", np.array(level), np.array(spots)[where], np.array(ratio), np.array(rates)[where])
    assert len(printed) == 23
    np.testing.assert_array_equal(amount, printed)


@pytest.mark.rule("ing_open_end_turbo", "C.12")
@given(SIDES, LEVELS, LEVELS, RATIOS, RATES, st.sampled_from(["exercise", "stop loss"]), st.sampled_from(KINDS),
       st.decimals("0", "5", places=3), st.integers(0, 4), st.sampled_from(TIES))  # fmt: skip
def test_amount_agrees_with_exact_decimals(side, level, price, ratio, fx, event, kind, expenses, decimals, tie):
    exact = reference.cash_settlement(side, level, price, ratio, fx, event, kind, expenses, decimals, tie)
    numbers = (float(level), float(price), float(ratio), float(fx))
    assert cash_settlement(side, *numbers, event, kind, float(expenses), decimals, tie) == float(exact)
    arrays = [np.array([number]) for number in numbers]
    got = cash_settlement(np.array([side]), *arrays, event, kind, float(expenses), decimals, tie)
    assert got.tolist() == [float(exact)]


@pytest.mark.rule("ing_open_end_turbo", "A.20")
@pytest.mark.parametrize(
    ("tie", "amount"),
    [("half up", 0.01), ("half even", 0.0), ("half down", 0.0), ("half away", 0.01), ("Half Even ", 0.0)],
)
def test_half_a_cent_goes_where_the_tie_rule_says(tie, amount):
    assert cash_settlement("short", 100.5, 100.0, 0.01, tie=tie) == amount
    assert cash_settlement("short", np.array([100.5, 100.5]), 100.0, 0.01, tie=tie).tolist() == [amount, amount]


@pytest.mark.parametrize(("tie", "amount"), [("half up", 0.02), ("half even", 0.02), ("half down", 0.01)])
def test_one_and_a_half_cents(tie, amount):
    assert cash_settlement("short", 101.5, 100.0, 0.01, tie=tie) == amount


def test_decimals_left_out_of_the_rounding():
    assert cash_settlement("short", 100.5, 100.0, 0.01, decimals=None) == pytest.approx(0.005, rel=1e-15)
    assert cash_settlement("short", 101.2345, 100.0, 1.0, decimals=4) == 1.2345
    assert cash_settlement("short", 101.2345, 100.0, 1.0, decimals=3) == 1.235  # half up
    assert cash_settlement("short", 101.2345, 100.0, 1.0, decimals=0) == 1.0
    assert cash_settlement("short", 1.5, 1.0, 1.0, decimals=12) == 0.5


@pytest.mark.rule("ing_open_end_turbo", "C.12")
@pytest.mark.parametrize(("kind", "amount"), [("best", 0.0), ("limited", 0.0), ("open ended", 5.0)])
def test_at_a_stop_loss_only_an_open_ended_certificate_pays_even_if_the_formula_is_positive(kind, amount):
    assert cash_settlement("long", 95.0, 100.0, 1.0, settlement_event="stop loss", kind=kind) == amount
    assert cash_settlement("long", 95.0, 100.0, 1.0, settlement_event="exercise", kind=kind) == 5.0
    assert cash_settlement("long", 95.0, 100.0, 1.0, settlement_event="Issuer Call", kind=kind) == 5.0


@pytest.mark.rule("ing_open_end_turbo", "C.12")
def test_where_nothing_is_paid_no_reference_price_is_needed():
    assert cash_settlement("long", 95.0, None, 1.0, settlement_event="stop loss") == 0.0
    amounts = cash_settlement(
        "long", 95.0, np.array([np.nan, 100.0]), 1.0, settlement_event=np.array(["stop loss", "exercise"]), kind="best"
    )
    assert amounts.tolist() == [0.0, 5.0]
    with pytest.raises(XlidxError, match="reference price is not a number"):
        cash_settlement("long", 95.0, None, 1.0)


@pytest.mark.rule("ing_open_end_turbo", "C.12")
def test_expiry_is_for_limited_certificates():
    assert cash_settlement("long", 95.0, 100.0, 1.0, settlement_event="expiry", kind="limited") == 5.0
    with pytest.raises(XlidxError, match="no final valuation date") as caught:
        cash_settlement("long", 95.0, 100.0, 1.0, settlement_event="expiry", kind=np.array(KINDS))
    np.testing.assert_array_equal(caught.value.mask, [True, False, True])


@given(LEVELS, LEVELS, RATIOS)
def test_long_and_short_mirror_each_other(level, price, ratio):
    assert settle_floats("long", level, price, ratio) == settle_floats("short", price, level, ratio)
    assert min(settle_floats("long", level, price, ratio), settle_floats("short", level, price, ratio)) == 0.0


@pytest.mark.rule("ing_open_end_turbo", "C.14")
@given(SIDES, LEVELS, LEVELS, RATIOS, RATES)
def test_quoting_the_underlying_in_another_currency_changes_nothing(side, level, price, ratio, fx):
    plain = cash_settlement(side, float(level), float(price), float(ratio), 1.0, decimals=None)
    quoted = cash_settlement(
        side, float(level) * float(fx), float(price) * float(fx), float(ratio), float(fx), decimals=None
    )
    assert quoted == pytest.approx(plain, rel=1e-9, abs=1e-9 * float(ratio) * float(level + price))


@pytest.mark.rule("ing_open_end_turbo", "C.5")
@given(SIDES, st.integers(5_000, 20_000), st.integers(5_000, 20_000), st.integers(1, 400), RATIOS)
def test_a_dividend_changes_no_value(side, level, price, dividend, ratio):
    # Cents: the ex-dividend spot falls by the dividend and so does the financing level.
    level, price, dividend = level / 4, price / 4, dividend / 4
    after = financing_level(side, level, 0.0, 0.0, 1, dividend)
    before = cash_settlement(side, level, price, float(ratio), decimals=None)
    assert cash_settlement(side, after, price - dividend, float(ratio), decimals=None) == before


def test_expenses_come_off_and_the_floor_holds_again():
    assert cash_settlement("long", 95.0, 100.0, 1.0, expenses=1.25) == 3.75
    assert cash_settlement("long", 95.0, 100.0, 1.0, expenses=9.0) == 0.0
    amounts = cash_settlement("long", 95.0, np.array([100.0, 90.0]), 1.0, expenses=np.array([1.25, 1.0]))
    assert amounts.tolist() == [3.75, 0.0]


def test_expenses_of_one_come_off_as_any_other():
    assert cash_settlement("long", 95.0, 100.0, 1.0, expenses=1.0) == 4.0
    assert cash_settlement("long", 95.0, np.array([100.0]), 1.0, expenses=1.0).tolist() == [4.0]


@pytest.mark.rule("ing_open_end_turbo", "C.12")
def test_a_reference_price_of_zero_pays_a_short_its_whole_level():
    # An underlying without any value left: 95 - 0 goes to the holder of the short, nothing to that of the long.
    assert cash_settlement("short", 95.0, 0.0, 1.0) == 95.0
    assert cash_settlement(np.array(["short", "long"]), 95.0, np.zeros(2), 1.0).tolist() == [95.0, 0.0]
    assert cash_settlement("short", 95.0, 0.5, 1.0) == 94.5


def test_arrays_broadcast_and_arguments_stay_as_they_were():
    price = np.array([[90.0, 100.0, 110.0]])
    amounts = cash_settlement(np.array([["long"], ["short"]]), 100.0, price, 1.0)
    assert amounts.tolist() == [[0.0, 0.0, 10.0], [10.0, 0.0, 0.0]]
    assert price.tolist() == [[90.0, 100.0, 110.0]]
    assert cash_settlement(np.array([1, -1]), 100, np.array([110, 90]), 1).tolist() == [10.0, 10.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"financing_level": 0.0}, "financing level is 0"),
        ({"reference_price": -0.01}, "reference price is -0.01"),
        ({"entitlement": 0.0}, "ratio of 100 is 0.01"),
        ({"fx": 0.0}, "USD per EUR"),
        ({"fx": float("nan")}, "fx is not a number"),
        ({"expenses": -1.0}, "expenses is -1"),
        ({"decimals": 13}, "decimals is 13"),
        ({"decimals": 2.5}, "decimals is 2.5"),
        ({"decimals": -1}, "decimals is -1"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(change, words):
    terms = {"financing_level": 95.0, "reference_price": 100.0, "entitlement": 1.0} | change
    with pytest.raises(XlidxError, match=words) as caught:
        cash_settlement("long", **terms)
    assert caught.value.kind is Kind.DOMAIN


def test_unknown_words_are_refused():
    for change in ({"settlement_event": "knocked out"}, {"kind": "mini"}, {"tie": "half odd"}):
        with pytest.raises(XlidxError) as caught:
            cash_settlement("long", 95.0, 100.0, 1.0, **change)
        assert caught.value.kind is Kind.CHOICE


@pytest.mark.parametrize(
    "terms",
    [
        ("short", 9884.36, 9446.36, 0.01, 1.0953),
        ("short", 9884.36, 9446.36, 0.01, 1.0953, "issuer call", "open ended", 0.5, None),
        ("short", 9884.36, 9446.36, 0.01, 1.0953, "stop loss", "best"),
        ("short", 9884.36, None, 0.01, 1.0953, "stop loss", "limited"),
    ],
)
def test_explanation_ends_at_the_amount(terms):
    steps = explain_cash_settlement(*terms)
    assert steps[-1].value == cash_settlement(*terms)
    assert all(type(step.value) is float for step in steps)
    assert "A.20" in steps[-1].rule


@pytest.mark.rule("ing_open_end_turbo", "C.11")
@pytest.mark.rule("ing_open_end_turbo", "C.13")
@pytest.mark.rule("ing_open_end_turbo", "C.14")
@pytest.mark.parametrize(
    ("event", "kind", "name", "section"),
    [
        ("exercise", "best", "final reference price", "C.13"),
        ("issuer call", "best", "termination reference price", "C.13"),
        ("stop loss", "open ended", "stop-loss termination reference price", "C.11"),
        ("expiry", "limited", "final reference price", "C.13"),
    ],
)
def test_every_line_of_an_explanation_names_its_own_clause(event, kind, name, section):
    steps = explain_cash_settlement("short", 9884.36, 9446.36, 0.01, 1.0953, event, kind)
    found = {step.symbol: step.rule.replace("ING Final Terms of 7 February 2020, ", "") for step in steps}
    assert found == {
        "s": "A.2(c)", "F": "A.8; C.1", "S": section, "s(S - F)": "C.12", "E": "A.16", "X": "C.14", "G": "C.12",
        "x": "C.12", "G - x": "C.12", "A": "A.20; C.12",
    }  # fmt: skip
    assert steps[2].meaning == name


def test_explanation_shows_what_is_divided_and_what_comes_off():
    steps = explain_cash_settlement("short", 9884.36, 9446.36, 0.01, 1.0953, expenses=0.5)
    value = {step.symbol: step.value for step in steps}
    assert value["s(S - F)"] == pytest.approx(438.0)
    assert value["G"] == pytest.approx(438 / 109.53)
    assert value["G - x"] == pytest.approx(438 / 109.53 - 0.5)
    assert value["A"] == 3.5
    assert len(explain_cash_settlement("short", 9884.36, 9446.36, 0.01, settlement_event="stop loss")) == 3
    with pytest.raises(XlidxError, match="one certificate"):
        explain_cash_settlement("short", np.array([1.0, 2.0]), 9446.36, 0.01)
