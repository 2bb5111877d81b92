"""Words of the index workbook: cover and help."""

from __future__ import annotations

from xlidx.templates.help import Help
from xlidx.templates.parts import Cover
from xlidx.templates.psi20_sample import MEMBERS

COVER = Cover(
    lead="A capped, free-float weighted index by the rules of the PSI 20 rule book, with price, net and gross levels.",
    purpose="Rounds free floats to bands, caps weights at 12 %, sets the divisor at the base level, follows prices, "
    "exchange rates and dividends through eleven sessions and gives price, net return and gross return levels. Every "
    "function stands beside a replica in ordinary formulas. Members, prices, exchange rates and dividends are "
    "invented samples, not market data.",
    steps=(
        "Replace members, closes, exchange rates and dividends by yours; Prices follows the order of Members.",
        "Choose the as-of session, base level and cap on Inputs.",
        "Read levels and weights on Output; every step stands on Calc, the capping is explained on Help.",
        "Trust the numbers when the master check is green.",
    ),
    contents=(
        ("Inputs", "Dates, base level, cap, tolerance"),
        ("Members", "Shares, free float, tax"),
        ("Prices", "Closes and exchange rates"),
        ("Dividends", "Ordinary and special"),
        ("Calc", "Every step, with replicas"),
        ("Output", "Levels, weights, charts"),
        ("Checks", "What proves the numbers"),
        ("Help", "Explanation and functions"),
    ),
    note="All data are invented. The rule book (version 16-01) binds for the index of that name, and its compiler "
    "publishes it; this workbook computes a sample by the same formulas. Withholding rates are samples too.",
)

SHEETS = (
    ("Inputs", "Single inputs, each named: xlidx recalc --set NAME=VALUE changes them without Excel."),
    ("Members", "Table tblMembers: shares in the index, raw free float, currency of the quote, withholding tax."),
    ("Prices", "Closes with sessions down and members across; the first session is the base date."),
    ("Dividends", "Table tblDividends: ordinary ones enter the return indices, special ones change the divisor."),
    (
        "Calc",
        (
            "Blocks 1 to 3: free-float factors and capping at the closes of the base date. Blocks 4 and 5: daily data "
            "by member. Blocks 6 and 7: divisor, levels, XD, returns. Block 8: weights on the as-of date."
        ),
    ),
    ("Output", "Key figures, charts, levels by session and members, ready to print."),
    ("Checks", "Every check with value, limit and status; the master check is repeated on Cover and Output."),
)
CONVENTIONS = (
    ("Fractions", "Cap, free float, bands, weights and tax are fractions: 0.12 is shown as 12.00%."),
    ("Exchange rate", "EUR per unit of the quote currency; it multiplies the price."),
    ("Free float", "Rounded up to the next 5 %; an exact multiple stays where it is."),
    (
        "Capping",
        "At the closes of the base date; factors stay until the next review, so weights may drift above the cap.",
    ),
    (
        "Special dividend",
        "Lowers the divisor at the close before the ex-date, gross, so the level does not move; it is not in XD.",
    ),
    ("XD", "Ordinary dividends in index points with shares, factors and divisor of the ex-date; net after tax."),
    ("Rounding", "Levels and divisors are not rounded inside; publish with two decimals."),
)
SOURCES = (
    ("Rules", "Euronext, PSI 20 index rule book, version 16-01, in force from 1 June 2016."),
    ("Members, prices, FX", "Invented for this workbook; names beginning with Sample are no companies."),
    ("Base level", "Reference data of the rule book: 3000."),
)
FUNCTIONS = (
    "XI_FREE_FLOAT_BAND",
    "XI_CAPPING_FACTORS",
    "XI_CAPPED_WEIGHTS",
    "XI_INDEX_DIVISOR",
    "XI_DIVISOR_CHAIN",
    "XI_INDEX_LEVEL",
    "XI_INDEX_WEIGHTS",
    "XI_INDEX_XD",
    "XI_TOTAL_RETURN",
    "XI_EXPLAIN",
    "XI_RULES",
    "XI_VERSION",
)
HELP = Help(
    explained="Capping of the sample members at the cap of sheet Inputs; members in the order of sheet Members.",
    explain_call="",
    explain_rows=2 * len(MEMBERS) + 4,
    explain_height=15,
    sheets=SHEETS,
    functions=FUNCTIONS,
    conventions=CONVENTIONS,
    sources=SOURCES,
    document="psi20",
)
