"""Wrong calls of the function book: the first example of a function with one argument made wrong."""

from __future__ import annotations

from typing import Any

import attrs

from xlidx.excel.entries import Entry

HEADLESS = "no headings"  # the table of the example, less its first row
EXTRA = "one argument more"


@attrs.frozen
class Wrong:
    """One wrong call: the argument, its wrong value, and the error value that the cell must show."""

    argument: str
    value: Any
    error: str


# Error values by the convention of the catalogue: #VALUE! for a wrong type, word or shape, or something missing;
# #NUM! for a number in which the formula means nothing; #N/A where data are not there.
WRONG: dict[str, tuple[Wrong, ...]] = {
    "XI_INDEX_LEVEL": (Wrong("divisor", 0.0, "#NUM!"), Wrong("shares", "many", "#VALUE!")),
    "XI_INDEX_DIVISOR": (Wrong("level", -500.0, "#NUM!"),),
    "XI_INDEX_WEIGHTS": (Wrong("shares", -1000.0, "#NUM!"),),
    "XI_DIVISOR_CHAIN": (Wrong("divisor", 0.0, "#NUM!"), Wrong("value_after", "n/a", "#VALUE!")),
    "XI_INDEX_XD": (Wrong("withholding", 25.0, "#NUM!"),),
    "XI_TOTAL_RETURN": (Wrong("previous_level", 0.0, "#NUM!"),),
    "XI_FREE_FLOAT_BAND": (Wrong("free_float", 62.0, "#NUM!"), Wrong("direction", "sideways", "#VALUE!")),
    "XI_CAPPING_FACTORS": (Wrong("cap", 12.0, "#NUM!"),),
    "XI_CAPPED_WEIGHTS": (Wrong("cap", 0.3, "#NUM!"),),
    "XI_INDEX_HISTORY": (Wrong("prices", HEADLESS, "#VALUE!"),),
    "XI_OPENING_LEVEL": (Wrong("now", None, "#VALUE!"), Wrong("divisor", 0.0, "#NUM!")),
    "XI_APPLY_ACTIONS": (Wrong("closes", HEADLESS, "#VALUE!"), Wrong("show", "everything", "#VALUE!")),
    "XI_RIGHTS_ISSUE": (Wrong("ratio", -0.25, "#NUM!"),),
    "XI_SPECIAL_DIVIDEND": (Wrong("amount", 12.0, "#NUM!"),),
    "XI_SPLIT": (Wrong("ratio", 0.0, "#NUM!"), Wrong("kind", "merger", "#VALUE!")),
    "XI_TAKEOVER": (Wrong("ratio", -0.3, "#NUM!"),),
    "XI_FREE_FLOAT": (Wrong("shares_outstanding", 400.0, "#NUM!"),),
    "XI_VELOCITY": (Wrong("free_float", 47.0, "#NUM!"),),
    "XI_REVIEW_DATES": (Wrong("rule_book", "dax", "#VALUE!"), Wrong("year", 12.0, "#N/A")),
    "XI_REVIEW_SELECT": (Wrong("kind", "monthly", "#VALUE!"),),
    "XI_REVIEW_UPDATE": (Wrong("current", HEADLESS, "#VALUE!"),),
    "XI_ESG_SCREEN": (Wrong("candidates", HEADLESS, "#VALUE!"), Wrong("peers", "best", "#VALUE!")),
    "XI_LIQUIDITY_SCREEN": (Wrong("test", "below", "#VALUE!"),),
    "XI_YIELD_SELECT": (Wrong("yield_filter", 25.0, "#NUM!"),),
    "XI_MIN_VARIANCE": (Wrong("names_held", 4.0, "#NUM!"), Wrong("highest", 0.4, "#NUM!")),
    "XI_REBALANCE_WEIGHTS": (Wrong("day", 11.0, "#NUM!"),),
    "XI_SHARES_FROM_WEIGHTS": (Wrong("level", -100.0, "#NUM!"), Wrong("prices", 10.0, "#VALUE!")),
    "XI_SHARES_ADJUST": (Wrong("share_event", "gift", "#VALUE!"), Wrong("price", 0.0, "#NUM!")),
    "XI_SHARE_INDEX_HISTORY": (Wrong("targets", HEADLESS, "#VALUE!"),),
    "XI_TURBO_FINANCING_LEVEL": (Wrong("spread", 3.5, "#NUM!"), Wrong("side", "short sale", "#VALUE!")),
    "XI_TURBO_STOP_LOSS": (Wrong("premium", 7.5, "#NUM!"), Wrong("kind", "mini", "#VALUE!")),
    "XI_TURBO_STOP_LOSS_RESET": (
        Wrong("previous_day", "1 Feb", "#VALUE!"),
        Wrong("reset_rule", "16th", "#VALUE!"),
    ),
    "XI_TURBO_STOP_LOSS_EVENT": (Wrong("low", 13600.0, "#NUM!"),),
    "XI_TURBO_CASH_SETTLEMENT": (Wrong("fx", -1.1, "#NUM!"), Wrong("settlement_event", "call", "#VALUE!")),
    "XI_TURBO_VALUE": (Wrong("spot", None, "#VALUE!"), Wrong("entitlement", -0.1, "#NUM!")),
    "XI_TURBO_LEVERAGE": (Wrong("price", 0.0, "#NUM!"),),
    "XI_TURBO_DISTANCE": (Wrong("spot", 0.0, "#NUM!"),),
    "XI_TURBO_BOOK": (Wrong("market", HEADLESS, "#VALUE!"),),
    "XI_FINAL_TERMS": (Wrong("show", "all", "#VALUE!"),),
    "XI_TURBO_FINANCING_PATH": (Wrong("dates", "soon", "#VALUE!"),),
    "XI_TURBO_PATHS": (Wrong("market", HEADLESS, "#VALUE!"),),
    "XI_TURBO_STOP_LOSS_WATCH": (Wrong("hours", -1.0, "#NUM!"), Wrong("side", "up", "#VALUE!")),
    "XI_TURBO_VALUATION_DATES": (Wrong("calendar", "XXXX", "#VALUE!"), Wrong("count", 51.0, "#NUM!")),
    "XI_TURBO_BREAK_EVEN": (Wrong("price", -5.0, "#NUM!"),),
    "XI_TURBO_THEORETICAL": (Wrong("volatility", 30.0, "#NUM!"),),
    "XI_TURBO_KNOCKOUT_PROBABILITY": (Wrong("years", -1.0, "#NUM!"),),
    "XI_TURBO_LADDER": (Wrong("side", "put", "#VALUE!"), Wrong("levels", -13571.32, "#NUM!")),
    "XI_TURBO_SCENARIO": (Wrong("spread", 3.5, "#NUM!"), Wrong("shifts", -2.0, "#NUM!")),
    "XI_TURBO_CARRY": (Wrong("day_count", 364.0, "#NUM!"),),
    "XI_TURBO_PREMIUM": (Wrong("per", "cent", "#VALUE!"),),
    "XI_TURBO_GAP_RISK": (Wrong("spot", 0.5, "#NUM!"), Wrong("side", "flat", "#VALUE!")),
    "XI_TURBO_IMPLIED_SPOT": (Wrong("terms", HEADLESS, "#VALUE!"),),
    "XI_TURBO_IMPLIED_RATE": (Wrong("days", 0.0, "#NUM!"),),
    "XI_TURBO_HEDGE_COUNT": (Wrong("entitlement", 0.0, "#NUM!"),),
    "XI_TURBO_FX_EXPOSURE": (Wrong("side", "buy", "#VALUE!"),),
    "XI_TURBO_LEVERAGE_LIMIT": (Wrong("asset_class", "bond", "#VALUE!"),),
    "XI_TURBO_LADDER_LEVELS": (Wrong("increment", 0.0, "#NUM!"), Wrong("count", None, "#VALUE!")),
    "XI_TURBO_ISSUE_TABLE": (Wrong("entitlement", 0.0, "#NUM!"), Wrong("side", "call", "#VALUE!")),
    "XI_EXPLAIN": (Wrong("function_name", "XI_INDEX_LEVL", "#VALUE!"),),
    "XI_RULES": (Wrong("document", "dax", "#VALUE!"),),
    "XI_CHECK_ISIN": (Wrong("isin", 840400.0, "#VALUE!"),),
}


def wrong_calls(entry: Entry) -> tuple[Wrong, ...]:
    """Return the wrong calls of a function: the listed ones, else its first argument left blank or one too many.

    Examples
    --------
    >>> from xlidx.excel.catalogue import find
    >>> wrong_calls(find("XI_VERSION"))
    (Wrong(argument='one argument more', value=1.0, error='#VALUE!'),)
    """
    if entry.name in WRONG:
        return WRONG[entry.name]
    if entry.params and entry.name != "XI_WHY":
        return (Wrong(entry.params[0].name, None, "#VALUE!"),)
    return (Wrong(EXTRA, 1.0, "#VALUE!"),)
