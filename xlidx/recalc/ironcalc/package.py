"""A workbook as IronCalc reads it: array formulas over their extents, dynamic ones marked as such."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

from xlidx.recalc.interface.sheets import Sheets, constant
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import a1

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HIDDEN = ' hidden="1"'
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/>'
    f'<Override PartName="/xl/metadata.xml" ContentType="{_SPREADSHEET}.sheetMetadata+xml"/></Types>'
)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
# ECMA-376 has cell metadata; the extension that marks dynamic arrays is [MS-XLSX] 2.4.
_DYNAMIC = "http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"
_METADATA = (
    f'{_HEAD}<metadata xmlns="{_MAIN}" xmlns:xda="{_DYNAMIC}"><metadataTypes count="1">'
    '<metadataType name="XLDAPR" minSupportedVersion="120000" cellMeta="1"/></metadataTypes>'
    '<futureMetadata name="XLDAPR" count="1"><bk><extLst><ext uri="{bdbb8cdc-fa1e-496e-a857-3c3f30c029c3}">'
    '<xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>'
    '<cellMetadata count="1"><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)


def written(sheets: Sheets) -> bytes:
    """Return a workbook file with values and formulas, without results."""
    names = list(sheets.formulas)
    listed = "".join(f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="r{i}"/>' for i, name in enumerate(names, 1))
    links = [_link(f"r{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(names) + 1)]
    links += [_link("rs", "styles", "styles.xml"), _link("rm", "sheetMetadata", "metadata.xml")]
    root = _link("r1", "officeDocument", "xl/workbook.xml")
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _links(root),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(*links),
        "xl/styles.xml": _STYLES,
        "xl/metadata.xml": _METADATA,
    }
    parts |= {f"xl/worksheets/sheet{i}.xml": _sheet(sheets, name) for i, name in enumerate(names, 1)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _link(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _links(*links: str) -> str:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(links)}</Relationships>'


def _sheet(sheets: Sheets, name: str) -> str:
    rows: dict[int, list[tuple[int, str]]] = {}
    for (row, column), value in sheets.constants[name].items():
        rows.setdefault(row, []).append((column, constant(a1(row, column), value)))
    for (row, column), formula in sheets.formulas[name].items():
        rows.setdefault(row, []).append((column, _formula(a1(row, column), formula)))
    hidden = sheets.hidden_rows.get(name, frozenset())
    body = "".join(
        f'<row r="{row}"{_HIDDEN if row in hidden else ""}>{"".join(cell for _, cell in sorted(rows[row]))}</row>'
        for row in sorted(rows)
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _formula(address: str, formula: Formula) -> str:
    mark = ' cm="1"' if formula.dynamic else ""
    kind = "" if formula.extent is None else f' t="array" ref="{formula.extent}"'
    return f'<c r="{address}"{mark}><f{kind}>{escape(formula.text[1:])}</f><v>0</v></c>'
