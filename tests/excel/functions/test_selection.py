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


def test_a_review_of_the_solactive_index_in_a_cell() -> None:
    rows = rig.universe(S01={"esg_score": 20.0})
    table = [rig.HEAD, *([row[name] for name in rig.HEAD] for row in rows)]
    given = rig.prices(rows, 130)
    quotes = [
        ["date", *given.ids],
        *([day.astype(date), *row] for day, row in zip(given.days, given.matrix.tolist(), strict=True)),
    ]

    def select(kind: str, *more: Any) -> Any:
        return xlidx.call("XI_REVIEW_SELECT", "solactive_human_capital", kind, table, *more)

    # 45 candidates cannot hold 50 securities: the last filter has no solution, and the cell says so.
    assert select("quarterly", rig.DAY, None, quotes) == "#NUM!"
    assert select("annual", rig.DAY, None, quotes) == "#VALUE!"
    assert select("quarterly", rig.DAY) == "#VALUE!"
    assert select("quarterly", None, None, quotes) == "#VALUE!"


def test_prices_have_no_place_in_a_review_of_psi20() -> None:
    table = [["company", "isin", "shares", "close", "free float"], ["A", "PTA", 1e8, 5.0, 0.5]]
    assert xlidx.call("XI_REVIEW_SELECT", "psi20", "annual", table)[1][1] == "PTA"
    quotes = [["date", "PTA"], [date(2016, 3, 18), 5.0]]
    assert xlidx.call("XI_REVIEW_SELECT", "psi20", "annual", table, None, None, quotes) == "#VALUE!"
