"""Checks of the state of a workbook: stored values, master check, properties, settings, nothing hidden."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from xlidx.errors import ErrorValue, XlidxError
from xlidx.recalc.checks import PASSED, failing, master_of
from xlidx.recalc.lint.finding import WORKBOOK, Finding, Linted, at, covered, meant
from xlidx.recalc.run import Change, recalculate
from xlidx.recalc.workbook.package import q
from xlidx.values import Cell, shown

EXPECTED_ERRORS = "expectederrors"  # the defined name that lists cells whose error is wanted
PROPERTIES = ("xlidx.template", "xlidx.version")
CUSTOM = "docProps/custom.xml"
_RECALCULATE = "xlidx recalc BOOK"
_TRUE = ("1", "true")
_SETTINGS = (
    ("fullCalcOnLoad", _TRUE, "the workbook mistrusts its values and recalculates on opening", _RECALCULATE),
    ("calcMode", ("manual",), "the workbook does not recalculate by itself", "set calculation to automatic"),
    ("iterate", _TRUE, "the workbook allows circular formulas", "switch iterative calculation off"),
)


def errors(subject: Linted) -> Iterator[Finding]:
    """Find stored error values, but those listed under the name ExpectedErrors."""
    listed = subject.book.names.get((None, EXPECTED_ERRORS), "")
    for name, sheet in subject.book.sheets.items():
        wanted = meant(listed, name)
        for place, value in sheet.cached.items():
            if isinstance(value, ErrorValue) and not covered(place, wanted):
                mend = "mend the formula or what it reads; name cells ExpectedErrors where an error is wanted"
                yield Finding("errors", at(name, place), f"the cell holds {value}", mend)


def master(subject: Linted) -> Iterator[Finding]:
    """Find a master check that is not there or not green."""
    words = master_of(subject.book)
    if not words:
        mend = f"name the cell that sums up the checks MasterCheck; it says {PASSED!r}"
        yield Finding("master", WORKBOOK, "there is no master check", mend)
    elif words != PASSED:
        yield Finding("master", "name MasterCheck", f"the master check says {words!r}", "see the checks that fail")
        for check in failing(subject.book):
            yield Finding("master", check.cell, check.sentence, "see the sheet that the check is about")


def properties(subject: Linted) -> Iterator[Finding]:
    """Find a workbook that does not say which template and version it is."""
    package = subject.book.package
    items = package.xml(CUSTOM) if CUSTOM in package.parts else etree.Element("none")
    found = {item.get("name"): "".join(map(str, item.itertext())).strip() for item in items}
    for name in PROPERTIES:
        if not found.get(name):
            mend = "set it (File, Info, Properties, Advanced, Custom)"
            yield Finding("properties", WORKBOOK, f"the document property {name} is not set", mend)


def settings(subject: Linted) -> Iterator[Finding]:
    """Find settings that make a workbook recalculate too often, not at all, or in circles."""
    calculation = subject.book.root.find(q("calcPr"))
    for name, wrong, what, mend in _SETTINGS:
        if calculation is not None and calculation.get(name) in wrong:
            yield Finding("settings", WORKBOOK, what, mend)


def hidden(subject: Linted) -> Iterator[Finding]:
    """Find hidden sheets, rows and columns."""
    for item in subject.book.root.iterfind(f"{q('sheets')}/{q('sheet')}"):
        if item.get("state", "visible") != "visible":
            yield Finding("hidden", item.get("name") or "", "the sheet is hidden", "show it, or take it out")
    for name, sheet in subject.book.sheets.items():
        for kind, path in (("rows", f"{q('sheetData')}/{q('row')}"), ("columns", f"{q('cols')}/{q('col')}")):
            if any(item.get("hidden") in _TRUE for item in sheet.root.iterfind(path)):
                yield Finding("hidden", name, f"the sheet hides {kind}", "show them, or take them out")


def values(subject: Linted) -> Iterator[Finding]:
    """Find stored values that are not those of the formulas; the workbook is recalculated once."""
    if _never_calculated(subject):
        yield Finding("values", WORKBOOK, "no formula has a value yet, or all are zero", _RECALCULATE)
    elif not subject.outside:
        yield from _recalculated(subject)


def _never_calculated(subject: Linted) -> bool:
    stored: list[Cell] = [sheet.cached.get(place) for sheet in subject.book.sheets.values() for place in sheet.formulas]
    return len(stored) > 0 and not any(stored)


def _recalculated(subject: Linted) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory(prefix="xlidx-lint-") as scratch:
        fresh = Path(scratch) / subject.path.name
        try:
            report = recalculate(subject.path, fresh, functions=subject.functions)
        except XlidxError as error:
            yield Finding("values", error.where, error.what, error.mend)
            return
        same = fresh.read_bytes() == subject.book.package.raw
    yield from map(_changed, report.changes)
    if not same and not report.changes:
        yield Finding("values", WORKBOOK, "areas of blocks or settings are stored otherwise", _RECALCULATE)


def _changed(change: Change) -> Finding:
    what = f"the stored value is {shown(change.before)}, recalculated it is {shown(change.after)}"
    return Finding("values", change.cell, what, _RECALCULATE)
