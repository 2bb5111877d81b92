"""Formulas that keep their stored values by an explicit word, and what the report says of them."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from tests.recalc.books import stored
from xlidx.cli import run
from xlidx.errors import XlidxError
from xlidx.recalc import Kept, recalculate
from xlidx.recalc.compare import compare


def book(path: Path, cells: dict[str, tuple[str, object]]) -> Path:
    """Write a workbook with formulas and the values that Excel stored, and with the number 2 in A1."""
    writer = xlsxwriter.Workbook(str(path))
    sheet = writer.add_worksheet("S")
    sheet.write_number("A1", 2.0)
    for place, (formula, value) in cells.items():
        sheet.write_formula(place, formula, None, value)
    writer.close()
    return path


FOREIGN = {
    "B1": ("=RANDBETWEEN(1,6)", 4.0),
    "B2": ('=BDP("DAX Index","PX_LAST")', 13500.0),
    "B3": ("=B1+B2+A1", 0.0),
}
ALL = Kept(volatile=True, functions=frozenset({"BDP"}))


def test_without_a_word_they_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", FOREIGN)
    before = path.read_bytes()
    for kept in (Kept(), Kept(volatile=True), Kept(functions=frozenset({"BDP"}))):
        with pytest.raises(XlidxError, match=r"RANDBETWEEN|BDP"):
            recalculate(path, functions={}, kept=kept)
    assert path.read_bytes() == before


def test_kept_values_are_read_by_the_others_and_named(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", FOREIGN)
    done = recalculate(path, functions={}, kept=ALL)
    assert {place: stored(path)[place] for place in FOREIGN} == {"B1": 4.0, "B2": 13500.0, "B3": 13506.0}
    assert dict(done.kept) == {"S!B1": "RANDBETWEEN", "S!B2": "BDP"}
    text = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert all(formula in text for formula in ("RANDBETWEEN(1,6)", "BDP(&quot;DAX" if "&quot;" in text else 'BDP("DAX'))


def test_the_command_says_what_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = book(tmp_path / "book.xlsx", FOREIGN)
    assert run(["recalc", str(path), "--volatile", "stored", "--keep", "bdp"]) == 0
    said = capsys.readouterr().out
    assert "kept as stored, not computed (RANDBETWEEN): S!B1" in said
    assert "kept as stored, not computed (BDP): S!B2" in said


def test_compare_counts_them_apart(tmp_path: Path) -> None:
    cells = {**FOREIGN, "B3": ("=B1+B2+A1", 13506.0)}
    found = compare(book(tmp_path / "book.xlsx", cells), functions={}, kept=ALL)
    assert (found.formulas, found.kept, found.equal, found.refused) == (3, 2, 1, ())


def test_the_clock_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = book(tmp_path / "book.xlsx", {"B1": ("=TODAY()+A1", 0.0)})
    assert run(["recalc", str(path)]) == 2
    assert "TODAY changes with the clock" in capsys.readouterr().err
    assert run(["recalc", str(path), "--clock", "2020-03-11"]) == 0
    assert stored(path)["B1"] == (datetime(2020, 3, 11) - datetime(1899, 12, 30)).days + 2


def test_a_link_is_kept_and_a_function_of_ours_from_an_add_in_is_not(tmp_path: Path) -> None:
    cells = {"B1": ("=[1]Other!A1", 7.0), "B2": ("=B1+A1", 0.0)}
    path = book(tmp_path / "book.xlsx", cells)
    with pytest.raises(XlidxError, match="reads another workbook"):
        recalculate(path, functions={})
    done = recalculate(path, functions={}, kept=Kept(links=True))
    assert stored(path)["B2"] == 9.0
    assert dict(done.kept) == {"S!B1": "another workbook"}
    ours = book(tmp_path / "ours.xlsx", {"B1": ("=[1]!XI_TWICE(A1)", 0.0)})
    done = recalculate(ours, functions={"XI_TWICE": lambda value: 2.0 * float(value)}, kept=Kept(links=True))
    assert stored(ours)["B1"] == 4.0
    assert not done.kept


def what_if(tmp_path: Path) -> Path:
    """Write a workbook with a what-if data table of one cell, C1, in which Excel has stored 5."""
    path = book(tmp_path / "plain.xlsx", {"B1": ("=A1*2", 4.0), "C1": ("=B1", 5.0)})
    table = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(table, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace(b"<f>B1</f>", b'<f t="dataTable" ref="C1:C1" dt2D="0" dtr="0" r1="A1"/>')
            new.writestr(name, text)
    return table


def test_a_what_if_table_keeps_its_values_and_is_named(tmp_path: Path) -> None:
    table = what_if(tmp_path)
    done = recalculate(table, functions={}, set_values={"S!A1": 3.0})
    assert {place: stored(table)[place] for place in ("A1", "B1", "C1")} == {"A1": 3.0, "B1": 6.0, "C1": 5.0}
    assert dict(done.kept) == {"S!C1": "a what-if data table"}
    assert b't="dataTable"' in zipfile.ZipFile(table).read("xl/worksheets/sheet1.xml")


def test_a_kept_formula_and_a_what_if_table_are_no_inputs(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", FOREIGN)
    with pytest.raises(XlidxError, match="S!B1 holds a formula"):
        recalculate(path, functions={}, kept=ALL, set_values={"S!B1": 5.0})
    table = what_if(tmp_path)
    with pytest.raises(XlidxError, match="S!C1 belongs to a what-if data table"):
        recalculate(table, functions={}, set_values={"S!C1": 5.0})


def test_an_unknown_name_stays_an_error_only_where_no_input_decides(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", {"B1": ("=NoSuchName+1", "#NAME?"), "B2": ("=A1*2", 0.0)})
    recalculate(path, functions={})
    assert (stored(path)["B1"], stored(path)["B2"]) == ("#NAME?", 4.0)
    path = book(tmp_path / "choice.xlsx", {"B1": ("=IF(A1>1,NoSuchName,7)", "#NAME?")})
    with pytest.raises(XlidxError, match="'NoSuchName' is unknown"):
        recalculate(path, functions={}, set_values={"S!A1": 0.0})
