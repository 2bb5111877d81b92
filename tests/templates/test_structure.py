"""How a finished workbook must look inside: sheets, formulas, inputs, print setup, caches."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import etree
from openpyxl.utils import range_boundaries

from tests.templates.books import SHEETS, opened
from xlidx.templates.kit.style import TABS

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
ROLES = {
    "Cover": "cover", "Calc": "calc", "Daily": "calc", "Actions": "calc", "Review": "calc", "Capping": "calc",
    "History": "output", "Output": "output", "Reconciliation": "check", "Checks": "check", "Rules": "help",
    "Help": "help", "Paths": "calc", "Roll": "output", "Settlement": "output", "Scenario": "output",
    "Ladder": "output", "Explain": "output", "Screens": "calc", "Yield": "calc", "Optimise": "calc",
    "Rebalance": "calc", "Index": "output",
}  # fmt: skip
OWN_ROLES = {
    ("turbo_desk", "Events"): "output",
    ("functions", "Contents"): "help",
    **{("functions", title): "output" for title in SHEETS["functions"][3:-1]},
}
CHARTS = {"functions": 0, "human_capital_mv": 1, "turbo_desk": 3, "psi20_index": 4}
BLUE = "FF1D4ED8"
# Long tables, whose cells have no names of their own.
LISTS = (
    "Universe", "Terms", "Market", "Pricing", "Members", "Prices", "Dividends", "Events", "Candidates", "Decisions",
    "Reconciliation",
)  # fmt: skip
both = pytest.mark.parametrize("name", SHEETS)


def role(name: str, title: str) -> str:
    return OWN_ROLES.get((name, title), ROLES.get(title, "input"))


def parts(path: Path) -> dict[str, Any]:
    with ZipFile(path) as package:
        names = [n for n in package.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)]
        return {n: etree.fromstring(package.read(n)) for n in names}


def formula_cells(path: Path) -> list[tuple[Any, str]]:
    return [
        (cell, cell.findtext("m:f", "", NS))
        for root in parts(path).values()
        for cell in root.iterfind(".//m:c", NS)
        if cell.find("m:f", NS) is not None
    ]


@both
def test_sheets_stand_in_reading_order_with_tab_colours(built: dict[str, Path], name: str) -> None:
    book = opened(built[name], values=False)
    assert book.sheetnames == SHEETS[name]
    for sheet in book:
        assert sheet.sheet_properties.tabColor.rgb == "FF" + TABS[role(name, sheet.title)][1:]
        assert sheet.sheet_state == "visible"
    assert book.active.title == "Cover"


@both
def test_every_sheet_has_the_common_frame(built: dict[str, Path], name: str) -> None:
    for sheet in opened(built[name], values=False):
        view = sheet.sheet_view
        assert not view.showGridLines
        assert view.zoomScale == 90
        assert sheet.freeze_panes
        assert sheet.column_dimensions["A"].width < 3.5
        assert sheet.protection.sheet
        assert not sheet.protection.password
        assert not any(d.hidden for d in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.print_area
        assert "&F" in sheet.oddFooter.left.text
        assert "&P" in sheet.oddFooter.right.text
        assert sheet.oddHeader.left.text


@both
def test_our_functions_are_dynamic_arrays_by_plain_name(built: dict[str, Path], name: str) -> None:
    cells = formula_cells(built[name])
    ours = [(cell, text) for cell, text in cells if "XI_" in text]
    assert len(ours) > 10
    for cell, text in ours:
        assert cell.get("cm") == "1", text
        assert cell.find("m:f", NS).get("t") == "array", text
    for _, text in cells:
        assert not re.search(r"\[\d+\]!|_xll\.|_xludf|_xldudf|\[@|OFFSET|INDIRECT|LAMBDA", text), text
        assert not re.search(r"tbl\w+(?![\w\[])", text), text


@both
def test_caches_hold_no_error_and_no_placeholder(built: dict[str, Path], name: str) -> None:
    cells = formula_cells(built[name])
    wanted = opened(built[name], values=False).defined_names.get("ExpectedErrors")
    shown = re.findall(r"\$([A-Z]+)\$(\d+)", wanted.attr_text) if wanted else []
    assert sorted(cell.get("r") for cell, _ in cells if cell.get("t") == "e") == sorted(map("".join, shown))
    assert not [text for cell, text in cells if cell.find("m:v", NS) is None and cell.get("t") != "str"]


def inputs(book: Any) -> list[Any]:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [cell for cell in cells if not cell.protection.locked]


def covered(areas: list[Any], cell: Any) -> bool:
    return any(
        left <= cell.column <= right and top <= cell.row <= bottom
        for left, top, right, bottom in (range_boundaries(str(area)) for area in areas)
    )


@both
def test_unlocked_cells_are_inputs_named_and_validated(built: dict[str, Path], name: str) -> None:
    book = opened(built[name], values=False)
    named: dict[str, list[str]] = {}
    for defined in book.defined_names.values():
        for title, area in defined.destinations:
            named.setdefault(title, []).append(area.replace("$", ""))
    found = inputs(book)
    assert len(found) > 50
    for cell in found:
        sheet = cell.parent
        assert not str(cell.value).startswith("="), cell.coordinate
        assert cell.font.color.rgb == BLUE, cell.coordinate
        checked = [area for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges]
        assert covered(checked, cell), f"{sheet.title}!{cell.coordinate} has no validation"
        assert sheet.title in LISTS or covered(named.get(sheet.title, []), cell), f"{sheet.title}!{cell.coordinate}"


@both
def test_numbers_typed_into_cells_are_inputs_or_labels(built: dict[str, Path], name: str) -> None:
    book, sheets = opened(built[name], values=False), parts(built[name])
    for sheet in (sheet for sheet in book if role(name, sheet.title) not in ("cover", "input")):
        title = sheet.title
        root = sheets[f"xl/worksheets/sheet{book.sheetnames.index(title) + 1}.xml"]
        spills = [f.get("ref") for f in root.iterfind(".//m:f", NS) if f.get("t") == "array"]
        for row in sheet.iter_rows():
            for cell in row:
                typed = isinstance(cell.value, int | float) and cell.protection.locked
                if typed and not covered(spills, cell):
                    assert (title, cell.column) == ("Checks", 2), f"{title}!{cell.coordinate}"


@both
def test_properties_name_template_and_version(built: dict[str, Path], name: str) -> None:
    from importlib.metadata import version

    found = {p.name: p.value for p in opened(built[name], values=False).custom_doc_props.props}
    assert found == {"xlidx.template": name, "xlidx.version": version("xlidx")}
    assert opened(built[name], values=True)["Cover"]["C5"].value == version("xlidx")


@both
def test_output_has_native_charts_that_read_filled_cells(built: dict[str, Path], name: str) -> None:
    book = opened(built[name], values=True)
    with ZipFile(built[name]) as package:
        charts = [package.read(n).decode() for n in package.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", n)]
    references = {ref for chart in charts for ref in re.findall(r"<c:f>([^<]+)</c:f>", chart)}
    assert len(charts) == CHARTS[name]
    for reference in references:
        sheet, _, area = reference.rpartition("!")
        cells = [cell.value for row in book[sheet.strip("'")][area.replace("$", "")] for cell in row]
        assert None not in cells
        assert len(cells) > 5


@both
def test_contents_link_to_every_sheet(built: dict[str, Path], name: str) -> None:
    cover = opened(built[name], values=False)["Cover"]
    targets = {
        link.location.split("!")[0].strip("'") for row in cover.iter_rows() for c in row if (link := c.hyperlink)
    }
    assert targets == set(SHEETS[name]) - {"Cover"}
