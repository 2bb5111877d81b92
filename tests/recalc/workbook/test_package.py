"""Files that are no workbook, or mean harm."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from tests.recalc.books import TOYS, parts, replaced, rewritten, small
from xlidx.errors import XlidxError
from xlidx.recalc import recalculate
from xlidx.recalc.workbook import package as package_module

SHEET = "xl/worksheets/sheet1.xml"


def refused(path: Path, message: str) -> None:
    before = path.read_bytes()
    with pytest.raises(XlidxError) as caught:
        recalculate(path, functions=TOYS)
    assert message in str(caught.value)
    assert path.read_bytes() == before
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def book(tmp_path: Path) -> Path:
    return small(tmp_path / "b.xlsx", {"A1": 1, "A2": "=A1+1"})


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(XlidxError, match=r"cannot be read .* - nothing\.xlsx"):
        recalculate(tmp_path / "nothing.xlsx", functions=TOYS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no Excel workbook"),
        (b"Name,Value\n", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted or in the old .xls format"),
        (b"PK\x03\x04" + bytes(100), "the archive is damaged"),
        (b"PK\x05\x06" + bytes(18), "no workbook part"),
    ],
)
def test_not_a_workbook(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(content)
    refused(path, message)


def test_truncated(tmp_path: Path) -> None:
    path = book(tmp_path)
    path.write_bytes(path.read_bytes()[:-200])
    refused(path, "the archive is damaged")


def test_flipped_byte_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = book(tmp_path)
    raw = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        start = archive.getinfo(SHEET).header_offset + 30 + len(SHEET)
    raw[start + 60] ^= 0xFF
    path.write_bytes(bytes(raw))
    with pytest.raises(XlidxError):
        recalculate(path, functions=TOYS)


def test_binary_format(tmp_path: Path) -> None:
    path = rewritten(book(tmp_path), {"xl/workbook.bin": lambda _: b"x"})
    refused(path, "binary format .xlsb")


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil", "xl/../../evil", "C:\\evil", "..\\evil"])
def test_member_that_leaves_the_folder(tmp_path: Path, name: str) -> None:
    path = rewritten(book(tmp_path), {name: lambda _: b"x"})
    refused(path, "would leave the workbook's folder")


def test_one_name_twice(tmp_path: Path) -> None:
    path = book(tmp_path)
    with ZipFile(path, "a") as archive:
        archive.writestr("XL/workbook.xml", "x")
    refused(path, "one name twice")


def test_encrypted_member(tmp_path: Path) -> None:
    path = book(tmp_path)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(bytes(raw))
    refused(path, "is encrypted")


def test_bomb_of_one_member(tmp_path: Path) -> None:
    """The archive says 600 MiB: refused on its word, before anything is unpacked."""
    path = book(tmp_path)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 600 << 20)
    path.write_bytes(bytes(raw))
    refused(path, "unpacks to 600 MiB")


def test_bomb_of_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "TOTAL_LIMIT", 2 << 20)
    path = book(tmp_path)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        for i in range(4):
            archive.writestr(ZipInfo(f"xl/media/{i}.bin"), bytes(4 << 20), ZIP_DEFLATED)
    refused(path, "times its size")


def declared(kind: str) -> Callable[[bytes], bytes]:
    def edit(data: bytes) -> bytes:
        head, rest = data.split(b"?>", 1)
        return head + b"?>" + kind.encode() + rest

    return edit


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_external_entity(tmp_path: Path, part: str) -> None:
    secret = tmp_path.parent / "secret.txt"
    secret.write_text("secret")
    kind = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    path = rewritten(book(tmp_path), {part: declared(kind)})
    refused(path, "declares a document type or entities")


def test_entity_bomb_in_utf_16(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    path = rewritten(book(tmp_path), {SHEET: lambda _: text.encode("utf-16")})
    refused(path, "declares a document type or entities")


def test_broken_xml(tmp_path: Path) -> None:
    path = rewritten(book(tmp_path), {SHEET: lambda data: data[:-20]})
    refused(path, "an XML part cannot be read")


def test_missing_sheet_part(tmp_path: Path) -> None:
    path = rewritten(book(tmp_path), {"xl/_rels/workbook.xml.rels": replaced("sheet1.xml", "sheet9.xml")})
    refused(path, "part xl/worksheets/sheet9.xml is missing")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<workbookPr ", '<workbookPr date1904="1" ', "counts dates from 1904"),
        ("<calcPr ", '<calcPr fullPrecision="0" ', "precision as displayed"),
    ],
)
def test_settings_that_change_numbers(tmp_path: Path, old: str, new: str, message: str) -> None:
    refused(rewritten(book(tmp_path), {"xl/workbook.xml": replaced(old, new)}), message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<f>A1+1</f>", "<f>A1+</f>", "cannot be read"),
        ("<f>A1+1</f>", '<f t="shared" si="5"/>', "a formula has no text"),
        ('<c r="A1">', '<c r="B7">', "cell address B7 is wrong"),
        ("<v>1</v>", "<v>one</v>", "the stored value 'one' is damaged"),
        ('<c r="A1"><v>1</v>', '<c r="A1" t="s"><v>77</v>', "the stored value '77' is damaged"),
    ],
)
def test_damaged_cells(tmp_path: Path, old: str, new: str, message: str) -> None:
    refused(rewritten(book(tmp_path), {SHEET: replaced(old, new)}), message)


def test_unchanged_members_keep_their_records(tmp_path: Path) -> None:
    path, out = book(tmp_path), tmp_path / "out.xlsx"
    recalculate(path, out, functions=TOYS)
    with ZipFile(path) as before, ZipFile(out) as after:
        for old, new in zip(before.infolist(), after.infolist(), strict=True):
            assert (old.filename, old.date_time, old.compress_type) == (
                new.filename,
                new.date_time,
                new.compress_type,
            )
            assert old.external_attr == new.external_attr


def test_cells_without_addresses_are_counted(tmp_path: Path) -> None:
    """Other writers leave addresses out; cells then follow each other."""
    path = book(tmp_path)
    body = b"<row><c><v>4</v></c><c><f>A1*2</f></c></row><row><c><f>B1+1</f></c></row>"

    def edit(data: bytes) -> bytes:
        start, end = data.index(b"<sheetData>") + 11, data.index(b"</sheetData>")
        return data[:start] + body + data[end:]

    recalculate(rewritten(path, {SHEET: edit}), functions=TOYS)
    assert b"<f>A1*2</f><v>8</v>" in parts(path)[SHEET]
    assert b"<f>B1+1</f><v>9</v>" in parts(path)[SHEET]
