"""Words of the human capital workbook: cover and help."""

from __future__ import annotations

from xlidx.templates.kit.cover import Cover
from xlidx.templates.kit.help import Help
from xlidx.templates.kit.places import Places

# fmt: off
# Sheet, its words on the cover, its words in the help.
SHEETS = (
    ("Inputs", "Days, limits, tolerances",
     "Single inputs, each named: xlidx recalc --set NAME=VALUE changes them without Excel."),
    ("Universe", "Securities, ratings, dividends",
     "tblUniverse: ratings, activities, value traded, dividend, close, and the older target weight."),
    ("Prices", "Daily prices, exchange rates",
     "Prices in local currency from 126 sessions up to the selection day on; beside them exchange rates."),
    ("Screens", "Universe and selection pool",
     "XI_ESG_SCREEN and XI_LIQUIDITY_SCREEN, with peers' averages by AVERAGEIFS and every reason."),
    ("Yield", "Dividend yield, regions", "XI_YIELD_SELECT on the pool, with yield and rank again."),
    ("Optimise", "Weights of least variance",
     "XI_MIN_VARIANCE, limits by SUMIF, and the variance of the portfolio's own daily returns."),
    ("Rebalance", "Ten days, numbers of shares",
     "XI_REVIEW_DATES, XI_REBALANCE_WEIGHTS and XI_SHARES_FROM_WEIGHTS, with the levels of the ten days."),
    ("Index", "Levels and chart", "XI_SHARE_INDEX_HISTORY: price, net and gross return for every weekday."),
    ("Events", "Splits, dividends, taxes", "Splits, dividends and taxes; XI_SHARES_ADJUST for the first of each."),
    ("Checks", "What proves the numbers",
     "Every check with value, limit and status; the master check is repeated on most sheets."),
    ("Help", "Explanation and functions", ""),
)
CONVENTIONS = (
    ("ISIN", "The samples carry a code of four characters where an ISIN stands."),
    ("Peers", "Average of all securities of the same sector and area, the security itself among them."),
    ("Covariance", "125 daily returns in local currency, prices adjusted for splits; dividends are falls in price."),
    ("Exchange rate", "EUR per unit of the currency; it multiplies the price."),
    ("Rounding", "Prices have 4 decimals, levels 2; numbers of shares use the rounded level of the day before."),
    ("Events", "The replicas follow every split, and one dividend for each security between the adjustment days."),
)
SOURCES = (
    ("Rules", "Solactive Human Capital World MV guideline, version 1.0."),
    ("All tables", "Invented for this workbook; names beginning with Sample are no companies."),
)
FUNCTIONS = (
    "XI_ESG_SCREEN", "XI_LIQUIDITY_SCREEN", "XI_YIELD_SELECT", "XI_MIN_VARIANCE", "XI_REVIEW_DATES",
    "XI_REBALANCE_WEIGHTS", "XI_SHARES_FROM_WEIGHTS", "XI_SHARES_ADJUST", "XI_SHARE_INDEX_HISTORY", "XI_EXPLAIN",
    "XI_RULES", "XI_VERSION",
)
# fmt: on
COVER = Cover(
    lead="Screens, dividend yield, minimum variance and ten-day rebalancing by the Solactive Human Capital guideline.",
    purpose="Runs one quarter of an index: who passes the social screens and is traded enough, who has the highest "
    "dividend yield, which weights have the least variance within the limits, how the index moves to them in ten days, "
    "and which levels result. Functions stand beside replicas in ordinary formulas. The universe of 240 securities, "
    "prices, rates and events are built for this workbook; they are not market data.",
    steps=(
        "Replace the tables of Universe, Prices and Events by yours; Prices needs every security that may be selected.",
        "Choose days, yield filter and limits on Inputs.",
        "Read Screens, Yield, Optimise, Rebalance and Index from left to right.",
        "Trust the numbers when the master check is green; Checks says where to look when it is not.",
    ),
    contents=SHEETS,
    note="All data are invented. The guideline (version 1.0) binds for the index of that name, and its compiler "
    "publishes it; this workbook computes a sample by the same formulas. Withholding rates are samples too.",
)


def _explain_call(places: Places) -> str:
    row = places.first["k.diff"][1] + 2
    terms = f"Events!$C${row},Events!$D${row},Events!$E${row + 3}:$F${row + 3}"
    return f'=XI_EXPLAIN("XI_SHARES_ADJUST","dividend",{terms})'


HELP = Help(
    explained="Number of shares after the first dividend of sheet Events, gross.",
    explain_call=_explain_call,
    explain_rows=5,
    explain_height=60,
    sheets=SHEETS,
    functions=FUNCTIONS,
    conventions=CONVENTIONS,
    sources=SOURCES,
    document="solactive_human_capital",
)
