"""Selection by dividend yield: the best part of all candidates, then the next best of regions that have too few."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, isnan

import attrs
import pandas as pd

from xlidx.arrays import require
from xlidx.index.screening.exact import exact
from xlidx.rules import rule
from xlidx.tables import Column, TableSpec

REGIONS = ("North America", "Europe", "Asia Pacific")
COUNTRIES = {
    "North America": "CA US",
    "Europe": "AT BE CH CZ DE DK ES FI FR GB GR HU IE IS IT LU NL NO PL PT SE",
    "Asia Pacific": "AU CN HK ID IN JP KR MY NZ PH SG TH TW",
}
"""Countries of listing, ISO codes, by region."""
BY_YIELD, BY_REGION, LEFT, EXCLUDED = "selected by yield", "added for its region", "not selected", "excluded"

_REGION_OF = {code: region for region, codes in COUNTRIES.items() for code in codes.split()}

YIELDS = TableSpec(
    name="candidates",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the security"),
        Column(name="country", kind="text", required=False, default="", help="country of listing, ISO code"),
        Column(
            name="region",
            kind="word",
            words=REGIONS,
            required=False,
            help="region; goes before the country, blank takes it from there",
        ),
        Column(
            name="dps",
            kind="number",
            unit="local currency",
            required=False,
            help="estimated dividend per share; blank is a yield of 0",
        ),
        Column(
            name="close",
            kind="number",
            above=0.0,
            unit="local currency",
            help="give the unadjusted closing price, in the currency of the dividend",
        ),
        Column(
            name="adv_6m",
            kind="number",
            unit="EUR per business day",
            required=False,
            default=0.0,
            help="average daily value traded; decides between equal yields",
        ),
    ),
)


@attrs.frozen
class Draw:
    """Outcome of a selection by yield: places by decision, and regions that ran out."""

    by_yield: list[int]
    by_region: list[int]
    exhausted: dict[str, int]


def region_of(country: str) -> str:
    """Return the region of a country of listing; blank for a country that belongs to none.

    Examples
    --------
    >>> region_of("jp"), region_of("ZA")
    ('Asia Pacific', '')
    """
    return _REGION_OF.get(country.strip().upper(), "")


@rule("solactive_human_capital", "2.1 step 1")
@rule("solactive_human_capital", "2.1 step 2")
@rule("solactive_human_capital", "2.1 step 3")
@rule("solactive_human_capital", "4 Region")
def yield_select(
    candidates: pd.DataFrame,
    share: float = 0.25,
    least_region: float = 0.10,
    universe_size: int | None = None,
) -> pd.DataFrame:
    """Select the candidates with the highest dividend yield, and enough of every region.

    Parameters
    ----------
    candidates : DataFrame
        The selection pool, checked against :data:`YIELDS`, N rows.
    share : float [fraction]
        Part that is selected by yield, rounded up to whole securities.
    least_region : float [fraction]
        Part of the selection that must come from every region.
    universe_size : int, optional [securities]
        What ``share`` is a part of; blank is the number of candidates with a region.

    Returns
    -------
    DataFrame
        isin, region, dividend_yield [fraction], rank [1 is the highest], decision (``selected by yield``, ``added for
        its region``, ``not selected``, ``excluded``), reason; rows in the order of the candidates.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a share outside its range, a negative dividend, or a universe smaller than the pool.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 steps 1 to 3.
    *Reading*: the text says 25 % of the Universe while ranking the Selection Pool; the pool is counted unless
    ``universe_size`` is given.  25 % is rounded up.  Equal yields: the larger value traded, then the ISIN, goes
    first.  Regions are tested against the growing selection, and a region without further candidates stays as it is.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["A", "US", 2.0, 50.0], ["B", "FR", 1.0, 50.0], ["C", "JP", 90.0, 3000.0]]
    >>> found = yield_select(read(YIELDS, [["isin", "country", "dps", "close"], *rows]).strict())
    >>> found[["dividend_yield", "rank", "decision"]].to_numpy().tolist()
    [[0.04, 1, 'selected by yield'], [0.02, 3, 'added for its region'], [0.03, 2, 'added for its region']]
    """
    require(0.0 < share <= 1.0, share, "yield_filter", "lie above 0, up to 1", "give a fraction: 25 % is 0.25")
    require(0.0 <= least_region <= 1 / 3, least_region, "region_part", "lie between 0 and 1/3", "10 % is 0.1")
    dividends = candidates["dps"].to_numpy()
    require(~(dividends < 0.0), dividends, "dps", "be 0 or more", "give the estimated dividend per share")
    regions = [_region(*row) for row in zip(candidates["region"], candidates["country"], strict=True)]
    yields = [_yield(*row) for row in zip(dividends.tolist(), candidates["close"].tolist(), strict=True)]
    order = _order(candidates, yields, regions)
    drawn = draw([regions[place] for place in order], _count(share, universe_size, len(order)), least_region)
    return _worded(candidates, regions, yields, order, drawn)


def draw(regions: Sequence[str], by_yield: int, least: float) -> Draw:
    """Draw from ranked candidates: the first ones, then the next best of every region below its part.

    Parameters
    ----------
    regions : sequence of N texts
        Region of every candidate, best first.
    by_yield : int
        Candidates that are drawn by rank alone.
    least : float [fraction]
        Part of the selection that each of :data:`REGIONS` must have.

    Examples
    --------
    >>> draw(["Europe"] * 3 + ["North America", "Asia Pacific"], 2, 0.10).by_region
    [3, 4]
    """
    found = Draw(list(range(min(by_yield, len(regions)))), [], {})
    rest = range(len(found.by_yield), len(regions))
    waiting = {name: [place for place in rest if regions[place] == name] for name in REGIONS}
    count = {name: sum(regions[place] == name for place in found.by_yield) for name in REGIONS}
    while True:
        size = len(found.by_yield) + len(found.by_region)
        short = [name for name in REGIONS if count[name] < exact(least) * size]
        following = next((name for name in short if waiting[name]), None)
        if following is None:
            found.exhausted.update({name: count[name] for name in short})
            return found
        found.by_region.append(waiting[following].pop(0))
        count[following] += 1


def _region(given: str, country: str) -> str:
    return given or region_of(country)


def _yield(dividend: float, close: float) -> Fraction:
    return Fraction(0) if isnan(dividend) else exact(dividend) / exact(close)


def _order(candidates: pd.DataFrame, yields: list[Fraction], regions: list[str]) -> list[int]:
    traded, ids = candidates["adv_6m"].tolist(), candidates["isin"].tolist()
    placed = [place for place, region in enumerate(regions) if region]
    return sorted(placed, key=lambda place: (-yields[place], -traded[place], ids[place]))


def _count(share: float, universe_size: int | None, pool: int) -> int:
    if universe_size is None:
        return ceil(exact(share) * pool)
    enough = float(universe_size).is_integer() and universe_size >= pool
    require(enough, universe_size, "universe_size", "be whole and not below the pool", "count the universe")
    return ceil(exact(share) * int(universe_size))


def _worded(
    candidates: pd.DataFrame, regions: list[str], yields: list[Fraction], order: list[int], drawn: Draw
) -> pd.DataFrame:
    size = len(candidates)
    rank, decision = [0] * size, [EXCLUDED] * size
    reason = [f"no region for country {code!r}" for code in candidates["country"]]
    chosen, added = len(drawn.by_yield), set(drawn.by_region)
    for place, item in enumerate(order):
        rank[item] = place + 1
        decision[item] = BY_YIELD if place < chosen else BY_REGION if place in added else LEFT
        reason[item] = _reason(place, regions[item], chosen, decision[item])
    for name, count in drawn.exhausted.items():
        total = chosen + len(added)
        text = f"{name} has no further candidates: {count} of {total} selected"
        first = order[0]
        reason[first] = f"{reason[first]}; {text}"
    found = pd.DataFrame({"isin": candidates["isin"], "region": regions}, index=candidates.index)
    found["dividend_yield"] = [float(number) for number in yields]
    found["rank"] = pd.array([place or None for place in rank], dtype="Int64")
    found["decision"], found["reason"] = decision, reason
    return found


def _reason(place: int, region: str, chosen: int, decision: str) -> str:
    if decision == BY_YIELD:
        return f"rank {place + 1} of the first {chosen}"
    if decision == BY_REGION:
        return f"next best of {region}, which is below its least part"
    return f"rank {place + 1} is behind the first {chosen}"
