"""Every pair and every triple of share events of one day, in any order of the rows, against a holder's account."""

import itertools
from fractions import Fraction

import pytest

from tests.index.actions.holder_account import account
from tests.index.divisor_history.random_history import block
from xlidx.index.actions.apply import ACTIONS, apply_actions
from xlidx.index.basket import Basket, read_quotes
from xlidx.index.divisor_history.history import index_history

DAYS = ("2016-03-18", "2016-03-21")
CLOSES = {"A": 10.0, "B": 20.0}
EVENTS = [
    {"action": "special dividend", "amount": 0.5},
    {"action": "other rights", "amount": 0.3},
    {"action": "spin-off", "ratio": 0.5, "price": 3, "other_isin": "C"},
    {"action": "spin-off", "ratio": 0.1, "other_isin": "B"},
    {"action": "bonus issue", "ratio": 0.1},
    {"action": "bonus issue", "ratio": 0.25},
    {"action": "rights issue", "ratio": 0.25, "price": 6},
    {"action": "rights issue", "ratio": 0.5, "price": 4},
    {"action": "rights issue", "ratio": 0.2, "price": 9.2},  # has a value alone, but none beside most others
    {"action": "rights issue", "ratio": 0.3, "price": 7, "disadvantage": 0.2},
    {"action": "rights issue", "ratio": 0.2, "price": 5, "fungible": "no"},
    {"action": "split", "ratio": 3},
    {"action": "reverse split", "ratio": 0.25},
    {"action": "bonus in lieu of dividend", "ratio": 0.02},
]
EVENTS = [{"date": DAYS[1], "isin": "A", "event_id": str(n), **event} for n, event in enumerate(EVENTS)]
COMBINATIONS = [*itertools.combinations(EVENTS, 2), *itertools.combinations(EVENTS, 3)]


def basket():
    return Basket(("A", "B"), [1000.0, 500.0], [0.5, 1.0], [0.8, 1.0], ("EUR", "EUR"))


def quoted(event):
    return Fraction(20) if event["other_isin"] == "B" else Fraction(event["price"])


def name_of(events):
    return " + ".join(f"{event['action']} {event.get('ratio', event.get('amount'))}" for event in events)


@pytest.mark.rule("psi20", "6.1")
@pytest.mark.rule("psi20", "6.6")
@pytest.mark.rule("psi20", "6.7")
def test_rights_and_bonus_shares_of_one_day_each_per_share_held_at_the_close():
    # 0.25 new shares at 6 and 0.1 bonus shares per share of 10: 1.35 shares are worth 10 + 1.5, so 8.5185 each;
    # 1350 x 8.5185 = 11 500 and 500 x 20 over 20 000 x 200 is the divisor 215, at which the next level is 100.
    rows = [
        {"date": DAYS[1], "isin": "A", "action": "rights issue", "ratio": 0.25, "price": 6},
        {"date": DAYS[1], "isin": "A", "action": "bonus issue", "ratio": 0.1},
    ]
    start = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    for order in (rows, rows[::-1]):
        done = apply_actions(start, CLOSES, None, block(ACTIONS, order), 200.0)
        assert done.basket.shares.tolist() == pytest.approx([1350.0, 500.0], rel=1e-15)
        assert done.prices["A"] == pytest.approx(11.5 / 1.35, rel=1e-15)
        assert done.divisor == pytest.approx(215.0, rel=1e-15)
        table = read_quotes("prices", [["date", "A", "B"], [DAYS[0], 10.0, 20.0], [DAYS[1], 11.5 / 1.35, 20.0]])
        run = index_history(start, table, block(ACTIONS, order), divisor=200.0)
        assert run.levels["Price"].tolist() == pytest.approx([100.0, 100.0], rel=1e-15)


@pytest.mark.rule("psi20", "6.6")
def test_a_right_that_the_bonus_shares_make_worthless():
    # After a bonus of 0.1 a share is worth 10 / 1.1 = 9.09, so nobody buys at 9.5; alone the right is worth something.
    rows = [
        {"date": DAYS[1], "isin": "A", "action": "rights issue", "ratio": 0.25, "price": 9.5},
        {"date": DAYS[1], "isin": "A", "action": "bonus issue", "ratio": 0.1},
    ]
    done = apply_actions(basket(), CLOSES, None, block(ACTIONS, rows), 200.0)
    assert done.prices["A"] == pytest.approx(10 / 1.1, rel=1e-15)
    assert done.basket.shares.tolist()[0] == pytest.approx(1100.0, rel=1e-15)
    assert done.divisor == 200.0


@pytest.mark.rule("psi20", "6.1")
@pytest.mark.parametrize("events", COMBINATIONS, ids=name_of)
def test_every_pair_and_triple_against_the_account_of_a_holder(events):
    price, shares, handed = account(10, events, quoted)
    weight = Fraction(1000) * Fraction(2, 5)
    after = weight * (shares * price + handed) + 10_000
    divisor = 200 * float(after / (weight * 10 + 10_000))
    for order in (events, events[::-1], events[1:] + events[:1]):
        done = apply_actions(basket(), CLOSES, None, block(ACTIONS, order), 200.0)
        assert done.prices["A"] == pytest.approx(float(price), rel=1e-13)
        assert done.basket.shares.tolist()[0] == pytest.approx(float(1000 * shares), rel=1e-13)
        assert done.divisor == pytest.approx(divisor, rel=1e-13)
    ids = sorted({"A", "B", *(event["other_isin"] for event in events if "other_isin" in event)})
    later = {"A": float(price), "B": 20.0, "C": 3.0}
    table = read_quotes(
        "prices",
        [["date", *ids], [DAYS[0], *(CLOSES.get(isin) for isin in ids)], [DAYS[1], *(later[isin] for isin in ids)]],
    )
    run = index_history(basket(), table, block(ACTIONS, events), divisor=200.0)
    assert run.levels["Price"].tolist() == pytest.approx([70.0, 70.0], rel=1e-13)
    assert run.levels["Divisor"].tolist() == pytest.approx([200.0, divisor], rel=1e-13)
