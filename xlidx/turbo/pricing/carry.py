"""What a holder pays and hedges: premium, carry, break-even, hedge count, currency exposure.

Every function refuses, with an ``XlidxError``, numbers outside the ranges it states and missing ones
(``DOMAIN``) and words it does not know (``CHOICE``).
"""

from __future__ import annotations

from typing import Any

from xlidx.arrays import Numbers, require
from xlidx.rules import Step, cite, rule
from xlidx.turbo import financing
from xlidx.turbo.pricing.analytics import explain_intrinsic_value, intrinsic_value, leverage
from xlidx.turbo.settlement import require_terms
from xlidx.turbo.terms import Coded, arguments_of, sign_of


@rule("ing_open_end_turbo", "C.12")
def premium(
    side: Coded, price: Numbers, financing_level: Numbers, spot: Numbers, entitlement: Numbers, fx: Numbers = 1.0
) -> Numbers:
    """Return what a price holds beyond the intrinsic value.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    price : float array (...)
        Price of one certificate [settlement currency], 0 or more.
    financing_level, spot, entitlement, fx : float arrays (...)
        As in :func:`xlidx.turbo.pricing.analytics.intrinsic_value`.

    Returns
    -------
    float or float array (...)
        ``P - max(0, s (S - F)) E / X`` [settlement currency]; negative below the intrinsic value.

    Examples
    --------
    >>> float(premium("long", 8.25, 7000.0, 8000.0, 0.01, 1.25))
    0.25
    """
    _require_price(price)
    return price - intrinsic_value(side, financing_level, spot, entitlement, fx)


@rule("ing_open_end_turbo", "C.12")
def premium_share(
    side: Coded, price: Numbers, financing_level: Numbers, spot: Numbers, entitlement: Numbers, fx: Numbers = 1.0
) -> Numbers:
    """Return the premium over the intrinsic value as a fraction of the spot.

    Parameters
    ----------
    side, price, financing_level, spot, entitlement, fx
        As in :func:`premium`; spot above 0.

    Returns
    -------
    float or float array (...)
        ``(P - V) X / (E S)`` [fraction of spot].

    *Reading*: with value in the certificate this is the field's ``(F + s P X / E - S) s / S``, the move of
    the spot up to break-even.  Without value the intrinsic value counts as 0 here.

    Examples
    --------
    >>> float(premium_share("long", 8.25, 7000.0, 8000.0, 0.01, 1.25))
    0.00390625
    """
    _require_spot(spot)
    return premium(side, price, financing_level, spot, entitlement, fx) * fx / (entitlement * spot)


@rule("ing_open_end_turbo", "C.2")
def carry_per_day(
    side: Coded,
    financing_level: Numbers,
    rate: Numbers,
    spread: Numbers,
    entitlement: Numbers,
    fx: Numbers = 1.0,
    day_count: Numbers = 360,
) -> Numbers:
    """Return the change of value of one certificate over one calendar day at an unchanged spot.

    Parameters
    ----------
    side, financing_level, rate, spread, day_count
        As in :func:`xlidx.turbo.financing.financing_level`.
    entitlement : float array (...)
        Units of the underlying per certificate, above 0.
    fx : float array (...)
        Financing level currency per settlement currency, above 0; divides.

    Returns
    -------
    float or float array (...)
        ``-s F (r + s m) / D x E / X`` [settlement currency per day]; negative when the holder pays.

    Examples
    --------
    >>> round(float(carry_per_day("short", 13571.32, -0.0045, 0.035, 0.01)), 6)
    -0.014891
    """
    require_terms(financing_level, entitlement, fx)
    cost = financing.funding_cost(side, financing_level, rate, spread, 1, day_count)
    return -sign_of(side) * cost * entitlement / fx


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.12")
def break_even(
    side: Coded,
    price: Numbers,
    financing_level: Numbers,
    entitlement: Numbers,
    fx: Numbers = 1.0,
    days: Numbers = 0,
    rate: Numbers = 0.0,
    spread: Numbers = 0.0,
    dividend: Numbers = 0.0,
    day_count: Numbers = 360,
) -> Numbers:
    """Return the level of the underlying at which a certificate bought at a price pays that price back.

    Parameters
    ----------
    side, entitlement, fx
        As in :func:`carry_per_day`; the exchange rate is that of the day of payment.
    price : float array (...)
        Price paid [settlement currency], 0 or more.
    financing_level, rate, spread, days, dividend, day_count
        As in :func:`xlidx.turbo.financing.financing_level`; 0 days takes the level as it is.

    Returns
    -------
    float or float array (...)
        ``F(T) + s P X / E`` [financing level currency per unit of the underlying].

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a short bought at more than it can ever pay: its break-even is not above 0, and no spot
        reaches it; otherwise as :func:`xlidx.turbo.financing.financing_level`.

    Examples
    --------
    >>> float(break_even("long", 8.25, 7000.0, 0.01, 1.25))
    8031.25
    """
    _require_price(price)
    require_terms(financing_level, entitlement, fx)
    level = financing.financing_level(side, financing_level, rate, spread, days, dividend, day_count)
    found = level + sign_of(side) * price * fx / entitlement
    require(
        found > 0.0, found, "break-even", "be above 0", "a short pays at most its level: check price and entitlement"
    )
    return found


def hedge_count(position: Numbers, spot: Numbers, entitlement: Numbers, fx: Numbers = 1.0) -> Numbers:
    """Return how many certificates move against a position as much as the position itself.

    Parameters
    ----------
    position : float array (...)
        Market value to be covered [settlement currency], 0 or more.
    spot : float array (...)
        Level of the underlying [financing level currency], above 0.
    entitlement, fx
        As in :func:`carry_per_day`.

    Returns
    -------
    float or float array (...)
        ``position / (S E / X)`` [certificates], unrounded.

    Examples
    --------
    >>> hedge_count(100_000.0, 12_500.0, 0.01)
    800.0
    """
    require(position >= 0.0, position, "position", "be 0 or more", "give the market value to be covered")
    _require_spot(spot)
    return position / leverage(spot, entitlement, 1.0, fx)


@rule("ing_open_end_turbo", "C.14")
def fx_exposure(
    side: Coded, financing_level: Numbers, spot: Numbers, entitlement: Numbers, count: Numbers = 1.0
) -> Numbers:
    """Return the amount of financing level currency that a holder owns through the certificates.

    Parameters
    ----------
    side, financing_level, spot, entitlement
        As in :func:`xlidx.turbo.pricing.analytics.intrinsic_value`.
    count : float array (...)
        Certificates held, 0 or more.

    Returns
    -------
    float or float array (...)
        ``n max(0, s (S - F)) E`` [financing level currency]: to be sold forward by a holder who wants no
        currency risk.  Divided by the exchange rate it is the value of the certificates.

    Examples
    --------
    >>> float(fx_exposure("long", 7000.0, 8000.0, 0.01, 500.0))
    5000.0
    """
    require(count >= 0.0, count, "count", "be 0 or more", "give the number of certificates held")
    return intrinsic_value(side, financing_level, spot, entitlement) * count


def explain_premium(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`premium`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.value for step in explain_premium("long", 8.25, 7000.0, 8000.0, 0.01, 1.25)]
    [8.25, 8.0, 0.25]
    """
    side, price, level, spot, ratio, fx = arguments_of(premium, terms, named)
    found, clause = premium(side, price, level, spot, ratio, fx), cite(premium)
    value = intrinsic_value(side, level, spot, ratio, fx)
    return [
        Step("P", "price of one certificate", float(price), "settlement currency"),
        Step("V", "intrinsic value max(0, s(S - F)) E / X", float(value), "settlement currency", clause),
        Step("P - V", "premium", float(found), "settlement currency"),
    ]


def explain_premium_share(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`premium_share`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.value for step in explain_premium_share("long", 8.25, 7000.0, 8000.0, 0.01, 1.25)][2:]
    [0.25, 64.0, 0.00390625]
    """
    plain = arguments_of(premium_share, terms, named)
    share, (_, _, _, spot, ratio, fx) = premium_share(*plain), plain
    held = float(spot * ratio / fx)
    return [
        *explain_premium(*plain),
        Step("S E / X", "underlying per certificate", held, "settlement currency"),
        Step("(P - V) X / (E S)", "premium as a fraction of the spot", float(share), "of spot"),
    ]


def explain_carry_per_day(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`carry_per_day`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.symbol for step in explain_carry_per_day("short", 13571.32, -0.0045, 0.035, 0.01)]
    ['s', 'K', 'E', 'X', '-s K E / X']
    """
    plain = arguments_of(carry_per_day, terms, named)
    cost, clause = financing.funding_cost(*[*plain[:4], 1, plain[6]]), cite(financing.funding_cost)
    return [
        Step("s", "side: +1 long, -1 short", float(sign_of(plain[0]))),
        Step("K", "funding cost F (r + s m) / D of one day", float(cost), "currency", clause),
        *_ratio_steps(plain[4], plain[5]),
        Step("-s K E / X", "change of value in one day", float(carry_per_day(*plain)), "settlement currency"),
    ]


def explain_break_even(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`break_even`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.value for step in explain_break_even("long", 8.25, 7000.0, 0.01, 1.25)]
    [1.0, 7000.0, 8.25, 0.01, 1.25, 8031.25]
    """
    plain = arguments_of(break_even, terms, named)
    side, price, level, ratio, fx, days, rate, spread, dividend, day_count = plain
    clause = cite(financing.financing_level)
    later = financing.financing_level(side, level, rate, spread, days, dividend, day_count)
    return [
        Step("s", "side: +1 long, -1 short", float(sign_of(side))),
        Step("F(T)", f"financing level after {days:g} days", float(later), "currency", clause),
        Step("P", "price paid", float(price), "settlement currency"),
        *_ratio_steps(ratio, fx),
        Step("F(T) + s P X / E", "break-even", float(break_even(*plain)), "currency"),
    ]


def explain_hedge_count(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`hedge_count`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.value for step in explain_hedge_count(100_000.0, 12_500.0, 0.01)]
    [100000.0, 12500.0, 0.01, 1.0, 800.0]
    """
    plain = arguments_of(hedge_count, terms, named)
    position, spot, ratio, fx = plain
    return [
        Step("A", "position to be covered", float(position), "settlement currency"),
        Step("S", "level of the underlying", float(spot), "currency"),
        *_ratio_steps(ratio, fx),
        Step("A X / (S E)", "certificates that cover it", float(hedge_count(*plain)), "certificates"),
    ]


def explain_fx_exposure(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`fx_exposure`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.value for step in explain_fx_exposure("long", 7000.0, 8000.0, 0.01, 500.0)]
    [1.0, 7000.0, 8000.0, 1000.0, 0.01, 1.0, 500.0, 5000.0]
    """
    plain = arguments_of(fx_exposure, terms, named)
    *certificate, count = plain
    return [
        *explain_intrinsic_value(*certificate)[:-1],
        Step("n", "certificates held", float(count), "certificates"),
        Step("n max(0, s(S - F)) E", "exposure", float(fx_exposure(*plain)), "currency", cite(fx_exposure)),
    ]


def _ratio_steps(entitlement: float, fx: float) -> list[Step]:
    return [
        Step("E", "entitlement", float(entitlement), "units per certificate"),
        Step("X", "exchange rate", float(fx), "currency per settlement currency"),
    ]


def _require_price(price: Numbers) -> None:
    require(price >= 0.0, price, "price", "be 0 or more", "give the price of one certificate")


def _require_spot(spot: Numbers) -> None:
    require(spot > 0.0, spot, "spot", "be above 0", "give the level of the underlying")
