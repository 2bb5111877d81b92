"""Functions of the catalogue that select: ratings, liquidity, dividend yield, minimum variance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import require
from xlidx.errors import Kind, XlidxError
from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.functions.history import known_word, quotes_reader
from xlidx.excel.readers import DAY, NUMBER, PRICES, WORD, WORDS, table
from xlidx.index.basket import Quotes
from xlidx.index.min_variance.budget import DEFAULT_WORK
from xlidx.index.min_variance.covariance import factor_from_prices
from xlidx.index.min_variance.estimators import ESTIMATORS, factor_from_covariance
from xlidx.index.min_variance.portfolio import Solution, min_variance
from xlidx.index.min_variance.tables import CURRENT, GROUP_LIMITS, GROUPS, group_columns
from xlidx.index.min_variance.tables import group_limits as limits_of_groups
from xlidx.index.review.tables import as_day
from xlidx.index.screening.liquidity import TRADED
from xlidx.index.screening.ratings import ACTIVITIES, RATINGS, Limits
from xlidx.index.screening.yields import YIELDS
from xlidx.rulebooks.solactive_human_capital import selection as solactive
from xlidx.rules import same_rules
from xlidx.tables import Table

GIVEN = ("prices", "returns", "covariance")
LIMITS = solactive.SOLACTIVE


@same_rules(solactive.esg_screen)
def _ratings(
    candidates: Table, peers: str, least_esg: float, least_people: float, fuel_turnover: float
) -> pd.DataFrame:
    return solactive.esg_screen(candidates, peers, Limits(least_esg, least_people, fuel_turnover))


@same_rules(solactive.liquidity_screen)
def _liquidity(
    candidates: Table | None, values: Quotes | None, day: Any, test: str, value_traded: float
) -> pd.DataFrame:
    return solactive.liquidity_screen(candidates, values, as_day(day), test, value_traded)


@same_rules(solactive.yield_select)
def _yields(candidates: Table, yield_filter: float, universe_size: float | None, region_part: float) -> pd.DataFrame:
    size: Any = universe_size  # fractions are refused where it is used
    return solactive.yield_select(candidates, yield_filter, size, region_part)


@same_rules(min_variance)
def minimum_variance(
    data: Any,
    ids: Any,
    sectors: Any,
    regions: Any,
    given: str,
    names_held: float,
    lowest: float,
    highest: float,
    sector_cap: float,
    region_floor: float,
    region_cap: float,
    node_limit: float | None,
    returns: float | None,
    work_limit: float,
    time_limit: float | None,
    fewest: float | None,
    estimator: str,
    groups: Table | None,
    group_limits: Table | None,
    cash: Any,
    current: Table | None,
    turnover: float | None,
) -> pd.DataFrame:
    """Return weights of least variance beside their limits, and how well they are proven.

    See :func:`xlidx.index.min_variance.portfolio.min_variance`.
    """
    constant = [] if cash is None else [str(name).strip() for name in cash]
    held = None if current is None else dict(current.strict()[["id", "weight"]].itertuples(index=False, name=None))
    found = min_variance(
        _factor(data, ids, given, returns, estimator, constant),
        sectors,
        regions,
        ids=ids,
        names_held=_whole(names_held, "names_held"),
        lowest=lowest,
        highest=highest,
        sector_cap=sector_cap,
        region_floor=region_floor,
        region_cap=region_cap,
        node_limit=None if node_limit is None else _whole(node_limit, "node_limit"),
        work_limit=work_limit,
        time_limit=time_limit,
        fewest=None if fewest is None else _whole(fewest, "fewest"),
        groups=None if groups is None else group_columns(groups.strict(), ids),
        group_limits=() if group_limits is None else limits_of_groups(group_limits.strict()),
        cash=constant,
        current=held,
        turnover=turnover,
    )
    if found.status == "infeasible":
        what = f"no weights meet {', '.join(found.clash)} together"
        raise XlidxError(Kind.INFEASIBLE, what, "limits", "loosen one of them, or give more candidates")
    traded = () if held is None else (("turnover", _one_way(found, ids, held)),)
    return _beside(found, ids, sectors, regions, (lowest, highest), traded)


def _one_way(found: Solution, ids: Any, held: dict[str, float]) -> float:
    new = dict(zip((str(name).strip() for name in ids), found.weights.tolist(), strict=True))
    return math.fsum(abs(new.get(name, 0.0) - held.get(name, 0.0)) for name in sorted({*new, *held})) / 2.0


def _factor(data: Any, ids: Any, given: str, returns: float | None, estimator: str, cash: list[str]) -> Any:
    if given.strip().casefold() not in GIVEN:
        mend = f"use {' or '.join(GIVEN)}"
        raise XlidxError(Kind.CHOICE, f"given {given!r} is not known", "argument given", mend)
    matrix = np.atleast_2d(data)
    if matrix.shape[1] != len(ids):
        what = f"data has {matrix.shape[1]} columns for {len(ids)} ids"
        raise XlidxError(Kind.SHAPE, what, "argument data", "give dates down and securities across")
    named, method = (
        given.strip().casefold(),
        known_word(estimator, tuple(ESTIMATORS), "estimator", "argument estimator"),
    )
    if named == "covariance":
        for argument, used in (("returns", returns is not None), ("estimator", method != "sample")):
            if used:
                what = f"{argument} says nothing about a covariance that is handed in"
                raise XlidxError(Kind.CHOICE, what, f"argument {argument}", "leave it blank")
        return factor_from_covariance(matrix)
    matrix = _last(matrix, returns, int(named == "prices"))
    _require_moves(matrix, ids, named, cash)
    if named == "prices":
        matrix = factor_from_prices(matrix, days=len(matrix) - 1, ids=ids, constant="allow").returns
    return ESTIMATORS[method](matrix)


def _last(matrix: Any, returns: float | None, more: int) -> Any:
    # The last rows, those of the guideline's number of returns unless another one is given.
    wanted = LIMITS.returns if returns is None else _whole(returns, "returns")
    require(wanted >= 2, wanted, "returns", "be 2 or more", "give the number of daily returns")
    if returns is not None and len(matrix) < wanted + more:
        what = f"data has {len(matrix)} rows for {wanted} returns"
        raise XlidxError(Kind.NO_DATA, what, "argument data", "give more days, or fewer returns")
    return matrix[-wanted - more :]


def _require_moves(matrix: Any, ids: Any, named: str, cash: list[str]) -> None:
    still = (matrix == matrix[0]).all(axis=0) & ~np.isin([str(name).strip() for name in ids], cash)
    if still.any():
        never = "price of {} never changes" if named == "prices" else "returns of {} are all the same"
        what = f"the {never.format(ids[int(still.argmax())])}"
        raise XlidxError(Kind.DOMAIN, what, "argument data", f"leave it out or mend its {named}")
    lost = (matrix <= -1.0) & (named == "returns")
    if lost.any():
        row, column = (int(place) for place in np.argwhere(lost)[0])
        what = f"a return of {ids[column]} is {matrix[row, column]:.15g}, but no price falls by 100 % or more"
        mend = "give returns as fractions: -2 % is -0.02; or say that data holds prices"
        raise XlidxError(Kind.DOMAIN, what, "argument data", mend)


def _whole(number: float, name: str) -> int:
    if not float(number).is_integer():
        raise XlidxError(Kind.DOMAIN, f"{name} is {number:g}", f"argument {name}", "give a whole number")
    return int(number)


def _beside(
    found: Solution,
    ids: Any,
    sectors: Any,
    regions: Any,
    limits: tuple[float, float],
    more: tuple[tuple[str, float], ...],
) -> pd.DataFrame:
    status = (
        ("status", found.status),
        ("names held", float(np.count_nonzero(found.weights))),
        ("variance", found.objective),
        ("proven lower bound", found.lower_bound),
        ("gap", found.gap),
        ("nodes", float(found.nodes)),
        *more,
    )
    held = found.weights > 0.0
    size = max(len(ids), len(status))
    columns = {
        "id": ids,
        "sector": sectors,
        "region": regions,
        "weight": found.weights.tolist(),
        "lowest": np.where(held, limits[0], 0.0).tolist(),
        "highest": np.full(len(ids), limits[1]).tolist(),
        "item": [name for name, _ in status],
        "value": [value for _, value in status],
    }
    filled = {
        name: pd.Series([*values, *[None] * (size - len(values))], dtype=object) for name, values in columns.items()
    }
    return pd.DataFrame(filled)


SPREAD = ((0, 0.01), (1, 0.02), (2, 0.04))
CLEAN = ["none", *["none"] * len(ACTIVITIES), 0.0, 0.0]
RATED = ["isin", "sector", "area", "esg score", "people score", "controversy", *ACTIVITIES, "coal", "tar sands"]

SCREENING = (
    Entry(
        name="XI_ESG_SCREEN",
        core=_ratings,
        params=(
            Param(
                "candidates",
                table(RATINGS),
                "Table of candidates with a header row: isin, sector, area (EUR, AP, NAM, MEA), esg score, people "
                "score, controversy, armament, tobacco, gambling, nuclear, pornography, alcohol, coal, tar sands.",
            ),
            Param("peers", WORD, "mean or median of the sector in the area, which a score must exceed.", "mean"),
            Param("least_esg", NUMBER, "Least ESG score, of 100.", float(LIMITS.limits.esg)),
            Param("least_people", NUMBER, "Least people score, of 100.", float(LIMITS.limits.people)),
            Param(
                "fuel_turnover",
                NUMBER,
                "Turnover from coal, or from tar sands, must be below it, a fraction.",
                LIMITS.limits.turnover,
            ),
        ),
        help="Which candidates pass eight screens on ratings, controversies and activities, with scores, averages of "
        "their peers, and every screen that is failed.",
        group="Selection",
        template="human_capital_mv",
        examples=(
            Example(
                (
                    [
                        RATED,
                        ["A", "Energy", "EUR", 60.0, 55.0, *CLEAN],
                        ["B", "Energy", "EUR", 40.0, 45.0, *CLEAN[:-1], 0.1],
                    ],
                ),
                None,
                "by hand: averages 50 and 50; A passes, B is below both and not below 10 % tar sands",
            ),
        ),
    ),
    Entry(
        name="XI_LIQUIDITY_SCREEN",
        core=_liquidity,
        params=(
            Param(
                "candidates",
                table(TRADED),
                "Table of candidates with a header row: isin, adv 6m, adv 1m (value traded in EUR per business day).",
                None,
            ),
            Param(
                "values",
                quotes_reader("values"),
                "Value traded in EUR: date in the first column, then one column per ISIN; averages are taken from it.",
                None,
            ),
            Param("day", DAY, "Selection day; needed with values, whose periods end on the day before.", None),
            Param("test", WORD, "above or at least: how value traded is compared with the limit.", "above"),
            Param("value_traded", NUMBER, "Limit in EUR per business day; blank is 5 million.", LIMITS.value_traded),
        ),
        help="Which candidates have traded more than a limit, 5 million EUR per business day, over six months and over "
        "one.",
        group="Selection",
        template="human_capital_mv",
        examples=(
            Example(
                ([["isin", "adv 6m", "adv 1m"], ["A", 9e6, 6e6], ["B", 5e6, 6e6]],),
                [
                    ["isin", "passed", "figure", "reason", "clause"],
                    ["A", "yes", 6e6, "", "4 Selection Pool"],
                    ["B", "no", 5e6, "value traded over six months, 5000000, is not above 5000000", "4 Selection Pool"],
                ],
                "Solactive guideline, 4 Selection Pool: the smaller average must exceed 5 million",
            ),
        ),
    ),
    Entry(
        name="XI_YIELD_SELECT",
        core=_yields,
        params=(
            Param(
                "candidates",
                table(YIELDS),
                "Table of the selection pool with a header row: isin, country (of listing) or region, dps (estimated "
                "dividend per share), close (same currency), [adv 6m].",
            ),
            Param("yield_filter", NUMBER, "Part selected by yield; 0.25 is the first quarter.", LIMITS.yield_filter),
            Param("universe_size", NUMBER, "Securities that the part is counted of; blank counts the pool.", None),
            Param("region_part", NUMBER, "Least part of the selection from every region.", LIMITS.region_part),
        ),
        help="Selection by dividend yield: the best part, rounded up, then the next best of every region below its "
        "least part, 10 % of the selection; rank, yield, decision, reason, clause.",
        group="Selection",
        template="human_capital_mv",
        examples=(
            Example(
                (
                    [
                        ["isin", "country", "dps", "close"],
                        ["A", "US", 2.0, 50.0],
                        ["B", "FR", 1.0, 50.0],
                        ["C", "JP", 90.0, 3000.0],
                    ],
                ),
                None,
                "by hand: yields 4, 2 and 3 %; one of three by rank, one each for the two other regions",
            ),
        ),
    ),
    Entry(
        name="XI_MIN_VARIANCE",
        core=minimum_variance,
        params=(
            Param(
                "data", PRICES, "Daily prices or returns in local currency: dates down, securities across, no blanks."
            ),
            Param("ids", WORDS, "Identifier of every security, each once."),
            Param("sectors", WORDS, "Sector of every security."),
            Param("regions", WORDS, "Region of every security."),
            Param("given", WORD, "prices, returns or covariance: what data holds.", "prices"),
            Param("names_held", NUMBER, "Number of securities held.", float(LIMITS.names_held)),
            Param("lowest", NUMBER, "Least weight of a security held, a fraction.", LIMITS.lowest),
            Param("highest", NUMBER, "Largest weight of a security, a fraction.", LIMITS.highest),
            Param("sector_cap", NUMBER, "Largest weight of a sector, a fraction.", LIMITS.sector_cap),
            Param("region_floor", NUMBER, "Least weight of a region, a fraction.", LIMITS.region_floor),
            Param("region_cap", NUMBER, "Largest weight of a region, a fraction.", LIMITS.region_cap),
            Param("node_limit", NUMBER, "Largest number of branches; blank for no such limit.", None),
            Param(
                "returns",
                NUMBER,
                "Daily returns used, the last ones of data; blank is 125, or all where there are fewer.",
                None,
            ),
            Param(
                "work_limit",
                NUMBER,
                "Largest work, counted so that equal inputs give equal answers; 10000 is some ten seconds.",
                DEFAULT_WORK,
            ),
            Param("time_limit", NUMBER, "Seconds after which the best weights found are shown; blank for none.", None),
            Param("fewest", NUMBER, "Least number of securities: names_held is then the most; 1 means at most.", None),
            Param("estimator", WORD, "sample, ledoit-wolf (shrinkage) or ewma (decay 0.94) covariance.", "sample"),
            Param("groups", table(GROUPS), "Table of further groups with a header row: id, [country], [issuer].", None),
            Param(
                "group_limits",
                table(GROUP_LIMITS),
                "Table of limits of single groups with a header row: kind (sector, region, country, issuer), group, "
                "[floor], [cap].",
                None,
            ),
            Param("cash", WORDS, "Identifiers of lines that may be constant, such as cash.", None),
            Param(
                "current",
                table(CURRENT),
                "Table of the current weights, which sum to 1, with a header row: id, weight; needed with turnover.",
                None,
            ),
            Param(
                "turnover",
                NUMBER,
                "Largest one-way turnover, a fraction: half the sum of all changes of weights, securities held today "
                "that are not in ids count as sold.",
                None,
            ),
        ),
        help="Weights of least variance with a fixed number of securities and limits on securities, sectors and "
        "regions, with status, variance, proven lower bound and gap.",
        group="Selection",
        template="human_capital_mv",
        examples=(
            Example(
                (
                    [
                        [0.01, 0.0, 0.0],
                        [-0.01, 0.0, 0.0],
                        [0.0, 0.02, 0.0],
                        [0.0, -0.02, 0.0],
                        [0.0, 0.0, 0.04],
                        [0.0, 0.0, -0.04],
                    ],
                    [["A", "B", "C"]],
                    [["Energy", "Finance", "Energy"]],
                    [["Europe", "Europe", "Europe"]],
                    "returns",
                    2.0,
                    0.01,
                    0.9,
                    0.9,
                    0.1,
                    1.0,
                ),
                None,
                "by hand: variances 1, 4 and 16 without correlation; the best pair is A and B at 4 to 1",
            ),
        ),
    ),
)
