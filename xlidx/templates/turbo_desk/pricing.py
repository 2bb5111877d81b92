"""Pricing sheet of the turbo desk: the levels at which the printed issue prices were made, apart from the market."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, difference, lay, result, results
from xlidx.templates.kit.inputs import Table, write_table
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.rules import list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, define, printed, section
from xlidx.templates.turbo_desk.market import CODES
from xlidx.templates.turbo_desk.sample import ECB_RATES, INDICES, LEVELS_FROM, PRICING, PRICING_RATE
from xlidx.templates.turbo_desk.series import SERIES

HOME = "Pricing"
WIDTHS = (17, 13, 13, 13, 13, 14, 13, 13, 13, 13, 13, 13, 13, 13)
LAST = len(WIDTHS)
_LEVEL = number_rule(1e-9, 1e9, "Level", "Index points above 0.")
_RATE = number_rule(1e-6, 1e6, "USD per EUR", "US dollars for one euro, for example 1.0963.")
# fmt: off
SPOTS = Table(
    "tblPricing", "pr", "Pricing snapshot: levels of the morning of 7 February 2020",
    f"Source: {LEVELS_FROM}. The American indices stood at their close of 6 February. A level used that is not published "
    "says assumed.",
    (
        ("underlying", "Underlying", 0, "general", list_rule(CODES, "Underlying", "One of those of sheet Market.")),
        ("close", "Close 6 Feb", 0, "level", _LEVEL),
        ("low", "Low 7 Feb", 0, "level", _LEVEL),
        ("high", "High 7 Feb", 0, "level", _LEVEL),
        ("spot", "Spot used", 0, "level", _LEVEL),
        ("basis", "Basis", 0, "general", None),
    ),
    [(one.code, one.close, one.low, one.high, one.spot) for one in PRICING],
    len(PRICING),
    {"basis": '=IF(tblPricing[[#This Row],[Spot used]]=tblPricing[[#This Row],[Close 6 Feb]],"published","assumed")'},
    plain=("close", "low", "high"),
)
RATE = Table(
    "tblPricingRate", "prate", "Pricing snapshot: exchange rate",
    "Source: ECB euro reference rates. The rate of the issuer is not published: the rate used is assumed.",
    (
        ("name", "Rate", 0, "general", list_rule(["USD per EUR"], "Rate", "The rate of the dollar series.")),
        ("first", "ECB 6 Feb", 0, "factor", _RATE),
        ("second", "ECB 7 Feb", 0, "factor", _RATE),
        ("used", "Rate used", 0, "factor", _RATE),
        ("basis", "Basis", 0, "general", None),
    ),
    [("USD per EUR", *ECB_RATES, PRICING_RATE)],
    1,
    {"basis": '=IF(OR(tblPricingRate[[#This Row],[Rate used]]=tblPricingRate[[#This Row],[ECB 6 Feb]],'
              'tblPricingRate[[#This Row],[Rate used]]=tblPricingRate[[#This Row],[ECB 7 Feb]]),"published","assumed")'},
    plain=("first", "second"),
)
IMPLIED = results("quantity name unit low:level4 high:level4 series:plain note")
_CALL = "XI_TURBO_IMPLIED_SPOT(tblTerms[#All]{0})"
_MIDDLE = "{t.level}+{sign}*{t.price}*{fx}/{t.entitlement}"
_HALF = "0.005*{fx}/{t.entitlement}"
_WORTH = "{sign}*({spot}-{t.level})*{t.entitlement}"
ISSUE = Block(
    "issue",
    "Issue prices: printed, and from the pricing snapshot alone",
    "Cash settlement on exercise = max(0, sign x (spot - level)) x entitlement / FX, 2 decimals half up. A printed price "
    "stands for half a cent to either side: the intervals are the spots, and the rates, that give it.",
    (
        Field("isin", "ISIN", "", "general", "cross", "={t.isin}"),
        Field("underlying", "Underlying", "", "general", "cross", "={t.underlying}"),
        Field("sign", "Sign", "+1 long, -1 short", "plain", "cross", '=IF({t.side}="long",1,-1)'),
        Field("spot", "Spot", "used", "level", "formula",
              "=INDEX(tblPricing[Spot used],MATCH({underlying},tblPricing[Underlying],0))"),
        Field("fx", "FX", "per EUR, divides", "factor", "cross", "=IF({t.currency}={t.settled},1,EURUSD)"),
        Field("computed", "Issue price", "EUR, function", "cash", "function",
              "=XI_TURBO_CASH_SETTLEMENT({t.side},{t.level},{spot},{t.entitlement},{fx})"),
        Field("replica", "Replica", "EUR", "cash", "cross",
              "=ROUND(MAX(0,{sign}*({spot}-{t.level}))*{t.entitlement}/{fx},2)"),
        difference("diff", "computed", "replica"),
        Field("printed", "Issue price", "EUR, printed", "cash", "cross", "={t.price}"),
        Field("match", "Match", "1 = to the cent", "flag", "formula",
              "=IF(ABS({computed}-{printed})<=PriceTolerance,1,0)"),
        Field("low", "Lowest spot", "at the rate used", "level4", "cross", f"={_MIDDLE}-{_HALF}"),
        Field("high", "Highest spot", "at the rate used", "level4", "cross", f"={_MIDDLE}+{_HALF}"),
        Field("rate_low", "Lowest rate", "at the spot used", "exact", "cross",
              f"=IF({{t.currency}}={{t.settled}},0,{_WORTH}/({{printed}}+0.005))"),
        Field("rate_high", "Highest rate", "at the spot used", "exact", "cross",
              f"=IF({{t.currency}}={{t.settled}},0,{_WORTH}/({{printed}}-0.005))"),
    ),
    len(SERIES),
)


def _end(block: str, end: str) -> str:
    return f"=IFERROR(INDEX({{{block}.{end}:}},MATCH({{name}},{{{block}.name:}},0)),0)"


FEASIBLE = Block(
    "spots",
    "Feasible interval of each spot, and what is published beside it",
    "Any rate: all prices of a currency taken together. Replica: the narrowest of the intervals of the series above.",
    (
        Field("name", "Underlying", "", "general", "formula", "={pr.underlying}"),
        Field("any_low", "Lowest spot", "any rate, function", "level", "formula", _end("any", "low")),
        Field("any_high", "Highest spot", "any rate, function", "level", "formula", _end("any", "high")),
        Field("low", "Lowest spot", "rate used, function", "level", "formula", _end("at", "low")),
        Field("high", "Highest spot", "rate used, function", "level", "formula", _end("at", "high")),
        Field("low_replica", "Lowest spot", "replica", "level", "formula",
              "=_xlfn.MAXIFS({issue.low:},{issue.underlying:},{name})"),
        Field("high_replica", "Highest spot", "replica", "level", "formula",
              "=_xlfn.MINIFS({issue.high:},{issue.underlying:},{name})"),
        Field("diff", "Difference", "largest", "diff", "formula",
              "=MAX(ABS({low}-{low_replica}),ABS({high}-{high_replica}))"),
        Field("close", "Close 6 Feb", "published", "level", "formula", "={pr.close}"),
        Field("fits", "Close fits", "1 = inside", "flag", "formula",
              "=IF(AND({low}<={close},{close}<={high}),1,0)"),
        Field("used", "Spot used", "points", "level", "formula", "={pr.spot}"),
        Field("inside", "Spot fits", "1 = inside", "flag", "formula",
              "=IF(OR({high_replica}=0,AND({low}<={used},{used}<={high})),1,0)"),
        Field("seen", "Spot seen", "1 = that day", "flag", "formula",
              "=IF(OR({used}={close},AND({pr.low}<={used},{used}<={pr.high})),1,0)"),
    ),
    len(INDICES),
)
FEASIBLE_RATE = Block(
    "xrate",
    "Feasible interval of the exchange rate",
    "Any spots: from the prices alone. At the spots used: from the intervals of the dollar series above.",
    (
        Field("name", "Rate", "", "general", "formula", "={prate.name}"),
        Field("any_low", "Lowest rate", "any spots, function", "factor", "formula", _end("any", "low")),
        Field("any_high", "Highest rate", "any spots, function", "factor", "formula", _end("any", "high")),
        Field("low", "Lowest rate", "at the spots used", "factor", "formula", "=MAX({issue.rate_low:})"),
        Field("high", "Highest rate", "at the spots used", "factor", "formula",
              '=_xlfn.MINIFS({issue.rate_high:},{issue.rate_high:},">0")'),
        Field("used", "Rate used", "USD per EUR", "factor", "formula", "=EURUSD"),
        Field("inside", "Rate fits", "1 = inside", "flag", "formula",
              "=IF(OR({low}=0,AND({low}<={used},{used}<={high})),1,0)"),
    ),
    1,
)
# fmt: on


def add_pricing(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "Levels and rate behind the printed issue prices: a snapshot of its own, from which no series is rolled or valued."
    sheet = add_sheet(desk, HOME, "input", WIDTHS, lead)
    row = _inputs(desk, sheet, places, 3)
    row = lay(desk, sheet, places, (ISSUE,), row)
    below = row
    row = _implied(desk, sheet, places, row)
    row = lay(desk, sheet, places, (FEASIBLE, FEASIBLE_RATE), row)
    printed(sheet, row - 2, LAST, scale=66, breaks=[below])


def _inputs(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    for table in (SPOTS, RATE):
        row = write_table(desk, sheet, places, section(desk, sheet, row, table.title, LAST, table.note), table) + 1
    _, first, column, _ = places.first["pr.spot"]
    for offset, one in enumerate(PRICING):
        define(desk, f"Spot{one.code}", HOME, first + offset, column)
    _, first, column, _ = places.first["prate.used"]
    define(desk, "EURUSD", HOME, first, column)
    return row


def _implied(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    """Write both calls side by side: rate unknown, and rate as used."""
    note = "XI_TURBO_IMPLIED_SPOT: spots and rates that reproduce all printed prices. Left: any rate; right: rate used."
    row = section(desk, sheet, row, "What the issue prices imply", LAST, note)
    ends = [
        result(desk, sheet, places, block, (row, column), f"={call}", IMPLIED, len(INDICES) + 1)
        for block, column, call in (("any", 1, _CALL.format("")), ("at", 8, _CALL.format(",EURUSD")))
    ]
    return max(ends) + 1
