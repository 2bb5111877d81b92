"""Single inputs of the index workbook, each one named and validated."""

from __future__ import annotations

from datetime import date
from typing import Any

from xlidx.templates.kit.inputs import Input
from xlidx.templates.kit.rules import list_rule, number_rule
from xlidx.templates.psi20_index.sample.candidates import CUT_OFF
from xlidx.templates.psi20_index.sample.closes import SESSIONS
from xlidx.templates.psi20_index.sample.members import ACTION_DAY, AS_OF, LINES

FIRST = 6  # first row of the body of the input tables
ACTION_ROWS = 8
RULE_BOOK = "PSI 20 rule book v16-01"

LEVEL = number_rule(1e-6, 1e9, "Level", "Index points, above 0.")
TOLERANCE = number_rule(0, 1, "Tolerance", "Largest difference that counts as agreement.")


TO_REPLICA = Input(
    name="Tolerance",
    label="Largest difference to a replica",
    value=1e-9,
    number="diff",
    unit="points or fraction",
    source="Functions and replicas differ by floating-point noise only; large numbers are compared as a ratio.",
    rule=number_rule(0, 1e-3, "Tolerance", "A small number, at most 0.001."),
)


def day_rule(message: str) -> dict[str, Any]:
    """Return the validation of a date."""
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": date(1990, 1, 1),
        "maximum": date(2099, 12, 31),
        "input_title": "Date",
        "input_message": message,
        "error_title": "Date",
        "error_message": message,
    }


DATES = f"Prices!$B${FIRST + 1}:$B${FIRST + len(SESSIONS)}"
CODES = f"Prices!$C${FIRST}:${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[len(LINES) + 1]}${FIRST}"
ACTION_DATES = f"Events!$B${FIRST + 1}:$B${FIRST + ACTION_ROWS}"

INDEX = (
    Input(
        name="AsOf",
        label="As-of date",
        value=AS_OF,
        number="date",
        unit="session",
        source="Session for weights, key figures, what-if and reconciliation; choose one of sheet Prices.",
        rule=list_rule(f"={DATES}", "As-of date", "A session of sheet Prices."),
    ),
    Input(
        name="BaseLevel",
        label="Level on the base date",
        value=3000.0,
        number="level",
        unit="index points",
        source=f"{RULE_BOOK}, reference data: base value 3000; the base date is the first session of sheet Prices.",
        rule=LEVEL,
    ),
    Input(
        name="NetStart",
        label="Net return level on the base date",
        value=3000.0,
        number="level",
        unit="index points",
        source="Sample: all three versions start together.",
        rule=LEVEL,
    ),
    Input(
        name="GrossStart",
        label="Gross return level on the base date",
        value=3000.0,
        number="level",
        unit="index points",
        source="Sample: all three versions start together.",
        rule=LEVEL,
    ),
)
WEIGHTS = (
    Input(
        name="Cap",
        label="Cap",
        value=0.12,
        number="rate",
        unit="fraction of index",
        source=f"{RULE_BOOK}, 5.3.3: highest weight of one member.",
        rule=number_rule(0.01, 1, "Cap", "Highest weight as a fraction: 12 % is 0.12."),
    ),
    Input(
        name="WhatIfCap",
        label="What-if cap",
        value=0.10,
        number="rate",
        unit="fraction of index",
        source="Sheet Capping compares this cap with the one above; no other sheet uses it.",
        rule=number_rule(0.01, 1, "What-if cap", "Highest weight as a fraction: 10 % is 0.10."),
    ),
    Input(
        name="BandStep",
        label="Band of the free float",
        value=0.05,
        number="rate",
        unit="fraction",
        source=f"{RULE_BOOK}, 8.1: bands of 5 %.",
        rule=number_rule(0.0001, 1, "Band", "Width of a band as a fraction: 5 % is 0.05."),
    ),
    Input(
        name="BandDirection",
        label="Rounding of the free float",
        value="up",
        number="general",
        unit="direction",
        source=f"{RULE_BOOK}, 8.1: rounded up to the next band; exact multiples stay.",
        rule=list_rule(["up", "nearest", "down"], "Rounding", "up, nearest or down."),
    ),
)
REVIEW = (
    Input(
        name="ReviewKind",
        label="Kind of review",
        value="quarterly",
        number="general",
        unit="annual or quarterly",
        source=f"{RULE_BOOK}, 5.1.2: annual in March, quarterly in June, September and December. The other word shows "
        "what the other rules would do with the same candidates.",
        rule=list_rule(["annual", "quarterly"], "Review", "annual or quarterly."),
    ),
    Input(
        name="ReviewYear",
        label="Year of the reviews",
        value=2025,
        number="plain",
        unit="year",
        source="Sheet Review lists the dates of the reviews that become effective in this year.",
        rule=number_rule(1995, 2050, "Year", "Four digits.", whole=True),
    ),
    Input(
        name="CutOff",
        label="Review cut-off date",
        value=CUT_OFF,
        number="date",
        unit="session",
        source=f"{RULE_BOOK}, 5.1.2: last Friday of February, May, August or November; the candidates are of this day.",
        rule=list_rule(f"={DATES}", "Cut-off", "A session of sheet Prices."),
    ),
    Input(
        name="ActionDay",
        label="Day of actions to explain",
        value=ACTION_DAY,
        number="date",
        unit="ex-date",
        source="Sheet Actions nets and explains the actions of this day; choose a date of sheet Events.",
        rule=list_rule(f"={ACTION_DATES}", "Day of actions", "A date of sheet Events."),
    ),
    Input(
        name="RightsLimit",
        label="Rights issues that add shares, below",
        value=0.4,
        number="unit",
        unit="new per share held",
        source=f"{RULE_BOOK}, 6.6: fewer than 0.4 new shares per share. The functions use 0.4; this input is for the "
        "replicas on Calc.",
        rule=number_rule(0, 10, "Ratio", "New shares per share held."),
    ),
    Input(
        name="MemberFewest",
        label="Smallest number of companies",
        value=18,
        number="count",
        unit="companies",
        source=f"{RULE_BOOK}, 5.2.5: 18 to 20 companies.",
        rule=number_rule(1, 100, "Companies", "A whole number.", whole=True),
    ),
    Input(
        name="MemberMost",
        label="Largest number of companies",
        value=20,
        number="count",
        unit="companies",
        source=f"{RULE_BOOK}, 5.2.5: 18 to 20 companies.",
        rule=number_rule(1, 100, "Companies", "A whole number.", whole=True),
    ),
)
CHECKS = (
    TO_REPLICA,
    Input(
        name="CloseTolerance",
        label="Largest difference of a close",
        value=5e-5,
        number="diff",
        unit="EUR",
        source="Candidates are given with four decimals in euro.",
        rule=TOLERANCE,
    ),
    Input(
        name="LevelTolerance",
        label="Largest difference to a published level",
        value=0.005,
        number="unit",
        unit="index points",
        source="Published with two decimals: half of the last one.",
        rule=TOLERANCE,
    ),
    Input(
        name="WeightTolerance",
        label="Largest difference to a published weight",
        value=5e-5,
        number="diff",
        unit="fraction of index",
        source="Published as a percentage with two decimals: half of the last one.",
        rule=TOLERANCE,
    ),
)
INPUT_GROUPS = (
    ("Index", INDEX),
    ("Weights", WEIGHTS),
    ("Review and actions", REVIEW),
    ("Checks", CHECKS),
)
