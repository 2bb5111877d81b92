"""The generated parts of the documentation: functions, rule coverage, errors, commands.

A page of ``xlidx/docs`` holds a line ``<!-- generated: functions -->``; when the documentation is built,
:func:`filled` puts the text made here in its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from xlidx.cli.text import shown
from xlidx.errors import ErrorValue, Kind
from xlidx.excel.calls import call, why
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.entries import Entry, Param, formula
from xlidx.folders.folder import File
from xlidx.rulebooks import coverage
from xlidx.tables import Column

MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)
MOST_ROWS, MOST_COLUMNS = 12, 8
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#$~^&])")

SAMPLES: dict[Kind, tuple[str, tuple[Any, ...]]] = {
    Kind.MISSING: ("XI_DIVISOR_CHAIN", (200.0, None, 21500.0)),
    Kind.TYPE: ("XI_DIVISOR_CHAIN", (200.0, "n/a", 21500.0)),
    Kind.SHAPE: ("XI_CAPPED_WEIGHTS", ([[60.0, 20.0, 20.0]], 0.5, 1.0)),
    Kind.CHOICE: ("XI_TURBO_CASH_SETTLEMENT", ("shrt", 13571.32, 13532.32, 0.01)),
    Kind.DOMAIN: ("XI_INDEX_LEVEL", ([[1200.0, 227.0, 73.0]], 1.0, 0.0)),
    Kind.INFEASIBLE: ("XI_CAPPING_FACTORS", ([[50.0, 30.0, 20.0]], 0.3)),
    Kind.NO_DATA: ("XI_REVIEW_DATES", ("psi20", 1950.0)),
    Kind.PROPAGATED: ("XI_DIVISOR_CHAIN", (200.0, "#DIV/0!", 21500.0)),
}
"""One call for each kind of refusal; the sentences of the error page are what these calls say."""


def filled(text: str) -> str:
    """Return the text of a page with every generated part in its place.

    Examples
    --------
    >>> filled("# Plain")
    '# Plain'
    >>> filled("<!-- generated: functions -->").count("(XI_INDEX_LEVEL)=")
    1
    """
    return MARK.sub(lambda mark: PARTS[mark[1]](), text)


def functions() -> str:
    """Return the reference of every function, by group in the order of the catalogue."""
    groups: dict[str, list[Entry]] = {}
    for entry in CATALOGUE:
        groups.setdefault(entry.group, []).append(entry)
    rows = [[f"[{e.name}](#{e.name})", e.group, escaped(e.help)] for e in CATALOGUE]
    parts = [_table(["Function", "Group", "What it gives"], rows)]
    for group, entries in groups.items():
        parts += [f"## {group}", *map(_function, entries)]
    return "\n\n".join(parts)


def _function(entry: Entry) -> str:
    parts = [f"({entry.name})=\n### {entry.name}", escaped(entry.help), f"```text\n={entry.syntax}\n```"]
    if entry.params:
        rows = [[f"`{p.name}`", _needed(p), escaped(p.read.accepts), escaped(p.help)] for p in entry.params]
        parts.append(_table(["Argument", "Default", "Takes", "Meaning and unit"], rows))
    for example in entry.examples:
        source = escaped(example.source)
        given = formula(entry.name, example.arguments)
        parts += [f"Example ({source}):", _code(given), _answer(call(entry.name, *example.arguments))]
    parts.append(_refusals(entry))
    parts.append(f"Rules: {escaped(entry.rules) or 'none, no clause of a document'}. Shown live in `{entry.template}`.")
    return "\n\n".join(part for part in parts if part)


def _needed(param: Param) -> str:
    if param.required:
        return "required"
    return "none" if param.default is None else f"`{shown(param.default)}`"


def _refusals(entry: Entry) -> str:
    """Return what the first example says when one required argument after the other is blank."""
    rows = []
    given = entry.examples[0].arguments
    for place, param in enumerate(entry.params[: len(given)]):
        cells = (*given[:place], None, *given[place + 1 :])
        sentence = why(entry.name, *cells) if param.required else ""
        if sentence:
            value, _, rest = sentence.partition(" ")
            rows.append([f"blank `{param.name}`", f"`{value}`", escaped(rest)])
    return _table(["Error case", "Cell", "Sentence"], rows) if rows else ""


def _code(text: str) -> str:
    if len(text) > 600:
        text = text[:600].rpartition(";")[0] + "; ...  (cut here; the workbook functions.xlsx has the whole)"
    return f"```text\n{text}\n```"


def _answer(result: Any) -> str:
    if not isinstance(result, list):
        return f"gives `{shown(result) or ' '}`"
    rows = [[escaped(shown(cell)) for cell in row[:MOST_COLUMNS]] for row in result[:MOST_ROWS]]
    height, width = len(result), len(result[0])
    cut = "" if (height, width) == (len(rows), len(rows[0])) else f", of which the first {len(rows)} x {len(rows[0])}"
    header = rows[0] if height > 1 and all(isinstance(cell, str) for cell in result[0]) else [""] * len(rows[0])
    body = rows[1:] if any(header) else rows
    return f"gives a block of {height} x {width}{cut}:\n\n{_table(header, body)}"


def rules() -> str:
    """Return every section of every document with its status, functions and note."""
    return "\n\n".join(map(_document, coverage.DOCUMENTS))


def _document(name: str) -> str:
    document = coverage.load(name)
    counts = Counter(section.status for section in document.sections)
    summary = ", ".join(f"{counts[status]} {status}" for status in coverage.STATUSES if counts[status])
    rows = [
        [escaped(no), escaped(title), status, ", ".join(f"[{f}](#{f})" for f in _known(excel)), escaped(note)]
        for no, title, status, _, excel, note in coverage.rows(name)
    ]
    edition = f"{document.publisher}, edition {document.edition} of {document.date.isoformat()}"
    head = [f"## {document.title}", escaped(f"{edition}. {document.note}"), f"{len(rows)} sections: {summary}."]
    return "\n\n".join([*head, _table(["Section", "Title", "Status", "Excel", "What xlidx does"], rows)])


def _known(names: str) -> Iterable[str]:
    return (name for name in names.split(", ") if name)


def errors() -> str:
    """Return each kind of refusal: its cell, its meaning, and what a typical call says."""
    rows = []
    for kind, (name, arguments) in SAMPLES.items():
        value, _, sentence = why(name, *arguments).partition(" ")
        what, where, mend = (escaped(part) for part in sentence.split(" - ", 2))
        given = f"`{formula(name, arguments)}`"
        rows.append([f"`{value}`", escaped(kind.value), given, what, where, mend])
    return _table(["Cell", "Why", "Typical call", "What", "Where", "Mend"], rows)


def error_values() -> str:
    """Return every error value that an input cell may hold and the kinds for which xlidx itself gives it."""
    rows = []
    for value in ErrorValue:
        kinds = [kind.value for kind in Kind if kind.cell is value and kind is not Kind.PROPAGATED]
        rows.append([f"`{value}`", escaped("; ".join(kinds)) or "only passed on from an input cell"])
    return _table(["Error value", "xlidx gives it when"], rows)


def commands() -> str:
    """Return the help of every command as the terminal shows it."""
    from xlidx.cli.group import cli

    return "\n\n".join(_commands(cli, "xlidx", None))


def _commands(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    path = context.command_path
    found = [f"## {path}", f"```text\n{command.get_help(context)}\n```"]
    if isinstance(command, click.Group):
        for name_ in sorted(command.list_commands(context)):
            inner = command.get_command(context, name_)
            found += [] if inner is None else _commands(inner, name_, context)
    return found


def data_folders() -> str:
    """Return the files of every folder of data, and the columns of each."""
    from xlidx.folders.backtest import BACKTEST_FILES
    from xlidx.folders.day import DAY_FILES
    from xlidx.folders.index import INDEX_FILES

    folders = {
        "Folder of an index (index-history)": INDEX_FILES,
        "Folder of a back-test (backtest)": BACKTEST_FILES,
        "Folder of a day (day-file)": DAY_FILES,
    }
    parts = []
    for title, files in folders.items():
        rows = [[f"`{one.name}`", escaped(one.help), "yes" if one.required else ""] for one in files]
        parts += [f"## {title}", _table(["File", "Holds", "Required"], rows), *map(_columns, files)]
    return "\n\n".join(parts)


def _columns(file: File) -> str:
    if file.spec is None:
        return f"`{file.name}`: the column `date`, then one column for each identifier; a blank is a missing value."
    rows = [
        [f"`{one.name}`", one.kind, escaped(one.unit), "yes" if one.required else "", escaped(_meaning(one))]
        for one in file.spec.columns
    ]
    return f"`{file.name}`:\n\n{_table(['Column', 'Kind', 'Unit', 'Required', 'Meaning'], rows)}"


def _meaning(column: Column) -> str:
    return f"{column.help}: {', '.join(column.words)}" if column.words else column.help


def escaped(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    Examples
    --------
    >>> print(escaped("a|b_c"))
    a\|b\_c
    """
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


PARTS: dict[str, Callable[[], str]] = {
    "functions": functions,
    "rules": rules,
    "errors": errors,
    "error_values": error_values,
    "commands": commands,
    "data_folders": data_folders,
}
