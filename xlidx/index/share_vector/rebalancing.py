"""Target weights on the way to a new composition, and the numbers of shares that give a weight.

For an index that is defined by numbers of shares alone: its level is the sum of shares times prices, divisor 1.
Symbols: w weight, x number of shares, p price in index currency, I level, m day and M days of the period.
"""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Bools, Floats, Numbers, numbers, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.level import CURRENCY, POINTS, index_weights, market_values, member_steps, one_value
from xlidx.limits import CELLS, within
from xlidx.rules import Step, cite, rule

PERIOD = 10
NEAR = 1e-9  # weights that add up to 1 this closely do add up to 1


@rule("solactive_human_capital", "2.2")
def rebalance_weights(start: Numbers, target: Numbers, day: Numbers, days: Numbers = PERIOD) -> Floats:
    """Weights of one day of a rebalancing period, on the straight line from the old weights to the target.

    Parameters
    ----------
    start : array of shape (N,) [fraction]
        Weights at the close of the adjustment day, 0 for a name that joins.
    target : array of shape (N,) [fraction]
        Weights after the period, 0 for a name that leaves.
    day : float or array of shape (D,) [number]
        m, whole, from 1 to ``days``.
    days : float [number]
        M, whole.

    Returns
    -------
    array of shape (N,), or (N, D) for several days: one column per day [fraction]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a weight outside 0 to 1, weights that do not add up to 1, or a day outside the period;
        ``SHAPE`` for lists of unequal length.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.2.
    *Reading*: the start weights are those of the adjustment day on every day of the period.  They do not drift
    with prices.  On the last day the weights are the target, exactly.

    Examples
    --------
    >>> rebalance_weights(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 3).round(4).tolist()
    [0.85, 0.15]
    """
    old, new = numbers(start), numbers(target)
    _require_weights(old, "start")
    _require_weights(new, "target")
    _require_same_size(old, new, "target", "start")
    last, m = numbers(days), numbers(day)
    within(CELLS, old.size * m.size, f"{old.size} weights on {m.size} days", "arguments start and day")
    require((last >= 1.0) & (last == np.floor(last)), last, "days", "be a whole number above 0", "give the days")
    inside = (m >= 1.0) & (m <= last) & (m == np.floor(m))
    require(inside, m, "day", f"be a whole number from 1 to {last[0]:g}", "count the days from 1")
    if m.size == 1:
        return line(old, new, m.item(), last.item())
    return np.stack([line(old, new, each, last.item()) for each in m.ravel().tolist()], axis=1)


def line(start: Floats, target: Floats, day: float, days: float) -> Floats:
    """Return the weights of one day without checks; see :func:`rebalance_weights`."""
    return target.copy() if day == days else start + day * (target - start) / days


@rule("solactive_human_capital", "3.1")
@rule("solactive_human_capital", "4 Number of Shares")
def shares_from_weights(weights: Numbers, level: Numbers, prices: Numbers) -> Floats:
    """Numbers of shares that give every member its weight in an index of a given level.

    Parameters
    ----------
    weights : array of shape (N,) [fraction]
    level : float [index points]
        Of the day before, as published.
    prices : array of shape (N,) [index currency]
        Of the day before.

    Returns
    -------
    array of shape (N,) [number]
        Fractions are kept.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a level or a price of a member that is not above 0, a weight outside 0 to 1, or weights that
        add up to more than 1; ``SHAPE`` for lists of unequal length.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.1 and definition of Number of Shares.
    *Reading*: the level is rounded to two decimals before it is used, since 3.1 defines it so; the caller hands
    in the rounded one.  A name of weight 0 has 0 shares and needs no price.  Weights below 1 in sum are those of
    some members only.

    Examples
    --------
    >>> shares_from_weights(np.array([0.6, 0.4]), 100.0, np.array([10.0, 20.0])).tolist()
    [6.0, 2.0]
    """
    total = float(numbers(weights).sum())
    mend = "give the weights as fractions of one index"
    require(not total > 1.0 + NEAR, total, "sum of weights", "not be above 1", mend)
    return shares_of(weights, level, prices)


def shares_of(weights: Numbers, level: Numbers, prices: Numbers) -> Floats:
    """Return numbers of shares whatever the weights add up to; see :func:`shares_from_weights`."""
    w, p = numbers(weights), numbers(prices)
    require_fraction(w, "weights")
    _require_same_size(w, p, "prices", "weights")
    require(np.asarray(level) > 0.0, level, "level", "be above 0", "give the level of the day before")
    held = w > 0.0
    require((p > 0.0) | ~held, p, "prices", "be above 0 where the weight is", "give the price in index currency")
    return np.divide(w * level, p, out=np.zeros(w.shape), where=held)


@rule("solactive_human_capital", "4 Percentage Weight")
def percentage_weights(shares: Numbers, prices: Numbers, level: float | None = None) -> Floats:
    """Weight of every member: price times number of shares over the level.

    Parameters
    ----------
    shares, prices : arrays of shape (N,) [number], [index currency]
    level : float, optional [index points]
        Published level to divide by; blank is the unrounded sum, with which the weights add up to 1.

    Returns
    -------
    array of shape (N,) [fraction]

    Raises
    ------
    XlidxError
        See :func:`xlidx.index.level.index_weights`; ``DOMAIN`` for a level that is not above 0.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, definition of Percentage Weight.
    *Reading*: the definition divides by the level, and 3.1 rounds the level.  Weights over a rounded level miss 1
    by up to half a hundredth of a point over the level; the target weights of ten days must not, so the sum
    itself is the default.

    Examples
    --------
    >>> percentage_weights(np.array([6.0, 2.0]), np.array([10.0, 20.004])).round(6).tolist()
    [0.599952, 0.400048]
    >>> percentage_weights(np.array([6.0, 2.0]), np.array([10.0, 20.004]), 100.01).round(6).tolist()
    [0.59994, 0.40004]
    """
    if level is None:
        return index_weights(prices, shares)
    require(level > 0.0, level, "level", "be above 0", "give the level of that day")
    return market_values(prices, shares) / level


@rule("solactive_human_capital", "2.3")
def shares_after_removal(
    shares: Numbers, prices: Numbers, leaving: Bools, leaving_prices: Numbers | None = None
) -> Floats:
    """Numbers of shares after members leave and their weight goes to the others in proportion.

    Parameters
    ----------
    shares, prices : arrays of shape (N,) [number], [index currency]
        At the close before the event.
    leaving : bool array of shape (N,)
    leaving_prices : array of shape (N,), optional [index currency]
        Prices at which they leave, read where ``leaving`` holds; blank is ``prices``.

    Returns
    -------
    array of shape (N,) [number]
        0 for those who leave.

    Raises
    ------
    XlidxError
        ``DOMAIN`` when nothing is left.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.3.
    *Reading*: the whole value of the member is handed on: x I / (I - x_k p_k) with the unrounded sum as I, so the
    event does not move the level.  At a price that is set, the level moves by the difference.

    Examples
    --------
    >>> shares_after_removal(np.array([5.0, 2.0, 1.0]), np.array([10.0, 20.0, 10.0]), np.array([False, False, True]))
    array([5.55555556, 2.22222222, 0.        ])
    """
    values = market_values(prices, shares)
    given = values if leaving_prices is None else market_values(leaving_prices, shares)
    rest = float(values[~leaving].sum())
    if not rest > 0.0:
        what, mend = "nothing is left in the index", "keep at least one member with a price above 0"
        raise XlidxError(Kind.DOMAIN, what, "argument leaving", mend)
    handed = float(given[leaving].sum())
    return np.where(leaving, 0.0, shares * ((rest + handed) / rest))


@rule("solactive_human_capital", "2.3")
def weights_after_removal(weights: Floats, leaving: Bools) -> Floats:
    """Target weights without the names that leave, raised in proportion until they add up to 1.

    Raises
    ------
    XlidxError
        ``DOMAIN`` when no weight is left.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.3.
    *Reading*: inside a rebalancing period the start weights and the target are raised alike.

    Examples
    --------
    >>> weights_after_removal(np.array([0.5, 0.25, 0.25]), np.array([False, True, False])).round(4).tolist()
    [0.6667, 0.0, 0.3333]
    """
    rest = float(weights[~leaving].sum())
    mend = "keep at least one name with a weight"
    require(rest > 0.0, rest, "sum of the remaining weights", "be above 0", mend)
    return np.where(leaving, 0.0, weights / rest)


def explain_rebalance_weights(start: Numbers, target: Numbers, day: Numbers, days: Numbers = PERIOD) -> list[Step]:
    """Return the steps to the weights of one day; arguments as :func:`rebalance_weights`.

    Examples
    --------
    >>> steps = explain_rebalance_weights(np.array([1.0, 0.0]), np.array([0.5, 0.5]), 5.0)
    >>> [(step.symbol, step.value) for step in steps[-2:]]
    [('w[1]', 0.75), ('w[2]', 0.25)]
    """
    m, last = one_value(day, days)
    clause = cite(rebalance_weights)
    found = rebalance_weights(start, target, m, last)
    return [
        Step("m", "day of the rebalancing period", m, "number", clause),
        Step("M", "days of the rebalancing period", last, "number", clause),
        *member_steps("w0", "weight at the adjustment day", numbers(start), "fraction", clause),
        *member_steps("w*", "target weight", numbers(target), "fraction", clause),
        *member_steps("w", "weight of the day: w0 + m (w* - w0) / M", found, "fraction", clause),
    ]


def explain_shares_from_weights(weights: Numbers, level: Numbers, prices: Numbers) -> list[Step]:
    """Return the steps to the numbers of shares; arguments as :func:`shares_from_weights`.

    Examples
    --------
    >>> steps = explain_shares_from_weights(np.array([0.6, 0.4]), 100.0, np.array([10.0, 20.0]))
    >>> [(step.symbol, step.value) for step in steps[-2:]]
    [('x[1]', 6.0), ('x[2]', 2.0)]
    """
    clause = cite(shares_from_weights)
    (points,) = one_value(level)
    found = shares_from_weights(weights, points, prices)
    return [
        Step("I", "level of the day before, as published", points, POINTS, clause),
        *member_steps("w", "weight", numbers(weights), "fraction", clause),
        *member_steps("p", "price of the day before", numbers(prices), CURRENCY, clause),
        *member_steps("x", "number of shares: w I / p", found, "number", clause),
    ]


def _require_same_size(first: Floats, second: Floats, name: str, other: str) -> None:
    if first.shape != second.shape:
        what, mend = f"{name} has {second.size} values where {other} has {first.size}", "give one value per name"
        raise XlidxError(Kind.SHAPE, what, f"argument {name}", mend)


def _require_weights(weights: Floats, name: str) -> None:
    require_fraction(weights, name)
    total = float(weights.sum())
    mend = f"give {name} as fractions of the whole index, 0 for names that are not in it"
    require(abs(total - 1.0) <= NEAR, total, f"sum of {name}", "be 1", mend)
