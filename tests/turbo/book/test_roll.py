"""The book rolled day by day from dated tables: against the slow walk in decimals, and one bad thing at a time."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth import depth
from tests.turbo.path import slow_path
from tests.turbo.path.test_daily import lives
from xlidx.errors import ErrorValue, XlidxError
from xlidx.tables import read
from xlidx.turbo.book import paths as book_paths
from xlidx.turbo.book.inputs import MARKET, PATH_TERMS, RATES, RULES
from xlidx.turbo.book.paths import turbo_paths
from xlidx.turbo.book.table import turbo_book

START = dt.date(2020, 2, 10)
DAYS = [dt.date(2020, 2, day) for day in (10, 11, 12, 13, 14, 17, 18)]


def block(lines):
    names = list(dict.fromkeys(name for line in lines for name in line))
    return [names, *[[line.get(name) for name in names] for line in lines]]


def line(isin, **changes):
    usual = {
        "isin": isin, "underlying": "DAX", "side": "long", "kind": "best", "financing level": 1000.0, "spread": 0.03,
        "premium": 0.05, "stop loss rounding": 0.1, "entitlement": 0.01, "financing level currency": "EUR",
        "settlement currency": "EUR", "level date": START,
    }  # fmt: skip
    return usual | {name.replace("_", " "): value for name, value in changes.items()}


def quote(day, underlying="DAX", **changes):
    usual = {"underlying": underlying, "date": day, "spot": 1100.0, "rate": 0.006}
    return usual | changes


def tables(terms, market, rates=None, rules=None):
    found = [read(PATH_TERMS, block(terms)), read(MARKET, block(market))]
    found.append(read(RATES, block(rates)) if rates else None)
    return [*found, read(RULES, block([rules])) if rules else None]


def book(terms, market, as_of=None, rates=None, rules=None):
    first, second, *others = tables(terms, market, rates, rules)
    return turbo_book(first, second, as_of, *others).set_index("isin")


def paths(terms, market, as_of=None, rates=None, rules=None):
    first, second, *others = tables(terms, market, rates, rules)
    return turbo_paths(first, second, as_of, *others)


# -- the slow walk -----------------------------------------------------------------------------------------------


def as_tables(several, rules):
    """Random lives as the rows of a terms table, a dated market table and a rates table."""
    terms, market, rates = [], [], []
    for i, (life, days) in enumerate(several):
        name, money = f"U{i}", f"M{i}"
        terms.append(
            line(
                f"S{i}",
                underlying=name,
                side=life["side"],
                kind=life["kind"],
                financing_level=float(life["level"]),
                level_date=life["level_date"],
                family=life["family"],
                stop_loss=float(life["stop_loss"]),
                stop_loss_rounding=float(life["rounding"]),
                day_count=float(life["day_count"]),
                end_date=life["end"],
                spread=float(days[0]["spread"]),
                premium=float(days[0]["premium"]),
                financing_level_currency=money,
                base_currency=f"B{i}",
                settlement_currency=money,
            )
        )
        for day in days:
            numbers = {key: float(day[key]) for key in ("dividend", "rollover", "split", "low", "high")}
            word = "yes" if day["disrupted"] else "no"
            spot = float(day["low"])
            market.append({"underlying": name, "date": day["date"], "spot": spot, "disrupted": word} | numbers)
            rates.append({"currency": money, "date": day["date"], "rate": float(day["rate"])})
            rates.append({"currency": f"B{i}", "date": day["date"], "rate": float(day["base_rate"])})
    return tables(terms, market, rates, rules)


def settled(life, row, day):
    sign = 1 if life["side"] == "long" else -1
    price = day["low"]
    if row["state"] == "stop loss":
        if life["kind"] != "open ended":
            return 0.0
        price = day["low"] if sign > 0 else day["high"]
    return float(max(sign * (price - row["level"]), 0) * row["entitlement"])


@pytest.mark.rule("ing_open_end_turbo", "C.6")
@pytest.mark.rule("ing_open_end_turbo", "C.11")
@pytest.mark.rule("ing_open_end_turbo", "C.17")
@settings(max_examples=depth(30, 120))
@given(st.data())
def test_books_and_paths_agree_with_the_slow_walk(data):
    several = [data.draw(lives(skips=(1,), late=0)) for _ in range(data.draw(st.integers(1, 3)))]
    life, days = several[0]
    shares = {"long share": float(life["long_share"]), "short share": float(life["short_share"])}
    for other, _ in several[1:]:
        other |= {"long_share": life["long_share"], "short_share": life["short_share"]}
    first, second, rates, rules = as_tables(several, shares | {"accrual": "daily", "stop loss reset": "15th"})
    last = min(days[-1]["date"] for _, days in several)
    last = max([last, *(life["level_date"] for life, _ in several)])
    found, walked = turbo_book(first, second, last, rates, rules), turbo_paths(first, second, last, rates, rules)
    for i, (life, days) in enumerate(several):
        days = [day for day in days if day["date"] <= last]
        slow = slow_path.walk(life, days, "daily", "daily", "15th")
        rows = walked[walked["isin"] == f"S{i}"]
        if days[-1]["date"] < last and slow[-1]["state"] == "live":
            assert "the market table has no row" in found["note"][i + 2]
            continue
        assert rows["date"].dt.date.tolist()[: len(days)] == [day["date"] for day in days]
        words = {"stop loss": "stopped out"}
        assert rows["state"].tolist()[: len(days)] == [words.get(row["state"], row["state"]) for row in slow]
        for column, key in (("financing_level", "level"), ("stop_loss", "barrier"), ("entitlement", "entitlement")):
            expected = [float(row.get(key, "nan")) for row in slow]
            units = 0.01 if column == "entitlement" else 1.0
            expected = [value / 0.01 * units for value in expected] if column == "entitlement" else expected
            np.testing.assert_allclose(rows[column].to_numpy(float)[: len(days)], expected, rtol=1e-11)
        n = next((n for n, row in enumerate(slow) if row["state"] != "live"), len(slow) - 1)
        line = found.loc[i + 2]
        assert line["financing_level"] == pytest.approx(float(slow[n]["level"]), rel=1e-11)
        assert line["days"] == (days[n]["date"] - life["level_date"]).days
        assert line["value"] == pytest.approx(settled(life, slow[n], days[n]), rel=1e-9, abs=1e-9)
        assert (line["note"] is None) == (days[n]["date"] == last)


@pytest.mark.rule("ing_open_end_turbo", "C.1")
def test_a_book_follows_its_as_of_day_as_the_paths_do():
    market = [quote(day, spot=1100.0 + i) for i, day in enumerate(DAYS)]
    terms = [line("A"), line("B", side="short", financing_level=1300.0, kind="open ended")]
    whole = paths(terms, market)
    for day in DAYS:
        found, rows = book(terms, market, day), whole[whole["date"] == pd.Timestamp(day)].set_index("isin")
        for name in ("financing_level", "stop_loss", "spot", "value"):
            assert found[name].tolist() == rows[name].tolist()
        assert found["days"].tolist() == [(day - START).days] * 2
    # 3.6 % over 360 days: 0.0001 a day, compounded on every weekday; 15 and 16 February are a weekend.
    levels = whole.loc[whole["isin"] == "A", "financing_level"].tolist()
    assert levels[:3] == pytest.approx([1000.0, 1000.1, 1000.20001], abs=1e-9)
    assert levels[5] / levels[4] == pytest.approx(1.0003, abs=1e-12)
    assert book(terms, market).loc["A", "financing_level"] == levels[-1]


@pytest.mark.parametrize("market", [[quote(day) for day in DAYS], [quote(None)]], ids=["dated", "undated"])
def test_a_saturday_shows_the_friday_before(market):
    on_sunday, on_saturday, on_friday = (book([line("A")], market, dt.date(2020, 2, day)) for day in (16, 15, 14))
    for weekend, day in ((on_sunday, 16), (on_saturday, 15)):
        assert weekend.loc["A", "days"] == 4.0
        assert weekend.loc["A", "note"].startswith(f"2020-02-{day} is no weekday: as on 2020-02-14")
        pd.testing.assert_frame_equal(weekend.drop(columns="note"), on_friday.drop(columns="note"))


# A share that pays 10 on Saturday 15 February, splits, rolls: a row of that day cannot be booked and must not be lost.
@pytest.mark.parametrize(
    "amount", [{"dividend": 10.0}, {"split": 2.0}, {"rollover": 3.0}, {"new spread": 0.02}, {"new premium": 0.02}]
)
def test_what_a_session_books_is_not_lost_on_a_weekend(amount):
    days, saturday = [quote(day) for day in DAYS], dt.date(2020, 2, 15)
    told = "#NUM! 2020-02-15 is no weekday, yet its row has a dividend, split, roll-over, spread or premium - "
    found = paths([line("A"), line("B", underlying="NDX")],
                  [*days, quote(saturday, **amount), *[quote(day, "NDX") for day in DAYS]])  # fmt: skip
    assert found[found["isin"] == "A"]["state"].tolist() == ["live"] * 5 + ["error"] * 2
    assert set(found[found["isin"] == "B"]["state"]) == {"live"}
    market = [*days, quote(saturday, **amount)]
    note = f"{told}table market, row 9 - write it into the row of the session, 2020-02-17"
    assert book([line("A")], market).loc["A", "note"] == note
    assert book([line("A")], market, DAYS[4]).loc["A", "state"] == "live"
    plain = [*days, quote(saturday, spot=1.0, dividend=0.0, split=1.0)]
    pd.testing.assert_frame_equal(book([line("A")], plain), book([line("A")], days))


def test_a_series_that_nobody_watched_is_not_called_live():
    # Level date Monday 10 February: on Tuesday one day was looked at, the day itself; on Wednesday Tuesday was not.
    # A Monday after a level date on Friday leaves no weekday out.
    assert book([line("A")], [quote(None)], DAYS[1]).loc["A", ["state", "note"]].tolist() == ["live", None]
    wednesday = book([line("A")], [quote(None)], DAYS[2]).loc["A"]
    assert wednesday["state"] == "not watched"
    assert wednesday["note"].startswith("not watched between 2020-02-10 and 2020-02-12: with a row for each day")
    assert wednesday["value"] == pytest.approx((1100.0 - 1000.0 * (1 + 2 * 0.036 / 360)) * 0.01)
    friday = line("A", level_date=DAYS[4])
    assert book([friday], [quote(None)], DAYS[5]).loc["A", "state"] == "live"
    assert book([line("A")], [quote(None, spot=999.0)], DAYS[2]).loc["A", "state"] == "stopped out"
    # Real: knocked out on 11 February 2020 (high 13,668.43), yet 30 EUR in the money a month later.
    dead = line("X", side="short", financing_level=13571.32, spread=0.035)
    found = book([dead], [quote(None, spot=10438.68, rate=-0.0045)], dt.date(2020, 3, 11)).loc["X"]
    assert found["state"] == "not watched"


def test_a_rate_in_per_cent_is_a_question_in_a_book_too():
    market = [quote(day, rate=-0.45) for day in DAYS]
    found = book([line("A")], market, DAYS[1]).loc["A"]
    sentence = (
        "#NUM! rate is -0.45 but must lie between -0.05 and 0.2 - table terms, row 2, 2020-02-11 - give a fraction"
    )
    assert found["note"].startswith(sentence)
    allowed = book([line("A")], market, DAYS[1], rules={"unusual rates": "allow"}).loc["A"]
    assert allowed["financing_level"] == pytest.approx(1000.0 * (1 + (-0.45 + 0.03) / 360))
    lent = line("A", family="currency", base_currency="USD")
    assert "base rate is 0.25" in book([lent], [quote(day, **{"base rate": 0.25}) for day in DAYS]).loc["A", "note"]


# Short 13571.32 with a stop-loss at 14000, which lies above its level: the document check calls it an error as well.
@pytest.mark.parametrize(
    ("series", "words"),
    [
        (
            line("A", side="short", kind="open ended", financing_level=13571.32, stop_loss=14000.0),
            "price is 14000 but must not",
        ),
        (line("A", side="long", kind="open ended", stop_loss=999.9), "price is 999.9 but must not be below"),
        (line("A", side="long", kind="limited", stop_loss=999.9), "price is 999.9 but must not be below"),
        (line("A", kind="best", stop_loss=1000.01), "price is 1000.01 but must be the financing level of a best"),
    ],
)
def test_a_stop_loss_on_the_wrong_side_is_refused(series, words):
    market = [quote(day, spot=13000.0 if series["side"] == "short" else 1100.0) for day in DAYS]
    assert words in book([series], market).loc["A", "note"]
    assert words in book([series], [quote(None)], DAYS[1]).loc["A", "note"]
    assert words in paths([series], market)["note"].iloc[0]
    level = series | {"stop loss": series["financing level"], "premium": 0.0}
    assert book([level], market, DAYS[0]).loc["A", "note"] is None


def test_codes_of_currencies_in_small_letters_are_the_same_currencies():
    small = line("A", financing_level_currency="usd", settlement_currency="eur")
    large = line("A", financing_level_currency="USD", settlement_currency="EUR")
    market = [quote(day, fx=1.25) for day in DAYS]
    pd.testing.assert_frame_equal(book([small], market), book([large], market))
    home = line("A", financing_level_currency="eur", settlement_currency="EUR")
    assert book([home], [quote(day) for day in DAYS]).loc["A", "note"] is None
    rates = [{"currency": "usd", "rate": 0.006}]
    pd.testing.assert_frame_equal(book([small], market, rates=rates), book([large], market))
    pence = line("A", financing_level_currency="GBp", settlement_currency="GBP")
    assert "no exchange rate GBp per GBP" in book([pence], [quote(day) for day in DAYS]).loc["A", "note"]


# -- families and rates ------------------------------------------------------------------------------------------


@pytest.mark.rule("ing_open_end_turbo", "C.3")
@pytest.mark.rule("ing_open_end_turbo", "C.17")
@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize(
    ("family", "yearly", "moved"),
    [
        ("index", 0.036 + 0.03, -2.0),
        ("share", 0.036 + 0.03, -2.0),
        ("fund", 0.036 + 0.03, -2.0),
        ("currency", 0.036 - 0.018 + 0.03, 0.0),
        ("commodity future", 0.03, 5.0),
        ("index future", 0.03, 5.0),
        ("government bond future", 0.03, 5.0),
    ],
)
def test_what_moves_the_level_of_each_family(family, yearly, moved, dated):
    change = {"dividend": 2.0} if moved < 0 else {"rollover": moved} if moved > 0 else {}
    market = [quote(START), quote(DAYS[1], **change)] if dated else [quote(None, **change)]
    rates = [{"currency": "EUR", "rate": 0.036}, {"currency": "USD", "rate": 0.018}]
    found = book([line("A", family=family, base_currency="USD")], market, DAYS[1], rates).loc["A"]
    assert found["note"] is None
    assert found["financing_level"] == pytest.approx(1000 * (1 + yearly / 360) + moved, abs=1e-9)


@pytest.mark.rule("ing_open_end_turbo", "C.17")
@pytest.mark.parametrize(
    ("family", "change", "words"),
    [
        ("currency", {"dividend": 2.0}, "dividend is 2 but must be 0 for currencies and futures"),
        ("index future", {"dividend": 2.0}, "dividend is 2 but must be 0 for currencies and futures"),
        ("index", {"rollover": 1.0}, "roll-over is 1 but must be 0 where no futures roll"),
        ("currency", {}, "base rate is missing for the base currency"),
    ],
)
def test_what_a_family_does_not_know_is_refused(family, change, words):
    base = {"base_rate": 0.0} if change else {}
    market = [quote(None, **change, **base), quote(None, "X")]
    found = book([line("A", family=family), line("B", underlying="X")], market, DAYS[1])
    assert words in found.loc["A", "note"]
    assert found["state"].tolist() == ["error", "live"]


def test_fixed_leverage_is_refused_with_a_sentence():
    found = book([line("A", kind="fixed leverage"), line("B")], [quote(None)])
    assert found["state"].tolist() == ["error", "live"]
    assert "how their leverage is re-set is not published" in found.loc["A", "note"]


@pytest.mark.rule("ing_open_end_turbo", "C.2")
def test_days_of_a_year_follow_the_currency_unless_given():
    terms = [
        line("A", financing_level_currency="GBP", settlement_currency="GBP"),
        line("B"),
        line("C", day_count=365.0),
    ]
    found = book([*terms, line("D", financing_level_currency="THB", settlement_currency="THB")], [quote(None)], DAYS[1])
    expected = [1000 * (1 + 0.036 / days) for days in (365, 360, 365)]
    assert found["financing_level"].tolist()[:3] == pytest.approx(expected, abs=1e-10)
    assert found.loc["D", "note"].startswith("#N/A no day count is known for THB - table terms, row 5")
    market = [quote(None, day_count=365.0)]
    assert book([line("A")], market, DAYS[1]).loc["A", "financing_level"] == pytest.approx(expected[0], abs=1e-10)


# -- decisions of the issuer ----------------------------------------------------------------------------------------


@pytest.mark.rule("ing_open_end_turbo", "C.7")
@pytest.mark.rule("ing_open_end_turbo", "A.10")
def test_a_new_spread_counts_from_its_day_on_for_series_that_were_there():
    # The row of 12 February says 4 %; a series whose level date is that day has it in its own terms already.
    market = [quote(day, new_spread=0.04 if day == DAYS[2] else None, rate=0.0) for day in DAYS]
    found = paths([line("A"), line("B", level_date=DAYS[2], spread=0.01)], market)
    spreads = found.set_index("isin")["spread"]
    assert spreads["A"].tolist() == [None, 0.03, 0.04, 0.04, 0.04, 0.04, 0.04]
    assert spreads["B"].tolist() == [None, 0.01, 0.01, 0.01, 0.01]
    capped = paths([line("A", maximum_spread=0.035)], market)
    assert capped["state"].tolist() == ["live", "live", *["error"] * 5]
    assert "spread is 0.04 but must not be above the maximum spread" in capped["note"].iloc[2]
    lower = paths([line("A", maximum_spread=0.035)], market, rules={"above maximum": "cap"})
    assert lower["spread"].iloc[2] == 0.035


@pytest.mark.rule("ing_open_end_turbo", "C.8")
@pytest.mark.rule("ing_open_end_turbo", "A.12")
@pytest.mark.rule("ing_open_end_turbo", "A.13")
def test_a_new_premium_sets_the_stop_loss_on_the_next_reset_date_within_its_bounds():
    days = [dt.date(2020, 2, 27), dt.date(2020, 2, 28), dt.date(2020, 3, 2)]
    market = [quote(day, new_premium=premium, rate=0.0) for day, premium in zip(days, (None, 0.1, None), strict=True)]
    terms = line("A", kind="open ended", level_date=days[0], spread=0.0, underlying="DAX")
    market = [row | {"spot": 1500.0} for row in market]
    found = paths([terms], market)
    assert found["stop_loss"].tolist() == [1050.0, 1050.0, 1100.0]
    assert found["premium"].tolist() == [0.05, 0.1, 0.1]
    for bound, value in (("maximum_premium", 0.08), ("minimum_premium", 0.12)):
        beyond = paths([terms | {bound.replace("_", " "): value}], market)
        assert "premium is 0.1 but must lie within minimum and maximum premium" in beyond["note"].dropna().iloc[0] or (
            "premium is 0.05" in beyond["note"].dropna().iloc[0]
        )


# -- events ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("ing_open_end_turbo", "C.10")
@pytest.mark.rule("ing_open_end_turbo", "C.11")
def test_a_series_that_ended_stands_as_on_its_last_day_and_says_so():
    market = [quote(day, low=990.0 if day == DAYS[2] else 1090.0, high=1110.0) for day in DAYS]
    terms = [line("A"), line("B", kind="open ended", stop_loss=1050.0), line("C", financing_level=900.0)]
    found = book(terms, market)
    assert found["state"].tolist() == ["stopped out", "stopped out", "live"]
    assert found["note"].tolist()[:2] == ["stopped out on 2020-02-12, nothing to roll further"] * 2
    assert found["days"].tolist() == [2.0, 2.0, 8.0]
    # Open ended: the worst level of the day, 990, lies below the level of about 1000.2.
    assert found["settlement"].tolist()[:2] == [0.0, 0.0]
    at_spot = book(terms, market, rules={"residual": "spot"})
    assert at_spot.loc["B", "settlement"] == 1.0  # (1100 - 1000.20) x 0.01, to the cent
    assert at_spot.loc["A", ["value", "settlement"]].tolist() == [0.0, 0.0]
    rows = paths(terms, market)
    assert rows.loc[rows["isin"] == "A", "state"].tolist() == ["live", "live", "stopped out", *["ended"] * 4]
    assert rows.loc[rows["event"], "date"].dt.date.tolist() == [DAYS[2]] * 2
    assert rows.loc[rows["isin"] == "A", "note"].iloc[3] == "stopped out on 2020-02-12, nothing to roll further"


@pytest.mark.rule("ing_open_end_turbo", "C.13")
@pytest.mark.rule("ing_open_end_turbo", "A.21")
def test_exercise_call_and_expiry_end_a_series_unless_its_stop_loss_did():
    market = [quote(day, low=990.0 if day == DAYS[2] else 1090.0, high=1110.0) for day in DAYS]
    terms = [
        line("A", financing_level=900.0, end_date=DAYS[3]),
        line("B", financing_level=900.0, end_date=DAYS[3], end_event="issuer call"),
        line("C", financing_level=900.0, kind="limited", final_valuation_date=DAYS[3]),
        line("D", end_date=DAYS[2]),
        line("E", financing_level=900.0, kind="best", final_valuation_date=DAYS[3]),
    ]
    found = book(terms, market)
    assert found["state"].tolist() == ["exercise", "issuer call", "expiry", "stopped out", "error"]
    assert found["settlement"].tolist()[2:4] == [2.0, 0.0]
    assert "end event is expiry" in found.loc["E", "note"]
    undated = book(terms[:1], [quote(None)], DAYS[4])
    assert undated.loc["A", "note"].startswith("#NUM! the series ended on 2020-02-13 - table terms, row 2")


# -- one bad thing at a time -------------------------------------------------------------------------------------

GOOD = [quote(day, name) for day in DAYS for name in ("DAX", "SPX")]
SERIES = [line("A"), line("B", side="short", financing_level=1300.0), line("C", underlying="SPX")]


def without(rows, day, name):
    return [row for row in rows if (row["date"], row["underlying"]) != (day, name)]


def changed(rows, day, name, **changes):
    return [row | changes if (row["date"], row["underlying"]) == (day, name) else row for row in rows]


BAD_MARKETS = [
    (without(GOOD, DAYS[3], "SPX"), 3, "#N/A the market table has no row for SPX on 2020-02-13 - table terms, row 4"),
    (changed(GOOD, DAYS[3], "SPX", spot=None), 3, "#VALUE! spot is blank - table market, row "),
    (changed(GOOD, DAYS[3], "SPX", spot="n/a"), 3, "#VALUE! spot is text 'n/a' - table market, row "),
    (changed(GOOD, DAYS[3], "SPX", rate=None), 3, "#N/A rate is missing for EUR, 2020-02-13 - table terms, row 4"),
    (changed(GOOD, DAYS[3], "SPX", rate=1.58), 3, "#NUM! rate is 1.58 but must lie between -1 and 1"),
    (changed(GOOD, DAYS[3], "SPX", low=1200.0), 3, "#NUM! low, spot and high of SPX are not in order"),
    (changed(GOOD, DAYS[3], "SPX", dividend=-1.0), 3, "#NUM! dividend is -1 but must be 0 or more - table market"),
    (changed(GOOD, DAYS[3], "SPX", split=0.0), 3, "#NUM! split is 0 but must be above 0 - table market"),
    (changed(GOOD, DAYS[0], "SPX", spot="n/a", disrupted="yes"), 0, "#VALUE! spot is text 'n/a' - table market, row 3"),
    (without(GOOD, DAYS[0], "SPX"), 0, "#N/A the market table has no row for SPX on 2020-02-10"),
]


@pytest.mark.parametrize(("market", "good", "note"), BAD_MARKETS)
def test_a_bad_day_is_an_error_of_its_underlying_from_that_day_on(market, good, note):
    found, fine = paths(SERIES, market), paths(SERIES, GOOD)
    bad = found[found["isin"] == "C"]
    assert bad["state"].tolist() == ["live"] * good + ["error"] * (len(DAYS) - good)
    assert all(text.startswith(note) for text in bad["note"].iloc[good:])
    pd.testing.assert_frame_equal(found[found["isin"] != "C"], fine[fine["isin"] != "C"])
    whole, usual = book(SERIES, market), book(SERIES, GOOD)
    assert whole.loc["C", "note"].startswith(note)
    assert whole.loc["C", ["financing_level", "value", "days"]].isna().all()
    pd.testing.assert_frame_equal(whole.drop("C"), usual.drop("C"))


BAD_TERMS = [
    ({"entitlement": -0.01}, "#NUM! entitlement is -0.01 but must be above 0 - table terms, row 2, column entitlement"),
    ({"underlying": "DAXX"}, "#N/A the market table has no row for DAXX - table terms, row 2"),
    ({"level date": dt.date(2020, 2, 19)}, "#NUM! as_of lies 1 days before the level date - table terms, row 2"),
    ({"kind": "open ended", "premium": 0.3, "maximum premium": 0.2}, "#NUM! premium is 0.3 but must lie within"),
    ({"spread": 0.06, "maximum spread": 0.05}, "#NUM! spread is 0.06 but must not be above the maximum spread"),
    ({"stopped out": DAYS[2]}, "#NUM! the series was stopped out on 2020-02-12: nothing is left to roll - table terms"),
    ({"financing level": ErrorValue.NA}, "#N/A financing_level holds #N/A"),
    ({"financing level currency": "USD"}, "#N/A no exchange rate USD per EUR for DAX - table terms, row 2"),
    (
        {"end date": dt.date(2020, 2, 15)},
        "#NUM! end date is 2020-02-15 but must be a day of the path - table terms, row",
    ),
    ({"family": "crypto"}, "#VALUE! family 'crypto' is not known"),
    ({"kind": "fixed leverage"}, "#VALUE! "),
]


@pytest.mark.parametrize(("change", "note"), BAD_TERMS, ids=[next(iter(change)) for change, _ in BAD_TERMS])
@pytest.mark.parametrize("market", [GOOD, [quote(None), quote(None, "SPX")]], ids=["dated", "undated"])
def test_a_bad_series_is_an_error_in_its_row_only(change, note, market):
    terms = [SERIES[0] | change, *SERIES[1:]]
    found, usual = book(terms, market, DAYS[-1]), book(SERIES, market, DAYS[-1])
    if "end date" in change and market[0]["date"] is None:
        note = "#NUM! the series ended on 2020-02-15"
    assert found.loc["A", "note"].startswith(note)
    assert found.loc["A", "state"] == "error"
    pd.testing.assert_frame_equal(found.drop("A"), usual.drop("A"))
    rows, fine = paths(terms, market, DAYS[-1]), paths(SERIES, market, DAYS[-1])
    others = rows["isin"] != "A"
    pd.testing.assert_frame_equal(rows[others].reset_index(drop=True), fine[fine["isin"] != "A"].reset_index(drop=True))
    if "financing level currency" not in change:
        assert rows.loc[~others, "note"].dropna().iloc[0].startswith(note)


def test_rates_by_currency_and_a_currency_without_one():
    terms = [line("A"), line("B", financing_level_currency="USD"), line("C", financing_level_currency="CHF")]
    market = [quote(day, rate=None, fx=None) for day in DAYS]
    rates = [{"currency": "EUR", "rate": 0.006}, *({"currency": "USD", "date": day, "rate": 0.012} for day in DAYS[:3])]
    rows = paths(terms, market, rates=rates).set_index("isin")
    assert rows.loc["A", "state"].tolist() == ["live"] * 7
    assert rows.loc["A", "rate"].tolist() == [0.006] * 7
    assert rows.loc["B", "state"].tolist() == ["live"] * 3 + ["error"] * 4
    assert (
        rows.loc["B", "note"]
        .iloc[3]
        .startswith("#N/A rate is missing for USD, 2020-02-13 - table terms, row 3, table rates")
    )
    assert rows.loc["C", "state"].tolist() == ["live"] + ["error"] * 6
    assert np.isnan(rows.loc["B", "value"].iloc[0])  # no exchange rate, no value


@pytest.mark.rule("ing_open_end_turbo", "C.15")
def test_a_holiday_is_a_row_without_levels_and_interest_runs_on():
    market = changed(GOOD, DAYS[4], "DAX", spot=None, disrupted="yes")
    found = paths(SERIES[:1], market)
    assert set(found["state"]) == {"live"}
    assert np.isnan(found["value"].iloc[4])
    usual = paths(SERIES[:1], GOOD)
    assert found["financing_level"].tolist() == usual["financing_level"].tolist()
    assert book(SERIES[:1], market).loc["A", "note"] is None


@pytest.mark.rule("ing_open_end_turbo", "C.15")
def test_on_a_holiday_the_book_stands_at_the_last_level():
    market = [quote(day, spot=1100.0 + 10.0 * i) for i, day in enumerate(DAYS)]
    for i in (3, 4):
        market[i] |= {"spot": None, "disrupted": "yes"}
    found = book([line("A")], market, DAYS[4]).loc["A"]
    assert (found["state"], found["spot"]) == ("live", 1120.0)
    assert found["note"] == "no level on 2020-02-14: that of 2020-02-12 carried"
    assert found["value"] == pytest.approx((1120.0 - found["financing_level"]) * 0.01)
    assert found["days"] == 4.0
    blank = "#VALUE! spot is blank - table market, row "
    first = [quote(DAYS[0], spot=None, disrupted="yes")]
    assert book([line("A")], first).loc["A", "note"].startswith(blank)
    market[4]["disrupted"] = "no"
    assert book([line("A")], market, DAYS[4]).loc["A", "note"].startswith(blank)


def test_the_title_that_the_document_prints_means_the_stop_loss():
    opened = line("A", kind="open ended") | {"Stop-Loss Price": 1040.0}
    assert book([opened], [quote(None)], DAYS[1]).loc["A", "stop_loss"] == 1040.0
    with pytest.raises(XlidxError, match="stop_loss appears twice"):
        book([opened | {"stop loss": 1040.0}], [quote(None)])


@pytest.mark.rule("ing_open_end_turbo", "C.14")
def test_an_exchange_rate_at_home_is_a_contradiction():
    market = [quote(day, fx=1.1) for day in DAYS]
    assert book([line("A")], market).loc["A", "note"].startswith("#NUM! fx is 1.1 although DAX is financed and settled")
    assert paths([line("A")], market)["value"].isna().all()
    abroad = paths([line("A", financing_level_currency="USD")], market)
    assert abroad["value"].iloc[0] == pytest.approx(100.0 * 0.01 / 1.1)


def test_of_two_rows_for_one_place_none_counts():
    sentence = "#NUM! DAX 2020-02-11 appears twice, in rows 3 and 9 - table market, row 3, column underlying - delete"
    dax, twice = [quote(day) for day in DAYS], quote(DAYS[1], spot=5.0)
    found = paths(SERIES[:1], [*dax, twice])
    assert found["state"].tolist() == ["live"] + ["error"] * 6
    assert found["note"].iloc[1].startswith(sentence)
    assert book(SERIES[:1], [*dax, twice]).loc["A", "note"].startswith(sentence)
    other = [quote(day, "NDX") for day in DAYS]
    pd.testing.assert_frame_equal(
        paths([line("B", underlying="NDX")], [*other, *dax, twice]), paths([line("B", underlying="NDX")], other)
    )
    undated = book(SERIES[:1], [quote(None), quote(None, spot=5.0)])
    assert undated.loc["A", "note"].startswith("#NUM! DAX (blank) appears twice, in rows 2 and 3 - table market, row")


# A rates table: 1 % on all days, and a row of 12 February that is not as it should be.  Falling back on the 1 % of
# all days would be a guess.  No interest ends on the level date, 10 February, so nothing fails on it.
@pytest.mark.parametrize(
    ("row", "sentence", "first"),
    [
        ({"date": DAYS[2], "rate": "abc"}, "#VALUE! rate is text 'abc' - table rates, row 3, column rate", 2),
        ({"date": DAYS[2], "rate": None}, "#VALUE! rate is blank - table rates, row 3, column rate", 2),
        ({"date": DAYS[2], "rate": 3.5}, "#NUM! rate is 3.5 but must lie between -1 and 1 - table rates, row 3", 2),
        ({"date": DAYS[2], "rate": ErrorValue.BUSY}, "#BUSY! rate holds #BUSY! - table rates, row 3", 2),
        ({"date": "12/2/2020", "rate": 0.02}, "#VALUE! text '12/2/2020' is not a day - table rates, row 3", 1),
        ({"date": None, "rate": 0.02}, "#NUM! EUR (blank) appears twice, in rows 2 and 3 - table rates, row 3", 1),
    ],
)
def test_a_faulty_row_of_the_rates_table_is_no_reason_to_take_another(row, sentence, first):
    rates = [{"currency": "EUR", "date": None, "rate": 0.01}, {"currency": "EUR", **row}]
    market = [quote(day) for day in DAYS]
    found = paths(SERIES[:1], market, rates=rates)
    assert found["state"].tolist() == ["live"] * first + ["error"] * (7 - first)
    assert found["note"].iloc[first].startswith(sentence)
    assert book(SERIES[:1], market, rates=rates).loc["A", "note"].startswith(sentence)
    abroad = [line("A", financing_level_currency="USD")]
    dollars = {"currency": "USD", "date": None, "rate": 0.01}
    assert set(paths(abroad, market, rates=[*rates, dollars])["state"]) == {"live"}


def test_a_rate_of_no_currency_may_be_that_of_any():
    rates = [{"currency": "EUR", "date": None, "rate": 0.01}, {"currency": None, "date": None, "rate": 0.02}]
    with pytest.raises(XlidxError, match="currency is blank - table rates, row 3"):
        book(SERIES[:1], [quote(day) for day in DAYS], rates=rates)


def test_tables_that_do_not_fit_are_refused():
    mixed = paths(SERIES[:1], [*GOOD, quote(None, "NDX")])
    assert set(mixed["state"]) == {"live"}
    with pytest.raises(XlidxError, match="the rules have 2 rows"):
        turbo_book(*tables(SERIES, GOOD)[:2], None, None, read(RULES, [["accrual"], ["simple"], ["daily"]]))
    many = [line(f"S{i}", level_date=dt.date(1990, 1, 1)) for i in range(200)]
    with pytest.raises(XlidxError, match="1,572,400 rows, more than the 1,048,575"):
        paths(many, GOOD)
    assert book([line("A")], [quote(dt.date(2020, 2, 15))]).loc["A", "note"].startswith("#N/A the market table has no")
    early = book([line("A", level_date=dt.date(2020, 2, 15))], [quote(dt.date(2020, 2, 16))], dt.date(2020, 2, 16))
    assert early.loc["A", "state"] == "error"
    empty = read(PATH_TERMS, block(SERIES)[:1])
    assert turbo_paths(empty, read(MARKET, block(GOOD))).shape == (0, len(book_paths.COLUMNS))
    nothing = read(MARKET, block([quote(None)])[:1])
    assert set(turbo_book(read(PATH_TERMS, block(SERIES)), nothing)["state"]) == {"error"}


# -- what must not change ----------------------------------------------------------------------------------------


def value_of(side, spot, change=None, terms=None, market=None):
    series = line("A", side=side, **(terms or {}))
    quotes = [quote(START, spot=spot, **(market or {})), quote(DAYS[1], spot=spot, **(market or {})) | (change or {})]
    found = book([series], quotes).loc["A"]
    assert found["state"] == "live"
    return found["value"]


@pytest.mark.rule("ing_open_end_turbo", "C.4")
@pytest.mark.rule("ing_open_end_turbo", "C.5")
@pytest.mark.rule("ing_open_end_turbo", "C.14")
@pytest.mark.rule("ing_open_end_turbo", "C.16")
@settings(max_examples=depth(10, 25))
@given(
    st.sampled_from(["long", "short"]), st.floats(5.0, 300.0), st.floats(0.0, 4.0), st.floats(0.25, 8.0),
    st.floats(0.5, 2.0),
)  # fmt: skip
def test_dividend_split_roll_and_another_currency_leave_the_value(side, away, points, factor, fx):
    spot = 1000.0 + away if side == "long" else 1000.0 - away
    plain = value_of(side, spot)
    close = {"rel": 1e-9, "abs": 1e-11}
    paid = value_of(side, spot, {"spot": spot - points, "dividend": points})
    assert paid == pytest.approx(plain, **close)
    split = value_of(side, spot, {"spot": spot / factor, "split": factor})
    assert split == pytest.approx(plain, **close)
    future = {"family": "index future"}
    rolled = value_of(side, spot, {"spot": spot + points, "rollover": points}, future)
    assert rolled == pytest.approx(value_of(side, spot, None, future), **close)
    dollars = {"financing_level": 1000.0 * fx, "financing_level_currency": "USD"}
    assert value_of(side, spot * fx, None, dollars, {"fx": fx}) == pytest.approx(plain, **close)


@settings(max_examples=depth(10, 25))
@given(st.floats(-0.02, 0.06), st.floats(0.0, 0.05), st.floats(1.0, 400.0))
def test_a_long_and_a_short_of_the_same_cost_mirror_each_other(rate, spread, away):
    # A short at rate r is financed as a long at r - 2 m; spots mirrored at the rolled level give equal values.
    lent = quote(None, rate=rate - 2 * spread, spot=1000.0 + away)
    long = book([line("A", spread=spread)], [lent], DAYS[-1], rules={"unusual rates": "allow"})
    level = float(long.loc["A", "financing_level"])
    mirrored = quote(None, rate=rate, spot=2 * level - 1000.0 - away)
    short = book([line("A", side="short", spread=spread)], [mirrored], DAYS[-1])
    assert short.loc["A", "financing_level"] == pytest.approx(level, rel=1e-13)
    assert short.loc["A", "value"] == pytest.approx(long.loc["A", "value"], rel=1e-9, abs=1e-9)
