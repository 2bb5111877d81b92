"""Solactive Human Capital World MV guideline v1.0: its numbers, and the index in its three versions.

The vectors of the price, net and gross version run side by side through :mod:`xlidx.index.share_vector.history`; they
differ in what a dividend does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs

from xlidx.index.basket import Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.share_vector.agenda import Readings, ShareState
from xlidx.index.share_vector.tables import DISRUPTIONS, EVENTS, TARGETS
from xlidx.index.share_vector.versions import VERSIONS, ShareHistory, run_versions
from xlidx.rules import rule
from xlidx.tables import Table

__all__ = [
    "DISRUPTIONS",
    "DIVIDENDS",
    "EVENTS",
    "TARGETS",
    "VERSIONS",
    "WITHHOLDING",
    "continue_history",
    "index_history",
    "readings",
]

BASE_LEVEL = 100.0
BASE_DATE = date(2002, 1, 1)
LAUNCH = date(2016, 8, 30)
LEVEL_DECIMALS = 2
PRICE_DECIMALS = 4
GUIDELINE = Readings(
    base_level=BASE_LEVEL,
    launch=LAUNCH,
    period=10,
    dividend_form="ex date",
    increase_form="ex date",
    price_version="special",
    weights_over="sum",
    insolvency_day="last price",
    level_decimals=LEVEL_DECIMALS,
    price_decimals=PRICE_DECIMALS,
    index_currency="EUR",
)
"""The numbers of the guideline, and the default of every reading."""


def readings(**changes: Any) -> Readings:
    """Return the guideline's numbers with some of them changed.

    Examples
    --------
    >>> readings(period=5).period, readings().launch
    (5, datetime.date(2016, 8, 30))
    """
    return attrs.evolve(GUIDELINE, **changes)


@rule("solactive_human_capital", "1.2")
@rule("solactive_human_capital", "1.4")
@rule("solactive_human_capital", "2.2")
@rule("solactive_human_capital", "2.3")
@rule("solactive_human_capital", "3.1")
@rule("solactive_human_capital", "3.2")
@rule("solactive_human_capital", "3.4")
@rule("solactive_human_capital", "3.6")
@rule("solactive_human_capital", "4 Dividend Correction Factor")
@rule("solactive_human_capital", "4 Index Component")
@rule("solactive_human_capital", "4 Insolvency")
def index_history(
    targets: Table,
    prices: Quotes,
    events: Table | None = None,
    dividends: Table | None = None,
    fx: Quotes | None = None,
    withholding: Table | None = None,
    disruptions: Table | None = None,
    *,
    rebalancing: Mapping[Any, Any] | None = None,
    readings: Readings = GUIDELINE,
) -> ShareHistory:
    """Run the index in its three versions from the base date to the last day of prices.

    Parameters
    ----------
    targets : Table
        Columns as in :data:`TARGETS`.  The first adjustment day is the base date; the weights hold from its close.
    prices : Quotes (T, K) [quote currency]
        Unadjusted closes, a column for every component.  A blank is a day without a price: the last one holds, less
        what went ex since.
    events : Table, optional
        Columns as in :data:`EVENTS`.
    dividends : Table, optional
        Columns as in :data:`DIVIDENDS`; type ``special`` counts in the price version too.
    fx : Quotes, optional [index currency per unit of quote currency]
    withholding : Table, optional
        Columns as in :data:`WITHHOLDING`; the dividend correction factor is 1 less its rate.
    disruptions : Table, optional
        Columns as in :data:`DISRUPTIONS`.
    rebalancing : mapping of adjustment day to array of days, optional
        Days of every rebalancing period; blank is the next M weekdays without a disruption.
    readings : Readings
        Of :func:`readings`, by default the guideline's: ``base_level`` 100; ``launch`` 30 August 2016, adjustment days
        before it have a period of one day; ``period`` 10; ``dividend_form`` and ``increase_form`` ("ex date",
        "ex ante"); ``price_version`` ("special", "none", "all"): the dividends that the price version reinvests;
        ``weights_over`` ("sum", "level"); ``insolvency_day`` ("last price", "zero"); ``other_events``
        ("refuse", "flag"): events of securities that are no components; ``level_decimals`` 2; ``price_decimals`` 4;
        ``index_currency``.

    Returns
    -------
    ShareHistory

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a missing price, rate or tax rate of a component; ``DOMAIN`` for weights that do not add up
        to 1, an event on a day that is no session or of a name that is no component, a target that holds a removed
        or insolvent name, or periods that overlap; else as the tables say.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 1.2, 1.4, 2.2, 2.3, 3.1, 3.2, 3.4, 3.6 and definitions of
    Dividend Correction Factor, Index Component and Insolvency.
    *Reading*: every weekday is calculated, with last prices and rates where there are none.  The base date printed,
    1 January 2002 (:data:`BASE_DATE`), has no prices of its own, so last prices hold there; a base date at a
    weekend moves to the next weekday.
    *Reading*: the period is counted in business days (2.2), not in trading days (definition).  A disrupted day is
    calculated and flagged, but is no business day of the period.  The slip "m was set to 1" is read M = 1.
    *Reading*: an event of 2.3 takes a component out before the open of its date, at the prices of the day before.  A
    price that is set for it moves the level, inside a period the one that the shares of the day are set with.
    *Reading*: a price that is carried over an ex-date goes through its events, see
    :func:`xlidx.index.share_vector.ex_date.carried`; the terms of several events of one day are per share after its
    splits, side by side, see :mod:`xlidx.index.share_vector.ex_date`.
    *Reading*: an insolvent component leaves at the close of the next adjustment day, at its price of that day.
    *Reading*: special dividends count in the price version after tax like in the net version; in the gross version
    the factor is 1.  A dividend that goes ex at a weekend counts on the next weekday.

    Examples
    --------
    >>> from xlidx.index.basket import read_quotes
    >>> from xlidx.tables import read
    >>> rows = [["adjustment day", "isin", "weight"], ["2017-10-04", "A", 0.5], ["2017-10-04", "B", 0.5]]
    >>> prices = read_quotes("prices", [["date", "A", "B"], ["2017-10-04", 10.0, 20.0], ["2017-10-05", 11.0, 20.0]])
    >>> index_history(read(TARGETS, rows), prices).levels["PR"].tolist()
    [100.0, 105.0]
    """
    return run_versions(None, targets, prices, events, dividends, fx, withholding, disruptions, rebalancing, readings)


@rule("solactive_human_capital", "1.4")
def continue_history(
    state: ShareState,
    targets: Table,
    prices: Quotes,
    events: Table | None = None,
    dividends: Table | None = None,
    fx: Quotes | None = None,
    withholding: Table | None = None,
    disruptions: Table | None = None,
    *,
    rebalancing: Mapping[Any, Any] | None = None,
    readings: Readings = GUIDELINE,
) -> ShareHistory:
    """Go on from the last session of an earlier run, by one session or many.

    The tables may be those of the whole history: what lies on or before the day of the state is passed over, but for
    a target of that very day.  The result is that of one run over all sessions.

    Parameters
    ----------
    state : ShareState
    targets, prices, events, dividends, fx, withholding, disruptions, rebalancing, readings
        See :func:`index_history`.

    Returns
    -------
    ShareHistory
        Of the sessions after the state only.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 1.4.

    Examples
    --------
    >>> from xlidx.index.basket import read_quotes
    >>> from xlidx.tables import read
    >>> weights = read(TARGETS, [["adjustment day", "isin", "weight"], ["2017-10-04", "A", 1.0]])
    >>> one = read_quotes("prices", [["date", "A"], ["2017-10-04", 10.0]])
    >>> two = read_quotes("prices", [["date", "A"], ["2017-10-05", 11.0]])
    >>> continue_history(index_history(weights, one).state, weights, two).levels["PR"].tolist()
    [110.0]
    """
    return run_versions(state, targets, prices, events, dividends, fx, withholding, disruptions, rebalancing, readings)
