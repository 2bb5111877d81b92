"""The basket: what an index holds on one day, and the tables of prices and rates that value it.

A basket knows nothing of one family of indices.  With a divisor it is a capitalisation index; with free float
and capping 1 and a divisor of 1 it is an index defined by numbers of shares alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.index.level import PERCENTAGE
from xlidx.rules import rule
from xlidx.tables import Column, Table, TableSpec, plain_name
from xlidx.values import Cell, day, floats, not_a_number, shown

INDEX_CURRENCY = "EUR"

QUOTE_CURRENCY = Column(
    name="currency",
    kind="text",
    required=False,
    default="",
    help="ISO code of the quote currency; blank is the index currency",
)
COMPOSITION = TableSpec(
    name="composition",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member"),
        Column(name="name", kind="text", required=False, default="", help="name of the company"),
        Column(name="shares", kind="number", above=0.0, help="give the number of shares in the index"),
        Column(name="free_float", kind="fraction", help="free-float factor, 1 if the index has none"),
        Column(
            name="capping",
            kind="number",
            above=0.0,
            required=False,
            default=1.0,
            help="give the capping factor, 1 if the member is not capped",
        ),
        QUOTE_CURRENCY,
        Column(
            name="country",
            kind="text",
            required=False,
            default="",
            help="country of incorporation, ISO code, for withholding tax",
        ),
    ),
)


def _words(values: Iterable[Any]) -> tuple[str, ...]:
    return values if isinstance(values, tuple) else tuple(map(str, values))


def _vector(values: Any) -> Floats:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


@attrs.frozen(eq=False)
class Basket:
    """Members of an index on one day, N of them, in the order of their table.

    Parameters
    ----------
    ids : tuple of str
        ISINs, each once.
    shares : array of shape (N,) [number]
        Q; 0 or more, not necessarily whole.
    free_float : array of shape (N,) [fraction, 0 to 1]
        F; 1 where the index has none.
    capping : array of shape (N,) [fraction]
        f; above 0, 1 where not capped.  Above 1 only where a rule book lets a capped member's free-float
        shares fall and keeps the product (PSI 20 rule book, 5.3.2).
    currency : tuple of str
        Quote currency, ISO code.
    country : tuple of str, optional
        Country of incorporation for withholding tax; empty where not known.

    Raises
    ------
    XlidxError
        ``SHAPE`` for columns of unequal length, ``DOMAIN`` for an identifier that appears twice, a value
        outside its range or not a number.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [0.5, 1.0], [1.0, 0.9], ("EUR", "EUR"))
    >>> basket.weights.tolist(), len(basket)
    ([500.0, 450.0], 2)
    """

    ids: tuple[str, ...] = attrs.field(converter=_words)
    shares: Floats = attrs.field(converter=_vector)
    free_float: Floats = attrs.field(converter=_vector)
    capping: Floats = attrs.field(converter=_vector)
    currency: tuple[str, ...] = attrs.field(converter=_words)
    country: tuple[str, ...] = attrs.field(
        converter=_words, default=attrs.Factory(lambda self: ("",) * len(self.ids), takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        _same_size(self)
        _each_once(self.ids, "composition")
        _inside(self, "shares", self.shares >= 0.0, "be 0 or more", "give the number of shares in the index")
        fraction = "give a fraction: 85 % is 0.85"
        _inside(
            self, "free_float", (self.free_float >= 0.0) & (self.free_float <= 1.0), "lie between 0 and 1", fraction
        )
        _inside(self, "capping", (self.capping > 0.0) & (self.capping < PERCENTAGE), "lie above 0 up to 1", fraction)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def weights(self) -> Floats:
        """Number of shares as the index counts them, x_i = Q F f (N,)."""
        return self.shares * self.free_float * self.capping

    @property
    def places(self) -> dict[str, int]:
        """Position of every member by identifier."""
        return dict(zip(self.ids, range(len(self.ids)), strict=True))


@attrs.frozen(eq=False)
class Quotes:
    """Prices or exchange rates: dates down, identifiers across, NaN where there is none.

    Parameters
    ----------
    name : str
        Name of the table in messages, ``prices`` or ``fx``.
    days : datetime64[D] array of shape (T,)
        Rising.
    ids : tuple of str
        ISINs or currencies, K of them, each once.
    matrix : array of shape (T, K)
        [quote currency], or [index currency per unit of quote currency] for rates; row by row in memory,
        not copied where it already is.
    lowest : float
        No number of the matrix lies below; NaN where nobody has looked, and then no price of 0 is flagged.
    """

    name: str
    days: Days
    ids: tuple[str, ...]
    matrix: Floats
    lowest: float = float("nan")

    @property
    def places(self) -> dict[str, int]:
        """Column of every identifier."""
        return dict(zip(self.ids, range(len(self.ids)), strict=True))


@rule("psi20", "7")
@rule("psi20", "4.1")
def basket_of(table: Table, currency: str = INDEX_CURRENCY) -> Basket:
    """Return the basket of a checked composition table.

    Parameters
    ----------
    table : Table
        Columns as in :data:`COMPOSITION`; refused with the first finding if a row is faulty.
    currency : str
        Index currency: what a blank quote currency means.

    Returns
    -------
    Basket

    Raises
    ------
    XlidxError
        The first finding of the table; ``MISSING`` for a table without rows.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.1 and 7.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["isin", "shares", "free float"], ["PTAAA0AE0008", 1000.0, 0.5]]
    >>> basket_of(read(COMPOSITION, rows)).currency
    ('EUR',)
    """
    frame = table.strict()
    if frame.empty:
        raise XlidxError(Kind.MISSING, "composition has no rows", "table composition", "give one row per member")
    quoted = [text.upper() or currency for text in frame["currency"]]
    country = [text.upper() for text in frame["country"]]
    shares, free_float, capping = (frame[name].to_numpy() for name in ("shares", "free_float", "capping"))
    return Basket(frame["isin"], shares, free_float, capping, quoted, country)


def composition_of(basket: Basket) -> pd.DataFrame:
    """Return a basket as a composition table, the inverse of :func:`basket_of` without names.

    Examples
    --------
    >>> print(composition_of(Basket(("A",), [1000.0], [0.5], [1.0], ("EUR",), ("PT",))).to_string(index=False))
    isin  shares  free_float  capping currency country
       A  1000.0         0.5      1.0      EUR      PT
    """
    names = ("shares", "free_float", "capping", "currency", "country")
    return pd.DataFrame({"isin": basket.ids, **{name: getattr(basket, name) for name in names}})


def read_quotes(name: str, rows: Sequence[Sequence[Cell]]) -> Quotes:
    """Read a block of prices or rates: header ``date`` and identifiers, then one row per date.

    Parameters
    ----------
    name : str
        ``prices`` or ``fx``, for messages.
    rows : sequence of sequences of cells
        The header first.  A blank is a missing price (NaN); a row without any entry is passed over.

    Returns
    -------
    Quotes

    Raises
    ------
    XlidxError
        ``MISSING`` for a bad header or no rows, ``TYPE`` for text among numbers or a date that is none,
        ``DOMAIN`` for a negative number, dates that do not rise or an identifier that appears twice.

    Examples
    --------
    >>> quotes = read_quotes("prices", [["date", "A", "B"], ["2016-03-18", 10.0, None]])
    >>> quotes.ids, quotes.matrix.tolist()
    (('A', 'B'), [[10.0, nan]])
    """
    ids = _heads(name, list(rows[0]) if rows else [])
    body = [(n, row) for n, row in enumerate(rows[1:], start=2) if any(cell is not None for cell in row)]
    days = [np.datetime64(_day(row[0], f"table {name}, row {n}, column date")) for n, row in body]
    values = np.array([_cells(name, n, row, ids) for n, row in body], dtype=np.float64).reshape(len(body), len(ids))
    return _checked(name, np.array(days, dtype="datetime64[D]"), ids, values, [n for n, _ in body])


def quotes_of(name: str, frame: pd.DataFrame) -> Quotes:
    """Check a frame of prices or rates whose first column is ``date``; see :func:`read_quotes`.

    Examples
    --------
    >>> frame = pd.DataFrame({"date": ["2016-03-18", "2016-03-21"], "A": [10.0, 11.0]})
    >>> quotes_of("prices", frame).days.astype(str).tolist()
    ['2016-03-18', '2016-03-21']
    """
    body = frame.iloc[:, 1:]
    if not all(pd.api.types.is_numeric_dtype(kind) for kind in body.dtypes):
        return read_quotes(name, [list(frame.columns), *map(_plain, frame.astype(object).to_numpy())])
    ids, rows = _heads(name, list(frame.columns)), list(range(2, len(frame) + 2))
    return _checked(name, _days(name, frame.iloc[:, 0]), ids, body.to_numpy(dtype=np.float64), rows)


def require_unit(quotes: Quotes | None, currency: str) -> None:
    """Refuse a table of rates in which the index currency has a rate other than 1.

    Examples
    --------
    >>> require_unit(read_quotes("fx", [["date", "EUR", "USD"], ["2016-03-18", 1.0, 0.9]]), "EUR")
    """
    if quotes is None:
        return
    for column in [n for n, name in enumerate(quotes.ids) if name.upper() == currency]:
        rates = quotes.matrix[:, column]
        wrong = np.flatnonzero(~np.isnan(rates) & (rates != 1.0))
        if wrong.size:
            where = f"table {quotes.name}, {quotes.days[wrong[0]]}, column {quotes.ids[column]}"
            raise not_one(currency, rates.item(wrong[0]), where)


def not_one(currency: str, rate: float, where: str) -> XlidxError:
    """Return the refusal for a rate of the index currency itself that is not 1."""
    what = f"{currency} is the index currency, but its rate is {rate:.15g} instead of 1"
    mend = "give index currency per unit of each other currency, or name another index currency in the options"
    return XlidxError(Kind.DOMAIN, what, where, mend)


@rule("psi20", "4.2")
def last_known(quotes: Quotes | None, names: Sequence[str], days: Days) -> tuple[Floats, Bools]:
    """Return the last known value of every name on every day, and where it is of that very day.

    Parameters
    ----------
    quotes : Quotes or None
        Exchange rates; its days need not be the days asked for.
    names : sequence of str
        Columns wanted, C of them; one that is not there has no values.
    days : datetime64[D] array of shape (T,)

    Returns
    -------
    values : array of shape (T, C)
        NaN before the first known value.
    fresh : bool array of shape (T, C)
        False where the value is carried forward, or missing.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.2.

    Examples
    --------
    >>> fx = read_quotes("fx", [["date", "USD"], ["2016-03-17", 0.9], ["2016-03-21", 0.8]])
    >>> values, fresh = last_known(fx, ["USD"], np.array(["2016-03-18", "2016-03-21"], "datetime64[D]"))
    >>> values.tolist(), fresh.tolist()
    ([[0.9], [0.8]], [[False], [True]])
    """
    values, fresh = np.full((len(days), len(names)), np.nan), np.zeros((len(days), len(names)), dtype=bool)
    if quotes is None:
        return values, fresh
    row = np.searchsorted(quotes.days, days, side="right") - 1
    for column, name in enumerate(names):
        if name not in quotes.ids:
            continue
        given = quotes.matrix[:, quotes.ids.index(name)]
        last = np.maximum.accumulate(np.where(np.isnan(given), -1, np.arange(given.size)))
        source = np.where(row >= 0, last[row], -1)
        known = source >= 0
        values[known, column] = given[source[known]]
        fresh[known, column] = quotes.days[source[known]] == days[known]
    return values, fresh


def _plain(row: Iterable[Any]) -> list[Cell]:
    cells: list[Cell] = [None if pd.isna(value) else value for value in row]
    return [float(cell) if isinstance(cell, int | np.number) else cell for cell in cells]


def _days(name: str, dates: pd.Series[Any]) -> Days:
    if pd.api.types.is_datetime64_dtype(dates) and bool(dates.notna().all()):
        return dates.to_numpy().astype("datetime64[D]")
    cells = _plain(dates)
    return np.array(
        [np.datetime64(_day(cell, f"table {name}, row {n}, column date")) for n, cell in enumerate(cells, start=2)],
        dtype="datetime64[D]",
    )


def _heads(name: str, header: list[Any]) -> tuple[str, ...]:
    where = f"table {name}, row 1"
    if not header or plain_name(header[0]) != "date":
        found = shown(header[0]) if header else "nothing"
        raise XlidxError(Kind.MISSING, f"first column is {found} instead of date", where, "put the dates first")
    ids = [head.strip() if isinstance(head, str) else "" for head in header[1:]]
    if not ids or "" in ids:
        place = ids.index("") + 2 if ids else 2
        raise XlidxError(Kind.MISSING, f"column {place} has no name", where, "write the ISIN or currency above it")
    _each_once(tuple(ids), name)
    return tuple(ids)


def _day(cell: Cell, where: str) -> Any:
    if cell is None or isinstance(cell, ErrorValue):
        raise XlidxError(Kind.MISSING, f"date is {shown(cell)}", where, "give a date")
    return day(cell, where)


def _cells(name: str, row: int, cells: Sequence[Cell], ids: tuple[str, ...]) -> Floats:
    values, others = floats([*cells[1 : len(ids) + 1], *[None] * (len(ids) + 1 - len(cells))])
    for place, cell in others.items():
        if cell is not None:
            raise not_a_number(cell, name, f"table {name}, row {row}, column {ids[place]}")
    return values


def _checked(name: str, days: Days, ids: tuple[str, ...], values: Floats, rows: list[int]) -> Quotes:
    if not rows:
        raise XlidxError(Kind.MISSING, f"{name} has no rows", f"table {name}", "give one row per date")
    falling = np.flatnonzero(~(days[1:] > days[:-1]))
    if falling.size:
        place = int(falling[0]) + 1
        what = f"{days[place]} does not come after {days[place - 1]}"
        where = f"table {name}, row {rows[place]}, column date"
        raise XlidxError(Kind.DOMAIN, what, where, "sort the rows by date, each date once")
    lowest = _not_negative(name, ids, values, rows)
    return Quotes(name, days, ids, np.ascontiguousarray(values), lowest)


def _not_negative(name: str, ids: tuple[str, ...], values: Floats, rows: list[int]) -> float:
    # Two reductions and no temporary array: the table may hold tens of millions of prices.
    lowest = float(np.fmin.reduce(values, axis=None, initial=np.inf))
    if lowest >= 0.0 and np.fmax.reduce(values, axis=None, initial=0.0) < np.inf:
        return lowest
    bad: Bools = (values < 0.0) | np.isinf(values)
    row, column = np.unravel_index(int(bad.argmax()), bad.shape)
    what = f"{name} holds {values[row, column]:.15g}, below 0 or without bound"
    where = f"table {name}, row {rows[row]}, column {ids[column]}"
    raise XlidxError(Kind.DOMAIN, what, where, "give a number of 0 or more, or leave the cell blank")


def _same_size(basket: Basket) -> None:
    for name in ("shares", "free_float", "capping", "currency", "country"):
        values = getattr(basket, name)
        size = (len(values),) if isinstance(values, tuple) else np.shape(values)
        if size != (len(basket.ids),):
            what = f"{name} has {size[0] if size else 1} values for {len(basket.ids)} members"
            raise XlidxError(Kind.SHAPE, what, "composition", "give one value per member")


def _each_once(ids: tuple[str, ...], name: str) -> None:
    if len(set(ids)) == len(ids):
        return
    seen: set[str] = set()
    twice = next(identifier for identifier in ids if identifier in seen or seen.add(identifier))  # type: ignore[func-returns-value]
    raise XlidxError(Kind.DOMAIN, f"{twice} appears twice", f"table {name}", "delete one of the two")


def _inside(basket: Basket, name: str, ok: Bools, must: str, mend: str) -> None:
    if ok.all():
        return
    place = int(ok.argmin())
    value = getattr(basket, name)[place]
    text = "not a number" if np.isnan(value) else f"{value:.15g}"
    where = f"composition, {basket.ids[place]}, column {name}"
    raise XlidxError(Kind.DOMAIN, f"{name} is {text} but must {must}", where, mend)
