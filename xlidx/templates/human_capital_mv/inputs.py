"""Single inputs of the human capital workbook, each one named and validated."""

from __future__ import annotations

from xlidx.templates.human_capital_mv.sample import BASE, SELECTION
from xlidx.templates.kit.inputs import TO_REPLICA, Input
from xlidx.templates.kit.rules import LEVEL, TOLERANCE, day_rule, number_rule

GUIDELINE = "Solactive Human Capital World MV guideline v1.0"
STEP_4 = f"{GUIDELINE}, 2.1 step 4."
FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 25 % is 0.25.")


def _fraction(name: str, label: str, value: float, unit: str, source: str) -> Input:
    return Input(name, label, value, "rate", unit, FRACTION, source)


# fmt: off
DAYS = (
    Input("AsOf", "Selection day", SELECTION, "date", "business day",
          day_rule("First business day of January, April, July or October."),
          f"{GUIDELINE}, 4 Selection Day. It is the 126th session of sheet Prices; the other dates follow from it."),
    Input("BaseDay", "Previous adjustment day", BASE, "date", "business day",
          day_rule("An adjustment day of the same year, before the selection day."),
          "Sample: the history starts here with the older composition of sheet Universe."),
    Input("BaseLevel", "Level on the previous adjustment day", 100.0, "level", "index points", LEVEL,
          "Sample: price, net and gross return start together."),
)
SCREENS = (
    Input("LeastScore", "Least ESG and people score", 30.0, "unit", "of 100",
          number_rule(0, 100, "Score", "From 0 to 100."), f"{GUIDELINE}, 4 Universe."),
    _fraction("FuelLimit", "Turnover from coal or tar sands below", 0.10, "fraction of turnover",
              f"{GUIDELINE}, 4 Universe."),
    Input("LeastTraded", "Average daily value traded above", 5e6, "count", "EUR per business day",
          number_rule(0, 1e12, "Value traded", "EUR per business day."),
          f"{GUIDELINE}, 4 Selection Pool: over six months and over one."),
    _fraction("YieldFilter", "Part selected by dividend yield", 0.25, "fraction of the pool",
              f"{GUIDELINE}, 2.1 step 2. Prices of the sample reach for all that a filter up to 30 % selects."),
    _fraction("RegionPart", "Least part of the selection by region", 0.10, "fraction of selection",
              f"{GUIDELINE}, 2.1 step 3: next best are added to a region below it."),
)
LIMITS = (
    Input("NamesHeld", "Securities held", 50, "count", "securities",
          number_rule(1, 1000, "Securities", "A whole number.", whole=True), STEP_4),
    _fraction("Lowest", "Least weight of a security held", 0.01, "fraction of index", STEP_4),
    _fraction("Highest", "Largest weight of a security", 0.05, "fraction of index", STEP_4),
    _fraction("SectorCap", "Largest weight of a sector", 0.33, "fraction of index", STEP_4),
    _fraction("RegionFloor", "Least weight of a region", 0.10, "fraction of index", STEP_4),
    _fraction("RegionCap", "Largest weight of a region", 0.50, "fraction of index", STEP_4),
)
CHECKS = (
    TO_REPLICA,
    Input("GapTolerance", "Largest gap of the optimiser", 1e-6, "diff", "fraction of variance", TOLERANCE,
          "Proven: no other portfolio within the limits has a variance lower by more than this part.", plain=True),
)
# fmt: on
INPUT_GROUPS = (
    ("Days and base", DAYS),
    ("Screens and selection", SCREENS),
    ("Limits of the optimiser", LIMITS),
    ("Checks", CHECKS),
)
