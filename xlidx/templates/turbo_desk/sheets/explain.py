"""Explain sheet of the turbo desk: the steps behind level, stop-loss and settlement of the chosen series."""

from __future__ import annotations

from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk, add_sheet, printed, section, spill
from xlidx.templates.turbo_desk.chosen_series import add_chosen_series

HOME = "Explain"
WIDTHS = (17, 44, 16, 26, 58, 12, 15, 14, 12, 14, 12, 12, 13)
# Key, title, call, steps.
EXPLAINED = (
    (
        "level",
        "Financing level: the last step of the roll",
        (
            '"XI_TURBO_FINANCING_LEVEL",{pick.side^},{now.before^},{now.rate^},{pick.spread^},{now.days^},'
            "{now.taken^},{now.year^}"
        ),
        10,
    ),
    (
        "stop",
        "Stop-loss price set from that level",
        '"XI_TURBO_STOP_LOSS",{pick.side^},{now.level^},{pick.premium^},{pick.rounding^},{pick.kind^}',
        6,
    ),
    (
        "paid",
        "Settlement by the event chosen on Inputs",
        (
            '"XI_TURBO_CASH_SETTLEMENT",{pick.side^},{now.level^},IF(EventPick="stop loss",{now.worst^},{now.spot^}),'
            "{pick.entitlement^},{now.fx^},EventPick,{pick.kind^},Expenses,Decimals"
        ),
        11,
    ),
)


def add_explain(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "Symbol, meaning, value, unit and clause of every step, for the series and the event chosen on Inputs."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    row = add_chosen_series(desk, sheet, places, 3)
    styles = desk.styles
    wrapped = styles("function", text_wrap=True)
    body = [styles("function"), wrapped, styles("function", "any"), wrapped, wrapped]
    for key, title, arguments, steps in EXPLAINED:
        row = section(desk, sheet, row, title, len(WIDTHS))
        text = filled(f"=XI_EXPLAIN({arguments})", places, 0, "", HOME)
        spill(sheet, row, 1, text, [[styles("head")] * 5, *[body] * steps])
        for at in range(row + 1, row + 1 + steps):
            sheet.set_row(at, 30)
        places.put(f"why_{key}", steps, HOME, row + 1, {"symbol": 1, "value": 3})
        row += steps + 2
    printed(sheet, row - 1, len(WIDTHS), pages=(1, 1))
