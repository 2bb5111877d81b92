"""Capping: the factors that keep every member at or below a largest weight.

The capped value T solves ``T = cap * sum(min(M, T))``.  With members in order of size, and k of them
capped, ``T = cap U / (1 - k cap)`` where U is the value of all others; k is the smallest number for which
no other member is above T.  One sort and one cumulative sum find it.
"""

from __future__ import annotations

from math import ceil

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Floats, Numbers, numbers, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.level import CURRENCY, member_steps, operand, require_not_negative
from xlidx.rules import Step, cite, rule

NEAR = 1e-12


@attrs.frozen
class Ceiling:
    """The value at which members are cut off, and what it follows from."""

    capped: int
    others: float
    value: float


@rule("psi20", "5.3.3")
def capping_factors(market_values: Floats, cap: float, capped_set: npt.ArrayLike | None = None) -> Floats:
    """Capping factors that bring every weight down to the cap.

    Parameters
    ----------
    market_values : array of shape (N,) [index currency]
        Before capping, at the closing prices of the composition announcement date.
    cap : float [fraction, above 0 and up to 1]
        Largest weight allowed.
    capped_set : bool array of shape (N,), optional
        Members that may be capped; the others count with the value given, whatever their weight.  At a
        quarterly review these are the companies added (5.3.4).

    Returns
    -------
    array of shape (N,) [fraction, above 0 and up to 1]
        Exactly 1 for members that are not capped.

    Raises
    ------
    XlidxError
        ``INFEASIBLE`` when the members with a value are too few for the cap; ``DOMAIN`` for a value below
        0, missing (NaN) or without limit, for all values 0 and for a cap outside its range; ``SHAPE`` for
        a matrix or a ``capped_set`` of another size.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.3.
    *Reading*: factors are not rounded.  A member above the cap by less than one part in a million million
    counts as being at the cap.  Members without value keep factor 1 and are not counted.  Several members
    of ``capped_set`` are capped jointly; that is always possible when another member has value.

    Examples
    --------
    >>> capping_factors(np.array([50.0, 30.0, 20.0]), 0.40).round(12).tolist()
    [0.666666666667, 1.0, 1.0]
    """
    values, chosen = _checked(market_values, cap, capped_set)
    return _factors(values, chosen, _ceiling(values, chosen, float(cap)))


@rule("psi20", "5.3.3")
def capped_weights(market_values: Floats, cap: float) -> Floats:
    """Weights after capping.

    Parameters
    ----------
    market_values : array of shape (N,) [index currency]
    cap : float [fraction, above 0 and up to 1]

    Returns
    -------
    array of shape (N,) [fraction, adding up to 1]

    Raises
    ------
    XlidxError
        See :func:`capping_factors`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.3.

    Examples
    --------
    >>> capped_weights(np.array([50.0, 30.0, 20.0]), 0.40).round(12).tolist()
    [0.4, 0.36, 0.24]
    """
    return _weights(numbers(market_values), capping_factors(market_values, cap))


def explain_capping_factors(market_values: Floats, cap: float, capped_set: npt.ArrayLike | None = None) -> list[Step]:
    """Return the steps from market values to capping factors; arguments as :func:`capping_factors`.

    Examples
    --------
    >>> [(s.symbol, round(s.value, 9)) for s in explain_capping_factors(np.array([50.0, 30.0, 20.0]), 0.40)][4:]
    [('k', 1.0), ('U', 50.0), ('T', 33.333333333), ('f[1]', 0.666666667), ('f[2]', 1.0), ('f[3]', 1.0)]
    """
    values, chosen = _checked(market_values, cap, capped_set)
    ceiling, clause = _ceiling(values, chosen, float(cap)), cite(capping_factors)
    factors = _factors(values, chosen, ceiling)
    return [
        *member_steps("M", "market value of member {i} before capping", values, CURRENCY, clause),
        Step("cap", "largest weight allowed", float(cap), "fraction", clause),
        Step("k", "number of members capped", float(ceiling.capped), "number", clause),
        Step("U", "market value of all members not capped", ceiling.others, CURRENCY, clause),
        Step("T", "capped value: cap U / (1 - k cap)", ceiling.value, CURRENCY, clause),
        *member_steps("f", "capping factor: 1, or T / M[{i}] if above T", factors, "fraction", clause),
    ]


def explain_capped_weights(market_values: Floats, cap: float) -> list[Step]:
    """Return the steps from market values to capped weights; arguments as :func:`capped_weights`.

    Examples
    --------
    >>> explain_capped_weights(np.array([70.0, 20.0, 10.0]), 0.5)[-3].value
    0.5
    """
    steps = explain_capping_factors(market_values, cap)
    values, factors = numbers(market_values), capping_factors(market_values, cap)
    total, weights = _capped_total(values, factors), _weights(values, factors)
    meaning, clause = "weight: M[{i}] f[{i}] / sum", cite(capped_weights)
    return [
        *steps,
        Step("sum", "total of M f over all members", total, CURRENCY, clause),
        *member_steps("w", meaning, weights, "fraction", clause),
    ]


def _ceiling(values: Floats, chosen: Bools | None, cap: float) -> Ceiling:
    # Sums run over sorted values, so the order of the members cannot change a bit of the result.
    free = np.sort(values if chosen is None else values[chosen])
    fixed = 0.0 if chosen is None else float(np.sort(values[~chosen]).sum())
    if fixed > 0:
        return _cut(np.concatenate(([0.0], free)), fixed, cap)
    free = free[np.searchsorted(free, 0.0, side="right") :]
    _require_room(free.size, cap)
    if free.size * cap <= 1.0 + NEAR:
        return Ceiling(free.size - 1, float(free[0]), float(free[0]))
    return _cut(free, fixed, cap)


def _cut(ordered: Floats, fixed: float, cap: float) -> Ceiling:
    count = min(ordered.size, ceil((1.0 - NEAR) / cap))
    top = ordered[ordered.size - count :]
    below = fixed + float(ordered[: ordered.size - count].sum())
    others = (below + np.cumsum(top))[::-1]
    room = 1.0 - np.arange(count) * cap
    fits = top[::-1] * room <= cap * others * (1.0 + NEAR)
    fits[-1] = True  # with room for less than one more cap, nobody left can be above T
    k = int(fits.argmax())
    return Ceiling(k, float(others[k]), float(cap * others[k] / room[k]))


def _factors(values: Floats, chosen: Bools | None, ceiling: Ceiling) -> Floats:
    above = values > ceiling.value * (1.0 + NEAR)
    if chosen is not None:
        above &= chosen
    return np.divide(ceiling.value, values, out=np.ones_like(values), where=above)


def _weights(values: Floats, factors: Floats) -> Floats:
    return values * factors / _capped_total(values, factors)


def _capped_total(values: Floats, factors: Floats) -> float:
    return float(np.sort(values * factors).sum())


def _checked(market_values: Numbers, cap: float, capped_set: npt.ArrayLike | None) -> tuple[Floats, Bools | None]:
    values = numbers(market_values)
    if values.ndim != 1 or values.size == 0:
        raise XlidxError(
            Kind.SHAPE,
            f"market_values has {values.ndim} dimensions and {values.size} values",
            "argument market_values",
            "give one row or column, one date at a time",
        )
    _require_values(values)
    require_fraction(operand(cap), "cap")
    require(cap > 0, cap, "cap", "be above 0", "give the largest weight as a fraction: 12 % is 0.12")
    return values, _mask(capped_set, values.size)


def _require_values(values: Floats) -> None:
    require_not_negative(values, "market_values", "give the market value of every member, 0 if it has none")
    largest = values.max()
    require(values < np.inf, values, "market_values", "be finite", "check prices and shares")
    require(largest > 0, largest, "largest of market_values", "be above 0", "give the members' market values")


def _mask(capped_set: npt.ArrayLike | None, size: int) -> Bools | None:
    if capped_set is None:
        return None
    mask = np.atleast_1d(np.asarray(capped_set, dtype=np.bool_))
    if mask.shape != (size,):
        what = f"capped_set has {mask.size} values for {size} members"
        raise XlidxError(Kind.SHAPE, what, "argument capped_set", "give TRUE or FALSE for every member")
    return mask


def _require_room(count: int, cap: float) -> None:
    if count * cap < 1.0 - NEAR:
        raise XlidxError(
            Kind.INFEASIBLE,
            f"{count} members at {cap:.15g} each cannot add up to 1",
            "argument cap",
            f"the smallest feasible cap is {1 / count:.15g}",
        )
