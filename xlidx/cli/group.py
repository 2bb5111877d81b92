"""The group of all commands: which there are, what each one does, and the module that holds it.

A module is imported when its command is run, so that the help, the version and a mistyped name answer at once.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

import click

from xlidx.errors import Kind, XlidxError

# Task; then command, module, what it does.
COMMANDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "First steps": (
        ("demo", "commands", "Recalculate the desk of 23 real turbos and print its book."),
        ("new", "commands", "Write a fresh copy of a template workbook."),
        ("doctor", "commands", "Show versions and hosts, what is missing and how to get it."),
    ),
    "Functions and rule books": (
        ("functions", "commands", "List the functions, or show one with its examples."),
        ("call", "commands", "Run one function."),
        ("explain", "commands", "Show the steps behind one result."),
        ("rules", "commands", "Show what each section of a rule book became."),
    ),
    "Workbooks without Excel": (
        ("recalc", "commands", "Recalculate a workbook and write the values into it."),
        ("refresh", "commands", "Put a market table into workbooks and recalculate them."),
        ("compare", "workbooks.compare", "Hold every computed value against the one Excel stored."),
        ("test", "workbooks.test", "Hold the results of a workbook against what is expected."),
        ("lint", "workbooks.lint", "Check that a workbook is fit to hand out."),
        ("export", "workbooks.export", "Write a table of a workbook as CSV, to edit."),
        ("render", "commands", "Write a picture of every page."),
        ("build-workbooks", "commands", "Build all template workbooks from code."),
    ),
    "Indices and turbos": (
        ("index-history", "commands", "Run an index from a folder of tables."),
        ("backtest", "commands", "Back-test an index from a folder of tables."),
        ("day-file", "commands", "Write the start-of-day or end-of-day file of an index."),
        ("morning-check", "commands", "Compare last night's file with this morning's."),
        ("final-terms", "commands", "Read an ING Final Terms document into a workbook."),
    ),
    "Excel, LibreOffice, documentation": (
        ("addin", "addin", "Build, install and check the Excel add-in."),
        ("xlsm", "addin", "Write a macro-enabled workbook that has the functions."),
        ("freeze", "addin", "Write a copy of a workbook with values, not formulas."),
        ("relink", "addin", "Repair add-in paths in the formulas of a workbook."),
        ("oxt", "commands", "Build the LibreOffice extension, and workbooks for it."),
        ("lite", "lite", "Write the files for xlwings Lite."),
        ("docs", "docs.build", "Build the documentation as web pages."),
    ),
}
_MODULES = {name: module for commands in COMMANDS.values() for name, module, _ in commands}


class Commands(click.Group):
    """A group whose commands are those of the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, by task."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command; its module is imported now."""
        if cmd_name not in _MODULES:
            return None
        module = import_module(f"xlidx.cli.{_MODULES[cmd_name]}")
        command: click.Command = self.commands.get(cmd_name) or getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse an unknown command with the nearest one.

        Raises
        ------
        XlidxError
            ``CHOICE`` for an unknown command.
        """
        name = args[0]
        if name not in _MODULES and not name.startswith("-"):
            near = get_close_matches(name, _MODULES, n=1)
            mend = f"did you mean {near[0]}?" if near else "xlidx --help lists the commands"
            raise XlidxError(Kind.CHOICE, f"there is no command {name!r}", "xlidx", mend)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands under the headings of their tasks."""
        widest = max(map(len, _MODULES))
        for task, commands in COMMANDS.items():
            with formatter.section(task):
                formatter.write_dl([(name.ljust(widest), text) for name, _, text in commands])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="xlidx", prog_name="xlidx")
def cli() -> None:
    """Equity indices and open-end turbo certificates as Excel functions.

    Start with `xlidx demo`, or copy a workbook with `xlidx new turbo_desk`.
    """
