"""Workbook of one quarter by the Solactive Human Capital World MV guideline: from the universe to the levels."""

from __future__ import annotations

from pathlib import Path

from xlidx.templates.human_capital_mv.checks import CHECKS
from xlidx.templates.human_capital_mv.index import add_index, place_index
from xlidx.templates.human_capital_mv.inputs import INPUT_GROUPS
from xlidx.templates.human_capital_mv.optimise import add_optimise
from xlidx.templates.human_capital_mv.rebalance import add_rebalance
from xlidx.templates.human_capital_mv.selection import add_screens, add_yield
from xlidx.templates.human_capital_mv.tables import add_events, add_price_sheet, add_universe, place_tables
from xlidx.templates.human_capital_mv.text import COVER, HELP
from xlidx.templates.kit.workbook import Workbook, write_workbook

BOOK = Workbook(
    name="human_capital_mv",
    title="xlidx Human Capital World MV",
    cover=COVER,
    inputs=INPUT_GROUPS,
    placed=(place_tables, place_index),
    sheets=(
        add_universe,
        add_price_sheet,
        add_screens,
        add_yield,
        add_optimise,
        add_rebalance,
        add_index,
        add_events,
    ),
    checks=CHECKS,
    help=HELP,
)


def build(path: Path) -> None:
    """Write the workbook, formulas without values."""
    write_workbook(path, BOOK)
