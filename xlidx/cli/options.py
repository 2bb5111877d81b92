"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from xlidx.folders.dialect import Form


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
