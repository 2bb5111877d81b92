"""Comparison with stored values: equal, different, refused, nothing stored; a folder; judged exceptions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hosts import SECOND_ENGINE
from tests.recalc.books import TOYS, rewritten, small
from xlidx.cli import run
from xlidx.recalc.compare import Difference, Refusal, compare
from xlidx.recalc.interface.precedents import circles
from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.workbook.book import Formula

# What Excel would store, but for B2: 3 * 2 is 6.
STORED = {"B1": "4", "B2": "7", "B3": "5"}
CELLS = {"A1": 3, "B1": "=A1+1", "B2": "=A1*2", "B3": "=OFFSET(A1,0,0)+2", "B4": "=B3+1"}


def book(path: Path) -> Path:
    """Return a workbook with chosen stored values, and none for B4."""
    small(path, CELLS)

    def with_values(data: bytes) -> bytes:
        text = data.decode()
        for cell in ("B1", "B2", "B3", "B4"):
            start = text.index("<v>", text.index(f'r="{cell}"'))
            end = text.index("</v>", start) + len("</v>")
            stored = f"<v>{STORED[cell]}</v>" if cell in STORED else ""
            text = text[:start] + stored + text[end:]
        return text.encode()

    return rewritten(path, {"xl/worksheets/sheet1.xml": with_values})


def test_every_formula_has_one_outcome(tmp_path: Path) -> None:
    found = compare(book(tmp_path / "b.xlsx"), functions=TOYS, engine="fast")
    assert (found.formulas, found.equal, found.without_value, found.recalculated) == (4, 1, 1, False)
    assert found.different == (Difference("S!B2", "=A1*2", 7.0, 6.0, "fast"),)
    assert found.refused == (Refusal("S!B3", "=OFFSET(A1,0,0)+2", "function OFFSET"),)


def test_a_refused_formula_keeps_its_stored_value_for_the_others(tmp_path: Path) -> None:
    """B3 is stored as 5; what reads it is computed from that."""
    path = book(tmp_path / "b.xlsx")
    found = compare(path, functions=TOYS, engine="fast", judged={"S!B2": "stale", "S!B9": "unused"})
    assert [one.judged for one in found.different] == ["stale"]
    assert found.wrong == ()


def test_nothing_is_written(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx")
    before = path.read_bytes()
    compare(path, functions=TOYS, engine="fast")
    assert path.read_bytes() == before


def test_a_file_that_is_no_workbook_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(b"text")
    assert compare(path, functions=TOYS, engine="fast").failure.startswith("the file is no Excel workbook - b.xlsx")


def test_a_folder_by_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book(tmp_path / "b.xlsx")
    small(tmp_path / "c.xlsx", {"A1": 3, "B1": "=A1*0"})  # the writer stores 0 for every formula
    (tmp_path / "d.xlsx").write_bytes(b"text")
    assert run(["compare", str(tmp_path), "--engine", "fast", "--report", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [one["workbook"] for one in report["workbooks"]] == ["b.xlsx", "c.xlsx", "d.xlsx"]
    assert report["summary"] == {
        "books": 3,
        "recalculated": 1,
        "refused_whole": 1,
        "differing_books": 1,
        "formulas": 5,
        "equal": 2,
        "different": 1,
        "judged": 0,
        "refused": 1,
        "without_value": 1,
        "kept": 0,
    }


def test_judged_differences_are_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = book(tmp_path / "b.xlsx")
    judged = tmp_path / "judged.csv"
    judged.write_text("book,cell,reason\nb.xlsx,S!B2,stored before A1 was changed\n")
    assert run(["compare", str(path), "--engine", "fast", "--judged", str(judged)]) == 0
    assert "stored before A1 was changed" in capsys.readouterr().out
    judged.write_text("book,cell,reason\nb.xlsx,S!B2,\n")
    assert run(["compare", str(path), "--engine", "fast", "--judged", str(judged)]) == 2
    assert "reason is blank - table judged, row 2, column reason" in capsys.readouterr().err


def test_a_workbook_over_its_time_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book(tmp_path / "b.xlsx")
    assert run(["compare", str(tmp_path), "--engine", "fast", "--seconds", "0"]) == 0
    assert "it is not computed within 0 seconds" in capsys.readouterr().out


@SECOND_ENGINE
def test_each_formula_by_the_engine_that_computes_it(tmp_path: Path) -> None:
    """C1 by LibreOffice from B1, which the fast engine computes from A2, which LibreOffice computes: 4, 8, 8."""
    cells = {
        "D1": "abc",
        "D2": "d",
        "B1": "=A2*2",
        "C1": "=SUMPRODUCT(LEN(D1:D2))*B1/A2",
        "A2": "=SUMPRODUCT(LEN(D1:D2))",
    }
    found = compare(small(tmp_path / "b.xlsx", cells), functions=TOYS)
    assert [(one.cell, one.computed, one.engine) for one in found.different] == [
        ("S!B1", 8.0, "fast"),
        ("S!C1", 8.0, "lo"),
        ("S!A2", 4.0, "lo"),
    ]


def test_circles_by_references() -> None:
    texts = {(1, 1): "=B1", (1, 2): "=SUM(A1:A9)", (1, 3): "=A1", (1, 4): "=E1", (1, 5): "=1"}
    sheets = Sheets({"S": {}}, {"S": {place: Formula(text) for place, text in texts.items()}})
    assert circles(sheets) == [("S", 1, 1), ("S", 1, 2)]
