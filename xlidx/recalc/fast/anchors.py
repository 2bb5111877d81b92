"""Spill references (``A1#``) to a dynamic formula whose result happens to be one cell.

In Excel that is the cell itself; the engine answers ``#REF!``, so the reference is written as the cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import attrs

from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area, CellKey, cell, sheet_prefix, split_sheet

ANCHOR = re.compile(r"(?:_xlfn\.)?ANCHORARRAY\(((?:'(?:[^']|'')*'!|[^'()!]*!)?\$?[A-Za-z]+\$?[0-9]+)\)", re.IGNORECASE)


def anchors(sheets: Sheets) -> frozenset[CellKey]:
    """Return the dynamic formulas that some formula refers to with ``#``."""
    found = set()
    for sheet, formulas in sheets.formulas.items():
        for formula in formulas.values():
            if "ANCHORARRAY" in formula.text.upper():
                found |= {target(match, sheet) for match in ANCHOR.finditer(formula.text)}
    dynamic = (key for key in found if key is not None and _is_dynamic(sheets, key))
    return frozenset(dynamic)


def with_cells(sheets: Sheets, single: Collection[CellKey]) -> Sheets:
    """Return the formulas with ``#`` left out where it follows one of the given cells."""
    if not single:
        return sheets

    def rewritten(formula: Formula, sheet: str) -> Formula:
        def plain(match: re.Match[str]) -> str:
            return match[1] if target(match, sheet) in single else match[0]

        return attrs.evolve(formula, text=ANCHOR.sub(plain, formula.text))

    formulas: Mapping[str, Mapping[tuple[int, int], Formula]] = {
        sheet: {
            place: rewritten(formula, sheet) if "ANCHORARRAY" in formula.text.upper() else formula
            for place, formula in found.items()
        }
        for sheet, found in sheets.formulas.items()
    }
    return attrs.evolve(sheets, formulas=formulas)


def with_areas(sheets: Sheets, areas: Mapping[CellKey, Area]) -> Sheets:
    """Return the formulas with ``A1#`` written out as the area of the block where that is given."""

    def rewritten(formula: Formula, sheet: str) -> Formula:
        text = ANCHOR.sub(lambda match: as_area(match, sheet, areas), formula.text)
        return formula if text == formula.text else attrs.evolve(formula, text=text)

    formulas = {
        sheet: {place: rewritten(formula, sheet) for place, formula in found.items()}
        for sheet, found in sheets.formulas.items()
    }
    return attrs.evolve(sheets, formulas=formulas)


def as_area(match: re.Match[str], sheet: str, areas: Mapping[CellKey, Area]) -> str:
    """Return a spill reference as the area of the block, or as it is if that is not known."""
    key = target(match, sheet)
    extent = None if key is None else areas.get(key)
    if key is None or extent is None:
        return match[0]
    return str(extent) if key[0] == sheet else f"{sheet_prefix(key[0])}{extent}"


def target(match: re.Match[str], sheet: str) -> CellKey | None:
    """Return the cell that a spill reference names, or None."""
    name, rest = split_sheet(match[1])
    place = cell(rest)
    return None if place is None else (name or sheet, *place)


def _is_dynamic(sheets: Sheets, key: CellKey) -> bool:
    formula = sheets.formulas.get(key[0], {}).get(key[1:])
    return formula is not None and formula.dynamic
