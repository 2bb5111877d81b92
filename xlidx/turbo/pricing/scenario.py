"""Scenarios: the value of certificates after a move of the spot, some days and at another rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xlidx.arrays import Bools, Floats, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.limits import ROWS, within
from xlidx.rules import Step, cite, rule
from xlidx.turbo.financing import financing_level as rolled_level
from xlidx.turbo.pricing.analytics import intrinsic_value
from xlidx.turbo.stop_loss import require_possible, stop_loss_event, stop_loss_price
from xlidx.turbo.terms import BEST, LIMITED, OPEN_ENDED, Coded, kind_of, sign_of

AXES = ("series", "shift", "days", "rate")


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.9")
@rule("ing_open_end_turbo", "C.10")
@rule("ing_open_end_turbo", "C.12")
def scenario(
    side: Coded,
    financing_level: Numbers,
    spot: Numbers,
    spread: Numbers,
    entitlement: Numbers,
    shifts: Any = 0.0,
    days: Any = 0,
    rates: Any = 0.0,
    fx: Numbers = 1.0,
    kind: Coded = "best",
    premium: Numbers | None = None,
    rounding: Numbers | None = None,
    day_count: Numbers = 360,
    stop_loss: Numbers | None = None,
) -> pd.DataFrame:
    """Return value, change and state of certificates over a grid of spot shift, days and rate.

    Parameters
    ----------
    side : str or sign, scalar or array (S)
        ``long`` or ``short``.
    financing_level : float array (S)
        Level of today [financing level currency per unit of the underlying], above 0.
    spot : float array (S)
        Level of the underlying of today [same], above 0.
    spread, day_count
        As in :func:`xlidx.turbo.financing.financing_level`, one value or (S).
    entitlement : float array (S)
        Units of the underlying per certificate, above 0.
    shifts : float array (A)
        Moves of the spot [fraction of spot], above -1: -0.05 is a fall by 5 %.
    days : float array (B)
        Calendar days from today, whole numbers, 0 or more.
    rates : float array (C)
        Money-market rates over these days [fraction per year].
    fx : float array (S)
        Financing level currency per settlement currency, above 0, held; divides.
    kind, premium, rounding
        As in :func:`xlidx.turbo.stop_loss.stop_loss_price`, one value or (S).
    stop_loss : float array (S), optional
        Stop-loss price in force [financing level currency]; premium and rounding are not needed then.

    Returns
    -------
    DataFrame of shape (S A B C, 10)
        series (from 1), shift, days, rate, spot, financing_level and stop_loss [financing level currency],
        value [settlement currency], change against the value of today [same], state ``live`` or
        ``stopped out``.  Rows run through series, shift, days and rate, the last one fastest.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above and for NaN; ``SHAPE`` for more rows than a worksheet has and for columns
        of different length; otherwise as the functions it calls.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 8, 9, 14 and 20.

    *Reading*: simple interest over the days and no dividend.  The stop-loss is tested at the moved spot only:
    a path may have touched it before.  Stopped out, best and limited are worth 0 and an open-ended one what
    is left at the spot.  Best moves its stop-loss with the level, limited moves neither, open ended
    keeps the stop-loss in force, or, without it, sets its stop-loss anew from the level of the day: which reset dates
    lie ahead is not known here.

    Examples
    --------
    >>> grid = scenario("long", 7000.0, 8000.0, 0.035, 0.01, [-0.2, 0.0, 0.1])
    >>> grid[["value", "change", "state"]].values.tolist()
    [[0.0, -10.0, 'stopped out'], [10.0, 0.0, 'live'], [18.0, 8.0, 'live']]
    """
    terms = _terms(side, financing_level, spot, spread, entitlement, fx, kind, premium, rounding, day_count, stop_loss)
    if terms[10] is not None:
        held = terms[10]
        require((held > 0.0) & np.isfinite(held), held, "stop-loss price", "be above 0", "give the one in force")
        require_possible(terms[0], terms[1], held, terms[6])
    axes = [_axis(values, name) for values, name in ((shifts, "shifts"), (days, "days"), (rates, "rates"))]
    require(axes[0] > -1.0, axes[0], "shifts", "be above -1", "give the move as a fraction: -5 % is -0.05")
    size = terms[1].size * axes[0].size * axes[1].size * axes[2].size
    within(ROWS, size, "the grid", "arguments shifts, days and rates")
    today = _state(terms, terms[2], 0.0, 0.0)["value"]
    at, (shift, day, rate) = _grid(terms[1].size, axes)
    each: list[Any] = [None if column is None else column[at] for column in terms]
    columns = _state(each, each[2] * (1.0 + shift), day, rate)
    columns |= {"series": at + 1, "shift": shift, "days": day, "rate": rate}
    columns["change"] = columns["value"] - today[at]
    columns["state"] = np.where(columns["stopped"], "stopped out", "live")
    shown = (*AXES, "spot", "financing_level", "stop_loss", "value", "change", "state")
    return pd.DataFrame({name: columns[name] for name in shown})


def explain_scenario(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps of a grid of one point; the arguments are those of :func:`scenario`.

    Examples
    --------
    >>> steps = explain_scenario("long", 7000.0, 8000.0, 0.035, 0.01, 0.1)
    >>> [(step.symbol, step.value) for step in steps[-2:]]
    [('V', 18.0), ('V - V0', 8.0)]
    """
    frame = scenario(*terms, **named)
    if len(frame) != 1:
        what = f"the grid has {len(frame)} points"
        raise XlidxError(Kind.SHAPE, what, "an explanation follows one number", "explain one point at a time")
    point = frame.iloc[0]
    return [
        Step("x", "move of the spot", float(point["shift"]), "of spot"),
        Step("n", "calendar days", float(point["days"]), "days"),
        Step("r", "money-market rate", float(point["rate"]), "per year"),
        Step("S'", "spot S (1 + x)", float(point["spot"]), "currency"),
        Step("F'", "financing level of the day", float(point["financing_level"]), "currency", cite(rolled_level)),
        Step("B'", "stop-loss price of the day", float(point["stop_loss"]), "currency", cite(stop_loss_price)),
        Step("state", "live or stopped out", point["state"], "", cite(stop_loss_event)),
        Step("V", "value", float(point["value"]), "settlement currency", cite(intrinsic_value)),
        Step("V - V0", "change against today", float(point["change"]), "settlement currency"),
    ]


def _terms(side: Any, *others: Any) -> list[Any]:
    """Return every term as a vector of one length S, or ``None``; the kind and the side as codes."""
    columns = [sign_of(side), *others]
    columns[6] = kind_of(columns[6])
    size = max(np.size(column) for column in columns if column is not None)
    return [None if column is None else _vector(column, size) for column in columns]


def _vector(values: Any, size: int) -> npt.NDArray[Any]:
    array = np.asarray(values).ravel()
    if array.size not in (1, size):
        mend = "give one value per series, or one for all"
        raise XlidxError(Kind.SHAPE, f"a term has {array.size} values for {size} series", "the terms", mend)
    if array.dtype.kind in "iu" and array.dtype != np.int8:
        array = array.astype(np.float64)
    return np.broadcast_to(array, (size,))


def _axis(values: Any, name: str) -> Floats:
    axis = np.atleast_1d(np.asarray(values, dtype=np.float64)).ravel()
    if axis.size == 0:
        raise XlidxError(Kind.MISSING, f"{name} is blank", f"argument {name}", "give one value at least")
    require(np.isfinite(axis), axis, name, "be a number", "leave no blanks between the values")
    return axis


def _grid(series: int, axes: list[Floats]) -> tuple[npt.NDArray[np.intp], list[Floats]]:
    places = np.meshgrid(np.arange(series), *(np.arange(axis.size) for axis in axes), indexing="ij")
    at, *others = (place.ravel() for place in places)
    return at, [axis[place] for axis, place in zip(axes, others, strict=True)]


def _state(terms: list[Any], spot: Floats, days: Any, rate: Any) -> dict[str, Any]:
    sign, level, _, spread, entitlement, fx, kind, premium, rounding, day_count, held = terms
    require((spot > 0.0) & np.isfinite(spot), spot, "spot", "be above 0", "give the level of the underlying")
    rolled = np.asarray(rolled_level(sign, level, rate, spread, days, day_count=day_count))
    later = np.where(kind == LIMITED, level, rolled)
    if held is None:
        barrier = np.asarray(stop_loss_price(sign, later, premium, rounding, kind), dtype=np.float64)
    else:
        barrier = np.where(kind == BEST, later, held)
    stopped: Bools = np.asarray(stop_loss_event(sign, barrier, spot, spot))
    value = np.asarray(intrinsic_value(sign, later, spot, entitlement, fx))
    value = np.where(stopped & (kind != OPEN_ENDED), 0.0, value)
    return {"spot": spot, "financing_level": later, "stop_loss": barrier, "value": value, "stopped": stopped}
