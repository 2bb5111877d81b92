"""Market tables into workbooks: which cells are set, what is kept, what is refused, and that no kill does damage."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import load_workbook

from tests.depth import depth
from tests.hosts import SECOND_ENGINE
from xlidx.errors import Kind, XlidxError
from xlidx.files import TEMPORARY, clean
from xlidx.recalc.inputs.market import market_values
from xlidx.recalc.refresh import Job, books_in, refresh
from xlidx.recalc.workbook.book import open_book
from xlidx.recalc.workbook.package import read

STAMP = datetime(2020, 2, 12, 18, 30, 5)
ROWS: list[list[Any]] = [["underlying", "Spot"], ["NDX", 9500.0], ["DAX", 13600.0]]


def book(path: Path, **change: Any) -> Path:
    """Write a small desk: a market table, an as-of date, a total, and a master check."""
    writer = xlsxwriter.Workbook(str(path))
    sheet = writer.add_worksheet("Market data")
    columns = change.get("columns", ["Underlying", "Spot", "Low"])
    rows = change.get("rows", [["DAX", 13532.32, 13400.0], ["NDX", 9446.36, 9400.0]])
    table = {"name": "tblMarket", "columns": [{"header": name} for name in columns], "data": rows}
    sheet.add_table(1, 1, 1 + len(rows), len(columns), table)
    other = writer.add_worksheet("Inputs")
    other.write_datetime(0, 0, datetime(2020, 2, 10), writer.add_format({"num_format": "yyyy-mm-dd"}))
    other.write_formula(1, 0, "=SUM('Market data'!C3:C4)", None, 22978.68)
    other.write_formula(2, 0, '=IF(A2<24000,"ALL CHECKS OK","1 OF 1 CHECKS FAIL")', None, "ALL CHECKS OK")
    writer.define_name("AsOf", "=Inputs!$A$1")
    writer.define_name("MasterCheck", "=Inputs!$A$3")
    writer.close()
    return path


def job(rows: Any = ROWS, **change: Any) -> Job:
    return Job(market=rows, stamp=STAMP, **change)


def values(path: Path) -> dict[str, Any]:
    found = load_workbook(path, data_only=True)
    market, inputs = found["Market data"], found["Inputs"]
    return {
        "market": [[cell.value for cell in row] for row in market["B3:D4"]],
        "as of": inputs["A1"].value,
        "total": inputs["A2"].value,
        "check": inputs["A3"].value,
    }


def test_rows_find_their_places_by_name_in_any_order(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    old = path.read_bytes()
    found = refresh(path, job(as_of=date(2020, 2, 12)), {})
    assert values(path) == {
        "market": [["DAX", 13600, 13400], ["NDX", 9500, 9400]],
        "as of": datetime(2020, 2, 12),
        "total": 23100,
        "check": "ALL CHECKS OK",
    }
    assert (found.outcome, found.changed, found.checks) == ("refreshed", 4, "ALL CHECKS OK")
    assert found.backup == "backups/desk_20200212-183005.xlsx"
    assert (tmp_path / found.backup).read_bytes() == old
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backups", "desk.xlsx", "refresh.jsonl"]


@SECOND_ENGINE
def test_verified_by_both_engines(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    outcome = refresh(path, job(verify=True), {})
    assert (outcome.outcome, outcome.note, values(path)["total"]) == ("refreshed", "verified", 23100.0)


def test_verification_without_the_second_engine_leaves_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    path = book(tmp_path / "desk.xlsx")
    before = path.read_bytes()
    outcome = refresh(path, job(verify=True), {})
    assert (outcome.outcome, path.read_bytes()) == ("failed", before)
    assert "LibreOffice is not installed" in outcome.note


def test_the_same_market_again_changes_nothing(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    refresh(path, job(), {})
    data, kept = path.read_bytes(), list((tmp_path / "backups").iterdir())
    found = refresh(path, job(), {})
    assert (found.outcome, found.before == found.after) == ("unchanged", True)
    assert path.read_bytes() == data
    assert list((tmp_path / "backups").iterdir()) == kept


def test_a_blank_empties_its_cell(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    rows = [["Underlying", "Low"], ["DAX", None], ["NDX", 9000.0]]
    assert refresh(path, job(rows), {}).outcome == "refreshed"
    assert [row[2] for row in values(path)["market"]] == [None, 9000]


def test_rows_in_order_replace_names_too(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    rows = [["Underlying", "Spot", "Low"], ["SPX", 3346.0, 3300.0], ["MDAX", 100.0, 90.0]]
    assert refresh(path, job(rows), {}).outcome == "failed"
    assert refresh(path, job(rows, in_order=True), {}).outcome == "refreshed"
    assert values(path)["market"] == [["SPX", 3346, 3300], ["MDAX", 100, 90]]


def test_dates_and_names_together_tell_rows_apart(tmp_path: Path) -> None:
    rows = [[43872.0, "DAX", 1.0], [43872.0, "NDX", 2.0], [43873.0, "DAX", 3.0]]
    path = book(tmp_path / "desk.xlsx", columns=["Date", "Underlying", "Spot"], rows=rows)
    given = [
        ["Date", "Underlying", "Spot"],
        ["2020-02-12", "dax", 9.0],
        ["2020-02-11", "DAX", 7.0],
        ["2020-02-11", "NDX", 8.0],
    ]
    found = market_values(open_book(read(path)), given)
    assert found == {"'Market data'!D5": 9.0, "'Market data'!D3": 7.0, "'Market data'!D4": 8.0}


@pytest.mark.parametrize(
    ("rows", "kind", "words"),
    [
        ([["Underlying", "Spott"], ["DAX", 1.0], ["NDX", 1.0]], Kind.CHOICE,
         "no table has a column Spott - market, row 1, column 2 - did you mean Spot?"),
        ([["Underlying", "Spot"], ["DAX", 1.0], ["NDXX", 1.0]], Kind.CHOICE,
         "NDXX is not in the table - market, row 3 - did you mean NDX?"),
        ([["Underlying", "Spot"], ["DAX", 1.0]], Kind.MISSING, "there is no row for NDX"),
        ([["Underlying", "Spot"], ["DAX", 1.0], ["dax", 2.0]], Kind.DOMAIN, "dax stands there twice - market, row 3"),
        ([["Underlying", "Spot", "spot"], ["DAX", 1.0, 1.0]], Kind.CHOICE, "column spot stands there twice"),
        ([["Underlying", None], ["DAX", 1.0]], Kind.CHOICE, "a column has no name"),
        ([["Underlying", "Spot"]], Kind.NO_DATA, "the market table has no rows"),
    ],
)  # fmt: skip
def test_a_market_that_does_not_fit_is_refused_in_one_sentence(
    tmp_path: Path, rows: Any, kind: Kind, words: str
) -> None:
    opened = open_book(read(book(tmp_path / "desk.xlsx")))
    with pytest.raises(XlidxError) as caught:
        market_values(opened, rows)
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_a_text_where_a_number_stands_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    old = path.read_bytes()
    found = refresh(path, job([["Underlying", "Spot"], ["DAX", "n/a"], ["NDX", 1.0]]), {})
    assert found.outcome == "failed"
    assert (
        found.note == "#VALUE! text 'n/a' does not fit - 'Market data'!C3, Market data!C3 - "
        "give a number or a day such as 2020-02-10, as the cell holds now"
    )
    assert path.read_bytes() == old
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk.xlsx", "refresh.jsonl"]


def test_two_tables_that_fit_ask_which_one(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    writer = xlsxwriter.Workbook(str(path))
    for name in ("tblOne", "tblTwo"):
        sheet = writer.add_worksheet(name)
        sheet.add_table(
            0,
            0,
            1,
            1,
            {"name": name, "columns": [{"header": "Underlying"}, {"header": "Spot"}], "data": [["DAX", 1.0]]},
        )
    writer.close()
    opened = open_book(read(path))
    rows = [["Underlying", "Spot"], ["DAX", 2.0]]
    with pytest.raises(XlidxError, match="the columns fit tblOne, tblTwo"):
        market_values(opened, rows)
    assert market_values(opened, rows, "tbltwo") == {"'tblTwo'!B2": 2.0}
    with pytest.raises(XlidxError, match="did you mean tblTwo"):
        market_values(opened, rows, "tblTow")


def test_red_checks_are_written_and_said_or_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "desk.xlsx")
    old = path.read_bytes()
    rows = [["Underlying", "Spot"], ["DAX", 20000.0], ["NDX", 9500.0]]
    kept = refresh(path, job(rows, refuse_red=True), {})
    assert (kept.outcome, kept.note, path.read_bytes() == old) == ("red", "not written: 1 OF 1 CHECKS FAIL", True)
    written = refresh(path, job(rows), {})
    assert (written.outcome, written.checks, written.good) == ("red", "1 OF 1 CHECKS FAIL", False)
    assert values(path)["total"] == 29500


def test_what_a_killed_run_left_is_cleaned_later(tmp_path: Path) -> None:
    old, young = tmp_path / ".xlidx-old.xlsx", tmp_path / ".xlidx-young.xlsx"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (1_000.0, 1_000.0))
    assert clean(tmp_path) == [old]
    assert young.exists()


def test_books_of_a_folder_leave_out_marks_and_temporary_files(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.XLSM", "~$b.xlsx", ".xlidx-1.xlsx", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in books_in(tmp_path)] == ["a.XLSM", "b.xlsx"]


KILLS = """
    import os, random, signal, sys, time
    from datetime import datetime
    from pathlib import Path
    from xlidx.recalc import refresh as desk

    path, runs = Path(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(5)
    spots = {}

    def job(turn):
        rows = [["Underlying", "Spot"], ["DAX", 10000.0 + turn], ["NDX", 5000.0]]
        return desk.Job(market=rows, stamp=datetime(2020, 1, 1, turn // 3600, turn // 60 % 60, turn % 60))

    start = time.perf_counter()
    desk.refresh(path, job(0), {})
    whole = time.perf_counter() - start
    old = new = killed = 0
    for turn in range(1, runs + 1):
        before = path.read_bytes()
        child = os.fork()
        if child == 0:
            desk.refresh(path, job(turn), {})
            os._exit(0)
        time.sleep(rng.uniform(0, 3.0 * whole))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        killed += os.WIFSIGNALED(status)
        after = path.read_bytes()
        kept = path.parent / "backups" / f"{path.stem}_{job(turn).stamp:%Y%m%d-%H%M%S}{path.suffix}"
        if after == before:
            old += 1
        else:
            new += 1
            assert kept.read_bytes() == before, turn
            wanted = path.with_name("wanted.xlsx")
            wanted.write_bytes(before)
            desk.refresh(wanted, job(turn), {})
            assert wanted.read_bytes() == after, turn
            wanted.unlink()
    print(old, new, killed)
"""


def test_killed_many_times_the_book_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    runs = depth(60, 200)
    path = book(tmp_path / "desk.xlsx")
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(KILLS), str(path), str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    old, new, killed = map(int, done.stdout.split())
    assert old + new == runs
    assert min(old, new) > 2, done.stdout  # kills came before and after the file was replaced
    assert killed > runs // 10, done.stdout
    assert values(path)["check"] == "ALL CHECKS OK"
    left = {item.name for item in tmp_path.iterdir()} - {"desk.xlsx", "backups", "refresh.jsonl"}
    assert all(name.startswith(TEMPORARY) for name in left)
    assert len(clean(tmp_path, now=1e12)) == len(left)
