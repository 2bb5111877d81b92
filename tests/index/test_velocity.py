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


YEAR = 252  # sessions: rows without dates are those of the whole window


def padded(values):
    """Return values of a few sessions, followed by sessions without a trade."""
    return np.concatenate((np.asarray(values, dtype=float), np.zeros(YEAR - len(values))))


def constant(dates, volume=1.0):
    return np.full(dates.size, volume)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_daily_ratios_are_added_not_averaged():
    # 50/1000 + 50/2000 over a float of 0.5; total over average shares would be 100/1500
    shares = np.repeat([1000.0, 2000.0], [1, YEAR - 1])
    assert velocity(padded([50.0, 50.0]), shares, 0.5) == pytest.approx(0.15, rel=1e-15)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
@pytest.mark.parametrize(
    ("raw", "factor"), [(0.0, 0.25), (0.07, 0.25), (0.25, 0.25), (0.2500001, 0.30), (0.47, 0.50), (1.0, 1.0)]
)
def test_float_is_rounded_up_and_at_least_a_quarter(raw, factor):
    assert turnover(padded(np.ones(3)), 10.0, raw).free_float.item() == factor
    assert velocity(padded(np.ones(3)), 10.0, raw) == pytest.approx(0.3 / factor, rel=1e-15)


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
    parts = turnover(np.full((YEAR, 2), [NAN, 1.0]), YEAR / 0.3, np.array([1.0, 1.0]))
    report = velocity_report(("A", "B"), parts)
    assert report["passes"].tolist() == ["no", "yes"]
    assert report["reason"].tolist() == [
        "no session counts, so there is no velocity",
        "velocity 30 % reaches 25 %",
    ]
    assert np.isnan(report.loc[0, "velocity"])


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_exactly_a_quarter_is_enough_whatever_the_binary_sum():
    for days in (240, 250, 254, 262):
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
    listed = np.concatenate((shares, np.full(YEAR - 4, 600.0)))
    assert velocity(padded(volumes), listed, 1.0) == pytest.approx(105 / 500 + 40 / 600, rel=1e-15)


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


TWO_MONTHS = sessions("XLIS", date(2015, 12, 28), CUT_OFF)  # the window of two months to 26 February
SIZE = TWO_MONTHS.size
company = st.tuples(
    st.lists(st.one_of(st.none(), st.integers(0, 500)), min_size=SIZE, max_size=SIZE),
    st.lists(st.integers(1, 10_000), min_size=SIZE, max_size=SIZE),
    st.integers(0, 20),
    st.one_of(st.none(), st.integers(0, SIZE - 1)),
)


@given(st.lists(company, min_size=1, max_size=4))
def test_against_whole_numbers(companies):
    dates, rules = TWO_MONTHS, VelocityRules(months=2)
    volumes = np.array([[NAN if v is None else v for v in c[0]] for c in companies], dtype=float).T
    shares = np.array([c[1] for c in companies], dtype=float).T
    raw = np.array([c[2] / 20 for c in companies])
    start = np.array(["NaT" if c[3] is None else dates[c[3]] for c in companies], dtype="datetime64[D]")
    first = [0 if c[3] is None else c[3] + 20 for c in companies]
    found = velocity(volumes, shares, raw, dates, None, start, "XLIS", rules=rules)
    expected = [slow(*c[:3], f) for c, f in zip(companies, first, strict=True)]
    assert found.tolist() == pytest.approx(expected, rel=1e-12, nan_ok=True)
    alone = [
        velocity(volumes[:, i], shares[:, i], raw[i], dates, None, start[i : i + 1], "XLIS", rules=rules)
        for i in range(len(companies))
    ]
    assert alone == pytest.approx(found.tolist(), rel=1e-14, nan_ok=True)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=20), st.integers(2, 50))
def test_a_split_changes_nothing(volumes, ratio):
    shares = np.full(YEAR, 5000.0)
    scale = np.where(np.arange(YEAR) >= len(volumes) // 2, ratio, 1.0)
    plain = velocity(padded(volumes), shares, 0.4)
    assert velocity(padded(volumes) * scale, shares * scale, 0.4) == pytest.approx(plain, rel=1e-14)


def test_one_number_of_shares_per_company_fits_a_matrix():
    found = velocity(np.ones((YEAR, 2)), np.array([10.0, 20.0]), np.array([1.0, 0.5]))
    assert found.tolist() == pytest.approx([25.2, 25.2], rel=1e-15)


@pytest.mark.parametrize(
    ("run", "kind", "words"),
    [
        (lambda: velocity(np.ones((3, 2)), np.ones(3), 1.0), Kind.SHAPE, "3 sessions and 2 companies"),
        (lambda: velocity(np.array([1.0, -1.0]), 10.0, 1.0), Kind.DOMAIN, "volumes is -1"),
        (lambda: velocity(np.ones(2), np.array([10.0, NAN]), 1.0), Kind.DOMAIN, "shares is not a number"),
        (lambda: velocity(np.ones(2), 0.0, 1.0), Kind.DOMAIN, "shares is 0"),
        (lambda: velocity(np.ones(YEAR), 10.0, 47.0), Kind.DOMAIN, "as a fraction"),
        (lambda: velocity(np.ones(2), 10.0, 1.0), Kind.NO_DATA, "2 rows are not the sessions of 12 months"),
        (lambda: velocity(np.ones(264), 10.0, 1.0), Kind.NO_DATA, "264 rows are not the sessions of 12 months"),
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


# 60 weekdays of 100 shares a day, 100 000 listed, float 0.5, admitted on the first: 20 of them do not count, the other
# 40 are scaled from 40 to the window of twelve months.
SHORT = np.busday_offset("2015-12-07", np.arange(60))


def short(dates=SHORT, listed=SHORT[0], cut_off=CUT_OFF, exchange=None):
    return velocity(np.full(dates.size, 100.0), 100_000.0, 0.5, dates, cut_off, listed, exchange)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_the_window_is_twelve_months_of_the_calendar_not_the_rows_handed_in():
    assert SHORT[-1] == np.datetime64(CUT_OFF)
    # 27 February 2015 to 26 February 2016 has 52 weeks and a Friday: 40 x 0.002 x 261 / 40 = 0.522
    assert np.busday_count("2015-02-27", "2016-02-27") == 261
    assert round(short(), 2) == 0.52
    assert short() == pytest.approx(40 * 0.002 * 261 / 40, rel=1e-14)
    assert short(cut_off=None) == short()
    # the same with blank rows in front, which is what a table of all companies holds
    weekdays = np.busday_offset("2015-02-27", np.arange(261))
    volumes = np.where(weekdays >= SHORT[0], 100.0, NAN)
    assert velocity(volumes, 100_000.0, 0.5, weekdays, CUT_OFF, SHORT[0]) == pytest.approx(short(), rel=1e-14)
    # with the calendar of the exchange the window has as many sessions as it had
    listed = SHORT[np.isin(SHORT, WINDOW)]
    assert short(listed, listed[0], exchange="XLIS") == pytest.approx(0.002 * WINDOW.size, rel=1e-14)
    parts = turnover(np.full(60, 100.0), 100_000.0, 0.5, SHORT, CUT_OFF, SHORT[0])
    assert velocity_report(("A",), parts).loc[0, ["window", "counted", "passes"]].tolist() == [261, 40.0, "yes"]


@pytest.mark.rule("psi20", "5.2.3 Velocity")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"listed": None}, "201 weekdays from 2015-02-27 on have no row"),
        ({"listed": SHORT[0] - 200}, "have no row"),
        ({"listed": SHORT[0] - 90}, "64 weekdays from 2015-09-08 on have no row"),
        ({"cut_off": date(2016, 3, 31)}, "24 weekdays from 2016-02-29 on have no row"),
        ({"cut_off": date(2016, 3, 31), "exchange": "XLIS"}, "2016-02-29 has no row"),
        ({"dates": SHORT[(SHORT[20] > SHORT) | (SHORT[30] < SHORT)]}, "11 weekdays from 2016-01-04 on have no row"),
        ({"dates": SHORT[np.arange(60) % 2 == 0]}, "30 weekdays of the window have no row, the first is 2015-12-08"),
        ({"listed": None, "exchange": "XLIS"}, "2015-02-27 has no row"),
    ],
)
def test_rows_that_do_not_reach_back_or_leave_out_sessions_are_refused(given, words):
    with pytest.raises(XlidxError, match=words) as caught:
        short(**given)
    assert caught.value.kind is Kind.NO_DATA


@pytest.mark.rule("psi20", "5.2.3 Velocity")
@pytest.mark.parametrize(("rows", "fine"), [(234, False), (235, True), (262, True), (263, False)])
def test_rows_without_dates_are_as_many_as_a_year_can_have_sessions(rows, fine):
    # A year has 260 weekdays (52 weeks and a Saturday) to 262 (52 weeks and two weekdays), 25 of them holidays at most.
    if fine:
        assert turnover(np.ones(rows), 1.0, 1.0).window == rows
    else:
        with pytest.raises(XlidxError, match=f"{rows} rows are not the sessions of 12 months"):
            turnover(np.ones(rows), 1.0, 1.0)


@pytest.mark.rule("psi20", "5.2.3 Velocity")
def test_without_a_calendar_a_year_may_have_25_holidays_and_half_a_year_12():
    year = np.busday_offset("2015-02-27", np.arange(261))
    for weekdays, months, most in ((year, 12, 25), (year[year > np.datetime64("2015-08-26")], 6, 12)):
        rules = VelocityRules(months=months)
        dates = np.delete(weekdays, np.arange(5, 5 + 10 * most, 10))
        assert turnover(constant(dates), 1.0, 1.0, dates, CUT_OFF, rules=rules).window == weekdays.size - most
        dates = np.delete(dates, 1)
        with pytest.raises(XlidxError, match=f"{most + 1} weekdays of the window have no row"):
            turnover(constant(dates), 1.0, 1.0, dates, CUT_OFF, rules=rules)


def test_without_a_calendar_an_exchange_may_be_closed_on_seven_weekdays_in_a_row():
    weekdays = np.busday_offset("2015-02-27", np.arange(261))
    dates = np.delete(weekdays, np.arange(100, 107))
    assert turnover(constant(dates), 1.0, 1.0, dates, CUT_OFF).window == 254
    dates = np.delete(weekdays, np.arange(100, 108))
    with pytest.raises(XlidxError, match=f"8 weekdays from {weekdays[100]} on have no row"):
        turnover(constant(dates), 1.0, 1.0, dates, CUT_OFF)


def test_holidays_are_no_missing_sessions():
    assert turnover(constant(WINDOW), 1.0, 1.0, WINDOW, CUT_OFF).window == WINDOW.size
    assert turnover(constant(WINDOW), 1.0, 1.0).window == WINDOW.size


def test_one_row_of_companies_reaches_back_as_far_as_the_oldest_needs():
    start = np.array([SHORT[0], SHORT[5]])
    volumes = np.full((60, 2), 100.0)
    found = velocity(volumes, 100_000.0, 0.5, SHORT, CUT_OFF, start)
    assert found.tolist() == pytest.approx([0.002 * 261, 0.002 * 261], rel=1e-14)
    with pytest.raises(XlidxError, match="201 weekdays from 2015-02-27 on have no row"):
        velocity(volumes, 100_000.0, 0.5, SHORT, CUT_OFF, np.array([SHORT[0], "NaT"], dtype="datetime64[D]"))


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
