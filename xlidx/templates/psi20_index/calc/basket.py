"""Calc sheet of the index workbook: members and capping, lines, actions, sessions, weights."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Block, Field, difference, lay
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed
from xlidx.templates.psi20_index.calc.call_tables import CALL_TABLES
from xlidx.templates.psi20_index.calc.cap import CLOSED_FORM, capped_value, largest
from xlidx.templates.psi20_index.calc.levels import COMPOSITION, HISTORY, RETURNS, TODAY
from xlidx.templates.psi20_index.inputs import ACTION_ROWS
from xlidx.templates.psi20_index.sample.members import LINES, MEMBERS

COUNT, WIDE = len(MEMBERS), len(LINES)


def _member(key: str, head: str, unit: str, number: str) -> Field:
    return Field(key, head, unit, number, "cross", f"={{q.{key}}}")


def _event(key: str, head: str, unit: str, number: str) -> Field:
    return Field(key, head, unit, number, "cross", f'=IF({{e.{key}}}="","",{{e.{key}}})')


_ROUNDED = "ROUND({free_float}/BandStep,9)"
# fmt: off
MEMBERS_BLOCK = Block(
    "mem",
    "1  Free float and market value at the closes of the base date",
    "Market value = shares x free-float factor x close x FX; FX is EUR per unit of the quote currency and multiplies.",
    (
        _member("code", "ISIN", "", "general"),
        _member("name", "Company", "", "general"),
        _member("currency", "Currency", "", "general"),
        _member("shares", "Shares", "in index", "count"),
        _member("free_float", "Free float", "raw", "rate"),
        Field("band", "Free-float factor", "function", "rate", "function",
              "=XI_FREE_FLOAT_BAND({free_float},BandStep,BandDirection)"),
        Field("band_replica", "Replica", "factor", "rate", "cross",
              f'=MIN(1,IF(BandDirection="up",ROUNDUP({_ROUNDED},0),IF(BandDirection="down",ROUNDDOWN({_ROUNDED},0),'
              f"ROUND({_ROUNDED},0)))*BandStep)"),
        difference("band_diff", "band", "band_replica"),
        Field("off", "Off the grid", "of 5 % bands", "diff", "formula", "=ABS({band}*20-ROUND({band}*20,0))"),
        Field("price", "Close", "base date", "cash4", "cross", "=INDEX({p.closes^},{n})"),
        Field("fx", "FX", "EUR per unit", "cash4", "cross", "=INDEX({dx.fx^},{n})"),
        Field("value", "Market value", "EUR", "count", "formula", "={shares}*{band_replica}*{price}*{fx}"),
        Field("plain", "Weight", "before capping", "rate", "formula", "={value}/SUM({value:})"),
    ),
    COUNT,
)
CAPPING = Block(
    "cap",
    "2  Capped value T: the largest value a member may keep",
    CLOSED_FORM,
    (*largest("mem.value"), *capped_value("", "Cap", "cap", "T")),
    9,
)
FACTORS = Block(
    "fac",
    "3  Capping factors and weights on the base date",
    "Replica: T / market value where that is below 1. Every member is at the cap or has factor 1.",
    (
        Field("code", "ISIN", "", "general", "formula", "={mem.code}"),
        Field("factor", "Capping factor", "function", "factor", "function", "=XI_CAPPING_FACTORS({mem.value},Cap)"),
        Field("factor_replica", "Replica", "factor", "factor", "formula",
              "=MIN(1,INDEX({cap.limit:},MATCH(1,{cap.fits:},0))/{mem.value})"),
        difference("factor_diff", "factor", "factor_replica"),
        Field("weight", "Capped weight", "function", "rate", "function", "=XI_CAPPED_WEIGHTS({mem.value},Cap)"),
        Field("weight_replica", "Replica", "of index", "rate", "formula",
              "={mem.value}*{factor_replica}/SUMPRODUCT({mem.value:},{factor_replica:})"),
        difference("weight_diff", "weight", "weight_replica"),
        Field("above", "Above the cap", "of index", "diff", "cross", "=MAX(0,{weight}-Cap)"),
        Field("capped", "Capped", "1 = yes", "flag", "formula", "=IF({factor}<1,1,0)"),
        Field("rest", "Off its rule", "absolute", "diff", "cross", "=IF({capped}>0,ABS({weight}-Cap),ABS({factor}-1))"),
        Field("once", "ISIN once", "1 = unique", "flag", "formula", "=IF(COUNTIF({code:},{code})=1,1,0)"),
    ),
    COUNT,
)
# fmt: on
_BROUGHT = "IFERROR(MATCH({code},{e.code:},0),MATCH({code},{e.other:},0))"
# fmt: off
LINES_BLOCK = Block(
    "line",
    "4  Lines: members of the base date, then companies that an action brings in",
    "What joins by an addition has the terms of its row of sheet Events; what is spun off those of its parent.",
    (
        Field("code", "ISIN", "", "general", "cross",
              "=IFERROR(INDEX({mem.code:},{n}),INDEX({j.code:},{n}-ROWS({mem.code:})))"),
        Field("name", "Company", "", "general", "cross",
              "=IFERROR(INDEX({mem.name:},{n}),INDEX({j.name:},{n}-ROWS({mem.name:})))"),
        Field("brought", "Brought by", "row of Events", "flag", "cross",
              f"=IF({{n}}<=ROWS({{mem.code:}}),0,{_BROUGHT})"),
        Field("parent", "Parent", "row of this block", "flag", "cross",
              '=IF({brought}=0,0,IF(INDEX({e.action:},{brought})="spin-off",'
              "MATCH(INDEX({e.code:},{brought}),{mem.code:},0),0))"),
        Field("currency", "Currency", "", "general", "cross",
              "=IFERROR(INDEX({mem.currency:},IF({parent}>0,{parent},{n})),"
              'IF(INDEX({e.currency:},{brought})="","EUR",INDEX({e.currency:},{brought})))'),
        Field("country", "Country", "", "general", "cross",
              "=IFERROR(INDEX({q.country:},{n}),INDEX({e.country:},{brought}))"),
        Field("tax", "Withholding", "tax", "rate", "cross", "=INDEX({x.rate:},MATCH({country},{x.country:},0))"),
        Field("start", "Shares", "on the base date", "count", "formula", "=IFERROR(INDEX({mem.shares:},{n}),0)"),
        Field("band", "Free-float factor", "", "rate", "cross",
              "=IFERROR(INDEX({mem.band:},IF({parent}>0,{parent},{n})),INDEX({e.free_float:},{brought}))"),
        Field("capping", "Capping factor", "", "factor", "cross",
              "=IFERROR(INDEX({fac.factor:},IF({parent}>0,{parent},{n})),"
              "IF(INDEX({e.capping:},{brought})=0,1,INDEX({e.capping:},{brought})))"),
        Field("factor", "Both factors", "from replicas", "factor", "cross",
              "=IFERROR(INDEX({mem.band_replica:},IF({parent}>0,{parent},{n}))"
              "*INDEX({fac.factor_replica:},IF({parent}>0,{parent},{n})),{band}*{capping})"),
    ),
    WIDE,
)
TERMS = Block(
    "act",
    "5  Actions: what they do to the number of shares",
    "Growth is the part by which the shares of the company change; a removal is -1. One such action per company and "
    "day.",
    (
        _event("day", "Ex-date", "", "date"),
        _event("code", "ISIN", "", "general"),
        _event("action", "Action", "", "general"),
        _event("ratio", "Ratio", "per share held", "any"),
        _event("price", "Price", "subscription", "cash4"),
        Field("session", "Session", "row of Prices", "flag", "cross", "=IFERROR(MATCH({day},{p.day:},0),0)"),
        Field("line", "Line", "row of block 4", "flag", "formula", "=IFERROR(MATCH({code},{line.code:},0),0)"),
        Field("close", "Close before", "quote currency", "cash4", "cross",
              "=IF({session}*{line}=0,0,N(INDEX({p.closes:},{session}-1,{line})))"),
        Field("growth", "Growth", "of the shares", "any", "cross",
              '=IF({action}="rights issue",IF(AND({ratio}<RightsLimit,{close}>{price}),{ratio},0),'
              'IF({action}="bonus issue",{ratio},IF(OR({action}="split",{action}="reverse split"),{ratio}-1,'
              'IF({action}="removal",-1,0))))'),
        Field("joins", "Joins with", "shares", "count", "cross", '=IF({action}="addition",{e.shares},0)'),
        Field("lost", "Not found", "1 = lost", "flag", "formula", '=IF({code}="",0,IF(OR({session}<2,{line}=0),1,0))'),
    ),
    ACTION_ROWS,
)
EFFECTS = Block(
    "eff",
    "6  Actions: what they do to the value of the basket, which the divisor makes up for",
    "At the closes, rates and shares of the session before. Splits, bonus issues and spin-offs leave the value as it is.",
    (
        Field("day", "Ex-date", "", "date", "formula", "={act.day}"),
        Field("code", "ISIN", "", "general", "formula", "={act.code}"),
        Field("action", "Action", "", "general", "formula", "={act.action}"),
        Field("held", "Shares", "held or joining", "count", "cross",
              '=IF({act.session}*{act.line}=0,0,IF({act.action}="addition",{act.joins},'
              "INDEX({dx.shares:},{act.session}-1,{act.line})))"),
        Field("factor", "Both factors", "", "factor", "formula",
              "=IF({act.line}=0,0,INDEX({line.factor:},{act.line}))"),
        Field("fx", "FX", "EUR per unit", "cash4", "cross",
              "=IF({act.session}*{act.line}=0,0,INDEX({dx.fx:},{act.session}-1,{act.line}))"),
        Field("unit", "Change", "per share held", "any", "cross",
              '=IF({act.action}="special dividend",-{e.amount},IF({act.action}="removal",-{act.close},'
              'IF({act.action}="addition",{act.close},IF({act.action}<>"rights issue",0,'
              "IF({act.close}<={act.price},0,IF({act.growth}>0,{act.ratio}*{act.price},"
              "({act.close}+{act.ratio}*{act.price})/(1+{act.ratio})-{act.close}))))))"),
        Field("effect", "Change of value", "EUR", "count", "formula", "={held}*{factor}*{fx}*{unit}"),
    ),
    ACTION_ROWS,
)
# fmt: on

BREAKS = (
    ("line", "code"),
    ("hist", "day"),
    ("ret", "day"),
    ("now", "code"),
    ("bef", "isin"),
    ("day", "day"),
    ("cand", "code"),
)


def add_calc(desk: Desk, places: Places) -> None:
    """Write the calculation blocks."""
    widths = (14, 22, 17, *([14] * 12))
    lead = "From shares, prices and actions to levels, weights and returns; green functions beside black replicas."
    sheet = add_sheet(desk, "Calc", "calc", widths, lead, (3, 2))
    row = lay(desk, sheet, places, (MEMBERS_BLOCK, CAPPING, FACTORS, LINES_BLOCK, TERMS, EFFECTS), 3)
    row = lay(desk, sheet, places, (HISTORY, RETURNS, TODAY, COMPOSITION, *CALL_TABLES), row)
    printed(
        sheet, row - 2, len(widths), scale=50, breaks=[places.first[f"{key}.{name}"][1] - 4 for key, name in BREAKS]
    )
