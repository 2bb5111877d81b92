"""Index: price, net and gross return in one call, with the targets it reads, a chart, and the levels again."""

from __future__ import annotations

from typing import Any

from xlidx.templates.human_capital_mv.grid import Replica, beside, result
from xlidx.templates.human_capital_mv.rebalance import PERIOD, PRICES, SHARES, TEN
from xlidx.templates.human_capital_mv.sample import BASE, SESSIONS
from xlidx.templates.human_capital_mv.select import cards
from xlidx.templates.human_capital_mv.tables import NAMES
from xlidx.templates.kit.grid import Places
from xlidx.templates.kit.parts import status_card
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, address, dress, section

HOME = "Index"
DAYS = sum(day >= BASE for day in SESSIONS)
ROW = 32
LAST = 15
OPTIONS = 10
LEVELS = (("date", "date"), ("price", "level"), ("net", "level"), ("gross", "level"), ("flag", "general"))
_TEN = address("Rebalance", PRICES, TEN - 1, PRICES, TEN + PERIOD - 1)
_FOUND = address("Rebalance", SHARES + 2, TEN - 1, SHARES + 2, TEN + PERIOD - 1)
_KEPT = "{r.kept:},{r.split:},{r.price:}"
AGAIN: tuple[Replica, ...] = (
    (
        "again",
        "PR, replica",
        "level",
        "cross",
        f'=IF({{date}}=BaseDay,BaseLevel,IFERROR(INDEX({_FOUND},1,MATCH({{date}},{_TEN},0)),""))',
    ),
    (
        "diff",
        "Difference",
        "diff",
        "cross",
        (
            '=IF({again}="",0,ABS({price}-{again}))+IF({date}=AdjustmentDay,'
            f"ABS({{net}}-ROUND(SUMPRODUCT({_KEPT},{{r.net:}}),2))+ABS({{gross}}-ROUND(SUMPRODUCT({_KEPT},{{r.gross:}}),2)),0)"
        ),
    ),
    ("order", "Out of order", "diff", "formula", "=MAX(0,{price}-{net},{net}-{gross})"),
)
_NAME = f"INDEX({{r.isin:}},IF({{n}}>{NAMES},{{n}}-{NAMES},{{n}}))"
TARGETS: tuple[Replica, ...] = (
    ("day", "Adjustment day", "date", "cross", f"=IF({{n}}>{NAMES},AdjustmentDay,BaseDay)"),
    ("isin", "ISIN", "general", "cross", f"={_NAME}"),
    (
        "weight",
        "Weight",
        "fraction",
        "cross",
        f"=IF({{n}}>{NAMES},SUMIFS({{r.target:}},{{r.isin:}},{{isin}}),SUMIFS({{r.old:}},{{r.isin:}},{{isin}}))",
    ),
    ("currency", "Currency", "general", "cross", "=INDEX({r.currency:},MATCH({isin},{r.isin:},0))"),
    ("country", "Country", "general", "cross", "=INDEX({r.country:},MATCH({isin},{r.isin:},0))"),
)


def place_index(places: Places) -> None:
    """Say where the levels will stand, for the sheet before this one."""
    places.put("h", DAYS, HOME, ROW + 1, {key: n for n, (key, _) in enumerate(LEVELS, start=1)})


def add_index(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "Numbers of shares carry every adjustment: price, net and gross return from the previous adjustment day on."
    widths = (20, 12, 12, 12, 36, 13, 12, 12, 3, 15, 12, 12, 12, 12, 3)
    sheet = add_sheet(desk, HOME, "output", widths, lead, (3, 2))
    note = "Green: one call for every weekday. Purple: levels of sheet Rebalance, on the base date and its eleven days."
    section(desk, sheet, ROW - 2, "Levels, and the target weights that the call reads", LAST, note)
    sheet.set_row(ROW, 30)
    beside(desk, sheet, places, "t", (ROW, OPTIONS), TARGETS, 2 * NAMES)
    result(desk, sheet, places, "h", (ROW, 1), _call(desk, sheet, places), LEVELS, DAYS)
    beside(desk, sheet, places, "h", (ROW, 6), AGAIN, DAYS)
    _chart(desk, sheet, places)
    last = "ROWS({h.date})"
    figures = (
        ((3, 1, 1), "Last day", f"=INDEX({{h.date}},{last})", "date"),
        ((3, 2, 3), "Price return", f"=INDEX({{h.price}},{last})", "level"),
        ((3, 4, 4), "Net return", f"=INDEX({{h.net}},{last})", "level"),
        ((3, 5, 5), "Gross return", f"=INDEX({{h.gross}},{last})", "level"),
    )
    cards(desk, sheet, places, figures)
    status_card(desk, sheet, (3, 6, 8))
    sheet.print_area(0, 0, ROW + 2 * NAMES, LAST)
    sheet.set_print_scale(50)
    sheet.repeat_rows(ROW)
    return sheet


def _call(desk: Desk, sheet: Any, places: Places) -> str:
    sheet.write_string(8, OPTIONS, "Options of the call", desk.styles("section"))
    sheet.write_string(9, OPTIONS, "base_level", desk.styles("label"))
    sheet.write_formula(9, OPTIONS + 1, "=BaseLevel", desk.styles("cross", "level"))
    sheet.write_string(10, OPTIONS, "show", desk.styles("label"))
    sheet.write_string(10, OPTIONS + 1, "levels", desk.styles("label"))
    tables = (
        places.table("t.day", "t.country"),
        places.table("p.day", "p.closes"),
        "tblEvents[#All]",
        "tblDividends[#All]",
        places.table("fx.day", "fx.rates"),
        "$K$10:$L$11",
        "tblTax[#All]",
    )
    return f"=XI_SHARE_INDEX_HISTORY({','.join(tables)})"


def _chart(desk: Desk, sheet: Any, places: Places) -> None:
    chart = desk.book.add_chart({"type": "line"})
    shown = zip((("price", "Price return"), ("net", "Net return"), ("gross", "Gross return")), COLOURS, strict=False)
    for (key, title), colour in shown:
        series = {
            "name": title,
            "categories": f"={places.column('h.date')}",
            "values": f"={places.column(f'h.{key}')}",
            "line": {"color": colour, "width": 2.25},
        }
        chart.add_series(series)
    axis = {"num_format": "dd mmm", "text_axis": True, "interval_unit": 5, "interval_tick": 5}
    dress(chart, "Invented sample: levels from the previous adjustment day on", "#,##0", axis)
    chart.set_size({"width": 920, "height": 420})
    sheet.insert_chart(7, 1, chart, {"x_offset": 4, "y_offset": 4, "object_position": 2})
