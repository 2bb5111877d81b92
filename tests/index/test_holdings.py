from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.review.rig import answers, table
from xlidx.errors import Kind, XlidxError
from xlidx.index.holdings import CATEGORIES, HOLDINGS, explain_raw_free_float, free_float_decisions, raw_free_float
from xlidx.rules import references


def holders(vector):
    rows = [row for row in answers("holdings.csv") if row["vector"] == vector]
    given = [
        {
            "holder": row["holder"],
            "shares": float(row["shares"]) if row["shares"] else None,
            "fraction": float(row["fraction"]) if row["fraction"] else None,
            "category": row["category"],
            "group": row["group"] or None,
        }
        for row in rows
    ]
    return table(HOLDINGS, given), [row["decision"] for row in rows]


@pytest.mark.rule("psi20", "8.1")
@pytest.mark.parametrize("row", answers("free_floats.csv"), ids=lambda row: row["vector"])
def test_worked_by_hand(row):
    known, decisions = holders(row["vector"])
    assert raw_free_float(known, 1000.0) == float(row["raw"])
    assert free_float_decisions(known, 1000.0)["decision"].tolist() == decisions


def test_decisions_name_size_reason_and_clause():
    frame = free_float_decisions(holders("H5")[0], 1000.0)
    assert frame["compared"].tolist() == [0.051, 0.051, 0.04, 0.05]
    assert frame["fraction"].tolist() == [0.03, 0.021, 0.04, 0.05]
    assert frame["shares"].tolist() == [30.0, 21.0, 40.0, 50.0]
    assert frame["reason"].tolist() == [
        "5.1 % exceeds 5 %",
        "5.1 % exceeds 5 %",
        "held by a fund, free at any size",
        "5 % does not exceed 5 %",
    ]
    assert frame["group"].tolist() == ["family", "family", "family", "bank"]
    assert free_float_decisions(holders("H2")[0], 1000.0)["group"].tolist() == [None, None]
    assert set(frame["clause"]) == {"PSI 20 rule book v16-01, 8.1"}


def slow(rows, outstanding, threshold):
    """Return the free float of the definition: outstanding capital less the holdings it names."""
    free = Fraction(outstanding)
    for shares, category in rows:
        always = category in ("insider", "government", "own")
        large = Fraction(shares, outstanding) > threshold and category not in ("fund", "pension")
        if always or large:
            free -= shares
    return free / outstanding


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(CATEGORIES)), max_size=8), st.sampled_from([3, 5, 10]))
def test_against_the_definition(rows, percent):
    outstanding = 1 + sum(shares for shares, _ in rows)
    known = table(HOLDINGS, [{"holder": str(i), "shares": float(s), "category": c} for i, (s, c) in enumerate(rows)])
    expected = slow(rows, outstanding, Fraction(percent, 100))
    assert raw_free_float(known, float(outstanding), percent / 100) == float(expected)


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(CATEGORIES)), min_size=1, max_size=8))
def test_order_of_holders_and_naming_a_small_free_holder_do_not_matter(rows):
    given = [{"holder": str(i), "shares": float(s), "category": c} for i, (s, c) in enumerate(rows)]
    outstanding = 10_000.0
    plain = raw_free_float(table(HOLDINGS, given), outstanding)
    assert raw_free_float(table(HOLDINGS, given[::-1]), outstanding) == plain
    more = [*given, {"holder": "small", "shares": 500.0, "category": "other"}]
    assert raw_free_float(table(HOLDINGS, more), outstanding) == plain


@pytest.mark.parametrize(
    ("rows", "outstanding", "kind", "words"),
    [
        ([{"holder": "A", "category": "other"}], 100.0, Kind.MISSING, "table holdings, row 2"),
        ([{"holder": "A", "shares": 1.0, "fraction": 0.1, "category": "fund"}], 100.0, Kind.DOMAIN, "one of the two"),
        ([{"holder": "A", "shares": -1.0, "category": "fund"}], 100.0, Kind.DOMAIN, "shares is -1"),
        ([{"holder": "A", "shares": 101.0, "category": "fund"}], 100.0, Kind.DOMAIN, "101 % of the capital"),
        ([{"holder": "A", "shares": 1.0, "category": "bank"}], 100.0, Kind.CHOICE, "category 'bank'"),
        ([{"holder": "A", "fraction": 5.0, "category": "fund"}], 100.0, Kind.DOMAIN, "give a fraction"),
        ([], 0.0, Kind.DOMAIN, "shares_outstanding is 0"),
        ([], float("nan"), Kind.DOMAIN, "shares_outstanding is not a number"),
        ([{"holder": "A", "shares": 1.0, "category": "fund"}] * 2, 100.0, Kind.DOMAIN, "appears twice"),
    ],
)
def test_refusals(rows, outstanding, kind, words):
    with pytest.raises(XlidxError) as caught:
        raw_free_float(table(HOLDINGS, rows), outstanding)
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_a_threshold_that_is_a_percentage_is_refused():
    with pytest.raises(XlidxError, match="threshold is 5"):
        raw_free_float(holders("H5")[0], 1000.0, 5.0)


@pytest.mark.parametrize("vector", [row["vector"] for row in answers("free_floats.csv")])
def test_explanation_ends_with_the_result(vector):
    steps = explain_raw_free_float(holders(vector)[0], 1000.0)
    assert steps[-1].value == raw_free_float(holders(vector)[0], 1000.0)
    assert steps[-1].symbol == "F_raw"
    assert all(type(step.value) is float and "8.1" in step.rule for step in steps)


def test_rules_are_attached():
    assert references(raw_free_float) == (("psi20", "8.1"),)
