"""The fast engine: formualizer, behind the guard.

Everything the guard lets through is computed by formualizer; our functions are called back with plain cell
values.  Circular references, blocked spills and blocks where a cell takes one value are found here.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from math import isfinite
from typing import Any

import attrs
import formualizer

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.excel.cells import ENGINE_ERRORS
from xlidx.recalc.fast import excel_rules, guard, text_rules
from xlidx.recalc.fast.anchors import anchors, with_cells
from xlidx.recalc.fast.expressions import (
    AS_TEXT,
    COMPARE,
    CRITERION,
    DAY,
    FORMULA_NUMBER,
    ONE_VALUE,
    POWER,
    SHOWABLE,
    SNAPPED,
    SORTABLE,
    Scope,
)
from xlidx.recalc.fast.fixed_point import reach_fixed_point
from xlidx.recalc.interface.answers import as_rows
from xlidx.recalc.interface.sheets import Functions, Result, Sheets, not_converging
from xlidx.recalc.interface.unsupported import (
    CellsRefused,
    Unsupported,
    blocked,
    circular,
    listed,
    named,
    not_foreseen,
    refusal,
    refused,
)
from xlidx.recalc.workbook.book import Formula, Place
from xlidx.recalc.workbook.grid import Area, CellKey, a1, area
from xlidx.recalc.workbook.placeholders import abstracted, instantiated
from xlidx.values import Cell

_PASSES = 6
_ENGINE_KINDS = {str(error): kind for kind, error in ENGINE_ERRORS.items()}


def evaluate(sheets: Sheets, functions: Functions, clock: datetime | None = None) -> Result:
    """Return the results of all formulas.

    Parameters
    ----------
    sheets : Sheets
        Inputs and formulas in plain form.
    functions : mapping
        Our functions by upper-case name; they take and return plain cell values.
    clock : datetime, optional
        What TODAY and NOW answer; without it formulas with them are refused.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for formulas outside the guard, ``CHOICE`` for unknown functions and names, ``INFEASIBLE``
        for circular references and blocked spills.
    """
    referred = anchors(sheets)
    single: frozenset[CellKey] = frozenset()
    for _ in range(_PASSES):
        result = _evaluated(with_cells(sheets, single), functions, clock)
        found = frozenset(key for key in referred if key not in result.spills)
        if found == single:
            return result
        single = found
    raise not_converging()


def _evaluated(sheets: Sheets, functions: Functions, clock: datetime | None) -> Result:
    guarded = _guarded(sheets, frozenset(functions), clock is not None)
    run = _Run()
    engine = _loaded(guarded, clock)
    _register(engine, functions, run)
    try:
        with _interrupts_noted(run):
            engine.evaluate_all()
            run.check()
            result = _read(engine, sheets, run)
            known: Mapping[CellKey, Area] = {}
            for _ in range(_PASSES):
                if result.spills == known:
                    break
                known = result.spills
                reach_fixed_point(engine, guarded, known, run.check)
                result = attrs.evolve(_read(engine, sheets, run), calls=result.calls)
            else:
                raise not_converging()
    except formualizer.ExcelEvaluationError as error:
        run.check()
        raise _not_evaluated(sheets, str(error)) from error
    run.check()
    _check_recorded(run, guarded)
    return result


@contextmanager
def _interrupts_noted(run: _Run) -> Iterator[None]:
    """Note Ctrl-C instead of raising it: the engine makes an error value of what is raised while it runs."""
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # somebody else decides what an interrupt does
        return
    signal.signal(signal.SIGINT, lambda *_: run.broken.append(KeyboardInterrupt()))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _not_evaluated(sheets: Sheets, reason: str) -> CellsRefused:
    """Return the refusal of a workbook that the engine gives up: of its array formulas, if it has any."""
    cells = {(sheet, *place): one for sheet, found in sheets.formulas.items() for place, one in found.items()}
    arrays = [key for key, formula in cells.items() if formula.extent is not None]
    what = f"formulas that the fast engine gives up ({reason[:80]})"
    return refused(Kind.DOMAIN, what, arrays or cells, "enter array formulas as ordinary ones, or use engine lo")


@attrs.define
class _Run:
    """What happens during one evaluation: calls of our functions, and findings with their formulas."""

    calls: int = 0
    findings: dict[tuple[str, str], set[int]] = attrs.Factory(dict)
    broken: list[BaseException] = attrs.Factory(list)

    def record(self, number: float, what: str, mend: str) -> None:
        self.findings.setdefault((what, mend), set()).add(int(number))

    def answered(self, name: str, function: Callable[..., Any], *args: Any) -> Any:
        """Return the answer of a function; the engine would make an error value of whatever it raises."""
        if self.broken:
            return _error(str(ErrorValue.VALUE))
        try:
            return function(*args)
        except Exception as error:
            failure = not_foreseen(name, error)
            failure.__cause__ = error
            self.broken.append(failure)
        except BaseException as interrupt:  # Ctrl-C while a function runs
            self.broken.append(interrupt)
        return _error(str(ErrorValue.VALUE))

    def check(self) -> None:
        """Stop the calculation if a function was interrupted, or failed in a way that is no result."""
        if self.broken:
            raise self.broken[0]


def outside(sheets: Sheets, functions: Functions, clock: datetime | None) -> dict[CellKey, Unsupported]:
    """Return the formulas that the guard does not let through, each with its finding."""
    return _inspection(sheets, frozenset(functions), clock is not None)[1]


def _guarded(sheets: Sheets, ours: frozenset[str], clock: bool) -> Sheets:
    written, findings = _inspection(sheets, ours, clock)
    if findings:
        raise refusal(findings)
    return attrs.evolve(sheets, formulas=written)


def _inspection(
    sheets: Sheets, ours: frozenset[str], clock: bool
) -> tuple[dict[str, dict[Place, Formula]], dict[CellKey, Unsupported]]:
    scope = Scope(tuple(sheets.formulas), ours, clock, bool(sheets.hidden_rows))
    shapes: dict[tuple[str, bool], str | Unsupported] = {}
    written: dict[str, dict[Place, Formula]] = {}
    findings: dict[CellKey, Unsupported] = {}
    number = -1
    for sheet, formulas in sheets.formulas.items():
        written[sheet] = {}
        for place, formula in formulas.items():
            number += 1
            found = inspected(formula, scope, shapes)
            if isinstance(found, Unsupported):
                findings[sheet, *place] = found
            else:
                written[sheet][place] = attrs.evolve(formula, text=found.replace(FORMULA_NUMBER, str(number)))
    return written, findings


def inspected(formula: Formula, scope: Scope, shapes: dict[tuple[str, bool], str | Unsupported]) -> str | Unsupported:
    """Return a formula in the form the engine gets right, or why it is outside; ``shapes`` keeps what was studied."""
    text, cells = abstracted(formula.text)
    key = (text, formula.extent is not None)
    if key not in shapes:
        try:
            shapes[key] = guard.inspect(text, scope, spills=key[1])
        except Unsupported as finding:
            shapes[key] = finding
    found = shapes[key]
    if isinstance(found, Unsupported):
        what = instantiated(found.what, cells)
        return Unsupported(what, found.mend, unknown=found.unknown, also=found.also)
    return instantiated(found, cells)


def _loaded(sheets: Sheets, clock: datetime | None) -> Any:
    settings = formualizer.EvaluationConfig()
    settings.enable_parallel = False  # our functions hold the interpreter anyway: threads cost tenfold
    config = formualizer.WorkbookConfig(eval_config=settings)
    try:
        engine = formualizer.Workbook.from_bytes(sheets.as_xlsx(), config=config)
    except Exception as error:
        what = f"the fast engine cannot load the workbook ({error})"
        raise XlidxError(Kind.INFEASIBLE, what, "workbook", "report the workbook to the maintainers") from error
    engine.set_temporal_egress("serial")
    if clock is not None:
        engine.set_deterministic_clock(clock.replace(tzinfo=UTC))  # its wall clock, as in a cell
    return engine


def _register(engine: Any, functions: Functions, run: _Run) -> None:
    def register(name: str, function: Callable[..., Any], least: int, most: int) -> None:
        engine.register_function(name, partial(run.answered, name, function), min_args=least, max_args=most)

    for name, function in functions.items():
        register(name, partial(_called, run, function), 0, 255)
        register(name + ONE_VALUE, partial(_called_for_one, run, name, function), 1, 255)
    rules: Mapping[str, tuple[Callable[..., Any], int]] = {
        COMPARE: (excel_rules.compare, 4),
        AS_TEXT: (excel_rules.as_text, 2),
        SORTABLE: (excel_rules.sortable, 2),
        SHOWABLE: (excel_rules.showable, 3),
        CRITERION: (excel_rules.criterion, 2),
        DAY: (excel_rules.day, 2),
        POWER: (excel_rules.power, 3),
        "XLIDX.DATE": (excel_rules.date_of, 4),
        "XLIDX.YEAR": (excel_rules.year, 2),
        "XLIDX.MONTH": (excel_rules.month, 2),
        "XLIDX.DAY_OF_MONTH": (excel_rules.day_of_month, 2),
        **{name: (rule, 2) for name, rule in text_rules.RULES.items()},
    }
    for name, rule in {"XLIDX.GCD": excel_rules.gcd, "XLIDX.LCM": excel_rules.lcm}.items():
        register(name, partial(_ruled, run, rule), 2, 255)
    for name, (rule, count) in rules.items():
        register(name, partial(_ruled, run, rule), count, count)
    register(SNAPPED, excel_rules.snapped, 2, 2)


def _called(run: _Run, function: Callable[..., object], *args: Any) -> Any:
    run.calls += 1
    try:
        return _egress(function(*map(_ingress, args)))
    except XlidxError as error:
        return _error(str(error.value))


def _called_for_one(run: _Run, name: str, function: Callable[..., object], here: float, *args: Any) -> Any:
    answer = _called(run, function, *args)
    if isinstance(answer, list):
        what = f"{name} gives a block where one value must stand"
        run.record(here, what, "choose one value of it with INDEX")
    return answer


def _ruled(run: _Run, rule: Callable[..., Any], here: float, *args: Any) -> Any:
    return rule(*args, partial(run.record, here))


def _ingress(value: Any) -> Any:
    """Return an argument as plain cell values: errors as texts, an empty text as missing."""
    if isinstance(value, list):
        return [[_item(item) for item in row] for row in value]
    return None if value == "" else _item(value)


def _item(value: Any) -> Any:
    return str(_error_value(value)) if type(value) is dict else value


def _egress(value: Any) -> Any:
    """Return a result as the engine wants it; a block of one cell is that cell."""
    rows = as_rows(value)
    if len(rows) == len(rows[0]) == 1:
        return _egress_item(rows[0][0])
    return [[_egress_item(item) for item in row] for row in rows]


def _egress_item(value: Cell) -> Any:
    return _error(str(value)) if isinstance(value, ErrorValue) else value


def _error(text: str) -> dict[str, str]:
    return {"type": "Error", "kind": _ENGINE_KINDS.get(text, "Value")}


def _error_value(value: dict[str, str]) -> ErrorValue:
    return ENGINE_ERRORS.get(value.get("kind", ""), ErrorValue.UNKNOWN)


def _read(engine: Any, sheets: Sheets, run: _Run) -> Result:
    values: dict[CellKey, Cell] = {}
    spills: dict[CellKey, Area] = {}
    circles: list[CellKey] = []
    taken: list[CellKey] = []
    misfits: dict[CellKey, Unsupported] = {}
    for sheet, formulas in sheets.formulas.items():
        for place, formula in formulas.items():
            key = (sheet, *place)
            raw = engine.get_value(sheet, *place)
            if type(raw) is dict and raw.get("kind") == "Circ":
                circles.append(key)
                continue
            values[key] = _cell(raw)
            value = values[key]
            if type(value) is float and not isfinite(value):
                misfits[key] = Unsupported("a number beyond the largest of Excel", "check the inputs of the formula")
            if values[key] is ErrorValue.SPILL:
                taken.append(key)
            extent = _extent(engine, key)
            misfit = _misfit(formula, extent)
            if misfit is not None:
                misfits[key] = misfit
            elif extent is not None:
                spills[key] = extent
                for row, column in extent.cells()[1:]:
                    values[sheet, row, column] = _cell(engine.get_value(sheet, row, column))
    if circles:
        raise _circular(circles, sheets)
    if taken:
        raise blocked(taken)
    if misfits:
        raise refusal(misfits)
    return Result(values, spills, run.calls)


def _cell(raw: Any) -> Cell:
    if raw is None:
        return 0.0
    if type(raw) is dict:
        return _error_value(raw)
    return float(raw) if type(raw) is int else raw


def _extent(engine: Any, key: CellKey) -> Area | None:
    role = engine.inspect_cell(_place(key)).cell.spill
    return None if role is None or role.extent is None else area(role.extent.rpartition("!")[2])


def _misfit(formula: Formula, extent: Area | None) -> Unsupported | None:
    """Return the finding of a result that does not have the size of its cells."""
    if formula.dynamic or formula.extent == extent:
        return None
    if formula.extent is None:
        return Unsupported("a block in a cell that takes one value", "enter it as a dynamic array formula")
    if formula.extent.single and extent is None:
        return None
    what = f"an array formula over {formula.extent} whose result has another size"
    return Unsupported(what, "enter it again over the right cells, or as a dynamic array formula")


def _place(key: CellKey) -> str:
    return f"'{key[0].replace(chr(39), chr(39) * 2)}'!{a1(key[1], key[2])}"


def _circular(cells: list[CellKey], sheets: Sheets) -> XlidxError:
    """Return the refusal; cells that only depend on the circle are left out of the list."""
    texts = {key: sheets.formulas[key[0]][key[1:]].text for key in cells}
    left = set(cells)
    for _ in range(len(cells)):
        used = {key for key in left if any(_mentions(texts[other], other[0], key) for other in left)}
        if used == left or not used or len(left) > 500:
            break
        left = used
    return circular(sorted(left))


def _mentions(text: str, sheet: str, key: CellKey) -> bool:
    for match in re.finditer(r"('(?:[^']|'')+'!|[\w.]+!)?(\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)", text):
        block = area(match[2])
        named = match[1][:-1].strip("'").replace("''", "'") if match[1] else sheet
        if block is not None and named == key[0] and key[1:] in block:
            return True
    return False


def _check_recorded(run: _Run, sheets: Sheets) -> None:
    if not run.findings:
        return
    cells = [(sheet, *place) for sheet, formulas in sheets.formulas.items() for place in formulas]
    findings = {
        cells[number]: Unsupported(what, mend) for (what, mend), numbers in run.findings.items() for number in numbers
    }
    (what, mend), numbers = next(iter(run.findings.items()))
    places = listed(named(cells[number]) for number in sorted(numbers))
    raise CellsRefused(Kind.DOMAIN, what, places, mend, findings)
