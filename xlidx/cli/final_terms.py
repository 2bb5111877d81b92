"""``xlidx final-terms``: a Final Terms document in, a workbook of its terms out."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import xlsxwriter

from xlidx.cli.options import require_ending
from xlidx.cli.text import table
from xlidx.files import replace
from xlidx.folders.write import WORKBOOK_OPTIONS
from xlidx.rulebooks.ing_open_end_turbo.final_terms import FinalTerms, evidence_rows, findings_rows, terms_rows


def summary(read: FinalTerms) -> str:
    """Return what was read in a few lines: series, refusals, warnings and errors."""
    counts = Counter(finding.grade for finding in read.findings)
    found = ", ".join(f"{counts[grade]} {grade}s" for grade in ("error", "warning", "note") if counts[grade])
    lines = [f"{len(read.certificates)} series read, {len(read.refused)} refused; findings: {found or 'none'}"]
    serious = [row for row in findings_rows(read)[1:] if row[0] != "note"]
    if serious:
        lines.append(table([findings_rows(read)[0], *serious]))
    return "\n".join(lines)


def write_terms(read: FinalTerms, path: Path) -> None:
    """Write the terms, the findings and the evidence as three sheets, in one step.

    Raises
    ------
    XlidxError
        ``CHOICE`` when the file does not end in .xlsx.
    """
    require_ending(path, ".xlsx")
    buffer = io.BytesIO()
    options = {**WORKBOOK_OPTIONS, "in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        for name, rows in _sheets(read).items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, rows[0], head)
            for i, row in enumerate(rows[1:], start=1):
                sheet.write_row(i, 0, ["" if cell is None else cell for cell in row])
            sheet.freeze_panes(1, 1)
            sheet.autofit()
    replace(path, buffer.getvalue())


def _sheets(read: FinalTerms) -> dict[str, list[list[Any]]]:
    return {"Terms": terms_rows(read), "Findings": findings_rows(read), "Evidence": evidence_rows(read)}
