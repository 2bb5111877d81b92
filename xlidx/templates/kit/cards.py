"""Cards: the key figures at the top of a sheet, and cells that turn green or red."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk

PASSED = "ALL CHECKS OK"
ROW = 3  # of the captions

Figure = tuple[int, int, str, str, str]  # first and last column, caption, formula, number format


def cards(desk: Desk, sheet: Any, places: Places, figures: Sequence[Figure], status: tuple[int, int]) -> None:
    """Write figures with a caption above each, and the master check over the columns ``status``.

    Formulas name whole columns as ``{block.field}``.
    """
    sheet.set_row(ROW, 16)
    sheet.set_row(ROW + 1, 28)
    for first, last, caption, text, number in figures:
        style = desk.styles("figure", number, valign="vcenter")
        if last > first:
            sheet.merge_range(ROW, first, ROW, last, caption, desk.styles("caption"))
            sheet.merge_range(ROW + 1, first, ROW + 1, last, "", style)
        else:
            sheet.write_string(ROW, first, caption, desk.styles("caption"))
        sheet.write_formula(ROW + 1, first, filled(text, places, None, "", sheet.get_name()), style)
    _status(desk, sheet, *status)


def _status(desk: Desk, sheet: Any, first: int, last: int) -> None:
    master = desk.styles("master", font_size=12)
    if last > first:
        sheet.merge_range(ROW, first, ROW, last, "", desk.styles("caption"))
        sheet.merge_range(ROW + 1, first, ROW + 1, last, "", master)
    sheet.write_string(ROW, first, "Master check", desk.styles("caption"))
    sheet.write_formula(ROW + 1, first, "=MasterCheck", master)
    light(desk, sheet, ROW + 1, first)


def light(desk: Desk, sheet: Any, row: int, column: int) -> None:
    """Show a master check green when all have passed, else red."""
    for criteria, role in (("==", "good"), ("!=", "bad")):
        rule = {"type": "cell", "criteria": criteria, "value": f'"{PASSED}"', "format": desk.styles(role)}
        sheet.conditional_format(row, column, row, column, rule)


def mark(desk: Desk, sheet: Any, area: tuple[int, int, int, int], words: Sequence[tuple[str, str]]) -> None:
    """Colour the cells of an area (first row and column, last row and column) that hold a word, each by its role."""
    for word, role in words:
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": desk.styles(role)}
        sheet.conditional_format(*area, rule)
