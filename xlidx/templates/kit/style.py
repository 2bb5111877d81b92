"""The look of the workbooks: colours, formats, column grid, sheet frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from textwrap import wrap
from typing import Any

import attrs
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

NAVY, INK, GREY, LINE, BAND, WHITE = "#14304F", "#1F2937", "#667085", "#D3DAE3", "#EDF1F6", "#FFFFFF"
CREAM, BLUE = "#FFF8DF", "#1D4ED8"
GREEN, MINT = "#15703C", "#F0F8F2"
PURPLE = "#6D28A8"
GOOD, GOOD_FILL, BAD, BAD_FILL = "#0B6B3A", "#CDEFD9", "#FFFFFF", "#C62828"
SERIES = ("#14304F", "#2A7F8E", "#D98324", "#7A5195", "#6B8E23", "#B23A48")
TABS = {
    "cover": NAVY,
    "input": "#E0B93B",
    "calc": "#5B6B80",
    "output": "#2A7F8E",
    "check": "#15703C",
    "help": "#98A2B3",
}

NUMBERS = {
    "general": "General",
    "truth": "General",
    "flag": '0;-0;"-"',
    "level": '#,##0.00_);[Red]-#,##0.00_);"-"_)',
    "level4": '#,##0.0000_);[Red]-#,##0.0000_);"-"_)',
    "any": '#,##0.00####_);[Red]-#,##0.00####_);"-"_)',
    "exact": '#,##0.000000_);[Red]-#,##0.000000_);"-"_)',
    "cash": '0.00_);[Red]-0.00_);"-"_)',
    "cash4": '0.0000_);[Red]-0.0000_);"-"_)',
    "count": '#,##0_);[Red]-#,##0_);"-"_)',
    "millions": '#,##0.0,,_);[Red]-#,##0.0,,_);"-"_)',
    "plain": "0_);-0_)",
    "unit": "0.000_)",
    "rate": "0.00%_);-0.00%_)",
    "fraction": '0.00%_);[Red]-0.00%_);"-"_)',
    "fraction4": '0.0000%_);-0.0000%_);"-"_)',
    "factor": "0.000000_)",
    "times": '#,##0.0"x"_);[Red]-#,##0.0"x"_);"-"_)',
    "assumed": '[=0]"assumed 0"_);#,##0.00_)',
    "diff": '0.0E+00_);[Red]-0.0E+00_);"-"_)',
    "date": "dd mmm yyyy_)",
    "moment": "dd mmm yyyy hh:mm:ss_)",
    "dash_date": 'dd mmm yyyy_);;"-"_)',
}
# Texts stand off the left border, truth values in the middle, numbers off the right border.
ALIGNED: dict[str, dict[str, Any]] = {
    "general": {"align": "left", "indent": 1},
    "truth": {"align": "center"},
    "flag": {"align": "center"},
}
CELLS = ("label", "prose", "input", "function", "formula", "cross", "name")

_TABLE = {"border": 1, "border_color": LINE, "valign": "vcenter"}
ROLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": WHITE, "bg_color": NAVY, "valign": "vcenter"},
    "lead": {"font_color": "#C9D6E6", "bg_color": NAVY, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 12, "font_color": NAVY, "bottom": 2, "bottom_color": NAVY},
    "note": {"italic": True, "font_color": GREY},
    "text": {"font_color": INK, "text_wrap": True, "valign": "vcenter"},
    "line": {"font_color": INK, "valign": "vcenter"},
    "strong": {"bold": True, "font_color": INK, "valign": "vcenter"},
    "name": {"font_color": GREY, "font_name": "Consolas", "font_size": 9, **_TABLE},
    "link": {"font_color": NAVY, "underline": 1, "bold": True, "valign": "vcenter"},
    "head": {"bold": True, "font_color": WHITE, "bg_color": NAVY, "text_wrap": True, "align": "center", **_TABLE},
    "unit": {"italic": True, "font_size": 8, "font_color": GREY, "bg_color": BAND, "align": "center", **_TABLE},
    "label": {"font_color": INK, **_TABLE},
    "prose": {"font_color": INK, "text_wrap": True, **_TABLE},
    "input": {"font_color": BLUE, "bg_color": CREAM, "locked": False, **_TABLE},
    "function": {"font_color": GREEN, "bg_color": MINT, **_TABLE},
    "formula": {"font_color": INK, **_TABLE},
    "cross": {"font_color": PURPLE, **_TABLE},
    "caption": {"font_size": 9, "font_color": GREY, "bg_color": BAND, "align": "center", "valign": "vcenter"},
    "figure": {"bold": True, "font_size": 15, "font_color": NAVY, "bg_color": BAND, "align": "center"},
    "status": {"bold": True, "align": "center", **_TABLE},
    "master": {"bold": True, "font_size": 15, "align": "center", "valign": "vcenter", "border": 1},
    "good": {"font_color": GOOD, "bg_color": GOOD_FILL},
    "bad": {"font_color": BAD, "bg_color": BAD_FILL},
    "faint": {"font_color": "#C0C6CF"},
    "light": {"bg_color": "#FFF3C4"},
}
COLOUR_KEY = (
    ("input", "Input: yours to change, unlocked, validated"),
    ("function", "Result of an xlidx function"),
    ("formula", "Ordinary formula on this sheet"),
    ("cross", "Ordinary formula that reads another sheet"),
    ("head", "Heading of a table"),
)
# A fixed day makes two builds of the same code the same file.
CREATED = datetime(2020, 2, 7)  # noqa: DTZ001


@attrs.frozen
class Styles:
    """Formats of one workbook, made once for each combination of role and number format."""

    book: Any
    made: dict[Any, Any] = attrs.field(factory=dict)

    def __call__(self, role: str, number: str = "general", **extra: Any) -> Any:
        """Return the format of a role (see ``ROLES``) with a number format (see ``NUMBERS``)."""
        key = (role, number, *sorted(extra.items()))
        if key not in self.made:
            aligned = ALIGNED.get(number, {}) if role in CELLS and "align" not in extra else {}
            wanted = {**aligned, **ROLES[role], "num_format": NUMBERS[number], **extra}
            self.made[key] = self.book.add_format(wanted)
        return self.made[key]


@attrs.frozen
class Desk:
    """A workbook under construction: the file, its formats, its template name and title.

    ``plain`` are the areas of inputs that ordinary formulas alone read, tolerances for example.
    """

    book: Any
    styles: Styles
    template: str
    title: str
    plain: list[str] = attrs.field(factory=list)


def open_desk(path: Path, template: str, title: str) -> Desk:
    """Start a workbook with fixed properties; :func:`finish` writes it."""
    defaults = {"font_name": "Calibri", "font_size": 10}
    book = xlsxwriter.Workbook(str(path), {"default_format_properties": defaults})
    book.set_properties({"title": title, "company": "xlidx", "created": CREATED})
    book.set_custom_property("xlidx.template", template)
    book.set_custom_property("xlidx.version", version("xlidx"))
    book.set_calc_mode("auto")
    return Desk(book, Styles(book), template, title)


def finish(desk: Desk) -> None:
    """Name the inputs that no function reads, and write the workbook."""
    if desk.plain:
        desk.book.define_name("PlainInputs", "=" + ",".join(desk.plain))
    desk.book.close()


def add_sheet(
    desk: Desk, name: str, role: str, widths: Sequence[float], lead: str, freeze: tuple[int, int] = (3, 0)
) -> Any:
    """Add a sheet with the common frame: narrow margin, title band, freeze panes, page setup, protection.

    Parameters
    ----------
    role : str
        Key of ``TABS``: the tab colour.
    widths : sequence of float
        Column widths from column B on; column A is the margin.
    lead : str
        One line under the title: what the sheet is for.
    freeze : (int, int)
        Rows and columns that stay in view.
    """
    sheet = desk.book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_zoom(90)
    sheet.set_tab_color(TABS[role])
    sheet.set_column(0, 0, 2)
    for column, width in enumerate(widths, start=1):
        sheet.set_column(column, column, width)
    _band(desk, sheet, len(widths), desk.title if name == "Cover" else name, lead)
    sheet.freeze_panes(*freeze)
    _page(sheet, desk)
    allowed = {"select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True, "format_rows": True}
    sheet.protect("", allowed)
    return sheet


def _band(desk: Desk, sheet: Any, last: int, title: str, lead: str) -> None:
    for row, text, role, height in ((0, title, "title", 28), (1, lead, "lead", 18)):
        sheet.set_row(row, height)
        for column in range(last + 1):
            sheet.write_blank(row, column, None, desk.styles(role))
        sheet.write_string(row, 1, text, desk.styles(role))


def _page(sheet: Any, desk: Desk) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)
    sheet.set_header(f"&L&9{desk.title}&R&9&A")
    sheet.set_footer(f"&L&9&F&C&9xlidx {version('xlidx')}&R&9Page &P of &N")


def printed(
    sheet: Any,
    row: int,
    column: int,
    *,
    pages: tuple[int, int] | None = None,
    scale: int = 0,
    breaks: Sequence[int] = (),
    heads: int | None = None,
) -> None:
    """Print a sheet up to a row and column: fitted to ``pages`` across and down, or at a scale with breaks above rows.

    ``heads`` is a row that is printed on every page.  Excel heeds breaks only without a fit to pages.
    """
    sheet.print_area(0, 0, row, column)
    if pages:
        sheet.fit_to_pages(*pages)
    if scale:
        sheet.set_print_scale(scale)
    if breaks:
        sheet.set_h_pagebreaks(breaks)
    if heads is not None:
        sheet.repeat_rows(heads)


def section(desk: Desk, sheet: Any, row: int, text: str, last: int, note: str = "") -> int:
    """Write a section heading across the columns B to ``last`` and return the row below it."""
    sheet.set_row(row, 20)
    for column in range(1, last + 1):
        sheet.write_blank(row, column, None, desk.styles("section"))
    sheet.write_string(row, 1, text, desk.styles("section"))
    if note:
        sheet.write_string(row + 1, 1, note, desk.styles("note"))
    return row + (2 if note else 1)


def height(texts: Sequence[tuple[str, float]], least: float = 15) -> float:
    """Return the row height that shows texts wrapped into columns of given widths."""
    return max(least, 13.0 * max(_lines(text, width) for text, width in texts) + 5)


def _lines(text: str, width: float) -> int:
    """Count the lines of a wrapped text; letters are on average narrower than the digits that widths count."""
    return sum(max(1, len(wrap(part, int(width / 0.88)))) for part in text.split("\n"))


def heads(desk: Desk, sheet: Any, row: int, texts: Sequence[str], lines: int = 1) -> int:
    """Write a row of table headings and return the row below it."""
    sheet.set_row(row, 4 + 13 * lines)
    for column, text in enumerate(texts, start=1):
        sheet.write_string(row, column, text, desk.styles("head"))
    return row + 1


def spill(sheet: Any, row: int, column: int, text: str, formats: Sequence[Sequence[Any]]) -> None:
    """Write a formula that spills, in the top left cell of an empty area that already has its formats.

    Parameters
    ----------
    formats : rows of formats
        One format for each cell the result may fill.
    """
    for down, line in enumerate(formats):
        for across, wanted in enumerate(line):
            if down or across:
                sheet.write_blank(row + down, column + across, None, wanted)
    sheet.write_dynamic_array_formula(row, column, row, column, text, formats[0][0])


def define(desk: Desk, name: str, sheet: str, row: int, column: int) -> None:
    """Give a name to a single cell."""
    desk.book.define_name(name, f"={quoted(sheet)}!{xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)}")


def define_block(desk: Desk, name: str, sheet: str, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Give one name to a block of inputs that is no table, from its first to its last (row, column)."""
    desk.book.define_name(name, f"={address(sheet, *first, *last)}")


def address(sheet: str, row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> str:
    """Return an absolute reference to a cell or range of another sheet.

    Examples
    --------
    >>> address("Calc", 7, 4, 29), address("Calc", 7, 4)
    ('Calc!$E$8:$E$30', 'Calc!$E$8')
    """
    first = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    if last_row is None:
        return f"{quoted(sheet)}!{first}"
    last = xl_rowcol_to_cell(last_row, column if last_column is None else last_column, row_abs=True, col_abs=True)
    return f"{quoted(sheet)}!{first}:{last}"


def quoted(sheet: str) -> str:
    """Return a sheet name as formulas write it."""
    return f"'{sheet}'" if " " in sheet else sheet
