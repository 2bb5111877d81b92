"""Text of the command line: literals to cells, results to aligned tables."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlidx.errors import Kind, XlidxError

if TYPE_CHECKING:
    from xlidx.recalc import Report

MOST_SHOWN = 12


def literal(text: str) -> Any:
    """Return what an argument typed on the command line means.

    Numbers, ``TRUE``, ``FALSE``, array constants ``{1,2;3,4}``, ``@file.csv`` for a range, an empty text
    for a blank; anything else is a text.

    Examples
    --------
    >>> literal("1.5"), literal("TRUE"), literal("short"), literal("{1,2;3,x}")
    (1.5, True, 'short', [[1.0, 2.0], [3.0, 'x']])
    """
    if text.startswith("@"):
        return csv_block(Path(text[1:]))
    if text.startswith("{") and text.endswith("}"):
        return [[scalar(cell) for cell in row.split(",")] for row in text[1:-1].split(";")]
    return scalar(text)


def scalar(text: str) -> Any:
    """Return one cell from its text.

    Examples
    --------
    >>> scalar(" 2 "), scalar('"2"'), scalar("")
    (2.0, '2', None)
    """
    bare = text.strip()
    if not bare:
        return None
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1]
    if bare.upper() in ("TRUE", "FALSE"):
        return bare.upper() == "TRUE"
    return _number(bare)


def csv_block(path: Path) -> list[list[Any]]:
    """Return the cells of a CSV file (comma or semicolon), row by row.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for an empty file; ``TYPE`` for a file that is no text in UTF-8.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        what, mend = "the file is no text in UTF-8", "save it as CSV UTF-8"
        raise XlidxError(Kind.TYPE, what, str(path), mend) from None
    if "\0" in content:
        raise XlidxError(Kind.TYPE, "the file holds zero bytes", str(path), "save it as CSV UTF-8")
    delimiter = ";" if content.partition("\n")[0].count(";") > content.partition("\n")[0].count(",") else ","
    rows = [[scalar(cell) for cell in row] for row in csv.reader(content.splitlines(), delimiter=delimiter) if row]
    if not rows:
        raise XlidxError(Kind.NO_DATA, "the file is empty", str(path), "give a CSV file with at least one row")
    width = max(map(len, rows))
    return [row + [None] * (width - len(row)) for row in rows]


def table(rows: Iterable[Sequence[Any]], *, header: bool = True) -> str:
    """Return rows as an aligned table, numbers to the right.

    Examples
    --------
    >>> print(table([["isin", "value"], ["DE000NG20XP3", 0.39]]))
    isin          value
    ------------  -----
    DE000NG20XP3   0.39
    """
    cells = [[shown(value) for value in row] for row in rows]
    right = [[isinstance(value, float) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(c.rjust(w) if r else c.ljust(w) for c, r, w in zip(row, marks, widths, strict=True)).rstrip()
        for row, marks in zip(cells, right, strict=True)
    ]
    if header and len(lines) > 1:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def shown(value: Any) -> str:
    """Return one cell as text, numbers to at most twelve digits, days without a time of day.

    Examples
    --------
    >>> shown(0.1 + 0.2), shown(None), shown(True), shown("long"), shown(datetime(2020, 3, 11))
    ('0.3', '', 'TRUE', 'long', '2020-03-11')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def refreshed(report: Report, path: Path) -> str:
    """Return what a recalculation did in a few lines: counts, then the first cells that changed."""
    changed = len(report.changes)
    counts = f"{report.formulas} formulas, {report.calls} calls of xlidx functions, {report.spills} spills"
    lines = [f"{path}: {counts}; {changed} values changed ({report.engine} engine)"]
    if report.verified:
        lines.append(_verification(report))
    rows = [[f"  {c.cell}", shown(c.before), "->", shown(c.after)] for c in report.changes[:MOST_SHOWN]]
    if rows:
        lines.append(table(rows, header=False))
    if changed > MOST_SHOWN:
        lines.append(f"  and {changed - MOST_SHOWN} more; --report json lists them all")
    return "\n".join(lines)


def _verification(report: Report) -> str:
    alone = report.not_cross_checked
    said = "verified: both engines agree" + (" on all other cells" if alone else "")
    if report.residues:
        said += f"; {report.residues} cells are 0 but for the rounding of a difference"
    if alone:
        more = f" and {len(alone) - MOST_SHOWN} more" if len(alone) > MOST_SHOWN else ""
        said += f"\nnot cross-checked, computed by one engine only: {', '.join(alone[:MOST_SHOWN])}{more}"
    return said


def as_json(result: Any) -> str:
    """Return a result as JSON, days as ISO text."""
    return json.dumps(result, default=str, allow_nan=False)


def _number(text: str) -> Any:
    try:
        number = float(text.replace("_", "x"))
    except ValueError:
        return text
    return number if text.lstrip("+-")[:1] in tuple("0123456789.") else text
