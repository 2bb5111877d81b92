"""Functions of the catalogue for a structurer: carry, premium, hedges, gap risk, implied numbers, ladders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.excel.entries import Example, Param
from xlidx.excel.functions.analytics import (
    DAY_COUNT,
    ONE_ENTITLEMENT,
    ONE_FX,
    ONE_KIND,
    ONE_LEVEL,
    ONE_SIDE,
    ONE_SPOT,
    RATE,
)
from xlidx.excel.functions.turbo import (
    ENTITLEMENT,
    LEVEL,
    SIDE,
    SPOT,
    TURBO_FX,
    UNUSUAL_RATES,
    turbo_function,
    with_usual_rates,
)
from xlidx.excel.readers import NUMBER, NUMBER_EACH, VECTOR, WORD, WORDS, table
from xlidx.rules import Step, same_rules
from xlidx.turbo.book import implied as implied_markets
from xlidx.turbo.issuance import issue_table, ladder
from xlidx.turbo.pricing import carry, gap_risk, implied
from xlidx.turbo.terms import KINDS, word_of

SPREAD = Param("spread", NUMBER_EACH, "Spread per year as a fraction: 3.5 % is 0.035.")
PER = ("certificate", "spot")
DAX_ISSUES = [
    ["isin", "underlying", "side", "financing level", "entitlement", "financing level currency", "settlement currency",
     "issue price"],
    ["DE000NG20XP3", "DAX", "short", 13571.32, 0.01, "EUR", "EUR", 0.39],
    ["DE000NG20XQ1", "DAX", "short", 13576.32, 0.01, "EUR", "EUR", 0.44],
]  # fmt: skip


@same_rules(carry.premium)
def _premium(*terms: Any) -> Any:
    function = carry.premium if word_of(terms[-1], PER, "per") == "certificate" else carry.premium_share
    return function(*terms[:-1])


def _explain_premium(*terms: Any) -> list[Step]:
    certificate = word_of(terms[-1], PER, "per") == "certificate"
    return (carry.explain_premium if certificate else carry.explain_premium_share)(*terms[:-1])


@same_rules(gap_risk.gap_risk)
def _gap_risk(*terms: Any) -> pd.DataFrame:
    risk = gap_risk.gap_risk(*terms)
    return pd.DataFrame(
        {
            "figure": ["gap premium", "value of survivors", "knock-out probability"],
            "value": [risk.expected_loss, risk.survivor_value, risk.knockout_probability],
            "standard_error": [risk.loss_error, risk.value_error, risk.probability_error],
        }
    )


@same_rules(implied_markets.implied_table)
def _implied_spot(terms: Any, fx: float | None, decimals: float) -> pd.DataFrame:
    return implied_markets.implied_table(terms, fx, decimals)  # type: ignore[arg-type]


def _levels(side: str, spot: float, step: float, count: float | None, first: float | None, targets: Any) -> Any:
    if (count is None) == (targets is None):
        what = "a ladder needs either the number of levels or leverage targets"
        raise XlidxError(Kind.CHOICE, what, "arguments count and targets", "give one of the two")
    if targets is None:
        levels = ladder.ladder_levels(side, spot, step, count, first)  # type: ignore[arg-type]
    else:
        levels = ladder.target_levels(side, spot, targets, step)
    return np.asarray(levels).reshape(-1, 1)


@same_rules(issue_table.issue_table)
def _issue_table(
    side: str, spot: float, levels: Any, entitlement: float, currency: str, fx: float, kind: str, series: float,
    isins: Any, number: float, spread: float, most: float, premium: float, highest: float, lowest: float,
    rounding: float, decimals: Any,
) -> pd.DataFrame:  # fmt: skip
    buffer = premium if word_of(kind, KINDS, "kind") == "open ended" else None
    steps = ladder.ladder(side, spot, levels, entitlement, fx, kind, buffer, rounding, decimals)
    codes = None if isins is None else list(np.ravel(isins))
    return issue_table.issue_table(
        steps, entitlement, currency, series, codes, number, spread, most, premium, highest, lowest, rounding
    )


DESK = (
    turbo_function(
        name="XI_TURBO_CARRY",
        core=with_usual_rates(carry.carry_per_day, 2),
        explain=with_usual_rates(carry.explain_carry_per_day, 2),
        each=True,
        params=(SIDE, LEVEL, RATE, SPREAD, ENTITLEMENT, TURBO_FX, DAY_COUNT, UNUSUAL_RATES),
        help="Change of value of a certificate over one calendar day at an unchanged spot, in settlement currency; "
        "negative when the holder pays.",
        examples=(
            Example(
                ("long", 3000.0, 0.045, 0.0, 0.01, 1.0, 365.0),
                -0.0036986301369863015,
                "published: ABN AMRO leaflet, 0.0037 EUR a day; 3000 x 0.045 / 365 / 100 by hand",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_PREMIUM",
        core=_premium,
        explain=_explain_premium,
        each=True,
        params=(
            SIDE,
            Param("price", NUMBER_EACH, "Price of the certificate in settlement currency."),
            LEVEL,
            SPOT,
            ENTITLEMENT,
            TURBO_FX,
            Param(
                "per", WORD, "certificate (an amount) or spot (a fraction of the spot); blank is certificate.", PER[0]
            ),
        ),
        help="Premium of a price over the intrinsic value: per certificate in settlement currency, or as a fraction of "
        "the spot.",
        examples=(
            Example(("long", 8.25, 7000.0, 8000.0, 0.01, 1.25), 0.25, "published value 8.00 (Bolero), quoted at 8.25"),
            Example(
                ("long", 8.25, 7000.0, 8000.0, 0.01, 1.25, "spot"),
                0.00390625,
                "by hand: 0.25 x 1.25 / 0.01 / 8000",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_GAP_RISK",
        core=_gap_risk,
        params=(
            ONE_SIDE,
            ONE_LEVEL,
            Param("spot", NUMBER, "Level of the underlying, inside the stop-loss price."),
            Param("growth", NUMBER, "Growth of level and stop-loss per year as a fraction."),
            Param("rate", NUMBER, "Interest rate per year as a fraction."),
            Param("dividend_yield", NUMBER, "Dividend yield of the underlying per year as a fraction."),
            Param("volatility", NUMBER, "Volatility between jumps per year as a fraction: 20 % is 0.2."),
            Param("years", NUMBER, "Time in years: 30 days are 30/365."),
            Param("jumps", NUMBER, "Expected number of jumps per year."),
            Param("jump_mean", NUMBER, "Mean logarithm of a jump: a fall by 5 % is -0.0513."),
            Param("jump_volatility", NUMBER, "Standard deviation of that logarithm; blank is 0.", 0.0),
            Param("stop_loss", NUMBER, "Stop-loss price; blank is the financing level.", None),
            Param(ONE_ENTITLEMENT.name, NUMBER, "Units of the underlying per certificate; blank is 1.", 1.0),
            ONE_FX,
            Param("paths", NUMBER, "Simulated paths; blank is 20,000.", 20_000.0),
            Param(
                "seed", NUMBER, "Start of the random numbers; the same seed gives the same figures; blank is 0.", 0.0
            ),
        ),
        help="Gap risk by simulation with jumps: the issuer's expected loss (gap premium), value of survivors and "
        "knock-out probability, each with its standard error.",
        examples=(
            Example(
                ("long", 1.0, 100.0, 0.0, 0.0, 0.0, 0.01, 0.01, 0.0, 0.0, None, None, None, None, 2.0),
                None,
                "without jumps and far from the stop-loss nothing is lost: gap premium 0, probability 0",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_IMPLIED_SPOT",
        core=_implied_spot,
        params=(
            Param(
                "terms",
                table(implied_markets.ISSUES),
                "Terms table with a header row: isin, underlying, side, financing level, entitlement, financing level "
                "currency, settlement currency, issue price; as XI_FINAL_TERMS gives it.",
            ),
            Param("fx", NUMBER, "Exchange rate of the foreign currency if it is known; blank finds it too.", None),
            Param("decimals", NUMBER, "Decimals of the issue prices; blank is 2.", 2.0),
        ),
        help="Intervals of spot, and of the exchange rate, that reproduce the printed issue prices: one row per "
        "underlying and currency.",
        examples=(
            Example(
                (DAX_ISSUES,),
                [
                    ["quantity", "name", "unit", "low", "high", "series", "note"],
                    ["spot", "DAX", "EUR", 13531.82, 13532.82, 2.0, None],
                ],
                "ING Final Terms: 13571.32 less 0.385 to 0.395 by 0.01",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_IMPLIED_RATE",
        core=implied.implied_rate,
        explain=implied.explain_implied_rate,
        each=True,
        params=(
            SIDE,
            Param("first_level", NUMBER_EACH, "Published financing level, the earlier one."),
            Param("second_level", NUMBER_EACH, "Published financing level, the later one."),
            Param("days", NUMBER_EACH, "Calendar days between the two."),
            SPREAD,
            Param("dividend", NUMBER_EACH, "Notional dividend taken off in between; blank is 0.", 0.0),
            DAY_COUNT,
        ),
        help="Deposit rate per year that leads from one published financing level to another, by simple interest.",
        examples=(
            Example(("long", 3600.0, 3603.0, 10.0, 0.01), 0.02, "by hand: 3 / 3600 x 360 / 10 is 3 %, less 1 % spread"),
        ),
    ),
    turbo_function(
        name="XI_TURBO_HEDGE_COUNT",
        core=carry.hedge_count,
        explain=carry.explain_hedge_count,
        each=True,
        params=(
            Param("position", NUMBER_EACH, "Market value to be covered, in settlement currency."),
            SPOT,
            ENTITLEMENT,
            TURBO_FX,
        ),
        help="Certificates that move against a position as much as the position itself, unrounded.",
        examples=(Example((100_000.0, 12_500.0, 0.01), 800.0, "by hand: 100 000 / (12 500 x 0.01)"),),
    ),
    turbo_function(
        name="XI_TURBO_FX_EXPOSURE",
        core=carry.fx_exposure,
        explain=carry.explain_fx_exposure,
        each=True,
        params=(
            SIDE,
            LEVEL,
            SPOT,
            ENTITLEMENT,
            Param("count", NUMBER_EACH, "Certificates held; blank is 1.", 1.0),
        ),
        help="Amount of financing level currency that a holder owns through the certificates: what to sell forward "
        "against currency risk.",
        examples=(Example(("long", 7000.0, 8000.0, 0.01, 500.0), 5000.0, "by hand: 500 x 1000 x 0.01"),),
    ),
    turbo_function(
        name="XI_TURBO_LEVERAGE_LIMIT",
        core=ladder.leverage_limit,
        explain=ladder.explain_leverage_limit,
        params=(
            Param(
                "asset_class",
                WORD,
                "major index, other index, share, major currency pair, other currency pair, gold, other commodity, "
                "crypto-asset or other.",
            ),
        ),
        help="Highest leverage of a turbo for Dutch retail clients (AFM, since 1 October 2021); XI_EXPLAIN shows the "
        "source.",
        examples=(Example(("major index",), 20.0, "AFM decision of 30 June 2021, as reported"),),
    ),
    turbo_function(
        name="XI_TURBO_LADDER_LEVELS",
        core=_levels,
        params=(
            ONE_SIDE,
            ONE_SPOT,
            Param("increment", NUMBER, "Distance from one level to the next; with targets, the unit of the distance."),
            Param("count", NUMBER, "Number of levels; blank with targets.", None),
            Param("first", NUMBER, "Distance of the first level from the spot; blank is one increment.", None),
            Param("targets", VECTOR, "Leverage targets in times, which are approached and not exceeded.", None),
        ),
        help="Financing levels of new series, the nearest to the spot first, at even distances or by leverage targets; "
        "the levels that XI_TURBO_LADDER takes.",
        examples=(
            Example(
                ("short", 13532.32, 5.0, 3.0, 39.0),
                [[13571.32], [13576.32], [13581.32]],
                "ING Final Terms: the first three DAX series at the spot that their prices imply",
            ),
            Example(
                ("short", 13532.32, 1.0, None, None, [[20.0], [10.0]]),
                [[14209.32], [14886.32]],
                "by hand: 13532.32 / 20 is 676.6, up to 677; / 10 is 1353.2, up to 1354",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_ISSUE_TABLE",
        core=_issue_table,
        params=(
            ONE_SIDE,
            ONE_SPOT,
            Param("levels", VECTOR, "Financing levels of the new series, as XI_TURBO_LADDER_LEVELS gives them."),
            ONE_ENTITLEMENT,
            Param("financing_currency", WORD, "Financing level currency, for example USD."),
            ONE_FX,
            ONE_KIND,
            Param("first_series", NUMBER, "Series number of the first row; blank is 1.", 1.0),
            Param("isins", WORDS, "ISINs of the series; blank leaves the column blank.", None),
            Param("number", NUMBER, "Certificates of each series; blank is 2,000,000.", 2_000_000.0),
            Param("spread", NUMBER, "Spread per year as a fraction; blank is 0.035.", 0.035),
            Param("maximum_spread", NUMBER, "Maximum spread as a fraction; blank is 0.05.", 0.05),
            Param("premium", NUMBER, "Stop-loss premium rate as a fraction; blank is 0.", 0.0),
            Param("maximum_premium", NUMBER, "Maximum premium as a fraction; blank is 0.2.", 0.2),
            Param("minimum_premium", NUMBER, "Minimum premium as a fraction; blank is 0.", 0.0),
            Param("rounding", NUMBER, "Stop-loss price rounding; blank is 0.01.", 0.01),
            Param("decimals", NUMBER, "Decimals of the issue price; blank is 2.", 2.0),
        ),
        help="Economics table of new Final Terms for a ladder of series, to paste into the document: spreads and "
        "premiums in per cent, as it prints them.",
        examples=(
            Example(
                (
                    "short",
                    13532.32,
                    [[13571.32]],
                    0.01,
                    "EUR",
                    None,
                    None,
                    108731.0,
                    [["DE000NG20XP3"]],
                    None,
                    None,
                    None,
                    0.015,
                ),
                [
                    list(issue_table.HEADER),
                    [
                        108731.0,
                        "DE000NG20XP3",
                        2_000_000.0,
                        0.39,
                        13571.32,
                        3.5,
                        5.0,
                        1.5,
                        20.0,
                        0.0,
                        13571.32,
                        0.01,
                        0.01,
                        "EUR",
                    ],
                ],
                "ING Final Terms, series 108731 as printed",
            ),
        ),
    ),
)
