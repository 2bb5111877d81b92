"""Roll sheet of the turbo desk: the month of one series, day by day, beside a chain of ordinary formulas."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Field, beside, chosen, result
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.charts import Chart, add_chart, line
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.turbo_desk.chosen_series import PICKED, add_chosen_series
from xlidx.templates.turbo_desk.market import market_row
from xlidx.templates.turbo_desk.sample import DAYS
from xlidx.templates.turbo_desk.sheets.paths import CALL
from xlidx.templates.turbo_desk.sheets.paths import COLUMNS as PATHS

HOME, ROWS = "Roll", len(DAYS)
WIDTHS = (16, 13, 12, 13, 13, 13, 13, 13, 11, 10, 12, 13, 13, 12, 13)
LAST = len(WIDTHS)
PICK, TABLE = 28, 37
COLUMNS = [column for column in PATHS if column[0] not in ("isin", "underlying", "reset")]
_QUOTE = f"INDEX({{m.{{column}}:}},{market_row('{pick.underlying^}', '{run.date}')})"


def _quote(column: str) -> str:
    return _QUOTE.replace("{column}", column)


_STEP = (
    f"{{level-}}*(1+({_quote('rate')}+{{now.sign^}}*{{pick.spread^}})*({{run.date}}-{{run.date-}})/{_quote('year')})"
    f"-{_quote('dividend')}"
)
# fmt: off
REPLICA = (
    Field("level", "Level, replica", "", "level4", "cross",
          f'=IF({{run.date}}="",0,IF({{pick.kind^}}="limited",{{level-}},{_STEP}))',
          "={pick.printed^}"),
    Field("value", "Value, replica", "", "cash4", "cross",
          f'=IF(OR({{run.state}}="live",{{run.state}}="exercise"),MAX(0,{{now.sign^}}*({_quote("spot")}-{{level}}))'
          f"*{{pick.entitlement^}}/{_quote('fx')},0)"),
    Field("diff", "Difference", "", "diff", "formula",
          '=IF({run.state}="live",MAX(ABS({run.financing_level}-{level}),ABS({run.value}-{value})),'
          'IF({run.state}="stopped out",ABS({run.financing_level}-{level}),0))'),
    Field("distance", "Distance to stop-loss", "", "fraction", "formula",
          '=IF({run.state}="live",{now.sign^}*({run.spot}-{run.stop_loss})/{run.spot},0)'),
)
# fmt: on
FIGURES = (
    (1, 2, "Series", "=SeriesPick", "general"),
    (3, 4, "Last day", "={now.last^}", "date"),
    (5, 6, "Financing level", "={now.level^}", "level"),
    (7, 8, "Stop-loss price", "={now.barrier^}", "level"),
    (9, 10, "Spot", "={now.spot^}", "level"),
    (11, 11, "State", "={now.state^}", "general"),
    (12, 13, "Change since the level date", "={now.level^}-{pick.printed^}", "level"),
)
CHART = Chart(
    "line",
    "Index points by day",
    "#,##0",
    1,
    (1330, 390),
    [
        ("Spot", "run.date", "run.spot", line(COLOURS[0])),
        ("Financing level", "run.date", "run.financing_level", line(COLOURS[1], 4)),
        ("Stop-loss price", "run.date", "run.stop_loss", line(COLOURS[2], 1.75, dash_type="dash")),
    ],
    {"num_format": "dd mmm", "text_axis": True},
    6,
)


def add_roll(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    lead = "One series through the month: level, stop-loss and spot by day. Choose series and as-of date on Inputs."
    sheet = add_sheet(desk, HOME, "output", WIDTHS, lead)
    add_chosen_series(desk, sheet, places, PICK)
    cards(desk, sheet, places, FIGURES, (14, 15))
    section(desk, sheet, 6, "Spot against financing level and stop-loss", LAST)
    note = "Green: XI_TURBO_PATHS on the table above. Purple: the same month by ordinary formulas from sheet Market."
    section(desk, sheet, TABLE - 2, "Day by day", LAST, note)
    terms = places.table("pick.isin", f"pick.{PICKED[-1][0]}", HOME)
    call = chosen(CALL.format(terms=terms), *(place for _, place, *_ in COLUMNS))
    result(desk, sheet, places, "run", (TABLE, 1), f"={call}", [(key, number) for key, _, number, _ in COLUMNS], ROWS)
    beside(desk, sheet, places, "chain", (TABLE, len(COLUMNS) + 1), REPLICA, ROWS)
    sheet.set_row(TABLE, 30)
    add_chart(desk, sheet, places, CHART)
    printed(sheet, TABLE + ROWS, LAST, pages=(1, 1))
