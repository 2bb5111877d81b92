"""Workbooks and toy functions for the tests of recalculation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import xlsxwriter
import xlwings
from openpyxl import load_workbook

INPUTS = (("ValDate", 43871.0), ("Rate", 0.0125), ("Cap", 0.1), ("Side", "long"), ("Active", True))


def flat(*cells: Any) -> list[Any]:
    """Return all cells of all arguments in reading order."""
    rows = [row for cell in cells for row in (cell if isinstance(cell, list) else [[cell]])]
    return [item for row in rows for item in row]


def toy_sum(*cells: Any) -> Any:
    items = flat(*cells)
    errors = [item for item in items if isinstance(item, str) and item.startswith("#")]
    return errors[0] if errors else sum(item for item in items if type(item) is float)


def toy_grid(rows: Any, columns: Any = None) -> Any:
    """Block of ``rows x columns`` (2 if left out) holding 11, 12, 21, 22 ..."""
    wide = 2 if columns is None else int(columns)
    return [[float(10 * i + j) for j in range(1, wide + 1)] for i in range(1, int(rows) + 1)]


def toy_settle(level: float, strike: float, entitlement: Any = None) -> Any:
    return max(level - strike, 0.0) * (0.1 if entitlement is None else entitlement)


def toy_seen(*cells: Any) -> str:
    """Show what reached the function."""
    return "|".join(repr(cell) for cell in cells)


def toy_make(kind: Any) -> Any:
    made: dict[str, Any] = {
        "blank": None,
        "blanks": [[1.0, None], [None, "t"]],
        "error": "#N/A",
        "day": date(2020, 2, 10),
        "row": [1.0, 2.0, 3.0],
        "nan": float("nan"),
        "infinite": float("inf"),
        "true": True,
        "ragged": [[1.0, 2.0], [3.0]],
        "empty": [],
    }
    if kind not in made:
        raise ValueError(kind)
    return made[kind]


TOYS: dict[str, Callable[..., Any]] = {
    "XI_TOY_SUM": toy_sum,
    "XI_TOY_GRID": toy_grid,
    "XI_TOY_SETTLE": toy_settle,
    "XI_TOY_SEEN": toy_seen,
    "XI_TOY_MAKE": toy_make,
}


def small(path: Path, cells: Mapping[str, object], *, names: dict[str, str] | None = None) -> Path:
    """Write one sheet ``S``: texts with ``=`` are formulas, with ``{=`` dynamic ones."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    for name, target in (names or {}).items():
        book.define_name(name, target)
    for place, value in cells.items():
        put(sheet, place, value)
    book.close()
    return path


def put(sheet: Any, place: str, value: object) -> None:
    if isinstance(value, str) and value.startswith("{="):
        sheet.write_dynamic_array_formula(f"{place}:{place}", value)
    elif isinstance(value, str) and value.startswith("="):
        sheet.write_formula(place, value)
    else:
        sheet.write(place, value)


def desk(path: Path, rows: int = 20, *, macro: bool = False) -> Path:
    """Write a desk workbook: tables, names, spills, chart, formats, validation; about 5 formulas a row."""
    book = xlsxwriter.Workbook(str(path))
    if macro:
        book.add_vba_project(str(vba_project(path.parent)))
    cover, inputs, index = (book.add_worksheet(name) for name in ("Cover", "Inputs", "Index"))
    products, checks = book.add_worksheet("Products"), book.add_worksheet("Checks")
    cover.write("A1", "Desk")
    _inputs(book, inputs)
    _index(book, index)
    _products(book, products, rows)
    checks.write_formula("A1", "=ABS(Index!C2-SUMPRODUCT(tblMembers[Price],tblMembers[Shares])/1000)<=0.000001")
    checks.write_formula("A2", "=COUNTIF(Products!$F$2:$F$" + str(rows + 1) + ',"open")>0')
    checks.write_formula("A3", '=IF(AND(A1,A2),"OK","BREAK")')
    book.close()
    return path


def _inputs(book: Any, sheet: Any) -> None:
    for row, (name, value) in enumerate(INPUTS):
        sheet.write(row, 0, name)
        sheet.write(row, 1, value)
        book.define_name(name, f"=Inputs!$B${row + 1}")
    sheet.data_validation("B4", {"validate": "list", "source": ["long", "short"]})
    limits = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    sheet.data_validation("B3", limits)
    members = [[f"M{i}", f"Sector {i % 3}", 10.0 + i, 100.0 * (i + 1)] for i in range(8)]
    head = [{"header": text} for text in ("Member", "Sector", "Price", "Shares")]
    value = {
        "header": "Value",
        "formula": "=tblMembers[[#This Row],[Price]]*tblMembers[[#This Row],[Shares]]",
    }
    sheet.add_table(9, 0, 17, 4, {"name": "tblMembers", "data": members, "columns": [*head, value]})


def _index(book: Any, sheet: Any) -> None:
    formats = book.add_format({"num_format": "0.00", "bg_color": "#FFF2CC"})
    formulas = {
        "C2": "=SUMPRODUCT(tblMembers[Price],tblMembers[Shares])/1000",
        "C3": '=INDEX(tblMembers[Price],MATCH("M3",tblMembers[Member],0))',
        "C4": '=_xlfn.XLOOKUP("M5",tblMembers[Member],tblMembers[Shares],"none")',
        "C5": '=SUMIFS(tblMembers[Value],tblMembers[Sector],"Sector 1")',
        "C6": "=EOMONTH(ValDate,1)",
        "C7": '=TEXT(ValDate,"yyyy-mm-dd")&" "&Side',
        "C8": '=IFERROR(VLOOKUP("none",tblMembers[],3,FALSE),-1)',
        "C9": "=YEARFRAC(ValDate,C6,2)*Rate",
    }
    for place, formula in formulas.items():
        sheet.write_formula(place, formula, formats)
    sheet.write_dynamic_array_formula("C10:C10", "=XI_TOY_SUM(tblMembers[Price],Rate)")
    sheet.write_dynamic_array_formula("E5:E5", "=XI_TOY_GRID(8,2)", formats)
    sheet.write_dynamic_array_formula("H5:H5", "=SUM(_xlfn.ANCHORARRAY(E5))")
    sheet.write_dynamic_array_formula(
        "J5:J5", "=_xlfn._xlws.SORT(_xlfn._xlws.FILTER(tblMembers[Price],tblMembers[Price]>13),1,-1)"
    )
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Index!$E$5:$E$12"})
    sheet.insert_chart("M2", chart)


def _products(book: Any, sheet: Any, rows: int) -> None:
    sheet.write_row(0, 0, ["Id", "Member", "Strike", "Spot", "Cash", "State"])
    for i in range(rows):
        at = i + 2
        sheet.write_row(i + 1, 0, [i + 1, f"M{i % 8}", 8.0 + i % 5])
        sheet.write_formula(i + 1, 3, f"=INDEX(tblMembers[Price],MATCH(B{at},tblMembers[Member],0))")
        formula = f"=XI_TOY_SETTLE(D{at},C{at},0.01)"
        sheet.write_dynamic_array_formula(i + 1, 4, i + 1, 4, formula)
        sheet.write_formula(i + 1, 5, f'=IF(D{at}>C{at},"open","out")')
        sheet.write_formula(i + 1, 6, f"=ROUND(E{at}*(1+Rate),4)")
        sheet.write_formula(i + 1, 7, f"=_xlfn.XLOOKUP(B{at},tblMembers[Member],tblMembers[Sector])")
    sheet.conditional_format(1, 6, rows, 6, {"type": "cell", "criteria": ">", "value": 0.05})
    sheet.autofilter(0, 0, rows, 7)


def vba_project(folder: Path) -> Path:
    """Return the VBA project of xlwings' own quickstart workbook."""
    source = Path(xlwings.__file__).parent / "quickstart_standalone.xlsm"
    with ZipFile(source) as archive:
        (folder / "vbaProject.bin").write_bytes(archive.read("xl/vbaProject.bin"))
    return folder / "vbaProject.bin"


def stored(path: Path, sheet: str = "S") -> dict[str, Any]:
    """Return the stored values of a sheet as another reader sees them."""
    book = load_workbook(path, data_only=True)
    try:
        return {cell.coordinate: cell.value for row in book[sheet].iter_rows() for cell in row}
    finally:
        book.close()


def parts(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(before: Path, after: Path) -> set[str]:
    old, new = parts(before), parts(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def rewritten(path: Path, edits: dict[str, Callable[[bytes], bytes]], out: Path | None = None) -> Path:
    """Rewrite parts of a workbook file; a part that is not there yet is added."""
    content = parts(path)
    for name, edit in edits.items():
        content[name] = edit(content.get(name, b""))
    with ZipFile(out or path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out or path


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return an edit that replaces a text that must be there."""

    def edit(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode())

    return edit


def grid(values: dict[str, Any], places: Sequence[str]) -> list[Any]:
    return [values.get(place) for place in places]
