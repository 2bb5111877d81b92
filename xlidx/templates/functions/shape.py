"""How the cells of an example are shown: their grid, number formats, and the widths of the columns of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from xlidx.excel.calls import call
from xlidx.excel.entries import Entry, Example
from xlidx.templates.functions.known import ANY, KNOWN

FIRST, VALUES, LEAST = 24.0, 15.0, 12.5
COLUMNS, TOTAL = 9, 150.0
LINES = 4  # of a long text, as long as its column need not be wider than a sheet allows

Grid = list[list[Any]]


def grid(value: Any) -> Grid:
    """Return rows of cells for a single value, a row or a table.

    Examples
    --------
    >>> grid(1.0), grid([1.0, 2.0]), grid([["a"], ["b"]])
    ([[1.0]], [[1.0, 2.0]], [['a'], ['b']])
    """
    if not isinstance(value, list | tuple):
        return [[value]]
    if value and isinstance(value[0], list | tuple):
        return [list(row) for row in value]
    return [list(value)]


def result(entry: Entry, example: Example) -> Grid:
    """Return what an example gives."""
    return grid(call(entry.name, *example.arguments))


def answer(entry: Entry, number: int) -> Grid:
    """Return what an example must give; ``ANY`` where its source says nothing."""
    example = entry.examples[number - 1]
    if example.answer is None:
        return KNOWN.get((entry.name, number), [[ANY]])
    return grid(example.answer)


def shape(cells: Grid) -> tuple[int, int]:
    """Return the rows and columns of a grid."""
    return len(cells), max(map(len, cells))


def is_table(value: Any) -> bool:
    """Tell whether an argument needs more than one cell."""
    return isinstance(value, list | tuple)


def number_format(cell: Any) -> dict[str, Any]:
    """Return number format and alignment of a cell, as keywords of a style."""
    if isinstance(cell, bool) or cell == ANY:
        return {"number": "truth", "align": "center"}
    if isinstance(cell, datetime):
        return {"number": "moment"}
    if isinstance(cell, date):
        return {"number": "date"}
    if isinstance(cell, float | int):
        return {"number": "general", "align": "right", "indent": 1}
    return {"number": "general"}


def widths(entries: Iterable[Entry], most: float) -> list[float]:
    """Return the widths of the columns of a sheet, from column B on, that fit its tables; none above ``most``."""
    found = [FIRST, *[VALUES] * 3, *[LEAST] * (COLUMNS - 4)]
    for entry in entries:
        for number, example in enumerate(entry.examples, start=1):
            tables = [grid(value) for value in example.arguments if is_table(value)]
            singles = [[""] * number + [value] for value in example.arguments if not is_table(value)]
            for cells in (*tables, singles, result(entry, example), answer(entry, number)):
                _widen(found, cells, most)
    found[-1] += max(0.0, TOTAL - sum(found))
    return found


def _widen(found: list[float], cells: Grid, most: float) -> None:
    for row in cells:
        found.extend([LEAST] * (len(row) - len(found)))
        for column, cell in enumerate(row):
            found[column] = max(found[column], min(most, _need(cell)))


def _need(cell: Any) -> float:
    if isinstance(cell, datetime):
        return 22.0
    if not isinstance(cell, str) or not cell:
        return LEAST
    return max(LEAST, max(map(len, cell.split())) + 2.5, len(cell) / LINES + 4.0)


def texts(row: Sequence[Any], columns: Sequence[float]) -> list[tuple[str, float]]:
    """Return the texts of a row of cells with the widths of their columns, for the height of the row."""
    return [(cell, width) for cell, width in zip(row, columns, strict=False) if isinstance(cell, str)]
