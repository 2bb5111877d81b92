"""The chosen series: the block of its terms and state that Roll, Settlement, Scenario and Explain read."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, section

# Key, heading as XI_TURBO_PATHS reads it, number format, field of Calc or Terms.
PICKED = (
    ("isin", "ISIN", "general", "in.isin"),
    ("underlying", "Underlying", "general", "in.underlying"),
    ("side", "Side", "general", "in.side"),
    ("kind", "Kind", "general", "in.kind"),
    ("printed", "Financing level", "level", "t.level"),
    ("spread", "Spread", "rate", "t.spread"),
    ("entitlement", "Entitlement", "unit", "t.entitlement"),
    ("stop_loss", "Stop-loss price", "level", "t.stop_loss"),
    ("premium", "Premium", "rate", "t.premium"),
    ("rounding", "Stop loss rounding", "cash", "t.rounding"),
    ("currency", "Financing level currency", "general", "t.currency"),
    ("settled", "Settlement currency", "general", "t.settled"),
    ("day", "Level date", "date", "t.day"),
)
STATE = (
    ("last", "Last day", "date", "in.last"),
    ("state", "State", "general", "book.state"),
    ("before", "Level before", "level4", "roll.before"),
    ("days", "Days of last step", "plain", "roll.days"),
    ("taken", "Dividend of last step", "level", "roll.taken"),
    ("rate", "Deposit rate", "rate", "in.rate"),
    ("year", "Day count", "plain", "in.year"),
    ("level", "Financing level", "level4", "roll.level"),
    ("barrier", "Stop-loss price", "level4", "roll.barrier"),
    ("spot", "Spot", "level", "in.spot"),
    ("worst", "Worst of day", "level", "in.worst"),
    ("fx", "FX", "factor", "in.fx"),
    ("sign", "Sign", "plain", "in.sign"),
)


def add_chosen_series(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    """Write the terms of the chosen series as a table of one row, its state below; return the row below."""
    note = "The series chosen on Inputs (SeriesPick): its terms, then where it stands on its last day."
    row = section(desk, sheet, row, "Chosen series", len(PICKED), note)
    for block, line, down in (("pick", PICKED, 0), ("now", STATE, 2)):
        for column, (key, label, number, source) in enumerate(line, start=1):
            sheet.write_string(row + down, column, label, desk.styles("head"))
            sheet.write_formula(row + down + 1, column, _picked(places, source), desk.styles("cross", number))
            places.put(block, 1, sheet.get_name(), row + down + 1, {key: column})
    sheet.set_row(row, 30)
    sheet.set_row(row + 2, 30)
    return row + 5


def _picked(places: Places, source: str) -> str:
    return f"=INDEX({places.column(source)},MATCH(SeriesPick,{places.column('in.isin')},0))"
