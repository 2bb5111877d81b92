"""What a cell can hold once its host is forgotten, and how cells become arrays.

A :data:`Cell` is a number, a text, a truth value, a day, an :class:`~xlidx.errors.ErrorValue`, ``None`` for
blank, or the refusal of a value that no cell should hold.  Excel ranges, CSV files and Python lists all
arrive here, so every door shares one check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import TypeAlias

import numpy as np

from xlidx.arrays import Floats
from xlidx.errors import ErrorValue, Kind, XlidxError

Cell: TypeAlias = float | str | bool | date | ErrorValue | XlidxError | None

EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 61, 2_958_465  # 1 March 1900, after Excel's 29 February that never was; end of 9999
FIRST_DAY = EPOCH + timedelta(days=FIRST_SERIAL)
ERROR_TEXTS = {str(error): error for error in ErrorValue}


def error_of(text: str) -> ErrorValue | None:
    """Return the Excel error that a text shows, in any case and with spaces around it, if it shows one.

    Examples
    --------
    >>> error_of("#busy! "), error_of("#1")
    (<ErrorValue.BUSY: '#BUSY!'>, None)
    """
    return ERROR_TEXTS.get(text.strip().upper()) if "#" in text else None


def floats(cells: Sequence[Cell]) -> tuple[Floats, dict[int, Cell]]:
    """Return the numbers of a run of cells, and whatever else stands among them by position.

    The array holds NaN wherever the second result has an entry.

    Examples
    --------
    >>> numbers, others = floats([1.0, None, "n/a", 2.0])
    >>> numbers.tolist(), others
    ([1.0, nan, nan, 2.0], {1: None, 2: 'n/a'})
    """
    if set(map(type, cells)) <= {float}:
        return np.fromiter(cells, np.float64, len(cells)), {}
    others = {i: cell for i, cell in enumerate(cells) if type(cell) is not float}
    numbers = np.fromiter((c if type(c) is float else np.nan for c in cells), np.float64, len(cells))
    return numbers, others


def moment(value: np.datetime64 | datetime) -> datetime | None:
    """Return a moment of numpy or pandas as a datetime of Python without a zone; NaT is blank.

    Raises
    ------
    XlidxError
        ``TYPE`` for a year beyond 1 to 9999, which numpy and pandas know and no calendar.

    Examples
    --------
    >>> moment(np.datetime64("2020-02-10"))
    datetime.datetime(2020, 2, 10, 0, 0)
    """
    if value != value:
        return None
    year = value.year if isinstance(value, datetime) else int(value.astype("datetime64[Y]").astype(np.int64)) + 1970
    if not date.min.year <= year <= date.max.year:
        mend = "give a day of the years 1900 to 9999"
        raise XlidxError(Kind.TYPE, f"{value} is no day of the calendar", "range", mend)
    plain = value if isinstance(value, datetime) else value.astype("datetime64[us]").item()
    whole = plain.to_pydatetime(warn=False) if hasattr(plain, "to_pydatetime") else plain
    return whole.replace(tzinfo=None)


def flat(rows: Iterable[Sequence[Cell]]) -> list[Cell]:
    """Return the cells of a block in reading order."""
    return list(chain.from_iterable(rows))


def day(cell: Cell, where: str) -> date:
    """Return the day a cell means: a date, an Excel serial number or an ISO text.

    Raises
    ------
    XlidxError
        ``TYPE`` for anything else, a time of day, or a day before 1 March 1900, from which on Excel counts days right.

    Examples
    --------
    >>> day(43871.0, "B2"), day("2020-02-10", "B2")
    (datetime.date(2020, 2, 10), datetime.date(2020, 2, 10))
    """
    found = _day(cell)
    if found is None or found < FIRST_DAY:
        mend = "give an Excel date without a time of day, or text like 2020-02-10"
        raise XlidxError(Kind.TYPE, f"{shown(cell)} is not a day", where, mend)
    return found


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time.min else None
    if isinstance(cell, date):
        return cell
    if type(cell) is float and cell.is_integer() and FIRST_SERIAL <= cell <= LAST_SERIAL:
        return EPOCH + timedelta(days=int(cell))
    try:
        return date.fromisoformat(cell.strip()) if type(cell) is str else None
    except ValueError:
        return None


def serial(day: date) -> float:
    """Return the Excel serial number of a date or datetime (1900 date system).

    Examples
    --------
    >>> serial(date(2020, 2, 10)), serial(datetime(2020, 2, 10, 12))
    (43871.0, 43871.5)
    """
    if isinstance(day, datetime):
        midnight = datetime.combine(EPOCH, datetime.min.time(), day.tzinfo)
        return (day - midnight) / timedelta(days=1)
    return float((day - EPOCH).days)


def shown(cell: Cell) -> str:
    """Return a cell as a short text for a message.

    Examples
    --------
    >>> shown(1.5), shown("abc"), shown(None), shown(True)
    ('1.5', "text 'abc'", 'a blank cell', 'TRUE')
    """
    if cell is None:
        return "a blank cell"
    if isinstance(cell, ErrorValue | XlidxError):
        return str(cell)
    if isinstance(cell, str):
        return f"text {cell[:40]!r}"
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return f"{cell:.15g}" if isinstance(cell, float) else cell.isoformat()


def not_a_number(cell: Cell, name: str, where: str) -> XlidxError:
    """Return the refusal for a cell that should hold a number and holds something else."""
    return unexpected(cell, name, where, "a number")


def unexpected(cell: Cell, name: str, where: str, wanted: str) -> XlidxError:
    """Return the refusal for a cell whose content is not what an input wants."""
    if cell is None:
        return XlidxError(Kind.MISSING, f"{name} is blank", where, f"give {wanted}")
    if isinstance(cell, XlidxError):
        return XlidxError(cell.kind, f"{name}: {cell.what}", where, cell.mend, value=cell.value)
    if isinstance(cell, ErrorValue):
        mend = "mend the cell that the error comes from"
        return XlidxError(Kind.PROPAGATED, f"{name} holds {cell}", where, mend, value=cell)
    return XlidxError(Kind.TYPE, f"{name} is {shown(cell)}", where, f"give {wanted}")
