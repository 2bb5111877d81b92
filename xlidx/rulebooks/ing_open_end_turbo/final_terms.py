"""Reads ING Final Terms of open-end certificates into certificates, with evidence and findings.

The form is that of 2020: numbered items for what holds for all series, and tables with one row per series.
Other forms of the programme are refused with a sentence that says what was found.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.limits import BYTES, PAGES, within
from xlidx.rulebooks.ing_open_end_turbo.items import Facts, facts_of, items_of
from xlidx.rulebooks.ing_open_end_turbo.layout import lines_of, tables_of
from xlidx.rulebooks.ing_open_end_turbo.remarks import remarks
from xlidx.rulebooks.ing_open_end_turbo.series import Evidence, Reading, Refused, read_series
from xlidx.rules import rule
from xlidx.turbo.book.inputs import TERMS
from xlidx.turbo.certificate import Certificate, Finding
from xlidx.values import Cell

LONGEST_PATH = 260

MORE = (
    "series",
    "wkn",
    "name",
    "family",
    "number",
    "issue_price",
    "maximum_spread",
    "maximum_premium",
    "minimum_premium",
    "stop_loss",
    "issue_date",
    "valuation_dates",
    "final_valuation_date",
)
"""Columns after those of a terms table; the last one of all is ``note``."""


@attrs.frozen
class FinalTerms:
    """A document read: certificates in printed order, refused series, findings, evidence and facts."""

    certificates: tuple[Certificate, ...]
    refused: tuple[Refused, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    facts: Facts

    def source(self, subject: str, field: str) -> Evidence:
        """Return where a value of a series (or of the ``document``) stands, and how it is printed.

        Raises
        ------
        XlidxError
            ``NO_DATA`` if nothing was read under this name.
        """
        for evidence in self.evidence:
            if (evidence.subject, evidence.field) == (subject, field):
                return evidence
        raise XlidxError(Kind.NO_DATA, f"nothing was read as {field} of {subject}", "evidence", "see evidence_rows")


@rule("ing_open_end_turbo", "T.1")
@rule("ing_open_end_turbo", "T.2")
@rule("ing_open_end_turbo", "T.3")
@rule("ing_open_end_turbo", "T.4")
def read_final_terms(text: str) -> FinalTerms:
    """Read the text of ING Final Terms.

    Parameters
    ----------
    text : str
        The whole document; cells of tables parted by tabs, or by runs of spaces where there is no tab.

    Returns
    -------
    FinalTerms
        Every series is either a certificate or refused with a sentence.  Percentages become fractions;
        numbers are the printed decimals rounded once, to the nearest float.

    Raises
    ------
    XlidxError
        ``MISSING`` for an empty text; ``NO_DATA`` for a layout that is not known, telling what was found;
        ``CHOICE`` for fixed leverage certificates; ``SHAPE`` for two documents in one text.

    Rule: ING Final Terms, tables T.1 to T.4 and items A.1 to A.30.

    *Reading*: nothing is appended to or changed in a number; see
    :mod:`xlidx.rulebooks.ing_open_end_turbo.cells` for the
    one case in which a torn number is joined.

    Examples
    --------
    >>> read_final_terms("Rules of the PSI 20 index")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: this layout is not known, no table of series and of economic terms and of underlyings; ...
    """
    if not text.strip():
        raise XlidxError(Kind.MISSING, "the text is empty", "text", "give the whole text of the Final Terms")
    if "\0" in text:
        raise XlidxError(Kind.TYPE, "the text holds binary data", "text", "give plain text or a PDF")
    lines = lines_of(text)
    tables, items = tables_of(lines), items_of(lines)
    facts = facts_of(lines, items)
    reading = read_series(tables, facts)
    if not reading.certificates:
        first = reading.refused[0]
        what = f"none of {len(reading.refused)} series can be read, the first is: {first.why}"
        raise XlidxError(Kind.NO_DATA, what, "text", "compare the text with the source document")
    found = (*remarks(lines, tables, items, facts, reading.certificates), *reading.findings)
    return _with_facts(reading, facts, found)


def read_file(path: str | Path) -> FinalTerms:
    """Read ING Final Terms from a text file (UTF-8) or a PDF; see :func:`read_final_terms`.

    Line numbers of a PDF are those of the text taken out of it.

    Raises
    ------
    XlidxError
        ``NO_DATA`` if there is no such file, or a PDF without text; ``TYPE`` if it is neither text nor PDF.
    """
    content = _content(Path(path))
    try:
        return read_final_terms(_pdf_text(content) if b"%PDF-" in content[:1024] else _plain_text(content))
    except XlidxError as error:
        raise error.at(f"file {Path(path).name}") from None


def read_source(source: str) -> FinalTerms:
    """Read a text if it has several lines, else the file of that path.

    Examples
    --------
    >>> read_source("no such file.txt")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: cannot read the file: No such file or directory - no such file.txt - ...
    """
    several = "\n" in source or "\r" in source or len(source) > LONGEST_PATH or not source.strip()
    return read_final_terms(source) if several else read_file(source)


def terms_rows(final_terms: FinalTerms) -> list[list[Cell]]:
    """Return the terms table of a document, header first, as ``XI_TURBO_BOOK`` takes it.

    The columns of :data:`xlidx.turbo.book.inputs.TERMS` come first, then :data:`MORE` and ``note``.  A refused series
    has blanks for its terms and the sentence as its note, so that a book shows an error in that row.
    """
    header = [column.name for column in TERMS.columns]
    errors = _errors(final_terms)
    rows = [_terms_row(c, header, errors.get(c.series)) for c in final_terms.certificates]
    known: list[dict[str, Cell]] = [
        {"series": r.series, "isin": r.isin or None, "note": r.why} for r in final_terms.refused
    ]
    names = [*header, *MORE, "note"]
    return [[*names], *rows, *[[row.get(name) for name in names] for row in known]]


def findings_rows(final_terms: FinalTerms) -> list[list[Cell]]:
    """Return the findings of a document as a table: grade, name, subject, lines, finding."""
    rows: list[list[Cell]] = [["grade", "name", "subject", "lines", "finding"]]
    return rows + [[f.grade, f.name, f.subject, _joined(f.lines), f.what] for f in final_terms.findings]


def evidence_rows(final_terms: FinalTerms) -> list[list[Cell]]:
    """Return the evidence of a document as a table: subject, field, lines, text as printed."""
    rows: list[list[Cell]] = [["subject", "field", "lines", "printed"]]
    return rows + [[e.subject, e.field, _joined(e.lines), " | ".join(e.raw)] for e in final_terms.evidence]


def frame(rows: list[list[Cell]]) -> pd.DataFrame:
    """Return a table with a header row as a frame; blanks stay ``None``."""
    return pd.DataFrame(rows[1:], columns=[str(name) for name in rows[0]], dtype=object)


def _with_facts(reading: Reading, facts: Facts, findings: tuple[Finding, ...]) -> FinalTerms:
    stated = tuple(Evidence("document", name, (line,), (raw,)) for name, (line, raw) in facts.places.items())
    return FinalTerms(reading.certificates, reading.refused, findings, (*stated, *reading.evidence), facts)


def _terms_row(certificate: Certificate, header: list[str], note: str | None) -> list[Cell]:
    named: Mapping[str, Any] = {**attrs.asdict(certificate), "level_date": certificate.trade_date}
    return [named[name] for name in (*header, *MORE)] + [note]


def _errors(final_terms: FinalTerms) -> dict[str, str]:
    errors: dict[str, list[str]] = {}
    for finding in final_terms.findings:
        if finding.grade == "error":
            errors.setdefault(finding.subject, []).append(finding.what)
    return {subject: "; ".join(whats) for subject, whats in errors.items()}


def _joined(lines: tuple[int, ...]) -> str:
    return ", ".join(map(str, lines))


def _content(path: Path) -> bytes:
    """Return the bytes of a regular file: a device or a pipe may never end."""
    where, mend = str(path)[:LONGEST_PATH], "give the path of a text file or PDF"
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size <= BYTES.most:
            return path.read_bytes()
    except OSError as error:
        what = f"cannot read the file: {error.strerror or 'it is not there'}"
        raise XlidxError(Kind.NO_DATA, what, where, mend) from None
    except ValueError:  # NUL, or half of a letter
        what = "the path has letters that no path can have"
        raise XlidxError(Kind.NO_DATA, what, f"path {where!r}", mend) from None
    within(BYTES, status.st_size, "the file", where)
    raise XlidxError(Kind.NO_DATA, "cannot read the file: it is a folder or a device", where, mend)


def _plain_text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        mend = "save it as text in UTF-8, or give the PDF"
        raise XlidxError(Kind.TYPE, "the file is neither a PDF nor text in UTF-8", "content", mend) from None


def _pdf_text(content: bytes) -> str:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        mend = "install pypdf, or give the text of the PDF"
        raise XlidxError(Kind.NO_DATA, "reading a PDF needs the library pypdf", "installation", mend) from None
    try:
        pages = PdfReader(BytesIO(content)).pages
        within(PAGES, len(pages), "the PDF", "content")
        text = "\n\n".join(page.extract_text(extraction_mode="layout") for page in pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        what = f"the PDF cannot be read: {str(error)[:80] or type(error).__name__}"
        raise XlidxError(Kind.TYPE, what, "content", "save it anew, without a password") from None
    if not text.strip():
        raise XlidxError(Kind.NO_DATA, "the PDF holds no text, only pictures", "content", "give a PDF with text")
    return text
