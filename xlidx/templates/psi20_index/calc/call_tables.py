"""Blocks of the Calc sheet that the calls of other sheets read as tables: actions of a day, review."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Block, Field
from xlidx.templates.psi20_index.inputs import ACTION_ROWS
from xlidx.templates.psi20_index.sample.closes import RATES
from xlidx.templates.psi20_index.sample.members import LINES
from xlidx.templates.psi20_index.tables import CANDIDATE_ROWS, EVENT_COLUMNS

WIDE = len(LINES)
ACTION_PLACE = "MATCH(ActionDay,{p.day:},0)"
# Columns of sheet Events that the function knows by another name.
NAMES = {"day": "date", "code": "isin", "other": "other_isin", "event": "event_id"}
CUT_PLACE = "MATCH(CutOff,{p.day:},0)"


def _here(key: str, number: str, source: str) -> Field:
    return Field(key, key, "", number, "formula", f'=IF({{isin}}="","",{{{source}}})')


def _held(place: str) -> tuple[Field, Field]:
    shares = f"INDEX({{dx.shares:}},{place},{{n}})"
    return (
        Field("isin", "isin", "", "general", "cross", f'=IF({shares}>0,{{line.code}},"")'),
        Field("shares", "shares", "", "count", "cross", f'=IF({{isin}}="","",{shares})'),
    )


def _on_day(key: str, number: str) -> Field:
    text = f'=IF({{e.day}}<>ActionDay,"",IF({{e.{key}}}="","",{{e.{key}}}))'
    return Field(key, NAMES.get(key, key), "", number, "cross", text)


BEFORE = Block(
    "bef",
    "11  Composition at the close before the chosen day of actions, as XI_APPLY_ACTIONS reads it",
    "Lines that are no members that day stay empty.",
    (
        *_held(f"{ACTION_PLACE}-1"),
        _here("free_float", "rate", "line.band"),
        _here("capping", "factor", "line.capping"),
        _here("currency", "general", "line.currency"),
        _here("country", "general", "line.country"),
    ),
    WIDE,
    units=False,
)
_CLOSE = f"N(INDEX({{p.closes:}},{ACTION_PLACE}-1,{{n}}))"
_TRADED = f'=IF({_CLOSE}+COUNTIFS({{e.day:}},ActionDay,{{e.other:}},{{line.code}})>0,{{line.code}},"")'
CLOSES_BLOCK = Block(
    "cls",
    "12  Closes before the chosen day of actions",
    "Members, and companies that join; one spun off that day has not traded and stands at 0.",
    (
        Field("isin", "isin", "", "general", "cross", _TRADED),
        Field("price", "price", "", "cash4", "cross", f'=IF({{isin}}="","",{_CLOSE})'),
    ),
    WIDE,
    units=False,
)
RATES_BLOCK = Block(
    "rat",
    "13  Exchange rates before the chosen day of actions",
    "EUR per unit of the currency.",
    (
        Field("currency", "currency", "", "general", "cross", "=INDEX({fxn.names:},{n})"),
        Field("rate", "rate", "", "cash4", "cross", f"=INDEX({{fxp.rates:}},{ACTION_PLACE}-1,{{n}})"),
    ),
    len(RATES),
    units=False,
)
ON_DAY = Block(
    "day",
    "14  Actions of the chosen day",
    "Rows of sheet Events with that date; the others stay empty.",
    tuple(_on_day(key, number) for key, _, _, number, _ in EVENT_COLUMNS if key != "author"),
    ACTION_ROWS,
    units=False,
)
CURRENT = Block(
    "cur",
    "15  Composition in force on the cut-off date, as XI_REVIEW_UPDATE reads it",
    "Lines that are no members that day stay empty.",
    (*_held(CUT_PLACE), _here("free_float", "rate", "line.band"), _here("capping", "factor", "line.capping")),
    WIDE,
    units=False,
)
# fmt: off
CANDIDATES_BLOCK = Block(
    "cand",
    "16  Candidates against composition and closes of the cut-off date",
    "Only companies with a column on sheet Prices have a close to compare with.",
    (
        Field("code", "ISIN", "", "general", "cross", '=IF({c.code}="","",{c.code})'),
        Field("said", "Member", "1 = said to be", "flag", "cross", '=IF({c.member}="yes",1,0)'),
        Field("held", "Member", "1 = in force", "flag", "formula", '=IF({code}="",0,COUNTIF({cur.isin:},{code}))'),
        Field("wrong", "Contradiction", "1 = differs", "flag", "formula", "=ABS({said}-{held})"),
        Field("close", "Close", "EUR, of Prices", "cash4", "cross",
              f"=IFERROR(INDEX({{dx.eur:}},{CUT_PLACE},MATCH({{code}},{{line.code:}},0)),0)"),
        Field("gap", "Difference", "to Candidates", "diff", "cross", "=IF({close}>0,ABS({close}-{c.close}),0)"),
        Field("again", "Stands again", "1 = twice", "flag", "formula", '=IF({code}="",0,COUNTIF({code:},{code})-1)'),
    ),
    CANDIDATE_ROWS,
)
# fmt: on
CALL_TABLES = (BEFORE, CLOSES_BLOCK, RATES_BLOCK, ON_DAY, CURRENT, CANDIDATES_BLOCK)
