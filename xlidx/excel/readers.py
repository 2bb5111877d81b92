"""Readers: what each argument of a function accepts and becomes.

A reader takes the raw argument of a cell formula and returns the value for the core function.  Readers of
*each* functions (one result per cell, scalars broadcast) also return the cells that cannot be used, so that
one bad row never spoils the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from xlidx import tables
from xlidx.arrays import Floats
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.excel.cells import Block, block, cell
from xlidx.values import Cell, day, not_a_number, unexpected


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = _Required()
Errors: TypeAlias = npt.NDArray[np.object_]
Taken: TypeAlias = tuple[Any, Errors | None]
RANGES = (tuple, list, np.ndarray)


@attrs.frozen
class Reader:
    """How one argument is read: ``take(raw, name, default)``, and what to call it in help texts.

    ``each`` readers return the value and the cells of it that cannot be used; the others refuse.  ``spec`` is
    the table that a table reader reads.
    """

    take: Callable[[Any, str, Any], Any]
    accepts: str
    each: bool = False
    spec: tables.TableSpec | None = None


def _where(name: str, part: Block, place: int) -> str:
    if part.rows == 1 or part.columns == 1:
        return f"argument {name}, item {place + 1}"
    return f"argument {name}, row {place // part.columns + 1}, column {place % part.columns + 1}"


def _is_range(raw: Any) -> bool:
    return isinstance(raw, RANGES) or hasattr(raw, "to_numpy")


def _single(raw: Any) -> tuple[Cell, Block | None]:
    """Return one cell, or the block when the argument holds more than one."""
    if not _is_range(raw):
        return cell(raw), None
    part = block(raw)
    return (part.grid()[0][0], None) if part.single else (None, part)


def _each(wanted: Callable[[Cell, str, str], Any], blank: Any, dtype: Any) -> Callable[[Any, str, Any], Taken]:
    """Build the reader of an elementwise argument from the reader of one cell."""

    def take(raw: Any, name: str, default: Any) -> Taken:
        one, part = _single(raw)
        if part is None:
            if one is None and default is not REQUIRED:
                return default, None
            return wanted(one, name, f"argument {name}"), None
        values = np.empty(part.numbers.size, dtype=dtype)
        errors: Errors | None = None
        for place, item in enumerate(c for row in part.grid() for c in row):
            try:
                empty = item is None and default is not REQUIRED
                values[place] = _filler(default, blank) if empty else wanted(item, name, _where(name, part, place))
            except XlidxError as error:
                errors = _mark(errors, part, place, error)
                values[place] = blank
        return values.reshape(part.rows, part.columns), errors

    return take


def _filler(default: Any, blank: Any) -> Any:
    return blank if default is None else default


def _mark(errors: Errors | None, part: Block, place: int, error: XlidxError) -> Errors:
    if errors is None:
        errors = np.full((part.rows, part.columns), None, dtype=object)
    errors.flat[place] = error
    return errors


def _number_each(raw: Any, name: str, default: Any) -> Taken:
    if type(raw) is float and raw - raw == 0.0:
        return raw, None
    one, part = _single(raw)
    if part is None:
        if one is None and default is not REQUIRED:
            return default, None
        return _number(one, name, f"argument {name}"), None
    values, errors = part.numbers, None
    blank: list[XlidxError] = []
    for place, item in part.others.items():
        if item is None and default is not REQUIRED:
            values[place] = _filler(default, np.nan)
        else:
            errors = _mark(errors, part, place, _fault(blank, item, name, part, place))
    return values.reshape(part.rows, part.columns), errors


def _fault(blank: list[XlidxError], item: Cell, name: str, part: Block, place: int) -> XlidxError:
    """Return the refusal of one cell; all blank cells share the one of the first, as there may be a million."""
    if item is not None:
        return not_a_number(item, name, _where(name, part, place))
    if not blank:
        blank.append(not_a_number(None, name, _where(name, part, place)))
    return blank[0]


def _number(one: Cell, name: str, where: str) -> float:
    if type(one) is not float:
        raise not_a_number(one, name, where)
    return one


def _word(one: Cell, name: str, where: str) -> str:
    if type(one) is not str:
        raise unexpected(one, name, where, "a word")
    return one


def _day(one: Cell, name: str, where: str) -> np.datetime64:
    if one is None or isinstance(one, ErrorValue):
        raise unexpected(one, name, where, "a date")
    return np.datetime64(day(one, where), "D")


def _vector(raw: Any, name: str, default: Any) -> Any:
    one, part = _single(raw)
    if part is None:
        if one is None and default is not REQUIRED:
            return default
        return np.array([_number(one, name, f"argument {name}")])
    if part.rows > 1 and part.columns > 1:
        what = f"{name} is a block of {part.rows} rows and {part.columns} columns"
        raise XlidxError(Kind.SHAPE, what, f"argument {name}", "select one row or one column")
    return _filled(part, name, default)


def _prices(raw: Any, name: str, default: Any) -> Any:
    _, part = _single(raw)
    if part is None or part.rows == 1 or part.columns == 1:
        return _vector(raw, name, default)
    return _filled(part, name, default).reshape(part.rows, part.columns)


def _prices_or_blank(raw: Any, name: str, default: Any) -> Any:
    """Read numbers where a blank cell of a range is a gap (NaN), but something must be there."""
    if block(raw).others.get(0, 0.0) is None and block(raw).single:
        return _prices(raw, name, default)
    return _prices(raw, name, np.nan)


def _days(raw: Any, name: str, default: Any) -> Any:
    days, errors = DAY_EACH.take(raw, name, default)
    if errors is not None:
        raise next(error for error in errors.ravel() if error is not None)
    return days.ravel() if isinstance(days, np.ndarray) else days if days is None else np.array([days])


def _words(raw: Any, name: str, default: Any) -> Any:
    words, errors = WORD_EACH.take(raw, name, default)
    if errors is not None:
        raise next(error for error in errors.ravel() if error is not None)
    return words.ravel() if isinstance(words, np.ndarray) else words if words is None else np.array([words], object)


def _filled(part: Block, name: str, default: Any) -> Floats:
    for place, item in part.others.items():
        if item is not None or default is REQUIRED or default is None:
            raise not_a_number(item, name, _where(name, part, place))
        part.numbers[place] = default
    return part.numbers


def _flags(raw: Any, name: str, default: Any) -> Any:
    one, part = _single(raw)
    if part is None:
        if one is None and default is not REQUIRED:
            return default
        return np.array([_flag(one, name, f"argument {name}")])
    cells = [c for row in part.grid() for c in row]
    return np.array([c is not None and _flag(c, name, _where(name, part, i)) for i, c in enumerate(cells)])


def _flag(one: Cell, name: str, where: str) -> bool:
    if one in (0.0, 1.0) and type(one) in (bool, float):
        return bool(one)
    words = {"true": True, "yes": True, "false": False, "no": False}
    if type(one) is str and one.strip().casefold() in words:
        return words[one.strip().casefold()]
    raise unexpected(one, name, where, "TRUE or FALSE")


def _one_of(wanted: Callable[[Cell, str, str], Any]) -> Callable[[Any, str, Any], Any]:
    def take(raw: Any, name: str, default: Any) -> Any:
        one, part = _single(raw)
        if part is not None:
            what = f"{name} is a range of {part.numbers.size} cells"
            raise XlidxError(Kind.SHAPE, what, f"argument {name}", "select a single cell")
        if one is None and default is not REQUIRED:
            return default
        return wanted(one, name, f"argument {name}")

    return take


def _anything(raw: Any, name: str, default: Any) -> Any:
    del name, default
    return raw


NUMBER_EACH = Reader(_number_each, "number or range of numbers", each=True)
WORD_EACH = Reader(_each(_word, "", object), "word or range of words", each=True)
DAY_EACH = Reader(_each(_day, np.datetime64("NaT"), "datetime64[D]"), "date or range of dates", each=True)
VECTOR = Reader(_vector, "row or column of numbers")
PRICES = Reader(_prices, "row, column or block of numbers (dates down, members across)")
PRICES_OR_BLANK = Reader(_prices_or_blank, "row, column or block of numbers, blank where there is none")
DAYS = Reader(_days, "row or column of dates")
WORDS = Reader(_words, "row or column of words")
FLAGS = Reader(_flags, "row or column of TRUE/FALSE")
NUMBER = Reader(_one_of(_number), "number")
WORD = Reader(_one_of(_word), "word")
DAY = Reader(_one_of(_day), "date")
ANYTHING = Reader(_anything, "anything")


def pairs(rows: Sequence[Sequence[Cell]], argument: str) -> Iterator[tuple[str, Cell, str]]:
    """Yield name, value and place of a block of options: two columns, one row for each.

    Raises
    ------
    XlidxError
        ``TYPE`` for a value without a name, ``SHAPE`` for a third column that holds something, ``DOMAIN`` for a
        name that appears twice.

    Examples
    --------
    >>> list(pairs([["decimals", 2.0], [None, None]], "options"))
    [('decimals', 2.0, 'argument options, row 1')]
    """
    seen: dict[str, int] = {}
    for i, row in enumerate(rows, start=1):
        where = f"argument {argument}, row {i}"
        name, *more = row
        if any(cell is not None for cell in more[1:]):
            raise XlidxError(Kind.SHAPE, "there are more than two columns", where, "give names and values only")
        if name is None:
            if more and more[0] is not None:
                raise unexpected(None, "the name", where, "the name of the value beside it")
            continue
        if type(name) is not str:
            raise unexpected(name, "the name", where, "a word")
        first = seen.setdefault(tables.plain_name(name), i)
        if first != i:
            what = f"{name} appears twice, in rows {first} and {i}"
            raise XlidxError(Kind.DOMAIN, what, where, "delete one of the rows")
        yield name, more[0] if more else None, where


def table(spec: tables.TableSpec) -> Reader:
    """Return the reader of a range with a header row."""

    def take(raw: Any, name: str, default: Any) -> Any:
        part = block(raw)
        if part.single and part.grid()[0][0] is None:
            if default is not REQUIRED:
                return default
            raise unexpected(None, name, f"argument {name}", f"the {spec.name} table with its header row")
        return tables.read(spec, part.grid())

    return Reader(take, f"{spec.name} table with a header row", spec=spec)
