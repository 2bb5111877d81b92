"""What every engine is given and gives back.

An engine is a function ``(Prepared, functions, clock) -> Result``.  It sees neither the workbook file nor
its old results: only inputs and formulas in plain form (:mod:`xlidx.recalc.workbook.normalise`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

import attrs

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc.workbook.book import Formula, Place
from xlidx.recalc.workbook.grid import Area, CellKey, a1
from xlidx.values import Cell

# The errors that every engine knows.
CLASSICAL = frozenset(ErrorValue(text) for text in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"))

Function: TypeAlias = Callable[..., object]
Functions: TypeAlias = Mapping[str, Function]

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINKS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
)
_SHEET = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData>'
    "</worksheet>"
)
_BOOK = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{_OFFICE}"><sheets>%s</sheets></workbook>'
)


@attrs.frozen
class Sheets:
    """Inputs and formulas of a workbook: per sheet, what stands where.

    ``hidden_rows`` are the rows that sheets hide, by hand or by a filter.
    """

    constants: Mapping[str, Mapping[Place, Cell]]
    formulas: Mapping[str, Mapping[Place, Formula]]
    hidden_rows: Mapping[str, frozenset[int]] = attrs.Factory(dict)

    def as_xlsx(self, *, arrays: bool = False) -> bytes:
        """Return a bare workbook file: values and formulas, no results, no formats.

        ``arrays`` keeps array formulas as such, over their extents.
        """
        names = list(self.formulas)
        sheets = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(names, 1)
        )
        links = "".join(_link(f"r{i}", "worksheet", f"s{i}.xml") for i in range(1, len(names) + 1))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("[Content_Types].xml", _TYPES)
            archive.writestr("_rels/.rels", _LINKS % _link("r1", "officeDocument", "xl/workbook.xml"))
            archive.writestr("xl/workbook.xml", _BOOK % sheets)
            archive.writestr("xl/_rels/workbook.xml.rels", _LINKS % links)
            for i, name in enumerate(names, 1):
                archive.writestr(f"xl/s{i}.xml", _SHEET % self._rows(name, arrays))
        return buffer.getvalue()

    def _rows(self, sheet: str, arrays: bool) -> str:
        rows: dict[int, list[tuple[int, str]]] = {}
        for (row, column), value in self.constants[sheet].items():
            rows.setdefault(row, []).append((column, constant(a1(row, column), _classical(value))))
        for (row, column), formula in self.formulas[sheet].items():
            kind = f' t="array" ref="{formula.extent}"' if arrays and formula.extent is not None else ""
            cell = f'<c r="{a1(row, column)}"><f{kind}>{escape(formula.text[1:])}</f></c>'
            rows.setdefault(row, []).append((column, cell))
        return "".join(f'<row r="{row}">{"".join(cell for _, cell in sorted(rows[row]))}</row>' for row in sorted(rows))


@attrs.frozen
class Result:
    """Results of an engine: the value of every formula cell and spill child, and the spilled areas.

    ``calls`` counts the calls of our functions.
    """

    values: Mapping[CellKey, Cell]
    spills: Mapping[CellKey, Area]
    calls: int


def not_converging() -> XlidxError:
    """Return the refusal of blocks whose sizes never settle."""
    what = "spilled blocks do not come to rest, because their sizes depend on each other"
    return XlidxError(Kind.INFEASIBLE, what, "workbook", "let the size of a block depend on inputs only")


Engine: TypeAlias = Callable[[Sheets, Functions, datetime | None], Result]


def _link(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def constant(address: str, value: Cell) -> str:
    """Return the cell of an input as a workbook file holds it."""
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, ErrorValue):
        return f'<c r="{address}" t="e"><v>{value}</v></c>'
    if isinstance(value, str):
        return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
    return f'<c r="{address}"><v>{value!r}</v></c>'


def _classical(value: Cell) -> Cell:
    """Return an error of dynamic arrays as the one that stands for it in files."""
    return value if not isinstance(value, ErrorValue) or value in CLASSICAL else ErrorValue.VALUE


def _text(value: str) -> str:
    return escape("".join(c if c >= " " or c in "\t\n" else f"_x{ord(c):04X}_" for c in value))
