"""Inputs set from outside."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.recalc.books import TOYS, changed, desk, parts, stored
from xlidx.errors import XlidxError
from xlidx.recalc import recalculate


def with_values(tmp_path: Path, values: dict[str, Any]) -> Path:
    book = desk(tmp_path / "desk.xlsx")
    recalculate(book, functions=TOYS, set_values=values)
    return book


@pytest.mark.parametrize(
    ("values", "cell", "expected"),
    [
        ({"Rate": 0.03}, "B2", 0.03),
        ({"rate": "0.03"}, "B2", 0.03),
        ({"Cap": 1}, "B3", 1),
        ({"ValDate": "2020-03-09"}, "B1", 43899),
        ({"ValDate": date(2020, 3, 9)}, "B1", 43899),
        ({"Side": "short"}, "B4", "short"),
        ({"Active": "FALSE"}, "B5", False),
        ({"Active": False}, "B5", False),
        ({"Inputs!C1": "2020-03-09"}, "C1", 43899),
        ({"Inputs!C1": "note"}, "C1", "note"),
        ({"Inputs!$C$1": " 7 "}, "C1", 7),
    ],
)
def test_values_arrive(tmp_path: Path, values: dict[str, Any], cell: str, expected: object) -> None:
    book = with_values(tmp_path, values)
    assert stored(book, "Inputs")[cell] == expected


def test_results_follow_and_shared_texts_stay(tmp_path: Path) -> None:
    book, out = desk(tmp_path / "desk.xlsx"), tmp_path / "out.xlsx"
    report = recalculate(book, out, functions=TOYS, set_values={"Side": "short", "ValDate": "2020-03-09"})
    assert stored(out, "Index")["C7"] == "2020-03-09 short"
    assert stored(out, "Index")["C6"] == 43951  # 30 April 2020
    assert "xl/sharedStrings.xml" not in changed(book, out)
    assert [(c.cell, c.before, c.after) for c in report.changes[:2]] == [
        ("Inputs!B4", "long", "short"),
        ("Inputs!B1", 43871.0, 43899.0),
    ]
    again = recalculate(out, functions=TOYS, set_values={"Side": "short"})
    assert again.changes == ()


def test_number_format_of_the_cell_stays(tmp_path: Path) -> None:
    book = with_values(tmp_path, {"Rate": 0.5})
    assert b'<c r="B2"><v>0.5</v></c>' in parts(book)["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Rat": 1}, "name 'Rat' is unknown - set - did you mean 'rate'?"),
        ({"Zebra": 1}, "name 'Zebra' is unknown - set - give a defined name of the workbook, or Sheet!A1"),
        ({"Nope!A1": 1}, "Nope!A1 is no cell of this workbook"),
        ({"Index!C2": 1}, "Index!C2 holds a formula - Index!C2 - set one of the inputs it depends on"),
        ({"Inputs!A10:A12": 1}, "means 3 cells"),
        ({"Rate": "much"}, "text 'much' does not fit - Rate, Inputs!B2 - give a number"),
        ({"Active": 1}, "1 does not fit - Active, Inputs!B5 - give TRUE or FALSE"),
        ({"Cap": 1.5}, "1.5 is outside the cell's limits - Cap, Inputs!B3 - give a number between 0 and 1"),
        ({"Side": "both"}, "text 'both' is not offered - Side, Inputs!B4 - give one of: long, short"),
    ],
)
def test_refusals(tmp_path: Path, values: dict[str, Any], message: str) -> None:
    book = desk(tmp_path / "desk.xlsx")
    before = book.read_bytes()
    with pytest.raises(XlidxError) as caught:
        recalculate(book, functions=TOYS, set_values=values)
    assert message in str(caught.value)
    assert book.read_bytes() == before


def test_spilled_cell_is_no_input(tmp_path: Path) -> None:
    book = desk(tmp_path / "desk.xlsx")
    recalculate(book, functions=TOYS)
    with pytest.raises(XlidxError, match="Index!E6 holds a formula"):
        recalculate(book, functions=TOYS, set_values={"Index!E6": 1})


def test_a_list_of_days_is_offered_as_days(tmp_path: Path) -> None:
    path = tmp_path / "days.xlsx"
    with xlsxwriter.Workbook(str(path)) as writer:
        sheet = writer.add_worksheet("Inputs")
        sheet.write_number("A1", 43871)
        sheet.write_column("B1", [43871 + n for n in range(10)])
        sheet.data_validation("A1", {"validate": "list", "source": "=$B$1:$B$10"})
    with pytest.raises(XlidxError) as caught:
        recalculate(path, functions={}, set_values={"Inputs!A1": "2020-01-01"})
    assert caught.value.what == "2020-01-01 is not offered"
    assert caught.value.mend.startswith("give one of: 2020-02-10, 2020-02-11, ")
    assert caught.value.mend.endswith(" ... 2020-02-19")
    recalculate(path, functions={}, set_values={"Inputs!A1": "2020-02-19"})
    assert stored(path, "Inputs")["A1"] == 43880


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "nan", "inf", "1e400", "1_000"])
def test_what_is_not_a_number_never_gets_into_a_number_cell(tmp_path: Path, value: object) -> None:
    book = desk(tmp_path / "desk.xlsx")
    before = book.read_bytes()
    with pytest.raises(XlidxError):
        recalculate(book, functions=TOYS, set_values={"Rate": value})
    with pytest.raises(XlidxError):
        recalculate(
            book, functions=TOYS, set_values={"Inputs!C1": value} if not isinstance(value, str) else {"Cap": value}
        )
    assert book.read_bytes() == before
