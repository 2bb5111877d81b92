"""The economics table against the table that the Final Terms print, and what it refuses."""

import pytest

from tests.turbo.answers import columns, rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.issuance.issue_table import HEADER, issue_table
from xlidx.turbo.issuance.ladder import ladder

DAX = 13532.32
TERMS = {"entitlement": 0.01, "currency": "EUR"}
SERIES = ladder("short", DAX, [13571.32, 13576.32], 0.01)
FIRST, SECOND = "DE000NG20XP3", "DE000NG20XQ1"


@pytest.mark.rule("ing_open_end_turbo", "T.2")
def test_the_table_of_the_document_comes_back():
    names, spots, rates = columns("spots", "underlying", "spot", "usd_per_eur")
    printed = rows("series")
    assert len(printed) == 23
    for name in names:
        part = [row for row in printed if row["underlying"] == name]
        first, place = part[0], names.index(name)
        ratio = float(first["entitlement"])
        levels = [float(row["financing_level"]) for row in part]
        # The stop-losses printed are the levels, as of the kind best, whatever the premium printed beside them.
        table = issue_table(
            ladder("short", spots[place], levels, ratio, rates[place]), ratio, first["currency"],
            int(first["series"]), [row["isin"] for row in part], premium=float(first["premium"]) / 100,
            rounding=float(first["rounding"]),
        )  # fmt: skip
        assert tuple(table.columns) == HEADER
        figures = ("number", "issue_price", "financing_level", "spread", "maximum_spread", "premium",
                   "maximum_premium", "minimum_premium", "stop_loss", "rounding", "entitlement")  # fmt: skip
        expected = [[float(row["series"]), row["isin"], *(float(row[f]) for f in figures), row["currency"]]
                    for row in part]  # fmt: skip
        assert table.to_numpy().tolist() == expected


def test_isins_are_cleaned_and_may_be_left_out_one_by_one_or_all():
    assert issue_table(SERIES, **TERMS, isins=[" de000ng20xp3 ", None])["ISIN Code"].tolist() == [FIRST, None]
    assert issue_table(SERIES, **TERMS, isins=[None, None])["ISIN Code"].tolist() == [None, None]
    assert issue_table(SERIES, **TERMS)["ISIN Code"].tolist() == [None, None]


@pytest.mark.rule("ing_open_end_turbo", "T.2")
def test_bounds_may_be_reached():
    table = issue_table(SERIES, **TERMS, spread=0.05, premium=0.0, maximum_premium=0.0, rounding=0.5)
    assert table.iloc[1, [0, 5, 6, 7, 8, 9]].tolist() == [2.0, 5.0, 5.0, 0.0, 0.0, 0.0]
    table = issue_table(SERIES, 0.01, "EUR", 2, number=1, premium=0.2, minimum_premium=0.2)
    assert table.iloc[0, [0, 2, 7, 8, 9]].tolist() == [2.0, 1.0, 20.0, 20.0, 20.0]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"isins": [FIRST]}, Kind.SHAPE, "1 ISINs for 2 series"),
        ({"isins": [FIRST, SECOND[:-1] + "2"]}, Kind.DOMAIN, "check digit is wrong - argument isins, item 2"),
        ({"isins": [FIRST, FIRST.lower()]}, Kind.DOMAIN, f"{FIRST} appears twice - argument isins, item 2"),
        ({"entitlement": 0.0}, Kind.DOMAIN, "entitlement is 0"),
        ({"rounding": 0.0}, Kind.DOMAIN, "rounding is 0"),
        ({"first_series": 0}, Kind.DOMAIN, "first series is 0"),
        ({"first_series": 1.5}, Kind.DOMAIN, "first series is 1.5"),
        ({"number": 0}, Kind.DOMAIN, "number is 0"),
        ({"spread": 3.5}, Kind.DOMAIN, "spread is 3.5"),
        ({"spread": 0.051}, Kind.DOMAIN, "not be above the maximum spread"),
        ({"minimum_premium": -0.01}, Kind.DOMAIN, "minimum premium is -0.01"),
        ({"premium": 0.21}, Kind.DOMAIN, "premium is 0.21 but must lie within minimum and maximum premium"),
        ({"minimum_premium": 0.01}, Kind.DOMAIN, "premium is 0 but must lie within minimum and maximum premium"),
    ],
)
def test_refusals(change, kind, words):
    with pytest.raises(XlidxError) as caught:
        issue_table(SERIES, **TERMS | change)
    assert caught.value.kind is kind
    assert words in str(caught.value)
