"""One file of data: its cells, or the table or quotes in it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from xlidx import tables
from xlidx.errors import Kind, XlidxError
from xlidx.files import contents
from xlidx.folders import binary, texts
from xlidx.folders.dialect import FOUND, Dialect, Form, Role, cells_with, dates_of, decimal_of, decoded
from xlidx.folders.split import split
from xlidx.index import basket
from xlidx.index.basket import Quotes
from xlidx.tables import Table, TableSpec, plain_name
from xlidx.values import Cell

Roles: TypeAlias = Callable[[Sequence[Any]], Sequence[Role]]
Tell: TypeAlias = Callable[[str], object]

TEXT, WORKBOOK, PARQUET = (".csv", ".tsv", ".txt"), ".xlsx", ".parquet"
ENDINGS = (*TEXT, WORKBOOK, PARQUET)
MOST_BYTES = 1 << 29
ROLES: dict[str, Role] = {"number": "number", "fraction": "number", "date": "day", "text": "text", "word": "text"}
LOG: Tell = logging.getLogger("xlidx.folders").warning


@attrs.frozen
class Content:
    """The cells of a file, all rows of one length, and how they were read (None where a file says so itself)."""

    rows: list[list[Cell]]
    dialect: Dialect | None


def read_cells(path: Path, form: Form = FOUND, tell: Tell = LOG, *, header: bool = False) -> list[list[Cell]]:
    r"""Return the cells of a file, row by row.

    Parameters
    ----------
    path : Path
        A workbook (.xlsx, its only sheet or the one named as the file), a parquet file, or else a text file.
    form : Form, optional
        What is said about a text file.
    tell : callable, optional
        Gets one line on how a text file was read, if it is not plain; default is the log ``xlidx.folders``.
    header : bool
        The first row names the columns: its cells are texts, and none below stands under no name.

    Returns
    -------
    rows of cells, all of one length
        Days that end in their year are days; those like 2020-02-10 stay texts, which every reader of days takes.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for an empty file; ``TYPE`` for one that is not text, mixes forms, or leaves a number or day open;
        ``SHAPE`` for a row longer than the header; ``CHOICE`` for a form said about a file that is not text.
    OSError
        When the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "market.csv")
    ...     _ = path.write_text("Underlying;Spot\nDAX;13.600,5\n")
    ...     read_cells(path, tell=print, header=True)
    market.csv is read as: semicolons, decimal comma
    [['Underlying', 'Spot'], ['DAX', 13600.5]]
    """
    return _told(path, form, _anything if header else None, tell)


def read_table(path: Path, spec: TableSpec, form: Form = FOUND, tell: Tell = LOG) -> Table:
    r"""Return the table in a file.

    Parameters
    ----------
    path : Path
    spec : TableSpec
    form : Form, optional
        What is said about a text file.
    tell : callable, optional
        Gets one line on how a text file was read, if it is not plain; default is the log ``xlidx.folders``.

    Raises
    ------
    XlidxError
        As :func:`read_cells`, and for a header that does not fit the spec; faults of rows are in ``Table.faults``.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from xlidx.index.basket import COMPOSITION
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "composition.csv")
    ...     _ = path.write_text("isin,shares,free float\nPTAAA0AE0008,1000,0.5\n")
    ...     read_table(path, COMPOSITION).strict()[["isin", "shares", "capping"]].to_numpy().tolist()
    [['PTAAA0AE0008', 1000.0, 1.0]]
    """
    return tables.read(spec, _told(path, form, columns_of(spec), tell))


def read_quotes(path: Path, name: str, form: Form = FOUND, tell: Tell = LOG) -> Quotes:
    """Return the prices or rates in a file: dates down, identifiers across.

    Parameters
    ----------
    path : Path
    name : str
        ``prices`` or ``fx``, for messages.
    form, tell : see :func:`read_table`

    Raises
    ------
    XlidxError
        As :func:`read_cells` and :func:`xlidx.index.basket.read_quotes`.
    """
    return basket.read_quotes(name, _told(path, form, days_down, tell))


def columns_of(spec: TableSpec) -> Roles:
    """Return what the columns of a table hold, by the names in its header; a stranger holds text."""
    roles = {plain_name(title): ROLES[one.kind] for one in spec.columns for title in (one.name, *one.also)}
    return lambda header: [roles.get(plain_name(title), "text") for title in header]


def days_down(header: Sequence[Any]) -> Sequence[Role]:
    """Return what the columns of prices or rates hold: days, then numbers."""
    return ["day", *["number"] * (len(header) - 1)]  # type: ignore[list-item]


def _anything(header: Sequence[Any]) -> Sequence[Role]:
    return ["any"] * len(header)


def content_of(path: Path, form: Form, roles: Roles | None) -> Content:
    """Return the cells of a file; ``roles`` says of a header what its columns hold, None that there is no header."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise XlidxError(Kind.DOMAIN, f"the file has {size} bytes", str(path), f"give at most {MOST_BYTES} bytes")
    if path.suffix.lower() == WORKBOOK:
        rows = binary.sheet_rows(path)
    elif path.suffix.lower() == PARQUET:
        rows = binary.parquet_rows(path)
    else:
        return _text_content(path, form, roles)
    return Content(shaped(rows, None, str(path), header=roles is not None), None)


def shaped(rows: list[list[Any]], blank: str | None, where: str, *, header: bool) -> list[list[Any]]:
    """Return rows of one length filled with ``blank``, without blank rows around them and blank columns at their right.

    Raises
    ------
    XlidxError
        ``NO_DATA`` if nothing is left; ``SHAPE`` for a cell that stands under no name.
    """
    widths = [_width(row) for row in rows]
    filled = [place for place, width in enumerate(widths) if width]
    if not filled:
        raise XlidxError(Kind.NO_DATA, "the file is empty", where, "give a file with at least one row")
    kept = slice(filled[0], filled[-1] + 1)
    rows, widths = rows[kept], widths[kept]
    width = widths[0] if header else max(widths)
    for number, one in enumerate(widths, start=1):
        if one > width:
            what = f"row {number} has {one} values, the header {width} names"
            mend = "name every column; a text or number with the separator in it stands in quotes"
            raise XlidxError(Kind.SHAPE, what, where, mend)
    return [row if len(row) == width else [*row[:width], *[blank] * (width - len(row))] for row in rows]


def _width(row: Sequence[Any]) -> int:
    width = len(row)
    while width and (row[width - 1] is None or (isinstance(row[width - 1], str) and not row[width - 1].strip())):
        width -= 1
    return width


def _text_content(path: Path, form: Form, roles: Roles | None) -> Content:
    text, encoding = decoded(contents(path), form, str(path))
    raw, separator = split(text, str(path))
    rows = shaped(raw, "", str(path), header=roles is not None)
    first = 0 if roles is None else 1
    columns: Sequence[Role] = ["any"] * len(rows[0]) if roles is None else roles([one.strip() for one in rows[0]])
    numbers = cells_with(rows, columns, ("number", "any"), first)
    no_comma = separator == "," and '"' not in text  # in any cell
    decimal = "." if no_comma and not form.decimal else decimal_of(numbers, separator, form, path.name)
    dates = dates_of(cells_with(rows, columns, ("day", "any"), first), form, path.name)
    dialect = Dialect(encoding=encoding, separator=separator, decimal=decimal, dates=dates)
    return Content(_cells(rows, columns, first, dialect), dialect)


def _cells(rows: list[list[Any]], roles: Sequence[Role], first: int, dialect: Dialect) -> list[list[Cell]]:
    readers = [_reader(role, dialect) for role in roles]
    for place, row in enumerate(rows):  # in place, as there may be millions
        if place < first:
            rows[place] = [texts.word(one) for one in row]
        else:
            rows[place] = [read(one) if one else None for read, one in zip(readers, row, strict=True)]
    return rows


def _reader(role: Role, dialect: Dialect) -> Callable[[str], Cell]:
    if role == "text":
        return texts.word
    decimal, order = dialect.decimal or ".", dialect.dates or "day-first"

    def number(text: str) -> Any:
        plain = texts.plain_number(text) if decimal == "." else None
        return texts.number(text, decimal) if plain is None else plain

    def day(text: str) -> Any:
        return texts.day(text, order) or number(text)

    def anything(text: str) -> Any:
        return None if texts.is_iso(text) else day(text)

    return partial(texts.cell, read={"number": number, "day": day, "any": anything}[role])


def _told(path: Path, form: Form, roles: Roles | None, tell: Tell) -> list[list[Cell]]:
    content = content_of(path, form, roles)
    if content.dialect is None and form != FOUND:
        raise unused(str(path))
    if content.dialect is not None and content.dialect.sentence:
        tell(f"{path.name} is read as: {content.dialect.sentence}")
    return content.rows


def unused(where: str) -> XlidxError:
    """Return the refusal of a form that is said where no text file is read."""
    what = "an encoding, decimal sign or order of dates is given, but no text file"
    return XlidxError(Kind.CHOICE, what, where, "leave --encoding, --decimal and --dates out")
