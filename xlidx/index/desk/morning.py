"""Morning check: every number that changed overnight must be the work of an action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.desk.day_file import END, FACTORS, START, DayFile
from xlidx.rules import cite, rule

NEAR = 1e-12
IN, OUT = "in", "out"
LEVEL, DIVISOR, MEMBER, CLOSE, NOTHING = "level", "divisor", "member", "adjusted_close", "nothing"

# What each action may change; splits and bonus issues leave the divisor alone (6.7).
EXPLAINS: Mapping[str, tuple[str, ...]] = {
    "review": (MEMBER, "shares", "free_float", "capping", DIVISOR),
    "special dividend": (CLOSE, DIVISOR),
    "other rights": (CLOSE, DIVISOR),
    "spin-off": (MEMBER, "shares", CLOSE, DIVISOR),
    "bonus issue": ("shares", CLOSE),
    "rights issue": ("shares", CLOSE, DIVISOR),
    "split": ("shares", CLOSE),
    "reverse split": ("shares", CLOSE),
    "bonus in lieu of dividend": (),
    "removal": (MEMBER, DIVISOR, LEVEL),
    "delisting": (MEMBER, DIVISOR, LEVEL),
    "removal after suspension": (MEMBER, DIVISOR, LEVEL),
    "addition": (MEMBER, DIVISOR),
    "replacement": (MEMBER, "shares", DIVISOR, LEVEL),
    "suspension": (),
    "resumption": (),
}
REVIEW = "review"
AT_LAST_PRICE = ("removal", "delisting")  # unless a price is set


@attrs.frozen
class Change:
    """One number that differs between last night and this morning; an index number has no ISIN."""

    isin: str
    field: str
    before: Any
    after: Any


@rule("psi20", "6.1")
@rule("psi20", "6.8")
def morning_check(
    end: DayFile,
    start: DayFile,
    actions: pd.DataFrame,
    level: float | None = None,
    explains: Mapping[str, tuple[str, ...]] = EXPLAINS,
) -> pd.DataFrame:
    """Compare last night's end of day with this morning's start of day, and explain every change.

    Parameters
    ----------
    end, start : DayFile
        Of two sessions that follow each other.
    actions : DataFrame
        Columns isin and action, and where they exist other_isin (the second company of the action), date
        (actions of other days are passed over), price (set for a removal), event_id and reason.  The steps of
        :func:`xlidx.index.actions.apply.apply_actions` serve as well; they name events that follow from earlier ones.
    level : float, optional [index points]
        Level that the actions leave, calculated from them; the start of day must then have it.
    explains : mapping of action to fields
        What each action may change: shares, free_float, capping, adjusted_close, member (joins or leaves), divisor
        or level.

    Returns
    -------
    DataFrame
        isin, field, before, after, action, event_id, reason and clause, one row per change, several actions
        behind one joined by semicolons; then one row with the field nothing per action without effect.

    Raises
    ------
    XlidxError
        ``NO_DATA`` naming every change without an action, ``CHOICE`` for files of the wrong kind or two indices,
        ``DOMAIN`` for a start of day that is not later.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.1 and 6.8.
    *Reading*: numbers count as equal when they differ by less than one part in a million million.  A new divisor is
    explained by any action of the day but splits and bonus issues (6.7), for it is the level that must stay; a
    level may move only where a price is set for a removal (6.2.2) or a company is replaced (6.2.1).  A review
    explains every company that leaves.  Exchange rates and the closes themselves never change overnight.

    Examples
    --------
    >>> from datetime import date
    >>> from xlidx.index.basket import Basket
    >>> from xlidx.index.desk.day_file import day_file
    >>> def basket(shares):
    ...     return Basket(("A", "B"), [shares, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> closes, split = np.array([10.0, 20.0]), np.array([5.0, 20.0])
    >>> end = day_file("end of day", date(2016, 3, 17), "PSI20", "PTING0200002", basket(1000.0), 200.0, closes, {})
    >>> start = day_file(
    ...     "start of day", date(2016, 3, 18), "PSI20", "PTING0200002", basket(2000.0), 200.0, closes, {}, split)
    >>> actions = pd.DataFrame({"isin": ["A"], "action": ["split"]})
    >>> morning_check(end, start, actions)[["isin", "field", "before", "after"]].to_numpy().tolist()
    [['A', 'shares', 1000.0, 2000.0], ['A', 'adjusted_close', 10.0, 5.0]]
    """
    _require_pair(end, start)
    _require_level(start, level)
    today = _of_day(actions, str(start.index["date"].iloc[0]))
    changes = list(_changes(end, start))
    found = [[action for action in today if _explains(action, change, explains)] for change in changes]
    stray = [_worded(change) for change, by in zip(changes, found, strict=True) if not by]
    if stray:
        what, mend = f"{len(stray)} changes without an action: {', '.join(stray)}", "add the action or correct the file"
        raise XlidxError(Kind.NO_DATA, what, f"start of day {start.index['date'].iloc[0]}", mend)
    columns = ["isin", "field", "before", "after", "action", "event_id", "reason", "clause"]
    rows = [_row(change, by) for change, by in zip(changes, found, strict=True)]
    used = [id(action) for by in found for action in by]
    idle = [
        _row(Change(action["isin"], NOTHING, None, None), [action])
        for action in today
        if id(action) not in used and _effect(action, explains)
    ]
    return pd.DataFrame([*rows, *idle], columns=columns)


def _changes(end: DayFile, start: DayFile) -> Iterator[Change]:
    old, new = (file.members.set_index("isin") for file in (end, start))
    for isin in old.index.union(new.index, sort=False):
        if (isin in old.index) != (isin in new.index):
            yield Change(isin, MEMBER, *(IN if isin in side.index else OUT for side in (old, new)))
        else:
            yield from _member_changes(isin, old.loc[isin], new.loc[isin])
    for name in (LEVEL, "net_level", "gross_level", DIVISOR):
        before, after = end.number(name), start.number(name)
        if _differ(before, after):
            yield Change("", name, before, after)


def _member_changes(isin: str, old: pd.Series[Any], new: pd.Series[Any]) -> Iterator[Change]:
    if old["currency"] != new["currency"]:
        yield Change(isin, "currency", old["currency"], new["currency"])
    for name in ("close", *FACTORS, CLOSE):
        before, after = float(old["close" if name == CLOSE else name]), float(new[name])
        if _differ(before, after):
            yield Change(isin, name, before, after)


def _differ(before: float, after: float) -> bool:
    if np.isnan(before) or np.isnan(after):
        return bool(np.isnan(before) != np.isnan(after))
    return bool(abs(after - before) > NEAR * max(abs(before), abs(after)))


def _explains(action: Mapping[str, Any], change: Change, explains: Mapping[str, tuple[str, ...]]) -> bool:
    word = action["action"]
    fields = explains.get(word, ())
    if change.field == DIVISOR:
        return DIVISOR in fields
    if change.field in (LEVEL, "net_level", "gross_level"):
        return LEVEL in fields and (word not in AT_LAST_PRICE or not _blank(action.get("price")))
    leaves = word == REVIEW and change.after == OUT
    return change.field in fields and (leaves or change.isin in (action["isin"], action.get("other_isin")))


def _blank(value: Any) -> bool:
    return value is None or value == "" or bool(pd.isna(value))


def _effect(action: Mapping[str, Any], explains: Mapping[str, tuple[str, ...]]) -> bool:
    # A review lists every member, changed or not.
    return bool(explains.get(action["action"], ("unknown",))) and action["action"] != REVIEW


def _of_day(actions: pd.DataFrame, day: str) -> list[dict[str, Any]]:
    kept = actions
    if "date" in actions:
        kept = actions[pd.to_datetime(actions["date"]).dt.strftime("%Y-%m-%d") == day]
    return [{str(name): value for name, value in row.items()} for row in kept.to_dict("records")]


def _row(change: Change, by: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    texts = (_joined(name, by) for name in ("action", "event_id", "reason"))
    return (change.isin, change.field, change.before, change.after, *texts, cite(morning_check))


def _joined(name: str, by: Sequence[Mapping[str, Any]]) -> str:
    words = [action.get(name) for action in by]
    return "; ".join(dict.fromkeys(str(word) for word in words if not _blank(word)))


def _worded(change: Change) -> str:
    values = (f"{v:.15g}" if isinstance(v, float) else str(v) for v in (change.before, change.after))
    return f"{change.isin or 'index'} {change.field} {' -> '.join(values)}"


def _require_level(start: DayFile, level: float | None) -> None:
    found = start.number(LEVEL)
    if level is not None and _differ(level, found):
        what = f"level is {found:.15g} where the actions leave {level:.15g}"
        raise XlidxError(Kind.NO_DATA, what, f"start of day {start.index['date'].iloc[0]}", "correct basket or divisor")


def _require_pair(end: DayFile, start: DayFile) -> None:
    for file, kind in ((end, END), (start, START)):
        if file.index["file"].iloc[0] != kind:
            what = f"the file of {file.index['date'].iloc[0]} is no {kind} file"
            raise XlidxError(
                Kind.CHOICE, what, "arguments end and start", "give last night's end and today's start of day"
            )
    if end.index["isin"].iloc[0] != start.index["isin"].iloc[0]:
        raise XlidxError(Kind.CHOICE, "the files are of two indices", "column isin", "give files of one index")
    if end.index["date"].iloc[0] >= start.index["date"].iloc[0]:
        mend = "give files of two sessions that follow each other"
        raise XlidxError(Kind.DOMAIN, "the start of day is not after the end of day", "column date", mend)
