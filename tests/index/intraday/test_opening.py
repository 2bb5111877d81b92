"""Sessions by hand: opening, levels with their state, closing level, cancelled prices.

The index of the worked cases, at the previous close (divisor 100, so 100 000 EUR are 1000 points):

    A 4000 x 10 = 40 000    B 1000 x 25 = 25 000    C 1500 x 10 = 15 000    D 600 x 20 = 12 000    E 800 x 10 = 8 000

A, B and C together are exactly 80 %.
"""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.intraday.test_ticks import at, ticks
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import COMPOSITION, Basket
from xlidx.index.intraday.closing import Version, closing_level, corrected_levels, official_close, official_opening
from xlidx.index.intraday.opening import explain_opening_level, opening_level
from xlidx.index.intraday.running import follow_ticks
from xlidx.index.intraday.session import Basis, Flag, OpeningRule, basis_of, disseminate, flag_at, read_flags
from xlidx.index.intraday.sources import price_sources
from xlidx.index.intraday.ticks import Hours, read_ticks, without_cancelled
from xlidx.index.sources import ESTIMATES, PREVIOUS_CLOSE, Reference, member_rates, reference_of
from xlidx.tables import read

IDS = ("A", "B", "C", "D", "E")
SHARES = np.array([4000.0, 1000.0, 1500.0, 600.0, 800.0])
CLOSES = np.array([10.0, 25.0, 10.0, 20.0, 10.0])
ONES = np.ones(5)
BASKET = Basket(IDS, SHARES, ONES, ONES, ["EUR"] * 5)
BEFORE = Reference(CLOSES)
DAY = Hours(at("09:00"), at("09:10"))
NOON = Hours(at("09:00"), at("17:30"))
NAT = np.datetime64("NaT", "us")


def session(*rows, hours=DAY, reference=BEFORE, **options):
    return disseminate(BASKET, 100.0, ticks(*rows), reference, hours, **options)


def opened(levels):
    when, level = official_opening(levels)
    return (when, level) if when is None else (when.strftime("%H:%M:%S"), level)


def row(levels, text):
    return levels[levels["time"] == at(text)].iloc[0]


# --- the ladder of prices -------------------------------------------------------------------------------------------


@pytest.mark.rule("psi20", "3.1.1")
def test_price_is_the_trade_of_today_then_the_estimate_then_the_previous_close():
    reference = Reference(CLOSES, np.array([9.0, 24.0, np.nan, np.nan, np.nan]))
    found = price_sources(BASKET, ticks(("09:01", "A", 11.0), ("09:09", "D", 99.0)), reference, at("09:05"))
    assert found["price"].tolist() == [11.0, 24.0, 10.0, 20.0, 10.0]
    words = ["trade of today", "estimate", "previous close", "previous close", "previous close"]
    assert found["source"].tolist() == words
    assert found["reason"].iloc[1] == "not traded today; estimated by hand"
    assert set(found["clause"]) == {"PSI 20 rule book v16-01, 3.1.1"}


@pytest.mark.rule("psi20", "3.1.1")
def test_level_before_any_trade_is_that_of_the_previous_close_and_of_estimates():
    assert session()["level"].tolist() == [1000.0] * 41
    # E (800 shares) estimated at 12.50 instead of 10: + 2000 EUR, + 20 points
    estimated = Reference(CLOSES, np.array([np.nan] * 4 + [12.5]))
    assert session(reference=estimated)["level"].iloc[0] == 1020.0


@pytest.mark.rule("psi20", "3.1.1")
def test_a_member_without_any_price_is_an_error_that_names_it():
    bare = Reference([10.0, np.nan, 10.0, 20.0, np.nan])
    for way in (disseminate, follow_ticks):
        with pytest.raises(XlidxError, match="B, E") as caught:
            way(BASKET, 100.0, ticks(("09:00", "A", 10.0)), bare, DAY)
        assert caught.value.kind is Kind.NO_DATA
    # A trade at the very open gives a price, but no value at the previous close to measure 80 % against.
    trades = ticks(("09:00", "B", 25.0), ("09:00", "E", 10.0))
    with pytest.raises(XlidxError, match="no value at the previous close for B, E"):
        disseminate(BASKET, 100.0, trades, bare, DAY)
    with pytest.raises(XlidxError, match="no price for B, E"):
        price_sources(BASKET, ticks(), bare, at("09:05"))


@pytest.mark.rule("psi20", "3.1.1")
def test_an_estimate_is_a_price_but_none_of_today():
    new = Reference([10.0, 25.0, 10.0, 20.0, np.nan], [np.nan] * 4 + [10.0])
    others = [(f"09:01:0{k}", name, price) for k, (name, price) in enumerate(zip("ABCD", CLOSES, strict=False))]
    found = session(*others, reference=new)
    assert row(found, "09:04:45")["state"] == "pre-opening"
    assert opened(found) == ("09:05:00", 1000.0)
    assert found["missing"].iloc[-1] == 1
    assert found["share"].iloc[-1] == pytest.approx(0.92, rel=1e-15)  # E counts with its estimate, 8000 of 100 000


@pytest.mark.rule("psi20", "3.1.1")
def test_an_estimate_moves_the_level_but_not_the_value_at_the_previous_close():
    # A estimated at 14 for a buy-out: + 16 000 EUR; it still stands for 40 000 of the 100 000 of last night.
    reference = Reference(CLOSES, [14.0, np.nan, np.nan, np.nan, np.nan])
    found = session(("09:01", "B", 25.0), reference=reference)
    assert found["level"].iloc[-1] == 1160.0
    assert found["share"].iloc[-1] == pytest.approx(0.25, rel=1e-15)


def test_tables_of_references_and_estimates():
    closes = read(
        PREVIOUS_CLOSE,
        [["isin", "close"], *zip("ABCD", [10.0, 25.0, 10.0, 20.0], strict=True), ["USD", 0.9], ["X", 1.0]],
    )
    guesses = [["isin", "price", "occasion", "author", "reason", "expiry"]]
    guesses += [["E", 11.0, "IPO", "J. Silva", "issue price", date(2016, 3, 18)]]
    guesses += [["D", 19.0, "swap", "J. Silva", "offer", date(2016, 3, 17)]]
    basket = Basket(IDS, SHARES, ONES, ONES, ["EUR", "USD", "EUR", "EUR", "EUR"])
    found = reference_of(basket, closes, read(ESTIMATES, guesses), date(2016, 3, 18))
    np.testing.assert_array_equal(found.prices, [10.0, 25.0, 10.0, 20.0, np.nan])
    np.testing.assert_array_equal(found.estimates, [np.nan, np.nan, np.nan, np.nan, 11.0])  # D's ran out yesterday
    assert found.rates == {"USD": 0.9}
    assert reference_of(basket, closes).estimates.tolist() == pytest.approx([np.nan] * 5, nan_ok=True)
    guesses += [["X", 11.0, "ipo", "J. Silva", "issue price", None]]
    with pytest.raises(XlidxError, match="X is no member of the index - table estimates, row 4"):
        reference_of(basket, closes, read(ESTIMATES, guesses))
    with pytest.raises(XlidxError, match="close is -1 but must be 0 or more - table previous close, row 2"):
        reference_of(basket, read(PREVIOUS_CLOSE, [["isin", "close"], ["A", -1.0]]))
    with pytest.raises(XlidxError, match="author is blank"):
        reference_of(basket, closes, read(ESTIMATES, [guesses[0], ["E", 1.0, "ipo", None, "x", None]]))


# --- the official opening -------------------------------------------------------------------------------------------


@pytest.mark.rule("psi20", "3.1.1")
def test_opens_as_soon_as_every_member_has_a_price_before_five_minutes_are_over():
    trades = [("09:00:20", "A", 11.0), ("09:01", "B", 25.0), ("09:01", "C", 10.0), ("09:01:30", "D", 20.0)]
    found = session(*trades, ("09:02:07", "E", 10.0))
    # A at 11: + 4000 EUR, + 40 points, from the level of 09:00:30 on
    assert found["level"].tolist() == [1000.0] * 2 + [1040.0] * 39
    assert opened(found) == ("09:02:15", 1040.0)
    assert found["state"].tolist() == ["pre-opening"] * 9 + ["official"] * 31 + ["closed"]
    assert found["missing"].tolist() == [5, 5, 4, 4, 2, 2, 1, 1, 1] + [0] * 32


@pytest.mark.rule("psi20", "3.1.1")
def test_exactly_80_percent_opens_at_five_minutes_and_not_before():
    found = session(("09:01", "A", 10.0), ("09:01", "B", 25.0), ("09:01", "C", 10.0))
    assert found["share"].iloc[4:].tolist() == pytest.approx([0.8] * 37, rel=1e-15)
    assert row(found, "09:04:45")["state"] == "pre-opening"
    assert opened(found) == ("09:05:00", 1000.0)


@pytest.mark.rule("psi20", "3.1.1")
def test_opens_at_the_first_level_with_80_percent_after_five_minutes():
    found = session(("09:01", "A", 10.0), ("09:01", "B", 25.0), ("09:07:00.5", "C", 12.0))
    assert row(found, "09:07:00")["share"] == pytest.approx(0.65, rel=1e-15)
    assert opened(found) == ("09:07:15", 1030.0)  # C at 12: + 3000 EUR


@pytest.mark.rule("psi20", "3.1.1")
@pytest.mark.parametrize("short", [1.0, 0.0])
def test_one_part_in_a_hundred_thousand_million_below_80_percent_does_not_open(short):
    basket = Basket(("A", "B"), [80e9 - short, 20e9 + short], [1, 1], [1, 1], ("EUR", "EUR"))
    found = disseminate(basket, 1e8, ticks(("09:01", "A", 1.0)), Reference([1.0, 1.0]), DAY)
    assert opened(found)[0] == (None if short else "09:05:00")


@pytest.mark.rule("psi20", "3.1.1")
@given(st.lists(st.integers(1, 999), min_size=1, max_size=12), st.sampled_from([0.1, 0.01, 0.3, 1.1, 7e-5]))
def test_exactly_80_percent_opens_whatever_the_binary_fractions(parts, unit):
    # Each of these members counts its part four times, one silent member the sum of all once: 4 S of 5 S.
    basket = Basket([f"M{k}" for k in range(len(parts) + 1)], [*(4.0 * p for p in parts), sum(parts)],
                    [1] * (len(parts) + 1), [1] * (len(parts) + 1), ["EUR"] * (len(parts) + 1))  # fmt: skip
    trades = ticks(*(("09:01", f"M{k}", unit) for k in range(len(parts))))
    reference = Reference(np.full(len(parts) + 1, unit))
    for way in (disseminate, follow_ticks):
        assert opened(way(basket, 1.0, trades, reference, DAY))[0] == "09:05:00"


@pytest.mark.rule("psi20", "3.1.1")
def test_share_is_measured_with_the_composition_of_today_or_of_yesterday():
    # Overnight C left and D grew from 200 to 600 shares; A, B, E as they were.
    # Today:     A 40 000 + B 25 000 + D 12 000 + E 8000 = 85 000; A + B = 65 000 = 76.47 %
    # Yesterday: A 40 000 + B 25 000 + C 15 000 + D 4000 + E 8000 = 92 000; A + B + C = 80 000 = 86.96 %
    today = Basket("ABDE", SHARES[[0, 1, 3, 4]], [1] * 4, [1] * 4, ["EUR"] * 4)
    reference = Reference(CLOSES[[0, 1, 3, 4]])
    trades = ticks(("09:01", "A", 10.0), ("09:01", "B", 25.0), ("09:01", "C", 10.0))
    first = disseminate(today, 100.0, trades, reference, DAY)
    assert first["share"].iloc[-1] == pytest.approx(65 / 85, rel=1e-15)
    assert opened(first) == (None, None)
    old = OpeningRule(basis=Basis(IDS, np.array([40e3, 25e3, 15e3, 4e3, 8e3])))
    for way in (disseminate, follow_ticks):
        other = way(today, 100.0, trades, reference, DAY, opening=old)
        assert other["share"].iloc[-1] == pytest.approx(80 / 92, rel=1e-15)
        assert opened(other) == ("09:05:00", 850.0)


@pytest.mark.rule("psi20", "3.1.1")
def test_share_uses_the_adjusted_close_and_the_rate_of_the_previous_close():
    # USD 0.5: B counts 25 x 1000 x 0.5 = 12 500 of 87 500; its rate of today does not enter the share.
    basket = Basket(IDS, SHARES, ONES, ONES, ["EUR", "USD", "EUR", "EUR", "EUR"])
    reference = Reference(CLOSES, rates={"USD": 0.5})
    found = disseminate(basket, 100.0, ticks(("09:01", "B", 30.0), ("09:02", "USD", 0.6)), reference, DAY)
    assert basis_of(basket, reference).worth.tolist() == [40e3, 12.5e3, 15e3, 12e3, 8e3]
    assert found["share"].iloc[-1] == pytest.approx(12.5 / 87.5, rel=1e-15)
    # 875; then B at 30 USD: + 5000 x 0.5 = 2500 EUR; then USD 0.6: 30 000 x 0.1 = 3000 EUR
    assert found["level"].tolist() == pytest.approx([875.0] * 4 + [900.0] * 4 + [930.0] * 33, rel=1e-15)


@pytest.mark.rule("psi20", "3.1.1")
def test_parameters_of_the_opening():
    trades = [("09:01", "A", 10.0)]
    assert opened(session(*trades, opening=OpeningRule(0.40, 2.0)))[0] == "09:02:00"
    assert opened(session(*trades, opening=OpeningRule(0.40, 0.0)))[0] == "09:01:00"
    assert opened(session(*trades, opening=OpeningRule(0.41, 0.0)))[0] is None
    with pytest.raises(XlidxError, match="share is 80 but must lie between 0 and 1"):
        session(opening=OpeningRule(80.0))
    with pytest.raises(XlidxError, match="wait is -1"):
        session(opening=OpeningRule(wait=-1.0))
    with pytest.raises(XlidxError, match="value at the previous close is 0 but must be above 0"):
        session(opening=OpeningRule(basis=Basis(("A",), np.zeros(1))))


# --- flags set by hand ----------------------------------------------------------------------------------------------


def flag(start, end, state):
    return Flag(at(start), NAT if end is None else at(end), state, "J. Silva", "outage")


EVERYBODY = [("09:01", name, price) for name, price in zip(IDS, CLOSES.tolist(), strict=True)]


@pytest.mark.rule("psi20", "3.2")
def test_a_suspended_level_is_not_published_and_an_indicative_one_is():
    flags = [flag("09:02", "09:03", "suspended"), flag("09:05", "09:06", "indicative")]
    found = session(*EVERYBODY, flags=flags)
    assert found["state"].tolist() == (
        ["pre-opening"] * 4 + ["official"] * 4 + ["suspended"] * 4 + ["official"] * 8 + ["indicative"] * 4
        + ["official"] * 16 + ["closed"]
    )  # fmt: skip
    assert found["level"].isna().tolist() == [8 <= k < 12 for k in range(41)]
    assert opened(found) == ("09:01:00", 1000.0)
    assert found["opened"].tolist() == [False] * 4 + [True] * 37


@pytest.mark.rule("psi20", "3.2")
def test_a_delay_after_the_opening_changes_nothing():
    found = session(*EVERYBODY, flags=[flag("09:03", "09:06", "delayed")])
    pd.testing.assert_frame_equal(found, session(*EVERYBODY))


@pytest.mark.rule("psi20", "3.2")
@pytest.mark.parametrize("state", ["suspended", "indicative", "delayed"])
def test_the_official_opening_waits_until_the_flag_is_taken_off(state):
    found = session(*EVERYBODY, flags=[flag("09:00", "09:04", state)])
    assert opened(found) == ("09:04:00", 1000.0)
    assert row(found, "09:03:45")["state"] == ("pre-opening" if state == "delayed" else state)
    assert opened(session(*EVERYBODY, flags=[flag("09:00", None, state)])) == (None, None)


@pytest.mark.rule("psi20", "3.2")
def test_of_two_flags_the_last_one_in_the_list_holds():
    both = [flag("09:02", "09:04", "suspended"), flag("09:03", "09:05", "indicative")]
    assert row(session(*EVERYBODY, flags=both), "09:03")["state"] == "indicative"
    assert row(session(*EVERYBODY, flags=both[::-1]), "09:03")["state"] == "suspended"
    assert flag_at(at("09:03"), both) is both[1]
    assert flag_at(at("09:05"), both) is None


@pytest.mark.rule("psi20", "3.2")
def test_flags_need_an_author_a_reason_and_an_order():
    head = ["start", "end", "state", "author", "reason"]
    good = ["2016-03-18 09:02", None, "Suspended", "J. Silva", "outage"]
    (found,) = read_flags([head, good])
    assert (found.state, found.author, np.isnat(found.end)) == ("suspended", "J. Silva", True)
    for column in (0, 2, 3, 4):
        bad = [None if n == column else cell for n, cell in enumerate(good)]
        with pytest.raises(XlidxError, match=f"{head[column] if column else 'start'} is blank"):
            read_flags([head, bad])
    with pytest.raises(XlidxError, match="a flag ends at"):
        session(flags=[flag("09:02", "09:02", "suspended")])


# --- the closing level ----------------------------------------------------------------------------------------------


@pytest.mark.rule("psi20", "3.1.3")
def test_the_closing_level_is_the_last_one_disseminated():
    late = ("09:10:01", "A", 20.0)  # an auction price after the last level
    found = closing_level(session(*EVERYBODY, ("09:09:50", "A", 12.0), late)).iloc[0]
    assert (found["level"], found["origin"], found["opening_level"]) == (1080.0, "official", 1000.0)
    assert found["opening_time"] == pd.Timestamp("2016-03-18 09:01")
    assert found["reason"] == "last level disseminated of the day"


@pytest.mark.rule("psi20", "3.1.3")
def test_an_early_close_between_two_levels_keeps_the_level_before_it():
    hours = Hours(at("09:00"), at("13:30:10"))
    found = session(*EVERYBODY, ("13:30:05", "A", 12.0), hours=hours)
    assert (found["time"].iloc[-1], found["state"].iloc[-1]) == (pd.Timestamp("2016-03-18 13:30"), "official")
    assert closing_level(found)["level"].item() == 1000.0


@pytest.mark.rule("psi20", "3.2")
def test_a_day_in_pre_opening_closes_at_its_last_pre_opening_level():
    found = session(("09:02", "A", 10.5), hours=NOON)
    assert set(found["state"].iloc[:-1]) == {"pre-opening"}
    closed = closing_level(found).iloc[0]
    assert (closed["level"], closed["origin"]) == (1020.0, "pre-opening")  # A + 0.50 x 4000 = 2000 EUR
    assert (closed["opening_time"], closed["opening_level"]) == (None, None)
    assert closed["reason"] == "last pre-opening level: the index had no official opening of the day"


@pytest.mark.rule("psi20", "3.1.3")
@pytest.mark.rule("psi20", "3.2")
def test_suspension_and_indication_at_the_close():
    trades = [*EVERYBODY, ("09:09:20", "A", 12.0)]
    suspended = closing_level(session(*trades, flags=[flag("09:09:15", None, "suspended")])).iloc[0]
    assert (suspended["time"], suspended["level"]) == (pd.Timestamp("2016-03-18 09:09:00"), 1000.0)
    indicative = closing_level(session(*trades, flags=[flag("09:09:15", None, "indicative")])).iloc[0]
    assert (indicative["level"], indicative["origin"]) == (1080.0, "indicative")
    with pytest.raises(XlidxError, match="no level was published"):
        closing_level(session(*trades, flags=[flag("09:00", None, "suspended")]))


@pytest.mark.rule("psi20", "3.1.3")
@pytest.mark.rule("psi20", "4.2")
def test_end_of_day_mode_uses_official_prices_and_closing_rates():
    basket = Basket(IDS, SHARES, ONES, ONES, ["EUR", "USD", "EUR", "EUR", "EUR"])
    found = disseminate(basket, 100.0, ticks(("09:01", "USD", 0.6)), Reference(CLOSES, rates={"USD": 0.5}), DAY)
    # last seen during the day: 75 000 + 25 000 x 0.6 = 90 000; closing spot 0.8: 75 000 + 20 000 = 95 000
    official = official_close(basket, 100.0, CLOSES, {"USD": 0.8})
    assert closing_level(found)["level"].item() == pytest.approx(900.0, rel=1e-15)
    assert official == pytest.approx(950.0, rel=1e-15)
    row = closing_level(found, official, "official prices").iloc[0]
    assert (row["level"], row["reason"]) == (official, "level at official closing prices and closing rates")
    with pytest.raises(XlidxError, match="no level at official closing prices"):
        closing_level(found, source="official prices")
    with pytest.raises(XlidxError, match="source 'vwap' is not known"):
        closing_level(found, source="vwap")
    with pytest.raises(XlidxError, match="no rate for USD"):
        official_close(basket, 100.0, CLOSES, {})
    with pytest.raises(XlidxError, match="not a number"):
        official_close(BASKET, 100.0, np.array([10.0, np.nan, 10.0, 20.0, 10.0]), {})


@pytest.mark.rule("psi20", "4.2")
def test_rates_are_index_currency_per_unit_and_never_guessed():
    pence = Basket(IDS, SHARES, ONES, ONES, ["EUR", "GBX", "EUR", "USD", "EUR"])
    with pytest.raises(XlidxError, match="no rate for GBX, USD"):
        member_rates(pence, {"GBP": 1.1})
    with pytest.raises(XlidxError, match="no rate for GBX, USD") as caught:
        disseminate(pence, 100.0, ticks(("09:01", "USD", 0.9)), BEFORE, DAY)
    assert caught.value.kind is Kind.NO_DATA
    sterling = Basket(("A",), [100.0], [1], [1], ("GBP",))
    dollars = disseminate(sterling, 1.0, ticks(), Reference([2.0], rates={"GBP": 1.5}), DAY, currency="USD")
    assert dollars["level"].iloc[0] == 300.0
    # The rate of the index currency is 1: a tick that says so is fine, any other means another index currency.
    assert session(("09:01", "EUR", 1.0))["level"].iloc[-1] == 1000.0
    for way in (disseminate, follow_ticks):
        with pytest.raises(XlidxError, match="EUR is the index currency, but its rate is 2"):
            way(BASKET, 100.0, ticks(("09:01", "EUR", 2.0)), BEFORE, DAY)


# --- cancelled prices -----------------------------------------------------------------------------------------------


@pytest.mark.rule("psi20", "3.2")
def test_cancelled_prices_change_nothing_unless_decided_and_then_make_a_new_version():
    rows = [["time", "isin", "price", "cancelled"]]
    rows += [[f"2016-03-18 {time}", isin, price, "no"] for time, isin, price in EVERYBODY]
    fat, right = ["2016-03-18 09:02:10", "A", 20.0, "no"], ["2016-03-18 09:02:40", "A", 10.0, "no"]
    published = Version(1, disseminate(BASKET, 100.0, read_ticks([*rows, fat, right]), BEFORE, DAY))
    cancelled = read_ticks([*rows, [*fat[:3], "yes"], right])
    stays = disseminate(BASKET, 100.0, cancelled, BEFORE, DAY)
    pd.testing.assert_frame_equal(stays, published.levels)
    again = disseminate(BASKET, 100.0, without_cancelled(cancelled), BEFORE, DAY)
    assert corrected_levels(published, again) is published
    second = corrected_levels(published, again, True, "J. Silva", "mistyped price of A")
    assert (second.number, second.author, second.levels is again) == (2, "J. Silva", True)
    # A at 20: + 40 000 EUR in the levels of 09:02:15 and 09:02:30
    assert second.differences["time"].tolist() == [datetime(2016, 3, 18, 9, 2, second) for second in (15, 30)]
    assert second.differences[["before", "after", "difference"]].to_numpy().tolist() == [[1400.0, 1000.0, -400.0]] * 2
    assert published.number == 1
    assert published.levels["level"].max() == 1400.0


@pytest.mark.rule("psi20", "3.2")
def test_a_recalculation_can_move_the_opening_and_needs_a_decision():
    published = Version(1, session(*EVERYBODY))
    later = session(*EVERYBODY[:-1], ("09:01:20", "E", 10.0))
    report = corrected_levels(published, later, True, "J. Silva", "E cancelled").differences
    assert report[["state_before", "state_after"]].to_numpy().tolist() == [["official", "pre-opening"]] * 2
    for author, reason in (("", "why"), ("who", " ")):
        with pytest.raises(XlidxError, match="no author or no reason"):
            corrected_levels(published, later, True, author, reason)
    with pytest.raises(XlidxError, match="other moments"):
        corrected_levels(published, session(hours=NOON), True, "who", "why")


# --- one cell: XI_OPENING_LEVEL -------------------------------------------------------------------------------------

MEMBERS = read(
    COMPOSITION, [["isin", "shares", "free float"], *([i, s, 1.0] for i, s in zip(IDS, SHARES.tolist(), strict=True))]
)
PREVIOUS = read(PREVIOUS_CLOSE, [["isin", "close"], *([i, c] for i, c in zip(IDS, CLOSES.tolist(), strict=True))])


def cell(*rows, now, **options):
    return opening_level(MEMBERS, ticks(*rows), PREVIOUS, at("09:00"), now, 100.0, **options).iloc[0]


@pytest.mark.rule("psi20", "3.1.1")
@pytest.mark.rule("psi20", "3.1.2")
@pytest.mark.rule("psi20", "3.1.3")
def test_the_level_at_a_moment_of_the_day():
    trades = [("09:01", "A", 11.0), ("09:01", "B", 25.0), ("09:05:20", "C", 10.0), ("16:00", "D", 10.0)]
    early = cell(*trades, now=at("09:05:29"))
    assert (early["time"], early["level"], early["state"]) == (
        pd.Timestamp("2016-03-18 09:05:15"),
        1040.0,
        "pre-opening",
    )
    assert (early["opening_time"], early["opening_level"], early["missing"]) == (None, None, "C D E")
    assert early["reason"] == "3 members have no price of today, 65.00% of the index has one"
    later = cell(*trades, now=at("10:00"))
    assert (later["state"], later["opening_level"], later["missing"]) == ("official", 1040.0, "D E")
    assert later["opening_time"] == pd.Timestamp("2016-03-18 09:05:30")
    assert later["share"] == pytest.approx(0.8, rel=1e-15)
    closed = cell(*trades, now=at("18:00"), market_close=at("17:30:05"))
    assert (closed["time"], closed["state"]) == (pd.Timestamp("2016-03-18 17:30"), "closed")
    assert closed["level"] == 980.0  # D at 10 instead of 20: - 6000 EUR
    assert cell(*trades, now=at("17:29"), market_close=at("17:30"))["state"] == "official"


@pytest.mark.rule("psi20", "3.1.1")
def test_options_of_the_cell():
    guess = read(ESTIMATES, [["isin", "price", "occasion", "author", "reason"], ["E", 12.5, "ipo", "J. Silva", "bid"]])
    found = cell(now=at("09:06"), estimates=guess)
    assert (found["level"], found["missing"]) == (1020.0, "A B C D E")
    halted = cell(now=at("09:06"), flags=[flag("09:05", None, "suspended")])
    assert np.isnan(halted["level"])
    assert (halted["state"], halted["reason"]) == ("suspended", "suspended by hand, J. Silva: outage")
    over = cell(now=at("18:00"), market_close=at("17:30"), flags=[flag("09:00", None, "suspended")])
    assert over["state"] == "suspended"  # nothing was published all day
    assert np.isnan(over["level"])
    held = cell(*EVERYBODY, now=at("09:06"), flags=[flag("09:00", None, "delayed")])
    assert (held["state"], held["reason"]) == ("pre-opening", "delayed by hand, J. Silva: outage")
    assert cell(("09:01", "A", 10.0), now=at("09:02"), share=0.4, wait=1.0)["state"] == "official"
    assert cell(now=at("09:00:50"), step=30.0)["time"] == pd.Timestamp("2016-03-18 09:00:30")
    with pytest.raises(XlidxError, match="before the open"):
        cell(now=at("08:59:59"))
    with pytest.raises(XlidxError, match="divisor is 0"):
        opening_level(MEMBERS, ticks(), PREVIOUS, at("09:00"), at("09:01"), 0.0)
    with pytest.raises(XlidxError, match="not of the day of the open"):
        opening_level(
            MEMBERS, ticks(("09:00", "A", 1.0)), PREVIOUS, np.datetime64("1899-12-30T09:00"), at("09:01"), 1.0
        )


@pytest.mark.rule("psi20", "3.1.3")
def test_an_index_suspended_into_the_close_closes_at_the_last_level_disseminated():
    # 99 000 over 1000 at 16:59:45, then nothing more: the close is 99.00, and a trade after it changes nothing.
    trades = [*((time, isin, price) for time, isin, price in EVERYBODY), ("17:10", "A", 1.0)]
    flags = [flag("17:00", None, "suspended")]
    found = cell(*trades, now=at("18:00"), market_close=at("17:30"), flags=flags)
    before = cell(*trades, now=at("16:59:59"))
    assert (found["time"], found["level"]) == (pd.Timestamp("2016-03-18 16:59:45"), before["level"])
    assert found["state"] == "closed"
    assert found["reason"].endswith("last level disseminated; suspended at the close, J. Silva: outage")
    assert cell(*trades, now=at("17:29"), market_close=at("17:30"), flags=flags)["state"] == "suspended"
    levels = session(*trades, hours=NOON, flags=flags)
    assert found["level"] == closing_level(levels)["level"].item()
    arguments = (MEMBERS, ticks(*trades), PREVIOUS, at("09:00"), at("18:00"), 100.0, at("17:30"), None, flags)
    assert {step.symbol: step.value for step in explain_opening_level(*arguments)}["I"] == found["level"]


TWO = read(COMPOSITION, [["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]])
TWO_BEFORE = read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["B", 20.0]])
TAPE = [
    ["time", "isin", "price", "cancelled", "cancelled at"],
    ["2016-03-18 09:00:05", "A", 11.0, "yes", None],
    ["2016-03-18 09:00:06", "B", 20.0, None, None],
    ["2016-03-18 09:30:00", "A", 10.0, None, None],
]


def taped(*rows, now="10:00", **options):
    return opening_level(TWO, read_ticks([TAPE[0], *rows]), TWO_BEFORE, at("09:00"), at(now), 200.0, **options)


@pytest.mark.rule("psi20", "3.2")
def test_a_cancelled_trade_leaves_published_levels_alone_and_a_recalculation_stands_beside_them():
    # A at 11 and B at 20 over 200 is 105.00 at 09:00:15; without that trade the first price of A is that of 09:30.
    found = taped(*TAPE[1:])
    assert found[["opening_level", "level"]].to_numpy().tolist() == [[105.0, 100.0]]
    assert found["opening_time"].item() == pd.Timestamp("2016-03-18 09:00:15")
    assert "version" not in found
    both = taped(*TAPE[1:], recalculate=True, author="J. Silva", reason="mistyped")
    assert both["opening_level"].tolist() == [105.0, 100.0]
    assert both["opening_time"].astype(str).str[11:].tolist() == ["09:00:15", "09:30:00"]
    assert both["version"].tolist() == [1, 2]
    assert both["reason"].tolist()[1].endswith("; recalculated, J. Silva: mistyped")
    with pytest.raises(XlidxError, match="no author or no reason"):
        taped(*TAPE[1:], recalculate=True)


def test_a_previous_close_of_zero_is_said():
    closes = read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["B", 0.0]])
    found = opening_level(TWO, read_ticks(TAPE[:2]), closes, at("09:00"), at("09:10"), 200.0)
    assert found["reason"].item().endswith("; previous close of 0, check it: B")


@pytest.mark.rule("psi20", "3.2")
def test_from_the_moment_of_a_cancellation_on_the_trade_before_it_counts():
    early = ["2016-03-18 09:00:04", "A", 10.4, None, None]
    struck = [*TAPE[1][:4], "2016-03-18 09:10:00"]
    # 105 while A stood at 11, 102 from 09:10 on with its trade at 10.4, and without one 100 at its previous close
    assert [taped(early, struck, TAPE[2], now=now)["level"].item() for now in ("09:09:59", "09:10:00")] == [
        105.0,
        102.0,
    ]
    alone = taped(struck, TAPE[2], now="09:20")
    assert alone[["level", "state", "opening_level", "missing"]].to_numpy().tolist() == [
        [100.0, "official", 105.0, "A"]
    ]
    rows = [TAPE[0], early, struck, *TAPE[2:]]
    basket, hours = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR")), NOON
    given = (basket, 200.0, read_ticks(rows), Reference(np.array([10.0, 20.0])), hours)
    pd.testing.assert_frame_equal(disseminate(*given), follow_ticks(*given))


@pytest.mark.rule("psi20", "4.2")
def test_an_index_in_dollars_and_a_rate_of_the_index_currency():
    # 1000 x 10 USD + 500 x 20 EUR x 1.2 = 22 000 over 210
    members = read(
        COMPOSITION, [["isin", "shares", "free float", "currency"], ["A", 1000.0, 1.0, "USD"], ["B", 500.0, 1.0, "EUR"]]
    )
    closes = read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["B", 20.0], ["EUR", 1.1]])
    rate = read_ticks([["time", "isin", "price"], ["2016-03-18 09:00:10", "EUR", 1.2]])
    given = (rate, closes, at("09:00"), at("09:00:20"), 210.0)
    assert opening_level(members, *given, currency="USD")["level"].item() == pytest.approx(22_000 / 210, rel=1e-15)
    with pytest.raises(XlidxError, match=r"EUR is the index currency, but its rate is 1.1 .* table previous close"):
        opening_level(TWO, *given)
    bare = read(PREVIOUS_CLOSE, [["isin", "close"], ["A", 10.0], ["B", 20.0]])
    with pytest.raises(XlidxError, match=r"its rate is 1.2 .* table ticks"):
        opening_level(TWO, rate, bare, *given[2:])
    with pytest.raises(XlidxError, match="EUR is the index currency"):
        member_rates(BASKET, {"EUR": 1.1})


def test_the_explanation_ends_with_level_share_and_state():
    trades = ticks(("09:01", "A", 11.0))
    steps = explain_opening_level(MEMBERS, trades, PREVIOUS, at("09:00"), at("09:02"), 100.0)
    values = {step.symbol: step.value for step in steps}
    assert [values[name] for name in ("C[1]", "X[1]", "M[1]", "C[2]", "M", "d", "I", "share", "state")] == [
        11.0, 1.0, 44e3, 25.0, 104e3, 100.0, 1040.0, 0.4, "pre-opening",
    ]  # fmt: skip
    assert all(step.rule for step in steps)
