"""Gap risk by simulation: what the issuer loses when the underlying jumps through the strike.

Jump-diffusion after Merton (1976): between two jumps the path is exact and the probability of touching the
barrier in between is that of a Brownian bridge, so no time grid is laid.  A touch in between costs the issuer
nothing (the hedge is sold at the barrier); a jump beyond the strike costs the distance to it.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from xlidx.arrays import Floats, require
from xlidx.rules import Step, rule
from xlidx.turbo.settlement import require_terms
from xlidx.turbo.terms import Coded, arguments_of, one_certificate, sign_of

CHUNK = 1 << 15  # pairs of paths drawn at a time
MOST_WORK = 2e7  # intervals between jumps, padded to the most of a chunk: ten to twenty seconds
ROW = 300  # intervals that take as long as the step of a chunk from one jump to the next


@attrs.frozen
class GapRisk:
    """What a simulation found, each figure with its standard error.

    ``expected_loss`` is the present value of the issuer's losses, which is the gap premium of a fair price
    [settlement currency]; ``survivor_value`` the present value of the exercise amount of certificates that
    were not stopped out [same]; ``knockout_probability`` counts touches and jumps.
    """

    expected_loss: float
    loss_error: float
    survivor_value: float
    value_error: float
    knockout_probability: float
    probability_error: float


@attrs.frozen
class _Model:
    sign: float
    distance: float  # s ln(S / H), above 0 while alive
    drift: float  # of the distance, per year
    volatility: float
    years: float
    jumps: float
    jump_mean: float  # of the distance
    jump_volatility: float
    strike: float
    barrier: float
    discount: float  # rate less growth


@rule("ing_open_end_turbo", "C.10")
@rule("ing_open_end_turbo", "C.12")
def gap_risk(
    side: Coded,
    financing_level: float,
    spot: float,
    growth: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
    years: float,
    jumps: float,
    jump_mean: float,
    jump_volatility: float = 0.0,
    stop_loss: float | None = None,
    entitlement: float = 1.0,
    fx: float = 1.0,
    paths: int = 100_000,
    seed: int = 0,
) -> GapRisk:
    """Return the issuer's expected loss from jumps through the strike of one certificate.

    Parameters
    ----------
    side, financing_level, spot, growth, rate, dividend_yield, volatility, years, stop_loss, entitlement, fx
        As in :func:`xlidx.turbo.pricing.barrier.theoretical_value`, one value each.
    jumps : float
        Expected number of jumps [per year], 0 to 366.
    jump_mean : float
        Mean of the logarithm of a jump; a fall by 5 % is -0.0513.
    jump_volatility : float
        Standard deviation of that logarithm, 0 or more.
    paths : int
        Simulated paths, 2 to 10 million; an odd number is raised by one, as paths come in antithetic pairs.  Their
        work is limited before it begins: 10 million paths without jumps, 2 million with 4 jumps expected, 50
        thousand with 366.
    seed : int
        Start of the random numbers, 0 or more; the same seed gives the same figures.

    Returns
    -------
    GapRisk

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above, or when the barrier is already touched; ``CHOICE`` for an unknown
        side; ``SHAPE`` for an argument that holds more than one value.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 14 and 16.

    *Reading*: the mean growth of the underlying is rate less yield with the jumps included.  The issuer's
    hedge is one underlying per unit, financed by the level; it is sold at the barrier after a touch and at
    the level reached after a jump, without market impact.

    Examples
    --------
    >>> risk = gap_risk("long", 95.0, 100.0, 0.0, 0.0, 0.0, 0.2, 0.25, 2.0, -0.08, 0.04, paths=20_000)
    >>> fair = risk.survivor_value - risk.expected_loss
    >>> abs(fair - 5.0) < 4 * (risk.value_error + risk.loss_error)  # nobody earns: growth is the rate
    True
    """
    plain = one_certificate(
        side, financing_level, spot, growth, rate, dividend_yield, volatility, years, jumps, jump_mean,
        jump_volatility, stop_loss, entitlement, fx, paths, seed,
    )  # fmt: skip
    model = _model(*plain[:12])
    require_terms(plain[1], *plain[12:14])
    pairs = _pairs(*plain[14:])
    mend = "take fewer paths, fewer jumps or a shorter time"
    require(_work(model, pairs) <= MOST_WORK, plain[14], "paths", "be fewer for so many jumps", mend)
    means = _simulated(model, pairs, np.random.default_rng(int(plain[15])))
    scale = float(plain[12]) / float(plain[13])
    (loss, loss_error), (value, value_error), (hit, hit_error) = (_estimate(column) for column in means.T)
    return GapRisk(scale * loss, scale * loss_error, scale * value, scale * value_error, hit, hit_error)


def explain_gap_risk(*terms: Any, **named: Any) -> list[Step]:
    """Return the figures of :func:`gap_risk` with the compensation of the drift; the arguments are its own.

    Examples
    --------
    >>> market = ("long", 95.0, 100.0, 0.0, 0.0, 0.0, 0.2, 0.25, 0.0, 0.0)
    >>> [step.value for step in explain_gap_risk(*market, paths=200)][-2:]
    [0.0, 0.0]
    """
    plain = arguments_of(gap_risk, terms, named)
    risk, model = gap_risk(*plain), _model(*plain[:12])
    money = "settlement currency"
    return [
        Step("s", "side: +1 long, -1 short", model.sign),
        Step("d", "distance s ln(S / H)", model.distance),
        Step("a", "drift of the distance, net of mean jumps", model.drift, "per year"),
        Step("p", "probability of a stop loss", risk.knockout_probability),
        Step("se(p)", "its standard error", risk.probability_error),
        Step("V", "value of certificates that survive", risk.survivor_value, money),
        Step("se(V)", "its standard error", risk.value_error, money),
        Step("se(L)", "standard error of the expected loss", risk.loss_error, money),
        Step("L", "issuer's expected loss: the gap premium", risk.expected_loss, money),
    ]


def _model(
    side: Coded, level: float, spot: float, growth: float, rate: float, dividend_yield: float, volatility: float,
    years: float, jumps: float, jump_mean: float, jump_volatility: float, stop_loss: float | None,
) -> _Model:  # fmt: skip
    sign, barrier = float(sign_of(side)), level if stop_loss is None else stop_loss
    require(level > 0.0, level, "financing level", "be above 0", "give the financing level of the day")
    require(barrier > 0.0, barrier, "stop-loss price", "be above 0", "give the stop-loss price in force")
    mend = "a certificate already stopped out has no gap risk left"
    require(spot > 0.0 and sign * (spot - barrier) > 0.0, spot, "spot", "lie inside the stop-loss price", mend)
    _require_motion(volatility, years, jumps, jump_mean, jump_volatility)
    mend = "give rate, yield and growth per year as fractions"
    require(abs(rate) + abs(dividend_yield) + abs(growth) <= 3.0, rate, "rate", "be a plausible fraction", mend)
    mean_jump = jumps * np.expm1(jump_mean + 0.5 * jump_volatility**2)
    drift = rate - dividend_yield - growth - mean_jump - 0.5 * volatility**2
    return _Model(
        sign, sign * float(np.log(spot / barrier)), sign * float(drift), float(volatility), float(years),
        float(jumps), sign * float(jump_mean), float(jump_volatility), float(level), float(barrier),
        float(rate - growth),
    )  # fmt: skip


def _require_motion(volatility: float, years: float, jumps: float, mean: float, deviation: float) -> None:
    mend = "give volatility as a fraction: 20 % is 0.2"
    require(0.0 < volatility <= 10.0, volatility, "volatility", "lie between 0 and 10", mend)
    require(0.0 < years <= 100.0, years, "years", "lie between 0 and 100", "give the time in years")
    require(0.0 <= jumps <= 366.0, jumps, "jumps", "lie between 0 and 366", "give the jumps of a year")
    require(abs(mean) <= 3.0, mean, "jump mean", "lie between -3 and 3", "a fall by 5 % is -0.0513")
    require(0.0 <= deviation <= 3.0, deviation, "jump volatility", "lie between 0 and 3", "0 for equal jumps")


def _pairs(paths: float, seed: float) -> int:
    whole = 2 <= paths <= 10_000_000 and paths % 1 == 0
    require(whole, paths, "paths", "be a whole number from 2 to 10 million", "give 100000")
    require(seed >= 0 and seed % 1 == 0, seed, "seed", "be a whole number, 0 or more", "give 0")
    return max(2, (int(paths) + 1) // 2)


def _simulated(model: _Model, pairs: int, draw: np.random.Generator) -> Floats:
    """Return loss, value and knock-out of every antithetic pair, shape (pairs, 3)."""
    chunk = _size(model)
    sizes = [min(chunk, pairs - start) for start in range(0, pairs, chunk)]
    return np.concatenate([_chunk(model, size, draw) for size in sizes])


def _size(model: _Model) -> int:
    """Return the pairs of a chunk, such that its intervals fit into memory."""
    return max(1, int(CHUNK / (1.0 + model.jumps * model.years / 8.0)))


def _work(model: _Model, pairs: int) -> float:
    """Return the intervals that will be walked; a chunk walks as many as its path of most jumps has."""
    mean = model.jumps * model.years
    most = mean + 6.0 * float(np.sqrt(mean)) + 2.0
    return (pairs + ROW * -(-pairs // _size(model))) * most


def _chunk(model: _Model, pairs: int, draw: np.random.Generator) -> Floats:
    """Walk the paths of one chunk from jump to jump; both paths of a pair share the times of the jumps.

    A path beyond the barrier after a jump dies in the interval that always follows, see :func:`_untouched`.
    """
    waits, jumped = _intervals(model, pairs, draw)
    distance = np.full((2, pairs), model.distance)
    alive, lost, clock = np.ones((2, pairs)), np.zeros((2, pairs)), np.zeros(pairs)
    for wait, jump in zip(waits, jumped, strict=True):
        clock = clock + wait
        shock = draw.standard_normal((2, pairs))
        moved = distance + model.drift * wait + model.volatility * np.sqrt(wait) * _mirrored(shock[0])
        alive *= _untouched(distance, moved, model.volatility**2 * wait)
        leap = np.where(jump, model.jump_mean + model.jump_volatility * _mirrored(shock[1]), 0.0)
        distance = moved + leap
        through = distance <= 0.0
        lost += np.where(through, alive * _shortfall(model, distance) * np.exp(-model.discount * clock), 0.0)
    gained = np.maximum(model.sign * (_level(model, distance) - model.strike), 0.0)
    value = alive * gained * np.exp(-model.discount * model.years)
    return np.stack([lost.mean(axis=0), value.mean(axis=0), 1.0 - alive.mean(axis=0)], axis=1)


def _intervals(model: _Model, pairs: int, draw: np.random.Generator) -> tuple[Floats, Any]:
    """Return the times between jumps, the last up to the end, and whether a jump ends them; both (M + 1, P)."""
    counts = draw.poisson(model.jumps * model.years, pairs)
    most = int(counts.max())
    times = draw.uniform(0.0, model.years, (most, pairs))
    jumped = np.arange(most + 1)[:, None] < counts
    times = np.sort(np.where(jumped[:-1], times, model.years), axis=0)
    edges = np.vstack([np.zeros(pairs), times, np.full(pairs, model.years)])
    return np.diff(edges, axis=0), jumped


def _mirrored(shock: Floats) -> Floats:
    return np.stack([shock, -shock])


def _untouched(before: Floats, after: Floats, variance: Floats) -> Floats:
    """Return the probability that a bridge between two distances stays above 0 (1 where no time passes)."""
    inside = (before > 0.0) & (after > 0.0)
    room = np.where(inside, before * after, 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        kept = -np.expm1(-2.0 * room / variance)
    return np.where(inside, np.where(variance > 0.0, kept, 1.0), 0.0)


def _level(model: _Model, distance: Floats) -> Floats:
    """Return the underlying divided by the growth of the level."""
    return model.barrier * np.exp(model.sign * distance)


def _shortfall(model: _Model, distance: Floats) -> Floats:
    return np.maximum(model.sign * (model.strike - _level(model, distance)), 0.0)


def _estimate(pairs: Floats) -> tuple[float, float]:
    return float(pairs.mean()), float(pairs.std(ddof=1) / np.sqrt(pairs.size))
