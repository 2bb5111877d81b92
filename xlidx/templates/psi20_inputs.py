"""Input sheets of the index workbook: single inputs, members, prices and exchange rates, dividends."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlidx.templates.grid import Places
from xlidx.templates.parts import Input, custom_rule, list_rule, number_rule
from xlidx.templates.psi20_sample import AS_OF, DIVIDENDS, EUR_PER_GBP, EUR_PER_USD, MEMBERS, PRICES, SESSIONS
from xlidx.templates.style import Desk, add_sheet, section

FIRST = 6  # first row of the body of the input tables
SPARE = 3  # empty rows for more dividends
RULE_BOOK = "PSI 20 rule book v16-01"
INVENTED = "Invented sample data, not market data: replace it by yours."

FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 12 % is 0.12 (typing 12% works too).")
POSITIVE = number_rule(1e-9, 1e15, "Above 0", "A number above 0.")
LEVEL = number_rule(1e-6, 1e9, "Level", "Index points, above 0.")
ANY_DAY = {
    "validate": "date",
    "criteria": "between",
    "minimum": date(1990, 1, 1),
    "maximum": date(2099, 12, 31),
    "input_title": "Date",
    "input_message": "A session, oldest first.",
}
DATES = f"Prices!$B${FIRST + 1}:$B${FIRST + len(SESSIONS)}"
CODES = f"Members!$B${FIRST + 1}:$B${FIRST + len(MEMBERS)}"

INPUT_GROUPS = (
    (
        "Index",
        (
            Input(
                name="AsOf",
                label="As-of date",
                value=AS_OF,
                number="date",
                unit="session",
                source="Session for weights and key figures; choose one of sheet Prices.",
                rule=list_rule(f"={DATES}", "As-of date", "A session of sheet Prices."),
            ),
            Input(
                name="BaseLevel",
                label="Level on the base date",
                value=3000.0,
                number="level",
                unit="index points",
                source=f"{RULE_BOOK}, reference data: base value 3000; the base date is the first session of "
                "sheet Prices.",
                rule=LEVEL,
            ),
            Input(
                name="NetStart",
                label="Net return level on the base date",
                value=3000.0,
                number="level",
                unit="index points",
                source="Sample: all three versions start together.",
                rule=LEVEL,
            ),
            Input(
                name="GrossStart",
                label="Gross return level on the base date",
                value=3000.0,
                number="level",
                unit="index points",
                source="Sample: all three versions start together.",
                rule=LEVEL,
            ),
        ),
    ),
    (
        "Composition",
        (
            Input(
                name="Cap",
                label="Capping",
                value=0.12,
                number="rate",
                unit="of index value",
                source=f"{RULE_BOOK}, 5.3.3: no weight above 12 % at the closes of the composition announcement date.",
                rule=number_rule(0.0001, 1, "Capping", "A fraction: 12 % is 0.12; number of members x cap at least 1."),
            ),
            Input(
                name="BandStep",
                label="Free-float band",
                value=0.05,
                number="rate",
                unit="of shares",
                source=f"{RULE_BOOK}, 8.1: free float in bands of 5 %.",
                rule=number_rule(0.0001, 1, "Band", "Width of a band as a fraction: 5 % is 0.05."),
            ),
            Input(
                name="BandDirection",
                label="Rounding of the free float",
                value="up",
                number="general",
                unit="direction",
                source=f"{RULE_BOOK}, 8.1: rounded up to the next band; exact multiples stay.",
                rule=list_rule(["up", "nearest", "down"], "Rounding", "up, nearest or down."),
            ),
        ),
    ),
    (
        "Checks",
        (
            Input(
                name="Tolerance",
                label="Largest difference to a replica",
                value=1e-9,
                number="diff",
                unit="points or fraction",
                source="Functions and replicas differ by floating-point noise only; divisors are compared as a ratio.",
                rule=number_rule(0, 1e-3, "Tolerance", "A small number, at most 0.001."),
            ),
        ),
    ),
)

MEMBER_COLUMNS = (
    ("code", "Code", 10, "general", custom_rule(f"=COUNTIF({CODES},B7)=1", "Code", "Each member once.")),
    ("name", "Company", 24, "general", {"validate": "length", "criteria": ">", "value": 0}),
    (
        "country",
        "Country",
        10,
        "general",
        {"validate": "length", "criteria": "==", "value": 2, "input_title": "Country", "input_message": "Two letters."},
    ),
    ("currency", "Currency", 10, "general", list_rule(["EUR", "USD", "GBP"], "Currency", "Currency of the quote.")),
    ("shares", "Shares in index", 18, "count", POSITIVE),
    ("free_float", "Free float", 13, "rate", FRACTION),
    ("withholding", "Withholding tax", 17, "rate", FRACTION),
)
DIVIDEND_COLUMNS = (
    ("day", "Ex-date", 18, "date", list_rule(f"={DATES}", "Ex-date", "A session of sheet Prices.")),
    ("code", "Code", 18, "general", list_rule(f"={CODES}", "Member", "A code of sheet Members.")),
    ("amount", "Amount per share", 24, "cash4", number_rule(0, 1e6, "Amount", "Gross, in the currency of the quote.")),
    (
        "kind",
        "Type",
        24,
        "general",
        list_rule(["ordinary", "special"], "Type", "ordinary goes into XD, special into the divisor."),
    ),
)


def add_members(desk: Desk, places: Places) -> Any:
    """Write the members as an Excel table."""
    rows = [[getattr(member, key) for key, *_ in MEMBER_COLUMNS] for member in MEMBERS]
    note = "Table tblMembers. Free float is raw, in fractions of the shares; Calc rounds it to bands."
    return _table(desk, places, ("Members", "tblMembers", "q"), note, MEMBER_COLUMNS, rows, 0)


def add_dividends(desk: Desk, places: Places) -> Any:
    """Write the dividends as an Excel table with spare rows."""
    note = "Table tblDividends: ordinary ones go into XD, special ones into the divisor."
    return _table(desk, places, ("Dividends", "tblDividends", "d"), note, DIVIDEND_COLUMNS, DIVIDENDS, SPARE)


def _table(
    desk: Desk, places: Places, names: tuple[str, str, str], note: str, columns: Any, rows: Any, spare: int
) -> Any:
    name, table, block = names
    sheet = add_sheet(desk, name, "input", [width for _, _, width, *_ in columns], INVENTED, (FIRST, 2))
    row = section(desk, sheet, 3, name, len(columns), note)
    height, last = len(rows) + spare, FIRST + len(rows) + spare - 1
    head = desk.styles("head")
    titles = [{"header": text, "header_format": head} for _, text, *_ in columns]
    options = {"name": table, "style": None, "autofilter": False, "columns": titles}
    sheet.set_row(row, 18)
    sheet.add_table(row, 1, last, len(columns), options)
    for place, (_, _, _, number, rule) in enumerate(columns, start=1):
        sheet.data_validation(FIRST, place, last, place, dict(rule))
        for offset in range(height):
            value = rows[offset][place - 1] if offset < len(rows) else None
            put(sheet, FIRST + offset, place, value, desk.styles("input", number))
    keys = {key: place for place, (key, *_) in enumerate(columns, start=1)}
    places.put(block, height, name, FIRST, keys)
    sheet.print_area(0, 0, last, len(columns))
    return sheet


def put(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    """Write a value of any type, dates as dates."""
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write(row, column, value, style)


def add_prices(desk: Desk, places: Places) -> Any:
    """Write closes and exchange rates: sessions down, members across."""
    widths = (13, 10, 10, *([9.5] * len(MEMBERS)))
    sheet = add_sheet(desk, "Prices", "input", widths, INVENTED, (FIRST, 2))
    note = "Closes in the currency of the quote, sessions down, members in the order of sheet Members; FX multiplies."
    row = section(desk, sheet, 3, "Closes", len(widths), note)
    sheet.set_row(row, 30)
    for column, text in enumerate(("Date", "EUR per USD", "EUR per GBP"), start=1):
        sheet.write_string(row, column, text, desk.styles("head"))
    for n in range(len(MEMBERS)):
        sheet.write_formula(row, 4 + n, f"={places.cell('q.code', n)}", desk.styles("head"))
    last = FIRST + len(SESSIONS) - 1
    rates = [("date", SESSIONS), ("cash4", EUR_PER_USD), ("cash4", EUR_PER_GBP)]
    closes = [(("cash4" if prices[0] < 1 else "unit"), prices) for prices in PRICES.values()]
    columns: list[tuple[str, tuple[Any, ...]]] = [*rates, *closes]
    for column, (number, values) in enumerate(columns, start=1):
        for offset, value in enumerate(values):
            put(sheet, FIRST + offset, column, value, desk.styles("input", number))
    sheet.data_validation(FIRST, 1, last, 1, dict(ANY_DAY))
    price = number_rule(0, 1e9, "Close", "Price in the currency of the quote, or EUR per unit of currency.")
    sheet.data_validation(FIRST, 2, last, len(columns), price)
    places.put("p", len(SESSIONS), "Prices", FIRST, {"day": 1, "usd": 2, "gbp": 3})
    places.put("p", len(SESSIONS), "Prices", FIRST, {"closes": 4}, len(MEMBERS))
    sheet.print_area(0, 0, last, len(widths))
    return sheet
