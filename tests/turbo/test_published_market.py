"""The published market of February and March 2020: a slow walk over its rows, apart from the package."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

import xlidx
from tests.turbo.answers import rows
from xlidx.templates.turbo_desk.sample import ECB_RATES, INDICES, MONEY, PRICING, PRICING_RATE, QUOTES

TRADE_DATE, LAST = date(2020, 2, 10), date(2020, 3, 11)
CODES = {"INDU": "DJIA"}
CENT = Fraction(1, 100)


def levels():
    """Open, high, low and close by (index, day)."""
    return {(row["underlying"], date.fromisoformat(row["date"])): row for row in rows("levels_2020")}


def rates():
    return {date.fromisoformat(row["date"]): row for row in rows("rates_2020")}


def weekdays():
    days = (TRADE_DATE + timedelta(days=n) for n in range((LAST - TRADE_DATE).days + 1))
    return [day for day in days if day.weekday() < 5]


def walk(series):
    """Day of the knock-out (None while it lives), and the level of the last day, in fractions."""
    index = CODES.get(series["underlying"], series["underlying"])
    column = {"EUR": "eonia", "USD": "federal_funds"}[series["currency"]]
    level, spread = Fraction(series["financing_level"]), Fraction(series["spread"]) / 100
    known, money = levels(), rates()
    for before, day in pairwise([TRADE_DATE, *weekdays()]):
        rate = Fraction(money[day][column]) / 100
        level *= 1 + (rate - spread) * (day - before).days / 360
        row = known.get((index, day))
        if row and Fraction(row["high"]) >= level:
            return day, level
    return None, level


def test_the_sample_is_what_was_published():
    known, money = levels(), rates()
    for quote in QUOTES:
        row = known.get((quote.code, quote.day))
        if row is None:
            assert (quote.disrupted, quote.low, quote.high) == ("yes", None, None)
            assert quote.day == date(2020, 2, 17)
            assert quote.code in ("NDX", "SPX", "DJIA")
            row = known[quote.code, date(2020, 2, 14)]
        else:
            assert (quote.disrupted, quote.low, quote.high) == ("no", float(row["low"]), float(row["high"]))
        assert (quote.spot, quote.dividend) == (float(row["close"]), 0.0)
    assert {quote.day for quote in QUOTES} == set(weekdays())
    assert len(QUOTES) == 6 * 23
    assert [one.day for one in MONEY] == weekdays()
    for one in MONEY:
        row = money[one.day]
        assert (one.eur, one.usd) == (float(Fraction(row["eonia"]) / 100), float(Fraction(row["federal_funds"]) / 100))
        assert one.dollar == float(row["usd_per_eur"])
    for one in PRICING:
        close, range_ = known[one.code, date(2020, 2, 6)], known[one.code, date(2020, 2, 7)]
        assert (one.close, one.low, one.high) == (float(close["close"]), float(range_["low"]), float(range_["high"]))
    assert tuple(float(money[date(2020, 2, day)]["usd_per_eur"]) for day in (6, 7)) == ECB_RATES


def test_the_six_dax_series_and_no_other_were_knocked_out_on_11_february():
    found = {row["isin"]: walk(row)[0] for row in rows("series")}
    dax = {row["isin"] for row in rows("series") if row["underlying"] == "DAX"}
    assert len(dax) == 6
    assert found == {isin: date(2020, 2, 11) if isin in dax else None for isin in found}
    # The opening alone was above all of them: 13604.74 against 13596.32 less a day of interest.
    opening = Fraction(levels()["DAX", date(2020, 2, 11)]["open"])
    assert all(opening > walk(row)[1] for row in rows("series") if row["underlying"] == "DAX")


def test_the_book_finds_the_same_days_and_levels():
    terms = [["isin", "underlying", "side", "kind", "financing level", "spread", "entitlement",
              "financing level currency", "settlement currency", "level date"]]  # fmt: skip
    terms += [
        [row["isin"], CODES.get(row["underlying"], row["underlying"]), "short", "best", float(row["financing_level"]),
         0.035, float(row["entitlement"]), row["currency"], "EUR", TRADE_DATE]
        for row in rows("series")
    ]  # fmt: skip
    money, dollar = {one.day: one for one in MONEY}, {i.code for i in INDICES if i.currency == "USD"}
    market = [["underlying", "date", "spot", "low", "high", "dividend", "disrupted", "rate", "fx"]]
    market += [
        [q.code, q.day, q.spot, q.low, q.high, q.dividend, q.disrupted,
         money[q.day].usd if q.code in dollar else money[q.day].eur, money[q.day].dollar if q.code in dollar else None]
        for q in QUOTES
    ]  # fmt: skip
    header, *found = xlidx.call("XI_TURBO_BOOK", terms, market, LAST)
    place = {name: header.index(name) for name in ("isin", "days", "financing_level", "state")}
    for series, row in zip(rows("series"), found, strict=True):
        day, level = walk(series)
        assert row[place["isin"]] == series["isin"]
        assert row[place["state"]] == ("live" if day is None else "stopped out")
        assert row[place["days"]] == ((day or LAST) - TRADE_DATE).days
        assert row[place["financing_level"]] == pytest.approx(float(level), rel=1e-13)


def price(series, spot, rate):
    """Issue price in fractions: max(0, level - spot) x entitlement / rate, cents half up."""
    worth = max(Fraction(0), Fraction(series["financing_level"]) - spot) * Fraction(series["entitlement"]) / rate
    return ((worth + CENT / 2) // CENT) * CENT


def met(spots, rate):
    return sum(
        price(row, spots[row["underlying"]], rate if row["currency"] == "USD" else 1) == Fraction(row["issue_price"])
        for row in rows("series")
        if row["underlying"] in spots
    )


def closes(day, *names):
    return {name: Fraction(levels()[CODES.get(name, name), day]["close"]) for name in names}


@pytest.mark.parametrize("day", [date(2020, 2, 6), date(2020, 2, 7), date(2020, 2, 10)])
def test_the_closes_of_6_february_and_of_no_other_day_give_the_14_dollar_prices(day):
    spots = closes(day, "NDX", "SPX", "INDU")
    fitting = [n for n in range(10900, 11050) if met(spots, Fraction(n, 10000)) == 14]
    assert fitting == ([10961, 10962, 10963, 10964, 10965] if day == date(2020, 2, 6) else [])


def test_the_pricing_snapshot_gives_all_23_prices_at_levels_of_that_morning():
    names = {one.code: one for one in PRICING}
    spots = {name: Fraction(str(names[CODES.get(name, name)].spot)) for name in ("DAX", "SX5E", "MDAX")}
    assert met(spots | closes(date(2020, 2, 6), "NDX", "SPX", "INDU"), Fraction(str(PRICING_RATE))) == 23
    known = levels()
    for name, spot in spots.items():
        # Inside the range of 7 February, the date of the document; not of 10 February, the Trade Date.
        inside = [
            Fraction(known[name, day]["low"]) <= spot <= Fraction(known[name, day]["high"])
            for day in (date(2020, 2, 7), date(2020, 2, 10))
        ]
        assert inside == [True, False]


def test_level_less_published_spot_is_no_whole_number():
    # 9884.36 - 9445.92 = 438.44: the whole distances of EUR series are no rule of the document.
    assert Fraction("9884.36") - closes(date(2020, 2, 6), "NDX")["NDX"] == Fraction("438.44")
