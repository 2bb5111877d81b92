"""Where the price of a member comes from: today's trade, else a manual estimate, else the previous close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.intraday.ticks import Moments, Ticks, last_known
from xlidx.rules import cite, rule
from xlidx.tables import Column, Table, TableSpec

TRADE, ESTIMATE, REFERENCE = "trade of today", "estimate", "previous close"
REASONS = {
    TRADE: "last transaction of the day",
    ESTIMATE: "not traded today; estimated by hand",
    REFERENCE: "not traded today; reference price of the previous day",
}

PREVIOUS_CLOSE = TableSpec(
    name="previous close",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member, or a currency for an exchange rate"),
        Column(name="close", kind="number", help="adjusted close, or index currency per unit of the currency"),
    ),
)

ESTIMATES = TableSpec(
    name="estimates",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member"),
        Column(name="price", kind="number", above=0.0, help="give the estimated price in quote currency"),
        Column(name="occasion", kind="word", words=("ipo", "buyout", "swap"), help="why there is no price to use"),
        Column(name="author", kind="text", help="who estimated"),
        Column(name="reason", kind="text", help="how"),
        Column(name="expiry", kind="date", required=False, help="last day on which the estimate may be used"),
    ),
)


def _vector(values: Floats) -> Floats:
    return np.array(values, dtype=np.float64)


@attrs.frozen(eq=False)
class Reference:
    """What is known about the members before a session starts.

    Parameters
    ----------
    prices : array of shape (N,) [quote currency]
        Adjusted close of the previous session, the reference price of the day; NaN where there is none.
    estimates : array of shape (N,), optional [quote currency]
        Prices estimated by hand; NaN where there is none.
    rates : mapping of currency to rate, optional [index currency per unit of currency]
        Last known before the session.
    """

    prices: Floats = attrs.field(converter=_vector)
    estimates: Floats = attrs.field(
        converter=_vector,
        default=attrs.Factory(lambda self: np.full(len(self.prices), np.nan), takes_self=True),
    )
    rates: Mapping[str, float] = attrs.field(factory=dict)

    @property
    def before(self) -> Floats:
        """Price of every member before its first trade of the day: the estimate, else the reference (N,)."""
        return np.where(np.isnan(self.estimates), self.prices, self.estimates)

    @property
    def at_close(self) -> Floats:
        """Price of every member at the previous close: the reference, else the estimate (N,)."""
        return np.where(np.isnan(self.prices), self.estimates, self.prices)


@rule("psi20", "3.1.1")
def reference_of(basket: Basket, previous: Table, estimates: Table | None = None, day: date | None = None) -> Reference:
    """Return the reference prices of a basket from the tables of previous closes and of manual estimates.

    Parameters
    ----------
    basket : Basket
    previous : Table
        Columns as in :data:`PREVIOUS_CLOSE`; a row that names a currency gives its last known rate.  Rows of
        other companies are passed over.
    estimates : Table, optional
        Columns as in :data:`ESTIMATES`.
    day : date, optional
        Day of the session; an estimate that expired before it is not used.

    Returns
    -------
    Reference

    Raises
    ------
    XlidxError
        The first finding of a table; ``DOMAIN`` for a close below 0 or an estimate of a company that is no
        member.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.1.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "USD"))
    >>> found = reference_of(basket, read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["USD", 0.9]]))
    >>> found.prices.tolist(), dict(found.rates)
    ([10.0, nan], {'USD': 0.9})
    """
    closes = previous.strict()
    low = closes[closes["close"] < 0.0]
    if not low.empty:
        what, where = f"close is {low['close'].iloc[0]:.15g} but must be 0 or more", "table previous close"
        raise XlidxError(Kind.DOMAIN, what, f"{where}, row {low.index[0]}, column close", "give the adjusted close")
    known = dict(zip(closes["isin"], closes["close"], strict=True))
    rates = {currency: known[currency] for currency in dict.fromkeys(basket.currency) if currency in known}
    prices = np.array([known.get(identifier, np.nan) for identifier in basket.ids])
    return Reference(prices, _estimates(basket, estimates, day), rates)


def _estimates(basket: Basket, estimates: Table | None, day: date | None) -> Floats:
    values = np.full(len(basket), np.nan)
    if estimates is None:
        return values
    places = basket.places
    frame = estimates.strict()
    for row, isin, price, expiry in frame[["isin", "price", "expiry"]].itertuples():
        if isin not in places:
            where, mend = f"table estimates, row {row}, column isin", "correct the ISIN or delete the row"
            raise XlidxError(Kind.DOMAIN, f"{isin} is no member of the index", where, mend)
        if day is None or pd.isna(expiry) or pd.Timestamp(day) <= expiry:
            values[places[isin]] = price
    return values


@rule("psi20", "3.1.1")
def prices_at(basket: Basket, reference: Reference, today: Floats, grid: Moments) -> Floats:
    """Price of every member at every moment: the trade of today, else the estimate, else the previous close.

    Parameters
    ----------
    basket : Basket
    reference : Reference
    today : array of shape (T, N) [quote currency]
        Last trade of the day, NaN before the first.
    grid : datetime64 array of shape (T,)

    Returns
    -------
    array of shape (T, N) [quote currency]

    Raises
    ------
    XlidxError
        ``NO_DATA`` naming every member that has none of the three.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> grid = np.array(["2016-03-18T09:00"], dtype="datetime64[us]")
    >>> prices_at(basket, Reference([10.0, 20.0]), np.array([[10.5, np.nan]]), grid).tolist()
    [[10.5, 20.0]]
    """
    same_members(basket, reference.prices, reference.estimates)
    prices = np.where(np.isnan(today), reference.before, today)
    _require_known(basket.ids, np.isnan(prices), grid, "price", "give a previous close or an estimate")
    return prices


@rule("psi20", "4.2")
def rates_at(
    basket: Basket, reference: Reference, ticks: Ticks, grid: Moments, currency: str = INDEX_CURRENCY
) -> Floats:
    """Last known exchange rate of every member's currency at every moment of a session.

    Parameters
    ----------
    basket : Basket
    reference : Reference
        Its ``rates`` hold until the first tick of a currency.
    ticks : Ticks
        A tick of a currency is index currency per unit of it; 1.1 for GBP is 1.10 EUR per pound.
    grid : datetime64 array of shape (T,)
    currency : str
        Index currency.

    Returns
    -------
    array of shape (T, N), or (1, N) where all are quoted in the index currency

    Raises
    ------
    XlidxError
        ``NO_DATA`` naming every currency without a rate, pence (GBX) included: nothing is derived.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.2.
    """
    names = list(dict.fromkeys(basket.currency))
    if names == [currency]:
        return np.ones((1, len(basket)))
    before = np.array([1.0 if name == currency else reference.rates.get(name, np.nan) for name in names])
    today = last_known(ticks, names, grid)
    rates = np.where(np.isnan(today) | (np.array(names) == currency), before, today)
    _require_known(names, np.isnan(rates), grid, "rate", "give index currency per unit of it")
    places = {name: n for n, name in enumerate(names)}
    return rates[:, [places[name] for name in basket.currency]]


@rule("psi20", "4.2")
def member_rates(basket: Basket, rates: Mapping[str, float], currency: str = INDEX_CURRENCY) -> Floats:
    """Exchange rate of every member from one rate per currency, for example the closing rates.

    Parameters
    ----------
    basket : Basket
    rates : mapping of currency to rate [index currency per unit of currency]
    currency : str
        Index currency; its own rate is 1.

    Returns
    -------
    array of shape (N,)

    Raises
    ------
    XlidxError
        ``NO_DATA`` naming every currency without a rate.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.2.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "USD"))
    >>> member_rates(basket, {"USD": 0.9}).tolist()
    [1.0, 0.9]
    """
    absent = [name for name in dict.fromkeys(basket.currency) if name != currency and name not in rates]
    if absent:
        mend = "give index currency per unit of it"
        raise XlidxError(Kind.NO_DATA, f"no rate for {', '.join(absent)}", "rates", mend)
    return np.array([1.0 if name == currency else rates[name] for name in basket.currency])


@rule("psi20", "3.1.1")
def price_sources(basket: Basket, ticks: Ticks, reference: Reference, now: np.datetime64) -> pd.DataFrame:
    """Price that every member has at one moment, and where it comes from.

    Parameters
    ----------
    basket : Basket
    ticks : Ticks
    reference : Reference
    now : datetime64

    Returns
    -------
    DataFrame of shape (N, 5)
        isin, price [quote currency], source, reason and clause.

    Raises
    ------
    XlidxError
        See :func:`prices_at`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.1.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> from xlidx.index.intraday.ticks import read_ticks
    >>> ticks = read_ticks([["time", "isin", "price"], ["2016-03-18 09:00:15", "A", 10.5]])
    >>> found = price_sources(basket, ticks, Reference([10.0, 20.0]), np.datetime64("2016-03-18T09:01"))
    >>> found[["isin", "price", "source"]].to_numpy().tolist()
    [['A', 10.5, 'trade of today'], ['B', 20.0, 'previous close']]
    """
    grid = np.array([now], dtype="datetime64[us]")
    today = last_known(ticks, basket.ids, grid)
    prices = prices_at(basket, reference, today, grid)[0]
    quiet = np.where(np.isnan(reference.estimates), REFERENCE, ESTIMATE)
    words = np.where(np.isnan(today[0]), quiet, TRADE).tolist()
    reasons = [REASONS[word] for word in words]
    columns = {"isin": basket.ids, "price": prices, "source": words, "reason": reasons, "clause": cite(price_sources)}
    return pd.DataFrame(columns)


def same_members(basket: Basket, *values: Floats) -> None:
    """Refuse vectors that have not one value per member."""
    sizes = [np.shape(value) for value in values if np.shape(value) != (len(basket),)]
    if sizes:
        what = f"a vector of shape {sizes[0]} stands beside {len(basket)} members"
        raise XlidxError(Kind.SHAPE, what, "reference prices", "give one value per member, in the order of the basket")


def _require_known(ids: Sequence[str], unknown: Bools, grid: Moments, what: str, mend: str) -> None:
    if not unknown.any():
        return
    names = [ids[n] for n in np.flatnonzero(unknown.any(axis=0)).tolist()]
    first = grid[int(unknown.any(axis=1).argmax())]
    raise XlidxError(Kind.NO_DATA, f"no {what} for {', '.join(names)}", f"at {first}", mend)
