"""Actions sheet of the index workbook: one day of actions netted and explained, and single calculators."""

from __future__ import annotations

from typing import Any

import attrs

from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.inputs import Input, write_input
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.rules import list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, section, spill
from xlidx.templates.psi20_index.calc.feeds import ACTION_PLACE
from xlidx.templates.psi20_index.sample.members import LINES

HOME, WIDE, STEPS = "Actions", len(LINES), 10
WIDTHS = (17, 19, 19, 19, 19, 19, 44, 34)
LAST = len(WIDTHS)
EXPLAINED = 7
COMPOSITION = EXPLAINED + STEPS + 4
CALCULATORS = COMPOSITION + WIDE + 3


@attrs.frozen
class Calculator:
    """One action by itself: function, inputs, how many result columns are numbers, and a replica of one."""

    title: str
    function: str
    inputs: tuple[Input, ...]
    shown: tuple[str, ...]
    words: str
    replica: str
    replicated: int
    what: str


def _input(name: str, label: str, value: Any, number: str, rule: Any) -> Input:
    return Input(name=name, label=label, value=value, number=number, unit="", source="", rule=rule)


def _above(title: str) -> dict[str, Any]:
    return number_rule(1e-9, 1e15, title, "A number above 0.")


def _least(title: str) -> dict[str, Any]:
    return number_rule(0, 1e15, title, "A number of 0 or more.")


CALCULATOR_TABLE = (
    Calculator(
        "Rights issue",
        "XI_RIGHTS_ISSUE(RightsClose,RightsShares,RightsRatio,RightsPrice,TRUE,RightsMissed)",
        (
            _input("RightsClose", "Close before", 10.0, "cash4", _above("Close")),
            _input("RightsShares", "Shares in index", 1000.0, "count", _above("Shares")),
            _input("RightsRatio", "New per share held", 0.25, "any", _above("Ratio")),
            _input("RightsPrice", "Subscription price", 6.0, "cash4", _least("Price")),
            _input("RightsMissed", "Dividend missed", 0.0, "cash4", _least("Dividend")),
        ),
        ("cash4", "count", "cash4", "general"),
        "5,6",
        "=IF(RightsPrice+RightsMissed<RightsClose,"
        "(RightsClose+RightsRatio*(RightsPrice+RightsMissed))/(1+RightsRatio),RightsClose)",
        0,
        "Adjusted price, replica",
    ),
    Calculator(
        "Special dividend",
        "XI_SPECIAL_DIVIDEND(SpecialClose,SpecialShares,SpecialAmount)",
        (
            _input("SpecialClose", "Close before", 8.658, "cash4", _above("Close")),
            _input("SpecialShares", "Shares in index", 150_000_000.0, "count", _above("Shares")),
            _input("SpecialAmount", "Gross per share", 0.85, "cash4", _above("Amount")),
        ),
        ("cash4", "count", "count"),
        "4,5",
        "=SpecialClose-SpecialAmount",
        0,
        "Adjusted price, replica",
    ),
    Calculator(
        "Split, reverse split, bonus issue",
        "XI_SPLIT(SplitClose,SplitShares,SplitRatio,SplitKind)",
        (
            _input("SplitClose", "Close before", 7.598, "cash4", _above("Close")),
            _input("SplitShares", "Shares in index", 900_000_000.0, "count", _above("Shares")),
            _input("SplitRatio", "Ratio", 2.0, "any", _above("Ratio")),
            _input(
                "SplitKind",
                "Kind",
                "split",
                "general",
                list_rule(["split", "reverse split", "bonus issue"], "Kind", "split, reverse split or bonus issue."),
            ),
        ),
        ("cash4", "count"),
        "3,4",
        '=SplitClose/IF(SplitKind="bonus issue",1+SplitRatio,SplitRatio)',
        0,
        "Adjusted price, replica",
    ),
    Calculator(
        "Takeover",
        "XI_TAKEOVER(BidShares,BidRatio,BidPrice,BidCash)",
        (
            _input("BidShares", "Shares of the target", 1000.0, "count", _above("Shares")),
            _input("BidRatio", "Acquirer's per share", 0.3, "any", _least("Ratio")),
            _input("BidPrice", "Acquirer's price", 10.0, "cash4", _above("Price")),
            _input("BidCash", "Cash per share", 1.0, "cash4", _least("Cash")),
        ),
        ("cash4", "fraction", "general", "count"),
        "6,7",
        "=BidRatio*BidPrice/(BidRatio*BidPrice+BidCash)",
        1,
        "Share part, replica",
    ),
)


def add_actions(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "The actions of one day netted in one divisor step, explained; then one action at a time."
    sheet = add_sheet(desk, HOME, "calc", WIDTHS, lead)
    _cards(desk, sheet, places)
    _explained(desk, sheet, places)
    _composition(desk, sheet, places)
    section(desk, sheet, CALCULATORS, "3  Calculators", LAST, "Blue cells are inputs of this sheet alone.")
    row = CALCULATORS + 2
    for number, one in enumerate(CALCULATOR_TABLE):
        _calculator(desk, sheet, places, row, number, one)
        row += 6
    sheet.print_area(0, 0, row - 2, LAST)
    sheet.set_print_scale(60)
    sheet.set_h_pagebreaks([CALCULATORS])
    return sheet


def _call(places: Places, show: str) -> str:
    tables = (
        places.table("bef.isin", "bef.country"),
        places.table("cls.isin", "cls.price"),
        places.table("day.day", "day.reason"),
        filled(f"INDEX({{hist.divisor:}},{ACTION_PLACE}-1)", places, 0),
        places.table("rat.currency", "rat.rate"),
    )
    return f'XI_APPLY_ACTIONS({",".join(tables)},"{show}")'


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    def on_day(name: str, shift: str = "") -> str:
        return filled(f"INDEX({{{name}:}},{ACTION_PLACE}{shift})", places, 0)

    figures = (
        ((3, 1, 1), "Day of actions", "=ActionDay", "date"),
        ((3, 2, 2), "Number of actions", f"=COUNTIF({places.column('day.day')},ActionDay)", "count"),
        ((3, 3, 4), "Divisor before", f"={on_day('hist.divisor', '-1')}", "level4"),
        ((3, 5, 6), "Divisor from this day on", f"={on_day('hist.divisor')}", "level4"),
        ((3, 7, 7), "Value that joins or leaves, EUR million", f"={on_day('hist.effect')}", "millions"),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 8, 8))


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
    styles = desk.styles
    body = [styles("function", number) for number in ("general", "count", "rate", "factor", "cash4", "level4")]
    sheet.set_row(row, 18)
    call = _call(places, "composition")
    spill(sheet, row, 1, f"=_xlfn.CHOOSECOLS({call},1,2,3,4,7,8)", [[styles("head")] * 6, *([body] * WIDE)])
    sheet.write_string(row, 7, "Shares on sheet Daily, replica", styles("head"))
    sheet.write_string(row, 8, "Difference, as a ratio", styles("head"))
    columns = {"isin": 1, "shares": 2, "close": 5, "divisor": 6, "replica": 7, "diff": 8}
    places.put("ap", WIDE, HOME, row + 1, columns)
    wanted = "INDEX({dx.shares:},{place},MATCH({isin},{line.code:},0))".replace("{place}", ACTION_PLACE)
    for offset in range(WIDE):
        text = filled(f'=IF({{isin}}="",0,{wanted})', places, offset, "ap", HOME)
        sheet.write_formula(row + 1 + offset, 7, text, styles("cross", "count"))
        text = filled('=IF({isin}="",0,ABS({shares}/{replica}-1))', places, offset, "ap", HOME)
        sheet.write_formula(row + 1 + offset, 8, text, styles("formula", "diff"))


def _calculator(desk: Desk, sheet: Any, places: Places, row: int, number: int, one: Calculator) -> None:
    styles = desk.styles
    sheet.set_row(row, 18)
    sheet.write_string(row, 1, one.title, styles("strong", font_color="#14304F"))
    for column, single in enumerate(one.inputs, start=1):
        sheet.write_string(row + 1, column, single.label, styles("head"))
        write_input(desk, sheet, row + 2, column, single)
    wide = len(one.shown)
    chosen = ",".join(str(n) for n in range(1, wide + 1))
    head = [styles("head")]
    body = [styles("function", shown) for shown in one.shown]
    spill(sheet, row + 3, 1, f"=_xlfn.CHOOSECOLS({one.function},{chosen})", [head * wide, body])
    wrapped = styles("function", text_wrap=True)
    spill(sheet, row + 3, 7, f"=_xlfn.CHOOSECOLS({one.function},{one.words})", [head * 2, [wrapped] * 2])
    sheet.set_row(row + 4, 30)
    sheet.write_string(row + 3, 5, one.what, styles("head"))
    sheet.write_string(row + 3, 6, "Difference", styles("head"))
    sheet.write_formula(row + 4, 5, one.replica, styles("formula", one.shown[one.replicated]))
    places.put(f"calc{number}", 1, HOME, row + 4, {"value": 1 + one.replicated, "replica": 5, "diff": 6})
    text = filled("=ABS({value}-{replica})", places, 0, f"calc{number}", HOME)
    sheet.write_formula(row + 4, 6, text, styles("formula", "diff"))
