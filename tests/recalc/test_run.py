"""Refreshing whole workbooks: values, what stays byte-identical, spills, errors, refusals."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.recalc.books import TOYS, changed, desk, parts, replaced, rewritten, small, stored
from xlidx.errors import Kind, XlidxError
from xlidx.recalc import frozen, recalculate

CLOCK = datetime(2020, 2, 10, 12)


def refresh(path: Path, **options: Any) -> dict[str, Any]:
    recalculate(path, functions=TOYS, **options)
    return stored(path)


def test_desk_workbook_by_hand(tmp_path: Path) -> None:
    """Figures worked out with pencil: prices 10..17, shares 100..800."""
    book = desk(tmp_path / "desk.xlsx")
    report = recalculate(book, functions=TOYS)
    index = stored(book, "Index")
    assert index["C2"] == pytest.approx(52.8)  # 100 * (80 + 11 * 28 + 140) / 1000
    assert (index["C3"], index["C4"], index["C5"]) == (13, 600, 2200 + 7000 + 13600)
    assert (index["C6"], index["C7"], index["C8"]) == (43921, "2020-02-10 long", -1)  # 31 March 2020
    assert index["C9"] == pytest.approx(50 / 360 * 0.0125)
    assert index["C10"] == pytest.approx(108 + 0.0125)
    assert [index[f"F{row}"] for row in range(5, 13)] == [12, 22, 32, 42, 52, 62, 72, 82]
    assert index["H5"] == 20 * 36 + 3 * 8
    assert [index[f"J{row}"] for row in range(5, 10)] == [17, 16, 15, 14, None]
    products = stored(book, "Products")
    assert (products["D4"], products["F4"], products["H4"]) == (12, "open", "Sector 2")
    assert products["G4"] == pytest.approx(round(2 * 0.01 * 1.0125, 4))
    assert stored(book, "Checks")["A3"] == "OK"
    assert (report.formulas, report.calls, report.spills, report.engine) == (123, 22, 2, "fast")


def test_only_sheets_and_workbook_change(tmp_path: Path) -> None:
    book, out = desk(tmp_path / "desk.xlsx"), tmp_path / "out.xlsx"
    before = book.read_bytes()
    recalculate(book, out, functions=TOYS)
    assert book.read_bytes() == before
    sheets = {f"xl/worksheets/sheet{i}.xml" for i in (2, 3, 4, 5)}
    assert changed(book, out) == sheets | {"xl/workbook.xml"}
    assert b"fullCalcOnLoad" not in parts(out)["xl/workbook.xml"]
    assert b'calcId="191029"' in parts(out)["xl/workbook.xml"]


def test_macro_workbook_keeps_its_vba(tmp_path: Path) -> None:
    book, out = desk(tmp_path / "desk.xlsm", macro=True), tmp_path / "out.xlsm"
    recalculate(book, out, functions=TOYS)
    vba = parts(out)["xl/vbaProject.bin"]
    assert vba == (tmp_path / "vbaProject.bin").read_bytes()
    assert len(vba) > 10_000


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    book = desk(tmp_path / "desk.xlsx")
    recalculate(book, functions=TOYS)
    first = book.read_bytes()
    report = recalculate(book, functions=TOYS)
    assert report.changes == ()
    assert book.read_bytes() == first
    recalculate(book, tmp_path / "copy.xlsx", functions=TOYS)
    assert (tmp_path / "copy.xlsx").read_bytes() == first


def test_report_is_json_with_before_and_after(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": 2, "A2": "=A1*2", "A3": "=1/0"})
    said = json.loads(recalculate(book, functions=TOYS).as_json())
    assert said["changes"] == [
        {"cell": "S!A2", "before": 0.0, "after": 4.0},
        {"cell": "S!A3", "before": 0.0, "after": "#DIV/0!"},
    ]
    assert (said["workbook"], said["formulas"], said["calls"]) == ("b.xlsx", 2, 0)


def test_spill_grows_and_shrinks(tmp_path: Path) -> None:
    cells = {"A1": 2, "C1": "{=XI_TOY_GRID(A1)}", "F1": "{=SUM(_xlfn.ANCHORARRAY(C1))}"}
    book = small(tmp_path / "b.xlsx", cells)
    values = refresh(book)
    assert [values.get(p) for p in ("C1", "D1", "C2", "D2", "C3")] == [11, 12, 21, 22, None]
    assert b'ref="C1:D2"' in parts(book)["xl/worksheets/sheet1.xml"]
    values = refresh(book, set_values={"S!A1": 4})
    assert ([values[f"D{i}"] for i in range(1, 5)], values["F1"]) == ([12, 22, 32, 42], 212)
    assert b'ref="C1:D4"' in parts(book)["xl/worksheets/sheet1.xml"]
    values = refresh(book, set_values={"S!A1": 1})
    assert (values["D1"], values["C2"], values["D4"], values["F1"]) == (12, None, None, 23)
    sheet = parts(book)["xl/worksheets/sheet1.xml"]
    assert b'ref="C1:D1"' in sheet
    assert b'<dimension ref="A1:F4"/>' in sheet


def test_spill_reference_to_a_result_of_one_cell(tmp_path: Path) -> None:
    """``C1#`` is C1 when the block is one cell; it follows when the block grows."""
    cells = {
        "A1": 1,
        "C1": "{=XI_TOY_GRID(A1,1)}",
        "E1": "{=SUM(_xlfn.ANCHORARRAY(C1))}",
        "F1": "{=_xlfn.ANCHORARRAY(S!$C$1)*2}",
        "H1": "{=SUM(_xlfn.ANCHORARRAY(F1))}",
        "I1": "{=SUM(_xlfn.ANCHORARRAY(A1))}",
    }
    book = small(tmp_path / "b.xlsx", cells)
    values = refresh(book)
    assert [values[place] for place in ("E1", "F1", "H1", "I1")] == [11, 22, 22, "#REF!"]
    values = refresh(book, set_values={"S!A1": 2})
    assert [values[place] for place in ("E1", "F1", "F2", "H1")] == [32, 22, 42, 64]


def test_spilled_cells_take_the_style_prepared_for_them(tmp_path: Path) -> None:
    book = desk(tmp_path / "desk.xlsx")
    edit = replaced("<sheetData>", '<cols><col min="6" max="6" width="9" style="1"/></cols><sheetData>')
    rewritten(book, {"xl/worksheets/sheet3.xml": edit})
    recalculate(book, functions=TOYS)
    sheet = parts(book)["xl/worksheets/sheet3.xml"]
    assert b'<c r="F6" s="1"><v>22</v></c>' in sheet
    assert b'<c r="E6"><v>21</v></c>' in sheet


def test_results_of_every_kind(tmp_path: Path) -> None:
    kinds = ("blank", "error", "day", "nan", "infinite", "true", "empty", "ragged")
    book = small(tmp_path / "b.xlsx", {f"A{i}": f'=XI_TOY_MAKE("{k}")' for i, k in enumerate(kinds, 1)})
    values = refresh(book)
    assert [values[f"A{i}"] for i in range(1, 9)] == [*(None, "#N/A", 43871, "#N/A", "#NUM!", True, None, "#VALUE!")]
    sheet = parts(book)["xl/worksheets/sheet1.xml"]
    assert b'<c r="A1" t="str"><f>XI_TOY_MAKE("blank")</f><v></v></c>' in sheet.replace(b"<v/>", b"<v></v>")
    assert b'<c r="A6" t="b">' in sheet
    assert b'<c r="A2" t="e">' in sheet


def test_blocks_of_mixed_values(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": '{=XI_TOY_MAKE("blanks")}', "D1": '{=XI_TOY_MAKE("row")}'})
    values = refresh(book)
    assert [values.get(p) for p in ("A1", "B1", "A2", "B2")] == [1, None, None, "t"]
    assert [values[p] for p in ("D1", "E1", "F1")] == [1, 2, 3]


def test_what_reaches_a_function(tmp_path: Path) -> None:
    """Omitted is missing, never 0; blanks, errors, truth values and serial dates arrive as plain values."""
    calls = {
        "C1": "=XI_TOY_SEEN(,2)",
        "C2": "=XI_TOY_SEEN(1, ,3)",
        "C3": "=XI_TOY_SEEN(1,)",
        "C4": "=XI_TOY_SEEN()",
        "C5": "=XI_TOY_SEEN(A1:A4)",
        "C6": "=XI_TOY_SEEN(A3)",
        "C7": "=XI_TOY_SEEN(A4,DATE(2020,2,10))",
        "C8": "=XI_TOY_SEEN({1,2},XI_TOY_SUM(,5))",
    }
    book = small(tmp_path / "b.xlsx", {"A1": 1.5, "A2": "t", "A4": "=NA()", **calls})
    values = refresh(book)
    assert [values[place] for place in calls] == [
        "None|2.0",
        "1.0|None|3.0",
        "1.0|None",
        None,
        "[[1.5], ['t'], [None], ['#N/A']]",
        "None",
        "'#N/A'|43871.0",
        "[[1.0, 2.0]]|5.0",
    ]


def test_errors_flow_and_are_caught(tmp_path: Path) -> None:
    cells = {
        "A1": "=1/0",
        "A2": "=XI_TOY_SUM(A1,1)",
        "A3": '=IFERROR(A2,"caught")',
        "A4": "=A2+1",
    }
    values = refresh(small(tmp_path / "b.xlsx", cells))
    assert [values[f"A{i}"] for i in range(1, 5)] == ["#DIV/0!", "#DIV/0!", "caught", "#DIV/0!"]


def test_shared_formulas_and_old_array_formulas(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": 1, "A2": 2, "A3": 3, "B1": "=A1*10", "B2": "=A2*10", "B3": "=A3*10"})
    plain = parts(book)["xl/worksheets/sheet1.xml"].decode()
    shared = plain.replace("<f>A1*10</f>", '<f t="shared" ref="B1:B3" si="0">A1*10</f>')
    for row in (2, 3):
        shared = shared.replace(f"<f>A{row}*10</f>", '<f t="shared" si="0"/>')
    rewritten(book, {"xl/worksheets/sheet1.xml": lambda _: shared.encode()})
    values = refresh(book)
    assert [values[f"B{i}"] for i in (1, 2, 3)] == [10, 20, 30]
    assert parts(book)["xl/worksheets/sheet1.xml"].count(b'<f t="shared"') == 3


def test_old_array_formula_over_the_right_cells(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": 1, "A2": 2, "B1": "=A1:A2*10", "C1": "=SUM(A1:A2*2)"})
    edits = {"<f>A1:A2*10</f>": '<f t="array" ref="B1:B2">A1:A2*10</f>'}
    edits["<f>SUM(A1:A2*2)</f>"] = '<f t="array" ref="C1">SUM(A1:A2*2)</f>'
    for old, new in edits.items():
        rewritten(book, {"xl/worksheets/sheet1.xml": replaced(old, new)})
    values = refresh(book)
    assert (values["B1"], values["B2"], values["C1"]) == (10, 20, 6)
    rewritten(book, {"xl/worksheets/sheet1.xml": replaced('ref="B1:B2"', 'ref="B1:B3"')})
    with pytest.raises(XlidxError, match=r"array formula over B1:B3 whose result has another size .* - S!B1"):
        recalculate(book, functions=TOYS, engine="fast")


def test_clock(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=TODAY()", "A2": "=NOW()"})
    with pytest.raises(XlidxError, match="TODAY changes with the clock"):
        recalculate(book, functions=TOYS)
    values = refresh(book, clock=CLOCK)
    assert (values["A1"], values["A2"]) == (43871, 43871.5)


def test_dynamic_array_error_is_stored_as_excel_stores_it(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": 1, "C1": "{=_xlfn._xlws.FILTER(A1:A2,A1:A2>5)}"})
    assert refresh(book)["C1"] == "#VALUE!"
    assert recalculate(book, functions=TOYS).changes == ()


def test_texts_with_control_characters_survive(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": '="a"&CHAR(7)&"<b>"', "A2": '="_x"&"0041_"', "A3": "=LEN(A1)+LEN(A2)"})
    recalculate(book, functions=TOYS)
    assert recalculate(book, functions=TOYS).changes == ()
    assert stored(book)["A3"] == 5 + 7
    assert b"_x0007_" in parts(book)["xl/worksheets/sheet1.xml"]


def test_frozen_copy_has_values_and_no_formulas(tmp_path: Path) -> None:
    book, out = desk(tmp_path / "desk.xlsx"), tmp_path / "frozen.xlsx"
    recalculate(book, functions=TOYS)
    chain = '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    link = '<Relationship Id="rId99" Type="http://x/calcChain" Target="calcChain.xml"/></Relationships>'
    kind = '<Override PartName="/xl/calcChain.xml" ContentType="application/x"/></Types>'
    rewritten(
        book,
        {
            "xl/calcChain.xml": lambda _: chain.encode(),
            "xl/_rels/workbook.xml.rels": replaced("</Relationships>", link),
            "[Content_Types].xml": replaced("</Types>", kind),
        },
    )
    frozen(book, out)
    content = parts(out)
    assert "xl/calcChain.xml" not in content
    assert not any(b"calcChain" in data for data in content.values())
    assert not any(b"<f" in content[f"xl/worksheets/sheet{i}.xml"].replace(b"<formula", b"") for i in range(1, 6))
    assert stored(out, "Index") == stored(book, "Index")


def test_calculation_chain_stays_when_formulas_stay(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=1+1"})
    rewritten(book, {"xl/calcChain.xml": lambda _: b"<calcChain/>"})
    refresh(book)
    assert parts(book)["xl/calcChain.xml"] == b"<calcChain/>"


def test_other_reader_sees_formulas_untouched(tmp_path: Path) -> None:
    book, out = desk(tmp_path / "desk.xlsx"), tmp_path / "out.xlsx"
    recalculate(book, out, functions=TOYS)
    before, after = load_workbook(book), load_workbook(out)
    for sheet in before.sheetnames:
        for row in before[sheet].iter_rows():
            for cell in row:
                if cell.data_type == "f" and isinstance(cell.value, str):
                    assert after[sheet][cell.coordinate].value == cell.value
    assert after["Products"].conditional_formatting
    assert after["Inputs"].data_validations.dataValidation
    assert list(after["Inputs"].tables) == ["tblMembers"]


REFUSALS = {
    "unknown function": ({"A1": "=NOSUCH(1)"}, "function NOSUCH is unknown to the fast engine - S!A1"),
    "misspelt function": ({"A1": "=XI_TOY_SUMS(1)"}, "did you mean XI_TOY_SUM?"),
    "masked unknown": ({"A1": "=IFERROR(NOSUCH(1),0)"}, "function NOSUCH is unknown"),
    "unknown name": ({"A1": "=Nowhere*2"}, "name 'Nowhere' is unknown"),
    "circle": (
        {"A1": "=B1+1", "B1": "=A1*2", "C1": "=A1"},
        "refer to each other in a circle - S!A1, S!B1 - ",
    ),
    "masked circle": ({"A1": "=IFERROR(A1,0)+1"}, "in a circle - S!A1 -"),
    "block in one cell": ({"A1": "=XI_TOY_GRID(2)"}, "a block in a cell that takes one value"),
    "intersection": ({"A1": "=B1:B3"}, "an ordinary formula whose result is a block"),
    "array to a scalar": ({"A1": "=SUM(LEN(B1:B3))"}, "a block where LEN wants one value (argument 1)"),
    "blocked spill": ({"A1": "{=XI_TOY_GRID(3)}", "A3": 7}, "would spill into are not empty - S!A1 - clear"),
    "volatile": ({"A1": "=RAND()"}, "function RAND is outside"),
    "other workbook": ({"A1": "=[1]Sheet1!A1"}, "[1]Sheet1!A1 reads another workbook"),
    "other workbook's function": ({"A1": "=[1]!SQL(2)"}, "[1]!SQL reads another workbook"),
    "other workbook by path": ({"A1": r"='C:\x\[b.xlsx]S'!A1"}, "reads another workbook"),
}


@pytest.mark.parametrize(("cells", "message"), REFUSALS.values(), ids=REFUSALS)
def test_refusals_write_nothing(tmp_path: Path, cells: dict[str, object], message: str) -> None:
    book = small(tmp_path / "b.xlsx", cells)
    before = book.read_bytes()
    with pytest.raises(XlidxError) as caught:
        recalculate(book, tmp_path / "out.xlsx", functions=TOYS, engine="fast")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert book.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["b.xlsx"]


def test_engine_names(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=1+1"})
    with pytest.raises(XlidxError, match="'excel' is unknown"):
        recalculate(book, functions=TOYS, engine="excel")  # type: ignore[arg-type]
    assert recalculate(book, functions=TOYS, engine="fast").engine == "fast"


def test_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=1+1"})
    before = book.read_bytes()

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        recalculate(book, functions=TOYS)
    assert book.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["b.xlsx"]


def test_full_disk_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=1+1"})

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(XlidxError, match="cannot be written") as caught:
        recalculate(book, functions=TOYS)
    assert caught.value.kind is Kind.NO_DATA


def test_open_in_excel(tmp_path: Path) -> None:
    book = small(tmp_path / "b.xlsx", {"A1": "=1+1"})
    (tmp_path / "~$b.xlsx").write_bytes(b"user")
    with pytest.raises(XlidxError, match=r"open in Excel - b.xlsx - close it, or delete the stale mark ~\$b.xlsx"):
        recalculate(book, functions=TOYS)


def test_names_and_tables_through_a_whole_run(tmp_path: Path) -> None:
    names = {
        "One": "=S!$A$1",
        "Range": "=S!$A$1:$A$3",
        "Twice": "=S!$A$1*2",
        "Fixed": "=0.5",
        "Word": '="long"',
    }
    cells = {
        **{f"A{i}": float(i) for i in (1, 2, 3)},
        "C1": "=One+1",
        "C2": "=SUM(Range)",
        "C3": "=Twice^2",
        "C4": "=Fixed*4",
        "C5": '=Word&"er"',
        "C6": "=XI_TOY_SUM(Range,One,,Twice)",
    }
    values = refresh(small(tmp_path / "b.xlsx", cells, names=names))
    assert [values[f"C{i}"] for i in range(1, 7)] == [2, 6, 4, 2, "longer", 9]


def test_forms_in_which_our_functions_are_stored(tmp_path: Path) -> None:
    cells = {
        "A1": "=[1]!XI_TOY_SUM(1,2)",
        "A2": r"='C:\desk\xlidx.xlam'!XI_TOY_SUM(1,3)",
        "A3": "=_xll.XI_TOY_SUM(1,4)",
        "A4": "=_xldudf_XLIDX_XI_TOY_SUM(1,5)",
        "A5": "=_xludf.XI_TOY_SUM(1,6)",
        "A6": "=xi_toy_sum(1,7)",
        "A7": "=[2]!_xldudf_XLIDX_XI_TOY_SUM(1,8)",
    }
    values = refresh(small(tmp_path / "b.xlsx", cells))
    assert [values[f"A{i}"] for i in range(1, 8)] == [3, 4, 5, 6, 7, 8, 9]
    book = load_workbook(tmp_path / "b.xlsx")
    assert book["S"]["A1"].value == "=[1]!XI_TOY_SUM(1,2)"
