"""Market and rates tables as histories: by day, underlying and currency, with the faults of their rows.

A market table without dates is one day, the as-of day; with dates it holds every weekday.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.limits import CELLS, DAYS, within
from xlidx.tables import Table
from xlidx.turbo.path.inputs import History, PathMarket
from xlidx.turbo.underlyings import DAY_COUNTS

Places = npt.NDArray[np.intp]

NUMBERS = ("spot", "rate", "fx", "day_count", "dividend", "low", "high", "base_rate", "rollover", "split")
BOOK_DAYS = "level dates of the terms, dates of the market, as_of"
NOTHING = {"dividend": 0.0, "rollover": 0.0, "split": 1.0}


@attrs.frozen(eq=False, kw_only=True)
class MoneyRates:
    """Rates (T, C) by day and currency, NaN where there is none; the row that each comes from, and faulty rows."""

    currencies: dict[str, int]
    numbers: Floats
    rows: Places
    faults: dict[int, XlidxError]

    def fault(self, day: int, currency: str) -> XlidxError | None:
        """Return why the rate of a day cannot be used, if a row of the table says why."""
        place = self.currencies.get(currency)
        return None if place is None else self.faults.get(int(self.rows[day, place]))


@attrs.frozen(eq=False, kw_only=True)
class Quotes:
    """What the tables say on T days about U underlyings and C currencies.

    ``numbers`` has a block (T, U + 1) for every number of the market table, the last column for an underlying that
    it does not have; ``rows`` is the row of the table that a place comes from, 0 for none.  ``last`` is the last
    weekday up to the day that was ``asked`` for.  ``rates`` is ``None`` without a rates table.
    """

    dated: bool
    asked: np.datetime64
    last: np.datetime64
    days: Days
    underlyings: dict[str, int]
    numbers: dict[str, Floats]
    disrupted: Bools
    rows: Places
    faults: dict[int, XlidxError]
    rates: MoneyRates | None

    def column(self, names: Any) -> Places:
        """Return the place of each underlying, -1 (the last) for one that the market table does not have."""
        return np.array([self.underlyings.get(name, -1) for name in names], dtype=np.intp)


def quotes_of(market: Table, rates: Table | None, level_dates: Days, as_of: np.datetime64 | date | None) -> Quotes:
    """Return the histories of the days that a book needs.

    Parameters
    ----------
    market, rates : Table
        As in :data:`xlidx.turbo.book.inputs.MARKET` and :data:`xlidx.turbo.book.inputs.RATES`.
    level_dates : dates (S)
        The first of them starts the histories.
    as_of : date, optional
        Last day; blank is the last date of the market table.

    Returns
    -------
    Quotes
        Without dates one day, NaT if no as-of is given.  A Saturday or Sunday is as the Friday before, with dates
        and without.  Levels on such days are passed over; a dividend, split, roll-over or decision there is a fault
        of the session after it.
    """
    frame, dates = market.frame, _dates(market.frame)
    dated = bool((~np.isnat(dates)).any())
    asked = np.array(["NaT" if as_of is None else as_of], "datetime64[D]")[0]
    last = dates[~np.isnat(dates)].max() if dated and as_of is None else asked
    last = last if np.isnat(last) else np.busday_offset(last, 0, roll="backward")
    days = _days(level_dates, last) if dated else np.array([last])
    names = {name: place for place, name in enumerate(dict.fromkeys(frame["underlying"].dropna()))}
    at = np.array([names.get(name, -1) for name in frame["underlying"]], dtype=np.intp)
    on = _places(days, dates) if dated else np.zeros(len(frame), dtype=np.intp)
    kept = np.flatnonzero((on >= 0) & (at >= 0))[::-1]  # of two rows for one place the first counts
    shape = (days.size, len(names) + 1)
    within(CELLS, shape[0] * shape[1], f"a book of {days.size} days and {len(names)} underlyings", BOOK_DAYS)
    rows, disrupted = np.zeros(shape, np.intp), np.zeros(shape, np.bool_)
    rows[on[kept], at[kept]] = frame.index.to_numpy()[kept]
    disrupted[on[kept], at[kept]] = (frame["disrupted"] == "yes").to_numpy()[kept]
    values = {}
    for name in (*NUMBERS, "new_spread", "new_premium"):
        values[name] = np.full(rows.shape, NOTHING.get(name, np.nan))
        values[name][on[kept], at[kept]] = frame[name].to_numpy()[kept]
    faults = _row_faults(market, dated)
    if dated:
        lost = _weekend_amounts(frame, dates)
        after: Days = np.busday_offset(dates[lost], 0, roll="forward")
        on_next = _places(days, after)
        for i, place in zip(lost.tolist(), on_next.tolist(), strict=True):
            if place > 0:
                rows[place, at[i]] = frame.index[i]
                faults.setdefault(int(frame.index[i]), _no_session(dates[i], days[place], int(frame.index[i])))
    return Quotes(
        dated=dated, asked=asked, last=last, days=days, underlyings=names, numbers=values, disrupted=disrupted,
        rows=rows, faults=faults, rates=None if rates is None else _rates(rates, days),
    )  # fmt: skip


def _weekend_amounts(frame: pd.DataFrame, dates: Days) -> Places:
    """Return the places of rows of a Saturday or Sunday that carry what only a session books."""
    carries = frame[["new_spread", "new_premium"]].notna().any(axis=1)
    for name, nothing in NOTHING.items():
        carries |= frame[name] != nothing
    known = ~np.isnat(dates)
    known[known] = ~np.is_busday(dates[known])
    return np.flatnonzero(known & carries.to_numpy())


def _no_session(day: np.datetime64, after: np.datetime64, row: int) -> XlidxError:
    what = f"{day} is no weekday, yet its row has a dividend, split, roll-over, spread or premium"
    return XlidxError(Kind.DOMAIN, what, f"table market, row {row}", f"write it into the row of the session, {after}")


def market_of(quotes: Quotes, series: pd.DataFrame) -> PathMarket:
    """Return the market of a path for series whose underlyings the market table has.

    A place without a row, or with a faulty one, holds what no path accepts, so that it becomes the fault of the
    series that need it, on that day.
    """
    at, values = quotes.column(series["underlying"]), quotes.numbers
    bad = np.isin(quotes.rows, list(quotes.faults))
    low, high = (np.where(np.isnan(values[name]), values["spot"], values[name]) for name in ("low", "high"))
    spreads, premiums = _decisions(quotes, series, at)

    def by_underlying(block: Any) -> History:
        return History(block, at)

    return PathMarket(
        rates=_by_currency(quotes, series["financing_level_currency"]) or by_underlying(values["rate"]),
        base_rates=_by_currency(quotes, series["base_currency"]) or by_underlying(values["base_rate"]),
        spreads=spreads,
        premiums=premiums,
        dividends=by_underlying(np.where(bad, np.nan, values["dividend"])),
        rollovers=by_underlying(values["rollover"]),
        splits=by_underlying(values["split"]),
        lows=by_underlying(np.where(bad, np.nan, low)),
        highs=by_underlying(np.where(bad, np.nan, high)),
        disrupted=by_underlying(quotes.disrupted & ~bad),
    )


def _dates(frame: pd.DataFrame) -> Days:
    return frame["date"].to_numpy().astype("datetime64[D]")


def _days(level_dates: Days, last: np.datetime64) -> Days:
    starts = level_dates[~np.isnat(level_dates)].astype("datetime64[D]")
    first = starts.min() if starts.size else last
    within(DAYS, int((last - first) / np.timedelta64(1, "D")) + 1, f"a book from {first} to {last}", BOOK_DAYS)
    days = np.arange(first, last + 1)
    return days[np.is_busday(days)]


def _places(days: Days, dates: Days) -> Places:
    """Return the place of each date among the days, -1 for one that is none of them."""
    found = np.searchsorted(days, dates)
    inside = (found < days.size) & ~np.isnat(dates)
    inside[inside] = days[found[inside]] == dates[inside]
    return np.where(inside, found, -1)


def _rates(rates: Table, days: Days) -> MoneyRates:
    """Return the rates by day: a row of the day goes before one of all days, and a faulty row hides neither.

    A row whose day cannot be read may be that of any day.
    """
    frame, faults = rates.frame, _rate_faults(rates)
    nameless = [row for row in frame.index[frame["currency"].isna()] if row in faults]
    if nameless:
        raise faults[nameless[0]]
    dates = _dates(frame)
    names = {name: place for place, name in enumerate(dict.fromkeys(frame["currency"]))}
    at, on = frame["currency"].map(names).to_numpy(dtype=np.intp), _places(days, dates)
    rows = np.zeros((days.size, len(names)), np.intp)
    numbers, given = np.full(rows.shape, np.nan), frame["rate"].to_numpy()
    any_day = np.array([_day_unread(faults.get(row)) for row in frame.index], np.bool_)
    for chosen in (np.isnat(dates) & ~any_day, on >= 0, any_day):
        for i in np.flatnonzero(chosen).tolist():
            row, day = int(frame.index[i]), slice(None) if np.isnat(dates[i]) else on[i]
            rows[day, at[i]], numbers[day, at[i]] = row, np.nan if row in faults else given[i]
    return MoneyRates(currencies=names, numbers=numbers, rows=rows, faults=faults)


def _rate_faults(rates: Table) -> dict[int, XlidxError]:
    faults, mend = dict(rates.faults), "give rate as a fraction: 3.5 % is 0.035"
    for row, rate in rates.frame["rate"][rates.frame["rate"].abs() > 1.0].items():
        what, where = f"rate is {rate:g} but must lie between -1 and 1", f"table rates, row {row}, column rate"
        faults.setdefault(int(row), XlidxError(Kind.DOMAIN, what, where, mend))  # type: ignore[call-overload]
    return faults


def _day_unread(fault: XlidxError | None) -> bool:
    return fault is not None and fault.where.endswith("column date")


def _by_currency(quotes: Quotes, codes: pd.Series[Any]) -> History | None:
    if quotes.rates is None:
        return None
    names = quotes.rates.currencies
    block = np.column_stack([quotes.rates.numbers, np.full(quotes.days.size, np.nan)])
    return History(block, np.array([names.get(code, len(names)) for code in codes], dtype=np.intp))


def _decisions(quotes: Quotes, series: pd.DataFrame, at: Places) -> tuple[History, History]:
    """Return spread and premium: those of the terms until the market table gives another after the level date.

    Series of one underlying, level date, spread and premium share a column.
    """
    columns = pd.DataFrame({"at": at, "from": series["level_date"].to_numpy().astype("datetime64[D]")})
    columns["spread"], columns["premium"] = series["spread"].to_numpy(), series["premium"].to_numpy()
    place = columns.groupby(list(columns), sort=False, dropna=False).ngroup().to_numpy().astype(np.intp)
    shared = columns.loc[~pd.Series(place).duplicated()]
    late = quotes.days[:, None] > shared["from"].to_numpy().astype("datetime64[D]")
    late |= not quotes.dated
    spread, premium = (
        History(_until_changed(quotes.numbers[f"new_{name}"][:, shared["at"]], late, shared[name].to_numpy()), place)
        for name in ("spread", "premium")
    )
    return spread, premium


def _until_changed(given: Floats, late: Bools, first: Floats) -> Floats:
    told = ~np.isnan(given) & late
    last = np.maximum.accumulate(np.where(told, np.arange(len(given))[:, None], -1), axis=0)
    held = np.take_along_axis(given, np.maximum(last, 0), axis=0)
    return np.where(last >= 0, held, first)


def _row_faults(market: Table, dated: bool) -> dict[int, XlidxError]:
    """Return the first fault of every row of the market table."""
    faults, frame = dict(market.faults), market.frame
    low, spot, high = (frame[name].to_numpy() for name in ("low", "spot", "high"))
    days, rate, base = (frame[name].to_numpy() for name in ("day_count", "rate", "base_rate"))
    fraction = "give rate as a fraction: 3.5 % is 0.035"
    unordered = (low > high) | (low > spot) | (high < spot)
    checks = (
        (frame["dividend"] < 0, "dividend is {dividend:g} but must be 0 or more", "give it in the price currency"),
        (~(np.isnan(days) | np.isin(days, (360, 365))), "day_count is {day_count:g} but must be 360 or 365",
         "give 360 (EUR, USD, CHF) or 365 (GBP)"),
        (np.abs(rate) > 1.0, "rate is {rate:g} but must lie between -1 and 1", fraction),
        (np.abs(base) > 1.0, "base_rate is {base_rate:g} but must lie between -1 and 1", fraction),
        (unordered, "low, spot and high of {underlying} are not in order", "give low <= spot <= high"),
        (frame["date"].isna() & dated, "date is blank although other rows have one", "give every row its day"),
    )  # fmt: skip
    for bad, what, mend in checks:
        for row in frame.index[np.asarray(bad)].tolist():
            told = what.format(**frame.loc[row].to_dict())
            faults.setdefault(row, XlidxError(Kind.DOMAIN, told, f"table market, row {row}", mend))
    return faults


def day_counts(series: pd.DataFrame, quotes: Quotes) -> Floats:
    """Return the days of a year of every series: of the terms, else of the market table, else by currency."""
    at = quotes.column(series["underlying"])
    market = quotes.numbers["day_count"][-1][at] if quotes.days.size else np.full(len(series), np.nan)
    codes = series["financing_level_currency"].str.strip().str.upper()
    usual = codes.map(dict(DAY_COUNTS)).to_numpy(dtype=np.float64)
    given = series["day_count"].to_numpy()
    return np.where(np.isnan(given), np.where(np.isnan(market), usual, market), given)
