"""Cell addresses and rectangles of cells: A1 text to numbers and back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

import attrs

CellKey: TypeAlias = tuple[str, int, int]
"""Sheet, row and column of a cell."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc]?[0-9]*|[Cc][0-9]*")


@lru_cache(maxsize=LAST_COLUMN)
def letters(column: int) -> str:
    """Return the letters of a column number.

    Examples
    --------
    >>> letters(1), letters(28), letters(16384)
    ('A', 'AB', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@lru_cache(maxsize=LAST_COLUMN)
def column_number(text: str) -> int:
    """Return the number of a column given its letters.

    Examples
    --------
    >>> column_number("AB")
    28
    """
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def a1(row: int, column: int) -> str:
    """Return a cell address.

    Examples
    --------
    >>> a1(5, 2)
    'B5'
    """
    return f"{letters(column)}{row}"


def cell(text: str) -> tuple[int, int] | None:
    """Return (row, column) of a cell address, or None if the text is none.

    Examples
    --------
    >>> cell("$B$5"), cell("XFE1"), cell("Rate")
    ((5, 2), None, None)
    """
    match = _A1.fullmatch(text)
    if match is None:
        return None
    row, column = int(match[2]), column_number(match[1])
    return (row, column) if 1 <= row <= LAST_ROW and column <= LAST_COLUMN else None


@attrs.frozen(slots=True)
class Area:
    """A rectangle of cells, both corners included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self.right - self.left + 1

    @property
    def single(self) -> bool:
        """Tell whether the area is one cell."""
        return self.rows == self.columns == 1

    def cells(self) -> list[tuple[int, int]]:
        """Return every (row, column) in reading order."""
        columns = range(self.left, self.right + 1)
        return [(row, column) for row in range(self.top, self.bottom + 1) for column in columns]

    def __contains__(self, place: tuple[int, int]) -> bool:
        return self.top <= place[0] <= self.bottom and self.left <= place[1] <= self.right

    def __str__(self) -> str:
        first = a1(self.top, self.left)
        return first if self.single else f"{first}:{a1(self.bottom, self.right)}"


def area(text: str) -> Area | None:
    """Return the area of ``A1`` or ``A1:B2`` text, or None if the text is neither.

    Examples
    --------
    >>> str(area("$B$2:A1")), str(area("C3")), area("A:A")
    ('A1:B2', 'C3', None)
    """
    first, _, second = text.partition(":")
    one = cell(first)
    two = cell(second) if second else one
    if one is None or two is None:
        return None
    (r1, c1), (r2, c2) = one, two
    return Area(min(r1, r2), min(c1, c2), max(r1, r2), max(c1, c2))


def sheet_prefix(name: str) -> str:
    """Return a sheet name as it stands before a cell address, quoted where Excel quotes it.

    Examples
    --------
    >>> sheet_prefix("Inputs"), sheet_prefix("Bob's"), sheet_prefix("Q1")
    ('Inputs!', "'Bob''s'!", "'Q1'!")
    """
    if _PLAIN_NAME.fullmatch(name) and not _LIKE_CELL.fullmatch(name):
        return name + "!"
    return "'" + name.replace("'", "''") + "'!"


def split_sheet(text: str) -> tuple[str | None, str]:
    """Return (sheet name or None, rest) of a reference.

    Examples
    --------
    >>> split_sheet("'Bob''s'!$A$1"), split_sheet("B2")
    (("Bob's", '$A$1'), (None, 'B2'))
    """
    sheet, mark, rest = text.rpartition("!")
    if not mark:
        return None, text
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, rest
