"""The economics table of new Final Terms: a ladder of series with the columns and units that the document prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.identifiers import is_isin
from xlidx.rules import rule

HEADER = (
    "Series Number of the Certificates",
    "ISIN Code",
    "Number of Certificates being issued",
    "Issue price per Certificate",
    "Current Financing Level on the Trade Date",
    "Current Spread on the Trade Date",
    "Maximum Spread",
    "Current Stop Loss Premium Rate on the Trade Date",
    "Maximum Premium",
    "Minimum Premium",
    "Stop Loss Price on the Trade Date",
    "Stop Loss Price Rounding",
    "Entitlement",
    "Financing Level Currency",
)
"""Titles of table T.2 of the Final Terms, in their order."""


@rule("ing_open_end_turbo", "T.2")
def issue_table(
    ladder: pd.DataFrame,
    entitlement: float,
    currency: str,
    first_series: float = 1,
    isins: Sequence[str] | None = None,
    number: float = 2_000_000,
    spread: float = 0.035,
    maximum_spread: float = 0.05,
    premium: float = 0.0,
    maximum_premium: float = 0.2,
    minimum_premium: float = 0.0,
    rounding: float = 0.01,
) -> pd.DataFrame:
    """Return the rows of the economics table for the series of a ladder.

    Parameters
    ----------
    ladder : DataFrame
        From :func:`xlidx.turbo.issuance.ladder.ladder`.
    entitlement : float
        Units of the underlying per certificate, above 0.
    currency : str
        Financing level currency.
    first_series : int
        Series number of the first row; the others count on.
    isins : sequence of str, optional
        One per series, with right check digits; left out, the column is blank.
    number : int
        Certificates of each series, above 0.
    spread, maximum_spread, premium, maximum_premium, minimum_premium : float
        Fractions; spread and premium within their bounds.
    rounding : float
        Stop-loss price rounding, above 0.

    Returns
    -------
    DataFrame with the columns of :data:`HEADER`
        Spreads and premiums in per cent, as the document prints them: 3.5, not 0.035.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, for a wrong ISIN and one that appears twice;
        ``SHAPE`` for another number of ISINs.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 1 and 3 to 17, table after item 23.

    Examples
    --------
    >>> from xlidx.turbo.issuance.ladder import ladder
    >>> issue_table(ladder("short", 13532.32, [13571.32], 0.01), 0.01, "EUR", 108731).iloc[0, [0, 3, 4, 5]].tolist()
    [108731.0, 0.39, 13571.32, 3.5]
    """
    _require_terms(entitlement, first_series, number, rounding)
    _require_bounds(spread, maximum_spread, premium, maximum_premium, minimum_premium)
    size = len(ladder)
    codes = _codes(isins, size)
    # Six decimals of a per cent: 0.035 x 100 is 3.5000000000000004 in binary.
    per_cent = [round(100.0 * x, 6) for x in (spread, maximum_spread, premium, maximum_premium, minimum_premium)]
    series = first_series + np.arange(size, dtype=np.float64)
    price, level, barrier = (ladder[name].to_numpy() for name in ("issue_price", "financing_level", "stop_loss"))
    last: list[Any] = [barrier, rounding, entitlement, currency]
    columns = [series, codes, float(number), price, level, *per_cent, *last]
    return pd.DataFrame(dict(zip(HEADER, columns, strict=True)), index=range(size))


def _codes(isins: Sequence[str] | None, size: int) -> pd.Series[Any]:
    found = [None] * size if isins is None else [isin and isin.strip().upper() for isin in isins]
    if len(found) != size:
        what = f"{len(found)} ISINs for {size} series"
        raise XlidxError(Kind.SHAPE, what, "argument isins", "give one ISIN per series, or none")
    seen: set[str | None] = set()
    for place, isin in enumerate(found, start=1):
        where = f"argument isins, item {place}"
        if isin is not None and not is_isin(isin):
            what = f"{isin} is no ISIN: its form or check digit is wrong"
            raise XlidxError(Kind.DOMAIN, what, where, "correct it")
        if isin is not None and isin in seen:
            raise XlidxError(Kind.DOMAIN, f"{isin} appears twice", where, "give every series its own")
        seen.add(isin)
    return pd.Series(found, dtype=object)


def _require_terms(entitlement: float, first_series: float, number: float, rounding: float) -> None:
    for value, name, mend in (
        (entitlement, "entitlement", "give units per certificate: a ratio of 100 is 0.01"),
        (rounding, "rounding", "give the unit, for example 0.01"),
    ):
        require(value > 0.0, value, name, "be above 0", mend)
    for value, name in ((first_series, "first series"), (number, "number")):
        require(value > 0 and value % 1 == 0, value, name, "be a whole number above 0", "give a count")


def _require_bounds(spread: float, most: float, premium: float, highest: float, lowest: float) -> None:
    names = ("spread", "maximum spread", "premium", "maximum premium", "minimum premium")
    for value, name in zip((spread, most, premium, highest, lowest), names, strict=True):
        require_fraction(value, name)
    require(spread <= most, spread, "spread", "not be above the maximum spread", "lower it, or raise the maximum")
    inside = lowest <= premium <= highest
    require(inside, premium, "premium", "lie within minimum and maximum premium", "correct it, or the bounds")
