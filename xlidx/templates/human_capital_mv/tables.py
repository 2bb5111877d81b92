"""Input tables of the human capital workbook: universe, prices, events."""

from __future__ import annotations

from typing import Any

import attrs

from xlidx.index.screening.ratings import AREAS, CONTROVERSY, INVOLVEMENT
from xlidx.templates.human_capital_mv.sample import DIVIDEND_DAY, SAMPLE, SECTORS, SESSIONS, SPLIT_DAY
from xlidx.templates.kit.grid import Places
from xlidx.templates.kit.parts import custom_rule, list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, address, define_block, heads, section
from xlidx.templates.psi20_index.inputs import FIRST, day_rule
from xlidx.templates.psi20_index.tables import (
    COUNTRY,
    FRACTION,
    INVENTED,
    POSITIVE,
    WORDS,
    Column,
    input_sheet,
    input_table,
    put,
    single,
)

SIZE, DAYS = len(SAMPLE.universe), len(SESSIONS)
PRICED = tuple(SAMPLE.prices)
NAMES = len(PRICED)
FOREIGN = tuple(SAMPLE.rates)
RATE = NAMES + 3  # column of the dates beside the exchange rates
EVENT_ROWS, DIVIDEND_ROWS, TAX_ROWS = 4, 4, 9
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
EVENT_COLUMNS: tuple[Column, ...] = (
    ("day", "Date", 14, "date", DAY),
    ("isin", "ISIN", 14, "general", PRICED_RULE),
    ("event", "Event", 18, "general", list_rule(["split"], "Event", "The replicas follow splits.")),
    ("old", "Old", 12, "any", number_rule(1e-9, 1e6, "Old", "Number of shares before.")),
    ("new", "New", 12, "any", number_rule(1e-9, 1e6, "New", "Number of shares after.")),
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


def place_tables(places: Places) -> None:
    """Say where prices and events will stand, for the sheets written before them."""
    places.put("p", DAYS, "Prices", FIRST, {"day": 1})
    places.put("p", DAYS, "Prices", FIRST, {"closes": 2}, NAMES)
    places.put("fx", DAYS, "Prices", FIRST, {"day": RATE})
    places.put("fx", DAYS, "Prices", FIRST, {"rates": RATE + 1}, len(FOREIGN))
    places.put("fxn", 1, "Prices", FIRST - 1, {"names": RATE + 1}, len(FOREIGN))
    for block, columns, row, rows in (
        ("e", EVENT_COLUMNS, FIRST, EVENT_ROWS),
        ("d", DIVIDEND_COLUMNS, FIRST + EVENT_ROWS + 4, DIVIDEND_ROWS),
        ("x", TAX_COLUMNS, FIRST + EVENT_ROWS + DIVIDEND_ROWS + 8, TAX_ROWS),
    ):
        places.put(block, rows, "Events", row, {key: n for n, (key, *_) in enumerate(columns, start=1)})


def add_universe(desk: Desk, places: Places) -> Any:
    """Write the securities that are looked at."""
    rows = [[*attrs.astuple(one), SAMPLE.old_weights.get(one.isin)] for one in SAMPLE.universe]
    note = f"Table tblUniverse: {SIZE} securities built for this workbook, of the selection day. Old weight: target of "
    note += "the previous adjustment day. ADV in EUR, dividend and close in the currency of the price."
    names = ("Universe", "tblUniverse", "u")
    sheet = single(desk, places, names, note, UNIVERSE_COLUMNS, rows, SIZE)
    sheet.set_print_scale(47)
    return sheet


def add_prices(desk: Desk, places: Places) -> Any:
    """Write prices in local currency, and beside them exchange rates: sessions down, securities across."""
    widths = (13, *([11] * NAMES), 3, 13, *([10] * len(FOREIGN)))
    sheet = add_sheet(desk, "Prices", "input", widths, INVENTED, (FIRST, 2))
    note = "In the currency of the security, unadjusted, rounded to 4 decimals; the selection day is session 126. "
    section(desk, sheet, 3, "Prices", NAMES + 1, note + "Securities that the filter may select, or that were held.")
    sheet.write_string(3, RATE, "EUR per unit", desk.styles("section"))
    _heads(desk, sheet)
    columns = [(2 + n, "cash4", values) for n, values in enumerate(SAMPLE.prices.values())]
    columns += [(RATE + 1 + n, "exact", values) for n, values in enumerate(SAMPLE.rates.values())]
    for offset, day in enumerate(SESSIONS):
        put(sheet, FIRST + offset, 1, day, desk.styles("input", "date"))
        text = f"={places.cell('p.day', offset, 'Prices')}"
        sheet.write_formula(FIRST + offset, RATE, text, desk.styles("formula", "date"))
        for column, number, values in columns:
            sheet.write_number(FIRST + offset, column, values[offset], desk.styles("input", number))
    _rules(sheet)
    last = FIRST + DAYS - 1
    define_block(desk, "CloseTable", "Prices", (FIRST - 1, 1), (last, NAMES + 1))
    define_block(desk, "RateTable", "Prices", (FIRST, RATE + 1), (last, RATE + len(FOREIGN)))
    sheet.print_area(0, 0, FIRST + DAYS - 1, len(widths))
    sheet.fit_to_pages(3, 2)
    sheet.repeat_rows(FIRST - 1)
    sheet.repeat_columns(1, 1)
    return sheet


def _heads(desk: Desk, sheet: Any) -> None:
    sheet.set_row(FIRST - 1, 18)
    sheet.write_string(FIRST - 1, 1, "Date", desk.styles("head"))
    for n, isin in enumerate(PRICED):
        sheet.write_string(FIRST - 1, 2 + n, isin, desk.styles("input", bold=True, align="center"))
    for n, text in enumerate(("Date", *FOREIGN)):
        sheet.write_string(FIRST - 1, RATE + n, text, desk.styles("head"))


def _rules(sheet: Any) -> None:
    last = FIRST + DAYS - 1
    sheet.data_validation(FIRST, 1, last, 1, day_rule("A weekday, oldest first."))
    sheet.data_validation(FIRST - 1, 2, FIRST - 1, NAMES + 1, dict(WORDS))
    sheet.data_validation(FIRST, 2, last, NAMES + 1, dict(POSITIVE))
    sheet.data_validation(FIRST, RATE + 1, last, RATE + len(FOREIGN), dict(POSITIVE))


def add_events(desk: Desk, places: Places) -> Any:
    """Write splits, dividends and withholding taxes."""
    sheet = input_sheet(desk, "Events", EVENT_COLUMNS, (3, 0))
    wide = len(EVENT_COLUMNS)
    note = "Table tblEvents: the date is the ex-date; numbers of shares and the covariance follow it."
    row = section(desk, sheet, 3, "Splits", wide, note)
    events = [(SPLIT_DAY, SAMPLE.split, "split", 1, 2, "Sample: two shares for one")]
    row = input_table(desk, sheet, places, ("tblEvents", "e"), (row, EVENT_COLUMNS, events, EVENT_ROWS))
    note = "Table tblDividends: ordinary dividends, gross; they raise numbers of shares in the net and gross version."
    row = section(desk, sheet, row + 1, "Dividends", wide, note)
    paid = [(DIVIDEND_DAY, *SAMPLE.dividend)]
    row = input_table(desk, sheet, places, ("tblDividends", "d"), (row, DIVIDEND_COLUMNS, paid, DIVIDEND_ROWS))
    note = "Table tblTax: rates by country, for the net return. The rates are samples."
    row = section(desk, sheet, row + 1, "Withholding tax", wide, note)
    row = input_table(desk, sheet, places, ("tblTax", "x"), (row, TAX_COLUMNS, TAXES, TAX_ROWS))
    row = _calculators(desk, sheet, places, row + 1)
    sheet.print_area(0, 0, row - 1, wide)
    sheet.fit_to_pages(1, 1)
    return sheet


def _calculators(desk: Desk, sheet: Any, places: Places, row: int) -> int:
    """Write what the first split and the first dividend make of the shares of the base date."""
    note = "First row of each table: the function, and the shares x new / old, or x (price + dividend) / price."
    row = section(desk, sheet, row, "Numbers of shares after an event", len(EVENT_COLUMNS), note)
    row = heads(desk, sheet, row, ("Event", "Shares before", "Price, ex-date", "After", "Replica", "Difference"))
    places.put("k", 2, "Events", row, {"diff": 6})
    terms = (("split", "e", ("old", "new")), ("dividend", "d", ("amount",)))
    for at, (event, block, keys) in enumerate(terms, start=row):
        code, day = (places.cell(f"{block}.{key}", 0, "Events") for key in ("isin", "day"))
        first, *more = (places.cell(f"{block}.{key}", 0, "Events") for key in keys)
        names = f"MATCH({code},{HEADS},0)"
        texts = (
            f"=INDEX({places.column('r.kept')},MATCH({code},{places.column('r.isin')},0))",
            f"=INDEX({places.column('p.closes')},MATCH({day},{places.column('p.day')},0),{names})",
        )
        sheet.write_string(at, 1, event, desk.styles("label"))
        for column, text in enumerate(texts, start=2):
            sheet.write_formula(at, column, text, desk.styles("cross", "exact"))
        pairs = _terms(desk, sheet, (row + 4, 1 + 3 * (at - row)), (keys, (first, *more)))
        call = f'=XI_SHARES_ADJUST("{event}",C{at + 1},D{at + 1},{pairs})'
        sheet.write_dynamic_array_formula(at, 4, at, 4, call, desk.styles("function", "exact"))
        again = f"=C{at + 1}*{more[0]}/{first}" if more else f"=C{at + 1}*(D{at + 1}+{first})/D{at + 1}"
        sheet.write_formula(at, 5, again, desk.styles("formula", "exact"))
        sheet.write_formula(at, 6, f"=ABS(E{at + 1}/F{at + 1}-1)", desk.styles("formula", "diff"))
    return row + 7


def _terms(desk: Desk, sheet: Any, at: tuple[int, int], content: tuple[Any, Any]) -> str:
    """Write the terms of an event as names and values and return their range."""
    (row, column), (names, cells) = at, content
    sheet.write_string(row - 1, column, "Terms", desk.styles("head"))
    sheet.write_string(row - 1, column + 1, "Value", desk.styles("head"))
    for offset, (name, cell) in enumerate(zip(names, cells, strict=True)):
        sheet.write_string(row + offset, column, name, desk.styles("label"))
        sheet.write_formula(row + offset, column + 1, f"={cell}", desk.styles("formula", "any"))
    return address("Events", row, column, row + len(names) - 1, column + 1).split("!")[1]
