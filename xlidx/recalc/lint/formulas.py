"""Checks of formulas: arrays that spill, names that Excel finds, no other workbook, computed as Excel does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlidx.recalc.lint.finding import WORKBOOK, Finding, Linted, at
from xlidx.recalc.lint.prefixes import misspelt
from xlidx.recalc.workbook.package import PACKAGE_RELATION

_TEXT = re.compile(r'"[^"]*"')
_ADD_IN = re.compile(r"(?:(?<![\w\]])\[\d+\]|\.xlam?'?)!\w+|_xll\.|_xludf\.|_xldudf_", re.IGNORECASE)
_OTHER_BOOK = re.compile(r"(?<![\w\]])\[\d+\][\w .]+!|'[^'!]*\[[^\]]+\][^'!]*'!")
_THIS_ROW = re.compile(r"\[#This Row\],\s*(?!\[)|\[@", re.IGNORECASE)
_BRACKETS = re.compile(r"\[(?:'.|[^\[\]])*\]")
_HARMLESS = ("hyperlink",)


def arrays(subject: Linted) -> Iterator[Finding]:
    """Find calls of our functions that Excel would cut to one value or to a fixed size."""
    names = "|".join(map(re.escape, sorted(subject.functions, key=len, reverse=True)))
    call = re.compile(rf"(?<![\w.])(?:{names})\(", re.IGNORECASE)
    for sheet, place, formula in subject.formulas():
        found = None if formula.dynamic else call.search(_TEXT.sub("", formula.text))
        if found is not None:
            what = f"{found[0][:-1]} stands in a formula that does not spill; Excel shows @ or braces"
            yield Finding("arrays", at(sheet, place), what, "enter it as a dynamic array formula (attribute cm)")


def paths(subject: Linted) -> Iterator[Finding]:
    """Find formulas that remember where an add-in stood."""
    for where, text in subject.texts:
        found = _ADD_IN.search(_TEXT.sub("", text))
        if found is not None:
            what = f"the formula holds the place of an add-in ({found[0]})"
            yield Finding("paths", where, what, "xlidx relink BOOK, or enter the formula again by the plain name")


def tables(subject: Linted) -> Iterator[Finding]:
    """Find references to tables in a form that only some programs read."""
    names = "|".join(re.escape(table.name) for table in subject.book.tables.values())
    bare = re.compile(rf"(?<![\w.'])(?:{names})(?![\w.\[!('])", re.IGNORECASE) if names else None
    for where, text in subject.texts:
        plain = _TEXT.sub("", text)
        if "[" in plain and _THIS_ROW.search(plain):
            what = "a column of this row is not written as table[[#This Row],[Column]]"
            yield Finding("tables", where, what, "write table[[#This Row],[Column]]")
        found = bare.search(_BRACKETS.sub("[]", plain)) if bare else None
        if found is not None:
            what = f"the table {found[0]} stands without brackets"
            yield Finding("tables", where, what, f"write {found[0]}[]")


def prefixes(subject: Linted) -> Iterator[Finding]:
    """Find functions and names of LET that are not stored under the name by which Excel finds them."""
    for where, text in subject.texts:
        for wrong, right in misspelt(text):
            what = f"{wrong} is not how the file must store it; Excel shows #NAME?"
            yield Finding("prefixes", where, what, f"store {right}")


def links(subject: Linted) -> Iterator[Finding]:
    """Find what the workbook wants from outside: other workbooks, data connections, linked files."""
    for where, text in subject.texts:
        found = _OTHER_BOOK.search(_TEXT.sub("", text))
        if found is not None:
            mend = "bring the data into this workbook"
            yield Finding("links", where, f"the formula reads another workbook ({found[0]})", mend)
    for part in sorted(subject.book.package.parts):
        if part.startswith(("xl/externalLinks/external", "xl/connections.", "xl/queryTables/")):
            mend = "break the link in Excel (Data, Edit Links; Data, Queries and Connections), or xlidx relink BOOK"
            yield Finding("links", WORKBOOK, f"part {part} is a link to data outside", mend)
        if part.endswith(".rels") and "externalLinks" not in part:
            yield from _targets(subject, part)


def _targets(subject: Linted, part: str) -> Iterator[Finding]:
    for item in subject.book.package.xml(part).iter(f"{{{PACKAGE_RELATION}}}Relationship"):
        kind = (item.get("Type") or "").rpartition("/")[2]
        if item.get("TargetMode") == "External" and kind not in _HARMLESS:
            what = f"part {part} reads {(item.get('Target') or '')[:60]} ({kind})"
            yield Finding("links", WORKBOOK, what, "put it into the workbook, or take it out")


def guard(subject: Linted) -> Iterator[Finding]:
    """Find formulas that a server without Excel does not compute as Excel does."""
    for sheet, place, what, mend in subject.outside:
        yield Finding("guard", at(sheet, place), what, mend)
