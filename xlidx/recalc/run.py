"""Refresh a workbook: read, calculate, write back in one step, report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.checks import PASSED, Check, failing, master_of
from xlidx.recalc.evidence.calculation import ENGINES, calculated
from xlidx.recalc.inputs.names import inputs
from xlidx.recalc.interface.keeping import Kept, holding, kept_cells
from xlidx.recalc.interface.prepare import prepared, stored
from xlidx.recalc.interface.sheets import Function, Functions
from xlidx.recalc.interface.unsupported import named
from xlidx.recalc.verify import verified
from xlidx.recalc.workbook.book import open_book
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import read, replace
from xlidx.recalc.workbook.patch import Change, frozen_parts, patched

NOTHING = Kept()
EngineName: TypeAlias = Literal["auto", "fast", "ironcalc", "lo"]


@attrs.frozen
class Report:
    """What a refresh did.

    ``calls`` counts the calls of our functions, ``spills`` the blocks of more than one cell; ``changes``
    lists every cell whose stored value is another one now, inputs first.  After a verification ``not_cross_checked``
    lists the cells that only one engine computes, and ``residues`` counts those that differ by what rounding leaves
    of a difference (:mod:`xlidx.recalc.fast.residue`).  ``kept`` has the cells that keep their stored values, and why;
    ``checks`` the words of the master check, ``failing`` the checks behind them.
    """

    workbook: str
    engine: str
    formulas: int
    calls: int
    spills: int
    changes: tuple[Change, ...]
    verified: bool = False
    not_cross_checked: tuple[str, ...] = ()
    residues: int = 0
    kept: Mapping[str, str] = attrs.Factory(dict)
    checks: str = ""
    failing: tuple[Check, ...] = ()

    @property
    def red(self) -> bool:
        """Tell whether the workbook has a master check that does not pass."""
        return self.checks not in ("", PASSED)

    def as_json(self) -> str:
        """Return the report as JSON text, the same for the same workbook and inputs."""
        return json.dumps(attrs.asdict(self), indent=2, ensure_ascii=False, sort_keys=True)


def recalculate(
    path: str | Path,
    out: str | Path | None = None,
    *,
    functions: Mapping[str, Function],
    engine: EngineName = "auto",
    verify: bool = False,
    set_values: Mapping[str, object] | None = None,
    clock: datetime | None = None,
    kept: Kept = NOTHING,
) -> Report:
    """Refresh a workbook without Excel and write it back in one step.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook.
    out : path, optional
        Where to write; the workbook itself if left out.
    functions : mapping
        Our functions by name. Each takes plain cell values (float, str, bool, ``None`` for blank or left
        out, error text like ``"#N/A"``, or a list of rows) and returns one, or a list of rows.
    engine : {'auto', 'fast', 'ironcalc', 'lo'}
        ``auto`` takes for each formula the first of the engines that is known to compute it as Excel does.
    verify : bool
        Calculate with both engines, whatever ``engine`` says, and refuse on any disagreement.
    set_values : mapping, optional
        Inputs to set before, by defined name or ``Sheet!A1`` (:func:`xlidx.recalc.inputs.names.inputs`).
    clock : datetime, optional
        What TODAY and NOW answer; without it workbooks with them are refused.
    kept : Kept, optional
        Which formulas keep their stored values; what-if data tables always do.  The report names them.

    Returns
    -------
    Report

    Raises
    ------
    XlidxError
        When the file is no workbook, an input does not fit, or a formula is unknown, circular, reads another
        workbook or is outside what the engine computes as Excel does. Nothing is written then.
    """
    check_engine(engine)
    ours = {name.upper(): function for name, function in functions.items()}
    whole = open_book(read(Path(path)))
    held_back = kept_cells(whole, kept, ours)
    book = holding(whole, held_back)
    given = inputs(whole, set_values or {})
    sheets = prepared(book, normaliser(book, ours), given)
    held = stored(book)
    done = verified(sheets, ours, clock, held) if verify else calculated(sheets, ours, clock, engine, held)
    result = done.result
    parts, changes = patched(book, result.values, result.spills, given)
    target = Path(path if out is None else out)
    data = book.package.with_parts(parts)
    if out is not None or data != book.package.raw:
        _check_ending(Path(path), target)
        replace(target, data, book.package.raw if out is None else None)
    return Report(
        workbook=Path(path).name,
        engine=done.engine,
        formulas=sum(len(sheet.formulas) for sheet in book.sheets.values()),
        calls=result.calls,
        spills=len(result.spills),
        changes=tuple(changes),
        verified=verify,
        not_cross_checked=done.not_cross_checked,
        residues=done.residues,
        kept={named(key): reason for key, reason in held_back.items()},
        checks=master_of(book, result.values),
        failing=failing(book, result.values),
    )


def frozen(path: str | Path, out: str | Path) -> None:
    """Write a copy of a workbook with values in place of formulas, as stored in the file.

    For pictures and for people without the add-in; refresh the workbook first.

    Raises
    ------
    XlidxError
        When the file is no workbook.
    """
    book = open_book(read(Path(path)))
    parts, without = frozen_parts(book)
    replace(Path(out), book.package.with_parts(parts, without))


def _check_ending(path: Path, target: Path) -> None:
    """Refuse to write a workbook with macros as one without, or the other way round: Excel opens neither."""
    if path.suffix.lower() != target.suffix.lower():
        mend = f"use the ending {path.suffix}"
        raise XlidxError(
            Kind.CHOICE, f"a {path.suffix} workbook cannot be written as {target.suffix}", target.name, mend
        )


def check_engine(name: str) -> None:
    """Refuse the name of an engine that there is not."""
    if name not in ENGINES:
        raise XlidxError(Kind.CHOICE, f"engine {name!r} is unknown", "engine", "use auto, fast, ironcalc or lo")


__all__ = ["Change", "Function", "Functions", "Kept", "Report", "frozen", "recalculate"]
