"""Input sheets of the turbo desk: single inputs, the terms of the 23 series, the market."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs

from xlidx.templates.grid import Places
from xlidx.templates.parts import Input, custom_rule, list_rule, number_rule, write_input
from xlidx.templates.style import Desk, add_sheet, section
from xlidx.templates.turbo_series import KIND, SERIES, SETTLEMENT_CURRENCY, SIDE, TRADE_DATE

AS_OF = date(2020, 2, 11)
FIRST = 6  # first row of the body of the tables on Terms and Market
SOURCE = "Final Terms of 7 February 2020"


@attrs.frozen
class Term:
    """One column of the terms table: key, heading, width, number format, where its value comes from."""

    key: str
    head: str
    width: float
    number: str
    value: Any
    rule: Any = None


def _of(name: str) -> Any:
    return lambda series: getattr(series, name)


def _same(value: Any) -> Any:
    return lambda _: value


FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 3.5 % is 0.035 (typing 3.5% works too).")
POSITIVE = number_rule(1e-9, 1e9, "Above 0", "A number above 0, as printed in the Final Terms.")
MONEY = number_rule(0, 1e9, "0 or more", "An amount per certificate in settlement currency.")
CODE = {"validate": "length", "criteria": "between", "minimum": 1, "maximum": 12}
TERMS = (
    Term(
        "series",
        "Series",
        9,
        "plain",
        _of("number"),
        number_rule(1, 1e9, "Series number", "A whole number.", whole=True),
    ),
    Term("wkn", "WKN", 9, "general", _of("wkn"), {**CODE, "minimum": 6, "maximum": 6}),
    Term("isin", "ISIN", 16, "general", _of("isin"), {**CODE, "minimum": 12}),
    Term(
        "underlying",
        "Underlying",
        11,
        "general",
        _of("underlying"),
        list_rule("=Market!$B$7:$B$12", "Underlying", "One of the rows of the market table."),
    ),
    Term("side", "Side", 8, "general", _same(SIDE), list_rule(["long", "short"], "Side", "long or short.")),
    Term(
        "kind",
        "Kind",
        11,
        "general",
        _same(KIND),
        list_rule(["best", "limited", "open ended"], "Kind", "best (barrier equals strike), limited or open ended."),
    ),
    Term(
        "issued",
        "Number issued",
        12,
        "count",
        _of("issued"),
        number_rule(1, 1e12, "Number issued", "A whole number of certificates.", whole=True),
    ),
    Term("price", "Issue price", 9, "cash", _of("issue_price"), MONEY),
    Term("level", "Financing level", 13, "level", _of("financing_level"), POSITIVE),
    Term("spread", "Spread", 9, "rate", _of("spread"), FRACTION),
    Term("max_spread", "Maximum spread", 10, "rate", _of("maximum_spread"), FRACTION),
    Term("premium", "Premium", 10, "rate", _of("premium"), FRACTION),
    Term("max_premium", "Maximum premium", 10, "rate", _of("maximum_premium"), FRACTION),
    Term("min_premium", "Minimum premium", 10, "rate", _of("minimum_premium"), FRACTION),
    Term("stop_loss", "Stop-loss price", 13, "level", _of("stop_loss"), POSITIVE),
    Term("rounding", "Stop loss rounding", 10, "cash", _of("rounding"), POSITIVE),
    Term("entitlement", "Entitlement", 11, "unit", _of("entitlement"), POSITIVE),
    Term("currency", "Financing level currency", 12, "general", _of("currency"), {**CODE, "minimum": 3, "maximum": 3}),
    Term(
        "settled",
        "Settlement currency",
        11,
        "general",
        _same(SETTLEMENT_CURRENCY),
        {**CODE, "minimum": 3, "maximum": 3},
    ),
    Term("day", "Level date", 12, "date", None),
)


@attrs.frozen
class Index:
    """One underlying: code, name, Bloomberg code, currency, level of the issue day."""

    code: str
    name: str
    bloomberg: str
    currency: str
    spot: float


INDICES = (
    Index("DAX", "DAX", "DAX <Index>", "EUR", 13532.32),
    Index("NDX", "NASDAQ 100 Stock Index", "NDX <Index>", "USD", 9446.36),
    Index("SPX", "S&P 500 Index", "SPX <Index>", "USD", 3346.24),
    Index("SX5E", "EURO STOXX 50 (Price) Index", "SX5E <Index>", "EUR", 3802.21),
    Index("MDAX", "MDAX Index", "MDAX <Index>", "EUR", 28871.18),
    Index("DJIA", "Dow Jones Industrial Average Index", "INDU <Index>", "USD", 29380.92),
)

INPUT_GROUPS = (
    (
        "Dates",
        (
            Input(
                name="LevelDate",
                label="Date of the printed financing levels",
                value=TRADE_DATE,
                number="date",
                unit="date",
                source=f"{SOURCE}, items 5 and 8: current financing level on the Trade Date.",
                rule={
                    "validate": "date",
                    "criteria": "between",
                    "minimum": date(2000, 1, 1),
                    "maximum": date(2099, 12, 31),
                    "input_title": "Level date",
                    "input_message": "Day on which the financing levels of sheet Terms hold.",
                },
            ),
            Input(
                name="AsOf",
                label="As-of date",
                value=AS_OF,
                number="date",
                unit="date",
                source="Day to which every series is rolled: one calendar day after the Trade Date.",
                rule=custom_rule("=AsOf>=LevelDate", "As-of date", "A date on or after the date of the levels."),
            ),
        ),
    ),
    (
        "Settlement",
        (
            Input(
                name="Expenses",
                label="Expenses",
                value=0.0,
                number="cash",
                unit="EUR per certificate",
                source=f"{SOURCE}, part B item 4: no expenses are charged to purchasers.",
                rule=MONEY,
            ),
            Input(
                name="Decimals",
                label="Decimals of the cash amount",
                value=2,
                number="plain",
                unit="decimals",
                source="Reading: two decimals, half up. The Final Terms leave it to the conditions.",
                rule=number_rule(0, 6, "Decimals", "A whole number from 0 to 6; 2 for cents.", whole=True),
            ),
        ),
    ),
    (
        "One series explained (sheet Help)",
        (
            Input(
                name="SeriesPick",
                label="Series to explain",
                value="DE000NG20XV1",
                number="general",
                unit="ISIN",
                source="Choose an ISIN of sheet Terms; sheet Help then shows its settlement step by step.",
                rule=list_rule(f"=Terms!$D${FIRST + 1}:$D${FIRST + len(SERIES)}", "Series", "An ISIN of sheet Terms."),
            ),
            Input(
                name="EventPick",
                label="Event to explain",
                value="exercise",
                number="general",
                unit="event",
                source="exercise and issuer call pay the intrinsic value; on a stop loss best and limited pay zero.",
                rule=list_rule(["exercise", "issuer call", "stop loss"], "Event", "How the series is settled."),
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
                unit="points or EUR",
                source="Functions and replicas differ by floating-point noise only, far below this.",
                rule=number_rule(0, 1e-3, "Tolerance", "A small number, at most 0.001."),
            ),
            Input(
                name="PriceTolerance",
                label="Largest difference to a printed price",
                value=0.001,
                number="unit",
                unit="EUR",
                source="Issue prices are printed in cents and are reproduced to the cent.",
                rule=number_rule(0, 0.005, "Price tolerance", "Below half a cent."),
            ),
        ),
    ),
)


def add_terms(desk: Desk, places: Places) -> Any:
    """Write the terms of the 23 series as an Excel table."""
    lead = f"The 23 series with all printed parameters. Source: ING {SOURCE}; rates and premiums as fractions."
    sheet = add_sheet(desk, "Terms", "input", [term.width for term in TERMS], lead, (FIRST, 4))
    row = section(
        desk, sheet, 3, "Series", len(TERMS), "Table tblTerms; side, kind and settlement currency hold for all."
    )
    last = FIRST + len(SERIES) - 1
    sheet.set_row(row, 44)
    head = desk.styles("head")
    columns = [{"header": term.head, "header_format": head} for term in TERMS]
    columns[-1]["formula"] = "=LevelDate"
    sheet.add_table(
        row, 1, last, len(TERMS), {"name": "tblTerms", "columns": columns, "style": None, "autofilter": False}
    )
    for column, term in enumerate(TERMS, start=1):
        _term(desk, sheet, column, term)
    keys = {term.key: column for column, term in enumerate(TERMS, start=1)}
    places.put("t", len(SERIES), "Terms", FIRST, keys)
    sheet.print_area(0, 0, last, len(TERMS))
    return sheet


def _term(desk: Desk, sheet: Any, column: int, term: Term) -> None:
    for row, series in enumerate(SERIES, start=FIRST):
        if term.value is None:
            sheet.write_formula(row, column, "=LevelDate", desk.styles("cross", term.number))
        else:
            sheet.write(row, column, term.value(series), desk.styles("input", term.number))
    if term.rule:
        sheet.data_validation(FIRST, column, FIRST + len(SERIES) - 1, column, dict(term.rule))


MARKET = (
    ("underlying", "Underlying", 12),
    ("name", "Index", 36),
    ("bloomberg", "Bloomberg", 14),
    ("currency", "Currency", 10),
    ("spot", "Spot", 13),
    ("low", "Low", 12),
    ("high", "High", 12),
    ("dividend", "Dividend", 11),
    ("rate", "Rate", 10),
    ("fx", "FX", 10),
    ("day_count", "Day count", 9),
    ("low_used", "Low used", 12),
    ("high_used", "High used", 12),
)
_ROW = "tblMarket[[#This Row],[{0}]]"
_CURRENCY = f"MATCH({_ROW.format('Currency')},tblCurrency[Currency],0)"
MARKET_FORMULAS = {
    "rate": ("rate", f"=INDEX(tblCurrency[Deposit rate],{_CURRENCY})"),
    "fx": ("factor", f"=INDEX(tblCurrency[FX per EUR],{_CURRENCY})"),
    "day_count": ("plain", f"=INDEX(tblCurrency[Day count],{_CURRENCY})"),
    "low_used": ("level", f"=IF(ISNUMBER({_ROW.format('Low')}),{_ROW.format('Low')},{_ROW.format('Spot')})"),
    "high_used": ("level", f"=IF(ISNUMBER({_ROW.format('High')}),{_ROW.format('High')},{_ROW.format('Spot')})"),
}


def add_market(desk: Desk, places: Places) -> Any:
    """Write the market: one row per underlying, one per currency."""
    lead = "Levels, deposit rates and exchange rate of the as-of date: replace them to run the book on another day."
    sheet = add_sheet(desk, "Market", "input", [width for _, _, width in MARKET], lead, (FIRST, 2))
    note = "Index points. Spots are implied by the 23 issue prices, not published closes; a blank range is the spot."
    row = section(desk, sheet, 3, "Underlyings", len(MARKET), note)
    last = FIRST + len(INDICES) - 1
    _market_table(desk, sheet, row, last)
    for offset, index in enumerate(INDICES):
        _underlying(desk, sheet, FIRST + offset, index)
    places.put("m", len(INDICES), "Market", FIRST, {key: i for i, (key, _, _) in enumerate(MARKET, start=1)})
    _currencies(desk, sheet, last + 2)
    sheet.print_area(0, 0, last + 8, len(MARKET))
    return sheet


def _market_table(desk: Desk, sheet: Any, row: int, last: int) -> None:
    columns: list[dict[str, Any]] = [{"header": head, "header_format": desk.styles("head")} for _, head, _ in MARKET]
    for place, (key, _, _) in enumerate(MARKET):
        if key in MARKET_FORMULAS:
            number, text = MARKET_FORMULAS[key]
            columns[place] |= {"formula": text, "format": desk.styles("formula", number)}
    sheet.set_row(row, 18)
    options = {"name": "tblMarket", "columns": columns, "style": None, "autofilter": False}
    sheet.add_table(row, 1, last, len(MARKET), options)


def _underlying(desk: Desk, sheet: Any, row: int, index: Index) -> None:
    texts = (index.code, index.name, index.bloomberg, index.currency)
    for column, text in enumerate(texts, start=1):
        sheet.write_string(row, column, text, desk.styles("label"))
    range_rule = number_rule(1e-9, 1e9, "Range of the day", "Level above 0; blank means the spot.")
    dividend_rule = number_rule(0, 1e6, "Dividend", "Index points that went ex since the level date; blank is 0.")
    spot_rule = number_rule(1e-9, 1e9, f"Level of {index.code}", f"Index points, in {index.currency}; above 0.")
    cells = (("Spot", index.spot, spot_rule), ("Low", None, range_rule), ("High", None, range_rule))
    for column, (word, value, rule) in enumerate((*cells, ("Dividend", 0.0, dividend_rule)), start=5):
        one = Input(name=f"{word}{index.code}", label="", value=value, number="level", unit="", source="", rule=rule)
        write_input(desk, sheet, row, column, one)


def _currencies(desk: Desk, sheet: Any, row: int) -> None:
    row = section(desk, sheet, row, "Currencies", len(MARKET), "FX divides: financing currency per EUR.")
    names = ("Currency", "Source", "Deposit rate", "Day count", "FX per EUR")
    columns = [{"header": name, "header_format": desk.styles("head")} for name in names]
    options = {"name": "tblCurrency", "columns": columns, "style": None, "autofilter": False}
    sheet.add_table(row, 1, row + 2, len(names), options)
    rate = number_rule(-0.2, 1, "Deposit rate", "Per year, as a fraction: -0.45 % is -0.0045.")
    year = list_rule(["360", "365"], "Day count", "Days of a year: 360 (EUR, USD, CHF) or 365 (GBP).")
    fx = number_rule(1e-6, 1e6, "USD per EUR", "US dollars for one euro, for example 1.0953.")
    money = (("EUR", -0.0045), ("USD", 0.0158))
    for offset, (currency, level) in enumerate(money, start=row + 1):
        sheet.write_string(offset, 1, currency, desk.styles("label"))
        sheet.write_string(offset, 2, "Assumption: replace by your desk's rate", desk.styles("label"))
        _rate(desk, sheet, offset, 3, f"Rate{currency}", level, "rate", rate)
        _rate(desk, sheet, offset, 4, f"Year{currency}", 360, "plain", year)
    sheet.write_number(row + 1, 5, 1, desk.styles("label", "factor"))
    _rate(desk, sheet, row + 2, 5, "EURUSD", 1.0953, "factor", fx)


def _rate(desk: Desk, sheet: Any, row: int, column: int, name: str, value: float, number: str, rule: Any) -> None:
    one = Input(name=name, label="", value=value, number=number, unit="", source="", rule=rule)
    write_input(desk, sheet, row, column, one)
