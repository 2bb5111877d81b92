"""The lint of a workbook: nothing in a fit one, and each check finds what it is there for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter.worksheet import Worksheet

from tests.recalc.books import TOYS
from tests.recalc.lint.books import BOOK, CALC, CUSTOM, INPUTS, Edit, Extra, edited, fit, formula, swap
from xlidx import XlidxError
from xlidx.cli import run
from xlidx.excel.calls import cell_functions
from xlidx.recalc.fast.signatures import SIGNATURES
from xlidx.recalc.lint import CHECKS, lint
from xlidx.recalc.lint.prefixes import misspelt
from xlidx.recalc.workbook.prefixes import PREFIXES

RELATIONS = "xl/_rels/workbook.xml.rels"
IMAGE = '<Relationship Id="rId77" Type="http://x/relationships/image" Target="file:///c:/x.png" TargetMode="External"/>'
LINK = IMAGE.replace("/image", "/hyperlink")
# What follows when the name of the first input is lost.
UNNAMED = {("inputs", "Inputs!B1"), *(("guard", f"Calc!{place}") for place in ("B2", "B8", "B10"))}
UNPREFIXED = {("prefixes", "Calc!B9"), ("guard", "Calc!B9")}
NO_PREFIX = {"FILTER": "_xlfn._xlws.FILTER", "STDEV.S": "_xlfn.STDEV.S"}


def found(path: Path) -> set[tuple[str, str]]:
    return {(finding.check, finding.where) for finding in lint(path, TOYS)}


def test_a_fit_workbook_has_no_finding_and_stays_as_it_is(tmp_path: Path) -> None:
    path = fit(tmp_path / "fit.xlsx")
    before = path.read_bytes()
    assert lint(path, TOYS) == []
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# Name of the case, edits of stored parts, what is found besides other values.
STORED: tuple[tuple[str, Mapping[str, Edit], set[tuple[str, str]]], ...] = (
    ("a call without cm", {CALC: swap(r'(?<=<c r="B8")(?: s="\d+")? cm="1"', "")}, {("arrays", "Calc!B8")}),
    ("a loaded add-in", {CALC: formula("[1]!XI_TOY_SUM(1)")}, {("paths", "Calc!B8")}),
    ("a path", {CALC: formula(r"'C:\desk\xlidx.xlam'!XI_TOY_SUM(1)")}, {("paths", "Calc!B8")}),
    ("an XLL", {CALC: formula("_xll.XI_TOY_SUM(1)")}, {("paths", "Calc!B8")}),
    ("the web runtime", {CALC: formula("_xldudf_DESK_XI_TOY_SUM(1)")}, {("paths", "Calc!B8")}),
    ("this row", {CALC: formula("tblMembers[[#This Row],Price]", "B3")}, {("tables", "Calc!B3"), ("guard", "Calc!B3")}),
    ("this row, as typed", {CALC: formula("SUM(tblMembers[@Price])", "B3")}, {("tables", "Calc!B3")}),
    ("a bare table", {CALC: formula("COUNTA(tblMembers)", "B3")}, {("tables", "Calc!B3")}),
    ("no prefix", {CALC: formula("SUM(FILTER(Inputs!B6:B7,Inputs!B6:B7>1))", "B9")}, UNPREFIXED),
    ("half a prefix", {CALC: formula("SUM(_xlfn.SORT(tblMembers[Price]))", "B9")}, {("prefixes", "Calc!B9")}),
    ("a prefix too many", {CALC: formula("_xlfn.WORKDAY.INTL(ValDate,5)", "B5")}, {("prefixes", "Calc!B5")}),
    ("LET's name", {CALC: formula("_xlfn.LET(x,1,x+1)", "B10")}, {("prefixes", "Calc!B10")}),
    ("LET's second name", {CALC: formula("_xlfn.LET(_xlpm.x,1,y,2,_xlpm.x+y)", "B10")}, {("prefixes", "Calc!B10")}),
    ("# as typed", {CALC: formula("SUM(D2#)", "B11")}, {("prefixes", "Calc!B11")}),
    ("@ as typed", {CALC: formula("@Rate", "B2")}, {("prefixes", "Calc!B2"), ("guard", "Calc!B2")}),
    ("another workbook", {CALC: formula("[1]Prices!A1", "B2")}, {("links", "Calc!B2"), ("guard", "Calc!B2")}),
    ("a file", {CALC: formula(r"'C:\[x.xlsx]Prices'!A1", "B2")}, {("links", "Calc!B2"), ("guard", "Calc!B2")}),
    ("a name elsewhere", {BOOK: swap(r"Inputs!\$B\$1", "[1]Inputs!$B$1")}, {("links", "name rate"), *UNNAMED}),
    ("a linked picture", {RELATIONS: swap("</Relationships>", IMAGE + "</Relationships>")}, {("links", "workbook")}),
    ("a hyperlink", {RELATIONS: swap("</Relationships>", LINK + "</Relationships>")}, set()),
    ("a lazy function", {CALC: formula("SUM(OFFSET(Inputs!B1,0,0))", "B2")}, {("guard", "Calc!B2")}),
    ("the clock", {CALC: formula("TODAY()", "B2")}, {("guard", "Calc!B2")}),
    ("no such name", {CALC: formula("Rat*2", "B2")}, {("guard", "Calc!B2")}),
    ("no format", {CALC: swap(r'<c r="E3" s="\d+"', '<c r="E3"')}, {("spills", "Calc!D2")}),
    ("no name", {BOOK: swap(r'<definedName name="Rate">[^<]*</definedName>', "")}, UNNAMED),
    ("no validation", {INPUTS: swap('sqref="B1:B2"', 'sqref="B2"')}, {("inputs", "Inputs!B1")}),
    ("no validation in a table", {INPUTS: swap('sqref="B6:B7"', 'sqref="B7"')}, {("inputs", "Inputs!B6")}),
    ("no protection", {CALC: swap(r"<sheetProtection[^>]*>", "")}, {("inputs", "Calc")}),
    ("an open formula", {CALC: swap('<c r="B2"', '<c r="B2" s="1"')}, {("inputs", "Calc!B2")}),
    ("a locked name", {INPUTS: swap('<c r="B2" s="1"', '<c r="B2"')}, {("inputs", "Inputs!B2")}),
    ("a red check", {CALC: formula('IF(B2<0,"ALL CHECKS OK","1 OF 1 CHECKS FAIL")', "B13")}, set()),
    ("no master check", {BOOK: swap('name="MasterCheck"', 'name="Master"')}, {("master", "workbook")}),
    ("no version", {CUSTOM: swap('"xlidx.version"', '"version"')}, {("properties", "workbook")}),
    ("no template", {CUSTOM: swap("fit", "")}, {("properties", "workbook")}),
    ("full recalculation", {BOOK: swap("<calcPr", '<calcPr fullCalcOnLoad="1"')}, {("settings", "workbook")}),
    ("by hand", {BOOK: swap("<calcPr", '<calcPr calcMode="manual"')}, {("settings", "workbook")}),
    ("circles", {BOOK: swap("<calcPr", '<calcPr iterate="1"')}, {("settings", "workbook")}),
    ("a hidden sheet", {BOOK: swap('name="Calc"', 'name="Calc" state="veryHidden"')}, {("hidden", "Calc")}),
    ("a hidden row", {CALC: swap('<row r="2"', '<row r="2" hidden="1"')}, {("hidden", "Calc")}),
    ("an old value", {CALC: swap("<v>0.04</v>", "<v>0.05</v>")}, {("values", "Calc!B2")}),
    ("no value", {CALC: swap("<v>0.04</v>", "")}, {("values", "Calc!B2")}),
    ("an old size", {CALC: swap('ref="D2:E3"', 'ref="D2:E4"')}, {("values", "workbook")}),
    ("a circle", {CALC: formula("B2+1", "B2")}, {("values", "Calc!B2")}),
)  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), [case[1:] for case in STORED], ids=[case[0] for case in STORED])
def test_what_is_stored_wrong_is_found(
    tmp_path: Path, edits: Mapping[str, Edit], expected: set[tuple[str, str]]
) -> None:
    fresh = found(edited(fit(tmp_path / "book.xlsx"), edits))
    # Another formula has another value, and reads other inputs, too.
    others = {one for one in fresh - expected if one[0] in ("values", "unread")}
    assert fresh - others == expected


def value(text: str) -> Extra:
    return lambda book, inputs, calc, formats: calc.write_formula("G9", text)


def merged(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    calc.merge_range("E3:F3", "", formats["shown"])


def column(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    calc.set_column("K:K", 5, None, {"hidden": True})


def locked(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    inputs.write("B3", 7.0)


def locked_in_a_table(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    inputs.write("B6", 10.0)


def locked_on_a_quoted_sheet(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    other = book.add_worksheet("Q1")
    other.write("B3", 7.0)
    other.write("C3", 8.0)
    other.protect()
    calc.write_formula("G9", "=SUM('Q1'!$B$2:$B$4)")


def another(name: str, place: str, formula: str = "", *more: str) -> Extra:
    """Return an input of that name, and formulas that read it in G9 and below."""

    def add(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
        inputs.write(place, 3.0, formats["open"])
        inputs.data_validation(place, {"validate": "decimal", "criteria": ">", "value": 0})
        book.define_name(name, f"=Inputs!${place[0]}${place[1:]}")
        for row, text in enumerate(filter(None, (formula, *more)), start=9):
            calc.write_formula(f"G{row}", text)

    return add


def listed(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    another("Limit", "D1", "=Limit+B2")(book, inputs, calc, formats)
    book.define_name("PlainInputs", "=Inputs!$D$1,Inputs!$D$2")


def by_a_chart(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    another("Limit", "D1")(book, inputs, calc, formats)
    book.define_name("PlainInputs", "=Inputs!$D$1")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Inputs!$D$1:$D$1"})
    calc.insert_chart("K9", chart)


def far(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
    # The input is read by a sum over whole columns, that by a name, and the name by a function.
    another("Limit", "D1", "=SUM(Inputs!D:D)", "=G9*2", "=Doubled")(book, inputs, calc, formats)
    book.define_name("Doubled", "=Calc!$G$10+1")
    calc.write_dynamic_array_formula("H9:H9", "=XI_TOY_SUM(Calc!$G$11,1)")


# Name of the case, what is added before the values are computed, what is found.
BUILT: tuple[tuple[str, Extra, set[tuple[str, str]]], ...] = (
    ("an ordinary call", value("=XI_TOY_SUM(1,2)"), {("arrays", "Calc!G9")}),
    ("an error", value("=1/(B2-B2)"), {("errors", "Calc!G9")}),
    ("a merged cell", merged, {("spills", "Calc!D2")}),
    ("a hidden column", column, {("hidden", "Calc")}),
    ("a locked number", locked, {("inputs", "Inputs!B3")}),
    ("a locked number of a table", locked_in_a_table, {("inputs", "Inputs!B6")}),
    ("a locked number of a range", locked_on_a_quoted_sheet, {("inputs", "'Q1'!B3")}),
    ("an input that nothing reads", another("Limit", "D1"), {("unread", "Inputs!D1")}),
    ("an input beside the functions", another("Limit", "D1", "=Limit+B2"), {("unread", "Inputs!D1")}),
    ("one that only a check reads", another("Limit", "D1", "=B2", "=IF(G9>Limit,1,0)"), {("unread", "Inputs!D1")}),
    ("one that is said to be plain", listed, set()),
    ("one that a chart reads", by_a_chart, set()),
    ("one that a function reads in the end", far, set()),
)


@pytest.mark.parametrize(("extra", "expected"), [case[1:] for case in BUILT], ids=[case[0] for case in BUILT])
def test_what_is_built_wrong_is_found(tmp_path: Path, extra: Extra, expected: set[tuple[str, str]]) -> None:
    assert found(fit(tmp_path / "book.xlsx", extra)) == expected


def test_a_formula_in_the_way_of_a_block_is_found(tmp_path: Path) -> None:
    path = fit(tmp_path / "book.xlsx", lambda book, inputs, calc, formats: calc.write_formula("E5", "=B2"))
    spread = edited(path, {CALC: swap('ref="D2:E3"', 'ref="D2:E5"')})
    findings = [finding for finding in lint(spread, TOYS) if finding.check == "spills"]
    assert any("a formula in E5 stands in the way" in finding.what for finding in findings)


def test_a_table_in_the_way_of_a_block_is_found(tmp_path: Path) -> None:
    def beside(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
        calc.add_table("G3:H5", {"name": "tblOther", "columns": [{"header": "a"}, {"header": "b"}]})

    moved = {"xl/tables/table2.xml": lambda text: text.replace("G3:H5", "E3:F5")}
    path = edited(fit(tmp_path / "book.xlsx", beside), moved)
    findings = [finding for finding in lint(path, TOYS) if finding.check == "spills"]
    assert any("the table tblOther in E3:F5 stands in the way" in finding.what for finding in findings)


def test_every_check_is_proven_to_fail() -> None:
    cases = [case[2] for case in (*STORED, *BUILT)]
    assert {check for case in cases for check, _ in case} == {name for name, _ in CHECKS}


def test_a_red_master_check_is_found_with_its_words(tmp_path: Path) -> None:
    red = edited(fit(tmp_path / "book.xlsx"), {CALC: swap("ALL CHECKS OK</v>", "1 OF 1 CHECKS FAIL</v>")})
    (finding,) = (one for one in lint(red, TOYS) if one.check == "master")
    assert finding.what == "the master check says '1 OF 1 CHECKS FAIL'"


def test_parts_that_lead_outside_are_found(tmp_path: Path) -> None:
    for part in ("xl/externalLinks/externalLink1.xml", "xl/connections.xml", "xl/queryTables/queryTable1.xml"):
        path = edited(fit(tmp_path / "book.xlsx"), {}, {part: "<x/>"})
        assert found(path) == {("links", "workbook")}


def test_errors_that_the_workbook_lists_are_wanted(tmp_path: Path) -> None:
    def listed(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
        for place in ("G9", "G10", "H12"):
            calc.write_formula(place, "=1/(B2-B2)")
        book.define_name("ExpectedErrors", "=Calc!$G$9:$G$10,Inputs!$H$12")

    assert found(fit(tmp_path / "book.xlsx", listed)) == {("errors", "Calc!H12")}


def test_a_workbook_that_was_never_calculated_is_one_finding(tmp_path: Path) -> None:
    path = fit(tmp_path / "book.xlsx", calculated=False)
    assert found(path) == {("settings", "workbook"), ("values", "workbook"), ("master", "name MasterCheck")}


def test_a_workbook_without_custom_properties_misses_both(tmp_path: Path) -> None:
    findings = lint(fit(tmp_path / "book.xlsx", custom=False), TOYS)
    assert [finding.what.split()[3] for finding in findings] == ["xlidx.template", "xlidx.version"]


def test_several_mistakes_are_all_found_in_the_order_of_the_checks(tmp_path: Path) -> None:
    def wrong(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
        calc.write_formula("G9", "=XI_TOY_SUM(1,2)")
        calc.write_formula("G10", "=XI_TOY_SUM(1,2)")
        locked(book, inputs, calc, formats)

    names = [finding.check for finding in lint(fit(tmp_path / "book.xlsx", wrong), TOYS)]
    assert names == ["arrays", "arrays", "inputs"]


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("no workbook")
    with pytest.raises(XlidxError, match="no Excel workbook"):
        lint(path, TOYS)


def test_prefixes_are_those_of_a_library_that_writes_them() -> None:
    """XlsxWriter's own list; it finds NORM.S.DIST in NORMSDIST, and does not know two functions of online data."""
    for name in (PREFIXES.keys() | SIGNATURES.keys()) - {"NORMSDIST", "NORMSINV", "FIELDVALUE", "STOCKHISTORY"}:
        stored = Worksheet()._prepare_formula(f"{name}(1)", expand_future_functions=True)
        assert stored == f"{PREFIXES.get(name, '')}{name}(1)"
        assert misspelt(f"={stored}+0") == ()
    assert misspelt("=FILTER(A1:A2,B1:B2)+STDEV.S(A1:A3)") == tuple(NO_PREFIX.items())


@pytest.fixture
def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def command(path: Path, *options: str) -> tuple[int, str, str]:
        code = run(["lint", str(path), *options])
        out, err = capsys.readouterr()
        return code, out, err

    return command


def plain(path: Path, *, good: bool) -> Path:
    """Write a workbook without our toys, as the command knows only the functions of the catalogue."""

    def content(book: Any, inputs: Any, calc: Any, formats: Any) -> None:
        for place in ("B8", "D2"):
            calc.write_dynamic_array_formula(f"{place}:{place}", "=XI_VERSION()", formats["shown"])
        calc.write_dynamic_array_formula("B11:B11", "=LEN(D2)")
        level = "=XI_INDEX_LEVEL(tblMembers[Price],tblMembers[Price],Rate+ValDate)"
        calc.write_dynamic_array_formula("B12:B12", level)
        for row in range(0 if good else 20):
            calc.write_formula(30 + row, 1, "=XI_VERSION()")

    return fit(path, content, functions={**TOYS, **cell_functions()})


def test_the_command_says_nothing_found(checked: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    path = plain(tmp_path / "good.xlsx", good=True)
    assert checked(path) == (0, f"{path}: nothing found, {len(CHECKS)} checks\n", "")


def test_the_command_prints_a_line_for_each_finding(
    checked: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    path = plain(tmp_path / "bad.xlsx", good=False)
    code, out, err = checked(path)
    lines = out.splitlines()
    assert (code, err) == (1, "")
    assert lines[0].startswith("Calc!B31: XI_VERSION stands in a formula that does not spill")
    assert lines[0].endswith(" - enter it as a dynamic array formula (attribute cm) [arrays]")
    assert lines[12:] == ["  and 8 more [arrays]; --report json lists them all", f"{path}: 20 found"]
    code, out, _ = checked(path, "--report", "json")
    report = json.loads(out)
    assert code == 1
    assert report["workbook"] == "bad.xlsx"
    assert [one["where"] for one in report["findings"]] == [f"Calc!B{31 + row}" for row in range(20)]


def test_the_command_refuses_what_is_no_workbook(checked: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, out, err = checked(tmp_path / "none.xlsx")
    assert (code, out) == (2, "")
    assert "the file cannot be read" in err
