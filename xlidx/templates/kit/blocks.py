"""Calculation blocks: tables whose columns refer to each other by name, and calls that spill beside them.

The formula of a field writes other fields as ``{block.field}`` (see ``places.filled``): in ordinary formulas that is
the cell of the same row, in function calls, which spill one result per row, the whole column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs

from xlidx.templates.kit.places import Places, filled, in_order
from xlidx.templates.kit.style import Desk, address, heads, section, spill

Kind = Literal["function", "formula", "cross", "each", "status"]
Result = tuple[str, str]  # key, number format
At = tuple[int, int]  # row, column


@attrs.frozen
class Field:
    """One column of a block.

    ``kind`` is ``function`` (one xlidx call that spills down), ``each`` (one xlidx call per row), ``formula``
    (an ordinary formula per row) or ``cross`` (the same, reading another sheet); ``status`` is a formula
    that says OK or not.  ``first`` is the formula of the
    first row where it starts a chain.
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


def difference(key: str, one: str, other: str, head: str = "Difference", *, ratio: bool = False) -> Field:
    """Return the field of the difference between two others, absolute or as a ratio."""
    if ratio:
        return Field(key, head, "as a ratio", "diff", "formula", f"=ABS({{{one}}}/{{{other}}}-1)")
    return Field(key, head, "absolute", "diff", "formula", f"=ABS({{{one}}}-{{{other}}})")


def lay(desk: Desk, sheet: Any, places: Places, blocks: Sequence[Block], row: int, column: int = 1) -> int:
    """Write blocks under each other from ``row`` on and return the row below the last one."""
    for block in blocks:
        row = section(desk, sheet, row, block.title, column + len(block.fields) - 1, block.note)
        row = fill(desk, sheet, places, block, row, column) + 1
    return row


def fill(desk: Desk, sheet: Any, places: Places, block: Block, row: int, column: int = 1) -> int:
    """Write heads and rows of a block without its title and return the row below it."""
    sheet.set_row(row, 30 if block.units else 17)
    if block.units:
        for offset, field in enumerate(block.fields):
            sheet.write_string(row + 1, column + offset, field.unit, desk.styles("unit"))
    return beside(desk, sheet, places, block.key, (row, column), block.fields, block.rows, 2 if block.units else 1)


def beside(
    desk: Desk, sheet: Any, places: Places, block: str, at: At, fields: Sequence[Field], rows: int, above: int = 1
) -> int:
    """Write fields with their heads, ``above`` rows of them, and return the row below; they may belong to a result."""
    row, first = at
    places.put(block, rows, sheet.get_name(), row + above, in_order([field.key for field in fields], first))
    for column, field in enumerate(fields, start=first):
        write = sheet.write_formula if field.head.startswith("=") else sheet.write_string
        write(row, column, field.head, desk.styles("head"))
    for column, field in enumerate(fields, start=first):
        _body(desk, sheet, places, block, field, (row + above, column), rows)
    return row + above + rows


def _body(desk: Desk, sheet: Any, places: Places, block: str, field: Field, at: At, rows: int) -> None:
    (row, column), home = at, sheet.get_name()
    style = desk.styles("function" if field.kind == "each" else field.kind, field.number)
    if field.kind == "function":
        spill(sheet, row, column, filled(field.formula, places, None, block, home), [[style]] * rows)
        return
    for offset in range(rows):
        formula = field.first if field.first and offset == 0 else field.formula
        text = filled(formula, places, offset, block, home)
        if field.kind == "each":
            sheet.write_dynamic_array_formula(row + offset, column, row + offset, column, text, style)
        else:
            sheet.write_formula(row + offset, column, text, style)


def results(text: str) -> tuple[Result, ...]:
    """Return the columns of a result from their names, each with its number format behind a colon.

    Examples
    --------
    >>> results("isin weight:fraction")
    (('isin', 'general'), ('weight', 'fraction'))
    """
    words = (word.partition(":") for word in text.split())
    return tuple((key, number or "general") for key, _, number in words)


def result(
    desk: Desk,
    sheet: Any,
    places: Places,
    block: str,
    at: At,
    text: str,
    columns: Sequence[Result],
    rows: int,
    odd: Mapping[At, str] | None = None,
) -> int:
    """Write a call that spills heads and rows, and return the row below.

    ``columns`` are named in the order of the result; ``odd`` are number formats of single cells, by row and column.
    """
    row, first = at
    places.put(block, rows, sheet.get_name(), row + 1, in_order([key for key, _ in columns], first))
    numbers = [[number for _, number in columns] for _ in range(rows)]
    for (down, across), number in (odd or {}).items():
        numbers[down][across] = number
    body = [[desk.styles("function", number) for number in line] for line in numbers]
    call = filled(text, places, None, block, sheet.get_name())
    spill(sheet, row, first, call, [[desk.styles("head")] * len(columns), *body])
    return row + 1 + rows


def repeated(
    desk: Desk, sheet: Any, places: Places, row: int, columns: Sequence[tuple[str, str, str]], rows: int
) -> int:
    """Write fields of other sheets (name, head, number format) under heads of two lines; return the row below."""
    row = heads(desk, sheet, row, [head for _, head, _ in columns], 2)
    for column, (name, _, number) in enumerate(columns, start=1):
        for offset in range(rows):
            sheet.write_formula(row + offset, column, f"={places.cell(name, offset)}", desk.styles("cross", number))
    return row + rows


def options(desk: Desk, sheet: Any, at: At, rows: Sequence[tuple[str, str]]) -> str:
    """Write the options of a call, names beside words or formulas of levels, and return their range."""
    row, column = at
    for offset, (name, text) in enumerate(rows):
        sheet.write_string(row + offset, column, name, desk.styles("label"))
        if text.startswith("="):
            sheet.write_formula(row + offset, column + 1, text, desk.styles("cross", "level"))
        else:
            sheet.write_string(row + offset, column + 1, text, desk.styles("label"))
    return address(sheet.get_name(), row, column, row + len(rows) - 1, column + 1).split("!")[1]


def chosen(call: str, *columns: int) -> str:
    """Return some columns of the result of a call, as part of a formula.

    Examples
    --------
    >>> chosen("XI_REVIEW_DATES(2025)", 1, 3)
    '_xlfn.CHOOSECOLS(XI_REVIEW_DATES(2025),1,3)'
    """
    return f"_xlfn.CHOOSECOLS({call},{','.join(map(str, columns))})"
