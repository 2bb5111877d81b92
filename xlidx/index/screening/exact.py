"""Decimal numbers as they were typed: comparisons at a limit must not depend on binary rounding."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import isnan


def exact(value: float) -> Fraction:
    """Return the decimal number that a float is written as.

    Examples
    --------
    >>> exact(0.1) * 3 == exact(0.3)
    True
    """
    return Fraction(repr(float(value)))


def known(values: Iterable[float]) -> list[Fraction]:
    """Return the numbers of a column that are there, exactly."""
    return [exact(value) for value in values if not isnan(value)]
