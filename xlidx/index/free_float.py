"""Free float in bands: the factor a rule book applies is a whole number of steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from xlidx.arrays import Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.level import one_date, operand, require_fractions
from xlidx.rules import Step, cite, rule

BILLION = 1_000_000_000
DIRECTIONS = ("up", "nearest", "down")

Counts = npt.NDArray[np.int64]


@rule("psi20", "8.1")
@rule("psi20", "5.3.1")
def free_float_band(free_float: Numbers, band: float = 0.05, direction: str = "up") -> Numbers:
    """Free-float factor of a raw free float: rounded to whole steps, never above 1.

    Parameters
    ----------
    free_float : float or array of any shape [fraction, 0 to 1]
        Raw free float.
    band : float [fraction]
        Width of a band; a whole number of billionths.
    direction : {"up", "nearest", "down"}
        ``nearest`` takes the upper band when both are equally near.

    Returns
    -------
    float or array of the same shape [fraction]
        The doubles nearest to the printed decimals: 15 % is exactly ``0.15``.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a free float outside 0 to 1, missing (NaN), or a band outside 0 to 1; ``CHOICE`` for an
        unknown direction.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 8.1 and 5.3.1.
    *Reading*: an exact multiple stays in its band.  Free floats are read to nine decimals and compared as
    whole numbers, so 1 - 0.7, which is 0.30000000000000004 in binary, stays at 30 %.

    Examples
    --------
    >>> free_float_band(0.15), free_float_band(0.1500001), free_float_band(1 - 0.7)
    (0.15, 0.2, 0.3)
    >>> free_float_band(np.array([0.12, 0.125]), 0.05, "nearest").tolist()
    [0.1, 0.15]
    """
    width = _width(band)
    raw = np.asarray(free_float, dtype=np.float64)
    return _factor(_bands(raw, width, direction), width)


def explain_free_float_band(free_float: Numbers, band: float = 0.05, direction: str = "up") -> list[Step]:
    """Return the steps from raw free float to the banded factor, member by member; arguments as the function.

    Examples
    --------
    >>> [(s.symbol, s.value) for s in explain_free_float_band(0.1500001)]
    [('band', 0.05), ('raw[1]', 0.1500001), ('n[1]', 4.0), ('F[1]', 0.2)]
    """
    one_date(free_float)
    raw, width, clause = np.atleast_1d(free_float), _width(band), cite(free_float_band)
    bands = _bands(raw, width, direction)
    factors = np.atleast_1d(_factor(bands, width))
    places = range(1, raw.size + 1)
    return [
        Step("band", "width of a band", width / BILLION, "fraction", clause),
        *(Step(f"raw[{i}]", "raw free float", float(raw[i - 1]), "fraction", clause) for i in places),
        *(Step(f"n[{i}]", f"bands, {direction}", float(bands[i - 1]), "number", clause) for i in places),
        *(Step(f"F[{i}]", "free-float factor", float(factors[i - 1]), "fraction", clause) for i in places),
    ]


def _bands(free_float: Any, width: int, direction: str) -> Counts:
    if direction not in DIRECTIONS:
        what, mend = f"direction {direction!r} is not known", f"use {', '.join(DIRECTIONS)}"
        raise XlidxError(Kind.CHOICE, what, "argument direction", mend)
    require_fractions(operand(free_float), "free_float")
    parts = np.rint(np.multiply(free_float, BILLION)).astype(np.int64)
    if direction == "nearest":
        return np.asarray((2 * parts + width) // (2 * width))
    return np.asarray(-(-parts // width) if direction == "up" else parts // width)


def _factor(bands: Counts, width: int) -> Numbers:
    factor = np.minimum(bands * width, BILLION) / BILLION
    return factor if bands.ndim else float(factor)


def _width(band: float) -> int:
    require(0 < band <= 1, band, "band", "lie above 0 and up to 1", "give it as a fraction: 5 % is 0.05")
    parts = round(band * BILLION)
    whole = parts > 0 and abs(band * BILLION - parts) < 1e-6
    require(whole, band, "band", "be a whole number of billionths", "give a band such as 0.05")
    return parts
