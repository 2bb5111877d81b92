"""Public cases of odd days: a removal at zero on the day of a review, a new line without a close."""

import pytest

from tests.index.answers import answers, vector
from tests.index.divisor_history.random_history import block
from xlidx.index.actions.apply import ACTIONS, apply_actions
from xlidx.index.basket import Basket

DAY = "2019-09-23"


@pytest.mark.rule("psi20", "6.2.2")
@pytest.mark.parametrize("case", answers("set_prices.csv"))
def test_removal_at_a_set_price_on_the_day_of_a_review(case):
    ones = [1.0, 1.0, 1.0]
    start = Basket(("A", "B", "X"), vector(case["shares"]), ones, ones, ("EUR",) * 3)
    rows = [
        {"date": DAY, "isin": isin, "action": "review", "shares": shares, "free_float": 1}
        for isin, shares in zip("AB", vector(case["kept"]).tolist(), strict=True)
    ]
    rows.append({"date": DAY, "isin": "X", "action": "removal after suspension", "price": float(case["price"])})
    closes = dict(zip("ABX", vector(case["closes"]).tolist(), strict=True))
    done = apply_actions(start, closes, None, block(ACTIONS, rows), float(case["divisor"]))
    assert done.level_after == pytest.approx(float(case["level_after"]), rel=1e-13)
    assert done.divisor == pytest.approx(float(case["divisor_after"]), rel=1e-15)
    assert done.basket.ids == ("A", "B")
    assert done.steps[done.steps["isin"] == "X"]["reason"].tolist()[-1] == "leaves with the review of the day"


@pytest.mark.rule("psi20", "6.3")
@pytest.mark.parametrize("case", answers("spin_offs.csv"))
def test_a_new_line_without_a_close_stands_at_its_estimate(case):
    start = Basket(("T", "X"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("USD", "USD"))
    row = {"date": DAY, "isin": "T", "action": "spin-off", "other_isin": "WBD"}
    row |= {"ratio": float(case["ratio"]), "price": float(case["estimate"])}
    closes = {"T": float(case["close"]), "X": 20.0}
    done = apply_actions(start, closes, None, block(ACTIONS, [row]), 10.0, index_currency="USD")
    assert done.prices["T"] == pytest.approx(float(case["adjusted"]), rel=1e-13)
    assert done.prices["WBD"] == float(case["estimate"])
    assert done.divisor == 10.0
    held = dict(zip(done.basket.ids, done.basket.shares.tolist(), strict=True))
    assert held["WBD"] == pytest.approx(1000 * float(case["new_shares_per_share"]), rel=1e-15)


@pytest.mark.rule("psi20", "6.2.1")
def test_an_acquirer_without_a_close_joins_where_only_cash_counts():
    start = Basket(("T", "X"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    row = {"date": DAY, "isin": "T", "action": "replacement", "other_isin": "N", "ratio": 0.5, "cash": 1.0}
    done = apply_actions(start, {"T": 10.0, "X": 20.0}, None, block(ACTIONS, [row]), 200.0)
    assert done.divisor == pytest.approx(190.0, rel=1e-15)  # 1000 x 1 of 20 000 leaves as cash
    assert done.basket.ids == ("X", "N")


def test_a_close_of_zero_is_said():
    start = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    split = block(ACTIONS, [{"date": DAY, "isin": "B", "action": "split", "ratio": 2}])
    steps = apply_actions(start, {"A": 0.0, "B": 20.0}, None, split, 100.0).steps
    found = steps[steps["isin"] == "A"][["action", "what", "after", "reason"]].to_numpy().tolist()
    assert found == [["index", "closing price", 0.0, "price of 0 of a member: check it"]]
