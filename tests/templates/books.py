"""What the tests of the workbooks share: reading a file, recalculating it with other inputs or functions."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import attrs
from openpyxl import load_workbook

from xlidx.excel.calls import cell_functions
from xlidx.recalc import recalculate

SHIPPED = Path(__file__).parents[2] / "workbooks"
SHEETS = {
    "functions": [
        "Cover",
        "Inputs",
        "Contents",
        "Index",
        "Actions",
        "Review",
        "Selection",
        "Rebalancing",
        "Turbo",
        "Turbo paths",
        "Turbo analytics",
        "Turbo desk",
        "Help",
        "Lists",
        "Checks",
    ],
    "human_capital_mv": [
        "Cover",
        "Inputs",
        "Universe",
        "Prices",
        "Screens",
        "Yield",
        "Optimise",
        "Rebalance",
        "Index",
        "Events",
        "Checks",
        "Help",
    ],
    "turbo_desk": [
        "Cover",
        "Inputs",
        "Terms",
        "Market",
        "Pricing",
        "Paths",
        "Calc",
        "Output",
        "Roll",
        "Events",
        "Settlement",
        "Scenario",
        "Ladder",
        "Explain",
        "Checks",
        "Help",
    ],
    "psi20_index": [
        "Cover",
        "Inputs",
        "Members",
        "Prices",
        "Dividends",
        "Events",
        "Candidates",
        "Decisions",
        "Calc",
        "Daily",
        "History",
        "Actions",
        "Review",
        "Capping",
        "Reconciliation",
        "Output",
        "Rules",
        "Checks",
        "Help",
    ],
}


def opened(path: Path, *, values: bool) -> Any:
    """Open a workbook for reading, one that many tests read only once."""
    return _opened(path, values, path.stat().st_mtime_ns)


@lru_cache(maxsize=12)
def _opened(path: Path, values: bool, _changed: int) -> Any:
    """Conditional formats of newer kinds are of no interest here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return load_workbook(path, data_only=values)


@attrs.frozen
class Verdict:
    """What a workbook says of itself: every check with its status, and the master check on two sheets."""

    statuses: dict[str, str]
    master: str
    cover: str


def verdict(path: Path) -> Verdict:
    """Read the checks of a workbook, and nothing else of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = load_workbook(path, data_only=True, read_only=True)
    try:
        rows = list(book["Checks"].iter_rows(min_col=2, max_col=8, values_only=True))
        cover = next(book["Cover"].iter_rows(min_row=5, max_row=5, min_col=5, max_col=5, values_only=True))[0]
    finally:
        book.close()
    return Verdict({row[1]: row[5] for row in rows[8:] if row[1]}, str(rows[4][0]), str(cover))


def statuses(path: Path) -> dict[str, str]:
    """Return the status of every check by its text."""
    return verdict(path).statuses


def master(path: Path) -> str:
    return verdict(path).master


def recalculated(
    path: Path,
    out: Path,
    inputs: Mapping[str, Any] | None = None,
    wrong: Mapping[str, Callable[[Any], Any]] | None = None,
) -> Path:
    """Recalculate with some inputs set (``None`` empties a cell), or with some functions giving a wrong result."""
    functions = cell_functions()
    for name, distort in (wrong or {}).items():
        functions[name] = _distorted(functions[name], distort)
    given = dict(inputs or {})
    for place in [name for name, value in given.items() if value is None]:
        del given[place]
        path = emptied(path, out, place)
    recalculate(path, out, functions=functions, set_values=given)
    return out


def emptied(path: Path, out: Path, place: str) -> Path:
    """Copy a workbook with one cell emptied."""
    title, cell = place.split("!")
    part = f"xl/worksheets/sheet{opened(path, values=False).sheetnames.index(title) + 1}.xml"
    with ZipFile(path) as package:
        data = {info: package.read(info) for info in package.infolist()}
    with ZipFile(out, "w") as package:
        for info, content in data.items():
            filled = re.compile(rb'(<c r="%b"[^>]*)><v>[^<]*</v></c>' % cell.encode())
            package.writestr(info, filled.sub(rb"\1/>", content) if info.filename == part else content)
    return out


def _distorted(function: Callable[..., Any], distort: Callable[[Any], Any]) -> Callable[..., Any]:
    def wrong(*cells: Any) -> Any:
        result = function(*cells)
        if isinstance(result, list):
            return [[distort(cell) for cell in row] for row in result]
        return distort(result)

    return wrong


def off(cell: Any) -> Any:
    """Shift numbers by far more than the tolerance and far less than a cent; turn truth values round."""
    if isinstance(cell, bool):
        return not cell
    return cell + 1e-4 if isinstance(cell, float) else cell


def off_upwards(cell: Any) -> Any:
    """Shift large numbers, such as divisors, by a ratio that is too large."""
    return cell * 1.0001 if isinstance(cell, float) else cell


def bent(cell: Any) -> Any:
    """Shift numbers by a part that grows with them, so that ratios of shifted numbers are wrong too."""
    return cell * (1.0 + cell * 1e-11) if isinstance(cell, float) else cell


def instead(old: str, new: Any) -> Callable[[Any], Any]:
    """Replace texts that start with ``old``."""
    return lambda cell: new if isinstance(cell, str) and cell.startswith(old) else cell


def without(number: float) -> Callable[[Any], Any]:
    """Leave out one number."""
    return lambda cell: None if cell == number else cell


def late(cell: Any) -> Any:
    """Move a date by two weeks."""
    return cell + timedelta(days=14) if isinstance(cell, date) else cell


def doubled(cell: Any) -> Any:
    """Double numbers: sums of them leave any limit that is near."""
    return 2.0 * cell if isinstance(cell, float) else cell


def spoiled(cell: Any) -> Any:
    """Change every value a little, numbers in their tenth digit; errors and blanks stay."""
    if isinstance(cell, bool):
        return not cell
    if isinstance(cell, float):
        return cell + 1e-10 * max(1.0, abs(cell))
    if isinstance(cell, str) and cell and not cell.startswith("#"):
        return cell + "?"
    return late(cell)


def accepted(cell: Any) -> Any:
    """Give a number where there should be an error."""
    return 0.0 if isinstance(cell, str) and cell.startswith("#") else cell


def all_wrong(cell: Any) -> Any:
    """Change values, and give numbers where there should be errors."""
    return accepted(spoiled(cell))
