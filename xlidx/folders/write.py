"""Tables into files: what data says is never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.files import replace
from xlidx.folders.texts import inert

FORMATS = (".csv", ".parquet", ".xlsx")
WORKBOOK_OPTIONS: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Of XlsxWriter: a text stays a text."""


def write_tables(frames: Mapping[str, pd.DataFrame], path: Path) -> list[Path]:
    """Write tables: sheets of one workbook, or files beside each other, the first under the name given.

    Parameters
    ----------
    frames : mapping of name to DataFrame
    path : Path
        Ends in .csv, .parquet or .xlsx.

    Returns
    -------
    list of Path
        The files written, each whole or not at all.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an ending that is not known, ``NO_DATA`` when parquet files cannot be written here.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise XlidxError(Kind.CHOICE, f"ending {path.suffix!r} is not known", str(path), f"use {', '.join(FORMATS)}")
    if ending == ".xlsx":
        replace(path, _workbook(frames))
        return [path]
    paths = [path if place == 0 else path.with_suffix(f".{name}{path.suffix}") for place, name in enumerate(frames)]
    data = [csv_bytes(frame) if ending == ".csv" else _parquet(frame, path) for frame in frames.values()]
    for target, one in zip(paths, data, strict=True):
        replace(target, one)
    return paths


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""Return a table as plain CSV: UTF-8, commas, decimal point, days like 2020-02-10.

    A text that a spreadsheet would take for a formula gets an apostrophe in front, which
    :func:`xlidx.folders.read_table` takes off again.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"name": ["=1+1", "A"], "change": [-0.5, 1.0]}))
    b"name,change\n'=1+1,-0.5\nA,1.0\n"
    """
    shown = frame.rename(columns=inert)
    for place, kind in enumerate(shown.dtypes):
        if pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind):
            column = [inert(value) for value in shown.iloc[:, place]]
            shown.isetitem(place, np.array(column, dtype=object))
    return shown.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()


def workbook_writer(buffer: io.BytesIO) -> pd.ExcelWriter[Any]:
    """Return a writer of workbooks with days like 2020-02-10, in which no text becomes a formula, link or number."""
    options: dict[str, Any] = {"datetime_format": "yyyy-mm-dd", "date_format": "yyyy-mm-dd"}
    return pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": WORKBOOK_OPTIONS}, **options)


def _parquet(frame: pd.DataFrame, path: Path) -> bytes:
    buffer = io.BytesIO()
    try:
        frame.to_parquet(buffer, index=False)
    except ImportError:
        mend = "pip install 'xlidx[parquet]', or write .csv or .xlsx"
        raise XlidxError(Kind.NO_DATA, "parquet files need pyarrow", str(path), mend) from None
    return buffer.getvalue()


def _workbook(frames: Mapping[str, pd.DataFrame]) -> bytes:
    buffer = io.BytesIO()
    with workbook_writer(buffer) as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name.capitalize(), index=False, freeze_panes=(1, 1))
            writer.sheets[name.capitalize()].set_column(0, len(frame.columns), 16)
    return buffer.getvalue()
