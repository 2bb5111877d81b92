"""History sheet of the index workbook: the whole run in one call, the divisor log, chart and replicas."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, dress, section, spill
from xlidx.templates.psi20_index.inputs import ACTION_ROWS
from xlidx.templates.psi20_index.sample.closes import SESSIONS

HOME, DAYS = "History", len(SESSIONS)
WIDTHS = (17, 18, 14, 14, 14, 18, 14, 14, 14, 14)
LAST = len(WIDTHS)
LOG, OPTIONS = 29, 40
TABLE = OPTIONS + 8
SHOWN = (("levels", 1), ("divisors", 4))
LEVELS = (("divisor", "level4"), ("price", "level4"), ("net", "level4"), ("gross", "level4"))
REPLICAS = ("hist.divisor_replica", "hist.level_replica", "ret.net_replica", "ret.gross_replica")


def add_history(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "XI_INDEX_HISTORY runs composition, closes, rates, actions and dividends to levels; all data are invented."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    places.put("hs", DAYS, HOME, TABLE + 1, {"date": 1, "divisor": 2, "price": 3, "net": 4, "gross": 5})
    places.put("hr", DAYS, HOME, TABLE + 1, {"divisor": 6, "price": 7, "net": 8, "gross": 9, "diff": 10})
    places.put("lg", ACTION_ROWS, HOME, LOG + 2, {"date": 1, "old": 2, "new": 3, "before": 4, "after": 5, "diff": 7})
    _cards(desk, sheet, places)
    section(desk, sheet, 6, "Price, net and gross return", LAST)
    _chart(desk, sheet, places)
    _log(desk, sheet, places)
    _options(desk, sheet)
    _levels(desk, sheet, places)
    sheet.print_area(0, 0, TABLE + DAYS, LAST)
    sheet.set_print_scale(61)
    sheet.set_h_pagebreaks([TABLE - 2])
    return sheet


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    def last(name: str) -> str:
        return f"={places.cell(name, DAYS - 1, HOME)}"

    figures = (
        ((3, 1, 1), "Last session", last("hs.date"), "date"),
        ((3, 2, 2), "Price index", last("hs.price"), "level"),
        ((3, 3, 4), "Net return", last("hs.net"), "level"),
        ((3, 5, 6), "Gross return", last("hs.gross"), "level"),
        ((3, 7, 8), "Days of actions", f"=COUNT({places.column('lg.date', HOME)})", "count"),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 9, 10))


def _chart(desk: Desk, sheet: Any, places: Places) -> None:
    chart = desk.book.add_chart({"type": "line"})
    for (key, title), colour in zip((("price", "Price"), ("net", "Net"), ("gross", "Gross")), COLOURS, strict=False):
        series = {
            "name": title,
            "categories": f"={places.column('hs.date')}",
            "values": f"={places.column(f'hs.{key}')}",
            "line": {"color": colour, "width": 2.25},
        }
        chart.add_series(series)
    axis = {"num_format": "dd mmm", "text_axis": True, "interval_unit": 3, "interval_tick": 3}
    dress(chart, "Invented sample index: price, net and gross return levels", "#,##0", axis)
    chart.set_size({"width": 1090, "height": 400})
    sheet.insert_chart(7, 1, chart, {"x_offset": 4, "y_offset": 4, "object_position": 2})


def _call(places: Places, options: str) -> str:
    tables = (
        places.table("comp.isin", "comp.country"),
        places.table("p.day", "p.closes"),
        "tblActions[#All]",
        "tblDividends[#All]",
        places.table("fxp.day", "fxp.rates"),
        "tblTax[#All]",
    )
    return f"XI_INDEX_HISTORY({','.join(tables)},{options})"


def _options(desk: Desk, sheet: Any) -> None:
    note = "Read by the two calls: starting levels of sheet Inputs, and what to show."
    row = section(desk, sheet, OPTIONS, "Options", LAST, note)
    for shown, column in SHOWN:
        for offset, (name, text) in enumerate(
            (("base_level", "=BaseLevel"), ("base_net", "=NetStart"), ("base_gross", "=GrossStart"))
        ):
            sheet.write_string(row + offset, column, name, desk.styles("label"))
            sheet.write_formula(row + offset, column + 1, text, desk.styles("cross", "level"))
        sheet.write_string(row + 3, column, "show", desk.styles("label"))
        sheet.write_string(row + 3, column + 1, shown, desk.styles("label"))


def _range(column: int) -> str:
    row = OPTIONS + 3
    return f"${'ABCDEFGH'[column]}${row}:${'ABCDEFGH'[column + 1]}${row + 3}"


def _log(desk: Desk, sheet: Any, places: Places) -> None:
    note = "One row per day of actions: new = old x value after / value before, at the closes of the session before."
    row = section(desk, sheet, LOG - 1, "Divisor log", LAST, note)
    call, styles = _call(places, _range(SHOWN[1][1])), desk.styles
    sheet.set_row(row, 18)
    head, body = styles("head"), ("date", "level4", "level4", "count", "count")
    rows = [[head] * 5, *([[styles("function", number) for number in body]] * ACTION_ROWS)]
    spill(sheet, row, 1, f"=_xlfn.CHOOSECOLS({call},1,2,3,4,5)", rows)
    # Reasons run on into the empty column beside them: no border between the two.
    open_right, open_left = styles("function", right=0), styles("function", left=0)
    spill(sheet, row, 8, f"=_xlfn.CHOOSECOLS({call},6)", [[styles("head", right=0)], *([[open_right]] * ACTION_ROWS)])
    spill(sheet, row, 10, f"=_xlfn.CHOOSECOLS({call},7)", [[head], *([[styles("function")]] * ACTION_ROWS)])
    sheet.write_string(row, 6, "Replica of new", head)
    sheet.write_string(row, 7, "Difference", head)
    sheet.write_blank(row, 9, None, styles("head", left=0))
    for at in range(row + 1, row + 1 + ACTION_ROWS):
        replica = f'=IF(B{at + 1}="",0,C{at + 1}*F{at + 1}/E{at + 1})'
        sheet.write_formula(at, 6, replica, styles("formula", "level4"))
        sheet.write_formula(at, 7, f'=IF(B{at + 1}="",0,ABS(D{at + 1}/G{at + 1}-1))', styles("formula", "diff"))
        sheet.write_blank(at, 9, None, open_left)


def _levels(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Green: one call for all sessions. Purple: the chains of ordinary formulas on Calc, blocks 7 and 8."
    row = section(desk, sheet, TABLE - 2, "Sessions", LAST, note)
    call, styles = _call(places, _range(SHOWN[0][1])), desk.styles
    body = [styles("function", number) for number in ("date", "level4", *(number for _, number in LEVELS[1:]))]
    spill(sheet, row, 1, f"={call}", [[styles("head")] * 5, *([body] * DAYS)])
    sheet.set_row(row, 18)
    for column, text in enumerate(("Divisor, replica", "Price", "Net", "Gross", "Difference"), start=6):
        sheet.write_string(row, column, text, styles("head"))
    for offset in range(DAYS):
        for column, name in enumerate(REPLICAS, start=6):
            text = f"={places.cell(name, offset)}"
            sheet.write_formula(row + 1 + offset, column, text, styles("cross", "level4"))
        n = row + 2 + offset
        text = f"=MAX(ABS(C{n}/G{n}-1),ABS(D{n}-H{n}),ABS(E{n}-I{n}),ABS(F{n}-J{n}))"
        sheet.write_formula(row + 1 + offset, 10, text, styles("formula", "diff"))
