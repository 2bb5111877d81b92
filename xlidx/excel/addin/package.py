"""The files: an add-in for every workbook, or one workbook that carries the functions itself.

Both go the same way: a plain workbook gets the content type of its kind, the VBA project, and the help of the
functions in ``workbook.xml`` where Excel itself keeps it.  The add-in's plain workbook holds its two sheets.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Literal, TypeAlias

import attrs
from lxml import etree

from xlidx.errors import Kind, XlidxError
from xlidx.excel.addin import runtime
from xlidx.excel.addin.project import PROJECT, with_modules
from xlidx.excel.addin.vba import CATEGORY, MODULE, UDF_MODULE, module_text
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.entries import Entry

Content: TypeAlias = Literal["sheet", "addin"]

CONFIG_SHEET = f"{PROJECT}.conf"
HELP_SHEET = "_IntelliSense_"
HELP_EXTENSION = "{8193D73E-4604-4355-AFF4-8A2333D13BE4}"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_TYPES, _WORKBOOK = "[Content_Types].xml", "xl/workbook.xml"
_PLAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_TYPE = b"application/vnd.ms-excel.%s.macroEnabled.main+xml"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@attrs.frozen
class Config:
    """What an add-in tells its runtime: the interpreter to start, as Excel's machine knows it."""

    interpreter: str = "pythonw"

    def rows(self) -> list[tuple[str, Any]]:
        """Return key and value of every setting, in the words of xlwings; the last three are for people."""
        return [
            ("Interpreter_Win", self.interpreter),
            ("PYTHONPATH", ""),
            ("Conda Path", ""),
            ("Conda Env", ""),
            ("Show Console", False),
            ("UDF Modules", UDF_MODULE),
            ("xlidx version", version("xlidx")),
            ("xlwings version", version("xlwings")),
        ]


def addin(config: Config, entries: Sequence[Entry] = CATALOGUE) -> bytes:
    """Return an add-in (.xlam) for the installed xlidx and xlwings.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when the installed xlwings is not as expected.
    """
    return with_functions(_addin_sheets(config, entries), "addin", entries)


def with_functions(workbook: bytes, kind: Content = "sheet", entries: Sequence[Entry] = CATALOGUE) -> bytes:
    """Return a plain workbook (.xlsx) as one that carries the functions (.xlsm).

    Parameters
    ----------
    workbook : bytes
        The file; already checked to be a harmless archive.
    kind : {'sheet', 'addin'}

    Raises
    ------
    XlidxError
        ``TYPE`` when it is no plain workbook: it holds macros already, or is a template.
    """
    parts = _parts(workbook)
    macro = _retyped(parts, _PLAIN_TYPE, _MACRO_TYPE % b"sheet")
    parts = _parts(with_modules(_archive(macro), vba_modules(entries)))
    parts[_WORKBOOK] = with_help(parts[_WORKBOOK], entries)
    if kind == "addin":
        parts = _retyped(parts, _MACRO_TYPE % b"sheet", _MACRO_TYPE % b"addin")
    return _archive(parts)


def vba_modules(entries: Sequence[Entry]) -> dict[str, str]:
    """Return name -> source of the modules that every project of ours has."""
    return {runtime.MODULE: runtime.runtime_text(), MODULE: module_text(entries)}


def as_macro_workbook(addin: bytes) -> bytes:
    """Return an add-in as the macro-enabled workbook of the same content, which readers of workbooks accept."""
    return _archive(_retyped(_parts(addin), _MACRO_TYPE % b"addin", _MACRO_TYPE % b"sheet"))


def with_help(workbook_xml: bytes, entries: Sequence[Entry]) -> bytes:
    """Return ``workbook.xml`` with the category of the functions and the help of their arguments.

    Excel's own order of elements is kept: the category follows the sheets, extensions come last.
    """
    root = etree.fromstring(workbook_xml, etree.XMLParser(resolve_entities=False, no_network=True))
    sheets = root.find(_main("sheets"))
    if sheets is None or root.find(_main("functionGroups")) is not None:
        what = "the workbook has no sheets, or functions of its own already"
        raise XlidxError(Kind.TYPE, what, _WORKBOOK, "start from a plain .xlsx workbook")
    groups = etree.Element(_main("functionGroups"), builtInGroupCount="19")
    etree.SubElement(groups, _main("functionGroup"), name=CATEGORY)
    sheets.addnext(groups)
    _extensions(root).append(_argument_help(entries))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _extensions(root: etree._Element) -> etree._Element:
    found = root.find(_main("extLst"))
    return etree.SubElement(root, _main("extLst")) if found is None else found


def _argument_help(entries: Sequence[Entry]) -> etree._Element:
    extension = etree.Element(_main("ext"), {"uri": HELP_EXTENSION}, nsmap={"x14": _X14})
    names = etree.SubElement(extension, _x14("definedNames"))
    for entry in entries:
        if entry.params:
            name = etree.SubElement(names, _x14("definedName"), name=entry.name)
            texts = etree.SubElement(name, _x14("argumentDescriptions"), count=str(len(entry.params)))
            for index, param in enumerate(entry.params):
                etree.SubElement(texts, _x14("argumentDescription"), index=str(index)).text = param.help
    return extension


def _addin_sheets(config: Config, entries: Sequence[Entry]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"title": f"xlidx {version('xlidx')}", "created": datetime(*_FIRST_DAY)})  # noqa: DTZ001
        for name, rows in ((CONFIG_SHEET, config.rows()), (HELP_SHEET, help_rows(entries))):
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, list(row))
            sheet.autofit()
    return buffer.getvalue()


def help_rows(entries: Sequence[Entry]) -> list[list[str]]:
    """Return the sheet that the add-in Excel-DNA IntelliSense reads: function, help, link, then the arguments."""
    rows = [[e.name, e.help, "", *(text for p in e.params for text in (p.name, p.help))] for e in entries]
    return [["FunctionInfo", "1.0"], *rows]


def _parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _retyped(parts: Mapping[str, bytes], old: bytes, new: bytes) -> dict[str, bytes]:
    types, count = re.subn(re.escape(b'"' + old + b'"'), b'"' + new + b'"', parts.get(_TYPES, b""))
    if count != 1 or _WORKBOOK not in parts:
        what = "the file is no plain workbook"
        raise XlidxError(Kind.TYPE, what, _TYPES, "give a workbook of the format .xlsx")
    return {**parts, _TYPES: types}


def _archive(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _main(name: str) -> str:
    return f"{{{_MAIN}}}{name}"


def _x14(name: str) -> str:
    return f"{{{_X14}}}{name}"
