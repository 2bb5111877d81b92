"""From a workbook to what an engine is given: inputs set, formulas in plain form."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from xlidx.errors import XlidxError
from xlidx.recalc.interface.formula_texts import answered
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
    formulas = {name: _plain(book, name, normalise, unreadable) for name in book.sheets}
    for name, row, column in unreadable or ():
        constants[name] |= _stored(book.sheets[name], (row, column))
    hidden = {name: rows for name in book.sheets if (rows := hidden_rows(book, name))}
    return Sheets(constants, formulas, hidden_rows=hidden)


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
    book: Book,
    sheet: str,
    normalise: Normaliser,
    unreadable: dict[CellKey, Unsupported] | None,
) -> dict[Place, Formula]:
    found = {}
    for place, formula in book.sheets[sheet].formulas.items():
        try:
            plain = plain_formula(formula, sheet, place, normalise)
            text = answered(plain.text, sheet, book)
            found[place] = plain if text == plain.text else attrs.evolve(plain, text=text)
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


def hidden_rows(book: Book, sheet: str) -> frozenset[int]:
    """Return the rows that a sheet hides, by hand or by a filter."""
    found, number = set(), 0
    for row in book.sheets[sheet].root.iterfind(f"{q('sheetData')}/{q('row')}"):
        number = int(row.get("r") or number + 1)
        if row.get("hidden") in ("1", "true"):
            found.add(number)
    return frozenset(found)
