"""Folders of tables as Python users read them."""

import numpy as np
import pytest

from xlidx.errors import XlidxError
from xlidx.folders import read_backtest_folder, read_cells, read_day_folder, read_index_folder
from xlidx.index.basket import basket_of
from xlidx.index.divisor_history.history import index_history

INDEX = {
    "composition": "isin,shares,free float\nA,1000,1\nB,500,1\n",
    "prices": "date,A,B\n2016-03-18,10,20\n2016-03-21,9.2,20\n",
    "actions": "date,isin,action,ratio,price\n2016-03-21,A,rights issue,0.25,6\n",
}


def folder(path, tables):
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def test_the_tables_of_an_index_run_it(tmp_path):
    tables = read_index_folder(folder(tmp_path, INDEX))
    assert tables.dividends is tables.fx is tables.withholding is None
    run = index_history(basket_of(tables.composition), tables.prices, tables.actions, base_level=100.0)
    # 20 000 / 200 = 100; rights 1 for 4 at 6: 1 250 x 9.20 + 500 x 20 = 21 500 over 215 = 100
    assert run.levels["Divisor"].tolist() == [200.0, 215.0]
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 100.0])


def test_the_tables_of_a_day(tmp_path):
    tables = {
        "composition": INDEX["composition"],
        "closes": "isin,price\nA,10\nB,20\n",
        "fx": "currency,rate\nUSD,0.9\n",
    }
    read = read_day_folder(folder(tmp_path, tables))
    assert read.closes.strict()["price"].tolist() == [10.0, 20.0]
    assert np.isnan(read.closes.strict()["adjusted"]).all()
    assert read.fx is not None
    assert read.fx.strict()["rate"].tolist() == [0.9]


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (read_index_folder, "there is no composition.csv"),
        (read_backtest_folder, "there is no universe.csv"),
        (read_day_folder, "there is no composition.csv"),
    ],
)
def test_a_required_table_that_is_not_there_is_named(tmp_path, read, words):
    with pytest.raises(XlidxError, match=words):
        read(tmp_path)


def test_a_quoted_cell_may_hold_a_line_break_and_odd_separators_of_lines(tmp_path):
    path = tmp_path / "names.csv"
    path.write_bytes('isin,name\nA,"two\nlines"\nB,one\u2028line\n'.encode())
    assert read_cells(path) == [["isin", "name"], ["A", "two\nlines"], ["B", "one\u2028line"]]


def test_a_cell_without_end_is_one_sentence(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text('isin,name\nA,"' + "x" * 200_000)
    with pytest.raises(XlidxError, match="not CSV"):
        read_cells(path)


def test_errors_and_numbers_beyond_all_bounds_are_error_values(tmp_path):
    path = tmp_path / "market.csv"
    path.write_text("a,b,c\n#N/A,1e999,nan\n")
    assert [str(cell) for cell in read_cells(path)[1]] == ["#N/A", "#NUM!", "nan"]


DIVIDENDS = "isin,ex date,amount\nB,2016-03-21,1\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dividend.csv", "did you mean dividends.csv?"),
        ("Dividents.XLSX", "did you mean dividends.XLSX?"),
        ("dividends.csv.txt", "did you mean dividends.txt?"),
        ("dividends.xls", "save the table as .csv"),
        ("witholding.csv", "did you mean withholding.csv?"),
    ],
)
def test_a_table_that_would_be_missed_is_refused(tmp_path, name, words):
    folder(tmp_path, INDEX)
    (tmp_path / name).write_text(DIVIDENDS)
    with pytest.raises(XlidxError) as caught:
        read_index_folder(tmp_path)
    assert f"{name} is not read" in str(caught.value)
    assert words in str(caught.value)


def test_other_files_are_named(tmp_path):
    folder(tmp_path, INDEX)
    for name in ("notes.md", "prices_old.csv", "levels.csv", ".hidden.csv", "~$prices.xlsx", "prices.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "out").mkdir()
    lines = []
    read_index_folder(tmp_path, tell=lines.append)
    assert lines == ["not read, as no table here has the name: levels.csv, notes.md, prices.py, prices_old.csv"]


def test_a_table_given_twice_is_refused(tmp_path):
    folder(tmp_path, INDEX)
    (tmp_path / "Prices.txt").write_text(INDEX["prices"])
    with pytest.raises(XlidxError, match=r"prices is given twice: Prices.txt, prices.csv"):
        read_index_folder(tmp_path)


def test_python_users_are_told_in_the_log(tmp_path, caplog):
    folder(tmp_path, INDEX | {"dividends": "isin;ex date;amount\nB;21.03.2016;0,5\n"})
    tables = read_index_folder(tmp_path)
    assert tables.dividends is not None
    assert tables.dividends.strict()["amount"].tolist() == [0.5]
    assert caplog.messages == ["dividends.csv is read as: semicolons, decimal comma, dates day-first"]


def test_files_of_one_dialect_share_a_line(tmp_path):
    german = {name: text.replace(".", "#").replace(",", ";").replace("#", ",") for name, text in INDEX.items()}
    lines = []
    tables = read_index_folder(folder(tmp_path, german), tell=lines.append)
    assert tables.prices.matrix[1, 0] == 9.2
    assert lines == [
        "composition.csv is read as: semicolons",
        "prices.csv, actions.csv are read as: semicolons, decimal comma",
    ]
