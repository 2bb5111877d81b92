"""Derives the table of what IronCalc is known to compute as Excel does.

Two steps, both by hand: ``python -m tests.recalc.evidence.derive study FOLDER`` holds IronCalc against the values that
Excel stored in a folder of workbooks, keeps for each pattern of arguments a formula with its inputs and the value of
Excel (``cases.jsonl.gz``), and lists what differs; ``... table`` writes the table of the package from the cases.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import formualizer

from tests.recalc.evidence import differences
from xlidx.errors import ErrorValue
from xlidx.files import replace
from xlidx.recalc.compare import ITERATED, equal
from xlidx.recalc.evidence.calculation import area_of, pinned
from xlidx.recalc.evidence.fast import NO_ERRORS
from xlidx.recalc.evidence.ironcalc import KINDS, OPERATORS, ROUGH, TEXT, combined, decade, slot, written_as
from xlidx.recalc.evidence.kinds import Values
from xlidx.recalc.evidence.reads import Flow, Node, Table, Walk
from xlidx.recalc.fast.signatures import TEXT_RESULTS, TRUTH_RESULTS
from xlidx.recalc.interface.precedents import extent, references
from xlidx.recalc.interface.prepare import prepared, stored
from xlidx.recalc.interface.sheets import Result, Sheets
from xlidx.recalc.interface.unsupported import CellsRefused, Unsupported
from xlidx.recalc.ironcalc import evaluate, outside, worker
from xlidx.recalc.ironcalc.engine import cell
from xlidx.recalc.ironcalc.package import written
from xlidx.recalc.workbook.book import Formula, open_book
from xlidx.recalc.workbook.grid import CellKey, area
from xlidx.recalc.workbook.normalise import is_known, normaliser
from xlidx.recalc.workbook.package import read
from xlidx.values import ERROR_TEXTS, Cell

CASES = Path(__file__).parent / "cases.jsonl.gz"
TABLE = Path(__file__).parents[3] / "xlidx/recalc/evidence/ironcalc.txt"
_MOST_INPUTS = 200
_LISTS = frozenset({"errors", "handed", "decades"})
_OPEN = Table(lambda *_: "", lambda *_: {}, TEXT_RESULTS, TRUTH_RESULTS, joins=False)


@attrs.frozen(kw_only=True)
class Case:
    """A formula with its inputs and the values that Excel stored, by sheet, row and column."""

    book: str
    key: CellKey
    formula: Formula
    inputs: Mapping[CellKey, Cell]
    stored: Mapping[CellKey, Cell]

    @property
    def sheets(self) -> Sheets:
        """The workbook of this formula alone."""
        names = dict.fromkeys([self.key[0], *(key[0] for key in self.inputs)])
        constants: dict[str, dict[tuple[int, int], Cell]] = {name: {} for name in names}
        for (sheet, *place), value in self.inputs.items():
            constants[sheet][place[0], place[1]] = value
        formulas: dict[str, dict[tuple[int, int], Formula]] = {name: {} for name in names}
        formulas[self.key[0]][self.key[1:]] = self.formula
        return Sheets(constants, formulas)

    def is_right(self, result: Result) -> bool:
        """Tell whether a result is what Excel stored."""
        tolerance = max((size for name, size in ITERATED.items() if name in self.formula.text.upper()), default=0.0)
        cells = {(self.key[0], *place) for place in area_of(result, self.key).cells()} | self.stored.keys()
        return all(equal(self.stored.get(cell), result.values.get(cell), tolerance) for cell in cells)


@attrs.define
class _Collector(Walk):
    """Notes how the arguments of every function are written, and which cells they read."""

    taken: list[tuple[str, str, Flow]] = attrs.Factory(list)

    def _taken(self, name: str, position: int, node: Node, part: Flow) -> None:
        way = written_as(node)
        self.taken.append((name, f"{slot(name, position)}{way}", Flow("" if way == TEXT else part.letters, part.cells)))


def shown(case: Case) -> set[tuple[str, str, str]]:
    """Return what a case shows: function, argument and way of writing, kind of value; or ``errors`` and the error."""
    values = Values.of(case.sheets.constants, {})
    walk = _Collector(_OPEN, (), spills=case.formula.extent is not None)
    walk.flow(formualizer.parse(case.formula.text).to_dict())
    found = set()
    for name, place, part in walk.taken:
        blocks = [(sheet or case.key[0], extent(reference)) for sheet, reference in part.cells]
        kinds = {k for k in KINDS for sheet, block in blocks if block is not None and values.refused(sheet, block, k)}
        found |= {(name, place, kind) for kind in kinds | set(part.letters) | {"."}}
    value = case.stored.get(case.key)
    error = next((found for found in case.stored.values() if isinstance(found, ErrorValue)), None)
    if error is not None and error is not ErrorValue.NAME:
        if error not in case.inputs.values():
            found.add((combined(walk.functions), "errors", str(error)))
        elif len(walk.functions) == 1 and walk.functions[0] in NO_ERRORS:
            found.add((walk.functions[0], "handed", str(error)))
    if type(value) is float and value:
        found |= {(name, "decades", str(decade(value))) for name in ROUGH.intersection(walk.functions)}
    found |= {(name, "called", ".") for name in walk.functions if name not in OPERATORS and is_known(name)}
    return {item for item in found if not _is_doubtful(*item)}


def _is_doubtful(name: str, place: str, kind: str) -> bool:
    if not differences.FUNCTIONS.keys().isdisjoint(name.split()):
        return True
    if place == "decades":
        too_small = name in differences.OF_SMALLEST and int(kind) < differences.SMALLEST
        return too_small or (name, int(kind)) in differences.DECADES
    if place == "errors":
        return any(set(name.split()) & set(names) and kind in kinds for names, kinds in differences.ERRORS.items())
    return any(
        name in names and place == other and kind in letters
        for names, found in differences.KINDS.items()
        for other, letters in found
    )


def table(cases: Iterable[Case]) -> str:
    """Return the table as the package ships it."""
    found: dict[str, dict[str, set[str]]] = {}
    for case in cases:
        for name, place, kind in shown(case):
            found.setdefault(name, {}).setdefault(place, set()).add(kind)
    return "".join(f"{name}\t{chr(9).join(_words(found[name]))}\n" for name in sorted(found))


def _words(places: Mapping[str, set[str]]) -> list[str]:
    return [f"{place}={('|' if place in _LISTS else '').join(sorted(places[place]))}" for place in sorted(places)]


def studied(path: Path) -> Iterator[tuple[Case, Cell, bool]]:
    """Return the formulas of a workbook that IronCalc computes, its value and whether it is Excel's.

    Formulas that read a cell that differs say nothing and are left out.
    """
    book = open_book(read(path))
    unreadable: dict[CellKey, Unsupported] = {}
    sheets = prepared(book, normaliser(book, {}), {}, unreadable)
    held = stored(book)
    result, left = _computed(sheets, held)
    values = Values.of(sheets.constants, held.values)
    keys = [(name, *place) for name, found in sheets.formulas.items() for place in found]
    cases = [_case(path.name, key, sheets, held, values) for key in keys if key not in left and key in held.values]
    wrong = {case.key for case in cases if not case.is_right(result)}
    for case in cases:
        if not wrong & (case.inputs.keys() - {case.key}):
            yield case, result.values.get(case.key), case.key not in wrong


def _computed(sheets: Sheets, held: Result) -> tuple[Result, set[CellKey]]:
    left = set(outside(sheets, {}))
    while True:
        try:
            return evaluate(pinned(sheets, held, left), {}), left
        except CellsRefused as error:
            left |= set(error.cells)


def _case(book: str, key: CellKey, sheets: Sheets, held: Result, values: Values) -> Case:
    formula = sheets.formulas[key[0]][key[1:]]
    names = {name.lower(): name for name in sheets.formulas}
    inputs = {
        (names[name.lower()], *place): values.cells[name.lower(), *place]
        for name, block in references(formula.text, key[0])
        if name.lower() in names
        for place in values.inside(name, block)
    }
    cells = [key] if formula.extent is None else [(key[0], *place) for place in formula.extent.cells()]
    results = {cell: held.values[cell] for cell in cells if cell in held.values}
    return Case(book=book, key=key, formula=formula, inputs=inputs, stored=results)


def chosen(cases: Iterable[Case]) -> list[Case]:
    """Return cases that together show all that any of them shows."""
    known: set[tuple[str, str, str]] = set()
    found = []
    for case in sorted(cases, key=lambda case: (len(case.inputs), len(case.formula.text), case.book, case.key)):
        if len(case.inputs) > _MOST_INPUTS:
            break
        try:
            new = shown(case) - known
        except Unsupported:
            continue
        if new and stands_alone(case):
            known |= new
            found.append(case)
    return sorted(found, key=lambda case: (case.book, case.key))


def stands_alone(case: Case) -> bool:
    """Tell whether IronCalc gives Excel's value from the inputs of the case alone, computed in this process."""
    cells = list(dict.fromkeys([case.key, *case.stored]))
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsx"
        book.write_bytes(written(case.sheets))
        raw = worker.values(str(book), {case.key[0]: [[row, column] for _, row, column in cells]})[case.key[0]]
    return case.is_right(Result({key: cell(value) for key, value in zip(cells, raw, strict=True)}, {}, 0))


def dumped(case: Case) -> str:
    """Return a case as a line of JSON."""
    area_text = None if case.formula.extent is None else str(case.formula.extent)
    return json.dumps(
        {
            "book": case.book,
            "cell": case.key,
            "formula": case.formula.text,
            "array": area_text,
            "dynamic": case.formula.dynamic,
            "inputs": [[*key, _plain(value)] for key, value in case.inputs.items() if key != case.key],
            "stored": [[*key, _plain(value)] for key, value in case.stored.items()],
        },
        ensure_ascii=False,
    )


def loaded(line: str) -> Case:
    """Return the case of a line."""
    raw = json.loads(line)
    extent_ = None if raw["array"] is None else area(raw["array"])
    sheet, row, column = raw["cell"]
    return Case(
        book=raw["book"],
        key=(sheet, row, column),
        formula=Formula(raw["formula"], raw["dynamic"], extent_),
        inputs={(s, r, c): _value(v) for s, r, c, v in raw["inputs"]},
        stored={(s, r, c): _value(v) for s, r, c, v in raw["stored"]},
    )


def _plain(value: Cell) -> Any:
    return {"error": str(value)} if isinstance(value, ErrorValue) else value


def _value(value: Any) -> Cell:
    return ERROR_TEXTS[value["error"]] if isinstance(value, dict) else value


def cases() -> list[Case]:
    """Return the cases of the repository."""
    return [loaded(line) for line in gzip.decompress(CASES.read_bytes()).decode().splitlines()]


def _study(folder: Path) -> None:
    right = []
    for path in sorted(folder.rglob("*.xls[xm]")):
        try:
            for case, value, is_right in studied(path):
                if is_right:
                    right.append(case)
                else:
                    print(f"{path.name} {case.key} {case.formula.text[:80]} Excel {case.stored.get(case.key)} {value}")
        except Exception as error:  # a workbook that nothing here opens
            print(f"{path.name}: {error}")
    text = "".join(dumped(case) + "\n" for case in chosen(right))
    replace(CASES, gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    if sys.argv[1] == "study":
        _study(Path(sys.argv[2]))
    replace(TABLE, table(cases()).encode())
