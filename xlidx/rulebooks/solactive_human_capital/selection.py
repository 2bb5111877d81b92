"""Solactive Human Capital World MV guideline v1.0: its numbers, and the order of steps of a selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import Quotes
from xlidx.index.min_variance.budget import DEFAULT_WORK
from xlidx.index.min_variance.portfolio import Solution, min_variance, widen
from xlidx.index.review.tables import Decisions, as_day, decisions_in_force
from xlidx.index.screening import liquidity, ratings, yields
from xlidx.rulebooks.solactive_human_capital.calendar import KINDS, rebalancing_days, review_dates
from xlidx.rulebooks.solactive_human_capital.rules import (
    FILTERS,
    SOLACTIVE,
    Rules,
    RuleSet,
    parameters,
    rule_set,
)
from xlidx.rulebooks.solactive_human_capital.window import return_window
from xlidx.rules import rule, same_rules
from xlidx.tables import Column, Table, TableSpec, one_of

__all__ = [
    "CANDIDATES",
    "SOLACTIVE",
    "Rules",
    "Selection",
    "esg_screen",
    "liquidity_screen",
    "parameters",
    "rebalancing_days",
    "review_dates",
    "review_select",
    "selection",
    "yield_select",
]

SECTORS = (
    "Consumer Services",
    "Finance",
    "Energy",
    "Technology",
    "Industrials",
    "Utilities",
    "Consumer Non-Durables",
    "Basic Materials",
    "Consumer Durables",
    "Healthcare",
)
UNIVERSE, POOL, REGION, YIELD, TOP_UP, WEIGHTS = (
    "4 Universe",
    "4 Selection Pool",
    "2.1 step 1",
    "2.1 step 2",
    "2.1 step 3",
    "2.1 step 4",
)
BOUNDS = ("names_held", "lowest", "highest", "sector_cap", "region_floor", "region_cap")
CLAUSES = {yields.BY_YIELD: YIELD, yields.BY_REGION: TOP_UP, yields.LEFT: YIELD, yields.EXCLUDED: REGION}


def _union(*specs: TableSpec) -> TableSpec:
    columns = {column.name: column for spec in reversed(specs) for column in spec.columns}
    order = dict.fromkeys(column.name for spec in specs for column in spec.columns)
    return TableSpec(name="candidates", keys=("isin",), columns=tuple(columns[name] for name in order))


CANDIDATES = _union(
    TableSpec(
        name="candidates",
        columns=(
            Column(name="isin", kind="text", help="ISIN of the security"),
            Column(name="sector", kind="word", words=SECTORS, help="one of the ten FactSet sectors"),
        ),
    ),
    ratings.RATINGS,
    liquidity.TRADED,
    yields.YIELDS,
)
"""One row per security of the universe: ratings, value traded, region, dividend and price in one table."""


@attrs.frozen(eq=False)
class Selection:
    """Outcome of a selection.

    Attributes
    ----------
    table : DataFrame
        isin, sector, region, dividend_yield [fraction], rank, weight [fraction], decision, reason, clause; one row
        per candidate, in their order.
    solution : Solution
        Of the optimisation: status, objective, lower bound, gap, nodes.
    yield_filter : float [fraction]
        Part selected by yield; above the first one when the optimisation had no solution with it.
    """

    table: pd.DataFrame
    solution: Solution
    yield_filter: float

    @property
    def facts(self) -> dict[str, Any]:
        """Status, variance [per day], gap, and the yield filter that was used [fraction]."""
        found = self.solution
        named = {"status": found.status, "variance": found.objective, "gap": found.gap}
        return {**named, "yield_filter": self.yield_filter}

    def shown(self) -> pd.DataFrame:
        """Return the table with two columns beside it, item and value: the facts."""
        facts = {**self.facts, "securities held": float(np.count_nonzero(self.table["weight"]))}
        size = max(len(self.table), len(facts))
        table = self.table.reset_index(drop=True).astype(object).reindex(range(size))
        table = table.where(table.notna(), None)
        padding = [None] * (size - len(facts))
        items = [name.replace("_", " ") for name in facts]
        return table.assign(
            item=pd.Series([*items, *padding], dtype=object),
            value=pd.Series([*facts.values(), *padding], dtype=object),
        )


@rule("solactive_human_capital", "4 Universe")
def esg_screen(candidates: Table, peers: str = "mean", limits: ratings.Limits = SOLACTIVE.limits) -> pd.DataFrame:
    """Say which candidates belong to the universe; see :func:`xlidx.index.screening.ratings.esg_screen`.

    Returns
    -------
    DataFrame
        isin, passed, esg_score, esg_peers, people_score, people_peers, reason, clause.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 4 Universe.
    """
    return ratings.esg_screen(candidates.strict(), limits, peers).assign(clause=UNIVERSE)


@rule("solactive_human_capital", "4 Selection Pool")
def liquidity_screen(
    candidates: Table | None = None,
    values: Quotes | None = None,
    day: date | None = None,
    test: str = "above",
    least: float = SOLACTIVE.value_traded,
) -> pd.DataFrame:
    """Say which candidates are traded enough.

    Parameters
    ----------
    candidates : Table, optional
        Columns as in :data:`xlidx.index.screening.liquidity.TRADED`: averages that are known.
    values : Quotes, optional [EUR]
        Value traded per session, from which the averages before ``day`` are taken instead.
    day : date, optional
        Selection day; needed with ``values``.
    test : {"above", "at least"}
        See :func:`xlidx.index.screening.liquidity.liquidity_screen`.
    least : float [EUR per business day]

    Returns
    -------
    DataFrame
        isin, passed, figure [EUR per business day], reason, clause.

    Raises
    ------
    XlidxError
        ``MISSING`` without candidates or values, or values without a day; else as the tables say.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 4 Selection Pool.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["isin", "adv 6m", "adv 1m"], ["A", 6e6, 7e6], ["B", 6e6, None]]
    >>> liquidity_screen(read(liquidity.TRADED, rows))["passed"].tolist()
    ['yes', 'no']
    """
    if values is not None:
        if day is None:
            raise XlidxError(
                Kind.MISSING, "day is blank though there are values", "argument day", "give the selection day"
            )
        six, one = (liquidity.average_daily_value(values, day, months) for months in (6, 1))
        found = liquidity.liquidity_screen(values.ids, six, one, least, test)
        return found.assign(clause=POOL)
    if candidates is None:
        mend = "give averages of six months and one, or a table of values traded"
        raise XlidxError(Kind.MISSING, "there is nothing to screen", "argument candidates", mend)
    return _liquid(candidates.strict(), least, test).assign(clause=POOL)


@rule("solactive_human_capital", "2.1 step 1")
@rule("solactive_human_capital", "2.1 step 2")
@rule("solactive_human_capital", "2.1 step 3")
def yield_select(
    candidates: Table,
    yield_filter: float = SOLACTIVE.yield_filter,
    universe_size: int | None = None,
    region_part: float = SOLACTIVE.region_part,
) -> pd.DataFrame:
    """Select the pool's best by dividend yield; see :func:`xlidx.index.screening.yields.yield_select`.

    Returns
    -------
    DataFrame
        isin, region, dividend_yield, rank, decision, reason, clause.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 steps 1 to 3.
    """
    found = yields.yield_select(candidates.strict(), yield_filter, region_part, universe_size)
    return found.assign(clause=[CLAUSES[word] for word in found["decision"]])


@rule("solactive_human_capital", "1.6")
@rule("solactive_human_capital", "2.1")
@rule("solactive_human_capital", "2.1 step 4")
def selection(
    candidates: Table,
    prices: Quotes,
    day: date,
    adjustment: Quotes | None = None,
    overrides: Table | None = None,
    events: Table | None = None,
    *,
    peers: str = "mean",
    test: str = "above",
    filter_of: str = "pool",
    short_history: str = "refuse",
    node_limit: int | None = None,
    rules: Rules = SOLACTIVE,
    work_limit: float | None = DEFAULT_WORK,
    time_limit: float | None = None,
) -> Selection:
    """Run all steps of a selection day: universe, pool, dividend yield, regions, minimum-variance weights.

    Parameters
    ----------
    candidates : Table
        Columns as in :data:`CANDIDATES`, N rows.
    prices : Quotes (T, K) [local currency]
        Unadjusted closes up to the selection day, a column for every security that may be selected.
    day : date
        Selection day; later prices are not looked at.
    adjustment : Quotes, optional [factor]
        Of the same days and securities; see :func:`xlidx.rulebooks.solactive_human_capital.window.return_window`.
    overrides : Table, optional
        Decisions of the committee, columns as in :data:`xlidx.index.review.tables.OVERRIDES`; ``exclude`` keeps a
        security out of the pool.
    events : Table, optional
        Columns as in :data:`xlidx.index.share_vector.tables.EVENTS`: the prices are adjusted for what splits a share.
    peers, test, short_history
        Readings; see :func:`esg_screen`, :func:`liquidity_screen` and
        :func:`xlidx.index.min_variance.covariance.factor_from_prices`.
    filter_of : {"pool", "universe"}
        What the yield filter is a part of.
    node_limit, work_limit, time_limit
        Of the optimisation with each yield filter; see :func:`xlidx.index.min_variance.portfolio.min_variance`.
    rules : Rules, optional
        Other numbers than those of the guideline, for a what-if.

    Returns
    -------
    Selection

    Raises
    ------
    XlidxError
        ``INFEASIBLE`` when no yield filter up to the last has a solution; ``NO_DATA`` when no candidate reaches the
        pool or has a region, or for prices that are missing;
        ``CHOICE`` for unknown words or a decision other than ``exclude``; else as the tables say.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 and 4.
    """
    frame, decisions = candidates.strict(), _decisions(overrides, candidates, day)
    out = _outside(frame, decisions, rules, peers, test)
    universe = sum(clause != UNIVERSE for _, _, clause in out.values()) + len(frame) - len(out)
    pool = frame[~frame["isin"].isin(list(out))]
    size = _size(filter_of, universe)
    _require_pool(pool, out)
    window = return_window(prices, adjustment, events, day, rules.returns)
    drawn: dict[float, pd.DataFrame] = {}
    limits = {"node_limit": node_limit, "work_limit": work_limit, "time_limit": time_limit}

    def solve(share: float) -> Solution:
        drawn[share] = yields.yield_select(pool, share, rules.region_part, size)
        return _optimum(pool, drawn[share], window, short_history, limits, rules)

    steps = (rules.yield_filter, rules.yield_filter_step, rules.yield_filter_last)
    found, share = widen(solve, first=steps[0], step=steps[1], last=steps[2])
    return Selection(_worded(frame, out, drawn[share], found), found, share)


@same_rules(selection)
def review_select(
    kind: str,
    candidates: Table,
    cut_off: date | None = None,
    overrides: Table | None = None,
    prices: Quotes | None = None,
    events: Table | None = None,
    rules: Table | None = None,
) -> pd.DataFrame:
    """Run :func:`selection` and return its table, with the arguments that all rule books share.

    Parameters
    ----------
    kind : {"quarterly"}
    candidates : Table
    cut_off : date
        Selection day.
    overrides : Table, optional
    prices : Quotes [local currency]
    events : Table, optional
        Columns as in :data:`xlidx.index.share_vector.tables.EVENTS`.
    rules : Table, optional
        Columns as in :data:`xlidx.rulebooks.solactive_human_capital.rules.RULES`: what differs from the guideline.

    Returns
    -------
    DataFrame
        The table of a :class:`Selection`, then item and value: status, gap, variance [per day], yield filter used,
        securities held.

    Raises
    ------
    XlidxError
        ``MISSING`` without a selection day or prices; ``CHOICE`` for another kind; else see :func:`selection`.
    """
    one_of(kind, KINDS, "kind")
    day = as_day(cut_off)
    for missing, name in ((day is None, "cut_off"), (prices is None, "prices")):
        if missing:
            mend = "give the selection day" if name == "cut_off" else "give daily prices in local currency"
            raise XlidxError(Kind.MISSING, f"{name} is blank", f"argument {name}", mend)
    assert day is not None  # noqa: S101
    assert prices is not None  # noqa: S101
    chosen = rule_set(rules)
    return run_with(chosen, candidates, prices, day, overrides, events).shown()


def run_with(
    chosen: RuleSet,
    candidates: Table,
    prices: Quotes,
    day: date,
    overrides: Table | None = None,
    events: Table | None = None,
    node_limit: int | None = None,
) -> Selection:
    """Run :func:`selection` with the numbers and readings of a rule set."""
    return selection(
        candidates,
        prices,
        day,
        None,
        overrides,
        events,
        peers=chosen.peers,
        test=chosen.test,
        filter_of=chosen.filter_of,
        short_history=chosen.short_history,
        node_limit=node_limit,
        rules=chosen.rules,
        work_limit=chosen.work_limit,
        time_limit=chosen.time_limit,
    )


def _decisions(overrides: Table | None, candidates: Table, day: date) -> Decisions:
    decisions = decisions_in_force(overrides, set(candidates.frame["isin"]), day, day)
    for isin, word in decisions.because:
        if word != "exclude":
            mend = "say exclude, or give the target weights by hand"
            raise XlidxError(Kind.CHOICE, f"{word} of {isin} is no decision of a selection", "table overrides", mend)
    return decisions


def _liquid(frame: pd.DataFrame, least: float, test: str) -> pd.DataFrame:
    six, one = frame["adv_6m"].to_numpy(), frame["adv_1m"].to_numpy()
    return liquidity.liquidity_screen(frame["isin"].tolist(), six, one, least, test)


def _outside(
    frame: pd.DataFrame, decisions: Decisions, rules: Rules, peers: str, test: str
) -> dict[str, tuple[str, str, str]]:
    # Decision, reason and clause of every candidate that does not reach the selection pool.
    rated, liquid = ratings.esg_screen(frame, rules.limits, peers), _liquid(frame, rules.value_traded, test)
    out: dict[str, tuple[str, str, str]] = {}
    for isin, unfit, thin in zip(frame["isin"], rated["reason"], liquid["reason"], strict=True):
        decided = decisions.of(isin, "exclude")
        if unfit:
            out[isin] = ("not in the universe", unfit, UNIVERSE)
        elif decided:
            out[isin] = ("excluded", decided, "1.6")
        elif thin:
            out[isin] = ("not in the pool", thin, POOL)
    return out


def _require_pool(pool: pd.DataFrame, out: dict[str, tuple[str, str, str]]) -> None:
    placed = [
        region or yields.region_of(country) for region, country in zip(pool["region"], pool["country"], strict=True)
    ]
    if any(placed):
        return
    words = [decision for decision, _, _ in out.values()] + ["without a region"] * len(pool)
    counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words)) or "there is none"
    mend = "see XI_ESG_SCREEN and XI_LIQUIDITY_SCREEN, and look for columns that are blank"
    raise XlidxError(Kind.NO_DATA, f"no candidate is left for the selection: {counts}", "table candidates", mend)


def _size(filter_of: str, universe: int) -> int | None:
    if filter_of not in FILTERS:
        raise XlidxError(Kind.CHOICE, f"filter_of is {filter_of!r}", "argument filter_of", "use pool or universe")
    return universe if filter_of == "universe" else None


def _optimum(
    pool: pd.DataFrame,
    drawn: pd.DataFrame,
    window: Quotes,
    short_history: str,
    limits: Mapping[str, Any],
    rules: Rules,
) -> Solution:
    from xlidx.index.min_variance.covariance import factor_from_prices

    chosen = drawn["decision"].isin([yields.BY_YIELD, yields.BY_REGION]).to_numpy()
    ids = pool["isin"][chosen].tolist()
    columns = _columns(ids, window, rules.returns, short_history)
    factor = factor_from_prices(window.matrix[:, columns], days=rules.returns, short_history=short_history).factor
    return min_variance(
        factor,
        pool["sector"][chosen].tolist(),
        drawn["region"][chosen].tolist(),
        ids=ids,
        **{name: getattr(rules, name) for name in BOUNDS},
        required_regions=yields.REGIONS,
        **limits,
    )


def _columns(ids: Sequence[str], window: Quotes, days: int, short_history: str) -> list[int]:
    places = window.places
    missing = [isin for isin in ids if isin not in places]
    if missing:
        mend = "add its column to the prices"
        raise XlidxError(Kind.NO_DATA, f"no prices for {missing[0]}, which is selected", "table prices, row 1", mend)
    columns = [places[isin] for isin in ids]
    recent = window.matrix[:, columns]
    empty = np.isnan(recent).all(axis=0)
    young = np.isnan(recent[0]) & (short_history == "refuse") & (len(recent) > days)
    still = np.fmin.reduce(recent, axis=0) == np.fmax.reduce(recent, axis=0)
    faults = ((empty, "has no price"), (young, f"has no price {days} returns ago or before"))
    for bad, what in (*faults, (still, "never changes its price")):
        if bad.any():
            isin = ids[int(bad.argmax())]
            mend = "mend its prices, or exclude it by an override"
            raise XlidxError(Kind.NO_DATA, f"{isin} {what}", f"table prices, column {isin}", mend)
    return columns


def _worded(
    frame: pd.DataFrame, out: dict[str, tuple[str, str, str]], drawn: pd.DataFrame, found: Solution
) -> pd.DataFrame:
    chosen = drawn["decision"].isin([yields.BY_YIELD, yields.BY_REGION])
    weight = dict(zip(drawn["isin"][chosen], found.weights.tolist(), strict=True))
    by_isin = drawn.set_index("isin")
    rows = []
    for isin, sector in zip(frame["isin"], frame["sector"], strict=True):
        if isin in out:
            rows.append((isin, sector, "", np.nan, None, 0.0, *out[isin]))
            continue
        row = by_isin.loc[isin]
        held = weight.get(isin, 0.0)
        decision, reason, clause = row["decision"], row["reason"], CLAUSES[row["decision"]]
        if isin in weight:
            decision = "held" if held else "not held"
            reason, clause = f"{row['decision']}: {reason}", WEIGHTS
        rows.append((isin, sector, row["region"], row["dividend_yield"], row["rank"], held, decision, reason, clause))
    names = ["isin", "sector", "region", "dividend_yield", "rank", "weight", "decision", "reason", "clause"]
    table = pd.DataFrame(rows, columns=names, index=frame.index)
    return table.astype({"rank": "Int64"})
