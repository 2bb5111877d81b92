"""Single inputs of the index workbook, each one named and validated."""

from __future__ import annotations

from xlidx.templates.kit.inputs import FIRST, TO_REPLICA, Input
from xlidx.templates.kit.rules import LEVEL, TOLERANCE, list_rule, number_rule
from xlidx.templates.psi20_index.sample.candidates import CUT_OFF
from xlidx.templates.psi20_index.sample.closes import SESSIONS
from xlidx.templates.psi20_index.sample.members import ACTION_DAY, AS_OF, LINES

ACTION_ROWS = 8
RULE_BOOK = "PSI 20 rule book v16-01"

DATES = f"Prices!$B${FIRST + 1}:$B${FIRST + len(SESSIONS)}"
CODES = f"Prices!$C${FIRST}:${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[len(LINES) + 1]}${FIRST}"
ACTION_DATES = f"Events!$B${FIRST + 1}:$B${FIRST + ACTION_ROWS}"

# fmt: off
INDEX = (
    Input("AsOf", "As-of date", AS_OF, "date", "session",
          list_rule(f"={DATES}", "As-of date", "A session of sheet Prices."),
          "Session for weights, key figures, what-if and reconciliation; choose one of sheet Prices."),
    Input("BaseLevel", "Level on the base date", 3000.0, "level", "index points", LEVEL,
          f"{RULE_BOOK}, reference data: base value 3000; the base date is the first session of sheet Prices."),
    Input("NetStart", "Net return level on the base date", 3000.0, "level", "index points", LEVEL,
          "Sample: all three versions start together."),
    Input("GrossStart", "Gross return level on the base date", 3000.0, "level", "index points", LEVEL,
          "Sample: all three versions start together."),
)
WEIGHTS = (
    Input("Cap", "Cap", 0.12, "rate", "fraction of index",
          number_rule(0.01, 1, "Cap", "Highest weight as a fraction: 12 % is 0.12."),
          f"{RULE_BOOK}, 5.3.3: highest weight of one member."),
    Input("WhatIfCap", "What-if cap", 0.10, "rate", "fraction of index",
          number_rule(0.01, 1, "What-if cap", "Highest weight as a fraction: 10 % is 0.10."),
          "Sheet Capping compares this cap with the one above; no other sheet uses it."),
    Input("BandStep", "Band of the free float", 0.05, "rate", "fraction",
          number_rule(0.0001, 1, "Band", "Width of a band as a fraction: 5 % is 0.05."),
          f"{RULE_BOOK}, 8.1: bands of 5 %."),
    Input("BandDirection", "Rounding of the free float", "up", "general", "direction",
          list_rule(["up", "nearest", "down"], "Rounding", "up, nearest or down."),
          f"{RULE_BOOK}, 8.1: rounded up to the next band; exact multiples stay."),
)
REVIEW = (
    Input("ReviewKind", "Kind of review", "quarterly", "general", "annual or quarterly",
          list_rule(["annual", "quarterly"], "Review", "annual or quarterly."),
          f"{RULE_BOOK}, 5.1.2: annual in March, quarterly in June, September and December. The other word shows "
          "what the other rules would do with the same candidates."),
    Input("ReviewYear", "Year of the reviews", 2025, "plain", "year",
          number_rule(1995, 2050, "Year", "Four digits.", whole=True),
          "Sheet Review lists the dates of the reviews that become effective in this year."),
    Input("CutOff", "Review cut-off date", CUT_OFF, "date", "session",
          list_rule(f"={DATES}", "Cut-off", "A session of sheet Prices."),
          f"{RULE_BOOK}, 5.1.2: last Friday of February, May, August or November; the candidates are of this day."),
    Input("ActionDay", "Day of actions to explain", ACTION_DAY, "date", "ex-date",
          list_rule(f"={ACTION_DATES}", "Day of actions", "A date of sheet Events."),
          "Sheet Actions nets and explains the actions of this day; choose a date of sheet Events."),
    Input("RightsLimit", "Rights issues that add shares, below", 0.4, "unit", "new per share held",
          number_rule(0, 10, "Ratio", "New shares per share held."),
          f"{RULE_BOOK}, 6.6: fewer than 0.4 new shares per share. The functions use 0.4; this input is for the "
          "replicas on Calc."),
    Input("MemberFewest", "Smallest number of companies", 18, "count", "companies",
          number_rule(1, 100, "Companies", "A whole number.", whole=True),
          f"{RULE_BOOK}, 5.2.5: 18 to 20 companies. For a check.", plain=True),
    Input("MemberMost", "Largest number of companies", 20, "count", "companies",
          number_rule(1, 100, "Companies", "A whole number.", whole=True),
          f"{RULE_BOOK}, 5.2.5: 18 to 20 companies. For a check.", plain=True),
)
CHECKS = (
    TO_REPLICA,
    Input("CloseTolerance", "Largest difference of a close", 5e-5, "diff", "EUR", TOLERANCE,
          "Candidates are given with four decimals in euro.", plain=True),
    Input("LevelTolerance", "Largest difference to a published level", 0.005, "unit", "index points", TOLERANCE,
          "Published with two decimals: half of the last one.", plain=True),
    Input("WeightTolerance", "Largest difference to a published weight", 5e-5, "diff", "fraction of index", TOLERANCE,
          "Published as a percentage with two decimals: half of the last one.", plain=True),
)
# fmt: on
INPUT_GROUPS = (
    ("Index", INDEX),
    ("Weights", WEIGHTS),
    ("Review and actions", REVIEW),
    ("Checks", CHECKS),
)
