"""Level of an index: market value of its members over the divisor, and the weights behind it.

Symbols are those of the documents: Q shares, F free-float factor, f capping factor, C price, X exchange
rate, d divisor.  ``M = Q F f C X`` is the market value of a member as the index counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod
from operator import mul
from typing import Any

import numpy as np

from xlidx.arrays import Floats, Numbers, numbers, require, require_fraction, same_length
from xlidx.errors import Kind, XlidxError
from xlidx.rules import Step, cite, rule

CURRENCY = "index currency"
POINTS = "index points"
PERCENTAGE = 10.0  # a capping factor this large is a percentage; the literal reading of 5.3.2 stays far below
FACTORS = ("shares", "free_float", "capping", "fx", "withholding")


@rule("psi20", "7")
def market_values(
    prices: Numbers, shares: Numbers, free_float: Numbers = 1.0, capping: Numbers = 1.0, fx: Numbers = 1.0
) -> Floats:
    """Market value of every member as the index counts it.

    Parameters
    ----------
    prices : array of shape (N,) or (T, N) [quote currency]
        Dates down, members across.  A price of 0 is legal: a suspended member may leave at 0 (6.2.2).
    shares : array of shape (N,) or (T, N), or one value for all [number]
    free_float : likewise [fraction, 0 to 1]
    capping : likewise [fraction, 0 to 1]
        A factor the index does not use is 1.  Capping factors that a quarterly update takes above 1 (5.3.2) are
        let through; from 10 on a value can only be a percentage.
    fx : likewise [index currency per unit of quote currency]
        It multiplies.  A column of shape (T, 1) gives every date its own rate.

    Returns
    -------
    array of shape (N,) or (T, N) [index currency]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a value outside its range, ``SHAPE`` for ranges that do not fit the prices,
        ``MISSING`` for no prices at all.  A missing price (NaN) is refused, never read as 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 7.

    Examples
    --------
    >>> market_values(np.array([10.0, 20.0]), np.array([1000.0, 500.0]), 0.5, fx=np.array([1.0, 0.9])).tolist()
    [5000.0, 4500.0]
    """
    amounts, factors = members(prices, shares, free_float, capping, fx)
    return np.multiply(amounts, product(factors))


@rule("psi20", "4.1")
@rule("psi20", "7")
@rule("solactive_human_capital", "3.1")
def index_level(
    prices: Numbers,
    shares: Numbers,
    divisor: Numbers,
    free_float: Numbers = 1.0,
    capping: Numbers = 1.0,
    fx: Numbers = 1.0,
) -> Numbers:
    """Level of an index: total market value over the divisor.

    Parameters
    ----------
    prices : array of shape (N,) or (T, N) [quote currency]
    shares, free_float, capping, fx
        See :func:`market_values`.
    divisor : float or array of shape (T,) [index currency per index point]
        Above 0.  An index defined by share numbers alone has divisor 1.

    Returns
    -------
    float, or array of shape (T,) for a prices matrix [index points]

    Raises
    ------
    XlidxError
        See :func:`market_values`; also ``DOMAIN`` for a divisor that is not above 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.1 and 7; Solactive Human Capital World MV guideline v1.0, 3.1.
    *Reading*: neither text rounds inside the formula, so the level is left unrounded; publishing to two
    decimals is a separate step (:func:`xlidx.rounding.round_decimals`).

    Examples
    --------
    >>> index_level(np.array([10.0, 20.0]), np.array([1000.0, 500.0]), 200.0)
    100.0
    """
    return per_point(total_value(prices, shares, free_float, capping, fx), divisor)


@rule("psi20", "7")
def index_weights(
    prices: Numbers, shares: Numbers, free_float: Numbers = 1.0, capping: Numbers = 1.0, fx: Numbers = 1.0
) -> Floats:
    """Weight of every member: its share of the total market value.

    Parameters
    ----------
    prices, shares, free_float, capping, fx
        See :func:`market_values`.

    Returns
    -------
    array of shape (N,), or (T, N) with one row per date [fraction, each row adds up to 1]

    Raises
    ------
    XlidxError
        See :func:`market_values`; also ``DOMAIN`` when no member has a value.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 7.

    Examples
    --------
    >>> index_weights(np.array([10.0, 20.0]), np.array([1500.0, 250.0])).tolist()
    [0.75, 0.25]
    """
    values = market_values(prices, shares, free_float, capping, fx)
    total = values.sum(axis=-1, keepdims=True)
    require_value(total)
    weights: Floats = np.divide(values, total)
    return weights


def total_value(
    prices: Numbers, shares: Numbers, free_float: Numbers = 1.0, capping: Numbers = 1.0, fx: Numbers = 1.0
) -> Numbers:
    """Total market value of the index, without storing the members' values; see :func:`market_values`.

    Examples
    --------
    >>> total_value(np.array([[10.0, 20.0], [11.0, 20.0]]), np.array([1000.0, 500.0])).tolist()
    [20000.0, 21000.0]
    """
    return weighted_sum(*members(prices, shares, free_float, capping, fx))


def explain_index_level(
    prices: Numbers,
    shares: Numbers,
    divisor: Numbers,
    free_float: Numbers = 1.0,
    capping: Numbers = 1.0,
    fx: Numbers = 1.0,
) -> list[Step]:
    """Return the steps from market values to the level of one date; arguments as :func:`index_level`.

    Examples
    --------
    >>> steps = explain_index_level(np.array([10.0, 20.0]), np.array([1000.0, 500.0]), 200.0)
    >>> [(step.symbol, step.value) for step in steps]
    [('M[1]', 10000.0), ('M[2]', 10000.0), ('M', 20000.0), ('d', 200.0), ('I', 100.0)]
    """
    steps = explain_total(prices, shares, free_float, capping, fx)
    (points,) = one_value(divisor)
    level = per_point(steps[-1].value, points)
    return [
        *steps,
        Step("d", "divisor", points, f"{CURRENCY} per index point", cite(index_level)),
        Step("I", "index level: M / d", float(level), POINTS, cite(index_level)),
    ]


def explain_index_weights(
    prices: Numbers, shares: Numbers, free_float: Numbers = 1.0, capping: Numbers = 1.0, fx: Numbers = 1.0
) -> list[Step]:
    """Return the steps from market values to weights of one date; arguments as :func:`index_weights`.

    Examples
    --------
    >>> steps = explain_index_weights(np.array([10.0, 20.0]), np.array([1500.0, 250.0]))
    >>> [(step.symbol, step.value) for step in steps[-2:]]
    [('w[1]', 0.75), ('w[2]', 0.25)]
    """
    steps = explain_total(prices, shares, free_float, capping, fx)
    weights = index_weights(prices, shares, free_float, capping, fx)
    return [*steps, *member_steps("w", "weight: M[i] / M", weights, "fraction", cite(index_weights))]


def explain_total(prices: Numbers, shares: Numbers, free_float: Numbers, capping: Numbers, fx: Numbers) -> list[Step]:
    """Return the market value of every member and, last, their total."""
    one_date(prices, shares, free_float, capping, fx)
    values = market_values(prices, shares, free_float, capping, fx)
    total = total_value(prices, shares, free_float, capping, fx)
    words = "market value of member {i}: Q F f C X"
    return [
        *member_steps("M", words, values, CURRENCY, cite(market_values)),
        Step("M", "total market value of all members", float(total), CURRENCY, cite(market_values)),
    ]


def member_steps(symbol: str, meaning: str, values: Floats, unit: str, clause: str) -> list[Step]:
    """Return one step per member; ``{i}`` in the meaning becomes its place in the range."""
    return [
        Step(f"{symbol}[{i}]", meaning.replace("{i}", str(i)), value, unit, clause)
        for i, value in enumerate(values.tolist(), start=1)
    ]


def one_date(*values: Any) -> None:
    """Refuse matrices: an explanation follows one date."""
    if any(np.ndim(value) > 1 for value in values):
        raise _several()


def one_value(*values: Any) -> list[float]:
    """Return arguments that hold one value each as floats, for an explanation of one date."""
    plain = [operand(value) for value in values]
    if not all(isinstance(value, float) for value in plain):
        raise _several()
    return [float(value) for value in plain]


def members(
    amounts: Numbers,
    shares: Numbers,
    free_float: Numbers,
    capping: Numbers,
    fx: Numbers,
    name: str = "prices",
) -> tuple[Floats, list[Numbers]]:
    """Return the amounts per share and the factors Q, F, f, X, all checked, none copied."""
    cash = numbers(amounts)
    if cash.size == 0:
        raise XlidxError(Kind.MISSING, f"{name} is empty", f"argument {name}", "select one value per member")
    require_not_negative(cash, name, f"fill in {name}; 0 is allowed")
    factors = [operand(value) for value in (shares, free_float, capping, fx)]
    require_not_negative(factors[0], "shares", "give the number of shares in the index")
    require_fractions(factors[1], "free_float")
    _require_capping(factors[2])
    _require_rate(factors[3])
    fit(cash, factors, name)
    return cash, factors


def fit(amounts: Floats, factors: Sequence[Numbers], name: str) -> None:
    """Refuse factors, in the order of ``FACTORS``, that have other members or dates than the amounts."""
    arrays = [factor for factor in factors if not isinstance(factor, float)]
    if all(array.shape == amounts.shape[-1:] for array in arrays) and amounts.ndim < 3:
        return
    for word, factor in zip(FACTORS, factors, strict=False):
        same_length(amounts, factor, word, name)
    try:
        shape = np.broadcast_shapes(amounts.shape, *(array.shape for array in arrays))
    except ValueError:
        shape = ()
    if shape != amounts.shape or amounts.ndim > 2:
        what = f"the ranges do not have the dates and members of {name}"
        where = f"arguments {name} to {FACTORS[len(factors) - 1]}"
        raise XlidxError(Kind.SHAPE, what, where, "put dates down and members across, the same in all ranges")


def weighted_sum(amounts: Floats, factors: Sequence[Numbers]) -> Numbers:
    """Sum of amounts times factors over the members, in one pass whatever the number of dates."""
    by_date = [factor for factor in factors if not isinstance(factor, float) and factor.ndim == 2]
    weight = product([factor for factor in factors if isinstance(factor, float) or factor.ndim < 2])
    if isinstance(weight, float):
        weight = np.full(amounts.shape[-1], weight)
    if amounts.ndim == 1:
        return float(np.einsum("n,n->", amounts, weight))
    return np.asarray(np.einsum(f"{'tn,' * (1 + len(by_date))}n->t", amounts, *by_date, weight))


def per_point(value: Numbers, divisor: Numbers) -> Numbers:
    """Return a value in index currency as index points."""
    points = operand(divisor)
    require(points > 0, points, "divisor", "be above 0", "give the divisor of the date")
    same_dates(value, points, "divisor")
    return value / points


def same_dates(value: Numbers, other: Numbers, name: str) -> None:
    """Refuse a column that has not one value per date; one value fits all dates."""
    if not isinstance(other, float) and np.shape(other) != np.shape(value):
        raise XlidxError(
            Kind.SHAPE,
            f"{name} has {other.size} values for {np.size(value)} dates",
            f"argument {name}",
            "give one value, or one per date",
        )


def product(factors: Sequence[Numbers]) -> Numbers:
    """Return the product of factors, one value or one per member."""
    plain = prod(factor for factor in factors if isinstance(factor, float))
    arrays = [factor for factor in factors if not isinstance(factor, float)]
    if not arrays:
        return plain
    together = reduce(mul, arrays)
    return together if plain == 1.0 else together * plain


def operand(values: Any) -> Numbers:
    """Return one value as a float and several as an array."""
    if isinstance(values, float):
        return values
    array = np.asarray(values, dtype=np.float64)
    return float(array.item()) if array.size == 1 else array


def require_not_negative(values: Numbers, name: str, mend: str) -> None:
    """Refuse values below 0 and values that are not numbers."""
    if not _lowest(values) >= 0:
        require(values >= 0, values, name, "be 0 or more", mend)


def require_fractions(values: Numbers, name: str) -> None:
    """Refuse what lies outside 0 to 1, without a temporary array where all is well."""
    if not (_lowest(values) >= 0 and _highest(values) <= 1):
        require_fraction(values, name)


def require_value(total: Numbers) -> None:
    """Refuse an index in which no member has a value."""
    mend = "check prices, shares and factors"
    require(total > 0, total, "total market value", "be above 0", mend)


def _require_capping(values: Numbers) -> None:
    if not (_lowest(values) >= 0 and _highest(values) < PERCENTAGE):
        fine = (values >= 0) & (values < PERCENTAGE)
        require(fine, values, "capping", "lie between 0 and 1", "give capping as a fraction: 85 % is 0.85")


def _require_rate(fx: Numbers) -> None:
    if not _lowest(fx) > 0:
        require(fx > 0, fx, "fx", "be above 0", "give index currency per unit of quote currency")


def _lowest(values: Numbers) -> float:
    if isinstance(values, float):
        return values
    return float(values.min()) if values.size else np.inf


def _highest(values: Numbers) -> float:
    if isinstance(values, float):
        return values
    return float(values.max()) if values.size else -np.inf


def _several() -> XlidxError:
    where, mend = "an explanation follows one date", "explain one date at a time"
    return XlidxError(Kind.SHAPE, "an argument holds several dates", where, mend)
