"""Optimise: weights of least variance beside their limits, the sums of sectors and regions, and the variance again."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from xlidx.rulebooks.solactive_human_capital.selection import SECTORS
from xlidx.templates.human_capital_mv.sample import REGIONS, WINDOW
from xlidx.templates.human_capital_mv.selection import FILTER
from xlidx.templates.human_capital_mv.tables import NAMES
from xlidx.templates.kit.blocks import Field, beside, result, results
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.inputs import FIRST
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk, add_sheet, heads, printed, section

HOME, ROW, SUMS = "Optimise", 8, 12
MATRIX = ROW + NAMES + 5  # row of the codes above the adjusted prices
BODY = MATRIX + 8
LEFT = 3  # first column of the securities
_AFTER = '{e.isin:},{code},{e.day:},">"&{day},{e.day:},"<="&AsOf'  # the events of a security after a day
_CLOSE = "INDEX({p.closes},MATCH(AsOf,{p.day},0),{place})"
# What stands above the adjusted prices of a security: label, number format, formula of its code and place.
ABOVE = (
    ("Sector", "general", "=INDEX({u.sector},MATCH({code},{u.isin},0))"),
    ("Region", "general", '=IFERROR(INDEX({y.region},MATCH({code},{y.isin},0)),"")'),
    ("Splits", "flag", f"=COUNTIFS({_AFTER})"),
    ("First factor", "factor", f"=EXP(-SUMIFS({{e.log:}},{_AFTER}))"),
    ("Candidate", "flag", "=SUMIFS({y.chosen},{y.isin},{code})"),
    ("Weight", "fraction", "=SUMIFS({o.weight},{o.isin},{code})"),
    ("Close off", "diff", f"=ABS(INDEX({{u.close}},MATCH({{code}},{{u.isin}},0))/{_CLOSE}-1)"),
)
LINES = [label for label, *_ in ABOVE]
OPTIMUM = results("isin sector region weight:fraction lowest:fraction highest:fraction item value:diff")
ODD = {(0, 7): "general", (1, 7): "count", (5, 7): "count"}
# fmt: off
REPLICAS: tuple[Field, ...] = (
    Field("held", "Held", "", "flag", "formula", "=IF(N({weight})>0,1,0)"),
    Field("over", "Off its limits", "", "diff", "formula",
          '=IF({isin}="",0,IF({weight}>0,MAX(0,{weight}-Highest,Lowest-{weight}),0))'),
)
# fmt: on
SECTOR_SUMS: tuple[Field, ...] = (
    Field("held", "Held", "", "count", "formula", "=COUNTIFS({o.sector:},{name},{o.held:},1)"),
    Field("weight", "Weight", "", "fraction", "formula", "=SUMIF({o.sector:},{name},{o.weight:})"),
    Field("cap", "Cap", "", "fraction", "cross", "=SectorCap"),
    Field("over", "Off its limits", "", "diff", "formula", "=MAX(0,{weight}-{cap})"),
)
REGION_SUMS: tuple[Field, ...] = (
    Field("held", "Held", "", "count", "formula", "=COUNTIFS({o.region:},{name},{o.held:},1)"),
    Field("weight", "Weight", "", "fraction", "formula", "=SUMIF({o.region:},{name},{o.weight:})"),
    Field("cap", "Cap", "", "fraction", "cross", "=RegionCap"),
    Field("over", "Off its limits", "", "diff", "formula", "=MAX(0,{weight}-{cap},RegionFloor-{weight})"),
    Field("chosen", "Candidates", "", "count", "cross", "=COUNTIFS({y.region:},{name},{y.chosen:},1)"),
    Field("few", "Missing", "", "diff", "cross", "=MAX(0,RegionPart-{chosen}/SUM({y.chosen:}))"),
)
FIGURES = (
    (1, 1, "Status", "=INDEX({o.value},1)", "general"),
    (2, 2, "Securities held", "=SUM({o.held})", "count"),
    (3, 4, "Volatility, 252 days", "=SQRT(INDEX({o.value},3)*252)", "fraction"),
    (5, 6, "Proven gap", "=INDEX({o.value},5)", "diff"),
    (7, 8, "Largest sector", "=MAX({sec.weight})", "fraction"),
    (9, 10, "Largest region", "=MAX({reg.weight})", "fraction"),
)


def line(name: str) -> str:
    """Return the range of one of the lines above the adjusted prices, across the securities."""
    row = MATRIX + 1 + LINES.index(name) if name in LINES else MATRIX
    return _across(row)


def _across(row: int) -> str:
    last = xl_rowcol_to_cell(row, LEFT + NAMES - 1, row_abs=True, col_abs=True)
    return f"{xl_rowcol_to_cell(row, LEFT, row_abs=True, col_abs=True)}:{last}"


def add_optimise(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = (
        "The portfolio of least variance within the limits of sheet Inputs, how far it is proven, and what checks it."
    )
    top = (12, 22, 18, 11, 10, 10, 20, 12, 9, 13, 3, 24, 9, 11, 11, 13, 12, 14)
    widths = (*top, *([11] * (NAMES + 2 - len(top))))
    sheet = add_sheet(desk, HOME, "calc", widths, lead, (ROW + 1, 2))
    places.put("m", WINDOW, HOME, BODY, {"day": 1, "move": 2})
    places.put("m", WINDOW, HOME, BODY, {"prices": LEFT}, NAMES)
    places.put("q", 1, HOME, BODY - 1, {"diff": LEFT}, NAMES)
    section(desk, sheet, ROW - 2, "Weights beside their limits", 10, "Status: optimal means proven up to the gap.")
    sheet.set_row(ROW, 30)
    result(desk, sheet, places, "o", (ROW, 1), _call(), OPTIMUM, NAMES, ODD)
    beside(desk, sheet, places, "o", (ROW, 9), REPLICAS, NAMES)
    _sums(desk, sheet, places)
    _matrix(desk, sheet, places)
    cards(desk, sheet, places, FIGURES, (12, 13))
    printed(sheet, ROW + NAMES, len(top), pages=(1, 1))


def _call() -> str:
    chosen = f"TRANSPOSE({line('Candidate')})=1"
    columns = ",".join(f"{FILTER}(TRANSPOSE({line(name)}),{chosen})" for name in ("Name", "Sector", "Region"))
    limits = "NamesHeld,Lowest,Highest,SectorCap,RegionFloor,RegionCap"
    # The engine of xlidx recalc filters rows only: securities go down, and across again.
    return f'=XI_MIN_VARIANCE(TRANSPOSE({FILTER}(TRANSPOSE({{m.prices}}),{chosen})),{columns},"prices",{limits})'


def _sums(desk: Desk, sheet: Any, places: Places) -> None:
    wide = SUMS + len(REGION_SUMS)
    for row, title, names, replicas, block in (
        (ROW, "Sectors", SECTORS, SECTOR_SUMS, "sec"),
        (ROW + len(SECTORS) + 5, "Regions", tuple(REGIONS.values()), REGION_SUMS, "reg"),
    ):
        for column in range(SUMS, wide + 1):
            sheet.write_blank(row - 2, column, None, desk.styles("section"))
        sheet.write_string(row - 2, SUMS, title, desk.styles("section"))
        places.put(block, len(names), HOME, row + 1, {"name": SUMS})
        sheet.write_string(row, SUMS, title[:-1], desk.styles("head"))
        for offset, name in enumerate(names):
            sheet.write_string(row + 1 + offset, SUMS, name, desk.styles("label"))
        beside(desk, sheet, places, block, (row, SUMS + 1), replicas, len(names))


def _matrix(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Unadjusted prices of sheet Prices over all that splits a share later; the portfolio return is weight x "
    wide = LEFT + NAMES - 1
    section(desk, sheet, MATRIX - 2, "Prices adjusted for splits, and the return of the portfolio", wide, note)
    sheet.write_string(MATRIX - 1, 1, note + "return of every security.", desk.styles("note"))
    heads(desk, sheet, MATRIX, ("Date", "Portfolio return"))
    for row, name in enumerate(LINES, start=MATRIX + 1):
        sheet.write_string(row, 1, name, desk.styles("label"))
    for n in range(NAMES):
        column = LEFT + n
        code, splits = (xl_rowcol_to_cell(row, column, row_abs=True) for row in (MATRIX, MATRIX + 3))
        sheet.write_formula(MATRIX, column, f"=Prices!{xl_rowcol_to_cell(FIRST - 1, 2 + n)}", desk.styles("head"))
        for row, (label, number, text) in enumerate(ABOVE, start=MATRIX + 1):
            text = text.replace("{code}", code).replace("{day}", "{p.day^}").replace("{place}", str(n + 1))
            role = "formula" if label == "Weight" else "cross"
            sheet.write_formula(row, column, filled(text, places, None, "", HOME), desk.styles(role, number))
        for offset in range(WINDOW):
            raw = f"Prices!{xl_rowcol_to_cell(FIRST + offset, 2 + n)}"
            later = _AFTER.replace("{code}", code).replace("{day}", f"$B{BODY + offset + 1}")
            text = filled(f"={raw}*IF({splits}=0,1,EXP(-SUMIFS({{e.log:}},{later})))", places, None)
            sheet.write_formula(BODY + offset, column, text, desk.styles("cross", "cash4"))
    for offset in range(WINDOW):
        text = f"={places.cell('p.day', offset)}"
        sheet.write_formula(BODY + offset, 1, text, desk.styles("cross", "date"))
        if offset:
            now, before = (places.cell("m.prices", at, HOME) for at in (offset, offset - 1))
            text = f"=SUMPRODUCT({line('Weight')},{now}/{before}-1)"
            sheet.write_formula(BODY + offset, 2, text, desk.styles("formula", "exact"))
