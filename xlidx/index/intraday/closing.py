"""Closing level of a session, and what happens to published levels when prices are cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.intraday.session import INDICATIVE, OFFICIAL, PRE
from xlidx.index.level import index_level
from xlidx.index.sources import member_rates
from xlidx.rules import cite, rule

DISSEMINATED, OFFICIAL_PRICES = "disseminated", "official prices"


@attrs.frozen(eq=False)
class Version:
    """Published levels of a session, and how they differ from the version before.

    Parameters
    ----------
    number : int
        1 for what was published first.
    levels : DataFrame
        As :func:`xlidx.index.intraday.session.disseminate` returns them.
    author, reason : str
        Who decided on the version, and why; empty for the first.
    differences : DataFrame
        time, before, after and difference [index points], state_before, state_after of every level that
        changed.
    """

    number: int
    levels: pd.DataFrame
    author: str = ""
    reason: str = ""
    differences: pd.DataFrame = attrs.field(factory=pd.DataFrame)


def official_opening(levels: pd.DataFrame) -> tuple[pd.Timestamp | None, float | None]:
    """Return time and value of the official opening level of a session, or nothing if it has none."""
    opened = levels[levels["opened"]]
    return (None, None) if opened.empty else (opened["time"].iloc[0], float(opened["level"].iloc[0]))


@rule("psi20", "3.1.3")
@rule("psi20", "3.2")
def closing_level(levels: pd.DataFrame, official: float | None = None, source: str = DISSEMINATED) -> pd.DataFrame:
    """Return the closing level of a session, and its official opening level if it had one.

    Parameters
    ----------
    levels : DataFrame
        The whole session, as :func:`xlidx.index.intraday.session.disseminate` returns it.
    official : float, optional [index points]
        Level at official closing prices, see :func:`official_close`; needed for that source.
    source : {"disseminated", "official prices"}
        The last level of the day as the rule book has it, or the level at official closing prices for an
        index that is kept by end-of-day data.

    Returns
    -------
    DataFrame of one row
        time, level [index points], source, origin (official, pre-opening or indicative), opening_time and
        opening_level (blank if the index never left pre-opening), reason and clause.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when no level was published, ``MISSING`` without the official level, ``CHOICE`` for another
        source.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.3 and 3.2.
    *Reading*: an auction price that comes after the last dissemination is not in the closing level.  A level
    marked indicative is disseminated and can be the last one; its origin says so.

    Examples
    --------
    >>> times = np.array(["2016-03-18T17:29:45", "2016-03-18T17:30"], dtype="datetime64[us]")
    >>> day = {"time": times, "level": [100.0, 101.0], "state": ["pre-opening", "closed"], "opened": [False, False]}
    >>> closing_level(pd.DataFrame(day))[["level", "origin", "opening_time"]].to_numpy().tolist()
    [[101.0, 'pre-opening', None]]
    """
    if source not in (DISSEMINATED, OFFICIAL_PRICES):
        mend = f"use {DISSEMINATED} or {OFFICIAL_PRICES}"
        raise XlidxError(Kind.CHOICE, f"source {source!r} is not known", "argument source", mend)
    published = levels[levels["level"].notna()]
    if published.empty:
        mend = "a level must be decided on and given by hand"
        raise XlidxError(Kind.NO_DATA, "no level was published in the session", "argument levels", mend)
    last = published.iloc[-1]
    opening_time, opening = official_opening(levels)
    row = {
        "time": last["time"],
        "level": float(last["level"]) if source == DISSEMINATED else _official(official),
        "source": source,
        "origin": _origin(last),
        "opening_time": opening_time,
        "opening_level": opening,
        "reason": _why_close(source, opening_time is None),
        "clause": cite(closing_level),
    }
    return pd.DataFrame([row])


@rule("psi20", "3.1.3")
@rule("psi20", "4.2")
def official_close(
    basket: Basket, divisor: float, closes: Floats, closing_rates: Mapping[str, float], currency: str = INDEX_CURRENCY
) -> float:
    """Level at official closing prices and closing exchange rates.

    Parameters
    ----------
    basket : Basket
    divisor : float [index currency per index point]
    closes : array of shape (N,) [quote currency]
        For a suspended member its last regular price; a missing one (NaN) is refused.
    closing_rates : mapping of currency to rate [index currency per unit of currency]
        The spot rates of about 17:00 CET, not those last seen during the day.
    currency : str
        Index currency.

    Returns
    -------
    float [index points]

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a currency without a rate; else as :func:`xlidx.index.level.index_level`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.3 and 4.2.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "USD"))
    >>> official_close(basket, 190.0, np.array([10.0, 20.0]), {"USD": 0.9})
    100.0
    """
    return float(index_level(closes, basket.weights, divisor, fx=member_rates(basket, closing_rates, currency)))


@rule("psi20", "3.2")
def corrected_levels(
    published: Version, levels: pd.DataFrame, recalculate: bool = False, author: str = "", reason: str = ""
) -> Version:
    """Keep published levels after prices were cancelled, unless a recalculation was decided on.

    Parameters
    ----------
    published : Version
    levels : DataFrame
        The same session calculated again, see :func:`xlidx.index.intraday.ticks.without_cancelled`.
    recalculate : bool
        The compiler's decision; without it ``published`` is returned as it is.
    author, reason : str
        Needed with a decision.

    Returns
    -------
    Version
        A new one with the next number and the differences; the old one is left alone.

    Raises
    ------
    XlidxError
        ``MISSING`` for a decision without author or reason, ``SHAPE`` for levels at other moments.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.2.

    Examples
    --------
    >>> old = pd.DataFrame({"time": ["09:00", "09:15"], "level": [100.0, 105.0], "state": ["official"] * 2})
    >>> new = corrected_levels(Version(1, old), old.assign(level=[100.0, 101.0]), True, "J. Silva", "fat finger")
    >>> new.number, new.differences[["before", "after", "difference"]].to_numpy().tolist()
    (2, [[105.0, 101.0, -4.0]])
    """
    if not recalculate:
        return published
    if not author.strip() or not reason.strip():
        what = "a recalculation has no author or no reason"
        raise XlidxError(Kind.MISSING, what, "arguments author and reason", "say who decided and why")
    old = published.levels
    if not old["time"].reset_index(drop=True).equals(levels["time"].reset_index(drop=True)):
        what = "the new levels stand at other moments than the published ones"
        raise XlidxError(Kind.SHAPE, what, "argument levels", "calculate the same session with the same steps")
    return Version(published.number + 1, levels, author, reason, _differences(old, levels))


def _differences(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "time": old["time"].to_numpy(),
        "before": old["level"].to_numpy(),
        "after": new["level"].to_numpy(),
        "difference": new["level"].to_numpy() - old["level"].to_numpy(),
        "state_before": old["state"].to_numpy(),
        "state_after": new["state"].to_numpy(),
    }
    frame = pd.DataFrame(columns)
    same = (frame["before"] == frame["after"]) | (frame["before"].isna() & frame["after"].isna())
    return frame[~same | (frame["state_before"] != frame["state_after"])].reset_index(drop=True)


def _official(official: float | None) -> float:
    if official is None or np.isnan(official):
        what, mend = "there is no level at official closing prices", "give it, see official_close"
        raise XlidxError(Kind.MISSING, what, "argument official", mend)
    return float(official)


def _origin(last: pd.Series[Any]) -> str:
    if last["state"] == INDICATIVE:
        return INDICATIVE
    return OFFICIAL if last["opened"] else PRE


def _why_close(source: str, never_opened: bool) -> str:
    if source == OFFICIAL_PRICES:
        return "level at official closing prices and closing rates"
    last = "last pre-opening level: the index had no official opening" if never_opened else "last level disseminated"
    return f"{last} of the day"
