"""The second engine: LibreOffice Calc 25.2 or newer, with a generated add-in and spills solved by us.

Calc has arrays of fixed size only: every dynamic formula is given an extent, its true size is measured, and
the workbook is calculated again until all sizes are at rest.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from xlidx.errors import ErrorValue, Kind
from xlidx.recalc.interface.sheets import Functions, Result, Sheets, not_converging
from xlidx.recalc.interface.unsupported import CellsRefused, Unsupported, blocked, circular, listed, named, refusal
from xlidx.recalc.libreoffice.formulas import outside, stored_extents, written
from xlidx.recalc.libreoffice.office import Office, Session
from xlidx.recalc.libreoffice.truths import truths
from xlidx.recalc.workbook.book import Formula, Place
from xlidx.recalc.workbook.grid import Area, CellKey
from xlidx.values import Cell

_PASSES = 8
_CIRCULAR = 522
_CODES = {
    503: ErrorValue.NUM,
    523: ErrorValue.NUM,
    521: ErrorValue.NULL,
    524: ErrorValue.REF,
    525: ErrorValue.NAME,
    532: ErrorValue.DIV0,
    32767: ErrorValue.NA,
}


def evaluate(
    sheets: Sheets, functions: Functions, clock: datetime | None = None, session: Session | None = None
) -> Result:
    """Return the results of all formulas; parameters and refusals as :func:`xlidx.recalc.fast.engine.evaluate`.

    ``session`` is a LibreOffice that serves several calculations; without it one is started and ended.

    Raises
    ------
    XlidxError
        Also ``NO_DATA`` when LibreOffice is missing, too old, dies or takes too long.
    """
    findings = outside(sheets, clock)
    if findings:
        raise refusal(findings, "the LibreOffice engine")
    if session is None:
        with Session(functions) as own:
            return evaluate(sheets, functions, clock, own)
    extents, office = stored_extents(sheets), session.office()
    with tempfile.TemporaryDirectory(prefix="xlidx-") as folder:
        for _ in range(_PASSES):
            probed, probes = _with_probes(written(sheets, functions, extents, clock), extents)
            values = _asked(office, sheets, probed, Path(folder) / "book.xlsx")
            sizes = {key: _size(key, probes[key], values) for key in extents}
            _check_free(sheets, sizes)
            if sizes == extents:
                return _result(sheets, values, extents, office)
            extents = sizes
    raise not_converging()


def _with_probes(sheets: Sheets, dynamic: Iterable[CellKey]) -> tuple[Sheets, dict[CellKey, Area]]:
    """Add to each dynamic formula two cells to the right of all others that measure its result."""
    formulas: dict[str, dict[Place, Formula]] = {name: dict(found) for name, found in sheets.formulas.items()}
    probes = {}
    right = {name: _last_column(sheets, name) + 3 for name in sheets.formulas}
    taken: dict[str, int] = {}
    for key in dynamic:
        row = taken[key[0]] = taken.get(key[0], 0) + 1
        inside = formulas[key[0]][key[1:]].text[1:]
        left = right[key[0]]
        probes[key] = Area(row, left, row, left + 1)
        for column, name in ((left, "ROWS"), (left + 1, "COLUMNS")):
            formulas[key[0]][row, column] = Formula(f"={name}({inside})", True, Area(row, column, row, column))
    return attrs.evolve(sheets, formulas=formulas), probes


def _last_column(sheets: Sheets, name: str) -> int:
    used = [column for _, column in sheets.constants[name]]
    for (_, column), formula in sheets.formulas[name].items():
        used.append(column if formula.extent is None else formula.extent.right)
    return max(used, default=1)


def _asked(office: Office, sheets: Sheets, asked: Sheets, path: Path) -> dict[CellKey, Any]:
    path.write_bytes(asked.as_xlsx(arrays=True))
    places: dict[str, set[Place]] = {name: set(found) for name, found in asked.formulas.items()}
    for name, found in asked.formulas.items():
        for formula in found.values():
            places[name].update([] if formula.extent is None else formula.extent.cells())
    cells = {name: sorted(found) for name, found in places.items() if found}
    answer = office.ask({"url": path.as_uri(), "cells": cells})
    _check_known(answer["unknown"], sheets)
    found_values = answer["values"]
    return {(name, *p): v for name, ps in cells.items() for p, v in zip(ps, found_values[name], strict=True)}


def _check_known(unknown: Mapping[str, str], sheets: Sheets) -> None:
    """Refuse functions that Calc does not know; the cells that only measure sizes are not named."""
    if not unknown:
        return
    name = next(iter(unknown.values()))
    places = [text.rsplit("!", 2) for text, other in unknown.items() if other == name]
    cells = [(sheet, int(row), int(column)) for sheet, row, column in places]
    what = f"function {name.upper()} is unknown to the LibreOffice engine"
    mend = "check the spelling of the function"
    shown = {key: Unsupported(what, mend, unknown=True) for key in cells if key[1:] in sheets.formulas[key[0]]}
    raise CellsRefused(Kind.CHOICE, what, listed(map(named, shown)), mend, shown)


def _size(key: CellKey, probe: Area, values: Mapping[CellKey, Any]) -> Area:
    found = [values[key[0], row, column] for row, column in probe.cells()]
    rows, columns = (int(v) if type(v) is float and v >= 1 else 1 for v in found)
    return Area(key[1], key[2], key[1] + rows - 1, key[2] + columns - 1)


def _check_free(sheets: Sheets, extents: Mapping[CellKey, Area]) -> None:
    """Refuse blocks that would cover an input, another formula or another block."""
    owner: dict[CellKey, CellKey] = {}
    taken = []
    for key, extent in extents.items():
        for place in extent.cells()[1:]:
            other = (key[0], *place)
            used = place in sheets.formulas[key[0]] or sheets.constants[key[0]].get(place) is not None
            if used or owner.setdefault(other, key) != key:
                taken.append(key)
                break
    if taken:
        raise blocked(taken)


def _result(sheets: Sheets, raw: Mapping[CellKey, Any], extents: Mapping[CellKey, Area], office: Office) -> Result:
    keys = [(sheet, *place) for sheet, found in sheets.formulas.items() for place in found]
    spills = {key: extent for key, extent in extents.items() if not extent.single}
    for key in keys:
        formula = sheets.formulas[key[0]][key[1:]]
        if formula.extent is not None and not formula.dynamic and not formula.extent.single:
            spills[key] = formula.extent
    circles = [key for key in keys if type(raw[key]) is dict and raw[key]["e"] == _CIRCULAR]
    if circles:
        raise circular(circles)
    children = [(key[0], *place) for key, extent in spills.items() for place in extent.cells()]
    values = {key: _cell(raw[key]) for key in (*keys, *children)}
    return Result(values | truths(sheets, values, spills, office.truths), spills, office.calls)


def _cell(value: Any) -> Cell:
    if type(value) is dict:
        return _CODES.get(value["e"], ErrorValue.VALUE)
    return value  # type: ignore[no-any-return]
