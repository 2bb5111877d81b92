"""Calculation blocks: tables whose columns refer to each other by name.

A block is a list of fields.  The formula of a field writes other fields as ``{block.field}`` (or ``{field}``
within its block): in ordinary formulas that is the cell of the same row, in function calls, which spill one
result per row, the whole column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
from xlsxwriter.utility import xl_rowcol_to_cell

from xlidx.templates.kit.style import Desk, address, quoted, section

Kind = Literal["function", "formula", "cross", "each"]
_FIELD = re.compile(r"\{([a-z_0-9]+)(?:\.([a-z_0-9]+))?([:^-])?\}")


@attrs.frozen
class Field:
    """One column of a block.

    ``kind`` is ``function`` (one xlidx call that spills down), ``each`` (one xlidx call per row), ``formula``
    (an ordinary formula per row) or ``cross`` (the same, reading another sheet).  In per-row formulas
    ``{block.field:}`` is the whole column, ``{block.field-}`` the cell of the row above, ``{block.field^}`` that
    of the first row and ``{n}`` the number of the row from 1.  ``first`` is the formula of the first row where
    it starts a chain.
    """

    key: str
    head: str
    unit: str
    number: str
    kind: Kind
    formula: str
    first: str = ""


@attrs.frozen
class Block:
    """A titled table of fields, ``rows`` high; without ``units`` a table that functions read with its heads."""

    key: str
    title: str
    note: str
    fields: tuple[Field, ...]
    rows: int
    units: bool = True


@attrs.frozen
class Places:
    """Where every field stands: ``block.field`` to (sheet, first row, first column, columns), and block heights."""

    first: dict[str, tuple[str, int, int, int]] = attrs.field(factory=dict)
    heights: dict[str, int] = attrs.field(factory=dict)

    def put(self, block: str, rows: int, sheet: str, row: int, columns: Mapping[str, int], across: int = 1) -> None:
        """Remember where the fields of a block stand; ``across`` columns each."""
        self.heights[block] = rows
        self.first.update({f"{block}.{key}": (sheet, row, column, across) for key, column in columns.items()})

    def column(self, name: str, home: str = "") -> str:
        """Return the range of a field; without the sheet name on its ``home``."""
        sheet, row, column, across = self.first[name]
        last = row + self.heights[name.split(".")[0]] - 1
        text = address(sheet, row, column, last, column + across - 1)
        return text.split("!")[1] if sheet == home else text

    def table(self, first: str, last: str, home: str = "") -> str:
        """Return the range from the heads above one field to the end of another."""
        sheet, row, left, _ = self.first[first]
        _, _, column, across = self.first[last]
        text = address(sheet, row - 1, left, row + self.heights[first.split(".")[0]] - 1, column + across - 1)
        return text.split("!")[1] if sheet == home else text

    def cell(self, name: str, offset: int = 0, home: str = "") -> str:
        """Return one cell of a field, or one row of a field of several columns, ``offset`` rows below its first."""
        sheet, row, column, across = self.first[name]
        text = xl_rowcol_to_cell(row + offset, column)
        if across > 1:
            text = f"{text}:{xl_rowcol_to_cell(row + offset, column + across - 1)}"
        return text if sheet == home else f"{quoted(sheet)}!{text}"


def lay(desk: Desk, sheet: Any, places: Places, blocks: Sequence[Block], row: int, column: int = 1) -> int:
    """Write blocks under each other from ``row`` on and return the row below the last one."""
    for block in blocks:
        row = section(desk, sheet, row, block.title, column + len(block.fields) - 1, block.note)
        row = fill(desk, sheet, places, block, row, column) + 1
    return row


def fill(desk: Desk, sheet: Any, places: Places, block: Block, row: int, column: int = 1) -> int:
    """Write heads and rows of a block without its title and return the row below it."""
    columns = {field.key: column + offset for offset, field in enumerate(block.fields)}
    above = 2 if block.units else 1
    places.put(block.key, block.rows, sheet.get_name(), row + above, columns)
    for offset, field in enumerate(block.fields):
        _head(desk, sheet, row, column + offset, field, units=block.units)
    for offset, field in enumerate(block.fields):
        _body(desk, sheet, places, block, field, row + above, column + offset)
    return row + above + block.rows


def _head(desk: Desk, sheet: Any, row: int, column: int, field: Field, *, units: bool) -> None:
    sheet.set_row(row, 30 if units else 17)
    write = sheet.write_formula if field.head.startswith("=") else sheet.write_string
    write(row, column, field.head, desk.styles("head"))
    if units:
        sheet.write_string(row + 1, column, field.unit, desk.styles("unit"))


def _body(desk: Desk, sheet: Any, places: Places, block: Block, field: Field, row: int, column: int) -> None:
    role = "function" if field.kind == "each" else field.kind
    style = desk.styles(role, field.number)
    if field.kind == "function":
        text = filled(field.formula, places, None, block.key, sheet.get_name())
        sheet.write_dynamic_array_formula(row, column, row, column, text, style)
        for below in range(row + 1, row + block.rows):
            sheet.write_blank(below, column, None, style)
        return
    for offset in range(block.rows):
        formula = field.first if field.first and offset == 0 else field.formula
        text = filled(formula, places, offset, block.key, sheet.get_name())
        if field.kind == "each":
            sheet.write_dynamic_array_formula(row + offset, column, row + offset, column, text, style)
        else:
            sheet.write_formula(row + offset, column, text, style)


def filled(formula: str, places: Places, offset: int | None, block: str = "", home: str = "") -> str:
    """Return a formula with the fields replaced by ranges (``offset`` None) or by cells of one row."""

    def reference(match: re.Match[str]) -> str:
        first, second, mark = match.groups()
        if first == "n" and offset is not None:
            return str(offset + 1)
        name = f"{first}.{second}" if second else f"{block}.{first}"
        if offset is None or mark == ":":
            return places.column(name, home)
        return places.cell(name, 0 if mark == "^" else offset - 1 if mark == "-" else offset, home)

    return _FIELD.sub(reference, formula)
