"""The kinds of values by which engines differ, one letter each.

======  =============================================================================
``b``   TRUE or FALSE
``#``   an error value
``s``   an error value that came with dynamic arrays, such as ``#SPILL!``
``e``   a text without characters
``d``   a text that is a plain number, such as ``"12.5"``
``x``   any other text with a digit: perhaps a date, a percentage or a price to Excel
``t``   a text without digits
``u``   a text with letters beyond ASCII that have two cases (and one of the letters above)
``w``   a text with wildcards (and one of the letters above)
``_``   a blank cell
``m``   a negative number
``o``   a number outside the days from March 1900 to the year 9999; 0 does not count
``y``   a number above 0 but below 1901, or above 9998: no year, or one with days that Excel counts wrongly
``h``   a number of 10 to the tenth power or more, or as far below 0
``n``   a number
======  =============================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import pairwise

import attrs

from xlidx.errors import ErrorValue
from xlidx.recalc.interface.precedents import CellIndex
from xlidx.recalc.interface.sheets import CLASSICAL
from xlidx.recalc.workbook.grid import Area, CellKey
from xlidx.values import Cell

ANY_TEXT = "edxtuw"
_WILDCARDS = frozenset("?*~")
NAMES = {
    "b": "a truth value",
    "#": "an error value",
    "s": "a newer error value",
    "e": "an empty text",
    "d": "a number kept as text",
    "x": "a text that Excel may read as a number or date",
    "t": "a text",
    "u": "letters beyond ASCII",
    "w": "a text with wildcards",
    "_": "a blank cell",
    "m": "a negative number",
    "o": "a day outside March 1900 to 9999",
    "y": "a year before 1901 or after 9999",
    "h": "a number beyond ten digits",
    "n": "a number",
}
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# Texts whose order does not depend on the language.
_PLAIN_KEY = re.compile(r"[A-Za-z]+")
_FIRST_YEAR, _LAST_YEAR = 1901, 9998
_HUGE = 1e10
_FIRST_DAY, _LAST_DAY = 61.0, 2_958_466.0
# Whole columns have a million cells: where blanks matter an area up to this size is looked at.
_MOST_CELLS = 200_000


def kinds(value: Cell) -> str:
    """Return the letters of a value.

    Examples
    --------
    >>> kinds(True), kinds("12.5"), kinds("1/2/2020"), kinds("É"), kinds(60.0), kinds(-1.0), kinds(None)
    ('b', 'd', 'x', 'tu', 'noy', 'nmo', '_')
    """
    if value is None:
        return "_"
    if isinstance(value, bool):
        return "b"
    if isinstance(value, ErrorValue):
        return "#" if value in CLASSICAL else "#s"
    if isinstance(value, str):
        return (
            _text_kind(value)
            + ("u" if _has_cased_letter(value) else "")
            + ("w" if _WILDCARDS.intersection(value) else "")
        )
    if not isinstance(value, float | int):
        return "n"
    holds = {
        "m": value < 0,
        "o": value != 0 and not _FIRST_DAY <= value < _LAST_DAY,
        "y": 0 < value < _FIRST_YEAR or value > _LAST_YEAR,
        "h": abs(value) >= _HUGE,
    }
    return "n" + "".join(letter for letter, true in holds.items() if true)


def _has_cased_letter(text: str) -> bool:
    return not text.isascii() and any(one > "\x7f" and one.lower() != one.upper() for one in text)


def _text_kind(text: str) -> str:
    if not text:
        return "e"
    if _PLAIN_NUMBER.fullmatch(text):
        return "d"
    return "x" if any(map(str.isdigit, text)) else "t"


@attrs.frozen
class Values:
    """All values of a workbook, and where those stand that are no numbers."""

    cells: Mapping[CellKey, Cell]
    _known: dict[tuple[str, Area, str], str] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, constants: Mapping[str, Mapping[tuple[int, int], Cell]], results: Mapping[CellKey, Cell]) -> Values:
        """Return the values of inputs and results."""
        cells: dict[CellKey, Cell] = {
            (sheet.lower(), *place): value for sheet, found in constants.items() for place, value in found.items()
        }
        cells |= {(key[0].lower(), *key[1:]): value for key, value in results.items()}
        return cls(cells)

    @cached_property
    def _special(self) -> CellIndex:
        return CellIndex.of(key for key, value in self.cells.items() if type(value) is not float)

    @cached_property
    def has_newer_errors(self) -> bool:
        """Tell whether a cell holds an error that came with dynamic arrays."""
        return any(isinstance(value, ErrorValue) and value not in CLASSICAL for value in self.cells.values())

    @cached_property
    def _filled(self) -> CellIndex:
        return CellIndex.of(self.cells)

    def refused(self, sheet: str, block: Area, letters: str) -> str:
        """Return the first letter among some that a cell of an area has, or an empty text."""
        if block.single:
            found = kinds(self.cells.get((sheet.lower(), block.top, block.left)))
            return next((letter for letter in letters if letter in found), "")
        key = (sheet.lower(), block, letters)
        if key not in self._known:
            self._known[key] = self._searched(sheet, block, letters)
        return self._known[key]

    def _searched(self, sheet: str, block: Area, letters: str) -> str:
        numbers = any(letter in letters for letter in "monyh")
        index = self._filled if numbers else self._special
        for place in index.inside(sheet, block):
            found = kinds(self.cells[sheet.lower(), *place])
            for letter in letters:
                if letter in found:
                    return letter
        return "_" if "_" in letters and self._has_blank(sheet, block) else ""

    def _has_blank(self, sheet: str, block: Area) -> bool:
        size = block.rows * block.columns
        return size > _MOST_CELLS or sum(1 for _ in self._filled.inside(sheet, block)) < size

    def inside(self, sheet: str, block: Area) -> Iterable[tuple[int, int]]:
        """Return the places of an area that hold something."""
        return self._filled.inside(sheet, block)

    def holds(self, error: ErrorValue, blocks: Iterable[tuple[str, Area]]) -> bool:
        """Tell whether a cell of some areas holds an error value."""
        return any(
            self.cells[sheet.lower(), *place] is error
            for sheet, block in blocks
            for place in self._special.inside(sheet, block)
        )

    def ordered(self, sheet: str, block: Area, *, descending: bool = False) -> bool:
        """Tell whether cells hold numbers only, or plain texts only, in order, with blanks at the end alone."""
        places = sorted(self._filled.inside(sheet, block))
        wide = block.columns
        if any(place != (block.top + i // wide, block.left + i % wide) for i, place in enumerate(places)):
            return False
        found = [self.cells[sheet.lower(), *place] for place in places]
        line = found[::-1] if descending else found
        if all(type(value) is float for value in line):
            return all(a <= b for a, b in pairwise(line))  # type: ignore[operator]
        keys = [value.lower() for value in line if isinstance(value, str) and _PLAIN_KEY.fullmatch(value)]
        return len(keys) == len(line) and all(a < b for a, b in pairwise(keys))
