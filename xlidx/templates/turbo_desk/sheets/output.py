"""Output sheet of the turbo desk: key figures, charts, and one row per series, ready to print."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import repeated
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.charts import Chart, add_chart, bars
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, define, printed, section
from xlidx.templates.turbo_desk.calc import ROWS
from xlidx.templates.turbo_desk.sample import INDICES, MONEY, QUOTES

SAMPLE_SOURCE = (
    "Market: published closes, lows and highs, 10 Feb to 11 Mar 2020 (Yahoo Finance); rates and USD per EUR of ECB and "
    "Federal Reserve. Dividends of the price indices: assumed 0."
)
OWN_SOURCE = "Market: rows changed by the user; not the published data this workbook came with."
PUBLISHED = round(
    sum(sum((q.spot, q.low or 0.0, q.high or 0.0, q.dividend)) for q in QUOTES)
    + 1e4 * sum(m.eur + m.usd + m.dollar for m in MONEY),
    4,
)
COLUMNS = (
    ("in.isin", "ISIN", "general"),
    ("in.underlying", "Underlying", "general"),
    ("issue.printed", "Issue price EUR", "cash"),
    ("in.level", "Financing level printed", "level"),
    ("roll.level", "Financing level last day", "level4"),
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
SOURCE, TABLE = 5, 29  # line on the market, heads of the table
_MARKET = "SUM({m.spot},{m.low},{m.high},{m.dividend})+10000*SUM({money.eur},{money.usd},{money.dollar})"
"""Sum of all cells of the market, rates in hundredths of a per cent; it is that of the sample until a cell is changed."""
FIGURES = (
    (1, 1, "As of", "=AsOf", "date"),
    (2, 3, "Series live", "=SUM({agree.live})", "count"),
    (4, 5, "Value of all certificates, EUR million", "=SUMPRODUCT({settle.worth},tblTerms[Number issued])", "millions"),
    (6, 7, "Smallest distance to stop-loss", "=MIN(_xlfn._xlws.FILTER({value.distance},{agree.live}=1,0))", "fraction"),
    (8, 9, "Highest leverage", "=MAX(_xlfn._xlws.FILTER({settle.times},{agree.live}=1,0))", "times"),
    (10, 11, "Issue prices met", "=SUM({issue.match})", "count"),
)


def _chart(key: str, title: str, number: str, column: int, width: int) -> Chart:
    """Return a chart of one column per series, coloured by its underlying."""
    series = [
        (index.code, "t.wkn", f"chart.{key}_{index.code.lower()}", bars(colour, 35, 100))
        for index, colour in zip(INDICES, COLOURS, strict=True)
    ]
    return Chart("column", title, number, column, (width, 380), series, drop=6)


CHARTS = (
    _chart("value", "Value per certificate, EUR", "0", 1, 570),
    _chart("distance", "Distance to the stop-loss, % of spot", "0%", 7, 545),
)


def add_output(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead, wide = "The book of the day: one row per series, in settlement currency.", len(WIDTHS)
    sheet = add_sheet(desk, "Output", "output", WIDTHS, lead)
    cards(desk, sheet, places, FIGURES, (12, 13))
    _market(desk, sheet, places, wide)
    section(desk, sheet, 6, "Value and distance to the stop-loss by series", wide)
    for chart in CHARTS:
        add_chart(desk, sheet, places, chart)
    note = "A series that was stopped out stands as on its last day, without value."
    section(desk, sheet, TABLE - 2, "Series", wide, note)
    repeated(desk, sheet, places, TABLE, COLUMNS, ROWS)
    _marks(desk, sheet)
    printed(sheet, TABLE + ROWS, wide, pages=(1, 1))


def _market(desk: Desk, sheet: Any, places: Places, wide: int) -> None:
    """Say beside the as-of date where the market comes from; rows that were changed are not called published."""
    sheet.merge_range(SOURCE, 1, SOURCE, wide, "", desk.styles("note"))
    total = filled(_MARKET, places, None, "", "Output")
    text = f'=IF(ABS({total}-{PUBLISHED!r})<0.001,"{SAMPLE_SOURCE}","{OWN_SOURCE}")'
    sheet.write_formula(SOURCE, 1, text, desk.styles("note"))
    define(desk, "MarketSource", "Output", SOURCE, 1)


def _marks(desk: Desk, sheet: Any) -> None:
    last, leverage, distance = TABLE + ROWS, 9, 10
    bar = {"type": "data_bar", "bar_color": "#B7D7DC", "bar_solid": True, "data_bar_2010": True}
    sheet.conditional_format(TABLE + 1, distance, last, distance, bar)
    sheet.conditional_format(TABLE + 1, leverage, last, leverage, {**bar, "bar_color": "#F0CFA8"})
    rule = {"type": "cell", "criteria": "!=", "value": '"live"', "format": desk.styles("bad")}
    sheet.conditional_format(TABLE + 1, 13, last, 13, rule)
