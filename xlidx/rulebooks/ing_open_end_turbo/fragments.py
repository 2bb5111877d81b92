"""Pieces of numbers that stand on a line of their own under a row of a table.

Such a piece may be the tail of the number above it, or litter of a complete one.  The row above is used only
if the rest of the table proves it complete; the piece is never appended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from xlidx.rulebooks.ing_open_end_turbo.cells import NUMBER
from xlidx.rulebooks.ing_open_end_turbo.layout import Line, Row, Table
from xlidx.turbo.certificate import Finding


@attrs.frozen
class Torn:
    """Cells that may go on in a line below: line number by (series, column)."""

    below: Mapping[tuple[str, str], int]

    def line(self, key: str, column: str) -> int | None:
        """Return the line that may hold more digits of a cell, if any."""
        return self.below.get((key, column))


def torn_cells(table: Table) -> Torn:
    """Return the cells of a table under which pieces of numbers stand."""
    below: dict[tuple[str, str], int] = {}
    for line, row in _strays(table):
        if line.is_fragment:
            below.update({(row.key, column): line.number for column in _columns_above(table, line, row)})
    return Torn(below)


def whole_numbers(table: Table, torn: Torn) -> dict[str, list[str]]:
    """Return the numbers of every column that are printed in one piece and have nothing below them."""
    whole: dict[str, list[str]] = {}
    for row in table.rows:
        for column, cell in row.cells.items():
            if NUMBER.fullmatch(cell) and torn.line(row.key, column) is None:
                whole.setdefault(column, []).append(cell)
    return whole


def stray_findings(table: Table) -> Iterator[Finding]:
    """Return what stands between the rows of a table and is no row."""
    for line, row in _strays(table):
        lines = (row.line.number, line.number)
        if line.is_fragment:
            columns = ", ".join(_columns_above(table, line, row))
            what = f"table of {table.form.title}: a row of pieces {line.text!r} below {columns}; dropped, not appended"
            yield Finding("warning", "orphan row", row.key, what, lines)
        else:
            what = f"table of {table.form.title}: line {line.text[:60]!r} is no row; passed over"
            yield Finding("warning", "stray line", row.key, what, lines)


def _strays(table: Table) -> Iterator[tuple[Line, Row]]:
    for line in table.between:
        if line.text and not line.is_dashes and not table.repeats_header(line):
            yield line, [row for row in table.rows if row.line.number < line.number][-1]


def _columns_above(table: Table, line: Line, row: Row) -> list[str]:
    """Return the columns above the pieces of a line; all columns if a piece stands below none."""
    found: list[str] = []
    for cell, (start, end) in zip(line.cells, line.places, strict=True):
        above = [
            column
            for column, (first, last) in zip(table.columns, row.line.places, strict=False)
            if first < end and start < last
        ]
        if cell and not above:
            return [column for column in table.columns if column]
        if cell:
            found += above
    return [column for column in found if column]
