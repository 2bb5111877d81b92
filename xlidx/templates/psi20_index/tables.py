"""Input tables of the index workbook: members, prices, dividends, events, candidates, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xlidx.templates.kit.places import Places
from xlidx.templates.kit.rules import custom_rule, list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, address, define_block, section
from xlidx.templates.psi20_index.inputs import ACTION_ROWS, CODES, DATES, FIRST, day_rule
from xlidx.templates.psi20_index.sample.candidates import CANDIDATES, DECISIONS
from xlidx.templates.psi20_index.sample.closes import CLOSES, RATES, SESSIONS
from xlidx.templates.psi20_index.sample.members import ACTIONS, DIVIDENDS, JOINING, LINES, MEMBERS, TAXES

INVENTED = "Invented sample data, not market data: replace it by yours."
DIVIDEND_ROWS = len(DIVIDENDS) + 3
CANDIDATE_ROWS = len(CANDIDATES) + 2
DECISION_ROWS = len(DECISIONS) + 3

FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 12 % is 0.12 (typing 12% works too).")
POSITIVE = number_rule(1e-9, 1e15, "Above 0", "A number above 0.")
AMOUNT = number_rule(0, 1e6, "Amount", "Per share, gross, in the currency of the quote.")
WORDS = {"validate": "length", "criteria": ">", "value": 0, "input_title": "Text", "input_message": "A text."}
COUNTRY = {
    "validate": "length",
    "criteria": "==",
    "value": 2,
    "input_title": "Country",
    "input_message": "Two letters.",
}
CURRENCY = list_rule(["EUR", "USD", "GBP"], "Currency", "Currency of the quote.")
LINE = list_rule(f"={CODES}", "ISIN", "A code of the first row of sheet Prices.")
KINDS = [
    "special dividend",
    "split",
    "reverse split",
    "bonus issue",
    "rights issue",
    "spin-off",
    "removal",
    "addition",
]
DECIDED = ["exclude", "veto", "add", "remove", "keep shares"]
YES_NO = list_rule(["yes", "no"], "yes or no", "yes or no.")

Column = tuple[str, str, float, str, Any]
Rows = Sequence[Sequence[Any]]

MEMBER_CODES = address("Members", FIRST, 1, FIRST + len(MEMBERS) - 1).split("!")[1]
MEMBER_COLUMNS: tuple[Column, ...] = (
    ("code", "ISIN", 14, "general", custom_rule(f"=COUNTIF({MEMBER_CODES},B7)=1", "ISIN", "Each member once.")),
    ("name", "Company", 26, "general", WORDS),
    ("country", "Country", 12, "general", COUNTRY),
    ("currency", "Currency", 12, "general", CURRENCY),
    ("shares", "Shares in index", 20, "count", POSITIVE),
    ("free_float", "Free float", 14, "rate", FRACTION),
)
JOINING_COLUMNS: tuple[Column, ...] = (
    ("code", "ISIN", 14, "general", WORDS),
    ("name", "Company", 26, "general", WORDS),
)
TAX_COLUMNS: tuple[Column, ...] = (
    ("country", "Country", 14, "general", COUNTRY),
    ("rate", "Rate", 26, "rate", FRACTION),
)
DIVIDEND_COLUMNS: tuple[Column, ...] = (
    ("day", "Ex date", 20, "date", list_rule(f"={DATES}", "Ex-date", "A session of sheet Prices.")),
    ("code", "ISIN", 20, "general", LINE),
    ("amount", "Amount", 26, "cash4", AMOUNT),
)
EVENT_COLUMNS: tuple[Column, ...] = (
    ("day", "Date", 14, "date", list_rule(f"={DATES}", "Date", "First session with the new basket (ex-date).")),
    ("code", "ISIN", 9, "general", LINE),
    ("action", "Action", 17, "general", list_rule(KINDS, "Action", "An action that the replicas on Calc follow.")),
    (
        "ratio",
        "Ratio",
        9,
        "any",
        number_rule(1e-9, 1e6, "Ratio", "New shares per share held; for splits shares after per share before."),
    ),
    ("price", "Price", 10, "cash4", number_rule(0, 1e6, "Price", "Subscription price of a rights issue.")),
    ("amount", "Amount", 10, "cash4", AMOUNT),
    ("other", "Other ISIN", 11, "general", LINE),
    ("shares", "Shares", 14, "count", POSITIVE),
    ("free_float", "Free float", 11, "rate", FRACTION),
    ("capping", "Capping", 11, "factor", number_rule(1e-9, 10, "Capping", "Capping factor, 1 if not capped.")),
    ("currency", "Currency", 10, "general", CURRENCY),
    ("country", "Country", 10, "general", COUNTRY),
    ("event", "Event ID", 10, "general", WORDS),
    ("author", "Author", 13, "general", WORDS),
    ("reason", "Reason", 46, "general", WORDS),
)
CANDIDATE_COLUMNS: tuple[Column, ...] = (
    ("company", "Company", 24, "general", WORDS),
    ("code", "ISIN", 10, "general", WORDS),
    ("member", "Member", 10, "general", YES_NO),
    (
        "segment",
        "Segment",
        13,
        "general",
        list_rule(["continuous", "auction", "other"], "Segment", "continuous, auction or other."),
    ),
    ("admission", "Admission", 14, "date", day_rule("First day of listing; blank if long ago.")),
    ("removed", "Removed", 14, "date", day_rule("First session out of the index after a removal.")),
    ("shares", "Shares", 17, "count", POSITIVE),
    ("close", "Close", 13, "cash4", number_rule(0, 1e6, "Close", "At the cut-off date, in euro.")),
    ("free_float", "Free float", 13, "rate", FRACTION),
    ("velocity", "Velocity", 13, "rate", number_rule(0, 100, "Velocity", "Of twelve months: 25 % is 0.25.")),
    (
        "composition_close",
        "Composition close",
        18,
        "cash4",
        number_rule(1e-9, 1e6, "Close", "At the composition announcement date, in euro."),
    ),
)
DECISION_COLUMNS: tuple[Column, ...] = (
    ("code", "ISIN", 14, "general", WORDS),
    ("decision", "Decision", 18, "general", list_rule(DECIDED, "Decision", "One of the words of the list.")),
    ("author", "Author", 18, "general", WORDS),
    ("reason", "Reason", 44, "general", WORDS),
    ("decided", "Decided", 16, "date", day_rule("Day of the decision.")),
    ("expiry", "Expiry", 16, "date", day_rule("Last cut-off date that the decision holds for.")),
)


def add_members(desk: Desk, places: Places) -> Any:
    """Write the members, the companies that join later, and the withholding taxes."""
    rows = [[getattr(member, key) for key, *_ in MEMBER_COLUMNS] for member in MEMBERS]
    sheet = input_sheet(desk, "Members", MEMBER_COLUMNS, (FIRST, 2))
    note = "Table tblMembers, as of the base date. Free float is raw, in fractions; Calc rounds it to bands."
    row = section(desk, sheet, 3, "Members on the base date", len(MEMBER_COLUMNS), note)
    row = input_table(desk, sheet, places, ("tblMembers", "q"), (row, MEMBER_COLUMNS, rows, len(rows)))
    note = "Table tblJoining: columns of sheet Prices after those of the members; sheet Events brings them in."
    row = section(desk, sheet, row + 1, "Companies that join later", len(MEMBER_COLUMNS), note)
    row = input_table(desk, sheet, places, ("tblJoining", "j"), (row, JOINING_COLUMNS, JOINING, len(JOINING)))
    note = "Table tblTax: rates by country of incorporation, for the net return. The rates are samples too."
    row = section(desk, sheet, row + 1, "Withholding tax", len(MEMBER_COLUMNS), note)
    row = input_table(desk, sheet, places, ("tblTax", "x"), (row, TAX_COLUMNS, TAXES, len(TAXES) + 2))
    sheet.print_area(0, 0, row - 1, len(MEMBER_COLUMNS))
    sheet.fit_to_pages(1, 1)
    return sheet


def add_dividends(desk: Desk, places: Places) -> Any:
    """Write the ordinary dividends."""
    note = "Table tblDividends: ordinary dividends, gross, which go into XD. Special ones stand on sheet Events."
    return single(desk, places, ("Dividends", "tblDividends", "d"), note, DIVIDEND_COLUMNS, DIVIDENDS, DIVIDEND_ROWS)


def add_events(desk: Desk, places: Places) -> Any:
    """Write the corporate actions and changes of the composition."""
    rows = [[getattr(one, key) for key, *_ in EVENT_COLUMNS] for one in ACTIONS]
    note = "Table tblActions: dates are ex-dates; ratio, price and amount are per share held. Oldest first."
    return single(desk, places, ("Events", "tblActions", "e"), note, EVENT_COLUMNS, rows, ACTION_ROWS)


def add_candidates(desk: Desk, places: Places) -> Any:
    """Write the listed lines that a review chooses from."""
    rows = [[getattr(one, key) for key, *_ in CANDIDATE_COLUMNS] for one in CANDIDATES]
    note = "Table tblCandidates: every listed line at the review cut-off date of sheet Inputs; closes in euro."
    return single(desk, places, ("Candidates", "tblCandidates", "c"), note, CANDIDATE_COLUMNS, rows, CANDIDATE_ROWS)


def add_decisions(desk: Desk, places: Places) -> Any:
    """Write the decisions that are a matter of judgement."""
    note = "Table tblDecisions: who decided what, why, and until which cut-off date it holds; expired ones are ignored."
    return single(desk, places, ("Decisions", "tblDecisions", "v"), note, DECISION_COLUMNS, DECISIONS, DECISION_ROWS)


def single(
    desk: Desk,
    places: Places,
    names: tuple[str, str, str],
    note: str,
    columns: tuple[Column, ...],
    rows: Rows,
    height: int,
) -> Any:
    """Write a sheet that is one input table, and return it."""
    name, table, block = names
    sheet = input_sheet(desk, name, columns, (FIRST, 3))
    row = section(desk, sheet, 3, name, len(columns), note)
    row = input_table(desk, sheet, places, (table, block), (row, columns, rows, height))
    sheet.print_area(0, 0, row - 1, len(columns))
    sheet.repeat_rows(FIRST - 1)
    return sheet


def input_sheet(desk: Desk, name: str, columns: tuple[Column, ...], freeze: tuple[int, int]) -> Any:
    """Add a sheet for input tables, as wide as the columns of one of them."""
    return add_sheet(desk, name, "input", [width for _, _, width, *_ in columns], INVENTED, freeze)


def input_table(
    desk: Desk, sheet: Any, places: Places, names: tuple[str, str], content: tuple[int, tuple[Column, ...], Rows, int]
) -> int:
    """Write an Excel table from its heads on, with empty rows up to a height; return the row below it."""
    (table, block), (row, columns, rows, height) = names, content
    head = desk.styles("head")
    titles = [{"header": text, "header_format": head} for _, text, *_ in columns]
    sheet.set_row(row, 18)
    options = {"name": table, "style": None, "autofilter": False, "columns": titles}
    sheet.add_table(row, 1, row + height, len(columns), options)
    for place, (_, _, _, number, rule) in enumerate(columns, start=1):
        sheet.data_validation(row + 1, place, row + height, place, dict(rule))
        for offset in range(height):
            value = rows[offset][place - 1] if offset < len(rows) else None
            put(sheet, row + 1 + offset, place, value, desk.styles("input", number))
    keys = {key: place for place, (key, *_) in enumerate(columns, start=1)}
    places.put(block, height, sheet.get_name(), row + 1, keys)
    return row + 1 + height


def put(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Write a value of any type, dates as dates."""
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write(row, column, value, style)


def add_prices(desk: Desk, places: Places) -> Any:
    """Write closes, and beside them exchange rates: sessions down, companies and currencies across."""
    count, days = len(LINES), len(SESSIONS)
    widths = (13, *([9.5] * count), 3, 13, 10, 10)
    sheet = add_sheet(desk, "Prices", "input", widths, INVENTED, (FIRST, 2))
    note = "Closes in the currency of the quote, companies in the order of sheet Members; a cell stays empty before a "
    row = section(desk, sheet, 3, "Closes", count + 1, note + "first listing. FX multiplies: EUR per unit.")
    sheet.write_string(3, count + 3, "Exchange rates", desk.styles("section"))
    rates = count + 3
    places.put("p", days, "Prices", FIRST, {"day": 1})
    places.put("p", days, "Prices", FIRST, {"closes": 2}, count)
    places.put("fxp", days, "Prices", FIRST, {"day": rates})
    places.put("fxp", days, "Prices", FIRST, {"rates": rates + 1}, len(RATES))
    places.put("fxn", 1, "Prices", row, {"names": rates + 1}, len(RATES))
    _price_heads(desk, sheet, places, row)
    columns = [("date", 1, SESSIONS)]
    columns += [(_number(CLOSES[code]), 2 + n, CLOSES[code]) for n, code in enumerate(LINES)]  # type: ignore[misc]
    columns += [("cash4", rates + 1 + n, values) for n, values in enumerate(RATES.values())]  # type: ignore[misc]
    for number, column, values in columns:
        for offset, value in enumerate(values):
            put(sheet, FIRST + offset, column, value, desk.styles("input", number))
    for offset in range(days):
        text = f"={places.cell('p.day', offset, 'Prices')}"
        sheet.write_formula(FIRST + offset, rates, text, desk.styles("formula", "date"))
    _price_rules(sheet, count, rates, FIRST + days - 1)
    define_block(desk, "CloseTable", "Prices", (FIRST, 1), (FIRST + days - 1, count + 1))
    define_block(desk, "RateTable", "Prices", (FIRST, rates + 1), (FIRST + days - 1, rates + len(RATES)))
    sheet.print_area(0, 0, FIRST + days - 1, len(widths))
    return sheet


def _number(values: Sequence[float | None]) -> str:
    return "cash4" if min(value for value in values if value is not None) < 1 else "unit"


def _price_heads(desk: Desk, sheet: Any, places: Places, row: int) -> None:
    head = desk.styles("head")
    sheet.set_row(row, 18)
    sheet.write_string(row, 1, "Date", head)
    for n in range(len(LINES)):
        joins = n - len(MEMBERS)
        name = places.cell("j.code", joins) if joins >= 0 else places.cell("q.code", n)
        sheet.write_formula(row, 2 + n, f"={name}", head)
    for offset, text in enumerate(("Date", *RATES)):
        sheet.write_string(row, len(LINES) + 3 + offset, text, head)


def _price_rules(sheet: Any, count: int, rates: int, last: int) -> None:
    sheet.data_validation(FIRST, 1, last, 1, day_rule("A session, oldest first."))
    price = number_rule(0, 1e9, "Close", "Price in the currency of the quote; empty before a first listing.")
    sheet.data_validation(FIRST, 2, last, count + 1, price)
    rate = number_rule(1e-9, 1e6, "Rate", "EUR per unit of the currency.")
    sheet.data_validation(FIRST, rates + 1, last, rates + len(RATES), rate)
