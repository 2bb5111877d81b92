"""Index workbook on PSI 20 rules: banding, capping, divisor, levels, weights, dividends, total return."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from xlidx.templates.grid import Places, filled
from xlidx.templates.help import add_help
from xlidx.templates.parts import add_checks, add_cover, add_inputs, card, status_card
from xlidx.templates.psi20_calc import COUNT, DAY_PLACE, DAYS, add_calc
from xlidx.templates.psi20_checks import CHECKS
from xlidx.templates.psi20_inputs import INPUT_GROUPS, add_dividends, add_members, add_prices
from xlidx.templates.psi20_text import COVER, HELP
from xlidx.templates.style import SERIES as COLOURS
from xlidx.templates.style import Desk, add_sheet, dress, heads, open_desk, section

NAME = "psi20_index"


def build(path: Path) -> None:
    """Write the index workbook, formulas without values."""
    desk, places = open_desk(path, NAME, "xlidx PSI 20 index sample"), Places()
    add_cover(desk, COVER)
    add_inputs(desk, "Blue cells on cream are yours to change; all are named.", INPUT_GROUPS)
    add_members(desk, places)
    add_prices(desk, places)
    add_dividends(desk, places)
    add_calc(desk, places)
    _output(desk, places)
    add_checks(desk, places, CHECKS)
    call = f'=XI_EXPLAIN("XI_CAPPING_FACTORS",{places.column("mem.value")},Cap)'
    add_help(desk, attrs.evolve(HELP, explain_call=call))
    desk.book.close()


SESSION_COLUMNS = (
    ("hist.day", "Session", "date"),
    ("hist.divisor", "Divisor", "level4"),
    ("hist.level", "Price index", "level"),
    ("hist.xd_gross", "XD gross", "level4"),
    ("hist.xd_net", "XD net", "level4"),
    ("ret.net", "Net return", "level"),
    ("ret.gross", "Gross return", "level"),
)
MEMBER_COLUMNS = (
    ("mem.code", "Code", "general"),
    ("mem.name", "Company", "general"),
    ("mem.shares", "Shares in index", "count"),
    ("mem.band", "Free-float factor", "rate"),
    ("fac.factor", "Capping factor", "factor"),
    ("mem.plain", "Weight uncapped", "rate"),
    ("fac.weight", "Weight capped", "rate"),
    ("now.weight", "Weight as of", "rate"),
    ("now.change", "Change since base", "fraction"),
)
WIDTHS = (18, 23, 17, 13, 13, 13, 13, 13, 13)
TABLE = 29


def _output(desk: Desk, places: Places) -> Any:
    lead = "Levels and weights of an invented sample index; nothing here is market data."
    sheet = add_sheet(desk, "Output", "output", WIDTHS, lead)
    _figures(desk, sheet, places)
    section(desk, sheet, 6, "Levels by session and weights on the base date", len(WIDTHS))
    _charts(desk, sheet, places)
    row = section(desk, sheet, TABLE - 1, "Sessions", len(WIDTHS))
    row = _table(desk, sheet, places, row, SESSION_COLUMNS, DAYS)
    row = section(desk, sheet, row + 1, "Members", len(WIDTHS))
    last = _table(desk, sheet, places, row, MEMBER_COLUMNS, COUNT)
    sheet.print_area(0, 0, last - 1, len(WIDTHS))
    sheet.set_print_scale(74)
    sheet.set_h_pagebreaks([row - 1])
    return sheet


def _table(desk: Desk, sheet: Any, places: Places, row: int, columns: Any, rows: int) -> int:
    row = heads(desk, sheet, row, [head for _, head, _ in columns], 2)
    for column, (name, _, number) in enumerate(columns, start=1):
        for offset in range(rows):
            text = f"={places.cell(name, offset)}"
            sheet.write_formula(row + offset, column, text, desk.styles("cross", number))
    return row + rows


def _figures(desk: Desk, sheet: Any, places: Places) -> None:
    place = filled(DAY_PLACE, places, None)

    def on_day(name: str) -> str:
        return f"INDEX({places.column(name)},{place})"

    figures = (
        ((3, 1, 1), "As of", "=AsOf", "date"),
        ((3, 2, 2), "Price index", f"={on_day('hist.level')}", "level"),
        ((3, 3, 3), "Net return", f"={on_day('ret.net')}", "level"),
        ((3, 4, 5), "Gross return", f"={on_day('ret.gross')}", "level"),
        ((3, 6, 6), "Since base", f"={on_day('hist.level')}/BaseLevel-1", "fraction"),
        ((3, 7, 7), "Largest weight", f"=MAX({places.column('now.weight')})", "fraction"),
    )
    for where, caption, text, number in figures:
        card(desk, sheet, where, caption, text, number)
    status_card(desk, sheet, (3, 8, 9))


def _charts(desk: Desk, sheet: Any, places: Places) -> None:
    lines, bars = desk.book.add_chart({"type": "line"}), desk.book.add_chart({"type": "column"})
    levels = (("hist.level", "Price"), ("ret.net", "Net return"), ("ret.gross", "Gross return"))
    for (name, title), colour in zip(levels, COLOURS, strict=False):
        mark = {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}}
        line = {"line": {"color": colour, "width": 2.0}, "marker": mark}
        lines.add_series({**_series(places, title, "hist.day", name), **line})
    dress(lines, "Price, net and gross return levels", "#,##0", {"num_format": "dd mmm", "text_axis": True})
    for name, title, colour in (("mem.plain", "Uncapped", "#C9D2DE"), ("fac.weight", "Capped", COLOURS[1])):
        bar = {"fill": {"color": colour}, "gap": 40, "overlap": 0}
        bars.add_series({**_series(places, title, "mem.code", name), **bar})
    dress(bars, "Weights before and after capping", "0%")
    for chart, column, width in ((lines, 1, 510), (bars, 5, 470)):
        chart.set_size({"width": width, "height": 380})
        sheet.insert_chart(7, column, chart, {"x_offset": 4, "y_offset": 6, "object_position": 2})


def _series(places: Places, title: str, categories: str, values: str) -> dict[str, str]:
    return {"name": title, "categories": f"={places.column(categories)}", "values": f"={places.column(values)}"}
