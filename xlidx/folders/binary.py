"""Workbooks and parquet files, which say themselves what their cells are."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.folders.texts import word
from xlidx.tables import plain_name
from xlidx.values import Cell

MOST_UNPACKED = 1 << 30


def sheet_rows(path: Path) -> list[list[Cell]]:
    """Return the cells of a workbook's only sheet, or of the one named as the file, as stored.

    Raises
    ------
    XlidxError
        ``TYPE`` for a file that is not a workbook; ``CHOICE`` for several sheets of other names; ``MISSING`` for a
        formula without a stored value; ``DOMAIN`` for a workbook that unpacks to more than 1 GiB.
    """
    _bounded(path)
    values = _sheet(path, stored=True)
    rows = [[_cell(value) for value in row] for row in values]
    if any(one is None for row in rows for one in row):
        _no_open_formulas(path, rows)
    return rows


def parquet_rows(path: Path) -> list[list[Cell]]:
    """Return the cells of a parquet file under the names of its columns; an index with a name is the first of them.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when no library for parquet is installed; ``TYPE`` for a file that is not one.
    """
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except ImportError:
        mend = "pip install 'xlidx[parquet]', or give the table as .csv or .xlsx"
        raise XlidxError(Kind.NO_DATA, "parquet files need pyarrow", str(path), mend) from None
    except (OSError, ValueError):  # pyarrow's errors are of these kinds
        raise XlidxError(Kind.TYPE, "the file is not a parquet file", str(path), "write it anew") from None
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    columns = [[_cell(value) for value in frame.iloc[:, place].tolist()] for place in range(frame.shape[1])]
    return [[str(name) for name in frame.columns], *map(list, zip(*columns, strict=True))]


def _bounded(path: Path) -> None:
    try:
        with ZipFile(path) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
    except BadZipFile:
        mend = "save it as a workbook without a password, or as CSV"
        raise XlidxError(Kind.TYPE, "the file is not a workbook", str(path), mend) from None
    if unpacked > MOST_UNPACKED:
        what = f"the workbook unpacks to {unpacked} bytes"
        raise XlidxError(Kind.DOMAIN, what, str(path), f"give at most {MOST_UNPACKED} bytes")


def _sheet(path: Path, *, stored: bool) -> list[tuple[Any, ...]]:
    import warnings

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():  # of drawings and styles that openpyxl does not read
            warnings.simplefilter("ignore", UserWarning)
            book = load_workbook(path, read_only=True, data_only=stored, keep_links=False)
    except Exception as error:  # a damaged workbook raises whatever its parts raise
        what = f"the workbook cannot be read ({type(error).__name__})"
        raise XlidxError(Kind.TYPE, what, str(path), "open and save it in Excel, or give CSV") from None
    try:
        sheets = book.worksheets
        named = [sheet for sheet in sheets if plain_name(sheet.title) == plain_name(path.stem)]
        if len(sheets) != 1 and not named:
            names = ", ".join(sheet.title for sheet in sheets)
            mend = f"keep one sheet, or name the one to read {path.stem}"
            raise XlidxError(Kind.CHOICE, f"the workbook has the sheets {names}", str(path), mend)
        sheet = (named or sheets)[0]
        sheet.reset_dimensions()  # some writers store a wrong one
        return list(sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _no_open_formulas(path: Path, rows: list[list[Cell]]) -> None:
    for number, (row, formulas) in enumerate(zip(rows, _sheet(path, stored=False), strict=True), start=1):
        for column, (value, formula) in enumerate(zip(row, formulas, strict=True), start=1):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                where = f"{path.name}, row {number}, column {column}"
                mend = "open and save the workbook in Excel, or run xlidx recalc"
                raise XlidxError(Kind.MISSING, "a formula has no stored value", where, mend)


def _cell(value: Any) -> Cell:
    import pandas as pd

    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        number = float(value)
        return None if math.isnan(number) else number if math.isfinite(number) else ErrorValue.NUM
    if isinstance(value, str):
        return word(value)
    if isinstance(value, date):
        return value
    what = f"{type(value).__name__} {str(value)[:40]!r} is not a number, text or day"
    return XlidxError(Kind.TYPE, what, "cell", "give a number, text or day")
