"""Daily sheet of the index workbook: sessions down, companies across."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.psi20_index.sample.closes import SESSIONS
from xlidx.templates.psi20_index.sample.members import LINES

DAYS, WIDE = len(SESSIONS), len(LINES)
HOME, TOP, LEFT = "Daily", 5, 2
VECTORS = (
    ("code", "ISIN", "general", "={line}"),
    ("currency", "Currency", "general", "={line}"),
    ("band", "Free-float factor", "rate", "={line}"),
    ("capping", "Capping factor", "factor", "={line}"),
    ("factor", "Both, from replicas", "factor", "={line}"),
    ("tax", "Withholding tax", "rate", "={line}"),
    ("kept", "Kept after tax", "rate", "=1-{line}"),
    ("parent", "Parent, column", "flag", "={line}"),
)
MATRICES = ("fx", "eur", "shares", "paid")


def place_daily(places: Places) -> None:
    """Fix where vectors and matrices stand, for the sheets that are written before this one."""
    places.heights["vec"] = 1
    for offset, (key, *_) in enumerate(VECTORS):
        places.first[f"vec.{key}"] = (HOME, TOP + offset, LEFT, WIDE)
    row = TOP + len(VECTORS) + 4
    for key in MATRICES:
        places.put("dx", DAYS, HOME, row, {key: LEFT}, WIDE)
        row += DAYS + 4


def add_daily(desk: Desk, places: Places) -> None:
    """Write what one share of each company counts for, then a matrix per kind of daily data."""
    lead = "One column per company, one row per session: what the sums over the basket on Calc multiply."
    sheet = add_sheet(desk, HOME, "calc", (20, *([13.5] * WIDE)), lead, (TOP + 1, 2))
    section(desk, sheet, 3, "1  Companies across", WIDE + 1, "The columns of sheet Calc, block 4, laid on their side.")
    for offset, vector in enumerate(VECTORS):
        _vector(desk, sheet, places, TOP + offset, vector)
    _matrix(desk, sheet, places, "fx", "2  FX: EUR per unit of the quote currency", "cash4", _fx)
    _matrix(desk, sheet, places, "eur", "3  Closes in EUR; a dash before a first listing", "cash4", _eur)
    title = "4  Shares: those of the session before, with the growth, additions and spin-offs of sheet Events"
    last = _matrix(desk, sheet, places, "shares", title, "count", _shares)
    title = "5  Ordinary dividends by ex-date, gross per share"
    last = _matrix(desk, sheet, places, "paid", title, "cash4", _paid)
    printed(sheet, last, WIDE + 1, scale=41, breaks=[places.first[f"dx.{key}"][1] - 2 for key in MATRICES[1:]])


def _vector(desk: Desk, sheet: Any, places: Places, row: int, vector: tuple[str, str, str, str]) -> None:
    key, label, number, text = vector
    source = {"kept": "tax"}.get(key, key)
    role = "head" if key == "code" else "cross"
    sheet.write_string(row, 1, label, desk.styles("head" if key == "code" else "label"))
    for n in range(WIDE):
        formula = text.replace("{line}", places.cell(f"line.{source}", n))
        sheet.write_formula(row, LEFT + n, formula, desk.styles(role, number, align="center"))


Build = Callable[[Places, int, int], str]


def _matrix(desk: Desk, sheet: Any, places: Places, key: str, title: str, number: str, build: Build) -> int:
    row = places.first[f"dx.{key}"][1]
    section(desk, sheet, row - 2, title, WIDE + 1)
    sheet.write_string(row - 1, 1, "Session", desk.styles("head"))
    for n in range(WIDE):
        sheet.write_formula(row - 1, LEFT + n, f"={at(places, 'vec.code', 0, n)}", desk.styles("head"))
    role = "formula" if key == "eur" else "cross"
    for day in range(DAYS):
        sheet.write_formula(row + day, 1, f"={places.cell('p.day', day)}", desk.styles("cross", "date"))
        for n in range(WIDE):
            sheet.write_formula(row + day, LEFT + n, build(places, day, n), desk.styles(role, number))
    return row + DAYS


def at(places: Places, name: str, day: int, n: int, home: str = HOME) -> str:
    """Return one cell of a matrix."""
    sheet, row, column, _ = places.first[name]
    cell = xl_rowcol_to_cell(row + day, column + n)
    return cell if sheet == home else f"{sheet}!{cell}"


def _fx(places: Places, day: int, n: int) -> str:
    currency, names = at(places, "vec.currency", 0, n), places.column("fxn.names")
    return f'=IF({currency}="EUR",1,INDEX({places.cell("fxp.rates", day)},MATCH({currency},{names},0)))'


def _eur(places: Places, day: int, n: int) -> str:
    return f"={at(places, 'p.closes', day, n)}*{at(places, 'dx.fx', day, n)}"


def _shares(places: Places, day: int, n: int) -> str:
    if day == 0:
        return f"={places.cell('line.start', n)}"
    code, parent = at(places, "vec.code", 0, n), at(places, "vec.parent", 0, n)
    before, session = at(places, "dx.shares", day - 1, n), f"$B{places.first['dx.shares'][1] + day + 1}"
    on_day = f"{places.column('act.day')},{session},{places.column('act.code')},{code}"
    grown = f"{before}*(1+SUMIFS({places.column('act.growth')},{on_day}))"
    joining = f"SUMIFS({places.column('act.joins')},{on_day})"
    handed = (
        f"SUMIFS({places.column('e.ratio')},{places.column('e.day')},{session},{places.column('e.other')},{code})"
        f"*INDEX({places.cell('dx.shares', day - 1, HOME)},{parent})"
    )
    return f"={grown}+{joining}+IF({parent}=0,0,{handed})"


def _paid(places: Places, day: int, n: int) -> str:
    amount, ex, code = (places.column(f"d.{key}") for key in ("amount", "day", "code"))
    session = f"$B{places.first['dx.paid'][1] + day + 1}"
    return f"=SUMIFS({amount},{ex},{session},{code},{at(places, 'vec.code', 0, n)})"
