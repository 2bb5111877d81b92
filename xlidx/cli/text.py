"""Text of the command line: literals to cells, results to aligned tables."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from xlidx.cli.options import tell
from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.texts import cell

if TYPE_CHECKING:
    from xlidx.recalc import Report

MOST_SHOWN = 12
_NARROWEST = 12


def literal(text: str, form: Form = FOUND) -> Any:
    """Return what an argument typed on the command line means.

    Numbers, ``TRUE``, ``FALSE``, array constants ``{1,2;3,4}``, ``@file.csv`` for a range, an empty text
    for a blank; anything else is a text.

    Examples
    --------
    >>> literal("1.5"), literal("TRUE"), literal("short"), literal("{1,2;3,x}")
    (1.5, True, 'short', [[1.0, 2.0], [3.0, 'x']])
    """
    if text.startswith("@"):
        from xlidx.folders import read_cells

        return read_cells(Path(text[1:]), form, tell)
    if text.startswith("{") and text.endswith("}"):
        return [[cell(one) for one in row.split(",")] for row in text[1:-1].split(";")]
    return cell(text)


def table(rows: Iterable[Sequence[Any]], *, header: bool = True, width: int | None = None) -> str:
    """Return rows as an aligned table, numbers to the right.

    ``width`` is that of the terminal, or without bounds where the output goes to a file or a pipe.  Texts are wrapped
    to fit; where that is not enough the columns are printed in blocks, each with the first column.

    Examples
    --------
    >>> print(table([["isin", "value"], ["DE000NG20XP3", 0.39]]))
    isin          value
    ------------  -----
    DE000NG20XP3   0.39
    >>> print(table([["isin", "what it is"], ["DE000NG20XP3", "a short turbo on the DAX"]], width=28))
    isin          what it is
    ------------  --------------
    DE000NG20XP3  a short turbo
                  on the DAX
    """
    rows = list(rows)
    cells = [[shown(value) for value in row] for row in rows]
    right = [[isinstance(value, float) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    most = _terminal() if width is None else width
    if most is None:
        return _laid_out(cells, right, widths, header=header)
    texts = [not any(column) for column in zip(*right[1:], strict=True)] or [True] * len(widths)
    widths = _shrunk(widths, texts, most)
    return "\n\n".join(
        _laid_out(
            [[row[n] for n in block] for row in cells],
            [[row[n] for n in block] for row in right],
            [widths[n] for n in block],
            header=header,
        )
        for block in _blocks(widths, most)
    )


def _terminal() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _shrunk(widths: list[int], texts: Sequence[bool], most: int) -> list[int]:
    """Return widths that fit, taken from the widest columns of texts, as far as that goes."""
    found = list(widths)
    while sum(found) + 2 * (len(found) - 1) > most:
        wide = [n for n, text in enumerate(texts) if text and found[n] > _NARROWEST]
        if not wide:
            break
        found[max(wide, key=lambda n: found[n])] -= 1
    return found


def _blocks(widths: Sequence[int], most: int) -> list[list[int]]:
    """Return the columns of each block: the first one, and as many others as fit."""
    blocks = [[0]] if widths else []
    for number in range(1, len(widths)):
        used = sum(widths[n] + 2 for n in blocks[-1])
        if len(blocks[-1]) > 1 and used + widths[number] > most:
            blocks.append([0])
        blocks[-1].append(number)
    return blocks


def _laid_out(
    cells: Sequence[Sequence[str]], right: Sequence[Sequence[bool]], widths: Sequence[int], *, header: bool
) -> str:
    lines = []
    for row, marks in zip(cells, right, strict=True):
        parts = [wrap(c, w) if len(c) > w else [c] for c, w in zip(row, widths, strict=True)]
        for places in zip_longest(*parts, fillvalue=""):
            line = [c.rjust(w) if r else c.ljust(w) for c, r, w in zip(places, marks, widths, strict=True)]
            lines.append("  ".join(line).rstrip())
        if header and len(cells) > 1 and row is cells[0]:
            lines.append("  ".join("-" * width for width in widths))
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


def plural(count: int, word: str) -> str:
    """Return a count with its word.

    Examples
    --------
    >>> plural(1, "workbook"), plural(0, "workbook")
    ('1 workbook', '0 workbooks')
    """
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def refreshed(report: Report, path: Path) -> str:
    """Return what a recalculation did in a few lines: counts, then the first cells that changed."""
    changed = len(report.changes)
    counts = f"{plural(report.formulas, 'formula')}, {report.calls} calls of xlidx functions, {report.spills} spills"
    lines = [f"{path}: {counts}; {changed} values changed ({report.engine} engine)"]
    if report.verified:
        lines.append(_verification(report))
    rows = [[f"  {c.cell}", shown(c.before), "->", shown(c.after)] for c in report.changes[:MOST_SHOWN]]
    if rows:
        lines.append(table(rows, header=False))
    if changed > MOST_SHOWN:
        lines.append(f"  and {changed - MOST_SHOWN} more; --report json lists them all")
    if report.red:
        lines += [f"{path}: {report.checks}", *(f"  {check.sentence}" for check in report.failing)]
    for reason in dict.fromkeys(report.kept.values()):
        cells = [cell for cell, other in report.kept.items() if other == reason]
        more = f" and {len(cells) - MOST_SHOWN} more" if len(cells) > MOST_SHOWN else ""
        lines.append(f"kept as stored, not computed ({reason}): {', '.join(cells[:MOST_SHOWN])}{more}")
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
