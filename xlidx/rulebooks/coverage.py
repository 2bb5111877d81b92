"""What xlidx does with every section of a legal document: one ``.toml`` file per document, read as records.

A section is ``implemented`` only if functions do the whole of what it demands.  A ``planned`` section may
name functions that do a part; its note says which part.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import attrs

from xlidx import rules
from xlidx.errors import Kind, XlidxError
from xlidx.tables import closest, plain_name

DOCUMENTS = tuple(rules.DOCUMENTS)

STATUSES = ("implemented", "input", "narrative", "planned", "differs")
"""Done by functions; taken as given; nothing to compute; not done yet; done otherwise, as the note says."""

CONFIDENCES = ("high", "medium", "low")
"""How sure a clause is that was reconstructed because its own text was not available."""


@attrs.frozen
class Section:
    """One section: its number as printed, its title, and what xlidx does with it."""

    no: str
    title: str
    status: str
    note: str
    functions: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    excel: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    tests: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    confidence: str = ""
    source: str = ""


@attrs.frozen
class Document:
    """One edition of a legal document and its sections, in the order of the text."""

    id: str
    title: str
    publisher: str
    edition: str
    date: date
    sha256: str
    note: str
    sections: tuple[Section, ...]


def load(document: str) -> Document:
    """Return the coverage of one document.

    Parameters
    ----------
    document : str
        One of :data:`DOCUMENTS`; case, blanks and ``_`` do not matter.

    Returns
    -------
    Document
        Edition, digest of the source text, and one record per section.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown document, with the closest known one.

    Examples
    --------
    >>> load("psi20").edition
    '16-01'
    >>> load("psi2")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: there is no rule book 'psi2' - argument document - did you mean psi20?
    """
    wanted = plain_name(document)
    for known in DOCUMENTS:
        if plain_name(known) == wanted:
            return _read(known)
    near = closest(document, DOCUMENTS)
    mend = f"did you mean {near}?" if near else f"use {', '.join(DOCUMENTS)}"
    raise XlidxError(Kind.CHOICE, f"there is no rule book {document[:60]!r}", "argument document", mend)


def rows(document: str) -> list[tuple[str, str, str, str, str, str]]:
    """Return the sections of a document as the rows of a table.

    Parameters
    ----------
    document : str
        As in :func:`load`, which also lists what is refused.

    Returns
    -------
    list of (no, title, status, functions, excel, note)
        Several functions are joined by a comma; the note of a reconstructed clause ends with its confidence
        and source.

    Examples
    --------
    >>> [row[4] for row in rows("psi20") if row[0] == "5.2.3 Velocity"]
    ['XI_VELOCITY']
    """
    return [
        (s.no, s.title, s.status, ", ".join(s.functions), ", ".join(s.excel), _remark(s))
        for s in load(document).sections
    ]


@cache
def _read(document: str) -> Document:
    text = files(__package__).joinpath(document, f"{document}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    sections = tuple(Section(**section) for section in content["section"])
    return Document(**content["document"], sections=sections)


def _remark(section: Section) -> str:
    if not section.confidence:
        return section.note
    return f"{section.note} (confidence {section.confidence}: {section.source})"
