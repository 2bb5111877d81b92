"""Morning check: every number that changed overnight must be the work of an action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import Applied, apply_actions
from xlidx.index.actions.terms import RIGHTS_LIMIT
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.desk.day_file import END, FACTORS, START, DayFile
from xlidx.rules import cite, rule
from xlidx.tables import Table

NEAR = 1e-12
SAME = 1e-9
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


@rule("psi20", "6.1")
def check_values(
    end: DayFile,
    start: DayFile,
    actions: Table,
    *,
    continuity: str = "cash_only",
    rights_limit: float = RIGHTS_LIMIT,
    currency: str = INDEX_CURRENCY,
) -> Applied:
    """Apply the actions of the day to last night's numbers and compare every number of this morning's file.

    Where :func:`morning_check` asks whether each change has an action, this asks whether it is the change that the
    terms of the action make: a wrong subscription price, ratio, share count or divisor stops the day.

    Parameters
    ----------
    end, start : DayFile
        Of two sessions that follow each other.
    actions : Table
        Columns as in :data:`xlidx.index.actions.apply.ACTIONS`; rows of other days are passed over.
    continuity, rights_limit, currency
        As for :func:`xlidx.index.actions.apply.apply_actions`.

    Returns
    -------
    Applied
        What the actions leave.

    Raises
    ------
    XlidxError
        ``NO_DATA`` naming every number that is another one than the actions give, with both and the events; as
        :func:`xlidx.index.actions.apply.apply_actions`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.1.
    *Reading*: numbers are the same when they differ by less than one part in a thousand million, so that files with ten
    digits pass.  The close of a company that joins is taken from this morning's file.

    Examples
    --------
    >>> from datetime import date
    >>> from xlidx.index.actions.apply import ACTIONS
    >>> from xlidx.index.basket import Basket
    >>> from xlidx.index.desk.day_file import day_file
    >>> from xlidx.tables import read
    >>> def basket(shares):
    ...     return Basket(("A", "B"), [shares, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> closes, code = np.array([10.0, 20.0]), ("PSI20", "PTING0200002")
    >>> end = day_file("end of day", date(2016, 3, 18), *code, basket(1000.0), 200.0, closes, {})
    >>> ex = np.array([9.2, 20.0])
    >>> start = day_file("start of day", date(2016, 3, 21), *code, basket(1250.0), 215.0, closes, {}, ex)
    >>> head = ["date", "isin", "action", "ratio", "price"]
    >>> check_values(end, start, read(ACTIONS, [head, ["2016-03-21", "A", "rights issue", 0.25, 6.0]])).divisor
    215.0
    >>> try:
    ...     check_values(end, start, read(ACTIONS, [head, ["2016-03-21", "A", "rights issue", 0.25, 5.0]]))
    ... except XlidxError as error:
    ...     print(error.what)  # doctest: +NORMALIZE_WHITESPACE
    2 numbers are not what the actions give: A adjusted_close 9.2 where 9 is right, index divisor 215 where 212.5 is
    right (actions: rights issue)
    """
    _require_pair(end, start)
    day = str(start.index["date"].iloc[0])
    frame = actions.strict()
    today = Table(frame[pd.to_datetime(frame["date"]).dt.strftime("%Y-%m-%d") == day], {})
    closes = {**_closes(start), **_closes(end)}
    done = apply_actions(
        _basket(end),
        closes,
        _rates(end) | _rates(start),
        today,
        end.number(DIVISOR),
        continuity=continuity,
        rights_limit=rights_limit,
        index_currency=currency,
    )
    wrong = [_put_right(isin, name, expected, found) for isin, name, expected, found in _mismatches(start, done)]
    if wrong:
        events = (
            _joined("event_id", _of_day(today.frame, day)) or _joined("action", _of_day(today.frame, day)) or "none"
        )
        are = "numbers are" if len(wrong) > 1 else "number is"
        what = f"{len(wrong)} {are} not what the actions give: {', '.join(wrong)} (actions: {events})"
        mend = "correct the terms of the action, or the start of day"
        raise XlidxError(Kind.NO_DATA, what, f"start of day {day}", mend)
    return done


def _basket(file: DayFile) -> Basket:
    members = file.members
    shares, free_float, capping = (members[name].to_numpy(dtype=np.float64) for name in FACTORS[:3])
    return Basket(tuple(members["isin"]), shares, free_float, capping, tuple(members["currency"]))


def _closes(file: DayFile) -> dict[str, float]:
    return dict(zip(file.members["isin"], file.members["close"].astype(float), strict=True))


def _rates(file: DayFile) -> dict[str, float]:
    return dict(zip(file.members["currency"], file.members["fx"].astype(float), strict=True))


def _mismatches(start: DayFile, done: Applied) -> Iterator[tuple[str, str, float, float]]:
    rows, basket = start.members.set_index("isin"), done.basket
    for isin in dict.fromkeys([*basket.ids, *rows.index]):
        place = basket.places.get(isin)
        if place is None or isin not in rows.index:
            yield isin, MEMBER, float(place is not None), float(isin in rows.index)
            continue
        expected = {name: float(getattr(basket, name)[place]) for name in FACTORS[:3]} | {CLOSE: done.prices[isin]}
        for name, value in expected.items():
            if _apart(value, float(rows.loc[isin, name])):
                yield isin, name, value, float(rows.loc[isin, name])
    for name, value in ((DIVISOR, done.divisor), (LEVEL, done.level_after)):
        if _apart(value, start.number(name)):
            yield "index", name, value, start.number(name)


def _apart(expected: float, found: float) -> bool:
    return not np.isclose(expected, found, rtol=SAME, atol=0.0, equal_nan=True)


def _put_right(isin: str, name: str, expected: float, found: float) -> str:
    if name == MEMBER:
        return (
            f"{isin} is {'no' if expected else 'a'} member where the actions make it {'one' if expected else 'leave'}"
        )
    return f"{isin} {name} {found:.12g} where {expected:.12g} is right"


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
