"""The command line: ``xlidx COMMAND``; ``python -m xlidx`` is the same."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from xlidx.cli.group import cli
from xlidx.errors import XlidxError

__all__ = ["cli", "main", "run"]
REFUSED, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; bad input is one line on the error stream and exit code 2."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        code = cli.main(args=arguments, prog_name="xlidx", standalone_mode=False)
    except XlidxError as error:
        return _refused(str(error))  # error values are for cells
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        return _refused(error.format_message())
    except OSError as error:
        return _refused(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
    except (KeyboardInterrupt, click.Abort):
        click.echo("xlidx: interrupted; files are as they were", err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _refused(sentence: str) -> int:
    click.echo(f"xlidx: {' '.join(sentence.split())}", err=True)
    return REFUSED
