"""The test kit, on a workbook that is none of ours."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from lxml import etree

from tests.recalc.test_checks import checked
from xlidx.cli import run
from xlidx.errors import ErrorValue, XlidxError
from xlidx.testing import Expectation, outcomes, recalculated

pytest_plugins = ["pytester"]


@pytest.fixture
def loan(tmp_path: Path) -> Path:
    """A loan: 1,000 at 1 % a month over 12 months; the instalment is 1000 x 0.01 / (1 - 1.01^-12) = 88.84878867834."""
    path = tmp_path / "loan.xlsx"
    writer = xlsxwriter.Workbook(str(path))
    sheet = writer.add_worksheet("Loan")
    for row, (name, value) in enumerate([("Principal", 1000.0), ("Rate", 0.01), ("Months", 12.0)]):
        sheet.write_number(row, 1, value)
        writer.define_name(name, f"=Loan!$B${row + 1}")
    day = writer.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_formula("B4", "=-PMT(Rate,Months,Principal)", None, 88.84878867834)
    sheet.write_formula("B5", "=EDATE(DATE(2020,1,31),1)", day, 43890)
    sheet.write_formula("B6", '=IF(B4<100,"affordable","too dear")', None, "affordable")
    sheet.write_formula("B7", "=1/(Months-12)", None, "#DIV/0!")
    for name, row in (("Instalment", 4), ("Due", 5), ("Verdict", 6), ("Odd", 7)):
        writer.define_name(name, f"=Loan!$B${row}")
    table = {"name": "tblPaid", "columns": [{"header": "Month"}, {"header": "Paid"}], "data": [[1, 88.85], [2, 88.85]]}
    sheet.add_table("D1:E3", table)
    writer.close()
    return path


# 1000 x 0.02 / (1 - 1.02^-12), by hand.
DEARER = 94.559596623


def test_inputs_in_by_name_results_out_by_name(loan: Path) -> None:
    before = loan.read_bytes()
    book = recalculated(loan, Rate=0.02)
    assert book["Instalment"] == pytest.approx(DEARER, abs=1e-9)
    assert book["Due"] == date(2020, 2, 29)
    assert book["Loan!B6"] == "affordable"
    assert book["Loan!B1:B2"] == [[1000.0], [0.02]]
    assert book.table("tblPaid").to_numpy().tolist() == [[1.0, 88.85], [2.0, 88.85]]
    assert book.errors == {"Loan!B7": "#DIV/0!"}
    assert list(book.outputs) == ["due", "instalment", "odd", "verdict"]
    assert loan.read_bytes() == before
    with pytest.raises(XlidxError, match="did you mean 'instalment'"):
        book["Instalments"]


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [
        ("A=12.34±0.01", [12.34, 12.35, 12.33], [12.351, 12.3299, "12.34", None, True]),
        ("A=200+-1%", [198.0, 202.0], [197.9, 202.1]),
        ("A=5", [5.0, 5.0 + 1e-9], [5.0 + 1e-8, 4.9]),
        ("A=live", ["live"], ["Live", "", None]),
        ("A=TRUE", [True], [1.0, "TRUE"]),
        ("A=#N/A", [ErrorValue.NA], ["#N/A", ErrorValue.REF]),
        ("A=2020-02-12", [date(2020, 2, 12)], [43873.0, "2020-02-12"]),
        ("A=", [None, ""], [0.0, " "]),
        ('A="12"', ["12"], [12.0]),
    ],
)
def test_what_holds_and_what_does_not(text: str, holds: list[object], fails: list[object]) -> None:
    wanted = Expectation.of(text)
    assert [wanted.holds(value) for value in holds] == [True] * len(holds)
    assert [wanted.holds(value) for value in fails] == [False] * len(fails)


@pytest.mark.parametrize("text", ["NPV", "=3", "A=3±x", "A=3±-1"])
def test_what_is_no_expectation_is_refused(text: str) -> None:
    with pytest.raises(XlidxError):
        Expectation.of(text)


def test_the_command(loan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["test", str(loan), "--set", "Rate=0.02"]
    report = tmp_path / "out.xml"
    assert run([*given, "--expect", f"Instalment={DEARER}±1e-6", "--expect", "Verdict=affordable"]) == 0
    assert "2 expectations, 0 failed" in capsys.readouterr().out
    assert run([*given, "--expect", "Instalment=94.56±0.0001", "--junit", str(report)]) == 1
    assert "FAILED" in capsys.readouterr().out
    suite = etree.parse(str(report)).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert "expected 94.56±0.0001" in suite.find("testcase/failure").get("message")
    assert run([*given, "--no-errors"]) == 1
    assert "Loan!B7" in capsys.readouterr().out
    assert run([*given, "--expect", "Nothing=1"]) == 2


def test_a_snapshot_is_written_and_held(loan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = tmp_path / "loan.csv"
    assert run(["test", str(loan), "--snapshot", str(snapshot), "--update"]) == 0
    assert snapshot.read_text().splitlines()[0] == "name,value,tolerance"
    assert run(["test", str(loan), "--snapshot", str(snapshot)]) == 0
    assert run(["test", str(loan), "--snapshot", str(snapshot), "--set", "Rate=0.02"]) == 1
    assert "instalment" in capsys.readouterr().out
    assert run(["test", str(loan), "--update"]) == 2


def test_a_master_check_must_pass(tmp_path: Path) -> None:
    path = checked(tmp_path / "book.xlsx")
    good, bad = recalculated(path), recalculated(path, {"Inputs!B2": 12.0})
    assert [(one.name, one.passed) for one in outcomes(good, [])] == [("MasterCheck", True)]
    assert [(one.found, one.passed) for one in outcomes(bad, [])] == [("1 OF 2 CHECKS FAIL", False)]


def test_the_plugin(pytester: pytest.Pytester, loan: Path) -> None:
    pytester.makepyfile(
        f"""
        def test_loan(recalculated_book, workbook_snapshot):
            book = recalculated_book({str(loan)!r}, Rate=0.02)
            assert abs(book["Instalment"] - {DEARER}) < 1e-6
            workbook_snapshot(book, "loan.csv")
        """
    )
    plugin = ["-p", "xlidx.testing.plugin"] if "xlidx" not in _installed() else []
    assert pytester.runpytest(*plugin, "-p", "no:cacheprovider").ret == 1  # there is no snapshot yet
    assert pytester.runpytest(*plugin, "-p", "no:cacheprovider", "--xlidx-update").ret == 0
    assert pytester.runpytest(*plugin, "-p", "no:cacheprovider").ret == 0


def _installed() -> set[str]:
    from importlib.metadata import entry_points

    return {point.name for point in entry_points(group="pytest11")}
