"""``xlidx addin``, ``xlidx xlsm``, ``xlidx freeze`` and ``xlidx relink``: the functions in desktop Excel."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xlidx import files
from xlidx.cli.doctor import HEADER, installed_path
from xlidx.cli.group import cli
from xlidx.cli.options import BOOK, require_ending, written
from xlidx.cli.text import table
from xlidx.errors import Kind, XlidxError


@cli.group()
def addin() -> None:
    """Build, install and check the Excel add-in."""


@addin.command()
@click.option("-o", "--output", type=BOOK, default="xlidx.xlam", show_default=True, help="File to write.")
@click.option("--interpreter", help="Python that Excel's machine starts; default is this one, or pythonw.")
def build(output: Path, interpreter: str | None) -> None:
    """Write the add-in for the installed xlidx and xlwings to a file."""
    _write_addin(output, interpreter)
    written(output)


@addin.command()
@click.option("-o", "--output", type=BOOK, help="File to write instead of the one in Excel's start folder.")
@click.option("--interpreter", help="Python that Excel's machine starts; default is this one, or pythonw.")
def install(output: Path | None, interpreter: str | None) -> None:
    """Put the add-in where Excel opens it at every start; Excel must be closed."""
    path = output or installed_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    program = _write_addin(path, interpreter)
    written(path)
    if output is None:
        click.echo(f"{_write_settings(program)} written\nstart Excel and type =XI_VERSION()")


@addin.command()
def remove() -> None:
    """Take the add-in out of Excel's start folder; Excel must be closed."""
    from xlidx.excel.addin.places import settings_path

    path, settings = installed_path(), settings_path()
    if not path.exists():
        raise XlidxError(Kind.NO_DATA, "no add-in is installed", str(path), "nothing to do")
    try:
        path.unlink()
    except OSError as error:
        what = f"the file cannot be removed ({error.strerror})"
        raise XlidxError(Kind.NO_DATA, what, str(path), "close Excel and try again") from None
    if settings is not None:
        settings.unlink(missing_ok=True)
    click.echo(f"{path} removed")


@addin.command()
@click.option("--file", "path", type=BOOK, help="Add-in to check instead of the one in Excel's start folder.")
def status(path: Path | None) -> int:
    """Compare the add-in with the installed xlidx, xlwings and Python; exit code 1 when it needs a mend."""
    from xlidx.excel.addin import status as state

    rows = state.findings(state.read(path or installed_path()))
    click.echo(table([HEADER, *rows]))
    return 1 if state.faulty(rows) else 0


@addin.command()
def serve() -> None:
    """Answer Excel from outside until Ctrl-C, where a policy keeps Excel from starting programs.

    Start it at logon, one for each user; the add-in looks for it before it starts Python itself.
    """
    from xlidx.excel import xlwings_host
    from xlidx.excel.addin.runtime import CLASS

    xlwings_host.serve(CLASS)


@cli.command()
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=BOOK, required=True, help="File to write, ending in .xlsm.")
def xlsm(book: Path, output: Path) -> None:
    """Write BOOK (.xlsx) as a macro-enabled workbook that carries the functions itself."""
    from xlidx.excel.addin.package import with_functions
    from xlidx.recalc.workbook.package import read, replace

    require_ending(output, ".xlsm")
    replace(output, with_functions(read(book).raw))
    written(output)


@cli.command()
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=BOOK, required=True, help="File to write, of the same ending.")
def freeze(book: Path, output: Path) -> None:
    """Write a copy of BOOK with values in place of formulas, for people without the functions."""
    from xlidx.recalc import frozen

    require_ending(output, book.suffix.lower())
    frozen(book, output)
    written(output)


@cli.command()
@click.argument("book", type=BOOK)
@click.option("-o", "--output", type=BOOK, help="Write here instead of over BOOK.")
def relink(book: Path, output: Path | None) -> None:
    """Repair add-in paths in the formulas of BOOK, as [1]!XI_VERSION() for XI_VERSION()."""
    from xlidx.excel.catalogue import CATALOGUE
    from xlidx.recalc.workbook import relink as links

    done = links.relink(book, [entry.name for entry in CATALOGUE], output)
    count = sum(done.names.values())
    click.echo(f"{output or book}: formulas repaired: {count}" if count else f"{book}: no formula needs a repair")
    for target in done.dropped:
        click.echo(f"  link to {target} dropped")
    for target in done.kept:
        click.echo(f"  link to {target} kept: other formulas or a later link need it")


def _write_addin(path: Path, interpreter: str | None) -> str:
    from xlidx.excel.addin import package, places

    require_ending(path, ".xlam")
    program = interpreter or places.interpreter()
    _written(path, package.addin(package.Config(program)))
    return program


def _write_settings(program: str) -> Path:
    from xlidx.excel.addin.places import settings_path, settings_text

    path = settings_path()
    if path is None:
        raise XlidxError(Kind.NO_DATA, "the user's folder is not known", "USERPROFILE", "set it and install again")
    path.parent.mkdir(exist_ok=True)
    try:
        data = settings_text(program).encode("mbcs" if sys.platform == "win32" else "utf-8")
    except UnicodeEncodeError:
        what = f"the path {program} has letters that Excel's settings cannot hold"
        raise XlidxError(Kind.TYPE, what, "interpreter", "install Python in another folder") from None
    _written(path, data)
    return path


def _written(path: Path, data: bytes) -> None:
    try:
        files.replace(path, data)
    except OSError as error:
        what = f"the file cannot be written ({error.strerror})"
        raise XlidxError(Kind.NO_DATA, what, str(path), "close Excel and check the rights of the folder") from None
