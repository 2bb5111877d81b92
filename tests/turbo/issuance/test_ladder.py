import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo.answers import columns, rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.issuance import ladder

# Distance of the first level from the spot and step, as printed levels less spots show them.
LADDERS = [
    ("DAX", 39, 5, 6), ("NDX", 438.44, 20, 9), ("SPX", 315.46, 10, 2), ("SX5E", 379, 10, 2), ("MDAX", 2680, 1, 1),
    ("INDU", 1184.15, 25, 3),
]  # fmt: skip


@pytest.mark.parametrize(("name", "first", "step", "count"), LADDERS)
def test_the_ladders_of_the_document_come_back(name, first, step, count):
    names, spots, rates = columns("spots", "underlying", "spot", "usd_per_eur")
    spot, fx = (column[names.index(name)] for column in (spots, rates))
    printed = [row for row in rows("series") if row["underlying"] == name]
    levels = ladder.ladder_levels("short", spot, step, count, first)
    assert levels.tolist() == [float(row["financing_level"]) for row in printed]
    frame = ladder.ladder("short", spot, levels, float(printed[0]["entitlement"]), fx)
    assert frame["issue_price"].tolist() == [float(row["issue_price"]) for row in printed]
    assert frame["stop_loss"].tolist() == [float(row["stop_loss"]) for row in printed]
    assert len(printed) == count
    assert frame["series"].tolist() == list(range(1, count + 1))


def test_the_ladders_hold_all_series_and_their_published_leverage():
    assert sum(count for *_, count in LADDERS) == 23
    # Read off by hand: the nearest DAX series has leverage 347 and 0.29 % to go, the sixth 211 and 0.47 %.
    frame = ladder.ladder("short", 13532.32, ladder.ladder_levels("short", 13532.32, 5, 6, 39), 0.01)
    assert frame["leverage"].round(0).tolist()[::5] == [347.0, 211.0]
    assert (100 * frame["distance"]).round(2).tolist()[::5] == [0.29, 0.47]


@given(st.sampled_from(["long", "short"]), st.integers(100_000, 2_000_000), st.lists(st.floats(1.5, 100.0), min_size=1))
def test_targets_are_approached_and_never_exceeded(side, cents, targets):
    spot = cents / 100
    levels = ladder.target_levels(side, spot, targets, 1.0)
    reached = spot / np.abs(spot - levels)
    assert (reached <= np.array(targets) * (1 + 1e-9)).all()
    assert (spot / (np.abs(spot - levels) - 1.0 - 1e-6) > targets)[np.abs(spot - levels) > 2].all()
    assert ((levels < spot) if side == "long" else (levels > spot)).all()
    assert np.abs(levels * 100 - np.rint(levels * 100)).max() < 1e-4


@given(st.integers(100_000, 2_000_000), st.integers(1, 50), st.integers(1, 20))
def test_long_and_short_ladders_mirror_each_other_at_the_spot(cents, step, count):
    spot = cents / 100
    down, up = (ladder.ladder_levels(side, spot, step, count) for side in ("long", "short"))
    assert (up - spot) == pytest.approx(spot - down, abs=1e-9)
    assert down[0] == pytest.approx(spot - step)
    below, above = (ladder.ladder(side, spot, levels, 1.0) for side, levels in (("long", down), ("short", up)))
    assert below["issue_price"].tolist() == above["issue_price"].tolist()
    assert below["leverage"].tolist() == above["leverage"].tolist()
    assert below["distance"].to_numpy() == pytest.approx(above["distance"].to_numpy(), abs=1e-12)


def test_open_ended_series_get_a_barrier_apart_from_the_level():
    # ING academy: a long at 20.05 with a buffer of 7.5 % stops at 21.60.
    frame = ladder.ladder("long", 25.0, [20.05], 1.0, kind="open ended", premium=0.075, rounding=0.10)
    assert frame.loc[0, ["stop_loss", "issue_price"]].tolist() == [21.6, 4.95]
    assert frame.loc[0, "distance"] == pytest.approx(3.4 / 25)


def test_the_premium_of_the_document_would_have_stopped_the_dax_series_at_issue():
    with pytest.raises(XlidxError, match="series 1 would be stopped out at issue") as caught:
        ladder.ladder("short", 13532.32, [13571.32, 13576.32], 0.01, kind="open ended", premium=0.015, rounding=0.01)
    assert caught.value.kind is Kind.INFEASIBLE


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: ladder.ladder_levels("short", 0.0, 1.0, 1), Kind.DOMAIN),
        (lambda: ladder.ladder_levels("short", 10.0, 0.0, 1), Kind.DOMAIN),
        (lambda: ladder.ladder_levels("short", 10.0, 1.0, 1.5), Kind.DOMAIN),
        (lambda: ladder.ladder_levels("short", 10.0, 1.0, 0), Kind.DOMAIN),
        (lambda: ladder.ladder_levels("short", 10.0, 1.0, 1, -1.0), Kind.DOMAIN),
        (lambda: ladder.ladder_levels("long", 10.0, 1.0, 10), Kind.DOMAIN),
        (lambda: ladder.ladder_levels("down", 10.0, 1.0, 1), Kind.CHOICE),
        (lambda: ladder.ladder_levels("long", np.array([10.0, 11.0]), 1.0, 1), Kind.SHAPE),
        (lambda: ladder.target_levels("long", 10.0, [0.0]), Kind.DOMAIN),
        (lambda: ladder.target_levels("long", 10.0, [0.9]), Kind.DOMAIN),
        (lambda: ladder.target_levels("long", 10.0, [math.nan]), Kind.DOMAIN),
        (lambda: ladder.ladder("short", 10.0, [10.2], 0.001), Kind.INFEASIBLE),
        (lambda: ladder.ladder("short", 10.0, [9.0], 0.01), Kind.INFEASIBLE),
        (lambda: ladder.leverage_limit("house"), Kind.CHOICE),
    ],
)
def test_refusals(call, kind):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("asset_class", "limit"),
    [("Major currency pair", 30.0), ("major index", 20.0), ("share", 5.0), ("crypto-asset", 2.0)],
)
def test_leverage_limits_reported_of_the_dutch_decision(asset_class, limit):
    assert ladder.leverage_limit(asset_class) == limit
    step = ladder.explain_leverage_limit(asset_class)[0]
    assert (step.value, "2021-34416" in step.rule) == (limit, True)


def test_a_ladder_laid_out_at_the_limit_keeps_it():
    limit = ladder.leverage_limit("major index")
    levels = ladder.target_levels("short", 13532.32, [limit], 1.0)
    assert ladder.ladder("short", 13532.32, levels, 0.01, decimals=4).loc[0, "leverage"] <= limit


def test_the_explanation_holds_every_figure_of_the_frame():
    levels = [13571.32, 13576.32]
    steps = ladder.explain_ladder("short", 13532.32, levels, 0.01)
    frame = ladder.ladder("short", 13532.32, levels, 0.01)
    assert [step.value for step in steps[1:]] == frame.drop(columns="series").to_numpy().ravel().tolist()
