"""The commands.  Each one reads its input, calls one function of the package and prints the result."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlidx import rules as rule_links
from xlidx.cli import doctor as checks
from xlidx.cli import options
from xlidx.cli.group import cli
from xlidx.cli.options import BOOK, DATA, FOLDER, EngineName, require_new, tell, written
from xlidx.cli.text import as_json, literal, refreshed, table
from xlidx.folders.dialect import Form

if TYPE_CHECKING:
    from xlidx.recalc import Kept


@cli.command()
@click.argument("name")
@click.argument("arguments", nargs=-1)
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
@options.text_files
def call(name: str, arguments: tuple[str, ...], json_: bool, form: Form) -> int:
    """Run one function: `xlidx call XI_INDEX_LEVEL {1200,227,73} 1 3`.

    Arguments are numbers, words, TRUE/FALSE, array constants {1,2;3,4}, @file.csv for a range, or "" for a
    blank one. Put `--` before a negative number.
    """
    from xlidx.excel.calls import call as run
    from xlidx.excel.calls import why

    cells = [literal(text, form) for text in arguments]
    result = run(name, *cells)
    click.echo(as_json(result) if json_ else _printed(result))
    sentence = why(name, *cells)
    if sentence:
        click.echo(f"xlidx: {sentence}", err=True)
    return 2 if sentence else 0


@cli.command()
@click.argument("name")
@click.argument("arguments", nargs=-1)
@options.text_files
def explain(name: str, arguments: tuple[str, ...], form: Form) -> None:
    """Show the steps behind one result: symbol, meaning, value, unit, rule."""
    from xlidx.excel.calls import explain as steps
    from xlidx.excel.cells import plain

    click.echo(table(plain(steps(name, *(literal(text, form) for text in arguments)))))


@cli.command()
@click.argument("name", required=False)
def functions(name: str | None) -> None:
    """List the functions, or show one with its arguments and examples."""
    from xlidx.excel.catalogue import CATALOGUE, find
    from xlidx.excel.entries import formula

    if name is None:
        click.echo(table([["Function", "Group", "What it gives"], *([e.name, e.group, e.help] for e in CATALOGUE)]))
        return
    entry = find(name)
    click.echo(f"{entry.syntax}\n\n{entry.help}\n")
    rows = [[p.name, "" if p.required else "optional", p.help] for p in entry.params]
    if rows:
        click.echo(table(rows, header=False) + "\n")
    for example in entry.examples:
        click.echo(f"{formula(entry.name, example.arguments)}    ({example.source})")
    click.echo(f"\nRules: {entry.rules or 'none: no clause of a document'}")


@cli.command()
@click.argument("document", required=False)
def rules(document: str | None) -> None:
    """Print every section of a document with its status, functions and tests."""
    from xlidx.rulebooks import coverage

    if document is None:
        click.echo(table([["Document", "Title"], *map(list, rule_links.DOCUMENTS.items())]))
        return
    header = ["Section", "Title", "Status", "Excel", "Functions", "Tests", "Note"]
    rows = [
        [s.no, s.title, s.status, ", ".join(s.excel), ", ".join(s.functions), ", ".join(s.tests), s.note]
        for s in coverage.load(document).sections
    ]
    click.echo(table([header, *rows]))


@cli.command()
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=BOOK, help="Write here instead of over BOOK.")
@options.engine
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a named input cell first.")
@options.foreign
@options.report
@click.option("--verify", is_flag=True, help="Calculate with both engines; refuse to write if they disagree.")
def recalc(
    book: Path,
    output: Path | None,
    engine: EngineName,
    settings: tuple[str, ...],
    report: str,
    verify: bool,
    clock: datetime | None,
    kept: Kept,
) -> int:
    """Recalculate a workbook without Excel and write the values into it.

    The file is replaced in one step when everything is known, or left as it is. Exit code 1 when a check of the
    workbook fails; each is named with its value and limit.
    """
    from xlidx.excel.calls import cell_functions
    from xlidx.recalc import recalculate

    given = dict(map(options.setting, settings))
    done = recalculate(
        book,
        output,
        functions=cell_functions(),
        engine=engine,
        verify=verify,
        set_values=given,
        clock=clock,
        kept=kept,
    )
    click.echo(done.as_json() if report == "json" else refreshed(done, output or book))
    return 1 if done.red else 0


@cli.group()
def oxt() -> None:
    """Work in LibreOffice itself: the extension with all functions, and workbooks for it."""


@oxt.command("build")
@click.option("-o", "--output", type=BOOK, required=True, help="File to write, such as xlidx.oxt.")
def oxt_build(output: Path) -> None:
    """Write the extension for this interpreter; install it with `unopkg add xlidx.oxt`, then restart LibreOffice."""
    from xlidx.recalc.libreoffice.extension import build

    build(output)
    click.echo(f"{output} written; install it with: unopkg add {output}")


@oxt.command("book")
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=BOOK, required=True, help="File to write.")
def oxt_book(book: Path, output: Path) -> None:
    """Write a copy of BOOK whose formulas LibreOffice computes as Excel does; blocks keep their sizes."""
    from xlidx.excel.calls import cell_functions
    from xlidx.recalc.libreoffice.convert import convert

    click.echo(f"{output} written: {convert(book, output, cell_functions())} formulas for LibreOffice")


@cli.command()
@click.argument("target", type=click.Path(exists=True, path_type=Path), metavar="BOOK|FOLDER")
@click.option(
    "--market", type=BOOK, required=True, help="Table (.csv, .xlsx, ...) with the columns of one in the workbook."
)
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Set the input AsOf.")
@click.option("--table", "name", help="Excel table to fill, where the columns fit several.")
@click.option(
    "--rows", type=click.Choice(["key", "order"]), default="key", show_default=True, help="How rows find theirs."
)
@options.side_by_side("Workbooks", "sees the same files")
@options.engine
@click.option("--verify", is_flag=True, help="Calculate with both engines; refuse a workbook if they disagree.")
@click.option("--refuse-red", is_flag=True, help="Keep the old workbook when a check fails.")
@options.text_files
def refresh(
    target: Path,
    market: Path,
    as_of: datetime | None,
    name: str | None,
    rows: str,
    jobs: int,
    scheduler: str | None,
    engine: EngineName,
    verify: bool,
    refuse_red: bool,
    form: Form,
) -> int:
    """Put a market table into a workbook, or every workbook of a folder, and recalculate.

    The old state is kept in backups, a line is added to refresh.jsonl; exit code 1 when a workbook failed or has a
    red check.
    """
    from xlidx.cli.workbooks import refresh as desk
    from xlidx.folders import read_cells
    from xlidx.recalc.refresh import Job

    job = Job(
        market=read_cells(market, form, tell, header=True),
        stamp=datetime.now().astimezone(),
        as_of=None if as_of is None else as_of.date(),
        table=name,
        in_order=rows == "order",
        engine=engine,
        verify=verify,
        refuse_red=refuse_red,
    )
    outcomes = desk.many(target, job, jobs, scheduler)
    click.echo(desk.summary(outcomes))
    return 0 if all(outcome.good for outcome in outcomes) else 1


@cli.command()
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=FOLDER, default=".", help="Folder; default is here.")
@click.option("--dpi", type=click.IntRange(20, 600), default=96, show_default=True, help="Dots per inch.")
@click.option("--sheet", help="Only this sheet, without header, footer and margins.")
@click.option("--page", type=click.IntRange(1), help="Only this page, of the sheet or of the book.")
def render(book: Path, output: Path, dpi: int, sheet: str | None, page: int | None) -> None:
    """Write a PNG picture of every page of BOOK, values as stored; needs LibreOffice and xlidx[render]."""
    from xlidx.recalc.pictures import render as draw

    written(*draw(book, output, dpi, sheet=sheet, page=page))


@cli.command()
@click.argument("template")
@click.option("-o", "--output", type=BOOK, help="File to write; default is TEMPLATE.xlsx here.")
@options.force
def new(template: str, output: Path | None, force: bool) -> None:
    """Write a fresh copy of a template workbook, values computed."""
    from xlidx.templates import build

    path = output or Path(f"{template}.xlsx")
    require_new(path, force=force)
    build.build_one(template, path)
    written(path)


@cli.command("build-workbooks")
@click.option("-o", "--output", type=FOLDER, default="workbooks", show_default=True)
def build_workbooks(output: Path) -> None:
    """Build all template workbooks from code, values computed."""
    from xlidx.templates import build

    written(*build.build(output))


@cli.command("index-history")
@click.argument("folder", type=DATA)
@click.option("-o", "--output", type=BOOK, required=True, help="Write here: .xlsx, .csv or .parquet.")
@click.option("--base-level", type=float, default=1000.0, show_default=True, help="Level on the first date.")
@click.option("--index-currency", default="EUR", show_default=True, help="Currency of the index, ISO code.")
@click.option(
    "--dividend-basis",
    type=click.Choice(["old", "new"]),
    default="old",
    show_default=True,
    help="On the ex-date of a split a dividend counts per share before it (old) or after it (new).",
)
@options.text_files
def index_history(
    folder: Path, output: Path, base_level: float, index_currency: str, dividend_basis: str, form: Form
) -> None:
    """Run an index from a FOLDER of tables: composition, prices, actions, dividends, fx, reference, withholding.

    Each is a file of that name: .csv (also with semicolons, decimal comma and days like 31.12.2020), .xlsx or .parquet.
    """
    from xlidx.cli.index.history import history_of, write_history
    from xlidx.folders import read_index_folder

    tables = read_index_folder(folder, form, tell)
    run = history_of(tables, base_level, index_currency=index_currency.upper(), dividend_basis=dividend_basis)
    written(*write_history(run, output))
    last = run.levels.iloc[-1]
    click.echo(f"{len(run.levels)} sessions, {len(run.divisors)} divisor changes, last level {last['Price']:.2f}")


@cli.command()
@click.argument("index", type=click.Choice(["human_capital_mv"]))
@click.argument("data", type=DATA)
@click.option(
    "-o",
    "--output",
    type=FOLDER,
    required=True,
    help="Folder to write; an interrupted run goes on where it stopped.",
)
@options.side_by_side("Processes", "runs the quarters")
@click.option("--node-limit", type=click.IntRange(1), help="Branches per optimisation; blank proves every optimum.")
@options.text_files
def backtest(
    index: str, data: Path, output: Path, jobs: int, scheduler: str | None, node_limit: int | None, form: Form
) -> None:
    """Back-test INDEX from a folder of tables DATA: selections, history, turnover, charts.

    DATA holds universe and prices, and adjustment, overrides, events, dividends, fx, withholding, disruptions, rules
    if needed: files of these names, .csv, .xlsx or .parquet.  Without adjustment the prices of the covariance are
    adjusted for the splits of events.  Rules has two columns, name and value: what differs from the guideline.
    """
    from xlidx.cli.index.backtest import run_backtest
    from xlidx.folders import read_backtest_folder

    run, quarters, paths = run_backtest(read_backtest_folder(data, form, tell), output, jobs, scheduler, node_limit)
    written(*paths)
    level = run.levels["PR"].iloc[-1]
    click.echo(f"{index}: {len(quarters)} quarters, {len(run.levels)} days, last level {level:.2f}")


@cli.command("day-file")
@click.argument("folder", type=DATA)
@click.option("-o", "--output", type=BOOK, required=True, help="CSV file to write.")
@click.option("--kind", type=click.Choice(["start of day", "end of day"]), default="end of day", show_default=True)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Day of the file.")
@click.option("--divisor", type=float, required=True, help="Divisor in force on the day.")
@click.option("--code", default="INDEX", show_default=True, help="Mnemonic of the index.")
@click.option("--isin", default="", help="ISIN of the price index.")
@options.text_files
def day_file(
    folder: Path, output: Path, kind: str, day: datetime, divisor: float, code: str, isin: str, form: Form
) -> None:
    """Write the start-of-day or end-of-day file of an index from a FOLDER of tables (composition, closes, fx)."""
    from xlidx.cli.index.day_files import write_day
    from xlidx.folders import read_day_folder

    level = write_day(read_day_folder(folder, form, tell), kind, day.date(), code, isin, divisor, output)
    click.echo(f"{output} written, level {level:.2f}")


@cli.command("morning-check")
@click.argument("end", type=BOOK)
@click.argument("start", type=BOOK)
@click.option("--actions", type=BOOK, help="Actions of the night, a table.")
@options.text_files
def morning_check(end: Path, start: Path, actions: Path | None, form: Form) -> None:
    """Compare last night's END file with this morning's START file; a change without an action is an error."""
    from xlidx.cli.index.day_files import check_morning
    from xlidx.excel.cells import plain
    from xlidx.folders import read_table
    from xlidx.index.actions.apply import ACTIONS

    events = None if actions is None else read_table(actions, ACTIONS, form, tell)
    found = plain(check_morning(end, start, events))
    click.echo(table(found) if len(found) > 1 else "nothing changed overnight")


@cli.command("final-terms")
@click.argument("document", type=BOOK)
@click.option("-o", "--output", type=BOOK, required=True, help="Workbook to write: terms, findings, evidence.")
def final_terms(document: Path, output: Path) -> None:
    """Read an ING Final Terms DOCUMENT (text or PDF) into a workbook with the terms of every series."""
    from xlidx.cli.final_terms import summary, write_terms
    from xlidx.rulebooks.ing_open_end_turbo.final_terms import read_file

    read = read_file(document)
    write_terms(read, output)
    click.echo(summary(read))
    written(output)


@cli.command()
def doctor() -> int:
    """Show versions and hosts found, what is missing and how to get it."""
    rows = checks.findings()
    click.echo(table(rows))
    return 1 if any(row[2] in ("missing", "differs") for row in rows[1:]) else 0


@cli.command()
@click.option("-o", "--output", type=BOOK, help="Keep the recalculated workbook here.")
def demo(output: Path | None) -> None:
    """Recalculate the turbo desk of 23 real series and print its book."""
    from xlidx.cli.demo import turbo_demo

    click.echo(turbo_demo(output))


def _printed(result: Any) -> str:
    if not isinstance(result, list):
        return table([[result]], header=False)
    header = len(result) > 1 and all(isinstance(cell, str) for cell in result[0])
    return table(result, header=header)
