"""A workbook file as its parts: every byte kept, hostile archives refused, replaced in one step."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import attrs
from lxml import etree

from xlidx import files
from xlidx.errors import Kind, XlidxError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships"

MEMBER_LIMIT = 512 * 2**20
TOTAL_LIMIT = 2**30
RATIO_LIMIT = 200

# Also in UTF-16: a marked byte then alternates with zeros.
_DECLARES = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y|E\x00?N\x00?T\x00?I)")
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP, _ZIP = b"PK\x05\x06", b"PK\x03\x04"


ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam")


def q(name: str) -> str:
    """Return a name of the main spreadsheet namespace in lxml's notation.

    Examples
    --------
    >>> q("c")
    '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c'
    """
    return f"{{{MAIN}}}{name}"


@attrs.frozen
class Package:
    """The parts of one workbook file, in the order of the archive.

    ``entries`` keeps each part's archive record, so that a part can be written back as it came.
    """

    path: Path
    raw: bytes
    entries: tuple[zipfile.ZipInfo, ...]
    parts: Mapping[str, bytes]

    def xml(self, name: str) -> etree._Element:
        """Return the root of an XML part (see :func:`parse`)."""
        if name not in self.parts:
            raise _broken(self.path, f"part {name} is missing")
        return parse(self.parts[name], f"{self.path.name}, part {name}")

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return relation id -> (kind, target part) of a part; external targets are left out."""
        folder = PurePosixPath(part).parent
        name = str(folder / "_rels" / (PurePosixPath(part).name + ".rels"))
        if name not in self.parts:
            return {}
        found = {}
        for item in self.xml(name).iter(f"{{{PACKAGE_RELATION}}}Relationship"):
            if item.get("TargetMode") != "External":
                kind = (item.get("Type") or "").rpartition("/")[2]
                found[item.get("Id") or ""] = (kind, _resolved(folder, item.get("Target") or ""))
        return found

    def with_parts(self, changed: Mapping[str, bytes], without: frozenset[str] = frozenset()) -> bytes:
        """Return the archive with some parts replaced and some left out, the others byte for byte."""
        changed = {name: data for name, data in changed.items() if data != self.parts[name]}
        if not changed and not without & self.parts.keys():
            return self.raw
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for entry in self.entries:
                if entry.filename not in without:
                    data = changed.get(entry.filename, self.parts[entry.filename])
                    archive.writestr(_copied(entry), data)
        return buffer.getvalue()


def parse(data: bytes, where: str) -> etree._Element:
    """Return the root of an XML text without following entities, DTDs or the network.

    Raises
    ------
    XlidxError
        ``TYPE`` when the text is no XML or declares a document type, which no workbook needs.
    """
    if _DECLARES.search(data):
        what = "an XML part declares a document type or entities"
        raise XlidxError(Kind.TYPE, what, where, "do not open this file; ask its sender for a clean copy")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        what = f"an XML part cannot be read ({error.msg})"
        raise XlidxError(Kind.TYPE, what, where, "open and save the workbook in Excel") from None
    return root


def serialise(root: etree._Element) -> bytes:
    """Return an XML tree as the bytes of a part."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def read(path: Path) -> Package:
    """Return a workbook file as its parts.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when there is no such file; ``TYPE`` when it is no workbook archive, is encrypted, is
        hostile (a member that leaves the folder, a zip bomb, a name twice) or is in the binary format.
    """
    raw = files.contents(path)
    _check_signature(path, raw)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = tuple(archive.infolist())
            _check_entries(path, entries)
            parts = {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        if isinstance(error, XlidxError):
            raise
        raise _broken(path, f"the archive is damaged ({error})") from None
    if "xl/workbook.bin" in parts:
        what = "the workbook is in the binary format .xlsb"
        raise XlidxError(Kind.TYPE, what, path.name, "save it as .xlsx or .xlsm in Excel")
    return Package(path, raw, entries, parts)


def replace(path: Path, data: bytes, before: bytes | None = None) -> None:
    """Write a workbook in one step: a reader sees the old bytes or the new ones, never a mixture.

    Parameters
    ----------
    path : Path
        With the ending .xlsx or .xlsm.
    data : bytes
    before : bytes, optional
        What the file held when the work began.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when Excel holds the file open (its ``~$`` mark stands beside it), somebody else has written it
        since or the folder cannot be written; ``CHOICE`` for another ending.  The old file is left as it was.
    """
    if path.suffix.lower() not in ENDINGS:
        what = f"a workbook cannot have the ending {path.suffix or '(none)'}"
        raise XlidxError(Kind.CHOICE, what, files.shown(path), "use .xlsx or .xlsm")
    owner = path.with_name("~$" + path.name)
    if owner.exists():
        what = "the workbook is open in Excel"
        raise XlidxError(Kind.NO_DATA, what, path.name, f"close it, or delete the stale mark {owner.name}")
    try:
        files.replace(path, data, before)
    except OSError as error:
        what = f"the workbook cannot be written ({error.strerror})"
        raise XlidxError(Kind.NO_DATA, what, path.name, "check the folder and the rights") from None


def _check_signature(path: Path, raw: bytes) -> None:
    if raw.startswith(_COMPOUND_FILE):
        what = "the file is encrypted or in the old .xls format"
        mend = "remove the password in Excel, or save the workbook as .xlsx or .xlsm"
        raise XlidxError(Kind.TYPE, what, path.name, mend)
    if not raw.startswith((_ZIP, _EMPTY_ZIP)):
        what = "the file is no Excel workbook"
        raise XlidxError(Kind.TYPE, what, path.name, "give an .xlsx or .xlsm file")


def _check_entries(path: Path, entries: tuple[zipfile.ZipInfo, ...]) -> None:
    names = [entry.filename for entry in entries]
    if len(set(map(str.lower, names))) != len(names):
        raise _hostile(path, "the archive holds one name twice")
    for entry in entries:
        if _leaves(entry.orig_filename):
            raise _hostile(path, f"member {entry.orig_filename[:60]!r} would leave the workbook's folder")
        if entry.flag_bits & 1:
            what = f"member {entry.filename} is encrypted"
            raise XlidxError(Kind.TYPE, what, path.name, "remove the password in Excel")
        if entry.file_size > MEMBER_LIMIT:
            raise _hostile(path, f"member {entry.filename} unpacks to {entry.file_size >> 20} MiB")
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if total > TOTAL_LIMIT and total > RATIO_LIMIT * packed:
        raise _hostile(path, f"the archive unpacks to {total >> 20} MiB, {total // max(packed, 1)} times its size")


def _leaves(name: str) -> bool:
    parts = re.split(r"[\\/]", name)
    return ".." in parts or parts[0] == "" or "\x00" in name or bool(re.match(r"[A-Za-z]:", name))


def _resolved(folder: PurePosixPath, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    pieces: list[str] = []
    for piece in (folder / target).parts:
        if piece == ".." and pieces:
            pieces.pop()
        elif piece != "..":
            pieces.append(piece)
    return "/".join(pieces)


def _copied(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.filename, entry.date_time)
    for field in ("compress_type", "external_attr", "create_system", "comment"):
        setattr(info, field, getattr(entry, field))
    return info


def _broken(path: Path, what: str) -> XlidxError:
    return XlidxError(Kind.TYPE, what, path.name, "open and save the workbook in Excel")


def _hostile(path: Path, what: str) -> XlidxError:
    return XlidxError(Kind.TYPE, what, path.name, "do not open this file; ask its sender for a clean copy")
