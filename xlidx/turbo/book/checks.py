"""What is refused in a book, series by series, in the words of the table and row to mend."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Days
from xlidx.errors import Kind, XlidxError
from xlidx.tables import Table, plain_name
from xlidx.turbo.book.market import Quotes, day_counts
from xlidx.turbo.terms import kind_of
from xlidx.turbo.underlyings import USES_RATE, family_of

Refusal = Callable[[Any, str], XlidxError]


def table_faults(terms: Table) -> dict[int, XlidxError]:
    """Return the faults of a terms table, with the reason why fixed leverage is none of the kinds."""
    faults = dict(terms.faults)
    for row, fault in terms.faults.items():
        if "fixedleverage" in plain_name(fault.what):
            faults[row] = _fixed_leverage(fault.where)
    return faults


def _fixed_leverage(where: str) -> XlidxError:
    try:
        kind_of("fixed leverage")
    except XlidxError as error:
        return XlidxError(error.kind, error.what, where, error.mend)
    raise AssertionError("fixed leverage has become a kind")  # pragma: no cover


def first_faults(frame: pd.DataFrame, quotes: Quotes) -> dict[int, XlidxError]:
    """Return the first refusal of every series that no roll can begin with."""
    at, undated = quotes.column(frame["underlying"]), not quotes.dated
    start, out = (frame[name].to_numpy().astype("datetime64[D]") for name in ("level_date", "stopped_out"))
    day = _last_day(quotes, start)
    row = quotes.rows[0][at] if undated else np.zeros(len(frame), np.intp)
    rate = quotes.numbers["rate"][0][at] if undated and quotes.rates is None else np.zeros(len(frame))
    uses = USES_RATE[family_of(frame["family"].to_numpy())] if len(frame) else np.zeros(0, np.bool_)
    end = frame["end_date"].fillna(frame["final_valuation_date"]).to_numpy().astype("datetime64[D]")
    frame = frame.assign(early=(start - day) / np.timedelta64(1, "D"), market_row=row, end=end)
    checks: tuple[tuple[Any, Refusal], ...] = (
        (at < 0, _no_underlying),
        (np.isin(row, list(quotes.faults)), lambda series, _: quotes.faults[series["market_row"]]),
        (day < start, _too_early),
        (out <= day, _known_out),
        ((end < day) & undated, _over),
        (uses & np.isnan(rate), _no_rate),
        (np.isnan(day_counts(frame, quotes)), _no_day_count),
    )
    found: dict[int, XlidxError] = {}
    for bad, refuse in checks:
        for place in np.flatnonzero(bad).tolist():
            number = int(frame.index[place])
            if number not in found:
                found[number] = refuse(frame.iloc[place], f"table terms, row {number}")
    return found


def _last_day(quotes: Quotes, start: Days) -> Days:
    """Return the day of the book, or, where none is given, the level date of every series."""
    if quotes.days.size:
        return np.where(np.isnat(quotes.days[-1]), start, quotes.days[-1])
    return np.minimum(quotes.last, start - 1)


def told(fault: XlidxError, series: Any, t: int, quotes: Quotes) -> XlidxError:
    """Return a refusal of the path in the words of the tables of a book."""
    at, today = quotes.underlyings[series["underlying"]], quotes.days[t]
    row, where = int(quotes.rows[t][at]), f"table terms, row {series.name}"
    on = "" if np.isnat(today) else f", {today}"
    if row == 0:
        what = f"the market table has no row for {series['underlying']} on {today}"
        return XlidxError(Kind.NO_DATA, what, where, "add it; on a holiday leave spot blank and mark it as disrupted")
    if row in quotes.faults:
        return quotes.faults[row]
    if fault.what == "low is missing":
        return _blank("spot", row)
    if fault.what in ("rate is missing", "base rate is missing"):
        pair = "base_currency" if fault.what.startswith("base") else "financing_level_currency"
        told = quotes.rates and quotes.rates.fault(t, str(series[pair]))
        if told:
            return told
        table = f"table market, row {row}" if quotes.rates is None else "table rates"
        what = f"{fault.what} for {series[pair] or 'the base currency'}{on}"
        return XlidxError(Kind.NO_DATA, what, f"{where}, {table}", "fill the rate of that day")
    return XlidxError(fault.kind, fault.what, where + on, fault.mend)


def price_faults(series: pd.DataFrame, known: Collection[int], last: dict[str, Any]) -> dict[int, XlidxError]:
    """Return the refusals of series that were rolled but cannot be valued."""
    found: dict[int, XlidxError] = {}
    financed, settled = (series[f"{name}_currency"].to_numpy() for name in ("financing_level", "settlement"))
    foreign, given = financed != settled, ~np.isnan(last["fx"])
    wrong = np.isnan(last["spot"]) | (foreign & ~given) | (~foreign & given & (last["fx"] != 1.0))
    for place in np.flatnonzero(wrong).tolist():
        row = int(series.index[place])
        if row in known:
            continue
        if np.isnan(last["spot"][place]):
            found[row] = _blank("spot", int(last["row"][place]))
        else:
            found[row] = _wrong_fx(series.iloc[place], float(last["fx"][place]), f"table terms, row {row}")
    return found


def _wrong_fx(series: Any, fx: float, where: str) -> XlidxError:
    financed, settled = series["financing_level_currency"], series["settlement_currency"]
    if financed != settled:
        what = f"no exchange rate {financed} per {settled} for {series['underlying']}"
        return XlidxError(Kind.NO_DATA, what, where, "fill the column fx of the market table")
    what = f"fx is {fx:g} although {series['underlying']} is financed and settled in {settled}"
    return XlidxError(Kind.DOMAIN, what, where, "leave fx blank or 1 in the market table")


def _blank(name: str, row: int) -> XlidxError:
    where = f"table market, row {row}, column {name}"
    return XlidxError(Kind.MISSING, f"{name} is blank", where, "give a number")


def _no_underlying(series: Any, where: str) -> XlidxError:
    what = f"the market table has no row for {series['underlying']}"
    return XlidxError(Kind.NO_DATA, what, where, "add the underlying to the market table")


def _too_early(series: Any, where: str) -> XlidxError:
    what = f"as_of lies {series['early']:.0f} days before the level date"
    return XlidxError(Kind.DOMAIN, what, where, "give a day on or after the level date")


def _known_out(series: Any, where: str) -> XlidxError:
    what = f"the series was stopped out on {series['stopped_out']:%Y-%m-%d}: nothing is left to roll"
    return XlidxError(Kind.DOMAIN, what, where, "take it out of the book, or give an earlier day")


def _over(series: Any, where: str) -> XlidxError:
    what = f"the series ended on {series['end']:%Y-%m-%d}"
    return XlidxError(Kind.DOMAIN, what, where, "give an earlier day, or a market table with dates")


def _no_rate(series: Any, _: str) -> XlidxError:
    where = f"table market, row {int(series['market_row'])}, column rate"
    return XlidxError(Kind.MISSING, "rate is blank", where, "give a number, or a rates table")


def _no_day_count(series: Any, where: str) -> XlidxError:
    what = f"no day count is known for {series['financing_level_currency']}"
    return XlidxError(Kind.NO_DATA, what, where, "fill the column day_count with 360 or 365")
