"""Settlement sheet of the turbo desk: three ways to settle one series, its valuation dates, and the whole book."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Block, Field, difference, lay
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, define, printed
from xlidx.templates.turbo_desk.chosen_series import add_chosen_series
from xlidx.templates.turbo_desk.series import SERIES

HOME, YEARS = "Settlement", 5
WIDTHS = (17, 14, 14, 14, 14, 14, 15, 14, 14, 14, 13, 13, 13)
EVENTS = ("exercise", "issuer call", "stop loss")


# fmt: off
ONE = Block(
    "one",
    "Ways to settle the chosen series",
    "Exercise and issuer call pay on the spot, a stop loss on the worst level of its day; best and limited then pay 0.",
    (
        Field("event", "Event", "", "general", "formula", '=INDEX({"exercise","issuer call","stop loss"},{n})'),
        Field("price", "Price", "points", "level", "formula", '=IF({event}="stop loss",{now.worst^},{now.spot^})'),
        Field("paid", "Paid", "EUR, function", "cash", "each",
              "=XI_TURBO_CASH_SETTLEMENT({pick.side^},{now.level^},{price},{pick.entitlement^},{now.fx^},{event},"
              "{pick.kind^},Expenses,Decimals)"),
        Field("gross", "Before expenses", "EUR, unrounded", "any", "formula",
              "=MAX(0,{now.sign^}*({price}-{now.level^}))*{pick.entitlement^}/{now.fx^}"),
        Field("replica", "Replica", "EUR", "cash", "cross",
              '=IF(AND({event}="stop loss",{pick.kind^}<>"open ended"),0,ROUND(MAX(0,{gross}-Expenses),Decimals))'),
        difference("diff", "paid", "replica"),
        Field("total", "All certificates", "EUR", "count", "cross",
              "={paid}*INDEX({t.issued:},MATCH(SeriesPick,{t.isin:},0))"),
    ),
    len(EVENTS),
)
DATES = Block(
    "dates",
    "Yearly valuation dates for exercise",
    "From one year after the issue date, each moved to the next session of the exchange chosen on Inputs.",
    (
        Field("year", "Year", "", "plain", "formula", "={n}"),
        Field("anniversary", "Anniversary", "of the issue date", "date", "cross", "=EDATE(IssueDate,12*{year})"),
        Field("date", "Valuation date", "function", "date", "function",
              "=XI_TURBO_VALUATION_DATES(IssueDate,ROWS({year}),Calendar)"),
        Field("weekday", "Next weekday", "replica", "date", "formula", "=WORKDAY({anniversary}-1,1)"),
        Field("holidays", "Moved on", "days, holidays", "flag", "formula", "={date}-{weekday}"),
        Field("sound", "Sound", "1 = yes", "flag", "formula",
              "=IF(AND({holidays}>=0,{holidays}<=5,WEEKDAY({date},2)<6),1,0)"),
    ),
    YEARS,
)
# fmt: on
BOOK = Block(
    "due",
    "The whole book",
    "What each series pays on its last day: on exercise or call while it lives, on the stop loss if it was touched.",
    (
        Field("isin", "ISIN", "", "general", "cross", "={in.isin}"),
        Field("underlying", "Underlying", "", "general", "cross", "={in.underlying}"),
        Field("state", "State", "", "general", "cross", "={book.state}"),
        Field("last", "Last day", "", "date", "cross", "={in.last}"),
        Field("level", "Financing level", "points", "level4", "cross", "={roll.level}"),
        Field("spot", "Spot", "points", "level", "cross", "={in.spot}"),
        Field("exercise", "On exercise, call", "EUR", "cash", "cross", "={settle.exercise}"),
        Field("stopped", "On stop loss", "EUR", "cash", "cross", "={settle.stopped}"),
        Field("due", "Due", "EUR", "cash", "cross", "={settle.due}"),
        Field("book", "XI_TURBO_BOOK", "EUR", "cash", "cross", "={book.settlement}"),
        Field("issued", "Certificates", "issued", "count", "cross", "={t.issued}"),
        Field("total", "Due, all", "EUR", "count", "formula", "={due}*{issued}"),
    ),
    len(SERIES),
)


def add_settlement(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "What a certificate pays, by event, at the level of its last day; event and series are chosen on Inputs."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    row = add_chosen_series(desk, sheet, places, 3)
    row = lay(desk, sheet, places, (ONE, DATES, BOOK), row)
    total, (_, first, column, _) = places.column("due.total", HOME), places.first["due.total"]
    below = first + len(SERIES)
    sheet.write_string(below, column - 1, "Total", desk.styles("label", bold=True))
    sheet.write_formula(below, column, f"=SUM({total})", desk.styles("formula", "count", bold=True))
    define(desk, "TotalDue", HOME, below, column)
    printed(sheet, below, len(WIDTHS), pages=(1, 1))
