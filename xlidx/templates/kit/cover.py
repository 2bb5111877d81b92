"""The cover: state of the workbook, purpose, steps, contents, colour key, notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from xlidx.templates.kit.cards import light
from xlidx.templates.kit.style import COLOUR_KEY, Desk, add_sheet, height, section

RECALCULATED = (
    "Shown values stay as they were computed until the functions are there. Excel on Windows: close it, run xlidx addin "
    "install once, open this file again and press Ctrl+Alt+F9. Excel on Mac or on the web: xlidx lite writes what to "
    "paste into xlwings Lite. Without Excel: xlidx recalc on this file."
)


@attrs.frozen(kw_only=True)
class Cover:
    """The words of a cover sheet: purpose, four steps, contents, and what the workbook is not.

    ``contents`` gives each sheet with its words here and those in the help.
    """

    lead: str
    purpose: str
    steps: tuple[str, str, str, str]
    contents: tuple[tuple[str, str, str], ...]
    note: str


def add_cover(desk: Desk, cover: Cover) -> Any:
    """Write the cover: state of the workbook, purpose, steps, contents, colour key, notes."""
    sheet = add_sheet(desk, "Cover", "cover", (22, 34, 4, 22, 52), cover.lead)
    sheet.fit_to_pages(1, 1)
    _cards(desk, sheet)
    row = _paragraph(desk, sheet, section(desk, sheet, 7, "Purpose", 5), cover.purpose)
    row = section(desk, sheet, row + 1, "How to use it", 5)
    for number, step in enumerate(cover.steps, start=1):
        sheet.set_row(row, height([(step, 128)], 17))
        sheet.merge_range(row, 1, row, 5, f"{number}   {step}", desk.styles("text"))
        row += 1
    row = _contents(desk, sheet, row + 1, cover.contents)
    row = _paragraph(desk, sheet, section(desk, sheet, row + 1, "If cells show #NAME?", 5), RECALCULATED)
    row = _paragraph(desk, sheet, section(desk, sheet, row + 1, "Please note", 5), cover.note)
    sheet.print_area(0, 0, row, 5)
    return sheet


def _cards(desk: Desk, sheet: Any) -> None:
    styles = desk.styles
    sheet.set_row(3, 16)
    sheet.set_row(4, 32)
    for column, text in ((1, "As of"), (2, "xlidx version")):
        sheet.write_string(3, column, text, styles("caption"))
    sheet.merge_range(3, 4, 3, 5, "Master check", styles("caption"))
    sheet.write_formula(4, 1, "=AsOf", styles("figure", "date", valign="vcenter"))
    version_style = styles("figure", font_color="#15703C", valign="vcenter")
    sheet.write_dynamic_array_formula(4, 2, 4, 2, "=XI_VERSION()", version_style)
    sheet.merge_range(4, 4, 4, 5, "", styles("master"))
    sheet.write_formula(4, 4, "=MasterCheck", styles("master"))
    light(desk, sheet, 4, 4)
    sheet.write_string(5, 4, "Built by xlidx build-workbooks; every check is listed on sheet Checks.", styles("note"))


def _paragraph(desk: Desk, sheet: Any, row: int, text: str) -> int:
    sheet.set_row(row, height([(text, 128)]) + 4)
    sheet.merge_range(row, 1, row, 5, text, desk.styles("text"))
    return row + 1


def _contents(desk: Desk, sheet: Any, row: int, contents: Sequence[tuple[str, str, str]]) -> int:
    row = section(desk, sheet, row, "Sheets and colours", 5)
    for offset, (name, text, _) in enumerate(contents):
        sheet.set_row(row + offset, 16)
        sheet.write_url(row + offset, 1, f"internal:'{name}'!A1", desk.styles("link"), name)
        sheet.write_string(row + offset, 2, text, desk.styles("line"))
    for offset, (role, text) in enumerate(COLOUR_KEY):
        sheet.write_string(row + offset, 4, "Abc 123", desk.styles(role, align="center", locked=True))
        sheet.write_string(row + offset, 5, text, desk.styles("line", indent=1))
    return row + max(len(contents), len(COLOUR_KEY))
