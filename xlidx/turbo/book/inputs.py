"""The tables of a book: terms of the series, market day by day, money-market rates, choices of the rule."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from xlidx.errors import Kind, XlidxError
from xlidx.tables import Column, Table, TableSpec
from xlidx.turbo.certificate import FAMILIES
from xlidx.turbo.financing import ACCRUALS, UNUSUAL
from xlidx.turbo.path.inputs import ABOVE_MAXIMUM, PathRules, PathTerms, path_terms
from xlidx.turbo.stop_loss import RESETS
from xlidx.turbo.terms import KINDS, SIDES
from xlidx.turbo.underlyings import day_count_of

END_EVENTS = ("exercise", "issuer call", "expiry")
RESIDUALS = ("worst of the day", "spot")


def _number(name: str, words: str, default: float | None = None, **more: Any) -> Column:
    return Column(name=name, kind="number", required=False, default=default, help=words, **more)


def _fraction(name: str, words: str, default: float | None = None, **more: Any) -> Column:
    return Column(name=name, kind="fraction", required=False, default=default, help=words, **more)


def _date(name: str, words: str) -> Column:
    return Column(name=name, kind="date", required=False, help=words)


def _word(name: str, words: tuple[str, ...], default: str, what: str) -> Column:
    return Column(name=name, kind="word", words=words, required=False, default=default, help=what)


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
        _fraction(
            "premium",
            "stop-loss premium rate; without effect for best and limited",
            unit="of the financing level",
        ),
        _number("stop_loss_rounding", "give the stop-loss price rounding, for example 0.01", above=0.0),
        Column(
            name="entitlement",
            kind="number",
            above=0.0,
            unit="underlying units per certificate",
            help="give the units of the underlying per certificate, for example 0.01",
        ),
        Column(name="financing_level_currency", kind="text", code=True, help="ISO code, for example USD"),
        Column(name="settlement_currency", kind="text", code=True, help="ISO code, for example EUR"),
        Column(name="level_date", kind="date", help="day on which the financing level holds"),
    ),
)
"""What every series needs; the columns that a Final Terms document fills come first."""

PATH_TERMS = TableSpec(
    name="terms",
    keys=("isin",),
    columns=(
        *TERMS.columns,
        _word("family", FAMILIES, "index", "what the underlying is"),
        _fraction("maximum_spread", "highest spread, 5 % is 0.05", 1.0),
        _fraction("maximum_premium", "highest stop-loss premium rate", 1.0),
        _fraction("minimum_premium", "lowest stop-loss premium rate", 0.0),
        _number(
            "stop_loss",
            "give the stop-loss price on the level date; blank: the one that level and premium give",
            above=0.0,
            also=("stop_loss_price",),
        ),
        _number("day_count", "360 or 365; blank: by the financing level currency"),
        Column(
            name="base_currency",
            kind="text",
            code=True,
            required=False,
            help="other currency of a pair, whose rate comes from the rates table",
        ),
        _date("end_date", "day on which the series is valued for exercise or issuer call"),
        _word("end_event", END_EVENTS, "exercise", "what happens on the end date"),
        _date("final_valuation_date", "expiry of a limited series"),
        _date("stopped_out", "day of a stop-loss event that is known already"),
    ),
)
"""The terms table of a book, whole; ``XI_FINAL_TERMS`` fills it as far as the document goes."""

MARKET = TableSpec(
    name="market",
    keys=("underlying", "date"),
    columns=(
        Column(name="underlying", kind="text", help="name of the underlying"),
        _number("spot", "give the level of the day", above=0.0, unit="price currency"),
        _number("rate", "deposit rate, 1.58 % is 0.0158; blank if the rates table has it", unit="per year"),
        _number(
            "fx",
            "give the exchange rate, for example 1.0963 USD per EUR",
            above=0.0,
            unit="financing level currency per settlement currency",
        ),
        _number("day_count", "360 or 365; blank: by the financing level currency"),
        _number("dividend", "of the day; without dates: paid between level date and as-of", 0.0),
        _number("low", "give the lowest level of the day", above=0.0),
        _number("high", "give the highest level of the day", above=0.0),
        _date("date", "day of the row; blank in all rows: the as-of day"),
        _number("base_rate", "deposit rate of the other currency of a pair", unit="per year"),
        _number("rollover", "new less old contract price on a roll date, futures only", 0.0),
        _number("split", "give new units per old unit, 1 if none", 1.0, above=0.0),
        _word("disrupted", ("no", "yes"), "no", "yes on holidays and under market disruption"),
        _fraction("new_spread", "current spread from this day on; blank: as before", unit="per year"),
        _fraction("new_premium", "stop-loss premium rate from this day on; blank: as before"),
    ),
)
"""One row per underlying, or, with dates, one per underlying and weekday."""

RATES = TableSpec(
    name="rates",
    keys=("currency", "date"),
    columns=(
        Column(name="currency", kind="text", code=True, help="ISO code, for example USD"),
        Column(name="rate", kind="number", unit="per year", help="deposit rate, 1.58 % is 0.0158"),
        _date("date", "day of the row; blank: every day without a row of its own"),
    ),
)
"""Money-market rates by currency: the rate in force over the calendar days that end on the day."""

RULES = TableSpec(
    name="rules",
    columns=(
        _word("accrual", ACCRUALS, "simple", "interest between two reset dates"),
        _word("level_reset", RESETS, "daily", "reset dates of the level that bears interest"),
        _word("stop_loss_reset", RESETS, "first trading day", "reset dates of open-ended stop-losses"),
        _word("above_maximum", ABOVE_MAXIMUM, "refuse", "what becomes of a spread above its maximum"),
        _word("unusual_rates", UNUSUAL, "refuse", "what becomes of rates below -5 % or above 20 %: likely per cents"),
        _fraction("long_share", "share of dividends that comes off the level of longs", 1.0),
        _fraction("short_share", "share of dividends that comes off the level of shorts", 1.0),
        _word("residual", RESIDUALS, "worst of the day", "price that ends an open-ended series after its stop-loss"),
    ),
)
"""The open choices of the conditions, one row."""


@attrs.frozen
class BookRules:
    """The choices of a book: those of a path, and the price that pays the residual of an open-ended series."""

    path: PathRules = attrs.field(factory=PathRules)
    residual: str = RESIDUALS[0]


def rules_of(table: Table | None) -> BookRules:
    """Return the choices of a rules table (see :data:`RULES`); the defaults without one.

    Raises
    ------
    XlidxError
        The first fault of the table; ``SHAPE`` for more than one row.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rules_of(read(RULES, [["accrual", "long share"], ["daily", 0.85]])).path.accrual
    'daily'
    """
    frame = None if table is None else table.strict()
    if frame is None or frame.empty:
        return BookRules()
    if len(frame) > 1:
        what = f"the rules have {len(frame)} rows"
        raise XlidxError(Kind.SHAPE, what, "table rules", "write the choices into one row")
    choices: dict[str, Any] = {str(name): value for name, value in frame.iloc[0].items()}
    residual = choices.pop("residual")
    return BookRules(PathRules(**choices), residual)


def terms_of(terms: Table) -> PathTerms:
    """Return the series of a terms table (see :data:`PATH_TERMS`) for a path.

    Raises
    ------
    XlidxError
        The first fault of the table; ``NO_DATA`` for a currency without a known day count.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from xlidx.tables import from_frame
    >>> frame = pd.DataFrame({"isin": ["A"], "underlying": ["DAX"], "side": ["long"], "kind": ["best"],
    ...     "financing level": [100.0], "spread": [0.03], "entitlement": [1.0], "financing level currency": ["GBP"],
    ...     "settlement currency": ["EUR"], "level date": [dt.date(2020, 2, 10)]})
    >>> terms_of(from_frame(PATH_TERMS, frame)).day_count
    array([365.])
    """
    frame = terms.strict()
    known = zip(frame["day_count"], frame["financing_level_currency"], frame.index, strict=True)
    return series_of(frame, np.array([day_count(given, currency, row) for given, currency, row in known]))


def series_of(frame: Any, day_counts: Any) -> PathTerms:
    """Return the series of a frame of terms whose rows have no faults, with a day count for each."""
    ends = frame["end_date"].isna().to_numpy()
    event = np.where(ends, "expiry", frame["end_event"].to_numpy(dtype=object))
    end = frame["end_date"].where(~ends, frame["final_valuation_date"]).to_numpy()
    return path_terms(
        frame["side"].to_numpy(),
        frame["financing_level"].to_numpy(),
        frame["level_date"].to_numpy(),
        kind=frame["kind"].to_numpy(),
        family=frame["family"].to_numpy(),
        day_count=day_counts,
        entitlement=frame["entitlement"].to_numpy(),
        stop_loss=frame["stop_loss"].to_numpy(),
        rounding=frame["stop_loss_rounding"].to_numpy(),
        maximum_spread=frame["maximum_spread"].to_numpy(),
        minimum_premium=frame["minimum_premium"].to_numpy(),
        maximum_premium=frame["maximum_premium"].to_numpy(),
        end_date=end,
        end_event=np.where(np.isnat(end), "exercise", event),
    )


def day_count(given: float, currency: str, row: int) -> float:
    """Return the day count of a row of terms: as given, else by its financing level currency."""
    if not np.isnan(given):
        return given
    try:
        return float(day_count_of(currency))
    except XlidxError as error:
        raise error.at(f"table terms, row {row}") from None
