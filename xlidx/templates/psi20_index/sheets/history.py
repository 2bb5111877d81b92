"""History sheet of the index workbook: the whole run in one call, the divisor log, chart and replicas."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Field, beside, chosen, options, result, results
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.charts import Chart, add_chart, days, lines
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section, spill
from xlidx.templates.psi20_index.inputs import ACTION_ROWS
from xlidx.templates.psi20_index.sample.closes import SESSIONS

HOME, DAYS = "History", len(SESSIONS)
WIDTHS = (17, 18, 14, 14, 14, 18, 14, 14, 14, 14)
LAST = len(WIDTHS)
LOG, OPTIONS = 29, 40
TABLE = OPTIONS + 8
SHOWN = (("levels", 1), ("divisors", 4))
LEVELS = results("date:date divisor:level4 price:level4 net:level4 gross:level4")
LOGGED = results("date:date old:level4 new:level4 before:count after:count")
_GAPS = "ABS({hs.divisor}/{divisor}-1),ABS({hs.price}-{price}),ABS({hs.net}-{net}),ABS({hs.gross}-{gross})"
REPLICAS = (
    Field("divisor", "Divisor, replica", "", "level4", "cross", "={hist.divisor_replica}"),
    Field("price", "Price", "", "level4", "cross", "={hist.level_replica}"),
    Field("net", "Net", "", "level4", "cross", "={ret.net_replica}"),
    Field("gross", "Gross", "", "level4", "cross", "={ret.gross_replica}"),
    Field("diff", "Difference", "", "diff", "formula", f"=MAX({_GAPS})"),
)
LOG_REPLICA = (
    Field("again", "Replica of new", "", "level4", "formula", '=IF({date}="",0,{old}*{after}/{before})'),
    Field("diff", "Difference", "", "diff", "formula", '=IF({date}="",0,ABS({new}/{again}-1))'),
)
FIGURES = (
    (1, 1, "Last session", "={hs.date$}", "date"),
    (2, 2, "Price index", "={hs.price$}", "level"),
    (3, 4, "Net return", "={hs.net$}", "level"),
    (5, 6, "Gross return", "={hs.gross$}", "level"),
    (7, 8, "Days of actions", "=COUNT({lg.date})", "count"),
)
CHART = Chart(
    "line",
    "Invented sample index: price, net and gross return levels",
    "#,##0",
    1,
    (1090, 400),
    lines("hs.date", {"Price": "hs.price", "Net": "hs.net", "Gross": "hs.gross"}),
    days(3),
)


def add_history(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "XI_INDEX_HISTORY runs composition, closes, rates, actions and dividends to levels; all data are invented."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    section(desk, sheet, 6, "Price, net and gross return", LAST)
    levels, divisors = _options(desk, sheet)
    _log(desk, sheet, places, divisors)
    _levels(desk, sheet, places, levels)
    cards(desk, sheet, places, FIGURES, (9, 10))
    add_chart(desk, sheet, places, CHART)
    printed(sheet, TABLE + DAYS, LAST, scale=61, breaks=[TABLE - 2])


def _call(places: Places, given: str) -> str:
    tables = (
        places.table("comp.isin", "comp.country"),
        places.table("p.day", "p.closes"),
        "tblActions[#All]",
        "tblDividends[#All]",
        places.table("fxp.day", "fxp.rates"),
        "tblTax[#All]",
    )
    return f"XI_INDEX_HISTORY({','.join(tables)},{given})"


def _options(desk: Desk, sheet: Any) -> list[str]:
    """Write the options of the two calls and return their ranges."""
    note = "Read by the two calls: starting levels of sheet Inputs, and what to show."
    row = section(desk, sheet, OPTIONS, "Options", LAST, note)
    starts = (("base_level", "=BaseLevel"), ("base_net", "=NetStart"), ("base_gross", "=GrossStart"))
    return [options(desk, sheet, (row, column), (*starts, ("show", shown))) for shown, column in SHOWN]


def _log(desk: Desk, sheet: Any, places: Places, given: str) -> None:
    note = "One row per day of actions: new = old x value after / value before, at the closes of the session before."
    row = section(desk, sheet, LOG - 1, "Divisor log", LAST, note)
    call, styles = _call(places, given), desk.styles
    sheet.set_row(row, 18)
    head = styles("head")
    result(desk, sheet, places, "lg", (row, 1), f"={chosen(call, 1, 2, 3, 4, 5)}", LOGGED, ACTION_ROWS)
    beside(desk, sheet, places, "lg", (row, 6), LOG_REPLICA, ACTION_ROWS)
    # Reasons run on into the empty column beside them: no border between the two.
    open_right, open_left = styles("function", right=0), styles("function", left=0)
    spill(sheet, row, 8, f"={chosen(call, 6)}", [[styles("head", right=0)], *([[open_right]] * ACTION_ROWS)])
    spill(sheet, row, 10, f"={chosen(call, 7)}", [[head], *([[styles("function")]] * ACTION_ROWS)])
    sheet.write_blank(row, 9, None, styles("head", left=0))
    for at in range(row + 1, row + 1 + ACTION_ROWS):
        sheet.write_blank(at, 9, None, open_left)


def _levels(desk: Desk, sheet: Any, places: Places, given: str) -> None:
    note = "Green: one call for all sessions. Purple: the chains of ordinary formulas on Calc, blocks 7 and 8."
    row = section(desk, sheet, TABLE - 2, "Sessions", LAST, note)
    sheet.set_row(row, 18)
    result(desk, sheet, places, "hs", (row, 1), f"={_call(places, given)}", LEVELS, DAYS)
    beside(desk, sheet, places, "hr", (row, 6), REPLICAS, DAYS)
