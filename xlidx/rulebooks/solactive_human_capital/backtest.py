"""Back-test of the Solactive guideline: a selection for every quarter, then the index that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import QUOTE_CURRENCY, Quotes
from xlidx.index.share_vector.versions import ShareHistory
from xlidx.rulebooks.solactive_human_capital import selection as guideline
from xlidx.rulebooks.solactive_human_capital.calendar import MONTHS, adjustment_day, business_days
from xlidx.rulebooks.solactive_human_capital.history import TARGETS
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

SUMMARY = ("selection", "adjustment", "candidates", "held", "yield_filter", "status", "variance", "gap", "turnover")


@attrs.frozen(eq=False)
class Quarter:
    """What one selection needs: its day, its candidates, and prices up to that day."""

    day: date
    candidates: pd.DataFrame
    prices: Quotes
    adjustment: Quotes | None
    overrides: Table | None


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
        _require_selection_day(day, int(rows.index[0]), disruptions)
        found.append(Quarter(day, rows, _until(prices, day), _cut(adjustment, day), overrides))
    return found


def _require_selection_day(day: date, row: int, disruptions: Sequence[date]) -> None:
    first = business_days(day.replace(day=1), 1, disruptions)[0].astype(date)
    if day.month not in MONTHS or day != first:
        mend = f"use {first}" if day.month in MONTHS else "use the first business day of Jan, Apr, Jul or Oct"
        where = f"table universe, row {row}, column selection"
        raise XlidxError(Kind.DOMAIN, f"{day} is no selection day", where, mend)


def _until(prices: Quotes, day: date) -> Quotes:
    past = prices.days <= np.datetime64(day)
    if not past.any():
        what = f"no prices up to the selection day {day}"
        raise XlidxError(Kind.NO_DATA, what, "table prices", "give prices from half a year before on")
    recent = np.flatnonzero(past)[-guideline.SOLACTIVE.returns - 1 :]
    return attrs.evolve(prices, days=prices.days[recent], matrix=np.ascontiguousarray(prices.matrix[recent]))


def _cut(adjustment: Quotes | None, day: date) -> Quotes | None:
    return None if adjustment is None else _until(adjustment, day)


def choose(quarter: Quarter, node_limit: int | None = None) -> Chosen:
    """Run one selection; the same quarter gives the same answer in any process.

    Raises
    ------
    XlidxError
        See :func:`xlidx.rulebooks.solactive_human_capital.selection.selection`.
    """
    names = [column.name for column in guideline.CANDIDATES.columns]
    candidates = from_frame(guideline.CANDIDATES, quarter.candidates[names])
    found = guideline.selection(
        candidates,
        quarter.prices,
        quarter.day,
        quarter.adjustment,
        _known(quarter.overrides, quarter.candidates),
        node_limit=node_limit,
    )
    solution = found.solution
    facts = {
        "status": solution.status,
        "variance": solution.objective,
        "gap": solution.gap,
        "yield_filter": found.yield_filter,
    }
    return Chosen(quarter.day, found.table, facts)


def _known(overrides: Table | None, candidates: pd.DataFrame) -> Table | None:
    # A decision about a security is of no interest in quarters without it.
    if overrides is None:
        return None
    frame = overrides.strict()
    return Table(frame[frame["isin"].isin(candidates["isin"])], {})


def targets(chosen: Sequence[Chosen], universe: Table) -> Table:
    """Return the target weights of all quarters as :data:`xlidx.rulebooks.solactive_human_capital.history.TARGETS`."""
    frame = universe.strict()
    parts = []
    for one in chosen:
        rows = frame[frame["selection"] == pd.Timestamp(one.day)].set_index("isin")
        held = one.table[one.table["weight"] > 0.0]
        known = rows.loc[held["isin"]]
        tax = known["tax_country"].where(known["tax_country"] != "", known["country"])
        columns = {
            "adjustment_day": pd.Timestamp(adjustment_day(one.day)),
            "isin": held["isin"].tolist(),
            "weight": held["weight"].tolist(),
            "currency": known["currency"].tolist(),
            "country": tax.tolist(),
        }
        parts.append(pd.DataFrame(columns))
    return from_frame(TARGETS, pd.concat(parts, ignore_index=True))


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


def summary(chosen: Sequence[Chosen], run: ShareHistory) -> pd.DataFrame:
    """Return one row per quarter: days, numbers of candidates and securities, yield filter, proof, turnover."""
    days = [adjustment_day(one.day) for one in chosen]
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
