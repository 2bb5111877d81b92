"""A copy of a workbook for people who open it in LibreOffice with the extension installed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from xlidx.recalc.interface.prepare import prepared
from xlidx.recalc.interface.unsupported import refusal
from xlidx.recalc.libreoffice.formulas import outside, stored_extents, written
from xlidx.recalc.workbook.book import Formula, Place, Sheet, open_book
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import q, read, replace, serialise

_F = q("f")


def convert(path: Path, out: Path, ours: Collection[str]) -> int:
    """Write a copy whose formulas Calc computes as Excel does, with the values stored so far; return how many.

    Blocks keep the size they have now: Calc knows no spilling.

    Parameters
    ----------
    path, out : Path
    ours : collection of str
        Names of our functions.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a formula that Calc does not compute as Excel does; nothing is written.
    """
    book = open_book(read(path))
    sheets = prepared(book, normaliser(book, ours), {})
    findings = outside(sheets, None)
    if findings:
        raise refusal(findings, "the LibreOffice engine")
    parts = {}
    for name, formulas in written(sheets, ours, stored_extents(sheets), None).formulas.items():
        for place, formula in formulas.items():
            _enter(book.sheets[name], place, formula)
        if formulas:
            parts[book.sheets[name].part] = serialise(book.sheets[name].root)
    replace(out, book.package.with_parts(parts))
    return sum(map(len, sheets.formulas.values()))


def _enter(sheet: Sheet, place: Place, formula: Formula) -> None:
    cell = sheet.elements[place]
    cell.attrib.pop("cm", "")
    element = cell.find(_F)
    if element is None:
        return
    element.attrib.clear()
    element.text = formula.text[1:]
    if formula.extent is not None:
        element.set("t", "array")
        element.set("ref", str(formula.extent))
