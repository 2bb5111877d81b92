"""Desk book of an index on PSI 20 rules: inputs, daily run, actions, review, capping, reconciliation, rules."""

from __future__ import annotations

from pathlib import Path

from xlidx.templates.kit.workbook import Workbook, write_workbook
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

BOOK = Workbook(
    name="psi20_index",
    title="xlidx PSI 20 desk book",
    cover=COVER,
    inputs=INPUT_GROUPS,
    placed=(place_daily,),
    sheets=(
        add_input_tables,
        add_calc,
        add_daily,
        add_history,
        add_actions,
        add_review,
        add_capping,
        add_reconciliation,
        add_output,
        add_rules,
    ),
    checks=CHECKS,
    help=HELP,
)


def build(path: Path) -> None:
    """Write the workbook, formulas without values."""
    write_workbook(path, BOOK)
