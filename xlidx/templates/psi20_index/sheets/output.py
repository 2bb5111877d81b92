"""Output sheet of the index workbook: key figures, charts, sessions and members, ready to print."""

from __future__ import annotations

from xlidx.templates.kit.blocks import repeated
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.charts import Chart, add_chart, bars, days, lines
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
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
_PRICE = f"INDEX({{hist.level}},{DAY_PLACE})"
FIGURES = (
    (1, 1, "As of", "=AsOf", "date"),
    (2, 2, "Price index", f"={_PRICE}", "level"),
    (3, 3, "Net return", f"=INDEX({{ret.net}},{DAY_PLACE})", "level"),
    (4, 5, "Gross return", f"=INDEX({{ret.gross}},{DAY_PLACE})", "level"),
    (6, 6, "Since base", f"={_PRICE}/BaseLevel-1", "fraction"),
    (7, 7, "Largest weight", "=MAX({now.weight})", "fraction"),
)
CHARTS = (
    Chart(
        "line",
        "Price, net and gross return levels",
        "#,##0",
        1,
        (510, 380),
        lines("hist.day", {"Price": "hist.level", "Net return": "ret.net", "Gross return": "ret.gross"}, 2.0),
        days(4),
        6,
    ),
    Chart(
        "column",
        "Weights on the base date and as of",
        "0%",
        5,
        (470, 380),
        [
            ("Base date", "line.code", "now.base", bars("#C9D2DE", 40)),
            ("As of", "line.code", "now.weight", bars(COLOURS[1], 40)),
        ],
        drop=6,
    ),
)


def add_output(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "Levels and weights of an invented sample index; nothing here is market data."
    sheet = add_sheet(desk, "Output", "output", WIDTHS, lead)
    cards(desk, sheet, places, FIGURES, (8, 9))
    section(desk, sheet, 6, "Levels by session, and weights on the base date and today", len(WIDTHS))
    for chart in CHARTS:
        add_chart(desk, sheet, places, chart)
    row = section(desk, sheet, TABLE - 1, "Members on the as-of date", len(WIDTHS))
    row = repeated(desk, sheet, places, row, MEMBER_COLUMNS, WIDE)
    start = row + 1
    row = section(desk, sheet, start, "Sessions", len(WIDTHS))
    last = repeated(desk, sheet, places, row, SESSION_COLUMNS, DAYS)
    printed(sheet, last - 1, len(WIDTHS), scale=62, breaks=[start])
