"""Add-in paths in formulas: repaired where they are ours, everything else byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.recalc.books import TOYS, parts, rewritten, small
from xlidx.errors import XlidxError
from xlidx.recalc import recalculate
from xlidx.recalc.workbook.relink import relink, repaired

OURS = ["XI_TOY_SUM", "XI_TOY_GRID"]
SHEET = "xl/worksheets/sheet1.xml"
LINK = "xl/externalLinks/externalLink{}.xml"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[1]!XI_TOY_SUM(A1,2)", "XI_TOY_SUM(A1,2)"),
        (r"'C:\desk x\it''s\xlidx.xlam'!XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        (r"'C:\desk\[2026]\xlidx.xlam'!XI_TOY_SUM(A1)+1", "XI_TOY_SUM(A1)+1"),
        ("'/Volumes/desk/xlidx.xlam'!XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        ("xlidx.xlam!XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        ("_xll.XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        ("_xlfn._xll.XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        ("_xldudf_XLIDX_XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        ("[2]!_xldudf_DESK_XI_TOY_SUM(A1)", "XI_TOY_SUM(A1)"),
        ("_xludf.xi_toy_sum(A1)", "XI_TOY_SUM(A1)"),
        ("SUM([1]!XI_TOY_GRID(2,2))*[1]!XI_TOY_SUM(1)", "SUM(XI_TOY_GRID(2,2))*XI_TOY_SUM(1)"),
        ('[1]!XI_TOY_SUM(LEN("[1]!XI_TOY_SUM("))', 'XI_TOY_SUM(LEN("[1]!XI_TOY_SUM("))'),
    ],
)
def test_a_formula_gets_its_plain_name(before: str, after: str) -> None:
    assert repaired(before, OURS)[0] == after


@pytest.mark.parametrize(
    "text",
    [
        "XI_TOY_SUM(A1)",
        "xi_toy_sum(A1)",
        "[1]!BDP(A1)",
        "[1]Sheet1!A1+1",
        "_xlfn.XLOOKUP(1,A1:A2,B1:B2)",
        '"[1]!XI_TOY_SUM(1)"',
        "t[[#This Row],[XI_TOY_SUM]]",
    ],
)
def test_every_other_formula_stays(text: str) -> None:
    assert repaired(text, OURS) == (text, [])


def fixed(data: bytes) -> Callable[[bytes], bytes]:
    return lambda _: data


def linked(path: Path, formulas: dict[str, str], targets: list[str]) -> Path:
    """Write a book whose formulas are given as stored, with links to other files as Excel keeps them."""
    small(path, {"A1": 1.0, "A2": 2.0, "C1": "=B1", **dict.fromkeys(formulas, "=0")})
    sheet = parts(path)[SHEET].decode()
    for place, text in formulas.items():
        cell = f'<c r="{place}"><f>0</f>'
        assert sheet.count(cell) == 1
        sheet = sheet.replace(cell, f'<c r="{place}"><f>{text}</f>')
    numbers = range(1, len(targets) + 1)
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    main, office = "http://schemas.openxmlformats.org", "http://schemas.openxmlformats.org/officeDocument/2006"
    found = parts(path)
    changes = {SHEET: sheet.encode()}
    references = "".join(f'<externalReference r:id="rIdX{n}"/>' for n in numbers)
    book = found["xl/workbook.xml"].decode()
    changes["xl/workbook.xml"] = book.replace(
        "</sheets>", f"</sheets><externalReferences>{references}</externalReferences>"
    ).encode()
    relations = "".join(
        f'<Relationship Id="rIdX{n}" Type="{office}/relationships/externalLink" '
        f'Target="externalLinks/externalLink{n}.xml"/>'
        for n in numbers
    )
    changes["xl/_rels/workbook.xml.rels"] = (
        found["xl/_rels/workbook.xml.rels"]
        .decode()
        .replace("</Relationships>", relations + "</Relationships>")
        .encode()
    )
    overrides = "".join(
        f'<Override PartName="/xl/externalLinks/externalLink{n}.xml" ContentType="application/vnd.openxmlformats-'
        f'officedocument.spreadsheetml.externalLink+xml"/>'
        for n in numbers
    )
    changes["[Content_Types].xml"] = (
        found["[Content_Types].xml"].decode().replace("</Types>", overrides + "</Types>").encode()
    )
    for n, target in enumerate(targets, start=1):
        changes[LINK.format(n)] = (
            f'{head}<externalLink xmlns="{main}/spreadsheetml/2006/main" xmlns:r="{office}/relationships">'
            f'<externalBook r:id="rId1"><definedNames><definedName name="XI_TOY_SUM"/></definedNames></externalBook>'
            f"</externalLink>"
        ).encode()
        changes[f"xl/externalLinks/_rels/externalLink{n}.xml.rels"] = (
            f'{head}<Relationships xmlns="{main}/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{office}/relationships/externalLinkPath" Target="{target}" TargetMode="External"/></Relationships>'
        ).encode()
    return rewritten(path, {name: fixed(data) for name, data in changes.items()})


ADD_IN = "file:///C:/desk/AppData/Roaming/Microsoft/Excel/XLSTART/xlidx.xlam"
OTHER = "file:///C:/desk/prices.xlsx"


def test_a_dead_link_goes_and_nothing_else_changes(tmp_path: Path) -> None:
    plain = linked(tmp_path / "plain.xlsx", {"B1": "XI_TOY_SUM(A1,A2)&amp;&quot;x&quot;"}, [])
    path = linked(tmp_path / "b.xlsx", {"B1": "[1]!XI_TOY_SUM(A1,A2)&amp;&quot;x&quot;"}, [ADD_IN])
    before = parts(path)
    done = relink(path, OURS)
    assert (dict(done.names), done.dropped, done.kept) == ({"XI_TOY_SUM": 1}, (ADD_IN,), ())
    after = parts(path)
    gone = {LINK.format(1), "xl/externalLinks/_rels/externalLink1.xml.rels"}
    assert set(before) - set(after) == gone
    wanted = parts(plain)
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        assert after[name] == wanted[name]
    assert after["xl/workbook.xml"] == wanted["xl/workbook.xml"].replace(
        b"<externalReferences></externalReferences>", b""
    )
    assert after[SHEET] == wanted[SHEET].replace(b"&quot;", b'"')
    assert {name: data for name, data in after.items() if name not in wanted} == {}


def test_a_repaired_book_calculates(tmp_path: Path) -> None:
    path = linked(tmp_path / "b.xlsx", {"B1": "[1]!XI_TOY_SUM(A1,A2)"}, [ADD_IN])
    relink(path, OURS)
    report = recalculate(path, functions=TOYS)
    assert report.calls == 1
    assert b"<v>3</v>" in parts(path)[SHEET]


def test_a_link_that_another_formula_reads_stays(tmp_path: Path) -> None:
    formulas = {"B1": "[1]!XI_TOY_SUM(A1,A2)", "B2": "[1]!OTHER(A1)"}
    path = linked(tmp_path / "b.xlsx", formulas, [ADD_IN])
    done = relink(path, OURS)
    assert (done.dropped, done.kept) == ((), (ADD_IN,))
    assert LINK.format(1) in parts(path)
    assert b"<f>[1]!OTHER(A1)</f>" in parts(path)[SHEET]


def test_a_link_in_front_of_a_used_one_stays_because_formulas_count_links(tmp_path: Path) -> None:
    formulas = {"B1": "[1]!XI_TOY_SUM(A1,A2)", "B2": "[2]Sheet1!A1"}
    path = linked(tmp_path / "b.xlsx", formulas, [ADD_IN, OTHER])
    done = relink(path, OURS)
    assert (dict(done.names), done.dropped, done.kept) == ({"XI_TOY_SUM": 1}, (), (ADD_IN,))
    assert b"<f>[2]Sheet1!A1</f>" in parts(path)[SHEET]


def test_a_link_behind_a_used_one_goes(tmp_path: Path) -> None:
    formulas = {"B1": "[2]!XI_TOY_SUM(A1,A2)", "B2": "[1]Sheet1!A1"}
    path = linked(tmp_path / "b.xlsx", formulas, [OTHER, ADD_IN])
    assert relink(path, OURS).dropped == (ADD_IN,)
    found = parts(path)
    assert LINK.format(1) in found
    assert LINK.format(2) not in found
    assert found["xl/workbook.xml"].count(b"<externalReference ") == 1
    assert b"<f>[1]Sheet1!A1</f>" in found[SHEET]


def test_an_unused_link_to_another_add_in_is_not_our_business(tmp_path: Path) -> None:
    path = linked(tmp_path / "b.xlsx", {"B1": "XI_TOY_SUM(A1)"}, ["file:///C:/vendor.xlam"])
    before = path.read_bytes()
    assert relink(path, OURS).dropped == ()
    assert path.read_bytes() == before


def test_names_rules_and_conditions_are_repaired_too(tmp_path: Path) -> None:
    path = small(tmp_path / "b.xlsx", {"A1": 1.0, "B1": "=A1"}, names={"Total": "=1"})
    found = parts(path)
    rule = (
        b'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>_xll.XI_TOY_SUM(A1)&gt;0'
        b"</formula></cfRule></conditionalFormatting>"
    )
    changes = {
        "xl/workbook.xml": found["xl/workbook.xml"].replace(
            b">1</definedName>", b">_xll.XI_TOY_SUM(S!$A$1)</definedName>"
        ),
        SHEET: found[SHEET].replace(b"<pageMargins", rule + b"<pageMargins"),
    }
    rewritten(path, {name: fixed(data) for name, data in changes.items()})
    assert dict(relink(path, OURS).names) == {"XI_TOY_SUM": 2}
    assert b">XI_TOY_SUM(S!$A$1)</definedName>" in parts(path)["xl/workbook.xml"]
    assert b"<formula>XI_TOY_SUM(A1)&gt;0</formula>" in parts(path)[SHEET]


def test_a_book_without_paths_keeps_every_byte(tmp_path: Path) -> None:
    path = small(tmp_path / "b.xlsx", {"A1": 1.0, "B1": "=SUM(A1)"})
    before = path.read_bytes()
    done = relink(path, OURS)
    assert (dict(done.names), done.dropped, done.kept) == ({}, (), ())
    assert path.read_bytes() == before


def test_a_second_repair_changes_nothing(tmp_path: Path) -> None:
    path = linked(tmp_path / "b.xlsx", {"B1": "[1]!XI_TOY_SUM(A1,A2)"}, [ADD_IN])
    relink(path, OURS)
    before = path.read_bytes()
    assert dict(relink(path, OURS).names) == {}
    assert path.read_bytes() == before


def test_output_goes_elsewhere(tmp_path: Path) -> None:
    path = linked(tmp_path / "b.xlsx", {"B1": "[1]!XI_TOY_SUM(A1,A2)"}, [ADD_IN])
    before = path.read_bytes()
    relink(path, OURS, tmp_path / "new.xlsx")
    assert path.read_bytes() == before
    assert LINK.format(1) not in parts(tmp_path / "new.xlsx")


def test_a_formula_that_cannot_be_read_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    path = linked(tmp_path / "b.xlsx", {"B1": "[1]!XI_TOY_SUM(A1,&quot;x"}, [ADD_IN])
    before = path.read_bytes()
    with pytest.raises(XlidxError, match="cannot be read"):
        relink(path, OURS)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
