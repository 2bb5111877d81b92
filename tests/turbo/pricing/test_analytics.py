import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo.answers import columns, rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.pricing import analytics
from xlidx.turbo.settlement import cash_settlement

LEVELS = st.floats(1.0, 1e5)


@pytest.mark.parametrize("row", rows("leverage"), ids=lambda row: row["case"])
def test_published_leverage(row):
    terms = [float(row[name]) for name in ("spot", "entitlement", "price", "fx")]
    assert round(analytics.leverage(*terms), int(row["places"])) == float(row["leverage"])


@pytest.mark.rule("ing_open_end_turbo", "C.12")
@pytest.mark.parametrize("row", rows("settlement"), ids=lambda row: row["case"])
def test_published_values(row):
    terms = [float(row[name]) for name in ("financing_level", "spot", "entitlement", "fx")]
    assert analytics.intrinsic_value(row["side"], *terms) == pytest.approx(float(row["amount"]), rel=1e-14)


def test_leverage_and_distance_of_the_printed_series():
    # Read off by hand at the spots of spots.csv: dearest and cheapest series of each underlying.
    names, spots, rates = columns("spots", "underlying", "spot", "usd_per_eur")
    series = rows("series")
    found = {}
    for row in series:
        at = names.index(row["underlying"])
        spot, level = spots[at], float(row["financing_level"])
        times = analytics.leverage(spot, float(row["entitlement"]), float(row["issue_price"]), rates[at])
        far = -analytics.distance("long", spot, level)
        assert analytics.distance("short", spot, level) == far
        found.setdefault(row["underlying"], []).append((round(float(times), 1), round(100 * float(far), 2)))
    assert (found["DAX"][0], found["DAX"][-1]) == ((347.0, 0.29), (211.4, 0.47))
    assert (found["NDX"][0], found["NDX"][-1]) == ((21.5, 4.64), (15.8, 6.34))
    assert (found["SPX"][0][0], found["SPX"][0][1], found["SPX"][1][0]) == (10.6, 9.43, 10.3)
    assert (found["SX5E"][0], found["SX5E"][1][0]) == ((10.0, 9.97), 9.8)
    assert found["MDAX"] == [(10.8, 9.28)]
    assert (found["INDU"][0], found["INDU"][-1][0]) == ((24.8, 4.03), 23.8)


@given(LEVELS, LEVELS, st.floats(0.001, 100.0), st.floats(0.1, 10.0))
def test_value_is_the_unrounded_settlement_and_long_less_short_is_the_forward(level, spot, ratio, fx):
    long, short = (analytics.intrinsic_value(side, level, spot, ratio, fx) for side in ("long", "short"))
    assert long == cash_settlement("long", level, spot, ratio, fx, decimals=None)
    assert long - short == pytest.approx((spot - level) * ratio / fx, rel=1e-12)
    assert min(long, short) == 0.0


@given(LEVELS, LEVELS)
def test_a_long_and_a_short_are_as_far_from_the_barrier_in_opposite_directions(spot, barrier):
    assert analytics.distance("long", spot, barrier) == -analytics.distance("short", spot, barrier)


@given(LEVELS, st.floats(0.1, 0.99))
def test_unfinanced_share_and_leverage_are_reciprocal_for_a_best_long(spot, share):
    level = spot * share
    price = analytics.intrinsic_value("long", level, spot, 0.01)
    assert analytics.leverage(spot, 0.01, price) * analytics.distance("long", spot, level) == pytest.approx(1.0)


def test_arrays_broadcast():
    spot = np.array([[90.0, 100.0, 110.0]])
    side = np.array([["long"], ["short"]])
    assert analytics.intrinsic_value(side, 100.0, spot, 0.5).tolist() == [[0.0, 0.0, 5.0], [5.0, 0.0, 0.0]]
    assert analytics.distance(side, 100.0, np.array([80.0, 125.0])).tolist() == [[0.2, -0.25], [-0.2, 0.25]]
    assert analytics.leverage(spot, 1.0, 10.0).tolist() == [[9.0, 10.0, 11.0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: analytics.intrinsic_value("long", 0.0, 1.0, 1.0),
        lambda: analytics.intrinsic_value("long", 1.0, -1.0, 1.0),
        lambda: analytics.intrinsic_value("long", 1.0, float("nan"), 1.0),
        lambda: analytics.intrinsic_value("long", 1.0, 1.0, 0.0),
        lambda: analytics.intrinsic_value("long", 1.0, 1.0, 1.0, 0.0),
        lambda: analytics.leverage(-1.0, 1.0, 1.0),
        lambda: analytics.leverage(1.0, 0.0, 1.0),
        lambda: analytics.leverage(1.0, 1.0, 0.0),
        lambda: analytics.leverage(1.0, 1.0, 1.0, -1.0),
        lambda: analytics.distance("long", 0.0, 1.0),
        lambda: analytics.distance("long", 1.0, 0.0),
    ],
)
def test_numbers_that_mean_nothing_are_refused(call):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is Kind.DOMAIN


@pytest.mark.parametrize(
    ("explain", "function", "terms"),
    [
        (analytics.explain_intrinsic_value, analytics.intrinsic_value, ("short", 9884.36, 9446.36, 0.01, 1.0953)),
        (analytics.explain_leverage, analytics.leverage, (9446.36, 0.01, 4.0, 1.0953)),
        (analytics.explain_distance, analytics.distance, ("short", 9446.36, 9884.36)),
    ],
)
def test_explanations_end_at_the_result(explain, function, terms):
    steps = explain(*terms)
    assert steps[-1].value == function(*terms)
    assert all(type(step.value) is float for step in steps)
    with pytest.raises(XlidxError, match="one certificate"):
        explain(*terms[:-1], np.array([1.0, 2.0]))
