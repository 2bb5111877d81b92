"""One file of data: its cells, or the table or quotes in it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from xlidx import tables
from xlidx.errors import Kind, XlidxError
from xlidx.folders.texts import cell
from xlidx.index import basket
from xlidx.index.basket import Quotes
from xlidx.tables import Table, TableSpec
from xlidx.values import Cell


def read_rows(path: Path) -> list[list[Cell]]:
    r"""Return the cells of a CSV file, row by row, all rows of one length.

    Parameters
    ----------
    path : Path

    Raises
    ------
    XlidxError
        ``NO_DATA`` for an empty file; ``TYPE`` for a file that is not text.
    OSError
        When the file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "market.csv")
    ...     _ = path.write_text("Underlying,Spot\nDAX,13600\n")
    ...     read_rows(path)
    [['Underlying', 'Spot'], ['DAX', 13600.0]]
    """
    content = _text(path)
    delimiter = ";" if content.partition("\n")[0].count(";") > content.partition("\n")[0].count(",") else ","
    lines = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    try:
        rows = [[cell(text) for text in line] for line in lines]
    except csv.Error as error:
        raise XlidxError(Kind.TYPE, f"the file is not CSV ({error})", str(path), "save it as CSV UTF-8") from None
    filled = [row for row in rows if row]
    if not filled:
        raise XlidxError(Kind.NO_DATA, "the file is empty", str(path), "give a CSV file with at least one row")
    width = max(map(len, filled))
    return [row + [None] * (width - len(row)) for row in filled]


def read_table(path: Path, spec: TableSpec) -> Table:
    r"""Return the table in a file.

    Parameters
    ----------
    path : Path
    spec : TableSpec

    Raises
    ------
    XlidxError
        As :func:`read_rows`, and for a header that does not fit the spec; faults of rows are in ``Table.faults``.

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
    return tables.read(spec, read_rows(path))


def read_quotes(path: Path, name: str) -> Quotes:
    """Return the prices or rates in a file: dates down, identifiers across.

    Parameters
    ----------
    path : Path
    name : str
        ``prices`` or ``fx``, for messages.

    Raises
    ------
    XlidxError
        As :func:`read_rows` and :func:`xlidx.index.basket.read_quotes`.
    """
    return basket.read_quotes(name, read_rows(path))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        what, mend = "the file is not text in UTF-8", "save it as CSV UTF-8"
        raise XlidxError(Kind.TYPE, what, str(path), mend) from None
    if "\0" in content:
        raise XlidxError(Kind.TYPE, "the file holds zero bytes", str(path), "save it as CSV UTF-8")
    return content
