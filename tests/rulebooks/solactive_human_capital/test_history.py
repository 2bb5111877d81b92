"""The Solactive index in its three versions: against a slow reference, by hand, and identities."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

import xlidx
from tests.depth import depth
from tests.index.share_vector.random_shares import VERSIONS, Story, weekdays
from tests.index.share_vector.slow_shares import REMOVALS
from xlidx.errors import XlidxError
from xlidx.index.basket import read_quotes
from xlidx.index.divisor_history.history import compare_histories
from xlidx.rulebooks.solactive_human_capital import history as book
from xlidx.tables import read

SEEDS = range(depth(8, 24))
D = date


def table_of(spec, head, *rows):
    plain = [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]
    return read(spec, [head.split(", "), *plain])


def targets(*rows):
    return table_of(book.TARGETS, "adjustment day, isin, weight, currency, country", *rows)


def events(*rows):
    return table_of(book.EVENTS, "date, isin, event, ratio, price, old, new", *rows)


def dividends(*rows):
    return table_of(book.DIVIDENDS, "isin, ex date, amount, type, currency, withholding", *rows)


def prices(ids, *rows):
    return read_quotes("prices", [["date", *ids], *map(list, rows)])


def flat(ids, days, **changes):
    """Prices of 10 for every name and day, with changes: name=(from day number, price)."""
    rows = []
    for place, day in enumerate(days):
        rows.append([day, *(changes[i][1] if i in changes and place >= changes[i][0] else 10.0 for i in ids)])
    return prices(ids, *rows)


def published(value):
    return float(value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


# -- against the slow reference


@pytest.mark.rule("solactive_human_capital", "3.1")
@pytest.mark.rule("solactive_human_capital", "2.2")
@pytest.mark.rule("solactive_human_capital", "2.3")
@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.parametrize("form", ["ex date", "ex ante"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_of_a_random_history_is_that_of_the_slow_reference(seed, form):
    story = Story(seed)
    readings = book.readings(dividend_form=form, increase_form=form)
    found = book.index_history(prices=story.quotes(), **story.tables(), readings=readings)
    for version in VERSIONS:
        slow = story.slow(version, form)
        assert found.levels[version].tolist() == [published(value) for _, value in slow.history]
        assert found.state.vectors[version].index.price == pytest.approx(float(slow.value()), rel=1e-12)
        shares = {isin: float(held) for isin, held in slow.shares.items() if held > 0}
        assert found.state.shares(version) == pytest.approx(shares, rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "1.4")
@pytest.mark.parametrize("seed", SEEDS[:8])
def test_day_by_day_is_at_once_and_unrounded_levels_are_the_reference(seed):
    story = Story(seed)
    tables = story.tables()
    whole = book.index_history(prices=story.quotes(), **tables)
    run = book.index_history(prices=story.quotes(1), **tables)
    slow = {version: story.slow(version).history for version in VERSIONS}
    levels, logs, flags = [run.levels], [run.log], [run.flags]
    for count in range(2, len(story.days) + 1):
        # Every other day only the prices of the day are known: what came before is in the state.
        quotes = story.quotes(count)
        if count % 2:
            quotes = type(quotes)("prices", quotes.days[-1:], quotes.ids, quotes.matrix[-1:])
        run = book.continue_history(run.state, prices=quotes, **tables)
        levels.append(run.levels)
        logs.append(run.log)
        flags.append(run.flags)
        for version in VERSIONS:
            price = run.state.vectors[version].index.price
            assert price == pytest.approx(float(slow[version][count - 1][1]), rel=1e-12)
    for column in ("PR", "NTR", "GTR"):
        assert np.concatenate([part[column] for part in levels]).tolist() == whole.levels[column].tolist()
    for version in VERSIONS:
        assert run.state.shares(version) == whole.state.shares(version)
    key = ["date", "version", "isin", "after"]
    lines = [tuple(row) for part in logs for row in part[key].itertuples(index=False)]
    assert sorted(lines) == sorted(tuple(row) for row in whole.log[key].itertuples(index=False))
    assert sum(map(len, flags)) == len(whole.flags)


def test_the_random_histories_hold_every_kind_of_event():
    stories = [Story(seed) for seed in SEEDS]
    kinds = {event["event"] for story in stories for event in story.events}
    assert {"insolvency", "split", "par value", "capital increase", "capital reduction", "manual factor"} <= kinds
    assert len(kinds & set(REMOVALS)) >= 3
    late = [s for s in stories for e in s.events if e["event"] in REMOVALS and e["date"] > s.adjustments[2]]
    assert len(late) >= depth(3, 5)
    worthless = [s for s in stories if any(price == 0 for price in s.slow("PR").local.values())]
    assert len(worthless) >= depth(3, 5)


# -- by hand

DAYS = weekdays(D(2017, 10, 2), 30)
ONE = [[DAYS[0], "A", 0.5], [DAYS[0], "B", 0.5]]


@pytest.mark.rule("solactive_human_capital", "1.2")
def test_base_is_100_at_the_close_of_the_base_date_with_last_prices():
    # 1 January 2002 is a Tuesday without prices: those of the Friday before hold.
    weights = targets([book.BASE_DATE, "A", 0.5], [book.BASE_DATE, "B", 0.5])
    quoted = prices("AB", [D(2001, 12, 28), 10.0, 20.0], [D(2002, 1, 2), 11.0, 20.0])
    found = book.index_history(weights, quoted)
    assert found.levels["Date"].astype(str).tolist() == ["2002-01-01", "2002-01-02"]
    assert found.levels["PR"].tolist() == [100.0, 105.0]
    assert found.flags["what"].tolist() == ["last known price carried"] * 2
    assert found.state.shares() == {"A": 5.0, "B": 2.5}


@pytest.mark.rule("solactive_human_capital", "1.4")
def test_a_weekday_without_prices_is_calculated_and_flagged():
    quoted = prices("A", [DAYS[0], 10.0], [DAYS[2], 12.0])
    shown = book.index_history(targets([DAYS[0], "A", 1.0]), quoted).shown()
    assert shown["PR"].tolist() == [100.0, 100.0, 120.0]
    assert shown["Flag"].tolist() == ["", "last known price carried", ""]


@pytest.mark.rule("solactive_human_capital", "2.2")
def test_ten_days_move_the_weights_in_a_line():
    weights = targets([DAYS[0], "A", 1.0], [DAYS[2], "A", 0.5], [DAYS[2], "B", 0.5])
    found = book.index_history(weights, flat("AB", DAYS))
    rows = found.log[(found.log["version"] == "PR") & (found.log["isin"] == "B")]
    assert rows["after"].tolist() == pytest.approx([0.5 * m for m in range(1, 11)], rel=1e-12)
    assert rows["date"].dt.date.tolist() == DAYS[3:13]
    assert rows["reason"].iloc[-1] == "rebalancing day 10 of 10"
    assert set(found.levels["PR"]) == {100.0}


@pytest.mark.rule("solactive_human_capital", "2.2")
def test_before_the_launch_the_period_has_one_day():
    days = weekdays(D(2016, 8, 26), 6)  # Friday to Friday; the launch is the Tuesday
    for place, names in ((0, 1), (1, 1), (2, 10)):
        weights = targets([D(2016, 8, 1), "A", 1.0], [days[place], "A", 0.5], [days[place], "B", 0.5])
        quoted = flat("AB", [*weekdays(D(2016, 8, 1), 19), *days])
        rows = book.index_history(weights, quoted).log
        step = rows[(rows["isin"] == "B") & (rows["version"] == "GTR")].iloc[0]
        assert step["after"] == pytest.approx(5.0 / names, rel=1e-12)
        assert step["date"].date() == days[place + 1]


@pytest.mark.rule("solactive_human_capital", "2.2")
def test_rebalancing_days_may_be_handed_in():
    weights = targets([DAYS[0], "A", 1.0], [DAYS[2], "B", 1.0])
    given = {DAYS[2]: np.array([DAYS[4], DAYS[6]], dtype="datetime64[D]")}
    found = book.index_history(weights, flat("AB", DAYS), rebalancing=given)
    rows = found.log[(found.log["version"] == "PR") & (found.log["isin"] == "B")]
    assert rows["date"].dt.date.tolist() == [DAYS[4], DAYS[6]]
    assert rows["after"].tolist() == [5.0, 10.0]
    for bad in (DAYS[2], D(2017, 10, 7)):
        with pytest.raises(XlidxError, match=f"{bad} is no rebalancing day"):
            book.index_history(weights, flat("AB", DAYS), rebalancing={DAYS[2]: [bad]})


@pytest.mark.rule("solactive_human_capital", "3.6")
def test_a_disrupted_day_is_flagged_and_is_no_rebalancing_day():
    weights = targets([DAYS[0], "A", 1.0], [DAYS[2], "B", 1.0])
    halts = table_of(book.DISRUPTIONS, "date, reason", [DAYS[4], "power cut"])
    found = book.index_history(weights, flat("AB", DAYS), disruptions=halts)
    rows = found.log[(found.log["version"] == "PR") & (found.log["isin"] == "B")]
    assert rows["date"].dt.date.tolist() == [DAYS[3], *DAYS[5:14]]
    assert found.shown()["Flag"].iloc[4] == "market disruption: power cut"
    assert len(found.levels) == len(DAYS)


@pytest.mark.rule("solactive_human_capital", "3.1")
@pytest.mark.rule("solactive_human_capital", "3.2")
def test_shares_are_set_with_the_rounded_level_and_prices_of_four_decimals():
    # Base: 10.00005 rounds to 10.0001 (away from zero), 100 / 10.0001 shares; next day 10.12345 to 10.1235.
    weights = targets([DAYS[0], "A", 1.0], [DAYS[1], "B", 1.0])
    quoted = prices("AB", [DAYS[0], 10.00005, 3.0], [DAYS[1], 10.12345, 3.0], [DAYS[2], 10.0, 3.1])
    found = book.index_history(weights, quoted, readings=book.readings(period=1))
    level = published(Decimal(100) / Decimal("10.0001") * Decimal("10.1235"))
    assert level == 101.23
    assert found.levels["PR"].tolist() == [100.0, level, published(Decimal("101.23") / 3 * Decimal("3.1"))]
    assert found.state.shares()["B"] == pytest.approx(101.23 / 3.0, rel=1e-15)
    bare = book.index_history(
        weights, quoted, readings=book.readings(period=1, level_decimals=None, price_decimals=None)
    )
    assert bare.state.shares()["B"] == pytest.approx(100.0 * 10.12345 / 10.00005 / 3.0, rel=1e-14)


@pytest.mark.rule("solactive_human_capital", "3.1")
def test_exchange_rates_multiply_and_are_not_rounded():
    fx = read_quotes("fx", [["date", "USD"], [DAYS[0], 0.8123456], [DAYS[1], 0.9]])
    found = book.index_history(targets([DAYS[0], "A", 1.0, "USD"]), flat("A", DAYS[:2]), fx=fx)
    assert found.state.shares()["A"] == pytest.approx(100.0 / 8.123456, rel=1e-15)
    assert found.levels["PR"].tolist() == [100.0, published(Decimal(900) / Decimal("8.123456"))]


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.rule("solactive_human_capital", "4 Dividend Correction Factor")
def test_dividends_in_three_versions():
    weights = targets([DAYS[0], "A", 1.0, "", "DE"])
    taxes = table_of(
        book.WITHHOLDING,
        "country, rate, valid from, valid to",
        ["DE", 0.25, None, DAYS[1]],
        ["DE", 0.5, DAYS[2], None],
    )
    paid = dividends(["A", DAYS[1], 1.0], ["A", DAYS[2], 1.0, "special"])
    run = {
        price: book.index_history(
            weights,
            flat("A", DAYS[:3], A=(1, 8.0)),
            dividends=paid,
            withholding=taxes,
            readings=book.readings(price_version=price),
        ).state
        for price in ("special", "none", "all")
    }
    gross, net = 10 * 9 / 8 * 9 / 8, 10 * 8.75 / 8 * 8.5 / 8
    for state in run.values():
        assert state.shares("GTR")["A"] == pytest.approx(gross, rel=1e-15)
        assert state.shares("NTR")["A"] == pytest.approx(net, rel=1e-15)
    assert run["special"].shares("PR")["A"] == pytest.approx(10 * 8.5 / 8, rel=1e-15)
    assert run["none"].shares("PR")["A"] == 10.0
    assert run["all"].shares("PR")["A"] == pytest.approx(net, rel=1e-15)


@pytest.mark.rule("solactive_human_capital", "3.4")
def test_a_dividend_in_another_currency_is_converted_to_that_of_the_price():
    fx = read_quotes("fx", [["date", "USD", "GBP"], [DAYS[0], 0.8, 1.2], [DAYS[1], 0.5, 1.0]])
    paid = dividends(["A", DAYS[1], 1.0, "ordinary", "GBP", 0.0])
    weights = targets([DAYS[0], "A", 1.0, "USD"])
    literal = book.index_history(weights, flat("A", DAYS[:2]), dividends=paid, fx=fx).state
    ante = book.index_history(
        weights, flat("A", DAYS[:2]), dividends=paid, fx=fx, readings=book.readings(dividend_form="ex ante")
    ).state
    # On the ex-date 1 pound is 2 dollars, the day before it is 1.5.
    assert literal.shares("NTR")["A"] == pytest.approx(12.5 * 12 / 10, rel=1e-14)
    assert ante.shares("NTR")["A"] == pytest.approx(12.5 * 10 / 8.5, rel=1e-14)


@pytest.mark.rule("solactive_human_capital", "3.4")
def test_a_dividend_of_a_company_that_is_no_component_is_flagged():
    weights = targets([DAYS[0], "A", 1.0], [DAYS[5], "A", 0.5, "", ""], [DAYS[5], "B", 0.5])
    paid = dividends(["B", DAYS[1], 1.0, "ordinary", None, 0.0])
    found = book.index_history(weights, flat("AB", DAYS[:3]), dividends=paid)
    assert found.flags[["id", "what"]].to_numpy().tolist() == [
        ["B", "dividend of a company that is no component, not reinvested"]
    ]


@pytest.mark.rule("solactive_human_capital", "2.3")
@pytest.mark.parametrize("day", [1, 3, 7, 14])
def test_a_removal_keeps_the_level_and_the_target_inside_and_outside_the_period(day):
    weights = targets(
        [DAYS[0], "A", 0.5],
        [DAYS[0], "B", 0.3],
        [DAYS[0], "C", 0.2],
        [DAYS[2], "A", 0.6],
        [DAYS[2], "B" if day > 2 else "C", 0.4],
    )
    found = book.index_history(weights, flat("ABC", DAYS), events=events([DAYS[day], "B", "delisting"]))
    assert set(found.levels["PR"]) == {100.0}
    assert "B" not in found.state.shares()
    left = found.state.shares()
    assert sum(left.values()) == pytest.approx(10.0, rel=1e-12)
    if day > 2:
        # The target without B is A alone; C leaves by the end of the period.
        assert left == pytest.approx({"A": 10.0}, rel=1e-12)
    rows = found.log[(found.log["isin"] == "B") & (found.log["version"] == "PR")]
    assert rows["date"].dt.date.iloc[-1] == DAYS[day]
    assert "delisting of B" in rows["reason"].iloc[-1]


@pytest.mark.rule("solactive_human_capital", "2.3")
def test_a_price_that_is_set_for_a_removal_moves_the_level():
    weights = targets([DAYS[0], "A", 0.5], [DAYS[0], "B", 0.5])
    found = book.index_history(weights, flat("AB", DAYS[:3]), events=events([DAYS[1], "B", "merger", None, 4.0]))
    assert found.levels["PR"].tolist() == [100.0, 70.0, 70.0]


@pytest.mark.rule("solactive_human_capital", "4 Insolvency")
def test_an_insolvent_component_counts_at_its_price_or_zero_and_leaves_at_the_next_adjustment_day():
    weights = targets([DAYS[0], "A", 0.5], [DAYS[0], "B", 0.5], [DAYS[6], "A", 1.0])
    rows = [
        [day, 10.0, price]
        for day, price in zip(DAYS, [10.0, 8.0, None, None, 3.0, None, 2.0] + [None] * 3, strict=False)
    ]
    quoted, broke = prices("AB", *rows), events([DAYS[2], "B", "insolvency"])
    found = book.index_history(weights, quoted, events=broke)
    # Last price on the day of the event, then zero, 3, zero; leaves at 2 and keeps the level.
    assert found.levels["PR"].tolist() == [100.0, 90.0, 90.0, 50.0, 65.0, 50.0, 60.0, 60.0, 60.0, 60.0]
    assert found.state.shares() == pytest.approx({"A": 6.0}, rel=1e-12)
    what = "insolvent and without a price, counted at 0"
    assert found.flags.loc[found.flags["what"] == what, "date"].dt.date.tolist() == [DAYS[3], DAYS[5]]
    harsh = book.index_history(weights, quoted, events=broke, readings=book.readings(insolvency_day="zero"))
    assert harsh.levels["PR"].iloc[2] == 50.0


@pytest.mark.rule("solactive_human_capital", "4 Index Component")
def test_during_the_period_leavers_and_joiners_are_components():
    weights = targets([DAYS[0], "A", 1.0], [DAYS[2], "B", 1.0])
    both = events([DAYS[5], "A", "split", None, None, 1, 2], [DAYS[5], "B", "split", None, None, 1, 2])
    quoted = flat("AB", DAYS, A=(5, 5.0), B=(5, 5.0))
    found = book.index_history(weights, quoted, events=both)
    assert set(found.levels["PR"]) == {100.0}
    early = table_of(book.DISRUPTIONS, "date", [DAYS[3]], [DAYS[4]])
    coming = events([DAYS[4], "B", "capital reduction", 2.0])
    assert (
        book.index_history(weights, flat("AB", DAYS), events=coming, disruptions=early).levels["PR"].iloc[-1] == 100.0
    )


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.parametrize("seed", range(5))
def test_value_neutral_events_leave_the_level_alone(seed):
    """A world whose prices move by events alone: splits, increases, reductions and dividends keep every level."""
    dice = np.random.default_rng(seed)
    at, rows, happening, paid = 10.0 + 90.0 * dice.random(3), [], [], []
    at = np.round(at, 4)
    for place, day in enumerate(DAYS):
        if place:
            isin, kind = (
                int(dice.integers(3)),
                str(dice.choice(["split", "capital increase", "capital reduction", "pay"])),
            )
            name = "ABC"[isin]
            if kind == "split":
                happening.append([day, name, kind, None, None, 1, 2])
                at[isin] /= 2
            elif kind == "capital increase":
                happening.append([day, name, kind, 0.25, at[isin].item() / 2])
                at[isin] = (at[isin] + 0.25 * at[isin] / 2) / 1.25
            elif kind == "capital reduction":
                happening.append([day, name, kind, 4.0])
                at[isin] *= 4
            else:
                paid.append([name, day, at[isin].item() * 0.03, "special", None, 0.0])
                at[isin] *= 0.97
        rows.append([day, *at.tolist()])
    weights = targets(
        [DAYS[0], "A", 0.2], [DAYS[0], "B", 0.3], [DAYS[0], "C", 0.5], [DAYS[8], "A", 0.4], [DAYS[8], "B", 0.6]
    )
    happening = [row for row in happening if row[1] != "C" or row[0] <= DAYS[8]]
    for form in ("ex date", "ex ante"):
        readings = book.readings(price_decimals=None, dividend_form=form, increase_form=form, period=1)
        tables = {"events": events(*happening), "dividends": dividends(*paid), "readings": readings}
        found = book.index_history(weights, prices("ABC", *rows[:9]), **tables)
        for version in VERSIONS:
            assert found.state.vectors[version].index.price == pytest.approx(100.0, rel=1e-12)
        whole = book.index_history(weights, prices("ABC", *rows), **tables)
        assert whole.levels[list(VERSIONS)].to_numpy() == pytest.approx(100.0, abs=1e-9)


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.parametrize("seed", range(10))
def test_gross_is_not_below_net_and_net_not_below_price(seed):
    # With periods of one day: the versions then hold the same weights at every adjustment.
    story = Story(seed)
    story.events = [event for event in story.events if event["event"] not in ("delisting", "merger", "removal")]
    story.events = [e for e in story.events if e["event"] not in ("takeover bid", "nationalisation", "insolvency")]
    found = book.index_history(prices=story.quotes(), **story.tables(), readings=book.readings(period=1))
    levels = found.levels
    assert (levels["GTR"] >= levels["NTR"]).all()
    assert (levels["NTR"] >= levels["PR"]).all()
    assert levels["GTR"].iloc[-1] > levels["PR"].iloc[-1]


@pytest.mark.rule("solactive_human_capital", "1.4")
def test_a_correction_is_a_new_version_with_a_table_of_differences():
    weights = targets([DAYS[0], "A", 1.0])
    wrong = book.index_history(weights, prices("A", *[[day, 10.0] for day in DAYS[:3]]))
    right = book.index_history(weights, prices("A", [DAYS[0], 10.0], [DAYS[1], 10.5], [DAYS[2], 10.0]))
    report = compare_histories(wrong.levels, right.levels)
    assert report[["column", "old", "new", "difference"]].to_numpy().tolist() == [
        [version, 100.0, 105.0, 5.0] for version in VERSIONS
    ]
    assert report["date"].dt.date.tolist() == [DAYS[1]] * 3


# -- levels that others print, as vectors of shares

# name, prices of two days, shares (in any unit), level
PRINTED = (
    ("V5", (2.0, 10.0), (4.0, 10.0), (50, 10), 150.0),
    ("V6", (200.0, 150.0), (260.0, 135.0), (100_000, 200_000), 106.0),
    ("V9", (90.0, 50.0, 100.0), (95.0, 45.0, 110.0), (100, 200, 200), 103.85),
    ("V10", (86.0, 46.0, 92.0), (91.0, 41.0, 102.0), (100, 200, 200), 104.14),
    ("V12", (20.0, 40.0, 30.0), (22.0, 39.0, 33.0), (8, 3, 2), 105.59),
)


def basket_of(day, ids, cum, held):
    values = [price * number for price, number in zip(cum, held, strict=True)]
    return targets(*([day, isin, value / sum(values)] for isin, value in zip(ids, values, strict=True)))


@pytest.mark.parametrize(("name", "cum", "now", "held", "level"), PRINTED, ids=lambda value: str(value)[:4])
def test_levels_that_others_print(name, cum, now, held, level):
    ids = [f"{name}{place}" for place in range(len(cum))]
    found = book.index_history(basket_of(DAYS[0], ids, cum, held), prices(ids, [DAYS[0], *cum], [DAYS[1], *now]))
    assert found.levels["PR"].tolist() == [100.0, level]


def test_a_printed_split_on_the_day_of_the_level():
    # V4: P 16 -> 5 after 4:1, with M 12 -> 14, N 20 -> 18, O 32.
    quoted = prices("MNOP", [DAYS[0], 12.0, 20.0, 32.0, 16.0], [DAYS[1], 14.0, 18.0, 32.0, 5.0])
    weights = basket_of(DAYS[0], "MNOP", (12.0, 20.0, 32.0, 16.0), (2, 4, 3, 5))
    found = book.index_history(weights, quoted, events=events([DAYS[1], "P", "split", None, None, 1, 4]))
    assert found.levels["PR"].tolist() == [100.0, 105.71]


@pytest.mark.rule("solactive_human_capital", "3.1")
@pytest.mark.parametrize(("ratio", "ex"), [(0.25, 9.2), (0.5, 26 / 3)])
@pytest.mark.parametrize("form", ["ex date", "ex ante"])
def test_a_rights_issue_worked_by_hand_keeps_the_level(ratio, ex, form):
    # V24: 1000 at 10 and 500 at 20, new shares at 6: the price falls to 9.20 or 8.67, the level stays.
    weights = basket_of(DAYS[0], "AB", (10.0, 20.0), (1000, 500))
    quoted = prices("AB", [DAYS[0], 10.0, 20.0], [DAYS[1], ex, 20.0])
    readings = book.readings(price_decimals=None, increase_form=form)
    found = book.index_history(
        weights, quoted, events([DAYS[1], "A", "capital increase", ratio, 6.0]), readings=readings
    )
    assert found.levels["PR"].tolist() == [100.0, 100.0]
    assert found.state.shares() == pytest.approx({"A": 50 / ex, "B": 2.5}, rel=1e-12)


def test_a_removal_at_zero_lets_the_level_fall():
    # V25: most shares rise, the index falls by what is removed at 0.
    quoted = prices("AB", [DAYS[0], 10.0, 0.12], [DAYS[1], 10.02, None])
    weights = targets([DAYS[0], "A", 0.99], [DAYS[0], "B", 0.01])
    found = book.index_history(weights, quoted, events=events([DAYS[1], "B", "delisting", None, 0.0]))
    assert found.levels["PR"].tolist() == [100.0, published(Decimal(99) * Decimal("1.002"))]


# -- readings that are switches


@pytest.mark.rule("solactive_human_capital", "2.2")
def test_start_weights_over_the_sum_or_over_the_rounded_level():
    # At the adjustment day A is worth 30.0 and B 70.004, the level is 100.00; half way to A alone.
    weights = targets([DAYS[0], "A", 0.3], [DAYS[0], "B", 0.7], [DAYS[1], "A", 1.0])
    quoted = prices("AB", [DAYS[0], 30.0, 10000.0], [DAYS[1], 30.0, 10000.5714], [DAYS[2], 30.0, 10000.5714])
    held = {}
    for over in ("sum", "level"):
        readings = book.readings(period=2, weights_over=over)
        held[over] = book.index_history(weights, quoted, readings=readings).state.shares()["A"]
    value = 30.0 + 0.007 * 10000.5714
    assert held["sum"] == pytest.approx((30.0 / value + 1.0) / 2 * 100.0 / 30.0, rel=1e-12)
    assert held["level"] == pytest.approx((30.0 / 100.0 + 1.0) / 2 * 100.0 / 30.0, rel=1e-12)
    assert held["sum"] != held["level"]


@pytest.mark.rule("solactive_human_capital", "3.4")
def test_an_amount_in_index_currency_goes_first():
    head = "isin, ex date, index currency amount, withholding"
    paid = table_of(book.DIVIDENDS, head, ["A", DAYS[1], 1.0, 0.0])
    fx = read_quotes("fx", [["date", "USD"], [DAYS[0], 0.5]])
    found = book.index_history(targets([DAYS[0], "A", 1.0, "USD"]), flat("A", DAYS[:2]), dividends=paid, fx=fx)
    assert found.state.shares("GTR")["A"] == pytest.approx(20.0 * 12.0 / 10.0, rel=1e-14)
    assert "last known exchange rate carried" in set(found.flags["what"])


@pytest.mark.parametrize(
    "change",
    [
        {"dividend_form": "x"},
        {"increase_form": "x"},
        {"price_version": "x"},
        {"weights_over": "x"},
        {"insolvency_day": "x"},
        {"base_level": 0.0},
        {"period": 0},
    ],
)
def test_a_reading_that_is_not_known_is_refused(change):
    with pytest.raises(XlidxError, match=next(iter(change))):
        book.readings(**change)


# -- the cell


@pytest.mark.rule("solactive_human_capital", "3.1")
def test_the_history_in_a_cell_is_that_of_the_rule_book():
    rows = [["adjustment day", "isin", "weight"], [DAYS[0], "A", 0.5], [DAYS[0], "B", 0.5]]
    quoted = [["date", "A", "B"], [DAYS[0], 10.0, 10.0], [DAYS[1], 11.0, 10.0]]
    head, _, last = xlidx.call("XI_SHARE_INDEX_HISTORY", rows, quoted, None, None, None, [["base level", 1000.0]])
    assert head == ["Date", "PR", "NTR", "GTR", "Flag"]
    assert last == [DAYS[1], 1050.0, 1050.0, 1050.0, ""]
    log = xlidx.call("XI_SHARE_INDEX_HISTORY", rows, quoted, None, None, None, [["show", "log"]])
    assert log[1][:5] == ["PR", DAYS[0], "A", 0.0, 5.0]
    halts = [["date", "reason"], [DAYS[1], "fire"]]
    flagged = xlidx.call("XI_SHARE_INDEX_HISTORY", rows, quoted, None, None, None, None, None, halts)
    assert flagged[2][4] == "market disruption: fire"
    for options, sentence in (
        ([["base levl", 1.0]], "did you mean base_level"),
        ([["period", "x"]], "period is text 'x'"),
        ([["dividend form", "ante"]], "dividend_form 'ante' is not known"),
        ([["period", 2.5]], "period is 2.5 but must be a whole number"),
    ):
        arguments = (rows, quoted, None, None, None, options)
        assert xlidx.call("XI_SHARE_INDEX_HISTORY", *arguments).startswith("#")
        assert sentence in xlidx.call("XI_WHY", "XI_SHARE_INDEX_HISTORY", *arguments)


def test_shares_and_weights_in_cells():
    # A column for each of three days, from 60/40 to 20/80 in ten days.
    found = xlidx.call("XI_REBALANCE_WEIGHTS", [[0.6], [0.4]], [[0.2], [0.8]], [[1.0, 5.0, 10.0]])
    assert np.array(found) == pytest.approx(np.array([[0.56, 0.4, 0.2], [0.44, 0.6, 0.8]]), abs=1e-15)
    terms = [["Factor", 1.5], ["author", "calculator"], ["reason", "options exchange"]]
    assert xlidx.call("XI_SHARES_ADJUST", "Manual Factor", [[2.0], [4.0]], [[1.0], [1.0]], terms) == [[3.0], [6.0]]
    for event, terms, sentence in (
        ("splitt", [["old", 1.0], ["new", 2.0]], "did you mean split"),
        ("split", [["old", 1.0]], "new is blank, split needs it"),
        ("split", [["olt", 1.0]], "term 'olt' is not known"),
        ("manual factor", [["factor", 1.5]], "author is blank"),
        ("dividend", [["amount", "x"]], "amount is text 'x'"),
    ):
        assert sentence in xlidx.call("XI_WHY", "XI_SHARES_ADJUST", event, 1.0, 10.0, terms)
    steps = xlidx.call("XI_EXPLAIN", "XI_SHARES_ADJUST", "capital reduction", 100.0, 10.0, [["ratio", 4.0]])
    assert [row[2] for row in steps[1:]] == [100.0, 10.0, 4.0, 25.0]
    assert steps[1][4].endswith("3.5.3")


@pytest.mark.rule("solactive_human_capital", "1.4")
def test_a_price_of_a_weekend_is_the_last_one_on_monday():
    quoted = prices("A", [D(2017, 10, 6), 10.0], [D(2017, 10, 7), 11.0], [D(2017, 10, 10), 12.0])
    found = book.index_history(targets([D(2017, 10, 6), "A", 1.0]), quoted)
    assert found.levels["Date"].dt.date.tolist() == [D(2017, 10, 6), D(2017, 10, 9), D(2017, 10, 10)]
    assert found.levels["PR"].tolist() == [100.0, 110.0, 120.0]


# -- bad input


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"targets": targets([DAYS[0], "A", 0.5], [DAYS[0], "B", 0.4])}, "weights of 2017-10-02 add up to 0.9 .*row 2"),
        ({"targets": targets([DAYS[0], "A", 0.5], [DAYS[0], "A", 0.5])}, "A appears twice.*row 2"),
        ({"targets": targets([DAYS[0], "A", 0.5], [DAYS[0], "C", 0.5])}, "no price of C on 2017-10-02"),
        ({"targets": targets(*ONE, [DAYS[3], "A", 1.0, "USD"])}, "A has currency EUR and USD .*row 4"),
        ({"targets": targets(*ONE, [DAYS[3], "C", 1.0])}, "no price of C on 2017-10-05"),
        ({"targets": targets(*ONE, [D(2017, 10, 7), "A", 1.0])}, "2017-10-07 is not a weekday .*row 4"),
        ({"targets": targets(*ONE, [DAYS[3], "A", 1.0], [DAYS[6], "B", 1.0])}, "after 2017-10-05 has not ended"),
        ({"targets": targets([DAYS[0], "A", 1.0, "USD"])}, "no exchange rate for USD"),
        ({"events": events([D(2017, 10, 7), "A", "delisting"])}, "2017-10-07: the date is not a session .*row 2"),
        ({"events": events([DAYS[0], "A", "delisting"])}, "not after the base date 2017-10-02 .*row 2"),
        ({"rebalancing": {DAYS[3]: [DAYS[4]]}}, "2017-10-05 is no adjustment day of the targets"),
        ({"targets": targets(*ONE, [DAYS[3], "A", 1.0]), "rebalancing": {DAYS[3]: []}}, "no days for the adjustment"),
        ({"events": events([DAYS[3], "C", "delisting"])}, "C is no component on 2017-10-05 .*events, row 2"),
        ({"events": events([DAYS[3], "C", "split", None, None, 1, 2])}, "C is in no target .*events, row 2"),
        (
            {"events": events([DAYS[3], "A", "delisting"], [DAYS[4], "A", "split", None, None, 1, 2])},
            "A is no component on 2017-10-06 .*row 3",
        ),
        (
            {"events": events([DAYS[3], "A", "delisting"], [DAYS[4], "B", "merger"])},
            "nothing is left .* events, row 3",
        ),
        ({"events": events([DAYS[3], "A", "delistin"])}, "event 'delistin' is not known .*did you mean delisting"),
        ({"events": events([DAYS[3], "A", "split"])}, "old is blank, split needs it - table events, row 2"),
        ({"events": events([DAYS[3], "A", "merger", None, -1.0])}, "price is below 0 .*row 2"),
        ({"dividends": dividends(["A", DAYS[3], 1.0])}, "no country for withholding tax .*row 2"),
        ({"dividends": dividends(["A", DAYS[3], -1.0, "ordinary", None, 0.0])}, "amount is below 0 .*row 2"),
        (
            {"targets": targets(*ONE, [DAYS[6], "A", 1.0]), "events": events([DAYS[5], "A", "merger"])},
            "the target of 2017-10-10 holds A, which was removed on 2017-10-09",
        ),
        (
            {"targets": targets(*ONE, [DAYS[6], "A", 1.0]), "events": events([DAYS[5], "A", "insolvency"])},
            "the target holds A, which is insolvent .*row 4",
        ),
    ],
)
def test_bad_input_is_refused_in_words(change, words):
    given = {"targets": targets(*ONE), "prices": flat("AB", DAYS), **change}
    with pytest.raises(XlidxError, match=words):
        book.index_history(**given)


def test_a_price_of_0_is_refused_where_a_dividend_needs_it():
    paid = dividends(["A", DAYS[1], 1.0, "ordinary", None, 0.0])
    with pytest.raises(XlidxError, match=r"price is 0 but must be above 0 - table dividends, row 2"):
        book.index_history(targets(*ONE), flat("AB", DAYS, A=(1, 0.0)), dividends=paid)


def test_no_session_after_the_state_is_refused():
    run = book.index_history(targets(*ONE), flat("AB", DAYS[:5]))
    with pytest.raises(XlidxError, match=r"no weekday from 2017-10-09 to the last price"):
        book.continue_history(run.state, targets(*ONE), flat("AB", DAYS[:5]))
