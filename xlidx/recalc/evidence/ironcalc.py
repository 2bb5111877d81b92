"""For which arguments IronCalc is known to compute a function as Excel does.

``ironcalc.txt`` beside this module is the table: a line for each function, a word for each argument and the way it is
written, with the kinds of values (:mod:`xlidx.recalc.evidence.kinds`) for which IronCalc gave the value that Excel had
stored.  What no stored value shows is refused.  The table is derived, never written by hand: the formulas with their
inputs and the values of Excel are in ``tests/recalc/evidence``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from xlidx.errors import ErrorValue
from xlidx.recalc.evidence.reads import (
    ARITHMETIC,
    ARRAYS,
    COMPARED,
    JOINED,
    NATIVE,
    NESTED,
    POWER,
    WITHIN,
    Node,
    Table,
)
from xlidx.recalc.fast.signatures import SIGNATURES, TEXT_RESULTS, TRUTH_RESULTS
from xlidx.recalc.interface.precedents import extent
from xlidx.recalc.interface.unsupported import IN_EXCEL, Unsupported
from xlidx.recalc.workbook.grid import split_sheet
from xlidx.recalc.workbook.normalise import plain_name

KINDS = "b#sedxtuw_monyh"
# How an argument is written: a cell, a block, a constant, an array of constants, left out, a computed text or value.
CELL, BLOCK, CONSTANT, ARRAY, LEFT_OUT, TEXT, COMPUTED = "crlaogf"
OPERATORS = (ARITHMETIC, COMPARED, JOINED, POWER)
_OF_VALUES = """
AVERAGEA MAXA MINA STDEVA STDEVPA VARA VARPA STDEVP VARP MODE MODE.SNGL MODE.MULT MULTINOMIAL IMSUM IMPRODUCT KURT SKEW
SKEW.P
"""
_REPEATED: Mapping[str, tuple[int, int]] = {
    "CHOOSE": (1, 1),
    "IFS": (0, 2),
    "SWITCH": (1, 2),
    "COUNTIFS": (0, 2),
    **dict.fromkeys(("SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"), (1, 2)),
    **dict.fromkeys(_OF_VALUES.split(), (0, 1)),
}


def written_as(node: Node) -> str:
    """Return how an argument is written, as one letter."""
    kind = node["node_type"]
    if kind == "Reference":
        block = extent(split_sheet(node["reference"])[1])
        return COMPUTED if block is None else CELL if block.single else str(node.get(WITHIN, BLOCK))
    if kind == "Function":
        return TEXT if plain_name(node["name"]) in TEXT_RESULTS else COMPUTED
    if kind == "UnaryOp":
        return CONSTANT if node["operand"]["node_type"] == "Literal" else COMPUTED
    if kind == "BinaryOp":
        return TEXT if node["operator"] == "&" else COMPUTED
    return {"Literal": CONSTANT, "Array": ARRAY, "Omitted": LEFT_OUT}.get(kind, COMPUTED)


def slot(name: str, position: int) -> int:
    """Return the number of an argument, the same for arguments that repeat."""
    signature = SIGNATURES.get(name)
    head, period = _REPEATED.get(name, (len(signature.head), len(signature.repeat)) if signature else (0, 0))
    return position if position < head or not period else head + (position - head) % period


@cache
def known() -> Mapping[str, Mapping[str, str]]:
    """Return the table: for each function the kinds of each argument, by its number and the letter of its way."""
    lines = (Path(__file__).parent / "ironcalc.txt").read_text(encoding="utf-8").splitlines()
    return {name: dict(word.split("=") for word in words) for name, *words in (line.split("\t") for line in lines)}


def _letters(name: str, position: int, node: Node) -> str:
    found = known().get(name)
    if found is None:
        raise Unsupported(f"function {name}, of which IronCalc is not known to compute it as Excel does,", IN_EXCEL)
    way = written_as(node)
    if name == "XLOOKUP" and position == _RESULTS and _is_rectangle(node):
        raise Unsupported("XLOOKUP with results of several rows and columns", "look up each column by itself")
    seen = found.get(f"{slot(name, position)}{way}")
    if seen is None:
        what = f"{name} with {_WAYS[way]} as argument {position + 1}, which nothing shows IronCalc to compute as Excel"
        raise Unsupported(what, IN_EXCEL)
    return "" if way == TEXT else "".join(letter for letter in KINDS if letter not in seen)


_RESULTS = 2
_OF_ONE_SIZE = frozenset({"SUMIFS", "COUNTIFS", "AVERAGEIFS", "MAXIFS", "MINIFS", "SUMPRODUCT", "CORREL", "PEARSON"})
_WAYS = {
    CELL: "a cell",
    **dict.fromkeys((BLOCK, ARRAYS, NATIVE, NESTED), "a block"),
    CONSTANT: "a constant",
    ARRAY: "an array of constants",
    LEFT_OUT: "nothing",
    TEXT: "a computed text",
    COMPUTED: "a computed value",
}


def _is_rectangle(node: Node) -> bool:
    block = extent(split_sheet(node["reference"])[1]) if node["node_type"] == "Reference" else None
    return block is not None and 1 not in (block.rows, block.columns)


def _orders(name: str, args: Sequence[Node]) -> Mapping[int, str]:
    """Refuse ranges of unequal sizes, of which Excel makes an error."""
    blocks = [
        block
        for arg in args
        if arg["node_type"] == "Reference" and (block := extent(split_sheet(arg["reference"])[1])) is not None
    ]
    if name in _OF_ONE_SIZE and len({(block.rows, block.columns) for block in blocks if not block.single}) > 1:
        raise Unsupported(f"{name} with ranges of unequal sizes", "use ranges of the same size")
    return {}


IRONCALC = Table(_letters, _orders, TEXT_RESULTS, TRUTH_RESULTS, joins=False)


# Whose last digits are not Excel's: the table says for which powers of ten Excel's value is met.
_ROUGH = """
ACOTH BETA.INV BINOM.DIST BINOM.DIST.RANGE COT CSC SEC CONFIDENCE.T EXPON.DIST FISHERINV GAMMA.INV GAMMALN
GAMMALN.PRECISE IRR LOGNORM.DIST LOGNORM.INV NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NPV RATE XIRR XNPV ERF
ERF.PRECISE ERFC ERFC.PRECISE F.TEST T.TEST Z.TEST CHISQ.TEST PPMT IPMT CUMIPMT BETA.DIST GAMMA.DIST GAMMA FV PV PMT
IMTAN IMCOT
"""
ROUGH = frozenset(_ROUGH.split())
_NEVER_ZERO = frozenset({"IMTAN", "IMCOT"})
_DAYS = frozenset({"DATE", "EDATE", "EOMONTH", "WORKDAY", "WORKDAY.INTL"})
_FIRST_DAY = 61.0
_ADDING, _LEFT_OVER = frozenset({"+", "-"}), 1e-9
_EDGE = 1e-6  # two values of a number at a power of ten have the same one


def is_doubtful(functions: frozenset[str], value: object) -> bool:
    """Tell whether a number is one of which IronCalc is not known to have Excel's digits, or Excel's day."""
    if type(value) is not float:
        return False
    if not all(_has_digits(name, value) for name in functions & ROUGH):
        return True
    if functions & _ADDING and 0 < abs(value) < _LEFT_OVER:
        return True  # Excel takes what rounding leaves of a last sum for 0
    return bool(functions) and functions <= _DAYS and value < _FIRST_DAY


def _has_digits(name: str, value: float) -> bool:
    if value == 0:
        return name not in _NEVER_ZERO
    return str(decade(value)) in known().get(name, {}).get("decades", "").split("|")


def decade(value: float) -> int:
    """Return the power of ten of a number."""
    return math.floor(math.log10(abs(value)) + _EDGE)


def answers_error(functions: frozenset[str], error: ErrorValue) -> bool:
    """Tell whether an error is known to be the one that Excel gives: of the functions together, or of each."""
    return any(
        all(str(error) in known().get(name, {}).get("errors", "").split("|") for name in names)
        for names in ([combined(functions)], functions)
    )


def hands_on_error(functions: frozenset[str], error: ErrorValue) -> bool:
    """Tell whether functions that may pass over errors are known to hand on one that they read, as Excel does."""
    return all(str(error) in known().get(name, {}).get("handed", "").split("|") for name in functions)


def combined(functions: Iterable[str]) -> str:
    """Return the name of several functions in one formula in the table."""
    return " ".join(sorted(set(functions)))
