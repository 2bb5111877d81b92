"""Tables of a review: who is a member, which decisions hold, and what does not fit together."""

from datetime import date

import pytest

from tests.index.review.rig import candidate, candidates, current, decision, overrides
from xlidx.errors import Kind, XlidxError
from xlidx.index.review.tables import (
    as_day,
    checked_candidates,
    company_members,
    decisions_in_force,
    membership,
    require_cut_off,
)

CUT_OFF, ANNOUNCED = date(2016, 2, 26), date(2016, 3, 11)


def frame(*rows):
    return checked_candidates(candidates(rows))


def basket(*isins):
    return current([{"isin": isin, "shares": 1.0, "free_float": 1.0} for isin in isins]).strict()


def test_blank_members_are_those_of_the_current_table():
    rows = frame(candidate("A"), candidate("B", member="yes"), candidate("C", member="no"), candidate("D"))
    assert membership(basket("PTB", "PTA"), rows) == ["yes", "yes", "no", "no"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("no", "PTA is in the current table, but member says no - table candidates, row 2, column member"),
        ("yes", "PTB is not in the current table, but member says yes - table candidates, row 3, column member"),
    ],
)
def test_members_that_contradict_the_current_table_are_refused(said, words):
    rows = frame(*(candidate(name, member=said) for name in "AB"))
    with pytest.raises(XlidxError, match=words) as caught:
        membership(basket("PTA"), rows)
    assert caught.value.kind is Kind.DOMAIN


def test_a_constituent_without_a_row_is_refused():
    with pytest.raises(XlidxError, match="constituent PTB has no row") as caught:
        membership(basket("PTA", "PTB", "PTC"), frame(candidate("A")))
    assert caught.value.kind is Kind.NO_DATA


def test_all_lines_of_a_member_belong_to_it_and_only_one_of_them_is_current():
    second = {"isin": "PTA2"}
    rows = frame(candidate("A", member="yes"), candidate("A", **second), candidate("B", member="no"))
    assert company_members(rows).tolist() == [True, True, False]
    with pytest.raises(XlidxError, match="A has two current lines - table candidates, row 3"):
        frame(candidate("A", member="yes"), candidate("A", **second, member="yes"))


@pytest.mark.parametrize("name", ["close", "velocity", "turnover"])
def test_nothing_is_a_number_and_less_is_none(name):
    assert frame(candidate("A", **{name: 0.0}))[name].tolist() == [0.0]
    with pytest.raises(XlidxError, match=f"{name} is -0.5 but must be 0 or more - table candidates, row 2"):
        frame(candidate("A", **{name: -0.5}))


@pytest.mark.parametrize("name", ["admission", "removed"])
def test_dates_of_candidates_need_a_cut_off(name):
    rows = frame(candidate("A"), candidate("B", **{name: date(2016, 1, 4)}))
    require_cut_off(rows, CUT_OFF)
    require_cut_off(rows.iloc[:1], None)
    with pytest.raises(XlidxError, match=f"cut_off is blank though there are dates of {name}"):
        require_cut_off(rows, None)


def test_a_decision_holds_through_its_expiry_and_until_the_announcement():
    table = overrides(
        decision("A", "exclude", ANNOUNCED, CUT_OFF),  # decided on the day of the announcement, expires on the cut-off
        decision("B", "exclude", date(2016, 1, 4), date(2016, 2, 25)),  # expired the day before
        decision("C", "veto", date(2016, 3, 12)),
        decision("C", "add", date(2016, 3, 14)),
    )
    found = decisions_in_force(table, {"A", "B", "C"}, CUT_OFF, ANNOUNCED)
    assert found.because == {("A", "exclude"): "because (committee)"}
    assert found.notes == {
        "C": "veto decided on 2016-03-12, after 2016-03-11: too late; add decided on 2016-03-14, after 2016-03-11: "
        "too late"
    }
    assert decisions_in_force(None, set(), None, None).because == {}
    assert decisions_in_force(overrides(), set(), None, None).because == {}


@pytest.mark.parametrize(
    ("rows", "days", "words"),
    [
        ([decision("A", "add"), decision("A", "remove")], (CUT_OFF, ANNOUNCED), "A is both added and removed"),
        ([decision("Z", "add")], (CUT_OFF, ANNOUNCED), "there is no line Z to decide about - table overrides, row 2"),
        ([decision("A", "add")], (None, ANNOUNCED), "cut_off is blank"),
        ([decision("A", "add")], (CUT_OFF, None), "cut_off is blank"),
    ],
)
def test_decisions_that_do_not_fit_are_refused(rows, days, words):
    with pytest.raises(XlidxError, match=words):
        decisions_in_force(overrides(*rows), {"A", "B"}, *days)


def test_adding_one_line_and_removing_another_is_no_contradiction():
    rows = overrides(decision("A", "add"), decision("B", "remove"))
    assert set(decisions_in_force(rows, {"A", "B"}, CUT_OFF, ANNOUNCED).because) == {("A", "add"), ("B", "remove")}


def test_no_day_stays_none():
    assert as_day(None) is None
