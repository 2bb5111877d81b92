"""One certificate as a table: its terms from one row, its life one row per day."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.tables import Column, Table, TableSpec
from xlidx.turbo.book import TERMS
from xlidx.turbo.certificate import FAMILIES
from xlidx.turbo.path import FLAGS, NUMBERS, RULES, STATES, Paths, financing_paths
from xlidx.turbo.path_inputs import PathMarket, PathRules, PathTerms, path_terms
from xlidx.turbo.underlyings import day_count_of


def _bound(name: str, default: float, words: str) -> Column:
    return Column(name=name, kind="fraction", required=False, default=default, help=words)


PATH_TERMS = TableSpec(
    name="terms",
    keys=("isin",),
    columns=(
        *TERMS.columns,
        Column(
            name="family",
            kind="word",
            words=FAMILIES,
            required=False,
            default="index",
            help="what the underlying is",
        ),
        _bound("maximum_spread", 1.0, "highest spread, 5 % is 0.05"),
        _bound("maximum_premium", 1.0, "highest stop-loss premium rate"),
        _bound("minimum_premium", 0.0, "lowest stop-loss premium rate"),
        Column(
            name="stop_loss",
            kind="number",
            above=0.0,
            required=False,
            help="give the stop-loss price on the level date; blank: the one that level and premium give",
        ),
        Column(
            name="day_count",
            kind="number",
            required=False,
            help="360 or 365; blank: by the financing level currency",
        ),
    ),
)
"""The terms table of a book with the columns that a path needs besides; ``XI_FINAL_TERMS`` gives them all."""

COLUMNS = ("date", *NUMBERS, *FLAGS, "state", "note")


@rule("ing_open_end_turbo", "C.1")
@rule("ing_open_end_turbo", "C.2")
@rule("ing_open_end_turbo", "C.6")
def financing_path(
    terms: Table,
    dates: Any,
    rates: Any = np.nan,
    spreads: Any = None,
    dividends: Any = 0.0,
    *,
    base_rates: Any = np.nan,
    premiums: Any = None,
    rollovers: Any = 0.0,
    splits: Any = 1.0,
    lows: Any = None,
    highs: Any = None,
    disrupted: Any = False,
    end_date: date | np.datetime64 | None = None,
    end_event: str = "exercise",
    rules: PathRules = RULES,
) -> pd.DataFrame:
    """Follow one certificate day by day.

    Parameters
    ----------
    terms : Table
        One row; columns as in :data:`PATH_TERMS`.
    dates : dates (T)
        Rising weekdays.
    rates, spreads, dividends, base_rates, premiums, rollovers, splits, lows, highs, disrupted : (T), or one value
        As in :class:`xlidx.turbo.path_inputs.PathMarket`; a blank is NaN.  Spreads and premiums left out are those
        of the terms; a day without dividend, roll-over or split may be NaN.
    end_date, end_event
        As in :func:`xlidx.turbo.path_inputs.path_terms`.
    rules : PathRules

    Returns
    -------
    DataFrame of shape (T, 16)
        date, days [calendar days since the row before], rate and spread [per year], yearly_cost [per year],
        funding_cost, dividend (taken off), rollover, financing_level and stop_loss [financing level currency],
        entitlement, reset (of the level), stop_loss_reset, event, state and note.  A day before the level date
        is in ``error`` by itself.  A day that cannot be computed shows its sentence in note, and the days
        after it are in ``error`` too.  After a stop-loss event or the end date the state is ``ended`` and the
        numbers are NaN.

    Raises
    ------
    XlidxError
        For faults of the terms, weekend days, and ranges that do not fit; see
        :func:`xlidx.turbo.path.financing_paths`, which also gives rule and readings.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> terms = read(PATH_TERMS, [
    ...     ["isin", "underlying", "side", "kind", "financing level", "spread", "entitlement",
    ...      "financing level currency", "settlement currency", "level date"],
    ...     ["DE000NG20XV1", "NDX", "short", "best", 9884.36, 0.035, 0.01, "USD", "EUR", date(2020, 2, 10)]])
    >>> path = financing_path(terms, ["2020-02-10", "2020-02-11"], 0.0158)
    >>> path[["financing_level", "funding_cost"]].round(4).values.tolist()
    [[9884.36, 0.0], [9883.8328, -0.5272]]
    """
    line = _one_row(terms)
    market = PathMarket(
        rates=rates,
        base_rates=base_rates,
        spreads=line["spread"] if spreads is None else spreads,
        premiums=line["premium"] if premiums is None else premiums,
        dividends=_filled(dividends, 0.0),
        rollovers=_filled(rollovers, 0.0),
        splits=_filled(splits, 1.0),
        lows=lows,
        highs=highs,
        disrupted=disrupted,
    )
    until = "NaT" if end_date is None else end_date
    one = attrs.evolve(terms_of(terms), end_date=np.array([until], "datetime64[D]"), end_event=_event(end_event))
    return _frame(financing_paths(one, dates, market, rules, (*NUMBERS, *FLAGS, "state")), one)


def terms_of(terms: Table) -> PathTerms:
    """Return the series of a terms table (see :data:`PATH_TERMS`) for :func:`financing_paths`.

    Raises
    ------
    XlidxError
        The first fault of the table; ``NO_DATA`` for a currency without a known day count.

    Examples
    --------
    >>> from xlidx.tables import from_frame
    >>> frame = pd.DataFrame({"isin": ["A"], "underlying": ["DAX"], "side": ["long"], "kind": ["best"],
    ...     "financing level": [100.0], "spread": [0.03], "entitlement": [1.0], "financing level currency": ["GBP"],
    ...     "settlement currency": ["EUR"], "level date": [date(2020, 2, 10)]})
    >>> terms_of(from_frame(PATH_TERMS, frame)).day_count
    array([365.])
    """
    frame = terms.strict()
    known = zip(frame["day_count"], frame["financing_level_currency"], frame.index, strict=True)
    return path_terms(
        frame["side"].to_numpy(),
        frame["financing_level"].to_numpy(),
        frame["level_date"].to_numpy(),
        kind=frame["kind"].to_numpy(),
        family=frame["family"].to_numpy(),
        day_count=np.array([_day_count(given, currency, row) for given, currency, row in known]),
        entitlement=frame["entitlement"].to_numpy(),
        stop_loss=frame["stop_loss"].to_numpy(),
        rounding=frame["stop_loss_rounding"].to_numpy(),
        maximum_spread=frame["maximum_spread"].to_numpy(),
        minimum_premium=frame["minimum_premium"].to_numpy(),
        maximum_premium=frame["maximum_premium"].to_numpy(),
    )


def _day_count(given: float, currency: str, row: int) -> float:
    if not np.isnan(given):
        return given
    try:
        return float(day_count_of(currency))
    except XlidxError as error:
        raise error.at(f"table terms, row {row}") from None


def _one_row(terms: Table) -> Any:
    frame = terms.strict()
    if len(frame) != 1:
        what = f"the terms have {len(frame)} rows"
        raise XlidxError(Kind.SHAPE, what, "a path follows one certificate", "select the header and one row")
    return frame.iloc[0]


def _event(word: str) -> Any:
    return path_terms("long", 1.0, "NaT", end_event=word).end_event


def _filled(values: Any, nothing: float) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(array), nothing, array)


def _frame(paths: Paths, terms: PathTerms) -> pd.DataFrame:
    states = [STATES[code] for code in paths.kept["state"][:, 0]]
    notes: list[str | None] = [None] * len(states)
    for i, state in enumerate(states):
        if state == "not issued":
            notes[i] = _too_early(paths.dates[i], terms.level_date[0]).sentence
    if paths.faults:
        notes[states.index("error")] = paths.faults[0].sentence
    columns: dict[str, Any] = {"date": paths.dates.astype("datetime64[s]")}
    columns |= {name: paths.kept[name][:, 0] for name in (*NUMBERS, *FLAGS)}
    shown = ["error" if state == "not issued" else state for state in states]
    return pd.DataFrame(columns | {"state": shown, "note": notes}, columns=list(COLUMNS))


def _too_early(day: np.datetime64, level_date: np.datetime64) -> XlidxError:
    what = f"{day} lies before the level date {level_date}"
    return XlidxError(Kind.DOMAIN, what, "argument dates", "start on the level date or later")
