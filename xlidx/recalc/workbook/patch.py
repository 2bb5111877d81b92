"""Results into the original workbook: only the sheets and ``workbook.xml`` change, the rest byte for byte.

A stored result that already agrees to 15 digits is left as it is, so that a second run changes nothing.
Charts keep their own stored points: Excel draws them from the cells when it opens the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs
from lxml import etree

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc.workbook.book import Book, Place, Sheet
from xlidx.recalc.workbook.grid import Area, CellKey, a1, area, cell
from xlidx.recalc.workbook.package import q, serialise
from xlidx.rounding import digits15
from xlidx.values import Cell

CALCULATION_ID = "191029"  # what current Excel writes; an older one makes it recalculate on opening
LONGEST_TEXT = 32_767

_C, _F, _V, _IS, _ROW = q("c"), q("f"), q("v"), q("is"), q("row")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
# Errors of dynamic arrays live in a rich-value part; in the cell Excel stores #VALUE! for them.
_STORED_ERRORS = frozenset(
    {
        ErrorValue.NULL,
        ErrorValue.DIV0,
        ErrorValue.VALUE,
        ErrorValue.REF,
        ErrorValue.NAME,
        ErrorValue.NUM,
        ErrorValue.NA,
        ErrorValue.GETTING_DATA,
    }
)


@attrs.frozen
class Change:
    """One cell whose stored value changed."""

    cell: str
    before: Cell
    after: Cell


def patched(
    book: Book, values: Mapping[CellKey, Cell], spills: Mapping[CellKey, Area], inputs: Mapping[CellKey, Cell]
) -> tuple[dict[str, bytes], list[Change]]:
    """Return the parts that change, and the changes cell by cell.

    Parameters
    ----------
    book : Book
        The workbook; its XML trees are edited in place.
    values, spills : mapping
        What the engine computed: the value of every cell, the area of every block.
    inputs : mapping
        Inputs to set, by (sheet, row, column).
    """
    parts: dict[str, bytes] = {}
    changes: list[Change] = []
    by_sheet = _by_sheet(values)
    for sheet in book.sheets.values():
        editor = _Editor(sheet)
        found = [*_set_inputs(editor, inputs), *_set_results(editor, spills, by_sheet.get(sheet.name, {}))]
        found = [*found, *_clear_old(editor, by_sheet.get(sheet.name, {}))]
        if editor.touched:
            parts[sheet.part] = serialise(sheet.root)
        changes += found
    if _calculation_settled(book.root):
        parts[book.part] = serialise(book.root)
    return parts, changes


def frozen_parts(book: Book) -> tuple[dict[str, bytes], frozenset[str]]:
    """Return the parts of a copy with values in place of formulas, and the parts to leave out of it.

    The calculation chain goes: it lists formula cells, and Excel repairs a file where they are gone.
    """
    parts: dict[str, bytes] = {}
    for sheet in book.sheets.values():
        for place in sheet.formulas:
            element = sheet.elements[place]
            element.attrib.pop("cm", "")
            for formula in element.findall(_F):
                element.remove(formula)
        if sheet.formulas:
            parts[sheet.part] = serialise(sheet.root)
    chains = {part for kind, part in book.package.relations(book.part).values() if kind == "calcChain"}
    for chain in chains & book.package.parts.keys():
        parts |= _without_chain(book, chain)
    return parts, frozenset(chains)


def _without_chain(book: Book, chain: str) -> dict[str, bytes]:
    folder, _, name = book.part.rpartition("/")
    links = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    parts = {}
    for part, attribute, text in (
        ("[Content_Types].xml", "PartName", "/" + chain),
        (links, "Target", chain.rpartition("/")[2]),
    ):
        root = book.package.xml(part)
        for item in [item for item in root if (item.get(attribute) or "").endswith(text)]:
            root.remove(item)
        parts[part] = serialise(root)
    return parts


def _by_sheet(values: Mapping[CellKey, Cell]) -> dict[str, dict[Place, Cell]]:
    found: dict[str, dict[Place, Cell]] = {}
    for (sheet, row, column), value in values.items():
        found.setdefault(sheet, {})[row, column] = value
    return found


def _set_inputs(editor: _Editor, inputs: Mapping[CellKey, Cell]) -> Iterable[Change]:
    for (sheet, row, column), value in inputs.items():
        if sheet == editor.sheet.name:
            before = editor.sheet.constants.get((row, column))
            if not _agree(before, value):
                editor.write((row, column), value, is_input=True)
                yield Change(editor.shown((row, column)), before, value)


def _set_results(editor: _Editor, spills: Mapping[CellKey, Area], values: Mapping[Place, Cell]) -> Iterable[Change]:
    sheet = editor.sheet
    for place, formula in sheet.formulas.items():
        if formula.dynamic:
            editor.extent(place, spills.get((sheet.name, *place)) or Area(*place, *place))
    for place, value in values.items():
        after, before = storable(value), sheet.cached.get(place)
        if not (_agree(before, after) or _agree(before, value)):
            editor.write(place, after, is_input=False)
            yield Change(editor.shown(place), before, after)


def _clear_old(editor: _Editor, values: Mapping[Place, Cell]) -> Iterable[Change]:
    sheet = editor.sheet
    fixed = {p for f in sheet.formulas.values() if f.extent and not f.dynamic for p in f.extent.cells()}
    for place, before in sheet.cached.items():
        if place not in values and place not in fixed and place not in sheet.formulas:
            editor.clear(place)
            yield Change(editor.shown(place), before, None)


def storable(value: Cell) -> Cell:
    """Return a result as Excel stores it: errors of dynamic arrays and texts that are too long as #VALUE!."""
    if isinstance(value, ErrorValue):
        return value if value in _STORED_ERRORS else ErrorValue.VALUE
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return ErrorValue.VALUE
    return value


def _agree(before: Cell, after: Cell) -> bool:
    if type(before) is float and type(after) is float:
        return before == after or digits15(before) == digits15(after)
    return type(before) is type(after) and before == after


@attrs.define(slots=False)
class _Editor:
    """Edits the cells of one sheet's XML tree."""

    sheet: Sheet
    touched: bool = False
    _cells: dict[int, tuple[list[int], list[etree._Element]]] = attrs.field(factory=dict, init=False)

    def shown(self, place: Place) -> str:
        return f"{self.sheet.name}!{a1(*place)}"

    def extent(self, place: Place, extent: Area) -> None:
        formula = self.sheet.elements[place].find(_F)
        if formula is not None and formula.get("ref") != str(extent):
            formula.set("ref", str(extent))
            self.touched = True

    def clear(self, place: Place) -> None:
        _emptied(self._found_or_made(place))
        self.touched = True

    def write(self, place: Place, value: Cell, *, is_input: bool) -> None:
        element = self.sheet.elements.get(place)
        if element is None:
            element = self._found_or_made(place)
        _emptied(element)
        _fill(element, value, is_input=is_input)
        self.touched = True

    @cached_property
    def _rows(self) -> dict[int, etree._Element]:
        number, rows = 0, {}
        for row in self._data.iterfind(_ROW):
            number = int(row.get("r") or number + 1)
            rows[number] = row
        return rows

    @cached_property
    def _data(self) -> etree._Element:
        data = self.sheet.root.find(q("sheetData"))
        if data is None:
            where = f"sheet {self.sheet.name}"
            raise XlidxError(Kind.TYPE, "a sheet has no cells part", where, "open and save the workbook in Excel")
        return data

    def _found_or_made(self, place: Place) -> etree._Element:
        row = self._row(place[0])
        columns, elements = self._in_row(place[0], row)
        at = bisect_left(columns, place[1])
        if at < len(columns) and columns[at] == place[1]:
            return elements[at]
        made = etree.Element(_C, {"r": a1(*place)})
        style = row.get("s") if row.get("customFormat") in ("1", "true") else self._column_style(place[1])
        if style:
            made.set("s", style)
        if at < len(elements):
            elements[at].addprevious(made)
        elif elements:
            elements[-1].addnext(made)
        else:
            row.insert(0, made)
        columns.insert(at, place[1])
        elements.insert(at, made)
        row.attrib.pop("spans", "")
        self._stretch(place)
        return made

    def _in_row(self, number: int, row: etree._Element) -> tuple[list[int], list[etree._Element]]:
        """Return the columns and cells of a row in order, as they were read and as they are made."""
        if number not in self._cells:
            columns: list[int] = []
            elements = row.findall(_C)
            for element in elements:
                address = cell(element.get("r") or "")
                columns.append(address[1] if address else (columns[-1] if columns else 0) + 1)
            self._cells[number] = columns, elements
        return self._cells[number]

    def _row(self, number: int) -> etree._Element:
        if number not in self._rows:
            made = etree.Element(_ROW, {"r": str(number)})
            below = [row for row in self._rows if row > number]
            if below:
                self._rows[min(below)].addprevious(made)
            else:
                self._data.append(made)
            self._rows[number] = made
        return self._rows[number]

    def _column_style(self, column: int) -> str | None:
        for item in self.sheet.root.iterfind(f"{q('cols')}/{q('col')}"):
            if int(item.get("min", "0")) <= column <= int(item.get("max", "0")):
                return item.get("style")
        return None

    def _stretch(self, place: Place) -> None:
        dimension = self.sheet.root.find(q("dimension"))
        known = None if dimension is None else area(dimension.get("ref") or "")
        if dimension is not None and known is not None and place not in known:
            top, left = min(known.top, place[0]), min(known.left, place[1])
            bottom, right = max(known.bottom, place[0]), max(known.right, place[1])
            dimension.set("ref", str(Area(top, left, bottom, right)))


def _emptied(element: etree._Element) -> None:
    for name in (_V, _IS):
        for child in element.findall(name):
            element.remove(child)
    for attribute in ("t", "vm"):
        element.attrib.pop(attribute, "")


def _fill(element: etree._Element, value: Cell, *, is_input: bool) -> None:
    if value is None and is_input:
        return
    kind, text = _stored(value)
    if kind == "str" and is_input:
        element.set("t", "inlineStr")
        inline = etree.SubElement(element, _IS)
        run = etree.SubElement(inline, q("t"))
        run.text = text
        run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return
    if kind:
        element.set("t", kind)
    stored = etree.Element(_V)
    stored.text = text
    formula = element.find(_F)
    if formula is None:
        element.insert(0, stored)
    else:
        formula.addnext(stored)


def _stored(value: Cell) -> tuple[str, str]:
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, ErrorValue):
        return "e", str(value)
    if isinstance(value, str):
        return "str", _UNSAFE.sub(lambda match: f"_x{ord(match[0]):04X}_", value)
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return "", str(int(value)) if whole else repr(value)
    return "", ""


def _calculation_settled(root: etree._Element) -> bool:
    calculation = root.find(q("calcPr"))
    if calculation is None:
        calculation = etree.Element(q("calcPr"))
        _insert_calculation(root, calculation)
    if calculation.get("calcId") == CALCULATION_ID and "fullCalcOnLoad" not in calculation.attrib:
        return False
    calculation.set("calcId", CALCULATION_ID)
    calculation.attrib.pop("fullCalcOnLoad", "")
    return True


def _insert_calculation(root: etree._Element, calculation: etree._Element) -> None:
    before = ("definedNames", "externalReferences", "functionGroups", "sheets")
    for name in before:
        found = root.find(q(name))
        if found is not None:
            found.addnext(calculation)
            return
    root.append(calculation)
