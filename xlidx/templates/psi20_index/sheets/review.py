"""Review sheet of the index workbook: dates, selection with reasons, new weights and turnover."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlidx.templates.kit.blocks import Field, beside, chosen, result, results
from xlidx.templates.kit.cards import cards, mark
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section, spill
from xlidx.templates.psi20_index.sample.members import LINES
from xlidx.templates.psi20_index.tables import CANDIDATE_ROWS

HOME = "Review"
WIDTHS = (23, 14, 14, 17, 18, 14, 14, 13, 17, 13, 13, 13, 16, 13, 13, 13, 84, 20, 62)
LAST = len(WIDTHS)
DATES = 9
SELECTION = DATES + 7
UPDATES = len(LINES) + 4
UPDATE = SELECTION + CANDIDATE_ROWS + 4
TEXTS = 17
REVIEW_DATES = results("kind cut_off:date announcement:date composition:date effective:date in_force:date")
SELECTED = results("company isin member rank:count size:count free_float:rate velocity:rate decision")
UPDATED = results(
    "company isin decision old_shares:count new_shares:count old_free_float:rate new_free_float:rate "
    "old_capping:factor new_capping:factor weight:rate"
)
# fmt: off
SELECTION_REPLICAS = (
    Field("shares", "Shares", "", "count", "cross", '=IF({isin}="",0,{c.shares})'),
    Field("close", "Close", "", "cash4", "cross", '=IF({isin}="",0,{c.close})'),
    Field("raw", "Free float, raw", "", "fraction", "cross", '=IF({isin}="",0,{c.free_float})'),
    Field("band", "Factor, replica", "", "fraction", "cross", "=MIN(1,ROUNDUP(ROUND({raw}/BandStep,9),0)*BandStep)"),
    Field("size_replica", "Size, replica", "", "count", "formula", "=IF(N({rank})>0,{shares}*{close}*{band},0)"),
    Field("rank_replica", "Rank, replica", "", "count", "formula",
          "=IF({size_replica}>0,RANK({size_replica},{size_replica:}),0)"),
    Field("diff", "Difference", "", "diff", "formula",
          "=IF({size_replica}>0,ABS({rank}-{rank_replica})+ABS({size}/{size_replica}-1),N({rank}))"),
    Field("picked", "Selected", "", "flag", "formula", '=IF(OR({decision}="stay",{decision}="add"),1,0)'),
)
# fmt: on
_OLD = "{old_shares%},{old_free_float%},{old_capping%},{close%}"
_NEW = "{new_shares%},{new_free_float%},{new_capping%},{close%}"


def _weight(factors: str) -> str:
    total, own = factors.replace("%", ":"), factors.replace("%", "")
    return f"=IF(N({own.split(',')[0]})>0,SUMPRODUCT({own})/SUMPRODUCT({total}),0)"


# fmt: off
UPDATE_REPLICAS = (
    Field("close", "Composition close", "", "cash4", "cross",
          '=IF({isin}="",0,INDEX({c.composition_close:},MATCH({isin},{c.code:},0)))'),
    Field("before", "Weight before", "", "fraction", "formula", _weight(_OLD)),
    Field("after", "Weight, replica", "", "fraction", "formula", _weight(_NEW)),
    Field("diff", "Difference", "", "diff", "formula", "=ABS(N({weight})-{after})"),
    Field("bought", "Bought", "", "fraction", "formula", "=MAX(0,{after}-{before})"),
    Field("rest", "Off its rule", "", "diff", "cross",
          '=IF({isin}="",0,IF(ReviewKind="annual",MAX(0,{after}-Cap),IF({decision}="add",MAX(0,{after}-Cap),'
          'IF(AND({decision}="stay",N({old_capping})<1),ABS({new_shares}*{new_free_float}*{new_capping}/'
          "({old_shares}*{old_free_float}*{old_capping})-1),0))))"),
)
# fmt: on
FIGURES = (
    (1, 1, "Review", "=ReviewKind", "general"),
    (2, 3, "Cut-off", "=CutOff", "date"),
    (4, 4, "Companies before", '=COUNTIF({sel.member},"yes")', "count"),
    (5, 5, "Companies after", "=SUM({sel.picked})", "count"),
    (6, 7, "Added", '=COUNTIF({sel.decision},"add")', "count"),
    (8, 9, "Deleted", '=COUNTIF({upd.decision},"delete")', "count"),
    (10, 12, "One-way turnover", "=SUM({upd.bought})", "fraction"),
    (13, 14, "Largest new weight", "=MAX({upd.after})", "fraction"),
)


def add_review(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = (
        "The review of sheet Inputs (ReviewKind, CutOff) on the tables Candidates and Decisions; all data are invented."
    )
    sheet = add_sheet(desk, HOME, "calc", WIDTHS, lead, (3, 3))
    _dates(desk, sheet, places)
    _selection(desk, sheet, places)
    _update(desk, sheet, places)
    cards(desk, sheet, places, FIGURES, (15, 16))
    for first, rows in ((SELECTION + 2, CANDIDATE_ROWS), (UPDATE + 2, UPDATES)):
        mark(desk, sheet, (first, 3, first + rows - 1, 8), (("add", "good"), ("delete", "bad"), ("excluded", "faint")))
    printed(sheet, UPDATE + UPDATES + 1, LAST)
    # Numbers on one page and texts on the next, both with the company in front.
    sheet.set_print_scale(54)
    sheet.repeat_columns(1, 2)
    sheet.set_h_pagebreaks([UPDATE - 1])
    sheet.set_v_pagebreaks([TEXTS])


def _dates(desk: Desk, sheet: Any, places: Places) -> None:
    note = "All after the close, but in_force: the first session with the new composition. The rule book leaves the "
    section(desk, sheet, DATES - 2, "1  Reviews of the year", LAST, note + "announcement date open.")
    sheet.set_row(DATES, 18)
    result(desk, sheet, places, "rd", (DATES, 1), '=XI_REVIEW_DATES("psi20",ReviewYear)', REVIEW_DATES, 4)


def _selection(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Every candidate with rank, decision and every reason. Size is shares x close x free-float factor, in EUR."
    row = section(desk, sheet, SELECTION - 1, "2  Selection", LAST, note)
    call = 'XI_REVIEW_SELECT("psi20",ReviewKind,tblCandidates[#All],CutOff,tblDecisions[#All])'
    _decided(desk, sheet, places, ("sel", row, call), SELECTED, SELECTION_REPLICAS, CANDIDATE_ROWS)


def _update(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Old and new shares, factors and weights at the composition closes. Bought adds up to the one-way turnover."
    row = section(desk, sheet, UPDATE - 1, "3  New composition", LAST, note)
    current = places.table("cur.isin", "cur.capping")
    call = f'XI_REVIEW_UPDATE("psi20",ReviewKind,{current},tblCandidates[#All],CutOff,tblDecisions[#All])'
    _decided(desk, sheet, places, ("upd", row, call), UPDATED, UPDATE_REPLICAS, UPDATES)


def _decided(
    desk: Desk,
    sheet: Any,
    places: Places,
    what: tuple[str, int, str],
    columns: Sequence[tuple[str, str]],
    replicas: Sequence[Field],
    rows: int,
) -> None:
    """Write the numbers and words of a decision, replicas beside them, and its three columns of reasons."""
    block, row, call = what
    sheet.set_row(row, 30)
    wide = len(columns)
    result(desk, sheet, places, block, (row, 1), f"={chosen(call, *range(1, wide + 1))}", columns, rows)
    fitted = desk.styles("function", shrink=True)
    texts = f"={chosen(call, *range(wide + 1, wide + 4))}"
    spill(sheet, row, TEXTS, texts, [[desk.styles("head")] * 3, *([[fitted] * 3] * rows)])
    beside(desk, sheet, places, block, (row, wide + 1), replicas, rows)
