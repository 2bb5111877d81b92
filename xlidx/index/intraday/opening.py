"""Level of an index at a moment of the day, its state, and the official opening level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.index.basket import INDEX_CURRENCY, Basket, basket_of
from xlidx.index.intraday.closing import Version, corrected_levels, official_opening
from xlidx.index.intraday.session import (
    CLOSED,
    INDICATIVE,
    OFFICIAL,
    PRE,
    SUSPENDED,
    Flag,
    OpeningRule,
    disseminate,
    flag_at,
)
from xlidx.index.intraday.sources import price_sources, rates_at
from xlidx.index.intraday.ticks import STEP, Hours, Ticks, to_microseconds, without_cancelled
from xlidx.index.level import explain_index_level
from xlidx.index.sources import TRADE, Reference, reference_of
from xlidx.rules import Step, cite, rule
from xlidx.tables import Table


@rule("psi20", "3.1.1")
@rule("psi20", "3.1.2")
@rule("psi20", "3.1.3")
@rule("psi20", "3.2")
@rule("psi20", "4.2")
def opening_level(
    composition: Table,
    ticks: Ticks,
    previous: Table,
    market_open: np.datetime64,
    now: np.datetime64,
    divisor: float,
    market_close: np.datetime64 | None = None,
    estimates: Table | None = None,
    flags: Sequence[Flag] = (),
    share: float = 0.80,
    wait: float = 5.0,
    step: float = STEP,
    currency: str = INDEX_CURRENCY,
    recalculate: bool = False,
    author: str = "",
    reason: str = "",
) -> pd.DataFrame:
    """Level of an index at a moment of the day, its state, and the official opening level.

    Parameters
    ----------
    composition : Table
        Today's members; columns as in :data:`xlidx.index.basket.COMPOSITION`.
    ticks : Ticks
    previous : Table
        Adjusted previous closes and exchange rates; columns as in
        :data:`xlidx.index.sources.PREVIOUS_CLOSE`.
    market_open, now : datetime64
        ``now`` not before the open.
    divisor : float [index currency per index point]
    market_close : datetime64, optional
        Blank is a market that is still open.
    estimates : Table, optional
        Prices estimated by hand; columns as in :data:`xlidx.index.sources.ESTIMATES`.
    flags : sequence of Flag
        States set by hand.
    share : float [fraction]
        Part of the index that opens it after the wait.
    wait : float [minutes]
    step : float [seconds]
    currency : str
        Index currency.
    recalculate : bool
        The compiler's decision to calculate the session again without the cancelled trades; needs ``author`` and
        ``reason``.

    Returns
    -------
    DataFrame of one row
        time and level of the last dissemination, state, opening_time and opening_level (blank before the
        official opening, and for good after a day without one), share with a price of today, missing (the
        ISINs without one), reason and clause.  After the close the level is the last one that was disseminated,
        whatever came then.  With ``recalculate`` a second row and a column version: what was published stays.

    Raises
    ------
    XlidxError
        See :func:`xlidx.index.intraday.session.disseminate`; ``MISSING`` for a recalculation without author or
        reason.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.1 to 3.1.3, 3.2 and 4.2.  Readings: see
    :func:`xlidx.index.intraday.session.disseminate`.

    Examples
    --------
    >>> from xlidx.index.basket import COMPOSITION
    >>> from xlidx.index.sources import PREVIOUS_CLOSE
    >>> from xlidx.index.intraday.ticks import read_ticks
    >>> from xlidx.tables import read
    >>> members = read(COMPOSITION, [["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]])
    >>> ticks = read_ticks([["time", "isin", "price"], ["2016-03-18 09:00:10", "A", 11.0]])
    >>> closes = read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["B", 20.0]])
    >>> market_open, now = np.datetime64("2016-03-18T09:00"), np.datetime64("2016-03-18T09:00:20")
    >>> opening_level(members, ticks, closes, market_open, now, 200.0)[["level", "state", "share"]].to_numpy().tolist()
    [[105.0, 'pre-opening', 0.5]]
    """
    basket, reference, hours, present = _session(
        composition, previous, market_open, now, market_close, estimates, step, currency
    )
    opening = OpeningRule(share, wait)
    versions = [ticks, without_cancelled(ticks)] if recalculate else [ticks]
    runs = [
        disseminate(basket, divisor, version, reference, hours, present, opening, flags, currency.upper())
        for version in versions
    ]
    rows = [
        _row(basket, version, reference, levels, bool(present >= hours.close), flags)
        for version, levels in zip(versions, runs, strict=True)
    ]
    if recalculate:
        second = corrected_levels(Version(1, runs[0]), runs[1], recalculate, author, reason)
        rows[1]["reason"] += f"; recalculated, {author}: {reason}"
        rows = [{**row, "version": number} for row, number in zip(rows, (1, second.number), strict=True)]
    return pd.DataFrame(rows)


def explain_opening_level(
    composition: Table,
    ticks: Ticks,
    previous: Table,
    market_open: np.datetime64,
    now: np.datetime64,
    divisor: float,
    market_close: np.datetime64 | None = None,
    estimates: Table | None = None,
    flags: Sequence[Flag] = (),
    share: float = 0.80,
    wait: float = 5.0,
    step: float = STEP,
    currency: str = INDEX_CURRENCY,
) -> list[Step]:
    """Return the steps from the price of every member to the last level.

    Parameters: as in :func:`opening_level`.

    A level that is suspended is explained as it would have been published.

    Examples
    --------
    >>> from xlidx.index.basket import COMPOSITION
    >>> from xlidx.index.sources import PREVIOUS_CLOSE
    >>> from xlidx.index.intraday.ticks import read_ticks
    >>> from xlidx.tables import read
    >>> members = read(COMPOSITION, [["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]])
    >>> ticks = read_ticks([["time", "isin", "price"], ["2016-03-18 09:00:10", "A", 11.0]])
    >>> closes = read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["B", 20.0]])
    >>> market_open, now = np.datetime64("2016-03-18T09:00"), np.datetime64("2016-03-18T09:00:20")
    >>> steps = explain_opening_level(members, ticks, closes, market_open, now, 200.0)
    >>> [(step.symbol, step.value) for step in steps if step.symbol in ("C[1]", "C[2]", "I", "share")]
    [('C[1]', 11.0), ('C[2]', 20.0), ('I', 105.0), ('share', 0.5)]
    """
    basket, reference, hours, present = _session(
        composition, previous, market_open, now, market_close, estimates, step, currency
    )
    opening, currency = OpeningRule(share, wait), currency.upper()
    levels = disseminate(basket, divisor, ticks, reference, hours, present, opening, flags, currency)
    at, _ = _shown(levels, bool(present >= hours.close))
    grid = np.array([at["time"]], dtype="datetime64[us]")
    found = price_sources(basket, ticks, reference, grid[0])
    rates = rates_at(basket, reference, ticks, grid, currency)[0]
    clause = cite(disseminate)
    return [
        *_price_steps(found, basket, rates),
        *explain_index_level(found["price"].to_numpy(), basket.weights, divisor, fx=rates),
        Step("share", "part of the index with a price of today", float(at["share"]), "fraction", clause),
        Step("state", _why(at["state"], at, flags), at["state"], "", clause),
    ]


def _session(
    composition: Table,
    previous: Table,
    market_open: np.datetime64,
    now: np.datetime64,
    market_close: np.datetime64 | None,
    estimates: Table | None,
    step: float,
    currency: str,
) -> tuple[Basket, Reference, Hours, np.datetime64]:
    currency = currency.upper()
    basket = basket_of(composition, currency)
    start, present = to_microseconds(market_open), to_microseconds(now)
    end = present + np.timedelta64(1, "us") if market_close is None else to_microseconds(market_close)
    reference = reference_of(basket, previous, estimates, start.astype("datetime64[D]").item(), currency)
    return basket, reference, Hours(start, end, step), present


def _shown(levels: pd.DataFrame, closed: bool) -> tuple[pd.Series[Any], str]:
    # 3.1.3: after the close the last level that was disseminated, also of an index suspended into the close.
    published = levels[levels["level"].notna()]
    at = levels.iloc[-1] if published.empty or not closed else published.iloc[-1]
    return at, CLOSED if closed and at["state"] in (PRE, OFFICIAL) else at["state"]


def _row(
    basket: Basket, ticks: Ticks, reference: Reference, levels: pd.DataFrame, closed: bool, flags: Sequence[Flag]
) -> dict[str, Any]:
    (at, state), official = _shown(levels, closed), official_opening(levels)
    halted = closed and levels["state"].iloc[-1] == SUSPENDED and state != SUSPENDED
    end = f"; suspended at the close{_decision(levels.iloc[-1], flags)}" if halted else ""
    zeros = [isin for isin, price in zip(basket.ids, reference.before.tolist(), strict=True) if price == 0.0]
    end += f"; previous close of 0, check it: {' '.join(zeros)}" if zeros else ""
    return {
        "time": at["time"],
        "level": at["level"],
        "state": state,
        "opening_time": official[0],
        "opening_level": official[1],
        "share": at["share"],
        "missing": _waiting(basket, ticks, reference, at["time"]),
        "reason": f"{_why(state, at, flags)}{end}",
        "clause": cite(opening_level),
    }


def _waiting(basket: Basket, ticks: Ticks, reference: Reference, at: pd.Timestamp) -> str:
    found = price_sources(basket, ticks, reference, at.to_datetime64())
    return " ".join(found["isin"][found["source"] != TRADE])


def _why(state: str, at: pd.Series[Any], flags: Sequence[Flag]) -> str:
    if state in (SUSPENDED, INDICATIVE):
        return f"{state} by hand{_decision(at, flags)}"
    if not at["opened"]:
        held = _decision(at, flags)
        short = f"{at['missing']} members have no price of today, {at['share']:.2%} of the index has one"
        return f"delayed by hand{held}" if held else short
    return "market closed, last level disseminated" if state == CLOSED else "official opening level published"


def _decision(at: pd.Series[Any], flags: Sequence[Flag]) -> str:
    flag = flag_at(at["time"].to_datetime64(), flags)
    return f", {flag.author}: {flag.reason}" if flag else ""


def _price_steps(found: pd.DataFrame, basket: Basket, rates: Floats) -> list[Step]:
    rows = zip(found["isin"], found["price"], found["reason"], basket.currency, rates.tolist(), strict=True)
    return [
        step
        for i, (isin, price, reason, quoted, rate) in enumerate(rows, start=1)
        for step in (
            Step(f"C[{i}]", f"price of {isin}: {reason}", float(price), quoted, cite(price_sources)),
            Step(f"X[{i}]", f"last known rate of {quoted}", rate, "index currency per unit", cite(rates_at)),
        )
    ]
