"""A rule book of the family is data: other numbers give another index, without a line of Python."""

from importlib.resources import files

import pytest

from tests.index.review.rig import candidates, ladder
from xlidx.rulebooks.euronext.numbers import parameter_table, read_numbers, rule_book
from xlidx.rulebooks.euronext.review import review_dates, review_select
from xlidx.rulebooks.reviews import REVIEWS, with_step

TEXT = files("xlidx.rulebooks").joinpath("psi20", "numbers.toml").read_text("utf-8")


def changed(*pairs):
    text = TEXT
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return read_numbers(text)


def test_a_larger_index_of_another_exchange():
    """25 companies, 23 of them by rank alone."""
    other = changed(
        ('name = "by_rank"\nvalue = 18', 'name = "by_rank"\nvalue = 23'),
        ('name = "most"\nvalue = 20', 'name = "most"\nvalue = 25'),
        ('name = "preferred_to"\nvalue = 22', 'name = "preferred_to"\nvalue = 27'),
        ('exchange = "XLIS"', 'exchange = "XAMS"'),
    )
    table = candidates(ladder(30, 31, range(1, 26)))
    count = [(review_select(book, "annual", table)["decision"] == "stay").sum() for book in (rule_book("psi20"), other)]
    assert count == [20, 25]
    assert other.exchange == "XAMS"
    assert review_dates(other, 2016, "annual")["effective"].astype(str).tolist() == ["2016-03-18"]


def test_other_months_of_review():
    """Half-yearly: the March review is annual, the September review quarterly, the others are gone."""
    blocks = TEXT.split("[[review]]\n")
    kept = [blocks[0], blocks[1], blocks[3], blocks[4].split("\n\n", 1)[1]]
    book = read_numbers("[[review]]\n".join(kept[:3]) + kept[3])
    assert review_dates(book, 2016)["effective"].astype(str).tolist() == ["2016-03-18", "2016-09-16"]


def test_a_number_that_is_missing_is_named():
    start = TEXT.index('[[number]]\nname = "cap"')
    without = TEXT[:start] + TEXT[TEXT.index("[[screen]]") :]
    with pytest.raises(KeyError, match="cap"):
        read_numbers(without)


def test_every_number_states_its_unit_clause_and_meaning():
    for name in with_step("update"):
        table = parameter_table(rule_book(name))
        assert table["name"].is_unique
        assert (table[["unit", "clause", "meaning"]] != "").all(axis=None)


def test_a_step_that_a_rule_book_has_not_is_not_offered():
    assert "solactive_human_capital" in with_step("select")
    assert "solactive_human_capital" not in with_step("update")
    assert set(with_step("dates")) == set(REVIEWS)
