"""Selection of the Solactive index through the cell boundary, and what a wrong cell says."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

import xlidx
from tests.rulebooks.solactive_human_capital import test_selection as rig
from xlidx.excel.calls import why

NAMES = [["A", "B", "C", "D"]]
SECTORS = [["Energy", "Finance", "Energy", "Finance"]]
REGIONS = [["Europe", "Europe", "Europe", "Europe"]]
LIMITS = ("returns", 2.0, 0.1, 0.9, 1.0, 0.1, 1.0)


def returns() -> list[list[Any]]:
    return np.random.default_rng(3).normal(0, 0.01, (12, 4)).tolist()


def variance(data: Any, ids: Any = NAMES, sectors: Any = SECTORS, regions: Any = REGIONS, *limits: Any) -> Any:
    return xlidx.call("XI_MIN_VARIANCE", data, ids, sectors, regions, *(limits or LIMITS))


def test_weights_are_the_best_pair_of_all_pairs() -> None:
    found = variance(returns())
    weights = {row[0]: row[3] for row in found[1:] if row[0]}
    facts = {row[6]: row[7] for row in found[1:] if row[6]}
    best = min(
        (float(np.array([w, 1 - w]) @ np.cov(np.array(returns())[:, pair].T) @ np.array([w, 1 - w])), pair, w)
        for pair in ([0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3])
        for w in np.linspace(0.1, 0.9, 4001)
    )
    assert facts["status"] == "optimal"
    assert facts["variance"] == pytest.approx(best[0], rel=1e-6)
    assert facts["proven lower bound"] <= facts["variance"]
    assert [name for name, weight in weights.items() if weight] == [NAMES[0][place] for place in best[1]]
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-12)


def spoilt(row: int, column: int, value: Any) -> list[list[Any]]:
    rows = returns()
    rows[row][column] = value
    return rows


@pytest.mark.parametrize(
    ("arguments", "value", "words"),
    [
        ((spoilt(3, 1, None),), "#VALUE!", "data"),
        ((spoilt(3, 1, "#N/A"),), "#N/A", "data"),
        (([[*row[:3], 0.01] for row in returns()],), "#NUM!", "the returns of D are all the same"),
        ((returns(), [["A", "B", "A", "D"]]), "#NUM!", "A"),
        ((returns(), NAMES, [["Energy", None, "Energy", "Finance"]]), "#VALUE!", "sector"),
        ((returns(), NAMES, SECTORS, REGIONS, "returns", 5.0, 0.1, 0.9, 1.0, 0.1, 1.0), "#NUM!", "4"),
        ((returns(), NAMES, SECTORS, REGIONS, "returns", 3.0, 0.4, 0.9, 1.0, 0.1, 1.0), "#NUM!", "0.4"),
        ((returns(), NAMES, SECTORS, REGIONS, "yields", *LIMITS[1:]), "#VALUE!", "use prices or returns"),
        ((returns(), [["A", "B"]]), "#VALUE!", "2 ids"),
    ],
)
def test_bad_input_is_one_clear_sentence(arguments: Any, value: str, words: str) -> None:
    assert variance(*arguments) == value
    full = (*arguments, *(NAMES, SECTORS, REGIONS)[len(arguments) - 1 :], *LIMITS)[: max(11, len(arguments))]
    sentence = why("XI_MIN_VARIANCE", *full)
    assert words in sentence
    assert "\n" not in sentence


def test_a_constant_price_column_is_refused() -> None:
    rows = [[100.0 + n, 50.0 + n % 3, 20.0, 30.0 - n] for n in range(12)]
    assert variance(rows, NAMES, SECTORS, REGIONS, "prices", *LIMITS[1:]) == "#NUM!"


def test_what_a_price_or_return_cannot_be_is_said_by_name() -> None:
    rows = [[100.0 + n, 50.0 + n % 3, 20.0, 30.0 - n] for n in range(12)]
    fine = [[row[0], row[1], 20.0 + row[1] / 7, row[3]] for row in rows]
    assert "the price of C never changes" in why(
        "XI_MIN_VARIANCE", rows, NAMES, SECTORS, REGIONS, "prices", *LIMITS[1:]
    )
    told = why("XI_MIN_VARIANCE", spoilt(3, 1, -1.0), NAMES, SECTORS, REGIONS, *LIMITS)
    assert "a return of B is -1, but no price falls by 100 % or more" in told
    assert variance(spoilt(3, 1, -1.0)) == variance(spoilt(3, 1, -2.5)) == "#NUM!"
    assert variance(fine, NAMES, SECTORS, REGIONS, "prices", *LIMITS[1:])[0][0] == "id"
    assert variance(spoilt(3, 1, -0.99))[0][0] == "id"


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
def test_more_rows_than_the_guideline_has_returns() -> None:
    # 125 returns by the guideline: of 200 the last 125, of 201 prices the last 126; another number if it is asked for.
    moves = np.random.default_rng(4).normal(0, 0.01, (200, 4))
    paid = 50.0 * np.vstack([np.ones(4), np.cumprod(1.0 + moves, axis=0)])

    def answer(data: Any, given: str, *more: Any) -> Any:
        return variance(data.tolist(), NAMES, SECTORS, REGIONS, given, *LIMITS[1:], *more)

    last = answer(moves[-125:], "returns")
    assert answer(moves, "returns") == last
    assert answer(paid, "prices") == answer(paid[-126:], "prices")
    assert answer(paid, "prices")[1][3] == pytest.approx(last[1][3], rel=1e-9)
    assert answer(moves, "returns", None, 200.0) != last
    assert answer(moves, "returns", None, 60.0) == answer(moves[-60:], "returns")
    assert answer(moves, "returns", None, 201.0) == "#N/A"
    assert answer(moves, "returns", None, 1.0) == "#NUM!"


def cell_table(**change: Any) -> list[list[Any]]:
    rows = rig.universe(**change)
    return [rig.HEAD, *([row[name] for name in rig.HEAD] for row in rows)]


def block(given: Any) -> list[list[Any]]:
    body = zip(given.days, given.matrix.tolist(), strict=True)
    return [["date", *given.ids], *([day.astype(date), *row] for day, row in body)]


def review(table: Any, *more: Any, kind: str = "quarterly") -> Any:
    return xlidx.call("XI_REVIEW_SELECT", "solactive_human_capital", kind, table, *more)


RULES = [
    ["name", "value"],
    ["names held", 6.0],
    ["lowest", 0.05],
    ["highest", 0.4],
    ["sector cap", 0.6],
    ["region cap", 0.7],
    ["returns", 30.0],
]


def test_a_review_of_the_solactive_index_in_a_cell() -> None:
    table, quotes = cell_table(S01={"esg_score": 20.0}), block(rig.prices(rig.universe(), 130))
    # 45 candidates cannot hold 50 securities: the last filter has no solution, and the cell says so.
    assert review(table, rig.DAY, None, quotes) == "#NUM!"
    assert review(table, rig.DAY, None, quotes, kind="annual") == "#VALUE!"
    assert review(table, rig.DAY) == "#VALUE!"
    assert review(table, None, None, quotes) == "#VALUE!"


def test_a_review_shows_how_far_it_is_proven_and_which_filter_it_took() -> None:
    table, given = cell_table(), rig.prices(rig.universe())
    head, *rows = review(table, rig.DAY, None, block(given), None, RULES)
    assert head[-2:] == ["item", "value"]
    facts = {row[-2]: row[-1] for row in rows if row[-2]}
    assert (facts["status"], facts["securities held"], facts["yield filter"]) == ("optimal", 6.0, 0.25)
    assert 0.0 <= facts["gap"] <= 1e-9
    held = {row[0]: row[5] for row in rows if row[5]}
    columns = [given.ids.index(isin) for isin in held]
    moves = given.matrix[-30:, columns] / given.matrix[-31:-1, columns] - 1.0
    w = np.array(list(held.values()))
    assert facts["variance"] == pytest.approx(w @ np.cov(moves.T) @ w, rel=1e-9)
    wide = review(table, rig.DAY, None, block(given), None, [*RULES[:1], ["names held", 14.0], *RULES[3:]])
    assert {row[-2]: row[-1] for row in wide}["yield filter"] == 0.33  # 32 % of 40 are 13, rounded up


@pytest.mark.parametrize("name", ["work limit", "time limit"])
def test_a_review_stops_at_a_limit_and_shows_the_proven_gap(name: str) -> None:
    table, given = cell_table(), block(rig.prices(rig.universe()))
    full = {row[-2]: row[-1] for row in review(table, rig.DAY, None, given, None, RULES)}
    rows = review(table, rig.DAY, None, given, None, [*RULES, [name, 0.0]])
    facts = {row[-2]: row[-1] for row in rows}
    assert (full["status"], facts["status"], facts["securities held"]) == ("optimal", "limit", 6.0)
    assert 1e-9 < facts["gap"] < 0.05
    # the optimum lies between what is shown and the bound that is proven
    assert facts["variance"] * (1.0 - facts["gap"]) <= full["variance"] * (1.0 + 1e-9) <= facts["variance"] * (1 + 2e-9)
    assert sum(row[5] for row in rows[1:] if row[5]) == pytest.approx(1.0, abs=1e-9)
    assert review(table, rig.DAY, None, given, None, [*RULES, [name, -1.0]]) == "#NUM!"


def test_a_review_adjusts_for_the_events_of_the_sheet() -> None:
    table, given = cell_table(), rig.prices(rig.universe())
    want = review(table, rig.DAY, None, block(given), None, RULES)
    held = next(row[0] for row in want[1:] if row[5])
    paid = given.matrix.copy()
    paid[:20, given.ids.index(held)] *= 2.0
    split = block(type(given)("prices", given.days, given.ids, paid))
    events = [["date", "isin", "event", "old", "new"], [given.days[20].astype(date), held, "split", 1.0, 2.0]]
    assert review(table, rig.DAY, None, split, events, RULES) == want
    assert review(table, rig.DAY, None, split, None, RULES) != want


def test_nothing_left_for_a_selection_is_a_clean_error() -> None:
    quotes = block(rig.prices(rig.universe(), 130))
    for table, words in (
        (cell_table(**{f"S{n:02}": {"adv_1m": None} for n in range(40)}), "40 not in the pool, 5 not in the universe"),
        (
            cell_table(**{f"S{n:02}": {"country": "ZA"} for n in range(40)}),
            "5 not in the universe, 40 without a region",
        ),
        (cell_table()[:1], "there is none"),
    ):
        assert review(table, rig.DAY, None, quotes) == "#N/A"
        told = why("XI_REVIEW_SELECT", "solactive_human_capital", "quarterly", table, rig.DAY, None, quotes)
        assert words in told
        assert "no candidate is left" in told


def test_a_table_without_rows_is_a_table_without_rows() -> None:
    # No candidates: the header alone, and nothing is raised.
    for name, head in (
        ("XI_ESG_SCREEN", ["isin", "sector", "area"]),
        ("XI_LIQUIDITY_SCREEN", ["isin", "adv 6m", "adv 1m"]),
        ("XI_YIELD_SELECT", ["isin", "country", "dps", "close"]),
    ):
        found = xlidx.call(name, [head])
        assert (len(found), found[0][0]) == (1, "isin"), name


def test_every_limit_of_a_screen_is_an_argument() -> None:
    def passed(name: str, *arguments: Any) -> list[str]:
        found = xlidx.call(name, *arguments)
        place = found[0].index("decision" if "decision" in found[0] else "passed")
        return [row[place] for row in found[1:]]

    clean = ["none"] * 7
    head = ["isin", "sector", "area", "esg score", "people score", "controversy", *rig.ACTIVITIES, "coal", "tar sands"]
    rated = [
        head,
        ["A", "Energy", "EUR", 45.0, 46.0, *clean, 0.15, 0.15],
        ["B", "Energy", "EUR", 1.0, 1.0, *clean, 0.0, 0.0],
    ]
    assert passed("XI_ESG_SCREEN", rated) == ["no", "no"]
    assert passed("XI_ESG_SCREEN", rated, "mean", None, None, 0.2) == ["yes", "no"]
    assert passed("XI_ESG_SCREEN", rated, "mean", 46.0, None, 0.2) == ["no", "no"]
    assert passed("XI_ESG_SCREEN", rated, "mean", 45.0, 46.5, 0.2) == ["no", "no"]
    traded = [["isin", "adv 6m", "adv 1m"], ["A", 9e6, 6e6], ["B", 5e6, 6e6]]
    assert passed("XI_LIQUIDITY_SCREEN", traded) == ["yes", "no"]
    assert passed("XI_LIQUIDITY_SCREEN", traded, None, None, None, 7e6) == ["no", "no"]
    assert passed("XI_LIQUIDITY_SCREEN", traded, None, None, None, 4e6) == ["yes", "yes"]
    pool = [["isin", "country", "dps", "close"]] + [[f"N{n}", "US", 9.0 - n, 100.0] for n in range(4)]
    pool += [["E", "FR", 1.0, 100.0], ["J", "JP", 1.0, 100.0]]
    assert passed("XI_YIELD_SELECT", pool, 0.5)[4:] == ["added for its region"] * 2
    assert passed("XI_YIELD_SELECT", pool, 0.5, None, 0.0)[4:] == ["not selected"] * 2
    for name, arguments in (
        ("XI_ESG_SCREEN", (rated, "mean", 130.0)),
        ("XI_ESG_SCREEN", (rated, "mean", None, -1.0)),
        ("XI_ESG_SCREEN", (rated, "mean", None, None, 10.0)),
        ("XI_LIQUIDITY_SCREEN", (traded, None, None, None, -1.0)),
        ("XI_YIELD_SELECT", (pool, 0.5, None, 0.4)),
    ):
        assert xlidx.call(name, *arguments) == "#NUM!", (name, arguments)


def test_prices_have_no_place_in_a_review_of_psi20() -> None:
    table = [["company", "isin", "shares", "close", "free float"], ["A", "PTA", 1e8, 5.0, 0.5]]
    assert xlidx.call("XI_REVIEW_SELECT", "psi20", "annual", table)[1][1] == "PTA"
    quotes = [["date", "PTA"], [date(2016, 3, 18), 5.0]]
    assert xlidx.call("XI_REVIEW_SELECT", "psi20", "annual", table, None, None, quotes) == "#VALUE!"
    assert xlidx.call("XI_REVIEW_SELECT", "psi20", "annual", table, None, None, None, None, RULES) == "#VALUE!"
