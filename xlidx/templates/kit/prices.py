"""The Prices sheet: closes by day, lines across, and beside them exchange rates of the same days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import attrs

from xlidx.templates.kit.inputs import FIRST, INVENTED, put
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.rules import Rule
from xlidx.templates.kit.style import Desk, add_sheet, define_block, section

HOME = "Prices"
Values = Sequence[float | None]


@attrs.frozen
class Prices:
    """Closes and rates with their number formats, and the rules of dates, closes and rates.

    ``closes`` is one (number format, values) for each line, ``rates`` the values of each currency; ``block`` is the
    block of the rates.  The field ``p.closes`` is a whole row of closes, ``rates`` of ``block`` a row of rates.
    """

    days: Sequence[date]
    closes: Sequence[tuple[str, Values]]
    rates: Mapping[str, Values]
    rate_number: str
    block: str
    rules: tuple[Rule, Rule, Rule]

    @property
    def right(self) -> int:
        """Column of the dates beside the exchange rates."""
        return len(self.closes) + 3

    @property
    def last(self) -> int:
        """Row of the last day."""
        return FIRST + len(self.days) - 1


def place_prices(places: Places, prices: Prices) -> None:
    """Say where closes and rates will stand, for the sheets written before them."""
    right, days = prices.right, len(prices.days)
    places.put("p", days, HOME, FIRST, {"day": 1})
    places.put("p", days, HOME, FIRST, {"closes": 2}, len(prices.closes))
    places.put(prices.block, days, HOME, FIRST, {"day": right})
    places.put(prices.block, days, HOME, FIRST, {"rates": right + 1}, len(prices.rates))
    places.put("fxn", 1, HOME, FIRST - 1, {"names": right + 1}, len(prices.rates))


def add_prices(
    desk: Desk, places: Places, prices: Prices, widths: tuple[float, float], titles: tuple[str, str, str]
) -> Any:
    """Write the sheet but for the heads of the lines, and return it.

    ``widths`` are those of a close and of a rate, ``titles`` the headings of closes and rates with a note between.
    """
    right, last, rates = prices.right, prices.last, list(prices.rates)
    title, note, beside = titles
    widths_of = (13, *([widths[0]] * len(prices.closes)), 3, 13, *([widths[1]] * len(rates)))
    sheet = add_sheet(desk, HOME, "input", widths_of, INVENTED, (FIRST, 2))
    section(desk, sheet, 3, title, len(prices.closes) + 1, note)
    sheet.write_string(3, right, beside, desk.styles("section"))
    sheet.set_row(FIRST - 1, 18)
    sheet.write_string(FIRST - 1, 1, "Date", desk.styles("head"))
    for column, text in enumerate(("Date", *rates), start=right):
        sheet.write_string(FIRST - 1, column, text, desk.styles("head"))
    _values(desk, sheet, places, prices)
    day, close, rate = prices.rules
    sheet.data_validation(FIRST, 1, last, 1, dict(day))
    sheet.data_validation(FIRST, 2, last, right - 2, dict(close))
    sheet.data_validation(FIRST, right + 1, last, right + len(rates), dict(rate))
    define_block(desk, "RateTable", HOME, (FIRST, right + 1), (last, right + len(rates)))
    sheet.print_area(0, 0, last, len(widths_of))
    return sheet


def _values(desk: Desk, sheet: Any, places: Places, prices: Prices) -> None:
    columns = [(column, number, values) for column, (number, values) in enumerate(prices.closes, start=2)]
    rates = enumerate(prices.rates.values(), start=prices.right + 1)
    columns += [(column, prices.rate_number, values) for column, values in rates]
    for offset, day in enumerate(prices.days):
        row = FIRST + offset
        put(sheet, row, 1, day, desk.styles("input", "date"))
        text = f"={places.cell('p.day', offset, HOME)}"
        sheet.write_formula(row, prices.right, text, desk.styles("formula", "date"))
        for column, number, values in columns:
            put(sheet, row, column, values[offset], desk.styles("input", number))
