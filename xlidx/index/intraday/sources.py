"""Prices and rates at every moment of a session, and the source that each price of a member has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.intraday.ticks import Moments, Ticks, last_known
from xlidx.index.sources import ESTIMATE, REASONS, REFERENCE, TRADE, Reference, same_members
from xlidx.rules import cite, rule


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


def _require_known(ids: Sequence[str], unknown: Bools, grid: Moments, what: str, mend: str) -> None:
    if not unknown.any():
        return
    names = [ids[n] for n in np.flatnonzero(unknown.any(axis=0)).tolist()]
    first = grid[int(unknown.any(axis=1).argmax())]
    raise XlidxError(Kind.NO_DATA, f"no {what} for {', '.join(names)}", f"at {first}", mend)
