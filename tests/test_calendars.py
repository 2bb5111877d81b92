import calendar
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlidx.calendars import FRIDAY, is_session, nth_weekday, session_offset, session_on_or_before, sessions
from xlidx.errors import Kind, XlidxError

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
# Euronext calendar 2016: closed on New Year's Day, Good Friday, Easter Monday, and on 26 December
# (May Day and Christmas Day fall on a Sunday).
CLOSED_2016 = {date(2016, 1, 1), date(2016, 3, 25), date(2016, 3, 28), date(2016, 12, 26)}


def weekdays(start, end):
    days = (start + timedelta(days=i) for i in range((end - start).days + 1))
    return [day for day in days if day.weekday() < 5]


def test_lisbon_sessions_of_2016():
    start, end = date(2016, 1, 1), date(2016, 12, 31)
    expected = [day for day in weekdays(start, end) if day not in CLOSED_2016]
    assert len(expected) == 257
    assert sessions("XLIS", start, end).tolist() == expected
    assert sessions("XLIS", start, end).dtype == np.dtype("datetime64[D]")


def test_exchanges_keep_their_own_holidays():
    # 4 July 2016: New York closed, Frankfurt open.  Good Friday 2016: both closed.
    assert not is_session("XNYS", date(2016, 7, 4))
    assert is_session("XETR", date(2016, 7, 4))
    assert not is_session("XNYS", date(2016, 3, 25))
    assert not is_session("XETR", date(2016, 3, 25))
    assert is_session(" xlis ", date(2016, 3, 24))


@settings(deadline=None)  # the first call builds the calendar
@given(DAYS)
def test_session_on_or_before_is_the_last_session_so_far(day):
    found = session_on_or_before("XLIS", day)
    assert found <= day
    assert is_session("XLIS", found)
    assert sessions("XLIS", found, day).size == 1
    assert (found == day) == is_session("XLIS", day)


@settings(deadline=None)  # the first call builds the calendar
@given(DAYS, st.integers(-300, 300))
def test_offset_counts_sessions(day, count):
    start = session_on_or_before("XLIS", day)
    end = session_offset("XLIS", start, count)
    assert sessions("XLIS", min(start, end), max(start, end)).size == abs(count) + 1
    assert session_offset("XLIS", end, -count) == start


@pytest.mark.rule("psi20", "5.1.2")
def test_review_fridays_of_2016():
    cut_offs = [nth_weekday(2016, month, FRIDAY, -1) for month in (2, 5, 8, 11)]
    effective = [nth_weekday(2016, month, FRIDAY, 3) for month in (3, 6, 9, 12)]
    assert [f"{day:%d.%m.}" for day in cut_offs] == ["26.02.", "27.05.", "26.08.", "25.11."]
    assert [f"{day:%d.%m.}" for day in effective] == ["18.03.", "17.06.", "16.09.", "16.12."]


@pytest.mark.rule("psi20", "5.1.2")
def test_third_friday_can_be_good_friday():
    good_friday = nth_weekday(2008, 3, FRIDAY, 3)
    assert good_friday == date(2008, 3, 21)
    assert not is_session("XLIS", good_friday)
    assert session_on_or_before("XLIS", good_friday) == date(2008, 3, 20)


@given(
    st.integers(1990, 2060),
    st.integers(1, 12),
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, -1, -2, -3, -4]),
)
def test_nth_weekday_against_the_month_sheet(year, month, weekday, n):
    sheet = calendar.Calendar().monthdatescalendar(year, month)
    days = [week[weekday] for week in sheet if week[weekday].month == month]
    assert nth_weekday(year, month, weekday, n) == (days[n - 1] if n > 0 else days[n])


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: sessions("XXXX", date(2016, 1, 1), date(2016, 1, 2)),
            Kind.CHOICE,
            "exchange 'XXXX' is not known",
        ),
        (lambda: sessions("XLIS", date(2016, 1, 2), date(2016, 1, 1)), Kind.DOMAIN, "is after end"),
        (
            lambda: sessions("XLIS", date(1980, 1, 1), date(2016, 1, 1)),
            Kind.NO_DATA,
            "calendar of XLIS covers",
        ),
        (
            lambda: sessions("XLIS", date(2016, 1, 1), date(2101, 1, 1)),
            Kind.NO_DATA,
            "calendar of XLIS covers",
        ),
        (
            lambda: session_offset("XLIS", date(2016, 3, 25), 1),
            Kind.DOMAIN,
            "2016-03-25 is not a session of XLIS",
        ),
        (lambda: session_offset("XLIS", date(2016, 3, 24), 10**6), Kind.NO_DATA, "leave the calendar"),
        (lambda: session_offset("XLIS", date(2016, 3, 24), -(10**6)), Kind.NO_DATA, "leave the calendar"),
    ],
)
def test_refusals(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)
