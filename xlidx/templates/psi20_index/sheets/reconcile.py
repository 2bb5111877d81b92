"""Reconciliation sheet of the index workbook: published level and weights against the computed ones."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.inputs import Input, write_input
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.rules import number_rule
from xlidx.templates.kit.style import Desk, add_sheet, define_block, heads, section
from xlidx.templates.psi20_index.calc.levels import DAY_PLACE
from xlidx.templates.psi20_index.inputs import LEVEL, day_rule
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


def add_reconciliation(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "What the compiler publishes against what this workbook computes; the published figures here are invented."
    sheet = add_sheet(desk, HOME, "check", WIDTHS, lead)
    columns = {"code": 1, "published": 3, "computed": 4, "diff": 5, "limit": 6, "state": 7}
    places.put("pl", len(VERSIONS), HOME, LEVELS_ROW + 3, columns)
    places.put("pw", WIDE, HOME, WEIGHTS_ROW + 2, columns)
    _cards(desk, sheet, places)
    _levels(desk, sheet, places)
    _weights(desk, sheet, places)
    for key in ("pl", "pw"):
        _, row, column, _ = places.first[f"{key}.state"]
        for text, role in (("OK", "good"), ("DIFFERS", "bad")):
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": desk.styles(role)}
            sheet.conditional_format(row, column, row + places.heights[key] - 1, column, rule)
    sheet.print_area(0, 0, WEIGHTS_ROW + 4 + WIDE, LAST)
    sheet.fit_to_pages(1, 1)
    return sheet


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    states = [places.column(f"{key}.state", HOME) for key in ("pl", "pw")]
    figures = (
        ((3, 1, 1), "As of", "=AsOf", "date"),
        ((3, 2, 2), "Published figures of", "=PublishedDate", "date"),
        ((3, 3, 3), "Largest gap of a level", f"=MAX({places.column('pl.diff', HOME)})", "exact"),
        ((3, 4, 4), "Largest gap of a weight", f"=MAX({places.column('pw.diff', HOME)})", "diff"),
        (
            (3, 5, 6),
            "Figures that differ",
            f'=COUNTIF({states[0]},"DIFFERS")+COUNTIF({states[1]},"DIFFERS")',
            "count",
        ),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 7, 7))


def _levels(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Computed: sheet History on the as-of date. Tolerance: sheet Inputs."
    row = section(desk, sheet, LEVELS_ROW - 1, "1  Levels", LAST, note)
    row = heads(desk, sheet, row, ("Version", "Name", "Published", "Computed", "Difference", "Tolerance", "Status"))
    day = Input(
        name="PublishedDate",
        label="",
        value=AS_OF,
        number="date",
        unit="",
        source="",
        rule=day_rule("Session that the published figures are of."),
    )
    sheet.write_string(row, 1, "Session", desk.styles("label"))
    sheet.write_string(row, 2, day.name, desk.styles("name"))
    write_input(desk, sheet, row, 3, day)
    sheet.write_formula(row, 4, "=AsOf", desk.styles("cross", "date"))
    for offset, ((name, label, source), value) in enumerate(zip(VERSIONS, PUBLISHED_LEVELS, strict=True)):
        at = row + 1 + offset
        one = Input(name=name, label=label, value=value, number="level", unit="", source="", rule=LEVEL)
        sheet.write_string(at, 1, label, desk.styles("label"))
        sheet.write_string(at, 2, name, desk.styles("name"))
        write_input(desk, sheet, at, 3, one)
        computed = filled(f"=INDEX({{{source}:}},{DAY_PLACE})", places, 0)
        sheet.write_formula(at, 4, computed, desk.styles("cross", "exact"))
        _judged(desk, sheet, places, at, ("pl", offset, "exact", "LevelTolerance"))


def _weights(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Computed: Calc block 9 on the as-of date. A dash is no member."
    row = section(desk, sheet, WEIGHTS_ROW - 1, "2  Weights", LAST, note)
    row = heads(desk, sheet, row, ("ISIN", "Company", "Published", "Computed", "Difference", "Tolerance", "Status"))
    for offset in range(WIDE):
        at = row + offset
        sheet.write_formula(at, 1, f"={places.cell('now.code', offset)}", desk.styles("cross"))
        sheet.write_formula(at, 2, f"={places.cell('now.name', offset)}", desk.styles("cross"))
        sheet.write_number(at, 3, PUBLISHED_WEIGHTS[offset], desk.styles("input", "fraction"))
        computed = f"={places.cell('now.weight', offset)}"
        sheet.write_formula(at, 4, computed, desk.styles("cross", "fraction", num_format='0.0000%_);-0.0000%_);"-"_)'))
        _judged(desk, sheet, places, at, ("pw", offset, "diff", "WeightTolerance"))
    sheet.data_validation(row, 3, row + WIDE - 1, 3, WEIGHT)
    define_block(desk, "PublishedWeights", HOME, (row, 3), (row + WIDE - 1, 3))


def _judged(desk: Desk, sheet: Any, places: Places, at: int, what: tuple[str, int, str, str]) -> None:
    block, offset, number, limit = what
    difference = filled("=ABS({computed}-{published})", places, offset, block, HOME)
    sheet.write_formula(at, 5, difference, desk.styles("formula", number))
    sheet.write_formula(at, 6, f"={limit}", desk.styles("cross", number))
    state = filled('=IF(ISERROR({diff}),"DIFFERS",IF({diff}<={limit},"OK","DIFFERS"))', places, offset, block, HOME)
    sheet.write_formula(at, 7, state, desk.styles("status"))
