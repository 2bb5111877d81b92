"""Calc sheet of the turbo desk: eight blocks, one row per series."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, chosen, difference, lay, result, results
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.turbo_desk.market import market_row
from xlidx.templates.turbo_desk.sample import INDICES
from xlidx.templates.turbo_desk.series import SERIES

ROWS = len(SERIES)


def _term(key: str, head: str, unit: str, number: str) -> Field:
    return Field(key, head, unit, number, "cross", f"={{t.{key}}}")


def _quote(key: str, head: str, unit: str, number: str, column: str) -> Field:
    return Field(key, head, unit, number, "cross", f"=INDEX({{m.{column}:}},{{row}})")


def _path(key: str, head: str, unit: str, number: str, column: str) -> Field:
    formula = f"=SUMIFS({{path.{column}:}},{{fn.isin:}},{{in.isin}},{{fn.date:}},{{in.last}})"
    return Field(key, head, unit, number, "cross", formula)


LABELS = (
    Field("isin", "ISIN", "", "general", "formula", "={in.isin}"),
    Field("underlying", "Underlying", "", "general", "formula", "={in.underlying}"),
)

# fmt: off
TERMS_AND_MARKET = Block(
    "in",
    "1  Terms and market of each series",
    "Read from sheets Terms and Market, on the last day of each series: the as-of date, or the day of its stop-loss event.",
    (
        _term("isin", "ISIN", "", "general"),
        _term("underlying", "Underlying", "", "general"),
        _term("side", "Side", "", "general"),
        Field("sign", "Sign", "+1 long, -1 short", "plain", "formula", '=IF({side}="long",1,-1)'),
        _term("kind", "Kind", "", "general"),
        _term("level", "Financing level", "on the level date", "level"),
        _term("spread", "Spread", "per year", "rate"),
        _term("entitlement", "Entitlement", "units", "unit"),
        Field("last", "Last day", "as-of, or stopped", "date", "cross",
              "=IF(SUMIFS({path.stops:},{fn.isin:},{isin})>0,SUMIFS({fn.date:},{fn.isin:},{isin},{path.stops:},1),AsOf)"),
        Field("row", "Row", "of market", "plain", "cross", f"={market_row('{underlying}', '{last}')}"),
        _quote("spot", "Spot", "points", "level", "spot"),
        _quote("low", "Low", "points", "level", "low_used"),
        _quote("high", "High", "points", "level", "high_used"),
        _quote("rate", "Deposit rate", "per year", "rate", "rate"),
        _quote("dividend", "Dividend", "points", "level", "dividend"),
        _quote("year", "Day count", "days", "plain", "year"),
        _quote("fx", "FX", "per EUR, divides", "factor", "fx"),
        Field("worst", "Worst of day", "points", "level", "formula", "=IF({sign}>0,{low},{high})"),
    ),
    ROWS,
)
ROLL = Block(
    "roll",
    "2  Last step of the roll",
    "New level = level before x (1 + (rate + sign x spread) x days / year) - dividend: a short receives the rate and "
    "pays the spread. All steps stand on sheet Paths.",
    (
        *LABELS,
        _path("before", "Level before", "replica of Paths", "level4", "before"),
        _path("days", "Days", "of the step", "plain", "days"),
        Field("taken", "Dividend", "taken off", "level", "formula", "=IF({days}>0,{in.dividend},0)"),
        Field("level", "Financing level", "function", "level4", "function",
              "=XI_TURBO_FINANCING_LEVEL({in.side},{before},{in.rate},{in.spread},{days},{taken},{in.year})"),
        Field("replica", "Replica", "points", "level4", "formula",
              "={before}*(1+({in.rate}+{in.sign}*{in.spread})*{days}/{in.year})-{taken}"),
        difference("diff", "level", "replica"),
        Field("change", "Change", "since the level date", "level4", "formula", "={level}-{in.level}"),
        Field("stop_loss", "Stop-loss price", "set on the day", "level4", "function",
              "=XI_TURBO_STOP_LOSS({in.side},{level},{t.premium},{t.rounding},{in.kind})"),
        Field("stop_replica", "Replica", "points", "level4", "cross",
              '=IF({in.kind}="open ended",IF({in.sign}>0,ROUNDUP({level}*(1+{t.premium})/{t.rounding},0),'
              "ROUNDDOWN({level}*(1-{t.premium})/{t.rounding},0))*{t.rounding},{level})"),
        difference("stop_diff", "stop_loss", "stop_replica"),
        _path("barrier", "Stop-loss price", "in force", "level4", "stop"),
    ),
    ROWS,
)
VALUE = Block(
    "value",
    "3  Value, leverage, distance to the stop-loss",
    "Leverage is shown where the certificate has a value.",
    (
        *LABELS,
        Field("value", "Value", "EUR, function", "cash4", "function",
              "=XI_TURBO_VALUE({in.side},{roll.level},{in.spot},{in.entitlement},{in.fx})"),
        Field("replica", "Replica", "EUR", "cash4", "formula",
              "=MAX(0,{in.sign}*({in.spot}-{roll.level}))*{in.entitlement}/{in.fx}"),
        difference("diff", "value", "replica"),
        Field("leverage", "Leverage", "times, function", "times", "function",
              "=IFERROR(XI_TURBO_LEVERAGE({in.spot},{in.entitlement},{value},{in.fx}),0)"),
        Field("leverage_replica", "Replica", "times", "times", "formula",
              "=IF({value}>0,{in.spot}*{in.entitlement}/({in.fx}*{replica}),0)"),
        Field("leverage_diff", "Difference", "absolute", "diff", "formula",
              "=IF({value}>0,ABS({leverage}-{leverage_replica}),0)"),
        Field("distance", "Distance", "of spot, function", "fraction", "function",
              "=XI_TURBO_DISTANCE({in.side},{in.spot},{roll.barrier})"),
        Field("distance_replica", "Replica", "of spot", "fraction", "formula",
              "={in.sign}*({in.spot}-{roll.barrier})/{in.spot}"),
        difference("distance_diff", "distance", "distance_replica"),
    ),
    ROWS,
)
SETTLEMENT = Block(
    "settle",
    "4  Stop-loss event and settlement",
    "Long: low at or below the stop-loss; short: high at or above it. On the event best and limited pay zero.",
    (
        *LABELS,
        Field("event", "Stop-loss event", "function", "truth", "function",
              "=XI_TURBO_STOP_LOSS_EVENT({in.side},{roll.barrier},{in.low},{in.high})"),
        Field("touched", "Replica", "1 = event", "flag", "formula",
              "=IF({in.sign}*({in.worst}-{roll.barrier})<=0,1,0)"),
        Field("event_diff", "Difference", "absolute", "diff", "formula", "=ABS(IF({event},1,0)-{touched})"),
        Field("exercise", "On exercise", "EUR, function", "cash", "function",
              "=XI_TURBO_CASH_SETTLEMENT({in.side},{roll.level},{in.spot},{in.entitlement},{in.fx},"
              '"exercise",{in.kind},Expenses,Decimals)'),
        Field("exercise_replica", "Replica", "EUR", "cash", "cross",
              "=ROUND(MAX(0,{value.replica}-Expenses),Decimals)"),
        difference("exercise_diff", "exercise", "exercise_replica"),
        Field("residual", "Worst of day", "EUR, unrounded", "cash4", "formula",
              "=MAX(0,{in.sign}*({in.worst}-{roll.level}))*{in.entitlement}/{in.fx}"),
        Field("stopped", "On stop loss", "EUR, function", "cash", "function",
              "=XI_TURBO_CASH_SETTLEMENT({in.side},{roll.level},{in.worst},{in.entitlement},{in.fx},"
              '"stop loss",{in.kind},Expenses,Decimals)'),
        Field("stopped_replica", "Replica", "EUR", "cash", "cross",
              '=IF({in.kind}="open ended",ROUND(MAX(0,{residual}-Expenses),Decimals),0)'),
        difference("stopped_diff", "stopped", "stopped_replica"),
        _path("out", "Stopped out", "1 = event", "flag", "stops"),
        Field("due", "Due on the day", "EUR", "cash", "formula", "=IF({out}>0,{stopped},{exercise})"),
        Field("times", "Leverage", "times, of the day", "times", "cross", "=IF({out}=0,{value.leverage_replica},0)"),
        Field("worth", "Value", "EUR, of the day", "cash4", "formula",
              '=IF({out}=0,{value.replica},IF({in.kind}="open ended",{residual},0))'),
    ),
    ROWS,
)
# fmt: on

BOOK = results(
    "isin underlying side days:plain financing_level:level4 stop_loss:level4 spot:level value:cash4 settlement:cash "
    "leverage:times distance:fraction state"
)
BOOK_CALL = '_xlfn.IFNA(XI_TURBO_BOOK(tblTerms[#All],tblMarket[#All],AsOf),"")'

# fmt: off
AGREEMENT = Block(
    "agree",
    "6  The series book against blocks 2 to 4",
    "Absolute differences; the stop-loss state is compared as 1 = stopped out.",
    (
        *LABELS,
        difference("level", "book.financing_level", "roll.level", "Financing level"),
        difference("stop_loss", "book.stop_loss", "roll.barrier", "Stop-loss price"),
        Field("value", "Value", "absolute", "diff", "formula", "=ABS({book.value}-{settle.worth})"),
        Field("paid", "Settlement", "absolute", "diff", "formula", "=ABS({book.settlement}-ROUND({settle.worth},2))"),
        Field("days", "Days", "absolute", "diff", "cross", "=ABS({book.days}-({in.last}-LevelDate))"),
        Field("leverage", "Leverage", "absolute", "diff", "formula",
              "=IF({book.value}>0,ABS({book.leverage}-{value.leverage}),0)"),
        difference("distance", "book.distance", "value.distance", "Distance"),
        Field("state", "State", "absolute", "diff", "formula", '=ABS(IF({book.state}="stopped out",1,0)-{settle.out})'),
        Field("live", "Live", "1 = live", "flag", "formula", '=IF({book.state}="live",1,0)'),
    ),
    ROWS,
)
TESTS = Block(
    "test",
    "7  Tests of the terms, series by series",
    "1 = passed.",
    (
        *LABELS,
        Field("isin_digit", "ISIN valid", "function", "truth", "function", "=XI_CHECK_ISIN({in.isin})"),
        Field("digit", "ISIN valid", "1 = yes", "flag", "formula", "=IF({isin_digit},1,0)"),
        Field("wkn", "WKN in ISIN", "characters 6-11", "flag", "cross", "=IF(EXACT(MID({in.isin},6,6),{t.wkn}),1,0)"),
        Field("once", "ISIN once", "1 = unique", "flag", "formula", "=IF(COUNTIF({in.isin:},{in.isin})=1,1,0)"),
        Field("spread", "Spread", "up to maximum", "flag", "cross", "=IF({t.spread}<={t.max_spread},1,0)"),
        Field("premium", "Premium", "within bounds", "flag", "cross",
              "=IF(AND({t.min_premium}<={t.premium},{t.premium}<={t.max_premium}),1,0)"),
        Field("equal", "Stop-loss - level", "printed, absolute", "diff", "cross", "=ABS({t.stop_loss}-{t.level})"),
        Field("rolled", "Stop-loss - level", "rolled, absolute", "diff", "formula",
              "=ABS({roll.stop_loss}-{roll.level})"),
        Field("errors", "Row in error", "1 = error", "flag", "formula",
              "=IF(ISERROR(SUM({in.level},{in.spot},{in.fx},{issue.computed},{roll.diff},{roll.stop_diff},{value.diff},"
              "{value.leverage_diff},{value.distance_diff},{settle.event_diff},{settle.exercise_diff},"
              "{settle.stopped_diff},{agree.value})),1,0)"),
    ),
    ROWS,
)
CHARTS = Block(
    "chart",
    "8  Value and distance by underlying, for the charts of sheet Output",
    "Each column holds the series of one underlying; a dash stands for the series of the others.",
    (
        *LABELS,
        *(
            Field(f"value_{i.code.lower()}", f"Value {i.code}", "EUR", "cash4", "formula",
                  f'=IF({{in.underlying}}="{i.code}",{{settle.worth}},0)')
            for i in INDICES
        ),
        *(
            Field(f"distance_{i.code.lower()}", f"Distance {i.code}", "of spot", "fraction", "formula",
                  f'=IF(AND({{in.underlying}}="{i.code}",{{settle.out}}=0),{{value.distance}},0)')
            for i in INDICES
        ),
    ),
    ROWS,
)
# fmt: on


def add_calc(desk: Desk, places: Places) -> None:
    """Write the calculation blocks."""
    widths = (17, 13, *([12.5] * 16))
    lead = "From terms and market to value and settlement; green functions stand beside black replicas."
    sheet = add_sheet(desk, "Calc", "calc", widths, lead, (3, 3))
    row = lay(desk, sheet, places, (TERMS_AND_MARKET, ROLL, VALUE, SETTLEMENT), 3)
    row = _book(desk, sheet, places, row)
    row = lay(desk, sheet, places, (AGREEMENT, TESTS, CHARTS), row)
    printed(
        sheet,
        row - 2,
        len(widths),
        scale=46,
        breaks=[places.first[f"{key}.isin"][1] - 4 for key in ("roll", "settle", "agree", "chart")],
    )


def _book(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    note = "The same day in one call: XI_TURBO_BOOK reads the tables Terms and Market and spills this block."
    row = section(desk, sheet, row, "5  The series book", len(BOOK), note)
    sheet.set_row(row, 30)
    call = f"={chosen(BOOK_CALL, *range(1, len(BOOK) + 1))}"
    return result(desk, sheet, places, "book", (row, 1), call, BOOK, ROWS) + 1
