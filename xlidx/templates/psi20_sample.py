"""Invented sample data for the index workbook: members, prices, exchange rates, dividends.

Nothing here is market data: names, numbers of shares, prices, rates and dividends are made up.
"""

from __future__ import annotations

from datetime import date

import attrs

AS_OF = date(2025, 4, 4)


@attrs.frozen
class Member:
    """One invented company: code, name, country, currency, shares, raw free float, withholding tax."""

    code: str
    name: str
    country: str
    currency: str
    shares: int
    free_float: float
    withholding: float


MEMBERS = (
    Member("SENE", "Sample Energia", "PT", "EUR", 3_600_000_000, 0.7213, 0.25),
    Member("SPET", "Sample Petróleos", "PT", "EUR", 800_000_000, 0.618, 0.25),
    Member("SRET", "Sample Retalho", "PT", "EUR", 620_000_000, 0.4402, 0.25),
    Member("SBAN", "Sample Banco", "PT", "EUR", 15_000_000_000, 0.6975, 0.25),
    Member("SREN", "Sample Renováveis", "ES", "EUR", 900_000_000, 0.224, 0.19),
    Member("STEL", "Sample Telecom", "PT", "EUR", 510_000_000, 0.375, 0.25),
    Member("SCOR", "Sample Correios", "PT", "EUR", 150_000_000, 1.0, 0.25),
    Member("SMAR", "Sample Marítima", "US", "USD", 90_000_000, 0.5102, 0.15),
    Member("SRED", "Sample Redes", "PT", "EUR", 660_000_000, 0.5512, 0.25),
    Member("SHOL", "Sample Holding", "PT", "EUR", 2_000_000_000, 0.4477, 0.25),
    Member("SATL", "Sample Atlantic", "GB", "GBP", 75_000_000, 0.6647, 0.0),
    Member("SPAP", "Sample Papel", "PT", "EUR", 710_000_000, 0.305, 0.25),
    Member("SCRT", "Sample Cortiça", "PT", "EUR", 133_000_000, 0.2849, 0.25),
    Member("SCIM", "Sample Cimentos", "PT", "EUR", 670_000_000, 0.2, 0.25),
    Member("SFLO", "Sample Florestal", "PT", "EUR", 67_000_000, 0.2601, 0.25),
    Member("SCON", "Sample Construtora", "PT", "EUR", 235_000_000, 0.3521, 0.25),
    Member("STUR", "Sample Turismo", "PT", "EUR", 110_000_000, 0.415, 0.25),
    Member("SMED", "Sample Media", "PT", "EUR", 160_000_000, 0.3333, 0.25),
)

# Ex-date, member, amount per share in the currency of the quote, type.
DIVIDENDS = (
    (date(2025, 3, 26), "SRET", 0.20, "ordinary"),
    (date(2025, 3, 28), "SMAR", 0.45, "ordinary"),
    (date(2025, 4, 1), "SPET", 0.31, "ordinary"),
    (date(2025, 4, 2), "SCOR", 0.85, "special"),
    (date(2025, 4, 3), "SENE", 0.195, "ordinary"),
)

_SESSIONS = """
2025-03-21 2025-03-24 2025-03-25 2025-03-26 2025-03-27 2025-03-28
2025-03-31 2025-04-01 2025-04-02 2025-04-03 2025-04-04
"""

# Closes of the eleven sessions: EUR per unit of currency, then prices in the currency of the quote.
_CLOSES = """
EURperUSD 0.9241 0.9277 0.9286 0.9256 0.9307 0.9325 0.9340 0.9353 0.9353 0.9370 0.9338
EURperGBP 1.1957 1.1936 1.1924 1.1950 1.1917 1.1930 1.1920 1.1922 1.1936 1.1922 1.1901
SENE      4.812 4.759 4.823 4.890 4.938 4.940 4.894 4.907 4.904 4.685 4.767
SPET      13.405 13.297 13.408 13.766 13.809 13.813 13.780 13.480 13.727 13.606 13.791
SRET      15.230 15.083 15.258 15.404 15.401 15.409 15.066 15.114 15.025 15.014 15.198
SBAN      0.2385 0.2367 0.2403 0.2412 0.2392 0.2453 0.2423 0.2460 0.2472 0.2484 0.2474
SREN      7.115 7.157 7.269 7.395 7.413 7.513 7.374 7.349 7.317 7.492 7.496
STEL      6.155 6.247 6.393 6.506 6.546 6.567 6.541 6.527 6.515 6.488 6.501
SCOR      8.242 8.196 8.259 8.465 8.545 8.671 8.615 8.658 7.803 7.825 7.910
SMAR      24.100 24.023 24.314 24.910 24.908 24.669 24.683 24.877 24.907 24.805 24.987
SRED      2.706 2.676 2.728 2.793 2.764 2.767 2.797 2.832 2.827 2.814 2.845
SHOL      0.9440 0.9521 0.9459 0.9682 0.9631 0.9611 0.9625 0.9767 0.9882 0.9947 0.9999
SATL      12.550 12.571 12.575 12.915 12.796 12.914 12.730 12.600 12.642 12.371 12.580
SPAP      3.118 3.084 3.134 3.166 3.186 3.210 3.235 3.225 3.272 3.284 3.325
SCRT      7.530 7.504 7.531 7.596 7.633 7.665 7.735 7.769 7.779 7.764 7.788
SCIM      1.912 1.901 1.934 2.001 2.006 2.005 1.982 2.000 2.043 2.051 2.084
SFLO       9.880  9.911 10.199 10.401 10.415 10.320 10.302 10.407 10.632 10.716 10.707
SCON      1.745 1.718 1.744 1.748 1.748 1.773 1.801 1.807 1.792 1.813 1.807
STUR      2.315 2.300 2.308 2.352 2.361 2.411 2.410 2.402 2.404 2.406 2.436
SMED      0.6400 0.6427 0.6591 0.6758 0.6769 0.6728 0.6754 0.6779 0.6736 0.6799 0.6866
"""

SESSIONS = tuple(date.fromisoformat(text) for text in _SESSIONS.split())
_TABLE = {line.split()[0]: tuple(map(float, line.split()[1:])) for line in _CLOSES.split("\n") if line}
EUR_PER_USD, EUR_PER_GBP = _TABLE["EURperUSD"], _TABLE["EURperGBP"]
PRICES = {member.code: _TABLE[member.code] for member in MEMBERS}
