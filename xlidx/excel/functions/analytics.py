"""Analytics of certificates: break-even, theoretical value, knock-out probability, ladders, scenarios."""

from __future__ import annotations

from typing import Any

from xlidx.excel.entries import Example, Param
from xlidx.excel.functions.turbo import (
    BARRIER,
    ENTITLEMENT,
    LEVEL,
    SIDE,
    SPOT,
    TURBO_FX,
    UNUSUAL_RATES,
    turbo_function,
    with_usual_rates,
)
from xlidx.excel.readers import NUMBER, NUMBER_EACH, VECTOR, WORD, WORD_EACH
from xlidx.turbo.issuance import ladder
from xlidx.turbo.pricing import barrier, carry, scenario

GROWTH = Param(
    "growth",
    NUMBER_EACH,
    "Growth of financing level and stop-loss per year as a fraction: rate + spread for long, rate - spread for short.",
)
RATE = Param("rate", NUMBER_EACH, "Interest rate per year as a fraction: 1.58 % is 0.0158.")
VOLATILITY = Param("volatility", NUMBER_EACH, "Volatility of the underlying per year as a fraction: 20 % is 0.2.")
YEARS = Param("years", NUMBER_EACH, "Time in years: 30 days are 30/365.")
DAY_COUNT = Param("day_count", NUMBER_EACH, "Days of a year: 360 or 365; blank is 360.", 360.0)
ONE_SIDE = Param("side", WORD, "long or short.")
ONE_LEVEL = Param("financing_level", NUMBER, "Current financing level.")
ONE_SPOT = Param("spot", NUMBER, "Level of the underlying.")
ONE_KIND = Param("kind", WORD, "best, limited or open ended; blank is best.", "best")
ONE_FX = Param(
    "fx", NUMBER, "Units of financing level currency per unit of settlement currency; it divides. Blank is 1.", 1.0
)
ONE_PREMIUM = Param(
    "premium", NUMBER, "Stop-loss premium rate as a fraction of the level; needed for open ended only.", None
)
ONE_ROUNDING = Param("rounding", NUMBER, "Stop-loss price rounding, for example 0.01; blank leaves it unrounded.", None)
ONE_ENTITLEMENT = Param("entitlement", NUMBER, "Units of the underlying per certificate, for example 0.01.")


def _ladder(
    side: str, spot: float, levels: Any, entitlement: float, fx: float, kind: str, decimals: Any, *buffer: Any
) -> Any:
    premium, rounding = buffer
    return ladder.ladder(side, spot, levels, entitlement, fx, kind, premium, rounding, decimals)


def _scenario(
    side: str,
    level: float,
    spot: float,
    spread: float,
    entitlement: float,
    shifts: Any,
    days: Any,
    rates: Any,
    fx: float,
    kind: str,
    *more: Any,
) -> Any:
    return scenario.scenario(side, level, spot, spread, entitlement, shifts, days, rates, fx, kind, *more)


ANALYTICS = (
    turbo_function(
        name="XI_TURBO_BREAK_EVEN",
        core=with_usual_rates(carry.break_even, 6),
        explain=with_usual_rates(carry.explain_break_even, 6),
        each=True,
        params=(
            SIDE,
            Param("price", NUMBER_EACH, "Price paid for the certificate in settlement currency."),
            LEVEL,
            ENTITLEMENT,
            TURBO_FX,
            Param("days", NUMBER_EACH, "Calendar days the certificate is held; blank is 0.", 0.0),
            Param("rate", NUMBER_EACH, "Deposit rate per year as a fraction; blank is 0.", 0.0),
            Param("spread", NUMBER_EACH, "Spread per year as a fraction; blank is 0.", 0.0),
            Param("dividend", NUMBER_EACH, "Notional dividend meanwhile; blank is 0.", 0.0),
            DAY_COUNT,
            UNUSUAL_RATES,
        ),
        help="Level of the underlying at which a certificate bought at a price pays that price back, after the "
        "financing of the days it is held.",
        examples=(Example(("long", 5.0, 20.0, 1.0), 25.0, "published: Bolero, level 20 and price 5 break even at 25"),),
    ),
    turbo_function(
        name="XI_TURBO_THEORETICAL",
        core=with_usual_rates(barrier.certificate_value, 4),
        explain=with_usual_rates(barrier.explain_theoretical_value, 4),
        each=True,
        params=(
            SIDE,
            LEVEL,
            SPOT,
            GROWTH,
            RATE,
            Param("dividend_yield", NUMBER_EACH, "Dividend yield of the underlying per year as a fraction."),
            VOLATILITY,
            YEARS,
            Param(
                "stop_loss",
                NUMBER_EACH,
                "Stop-loss price in force; needed for open ended. Best has its level, which blank is.",
                None,
            ),
            Param("entitlement", NUMBER_EACH, "Units of the underlying per certificate; blank is 1.", 1.0),
            TURBO_FX,
            Param("kind", WORD_EACH, "best, limited or open ended; blank is best.", "best"),
            UNUSUAL_RATES,
        ),
        help="Theoretical value of a certificate held to a horizon unless it is stopped out, in closed form with a "
        "moving barrier.",
        examples=(
            Example(
                ("long", 95.0, 100.0, 0.02, 0.02, 0.0, 0.3, 0.25),
                5.0,
                "identity: with growth equal to the rate and no dividend the value is the intrinsic value",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_KNOCKOUT_PROBABILITY",
        core=barrier.knockout_probability,
        explain=barrier.explain_knockout_probability,
        each=True,
        params=(
            SIDE,
            SPOT,
            BARRIER,
            GROWTH,
            Param("drift", NUMBER_EACH, "Drift of the underlying per year as a fraction; rate less dividend yield."),
            VOLATILITY,
            YEARS,
        ),
        help="Probability that the stop-loss price, growing with the financing level, is touched within a time.",
        examples=(
            Example(
                ("long", 95.0, 95.0, 0.035, 0.0, 0.2, 30 / 365),
                1.0,
                "a level that stands at the stop-loss touches it for certain",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_LADDER",
        core=_ladder,
        params=(
            ONE_SIDE,
            ONE_SPOT,
            Param("levels", VECTOR, "Financing levels of the new series."),
            ONE_ENTITLEMENT,
            ONE_FX,
            ONE_KIND,
            Param("decimals", NUMBER, "Decimals of the issue price; blank is 2.", 2.0),
            ONE_PREMIUM,
            ONE_ROUNDING,
        ),
        help="New series at given financing levels: stop-loss, issue price, leverage and distance, one row each.",
        examples=(
            Example(
                ("short", 13532.32, [[13571.32], [13576.32]], 0.01),
                None,
                "ING Final Terms: issue prices 0.39 and 0.44",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_SCENARIO",
        core=with_usual_rates(_scenario, 7),
        params=(
            ONE_SIDE,
            ONE_LEVEL,
            ONE_SPOT,
            Param("spread", NUMBER, "Spread per year as a fraction."),
            ONE_ENTITLEMENT,
            Param("shifts", VECTOR, "Changes of the spot as fractions: -5 % is -0.05; blank is 0.", 0.0),
            Param("days", VECTOR, "Calendar days ahead; blank is 0.", 0.0),
            Param("rates", VECTOR, "Deposit rates per year as fractions; blank is 0.", 0.0),
            ONE_FX,
            ONE_KIND,
            ONE_PREMIUM,
            ONE_ROUNDING,
            Param("day_count", NUMBER, "Days of a year: 360 or 365; blank is 360.", 360.0),
            Param(
                "stop_loss",
                NUMBER,
                "Stop-loss price in force, held over the days; premium and rounding are not needed then. Blank sets it "
                "anew from the level of each day.",
                None,
            ),
            UNUSUAL_RATES,
        ),
        help="Value, change and state of a certificate over spot shifts, days and rates, with level and stop-loss "
        "moved by the days.",
        examples=(
            Example(
                ("long", 20.0, 25.0, 0.0, 1.0, [[0.0, 0.2]]),
                None,
                "published: businessinsider.nl, spot up 20 % takes the value from 5 to 10",
            ),
        ),
    ),
)
