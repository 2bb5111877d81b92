"""Functions of the catalogue that follow certificates through time: paths, watches, valuation dates."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlidx.errors import XlidxError
from xlidx.excel.cells import block
from xlidx.excel.entries import Example, Param
from xlidx.excel.functions.turbo import AS_OF, MARKET, RATES, RULES, TERMS, turbo_function
from xlidx.excel.readers import (
    DAY,
    DAYS,
    FLAGS,
    NUMBER,
    PRICES_OR_BLANK,
    VECTOR,
    WORD,
    Reader,
)
from xlidx.index.intraday.ticks import moment
from xlidx.rules import same_rules
from xlidx.tables import Table
from xlidx.turbo import valuation, watch
from xlidx.turbo.book import certificate_path, inputs, paths


@same_rules(certificate_path.financing_path)
def _path(
    terms: Table, dates: Any, rates: Any, spreads: Any, dividends: Any, premiums: Any, rollovers: Any, lows: Any,
    highs: Any, base_rates: Any, splits: Any, disrupted: Any, rules: Table | None,
) -> pd.DataFrame:  # fmt: skip
    return certificate_path.financing_path(
        terms, dates, rates, spreads, dividends, base_rates=base_rates, premiums=premiums, rollovers=rollovers,
        splits=splits, lows=lows, highs=highs, disrupted=disrupted, rules=inputs.rules_of(rules).path,
    )  # fmt: skip


@same_rules(valuation.valuation_dates)
def _valuation_dates(issue_date: Any, count: float, calendar: str) -> list[date]:
    return valuation.valuation_dates(issue_date.item(), int(count) if count % 1 == 0 else count, calendar)  # type: ignore[arg-type]


@same_rules(watch.stop_loss_watch)
def _watch(side: str, barrier: Any, times: Any, low: Any, high: Any, disrupted: Any, hours: float) -> pd.DataFrame:
    found = watch.stop_loss_watch(side, barrier, times, low, high, disrupted, hours)
    none = not found.event
    return pd.DataFrame(
        {
            "event": [found.event],
            "moment": [found.moment],
            "level": [None if none else found.level],
            "valuation_end": [found.until],
            "termination_price": [None if none else found.price],
        }
    )


def _moments(raw: Any, name: str, default: Any) -> Any:
    del default
    cells = [cell for row in block(raw).grid() for cell in row]
    for place, cell in enumerate(cells, start=1):
        if isinstance(cell, XlidxError):
            raise XlidxError(cell.kind, f"{name}: {cell.what}", f"argument {name}, item {place}", cell.mend)
    return np.array([moment(cell, f"argument {name}, item {i}") for i, cell in enumerate(cells, start=1)])


MOMENTS = Reader(_moments, "row or column of dates, with times or without")
HEADER = [
    "isin", "underlying", "side", "kind", "financing level", "spread", "entitlement", "financing level currency",
    "settlement currency", "level date",
]  # fmt: skip
SHORT_NDX = [HEADER, ["DE000NG20XV1", "NDX", "short", "best", 9884.36, 0.035, 0.01, "USD", "EUR", date(2020, 2, 10)]]
SHORT_DAX = [HEADER, ["DE000NG20XP3", "DAX", "short", "best", 13571.32, 0.035, 0.01, "EUR", "EUR", date(2020, 2, 10)]]
NDX_PATH = [
    list(certificate_path.COLUMNS),
    [date(2020, 2, 10), 0.0, 0.0158, None, None, 0.0, 0.0, 0.0, 9884.36, None, 9884.36, 0.01, True, True, False, "live",
     None],
    [date(2020, 2, 11), 1.0, 0.0158, 0.035, -0.0192, -0.52716586666666667, 0.0, 0.0, 9883.8328341333333, None,
     9883.8328341333333, 0.01, True, True, False, "live", None],
]  # fmt: skip
DAX_DAYS = [
    ["underlying", "date", "spot", "rate"],
    ["DAX", date(2020, 2, 10), 13532.32, -0.0045],
    ["DAX", date(2020, 2, 11), 13540.0, -0.0045],
]
DAX_PATH = [
    list(paths.COLUMNS),
    ["DE000NG20XP3", "DAX", date(2020, 2, 10), 0.0, -0.0045, None, None, 0.0, 0.0, 0.0, 13571.32, None, 13571.32, 0.01,
     13532.32, 0.39, True, True, False, "live", None],
    ["DE000NG20XP3", "DAX", date(2020, 2, 11), 1.0, -0.0045, 0.035, -0.0395, -1.4890753888888889, 0.0, 0.0,
     13569.830924611111, None, 13569.830924611111, 0.01, 13540.0, 0.29830924611111, True, True, False, "live", None],
]  # fmt: skip

PATHS = (
    turbo_function(
        name="XI_TURBO_FINANCING_PATH",
        core=_path,
        params=(
            Param(TERMS.name, TERMS.read, "Terms table of one series: its header row and its row."),
            Param("dates", DAYS, "Rising weekdays, in general every one; public holidays are days of the level too."),
            Param(
                "rates",
                PRICES_OR_BLANK,
                "Deposit rate per year over the days that end on each date, as fractions; one for all or one per date. "
                "Not needed for futures.",
                np.nan,
            ),
            Param(
                "spreads", PRICES_OR_BLANK, "Spread per year, one or one per date; blank is that of the terms.", None
            ),
            Param("dividends", VECTOR, "Notional dividend that falls off on each date; blank is 0.", 0.0),
            Param(
                "premiums",
                PRICES_OR_BLANK,
                "Stop-loss premium rate, one or one per date, looked at on reset dates of open ended; blank is that "
                "of the terms.",
                None,
            ),
            Param(
                "rollovers",
                VECTOR,
                "New less old contract price on each roll date of a future; blank is 0.",
                0.0,
            ),
            Param("lows", PRICES_OR_BLANK, "Lowest level of each date; left out, no stop-loss is tested.", None),
            Param("highs", PRICES_OR_BLANK, "Highest level of each date; goes with lows.", None),
            Param(
                "base_rates",
                PRICES_OR_BLANK,
                "For a currency pair the deposit rate of the other currency; one or one per date.",
                np.nan,
            ),
            Param("splits", VECTOR, "New units per old unit on each date of a split; blank is 1.", 1.0),
            Param("disrupted", FLAGS, "TRUE on dates whose levels do not count: holiday or disruption.", False),
            RULES,
        ),
        help="A certificate day by day: rate, spread, financing (for futures handling) cost, dividend, roll-over, "
        "level, premium, stop-loss, resets, event, state; one row per date.",
        examples=(
            Example(
                (SHORT_NDX, [[date(2020, 2, 10)], [date(2020, 2, 11)]], 0.0158),
                NDX_PATH,
                "worked by hand in decimal: 9884.36 x (1 - 0.0192/360)",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_PATHS",
        core=paths.turbo_paths,
        params=(TERMS, MARKET, AS_OF, RATES, RULES),
        help="Many series day by day from market histories: the rows of XI_TURBO_FINANCING_PATH with spot and value, "
        "per series and day; a bad series shows its error in its own rows.",
        examples=(
            Example(
                (SHORT_DAX, DAX_DAYS),
                DAX_PATH,
                "worked by hand in decimal: 13571.32 x (1 - 0.0395/360), less 13540, by 0.01",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_STOP_LOSS_WATCH",
        core=_watch,
        params=(
            Param("side", WORD, "long or short."),
            Param("stop_loss", VECTOR, "Stop-loss price, one or one per tick when it moves with the days."),
            Param("times", MOMENTS, "Dates and times of the ticks (or dates of daily bars) in rising order."),
            Param("low", PRICES_OR_BLANK, "Level of each tick, or lowest level of each bar."),
            Param("high", PRICES_OR_BLANK, "Highest level of each bar; left out for ticks.", None),
            Param("disrupted", FLAGS, "TRUE for ticks during a market disruption, which do not count.", False),
            Param(
                "hours",
                NUMBER,
                "Length of the valuation period after the event, in hours; blank takes the tick of the event alone.",
                0.0,
            ),
        ),
        help="First stop-loss event among ticks or bars: date and time, level, end of the valuation period and its "
        "least favourable price (long lowest, short highest).",
        examples=(
            Example(
                (
                    "long",
                    [[100.0]],
                    [[date(2020, 2, 10)], [date(2020, 2, 11)], [date(2020, 2, 12)]],
                    [[101.0], [100.0], [98.5]],
                    [[103.0], [102.0], [99.0]],
                    None,
                    24.0,
                ),
                [
                    ["event", "moment", "level", "valuation_end", "termination_price"],
                    [True, date(2020, 2, 11), 100.0, date(2020, 2, 12), 98.5],
                ],
                "the low of 11 February touches the stop-loss; one day on the lowest level is 98.5",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_VALUATION_DATES",
        core=_valuation_dates,
        params=(
            Param("issue_date", DAY, "Issue date of the series."),
            Param("count", NUMBER, "How many dates, 1 to 50."),
            Param("calendar", WORD, "Market identifier code of the exchange of the underlying, for example XETR."),
        ),
        help="Yearly valuation dates of a certificate without a term, from one year after the issue date, each moved "
        "to the next session of the exchange.",
        examples=(
            Example(
                (date(2020, 2, 12), 3.0, "XETR"),
                [[date(2021, 2, 12)], [date(2022, 2, 14)], [date(2023, 2, 13)]],
                "ING Final Terms, item 22: 12 February 2022 is a Saturday, 12 February 2023 a Sunday",
            ),
        ),
    ),
)
