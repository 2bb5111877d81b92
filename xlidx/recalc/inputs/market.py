"""A market table from outside: rows of a CSV file into the cells of the Excel table they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc.workbook.book import Book, Table
from xlidx.recalc.workbook.grid import a1
from xlidx.tables import closest, plain_name
from xlidx.values import Cell, serial, shown, unexpected

Rows = Sequence[Sequence[Cell]]


@attrs.frozen
class Match:
    """Where a market table goes: the Excel table, and for each of its columns given the column of the cells."""

    table: Table
    columns: dict[int, int]
    keys: tuple[int, ...]


def market_values(book: Book, rows: Rows, table: str | None = None, *, in_order: bool = False) -> dict[str, Cell]:
    """Return the cells of a workbook that a market table sets, by ``Sheet!A1``.

    Parameters
    ----------
    book : Book
    rows : rows of cells
        The header first.  Columns are found by name in an Excel table of the workbook; case, spaces and ``_`` do not
        count.  A blank empties its cell.
    table : str, optional
        Name of the Excel table; blank takes the only one that has all columns.
    in_order : bool
        The rows replace those of the table one by one, names and dates included.  Otherwise the first columns say
        which row of the table is meant: as many as make the rows of the table differ.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a column or row that the workbook does not have; ``MISSING`` for a row of the table that is not
        given; ``DOMAIN`` for a row given twice; ``SHAPE`` for another number of rows.
    """
    if len(rows) < 2:
        raise XlidxError(Kind.NO_DATA, "the market table has no rows", "market", "give a header and one row or more")
    match = _match(book, rows[0], table, in_order=in_order)
    places = _in_order(match, rows) if in_order else _by_key(book, match, rows)
    sheet = match.table.sheet
    skipped = () if in_order else match.keys
    return {
        f"'{sheet}'!{a1(row, column)}": _value(rows, item, given)
        for item, row in places.items()
        for column, given in match.columns.items()
        if column not in skipped
    }


def _value(rows: Rows, item: int, column: int) -> Cell:
    value = rows[item][column]
    if isinstance(value, ErrorValue | XlidxError):
        raise unexpected(value, str(rows[0][column]), f"market, row {item + 1}, column {column + 1}", "a value")
    return value


def _filled(rows: Rows) -> dict[int, Sequence[Cell]]:
    return {item: row for item, row in enumerate(rows) if item and any(cell is not None for cell in row)}


def _match(book: Book, header: Sequence[Cell], name: str | None, *, in_order: bool) -> Match:
    titles = [plain_name(cell) if isinstance(cell, str) else "" for cell in header]
    for place, title in enumerate(titles):
        if not title or title in titles[:place]:
            what = "a column has no name" if not title else f"column {header[place]} stands there twice"
            raise XlidxError(Kind.CHOICE, what, f"market, row 1, column {place + 1}", "name every column once")
    tables = list(book.tables.values()) if name is None else [table_named(book, name, "option --table")]
    fits = [one for one in tables if set(titles) <= {plain_name(column) for column in one.columns}]
    if len(fits) != 1:
        raise _no_single_table(header, titles, tables, fits)
    table = fits[0]
    offset = {plain_name(column): place for place, column in enumerate(table.columns)}
    columns = {table.area.left + offset[title]: place for place, title in enumerate(titles)}
    return Match(table, columns, () if in_order else _keys(book, table, columns))


def table_named(book: Book, name: str, where: str) -> Table:
    """Return an Excel table of a workbook by its name, whatever its case, or refuse."""
    found = book.tables.get(name.lower())
    if found is None:
        names = [table.name for table in book.tables.values()]
        near = closest(name, names)
        mend = f"did you mean {near}?" if near else f"use {', '.join(names) or 'a workbook with tables'}"
        raise XlidxError(Kind.CHOICE, f"there is no table {name!r}", where, mend)
    return found


def _no_single_table(header: Sequence[Cell], titles: list[str], tables: list[Table], fits: list[Table]) -> XlidxError:
    if fits:
        names = ", ".join(table.name for table in fits)
        return XlidxError(Kind.CHOICE, f"the columns fit {names}", "market, row 1", "say which one with --table")
    if not tables:
        return XlidxError(Kind.NO_DATA, "the workbook has no Excel table", "market", "format the market data as one")
    best = max(tables, key=lambda table: _likeness(titles, table))
    known = [plain_name(column) for column in best.columns]
    place = next(place for place, title in enumerate(titles) if title not in known)
    near = closest(titles[place], best.columns)
    mend = f"did you mean {near}?" if near else f"{best.name} has {', '.join(best.columns)}"
    what = f"no table has a column {header[place]}"
    return XlidxError(Kind.CHOICE, what, f"market, row 1, column {place + 1}", mend)


def _likeness(titles: list[str], table: Table) -> tuple[int, int]:
    known = {plain_name(column) for column in table.columns}
    return sum(title in known for title in titles), sum(closest(title, table.columns) is not None for title in titles)


def _keys(book: Book, table: Table, columns: dict[int, int]) -> tuple[int, ...]:
    # The first columns given, as many as it takes to tell the rows of the table apart.
    cells = book.sheets[table.sheet].constants
    ordered = sorted(columns, key=columns.__getitem__)
    for count in range(1, len(ordered) + 1):
        keys = tuple(ordered[:count])
        found = [tuple(cells.get((row, column)) for column in keys) for row in table.data_rows]
        if len(set(found)) == len(found):
            return keys
    what = f"the columns given do not tell the rows of {table.name} apart"
    raise XlidxError(Kind.CHOICE, what, "market", "give the columns that name a row first, or use --rows order")


def _by_key(book: Book, match: Match, rows: Rows) -> dict[int, int]:
    cells, table = book.sheets[match.table.sheet].constants, match.table
    named = {row: tuple(cells.get((row, column)) for column in match.keys) for row in table.data_rows}
    wanted = {tuple(map(_plain, key)): row for row, key in named.items()}
    found: dict[int, int] = {}
    for item, given in _filled(rows).items():
        key = tuple(given[match.columns[column]] for column in match.keys)
        row = wanted.get(tuple(map(_plain, key)))
        if row is None:
            raise _unknown(key, list(named.values()), table, item)
        if row in found.values():
            what = f"{_words(key)} stands there twice"
            raise XlidxError(Kind.DOMAIN, what, f"market, row {item + 1}", "delete one of the two rows")
        found[item] = row
    left = [key for row, key in named.items() if row not in found.values()]
    if left:
        more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
        what = f"there is no row for {_words(left[0])}{more}"
        raise XlidxError(Kind.MISSING, what, f"market, table {table.name}", "give every row of the table")
    return found


def _unknown(key: tuple[Cell, ...], known: list[tuple[Cell, ...]], table: Table, item: int) -> XlidxError:
    near = closest(_words(key), [_words(one) for one in known])
    mend = f"did you mean {near}?" if near else f"{table.name} has {', '.join(map(_words, known[:6]))}"
    return XlidxError(Kind.CHOICE, f"{_words(key)} is not in the table", f"market, row {item + 1}", mend)


def _in_order(match: Match, rows: Rows) -> dict[int, int]:
    wanted, given = list(match.table.data_rows), _filled(rows)
    if len(given) != len(wanted):
        what = f"{len(given)} rows given, {match.table.name} has {len(wanted)}"
        raise XlidxError(Kind.SHAPE, what, "market", "give as many rows as the table has")
    return dict(zip(given, wanted, strict=True))


def _plain(value: Cell) -> Cell:
    # Days stand as numbers in a workbook and as texts in a CSV file.
    if isinstance(value, date):
        return serial(value)
    if not isinstance(value, str):
        return value
    try:
        return serial(date.fromisoformat(value.strip()))
    except ValueError:
        return value.strip().casefold()


def _words(key: tuple[Cell, ...]) -> str:
    return " ".join(value if isinstance(value, str) else shown(value) for value in key)
