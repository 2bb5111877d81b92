"""Check of inputs: each one open, named and validated; everything else locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from xlidx.recalc.lint.finding import Finding, Linted, at, covered, runs
from xlidx.recalc.lint.readers import references
from xlidx.recalc.workbook.book import Place, Sheet
from xlidx.recalc.workbook.grid import Area, area
from xlidx.recalc.workbook.package import q


def inputs(subject: Linted) -> Iterator[Finding]:
    """Find inputs that cannot be changed, found or checked, and formulas that can be overwritten."""
    read = _read_by_formulas(subject)
    for sheet in subject.book.sheets.values():
        cells = {place for place, element in subject.elements(sheet) if element.get("s", "0") in subject.unlocked}
        yield from _protection(sheet, cells)
        yield from _open_formulas(sheet, cells)
        yield from _open_inputs(subject, sheet, cells - sheet.formulas.keys())
        yield from _locked_inputs(sheet, cells, read.get(sheet.name, set()))


def _found(sheet: Sheet, cells: Iterable[Place], what: str, mend: str) -> Iterator[Finding]:
    for run in runs(cells):
        yield Finding("inputs", at(sheet.name, run), what, mend)


def _protection(sheet: Sheet, unlocked: set[Place]) -> Iterator[Finding]:
    protection = sheet.root.find(q("sheetProtection"))
    on = protection is not None and protection.get("sheet") in ("1", "true")
    if (sheet.formulas or unlocked) and not on:
        what = "the sheet is not protected, so any formula can be overwritten"
        yield Finding("inputs", sheet.name, what, "protect it (Review, Protect Sheet); a password is not needed")


def _open_formulas(sheet: Sheet, unlocked: set[Place]) -> Iterator[Finding]:
    wrong = unlocked & (sheet.formulas.keys() | sheet.cached.keys())
    yield from _found(sheet, wrong, "a result is unlocked", "lock it (Format Cells, Protection)")


def _open_inputs(subject: Linted, sheet: Sheet, unlocked: set[Place]) -> Iterator[Finding]:
    tables = [t.area for t in subject.book.tables.values() if t.sheet == sheet.name]
    names = [*subject.named(sheet.name), *tables]
    rules = sheet.root.iterfind(f"{q('dataValidations')}/{q('dataValidation')}")
    checked = [block for rule in rules for text in (rule.get("sqref") or "").split() if (block := area(text))]
    given = unlocked - sheet.cached.keys()
    unnamed = [place for place in given if not covered(place, names)]
    free = [place for place in given if not covered(place, checked)]
    yield from _found(sheet, unnamed, "an input has no name", "name the cell, or make its list an Excel table")
    yield from _found(sheet, free, "an input has no validation", "say what it may hold (Data, Data Validation)")


def _locked_inputs(sheet: Sheet, unlocked: set[Place], read: set[Area]) -> Iterator[Finding]:
    typed = [p for p, value in sheet.constants.items() if type(value) is float and p not in unlocked]
    used = [place for place in typed if covered(place, read)]
    mend = "unlock, name and validate it, or let it be the result of a formula"
    yield from _found(sheet, used, "a number that formulas read is locked", mend)


def _read_by_formulas(subject: Linted) -> dict[str, set[Area]]:
    """Return the areas that formulas read, by sheet: by address, by name, or as a table."""
    found: dict[str, set[Area]] = {}
    for name, sheet in subject.book.sheets.items():
        for formula in sheet.formulas.values():
            for other, block in references(formula.text, name):
                found.setdefault(other, set()).add(block)
        found.setdefault(name, set()).update(subject.named(name))
    for table in subject.book.tables.values():
        found[table.sheet].add(attrs.evolve(table.area, top=table.data_rows.start))
    return found
