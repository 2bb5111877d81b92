import math

import pytest
from scipy import integrate

from xlidx.errors import Kind, XlidxError
from xlidx.turbo.pricing import gap_risk as module
from xlidx.turbo.pricing.barrier import knockout_probability, theoretical_value
from xlidx.turbo.pricing.gap_risk import explain_gap_risk, gap_risk

CALM = {"volatility": 0.2, "years": 0.5, "jumps": 0.0, "jump_mean": 0.0}
STORMY = {"volatility": 0.25, "years": 0.5, "jumps": 4.0, "jump_mean": -0.03, "jump_volatility": 0.06}


@pytest.mark.parametrize(("side", "strike", "stop"), [("long", 90.0, 94.0), ("short", 110.0, 110.0)])
def test_without_jumps_it_agrees_with_the_closed_form(side, strike, stop):
    risk = gap_risk(side, strike, 100.0, 0.035, 0.01, 0.02, **CALM, stop_loss=stop, entitlement=0.01, fx=1.1)
    value = theoretical_value(side, strike, 100.0, 0.035, 0.01, 0.02, 0.2, 0.5, stop, 0.01, 1.1)
    hit = knockout_probability(side, 100.0, stop, 0.035, 0.01 - 0.02, 0.2, 0.5)
    assert (risk.expected_loss, risk.loss_error) == (0.0, 0.0)
    assert 0.0 < risk.value_error < 0.01 * value
    assert abs(risk.survivor_value - value) < 4 * risk.value_error
    assert abs(risk.knockout_probability - hit) < 4 * risk.probability_error < 0.01


@pytest.mark.parametrize(("side", "strike"), [("long", 92.0), ("short", 107.0)])
@pytest.mark.parametrize("rate", [0.0, 0.04])
def test_with_jumps_the_holder_gains_what_the_issuer_loses(side, strike, rate):
    # Financed at the rate, value less loss is a martingale stopped at the hit: the intrinsic value of today.
    risk = gap_risk(side, strike, 100.0, rate, rate, 0.0, **STORMY)
    fair = risk.survivor_value - risk.expected_loss
    assert risk.expected_loss > 20 * risk.loss_error > 0
    assert abs(fair - abs(100.0 - strike)) < 4 * (risk.value_error + risk.loss_error)


def test_one_kind_of_crash_in_a_calm_market_agrees_with_the_integral_over_its_time():
    # Hardly any diffusion: up to the first fall by 30 % the spot drifts up against it; that fall ends it.
    strike, jumps, years, fall = 90.0, 0.5, 1.0, math.log(0.7)
    risk = gap_risk("long", strike, 100.0, 0.0, 0.0, 0.0, 1e-4, years, jumps, fall)
    drift = jumps * 0.3

    def loss(t):
        return jumps * math.exp(-jumps * t) * max(strike - 100.0 * math.exp(drift * t) * 0.7, 0.0)

    assert abs(risk.expected_loss - integrate.quad(loss, 0.0, years)[0]) < 4 * risk.loss_error
    assert abs(risk.knockout_probability - (1 - math.exp(-jumps * years))) < 4 * risk.probability_error


def test_a_fixed_seed_fixes_the_figures_and_another_changes_them_within_error():
    terms = ("long", 92.0, 100.0, 0.02, 0.01, 0.0)
    first, again, other = (gap_risk(*terms, **STORMY, paths=20_000, seed=seed) for seed in (7, 7, 8))
    assert first == again != other
    error = math.hypot(first.loss_error, other.loss_error)
    assert 0 < abs(first.expected_loss - other.expected_loss) < 4 * error


def test_a_buffer_between_barrier_and_strike_and_fewer_jumps_lower_the_loss():
    plain = gap_risk("long", 94.0, 100.0, 0.0, 0.0, 0.0, **STORMY, stop_loss=94.0)
    buffered = gap_risk("long", 90.0, 100.0, 0.0, 0.0, 0.0, **STORMY, stop_loss=94.0)
    rarer = gap_risk("long", 94.0, 100.0, 0.0, 0.0, 0.0, **STORMY | {"jumps": 1.0})
    assert buffered.expected_loss < plain.expected_loss - 4 * plain.loss_error
    assert rarer.expected_loss < plain.expected_loss - 4 * plain.loss_error


def test_standard_errors_fall_with_the_root_of_the_paths():
    terms = ("long", 92.0, 100.0, 0.0, 0.0, 0.0)
    few, many = (gap_risk(*terms, **STORMY, paths=paths) for paths in (20_000, 320_000))
    assert few.loss_error / many.loss_error == pytest.approx(4.0, rel=0.2)
    assert few.value_error / many.value_error == pytest.approx(4.0, rel=0.2)


@pytest.mark.parametrize(
    ("name", "value"),
    [("financing_level", 0.0), ("spot", 94.0), ("spot", math.nan), ("rate", math.nan), ("growth", 3.5),
     ("volatility", 0.0), ("years", 0.0), ("jumps", -1.0), ("jump_mean", 5.0), ("jump_volatility", -0.1),
     ("stop_loss", 0.0), ("entitlement", 0.0), ("fx", 0.0), ("paths", 1), ("paths", 2.5), ("seed", -1)],
)  # fmt: skip
def test_numbers_that_mean_nothing_are_refused(name, value):
    terms = {"side": "long", "financing_level": 94.0, "spot": 100.0, "growth": 0.0, "rate": 0.0, "dividend_yield": 0.0}
    terms |= STORMY | {"paths": 100}
    gap_risk(**terms)
    with pytest.raises(XlidxError) as caught:
        gap_risk(**terms | {name: value})
    assert caught.value.kind is Kind.DOMAIN


def test_the_explanation_holds_the_figures():
    terms = ("long", 92.0, 100.0, 0.0, 0.0, 0.0, *STORMY.values(), None, 1.0, 1.0, 2000, 3)
    steps, risk = {step.symbol: step.value for step in explain_gap_risk(*terms)}, gap_risk(*terms)
    assert (steps["L"], steps["V"], steps["p"]) == (risk.expected_loss, risk.survivor_value, risk.knockout_probability)
    assert list(steps)[-1] == "L"


def test_the_work_of_the_arguments_is_bounded_before_it_begins(monkeypatch):
    monkeypatch.setattr(module, "_simulated", lambda *_: pytest.fail("begun"))
    terms = ("long", 95.0, 100.0, 0.0, 0.0, 0.0, 0.2)
    for years, jumps, paths in ((100.0, 366.0, 100), (1.0, 366.0, 100_000), (0.25, 2.0, 10_000_000)):
        with pytest.raises(XlidxError, match="must be fewer for so many jumps"):
            gap_risk(*terms, years, jumps, -0.01, paths=paths)


@pytest.mark.parametrize(("years", "jumps", "paths"), [(1.0, 0.0, 100_000), (0.5, 8.0, 20_000), (1.0, 100.0, 2_000)])
def test_no_more_intervals_are_walked_than_were_counted(monkeypatch, years, jumps, paths):
    walked, original = [], module._intervals

    def counted(*given):
        waits, jumped = original(*given)
        walked.append(waits.size + module.ROW * len(waits))
        return waits, jumped

    monkeypatch.setattr(module, "_intervals", counted)
    terms = ("long", 95.0, 100.0, 0.0, 0.0, 0.0, 0.2, years)
    gap_risk(*terms, jumps, -0.01, paths=paths)
    model = module._model(*terms, jumps, -0.01, 0.0, None)
    assert sum(walked) <= module._work(model, paths // 2)
    assert module._work(model, paths // 2) <= 8 * sum(walked)
