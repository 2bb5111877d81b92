"""Actions sheet of the index workbook: one day of actions netted and explained, and single calculators."""

from __future__ import annotations

from typing import Any

import attrs

from xlidx.templates.kit.blocks import Field, beside, chosen, result, results
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.inputs import Input, write_input
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.rules import list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, printed, section, spill
from xlidx.templates.psi20_index.calc.call_tables import ACTION_PLACE
from xlidx.templates.psi20_index.sample.members import LINES

HOME, WIDE, STEPS = "Actions", len(LINES), 10
WIDTHS = (17, 19, 19, 19, 19, 19, 44, 34)
LAST = len(WIDTHS)
EXPLAINED = 7
COMPOSITION = EXPLAINED + STEPS + 4
CALCULATORS = COMPOSITION + WIDE + 3


@attrs.frozen
class Calculator:
    """One action by itself: inputs, function, formats of its first columns, columns of words, replica of one column."""

    title: str
    inputs: tuple[Input, ...]
    function: str
    shown: tuple[str, ...]
    words: tuple[int, int]
    what: str
    replicated: int
    replica: str


def _input(name: str, label: str, value: Any, number: str, rule: Any) -> Input:
    return Input(name, label, value, number, "", rule)


def _above(title: str) -> dict[str, Any]:
    return number_rule(1e-9, 1e15, title, "A number above 0.")


def _least(title: str) -> dict[str, Any]:
    return number_rule(0, 1e15, title, "A number of 0 or more.")


SPLITS = list_rule(["split", "reverse split", "bonus issue"], "Kind", "split, reverse split or bonus issue.")
# fmt: off
CALCULATOR_TABLE = (
    Calculator("Rights issue", (
        _input("RightsClose", "Close before", 10.0, "cash4", _above("Close")),
        _input("RightsShares", "Shares in index", 1000.0, "count", _above("Shares")),
        _input("RightsRatio", "New per share held", 0.25, "any", _above("Ratio")),
        _input("RightsPrice", "Subscription price", 6.0, "cash4", _least("Price")),
        _input("RightsMissed", "Dividend missed", 0.0, "cash4", _least("Dividend")),
    ), "XI_RIGHTS_ISSUE(RightsClose,RightsShares,RightsRatio,RightsPrice,TRUE,RightsMissed)",
        ("cash4", "count", "cash4", "general"), (5, 6), "Adjusted price, replica", 0,
        "=IF(RightsPrice+RightsMissed<RightsClose,"
        "(RightsClose+RightsRatio*(RightsPrice+RightsMissed))/(1+RightsRatio),RightsClose)"),
    Calculator("Special dividend", (
        _input("SpecialClose", "Close before", 8.658, "cash4", _above("Close")),
        _input("SpecialShares", "Shares in index", 150_000_000.0, "count", _above("Shares")),
        _input("SpecialAmount", "Gross per share", 0.85, "cash4", _above("Amount")),
    ), "XI_SPECIAL_DIVIDEND(SpecialClose,SpecialShares,SpecialAmount)",
        ("cash4", "count", "count"), (4, 5), "Adjusted price, replica", 0, "=SpecialClose-SpecialAmount"),
    Calculator("Split, reverse split, bonus issue", (
        _input("SplitClose", "Close before", 7.598, "cash4", _above("Close")),
        _input("SplitShares", "Shares in index", 900_000_000.0, "count", _above("Shares")),
        _input("SplitRatio", "Ratio", 2.0, "any", _above("Ratio")),
        _input("SplitKind", "Kind", "split", "general", SPLITS),
    ), "XI_SPLIT(SplitClose,SplitShares,SplitRatio,SplitKind)",
        ("cash4", "count"), (3, 4), "Adjusted price, replica", 0,
        '=SplitClose/IF(SplitKind="bonus issue",1+SplitRatio,SplitRatio)'),
    Calculator("Takeover", (
        _input("BidShares", "Shares of the target", 1000.0, "count", _above("Shares")),
        _input("BidRatio", "Acquirer's per share", 0.3, "any", _least("Ratio")),
        _input("BidPrice", "Acquirer's price", 10.0, "cash4", _above("Price")),
        _input("BidCash", "Cash per share", 1.0, "cash4", _least("Cash")),
    ), "XI_TAKEOVER(BidShares,BidRatio,BidPrice,BidCash)",
        ("cash4", "fraction", "general", "count"), (6, 7), "Share part, replica", 1,
        "=BidRatio*BidPrice/(BidRatio*BidPrice+BidCash)"),
)
# fmt: on
RESULT = results("isin shares:count free_float:rate capping:factor close:cash4 divisor:level4")
_DAILY = f"INDEX({{dx.shares:}},{ACTION_PLACE},MATCH({{isin}},{{line.code:}},0))"
REPLICA = (
    Field("replica", "Shares on sheet Daily, replica", "", "count", "cross", f'=IF({{isin}}="",0,{_DAILY})'),
    Field("diff", "Difference, as a ratio", "", "diff", "formula", '=IF({isin}="",0,ABS({shares}/{replica}-1))'),
)
FIGURES = (
    (1, 1, "Day of actions", "=ActionDay", "date"),
    (2, 2, "Number of actions", "=COUNTIF({day.day},ActionDay)", "count"),
    (3, 4, "Divisor before", f"=INDEX({{hist.divisor}},{ACTION_PLACE}-1)", "level4"),
    (5, 6, "Divisor from this day on", f"=INDEX({{hist.divisor}},{ACTION_PLACE})", "level4"),
    (7, 7, "Value that joins or leaves, EUR million", f"=INDEX({{hist.effect}},{ACTION_PLACE})", "millions"),
)


def add_actions(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "The actions of one day netted in one divisor step, explained; then one action at a time."
    sheet = add_sheet(desk, HOME, "calc", WIDTHS, lead)
    cards(desk, sheet, places, FIGURES, (8, 8))
    _explained(desk, sheet, places)
    _composition(desk, sheet, places)
    section(desk, sheet, CALCULATORS, "3  Calculators", LAST, "Blue cells are inputs of this sheet alone.")
    row = CALCULATORS + 2
    for number, one in enumerate(CALCULATOR_TABLE):
        _calculator(desk, sheet, places, row, number, one)
        row += 6
    printed(sheet, row - 2, LAST, scale=60, breaks=[CALCULATORS])


def _call(places: Places, show: str) -> str:
    tables = (
        places.table("bef.isin", "bef.country"),
        places.table("cls.isin", "cls.price"),
        places.table("day.day", "day.reason"),
        filled(f"INDEX({{hist.divisor:}},{ACTION_PLACE}-1)", places, 0),
        places.table("rat.currency", "rat.rate"),
    )
    return f'XI_APPLY_ACTIONS({",".join(tables)},"{show}")'


def _explained(desk: Desk, sheet: Any, places: Places) -> None:
    note = (
        "Every number that changes, by event; choose the day on sheet Inputs (ActionDay) among those of sheet Events."
    )
    row = section(desk, sheet, EXPLAINED - 1, "1  The chosen day, explained", LAST, note)
    styles = desk.styles
    wrapped = styles("function", text_wrap=True)
    body = [*[styles("function")] * 4, *[styles("function", "any")] * 2, wrapped, wrapped]
    sheet.set_row(row, 18)
    call = _call(places, "explanation")
    spill(sheet, row, 1, f"={call}", [[styles("head")] * LAST, *([body] * STEPS)])


def _composition(desk: Desk, sheet: Any, places: Places) -> None:
    note = "In force from the chosen day on; closes of the day before, adjusted. A close of 0 has not traded yet."
    row = section(desk, sheet, COMPOSITION - 1, "2  The new composition", LAST, note)
    sheet.set_row(row, 18)
    call = chosen(_call(places, "composition"), 1, 2, 3, 4, 7, 8)
    result(desk, sheet, places, "ap", (row, 1), f"={call}", RESULT, WIDE)
    beside(desk, sheet, places, "ap", (row, 7), REPLICA, WIDE)


def _calculator(desk: Desk, sheet: Any, places: Places, row: int, number: int, one: Calculator) -> None:
    styles = desk.styles
    sheet.set_row(row, 18)
    sheet.write_string(row, 1, one.title, styles("strong", font_color="#14304F"))
    for column, single in enumerate(one.inputs, start=1):
        sheet.write_string(row + 1, column, single.label, styles("head"))
        write_input(desk, sheet, row + 2, column, single)
    wide = len(one.shown)
    head = [styles("head")]
    body = [styles("function", shown) for shown in one.shown]
    spill(sheet, row + 3, 1, f"={chosen(one.function, *range(1, wide + 1))}", [head * wide, body])
    wrapped = styles("function", text_wrap=True)
    spill(sheet, row + 3, 7, f"={chosen(one.function, *one.words)}", [head * 2, [wrapped] * 2])
    sheet.set_row(row + 4, 30)
    sheet.write_string(row + 3, 5, one.what, styles("head"))
    sheet.write_string(row + 3, 6, "Difference", styles("head"))
    sheet.write_formula(row + 4, 5, one.replica, styles("formula", one.shown[one.replicated]))
    places.put(f"calc{number}", 1, HOME, row + 4, {"value": 1 + one.replicated, "replica": 5, "diff": 6})
    text = filled("=ABS({value}-{replica})", places, 0, f"calc{number}", HOME)
    sheet.write_formula(row + 4, 6, text, styles("formula", "diff"))
