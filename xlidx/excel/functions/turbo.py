"""Turbo functions of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from xlidx.errors import Kind, XlidxError
from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.readers import DAY, DAY_EACH, NUMBER, NUMBER_EACH, WORD, WORD_EACH, table
from xlidx.rulebooks.ing_open_end_turbo import final_terms as ing_final_terms
from xlidx.rules import same_rules
from xlidx.turbo import financing, settlement, stop_loss
from xlidx.turbo.book import inputs
from xlidx.turbo.book import table as book
from xlidx.turbo.pricing import analytics

turbo_function = partial(Entry, group="Turbo", template="turbo_desk")

SIDE = Param("side", WORD_EACH, "long or short.")
LEVEL = Param("financing_level", NUMBER_EACH, "Current financing level, in financing level currency.")
SPOT = Param("spot", NUMBER_EACH, "Level of the underlying, in financing level currency.")
ENTITLEMENT = Param("entitlement", NUMBER_EACH, "Units of the underlying per certificate, for example 0.01.")
TURBO_FX = Param(
    "fx",
    NUMBER_EACH,
    "Units of financing level currency per unit of settlement currency (USD per EUR 1.0963); it divides. Blank is 1.",
    1.0,
)
BARRIER = Param("stop_loss", NUMBER_EACH, "Stop-loss price in force, in financing level currency.")
PREMIUM = Param(
    "premium",
    NUMBER_EACH,
    "Stop-loss premium rate as a fraction of the financing level; needed for open ended, "
    "without effect for best and limited.",
    None,
)
ROUNDING = Param(
    "rounding",
    NUMBER_EACH,
    "Stop-loss price rounding, for example 0.01: up for long, down for short; blank leaves it unrounded.",
    None,
)
TERMS = Param(
    "terms",
    table(inputs.PATH_TERMS),
    "Terms table with a header row: isin, underlying, side, kind, financing level, spread, "
    "entitlement, financing level currency, settlement currency, level date, [family], ...",
)
MARKET = Param(
    "market",
    table(inputs.MARKET),
    "Market table with a header row: underlying, spot, [rate], [fx], [dividend], [low], [high], ...; with "
    "a column date one row per underlying and weekday, from which the book is rolled day by day.",
)
AS_OF = Param(
    "as_of",
    DAY,
    "Day of the book; blank is the last date of the market table, or the level date where it has no dates.",
    None,
)
RATES = Param(
    "rates",
    table(inputs.RATES),
    "Rates table with a header row: currency, rate, [date]; blank takes the column rate of the market table.",
    None,
)
RULES = Param(
    "rules",
    table(inputs.RULES),
    "Choices of the rule, a header row and one row: [accrual], [level reset], [stop loss reset], [above maximum], "
    "[unusual rates], [long share], [short share], [residual]; blank is the usual rule.",
    None,
)
UNUSUAL_RATES = Param(
    "unusual_rates",
    WORD,
    "refuse or allow: rates below -5 % or above 20 %, which are most likely written in per cent; blank is refuse.",
    "refuse",
)
STEP_KIND = "best, limited or open ended"


def with_usual_rates(core: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return a function whose last argument, one more, says whether rates that look like per cents are allowed."""

    @same_rules(core)
    def checked(*terms: Any) -> Any:
        *own, unusual_rates = terms
        financing.require_usual(own[place], unusual_rates)
        return core(*own)

    return checked


@same_rules(stop_loss.stop_loss_event)
def _event_or_date(side: Any, barrier: Any, low: Any, high: Any, dates: Any) -> Any:
    if dates is None:
        return stop_loss.stop_loss_event(side, barrier, low, high)
    return stop_loss.first_stop_loss_date(side, barrier, low, high, dates)


def _explain_event(side: Any, barrier: Any, low: Any, high: Any, dates: Any) -> Any:
    del dates
    return stop_loss.explain_stop_loss_event(side, barrier, low, high)


@same_rules(ing_final_terms.read_final_terms)
def final_terms(source: str, show: str) -> Any:
    """Return the terms table, the findings or the evidence of a Final Terms document.

    See :func:`xlidx.rulebooks.ing_open_end_turbo.final_terms.read_source`.
    """
    tables = {
        "terms": ing_final_terms.terms_rows,
        "findings": ing_final_terms.findings_rows,
        "evidence": ing_final_terms.evidence_rows,
    }
    rows = tables.get(show.strip().casefold())
    if rows is None:
        what = f"show {show[:40]!r} is not known"
        raise XlidxError(Kind.CHOICE, what, "argument show", f"use {', '.join(tables)}")
    return rows(ing_final_terms.read_source(source))


TURBO = (
    turbo_function(
        name="XI_TURBO_FINANCING_LEVEL",
        core=with_usual_rates(financing.financing_level, 2),
        explain=with_usual_rates(financing.explain_financing_level, 2),
        each=True,
        params=(
            SIDE,
            Param("level", NUMBER_EACH, "Financing level at the last reset, in financing level currency."),
            Param("rate", NUMBER_EACH, "Deposit rate per year as a fraction: 1.58 % is 0.0158."),
            Param("spread", NUMBER_EACH, "Current spread per year as a fraction: 3.5 % is 0.035."),
            Param("days", NUMBER_EACH, "Calendar days since the last reset; a weekend counts."),
            Param("dividend", NUMBER_EACH, "Notional dividend since the last reset; blank is 0.", 0.0),
            Param(
                "day_count",
                NUMBER_EACH,
                "Days of a year: 360 (EUR, USD, CHF) or 365 (GBP); blank is 360.",
                360.0,
            ),
            Param("accrual", WORD, "simple, daily (compounding) or geometric; blank is simple.", "simple"),
            UNUSUAL_RATES,
        ),
        help="New financing level: long pays rate + spread, short receives rate - spread, less dividends. "
        "The short's cost can be negative.",
        examples=(
            Example(
                ("short", 9884.36, 0.0158, 0.035, 1.0),
                9883.8328341333,
                "worked by hand in decimal: 9884.36 x (1 - 0.0192/360)",
            ),
            Example(
                ("long", 13000.0, -0.0045, 0.035, 1.0),
                13001.1013888889,
                "worked by hand in decimal: 13000 x (1 + 0.0305/360)",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_STOP_LOSS",
        core=stop_loss.stop_loss_price,
        explain=stop_loss.explain_stop_loss_price,
        each=True,
        params=(
            SIDE,
            LEVEL,
            PREMIUM,
            ROUNDING,
            Param("kind", WORD_EACH, f"{STEP_KIND}; blank is best, which takes no premium.", None),
        ),
        help="Stop-loss price: the financing level itself (best, limited), or financing level and premium "
        "rounded away from it (open ended).",
        examples=(
            Example(("long", 20.05, 0.075, 0.1, "open ended"), 21.6, "published: ING academy, buffer example"),
            Example(("short", 13571.32), 13571.32, "ING Final Terms, DE000NG20XP3, on the trade date"),
        ),
    ),
    turbo_function(
        name="XI_TURBO_STOP_LOSS_RESET",
        core=stop_loss.stop_loss_reset,
        explain=stop_loss.explain_stop_loss_reset,
        each=True,
        params=(
            Param("kind", WORD_EACH, f"{STEP_KIND}."),
            SIDE,
            LEVEL,
            Param("day", DAY_EACH, "Day for which the stop-loss is wanted."),
            Param("previous_day", DAY_EACH, "Previous trading day."),
            Param(
                "previous_stop_loss",
                NUMBER_EACH,
                "Stop-loss price in force on the previous day; not needed for best.",
                None,
            ),
            PREMIUM,
            ROUNDING,
            Param("reset_rule", WORD, "daily, first trading day or 15th; blank is the first trading day.", None),
        ),
        help="Stop-loss price of a day: best follows the financing level daily, limited keeps it, open ended "
        "is set anew on a reset day and else keeps it.",
        examples=(
            Example(
                ("open ended", "long", 20.0, date(2020, 2, 3), date(2020, 1, 31), 21.3, 0.075, 0.1),
                21.5,
                "published: ING academy, level 20.00 with 7.5 % on the first trading day of a month",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_STOP_LOSS_EVENT",
        core=_event_or_date,
        explain=_explain_event,
        each=True,
        reduce_by="dates",
        params=(
            SIDE,
            BARRIER,
            Param("low", NUMBER_EACH, "Lowest level of the underlying while the stop-loss was in force."),
            Param("high", NUMBER_EACH, "Highest level of the underlying while the stop-loss was in force."),
            Param(
                "dates",
                DAY_EACH,
                "Trading days of a path, one per low and high; when given, the answer is the first day of the "
                "event, or blank.",
                None,
            ),
        ),
        help="TRUE if the underlying touched or crossed the stop-loss; with dates, the first day it did.",
        examples=(
            Example(
                ("short", 13571.32, 13400.0, 13571.32),
                True,
                "touching counts: the level reaches the stop-loss exactly",
            ),
            Example(
                (
                    "long",
                    100.0,
                    [[101.0], [100.0], [99.0]],
                    [[103.0], [102.0], [101.0]],
                    [[date(2020, 2, 10)], [date(2020, 2, 11)], [date(2020, 2, 12)]],
                ),
                date(2020, 2, 11),
                "the low of 11 February touches the stop-loss",
            ),
        ),
    ),
    turbo_function(
        name="XI_TURBO_CASH_SETTLEMENT",
        core=settlement.cash_settlement,
        explain=settlement.explain_cash_settlement,
        each=True,
        params=(
            SIDE,
            LEVEL,
            Param("reference_price", NUMBER_EACH, "Final, termination or stop-loss reference price."),
            ENTITLEMENT,
            TURBO_FX,
            Param(
                "settlement_event",
                WORD_EACH,
                "exercise, issuer call, stop loss or expiry (limited only); blank is exercise.",
                "exercise",
            ),
            Param("kind", WORD_EACH, f"{STEP_KIND}; blank is best.", "best"),
            Param("expenses", NUMBER_EACH, "Expenses per certificate in settlement currency; blank is 0.", 0.0),
            Param("decimals", NUMBER, "Decimals of the amount; blank is 2.", 2.0),
            Param("tie", WORD, "half up, half down, half even or half away; blank is half up.", "half up"),
        ),
        help="Cash settlement per certificate: intrinsic value x entitlement / fx, less expenses, never below "
        "zero; best and limited pay zero on a stop loss.",
        examples=(
            Example(
                ("short", 13571.32, 13532.32, 0.01),
                0.39,
                "ING Final Terms, issue price of DE000NG20XP3 at 13532.32",
            ),
            Example(
                ("short", 9884.36, 9445.92, 0.01, 1.0963),
                4.0,
                "ING Final Terms, issue price of DE000NG20XV1 at 9445.92 (close of 6 Feb) and 1.0963 USD per EUR",
            ),
            Example(("long", 7000.0, 8000.0, 0.01, 1.25), 8.0, "published: Bolero questions and answers"),
        ),
    ),
    turbo_function(
        name="XI_TURBO_VALUE",
        core=analytics.intrinsic_value,
        explain=analytics.explain_intrinsic_value,
        each=True,
        params=(SIDE, LEVEL, SPOT, ENTITLEMENT, TURBO_FX),
        help="Intrinsic value per certificate in settlement currency, unrounded.",
        examples=(Example(("short", 250.0, 230.0, 0.1), 2.0, "published: NGM mini future course, H&M"),),
    ),
    turbo_function(
        name="XI_TURBO_LEVERAGE",
        core=analytics.leverage,
        explain=analytics.explain_leverage,
        each=True,
        params=(
            SPOT,
            ENTITLEMENT,
            Param("price", NUMBER_EACH, "Price of the certificate in settlement currency."),
            TURBO_FX,
        ),
        help="Leverage: spot x entitlement / (fx x price).",
        examples=(Example((100.0, 1.0, 20.0), 5.0, "published: Handelsbanken mini short, leverage 5"),),
    ),
    turbo_function(
        name="XI_TURBO_DISTANCE",
        core=analytics.distance,
        explain=analytics.explain_distance,
        each=True,
        params=(SIDE, SPOT, BARRIER),
        help="Distance to the stop-loss as a fraction of spot; negative once it is crossed.",
        examples=(Example(("long", 25.0, 20.0), 0.2, "5 of 25 points"),),
    ),
    turbo_function(
        name="XI_TURBO_BOOK",
        core=book.turbo_book,
        params=(
            TERMS,
            MARKET,
            AS_OF,
            RATES,
            RULES,
        ),
        help="A book of series rolled to one day: financing level, stop-loss, value, settlement, leverage, "
        "distance and state, one row per series.",
        examples=(
            Example(
                (
                    [
                        [
                            "isin",
                            "underlying",
                            "side",
                            "kind",
                            "financing level",
                            "spread",
                            "entitlement",
                            "financing level currency",
                            "settlement currency",
                            "level date",
                        ],
                        [
                            "DE000NG20XP3",
                            "DAX",
                            "short",
                            "best",
                            13571.32,
                            0.035,
                            0.01,
                            "EUR",
                            "EUR",
                            date(2020, 2, 10),
                        ],
                    ],
                    [["underlying", "spot", "rate"], ["DAX", 13532.32, -0.0045]],
                ),
                [
                    [
                        "isin",
                        "underlying",
                        "side",
                        "days",
                        "financing_level",
                        "stop_loss",
                        "spot",
                        "value",
                        "settlement",
                        "leverage",
                        "distance",
                        "state",
                        "note",
                    ],
                    [
                        "DE000NG20XP3",
                        "DAX",
                        "short",
                        0.0,
                        13571.32,
                        13571.32,
                        13532.32,
                        0.39,
                        0.39,
                        346.98256410256410,
                        0.002881989193279497,
                        "live",
                        None,
                    ],
                ],
                "ING Final Terms: issue price 0.39; 135.3232 / 0.39 and 39 / 13532.32 by hand",
            ),
        ),
    ),
    turbo_function(
        name="XI_FINAL_TERMS",
        core=final_terms,
        params=(
            Param("source", WORD, "Path of a Final Terms document (text or PDF), or its text."),
            Param("show", WORD, "terms, findings or evidence; blank is terms.", "terms"),
        ),
        help="Reads ING Final Terms into the terms table that XI_TURBO_BOOK takes; or lists what was found on the "
        "way, or every value with its line and printed text.",
        examples=(Example(("no such file.pdf",), "#N/A", "a file that is not there is no data"),),
    ),
)
