"""Output sheet of the index workbook: key figures, charts, sessions and members, ready to print."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, dress, heads, section
from xlidx.templates.psi20_index.calc.levels import DAY_PLACE, DAYS, WIDE

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
    ("line.code", "ISIN", "general"),
    ("line.name", "Company", "general"),
    ("now.shares", "Shares in index", "count"),
    ("line.band", "Free-float factor", "rate"),
    ("line.capping", "Capping factor", "factor"),
    ("now.price", "Close", "cash4"),
    ("now.base", "Weight, base date", "fraction"),
    ("now.weight", "Weight as of", "fraction"),
    ("now.change", "Change since base", "fraction"),
)
WIDTHS = (18, 23, 17, 13, 13, 13, 13, 13, 13)
TABLE = 29


def add_output(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "Levels and weights of an invented sample index; nothing here is market data."
    sheet = add_sheet(desk, "Output", "output", WIDTHS, lead)
    _figures(desk, sheet, places)
    section(desk, sheet, 6, "Levels by session, and weights on the base date and today", len(WIDTHS))
    _charts(desk, sheet, places)
    row = section(desk, sheet, TABLE - 1, "Members on the as-of date", len(WIDTHS))
    row = _table(desk, sheet, places, row, MEMBER_COLUMNS, WIDE)
    start = row + 1
    row = section(desk, sheet, start, "Sessions", len(WIDTHS))
    last = _table(desk, sheet, places, row, SESSION_COLUMNS, DAYS)
    sheet.print_area(0, 0, last - 1, len(WIDTHS))
    sheet.set_print_scale(62)
    sheet.set_h_pagebreaks([start])
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
        line = {"line": {"color": colour, "width": 2.0}}
        lines.add_series({**_series(places, title, "hist.day", name), **line})
    axis = {"num_format": "dd mmm", "text_axis": True, "interval_unit": 4, "interval_tick": 4}
    dress(lines, "Price, net and gross return levels", "#,##0", axis)
    for name, title, colour in (("now.base", "Base date", "#C9D2DE"), ("now.weight", "As of", COLOURS[1])):
        bar = {"fill": {"color": colour}, "gap": 40, "overlap": 0}
        bars.add_series({**_series(places, title, "line.code", name), **bar})
    dress(bars, "Weights on the base date and as of", "0%")
    for chart, column, width in ((lines, 1, 510), (bars, 5, 470)):
        chart.set_size({"width": width, "height": 380})
        sheet.insert_chart(7, column, chart, {"x_offset": 4, "y_offset": 6, "object_position": 2})


def _series(places: Places, title: str, categories: str, values: str) -> dict[str, str]:
    return {"name": title, "categories": f"={places.column(categories)}", "values": f"={places.column(values)}"}
