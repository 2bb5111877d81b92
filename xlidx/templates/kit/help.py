"""The Help sheet: one explained result, what each sheet does, functions, conventions, sources, clauses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from xlidx.excel.calls import call
from xlidx.excel.catalogue import find
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, heads, height, section, spill

WIDTHS = (30, 54, 20, 42, 44, 58)
BOLD = 0.92  # of a column: bold letters are wider
LAST = len(WIDTHS)


@attrs.frozen(kw_only=True)
class Help:
    """What the Help sheet of a workbook tells; ``sheets`` are the contents of its cover."""

    lead: str = "One result explained, the functions used here, conventions, sources."
    explained: str = ""
    explain_call: Callable[[Places], str] = attrs.field(default=lambda _: "")
    explain_rows: int = 0
    explain_height: float = 30
    sheets: tuple[tuple[str, str, str], ...]
    functions: tuple[str, ...]
    conventions: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    document: str = ""


def add_help(desk: Desk, places: Places, text: Help) -> Any:
    """Write the Help sheet."""
    sheet = add_sheet(desk, "Help", "help", WIDTHS, text.lead)
    row = 2
    if text.explain_rows:
        row = _explained(desk, sheet, 3, text, text.explain_call(places))
    row = _pairs(desk, sheet, row + 1, "Sheets", [(name, words) for name, _, words in text.sheets if words])
    row = _pairs(desk, sheet, row + 1, "Conventions", text.conventions)
    row = _pairs(desk, sheet, row + 1, "Sources", text.sources)
    row = _functions(desk, sheet, row + 1, text.functions)
    if text.document:
        row = _clauses(desk, sheet, row + 1, text)
    sheet.print_area(0, 0, row - 1, LAST)
    return sheet


def _explained(desk: Desk, sheet: Any, row: int, text: Help, call: str) -> int:
    row = section(desk, sheet, row, "One result, step by step", LAST, text.explained)
    styles = desk.styles
    body = [
        styles("function"),
        styles("function", text_wrap=True),
        styles("function", "any"),
        styles("function", text_wrap=True),
        styles("function", text_wrap=True),
    ]
    for below in range(row + 1, row + 1 + text.explain_rows):
        sheet.set_row(below, text.explain_height)
    spill(sheet, row, 1, call, [[styles("head")] * 5, *[body] * text.explain_rows])
    return row + text.explain_rows + 1


def _pairs(desk: Desk, sheet: Any, row: int, title: str, pairs: Sequence[tuple[str, str]]) -> int:
    row = section(desk, sheet, row, title, LAST)
    for name, text in pairs:
        sheet.set_row(row, height([(text, sum(WIDTHS[1:]))]))
        sheet.write_string(row, 1, name, desk.styles("strong"))
        sheet.merge_range(row, 2, row, LAST, text, desk.styles("text"))
        row += 1
    return row


def _functions(desk: Desk, sheet: Any, row: int, names: Sequence[str]) -> int:
    row = section(desk, sheet, row, "Functions used in this workbook", LAST)
    row = heads(desk, sheet, row, ("Function and arguments", "What it gives", "Default", "Accepts", "Clauses", "Call"))
    for name in names:
        entry = find(name)
        band = desk.styles("prose", bold=True, bg_color="#EDF1F6")
        clauses = gathered(entry.rules) or "none: not a term of a document"
        cells = (entry.name, entry.help, "", "", clauses, entry.syntax)
        sheet.set_row(row, height([(cell, width * BOLD) for cell, width in zip(cells, WIDTHS, strict=True)]))
        for column, cell in enumerate(cells, start=1):
            sheet.write_string(row, column, cell, band)
        row += 1
        for param in entry.params:
            if param.name.startswith("argument") and param.name != "argument1":
                continue
            row = _argument(desk, sheet, row, param)
    return row


def _argument(desk: Desk, sheet: Any, row: int, param: Any) -> int:
    default = "required" if param.required else _shown(param.default)
    name = "argument1, argument2, ..." if param.name == "argument1" else param.name
    style = desk.styles("prose")
    sheet.write_string(row, 1, name, desk.styles("prose", indent=2))
    cells = (param.help, default, param.read.accepts)
    sheet.set_row(row, height(list(zip(cells, WIDTHS[1:4], strict=True))))
    for column, cell in enumerate(cells, start=2):
        sheet.write_string(row, column, cell, style)
    sheet.write_blank(row, 5, None, style)
    sheet.write_blank(row, 6, None, style)
    return row + 1


def _clauses(desk: Desk, sheet: Any, row: int, text: Help) -> int:
    note = "What is computed, what is an input and what is narrative, clause by clause."
    row = section(desk, sheet, row, "Sections of the document", LAST, note)
    rules = call("XI_RULES", text.document)
    for offset, cells in enumerate(rules):
        sheet.set_row(row + offset, height([(cell or "", width) for cell, width in zip(cells, WIDTHS, strict=True)]))
    body = [desk.styles("function", text_wrap=True)] * LAST
    formats = [[desk.styles("head")] * LAST, *[body] * (len(rules) - 1)]
    spill(sheet, row, 1, f'=XI_RULES("{text.document}")', formats)
    return row + len(rules)


def gathered(clauses: str) -> str:
    """Return cited clauses with each document named once.

    Examples
    --------
    >>> gathered("PSI 20 rule book v16-01, 6.1; PSI 20 rule book v16-01, 6.2")
    'PSI 20 rule book v16-01: 6.1, 6.2'
    """
    found: dict[str, list[str]] = {}
    for clause in filter(None, clauses.split("; ")):
        title, _, number = clause.partition(", ")
        found.setdefault(title, []).append(number)
    return "\n".join(f"{title}: {', '.join(numbers)}" for title, numbers in found.items())


def _shown(default: Any) -> str:
    if default is None:
        return "blank"
    return f"{default:g}" if isinstance(default, float) else str(default)
