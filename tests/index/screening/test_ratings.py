"""Eight screens on ratings: each limit from both sides, and an independent calculation on random universes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.screening.slow_selection import ACTIVITIES, failed_letters
from xlidx.errors import Kind, XlidxError
from xlidx.index.screening.ratings import RATINGS, Limits, esg_screen
from xlidx.tables import read

LIMITS = Limits()

GOOD: dict[str, Any] = {
    "isin": "A",
    "sector": "Energy",
    "area": "EUR",
    "esg_score": 60.0,
    "people_score": 60.0,
    "controversy": "none",
    **dict.fromkeys(ACTIVITIES, "none"),
    "coal": 0.0,
    "tar_sands": 0.0,
}
PEER = GOOD | {"isin": "P", "esg_score": 31.0, "people_score": 31.0}


def screened(*rows: dict[str, Any], peers: str = "mean") -> Any:
    head = list(GOOD)
    return esg_screen(read(RATINGS, [head, *([row[name] for name in head] for row in rows)]).strict(), LIMITS, peers)


def letters(reason: str) -> str:
    return "".join(part[1] for part in reason.split("; ") if part)


def test_a_good_company_passes() -> None:
    found = screened(GOOD, PEER)
    assert found.iloc[0].tolist()[:2] == ["A", "yes"]
    assert found.iloc[0]["esg_peers"] == 45.5


@pytest.mark.rule("solactive_human_capital", "4 Universe")
@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"esg_score": 29.999}, "ab"),
        ({"esg_score": 31.0}, "b"),
        ({"esg_score": None}, "ab"),
        ({"controversy": "warning list"}, "c"),
        ({"controversy": "critical"}, "c"),
        ({"controversy": None}, "c"),
        ({"tobacco": "major"}, "d"),
        ({"tobacco": "minor"}, ""),
        ({"alcohol": None}, "d"),
        ({"people_score": 29.0}, "ef"),
        ({"people_score": None}, "ef"),
        ({"coal": 0.1}, "g"),
        ({"coal": 0.0999999}, ""),
        ({"tar_sands": 0.1}, "h"),
        ({"tar_sands": None}, "h"),
        ({"area": None}, "bf"),
        ({"sector": None}, "bf"),
        ({"esg_score": 20.0, "nuclear": "major", "coal": 0.5}, "abdg"),
    ],
)
def test_each_screen_says_what_fails(change: dict[str, Any], failed: str) -> None:
    found = screened(GOOD | change, PEER)
    assert letters(found.iloc[0]["reason"]) == failed
    assert found.iloc[0]["passed"] == ("no" if failed else "yes")


def test_a_score_of_thirty_is_enough() -> None:
    found = screened(GOOD | {"esg_score": 30.0}, PEER | {"esg_score": 10.0})
    assert letters(found.iloc[0]["reason"]) == ""


def test_a_company_alone_is_its_own_average() -> None:
    assert letters(screened(GOOD)["reason"].iloc[0]) == "bf"


def test_equal_scores_are_not_above_their_average_whatever_the_binary_sum() -> None:
    rows = [GOOD | {"isin": name, "esg_score": 41.3} for name in "ABC"]
    assert 0.1 + 0.1 + 0.1 != 0.3  # the trap that decimals avoid
    assert {letters(reason) for reason in screened(*rows)["reason"]} == {"bf"}


def test_the_median_is_another_average() -> None:
    scores = (90.0, 40.0, 35.0)
    rows = [GOOD | {"isin": name, "esg_score": score} for name, score in zip("ABC", scores, strict=True)]
    mean, median = screened(*rows), screened(*rows, peers="median")
    assert mean["esg_peers"].tolist() == [55.0] * 3
    assert median["esg_peers"].tolist() == [40.0] * 3


def test_the_sector_of_the_provider_goes_first() -> None:
    rows = [GOOD | {"peer_sector": "Oil"}, PEER | {"peer_sector": "Wind"}]
    head = list(rows[0])
    found = esg_screen(read(RATINGS, [head, *(list(row.values()) for row in rows)]).strict(), LIMITS)
    assert found["esg_peers"].tolist() == [60.0, 31.0]


def test_a_score_above_one_hundred_is_refused() -> None:
    with pytest.raises(XlidxError, match=r"esg_score is 101 .* row 3, column esg_score") as caught:
        screened(GOOD, PEER | {"esg_score": 101.0})
    assert caught.value.kind is Kind.DOMAIN


def test_an_unknown_average_is_refused() -> None:
    with pytest.raises(XlidxError, match="use mean or median"):
        screened(GOOD, peers="mode")


SCORES = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenth: tenth / 10))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "sector": st.sampled_from(["Energy", "Finance"]),
            "area": st.sampled_from(["EUR", "AP"]),
            "esg_score": SCORES,
            "people_score": SCORES,
            "controversy": st.sampled_from(["none", "none", "critical"]),
            **{name: st.sampled_from(["none", "minor", "none", "major", None]) for name in ACTIVITIES},
            "coal": st.sampled_from([0.0, 0.05, 0.1, 0.3, None]),
            "tar_sands": st.sampled_from([0.0, 0.1, None]),
        }
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS)
def test_random_universes_agree_with_the_slow_calculation(rows: list[dict[str, Any]]) -> None:
    named = [{"isin": f"S{place}"} | row for place, row in enumerate(rows)]
    found = screened(*named)
    assert [letters(reason) for reason in found["reason"]] == [failed_letters(row, named) for row in named]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"turnover": 1.01}, "fuel_turnover is 1.01 but must lie between 0 and 1"),
        ({"turnover": -0.01}, "fuel_turnover is -0.01"),
        ({"esg": 100.5}, "least_esg is 100.5 but must lie between 0 and 100"),
        ({"people": -0.5}, "least_people is -0.5"),
    ],
)
def test_limits_that_are_none_are_refused(limits: dict[str, float], words: str) -> None:
    assert Limits(esg=100.0, people=0.0, turnover=1.0).turnover == 1.0
    assert Limits(esg=0.0, people=100.0, turnover=0.0).esg == 0.0
    with pytest.raises(XlidxError, match=words):
        Limits(**limits)
