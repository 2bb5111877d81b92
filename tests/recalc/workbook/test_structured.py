"""Structured references and formula text in plain form."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tests.recalc.books import TOYS, stored
from xlidx.errors import XlidxError
from xlidx.recalc import recalculate
from xlidx.recalc.workbook.book import Book, Table
from xlidx.recalc.workbook.grid import Area
from xlidx.recalc.workbook.normalise import normaliser
from xlidx.recalc.workbook.package import Package

TABLES = {
    "t": Table("t", "Data", Area(5, 2, 9, 4), 1, 1, ("Price", "Free float", "a[b]#'@, c")),
    "bare": Table("bare", "My Data", Area(1, 1, 3, 1), 0, 0, ("Q1",)),
}
NAMES: dict[tuple[str | None, str], str] = {
    (None, "rate"): "Inputs!$B$2",
    (None, "prices"): "t[Price]",
    (None, "loop"): "Loop+1",
    (None, "shifted"): "Data!A1",
    (None, "sum_of"): "SUM(t[Price])",
    ("Data", "local"): "Data!$Z$1",
    (None, "local"): "Inputs!$Z$9",
}


def plain(text: str, sheet: str = "Data", place: tuple[int, int] = (7, 9)) -> str:
    package = Package(Path("b.xlsx"), b"", (), {})
    book = Book(package, "", None, {}, NAMES, TABLES)  # type: ignore[arg-type]
    return normaliser(book, TOYS)(text, sheet, place)


REFERENCES = {
    "t[Price]": "Data!$B$6:$B$8",
    "t[price]": "Data!$B$6:$B$8",
    "T[[Price]:[Free float]]": "Data!$B$6:$C$8",
    "t[[Free float]:[Price]]": "Data!$B$6:$C$8",
    "t[]": "Data!$B$6:$D$8",
    "SUM(t)": "SUM(Data!$B$6:$D$8)",
    "t[[#This Row],[Free float]]": "Data!$C$7",
    "t[@Price]": "Data!$B$7",
    "t[@[Free float]]": "Data!$C$7",
    "t[@]": "Data!$B$7:$D$7",
    "t[[#This Row],[Price]:[Free float]]": "Data!$B$7:$C$7",
    "t[#All]": "Data!$B$5:$D$9",
    "t[#Data]": "Data!$B$6:$D$8",
    "t[#Headers]": "Data!$B$5:$D$5",
    "t[#Totals]": "Data!$B$9:$D$9",
    "t[[#Headers],[Free float]]": "Data!$C$5",
    "t[[#Totals],[Price]]": "Data!$B$9",
    "t[[#All],[Price]]": "Data!$B$5:$B$9",
    "t[[#Headers],[#Data],[Price]]": "Data!$B$5:$B$8",
    "t[[#Data],[#Totals],[Price]]": "Data!$B$6:$B$9",
    "t[a'[b']'#'''@, c]": "Data!$D$6:$D$8",
    "t[[Price]:[a'[b']'#'''@, c]]": "Data!$B$6:$D$8",
    "bare[Q1]": "'My Data'!$A$1:$A$3",
    "bare[#Headers]": "#REF!",
    "bare[#Totals]": "#REF!",
    "bare[@Q1]": "#VALUE!",
    "t[Price]*t[@Price]+I7": "Data!$B$6:$B$8*Data!$B$7+I7",
}


@pytest.mark.parametrize(("text", "expected"), REFERENCES.items(), ids=list(REFERENCES))
def test_references(text: str, expected: str) -> None:
    assert plain("=" + text) == "=" + expected


def test_reference_inside_its_own_table() -> None:
    assert plain("=[@Price]*[Free float]", place=(8, 4)) == "=Data!$B$8*Data!$C$6:$C$8"
    with pytest.raises(XlidxError, match="stands outside any table"):
        plain("=[@Price]", place=(20, 4))


def test_this_row_outside_the_rows_is_an_error_value() -> None:
    assert plain("=t[@Price]", place=(9, 9)) == "=#VALUE!"
    assert plain("=t[@Price]", sheet="Other", place=(7, 9)) == "=#VALUE!"


def test_one_shape_gives_each_row_its_own_cells() -> None:
    package = Package(Path("b.xlsx"), b"", (), {})
    rewrite = normaliser(Book(package, "", None, {}, NAMES, TABLES), TOYS)  # type: ignore[arg-type]
    got = [rewrite(f"=t[@Price]*K{row}", "Data", (row, 9)) for row in (5, 6, 7, 9)]
    assert got == ["=#VALUE!*K5", "=Data!$B$6*K6", "=Data!$B$7*K7", "=#VALUE!*K9"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=t[Prise]", "column 'Prise' is unknown - table t - did you mean 'Price'?"),
        ("=tt[Price]", "table 'tt' is unknown - structured reference - did you mean 't'?"),
        ("=t[[Price],[Free float]]", "joins separate columns"),
        ("=Loop", "name 'Loop' leads back to itself"),
        ("=Shifted", "name 'Shifted' refers to cells relative"),
        ("=[1]!Rate*2", "[1]!Rate reads another workbook"),
        ("=SUM([Book2.xlsx]Data!A1)", "reads another workbook"),
    ],
)
def test_what_cannot_be_resolved(text: str, message: str) -> None:
    with pytest.raises(XlidxError) as caught:
        plain(text)
    assert message in str(caught.value)


PLAIN = {
    "=Rate*2": "=Inputs!$B$2*2",
    "=SUM(Prices)": "=SUM(Data!$B$6:$B$8)",
    "=Sum_of/2": "=(SUM(Data!$B$6:$B$8))/2",
    "=Local": "=Data!$Z$1",
    "=Data!Local": "=Data!$Z$1",
    "=A1+B2": "=A1+B2",
    "=XI_TOY_SUM(,1)": '=XI_TOY_SUM("",1)',
    "=XI_TOY_SUM(1,,)": '=XI_TOY_SUM(1,"","")',
    "=XI_TOY_SUM()": "=XI_TOY_SUM()",
    "=XI_TOY_SUM(IF(A1,,2),)": '=XI_TOY_SUM(IF(A1,,2),"")',
    "=IF(A1,,XI_TOY_SUM(,{1,2}))": '=IF(A1,,XI_TOY_SUM("",{1,2}))',
    '=XI_TOY_SUM("a,,b")': '=XI_TOY_SUM("a,,b")',
    "=[1]!XI_TOY_SUM( , 2)": '=XI_TOY_SUM(""  , 2)'.replace('""  ', '"" '),
    "=_xldudf_NS_XI_TOY_SUM(1)": "=XI_TOY_SUM(1)",
}


@pytest.mark.parametrize(("text", "expected"), PLAIN.items(), ids=list(PLAIN))
def test_plain_form(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_local_name_of_another_sheet() -> None:
    assert plain("=Local", sheet="Inputs") == "=Inputs!$Z$9"


def test_escapes_through_a_real_file(tmp_path: Path) -> None:
    """Column names with brackets, hash and apostrophe, as XlsxWriter stores them."""
    path = tmp_path / "b.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("My Data")
    columns = [{"header": "a[1]"}, {"header": "it's #2"}, {"header": "A1"}]
    sheet.add_table("B3:D5", {"name": "Tab", "columns": columns, "data": [[1, 2, 3], [4, 5, 6]]})
    sheet.write_formula("G1", "=SUM(Tab['[1']])".replace("['[1']]", "[a'[1']]"))
    sheet.write_formula("G2", "=SUM(Tab[it''s '#2])")
    sheet.write_formula("G3", "=SUM(Tab[A1])+B4")
    sheet.write_formula("G4", "=Tab[[#This Row],[A1]]*2")
    book.close()
    recalculate(path, functions=TOYS)
    values = stored(path, "My Data")
    assert [values[f"G{i}"] for i in (1, 2, 3, 4)] == [5, 7, 10, 6]
