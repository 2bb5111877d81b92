"""``xlidx test``: a workbook of one's own, recalculated and held against what is expected."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlidx.cli import options
from xlidx.cli.options import BOOK, EngineName, setting, written
from xlidx.cli.text import plural, table

if TYPE_CHECKING:
    from xlidx.recalc import Kept


@click.command()
@click.argument("book", type=BOOK)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a named input cell first.")
@click.option("--expect", multiple=True, metavar="NAME=VALUE", help="A result: NPV=12.34±0.01, Rate=5±1%, State=live.")
@click.option("--snapshot", type=BOOK, help="File of name, value, tolerance that the results must have.")
@click.option("--update", is_flag=True, help="Write the snapshot anew.")
@click.option("--no-errors", is_flag=True, help="Fail when a formula cell holds an error value.")
@click.option("--junit", "report", type=BOOK, help="Write the outcome for a CI server.")
@click.option("--verify", is_flag=True, help="Calculate with both engines; refuse if they disagree.")
@options.engine
@options.foreign
def test(
    book: Path,
    settings: tuple[str, ...],
    expect: tuple[str, ...],
    snapshot: Path | None,
    update: bool,
    no_errors: bool,
    report: Path | None,
    verify: bool,
    engine: EngineName,
    clock: datetime | None,
    kept: Kept,
) -> int:
    """Recalculate a copy of BOOK and hold results against what is expected; BOOK is left as it is.

    A workbook with a cell named MasterCheck must pass it too. Exit code 1 when something is not as expected.
    """
    from xlidx.errors import Kind, XlidxError
    from xlidx.files import replace
    from xlidx.testing import Expectation, Outcome, outcomes, recalculated
    from xlidx.testing.junit import junit
    from xlidx.testing.snapshots import read_snapshot, write_snapshot

    if update and snapshot is None:
        raise XlidxError(Kind.MISSING, "there is no snapshot to update", "option --update", "give --snapshot FILE")
    wanted = [Expectation.of(text) for text in expect]
    done = recalculated(book, dict(map(setting, settings)), engine=engine, verify=verify, clock=clock, kept=kept)
    if snapshot is not None:
        if update:
            write_snapshot(done, snapshot)
            written(snapshot)
        wanted += read_snapshot(snapshot)
    found = outcomes(done, wanted)
    if no_errors:
        found += [Outcome(cell, "no error", value, False) for cell, value in done.errors.items()]
    if report is not None:
        replace(report, junit(book.name, found))
    rows = [[one.name, one.wanted, one.found, "ok" if one.passed else "FAILED"] for one in found]
    click.echo(table([["Name", "Expected", "Found", ""], *rows]))
    failed = sum(not one.passed for one in found)
    click.echo(f"{book}: {plural(len(found), 'expectation')}, {failed} failed")
    return 1 if failed else 0
