"""Desk book of an index on PSI 20 rules: inputs, daily run, actions, review, capping, reconciliation, rules."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.templates.kit.checks import add_checks
from xlidx.templates.kit.cover import add_cover
from xlidx.templates.kit.help import add_help
from xlidx.templates.kit.inputs import add_inputs
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import open_desk
from xlidx.templates.psi20_index.calc.basket import add_calc
from xlidx.templates.psi20_index.inputs import INPUT_GROUPS
from xlidx.templates.psi20_index.sheets.actions import add_actions
from xlidx.templates.psi20_index.sheets.capping import add_capping
from xlidx.templates.psi20_index.sheets.checks import CHECKS
from xlidx.templates.psi20_index.sheets.daily import add_daily, place_daily
from xlidx.templates.psi20_index.sheets.history import add_history
from xlidx.templates.psi20_index.sheets.output import add_output
from xlidx.templates.psi20_index.sheets.reconciliation import add_reconciliation
from xlidx.templates.psi20_index.sheets.review import add_review
from xlidx.templates.psi20_index.sheets.rules import add_rules
from xlidx.templates.psi20_index.tables import add_input_tables
from xlidx.templates.psi20_index.text import COVER, HELP

NAME = "psi20_index"
ROOMS = (
    add_calc,
    add_daily,
    add_history,
    add_actions,
    add_review,
    add_capping,
    add_reconciliation,
    add_output,
    add_rules,
)


def build(path: Path) -> None:
    """Write the index workbook, formulas without values."""
    desk, places = open_desk(path, NAME, "xlidx PSI 20 desk book"), Places()
    add_cover(desk, COVER)
    add_inputs(desk, INPUT_GROUPS).fit_to_pages(1, 1)
    place_daily(places)
    for room in (add_input_tables, *ROOMS):
        room(desk, places)
    add_checks(desk, places, CHECKS)
    call = f'=XI_EXPLAIN("XI_CAPPING_FACTORS",{places.column("mem.value")},Cap)'
    add_help(desk, attrs.evolve(HELP, explain_call=call))
    desk.book.close()
