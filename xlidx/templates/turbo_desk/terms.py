"""Terms sheet of the turbo desk: the 23 series with all printed parameters."""

from __future__ import annotations

from xlidx.templates.kit.inputs import FIRST, Column, Table, add_tables
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.rules import Rule, list_rule, number_rule
from xlidx.templates.kit.style import Desk
from xlidx.templates.turbo_desk.market import CODES
from xlidx.templates.turbo_desk.series import KIND, SERIES, SETTLEMENT_CURRENCY, SIDE

SOURCE = "Final Terms of 7 February 2020"


def _code(shortest: int, longest: int) -> Rule:
    return {"validate": "length", "criteria": "between", "minimum": shortest, "maximum": longest}


FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 3.5 % is 0.035 (typing 3.5% works too).")
POSITIVE = number_rule(1e-9, 1e9, "Above 0", "A number above 0, as printed in the Final Terms.")
MONEY = number_rule(0, 1e9, "0 or more", "An amount per certificate in settlement currency.")
NUMBER = number_rule(1, 1e9, "Series number", "A whole number.", whole=True)
ISSUED = number_rule(1, 1e12, "Number issued", "A whole number of certificates.", whole=True)
SIDES = list_rule(["long", "short"], "Side", "long or short.")
KINDS = list_rule(["best", "limited", "open ended"], "Kind", "best (barrier equals strike), limited or open ended.")
COLUMNS: tuple[Column, ...] = (
    ("series", "Series", 9, "plain", NUMBER),
    ("wkn", "WKN", 9, "general", _code(6, 6)),
    ("isin", "ISIN", 16, "general", _code(12, 12)),
    (
        "underlying",
        "Underlying",
        11,
        "general",
        list_rule(CODES, "Underlying", "One of the underlyings of sheet Market."),
    ),
    ("side", "Side", 8, "general", SIDES),
    ("kind", "Kind", 11, "general", KINDS),
    ("issued", "Number issued", 12, "count", ISSUED),
    ("price", "Issue price", 9, "cash", MONEY),
    ("level", "Financing level", 13, "level", POSITIVE),
    ("spread", "Spread", 9, "rate", FRACTION),
    ("max_spread", "Maximum spread", 10, "rate", FRACTION),
    ("premium", "Premium", 10, "rate", FRACTION),
    ("max_premium", "Maximum premium", 10, "rate", FRACTION),
    ("min_premium", "Minimum premium", 10, "rate", FRACTION),
    ("stop_loss", "Stop-loss price", 13, "level", POSITIVE),
    ("rounding", "Stop loss rounding", 10, "cash", POSITIVE),
    ("entitlement", "Entitlement", 11, "unit", POSITIVE),
    ("currency", "Financing level currency", 12, "general", _code(3, 3)),
    ("settled", "Settlement currency", 11, "general", _code(3, 3)),
    ("day", "Level date", 12, "date", None),
)
# fmt: off
TERMS = Table(
    "tblTerms", "t", "Series", "Table tblTerms; side, kind and settlement currency hold for all.", COLUMNS,
    [
        (one.number, one.wkn, one.isin, one.underlying, SIDE, KIND, one.issued, one.issue_price, one.financing_level,
         one.spread, one.maximum_spread, one.premium, one.maximum_premium, one.minimum_premium, one.stop_loss,
         one.rounding, one.entitlement, one.currency, SETTLEMENT_CURRENCY)
        for one in SERIES
    ],
    len(SERIES),
    {"day": "=LevelDate"},
)
# fmt: on


def add_terms(desk: Desk, places: Places) -> None:
    """Write the terms of the 23 series as an Excel table."""
    lead = f"The 23 series with all printed parameters. Source: ING {SOURCE}; rates and premiums as fractions."
    sheet, _ = add_tables(desk, places, "Terms", [TERMS], (FIRST, 4), lead)
    sheet.set_row(FIRST - 1, 44)
