"""Settlement sheet of the turbo desk: three ways to settle one series, its valuation dates, and the whole book."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, lay
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, define
from xlidx.templates.turbo_desk.pick import add_pick
from xlidx.templates.turbo_desk.series import SERIES

HOME, YEARS = "Settlement", 5
WIDTHS = (17, 14, 14, 14, 14, 14, 15, 14, 14, 14, 13, 13, 13)
EVENTS = ("exercise", "issuer call", "stop loss")


def _event(key: str, head: str, unit: str, number: str, formula: str, kind: Any = "formula") -> Field:
    return Field(key, head, unit, number, kind, formula)


ONE = Block(
    "one",
    "Ways to settle the chosen series",
    "Exercise and issuer call pay on the spot, a stop loss on the worst level of its day; best and limited then pay 0.",
    (
        _event("event", "Event", "", "general", '=INDEX({"exercise","issuer call","stop loss"},{n})'),
        _event("price", "Price", "points", "level", '=IF({event}="stop loss",{now.worst^},{now.spot^})'),
        _event(
            "paid",
            "Paid",
            "EUR, function",
            "cash",
            "=XI_TURBO_CASH_SETTLEMENT({pick.side^},{now.level^},{price},{pick.entitlement^},{now.fx^},{event},"
            "{pick.kind^},Expenses,Decimals)",
            "each",
        ),
        _event(
            "gross",
            "Before expenses",
            "EUR, unrounded",
            "any",
            "=MAX(0,{now.sign^}*({price}-{now.level^}))*{pick.entitlement^}/{now.fx^}",
        ),
        _event(
            "replica",
            "Replica",
            "EUR",
            "cash",
            '=IF(AND({event}="stop loss",{pick.kind^}<>"open ended"),0,ROUND(MAX(0,{gross}-Expenses),Decimals))',
            "cross",
        ),
        _event("diff", "Difference", "absolute", "diff", "=ABS({paid}-{replica})"),
        _event(
            "total",
            "All certificates",
            "EUR",
            "count",
            "={paid}*INDEX({t.issued:},MATCH(SeriesPick,{t.isin:},0))",
            "cross",
        ),
    ),
    len(EVENTS),
)
DATES = Block(
    "dates",
    "Yearly valuation dates for exercise",
    "From one year after the issue date, each moved to the next session of the exchange chosen on Inputs.",
    (
        _event("year", "Year", "", "plain", "={n}"),
        _event("anniversary", "Anniversary", "of the issue date", "date", "=EDATE(IssueDate,12*{year})", "cross"),
        Field(
            "date",
            "Valuation date",
            "function",
            "date",
            "function",
            "=XI_TURBO_VALUATION_DATES(IssueDate,ROWS({year}),Calendar)",
        ),
        _event("weekday", "Next weekday", "replica", "date", "=WORKDAY({anniversary}-1,1)"),
        _event("holidays", "Moved on", "days, holidays", "flag", "={date}-{weekday}"),
        _event(
            "sound",
            "Sound",
            "1 = yes",
            "flag",
            "=IF(AND({holidays}>=0,{holidays}<=5,WEEKDAY({date},2)<6),1,0)",
        ),
    ),
    YEARS,
)
BOOK = Block(
    "due",
    "The whole book",
    "What each series pays on its last day: on exercise or call while it lives, on the stop loss if it was touched.",
    (
        _event("isin", "ISIN", "", "general", "={in.isin}", "cross"),
        _event("underlying", "Underlying", "", "general", "={in.underlying}", "cross"),
        _event("state", "State", "", "general", "={book.state}", "cross"),
        _event("last", "Last day", "", "date", "={in.last}", "cross"),
        _event("level", "Financing level", "points", "level4", "={roll.level}", "cross"),
        _event("spot", "Spot", "points", "level", "={in.spot}", "cross"),
        _event("exercise", "On exercise, call", "EUR", "cash", "={settle.exercise}", "cross"),
        _event("stopped", "On stop loss", "EUR", "cash", "={settle.stopped}", "cross"),
        _event("due", "Due", "EUR", "cash", "={settle.due}", "cross"),
        _event("book", "XI_TURBO_BOOK", "EUR", "cash", "={book.settlement}", "cross"),
        _event("issued", "Certificates", "issued", "count", "={t.issued}", "cross"),
        _event("total", "Due, all", "EUR", "count", "={due}*{issued}"),
    ),
    len(SERIES),
)


def add_settlement(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "What a certificate pays, by event, at the level of its last day; event and series are chosen on Inputs."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    row = add_pick(desk, sheet, places, 3)
    row = lay(desk, sheet, places, (ONE, DATES, BOOK), row)
    total, (_, first, column, _) = places.column("due.total", HOME), places.first["due.total"]
    below = first + len(SERIES)
    sheet.write_string(below, column - 1, "Total", desk.styles("label", bold=True))
    sheet.write_formula(below, column, f"=SUM({total})", desk.styles("formula", "count", bold=True))
    define(desk, "TotalDue", HOME, below, column)
    sheet.print_area(0, 0, below, len(WIDTHS))
    sheet.fit_to_pages(1, 1)
    return sheet
