"""Truth values: Calc computes with 1 and 0, and its cells keep no type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import formualizer
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.workbook.grid import Area, CellKey, area, split_sheet
from xlidx.values import Cell

Rows: TypeAlias = list[list[Any]]

_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
_NAMES = "AND OR XOR NOT TRUE FALSE EXACT ISBLANK ISERR ISERROR ISEVEN ISLOGICAL ISNA ISNONTEXT ISNUMBER ISODD ISTEXT"
_TRUE_OR_FALSE = frozenset(_NAMES.split())
# Where the values among the arguments begin, of functions that hand one of them on.
_HANDED_ON = {"IF": 1, "IFERROR": 0, "IFNA": 0}


def truths(
    sheets: Sheets,
    values: Mapping[CellKey, Cell],
    spills: Mapping[CellKey, Area],
    answers: Mapping[str, Sequence[Rows]],
) -> dict[CellKey, Cell]:
    """Return the cells that are TRUE or FALSE, as the formulas tell.

    Parameters
    ----------
    sheets : Sheets
    values : mapping
        Results with 1 and 0.
    spills : mapping
        Areas of the results of more than one cell.
    answers : mapping
        Answers of our functions that hold truth values, by function.

    Notes
    -----
    Known by the formula: comparisons, functions whose answer is a truth value, a reference to such a cell, IF, IFERROR
    and IFNA of these, and one call of a function of ours.  A truth value that comes by another way, such as INDEX,
    stays 1 or 0.
    """
    family = _Family(sheets)
    found: dict[CellKey, Cell] = {}
    for sheet, formulas in sheets.formulas.items():
        for place, formula in formulas.items():
            cells = [(sheet, *cell) for cell in spills.get((sheet, *place), Area(*place, *place)).cells()]
            if family.is_truth((sheet, *place)):
                found |= {cell: values[cell] == 1.0 for cell in cells if values[cell] in (0.0, 1.0)}
                continue
            name = formula.text[1:].partition("(")[0].upper()
            if name in answers and _is_one_call(formula.text):
                found |= _as_answered(cells, values, answers[name])
    return found


@attrs.frozen
class _Family:
    """The formulas of a workbook, and which of them give truth values."""

    sheets: Sheets
    known: dict[CellKey, bool] = attrs.Factory(dict)

    def is_truth(self, key: CellKey) -> bool:
        formula = self.sheets.formulas.get(key[0], {}).get(key[1:])
        if formula is None:
            return isinstance(self.sheets.constants.get(key[0], {}).get(key[1:]), bool)
        if key not in self.known:
            self.known[key] = False
            self.known[key] = self._gives_truth(formualizer.parse(formula.text).to_dict(), key[0])
        return self.known[key]

    def _gives_truth(self, node: Any, sheet: str) -> bool:
        kind = node["node_type"]
        if kind == "BinaryOp":
            return node["operator"] in _COMPARISONS
        if kind == "Literal":
            return isinstance(node["value"], bool)
        if kind == "Reference":
            name, rest = split_sheet(node["reference"])
            block = area(rest)
            return block is not None and block.single and self.is_truth((name or sheet, block.top, block.left))
        if kind != "Function":
            return False
        called = node["name"].upper().removeprefix("_XLFN.")
        if called in _TRUE_OR_FALSE:
            return True
        first = _HANDED_ON.get(called)
        return first is not None and all(self._gives_truth(arg, sheet) for arg in node["args"][first:])


def _is_one_call(text: str) -> bool:
    depth = 0
    tokens = [token for token in Tokenizer(text).items if token.type != Token.WSPACE]
    for token in tokens[:-1]:
        depth += (token.subtype == Token.OPEN) - (token.subtype == Token.CLOSE)
        if depth == 0:
            return False
    return True


def _as_answered(
    cells: Sequence[CellKey], values: Mapping[CellKey, Cell], answers: Sequence[Rows]
) -> dict[CellKey, Cell]:
    shown = [values[cell] for cell in cells]
    for answer in answers:
        items = [item for row in answer for item in row]
        if len(items) == len(shown) and all(map(_same, shown, items)):
            return {cell: item for cell, item in zip(cells, items, strict=True) if isinstance(item, bool)}
    return {}


def _same(shown: Cell, item: Any) -> bool:
    return isinstance(item, dict) or shown == item
