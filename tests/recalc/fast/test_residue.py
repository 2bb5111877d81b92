"""What counts as the rounding that a difference leaves, and what does not."""

from __future__ import annotations

import pytest

from xlidx.recalc.fast.residue import residues
from xlidx.recalc.interface.sheets import Result, Sheets
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area, cell

TINY = 2.0**-53
VALUES = {"A1": 0.3, "A2": 1e6, "A3": "x"}


def found(formulas: dict[str, str], pairs: dict[str, tuple[object, object]], spills: dict[str, Area] | None = None):
    """Return the addresses that count, of cells that differ."""
    places = {address: cell(address) for address in [*VALUES, *formulas, *pairs]}
    constants = {places[address]: value for address, value in VALUES.items()}
    written = {places[address]: Formula(text, True) for address, text in formulas.items()}
    keys = {address: ("S", *places[address]) for address in pairs}
    result = Result(
        {keys[a]: pair[0] for a, pair in pairs.items()}, {("S", *cell(a)): e for a, e in (spills or {}).items()}, 0
    )
    left = residues(Sheets({"S": constants}, {"S": written}), result, {keys[a]: pair for a, pair in pairs.items()})
    return {address for address, key in keys.items() if key in left}


@pytest.mark.parametrize("formula", ["=ABS(A1-0.3)", "=SUM(A1:A2)", "=A1+A2", "=SUMPRODUCT(S!A1:A2)"])
def test_sums_and_differences_leave_something(formula: str) -> None:
    assert found({"B1": formula}, {"B1": (TINY, 0.0)}) == {"B1"}


@pytest.mark.parametrize("formula", ["=A1*A2", "=A1/A2", "=XI_TOY(A1)", '=A1&"-"', "=1-1"])
def test_other_formulas_do_not(formula: str) -> None:
    assert found({"B1": formula}, {"B1": (TINY, 0.0)}) == set()


def test_the_measure_is_the_largest_number_read() -> None:
    edge = 2.0**-44
    assert found({"B1": "=ABS(A1-0.3)"}, {"B1": (0.3 * edge, 0.0)}) == {"B1"}
    assert found({"B1": "=ABS(A1-0.3)"}, {"B1": (0.31 * edge, 0.0)}) == set()
    assert found({"B1": "=ABS(A1-A2)"}, {"B1": (0.0, 1e6 * edge)}) == {"B1"}
    assert found({"B1": "=ABS(A1-A2)"}, {"B1": (0.0, 1e-6)}) == set()


def test_what_reads_a_residue_is_measured_as_that_one_is() -> None:
    formulas = {"B1": "=ABS(A1-0.3)", "B2": "=MAX(B1,B1)", "B3": "=B2*1000", "B4": "=MAX(A3:A3)"}
    pairs: dict[str, tuple[object, object]] = {"B1": (TINY, 0.0), "B2": (TINY, 0.0), "B3": (1000 * TINY, 0.0)}
    assert found(formulas, {**pairs, "B4": (TINY, 0.0)}) == {"B1", "B2"}


def test_a_cell_of_a_spilled_block_is_measured_by_its_formula() -> None:
    pairs = {"B2": (TINY, 0.0), "C2": (TINY, 0.0)}
    assert found({"B1": "=A1:A2-A1"}, pairs, {"B1": Area(1, 2, 2, 2)}) == {"B2"}
    assert (
        found({"B1": "=A1:A2", "D1": "=_xlfn.ANCHORARRAY(B1)-1"}, {"D1": (TINY, 0.0)}, {"B1": Area(1, 2, 2, 2)})
        == set()
    )


@pytest.mark.parametrize("pair", [(TINY, "x"), (None, TINY), ("", 0.0), (True, 0.0)])
def test_only_numbers_count(pair: tuple[object, object]) -> None:
    assert found({"B1": "=ABS(A1-0.3)"}, {"B1": pair}) == set()
