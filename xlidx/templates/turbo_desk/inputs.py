"""Single inputs of the turbo desk, each one named and validated."""

from __future__ import annotations

from datetime import date

from xlidx.templates.kit.inputs import FIRST, Input
from xlidx.templates.kit.rules import Rule, list_rule, number_rule
from xlidx.templates.turbo_desk.market import CODES, DATES
from xlidx.templates.turbo_desk.sample import DAYS
from xlidx.templates.turbo_desk.series import SERIES, TRADE_DATE
from xlidx.templates.turbo_desk.terms import MONEY, POSITIVE, SOURCE


def _day_rule(title: str, message: str) -> Rule:
    between = {"criteria": "between", "minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31)}
    return {"validate": "date", **between, "input_title": title, "input_message": message}


# fmt: off
INPUT_GROUPS = (
    ("Dates", (
        Input("LevelDate", "Date of the printed financing levels", TRADE_DATE, "date", "date",
              _day_rule("Level date", "Day on which the financing levels of sheet Terms hold."),
              f"{SOURCE}, items 5 and 8: current financing level on the Trade Date."),
        Input("AsOf", "As-of date", DAYS[-1], "date", "date",
              list_rule(DATES, "As-of date", "A day of sheet Market, on or after the date of the levels."),
              "Day to which the book is rolled, a weekday of the month of sheet Market; every sheet follows."),
        Input("IssueDate", "Issue date", date(2020, 2, 12), "date", "date",
              _day_rule("Issue date", "Day from which the yearly valuation dates of sheet Settlement run; not the level date."),
              f"{SOURCE}, item 6: the yearly valuation dates start one year later."),
    )),
    ("Settlement", (
        Input("Expenses", "Expenses", 0.0, "cash", "EUR per certificate", MONEY,
              f"{SOURCE}, part B item 4: no expenses are charged to purchasers."),
        Input("Decimals", "Decimals of the cash amount", 2, "plain", "decimals",
              number_rule(0, 6, "Decimals", "A whole number from 0 to 6; 2 for cents.", whole=True),
              "Reading: two decimals, half up. The Final Terms leave it to the conditions."),
    )),
    ("One series (sheets Roll, Settlement, Scenario, Explain)", (
        Input("SeriesPick", "Series", "DE000NG20XV1", "general", "ISIN",
              list_rule(f"=Terms!$D${FIRST + 1}:$D${FIRST + len(SERIES)}", "Series", "An ISIN of sheet Terms."),
              "Choose an ISIN of sheet Terms: its month, settlement, scenarios and steps are shown."),
        Input("EventPick", "Event to explain", "exercise", "general", "event",
              list_rule(["exercise", "issuer call", "stop loss"], "Event", "How the series is settled."),
              "exercise and issuer call pay the intrinsic value; on a stop loss best and limited pay zero."),
        Input("Calendar", "Calendar of the valuation dates", "XNYS", "general", "exchange",
              list_rule(["XETR", "XNYS"], "Calendar", "XETR for DAX and MDAX, XNYS for NDX, SPX and DJIA."),
              "Market identifier code of the exchange of the underlying: sessions of the yearly valuation dates."),
        Input("ShiftStep", "Step of the spot shifts", 0.015, "rate", "of spot",
              number_rule(0.0001, 0.2, "Step", "A fraction: 1.5 % is 0.015."),
              "Sheet Scenario: four steps down and four up from the spot of the as-of date."),
        Input("DayStep", "Step of the days ahead", 7, "plain", "calendar days",
              number_rule(1, 365, "Days", "A whole number of calendar days.", whole=True),
              "Sheet Scenario: today and four steps ahead."),
        Input("Position", "Position to hedge", 100000, "count", "EUR",
              number_rule(1, 1e12, "Position", "Market value in settlement currency."),
              "Sheet Scenario: market value that certificates of the series shall cover."),
    )),
    ("New series (sheet Ladder)", (
        Input("NewUnderlying", "Underlying", "DAX", "general", "underlying",
              list_rule(CODES, "Underlying", "One of the underlyings of sheet Market."),
              "Spot and exchange rate of the as-of date come from sheet Market."),
        Input("NewSide", "Side", "short", "general", "side", list_rule(["long", "short"], "Side", "long or short."),
              "long: levels below the spot; short: levels above it."),
        Input("Increment", "Distance from level to level", 25, "level", "points", POSITIVE,
              "Assumption: the Final Terms used 5 points for DAX, 20 for NDX, 10 for SPX."),
        Input("FirstDistance", "Distance of the first level", 40, "level", "points", POSITIVE,
              "Distance of the first level from the spot; the first DAX series of the Final Terms had about 39."),
        Input("NewEntitlement", "Entitlement", 0.01, "unit", "units", POSITIVE,
              f"{SOURCE}, item 16: 0.01 for all indices but MDAX (0.001)."),
        Input("FirstSeries", "Number of the first new series", 108754, "plain", "number",
              number_rule(1, 1e9, "Series number", "A whole number.", whole=True),
              "One after the last series of the Final Terms."),
    )),
    ("Checks", (
        Input("Tolerance", "Largest difference to a replica", 1e-9, "diff", "points or EUR",
              number_rule(0, 1e-3, "Tolerance", "A small number, at most 0.001."),
              "Functions and replicas differ by floating-point noise only, far below this.", plain=True),
        Input("PriceTolerance", "Largest difference to a printed price", 0.001, "unit", "EUR",
              number_rule(0, 0.005, "Price tolerance", "Below half a cent."),
              "Issue prices are printed in cents and are reproduced to the cent.", plain=True),
    )),
)
# fmt: on
