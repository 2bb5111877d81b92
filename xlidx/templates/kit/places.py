"""Where the fields of a workbook stand, and formulas that name them instead of cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs
from xlsxwriter.utility import xl_rowcol_to_cell

from xlidx.templates.kit.style import address, quoted

_FIELD = re.compile(r"\{([a-z_0-9]+)(?:\.([a-z_0-9]+))?([:^$-])?\}")


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


def in_order(keys: Sequence[str], first: int = 1) -> dict[str, int]:
    """Return the columns of fields that stand side by side.

    Examples
    --------
    >>> in_order(("date", "price"), 4)
    {'date': 4, 'price': 5}
    """
    return {key: column for column, key in enumerate(keys, start=first)}


def filled(formula: str, places: Places, offset: int | None, block: str = "", home: str = "") -> str:
    """Return a formula with its fields replaced by cells of one row, or by whole columns (``offset`` None).

    ``{block.field}`` is a field (``{field}`` within its own block).  A mark behind it chooses what is meant in a
    row: ``:`` the whole column, ``-`` the cell of the row above; and anywhere ``^`` the first cell of the column,
    ``$`` the last.  ``{n}`` is the number of the row from 1.
    """

    def reference(match: re.Match[str]) -> str:
        first, second, mark = match.groups()
        if first == "n" and second is None and offset is not None:
            return str(offset + 1)
        name = f"{first}.{second}" if second else f"{block}.{first}"
        if mark == "^":
            return places.cell(name, 0, home)
        if mark == "$":
            return places.cell(name, places.heights[name.split(".")[0]] - 1, home)
        if offset is None or mark == ":":
            return places.column(name, home)
        return places.cell(name, offset - 1 if mark == "-" else offset, home)

    return _FIELD.sub(reference, formula)
