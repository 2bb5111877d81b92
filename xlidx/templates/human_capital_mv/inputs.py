"""Single inputs of the human capital workbook, each one named and validated."""

from __future__ import annotations

from xlidx.templates.human_capital_mv.sample import BASE, SELECTION
from xlidx.templates.kit.parts import Input, number_rule
from xlidx.templates.psi20_index.inputs import LEVEL, TO_REPLICA, TOLERANCE, day_rule

GUIDELINE = "Solactive Human Capital World MV guideline v1.0"
FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 25 % is 0.25.")
REPLICA = "The function uses the number of the guideline; this input is for the replica on Screens."


def _fraction(name: str, label: str, value: float, unit: str, source: str) -> Input:
    return Input(name=name, label=label, value=value, number="rate", unit=unit, source=source, rule=FRACTION)


DAYS = (
    Input(
        name="AsOf",
        label="Selection day",
        value=SELECTION,
        number="date",
        unit="business day",
        source=f"{GUIDELINE}, 4 Selection Day. It is the 126th session of sheet Prices; the other dates follow from it.",
        rule=day_rule("First business day of January, April, July or October."),
    ),
    Input(
        name="BaseDay",
        label="Previous adjustment day",
        value=BASE,
        number="date",
        unit="business day",
        source="Sample: the history starts here with the older composition of sheet Universe.",
        rule=day_rule("An adjustment day of the same year, before the selection day."),
    ),
    Input(
        name="BaseLevel",
        label="Level on the previous adjustment day",
        value=100.0,
        number="level",
        unit="index points",
        source="Sample: price, net and gross return start together.",
        rule=LEVEL,
    ),
)
SCREENS = (
    Input(
        name="LeastScore",
        label="Least ESG and people score",
        value=30.0,
        number="unit",
        unit="of 100",
        source=f"{GUIDELINE}, 4 Universe. {REPLICA}",
        rule=number_rule(0, 100, "Score", "From 0 to 100."),
    ),
    _fraction(
        "FuelLimit",
        "Turnover from coal or tar sands below",
        0.10,
        "fraction of turnover",
        f"{GUIDELINE}, 4 Universe. {REPLICA}",
    ),
    Input(
        name="LeastTraded",
        label="Average daily value traded above",
        value=5e6,
        number="count",
        unit="EUR per business day",
        source=f"{GUIDELINE}, 4 Selection Pool: over six months and over one. {REPLICA}",
        rule=number_rule(0, 1e12, "Value traded", "EUR per business day."),
    ),
    _fraction(
        "YieldFilter",
        "Part selected by dividend yield",
        0.25,
        "fraction of the pool",
        f"{GUIDELINE}, 2.1 step 2. Prices of the sample reach for all that a filter up to 30 % selects.",
    ),
    _fraction(
        "RegionPart",
        "Least part of the selection by region",
        0.10,
        "fraction of selection",
        f"{GUIDELINE}, 2.1 step 3. The function uses the number of the guideline; this input is for a check.",
    ),
)
LIMITS = (
    Input(
        name="NamesHeld",
        label="Securities held",
        value=50,
        number="count",
        unit="securities",
        source=f"{GUIDELINE}, 2.1 step 4.",
        rule=number_rule(1, 1000, "Securities", "A whole number.", whole=True),
    ),
    _fraction("Lowest", "Least weight of a security held", 0.01, "fraction of index", f"{GUIDELINE}, 2.1 step 4."),
    _fraction("Highest", "Largest weight of a security", 0.05, "fraction of index", f"{GUIDELINE}, 2.1 step 4."),
    _fraction("SectorCap", "Largest weight of a sector", 0.33, "fraction of index", f"{GUIDELINE}, 2.1 step 4."),
    _fraction("RegionFloor", "Least weight of a region", 0.10, "fraction of index", f"{GUIDELINE}, 2.1 step 4."),
    _fraction("RegionCap", "Largest weight of a region", 0.50, "fraction of index", f"{GUIDELINE}, 2.1 step 4."),
)
CHECKS = (
    TO_REPLICA,
    Input(
        name="GapTolerance",
        label="Largest gap of the optimiser",
        value=1e-6,
        number="diff",
        unit="fraction of variance",
        source="Proven: no other portfolio within the limits has a variance lower by more than this part.",
        rule=TOLERANCE,
    ),
)
INPUT_GROUPS = (
    ("Days and base", DAYS),
    ("Screens and selection", SCREENS),
    ("Limits of the optimiser", LIMITS),
    ("Checks", CHECKS),
)
