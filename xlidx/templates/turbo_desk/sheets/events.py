"""Events sheet of the turbo desk: the first stop-loss event of every series, and all events of the month."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, chosen, lay
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.places import Places, in_order
from xlidx.templates.kit.style import Desk, add_sheet, printed, section, spill
from xlidx.templates.turbo_desk.series import SERIES
from xlidx.templates.turbo_desk.sheets.paths import COLUMNS as PATHS

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
LISTED = [
    "date",
    "isin",
    "underlying",
    "funding_cost",
    "dividend",
    "financing_level",
    "stop_loss",
    "spot",
    "value",
    "event",
]
_PLACES = [[key for key, *_ in PATHS].index(key) for key in LISTED]
_DIVIDENDS = "=SUMPRODUCT(({m.dividend}>0)*({m.date}<=AsOf))"
FIGURES = (
    (1, 1, "As of", "=AsOf", "date"),
    (2, 3, "Rows listed", "=SUM({path.listed})", "count"),
    (4, 5, "Stop-loss events", "=SUM({path.stops})", "count"),
    (6, 7, "Dividends of underlyings", _DIVIDENDS, "count"),
    (8, 9, "Series live", "=SUM({agree.live})", "count"),
)


def add_events(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "Stop-loss events, dividends and stop-loss resets of the month up to the as-of date, all series."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    cards(desk, sheet, places, FIGURES, (10, 11))
    row = lay(desk, sheet, places, (WATCH,), TOP)
    _list(desk, sheet, places, row)
    printed(sheet, row + MOST + 2, LAST, scale=66, breaks=[row])


def _list(desk: Desk, sheet: Any, places: Places, row: int) -> None:
    note = "Rows of Paths with a stop-loss event, a dividend or a new stop-loss of an open-ended series, by series and day."
    row = section(desk, sheet, row, "Events of the month", LAST, note)
    for column, key in enumerate((*LISTED, "what"), start=1):
        sheet.write_string(row, column, key, desk.styles("head"))
    sheet.set_row(row, 18)
    paths = f"{places.column('fn.isin').split(':')[0]}:{places.column('fn.state').split(':')[-1]}"
    rows = f"_xlfn._xlws.FILTER({paths},{places.column('path.listed')}=1)"
    text = f'=IFERROR({chosen(rows, *(place + 1 for place in _PLACES))},"")'
    body = [desk.styles("function", PATHS[place][2]) for place in _PLACES]
    spill(sheet, row + 1, 1, text, [body] * MOST)
    places.put("listed", MOST, HOME, row + 1, in_order(LISTED))
    for at in range(row + 2, row + 2 + MOST):
        text = f'=IF(B{at}="","",IF(K{at},"stop-loss event",IF(F{at}<>0,"dividend","stop-loss reset")))'
        sheet.write_formula(at - 1, LAST, text, desk.styles("formula"))
