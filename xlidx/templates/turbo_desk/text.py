"""Words of the turbo desk: cover and help."""

from __future__ import annotations

from xlidx.templates.kit.cover import Cover
from xlidx.templates.kit.help import Help

# fmt: off
# Sheet, its words on the cover, its words in the help.
SHEETS = (
    ("Inputs", "As-of date, series, choices",
     "Single inputs, each named: xlidx recalc --set AsOf=2020-02-19 changes them without Excel."),
    ("Terms", "The 23 series as printed",
     "Table tblTerms: one row per series, all parameters of the Final Terms; blue cells can be replaced."),
    ("Market", "A month of published levels",
     ("Published data. Table tblMarket: level, range and dividend by underlying and weekday; tblRates: deposit rates and exchange "
     "rate by day; tblUnderlying: the same read off for the as-of date.")),
    ("Pricing", "What the issue prices imply",
     ("The pricing snapshot of 7 February 2020: intervals of each spot and of the exchange rate that give the printed "
     "prices, published levels beside them, and the 23 prices computed. No other sheet rolls or values from it.")),
    ("Paths", "All series on all days",
     "XI_TURBO_PATHS for the whole book, every day, beside a chain of ordinary formulas with differences."),
    ("Calc", "The last day, with replicas",
     ("Blocks 1 to 4 take the last day of each series one function at a time, each beside a replica in ordinary "
     "formulas; block 5 gives the same in one call; blocks 6 to 8 compare, test and feed the charts.")),
    ("Output", "Book of the day and charts", "The book of the day, key figures and charts, ready to print."),
    ("Roll", "One series day by day",
     "The month of the chosen series, with a chart of spot, financing level and stop-loss."),
    ("Events", "Stop-losses and dividends",
     "First stop-loss event of every series, and the list of all events up to the as-of date."),
    ("Settlement", "What each series pays",
     "Exercise, issuer call and stop loss of the chosen series, valuation dates, and the whole book."),
    ("Scenario", "Other spots, later days", "Carry, hedge, currency exposure, and the value by spot and days ahead."),
    ("Ladder", "New series to issue",
     "Levels and issue prices of new series, the table of new Final Terms, and the levels of the 23 series rebuilt."),
    ("Explain", "Steps with their clauses",
     "The steps behind level, stop-loss and settlement of the chosen series, each with its clause."),
    ("Checks", "What proves the numbers",
     "Every check with value, limit and status; the master check is repeated on Cover and Output."),
    ("Help", "Functions, sources, clauses", ""),
)
CONVENTIONS = (
    ("Fractions", "Rates, spreads and premiums are fractions: 0.035 is shown as 3.50%. The document prints 3.5."),
    ("Exchange rate", "Financing level currency per unit of settlement currency (USD per EUR); it divides."),
    ("Financing",
     ("A long pays rate + spread, a short receives rate - spread, on calendar days; below zero the holder of a "
     "short pays. The level is reset every weekday: interest is simple for the days since the one before.")),
    ("Best",
     ("Barrier equals strike: the stop-loss price is the financing level every day. The premium fields printed "
     "for these series have no effect.")),
    ("Stop-loss event",
     "Touching counts. Low and high of the day are tested against the stop-loss of the day; blank means the spot."),
    ("Open ended",
     ("A series changed to kind open ended gets a stop-loss from premium and rounding, and pays what is left on "
     "a stop-loss event, here at the worst level of the day; its stop-loss is set anew on the first weekday of a month.")),
    ("Three dates",
     ("7 February 2020: date of the Final Terms, the pricing snapshot. 10 February: Trade Date (item 5), on which the "
     "printed levels hold; the roll and the watch of the stop-loss begin. 12 February: Issue Date (item 6), from which "
     "the valuation dates run.")),
    ("Dates", "Excel dates; nothing depends on the date of today."),
)
SOURCES = (
    ("Final Terms", "ING Bank N.V., Final Terms of 7 February 2020, series 108731 to 108753 (DE000NG20XP3 to YB1)."),
    ("Pricing snapshot",
     ("price = (level - spot) x entitlement / FX. The closes of NDX, SPX and DJIA of 6 February 2020 with one rate give "
     "all 14 dollar prices. The levels of DAX, SX5E and MDAX are assumed, in the middle of what the prices imply and "
     "inside the range of 7 February; the rate of the issuer is assumed too.")),
    ("Levels",
     ("Closes, lows and highs of the six indices as recorded by Yahoo Finance, rounded to 0.01. The indices belong to "
     "their owners: STOXX, S&P Dow Jones Indices, Nasdaq.")),
    ("Rates",
     ("EONIA (average of the month) and euro reference rate: European Central Bank. Effective federal funds rate: Federal "
     "Reserve, H.15. Which rates the issuer applies is not published: assumed.")),
    ("Dividends",
     ("The dividend points of NDX, SPX, SX5E and DJIA are not published: assumed 0, so a real level of these series is "
     "lower by the dividends since the level date. DAX and MDAX are total-return indices and have none.")),
    ("What binds",
     ("The base prospectus. It was not available: clauses C.1 to C.17 below are reconstructed from the Final Terms "
     "and from public documents of the same issuer. The note of each clause gives its confidence and the "
     "parameters that switch its readings.")),
)
FUNCTIONS = (
    "XI_TURBO_BOOK", "XI_TURBO_PATHS", "XI_TURBO_STOP_LOSS_WATCH", "XI_TURBO_VALUATION_DATES", "XI_TURBO_CARRY",
    "XI_TURBO_HEDGE_COUNT", "XI_TURBO_FX_EXPOSURE", "XI_TURBO_SCENARIO", "XI_TURBO_LADDER_LEVELS", "XI_TURBO_LADDER",
    "XI_TURBO_ISSUE_TABLE", "XI_TURBO_IMPLIED_SPOT", "XI_TURBO_FINANCING_LEVEL", "XI_TURBO_STOP_LOSS",
    "XI_TURBO_VALUE", "XI_TURBO_LEVERAGE", "XI_TURBO_DISTANCE", "XI_TURBO_STOP_LOSS_EVENT", "XI_TURBO_CASH_SETTLEMENT", "XI_CHECK_ISIN", "XI_EXPLAIN",
    "XI_RULES", "XI_VERSION",
)
# fmt: on
COVER = Cover(
    lead="Desk book of 23 ING Short Index Open End Turbo Certificates: a month rolled day by day.",
    purpose="Rolls the financing level of every series day by day from its printed date to the as-of date, tests the "
    "stop-loss against each day's range, values and settles the series, runs scenarios and sets up new ones. The "
    "printed issue prices are reproduced to the cent from a pricing snapshot of their own.",
    steps=(
        "Choose the as-of date on Inputs: every sheet rolls to it. Levels, rates and exchange rates stand on Market.",
        "Read the book on Output, the events of the month on Events, every day of every series on Paths.",
        "Choose a series on Inputs: Roll, Settlement, Scenario and Explain show it, clause by clause.",
        "Trust the numbers when the master check is green. A moved level of the pricing snapshot turns it red.",
    ),
    contents=SHEETS,
    note="The base prospectus binds, not this workbook: the Final Terms of 7 February 2020 are read together with the "
    "Base Prospectus of 6 May 2019, which was not available when this was built; Help gives each reconstructed clause "
    "with its confidence. The market is published data of 10 February to 11 March 2020; what is not published says "
    "assumed. In the data as shipped the six DAX series were knocked out on 11 February, a day before their Issue Date. "
    "Nothing here is an offer or advice.",
)

HELP = Help(
    lead="What each sheet does, conventions, sources, functions, and every clause with its confidence.",
    sheets=SHEETS,
    functions=FUNCTIONS,
    conventions=CONVENTIONS,
    sources=SOURCES,
    document="ing_open_end_turbo",
)
