"""The inputs of an Excel table as a file, in the form that :mod:`xlidx.recalc.inputs.market` takes back."""

from __future__ import annotations

from xlidx.errors import Kind, XlidxError
from xlidx.folders import texts
from xlidx.recalc.inputs.market import table_named
from xlidx.recalc.workbook.book import Book
from xlidx.recalc.workbook.formats import days_shown
from xlidx.values import Cell, day

_FIRST_DAY = 61.0


def table_rows(book: Book, name: str) -> tuple[list[list[Cell]], list[str]]:
    """Return the cells of an Excel table that are inputs, the header first, and the names of the other columns.

    Parameters
    ----------
    book : Book
    name : str
        Of the table, whatever its case.

    Returns
    -------
    rows : list of lists of cells
        Days are days.  A text that a file would give back as a number, day, truth value or error value stands in
        double quotes, which the reading of a file takes off.
    left_out : list of str
        Columns that hold formulas: a market table cannot set them.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a table that the workbook does not have; ``NO_DATA`` for one of formulas only.
    """
    table = table_named(book, name, "argument table")
    sheet, days = book.sheets[table.sheet], days_shown(book, table.sheet)
    places = dict(enumerate(table.columns, start=table.area.left))
    filled = {column for row, column in (*sheet.formulas, *sheet.cached) if row in table.data_rows}
    computed = [column for column in places if column in filled]
    kept = [column for column in places if column not in computed]
    if not kept:
        raise XlidxError(Kind.NO_DATA, f"{table.name} holds formulas only", "argument table", "name a table of inputs")
    body = [
        [_out(sheet.constants.get((row, column)), (row, column) in days) for column in kept] for row in table.data_rows
    ]
    return [[places[column] for column in kept], *body], [places[column] for column in computed]


def _out(value: Cell, is_day: bool) -> Cell:
    if isinstance(value, float):
        return day(value, "") if is_day and value.is_integer() and value >= _FIRST_DAY else value
    return f'"{value}"' if type(value) is str and not texts.stays(value) else value
