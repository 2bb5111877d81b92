"""Blocks of the Calc sheet that follow the index day by day: divisor, levels, returns, weights."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Block, Field, difference
from xlidx.templates.psi20_index.sample.closes import SESSIONS
from xlidx.templates.psi20_index.sample.members import LINES, MEMBERS

DAYS, COUNT, WIDE = len(SESSIONS), len(MEMBERS), len(LINES)
DAY_PLACE = "MATCH(AsOf,{p.day:},0)"
_BASKET = "{dx.shares},{divisor},{vec.band:},{vec.capping:}"


# fmt: off
HISTORY = Block(
    "hist",
    "7  Sessions: divisor, price level, dividends in index points",
    "The first row is the base date. Dividends are converted at the rate of the session before the ex-date.",
    (
        Field("day", "Session", "", "date", "cross", "={p.day}"),
        Field("value", "Index value", "EUR", "count", "cross", "=SUMPRODUCT({dx.eur},{dx.shares},{vec.factor:})"),
        Field("effect", "Actions", "EUR", "count", "formula", "=SUMIFS({eff.effect:},{eff.day:},{day})"),
        Field("divisor", "Divisor", "function", "level4", "each",
              "=XI_DIVISOR_CHAIN({divisor-},{value-},{value-}+{effect})",
              "=XI_INDEX_DIVISOR({dx.eur},{dx.shares},BaseLevel,{vec.band:},{vec.capping:})"),
        Field("divisor_replica", "Replica", "EUR per point", "level4", "formula",
              "={divisor_replica-}*({value-}+{effect})/{value-}",
              "={value}/BaseLevel"),
        difference("divisor_diff", "divisor", "divisor_replica", ratio=True),
        Field("level", "Price index", "function", "level4", "each", f"=XI_INDEX_LEVEL({{dx.eur}},{_BASKET})"),
        Field("level_replica", "Replica", "points", "level4", "formula", "={value}/{divisor_replica}"),
        difference("level_diff", "level", "level_replica"),
        Field("xd_gross", "XD gross", "points, function", "level4", "each",
              f"=XI_INDEX_XD({{dx.paid}},{_BASKET},{{dx.fx-}})",
              f"=XI_INDEX_XD({{dx.paid}},{_BASKET},{{dx.fx}})"),
        Field("xd_net", "XD net", "points, function", "level4", "each",
              f"=XI_INDEX_XD({{dx.paid}},{_BASKET},{{dx.fx-}},{{vec.tax:}})",
              f"=XI_INDEX_XD({{dx.paid}},{_BASKET},{{dx.fx}},{{vec.tax:}})"),
        Field("xd_replica", "Replica gross", "points", "level4", "cross",
              "=SUMPRODUCT({dx.paid},{dx.fx-},{dx.shares},{vec.factor:})/{divisor_replica}",
              "=SUMPRODUCT({dx.paid},{dx.fx},{dx.shares},{vec.factor:})/{divisor_replica}"),
        Field("net_replica", "Replica net", "points", "level4", "cross",
              "=SUMPRODUCT({dx.paid},{dx.fx-},{dx.shares},{vec.factor:},{vec.kept:})/{divisor_replica}",
              "=SUMPRODUCT({dx.paid},{dx.fx},{dx.shares},{vec.factor:},{vec.kept:})/{divisor_replica}"),
        Field("xd_diff", "Difference", "sum of both", "diff", "formula",
              "=ABS({xd_gross}-{xd_replica})+ABS({xd_net}-{net_replica})"),
    ),
    DAYS,
)
RETURNS = Block(
    "ret",
    "8  Total return levels",
    "Level of the session before x (price index + XD) / price index of the session before.",
    (
        Field("day", "Session", "", "date", "cross", "={p.day}"),
        Field("gross", "Gross return", "function", "level4", "function",
              "=XI_TOTAL_RETURN(GrossStart,BaseLevel,{hist.level},{hist.xd_gross})"),
        Field("gross_replica", "Replica", "points", "level4", "formula",
              "={gross_replica-}*({hist.level_replica}+{hist.xd_replica})/{hist.level_replica-}",
              "=GrossStart"),
        difference("gross_diff", "gross", "gross_replica"),
        Field("net", "Net return", "function", "level4", "function",
              "=XI_TOTAL_RETURN(NetStart,BaseLevel,{hist.level},{hist.xd_net})"),
        Field("net_replica", "Replica", "points", "level4", "formula",
              "={net_replica-}*({hist.level_replica}+{hist.net_replica})/{hist.level_replica-}",
              "=NetStart"),
        difference("net_diff", "net", "net_replica"),
        Field("order", "Net above gross", "points", "diff", "formula", "=MAX(0,{net}-{gross})"),
        Field("jump", "Level jump", "by the divisor", "diff", "formula",
              "=ABS({hist.value-}/{hist.divisor-}-({hist.value-}+{hist.effect})/{hist.divisor})",
              "=ABS({hist.level}-BaseLevel)"),
        Field("late", "Out of order", "1 = not later", "flag", "formula", "=IF({day}<={day-},1,0)", "=0"),
        Field("errors", "Row in error", "1 = error", "flag", "formula",
              "=IF(ISERROR(SUM({hist.divisor_diff},{hist.level_diff},{hist.xd_diff},{gross_diff},{net_diff})),1,0)"),
    ),
    DAYS,
)
TODAY = Block(
    "now",
    "9  Weights on the as-of date",
    "Weights drift after the base date: the cap is applied at a review, not every day. A dash is no member.",
    (
        Field("code", "ISIN", "", "general", "formula", "={line.code}"),
        Field("name", "Company", "", "general", "formula", "={line.name}"),
        Field("shares", "Shares", "in index", "count", "cross", f"=INDEX({{dx.shares:}},{DAY_PLACE},{{n}})"),
        Field("price", "Close", "as of", "cash4", "cross", f"=N(INDEX({{p.closes:}},{DAY_PLACE},{{n}}))"),
        Field("fx", "FX", "EUR per unit", "cash4", "cross", f"=INDEX({{dx.fx:}},{DAY_PLACE},{{n}})"),
        Field("weight", "Weight", "function", "fraction", "function",
              "=XI_INDEX_WEIGHTS({price},{shares},{line.band},{line.capping},{fx})"),
        Field("value", "Market value", "EUR, capped", "count", "formula", "={shares}*{line.factor}*{price}*{fx}"),
        Field("replica", "Replica", "of index", "fraction", "formula", "={value}/SUM({value:})"),
        difference("diff", "weight", "replica"),
        Field("base", "Weight", "on the base date", "fraction", "formula", "=IFERROR(INDEX({fac.weight:},{n}),0)"),
        Field("change", "Change", "since base date", "fraction", "formula", "={weight}-{base}"),
        Field("errors", "Row in error", "1 = error", "flag", "formula",
              "=IF(ISERROR({line.factor}+{line.tax}+{diff}+{change}),1,0)"),
    ),
    WIDE,
)
# fmt: on
COMPOSITION = Block(
    "comp",
    "10  Composition on the base date, as XI_INDEX_HISTORY reads it",
    "The heads are the column names of the function.",
    (
        Field("isin", "isin", "", "general", "formula", "={mem.code}"),
        Field("name", "name", "", "general", "formula", "={mem.name}"),
        Field("shares", "shares", "", "count", "formula", "={mem.shares}"),
        Field("free_float", "free_float", "", "rate", "formula", "={mem.band}"),
        Field("capping", "capping", "", "factor", "formula", "={fac.factor}"),
        Field("currency", "currency", "", "general", "formula", "={mem.currency}"),
        Field("country", "country", "", "general", "cross", "={q.country}"),
    ),
    COUNT,
    units=False,
)
