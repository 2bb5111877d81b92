"""Financing level: what the issuer lends, its interest, and the dividends taken off it.

The Final Terms print the level of the trade date and the spread; how the level moves on is written in the
index certificate conditions of the base prospectus, which the Final Terms only refer to.  The formulas here
are the reconstruction used throughout the product family, every open choice a named argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xlidx.arrays import Numbers, require, require_fraction
from xlidx.rules import Step, cite, rule
from xlidx.turbo.terms import Coded, arguments_of, sign_of, word_of

ACCRUALS = ("simple", "daily", "geometric")
UNUSUAL = ("refuse", "allow")
LOWEST_RATE, HIGHEST_RATE = -0.05, 0.2  # no money market of these certificates left them: -0.45 and 0.25 are per cents
USUAL = f"lie between {LOWEST_RATE:g} and {HIGHEST_RATE:g}"
USUAL_MEND = "give a fraction: -0.45 % is -0.0045; or set unusual_rates to allow"


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.2")
@rule("ing_open_end_turbo", "C.5")
def financing_level(
    side: Coded,
    level: Numbers,
    rate: Numbers,
    spread: Numbers,
    days: Numbers,
    dividend: Numbers = 0.0,
    day_count: Numbers = 360,
    accrual: str = "simple",
) -> Numbers:
    """Return the financing level after a number of calendar days.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    level : float array (...)
        Financing level at the last reset [financing level currency per unit of the underlying], above 0.
    rate : float array (...)
        Money-market rate of that currency [fraction per year], -1 to 1; may be negative.
    spread : float array (...)
        Issuer's spread [fraction per year], 0 to 1.
    days : float array (...)
        Calendar days since the last reset, a whole number; a weekend counts.
    dividend : float array (...)
        Notional dividend of the period [like level], 0 or more, taken off for long and short alike.
    day_count : {360, 365}, or array (...) of them
        Days of a year.
    accrual : {"simple", "daily", "geometric"}
        Interest of n days at the yearly cost c: ``c n/D``, ``(1 + c/D)^n - 1`` or ``(1 + c)^(n/D) - 1``.

    Returns
    -------
    float or float array (...)
        New level, unrounded.  A short at a rate below the spread *loses* level: the sign is kept, no floor.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, ``CHOICE`` for an unknown word.  NaN is refused.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 8 and 9; conditions on the financing level, the funding
    cost and the notional dividend.

    *Reading*: the long pays rate plus spread, the short is paid rate minus spread.  With a reset on every
    business day (days = 1, or 3 over a weekend) all accruals chain the same way; the Final Terms print no
    rounding of the level, so none is made.

    Examples
    --------
    >>> round(float(financing_level("short", 9884.36, 0.0158, 0.035, 1)), 10)
    9883.8328341333
    """
    cost = funding_cost(side, level, rate, spread, days, day_count, accrual)
    require(dividend >= 0.0, dividend, "dividend", "be 0 or more", "give the notional dividend, 0 if none")
    return level + cost - dividend


@rule("ing_open_end_turbo", "C.2")
def funding_cost(
    side: Coded,
    level: Numbers,
    rate: Numbers,
    spread: Numbers,
    days: Numbers,
    day_count: Numbers = 360,
    accrual: str = "simple",
) -> Numbers:
    """Return what is added to the financing level for a number of calendar days; may be negative.

    Parameters
    ----------
    side, level, rate, spread, days, day_count, accrual
        As in :func:`financing_level`, which also lists what is refused.

    Returns
    -------
    float or float array (...)
        Cost [like level]: positive raises the level, negative lowers it.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, item 9; condition on the funding cost.

    Examples
    --------
    >>> round(float(funding_cost("short", 13571.32, -0.0045, 0.035, 1)), 10)
    -1.4890753889
    """
    mend = "give the level of the last reset, as printed or rolled"
    require(level > 0.0, level, "financing level", "be above 0", mend)
    require_fraction(rate, "rate", lowest=-1.0)
    require_fraction(spread, "spread")
    _require_days(days, day_count)
    return level * _interest(_yearly_cost(sign_of(side), rate, spread), days, day_count, accrual)


def is_usual(rate: Any) -> Any:
    """Tell whether a money-market rate is one that a market of this century has shown, and not a per cent."""
    return (rate >= LOWEST_RATE) & (rate <= HIGHEST_RATE)


def require_usual(rate: Numbers, unusual_rates: str = "refuse") -> None:
    """Refuse money-market rates that are most likely written in per cent, unless unusual ones are allowed.

    Parameters
    ----------
    rate : float array (...)
        Money-market rate [fraction per year].
    unusual_rates : {"refuse", "allow"}

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a rate below -5 % or above 20 %; ``CHOICE`` for another word.

    Notes
    -----
    *Reading*: EONIA of February 2020 was printed as -0.45 and federal funds of April 2020 as 0.05 to 0.25; taken as
    fractions they would move a level twelve to a hundred times as fast.

    Examples
    --------
    >>> require_usual(-0.0045)
    >>> require_usual(-0.45)
    Traceback (most recent call last):
    xlidx.errors.XlidxError: rate is -0.45 but must lie between -0.05 and 0.2 - argument rate - give a fraction: ...
    """
    if word_of(unusual_rates, UNUSUAL, "unusual_rates") == "refuse":
        require(is_usual(rate), rate, "rate", USUAL, USUAL_MEND)


def explain_financing_level(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps from the last financing level to the new one, for one certificate.

    Examples
    --------
    >>> [step.symbol for step in explain_financing_level("short", 9884.36, 0.0158, 0.035, 1)]
    ['s', 'F', 'r', 'm', 'n', 'D', 'c', 'K', 'd', "F'"]
    """
    plain = arguments_of(financing_level, terms, named)
    result = financing_level(*plain)
    side, level, rate, spread, days, dividend, day_count, accrual = plain
    sign = sign_of(side)
    whole, cost_rule = cite(financing_level), cite(funding_cost)
    return [
        Step("s", "side: +1 long, -1 short", float(sign)),
        Step("F", "financing level at the last reset", float(level), "currency", whole),
        Step("r", "money-market rate", float(rate), "per year", cost_rule),
        Step("m", "spread", float(spread), "per year", cost_rule),
        Step("n", "calendar days", float(days), "days", cost_rule),
        Step("D", "days of a year", float(day_count), "days", cost_rule),
        Step("c", "yearly cost r + s m", float(_yearly_cost(sign, rate, spread)), "per year", cost_rule),
        Step("K", f"funding cost, {accrual} accrual", float(_cost_of(plain)), "currency", cost_rule),
        Step("d", "notional dividend taken off", float(dividend), "currency", whole),
        Step("F'", "new financing level F + K - d", float(result), "currency", whole),
    ]


def _cost_of(terms: list[Any]) -> Numbers:
    return funding_cost(*terms[:5], *terms[6:])


def _yearly_cost(sign: Numbers, rate: Numbers, spread: Numbers) -> Numbers:
    return sign * spread + rate


def _interest(cost: Numbers, days: Numbers, day_count: Numbers, accrual: str) -> Numbers:
    form = word_of(accrual, ACCRUALS, "accrual")
    if form == "simple":
        return cost * (days / day_count)
    if form == "daily":
        return np.expm1(days * np.log1p(cost / day_count))
    mend = "use simple or daily accrual, or check rate and spread"
    require(cost > -1.0, cost, "rate minus spread", "be above -1 for geometric accrual", mend)
    return np.expm1(np.log1p(cost) * (days / day_count))


def _require_days(days: Numbers, day_count: Numbers) -> None:
    whole = np.rint(days) == days if isinstance(days, np.ndarray) else days % 1 == 0
    require((days >= 0) & whole, days, "days", "be a whole number, 0 or more", "count calendar days")
    known = (day_count == 360) | (day_count == 365)
    require(known, day_count, "day count", "be 360 or 365", "use 365 for sterling-like currencies, else 360")
