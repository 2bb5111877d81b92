"""Figures that product pages show: intrinsic value, leverage, distance to the stop-loss price."""

from __future__ import annotations

from xlidx.arrays import Numbers, require
from xlidx.rules import Step, cite, rule
from xlidx.turbo.settlement import payoff, require_terms
from xlidx.turbo.terms import Coded, one_certificate, sign_of


@rule("ing_open_end_turbo", "C.12")
def intrinsic_value(
    side: Coded, financing_level: Numbers, spot: Numbers, entitlement: Numbers, fx: Numbers = 1.0
) -> Numbers:
    """Return what one certificate would pay if it were settled at the spot, unrounded.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    financing_level : float array (...)
        Level of the day [financing level currency per unit of the underlying], above 0.
    spot : float array (...)
        Level of the underlying [same], 0 or more.
    entitlement : float array (...)
        Units of the underlying per certificate, above 0.
    fx : float array (...)
        Units of the financing level currency per unit of the settlement currency, above 0; divides.

    Returns
    -------
    float or float array (...)
        ``max(0, s (S - F)) E / X`` [settlement currency].

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, ``CHOICE`` for an unknown side.  NaN is refused.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, item 20; condition on the cash settlement amount.

    Examples
    --------
    >>> float(intrinsic_value("long", 7000.0, 8000.0, 0.01, 1.25))
    8.0
    """
    require_terms(financing_level, entitlement, fx)
    require(spot >= 0.0, spot, "spot", "be 0 or more", "give the level of the underlying")
    return payoff(sign_of(side), financing_level, spot, entitlement, fx)


def leverage(spot: Numbers, entitlement: Numbers, price: Numbers, fx: Numbers = 1.0) -> Numbers:
    """Return the underlying held per unit of money paid.

    Parameters
    ----------
    spot : float array (...)
        Level of the underlying [financing level currency], 0 or more.
    entitlement : float array (...)
        Units of the underlying per certificate, above 0.
    price : float array (...)
        Price of one certificate [settlement currency], above 0.
    fx : float array (...)
        Units of the financing level currency per unit of the settlement currency, above 0.

    Returns
    -------
    float or float array (...)
        ``S E / (X P)`` [times].

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above.  Missing values (NaN) are refused.

    Notes
    -----
    Not a term of the contract: a market figure.

    Examples
    --------
    >>> leverage(100.0, 1.0, 20.0)
    5.0
    """
    require(spot >= 0.0, spot, "spot", "be 0 or more", "give the level of the underlying")
    require(entitlement > 0.0, entitlement, "entitlement", "be above 0", "a ratio of 100 is 0.01")
    require(price > 0.0, price, "price", "be above 0", "a certificate without value has no leverage")
    require(fx > 0.0, fx, "fx", "be above 0", "give financing currency per settlement currency")
    return spot * entitlement / (fx * price)


def distance(side: Coded, spot: Numbers, stop_loss: Numbers) -> Numbers:
    """Return how far the underlying is from the stop-loss price, as a fraction of the spot.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    spot : float array (...)
        Level of the underlying [financing level currency], above 0.
    stop_loss : float array (...)
        Stop-loss price [same], above 0.

    Returns
    -------
    float or float array (...)
        ``s (S - B) / S`` [fraction of spot]; negative once the spot is beyond the stop-loss price.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, ``CHOICE`` for an unknown side.  NaN is refused.

    Notes
    -----
    Not a term of the contract: a market figure.

    Examples
    --------
    >>> distance("long", 25.0, 20.0), distance("short", 25.0, 20.0)
    (0.2, -0.2)
    """
    require(spot > 0.0, spot, "spot", "be above 0", "give the level of the underlying")
    require(stop_loss > 0.0, stop_loss, "stop-loss price", "be above 0", "give the stop-loss price in force")
    return sign_of(side) * (spot - stop_loss) / spot


def explain_intrinsic_value(
    side: Coded, financing_level: Numbers, spot: Numbers, entitlement: Numbers, fx: Numbers = 1.0
) -> list[Step]:
    """Return the steps of the intrinsic value, for one certificate.

    Examples
    --------
    >>> [step.value for step in explain_intrinsic_value("long", 7000.0, 8000.0, 0.01, 1.25)]
    [1.0, 7000.0, 8000.0, 1000.0, 0.01, 1.25, 8.0]
    """
    side, level, spot, ratio, fx = one_certificate(side, financing_level, spot, entitlement, fx)
    value, sign, clause = intrinsic_value(side, level, spot, ratio, fx), sign_of(side), cite(intrinsic_value)
    return [
        Step("s", "side: +1 long, -1 short", float(sign)),
        Step("F", "financing level", float(level), "currency", clause),
        Step("S", "level of the underlying", float(spot), "currency", clause),
        Step("s(S - F)", "difference in favour of the holder", float(sign * (spot - level)), "currency", clause),
        Step("E", "entitlement", float(ratio), "units per certificate", clause),
        Step("X", "exchange rate, divides", float(fx), "currency per settlement currency", clause),
        Step("V", "max(0, s(S - F)) E / X", float(value), "settlement currency", clause),
    ]


def explain_leverage(spot: Numbers, entitlement: Numbers, price: Numbers, fx: Numbers = 1.0) -> list[Step]:
    """Return the steps of the leverage, for one certificate.

    Examples
    --------
    >>> [step.value for step in explain_leverage(100.0, 1.0, 20.0)]
    [100.0, 1.0, 1.0, 20.0, 5.0]
    """
    spot, ratio, price, fx = one_certificate(spot, entitlement, price, fx)
    times = leverage(spot, ratio, price, fx)
    return [
        Step("S", "level of the underlying", float(spot), "currency"),
        Step("E", "entitlement", float(ratio), "units per certificate"),
        Step("X", "exchange rate, divides", float(fx), "currency per settlement currency"),
        Step("P", "price of one certificate", float(price), "settlement currency"),
        Step("L", "leverage S E / (X P)", float(times), "times"),
    ]


def explain_distance(side: Coded, spot: Numbers, stop_loss: Numbers) -> list[Step]:
    """Return the steps of the distance to the stop-loss price, for one certificate.

    Examples
    --------
    >>> [step.value for step in explain_distance("long", 25.0, 20.0)]
    [1.0, 25.0, 20.0, 5.0, 0.2]
    """
    side, spot, barrier = one_certificate(side, spot, stop_loss)
    far, sign = distance(side, spot, barrier), sign_of(side)
    return [
        Step("s", "side: +1 long, -1 short", float(sign)),
        Step("S", "level of the underlying", float(spot), "currency"),
        Step("B", "stop-loss price", float(barrier), "currency"),
        Step("s(S - B)", "distance in points", float(sign * (spot - barrier)), "currency"),
        Step("s(S - B) / S", "distance as a fraction of the spot", float(far), "of spot"),
    ]
