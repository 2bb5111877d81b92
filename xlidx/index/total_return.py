"""Total return: dividends in index points, reinvested at the close of the ex-date."""

from __future__ import annotations

import numpy as np

from xlidx.arrays import Floats, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.level import (
    CURRENCY,
    POINTS,
    fit,
    member_steps,
    members,
    one_date,
    one_value,
    operand,
    per_point,
    product,
    require_fractions,
    require_not_negative,
    same_dates,
    weighted_sum,
)
from xlidx.rules import Step, cite, rule


@rule("psi20", "7")
@rule("psi20", "4.3.1")
@rule("psi20", "4.3.2")
def xd_adjustment(
    dividends: Numbers,
    shares: Numbers,
    divisor: Numbers,
    free_float: Numbers = 1.0,
    capping: Numbers = 1.0,
    fx: Numbers = 1.0,
    withholding: Numbers = 0.0,
) -> Numbers:
    """Dividends that go ex, in index points (XD adjustment).

    Parameters
    ----------
    dividends : array of shape (N,) or (T, N) [quote currency per share]
        Gross ordinary dividends by ex-date; 0 for members that pay none.
    shares, free_float, capping, fx
        See :func:`xlidx.index.level.market_values`; ``fx`` is per unit of the dividend's currency.
    divisor : float or array of shape (T,) [index currency per index point]
        Above 0, in force on the ex-date.
    withholding : float or array of shape (N,) or (T, N) [fraction]
        Tax deducted for the net return index; 0 gives the gross one.

    Returns
    -------
    float, or array of shape (T,) for a dividends matrix [index points]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a value outside its range, ``SHAPE`` for ranges that do not fit.  A missing
        dividend (NaN) is refused.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 7, 4.3.1 and 4.3.2.
    *Reading*: shares, factors and divisor are those in force on the ex-date, after any change made that
    morning.  Special dividends go through the divisor (6.5.2) and never appear here.

    Examples
    --------
    >>> xd_adjustment(np.array([0.5, 0.0]), np.array([1000.0, 500.0]), 200.0, withholding=0.25)
    1.875
    """
    cash, factors = members(dividends, shares, free_float, capping, fx, "dividends")
    net = _after_tax(cash, factors, withholding)
    return per_point(weighted_sum(cash, net), divisor)


@rule("psi20", "7")
@rule("psi20", "4.3.1")
def total_return_level(previous_tr: Numbers, previous_level: Numbers, level: Numbers, xd: Numbers = 0.0) -> Numbers:
    """Level of a total return index, one step or a chain of steps.

    Parameters
    ----------
    previous_tr : float [index points]
        Total return level of the session before the first step.
    previous_level : float [index points]
        Price index level of that session.
    level : float or array of shape (T,) [index points]
        Price index levels; every row is the previous level of the next one.
    xd : float or array of shape (T,) [index points]
        XD adjustment of each session, net or gross.

    Returns
    -------
    float, or array of shape (T,) for a column of levels [index points]

    Raises
    ------
    XlidxError
        ``DOMAIN`` unless all levels are above 0 and ``xd`` is 0 or more; ``SHAPE`` when ``xd`` does not
        fit ``level``.  A missing level (NaN) is refused.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 7 and 4.3.1.
    *Reading*: unrounded throughout, in levels and in XD.

    Examples
    --------
    >>> total_return_level(2000.0, 100.0, 99.0, 2.0)
    2020.0
    >>> total_return_level(2000.0, 100.0, np.array([99.0, 99.0]), np.array([2.0, 0.0])).tolist()
    [2020.0, 2020.0]
    """
    start, before = _one(previous_tr, "previous_tr"), _one(previous_level, "previous_level")
    now = _column(level)
    points = operand(xd)
    require_not_negative(points, "xd", "give the XD adjustment in index points, 0 if no member goes ex")
    same_dates(now, points, "xd")
    if isinstance(now, float):
        return start * _growth(now, points, before)
    steps = np.atleast_1d(_growth(now, points, np.concatenate(([before], now[:-1]))))
    steps[:1] *= start
    return np.multiply.accumulate(steps)


def explain_xd_adjustment(
    dividends: Numbers,
    shares: Numbers,
    divisor: Numbers,
    free_float: Numbers = 1.0,
    capping: Numbers = 1.0,
    fx: Numbers = 1.0,
    withholding: Numbers = 0.0,
) -> list[Step]:
    """Return the steps from dividends to index points of one ex-date; arguments as :func:`xd_adjustment`.

    Examples
    --------
    >>> explain_xd_adjustment(np.array([0.5, 0.0]), np.array([1000.0, 500.0]), 200.0)[-1].value
    2.5
    """
    one_date(dividends, shares, free_float, capping, fx, withholding)
    cash, factors = members(dividends, shares, free_float, capping, fx, "dividends")
    net = _after_tax(cash, factors, withholding)
    total, (points,) = weighted_sum(cash, net), one_value(divisor)
    clause = cite(xd_adjustment)
    weights = np.broadcast_to(product(factors), cash.shape)
    paid = np.multiply(cash, net[-1])
    return [
        *member_steps("g", "dividend after withholding, member {i}", paid, "quote currency", clause),
        *member_steps("w", "weighting Q F f X of member {i}", weights, "number", clause),
        Step("D", "dividends of all members: sum of g w", float(total), CURRENCY, clause),
        Step("d", "divisor on the ex-date", points, f"{CURRENCY} per index point", clause),
        Step("XD", "XD adjustment: D / d", float(per_point(total, points)), POINTS, clause),
    ]


def explain_total_return_level(
    previous_tr: Numbers, previous_level: Numbers, level: Numbers, xd: Numbers = 0.0
) -> list[Step]:
    """Return the steps of one session of a total return index; arguments as :func:`total_return_level`.

    Examples
    --------
    >>> [step.value for step in explain_total_return_level(2000.0, 100.0, 99.0, 2.0)]
    [2000.0, 100.0, 99.0, 2.0, 1.01, 2020.0]
    """
    start, before, now, points = one_value(previous_tr, previous_level, level, xd)
    result, clause = total_return_level(start, before, now, points), cite(total_return_level)
    return [
        Step("TR[t-1]", "total return level of the session before", start, POINTS, clause),
        Step("IV[t-1]", "price index level of the session before", before, POINTS, clause),
        Step("IV[t]", "price index level", now, POINTS, clause),
        Step("XD", "dividends in index points", points, POINTS, clause),
        Step("R", "growth: (IV[t] + XD) / IV[t-1]", float(_growth(now, points, before)), "ratio", clause),
        Step("TR[t]", "total return level: TR[t-1] R", float(result), POINTS, clause),
    ]


def _growth(level: Numbers, xd: Numbers, before: Numbers) -> Numbers:
    return (level + xd) / before


def _after_tax(dividends: Floats, factors: list[Numbers], withholding: Numbers) -> list[Numbers]:
    tax = operand(withholding)
    require_fractions(tax, "withholding")
    net = [*factors, 1.0 - tax]
    if not isinstance(tax, float):
        fit(dividends, net, "dividends")
    return net


def _column(level: Numbers) -> Numbers:
    now = float(level) if np.ndim(level) == 0 else np.asarray(level, dtype=np.float64)
    if np.ndim(now) > 1:
        mend = "give one column of levels"
        raise XlidxError(Kind.SHAPE, "level has several columns", "argument level", mend)
    require(now > 0, now, "level", "be above 0", "give the price index level")
    return now


def _one(value: Numbers, name: str) -> float:
    single = operand(value)
    if not isinstance(single, float):
        mend = "give the one value of the session before the first"
        raise XlidxError(Kind.SHAPE, f"{name} holds {single.size} values", f"argument {name}", mend)
    require(single > 0, single, name, "be above 0", "give the level of the session before")
    return single
