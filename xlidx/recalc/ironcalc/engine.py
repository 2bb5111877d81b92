"""The third engine: IronCalc, for formulas of Excel's own functions.

A child process evaluates the workbook, so that neither a panic nor an endless calculation takes the command along.
The sizes of spilled blocks are measured on a sheet that is added for it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.interface.sheets import Functions, Result, Sheets
from xlidx.recalc.interface.unsupported import IN_EXCEL, Unsupported, blocked, circular, refusal
from xlidx.recalc.ironcalc import worker
from xlidx.recalc.ironcalc.package import written
from xlidx.recalc.workbook.book import Formula, Place
from xlidx.recalc.workbook.grid import Area, CellKey, a1, sheet_prefix
from xlidx.values import ERROR_TEXTS, Cell

SECONDS = 60.0
_TEXTS = re.compile(r'"[^"]*"')
_NAMES = re.compile(r"(?<![\w.])(?:_xlfn\.)?(?:_xlws\.)?([A-Za-z_][\w.]*)\s*\(")
_THROUGH_SHEETS = re.compile(r"(?:'(?:[^']|'')*:(?:[^']|'')*'|[\w.]+:[\w.]+)!")
_CHANGING = frozenset({"TODAY", "NOW", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"})
# References made from texts and numbers; IronCalc knows no names and tables of the workbook there.
_COMPUTED = frozenset({"INDIRECT", "OFFSET"})
_SWALLOW = """
IFERROR IFNA ISERROR ISERR ISNA ISREF ISTEXT ISNUMBER ISNONTEXT ISLOGICAL ISBLANK ERROR.TYPE TYPE COUNT COUNTA
COUNTBLANK AGGREGATE SUMIF SUMIFS COUNTIF COUNTIFS AVERAGEIF AVERAGEIFS MAXIFS MINIFS
"""
_PASS_OVER_ERRORS = frozenset(_SWALLOW.split())
# Whether the other codes pass over a row depends on whether a filter hides it.
_ANY_SUBTOTAL = re.compile(r"\b(?:SUBTOTAL|AGGREGATE)\s*\(", re.IGNORECASE)
_SUBTOTAL_OF_SHOWN = re.compile(r"\bSUBTOTAL\s*\(\s*10[1-69]\s*,", re.IGNORECASE)
# What IronCalc answers where it cannot read a formula or lacks a function.
_NOT_COMPUTED = frozenset({"#ERROR!", "#N/IMPL!"})
_SIZES = "xlidx sizes"


def outside(sheets: Sheets, functions: Functions) -> dict[CellKey, Unsupported]:
    """Return the formulas that IronCalc is not asked to compute, each with its finding."""
    found = {}
    for sheet, formulas in sheets.formulas.items():
        for place, formula in formulas.items():
            finding = _finding(formula.text, functions, hidden_rows=bool(sheets.hidden_rows))
            if finding is not None:
                found[sheet, *place] = finding
    return found


def _finding(text: str, functions: Functions, *, hidden_rows: bool) -> Unsupported | None:
    bare = _TEXTS.sub('""', text)
    if _THROUGH_SHEETS.search(bare):
        return Unsupported("a reference through several sheets", "refer to each sheet by itself")
    names = {match[1].upper() for match in _NAMES.finditer(bare)}
    ours = sorted(name for name in names if name in functions)
    if ours:
        return Unsupported(f"function {ours[0]}", "use engine fast")
    changing = sorted(names & _CHANGING)
    if changing:
        return Unsupported(f"{changing[0]} changes by itself", "put the value into an input cell")
    if hidden_rows and len(_ANY_SUBTOTAL.findall(bare)) > len(_SUBTOTAL_OF_SHOWN.findall(bare)):
        return Unsupported("SUBTOTAL in a workbook with hidden rows", "show the rows, or use SUM or SUMIFS")
    computed = sorted(names & _COMPUTED)
    if computed and names & _PASS_OVER_ERRORS:
        return Unsupported(f"{computed[0]} where an error of it would not show", "refer to the cells directly")
    return None


def evaluate(sheets: Sheets, functions: Functions) -> Result:
    """Return the results of all formulas, none of which may call one of our functions.

    Raises
    ------
    XlidxError
        Also ``NO_DATA`` when the child process dies or takes longer than a minute.
    """
    findings = outside(sheets, functions)
    if findings:
        raise refusal(findings, "the IronCalc engine")
    dynamic = [(s, *p) for s, found in sheets.formulas.items() for p, formula in found.items() if formula.dynamic]
    with tempfile.TemporaryDirectory(prefix="xlidx-") as folder:
        measured = _with_sizes(sheets, dynamic)
        book = Path(folder) / "book.xlsx"
        book.write_bytes(written(measured))
        first = _asked(book, {name: sorted(found) for name, found in measured.formulas.items() if found})
        extents = _extents(sheets, dynamic, first)
        children: dict[str, list[Place]] = {}
        for key, extent in extents.items():
            children.setdefault(key[0], []).extend(extent.cells()[1:])
        second = _asked(book, children) if children else {}
    return _result(sheets, {**first, **second}, extents)


def _with_sizes(sheets: Sheets, dynamic: list[CellKey]) -> Sheets:
    """Add a sheet with the numbers of rows and columns of each dynamic formula's result."""
    if not dynamic:
        return sheets
    asked: dict[Place, Formula] = {}
    for row, (sheet, *place) in enumerate(dynamic, 1):
        anchor = f"{sheet_prefix(sheet)}{a1(*place)}"
        for column, name in ((1, "ROWS"), (2, "COLUMNS")):
            asked[row, column] = Formula(f"={name}(_xlfn.ANCHORARRAY({anchor}))")
    return attrs.evolve(sheets, constants={**sheets.constants, _SIZES: {}}, formulas={**sheets.formulas, _SIZES: asked})


def _extents(sheets: Sheets, dynamic: list[CellKey], values: Mapping[CellKey, Any]) -> dict[CellKey, Area]:
    """Return the areas of array formulas, and those of dynamic ones as measured."""
    found = {}
    for row, key in enumerate(dynamic, 1):
        rows, columns = (values[_SIZES, row, column] for column in (1, 2))
        if type(rows) is float and type(columns) is float:
            found[key] = Area(key[1], key[2], key[1] + int(rows) - 1, key[2] + int(columns) - 1)
    for sheet, formulas in sheets.formulas.items():
        for place, formula in formulas.items():
            if formula.extent is not None and not formula.dynamic:
                found[sheet, *place] = formula.extent
    return {key: extent for key, extent in found.items() if not extent.single}


def _asked(book: Path, cells: Mapping[str, list[Place]]) -> dict[CellKey, Any]:
    question, answer = book.with_name("question.json"), book.with_name("answer.json")
    question.write_text(json.dumps({"path": str(book), "cells": cells}), encoding="utf-8")
    command = [sys.executable, "-I", worker.__file__, str(question), str(answer), str(int(SECONDS) + 1)]
    environment = {**os.environ, "RUST_BACKTRACE": "0"}
    mend = "check the workbook in Excel, or refer to the rows that hold data instead of whole columns"
    try:
        done = subprocess.run(  # noqa: S603 - our own worker, in our own interpreter
            command, check=False, capture_output=True, timeout=SECONDS, env=environment, start_new_session=True
        )
    except subprocess.TimeoutExpired:
        what = f"the IronCalc engine takes longer than {SECONDS:.0f} seconds"
        raise XlidxError(Kind.NO_DATA, what, "workbook", mend) from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        what = f"the IronCalc engine cannot compute the workbook ({lines[-1][:160] if lines else done.returncode})"
        raise XlidxError(Kind.NO_DATA, what, "workbook", mend)
    found = json.loads(answer.read_text(encoding="utf-8"))
    return {(name, *p): v for name, places in cells.items() for p, v in zip(places, found[name], strict=True)}


def _result(sheets: Sheets, raw: Mapping[CellKey, Any], extents: Mapping[CellKey, Area]) -> Result:
    keys = [(sheet, *place) for sheet, found in sheets.formulas.items() for place in found]
    kinds = {key: raw[key][worker.ERROR_KEY] for key in keys if type(raw[key]) is dict}
    circles = [key for key, kind in kinds.items() if kind == "#CIRC!"]
    if circles:
        raise circular(circles)
    lacking = {
        key: Unsupported("a formula that the IronCalc engine cannot read", IN_EXCEL)
        for key, kind in kinds.items()
        if kind in _NOT_COMPUTED
    }
    if lacking:
        raise refusal(lacking, "the IronCalc engine")
    taken = [key for key, kind in kinds.items() if kind == "#SPILL!"]
    if taken:
        raise blocked(taken)
    children = [(key[0], *place) for key, extent in extents.items() for place in extent.cells()]
    return Result({key: cell(raw[key]) for key in (*keys, *children)}, extents, 0)


def cell(value: Any) -> Cell:
    """Return a value of the child process as that of a cell."""
    if type(value) is dict:
        return ERROR_TEXTS.get(value[worker.ERROR_KEY], ERROR_TEXTS["#VALUE!"])
    if value is None:
        return 0.0
    return float(value) if type(value) is int else value
