"""From daily prices to a factor of the covariance matrix, with a stated rule for every gap.

With R the T simple returns of N names and R* the same less their means, the sample covariance (denominator
T - 1) is ``S = F'F`` with ``F = R* / sqrt(T - 1)``.  F holds all that S does in T rows, S itself is never formed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule

LEAP = 1000.0  # no price grows or falls by this factor in one day
CONSTANTS = ("refuse", "allow")
HISTORIES = ("refuse", "common window")


@attrs.frozen(eq=False)
class Estimate:
    """A factor of the covariance matrix and what had to be done for it.

    Parameters
    ----------
    factor : array of shape (T, N)
        F with ``S = F'F``.
    returns : array of shape (T, N) [fraction per day]
    carried : bool array of shape (T + 1, N)
        Prices that were missing and are the last one before.
    """

    factor: Floats
    returns: Floats
    carried: Bools


@rule("solactive_human_capital", "2.1 step 4")
def factor_from_returns(returns: Floats) -> Floats:
    """Factor of the sample covariance of simple returns.

    Parameters
    ----------
    returns : array of shape (T, N) [fraction per day]

    Returns
    -------
    array of shape (T, N)
        F with ``F'F`` the covariance, denominator T - 1.

    Raises
    ------
    XlidxError
        ``SHAPE`` unless there are at least two returns; ``NO_DATA`` for a return that is missing (NaN).

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 step 4.
    *Reading*: the factor is not made triangular: every column then depends on its own name alone, so that the
    order of the names cannot change a bit of it.

    Examples
    --------
    >>> F = factor_from_returns(np.array([[0.01, 0.0], [-0.01, 0.02], [0.03, 0.01]]))
    >>> (F.T @ F).round(12).tolist()
    [[0.0004, -0.0001], [-0.0001, 0.0001]]
    """
    if returns.ndim != 2 or len(returns) < 2:
        raise XlidxError(Kind.SHAPE, "a covariance needs two returns or more", "argument returns", "give more days")
    _no_gap(returns, "returns")
    factor: Floats = (returns - returns.mean(axis=0)) / np.sqrt(len(returns) - 1)
    return factor


@rule("solactive_human_capital", "2.1 step 4")
def factor_from_prices(
    prices: Floats,
    adjustment: Floats | None = None,
    *,
    days: int = 125,
    short_history: str = "refuse",
    ids: Sequence[str] | None = None,
    constant: str = "refuse",
) -> Estimate:
    """Factor of the covariance of the last daily returns, from closing prices in local currency.

    Parameters
    ----------
    prices : array of shape (D, N) [local currency]
        Trading prices as paid, one row for each day; NaN where a name had none.
    adjustment : array of shape (D, N), optional [factor]
        What to multiply each price with to compare it with the last day's: 0.5 on every day before a split of
        two for one, likewise for spin-offs; 1 throughout where nothing happened.  Dividends are not adjusted.
    days : int
        Number of returns.
    short_history : {"refuse", "common window"}
        What to do when a name has no price ``days`` returns ago.
    ids : sequence of N words, optional
        What to call the names in a refusal.
    constant : {"refuse", "allow"}
        What to do with a price that never changes, such as that of cash.

    Returns
    -------
    Estimate

    Raises
    ------
    XlidxError
        ``NO_DATA`` for too few days or a name whose history is too short; ``DOMAIN`` for a price or factor that
        is 0, negative or infinite, for a price a thousand times the one before or a thousandth of it, and for a price
        that never changes; ``CHOICE`` for an unknown
        ``short_history``; ``SHAPE`` for tables that do not fit.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 step 4 (125 daily returns, prices adjusted for splits
    and spin-offs).
    *Reading*: returns are simple, in local currency.  A missing price is the last one before, adjusted, and is
    flagged: the return of that day is 0 and the next one covers both days.  All names share the same days; a
    covariance over pairs of different days is never formed.  With ``common window`` all names use the days since the
    youngest has prices.

    Examples
    --------
    >>> prices = np.array([[10.0, 50.0], [11.0, np.nan], [5.5, 55.0]])  # a split of two for one on the third day
    >>> found = factor_from_prices(prices, np.array([[0.5, 1.0], [0.5, 1.0], [1.0, 1.0]]), days=2)
    >>> found.returns.round(12).tolist(), int(found.carried.sum())
    ([[0.1, 0.0], [0.0, 0.1]], 1)
    """
    if short_history not in HISTORIES:
        what, mend = f"short_history is {short_history!r}", f"say {' or '.join(HISTORIES)}"
        raise XlidxError(Kind.CHOICE, what, "argument short_history", mend)
    if constant not in CONSTANTS:
        what, mend = f"constant is {constant!r}", f"say {' or '.join(CONSTANTS)}"
        raise XlidxError(Kind.CHOICE, what, "argument constant", mend)
    require(days >= 2, days, "days", "be 2 or more", "give the number of returns")
    adjusted = _adjusted(prices, adjustment)
    names = [f"name {i + 1}" for i in range(adjusted.shape[1])] if ids is None else [str(name) for name in ids]
    filled, missing = _carried(adjusted)
    first = _first_row(missing & np.isnan(filled), days, short_history, names)
    filled, missing = filled[first:], missing[first:]
    returns: Floats = filled[1:] / filled[:-1] - 1.0
    _require_plausible(returns, names)
    still = np.flatnonzero((filled == filled[0]).all(axis=0) & (constant != "allow"))
    if len(still):
        what = f"the price of {names[still[0]]} never changes"
        raise XlidxError(
            Kind.DOMAIN, what, f"argument prices, column {still[0] + 1}", "leave the name out or mend its prices"
        )
    return Estimate(factor_from_returns(returns), returns, missing)


def _require_plausible(returns: Floats, names: list[str]) -> None:
    """Refuse a price that is out of all proportion to the one before, and name it."""
    growth = 1.0 + returns
    bad = (growth > LEAP) | (growth < 1.0 / LEAP)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        what = f"a price of {names[column]} is {growth[row, column]:g} times the one before"
        where = f"argument prices, row {row + 2} of those used, column {column + 1}"
        raise XlidxError(Kind.DOMAIN, what, where, "look for a wrong decimal point or a split that is not adjusted")


def _adjusted(prices: Any, adjustment: Any) -> Floats:
    table = np.asarray(prices, dtype=np.float64)
    factors = np.ones_like(table) if adjustment is None else np.asarray(adjustment, dtype=np.float64)
    if table.ndim != 2 or factors.shape != table.shape:
        raise XlidxError(
            Kind.SHAPE,
            f"prices of shape {table.shape} and adjustment of shape {factors.shape}",
            "arguments prices and adjustment",
            "give days down and names across, the same in both",
        )
    positive = np.isnan(table) | ((table > 0.0) & np.isfinite(table))
    require(positive, table, "prices", "be above 0", "leave a missing price blank")
    require((factors > 0.0) & np.isfinite(factors), factors, "adjustment", "be above 0", "use 1 where nothing happened")
    return table * factors


def _carried(table: Floats) -> tuple[Floats, Bools]:
    """Fill each gap with the last price before it; what comes before the first price stays NaN."""
    missing = np.isnan(table)
    rows = np.where(missing, 0, np.arange(len(table))[:, None])
    return np.take_along_axis(table, np.maximum.accumulate(rows, axis=0), axis=0), missing


def _first_row(absent: Bools, days: int, short_history: str, names: list[str]) -> int:
    wanted = len(absent) - days - 1
    if wanted < 0 and short_history == "refuse":
        raise XlidxError(
            Kind.NO_DATA, f"{len(absent)} days make fewer than {days} returns", "argument prices", "give more days"
        )
    wanted = max(wanted, 0)
    young = absent[wanted:].sum(axis=0)
    if short_history == "refuse" and young.any():
        column = int(young.argmax())
        what = f"{names[column]} has no price at the start of the {days} returns"
        mend = "leave the name out or choose the common window"
        raise XlidxError(Kind.NO_DATA, what, f"argument prices, column {column + 1}", mend)
    first = wanted + int(young.max())
    if len(absent) - first < 3:
        raise XlidxError(
            Kind.NO_DATA, "the names share fewer than two returns", "argument prices", "leave out the youngest"
        )
    return first


def _no_gap(returns: Floats, name: str) -> None:
    bad = ~np.isfinite(returns)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        raise XlidxError(
            Kind.NO_DATA,
            f"a return of name {column + 1} is not a number",
            f"argument {name}, row {row + 1}, column {column + 1}",
            "fill the gap by a stated rule or leave the name out",
        )
