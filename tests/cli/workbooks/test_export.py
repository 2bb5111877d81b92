"""``xlidx export``: a table out, edited, and back."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from tests.recalc.test_refresh import book
from xlidx.cli import run
from xlidx.folders import read_cells

SHIPPED = Path(__file__).parents[3] / "workbooks" / "turbo_desk.xlsx"
TEXTS = ["0050", "1.2.2020", "TRUE", "=1+1", "'=x", " a", "#N/A", "Größe; A,B", "2020-02-10", "-"]


def typed(path: Path) -> Path:
    """Write a table with a column of texts, one of days, one of truth values and one of formulas."""
    writer = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet, days = writer.add_worksheet("Data"), writer.add_format({"num_format": "dd.mm.yyyy"})
    head = [{"header": name} for name in ("Key", "Text", "Day", "Flag", "Value", "Twice")]
    sheet.add_table(0, 0, len(TEXTS), 5, {"name": "tblData", "columns": head})
    for row, text in enumerate(TEXTS, start=1):
        sheet.write_number(row, 0, row)
        sheet.write_string(row, 1, text)
        sheet.write_datetime(row, 2, datetime(2020, 2, row), days)
        sheet.write_boolean(row, 3, row % 2 == 0)
        sheet.write_number(row, 4, row / 8)
        sheet.write_formula(row, 5, f"=E{row + 1}*2", None, row / 8 * 2)
    writer.close()
    return path


def changed(folder: Path) -> int:
    return json.loads((folder / "refresh.jsonl").read_text().splitlines()[-1])["changed"]


def test_a_table_goes_out_and_comes_back_unchanged(tmp_path: Path, capsys: Any) -> None:
    path, out = typed(tmp_path / "data.xlsx"), tmp_path / "out.csv"
    assert run(["export", str(path), "TBLDATA", "-o", str(out)]) == 0
    assert "left out, as they hold formulas: Twice" in capsys.readouterr().err
    first = out.read_text().splitlines()[:2]
    assert first == ["Key,Text,Day,Flag,Value", '1,"""0050""",2020-02-01,FALSE,0.125']
    assert run(["refresh", str(path), "--market", str(out)]) == 0
    found = [[cell.value for cell in row] for row in load_workbook(path)["Data"]["A2:E11"]]
    wanted = [[n, t, datetime(2020, 2, n), n % 2 == 0, n / 8] for n, t in enumerate(TEXTS, start=1)]
    assert found == wanted
    assert changed(tmp_path) == 0


def test_an_edited_table_changes_the_book(tmp_path: Path) -> None:
    path, out = book(tmp_path / "desk.xlsx"), tmp_path / "market.csv"
    assert run(["export", str(path), "tblMarket", "-o", str(out)]) == 0
    assert out.read_text() == "Underlying,Spot,Low\nDAX,13532.32,13400\nNDX,9446.36,9400\n"
    assert run(["refresh", str(path), "--market", str(out)]) == 0
    assert changed(tmp_path) == 0
    out.write_text(out.read_text().replace("13532.32", "13600"))
    assert run(["refresh", str(path), "--market", str(out)]) == 0
    assert load_workbook(path, data_only=True)["Inputs"]["A2"].value == 13600 + 9446.36


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tblMarkt",), "did you mean tblMarket?"),
        (("tblMarket", "-o", "there.csv"), "the file exists already"),
        (("tblMarket", "-o", "out.xls"), "write a file ending in .csv"),
    ],
)
def test_refusals_write_nothing(tmp_path: Path, monkeypatch: Any, capsys: Any, arguments: Any, words: str) -> None:
    monkeypatch.chdir(tmp_path)
    book(tmp_path / "desk.xlsx")
    (tmp_path / "there.csv").write_text("mine")
    assert run(["export", "desk.xlsx", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk.xlsx", "there.csv"]
    assert (tmp_path / "there.csv").read_text() == "mine"


@pytest.mark.filterwarnings("ignore::UserWarning")  # of openpyxl, on drawings
def test_the_tables_of_the_turbo_desk(tmp_path: Path) -> None:
    """Every input of every table is in the file that is written, as openpyxl sees it in the workbook."""
    values, formulas = (load_workbook(SHIPPED, data_only=stored) for stored in (True, False))
    seen = 0
    for sheet in values:
        for name, area in sheet.tables.items():
            out = tmp_path / f"{name}.csv"
            code = run(["export", str(SHIPPED), name, "-o", str(out)])
            rows = [[cell.value for cell in row] for row in sheet[area]]
            fixed = [[cell.data_type == "f" for cell in row] for row in formulas[sheet.title][area]]
            kept = [place for place in range(len(rows[0])) if not any(row[place] for row in fixed)]
            if code == 0:
                found = read_cells(out, header=True, tell=pytest.fail)
                assert [list(map(plain, row)) for row in found] == [[plain(row[p]) for p in kept] for row in rows]
                seen += 1
    assert seen


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
