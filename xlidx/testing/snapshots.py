"""Results of a workbook kept in a file, to be held against those of tomorrow."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from xlidx.errors import Kind, XlidxError
from xlidx.files import contents, replace
from xlidx.testing.expectations import DEFAULT, Expectation, said
from xlidx.testing.recalculated import RecalculatedBook

_HEAD = ["name", "value", "tolerance"]


def write_snapshot(book: RecalculatedBook, path: Path, tolerance: float = DEFAULT) -> None:
    """Write the named outputs of a workbook as CSV, with a relative tolerance for numbers that may be edited."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows(
        [name, said(value), f"{tolerance:g}" if type(value) is float else ""] for name, value in book.outputs.items()
    )
    replace(path, out.getvalue().encode())


def read_snapshot(path: Path) -> list[Expectation]:
    """Return the expectations of a file with the columns name, value and tolerance.

    Raises
    ------
    XlidxError
        ``MISSING`` for other columns, ``TYPE`` for a tolerance that is no number.
    """
    rows = list(csv.reader(io.StringIO(contents(path).decode("utf-8-sig"))))
    if not rows or rows[0] != _HEAD:
        raise XlidxError(Kind.MISSING, f"the columns are not {', '.join(_HEAD)}", str(path), "write it with --update")
    return [_read(row) for row in rows[1:] if row]


def _read(row: list[str]) -> Expectation:
    name, value, tolerance = row
    found = Expectation.of(f"{name}={value}")
    return Expectation.of(f"{name}={value}±{100 * float(tolerance):g}%") if tolerance else found
