"""One certificate as a table: its terms from one row, its life one row per day."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.tables import Table
from xlidx.turbo.book.inputs import terms_of
from xlidx.turbo.path.daily import (
    FIRST_EVENT,
    FLAGS,
    LAST_EVENT,
    LIVE,
    NUMBERS,
    RULES,
    STATES,
    Paths,
    financing_paths,
    over,
)
from xlidx.turbo.path.inputs import PathMarket, PathRules, PathTerms, path_terms

MAY_BE_BLANK = ("rate", "spread", "yearly_cost", "premium")
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
        One row; columns as in :data:`xlidx.turbo.book.inputs.PATH_TERMS`.
    dates : dates (T)
        Rising weekdays.
    rates, spreads, dividends, base_rates, premiums, rollovers, splits, lows, highs, disrupted : (T), or one value
        As in :class:`xlidx.turbo.path.inputs.PathMarket`; a blank is NaN.  Spreads and premiums left out are those
        of the terms; a day without dividend, roll-over or split may be NaN.
    end_date, end_event
        As in :func:`xlidx.turbo.path.inputs.path_terms`; left out, those of the terms.
    rules : PathRules

    Returns
    -------
    DataFrame of shape (T, 17)
        date, days [calendar days since the row before], rate and spread [per year], yearly_cost [per year],
        funding_cost (for futures the handling cost), dividend (taken off), rollover, financing_level, premium [of
        the level, open ended only], stop_loss [financing level currency],
        entitlement, reset (of the level), stop_loss_reset, event, state and note.  A day before the level date
        is in ``error`` by itself.  A day that cannot be computed shows its sentence in note, and the days
        after it are in ``error`` too.  After a stop-loss event or the end date the state is ``ended``, the
        numbers are NaN and the note says why.

    Raises
    ------
    XlidxError
        For faults of the terms, weekend days, and ranges that do not fit; see
        :func:`xlidx.turbo.path.daily.financing_paths`, which also gives rule and readings.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> from xlidx.turbo.book.inputs import PATH_TERMS
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
    one = terms_of(terms)
    if end_date is not None:
        one = attrs.evolve(one, end_date=np.array([end_date], "datetime64[D]"), end_event=_event(end_event))
    return _frame(financing_paths(one, dates, market, rules, (*NUMBERS, *FLAGS, "state")), one)


def _one_row(terms: Table) -> Any:
    frame = terms.strict()
    if len(frame) != 1:
        what = f"the terms have {len(frame)} rows"
        raise XlidxError(Kind.SHAPE, what, "a path follows one certificate", "select the header and one row")
    line = frame.iloc[0]
    if not pd.isna(line["stopped_out"]):
        what = f"the series was stopped out on {line['stopped_out']:%Y-%m-%d}: nothing is left to roll"
        raise XlidxError(Kind.DOMAIN, what, f"table terms, row {line.name}", "follow it without that date up to it")
    return line


def _event(word: str) -> Any:
    return path_terms("long", 1.0, "NaT", end_event=word).end_event


def _filled(values: Any, nothing: float) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return np.where(np.isnan(array), nothing, array)


def _frame(paths: Paths, terms: PathTerms) -> pd.DataFrame:
    codes = paths.kept["state"][:, 0].tolist()
    states = [STATES[code] for code in codes]
    notes: list[str | None] = [None] * len(states)
    for i, state in enumerate(states):
        if state == "not issued":
            notes[i] = _too_early(paths.dates[i], terms.level_date[0]).sentence
    ends = [i for i, code in enumerate(codes) if FIRST_EVENT <= code <= LAST_EVENT]
    for i, state in enumerate(states):
        if state == "ended":
            notes[i] = over(codes[ends[0]], paths.dates[ends[0]])
        if state == "error":
            notes[i] = paths.faults[0].sentence
    columns: dict[str, Any] = {"date": paths.dates.astype("datetime64[s]")}
    columns |= {name: paths.kept[name][:, 0] for name in (*NUMBERS, *FLAGS)}
    counted = np.isin(codes, (LIVE, *range(FIRST_EVENT, LAST_EVENT + 1)))
    columns |= {name: blanked(columns[name], counted) for name in MAY_BE_BLANK}
    shown = ["error" if state == "not issued" else state for state in states]
    return pd.DataFrame(columns | {"state": shown, "note": notes}, columns=list(COLUMNS))


def blanked(values: Floats, shown: Bools) -> Any:
    """Return a column with blanks where a number has no meaning, as the rate of a future; NaN stays where days fail."""
    blank = np.isnan(values) & shown
    return np.where(blank, None, values) if blank.any() else values  # type: ignore[call-overload]


def _too_early(day: np.datetime64, level_date: np.datetime64) -> XlidxError:
    what = f"{day} lies before the level date {level_date}"
    return XlidxError(Kind.DOMAIN, what, "argument dates", "start on the level date or later")
