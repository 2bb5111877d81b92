"""Rules sheet of the index workbook: every section of the rule book, with its status."""

from __future__ import annotations

from typing import Any

from xlidx.excel.calls import call
from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, height, section, spill

HOME, DOCUMENT = "Rules", "psi20"
WIDTHS = (17, 46, 14, 62, 44, 62)
TABLE = 8
STATUSES = (("implemented", "Implemented"), ("input", "Input of the desk"), ("narrative", "Narrative"))


def add_rules(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "PSI 20 rule book v16-01, section by section: what a function computes, what is an input, what is narrative."
    sheet = add_sheet(desk, HOME, "help", WIDTHS, lead, (TABLE + 1, 0))
    rules = call("XI_RULES", DOCUMENT)
    count = len(rules) - 1
    columns = ("section", "title", "status", "functions", "excel", "note")
    places.put("ru", count, HOME, TABLE + 1, {key: n for n, key in enumerate(columns, start=1)})
    _cards(desk, sheet, places)
    section(desk, sheet, TABLE - 1, "Sections of the rule book", len(WIDTHS))
    body = [desk.styles("function", text_wrap=True)] * len(WIDTHS)
    spill(sheet, TABLE, 1, f'=XI_RULES("{DOCUMENT}")', [[desk.styles("head")] * len(WIDTHS), *([body] * count)])
    sheet.set_row(TABLE, 18)
    for offset, cells in enumerate(rules[1:], start=TABLE + 1):
        sheet.set_row(offset, height([(cell or "", width) for cell, width in zip(cells, WIDTHS, strict=True)]))
    last = TABLE + count
    for text, role in (("implemented", "good"), ("planned", "bad")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": desk.styles(role)}
        sheet.conditional_format(TABLE + 1, 3, last, 3, rule)
    sheet.print_area(0, 0, last, len(WIDTHS))
    sheet.repeat_rows(TABLE)
    return sheet


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    status = places.column("ru.status", HOME)
    for column, (word, caption) in enumerate(STATUSES, start=1):
        card(desk, sheet, (3, column, column), caption, f'=COUNTIF({status},"{word}")', "count")
    known = "+".join(f'COUNTIF({status},"{word}")' for word, _ in STATUSES)
    card(desk, sheet, (3, 4, 4), "Other", f"=COUNTA({status})-({known})", "count")
    card(desk, sheet, (3, 5, 5), "Sections", f"=COUNTA({places.column('ru.section', HOME)})", "count")
    status_card(desk, sheet, (3, 6, 6))
    places.put("rk", 1, HOME, 4, {"implemented": 1, "input": 2, "narrative": 3, "other": 4, "all": 5})
