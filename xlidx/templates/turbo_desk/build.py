"""Turbo desk: the 23 real series of one Final Terms document, rolled, valued and settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.checks import add_checks
from xlidx.templates.kit.cover import add_cover
from xlidx.templates.kit.help import add_help
from xlidx.templates.kit.inputs import add_inputs
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, dress, heads, open_desk, section
from xlidx.templates.turbo_desk.calc import ROWS, add_calc
from xlidx.templates.turbo_desk.checks import CHECKS
from xlidx.templates.turbo_desk.inputs import INPUT_GROUPS, add_terms
from xlidx.templates.turbo_desk.market import add_market
from xlidx.templates.turbo_desk.sample import INDICES
from xlidx.templates.turbo_desk.sheets.events import add_events
from xlidx.templates.turbo_desk.sheets.explain import add_explain
from xlidx.templates.turbo_desk.sheets.ladder import add_ladder
from xlidx.templates.turbo_desk.sheets.paths import add_paths
from xlidx.templates.turbo_desk.sheets.roll import add_roll
from xlidx.templates.turbo_desk.sheets.scenario import add_scenario
from xlidx.templates.turbo_desk.sheets.settlement import add_settlement
from xlidx.templates.turbo_desk.text import COVER, HELP

NAME = "turbo_desk"
ROOMS = (add_roll, add_events, add_settlement, add_scenario, add_ladder, add_explain)


def build(path: Path) -> None:
    """Write the turbo desk, formulas without values."""
    desk, places = open_desk(path, NAME, "xlidx turbo desk"), Places()
    add_cover(desk, COVER)
    add_inputs(desk, INPUT_GROUPS).fit_to_pages(1, 1)
    add_terms(desk, places)
    add_market(desk, places)
    for room in (add_paths, add_calc, _output, *ROOMS):
        room(desk, places)
    add_checks(desk, places, CHECKS)
    add_help(desk, HELP)
    desk.book.close()


OUTPUT = (
    ("in.isin", "ISIN", "general"),
    ("in.underlying", "Underlying", "general"),
    ("issue.printed", "Issue price EUR", "cash"),
    ("in.level", "Financing level issued", "level"),
    ("roll.level", "Financing level today", "level4"),
    ("roll.barrier", "Stop-loss price", "level4"),
    ("in.spot", "Spot", "level"),
    ("settle.worth", "Value EUR", "cash4"),
    ("settle.times", "Leverage", "times"),
    ("value.distance", "Distance to stop-loss", "fraction"),
    ("settle.due", "Due if settled EUR", "cash"),
    ("in.last", "Last day", "date"),
    ("book.state", "State", "general"),
)
WIDTHS = (17, 12, 11, 13, 13, 13, 12, 10.5, 10.5, 11, 11, 11, 12)
TABLE = 29


def _output(desk: Desk, places: Places) -> Any:
    lead = "The book of the day: one row per series, in settlement currency."
    sheet = add_sheet(desk, "Output", "output", WIDTHS, lead)
    _figures(desk, sheet, places)
    section(desk, sheet, 6, "Value and distance to the stop-loss by series", len(WIDTHS))
    _charts(desk, sheet, places)
    section(
        desk,
        sheet,
        TABLE - 2,
        "Series",
        len(WIDTHS),
        "A series that was stopped out stands as on its last day, without value.",
    )
    heads(desk, sheet, TABLE, [head for _, head, _ in OUTPUT], 2)
    for column, (name, _, number) in enumerate(OUTPUT, start=1):
        for offset in range(ROWS):
            text = f"={places.cell(name, offset)}"
            sheet.write_formula(TABLE + 1 + offset, column, text, desk.styles("cross", number))
    _marks(desk, sheet)
    sheet.print_area(0, 0, TABLE + ROWS, len(WIDTHS))
    sheet.fit_to_pages(1, 1)
    return sheet


def _figures(desk: Desk, sheet: Any, places: Places) -> None:
    value, column = places.column("settle.worth"), places.column
    figures = (
        ((3, 1, 1), "As of", "=AsOf", "date"),
        ((3, 2, 3), "Series live", f"=SUM({column('agree.live')})", "count"),
        (
            (3, 4, 5),
            "Value of all certificates, EUR million",
            f"=SUMPRODUCT({value},tblTerms[Number issued])",
            "millions",
        ),
        (
            (3, 6, 7),
            "Smallest distance to stop-loss",
            f"=_xlfn.MINIFS({column('value.distance')},{column('agree.live')},1)",
            "fraction",
        ),
        (
            (3, 8, 9),
            "Highest leverage",
            f"=_xlfn.MAXIFS({column('settle.times')},{column('agree.live')},1)",
            "times",
        ),
        ((3, 10, 11), "Issue prices met", f"=SUM({column('issue.match')})", "count"),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 12, 13))


def _charts(desk: Desk, sheet: Any, places: Places) -> None:
    for key, title, number, column, width in (
        ("value", "Value per certificate, EUR", "0", 1, 570),
        ("distance", "Distance to the stop-loss, % of spot", "0%", 7, 545),
    ):
        chart = _chart(desk, places, key, title, number)
        chart.set_size({"width": width, "height": 380})
        sheet.insert_chart(7, column, chart, {"x_offset": 4, "y_offset": 6, "object_position": 2})


def _chart(desk: Desk, places: Places, key: str, title: str, number: str) -> Any:
    chart = desk.book.add_chart({"type": "column"})
    for index, colour in zip(INDICES, COLOURS, strict=True):
        series = {
            "name": index.code,
            "categories": f"={places.column('t.wkn')}",
            "values": f"={places.column(f'chart.{key}_{index.code.lower()}')}",
            "fill": {"color": colour},
            "gap": 35,
            "overlap": 100,
        }
        chart.add_series(series)
    dress(chart, title, number)
    return chart


def _marks(desk: Desk, sheet: Any) -> None:
    last, leverage, distance = TABLE + ROWS, 9, 10
    bar = {"type": "data_bar", "bar_color": "#B7D7DC", "bar_solid": True, "data_bar_2010": True}
    sheet.conditional_format(TABLE + 1, distance, last, distance, bar)
    sheet.conditional_format(TABLE + 1, leverage, last, leverage, {**bar, "bar_color": "#F0CFA8"})
    rule = {"type": "cell", "criteria": "!=", "value": '"live"', "format": desk.styles("bad")}
    sheet.conditional_format(TABLE + 1, 13, last, 13, rule)
