"""Invented sample data for the index workbook: members, companies that join, actions, dividends, taxes.

Nothing here is market data: names, numbers of shares, actions and dividends are made up.
"""

from __future__ import annotations

from datetime import date

import attrs

AS_OF = date(2025, 5, 30)
ACTION_DAY = date(2025, 4, 22)


@attrs.frozen
class Member:
    """One invented company: code in place of an ISIN, name, country, currency, shares, raw free float."""

    code: str
    name: str
    country: str
    currency: str
    shares: int
    free_float: float


MEMBERS = (
    Member("SENE", "Sample Energia", "PT", "EUR", 3_600_000_000, 0.7213),
    Member("SPET", "Sample Petróleos", "PT", "EUR", 800_000_000, 0.618),
    Member("SRET", "Sample Retalho", "PT", "EUR", 620_000_000, 0.4402),
    Member("SBAN", "Sample Banco", "PT", "EUR", 15_000_000_000, 0.6975),
    Member("SREN", "Sample Renováveis", "ES", "EUR", 900_000_000, 0.224),
    Member("STEL", "Sample Telecom", "PT", "EUR", 510_000_000, 0.375),
    Member("SCOR", "Sample Correios", "PT", "EUR", 150_000_000, 1.0),
    Member("SMAR", "Sample Marítima", "US", "USD", 90_000_000, 0.5102),
    Member("SRED", "Sample Redes", "PT", "EUR", 660_000_000, 0.5512),
    Member("SHOL", "Sample Holding", "PT", "EUR", 2_000_000_000, 0.4477),
    Member("SATL", "Sample Atlantic", "GB", "GBP", 75_000_000, 0.6647),
    Member("SPAP", "Sample Papel", "PT", "EUR", 710_000_000, 0.305),
    Member("SCRT", "Sample Cortiça", "PT", "EUR", 133_000_000, 0.2849),
    Member("SCIM", "Sample Cimentos", "PT", "EUR", 670_000_000, 0.2),
    Member("SFLO", "Sample Florestal", "PT", "EUR", 67_000_000, 0.2601),
    Member("SCON", "Sample Construtora", "PT", "EUR", 235_000_000, 0.3521),
    Member("STUR", "Sample Turismo", "PT", "EUR", 110_000_000, 0.415),
    Member("SMED", "Sample Media", "PT", "EUR", 160_000_000, 0.3333),
)
JOINING = (("SNOV", "Sample Nova"), ("SVER", "Sample Verde"))
LINES = (*(member.code for member in MEMBERS), *(code for code, _ in JOINING))

# Country, rate of withholding tax.
TAXES = (("PT", 0.25), ("ES", 0.19), ("US", 0.15), ("GB", 0.0))

# Ex-date, ISIN, amount per share in the currency of the quote.
DIVIDENDS = (
    (date(2025, 3, 26), "SRET", 0.20),
    (date(2025, 3, 28), "SMAR", 0.45),
    (date(2025, 4, 1), "SPET", 0.31),
    (date(2025, 4, 3), "SENE", 0.195),
    (date(2025, 4, 24), "SRED", 0.077),
    (date(2025, 5, 8), "SCRT", 0.20),
    (date(2025, 5, 12), "SATL", 0.11),
    (date(2025, 5, 15), "SREN", 0.04),
    (date(2025, 5, 20), "STEL", 0.25),
    (date(2025, 5, 27), "SNOV", 0.12),
)


@attrs.frozen
class Action:
    """One invented corporate action: a row of the actions table."""

    day: date
    code: str
    action: str
    event: str
    reason: str
    ratio: float | None = None
    price: float | None = None
    amount: float | None = None
    other: str | None = None
    shares: int | None = None
    free_float: float | None = None
    capping: float | None = None
    currency: str | None = None
    country: str | None = None
    author: str | None = None


_DESK = "Index desk"
# fmt: off
ACTIONS = (
    Action(date(2025, 4, 2), "SCOR", "special dividend", "E1", "One-off payment after a sale of real estate",
           amount=0.85),
    Action(date(2025, 4, 22), "SREN", "split", "E2", "Each share becomes two", ratio=2.0),
    Action(date(2025, 4, 22), "SBAN", "rights issue", "E3", "1 new share for 5 at 0.15, below 0.4 and fungible",
           ratio=0.2, price=0.15),
    Action(date(2025, 5, 5), "SHOL", "spin-off", "E4", "1 share of SVER for 10; both companies qualify",
           ratio=0.1, other="SVER", country="PT"),
    Action(date(2025, 5, 19), "SMED", "removal", "E5", "Cash bid declared successful", author=_DESK),
    Action(date(2025, 5, 19), "SNOV", "addition", "E6", "Largest company outside replaces SMED",
           shares=62_000_000, free_float=0.45, capping=1.0, currency="EUR", country="PT", author=_DESK),
)
# fmt: on

# As if published on the as-of date: invented too, from a run of these samples, rounded as a compiler would.
PUBLISHED_LEVELS = (3160.65, 3199.59, 3211.59)
# fmt: off
PUBLISHED_WEIGHTS = (
    0.1081, 0.1204, 0.1145, 0.1366, 0.0841, 0.0619, 0.0582, 0.0613, 0.0603, 0.0381,
    0.0395, 0.0432, 0.0168, 0.0141, 0.0114, 0.0087, 0.0068, 0.0000, 0.0088, 0.0073,
)
# fmt: on
