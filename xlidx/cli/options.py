"""What several commands share: kinds of paths, options, and the rules on files that are written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Literal, get_args

import click

from xlidx.errors import Kind, XlidxError
from xlidx.folders.dialect import Form
from xlidx.folders.texts import cell

BOOK = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
DATA = click.Path(exists=True, file_okay=False, path_type=Path)
EngineName = Literal["auto", "fast", "ironcalc", "lo"]

engine = click.option("--engine", type=click.Choice(get_args(EngineName)), default="auto", show_default=True)
CLOCKS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
STORED = click.Choice(["refuse", "stored"])
report = click.option("--report", type=click.Choice(["text", "json"]), default="text", show_default=True)
force = click.option("--force", is_flag=True, help="Replace existing files.")


def foreign(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options on formulas that do not recompute; it gets ``clock`` and ``kept``."""

    @click.option("--clock", type=click.DateTime(CLOCKS), help="What TODAY and NOW answer, such as 2020-03-11.")
    @click.option("--volatile", type=STORED, default="refuse", show_default=True, help="RAND and its like.")
    @click.option("--links", type=STORED, default="refuse", show_default=True, help="Formulas on other workbooks.")
    @click.option("--keep", multiple=True, metavar="NAME", help="Keep the values of formulas with this function.")
    @wraps(command)
    def with_kept(*args: Any, volatile: str, links: str, keep: tuple[str, ...], **more: Any) -> Any:
        from xlidx.recalc import Kept

        names = frozenset(name.upper() for name in keep)
        return command(
            *args, kept=Kept(volatile=volatile == "stored", links=links == "stored", functions=names), **more
        )

    return with_kept


def side_by_side(of: str, on_cluster: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the options ``--jobs`` and ``--scheduler`` of a command that does several things at once."""
    jobs = click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help=f"{of} side by side.")
    help_ = f"Address of a dask cluster that {on_cluster} (pip install xlidx[grid])."
    scheduler = click.option("--scheduler", help=help_)
    return lambda command: jobs(scheduler(command))


def text_files(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options on text files, which it gets as the argument ``form``."""

    @click.option("--encoding", help="Encoding of text files, such as cp1252; default is found in each file.")
    @click.option("--decimal", type=click.Choice([".", ","]), help="Decimal sign; default is found in each file.")
    @click.option(
        "--dates",
        type=click.Choice(["day-first", "month-first"]),
        help="Order of days such as 01/02/2020; default is found in each file.",
    )
    @wraps(command)
    def with_form(*args: Any, encoding: Any, decimal: Any, dates: Any, **rest: Any) -> Any:
        return command(*args, form=Form(encoding=encoding, decimal=decimal, dates=dates), **rest)

    return with_form


def tell(line: str) -> None:
    """Print a remark on the error stream."""
    click.echo(f"xlidx: {line}", err=True)


def written(*paths: Path) -> None:
    """Say which files were written."""
    for path in paths:
        click.echo(f"{path} written")


def require_ending(path: Path, ending: str) -> None:
    """Refuse a file to write whose name has another ending."""
    if path.suffix.lower() != ending:
        what = f"ending {path.suffix!r} does not fit"
        raise XlidxError(Kind.CHOICE, what, str(path), f"write a file ending in {ending}")


def require_new(*paths: Path, force: bool) -> None:
    """Refuse to replace files unless ``--force`` is given."""
    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        what = "the file exists already" if len(there) == 1 else "the files exist already"
        raise XlidxError(Kind.DOMAIN, what, ", ".join(there), "choose another place with -o, or --force")


def setting(text: str) -> tuple[str, Any]:
    """Return the name and the value of an option ``--set NAME=VALUE``."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise XlidxError(
            Kind.TYPE, f"{text!r} is not NAME=VALUE", "option --set", "write for example --set SpotDAX=13500"
        )
    return name.strip(), cell(value)
