"""Prices for the covariance: the days of the returns, adjusted for what splits a share, from the last price on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import attrs
import numpy as np

from xlidx.arrays import Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import Quotes
from xlidx.index.share_vector.tables import split_factors
from xlidx.rules import rule
from xlidx.tables import Table

NEAR = 1e-6  # adjustment factors are often written with few digits

Splits = Mapping[str, list[tuple[np.datetime64, float]]]


@rule("solactive_human_capital", "2.1 step 4")
def return_window(prices: Quotes, adjustment: Quotes | None, events: Table | None, day: date, returns: int) -> Quotes:
    """Return the adjusted prices of the days whose returns are the last before a selection day.

    Parameters
    ----------
    prices : Quotes (T, K) [local currency]
        Unadjusted closes, NaN where a security had none.
    adjustment : Quotes, optional [factor]
        Of the same days and securities: what each price is multiplied with.  It holds alone.
    events : Table, optional
        Columns as in :data:`xlidx.index.share_vector.tables.EVENTS`; the factors follow from it where there is no
        ``adjustment``.  Rows of other securities are passed over.
    day : date
        Selection day; later prices and events are not looked at.
    returns : int

    Returns
    -------
    Quotes (up to ``returns`` + 1, K) [local currency]
        The first row holds the last price before where a security has none on that day; NaN if there is none at all.

    Raises
    ------
    XlidxError
        ``NO_DATA`` without prices up to the day; ``SHAPE`` for an adjustment that does not fit the prices; ``DOMAIN``
        for one that does not know a split of the events; else as the events table says.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 step 4 (prices adjusted for splits and spin-offs).
    *Reading*: splits, par-value changes, capital reductions, manual factors and capital increases without a price
    (bonus shares) are adjusted: every price before the ex-date over the shares after per share before, events of one
    security times each other.  An increase at a price is no split and is not.

    Examples
    --------
    >>> from xlidx.index.basket import read_quotes
    >>> from xlidx.index.share_vector.tables import EVENTS
    >>> from xlidx.tables import read
    >>> rows = [["date", "isin", "event", "old", "new"], ["2017-09-29", "A", "split", 1.0, 2.0]]
    >>> quoted = read_quotes("prices", [["date", "A"], ["2017-09-28", 10.0], ["2017-09-29", 5.5], ["2017-10-02", 6.0]])
    >>> return_window(quoted, None, read(EVENTS, rows), date(2017, 10, 2), 2).matrix.ravel().tolist()
    [5.0, 5.5, 6.0]
    """
    last = int(np.searchsorted(prices.days, np.datetime64(day), side="right"))
    if not last:
        what = f"no prices up to the selection day {day}"
        raise XlidxError(Kind.NO_DATA, what, "table prices", "give prices from half a year before on")
    first = max(last - returns - 1, 0)
    splits = split_factors(events, np.datetime64(day))
    if adjustment is None:
        factors = _factors(prices, splits, first, last)
    else:
        _require_fit(prices, adjustment, splits, last)
        factors = adjustment.matrix[first:last]
    recent = prices.matrix[first:last] * factors
    for column in np.flatnonzero(np.isnan(recent[0])).tolist():
        known = np.flatnonzero(~np.isnan(prices.matrix[:first, column]))
        if len(known):
            row, isin = int(known[-1]), prices.ids[column]
            own = splits.get(isin, []) if adjustment is None else []
            factor = _before(prices.days[row : row + 1], own)[0]
            factor *= 1.0 if adjustment is None else adjustment.matrix[row, column]
            recent[0, column] = prices.matrix[row, column] * factor
    return attrs.evolve(prices, days=prices.days[first:last], matrix=np.ascontiguousarray(recent))


def _before(days: Days, splits: list[tuple[np.datetime64, float]]) -> Floats:
    # What prices of some days are multiplied with: one over all that splits the share later.
    found = np.ones(len(days))
    for ex_date, factor in splits:
        found = np.where(days < ex_date, found / factor, found)
    return found


def _factors(prices: Quotes, splits: Splits, first: int, last: int) -> Floats:
    found = np.ones((last - first, len(prices.ids)))
    places = prices.places
    for isin, own in splits.items():
        if isin in places:
            found[:, places[isin]] = _before(prices.days[first:last], own)
    return found


def _require_fit(prices: Quotes, adjustment: Quotes, splits: Splits, last: int) -> None:
    if adjustment.ids != prices.ids or not np.array_equal(adjustment.days, prices.days):
        mend = "give one factor for every price"
        raise XlidxError(Kind.SHAPE, "adjustment and prices differ in days or securities", "table adjustment", mend)
    places = prices.places
    for isin, own in splits.items():
        for ex_date in dict.fromkeys(ex_date for ex_date, _ in own):
            row = int(np.searchsorted(prices.days, ex_date))
            if isin in places and 0 < row < last:
                before, after = adjustment.matrix[row - 1 : row + 1, places[isin]].tolist()
                factor = float(np.prod([factor for other, factor in own if other == ex_date]))
                if not abs(before / after * factor - 1.0) <= NEAR:
                    what = f"the adjustment of {isin} does not change by {1.0 / factor:.6g} on {ex_date}, as events say"
                    where = f"table adjustment, column {isin}"
                    raise XlidxError(Kind.DOMAIN, what, where, "mend one of the two tables, or leave adjustment out")
