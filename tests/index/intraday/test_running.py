"""Tick by tick: both ways to a session agree with a slow one in exact fractions, written from 3.1 and 4.2."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.intraday.test_opening import BASKET, BEFORE, CLOSES, DAY, IDS, ONES, SHARES
from tests.index.intraday.test_ticks import at, ticks
from xlidx.errors import XlidxError
from xlidx.index.basket import Basket
from xlidx.index.intraday.running import ExactSum, follow_ticks, start_running
from xlidx.index.intraday.session import Basis, OpeningRule, disseminate
from xlidx.index.intraday.ticks import sorted_ticks
from xlidx.index.sources import Reference

NAMES = ("A", "B", "C", "D")
CURRENCIES = ("EUR", "USD", "USD", "GBP")
PRICE = st.floats(0.01, 1e6)
EVENT = st.tuples(st.integers(0, 600), st.sampled_from([*NAMES, "USD", "GBP", "X"]), PRICE)
WORLD = st.fixed_dictionaries(
    {
        "shares": st.lists(st.floats(1.0, 1e9), min_size=4, max_size=4),
        "floats": st.lists(st.sampled_from([0.05, 0.15, 0.85, 1.0]), min_size=4, max_size=4),
        "closes": st.lists(PRICE, min_size=4, max_size=4),
        "rates": st.lists(st.floats(0.01, 100.0), min_size=2, max_size=2),
        "events": st.lists(EVENT, max_size=60),
        "share": st.sampled_from([0.0, 0.5, 0.8, 1.0]),
    }
)


def build(world):
    basket = Basket(NAMES, world["shares"], world["floats"], [1.0, 0.5, 1.0, 0.9], CURRENCIES)
    reference = Reference(world["closes"], rates=dict(zip(("USD", "GBP"), world["rates"], strict=True)))
    times = at("09:00") + np.array([event[0] for event in world["events"]], dtype="timedelta64[s]")
    trades = sorted_ticks(times, [e[1] for e in world["events"]], np.array([e[2] for e in world["events"]]))
    return basket, reference, trades


def slow_session(world, basket, divisor):
    """Levels and states from the text of 3.1 and 4.2, one moment at a time, in fractions."""
    weights = [Fraction(q) * Fraction(f) * Fraction(c)
               for q, f, c in zip(basket.shares, basket.free_float, basket.capping, strict=True)]  # fmt: skip
    start = {"EUR": 1.0, **dict(zip(("USD", "GBP"), world["rates"], strict=True))}
    worth = [w * Fraction(c) * Fraction(start[x]) for w, c, x in zip(weights, world["closes"], CURRENCIES, strict=True)]
    order = sorted(range(len(world["events"])), key=lambda k: (world["events"][k][0], k))
    is_open, rows = False, []
    for second in range(0, 601, 15):
        last = {world["events"][k][1]: world["events"][k][2] for k in order if world["events"][k][0] <= second}
        rate = {**start, **{x: last[x] for x in ("USD", "GBP") if x in last}}
        prices = [last.get(name, close) for name, close in zip(NAMES, world["closes"], strict=True)]
        value = sum(w * Fraction(p) * Fraction(rate[x]) for w, p, x in zip(weights, prices, CURRENCIES, strict=True))
        share = sum(m for m, name in zip(worth, NAMES, strict=True) if name in last) / sum(worth)
        everybody = all(name in last for name in NAMES)
        is_open = is_open or everybody or (second >= 300 and share >= Fraction(str(world["share"])))
        state = "closed" if second == 600 else "official" if is_open else "pre-opening"
        rows.append((float(value / Fraction(divisor)), state, is_open, float(share)))
    return rows


@pytest.mark.rule("psi20", "3.1.1")
@pytest.mark.rule("psi20", "3.1.2")
@pytest.mark.rule("psi20", "4.2")
@given(WORLD)
def test_both_ways_agree_with_the_slow_session(world):
    basket, reference, trades = build(world)
    slow = slow_session(world, basket, 7.0)
    for way in (disseminate, follow_ticks):
        found = way(basket, 7.0, trades, reference, DAY, opening=OpeningRule(world["share"]))
        assert found["level"].tolist() == pytest.approx([row[0] for row in slow], rel=1e-12)
        assert found["share"].tolist() == pytest.approx([row[3] for row in slow], rel=1e-12)
        assert found["state"].tolist() == [row[1] for row in slow]
        assert found["opened"].tolist() == [row[2] for row in slow]


@pytest.mark.rule("psi20", "3.1.2")
def test_a_running_level_does_not_drift_in_fifty_thousand_wild_ticks():
    generator = np.random.default_rng(20160318)
    count, basket = 50_000, BASKET
    names = [IDS[k] for k in generator.integers(0, 5, count)]
    prices = 10.0 ** generator.uniform(-4.0, 8.0, count)
    running, last = start_running(basket, 3.0, BEFORE), dict(zip(IDS, CLOSES.tolist(), strict=True))
    for k, (name, price) in enumerate(zip(names, prices.tolist(), strict=True)):
        running.tick(name, price)
        last[name] = price
        if k % 5000 == 4999:
            full = sum(Fraction(q) * Fraction(last[i]) for i, q in zip(IDS, SHARES, strict=True)) / 3
            assert running.level == pytest.approx(float(full), rel=1e-14)
    for name in IDS:
        running.tick(name, 1e-4)  # from up to a hundred million back to a hundredth of a cent
    assert running.level == pytest.approx(7900 * 1e-4 / 3, rel=1e-12)


class Counted(list):
    """A list that counts how many of its elements are read or written."""

    touched = 0

    def __getitem__(self, place):
        Counted.touched += len(range(*place.indices(len(self)))) if isinstance(place, slice) else 1
        return super().__getitem__(place)

    def __setitem__(self, place, value):
        Counted.touched += 1
        super().__setitem__(place, value)

    def __iter__(self):
        Counted.touched += len(self)
        return super().__iter__()


def touched(members):
    ids = [f"M{k}" for k in range(members)]
    basket = Basket(ids, np.ones(members), np.ones(members), np.ones(members), ["EUR", "USD"] * (members // 2))
    running = start_running(basket, 1.0, Reference(np.ones(members), rates={"USD": 0.9}))
    for name in ("weights", "values", "groups", "sums"):
        setattr(running, name, Counted(getattr(running, name)))
    Counted.touched = 0
    for k in range(100):
        running.tick(f"M{k % 10}", 1.0 + k)
        running.tick("USD", 0.9 + k)
        assert running.level > 0.0
        assert running.share > 0.0
    return Counted.touched


@pytest.mark.rule("psi20", "3.1.2")
def test_the_work_per_tick_does_not_grow_with_the_number_of_members():
    few = touched(10)
    # a trade reads its weight, old value, group and sum and writes its value; a level reads one sum per currency
    assert few == 100 * (5 + 2)
    assert touched(5000) == few


def test_an_exact_sum_keeps_what_rounding_takes():
    total = ExactSum()
    for value in (1e100, 1.0, -1e100, 1e-30):
        total.add(value)
    assert total.value == 1.0 + 1e-30


def test_the_running_level_refuses_what_it_cannot_know():
    with pytest.raises(XlidxError, match="divisor is 0"):
        start_running(BASKET, 0.0, BEFORE)
    with pytest.raises(XlidxError, match="one value per member"):
        start_running(BASKET, 1.0, Reference(CLOSES[:3]))
    with pytest.raises(XlidxError, match="one value per member"):
        disseminate(BASKET, 1.0, ticks(), Reference(CLOSES[:3]), DAY)
    basis = Basis(IDS, ONES)
    running = start_running(BASKET, 100.0, Reference([10.0, np.nan, 10.0, 20.0, 10.0]), basis)
    with pytest.raises(XlidxError, match="no price for B"):
        _ = running.level
    running.tick("B", 25.0)
    assert running.level == 1000.0
    foreign = Basket(("A",), [1.0], [1], [1], ("USD",))
    unpriced = start_running(foreign, 1.0, Reference([1.0]), Basis(("A",), np.ones(1)))
    with pytest.raises(XlidxError, match="no price for USD"):
        _ = unpriced.level
