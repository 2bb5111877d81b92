"""Where the price of a member comes from: today's trade, else a manual estimate, else the previous close."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket, not_one
from xlidx.rules import rule
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

RATES = TableSpec(
    name="rates",
    keys=("currency",),
    columns=(
        Column(name="currency", kind="text", help="ISO code"),
        Column(name="rate", kind="number", above=0.0, help="give the index currency per unit of the currency"),
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
def reference_of(
    basket: Basket,
    previous: Table,
    estimates: Table | None = None,
    day: date | None = None,
    currency: str = INDEX_CURRENCY,
) -> Reference:
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
    currency : str
        Index currency.

    Returns
    -------
    Reference

    Raises
    ------
    XlidxError
        The first finding of a table; ``DOMAIN`` for a close below 0, a rate of the index currency that is not 1 or
        an estimate of a company that is no member.

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
    if known.get(currency, 1.0) != 1.0:
        raise not_one(currency, known[currency], "table previous close, column close")
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
        ``NO_DATA`` naming every currency without a rate, ``DOMAIN`` for a rate of the index currency that is not 1.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.2.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1.0, 1.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "USD"))
    >>> member_rates(basket, {"USD": 0.9}).tolist()
    [1.0, 0.9]
    """
    if rates.get(currency, 1.0) != 1.0:
        raise not_one(currency, rates[currency], "rates")
    absent = [name for name in dict.fromkeys(basket.currency) if name != currency and name not in rates]
    if absent:
        mend = "give index currency per unit of it"
        raise XlidxError(Kind.NO_DATA, f"no rate for {', '.join(absent)}", "rates", mend)
    return np.array([1.0 if name == currency else rates[name] for name in basket.currency])


def same_members(basket: Basket, *values: Floats) -> None:
    """Refuse vectors that have not one value per member."""
    sizes = [np.shape(value) for value in values if np.shape(value) != (len(basket),)]
    if sizes:
        what = f"a vector of shape {sizes[0]} stands beside {len(basket)} members"
        raise XlidxError(Kind.SHAPE, what, "reference prices", "give one value per member, in the order of the basket")
