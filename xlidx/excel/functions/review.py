"""Review functions of the catalogue: free float, velocity, dates, selection and weights of a review."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import numpy as np

from xlidx.errors import Kind, XlidxError
from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.functions.history import block_reader, quotes_reader
from xlidx.excel.readers import DAY, DAYS, NUMBER, PRICES, PRICES_OR_BLANK, VECTOR, WORD, table
from xlidx.index import holdings, velocity
from xlidx.index.basket import Quotes
from xlidx.index.review.tables import CANDIDATES, CURRENT, OVERRIDES
from xlidx.index.share_vector.tables import EVENTS
from xlidx.rulebooks.euronext import review
from xlidx.rulebooks.reviews import reviews_of, with_step
from xlidx.rulebooks.solactive_human_capital import selection
from xlidx.rulebooks.solactive_human_capital.rules import RULES
from xlidx.rules import same_rules
from xlidx.tables import Table, read

RULE_BOOK = Param("rule_book", WORD, f"Rule book of the index: {' or '.join(with_step('update'))}.")
DATED_BOOK = Param("rule_book", WORD, f"Rule book of the index: {' or '.join(with_step('dates'))}.")
REVIEW_KIND = Param("kind", WORD, "annual or quarterly.")
CANDIDATE_TABLE = Param(
    "candidates",
    table(CANDIDATES),
    "Table of listed lines with a header row: company, isin, [member], shares, close, free float, [velocity], "
    "[instrument], [segment], [admission], [turnover], [composition close], ...",
)
CUT_OFF = Param("cut_off", DAY, "Review cut-off date; needed with admission or removal dates and decisions.", None)
DECISIONS = Param(
    "overrides",
    table(OVERRIDES),
    "Table of committee decisions with a header row: isin, decision, author, reason, taken, expiry.",
    None,
)


@same_rules(review.review_dates, selection.review_dates)
def review_dates(rule_book: str, year: float, kind: str | None) -> Any:
    """Return the dates of the reviews of a year; see :func:`xlidx.rulebooks.euronext.review.review_dates`."""
    return reviews_of(rule_book, "dates").dates(year, kind)


@same_rules(review.review_select, selection.review_select)
def review_select(
    rule_book: str,
    kind: str,
    candidates: Any,
    cut_off: Any,
    overrides: Any,
    prices: Quotes | None,
    events: Table | None,
    rules: Table | None,
) -> Any:
    """Return the selection of a review; see ``review_select`` of the rule book."""
    book = reviews_of(rule_book, "select")
    given = (kind, read(book.candidates, candidates), cut_off, overrides)
    if book.takes_prices:
        return book.select(*given, prices, events, rules)
    for name, value in (("prices", prices), ("events", events), ("rules", rules)):
        if value is not None:
            what = f"{name} have no place in a review of {rule_book}"
            raise XlidxError(Kind.CHOICE, what, f"argument {name}", "leave it blank")
    return book.select(*given)


@same_rules(review.review_update)
def review_update(rule_book: str, kind: str, current: Any, candidates: Any, cut_off: Any, overrides: Any) -> Any:
    """Return the new weights of a review; see :func:`xlidx.rulebooks.euronext.review.review_update`."""
    update = reviews_of(rule_book, "update").update
    assert update is not None  # noqa: S101 - reviews_of refuses a book without it
    return update(kind, current, candidates, cut_off, overrides)


@same_rules(velocity.velocity)
def _velocity(
    volumes: Any, shares: Any, free_float: Any, dates: Any, cut_off: Any, listed_from: Any, exchange: str | None
) -> Any:
    until = None if cut_off is None else cut_off.astype(date)
    found = velocity.velocity(volumes, shares, free_float, dates, until, listed_from, exchange)
    return found.reshape(1, -1) if isinstance(found, np.ndarray) else found


def _explain_velocity(
    volumes: Any, shares: Any, free_float: Any, dates: Any, cut_off: Any, listed_from: Any, exchange: str | None
) -> Any:
    until = None if cut_off is None else cut_off.astype(date)
    return velocity.explain_velocity(volumes, shares, free_float, dates, until, listed_from, exchange)


REVIEW = (
    Entry(
        name="XI_FREE_FLOAT",
        core=holdings.raw_free_float,
        explain=holdings.explain_raw_free_float,
        params=(
            Param(
                "holdings",
                table(holdings.HOLDINGS),
                "Table of holders with a header row: holder, shares or fraction, category (fund, pension, insider, "
                "government, own, other), [group].",
            ),
            Param("shares_outstanding", NUMBER, "Shares outstanding of the company."),
        ),
        help="Raw free float: the part of the capital not held by insiders, government, the company itself, or in "
        "stakes above 5 % other than those of funds.",
        group="Review",
        template="psi20_index",
        examples=(
            Example(
                (
                    [
                        ["holder", "shares", "category"],
                        ["Holding company", 300.0, "other"],
                        ["Index fund", 120.0, "fund"],
                        ["Bank", 50.0, "other"],
                        ["Founder", 10.0, "insider"],
                    ],
                    1000.0,
                ),
                0.69,
                "by hand: 30 % exceeds 5 %, the founder counts at any size, the bank holds exactly 5 %",
            ),
        ),
    ),
    Entry(
        name="XI_VELOCITY",
        core=_velocity,
        explain=_explain_velocity,
        params=(
            Param(
                "volumes",
                PRICES_OR_BLANK,
                "Daily volume in shares: one row or column, or dates down and companies across; blank where a company "
                "was not listed, 0 for a session without a trade.",
            ),
            Param("shares", PRICES, "Listed shares: one number, one per company, or one per volume."),
            Param("free_float", VECTOR, "Raw free float at the cut-off date, one or one per company."),
            Param(
                "dates",
                DAYS,
                "Sessions of the rows, in order; blank if the rows are all sessions of the twelve months.",
                None,
            ),
            Param(
                "cut_off", DAY, "Review cut-off date: the last day of the twelve months; blank is the last date.", None
            ),
            Param(
                "listed_from",
                DAYS,
                "First day of the record, one per company; blank is listed before the twelve months.",
                None,
            ),
            Param(
                "exchange",
                WORD,
                "MIC such as XLIS: the rows must be its sessions; blank counts the weekdays before a late listing.",
                None,
            ),
        ),
        help="Free-float velocity: daily volume over listed shares and free float, added up over twelve months; "
        "0.25 is the least the PSI 20 asks for.",
        group="Review",
        template="psi20_index",
        examples=(
            Example(
                (
                    [[100.0]] * 25,
                    100_000.0,
                    0.5,
                    [[date(2016, 1, 25) + timedelta(days=7 * week + day)] for week in range(5) for day in range(5)],
                    date(2016, 2, 26),
                    date(2016, 1, 25),
                ),
                0.522,
                "by hand: 20 of 25 sessions since admission do not count; 5 x 0.002, scaled from 5 to 261 weekdays",
            ),
        ),
    ),
    Entry(
        name="XI_REVIEW_DATES",
        core=review_dates,
        params=(
            DATED_BOOK,
            Param("year", NUMBER, "Year of the effective dates, or of the selection days."),
            Param("kind", WORD, "annual or quarterly; blank gives all four reviews.", None),
        ),
        help="Dates of the reviews of a year. PSI 20: cut-off, composition announcement, effective (all after the "
        "close), first session in force. Solactive: selection, adjustment, first and last rebalancing day.",
        group="Review",
        template="psi20_index",
        examples=(
            Example(
                ("psi20", 2012.0, "annual"),
                [
                    ["kind", "cut_off", "announcement", "composition", "effective", "in_force"],
                    ["annual", date(2012, 2, 24), None, date(2012, 3, 14), date(2012, 3, 16), date(2012, 3, 19)],
                ],
                "published: notice of the 2012 review, final figures after 14 March, effective after 16 March",
            ),
            Example(
                ("solactive_human_capital", 2017.0),
                None,
                "Solactive guideline, 4 Selection Day: first business day of January, April, July and October",
            ),
        ),
    ),
    Entry(
        name="XI_REVIEW_SELECT",
        core=review_select,
        params=(
            DATED_BOOK,
            Param("kind", WORD, "annual or quarterly; the Solactive index has quarterly reviews only."),
            Param(
                "candidates",
                block_reader(list, "candidates table with a header row"),
                "Table with a header row. psi20: company, isin, [member], shares, close, free float, [velocity], ... "
                "solactive_human_capital: isin, sector, ratings, adv 6m, adv 1m, country, dps, close.",
            ),
            attrs.evolve(
                CUT_OFF, help="Review cut-off date or selection day; PSI 20: needed with dates and decisions."
            ),
            DECISIONS,
            Param(
                "prices",
                quotes_reader("prices"),
                "Daily prices in local currency: date, then one column per ISIN; for solactive_human_capital only.",
                None,
            ),
            Param(
                "events",
                table(EVENTS),
                "Events table with a header row: date, isin, event, ratio, price, old, new, factor. Prices are "
                "adjusted for splits, par values, reductions, bonus shares, factors; solactive_human_capital only.",
                None,
            ),
            Param(
                "rules",
                table(RULES),
                "Table with the header name, value: numbers and readings that differ from the guideline, as names "
                "held, highest, yield filter, peers, work limit, time limit (seconds); solactive_human_capital only.",
                None,
            ),
        ),
        help="Selection of a review: rank, figures, decision, every reason and clause, one row per candidate; for the "
        "Solactive index with minimum-variance weights, status, gap and the yield filter used.",
        group="Review",
        template="psi20_index",
        examples=(
            Example(
                (
                    "psi20",
                    "annual",
                    [
                        ["company", "isin", "member", "shares", "close", "free float", "velocity"],
                        ["A", "PTA", "yes", 2e8, 5.0, 0.47, 0.6],
                        ["B", "PTB", "no", 1e8, 4.0, 0.12, 0.2],
                    ],
                ),
                None,
                "PSI 20 rule book, 5.2.4: A stays at rank 1, B fails free float and velocity",
            ),
        ),
    ),
    Entry(
        name="XI_REVIEW_UPDATE",
        core=review_update,
        params=(
            RULE_BOOK,
            REVIEW_KIND,
            Param(
                "current",
                table(CURRENT),
                "Table of the composition in force with a header row: isin, shares, free float, [capping].",
            ),
            CANDIDATE_TABLE,
            CUT_OFF,
            DECISIONS,
        ),
        help="New composition of a review: shares, free-float and capping factors before and after, with reason and "
        "clause.",
        group="Review",
        template="psi20_index",
        examples=(
            Example(
                (
                    "psi20",
                    "quarterly",
                    [["isin", "shares", "free float", "capping"], ["PTA", 2e8, 0.40, 0.6]],
                    [["company", "isin", "shares", "close", "free float"], ["A", "PTA", 2.2e8, 5.0, 0.47]],
                ),
                None,
                "PSI 20 rule book, 5.3.2: two bands up, the capping factor keeps the capped shares",
            ),
        ),
    ),
)
