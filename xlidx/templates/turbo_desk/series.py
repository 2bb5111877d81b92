"""The 23 series of the ING Final Terms of 7 February 2020, as printed.

Rates that the document prints in per cent (3.5) stand here as fractions (0.035), like every rate in xlidx.
Common to all series by items 2, 5, 6 and 18: short, best, traded from 10 February 2020, issued on
12 February 2020, settled in EUR.
"""

from __future__ import annotations

from datetime import date

import attrs

TRADE_DATE = date(2020, 2, 10)
SIDE, KIND, SETTLEMENT_CURRENCY = "short", "best", "EUR"


def _fraction(text: str) -> float:
    value = float(text)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{text} is no fraction")
    return value


@attrs.frozen
class Series:
    """One series: identifiers, then the economic terms in the order of the document (items 3 to 17)."""

    number: int = attrs.field(converter=int)
    wkn: str
    isin: str
    underlying: str
    issued: int = attrs.field(converter=int)
    issue_price: float = attrs.field(converter=float)
    financing_level: float = attrs.field(converter=float)
    spread: float = attrs.field(converter=_fraction)
    maximum_spread: float = attrs.field(converter=_fraction)
    premium: float = attrs.field(converter=_fraction)
    maximum_premium: float = attrs.field(converter=_fraction)
    minimum_premium: float = attrs.field(converter=_fraction)
    stop_loss: float = attrs.field(converter=float)
    rounding: float = attrs.field(converter=float)
    entitlement: float = attrs.field(converter=float)
    currency: str


_TABLE = """
108731 NG20XP DE000NG20XP3 DAX  2000000  0.39 13571.32 0.035 0.05 0.015 0.2 0.0 13571.32 0.01  0.01 EUR
108732 NG20XQ DE000NG20XQ1 DAX  2000000  0.44 13576.32 0.035 0.05 0.015 0.2 0.0 13576.32 0.01  0.01 EUR
108733 NG20XR DE000NG20XR9 DAX  2000000  0.49 13581.32 0.035 0.05 0.015 0.2 0.0 13581.32 0.01  0.01 EUR
108734 NG20XS DE000NG20XS7 DAX  2000000  0.54 13586.32 0.035 0.05 0.015 0.2 0.0 13586.32 0.01  0.01 EUR
108735 NG20XT DE000NG20XT5 DAX  2000000  0.59 13591.32 0.035 0.05 0.015 0.2 0.0 13591.32 0.01  0.01 EUR
108736 NG20XU DE000NG20XU3 DAX  2000000  0.64 13596.32 0.035 0.05 0.015 0.2 0.0 13596.32 0.01  0.01 EUR
108737 NG20XV DE000NG20XV1 NDX  2000000  4.00  9884.36 0.035 0.05  0.03 0.2 0.0  9884.36 0.01  0.01 USD
108738 NG20XW DE000NG20XW9 NDX  2000000  4.18  9904.36 0.035 0.05  0.03 0.2 0.0  9904.36 0.01  0.01 USD
108739 NG20XX DE000NG20XX7 NDX  2000000  4.36  9924.36 0.035 0.05  0.03 0.2 0.0  9924.36 0.01  0.01 USD
108740 NG20XY DE000NG20XY5 NDX  2000000  4.55  9944.36 0.035 0.05  0.03 0.2 0.0  9944.36 0.01  0.01 USD
108741 NG20XZ DE000NG20XZ2 NDX  2000000  4.73  9964.36 0.035 0.05  0.03 0.2 0.0  9964.36 0.01  0.01 USD
108742 NG20X0 DE000NG20X06 NDX  2000000  4.91  9984.36 0.035 0.05  0.03 0.2 0.0  9984.36 0.01  0.01 USD
108743 NG20X1 DE000NG20X14 NDX  2000000  5.09 10004.36 0.035 0.05  0.03 0.2 0.0 10004.36 0.01  0.01 USD
108744 NG20X2 DE000NG20X22 NDX  2000000  5.28 10024.36 0.035 0.05  0.03 0.2 0.0 10024.36 0.01  0.01 USD
108745 NG20X3 DE000NG20X30 NDX  2000000  5.46 10044.36 0.035 0.05  0.03 0.2 0.0 10044.36 0.01  0.01 USD
108746 NG20X4 DE000NG20X48 SPX  2000000  2.88  3661.24 0.035 0.05  0.03 0.2 0.0  3661.24 0.01  0.01 USD
108747 NG20X5 DE000NG20X55 SPX  2000000  2.97  3671.24 0.035 0.05  0.03 0.2 0.0  3671.24 0.01  0.01 USD
108748 NG20X6 DE000NG20X63 SX5E 2000000  3.79  4181.21 0.035 0.05  0.02 0.2 0.0  4181.21 0.01  0.01 EUR
108749 NG20X7 DE000NG20X71 SX5E 2000000  3.89  4191.21 0.035 0.05  0.02 0.2 0.0  4191.21 0.01  0.01 EUR
108750 NG20X8 DE000NG20X89 MDAX 2000000  2.68 31551.18 0.035 0.05  0.03 0.2 0.0 31551.18 0.01 0.001 EUR
108751 NG20X9 DE000NG20X97 DJIA 2000000 10.80 30563.92 0.035 0.05  0.02 0.2 0.0 30563.92 0.01  0.01 USD
108752 NG20YA DE000NG20YA3 DJIA 2000000 11.03 30588.92 0.035 0.05  0.02 0.2 0.0 30588.92 0.01  0.01 USD
108753 NG20YB DE000NG20YB1 DJIA 2000000 11.26 30613.92 0.035 0.05  0.02 0.2 0.0 30613.92 0.01  0.01 USD
"""

SERIES = tuple(Series(*line.split()) for line in _TABLE.split("\n") if line)
