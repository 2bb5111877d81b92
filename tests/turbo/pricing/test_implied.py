import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo.answers import columns, rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.financing import financing_level
from xlidx.turbo.pricing import implied
from xlidx.turbo.settlement import cash_settlement

HALF = Fraction(1, 200)


def series(*underlyings):
    found = [row for row in rows("series") if row["underlying"] in underlyings]
    names = [row["underlying"] for row in found]
    return names, *([float(row[key]) for row in found] for key in ("financing_level", "issue_price", "entitlement"))


def slow_market(names, levels, prices, ratios):
    """The short certificates' intervals by elimination in fractions: pairs bound X, corners bound the spots."""
    lines = {}
    for name, *numbers in zip(names, levels, prices, ratios, strict=True):
        level, price, ratio = (Fraction(repr(number)) for number in numbers)
        # level - high X <= S <= level - low X
        lines.setdefault(name, []).append((level, (price + HALF) / ratio, (price - HALF) / ratio))
    low, high = Fraction(0), None
    for group in lines.values():
        for one, steep, _ in group:
            for other, _, flat in group:  # one - steep X <= other - flat X
                if steep > flat:
                    low = max(low, (one - other) / (steep - flat))
                elif steep < flat:
                    end = (other - one) / (flat - steep)
                    high = end if high is None else min(high, end)
    spots = {}
    for name, group in lines.items():
        corners = {low, high} | {
            (a[0] - b[0]) / (a[k] - b[k]) for a in group for b in group for k in (1, 2) if a[k] != b[k]
        }
        inside = [x for x in corners if low <= x <= high]
        floor = min(max(level - steep * x for level, steep, _ in group) for x in inside)
        roof = max(min(level - flat * x for level, _, flat in group) for x in inside)
        spots[name] = (floor, roof)
    return (low, high), spots


@pytest.mark.rule("ing_open_end_turbo", "C.12")
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("DAX", 13531.82, 13532.82), ("SX5E", 3801.71, 3802.71), ("MDAX", 28866.18, 28876.18)],
)
def test_spots_of_the_underlyings_in_euro(name, low, high):
    assert implied.implied_spot("short", *series(name)[1:]) == (low, high)


@pytest.mark.parametrize(
    ("name", "fx", "spot"),
    [
        ("NDX", (1.09091, 1.09890), (9444.69, 9448.54)),
        ("INDU", (1.06383, 1.11111), (29363.36, 29415.52)),
        ("SPX", (1.0, 1.25), (3300.61, 3373.74)),
    ],
)
def test_spot_and_rate_of_one_underlying_in_dollars(name, fx, spot):
    names, *terms = series(name)
    found = implied.implied_market(names, "short", *terms)
    assert tuple(round(end, 5) for end in found.fx) == fx
    assert tuple(round(end, 2) for end in found.spots[name]) == spot


def test_all_underlyings_in_dollars_share_one_rate():
    names, *terms = series("NDX", "SPX", "INDU")
    found = implied.implied_market(names, "short", *terms)
    assert tuple(round(end, 5) for end in found.fx) == (1.09091, 1.09890)
    rounded = {name: tuple(round(end, 2) for end in ends) for name, ends in found.spots.items()}
    assert rounded == {"NDX": (9444.69, 9448.54), "SPX": (3344.32, 3347.60), "INDU": (29376.56, 29386.10)}
    fx, spots = slow_market(names, *terms)
    assert found.fx == pytest.approx([float(end) for end in fx], abs=1e-9)
    for name, ends in spots.items():
        assert found.spots[name] == pytest.approx([float(end) for end in ends], abs=1e-6)


@pytest.mark.parametrize(
    ("spots", "low", "high"),
    [
        ((9445.92, 3345.78, 29379.77), 1.09608, 1.09653),  # closes of 6 February 2020
        ((9446.36, 3346.24, 29380.92), 1.09519, 1.09551),
        ((9448.36, 3347.24, 29384.92), 1.09127, 1.09131),
    ],
)
def test_more_than_one_set_of_spots_fits_the_dollar_prices_each_with_its_rates(spots, low, high):
    names, levels, prices, ratios = series("NDX", "SPX", "INDU")
    each = [dict(zip(("NDX", "SPX", "INDU"), spots, strict=True))[name] for name in names]
    found = implied.implied_fx("short", levels, each, prices, ratios)
    assert tuple(round(end, 5) for end in found) == (low, high)


@given(
    st.sampled_from(["long", "short"]),
    st.integers(500_000, 2_000_000),
    st.lists(st.integers(100, 30_000), min_size=1, max_size=8, unique=True),
    st.sampled_from([0.001, 0.01, 0.1]),
    st.integers(8_000, 15_000),
)
def test_the_true_spot_and_rate_lie_in_every_interval(side, cents, offsets, ratio, basis_points):
    sign, spot, fx = 1 if side == "long" else -1, cents / 100, basis_points / 10_000
    levels = [(cents - sign * offset) / 100 for offset in offsets]
    prices = [cash_settlement(side, level, spot, ratio, fx) for level in levels]
    low, high = implied.implied_spot(side, levels, prices, ratio, fx)
    assert low <= spot + 1e-9
    assert spot - 1e-9 <= high
    low, high = implied.implied_fx(side, levels, spot, prices, ratio)
    assert low - 1e-12 <= fx <= high + 1e-12
    found = implied.implied_market(["one"] * len(levels), side, levels, prices, ratio)
    assert found.fx[0] - 1e-6 <= fx <= found.fx[1] + 1e-6
    assert found.spots["one"][0] - 1e-5 <= spot <= found.spots["one"][1] + 1e-5


def test_a_price_of_zero_bounds_one_side_only():
    assert implied.implied_spot("long", 100.0, 0.0, 0.01) == (0.0, 100.5)
    assert implied.implied_spot("short", 100.0, 0.0, 0.01) == (99.5, math.inf)
    assert implied.implied_fx("long", 100.0, 101.0, 0.0, 0.01) == (2.0, math.inf)
    assert implied.implied_market(["A"], "long", [100.0], [0.01], 0.01).fx == (0.0, math.inf)
    # A short pays 100 x 0.01 at most, which is 0.005 settlement currency at the rate 200.
    assert implied.implied_market(["A"], "short", [100.0], [0.01], 0.01).fx == pytest.approx((0.0, 200.0))


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: implied.implied_spot("short", [100.0, 110.0], [1.0, 1.0], 0.01), Kind.INFEASIBLE),
        (lambda: implied.implied_fx("short", [100.0, 200.0], 50.0, [1.0, 1.0], 0.01), Kind.INFEASIBLE),
        (lambda: implied.implied_fx("short", 100.0, 150.0, 1.0, 0.01), Kind.INFEASIBLE),
        (lambda: implied.implied_market("AAA", "short", [100.0, 110.0, 120.0], [1.0, 1.1, 5.0], 0.01), Kind.INFEASIBLE),
        (lambda: implied.implied_market("AA", "short", [100.0], [1.0], 0.01), Kind.SHAPE),
        (lambda: implied.implied_spot("short", [100.0, 110.0, 120.0], [1.0, 1.0], 0.01), Kind.SHAPE),
        (lambda: implied.implied_spot("short", 0.0, 1.0, 0.01), Kind.DOMAIN),
        (lambda: implied.implied_spot("short", 100.0, math.nan, 0.01), Kind.DOMAIN),
        (lambda: implied.implied_spot("short", 100.0, 1.0, 0.0), Kind.DOMAIN),
        (lambda: implied.implied_spot("short", 100.0, 1.0, 0.01, 0.0), Kind.DOMAIN),
        (lambda: implied.implied_spot("short", 100.0, 1.0, 0.01, decimals=-1), Kind.DOMAIN),
        (lambda: implied.implied_rate("long", 0.0, 1.0, 1, 0.0), Kind.DOMAIN),
        (lambda: implied.implied_rate("long", 1.0, 1.0, 0, 0.0), Kind.DOMAIN),
        (lambda: implied.implied_rate("long", 1.0, 1.0, 1, 3.5), Kind.DOMAIN),
        (lambda: implied.implied_rate("long", 1.0, 1.0, 1, 0.0, day_count=364), Kind.DOMAIN),
    ],
)
def test_refusals(call, kind):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("side", "first", "second", "rate"),
    [("short", 9884.36, 9883.8328341333, 0.0158), ("short", 13571.32, 13569.8309246111, -0.0045),
     ("long", 13000.0, 13001.1013888889, -0.0045)],
)  # fmt: skip
def test_rates_between_levels_worked_by_hand(side, first, second, rate):
    assert implied.implied_rate(side, first, second, 1, 0.035) == pytest.approx(rate, abs=1e-9)


@given(
    st.sampled_from(["long", "short"]), st.floats(10.0, 1e5), st.floats(-0.05, 0.2), st.floats(0.0, 0.1),
    st.integers(1, 400), st.floats(0.0, 5.0), st.sampled_from([360, 365]),
)  # fmt: skip
def test_the_implied_rate_undoes_the_financing(side, level, rate, spread, days, dividend, day_count):
    later = financing_level(side, level, rate, spread, days, dividend, day_count)
    found = implied.implied_rate(side, level, later, days, spread, dividend, day_count)
    assert found == pytest.approx(rate, abs=1e-9)


def test_explanations_end_at_the_result():
    names, *terms = series("DAX")
    steps = implied.explain_implied_spot("short", *terms)
    assert (steps[-2].value, steps[-1].value) == implied.implied_spot("short", *terms)
    assert len(steps) == 2 * (len(names) + 1)
    assert implied.explain_implied_rate("long", 100.0, 100.1, 10, 0.01)[-1].value == implied.implied_rate(
        "long", 100.0, 100.1, 10, 0.01
    )
    ends = [step.value for step in implied.explain_implied_fx("short", 9884.36, 9446.36, 4.0, 0.01)]
    assert tuple(ends) == implied.implied_fx("short", 9884.36, 9446.36, 4.0, 0.01)
    ends = [step.value for step in implied.explain_implied_market(names, "short", *terms)]
    found = implied.implied_market(names, "short", *terms)
    assert ends == [*found.fx, *found.spots["DAX"]]


def test_the_answer_files_hold_the_printed_series():
    assert len(columns("series", "issue_price")[0]) == 23
