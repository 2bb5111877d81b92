"""The commands.  Each one reads its input, calls one function of the package and prints the result."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import click

from xlidx import rules as rule_links
from xlidx.cli import doctor as checks
from xlidx.cli.text import as_json, literal, refreshed, scalar, table
from xlidx.errors import Kind, XlidxError

FOLDER = click.Path(file_okay=False, path_type=Path)
EngineName = Literal["auto", "fast", "lo"]
BOOK = click.Path(dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("xlidx"), prog_name="xlidx")
def cli() -> None:
    """Equity indices and open-end turbo certificates as Excel functions.

    Start with `xlidx demo`, or copy a workbook with `xlidx new turbo_desk`.
    """


@cli.command()
@click.argument("name")
@click.argument("arguments", nargs=-1)
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def call(name: str, arguments: tuple[str, ...], json_: bool) -> int:
    """Run one function: `xlidx call XI_INDEX_LEVEL {1200,227,73} 1 3`.

    Arguments are numbers, words, TRUE/FALSE, array constants {1,2;3,4}, @file.csv for a range, or "" for a
    blank one. Put `--` before a negative number.
    """
    from xlidx.excel.calls import call as run
    from xlidx.excel.calls import why

    cells = [literal(text) for text in arguments]
    result = run(name, *cells)
    click.echo(as_json(result) if json_ else _printed(result))
    sentence = why(name, *cells)
    if sentence:
        click.echo(f"xlidx: {sentence}", err=True)
    return 2 if sentence else 0


@cli.command()
@click.argument("name")
@click.argument("arguments", nargs=-1)
def explain(name: str, arguments: tuple[str, ...]) -> None:
    """Show the steps behind one result: symbol, meaning, value, unit, rule."""
    from xlidx.excel.calls import explain as steps
    from xlidx.excel.cells import plain

    click.echo(table(plain(steps(name, *(literal(text) for text in arguments)))))


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
    """Print every section of a document with its status and functions."""
    from xlidx.rulebooks import coverage

    if document is None:
        click.echo(table([["Document", "Title"], *map(list, rule_links.DOCUMENTS.items())]))
        return
    header = ["Section", "Title", "Status", "Functions", "Excel", "Note"]
    click.echo(table([header, *map(list, coverage.rows(document))]))


@cli.command()
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=BOOK, help="Write here instead of over BOOK.")
@click.option("--engine", type=click.Choice(["auto", "fast", "lo"]), default="auto", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a named input cell first.")
@click.option("--report", type=click.Choice(["text", "json"]), default="text", show_default=True)
def recalc(book: Path, output: Path | None, engine: EngineName, settings: tuple[str, ...], report: str) -> None:
    """Recalculate a workbook without Excel and write the values into it.

    The file is replaced in one step when everything is known, or left as it is.
    """
    from xlidx.excel.calls import cell_functions
    from xlidx.recalc import recalculate

    given = dict(map(_setting, settings))
    done = recalculate(book, output, functions=cell_functions(), engine=engine, set_values=given)
    click.echo(done.as_json() if report == "json" else refreshed(done, output or book))


@cli.command()
@click.argument("template")
@click.option("-o", "--output", type=BOOK, help="File to write; default is TEMPLATE.xlsx here.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def new(template: str, output: Path | None, force: bool) -> None:
    """Write a fresh copy of a template workbook, values computed."""
    from xlidx.templates import build

    path = output or Path(f"{template}.xlsx")
    if path.exists() and not force:
        raise XlidxError(Kind.DOMAIN, "the file exists already", str(path), "choose another name with -o, or --force")
    build.build_one(template, path)
    click.echo(f"{path} written")


@cli.command("build-workbooks")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), default="workbooks", show_default=True
)
def build_workbooks(output: Path) -> None:
    """Build all template workbooks from code, values computed."""
    from xlidx.templates import build

    for path in build.build(output):
        click.echo(f"{path} written")


@cli.command()
def doctor() -> int:
    """Show versions and hosts found, what is missing and how to get it."""
    rows = checks.findings()
    click.echo(table(rows))
    return 1 if any(row[2] == "missing" for row in rows[1:]) else 0


@cli.command()
@click.option("-o", "--output", type=BOOK, help="Keep the recalculated workbook here.")
def demo(output: Path | None) -> None:
    """Recalculate the turbo desk of 23 real series and print its book."""
    from xlidx.cli.demo import turbo_demo

    click.echo(turbo_demo(output))


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise XlidxError(
            Kind.TYPE, f"{text!r} is no NAME=VALUE", "option --set", "write for example --set SpotDAX=13500"
        )
    return name.strip(), scalar(value)


def _printed(result: Any) -> str:
    if not isinstance(result, list):
        return table([[result]], header=False)
    header = len(result) > 1 and all(isinstance(cell, str) for cell in result[0])
    return table(result, header=header)
