"""Tables that go out: whole, plain, and never a formula."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from xlidx.errors import XlidxError
from xlidx.folders import read_cells, write_tables

TEXTS = ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\tx", "https://example.com", "plain", "1", None]
FRAME = pd.DataFrame(
    {"name": TEXTS, "change": [-1.5, 2.0] + [np.nan] * 7, "day": [date(2020, 2, 10)] * 9, "=head": [1] * 9}
)


def test_a_text_from_data_is_never_a_formula_in_a_csv_file(tmp_path):
    (path,) = write_tables({"levels": FRAME}, tmp_path / "out.csv")
    lines = path.read_text().splitlines()
    assert lines[0] == "name,change,day,'=head"
    assert lines[1] == "'=cmd|'/c calc'!A1,-1.5,2020-02-10,1"
    cells = [cell for line in lines for cell in line.split(",")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == ["-1.5"]


def test_what_is_written_reads_back(tmp_path):
    (path,) = write_tables({"levels": FRAME.drop(index=4)}, tmp_path / "out.csv")
    rows = read_cells(path, header=True)
    assert rows[0] == ["name", "change", "day", "=head"]
    assert [row[0] for row in rows[1:5]] == TEXTS[:4]
    assert rows[1][1:] == [-1.5, "2020-02-10", 1.0]


def test_a_text_from_data_is_never_a_formula_in_a_workbook(tmp_path):
    (path,) = write_tables({"levels": FRAME, "flags": FRAME}, tmp_path / "out.xlsx")
    book = load_workbook(path)
    assert book.sheetnames == ["Levels", "Flags"]
    column = [cell for row in book["Flags"].iter_rows(min_row=2, max_col=1) for cell in row]
    assert [cell.value for cell in column] == TEXTS
    assert {cell.data_type for cell in column} <= {"s", "n"}
    assert not any(cell.hyperlink for cell in column)


def test_files_stand_beside_each_other_or_none_is_written(tmp_path):
    paths = write_tables({"levels": FRAME, "flags": FRAME}, tmp_path / "out.csv")
    assert [path.name for path in paths] == ["out.csv", "out.flags.csv"]
    with pytest.raises(XlidxError, match=r"use .csv, .parquet, .xlsx"):
        write_tables({"levels": FRAME}, tmp_path / "out.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.flags.csv"]


def test_the_caller_keeps_the_frame(tmp_path):
    before = FRAME.copy()
    write_tables({"levels": FRAME}, tmp_path / "out.csv")
    pd.testing.assert_frame_equal(FRAME, before)


def test_parquet_without_its_library_says_how_to_get_it(tmp_path, monkeypatch):
    def missing(*_, **__):
        raise ImportError("no engine")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", missing)
    with pytest.raises(XlidxError, match=r"pip install 'xlidx\[parquet\]'"):
        write_tables({"levels": FRAME}, tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []
