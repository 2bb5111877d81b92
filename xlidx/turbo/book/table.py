"""A book of certificates: roll every series of a terms table to one day and value it at the market of that day."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.rules import rule
from xlidx.tables import Table
from xlidx.turbo import settlement
from xlidx.turbo.book.checks import price_faults
from xlidx.turbo.book.inputs import RESIDUALS
from xlidx.turbo.book.roll import Book, book_of, days_of
from xlidx.turbo.path.daily import FIRST_EVENT, LAST_EVENT, LIVE, STATES, STOPPED, over
from xlidx.turbo.path.inputs import PathTerms
from xlidx.turbo.pricing import analytics
from xlidx.turbo.terms import EXERCISE, OPEN_ENDED

RESULTS = ("days", "financing_level", "stop_loss", "spot", "value", "settlement", "leverage", "distance")
ROLLED = ("financing_level", "stop_loss", "entitlement")
QUOTED = ("spot", "fx", "low", "high")
UNWATCHED, MORE_DAYS = "not watched", "with a row for each day a stop-loss event would show"


@rule("ing_open_end_turbo", "T.2")
@rule("ing_open_end_turbo", "C.17")
def turbo_book(
    terms: Table,
    market: Table,
    as_of: np.datetime64 | date | None = None,
    rates: Table | None = None,
    rules: Table | None = None,
) -> pd.DataFrame:
    """Roll the financing level of every series to a day and value the series at the market of that day.

    Parameters
    ----------
    terms : Table
        One row per series; columns as in :data:`xlidx.turbo.book.inputs.PATH_TERMS`.
    market : Table
        Columns as in :data:`xlidx.turbo.book.inputs.MARKET`.  Without dates one row per underlying, the market of
        the as-of day: the level makes one step to it.  With dates one row per underlying and weekday: the level
        is rolled and the stop-loss tested day by day.  ``low`` and ``high`` blank mean the spot.
    as_of : date, optional
        Day of the book; blank is the last date of the market table, or, without dates, the level date of
        every series.
    rates : Table, optional
        Money-market rates by currency, as in :data:`xlidx.turbo.book.inputs.RATES`; they replace the rates of
        the market table.
    rules : Table, optional
        One row of choices, as in :data:`xlidx.turbo.book.inputs.RULES`.

    Returns
    -------
    DataFrame of shape (S, 13)
        isin, underlying, side, days [calendar days since the level date], financing_level and stop_loss
        [financing level currency], spot, value (intrinsic) and settlement (exercised, or ended, on the day)
        [settlement currency], leverage [times], distance [fraction of spot], state and note.  The state is
        ``live``, ``not watched``, ``stopped out``, ``exercise``, ``issuer call``, ``expiry`` or ``error``.  Without
        dates only the as-of day is looked at: with weekdays between it and the level date a series is not watched,
        as nobody knows whether it was stopped out on one of them.  A series that ended before the as-of day stands
        as on its last day, which the note names; so are a spot carried over a disrupted day without one, and an
        as-of on a weekend, which is as the Friday before.  A row that cannot be computed
        has blanks for numbers and the sentence in note; the other rows are computed all the same.

    Rule: ING Final Terms, economics table (T.2), with the clauses of the functions it calls.

    *Reading*: what moves the level follows the family of the underlying (C.17).  A limited certificate keeps its
    financing level.  An open-ended one keeps its printed stop-loss up to the next reset date; without a printed
    one it gets the stop-loss that its premium gives on the day.  At a stop-loss event an open-ended series is
    settled at the worst level of the day (C.11) unless ``residual`` says ``spot``.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> from xlidx.turbo.book.inputs import MARKET, PATH_TERMS
    >>> terms = read(PATH_TERMS, [
    ...     ["isin", "underlying", "side", "kind", "financing level", "spread", "entitlement",
    ...      "financing level currency", "settlement currency", "level date"],
    ...     ["DE000NG20XV1", "NDX", "short", "best", 9884.36, 0.035, 0.01, "USD", "EUR", date(2020, 2, 10)]])
    >>> market = read(MARKET, [["underlying", "spot", "rate", "fx"], ["NDX", 9517.86, 0.0158, 1.0901]])
    >>> book = turbo_book(terms, market, date(2020, 2, 11))
    >>> book.loc[2, ["financing_level", "value"]].astype(float).round(4).tolist()
    [9883.8328, 3.3572]
    """
    book = book_of(terms, market, as_of, rates, rules)
    last = _last_days(book)
    book.faults.update(price_faults(book.series, book.faults, last))
    good = ~book.series.index.isin(list(book.faults))
    numbers = {name: values[good] for name, values in last.items()}
    numbers |= _valued(numbers, book, good)
    frame = terms.frame[["isin", "underlying", "side"]].copy()
    sound = frame.index.isin(book.series.index[good])
    for name in RESULTS:
        frame[name] = _spread_out(numbers[name], sound)
    numbers["level_date"] = book.terms.level_date[good]
    numbers["unwatched"] = _unwatched(book, numbers)
    words = np.array(STATES, dtype=object)[numbers["state"].astype(int)]
    frame["state"] = "error"
    frame.loc[sound, "state"] = np.where(numbers["unwatched"] & (words == STATES[LIVE]), UNWATCHED, words)
    notes = dict(zip(book.series.index[good], _notes(book, numbers), strict=True))
    notes |= {row: fault.sentence for row, fault in book.faults.items()}
    frame["note"] = pd.Series([notes[row] for row in frame.index], frame.index, dtype=object)
    return frame


def _last_days(book: Book) -> dict[str, Any]:
    """Return what every series shows on the last of its days, NaN for one that has none."""
    size = len(book.series)
    kept: dict[str, Any] = {name: np.full(size, np.nan) for name in (*ROLLED, *QUOTED, "days", "state", "row")}
    kept["date"] = np.full(size, "NaT", "datetime64[D]")
    kept["spot_row"], (spots, since) = np.zeros(size, np.intp), _carried(book)
    for t, carry, day in days_of(book):
        ended = (day.state >= FIRST_EVENT) & (day.state <= LAST_EVENT)
        shown = ended | ((day.state == LIVE) & (t == book.quotes.days.size - 1))
        dates = np.broadcast_to(carry.last if np.isnat(book.quotes.days[t]) else book.quotes.days[t], size)
        for name in ROLLED:
            kept[name][shown] = day.columns[name][shown]
        for name in QUOTED:
            kept[name][shown] = book.quotes.numbers[name][t][book.place[shown]]
        kept["spot"][shown], kept["spot_row"][shown] = spots[t][book.place[shown]], since[t][book.place[shown]]
        kept["date"][shown], kept["state"][shown] = dates[shown], day.state[shown]
        kept["row"][shown] = book.quotes.rows[t][book.place[shown]]
    kept["days"] = (kept["date"] - book.terms.level_date) / np.timedelta64(1, "D")
    return kept


def _carried(book: Book) -> tuple[Floats, Any]:
    """Return the spots by day, on a disrupted day without one the last before it, and the day that each is of."""
    spots = np.where(np.isin(book.quotes.rows, list(book.quotes.faults)), np.nan, book.quotes.numbers["spot"])
    days = np.arange(len(spots))[:, None]
    known = np.maximum.accumulate(np.where(np.isnan(spots), 0, days), axis=0)
    since = np.where(book.quotes.disrupted & np.isnan(spots), known, days)
    return np.take_along_axis(spots, since, axis=0), since


def priced(numbers: dict[str, Any], terms: PathTerms, residual: str) -> tuple[Floats, Floats]:
    """Return the price that settles and the value, for columns that broadcast with the series.

    After a stop-loss event best and limited series are worth nothing, an open-ended one what the worst level
    of the day leaves, or the spot.
    """
    stopped = numbers["state"] == STOPPED
    worst = np.where(terms.sign > 0.0, numbers["low"], numbers["high"])
    unwound = stopped & ~np.isnan(worst) & (residual == RESIDUALS[0])
    price = np.where(unwound, worst, numbers["spot"])
    paid = settlement.payoff(terms.sign, numbers["financing_level"], price, numbers["entitlement"], numbers["fx"])
    return price, np.where(stopped & (terms.kind != OPEN_ENDED), 0.0, paid)


def _valued(numbers: dict[str, Any], book: Book, good: Bools) -> dict[str, Floats]:
    terms = attrs.evolve(book.terms, sign=book.terms.sign[good], kind=book.terms.kind[good])
    sign, kind = terms.sign, terms.kind
    level, spot, entitlement = numbers["financing_level"], numbers["spot"], numbers["entitlement"]
    fx = numbers["fx"] = np.where(np.isnan(numbers["fx"]), 1.0, numbers["fx"])
    price, value = priced(numbers, terms, book.choices.residual)
    ended = np.maximum(numbers["state"] - FIRST_EVENT, EXERCISE).astype(np.int8)
    paid = np.asarray(settlement.cash_settlement(sign, level, price, entitlement, fx, ended, kind))
    times, some = np.full(level.shape, np.nan), value > 0.0
    np.place(times, some, np.asarray(analytics.leverage(spot[some], entitlement[some], value[some], fx[some])))
    distance = np.asarray(analytics.distance(sign, spot, numbers["stop_loss"]))
    return {"value": value, "settlement": paid, "leverage": times, "distance": distance}


def _notes(book: Book, numbers: dict[str, Any]) -> list[str | None]:
    """Return what is noted about every series: it ended before the last day, or what its numbers do not rest on."""
    last, asked = book.quotes.last, book.quotes.asked
    early = None if asked == last or np.isnat(asked) else f"{asked} is no weekday: as on {last}"
    notes: list[str | None] = []
    names = ("date", "spot_row", "unwatched", "level_date")
    rows = zip(numbers["state"].astype(int), *(numbers[name] for name in names), strict=True)
    for state, day, spot_row, unwatched, start in rows:
        if state != LIVE and not np.isnat(last) and day != last:
            notes.append(over(state, day))
            continue
        spot_day = book.quotes.days[spot_row]
        carried = None if np.isnat(spot_day) or spot_day == day else f"no level on {day}: that of {spot_day} carried"
        unseen = f"not watched between {start} and {day}: {MORE_DAYS}" if unwatched else None
        notes.append("; ".join(filter(None, (early, carried, unseen))) or None)
    return notes


def _unwatched(book: Book, numbers: dict[str, Any]) -> Bools:
    """Return which series no stop-loss was tested for on weekdays after the level date: those that a table has not."""
    gap = np.zeros(numbers["state"].size, np.bool_)
    if not book.quotes.dated and not np.isnat(book.quotes.last):
        whole = numbers["state"] != STOPPED
        gap[whole] = np.busday_count(numbers["level_date"][whole] + 1, numbers["date"][whole]) > 0
    return gap


def _spread_out(values: Floats, good: Bools) -> Floats:
    out = np.full(good.shape, np.nan)
    out[good] = values
    return out
