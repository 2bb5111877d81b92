"""Tables in workbooks and parquet files."""

from datetime import datetime, time

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from xlidx.errors import XlidxError
from xlidx.folders import Form, read_cells, read_index_folder, read_quotes, read_table
from xlidx.index.basket import COMPOSITION

ROWS = [["date", "A", "B"], [datetime(2016, 3, 18), 10, 20.5], [datetime(2016, 3, 21), None, 21]]


def workbook(path, rows, title="Sheet", more=(), epoch=None):
    book = Workbook()
    if epoch is not None:
        book.epoch = epoch
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name in more:
        book.create_sheet(name).append(["other"])
    book.save(path)
    return path


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_prices_in_a_workbook(tmp_path, epoch):
    quotes = read_quotes(workbook(tmp_path / "prices.xlsx", ROWS, epoch=epoch), "prices", tell=pytest.fail)
    assert quotes.days.astype(str).tolist() == ["2016-03-18", "2016-03-21"]
    assert quotes.matrix[0].tolist() == [10.0, 20.5]
    assert pd.isna(quotes.matrix[1, 0])


def test_the_sheet_named_as_the_file_is_read(tmp_path):
    path = workbook(tmp_path / "prices.xlsx", ROWS, "Prices", ["Notes"])
    assert read_quotes(path, "prices").ids == ("A", "B")
    path = workbook(tmp_path / "other.xlsx", ROWS, "Prices", ["Notes"])
    with pytest.raises(XlidxError, match="sheets Prices, Notes"):
        read_quotes(path, "prices")


def test_a_formula_without_a_value_is_not_a_blank(tmp_path):
    path = workbook(tmp_path / "prices.xlsx", [*ROWS, [datetime(2016, 3, 22), "=B2*2", 5]])
    assert load_workbook(path, data_only=True).active["B4"].value is None
    with pytest.raises(XlidxError, match=r"no stored value - prices.xlsx, row 4, column 2"):
        read_quotes(path, "prices")


def test_error_values_texts_and_times_of_a_workbook(tmp_path):
    path = workbook(tmp_path / "market.xlsx", [["a", " ", True], ["#N/A", 2, time(10)]])
    first, second = read_cells(path)
    assert first == ["a", None, True]
    assert (str(second[0]), second[1]) == ("#N/A", 2.0)
    assert isinstance(second[2], XlidxError)


def test_a_file_that_is_not_a_workbook_is_one_sentence(tmp_path):
    path = tmp_path / "prices.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(XlidxError, match="not a workbook"):
        read_cells(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = workbook(tmp_path / "prices.xlsx", ROWS)
    monkeypatch.setattr("xlidx.folders.binary.MOST_UNPACKED", 1000)
    with pytest.raises(XlidxError, match="unpacks to"):
        read_cells(path)
    monkeypatch.setattr("xlidx.folders.files.MOST_BYTES", 1000)
    with pytest.raises(XlidxError, match="bytes"):
        read_cells(path)


def test_a_form_says_nothing_about_a_workbook(tmp_path):
    path = workbook(tmp_path / "prices.xlsx", ROWS)
    with pytest.raises(XlidxError, match="no text file"):
        read_cells(path, Form(decimal=","))


def test_a_folder_may_mix_endings(tmp_path):
    workbook(tmp_path / "Prices.xlsx", ROWS)
    (tmp_path / "composition.csv").write_text("isin;shares;free float\nA;1.000;0,5\nB;1;1\n")
    lines = []
    tables = read_index_folder(tmp_path, tell=lines.append)
    assert tables.prices.ids == ("A", "B")
    assert lines == ["composition.csv is read as: semicolons, decimal comma"]


def test_parquet_without_its_library_says_how_to_get_it(tmp_path, monkeypatch):
    def missing(*_, **__):
        raise ImportError("no engine")

    monkeypatch.setattr(pd, "read_parquet", missing)
    path = tmp_path / "composition.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(XlidxError, match=r"parquet files need pyarrow - .* - pip install 'xlidx\[parquet\]'"):
        read_table(path, COMPOSITION)


def test_parquet_tables_and_prices(tmp_path):
    pytest.importorskip("pyarrow", reason="reading parquet needs pip install 'xlidx[parquet]'")
    frame = pd.DataFrame({"isin": ["A", "B"], "shares": [1000, 5], "free float": [0.5, 1.0], "name": ["x", None]})
    frame.to_parquet(tmp_path / "composition.parquet")
    dated = pd.DataFrame({"A": [1.0, None]}, index=pd.DatetimeIndex(["2016-03-18", "2016-03-21"], name="date"))
    dated.to_parquet(tmp_path / "prices.parquet")
    tables = read_index_folder(tmp_path, tell=pytest.fail)
    assert tables.composition.strict()["shares"].tolist() == [1000.0, 5.0]
    assert tables.composition.strict()["name"].tolist() == ["x", ""]
    assert tables.prices.days.astype(str).tolist() == ["2016-03-18", "2016-03-21"]
    assert pd.isna(tables.prices.matrix[1, 0])
    (tmp_path / "prices.parquet").write_bytes(b"PAR1 broken")
    with pytest.raises(XlidxError, match="not a parquet file"):
        read_index_folder(tmp_path)
