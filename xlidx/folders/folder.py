"""A folder of tables: which file is which table, and what else lies there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

from xlidx import tables
from xlidx.errors import Kind, XlidxError
from xlidx.folders.dialect import FOUND, Dialect, Form
from xlidx.folders.files import ENDINGS, Content, Roles, Tell, columns_of, content_of, days_down, unused
from xlidx.index import basket
from xlidx.index.basket import Quotes
from xlidx.tables import Table, TableSpec, closest, plain_name

MOST_NAMED = 8


@attrs.frozen
class Folder:
    """A folder in which every table is a file of its name; ``dialects`` fills with those of the files read."""

    path: Path
    files: dict[str, Path]
    unread: tuple[str, ...]
    form: Form
    dialects: dict[str, Dialect | None] = attrs.field(factory=dict)

    def table(self, name: str, spec: TableSpec) -> Table:
        """Return a table, or refuse when it is not there."""
        return tables.read(spec, self._content(self._required(name), columns_of(spec)).rows)

    def table_if_any(self, name: str, spec: TableSpec) -> Table | None:
        """Return a table, or None when it is not there."""
        return self.table(name, spec) if name in self.files else None

    def quotes(self, name: str) -> Quotes:
        """Return a table of prices or rates, or refuse when it is not there."""
        return basket.read_quotes(name, self._content(self._required(name), days_down).rows)

    def quotes_if_any(self, name: str) -> Quotes | None:
        """Return a table of prices or rates, or None when it is not there."""
        return self.quotes(name) if name in self.files else None

    def report(self, tell: Tell) -> None:
        """Say in a line each how files were read that are not plain, and what was not read.

        Raises
        ------
        XlidxError
            ``CHOICE`` for a form that is said where no text file was read.
        """
        if self.form != FOUND and not any(self.dialects.values()):
            raise unused(str(self.path))
        said: dict[str, list[str]] = {}
        for name, dialect in self.dialects.items():
            said.setdefault(dialect.sentence if dialect else "", []).append(name)
        for sentence, names in said.items():
            if sentence:
                tell(f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} read as: {sentence}")
        if self.unread:
            more = f" and {len(self.unread) - MOST_NAMED} more" if len(self.unread) > MOST_NAMED else ""
            tell(f"not read, as no table here has the name: {', '.join(self.unread[:MOST_NAMED])}{more}")

    def _required(self, name: str) -> Path:
        if name not in self.files:
            raise XlidxError(Kind.NO_DATA, f"there is no {name}.csv", str(self.path), "put the table there")
        return self.files[name]

    def _content(self, path: Path, roles: Roles) -> Content:
        content = content_of(path, self.form, roles)
        self.dialects[path.name] = content.dialect
        return content


def open_folder(path: Path, names: Sequence[str], form: Form = FOUND) -> Folder:
    """Return which file of a folder holds which table.

    Parameters
    ----------
    path : Path
    names : sequence of str
        The tables that the folder may hold.  A file is one of them if its name is, whatever its case, and its ending
        one of :data:`~xlidx.folders.files.ENDINGS`.
    form : Form, optional
        What is said about the text files.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a table given twice, and for a file that is most likely a table which is missing: its name is
        close, or its ending is not one that is read.
    """
    known = {plain_name(name): name for name in names}
    found: dict[str, Path] = {}
    strangers: list[Path] = []
    for file in sorted(path.iterdir()):
        if file.is_dir() or file.name.startswith((".", "~$")):
            continue
        name = known.get(plain_name(file.stem))
        if name is None or file.suffix.lower() not in ENDINGS:
            strangers.append(file)
        elif name in found:
            what = f"{name} is given twice: {found[name].name}, {file.name}"
            raise XlidxError(Kind.CHOICE, what, str(path), "keep one of them")
        else:
            found[name] = file
    for file in strangers:
        _no_slip(file, names, found)
    return Folder(path, found, tuple(file.name for file in strangers), form)


def _no_slip(file: Path, names: Sequence[str], found: dict[str, Path]) -> None:
    readable = file.suffix.lower() in ENDINGS
    meant = closest(file.stem, [name for name in names if readable or plain_name(name) == plain_name(file.stem)])
    if meant is None or meant in found:
        return
    mend = f"did you mean {meant}{file.suffix}? rename it (or make it differ)"
    if not readable:
        mend = f"save the table as {', '.join(ENDINGS)}, or rename the file"
    raise XlidxError(Kind.CHOICE, f"{file.name} is not read", str(file.parent), mend)
