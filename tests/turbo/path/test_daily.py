"""Certificates day by day: worked by hand, against the slow walk in decimals, and by what must not change."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth import depth
from tests.turbo.path import slow_path
from xlidx.errors import XlidxError
from xlidx.tables import read
from xlidx.turbo.book.certificate_path import COLUMNS, financing_path
from xlidx.turbo.book.inputs import PATH_TERMS, terms_of
from xlidx.turbo.certificate import FAMILIES
from xlidx.turbo.financing import ACCRUALS
from xlidx.turbo.path.daily import FLAGS, NUMBERS, financing_paths
from xlidx.turbo.path.inputs import History, PathMarket, PathRules, path_terms
from xlidx.turbo.stop_loss import RESETS

HEADER = [
    "isin", "underlying", "side", "kind", "financing level", "spread", "premium", "stop loss rounding", "entitlement",
    "financing level currency", "settlement currency", "level date", "family", "maximum spread", "maximum premium",
    "minimum premium", "stop loss", "day count",
]  # fmt: skip
MONDAY = dt.date(2020, 2, 3)


def line(**changes):
    entries = {
        "isin": "DE000NG20XP3", "underlying": "X", "side": "long", "kind": "best", "financing level": 1000.0,
        "spread": 0.03, "premium": 0.05, "stop loss rounding": 0.1, "entitlement": 0.01,
        "financing level currency": "EUR", "settlement currency": "EUR", "level date": MONDAY,
    }  # fmt: skip
    entries |= {name.replace("_", " "): value for name, value in changes.items()}
    return [entries.get(name) for name in HEADER]


def terms(**changes):
    return read(PATH_TERMS, [HEADER, line(**changes)])


def weekdays(start, end):
    days = np.arange(np.datetime64(start), np.datetime64(end) + 1)
    return days[np.is_busday(days)]


def on(days, default=0.0, **values):
    """A column of the default with values at days written as d0217 for 17 February."""
    found = np.full(days.size, default)
    for name, value in values.items():
        found[days == np.datetime64(f"2020-{name[1:3]}-{name[3:]}")] = value
    return found


# -- a month by hand ---------------------------------------------------------------------------------------------


@pytest.mark.rule("ing_open_end_turbo", "C.1")
@pytest.mark.rule("ing_open_end_turbo", "C.6")
@pytest.mark.rule("ing_open_end_turbo", "C.8")
def test_a_month_of_an_open_ended_long_by_hand():
    # Long at 0.6 % + 3.0 % = 3.6 % over 360 days: 0.0001 a day, 0.10 on 1000, simple until 2 March resets the level.
    days = weekdays("2020-02-03", "2020-03-05")
    low = on(days, 1100.0, d0220=1050.1, d0304=1047.7)
    rules = PathRules(level_reset="first trading day")
    path = financing_path(
        terms(kind="open ended"),
        days,
        0.006,
        None,
        on(days, d0217=5.0),
        lows=low,
        highs=low + 50.0,
        rules=rules,
    ).set_index("date")
    by_hand = {
        "2020-02-03": (1000.0, 1050.0),  # printed level; 1000 x 1.05
        "2020-02-04": (1000.1, 1050.0),  # one day
        "2020-02-07": (1000.4, 1050.0),  # Friday, four days
        "2020-02-10": (1000.7, 1050.0),  # Monday, seven days: the weekend counts three
        "2020-02-14": (1001.1, 1050.0),  # eleven days
        "2020-02-17": (996.4, 1050.0),  # 14 days are 1.4, the dividend of 5 comes off
        "2020-02-20": (996.7, 1050.0),  # still simple on 1000; the low of 1050.1 does not touch 1050
        "2020-02-28": (997.5, 1050.0),  # 25 days
        "2020-03-02": (997.8, 1047.7),  # 28 days; reset: 997.8 x 1.05 = 1047.69, up to the next 0.1
        "2020-03-03": (997.89978, 1047.7),  # 997.8 x 1.0001: interest on the new base
        "2020-03-04": (997.99956, 1047.7),  # 997.8 x 1.0002; the low equals the stop-loss
    }
    for day, (level, barrier) in by_hand.items():
        assert path.loc[day, "financing_level"] == pytest.approx(level, abs=1e-9)
        assert path.loc[day, "stop_loss"] == pytest.approx(barrier, abs=1e-9)
    assert path.index[path["reset"]].strftime("%m-%d").tolist() == ["02-03", "03-02"]
    assert path.index[path["stop_loss_reset"]].strftime("%m-%d").tolist() == ["02-03", "03-02"]
    assert path.index[path["event"]].strftime("%m-%d").tolist() == ["03-04"]
    assert path["state"].tolist() == ["live"] * 22 + ["stopped out", "ended"]
    assert path.loc["2020-03-05", ["financing_level", "stop_loss", "funding_cost"]].isna().all()
    assert path.loc["2020-02-10", ["days", "yearly_cost", "funding_cost"]].tolist() == pytest.approx([3, 0.036, 0.3])
    assert path["dividend"].sum() == 5.0


@pytest.mark.rule("ing_open_end_turbo", "C.6")
def test_a_stop_loss_is_set_anew_on_the_first_trading_day_not_on_the_holiday():
    # Easter 2024: 29 March and 1 April are holidays, so April's first trading day is the 2nd, with its premium of 3 %.
    # Level of 25 March 17000, 6.9 % a year by the day on 360, compounded by weekday: 17026.0823 on 2 April (below);
    # x 1.03 = 17536.86, up to 17,537.
    days = weekdays("2024-03-25", "2024-04-03")
    closed = np.isin(days, np.array(["2024-03-29", "2024-04-01"], "datetime64[D]"))
    line = terms(kind="open ended", financing_level=17000.0, level_date=dt.date(2024, 3, 25), premium=0.02,
                 stop_loss_rounding=1.0, stop_loss=17340.0)  # fmt: skip
    premiums = np.where(days < np.datetime64("2024-04-02"), 0.02, 0.03)
    path = financing_path(line, days, 0.039, None, premiums=premiums, disrupted=closed).set_index("date")
    level = 17000.0
    for gap in (1, 1, 1, 1, 3, 1):
        level *= 1 + 0.069 * gap / 360
    assert level == pytest.approx(17026.0823, abs=1e-4)
    assert path.loc["2024-04-02", "financing_level"] == pytest.approx(level, abs=1e-9)
    assert path["stop_loss"].tolist() == [17340.0] * 6 + [17537.0] * 2
    assert path.index[path["stop_loss_reset"]].strftime("%m-%d").tolist() == ["04-02"]


@pytest.mark.rule("ing_open_end_turbo", "C.6")
def test_the_fifteenth_waits_over_a_holiday():
    # 15 April 2022 is Good Friday, 18 April Easter Monday: set on Tuesday the 19th.
    days = weekdays("2022-04-13", "2022-04-20")
    closed = np.isin(days, np.array(["2022-04-15", "2022-04-18"], "datetime64[D]"))
    line = terms(kind="open ended", level_date=dt.date(2022, 4, 13), stop_loss=1060.0)
    for chosen in ({"stop_loss_reset": "15th"}, {"stop_loss_reset": "15th", "level_reset": "15th"}):
        path = financing_path(line, days, 0.006, disrupted=closed, rules=PathRules(**chosen)).set_index("date")
        assert path.index[path["stop_loss_reset"]].strftime("%m-%d").tolist() == ["04-19"]
    assert path.index[path["reset"]].strftime("%m-%d").tolist() == ["04-13", "04-19"]


@pytest.mark.rule("ing_open_end_turbo", "C.2")
@pytest.mark.parametrize(
    ("level", "rate", "currency", "expected"),
    [(9884.36, 0.0158, "USD", 9883.8328341333), (13571.32, -0.0045, "EUR", 13569.8309246111)],
)
def test_vectors_of_one_day(level, rate, currency, expected):
    # D1 and D3 of the notes on the product: 9884.36 x (1 - 0.0192/360) and 13571.32 x (1 - 0.0395/360).
    line = terms(side="short", financing_level=level, spread=0.035, financing_level_currency=currency)
    path = financing_path(line, weekdays("2020-02-03", "2020-02-04"), rate)
    assert path["financing_level"].iloc[-1] == pytest.approx(expected, abs=1e-10)


def test_thirty_days_at_each_accrual():
    # D6: -3.95 % on 13571.32 for 30 days, one row: simple -44.672; daily is 0.0708 higher; geometric 0.9 lower still.
    line = terms(side="short", financing_level=13571.32, spread=0.035, level_date=dt.date(2020, 2, 3))
    end = [financing_path(line, ["2020-03-04"], -0.0045, rules=PathRules(accrual=a, level_reset="15th"))
           for a in ACCRUALS]  # fmt: skip
    simple, daily, geometric = (path["financing_level"].iloc[0] for path in end)
    assert simple == pytest.approx(13571.32 * (1 - 0.0395 / 12), abs=1e-8)
    assert daily - simple == pytest.approx(0.0708, abs=1e-3)
    assert daily - geometric == pytest.approx(0.9, abs=0.05)


# -- the slow walk -----------------------------------------------------------------------------------------------


def decimals(low, high, places):
    return st.decimals(low, high, places=places)


@st.composite
def lives(draw, skips=(1, 1, 1, 2, 12), late=3):
    """Terms and days; ``skips`` are calendar days from one to the next, ``late`` the most up to the first."""
    kind = draw(st.sampled_from(["best", "limited", "open ended"]))
    family, side = draw(st.sampled_from(FAMILIES)), draw(st.sampled_from(["long", "short"]))
    start = dt.date(2020, 1, 1) + dt.timedelta(days=draw(st.integers(0, 120)))
    start += dt.timedelta(days=(7 - start.weekday()) % 7 if start.weekday() > 4 else 0)
    level = draw(decimals("50", "200", 2))
    premium = draw(decimals("0.01", "0.2", 3))
    barrier = level
    if kind == "open ended":
        barrier = level * (1 + premium) if side == "long" else level * (1 - premium)
    line = {
        "kind": kind, "family": family, "side": side, "level": level, "level_date": start, "stop_loss": barrier,
        "entitlement": Decimal("0.01"), "rounding": Decimal("0.01"), "day_count": draw(st.sampled_from([360, 365])),
        "long_share": draw(decimals("0", "1", 2)), "short_share": draw(decimals("0", "1", 2)), "end": None,
    }  # fmt: skip
    futures = family in slow_path.NO_INTEREST
    pays = not futures and family != "currency"
    days, today, spread = [], start, draw(decimals("0", "0.05", 3))
    for i in range(draw(st.integers(1, 12))):
        skip = draw(st.sampled_from(skips)) if i else draw(st.integers(0, late))
        today += dt.timedelta(days=skip)
        today += dt.timedelta(days=(7 - today.weekday()) % 7 if today.weekday() > 4 else 0)
        low = draw(decimals("20", "400", 2))
        days.append({
            "date": today, "rate": draw(decimals("-0.02", "0.08", 4)), "base_rate": draw(decimals("-0.02", "0.05", 4)),
            "spread": spread, "premium": premium,
            "dividend": draw(st.sampled_from([Decimal(0), Decimal("1.25")])) if pays else Decimal(0),
            "rollover": draw(st.sampled_from([Decimal(0), Decimal("0.75"), Decimal(-1)])) if futures else Decimal(0),
            "split": draw(st.sampled_from([Decimal(1)] * 8 + [Decimal(4), Decimal("0.5")])),
            "low": low, "high": low + draw(decimals("0", "5", 2)), "disrupted": draw(st.integers(0, 3)) > 0,
        })  # fmt: skip
    if draw(st.booleans()):
        line["end"] = days[draw(st.integers(0, len(days) - 1))]["date"]
    return line, days


def fast(line, days, rules):
    def column(name):
        return np.array([[float(day[name])] for day in days])

    market = PathMarket(
        rates=column("rate"), base_rates=column("base_rate"), spreads=column("spread"), premiums=column("premium"),
        dividends=column("dividend"), rollovers=column("rollover"), splits=column("split"), lows=column("low"),
        highs=column("high"), disrupted=np.array([[day["disrupted"]] for day in days]),
    )  # fmt: skip
    one = path_terms(
        line["side"], float(line["level"]), line["level_date"], kind=line["kind"], family=line["family"],
        day_count=line["day_count"], entitlement=float(line["entitlement"]), stop_loss=float(line["stop_loss"]),
        rounding=float(line["rounding"]), end_date=line["end"] or "NaT",
    )  # fmt: skip
    dates = [day["date"] for day in days]
    return financing_paths(one, dates, market, rules, (*NUMBERS, "state")), market, one


@pytest.mark.rule("ing_open_end_turbo", "C.3")
@pytest.mark.rule("ing_open_end_turbo", "C.4")
@pytest.mark.rule("ing_open_end_turbo", "C.5")
@pytest.mark.rule("ing_open_end_turbo", "C.6")
@pytest.mark.rule("ing_open_end_turbo", "C.15")
@pytest.mark.rule("ing_open_end_turbo", "C.16")
@pytest.mark.rule("ing_open_end_turbo", "C.17")
@settings(max_examples=depth(50, 200))
@given(lives(), st.sampled_from(ACCRUALS), st.sampled_from(RESETS), st.sampled_from(RESETS))
def test_paths_agree_with_the_slow_walk(life, accrual, level_reset, barrier_reset):
    line, days = life
    slow = slow_path.walk(line, days, accrual, level_reset, barrier_reset)
    rules = PathRules(
        accrual=accrual, level_reset=level_reset, stop_loss_reset=barrier_reset,
        long_share=float(line["long_share"]), short_share=float(line["short_share"]),
    )  # fmt: skip
    paths, _, _ = fast(line, days, rules)
    if any(row.get("level", 1) <= 0 for row in slow):  # dividends after splits may be more than the level
        assert "financing level is" in str(paths.faults[0])
        return
    assert not paths.faults
    states = {1: "live", 2: "exercise", 4: "stop loss", 6: "ended"}
    for i, expected in enumerate(slow):
        kept = {name: float(values[i, 0]) for name, values in paths.kept.items()}
        assert states[int(kept["state"])] == expected["state"]
        if expected["state"] == "ended":
            assert np.isnan(kept["financing_level"])
            continue
        for mine, theirs in (
            ("financing_level", "level"),
            ("stop_loss", "barrier"),
            ("entitlement", "entitlement"),
        ):
            assert kept[mine] == pytest.approx(float(expected[theirs]), rel=1e-12)
        assert kept["funding_cost"] == pytest.approx(float(expected["cost"]), rel=1e-9, abs=1e-12)


@given(lives(), st.sampled_from(ACCRUALS), st.sampled_from(RESETS))
def test_running_day_by_day_equals_the_whole_path(life, accrual, level_reset):
    line, days = life
    rules = PathRules(accrual=accrual, level_reset=level_reset)
    whole, market, one = fast(line, days, rules)
    carry, level = None, []
    for i, day in enumerate(days):
        row = PathMarket(**{name: History(values[None, :]) for name, values in market.on(i).items()})
        step = financing_paths(one, [day["date"]], row, rules, start=carry)
        carry = step.carry
        level.append(step.kept["financing_level"][0, 0])
    np.testing.assert_array_equal(level, whole.kept["financing_level"][:, 0])
    assert carry.state.tolist() == whole.carry.state.tolist()


# -- what must not change ----------------------------------------------------------------------------------------

SIDES = st.sampled_from(["long", "short"])


def last(path):
    return path[["financing_level", "stop_loss", "entitlement"]].iloc[-1]


def worth(side, row, spot):
    return (1 if side == "long" else -1) * (spot - row["financing_level"]) * row["entitlement"]


@pytest.mark.rule("ing_open_end_turbo", "C.5")
@given(SIDES, st.floats(0.0, 50.0), st.floats(500.0, 1500.0))
def test_a_dividend_passed_through_leaves_the_value(side, dividend, spot):
    days = weekdays("2020-02-03", "2020-02-04")
    without = last(financing_path(terms(side=side), days, 0.01))
    off = last(financing_path(terms(side=side), days, 0.01, None, [0.0, dividend]))
    assert worth(side, off, spot - dividend) == pytest.approx(worth(side, without, spot), abs=1e-9)


@pytest.mark.rule("ing_open_end_turbo", "C.4")
@given(SIDES, st.sampled_from(FAMILIES[4:]), st.floats(-50.0, 50.0), st.floats(500.0, 1500.0))
def test_a_rollover_leaves_the_value_and_moves_the_stop_loss(side, family, spread, spot):
    days, line = weekdays("2020-02-03", "2020-02-04"), terms(side=side, family=family)
    without = last(financing_path(line, days))
    rolled = last(financing_path(line, days, rollovers=[0.0, spread]))
    assert worth(side, rolled, spot + spread) == pytest.approx(worth(side, without, spot), abs=1e-9)
    assert rolled["stop_loss"] == rolled["financing_level"]


@pytest.mark.rule("ing_open_end_turbo", "C.4")
def test_a_rollover_sets_an_open_ended_stop_loss_anew():
    # No rate on futures: 1000 x (1 + 0.03 x 1/360) = 1000.0833.., plus 20 is 1020.0833..; x 1.05 = 1071.0875, up 0.1.
    days = weekdays("2020-02-03", "2020-02-05")
    path = financing_path(terms(kind="open ended", family="index future"), days, rollovers=[0.0, 20.0, 0.0])
    assert path["financing_level"].iloc[1] == pytest.approx(1020 + 1 / 12, abs=1e-9)
    assert path["stop_loss"].tolist() == [1050.0, 1071.1, 1071.1]


@pytest.mark.rule("ing_open_end_turbo", "C.16")
@given(SIDES, st.sampled_from(["best", "limited", "open ended"]), st.floats(0.1, 20.0), st.floats(500.0, 1500.0))
def test_a_split_leaves_value_and_distance(side, kind, factor, spot):
    days, line = weekdays("2020-02-03", "2020-02-04"), terms(side=side, kind=kind)
    without = last(financing_path(line, days, 0.01))
    split = last(financing_path(line, days, 0.01, splits=[1.0, factor]))
    assert worth(side, split, spot / factor) == pytest.approx(worth(side, without, spot), rel=1e-9, abs=1e-9)
    assert split["stop_loss"] * factor == pytest.approx(without["stop_loss"], rel=1e-12)


@given(SIDES, st.floats(-0.02, 0.08), st.floats(0.0, 0.05))
def test_simple_and_daily_interest_are_equal_over_one_day(side, rate, spread):
    days = weekdays("2020-02-03", "2020-02-07")
    simple, daily = (
        last(financing_path(terms(side=side, spread=spread), days, rate, rules=PathRules(accrual=form)))
        for form in ("simple", "daily")
    )
    assert simple["financing_level"] == pytest.approx(daily["financing_level"], rel=1e-13)


@given(st.floats(-0.02, 0.08), st.floats(0.0, 0.05), st.sampled_from(RESETS))
def test_long_and_short_mirror_each_other(rate, spread, reset):
    # A short at rate r is a long at rate r - 2 m: r - m = (r - 2 m) + m.
    days, rules = weekdays("2020-02-03", "2020-03-20"), PathRules(level_reset=reset, unusual_rates="allow")
    short = financing_path(terms(side="short", spread=spread), days, rate, rules=rules)
    mirrored = financing_path(terms(side="long", spread=spread), days, rate - 2 * spread, rules=rules)
    np.testing.assert_allclose(short["financing_level"], mirrored["financing_level"], rtol=1e-13)


# -- events ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("ing_open_end_turbo", "C.10")
def test_the_level_of_the_day_is_tested_not_that_of_the_day_before():
    # A short at 3 % loses 1000 x 0.03/360 = 0.0833 a day: 999.95 touches on the 4th only because the level moved first.
    days = weekdays("2020-02-03", "2020-02-04")
    path = financing_path(terms(side="short"), days, 0.0, lows=[900.0, 900.0], highs=[999.95, 999.95])
    assert path["event"].tolist() == [False, True]


@pytest.mark.rule("ing_open_end_turbo", "C.15")
def test_no_event_while_disrupted_and_levels_may_then_be_missing():
    days = weekdays("2020-02-03", "2020-02-06")
    low = [1100.0, 900.0, np.nan, 900.0]
    path = financing_path(terms(), days, 0.0, lows=low, highs=[1200.0] * 4, disrupted=[False, True, True, False])
    assert path["state"].tolist() == ["live", "live", "live", "stopped out"]
    without = financing_path(terms(), days, 0.0, lows=low, highs=[1200.0] * 4)
    assert without["state"].tolist() == ["live", "stopped out", "ended", "ended"]


@pytest.mark.rule("ing_open_end_turbo", "C.10")
@pytest.mark.parametrize(("touched", "state"), [("d0205", "stopped out"), ("d0206", "issuer call")])
def test_a_stop_loss_on_the_valuation_day_goes_before_the_call(touched, state):
    days = weekdays("2020-02-03", "2020-02-07")
    low = on(days, 1100.0, **{touched: 900.0})
    path = financing_path(
        terms(), days, 0.0, lows=low, highs=low + 500, end_date=dt.date(2020, 2, 5), end_event="issuer call"
    )
    assert path["state"].tolist() == ["live", "live", state, "ended", "ended"]


def test_first_event_date_of_each_series():
    days = weekdays("2020-02-03", "2020-02-05")
    two = path_terms(["long", "short", "long"], [1000.0, 1010.0, 800.0], MONDAY)
    market = PathMarket(rates=0.0, spreads=0.03, lows=[1001.0, 999.0, 1005.0], highs=[1002.0, 1003.0, 1012.0])
    paths = financing_paths(two, days, market)
    assert paths.event_date.astype(str).tolist() == ["2020-02-04", "2020-02-05", "NaT"]
    assert paths.state.tolist() == ["ended", "stopped out", "live"]


# -- spread and premium ------------------------------------------------------------------------------------------


@pytest.mark.rule("ing_open_end_turbo", "C.7")
def test_the_maximum_spread_is_refused_capped_or_waived():
    days, line = weekdays("2020-02-03", "2020-02-04"), terms(maximum_spread=0.05)
    refused = financing_path(line, days, 0.0, [0.03, 0.06])
    assert refused["state"].tolist() == ["live", "error"]
    assert "spread is 0.06 but must not be above the maximum spread" in refused["note"].iloc[1]
    for word, spread in (("cap", 0.05), ("allow", 0.06)):
        path = financing_path(line, days, 0.0, [0.03, 0.06], rules=PathRules(above_maximum=word))
        assert path["financing_level"].iloc[1] == pytest.approx(1000 * (1 + spread / 360), rel=1e-14)
        assert path["spread"].iloc[1] == spread


@pytest.mark.rule("ing_open_end_turbo", "C.7")
def test_a_spread_changes_after_a_reset_date_only():
    days, rules = weekdays("2020-02-28", "2020-03-04"), PathRules(level_reset="first trading day")
    line = terms(level_date=dt.date(2020, 2, 28))
    good = financing_path(line, days, 0.0, [0.03, 0.03, 0.04, 0.04], rules=rules)
    assert set(good["state"]) == {"live"}
    bad = financing_path(line, days, 0.0, [0.03, 0.03, 0.03, 0.04], rules=rules)
    assert bad["state"].tolist() == ["live", "live", "live", "error"]
    assert "spread is 0.04 but must stay until a reset date" in bad["note"].iloc[3]


@pytest.mark.rule("ing_open_end_turbo", "C.8")
def test_the_premium_of_the_reset_day_counts_within_its_bounds():
    days = weekdays("2020-02-28", "2020-03-03")
    line = terms(kind="open ended", level_date=dt.date(2020, 2, 28), maximum_premium=0.2, spread=0.0)
    path = financing_path(line, days, 0.0, premiums=[0.05, 0.10, 0.15])
    assert path["stop_loss"].tolist() == [1050.0, 1100.0, 1100.0]
    beyond = financing_path(line, days, 0.0, premiums=[0.05, 0.10, 0.25])
    assert "premium is 0.25 but must lie within" in beyond["note"].iloc[2]
    missing = financing_path(line, days, 0.0, premiums=[0.05, np.nan, np.nan])
    assert missing["note"].iloc[1].startswith("#N/A premium is missing - series 1, 2020-03-02")


# -- faults ------------------------------------------------------------------------------------------------------


def test_a_missing_rate_is_an_error_from_its_day_on():
    path = financing_path(terms(), weekdays("2020-02-03", "2020-02-06"), [np.nan, 0.01, np.nan, 0.01])
    assert path["state"].tolist() == ["live", "live", "error", "error"]
    assert path["note"].iloc[2].startswith("#N/A rate is missing - series 1, 2020-02-05 - ")
    assert path.loc[path["state"] == "error", [*NUMBERS]].isna().all(axis=None)
    assert tuple(path.columns) == COLUMNS


def test_a_day_before_the_trade_date_is_an_error_by_itself():
    path = financing_path(terms(), weekdays("2020-01-31", "2020-02-04"), 0.01)
    assert path["state"].tolist() == ["error", "live", "live"]
    assert path["note"].iloc[0].startswith("#NUM! 2020-01-31 lies before the level date 2020-02-03")
    assert path["financing_level"].iloc[1] == 1000.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entitlement": [1.0, -0.01, 1.0]}, "entitlement is -0.01 but must be above 0"),
        ({"level": [1000.0, 0.0, 1000.0]}, "financing level is 0 but must be above 0"),
        ({"day_count": [360, 364, 365]}, "day count is 364 but must be 360 or 365"),
        ({"stop_loss": [1000.0, -1.0, 1000.0]}, "stop-loss price is -1"),
        ({"level_date": [MONDAY, "NaT", MONDAY]}, "level date is NaT but must be a date"),
        ({"maximum_spread": [0.05, 5.0, 0.05]}, "maximum spread is 5 but must lie between 0 and 1"),
        ({"end_date": ["NaT", "2020-02-08", "NaT"]}, "end date is 2020-02-08 but must be a day of the path"),
        ({"end_date": "2020-02-10", "end_event": ["exercise", "expiry", "exercise"]}, "end event is expiry"),
    ],
)
def test_bad_terms_are_the_fault_of_their_series_alone(change, words):
    given_terms = {"side": "long", "level": [1000.0] * 3, "level_date": MONDAY} | change
    paths = financing_paths(
        path_terms(**given_terms), weekdays("2020-02-03", "2020-02-10"), PathMarket(rates=0.0, spreads=0.03)
    )
    assert list(paths.faults) == [1]
    assert words in paths.faults[1].sentence
    assert paths.state[1] == "error"
    assert "error" not in paths.state[[0, 2]]
    good = financing_paths(path_terms("long", 1000.0, MONDAY), paths.dates, PathMarket(rates=0.0, spreads=0.03))
    for i in (0, 2):
        if given_terms.get("day_count", [360] * 3)[i] == 360:
            assert paths.kept["financing_level"][:, i].tolist() == good.kept["financing_level"][:, 0].tolist()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rates": [[0.0, np.nan]]}, "rate is missing"),
        ({"rates": [[0.0, 1.58]]}, "rate is 1.58 but must lie between -1 and 1"),
        ({"spreads": [[0.03, 3.5]]}, "spread is 3.5 but must lie between 0 and 1"),
        ({"dividends": [[0.0, -1.0]]}, "dividend is -1 but must be 0 or more"),
        ({"dividends": [[0.0, 2000.0]]}, "financing level is -999.9"),
        ({"rollovers": [[0.0, 1.0]]}, "roll-over is 1 but must be 0 where no futures roll"),
        ({"splits": [[1.0, 0.0]]}, "split is 0 but must be above 0"),
        ({"lows": [[1500.0, np.nan]], "highs": [[1600.0, 1600.0]]}, "low is missing"),
        ({"lows": [[1500.0, 1700.0]], "highs": [[1600.0, 1600.0]]}, "low is 1700 but must not be above high"),
    ],
)
def test_a_bad_day_is_the_fault_of_its_series_alone(change, words):
    market = PathMarket(**({"rates": 0.0, "spreads": 0.03} | {name: np.array(v) for name, v in change.items()}))
    paths = financing_paths(path_terms("long", [1000.0, 1000.0], MONDAY), ["2020-02-04"], market)
    assert list(paths.faults) == [1]
    assert words in paths.faults[1].sentence
    assert paths.kept["financing_level"][0, 0] == pytest.approx(1000 * (1 + 0.03 / 360))
    assert np.isnan(paths.kept["financing_level"][0, 1])


def test_ranges_and_words_that_do_not_fit_are_refused():
    one, days = path_terms("long", 1000.0, MONDAY), weekdays("2020-02-03", "2020-02-05")
    with pytest.raises(XlidxError, match="rates have shape"):
        financing_paths(one, days, PathMarket(rates=[0.0, 0.1], spreads=0.03))
    with pytest.raises(XlidxError, match="only one of lows and highs"):
        financing_paths(one, days, PathMarket(rates=0.0, spreads=0.03, lows=1.0))
    with pytest.raises(XlidxError, match="must be Monday to Friday"):
        financing_paths(one, ["2020-02-08"], PathMarket(rates=0.0, spreads=0.03))
    with pytest.raises(XlidxError, match="come after the one before"):
        financing_paths(one, days[::-1], PathMarket(rates=0.0, spreads=0.03))
    with pytest.raises(XlidxError, match="column 'value' is not known"):
        financing_paths(one, days, PathMarket(rates=0.0, spreads=0.03), keep=("value",))
    with pytest.raises(XlidxError, match="accrual 'weekly' is not known"):
        PathRules(accrual="weekly")
    with pytest.raises(XlidxError, match="unequal sizes"):
        path_terms(["long"] * 2, [1.0] * 3, MONDAY)
    two = read(PATH_TERMS, [HEADER, line(isin="A"), line(isin="B")])
    with pytest.raises(XlidxError, match="the terms have 2 rows"):
        financing_path(two, days, 0.0)
    with pytest.raises(XlidxError, match="no day count is known for THB"):
        financing_path(terms(financing_level_currency="THB"), days, 0.0)


# -- many series -------------------------------------------------------------------------------------------------


def test_many_series_share_histories_and_equal_the_single_ones():
    rng = np.random.default_rng(7)
    days, count = weekdays("2020-02-03", "2020-04-30"), 40
    side, kind = rng.choice(["long", "short"], count), rng.choice(["best", "limited", "open ended"], count)
    level, of = rng.uniform(50.0, 150.0, count), rng.integers(0, 3, count)
    low = 100.0 + rng.normal(0.0, 1.0, (days.size, 3)).cumsum(axis=0)
    market = PathMarket(
        rates=History(rng.uniform(-0.01, 0.03, (days.size, 3)), of), spreads=0.03, premiums=0.04,
        lows=History(low, of), highs=History(low + 1.0, of),
    )  # fmt: skip
    whole = financing_paths(
        path_terms(side, level, MONDAY, kind=kind, rounding=0.01),
        days,
        market,
        keep=(*NUMBERS, *FLAGS, "state"),
    )
    assert 0 < (whole.state == "ended").sum() < count
    for s in range(count):
        one = PathMarket(
            rates=market.rates.values[:, of[s]], spreads=0.03, premiums=0.04, lows=low[:, of[s]],
            highs=low[:, of[s]] + 1.0,
        )  # fmt: skip
        alone = financing_paths(
            path_terms(side[s], level[s], MONDAY, kind=kind[s], rounding=0.01),
            days,
            one,
            keep=tuple(whole.kept),
        )
        for name, kept in whole.kept.items():
            np.testing.assert_array_equal(alone.kept[name][:, 0], kept[:, s])


def test_the_terms_table_gives_the_same_series():
    found = terms_of(terms(side="short", kind="open ended", financing_level_currency="GBP", family="fund"))
    assert (found.sign[0], found.kind[0], found.family[0], found.day_count[0]) == (-1.0, 2, 2, 365.0)
    assert terms_of(terms(financing_level_currency="GBP", day_count=360.0)).day_count[0] == 360.0
