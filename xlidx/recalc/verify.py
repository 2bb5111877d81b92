"""Verification: the same workbook through both engines, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import datetime

import attrs

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc import libreoffice
from xlidx.recalc.evidence.calculation import STORED, Calculation, area_of, calculated, only, pinned
from xlidx.recalc.evidence.check import Evidence
from xlidx.recalc.fast.residue import residues
from xlidx.recalc.interface.sheets import Functions, Result, Sheets
from xlidx.recalc.interface.unsupported import named
from xlidx.recalc.workbook.grid import CellKey
from xlidx.values import Cell

TOLERANCE = 1e-11
_SHOWN = 5


def verified(
    sheets: Sheets,
    functions: Functions,
    clock: datetime | None,
    stored: Result,
    session: libreoffice.Session | None = None,
) -> Calculation:
    """Calculate as ``auto`` does, compute again with LibreOffice what it is proven to compute, and compare every cell.

    Raises
    ------
    XlidxError
        ``INFEASIBLE`` when the engines disagree on any cell; otherwise as
        :func:`xlidx.recalc.evidence.calculation.calculated`.
    """
    if session is None:
        with libreoffice.Session(functions) as own:
            return verified(sheets, functions, clock, stored, own)
    first = calculated(sheets, functions, clock, "auto", stored, session=session)
    by_one = set(libreoffice.outside(sheets, clock))
    by_one |= {key for key, engine in first.engines.items() if engine in ("lo", STORED)}
    others = {key for key, engine in first.engines.items() if engine == "ironcalc"}
    by_one |= Evidence(frozenset(functions)).static(only(sheets, others), "lo").keys()
    if len(by_one) == len(first.engines):
        return attrs.evolve(first, not_cross_checked=tuple(map(named, sorted(by_one))))
    second = libreoffice.evaluate(pinned(sheets, first.result, by_one), functions, clock, session)
    return attrs.evolve(
        first,
        not_cross_checked=tuple(map(named, sorted(by_one))),
        residues=_count_residues(sheets, first.result, _with(first.result, second, by_one)),
    )


def agree(first: object, second: object) -> bool:
    """Tell whether two values are the same: numbers to 1e-11 relative, any two errors, TRUE and 1.

    Examples
    --------
    >>> agree(1.0, 1.0 + 1e-12), agree(1.0, 1.0 + 1e-10), agree(True, 1.0), agree(1.0, "1")
    (True, False, True, False)
    """
    if isinstance(first, ErrorValue) or isinstance(second, ErrorValue):
        return isinstance(first, ErrorValue) and isinstance(second, ErrorValue)
    if isinstance(first, float | int) and isinstance(second, float | int):
        return math.isclose(first, second, rel_tol=TOLERANCE, abs_tol=0.0)
    return first == second


def _count_residues(sheets: Sheets, first: Result, second: Result) -> int:
    """Return how many cells differ by a residue only; any other difference is refused."""
    pairs = {key: (first.values.get(key), second.values.get(key)) for key in first.values.keys() | second.values.keys()}
    different = {key: pair for key, pair in pairs.items() if not agree(*pair)}
    left = residues(sheets, first, different)
    wrong = sorted(different.keys() - left)
    if wrong:
        shown = [
            f"{named(key)} fast {_said(different[key][0])} LibreOffice {_said(different[key][1])}" for key in wrong
        ]
        more = f"; and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        what = f"the engines disagree on {len(wrong)} cells: {'; '.join(shown[:_SHOWN])}{more}"
        raise XlidxError(Kind.INFEASIBLE, what, "workbook", "check these cells in Excel; nothing was written")
    return len(left)


def _said(value: Cell) -> str:
    return "nothing" if value is None else str(value)


def _with(given: Result, computed: Result, cells: Collection[CellKey]) -> Result:
    """Return a result with the cells that were given."""
    areas = {key: area_of(given, key) for key in cells}
    values = {(key[0], *place): given.values[key[0], *place] for key, area in areas.items() for place in area.cells()}
    return attrs.evolve(computed, values={**computed.values, **values})
