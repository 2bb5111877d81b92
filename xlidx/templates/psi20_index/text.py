"""Words of the index workbook: cover and help."""

from __future__ import annotations

from xlidx.templates.kit.cover import Cover
from xlidx.templates.kit.help import Help
from xlidx.templates.psi20_index.sample.members import MEMBERS

# fmt: off
# Sheet, its words on the cover, its words in the help.
SHEETS = (
    ("Inputs", "Dates, base level, caps, tolerances",
     "Single inputs, each named: xlidx recalc --set NAME=VALUE changes them without Excel."),
    ("Members", "Shares, free float, taxes",
     "tblMembers on the base date; tblJoining, the companies that join later; tblTax by country."),
    ("Prices", "Closes and exchange rates",
     "Closes with sessions down and companies across; the first session is the base date. Beside them FX."),
    ("Dividends", "Ordinary dividends", "tblDividends: ordinary dividends, gross, which enter the return indices."),
    ("Events", "Corporate actions, ins and outs",
     "tblActions: corporate actions and changes of the composition, dated by the first session in force."),
    ("Candidates", "Listed lines for the review",
     "tblCandidates: every listed line at the review cut-off date, in euro."),
    ("Decisions", "Overrides with author and expiry",
     "tblDecisions: exclusions, vetoes, additions, removals and kept shares, with author, reason, expiry."),
    ("Calc", "Every step, with replicas",
     ("Blocks 1 to 3: free-float factors and capping on the base date. 4 to 6: lines and actions. 7 and 8: divisor, "
     "levels, XD, returns. 9: weights on the as-of date. 10 to 16: tables as the functions of the other sheets read "
     "them.")),
    ("Daily", "Sessions by companies",
     "Rates, closes in EUR, shares and dividends with sessions down and companies across."),
    ("History", "The whole run, divisor log, chart",
     "XI_INDEX_HISTORY in one call for all sessions, and its divisor log, beside the chains of Calc."),
    ("Actions", "One day explained, calculators",
     "XI_APPLY_ACTIONS for the chosen day, explained and as a new composition; four calculators."),
    ("Review", "Dates, selection, new weights",
     "XI_REVIEW_DATES, XI_REVIEW_SELECT and XI_REVIEW_UPDATE, with replicas and one-way turnover."),
    ("Capping", "Cap against what-if cap",
     "Factors and weights of the as-of date under the cap and a what-if cap, with the closed form."),
    ("Reconciliation", "Published against computed",
     "Published level and weights against the computed ones, with tolerance and status."),
    ("Output", "Levels, weights, charts", "Key figures, charts, members and levels by session, ready to print."),
    ("Rules", "The rule book by section",
     "XI_RULES: what is computed, what is an input and what is narrative, section by section."),
    ("Checks", "What proves the numbers",
     "Every check with value, limit and status; the master check is repeated on most sheets."),
    ("Help", "Explanation and functions", ""),
)
CONVENTIONS = (
    ("ISIN", "The samples carry a code of four letters where an ISIN stands."),
    ("Fractions", "Cap, free float, bands, weights and tax are fractions: 0.12 is shown as 12.00%."),
    ("Exchange rate", "EUR per unit of the quote currency; it multiplies the price."),
    ("Free float", "Rounded up to the next 5 %; an exact multiple stays where it is."),
    ("Capping",
     "At the closes of the base date; factors stay until the next review, so weights may drift above the cap."),
    ("Actions",
     ("Valued at the closes, rates and shares of the session before, and netted into one step of the divisor, so "
     "that the level does not move. The replicas follow the kinds listed on sheet Events, one change of shares per "
     "company and day.")),
    ("Spin-off", "The new line starts with the factors of its parent and counts from its first close on."),
    ("XD",
     ("Ordinary dividends in index points with shares, factors and divisor of the ex-date and the rate of the session "
     "before; net after tax.")),
    ("Turnover", "One-way: the sum of all increases of weight at the composition closes."),
    ("Rounding", "Levels and divisors are not rounded inside; publish with two decimals."),
)
SOURCES = (
    ("Rules", "Euronext, PSI 20 index rule book, version 16-01, in force from 1 June 2016."),
    ("All tables", "Invented for this workbook; names beginning with Sample are no companies."),
    ("Published figures", "Invented too: a run of the samples, rounded, as if a compiler had published it."),
    ("Base level", "Reference data of the rule book: 3000."),
)
FUNCTIONS = (
    "XI_FREE_FLOAT_BAND", "XI_CAPPING_FACTORS", "XI_CAPPED_WEIGHTS", "XI_INDEX_DIVISOR", "XI_DIVISOR_CHAIN",
    "XI_INDEX_LEVEL", "XI_INDEX_WEIGHTS", "XI_INDEX_XD", "XI_TOTAL_RETURN", "XI_INDEX_HISTORY", "XI_APPLY_ACTIONS",
    "XI_RIGHTS_ISSUE", "XI_SPECIAL_DIVIDEND", "XI_SPLIT", "XI_TAKEOVER", "XI_REVIEW_DATES", "XI_REVIEW_SELECT",
    "XI_REVIEW_UPDATE", "XI_EXPLAIN", "XI_RULES", "XI_VERSION",
)
# fmt: on
COVER = Cover(
    lead="The desk book of a capped, free-float weighted index by the rules of the PSI 20 rule book.",
    purpose="Runs an index from closes, exchange rates, dividends and corporate actions to price, net return and gross "
    "return levels, explains the actions of a day, decides a review with every reason, compares caps, reconciles with "
    "published figures and lists the rule book section by section. Every function stands beside a replica in ordinary "
    "formulas. Companies, prices, actions, dividends and published figures are invented samples, not market data.",
    steps=(
        "Replace the tables from Members to Decisions by yours; Prices follows the order of Members.",
        "Choose as-of session, day of actions, kind of review, cut-off and caps on Inputs.",
        "Read History, Actions, Review, Capping and Reconciliation; Output is the page to print.",
        "Trust the numbers when the master check is green; Checks says where to look when it is not.",
    ),
    contents=SHEETS,
    note="All data are invented. The rule book (version 16-01) binds for the index of that name, and its compiler "
    "publishes it; this workbook computes a sample by the same formulas. Withholding rates are samples too.",
)

HELP = Help(
    explained="Capping of the sample members at the cap of sheet Inputs; members in the order of sheet Members.",
    explain_call=lambda places: f'=XI_EXPLAIN("XI_CAPPING_FACTORS",{places.column("mem.value")},Cap)',
    explain_rows=2 * len(MEMBERS) + 4,
    explain_height=15,
    sheets=SHEETS,
    functions=FUNCTIONS,
    conventions=CONVENTIONS,
    sources=SOURCES,
)
