"""Knock-out probability and theoretical value when strike and barrier grow together.

The underlying divided by the growth of the financing level is again a geometric Brownian motion, now against
a constant strike and barrier: cost of carry ``b = r - q - f``, discount rate ``r - f``.  On it the value is a
down-and-out call (long) or an up-and-out put (short) after Reiner and Rubinstein (1991), with the residual of
an open-ended certificate as rebate paid at the hit.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from scipy.special import log_ndtr, ndtr  # type: ignore[import-untyped]

from xlidx.arrays import Numbers, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.rules import Step, cite, rule, same_rules
from xlidx.turbo.settlement import require_terms
from xlidx.turbo.stop_loss import require_possible
from xlidx.turbo.terms import LIMITED, OPEN_ENDED, Coded, arguments_of, choose, kind_of, sign_of


@attrs.frozen
class _Path:
    """The motion of the underlying over the growing level, seen from the holder's side (s = +1 long)."""

    sign: Any
    log_barrier: Any  # ln(H / S)
    drift: Any  # of ln(S e^-ft), per year
    volatility: Any
    years: Any

    @property
    def deviation(self) -> Any:
        return self.volatility * np.sqrt(self.years)

    @property
    def reflection(self) -> Any:
        return 2.0 * self.drift * self.log_barrier / self.volatility**2

    @property
    def knocked(self) -> Any:
        return self.sign * self.log_barrier >= 0.0


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.2")
def level_growth(side: Coded, rate: Numbers, spread: Numbers, day_count: Numbers = 360) -> Numbers:
    """Return the continuous growth rate of a financing level that is rolled every day.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    rate, spread : float arrays (...)
        Money-market rate, -1 to 1, and spread, 0 to 1 [fractions per year].
    day_count : {360, 365}, or array (...) of them

    Returns
    -------
    float or float array (...)
        ``365 ln(1 + (r + s m) / D)`` [per year of 365 days].

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, ``CHOICE`` for an unknown side.  NaN is refused.

    Examples
    --------
    >>> round(float(level_growth("long", 0.0, 0.036)), 8)
    0.03649818
    """
    require_fraction(rate, "rate", lowest=-1.0)
    require_fraction(spread, "spread")
    known = (day_count == 360) | (day_count == 365)
    require(known, day_count, "day count", "be 360 or 365", "use 365 for sterling-like currencies, else 360")
    return 365.0 * np.log1p((rate + sign_of(side) * spread) / day_count)


@rule("ing_open_end_turbo", "C.10")
def knockout_probability(
    side: Coded, spot: Numbers, stop_loss: Numbers, growth: Numbers, drift: Numbers, volatility: Numbers, years: Numbers
) -> Numbers:
    """Return the probability that the stop-loss price is touched within a time.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    spot, stop_loss : float arrays (...)
        Levels of today [financing level currency], above 0.
    growth : float array (...)
        Continuous growth of the stop-loss price [per year], see :func:`level_growth`.
    drift : float array (...)
        Expected continuous growth of the underlying [per year]; rate less yield is the risk-neutral one.
    volatility : float array (...)
        [per square root of a year], above 0.
    years : float array (...)
        Time looked ahead [years], 0 or more.

    Returns
    -------
    float or float array (...)
        Probability, 0 to 1; 1 when the barrier is already touched.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, ``CHOICE`` for an unknown side.  NaN is refused.

    Rule: ING Final Terms of 7 February 2020, item 14; condition on the stop-loss event.

    *Reading*: continuous observation and a level growing evenly; trading hours, jumps and resets of an
    open-ended barrier are left out.

    Examples
    --------
    >>> round(float(knockout_probability("long", 100.0, 95.0, 0.035, 0.0, 0.20, 30 / 365)), 6)
    0.397522
    """
    path = _path(side, spot, stop_loss, growth, drift, volatility, years)
    return _plain(np.where(path.knocked, 1.0, np.clip(_hit(path, 0.0), 0.0, 1.0)))


@rule("ing_open_end_turbo", "C.10")
@rule("ing_open_end_turbo", "C.12")
def theoretical_value(
    side: Coded,
    financing_level: Numbers,
    spot: Numbers,
    growth: Numbers,
    rate: Numbers,
    dividend_yield: Numbers,
    volatility: Numbers,
    years: Numbers,
    stop_loss: Numbers | None = None,
    entitlement: Numbers = 1.0,
    fx: Numbers = 1.0,
    kind: Coded = "best",
) -> Numbers:
    """Return the value of a certificate that is exercised after a time unless it is stopped out before.

    Parameters
    ----------
    side, spot, growth, volatility, years
        As in :func:`knockout_probability`; growth is that of strike and barrier alike.
    financing_level : float array (...)
        Strike of today [financing level currency], above 0.
    rate, dividend_yield : float arrays (...)
        Continuous discount rate and yield of the underlying [per year].
    stop_loss : float array (...), optional
        Barrier of today [like financing_level], above 0, on either side of the level.  Needed for open ended; NaN
        or left out it is the financing level.
    entitlement, fx
        As in :func:`xlidx.turbo.pricing.analytics.intrinsic_value`; the exchange rate is held.
    kind : ``best``, ``limited`` or ``open ended``, or code (...)
        Best and limited pay nothing at the hit.  Limited certificates do not grow: give growth 0.

    Returns
    -------
    float or float array (...)
        [settlement currency].  With the barrier already touched: 0, or what is left at the spot (open ended).

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, for a limited certificate that grows and for NaN; ``MISSING`` for an
        open-ended certificate without its stop-loss; ``CHOICE`` for an unknown word.

    Rule: ING Final Terms of 7 February 2020, items 14, 16 and 20.

    *Reading*: at the hit an open-ended certificate is unwound at the barrier of that moment and pays
    ``max(0, s (H - K))`` grown to it; gaps through the barrier are the subject of
    :mod:`xlidx.turbo.pricing.gap_risk`.  The rebate has a closed form with a real or an imaginary root; the latter
    is evaluated with the normal distribution function of a complex argument.

    Examples
    --------
    >>> round(float(theoretical_value("long", 95.0, 100.0, 0.035, 0.0, 0.0, 0.20, 30 / 365)), 8)
    4.78194696
    """
    require_terms(financing_level, entitlement, fx)
    barrier = _barrier(financing_level, stop_loss, kind)
    _require_growth(growth, kind)
    path = _path(side, spot, barrier, growth, rate - dividend_yield, volatility, years)
    discount = rate - growth
    require(np.isfinite(discount), discount, "rate", "be a number", "give the discount rate per year")
    alive = _survivors(path, spot, financing_level, barrier) * np.exp(-discount * years)
    rebate, left = _residuals(path, financing_level, spot, barrier, discount, kind)
    return _plain(np.where(path.knocked, left, np.maximum(alive, 0.0) + rebate) * (entitlement / fx))


@same_rules(theoretical_value)
def certificate_value(side: Coded, financing_level: Numbers, *others: Any) -> Numbers:
    """Return :func:`theoretical_value` for terms that a certificate can have; the arguments are its own.

    Raises
    ------
    XlidxError
        As :func:`theoretical_value`, and ``DOMAIN`` for a best certificate whose stop-loss is not its level, and for a
        stop-loss below the level of a long or above that of a short.

    Examples
    --------
    >>> value = certificate_value("long", 90.0, 100.0, 0.035, 0.0, 0.0, 0.25, 0.25, 92.5, 1.0, 1.0, "open ended")
    >>> round(float(value), 4)
    9.4926
    """
    stop_loss, kind = others[6] if others[6:] else None, [*others[9:], "best"][0]
    if stop_loss is not None:
        require_possible(side, financing_level, stop_loss, kind)
    return theoretical_value(side, financing_level, *others)


def explain_level_growth(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`level_growth`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [step.symbol for step in explain_level_growth("long", 0.0, 0.036)]
    ['c', 'D', 'f']
    """
    side, rate, spread, day_count = arguments_of(level_growth, terms, named)
    growth, clause = level_growth(side, rate, spread, day_count), cite(level_growth)
    return [
        Step("c", "yearly cost r + s m", float(rate + sign_of(side) * spread), "per year", clause),
        Step("D", "days of a year", float(day_count), "days", clause),
        Step("f", "continuous growth 365 ln(1 + c / D)", float(growth), "per year", clause),
    ]


def explain_knockout_probability(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`knockout_probability`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> [s.symbol for s in explain_knockout_probability("long", 100.0, 95.0, 0.035, 0.0, 0.2, 0.1)]
    ['s', 'h', 'a', 'v', 'p']
    """
    plain = arguments_of(knockout_probability, terms, named)
    found, path = knockout_probability(*plain), _path(*plain)
    return [*_path_steps(path), Step("p", "probability of a touch", float(found), "", cite(knockout_probability))]


def explain_theoretical_value(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of :func:`theoretical_value`, for one certificate; the arguments are its own.

    Examples
    --------
    >>> steps = explain_theoretical_value("long", 95.0, 100.0, 0.035, 0.0, 0.0, 0.20, 30 / 365)
    >>> steps[-2].meaning, round(steps[-2].value, 6)
    ('value without rebate', 4.781947)
    """
    plain = arguments_of(theoretical_value, terms, named)
    value, bare = theoretical_value(*plain), theoretical_value(*[*plain[:-1], "best"])
    side, level, spot, growth, rate, dividend_yield, volatility, years, stop_loss = plain[:9]
    barrier = _barrier(level, stop_loss, plain[-1])
    path, clause = (
        _path(side, spot, barrier, growth, rate - dividend_yield, volatility, years),
        cite(theoretical_value),
    )
    return [
        *_path_steps(path),
        Step("r - f", "discount rate of the level's own growth", float(rate - growth), "per year"),
        Step("V0", "value without rebate", float(bare), "settlement currency", clause),
        Step("V", "value with the residual at the hit", float(value), "settlement currency", clause),
    ]


def _path_steps(path: _Path) -> list[Step]:
    return [
        Step("s", "side: +1 long, -1 short", float(path.sign)),
        Step("h", "ln(H / S)", float(path.log_barrier)),
        Step("a", "drift against the barrier, mu - f - vol^2 / 2", float(path.drift), "per year"),
        Step("v", "vol sqrt(T)", float(path.deviation)),
    ]


def _path(side: Coded, spot: Any, barrier: Any, growth: Any, drift: Any, volatility: Any, years: Any) -> _Path:
    require((spot > 0.0) & np.isfinite(spot), spot, "spot", "be above 0", "give the level of the underlying")
    mend = "give the stop-loss price in force"
    require((barrier > 0.0) & np.isfinite(barrier), barrier, "stop-loss price", "be above 0", mend)
    mend = "give volatility as a fraction: 20 % is 0.2"
    require((volatility > 0.0) & (volatility <= 10.0), volatility, "volatility", "lie between 0 and 10", mend)
    require((years >= 0.0) & np.isfinite(years), years, "years", "be 0 or more", "give the time in years")
    net = drift - growth
    require(np.isfinite(net), net, "drift less growth", "be a number", "give both per year as fractions")
    return _Path(sign_of(side), np.log(barrier / spot), net - 0.5 * volatility**2, volatility, years)


def _hit(path: _Path, discount: Any) -> Any:
    """Return ``E[exp(-discount tau); tau <= T]`` for the first touch tau of a barrier not yet touched."""
    sign, variance = path.sign, path.volatility**2
    slope = path.drift / variance
    square = np.asarray(slope**2 + 2.0 * discount / variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = sign * path.log_barrier / path.deviation
        root = np.sqrt(np.abs(square))
        step = sign * root * path.deviation
        real = _grown(path.log_barrier * (slope + root), far + step) + _grown(
            path.log_barrier * (slope - root), far - step
        )
        if np.all(square >= 0.0):
            return real
        turned = 2.0 * np.real(np.exp(1j * path.log_barrier * root) * ndtr(far + 1j * step))
        imaginary = np.where(path.deviation > 0.0, np.exp(path.log_barrier * slope) * turned, 0.0)
    return np.where(square >= 0.0, real, imaginary)


def _survivors(path: _Path, spot: Any, strike: Any, barrier: Any) -> Any:
    """Return the undiscounted ``E[max(0, s (Y - K)); no touch]``, by reflection at the barrier."""
    sign = path.sign
    edge = sign * np.maximum(sign * strike, sign * barrier)
    direct = _beyond(path, spot, strike, edge, 0.0)
    return direct - _beyond(path, barrier * (barrier / spot), strike, edge, path.reflection)


def _beyond(path: _Path, start: Any, strike: Any, edge: Any, log_factor: Any) -> Any:
    """Return ``E[s (Y - K); s Y > s L]`` from a start, times ``exp(log_factor)``."""
    sign, deviation = path.sign, path.deviation
    with np.errstate(divide="ignore", invalid="ignore"):
        near = sign * (np.log(start / edge) + path.drift * path.years) / deviation
    near = np.where(np.isnan(near), np.inf, near)  # no time left, exactly at the edge
    forward = path.drift * path.years + 0.5 * deviation**2
    kept = start * _grown(log_factor + forward, near + sign * deviation)
    return sign * (kept - strike * _grown(log_factor, near))


def _grown(log_factor: Any, argument: Any) -> Any:
    """Return ``exp(log_factor) N(argument)`` where the factor alone may overflow."""
    with np.errstate(over="ignore", invalid="ignore"):  # only beyond a barrier already touched
        return np.exp(log_factor + log_ndtr(argument))


def _residuals(path: _Path, strike: Any, spot: Any, barrier: Any, discount: Any, kind: Coded) -> tuple[Any, Any]:
    """Return the rebate expected at a touch to come, and the residual where it lies behind."""
    opened = kind_of(kind) == OPEN_ENDED
    if not np.any(opened):
        return 0.0, 0.0
    paid = np.maximum(path.sign * (barrier - strike), 0.0)
    rebate = np.where(path.knocked, 0.0, np.nan_to_num(_hit(path, discount), posinf=0.0))
    return np.where(opened, paid * rebate, 0.0), np.where(opened, np.maximum(path.sign * (spot - strike), 0.0), 0.0)


def _barrier(level: Numbers, stop_loss: Numbers | None, kind: Coded) -> Any:
    """Return the stop-loss price as given, else the level, which open-ended certificates do not stop at."""
    given: Any = np.nan if stop_loss is None else stop_loss
    missing = np.asarray(np.isnan(given) & (kind_of(kind) == OPEN_ENDED))
    if missing.any():
        what, mend = "stop_loss is blank, which an open-ended certificate needs", "give the stop-loss price in force"
        mask = missing if missing.ndim else None
        raise XlidxError(Kind.MISSING, what, "argument stop_loss", mend, mask=mask)
    return level if stop_loss is None else choose(np.isnan(given), level, given)


def _require_growth(growth: Any, kind: Coded) -> None:
    fixed = kind_of(kind) == LIMITED
    mend = "a limited certificate keeps its level: give 0"
    require(np.logical_not(fixed) | (growth == 0.0), growth, "growth", "be 0 for limited", mend)


def _plain(values: Any) -> Numbers:
    return values if np.ndim(values) else float(values)
