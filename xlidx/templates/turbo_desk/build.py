"""Turbo desk: the 23 real series of one Final Terms document, rolled, valued and settled."""

from __future__ import annotations

from pathlib import Path

from xlidx.templates.kit.workbook import Workbook, write_workbook
from xlidx.templates.turbo_desk.calc import add_calc
from xlidx.templates.turbo_desk.checks import CHECKS
from xlidx.templates.turbo_desk.inputs import INPUT_GROUPS
from xlidx.templates.turbo_desk.market import add_market
from xlidx.templates.turbo_desk.pricing import add_pricing
from xlidx.templates.turbo_desk.sheets.events import add_events
from xlidx.templates.turbo_desk.sheets.explain import add_explain
from xlidx.templates.turbo_desk.sheets.ladder import add_ladder
from xlidx.templates.turbo_desk.sheets.output import add_output
from xlidx.templates.turbo_desk.sheets.paths import add_paths
from xlidx.templates.turbo_desk.sheets.roll import add_roll
from xlidx.templates.turbo_desk.sheets.scenario import add_scenario
from xlidx.templates.turbo_desk.sheets.settlement import add_settlement
from xlidx.templates.turbo_desk.terms import add_terms
from xlidx.templates.turbo_desk.text import COVER, HELP

BOOK = Workbook(
    name="turbo_desk",
    title="xlidx turbo desk",
    cover=COVER,
    inputs=INPUT_GROUPS,
    sheets=(
        add_terms,
        add_market,
        add_pricing,
        add_paths,
        add_calc,
        add_output,
        add_roll,
        add_events,
        add_settlement,
        add_scenario,
        add_ladder,
        add_explain,
    ),
    checks=CHECKS,
    help=HELP,
)


def build(path: Path) -> None:
    """Write the workbook, formulas without values."""
    write_workbook(path, BOOK)
