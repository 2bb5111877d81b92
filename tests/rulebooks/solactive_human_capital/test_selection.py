"""Selection of the Solactive guideline: dates, the order of the steps, and what is said of every company."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import numpy as np
import pytest

from tests.index.screening.slow_selection import selected
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import Quotes
from xlidx.index.min_variance.covariance import factor_from_prices
from xlidx.index.min_variance.portfolio import min_variance
from xlidx.index.review.tables import OVERRIDES
from xlidx.index.screening.ratings import ACTIVITIES
from xlidx.rulebooks.solactive_human_capital import selection as solactive
from xlidx.rulebooks.solactive_human_capital.calendar import LAUNCH, business_days, rebalancing_days, review_dates
from xlidx.tables import read

DAY = date(2017, 10, 2)
SMALL = attrs.evolve(
    solactive.SOLACTIVE, names_held=6, lowest=0.05, highest=0.4, sector_cap=0.6, region_cap=0.7, returns=30
)
COUNTRIES = ("FR", "US", "JP", "DE", "CA", "GB")
HEAD = [
    *("isin", "sector", "area", "country", "esg_score", "people_score", "controversy", *ACTIVITIES),
    *("coal", "tar_sands", "adv_6m", "adv_1m", "dps", "close"),
]


def universe(size: int = 40, **change: Any) -> list[dict[str, Any]]:
    """Companies that pass in twos: of each pair of peers the first has the higher scores."""
    rng = np.random.default_rng(5)
    rows = []
    for place in range(size):
        close = round(float(rng.uniform(10, 90)), 2)
        values: list[Any] = [
            f"S{place:02}",
            solactive.SECTORS[place % 5],
            "EUR",
            COUNTRIES[place % 6],
            60.0,
            60.0,
            "none",
        ]
        values += [
            *["none"] * len(ACTIVITIES),
            0.0,
            0.0,
            9e6,
            8e6,
            round(float(rng.uniform(0, 0.06)) * close, 3),
            close,
        ]
        rows.append(dict(zip(HEAD, values, strict=True)))
    # One weak company in every group keeps the averages below the others.
    for sector in solactive.SECTORS[:5]:
        weak = rows[0] | {"isin": f"W{sector[:3]}", "sector": sector, "esg_score": 31.0, "people_score": 31.0}
        rows.append(weak)
    for row in rows:
        row.update(change.get(row["isin"], {}))
    return rows


def table(rows: list[dict[str, Any]]) -> Any:
    return read(solactive.CANDIDATES, [HEAD, *([row[name] for name in HEAD] for row in rows)])


def prices(rows: list[dict[str, Any]], sessions: int = 40) -> Quotes:
    rng = np.random.default_rng(7)
    days = np.array([DAY - timedelta(days=n) for n in range(sessions)][::-1], dtype="datetime64[D]")
    moves = rng.normal(0, 0.01, (sessions, len(rows))) + rng.normal(0, 0.006, (sessions, 1))
    return Quotes("prices", days, tuple(row["isin"] for row in rows), 50.0 * np.exp(np.cumsum(moves, axis=0)))


@pytest.mark.rule("solactive_human_capital", "4 Selection Day")
@pytest.mark.rule("solactive_human_capital", "4 Adjustment Day")
@pytest.mark.rule("solactive_human_capital", "4 Trading Day")
def test_dates_of_a_year() -> None:
    # From wall calendars: Frankfurt is closed on 1 January, Good Friday, Easter Monday, and 3 October of 2017.
    found = review_dates(2017).astype(str)
    assert found["selection"].tolist() == ["2017-01-02", "2017-04-03", "2017-07-03", "2017-10-02"]
    assert found["adjustment"].tolist() == ["2017-01-04", "2017-04-05", "2017-07-05", "2017-10-05"]
    assert found["first"].tolist() == ["2017-01-05", "2017-04-06", "2017-07-06", "2017-10-06"]
    assert found["last"].tolist() == ["2017-01-18", "2017-04-19", "2017-07-19", "2017-10-19"]


def test_a_new_years_day_on_a_weekday_is_a_selection_day() -> None:
    found = review_dates(2018).astype(str).iloc[0]
    assert (found["selection"], found["adjustment"]) == ("2018-01-01", "2018-01-03")


def test_a_disruption_moves_the_selection_day() -> None:
    found = review_dates(2017, disruptions=[date(2017, 7, 3)]).astype(str)
    assert found["selection"].tolist()[2] == "2017-07-04"


@pytest.mark.parametrize("year", [43871, 0, 2017.5, 1980])
def test_a_year_outside_the_calendar_is_refused(year: Any) -> None:
    with pytest.raises(XlidxError):
        review_dates(year)


def test_only_one_kind_of_review() -> None:
    assert len(review_dates(2017, "quarterly")) == 4
    with pytest.raises(XlidxError, match="annual"):
        review_dates(2017, "annual")


@pytest.mark.rule("solactive_human_capital", "4 Business Day")
@pytest.mark.rule("solactive_human_capital", "4 Rebalancing Period")
@pytest.mark.rule("solactive_human_capital", "2.2")
def test_ten_business_days_without_disruptions() -> None:
    adjustment = date(2017, 12, 20)
    usual = rebalancing_days(adjustment).astype(str).tolist()
    assert usual[:4] == ["2017-12-21", "2017-12-22", "2017-12-25", "2017-12-26"]  # holidays are weekdays
    assert (len(usual), usual[-1]) == (10, "2018-01-03")
    disturbed = rebalancing_days(adjustment, [date(2017, 12, 25), date(2018, 1, 1)]).astype(str).tolist()
    assert (len(disturbed), disturbed[-1]) == (10, "2018-01-05")
    assert not {"2017-12-25", "2018-01-01"} & set(disturbed)
    assert business_days(date(2017, 12, 23), 1).astype(str).tolist() == ["2017-12-25"]


def test_before_the_launch_the_change_is_made_at_once() -> None:
    assert len(rebalancing_days(LAUNCH - timedelta(days=1))) == 1
    assert len(rebalancing_days(LAUNCH)) == 10


@pytest.mark.rule("solactive_human_capital", "2.1")
@pytest.mark.rule("solactive_human_capital", "2.1 step 1")
@pytest.mark.rule("solactive_human_capital", "2.1 step 2")
@pytest.mark.rule("solactive_human_capital", "2.1 step 3")
@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.rule("solactive_human_capital", "4 Universe")
@pytest.mark.rule("solactive_human_capital", "4 Selection Pool")
def test_all_steps_in_their_order() -> None:
    rows = universe(S01={"esg_score": 20.0}, S02={"adv_1m": 5e6}, S03={"country": "ZA"})
    given = prices(rows)
    found = solactive.selection(table(rows), given, DAY, rules=SMALL)
    by_isin = found.table.set_index("isin")
    said = {"S01": ("not in the universe", "4 Universe"), "S02": ("not in the pool", "4 Selection Pool")}
    for isin, (decision, clause) in {**said, "S03": ("excluded", "2.1 step 1")}.items():
        assert by_isin.loc[isin, ["decision", "clause"]].tolist() == [decision, clause]
    regions = dict(
        zip(COUNTRIES, ("Europe", "North America", "Asia Pacific", "Europe", "North America", "Europe"), strict=True)
    )
    pool = [
        row | {"region": regions.get(row["country"], "Europe")}
        for row in rows
        if row["isin"] not in ("S01", "S02", "S03") and row["isin"].startswith("S")
    ]
    first, added = selected(pool, str(found.yield_filter))
    drawn = set(by_isin.index[by_isin["decision"].isin(["held", "not held"])])
    assert drawn == first | added
    names = [row["isin"] for row in rows if row["isin"] in drawn]
    columns = [given.ids.index(isin) for isin in names]
    factor = factor_from_prices(given.matrix[:, columns], days=30).factor
    sectors = {row["isin"]: row["sector"] for row in rows}
    areas = {row["isin"]: row["region"] for row in pool}
    alone = min_variance(
        factor,
        [sectors[isin] for isin in names],
        [areas[isin] for isin in names],
        ids=names,
        names_held=6,
        lowest=0.05,
        highest=0.4,
        sector_cap=0.6,
        region_cap=0.7,
    )
    assert by_isin.loc[names, "weight"].tolist() == alone.weights.tolist()
    assert found.solution.status == "optimal"
    assert by_isin["weight"].sum() == pytest.approx(1.0, abs=1e-12)


def test_the_filter_widens_until_there_is_a_solution() -> None:
    rows = universe()
    found = solactive.selection(table(rows), prices(rows), DAY, rules=attrs.evolve(SMALL, names_held=14, lowest=0.01))
    # 40 in the pool and 14 names to hold: 32 % of 40 are 13, rounded up, 33 % are 14.
    assert found.yield_filter == 0.33
    assert found.table["decision"].isin(["held", "not held"]).sum() == 14


def test_no_solution_up_to_the_last_filter_asks_for_a_decision() -> None:
    rows = universe()
    with pytest.raises(XlidxError, match="up to a yield filter of 50%") as caught:
        solactive.selection(table(rows), prices(rows), DAY, rules=attrs.evolve(SMALL, names_held=30, lowest=0.01))
    assert caught.value.kind is Kind.INFEASIBLE


@pytest.mark.rule("solactive_human_capital", "1.6")
def test_the_committee_keeps_a_security_out() -> None:
    rows = universe()
    free = solactive.selection(table(rows), prices(rows), DAY, rules=SMALL).table
    held = free["isin"][free["decision"] == "held"].iloc[0]
    head = ["isin", "decision", "author", "reason", "decided", "expiry"]
    decided = read(OVERRIDES, [head, [held, "exclude", "committee", "merger", DAY, DAY]])
    found = solactive.selection(table(rows), prices(rows), DAY, overrides=decided, rules=SMALL).table.set_index("isin")
    assert found.loc[held, ["decision", "reason", "clause"]].tolist() == ["excluded", "merger (committee)", "1.6"]
    expired = read(OVERRIDES, [head, [held, "exclude", "committee", "merger", DAY, DAY - timedelta(days=1)]])
    again = solactive.selection(table(rows), prices(rows), DAY, overrides=expired, rules=SMALL).table
    assert again.equals(free)
    other = read(OVERRIDES, [head, [held, "add", "committee", "merger", DAY, DAY]])
    with pytest.raises(XlidxError, match="say exclude"):
        solactive.selection(table(rows), prices(rows), DAY, overrides=other, rules=SMALL)


def test_later_prices_do_not_matter_and_order_neither() -> None:
    rows = universe()
    given = prices(rows, 45)
    day = given.days[39].astype(date)
    spoilt = given.matrix.copy()
    spoilt[40:] *= 3.0
    first = solactive.selection(table(rows), given, day, rules=SMALL).table
    second = solactive.selection(table(rows[::-1]), attrs.evolve(given, matrix=spoilt), day, rules=SMALL).table
    assert second.sort_values("isin")["weight"].tolist() == first.sort_values("isin")["weight"].tolist()


def test_splits_are_adjusted_for() -> None:
    rows = universe()
    given = prices(rows)
    factors, halved = np.ones_like(given.matrix), given.matrix.copy()
    factors[:20, 4], halved[20:, 4] = 0.5, halved[20:, 4] / 2
    split = attrs.evolve(given, matrix=halved)
    adjustment = Quotes("adjustment", given.days, given.ids, factors)
    plain = solactive.selection(table(rows), given, DAY, rules=SMALL).table
    adjusted = solactive.selection(table(rows), split, DAY, adjustment, rules=SMALL).table
    assert adjusted["weight"].tolist() == plain["weight"].tolist()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda matrix, at: matrix.__setitem__((slice(None), at), 20.0), "never changes its price"),
        (lambda matrix, at: matrix.__setitem__((slice(0, 15), at), np.nan), "has no price 30 returns ago"),
    ],
)
def test_prices_that_cannot_be_used_name_the_security(spoil: Any, words: str) -> None:
    rows = universe()
    given = prices(rows)
    free = solactive.selection(table(rows), given, DAY, rules=SMALL).table
    held = free["isin"][free["decision"] == "held"].iloc[0]
    matrix = given.matrix.copy()
    spoil(matrix, given.ids.index(held))
    with pytest.raises(XlidxError, match=f"{held} {words}"):
        solactive.selection(table(rows), attrs.evolve(given, matrix=matrix), DAY, rules=SMALL)


def test_a_security_without_a_column_of_prices_is_named() -> None:
    rows = universe()
    given = prices(rows)
    free = solactive.selection(table(rows), given, DAY, rules=SMALL).table
    held = free["isin"][free["decision"] == "held"].iloc[0]
    keep = [place for place, isin in enumerate(given.ids) if isin != held]
    short = Quotes("prices", given.days, tuple(given.ids[place] for place in keep), given.matrix[:, keep])
    with pytest.raises(XlidxError, match=f"no prices for {held}"):
        solactive.selection(table(rows), short, DAY, rules=SMALL)


def test_a_quarter_of_the_universe_is_a_larger_part_of_the_pool() -> None:
    rows = universe(**{f"S{place:02}": {"adv_6m": 1e6} for place in range(0, 40, 4)})
    pool = solactive.selection(table(rows), prices(rows), DAY, rules=SMALL).table
    whole = solactive.selection(table(rows), prices(rows), DAY, filter_of="universe", rules=SMALL).table
    counts = [frame["decision"].isin(["held", "not held"]).sum() for frame in (pool, whole)]
    assert counts == [8, 10]  # 30 in the pool, 40 in the universe


def test_a_sector_outside_the_closed_list_is_refused() -> None:
    rows = universe(S00={"sector": "Enrgy"})
    with pytest.raises(XlidxError, match="Energy"):
        solactive.selection(table(rows), prices(rows), DAY, rules=SMALL)
