"""Errors younger than the file format: stored as ``#VALUE!`` with a number that leads to what they are.

Source: [MS-XLSX] 2.3.6.1 (rich value data) and 2.2.14; the numbers are those of ERROR.TYPE less one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from xlidx.errors import ErrorValue
from xlidx.recalc.workbook.package import Package, q

_RICH = "{http://schemas.microsoft.com/office/spreadsheetml/2017/richdata}"
_TYPES = {
    8: ErrorValue.SPILL,
    9: ErrorValue.CONNECT,
    10: ErrorValue.BLOCKED,
    11: ErrorValue.UNKNOWN,
    12: ErrorValue.FIELD,
    13: ErrorValue.CALC,
}


def rich_errors(package: Package, relations: Mapping[str, tuple[str, str]]) -> dict[str, ErrorValue]:
    """Return the errors of a workbook by the number that a cell has as its ``vm``."""
    parts = dict(relations.values())
    if not {"sheetMetadata", "rdRichValue", "rdRichValueStructure"} <= parts.keys():
        return {}
    metadata = package.xml(parts["sheetMetadata"])
    kinds = [kind.get("name") for kind in metadata.iterfind(f"{q('metadataTypes')}/{q('metadataType')}")]
    indices = [
        int(item.get("i", "0"))
        for group in metadata.iterfind(q("futureMetadata"))
        if group.get("name") == "XLRICHVALUE"
        for item in group.iter(f"{_RICH}rvb")
    ]
    errors = _errors(package.xml(parts["rdRichValue"]), package.xml(parts["rdRichValueStructure"]))
    found = {}
    for number, item in enumerate(metadata.iterfind(f"{q('valueMetadata')}/{q('bk')}/{q('rc')}"), 1):
        kind, index = int(item.get("t", "0")) - 1, int(item.get("v", "0"))
        if 0 <= kind < len(kinds) and kinds[kind] == "XLRICHVALUE" and index < len(indices):
            error = errors.get(indices[index])
            if error is not None:
                found[str(number)] = error
    return found


def _errors(values: etree._Element, structures: etree._Element) -> dict[int, ErrorValue]:
    kinds: Sequence[etree._Element] = list(structures.iterfind(f"{_RICH}s"))
    found = {}
    for number, value in enumerate(values.iterfind(f"{_RICH}rv")):
        structure = kinds[int(value.get("s", "0"))]
        keys = [key.get("n") for key in structure.iterfind(f"{_RICH}k")]
        texts = dict(zip(keys, (item.text or "" for item in value.iterfind(f"{_RICH}v")), strict=False))
        if structure.get("t") == "_error" and texts.get("errorType", "").isdigit():
            found[number] = _TYPES.get(int(texts["errorType"]), ErrorValue.UNKNOWN)
    return found
