"""The table of what IronCalc computes as Excel does, derived anew from what Excel stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.depth import depth
from tests.recalc.evidence.derive import Case, cases, dumped, loaded, stands_alone, table
from xlidx.errors import ErrorValue, XlidxError
from xlidx.recalc.evidence.check import Evidence
from xlidx.recalc.evidence.ironcalc import known
from xlidx.recalc.interface.sheets import Result, Sheets
from xlidx.recalc.ironcalc import engine, evaluate, outside
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area, CellKey
from xlidx.values import Cell

SHIPPED = Path(engine.__file__).parents[1] / "evidence/ironcalc.txt"


@pytest.fixture(scope="module")
def found() -> list[Case]:
    return cases()


def test_the_table_says_what_the_cases_show(found: list[Case]) -> None:
    assert table(found) == SHIPPED.read_text(encoding="utf-8")


def test_ironcalc_gives_what_excel_stored(found: list[Case]) -> None:
    every = depth(7, 1)
    wrong = [case for case in found[::every] if not stands_alone(case)]
    assert not [(case.book, case.key, case.formula.text) for case in wrong]


def test_a_case_survives_its_line(found: list[Case]) -> None:
    assert [loaded(dumped(case)) for case in found[:50]] == found[:50]


def _sheets(inputs: dict[CellKey, Cell], formulas: dict[CellKey, Formula], **more: frozenset[int]) -> Sheets:
    names = dict.fromkeys(key[0] for key in (*inputs, *formulas))
    return Sheets(
        {name: {key[1:]: value for key, value in inputs.items() if key[0] == name} for name in names},
        {name: {key[1:]: value for key, value in formulas.items() if key[0] == name} for name in names},
        hidden_rows=more,
    )


def test_array_and_dynamic_formulas_fill_their_cells_and_ordinary_ones_take_one_value() -> None:
    numbers: dict[CellKey, Cell] = {("S", row, 1): float(row) for row in (1, 2, 3)}
    formulas = {
        ("S", 2, 2): Formula("=A1:A3"),  # implicit intersection: the value of its own row
        ("S", 1, 3): Formula("=A1:A3*2", dynamic=True, extent=Area(1, 3, 1, 3)),
        ("S", 1, 4): Formula("=A1:A2*2", extent=Area(1, 4, 2, 4)),
        ("S", 5, 1): Formula("=SUM(_xlfn.ANCHORARRAY(C1))"),
    }
    result = evaluate(_sheets(numbers, formulas), {})
    assert result.values["S", 2, 2] == 2.0
    assert [result.values["S", row, 3] for row in (1, 2, 3)] == [2.0, 4.0, 6.0]
    assert [result.values["S", row, 4] for row in (1, 2)] == [2.0, 4.0]
    assert result.values["S", 5, 1] == 12.0
    assert result.spills == {("S", 1, 3): Area(1, 3, 3, 3), ("S", 1, 4): Area(1, 4, 2, 4)}


def test_errors_of_dynamic_arrays_are_told_apart() -> None:
    # Microsoft support, ERROR.TYPE: #CALC! is 14.
    found = evaluate(_sheets({("S", 1, 1): ErrorValue.CALC}, {("S", 1, 2): Formula("=ERROR.TYPE(A1)")}), {})
    assert found.values["S", 1, 2] == 14.0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("=XI_LEVEL(A1)", "function XI_LEVEL"),
        ("=TODAY()+1", "TODAY changes by itself"),
        ("=SUM(Sheet1:Sheet4!C1)", "a reference through several sheets"),
        ('=IFERROR(INDIRECT("A"&1),0)', "INDIRECT where an error of it would not show"),
        ("=SUBTOTAL(9,A1:A3)", "SUBTOTAL in a workbook with hidden rows"),
    ],
)
def test_what_ironcalc_is_not_asked(text: str, why: str) -> None:
    sheets = _sheets({("S", 1, 1): 1.0}, {("S", 1, 2): Formula(text)}, S=frozenset({1}))
    assert outside(sheets, {"XI_LEVEL": lambda _: 0.0})["S", 1, 2].what == why


def test_subtotal_of_shown_rows_is_asked() -> None:
    inputs: dict[CellKey, Cell] = {("S", row, 1): float(row) for row in (1, 2, 3)}
    sheets = _sheets(inputs, {("S", 4, 1): Formula("=SUBTOTAL(109,A1:A3)")}, S=frozenset({2}))
    assert not outside(sheets, {})
    assert evaluate(sheets, {}).values["S", 4, 1] == 4.0  # 1 + 3


def test_a_function_or_kind_of_value_that_nothing_shows_is_refused() -> None:
    formulas = {("S", 1, 2): Formula("=NOSUCH(A1)"), ("S", 1, 3): Formula("=DEC2BIN(A1)")}
    sheets = _sheets({("S", 1, 1): "text"}, formulas)
    evidence = Evidence(frozenset())
    assert set(evidence.static(sheets, "ironcalc")) == {("S", 1, 2)}
    result = Result({("S", 1, 3): ErrorValue.VALUE}, {}, 0)
    findings = evidence.unproven(sheets, {("S", 1, 3): "ironcalc"}, result)
    assert findings["S", 1, 3].what == "a text among what DEC2BIN reads"
    assert "n" in known()["DEC2BIN"]["0c"]


def test_an_endless_calculation_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0.001)
    with pytest.raises(XlidxError, match="the IronCalc engine takes longer than"):
        evaluate(_sheets({}, {("S", 1, 1): Formula("=1+1")}), {})
