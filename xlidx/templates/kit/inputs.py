"""Inputs: the sheet of single named cells, and Excel tables to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from xlidx.templates.kit.places import Places, in_order
from xlidx.templates.kit.rules import Rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, address, define, heads, height, section

FIRST = 6  # first row of the body of a table that has its sheet to itself
INVENTED = "Invented sample data, not market data: replace it by yours."
LEAD = "Blue cells on cream are yours to change; all are named."

Column = tuple[str, str, float, str, Any]  # key, head, width, number format, rule
Rows = Sequence[Sequence[Any]]


@attrs.frozen
class Input:
    """One named input: what it is, its value, how it is shown and checked, and where it comes from.

    ``plain`` says that no function reads it, only ordinary formulas: the limit of a check.
    """

    name: str
    label: str
    value: Any
    number: str
    unit: str
    rule: Rule
    source: str = ""
    plain: bool = False


TO_REPLICA = Input(
    "Tolerance",
    "Largest difference to a replica",
    1e-9,
    "diff",
    "points or fraction",
    number_rule(0, 1e-3, "Tolerance", "A small number, at most 0.001."),
    "Functions and replicas differ by floating-point noise only; large numbers are compared as a ratio.",
    plain=True,
)


@attrs.frozen
class Table:
    """An Excel table of inputs with its title: columns, what stands in its rows, and rows with the empty ones.

    ``computed`` gives the formula of columns that are not filled in; ``plain`` names those that only ordinary formulas
    read.
    """

    name: str
    block: str
    title: str
    note: str
    columns: Sequence[Column]
    rows: Rows
    height: int
    computed: Mapping[str, str] = attrs.field(factory=dict)
    plain: Sequence[str] = ()


def add_inputs(desk: Desk, groups: Sequence[tuple[str, Sequence[Input]]]) -> Any:
    """Write the sheet of single inputs: label, value, unit, name, source; each one named and validated."""
    sheet = add_sheet(desk, "Inputs", "input", (36, 18, 22, 18, 82), LEAD)
    row = 3
    for title, inputs in groups:
        row = section(desk, sheet, row, title, 5)
        row = heads(desk, sheet, row, ("Input", "Value", "Unit", "Name", "Source and meaning"))
        for one in inputs:
            write_input(desk, sheet, row, 2, one)
            sheet.write_string(row, 1, one.label, desk.styles("label"))
            sheet.write_string(row, 3, one.unit, desk.styles("label"))
            sheet.write_string(row, 4, one.name, desk.styles("name"))
            sheet.write_string(row, 5, one.source, desk.styles("prose"))
            sheet.set_row(row, height([(one.source, 82)]))
            row += 1
        row += 1
    sheet.print_area(0, 0, row - 1, 5)
    return sheet


def write_input(desk: Desk, sheet: Any, row: int, column: int, one: Input) -> None:
    """Write a named, validated, unlocked cell."""
    put(sheet, row, column, one.value, desk.styles("input", one.number))
    sheet.data_validation(row, column, row, column, dict(one.rule))
    define(desk, one.name, sheet.get_name(), row, column)
    if one.plain:
        desk.plain.append(address(sheet.get_name(), row, column))


def put(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Write a value of any type, dates as dates."""
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write(row, column, value, style)


def add_tables(
    desk: Desk, places: Places, name: str, tables: Sequence[Table], freeze: tuple[int, int], lead: str = INVENTED
) -> tuple[Any, int]:
    """Add a sheet of input tables under each other, as wide as the first; return it with the row below them."""
    wide = len(tables[0].columns)
    sheet = add_sheet(desk, name, "input", [width for _, _, width, *_ in tables[0].columns], lead, freeze)
    row = 2
    for table in tables:
        row = write_table(desk, sheet, places, section(desk, sheet, row + 1, table.title, wide, table.note), table)
    sheet.print_area(0, 0, row - 1, wide)
    return sheet, row


def add_table(desk: Desk, places: Places, table: Table) -> Any:
    """Add a sheet that is one input table and has its title, its heads on every page, and return it."""
    sheet, _ = add_tables(desk, places, table.title, [table], (FIRST, 3))
    sheet.repeat_rows(FIRST - 1)
    return sheet


def write_table(desk: Desk, sheet: Any, places: Places, row: int, table: Table) -> int:
    """Write an Excel table from its heads on, with empty rows up to its height; return the row below it."""
    titles = [{"header": head, "header_format": desk.styles("head")} for _, head, *_ in table.columns]
    for title, (key, *_) in zip(titles, table.columns, strict=True):
        if key in table.computed:
            title["formula"] = table.computed[key]
    options = {"name": table.name, "style": None, "autofilter": False, "columns": titles}
    sheet.set_row(row, 18)
    sheet.add_table(row, 1, row + table.height, len(table.columns), options)
    for column, (key, _, _, number, rule) in enumerate(table.columns, start=1):
        if rule:
            sheet.data_validation(row + 1, column, row + table.height, column, dict(rule))
        if key in table.plain:
            desk.plain.append(address(sheet.get_name(), row + 1, column, row + table.height, column))
        for offset in range(table.height):
            at = (row + 1 + offset, column)
            if key in table.computed:
                sheet.write_formula(*at, table.computed[key], desk.styles("cross", number))
            else:
                value = table.rows[offset][column - 1] if offset < len(table.rows) else None
                put(sheet, *at, value, desk.styles("input", number))
    places.put(table.block, table.height, sheet.get_name(), row + 1, in_order([key for key, *_ in table.columns]))
    return row + 1 + table.height
