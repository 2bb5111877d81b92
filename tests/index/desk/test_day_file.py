from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import ACTIONS, apply_actions
from xlidx.index.actions.rows import ORDER
from xlidx.index.basket import Basket
from xlidx.index.capping import capped_weights
from xlidx.index.desk.day_file import day_file, day_of_text, day_text, write_text
from xlidx.index.desk.morning import EXPLAINS, morning_check
from xlidx.index.desk.proforma import explain_turnover, one_way_turnover, pro_forma, what_if
from xlidx.tables import read

FRIDAY, MONDAY = date(2016, 3, 18), date(2016, 3, 21)
IDS = ("A", "B", "C")
BASKET = Basket(IDS, [1000.0, 500.0, 400.0], [0.5, 1.0, 0.25], [1.0, 0.8, 1.0], ("EUR", "EUR", "USD"))
CLOSES = np.array([10.0, 20.0, 50.0])
# A 1000 x 0.5 x 10 = 5000; B 500 x 0.8 x 20 = 8000; C 400 x 0.25 x 50 x 0.8 = 4000: 17 000, divisor 17 gives 1000
RATES = {"USD": 0.8}


def end_of_day(**changes):
    return make("end of day", FRIDAY, **changes)


def start_of_day(**changes):
    return make("start of day", MONDAY, **changes)


def make(kind, day, basket=BASKET, divisor=17.0, closes=CLOSES, rates=RATES, adjusted=None, code="PSI20", **levels):
    isin = "PTING0200002" if code == "PSI20" else "QS0011211180"
    return day_file(kind, day, code, isin, basket, divisor, closes, rates, adjusted, **levels)


def changed(**columns):
    values = {name: getattr(BASKET, name) for name in ("ids", "shares", "free_float", "capping", "currency", "country")}
    return Basket(**{**values, **columns})


def actions(*rows, columns=("isin", "action")):
    return pd.DataFrame(rows, columns=list(columns))


NOTHING = actions()


# --- day files ------------------------------------------------------------------------------------------------------


@pytest.mark.rule("psi20", "4.1")
@pytest.mark.rule("psi20", "4.2")
def test_an_end_of_day_by_hand():
    file = end_of_day(net_level=2000.0)
    assert file.index.iloc[0].tolist()[:6] == ["end of day", "2016-03-18", "PSI20", "PTING0200002", 1000.0, 2000.0]
    assert np.isnan(file.number("gross_level"))
    assert (file.number("divisor"), file.number("market_value")) == (17.0, 17_000.0)
    assert file.members["value"].tolist() == [5000.0, 8000.0, 4000.0]
    assert file.members["weight"].tolist() == pytest.approx([5 / 17, 8 / 17, 4 / 17], rel=1e-15)
    assert file.members[["isin", "currency", "close", "adjusted_close", "fx"]].to_numpy().tolist() == [
        ["A", "EUR", 10.0, 10.0, 1.0],
        ["B", "EUR", 20.0, 20.0, 1.0],
        ["C", "USD", 50.0, 50.0, 0.8],
    ]


def test_a_start_of_day_is_valued_at_adjusted_closes():
    file = start_of_day(adjusted=np.array([8.0, 20.0, 50.0]), divisor=16.0)
    assert file.members["value"].tolist() == [4000.0, 8000.0, 4000.0]
    assert file.members["close"].tolist() == CLOSES.tolist()
    assert file.number("level") == 1000.0


def test_the_text_of_a_day_file():
    assert day_text(end_of_day()) == (
        "file;date;code;isin;level;net_level;gross_level;divisor;market_value\n"
        "end of day;2016-03-18;PSI20;PTING0200002;1000.0;;;17.0;17000.0\n"
        "\n"
        "isin;currency;close;adjusted_close;shares;free_float;capping;fx;value;weight\n"
        "A;EUR;10.0;10.0;1000.0;0.5;1.0;1.0;5000.0;0.29411764705882354\n"
        "B;EUR;20.0;20.0;500.0;1.0;0.8;1.0;8000.0;0.47058823529411764\n"
        "C;USD;50.0;50.0;400.0;0.25;1.0;0.8;4000.0;0.23529411764705882\n"
    )


@given(st.lists(st.floats(1e-9, 1e12), min_size=3, max_size=3), st.floats(1e-3, 1e9))
def test_a_day_file_reads_back_bit_for_bit(closes, divisor):
    file = end_of_day(closes=np.array(closes), divisor=divisor)
    again = day_of_text(day_text(file))
    pd.testing.assert_frame_equal(again.index, file.index, check_exact=True)
    pd.testing.assert_frame_equal(again.members, file.members, check_exact=True)
    assert day_text(again) == day_text(file)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("", Kind.MISSING, "the index block is not headed"),
        (day_text(end_of_day()).replace("divisor", "teiler"), Kind.MISSING, "the index block is not headed"),
        (day_text(end_of_day()).split("\n\n")[0], Kind.MISSING, "the members block is not headed"),
        (day_text(end_of_day()).replace(";17.0;", ";abc;"), Kind.TYPE, "divisor is text 'abc'"),
        (
            day_text(end_of_day()).replace(";17.0;", ";"),
            Kind.SHAPE,
            "row 2 of the index block has 8 values for 9 columns",
        ),
    ],
)
def test_a_spoilt_file_is_refused(text, kind, words):
    with pytest.raises(XlidxError) as caught:
        day_of_text(text)
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "psi20.csv"
    write_text("old", path)
    write_text("new; ü\n", path)
    assert path.read_bytes() == "new; ü\n".encode()

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_text("half", path)
    assert [file.name for file in tmp_path.iterdir()] == ["psi20.csv"]
    assert path.read_text(encoding="utf-8") == "new; ü\n"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: make("noon", FRIDAY), Kind.CHOICE, "file 'noon' is not known"),
        (lambda: end_of_day(adjusted=CLOSES), Kind.DOMAIN, "adjusted closes are given at the end of a day"),
        (lambda: end_of_day(rates={}), Kind.NO_DATA, "no rate for USD"),
        (lambda: end_of_day(closes=CLOSES[:2]), Kind.SHAPE, "one value per member"),
        (lambda: end_of_day(closes=np.array([10.0, np.nan, 50.0])), Kind.DOMAIN, "prices is not a number"),
        (lambda: end_of_day(divisor=0.0), Kind.DOMAIN, "divisor is 0"),
    ],
)
def test_no_file_from_bad_numbers(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


# --- morning check --------------------------------------------------------------------------------------------------


@pytest.mark.rule("psi20", "6.8")
def test_a_quiet_night_has_no_changes():
    report = morning_check(end_of_day(), start_of_day(), NOTHING)
    assert report.empty
    assert list(report) == ["isin", "field", "before", "after", "action", "event_id", "reason", "clause"]


@pytest.mark.rule("psi20", "6.2.2")
def test_a_close_of_zero_on_both_sides_is_no_change():
    closes = np.array([10.0, 20.0, 0.0])
    files = (make(closes=closes, divisor=13.0) for make in (end_of_day, start_of_day))
    assert morning_check(*files, NOTHING).empty


@pytest.mark.rule("psi20", "6.1")
def test_every_change_is_listed_with_the_action_behind_it():
    # A: special dividend of 2: 500 x 2 = 1000 EUR less, 16 000, divisor 16.  B: split 2 for 1.
    new = changed(shares=[1000.0, 1000.0, 400.0])
    start = start_of_day(basket=new, adjusted=np.array([8.0, 10.0, 50.0]), divisor=16.0)
    table = actions(
        ("A", "special dividend", "E1", "extra", MONDAY),
        ("B", "split", "E2", None, MONDAY),
        ("C", "special dividend", "E3", "", date(2016, 3, 22)),
        columns=("isin", "action", "event_id", "reason", "date"),
    )
    report = morning_check(end_of_day(), start, table)
    assert report.drop(columns="clause").to_numpy().tolist() == [
        ["A", "adjusted_close", 10.0, 8.0, "special dividend", "E1", "extra"],
        ["B", "shares", 500.0, 1000.0, "split", "E2", ""],
        ["B", "adjusted_close", 20.0, 10.0, "split", "E2", ""],
        ["", "divisor", 17.0, 16.0, "special dividend", "E1", "extra"],
    ]
    assert set(report["clause"]) == {"PSI 20 rule book v16-01, 6.1; PSI 20 rule book v16-01, 6.8"}


@pytest.mark.rule("psi20", "6.1")
@pytest.mark.rule("psi20", "6.8")
def test_all_changes_without_an_action_are_named_and_stop():
    new = changed(shares=[1000.0, 501.0, 400.0], free_float=[0.55, 1.0, 0.25], capping=[1.0, 0.8, 0.9])
    start = start_of_day(
        basket=new, closes=np.array([10.0, 20.0, 51.0]), rates={"USD": 0.81}, adjusted=np.array([9.0, 20.0, 51.0])
    )
    with pytest.raises(XlidxError) as caught:
        morning_check(end_of_day(), start, actions(("A", "special dividend")))
    assert caught.value.kind is Kind.NO_DATA
    text = str(caught.value)
    for words in (
        "A free_float 0.5 -> 0.55", "B shares 500 -> 501", "C close 50 -> 51", "C capping 1 -> 0.9", "C fx 0.8 -> 0.81",
        "C adjusted_close 50 -> 51", "index level 1000 -> ", "7 changes without an action", "start of day 2016-03-21",
    ):  # fmt: skip
        assert words in text
    assert "A adjusted_close" not in text


@pytest.mark.parametrize(
    ("columns", "action", "stray"),
    [
        ({"shares": [1000.0, 500.0, 800.0]}, ("C", "special dividend"), "C shares"),
        ({"free_float": [0.5, 1.0, 0.3]}, ("C", "rights issue"), "C free_float"),
        ({"capping": [1.0, 0.7, 1.0]}, ("C", "review"), "B capping"),
        ({"currency": ("EUR", "USD", "USD")}, ("B", "review"), "B currency EUR -> USD"),
        ({"shares": [1000.0, 500.0, 800.0]}, ("C", "rumour"), "C shares"),
    ],
)
def test_an_action_explains_only_what_it_can_do_and_only_its_companies(columns, action, stray):
    with pytest.raises(XlidxError, match=stray):
        morning_check(end_of_day(), start_of_day(basket=changed(**columns)), actions(action))


@pytest.mark.rule("psi20", "6.1")
def test_a_divisor_does_not_move_alone_nor_by_a_split():
    with pytest.raises(XlidxError, match=r"2 changes without an action: index level .*, index divisor 17 -> 18"):
        morning_check(end_of_day(), start_of_day(divisor=18.0), NOTHING)
    # B split 2 for 1 with the price left alone, and a divisor that hides it: 25 000 / 25 = 1000
    start = start_of_day(basket=changed(shares=[1000.0, 1000.0, 400.0]), divisor=25.0)
    with pytest.raises(XlidxError, match="1 changes without an action: index divisor 17 -> 25"):
        morning_check(end_of_day(), start, actions(("B", "split")))


@pytest.mark.rule("psi20", "6.2.2")
def test_a_level_moves_only_by_a_removal_at_a_price_that_is_set_or_a_replacement():
    # C leaves without a change of divisor: 13 000 / 17
    rest = Basket(IDS[:2], BASKET.shares[:2], BASKET.free_float[:2], BASKET.capping[:2], BASKET.currency[:2])
    start = start_of_day(basket=rest, closes=CLOSES[:2])
    report = morning_check(end_of_day(), start, actions(("C", "removal after suspension")), level=13_000 / 17)
    assert report[["isin", "field"]].to_numpy().tolist() == [["C", "member"], ["", "level"]]
    assert report[["before", "after"]].iloc[0].tolist() == ["in", "out"]
    priced = actions(("C", "delisting", 0.0), columns=("isin", "action", "price"))
    assert len(morning_check(end_of_day(), start, priced)) == 2
    for table in (actions(("C", "removal")), priced.assign(price=np.nan), actions(("C", "review"))):
        with pytest.raises(XlidxError, match="1 changes without an action: index level"):
            morning_check(end_of_day(), start, table)
    with pytest.raises(XlidxError, match="where the actions leave 800"):
        morning_check(end_of_day(), start, actions(("C", "removal after suspension")), level=800.0)


def test_second_companies_and_companies_that_leave_by_a_review_are_explained():
    swapped = Basket(("A", "B", "D"), BASKET.shares, BASKET.free_float, BASKET.capping, BASKET.currency)
    start = start_of_day(basket=swapped)
    columns = ("isin", "action", "other_isin")
    report = morning_check(end_of_day(), start, actions(("C", "replacement", "D"), columns=columns))
    assert report[["isin", "before", "after"]].to_numpy().tolist() == [["C", "in", "out"], ["D", "out", "in"]]
    listed = actions(*((name, "review") for name in "ABD"))
    assert set(morning_check(end_of_day(), start, listed)["action"]) == {"review"}
    with pytest.raises(XlidxError, match="1 changes without an action: D member out -> in"):
        morning_check(end_of_day(), start, actions(("A", "review")))


def test_an_action_that_changed_nothing_is_reported():
    table = actions(("B", "split"), ("A", "suspension"), ("A", "review"), ("C", "rumour"))
    report = morning_check(end_of_day(), start_of_day(), table)
    assert report[["isin", "field", "action"]].to_numpy().tolist() == [
        ["B", "nothing", "split"],
        ["C", "nothing", "rumour"],
    ]


def test_two_actions_behind_one_number_are_both_named():
    start = start_of_day(adjusted=np.array([7.0, 20.0, 50.0]), divisor=15.5)
    table = actions(
        ("A", "special dividend", "E1"), ("A", "other rights", "E2"), columns=("isin", "action", "event_id")
    )
    report = morning_check(end_of_day(), start, table)
    assert report[["field", "action", "event_id"]].iloc[0].tolist() == [
        "adjusted_close", "special dividend; other rights", "E1; E2",
    ]  # fmt: skip


def test_return_levels_are_compared_too():
    with pytest.raises(XlidxError, match="index net_level 2000 -> 2001"):
        morning_check(end_of_day(net_level=2000.0), start_of_day(net_level=2001.0), NOTHING)
    with pytest.raises(XlidxError, match="index gross_level 3000 -> nan"):
        morning_check(end_of_day(gross_level=3000.0), start_of_day(), NOTHING)


def test_files_must_follow_each_other():
    with pytest.raises(XlidxError, match="the file of 2016-03-21 is no end of day file"):
        morning_check(start_of_day(), start_of_day(), NOTHING)
    with pytest.raises(XlidxError, match="the file of 2016-03-18 is no start of day file"):
        morning_check(end_of_day(), end_of_day(), NOTHING)
    with pytest.raises(XlidxError, match="not after"):
        morning_check(make("end of day", MONDAY), start_of_day(), NOTHING)
    with pytest.raises(XlidxError, match="two indices"):
        morning_check(end_of_day(), start_of_day(code="PSINR"), NOTHING)


def test_every_action_word_has_an_entry():
    assert list(EXPLAINS) == list(ORDER)


@pytest.mark.rule("psi20", "6.1")
@pytest.mark.parametrize(
    "row",
    [
        {"isin": "A", "action": "special dividend", "amount": 2.0},
        {"isin": "A", "action": "rights issue", "ratio": 0.25, "price": 6.0},
        {"isin": "A", "action": "rights issue", "ratio": 0.5, "price": 6.0},
        {"isin": "A", "action": "other rights", "amount": 0.5},
        {"isin": "C", "action": "split", "ratio": 3.0},
        {"isin": "B", "action": "reverse split", "ratio": 0.2},
        {"isin": "B", "action": "bonus issue", "ratio": 0.1},
        {"isin": "B", "action": "bonus in lieu of dividend", "ratio": 0.1},
        {"isin": "C", "action": "removal"},
        {"isin": "C", "action": "removal", "price": 45.0},
        {"isin": "C", "action": "removal after suspension"},
        {"isin": "D", "action": "addition", "shares": 100.0, "free_float": 1.0},
        {"isin": "B", "action": "replacement", "other_isin": "D", "ratio": 0.5, "cash": 3.0},
        {"isin": "A", "action": "spin-off", "other_isin": "D", "ratio": 0.5, "price": 3.0},
        {"isin": "A", "action": "suspension"},
    ],
    ids=lambda row: f"{row['action']} {len(row)}",
)
def test_a_basket_after_its_actions_passes_and_fails_without_them(row):
    prices = {**dict(zip(IDS, CLOSES.tolist(), strict=True)), "D": 30.0}
    table = read(ACTIONS, [["date", *row], [MONDAY.isoformat(), *row.values()]])
    done = apply_actions(BASKET, prices, RATES, table, 17.0)
    closes = np.array([prices[name] for name in done.basket.ids])
    adjusted = np.array([done.prices[name] for name in done.basket.ids])
    start = start_of_day(basket=done.basket, divisor=done.divisor, closes=closes, adjusted=adjusted)
    assert set(morning_check(end_of_day(), start, table.strict())["action"]) <= {row["action"]}
    if EXPLAINS[row["action"]]:
        assert len(morning_check(end_of_day(), start, table.strict())) > 0
        with pytest.raises(XlidxError, match="without an action"):
            morning_check(end_of_day(), start, NOTHING)


# --- pro forma ------------------------------------------------------------------------------------------------------

ONE = [1.0, 1.0]
OLD = Basket(("A", "B"), [1000.0, 500.0], ONE, ONE, ("EUR", "USD"))
NEW = Basket(("C", "A"), [100.0, 1500.0], ONE, ONE, ("EUR", "EUR"))
PRICES = {"A": 10.0, "B": 40.0, "C": 50.0}


@pytest.mark.rule("psi20", "8.4")
def test_a_pro_forma_basket_by_hand():
    # old: A 10 000 (50 %), B 500 x 40 x 0.5 = 10 000 (50 %); new: C 5000 (25 %), A 15 000 (75 %)
    found = pro_forma(OLD, NEW, PRICES, {"USD": 0.5}, {"A": 100.0, "B": 2000.0, "C": 0.0}, participation=0.25)
    assert found.turnover == 0.5
    rows = found.members.set_index("isin")
    assert list(rows.index) == ["A", "B", "C"]
    assert rows["decision"].tolist() == ["stays", "leaves", "joins"]
    assert rows[["weight_before", "weight_after", "change"]].to_numpy().tolist() == [
        [0.5, 0.75, 0.25], [0.5, 0.0, -0.5], [0.0, 0.25, 0.25],
    ]  # fmt: skip
    # of 20 000 EUR: A + 5000 = 500 shares, 500 / 25 = 20 days; B - 10 000 = 500 shares at 20 EUR, 500 / 500 = 1 day
    assert rows["trade_value"].tolist() == [5000.0, -10_000.0, 5000.0]
    assert rows["trade_shares"].tolist() == [500.0, -500.0, 100.0]
    assert rows["days"].tolist() == [20.0, 1.0, np.inf]


def test_the_money_behind_the_index_and_no_volumes():
    found = pro_forma(OLD, NEW, PRICES, {"USD": 0.5}, notional=1e6)
    assert found.members["trade_shares"].tolist() == [25_000.0, -25_000.0, 5000.0]
    assert found.members["days"].isna().all()
    same = pro_forma(OLD, OLD, PRICES, {"USD": 0.5}, {"A": 0.0, "B": 0.0})
    assert (same.turnover, same.members["days"].tolist()) == (0.0, [0.0, 0.0])
    gone = pro_forma(OLD, NEW, {**PRICES, "B": 0.0}, {"USD": 0.5}, {"A": 1.0, "B": 1.0, "C": 1.0})
    assert gone.members.set_index("isin").loc["B", ["trade_shares", "days"]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: pro_forma(OLD, NEW, {"A": 10.0}, {"USD": 0.5}), Kind.NO_DATA, "no price for B"),
        (lambda: pro_forma(OLD, NEW, PRICES, {}), Kind.NO_DATA, "no rate for USD"),
        (lambda: pro_forma(OLD, NEW, PRICES, {"USD": 0.5}, {"A": 1.0}), Kind.NO_DATA, "no volume for B, C"),
        (lambda: pro_forma(OLD, NEW, PRICES, {"USD": 0.5}, notional=0.0), Kind.DOMAIN, "notional is 0"),
        (lambda: pro_forma(OLD, NEW, PRICES, {"USD": 0.5}, participation=20.0), Kind.DOMAIN, "participation is 20"),
    ],
)
def test_no_pro_forma_from_bad_numbers(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


WEIGHTS = st.lists(st.floats(0.001, 1.0), min_size=4, max_size=4).map(lambda v: np.array(v) / sum(v))


@given(WEIGHTS, WEIGHTS)
def test_one_way_turnover_is_what_is_bought_and_what_is_sold(before, after):
    found = one_way_turnover(before, after)
    assert found == pytest.approx(np.maximum(after - before, 0.0).sum(), abs=1e-15)
    assert found == pytest.approx(np.maximum(before - after, 0.0).sum(), abs=1e-15)
    assert one_way_turnover(after, before) == found


def test_the_explanation_of_a_turnover():
    steps = explain_turnover(pro_forma(OLD, NEW, PRICES, {"USD": 0.5}))
    assert [(step.symbol, step.value) for step in steps] == [
        ("w'-w[A]", 0.25), ("w'-w[B]", -0.5), ("w'-w[C]", 0.25), ("sum", 1.0), ("turnover", 0.5),
    ]  # fmt: skip


# --- what if --------------------------------------------------------------------------------------------------------


def run(values, cap, smallest=0.0):
    kept = {name: value for name, value in values.items() if value >= smallest}
    return pd.Series(capped_weights(np.array(list(kept.values())), cap), index=list(kept))


BASE = {"values": {"A": 50.0, "B": 30.0, "C": 20.0}, "cap": 0.5, "smallest": 0.0}


def test_what_if_compares_scenarios_with_base_and_today():
    # cap 40 %: 0.4, 0.36, 0.24 (printed example); threshold 25: A 50, B 30 -> capped at 50 %: 0.5, 0.5
    scenarios = {"cap 40 %": {"cap": 0.4}, "threshold 25": {"smallest": 25.0}, "cap 30 %": {"cap": 0.3}}
    today = pd.Series({"A": 0.5, "D": 0.5})
    found = what_if(run, BASE, scenarios, today)
    assert list(found.weights) == ["base", *scenarios]
    assert found.weights["base"].tolist() == pytest.approx([0.5, 0.3, 0.2])
    assert found.weights["cap 40 %"].tolist() == pytest.approx([0.4, 0.36, 0.24])
    assert found.weights["threshold 25"].tolist() == pytest.approx([0.5, 0.5, 0.0])
    assert found.weights["cap 30 %"].isna().all()
    table = found.summary.set_index("scenario")
    assert table["members"].tolist()[:3] == [3, 3, 2]
    assert table["leaves"].tolist()[:3] == ["", "", "C"]
    assert table["turnover"].tolist()[:3] == pytest.approx([0.0, 0.1, 0.2])
    # against today: base 0 + 0.3 + 0.2 + 0.5 halved; cap 40 %: 0.1 + 0.36 + 0.24 + 0.5 halved; B in and D out
    assert table["turnover_now"].tolist()[:3] == pytest.approx([0.5, 0.6, 0.5])
    assert table.loc["cap 40 %", ["largest", "largest_weight"]].tolist() == ["A", pytest.approx(0.4)]
    assert table.loc["threshold 25", "largest"] == "A"  # of equal weights the first ISIN
    assert np.isnan(table.loc["cap 30 %", "turnover"])
    assert table.loc["cap 30 %", "note"].startswith("#NUM!")


def test_what_if_refuses_slips_and_weights_that_are_none():
    with pytest.raises(XlidxError, match="parameter capp is not known - scenario x - did you mean cap"):
        what_if(run, BASE, {"x": {"capp": 0.4}})
    with pytest.raises(XlidxError, match="another name than base"):
        what_if(run, BASE, {"base": {"cap": 0.4}})
    with pytest.raises(XlidxError, match=r"weights add up to 0\.9"):
        what_if(lambda cap: pd.Series({"A": 0.9}), {"cap": 1.0}, {})
    with pytest.raises(XlidxError, match="appears twice"):
        what_if(lambda cap: pd.Series([0.5, 0.5], index=["A", "A"]), {"cap": 1.0}, {})
    with pytest.raises(XlidxError, match="cap"):
        what_if(run, {**BASE, "cap": 0.1}, {})
    assert list(what_if(run, BASE, {}).summary["scenario"]) == ["base"]
