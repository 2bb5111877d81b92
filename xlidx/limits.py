"""Limits of work: how much the arguments of one call may ask for, whatever the number of its cells.

A year typed wrong, a count with a digit too many or two ranges laid across each other ask for more than any sheet
can use.  Each formula says here what it is about to make, before it makes it.
"""

from __future__ import annotations

from typing import Final

import attrs

from xlidx.errors import Kind, XlidxError


@attrs.frozen
class Limit:
    """The most of something that one call computes, its unit, how to fix a call that asks for more, and its kind."""

    most: int
    unit: str
    mend: str
    kind: Kind = Kind.DOMAIN


DAYS: Final = Limit(40_000, "days", "check the years of the dates")  # 109 years: no index is older by day
CELLS: Final = Limit(20_000_000, "cells", "select single cells, or ranges of equal size", Kind.SHAPE)  # 160 MB
ROWS: Final = Limit(1_048_575, "rows", "take fewer rows, days or steps", Kind.SHAPE)  # of a worksheet, less the header
LEVELS: Final = Limit(1_000_000, "levels", "check the days, or take a longer step")  # a day at 0.1 seconds
VALUATION_DATES: Final = Limit(50, "valuation dates", "say how many dates are wanted, from 1 to 50")
SERIES: Final = Limit(10_000, "series", "give the number of series, from 1 to 10,000")
BYTES: Final = Limit(50_000_000, "bytes", "give the document alone, as text or PDF")
PAGES: Final = Limit(1_000, "pages", "give the document alone")


def within(limit: Limit, asked: float, what: str, where: str) -> None:
    """Refuse a call that asks for more than a limit.

    Parameters
    ----------
    limit : Limit
    asked : float
        How many units the call is about to make.
    what, where : str
        What would have that many, and the argument or table that says so.

    Raises
    ------
    XlidxError
        Of the kind of the limit, before anything is made.

    Examples
    --------
    >>> within(DAYS, 2_915_000, "the market", "table market, column date")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: the market has 2,915,000 days, more than the 40,000 of one call - table market, column ...
    """
    if not asked <= limit.most:
        count = f"{asked:,.0f}" if asked < 1e15 else f"{asked:.3g}"
        what = f"{what} has {count} {limit.unit}, more than the {limit.most:,} of one call"
        raise XlidxError(limit.kind, what, where, limit.mend)
