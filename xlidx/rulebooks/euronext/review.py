"""Reviews of a Euronext-style rule book: dates, selection and new weights, in the order of steps of its text.

The steps are those of the PSI 20 rule book v16-01; every number and clause comes from the rule book handed in.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from xlidx import calendars
from xlidx.arrays import require
from xlidx.index.free_float import free_float_band
from xlidx.index.review.ranking import KINDS
from xlidx.index.review.screens import Setting, screened
from xlidx.index.review.selection import selection_table
from xlidx.index.review.tables import (
    CANDIDATES,
    CURRENT,
    OVERRIDES,
    as_day,
    checked_candidates,
    company_members,
    decisions_in_force,
    membership,
    require_cut_off,
)
from xlidx.index.review.weighting import update_table
from xlidx.rulebooks.euronext.numbers import TESTS, RuleBook, Schedule
from xlidx.rules import rule
from xlidx.tables import Table, one_of

__all__ = ["CANDIDATES", "CURRENT", "OVERRIDES", "review_dates", "review_select", "review_update"]

ROLLS = ("back", "forward")


@rule("psi20", "5.1.2")
@rule("psi20", "8.4")
def review_dates(
    rules: RuleBook,
    year: int,
    kind: str | None = None,
    roll: str = "back",
    composition_sessions: int = 2,
    announcement_sessions: int | None = None,
) -> pd.DataFrame:
    """Dates of the reviews that become effective in a year.

    Parameters
    ----------
    rules : RuleBook
        Exchange and months of the reviews.
    year : int
    kind : {"annual", "quarterly"}, optional
        Blank gives all four reviews.
    roll : {"back", "forward"}
        Where a Friday goes that is no session of the exchange.
    composition_sessions : int [sessions]
        Sessions from the composition announcement date to the effective date.
    announcement_sessions : int, optional [sessions]
        Sessions from the announcement date to the effective date; the rule book does not say.

    Returns
    -------
    DataFrame
        kind, cut_off, announcement, composition, effective, in_force, one row per review.  Everything but
        in_force (the first session with the new composition) is meant after the close.  Announcement is
        missing unless its distance is given.

    Raises
    ------
    XlidxError
        ``CHOICE`` for unknown words, ``NO_DATA`` for years outside the calendar.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.1.2 and 8.4.
    *Reading*: a Friday without trading moves to the session before.  The composition announcement date has
    no rule; notices place it two sessions before the effective date.

    Examples
    --------
    >>> from xlidx.rulebooks.euronext.numbers import rule_book
    >>> days = review_dates(rule_book("psi20"), 2016, "annual").drop(columns=["kind", "announcement"])
    >>> days.astype(str).loc[0].tolist()
    ['2016-02-26', '2016-03-16', '2016-03-18', '2016-03-21']
    """
    roll = one_of(roll, ROLLS, "roll")
    wanted = KINDS if kind is None else (one_of(kind, KINDS, "kind"),)
    require(float(year).is_integer(), year, "year", "be a whole number", "give the year of the effective dates")
    rows = [
        _dates(rules.exchange, int(year), review, roll, composition_sessions, announcement_sessions)
        for review in rules.schedule
        if review.kind in wanted
    ]
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys(frame.columns[1:], "datetime64[s]"))


@rule("psi20", "5.2.2(a)")
@rule("psi20", "5.2.2(b)")
@rule("psi20", "5.2.2(c)")
@rule("psi20", "5.2.2(d)")
@rule("psi20", "5.2.2(e)")
@rule("psi20", "5.2.2(f)")
@rule("psi20", "5.2.2(g)")
@rule("psi20", "5.2.3 Ranking")
@rule("psi20", "5.2.4")
@rule("psi20", "5.2.5")
@rule("psi20", "5.2.6")
@rule("psi20", "5.4")
def review_select(
    rules: RuleBook,
    kind: str,
    candidates: Table,
    cut_off: date | None = None,
    overrides: Table | None = None,
    float_test: str = "raw",
    admission_days: str = "before",
    fill: str = "repeat",
) -> pd.DataFrame:
    """Select the companies of the index at a review.

    Parameters
    ----------
    rules : RuleBook
        Numbers and clauses; evolve a copy for a what-if.
    kind : {"annual", "quarterly"}
    candidates : Table
        One row per line of every listed company; columns as in :data:`xlidx.index.review.tables.CANDIDATES`.
    cut_off : date, optional
        Review cut-off date; needed when the candidates have admission or removal dates, and for overrides.
    overrides : Table, optional
        Decisions; columns as in :data:`xlidx.index.review.tables.OVERRIDES`.  One holds for this review if it was
        taken up to the composition announcement date and expires on the cut-off date or later.
    float_test : {"raw", "band"}
        What the least free float is compared with.
    admission_days : {"before", "through"}
        Whether the sessions since admission are counted without or with the cut-off date.
    fill : {"repeat", "once"}
        Whether a quarterly review adds companies until there are 18, or only one.

    Returns
    -------
    DataFrame
        company, isin, member (``yes`` or ``no``), rank [1 is the largest, blank if not ranked], size [EUR],
        free_float [factor], velocity [per year], decision (``stay``, ``add``, ``delete``, ``not selected``,
        ``excluded``), reason (every one that applies), clause and note; rows in the order of the candidates.

    Raises
    ------
    XlidxError
        The first fault of a table; ``MISSING`` for a cut-off date or turnover that is needed; ``DOMAIN`` for a
        negative price or two current lines of one company; ``NO_DATA`` for an override on an unknown ISIN.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.2.2 to 5.2.6 and 5.4.
    *Reading*: sizes use the free-float factor, rounded up.  The 15 % test looks at the raw free float.  Equal
    sizes go by full market value, then ISIN.  Current constituents need not pass the 15 % test and the
    velocity at quarterly reviews, but all other screens.  A removal under 6.2.1 counts until the next
    effective date.  Of several lines those on the continuous segment that are shares come first.

    Examples
    --------
    >>> from xlidx.rulebooks.euronext.numbers import rule_book
    >>> from xlidx.tables import read
    >>> table = read(CANDIDATES, [["company", "isin", "member", "shares", "close", "free float", "velocity"],
    ...     ["A", "PTA", "yes", 2e8, 5.0, 0.47, 0.6], ["B", "PTB", "no", 1e8, 4.0, 0.12, 0.2]])
    >>> review_select(rule_book("psi20"), "annual", table)[["rank", "size", "decision", "clause"]].to_numpy().tolist()
    [[1, 500000000.0, 'stay', '5.2.4'], [None, 60000000.0, 'excluded', '5.2.2(e), 5.2.3 Velocity']]
    """
    kind, day = one_of(kind, KINDS, "kind"), as_day(cut_off)
    frame = checked_candidates(candidates)
    require_cut_off(frame, day)
    previous, composition = _around(rules, day)
    decisions = decisions_in_force(overrides, set(frame["isin"]), day, composition)
    setting = Setting(
        rules.exchange, day, previous, float_test, admission_days, rules.screens, rules.updates.step, decisions
    )
    waived = (kind == "quarterly") & company_members(frame)
    tests = [(exclusion.clause, TESTS[exclusion.test]) for exclusion in rules.exclusions]
    free = [exclusion.clause for exclusion in rules.exclusions if exclusion.waived]
    of_line = {exclusion.clause for exclusion in rules.exclusions if exclusion.of_line}
    findings = screened(frame, setting, tests, [free if w else () for w in waived])
    usable = np.array([not any(f.clause in of_line for f in found) for found in findings], dtype=np.bool_)
    factors = np.asarray(free_float_band(frame["free_float"].to_numpy(), rules.updates.step))
    return selection_table(kind, frame, findings, usable, factors, decisions, rules.selection, fill)


@rule("psi20", "5.3.1")
@rule("psi20", "5.3.2")
@rule("psi20", "5.3.3")
@rule("psi20", "5.3.4")
@rule("psi20", "5.4")
def review_update(
    rules: RuleBook,
    kind: str,
    current: Table,
    candidates: Table,
    cut_off: date | None = None,
    overrides: Table | None = None,
    float_test: str = "raw",
    admission_days: str = "before",
    fill: str = "repeat",
    above_one: str = "keep",
) -> pd.DataFrame:
    """Select as :func:`review_select` and set shares, free float and capping of the new composition.

    Parameters
    ----------
    rules : RuleBook
        Numbers and clauses; evolve a copy for a what-if.
    kind : {"annual", "quarterly"}
    current : Table
        Composition in force at the composition announcement date; columns as in
        :data:`xlidx.index.review.tables.CURRENT`.
    candidates : Table
        As in :func:`review_select`; every current constituent among them.
    cut_off, overrides, float_test, admission_days, fill
        As in :func:`review_select`.  A decision ``keep shares`` is the exception after a merger.
    above_one : {"keep", "clip"}
        What becomes of a capping factor that 5.3.2 takes above 1.

    Returns
    -------
    DataFrame
        company, isin, decision (``stay``, ``add``, ``delete``), old and new shares [shares], old and new
        free_float [factor], old and new capping [factor], weight [fraction, at the composition closes], reason,
        clause and note: current constituents first, then additions.

    Raises
    ------
    XlidxError
        As :func:`review_select`; ``NO_DATA`` for a constituent that is not among the candidates or a missing
        composition close; ``DOMAIN`` where the column member contradicts the current table;
        ``INFEASIBLE`` for a cap that too few companies have to keep.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.1 to 5.3.4 and 5.4.
    *Reading*: listed shares are those of the cut-off date times ``share_factor``, on the basis of the current
    table.  See also :mod:`xlidx.index.review.updates`.

    Examples
    --------
    >>> from xlidx.rulebooks.euronext.numbers import rule_book
    >>> from xlidx.tables import read
    >>> now = read(CURRENT, [["isin", "shares", "free float", "capping"], ["PTA", 2e8, 0.40, 0.6]])
    >>> table = read(CANDIDATES, [["company", "isin", "shares", "close", "free float"],
    ...     ["A", "PTA", 2.2e8, 5.0, 0.47]])
    >>> new = review_update(rule_book("psi20"), "quarterly", now, table)
    >>> new.loc[0, ["new_shares", "new_free_float", "new_capping"]].astype(float).round(6).tolist()
    [220000000.0, 0.5, 0.436364]
    """
    kind, day = one_of(kind, KINDS, "kind"), as_day(cut_off)
    basket = current.strict()
    frame = candidates.strict()
    marked = Table(frame.assign(member=membership(basket, frame)), {})
    selected = review_select(rules, kind, marked, day, overrides, float_test, admission_days, fill)
    decisions = decisions_in_force(overrides, set(frame["isin"]), day, _around(rules, day)[1])
    return update_table(kind, basket, frame, selected, decisions, rules.updates, rules.clauses, above_one)


def _dates(
    exchange: str, year: int, review: Schedule, roll: str, composition: int, announcement: int | None
) -> dict[str, Any]:
    effective = _rolled(exchange, calendars.nth_weekday(year, review.effective_month, calendars.FRIDAY, 3), roll)
    last_friday = calendars.nth_weekday(year, review.cut_off_month, calendars.FRIDAY, -1)

    def off(count: int) -> date:
        return calendars.session_offset(exchange, effective, count)

    return {
        "kind": review.kind,
        "cut_off": _rolled(exchange, last_friday, roll),
        "announcement": None if announcement is None else off(-announcement),
        "composition": off(-composition),
        "effective": effective,
        "in_force": off(1),
    }


def _rolled(exchange: str, friday: date, roll: str) -> date:
    if roll == "back":
        return calendars.session_on_or_before(exchange, friday)
    following = calendars.sessions(exchange, friday, friday + timedelta(days=14))
    return following[0].astype(date)  # type: ignore[no-any-return]


def _around(rules: RuleBook, cut_off: date | None) -> tuple[date | None, date | None]:
    """Return the last effective date before a cut-off and the first composition announcement date after it."""
    if cut_off is None:
        return None, None
    day = pd.Timestamp(cut_off)
    before = pd.concat([review_dates(rules, day.year - 1), review_dates(rules, day.year)])["effective"]
    after = review_dates(rules, day.year)["composition"]
    if day >= after.max():
        after = review_dates(rules, day.year + 1)["composition"]
    return before[before < day].max().date(), after[after > day].min().date()
