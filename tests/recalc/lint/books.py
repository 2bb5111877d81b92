"""A workbook that is fit to hand out, and the many ways to spoil it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import xlsxwriter

from tests.recalc.books import TOYS
from xlidx.recalc import recalculate

Extra = Callable[[Any, Any, Any, Any], None]
Edit = Callable[[str], str]
INPUTS, CALC = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
BOOK, CUSTOM = "xl/workbook.xml", "docProps/custom.xml"
LIMITS = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1e6}
# Every formula is right; two hold texts that look like mistakes.
FORMULAS = {
    "B2": "=Rate*2",
    "B3": "=SUM(tblMembers[Price])",
    "B4": '=IF(B2>0,"FILTER([1]!XI_TOY_SUM(D2#@ _xll.","tblMembers OFFSET(")',
    "B5": "=WORKDAY.INTL(ValDate,5)+_xlfn.STDEV.S(tblMembers[Price])",
    "B6": "=N(Inputs!B3)",
}
DYNAMIC = {
    "B8": "=XI_TOY_SUM(Rate,tblMembers[Price])",
    "B9": "=SUM(_xlfn._xlws.FILTER(tblMembers[Price],tblMembers[Price]>10))",
    "B10": "=_xlfn.LET(_xlpm.x,Rate,_xlpm.y,_xlpm.x+1,_xlpm.x+_xlpm.y)",
    "B11": "=SUM(_xlfn.ANCHORARRAY(D2))",
    "B12": "=XI_TOY_SUM(ValDate,1)",
}
MASTER = '=IF(B2>0,"ALL CHECKS OK","1 OF 1 CHECKS FAIL")'


def fit(
    path: Path,
    extra: Extra | None = None,
    *,
    calculated: bool = True,
    custom: bool = True,
    functions: Mapping[str, Callable[..., Any]] = TOYS,
) -> Path:
    """Write the workbook, with something more from ``extra(book, inputs, calc, formats)``."""
    book = xlsxwriter.Workbook(str(path))
    inputs, calc = book.add_worksheet("Inputs"), book.add_worksheet("Calc")
    formats = {
        "open": book.add_format({"locked": False}),
        "shown": book.add_format({"num_format": "0.00"}),
    }
    _inputs(book, inputs, formats)
    for place, text in FORMULAS.items():
        calc.write_formula(place, text)
    for place, text in DYNAMIC.items():
        calc.write_dynamic_array_formula(f"{place}:{place}", text)
    for place in ("E2", "D3", "E3", "D4", "E4"):
        calc.write_blank(place, None, formats["shown"])
    calc.write_dynamic_array_formula("D2:D2", "=XI_TOY_GRID(2)", formats["shown"])
    calc.write_formula("B13", MASTER)
    calc.write("A2", 1)  # a number that is a label: no formula reads it
    book.define_name("MasterCheck", "=Calc!$B$13")
    calc.protect()
    if custom:
        book.set_custom_property("xlidx.template", "fit")
        book.set_custom_property("xlidx.version", "1")
    if extra is not None:
        extra(book, inputs, calc, formats)
    book.close()
    if calculated:
        recalculate(path, functions=functions)
    return path


def _inputs(book: Any, sheet: Any, formats: Mapping[str, Any]) -> None:
    for row, (name, value) in enumerate((("Rate", 0.02), ("ValDate", 43871.0))):
        sheet.write(row, 0, name)
        sheet.write(row, 1, value, formats["open"])
        book.define_name(name, f"=Inputs!$B${row + 1}")
    sheet.data_validation("B1:B2", LIMITS)
    sheet.print_area("A1:B7")  # a name that Excel gives by itself, which names no input
    head = [{"header": text, "format": formats["open"]} for text in ("Member", "Price")]
    rows = [["A", 10.0], ["B", 20.0]]
    sheet.add_table(4, 0, 6, 1, {"name": "tblMembers", "columns": head, "data": rows})
    sheet.data_validation("A6:A7", {"validate": "length", "criteria": ">", "value": 0})
    sheet.data_validation("B6:B7", LIMITS)
    sheet.protect()


def edited(path: Path, edits: Mapping[str, Edit], more: Mapping[str, str] | None = None) -> Path:
    """Change the text of some parts of a file, and add parts."""
    with ZipFile(path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    changed = {part: edit(parts[part].decode()).encode() for part, edit in edits.items()}
    assert all(changed[part] != parts[part] for part in changed)
    with ZipFile(path, "w") as package:
        for part, data in {**parts, **changed, **{name: text.encode() for name, text in (more or {}).items()}}.items():
            package.writestr(part, data)
    return path


def swap(pattern: str, new: str) -> Edit:
    """Return the edit that puts a text in place of the first fit of a pattern."""
    return lambda text: re.sub(pattern, lambda _: new, text, count=1)


def formula(text: str, place: str = "B8") -> Edit:
    """Return the edit that stores another formula in a cell of sheet Calc, with the value of the old one."""
    pattern = rf'(<c r="{place}"[^>]*><f[^>]*>)[^<]*'
    return lambda part: re.sub(pattern, lambda found: found[1] + escape(text), part, count=1)
