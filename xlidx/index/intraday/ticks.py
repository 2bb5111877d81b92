"""Ticks: trades and exchange rates as they come in, and what was last known at every moment of a session.

Moments carry no time zone: market hours, ticks and grid are all given in the time of one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from xlidx.arrays import Bools, Floats, require
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.index.basket import not_one
from xlidx.limits import LEVELS, within
from xlidx.rules import rule
from xlidx.tables import Column, TableSpec, plain_name, read
from xlidx.values import EPOCH, FIRST_SERIAL, LAST_SERIAL, Cell, unexpected

Moments: TypeAlias = npt.NDArray[np.datetime64]

STEP = 15.0  # seconds between two levels (3.1.2)
MILLISECONDS_PER_DAY = 86_400_000
MOMENT_UNIT = "microseconds"  # a time column is numbers while the table is checked, moments afterwards

TICKS = TableSpec(
    name="ticks",
    columns=(
        Column(name="time", kind="number", unit=MOMENT_UNIT, help="date and time of the trade"),
        Column(name="isin", kind="text", help="ISIN of the member, or a currency for an exchange rate"),
        Column(name="price", kind="number", above=0.0, help="give the price, or index currency per unit of currency"),
        Column(
            name="cancelled",
            kind="word",
            words=("yes", "no"),
            required=False,
            default="no",
            help="yes for a trade that was cancelled; levels published with it stay, unless recalculated",
        ),
        Column(
            name="cancelled_at",
            kind="number",
            unit=MOMENT_UNIT,
            required=False,
            help="date and time from which a cancelled trade counts for no new level; blank is never",
        ),
    ),
)


@attrs.frozen(eq=False)
class Ticks:
    """Prices of trades in the order of time, K of them.

    Parameters
    ----------
    times : datetime64[us] array of shape (K,)
        Never falling.
    ids : tuple of str
        ISIN of each trade, or the currency of an exchange rate.
    prices : array of shape (K,) [quote currency], or [index currency per unit of currency] for rates
    cancelled : bool array of shape (K,)
    until : datetime64[us] array of shape (K,)
        Moment from which on a cancelled trade counts no more; NaT where it is not cancelled or that is not known.
    """

    times: Moments
    ids: tuple[str, ...]
    prices: Floats
    cancelled: Bools
    until: Moments

    def __len__(self) -> int:
        return len(self.ids)


@attrs.frozen
class Hours:
    """When an index is calculated on one day, and how often.

    Parameters
    ----------
    open, close : datetime64[us]
        Start and end of regular daytime trading; an early close is simply given as such.
    step : float [seconds]
        Time between two levels.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.2.
    *Reading*: the rule book prints 09:00 without a zone; its hours are Central European Time, which is 08:00
    in Lisbon.  Ticks must be in the same zone as the hours.
    """

    open: np.datetime64
    close: np.datetime64
    step: float = STEP


def moment(cell: Any, where: str) -> np.datetime64:
    """Return the moment a cell means: date and time, Excel serial number, or ISO text.

    Raises
    ------
    XlidxError
        ``TYPE`` for anything else and for a time with a zone, ``MISSING`` for a blank.

    Notes
    -----
    *Reading*: a serial number holds a time of day only to about a microsecond, so it is read to the nearest
    millisecond: 15 seconds past nine is then exactly on the grid.  A time of day alone belongs to day 0.

    Examples
    --------
    >>> str(moment(42447.0 + (9 * 3600 + 15) / 86400, "B2")), str(moment("2016-03-18 09:00:15", "B2"))
    ('2016-03-18T09:00:15.000000', '2016-03-18T09:00:15.000000')
    """
    if isinstance(cell, np.datetime64) and not np.isnat(cell):
        return to_microseconds(cell)
    if cell is None or cell is pd.NaT or isinstance(cell, ErrorValue):
        raise unexpected(cell if isinstance(cell, ErrorValue) else None, "time", where, "a date and time")
    found = _moment(cell)
    if found is None or found.tzinfo is not None:
        mend = "give an Excel date and time or text like 2016-03-18 09:00:15, without a zone"
        raise XlidxError(Kind.TYPE, f"{str(cell)[:40]!r} is not a moment", where, mend)
    return np.datetime64(found, "us")


def to_microseconds(at: Any) -> np.datetime64:
    """Return a moment of any resolution in microseconds.

    Examples
    --------
    >>> str(to_microseconds(np.datetime64("2016-03-18T09:00")))
    '2016-03-18T09:00:00.000000'
    """
    found: np.datetime64 = np.asarray([at], dtype="datetime64[us]")[0]
    return found


def _moment(cell: Any) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, time):
        return datetime.combine(EPOCH, cell)
    if type(cell) is float and (0.0 <= cell < 1.0 or FIRST_SERIAL <= cell < LAST_SERIAL + 1):
        return datetime.combine(EPOCH, time()) + timedelta(milliseconds=round(cell * MILLISECONDS_PER_DAY))
    return _of_text(cell.strip()) if isinstance(cell, str) else None


def _of_text(text: str) -> datetime | None:
    for parse in (datetime.fromisoformat, lambda t: datetime.combine(EPOCH, time.fromisoformat(t))):
        try:
            return parse(text)
        except ValueError:
            continue
    return None


def read_timed(spec: TableSpec, rows: Sequence[Sequence[Cell]]) -> pd.DataFrame:
    """Read a block whose time columns hold moments and whose yes/no columns may hold TRUE and FALSE.

    Returns
    -------
    DataFrame
        As :meth:`xlidx.tables.Table.strict`, with datetime64[us] in the time columns; a blank is NaT.
    """
    header = [plain_name(cell) for cell in rows[0]] if rows else []
    timed = {column.name for column in spec.columns if column.unit == MOMENT_UNIT}
    swaps = [(n, name) for name in timed for n, head in enumerate(header) if head == plain_name(name)]
    flags = [n for column in spec.columns if column.words == ("yes", "no") for n in _at(header, column.name)]
    body = [_swapped(spec, number, row, swaps, flags) for number, row in enumerate(rows[1:], start=2)]
    frame = read(spec, [*rows[:1], *body]).strict().copy()
    for name in timed:
        frame[name] = _back(frame[name].to_numpy())
    return frame


def _at(header: list[str], name: str) -> list[int]:
    return [n for n, head in enumerate(header) if head == plain_name(name)]


def _swapped(
    spec: TableSpec, number: int, row: Sequence[Cell], swaps: list[tuple[int, str]], flags: list[int]
) -> list[Cell]:
    cells = list(row)
    for n, name in swaps:
        if n < len(cells) and cells[n] is not None and not isinstance(cells[n], ErrorValue):
            found = moment(cells[n], f"table {spec.name}, row {number}, column {name}")
            cells[n] = float(found.astype(np.int64))
    for n in flags:
        if n < len(cells) and (isinstance(cells[n], bool) or cells[n] in (0.0, 1.0)):
            cells[n] = "yes" if cells[n] else "no"
    return cells


def _back(values: Floats) -> Moments:
    moments = np.full(values.shape, np.datetime64("NaT"), dtype="datetime64[us]")
    there = ~np.isnan(values)
    moments[there] = values[there].astype(np.int64).astype("datetime64[us]")
    return moments


def read_ticks(rows: Sequence[Sequence[Cell]]) -> Ticks:
    """Read a block of ticks with a header row: time, isin, price and, if wanted, cancelled.

    Parameters
    ----------
    rows : sequence of sequences of cells
        The header first; columns as in :data:`TICKS`.  Rows need not be in order.

    Returns
    -------
    Ticks
        With the cancelled ones, see :func:`sorted_ticks`.

    Raises
    ------
    XlidxError
        The first finding: a blank or unreadable time, a price that is not above 0, a missing column.

    Examples
    --------
    >>> ticks = read_ticks([["time", "isin", "price"], ["2016-03-18 09:00:15", "A", 10.5]])
    >>> len(ticks), ticks.ids, ticks.prices.tolist()
    (1, ('A',), [10.5])
    """
    frame = read_timed(TICKS, rows)
    times, until = frame["time"].to_numpy(), frame["cancelled_at"].to_numpy()
    cancelled = (frame["cancelled"] == "yes").to_numpy() | ~np.isnat(until)
    early = np.flatnonzero(until < times)
    if early.size:
        where = f"table ticks, row {frame.index[early[0]]}, column cancelled_at"
        raise XlidxError(Kind.DOMAIN, "a trade is cancelled before it was made", where, "give date and time of both")
    return sorted_ticks(times, frame["isin"].tolist(), frame["price"].to_numpy(), cancelled, until)


@rule("psi20", "3.1.2")
@rule("psi20", "3.2")
def sorted_ticks(
    times: Moments,
    ids: Sequence[str],
    prices: Floats,
    cancelled: Bools | None = None,
    until: Moments | None = None,
) -> Ticks:
    """Return ticks in the order of time, those that were cancelled marked.

    Parameters
    ----------
    times : datetime64 array of shape (K,)
    ids : sequence of K str
        ISINs, or currencies for exchange rates.
    prices : array of shape (K,)
        Above 0; a missing price (NaN) is refused.
    cancelled : bool array of shape (K,), optional
    until : datetime64 array of shape (K,), optional
        Moment of the cancellation; NaT where it is not known.

    Returns
    -------
    Ticks

    Raises
    ------
    XlidxError
        ``SHAPE`` for columns of unequal length, ``MISSING`` for a missing time, ``DOMAIN`` for a price that
        is not above 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.2 and 3.2.
    *Reading*: of two trades at the same moment the one further down in the table is the later one.
    *Reading*: a cancelled trade stays in the levels that were published with it, and in later ones too where the
    moment of the cancellation is not given; from that moment on the trade before it counts again.

    Examples
    --------
    >>> times = np.array(["2016-03-18T09:01", "2016-03-18T09:00", "2016-03-18T09:01"], dtype="datetime64[us]")
    >>> sorted_ticks(times, ["A", "B", "A"], np.array([11.0, 20.0, 12.0])).prices.tolist()
    [20.0, 11.0, 12.0]
    """
    moments = np.asarray(times, dtype="datetime64[us]")
    values = np.asarray(prices, dtype=np.float64)
    marked = np.zeros(values.shape, dtype=bool) if cancelled is None else np.asarray(cancelled, dtype=bool)
    ends = np.full(values.shape, "NaT", dtype="datetime64[us]") if until is None else np.asarray(until)
    if not moments.shape == values.shape == marked.shape == ends.shape == (len(ids),):
        mend = "give one time, one ISIN and one price per trade"
        raise XlidxError(Kind.SHAPE, "the columns of the ticks differ in length", "table ticks", mend)
    if np.isnat(moments).any():
        raise XlidxError(Kind.MISSING, "a trade has no time", "table ticks, column time", "give date and time")
    require((values > 0.0) & (values < np.inf), values, "price", "be above 0", "give the price of the trade")
    order = np.argsort(moments, kind="stable")
    names = tuple(str(ids[k]) for k in order.tolist())
    return Ticks(moments[order], names, values[order], marked[order], ends[order].astype("datetime64[us]"))


@rule("psi20", "3.2")
def without_cancelled(ticks: Ticks) -> Ticks:
    """Return the ticks of a recalculation: what was cancelled never happened.

    Examples
    --------
    >>> rows = [["time", "isin", "price", "cancelled"], ["2016-03-18 09:00:15", "A", 10.5, "yes"]]
    >>> len(read_ticks(rows)), len(without_cancelled(read_ticks(rows)))
    (1, 0)
    """
    return _some(ticks, ~ticks.cancelled)


def _some(ticks: Ticks, kept: Bools) -> Ticks:
    ids = tuple(name for name, keep in zip(ticks.ids, kept.tolist(), strict=True) if keep)
    return Ticks(ticks.times[kept], ids, ticks.prices[kept], ticks.cancelled[kept], ticks.until[kept])


@rule("psi20", "3.1.2")
def dissemination_grid(hours: Hours, until: np.datetime64 | None = None) -> Moments:
    """Moments at which a level is published: every step from the open, never after the close.

    Parameters
    ----------
    hours : Hours
    until : datetime64, optional
        Last moment wanted, for a session that is still going on.

    Returns
    -------
    datetime64[us] array of shape (T,)

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a close before the open, a step below a millisecond, or ``until`` before the open.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.2.
    *Reading*: the close is a point of the grid only where the steps meet it; the last level disseminated is
    then a little older (3.1.3 takes it as it is).

    Examples
    --------
    >>> hours = Hours(np.datetime64("2016-03-18T09:00", "us"), np.datetime64("2016-03-18T17:30", "us"))
    >>> grid = dissemination_grid(hours)
    >>> grid.size, str(grid[1])
    (2041, '2016-03-18T09:00:15.000000')
    """
    require(hours.step >= 1e-3, hours.step, "step", "be a millisecond or more", "give the seconds between two levels")
    last = hours.close if until is None else min(hours.close, until)
    if np.isnat(last) or np.isnat(hours.open) or last < hours.open:
        what = f"{last} lies before the open, {hours.open}"
        raise XlidxError(Kind.DOMAIN, what, "market hours", "give an open, and a close or present moment not before it")
    step = np.timedelta64(round(hours.step * 1e6), "us")
    within(LEVELS, int((last - hours.open) / step) + 1, f"a session from {hours.open} to {last}", "market hours")
    return np.arange(hours.open, last + np.timedelta64(1, "us"), step, dtype="datetime64[us]")


@rule("psi20", "3.1.2")
@rule("psi20", "4.2")
def last_known(ticks: Ticks, ids: Sequence[str], grid: Moments) -> Floats:
    """Last price at or before every moment of a grid.

    Parameters
    ----------
    ticks : Ticks
        Ticks of other identifiers are passed over.
    ids : sequence of N str
        ISINs or currencies.
    grid : datetime64[us] array of shape (T,)
        Rising.

    Returns
    -------
    array of shape (T, N)
        NaN before the first tick of an identifier.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.2 and, for exchange rates, 4.2.
    *Reading*: a tick exactly at a moment counts for that moment, one cancelled at that moment does not.

    Examples
    --------
    >>> ticks = read_ticks([["time", "isin", "price"], ["2016-03-18 09:00:15", "A", 10.5]])
    >>> grid = np.array(["2016-03-18T09:00", "2016-03-18T09:00:15", "2016-03-18T09:00:30"], dtype="datetime64[us]")
    >>> last_known(ticks, ["A"], grid).ravel().tolist()
    [nan, 10.5, 10.5]
    """
    ends = np.unique(ticks.until[~np.isnat(ticks.until)])
    edges = np.concatenate(([0], np.searchsorted(grid, ends, side="left"), [grid.size]))
    parts = [_last_live(ticks, ids, grid[: edges[1]])]
    for end, first, last in zip(ends, edges[1:-1].tolist(), edges[2:].tolist(), strict=True):
        if first < last:
            live = _some(ticks, ~(ticks.until <= end))
            parts.append(_last_live(live, ids, grid[:last])[first:])
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _last_live(ticks: Ticks, ids: Sequence[str], grid: Moments) -> Floats:
    places = {identifier: n for n, identifier in enumerate(ids)}
    columns = np.fromiter((places.get(name, -1) for name in ticks.ids), np.int64, len(ticks))
    rows = np.searchsorted(grid, ticks.times, side="left")
    used = np.flatnonzero((columns >= 0) & (rows < grid.size))[::-1]
    # Writing twice to one element has no defined order, so only the last tick of each element is kept.
    elements, firsts = np.unique(rows[used] * len(ids) + columns[used], return_index=True)
    table = np.full((grid.size, len(ids)), np.nan)
    table.flat[elements] = ticks.prices[used[firsts]]
    return _carried(table)


def _carried(table: Floats) -> Floats:
    if not table.size:
        return table
    rows = np.where(np.isnan(table), 0, np.arange(table.shape[0])[:, None])
    return np.take_along_axis(table, np.maximum.accumulate(rows, axis=0), axis=0)


def require_own_rate(ticks: Ticks, currency: str) -> None:
    """Refuse a rate of the index currency that is not 1."""
    for name, price in zip(ticks.ids, ticks.prices.tolist(), strict=True):
        if name == currency and price != 1.0:
            raise not_one(currency, price, "table ticks, column isin")


def require_day(ticks: Ticks, hours: Hours) -> None:
    """Refuse ticks of another day than the market hours: they are no prices of today."""
    days = ticks.times.astype("datetime64[D]")
    strange = np.flatnonzero(days != hours.open.astype("datetime64[D]"))
    if strange.size:
        k = int(strange[0])
        what = f"the tick of {ticks.ids[k]} at {ticks.times[k]} is not of the day of the open, {hours.open}"
        mend = "give ticks and market hours of one day; earlier prices belong to the previous close"
        raise XlidxError(Kind.DOMAIN, what, "table ticks, column time", mend)
