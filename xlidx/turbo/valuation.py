"""When a certificate is valued at exercise, and the price that ends an open-ended one after its stop-loss."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import numpy as np

from xlidx.arrays import Floats, require
from xlidx.calendars import LAST, sessions
from xlidx.errors import Kind, XlidxError
from xlidx.limits import VALUATION_DATES, within
from xlidx.rules import rule
from xlidx.turbo.terms import Coded, sign_of

SEARCH = 30  # calendar days; no exchange here closes for longer


@rule("ing_open_end_turbo", "A.22")
@rule("ing_open_end_turbo", "C.13")
def valuation_dates(issue_date: date, count: int, exchange: str) -> list[date]:
    """Return the yearly valuation dates of a certificate without a term.

    Parameters
    ----------
    issue_date : date
        Issue date of the series.
    count : int
        How many dates, 1 to 50.
    exchange : str
        MIC of the exchange of the underlying, for example ``XETR``.

    Returns
    -------
    list of date
        One, two, ... years after the issue date, each moved to the next session if it is none.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a count outside 1 to 50; as :func:`xlidx.calendars.sessions` for exchange and days.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, item 22; condition on the valuation date.

    *Reading*: every year counts from the issue date itself, so a moved date does not move the next one; moved to
    the following session (the Final Terms do not say).  An issue date of 29 February gives 28 February in
    other years, and 29 February in leap years.

    Examples
    --------
    >>> [str(day) for day in valuation_dates(date(2020, 2, 12), 3, "XETR")]
    ['2021-02-12', '2022-02-14', '2023-02-13']
    """
    require(count >= 1 and count % 1 == 0, count, "count", "be a whole number from 1 on", VALUATION_DATES.mend)
    within(VALUATION_DATES, count, "the certificate", "argument count")
    if issue_date.year + count > LAST.year:
        what = f"{count:.0f} years after {issue_date} lie beyond {LAST}, the end of every calendar"
        raise XlidxError(Kind.NO_DATA, what, "arguments issue_date and count", "check the year, or ask for fewer dates")
    wanted = [_years_after(issue_date, years) for years in range(1, int(count) + 1)]
    open_days = sessions(exchange, wanted[0], wanted[-1] + timedelta(days=SEARCH))
    found = open_days[np.searchsorted(open_days, np.array(wanted, "datetime64[D]"))]
    return [day.astype(date) for day in found]


@rule("ing_open_end_turbo", "C.15")
def undisrupted_date(
    valuation_date: date, exchange: str, disrupted: Collection[date], longest: int = 5
) -> tuple[date, bool]:
    """Return the day that values a certificate when its valuation date is disrupted.

    Parameters
    ----------
    valuation_date : date
        A session of the exchange.
    exchange : str
        MIC of the exchange of the underlying.
    disrupted : collection of date
        Sessions with a market disruption event.
    longest : int
        Sessions after the valuation date at which waiting ends, 0 or more; sister programmes print five or eight.

    Returns
    -------
    tuple of date and bool
        The first session without disruption and False; or the last session waited for and True: there the
        calculation agent determines the level, which must be handed in.

    Raises
    ------
    XlidxError
        ``DOMAIN`` if the valuation date is no session, or for a negative count.

    Notes
    -----
    Rule: condition on market disruption (confidence: medium).

    Examples
    --------
    >>> undisrupted_date(date(2021, 2, 12), "XETR", [date(2021, 2, 12)])
    (datetime.date(2021, 2, 15), False)
    """
    whole = longest >= 0 and longest % 1 == 0
    require(
        whole,
        longest,
        "longest wait",
        "be a whole number, 0 or more",
        "give a number of sessions, for example 5",
    )
    found = sessions(exchange, valuation_date, valuation_date + timedelta(days=SEARCH + 2 * int(longest)))
    days = [day.astype(date) for day in found[: int(longest) + 1]]
    if days[0] != valuation_date:
        what = f"{valuation_date} is not a session of {exchange}"
        raise XlidxError(Kind.DOMAIN, what, "argument valuation_date", "give a session")
    free = [day for day in days if day not in disrupted]
    return (free[0], False) if free else (days[-1], True)


@rule("ing_open_end_turbo", "C.11")
def termination_price(side: Coded, low: Floats, high: Floats) -> float:
    """Return the least favourable price of the valuation period that follows a stop-loss event.

    Parameters
    ----------
    side : str or sign
        ``long`` or ``short``.
    low, high : float arrays (T)
        Lowest and highest levels of the underlying in the parts of the period, for example its days, from the
        moment of the event on [financing level currency].

    Returns
    -------
    float
        Long: the lowest level of the period; short: the highest.

    Raises
    ------
    XlidxError
        ``MISSING`` for an empty period, ``SHAPE`` for ranges of unequal size, ``DOMAIN`` for a low above its high
        or a missing level.

    Notes
    -----
    Rule: condition on the stop-loss termination reference price (confidence: medium).

    *Reading*: the issuer pays the price at which its hedge is unwound and at worst this bound, so the residual
    value computed with it is the least that an open-ended certificate pays.  Best and limited pay nothing.

    Examples
    --------
    >>> termination_price("long", np.array([96.0, 94.5]), np.array([98.0, 97.0]))
    94.5
    """
    lows, highs = np.atleast_1d(np.asarray(low, np.float64)), np.atleast_1d(np.asarray(high, np.float64))
    if lows.shape != highs.shape or lows.ndim > 1:
        what = f"{lows.size} lows and {highs.size} highs"
        raise XlidxError(Kind.SHAPE, what, "arguments low and high", "give one low and one high per part")
    if not lows.size:
        raise XlidxError(Kind.MISSING, "the period has no levels", "arguments low and high", "give its levels")
    require(lows <= highs, lows, "low", "not be above high", "check the order of low and high, and blanks")
    return float(lows.min() if sign_of(side) > 0.0 else highs.max())


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
