"""``xlidx lint``: is a workbook fit to hand out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import attrs
import click

from xlidx.cli import options
from xlidx.cli.options import BOOK
from xlidx.cli.text import MOST_SHOWN
from xlidx.recalc.lint import CHECKS, Finding


@click.command()
@click.argument("book", type=BOOK)
@options.report
def lint(book: Path, report: str) -> int:
    """Check that BOOK is fit to hand out; nothing is written, exit code 1 when something is found.

    Looked at are formulas that Excel would cut or not find, links, inputs without name, validation or lock, stored
    errors, the master check, hidden parts, and whether all stored values are those of a recalculation.
    """
    from xlidx.excel.calls import cell_functions
    from xlidx.recalc import lint as checks

    findings = checks.lint(book, cell_functions())
    click.echo(_json(book, findings) if report == "json" else _text(book, findings))
    return 1 if findings else 0


def _json(book: Path, findings: Sequence[Finding]) -> str:
    report = {
        "workbook": book.name,
        "checks": [name for name, _ in CHECKS],
        "findings": [attrs.asdict(finding) for finding in findings],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _text(book: Path, findings: Sequence[Finding]) -> str:
    if not findings:
        return f"{book}: nothing found, {len(CHECKS)} checks"
    lines: list[str] = []
    counts = Counter(finding.check for finding in findings)
    for name, count in counts.items():
        lines += [finding.sentence for finding in findings if finding.check == name][:MOST_SHOWN]
        if count > MOST_SHOWN:
            lines.append(f"  and {count - MOST_SHOWN} more [{name}]; --report json lists them all")
    return "\n".join([*lines, f"{book}: {len(findings)} found"])
