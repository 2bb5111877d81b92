"""Spilled results with names for their columns, and ordinary formulas beside them, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlidx.templates.kit.grid import Places, filled
from xlidx.templates.kit.style import Desk, spill

Column = tuple[str, str]  # key, number format
Replica = tuple[str, str, str, str, str]  # key, head, number format, role, formula
At = tuple[int, int]


def result(
    desk: Desk,
    sheet: Any,
    places: Places,
    block: str,
    at: At,
    text: str,
    columns: Sequence[Column],
    rows: int,
    odd: Mapping[At, str] | None = None,
) -> None:
    """Write a call that spills heads and rows; ``odd`` are number formats of single cells, by row and column."""
    row, first = at
    places.put(block, rows, sheet.get_name(), row + 1, {key: first + n for n, (key, _) in enumerate(columns)})
    numbers = [[number for _, number in columns] for _ in range(rows)]
    for (down, across), number in (odd or {}).items():
        numbers[down][across] = number
    body = [[desk.styles("function", number) for number in line] for line in numbers]
    call = filled(text, places, None, block, sheet.get_name())
    spill(sheet, row, first, call, [[desk.styles("head")] * len(columns), *body])


def beside(desk: Desk, sheet: Any, places: Places, block: str, at: At, replicas: Sequence[Replica], rows: int) -> None:
    """Write columns of ordinary formulas with their heads; they see the columns of their block by key."""
    row, first = at
    home = sheet.get_name()
    places.put(block, rows, home, row + 1, {key: first + n for n, (key, *_) in enumerate(replicas)})
    for column, (_, head, number, role, formula) in enumerate(replicas, start=first):
        sheet.write_string(row, column, head, desk.styles("head"))
        for offset in range(rows):
            text = filled(formula, places, offset, block, home)
            sheet.write_formula(row + 1 + offset, column, text, desk.styles(role, number))
