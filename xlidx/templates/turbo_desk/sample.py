"""Published market data of 23 weekdays, from the trade date of the series, 10 February 2020, to 11 March 2020.

Levels are facts of the days, rounded to 0.01.  Not published, and said to be assumed where they are used: the notional
dividends of the price indices, and which money-market rate the issuer applies.
"""

from __future__ import annotations

from datetime import date

import attrs


@attrs.frozen
class Index:
    """One underlying: code, name, Bloomberg code, currency, and whether dividends are reinvested in the index."""

    code: str
    name: str
    bloomberg: str
    currency: str
    performance: bool


INDICES = (
    Index("DAX", "DAX", "DAX <Index>", "EUR", True),
    Index("NDX", "NASDAQ 100 Stock Index", "NDX <Index>", "USD", False),
    Index("SPX", "S&P 500 Index", "SPX <Index>", "USD", False),
    Index("SX5E", "EURO STOXX 50 (Price) Index", "SX5E <Index>", "EUR", False),
    Index("MDAX", "MDAX Index", "MDAX <Index>", "EUR", True),
    Index("DJIA", "Dow Jones Industrial Average Index", "INDU <Index>", "USD", False),
)
LEVELS_FROM = "daily records of Yahoo Finance"
RATES_FROM = "published; EONIA: month's average"
# Low, high and close; the American exchanges were closed on 17 February (Presidents' Day).
_LEVELS = """
DAX  2020-02-10 13445.41 13501.74 13494.03
DAX  2020-02-11 13557.96 13668.43 13627.84
DAX  2020-02-12 13658.15 13758.70 13749.78
DAX  2020-02-13 13576.96 13745.43 13745.43
DAX  2020-02-14 13728.12 13788.51 13744.21
DAX  2020-02-17 13754.04 13795.24 13783.89
DAX  2020-02-18 13660.45 13731.39 13681.19
DAX  2020-02-19 13710.78 13789.00 13789.00
DAX  2020-02-20 13664.00 13788.41 13664.00
DAX  2020-02-21 13500.50 13689.23 13579.33
DAX  2020-02-24 12982.14 13236.58 13035.24
DAX  2020-02-25 12778.66 13132.04 12790.49
DAX  2020-02-26 12368.05 12849.17 12774.88
DAX  2020-02-27 12211.63 12593.62 12367.46
DAX  2020-02-28 11724.12 12008.59 11890.35
DAX  2020-03-02 11624.63 12121.60 11857.87
DAX  2020-03-03 11906.82 12272.99 11985.39
DAX  2020-03-04 11929.24 12199.82 12127.69
DAX  2020-03-05 11844.88 12207.77 11944.72
DAX  2020-03-06 11447.20 11769.85 11541.87
DAX  2020-03-09 10556.64 10995.22 10625.02
DAX  2020-03-10 10423.90 11032.29 10475.49
DAX  2020-03-11 10390.51 10761.43 10438.68
NDX  2020-02-10  9373.20  9517.74  9516.84
NDX  2020-02-11  9493.63  9600.05  9517.86
NDX  2020-02-12  9552.03  9615.91  9613.20
NDX  2020-02-13  9532.74  9636.41  9595.70
NDX  2020-02-14  9583.08  9634.75  9623.58
NDX  2020-02-18  9567.28  9647.72  9629.80
NDX  2020-02-19  9676.07  9736.57  9718.73
NDX  2020-02-20  9513.23  9714.23  9627.83
NDX  2020-02-21  9406.38  9594.00  9446.69
NDX  2020-02-24  9028.87  9194.91  9079.63
NDX  2020-02-25  8807.11  9183.78  8834.87
NDX  2020-02-26  8813.92  9032.88  8873.76
NDX  2020-02-27  8430.53  8786.68  8436.67
NDX  2020-02-28  8133.85  8490.47  8461.83
NDX  2020-03-02  8446.50  8879.39  8877.98
NDX  2020-03-03  8516.58  9000.46  8594.49
NDX  2020-03-04  8669.76  8952.11  8949.28
NDX  2020-03-05  8613.91  8864.19  8671.66
NDX  2020-03-06  8319.90  8571.88  8530.34
NDX  2020-03-09  7912.14  8241.77  7948.03
NDX  2020-03-10  7942.13  8376.44  8372.27
NDX  2020-03-11  7900.99  8224.73  8006.12
SPX  2020-02-10  3317.77  3352.26  3352.09
SPX  2020-02-11  3352.72  3375.63  3357.75
SPX  2020-02-12  3369.72  3381.47  3379.45
SPX  2020-02-13  3360.52  3385.09  3373.94
SPX  2020-02-14  3366.15  3380.69  3380.16
SPX  2020-02-18  3355.61  3375.01  3370.29
SPX  2020-02-19  3378.83  3393.52  3386.15
SPX  2020-02-20  3341.02  3389.15  3373.23
SPX  2020-02-21  3328.45  3360.76  3337.75
SPX  2020-02-24  3214.65  3259.81  3225.89
SPX  2020-02-25  3118.77  3246.99  3128.21
SPX  2020-02-26  3108.99  3182.51  3116.39
SPX  2020-02-27  2977.39  3097.07  2978.76
SPX  2020-02-28  2855.84  2959.72  2954.22
SPX  2020-03-02  2945.19  3090.96  3090.23
SPX  2020-03-03  2976.63  3136.72  3003.37
SPX  2020-03-04  3034.38  3130.97  3130.12
SPX  2020-03-05  2999.83  3083.04  3023.94
SPX  2020-03-06  2901.54  2985.93  2972.37
SPX  2020-03-09  2734.43  2863.89  2746.56
SPX  2020-03-10  2734.00  2882.59  2882.23
SPX  2020-03-11  2707.22  2825.60  2741.38
SX5E 2020-02-10  3779.10  3794.18  3793.18
SX5E 2020-02-11  3804.46  3832.06  3825.84
SX5E 2020-02-12  3829.66  3854.43  3854.43
SX5E 2020-02-13  3799.98  3849.10  3846.74
SX5E 2020-02-14  3835.79  3851.42  3840.97
SX5E 2020-02-17  3841.06  3854.30  3853.27
SX5E 2020-02-18  3826.23  3848.56  3836.54
SX5E 2020-02-19  3846.39  3865.43  3865.18
SX5E 2020-02-20  3822.98  3867.28  3822.98
SX5E 2020-02-21  3776.82  3827.36  3800.38
SX5E 2020-02-24  3632.29  3762.35  3647.98
SX5E 2020-02-25  3568.48  3668.70  3572.51
SX5E 2020-02-26  3467.58  3595.80  3577.68
SX5E 2020-02-27  3410.70  3553.05  3455.92
SX5E 2020-02-28  3283.18  3431.52  3329.49
SX5E 2020-03-02  3257.99  3406.40  3338.83
SX5E 2020-03-03  3354.30  3448.24  3371.97
SX5E 2020-03-04  3350.23  3438.21  3420.56
SX5E 2020-03-05  3338.41  3438.06  3363.58
SX5E 2020-03-06  3216.44  3347.83  3232.07
SX5E 2020-03-09  2939.85  3214.20  2959.07
SX5E 2020-03-10  2896.74  3088.57  2910.02
SX5E 2020-03-11  2893.43  2998.65  2905.56
MDAX 2020-02-10 28556.38 28781.24 28781.24
MDAX 2020-02-11 28899.06 29196.24 29195.34
MDAX 2020-02-12 29180.09 29302.17 29238.36
MDAX 2020-02-13 28942.25 29282.68 29172.67
MDAX 2020-02-14 29187.02 29331.92 29214.88
MDAX 2020-02-17 29190.84 29316.34 29316.34
MDAX 2020-02-18 29043.03 29203.48 29057.80
MDAX 2020-02-19 29131.02 29365.70 29355.19
MDAX 2020-02-20 29176.19 29438.03 29176.90
MDAX 2020-02-21 28884.52 29199.06 28983.39
MDAX 2020-02-24 27649.16 28482.77 27884.91
MDAX 2020-02-25 27302.90 28140.61 27315.42
MDAX 2020-02-26 26180.89 27247.79 27126.89
MDAX 2020-02-27 25878.13 26839.42 26196.77
MDAX 2020-02-28 24993.03 25585.12 25366.62
MDAX 2020-03-02 24909.18 26017.96 25348.33
MDAX 2020-03-03 25604.24 26399.88 25897.56
MDAX 2020-03-04 25794.66 26270.96 26091.33
MDAX 2020-03-05 25573.22 26345.10 25679.69
MDAX 2020-03-06 24492.79 25338.82 24750.77
MDAX 2020-03-09 22932.30 23715.71 23091.71
MDAX 2020-03-10 22798.67 23999.10 22901.96
MDAX 2020-03-11 22550.94 23372.45 22637.93
DJIA 2020-02-10 28995.66 29278.07 29276.82
DJIA 2020-02-11 29210.47 29415.39 29276.34
DJIA 2020-02-12 29406.75 29568.57 29551.42
DJIA 2020-02-13 29345.93 29535.40 29423.31
DJIA 2020-02-14 29283.18 29463.04 29398.08
DJIA 2020-02-18 29116.81 29330.16 29232.19
DJIA 2020-02-19 29274.38 29409.09 29348.03
DJIA 2020-02-20 28959.65 29368.45 29219.98
DJIA 2020-02-21 28892.70 29146.53 28992.41
DJIA 2020-02-24 27912.44 28402.93 27960.80
DJIA 2020-02-25 26997.62 28149.20 27081.36
DJIA 2020-02-26 26890.97 27542.78 26957.59
DJIA 2020-02-27 25752.82 26775.31 25766.64
DJIA 2020-02-28 24681.01 25494.24 25409.36
DJIA 2020-03-02 25391.96 26706.17 26703.32
DJIA 2020-03-03 25706.28 27084.59 25917.41
DJIA 2020-03-04 26286.31 27102.34 27090.86
DJIA 2020-03-05 25943.33 26671.92 26121.28
DJIA 2020-03-06 25226.62 25994.38 25864.78
DJIA 2020-03-09 23706.07 24992.36 23851.02
DJIA 2020-03-10 23690.34 25020.99 25018.16
DJIA 2020-03-11 23328.32 24604.63 23553.22
"""
# Effective federal funds rate (Federal Reserve H.15, per cent) and euro reference rate (ECB, USD per EUR) of each day.
_MONEY = """
2020-02-10 1.58 1.0951
2020-02-11 1.58 1.0901
2020-02-12 1.58 1.0914
2020-02-13 1.58 1.0867
2020-02-14 1.58 1.0842
2020-02-17 1.58 1.0835
2020-02-18 1.59 1.0816
2020-02-19 1.59 1.08
2020-02-20 1.59 1.079
2020-02-21 1.58 1.0801
2020-02-24 1.58 1.0818
2020-02-25 1.58 1.084
2020-02-26 1.58 1.0875
2020-02-27 1.58 1.0964
2020-02-28 1.58 1.0977
2020-03-02 1.59 1.1122
2020-03-03 1.59 1.1117
2020-03-04 1.09 1.1125
2020-03-05 1.09 1.1187
2020-03-06 1.09 1.1336
2020-03-09 1.09 1.1456
2020-03-10 1.09 1.139
2020-03-11 1.09 1.1336
"""
# EONIA, average of the month (ECB), as a fraction: February and March 2020.
_EONIA = {2: -0.004533, 3: -0.004488}


@attrs.frozen
class Quote:
    """One underlying on one day; on a holiday the close before, disrupted, with ``low`` and ``high`` blank."""

    code: str
    day: date
    spot: float
    low: float | None
    high: float | None
    dividend: float
    disrupted: str


@attrs.frozen
class Money:
    """Deposit rates of EUR and USD [fraction per year] and USD per EUR on one day."""

    day: date
    eur: float
    usd: float
    dollar: float


def _money(day: str, fed_funds: str, dollar: str) -> Money:
    on = date.fromisoformat(day)
    return Money(on, _EONIA[on.month], round(float(fed_funds) / 100, 6), float(dollar))


MONEY = tuple(_money(*line.split()) for line in _MONEY.strip().split("\n"))
DAYS = tuple(money.day for money in MONEY)


def _quotes(code: str) -> list[Quote]:
    """Return every weekday of one index; a day without a record is a holiday of its exchange."""
    lines = (line.split() for line in _LEVELS.strip().split("\n"))
    known = {date.fromisoformat(day): [float(one) for one in rest] for name, day, *rest in lines if name == code}
    quotes: list[Quote] = []
    for day in DAYS:
        if day in known:
            low, high, close = known[day]
            quotes.append(Quote(code, day, close, low, high, 0.0, "no"))
        else:
            quotes.append(attrs.evolve(quotes[-1], day=day, low=None, high=None, disrupted="yes"))
    return quotes


QUOTES = tuple(quote for index in INDICES for quote in _quotes(index.code))


@attrs.frozen
class Snapshot:
    """One underlying when the issue prices were made: close of 6 February 2020, range of 7 February, level used."""

    code: str
    close: float
    low: float
    high: float
    spot: float


# The closes of the American indices on 6 February give all 14 dollar prices; DAX, SX5E and MDAX are assumed to stand in
# the middle of what the prices imply, inside the range of 7 February.
PRICING = (
    Snapshot("DAX", 13574.82, 13463.98, 13551.03, 13532.32),
    Snapshot("NDX", 9445.92, 9376.91, 9453.24, 9445.92),
    Snapshot("SPX", 3345.78, 3322.12, 3341.42, 3345.78),
    Snapshot("SX5E", 3805.52, 3782.21, 3806.06, 3802.21),
    Snapshot("MDAX", 28908.75, 28655.97, 28906.39, 28871.18),
    Snapshot("DJIA", 29379.77, 29056.98, 29286.92, 29379.77),
)
PRICING_RATE = 1.0963  # USD per EUR, assumed: the middle of what the prices imply at these spots
ECB_RATES = (1.1003, 1.0969)  # euro reference rates of 6 and 7 February
