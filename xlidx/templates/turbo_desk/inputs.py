"""Input sheets of the turbo desk: single inputs, the terms of the 23 series, the market."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs

from xlidx.templates.kit.inputs import Input
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.rules import list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, section
from xlidx.templates.turbo_desk.market import MONEY as RATES_ROW
from xlidx.templates.turbo_desk.market import UNDERLYINGS
from xlidx.templates.turbo_desk.sample import DAYS, INDICES
from xlidx.templates.turbo_desk.series import KIND, SERIES, SETTLEMENT_CURRENCY, SIDE, TRADE_DATE

AS_OF = DAYS[-1]
CODES = f"=Market!$B${UNDERLYINGS + 1}:$B${UNDERLYINGS + len(INDICES)}"
DATES = f"=Market!$B${RATES_ROW + 1}:$B${RATES_ROW + len(DAYS)}"
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
        list_rule(CODES, "Underlying", "One of the underlyings of sheet Market."),
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
                source="Day to which the book is rolled, a weekday of the month of sheet Market; every sheet follows.",
                rule=list_rule(DATES, "As-of date", "A day of sheet Market, on or after the date of the levels."),
            ),
            Input(
                name="IssueDate",
                label="Issue date",
                value=date(2020, 2, 12),
                number="date",
                unit="date",
                source=f"{SOURCE}, item 6: the yearly valuation dates start one year later.",
                rule={
                    "validate": "date",
                    "criteria": "between",
                    "minimum": date(2000, 1, 1),
                    "maximum": date(2099, 12, 31),
                    "input_title": "Issue date",
                    "input_message": "Day from which the yearly valuation dates of sheet Settlement run.",
                },
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
        "One series (sheets Roll, Settlement, Scenario, Explain)",
        (
            Input(
                name="SeriesPick",
                label="Series",
                value="DE000NG20XV1",
                number="general",
                unit="ISIN",
                source="Choose an ISIN of sheet Terms: its month, settlement, scenarios and steps are shown.",
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
            Input(
                name="Calendar",
                label="Calendar of the valuation dates",
                value="XNYS",
                number="general",
                unit="exchange",
                source="Market identifier code of the exchange of the underlying: sessions of the yearly valuation dates.",
                rule=list_rule(["XETR", "XNYS"], "Calendar", "XETR for DAX and MDAX, XNYS for NDX, SPX and DJIA."),
            ),
            Input(
                name="ShiftStep",
                label="Step of the spot shifts",
                value=0.015,
                number="rate",
                unit="of spot",
                source="Sheet Scenario: four steps down and four up from the spot of the as-of date.",
                rule=number_rule(0.0001, 0.2, "Step", "A fraction: 1.5 % is 0.015."),
            ),
            Input(
                name="DayStep",
                label="Step of the days ahead",
                value=7,
                number="plain",
                unit="calendar days",
                source="Sheet Scenario: today and four steps ahead.",
                rule=number_rule(1, 365, "Days", "A whole number of calendar days.", whole=True),
            ),
            Input(
                name="Position",
                label="Position to hedge",
                value=100000,
                number="count",
                unit="EUR",
                source="Sheet Scenario: market value that certificates of the series shall cover.",
                rule=number_rule(1, 1e12, "Position", "Market value in settlement currency."),
            ),
        ),
    ),
    (
        "New series (sheet Ladder)",
        (
            Input(
                name="NewUnderlying",
                label="Underlying",
                value="DAX",
                number="general",
                unit="underlying",
                source="Spot and exchange rate of the as-of date come from sheet Market.",
                rule=list_rule(CODES, "Underlying", "One of the underlyings of sheet Market."),
            ),
            Input(
                name="NewSide",
                label="Side",
                value="short",
                number="general",
                unit="side",
                source="long: levels below the spot; short: levels above it.",
                rule=list_rule(["long", "short"], "Side", "long or short."),
            ),
            Input(
                name="Increment",
                label="Distance from level to level",
                value=25,
                number="level",
                unit="points",
                source="Assumption: the Final Terms used 5 points for DAX, 20 for NDX, 10 for SPX.",
                rule=POSITIVE,
            ),
            Input(
                name="FirstDistance",
                label="Distance of the first level",
                value=40,
                number="level",
                unit="points",
                source="Distance of the first level from the spot; the first DAX series of the Final Terms had 39.",
                rule=POSITIVE,
            ),
            Input(
                name="NewEntitlement",
                label="Entitlement",
                value=0.01,
                number="unit",
                unit="units",
                source=f"{SOURCE}, item 16: 0.01 for all indices but MDAX (0.001).",
                rule=POSITIVE,
            ),
            Input(
                name="FirstSeries",
                label="Number of the first new series",
                value=108754,
                number="plain",
                unit="number",
                source="One after the last series of the Final Terms.",
                rule=number_rule(1, 1e9, "Series number", "A whole number.", whole=True),
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
