"""Excel functions that LibreOffice 25.2 lacks, for the second engine only.

They choose and join rows and columns and compute nothing.  LibreOffice 25.8 has them; the stand-ins are used with every
version all the same, so that results do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Rows: TypeAlias = list[list[Any]]

PREFIX = "XLIDX_"
_NOTHING, _MISSING, _WRONG = "#CALC!", "#N/A", "#VALUE!"


def choosecols(block: Any, *numbers: Any) -> Any:
    """Return columns by number, counted from 1, or from the end where negative.

    Examples
    --------
    >>> choosecols([[1.0, 2.0, 3.0]], 3.0, -3.0), choosecols([[1.0]], 2.0)
    ([[3.0, 1.0]], '#VALUE!')
    """
    chosen = chooserows(_turned(_rows(block)), *numbers)
    return chosen if isinstance(chosen, str) else _turned(chosen)


def chooserows(block: Any, *numbers: Any) -> Any:
    """Return rows by number, counted from 1, or from the end where negative.

    Examples
    --------
    >>> chooserows([[1.0], [2.0]], [[-1.0, 1.0]])
    [[2.0], [1.0]]
    """
    rows = _rows(block)
    wanted = [_whole(number) for given in numbers for row in _rows(given) for number in row]
    if not wanted or any(number is None or not 1 <= abs(number) <= len(rows) for number in wanted):
        return _WRONG
    return [rows[number - 1 if number > 0 else number] for number in wanted if number is not None]


def take(block: Any, rows: Any = None, columns: Any = None) -> Any:
    """Return the first rows and columns, or the last ones where negative; left out means all.

    Examples
    --------
    >>> take([[1.0, 2.0], [3.0, 4.0]], -1.0), take([[1.0, 2.0]], None, 1.0), take([[1.0]], 0.0)
    ([[3.0, 4.0]], [[1.0]], '#CALC!')
    """
    return _cut(block, rows, columns, _first)


def drop(block: Any, rows: Any = None, columns: Any = None) -> Any:
    """Return what is left without the first rows and columns, or without the last ones where negative.

    Examples
    --------
    >>> drop([[1.0, 2.0], [3.0, 4.0]], 1.0), drop([[1.0, 2.0]], None, -1.0), drop([[1.0]], 1.0)
    ([[3.0, 4.0]], [[1.0]], '#CALC!')
    """
    return _cut(block, rows, columns, _without)


def vstack(*blocks: Any) -> Any:
    """Return blocks one below the other, short rows filled with #N/A.

    Examples
    --------
    >>> vstack([[1.0, 2.0]], 3.0)
    [[1.0, 2.0], [3.0, '#N/A']]
    """
    rows = [row for block in blocks for row in _rows(block)]
    width = max(map(len, rows))
    return [row + [_MISSING] * (width - len(row)) for row in rows]


def hstack(*blocks: Any) -> Any:
    """Return blocks side by side, short columns filled with #N/A.

    Examples
    --------
    >>> hstack([[1.0], [2.0]], 3.0)
    [[1.0, 3.0], [2.0, '#N/A']]
    """
    return _turned(vstack(*(_turned(_rows(block)) for block in blocks)))


STANDINS: Mapping[str, Callable[..., Any]] = {
    f"{PREFIX}{function.__name__.upper()}": function
    for function in (choosecols, chooserows, drop, hstack, take, vstack)
}


def _rows(block: Any) -> Rows:
    return block if isinstance(block, list) else [[block]]


def _turned(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _whole(number: Any) -> int | None:
    return int(number) if isinstance(number, float | int) else None


def _cut(block: Any, rows: Any, columns: Any, cut: Callable[[Rows, int], Rows]) -> Any:
    found = _rows(block)
    for number in (rows, columns):
        if number is not None:
            count = _whole(number)
            if count is None:
                return _WRONG
            found = cut(found, count)
            if not found:
                return _NOTHING
        found = _turned(found)
    return found


def _first(rows: Rows, count: int) -> Rows:
    return rows[:count] if count >= 0 else rows[count:]


def _without(rows: Rows, count: int) -> Rows:
    return rows[count:] if count >= 0 else rows[:count]
