"""What IronCalc answers otherwise than Excel, from the formulas whose stored values differ; taken out of the table.

Found on the workbooks of ``derive study``; each line says where.
"""

from __future__ import annotations

_EARLY = "days before March 1900: Excel counts a 29 February 1900, FormulaEvalTestData"
_DIGITS = "another number from the eighth digit on, CUMPRINC, VDB, COMPLEXs"
_PAIRS = "pairs with texts, and ranges of unequal sizes, FormulaEvalTestData"

# Functions of which nothing is taken.
FUNCTIONS = {
    **dict.fromkeys(("VDB", "CUMPRINC"), _DIGITS),
    **dict.fromkeys(("SUMXMY2", "SUMX2MY2", "SUMX2PY2"), _PAIRS),
}
# Kinds of values of an argument: function, number and way of writing, letters.
KINDS = {
    ("YEAR", "MONTH", "DAY"): (("0c", "oy"), ("0l", "noy"), ("0f", "o")),
    ("DATE",): (("0c", "y"), ("0l", "y")),
    ("DEC2BIN", "DEC2OCT", "DEC2HEX"): (("0c", "t"),),
    ("OCT2BIN", "OCT2DEC", "OCT2HEX"): (("0c", "h"),),
    ("VALUE",): (("0c", "x"), ("0l", "x")),
    ("&",): (("0c", "n"), ("1c", "n"), ("0f", "."), ("1f", ".")),
}
# Kinds of errors of a function that may be another one in Excel.
ERRORS = {
    ("YEAR", "MONTH", "DAY"): ("#NUM!",),
    ("AVEDEV", "DEVSQ"): ("#DIV/0!", "#NUM!"),
    ("INDIRECT", "OFFSET"): ("#REF!", "#NAME?", "#VALUE!"),
}
# Powers of ten of results that are another number in the ninth digit.
SMALLEST = -7
OF_SMALLEST = frozenset(
    {
        "ACOTH",
        "BETA.INV",
        "BINOM.DIST.RANGE",
        "CONFIDENCE.T",
        "COT",
        "CSC",
        "SEC",
        "EXPON.DIST",
        "GAMMALN",
        "GAMMALN.PRECISE",
        "NORM.INV",
        "NORM.S.INV",
        "IRR",
        "XIRR",
        "NPV",
        "IMTAN",
        "IMCOT",
    }
)
DECADES = frozenset({("CONFIDENCE.T", -7), ("IRR", -7), ("COT", 11), ("CSC", 11), ("SEC", 11), ("NPV", -7)})
