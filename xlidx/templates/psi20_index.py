"""Desk book of an index on PSI 20 rules: inputs, daily run, actions, review, capping, reconciliation, rules."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.templates.grid import Places
from xlidx.templates.help import add_help
from xlidx.templates.parts import add_checks, add_cover, add_inputs
from xlidx.templates.psi20_actions import add_actions
from xlidx.templates.psi20_calc import add_calc
from xlidx.templates.psi20_capping import add_capping
from xlidx.templates.psi20_checks import CHECKS
from xlidx.templates.psi20_daily import add_daily, place_daily
from xlidx.templates.psi20_history import add_history
from xlidx.templates.psi20_inputs import INPUT_GROUPS
from xlidx.templates.psi20_output import add_output
from xlidx.templates.psi20_reconcile import add_reconciliation
from xlidx.templates.psi20_review import add_review
from xlidx.templates.psi20_rules import add_rules
from xlidx.templates.psi20_tables import (
    add_candidates,
    add_decisions,
    add_dividends,
    add_events,
    add_members,
    add_prices,
)
from xlidx.templates.psi20_text import COVER, HELP
from xlidx.templates.style import open_desk

NAME = "psi20_index"
INPUTS = (add_members, add_prices, add_dividends, add_events, add_candidates, add_decisions)
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
    lead = "Blue cells on cream are yours to change; all are named."
    add_inputs(desk, lead, INPUT_GROUPS).fit_to_pages(1, 1)
    place_daily(places)
    for room in (*INPUTS, *ROOMS):
        room(desk, places)
    add_checks(desk, places, CHECKS)
    call = f'=XI_EXPLAIN("XI_CAPPING_FACTORS",{places.column("mem.value")},Cap)'
    add_help(desk, attrs.evolve(HELP, explain_call=call))
    desk.book.close()
