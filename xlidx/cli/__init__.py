"""The command line: ``xlidx COMMAND``; ``python -m xlidx`` is the same."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

import click

from xlidx.cli.group import cli
from xlidx.errors import Interrupted, XlidxError

__all__ = ["cli", "main", "run"]
REFUSED, INTERRUPTED, TERMINATED = 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; bad input is one line on the error stream and exit code 2."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = run(arguments)
    except _TerminatedError:
        code = TERMINATED
    if code in (INTERRUPTED, TERMINATED):  # nobody waits for threads of a pool whose processes have been ended
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


class _TerminatedError(BaseException):
    """SIGTERM: what is open is closed and cleaned on the way out."""


def _terminated(*_: object) -> None:
    raise _TerminatedError


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
    except Interrupted as end:
        click.echo(f"xlidx: interrupted; {end}", err=True)
        return INTERRUPTED
    except (KeyboardInterrupt, click.Abort):
        click.echo("xlidx: interrupted; every file is whole, in its old state or its new one", err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _refused(sentence: str) -> int:
    click.echo(f"xlidx: {' '.join(sentence.split())}", err=True)
    return REFUSED
