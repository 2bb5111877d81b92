"""Functions of the catalogue that select: ratings, liquidity, dividend yield, minimum variance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.functions.history import quotes_reader
from xlidx.excel.readers import DAY, NUMBER, PRICES, WORD, WORDS, table
from xlidx.index.basket import Quotes
from xlidx.index.min_variance.covariance import factor_from_prices
from xlidx.index.min_variance.portfolio import Solution, min_variance
from xlidx.index.review.tables import as_day
from xlidx.index.screening.liquidity import TRADED
from xlidx.index.screening.ratings import ACTIVITIES, RATINGS
from xlidx.index.screening.yields import YIELDS
from xlidx.rulebooks.solactive_human_capital import selection as solactive
from xlidx.rules import same_rules
from xlidx.tables import Table

GIVEN = ("prices", "returns")
LIMITS = solactive.SOLACTIVE


@same_rules(solactive.liquidity_screen)
def _liquidity(candidates: Table | None, values: Quotes | None, day: Any, test: str) -> pd.DataFrame:
    return solactive.liquidity_screen(candidates, values, as_day(day), test)


@same_rules(solactive.yield_select)
def _yields(candidates: Table, yield_filter: float, universe_size: float | None) -> pd.DataFrame:
    size: Any = universe_size  # fractions are refused where it is used
    return solactive.yield_select(candidates, yield_filter, size)


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
) -> pd.DataFrame:
    """Return weights of least variance beside their limits, and how well they are proven.

    See :func:`xlidx.index.min_variance.portfolio.min_variance`.
    """
    found = min_variance(
        _factor(data, ids, given),
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
    )
    if found.status == "infeasible":
        what = f"no weights meet {', '.join(found.clash)} together"
        raise XlidxError(Kind.INFEASIBLE, what, "limits", "loosen one of them, or give more candidates")
    return _beside(found, ids, sectors, regions, (lowest, highest))


def _factor(data: Any, ids: Any, given: str) -> Any:
    if given.strip().casefold() not in GIVEN:
        mend = f"use {' or '.join(GIVEN)}"
        raise XlidxError(Kind.CHOICE, f"given {given!r} is not known", "argument given", mend)
    matrix = np.atleast_2d(data)
    if matrix.shape[1] != len(ids):
        what = f"data has {matrix.shape[1]} columns for {len(ids)} ids"
        raise XlidxError(Kind.SHAPE, what, "argument data", "give dates down and securities across")
    if given.strip().casefold() == "returns":
        still = (matrix == matrix[0]).all(axis=0)
        if still.any():
            what = f"the returns of {ids[int(still.argmax())]} are all the same"
            raise XlidxError(Kind.DOMAIN, what, "argument data", "leave it out or mend its returns")
        from xlidx.index.min_variance.covariance import factor_from_returns

        return factor_from_returns(matrix)
    return factor_from_prices(matrix, days=len(matrix) - 1).factor


def _whole(number: float, name: str) -> int:
    if not float(number).is_integer():
        raise XlidxError(Kind.DOMAIN, f"{name} is {number:g}", f"argument {name}", "give a whole number")
    return int(number)


def _beside(found: Solution, ids: Any, sectors: Any, regions: Any, limits: tuple[float, float]) -> pd.DataFrame:
    status = (
        ("status", found.status),
        ("names held", float(np.count_nonzero(found.weights))),
        ("variance", found.objective),
        ("proven lower bound", found.lower_bound),
        ("gap", found.gap),
        ("nodes", float(found.nodes)),
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
        core=solactive.esg_screen,
        params=(
            Param(
                "candidates",
                table(RATINGS),
                "Table of candidates with a header row: isin, sector, area (EUR, AP, NAM, MEA), esg score, people "
                "score, controversy, armament, tobacco, gambling, nuclear, pornography, alcohol, coal, tar sands.",
            ),
            Param("peers", WORD, "mean or median of the sector in the area, which a score must exceed.", "mean"),
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
            Param("test", WORD, "above or at least: how 5 million EUR are compared.", "above"),
        ),
        help="Which candidates have traded more than 5 million EUR per business day over six months and over one.",
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
        ),
        help="Selection by dividend yield: the best part, rounded up, then the next best of every region with less "
        "than 10 % of the selection; rank, yield, decision, reason, clause.",
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
            Param("given", WORD, "prices or returns: what data holds.", "prices"),
            Param("names_held", NUMBER, "Number of securities held.", float(LIMITS.names_held)),
            Param("lowest", NUMBER, "Least weight of a security held, a fraction.", LIMITS.lowest),
            Param("highest", NUMBER, "Largest weight of a security, a fraction.", LIMITS.highest),
            Param("sector_cap", NUMBER, "Largest weight of a sector, a fraction.", LIMITS.sector_cap),
            Param("region_floor", NUMBER, "Least weight of a region, a fraction.", LIMITS.region_floor),
            Param("region_cap", NUMBER, "Largest weight of a region, a fraction.", LIMITS.region_cap),
            Param("node_limit", NUMBER, "Largest number of branches; blank searches until the gap is proven.", None),
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
