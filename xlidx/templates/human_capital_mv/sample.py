"""Invented universe, prices and older composition of the human capital workbook; nothing here is market data.

Everything is drawn from one generator with a fixed seed, by sums and products of uniform numbers only, so that
every machine makes the same cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from random import Random
from typing import Any

import attrs

from xlidx.rulebooks.solactive_human_capital.selection import SECTORS

SELECTION, LAST, BASE = date(2017, 10, 2), date(2017, 10, 27), date(2017, 7, 5)
SPLIT_DAY, DIVIDEND_DAY = date(2017, 9, 12), date(2017, 9, 20)
WINDOW = 126
# Area, countries of listing, currencies, lowest yield and range of the yields.
AREAS = (
    ("NAM", ("US", "US", "CA", "US"), ("USD", "USD", "USD", "USD"), 0.012, 0.034),
    ("EUR", ("DE", "FR", "GB", "NL"), ("EUR", "EUR", "GBP", "EUR"), 0.014, 0.038),
    ("AP", ("JP", "JP", "JP", "JP"), ("JPY", "JPY", "JPY", "JPY"), 0.004, 0.016),
)
REGIONS = {"NAM": "North America", "EUR": "Europe", "AP": "Asia Pacific"}
GROUP = 8
FIRST_RATES = {"USD": 0.9400, "JPY": 0.0085, "GBP": 1.1700}
SPREAD_FILTER = 0.30  # prices are given for all that a yield filter up to this part selects
LEAVING, HELD = 5, 50


@attrs.frozen
class Security:
    """One row of the universe."""

    isin: str
    name: str
    sector: str
    area: str
    country: str
    currency: str
    esg_score: float
    people_score: float
    controversy: str
    armament: str
    tobacco: str
    gambling: str
    nuclear: str
    pornography: str
    alcohol: str
    coal: float
    tar_sands: float
    adv_6m: float
    adv_1m: float
    dps: float
    close: float


# What lets a few securities fail, by their number: one field each.
FLAWS: dict[int, tuple[str, Any]] = {
    6: ("controversy", "critical"),
    29: ("controversy", "warning list"),
    44: ("armament", "major"),
    70: ("coal", 0.12),
    93: ("tar_sands", 0.1),
    118: ("adv_6m", 3.1e6),
    142: ("adv_1m", 4.2e6),
    166: ("adv_1m", 5e6),
    190: ("tobacco", "major"),
    213: ("people_score", 41.0),
}


@attrs.frozen
class Sample:
    """All tables of the sample: universe, older target weights, prices and rates by session, two events."""

    universe: tuple[Security, ...]
    old_weights: dict[str, float]
    prices: dict[str, tuple[float, ...]]
    rates: dict[str, tuple[float, ...]]
    split: str
    dividend: tuple[str, float]


def _sessions() -> tuple[date, ...]:
    """Return the weekdays of the window up to the selection day, and those up to the last day."""
    days = [SELECTION - timedelta(days=back) for back in range(2 * WINDOW)]
    before = sorted([day for day in days if day.weekday() < 5][:WINDOW])
    after = [SELECTION + timedelta(days=ahead) for ahead in range(1, (LAST - SELECTION).days + 1)]
    return (*before, *(day for day in after if day.weekday() < 5))


SESSIONS = _sessions()


def _bell(random: Random) -> float:
    """Return a number of mean 0 and variance 1."""
    return sum(random.random() for _ in range(12)) - 6.0


def _security(random: Random, place: int) -> Security:
    sector = SECTORS[place // (GROUP * len(AREAS))]
    area, countries, currencies, lowest, spread = AREAS[place // GROUP % len(AREAS)]
    weak, turn = place % GROUP == GROUP - 1, place % len(countries)
    close = round((400 + 4000 * random.random()) if area == "AP" else 15 + 160 * random.random(), 1)
    found = Security(
        isin=f"H{place + 1:03d}",
        name=f"Sample {sector} {place + 1}",
        sector=sector,
        area=area,
        country=countries[turn],
        currency="USD" if countries[turn] == "CA" else currencies[turn],
        esg_score=20.0 if weak else round(60 + 6 * random.random(), 1),
        people_score=20.0 if weak else round(60 + 6 * random.random(), 1),
        controversy="none",
        **dict.fromkeys(("armament", "tobacco", "gambling", "nuclear", "pornography"), "none"),
        alcohol="minor" if place % 11 == 0 else "none",
        coal=0.02 if sector == "Utilities" else 0.0,
        tar_sands=0.05 if sector == "Energy" and area == "NAM" else 0.0,
        adv_6m=round(6e6 + 9e7 * random.random(), -4),
        adv_1m=round(6e6 + 9e7 * random.random(), -4),
        dps=round(close * (lowest + spread * random.random()), 4),
        close=close,
    )
    if place not in FLAWS:
        return found
    name, value = FLAWS[place]
    return attrs.evolve(found, **{name: value})


def _selected(pool: Sequence[Security], share: float) -> list[Security]:
    """Return the best part of the pool by yield, and the next best of areas below a tenth of the selection."""
    ranked = sorted(pool, key=lambda one: -one.dps / one.close)
    size = ceil(share * len(pool))
    chosen, rest = ranked[:size], ranked[size:]
    for area, *_ in AREAS:
        for one in [one for one in rest if one.area == area]:
            if 10 * sum(other.area == area for other in chosen) >= len(chosen):
                break
            chosen.append(one)
    return chosen


def _prices(random: Random, one: Security, market: Sequence[float], split: str) -> tuple[float, ...]:
    """Return prices that meet the close of the selection day, and double before the split."""
    beta, noise = 0.3 + 0.9 * random.random(), 0.005 + 0.008 * random.random()
    path = [1.0]
    for common in market[1:]:
        path.append(path[-1] * (1.0 + beta * common + noise * _bell(random)))
    factors = [2.0 if one.isin == split and day < SPLIT_DAY else 1.0 for day in SESSIONS]
    level = one.close / path[WINDOW - 1]
    return tuple(round(value * level * factor, 4) for value, factor in zip(path, factors, strict=True))


def _rates(random: Random) -> dict[str, tuple[float, ...]]:
    found = {}
    for name, first in FIRST_RATES.items():
        values = [first]
        for _ in SESSIONS[1:]:
            values.append(values[-1] * (1.0 + 0.004 * _bell(random)))
        found[name] = tuple(round(value, 6) for value in values)
    return found


def make() -> Sample:
    """Draw the sample."""
    random = Random(20171002)  # noqa: S311
    universe = tuple(_security(random, place) for place in range(GROUP * len(AREAS) * len(SECTORS)))
    out = {*FLAWS, *range(GROUP - 1, len(universe), GROUP)}
    pool = [one for place, one in enumerate(universe) if place not in out]
    chosen = _selected(pool, 0.25)
    leaving = [universe[place] for place in list(FLAWS)[:LEAVING]]
    staying = [*chosen[: HELD - LEAVING - 4], *chosen[-4:]]
    split, paying = chosen[3].isin, chosen[7]
    old: dict[str, float] = {}
    for place, one in enumerate([*staying, *leaving]):
        old[one.isin] = 0.015 if place % 2 else 0.025
    market = [0.0003 + 0.005 * _bell(random) for _ in SESSIONS]
    priced: list[Any] = [*_selected(pool, SPREAD_FILTER), *leaving]
    wanted = sorted({one.isin for one in priced} | set(old))
    by_isin = {one.isin: one for one in universe}
    prices = {isin: _prices(random, by_isin[isin], market, split) for isin in wanted}
    return Sample(universe, old, prices, _rates(random), split, (paying.isin, round(paying.close * 0.009, 2)))


SAMPLE = make()
