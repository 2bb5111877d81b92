"""Calc sheet of the index workbook: members and capping, daily matrices, sessions, weights."""

from __future__ import annotations

from typing import Any

from xlidx.templates.grid import Block, Field, Places, filled, lay
from xlidx.templates.psi20_sample import MEMBERS, SESSIONS
from xlidx.templates.style import Desk, add_sheet, section

COUNT, DAYS = len(MEMBERS), len(SESSIONS)
DAY_PLACE = "MATCH(AsOf,{p.day:},0)"


def _member(key: str, head: str, unit: str, number: str) -> Field:
    return Field(key, head, unit, number, "cross", f"={{q.{key}}}")


def _difference(key: str, one: str, other: str, *, ratio: bool = False) -> Field:
    text = f"=ABS({{{one}}}/{{{other}}}-1)" if ratio else f"=ABS({{{one}}}-{{{other}}})"
    return Field(key, "Difference", "as a ratio" if ratio else "absolute", "diff", "formula", text)


_ROUNDED = "ROUND({free_float}/BandStep,9)"
MEMBERS_BLOCK = Block(
    "mem",
    "1  Free float and market value at the closes of the base date",
    "Market value = shares x free-float factor x close x FX; FX is EUR per unit of the quote currency and multiplies.",
    (
        _member("code", "Code", "", "general"),
        _member("name", "Company", "", "general"),
        _member("currency", "Currency", "", "general"),
        _member("shares", "Shares", "in index", "count"),
        _member("free_float", "Free float", "raw", "rate"),
        Field(
            "band",
            "Free-float factor",
            "function",
            "rate",
            "function",
            "=XI_FREE_FLOAT_BAND({free_float},BandStep,BandDirection)",
        ),
        Field(
            "band_replica",
            "Replica",
            "factor",
            "rate",
            "cross",
            f'=MIN(1,IF(BandDirection="up",ROUNDUP({_ROUNDED},0),IF(BandDirection="down",ROUNDDOWN({_ROUNDED},0),'
            f"ROUND({_ROUNDED},0)))*BandStep)",
        ),
        _difference("band_diff", "band", "band_replica"),
        Field("off", "Off the grid", "of 5 % bands", "diff", "formula", "=ABS({band}*20-ROUND({band}*20,0))"),
        Field("price", "Close", "base date", "cash4", "cross", "=INDEX({p.closes^},{n})"),
        Field(
            "fx",
            "FX",
            "EUR per unit",
            "cash4",
            "cross",
            '=IF({currency}="USD",INDEX({p.usd:},1),IF({currency}="GBP",INDEX({p.gbp:},1),1))',
        ),
        Field("value", "Market value", "EUR", "count", "formula", "={shares}*{band_replica}*{price}*{fx}"),
        Field("plain", "Weight", "before capping", "rate", "formula", "={value}/SUM({value:})"),
    ),
    COUNT,
)
CAPPING = Block(
    "cap",
    "2  Capped value T: the largest value a member may keep",
    "With k members capped, T = cap x (value of the others) / (1 - k x cap); the first k that fits counts.",
    (
        Field("k", "k", "members capped", "flag", "formula", "={n}-1"),
        Field("next", "Next largest", "EUR", "count", "formula", "=LARGE({mem.value:},{n})"),
        Field("others", "Others", "EUR", "count", "formula", "={others-}-{next-}", "=SUM({mem.value:})"),
        Field("room", "1 - k x cap", "fraction", "factor", "cross", "=1-{k}*Cap"),
        Field("limit", "T", "EUR", "count", "cross", "=IF({room}>Tolerance,Cap*{others}/{room},0)"),
        Field("fits", "Fits", "1 = yes", "flag", "cross", "=IF({room}>Tolerance,IF({next}*(1-1E-12)<={limit},1,0),0)"),
    ),
    9,
)
FACTORS = Block(
    "fac",
    "3  Capping factors and weights on the base date",
    "Replica: T / market value where that is below 1. Every member is at the cap or has factor 1.",
    (
        Field("code", "Code", "", "general", "formula", "={mem.code}"),
        Field("factor", "Capping factor", "function", "factor", "function", "=XI_CAPPING_FACTORS({mem.value},Cap)"),
        Field(
            "factor_replica",
            "Replica",
            "factor",
            "factor",
            "formula",
            "=MIN(1,INDEX({cap.limit:},MATCH(1,{cap.fits:},0))/{mem.value})",
        ),
        _difference("factor_diff", "factor", "factor_replica"),
        Field("weight", "Capped weight", "function", "rate", "function", "=XI_CAPPED_WEIGHTS({mem.value},Cap)"),
        Field(
            "weight_replica",
            "Replica",
            "of index",
            "rate",
            "formula",
            "={mem.value}*{factor_replica}/SUMPRODUCT({mem.value:},{factor_replica:})",
        ),
        _difference("weight_diff", "weight", "weight_replica"),
        Field("above", "Above the cap", "of index", "diff", "cross", "=MAX(0,{weight}-Cap)"),
        Field("capped", "Capped", "1 = yes", "flag", "formula", "=IF({factor}<1,1,0)"),
        Field("rest", "Off its rule", "absolute", "diff", "cross", "=IF({capped}>0,ABS({weight}-Cap),ABS({factor}-1))"),
        Field("once", "Code once", "1 = unique", "flag", "formula", "=IF(COUNTIF({code:},{code})=1,1,0)"),
    ),
    COUNT,
)
HISTORY = Block(
    "hist",
    "6  Sessions: divisor, price, net and gross return levels",
    "The first row is the base date. A special dividend lowers the divisor, so that the level does not move.",
    (
        Field("day", "Session", "", "date", "cross", "={p.day}"),
        Field("value", "Index value", "EUR", "count", "cross", "=SUMPRODUCT({p.closes},{mx.fx},{vec.capped:})"),
        Field(
            "special",
            "Special dividends",
            "EUR",
            "count",
            "formula",
            "=SUMPRODUCT({mx.special},{mx.fx-},{vec.capped:})",
            "=0",
        ),
        Field(
            "divisor",
            "Divisor",
            "function",
            "level4",
            "each",
            "=XI_DIVISOR_CHAIN({divisor-},{value-},{value-}-{special})",
            "=XI_INDEX_DIVISOR({p.closes^},{mem.shares:},BaseLevel,{mem.band:},{fac.factor:},{mem.fx:})",
        ),
        Field(
            "divisor_replica",
            "Replica",
            "EUR per point",
            "level4",
            "formula",
            "={divisor_replica-}*({value-}-{special})/{value-}",
            "={value}/BaseLevel",
        ),
        _difference("divisor_diff", "divisor", "divisor_replica", ratio=True),
        Field(
            "level",
            "Price index",
            "function",
            "level4",
            "function",
            "=XI_INDEX_LEVEL({p.closes},{mem.shares},{divisor},{mem.band},{fac.factor},{mx.fx:})",
        ),
        Field("level_replica", "Replica", "points", "level4", "formula", "={value}/{divisor_replica}"),
        _difference("level_diff", "level", "level_replica"),
        Field(
            "xd_gross",
            "XD gross",
            "points, function",
            "level4",
            "function",
            "=XI_INDEX_XD({mx.ordinary},{mem.shares},{divisor},{mem.band},{fac.factor},{mx.fx:})",
        ),
        Field(
            "xd_net",
            "XD net",
            "points, function",
            "level4",
            "function",
            "=XI_INDEX_XD({mx.ordinary},{mem.shares},{divisor},{mem.band},{fac.factor},{mx.fx:},{q.withholding})",
        ),
        Field(
            "xd_replica",
            "Replica gross",
            "points",
            "level4",
            "formula",
            "=SUMPRODUCT({mx.ordinary},{mx.fx},{vec.capped:})/{divisor_replica}",
        ),
        Field(
            "net_replica",
            "Replica net",
            "points",
            "level4",
            "formula",
            "=SUMPRODUCT({mx.ordinary},{mx.fx},{vec.capped:},{vec.kept:})/{divisor_replica}",
        ),
        Field(
            "xd_diff",
            "Difference",
            "sum of both",
            "diff",
            "formula",
            "=ABS({xd_gross}-{xd_replica})+ABS({xd_net}-{net_replica})",
        ),
    ),
    DAYS,
)
RETURNS = Block(
    "ret",
    "7  Total return levels",
    "Level of the session before x (price index + XD) / price index of the session before.",
    (
        Field("day", "Session", "", "date", "cross", "={p.day}"),
        Field(
            "gross",
            "Gross return",
            "function",
            "level4",
            "function",
            "=XI_TOTAL_RETURN(GrossStart,BaseLevel,{hist.level},{hist.xd_gross})",
        ),
        Field(
            "gross_replica",
            "Replica",
            "points",
            "level4",
            "formula",
            "={gross_replica-}*({hist.level_replica}+{hist.xd_replica})/{hist.level_replica-}",
            "=GrossStart",
        ),
        _difference("gross_diff", "gross", "gross_replica"),
        Field(
            "net",
            "Net return",
            "function",
            "level4",
            "function",
            "=XI_TOTAL_RETURN(NetStart,BaseLevel,{hist.level},{hist.xd_net})",
        ),
        Field(
            "net_replica",
            "Replica",
            "points",
            "level4",
            "formula",
            "={net_replica-}*({hist.level_replica}+{hist.net_replica})/{hist.level_replica-}",
            "=NetStart",
        ),
        _difference("net_diff", "net", "net_replica"),
        Field("order", "Net above gross", "points", "diff", "formula", "=MAX(0,{net}-{gross})"),
        Field(
            "jump",
            "Level jump",
            "by the divisor",
            "diff",
            "formula",
            "=ABS({hist.value-}/{hist.divisor-}-({hist.value-}-{hist.special})/{hist.divisor})",
            "=ABS({hist.level}-BaseLevel)",
        ),
        Field("late", "Out of order", "1 = not later", "flag", "formula", "=IF({day}<={day-},1,0)", "=0"),
        Field(
            "errors",
            "Row in error",
            "1 = error",
            "flag",
            "formula",
            "=IF(ISERROR(SUM({hist.divisor_diff},{hist.level_diff},{hist.xd_diff},{gross_diff},{net_diff})),1,0)",
        ),
    ),
    DAYS,
)
TODAY = Block(
    "now",
    "8  Weights on the as-of date",
    "Weights drift after the base date: the cap is applied at a review, not every day.",
    (
        Field("code", "Code", "", "general", "formula", "={mem.code}"),
        Field("price", "Close", "as of", "cash4", "cross", f"=INDEX({{p.closes:}},{DAY_PLACE},{{n}})"),
        Field("fx", "FX", "EUR per unit", "cash4", "cross", f"=INDEX({{mx.fx:}},{DAY_PLACE},{{n}})"),
        Field(
            "weight",
            "Weight",
            "function",
            "rate",
            "function",
            "=XI_INDEX_WEIGHTS({price},{mem.shares},{mem.band},{fac.factor},{fx})",
        ),
        Field(
            "value",
            "Market value",
            "EUR, capped",
            "count",
            "formula",
            "={mem.shares}*{mem.band_replica}*{fac.factor_replica}*{price}*{fx}",
        ),
        Field("replica", "Replica", "of index", "rate", "formula", "={value}/SUM({value:})"),
        _difference("diff", "weight", "replica"),
        Field("change", "Change", "since base date", "fraction", "formula", "={weight}-{fac.weight}"),
        Field(
            "errors",
            "Row in error",
            "1 = error",
            "flag",
            "formula",
            "=IF(ISERROR(SUM({mem.band_diff},{fac.factor_diff},{fac.weight_diff},{diff})),1,0)",
        ),
    ),
    COUNT,
)
_PAID = (
    "=SUMIFS(tblDividends[Amount per share],tblDividends[Ex-date],{{p.day}},"
    'tblDividends[Code],{{mem.code}},tblDividends[Type],"{0}")'
)
MATRICES = (
    (
        "fx",
        "cash4",
        '=IF({mem.currency}="USD",{p.usd},IF({mem.currency}="GBP",{p.gbp},1))',
        "FX by session: EUR per unit of the quote currency",
    ),
    ("ordinary", "cash4", _PAID.format("ordinary"), "Ordinary dividends by ex-date, per share"),
    ("special", "cash4", _PAID.format("special"), "Special dividends by ex-date, per share"),
)
VECTORS = (
    ("capped", "count", "={mem.shares}*{mem.band_replica}*{fac.factor_replica}", "Shares x free float x capping"),
    ("kept", "rate", "=1-{q.withholding}", "Kept after tax"),
)


def add_calc(desk: Desk, places: Places) -> Any:
    """Write the calculation blocks."""
    widths = (14, 22, *([14] * 17))
    lead = "From shares and prices to levels, weights and returns; green functions stand beside black replicas."
    sheet = add_sheet(desk, "Calc", "calc", widths, lead, (3, 2))
    row = lay(desk, sheet, places, (MEMBERS_BLOCK, CAPPING, FACTORS), 3)
    row = _across(desk, sheet, places, row)
    row = lay(desk, sheet, places, (HISTORY, RETURNS, TODAY), row)
    sheet.print_area(0, 0, row - 2, len(widths))
    sheet.set_print_scale(46)
    sheet.set_h_pagebreaks([places.first["vec.capped"][1] - 3, places.first["hist.day"][1] - 4])
    return sheet


def _across(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    """Write what has one column per member: two rows of weights, then a matrix per kind of daily data."""
    title = "4  Members across: what one share counts for"
    row = section(desk, sheet, row, title, COUNT + 1, "One column per member, for the daily formulas below.")
    _codes(desk, sheet, places, row, "")
    for offset, (key, number, text, label) in enumerate(VECTORS, start=1):
        sheet.write_string(row + offset, 1, label, desk.styles("prose"))
        sheet.set_row(row + offset, 30)
        style = desk.styles("cross" if "{q." in text else "formula", number)
        for n in range(COUNT):
            sheet.write_formula(row + offset, 2 + n, filled(text, places, n, "", "Calc"), style)
        places.first[f"vec.{key}"] = ("Calc", row + offset, 2, COUNT)
    places.heights["vec"] = 1
    row = section(desk, sheet, row + len(VECTORS) + 2, "5  Daily data: sessions down, members across", COUNT + 1)
    for key, number, text, label in MATRICES:
        sheet.write_string(row, 1, label, desk.styles("note"))
        _codes(desk, sheet, places, row + 1, "Session")
        _matrix(desk, sheet, places, row + 2, number, text)
        places.put("mx", DAYS, "Calc", row + 2, {key: 2}, COUNT)
        row += DAYS + 3
    return row


def _codes(desk: Desk, sheet: Any, places: Places, row: int, corner: str) -> None:
    sheet.set_row(row, 17)
    sheet.write_string(row, 1, corner, desk.styles("head"))
    for n in range(COUNT):
        sheet.write_formula(row, 2 + n, f"={places.cell('mem.code', n, 'Calc')}", desk.styles("head"))


def _matrix(desk: Desk, sheet: Any, places: Places, row: int, number: str, text: str) -> None:
    for day in range(DAYS):
        sheet.write_formula(row + day, 1, f"={places.cell('p.day', day)}", desk.styles("cross", "date"))
        for n in range(COUNT):
            formula = text
            for name in ("p.day", "p.usd", "p.gbp"):
                formula = formula.replace(f"{{{name}}}", places.cell(name, day))
            formula = filled(formula, places, n, "", "Calc")
            sheet.write_formula(row + day, 2 + n, formula, desk.styles("cross", number))
