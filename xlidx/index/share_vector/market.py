"""Prices as an index of numbers of shares uses them: every weekday, last price where there is none, rounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.netting import no_rate
from xlidx.index.basket import Quotes, last_known
from xlidx.limits import CELLS, DAYS, within
from xlidx.rounding import round_decimals
from xlidx.rules import rule

ON_THE_DAY = ("last price", "zero")


@attrs.frozen(eq=False)
class Market:
    """Sessions of a run, T of them, with K columns of prices and C currencies, the first the index currency.

    Row s of ``local`` and ``rates`` (T + 1 rows) belongs to the session before session s; ``own`` (T, K) tells where
    a price is of the very day, ``moved`` (T, K) where a carried price goes through events of the day.
    """

    days: Days
    ids: tuple[str, ...]
    local: Floats
    own: Bools
    moved: Bools
    names: Sequence[str]
    codes: npt.NDArray[np.int64]
    rates: Floats
    fx: Quotes | None
    places: Mapping[str, int]

    def quotes(self, first: int, last: int) -> Quotes:
        """Return the prices of some sessions as the history reads them."""
        return Quotes("prices", self.days[first:last], self.ids, self.local[first + 1 : last + 1])

    def price(self, row: int, isin: str) -> float:
        """Return a price [quote currency] of a row of ``local``, or refuse."""
        column = self.places.get(isin)
        found = np.nan if column is None else self.local.item(row, column)
        if found != found:
            day = self.days[max(row - 1, 0)]
            where, mend = f"table prices, column {isin}", "give its price on that day or before"
            raise XlidxError(Kind.NO_DATA, f"no price of {isin} on {day} or before", where, mend)
        return found

    def rate(self, row: int, currency: str) -> float:
        """Return index currency per unit of a currency, or refuse."""
        found = self.rates.item(row, self.names.index(currency))
        if found != found:
            raise no_rate(currency, str(self.days[max(row - 1, 0)]))
        return found

    def values(self, row: int, ids: Sequence[str]) -> Floats:
        """Return prices in index currency."""
        prices = np.array([self.price(row, isin) for isin in ids])
        codes = self.codes[[self.places[isin] for isin in ids]]
        rates = self.rates[row, codes]
        if np.isnan(rates).any():
            self.rate(row, self.names[int(codes[int(np.isnan(rates).argmax())])])
        return np.asarray(prices * rates)


@rule("solactive_human_capital", "1.4")
@rule("solactive_human_capital", "3.2")
@rule("solactive_human_capital", "4 Insolvency")
def market_of(
    prices: Quotes,
    fx: Quotes | None,
    currency: Mapping[str, str],
    more: Sequence[str],
    first: np.datetime64,
    before: tuple[Mapping[str, float], Mapping[str, float]] | None,
    insolvent: Mapping[str, np.datetime64],
    *,
    index_currency: str,
    decimals: int | None,
    on_the_day: str,
) -> Market:
    """Return the market of all weekdays from a day to the last day of prices.

    Parameters
    ----------
    prices : Quotes [quote currency]
    fx : Quotes or None [index currency per unit]
    currency : mapping of ISIN to quote currency
    more : sequence of str
        Other currencies that are asked for.
    first : datetime64[D]
    before : pair of mappings, or None
        Last known prices by ISIN and rates by currency, of the day before ``first``.
    insolvent : mapping of ISIN to the day of the insolvency
    index_currency : str
    decimals : int or None
        Of prices in quote currency; rates are not rounded.
    on_the_day : {"last price", "zero"}
        Price of an insolvent component that has none on the day of the event; later it is 0.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when the prices end before ``first``.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 1.4, 3.2 and definition of Insolvency.
    *Reading*: every weekday is calculated, holidays included.  Halves go away from zero.  An insolvent component
    counts at its own price of the day, else at 0; on the day of the event at the last price.
    """
    days = _weekdays(first, prices)
    local, own = last_known(prices, prices.ids, days)
    local = round_decimals(local, decimals, "half away")
    rates, names = _rates(fx, currency, more, days, index_currency)
    start = np.full((1, len(prices.ids)), np.nan)
    if before is not None:
        start[0] = [before[0].get(isin, np.nan) for isin in prices.ids]
        # What the state holds has gone through the events since the day of the price; the table has not.
        local = np.where(np.isnan(start) | np.logical_or.accumulate(own, axis=0), local, start)
        known = np.array([before[1].get(name, np.nan) for name in names])
        rates = np.where(np.isnan(rates), known, rates)
    places = prices.places
    for isin, day in insolvent.items():
        if isin in places:
            late = days > day if on_the_day == "last price" else days >= day
            local[late & ~own[:, places[isin]], places[isin]] = 0.0
    codes = np.array([names.index(currency.get(isin, index_currency)) for isin in prices.ids])
    whole = np.concatenate((start, local))
    return Market(days, prices.ids, whole, own, np.zeros_like(own), names, codes, rates, fx, places)


def _weekdays(first: np.datetime64, prices: Quotes) -> Days:
    span, where = int((prices.days[-1] - first) / np.timedelta64(1, "D")) + 1, f"table {prices.name}, column date"
    within(DAYS, span, f"the history from {first} to {prices.days[-1]}", where)
    within(CELLS, span * len(prices.ids), "the history", where)
    days = np.arange(first, prices.days[-1] + np.timedelta64(1, "D"))
    days = days[np.is_busday(days)]
    if not len(days):
        what, where = f"no weekday from {first} to the last price", f"table {prices.name}"
        raise XlidxError(Kind.NO_DATA, what, where, "add the prices of the next session")
    return days


def _rates(
    fx: Quotes | None, currency: Mapping[str, str], more: Sequence[str], days: Days, home: str
) -> tuple[Floats, list[str]]:
    names = list(dict.fromkeys([home, *currency.values(), *more]))
    rates, _ = last_known(fx, names, np.concatenate(([days[0] - np.timedelta64(1, "D")], days)))
    rates[:, 0] = 1.0
    return rates, names
