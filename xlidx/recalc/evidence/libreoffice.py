"""Which functions LibreOffice is known to compute as Excel does, and what they must not read there.

A literal table.  The number is the count of formulas with the function, in workbooks saved by Excel, whose stored value
LibreOffice 25.2 gives too, under the conditions of the table and without one that differs; ``doc`` marks functions
whose evidence is a worked example in Microsoft's documentation.  What is not listed is refused: truth values are
numbers to LibreOffice, an empty text is 0, the kinds of errors are its own, and it takes small differences for 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlidx.errors import ErrorValue
from xlidx.recalc.evidence.fast import near_orders
from xlidx.recalc.evidence.reads import ARITHMETIC, COMPARED, JOINED, POWER, Node, Table
from xlidx.recalc.fast.signatures import TEXT_RESULTS, TRUTH_RESULTS
from xlidx.recalc.interface.unsupported import Unsupported
from xlidx.recalc.workbook.normalise import is_known

# Numbers and blank cells only.
_OF_NUMBERS = """
ABS 27  ACOS 11  ASIN 7  ASINH 7  ATAN 10  ATANH 3  AVEDEV 10  AVERAGE 5  BETA.DIST 11  BIN2DEC 41  BIN2HEX 68
BIN2OCT 69
BINOM.DIST 12  CEILING 369  CEILING.MATH 753  CEILING.PRECISE 434  COMBIN 20  CONFIDENCE.NORM 17  COS 9
COTH 19  COUNT 29
COVARIANCE.P 26  COVARIANCE.S 23  CSCH 19  DDB 14  DEGREES 25  DELTA 22  DEVSQ 11  DISC 12  ERF 59  ERF.PRECISE 40
ERFC 16  ERFC.PRECISE 17  EVEN 44  EXP 6  EXPON.DIST 9  F.DIST.RT 3  F.INV 3  F.INV.RT 3  F.TEST 4  FACT 16
FACTDOUBLE 7
FLOOR 290  FLOOR.MATH 727  FLOOR.PRECISE 436  FV 51  FVSCHEDULE 5  GAMMA 22  GAMMA.DIST 11  GAMMA.INV 43  GAMMALN 7
GAMMALN.PRECISE 8  GESTEP 22  INT 38  IPMT 42  ISO.CEILING 434  ISPMT 8  LARGE 19  LN 13  LOG 19  LOG10 11
LOGNORM.DIST 10
LOGNORM.INV 40  MAX 22  MEDIAN 10  MIN 18  MOD 6  MODE.MULT 5  MODE.SNGL 5  MULTINOMIAL 7  NEGBINOM.DIST 12
NORM.DIST 9
NORM.INV 42  NORM.S.DIST 10  NORM.S.INV 39  NPER 21  OCT2BIN 52  OCT2DEC 48  OCT2HEX 81  ODD 42  PERCENTILE.EXC 11
PERCENTILE.INC 14  PERMUT 10  PERMUTATIONA 12  PI 54  PMT 5  PPMT 42  PRODUCT 27  QUARTILE.EXC 4  QUARTILE.INC 8
RADIANS 24  RANK.AVG 7  RANK.EQ 7  ROUND 178  ROUNDDOWN 66  ROUNDUP 43  ROW 70  ROWS 12  COLUMN 18  COLUMNS 12  RRI 7
SECH 22  SEQUENCE 17  SIGN 7  SIN 16  SLN 26  SMALL 17  SQRT 9  STANDARDIZE 4  STDEV 11  SUM 673  SUMPRODUCT 8
SUMSQ 32
T.DIST.2T 3  T.DIST.RT 4  T.INV 4  T.INV.2T 3  TAN 7  TANH 5  TRANSPOSE 6  TRIMMEAN 13  TRUNC 42  VAR 11  VARP 3
SINH 8  COSH 9  ACOSH 3
"""
# Numbers only: where a pair has a blank cell the engines differ.
_OF_PAIRS = "TREND doc  FORECAST doc  FORECAST.LINEAR doc  LINEST 2  SUMX2PY2 3"
# Numbers and plain texts.
_OF_CELLS = """
TAKE 4  DROP 5  CHOOSECOLS 2  CHOOSEROWS 1  VSTACK doc  HSTACK doc  ANCHORARRAY 6
CHOOSE 12  COUNTA 16  COUNTBLANK 7  COUNTIF 21  COUNTIFS 39  FIND 11  HLOOKUP 9  IF 2  IFERROR 35  INDEX 12
ISBLANK 13
ISERR 6  ISERROR 10  ISLOGICAL 10  ISNA 8  ISNONTEXT 13  ISNUMBER 17  ISTEXT 13  LEN 29  LOOKUP 8  LOWER 9
MATCH 10  MID 7
N 10  PROPER 9  SHEET 10  SUBSTITUTE 37  SUMIF 49  SUMIFS 20  SWITCH 12  TRIM 7  UPPER 10  VLOOKUP 9
"""
# Days from March 1900 on.
_OF_DAYS = "EOMONTH 18  YEARFRAC 27  HOUR 20"
# Where a negative number is taken apart in another way.
_OF_POSITIVE = "DEC2BIN 306  DEC2OCT 458  DEC2HEX 508"

# Conditions, where 1 and 0 do as well as TRUE and FALSE.
_OF_CONDITIONS = frozenset({"IF", "AND", "OR", "NOT"})
_CHOOSING = frozenset({"IF", "IFERROR", "IFNA"})
_DIVIDING = frozenset({"+", "-", "*", "/"})

_IF_ARGUMENTS = 3
_NUMBERS, _CELLS = "b#edxtu", "b#edxu"
_GROUPS = (
    (_OF_NUMBERS, _NUMBERS),
    (_OF_PAIRS, _NUMBERS + "_"),
    (_OF_CELLS, _CELLS),
    (_OF_DAYS, _NUMBERS + "o_"),
    (_OF_POSITIVE, _NUMBERS + "m"),
)
_LETTERS = {name: letters for text, letters in _GROUPS for name in text.split()[::2]}
_SUMS = frozenset({"+", "-", "SUM", "SUMPRODUCT"})
_DECIDING = frozenset(
    {"=", "<>", "<", ">", "<=", ">=", "IF", "SIGN", "INT", "CEILING", "FLOOR", "ROUNDUP", "ROUNDDOWN"}
)


def _letters(name: str, position: int, _node: Node) -> str:
    if name == ARITHMETIC:
        return "#edxtu"
    if name == COMPARED:
        return "b#eu"
    if name == JOINED:
        raise Unsupported("a text joined by LibreOffice, which writes numbers in its own way,", "use engine fast")
    if name == POWER:
        raise Unsupported("a power computed by LibreOffice", "use engine fast")
    if name in _OF_CONDITIONS and (position == 0 or name != "IF"):
        return "#edxtu"
    if name in _CHOOSING:
        return "#edxu"
    letters = _LETTERS.get(name)
    if letters is None:
        what = f"function {name}, of which LibreOffice is not known to compute it as Excel does,"
        raise Unsupported(what, "calculate the workbook in Excel", unknown=not is_known(name))
    return letters


def _orders(name: str, args: Sequence[Node]) -> Mapping[int, str]:
    """Return what must be in order, as in the fast engine; IF is known for single cells and three arguments only."""
    if name == "IF" and (len(args) != _IF_ARGUMENTS or any(_is_block(arg) for arg in args)):
        raise Unsupported("IF of blocks, or with an argument left out, in LibreOffice", "use engine fast")
    return near_orders(name, args)


def _is_block(node: Node) -> bool:
    kind = node["node_type"]
    return kind in ("Array", "Omitted") or (kind == "Reference" and ":" in node["reference"])


LO = Table(_letters, _orders, TEXT_RESULTS, TRUTH_RESULTS, result="e")


def decides_by_difference(functions: frozenset[str]) -> bool:
    """Tell whether a formula decides by a sum or difference, which LibreOffice takes for 0 where Excel does not."""
    return bool(functions & {"+", "-"}) and bool(functions & _DECIDING)


def may_be_truth(functions: frozenset[str], value: object) -> bool:
    """Tell whether a 1 or 0 that a formula hands on may be TRUE or FALSE."""
    return type(value) is float and value in (0.0, 1.0) and bool(functions & _CHOOSING)


def divides_by_zero(functions: frozenset[str], error: ErrorValue) -> bool:
    """Tell whether an error is that of a plain division, the one kind that LibreOffice has in common."""
    return error is ErrorValue.DIV0 and functions <= _DIVIDING


def is_zero_sum(functions: frozenset[str], value: object) -> bool:
    """Tell whether a result is 0 by a sum that may be a small number in Excel."""
    return value == 0.0 and bool(functions & _SUMS)
