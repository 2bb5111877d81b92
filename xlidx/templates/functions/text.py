"""Words of the function book: cover, inputs, and the unit of every argument that is a number."""

from __future__ import annotations

from datetime import date

from xlidx.excel.entries import Param
from xlidx.templates.kit.cover import Cover
from xlidx.templates.kit.inputs import Input
from xlidx.templates.kit.rules import number_rule

PURPOSE = (
    "Every function of xlidx with a call that works and one that does not. Learn a function, try your own numbers in "
    "the blue cells, copy a formula, read what an error means, and see at a glance whether an installation gives the "
    "printed answers. All sheets are made from the same catalogue as the function wizard."
)
STEPS = (
    "Find the function on sheet Contents and follow its link; the arrow beside its name leads back.",
    "Compare the live result with the printed answer beside or below it; Agrees says whether they are the same.",
    "Change a blue argument and see the result change. The answer stays as printed, so its check then turns red.",
    "Look below the examples for calls that are refused: the error value, and the sentence of XI_WHY that mends it.",
)
NOTE = (
    "Examples are small and made for reading; the other workbooks show the functions at work. An answer is the printed "
    "one, the published one, or one by hand, as the source beside each example says; where a source states a part of a "
    "result only, the other cells of the answer hold a dot and are not compared."
)
# fmt: off
INPUTS = (
    Input("AsOf", "Date of the examples", date(2020, 2, 10), "date", "date",
          {"validate": "date", "criteria": ">", "value": date(2000, 1, 1)},
          "Shown on the cover: Trade Date of the Final Terms that many examples are taken from. No result "
          "depends on it.", plain=True),
    Input("Tolerance", "Tolerance of the answers", 1e-12, "diff", "fraction",
          number_rule(0, 1e-6, "Tolerance", "From 0 to 1E-6."),
          "A result agrees with its answer when it is off by no more than this part of the answer; texts must "
          "be equal.", plain=True),
)
# fmt: on


def cover(sheets: tuple[tuple[str, str, str], ...]) -> Cover:
    """Return the words of the cover for a list of sheets."""
    lead = "Every function with a live example, its answer, its arguments, its clauses and its errors."
    return Cover(lead=lead, purpose=PURPOSE, steps=STEPS, contents=sheets, note=NOTE)


# One name has one unit throughout the catalogue; "points" are those of the index or underlying.
_UNITS = {
    "currency": "prices price subscription disadvantage amount acquirer_price cash market_values value_before "
    "value_after expenses position",
    "shares": "shares shares_outstanding volumes",
    "shares per share": "ratio",
    "currency per point": "divisor",
    "points": "level previous_tr previous_level xd dividend financing_level previous_stop_loss stop_loss low high "
    "reference_price spot lows highs levels first_level second_level increment first rollovers rounding",
    "per share or points": "dividends",
    "fraction": "free_float capping withholding band cap yield_filter lowest highest sector_cap region_floor "
    "region_cap start target weights premium premiums maximum_premium minimum_premium shifts fuel_turnover "
    "region_part turnover",
    "fraction a year": "rate rates spread spreads base_rates maximum_spread growth dividend_yield drift volatility",
    "currency rate": "fx",
    "units": "entitlement",
    "days": "days returns",
    "seconds": "time_limit",
    "units of work": "work_limit",
    "points of 100": "least_esg least_people",
    "EUR a day": "value_traded",
    "days a year": "day_count",
    "hours": "hours",
    "years": "years",
    "year": "year",
    "count": "count seed paths universe_size names_held node_limit first_series number decimals fewest",
    "count a year": "jumps",
    "day of the period": "day",
    "logarithm": "jump_mean jump_volatility",
    "units per unit": "splits",
    "times": "targets",
    "prices or returns": "data",
}
UNITS = {name: unit for unit, names in _UNITS.items() for name in names.split()}


def unit(param: Param) -> str:
    """Return the unit of a number, or what else the argument is.

    Examples
    --------
    >>> from xlidx.excel.catalogue import find
    >>> [unit(param) for param in find("XI_TURBO_VALUE").params]
    ['word', 'points', 'points', 'units', 'currency rate']
    """
    accepts = param.read.accepts
    if "number" in accepts:
        return UNITS.get(param.name, "number")
    kinds = ("table", "TRUE/FALSE", "date", "word", "name and value")
    return next((kind for kind in kinds if kind in accepts), accepts)
