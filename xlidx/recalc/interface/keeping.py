"""Formulas that keep the value stored in the file because the user says so, and the report says it too."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from xlidx.recalc.workbook.book import Book, Formula, Sheet
from xlidx.recalc.workbook.grid import CellKey

VOLATILE = ("RAND", "RANDBETWEEN", "RANDARRAY")
WHAT_IF = "a what-if data table"
_TEXTS = re.compile(r'"[^"]*"')
_FUNCTIONS = re.compile(r"(?:'?\[\d+\][^'!]*'?!|_xlfn\.|_xll\.|_xludf\.)?([A-Za-z_][\w.]*)\s*\(", re.IGNORECASE)
_LINKS = re.compile(r"\[\d+\]")


@attrs.frozen(kw_only=True)
class Kept:
    """Which formulas keep their stored values.

    Parameters
    ----------
    volatile : bool
        RAND, RANDBETWEEN and RANDARRAY.
    links : bool
        Formulas that read another workbook.
    functions : frozenset of str
        Functions by name, such as BDP of an add-in that is not here.

    Examples
    --------
    >>> Kept(functions=frozenset({"BDP"})).reason(Formula('=BDP(A1,"PX_LAST")')), Kept().reason(Formula("=RAND()"))
    ('BDP', '')
    """

    volatile: bool = False
    links: bool = False
    functions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.volatile or self.links or bool(self.functions)

    def reason(self, formula: Formula) -> str:
        """Return why a formula keeps its value, or an empty text."""
        text = _TEXTS.sub('""', formula.text)
        names = {match[1].upper() for match in _FUNCTIONS.finditer(text)}
        wanted = self.functions.union(VOLATILE if self.volatile else ())
        found = sorted(names & wanted)
        if found:
            return found[0]
        return "another workbook" if self.links and _LINKS.search(text) else ""


def kept_cells(book: Book, kept: Kept, ours: Iterable[str]) -> dict[CellKey, str]:
    """Return the formulas of a workbook that keep their values, each with the reason.

    A function of ours that a loaded add-in stored with its file is no link.
    """
    own = frozenset(ours)
    found = {(name, block.top, block.left): WHAT_IF for name, sheet in book.sheets.items() for block in sheet.what_if}
    if not kept:
        return found
    return found | {
        (name, *place): reason
        for name, sheet in book.sheets.items()
        for place, formula in sheet.formulas.items()
        if (reason := kept.reason(_without_own(formula, own)))
    }


def _without_own(formula: Formula, own: frozenset[str]) -> Formula:
    if "[" not in formula.text:
        return formula
    text = re.sub(r"\[\d+\]!([A-Za-z_][\w.]*)", lambda m: m[1] if m[1].upper() in own else m[0], formula.text)
    return attrs.evolve(formula, text=text)


def without_formulas(sheet: Sheet, places: frozenset[tuple[int, int]]) -> Sheet:
    """Return a sheet on which some formulas are values, as stored."""
    if not places:
        return sheet
    formulas = {place: formula for place, formula in sheet.formulas.items() if place not in places}
    areas = [sheet.formulas[place].extent for place in places]
    held = places | {place for area in areas if area is not None for place in area.cells()}
    stored = {place: value for place, value in sheet.cached.items() if place in held}
    cached = {place: value for place, value in sheet.cached.items() if place not in held}
    return attrs.evolve(sheet, formulas=formulas, constants={**sheet.constants, **stored}, cached=cached)


def holding(book: Book, cells: Iterable[CellKey]) -> Book:
    """Return a workbook in which some formulas are values, as stored; the file behind it is the same."""
    places: dict[str, set[tuple[int, int]]] = {}
    for name, row, column in cells:
        if (row, column) in book.sheets[name].formulas:
            places.setdefault(name, set()).add((row, column))
    sheets = {name: without_formulas(sheet, frozenset(places.get(name, ()))) for name, sheet in book.sheets.items()}
    return attrs.evolve(book, sheets=sheets)
