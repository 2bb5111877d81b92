"""Price, net and gross version of an index of numbers of shares: three vectors, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.index.basket import Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.share_vector.agenda import (
    Inputs,
    Readings,
    ShareState,
    disrupted,
    removed,
    stops_of,
)
from xlidx.index.share_vector.ex_date import ExDate, carried, changes_of, ex_dates, strangers
from xlidx.index.share_vector.history import LOG, Run, Setup, VectorState, run_vector
from xlidx.index.share_vector.market import market_of
from xlidx.index.share_vector.tables import INSOLVENCY, disruption_days, event_rows, refuse_early, targets_of
from xlidx.limits import DAYS, within
from xlidx.rounding import round_decimals
from xlidx.tables import Table, read

VERSIONS = ("PR", "NTR", "GTR")
FLAGS = ("date", "id", "what")


@attrs.frozen(eq=False)
class ShareHistory:
    """A run of the index in its three versions.

    Parameters
    ----------
    levels : DataFrame, one row per session
        Date, PR, NTR, GTR [index points], rounded; what
        :func:`xlidx.index.divisor_history.history.compare_histories` compares.
    log : DataFrame, one row per change of a number of shares
        version, date, isin, before, after [number], price [index currency], reason.  In rows of rebalancing
        days and removals the price is that of the day before, in rows of events that of the day.
    flags : DataFrame
        date, id, what: market disruptions, prices and rates carried forward, insolvent components, dividends not
        reinvested.
    state : ShareState
        What :func:`continue_history` goes on from.
    """

    levels: pd.DataFrame
    log: pd.DataFrame
    flags: pd.DataFrame
    state: ShareState

    def shown(self) -> pd.DataFrame:
        """Return the levels with a column Flag: what is to be known of a day, in words."""
        words: dict[Any, dict[str, None]] = {}
        for day, what in zip(self.flags["date"], self.flags["what"], strict=True):
            words.setdefault(day, {})[what] = None
        text = ["; ".join(words.get(day, ())) for day in self.levels["Date"]]
        return self.levels.assign(Flag=text)


def run_versions(
    state: ShareState | None,
    targets: Table,
    prices: Quotes,
    events: Table | None,
    dividends: Table | None,
    fx: Quotes | None,
    withholding: Table | None,
    disruptions: Table | None,
    rebalancing: Mapping[Any, Any] | None,
    readings: Readings,
) -> ShareHistory:
    """Run the three versions from their base date, or on from a state; see the rule book for the arguments."""
    goals, names = targets_of(targets, readings.index_currency)
    day = np.timedelta64(1, "D")
    first = goals[0].day if state is None else state.day + day
    base = np.busday_offset(first, 0, roll="forward").astype("datetime64[D]")
    within(DAYS, int((prices.days[-1] - base) / day), f"the history from {base} to {prices.days[-1]}", "table prices")
    last = np.arange(base, max(prices.days[-1], base) + day)
    since = base if state is None else state.day
    if state is None and readings.other_events == "refuse":
        refuse_early(events, base)
    happening = event_rows(events, last[np.is_busday(last)] if len(last) else last, since)
    insolvent = {event.isin: event.day for event in reversed(happening) if event.event == INSOLVENCY}
    known = {**insolvent, **(state.insolvent if state else {})}
    paying = (dividends or read(DIVIDENDS, [[column.name for column in DIVIDENDS.columns]])).strict()
    before = None if state is None else (state.closes, state.rates)
    more = [text.upper() for text in paying["currency"].unique() if text]
    market = market_of(
        prices,
        fx,
        names.currency,
        more,
        base,
        before,
        known,
        index_currency=readings.index_currency,
        decimals=readings.price_decimals,
        on_the_day=readings.insolvency_day,
    )
    taxes = withholding or read(WITHHOLDING, [["country", "rate"]])
    halts = disruption_days(disruptions)
    inputs = Inputs(goals, names, happening, paying, taxes, halts, market, rebalancing, readings, state, known)
    dates = ex_dates(inputs)
    return _three(attrs.evolve(inputs, market=carried(market, dates)), dates)


def _three(inputs: Inputs, dates: Sequence[ExDate]) -> ShareHistory:
    readings, state, market = inputs.readings, inputs.state, inputs.market
    setup = Setup(
        inputs.names,
        readings.base_level,
        readings.level_decimals,
        readings.weights_over,
        readings.index_currency,
        readings.other_events,
    )
    stops = stops_of(inputs)
    runs: dict[str, Run] = {}
    vectors: dict[str, VectorState] = {}
    for version in VERSIONS:
        start = inputs.targets[0] if state is None else state.vectors[version]
        changes = [change for one in dates for change in changes_of(one, market, readings, version)]
        runs[version], vectors[version] = run_vector(start, market, setup, stops, changes)
    return _history(inputs, runs, vectors)


def _history(inputs: Inputs, runs: Mapping[str, Run], vectors: Mapping[str, VectorState]) -> ShareHistory:
    market, state = inputs.market, inputs.state
    columns: dict[str, Any] = {"Date": market.days.astype("datetime64[s]")}
    for version, run in runs.items():
        columns[version] = round_decimals(np.concatenate(run.levels), inputs.readings.level_decimals, "half away")
    log = [(version, *row) for version, run in runs.items() for row in run.log]
    rows = list(
        dict.fromkeys((*disrupted(inputs), *strangers(inputs), *(row for run in runs.values() for row in run.flags)))
    )
    flags = pd.DataFrame(rows, columns=list(FLAGS)).sort_values(["date", "id"], kind="stable", ignore_index=True)
    closes = dict(zip(market.ids, market.local[-1].tolist(), strict=True))
    rates = dict(zip(market.names, market.rates[-1].tolist(), strict=True))
    new = ShareState(
        market.days[-1],
        inputs.targets[0].day if state is None else state.base,
        vectors,
        {**(state.closes if state else {}), **closes},
        {**(state.rates if state else {}), **rates},
        inputs.insolvent,
        removed(inputs),
    )
    frame = pd.DataFrame(log, columns=["version", *LOG])
    return ShareHistory(pd.DataFrame(columns), frame, flags, new)
