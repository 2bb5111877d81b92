"""What an index holds, column by column: the weights follow every change of a line."""

import pytest

from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.lines import basket_in, exit_event, lines_of
from xlidx.index.basket import Basket

IDS, PLACES = ["X", "A", "U", "B"], {"X": 0, "A": 1, "U": 2, "B": 3}
BASKET = Basket(("B", "U", "A"), [100.0, 10.0, 1000.0], [0.5, 1.0, 0.25], [1.0, 0.5, 0.8], ("EUR", "USD", "EUR"),
                ("PT", "US", "ES"))  # fmt: skip


def held(basket=BASKET, quoted=("EUR", "EUR", "USD", "EUR")):
    return lines_of(basket, IDS, PLACES, dict(zip(IDS, quoted, strict=True)), {"EUR": 0, "USD": 1})


def test_the_weights_are_shares_times_factors_and_those_at_home_need_no_rate():
    # A 1000 x 0.25 x 0.8, U 10 x 1 x 0.5 in dollars, B 100 x 0.5
    lines = held()
    assert lines.weights.tolist() == [0.0, 200.0, 5.0, 50.0]
    assert lines.home_weights.tolist() == [0.0, 200.0, 0.0, 50.0]
    assert lines.currency.tolist() == [0, 0, 1, 0]
    assert list(lines.members) == [3, 2, 1]
    assert lines.factors(1) == (0.25, 0.8)
    assert basket_in(lines, ("EUR", "USD")).currency == ("EUR", "USD", "EUR")


def test_a_line_that_is_changed_put_in_or_taken_out_changes_its_weight_at_home_or_abroad():
    lines = held()
    lines.hold(1, 2000.0)
    lines.hold(2, 30.0)
    assert lines.weights.tolist() == [0.0, 400.0, 15.0, 50.0]
    assert lines.home_weights.tolist() == [0.0, 400.0, 0.0, 50.0]
    lines.put(0, 40.0, 0.5, 0.2)
    lines.put(2, 40.0, 0.5, 1.0)
    assert lines.weights.tolist() == [4.0, 400.0, 20.0, 50.0]
    assert lines.home_weights.tolist() == [4.0, 400.0, 0.0, 50.0]
    lines.suspended.update((1, 3))
    lines.untraded.update((1, 3))
    lines.carried.update({1: 7.0, 3: 8.0})
    lines.leaving.update({1: "6.3", 3: "6.3"})
    lines.drop(3)
    assert lines.weights.tolist() == [4.0, 400.0, 20.0, 0.0]
    assert lines.home_weights.tolist() == [4.0, 400.0, 0.0, 0.0]
    assert list(lines.members) == [2, 1, 0]
    assert (lines.suspended, lines.untraded, lines.carried, lines.leaving) == ({1}, {1}, {1: 7.0}, {1: "6.3"})
    assert lines.country == ["", "ES", "US", ""]


def test_an_index_at_home_alone_has_all_weights_there():
    lines = held(Basket(("A",), [10.0], [0.5], [1.0], ("EUR",)), ("EUR",) * 4)
    lines.hold(1, 20.0)
    assert lines.weights.tolist() == lines.home_weights.tolist() == [0.0, 10.0, 0.0, 0.0]


def test_members_without_a_column_of_prices_are_named():
    with pytest.raises(
        XlidxError, match=r"no prices for member C \(and 1 more members\) - table prices, row 1"
    ) as caught:
        held(Basket(("C", "A", "D"), [1.0] * 3, [1.0] * 3, [1.0] * 3, ("EUR",) * 3))
    assert caught.value.kind is Kind.NO_DATA


def test_a_removal_that_follows_from_a_spin_off_has_no_cash_and_no_other_line():
    event = exit_event("2016-03-18", 2, "U", "6.3", 5)
    assert (event.item, event.rank, event.column, event.other, event.cash, event.currency) == (-1, 5, 2, -1, 0.0, -1)
    assert (event.action, event.qualifies, event.place) == ("removal", "all", "")
