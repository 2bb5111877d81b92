"""Paths sheet of the turbo desk: every series on every day, by one call, beside a chain of ordinary formulas."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Field, beside, chosen, result
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.turbo_desk.market import market_row
from xlidx.templates.turbo_desk.sample import DAYS
from xlidx.templates.turbo_desk.series import SERIES

HOME, TOP = "Paths", 6
ROWS = len(SERIES) * len(DAYS)
CALL = '_xlfn.IFNA(XI_TURBO_PATHS({terms},tblMarket[#All],AsOf),"")'
COLUMNS = (
    ("isin", 1, "general", 16),
    ("underlying", 2, "general", 11),
    ("date", 3, "date", 12),
    ("days", 4, "plain", 7),
    ("rate", 5, "rate", 9),
    ("funding_cost", 8, "level4", 11),
    ("dividend", 9, "level", 10),
    ("financing_level", 11, "level4", 13),
    ("stop_loss", 13, "level4", 13),
    ("spot", 15, "level", 11),
    ("value", 16, "cash4", 9),
    ("reset", 18, "truth", 9),
    ("event", 19, "truth", 8),
    ("state", 20, "general", 11),
)


def _field(key: str, head: str, number: str, formula: str, first: str = "") -> Field:
    return Field(key, head, "", number, "cross", formula, first)


def _of(table: str, key: str) -> str:
    place = "term" if table == "t" else "quote"
    return f"INDEX({{{table}.{key}:}},{{{place}}})"


def _difference(key: str, head: str, one: str, other: str) -> Field:
    return _field(key, head, "diff", f"=IF({{live}}=0,0,ABS({{fn.{one}}}-{{{other}}}))")


_YEARLY = f"({_of('m', 'rate')}+{{sign}}*{_of('t', 'spread')})*{{days}}/{_of('m', 'year')}"
_NEW_STOP = (
    f"IF({{sign}}>0,ROUNDUP({{level}}*(1+{_of('t', 'premium')})/{_of('t', 'rounding')},0),"
    f"ROUNDDOWN({{level}}*(1-{_of('t', 'premium')})/{_of('t', 'rounding')},0))*{_of('t', 'rounding')}"
)
_PAID = f"*{_of('t', 'entitlement')}/{_of('m', 'fx')}"
# fmt: off
REPLICA = (
    _field("term", "Row of terms", "flag", '=IF({fn.isin}="",0,MATCH({fn.isin},{t.isin:},0))'),
    _field("quote", "Row of market", "flag", f"=IF({{term}}=0,0,{market_row('{fn.underlying}', '{fn.date}')})"),
    _field("kind", "Kind", "general", f'=IF({{term}}=0,"",{_of("t", "kind")})'),
    _field("sign", "Sign", "flag", f'=IF({{term}}=0,0,IF({_of("t", "side")}="long",1,-1))'),
    _field("start", "First day", "flag", "=IF({term}=0,0,IF({term}={term-},0,1))", "=IF({term}=0,0,1)"),
    _field("days", "Days", "flag", "=IF(OR({term}=0,{start}=1),0,{fn.date}-{fn.date-})", "={start}-1"),
    _field("renew", "New month", "flag",
           "=IF(OR({term}=0,{start}=1),0,IF(MONTH({fn.date})=MONTH({fn.date-}),0,1))",
           "={start}-1"),
    _field("before", "Level before", "level4",
           f"=IF({{term}}=0,0,IF({{start}}=1,{_of('t', 'level')},{{level-}}))",
           f"=IF({{term}}=0,0,{_of('t', 'level')})"),
    _field("level", "Financing level", "level4",
           f'=IF({{term}}=0,0,IF(OR({{start}}=1,{{kind}}="limited"),{{before}},'
           f"{{before}}*(1+{_YEARLY})-{_of('m', 'dividend')}))"),
    _field("stop", "Stop-loss", "level4",
           f'=IF({{term}}=0,0,IF({{kind}}="best",{{level}},IF({{start}}=1,{_of("t", "stop_loss")},'
           f'IF(AND({{kind}}="open ended",{{renew}}=1),{_NEW_STOP},{{stop-}}))))',
           f'=IF({{term}}=0,0,IF({{kind}}="best",{{level}},{_of("t", "stop_loss")}))'),
    _field("worst", "Worst of day", "level",
           f"=IF({{term}}=0,0,IF({{sign}}>0,{_of('m', 'low_used')},{_of('m', 'high_used')}))"),
    _field("halted", "Disrupted", "flag", f'=IF({{term}}=0,0,IF({_of("m", "disrupted")}="yes",1,0))'),
    _field("live", "Live", "flag", "=IF({term}=0,0,IF({start}=1,1,IF({live-}>{stops-},1,0)))", "={start}"),
    _field("stops", "Stopped", "flag", "=IF({live}=0,0,IF({halted}=1,0,IF({sign}*({worst}-{stop})<=0,1,0)))"),
    _field("value", "Value", "cash4",
           f"=IF({{live}}=0,0,IF({{stops}}=0,MAX(0,{{sign}}*({_of('m', 'spot')}-{{level}})){_PAID},"
           f'IF({{kind}}="open ended",MAX(0,{{sign}}*({{worst}}-{{level}})){_PAID},0)))'),
    _difference("level_diff", "Diff. level", "financing_level", "level"),
    _difference("stop_diff", "Diff. stop", "stop_loss", "stop"),
    _difference("value_diff", "Diff. value", "value", "value"),
    _field("event_diff", "Diff. event", "diff", "=IF({term}=0,0,ABS(IF({fn.event},1,0)-{stops}))"),
    _field("listed", "Listed", "flag",
           '=IF({term}=0,0,IF(OR({fn.state}="ended",{fn.state}="error"),0,IF(OR({fn.event},{fn.dividend}<>0,'
           'AND({kind}="open ended",{fn.reset})),1,0)))'),
    _field("expected", "Expected", "flag",
           f"=IF({{live}}=0,0,IF(OR({{stops}}=1,AND({{start}}=0,{_of('m', 'dividend')}>0),"
           'AND({kind}="open ended",{renew}=1)),1,0))'),
)
# fmt: on
REPLICA_WIDTHS = (8, 8, 10, 6, 7, 7, 8, 12, 12, 12, 11, 9, 6, 8, 9, 10, 10, 10, 10, 7, 9)


def add_paths(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    widths = (*(width for *_, width in COLUMNS), *REPLICA_WIDTHS)
    lead = "XI_TURBO_PATHS follows all series over all days (green); the chain beside it is ordinary formulas (purple)."
    sheet = add_sheet(desk, HOME, "calc", widths, lead, (TOP + 1, 2))
    note = (
        "A level bears interest for the calendar days since the row above; blanks follow the day of a stop-loss event."
    )
    section(desk, sheet, 3, "All series, day by day", len(widths), note)
    call = chosen(CALL.format(terms="tblTerms[#All]"), *(place for _, place, *_ in COLUMNS))
    result(desk, sheet, places, "fn", (TOP, 1), f"={call}", [(key, number) for key, _, number, _ in COLUMNS], ROWS)
    beside(desk, sheet, places, "path", (TOP, len(COLUMNS) + 1), REPLICA, ROWS)
    sheet.set_row(TOP, 30)
    printed(sheet, TOP + ROWS, len(widths), heads=TOP)
