"""A red workbook says which checks fail, with value and limit: in the report, on the screen, in JSON, in the log."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from xlidx.cli import run
from xlidx.recalc import recalculate
from xlidx.recalc.refresh import Job, refresh


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return checked(tmp_path / "book.xlsx")


def checked(path: Path) -> Path:
    """Write a workbook with one input and two checks of it."""
    writer = xlsxwriter.Workbook(str(path))
    inputs, checks = writer.add_worksheet("Inputs"), writer.add_worksheet("Checks")
    inputs.add_table(
        "A1:B2", {"name": "tblIn", "columns": [{"header": "Name"}, {"header": "Amount"}], "data": [["x", 1]]}
    )
    checks.write_formula("B2", '=IF(COUNTIF(G5:G6,"OK")=2,"ALL CHECKS OK",2-COUNTIF(G5:G6,"OK")&" OF 2 CHECKS FAIL")')
    checks.write_row("B4", ["#", "Check", "Value", "Test", "Limit", "Status"])
    for row, name in ((5, "Amount is small"), (6, "Amount is positive")):
        limit, test, sign = (10, "≤", "<=") if row == 5 else (0, ">", ">")
        checks.write_number(row - 1, 1, row - 4)
        checks.write_string(row - 1, 2, name)
        checks.write_formula(row - 1, 3, "=Inputs!B2", None, 1)
        checks.write_string(row - 1, 4, test)
        checks.write_number(row - 1, 5, limit)
        checks.write_formula(row - 1, 6, f'=IF(D{row}{sign}F{row},"OK","FAIL")', None, "OK")
    writer.define_name("MasterCheck", "=Checks!$B$2")
    writer.close()
    return path


def test_the_report_names_what_fails(book: Path) -> None:
    assert not recalculate(book, functions={}).red
    done = recalculate(book, functions={}, set_values={"Inputs!B2": 12.0})
    assert (done.red, done.checks) == (True, "1 OF 2 CHECKS FAIL")
    assert [check.sentence for check in done.failing] == ["Amount is small: 12, should be ≤ 10 (Checks!G5)"]


def test_the_command_says_it_and_ends_with_1(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recalc", str(book)]) == 0
    assert "CHECKS FAIL" not in capsys.readouterr().out
    assert run(["recalc", str(book), "--set", "Inputs!B2=-3"]) == 1
    assert "Amount is positive: -3, should be > 0 (Checks!G6)" in capsys.readouterr().out
    assert run(["recalc", str(book), "--report", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [check["name"] for check in found["failing"]] == ["Amount is positive"]
    assert run(["lint", str(book)]) == 1
    assert "Amount is positive: -3, should be > 0" in capsys.readouterr().out


def test_the_log_of_a_refresh_says_it(book: Path) -> None:
    rows = [["Name", "Amount"], ["x", 12.0]]
    job = Job(market=rows, stamp=datetime(2020, 2, 12), refuse_red=True)
    found = refresh(book, job, {})
    assert (found.outcome, found.checks) == ("red", "1 OF 2 CHECKS FAIL")
    assert found.note == "not written: Amount is small: 12, should be ≤ 10 (Checks!G5)"
