"""What our functions answer, as cells: the same for every engine."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlidx.errors import ErrorValue
from xlidx.values import ERROR_TEXTS, Cell, serial


def as_rows(value: Any) -> list[list[Cell]]:
    """Return a result as rows of cells: blank is the empty text, as in Excel's own hosts.

    A flat list is one row; error texts, NaN and infinities are error values, days are serial numbers; a table whose
    rows differ in length is ``#VALUE!``.

    Examples
    --------
    >>> as_rows([1.0, None, "#N/A"])
    [[1.0, '', <ErrorValue.NA: '#N/A'>]]
    >>> as_rows(float("inf")), as_rows([[1.0], [2.0, 3.0]])
    ([[<ErrorValue.NUM: '#NUM!'>]], [[<ErrorValue.VALUE: '#VALUE!'>]])
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        return [[_cell(value)]]
    rows = value if value and isinstance(value[0], list | tuple) else [value]
    width = max(map(len, rows), default=0)
    if width == 0:
        return [[""]]
    if any(len(row) != width for row in rows):
        return [[ErrorValue.VALUE]]
    return [[_cell(item) for item in row] for row in rows]


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        number = float(value)
        if number != number:
            return ErrorValue.NA
        return ErrorValue.NUM if number in (float("inf"), float("-inf")) else number
    if isinstance(value, date):
        return serial(value)
    if isinstance(value, str):
        return ERROR_TEXTS.get(value, str(value))
    return ErrorValue.VALUE
