"""A book of certificates: roll every series of a terms table to one day and value it at a market table."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats, in_blocks
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.tables import Column, Table, TableSpec
from xlidx.turbo import analytics, financing, settlement, stop_loss
from xlidx.turbo.terms import EVENTS, KINDS, LIMITED, OPEN_ENDED, SIDES, kind_of, sign_of

TERMS = TableSpec(
    name="terms",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the series"),
        Column(name="underlying", kind="text", help="name of the underlying, as in the market table"),
        Column(name="side", kind="word", words=tuple(SIDES), help="long or short"),
        Column(name="kind", kind="word", words=tuple(KINDS), help="type of certificate"),
        Column(
            name="financing_level",
            kind="number",
            above=0.0,
            unit="financing level currency",
            help="give the current financing level on the level date",
        ),
        Column(name="spread", kind="fraction", unit="per year", help="current spread, 3.5 % is 0.035"),
        Column(
            name="premium",
            kind="fraction",
            unit="of the financing level",
            required=False,
            help="stop-loss premium rate; without effect for best and limited",
        ),
        Column(
            name="stop_loss_rounding",
            kind="number",
            above=0.0,
            required=False,
            help="give the stop-loss price rounding, for example 0.01",
        ),
        Column(
            name="entitlement",
            kind="number",
            above=0.0,
            unit="underlying units per certificate",
            help="give the units of the underlying per certificate, for example 0.01",
        ),
        Column(name="financing_level_currency", kind="text", help="ISO code, for example USD"),
        Column(name="settlement_currency", kind="text", help="ISO code, for example EUR"),
        Column(name="level_date", kind="date", help="day on which the financing level holds"),
    ),
)

MARKET = TableSpec(
    name="market",
    keys=("underlying",),
    columns=(
        Column(name="underlying", kind="text", help="name of the underlying"),
        Column(name="spot", kind="number", above=0.0, unit="price currency", help="give the level of the day"),
        Column(name="rate", kind="number", unit="per year", help="deposit rate, 1.58 % is 0.0158"),
        Column(
            name="fx",
            kind="number",
            above=0.0,
            required=False,
            unit="financing level currency per settlement currency",
            help="give the exchange rate, for example 1.0953 USD per EUR",
        ),
        Column(name="day_count", kind="number", required=False, default=360.0, help="360 or 365"),
        Column(
            name="dividend",
            kind="number",
            required=False,
            default=0.0,
            help="paid between level date and as-of",
        ),
        Column(name="low", kind="number", above=0.0, required=False, help="give the lowest level of the day"),
        Column(name="high", kind="number", above=0.0, required=False, help="give the highest level of the day"),
    ),
)

NUMERIC = (
    "financing_level", "spread", "premium", "stop_loss_rounding", "entitlement", "spot", "rate", "fx", "day_count",
    "dividend", "low", "high", "days",
)  # fmt: skip
COMPUTED = ("financing_level", "stop_loss", "value", "settlement", "leverage", "distance", "stopped")
RESULTS = ("days", "financing_level", "stop_loss", "spot", "value", "settlement", "leverage", "distance")


@rule("ing_open_end_turbo", "T.2")
def turbo_book(terms: Table, market: Table, as_of: np.datetime64 | date | None = None) -> pd.DataFrame:
    """Roll the financing level of every series to a day and value the series at the market of that day.

    Parameters
    ----------
    terms : Table
        One row per series; columns as in :data:`TERMS`.
    market : Table
        One row per underlying; columns as in :data:`MARKET`.  ``low`` and ``high`` blank mean the spot.
    as_of : date, optional
        Day of the market; blank leaves every series on its level date.

    Returns
    -------
    DataFrame of shape (S, 13)
        isin, underlying, side, days [calendar days], financing_level and stop_loss [financing level
        currency], spot, value (intrinsic) and settlement (exercised, or stopped out, on the day)
        [settlement currency], leverage [times], distance [fraction of spot], state
        (``live``, ``stopped out`` or ``error``) and note.  A row that cannot be computed has blanks for
        numbers, state ``error`` and the sentence in note; the other rows are computed all the same.

    Rule: ING Final Terms, economics table (T.2), with the clauses of the functions it calls.

    *Reading*: a limited certificate keeps its financing level; an open-ended one gets the stop-loss that
    its premium gives on the day (use ``XI_TURBO_STOP_LOSS_RESET`` to follow reset dates).

    Examples
    --------
    >>> from xlidx.tables import read
    >>> terms = read(TERMS, [
    ...     ["isin", "underlying", "side", "kind", "financing level", "spread", "entitlement",
    ...      "financing level currency", "settlement currency", "level date"],
    ...     ["DE000NG20XV1", "NDX", "short", "best", 9884.36, 0.035, 0.01, "USD", "EUR", date(2020, 2, 10)]])
    >>> market = read(MARKET, [["underlying", "spot", "rate", "fx"], ["NDX", 9446.36, 0.0158, 1.0953]])
    >>> book = turbo_book(terms, market, date(2020, 2, 11))
    >>> book.loc[2, ["financing_level", "value"]].astype(float).round(4).tolist()
    [9883.8328, 3.9941]
    """
    joined = _joined(terms, market, as_of)
    faults = _faults(terms, market, joined)
    good, numbers = _computed(joined, faults)
    frame = joined[["isin", "underlying", "side"]].copy()
    for name in RESULTS:
        frame[name] = _spread_out(numbers[name], good)
    stopped = _spread_out(numbers["stopped"], good) == 1.0
    frame["state"] = np.where(good, np.where(stopped, "stopped out", "live"), "error")
    frame["note"] = [faults[row].sentence if row in faults else None for row in frame.index]
    return frame


def _computed(joined: pd.DataFrame, faults: dict[int, XlidxError]) -> tuple[Bools, dict[str, Floats]]:
    """Compute the rows without faults; a row that a formula refuses joins the faults."""
    while True:
        good = ~joined.index.isin(list(faults))
        try:
            return good, _numbers(joined[good])
        except XlidxError as error:
            if error.mask is None:
                raise
            rows = joined.index[good][np.broadcast_to(error.mask, (int(good.sum()),))]
            faults.update({int(row): error.at(f"table terms, row {row}") for row in rows})


def _joined(terms: Table, market: Table, as_of: Any) -> pd.DataFrame:
    quotes = market.frame.assign(market_row=market.frame.index).drop_duplicates("underlying")
    joined = terms.frame.merge(quotes, on="underlying", how="left")
    joined.index = terms.frame.index
    level_day = joined["level_date"].to_numpy()
    day = level_day if as_of is None else np.datetime64(as_of, "s")
    return joined.assign(days=(day - level_day) / np.timedelta64(1, "D"))


def _faults(terms: Table, market: Table, joined: pd.DataFrame) -> dict[int, XlidxError]:
    """Return the first refusal of every series, in the order terms, market, pair of both."""
    faults = dict(terms.faults)
    for row, series in joined.iterrows():
        number = int(row)  # type: ignore[call-overload]
        if number not in faults:
            found = _pair_fault(number, series, market)
            if found:
                faults[number] = found
    return faults


def _pair_fault(row: int, series: Any, market: Table) -> XlidxError | None:
    where = f"table terms, row {row}"
    if np.isnan(series["market_row"]):
        what = f"the market table has no row for {series['underlying']}"
        return XlidxError(Kind.NO_DATA, what, where, "add the underlying to the market table")
    if int(series["market_row"]) in market.faults:
        return market.faults[int(series["market_row"])]
    if series["days"] < 0:
        what = f"as_of lies {-series['days']:.0f} days before the level date"
        return XlidxError(Kind.DOMAIN, what, where, "give a day on or after the level date")
    if series["kind"] == "open ended" and np.isnan(series["premium"]):
        mend = "give the current stop-loss premium rate"
        return XlidxError(Kind.MISSING, "premium of an open ended certificate is blank", where, mend)
    return _currency_fault(series, where) or _market_fault(series)


def _currency_fault(series: Any, where: str) -> XlidxError | None:
    financed, settled = series["financing_level_currency"], series["settlement_currency"]
    if financed != settled and np.isnan(series["fx"]):
        what = f"no exchange rate {financed} per {settled} for {series['underlying']}"
        return XlidxError(Kind.NO_DATA, what, where, "fill the column fx of the market table")
    if financed == settled and series["fx"] != 1.0 and not np.isnan(series["fx"]):
        what = f"fx is {series['fx']:g} although {series['underlying']} is financed and settled in {settled}"
        return XlidxError(Kind.DOMAIN, what, where, "leave fx blank or 1 in the market table")
    return None


def _market_fault(series: Any) -> XlidxError | None:
    where = f"table market, row {int(series['market_row'])}"
    if series["dividend"] < 0:
        what = f"dividend is {series['dividend']:g} but must be 0 or more"
        return XlidxError(Kind.DOMAIN, what, where, "give the dividend in financing level currency")
    if series["day_count"] not in (360.0, 365.0):
        what = f"day_count is {series['day_count']:g} but must be 360 or 365"
        return XlidxError(Kind.DOMAIN, what, where, "give 360 (EUR, USD, CHF) or 365 (GBP)")
    if not -1.0 <= series["rate"] <= 1.0:
        what = f"rate is {series['rate']:g} but must lie between -1 and 1"
        return XlidxError(Kind.DOMAIN, what, where, "give rate as a fraction: 3.5 % is 0.035")
    if series["low"] > series["high"] or series["low"] > series["spot"] or series["high"] < series["spot"]:
        what = f"low, spot and high of {series['underlying']} are not in order"
        return XlidxError(Kind.DOMAIN, what, where, "give low <= spot <= high")
    return None


def _numbers(series: pd.DataFrame) -> dict[str, Floats]:
    columns: dict[str, Any] = {name: series[name].to_numpy() for name in NUMERIC}
    columns["side"], columns["kind"] = sign_of(series["side"].to_numpy()), kind_of(series["kind"].to_numpy())
    columns["fx"] = np.where(np.isnan(columns["fx"]), 1.0, columns["fx"])
    names = tuple(columns)
    results = in_blocks(lambda *values: _day(dict(zip(names, values, strict=True))), *columns.values())
    return {"days": columns["days"], "spot": columns["spot"], **dict(zip(COMPUTED, results, strict=True))}


def _day(column: dict[str, Any]) -> tuple[Floats, ...]:
    side, kind, fx = column["side"], column["kind"], column["fx"]
    spot, entitlement = column["spot"], column["entitlement"]
    level = _rolled(column, side, kind)
    barrier = _barrier(column, side, kind, level)
    stopped = _stopped(column, side, barrier)
    intrinsic = analytics.intrinsic_value(side, level, spot, entitlement, fx)
    value = np.where(stopped & (kind != OPEN_ENDED), 0.0, intrinsic)
    event = np.where(stopped, EVENTS["stop loss"], EVENTS["exercise"]).astype(np.int8)
    paid = np.asarray(settlement.cash_settlement(side, level, spot, entitlement, fx, event, kind))
    leverage = np.full(level.shape, np.nan)
    some = value > 0.0
    np.place(leverage, some, np.asarray(analytics.leverage(spot[some], entitlement[some], value[some], fx[some])))
    distance = np.asarray(analytics.distance(side, spot, barrier))
    return level, barrier, value, paid, leverage, distance, stopped.astype(np.float64)


def _rolled(column: dict[str, Any], side: Any, kind: Any) -> Floats:
    rolled = financing.financing_level(
        side,
        column["financing_level"],
        column["rate"],
        column["spread"],
        column["days"],
        column["dividend"],
        column["day_count"],
    )
    return np.where(kind == LIMITED, column["financing_level"], rolled)


def _barrier(column: dict[str, Any], side: Any, kind: Any, level: Floats) -> Floats:
    premium = np.where(kind == OPEN_ENDED, column["premium"], 0.0)
    barrier = stop_loss.stop_loss_price(side, level, premium, column["stop_loss_rounding"], kind)
    return np.asarray(barrier, dtype=np.float64)


def _stopped(column: dict[str, Any], side: Any, barrier: Floats) -> Bools:
    low = np.where(np.isnan(column["low"]), column["spot"], column["low"])
    high = np.where(np.isnan(column["high"]), column["spot"], column["high"])
    return np.asarray(stop_loss.stop_loss_event(side, barrier, low, high))


def _spread_out(values: Floats, good: Bools) -> Floats:
    out = np.full(good.shape, np.nan)
    out[good] = values
    return out
