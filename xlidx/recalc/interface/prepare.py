"""From a workbook to what an engine is given: inputs set, formulas in plain form."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from xlidx.errors import XlidxError
from xlidx.recalc.interface.sheets import Result, Sheets
from xlidx.recalc.interface.unsupported import Unsupported
from xlidx.recalc.workbook.book import Book, Formula, Place, Sheet
from xlidx.recalc.workbook.grid import CellKey, a1
from xlidx.recalc.workbook.normalise import Normaliser
from xlidx.recalc.workbook.package import q
from xlidx.values import Cell


def prepared(
    book: Book,
    normalise: Normaliser,
    given: Mapping[CellKey, Cell],
    unreadable: dict[CellKey, Unsupported] | None = None,
) -> Sheets:
    """Return a workbook as an engine wants it, with some cells set.

    Formulas without a plain form are refused; if ``unreadable`` is given they are noted there and stay at their
    stored values.
    """
    constants = {name: dict(sheet.constants) for name, sheet in book.sheets.items()}
    for (sheet, row, column), value in given.items():
        if value is None:
            constants[sheet].pop((row, column), None)
        else:
            constants[sheet][row, column] = value
    formulas = {name: _plain(sheet.formulas, name, normalise, unreadable) for name, sheet in book.sheets.items()}
    for name, row, column in unreadable or ():
        constants[name] |= _stored(book.sheets[name], (row, column))
    return Sheets(constants, formulas, hidden_rows=any(hides_rows(book, name) for name in book.sheets))


def stored(book: Book) -> Result:
    """Return what a workbook holds as the results of its formulas."""
    values = {(name, *place): value for name, sheet in book.sheets.items() for place, value in sheet.cached.items()}
    spills = {
        (name, *place): formula.extent
        for name, sheet in book.sheets.items()
        for place, formula in sheet.formulas.items()
        if formula.extent is not None and not formula.extent.single
    }
    return Result(values, spills, 0)


def _stored(sheet: Sheet, place: Place) -> dict[Place, Cell]:
    extent = sheet.formulas[place].extent
    places = [place] if extent is None else extent.cells()
    return {place: sheet.cached[place] for place in places if place in sheet.cached}


def _plain(
    formulas: Mapping[Place, Formula],
    sheet: str,
    normalise: Normaliser,
    unreadable: dict[CellKey, Unsupported] | None,
) -> dict[Place, Formula]:
    found = {}
    for place, formula in formulas.items():
        try:
            found[place] = plain_formula(formula, sheet, place, normalise)
        except XlidxError as error:
            if unreadable is None:
                raise
            unreadable[sheet, *place] = Unsupported(error.what, error.mend)
    return found


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
