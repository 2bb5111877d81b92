"""Tables: what columns an input has, and how a block of cells becomes a frame.

One :class:`TableSpec` draws the header of a template, checks a block, a CSV file or a frame, and words the
messages in rows and columns of the block as the person sees it (the header is row 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.values import Cell, day, error_of, floats, moment, not_a_number, unexpected

ColumnKind = Literal["number", "fraction", "text", "word", "date"]


@attrs.frozen(kw_only=True)
class Column:
    """One column of a table.

    ``default`` fills blanks when the column is not ``required``; ``words`` lists the values of a ``word``
    column; ``above`` is an open lower bound of a ``number``; ``also`` are other titles that mean the column.  A
    ``code`` written all in small letters is taken in capitals: ``eur`` is ``EUR``, yet ``GBp``, pence, stays.
    """

    name: str
    kind: ColumnKind
    help: str
    unit: str = ""
    required: bool = True
    default: Any = None
    words: tuple[str, ...] = ()
    above: float | None = None
    also: tuple[str, ...] = ()
    code: bool = False


@attrs.frozen(kw_only=True)
class TableSpec:
    """The columns of a table and those that together name a row: rows of one name are all refused, none is chosen."""

    name: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()


@attrs.frozen
class Table:
    """A checked table: a frame indexed by row number of the block, and the findings by row.

    ``frame`` has every column of the spec (float64, datetime64 or text) in the order of the spec;
    ``faults`` maps a row number to the first refusal found in that row.
    """

    frame: pd.DataFrame
    faults: dict[int, XlidxError]

    def strict(self) -> pd.DataFrame:
        """Return the frame, or refuse with the first finding and the count of the others."""
        if self.faults:
            first = self.faults[min(self.faults)]
            more = f" (and {len(self.faults) - 1} more rows)" if len(self.faults) > 1 else ""
            raise XlidxError(first.kind, first.what + more, first.where, first.mend, value=first.value)
        return self.frame


def read(spec: TableSpec, rows: Sequence[Sequence[Cell]]) -> Table:
    """Read a block with a header row.

    Columns are found by name in any order; case, spaces and ``_`` do not count.  Rows without any entry
    are passed over.  Columns that the spec does not know are left alone, unless their name is so close to
    a missing one that it is most likely a slip.

    Parameters
    ----------
    spec : TableSpec
    rows : sequence of sequences of cells
        The header first.

    Returns
    -------
    Table

    Raises
    ------
    XlidxError
        ``MISSING`` or ``CHOICE`` for header faults; faults in a row are returned in ``Table.faults``.

    Examples
    --------
    >>> spec = TableSpec(name="market", columns=(Column(name="spot", kind="number", help="", above=0.0),))
    >>> read(spec, [["Spot"], [13532.32], ["abc"]]).faults[3].sentence
    "#VALUE! spot is text 'abc' - table market, row 3, column spot - give a number"
    """
    places = _places(spec, list(rows[0]) if rows else [])
    body = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(cell is not None for cell in row)]
    numbers = [n for n, _ in body]
    faults: dict[int, XlidxError] = {}
    data = {
        column.name: _read_column(spec, column, numbers, _cells(body, places.get(column.name)), faults)
        for column in spec.columns
    }
    frame = pd.DataFrame(data, index=pd.Index(numbers, dtype="int64", name="row"))
    _unique(spec, frame, faults)
    return Table(frame, faults)


def from_frame(spec: TableSpec, frame: pd.DataFrame) -> Table:
    """Check a frame (from a file or from Python) against a spec; see :func:`read`.

    Missing values (``None``, NaN, NaT) are blanks.

    Examples
    --------
    >>> spec = TableSpec(name="market", columns=(Column(name="spot", kind="number", help="", above=0.0),))
    >>> from_frame(spec, pd.DataFrame({"Spot": [13532.32]})).strict()["spot"].tolist()
    [13532.32]
    """
    columns = [[_from_python(value) for value in frame[name].tolist()] for name in frame.columns]
    return read(spec, [[str(name) for name in frame.columns], *zip(*columns, strict=True)])


def plain_name(text: object) -> str:
    """Return a name without case, spaces and underscores, as columns and words are compared."""
    return str(text).casefold().replace(" ", "").replace("_", "").replace("-", "")


def closest(word: str, allowed: Sequence[str]) -> str | None:
    """Return the allowed word that a misspelt one most likely means, if any is close."""
    plain = {plain_name(a): a for a in allowed}
    found = difflib.get_close_matches(plain_name(word), list(plain), n=1, cutoff=0.75)
    return plain[found[0]] if found else None


def one_of(word: str, allowed: Sequence[str], name: str) -> str:
    """Return the allowed word that is meant (case, spaces, ``-`` and ``_`` do not count), or refuse.

    Examples
    --------
    >>> one_of("Annual", ("annual", "quarterly"), "kind")
    'annual'
    """
    for known in allowed:
        if plain_name(known) == plain_name(word):
            return known
    near = closest(str(word), allowed)
    mend = f"did you mean {near}?" if near else f"use {', '.join(allowed)}"
    raise XlidxError(Kind.CHOICE, f"{name} {word!r} is not known", f"argument {name}", mend)


def _places(spec: TableSpec, header: list[Cell]) -> dict[str, int]:
    wanted = {plain_name(title): column.name for column in spec.columns for title in (column.name, *column.also)}
    places: dict[str, int] = {}
    strangers: list[str] = []
    for i, cell in enumerate(header):
        name = wanted.get(plain_name(cell)) if isinstance(cell, str) else None
        if name in places:
            raise _header_fault(spec, f"column {name} appears twice", "delete or rename one of them")
        if name:
            places[name] = i
        elif isinstance(cell, str):
            strangers.append(cell)
    _complete(spec, places, strangers)
    return places


def _complete(spec: TableSpec, places: dict[str, int], strangers: list[str]) -> None:
    absent = [column for column in spec.columns if column.name not in places]
    for stranger in strangers:
        slip = closest(stranger, [column.name for column in absent])
        if slip:
            raise _header_fault(
                spec,
                f"column {stranger!r} is not known",
                f"did you mean {slip}? rename it (or make it differ)",
            )
    missing = [column.name for column in absent if column.required]
    if missing:
        raise _header_fault(spec, f"column {', '.join(missing)} is missing", "add it to the header row")


def _header_fault(spec: TableSpec, what: str, mend: str) -> XlidxError:
    return XlidxError(Kind.MISSING, what, f"table {spec.name}, row 1", mend)


def _cells(body: list[tuple[int, Sequence[Cell]]], place: int | None) -> list[Cell]:
    return [row[place] if place is not None and place < len(row) else None for _, row in body]


def _read_column(
    spec: TableSpec, column: Column, numbers: list[int], cells: list[Cell], faults: dict[int, XlidxError]
) -> Any:
    def where(i: int) -> str:
        return f"table {spec.name}, row {numbers[i]}, column {column.name}"

    def fault(i: int, error: XlidxError) -> None:
        faults.setdefault(numbers[i], error)

    if column.kind in ("number", "fraction"):
        return _numbers(column, cells, where, fault)
    reader = {"date": _day, "word": _word, "text": _text}[column.kind]
    values = [_one(reader, column, cell, where, fault, i) for i, cell in enumerate(cells)]
    if column.kind == "date":
        return np.array([np.datetime64("NaT") if v is None else v for v in values], dtype="datetime64[s]")
    return np.array(values, dtype=object)


def _one(reader: Any, column: Column, cell: Cell, where: Any, fault: Any, i: int) -> Any:
    if cell is None and not column.required:
        return column.default
    try:
        return reader(column, cell, where(i))
    except XlidxError as error:
        fault(i, error)
        return None


def _numbers(column: Column, cells: list[Cell], where: Any, fault: Any) -> Floats:
    values, others = floats(cells)
    blank = np.nan if column.default is None else float(column.default)
    for i, cell in others.items():
        if cell is None and not column.required:
            values[i] = blank
        else:
            fault(i, not_a_number(cell, column.name, where(i)))
    for place in np.flatnonzero(_outside(column, values)).tolist():
        fault(place, _out_of_bounds(column, values[place], where(place)))
    return values


def _outside(column: Column, values: Floats) -> Bools:
    outside = np.isinf(values)
    if column.kind == "fraction":
        outside |= (values > 1.0) | (values < 0.0)
    if column.above is not None:
        outside |= values <= column.above
    return outside


def _out_of_bounds(column: Column, value: float, where: str) -> XlidxError:
    if column.kind == "fraction":
        must, mend = "lie between 0 and 1", "give a fraction: 3.5 % is 0.035"
    else:
        must, mend = f"be above {column.above:g}", column.help
    return XlidxError(Kind.DOMAIN, f"{column.name} is {value:.15g} but must {must}", where, mend)


def _day(column: Column, cell: Cell, where: str) -> Any:
    if cell is None or isinstance(cell, ErrorValue):
        raise unexpected(cell, column.name, where, "a date")
    return np.datetime64(day(cell, where))


def _word(column: Column, cell: Cell, where: str) -> str:
    text = _text(column, cell, where)
    for word in column.words:
        if plain_name(word) == plain_name(text):
            return word
    hint = closest(text, column.words)
    mend = f"did you mean {hint}?" if hint else f"use {', '.join(column.words)}"
    raise XlidxError(Kind.CHOICE, f"{column.name} {text!r} is not known", where, mend)


def _text(column: Column, cell: Cell, where: str) -> str:
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if type(cell) is not str:
        raise unexpected(cell, column.name, where, "text")
    text = cell.strip()
    return text.upper() if column.code and text.islower() else text


def _unique(spec: TableSpec, frame: pd.DataFrame, faults: dict[int, XlidxError]) -> None:
    if not spec.keys:
        return
    keys = list(spec.keys)
    again = frame.loc[frame.duplicated(keys, keep=False).to_numpy(), keys]
    for _, alike in again.groupby(keys, sort=False, dropna=False):
        first, *others = alike.index.tolist()
        name = " ".join(map(_key, alike.iloc[0]))
        for row, other in ((first, others[0]), *((other, first) for other in others)):
            where = f"table {spec.name}, row {row}, column {spec.keys[0]}"
            what = f"{name} appears twice, in rows {min(row, other)} and {max(row, other)}"
            faults.setdefault(row, XlidxError(Kind.DOMAIN, what, where, "delete one of the rows"))


def _key(value: Any) -> str:
    if value is None or value is pd.NaT:
        return "(blank)"
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)


def _from_python(value: Any) -> Cell:
    if isinstance(value, int | np.number) and not isinstance(value, bool):
        return float(value)
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, str):
        return (error_of(value) or str(value)) if value.strip() else None
    if isinstance(value, np.datetime64 | datetime):
        return moment(value)
    if not isinstance(value, float | str | bool) and not hasattr(value, "isoformat"):
        raise XlidxError(Kind.TYPE, f"{type(value).__name__} is no cell value", "frame", "give plain values")
    return value  # type: ignore[no-any-return]
