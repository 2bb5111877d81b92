"""Day files and the morning check from the command line."""

import pytest

from xlidx.cli import run

NIGHT = {
    "composition": "isin,shares,free float\nA,1000,1\nB,500,1\n",
    "closes": "isin,price\nA,10\nB,20\n",
}
MORNING = {
    "composition": "isin,shares,free float\nA,1250,1\nB,500,1\n",
    "closes": "isin,price,adjusted\nA,10,9.2\nB,20,\n",
}
RIGHTS = "date,isin,action,ratio,price,event id\n2016-03-21,A,rights issue,0.25,6,E1\n"


@pytest.fixture
def files(tmp_path):
    for name, tables in (("night", NIGHT), ("morning", MORNING)):
        (tmp_path / name).mkdir()
        for table, text in tables.items():
            (tmp_path / name / f"{table}.csv").write_text(text)
    end, start = tmp_path / "end.csv", tmp_path / "start.csv"
    day = ("--code", "PSI20", "--isin", "PTING0200002")
    assert (
        run(["day-file", str(tmp_path / "night"), "-o", str(end), "--date", "2016-03-18", "--divisor", "200", *day])
        == 0
    )
    more = ("--date", "2016-03-21", "--divisor", "215", "--kind", "start of day")
    assert run(["day-file", str(tmp_path / "morning"), "-o", str(start), *more, *day]) == 0
    (tmp_path / "actions.csv").write_text(RIGHTS)
    return tmp_path


def test_a_change_with_its_action_is_explained(files, capsys):
    code = run(
        ["morning-check", str(files / "end.csv"), str(files / "start.csv"), "--actions", str(files / "actions.csv")]
    )
    said = capsys.readouterr().out
    assert code == 0
    assert all(
        word in said for word in ("shares", "1250", "adjusted_close", "9.2", "divisor", "215", "rights issue", "E1")
    )


def test_a_change_without_an_action_stops(files, capsys):
    assert run(["morning-check", str(files / "end.csv"), str(files / "start.csv")]) == 2
    sentence = capsys.readouterr().err
    assert all(word in sentence for word in ("A", "shares", "divisor"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        # 1,000 shares at 10, one new share for 4 at 5, not 6: (10 + 0.25 x 5) / 1.25 = 9; divisor 200 + 1,250/100.
        ("rights issue,0.25,5", ["A adjusted_close 9.2 where 9 is right", "index divisor 215 where 212.5 is right"]),
        (
            "rights issue,0.2,6",
            ["A shares 1250 where 1200 is right", "A adjusted_close 9.2 where 9.33333333333 is right"],
        ),
    ],
)
def test_an_action_with_other_terms_stops(files, capsys, row, said):
    (files / "actions.csv").write_text(f"date,isin,action,ratio,price,event id\n2016-03-21,A,{row},E1\n")
    code = run(
        ["morning-check", str(files / "end.csv"), str(files / "start.csv"), "--actions", str(files / "actions.csv")]
    )
    sentence = capsys.readouterr().err
    assert code == 2
    assert all(words in sentence for words in [*said, "(actions: E1)"]), sentence


def test_a_wrong_divisor_stops_though_its_action_may_change_it(files, capsys):
    text = (files / "start.csv").read_text()
    (files / "start.csv").write_text(text.replace(";215.0;", ";216.0;"))
    code = run(
        ["morning-check", str(files / "end.csv"), str(files / "start.csv"), "--actions", str(files / "actions.csv")]
    )
    assert code == 2
    assert "index divisor 216 where 215 is right" in capsys.readouterr().err


def test_a_missing_close_is_named(files, capsys):
    (files / "night" / "closes.csv").write_text("isin,price\nA,10\n")
    out = files / "other.csv"
    assert run(["day-file", str(files / "night"), "-o", str(out), "--date", "2016-03-18", "--divisor", "200"]) == 2
    assert "no close for B" in capsys.readouterr().err
    assert not out.exists()


def test_actions_as_excel_writes_unicode_text(files, capsys):
    actions = files / "actions.txt"
    actions.write_bytes(
        "date\tisin\taction\tratio\tprice\tevent id\r\n21.03.2016\tA\trights issue\t0,25\t6\tE1\r\n".encode("utf-16")
    )
    assert run(["morning-check", str(files / "end.csv"), str(files / "start.csv"), "--actions", str(actions)]) == 0
    out = capsys.readouterr()
    assert "rights issue" in out.out
    assert "actions.txt is read as: encoding utf-16, tabs, decimal comma, dates day-first" in out.err


def test_a_day_file_that_is_not_utf_8_is_one_sentence(files, capsys):
    (files / "end.csv").write_bytes(b"file;\xe4\n")
    assert run(["morning-check", str(files / "end.csv"), str(files / "start.csv")]) == 2
    assert "not text in utf-8" in capsys.readouterr().err
