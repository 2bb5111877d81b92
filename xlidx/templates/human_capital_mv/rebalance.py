"""Rebalance: ten target weights, the numbers of shares they ask for, and the levels that these give."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from xlidx.templates.human_capital_mv.tables import HEADS, NAMES
from xlidx.templates.kit.blocks import Field, beside
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk, add_sheet, define, printed, section, spill

HOME, PERIOD = "Rebalance", 10
DATES, START = 8, 17
WEIGHTS = START + NAMES + 4
PRICES = WEIGHTS + NAMES + 6
SHARES = PRICES + NAMES + 5
BODY = SHARES + 5
TEN = 3  # first of the ten columns
LAST = TEN + PERIOD


def _price(day: str) -> str:
    local = f"INDEX({{p.closes:}},MATCH({day},{{p.day:}},0),MATCH({{isin}},{HEADS},0))"
    return f'{local}*IF({{currency}}="EUR",1,INDEX({{fx.rates:}},MATCH({day},{{p.day:}},0),MATCH({{currency}},{{fxn.names:}},0)))'


def _of(name: str) -> str:
    return f"=INDEX({{u.{name}:}},MATCH({{isin}},{{u.isin:}},0))"


_PAID = 'SUMIFS({d.amount:},{d.isin:},{isin},{d.day:},">"&BaseDay,{d.day:},"<="&AdjustmentDay)'
_EX = f"INDEX({{p.closes:}},MATCH(SUMIFS({{d.day:}},{{d.isin:}},{{isin}}),{{p.day:}},0),MATCH({{isin}},{HEADS},0))"
# fmt: off
START_FIELDS = (
    Field("isin", "ISIN", "", "general", "cross", f"=INDEX({HEADS},1,{{n}})"),
    Field("currency", "Currency", "", "general", "cross", _of("currency")),
    Field("country", "Country", "", "general", "cross", _of("country")),
    Field("old", "Old weight", "", "fraction", "cross", "=N(INDEX({u.old_weight:},MATCH({isin},{u.isin:},0)))"),
    Field("base", "Price, EUR, base", "", "cash4", "cross", f"={_price('BaseDay')}"),
    Field("kept", "Shares, base", "", "exact", "function", "=XI_SHARES_FROM_WEIGHTS({old},BaseLevel,{base})"),
    Field("split", "Split: shares x", "", "factor", "cross",
          '=EXP(SUMIFS({e.log:},{e.isin:},{isin},{e.day:},">"&BaseDay,{e.day:},"<="&AdjustmentDay))'),
    Field("gross", "Gross: shares x", "", "factor", "cross", f"=IF({_PAID}>0,1+{_PAID}/{_EX},1)"),
    Field("net", "Net: shares x", "", "factor", "cross", "=1+({gross}-1)*(1-SUMIFS({x.rate:},{x.country:},{country}))"),
    Field("price", "Price, EUR, adjustment", "", "cash4", "cross", f"={_price('AdjustmentDay')}"),
    Field("start", "Start weight", "", "fraction", "formula",
          "={kept}*{split}*{price}/SUMPRODUCT({kept:},{split:},{price:})"),
    Field("target", "Target weight", "", "fraction", "cross", "=SUMIFS({o.weight:},{o.isin:},{isin})"),
)
# fmt: on
ISIN = "={r.isin}"
LABELS = (
    Field("isin", "Day", "", "general", "formula", ISIN),
    Field("d0", "Start", "", "fraction", "formula", "={r.start}"),
)


def add_rebalance(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "From the weights at the adjustment day to the target in ten equal steps, one column for each day."
    sheet = add_sheet(desk, HOME, "calc", (12, *([14] * (LAST))), lead, (3, 2))
    for block, row in (("w", WEIGHTS + 2), ("c", PRICES + 1), ("n", BODY)):
        for m in range(PERIOD + 1):
            places.put(block, NAMES, HOME, row, {f"d{m}": TEN - 1 + m})
    _dates(desk, sheet, places)
    _start(desk, sheet, places)
    _weights(desk, sheet, places)
    _prices(desk, sheet, places)
    _shares(desk, sheet, places)
    figures = (
        (1, 2, "Adjustment day", "=AdjustmentDay", "date"),
        (3, 4, "Join", '=COUNTIFS({r.start},0,{r.target},">0")', "count"),
        (5, 6, "Leave", '=COUNTIFS({r.target},0,{r.start},">0")', "count"),
        (7, 8, "One-way turnover", "=SUMPRODUCT(({r.target}>{r.start})*({r.target}-{r.start}))", "fraction"),
    )
    cards(desk, sheet, places, figures, (9, 10))
    printed(sheet, BODY + NAMES - 1, LAST, scale=41, breaks=[WEIGHTS - 2, PRICES - 2, SHARES - 2])


def _dates(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Rebalancing runs from the first to the last day; both dates follow from the selection day of sheet Inputs."
    section(desk, sheet, DATES - 2, "Reviews of the year", LAST, note)
    body = [desk.styles("function"), *[desk.styles("function", "date")] * 4]
    call = '=XI_REVIEW_DATES("solactive_human_capital",YEAR(AsOf))'
    spill(sheet, DATES, 1, call, [[desk.styles("head")] * 5, *([body] * 4)])
    places.put("v", 4, HOME, DATES + 1, {"adjustment": 3})
    rows = f"{DATES + 2}:$D${DATES + 5}"
    sheet.write_string(DATES, 7, "Adjustment", desk.styles("head"))
    text = f"=INDEX($D${rows},MATCH(AsOf,$C${DATES + 2}:$C${DATES + 5},0))"
    sheet.write_formula(DATES + 1, 7, text, desk.styles("cross", "date"))
    define(desk, "AdjustmentDay", HOME, DATES + 1, 7)


def _start(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Shares of the base date carry splits in all versions and dividends in net and gross; weights are of price."
    section(desk, sheet, START - 2, "1  From the base date to the adjustment day", LAST, note)
    sheet.set_row(START, 30)
    beside(desk, sheet, places, "r", (START, 1), START_FIELDS, NAMES)


def _days(row: int) -> str:
    first, last = (xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True) for column in (TEN, LAST - 1))
    return f"{first}:{last}"


def _weights(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Start + m / 10 x (target - start); the replica of every row is summed over the ten days."
    section(desk, sheet, WEIGHTS - 2, "2  Target weights of the ten days", LAST, note)
    sheet.set_row(WEIGHTS, 17)
    beside(desk, sheet, places, "w", (WEIGHTS, 1), LABELS, NAMES, 2)
    sheet.write_string(WEIGHTS + 1, 1, "Sum", desk.styles("label"))
    for m in range(PERIOD + 1):
        column = TEN - 1 + m
        if m:
            before = f"={xl_rowcol_to_cell(WEIGHTS, column - 1)}+1" if m > 1 else "=1"
            sheet.write_formula(WEIGHTS, column, before, desk.styles("head", "plain"))
        total = f"=SUM({places.column(f'w.d{m}', HOME)})"
        sheet.write_formula(WEIGHTS + 1, column, total, desk.styles("formula", "fraction"))
    for column in range(TEN, LAST):
        day = xl_rowcol_to_cell(WEIGHTS, column)
        call = filled(f"=XI_REBALANCE_WEIGHTS({{r.start}},{{r.target}},{day})", places, None, "r", HOME)
        spill(sheet, WEIGHTS + 2, column, call, [[desk.styles("function", "fraction")]] * NAMES)
    places.put("ws", 1, HOME, WEIGHTS + 1, {"sum": TEN}, PERIOD)
    step = f"{{r.start}}+{_days(WEIGHTS)}/{PERIOD}*({{r.target}}-{{r.start}})"
    gap = Field("diff", "Difference", "", "diff", "formula", f"=SQRT(SUMPRODUCT(({_row('w')}-({step}))^2))")
    beside(desk, sheet, places, "w", (WEIGHTS, LAST), (gap,), NAMES, 2)


def _prices(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Prices of sheet Prices x EUR per unit, on the adjustment day and the ten days."
    section(desk, sheet, PRICES - 2, "3  Prices in EUR", LAST, note)
    sheet.set_row(PRICES, 17)
    beside(desk, sheet, places, "c", (PRICES, 1), (Field("isin", "ISIN", "", "general", "formula", ISIN),), NAMES)
    for m in range(PERIOD + 1):
        column = TEN - 1 + m
        text = f"=WORKDAY(AdjustmentDay,{m})" if m else "=AdjustmentDay"
        sheet.write_formula(PRICES, column, text, desk.styles("head", "date"))
        day = xl_rowcol_to_cell(PRICES, column, row_abs=True)
        for offset in range(NAMES):
            text = filled(f"={_price(day)}", places, offset, "r", HOME)
            sheet.write_formula(PRICES + 1 + offset, column, text, desk.styles("cross", "cash4"))


def _shares(desk: Desk, sheet: Any, places: Places) -> None:
    note = (
        "Shares = weight x level of the day before / price of the day before; level = SUMPRODUCT of shares and prices."
    )
    section(desk, sheet, SHARES - 2, "4  Numbers of shares and levels of the ten days", LAST, note)
    sheet.set_row(SHARES, 17)
    beside(desk, sheet, places, "n", (SHARES, 1), LABELS[:1], NAMES, 5)
    for row, text in enumerate(("Level before", "Level", "PR, history", "Difference"), start=SHARES + 1):
        sheet.write_string(row, 1, text, desk.styles("label"))
    kept, split, price = (places.column(f"r.{key}", HOME) for key in ("kept", "split", "price"))
    for m in range(PERIOD + 1):
        column = TEN - 1 + m
        day, before, level, found = (xl_rowcol_to_cell(SHARES + k, column) for k in range(4))
        sheet.write_formula(SHARES, column, f"={xl_rowcol_to_cell(PRICES, column)}", desk.styles("head", "date"))
        text = f"=ROUND(SUMPRODUCT({kept},{split},{price}),2)"
        if m:
            text = f"=ROUND(SUMPRODUCT({places.column(f'n.d{m}', HOME)},{places.column(f'c.d{m}', HOME)}),2)"
            sheet.write_formula(SHARES + 1, column, f"={xl_rowcol_to_cell(SHARES + 2, column - 1)}", _level(desk))
            old = (places.column(name, HOME) for name in (f"w.d{m}", f"c.d{m - 1}"))
            call = f"=XI_SHARES_FROM_WEIGHTS({next(old)},{before},{next(old)})"
            spill(sheet, BODY, column, call, [[desk.styles("function", "exact")]] * NAMES)
        sheet.write_formula(SHARES + 2, column, text, _level(desk))
        whole, first = places.table("h.date", "h.price"), places.table("h.date", "h.date")
        text = f"=INDEX({whole},MATCH({day},{first},0),2)"
        sheet.write_formula(SHARES + 3, column, text, desk.styles("cross", "level"))
        sheet.write_formula(SHARES + 4, column, f"=ABS({level}-{found})", desk.styles("formula", "diff"))
    places.put("lv", 1, HOME, SHARES + 4, {"diff": TEN - 1}, PERIOD + 1)
    before = f"{xl_rowcol_to_cell(SHARES + 1, TEN)}:{xl_rowcol_to_cell(SHARES + 1, LAST - 1)}"
    wanted = f"{_row('w')}*{before}/{_row('c', 0, PERIOD - 1)}"
    gap = Field("diff", "Difference", "", "diff", "formula", f"=SQRT(SUMPRODUCT(({_row('n')}-{wanted})^2))")
    beside(desk, sheet, places, "n", (SHARES, LAST), (gap,), NAMES, 5)


def _row(block: str, first: int = 1, last: int = PERIOD) -> str:
    return f"{{{block}.d{first}}}:{{{block}.d{last}}}"


def _level(desk: Desk) -> Any:
    return desk.styles("formula", "level")
