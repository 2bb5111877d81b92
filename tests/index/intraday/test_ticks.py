from datetime import date, datetime, time, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.index.intraday.ticks import (
    Hours,
    dissemination_grid,
    last_known,
    moment,
    read_ticks,
    require_day,
    sorted_ticks,
    to_microseconds,
    without_cancelled,
)

HEADER = ["time", "isin", "price"]


def at(text):
    return np.datetime64(f"2016-03-18T{text}", "us")


def ticks(*rows, cancelled=None):
    times = np.array([at(row[0]) for row in rows], dtype="datetime64[us]")
    return sorted_ticks(times, [row[1] for row in rows], np.array([row[2] for row in rows], dtype=float), cancelled)


# 18 March 2016 is day 42447 of Excel; 09:00:15 is 32 415 s, as a fraction of a day no finite binary number.
@pytest.mark.parametrize(
    "cell",
    [
        42447.0 + 32415 / 86400,
        "2016-03-18 09:00:15",
        " 2016-03-18T09:00:15.000 ",
        datetime(2016, 3, 18, 9, 0, 15),
        np.datetime64("2016-03-18T09:00:15", "ns"),
        np.datetime64("2016-03-18T09:00:15", "s"),
    ],
)
def test_moments_are_read_alike(cell):
    assert moment(cell, "B2") == at("09:00:15")


@pytest.mark.parametrize("cell", [0.375, "09:00", time(9)])
def test_times_of_day_alone_belong_to_day_0(cell):
    assert moment(cell, "B2") == np.datetime64("1899-12-30T09:00", "us")


def test_a_day_is_its_midnight_and_text_keeps_microseconds():
    assert moment(date(2016, 3, 18), "B2") == moment(42447.0, "B2") == at("00:00")
    assert moment("2016-03-18 09:00:15.000001", "B2") == at("09:00:15.000001")
    assert to_microseconds(np.datetime64("2016-03-18", "D")) == at("00:00")


@given(st.integers(0, 5760), st.integers(61, 100_000))
def test_every_serial_time_of_the_grid_is_exactly_on_the_grid(step, day):
    found = moment(day + step * 15 / 86400, "B2")
    assert found == np.datetime64("1899-12-30", "us") + np.timedelta64(day, "D") + np.timedelta64(step * 15, "s")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("soon", Kind.TYPE),
        (True, Kind.TYPE),
        (30.0, Kind.TYPE),
        (-1.0, Kind.TYPE),
        (1.0, Kind.TYPE),
        (2_958_466.0, Kind.TYPE),  # the day after 31 December 9999
        (float("nan"), Kind.TYPE),
        (datetime(2016, 3, 18, tzinfo=timezone(timedelta(hours=1))), Kind.TYPE),
        ("2016-03-18T09:00:00+01:00", Kind.TYPE),
        (np.datetime64("NaT"), Kind.TYPE),
        (None, Kind.MISSING),
        (ErrorValue.NA, Kind.PROPAGATED),
    ],
)
def test_what_is_no_moment_is_refused(cell, kind):
    with pytest.raises(XlidxError, match="B2") as caught:
        moment(cell, "B2")
    assert caught.value.kind is kind


@pytest.mark.rule("psi20", "3.1.2")
def test_ticks_are_sorted_stably_and_cancelled_ones_marked():
    rows = [
        ["Price", "ISIN", "Time", "Cancelled"],
        [12.0, "A", "2016-03-18 09:02", None],
        [11.0, "A", "2016-03-18 09:01", "no"],
        [99.0, "A", "2016-03-18 09:03", True],
        [20.0, "B", datetime(2016, 3, 18, 9, 1), False],
        [98.0, "A", "2016-03-18 09:03", "yes"],
        [13.0, "A", "2016-03-18 09:02", 0.0],
        [97.0, "A", "2016-03-18 09:03", 1.0],
    ]
    every = read_ticks(rows)
    assert every.ids == ("A", "B", "A", "A", "A", "A", "A")
    assert every.cancelled.tolist() == [False] * 4 + [True] * 3
    found = without_cancelled(every)
    assert found.ids == ("A", "B", "A", "A")
    assert found.prices.tolist() == [11.0, 20.0, 12.0, 13.0]
    assert found.times.tolist() == [datetime(2016, 3, 18, 9, minute) for minute in (1, 1, 2, 2)]


def test_cells_left_out_at_the_end_of_a_row_are_blanks():
    rows = [
        [*HEADER, "cancelled at", "cancelled"],
        ["2016-03-18 09:00", "A", 1.0],
        ["2016-03-18 09:01", "A", 2.0, None],
    ]
    assert read_ticks(rows).cancelled.tolist() == [False, False]


@pytest.mark.parametrize(
    ("rows", "kind", "words"),
    [
        ([HEADER, ["later", "A", 1.0]], Kind.TYPE, "table ticks, row 2, column time"),
        ([HEADER, [None, "A", 1.0]], Kind.MISSING, "time is blank"),
        ([HEADER, [ErrorValue.REF, "A", 1.0]], Kind.PROPAGATED, "row 2, column time"),
        ([HEADER, ["2016-03-18 09:00", "A", 0.0]], Kind.DOMAIN, "price is 0 but must be above 0"),
        ([HEADER, ["2016-03-18 09:00", "A", None]], Kind.MISSING, "row 2, column price"),
        ([["time", "price"], ["2016-03-18 09:00", 1.0]], Kind.MISSING, "column isin is missing"),
        ([["isin", "price"], ["A", 1.0]], Kind.MISSING, "column time is missing"),
        ([[*HEADER, "cancelled"], ["2016-03-18 09:00", "A", 1.0, "maybe"]], Kind.CHOICE, "'maybe' is not known"),
        (
            [[*HEADER, "cancelled at"], ["2016-03-18 09:00", "A", 1.0, "2016-03-18 08:59"]],
            Kind.DOMAIN,
            "cancelled before it was made - table ticks, row 2, column cancelled_at",
        ),
        ([], Kind.MISSING, "row 1"),
    ],
)
def test_a_bad_tick_table_is_refused(rows, kind, words):
    with pytest.raises(XlidxError) as caught:
        read_ticks(rows)
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_bad_columns_of_ticks_are_refused():
    times = np.array(["2016-03-18T09:00"], dtype="datetime64[us]")
    with pytest.raises(XlidxError, match="differ in length"):
        sorted_ticks(times, ["A", "B"], np.array([1.0]))
    with pytest.raises(XlidxError, match="not a number but must be above 0"):
        sorted_ticks(times, ["A"], np.array([np.nan]))
    with pytest.raises(XlidxError, match="a trade has no time"):
        sorted_ticks(np.array(["NaT"], dtype="datetime64[us]"), ["A"], np.array([1.0]))


@pytest.mark.rule("psi20", "3.1.2")
def test_the_grid_of_a_full_day_and_of_an_early_close():
    # 09:00 to 17:30 is 8.5 h = 30 600 s = 2040 steps; 24 December closes at 13:30 after 4.5 h = 1080 steps.
    full = dissemination_grid(Hours(at("09:00"), at("17:30")))
    early = dissemination_grid(Hours(at("09:00"), at("13:30")))
    assert (full.size, full[0], full[1], full[-1]) == (2041, at("09:00"), at("09:00:15"), at("17:30"))
    assert (early.size, early[-1]) == (1081, at("13:30"))


@pytest.mark.rule("psi20", "3.1.2")
def test_the_grid_ends_at_or_before_the_close_and_the_present():
    hours = Hours(at("09:00"), at("09:00:40"))
    assert dissemination_grid(hours).tolist() == [at("09:00").item(), at("09:00:15").item(), at("09:00:30").item()]
    assert dissemination_grid(hours, at("09:00:15"))[-1] == at("09:00:15")
    assert dissemination_grid(hours, at("09:00:14.999999"))[-1] == at("09:00")
    assert dissemination_grid(hours, at("17:00"))[-1] == at("09:00:30")
    assert dissemination_grid(Hours(at("09:00"), at("09:00:40"), 20.0)).size == 3


@pytest.mark.parametrize(
    ("hours", "until", "words"),
    [
        (Hours(at("09:00"), at("08:59")), None, "lies before the open"),
        (Hours(at("09:00"), at("17:30")), at("08:59"), "lies before the open"),
        (Hours(np.datetime64("NaT", "us"), at("17:30")), None, "before the open"),
        (Hours(at("09:00"), at("17:30"), 0.0), None, "step is 0"),
    ],
)
def test_bad_hours_are_refused(hours, until, words):
    with pytest.raises(XlidxError, match=words):
        dissemination_grid(hours, until)


@pytest.mark.rule("psi20", "3.1.2")
@pytest.mark.rule("psi20", "4.2")
def test_last_known_price_at_or_before_each_moment():
    found = ticks(
        ("09:00:30", "A", 12.0),
        ("09:00:15", "A", 11.0),  # exactly on the grid: counts at once
        ("09:00:15.000001", "B", 20.0),  # a microsecond late: counts 15 seconds later
        ("09:00:29", "USD", 0.9),
        ("09:00:29.5", "USD", 0.8),
        ("09:00:05", "X", 7.0),
    )
    grid = dissemination_grid(Hours(at("09:00"), at("09:00:45")))
    nan = np.nan
    expected = [[nan, nan, nan], [11.0, nan, nan], [12.0, 20.0, 0.8], [12.0, 20.0, 0.8]]
    np.testing.assert_array_equal(last_known(found, ["A", "B", "USD"], grid), expected)


@pytest.mark.rule("psi20", "3.1.2")
def test_of_two_ticks_at_one_moment_the_later_row_counts():
    grid = np.array([at("09:00:15")])
    first, second = ("09:00:10", "A", 11.0), ("09:00:10", "A", 12.0)
    assert last_known(ticks(first, second), ["A"], grid).tolist() == [[12.0]]
    assert last_known(ticks(second, first), ["A"], grid).tolist() == [[11.0]]


def test_a_thousand_ticks_at_two_moments_keep_the_order_of_the_table():
    rows = [("09:00:10" if k % 2 else "09:00:05", "A", 1.0 + k) for k in range(1000)]
    prices = ticks(*rows).prices.tolist()
    assert prices == [1.0 + k for k in range(0, 1000, 2)] + [1.0 + k for k in range(1, 1000, 2)]


SECONDS = st.integers(0, 90)
TRADES = st.lists(st.tuples(SECONDS, st.sampled_from("ABCX"), st.floats(0.01, 1e6)), max_size=40)


@pytest.mark.rule("psi20", "3.1.2")
@given(TRADES)
def test_last_known_agrees_with_a_search_by_hand(trades):
    day = at("09:00")
    times = day + np.array([second for second, _, _ in trades], dtype="timedelta64[s]")
    found = sorted_ticks(times, [name for _, name, _ in trades], np.array([price for *_, price in trades]))
    grid = dissemination_grid(Hours(day, at("09:01:15")))
    table = last_known(found, "ABC", grid)
    for row, second in enumerate(range(0, 76, 15)):
        for column, name in enumerate("ABC"):
            seen = [(s, k) for k, (s, who, _) in enumerate(trades) if who == name and s <= second]
            wanted = trades[max(seen)[1]][2] if seen else np.nan
            np.testing.assert_equal(table[row, column], wanted)


@given(st.permutations(range(12)))
def test_the_order_of_ticks_at_distinct_times_does_not_matter(order):
    rows = [(f"09:00:{5 * k:02d}", "AB"[k % 2], 10.0 + k) for k in range(12)]
    grid = dissemination_grid(Hours(at("09:00"), at("09:01")))
    mixed = ticks(*(rows[k] for k in order))
    np.testing.assert_array_equal(last_known(mixed, "AB", grid), last_known(ticks(*rows), "AB", grid))


def test_ticks_of_another_day_are_no_prices_of_today():
    hours = Hours(at("09:00"), at("17:30"))
    require_day(ticks(("08:55", "A", 1.0)), hours)
    with pytest.raises(XlidxError, match="the tick of A at 2016-03-17"):
        require_day(sorted_ticks(np.array(["2016-03-17T17:00"], dtype="datetime64[us]"), ["A"], np.ones(1)), hours)
