"""Market sheet of the turbo desk: the as-of market, rates and exchange rate by day, levels by underlying and day."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.inputs import Input, write_input
from xlidx.templates.kit.places import Places, in_order
from xlidx.templates.kit.rules import list_rule, number_rule
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.turbo_desk.sample import DAYS, INDICES, LEVELS_FROM, MONEY, QUOTES, RATES_FROM, Quote

HOME, LAST = "Market", 14
WIDTHS = (13, 36, 14, 12, 13, 13, 11, 11, 11, 11, 9, 12, 12, 19)
UNDERLYINGS, CURRENCIES, RATED = 6, 15, 21
QUOTED = RATED + len(DAYS) + 3  # first row of the body of tblMarket
CODES = f"=Market!$B${UNDERLYINGS + 1}:$B${UNDERLYINGS + len(INDICES)}"
DATES = f"=Market!$B${RATED + 1}:$B${RATED + len(DAYS)}"
_ROW = "[[#This Row],[{0}]]"


def market_row(underlying: str, day: str) -> str:
    """Return the part of a formula that finds the row of tblMarket of an underlying on a day.

    The key holds the day as a number: date formats of TEXT are words of Excel's own language.
    """
    return f'MATCH({underlying}&" "&{day},tblMarket[Key],0)'


def _this(table: str, column: str) -> str:
    return f"{table}{_ROW.format(column)}"


_HOME = f'{_this("tblMarket", "Currency")}="EUR"'


def _money(column: str) -> str:
    return f"INDEX(tblRates[{column}],MATCH({_this('tblMarket', 'Date')},tblRates[Date],0))"


def _used(word: str) -> str:
    given, spot = _this("tblMarket", word), _this("tblMarket", "Spot")
    return f"=IF(ISNUMBER({given}),{given},{spot})"


MARKET = (
    ("underlying", "Underlying", "general", ""),
    ("date", "Date", "date", ""),
    ("spot", "Spot", "level", ""),
    ("low", "Low", "level", ""),
    ("high", "High", "level", ""),
    ("dividend", "Dividend", "level", ""),
    ("disrupted", "Disrupted", "general", ""),
    ("currency", "Currency", "general", "=INDEX(tblUnderlying[Currency],MATCH({this},tblUnderlying[Underlying],0))"),
    ("rate", "Rate", "rate", f"=IF({_HOME},{_money('EUR rate')},{_money('USD rate')})"),
    ("fx", "FX", "factor", f"=IF({_HOME},1,{_money('USD per EUR')})"),
    (
        "year",
        "Day count",
        "plain",
        f"=INDEX(tblCurrency[Day count],MATCH({_this('tblMarket', 'Currency')},tblCurrency[Currency],0))",
    ),
    ("low_used", "Low used", "level", _used("Low")),
    ("high_used", "High used", "level", _used("High")),
    ("key", "Key", "general", '={this}&" "&' + _this("tblMarket", "Date")),
)
UNDERLYING = ("Underlying", "Index", "Bloomberg", "Currency", "Spot", "Low", "High", "Rate", "FX", "Day count")
RATES = ("Date", "Source", "EUR rate", "USD rate", "USD per EUR")
# Which money-market rate the issuer applies is not published.
ASSUMED = (("EUR", "assumed: EONIA"), ("USD", "assumed: effective federal funds rate"))
_SOURCE = {"validate": "length", "criteria": "<=", "value": 100}
PRICE_INDICES = {index.code for index in INDICES if not index.performance}


def add_market(desk: Desk, places: Places) -> None:
    """Write the market: one row per underlying, one per day, one per underlying and day."""
    lead = "Published levels and rates by weekday: replace the rows by yours, then choose the as-of date on Inputs."
    sheet = add_sheet(desk, HOME, "input", WIDTHS, lead)
    _underlyings(desk, sheet, places)
    _currencies(desk, sheet)
    _rates(desk, sheet, places)
    _quotes(desk, sheet, places)
    printed(sheet, QUOTED + len(QUOTES) - 1, LAST, scale=66, breaks=[QUOTED - 3, QUOTED + 43, QUOTED + 90])


def _table(desk: Desk, sheet: Any, row: int, rows: int, name: str, columns: list[dict[str, Any]]) -> None:
    head = {"header_format": desk.styles("head")}
    options = {"name": name, "columns": [head | column for column in columns], "style": None, "autofilter": False}
    sheet.set_row(row, 18)
    sheet.add_table(row, 1, row + rows, len(columns), options)


def _underlyings(desk: Desk, sheet: Any, places: Places) -> None:
    note = "Read from the table of days below for the as-of date: ordinary formulas, nothing to fill in."
    section(desk, sheet, UNDERLYINGS - 3, "Market of the as-of date", LAST, note)
    columns: list[dict[str, Any]] = [{"header": head} for head in UNDERLYING]
    row = market_row(_this("tblUnderlying", "Underlying"), "AsOf")
    sources = ("Spot", "Low used", "High used", "Rate", "FX")
    numbers = ("level", "level", "level", "rate", "factor")
    for place, (source, number) in enumerate(zip(sources, numbers, strict=True), start=4):
        style = desk.styles("formula", number)
        columns[place] |= {"formula": f"=INDEX(tblMarket[{source}],{row})", "format": style}
    currency = _this("tblUnderlying", "Currency")
    text = f"=INDEX(tblCurrency[Day count],MATCH({currency},tblCurrency[Currency],0))"
    columns[9] |= {"formula": text, "format": desk.styles("formula", "plain")}
    _table(desk, sheet, UNDERLYINGS - 1, len(INDICES), "tblUnderlying", columns)
    for row_, index in enumerate(INDICES, start=UNDERLYINGS):
        for column, text in enumerate((index.code, index.name, index.bloomberg, index.currency), start=1):
            sheet.write_string(row_, column, text, desk.styles("label"))
    keys = ("underlying", "name", "bloomberg", "currency", "spot", "low", "high", "rate", "fx", "day_count")
    places.put("u", len(INDICES), HOME, UNDERLYINGS, in_order(keys))


def _currencies(desk: Desk, sheet: Any) -> None:
    section(desk, sheet, CURRENCIES - 2, "Currencies", LAST)
    heads = ("Currency", "Deposit rate", "Day count")
    _table(desk, sheet, CURRENCIES - 1, len(ASSUMED), "tblCurrency", [{"header": head} for head in heads])
    year = list_rule(["360", "365"], "Day count", "Days of a year: 360 (EUR, USD, CHF) or 365 (GBP).")
    for row, (currency, rate) in enumerate(ASSUMED, start=CURRENCIES):
        sheet.write_string(row, 1, currency, desk.styles("label"))
        sheet.write_string(row, 2, rate, desk.styles("label"))
        write_input(desk, sheet, row, 3, Input(f"Year{currency}", "", 360, "plain", "", year))


def _rates(desk: Desk, sheet: Any, places: Places) -> None:
    note = (
        "Published by ECB (EONIA, average of the month; euro reference rate) and Federal Reserve (H.15). A rate counts "
        "for the calendar days that end on the day. FX divides: financing currency per EUR."
    )
    section(desk, sheet, RATED - 3, "Deposit rates and exchange rate by day", LAST, note)
    _table(desk, sheet, RATED - 1, len(DAYS), "tblRates", [{"header": head} for head in RATES])
    rate = number_rule(-0.2, 1, "Deposit rate", "Per year, as a fraction: -0.45 % is -0.0045.")
    fx = number_rule(1e-6, 1e6, "Currency per EUR", "Units for one euro, for example 1.0951 US dollars.")
    day_rule = {"validate": "date", "criteria": ">=", "value": DAYS[0]}
    last = RATED + len(DAYS) - 1
    for row, money in enumerate(MONEY, start=RATED):
        sheet.write_datetime(row, 1, money.day, desk.styles("input", "date"))
        sheet.write_string(row, 2, RATES_FROM, desk.styles("input"))
        values = ((money.eur, "fraction4"), (money.usd, "rate"), (money.dollar, "factor"))
        for column, (value, number) in enumerate(values, start=3):
            sheet.write_number(row, column, value, desk.styles("input", number))
    for column, rule in ((1, day_rule), (2, _SOURCE), (3, rate), (4, rate), (5, fx)):
        sheet.data_validation(RATED, column, last, column, dict(rule))
    places.put("money", len(DAYS), HOME, RATED, {"date": 1, "eur": 3, "usd": 4, "dollar": 5})


def _quotes(desk: Desk, sheet: Any, places: Places) -> None:
    note = (
        f"Published levels, {LEVELS_FROM}. The dividend points of the price indices are not published: assumed 0. A "
        "blank low or high is the spot; a disrupted day (holiday: the close before) touches no stop-loss."
    )
    section(desk, sheet, QUOTED - 3, "Levels by underlying and day", LAST, note)
    columns: list[dict[str, Any]] = []
    this = _this("tblMarket", "Underlying")
    for _, head, number, text in MARKET:
        formula = {"formula": text.replace("{this}", this), "format": desk.styles("formula", number)}
        columns.append({"header": head} | (formula if text else {}))
    _table(desk, sheet, QUOTED - 1, len(QUOTES), "tblMarket", columns)
    for row, quote in enumerate(QUOTES, start=QUOTED):
        _quote(desk, sheet, row, quote)
    _rules(sheet)
    places.put("m", len(QUOTES), HOME, QUOTED, in_order([key for key, *_ in MARKET]))


def _quote(desk: Desk, sheet: Any, row: int, quote: Quote) -> None:
    values = (quote.code, quote.day, quote.spot, quote.low, quote.high, quote.dividend, quote.disrupted)
    for column, (value, (key, _, number, _)) in enumerate(zip(values, MARKET, strict=False), start=1):
        write = sheet.write_datetime if number == "date" else sheet.write
        format_ = "assumed" if key == "dividend" and quote.code in PRICE_INDICES else number
        write(row, column, value, desk.styles("input", format_))


def _rules(sheet: Any) -> None:
    last = QUOTED + len(QUOTES) - 1
    level = number_rule(1e-9, 1e9, "Level", "Index points above 0; a blank low or high is the spot.")
    rules = (
        list_rule(CODES, "Underlying", "One of the underlyings at the top of this sheet."),
        list_rule(DATES, "Date", "A day of the table of rates."),
        level,
        level,
        level,
        number_rule(0, 1e6, "Dividend", "Index points that go ex on the day; 0 if none."),
        list_rule(["no", "yes"], "Disrupted", "yes on holidays of the exchange and under market disruption."),
    )
    for column, rule in enumerate(rules, start=1):
        sheet.data_validation(QUOTED, column, last, column, dict(rule))
