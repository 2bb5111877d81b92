"""Many certificates day by day as one table: a row per series and day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlidx.limits import ROWS, within
from xlidx.rules import rule
from xlidx.tables import Table
from xlidx.turbo.book.certificate_path import MAY_BE_BLANK, blanked
from xlidx.turbo.book.roll import Book, book_of, days_of
from xlidx.turbo.book.table import priced
from xlidx.turbo.path.daily import ENDED, ERROR, FIRST_EVENT, FLAGS, LAST_EVENT, LIVE, NOT_ISSUED, NUMBERS, STATES, over

QUOTED = ("spot", "low", "high", "fx")
COLUMNS = ("isin", "underlying", "date", *NUMBERS, "spot", "value", *FLAGS, "state", "note")


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.2")
@rule("ing_open_end_turbo", "C.6")
@rule("ing_open_end_turbo", "C.17")
def turbo_paths(
    terms: Table,
    market: Table,
    as_of: np.datetime64 | date | None = None,
    rates: Table | None = None,
    rules: Table | None = None,
) -> pd.DataFrame:
    """Follow every series of a terms table day by day up to the as-of day.

    Parameters
    ----------
    terms, market, as_of, rates, rules
        As in :func:`xlidx.turbo.book.table.turbo_book`; the market table has dates.

    Returns
    -------
    DataFrame with the columns of :data:`COLUMNS`
        In the order of the terms, each series from its level date on: the columns of
        :func:`xlidx.turbo.book.certificate_path.financing_path`, spot [financing level currency] and value [settlement
        currency, unrounded; NaN without spot or exchange rate].  A series that cannot be rolled at all has one
        row, one that fails on a day is in ``error`` from that day on, each with its sentence in note; the others
        are not touched.

    Raises
    ------
    XlidxError
        ``SHAPE`` for more rows than a worksheet has.

    Rule: as :func:`xlidx.turbo.path.daily.financing_paths`.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> from xlidx.turbo.book.inputs import MARKET, PATH_TERMS
    >>> terms = read(PATH_TERMS, [
    ...     ["isin", "underlying", "side", "kind", "financing level", "spread", "entitlement",
    ...      "financing level currency", "settlement currency", "level date"],
    ...     ["DE000NG20XP3", "DAX", "short", "best", 13571.32, 0.035, 0.01, "EUR", "EUR", date(2020, 2, 10)]])
    >>> market = read(MARKET, [["underlying", "date", "spot", "rate"],
    ...     ["DAX", date(2020, 2, 10), 13532.32, -0.0045], ["DAX", date(2020, 2, 11), 13540.0, -0.0045]])
    >>> turbo_paths(terms, market)[["financing_level", "value"]].astype(float).round(4).values.tolist()
    [[13571.32, 0.39], [13569.8309, 0.2983]]
    """
    book = book_of(terms, market, as_of, rates, rules)
    blocks, last = _blocks(book)
    place, on = np.nonzero(blocks["state"].T != NOT_ISSUED)
    frame = pd.DataFrame({"row": book.series.index.to_numpy()[place]})
    dates = np.broadcast_to(book.quotes.days[:, None], blocks["state"].shape)
    dates = np.where(np.isnat(dates), book.terms.level_date, dates)
    frame["date"] = dates[on, place].astype("datetime64[s]")
    state = blocks["state"][on, place]
    shown = (state >= LIVE) & (state <= LAST_EVENT)
    for name in (*NUMBERS, "spot", "value"):
        column = np.where(shown, blocks[name][on, place], np.nan)
        frame[name] = blanked(column, shown) if name in MAY_BE_BLANK else column
    for name in FLAGS:
        frame[name] = shown & blocks[name][on, place].astype(np.bool_)
    frame["state"] = np.array(STATES)[state]
    frame["note"] = [_note(book, code, s, last[s]) for code, s in zip(state.tolist(), place.tolist(), strict=True)]
    return _ordered(terms, pd.concat([frame, _refused(book, frame)]) if book.faults else frame)


def _blocks(book: Book) -> tuple[dict[str, Any], list[tuple[int, Any]]]:
    """Return every column as a block (T, S), and how and when each series ended."""
    shape = (book.quotes.days.size, len(book.series))
    within(ROWS, shape[0] * shape[1], f"the path of {shape[1]} series over {shape[0]} days", "table terms")
    blocks: dict[str, Any] = {name: np.full(shape, np.nan) for name in (*NUMBERS, *FLAGS, *QUOTED, "value")}
    blocks["state"] = np.full(shape, NOT_ISSUED, np.int8)
    last: list[tuple[int, Any]] = [(ENDED, None)] * shape[1]
    for t, _, day in days_of(book):
        for name in (*NUMBERS, *FLAGS):
            blocks[name][t] = day.columns[name]
        for name in QUOTED:
            blocks[name][t] = book.quotes.numbers[name][t][book.place]
        blocks["state"][t:] = np.where((day.state >= FIRST_EVENT) & (day.state <= LAST_EVENT), ENDED, day.state)
        blocks["state"][t] = day.state
        for s in np.flatnonzero((day.state >= FIRST_EVENT) & (day.state <= LAST_EVENT)).tolist():
            last[s] = (int(day.state[s]), book.quotes.days[t])
    blocks["fx"] = _fx(book, blocks["fx"])
    with np.errstate(invalid="ignore"):
        blocks["value"] = _value(book, blocks)
    return blocks, last


def _value(book: Book, blocks: dict[str, Any]) -> Any:
    return priced(blocks, book.terms, book.choices.residual)[1]


def _fx(book: Book, given: Any) -> Any:
    """Return the exchange rates that count: 1 at home, none that contradicts it."""
    home = (book.series["financing_level_currency"] == book.series["settlement_currency"]).to_numpy()
    return np.where(home, np.where(np.isnan(given) | (given == 1.0), 1.0, np.nan), given)


def _note(book: Book, code: int, place: int, last: tuple[int, Any]) -> str | None:
    if code == ENDED:
        return over(*last)
    return book.faults[int(book.series.index[place])].sentence if code == ERROR else None


def _refused(book: Book, frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row for every series that was not rolled at all."""
    shown = set(frame["row"])
    rows = [row for row in book.faults if row not in shown]
    notes = [book.faults[row].sentence for row in rows]
    refused = pd.DataFrame({"row": rows, "date": book.quotes.last, "state": "error", "note": notes})
    refused["date"] = refused["date"].astype("datetime64[s]")
    for name in (*NUMBERS, "spot", "value"):
        refused[name] = np.nan
    for name in FLAGS:
        refused[name] = False
    return refused


def _ordered(terms: Table, frame: pd.DataFrame) -> pd.DataFrame:
    place = {int(row): i for i, row in enumerate(terms.frame.index)}
    ordered = frame.assign(order=frame["row"].map(place)).sort_values("order", kind="stable", ignore_index=True)
    for name in ("isin", "underlying"):
        ordered[name] = terms.frame[name].reindex(ordered["row"]).to_numpy()
    notes = [None if pd.isna(note) else note for note in ordered["note"]]
    ordered["note"] = pd.Series(notes, ordered.index, dtype=object)
    return ordered[list(COLUMNS)]
