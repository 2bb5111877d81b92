"""Cell values to Python values and back: the one boundary that every host shares.

Hosts disagree about everything: xlwings over COM hands over floats, datetimes, ``None``, nested tuples and
error numbers; Office.js ints, dicts and lists of lists; a calculation engine error dicts and serial dates.
:func:`block` turns any of them into rows of :data:`~xlidx.values.Cell`; :func:`plain` turns any result into
a number, a text, a truth value, a day, ``None`` or a list of rows of these, errors being texts like
``"#N/A"``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.rules import Step
from xlidx.values import Cell, error_of, moment

Rows: TypeAlias = Sequence[Sequence[Cell]]

# COM hands an error over as the SCODE 0x800A0000 + number, read as a signed 32-bit integer.
ERROR_BASE = -2146828288
ERROR_NUMBERS = {
    2000: ErrorValue.NULL,
    2007: ErrorValue.DIV0,
    2015: ErrorValue.VALUE,
    2023: ErrorValue.REF,
    2029: ErrorValue.NAME,
    2036: ErrorValue.NUM,
    2042: ErrorValue.NA,
    2043: ErrorValue.GETTING_DATA,
    2045: ErrorValue.SPILL,
    2046: ErrorValue.CONNECT,
    2047: ErrorValue.BLOCKED,
    2048: ErrorValue.UNKNOWN,
    2049: ErrorValue.FIELD,
    2050: ErrorValue.CALC,
}
OMITTED = -2147352572  # DISP_E_PARAMNOTFOUND: the optional argument was left out
ENGINE_ERRORS = {
    "Null": ErrorValue.NULL,
    "Div": ErrorValue.DIV0,
    "Value": ErrorValue.VALUE,
    "Ref": ErrorValue.REF,
    "Name": ErrorValue.NAME,
    "Num": ErrorValue.NUM,
    "Na": ErrorValue.NA,
    "Spill": ErrorValue.SPILL,
    "Calc": ErrorValue.CALC,
}
NAMED_ERRORS = {  # those of an engine and of Office.js (Excel.ErrorCellValueType), whose placeholder shows #BUSY!
    **ENGINE_ERRORS,
    **{error.name.title().replace("_", ""): error for error in ErrorValue},
    "NotAvailable": ErrorValue.NA,
    "Placeholder": ErrorValue.BUSY,
}


@attrs.frozen
class Block:
    """A rectangle of cells: ``rows x columns``, in reading order.

    ``numbers`` holds the numbers with NaN elsewhere; ``others`` whatever else stands there by position.
    """

    rows: int
    columns: int
    numbers: Floats
    others: dict[int, Cell]

    @property
    def single(self) -> bool:
        """Tell whether the block is one cell."""
        return self.numbers.size == 1

    def grid(self) -> list[list[Cell]]:
        """Return the cells as rows."""
        cells: list[Cell] = list(self.numbers.tolist())
        for place, cell in self.others.items():
            cells[place] = cell
        return [cells[i * self.columns : (i + 1) * self.columns] for i in range(self.rows)]


def cell(value: Any) -> Cell:
    """Return what one value from any host means.

    Blank is ``None``, ``""``, spaces, an omitted argument, NaT or a null of the web runtime.  NaN is
    ``#N/A`` and an infinity ``#NUM!``, as results are written, so outputs can be fed back.

    Raises
    ------
    XlidxError
        ``TYPE`` for a ``Decimal``: Excel hands a currency-formatted cell over cut to four decimals, so the
        number may be wrong without looking wrong; and for anything that no cell can hold.

    Examples
    --------
    >>> cell(3), cell(True), cell(""), cell(-2146826246), cell("#SPILL!")
    (3.0, True, None, <ErrorValue.NA: '#N/A'>, <ErrorValue.SPILL: '#SPILL!'>)
    >>> cell({"type": "Error", "basicValue": "#DIV/0!"})
    <ErrorValue.DIV0: '#DIV/0!'>
    """
    convert = _CONVERT.get(type(value))
    return convert(value) if convert else _rare(value)


def block(value: Any) -> Block:
    """Return any argument as a block of cells.

    Scalars are 1 x 1; a flat sequence is one row, as in Excel; arrays, frames (with their header) and nested
    sequences keep their shape; nothing at all is one blank cell.

    Raises
    ------
    XlidxError
        ``SHAPE`` for rows of unequal length or more than two dimensions.

    Examples
    --------
    >>> block(((1.0, 2.0), (3.0, None))).grid()
    [[1.0, 2.0], [3.0, None]]
    """
    if type(value) is float and value == value and abs(value) != np.inf:
        return Block(1, 1, np.array([value]), {})
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.ndim <= 2 and value.size:
        return _array_block(np.atleast_2d(value))
    rows = _rows(value) or [[]]
    width = len(rows[0])
    if set(map(len, rows)) != {width}:
        raise XlidxError(Kind.SHAPE, "rows have unequal lengths", "range", "select a rectangle of cells")
    if width == 0:
        return _block_of([[None]], 1, 1)
    return _block_of(rows, len(rows), width)


def plain(result: Any) -> Any:
    """Return any result as plain values: a scalar, or a list of rows.

    NaN becomes ``"#N/A"``, infinities ``"#NUM!"``, minus zero 0, NaT and ``None`` blank (``None``); numpy and
    pandas values become Python's own; a frame carries its header; steps of an explanation become a table.

    Examples
    --------
    >>> plain(np.array([1.0, np.nan, np.inf]))
    [[1.0], ['#N/A'], ['#NUM!']]
    >>> plain(np.float64(2.0)), plain(np.bool_(True)), plain(None), plain(-0.0)
    (2.0, True, None, 0.0)
    """
    if isinstance(result, pd.DataFrame):
        columns = [_plain_column(result[name]) for name in result.columns]
        return [[str(name) for name in result.columns], *map(list, zip(*columns, strict=True))]
    if isinstance(result, list | tuple) and result and isinstance(result[0], Step):
        return _step_table(result)
    if isinstance(result, pd.Series):
        result = result.to_numpy()
    if isinstance(result, np.ndarray) and result.ndim:
        values = _plain_list(result.ravel())
        return _plain_array(result) if len(values) > 1 else values[0] if values else None
    if isinstance(result, list | tuple):
        rows = [row if isinstance(row, list | tuple) else [row] for row in result]
        return [[_plain_cell(value) for value in row] for row in rows] or None
    return _plain_cell(result)


def _float(value: float) -> Cell:
    if value != value:
        return ErrorValue.NA
    return ErrorValue.NUM if value in (np.inf, -np.inf) else value


def _int(value: int) -> Cell:
    if value == OMITTED:
        return None
    error = ERROR_NUMBERS.get(value - ERROR_BASE)
    if error is None and 2000 <= value - ERROR_BASE <= 2100:
        return ErrorValue.UNKNOWN
    if error is not None:
        return error
    return float(value) if abs(value) < 10**300 else ErrorValue.NUM


def _text(value: str) -> Cell:
    if not value or value.isspace():
        return None
    return error_of(value) or value


def _mapping(value: dict[str, Any]) -> Cell:
    if str(value.get("type")) == "Error":
        shown = error_of(str(value.get("basicValue", value.get("value"))))
        return shown or NAMED_ERRORS.get(str(value.get("kind", value.get("errorType"))), ErrorValue.UNKNOWN)
    if "basicValue" in value:
        return cell(value["basicValue"])
    raise _not_a_cell(value)


def _same(value: Any) -> Any:
    return value


def _blank(_: Any) -> None:
    return None


def _day(value: datetime) -> Cell:
    return None if value is pd.NaT else value  # type: ignore[comparison-overlap]


def _currency(value: Decimal) -> Cell:
    raise XlidxError(
        Kind.TYPE,
        f"{value} comes from a currency format, which hands over only four decimals",
        "range",
        "give the cell a number format (in Python: pass a float)",
    )


_CONVERT: dict[type, Callable[[Any], Cell]] = {
    float: _float,
    int: _int,
    bool: _same,
    str: _text,
    type(None): _blank,
    datetime: _day,
    date: _same,
    dict: _mapping,
    Decimal: _currency,
    ErrorValue: _same,
    type(pd.NaT): _blank,
    type(pd.NA): _blank,
}
_KINDS: dict[type, tuple[type, ...]] = {
    bool: (bool, np.bool_),
    int: (int, np.integer),
    float: (float, np.floating),
    str: (str,),
}


def _rare(value: Any) -> Cell:
    if type(value).__name__ == "JsNull":  # the null of Pyodide, which blank cells of the web runtime become
        return None
    if isinstance(value, np.datetime64 | datetime):
        return moment(value)
    if isinstance(value, date):
        return value
    for known, kinds in _KINDS.items():
        if isinstance(value, kinds) and not isinstance(value, np.timedelta64):  # which numpy counts as an integer
            return _CONVERT[known](known(value))
    raise _not_a_cell(value)


def _not_a_cell(value: Any) -> XlidxError:
    what = f"{type(value).__name__} is nothing a cell can hold"
    return XlidxError(Kind.TYPE, what, "range", "give numbers, texts, TRUE/FALSE, dates or blanks")


def _rows(value: Any) -> Sequence[Sequence[Any]]:
    if isinstance(value, pd.DataFrame):
        return [list(map(str, value.columns)), *value.astype(object).to_numpy().tolist()]
    if isinstance(value, pd.Series):
        return [[item] for item in value.tolist()]
    if isinstance(value, np.ndarray):
        if value.ndim > 2:
            what = f"an array of {value.ndim} dimensions is no range"
            raise XlidxError(Kind.SHAPE, what, "range", "give at most rows and columns")
        table = np.atleast_2d(value)
        # numpy turns days into plain numbers when their unit or year is none of Python's
        return list(map(list, table)) if table.dtype.kind in "mM" else table.astype(object).tolist()
    if not isinstance(value, list | tuple):
        return [[value]]
    if not value:
        return [[None]]
    kinds = set(map(type, value))
    if not kinds & {list, tuple}:
        return [value]
    if not kinds <= {list, tuple}:
        raise XlidxError(Kind.SHAPE, "rows and single cells are mixed", "range", "select a rectangle")
    return value


def _array_block(array: Any) -> Block:
    numbers = np.ascontiguousarray(array, dtype=np.float64).ravel()
    numbers.flags.writeable = False  # it may be the caller's own memory
    others = {int(i): _float(float(numbers[i])) for i in np.flatnonzero(~np.isfinite(numbers))}
    if others:
        numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    return Block(array.shape[0], array.shape[1], numbers, others)


def _block_of(rows: Sequence[Any], height: int, width: int) -> Block:
    quick = _numbers_only(rows)
    if quick is not None:
        return _array_block(quick)
    cells = [_or_refusal(value) for row in rows for value in row]
    others = {i: c for i, c in enumerate(cells) if type(c) is not float}
    numbers = np.fromiter((c if type(c) is float else np.nan for c in cells), np.float64, len(cells))
    return Block(height, width, numbers, others)


def _or_refusal(value: Any) -> Cell:
    """Return the cell, or its refusal in its place, so that one bad cell does not spoil a range."""
    try:
        return cell(value)
    except XlidxError as error:
        return error


def _numbers_only(rows: Sequence[Any]) -> Floats | None:
    """Return the rows as an array if every cell is a plain number, at about the price of ``np.asarray``.

    numpy also turns TRUE into 1.0 and lets error numbers pass, so cells that look like either are looked at
    one by one.
    """
    if not set(map(type, rows[0])) <= {float, int}:
        return None
    try:
        array = np.asarray(rows)
    except (ValueError, OverflowError):  # something in it is no number at all, or an int beyond any number
        return None
    if array.ndim != 2 or array.dtype.kind not in "fi":
        return None
    doubtful = (array == 0) | (array == 1) | (array < ERROR_BASE + 2101) & (array >= OMITTED)
    for row, column in np.argwhere(doubtful).tolist():
        value = rows[row][column]
        if type(value) is not float and (type(value) is bool or type(cell(value)) is not float):
            return None
    return array.astype(np.float64, copy=False)


def _plain_cell(value: Any) -> Any:
    if isinstance(value, XlidxError):
        return str(value.value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        if value != value:
            return "#N/A"
        return "#NUM!" if abs(value) == np.inf else float(value) + 0.0  # no minus zero
    if isinstance(value, int | np.integer):
        return float(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, np.datetime64 | pd.Timestamp):
        at = moment(value)
        return at.date() if at and at.time() == time.min else at
    return value if isinstance(value, date) else str(value)


def _plain_column(column: pd.Series[Any]) -> list[Any]:
    if isinstance(column.dtype, pd.StringDtype):  # a text that is not there, which pandas calls NaN
        return [None if missing else text for text, missing in zip(column, column.isna(), strict=True)]
    return _plain_list(column.to_numpy())


def _plain_array(array: Any) -> list[list[Any]]:
    if array.ndim == 1:
        return [[value] for value in _plain_list(array)]
    values = _plain_list(array.ravel())
    width = array.shape[1]
    return [values[i : i + width] for i in range(0, len(values), width)]


def _plain_list(array: Any) -> list[Any]:
    if array.dtype.kind == "b":
        return array.tolist()  # type: ignore[no-any-return]
    if array.dtype.kind == "f" and bool(np.isfinite(array).all()):
        return (array + 0.0).tolist()  # type: ignore[no-any-return]
    values = array if array.dtype.kind in "mM" else array.tolist()
    return [_plain_cell(value) for value in values]


def _step_table(steps: Sequence[Step]) -> list[list[Any]]:
    header = ["Symbol", "Meaning", "Value", "Unit", "Rule"]
    return [header, *([s.symbol, s.meaning, _plain_cell(s.value), s.unit, s.rule] for s in steps)]
