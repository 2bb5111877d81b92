"""Watching a stop-loss price: the first moment of a touch, and the price of the valuation period after it."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from xlidx.arrays import Bools, Days, Floats, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.turbo.stop_loss import stop_loss_event
from xlidx.turbo.terms import Coded, one_certificate, sign_of
from xlidx.turbo.valuation import termination_price


@attrs.frozen
class Watch:
    """What a watch found: the moment of the event and the level then, the end of the valuation period and its price.

    Without an event the moments are NaT and the levels NaN.
    """

    event: bool
    moment: np.datetime64
    level: float
    until: np.datetime64
    price: float


@rule("ing_open_end_turbo", "C.10")
@rule("ing_open_end_turbo", "C.11")
@rule("ing_open_end_turbo", "C.15")
def stop_loss_watch(
    side: Coded,
    stop_loss: Numbers,
    times: Any,
    low: Floats,
    high: Floats | None = None,
    disrupted: bool | Bools = False,
    hours: float = 0.0,
) -> Watch:
    """Return the first stop-loss event among ticks or bars, and the least favourable price of the period after it.

    Parameters
    ----------
    side : str or sign
        ``long`` or ``short``.
    stop_loss : float, or float array (N)
        Stop-loss price in force [financing level currency], above 0; one per tick when it moves with the days.
    times : datetimes (N)
        Moments of the ticks, or days of the bars, in rising order; equal ones may follow each other.
    low, high : float arrays (N)
        Lowest and highest level [same]; ``high`` left out means ticks, whose low is their high.  NaN only where
        disrupted.
    disrupted : bool, or bool array (N)
        Ticks during a market disruption: they count neither for the event nor for the price.
    hours : float
        Length of the valuation period from the event on, ends included, 0 or more; 0 takes the tick or bar of the
        event alone.

    Returns
    -------
    Watch
        Price: long the lowest, short the highest level of the period, see
        :func:`xlidx.turbo.valuation.termination_price`; best and limited certificates do not need it.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for times out of order, low above high, a missing level outside a disruption or a negative
        period; ``SHAPE`` for ranges that do not fit.

    Notes
    -----
    Rule: conditions on the stop-loss event, its valuation period and market disruption.

    *Reading*: the length of the period is not printed; the issuer's texts speak of two trading days at most.

    Examples
    --------
    >>> found = stop_loss_watch("long", 100.0, ["2020-02-10T09:00", "2020-02-10T09:01", "2020-02-10T09:30"],
    ...                         np.array([101.0, 99.5, 99.0]), hours=1)
    >>> str(found.moment), found.level, found.price
    ('2020-02-10T09:01:00.000000', 99.5, 99.0)
    """
    side, hours = one_certificate(side, hours)
    require(hours >= 0.0, hours, "hours", "be 0 or more", "give the length of the valuation period")
    moments = np.atleast_1d(np.asarray(times, dtype="datetime64[us]"))
    barrier, lows, highs, masked = _columns(moments, stop_loss, low, low if high is None else high, disrupted)
    require(np.append(True, moments[1:] >= moments[:-1]), moments, "time", "not lie before the last", "sort the ticks")
    known = np.flatnonzero(~masked)
    touched = np.asarray(stop_loss_event(sign_of(side), barrier[known], lows[known], highs[known]))
    if not touched.any():
        return Watch(False, np.datetime64("NaT", "us"), np.nan, np.datetime64("NaT", "us"), np.nan)
    first = known[touched.argmax()]
    until = moments[first] + np.timedelta64(round(min(hours, 1e6) * 3_600_000_000), "us")
    period = (np.arange(moments.size) >= first) & (moments <= until) & ~masked
    period &= (hours > 0.0) | (np.arange(moments.size) == first)
    level = float((lows if sign_of(side) > 0.0 else highs)[first])
    return Watch(True, moments[first], level, until, termination_price(side, lows[period], highs[period]))


def _columns(moments: Days, *values: Any) -> list[Any]:
    """Return every argument as one value per moment."""
    found = []
    for value in values:
        column = np.asarray(value).ravel()
        if column.size not in (1, moments.size):
            what = f"{column.size} values for {moments.size} times"
            raise XlidxError(Kind.SHAPE, what, "arguments", "give one value per time, or one for all")
        found.append(np.broadcast_to(column, moments.shape))
    return found
