"""Which cells a formula reads."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import attrs

from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.workbook.grid import LAST_COLUMN, LAST_ROW, Area, CellKey, area, column_number

_TEXTS = re.compile(r'"[^"]*"')
_CELLS = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Za-z]{1,3}\$?[0-9]{1,7})?"
_LINES = r"\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[0-9]{1,7}:\$?[0-9]{1,7}"
_REFERENCE = re.compile(rf"('(?:[^']|'')+'!|[^\W\d][\w.]*!)?(?<![\w.$:\\])({_CELLS}|{_LINES})(?![\w(.!\\])")


def references(text: str, sheet: str) -> list[tuple[str, Area]]:
    """Return the areas that a formula in plain form reads, with their sheets.

    Examples
    --------
    >>> [(name, str(block)) for name, block in references("=A1+SUM('My Sheet'!B:B)", "S")]
    [('S', 'A1'), ('My Sheet', 'B1:B1048576')]
    """
    found = []
    for match in _REFERENCE.finditer(_TEXTS.sub('""', text)):
        name = sheet if match[1] is None else match[1][:-1].strip("'").replace("''", "'")
        block = extent(match[2])
        if block is not None:
            found.append((name, block))
    return found


@lru_cache(maxsize=4096)
def extent(text: str) -> Area | None:
    """Return the area of cells, whole columns or whole rows; ``None`` if the text is no reference.

    Examples
    --------
    >>> str(extent("$B:$A")), str(extent("3:3")), extent("Rate")
    ('A1:B1048576', 'A3:XFD3', None)
    """
    block = area(text)
    if block is not None:
        return block
    first, mark, second = text.replace("$", "").partition(":")
    if not mark:
        return None
    if first.isdigit() and second.isdigit():
        top, bottom = sorted((int(first), int(second)))
        return Area(top, 1, bottom, LAST_COLUMN) if top >= 1 and bottom <= LAST_ROW else None
    if first.isalpha() and second.isalpha():
        left, right = sorted((column_number(first), column_number(second)))
        return Area(1, left, LAST_ROW, right) if right <= LAST_COLUMN else None
    return None


@attrs.frozen
class CellIndex:
    """Some cells of a workbook, found by the area in which they stand: per sheet and column, rows in order."""

    columns: Mapping[str, Mapping[int, list[int]]]

    @classmethod
    def of(cls, cells: Iterable[CellKey]) -> CellIndex:
        """Return the index of some cells."""
        columns: dict[str, dict[int, list[int]]] = {}
        for sheet, row, column in cells:
            columns.setdefault(sheet.lower(), {}).setdefault(column, []).append(row)
        for found in columns.values():
            for rows in found.values():
                rows.sort()
        return cls(columns)

    def inside(self, sheet: str, block: Area) -> Iterator[tuple[int, int]]:
        """Return the row and column of every indexed cell inside an area."""
        found = self.columns.get(sheet.lower(), {})
        if block.columns <= len(found):
            wanted = [column for column in range(block.left, block.right + 1) if column in found]
        else:
            wanted = [column for column in found if block.left <= column <= block.right]
        for column in wanted:
            rows = found[column]
            for at in range(bisect_left(rows, block.top), len(rows)):
                if rows[at] > block.bottom:
                    break
                yield rows[at], column


def circles(sheets: Sheets) -> list[CellKey]:
    """Return the formulas that refer to each other in a circle, as far as their references tell."""
    keys = {(sheet.lower(), *place): (sheet, *place) for sheet, found in sheets.formulas.items() for place in found}
    index = CellIndex.of(keys)
    reads = {
        key: {
            (name.lower(), *place)
            for name, block in references(sheets.formulas[own[0]][own[1:]].text, own[0])
            for place in index.inside(name, block)
        }
        for key, own in keys.items()
    }
    left = _without_ends(_without_ends(reads), turned=True)
    return sorted(keys[key] for key in left)


def _without_ends(reads: Mapping[CellKey, set[CellKey]], *, turned: bool = False) -> dict[CellKey, set[CellKey]]:
    """Return a graph without the cells that read none of it, again and again; ``turned`` without those unread."""
    graph = {key: set(found) & reads.keys() for key, found in reads.items()}
    if turned:
        back: dict[CellKey, set[CellKey]] = {key: set() for key in graph}
        for key, found in graph.items():
            for other in found:
                back[other].add(key)
        graph = back
    readers: dict[CellKey, list[CellKey]] = {}
    for key, found in graph.items():
        for other in found:
            readers.setdefault(other, []).append(key)
    waiting = {key: len(found) for key, found in graph.items()}
    free = [key for key, count in waiting.items() if count == 0]
    while free:
        key = free.pop()
        del graph[key]
        for reader in readers.get(key, ()):
            waiting[reader] -= 1
            if waiting[reader] == 0:
                free.append(reader)
    return {key: found & graph.keys() for key, found in graph.items()}
