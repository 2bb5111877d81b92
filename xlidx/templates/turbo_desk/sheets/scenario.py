"""Scenario sheet of the turbo desk: carry, hedge and exposure of one series, and its value over spots and days."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, beside, lay, result, results
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk, add_sheet, heads, printed, section
from xlidx.templates.turbo_desk.chosen_series import add_chosen_series

HOME, SHIFTS, AHEAD = "Scenario", 9, 5
ROWS = SHIFTS * AHEAD
WIDTHS = (24, 14, 14, 14, 14, 14, 15, 14, 14, 14, 13, 13, 13, 13)
COLUMNS = results(
    "series:plain shift:rate days:plain rate:rate spot:level level:level4 stop_loss:level4 value:cash4 change:cash4 "
    "state"
)
FIGURES = (
    (
        "Carry of one day",
        "EUR per certificate",
        "=XI_TURBO_CARRY({pick.side^},{now.level^},{now.rate^},{pick.spread^},{pick.entitlement^},{now.fx^},{now.year^})",
        "=-{now.sign^}*{now.level^}*({now.rate^}+{now.sign^}*{pick.spread^})/{now.year^}*{pick.entitlement^}/{now.fx^}",
    ),
    (
        "Certificates to hedge the position",
        "certificates",
        "=XI_TURBO_HEDGE_COUNT(Position,{now.spot^},{pick.entitlement^},{now.fx^})",
        "=Position*{now.fx^}/({now.spot^}*{pick.entitlement^})",
    ),
    (
        "Currency exposure of that hedge",
        "financing currency",
        (
            "=XI_TURBO_FX_EXPOSURE({pick.side^},{now.level^},{now.spot^},{pick.entitlement^},Position*{now.fx^}"
            "/({now.spot^}*{pick.entitlement^}))"
        ),
        "=MAX(0,{now.sign^}*({now.spot^}-{now.level^}))*Position*{now.fx^}/{now.spot^}",
    ),
)
SHIFT = Block(
    "shift",
    "Value per certificate, EUR, by spot (down) and days ahead (across)",
    "Level and stop-loss move with the days; a touched stop-loss leaves best and limited without value.",
    (
        Field("shift", "Spot shift", "of the spot", "rate", "cross", f"=({{n}}-({SHIFTS}+1)/2)*ShiftStep"),
        Field("spot", "Spot", "points", "level", "formula", "={now.spot^}*(1+{shift})"),
    ),
    SHIFTS,
)


def _field(key: str, head: str, number: str, formula: str) -> Field:
    return Field(key, head, "", number, "formula", formula)


# fmt: off
REPLICA = (
    _field("level", "Level, replica", "level4",
           '=IF({pick.kind^}="limited",{now.level^},{now.level^}*(1+({now.rate^}+{now.sign^}*{pick.spread^})'
           "*{scen.days}/{now.year^}))"),
    _field("stops", "Stop-loss, replica", "flag", "=IF({now.sign^}*({scen.spot}-{scen.stop_loss})<=0,1,0)"),
    _field("value", "Value, replica", "cash4",
           '=IF(AND({stops}=1,{pick.kind^}<>"open ended"),0,MAX(0,{now.sign^}*({now.spot^}*(1+{scen.shift})-{level})))'
           "*{pick.entitlement^}/{now.fx^}"),
    _field("diff", "Difference", "diff",
           '=MAX(ABS({scen.level}-{level}),ABS({scen.value}-{value}),ABS(IF({scen.state}="live",0,1)-{stops}))'),
)
# fmt: on


def add_scenario(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "The chosen series from its last day on: carry, hedge, and its value at other spots and later days."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    row = add_chosen_series(desk, sheet, places, 3)
    row = _figures(desk, sheet, places, row)
    row = lay(desk, sheet, places, (SHIFT,), row)
    _table(desk, sheet, places, row)
    _grid(desk, sheet, places)
    printed(sheet, row + 3 + ROWS, len(WIDTHS), scale=60, breaks=[row])


def _figures(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    row = section(desk, sheet, row, "Carry, hedge and currency", len(WIDTHS))
    row = heads(desk, sheet, row, ("Figure", "Function", "Replica", "Difference", "Unit"))
    places.put("figure", len(FIGURES), HOME, row, {"name": 1, "function": 2, "replica": 3, "diff": 4})
    for offset, (name, unit, call, replica) in enumerate(FIGURES):
        at = row + offset
        style = desk.styles("function", "any")
        sheet.set_row(at, 30)
        sheet.write_string(at, 1, name, desk.styles("prose"))
        sheet.write_dynamic_array_formula(at, 2, at, 2, filled(call, places, 0, "", HOME), style)
        sheet.write_formula(at, 3, filled(replica, places, 0, "", HOME), desk.styles("cross", "any"))
        gap = filled("=ABS({figure.function}-{figure.replica})", places, offset, "", HOME)
        sheet.write_formula(at, 4, gap, desk.styles("formula", "diff"))
        sheet.write_string(at, 5, unit, desk.styles("prose"))
    return row + len(FIGURES) + 1


def _grid(desk: Desk, sheet: Any, places: Places) -> None:
    _, first, column, _ = places.first["shift.spot"]
    for across in range(AHEAD):
        at = column + 1 + across
        sheet.write_formula(first - 2, at, f"={across}*DayStep", desk.styles("head", "plain"))
        sheet.write_string(first - 1, at, "days ahead", desk.styles("unit"))
        for down in range(SHIFTS):
            text = f"={places.cell('scen.value', down * AHEAD + across, HOME)}"
            sheet.write_formula(first + down, at, text, desk.styles("formula", "cash4"))
    scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#9CCBD3"}
    sheet.conditional_format(first, column + 1, first + SHIFTS - 1, column + AHEAD, scale)


def _table(desk: Desk, sheet: Any, places: Places, row: int) -> None:
    note = "Green: XI_TURBO_SCENARIO for all spots and days in one call; beside it the same by ordinary formulas."
    row = section(desk, sheet, row, "The scenarios behind the grid", len(WIDTHS), note)
    _, first, column, _ = places.first["shift.spot"]
    places.put("ahead", 1, HOME, first - 2, {"days": column + 1}, AHEAD)
    one = ["pick.side^", "now.level^", "now.spot^", "pick.spread^", "pick.entitlement^"]
    fixed = ",".join(f"{{{name}}}" for name in one)
    rest = "{now.rate^},{now.fx^},{pick.kind^},{pick.premium^},{pick.rounding^},{now.year^}"
    days = places.cell("ahead.days", 0, HOME)
    call = f"=XI_TURBO_SCENARIO({fixed},{{shift.shift:}},{days},{rest})"
    result(desk, sheet, places, "scen", (row, 1), call, COLUMNS, ROWS)
    beside(desk, sheet, places, "sreplica", (row, len(COLUMNS) + 1), REPLICA, ROWS)
    sheet.set_row(row, 30)
