"""What a workbook says: sheets with formulas, constants and cached values; defined names; tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

import attrs
from lxml import etree
from openpyxl.formula.translate import Translator

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc.workbook.grid import Area, a1, area, cell
from xlidx.recalc.workbook.package import RELATION, Package, q
from xlidx.recalc.workbook.rich_errors import rich_errors
from xlidx.values import ERROR_TEXTS, Cell, serial

Place: TypeAlias = tuple[int, int]

_C, _F, _V, _IS, _ROW = q("c"), q("f"), q("v"), q("is"), q("row")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@attrs.frozen(slots=True)
class Formula:
    """One formula: its text with ``=``, and what the file says about its result.

    ``extent`` is the area of an array formula (one cell for one that has not spilled yet), ``None`` for an
    ordinary formula; ``dynamic`` tells whether the result may spill.
    """

    text: str
    dynamic: bool = False
    extent: Area | None = None


@attrs.frozen
class Sheet:
    """One worksheet.

    ``constants`` are the inputs; ``cached`` the stored results of formula cells and of the cells they
    spilled into; ``elements`` the XML cells of the formulas; ``what_if`` the cells of what-if data tables, which
    keep their values.
    """

    name: str
    part: str
    root: etree._Element
    formulas: Mapping[Place, Formula]
    constants: Mapping[Place, Cell]
    cached: Mapping[Place, Cell]
    elements: Mapping[Place, etree._Element]
    what_if: Collection[Area] = ()


@attrs.frozen
class Table:
    """An Excel table: where it stands and what its columns are called."""

    name: str
    sheet: str
    area: Area
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]

    @property
    def data_rows(self) -> range:
        """Sheet rows that hold data."""
        return range(self.area.top + self.header_rows, self.area.bottom - self.totals_rows + 1)


@attrs.frozen
class Book:
    """A workbook as the calculation sees it.

    ``names`` maps (sheet or ``None`` for the whole book, name in lower case) to the text the name stands
    for; ``tables`` maps names in lower case.
    """

    package: Package
    part: str
    root: etree._Element
    sheets: Mapping[str, Sheet]
    names: Mapping[tuple[str | None, str], str]
    tables: Mapping[str, Table]


def open_book(package: Package) -> Book:
    """Return the workbook of a package.

    Raises
    ------
    XlidxError
        ``TYPE`` for a broken part, for the 1904 date system and for "precision as displayed", which change numbers
        in ways that only Excel follows.
    """
    part = workbook_part(package)
    root = package.xml(part)
    if root.tag != q("workbook"):
        what, mend = "the workbook is in the strict Open XML format", "save it as an ordinary Excel workbook (.xlsx)"
        raise XlidxError(Kind.TYPE, what, package.path.name, mend)
    _check_settings(package, root)
    relations = package.relations(part)
    strings, errors = _shared_strings(package, relations), rich_errors(package, relations)
    sheets: dict[str, Sheet] = {}
    tables: dict[str, Table] = {}
    for name, sheet_part in _worksheets(root, relations):
        sheets[name] = _sheet(package, name, sheet_part, strings, errors)
        tables |= _tables(package, name, sheet_part)
    return Book(package, part, root, sheets, _names(root), tables)


def unescaped(text: str) -> str:
    """Return a stored text with its ``_xHHHH_`` escapes undone.

    Examples
    --------
    >>> unescaped("a_x0041_b")
    'aAb'
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def workbook_part(package: Package) -> str:
    """Return the name of the main part of a package."""
    for kind, target in package.relations("").values():
        if kind == "officeDocument":
            return target
    what = "the archive names no workbook part"
    raise XlidxError(Kind.TYPE, what, package.path.name, "open and save the workbook in Excel")


def _check_settings(package: Package, root: etree._Element) -> None:
    properties, calculation = root.find(q("workbookPr")), root.find(q("calcPr"))
    if properties is not None and properties.get("date1904") in ("1", "true"):
        what, mend = (
            "the workbook counts dates from 1904",
            "switch off the 1904 date system in Excel's options",
        )
        raise XlidxError(Kind.TYPE, what, package.path.name, mend)
    if calculation is not None and calculation.get("fullPrecision") in ("0", "false"):
        what, mend = "the workbook calculates with precision as displayed", "switch that option off in Excel"
        raise XlidxError(Kind.TYPE, what, package.path.name, mend)


def _worksheets(root: etree._Element, relations: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for item in root.iterfind(f"{q('sheets')}/{q('sheet')}"):
        kind, part = relations.get(item.get(f"{{{RELATION}}}id") or "", ("", ""))
        if kind == "worksheet":
            yield item.get("name") or "", part


def _names(root: etree._Element) -> dict[tuple[str | None, str], str]:
    order = [item.get("name") for item in root.iterfind(f"{q('sheets')}/{q('sheet')}")]
    found: dict[tuple[str | None, str], str] = {}
    for item in root.iterfind(f"{q('definedNames')}/{q('definedName')}"):
        local = item.get("localSheetId")
        scope = None if local is None else order[int(local)]
        found[scope, (item.get("name") or "").lower()] = item.text or ""
    return found


def _shared_strings(package: Package, relations: Mapping[str, tuple[str, str]]) -> list[str]:
    for kind, part in relations.values():
        if kind == "sharedStrings":
            return [_rich_text(item) for item in package.xml(part).iterfind(q("si"))]
    return []


def _rich_text(item: etree._Element) -> str:
    runs = [item.find(q("t")), *(run.find(q("t")) for run in item.iterfind(q("r")))]
    return unescaped("".join(run.text or "" for run in runs if run is not None))


def _tables(package: Package, sheet: str, part: str) -> dict[str, Table]:
    found = {}
    for kind, target in package.relations(part).values():
        if kind == "table":
            root = package.xml(target)
            table = _table(root, sheet, f"{package.path.name}, part {target}")
            found[table.name.lower()] = table
    return found


def _table(root: etree._Element, sheet: str, where: str) -> Table:
    where_it_is = area(root.get("ref") or "")
    if where_it_is is None:
        raise XlidxError(Kind.TYPE, "a table has no area", where, "open and save the workbook in Excel")
    columns = tuple(unescaped(c.get("name") or "") for c in root.iter(q("tableColumn")))
    header, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    return Table(root.get("displayName") or "", sheet, where_it_is, header, totals, columns)


def _sheet(package: Package, name: str, part: str, strings: list[str], errors: Mapping[str, ErrorValue]) -> Sheet:
    root = package.xml(part)
    where = f"{package.path.name}, sheet {name}"
    _check_transition(root, where)
    formulas: dict[Place, Formula] = {}
    values: dict[Place, Cell] = {}
    elements: dict[Place, etree._Element] = {}
    shared: dict[str, Translator] = {}
    continued: list[Place] = []
    what_if: list[Area] = []
    for place, element in cells(root, where):
        formula = element.find(_F)
        if formula is not None and formula.get("t") == "dataTable":
            what_if.append(area(formula.get("ref") or "") or Area(*place, *place))
            formula = None
        if formula is not None and _is_continued(formula):
            continued.append(place)
        elif formula is not None:
            formulas[place] = _formula(element, formula, place, shared, where)
            elements[place] = element
        newer = errors.get(element.get("vm", "")) if element.get("t") == "e" else None
        value = newer or _value(element, strings, place, where)
        if value is not None:
            values[place] = value
    results = _results(formulas)
    for place in continued:
        if place not in results:
            raise _without_text(place, where)
    cached = {place: value for place, value in values.items() if place in results}
    constants = {place: value for place, value in values.items() if place not in results}
    return Sheet(name, part, root, formulas, constants, cached, elements, what_if)


def _check_transition(root: etree._Element, where: str) -> None:
    """Refuse a sheet that is calculated by the rules of Lotus 1-2-3, where a text is 0."""
    properties = root.find(q("sheetPr"))
    if properties is not None and properties.get("transitionEvaluation") in ("1", "true"):
        what, mend = "the sheet uses transition formula evaluation", "switch that option off in Excel (Advanced)"
        raise XlidxError(Kind.TYPE, what, where, mend)


def _is_continued(formula: etree._Element) -> bool:
    """Tell whether a cell only continues the volatile array formula of another cell."""
    return not formula.text and formula.get("t", "normal") == "normal" and formula.get("ca") in ("1", "true")


def _results(formulas: Mapping[Place, Formula]) -> set[Place]:
    places = set(formulas)
    for formula in formulas.values():
        if formula.extent is not None and not formula.extent.single:
            places.update(formula.extent.cells())
    return places


def cells(root: etree._Element, where: str) -> Iterator[tuple[Place, etree._Element]]:
    """Return every cell that a sheet's XML holds, in its order, blank ones too.

    Raises
    ------
    XlidxError
        ``TYPE`` for an address that is none or stands in the wrong row.
    """
    number = 0
    for row in root.iterfind(f"{q('sheetData')}/{_ROW}"):
        number = int(row.get("r") or number + 1)
        column = 0
        for element in row.iterfind(_C):
            address = element.get("r")
            place = (number, column + 1) if address is None else cell(address)
            if place is None or place[0] != number:
                mend = "open and save the workbook in Excel"
                raise XlidxError(Kind.TYPE, f"cell address {address} is wrong", where, mend)
            column = place[1]
            yield place, element


def _formula(
    element: etree._Element, formula: etree._Element, place: Place, shared: dict[str, Translator], where: str
) -> Formula:
    kind, text = formula.get("t", "normal"), "=" + (formula.text or "")
    if kind == "shared":
        group = formula.get("si") or ""
        if formula.text:
            shared[group] = Translator(text, a1(*place))
        elif group in shared:
            text = shared[group].translate_formula(a1(*place))
    if text == "=":
        raise _without_text(place, where)
    if kind != "array":
        return Formula(text)
    extent = area(formula.get("ref") or "") or Area(*place, *place)
    return Formula(text, dynamic=element.get("cm") is not None, extent=extent)


def _without_text(place: Place, where: str) -> XlidxError:
    mend = "enter the formula again in Excel"
    return XlidxError(Kind.TYPE, "a formula has no text", f"{where}, cell {a1(*place)}", mend)


def _value(element: etree._Element, strings: list[str], place: Place, where: str) -> Cell:
    kind = element.get("t", "n")
    if kind == "inlineStr":
        inline = element.find(_IS)
        return None if inline is None else _rich_text(inline)
    stored = element.find(_V)
    if stored is None:
        return None
    text = stored.text or ""
    if kind == "str":
        return unescaped(text)
    try:
        return _typed(kind, text, strings)
    except (ValueError, IndexError, KeyError):
        what = f"the stored value {text[:40]!r} is damaged"
        mend = "open and save the workbook in Excel"
        raise XlidxError(Kind.TYPE, what, f"{where}, cell {a1(*place)}", mend) from None


def _typed(kind: str, text: str, strings: list[str]) -> Cell:
    if kind == "n":
        return float(text) if text else None
    if kind == "s":
        return strings[int(text)]
    if kind == "b":
        return text in ("1", "true")
    if kind == "e":
        return ERROR_TEXTS.get(text, ErrorValue.UNKNOWN)
    return serial(datetime.fromisoformat(text))
