"""A recalculated copy of a workbook, whose results are found by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from xlidx.errors import ErrorValue
from xlidx.excel.calls import cell_functions
from xlidx.recalc import Kept, Report, recalculate
from xlidx.recalc.inputs.market import table_named
from xlidx.recalc.inputs.names import named_area, unknown_name
from xlidx.recalc.interface.unsupported import named
from xlidx.recalc.run import NOTHING, EngineName
from xlidx.recalc.workbook.book import Book, open_book
from xlidx.recalc.workbook.formats import days_shown
from xlidx.recalc.workbook.package import read
from xlidx.values import Cell, day

if TYPE_CHECKING:
    import pandas as pd

Block: TypeAlias = "Cell | list[list[Cell]]"
_FIRST_DAY = 61.0


@attrs.frozen(eq=False)
class RecalculatedBook:
    """The results of a recalculation; ``report`` says which engines computed and which formulas kept their values."""

    book: Book
    report: Report

    def __getitem__(self, name: str) -> Block:
        """Return the value of a defined name or of ``Sheet!A1``: a cell, or the rows of a block.

        A cell with the format of a day is a day; a blank one is None.

        Raises
        ------
        XlidxError
            ``CHOICE`` for a name that the workbook does not have.
        """
        found = named_area(self.book, name)
        if found is None:
            raise unknown_name(self.book, name, "workbook")
        sheet, block = found
        rows = [
            [_value(self.book, sheet, row, column) for column in range(block.left, block.right + 1)]
            for row in range(block.top, block.bottom + 1)
        ]
        return rows[0][0] if block.single else rows

    def table(self, name: str) -> pd.DataFrame:
        """Return an Excel table as a frame, with the columns as they are headed.

        Raises
        ------
        XlidxError
            ``CHOICE`` for a table that the workbook does not have.
        """
        import pandas as pd

        table = table_named(self.book, name, "table")
        columns = dict(enumerate(table.columns, start=table.area.left))
        rows = [[_value(self.book, table.sheet, row, column) for column in columns] for row in table.data_rows]
        return pd.DataFrame(rows, columns=list(columns.values()))

    @property
    def errors(self) -> dict[str, str]:
        """Formula cells that hold an error value, by cell."""
        return {
            named((name, *place)): str(value)
            for name, sheet in self.book.sheets.items()
            for place, value in sheet.cached.items()
            if isinstance(value, ErrorValue)
        }

    @property
    def outputs(self) -> dict[str, Cell]:
        """Defined names of single formula cells, in lower case, and their values."""
        found: dict[str, Cell] = {}
        for scope, name in self.book.names:
            place = named_area(self.book, name) if scope is None else None
            if place is not None and place[1].single:
                sheet, block = place
                if (block.top, block.left) in self.book.sheets[sheet].cached:
                    found[name] = _value(self.book, sheet, block.top, block.left)
        return dict(sorted(found.items()))


def recalculated(
    path: str | Path,
    set_values: Mapping[str, object] | None = None,
    *,
    engine: EngineName = "auto",
    verify: bool = False,
    clock: datetime | None = None,
    kept: Kept = NOTHING,
    **names: object,
) -> RecalculatedBook:
    """Recalculate a copy of a workbook without Excel; the workbook itself is left as it is.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook.
    set_values : mapping, optional
        Inputs to set before, by defined name or ``Sheet!A1``.
    engine, verify, clock, kept
        As for :func:`xlidx.recalc.recalculate`.
    **names
        More inputs by defined name.

    Returns
    -------
    RecalculatedBook

    Raises
    ------
    XlidxError
        As :func:`xlidx.recalc.recalculate`.

    Examples
    --------
    >>> import tempfile, xlsxwriter
    >>> path = Path(tempfile.mkdtemp()) / "square.xlsx"
    >>> with xlsxwriter.Workbook(path) as writer:
    ...     sheet = writer.add_worksheet("S")
    ...     done = sheet.write_number("A1", 4.0), sheet.write_formula("A2", "=SQRT(Area)")
    ...     done = writer.define_name("Area", "=S!$A$1"), writer.define_name("Side", "=S!$A$2")
    >>> book = recalculated(path, Area=9.0)
    >>> book["Side"], book.errors
    (3.0, {})
    """
    source = Path(path)
    with TemporaryDirectory(prefix="xlidx-") as folder:
        copy = Path(folder) / source.name
        report = recalculate(
            source,
            copy,
            functions=cell_functions(),
            engine=engine,
            verify=verify,
            set_values={**(set_values or {}), **names},
            clock=clock,
            kept=kept,
        )
        return RecalculatedBook(open_book(read(copy)), report)


def _value(book: Book, sheet: str, row: int, column: int) -> Cell:
    found = book.sheets[sheet]
    value: Any = found.cached.get((row, column), found.constants.get((row, column)))
    is_day = type(value) is float and value.is_integer() and value >= _FIRST_DAY
    return day(value, "") if is_day and (row, column) in days_shown(book, sheet) else value
