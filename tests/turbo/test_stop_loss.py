import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo import reference
from tests.turbo.answers import columns, rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo import stop_loss as sl

SIDES = st.sampled_from(["long", "short"])
LEVELS = st.decimals("0.5", "50000", places=2)
PREMIUMS = st.decimals("0", "0.20", places=4)
UNITS = st.sampled_from([Decimal(unit) for unit in ("0.0001", "0.01", "0.05", "0.1", "0.25", "1")])


@pytest.mark.rule("ing_open_end_turbo", "C.8")
@pytest.mark.rule("ing_open_end_turbo", "C.9")
@pytest.mark.parametrize("row", rows("stop_loss"), ids=lambda row: row["case"])
def test_published_stop_loss_prices(row):
    level, premium, rounding = (float(row[name]) for name in ("financing_level", "premium", "rounding"))
    assert sl.stop_loss_price(row["side"], level, premium, rounding, "open ended") == float(row["stop_loss"])


def test_published_stop_loss_prices_in_one_array_call():
    names = ("side", "financing_level", "premium", "rounding", "stop_loss")
    side, level, premium, rounding, expected = map(np.array, columns("stop_loss", *names))
    np.testing.assert_array_equal(sl.stop_loss_price(side, level, premium, rounding, "open ended"), expected)


@pytest.mark.rule("ing_open_end_turbo", "C.9")
def test_all_23_printed_stop_loss_prices_are_the_financing_levels():
    level, premium, rounding, printed = columns("series", "financing_level", "premium", "rounding", "stop_loss")
    price = sl.stop_loss_price("short", np.array(level), np.array(premium) / 100, np.array(rounding), "best")
    np.testing.assert_array_equal(price, printed)


@pytest.mark.rule("ing_open_end_turbo", "C.8")
def test_the_printed_premium_would_have_knocked_out_all_dax_series_at_birth():
    dax = [float(row["financing_level"]) for row in rows("series") if row["underlying"] == "DAX"]
    barrier = sl.stop_loss_price("short", np.array(dax), 0.015, 0.01, "open ended")
    np.testing.assert_array_equal(barrier, [13367.75, 13372.67, 13377.6, 13382.52, 13387.45, 13392.37])
    assert sl.stop_loss_event("short", barrier, 13532.32, 13532.32).all()
    assert not sl.stop_loss_event("short", np.array(dax), 13532.32, 13532.32).any()


@pytest.mark.rule("ing_open_end_turbo", "C.8")
@given(SIDES, LEVELS, PREMIUMS, UNITS, st.sampled_from(["best", "limited", "open ended"]))
def test_stop_loss_price_agrees_with_exact_decimals(side, level, premium, unit, kind):
    got = sl.stop_loss_price(side, float(level), float(premium), float(unit), kind)
    assert got == float(reference.stop_loss_price(side, level, premium, unit, kind))


@given(SIDES, LEVELS, PREMIUMS, UNITS)
def test_the_barrier_never_lies_nearer_to_the_strike_than_the_premium(side, level, premium, unit):
    level, premium, unit = float(level), float(premium), float(unit)
    price = sl.stop_loss_price(side, level, premium, unit, "open ended")
    raw = sl.stop_loss_price(side, level, premium, None, "open ended")
    gap = price - raw if side == "long" else raw - price
    assert -1e-8 * level <= gap < unit


@pytest.mark.rule("ing_open_end_turbo", "C.8")
@pytest.mark.parametrize("kind", ["best", "Limited", None])
def test_barrier_equals_strike_and_premium_and_rounding_do_nothing(kind):
    assert sl.stop_loss_price("long", 13571.3237, None, 0.01, kind) == 13571.3237
    if kind is not None:
        assert sl.stop_loss_price("short", 13571.3237, 0.2, 10.0, kind) == 13571.3237


def test_a_premium_without_a_kind_is_refused_because_best_would_ignore_it():
    with pytest.raises(XlidxError, match="best certificate ignores the premium") as caught:
        sl.stop_loss_price("long", 20.0, 0.075)
    assert caught.value.kind is Kind.MISSING
    assert caught.value.mend == "say best, limited or open ended"


def test_open_ended_needs_its_premium():
    with pytest.raises(XlidxError, match="needs its stop-loss premium") as caught:
        sl.stop_loss_price("long", 20.0, None, 0.1, "open ended")
    assert caught.value.kind is Kind.MISSING
    with pytest.raises(XlidxError) as caught:
        sl.stop_loss_price("long", np.array([20.0, 20.0]), np.array([np.nan, np.nan]), 0.1, np.array([0, 2]))
    np.testing.assert_array_equal(caught.value.mask, [False, True])


def test_kinds_and_units_mixed_in_one_array():
    kind = np.array(["best", "open ended", "open ended", "limited"])
    unit = np.array([np.nan, 0.1, np.nan, 1.0])
    premium = np.array([np.nan, 0.075, 0.075, np.nan])
    price = sl.stop_loss_price("long", np.full(4, 20.05), premium, unit, kind)
    np.testing.assert_allclose(price, [20.05, 21.6, 21.55375, 20.05], rtol=1e-15)


def test_the_answer_is_as_wide_as_the_widest_argument_and_a_new_array():
    assert sl.stop_loss_price("long", 20.0, np.array([0.01, 0.02]), None, "best").tolist() == [20.0, 20.0]
    level = np.array([20.0, 30.0])
    price = sl.stop_loss_price("long", level)
    price[0] = 0.0
    assert level[0] == 20.0


@pytest.mark.rule("ing_open_end_turbo", "C.8")
@pytest.mark.parametrize(("premium", "barrier"), [(0.0, 20.1), (1.0, 40.1)])
def test_premiums_of_nothing_and_of_all_are_legal(premium, barrier):
    # 20.03 x (1 + premium), up to the next 0.1
    assert sl.stop_loss_price("long", 20.03, premium, 0.1, "open ended") == barrier
    assert sl.stop_loss_price("long", 0.5, premium, None, "open ended") == 0.5 * (1.0 + premium)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (("long", 0.0), "financing level is 0"),
        (("long", float("nan")), "not a number"),
        (("long", 20.0, 7.5, 0.1, "open ended"), "premium as a fraction: 1.5 % is 0.015"),
        (("long", 20.0, 7.5, 0.1, "best"), "premium is 7.5"),
        (("long", 20.0, -0.1, 0.1, "open ended"), "premium is -0.1"),
        (("long", 20.0, 1.01, 0.1, "open ended"), "premium is 1.01"),
        (("long", 20.0, 0.075, 0.0, "open ended"), "rounding unit is 0"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(terms, words):
    with pytest.raises(XlidxError, match=words) as caught:
        sl.stop_loss_price(*terms)
    assert caught.value.kind is Kind.DOMAIN


FRIDAY, MONDAY = dt.date(2020, 2, 28), dt.date(2020, 3, 2)


@pytest.mark.rule("ing_open_end_turbo", "C.6")
@pytest.mark.parametrize(("kind", "expected"), [("best", 20.05), ("limited", 21.5), ("open ended", 21.6)])
def test_what_the_first_trading_day_of_a_month_does_to_each_kind(kind, expected):
    assert sl.stop_loss_reset(kind, "long", 20.05, MONDAY, FRIDAY, 21.5, 0.075, 0.1) == expected


@pytest.mark.rule("ing_open_end_turbo", "C.6")
@pytest.mark.parametrize(
    ("reset", "previous", "date", "due"),
    [
        ("first trading day", "2020-02-28", "2020-03-02", True),
        ("first trading day", "2020-03-02", "2020-03-03", False),
        ("first trading day", "2020-02-27", "2020-02-28", False),
        ("first trading day", "2020-12-30", "2021-01-04", True),
        (None, "2020-02-28", "2020-03-02", True),
        (None, "2020-03-13", "2020-03-16", False),
        ("15th", "2020-03-13", "2020-03-16", True),  # the 15th was a Sunday
        ("15th", "2020-04-14", "2020-04-15", True),
        ("15th", "2020-04-15", "2020-04-16", False),
        ("15th", "2020-04-09", "2020-04-14", False),
        ("15th", "2020-02-28", "2020-03-02", False),
        ("15th", "2020-02-14", "2020-03-14", True),
        ("15th", "2020-02-15", "2020-03-14", False),
        (" Daily", "2020-04-15", "2020-04-16", True),
    ],
)
def test_reset_days_of_open_ended_certificates(reset, previous, date, due):
    days = [dt.date.fromisoformat(date), dt.date.fromisoformat(previous)]
    price = sl.stop_loss_reset("open ended", "short", 100.0, days[0], days[1], 95.0, 0.02, 1.0, reset)
    assert price == (98.0 if due else 95.0)
    arrays = [np.array([day], "datetime64[D]") for day in days]
    price = sl.stop_loss_reset("open ended", "short", 100.0, arrays[0], arrays[1], 95.0, 0.02, 1.0, reset)
    assert price.tolist() == [98.0 if due else 95.0]


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)),
    st.integers(1, 400),
    st.sampled_from(["first trading day", "15th"]),
)
def test_reset_days_agree_with_a_walk_through_the_calendar(start, length, reset):
    day = 1 if reset == "first trading day" else 15
    walked = [start + dt.timedelta(days=step) for step in range(1, length + 1)]
    due = any(date.day == day for date in walked)
    price = sl.stop_loss_reset("open ended", "long", 100.0, walked[-1], start, 90.0, 0.02, 1.0, reset)
    assert price == (102.0 if due else 90.0)


def test_reset_of_a_mixed_book_and_of_dead_inputs():
    price = sl.stop_loss_reset(
        np.array(["best", "limited", "open ended"]), "long", np.full(3, 20.05), np.datetime64(MONDAY),
        np.datetime64(FRIDAY), np.array([np.nan, 21.5, 21.5]), np.array([np.nan, np.nan, 0.075]), 0.1,
    )  # fmt: skip
    assert price.tolist() == [20.05, 21.5, 21.6]
    assert sl.stop_loss_reset("best", "long", 20.05, MONDAY, FRIDAY, None) == 20.05


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"day": FRIDAY, "previous_day": MONDAY}, Kind.DOMAIN, "after the previous day"),
        ({"day": FRIDAY}, Kind.DOMAIN, "after the previous day"),
        ({"previous_stop_loss": 0.0}, Kind.DOMAIN, "previous stop-loss price is 0"),
        ({"previous_stop_loss": None}, Kind.DOMAIN, "previous stop-loss price is not a number"),
        ({"reset_rule": "weekly"}, Kind.CHOICE, "first trading day, 15th, daily"),
        ({"premium": None}, Kind.MISSING, "needs its stop-loss premium"),
    ],
)
def test_reset_refuses(change, kind, words):
    terms = {"day": MONDAY, "previous_stop_loss": 21.5, "previous_day": FRIDAY, "premium": 0.075} | change
    with pytest.raises(XlidxError, match=words) as caught:
        sl.stop_loss_reset("open ended", "long", 20.05, **terms)
    assert caught.value.kind is kind


@pytest.mark.rule("ing_open_end_turbo", "C.10")
@pytest.mark.parametrize(
    ("side", "low", "high", "event"),
    [
        ("long", 100.0, 110.0, True),
        ("long", 100.01, 110.0, False),
        ("long", 99.0, 99.5, True),
        ("short", 90.0, 100.0, True),
        ("short", 90.0, 99.99, False),
        ("short", 101.0, 102.0, True),
    ],
)
def test_touching_is_an_event_and_only_the_own_extreme_counts(side, low, high, event):
    assert sl.stop_loss_event(side, 100.0, low, high) is event
    assert sl.stop_loss_event(np.array([side]), 100.0, np.array([low]), high).tolist() == [event]


@pytest.mark.rule("ing_open_end_turbo", "C.10")
def test_binary_noise_never_hides_a_touch():
    noisy = 0.1 + 0.2  # a hair above 0.3
    assert noisy > 0.3
    assert sl.stop_loss_event("short", noisy, 0.25, 0.3)
    assert sl.stop_loss_event("long", 0.3, noisy, 0.35)
    assert not sl.stop_loss_event("short", 13571.32, 13000.0, 13571.3199999)


@given(st.floats(1.0, 1e5), st.floats(1.0, 1e5), st.floats(0.0, 100.0))
def test_long_and_short_mirror_each_other_around_the_barrier(barrier, low, width):
    high = low + width
    long, short = (sl.stop_loss_event(side, barrier, low, high) for side in ("long", "short"))
    assert long or short
    assert long == (low <= barrier or np.isclose(low, barrier, rtol=1e-12, atol=0.0))


def test_event_refuses_blanks_and_crossed_levels():
    for levels in [
        (100.0, 110.0, 90.0),
        (100.0, np.nan, 90.0),
        (100.0, 90.0, np.nan),
        (np.nan, 90.0, 95.0),
        (0.0, 1.0, 2.0),
    ]:
        with pytest.raises(XlidxError) as caught:
            sl.stop_loss_event("long", *levels)
        assert caught.value.kind is Kind.DOMAIN


DAYS = np.arange("2020-02-10", "2020-02-15", dtype="datetime64[D]")
HIGH = np.array([99.0, 99.5, 100.0, 98.0, 101.0])


@pytest.mark.rule("ing_open_end_turbo", "C.10")
def test_first_date_of_a_path():
    assert sl.first_stop_loss_date("short", 100.0, HIGH - 5, HIGH, DAYS) == np.datetime64("2020-02-12")
    barrier = np.array([100.0, 99.6, 100.1, 97.0, 99.0])
    assert sl.first_stop_loss_date("short", barrier, HIGH - 5, HIGH, DAYS) == np.datetime64("2020-02-13")
    assert np.isnat(sl.first_stop_loss_date("short", 102.0, HIGH - 5, HIGH, DAYS))
    assert sl.first_stop_loss_date("long", 96.0, HIGH - 5, HIGH, DAYS) == DAYS[0]
    assert sl.first_stop_loss_date("long", 96.0, 95.0, 99.0, DAYS) == DAYS[0]
    with pytest.raises(XlidxError, match=r"levels of shape \(1, 5\) for 5 dates"):
        sl.first_stop_loss_date("long", 96.0, np.array([HIGH - 5]), np.array([HIGH]), DAYS)


def test_first_date_refuses_unsorted_dates_and_sizes_that_do_not_fit():
    with pytest.raises(XlidxError, match="sort the dates"):
        sl.first_stop_loss_date("short", 100.0, HIGH - 5, HIGH, DAYS[::-1])
    with pytest.raises(XlidxError, match="one low and one high per date") as caught:
        sl.first_stop_loss_date("short", 100.0, HIGH[:3] - 5, HIGH[:3], DAYS)
    assert caught.value.kind is Kind.SHAPE


@pytest.mark.parametrize(
    "terms",
    [
        ("long", 20.05, 0.075, 0.10, "open ended"),
        ("short", 20.05, 0.075, None, "open ended"),
        ("short", 20.05, 0.075, 0.10, "best"),
        ("short", 20.05),
    ],
)
def test_price_explanation_ends_at_the_price(terms):
    steps = sl.explain_stop_loss_price(*terms)
    assert steps[-1].value == sl.stop_loss_price(*terms)
    assert all(type(step.value) is float for step in steps)
    assert "C.9" in steps[-1].rule


def test_price_explanation_shows_the_price_before_rounding():
    steps = sl.explain_stop_loss_price("short", 13571.32, 0.015, 0.01, "open ended")
    assert [step.value for step in steps] == [-1.0, 13571.32, 0.015, pytest.approx(13367.7502), 0.01, 13367.75]


@pytest.mark.parametrize(("kind", "anew"), [("best", True), ("limited", False), ("open ended", True)])
def test_reset_explanation_ends_at_the_price(kind, anew):
    terms = (kind, "long", 20.05, np.datetime64("2020-03-02", "ns"), FRIDAY, 21.5, 0.075, 0.1)
    steps = sl.explain_stop_loss_reset(*terms)
    assert steps[-1].value == sl.stop_loss_reset(*terms)
    assert [step.value for step in steps[:4]] == [FRIDAY, MONDAY, 21.5, anew]


@pytest.mark.parametrize(("side", "extreme"), [("long", 9.0), ("short", 11.0)])
def test_event_explanation_shows_the_extreme_that_counts(side, extreme):
    steps = sl.explain_stop_loss_event(side, 10.0, 9.0, 11.0)
    assert [step.value for step in steps[1:]] == [10.0, extreme, True]
    with pytest.raises(XlidxError, match="one certificate"):
        sl.explain_stop_loss_event(side, 10.0, HIGH, HIGH)
