"""Excel's own values: every case right or refused, in every engine; the judged exceptions of whole workbooks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import depth
from tests.hosts import SECOND_ENGINE
from xlidx.errors import XlidxError
from xlidx.excel.calls import cell_functions
from xlidx.recalc.compare import equal
from xlidx.recalc.evidence.calculation import calculated
from xlidx.recalc.interface.prepare import prepared, stored
from xlidx.recalc.libreoffice import Session
from xlidx.recalc.workbook.book import Book, open_book
from xlidx.recalc.workbook.grid import CellKey, cell
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import read
from xlidx.recalc.workbook.patch import storable
from xlidx.values import Cell

FOLDER = Path(__file__).with_name("excel_cases")
# Values of cases without a row of their own: (8 columns of 1, 2, ...), 1+2+3, the range end first; read from the cells.
WITHOUT_VALUE = {"K01_crash_reversed_range.xlsx": ("D1", 6.0)}


# Computed rather than refused by the fast engine; a refusal of one of them is a step back.
RIGHT = """
F01 F14 F17 F18 F21 F29 F30 F37 F48 K01 L01 L02 L03 L04 L06 L07 L10 L11 L12 L15 L20 L21 S01 S02
"""
SLOW = ("K03_hang_wide_spill.xlsx",)  # the engine itself is quadratic in wide blocks: 8,000 columns take 20 seconds


def rows() -> list[dict[str, str]]:
    with (FOLDER / "cases.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def value(text: str) -> Cell:
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    try:
        return float(text)
    except ValueError:
        return text.replace("\\x81", "\x81")


def expected(book: Book, row: dict[str, str]) -> dict[CellKey, Cell]:
    """Return Excel's values by cell: of the cells that are named, or of the formula."""
    first = next(iter(book.sheets))
    if row["file"] in WITHOUT_VALUE:
        place, number = WITHOUT_VALUE[row["file"]]
        return {(first, *(cell(place) or ())): number}  # type: ignore[dict-item]
    if re.match(r"[A-Z]+\d+ ", row["excel"]):
        pairs = [part.split(" ", 1) for part in row["excel"].split(", ")]
        return {(first, *(cell(place) or ())): value(text) for place, text in pairs}  # type: ignore[misc]
    found = [
        (sheet.name, *place)
        for sheet in book.sheets.values()
        for place, formula in sheet.formulas.items()
        if row["formula_and_inputs"].lstrip("{").startswith(formula.text)
    ]
    return {found[-1]: value(row["excel"])} if found and row["excel"] else {}


def outcome(row: dict[str, str], engine: str, session: Session) -> str:
    """Return ``refused``, ``right``, or what is wrong."""
    functions = cell_functions()
    try:
        book = open_book(read(FOLDER / row["file"]))
        sheets = prepared(book, normaliser(book, functions), {})
        result = calculated(sheets, functions, None, engine, stored(book), session=session).result
    except XlidxError:
        return "refused"
    for key, right in expected(book, row).items():
        computed = result.values.get(key)
        shown = None if computed is None else storable(computed)
        if not (str(shown) == right if isinstance(right, str) else equal(right, shown)):
            return f"{row['file']} {key}: {shown!r}, Excel {right!r}"
    return "right"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with Session(cell_functions()) as found:
        yield found


def test_no_case_is_wrong_in_the_fast_engine(session: Session) -> None:
    assert len(rows()) == 86
    found = {row["file"]: outcome(row, "fast", session) for row in rows() if depth.DEEP or row["file"] not in SLOW}
    assert [one for one in found.values() if one not in ("right", "refused")] == []


@pytest.mark.parametrize("case", RIGHT.split())
def test_cases_that_are_computed(case: str, session: Session) -> None:
    row = next(row for row in rows() if row["file"].startswith(case))
    assert outcome(row, "fast", session) == "right"


@SECOND_ENGINE
@pytest.mark.skipif(not depth.DEEP, reason="every case in the other engines: --deep")
@pytest.mark.parametrize("engine", ["lo", "auto", "ironcalc"])
def test_no_case_is_wrong_with(engine: str, session: Session) -> None:
    found = {row["file"]: outcome(row, engine, session) for row in rows()}
    assert [one for one in found.values() if one not in ("right", "refused")] == []
