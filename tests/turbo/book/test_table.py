"""The book: the 23 printed series, each row for itself."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.turbo import reference
from tests.turbo.answers import rows
from xlidx.errors import XlidxError
from xlidx.tables import read
from xlidx.turbo.book.inputs import MARKET, PATH_TERMS
from xlidx.turbo.book.table import turbo_book

TRADE_DATE, NEXT_DAY = date(2020, 2, 10), date(2020, 2, 11)
TERMS_HEADER = [
    "isin", "underlying", "side", "kind", "financing level", "spread", "premium", "stop loss rounding", "entitlement",
    "financing level currency", "settlement currency", "level date",
]  # fmt: skip
RATES = {"EUR": -0.0045, "USD": 0.0158}


def series_rows():
    return rows("series")


def terms_block():
    return [TERMS_HEADER, *[_terms(row) for row in series_rows()]]


def _terms(row):
    return [
        row["isin"], row["underlying"], "short", "best", float(row["financing_level"]), 0.035, 0.015, 0.01,
        float(row["entitlement"]), row["currency"], "EUR", TRADE_DATE,
    ]  # fmt: skip


def market_block(**changes):
    currency = {row["underlying"]: row["currency"] for row in series_rows()}
    lines = []
    for row in rows("spots"):
        name = row["underlying"]
        fx = float(row["usd_per_eur"]) if currency[name] == "USD" else None
        line = {"underlying": name, "spot": float(row["spot"]), "rate": RATES[currency[name]], "fx": fx}
        lines.append(line | changes.get(name, {}))
    names = list(dict.fromkeys(key for line in lines for key in line))
    return [names, *[[line.get(name) for name in names] for line in lines]]


def book(as_of=None, terms=None, **changes):
    return turbo_book(read(PATH_TERMS, terms or terms_block()), read(MARKET, market_block(**changes)), as_of)


@pytest.mark.parametrize("name", ["spot", "fx", "low", "high", "split"])
def test_a_price_or_rate_below_one_is_one_and_nothing_is_none(name):
    # As a currency pair that stands at 0.9.
    row = {"underlying": "EURGBP", "spot": 0.9}
    for value in (0.01, 0.0):
        cells = row | {name: value}
        table = read(MARKET, [list(cells), list(cells.values())])
        if value:
            assert table.strict()[name].tolist() == [0.01]
        else:
            with pytest.raises(XlidxError, match=f"{name} is 0 but must be above 0"):
                table.strict()


def test_blank_market_cells_stand_for_no_dividend_no_roll_and_no_split():
    row = read(MARKET, [["underlying", "spot", "dividend", "rollover", "split", "disrupted"], ["DAX", 1.0]]).strict()
    assert row[["dividend", "rollover", "split", "disrupted"]].iloc[0].tolist() == [0.0, 0.0, 1.0, "no"]


@pytest.mark.rule("ing_open_end_turbo", "T.2")
def test_the_23_issue_prices_are_reproduced_to_the_cent():
    found = book()
    assert found["settlement"].tolist() == [float(row["issue_price"]) for row in series_rows()]
    assert found["stop_loss"].tolist() == found["financing_level"].tolist()
    assert set(found["state"]) == {"live"}


def test_one_day_rolls_as_the_slow_reference():
    found = book(NEXT_DAY)
    for row, (_, line) in zip(series_rows(), found.iterrows(), strict=True):
        start, rate = Decimal(row["financing_level"]), Decimal(str(RATES[row["currency"]]))
        level = reference.financing_level("short", start, rate, Decimal("0.035"), 1, 0, 360, "simple")
        assert line["financing_level"] == pytest.approx(float(level), rel=1e-14)
        assert line["days"] == 1.0


def test_a_touch_of_the_barrier_stops_out_and_pays_nothing():
    low, high = 13000.0, 13576.32
    found = book(DAX={"low": low, "high": high}).set_index("isin")
    assert found.loc["DE000NG20XP3", "state"] == "stopped out"
    assert found.loc["DE000NG20XQ1", "state"] == "stopped out"
    assert found.loc["DE000NG20XR9", "state"] == "live"
    assert found.loc["DE000NG20XQ1", ["value", "settlement"]].tolist() == [0.0, 0.0]
    assert np.isnan(found.loc["DE000NG20XQ1", "leverage"])


def test_an_open_ended_series_keeps_its_residual_when_stopped():
    terms = [TERMS_HEADER, [*_terms(series_rows()[0])]]
    terms[1][3] = "open ended"
    found = book(terms=terms).iloc[0]
    # 13571.32 less 1.5 % is 13367.7502, down to 13367.75: below the spot, so the barrier is crossed.
    assert found["stop_loss"] == 13367.75
    assert (found["state"], found["settlement"]) == ("stopped out", 0.39)


def test_a_limited_series_keeps_its_level():
    terms = [TERMS_HEADER, [*_terms(series_rows()[0])]]
    terms[1][3] = "limited"
    assert book(NEXT_DAY, terms=terms).iloc[0]["financing_level"] == 13571.32


@pytest.mark.parametrize(
    ("changes", "as_of", "note"),
    [
        ({"DAX": {"spot": None}}, None, "#VALUE! spot is blank - table market, row 2, column spot - give a number"),
        ({"DAX": {"rate": None}}, None, "#VALUE! rate is blank"),
        ({"DAX": {"rate": 3.5}}, None, "#NUM! rate is 3.5 but must lie between -1 and 1"),
        ({"DAX": {"underlying": "DAXX"}}, None, "#N/A the market table has no row for DAX - table terms, row "),
        ({"DAX": {"fx": 1.1}}, None, "#NUM! fx is 1.1 although DAX is financed and settled in EUR"),
        ({"DAX": {"day_count": 364.0}}, None, "#NUM! day_count is 364 but must be 360 or 365"),
        ({"DAX": {"low": 14000.0}}, None, "#NUM! low, spot and high of DAX are not in order"),
        ({"DAX": {"dividend": -1.0}}, None, "#NUM! dividend is -1"),
    ],
)
def test_a_bad_market_row_is_an_error_in_its_series_only(changes, as_of, note):
    found = book(as_of, **changes).set_index("underlying")
    assert set(found.loc["DAX", "state"]) == {"error"}
    assert all(text.startswith(note) for text in found.loc["DAX", "note"])
    assert found.loc["DAX", "value"].isna().all()
    others = found.drop("DAX")
    assert set(others["state"]) == {"live"}
    assert others["note"].isna().all()


def test_a_missing_exchange_rate_is_named():
    found = book(NDX={"fx": None}).set_index("underlying")
    assert found.loc["NDX", "note"].iloc[0].startswith("#N/A no exchange rate USD per EUR for NDX")


def test_a_day_before_the_level_date_is_refused_row_by_row():
    found = book(date(2020, 2, 7))
    assert set(found["state"]) == {"error"}
    assert found["note"].iloc[0].startswith("#NUM! as_of lies 3 days before the level date - table terms, row 2")


def test_a_bad_terms_row_is_an_error_in_that_row_only():
    terms = terms_block()
    terms[1][8] = -0.01
    terms[2][4] = "13576,32"
    found = book(terms=terms)
    assert found["state"].tolist()[:3] == ["error", "error", "live"]
    assert found["note"].iloc[0].startswith("#NUM! entitlement is -0.01 but must be above 0 - table terms, row 2")
    assert found["note"].iloc[1].startswith("#VALUE! financing_level is text '13576,32' - table terms, row 3")


def test_the_book_does_not_depend_on_the_order_of_its_rows():
    straight = book(NEXT_DAY).set_index("isin")
    turned = book(NEXT_DAY, terms=[TERMS_HEADER, *terms_block()[:0:-1]]).set_index("isin").loc[straight.index]
    pd.testing.assert_frame_equal(straight, turned)


def test_a_level_that_no_longer_means_anything_is_an_error_in_that_row_only():
    terms = terms_block()
    terms[1][11] = date(1950, 1, 1)  # 70 years at -3.95 % simple interest leave nothing of the level
    found = book(NEXT_DAY, terms=terms)
    assert found["state"].tolist()[:2] == ["error", "live"]
    assert "table terms, row 2" in found["note"].iloc[0]


def test_an_empty_book_is_an_empty_table():
    assert book(terms=[TERMS_HEADER]).shape == (0, 13)
