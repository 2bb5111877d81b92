"""Ladder sheet of the turbo desk: levels and prices of new series, the table to paste, and a proof on the old ones."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, chosen, difference, lay, result, results
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.turbo_desk.sample import INDICES

HOME, COUNT = "Ladder", 10
WIDTHS = (18, 15, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13)


def _cross(key: str, head: str, unit: str, number: str, formula: str) -> Field:
    return Field(key, head, unit, number, "cross", formula)


def _underlying(column: str) -> str:
    return f"=INDEX({{u.{column}:}},MATCH(NewUnderlying,{{u.underlying:}},0))"


def _rungs(column: int) -> str:
    rows = "_xlfn.DROP(XI_TURBO_LADDER(NewSide,{new.spot},{level},NewEntitlement,{new.fx}),1)"
    return f"={chosen(rows, column)}"


BASIS = Block(
    "new",
    "Basis",
    "Market of the as-of date and the choices of sheet Inputs.",
    (
        _cross("underlying", "Underlying", "", "general", "=NewUnderlying"),
        _cross("side", "Side", "", "general", "=NewSide"),
        _cross("spot", "Spot", "points", "level", _underlying("spot")),
        _cross("fx", "FX", "per EUR, divides", "factor", _underlying("fx")),
        _cross("currency", "Currency", "of the levels", "general", _underlying("currency")),
        _cross("sign", "Sign", "+1 long, -1 short", "plain", '=IF(NewSide="long",1,-1)'),
    ),
    1,
)
# fmt: off
LADDER = Block(
    "rung",
    "New series",
    "Levels at even distances from the spot and what follows from them; green functions beside replicas.",
    (
        Field("n", "Place", "", "plain", "formula", "={n}"),
        Field("level", "Financing level", "function", "level", "function",
              "=XI_TURBO_LADDER_LEVELS(NewSide,{new.spot},Increment,ROWS({n}),FirstDistance)"),
        _cross("replica", "Replica", "points", "level", "={new.spot^}-{new.sign^}*(FirstDistance+({n}-1)*Increment)"),
        difference("diff", "level", "replica"),
        Field("price", "Issue price", "EUR, function", "cash", "function", _rungs(4)),
        _cross("price_replica", "Replica", "EUR", "cash",
               "=ROUND({new.sign^}*({new.spot^}-{replica})*NewEntitlement/{new.fx^},2)"),
        difference("price_diff", "price", "price_replica"),
        Field("leverage", "Leverage", "times, function", "times", "function", _rungs(5)),
        _cross("leverage_replica", "Replica", "times", "times",
               "={new.spot^}*NewEntitlement/({new.fx^}*{price_replica})"),
        difference("leverage_diff", "leverage", "leverage_replica"),
        Field("distance", "Distance", "of spot, function", "fraction", "function", _rungs(6)),
    ),
    COUNT,
)
# fmt: on
_MINE = "{t.underlying:},{underlying}"
# fmt: off
PROOF = Block(
    "proof",
    "Proof: the ladders of the 23 series, rebuilt",
    "First distance and increment are read off the terms of each underlying; the last level must come out as printed.",
    (
        _cross("underlying", "Underlying", "", "general", "={u.underlying}"),
        _cross("count", "Series", "printed", "count", f"=COUNTIF({_MINE})"),
        _cross("low", "First level", "printed", "level", f"=_xlfn.MINIFS({{t.level:}},{_MINE})"),
        _cross("high", "Last level", "printed", "level", f"=_xlfn.MAXIFS({{t.level:}},{_MINE})"),
        Field("step", "Increment", "points", "level", "formula", "=IF({count}>1,({high}-{low})/({count}-1),1)"),
        _cross("spot", "Spot", "pricing snapshot", "level", "=INDEX({pr.spot:},MATCH({underlying},{pr.underlying:},0))"),
        Field("last", "Last level", "function", "level", "each",
              '=IFERROR(INDEX(XI_TURBO_LADDER_LEVELS("short",{spot},{step},{count},{low}-{spot}),{count},1),0)'),
        difference("diff", "last", "high"),
    ),
    len(INDICES),
)
# fmt: on
ISSUE = results(
    "series:plain isin number:count price:cash level:level spread:any max_spread:any premium:any max_premium:any "
    "min_premium:any stop_loss:level rounding:cash entitlement:unit currency"
)


def add_ladder(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "New series from a spot, an increment and a first distance: levels, issue prices, the table to paste."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    row = lay(desk, sheet, places, (BASIS, LADDER), 3)
    row = _issue(desk, sheet, places, row)
    row = lay(desk, sheet, places, (PROOF,), row)
    printed(sheet, row - 1, len(WIDTHS), pages=(1, 1))


def _issue(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    note = "XI_TURBO_ISSUE_TABLE in the layout of the Final Terms, spreads and premiums in per cent; ISINs to be filled in."
    row = section(desk, sheet, row, "Economics table of new Final Terms, to paste", len(WIDTHS), note)
    call = 'XI_TURBO_ISSUE_TABLE(NewSide,{new.spot^},{rung.level},NewEntitlement,{new.currency^},{new.fx^},"best",FirstSeries)'
    sheet.set_row(row, 70)
    return result(desk, sheet, places, "paste", (row, 1), f'=_xlfn.IFNA({call},"")', ISSUE, COUNT) + 1
