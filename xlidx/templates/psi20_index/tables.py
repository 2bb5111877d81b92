"""Input tables of the index workbook: members, prices, dividends, events, candidates, decisions."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.inputs import FIRST, Column, Table, add_table, add_tables
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.prices import Prices, add_prices, place_prices
from xlidx.templates.kit.rules import (
    COUNTRY,
    FRACTION,
    POSITIVE,
    WORDS,
    YES_NO,
    custom_rule,
    day_rule,
    list_rule,
    number_rule,
)
from xlidx.templates.kit.style import Desk, address, define_block
from xlidx.templates.psi20_index.inputs import ACTION_ROWS, CODES, DATES
from xlidx.templates.psi20_index.sample.candidates import CANDIDATES, DECISIONS
from xlidx.templates.psi20_index.sample.closes import CLOSES, RATES, SESSIONS, Series
from xlidx.templates.psi20_index.sample.members import ACTIONS, DIVIDENDS, JOINING, LINES, MEMBERS, TAXES

CANDIDATE_ROWS = len(CANDIDATES) + 2

AMOUNT = number_rule(0, 1e6, "Amount", "Per share, gross, in the currency of the quote.")
RATIO = number_rule(1e-9, 1e6, "Ratio", "New shares per share held; for splits shares after per share before.")
SEGMENT = list_rule(["continuous", "auction", "other"], "Segment", "continuous, auction or other.")
COMPOSITION_CLOSE = number_rule(1e-9, 1e6, "Close", "At the composition announcement date, in euro.")
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
    ("ratio", "Ratio", 9, "any", RATIO),
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
    ("segment", "Segment", 13, "general", SEGMENT),
    ("admission", "Admission", 14, "date", day_rule("First day of listing; blank if long ago.")),
    ("removed", "Removed", 14, "date", day_rule("First session out of the index after a removal.")),
    ("shares", "Shares", 17, "count", POSITIVE),
    ("close", "Close", 13, "cash4", number_rule(0, 1e6, "Close", "At the cut-off date, in euro.")),
    ("free_float", "Free float", 13, "rate", FRACTION),
    ("velocity", "Velocity", 13, "rate", number_rule(0, 100, "Velocity", "Of twelve months: 25 % is 0.25.")),
    ("composition_close", "Composition close", 18, "cash4", COMPOSITION_CLOSE),
)
DECISION_COLUMNS: tuple[Column, ...] = (
    ("code", "ISIN", 14, "general", WORDS),
    ("decision", "Decision", 18, "general", list_rule(DECIDED, "Decision", "One of the words of the list.")),
    ("author", "Author", 18, "general", WORDS),
    ("reason", "Reason", 44, "general", WORDS),
    ("decided", "Decided", 16, "date", day_rule("Day of the decision.")),
    ("expiry", "Expiry", 16, "date", day_rule("Last cut-off date that the decision holds for.")),
)


def _rows(ones: Any, columns: tuple[Column, ...]) -> list[list[Any]]:
    return [[getattr(one, key) for key, *_ in columns] for one in ones]


def _number(values: Series) -> str:
    return "cash4" if min(value for value in values if value is not None) < 1 else "unit"


# fmt: off
MEMBER_TABLES = (
    Table("tblMembers", "q", "Members on the base date",
          "Table tblMembers, as of the base date. Free float is raw, in fractions; Calc rounds it to bands.",
          MEMBER_COLUMNS, _rows(MEMBERS, MEMBER_COLUMNS), len(MEMBERS)),
    Table("tblJoining", "j", "Companies that join later",
          "Table tblJoining: columns of sheet Prices after those of the members; sheet Events brings them in.",
          JOINING_COLUMNS, JOINING, len(JOINING)),
    Table("tblTax", "x", "Withholding tax",
          "Table tblTax: rates by country of incorporation, for the net return. The rates are samples too.",
          TAX_COLUMNS, TAXES, len(TAXES) + 2),
)
# Sheets of one table each, named by their title.
TABLES = (
    Table("tblDividends", "d", "Dividends",
          "Table tblDividends: ordinary dividends, gross, which go into XD. Special ones stand on sheet Events.",
          DIVIDEND_COLUMNS, DIVIDENDS, len(DIVIDENDS) + 3),
    Table("tblActions", "e", "Events",
          "Table tblActions: dates are ex-dates; ratio, price and amount are per share held. Oldest first.",
          EVENT_COLUMNS, _rows(ACTIONS, EVENT_COLUMNS), ACTION_ROWS),
    Table("tblCandidates", "c", "Candidates",
          "Table tblCandidates: every listed line at the review cut-off date of sheet Inputs; closes in euro.",
          CANDIDATE_COLUMNS, _rows(CANDIDATES, CANDIDATE_COLUMNS), CANDIDATE_ROWS),
    Table("tblDecisions", "v", "Decisions",
          "Table tblDecisions: who decided what, why, and until which cut-off date it holds; expired ones are ignored.",
          DECISION_COLUMNS, DECISIONS, len(DECISIONS) + 3),
)
# fmt: on
PRICES = Prices(
    SESSIONS,
    [(_number(CLOSES[code]), CLOSES[code]) for code in LINES],
    RATES,
    "cash4",
    "fxp",
    (
        day_rule("A session, oldest first."),
        number_rule(0, 1e9, "Close", "Price in the currency of the quote; empty before a first listing."),
        number_rule(1e-9, 1e6, "Rate", "EUR per unit of the currency."),
    ),
)


def add_input_tables(desk: Desk, places: Places) -> None:
    """Write the sheets of inputs: members, prices, dividends, events, candidates, decisions."""
    sheet, _ = add_tables(desk, places, "Members", MEMBER_TABLES, (FIRST, 2))
    desk.plain.append(places.column("j.name"))
    sheet.fit_to_pages(1, 1)
    _price_sheet(desk, places)
    for table in TABLES:
        add_table(desk, places, table)


def _price_sheet(desk: Desk, places: Places) -> None:
    """Write closes, and beside them exchange rates: sessions down, companies and currencies across."""
    place_prices(places, PRICES)
    note = "Closes in the currency of the quote, companies in the order of sheet Members; a cell stays empty before a "
    note += "first listing. FX multiplies: EUR per unit."
    sheet = add_prices(desk, places, PRICES, (9.5, 10), ("Closes", note, "Exchange rates"))
    codes = [
        *(places.cell("q.code", n) for n in range(len(MEMBERS))),
        *(places.cell("j.code", n) for n in range(len(JOINING))),
    ]
    for column, code in enumerate(codes, start=2):
        sheet.write_formula(FIRST - 1, column, f"={code}", desk.styles("head"))
    define_block(desk, "CloseTable", "Prices", (FIRST, 1), (PRICES.last, len(LINES) + 1))
