"""``xlidx index-history``: files in, the same history out as in one run of the engine."""

import pandas as pd
import pytest

from xlidx.cli import run
from xlidx.cli.index import history
from xlidx.folders import read_index_folder

TABLES = {
    "composition": "isin,shares,free float\nA,1000,1\nB,500,1\n",
    "prices": "date,A,B\n2016-03-18,10,20\n2016-03-21,9.2,20\n2016-03-22,9.2,22\n",
    "actions": "date,isin,action,ratio,price\n2016-03-21,A,rights issue,0.25,6\n",
    "dividends": "isin,ex date,amount\nB,2016-03-22,1\n",
    "withholding": "country,rate,valid from\nPT,0.25,2010-01-01\n",
}


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "index"
    place.mkdir()
    tables = TABLES | {"composition": "isin,shares,free float,country\nA,1000,1,PT\nB,500,1,PT\n"}
    for name, text in tables.items():
        (place / f"{name}.csv").write_text(text)
    return place


def test_the_history_of_a_folder_is_that_worked_by_hand(folder, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert run(["index-history", str(folder), "-o", str(out), "--base-level", "100"]) == 0
    levels = pd.read_csv(out)
    # 20 000 / 200; rights: 1250 x 9.20 + 500 x 20 = 21 500 over 215; then 11 500 + 11 000 = 22 500 over 215.
    assert levels["Divisor"].tolist() == [200.0, 215.0, 215.0]
    assert levels["Price"].tolist() == pytest.approx([100.0, 100.0, 22_500 / 215])
    assert levels["Gross"].iloc[-1] == pytest.approx(22_500 / 215 + 500 / 215)
    assert levels["Net"].iloc[-1] == pytest.approx(22_500 / 215 + 375 / 215)
    log = pd.read_csv(tmp_path / "out.divisors.csv")
    assert log[["old", "new"]].to_numpy().tolist() == [[200.0, 215.0]]
    assert "3 sessions, 1 divisor changes, last level 104.65" in capsys.readouterr().out


def filled(place, **tables):
    for path in place.iterdir():
        path.unlink()
    for name, text in tables.items():
        (place / f"{name}.csv").write_text(text)
    return place


def test_an_index_in_another_currency(folder, tmp_path):
    """A 1000 at 10 USD, B 500 at 20 EUR: 10 000 + 10 000 x 1.1 = 21 000, then 10 000 + 10 000 x 1.2 = 22 000."""
    tables = {
        "composition": "isin,shares,free float,currency\nA,1000,1,\nB,500,1,EUR\n",
        "prices": "date,A,B\n2016-03-18,10,20\n2016-03-21,10,20\n",
        "fx": "date,USD,EUR\n2016-03-18,1,1.1\n2016-03-21,1,1.2\n",
    }
    out = tmp_path / "out.csv"
    base = ["index-history", str(filled(folder, **tables)), "-o", str(out), "--base-level", "100"]
    assert run([*base, "--index-currency", "usd"]) == 0
    assert pd.read_csv(out)["Price"].tolist() == pytest.approx([100.0, 22_000 / 210])
    assert run(base) == 2  # for an index in EUR the rate of the euro can only be 1


def test_dividends_take_the_reference_rate_of_the_cum_day(folder, tmp_path):
    """1 USD on 1000 shares, divisor 200: 0.91 x 1000 / 200 = 4.55 points, not 4.50."""
    tables = {
        "composition": "isin,shares,free float\nA,1000,1\nB,500,1\n",
        "prices": "date,A,B\n2016-03-18,10,20\n2016-03-21,10,20\n",
        "dividends": "isin,ex date,amount,currency\nA,2016-03-21,1,USD\n",
        "fx": "date,USD\n2016-03-18,0.90\n2016-03-21,0.80\n",
        "reference": "date,USD\n2016-03-18,0.91\n2016-03-21,0.81\n",
    }
    out = tmp_path / "out.csv"
    assert run(["index-history", str(filled(folder, **tables)), "-o", str(out), "--base-level", "100"]) == 0
    assert pd.read_csv(out)["Gross"].iloc[-1] == pytest.approx(104.55)


def test_the_basis_of_a_dividend_on_the_ex_date_of_a_split(folder, tmp_path):
    """0.50 on A with a split 2 for 1: 0.5 x 1000 / 200 = 2.5 points per old share, 5 points per new share."""
    tables = {
        "composition": "isin,shares,free float\nA,1000,1\nB,500,1\n",
        "prices": "date,A,B\n2016-03-18,10,20\n2016-03-21,5,20\n",
        "actions": "date,isin,action,ratio\n2016-03-21,A,split,2\n",
        "dividends": "isin,ex date,amount\nA,2016-03-21,0.5\n",
    }
    out = tmp_path / "out.csv"
    base = ["index-history", str(filled(folder, **tables)), "-o", str(out), "--base-level", "100"]
    for basis, gross in (("old", 102.5), ("new", 105.0)):
        assert run([*base, "--dividend-basis", basis]) == 0
        assert pd.read_csv(out)["Gross"].iloc[-1] == pytest.approx(gross)


def test_runs_in_parts_are_the_run_at_once(folder, monkeypatch):
    whole = history.history_of(read_index_folder(folder), 100.0, progress=False)
    monkeypatch.setattr(history, "SESSIONS_AT_ONCE", 1)
    parts = history.history_of(read_index_folder(folder), 100.0, progress=False)
    pd.testing.assert_frame_equal(parts.levels, whole.levels, check_exact=True)
    pd.testing.assert_frame_equal(parts.divisors, whole.divisors, check_exact=True)


def test_a_workbook_holds_levels_divisors_and_flags(folder, tmp_path):
    out = tmp_path / "out.xlsx"
    assert run(["index-history", str(folder), "-o", str(out)]) == 0
    sheets = pd.read_excel(out, sheet_name=None)
    assert list(sheets) == ["Levels", "Divisors", "Flags"]
    assert len(sheets["Levels"]) == 3


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("prices", None, "there is no prices.csv"),
        ("composition", "isin,shares\nA,1000\n", "column free_float is missing"),
        ("prices", "date,A,B\n2016-03-18,10,20\n2016-03-21,9.2,\n", "B"),
        ("actions", "date,isin,action,ratio\n2016-03-21,A,split,0.5\n", "ratio contradicts the action"),
        ("actions", "date,isin,action,ratio\n2016-03-19,A,split,2\n", "2016-03-19"),
        ("actions", "date,isin,action,ratio\n2016-03-21,A,explode,2\n", "explode"),
    ],
)
def test_a_bad_table_is_one_line_and_nothing_is_written(folder, tmp_path, capsys, name, text, words):
    path = folder / f"{name}.csv"
    path.unlink() if text is None else path.write_text(text)
    code = run(["index-history", str(folder), "-o", str(tmp_path / "out.csv")])
    sentence = capsys.readouterr().err.splitlines()[-1]
    assert code == 2
    assert sentence.startswith("xlidx: ")
    assert words in sentence
    assert list(tmp_path.glob("out*")) == []


def test_an_unknown_ending_is_refused(folder, tmp_path, capsys):
    assert run(["index-history", str(folder), "-o", str(tmp_path / "out.txt")]) == 2
    assert "use .csv, .parquet, .xlsx" in capsys.readouterr().err


GERMAN = {
    "composition": "isin;shares;free float\r\nA;1.000;1\r\nB;500;100,0 %\r\n",
    "prices": "date;A;B\r\n18.03.2016;10;20\r\n21.03.2016;9,2;20\r\n22.03.2016;9,2;22\r\n",
    "actions": "date;isin;action;ratio;price\r\n21.03.2016;A;rights issue;0,25;6\r\n",
}


def german(path, tables=GERMAN):
    path.mkdir()
    for name, text in tables.items():
        (path / f"{name}.csv").write_bytes(text.encode("cp1252"))
    return path


def test_a_folder_of_a_german_excel_gives_the_same_levels(tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert run(["index-history", str(german(tmp_path / "index")), "-o", str(out), "--base-level", "100"]) == 0
    # the worked numbers above
    assert pd.read_csv(out)["Price"].tolist() == pytest.approx([100.0, 100.0, 22_500 / 215])
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("xlidx: ")]
    assert said == [
        "xlidx: composition.csv is read as: semicolons, decimal comma",
        "xlidx: prices.csv, actions.csv are read as: semicolons, decimal comma, dates day-first",
    ]


def test_what_the_file_leaves_open_is_said_on_the_command_line(tmp_path, capsys):
    tables = GERMAN | {"composition": "isin;shares;free float\r\nA;1.000;1\r\nB;500;1\r\n"}
    command = ["index-history", str(german(tmp_path / "index", tables)), "-o", str(tmp_path / "out.csv")]
    assert run(command) == 2
    assert "'1.000' is 1 or 1000 - composition.csv, row 2, column 2" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
    assert run([*command, "--decimal", ",", "--dates", "day-first", "--encoding", "cp1252"]) == 0


def test_a_misspelt_table_is_refused_and_a_strange_file_named(folder, tmp_path, capsys):
    (folder / "dividends.csv").rename(folder / "dividend.csv")
    (folder / "readme.md").write_text("notes")
    command = ["index-history", str(folder), "-o", str(tmp_path / "out.csv")]
    assert run(command) == 2
    assert "dividend.csv is not read" in capsys.readouterr().err
    (folder / "dividend.csv").rename(folder / "dividends.csv")
    assert run(command) == 0
    assert "xlidx: not read, as no table here has the name: readme.md" in capsys.readouterr().err
