"""``xlidx final-terms``: the printed document in, a workbook with 23 series out."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

import xlidx
from xlidx.cli import run

FOLDER = Path(__file__).parent.parent / "answers" / "turbo" / "final_terms"
DOCUMENT = next(FOLDER.glob("*.txt"))
MARKET = [
    ["underlying", "spot", "rate", "fx"],
    ["DAX", 13532.32, -0.0045, None],
    ["NDX", 9445.92, 0.0158, 1.0963],
    ["SPX", 3345.78, 0.0158, 1.0963],
    ["SX5E", 3802.21, -0.0045, None],
    ["MDAX", 28871.18, -0.0045, None],
    ["INDU", 29379.77, 0.0158, 1.0963],
]


def test_the_document_becomes_a_workbook(tmp_path, capsys):
    out = tmp_path / "terms.xlsx"
    assert run(["final-terms", str(DOCUMENT), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "23 series read, 0 refused" in said
    assert "lei check digit" in said
    book = load_workbook(out)
    assert book.sheetnames == ["Terms", "Findings", "Evidence"]
    assert book["Terms"].max_row == 24


@pytest.mark.rule("ing_open_end_turbo", "T.2")
def test_the_terms_go_straight_into_the_book():
    terms = xlidx.call("XI_FINAL_TERMS", str(DOCUMENT))
    names = {row[1] for row in terms[1:]}
    market = [["DJIA" if cell == "INDU" and "DJIA" in names else cell for cell in row] for row in MARKET]
    book = xlidx.call("XI_TURBO_BOOK", terms, market)
    paid = [row[book[0].index("settlement")] for row in book[1:]]
    assert paid == [row[terms[0].index("issue_price")] for row in terms[1:]]
    assert len(paid) == 23


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.txt", "nothing of the kind", "layout is not known"),
        ("b.pdf", "%PDF-1.4 broken", "b.pdf"),
        ("c.txt", "", "c.txt"),
    ],
)
def test_what_is_no_final_terms_is_refused_in_one_line(tmp_path, capsys, name, text, words):
    (tmp_path / name).write_text(text)
    assert run(["final-terms", str(tmp_path / name), "-o", str(tmp_path / "out.xlsx")]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out.xlsx").exists()
