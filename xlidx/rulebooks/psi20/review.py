"""PSI 20 rule book v16-01: its numbers, review dates, exclusions, and the order of steps of a review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx import calendars
from xlidx.arrays import require
from xlidx.index.free_float import free_float_band
from xlidx.index.review.ranking import KINDS, ReviewRules
from xlidx.index.review.screens import (
    Screen,
    Screens,
    Setting,
    closely_held,
    convertible,
    derivative,
    excluded,
    not_continuous,
    removed,
    screened,
    too_new,
    too_slow,
)
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
from xlidx.index.review.updates import UpdateRules
from xlidx.index.review.weighting import WeightClauses, update_table
from xlidx.index.velocity import VelocityRules
from xlidx.rules import Parameter, rule
from xlidx.tables import Table, one_of

__all__ = ["CANDIDATES", "CURRENT", "OVERRIDES", "parameters", "review_dates", "review_select", "review_update"]

EXCHANGE = "XLIS"
MONTHS = ((2, 3, "annual"), (5, 6, "quarterly"), (8, 9, "quarterly"), (11, 12, "quarterly"))
"""Month of the cut-off, month of the effective date, kind of review."""
ROLLS = ("back", "forward")
LINE_CLAUSES = ("5.2.2(b)", "5.2.2(c)", "5.2.2(d)")
"""Exclusions of a line rather than of its company."""
WAIVED = ("5.2.2(e)", "5.2.3 Velocity")
"""Screens that current constituents need not pass at quarterly reviews (5.2.5)."""
WEIGHT_CLAUSES = WeightClauses(annual="5.3.1", quarterly="5.3.2", capping="5.3.3", added="5.3.4")


SCREENS: tuple[tuple[str, Screen], ...] = (
    ("5.2.2(a)", too_new),
    ("5.2.2(b)", not_continuous),
    ("5.2.2(c)", convertible),
    ("5.2.2(d)", derivative),
    ("5.2.2(e)", closely_held),
    ("5.2.2(f)", removed),
    ("5.2.2(g)", excluded),
    ("5.2.3 Velocity", too_slow),
)
"""Exclusions and the liquidity screen, in the order of the text."""


PARAMETERS = (
    Parameter("by_rank", 18, "companies", "5.2.4", "places given by rank alone at the annual review"),
    Parameter("most", 20, "companies", "5.2.5", "largest number of companies"),
    Parameter("fewest", 18, "companies", "5.2.5", "smallest number of companies"),
    Parameter("smallest_size", 100e6, "EUR", "5.2.4", "least free-float market value for places 19 and 20"),
    Parameter("preferred_to", 22, "rank", "5.2.4", "last rank at which current constituents are preferred"),
    Parameter("stays_to", 25, "rank", "5.2.5", "last rank at which constituents stay at a quarterly review"),
    Parameter("enters_from", 15, "rank", "5.2.5", "last rank at which others enter at a quarterly review"),
    Parameter("sessions", 20, "sessions", "5.2.2(a)", "sessions since admission needed at the cut-off date"),
    Parameter("minimum_float", 0.15, "fraction", "5.2.2(e)", "least free float"),
    Parameter("velocity", 0.25, "per year", "5.2.3 Velocity", "least free-float velocity"),
    Parameter("velocity_float", 0.25, "fraction", "5.2.3 Velocity", "least free-float factor used in the velocity"),
    Parameter("velocity_dropped", 20, "sessions", "5.2.3 Velocity", "first sessions after admission, not counted"),
    Parameter("velocity_months", 12, "months", "5.2.3 Velocity", "period over which velocity is added up"),
    Parameter("band", 0.05, "fraction", "8.1", "width of a free-float band"),
    Parameter("holding", 0.05, "fraction", "8.1", "holdings above it are not free float"),
    Parameter("bands_moved", 2, "bands", "5.3.2", "change of free float that leads to a quarterly update, or more"),
    Parameter("shares_moved", 0.20, "fraction", "5.3.2", "change of shares above which there is a quarterly update"),
    Parameter("cap", 0.12, "fraction", "5.3.3", "largest weight"),
)


@attrs.frozen(kw_only=True)
class Rules:
    """All numbers of a review; evolve a copy to ask what another number would do."""

    selection: ReviewRules
    screens: Screens
    updates: UpdateRules
    velocity: VelocityRules


def rules_of(parameters: Sequence[Parameter]) -> Rules:
    """Return the rule records that a list of parameters means.

    Examples
    --------
    >>> rules_of(PARAMETERS).updates.cap
    0.12
    """
    given = {p.name: p.value for p in parameters}
    places = ("by_rank", "most", "fewest", "preferred_to", "stays_to", "enters_from")
    return Rules(
        selection=ReviewRules(
            smallest_size=given["smallest_size"],
            annual="5.2.4",
            quarterly="5.2.5",
            line="5.2.6",
            revision="5.4",
            **{name: int(given[name]) for name in places},
        ),
        screens=Screens(int(given["sessions"]), given["minimum_float"], given["velocity"]),
        updates=UpdateRules(
            step=given["band"], bands=int(given["bands_moved"]), shares=given["shares_moved"], cap=given["cap"]
        ),
        velocity=VelocityRules(
            minimum_float=given["velocity_float"],
            step=given["band"],
            dropped=int(given["velocity_dropped"]),
            months=int(given["velocity_months"]),
        ),
    )


PSI20 = rules_of(PARAMETERS)


def parameters() -> pd.DataFrame:
    """Return the numbers of the rule book as a table: name, value, unit, clause, meaning.

    Examples
    --------
    >>> table = parameters().set_index("name")
    >>> table.loc["cap", "value"].item(), table.loc["cap", "clause"]
    (0.12, '5.3.3')
    """
    return pd.DataFrame([attrs.asdict(p) for p in PARAMETERS])


@rule("psi20", "5.1.2")
@rule("psi20", "8.4")
def review_dates(
    year: int,
    kind: str | None = None,
    roll: str = "back",
    composition_sessions: int = 2,
    announcement_sessions: int | None = None,
) -> pd.DataFrame:
    """Dates of the reviews that become effective in a year.

    Parameters
    ----------
    year : int
    kind : {"annual", "quarterly"}, optional
        Blank gives all four reviews.
    roll : {"back", "forward"}
        Where a Friday goes that is no session of Lisbon.
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
    >>> review_dates(2016, "annual").drop(columns=["kind", "announcement"]).astype(str).loc[0].tolist()
    ['2016-02-26', '2016-03-16', '2016-03-18', '2016-03-21']
    """
    roll = one_of(roll, ROLLS, "roll")
    wanted = KINDS if kind is None else (one_of(kind, KINDS, "kind"),)
    require(float(year).is_integer(), year, "year", "be a whole number", "give the year of the effective dates")
    rows = [
        _dates(int(year), months, roll, composition_sessions, announcement_sessions)
        for months in MONTHS
        if months[2] in wanted
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
    kind: str,
    candidates: Table,
    cut_off: date | None = None,
    overrides: Table | None = None,
    float_test: str = "raw",
    admission_days: str = "before",
    fill: str = "repeat",
    rules: Rules = PSI20,
) -> pd.DataFrame:
    """Select the companies of the index at a review.

    Parameters
    ----------
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
    rules : Rules, optional
        Other numbers than those of the rule book, for a what-if.

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
    >>> from xlidx.tables import read
    >>> table = read(CANDIDATES, [["company", "isin", "member", "shares", "close", "free float", "velocity"],
    ...     ["A", "PTA", "yes", 2e8, 5.0, 0.47, 0.6], ["B", "PTB", "no", 1e8, 4.0, 0.12, 0.2]])
    >>> review_select("annual", table)[["rank", "size", "decision", "clause"]].to_numpy().tolist()
    [[1, 500000000.0, 'stay', '5.2.4'], [None, 60000000.0, 'excluded', '5.2.2(e), 5.2.3 Velocity']]
    """
    kind, day = one_of(kind, KINDS, "kind"), as_day(cut_off)
    frame = checked_candidates(candidates)
    require_cut_off(frame, day)
    previous, composition = _around(day)
    decisions = decisions_in_force(overrides, set(frame["isin"]), day, composition)
    setting = Setting(EXCHANGE, day, previous, float_test, admission_days, rules.screens, rules.updates.step, decisions)
    waived = (kind == "quarterly") & company_members(frame)
    findings = screened(frame, setting, SCREENS, [WAIVED if w else () for w in waived])
    usable = np.array([not any(f.clause in LINE_CLAUSES for f in found) for found in findings], dtype=np.bool_)
    factors = np.asarray(free_float_band(frame["free_float"].to_numpy(), rules.updates.step))
    return selection_table(kind, frame, findings, usable, factors, decisions, rules.selection, fill)


@rule("psi20", "5.3.1")
@rule("psi20", "5.3.2")
@rule("psi20", "5.3.3")
@rule("psi20", "5.3.4")
@rule("psi20", "5.4")
def review_update(
    kind: str,
    current: Table,
    candidates: Table,
    cut_off: date | None = None,
    overrides: Table | None = None,
    float_test: str = "raw",
    admission_days: str = "before",
    fill: str = "repeat",
    above_one: str = "keep",
    rules: Rules = PSI20,
) -> pd.DataFrame:
    """Select as :func:`review_select` and set shares, free float and capping of the new composition.

    Parameters
    ----------
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
    rules : Rules, optional
        Other numbers than those of the rule book.

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
    >>> from xlidx.tables import read
    >>> now = read(CURRENT, [["isin", "shares", "free float", "capping"], ["PTA", 2e8, 0.40, 0.6]])
    >>> table = read(CANDIDATES, [["company", "isin", "shares", "close", "free float"],
    ...     ["A", "PTA", 2.2e8, 5.0, 0.47]])
    >>> new = review_update("quarterly", now, table)
    >>> new.loc[0, ["new_shares", "new_free_float", "new_capping"]].astype(float).round(6).tolist()
    [220000000.0, 0.5, 0.436364]
    """
    kind, day = one_of(kind, KINDS, "kind"), as_day(cut_off)
    basket = current.strict()
    frame = candidates.strict()
    marked = Table(frame.assign(member=membership(basket, frame)), {})
    selected = review_select(kind, marked, day, overrides, float_test, admission_days, fill, rules)
    decisions = decisions_in_force(overrides, set(frame["isin"]), day, _around(day)[1])
    return update_table(kind, basket, frame, selected, decisions, rules.updates, WEIGHT_CLAUSES, above_one)


def _dates(
    year: int, months: tuple[int, int, str], roll: str, composition: int, announcement: int | None
) -> dict[str, Any]:
    first, third, kind = months
    effective = _rolled(calendars.nth_weekday(year, third, calendars.FRIDAY, 3), roll)

    def off(count: int) -> date:
        return calendars.session_offset(EXCHANGE, effective, count)

    return {
        "kind": kind,
        "cut_off": _rolled(calendars.nth_weekday(year, first, calendars.FRIDAY, -1), roll),
        "announcement": None if announcement is None else off(-announcement),
        "composition": off(-composition),
        "effective": effective,
        "in_force": off(1),
    }


def _rolled(friday: date, roll: str) -> date:
    if roll == "back":
        return calendars.session_on_or_before(EXCHANGE, friday)
    following = calendars.sessions(EXCHANGE, friday, friday + timedelta(days=14))
    return following[0].astype(date)  # type: ignore[no-any-return]


def _around(cut_off: date | None) -> tuple[date | None, date | None]:
    """Return the last effective date before a cut-off and the first composition announcement date after it."""
    if cut_off is None:
        return None, None
    day = pd.Timestamp(cut_off)
    before = pd.concat([review_dates(day.year - 1), review_dates(day.year)])["effective"]
    after = review_dates(day.year)["composition"]
    if day >= after.max():
        after = review_dates(day.year + 1)["composition"]
    return before[before < day].max().date(), after[after > day].min().date()
