"""New series: strikes laid out from a spot, with issue prices, leverage and distance; retail leverage limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.limits import SERIES, within
from xlidx.rounding import round_to
from xlidx.rules import Step, cite, rule
from xlidx.turbo.pricing.analytics import distance, leverage
from xlidx.turbo.settlement import cash_settlement
from xlidx.turbo.stop_loss import stop_loss_event, stop_loss_price
from xlidx.turbo.terms import Coded, one_certificate, sign_of, word_of

AFM_2021 = "AFM, decision of 30 June 2021 on turbos, Staatscourant 2021-34416"
CFD_SCALE = "scale of the European limits for contracts for difference, which the AFM decision follows"


@attrs.frozen
class LeverageLimit:
    """The highest leverage at which a turbo may be sold to a retail client, and where the number was read."""

    asset_class: str
    leverage: float
    source: str


LEVERAGE_LIMITS = (
    LeverageLimit("major currency pair", 30.0, AFM_2021),
    LeverageLimit("other currency pair", 20.0, CFD_SCALE),
    LeverageLimit("major index", 20.0, AFM_2021),
    LeverageLimit("gold", 20.0, CFD_SCALE),
    LeverageLimit("other index", 10.0, CFD_SCALE),
    LeverageLimit("other commodity", 10.0, CFD_SCALE),
    LeverageLimit("share", 5.0, AFM_2021),
    LeverageLimit("other", 5.0, CFD_SCALE),
    LeverageLimit("crypto-asset", 2.0, AFM_2021),
)
"""Dutch limits in force since 1 October 2021; a major pair joins two of USD, EUR, JPY, GBP, CAD and CHF."""


def ladder_levels(
    side: Coded, spot: float, step: float, count: int, first: float | None = None, unit: float = 0.01
) -> Floats:
    """Return the financing levels of new series, the nearest to the spot first.

    Parameters
    ----------
    side : str or sign
        ``long``: levels below the spot; ``short``: above.
    spot : float
        Reference level of the underlying [financing level currency], above 0.
    step : float
        Distance from one level to the next [same], above 0.
    count : int
        Series to lay out, 1 to 10,000.
    first : float, optional
        Distance of the first level from the spot [same], above 0; one step when left out.
    unit : float
        The levels are rounded to it, half up; 0.01 is how Final Terms print them.

    Returns
    -------
    float array (count,)
        ``S - s (first + k step)`` for k = 0, 1, ...

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above or when a long level would not be above 0; ``SHAPE`` for more than
        one value.

    *Reading*: the levels of one underlying stand even steps apart, as in the Final Terms of 7 February 2020.

    Examples
    --------
    >>> ladder_levels("short", 13532.32, 5.0, 3, 39.0)
    array([13571.32, 13576.32, 13581.32])
    """
    side, spot, step, count, first = one_certificate(side, spot, step, count, first)
    _require_spot(spot)
    require(step > 0.0, step, "increment", "be above 0", "give the distance from one level to the next")
    require(count >= 1 and count % 1 == 0, count, "count", "be a whole number from 1 on", SERIES.mend)
    within(SERIES, count, "the ladder", "argument count")
    start = step if first is None else first
    require(start > 0.0, start, "first", "be above 0", "give the distance of the first level from the spot")
    return _levels(float(sign_of(side)), spot, start + step * np.arange(int(count)), unit)


def target_levels(side: Coded, spot: float, targets: Sequence[float] | Floats, step: float = 0.01) -> Floats:
    """Return the financing levels that come closest to leverage targets without exceeding them.

    Parameters
    ----------
    side, spot
        As in :func:`ladder_levels`.
    targets : float array (S,)
        Leverage wanted [times], above 0; for a long above 1.
    step : float
        The distance from the spot is a whole multiple of it [financing level currency], above 0.

    Returns
    -------
    float array (S,)
        ``S - s d`` with d = S / leverage rounded up to the step.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above.  Missing values (NaN) are refused.

    *Reading*: rounded away from the spot, so that a limit given as target holds for the unrounded price.

    Examples
    --------
    >>> target_levels("short", 13532.32, [20.0, 10.0], 1.0)
    array([14209.32, 14886.32])
    """
    side, spot, step = one_certificate(side, spot, step)
    _require_spot(spot)
    wanted = np.atleast_1d(np.asarray(targets, dtype=np.float64))
    require(wanted > 0.0, wanted, "leverage target", "be above 0", "give leverage in times, for example 20")
    return _levels(float(sign_of(side)), spot, round_to(spot / wanted, step, "up"), 0.01)


@rule("ing_open_end_turbo", "C.9")
@rule("ing_open_end_turbo", "C.12")
def ladder(
    side: Coded,
    spot: float,
    levels: Sequence[float] | Floats,
    entitlement: float,
    fx: float = 1.0,
    kind: Coded = "best",
    premium: float | None = None,
    rounding: float | None = None,
    decimals: int = 2,
) -> pd.DataFrame:
    """Return the series that would be issued at given financing levels.

    Parameters
    ----------
    side, spot
        As in :func:`ladder_levels`.
    levels : float array (S,)
        Financing levels [financing level currency], from :func:`ladder_levels` or :func:`target_levels`.
    entitlement : float
        Units of the underlying per certificate, above 0.
    fx : float
        Financing level currency per settlement currency, above 0; divides.
    kind, premium, rounding
        As in :func:`xlidx.turbo.stop_loss.stop_loss_price`.
    decimals : int
        Decimals of the issue price, rounded half up.

    Returns
    -------
    DataFrame of shape (S, 6)
        series (from 1), financing_level and stop_loss [financing level currency], issue_price [settlement
        currency], leverage at the issue price [times], distance to the stop-loss price [fraction of spot].

    Raises
    ------
    XlidxError
        ``INFEASIBLE`` for a series that would be stopped out at issue or issued at a price of 0, with its
        number; ``DOMAIN`` and ``CHOICE`` as the functions it calls.

    Rule: ING Final Terms of 7 February 2020, items 4, 8 and 14: the 23 issue prices are the rounded intrinsic
    values.

    Examples
    --------
    >>> ladder("short", 13532.32, [13571.32, 13576.32], 0.01)["issue_price"].tolist()
    [0.39, 0.44]
    """
    side, spot, entitlement, fx = one_certificate(side, spot, entitlement, fx)
    strikes = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    barriers = np.asarray(stop_loss_price(side, strikes, premium, rounding, kind))
    _require_spot(spot)
    born = np.asarray(stop_loss_event(side, barriers, spot, spot))
    _refuse(born, "would be stopped out at issue", "move the level away from the spot")
    prices = np.asarray(cash_settlement(side, strikes, spot, entitlement, fx, decimals=decimals))
    _refuse(prices == 0.0, "would be issued at a price of 0", "move the level, or raise entitlement or decimals")
    columns = {
        "series": np.arange(1, strikes.size + 1),
        "financing_level": strikes,
        "stop_loss": barriers,
        "issue_price": prices,
        "leverage": leverage(spot, entitlement, prices, fx),
        "distance": distance(side, spot, barriers),
    }
    return pd.DataFrame(columns)


def explain_ladder(side: Coded, spot: float, *terms: Any, **named: Any) -> list[Step]:
    """Return level, stop-loss, price, leverage and distance of every series; the arguments are those of :func:`ladder`.

    Examples
    --------
    >>> [step.symbol for step in explain_ladder("short", 13532.32, [13571.32], 0.01)]
    ['S', 'F1', 'B1', 'P1', 'L1', 'd1']
    """
    frame = ladder(side, spot, *terms, **named)
    steps = [Step("S", "level of the underlying", float(one_certificate(spot)[0]), "currency")]
    for number, level, barrier, price, times, far in frame.itertuples(index=False):
        steps += [
            Step(f"F{number}", "financing level", float(level), "currency"),
            Step(f"B{number}", "stop-loss price", float(barrier), "currency", cite(stop_loss_price)),
            Step(f"P{number}", "max(0, s(S - F)) E / X, rounded", float(price), "settlement currency", cite(ladder)),
            Step(f"L{number}", "leverage S E / (X P)", float(times), "times"),
            Step(f"d{number}", "distance s(S - B) / S", float(far), "of spot"),
        ]
    return steps


def leverage_limit(asset_class: str) -> float:
    """Return the highest leverage of a turbo for Dutch retail clients, from :data:`LEVERAGE_LIMITS`.

    Parameters
    ----------
    asset_class : str
        One of the classes of the table; case and outer spaces do not matter.

    Returns
    -------
    float
        [times].

    Raises
    ------
    XlidxError
        ``CHOICE`` for another word.

    Notes
    -----
    Rule: decision of the Dutch AFM of 30 June 2021, in force since 1 October 2021.

    *Reading*: the four limits whose source names the decision were read in reports on it; the others are
    taken from the European scale for contracts for difference.

    Examples
    --------
    >>> leverage_limit("major index")
    20.0
    """
    return _limit(asset_class).leverage


def explain_leverage_limit(asset_class: str) -> list[Step]:
    """Return the leverage limit of an asset class with its source.

    Examples
    --------
    >>> explain_leverage_limit("share")[0].value
    5.0
    """
    found = _limit(asset_class)
    return [
        Step("L", f"highest leverage for retail clients: {found.asset_class}", found.leverage, "times", found.source)
    ]


def _limit(asset_class: str) -> LeverageLimit:
    known = [limit.asset_class for limit in LEVERAGE_LIMITS]
    return LEVERAGE_LIMITS[known.index(word_of(asset_class, known, "asset class"))]


def _levels(sign: float, spot: float, offsets: Any, unit: float) -> Floats:
    levels: Floats = round_to(spot - sign * offsets, unit)
    require(levels > 0.0, levels, "financing level", "be above 0", "take fewer or smaller steps")
    return levels


def _require_spot(spot: float) -> None:
    require(0.0 < spot < np.inf, spot, "spot", "be above 0", "give the level of the underlying")


def _refuse(bad: Bools, what: str, mend: str) -> None:
    if bad.any():
        where = f"argument levels, item {int(bad.argmax()) + 1}"
        raise XlidxError(Kind.INFEASIBLE, f"series {int(bad.argmax()) + 1} {what}", where, mend, mask=bad)
