"""What rounding leaves of a difference.

``ABS(a-b)`` of two equal results is 0 to one engine and 1e-16 to another: Calc takes a difference for 0 when its first
fifteen digits vanish, Excel does so for the last operation of a formula only.  Such a residue says nothing; it is
recognised by its size beside the numbers it was made from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from xlidx.recalc.fast.anchors import ANCHOR, as_area
from xlidx.recalc.interface.sheets import Result, Sheets
from xlidx.recalc.workbook.grid import CellKey, area, split_sheet
from xlidx.values import Cell

# Calc takes a difference below 2**-48 of its operands for 0; a factor of 16 is for sums of several.
SMALL = 2.0**-44
_ADDING = ("+", "-", "SUM(", "SUMPRODUCT(")


def residues(sheets: Sheets, result: Result, different: Mapping[CellKey, tuple[Cell, Cell]]) -> set[CellKey]:
    """Return the cells whose two values are both no more than what rounding leaves.

    Parameters
    ----------
    sheets : Sheets
    result : Result
        Values by which the operands are measured, and the areas of spilled blocks.
    different : mapping
        Pairs of values that differ.

    Notes
    -----
    A cell counts when its formula adds or subtracts, or reads another such cell, and both values are at most 2**-44 of
    the largest number that the formula reads; for a residue among these, of what that one was measured by.
    """
    family = _Family(sheets, result, different)
    return {key for key in different if family.scale(key) > 0.0}


@attrs.frozen
class _Family:
    """Cells that differ, and how large the numbers are that each was made from; 0 where it is no residue."""

    sheets: Sheets
    result: Result
    different: Mapping[CellKey, tuple[Cell, Cell]]
    known: dict[CellKey, float] = attrs.Factory(dict)

    def scale(self, key: CellKey) -> float:
        if key not in self.known:
            self.known[key] = 0.0
            self.known[key] = self._measured(key)
        return self.known[key]

    def _measured(self, key: CellKey) -> float:
        sizes = [abs(value) for value in self.different[key] if type(value) is float]
        text = self._text(key)
        if len(sizes) != 2 or not text:
            return 0.0
        read, adds = _read(text, key[0], self.result)
        scales = {cell: self.scale(cell) for cell in read if cell in self.different}
        if not adds and not any(scales.values()):
            return 0.0
        largest = max((scales.get(cell) or self._size(cell) for cell in read), default=0.0)
        return largest if max(sizes) <= SMALL * largest else 0.0

    def _text(self, key: CellKey) -> str:
        formula = self.sheets.formulas[key[0]].get(key[1:])
        if formula is not None:
            return formula.text
        spilled = (
            self.sheets.formulas[sheet][top, left].text
            for (sheet, top, left), extent in self.result.spills.items()
            if sheet == key[0] and key[1:] in extent
        )
        return next(spilled, "")

    def _size(self, key: CellKey) -> float:
        value = self.result.values.get(key, self.sheets.constants.get(key[0], {}).get(key[1:]))
        return abs(value) if type(value) is float else 0.0


def _read(text: str, sheet: str, result: Result) -> tuple[Collection[CellKey], bool]:
    """Return the cells that a formula reads, and whether it adds or subtracts."""
    tokens = Tokenizer(ANCHOR.sub(lambda match: as_area(match, sheet, result.spills), text)).items
    cells: dict[CellKey, None] = {}
    for token in tokens:
        if token.subtype == Token.RANGE:
            name, rest = split_sheet(str(token.value))
            block = area(rest)
            if block is not None:
                cells.update(dict.fromkeys((name or sheet, *place) for place in block.cells()))
    return cells, any(token.value in _ADDING and token.subtype != Token.TEXT for token in tokens)
