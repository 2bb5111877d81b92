"""Workbook of one quarter by the Solactive Human Capital World MV guideline: from the universe to the levels."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.templates.human_capital_mv.checks import CHECKS
from xlidx.templates.human_capital_mv.index import add_index, place_index
from xlidx.templates.human_capital_mv.inputs import INPUT_GROUPS
from xlidx.templates.human_capital_mv.optimise import add_optimise
from xlidx.templates.human_capital_mv.rebalance import add_rebalance
from xlidx.templates.human_capital_mv.selection import add_screens, add_yield
from xlidx.templates.human_capital_mv.tables import add_events, add_price_sheet, add_universe, place_tables
from xlidx.templates.human_capital_mv.text import COVER, HELP
from xlidx.templates.kit.checks import add_checks
from xlidx.templates.kit.cover import add_cover
from xlidx.templates.kit.help import add_help
from xlidx.templates.kit.inputs import add_inputs
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import open_desk

NAME = "human_capital_mv"
ROOMS = (add_universe, add_price_sheet, add_screens, add_yield, add_optimise, add_rebalance, add_index, add_events)


def build(path: Path) -> None:
    """Write the workbook, formulas without values."""
    desk, places = open_desk(path, NAME, "xlidx Human Capital World MV"), Places()
    add_cover(desk, COVER)
    add_inputs(desk, INPUT_GROUPS).fit_to_pages(1, 1)
    place_tables(places)
    place_index(places)
    for room in ROOMS:
        room(desk, places)
    add_checks(desk, places, CHECKS)
    row = places.first["k.diff"][1] + 2
    call = (
        f'=XI_EXPLAIN("XI_SHARES_ADJUST","dividend",Events!$C${row},Events!$D${row},Events!$E${row + 3}:$F${row + 3})'
    )
    add_help(desk, attrs.evolve(HELP, explain_call=call))
    desk.book.close()
