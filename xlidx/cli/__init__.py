"""The command line: ``xlidx COMMAND``; ``python -m xlidx`` is the same."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from xlidx.cli import addin
from xlidx.cli.commands import cli
from xlidx.cli.docs.build import docs as build_docs
from xlidx.cli.lite import lite as write_lite
from xlidx.cli.workbooks.compare import compare as compare_books
from xlidx.cli.workbooks.export import export as export_table
from xlidx.cli.workbooks.lint import lint as check_book
from xlidx.errors import XlidxError

cli.add_command(build_docs)
cli.add_command(write_lite)
cli.add_command(check_book)
cli.add_command(compare_books)
cli.add_command(export_table)

REFUSED, INTERRUPTED = 2, 130
COMMANDS = (cli, addin.addin)  # importing a module of commands is what adds them


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; bad input is one line on the error stream and exit code 2."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        code = cli.main(args=arguments, prog_name="xlidx", standalone_mode=False)
    except XlidxError as error:
        return _refused(error.sentence)
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
