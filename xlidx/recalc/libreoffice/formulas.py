"""Formulas in the form that Calc computes as Excel does; what Calc cannot do is refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import attrs
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from xlidx.recalc.fast.anchors import ANCHOR, as_area
from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.interface.unsupported import Unsupported
from xlidx.recalc.libreoffice.standins import PREFIX
from xlidx.recalc.libreoffice.worker import MARK
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area, CellKey, area, split_sheet
from xlidx.values import serial

_NOT_HERE = re.compile(
    r"(?<!\w)(?:_xlfn\.)?(?:_xlws\.)?(LAMBDA|MAP|BYROW|BYCOL|REDUCE|SCAN|MAKEARRAY|SINGLE|RAND|RANDBETWEEN|RANDARRAY|INDIRECT|"
    r"TOCOL|TOROW|WRAPROWS|WRAPCOLS|EXPAND|TEXTSPLIT|TEXTBEFORE|TEXTAFTER|TRIMRANGE|GROUPBY|PIVOTBY|"
    r"WEBSERVICE|FILTERXML|DDE|RTD|CALL|HYPERLINK|IMAGE|CELL|INFO|CUBE[A-Z]+|GETPIVOTDATA)\s*\(",
    re.IGNORECASE,
)
# Measured: XLOOKUP of several values at once is cut to one of them inside another function.
_SEVERAL = re.compile(r"_xlfn\.X(?:LOOKUP|MATCH)\([^,]*[:{#(]", re.IGNORECASE)
_STOOD_IN = re.compile(r"(?:_xlfn\.)?(CHOOSECOLS|CHOOSEROWS|TAKE|DROP|VSTACK|HSTACK)\(", re.IGNORECASE)
_CLOCK = ("TODAY(", "NOW(")
_PLAIN = f'IF(ISLOGICAL({{0}}),IF({{0}},"{MARK}T","{MARK}F"),IF(ISBLANK({{0}}),{{1}},{{0}}))'
_ONE = f'IF(ISERROR({{0}}),"{MARK}"&ERROR.TYPE({{0}}),{_PLAIN})'
# Calc's ERROR.TYPE does not work cell by cell: in a range every error but #N/A is #VALUE!.
_RANGE = f'IF(ISNA({{0}}),"{MARK}7",IF(ISERROR({{0}}),"{MARK}3",{_PLAIN}))'
# One error in a block makes Calc answer a call itself; what an inner call gives is handed over like a range.
_INNER = f'IF(ISNA({{0}}),"{MARK}7",IF(ISERROR({{0}}),"{MARK}3",{{0}}))'
# COUNTIF and MATCH overlook texts that come straight from an add-in; joining makes Calc take them in.
_TAKEN_IN = 'IF(ISTEXT({0}),{0}&"",{0})'
# What a blank cell is to a function: ours take it as missing, Excel's own hand it on as 0.
_OUR_BLANK, _EXCEL_BLANK = '""', "0"


@attrs.frozen
class _Call:
    """An open bracket: what a blank cell is to our function before it, or nothing, and where its text starts."""

    blank: str
    start: int


def outside(sheets: Sheets, clock: datetime | None) -> dict[CellKey, Unsupported]:
    """Return the formulas that Calc is not asked to compute, each with its finding."""
    found = {}
    for sheet, formulas in sheets.formulas.items():
        for place, formula in formulas.items():
            finding = _finding(formula.text, clock)
            if finding is not None:
                found[sheet, *place] = finding
    return found


def stored_extents(sheets: Sheets) -> dict[CellKey, Area]:
    """Return the areas of the dynamic formulas as they are stored; one cell where a formula never spilled."""
    return {
        (sheet, *place): formula.extent or Area(*place, *place)
        for sheet, formulas in sheets.formulas.items()
        for place, formula in formulas.items()
        if formula.dynamic
    }


def written(sheets: Sheets, ours: Collection[str], extents: Mapping[CellKey, Area], clock: datetime | None) -> Sheets:
    """Return the formulas as Calc wants them, dynamic ones over the given extents."""
    formulas = {
        sheet: {place: _written(formula, (sheet, *place), ours, extents, clock) for place, formula in found.items()}
        for sheet, found in sheets.formulas.items()
    }
    return attrs.evolve(sheets, formulas=formulas)


def _finding(text: str, clock: datetime | None) -> Unsupported | None:
    refused = _NOT_HERE.search(text)  # texts are searched too: a needless refusal is better than a hidden call
    if refused:
        mend = "use ordinary functions, or calculate the workbook in Excel"
        return Unsupported(f"function {refused[1].upper()}", mend)
    if _SEVERAL.search(text):
        return Unsupported("XLOOKUP of several or computed values", "look up the value of one cell in each row")
    if clock is None and any(name in text.upper() for name in _CLOCK):
        what = "TODAY or NOW, which gives another answer every day,"
        return Unsupported(what, "put the date into an input cell, or give a clock")
    return None


def _written(
    formula: Formula, key: CellKey, ours: Collection[str], extents: Mapping[CellKey, Area], clock: datetime | None
) -> Formula:
    text = ANCHOR.sub(lambda match: as_area(match, key[0], extents), formula.text)
    tokens = Tokenizer(text).items
    out, calls = ["="], [_Call("", 0)]
    for number, token in enumerate(tokens):
        value = str(token.value)
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            value = _function(value, clock)
            calls.append(_Call(_blank(value, ours), len(out)))
        elif token.subtype == Token.OPEN:
            calls.append(_Call("", len(out)))
        elif token.subtype == Token.CLOSE:
            call = calls.pop()
            value = "".join([*out[call.start :], value])
            del out[call.start :]
            if call.blank:
                value = (_INNER if calls[-1].blank else _TAKEN_IN).format(value)
        elif calls[-1].blank and token.subtype == Token.RANGE and _alone(tokens, number):
            value = _cells(value, formula, calls[-1].blank)
        out.append(value)
    return attrs.evolve(formula, text="".join(out), extent=extents.get(key, formula.extent))


def _blank(value: str, ours: Collection[str]) -> str:
    if value.startswith(PREFIX):
        return _EXCEL_BLANK
    return _OUR_BLANK if value[:-1].upper() in ours else ""


def _alone(tokens: Sequence[Token], number: int) -> bool:
    """Tell whether a token is an argument by itself."""
    before = next(token for token in reversed(tokens[:number]) if token.type != Token.WSPACE)
    after = next(token for token in tokens[number + 1 :] if token.type != Token.WSPACE)
    opens = before.type == Token.FUNC and before.subtype == Token.OPEN
    closes = after.type == Token.FUNC and after.subtype == Token.CLOSE
    return (opens or before.type == Token.SEP) and (closes or after.type == Token.SEP)


def _function(value: str, clock: datetime | None) -> str:
    stood_in = _STOOD_IN.fullmatch(value)
    if stood_in:
        return f"{PREFIX}{stood_in[1].upper()}("
    if value.upper() not in _CLOCK or clock is None:
        return value
    now = serial(clock)
    return f"SUM({int(now) if value.upper() == 'TODAY(' else now!r}"


def _cells(value: str, formula: Formula, blank: str) -> str:
    """Return a reference so that blanks, errors and truth values in it reach the function as such."""
    block = area(split_sheet(value)[1])
    if block is None or (formula.extent is None and not block.single):
        return value
    return (_ONE if block.single else _RANGE).format(value, blank)
