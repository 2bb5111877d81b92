"""Watching a stop-loss: the first touch among ticks or bars, disruption, and the price of the period after it."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xlidx
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.stop_loss import first_stop_loss_date
from xlidx.turbo.watch import stop_loss_watch

TIMES = np.array(["2020-02-10T09:00", "2020-02-10T15:30", "2020-02-11T09:00", "2020-02-11T15:30", "2020-02-12T09:00"])
TIMES = TIMES.astype("datetime64[us]")


@pytest.mark.rule("ing_open_end_turbo", "C.10")
@pytest.mark.rule("ing_open_end_turbo", "C.11")
@pytest.mark.parametrize(
    ("side", "levels", "hours", "first", "level", "price"),
    [
        ("long", [101.0, 100.5, 100.0, 99.0, 98.0], 0, 2, 100.0, 100.0),  # touching counts; the tick alone
        ("long", [101.0, 100.5, 100.0, 99.0, 98.0], 6.5, 2, 100.0, 99.0),  # 9:00 to 15:30, ends included
        ("long", [101.0, 100.5, 100.0, 99.0, 98.0], 6.4, 2, 100.0, 100.0),
        ("long", [101.0, 99.5, 103.0, 99.9, 98.0], 24, 1, 99.5, 99.5),  # the lowest, not the last
        ("short", [99.0, 100.0, 97.0, 102.0, 101.0], 48, 1, 100.0, 102.0),
        ("short", [99.0, 99.9, 97.0, 99.0, 101.0], 48, 4, 101.0, 101.0),
    ],
)
def test_the_first_touch_and_the_worst_price_of_its_period(side, levels, hours, first, level, price):
    found = stop_loss_watch(side, 100.0, TIMES, np.array(levels), hours=hours)
    assert (found.event, found.moment, found.level, found.price) == (True, TIMES[first], level, price)
    assert found.until == TIMES[first] + np.timedelta64(round(hours * 60), "m")


def test_a_period_that_is_not_given_is_the_tick_of_the_event():
    found = stop_loss_watch("long", 100.0, TIMES, np.array([101.0, 100.5, 100.0, 99.0, 98.0]))
    assert (found.moment, found.until, found.price) == (TIMES[2], TIMES[2], 100.0)


def test_without_a_touch_there_is_no_event():
    found = stop_loss_watch("long", 90.0, TIMES, np.full(5, 91.0), hours=10)
    assert not found.event
    assert np.isnat(found.moment)
    assert np.isnat(found.until)
    assert np.isnan([found.level, found.price]).all()


@pytest.mark.rule("ing_open_end_turbo", "C.15")
def test_ticks_under_disruption_count_neither_for_the_event_nor_for_the_price():
    levels, masked = np.array([101.0, 95.0, 99.0, np.nan, 98.0]), np.array([False, True, False, True, False])
    found = stop_loss_watch("long", 100.0, TIMES, levels, disrupted=masked, hours=24)
    assert (found.moment, found.price) == (TIMES[2], 98.0)
    assert not stop_loss_watch("long", 100.0, TIMES, levels, disrupted=True).event
    with pytest.raises(XlidxError, match="low is not a number"):
        stop_loss_watch("long", 100.0, TIMES, levels)


def test_bars_and_a_stop_loss_that_moves_with_the_days():
    low, high = np.array([99.5, 99.0, 98.5, 98.0, 97.5]), np.array([101.0, 100.5, 100.0, 99.5, 99.0])
    barrier = np.array([99.0, 98.9, 98.6, 98.5, 98.4])
    found = stop_loss_watch("long", barrier, TIMES, low, high, hours=6.5)
    assert (found.moment, found.level, found.price) == (TIMES[2], 98.5, 98.0)
    above = stop_loss_watch("short", np.array([101.5, 101.0, 100.5, 99.0, 99.0]), TIMES, low, high)
    assert (above.moment, above.level) == (TIMES[3], 99.5)


@given(st.sampled_from(["long", "short"]), st.lists(st.floats(90, 110), min_size=1, max_size=12), st.floats(95, 105))
def test_over_days_it_agrees_with_the_first_date_of_a_path(side, levels, barrier):
    days = np.datetime64("2020-02-10") + np.arange(len(levels))
    date = first_stop_loss_date(side, barrier, np.array(levels), np.array(levels), days)
    found = stop_loss_watch(side, barrier, days, np.array(levels), hours=24 * 99)
    assert found.event == (not np.isnat(date))
    if found.event:
        assert found.moment == date
        left = levels[int(np.flatnonzero(days == date)[0]) :]
        assert found.price == (min(left) if side == "long" else max(left))


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"times": TIMES[::-1]}, Kind.DOMAIN, "sort the ticks"),
        ({"low": np.ones(3)}, Kind.SHAPE, "3 values for 5 times"),
        ({"high": np.full(5, 90.0)}, Kind.DOMAIN, "low is 95 but must not be above high"),
        ({"hours": -1.0}, Kind.DOMAIN, "hours is -1"),
        ({"stop_loss": 0.0}, Kind.DOMAIN, "stop-loss price is 0"),
        ({"side": "up"}, Kind.CHOICE, "use long, short"),
        ({"times": np.append(TIMES[:4], np.datetime64("NaT"))}, Kind.DOMAIN, "sort the ticks"),
    ],
)
def test_refusals(change, kind, words):
    terms = {"side": "long", "stop_loss": 90.0, "times": TIMES, "low": np.full(5, 95.0)} | change
    with pytest.raises(XlidxError, match=words) as caught:
        stop_loss_watch(**terms)
    assert caught.value.kind is kind


def test_in_a_cell_times_may_be_serial_numbers_dates_or_texts():
    times = [[43871.375], [dt.datetime(2020, 2, 10, 15, 30)], ["2020-02-11 09:00"]]
    found = xlidx.call("XI_TURBO_STOP_LOSS_WATCH", "long", 100, times, [[101], [99.5], [99.0]], None, None, 24)
    assert found[1] == [True, dt.datetime(2020, 2, 10, 15, 30), 99.5, dt.datetime(2020, 2, 11, 15, 30), 99.0]
    none = xlidx.call("XI_TURBO_STOP_LOSS_WATCH", "long", 90, times, [[101], [99.5], [99.0]])
    assert none[1] == [False, None, None, None, None]
    masked = [[False], [True], [False]]
    found = xlidx.call("XI_TURBO_STOP_LOSS_WATCH", "long", 100, times, [[101], [None], [99.0]], None, masked)
    assert found[1][1] == dt.datetime(2020, 2, 11, 9)
    assert xlidx.call("XI_TURBO_STOP_LOSS_WATCH", "long", 100, [[None]], [[101]]) == "#VALUE!"
