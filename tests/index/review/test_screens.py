"""Screens of a review, each on its limit and on either side of it."""

from datetime import date

import attrs
import pandas as pd
import pytest

from xlidx.errors import XlidxError
from xlidx.index.review import screens
from xlidx.index.review.tables import Decisions

CUT_OFF, PREVIOUS = date(2016, 2, 26), date(2015, 12, 21)  # a Friday; no holiday in Lisbon in the weeks before it
SETTING = screens.Setting(
    exchange="XLIS",
    cut_off=CUT_OFF,
    previous=PREVIOUS,
    float_test="raw",
    admission_days="before",
    screens=screens.Screens(sessions=10, minimum_float=0.15, velocity=0.25),
    step=0.05,
    decisions=Decisions({("PTA", "exclude"): "offer (committee)", ("PTB", "veto"): "offer (committee)"}),
)


def at(**values):
    """Return a candidate that passes every screen unless told otherwise."""
    days = dict.fromkeys(("admission", "removed"), pd.NaT)
    row = {"isin": "PTC", "segment": "continuous", "instrument": "ordinary", "free_float": 1.0, "velocity": 0.5}
    return row | days | {name: pd.Timestamp(value) if name in days else value for name, value in values.items()}


@pytest.mark.rule("psi20", "5.2.2")
@pytest.mark.parametrize(
    ("admission", "days", "text"),
    [
        # 12 February, 15 to 19, 22 to 25: ten sessions, and with the 26th itself eleven.
        ("2016-02-12", "before", ""),
        ("2016-02-15", "before", "listed 9 sessions before the cut-off, fewer than 10"),
        ("2016-02-15", "through", ""),
        ("2016-02-16", "through", "listed 9 sessions before the cut-off, fewer than 10"),
        ("2016-02-25", "before", "listed 1 sessions before the cut-off, fewer than 10"),
        ("2016-02-26", "before", "listed 0 sessions before the cut-off, fewer than 10"),
        ("2016-02-26", "through", "listed 1 sessions before the cut-off, fewer than 10"),
        ("2016-03-01", "through", "listed 0 sessions before the cut-off, fewer than 10"),
        ("1900-01-01", "before", ""),
        (None, "before", ""),
    ],
)
def test_sessions_since_the_admission(admission, days, text):
    assert screens.too_new(at(admission=admission), attrs.evolve(SETTING, admission_days=days)) == text


def test_without_a_cut_off_no_line_is_too_new():
    assert screens.too_new(at(admission="2016-02-25"), attrs.evolve(SETTING, cut_off=None)) == ""


@pytest.mark.rule("psi20", "5.2.2")
def test_segment_and_instrument():
    assert screens.not_continuous(at(), SETTING) == ""
    assert screens.not_continuous(at(segment="auction"), SETTING) == "not traded on the continuous segment"
    kinds = ("ordinary", "preference", "convertible preference", "loan stock", "warrant", "right", "derivative")
    texts = [(screens.convertible(at(instrument=k), SETTING), screens.derivative(at(instrument=k), SETTING))
             for k in kinds]  # fmt: skip
    assert texts == [
        ("", ""), ("", ""), ("convertible preference, not converted", ""), ("loan stock, not converted", ""),
        ("", "warrant, a derivative security"), ("", "right, a derivative security"),
        ("", "derivative, a derivative security"),
    ]  # fmt: skip


@pytest.mark.rule("psi20", "5.2.2(e)")
def test_free_float_as_it_is_or_rounded_up():
    # 12 % rounds up to 15 %; as it is it is too little.  1 - 0.85 is 0.15000000000000002 in binary.
    band = attrs.evolve(SETTING, float_test="band")
    assert [screens.closely_held(at(free_float=f), SETTING) for f in (0.15, 1 - 0.85, 0.1 + 0.05)] == [""] * 3
    assert screens.closely_held(at(free_float=0.12), SETTING) == "free float 12 % is below 15 %"
    assert screens.closely_held(at(free_float=0.12), band) == ""
    assert screens.closely_held(at(free_float=0.1), band) == "free float 10 % is below 15 %"


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_velocity_on_its_limit_below_it_and_unknown():
    assert screens.too_slow(at(velocity=0.25), SETTING) == ""
    assert screens.too_slow(at(velocity=0.2499), SETTING) == "velocity 24.99 % is below 25 %"
    assert screens.too_slow(at(velocity=float("nan")), SETTING) == "no velocity is known"


def test_a_removal_counts_after_the_effective_date_before():
    assert screens.removed(at(removed="2015-12-21"), SETTING) == ""
    assert screens.removed(at(removed="2015-12-22"), SETTING) == (
        "removed on 2015-12-22, after the effective date 2015-12-21"
    )
    assert screens.removed(at(), SETTING) == ""
    assert screens.removed(at(removed="2015-12-22"), attrs.evolve(SETTING, previous=None)) == ""


def test_only_a_decision_to_exclude_excludes():
    assert screens.excluded(at(isin="PTA"), SETTING) == "excluded by decision: offer (committee)"
    assert [screens.excluded(at(isin=isin), SETTING) for isin in ("PTB", "PTC")] == ["", ""]


def test_every_screen_that_fails_is_a_finding_and_a_waiver_is_noted():
    frame = pd.DataFrame([at(segment="other", free_float=0.1), at(), at(segment="auction")])
    listed = [("a", screens.not_continuous), ("b", screens.closely_held)]
    found = screens.screened(frame, SETTING, listed, [(), (), ("a",)])
    assert [[(one.clause, one.waived) for one in row] for row in found] == [
        [("a", False), ("b", False)], [], [("a", True)],
    ]  # fmt: skip


@pytest.mark.parametrize("change", [{"float_test": "rounded"}, {"admission_days": "after"}])
def test_words_that_are_none(change):
    with pytest.raises(XlidxError, match=next(iter(change))):
        attrs.evolve(SETTING, **change)
