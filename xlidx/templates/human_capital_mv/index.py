"""Index: price, net and gross return in one call, with the targets it reads, a chart, and the levels again."""

from __future__ import annotations

from typing import Any

from xlidx.templates.human_capital_mv.rebalance import PERIOD, PRICES, SHARES, TEN
from xlidx.templates.human_capital_mv.sample import BASE, SESSIONS
from xlidx.templates.human_capital_mv.tables import NAMES
from xlidx.templates.kit.blocks import Field, beside, options, result, results
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.charts import Chart, add_chart, days, lines
from xlidx.templates.kit.places import Places, in_order
from xlidx.templates.kit.style import Desk, add_sheet, address, printed, section

HOME = "Index"
DAYS = sum(day >= BASE for day in SESSIONS)
ROW = 32
LAST = 15
OPTIONS = 10
LEVELS = results("date:date price:level net:level gross:level flag")
_TEN = address("Rebalance", PRICES, TEN - 1, PRICES, TEN + PERIOD - 1)
_FOUND = address("Rebalance", SHARES + 2, TEN - 1, SHARES + 2, TEN + PERIOD - 1)
_KEPT = "{r.kept:},{r.split:},{r.price:}"
# fmt: off
AGAIN: tuple[Field, ...] = (
    Field("again", "PR, replica", "", "level", "cross",
          f'=IF({{date}}=BaseDay,BaseLevel,IFERROR(INDEX({_FOUND},1,MATCH({{date}},{_TEN},0)),""))'),
    Field("diff", "Difference", "", "diff", "cross",
          '=IF({again}="",0,ABS({price}-{again}))+IF({date}=AdjustmentDay,'
          f"ABS({{net}}-ROUND(SUMPRODUCT({_KEPT},{{r.net:}}),2))+ABS({{gross}}-ROUND(SUMPRODUCT({_KEPT},{{r.gross:}}),2)),0)"),
    Field("order", "Out of order", "", "diff", "formula", "=MAX(0,{price}-{net},{net}-{gross})"),
)
# fmt: on
_NAME = f"INDEX({{r.isin:}},IF({{n}}>{NAMES},{{n}}-{NAMES},{{n}}))"
# fmt: off
TARGETS: tuple[Field, ...] = (
    Field("day", "Adjustment day", "", "date", "cross", f"=IF({{n}}>{NAMES},AdjustmentDay,BaseDay)"),
    Field("isin", "ISIN", "", "general", "cross", f"={_NAME}"),
    Field("weight", "Weight", "", "fraction", "cross",
          f"=IF({{n}}>{NAMES},SUMIFS({{r.target:}},{{r.isin:}},{{isin}}),SUMIFS({{r.old:}},{{r.isin:}},{{isin}}))"),
    Field("currency", "Currency", "", "general", "cross", "=INDEX({r.currency:},MATCH({isin},{r.isin:},0))"),
    Field("country", "Country", "", "general", "cross", "=INDEX({r.country:},MATCH({isin},{r.isin:},0))"),
)
# fmt: on
CHART = Chart(
    "line",
    "Invented sample: levels from the previous adjustment day on",
    "#,##0",
    1,
    (920, 420),
    lines("h.date", {"Price return": "h.price", "Net return": "h.net", "Gross return": "h.gross"}),
    days(5),
)


def place_index(places: Places) -> None:
    """Say where the levels will stand, for the sheet before this one."""
    places.put("h", DAYS, HOME, ROW + 1, in_order([key for key, _ in LEVELS]))


def add_index(desk: Desk, places: Places) -> None:
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
    add_chart(desk, sheet, places, CHART)
    last = "ROWS({h.date})"
    figures = (
        (1, 1, "Last day", f"=INDEX({{h.date}},{last})", "date"),
        (2, 3, "Price return", f"=INDEX({{h.price}},{last})", "level"),
        (4, 4, "Net return", f"=INDEX({{h.net}},{last})", "level"),
        (5, 5, "Gross return", f"=INDEX({{h.gross}},{last})", "level"),
    )
    cards(desk, sheet, places, figures, (6, 8))
    printed(sheet, ROW + 2 * NAMES, LAST, scale=50, heads=ROW)


def _call(desk: Desk, sheet: Any, places: Places) -> str:
    sheet.write_string(8, OPTIONS, "Options of the call", desk.styles("section"))
    given = options(desk, sheet, (9, OPTIONS), (("base_level", "=BaseLevel"), ("other_events", "flag")))
    tables = (
        places.table("t.day", "t.country"),
        places.table("p.day", "p.closes"),
        "tblEvents[#All]",
        "tblDividends[#All]",
        places.table("fx.day", "fx.rates"),
        given,
        "tblTax[#All]",
    )
    return f"=XI_SHARE_INDEX_HISTORY({','.join(tables)})"
