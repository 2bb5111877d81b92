"""Results held against what is known of the engine that computed them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import attrs
import formualizer

from xlidx.errors import ErrorValue
from xlidx.recalc.evidence.fast import ERROR_KINDS, FAST, NO_ERRORS, ORIGINS, is_near_mean
from xlidx.recalc.evidence.ironcalc import IRONCALC, answers_error, hands_on_error, is_doubtful
from xlidx.recalc.evidence.kinds import Values
from xlidx.recalc.evidence.libreoffice import LO, decides_by_difference, divides_by_zero, is_zero_sum, may_be_truth
from xlidx.recalc.evidence.reads import ASCENDING_COLUMN, ASCENDING_ROW, DESCENDING, ORDERS, Read, Table, reads
from xlidx.recalc.fast.anchors import ANCHOR, as_area
from xlidx.recalc.interface.precedents import extent, references
from xlidx.recalc.interface.sheets import Result, Sheets
from xlidx.recalc.interface.unsupported import IN_EXCEL, Unsupported
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area, CellKey
from xlidx.recalc.workbook.placeholders import abstracted, instantiated
from xlidx.values import Cell

Study: TypeAlias = tuple[list[Read], frozenset[str]] | Unsupported

_TABLES: Mapping[str, Table] = {"fast": FAST, "ironcalc": IRONCALC, "lo": LO}


@attrs.frozen
class Evidence:
    """What is known of the formulas of a workbook; each template of formulas is studied once."""

    ours: Collection[str]
    _studied: dict[tuple[str, str, bool], Study] = attrs.field(factory=dict, init=False)

    def static(self, sheets: Sheets, engine: str) -> dict[CellKey, Unsupported]:
        """Return the formulas that an engine is not known to compute as Excel does, whatever the values are."""
        found = {}
        for sheet, formulas in sheets.formulas.items():
            for place, formula in formulas.items():
                known = self._known(formula.text, engine, spills=formula.extent is not None)[0]
                if isinstance(known, Unsupported):
                    found[sheet, *place] = known
        return found

    def unproven(self, sheets: Sheets, engines: Mapping[CellKey, str], result: Result) -> dict[CellKey, Unsupported]:
        """Return the formulas whose results an engine is not known to have as Excel does, now that values are known."""
        values = Values.of(sheets.constants, result.values)
        found = {}
        for key, engine in engines.items():
            formula = sheets.formulas[key[0]][key[1:]]
            finding = self._finding(key, formula, engine, values, result)
            if finding is not None:
                found[key] = finding
        return found

    def _finding(
        self, key: CellKey, formula: Formula, engine: str, values: Values, result: Result
    ) -> Unsupported | None:
        text = formula.text
        if "ANCHORARRAY" in text.upper():
            text = ANCHOR.sub(lambda match: as_area(match, key[0], result.spills), text)
        known, cells = self._known(text, engine, spills=formula.extent is not None)
        if isinstance(known, Unsupported):
            return known
        found, functions = known
        if engine != "ironcalc" and values.has_newer_errors and _reads(key, text, values, "s"):
            return Unsupported("an error of dynamic arrays among what the formula reads", IN_EXCEL)
        for read in found:
            letter = _refused(read, read.sheet or key[0], extent(instantiated(read.reference, cells)), values)
            if letter:
                return read.finding(letter)
        if engine == "ironcalc" and any(is_doubtful(functions, value) for value in _results(key, result)):
            return Unsupported("a number of which IronCalc is not known to have Excel's digits", IN_EXCEL)
        if is_near_mean(functions, result.values.get(key)):
            return Unsupported("a quantile near 0, of which no digit may be Excel's,", IN_EXCEL)
        if engine == "lo" and is_zero_sum(functions, result.values.get(key)):
            return Unsupported("a sum of 0 by LibreOffice, which rounds small differences to 0,", "use engine fast")
        is_open = engine == "lo" and may_be_truth(functions, result.values.get(key))
        if is_open and _reads(key, text, values, "b"):
            return Unsupported("a 1 or 0 that may be a truth value to Excel", "use engine fast")
        return self._error_finding(key, text, functions, values, result, engine)

    def _known(self, text: str, engine: str, *, spills: bool) -> tuple[Study, Sequence[str]]:
        template, cells = abstracted(text)
        key = (engine, template, spills)
        known = self._studied.get(key)
        if known is None:
            known = self._studied[key] = _studied(template, engine, self.ours, spills=spills)
        return known, cells

    def _error_finding(
        self, key: CellKey, text: str, functions: frozenset[str], values: Values, result: Result, engine: str
    ) -> Unsupported | None:
        """Return the finding of an error whose kind may be another one in Excel."""
        error = _first_error(key, result)
        if error is None or (engine == "lo" and divides_by_zero(functions, error)):
            return None
        if engine == "ironcalc" and functions and answers_error(functions, error):
            return None
        own = functions & NO_ERRORS
        if engine == "ironcalc" and hands_on_error(own, error):
            own = frozenset()
        may_answer = (
            ORIGINS.get(error, ERROR_KINDS) & functions if engine == "fast" else functions.difference(self.ours)
        )
        doubtful = sorted(own or may_answer)
        if engine != "fast" and not functions:
            doubtful = ["a reference"]
        if not doubtful or (not own and values.holds(error, references(text, key[0]))):
            return None
        what = f"the error {error} of {doubtful[0]}, which may be another one in Excel,"
        return Unsupported(what, "mend the inputs, or catch the error with IFERROR")


def _reads(key: CellKey, text: str, values: Values, letter: str) -> bool:
    return any(values.refused(name, block, letter) for name, block in references(text, key[0]))


def _first_error(key: CellKey, result: Result) -> ErrorValue | None:
    return next((value for value in _results(key, result) if isinstance(value, ErrorValue)), None)


def _results(key: CellKey, result: Result) -> list[Cell]:
    """Return the values of a formula, all of those that it spills."""
    extent_ = result.spills.get(key)
    cells = [key] if extent_ is None else [(key[0], *place) for place in extent_.cells()]
    return [result.values.get(cell) for cell in cells]


def _refused(read: Read, sheet: str, block: Area | None, values: Values) -> str:
    if block is None:
        return ""
    if read.letters not in ORDERS:
        return values.refused(sheet, block, read.letters)
    if read.letters == ASCENDING_COLUMN:
        block = attrs.evolve(block, right=block.left)
    elif read.letters == ASCENDING_ROW:
        block = attrs.evolve(block, bottom=block.top)
    elif 1 not in (block.rows, block.columns):
        return read.letters
    return "" if values.ordered(sheet, block, descending=read.letters == DESCENDING) else read.letters


def _studied(text: str, engine: str, ours: Collection[str], *, spills: bool) -> Study:
    try:
        found, names = reads(formualizer.parse(text).to_dict(), _TABLES[engine], ours, spills=spills)
    except Unsupported as finding:
        return finding
    except (formualizer.ParserError, formualizer.TokenizerError, ValueError):
        return Unsupported(f"formula {text[:60]!r} cannot be read", "enter the formula again in Excel")
    functions = frozenset(names)
    if engine == "lo" and decides_by_difference(functions):
        return Unsupported("a decision by a difference, which LibreOffice may take for 0,", "use engine fast")
    return found, functions
