"""Ordinary formulas are computed anew until they rest, whatever order the engine took."""

from __future__ import annotations

from typing import Any

import pytest

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.fast.fixed_point import MOST, behind, reach_fixed_point
from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area

TEXTS = {(1, 1): "=B1", (2, 1): "=B2", (4, 1): "=B4", (1, 2): "=XI_VERSION()"}


def sheets() -> Sheets:
    extents = {(1, 2): Area(1, 2, 3, 2)}
    found = {place: Formula(text, place in extents, extents.get(place)) for place, text in TEXTS.items()}
    return Sheets({"S": {}}, {"S": found})


SPILLS = {("S", 1, 2): Area(1, 2, 3, 2)}


class Engine:
    """Stands in for the engine: the cell A4 is late by some evaluations."""

    def __init__(self, late: int) -> None:
        self.late, self.rounds = late, 0
        self.entered: list[tuple[int, int, list[list[str]]]] = []

    def set_formulas_batch(self, sheet: str, row: int, column: int, texts: list[list[str]]) -> None:
        self.entered.append((row, column, texts))

    def evaluate_all(self) -> None:
        self.rounds += 1

    def get_value(self, sheet: str, row: int, column: int) -> Any:
        return float(min(self.rounds, self.late)) if (row, column) == (4, 1) else 7.0


@pytest.mark.parametrize("late", [0, 1, 3])
def test_evaluations_go_on_until_nothing_changes(late: int) -> None:
    engine = Engine(late)
    reach_fixed_point(engine, sheets(), SPILLS)
    assert engine.rounds == late + 1


def test_only_ordinary_formulas_are_entered_anew_in_runs() -> None:
    engine = Engine(0)
    reach_fixed_point(engine, sheets(), SPILLS)
    assert engine.entered == [(1, 1, [["=B1"], ["=B2"]]), (4, 1, [["=B4"]])]


def test_formulas_that_never_rest_are_refused() -> None:
    with pytest.raises(XlidxError, match="do not come to rest") as caught:
        reach_fixed_point(Engine(MOST + 5), sheets(), SPILLS)
    assert caught.value.kind is Kind.INFEASIBLE


def formulas(**texts: str) -> Sheets:
    by_sheet = {name: {(1, 3): Formula(text, False, None)} for name, text in texts.items()}
    return Sheets({name: {} for name in texts}, by_sheet)


@pytest.mark.parametrize(
    ("texts", "reached"),
    [
        ({"S": "=D1", "T": "=D1"}, set()),
        ({"S": "=A1:$b$4", "T": "=A1"}, {("S", 3)}),
        ({"S": "=D1", "T": "='s'!1:1", "U": "=T!C9+1", "V": "=U!D1"}, {("T", 3), ("U", 3)}),
        ({"S": '=INDIRECT("B"&1)', "T": "=D1:INDEX(E:E,1)", "U": '="B1"'}, {("S", 3), ("T", 3)}),
    ],
)
def test_what_may_depend_on_a_block_is_entered_anew(texts: dict[str, str], reached: set[tuple[str, int]]) -> None:
    assert behind(formulas(**texts), SPILLS) == reached


def test_what_reads_no_block_is_left_as_it_is() -> None:
    engine = Engine(0)
    reach_fixed_point(engine, formulas(S="=D1"), SPILLS)
    assert engine.entered == []
    assert engine.rounds == 0
