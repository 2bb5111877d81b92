"""Verification: the same workbook through both engines, cell by cell."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import datetime

import attrs

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc import libreoffice
from xlidx.recalc.engine import Functions, Result, Sheets, named
from xlidx.recalc.fast import engine as fast
from xlidx.recalc.fast.anchors import with_areas
from xlidx.recalc.fast.expressions import Unsupported
from xlidx.recalc.fast.residue import residues
from xlidx.recalc.workbook.grid import Area, CellKey
from xlidx.values import Cell

TOLERANCE = 1e-11
_SHOWN = 5


@attrs.frozen(kw_only=True)
class Verified:
    """What both engines made of a workbook.

    ``engine`` is the one whose results are written, ``single_engine`` the cells that only one of them computes, and
    ``residues`` counts the cells where they differ by nothing but the rounding that a difference leaves.
    """

    engine: str
    result: Result
    single_engine: tuple[str, ...] = ()
    residues: int = 0


def verified(sheets: Sheets, functions: Functions, clock: datetime | None) -> Verified:
    """Calculate with both engines and compare every cell.

    A formula that one engine does not compute as Excel does is computed by the other one alone; its value is then
    given to both.

    Raises
    ------
    XlidxError
        ``INFEASIBLE`` when the engines disagree on any cell; ``DOMAIN`` when a formula is beyond both; and as the
        engines refuse.
    """
    not_fast = unsupported(sheets, functions, clock)
    not_second = libreoffice.outside(sheets, clock)
    if not_fast and (not_second or any(finding.unknown for finding in not_fast.values())):
        raise fast.refusal(not_fast)
    if not_fast:
        second = libreoffice.evaluate(sheets, functions, clock)
        first = _with(second, fast.evaluate(pinned(sheets, second, not_fast), functions, clock), not_fast)
        return Verified(
            engine="lo",
            result=attrs.evolve(second, values={**second.values, **_truths(first)}),
            single_engine=tuple(map(named, sorted(not_fast))),
            residues=_count_residues(sheets, first, second),
        )
    first = fast.evaluate(sheets, functions, clock)
    second = libreoffice.evaluate(pinned(sheets, first, not_second), functions, clock)
    return Verified(
        engine="fast",
        result=first,
        single_engine=tuple(map(named, sorted(not_second))),
        residues=_count_residues(sheets, first, _with(first, second, not_second)),
    )


def unsupported(sheets: Sheets, functions: Functions, clock: datetime | None) -> dict[CellKey, Unsupported]:
    """Return the formulas that the fast engine does not compute, each with its finding.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for those that LibreOffice does not compute as Excel does either.
    """
    findings = fast.outside(sheets, functions, clock)
    never = {key: finding for key, finding in findings.items() if finding.everywhere}
    if never:
        raise fast.refusal(never)
    return findings


def pinned(sheets: Sheets, result: Result, cells: Collection[CellKey]) -> Sheets:
    """Return the workbook with some formulas replaced by their results."""
    if not cells:
        return sheets
    constants = {name: dict(found) for name, found in sheets.constants.items()}
    formulas = {name: dict(found) for name, found in sheets.formulas.items()}
    areas = {key: _area(result, key) for key in cells}
    for (sheet, *anchor), area in areas.items():
        del formulas[sheet][anchor[0], anchor[1]]
        for place in area.cells():
            constants[sheet][place] = result.values[sheet, *place]
    return with_areas(attrs.evolve(sheets, constants=constants, formulas=formulas), areas)


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
    areas = {key: _area(given, key) for key in cells}
    values = {(key[0], *place): given.values[key[0], *place] for key, area in areas.items() for place in area.cells()}
    return attrs.evolve(computed, values={**computed.values, **values})


def _area(result: Result, key: CellKey) -> Area:
    return result.spills.get(key, Area(*key[1:], *key[1:]))


def _truths(first: Result) -> Mapping[CellKey, Cell]:
    return {key: value for key, value in first.values.items() if isinstance(value, bool)}
