"""Review sheet of the index workbook: dates, selection with reasons, new weights and turnover."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk, add_sheet, section, spill
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
DATE_HEADS = ("kind", "cut_off", "announcement", "composition", "effective", "in_force")
SELECTED = (
    ("company", "general"),
    ("isin", "general"),
    ("member", "general"),
    ("rank", "count"),
    ("size", "count"),
    ("free_float", "rate"),
    ("velocity", "rate"),
    ("decision", "general"),
)
UPDATED = (
    ("company", "general"),
    ("isin", "general"),
    ("decision", "general"),
    ("old_shares", "count"),
    ("new_shares", "count"),
    ("old_free_float", "rate"),
    ("new_free_float", "rate"),
    ("old_capping", "factor"),
    ("new_capping", "factor"),
    ("weight", "rate"),
)
SELECTION_REPLICAS = (
    ("shares", "Shares", "count", "cross", '=IF({isin}="",0,{c.shares})'),
    ("close", "Close", "cash4", "cross", '=IF({isin}="",0,{c.close})'),
    ("raw", "Free float, raw", "fraction", "cross", '=IF({isin}="",0,{c.free_float})'),
    ("band", "Factor, replica", "fraction", "cross", "=MIN(1,ROUNDUP(ROUND({raw}/BandStep,9),0)*BandStep)"),
    ("size_replica", "Size, replica", "count", "formula", "=IF(N({rank})>0,{shares}*{close}*{band},0)"),
    (
        "rank_replica",
        "Rank, replica",
        "count",
        "formula",
        "=IF({size_replica}>0,RANK({size_replica},{size_replica:}),0)",
    ),
    (
        "diff",
        "Difference",
        "diff",
        "formula",
        "=IF({size_replica}>0,ABS({rank}-{rank_replica})+ABS({size}/{size_replica}-1),N({rank}))",
    ),
    ("picked", "Selected", "flag", "formula", '=IF(OR({decision}="stay",{decision}="add"),1,0)'),
)
_OLD = "{old_shares%},{old_free_float%},{old_capping%},{close%}"
_NEW = "{new_shares%},{new_free_float%},{new_capping%},{close%}"


def _weight(factors: str) -> str:
    total, own = factors.replace("%", ":"), factors.replace("%", "")
    return f"=IF(N({own.split(',')[0]})>0,SUMPRODUCT({own})/SUMPRODUCT({total}),0)"


UPDATE_REPLICAS = (
    (
        "close",
        "Composition close",
        "cash4",
        "cross",
        '=IF({isin}="",0,INDEX({c.composition_close:},MATCH({isin},{c.code:},0)))',
    ),
    ("before", "Weight before", "fraction", "formula", _weight(_OLD)),
    ("after", "Weight, replica", "fraction", "formula", _weight(_NEW)),
    ("diff", "Difference", "diff", "formula", "=ABS(N({weight})-{after})"),
    ("bought", "Bought", "fraction", "formula", "=MAX(0,{after}-{before})"),
    (
        "rest",
        "Off its rule",
        "diff",
        "cross",
        (
            '=IF({isin}="",0,IF(ReviewKind="annual",MAX(0,{after}-Cap),IF({decision}="add",MAX(0,{after}-Cap),'
            'IF(AND({decision}="stay",N({old_capping})<1),ABS({new_shares}*{new_free_float}*{new_capping}/'
            "({old_shares}*{old_free_float}*{old_capping})-1),0))))"
        ),
    ),
)


def add_review(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = (
        "The review of sheet Inputs (ReviewKind, CutOff) on the tables Candidates and Decisions; all data are invented."
    )
    sheet = add_sheet(desk, HOME, "calc", WIDTHS, lead, (3, 3))
    _place(places)
    _cards(desk, sheet, places)
    _dates(desk, sheet)
    _selection(desk, sheet, places)
    _update(desk, sheet, places)
    sheet.print_area(0, 0, UPDATE + UPDATES + 1, LAST)
    # Numbers on one page and texts on the next, both with the company in front.
    sheet.set_print_scale(54)
    sheet.repeat_columns(1, 2)
    sheet.set_h_pagebreaks([UPDATE - 1])
    sheet.set_v_pagebreaks([TEXTS])
    return sheet


def _place(places: Places) -> None:
    places.put("rd", 4, HOME, DATES + 1, {key: n for n, key in enumerate(DATE_HEADS, start=1)})
    keys = [key for key, _ in SELECTED] + [key for key, *_ in SELECTION_REPLICAS]
    places.put("sel", CANDIDATE_ROWS, HOME, SELECTION + 2, {key: n for n, key in enumerate(keys, start=1)})
    keys = [key for key, _ in UPDATED] + [key for key, *_ in UPDATE_REPLICAS]
    places.put("upd", UPDATES, HOME, UPDATE + 2, {key: n for n, key in enumerate(keys, start=1)})


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    def column(name: str) -> str:
        return places.column(name, HOME)

    decided = column("sel.decision")
    figures = (
        ((3, 1, 1), "Review", "=ReviewKind", "general"),
        ((3, 2, 3), "Cut-off", "=CutOff", "date"),
        ((3, 4, 4), "Companies before", f'=COUNTIF({column("sel.member")},"yes")', "count"),
        ((3, 5, 5), "Companies after", f"=SUM({column('sel.picked')})", "count"),
        ((3, 6, 7), "Added", f'=COUNTIF({decided},"add")', "count"),
        ((3, 8, 9), "Deleted", f'=COUNTIF({column("upd.decision")},"delete")', "count"),
        ((3, 10, 12), "One-way turnover", f"=SUM({column('upd.bought')})", "fraction"),
        ((3, 13, 14), "Largest new weight", f"=MAX({column('upd.after')})", "fraction"),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 15, 16))


def _dates(desk: Desk, sheet: Any) -> None:
    note = "All after the close, but in_force: the first session with the new composition. The rule book leaves the "
    section(desk, sheet, DATES - 2, "1  Reviews of the year", LAST, note + "announcement date open.")
    styles = desk.styles
    body = [styles("function"), *[styles("function", "date")] * 5]
    sheet.set_row(DATES, 18)
    spill(sheet, DATES, 1, '=XI_REVIEW_DATES("psi20",ReviewYear)', [[styles("head")] * 6, *([body] * 4)])


def _selection(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Every candidate with rank, decision and every reason. Size is shares x close x free-float factor, in EUR."
    row = section(desk, sheet, SELECTION - 1, "2  Selection", LAST, note)
    call = 'XI_REVIEW_SELECT("psi20",ReviewKind,tblCandidates[#All],CutOff,tblDecisions[#All])'
    _spilled(desk, sheet, row, (f"=_xlfn.CHOOSECOLS({call},1,2,3,4,5,6,7,8)", SELECTED), CANDIDATE_ROWS)
    _texts(desk, sheet, row, f"=_xlfn.CHOOSECOLS({call},9,10,11)", CANDIDATE_ROWS)
    _replicas(desk, sheet, places, "sel", row, (len(SELECTED) + 1, SELECTION_REPLICAS), CANDIDATE_ROWS)


def _update(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Old and new shares, factors and weights at the composition closes. Bought adds up to the one-way turnover."
    row = section(desk, sheet, UPDATE - 1, "3  New composition", LAST, note)
    current = places.table("cur.isin", "cur.capping")
    call = f'XI_REVIEW_UPDATE("psi20",ReviewKind,{current},tblCandidates[#All],CutOff,tblDecisions[#All])'
    _spilled(desk, sheet, row, (f"=_xlfn.CHOOSECOLS({call},1,2,3,4,5,6,7,8,9,10)", UPDATED), UPDATES)
    _texts(desk, sheet, row, f"=_xlfn.CHOOSECOLS({call},11,12,13)", UPDATES)
    _replicas(desk, sheet, places, "upd", row, (len(UPDATED) + 1, UPDATE_REPLICAS), UPDATES)


def _spilled(desk: Desk, sheet: Any, row: int, content: tuple[str, Any], rows: int) -> None:
    text, columns = content
    body = [desk.styles("function", number) for _, number in columns]
    sheet.set_row(row, 30)
    head = desk.styles("head")
    spill(sheet, row, 1, text, [[head] * len(columns), *([body] * rows)])
    for word, role in (("add", "good"), ("delete", "bad"), ("excluded", "faint")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": desk.styles(role)}
        sheet.conditional_format(row + 1, 4 - 1, row + rows, 8, rule)


def _texts(desk: Desk, sheet: Any, row: int, text: str, rows: int) -> None:
    fitted = desk.styles("function", shrink=True)
    spill(sheet, row, TEXTS, text, [[desk.styles("head")] * 3, *([[fitted] * 3] * rows)])


def _replicas(
    desk: Desk, sheet: Any, places: Places, block: str, row: int, content: tuple[int, Any], rows: int
) -> None:
    first, replicas = content
    for column, (_, head, number, role, formula) in enumerate(replicas, start=first):
        sheet.write_string(row, column, head, desk.styles("head"))
        for offset in range(rows):
            text = filled(formula, places, offset, block, HOME)
            sheet.write_formula(row + 1 + offset, column, text, desk.styles(role, number))
