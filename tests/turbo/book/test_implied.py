"""Implied spots and exchange rates of a whole terms table, and the same through a cell."""

import pytest

import xlidx
from tests.turbo.answers import rows
from xlidx.errors import XlidxError
from xlidx.tables import read
from xlidx.turbo.book.implied import ISSUES, implied_table

HEADER = [
    "isin", "underlying", "side", "financing level", "entitlement", "financing level currency", "settlement currency",
    "issue price",
]  # fmt: skip


def issues(change=None, keep=lambda row: True):
    found = [HEADER]
    for row in filter(keep, rows("series")):
        level, ratio, price = (float(row[name]) for name in ("financing_level", "entitlement", "issue_price"))
        found.append([row["isin"], row["underlying"], "short", level, ratio, row["currency"], "EUR", price])
    for (number, name), value in (change or {}).items():
        found[number][HEADER.index(name)] = value
    return found


def ends(frame, places):
    return {row.name: (round(row.low, places), round(row.high, places)) for row in frame.itertuples(index=False)}


@pytest.mark.rule("ing_open_end_turbo", "A.4")
@pytest.mark.rule("ing_open_end_turbo", "C.14")
def test_the_23_issue_prices_give_six_spots_and_one_rate():
    found = implied_table(read(ISSUES, issues())).set_index("name", drop=False)
    assert found["name"].tolist() == ["DAX", "SX5E", "MDAX", "USD per EUR", "NDX", "SPX", "INDU"]
    assert found["quantity"].tolist() == ["spot"] * 3 + ["exchange rate"] + ["spot"] * 3
    # As found once by exact fractions, apart from this code.
    assert ends(found.loc[["DAX", "SX5E", "MDAX"]], 2) == {
        "DAX": (13531.82, 13532.82), "SX5E": (3801.71, 3802.71), "MDAX": (28866.18, 28876.18),
    }  # fmt: skip
    assert ends(found.loc[["USD per EUR"]], 5) == {"USD per EUR": (1.09091, 1.09890)}
    assert ends(found.loc[["NDX", "SPX", "INDU"]], 2) == {
        "NDX": (9444.69, 9448.54), "SPX": (3344.32, 3347.60), "INDU": (29376.56, 29386.10),
    }  # fmt: skip
    assert found.loc[["DAX", "NDX", "USD per EUR"], "series"].tolist() == [6.0, 9.0, 14.0]
    assert found["note"].tolist() == [None] * 7


def test_a_known_rate_leaves_the_spots_only():
    found = implied_table(read(ISSUES, issues()), 1.0963).set_index("name", drop=False)
    assert "USD per EUR" not in found.index
    # 9884.36 less 3.995 and 4.005 x 109.63, narrowed by the other eight prices to an interval
    # round 9445.92, the close of 6 February.
    low, high = ends(found.loc[["NDX"]], 6)["NDX"]
    assert 9884.36 - 4.005 * 109.63 <= low <= 9445.92 <= high <= 9884.36 - 3.995 * 109.63


def test_a_bad_price_or_row_spoils_its_own_group_only():
    good = implied_table(read(ISSUES, issues())).set_index("name")
    for change, words in (
        ({(1, "issue price"): 5.0}, "#NUM! no spot reproduces all prices"),
        ({(1, "issue price"): "n/a"}, "#VALUE! issue_price is text 'n/a' - table terms, row 2"),
        ({(1, "entitlement"): -0.01}, "#NUM! entitlement is -0.01"),
    ):
        found = implied_table(read(ISSUES, issues(change))).set_index("name")
        assert found.loc["DAX", "note"].startswith(words)
        assert found.loc["DAX", ["low", "high"]].isna().all()
        others = found.index.drop("DAX")
        assert found.loc[others, "low"].tolist() == good.loc[others, "low"].tolist()
    found = implied_table(read(ISSUES, issues({(7, "issue price"): 9.0}))).set_index("name")
    assert found.loc["DAX", "note"] is None
    assert found.loc[["USD per EUR", "NDX", "SPX"], "note"].str.contains("no exchange rate reproduces").all()


def test_one_rate_for_two_currencies_is_refused():
    two = issues({(7, "financing level currency"): "CHF"})
    with pytest.raises(XlidxError, match="several foreign currencies"):
        implied_table(read(ISSUES, two), 1.0953)
    assert set(implied_table(read(ISSUES, two))["unit"]) == {"EUR", "USD per EUR", "CHF per EUR", "USD", "CHF"}


def test_an_open_end_is_a_blank_in_the_cell():
    table = [HEADER, ["A", "X", "short", 100.0, 0.01, "EUR", "EUR", 0.0]]
    assert xlidx.call("XI_TURBO_IMPLIED_SPOT", table)[1] == ["spot", "X", "EUR", 99.5, None, 1.0, None]
    assert xlidx.call("XI_TURBO_IMPLIED_SPOT", table, None, 2.5)[1][3:5] == ["#N/A", "#N/A"]


def test_the_terms_of_the_document_go_straight_in():
    table = xlidx.call("XI_TURBO_IMPLIED_SPOT", issues(keep=lambda row: row["underlying"] == "DAX"))
    assert table[1][3:5] == [13531.82, 13532.82]
