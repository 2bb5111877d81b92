"""Screens and Yield: who reaches the pool and who is selected from it, with replicas in ordinary formulas."""

from __future__ import annotations

from xlidx.templates.human_capital_mv.tables import HEADS, SIZE
from xlidx.templates.kit.blocks import Field, beside, chosen, result, results
from xlidx.templates.kit.cards import cards, mark
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section

ROW = 8  # heads of the long tables
FILTER = "_xlfn._xlws.FILTER"
ESG = 'XI_ESG_SCREEN(tblUniverse[#All],"mean",LeastScore,LeastScore,FuelLimit)'
TRADED = 'XI_LIQUIDITY_SCREEN(tblUniverse[#All],,,"above",LeastTraded)'
RATED = results("isin passed:truth esg_score:unit esg_peers:unit people_score:unit people_peers:unit")


def _peers(score: str) -> str:
    return f"=AVERAGEIFS({{u.{score}:}},{{u.sector:}},{{u.sector}},{{u.area:}},{{u.area}})"


# fmt: off
RATED_REPLICAS: tuple[Field, ...] = (
    Field("esg_mean", "ESG, replica", "", "unit", "cross", _peers("esg_score")),
    Field("people_mean", "People, replica", "", "unit", "cross", _peers("people_score")),
    Field("fits", "Passes, replica", "", "flag", "cross",
          "=IF(AND(MIN({u.esg_score},{u.people_score})>=LeastScore,{u.esg_score}>{esg_mean},"
          '{u.people_score}>{people_mean},{u.controversy}="none",COUNTIF({u.armament}:{u.alcohol},"major")=0,'
          "MAX({u.coal},{u.tar_sands})<FuelLimit),1,0)"),
    Field("diff", "Difference", "", "diff", "formula",
          '=ABS({esg_peers}-{esg_mean})+ABS({people_peers}-{people_mean})+ABS(IF({passed}="yes",1,0)-{fits})'),
)
# fmt: on
TRADED_REPLICAS: tuple[Field, ...] = (
    Field("least", "Smaller ADV, replica", "", "count", "cross", "=MIN({u.adv_6m},{u.adv_1m})"),
    Field("enough", "Enough, replica", "", "flag", "formula", "=IF({least}>LeastTraded,1,0)"),
    Field("thin", "Difference", "", "diff", "formula", '=ABS({figure}/{least}-1)+ABS(IF({liquid}="yes",1,0)-{enough})'),
    Field("pool", "In the pool", "", "flag", "formula", '=IF(AND({passed}="yes",{liquid}="yes"),1,0)'),
)
SELECTED = results("isin region dividend_yield:fraction rank:count decision")


def _of(name: str) -> str:
    return f'=IF({{isin}}="",0,INDEX({{u.{name}:}},MATCH({{isin}},{{u.isin:}},0)))'


# fmt: off
YIELD_REPLICAS: tuple[Field, ...] = (
    Field("dps", "DPS", "", "cash4", "cross", _of("dps")),
    Field("close", "Close", "", "cash4", "cross", _of("close")),
    Field("ratio", "Yield, replica", "", "fraction", "formula", '=IF({isin}="","",{dps}/{close})'),
    Field("place", "Rank, replica", "", "count", "formula", '=IF({isin}="",0,RANK({ratio},{ratio:}))'),
    Field("diff", "Difference", "", "diff", "formula",
          '=IF({isin}="",0,ABS({dividend_yield}-{ratio})+ABS({rank}-{place}))'),
    Field("chosen", "Selected", "", "flag", "formula",
          '=IF(OR({decision}="selected by yield",{decision}="added for its region"),1,0)'),
    Field("unpriced", "No prices", "", "flag", "cross", f"=IF({{chosen}}=1,IF(COUNTIF({HEADS},{{isin}})=1,0,1),0)"),
)
# fmt: on


def add_screens(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "Who belongs to the universe by eight screens, who is traded enough, and so who is in the selection pool."
    widths = (9, 10, 11, 11, 11, 11, 11, 11, 10, 11, 10, 16, 16, 10, 11, 10, 62, 62)
    sheet = add_sheet(desk, "Screens", "calc", widths, lead, (ROW + 1, 2))
    note = "Weak samples with scores of 20 stand in every sector and area, so that others can be above their peers."
    section(desk, sheet, ROW - 2, "Every security of the universe", len(widths), note)
    sheet.set_row(ROW, 30)
    call = f"={chosen(ESG, 1, 2, 3, 4, 5, 6)}"
    result(desk, sheet, places, "s", (ROW, 1), call, RATED, SIZE)
    beside(desk, sheet, places, "s", (ROW, 7), RATED_REPLICAS, SIZE)
    call = f"={chosen(TRADED, 2, 3)}"
    result(desk, sheet, places, "s", (ROW, 11), call, (("liquid", "truth"), ("figure", "count")), SIZE)
    beside(desk, sheet, places, "s", (ROW, 13), TRADED_REPLICAS, SIZE)
    result(desk, sheet, places, "s", (ROW, 17), f"={chosen(ESG, 7)}", (("why", "general"),), SIZE)
    result(desk, sheet, places, "s", (ROW, 18), f"={chosen(TRADED, 4)}", (("thin_why", "general"),), SIZE)
    figures = (
        (1, 3, "Universe before screens", "=COUNTA({s.isin})", "count"),
        (4, 6, "Pass the eight screens", "=SUM({s.fits})", "count"),
        (7, 9, "Traded enough", "=SUM({s.enough})", "count"),
        (10, 12, "Selection pool", "=SUM({s.pool})", "count"),
    )
    cards(desk, sheet, places, figures, (13, 15))
    mark(desk, sheet, (ROW + 1, 2, ROW + SIZE, 2), (("yes", "good"), ("no", "bad")))
    printed(sheet, ROW + SIZE, len(widths), heads=ROW)


def add_yield(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "The part of the pool with the highest dividend yield, then the next best of regions that have too few."
    widths = (9, 16, 11, 9, 22, 11, 12, 11, 10, 11, 10, 10, 52, 16)
    sheet = add_sheet(desk, "Yield", "calc", widths, lead, (ROW + 1, 2))
    note = "Securities of the pool only, in the order of sheet Universe. Yield = dividend per share / close."
    section(desk, sheet, ROW - 2, "Selection pool", len(widths), note)
    sheet.set_row(ROW, 30)
    flags = places.table("s.pool", "s.pool")
    call = f"XI_YIELD_SELECT({FILTER}(tblUniverse[#All],{flags}<>0),YieldFilter,,RegionPart)"
    result(desk, sheet, places, "y", (ROW, 1), f"={chosen(call, 1, 2, 3, 4, 5)}", SELECTED, SIZE)
    beside(desk, sheet, places, "y", (ROW, 6), YIELD_REPLICAS, SIZE)
    why = (("why", "general"), ("clause", "general"))
    result(desk, sheet, places, "y", (ROW, 13), f"={chosen(call, 6, 7)}", why, SIZE)
    figures = (
        (1, 2, "Selection pool", "=COUNT({y.rank})", "count"),
        (3, 4, "Yield filter", "=YieldFilter", "rate"),
        (5, 5, "Selected by yield", '=COUNTIF({y.decision},"selected by yield")', "count"),
        (6, 7, "Added for its region", '=COUNTIF({y.decision},"added for its region")', "count"),
        (8, 9, "Candidates", "=SUM({y.chosen})", "count"),
    )
    cards(desk, sheet, places, figures, (10, 12))
    mark(desk, sheet, (ROW + 1, 5, ROW + SIZE, 5), (("selected by yield", "good"), ("added for its region", "light")))
    printed(sheet, ROW + SIZE, len(widths), pages=(1, 5), heads=ROW)
