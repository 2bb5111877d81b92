"""Cells of results that are known by hand, for examples whose whole answer the catalogue does not print.

Every figure is stated by the source of its example, or follows from it in one step that stands beside it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

ANY = "·"  # a cell of which the source says nothing

# By function and number of the example: the upper left part of the result.
KNOWN: dict[tuple[str, int], list[list[Any]]] = {
    ("XI_OPENING_LEVEL", 1): [["time", "level", "state"], [ANY, 105.0, "pre-opening"]],
    ("XI_RIGHTS_ISSUE", 1): [["adjusted_price", "new_shares"], [9.2, 1250.0]],
    ("XI_SPECIAL_DIVIDEND", 1): [["adjusted_price", "new_shares", "value_change"], [9.5, 1000.0, -500.0]],
    ("XI_SPLIT", 1): [["adjusted_price", "new_shares"], [2.5, 4000.0]],
    ("XI_TAKEOVER", 1): [["offer", "share_part", "treatment", "new_shares"], [4.0, 0.75, ANY, 300.0]],
    ("XI_REVIEW_DATES", 2): [
        ["kind", "selection"],
        ["quarterly", date(2017, 1, 2)],  # four Mondays; 1 January, April, July and October are days off
        ["quarterly", date(2017, 4, 3)],
        ["quarterly", date(2017, 7, 3)],
        ["quarterly", date(2017, 10, 2)],
    ],
    ("XI_REVIEW_SELECT", 1): [
        ["company", "isin", "member", "rank", "size", "free_float", "velocity", "decision"],
        ["A", "PTA", "yes", 1.0, ANY, 0.5, 0.6, "stay"],
        ["B", "PTB", "no", ANY, ANY, 0.15, 0.2, "excluded"],
    ],
    ("XI_REVIEW_UPDATE", 1): [
        ["company", "isin", ANY, "old_shares", "new_shares", ANY, "new_free_float", ANY, "new_capping"],
        ["A", "PTA", ANY, 2e8, 2.2e8, 0.4, 0.5, 0.6, 24 / 55],  # 0.6 x 200 x 0.4 / (220 x 0.5)
    ],
    ("XI_ESG_SCREEN", 1): [
        ["isin", "passed", "esg_score", "esg_peers", "people_score", "people_peers"],
        ["A", "yes", 60.0, 50.0, 55.0, 50.0],
        ["B", "no", 40.0, 50.0, 45.0, 50.0],
    ],
    ("XI_YIELD_SELECT", 1): [
        ["isin", "region", "dividend_yield", "rank"],
        ["A", "North America", 0.04, 1.0],
        ["B", "Europe", 0.02, 3.0],
        ["C", "Asia Pacific", 0.03, 2.0],
    ],
    ("XI_MIN_VARIANCE", 1): [
        ["id", "sector", "region", "weight"],
        ["A", "Energy", "Europe", 0.8],
        ["B", "Finance", "Europe", 0.2],
        ["C", "Energy", "Europe", 0.0],
    ],
    ("XI_TURBO_LADDER", 1): [
        ["series", "financing_level", "stop_loss", "issue_price"],
        [1.0, 13571.32, 13571.32, 0.39],
        [2.0, 13576.32, 13576.32, 0.44],
    ],
    ("XI_TURBO_SCENARIO", 1): [
        ["series", "shift", "days", "rate", "spot", "financing_level", "stop_loss", "value", "change"],
        [1.0, 0.0, 0.0, 0.0, 25.0, 20.0, 20.0, 5.0, 0.0],
        [1.0, 0.2, 0.0, 0.0, 30.0, 20.0, 20.0, 10.0, 5.0],
    ],
    ("XI_TURBO_GAP_RISK", 1): [
        ["figure", "value"],
        ["gap premium", 0.0],
        [ANY, ANY],
        ["knock-out probability", 0.0],
    ],
    ("XI_EXPLAIN", 1): [
        ["Symbol", "Meaning", "Value"],
        [ANY, ANY, 200.0],
        [ANY, ANY, 20000.0],
        [ANY, ANY, 21500.0],
        [ANY, ANY, 1.075],
        [ANY, ANY, 215.0],
    ],
    ("XI_FUNCTIONS", 1): [["Function", "Group", "Call", "What it gives", "Rules", "Example"]],
    ("XI_RULES", 1): [["Section", "Title", "Status", "Functions", "Excel", "Note"]],
}
