"""Screens of a review: each looks at one candidate and says in words what is wrong with it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

import attrs
import numpy as np
import pandas as pd

from xlidx import calendars
from xlidx.index.free_float import free_float_band
from xlidx.index.review.ranking import at_least
from xlidx.index.review.selection import Finding
from xlidx.index.review.tables import CONVERTIBLES, DERIVATIVES, Decisions
from xlidx.index.velocity import reaches
from xlidx.tables import one_of

FLOAT_TESTS = ("raw", "band")
ADMISSION_DAYS = ("before", "through")

Row: TypeAlias = dict[Any, Any]


@attrs.frozen
class Screens:
    """The thresholds: sessions since admission, least free float [fraction], least velocity [per year]."""

    sessions: int
    minimum_float: float
    velocity: float


def _float_test(word: str) -> str:
    return one_of(word, FLOAT_TESTS, "float_test")


def _admission_days(word: str) -> str:
    return one_of(word, ADMISSION_DAYS, "admission_days")


@attrs.frozen
class Setting:
    """What the screens need beside the row of a candidate.

    Attributes
    ----------
    exchange : str
        MIC, for counting sessions.
    cut_off, previous : date or None
        Review cut-off date and the effective date of the review before.
    float_test : {"raw", "band"}
    admission_days : {"before", "through"}
        Whether sessions are counted without or with the cut-off date.
    screens : Screens
    step : float [fraction]
        Width of a free-float band.
    decisions : Decisions
    """

    exchange: str
    cut_off: date | None
    previous: date | None
    float_test: str = attrs.field(converter=_float_test)
    admission_days: str = attrs.field(converter=_admission_days)
    screens: Screens
    step: float
    decisions: Decisions


Screen: TypeAlias = Callable[[Row, Setting], str]


def screened(
    frame: pd.DataFrame, setting: Setting, screens: Sequence[tuple[str, Screen]], waived: Sequence[Sequence[str]]
) -> list[list[Finding]]:
    """Return every screen that each candidate fails; ``waived`` lists clauses that do not count, row by row."""
    rows = zip(frame.to_dict("records"), waived, strict=True)
    return [
        [Finding(clause, text, clause in free) for clause, screen in screens if (text := screen(row, setting))]
        for row, free in rows
    ]


def too_new(row: Row, setting: Setting) -> str:
    """Tell if a line was admitted to listing too few sessions before the cut-off date."""
    needed = setting.screens.sessions
    if setting.cut_off is None or row["admission"] is pd.NaT:
        return ""
    # Far back, the count cannot matter and the calendar may end: weekends and holidays fit in three days of four.
    start = max(row["admission"].date(), setting.cut_off - timedelta(days=4 * needed + 30))
    last = setting.cut_off - timedelta(days=setting.admission_days == "before")
    count = calendars.sessions(setting.exchange, start, last).size if start <= last else 0
    return "" if count >= needed else f"listed {count} sessions before the cut-off, fewer than {needed}"


def not_continuous(row: Row, setting: Setting) -> str:
    """Tell if a line is not traded continuously."""
    del setting
    return "" if row["segment"] == "continuous" else "not traded on the continuous segment"


def convertible(row: Row, setting: Setting) -> str:
    """Tell if a line is a convertible preference share or loan stock."""
    del setting
    return f"{row['instrument']}, not converted" if row["instrument"] in CONVERTIBLES else ""


def derivative(row: Row, setting: Setting) -> str:
    """Tell if a line is a warrant, right or other derivative security."""
    del setting
    return f"{row['instrument']}, a derivative security" if row["instrument"] in DERIVATIVES else ""


def closely_held(row: Row, setting: Setting) -> str:
    """Tell if the free float is too small."""
    limit, raw = setting.screens.minimum_float, row["free_float"]
    tested = raw if setting.float_test == "raw" else float(free_float_band(raw, setting.step))
    if at_least(np.array([tested]), limit).all():
        return ""
    return f"free float {tested * 100:.9g} % is below {limit * 100:.9g} %"


def removed(row: Row, setting: Setting) -> str:
    """Tell if a company left the index since the last effective date."""
    if setting.previous is None or row["removed"] is pd.NaT or row["removed"].date() <= setting.previous:
        return ""
    return f"removed on {row['removed']:%Y-%m-%d}, after the effective date {setting.previous}"


def excluded(row: Row, setting: Setting) -> str:
    """Tell if a line is excluded by decision."""
    why = setting.decisions.of(row["isin"], "exclude")
    return f"excluded by decision: {why}" if why else ""


def too_slow(row: Row, setting: Setting) -> str:
    """Tell if the free-float velocity is too small or not known."""
    limit, found = setting.screens.velocity, row["velocity"]
    if found != found:
        return "no velocity is known"
    return "" if reaches(found, limit) else f"velocity {found * 100:.9g} % is below {limit * 100:.9g} %"
