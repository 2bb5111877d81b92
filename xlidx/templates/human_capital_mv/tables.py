"""Input tables of the human capital workbook: universe, prices, events."""

from __future__ import annotations

from typing import Any

import attrs
from xlsxwriter.utility import xl_rowcol_to_cell

from xlidx.index.screening.ratings import AREAS, CONTROVERSY, INVOLVEMENT
from xlidx.rulebooks.solactive_human_capital.selection import SECTORS
from xlidx.templates.human_capital_mv.sample import DIVIDEND_DAY, SAMPLE, SESSIONS, SPLIT_DAY
from xlidx.templates.kit.blocks import Field, beside
from xlidx.templates.kit.inputs import FIRST, Column, Table, add_table, add_tables
from xlidx.templates.kit.places import Places, filled, in_order
from xlidx.templates.kit.prices import Prices, add_prices, place_prices
from xlidx.templates.kit.rules import (
    COUNTRY,
    FRACTION,
    POSITIVE,
    WORDS,
    custom_rule,
    day_rule,
    list_rule,
    number_rule,
)
from xlidx.templates.kit.style import Desk, address, define_block, heads, printed, section

SIZE = len(SAMPLE.universe)
PRICED = tuple(SAMPLE.prices)
NAMES = len(PRICED)
FOREIGN = tuple(SAMPLE.rates)
SCORE = number_rule(0, 100, "Score", "From 0 to 100.")
INVOLVED = list_rule(list(INVOLVEMENT), "Involvement", "none, minor or major.")
DAY = day_rule("A weekday of sheet Prices.")
HEADS = address("Prices", FIRST - 1, 2, FIRST - 1, NAMES + 1)
PRICED_RULE = list_rule(f"={HEADS}", "ISIN", "A code of the first row of sheet Prices.")
CODES = address("Universe", FIRST, 1, FIRST + SIZE - 1).split("!")[1]
TAXES = (("US", 0.30), ("CA", 0.25), ("DE", 0.26375), ("FR", 0.30), ("GB", 0.0), ("NL", 0.15), ("JP", 0.15315))


def _activity(key: str) -> Column:
    return (key, key.capitalize(), 13, "general", INVOLVED)


UNIVERSE_COLUMNS: tuple[Column, ...] = (
    ("isin", "ISIN", 9, "general", custom_rule(f"=COUNTIF({CODES},B7)=1", "ISIN", "Each security once.")),
    ("name", "Company", 30, "general", WORDS),
    ("sector", "Sector", 23, "general", list_rule(list(SECTORS), "Sector", "One of the ten sectors.")),
    ("area", "Area", 8, "general", list_rule(list(AREAS), "Area", "Area of the provider of ratings.")),
    ("country", "Country", 9, "general", COUNTRY),
    ("currency", "Currency", 10, "general", list_rule(["EUR", *FOREIGN], "Currency", "Currency of the price.")),
    ("esg_score", "ESG score", 11, "unit", SCORE),
    ("people_score", "People score", 13, "unit", SCORE),
    ("controversy", "Controversy", 14, "general", list_rule(list(CONTROVERSY), "Controversy", "The worst one.")),
    *(_activity(key) for key in ("armament", "tobacco", "gambling", "nuclear", "pornography", "alcohol")),
    ("coal", "Coal", 9, "rate", FRACTION),
    ("tar_sands", "Tar sands", 11, "rate", FRACTION),
    ("adv_6m", "ADV 6m", 14, "count", POSITIVE),
    ("adv_1m", "ADV 1m", 14, "count", POSITIVE),
    ("dps", "DPS", 11, "cash4", number_rule(0, 1e9, "Dividend", "Estimated per share, currency of the close.")),
    ("close", "Close", 12, "cash4", POSITIVE),
    ("old_weight", "Old weight", 12, "fraction", FRACTION),
)
SPLITTING = ["split", "par value", "capital reduction", "capital increase"]
EVENT_COLUMNS: tuple[Column, ...] = (
    ("day", "Date", 14, "date", DAY),
    ("isin", "ISIN", 14, "general", PRICED_RULE),
    ("event", "Event", 18, "general", list_rule(SPLITTING, "Event", "What splits a share; an increase is free.")),
    ("old", "Old", 12, "any", number_rule(1e-9, 1e6, "Old", "Number of shares, or par value, before.")),
    ("new", "New", 12, "any", number_rule(1e-9, 1e6, "New", "Number of shares, or par value, after.")),
    ("ratio", "Ratio", 12, "any", number_rule(1e-9, 1e6, "Ratio", "Old per new (reduction), new per old (increase).")),
    ("reason", "Reason", 46, "general", WORDS),
)
DIVIDEND_COLUMNS: tuple[Column, ...] = (
    ("day", "Ex date", 14, "date", DAY),
    ("isin", "ISIN", 14, "general", PRICED_RULE),
    ("amount", "Amount", 18, "cash4", number_rule(0, 1e6, "Amount", "Per share, gross, currency of the price.")),
)
TAX_COLUMNS: tuple[Column, ...] = (
    ("country", "Country", 14, "general", COUNTRY),
    ("rate", "Rate", 14, "rate", FRACTION),
)

PRICES = Prices(
    SESSIONS,
    [("cash4", values) for values in SAMPLE.prices.values()],
    SAMPLE.rates,
    "exact",
    "fx",
    (day_rule("A weekday, oldest first."), POSITIVE, POSITIVE),
)
UNIVERSE = Table(
    "tblUniverse",
    "u",
    "Universe",
    f"Table tblUniverse: {SIZE} securities built for this workbook, of the selection day. Old weight: target of the "
    "previous adjustment day. ADV in EUR, dividend and close in the currency of the price.",
    UNIVERSE_COLUMNS,
    [[*attrs.astuple(one), SAMPLE.old_weights.get(one.isin)] for one in SAMPLE.universe],
    SIZE,
)
# fmt: off
EVENTS = (
    Table("tblEvents", "e", "Splits, par values, reductions, bonus shares",
          "Table tblEvents: the date is the ex-date; numbers of shares and the covariance follow all events. The first "
          "row is a split.",
          EVENT_COLUMNS, [(SPLIT_DAY, SAMPLE.split, "split", 1, 2, None, "Sample: two shares for one")], 4),
    Table("tblDividends", "d", "Dividends",
          "Table tblDividends: ordinary dividends, gross; they raise numbers of shares in the net and gross version.",
          DIVIDEND_COLUMNS, [(DIVIDEND_DAY, *SAMPLE.dividend)], 4),
    Table("tblTax", "x", "Withholding tax",
          "Table tblTax: rates by country, for the net return. The rates are samples.",
          TAX_COLUMNS, TAXES, 9),
)
# fmt: on
# Event, block, its terms, and the number of shares after it by an ordinary formula.
CALCULATED = (
    ("split", "e", ("old", "new"), "={before}*{e.new^}/{e.old^}"),
    ("dividend", "d", ("amount",), "={before}*({price}+{d.amount^})/{price}"),
)
LOG = len(EVENT_COLUMNS) + 2  # column beside the events
# fmt: off
LOGS = (
    Field("log", "LN of shares after / before", "", "exact", "formula",
          '=IF({event}="split",LN({new}/{old}),IF({event}="par value",LN({old}/{new}),'
          'IF({event}="capital reduction",-LN({ratio}),IF({event}="capital increase",LN(1+{ratio}),0))))'),
)
# fmt: on
LOOKS = (("cross", "exact"), ("cross", "exact"), ("function", "exact"), ("formula", "exact"), ("formula", "diff"))


def place_tables(places: Places) -> None:
    """Say where prices and events will stand, for the sheets written before them."""
    place_prices(places, PRICES)
    row = FIRST
    for table in EVENTS:
        places.put(table.block, table.height, "Events", row, in_order([key for key, *_ in table.columns]))
        row += table.height + 4
    places.first["e.log"] = ("Events", FIRST, LOG, 1)


def add_universe(desk: Desk, places: Places) -> None:
    """Write the securities that are looked at."""
    sheet = add_table(desk, places, UNIVERSE)
    sheet.set_print_scale(47)


def add_price_sheet(desk: Desk, places: Places) -> None:
    """Write prices in local currency, and beside them exchange rates: sessions down, securities across."""
    note = "In the currency of the security, unadjusted, rounded to 4 decimals; the selection day is session 126. "
    note += "Securities that the filter may select, or that were held."
    sheet = add_prices(desk, places, PRICES, (11, 10), ("Prices", note, "EUR per unit"))
    for column, isin in enumerate(PRICED, start=2):
        sheet.write_string(FIRST - 1, column, isin, desk.styles("input", bold=True, align="center"))
    sheet.data_validation(FIRST - 1, 2, FIRST - 1, NAMES + 1, dict(WORDS))
    define_block(desk, "CloseTable", "Prices", (FIRST - 1, 1), (PRICES.last, NAMES + 1))
    sheet.fit_to_pages(3, 2)
    sheet.repeat_rows(FIRST - 1)
    sheet.repeat_columns(1, 1)


def add_events(desk: Desk, places: Places) -> None:
    """Write splits, dividends and withholding taxes."""
    sheet, row = add_tables(desk, places, "Events", EVENTS, (3, 0))
    sheet.set_column(LOG, LOG, 14)
    beside(desk, sheet, places, "e", (FIRST - 1, LOG), LOGS, EVENTS[0].height)
    row = _calculators(desk, sheet, places, row + 1)
    printed(sheet, row - 1, LOG, pages=(1, 1))


def _calculators(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    """Write what the first split and the first dividend make of the shares of the base date."""
    note = "First row of each table: the function, and the shares x new / old, or x (price + dividend) / price."
    row = section(desk, sheet, row, "Numbers of shares after an event", len(EVENT_COLUMNS), note)
    row = heads(desk, sheet, row, ("Event", "Shares before", "Price, ex-date", "After", "Replica", "Difference"))
    places.put("k", len(CALCULATED), "Events", row, in_order(("event", "before", "price", "after", "replica", "diff")))
    for offset, (event, block, keys, again) in enumerate(CALCULATED):
        terms = _terms(desk, sheet, places, (row + 4, 1 + 3 * offset), (block, keys))
        sheet.write_string(row + offset, 1, event, desk.styles("label"))
        texts = (
            f"=INDEX({{r.kept:}},MATCH({{{block}.isin^}},{{r.isin:}},0))",
            f"=INDEX({{p.closes:}},MATCH({{{block}.day^}},{{p.day:}},0),MATCH({{{block}.isin^}},{HEADS},0))",
            f'=XI_SHARES_ADJUST("{event}",{{before}},{{price}},{terms})',
            again,
            "=ABS({after}/{replica}-1)",
        )
        for column, (text, (role, number)) in enumerate(zip(texts, LOOKS, strict=True), start=2):
            write = sheet.write_dynamic_array_formula if role == "function" else sheet.write_formula
            cell = xl_rowcol_to_cell(row + offset, column)
            write(cell, filled(text, places, offset, "k", "Events"), desk.styles(role, number))
    return row + 7


def _terms(desk: Desk, sheet: Any, places: Places, at: tuple[int, int], names: tuple[str, tuple[str, ...]]) -> str:
    """Write the terms of an event as names and values and return their range."""
    (row, column), (block, keys) = at, names
    sheet.write_string(row - 1, column, "Terms", desk.styles("head"))
    sheet.write_string(row - 1, column + 1, "Value", desk.styles("head"))
    for offset, key in enumerate(keys):
        cell = places.cell(f"{block}.{key}", 0, "Events")
        sheet.write_string(row + offset, column, key, desk.styles("label"))
        sheet.write_formula(row + offset, column + 1, f"={cell}", desk.styles("formula", "any"))
    return address("Events", row, column, row + len(keys) - 1, column + 1).split("!")[1]
