"""From a workbook to what an engine is given: inputs set, formulas in plain form."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from xlidx.errors import XlidxError
from xlidx.recalc.engine import Sheets
from xlidx.recalc.workbook.book import Book, Formula, Place
from xlidx.recalc.workbook.grid import CellKey, a1
from xlidx.recalc.workbook.normalise import Normaliser
from xlidx.recalc.workbook.package import q
from xlidx.values import Cell


def prepared(book: Book, normalise: Normaliser, given: Mapping[CellKey, Cell]) -> Sheets:
    """Return a workbook as an engine wants it, with some cells set."""
    constants = {name: dict(sheet.constants) for name, sheet in book.sheets.items()}
    for (sheet, row, column), value in given.items():
        if value is None:
            constants[sheet].pop((row, column), None)
        else:
            constants[sheet][row, column] = value
    return Sheets(
        constants,
        {name: _plain(sheet.formulas, name, normalise) for name, sheet in book.sheets.items()},
        hidden_rows=any(hides_rows(book, name) for name in book.sheets),
    )


def _plain(formulas: Mapping[Place, Formula], sheet: str, normalise: Normaliser) -> dict[Place, Formula]:
    return {place: plain_formula(formula, sheet, place, normalise) for place, formula in formulas.items()}


def plain_formula(formula: Formula, sheet: str, place: Place, normalise: Normaliser) -> Formula:
    """Return a formula in plain form; a refusal names its cell."""
    try:
        text = normalise(formula.text, sheet, place)
    except XlidxError as error:
        raise error.at(f"{sheet}!{a1(*place)}") from None
    return formula if text == formula.text else attrs.evolve(formula, text=text)


def hides_rows(book: Book, sheet: str) -> bool:
    """Tell whether a sheet hides rows, by hand or by a filter."""
    rows = book.sheets[sheet].root.iterfind(f"{q('sheetData')}/{q('row')}")
    return any(row.get("hidden") in ("1", "true") for row in rows)
