"""What functions must not read in the fast engine, because its answer is not Excel's there.

A literal table, from formulas with the values that Excel stored: one column of letters for each argument
(:mod:`xlidx.recalc.evidence.kinds`), ``.`` for none, the last column for all further arguments.  A function that
is not listed takes the letters of its signature: a single value of the signature must be no text that Excel may read
as a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlidx.errors import ErrorValue
from xlidx.recalc.evidence.reads import (
    ARITHMETIC,
    ASCENDING,
    ASCENDING_COLUMN,
    ASCENDING_ROW,
    COMPARED,
    DESCENDING,
    JOINED,
    POWER,
    Node,
    Table,
)
from xlidx.recalc.fast.signatures import SIGNATURES, TEXT_RESULTS, TRUTH_RESULTS
from xlidx.recalc.interface.unsupported import Unsupported

_ROWS = """
SUM          .
COUNT        .
COUNTA       .
MATCH        #  .  xdtb
XMATCH       #  .  xdtb
VLOOKUP      #  .  xdt  xdt
HLOOKUP      #  .  xdt  xdt
LOOKUP       #  #  .
XLOOKUP      #  .  .  .  xdtb
INDEX        .       xdtm   xdtm
IF           xdt     .
IFS          xdt#    #
SWITCH       #
CHOOSE       bxdt    .
IFERROR      .
IFNA         .
AND          edxt
OR           edxt
XOR          edxt
NOT          edxt
ISERROR      .
ISERR        .
ISNA         .
ISNUMBER     .
ISTEXT       .
ISNONTEXT    .
ISLOGICAL    .
ISBLANK      .
N            .
ERROR.TYPE   s
ROW          .
COLUMN       .
EXACT        .
SUMIF        #  .  #
AVERAGEIF    #  .  #
COUNTIF      .  .
COUNTIFS     .  .
SUMIFS       #  #  .  #  .  #  .  #  .  #  .
AVERAGEIFS   #  #  .  #  .  #  .  #  .  #  .
MAXIFS       #  #  .  #  .  #  .  #  .  #  .
MINIFS       #  #  .  #  .  #  .  #  .  #  .
SUMPRODUCT   bdxt
SUMXMY2      b#edxt_
SUMX2MY2     b#edxt_
CORREL       b#edxt_
SLOPE        b#edxt_
INTERCEPT    b#edxt_
RSQ          b#edxt_
COVARIANCE.S b#edxt_
IRR          b#edxt_  bedxtm
XNPV         bedxt#m  b#edxt_  bedxt#_o
XIRR         b#edxt_  b#edxt_o bedxt#m
NPV          bedxt    bedxt
QUOTIENT     bedxt
EDATE        bedxto   bedxt
EOMONTH      bedxto   bedxt
WORKDAY      bedxto   bedxt    #edxtb
NETWORKDAYS  bedxto   bedxto   #edxtb
WORKDAY.INTL bedxto   bedxt    xd      #edxtb
NETWORKDAYS.INTL bedxto bedxto xd      #edxtb
YEARFRAC     bedxto   bedxto   bedxt
WEEKNUM      bedxto   bedxt
ISOWEEKNUM   bedxto
EFFECT       bedxt
NOMINAL      bedxt
GCD          _bedxtm
LCM          _bedxtm
MROUND       bedxt
ISEVEN       bedxt
ISODD        bedxt
DATE         edxt     edxt     edxt
TIME         bedxtm
YEAR         edxt
MONTH        edxt
DAY          edxt
WEEKDAY      edxto    bedxt
HOUR         edxtm
MINUTE       edxtm
SECOND       edxtm
DAYS         bedxto
DATEDIF      bedxto   bedxto  .
TEXT         edxtbu   .
UNIQUE       _u
SORT         _u       edxtb
SORTBY       _u       _u
FILTER       .        edxt#   .
PMT          bedxt
PV           bedxt
FV           bedxt
NPER         bedxt
RATE         bedxt
SLN          bedxt
LEFT         .        bedxt
RIGHT        .        bedxt
MID          .        bedxt   bedxt
FIND         .        .       bedxt
SEARCH       uw       u       bedxt
REPLACE      .        bedxt   bedxt    .
REPT         .        bedxt
SUBSTITUTE   .        .       .        bedxt
CONCATENATE  .
CONCAT       .
TEXTJOIN     .        bedxt   .
LEN          .
UPPER        .
LOWER        .
PROPER       .
TRIM         .
TEXTBEFORE   .
TEXTAFTER    .
CODE         u
CHAR         bedxt
TRANSPOSE    .
VSTACK       .
HSTACK       .
TAKE         .        bedxtm
DROP         .        bedxtm
CHOOSECOLS   .        bedxt
CHOOSEROWS   .        bedxt
TOCOL        .        bedxt
TOROW        .        bedxt
ROWS         .
COLUMNS      .
SUBTOTAL     bedxt    .
ANCHORARRAY  .
COUNTBLANK   .
RANK         bd#  .  bedxt
RANK.EQ      bd#  .  bedxt
RANK.AVG     bd#  .  bedxt
"""
_TABLE = {row.split()[0]: row.split()[1:] for row in _ROWS.strip().splitlines()}
# Functions with criteria, and the first range that one is for.
_CRITERIA = dict.fromkeys(("SUMIF", "COUNTIF", "AVERAGEIF", "COUNTIFS"), 0)
_CRITERIA |= dict.fromkeys(("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"), 1)
# Functions that answer a number where an error is among what they read.
NO_ERRORS = frozenset(_CRITERIA) | {"COUNT", "COUNTA"}
_MATCH_TYPE = 2
_SINGLE, _LITERAL = "edx", "bedxt#"


def _letters(name: str, position: int, node: Node) -> str:
    if name in (ARITHMETIC, POWER):
        return "x"
    if name in (JOINED, COMPARED):
        return ""
    if name == "COUNT" and node["node_type"] != "Reference":
        return "#"
    if name == "MATCH" and position == _MATCH_TYPE and node["node_type"] == "Literal":
        return "dxt"  # TRUE and FALSE are written as numbers
    row = _TABLE.get(name)
    if row is not None:
        found = row[min(position, len(row) - 1)]
        return "" if found == "." else found
    signature = SIGNATURES.get(name)
    letter = None if signature is None else signature.letter(position)
    if letter == "s":
        return _SINGLE
    # A constant among the arguments counts in Excel where the same value in a cell does not.
    return _LITERAL if letter == "a" and node["node_type"] in ("Literal", "UnaryOp") else ""


def near_orders(name: str, args: Sequence[Node]) -> Mapping[int, str]:
    """Return the arguments whose cells must be in order, because the function looks for a near value."""
    literal = [arg.get("value") if arg["node_type"] == "Literal" else arg for arg in args]
    if name in ("VLOOKUP", "HLOOKUP") and not (len(args) > 3 and _is_zero(literal[3])):
        return {1: ASCENDING_COLUMN if name == "VLOOKUP" else ASCENDING_ROW}
    if name == "LOOKUP":
        return {1: ASCENDING}
    if name == "XNPV":
        return {2: ASCENDING}
    if name in _CRITERIA:
        return _beside_texts(name, args)
    if name == "MATCH" and not (len(args) > 2 and _is_zero(literal[2])):
        return {1: DESCENDING if len(args) > 2 and args[2]["node_type"] == "UnaryOp" else ASCENDING}
    first = {"XLOOKUP": 4, "XMATCH": 2}.get(name, len(args))
    allowed = (0.0, 1.0)
    for position, value, right in zip(range(first, len(args)), literal[first:], allowed, strict=False):
        if value != right and args[position]["node_type"] != "Omitted":
            raise Unsupported(
                f"{name} of a near value, or from the end", f"leave out the arguments from the {first + 1}th"
            )
    return {}


def _beside_texts(name: str, args: Sequence[Node]) -> Mapping[int, str]:
    """Return the ranges that must hold no number kept as text, because a criterion may be ``<>`` and a number."""
    first = _CRITERIA[name]
    pairs = [(i, args[i + 1]) for i in range(first, len(args) - 1, 2)][: 1 if name.endswith("IF") else None]
    return {i: "d" for i, node in pairs if not (node["node_type"] == "Literal" and not _is_unequal(node["value"]))}


def _is_unequal(value: object) -> bool:
    return isinstance(value, str) and value.startswith("<>") and value[2:3].isdigit()


def _is_zero(value: object) -> bool:
    return value is False or value == 0.0


_DOUBTFUL = """
LOG POWER MOD FACT COMBIN ATAN2 GCD LCM QUOTIENT MROUND INDEX CHOOSE TIME EDATE EOMONTH WORKDAY WORKDAY.INTL
NETWORKDAYS NETWORKDAYS.INTL YEARFRAC DAYS DATEDIF WEEKDAY WEEKNUM ISOWEEKNUM HOUR MINUTE SECOND PMT
PV FV NPER RATE NPV IRR XNPV XIRR EFFECT NOMINAL SLN NORM.S.DIST NORM.S.INV NORM.DIST NORM.INV NORMSDIST NORMSINV
LARGE SMALL PERCENTILE PERCENTILE.INC QUARTILE QUARTILE.INC RANK RANK.EQ RANK.AVG CORREL SLOPE INTERCEPT RSQ
COVARIANCE.S GEOMEAN HARMEAN AVEDEV STANDARDIZE SUMXMY2 SUMX2MY2 LOOKUP TEXT CHAR CODE REPLACE REPT MID LEFT RIGHT
SUBSTITUTE TEXTBEFORE TEXTAFTER TAKE DROP CHOOSECOLS CHOOSEROWS SEQUENCE SORT SORTBY UNIQUE TOCOL TOROW
"""
# The kind of error that these answer is not known to be Excel's.
ERROR_KINDS = frozenset(_DOUBTFUL.split())
# Those among them that can answer an error themselves, by Excel's documentation; any other can only pass it on.
_TAKE_PARTS = "INDEX CHOOSE CHOOSECOLS CHOOSEROWS LOOKUP SORT SORTBY UNIQUE"
_OF_TEXT = "TEXT CHAR CODE REPLACE REPT MID LEFT RIGHT SUBSTITUTE TEXTBEFORE TEXTAFTER"
_OF_PAIRS = "CORREL SLOPE INTERCEPT RSQ COVARIANCE.S SUMXMY2 SUMX2MY2 RANK RANK.EQ RANK.AVG"
_FIND = "LOOKUP TEXTAFTER TEXTBEFORE CHOOSE SORT SORTBY UNIQUE"
_DIVIDE = """
MOD QUOTIENT ATAN2 POWER LOG CORREL SLOPE INTERCEPT RSQ COVARIANCE.S STANDARDIZE SLN PMT PV FV NPER RATE NPV IRR XIRR
XNPV
"""
ORIGINS: Mapping[ErrorValue, frozenset[str]] = {
    ErrorValue.NA: frozenset(f"{_OF_PAIRS} {_FIND}".split()),
    ErrorValue.DIV0: frozenset(_DIVIDE.split()),
    ErrorValue.NUM: ERROR_KINDS.difference(f"{_TAKE_PARTS} {_OF_TEXT} {_OF_PAIRS}".split()),
    ErrorValue.REF: ERROR_KINDS - {"INDEX"},  # outside its block; negative places are refused before
}
FAST = Table(_letters, near_orders, TEXT_RESULTS, TRUTH_RESULTS, doubtful=ERROR_KINDS)
_NEAR_MEAN = 1e-9


def is_near_mean(functions: frozenset[str], value: object) -> bool:
    """Tell whether a result is what rounding leaves of a mean and a quantile."""
    return "NORM.INV" in functions and type(value) is float and 0 < abs(value) < _NEAR_MEAN
