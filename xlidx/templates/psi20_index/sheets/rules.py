"""Rules sheet of the index workbook: every section of the rule book, with its status."""

from __future__ import annotations

from xlidx.excel.calls import call
from xlidx.templates.kit.cards import cards, mark
from xlidx.templates.kit.places import Places, in_order
from xlidx.templates.kit.style import Desk, add_sheet, height, printed, section, spill

HOME, DOCUMENT = "Rules", "psi20"
WIDTHS = (17, 46, 14, 62, 44, 62)
TABLE = 8
STATUSES = (("implemented", "Implemented"), ("input", "Input of the desk"), ("narrative", "Narrative"))
_COUNTS = [f'COUNTIF({{ru.status}},"{word}")' for word, _ in STATUSES]
FIGURES = (
    *(
        (n, n, caption, f"={count}", "count")
        for n, ((_, caption), count) in enumerate(zip(STATUSES, _COUNTS, strict=True), 1)
    ),
    (4, 4, "Other", f"=COUNTA({{ru.status}})-({'+'.join(_COUNTS)})", "count"),
    (5, 5, "Sections", "=COUNTA({ru.section})", "count"),
)


def add_rules(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "PSI 20 rule book v16-01, section by section: what a function computes, what is an input, what is narrative."
    sheet = add_sheet(desk, HOME, "help", WIDTHS, lead, (TABLE + 1, 0))
    rules = call("XI_RULES", DOCUMENT)
    count = len(rules) - 1
    columns = ("section", "title", "status", "functions", "excel", "note")
    places.put("ru", count, HOME, TABLE + 1, in_order(columns))
    places.put("rk", 1, HOME, 4, in_order([*(key for key, _ in STATUSES), "other", "all"]))
    cards(desk, sheet, places, FIGURES, (6, 6))
    section(desk, sheet, TABLE - 1, "Sections of the rule book", len(WIDTHS))
    body = [desk.styles("function", text_wrap=True)] * len(WIDTHS)
    spill(sheet, TABLE, 1, f'=XI_RULES("{DOCUMENT}")', [[desk.styles("head")] * len(WIDTHS), *([body] * count)])
    sheet.set_row(TABLE, 18)
    for offset, cells in enumerate(rules[1:], start=TABLE + 1):
        sheet.set_row(offset, height([(cell or "", width) for cell, width in zip(cells, WIDTHS, strict=True)]))
    last = TABLE + count
    mark(desk, sheet, (TABLE + 1, 3, last, 3), (("implemented", "good"), ("planned", "bad")))
    printed(sheet, last, len(WIDTHS), heads=TABLE)
