"""What an engine computes, held against the values that Excel stored; nothing is written."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

import attrs

from xlidx.errors import ErrorValue, XlidxError
from xlidx.recalc import libreoffice
from xlidx.recalc.evidence.calculation import Calculation, area_of, calculated
from xlidx.recalc.interface.keeping import holding, kept_cells
from xlidx.recalc.interface.prepare import prepared, stored
from xlidx.recalc.interface.sheets import Function
from xlidx.recalc.interface.unsupported import Unsupported, named
from xlidx.recalc.run import NOTHING, EngineName, Kept, check_engine
from xlidx.recalc.workbook.book import Book, open_book
from xlidx.recalc.workbook.grid import CellKey
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import read
from xlidx.recalc.workbook.patch import storable
from xlidx.values import Cell

TOLERANCE = 1e-9
# Excel ends these searches when a step changes less: support.microsoft.com, IRR within 0.00001 percent,
# XIRR within 0.000001 percent, RATE within 0.0000001. What Excel stored is that far from the root.
ITERATED = {"IRR(": 1e-7, "RATE(": 1e-7}  # XIRR is among them by its last letters


@attrs.frozen
class Difference:
    """A formula whose computed value is not the stored one; ``judged`` is the reason if that is an accepted exception.

    ``cell`` is the first cell of the formula's result that differs.
    """

    cell: str
    formula: str
    stored: Cell
    computed: Cell
    engine: str
    judged: str = ""


@attrs.frozen
class Refusal:
    """A formula that is not computed, and why."""

    cell: str
    formula: str
    why: str


@attrs.frozen(kw_only=True)
class Comparison:
    """A workbook held against its stored values.

    ``formulas`` is the sum of ``equal``, ``without_value`` (nothing stored), ``different``, ``refused`` and ``kept``;
    ``failure`` says why a workbook was refused as a whole, and then the counts are 0.
    """

    workbook: str
    engine: str
    formulas: int = 0
    equal: int = 0
    without_value: int = 0
    kept: int = 0
    different: tuple[Difference, ...] = ()
    refused: tuple[Refusal, ...] = ()
    failure: str = ""

    @property
    def wrong(self) -> tuple[Difference, ...]:
        """Differences that nobody has judged."""
        return tuple(difference for difference in self.different if not difference.judged)

    @property
    def recalculated(self) -> bool:
        """Tell whether every formula is computed, so that ``recalc`` writes the workbook."""
        return not self.failure and not self.refused

    def as_json(self) -> str:
        """Return the comparison as JSON text, the same for the same workbook."""
        return json.dumps(attrs.asdict(self), indent=2, ensure_ascii=False, sort_keys=True)


def compare(
    path: str | Path,
    *,
    functions: Mapping[str, Function],
    engine: EngineName = "auto",
    judged: Mapping[str, str] | None = None,
    clock: datetime | None = None,
    session: libreoffice.Session | None = None,
    kept: Kept = NOTHING,
) -> Comparison:
    """Compute every formula of a workbook and hold it against the value stored in the file.

    A formula that the engine refuses keeps its stored value, so that the others are compared all the same.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook, best one saved by Excel.
    functions, engine, clock
        As for :func:`xlidx.recalc.recalculate`.
    judged : mapping, optional
        Accepted differences: the reason by ``Sheet!A1``, or by ``*`` for the whole workbook.
    session : Session, optional
        A LibreOffice that serves several workbooks.
    kept : Kept, optional
        Which formulas keep their stored values, and are counted as such.

    Returns
    -------
    Comparison
        Numbers are equal to 1e-9 relative; texts, truth values and error values exactly.
    """
    check_engine(engine)
    ours = {name.upper(): function for name, function in functions.items()}
    name = Path(path).name
    try:
        whole = open_book(read(Path(path)))
        held_back = kept_cells(whole, kept, ours)
        book = holding(whole, held_back)
        unreadable: dict[CellKey, Unsupported] = {}
        sheets = prepared(book, normaliser(book, ours), {}, unreadable)
        done = calculated(sheets, ours, clock, engine, stored(book), keep=True, session=session)
    except XlidxError as error:
        return Comparison(workbook=name, engine=engine, failure=str(error))
    found = _held(name, engine, book, done, {**unreadable, **done.refused}, judged or {})
    return attrs.evolve(found, kept=len(held_back), formulas=found.formulas + len(held_back))


def _held(
    name: str,
    engine: str,
    book: Book,
    done: Calculation,
    refused: Mapping[CellKey, Unsupported],
    judged: Mapping[str, str],
) -> Comparison:
    keys = [(sheet.name, *place) for sheet in book.sheets.values() for place in sheet.formulas]
    computed = [key for key in keys if key not in refused]
    blank = [key for key in computed if key[1:] not in book.sheets[key[0]].cached]
    without = set(blank)
    different = [
        difference
        for key in computed
        if key not in without
        if (difference := _difference(book, done, key, judged)) is not None
    ]
    return Comparison(
        workbook=name,
        engine=engine,
        formulas=len(keys),
        equal=len(computed) - len(blank) - len(different),
        without_value=len(blank),
        different=tuple(different),
        refused=tuple(Refusal(named(key), _text(book, key), refused[key].what) for key in keys if key in refused),
    )


def _difference(book: Book, done: Calculation, key: CellKey, judged: Mapping[str, str]) -> Difference | None:
    sheet = book.sheets[key[0]]
    extent = sheet.formulas[key[1:]].extent
    cells: Collection[CellKey] = dict.fromkeys(
        (key[0], *place) for area in (area_of(done.result, key), extent) if area is not None for place in area.cells()
    )
    for cell in cells:
        before = sheet.cached.get(cell[1:])
        value = done.result.values.get(cell)
        after = None if value is None else storable(value)
        tolerance = _tolerance(_text(book, key))
        if not (equal(before, after, tolerance) or equal(before, value, tolerance)):
            reason = judged.get(named(key), judged.get("*", ""))
            return Difference(named(cell), _text(book, key), before, after, done.engines[key], reason)
    return None


def _tolerance(formula: str) -> float:
    return max((size for name, size in ITERATED.items() if name in formula.upper()), default=0.0)


def equal(stored: Cell, computed: Cell, tolerance: float = 0.0) -> bool:
    """Tell whether a computed value is the stored one; a blank text is a blank cell.

    ``tolerance`` is an absolute one for numbers, beside the relative one of 1e-9.

    Examples
    --------
    >>> equal(1.0, 1.0 + 1e-12), equal(1.0, True), equal("a", "A"), equal(None, "")
    (True, False, False, True)
    """
    if type(stored) is float and type(computed) is float:
        return math.isclose(stored, computed, rel_tol=TOLERANCE, abs_tol=tolerance)
    if isinstance(stored, ErrorValue) or isinstance(computed, ErrorValue):
        return stored is computed
    return (type(stored) is type(computed) and stored == computed) or (stored in (None, "") and computed in (None, ""))


def _text(book: Book, key: CellKey) -> str:
    return book.sheets[key[0]].formulas[key[1:]].text
