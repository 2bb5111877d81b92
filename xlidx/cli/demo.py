"""``xlidx demo``: the turbo desk, 23 series on published market data, recalculated and printed."""

from __future__ import annotations

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from openpyxl import load_workbook

from xlidx.cli.text import table
from xlidx.errors import Kind, XlidxError
from xlidx.excel.calls import cell_functions
from xlidx.recalc import recalculate
from xlidx.templates import build


def turbo_demo(output: Path | None = None) -> str:
    """Build the turbo desk, recalculate it without Excel and return its book and checks as text."""
    with TemporaryDirectory() as folder:
        path = output or Path(folder) / "turbo_desk.xlsx"
        build.build_one("turbo_desk", path)
        done = recalculate(path, functions=cell_functions())
        sheets = _values(path)
    book = _block(sheets["Output"], "ISIN")
    checks = _block(sheets["Checks"], "#")
    passed = sum(row[5] == "OK" for row in checks[1:])
    first, top = checks[1], sheets["Output"]
    return "\n".join(
        [
            f"As of {_below(top, 'As of'):%Y-%m-%d}. {_starting(top, 'Market: ')}",
            "",
            table([_rounded(row) for row in book]),
            "",
            f"{first[1]}: {first[2]:g} of {first[4]:g}.  Checks passed: {passed} of {len(checks) - 1}.",
            f"{done.formulas} formulas recalculated without Excel, {done.calls} calls of xlidx functions.",
            *([f"The workbook is {output}."] if output else []),
        ]
    )


def _values(path: Path) -> dict[str, list[list[Any]]]:
    with warnings.catch_warnings():  # openpyxl warns of drawing extensions that it does not read
        warnings.simplefilter("ignore", UserWarning)
        workbook = load_workbook(path, data_only=True)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in workbook}


def _block(rows: list[list[Any]], corner: str) -> list[list[Any]]:
    """Return the table whose first header cell is ``corner``, without empty columns, up to the first gap."""
    starts = [(i, row.index(corner)) for i, row in enumerate(rows) if corner in row]
    if not starts:
        raise XlidxError(Kind.NO_DATA, f"no table starts with {corner!r}", "workbook", "build it anew")
    top, left = starts[0]
    width = next((j for j, value in enumerate(rows[top][left:]) if value is None), len(rows[top]) - left)
    body = [row[left : left + width] for row in rows[top:]]
    return body[: next((i for i, row in enumerate(body) if row[0] is None), len(body))]


def _below(rows: list[list[Any]], caption: str) -> Any:
    """Return the figure below a caption."""
    above, cells = next((row, rows[place + 1]) for place, row in enumerate(rows) if caption in row)
    return cells[above.index(caption)]


def _starting(rows: list[list[Any]], words: str) -> str:
    """Return the first text that starts with some words."""
    return next(cell for row in rows for cell in row if isinstance(cell, str) and cell.startswith(words))


def _rounded(row: list[Any]) -> list[Any]:
    return [round(float(value), 4) if isinstance(value, int | float) else value for value in row]
