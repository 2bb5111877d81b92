"""A folder of tables: which file is which table."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.folders.files import read_quotes, read_table
from xlidx.index.basket import Quotes
from xlidx.tables import Table, TableSpec


@attrs.frozen
class Folder:
    """A folder in which every table is a file of its name."""

    path: Path

    def table(self, name: str, spec: TableSpec) -> Table:
        """Return a table, or refuse when it is not there."""
        return read_table(self._required(name), spec)

    def table_if_any(self, name: str, spec: TableSpec) -> Table | None:
        """Return a table, or None when it is not there."""
        path = self._path(name)
        return read_table(path, spec) if path.exists() else None

    def quotes(self, name: str) -> Quotes:
        """Return a table of prices or rates, or refuse when it is not there."""
        return read_quotes(self._required(name), name)

    def quotes_if_any(self, name: str) -> Quotes | None:
        """Return a table of prices or rates, or None when it is not there."""
        path = self._path(name)
        return read_quotes(path, name) if path.exists() else None

    def _path(self, name: str) -> Path:
        return self.path / f"{name}.csv"

    def _required(self, name: str) -> Path:
        path = self._path(name)
        if not path.exists():
            raise XlidxError(Kind.NO_DATA, f"there is no {path.name}", str(self.path), "put the table there")
        return path
