"""Roll sheet of the turbo desk: the month of one series, day by day, beside a chain of ordinary formulas."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, fill
from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, dress, section, spill
from xlidx.templates.turbo_desk.market import market_row
from xlidx.templates.turbo_desk.pick import PICKED, add_pick
from xlidx.templates.turbo_desk.sample import DAYS
from xlidx.templates.turbo_desk.sheets.paths import CALL

HOME, ROWS = "Roll", len(DAYS)
WIDTHS = (16, 13, 12, 13, 13, 13, 13, 13, 11, 10, 12, 13, 13, 12, 13)
LAST = len(WIDTHS)
PICK, TABLE = 28, 37
COLUMNS = (
    ("date", 3, "date"),
    ("days", 4, "plain"),
    ("rate", 5, "rate"),
    ("funding_cost", 8, "level4"),
    ("dividend", 9, "level"),
    ("financing_level", 11, "level4"),
    ("stop_loss", 13, "level4"),
    ("spot", 15, "level"),
    ("value", 16, "cash4"),
    ("event", 19, "truth"),
    ("state", 20, "general"),
)
_QUOTE = f"INDEX({{m.{{column}}:}},{market_row('{pick.underlying^}', '{run.date}')})"


def _quote(column: str) -> str:
    return _QUOTE.replace("{column}", column)


_STEP = (
    f"{{level-}}*(1+({_quote('rate')}+{{now.sign^}}*{{pick.spread^}})*({{run.date}}-{{run.date-}})/{_quote('year')})"
    f"-{_quote('dividend')}"
)
REPLICA = Block(
    "chain",
    "Replica",
    "",
    (
        Field(
            "level",
            "Level, replica",
            "",
            "level4",
            "cross",
            f'=IF({{run.date}}="",0,IF({{pick.kind^}}="limited",{{level-}},{_STEP}))',
            "={pick.printed^}",
        ),
        Field(
            "value",
            "Value, replica",
            "",
            "cash4",
            "cross",
            f'=IF(OR({{run.state}}="live",{{run.state}}="exercise"),MAX(0,{{now.sign^}}*({_quote("spot")}-{{level}}))'
            f"*{{pick.entitlement^}}/{_quote('fx')},0)",
        ),
        Field(
            "diff",
            "Difference",
            "",
            "diff",
            "formula",
            '=IF({run.state}="live",MAX(ABS({run.financing_level}-{level}),ABS({run.value}-{value})),'
            'IF({run.state}="stopped out",ABS({run.financing_level}-{level}),0))',
        ),
        Field(
            "distance",
            "Distance to stop-loss",
            "",
            "fraction",
            "formula",
            '=IF({run.state}="live",{now.sign^}*({run.spot}-{run.stop_loss})/{run.spot},0)',
        ),
    ),
    ROWS,
    units=False,
)


def add_roll(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    lead = "One series through the month: level, stop-loss and spot by day. Choose series and as-of date on Inputs."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    add_pick(desk, sheet, places, PICK)
    places.put("run", ROWS, HOME, TABLE + 1, {key: place for place, (key, *_) in enumerate(COLUMNS, start=1)})
    _cards(desk, sheet, places)
    section(desk, sheet, 6, "Spot against financing level and stop-loss", LAST)
    _chart(desk, sheet, places)
    note = "Green: XI_TURBO_PATHS on the table above. Purple: the same month by ordinary formulas from sheet Market."
    section(desk, sheet, TABLE - 2, "Day by day", LAST, note)
    terms = places.table("pick.isin", f"pick.{PICKED[-1][0]}", HOME)
    chosen = ",".join(str(place) for _, place, _ in COLUMNS)
    body = [desk.styles("function", number) for *_, number in COLUMNS]
    text = f"=_xlfn.CHOOSECOLS({CALL.format(terms=terms)},{chosen})"
    spill(sheet, TABLE, 1, text, [[desk.styles("head")] * len(COLUMNS), *[body] * ROWS])
    fill(desk, sheet, places, REPLICA, TABLE, len(COLUMNS) + 1)
    sheet.set_row(TABLE, 30)
    sheet.print_area(0, 0, TABLE + ROWS, LAST)
    sheet.fit_to_pages(1, 1)
    return sheet


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    def now(key: str) -> str:
        return f"={places.cell(key, 0, HOME)}"

    figures = (
        ((3, 1, 2), "Series", "=SeriesPick", "general"),
        ((3, 3, 4), "Last day", now("now.last"), "date"),
        ((3, 5, 6), "Financing level", now("now.level"), "level"),
        ((3, 7, 8), "Stop-loss price", now("now.barrier"), "level"),
        ((3, 9, 10), "Spot", now("now.spot"), "level"),
        ((3, 11, 11), "State", now("now.state"), "general"),
        (
            (3, 12, 13),
            "Change of level since issue",
            f"{now('now.level')}-{places.cell('pick.printed', 0, HOME)}",
            "level",
        ),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 14, 15))


def _chart(desk: Desk, sheet: Any, places: Places) -> None:
    chart = desk.book.add_chart({"type": "line"})
    lines = (
        ("spot", "Spot", {"color": COLOURS[0], "width": 2.25}),
        ("financing_level", "Financing level", {"color": COLOURS[1], "width": 4}),
        ("stop_loss", "Stop-loss price", {"color": COLOURS[2], "width": 1.75, "dash_type": "dash"}),
    )
    for key, title, line in lines:
        chart.add_series(
            {
                "name": title,
                "categories": f"={places.column('run.date')}",
                "values": f"={places.column(f'run.{key}')}",
                "line": line,
            }
        )
    dress(chart, "Index points by day", "#,##0", {"num_format": "dd mmm", "text_axis": True})
    chart.set_size({"width": 1330, "height": 390})
    sheet.insert_chart(7, 1, chart, {"x_offset": 4, "y_offset": 6, "object_position": 2})
