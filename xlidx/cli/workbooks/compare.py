"""``xlidx compare``: does a recalculation give the values that Excel stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import attrs
import click

from xlidx.cli import options
from xlidx.cli.options import EngineName, tell
from xlidx.cli.text import MOST_SHOWN, plural, shown, table
from xlidx.folders import read_table
from xlidx.recalc import Kept
from xlidx.recalc.compare import Comparison
from xlidx.tables import Column, TableSpec

JUDGED = TableSpec(
    name="judged",
    keys=("book", "cell"),
    columns=(
        Column(name="book", kind="text", help="name of the workbook"),
        Column(name="cell", kind="text", help="Sheet!A1, or * for every cell"),
        Column(name="reason", kind="text", help="why the difference is no error"),
    ),
)
_BOOK = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("books", nargs=-1, required=True, type=_BOOK)
@options.engine
@click.option("--judged", type=_BOOK, help="Table of book, cell, reason: differences that are no errors.")
@click.option("--seconds", type=float, default=120.0, show_default=True, help="Time limit of one workbook.")
@options.foreign
@options.report
def compare(
    books: tuple[Path, ...],
    engine: EngineName,
    judged: Path | None,
    seconds: float,
    report: str,
    clock: datetime | None,
    kept: Kept,
) -> int:
    """Compute every formula of BOOKS and hold it against the stored value; nothing is written.

    BOOKS are workbooks saved by Excel, or folders of them. Exit code 1 when a computed value differs. A formula that
    is refused keeps its stored value, so that the others are compared all the same.
    """
    from xlidx.recalc import batch

    exceptions = {} if judged is None else _judged(judged)
    found = list(batch.compare_all(batch.found_books(books), engine, exceptions, seconds, clock, kept))
    counts = batch.summary(found)
    if report == "json":
        whole = {"summary": counts, "workbooks": [attrs.asdict(one) for one in found]}
        click.echo(json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True))
    else:
        for one in found:
            click.echo(_text(one))
        click.echo(_counts(counts))
    return 1 if counts["different"] else 0


def _judged(path: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in read_table(path, JUDGED, tell=tell).strict().itertuples(index=False):
        found.setdefault(str(row.book), {})[str(row.cell)] = str(row.reason)
    return found


def _text(one: Comparison) -> str:
    if one.failure:
        return f"{one.workbook}: refused as a whole: {one.failure}"
    lines = [
        (
            f"{one.workbook}: {one.formulas} formulas: {one.equal} equal, {len(one.different)} different, "
            f"{len(one.refused)} refused, {one.without_value} without a stored value"
            + (f", {one.kept} kept" if one.kept else "")
        )
    ]
    rows = [
        [f"  {d.cell}", d.formula[:60], shown(d.stored), "->", shown(d.computed), d.judged or f"({d.engine})"]
        for d in one.different
    ]
    lines += _first(table(rows[:MOST_SHOWN], header=False).splitlines() if rows else [], len(rows))
    lines += _first([f"  refused {r.cell}: {r.why}" for r in one.refused[:MOST_SHOWN]], len(one.refused))
    return "\n".join(lines)


def _first(lines: Sequence[str], count: int) -> list[str]:
    more = [f"  and {count - MOST_SHOWN} more; --report json lists them all"] if count > MOST_SHOWN else []
    return [*lines, *more]


def _counts(counts: dict[str, int]) -> str:
    return (
        f"{plural(counts['books'], 'workbook')}, {counts['recalculated']} with every formula computed, "
        f"{counts['refused_whole']} refused as a whole; {counts['formulas']} formulas: {counts['equal']} equal, "
        f"{counts['different']} different in {plural(counts['differing_books'], 'workbook')}, "
        f"{counts['judged']} judged, "
        f"{counts['refused']} refused, {counts['kept']} kept, {counts['without_value']} without a stored value"
    )
