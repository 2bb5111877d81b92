"""Repair formulas that an add-in left its path in: ``[1]!XI_...`` back to ``XI_...``.

A workbook edited with an add-in loaded stores where the add-in stood, and a workbook from the web runtime its
namespace; on the next machine neither is there.  Only the names of our functions are touched, and the link to an
add-in that no formula uses any more goes; every other byte of every part stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

import attrs
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.workbook.book import workbook_part
from xlidx.recalc.workbook.normalise import our_name, unloaded
from xlidx.recalc.workbook.package import Package, read, replace
from xlidx.recalc.workbook.structured import shield

# Every element in which a part of a workbook keeps a formula, in any namespace prefix.
_FORMULA = re.compile(
    rb"(<(?:\w+:)?(?:f|formula|formula1|formula2|definedName|calculatedColumnFormula|totalsRowFormula)"
    rb"(?:\s[^<>]*)?(?<!/)>)([^<]+)(?=</)"
)
_SUSPECT = re.compile(rb"xla|_xl|\[[0-9]+\]", re.IGNORECASE)
_LINKED = re.compile(rb"\[([0-9]+)\]")
_ADD_IN = re.compile(r"\.xlam?$", re.IGNORECASE)
_TARGET = re.compile(rb'\bTarget="([^"]*)"')


@attrs.frozen
class Relinked:
    """What a repair did: the names repaired with their count, and the add-in links dropped and kept."""

    names: Mapping[str, int]
    dropped: tuple[str, ...]
    kept: tuple[str, ...]


def relink(path: str | Path, ours: Collection[str], out: str | Path | None = None) -> Relinked:
    """Repair the add-in paths in the formulas of a workbook, in one step.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook.
    ours : collection of str
        Names of our functions.
    out : path, optional
        Where to write; the workbook itself if left out, and then only if something changed.

    Returns
    -------
    Relinked

    Raises
    ------
    XlidxError
        When the file is no workbook, or a formula with an add-in path cannot be read; nothing is written.
    """
    package = read(Path(path))
    names: dict[str, int] = {}
    known = frozenset(name.upper() for name in ours)
    changed = {
        name: _repaired(data, name, known, names)
        for name, data in package.parts.items()
        if name.endswith(".xml") and _SUSPECT.search(data)
    }
    edits, dead, kept = _without_links(package, {**package.parts, **changed})
    targets = tuple(target for target, _ in dead)
    without = frozenset(part for _, parts in dead for part in parts)
    data = package.with_parts({**changed, **edits}, without)
    if out is not None or data != package.raw:
        replace(Path(path if out is None else out), data)
    return Relinked(names, targets, kept)


def repaired(text: str, ours: Collection[str]) -> tuple[str, list[str]]:
    r"""Return a formula with the plain names of our functions, and the names that were repaired.

    Examples
    --------
    >>> repaired(r"LEN('C:\desk\xlidx.xlam'!XI_VERSION())+[1]!OTHER(2)", {"XI_VERSION"})
    ('LEN(XI_VERSION())+[1]!OTHER(2)', ['XI_VERSION'])
    """
    shielded = shield("=" + text)
    found: list[str] = []
    pieces = []
    for token in Tokenizer(shielded).items:
        value = str(token.value)
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            name = our_name(unloaded(value[:-1]), ours)
            if name is not None and name != value[:-1].upper():
                found.append(name)
                value = name + "("
        pieces.append(value)
    if not found:
        return text, []
    if shielded != "=" + text:
        what = "a formula mixes an add-in path with escaped column names of a table"
        raise XlidxError(Kind.TYPE, what, text[:60], "enter the formula again in Excel")
    return "".join(pieces), found


def _repaired(data: bytes, part: str, ours: Collection[str], names: dict[str, int]) -> bytes:
    def formula(match: re.Match[bytes]) -> bytes:
        if not _SUSPECT.search(match[2]):
            return match[0]
        try:
            text, found = repaired(unescape(match[2].decode()), ours)
        except (TokenizerError, UnicodeDecodeError):
            what = f"formula {match[2][:60]!r} cannot be read"
            raise XlidxError(Kind.TYPE, what, f"part {part}", "enter the formula again in Excel") from None
        for name in found:
            names[name] = names.get(name, 0) + 1
        return match[1] + escape(text).encode() if found else match[0]

    return _FORMULA.sub(formula, data)


def _without_links(
    package: Package, parts: Mapping[str, bytes]
) -> tuple[dict[str, bytes], list[tuple[str, list[str]]], tuple[str, ...]]:
    """Return the parts that change, the dead links (target, parts to leave out), and add-in links that stay.

    Formulas count links by position, so a dead link goes only when no living one stands behind it.
    """
    book = workbook_part(package)
    relations = package.relations(book)
    text = parts.get(book, b"")
    references = re.findall(rb'<(?:\w+:)?externalReference\b[^>]*?\b\w+:id="([^"]+)"[^>]*?/>', text)
    before, used = (_used(package.parts), _used(parts)) if references else (set(), set())
    dead: list[tuple[str, list[str]]] = []
    kept: list[str] = []
    for number in range(len(references), 0, -1):
        identity = references[number - 1].decode()
        link = relations.get(identity, ("", ""))[1]
        target, rels = _target(parts, link)
        ours = number in before - used or target.lower().endswith("xlidx.xlam")
        if not _ADD_IN.search(target) or not ours:
            used.add(number)
        elif number in used or any(other > number for other in used):
            kept.append(target)
        else:
            dead.append((target, [link, rels]))
            parts = {**parts, **_unlinked(parts, book, identity, link)}
    changed = {name: parts[name] for name in package.parts if parts[name] is not package.parts[name]}
    return changed, dead, tuple(kept)


def _used(parts: Mapping[str, bytes]) -> set[int]:
    pages = (data for name, data in parts.items() if name.endswith(".xml"))
    formulas = (match[2] for data in pages for match in _FORMULA.finditer(data))
    return {int(number) for formula in formulas for number in _LINKED.findall(formula)}


def _target(parts: Mapping[str, bytes], link: str) -> tuple[str, str]:
    folder, _, name = link.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    found = _TARGET.search(parts.get(rels, b""))
    return (unescape(found[1].decode()) if found else ""), rels


def _unlinked(parts: Mapping[str, bytes], book: str, identity: str, link: str) -> dict[str, bytes]:
    folder, _, name = book.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    mark, part = re.escape(identity.encode()), re.escape(b"/" + link.encode())
    text = re.sub(rb'<(?:\w+:)?externalReference\b[^>]*?:id="' + mark + rb'"[^>]*?/>', b"", parts[book], count=1)
    text = re.sub(rb"<((?:\w+:)?externalReferences)>\s*</\1>", b"", text)
    return {
        book: text,
        rels: re.sub(rb'<Relationship\b[^>]*?\bId="' + mark + rb'"[^>]*?/>', b"", parts[rels], count=1),
        "[Content_Types].xml": re.sub(
            rb'<Override\b[^>]*?\bPartName="' + part + rb'"[^>]*?/>', b"", parts["[Content_Types].xml"], count=1
        ),
    }
