"""Check of readers: every input changes something, and something that is computed by the functions, not beside them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import attrs

from xlidx.errors import XlidxError
from xlidx.recalc.interface.prepare import plain_formula
from xlidx.recalc.lint.finding import Finding, Linted, at, covered, meant, runs
from xlidx.recalc.workbook.book import Place, Sheet
from xlidx.recalc.workbook.grid import LAST_COLUMN, LAST_ROW, Area, area, column_number
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import q

PLAIN_INPUTS = "plaininputs"  # the defined name that lists inputs which ordinary formulas alone read
_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_WHOLE = r"\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[0-9]{1,7}:\$?[0-9]{1,7}"
_REFERENCE = re.compile(rf"(?:'((?:[^']|'')+)'!|([\w.]+)!)?(?<![\w.$])({_CELL}(?::{_CELL})?|{_WHOLE})(?![\w(.])")
_TEXT = re.compile(r'"[^"]*"')
_ANYWHERE = re.compile(r"(?<![\w.])(?:INDIRECT|OFFSET)\(", re.IGNORECASE)

Cell = tuple[str, Place]
Read = tuple[str, Area]


@attrs.frozen
class Readers:
    """What the formulas of a workbook read: areas by formula cell, calls of ours, and the formula behind a cell."""

    areas: Mapping[Cell, tuple[Read, ...]]
    calls: Collection[Cell]
    anchors: Mapping[Cell, Cell]
    by_sheet: Mapping[str, list[Place]]

    def behind(self, read: Read) -> Iterator[Cell]:
        """Return the formula cells whose results stand in an area."""
        sheet, block = read
        if block.single:
            found = self.anchors.get((sheet, (block.top, block.left)))
            if found:
                yield found
            return
        for place in self.by_sheet.get(sheet, ()):
            if place in block:
                yield self.anchors[sheet, place]

    def reached(self, start: Iterable[Cell]) -> dict[str, set[Area]]:
        """Return all areas that some formulas depend on, by sheet."""
        waiting, known = list(start), set(start)
        found: dict[str, set[Area]] = {}
        while waiting:
            for read in self.areas.get(waiting.pop(), ()):
                if read[1] in found.setdefault(read[0], set()):
                    continue
                found[read[0]].add(read[1])
                fresh = [cell for cell in self.behind(read) if cell not in known]
                known.update(fresh)
                waiting += fresh
        return found


def unread(subject: Linted) -> Iterator[Finding]:
    """Find inputs that no formula reads, and those that reach no function of ours though the workbook calls some."""
    if any(_ANYWHERE.search(_TEXT.sub("", text)) for _, text in subject.texts):
        return  # what such a formula reads is known only when it is computed
    readers = _readers(subject)
    everything, ours = readers.reached(readers.areas), readers.reached(readers.calls)
    for name, block in _beside(subject):
        everything.setdefault(name, set()).add(block)
    listed = subject.book.names.get((None, PLAIN_INPUTS), "")
    for sheet in subject.book.sheets.values():
        given = _inputs(subject, sheet)
        dead = given - _inside(given, everything.get(sheet.name, ()))
        names = _labels(subject, sheet, given, dead)
        yield from _found(sheet, dead - names, "no formula reads this input", "use it, or take it out")
        if readers.calls:
            texts = {place for place in given if type(sheet.constants.get(place)) is str}
            rest = given - dead - texts - _inside(given, [*ours.get(sheet.name, ()), *meant(listed, sheet.name)])
            what = "no function of ours depends on this input, only formulas beside them"
            yield from _found(sheet, rest, what, "hand it to the function, or list it under the name PlainInputs")


def _labels(subject: Linted, sheet: Sheet, given: set[Place], dead: set[Place]) -> set[Place]:
    # Columns of text in a table of which something else is read: names and remarks.
    found: set[Place] = set()
    for table in subject.book.tables.values():
        own = {place for place in given if table.sheet == sheet.name and place in table.area}
        if own - dead:
            words = {column for row, column in own if type(sheet.constants.get((row, column))) is str}
            numbers = {column for row, column in own if type(sheet.constants.get((row, column))) is float}
            found |= {place for place in own if place[1] in words - numbers or place[0] not in table.data_rows}
    return found


def _inside(cells: set[Place], areas: Collection[Area]) -> set[Place]:
    single = {(block.top, block.left) for block in areas if block.single}
    wide = [block for block in areas if not block.single]
    return {place for place in cells if place in single or covered(place, wide)}


def _found(sheet: Sheet, cells: Iterable[Place], what: str, mend: str) -> Iterator[Finding]:
    for run in runs(cells):
        yield Finding("unread", at(sheet.name, run), what, mend)


def _inputs(subject: Linted, sheet: Sheet) -> set[Place]:
    cells = {place for place, element in subject.elements(sheet) if element.get("s", "0") in subject.unlocked}
    return cells - sheet.formulas.keys() - sheet.cached.keys()


def _readers(subject: Linted) -> Readers:
    plain = normaliser(subject.book, subject.functions)
    ours = "|".join(map(re.escape, sorted(subject.functions, key=len, reverse=True)))
    call = re.compile(rf"(?:{ours})\(", re.IGNORECASE)
    areas: dict[Cell, tuple[Read, ...]] = {}
    calls: set[Cell] = set()
    anchors: dict[Cell, Cell] = {}
    for sheet, place, formula in subject.formulas():
        try:
            text = plain_formula(formula, sheet, place, plain).text
        except XlidxError:
            text = formula.text  # another check says what is wrong with it
        areas[sheet, place] = tuple(dict.fromkeys(references(text, sheet)))
        if ours and call.search(_TEXT.sub("", text)):
            calls.add((sheet, place))
        extent = formula.extent
        for other in extent.cells() if extent is not None else ():
            anchors[sheet, other] = (sheet, place)
        anchors[sheet, place] = (sheet, place)
    by_sheet: dict[str, list[Place]] = {}
    for sheet, place in anchors:
        by_sheet.setdefault(sheet, []).append(place)
    return Readers(areas, calls, anchors, by_sheet)


def references(text: str, sheet: str) -> Iterator[Read]:
    """Return the areas that a formula without names reads, with their sheets.

    Examples
    --------
    >>> [(name, str(block)) for name, block in references("=SUM(B:B)+'My data'!C5*LOG10(2)", "Calc")]
    [('Calc', 'B1:B1048576'), ('My data', 'C5')]
    """
    for quoted, plain, cells in _REFERENCE.findall(_TEXT.sub("", text)):
        block = area(cells) or _whole(cells)
        if block is not None:
            yield quoted.replace("''", "'") or plain or sheet, block


def _whole(text: str) -> Area | None:
    first, _, last = text.replace("$", "").partition(":")
    if first.isdigit() and last.isdigit():
        return Area(int(first), 1, int(last), LAST_COLUMN)
    if first.isalpha() and last.isalpha():
        return Area(1, column_number(first), LAST_ROW, column_number(last))
    return None


def _beside(subject: Linted) -> Iterator[Read]:
    # What charts, lists of choices and conditional formats read.
    for sheet in subject.book.sheets.values():
        for name in ("formula1", "formula2", "formula"):
            for element in sheet.root.iter(q(name)):
                yield from _resolved(subject, element.text or "", sheet.name)
    for part in sorted(subject.book.package.parts):
        if part.startswith("xl/charts/chart"):
            for element in subject.book.package.xml(part).iter("{*}f"):
                yield from _resolved(subject, element.text or "", "")


def _resolved(subject: Linted, text: str, sheet: str) -> Iterator[Read]:
    for word in re.findall(r"[^\W\d][\w.]*", _TEXT.sub("", text)):
        named = subject.book.names.get((None, word.lower()))
        if named is not None:
            yield from references(named, sheet)
    yield from references(text, sheet)
