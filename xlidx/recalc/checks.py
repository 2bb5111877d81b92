"""The checks of a workbook: the words of its master check, and each check that fails with its value and limit."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from xlidx.recalc.inputs.names import named_area
from xlidx.recalc.interface.unsupported import named
from xlidx.recalc.workbook.book import Book
from xlidx.recalc.workbook.grid import CellKey
from xlidx.values import Cell

PASSED = "ALL CHECKS OK"
_GOOD = "OK"
_HEAD = ("Check", "Value", "Test", "Limit", "Status")


@attrs.frozen
class Check:
    """One check that fails: its cell, what it is about, its value, the test and the limit."""

    cell: str
    name: str
    value: Cell
    test: str
    limit: Cell

    @property
    def sentence(self) -> str:
        """The check in one line.

        Examples
        --------
        >>> Check("Checks!F9", "Issue prices", 22.0, "=", 23.0).sentence
        'Issue prices: 22, should be = 23 (Checks!F9)'
        """
        return f"{self.name}: {_said(self.value)}, should be {self.test} {_said(self.limit)} ({self.cell})"


def master_of(book: Book, values: Mapping[CellKey, Cell] | None = None) -> str:
    """Return the words of the cell named MasterCheck; blank if there is none.

    ``values`` are results that the file does not hold yet.
    """
    key = _master(book)
    value = None if key is None else _value(book, key, values or {})
    return "" if value is None else str(value)


def failing(book: Book, values: Mapping[CellKey, Cell] | None = None) -> tuple[Check, ...]:
    """Return the checks that fail, from the sheet of the master check.

    They stand there under the headings Check, Value, Test, Limit and Status; a sheet without these says nothing.
    """
    key, found = _master(book), values or {}
    if key is None or master_of(book, found) == PASSED:
        return ()
    sheet = key[0]
    constants = book.sheets[sheet].constants
    heads = [place for place, value in constants.items() if value == _HEAD[0]]
    for row, column in sorted(heads):
        titles = [constants.get((row, column + n)) for n in range(len(_HEAD))]
        if titles == list(_HEAD):
            return tuple(_failing(book, sheet, row, column, found))
    return ()


def _failing(book: Book, sheet: str, row: int, column: int, values: Mapping[CellKey, Cell]) -> list[Check]:
    found = []
    line = row + 1
    while (name := _value(book, (sheet, line, column), values)) not in (None, ""):
        value, test, limit, status = (_value(book, (sheet, line, column + n), values) for n in range(1, 5))
        if status != _GOOD:
            found.append(Check(named((sheet, line, column + 4)), str(name), value, str(test or ""), limit))
        line += 1
    return found


def _master(book: Book) -> CellKey | None:
    found = named_area(book, "MasterCheck")
    return None if found is None else (found[0], found[1].top, found[1].left)


def _value(book: Book, key: CellKey, values: Mapping[CellKey, Cell]) -> Cell:
    sheet = book.sheets[key[0]]
    return values.get(key, sheet.cached.get(key[1:], sheet.constants.get(key[1:])))


def _said(value: Cell) -> str:
    return f"{value:.12g}" if isinstance(value, float) else "" if value is None else str(value)
