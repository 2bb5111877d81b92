"""One calculation: for each formula an engine that computes it as Excel does, or a refusal.

``fast``, ``ironcalc`` and ``lo`` are one engine for all formulas; ``auto`` takes for each formula the first of them
that is proven.  Where several take part, each computes its own formulas from the results of the others, in turns
until nothing changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TypeAlias, TypeVar

import attrs

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc import ironcalc, libreoffice
from xlidx.recalc.evidence.check import Evidence
from xlidx.recalc.fast import engine as fast
from xlidx.recalc.fast.anchors import with_areas
from xlidx.recalc.interface.precedents import circles
from xlidx.recalc.interface.sheets import Functions, Result, Sheets, not_converging
from xlidx.recalc.interface.unsupported import IN_EXCEL, OTHER_ENGINE, CellsRefused, Unsupported, circular, refusal
from xlidx.recalc.workbook.book import Formula, Place
from xlidx.recalc.workbook.grid import Area, CellKey
from xlidx.values import Cell

Findings: TypeAlias = dict[CellKey, Unsupported]
T = TypeVar("T")
Evaluate: TypeAlias = Callable[[Sheets], Result]

ENGINES: Mapping[str, Sequence[str]] = {
    "fast": ("fast",),
    "ironcalc": ("ironcalc",),
    "lo": ("lo",),
    "auto": ("fast", "ironcalc", "lo"),
}
_TITLES = {
    "auto": "any engine here",
    "fast": "the fast engine",
    "ironcalc": "the IronCalc engine",
    "lo": "the LibreOffice engine",
}
# The fast engine has a sheet of this name of its own, which hides one that differs in capitals only.
_ENGINE_SHEET = "Sheet1"
# Where no engine computes: a name that is unknown is the error that Excel stored.
STORED = "stored"
# Where it depends on other cells whether the name is looked at.
_CHOOSING = re.compile(r"\b(?:IF|IFS|IFERROR|IFNA|SWITCH|CHOOSE|XLOOKUP|LET|LAMBDA)\s*\(", re.IGNORECASE)
_ROUNDS, _TURNS = 12, 8


@attrs.frozen(kw_only=True)
class Calculation:
    """Results, the engine of each formula, and the formulas that were refused and kept at their stored values.

    After a verification ``not_cross_checked`` lists the cells that only one engine computes, and ``residues`` counts
    those where the engines differ by nothing but the rounding that a difference leaves.
    """

    result: Result
    engines: Mapping[CellKey, str]
    refused: Mapping[CellKey, Unsupported] = attrs.Factory(dict)
    not_cross_checked: tuple[str, ...] = ()
    residues: int = 0

    @property
    def engine(self) -> str:
        """The engines that took part, the one with most formulas first."""
        return "+".join(name for name, _ in Counter(self.engines.values()).most_common()) or "fast"


def _nameless(sheets: Sheets, findings: Findings, stored: Result) -> set[CellKey]:
    """Return the formulas with unknown names that are ``#NAME?`` in Excel too, whatever the inputs are."""
    return {
        key
        for key, one in findings.items()
        if (one.unknown or one.also)
        and stored.values.get(key) is ErrorValue.NAME
        and not _CHOOSING.search(sheets.formulas[key[0]][key[1:]].text)
    }


def _with_nameless(rest: Calculation, nameless: Collection[CellKey]) -> Calculation:
    values = {**rest.result.values, **dict.fromkeys(nameless, ErrorValue.NAME)}
    engines = {**rest.engines, **dict.fromkeys(nameless, STORED)}
    return attrs.evolve(rest, result=attrs.evolve(rest.result, values=values), engines=engines)


class _NoAnswerError(Exception):
    """An engine is missing, died or took too long."""

    def __init__(self, engine: str, error: XlidxError) -> None:
        super().__init__(str(error))
        self.engine, self.error = engine, error


def calculated(
    sheets: Sheets,
    functions: Functions,
    clock: datetime | None,
    engine: str,
    stored: Result,
    *,
    keep: bool = False,
    session: libreoffice.Session | None = None,
) -> Calculation:
    """Compute every formula by an engine that is known to compute it as Excel does.

    Parameters
    ----------
    sheets, functions, clock
        As for :func:`xlidx.recalc.fast.engine.evaluate`.
    engine : {'auto', 'fast', 'ironcalc', 'lo'}
    stored : Result
        What the workbook holds: where both engines take part, the values they start from.
    keep : bool
        Keep refused formulas at their stored values and compute the others; otherwise one refusal refuses all.
    session : Session, optional
        A LibreOffice that serves several calculations.

    Raises
    ------
    XlidxError
        ``DOMAIN`` and ``CHOICE`` for formulas that no engine here computes; as the engines refuse.
    """
    if session is None:
        with libreoffice.Session(functions) as own:
            return calculated(sheets, functions, clock, engine, stored, keep=keep, session=own)
    taken = [name for name in sheets.formulas if name.lower() == _ENGINE_SHEET.lower() and name != _ENGINE_SHEET]
    if taken:
        names = {taken[0]: _ENGINE_SHEET}
        found = calculated(
            renamed(sheets, names), functions, clock, engine, _renamed_result(stored, names), keep=keep, session=session
        )
        return _renamed_calculation(found, {_ENGINE_SHEET: taken[0]})
    return _settled(sheets, functions, clock, engine, stored, keep=keep, session=session)


def _settled(
    sheets: Sheets,
    functions: Functions,
    clock: datetime | None,
    engine: str,
    stored: Result,
    *,
    keep: bool,
    session: libreoffice.Session,
) -> Calculation:
    """Compute, look at what was read, and give formulas to the next engine until nothing is left to look at."""
    evaluates: dict[str, Evaluate] = {
        "fast": lambda given: fast.evaluate(given, functions, clock),
        "ironcalc": lambda given: ironcalc.evaluate(given, functions),
        "lo": lambda given: libreoffice.evaluate(given, functions, clock, session),
    }
    order = ENGINES[engine]
    evidence = Evidence(frozenset(functions))
    lacking: dict[str, Findings] = {name: {} for name in order}
    lacking[order[0]] = _outside(sheets, functions, clock, order[0], evidence)
    nameless = _nameless(sheets, lacking[order[0]], stored)
    if nameless:
        rest = calculated(
            pinned(sheets, stored, nameless), functions, clock, engine, stored, keep=keep, session=session
        )
        return _with_nameless(rest, nameless)
    asked: dict[str, set[CellKey]] = {name: set() for name in order}
    for _ in range(_ROUNDS):
        for before, name in pairwise(order):
            unasked = lacking[before].keys() - asked[name]
            asked[name] |= unasked
            lacking[name] |= _outside(only(sheets, unasked), functions, clock, name, evidence)
            lacking[name] |= {key: one for key, one in lacking[before].items() if name in one.also}
        engines, refused = _assigned(sheets, lacking)
        if refused and not keep:
            raise refusal(refused, _TITLES[engine])
        given = pinned(sheets, stored, refused)
        try:
            result = _in_turns(given, engines, evaluates, stored)
        except CellsRefused as error:
            new = _noted(lacking, engines, error)
            if not new or not (keep or all(_has_engine(lacking, key) for key in new)):
                raise
            continue
        except _NoAnswerError as failure:
            if len(order) == 1:
                raise failure.error from None
            _without(lacking, engines, failure)
            continue
        findings = evidence.unproven(given, engines, result)
        if not findings:
            return Calculation(result=result, engines=engines, refused=refused)
        _noted(lacking, engines, refusal(findings, _TITLES[order[0]]))
    raise not_converging()


def _outside(sheets: Sheets, functions: Functions, clock: datetime | None, engine: str, evidence: Evidence) -> Findings:
    """Return the formulas that an engine is not known to compute as Excel does, whatever the values are."""
    found = {
        "fast": lambda: fast.outside(sheets, functions, clock),
        "ironcalc": lambda: ironcalc.outside(sheets, functions),
        "lo": lambda: libreoffice.outside(sheets, clock),
    }[engine]()
    return {**evidence.static(sheets, engine), **found}


def _assigned(sheets: Sheets, lacking: Mapping[str, Findings]) -> tuple[dict[CellKey, str], Findings]:
    engines: dict[CellKey, str] = {}
    refused: Findings = {}
    for sheet, formulas in sheets.formulas.items():
        for place in formulas:
            key = (sheet, *place)
            engine = next((name for name, findings in lacking.items() if key not in findings), None)
            if engine is None:
                refused[key] = _said([findings[key] for findings in lacking.values()])
            else:
                engines[key] = engine
    return engines, refused


def _said(findings: Sequence[Unsupported]) -> Unsupported:
    """Return what the first engine says of a formula, and what helps when no other one computes it."""
    first = findings[0]
    if len(findings) == 1 or not first.mend.startswith(OTHER_ENGINE):
        return first
    mend = next((one.mend for one in findings if not one.mend.startswith(OTHER_ENGINE)), IN_EXCEL)
    return Unsupported(first.what, mend, unknown=first.unknown, also=first.also)


def _noted(lacking: Mapping[str, Findings], engines: Mapping[CellKey, str], error: CellsRefused) -> list[CellKey]:
    """Note what an engine refused while it ran, and return the cells; a circle is one for every engine."""
    new = [key for key in error.cells if key in engines]
    for key in new:
        for name in [engines[key]] if error.kind is Kind.DOMAIN else lacking:
            lacking[name][key] = error.cells[key]
    return new


def _has_engine(lacking: Mapping[str, Findings], key: CellKey) -> bool:
    return any(key not in findings for findings in lacking.values())


def _without(lacking: Mapping[str, Findings], engines: Mapping[CellKey, str], failure: _NoAnswerError) -> None:
    """Note that an engine did not answer: its formulas stay with what the first engine says of them."""
    first = next(iter(lacking))
    for key, engine in engines.items():
        if engine == failure.engine:
            known = lacking[first][key]
            finding = Unsupported(known.what, f"{known.mend}; or {failure.error.mend}", unknown=known.unknown)
            lacking[first][key] = lacking[engine][key] = finding


def _in_turns(
    given: Sheets, engines: Mapping[CellKey, str], evaluates: Mapping[str, Evaluate], stored: Result
) -> Result:
    """Return the results of all formulas, each engine computing its own from the results of the others."""
    own = {name: {key for key, engine in engines.items() if engine == name} for name in evaluates}
    names = [name for name in evaluates if own[name]]
    if len(names) < 2:
        return _answered(next(iter(names), "fast"), evaluates, given)
    circle = circles(given)
    if circle:  # one engine alone finds a circle by itself; in turns each would see the other's half as constants
        raise circular(circle)
    found = {name: restricted(stored, own[name]) for name in names[1:]}
    for _ in range(_TURNS):
        before = dict(found)
        for name in names:
            others = [other for other in names if other != name]
            known = _together(*(found[other] for other in others))
            found[name] = _answered(name, evaluates, pinned(given, known, set().union(*(own[o] for o in others))))
        if all(before[name].values == found[name].values for name in names[1:]) and all(
            before[name].spills == found[name].spills for name in names[1:]
        ):
            return _together(*found.values())
    raise not_converging()


def _answered(name: str, evaluates: Mapping[str, Evaluate], given: Sheets) -> Result:
    try:
        return evaluates[name](given)
    except XlidxError as error:
        if error.kind is not Kind.NO_DATA:
            raise
        raise _NoAnswerError(name, error) from None


def _together(*results: Result) -> Result:
    values: dict[CellKey, Cell] = {}
    spills: dict[CellKey, Area] = {}
    for result in results:
        values |= result.values
        spills |= result.spills
    return Result(values, spills, sum(result.calls for result in results))


def restricted(result: Result, cells: Collection[CellKey]) -> Result:
    """Return the part of a result that belongs to some formulas."""
    areas = {key: area_of(result, key) for key in cells}
    values = {
        (key[0], *place): value
        for key, area in areas.items()
        for place in area.cells()
        if (value := result.values.get((key[0], *place))) is not None
    }
    return Result(values, {key: area for key, area in areas.items() if not area.single}, 0)


def pinned(sheets: Sheets, result: Result, cells: Collection[CellKey]) -> Sheets:
    """Return the workbook with some formulas replaced by their results."""
    if not cells:
        return sheets
    constants = {name: dict(found) for name, found in sheets.constants.items()}
    formulas = {name: dict(found) for name, found in sheets.formulas.items()}
    areas = {key: area_of(result, key) for key in cells}
    for (sheet, *anchor), area in areas.items():
        del formulas[sheet][anchor[0], anchor[1]]
        for place in area.cells():
            value: Cell = result.values.get((sheet, *place))
            if value is not None:
                constants[sheet][place] = value
    return with_areas(attrs.evolve(sheets, constants=constants, formulas=formulas), areas)


def only(sheets: Sheets, cells: Collection[CellKey]) -> Sheets:
    """Return some formulas of a workbook, without its inputs."""
    formulas: dict[str, dict[Place, Formula]] = {name: {} for name in sheets.formulas}
    for sheet, row, column in cells:
        formulas[sheet][row, column] = sheets.formulas[sheet][row, column]
    return attrs.evolve(sheets, formulas=formulas)


def renamed(sheets: Sheets, names: Mapping[str, str]) -> Sheets:
    """Return a workbook with other names of sheets, by their old ones; formulas find them without regard to case."""
    return attrs.evolve(
        sheets,
        constants={names.get(name, name): found for name, found in sheets.constants.items()},
        formulas={names.get(name, name): found for name, found in sheets.formulas.items()},
        hidden_rows={names.get(name, name): rows for name, rows in sheets.hidden_rows.items()},
    )


def _renamed_result(result: Result, names: Mapping[str, str]) -> Result:
    values, spills = _renamed_keys(result.values, names), _renamed_keys(result.spills, names)
    return Result(values, spills, result.calls)


def _renamed_calculation(found: Calculation, names: Mapping[str, str]) -> Calculation:
    return attrs.evolve(
        found,
        result=_renamed_result(found.result, names),
        engines=_renamed_keys(found.engines, names),
        refused=_renamed_keys(found.refused, names),
    )


def _renamed_keys(found: Mapping[CellKey, T], names: Mapping[str, str]) -> dict[CellKey, T]:
    return {(names.get(key[0], key[0]), *key[1:]): value for key, value in found.items()}


def area_of(result: Result, key: CellKey) -> Area:
    """Return the area of a formula's result."""
    return result.spills.get(key, Area(*key[1:], *key[1:]))
