"""Reconciliation sheet of the index workbook: published level and weights against the computed ones."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Field, beside
from xlidx.templates.kit.cards import cards, mark
from xlidx.templates.kit.inputs import Input, write_input
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.rules import LEVEL, day_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, address, define_block, heads, printed, section
from xlidx.templates.psi20_index.calc.levels import DAY_PLACE
from xlidx.templates.psi20_index.sample.members import AS_OF, LINES, PUBLISHED_LEVELS, PUBLISHED_WEIGHTS

HOME, WIDE = "Reconciliation", len(LINES)
WIDTHS = (22, 24, 20, 20, 16, 16, 22)
LAST = len(WIDTHS)
LEVELS_ROW, WEIGHTS_ROW = 7, 16
VERSIONS = (
    ("PublishedPrice", "Price", "hs.price"),
    ("PublishedNet", "Net return", "hs.net"),
    ("PublishedGross", "Gross return", "hs.gross"),
)
WEIGHT = number_rule(0, 1, "Weight", "A fraction: 4.25 % is 0.0425; 0 for a company that is no member.")
MEMBERS = (
    Field("code", "ISIN", "", "general", "cross", "={now.code}"),
    Field("name", "Company", "", "general", "cross", "={now.name}"),
)
COMPUTED = Field("computed", "Computed", "", "fraction4", "cross", "={now.weight}")
_DIFFER = '=COUNTIF({pl.state},"DIFFERS")+COUNTIF({pw.state},"DIFFERS")'
FIGURES = (
    (1, 1, "As of", "=AsOf", "date"),
    (2, 2, "Published figures of", "=PublishedDate", "date"),
    (3, 3, "Largest gap of a level", "=MAX({pl.diff})", "exact"),
    (4, 4, "Largest gap of a weight", "=MAX({pw.diff})", "diff"),
    (5, 6, "Figures that differ", _DIFFER, "count"),
)


def add_reconciliation(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "What the compiler publishes against what this workbook computes; the published figures here are invented."
    sheet = add_sheet(desk, HOME, "check", WIDTHS, lead)
    columns = {"code": 1, "published": 3, "computed": 4, "diff": 5, "limit": 6, "state": 7}
    places.put("pl", len(VERSIONS), HOME, LEVELS_ROW + 3, columns)
    places.put("pw", WIDE, HOME, WEIGHTS_ROW + 2, columns)
    cards(desk, sheet, places, FIGURES, (7, 7))
    _levels(desk, sheet, places)
    _weights(desk, sheet, places)
    for key in ("pl", "pw"):
        _, row, column, _ = places.first[f"{key}.state"]
        area = (row, column, row + places.heights[key] - 1, column)
        mark(desk, sheet, area, (("OK", "good"), ("DIFFERS", "bad")))
    printed(sheet, WEIGHTS_ROW + 4 + WIDE, LAST, pages=(1, 1))


def _levels(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Computed: sheet History on the as-of date. Tolerance: sheet Inputs."
    row = section(desk, sheet, LEVELS_ROW - 1, "1  Levels", LAST, note)
    row = heads(desk, sheet, row, ("Version", "Name", "Published", "Computed"))
    day = Input(
        "PublishedDate", "", AS_OF, "date", "", day_rule("Session that the published figures are of."), plain=True
    )
    sheet.write_string(row, 1, "Session", desk.styles("label"))
    sheet.write_string(row, 2, day.name, desk.styles("name"))
    write_input(desk, sheet, row, 3, day)
    sheet.write_formula(row, 4, "=AsOf", desk.styles("cross", "date"))
    for offset, ((name, label, source), value) in enumerate(zip(VERSIONS, PUBLISHED_LEVELS, strict=True)):
        at = row + 1 + offset
        one = Input(name, label, value, "level", "", LEVEL, plain=True)
        sheet.write_string(at, 1, label, desk.styles("label"))
        sheet.write_string(at, 2, name, desk.styles("name"))
        write_input(desk, sheet, at, 3, one)
        computed = filled(f"=INDEX({{{source}:}},{DAY_PLACE})", places, 0)
        sheet.write_formula(at, 4, computed, desk.styles("cross", "exact"))
    beside(desk, sheet, places, "pl", (row - 1, 5), _judged("exact", "LevelTolerance"), len(VERSIONS), 2)


def _weights(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Computed: Calc block 9 on the as-of date. A dash is no member."
    row = section(desk, sheet, WEIGHTS_ROW - 1, "2  Weights", LAST, note)
    sheet.set_row(row, 17)
    beside(desk, sheet, places, "pw", (row, 1), MEMBERS, WIDE)
    sheet.write_string(row, 3, "Published", desk.styles("head"))
    beside(desk, sheet, places, "pw", (row, 4), (COMPUTED, *_judged("diff", "WeightTolerance")), WIDE)
    row += 1
    for offset, weight in enumerate(PUBLISHED_WEIGHTS):
        sheet.write_number(row + offset, 3, weight, desk.styles("input", "fraction"))
    sheet.data_validation(row, 3, row + WIDE - 1, 3, WEIGHT)
    define_block(desk, "PublishedWeights", HOME, (row, 3), (row + WIDE - 1, 3))
    desk.plain.append(address(HOME, row, 3, row + WIDE - 1))


# fmt: off
def _judged(number: str, limit: str) -> tuple[Field, Field, Field]:
    """Return the fields of a difference, its limit and whether it stays within."""
    return (
        Field("diff", "Difference", "", number, "formula", "=ABS({computed}-{published})"),
        Field("limit", "Tolerance", "", number, "cross", f"={limit}"),
        Field("state", "Status", "", "general", "status",
              '=IF(ISERROR({diff}),"DIFFERS",IF({diff}<={limit},"OK","DIFFERS"))'),
    )
# fmt: on
