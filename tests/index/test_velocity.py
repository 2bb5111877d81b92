from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.calendars import sessions
from xlidx.errors import Kind, XlidxError
from xlidx.index.velocity import (
    VelocityRules,
    explain_velocity,
    reaches,
    regulated_volume,
    split_up_history,
    turnover,
    velocity,
    velocity_report,
)
from xlidx.rules import references

NAN = float("nan")
CUT_OFF = date(2016, 2, 26)
WINDOW = sessions("XLIS", date(2015, 2, 27), CUT_OFF)
LONG = sessions("XLIS", date(2014, 11, 3), date(2016, 3, 31))


def constant(dates, volume=1.0):
    return np.full(dates.size, volume)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_daily_ratios_are_added_not_averaged():
    # 50/1000 + 50/2000 over a float of 0.5; total over average shares would be 100/1500
    assert velocity(np.array([50.0, 50.0]), np.array([1000.0, 2000.0]), 0.5) == pytest.approx(0.15, rel=1e-15)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
@pytest.mark.parametrize(
    ("raw", "factor"), [(0.0, 0.25), (0.07, 0.25), (0.25, 0.25), (0.2500001, 0.30), (0.47, 0.50), (1.0, 1.0)]
)
def test_float_is_rounded_up_and_at_least_a_quarter(raw, factor):
    assert turnover(np.ones(3), 10.0, raw).free_float.item() == factor
    assert velocity(np.ones(3), 10.0, raw) == pytest.approx(0.3 / factor, rel=1e-15)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_window_is_after_the_day_twelve_months_before_up_to_the_cut_off():
    parts = turnover(constant(LONG), 1.0, 1.0, LONG, CUT_OFF, None, "XLIS")
    assert parts.window == WINDOW.size
    assert parts.total.item() == WINDOW.size
    # 26 February 2015 was a Thursday with trading: it belongs to the window only when included
    both = turnover(constant(LONG), 1.0, 1.0, LONG, CUT_OFF, None, "XLIS", "included")
    assert both.window == WINDOW.size + 1


def test_window_of_a_leap_day_starts_after_the_28th():
    dates = sessions("XLIS", date(2007, 2, 20), date(2008, 2, 29))
    parts = turnover(constant(dates), 1.0, 1.0, dates, date(2008, 2, 29), None, "XLIS")
    assert parts.window == sessions("XLIS", date(2007, 3, 1), date(2008, 2, 29)).size


@pytest.mark.rule("psi20", "5.2.3 Velocity")
@pytest.mark.parametrize(("listed", "counted"), [(19, 0), (20, 0), (21, 1), (120, 100)])
def test_first_twenty_sessions_do_not_count_and_the_rest_is_scaled(listed, counted):
    volumes = np.where(np.arange(WINDOW.size) >= WINDOW.size - listed, 2.0, NAN)
    start = WINDOW[-listed]
    parts = turnover(volumes, 1000.0, 1.0, WINDOW, CUT_OFF, start)
    assert parts.counted.item() == counted
    expected = 0.002 * WINDOW.size if counted else NAN
    assert velocity(volumes, 1000.0, 1.0, WINDOW, CUT_OFF, start) == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_twenty_sessions_that_began_before_the_window_run_into_it():
    before = int(np.searchsorted(LONG, WINDOW[0]))
    start = LONG[before - 12]
    parts = turnover(constant(LONG), 1.0, 1.0, LONG, CUT_OFF, start)
    assert parts.counted.item() == WINDOW.size - 8
    with pytest.raises(XlidxError, match="shortly before the first row"):
        turnover(constant(WINDOW), 1.0, 1.0, WINDOW, CUT_OFF, start)
    long_ago = turnover(constant(WINDOW), 1.0, 1.0, WINDOW, CUT_OFF, WINDOW[0] - 60)
    assert long_ago.counted.item() == WINDOW.size


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_a_company_without_any_session_fails_and_says_so():
    parts = turnover(np.full((3, 2), [NAN, 1.0]), 10.0, np.array([1.0, 1.0]))
    report = velocity_report(("A", "B"), parts)
    assert report["passes"].tolist() == ["no", "yes"]
    assert report["reason"].tolist() == [
        "no session counts, so there is no velocity",
        "velocity 30 % reaches 25 %",
    ]
    assert np.isnan(report.loc[0, "velocity"])


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_exactly_a_quarter_is_enough_whatever_the_binary_sum():
    for days in (10, 25, 250, 254):
        volumes = np.full(days, 0.25 / days)
        assert velocity_report(("A",), turnover(volumes, 1.0, 1.0))["passes"].tolist() == ["yes"]
        assert velocity_report(("A",), turnover(volumes * 0.999999, 1.0, 1.0))["passes"].tolist() == ["no"]
    near = 0.35 - 0.1  # 0.24999999999999997 in binary
    assert near < 0.25
    assert reaches(np.array([0.25, near, 0.2499999999, NAN]), 0.25).tolist() == [True, True, False, False]


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_split_up_gives_the_parents_volume_by_the_ratio():
    days = np.arange("2016-05-02", "2016-05-06", dtype="datetime64[D]")
    parent, child = np.array([100.0, 200.0, 50.0, 60.0]), np.array([NAN, NAN, 30.0, 40.0])
    listed = np.array([NAN, NAN, 500.0, 600.0])
    volumes, shares = split_up_history(parent, child, listed, 0.25, days, date(2016, 5, 4))
    assert volumes.tolist() == [25.0, 50.0, 30.0, 40.0]
    assert shares.tolist() == [500.0, 500.0, 500.0, 600.0]
    # no session is dropped and nothing scaled: (25 + 50 + 30) / 500 + 40 / 600
    assert velocity(volumes, shares, 1.0) == pytest.approx(105 / 500 + 40 / 600, rel=1e-15)


@pytest.mark.rule("psi20", "8.5")
def test_regulated_volume_adds_both_venues():
    volume = regulated_volume(np.array([1000.0, 0.0, 5.0]), np.array([250.0, 40.0, NAN]))
    assert volume[:2].tolist() == [1250.0, 40.0]
    assert np.isnan(volume[2])
    assert regulated_volume(7.0) == 7.0


def slow(volumes, shares, twentieths, first):
    """Return the velocity of one company in whole numbers, read from the text of 5.2.3."""
    free = Fraction(max(twentieths, 5), 20)
    counted = [(v, q) for i, (v, q) in enumerate(zip(volumes, shares, strict=True)) if i >= first and v is not None]
    if not counted:
        return NAN
    daily = sum((Fraction(v) / (q * free) for v, q in counted), Fraction())
    return float(daily * len(volumes) / len(counted))


company = st.tuples(
    st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=30, max_size=30),
    st.lists(st.integers(1, 10_000), min_size=30, max_size=30),
    st.integers(0, 20),
    st.one_of(st.none(), st.integers(0, 29)),
)


@given(st.lists(company, min_size=1, max_size=4))
def test_against_whole_numbers(companies):
    dates = WINDOW[:30]
    volumes = np.array([[NAN if v is None else v for v in c[0]] for c in companies], dtype=float).T
    shares = np.array([c[1] for c in companies], dtype=float).T
    raw = np.array([c[2] / 20 for c in companies])
    start = np.array(["NaT" if c[3] is None else dates[c[3]] for c in companies], dtype="datetime64[D]")
    first = [0 if c[3] is None else c[3] + 20 for c in companies]
    found = velocity(volumes, shares, raw, dates, None, start)
    expected = [slow(*c[:3], f) for c, f in zip(companies, first, strict=True)]
    assert found.tolist() == pytest.approx(expected, rel=1e-12, nan_ok=True)
    alone = [
        velocity(volumes[:, i], shares[:, i], raw[i], dates, None, start[i : i + 1]) for i in range(len(companies))
    ]
    assert alone == pytest.approx(found.tolist(), rel=1e-14, nan_ok=True)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=20), st.integers(2, 50))
def test_a_split_changes_nothing(volumes, ratio):
    shares = np.full(len(volumes), 5000.0)
    after = np.arange(len(volumes)) >= len(volumes) // 2
    scale = np.where(after, ratio, 1.0)
    plain = velocity(np.array(volumes, dtype=float), shares, 0.4)
    assert velocity(np.array(volumes) * scale, shares * scale, 0.4) == pytest.approx(plain, rel=1e-14)


def test_one_number_of_shares_per_company_fits_a_matrix():
    found = velocity(np.ones((4, 2)), np.array([10.0, 20.0]), np.array([1.0, 0.5]))
    assert found.tolist() == pytest.approx([0.4, 0.4], rel=1e-15)


@pytest.mark.parametrize(
    ("run", "kind", "words"),
    [
        (lambda: velocity(np.ones((3, 2)), np.ones(3), 1.0), Kind.SHAPE, "3 sessions and 2 companies"),
        (lambda: velocity(np.array([1.0, -1.0]), 10.0, 1.0), Kind.DOMAIN, "volumes is -1"),
        (lambda: velocity(np.ones(2), np.array([10.0, NAN]), 1.0), Kind.DOMAIN, "shares is not a number"),
        (lambda: velocity(np.ones(2), 0.0, 1.0), Kind.DOMAIN, "shares is 0"),
        (lambda: velocity(np.ones(2), 10.0, 47.0), Kind.DOMAIN, "as a fraction"),
        (lambda: velocity(np.ones(2), 10.0, 1.0, None, CUT_OFF), Kind.MISSING, "without dates"),
        (lambda: velocity(np.ones(2), 10.0, 1.0, WINDOW[:3]), Kind.SHAPE, "dates has 3 values"),
        (lambda: velocity(np.ones(2), 10.0, 1.0, WINDOW[1::-1]), Kind.DOMAIN, "rise from row to row"),
        (lambda: velocity(np.ones(2), 10.0, 1.0, WINDOW[:2], None, WINDOW[:2]), Kind.SHAPE, "listed_from"),
        (lambda: velocity(np.ones(2), 10.0, 1.0, first_day="both"), Kind.CHOICE, "first_day 'both'"),
        (lambda: VelocityRules(minimum_float=25.0), Kind.DOMAIN, "minimum_float is 25"),
        (lambda: VelocityRules(dropped=-1), Kind.DOMAIN, "dropped is -1"),
        (lambda: VelocityRules(months=0), Kind.DOMAIN, "months is 0"),
        (lambda: explain_velocity(np.ones((3, 2)), 1.0, 1.0), Kind.SHAPE, "one company at a time"),
        (lambda: regulated_volume(-1.0), Kind.DOMAIN, "order_book is -1"),
    ],
)
def test_refusals(run, kind, words):
    with pytest.raises(XlidxError) as caught:
        run()
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_missing_and_strange_sessions_are_named():
    gap = np.delete(WINDOW, 5)
    with pytest.raises(XlidxError, match=f"{WINDOW[5]} has no row") as caught:
        velocity(constant(gap), 1.0, 1.0, gap, CUT_OFF, None, "XLIS")
    assert caught.value.kind is Kind.NO_DATA
    good_friday = np.sort(np.append(WINDOW, np.datetime64("2015-04-03")))
    with pytest.raises(XlidxError, match="2015-04-03 is no session of XLIS"):
        velocity(constant(good_friday), 1.0, 1.0, good_friday, CUT_OFF, None, "XLIS")


def test_split_up_refusals():
    days = np.arange("2016-05-02", "2016-05-04", dtype="datetime64[D]")
    two = np.ones(2)
    with pytest.raises(XlidxError, match="ratio is 0"):
        split_up_history(two, two, two, 0.0, days, date(2016, 5, 3))
    with pytest.raises(XlidxError, match="differ in size"):
        split_up_history(two, two, np.ones(3), 1.0, days, date(2016, 5, 3))
    with pytest.raises(XlidxError, match="no listed shares from 2016-05-03 on"):
        split_up_history(two, two, two * NAN, 1.0, days, date(2016, 5, 3))


def test_explanation_ends_with_the_velocity():
    volumes, start = constant(WINDOW), WINDOW[0] + np.timedelta64(100, "D")
    arguments = (volumes, 1000.0, 0.33, WINDOW, CUT_OFF + timedelta(days=0), start)
    steps = explain_velocity(*arguments)
    values = {step.symbol: step.value for step in steps}
    assert values["V"] == velocity(*arguments)
    assert values["V"] == pytest.approx(values["sum"] * values["T"] / values["n"], rel=1e-15)
    assert values["F"] == 0.35
    assert all(type(step.value) is float and "5.2.3 Velocity" in step.rule for step in steps)


def test_rules_are_attached():
    assert references(velocity) == references(split_up_history) == (("psi20", "5.2.3 Velocity"),)
    assert references(regulated_volume) == (("psi20", "8.5"),)
