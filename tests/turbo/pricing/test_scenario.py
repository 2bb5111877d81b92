from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo import reference
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.pricing.scenario import explain_scenario, scenario

GRID = {"shifts": [-0.1, -0.02, 0.0, 0.02, 0.1], "days": [0, 1, 30], "rates": [-0.0045, 0.05]}


def slow_value(side, kind, level, spot, shift, days, rate, premium):
    """One point in decimals: roll, set the barrier, test it, pay."""
    now = Decimal(spot) * (1 + Decimal(shift))
    s = reference.sign(side)
    later = Decimal(level)
    if kind != "limited":
        later = reference.financing_level(side, later, Decimal(rate), Decimal("0.035"), days, 0, 360, "simple")
    barrier = reference.stop_loss_price(side, later, Decimal(premium), Decimal("0.1"), kind)
    stopped = s * (now - barrier) <= 0
    value = max(Decimal(0), s * (now - later)) * Decimal("0.01") / Decimal("1.1")
    return later, barrier, stopped, Decimal(0) if stopped and kind != "open ended" else value


@pytest.mark.parametrize("kind", ["best", "limited", "open ended"])
@pytest.mark.parametrize(("side", "level"), [("long", "950.4"), ("short", "1051.3")])
def test_every_point_agrees_with_a_slow_walk_in_decimals(side, kind, level):
    frame = scenario(side, float(level), 1000.0, 0.035, 0.01, **GRID, fx=1.1, kind=kind, premium=0.02, rounding=0.1)
    assert len(frame) == 5 * 3 * 2
    assert set(frame["state"]) == {"live", "stopped out"}
    today = slow_value(side, kind, level, "1000", "0", 0, "0", "0.02")[3]
    for row in frame.itertuples():
        point = (str(row.shift), int(row.days), str(row.rate))
        later, barrier, stopped, value = slow_value(side, kind, level, "1000", *point, "0.02")
        assert row.financing_level == pytest.approx(float(later), rel=1e-13)
        assert row.stop_loss == pytest.approx(float(barrier), rel=1e-13)
        assert row.state == ("stopped out" if stopped else "live")
        assert row.value == pytest.approx(float(value), abs=1e-12)
        assert row.change == pytest.approx(float(value - today), abs=1e-12)


def test_a_spot_up_by_a_fifth_doubles_the_published_certificate():
    # businessinsider.nl: spot 25, level 20; the spot rises by 20 %: value 5 to 10.
    row = scenario("long", 20.0, 25.0, 0.0, 1.0, 0.2).iloc[0]
    assert (row["value"], row["change"], row["state"]) == (10.0, 5.0, "live")


def test_touching_the_barrier_stops_out():
    frame = scenario("short", 110.0, 100.0, 0.0, 1.0, [0.0999999, 0.1, 0.2])
    assert frame["state"].tolist() == ["live", "stopped out", "stopped out"]
    assert frame["value"].tolist()[1:] == [0.0, 0.0]
    assert frame["change"].tolist()[1:] == [-10.0, -10.0]


def test_several_series_run_slowest_and_the_rates_fastest():
    side = np.array(["long", "short"])
    frame = scenario(side, np.array([90.0, 110.0]), 100.0, 0.035, np.array([1.0, 0.1]), [0.0, 0.01], [0, 7], [0.0, 0.1])
    assert frame["series"].tolist() == [1] * 8 + [2] * 8
    assert frame["shift"].tolist() == [0.0] * 4 + [0.01] * 4 + [0.0] * 4 + [0.01] * 4
    assert frame["days"].tolist() == [0, 0, 7, 7] * 4
    assert frame["rate"].tolist() == [0.0, 0.1] * 8
    assert frame["value"].tolist()[8] == pytest.approx(1.0)
    alone = scenario("short", 110.0, 100.0, 0.035, 0.1, [0.0, 0.01], [0, 7], [0.0, 0.1])
    assert frame["value"].tolist()[8:] == alone["value"].tolist()
    assert frame["change"].tolist()[8:] == alone["change"].tolist()


@given(st.floats(-0.5, 0.5), st.integers(0, 300), st.floats(-0.05, 0.1))
def test_a_long_and_a_short_at_one_level_share_the_days_and_differ_by_the_spread_only(shift, days, rate):
    long, short = (scenario(side, 100.0, 130.0, 0.0, 1.0, shift, days, rate).iloc[0] for side in ("long", "short"))
    assert long["financing_level"] == short["financing_level"] == pytest.approx(100.0 * (1 + rate * days / 360))
    assert long["value"] - short["value"] == pytest.approx(130.0 * (1 + shift) - long["financing_level"], abs=1e-9)


@pytest.mark.parametrize(
    ("change", "kind"),
    [({"shifts": -1.0}, Kind.DOMAIN), ({"shifts": float("nan")}, Kind.DOMAIN), ({"days": 0.5}, Kind.DOMAIN),
     ({"days": -1}, Kind.DOMAIN), ({"rates": 5.0}, Kind.DOMAIN), ({"shifts": []}, Kind.MISSING),
     ({"spot": 0.0}, Kind.DOMAIN), ({"spot": np.array([1.0, 2.0]), "spread": np.zeros(3)}, Kind.SHAPE),
     ({"shifts": np.zeros(3000), "days": np.zeros(3000)}, Kind.SHAPE),
     ({"shifts": np.zeros(1100), "rates": np.zeros(1100)}, Kind.SHAPE),
     ({"days": np.zeros(1100), "rates": np.zeros(1100)}, Kind.SHAPE),
     ({"spot": np.full(1100, 100.0), "shifts": np.zeros(1100)}, Kind.SHAPE),
     ({"kind": "open ended"}, Kind.MISSING), ({"side": "up"}, Kind.CHOICE)],
)  # fmt: skip
def test_refusals(change, kind):
    terms = {"side": "long", "financing_level": 90.0, "spot": 100.0, "spread": 0.035, "entitlement": 0.01}
    assert len(scenario(**terms)) == 1
    with pytest.raises(XlidxError) as caught:
        scenario(**terms | change)
    assert caught.value.kind is kind


def test_a_spot_that_falls_to_nothing_is_a_matter_of_the_shift():
    with pytest.raises(XlidxError, match="shifts is -1 but must be above -1"):
        scenario("long", 90.0, 100.0, 0.035, 0.01, [0.0, -1.0])


@pytest.mark.parametrize(("stop_loss", "shown"), [(0.0, "0"), (float("inf"), "inf")])
def test_a_stop_loss_in_force_is_a_price(stop_loss, shown):
    with pytest.raises(XlidxError, match=f"stop-loss price is {shown} but must be above 0 .* the one in force"):
        scenario("long", 90.0, 100.0, 0.035, 0.01, kind="limited", stop_loss=stop_loss)


def test_a_stop_loss_in_force_below_one_is_a_price_like_any_other():
    # Long at 0.4, stop-loss 0.5: a spot of 1 down by half touches it, by 0.4 does not and is worth 0.6 - 0.4.
    frame = scenario("long", 0.4, 1.0, 0.0, 1.0, [-0.5, -0.4], kind="limited", stop_loss=0.5)
    assert frame["state"].tolist() == ["stopped out", "live"]
    assert frame["value"].tolist() == pytest.approx([0.0, 0.2])


def test_the_explanation_follows_one_point():
    terms = ("short", 110.0, 100.0, 0.035, 0.01, 0.05, 7, 0.01, 1.1)
    steps, row = explain_scenario(*terms), scenario(*terms).iloc[0]
    assert [step.value for step in steps[-2:]] == [row["value"], row["change"]]
    with pytest.raises(XlidxError, match="one point"):
        explain_scenario(*terms[:5], [0.0, 0.1])
