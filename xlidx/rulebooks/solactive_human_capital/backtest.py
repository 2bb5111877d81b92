"""Back-test of the Solactive guideline: a selection for every quarter, then the index that they make."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import attrs
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import QUOTE_CURRENCY, Quotes
from xlidx.index.share_vector.versions import ShareHistory
from xlidx.rulebooks.solactive_human_capital import selection as guideline
from xlidx.rulebooks.solactive_human_capital.calendar import adjustment_day, business_days
from xlidx.rulebooks.solactive_human_capital.history import TARGETS, index_history
from xlidx.rulebooks.solactive_human_capital.rules import RuleSet
from xlidx.rulebooks.solactive_human_capital.window import return_window
from xlidx.tables import Column, Table, TableSpec, from_frame

UNIVERSE = TableSpec(
    name="universe",
    keys=("selection", "isin"),
    columns=(
        Column(name="selection", kind="date", help="selection day of the row"),
        *guideline.CANDIDATES.columns,
        QUOTE_CURRENCY,
        Column(
            name="tax_country",
            kind="text",
            required=False,
            default="",
            help="country whose tax rate applies to dividends; blank is the country of listing",
        ),
    ),
)
"""One row per security and selection day."""

GUIDELINE = RuleSet()
SUMMARY = ("selection", "adjustment", "candidates", "held", "yield_filter", "status", "variance", "gap", "turnover")


@attrs.frozen(eq=False)
class Quarter:
    """What one selection needs: its day, its candidates, adjusted prices of its returns, and the rules."""

    day: date
    candidates: pd.DataFrame
    prices: Quotes
    overrides: Table | None
    rules: RuleSet


@attrs.frozen(eq=False)
class Chosen:
    """What a selection found, and how well: the table of a :class:`Selection` of this guideline.

    ``facts`` holds status, variance [per day], gap and yield_filter.
    """

    day: date
    table: pd.DataFrame
    facts: Mapping[str, Any]


def quarters(
    universe: Table,
    prices: Quotes,
    adjustment: Quotes | None = None,
    overrides: Table | None = None,
    disruptions: Sequence[date] = (),
    events: Table | None = None,
    rules: RuleSet = GUIDELINE,
) -> list[Quarter]:
    """Return the selections that a universe asks for, in the order of their days.

    Parameters
    ----------
    universe : Table
        Columns as in :data:`UNIVERSE`.
    prices : Quotes (T, K) [local currency]
    adjustment : Quotes, optional [factor]
    overrides : Table, optional
    disruptions : sequence of date
    events : Table, optional
        Columns as in :data:`xlidx.index.share_vector.tables.EVENTS`: without ``adjustment``, what splits a share is
        adjusted; see :func:`xlidx.rulebooks.solactive_human_capital.window.return_window`.
    rules : RuleSet

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a day that is no selection day of the calendar; ``NO_DATA`` for a universe without rows, or
        prices that end before the first selection day.
    """
    frame = universe.strict()
    if frame.empty:
        raise XlidxError(Kind.NO_DATA, "universe has no rows", "table universe", "give the candidates of every quarter")
    found = []
    for stamp, rows in frame.groupby("selection", sort=True):
        day = pd.Timestamp(str(stamp)).date()
        _require_selection_day(day, int(rows.index[0]), disruptions, rules.months)
        window = return_window(prices, adjustment, events, day, rules.rules.returns)
        found.append(Quarter(day, rows, window, overrides, rules))
    return found


def _require_selection_day(day: date, row: int, disruptions: Sequence[date], months: Sequence[int]) -> None:
    first = business_days(day.replace(day=1), 1, disruptions)[0].astype(date)
    if day.month not in months or day != first:
        names = ", ".join(month_abbr[month] for month in months)
        mend = f"use {first}" if day.month in months else f"use the first business day of one of {names}"
        where = f"table universe, row {row}, column selection"
        raise XlidxError(Kind.DOMAIN, f"{day} is no selection day", where, mend)


def choose(quarter: Quarter, node_limit: int | None = None) -> Chosen:
    """Run one selection; the same quarter gives the same answer in any process.

    Raises
    ------
    XlidxError
        See :func:`xlidx.rulebooks.solactive_human_capital.selection.selection`.
    """
    names = [column.name for column in guideline.CANDIDATES.columns]
    candidates = from_frame(guideline.CANDIDATES, quarter.candidates[names])
    overrides = _known(quarter.overrides, quarter.candidates)
    found = guideline.run_with(quarter.rules, candidates, quarter.prices, quarter.day, overrides, node_limit=node_limit)
    return Chosen(quarter.day, found.table, found.facts)


def _known(overrides: Table | None, candidates: pd.DataFrame) -> Table | None:
    # A decision about a security is of no interest in quarters without it.
    if overrides is None:
        return None
    frame = overrides.strict()
    return Table(frame[frame["isin"].isin(candidates["isin"])], {})


def targets(chosen: Sequence[Chosen], universe: Table, rules: RuleSet = GUIDELINE) -> Table:
    """Return the target weights of all quarters as :data:`xlidx.rulebooks.solactive_human_capital.history.TARGETS`."""
    frame = universe.strict()
    parts = []
    for one in chosen:
        rows = frame[frame["selection"] == pd.Timestamp(one.day)].set_index("isin")
        held = one.table[one.table["weight"] > 0.0]
        known = rows.loc[held["isin"]]
        tax = known["tax_country"].where(known["tax_country"] != "", known["country"])
        columns = {
            "adjustment_day": pd.Timestamp(_adjustment_day(one, rules)),
            "isin": held["isin"].tolist(),
            "weight": held["weight"].tolist(),
            "currency": known["currency"].tolist(),
            "country": tax.tolist(),
        }
        parts.append(pd.DataFrame(columns))
    return from_frame(TARGETS, pd.concat(parts, ignore_index=True))


def _adjustment_day(one: Chosen, rules: RuleSet) -> date:
    return adjustment_day(one.day, rules.exchange, rules.trading_days)


def history(
    chosen: Sequence[Chosen],
    universe: Table,
    prices: Quotes,
    events: Table | None = None,
    dividends: Table | None = None,
    fx: Quotes | None = None,
    withholding: Table | None = None,
    disruptions: Table | None = None,
    rules: RuleSet = GUIDELINE,
) -> ShareHistory:
    """Return the history of the index that the selections make.

    The events table is that of all securities: rows before the first adjustment day count for the covariance alone,
    and events of securities that are no components are flagged.

    Raises
    ------
    XlidxError
        See :func:`xlidx.rulebooks.solactive_human_capital.history.index_history`.
    """
    goals = targets(chosen, universe, rules)
    readings = attrs.evolve(rules.readings, other_events="flag")
    return index_history(goals, prices, events, dividends, fx, withholding, disruptions, readings=readings)


def group_weights(chosen: Sequence[Chosen], column: str) -> pd.DataFrame:
    """Return target weights by quarter, one column per sector or region.

    Parameters
    ----------
    column : {"sector", "region"}

    Returns
    -------
    DataFrame
        selection, then one column per group [fraction]; 0 where a group is not held.
    """
    rows = [one.table.groupby(column)["weight"].sum().rename(pd.Timestamp(one.day)) for one in chosen]
    found = pd.DataFrame(rows).fillna(0.0)
    found = found[sorted(name for name in found.columns if name)]
    return found.rename_axis("selection").reset_index()


def turnover(run: ShareHistory, adjustments: Sequence[date], version: str = "PR") -> list[float]:
    """One-way turnover of every rebalancing, at the prices at which shares are set.

    Parameters
    ----------
    run : ShareHistory
    adjustments : sequence of date
        Adjustment days, rising; the first one is the base date, which trades nothing.
    version : {"PR", "NTR", "GTR"}

    Returns
    -------
    list of float [fraction of the index]
        Half of the value bought and sold over the days of the period, each over the level of the day before.
    """
    log = run.log[(run.log["version"] == version) & run.log["reason"].str.startswith("rebalancing day")]
    traded = (log["after"] - log["before"]).abs() * log["price"]
    levels = run.levels.set_index("Date")[version].shift(1)
    share = traded.groupby(log["date"]).sum() / levels.reindex(pd.DatetimeIndex(sorted(log["date"].unique())))
    edges = [pd.Timestamp(day) for day in adjustments] + [pd.Timestamp.max]
    return [float(share[(share.index > start) & (share.index <= end)].sum()) / 2 for start, end in pairwise(edges)]


def summary(chosen: Sequence[Chosen], run: ShareHistory, rules: RuleSet = GUIDELINE) -> pd.DataFrame:
    """Return one row per quarter: days, numbers of candidates and securities, yield filter, proof, turnover."""
    days = [_adjustment_day(one, rules) for one in chosen]
    rows = [
        (
            pd.Timestamp(one.day),
            pd.Timestamp(day),
            len(one.table),
            int((one.table["weight"] > 0.0).sum()),
            one.facts["yield_filter"],
            one.facts["status"],
            one.facts["variance"],
            one.facts["gap"],
            part,
        )
        for one, day, part in zip(chosen, days, turnover(run, days), strict=True)
    ]
    return pd.DataFrame(rows, columns=list(SUMMARY))
