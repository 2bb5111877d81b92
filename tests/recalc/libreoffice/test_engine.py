"""The second engine: results against the first one, and refusals that leave the file as it was."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.hosts import SECOND_ENGINE
from tests.recalc.books import TOYS, desk, replaced, rewritten, small, stored
from xlidx.errors import Kind, XlidxError
from xlidx.recalc import recalculate
from xlidx.recalc.libreoffice import office


@SECOND_ENGINE
def test_both_engines_agree_on_the_desk(tmp_path: Path) -> None:
    report = recalculate(desk(tmp_path / "desk.xlsx"), functions=TOYS, verify=True)
    assert (report.engine, report.not_cross_checked) == ("fast", ())


@SECOND_ENGINE
def test_spills_and_blanks(tmp_path: Path) -> None:
    cells = {"A1": 3, "A2": "=1/0", "C1": "{=XI_TOY_GRID(A1)}", "F1": "{=SUM(_xlfn.ANCHORARRAY(C1))}"}
    book = small(tmp_path / "b.xlsx", cells | {"G1": "{=XI_TOY_SEEN(B1,A2)}"})
    recalculate(book, functions=TOYS, engine="lo")
    values = stored(book)
    assert [values[p] for p in ("C1", "D1", "C3", "D3", "F1", "G1")] == [11, 12, 31, 32, 129, "None|'#DIV/0!'"]


@SECOND_ENGINE
def test_a_formula_beyond_the_fast_engine_is_listed(tmp_path: Path) -> None:
    cells = {"A1": 1.5, "B1": "ab", "B2": "c", "C1": "=SUMPRODUCT(LEN(B1:B2))", "C2": "=C1*A1", "C3": "=SUM(C1:C2)"}
    book = small(tmp_path / "b.xlsx", cells)
    report = recalculate(book, functions=TOYS, verify=True)
    assert (report.engine, report.not_cross_checked) == ("fast+lo", ("S!C1",))
    assert [stored(book)[place] for place in ("C1", "C2", "C3")] == [3, 4.5, 7.5]
    assert recalculate(book, functions=TOYS).engine == "fast+lo"


@SECOND_ENGINE
def test_a_formula_beyond_libreoffice_is_listed(tmp_path: Path) -> None:
    cells = {"A1": '=_xlfn.TEXTBEFORE("a-b","-")', "A2": '=A1&"c"', "B1": "{=_xlfn.TOCOL(C1:D1)}"}
    cells |= {"C1": 1, "D1": 2, "E1": "{=SUM(_xlfn.ANCHORARRAY(B1))}"}
    book = small(tmp_path / "b.xlsx", cells)
    report = recalculate(book, functions=TOYS, verify=True)
    assert (report.engine, report.not_cross_checked) == ("fast", ("S!A1", "S!B1"))
    assert [stored(book)[place] for place in ("A2", "B2", "E1")] == ["ac", 2, 3]


@SECOND_ENGINE
def test_a_disagreement_writes_nothing(tmp_path: Path) -> None:
    answers = iter(range(100))
    book = small(tmp_path / "b.xlsx", {"A1": "{=XI_TOY_NEXT()}", "A2": "=A1*2", "A3": "=1+1"})
    before = book.read_bytes()
    with pytest.raises(XlidxError, match=r"the engines disagree on 2 cells: S!A1 fast 0\.0 LibreOffice") as refused:
        recalculate(book, functions={**TOYS, "XI_TOY_NEXT": lambda: float(next(answers))}, verify=True)
    assert refused.value.kind is Kind.INFEASIBLE
    assert (book.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (before, ["b.xlsx"])


@SECOND_ENGINE
def test_what_rounding_leaves_is_counted(tmp_path: Path) -> None:
    cells = {"A1": 0.1, "A2": "=A1*3", "A3": "=ABS(A2-0.3)", "A4": "=MAX(A3,A3)", "A5": "=A4>1"}
    assert recalculate(small(tmp_path / "b.xlsx", cells), functions=TOYS, verify=True).residues == 2


@SECOND_ENGINE
def test_texts_of_our_functions_are_found_by_lookups(tmp_path: Path) -> None:
    toys = {**TOYS, "XI_TOY_WORDS": lambda: [["yes"], ["no"], ["Yes"]]}
    cells = {"A1": "{=XI_TOY_WORDS()}", "B1": '=COUNTIF(A1:A3,"yes")', "B2": '=MATCH("no",A1:A3,0)'}
    book = small(tmp_path / "b.xlsx", cells)
    recalculate(book, functions=toys, engine="lo")
    assert [stored(book)[place] for place in ("B1", "B2")] == [2, 2]


@SECOND_ENGINE
def test_errors_inside_a_block_reach_the_next_function_as_such(tmp_path: Path) -> None:
    """Kinds other than #N/A are not told apart in a block."""
    toys = {**TOYS, "XI_TOY_ERRORS": lambda: [["#DIV/0!", "#N/A", 1.0]]}
    book = small(tmp_path / "b.xlsx", {"A1": "{=XI_TOY_SEEN(XI_TOY_ERRORS())}"})
    recalculate(book, functions=toys, engine="lo")
    assert stored(book)["A1"] == "[['#VALUE!', '#N/A', 1.0]]"
    book = small(tmp_path / "b.xlsx", {"A2": "{=_xlfn.CHOOSECOLS(XI_TOY_ERRORS(),3,2,1)}"})
    with pytest.raises(XlidxError, match="which may be another one in Excel"):
        recalculate(book, functions=toys, engine="lo")


@SECOND_ENGINE
def test_the_same_call_is_made_once(tmp_path: Path) -> None:
    seen = []
    toys = {**TOYS, "XI_TOY_HEARD": lambda *cells: seen.append(cells) or [[1.0], [2.0]]}
    cells = {"A1": 5, "B1": "{=XI_TOY_HEARD(A1)}", "C1": "{=XI_TOY_HEARD(A1)}", "D1": "{=XI_TOY_HEARD(A1,A1)}"}
    recalculate(small(tmp_path / "b.xlsx", cells), functions=toys, engine="lo")
    assert sorted(seen) == [(5.0,), (5.0, 5.0)]


@SECOND_ENGINE
def test_a_libreoffice_that_dies_is_said_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    start = office._started
    monkeypatch.setattr(office, "_started", lambda *given: started.append(start(*given)) or started[-1])

    def deadly() -> float:
        os.killpg(started[-1].pid, signal.SIGKILL)
        return 1.0

    book = small(tmp_path / "b.xlsx", {"A1": "{=XI_TOY_DEADLY()}"})
    before = book.read_bytes()
    with pytest.raises(XlidxError, match="LibreOffice") as refused:
        recalculate(book, functions={**TOYS, "XI_TOY_DEADLY": deadly}, engine="lo")
    assert refused.value.kind is Kind.NO_DATA
    assert book.read_bytes() == before
    assert started[-1].poll() is not None
    assert recalculate(book, functions={**TOYS, "XI_TOY_DEADLY": lambda: 2.0}, engine="lo").engine == "lo"


@SECOND_ENGINE
def test_a_calculation_that_hangs_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "BOOK_SECONDS", 1.0)
    gate = threading.Event()
    book = small(tmp_path / "b.xlsx", {"A1": "{=XI_TOY_SLOW()}"})
    with pytest.raises(XlidxError, match="did not answer within 1 seconds"):
        recalculate(book, functions={**TOYS, "XI_TOY_SLOW": lambda: gate.wait(20)}, engine="lo")
    gate.set()


@SECOND_ENGINE
def test_truth_values_of_our_functions(tmp_path: Path) -> None:
    toys = {**TOYS, "XI_TOY_FLAGS": lambda: [[False, True]]}
    book = small(tmp_path / "b.xlsx", {"A1": "{=XI_TOY_FLAGS()}", "A2": "{=IF(A1,1,2)}"})
    recalculate(book, functions=toys, engine="lo")
    values = stored(book)
    assert [values[p] for p in ("A1", "B1", "A2")] == [False, True, 2]


@SECOND_ENGINE
def test_truth_values_of_formulas(tmp_path: Path) -> None:
    cells = {"A1": 3, "B1": "=A1>2", "B2": "=B1", "B3": "=AND(B1,FALSE)", "B4": "{=A1:A2>2}", "B6": "=IF(B1,B3,TRUE)"}
    book = small(tmp_path / "b.xlsx", cells | {"C1": "=B1*1"})
    recalculate(book, functions=TOYS, engine="lo")
    values = stored(book)
    found = [values[place] for place in ("B1", "B2", "B3", "B4", "B5", "B6", "C1")]
    assert [(type(value) is bool, value) for value in found] == [
        *((True, value) for value in (True, True, False, True, False, False)),
        (False, 1),
    ]


@SECOND_ENGINE
@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"A1": "{=XI_TOY_GRID(2,2)}", "A2": 5}, Kind.INFEASIBLE),
        ({"A1": "=B1", "B1": "=A1"}, Kind.INFEASIBLE),
        ({"A1": "=IFERROR(NOSUCH(1),0)"}, Kind.CHOICE),
        ({"A1": "=_xlfn.MAP(B1:B2,_xlfn.LAMBDA(_xlpm.x,_xlpm.x))"}, Kind.DOMAIN),
    ],
)
def test_refusals_write_nothing(tmp_path: Path, cells: dict[str, object], kind: Kind) -> None:
    book = small(tmp_path / "b.xlsx", cells)
    before = book.read_bytes()
    with pytest.raises(XlidxError) as refused:
        recalculate(book, functions=TOYS, engine="lo")
    assert refused.value.kind is kind
    assert (book.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (before, ["b.xlsx"])


@pytest.mark.parametrize(
    ("script", "words"),
    [("", "not installed"), ("echo LibreOffice 7.4.7.2", "older than 25.2"), ("sleep 100", "did not answer")],
)
def test_no_usable_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=1+1"})
    before = book.read_bytes()
    folder = tmp_path / "bin"
    folder.mkdir()
    if script:
        (folder / "soffice").write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        (folder / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(office, "START_SECONDS", 1.0)
    with pytest.raises(XlidxError, match=words):
        recalculate(book, functions=TOYS, engine="lo")
    assert book.read_bytes() == before


@SECOND_ENGINE
def test_a_stored_size_hides_nothing(tmp_path: Path) -> None:
    """A formula under the block of another one is found, also where the file says that the block had that size."""
    book = small(tmp_path / "b.xlsx", {"A1": "{=XI_TOY_GRID(2,2)}", "C1": "=1+1"})
    part = "xl/worksheets/sheet1.xml"
    rewritten(book, {part: replaced('t="array" ref="A1"', 't="array" ref="A1:C2"')})
    recalculate(book, functions=TOYS, engine="lo")
    assert [stored(book)[place] for place in ("A1", "B2", "C1")] == [11, 22, 2]
    rewritten(book, {part: replaced('<c r="C1"', '<c r="B1"')})
    with pytest.raises(XlidxError, match="not empty - S!A1"):
        recalculate(book, functions=TOYS, engine="lo")


@SECOND_ENGINE
def test_regression_functions_that_only_libreoffice_has(tmp_path: Path) -> None:
    """support.microsoft.com FORECAST: 10.607253 for x 30. TREND: the line of least squares by numpy."""
    x, y = [20.0, 28.0, 31.0, 38.0, 40.0], [6.0, 7.0, 9.0, 15.0, 21.0]
    cells = {f"A{i}": value for i, value in enumerate(y, 1)} | {f"B{i}": value for i, value in enumerate(x, 1)}
    cells |= {"C1": "=FORECAST(30,A1:A5,B1:B5)", "C2": "=_xlfn.FORECAST.LINEAR(B2,A1:A5,B1:B5)", "C3": "=C1*2"}
    cells |= {"D1": "{=TREND(A1:A5,B1:B5)}"}
    book = small(tmp_path / "b.xlsx", cells)
    assert recalculate(book, functions=TOYS).engine == "lo+fast"
    values, (slope, intercept) = stored(book), np.polyfit(x, y, 1)
    assert values["C1"] == pytest.approx(10.607253, abs=5e-7)
    assert values["C2"] == pytest.approx(slope * 28 + intercept, rel=1e-12)
    assert values["C3"] == pytest.approx(2 * 10.607253, abs=1e-6)
    assert [values[f"D{i}"] for i in range(1, 6)] == pytest.approx([slope * one + intercept for one in x], rel=1e-12)


@SECOND_ENGINE
def test_libreoffice_is_not_trusted_with_other_values_than_numbers(tmp_path: Path) -> None:
    """A truth value is a number to LibreOffice: the same function, refused where it reads one."""
    cells: dict[str, object] = {"A1": 6, "A2": 7, "B1": 20, "B2": True, "C1": "=FORECAST(30,A1:A2,B1:B2)"}
    for other, what in ((True, "a truth value"), (None, "a blank cell"), ("7", "a number kept as text")):
        book = small(tmp_path / "b.xlsx", {**cells, "B2": other} if other is not None else {**cells, "B2": ""})
        with pytest.raises(XlidxError, match=r"function FORECAST|among what FORECAST reads"):
            recalculate(book, functions=TOYS)
        with pytest.raises(XlidxError, match=f"{what} among what FORECAST reads|an empty text among"):
            recalculate(book, functions=TOYS, engine="lo")
