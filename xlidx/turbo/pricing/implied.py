"""What printed issue prices and levels imply: spot, exchange rate, money-market rate.

A printed price is a rounded one, so it implies an interval.  With ``h`` half a unit of the last decimal a
certificate at price P says that ``P - h <= s (S - F) E / X <= P + h``; at the very ends the tie rule decides.
Numbers are taken as the decimals they print as, and intervals of one certificate or one underlying are exact.
Refusals are ``XlidxError``: ``INFEASIBLE`` when nothing fits all prices, ``DOMAIN`` outside the ranges stated
and for NaN, ``SHAPE`` for columns of different length, ``CHOICE`` for an unknown side.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Numbers, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.rules import Step, cite, rule
from xlidx.turbo.terms import Coded, arguments_of, sign_of

Interval: TypeAlias = tuple[float, float]
Bounds: TypeAlias = tuple[Fraction | None, Fraction | None]
OPTIMAL, INFEASIBLE, UNBOUNDED = 0, 2, 3  # status of scipy.optimize.linprog


@attrs.frozen
class ImpliedMarket:
    """Intervals that fit all prices at once: of the exchange rate, and of the spot of every underlying."""

    fx: Interval
    spots: dict[str, Interval]


@attrs.frozen
class _Price:
    """One certificate in exact numbers."""

    sign: int
    level: Fraction
    ratio: Fraction
    low: Fraction
    high: Fraction


@rule("ing_open_end_turbo", "C.12")
def implied_spot(
    side: Coded, financing_level: Any, price: Any, entitlement: Any, fx: Any = 1.0, decimals: int = 2
) -> Interval:
    """Return the interval of spots of one underlying that reproduces every price, at a known exchange rate.

    Parameters
    ----------
    side : str or sign, scalar or array (S)
        ``long`` or ``short``.
    financing_level : float array (S)
        [financing level currency per unit of the underlying], above 0.
    price : float array (S)
        Printed issue prices [settlement currency], 0 or more.
    entitlement : float array (S)
        Units of the underlying per certificate, above 0.
    fx : float array (S)
        Financing level currency per settlement currency, above 0; 1 for certificates in one currency.
    decimals : int
        Decimals of the prices, 0 to 12.

    Returns
    -------
    (float, float)
        Lowest and highest spot [financing level currency], ends included; a price of 0 bounds one side only.

    Rule: ING Final Terms of 7 February 2020, item 4 and condition on the cash settlement amount.

    *Reading*: issue price is intrinsic value, rounded half up; no premium is inside.

    Examples
    --------
    >>> low, high = implied_spot("short", [13571.32, 13576.32], [0.39, 0.44], 0.01)
    >>> round(low, 2), round(high, 2)
    (13531.82, 13532.82)
    """
    prices = _prices(side, financing_level, price, entitlement, decimals)
    rates = _exact(fx, len(prices), "fx", "give financing currency per settlement currency")
    ends = [_spot_bounds(item, rate) for item, rate in zip(prices, rates, strict=True)]
    low = max((end for end, _ in ends if end is not None), default=Fraction(0))
    high = min((end for _, end in ends if end is not None), default=None)
    return _interval(max(low, Fraction(0)), high, "spot")


@rule("ing_open_end_turbo", "C.12")
def implied_fx(
    side: Coded, financing_level: Any, spot: Any, price: Any, entitlement: Any, decimals: int = 2
) -> Interval:
    """Return the interval of exchange rates that reproduces every price at known spots.

    Parameters
    ----------
    side, financing_level, price, entitlement, decimals
        As in :func:`implied_spot`.
    spot : float array (S)
        Level of the underlying of each certificate [financing level currency], above 0.

    Returns
    -------
    (float, float)
        Lowest and highest rate [financing level currency per settlement currency], ends included.

    Examples
    --------
    >>> low, high = implied_fx("short", [9884.36, 9904.36], 9445.92, [4.0, 4.18], 0.01)
    >>> round(low, 4), round(high, 4)
    (1.0954, 1.0975)
    """
    prices, zero = _prices(side, financing_level, price, entitlement, decimals), Fraction(0)
    spots = _exact(spot, len(prices), "spot", "give the level of the underlying")
    worth = [max(item.sign * (s - item.level), zero) * item.ratio for item, s in zip(prices, spots, strict=True)]
    if any(value == 0 and item.low > 0 for item, value in zip(prices, worth, strict=True)):
        raise _infeasible("exchange rate")
    low = max((value / item.high for item, value in zip(prices, worth, strict=True)), default=zero)
    high = [value / item.low for item, value in zip(prices, worth, strict=True) if item.low > 0]
    return _interval(low, min(high, default=None), "exchange rate")


@rule("ing_open_end_turbo", "C.12")
def implied_market(
    underlying: Sequence[str], side: Coded, financing_level: Any, price: Any, entitlement: Any, decimals: int = 2
) -> ImpliedMarket:
    """Return the intervals of one exchange rate and of all spots that fit the prices jointly.

    Parameters
    ----------
    underlying : sequence of str (S)
        Name of the underlying of each certificate; all are financed in one currency.
    side, financing_level, price, entitlement, decimals
        As in :func:`implied_spot`.

    Returns
    -------
    ImpliedMarket
        Each interval on its own: two ends of different intervals need not fit together.  An end that the
        prices leave open is infinite.

    Rule: as :func:`implied_spot`.  Linear programme: every price bounds ``s (S - F)`` from both sides by
    multiples of X; lowest and highest value of each unknown, solved by HiGHS to 1e-7 of a point.

    Examples
    --------
    >>> found = implied_market(["SPX", "SPX"], "short", [3661.24, 3671.24], [2.88, 2.97], 0.01)
    >>> [round(end, 3) for end in found.fx], [round(end, 2) for end in found.spots["SPX"]]
    ([1.0, 1.25], [3300.61, 3373.74])
    """
    prices = _prices(side, financing_level, price, entitlement, decimals)
    if len(underlying) != len(prices):
        what = f"underlying has {len(underlying)} names for {len(prices)} certificates"
        raise XlidxError(Kind.SHAPE, what, "argument underlying", "give one name per certificate")
    names = list(dict.fromkeys(underlying))
    rows, limits = _inequalities(prices, [names.index(name) + 1 for name in underlying], len(names) + 1)
    ends = [_extremes(rows, limits, unknown) for unknown in range(len(names) + 1)]
    return ImpliedMarket(ends[0], dict(zip(names, ends[1:], strict=True)))


@rule("ing_open_end_turbo", "C.2")
def implied_rate(
    side: Coded,
    first_level: Numbers,
    second_level: Numbers,
    days: Numbers,
    spread: Numbers,
    dividend: Numbers = 0.0,
    day_count: Numbers = 360,
) -> Numbers:
    """Return the money-market rate between two published financing levels.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    first_level, second_level : float arrays (...)
        Published levels [financing level currency], above 0.
    days : float array (...)
        Calendar days from the first to the second, above 0.
    spread : float array (...)
        [fraction per year], 0 to 1.
    dividend : float array (...)
        Notional dividend taken off in between [like level], 0 or more.
    day_count : {360, 365}, or array (...) of them

    Returns
    -------
    float or float array (...)
        ``((F2 + d) / F1 - 1) D / n - s m`` [fraction per year], simple interest.

    Examples
    --------
    >>> round(float(implied_rate("short", 13571.32, 13569.8309246111, 1, 0.035)), 8)
    -0.0045
    """
    for level, name in ((first_level, "first level"), (second_level, "second level")):
        require(level > 0.0, level, name, "be above 0", "give the published financing level")
    require(days > 0, days, "days", "be above 0", "count calendar days between the two levels")
    require_fraction(spread, "spread")
    require(dividend >= 0.0, dividend, "dividend", "be 0 or more", "give the notional dividend, 0 if none")
    known = (day_count == 360) | (day_count == 365)
    require(known, day_count, "day count", "be 360 or 365", "use 365 for sterling-like currencies, else 360")
    cost = ((second_level - first_level) + dividend) / first_level * (day_count / days)
    return cost - sign_of(side) * spread


def explain_implied_rate(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`implied_rate`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.symbol for step in explain_implied_rate("short", 100.0, 100.1, 10, 0.035)]
    ['F1', 'F2', 'c', 's m', 'r']
    """
    plain = arguments_of(implied_rate, terms, named)
    rate, clause, cost = implied_rate(*plain), cite(implied_rate), sign_of(plain[0]) * plain[4]
    return [
        Step("F1", "first level", float(plain[1]), "currency"),
        Step("F2", "second level", float(plain[2]), "currency"),
        Step("c", "yearly cost ((F2 + d) / F1 - 1) D / n", float(rate + cost), "per year", clause),
        Step("s m", "spread, + long, - short", float(cost), "per year", clause),
        Step("r", "money-market rate c - s m", float(rate), "per year", clause),
    ]


def explain_implied_spot(
    side: Coded, financing_level: Any, price: Any, entitlement: Any, fx: Any = 1.0, decimals: int = 2
) -> list[Step]:
    """Return the interval that each price implies and, last, their intersection.

    Examples
    --------
    >>> [step.symbol for step in explain_implied_spot("short", [13571.32, 13576.32], [0.39, 0.44], 0.01)]
    ['S1 low', 'S1 high', 'S2 low', 'S2 high', 'S low', 'S high']
    """
    found, clause = implied_spot(side, financing_level, price, entitlement, fx, decimals), cite(implied_spot)
    columns = np.broadcast_arrays(np.atleast_1d(sign_of(side)), financing_level, price, entitlement, fx)
    steps = []
    for place, (sign, *one) in enumerate(zip(*columns, strict=True), start=1):
        ends = implied_spot(sign, one[0], one[1], one[2], one[3], decimals)
        steps += _ends(f"S{place}", f"spot implied by price {place}", ends, clause)
    return [*steps, *_ends("S", "spot that fits all prices", found, clause)]


def explain_implied_fx(*terms: Any, **named: Any) -> list[Step]:
    """Return the interval of :func:`implied_fx` with its rule; the arguments are its own.

    Examples
    --------
    >>> [step.symbol for step in explain_implied_fx("short", 9884.36, 9445.92, 4.0, 0.01)]
    ['X low', 'X high']
    """
    return _ends("X", "exchange rate that fits all prices", implied_fx(*terms, **named), cite(implied_fx))


def explain_implied_market(*terms: Any, **named: Any) -> list[Step]:
    """Return the intervals of :func:`implied_market` with their rule; the arguments are its own.

    Examples
    --------
    >>> [step.symbol for step in explain_implied_market(["NDX"], "short", [9884.36], [4.0], 0.01)]
    ['X low', 'X high', 'NDX low', 'NDX high']
    """
    found, clause = implied_market(*terms, **named), cite(implied_market)
    spots = [_ends(name, f"spot of {name}", ends, clause) for name, ends in found.spots.items()]
    return [*_ends("X", "exchange rate", found.fx, clause), *(step for pair in spots for step in pair)]


def _ends(symbol: str, meaning: str, ends: Interval, clause: str) -> list[Step]:
    words = zip(("low", "high"), ("lowest", "highest"), ends, strict=True)
    return [Step(f"{symbol} {word}", f"{most} {meaning}", end, "currency", clause) for word, most, end in words]


def _prices(side: Coded, level: Any, price: Any, ratio: Any, decimals: int) -> list[_Price]:
    whole = 0 <= decimals <= 12 and decimals % 1 == 0
    require(whole, decimals, "decimals", "be a whole number from 0 to 12", "give 2 for cents")
    sign = np.atleast_1d(sign_of(side))
    size = max(np.size(value) for value in (sign, level, price, ratio))
    half = Fraction(1, 2 * 10 ** int(decimals))
    signs = [int(value) for value in _column(sign, size, "side")]
    levels = _exact(level, size, "financing level", "give the level of the trade date")
    ratios = _exact(ratio, size, "entitlement", "a ratio of 100 is 0.01")
    paid = _exact(price, size, "price", "give the printed issue price", zero=True)
    rows = zip(signs, levels, ratios, paid, strict=True)
    return [_Price(s, f, e, p - half, p + half) for s, f, e, p in rows]


def _exact(values: Any, size: int, name: str, mend: str, *, zero: bool = False) -> list[Fraction]:
    """Return positive numbers as the fractions that their shortest decimals print."""
    column = _column(np.atleast_1d(np.asarray(values, dtype=np.float64)), size, name)
    inside = np.isfinite(column) & ((column >= 0.0) if zero else (column > 0.0))
    require(inside, column, name, "be 0 or more" if zero else "be above 0", mend)
    return [Fraction(repr(float(value))) for value in column]


def _column(values: npt.NDArray[Any], size: int, name: str) -> npt.NDArray[Any]:
    if values.size not in (1, size):
        what = f"{name} has {values.size} values for {size} certificates"
        raise XlidxError(Kind.SHAPE, what, f"argument {name}", "give one value per certificate, or one for all")
    return np.broadcast_to(values.ravel(), (size,))


def _spot_bounds(item: _Price, rate: Fraction) -> Bounds:
    near = item.level + item.sign * item.low * rate / item.ratio if item.low > 0 else None
    far = item.level + item.sign * item.high * rate / item.ratio
    return (near, far) if item.sign > 0 else (far, near)


def _interval(low: Fraction, high: Fraction | None, name: str) -> Interval:
    if high is not None and low > high:
        raise _infeasible(name)
    return float(low), float("inf") if high is None else float(high)


def _infeasible(name: str) -> XlidxError:
    mend = "check terms and prices, and whether a premium is inside"
    return XlidxError(Kind.INFEASIBLE, f"no {name} reproduces all prices", "argument price", mend)


def _inequalities(prices: list[_Price], columns: list[int], size: int) -> tuple[list[list[float]], list[float]]:
    """Return rows and limits of ``A x <= b`` in points; unknown 0 is the exchange rate, then the spots."""
    rows, limits = [], []
    for item, column in zip(prices, columns, strict=True):
        bounds = [(1, item.high), (-1, item.low)] if item.low > 0 else [(1, item.high)]
        for way, bound in bounds:
            row = [0.0] * size
            row[0], row[column] = float(-way * bound / item.ratio), float(way * item.sign)
            rows.append(row)
            limits.append(float(way * item.sign * item.level))
    return rows, limits


def _extremes(rows: list[list[float]], limits: list[float], unknown: int) -> Interval:
    from scipy.optimize import linprog  # type: ignore[import-untyped]

    ends = []
    for way in (1.0, -1.0):
        cost = [way if place == unknown else 0.0 for place in range(len(rows[0]))]
        found = linprog(cost, A_ub=rows, b_ub=limits, bounds=(0.0, None), method="highs")
        if found.status == INFEASIBLE:
            raise _infeasible("exchange rate")
        if found.status not in (OPTIMAL, UNBOUNDED):
            what = "the interval was not found: the prices are too far apart in size"
            raise XlidxError(Kind.INFEASIBLE, what, "argument price", "solve for fewer series at a time")
        ends.append(way * found.fun if found.status == OPTIMAL else way * -np.inf)
    return float(ends[0]), float(ends[1])
