import csv
import itertools
from decimal import Decimal
from pathlib import Path

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.answers.psi20.year import derive
from tests.depth import depth
from tests.index.divisor_history.random_history import LINE_EVENTS, Case, block
from xlidx.index.actions.apply import ACTIONS, apply_actions
from xlidx.index.basket import COMPOSITION, Basket, basket_of, last_known, read_quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.divisor import chain_divisor
from xlidx.index.divisor_history.history import continue_history, index_history, replay_divisors

NAMES = ("Divisor", "Price", "Net", "Gross")
YEAR = Path(derive.__file__).parent


def acts(*rows):
    return block(ACTIONS, rows)


def ran(case, days=None, **options):
    return index_history(case.basket(), case.price_table(days), **case.tables(), **options)


def exactly(rows, frame, tolerance=1e-12):
    for row, levels in zip(rows, frame.to_dict("records"), strict=True):
        assert str(levels["Date"])[:10] == row["date"]
        for name in NAMES:
            assert levels[name] == pytest.approx(float(row[name.lower()]), rel=tolerance), (row["date"], name)


# -- against the slow calculator


@pytest.mark.parametrize("seed", range(60))
def test_random_history_agrees_with_the_slow_calculator(seed):
    kind = {"basis": "new" if seed % 4 == 3 else "old", "fixings": seed % 2 == 1}
    case = Case(seed, continuity="full" if seed % 3 == 2 else "cash_only", **kind)
    run = ran(case, continuity=case.slow.continuity)
    exactly(case.slow.rows, run.levels)
    assert len(run.divisors) == len(case.slow.log)
    for row, old, new in zip(case.slow.log, run.divisors["old"], run.divisors["new"], strict=True):
        assert (old, new) == (pytest.approx(float(row["old"]), rel=1e-12), pytest.approx(float(row["new"]), rel=1e-12))


@pytest.mark.parametrize("seed", range(60))
def test_day_by_day_is_bit_for_bit_the_run_at_once(seed):
    case = Case(seed, basis="new" if seed % 4 == 3 else "old", fixings=seed % 2 == 1)
    whole = ran(case)
    run = ran(case, case.days[:1])
    levels, flags, log = [run.levels], [run.flags], [run.divisors]
    for day in case.days[1:]:
        run = continue_history(run.state, case.price_table([day]), **case.tables())
        levels.append(run.levels)
        flags.append(run.flags)
        log.append(run.divisors)
    pd.testing.assert_frame_equal(pd.concat(levels, ignore_index=True), whole.levels, check_exact=True)
    pd.testing.assert_frame_equal(pd.concat([f for f in flags if len(f)], ignore_index=True), whole.flags)
    pd.testing.assert_frame_equal(pd.concat([f for f in log if len(f)], ignore_index=True), whole.divisors)
    assert run.state.basket.ids == whole.state.basket.ids
    assert run.state.basket.shares.tolist() == whole.state.basket.shares.tolist()


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_divisors_replay_from_the_log_alone(seed):
    run = ran(Case(seed))
    days = run.levels["Date"].to_numpy()
    assert replay_divisors(run.divisors, days, run.levels["Divisor"][0]).tolist() == run.levels["Divisor"].tolist()


def test_random_cases_hold_every_action_and_dividend():
    cases = [Case(seed) for seed in range(60)]
    words = {column.name: set(column.words) for column in (*ACTIONS.columns, *DIVIDENDS.columns)}
    assert {event["action"] for case in cases for event in case.actions} == words["action"] - {
        "bonus in lieu of dividend"
    }
    assert {row["type"] for case in cases for row in case.paid} == words["type"]


def test_random_cases_hold_every_pair_of_share_events_of_one_line_and_day():
    pairs = set()
    for case in (Case(seed) for seed in range(60)):
        days = {}
        for event in case.actions:
            days.setdefault((event["date"], event["isin"]), set()).add(event["action"])
        for row in case.paid:
            ex = next((day for day in case.days if day >= row["ex_date"]), None)
            days.get((ex, row["isin"]), set()).add(row["type"])
        pairs |= {pair for found in days.values() for pair in itertools.permutations(found, 2)}
    paid = ("ordinary", "special")
    never = {("special dividend", "special")}  # would stand in both tables
    assert {(one, other) for one in LINE_EVENTS for other in (*LINE_EVENTS, *paid) if one != other} - pairs == never
    assert not {("review", other) for other in (*LINE_EVENTS, *paid)} - pairs


# -- a year, see tests/answers/psi20/year/README.md


def lines(name):
    with (YEAR / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def year_tables():
    number = ("ratio", "price", "amount", "cash", "disadvantage", "shares", "free_float", "capping", "rate")
    number += ("cash_equivalent", "index_currency_amount", "withholding")

    def rows(name):
        return [{k: Decimal(v) if v and k in number else v or None for k, v in row.items()} for row in lines(name)]

    def quotes(name):
        found = lines(name)
        cells = [[day, *(float(cell) if cell else None for cell in row)] for day, *row in (r.values() for r in found)]
        return read_quotes(name, [list(found[0]), *cells])

    basket = basket_of(block(COMPOSITION, rows("composition")))
    acting, paying = block(ACTIONS, rows("actions")), block(DIVIDENDS, rows("dividends"))
    return basket, quotes("prices"), acting, paying, quotes("fx"), block(WITHHOLDING, rows("withholding"))


def test_a_year_of_twenty_five_companies():
    run = index_history(*year_tables(), base_level=3000.0)
    exactly(lines("levels"), run.levels)
    expected = lines("divisors")
    assert run.divisors["date"].astype(str).tolist() == [row["date"] for row in expected]
    assert run.divisors["new"].tolist() == pytest.approx([float(row["new"]) for row in expected], rel=1e-12)


def test_the_year_holds_one_of_each_action_and_four_reviews():
    rows = lines("actions")
    words = {word for column in ACTIONS.columns if column.name == "action" for word in column.words}
    assert {row["action"] for row in rows} == words
    assert len({row["date"] for row in rows if row["action"] == "review"}) == 4
    assert len(lines("prices")[0]) == 1 + 25


def test_the_year_follows_from_its_derivation():
    tables, slow = derive.year()
    for name, rows in {**tables, **derive.answers(slow)}.items():
        found = lines(name)
        made = [{column: str(row.get(column, "")) for column in derive.HEADERS[name]} for row in rows]
        assert found == made, name


# -- identities


@settings(max_examples=depth(10, 25))
@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
def test_scale_of_shares_does_not_matter(seed, factor):
    case = Case(seed, 10)
    basket = case.basket()
    bigger = attrs.evolve(basket, shares=basket.shares * factor)
    joining = ("review", "addition")
    rows = [
        {**r, **({"shares": r["shares"] * Decimal(factor)} if r["action"] in joining else {})} for r in case.actions
    ]
    tables = {**case.tables(), "actions": acts(*rows)}
    one, other = ran(case).levels, index_history(bigger, case.price_table(), **tables).levels
    np.testing.assert_allclose(other["Divisor"], one["Divisor"] * factor, rtol=1e-12)
    np.testing.assert_allclose(other[list(NAMES[1:])], one[list(NAMES[1:])], rtol=1e-12)


@settings(max_examples=depth(10, 25))
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_of_members_columns_and_rows_does_not_matter(seed, chance):
    case = Case(seed, 10)
    one = ran(case).levels
    basket, quotes = case.basket(), case.price_table()
    members, columns = list(range(len(basket))), list(range(len(quotes.ids)))
    for order in (members, columns, case.actions, case.paid):
        chance.shuffle(order)
    turned = Basket(
        *(tuple(np.array(getattr(basket, field.name), dtype=object)[members]) for field in attrs.fields(Basket))
    )
    shuffled = attrs.evolve(quotes, ids=[quotes.ids[n] for n in columns], matrix=quotes.matrix[:, columns].copy())
    other = index_history(turned, shuffled, **case.tables()).levels
    np.testing.assert_allclose(other[list(NAMES)], one[list(NAMES)], rtol=1e-12)


@settings(max_examples=depth(10, 25))
@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_unit_of_the_index_currency_does_not_matter(seed, factor):
    # Everything in cents instead of euro: prices of euro companies and rates times the same number.
    case = Case(seed, 10)
    one = ran(case).levels
    fx = case.fx_table()
    wide = attrs.evolve(fx, ids=(*fx.ids, "EUR"), matrix=np.column_stack((fx.matrix, np.ones(len(fx.days)))) * factor)
    offered = "index_currency_amount"
    rows = [{**row, offered: row[offered] * Decimal(factor)} if offered in row else row for row in case.paid]
    tables = {**case.tables(), "dividends": block(DIVIDENDS, rows), "fx": wide}
    other = index_history(case.basket(), case.price_table(), **tables, index_currency="XXX").levels
    np.testing.assert_allclose(other["Divisor"], one["Divisor"] * factor, rtol=1e-12)
    np.testing.assert_allclose(other[list(NAMES[1:])], one[list(NAMES[1:])], rtol=1e-12)


@settings(max_examples=depth(10, 25))
@given(st.integers(0, 10_000))
def test_gross_is_at_least_net_and_net_at_least_price(seed):
    levels = ran(Case(seed, 10)).levels
    assert (levels["Gross"] >= levels["Net"] * (1 - 1e-13)).all()
    assert (levels["Net"] >= levels["Price"] * (1 - 1e-13)).all()


@settings(max_examples=depth(10, 25))
@given(st.integers(0, 10_000), st.floats(0.1, 10))
def test_prices_times_a_number_leave_returns_alone(seed, factor):
    case = Case(seed, 10)
    one = ran(case).levels
    quotes, tables = case.price_table(), case.tables()
    money = ("amount", "price", "cash", "disadvantage", "cash_equivalent", "index_currency_amount")
    for name, spec, rows in (("actions", ACTIONS, case.actions), ("dividends", DIVIDENDS, case.paid)):
        dear = [{k: v * Decimal(factor) if k in money and v is not None else v for k, v in r.items()} for r in rows]
        tables[name] = block(spec, dear)
    other = index_history(case.basket(), attrs.evolve(quotes, matrix=quotes.matrix * factor), **tables).levels
    np.testing.assert_allclose(other[list(NAMES[1:])], one[list(NAMES[1:])], rtol=1e-12)


@settings(max_examples=depth(10, 25))
@given(st.integers(0, 10_000))
def test_xd_form_is_the_divisor_form(seed):
    # A gross index with a divisor of its own: d' = d (M - D) / M at the close before, then reinvested at the close
    # of the ex-date, is the same as adding the dividend to the level of the ex-date.
    case = Case(seed, 10)
    run = ran(case)
    price, gross = run.levels["Price"].to_numpy(), run.levels["Gross"].to_numpy()
    own = price[0] / gross[0]  # price index points per gross index point
    for t in range(1, len(price)):
        xd = gross[t] * price[t - 1] / gross[t - 1] - price[t]
        own = chain_divisor(own, price[t] + max(xd, 0.0), price[t])
        assert price[t] / own == pytest.approx(gross[t], rel=1e-11)


@pytest.mark.parametrize("seed", range(0, 60, 6))
def test_history_steps_as_apply_actions_does(seed):
    case = Case(seed)
    run = ran(case)
    carried = {"suspension", "resumption", "removal after suspension"}
    for place, day in enumerate(case.days[1:], start=1):
        rows = [row for row in case.actions if row["date"] == day]
        before = ran(case, case.days[:place]).state
        exits = before.leaving or any(row["isin"] in before.suspended for row in rows)
        specials = any(row["type"] == "special" for row in case.paid)
        if not rows or exits or specials or carried & {row["action"] for row in rows}:
            continue
        closes = {**before.closes, **before.carried}
        known, _ = last_known(case.fx_table(), ("USD", "GBP"), np.array([case.days[place - 1]], dtype="datetime64[D]"))
        rates = dict(zip(("USD", "GBP"), known[0].tolist(), strict=True))
        done = apply_actions(before.basket, closes, rates, acts(*rows), before.divisor)
        assert done.divisor == pytest.approx(run.levels["Divisor"][place], rel=1e-14)
