"""Stop-loss price: where it stands, when it is set again, and whether it was touched."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeAlias

import numpy as np

from xlidx.arrays import Bools, Days, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.rounding import round_to
from xlidx.rules import Step, cite, rule
from xlidx.turbo.terms import BEST, OPEN_ENDED, Coded, arguments_of, choose, kind_of, one_certificate, sign_of, word_of

AnyDays: TypeAlias = dt.date | np.datetime64 | Days
Truth: TypeAlias = bool | Bools

TOUCH = 1e-12
NEAR = 1e-12  # binary fractions; a printed price differs from the level by a cent or not at all
RESETS = ("first trading day", "15th", "daily")


@rule("ing_open_end_turbo", "C.8")
@rule("ing_open_end_turbo", "C.9")
def stop_loss_price(
    side: Coded,
    financing_level: Numbers,
    premium: Numbers | None = None,
    rounding: Numbers | None = None,
    kind: Coded | None = None,
) -> Numbers:
    """Return the stop-loss price that belongs to a financing level.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    financing_level : float array (...)
        [financing level currency per unit of the underlying], above 0.
    premium : float array (...), optional
        Stop-loss premium rate [fraction of the financing level], 0 to 1.  Needed for ``open ended``; without
        effect on the others, where it may be NaN.
    rounding : float array (...), optional
        Unit of the stop-loss price [like financing_level], above 0; ``None`` or NaN leaves it unrounded.
    kind : str or code, scalar or array (...), optional
        ``best`` (when left out), ``limited`` or ``open ended``.

    Returns
    -------
    float or float array (...)
        Best and limited: the financing level itself.  Open ended: ``F (1 + p)`` rounded up for a long,
        ``F (1 - p)`` rounded down for a short; an exact multiple of the unit stays.

    Raises
    ------
    XlidxError
        ``MISSING`` for a premium without a kind, or open ended without a premium; ``DOMAIN`` outside the
        ranges above; ``CHOICE`` for an unknown word.  A missing level (NaN) is refused.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 11 to 15; conditions on the stop-loss premium and price.

    *Reading*: best means that barrier equals strike.  The premium fields printed for all 23 best series do
    nothing: applied to the six DAX shorts, they would put the barrier below the spot they were priced at.  The
    printed rounding unit is not applied to them either, as nothing says that barrier and strike may differ.

    Examples
    --------
    >>> stop_loss_price("long", 20.05, 0.075, 0.10, "open ended")
    21.6
    >>> stop_loss_price("short", 13571.32)
    13571.32
    """
    _require_level(financing_level)
    code, sign = _kind_or_best(kind, premium), sign_of(side)
    opened = code == OPEN_ENDED
    if premium is not None:
        _require_premium(premium, code)
    price = financing_level
    if opened is not False and np.any(opened):
        price = choose(opened, _open_ended(sign, financing_level, premium, rounding), price)
    return _widened(price, sign, premium, rounding, code)


def require_possible(side: Coded, financing_level: Numbers, stop_loss: Numbers, kind: Coded) -> None:
    """Refuse a stop-loss price in force that the certificate cannot have; NaN, for none given, passes.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a best certificate whose stop-loss is not its level, and for one below the level of a long or
        above that of a short.

    Examples
    --------
    >>> require_possible("short", 13571.32, 14000.0, "open ended")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: stop-loss price is 14000 but must not be below the level of a long or above that of a ...
    """
    given, blank = np.asarray(stop_loss, dtype=np.float64), np.isnan(stop_loss)
    equal = blank | (kind_of(kind) != BEST) | (np.abs(given - financing_level) <= NEAR * financing_level)
    require(equal, stop_loss, "stop-loss price", "be the level of a best certificate", "leave it blank")
    inside = blank | (sign_of(side) * (given - financing_level) >= 0.0)
    must = "not be below the level of a long or above that of a short"
    require(inside, stop_loss, "stop-loss price", must, "check side, level and stop-loss price")


@rule("ing_open_end_turbo", "C.6")
@rule("ing_open_end_turbo", "C.9")
def stop_loss_reset(
    kind: Coded,
    side: Coded,
    financing_level: Numbers,
    day: AnyDays,
    previous_day: AnyDays,
    previous_stop_loss: Numbers | None = None,
    premium: Numbers | None = None,
    rounding: Numbers | None = None,
    reset_rule: str | None = None,
) -> Numbers:
    """Return the stop-loss price in force on a day, given the one in force on an earlier day.

    Parameters
    ----------
    kind, side, financing_level, premium, rounding
        As in :func:`stop_loss_price`; financing_level is the level of ``day``.
    day, previous_day : date, datetime64 or datetime64 array (...)
        The later and the earlier trading day.
    previous_stop_loss : float array (...)
        Stop-loss price on previous_day [like financing_level], above 0; not looked at for ``best``.
    reset_rule : {"first trading day", "15th", "daily"}, optional
        When an open-ended stop-loss is set again: on the first trading day of a month (when left out), on
        the 15th or the next trading day, or on every day.

    Returns
    -------
    float or float array (...)
        Best: the level of the day.  Limited: the previous price.  Open ended: a new price if a reset day
        lies after previous_day and not after day, else the previous price.

    Raises
    ------
    XlidxError
        As :func:`stop_loss_price`; also ``DOMAIN`` if day is not after previous_day.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 14 and 15; conditions on the reset date and the stop-loss
    price.

    *Reading*: the Final Terms name no reset day; the issuer's practice is the first trading day of a month.
    The new price is set from the level of ``day``, so call it for every trading day in turn.

    Examples
    --------
    >>> terms = ("open ended", "long", 20.05, dt.date(2020, 3, 2), dt.date(2020, 2, 28), 21.5, 0.075, 0.10)
    >>> stop_loss_reset(*terms), stop_loss_reset(*terms, "15th")
    (21.6, 21.5)
    """
    code = kind_of(kind)
    anew = _set_anew(code, day, previous_day, reset_rule)
    new = stop_loss_price(side, financing_level, premium, rounding, code)
    held = np.nan if previous_stop_loss is None else previous_stop_loss
    mend = "give the stop-loss price in force on the earlier day"
    require((held > 0.0) | (code == BEST), held, "previous stop-loss price", "be above 0", mend)
    price: Numbers = choose(anew, new, held)
    return price


@rule("ing_open_end_turbo", "C.10")
def stop_loss_event(side: Coded, stop_loss: Numbers, low: Numbers, high: Numbers) -> Truth:
    """Return whether the stop-loss price was touched between a low and a high.

    Parameters
    ----------
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    stop_loss : float array (...)
        Stop-loss price in force [financing level currency], above 0.
    low, high : float array (...)
        Lowest and highest level of the underlying observed while the stop-loss was in force.

    Returns
    -------
    bool or bool array (...)
        Long: low at or below the stop-loss price.  Short: high at or above it.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a stop-loss price not above 0, or low above high.  Missing values (NaN) are refused:
        a day without levels is a day to leave out, not a day without an event.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, item 14; condition on the stop-loss event.

    *Reading*: touching counts, at any moment of the day, so the day's low and high are tested and not its
    close.  A level within a relative 1e-12 of the stop-loss price touches it: binary noise of a rolled level
    never hides a touch, and no index is published that finely.

    Examples
    --------
    >>> stop_loss_event("short", 13571.32, 13400.0, 13571.32)
    True
    """
    sign = sign_of(side)
    require(stop_loss > 0.0, stop_loss, "stop-loss price", "be above 0", "give the stop-loss price in force")
    require(low <= high, low, "low", "not be above high", "check the order of low and high, and blanks")
    below, above = low <= stop_loss * (1.0 + TOUCH), high >= stop_loss * (1.0 - TOUCH)
    touched: Truth = choose(sign > 0.0, below, above)
    return touched


@rule("ing_open_end_turbo", "C.10")
def first_stop_loss_date(side: Coded, stop_loss: Numbers, low: Numbers, high: Numbers, dates: Days) -> np.datetime64:
    """Return the first date of one path on which the stop-loss price was touched, or NaT.

    Parameters
    ----------
    side, stop_loss, low, high
        As in :func:`stop_loss_event`: one value, or one per date (T).
    dates : datetime64 array (T)
        Trading days in rising order.

    Returns
    -------
    datetime64
        NaT if it was never touched.

    Raises
    ------
    XlidxError
        ``DOMAIN`` if the dates do not rise, ``SHAPE`` if the sizes do not fit.

    Notes
    -----
    Rule: as :func:`stop_loss_event`.

    Examples
    --------
    >>> days = np.array(["2020-02-10", "2020-02-11", "2020-02-12"], "datetime64[D]")
    >>> low, high = np.array([97.0, 98.0, 99.0]), np.array([99.0, 100.0, 101.0])
    >>> first_stop_loss_date("short", 100.0, low, high, days)
    np.datetime64('2020-02-11')
    """
    days = np.atleast_1d(np.asarray(dates, "datetime64[D]"))
    later = np.append(True, days[1:] > days[:-1])
    require(later, days, "date", "come after the one before it", "sort the dates")
    touched = np.asarray(stop_loss_event(side, stop_loss, low, high))
    if touched.ndim > 1 or touched.size not in (1, days.size):
        what = f"levels of shape {touched.shape} for {days.size} dates"
        raise XlidxError(Kind.SHAPE, what, "one path", "give one low and one high per date")
    on = np.broadcast_to(touched, days.shape)
    return days[on.argmax()] if on.any() else np.datetime64("NaT", "D")


def explain_stop_loss_price(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps from the financing level to the stop-loss price, for one certificate.

    Examples
    --------
    >>> [step.value for step in explain_stop_loss_price("long", 20.05, 0.075, 0.10, "open ended")]
    [1.0, 20.05, 0.075, 21.55375, 0.1, 21.6]
    """
    side, level, premium, rounding, kind = arguments_of(stop_loss_price, terms, named)
    price = stop_loss_price(side, level, premium, rounding, kind)
    sign, clause = sign_of(side), cite(stop_loss_price)
    steps = [
        Step("s", "side: +1 long, -1 short", float(sign)),
        Step("F", "financing level", float(level), "currency", clause),
    ]
    if kind is None or kind_of(kind) != OPEN_ENDED:
        return [
            *steps,
            Step("B", "stop-loss price equals the financing level", float(price), "currency", clause),
        ]
    steps += [
        Step("p", "stop-loss premium rate", float(premium), "of F", clause),
        Step("F(1 + s p)", "before rounding", float(_with_premium(sign, level, premium)), "currency", clause),
    ]
    if rounding is not None:
        direction = "up" if sign > 0.0 else "down"
        steps.append(Step("u", f"rounding unit, rounded {direction}", float(rounding), "currency", clause))
    return [*steps, Step("B", "stop-loss price", float(price), "currency", clause)]


def explain_stop_loss_reset(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps from the previous stop-loss price to the one in force, for one certificate.

    Examples
    --------
    >>> terms = ("open ended", "long", 20.05, dt.date(2020, 3, 2), dt.date(2020, 2, 28), 21.5, 0.075, 0.10)
    >>> [step.value for step in explain_stop_loss_reset(*terms)][3:]
    [True, 21.6, 21.6]
    """
    plain = arguments_of(stop_loss_reset, terms, named)
    price = stop_loss_reset(*plain)
    kind, side, financing_level, day, previous_day, previous_stop_loss, premium, rounding, reset_rule = plain
    code, clause = kind_of(kind), cite(stop_loss_reset)
    new = stop_loss_price(side, financing_level, premium, rounding, code)
    anew = bool(_set_anew(code, day, previous_day, reset_rule))
    return [
        Step("t0", "earlier day", previous_day, "date", clause),
        Step("t", "day", day, "date", clause),
        Step("B0", "stop-loss price on the earlier day", _float(previous_stop_loss), "currency", clause),
        Step("anew", "set anew after t0, at the latest on t", anew, "", clause),
        Step("B'", "stop-loss price if set anew", float(new), "currency", cite(stop_loss_price)),
        Step("B", "stop-loss price in force", float(price), "currency", clause),
    ]


def explain_stop_loss_event(side: Coded, stop_loss: Numbers, low: Numbers, high: Numbers) -> list[Step]:
    """Return the steps of the stop-loss test, for one certificate.

    Examples
    --------
    >>> [step.value for step in explain_stop_loss_event("short", 13571.32, 13400.0, 13571.32)]
    [-1.0, 13571.32, 13571.32, True]
    """
    side, stop_loss, low, high = one_certificate(side, stop_loss, low, high)
    event, sign = stop_loss_event(side, stop_loss, low, high), sign_of(side)
    clause = cite(stop_loss_event)
    level, words = (low, "lowest") if sign > 0.0 else (high, "highest")
    test = "at or below" if sign > 0.0 else "at or above"
    return [
        Step("s", "side: +1 long, -1 short", float(sign)),
        Step("B", "stop-loss price", float(stop_loss), "currency", clause),
        Step("S", f"{words} level observed", float(level), "currency", clause),
        Step("event", f"stop-loss event: S {test} B, touching included", bool(event), "", clause),
    ]


def _kind_or_best(kind: Coded | None, premium: Numbers | None) -> Any:
    if kind is not None:
        return kind_of(kind)
    if premium is not None:
        raise XlidxError(
            Kind.MISSING,
            "a premium is given but no kind, and a best certificate ignores the premium",
            "argument kind",
            "say best, limited or open ended",
        )
    return BEST


def _open_ended(sign: Numbers, level: Numbers, premium: Numbers | None, rounding: Numbers | None) -> Numbers:
    if premium is None:
        what = "an open ended certificate needs its stop-loss premium"
        raise XlidxError(Kind.MISSING, what, "argument premium", "give the premium rate, for example 0.015")
    return sign * _rounded_up(sign * _with_premium(sign, level, premium), rounding)


def _with_premium(sign: Numbers, level: Numbers, premium: Numbers) -> Numbers:
    return level * (1.0 + sign * premium)


def _rounded_up(price: Numbers, unit: Numbers | None) -> Numbers:
    if not isinstance(unit, np.ndarray):
        return round_to(price, unit, "up")
    prices, units = np.broadcast_arrays(np.asarray(price, np.float64), unit)
    rounded = prices.copy()
    for step in np.unique(units[np.isfinite(units)]):
        rounded[units == step] = round_to(prices[units == step], float(step), "up")
    return rounded


def _require_level(level: Numbers) -> None:
    require(level > 0.0, level, "financing level", "be above 0", "give the financing level of the day")


def _require_premium(premium: Numbers, code: Any) -> None:
    given = (premium >= 0.0) & (premium <= 1.0)
    inert = np.isnan(premium) & (code != OPEN_ENDED)
    mend = "give premium as a fraction: 1.5 % is 0.015"
    require(given | inert, premium, "premium", "lie between 0 and 1", mend)


def _set_anew(code: Any, day: AnyDays, previous_day: AnyDays, reset_rule: str | None) -> Any:
    return (code == BEST) | ((code == OPEN_ENDED) & reset_due(day, previous_day, reset_rule))


def reset_due(day: AnyDays, previous_day: AnyDays, reset_rule: str | None) -> Any:
    """Tell whether a reset day lies after one day and not after another; rules as in :func:`stop_loss_reset`.

    Examples
    --------
    >>> bool(reset_due(dt.date(2020, 3, 2), dt.date(2020, 2, 28), None))
    True
    """
    now, before = _days(day), _days(previous_day)
    require(now > before, now, "day", "come after the previous day", "check the order of the two days")
    word = word_of("first trading day" if reset_rule is None else reset_rule, RESETS, "reset_rule")
    if word == "daily":
        return now > before
    # Fourteen days back the 15th is a first, so both rules ask whether the month changes.
    back = 14 if word == "15th" else 0
    return (now - back).astype("datetime64[M]") > (before - back).astype("datetime64[M]")


def _days(day: Any) -> Any:
    return day.astype("datetime64[D]") if isinstance(day, np.ndarray) else np.datetime64(day, "D")


def _widened(price: Numbers, *others: Any) -> Numbers:
    if not any(isinstance(other, np.ndarray) for other in (price, *others)):
        return price
    shapes = (np.shape(other) for other in (price, *others) if other is not None)
    return np.array(np.broadcast_to(price, np.broadcast_shapes(*shapes)), np.float64)


def _float(value: Any) -> Any:
    return None if value is None else float(value)
