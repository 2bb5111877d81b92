"""What a check of a workbook is given and gives back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import attrs
from lxml import etree

from xlidx.errors import XlidxError
from xlidx.recalc.fast.engine import inspected
from xlidx.recalc.fast.expressions import Scope
from xlidx.recalc.interface.prepare import hidden_rows, plain_formula
from xlidx.recalc.interface.sheets import Function
from xlidx.recalc.interface.unsupported import Unsupported
from xlidx.recalc.workbook.book import Book, Formula, Place, Sheet, cells
from xlidx.recalc.workbook.grid import Area, area, sheet_prefix, split_sheet
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import q

WORKBOOK = "workbook"


@attrs.frozen
class Finding:
    """One thing that is wrong: the check that found it, where it is, what it is, how to mend it.

    ``where`` is ``Sheet!A1``, a sheet, a name, or ``workbook``.
    """

    check: str
    where: str
    what: str
    mend: str

    @property
    def sentence(self) -> str:
        """The finding on one line.

        Examples
        --------
        >>> Finding("inputs", "Inputs!C5", "an input has no validation", "give it one (Data)").sentence
        'Inputs!C5: an input has no validation - give it one (Data) [inputs]'
        """
        return f"{self.where}: {self.what} - {self.mend} [{self.check}]"


@attrs.frozen
class Linted:
    """A workbook that is looked at, and our functions by upper-case name."""

    path: Path
    book: Book
    functions: Mapping[str, Function]

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Every formula as stored with ``=``, of cells and of defined names, with its place."""
        of_cells = [(at(name, place), one.text) for name, place, one in self.formulas()]
        return of_cells + [(f"name {name}", f"={text}") for (_, name), text in self.book.names.items()]

    def formulas(self) -> Iterator[tuple[str, Place, Formula]]:
        """Return sheet, place and formula of every formula cell."""
        for name, sheet in self.book.sheets.items():
            for place, formula in sheet.formulas.items():
                yield name, place, formula

    def elements(self, sheet: Sheet) -> Iterator[tuple[Place, etree._Element]]:
        """Return every XML cell of a sheet."""
        return cells(sheet.root, f"sheet {sheet.name}")

    @cached_property
    def outside(self) -> list[tuple[str, Place, str, str]]:
        """Sheet and place of every formula that the fast engine refuses, with the reason and the mend."""
        plain = normaliser(self.book, self.functions)
        hides_rows = any(hidden_rows(self.book, name) for name in self.book.sheets)
        scope = Scope(tuple(self.book.sheets), frozenset(self.functions), clock=False, hidden_rows=hides_rows)
        shapes: dict[tuple[str, bool], str | Unsupported] = {}
        refused: list[tuple[str, Place, str, str]] = []
        for sheet, place, formula in self.formulas():
            try:
                found = inspected(plain_formula(formula, sheet, place, plain), scope, shapes)
            except XlidxError as error:
                refused.append((sheet, place, error.what, error.mend))
                continue
            if isinstance(found, Unsupported):
                what = found.what if found.unknown else f"{found.what}: not computed without Excel"
                refused.append((sheet, place, what, found.mend))
        return refused

    @cached_property
    def unlocked(self) -> frozenset[str]:
        """Numbers of the cell formats that leave a cell open under sheet protection."""
        kinds = self.book.package.relations(self.book.part).values()
        part = next((target for kind, target in kinds if kind == "styles"), None)
        if part is None:
            return frozenset()
        formats = self.book.package.xml(part).iterfind(f"{q('cellXfs')}/{q('xf')}")
        return frozenset(str(number) for number, one in enumerate(formats) if _is_open(one))

    def named(self, sheet: str) -> list[Area]:
        """Return the areas of a sheet that a defined name means; what Excel names by itself does not count."""
        own = (text for (_, name), text in self.book.names.items() if not name.startswith("_xlnm."))
        return [block for text in own for block in meant(text, sheet)]


def meant(text: str, sheet: str) -> list[Area]:
    """Return the areas of a sheet that the text of a defined name means.

    Examples
    --------
    >>> [str(block) for block in meant("Calc!$B$5:$C$9,Inputs!$C$5", "Inputs")]
    ['C5']
    """
    parts = map(split_sheet, text.lstrip("=").split(","))
    return [block for name, rest in parts if name == sheet and (block := area(rest)) is not None]


def at(sheet: str, place: Place | Area) -> str:
    """Return a place as a person reads it.

    Examples
    --------
    >>> at("Q1", (5, 2))
    "'Q1'!B5"
    """
    block = place if isinstance(place, Area) else Area(*place, *place)
    return f"{sheet_prefix(sheet)}{block}"


def runs(places: Iterable[Place]) -> list[Area]:
    """Return cells as areas, one for each unbroken run down a column.

    Examples
    --------
    >>> [str(run) for run in runs([(5, 3), (6, 3), (8, 3), (6, 2)])]
    ['B6', 'C5:C6', 'C8']
    """
    found: list[Area] = []
    for column, row in sorted((column, row) for row, column in places):
        last = found[-1] if found else None
        if last is not None and (last.left, last.bottom + 1) == (column, row):
            found[-1] = attrs.evolve(last, bottom=row)
        else:
            found.append(Area(row, column, row, column))
    return found


def covered(place: Place, areas: Collection[Area]) -> bool:
    """Tell whether a cell stands in one of the areas."""
    return any(place in block for block in areas)


def _is_open(cell_format: etree._Element) -> bool:
    protection = cell_format.find(q("protection"))
    return protection is not None and protection.get("locked") in ("0", "false")
