"""A folder of tables: which file is which table, and what else lies there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

from xlidx import tables
from xlidx.errors import Kind, XlidxError
from xlidx.folders.dialect import FOUND, Dialect, Form
from xlidx.folders.files import ENDINGS, LOG, Tell, columns_of, content_of, days_down, unused
from xlidx.index import basket
from xlidx.index.basket import Quotes
from xlidx.tables import Table, TableSpec, closest, plain_name

MOST_NAMED = 8


@attrs.frozen(kw_only=True)
class File:
    """A table that a folder holds: its columns, or None for prices or rates (dates down, identifiers across)."""

    name: str
    spec: TableSpec | None
    help: str
    required: bool = False


@attrs.frozen
class Folder:
    """A folder in which every table is a file of its name; ``dialects`` fills with those of the files read."""

    path: Path
    files: dict[str, Path]
    unread: tuple[str, ...]
    form: Form
    dialects: dict[str, Dialect | None] = attrs.field(factory=dict)

    def read(self, file: File) -> Table | Quotes | None:
        """Return a table of the folder, None if it is not there and need not be."""
        if file.name not in self.files:
            if file.required:
                raise XlidxError(Kind.NO_DATA, f"there is no {file.name}.csv", str(self.path), "put the table there")
            return None
        path = self.files[file.name]
        content = content_of(path, self.form, days_down if file.spec is None else columns_of(file.spec))
        self.dialects[path.name] = content.dialect
        if file.spec is None:
            return basket.read_quotes(file.name, content.rows)
        return tables.read(file.spec, content.rows)

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


def read_files(path: Path, files: Sequence[File], form: Form = FOUND, tell: Tell = LOG) -> dict[str, Any]:
    """Return the tables of a folder by name, :class:`~xlidx.tables.Table`, Quotes, or None where there is none.

    Parameters
    ----------
    path : Path
    files : sequence of File
    form : Form, optional
        What is said about the text files.
    tell : callable, optional
        Gets a line on how files were read that are not plain, and one on files that are not read.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a table that is missing; else as :func:`open_folder` and :func:`xlidx.folders.read_table`.
    """
    folder = open_folder(path, [file.name for file in files], form)
    read = {file.name: folder.read(file) for file in files}
    folder.report(tell)
    return read


def _no_slip(file: Path, names: Sequence[str], found: dict[str, Path]) -> None:
    readable = file.suffix.lower() in ENDINGS
    meant = closest(file.stem, [name for name in names if readable or plain_name(name) == plain_name(file.stem)])
    if meant is None or meant in found:
        return
    mend = f"did you mean {meant}{file.suffix}? rename it (or make it differ)"
    if not readable:
        mend = f"save the table as {', '.join(ENDINGS)}, or rename the file"
    raise XlidxError(Kind.CHOICE, f"{file.name} is not read", str(file.parent), mend)
