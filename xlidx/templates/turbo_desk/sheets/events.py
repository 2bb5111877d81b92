"""Events sheet of the turbo desk: the first stop-loss event of every series, and all events of the month."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, lay
from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, section, spill
from xlidx.templates.turbo_desk.series import SERIES

HOME, MOST, TOP = "Events", 40, 6
WIDTHS = (17, 14, 14, 14, 14, 14, 15, 15, 14, 14, 17)
LAST = len(WIDTHS)
DAY = "dash_date"
_LIVE = "({path.term:}-{n}=0)*({path.live:}>0)"


def _live(column: str) -> str:
    return f"_xlfn._xlws.FILTER({{{column}:}},{_LIVE})"


_WATCH = (
    f"XI_TURBO_STOP_LOSS_WATCH({{in.side}},{_live('fn.stop_loss')},{_live('fn.date')},{_live('path.worst')},{_live('path.worst')},"
    f"{_live('path.halted')}>0)"
)


WATCH = Block(
    "watch",
    "First stop-loss event of every series",
    "XI_TURBO_STOP_LOSS_WATCH tests the stop-loss of each day against low and high; beside it the chain of Paths.",
    (
        Field("isin", "ISIN", "", "general", "cross", "={in.isin}"),
        Field("underlying", "Underlying", "", "general", "cross", "={in.underlying}"),
        Field("kind", "Kind", "", "general", "cross", "={in.kind}"),
        Field("barrier", "Stop-loss price", "on the last day", "level4", "cross", "={roll.barrier}"),
        Field("date", "Event", "function", DAY, "each", f"=INDEX({_WATCH},2,2)"),
        Field("replica", "Event", "replica", DAY, "cross", "=IF({settle.out}=1,{in.last},0)"),
        Field("diff", "Difference", "days", "diff", "formula", "=ABS(N({date})-{replica})"),
        Field("price", "Level of the event", "function", "level", "each", f"=INDEX({_WATCH},2,3)"),
        Field("worst", "Worst of day", "replica", "level", "cross", "=IF({settle.out}=1,{in.worst},0)"),
        Field("price_diff", "Difference", "points", "diff", "formula", "=ABS(N({price})-{worst})"),
        Field("state", "State", "of the book", "general", "cross", "={book.state}"),
    ),
    len(SERIES),
)
LISTED = (
    ("date", 3, "date"),
    ("isin", 1, "general"),
    ("underlying", 2, "general"),
    ("funding_cost", 6, "level4"),
    ("dividend", 7, "level"),
    ("financing_level", 8, "level4"),
    ("stop_loss", 9, "level4"),
    ("spot", 10, "level"),
    ("value", 11, "cash4"),
    ("event", 13, "truth"),
)


def add_events(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "Stop-loss events, dividends and stop-loss resets of the month up to the as-of date, all series."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    _cards(desk, sheet, places)
    row = lay(desk, sheet, places, (WATCH,), TOP)
    _list(desk, sheet, places, row)
    sheet.print_area(0, 0, row + MOST + 2, LAST)
    sheet.set_print_scale(66)
    sheet.set_h_pagebreaks([row])
    return sheet


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    stops, listed = places.column("path.stops"), places.column("path.listed")
    dividends = f"=SUMPRODUCT(({places.column('m.dividend')}>0)*({places.column('m.date')}<=AsOf))"
    figures = (
        ((3, 1, 1), "As of", "=AsOf", "date"),
        ((3, 2, 3), "Rows listed", f"=SUM({listed})", "count"),
        ((3, 4, 5), "Stop-loss events", f"=SUM({stops})", "count"),
        ((3, 6, 7), "Dividends of underlyings", dividends, "count"),
        ((3, 8, 9), "Series live", f"=SUM({places.column('agree.live')})", "count"),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 10, 11))


def _list(desk: Desk, sheet: Any, places: Places, row: int) -> None:
    note = "Rows of Paths with a stop-loss event, a dividend or a new stop-loss of an open-ended series, by day."
    row = section(desk, sheet, row, "Events of the month", LAST, note)
    for column, (key, *_) in enumerate((*LISTED, ("what", 0, "")), start=1):
        sheet.write_string(row, column, key, desk.styles("head"))
    sheet.set_row(row, 18)
    paths = f"{places.column('fn.isin').split(':')[0]}:{places.column('fn.state').split(':')[-1]}"
    chosen = ",".join(str(place) for _, place, _ in LISTED)
    rows = f"_xlfn._xlws.FILTER({paths},{places.column('path.listed')}=1)"
    text = f'=IFERROR(_xlfn._xlws.SORT(_xlfn.CHOOSECOLS({rows},{chosen}),1),"")'
    body = [desk.styles("function", number) for *_, number in LISTED]
    spill(sheet, row + 1, 1, text, [body] * MOST)
    places.put("listed", MOST, HOME, row + 1, {key: place for place, (key, *_) in enumerate(LISTED, start=1)})
    for at in range(row + 2, row + 2 + MOST):
        text = f'=IF(B{at}="","",IF(K{at},"stop-loss event",IF(F{at}<>0,"dividend","stop-loss reset")))'
        sheet.write_formula(at - 1, LAST, text, desk.styles("formula"))
