"""Selection by dividend yield and the top-up of regions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.screening.slow_selection import selected
from xlidx.errors import XlidxError
from xlidx.index.screening.yields import BY_REGION, BY_YIELD, YIELDS, draw, region_of, yield_select
from xlidx.tables import read

NAMES = ("isin", "region", "dps", "close", "adv_6m")


def chosen(rows: list[dict[str, Any]], **options: Any) -> Any:
    return yield_select(
        read(YIELDS, [list(NAMES), *([row[name] for name in NAMES] for row in rows)]).strict(), **options
    )


def pool(yields: list[float], region: str = "Europe") -> list[dict[str, Any]]:
    return [
        {"isin": f"S{place:03}", "region": region, "dps": one, "close": 1.0, "adv_6m": 1.0}
        for place, one in enumerate(yields)
    ]


@pytest.mark.rule("solactive_human_capital", "2.1 step 2")
@pytest.mark.parametrize(("size", "count"), [(4, 1), (5, 2), (8, 2), (9, 3), (100, 25), (101, 26)])
def test_a_quarter_is_rounded_up(size: int, count: int) -> None:
    found = chosen(pool([1.0 - place / 1000 for place in range(size)]))
    assert (found["decision"] == BY_YIELD).tolist() == [place < count for place in range(size)]


def test_a_share_without_a_binary_number_is_exact() -> None:
    # 0.29 x 100 is 28.999999999999996 in binary and 0.28 x 25 is 7.000000000000001.
    assert (chosen(pool([1.0] * 100), share=0.29)["decision"] == BY_YIELD).sum() == 29
    assert (chosen(pool([1.0] * 25), share=0.28)["decision"] == BY_YIELD).sum() == 7


def test_a_quarter_of_the_universe() -> None:
    assert (chosen(pool([1.0] * 20), universe_size=40)["decision"] == BY_YIELD).sum() == 10
    with pytest.raises(XlidxError, match="universe_size"):
        chosen(pool([1.0] * 20), universe_size=19)


def test_ties_go_by_value_traded_and_then_isin() -> None:
    rows = pool([0.3, 0.1, 0.1, 0.1])
    rows[1]["dps"], rows[1]["close"] = 0.03, 0.3  # the same tenth, written otherwise
    rows[3]["adv_6m"] = 2.0
    assert chosen(rows)["rank"].tolist() == [1, 3, 4, 2]


def test_no_value_traded_comes_behind_the_least_of_it() -> None:
    rows = pool([0.1, 0.1, 0.1])
    rows[0]["adv_6m"], rows[1]["adv_6m"], rows[2]["adv_6m"] = None, 0.5, 0.0
    assert chosen(rows)["rank"].tolist() == [2, 1, 3]


def test_a_missing_estimate_is_a_yield_of_nothing() -> None:
    rows = pool([0.01, 0.0, 0.02])
    rows[1]["dps"] = None
    assert chosen(rows)["rank"].tolist() == [2, 3, 1]


@pytest.mark.rule("solactive_human_capital", "2.1 step 3")
def test_the_growing_selection_is_what_counts() -> None:
    # 20 by rank, all European: 2 of 22 are less than a tenth, so each of the others needs 3 of 26.
    ranked = ["Europe"] * 20 + ["North America"] * 5 + ["Asia Pacific"] * 5
    found = draw(ranked, 20, 0.10)
    assert sorted(found.by_region) == [20, 21, 22, 25, 26, 27]
    assert not found.exhausted


def test_a_region_that_runs_out_is_reported() -> None:
    found = chosen(
        [*pool([1.0] * 60), {"isin": "US", "region": "North America", "dps": 0.1, "close": 1.0, "adv_6m": 1.0}]
    )
    assert "North America has no further candidates: 1 of 17 selected" in found["reason"].iloc[0]
    assert "Asia Pacific has no further candidates: 0 of 17 selected" in found["reason"].iloc[0]
    assert found["decision"].iloc[60] == BY_REGION


@pytest.mark.rule("solactive_human_capital", "2.1 step 1")
@pytest.mark.rule("solactive_human_capital", "4 Region")
@pytest.mark.parametrize(
    ("country", "region"), [("US", "North America"), ("fr", "Europe"), ("JP", "Asia Pacific"), ("ZA", "")]
)
def test_regions_by_country(country: str, region: str) -> None:
    assert region_of(country) == region


def test_a_country_without_a_region_is_excluded_and_not_counted() -> None:
    head = ["isin", "country", "dps", "close"]
    rows = [["A", "FR", 1.0, 10.0], ["B", "ZA", 9.0, 10.0], ["C", "FR", 2.0, 10.0]]
    found = yield_select(read(YIELDS, [head, *rows]).strict())
    assert found["decision"].tolist() == ["not selected", "excluded", BY_YIELD]
    assert found["reason"].iloc[1] == "no region for country 'ZA'"


def test_a_negative_dividend_is_refused() -> None:
    with pytest.raises(XlidxError, match="dps is -1"):
        chosen(pool([1.0, -1.0]))


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "region": st.sampled_from(["Europe", "Europe", "Europe", "North America", "Asia Pacific"]),
            "dps": st.one_of(st.none(), st.integers(0, 12).map(lambda tenth: tenth / 10)),
            "close": st.sampled_from([1.0, 0.5, 2.5]),
            "adv_6m": st.sampled_from([1e6, 2e6]),
        }
    ),
    min_size=1,
    max_size=60,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_random_pools_agree_with_the_slow_selection_in_any_order(rows: list[dict[str, Any]], random: Any) -> None:
    named = [{"isin": f"S{place:02}"} | row for place, row in enumerate(rows)]
    first, added = selected(named)
    random.shuffle(named)
    found = chosen(named).set_index("isin")["decision"]
    assert set(found.index[found == BY_YIELD]) == first
    assert set(found.index[found == BY_REGION]) == added


def test_exactly_a_tenth_is_enough() -> None:
    ranked = ["Europe"] * 16 + ["North America", "Asia Pacific"] * 2 + ["North America", "Asia Pacific"]
    assert draw(ranked, 20, 0.10).by_region == []
    assert draw(ranked, 20, 0.11).by_region == [20, 21]
