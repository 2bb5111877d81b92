"""Function book: every function of the catalogue with live examples, printed answers and refused calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.excel.entries import Entry
from xlidx.excel.functions.analytics import ANALYTICS
from xlidx.excel.functions.turbo_desk import DESK
from xlidx.excel.functions.turbo_path import PATHS
from xlidx.templates.functions.card import Page, add_function
from xlidx.templates.functions.shape import widths
from xlidx.templates.functions.text import INPUTS, cover
from xlidx.templates.kit.checks import Check, add_checks, equal
from xlidx.templates.kit.cover import add_cover
from xlidx.templates.kit.inputs import add_inputs
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, define, finish, height, open_desk, printed, section

NAME = "functions"
# A group that fills more than one sheet, and functions whose answer is a long list.
PARTS = {
    **{entry.name: "Turbo paths" for entry in PATHS},
    **{entry.name: "Turbo analytics" for entry in ANALYTICS},
    **{entry.name: "Turbo desk" for entry in DESK},
    "XI_FUNCTIONS": "Lists",
    "XI_RULES": "Lists",
}
CONTENTS = (32, 17, 104)
MOST, MOST_OF_LISTS = 30.0, 60.0  # widest column
WORDS = {
    "Index": "levels, divisors, weights, returns",
    "Actions": "corporate actions",
    "Review": "free float, velocity, dates, selection",
    "Selection": "screens, yield, least variance",
    "Rebalancing": "weights and numbers of shares",
    "Turbo": "level, stop-loss, settlement, book",
    "Turbo paths": "day by day, events, valuation dates",
    "Turbo analytics": "value, probability, ladder, scenario",
    "Turbo desk": "carry, hedge, implied spot, new series",
    "Help": "explanations, reasons, identifiers",
    "Lists": "all functions, all clauses",
}


def sheet_of(entry: Entry) -> str:
    """Return the sheet that shows a function."""
    return PARTS.get(entry.name, entry.group)


def build(path: Path) -> None:
    """Write the function book, formulas without values."""
    desk = open_desk(path, NAME, "xlidx functions")
    titles = sheets()
    listed = [("Inputs", "Tolerance of the answers"), ("Contents", f"All {len(CATALOGUE)} functions with links")]
    listed += [(title, WORDS.get(title, title).capitalize()) for title in titles]
    listed += [("Checks", "One for each function")]
    add_cover(desk, cover(tuple((title, words, "") for title, words in listed)))
    add_inputs(desk, (("Checks", INPUTS),))
    contents = add_sheet(desk, "Contents", "help", CONTENTS, "Every function by sheet; a name is a link.", (6, 0))
    pages = [_page(desk, title) for title in titles]
    _contents(desk, contents, pages)
    verdicts = {name: cells for page in pages for name, cells in page.verdicts.items()}
    add_checks(desk, Places(), [_complete(), *(_check(entry, verdicts[entry.name]) for entry in CATALOGUE)])
    desk.book.define_name("ExpectedErrors", "=" + ",".join(cell for page in pages for cell in page.errors))
    finish(desk)


def sheets() -> tuple[str, ...]:
    """Return the sheets of functions in reading order, long lists last."""
    found = dict.fromkeys(sheet_of(entry) for entry in CATALOGUE)
    return (*(title for title in found if title != "Lists"), "Lists")


def _page(desk: Desk, title: str) -> Page:
    entries = [entry for entry in CATALOGUE if sheet_of(entry) == title]
    columns = widths(entries, MOST_OF_LISTS if title == "Lists" else MOST)
    lead = "Live calls: change a blue cell and press F9; the printed answer and the check stand beside the result."
    sheet = add_sheet(desk, title, "output", columns, lead)
    page, row = Page(desk, sheet, title, columns), 3
    for entry in entries:
        row = add_function(page, entry, row)
    printed(sheet, row - 2, page.last)
    return page


def _contents(desk: Desk, sheet: Any, pages: list[Page]) -> None:
    """Write the list of functions with links, and how many there are here and in the installed version."""
    styles = desk.styles
    for column, text in ((1, "Functions in this workbook"), (2, "Installed")):
        sheet.write_string(3, column, text, styles("caption"))
    sheet.set_row(4, 26)
    row = 6
    for page in pages:
        row = section(desk, sheet, row, f"{page.title}: {WORDS.get(page.title, page.title.lower())}", len(CONTENTS))
        for name, place in page.links.items():
            text = find(name).help
            sheet.set_row(row, height([(text, CONTENTS[2])], 16))
            sheet.write_url(row, 1, f"internal:'{page.title}'!B{place + 1}", styles("link"), name)
            sheet.write_string(row, 2, find(name).group, styles("line"))
            sheet.write_string(row, 3, text, styles("text"))
            row += 1
        row += 1
    figure = styles("figure", "plain", valign="vcenter")
    sheet.write_formula(4, 1, f"=COUNTA(C7:C{row})", figure)
    installed = styles("figure", "plain", valign="vcenter", font_color="#15703C")
    sheet.write_dynamic_array_formula(4, 2, 4, 2, "=ROWS(XI_FUNCTIONS())-1", installed)
    define(desk, "FunctionsShown", "Contents", 4, 1)
    define(desk, "FunctionsInstalled", "Contents", 4, 2)
    printed(sheet, row - 2, len(CONTENTS))


def _complete() -> Check:
    meaning = "More functions are installed than shown, or fewer: build the workbook again (xlidx new functions)."
    return equal("Functions of the installed xlidx that are shown", "=FunctionsShown", "=FunctionsInstalled", meaning)


def _check(entry: Entry, verdicts: list[str]) -> Check:
    """Return the check of a function: how many of its examples and wrong calls do not give what they must."""
    value = "=" + "+".join(f'IF({cell}="OK",0,1)' for cell in verdicts)
    calls = len(verdicts) - len(entry.examples)
    many = f"{len(entry.examples)} example" + "s" * (len(entry.examples) > 1)
    sources = "; ".join(example.source for example in entry.examples)
    return equal(entry.name, value, "=0", f"{many}: {sources}. {calls} refused call{'s' * (calls > 1)}.")
