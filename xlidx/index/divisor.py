"""The divisor: the number that turns market value into index points and keeps the level continuous."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.level import (
    CURRENCY,
    POINTS,
    explain_total,
    one_value,
    operand,
    require_value,
    same_dates,
    total_value,
)
from xlidx.rules import Step, cite, rule

UNIT = f"{CURRENCY} per index point"


@rule("psi20", "4.1")
def index_divisor(
    prices: Numbers,
    shares: Numbers,
    level: Numbers,
    free_float: Numbers = 1.0,
    capping: Numbers = 1.0,
    fx: Numbers = 1.0,
) -> Numbers:
    """Divisor that gives a composition the wanted level.

    Parameters
    ----------
    prices : array of shape (N,) or (T, N) [quote currency]
    shares, free_float, capping, fx
        See :func:`xlidx.index.level.market_values`.
    level : float or array of shape (T,) [index points]
        Above 0; at the start of an index, its base value.

    Returns
    -------
    float, or array of shape (T,) for a prices matrix [index currency per index point]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a level that is not above 0 or when no member has a value; else as
        :func:`xlidx.index.level.market_values`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.1.
    *Reading*: the divisor is not rounded.

    Examples
    --------
    >>> index_divisor(np.array([10.0, 20.0]), np.array([1000.0, 500.0]), 100.0)
    200.0
    """
    return _value_per_point(total_value(prices, shares, free_float, capping, fx), level)


@rule("psi20", "6.1")
def chain_divisor(divisor: Numbers, value_before: Numbers, value_after: Numbers) -> Numbers:
    """Divisor after an event that changes the market value but must not move the level.

    Parameters
    ----------
    divisor : float or array of any shape [index currency per index point]
        In force before the event.
    value_before, value_after : float or array of any shape that broadcasts [index currency]
        Total market value at the same closing prices without and with the event.

    Returns
    -------
    float or array of the broadcast shape [index currency per index point]

    Raises
    ------
    XlidxError
        ``DOMAIN`` unless all three are above 0, ``SHAPE`` for sizes that do not fit.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.1.
    *Reading*: all events of one close are netted in one step, so their order does not matter; a removal
    at a price of 0 changes no value and therefore no divisor (6.2.2).

    Examples
    --------
    >>> chain_divisor(200.0, 20_000.0, 21_500.0)
    215.0
    """
    old, before, after = (operand(value) for value in (divisor, value_before, value_after))
    _require_positive(old, "divisor", "give the divisor before the event")
    _require_positive(before, "value_before", "give the market value before the event")
    _require_positive(after, "value_after", "give the market value after the event")
    _same_shape(old, before, after)
    return old * _value_ratio(before, after)


def explain_index_divisor(
    prices: Numbers,
    shares: Numbers,
    level: Numbers,
    free_float: Numbers = 1.0,
    capping: Numbers = 1.0,
    fx: Numbers = 1.0,
) -> list[Step]:
    """Return the steps from market values to the divisor of one date; arguments as :func:`index_divisor`.

    Examples
    --------
    >>> explain_index_divisor(np.array([10.0, 20.0]), np.array([1000.0, 500.0]), 100.0)[-1].value
    200.0
    """
    steps = explain_total(prices, shares, free_float, capping, fx)
    (points,) = one_value(level)
    divisor = _value_per_point(steps[-1].value, points)
    return [
        *steps,
        Step("I", "level wanted", points, POINTS, cite(index_divisor)),
        Step("d", "divisor: M / I", float(divisor), UNIT, cite(index_divisor)),
    ]


def explain_chain_divisor(divisor: Numbers, value_before: Numbers, value_after: Numbers) -> list[Step]:
    """Return the steps from the old to the new divisor of one event; arguments as :func:`chain_divisor`.

    Examples
    --------
    >>> [step.value for step in explain_chain_divisor(200.0, 20_000.0, 21_500.0)]
    [200.0, 20000.0, 21500.0, 1.075, 215.0]
    """
    old, before, after = one_value(divisor, value_before, value_after)
    result, ratio = chain_divisor(old, before, after), _value_ratio(before, after)
    clause = cite(chain_divisor)
    return [
        Step("d", "divisor before the event", old, UNIT, clause),
        Step("M", "market value before the event", before, CURRENCY, clause),
        Step("M'", "market value after the event, at the same prices", after, CURRENCY, clause),
        Step("M'/M", "change of market value", float(ratio), "ratio", clause),
        Step("d'", "divisor after the event: d M'/M", float(result), UNIT, clause),
    ]


def _value_per_point(total: Numbers, level: Numbers) -> Numbers:
    points = operand(level)
    _require_positive(points, "level", "give the level wanted, in index points")
    require_value(total)
    same_dates(total, points, "level")
    return total / points


def _value_ratio(before: Numbers, after: Numbers) -> Numbers:
    # The ratio comes first: an event that changes nothing then leaves the divisor bit for bit alone.
    return after / before


def _require_positive(values: Numbers, name: str, mend: str) -> None:
    require(values > 0, values, name, "be above 0", mend)


def _same_shape(*values: Numbers) -> None:
    try:
        np.broadcast_shapes(*(np.shape(value) for value in values))
    except ValueError:
        raise XlidxError(
            Kind.SHAPE,
            "divisor, value_before and value_after have different sizes",
            "arguments divisor to value_after",
            "select ranges of equal size",
        ) from None
