"""Words of the turbo desk: cover and help."""

from __future__ import annotations

from xlidx.templates.help import Help
from xlidx.templates.parts import Cover

COVER = Cover(
    lead="23 ING Short Index Open End Turbo Certificates: financing level, stop-loss, value, settlement.",
    purpose="Rolls the financing level of every series from its printed date to the as-of date, sets the stop-loss, "
    "values the series at the market of the day and shows what each pays on exercise and on a stop-loss event. The "
    "printed issue prices are reproduced to the cent.",
    steps=(
        "Set the as-of date on Inputs, and spots, deposit rates and EURUSD on Market.",
        "Read the book of the day on Output; every step behind it stands on Calc.",
        "Choose a series on Inputs and see its settlement explained on Help, clause by clause.",
        "Trust the numbers when the master check is green. A spot moved away from the issue day turns it red.",
    ),
    contents=(
        ("Inputs", "Dates, settlement, tolerances"),
        ("Terms", "The 23 series as printed"),
        ("Market", "Spots, rates, exchange rate"),
        ("Calc", "Every step, with replicas"),
        ("Output", "Book of the day and charts"),
        ("Checks", "What proves the numbers"),
        ("Help", "Explanation and functions"),
    ),
    note="The prospectus binds, not this workbook: the Final Terms of 7 February 2020 are read together with the Base "
    "Prospectus of 6 May 2019, which was not available when this was built; readings of its conditions are named on "
    "Help. Spots are implied by the issue prices, deposit rates are assumptions. Nothing here is an offer or advice.",
)

SHEETS = (
    ("Inputs", "Single inputs, each named: xlidx recalc --set NAME=VALUE changes them without Excel."),
    ("Terms", "Table tblTerms: one row per series, all parameters of the Final Terms; blue cells can be replaced."),
    (
        "Market",
        "Table tblMarket: spot, range of the day, dividend; table tblCurrency: deposit rate, day count, exchange rate.",
    ),
    (
        "Calc",
        (
            "Blocks 1 to 5 go from terms to settlement one function at a time, each beside a replica in ordinary "
            "formulas; block 6 gives the same in one call; blocks 7 to 9 compare, test and feed the charts."
        ),
    ),
    ("Output", "The book of the day, key figures and charts, ready to print."),
    ("Checks", "Every check with value, limit and status; the master check is repeated on Cover and Output."),
)
CONVENTIONS = (
    ("Fractions", "Rates, spreads and premiums are fractions: 0.035 is shown as 3.50%. The document prints 3.5."),
    ("Exchange rate", "Financing level currency per unit of settlement currency (USD per EUR); it divides."),
    (
        "Financing",
        (
            "A long pays rate + spread, a short receives rate - spread, on calendar days; below zero the holder of a "
            "short pays. Simple interest since the level date."
        ),
    ),
    (
        "Best",
        (
            "Barrier equals strike: the stop-loss price is the financing level every day. The premium fields printed "
            "for these series have no effect."
        ),
    ),
    (
        "Stop-loss event",
        "Touching counts. Low and high of the day are tested against the stop-loss of the day; blank means the spot.",
    ),
    (
        "Open ended",
        (
            "A series changed to kind open ended gets a stop-loss from premium and rounding, and pays what is left on "
            "a stop-loss event (here: at the spot)."
        ),
    ),
    ("Dates", "Excel dates; nothing depends on the date of today."),
)
SOURCES = (
    ("Final Terms", "ING Bank N.V., Final Terms of 7 February 2020, series 108731 to 108753 (DE000NG20XP3 to YB1)."),
    (
        "Spots and EURUSD",
        (
            "Derived: with one spot per underlying and one EURUSD, price = (level - spot) x entitlement / FX gives all "
            "23 issue prices. These are not published closes."
        ),
    ),
    ("Deposit rates", "Assumptions of this workbook: EUR -0.45 %, USD 1.58 % per year, on 360 days."),
)
FUNCTIONS = (
    "XI_TURBO_BOOK",
    "XI_TURBO_FINANCING_LEVEL",
    "XI_TURBO_STOP_LOSS",
    "XI_TURBO_VALUE",
    "XI_TURBO_LEVERAGE",
    "XI_TURBO_DISTANCE",
    "XI_TURBO_STOP_LOSS_EVENT",
    "XI_TURBO_CASH_SETTLEMENT",
    "XI_CHECK_ISIN",
    "XI_EXPLAIN",
    "XI_RULES",
    "XI_VERSION",
)
HELP = Help(
    explained="The series and the event chosen on Inputs, settled at the as-of level and the spot of sheet Market.",
    explain_call="",
    explain_rows=10,
    sheets=SHEETS,
    functions=FUNCTIONS,
    conventions=CONVENTIONS,
    sources=SOURCES,
    document="ing_open_end_turbo",
)
