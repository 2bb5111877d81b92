"""A month of market data built for the sample: 23 weekdays from the trade date of the 23 series on.

Only the first day is taken from the document: its levels are those that the printed issue prices imply.  All later
levels, ranges, rates and exchange rates are invented, and so are the one dividend (NDX) and the one day on which
a stop-loss is touched (DAX); nothing here is a published close.
"""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from xlidx.templates.turbo_desk.series import TRADE_DATE


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
# Change of each index from the day before, in hundredths of a per cent; columns in the order of INDICES.
_CHANGES = """
-42  31  18 -28 -35  12
 18  44  26  21  27  38
-22 -15  -9 -19 -12 -21
  9  22  14   6  15   8
-12   0   0 -10  -8   0
 14  35  11  12  19 -14
  8  41  29  16  24  31
 11 -38 -17   5   9 -22
-35 -62 -44 -41 -30 -47
-48 -75 -58 -52 -61 -66
 22  12 -25  18  31 -19
-31  28  16 -22 -26  11
-26 -49 -38 -35 -29 -42
 17  36  22  14  20  25
 12  58  47  19  16  51
-29 -43 -36 -24 -33 -39
 15  52  40  22  18  46
-21 -37 -28 -26 -14 -34
-38 -26 -31 -33 -45 -28
-44 -55 -49 -47 -52 -57
 27  49  38  31  36  43
-13 -21 -18 -15 -22 -16
"""
_EURUSD = """
1.0953 1.0921 1.0914 1.0866 1.0842 1.0838 1.0803 1.0797 1.0785 1.0829 1.0845 1.0872
1.0868 1.0917 1.0951 1.0982 1.1026 1.0993 1.1047 1.1102 1.1139 1.1085 1.1063
"""
RANGE = 12e-4  # of the level: by how much low and high lie outside the two closes


@attrs.frozen
class Quote:
    """One underlying on one day; ``low`` and ``high`` are blank on the issue day."""

    code: str
    day: date
    spot: float
    low: float | None
    high: float | None
    dividend: float
    disrupted: str


def _days(count: int) -> tuple[date, ...]:
    calendar = (TRADE_DATE + timedelta(days=n) for n in range(2 * count))
    return tuple(day for day in calendar if day.weekday() < 5)[:count]


EURUSD = tuple(float(word) for word in _EURUSD.split())
DAYS = _days(len(EURUSD))
RATE_EUR = dict.fromkeys(DAYS, -0.0045)
RATE_USD = {day: 0.0158 if day < date(2020, 3, 4) else 0.0109 for day in DAYS}
DIVIDENDS = {("NDX", date(2020, 2, 25)): 3.4}
CLOSED = {date(2020, 2, 17): ("NDX", "SPX", "DJIA")}
"""Holiday of the American exchanges: levels stand still and touch nothing."""
TOUCH = {("DAX", date(2020, 2, 20)): 13568.0}
"""The high that lies above the rolled levels of the first three DAX series and below that of the fourth."""


def _quotes(place: int, index: Index) -> list[Quote]:
    changes = [int(line.split()[place]) for line in _CHANGES.split("\n") if line]
    quotes, before = [Quote(index.code, DAYS[0], index.spot, None, None, 0.0, "no")], index.spot
    for day, change in zip(DAYS[1:], changes, strict=True):
        spot, key = round(before * (1.0 + change / 1e4), 2), (index.code, day)
        low = round(min(before, spot) * (1.0 - RANGE), 2)
        closed = "yes" if index.code in CLOSED.get(day, ()) else "no"
        high = TOUCH.get(key, round(max(before, spot) * (1.0 + RANGE), 2))
        quotes.append(Quote(index.code, day, spot, low, high, DIVIDENDS.get(key, 0.0), closed))
        before = spot
    return quotes


QUOTES = tuple(quote for place, index in enumerate(INDICES) for quote in _quotes(place, index))
