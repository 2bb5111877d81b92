"""Rounding as documents print it: to a unit, in a direction, with a written tie rule.

A document prints decimals (0.01, 0.10, one whole unit), a computer holds binary fractions.  Two rules keep
the two apart.  The unit is read as the decimal it prints as, so results are the doubles nearest to the
printed decimal (``143 * 0.1`` is never shown as 14.300000000000001).  And a value closer than a billionth
of a unit to a multiple, or to the middle between two, *is* that multiple or that middle: 11 100 x 1.03 is
11 433.000000000002 in binary and still rounds up to 11 433.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, overload

import numpy as np

from xlidx.arrays import Floats, Numbers
from xlidx.errors import Kind, XlidxError

DIRECTIONS = ("nearest", "up", "down")
TIES = ("half up", "half down", "half even", "half away")
NEAR = 1e-9


@overload
def round_to(values: float, unit: float | None, direction: str = ..., tie: str = ...) -> float: ...
@overload
def round_to(values: Floats, unit: float | None, direction: str = ..., tie: str = ...) -> Floats: ...
def round_to(values: Numbers, unit: float | None, direction: str = "nearest", tie: str = "half up") -> Numbers:
    """Round to whole multiples of a unit.

    Parameters
    ----------
    values : float array of any shape
        What to round, in the unit's own currency or measure.  NaN stays NaN.
    unit : float or None
        The step, above 0; ``None`` leaves the values as they are.
    direction : {"nearest", "up", "down"}
        ``up`` is towards plus infinity, ``down`` towards minus infinity.
    tie : {"half up", "half down", "half even", "half away"}
        Where a value in the middle of two multiples goes; used with ``nearest`` only.

    Returns
    -------
    float array of the same shape
        The doubles nearest to the decimal multiples.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a unit that is not above 0, ``CHOICE`` for an unknown direction or tie rule.

    Examples
    --------
    >>> round_to(11_100 * 1.03, 1.0, "up")
    11433.0
    >>> round_to(21.55375, 0.10, "up"), round_to(2.675, 0.01), round_to(2.675, 0.01, tie="half even")
    (21.6, 2.68, 2.68)
    >>> round_to(2.665, 0.01, tie="half even")
    2.66
    """
    if unit is None:
        return values
    _known(direction, DIRECTIONS, "direction")
    _known(tie, TIES, "tie")
    step, parts = _ratio(float(unit))
    count = np.asarray(values, dtype=np.float64) * (parts / step)
    whole = _whole(count, direction, tie)
    rounded = (whole if step == 1 else whole * step) / parts
    return rounded if isinstance(values, np.ndarray) else float(rounded)


@overload
def round_decimals(values: float, decimals: int | None, tie: str = ...) -> float: ...
@overload
def round_decimals(values: Floats, decimals: int | None, tie: str = ...) -> Floats: ...
def round_decimals(values: Numbers, decimals: int | None, tie: str = "half up") -> Numbers:
    """Round to a number of decimals; see :func:`round_to`.  ``None`` leaves the values as they are.

    Examples
    --------
    >>> round_decimals(0.385, 2), round_decimals(1.005, 2), round_decimals(-0.385, 2)
    (0.39, 1.01, -0.38)
    """
    return values if decimals is None else round_to(values, float(f"1e{-int(decimals)}"), "nearest", tie)


def _whole(count: Floats, direction: str, tie: str) -> Floats:
    if direction == "nearest":
        return _nearest(count, tie) if np.ndim(count) else _with_ties(count, tie)
    nearest = np.rint(count)
    beyond = np.ceil(count) if direction == "up" else np.floor(count)
    return np.where(np.abs(count - nearest) <= _slack(count), nearest, beyond)


def _nearest(count: Floats, tie: str) -> Floats:
    # Middles are rare: one screen at the widest slack finds the few values that need the tie rule.
    nearest = np.rint(count)
    widest = _slack(max(nearest.max(initial=0.0), -nearest.min(initial=0.0)))
    off = count - nearest
    doubtful = ~(np.abs(off, out=off) < 0.5 - 2.0 * widest)
    if doubtful.any():
        nearest[doubtful] = _with_ties(count[doubtful], tie)
    return nearest


def _with_ties(count: Floats, tie: str) -> Floats:
    lower = np.floor(count)
    middle = np.abs(count - lower - 0.5) <= _slack(count)
    return np.where(middle, lower + _upper_wins(lower, tie), np.rint(count))


def _slack(count: Any) -> Any:
    # Never more than a quarter: beyond 1e14 units the spacing of doubles would make every value a middle.
    return np.minimum(NEAR + np.abs(count) * 2.0**-50, 0.25)


def _upper_wins(lower: Floats, tie: str) -> Floats:
    if tie == "half even":
        return np.asarray(lower % 2.0, dtype=np.float64)
    if tie == "half away":
        return np.where(lower >= 0, 1.0, 0.0)
    return np.full(lower.shape, 1.0 if tie == "half up" else 0.0)


@lru_cache(maxsize=64)
def _ratio(unit: float) -> tuple[int, int]:
    if not (unit > 0 and np.isfinite(unit)):
        raise XlidxError(
            Kind.DOMAIN,
            f"rounding unit is {unit:g} but must be above 0",
            "argument rounding",
            "give the step, for example 0.01",
        )
    return Decimal(repr(unit)).as_integer_ratio()


def _known(word: str, allowed: tuple[str, ...], name: str) -> None:
    if word not in allowed:
        raise XlidxError(Kind.CHOICE, f"{name} {word!r} is not known", f"argument {name}", f"use {', '.join(allowed)}")


def digits15(number: float) -> float:
    """Return a number cut to the 15 significant digits that Excel compares.

    Examples
    --------
    >>> digits15(0.1 + 0.2)
    0.3
    """
    return float(f"{number:.15g}")
