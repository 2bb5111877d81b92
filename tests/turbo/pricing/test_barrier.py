import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from tests.depth import depth
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.financing import financing_level
from xlidx.turbo.pricing import barrier

SIDES = st.sampled_from(["long", "short"])
RATES = st.floats(-0.05, 0.10)
VOLS = st.floats(0.05, 0.8)
YEARS = st.floats(0.02, 2.0)
AWAY = st.floats(0.01, 0.4)


def sign(side):
    return 1 if side == "long" else -1


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def vanilla(side, start, strike, cost, vol, years):
    """Undiscounted E[max(0, s (Y - K))] of Black, by the error function."""
    if years <= 0:
        return max(sign(side) * (start - strike), 0.0)
    forward, deviation = start * math.exp(cost * years), vol * math.sqrt(years)
    upper = math.log(forward / strike) / deviation + deviation / 2
    s = sign(side)
    return s * (forward * normal(s * upper) - strike * normal(s * (upper - deviation)))


def first_touch(spot, level, cost, vol, years, weight):
    """Integral of a weight over the density of the first time at which ln Y reaches ln(level)."""
    far, drift = math.log(level / spot), cost - vol**2 / 2

    def density(t):
        if t <= 0:
            return 0.0
        return abs(far) / (vol * math.sqrt(2 * math.pi * t**3)) * math.exp(-((far - drift * t) ** 2) / (2 * vol**2 * t))

    peak = min(far**2 / (3 * vol**2), years / 2)
    parts = [0.0, peak / 4, peak, min(4 * peak, (peak + years) / 2), years]
    exact = {"epsabs": 1e-13, "epsrel": 1e-11, "limit": 200}
    pieces = (integrate.quad(lambda t: weight(t) * density(t), *pair, **exact)[0] for pair in itertools.pairwise(parts))
    return sum(pieces)


@pytest.mark.rule("ing_open_end_turbo", "C.10")
def test_vectors_agreed_with_an_independent_simulation():
    # Closed form and a Brownian-bridge simulation of 400,000 paths made apart from this code.
    terms = (0.035, 0.0, 0.20, 30 / 365)
    assert barrier.knockout_probability("long", 100.0, 95.0, *terms) == pytest.approx(0.3975219224, abs=5e-11)
    found = barrier.theoretical_value("long", 95.0, 100.0, 0.035, 0.0, 0.0, 0.20, 30 / 365)
    assert found == pytest.approx(4.7819469624, abs=5e-11)
    found = barrier.knockout_probability("long", 100.0, 95.0, 0.02, 0.02, 0.30, 0.25)
    assert found == pytest.approx(0.7509155308, abs=5e-11)


@given(SIDES, AWAY, RATES, VOLS, YEARS)
def test_financed_at_the_rate_a_best_certificate_is_worth_its_intrinsic_value(side, away, rate, vol, years):
    strike = 100.0 * (1 - sign(side) * away)
    found = barrier.theoretical_value(side, strike, 100.0, rate, rate, 0.0, vol, years)
    assert found == pytest.approx(100.0 * away, abs=1e-9)


@given(SIDES, AWAY, st.floats(0.0, 0.2), RATES, VOLS, YEARS)
def test_financed_at_the_rate_an_open_ended_certificate_is_too(side, away, buffer, rate, vol, years):
    stop = 100.0 * (1 - sign(side) * away)
    strike = stop * (1 - sign(side) * buffer)
    found = barrier.theoretical_value(side, strike, 100.0, rate, rate, 0.0, vol, years, stop, kind="open ended")
    assert found == pytest.approx(sign(side) * (100.0 - strike), abs=1e-8)


@settings(max_examples=depth(15, 60))
@given(SIDES, AWAY, st.floats(-0.1, 0.2), RATES, RATES, RATES, VOLS, YEARS)
def test_knock_in_by_integration_and_knock_out_make_a_vanilla_option(side, away, buffer, growth, rate, q, vol, years):
    stop = 100.0 * (1 - sign(side) * away)
    strike, cost = stop * (1 - sign(side) * buffer), rate - q - growth
    discount = math.exp((growth - rate) * years)
    out = barrier.theoretical_value(side, strike, 100.0, growth, rate, q, vol, years, stop)
    knock_in = first_touch(100.0, stop, cost, vol, years, lambda t: vanilla(side, stop, strike, cost, vol, years - t))
    whole = vanilla(side, 100.0, strike, cost, vol, years)
    assert out + discount * knock_in == pytest.approx(discount * whole, abs=1e-7)


@settings(max_examples=depth(15, 60))
@given(SIDES, AWAY, RATES, RATES, st.floats(0.01, 0.8), YEARS)
def test_probability_and_rebate_are_integrals_of_the_first_touch(side, away, growth, rate, vol, years):
    stop = 100.0 * (1 - sign(side) * away)
    strike, cost = stop * (1 - sign(side) * 0.1), rate - growth - 0.01
    found = barrier.knockout_probability(side, 100.0, stop, growth, rate - 0.01, vol, years)
    assert found == pytest.approx(first_touch(100.0, stop, cost, vol, years, lambda t: 1.0), abs=1e-8)
    terms = (side, strike, 100.0, growth, rate, 0.01, vol, years, stop)
    rebate = barrier.theoretical_value(*terms, kind="open ended") - barrier.theoretical_value(*terms)
    paid = first_touch(100.0, stop, cost, vol, years, lambda t: math.exp((growth - rate) * t))
    assert rebate == pytest.approx(abs(stop - strike) * paid, abs=1e-7)


@pytest.mark.parametrize("side", ["long", "short"])
def test_the_imaginary_root_is_reached_and_right(side):
    stop, strike = (97.0, 90.0) if side == "long" else (103.0, 110.0)
    growth, rate, years = 0.10, 0.0, 1.5
    for vol in (0.32, 0.45, 0.60):
        terms = (side, strike, 100.0, growth, rate, -0.08, vol, years, stop)
        cost = rate + 0.08 - growth
        assert ((cost - vol**2 / 2) / vol**2) ** 2 + 2 * (rate - growth) / vol**2 < 0
        rebate = barrier.theoretical_value(*terms, kind="open ended") - barrier.theoretical_value(*terms)
        paid = first_touch(100.0, stop, cost, vol, years, lambda t: math.exp((growth - rate) * t))
        assert rebate == pytest.approx(abs(stop - strike) * paid, abs=1e-8)


@pytest.mark.filterwarnings("ignore:builtin type .* has no __module__ attribute:DeprecationWarning")  # its SWIG types
def test_constant_barriers_agree_with_quantlib():
    import QuantLib as ql  # noqa: N813

    today = ql.Date(10, 2, 2020)
    ql.Settings.instance().evaluationDate = today
    day_count, calendar = ql.Actual365Fixed(), ql.NullCalendar()
    for side, strike, stop in (("long", 90.0, 95.0), ("long", 95.0, 95.0), ("short", 110.0, 104.0)):
        for rate, q, vol, days in ((0.03, 0.01, 0.2, 90), (-0.01, 0.0, 0.4, 365), (0.05, 0.02, 0.15, 30)):
            curve = [ql.YieldTermStructureHandle(ql.FlatForward(today, x, day_count)) for x in (q, rate)]
            smile = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, calendar, vol, day_count))
            process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(100.0)), *curve, smile)
            kind, option = (ql.Barrier.DownOut, ql.Option.Call) if side == "long" else (ql.Barrier.UpOut, ql.Option.Put)
            for rebate, name in ((0.0, "best"), (abs(stop - strike), "open ended")):
                exercise = ql.EuropeanExercise(today + days)
                instrument = ql.BarrierOption(kind, stop, rebate, ql.PlainVanillaPayoff(option, strike), exercise)
                instrument.setPricingEngine(ql.AnalyticBarrierEngine(process))
                found = barrier.theoretical_value(side, strike, 100.0, 0.0, rate, q, vol, days / 365, stop, kind=name)
                assert found == pytest.approx(instrument.NPV(), abs=1e-8)


@given(SIDES, AWAY, RATES, RATES, VOLS, YEARS, st.floats(1e-3, 1e3))
def test_scale_changes_the_value_and_not_the_probability(side, away, growth, rate, vol, years, scale):
    stop = 100.0 * (1 - sign(side) * away)
    small = barrier.knockout_probability(side, 100.0, stop, growth, rate, vol, years)
    assert barrier.knockout_probability(side, 100.0 * scale, stop * scale, growth, rate, vol, years) == pytest.approx(
        small, abs=1e-9
    )
    value = barrier.theoretical_value(side, stop, 100.0, growth, rate, 0.0, vol, years)
    large = barrier.theoretical_value(side, stop * scale, 100.0 * scale, growth, rate, 0.0, vol, years)
    assert large == pytest.approx(value * scale, rel=1e-9, abs=1e-10 * scale)


@given(SIDES, AWAY, RATES, RATES, VOLS, YEARS)
def test_probability_grows_with_time_and_lies_between_0_and_1(side, away, growth, drift, vol, years):
    stop = 100.0 * (1 - sign(side) * away)
    path = barrier.knockout_probability(side, 100.0, stop, growth, drift, vol, years * np.linspace(0.0, 1.0, 9))
    assert path[0] == 0.0
    assert (np.diff(path) >= -1e-12).all()
    assert 0.0 <= path.min() <= path.max() <= 1.0


@pytest.mark.parametrize("side", ["long", "short"])
def test_without_time_the_value_is_intrinsic_and_beyond_the_barrier_it_is_gone(side):
    s = sign(side)
    strike, stop = 100.0 - 10 * s, 100.0 - 5 * s
    now = (0.03, 0.01, 0.0, 0.2, 0.0, stop)
    for kind in ("best", "open ended"):
        assert barrier.theoretical_value(side, strike, 100.0, *now, kind=kind) == pytest.approx(10.0)
    touched = (0.03, 0.01, 0.0, 0.2, 0.5, stop)
    for spot, left in ((stop, 5.0), (100.0 - 7 * s, 3.0), (100.0 - 12 * s, 0.0)):
        assert barrier.knockout_probability(side, spot, stop, 0.0, 0.0, 0.2, 0.5) == 1.0
        assert barrier.theoretical_value(side, strike, spot, *touched) == 0.0
        assert barrier.theoretical_value(side, strike, spot, *touched, kind="open ended") == pytest.approx(left)


def test_level_growth_is_that_of_a_level_rolled_every_day():
    level = 13571.32
    for _ in range(365):
        level = financing_level("short", level, -0.0045, 0.035, 1)
    grown = 13571.32 * math.exp(barrier.level_growth("short", -0.0045, 0.035))
    assert grown == pytest.approx(level, rel=1e-12)


def test_arrays_broadcast_and_hold_the_scalar_values():
    side, stop = np.array([["long"], ["short"]]), np.array([95.0, 97.0, 105.0, 103.0])
    terms = (0.035, 0.01, 0.0, 0.25, 0.5)
    kinds = np.array(["best", "open ended", "best", "open ended"])
    found = barrier.theoretical_value(side, stop - 1.0, 100.0, *terms, stop, 0.01, 1.1, kinds)
    assert found.shape == (2, 4)
    for row, name in enumerate(("long", "short")):
        for column in range(4):
            one = (stop[column] - 1.0, 100.0, *terms, stop[column], 0.01, 1.1, kinds[column])
            assert found[row, column] == pytest.approx(barrier.theoretical_value(name, *one), abs=1e-15)
    assert isinstance(barrier.knockout_probability("long", 100.0, 95.0, 0.0, 0.0, 0.2, 1.0), float)


@pytest.mark.parametrize(
    ("name", "value"),
    [("spot", 0.0), ("stop_loss", -1.0), ("growth", math.nan), ("volatility", 0.0), ("volatility", 20.0),
     ("years", -1.0), ("years", math.nan), ("rate", math.inf), ("entitlement", 0.0), ("fx", 0.0),
     ("financing_level", 0.0)],
)  # fmt: skip
def test_numbers_that_mean_nothing_are_refused(name, value):
    terms = {"side": "long", "financing_level": 95.0, "spot": 100.0, "growth": 0.0, "rate": 0.0, "dividend_yield": 0.0}
    terms |= {"volatility": 0.2, "years": 1.0, "stop_loss": 95.0, "entitlement": 1.0, "fx": 1.0}
    assert barrier.theoretical_value(**terms) > 0
    with pytest.raises(XlidxError) as caught:
        barrier.theoretical_value(**terms | {name: value})
    assert caught.value.kind is Kind.DOMAIN


def test_a_limited_certificate_does_not_grow():
    with pytest.raises(XlidxError, match=r"growth is 0\.01 but must be 0 for limited"):
        barrier.theoretical_value("long", 95.0, 100.0, 0.01, 0.0, 0.0, 0.2, 1.0, kind="limited")


@pytest.mark.parametrize(
    ("explain", "function", "terms"),
    [
        (barrier.explain_level_growth, barrier.level_growth, ("long", 0.01, 0.035, 365)),
        (barrier.explain_knockout_probability, barrier.knockout_probability, ("long", 100.0, 95.0, 0.0, 0.0, 0.2, 0.5)),
        (
            barrier.explain_theoretical_value,
            barrier.theoretical_value,
            ("short", 110.0, 100.0, 0.02, 0.01, 0.0, 0.2, 0.5, 105.0, 0.01, 1.1, "open ended"),
        ),
    ],
)
def test_explanations_end_at_the_result(explain, function, terms):
    steps = explain(*terms)
    assert steps[-1].value == function(*terms)
    assert all(type(step.value) is float for step in steps)


def test_a_cold_import_does_not_load_the_heavy_parts_of_scipy():
    code = (
        "import sys, xlidx.turbo.pricing.barrier, xlidx.turbo.pricing.gap_risk, xlidx.turbo.pricing.implied;"
        "import xlidx.turbo.issuance.ladder;"
        "print([name for name in ('scipy.optimize', 'scipy.stats', 'scipy.integrate') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
