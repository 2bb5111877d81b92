"""Corporate actions and composition changes as a table, and the divisor step that nets those of one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import require
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.lines import Event, Lines, Review, basket_in, lines_of
from xlidx.index.actions.netting import CONTINUITY, REMOVALS, Closes, apply_event, net_day, total
from xlidx.index.actions.rows import (
    JOINING,
    ORDER,
    REVIEW,
    Rows,
    event_at,
    quote_currencies,
    review_at,
    rows_of,
    rules_of,
)
from xlidx.index.actions.terms import RIGHTS_LIMIT
from xlidx.index.basket import INDEX_CURRENCY, Basket, not_one
from xlidx.index.divisor import chain_divisor
from xlidx.rules import DOCUMENTS, rule
from xlidx.tables import Column, Table, TableSpec

ACTIONS = TableSpec(
    name="actions",
    keys=("date", "isin", "action", "other_isin", "event_id"),
    columns=(
        Column(name="date", kind="date", help="first session on which the new basket is in force (ex-date)"),
        Column(name="isin", kind="text", help="ISIN of the member, or of the company that joins"),
        Column(name="action", kind="word", words=tuple(ORDER), help="what happens"),
        Column(
            name="ratio",
            kind="number",
            above=0.0,
            required=False,
            help="give new shares per share held; for split and reverse split shares after per share before",
        ),
        Column(name="price", kind="number", required=False, help="subscription price, price set, or estimate"),
        Column(
            name="amount", kind="number", required=False, help="gross special dividend or value of a right, per share"
        ),
        Column(name="cash", kind="number", required=False, default=0.0, help="cash per share in a replacement"),
        Column(
            name="currency",
            kind="text",
            required=False,
            default="",
            help="of the amounts in the row; blank is the quote currency; for addition and review the quote currency",
        ),
        Column(
            name="fungible",
            kind="word",
            words=("yes", "no"),
            required=False,
            default="yes",
            help="whether new shares belong to the line of the old ones",
        ),
        Column(
            name="disadvantage",
            kind="number",
            required=False,
            default=0.0,
            help="dividend that new shares of a rights issue miss, per share",
        ),
        Column(name="other_isin", kind="text", required=False, default="", help="acquirer, or company spun off"),
        Column(
            name="qualifies",
            kind="word",
            words=("all", "parent only", "child only", "none"),
            required=False,
            default="all",
            help="which companies of a spin-off stay",
        ),
        Column(
            name="shares", kind="number", above=0.0, required=False, help="give the shares of an addition or review"
        ),
        Column(name="free_float", kind="fraction", required=False, help="of an addition or review"),
        Column(
            name="capping",
            kind="number",
            above=0.0,
            required=False,
            default=1.0,
            help="give the capping factor of an addition or review",
        ),
        Column(
            name="other_currency",
            kind="text",
            required=False,
            default="",
            help="quote currency of other_isin; blank is that of the member",
        ),
        Column(
            name="country",
            kind="text",
            required=False,
            default="",
            help="country of incorporation of the company that joins, ISO code",
        ),
        Column(name="event_id", kind="text", required=False, default="", help="name of the event in logs"),
        Column(name="author", kind="text", required=False, default="", help="who decided, for manual decisions"),
        Column(name="reason", kind="text", required=False, default="", help="why, for manual decisions"),
    ),
)

CLAUSES = {
    "review": "5.1.2",
    "special dividend": "6.5.2",
    "other rights": "6.6",
    "spin-off": "6.3",
    "rights issue": "6.6",
    "bonus issue": "6.7",
    "split": "6.7",
    "reverse split": "6.7",
    "bonus in lieu of dividend": "6.5.1",
    "removal": "6.2",
    "delisting": "6.2.2",
    "removal after suspension": "6.2.2",
    "addition": "6.1",
    "replacement": "6.2.1",
    "suspension": "6.2.3",
    "resumption": "6.2.3",
}
STEPS = ("event_id", "isin", "action", "what", "before", "after", "reason", "clause")


@attrs.frozen(eq=False)
class Applied:
    """What one day of actions leaves behind.

    Parameters
    ----------
    basket : Basket
        In force from the date of the actions on.
    prices : dict of float [quote currency]
        Adjusted closes of the members of the new basket; 0 for a company spun off without an estimate, NaN
        where the close is not known and not needed.
    divisor, old_divisor : float [index currency per index point]
    value_before, value_after : float [index currency]
        Their ratio is the change of the divisor.
    level_before, level_after : float [index points]
        At the same closes; they differ only where a price is set for a removal.
    steps : DataFrame
        event_id, isin, action, what, before, after, reason, clause: one row per number that changed.
    """

    basket: Basket
    prices: dict[str, float]
    divisor: float
    old_divisor: float
    value_before: float
    value_after: float
    level_before: float
    level_after: float
    steps: pd.DataFrame


@rule("psi20", "6.1")
@rule("psi20", "6.2")
@rule("psi20", "6.2.1")
@rule("psi20", "6.2.2")
@rule("psi20", "6.2.3")
@rule("psi20", "6.3")
@rule("psi20", "6.5.1")
@rule("psi20", "6.5.2")
@rule("psi20", "6.6")
@rule("psi20", "6.7")
@rule("psi20", "6.8")
def apply_actions(
    basket: Basket,
    prices: Mapping[str, float],
    fx: Mapping[str, float] | None,
    actions: Table,
    divisor: float,
    *,
    continuity: str = "cash_only",
    rights_limit: float = RIGHTS_LIMIT,
    index_currency: str = INDEX_CURRENCY,
    reference: Mapping[str, float] | None = None,
) -> Applied:
    """Apply all actions of one day in one divisor step, and explain each.

    Parameters
    ----------
    basket : Basket
        In force at the close before.
    prices : mapping of ISIN to float [quote currency]
        Closes of the session before; last known ones for suspended members.  Companies that join need one
        too, except a company spun off and the acquirer of a replacement with ``cash_only``.
    fx : mapping of currency to float [index currency per unit of quote currency], or None
        At the same close; not needed for the index currency, whose rate can only be 1.
    actions : Table
        Columns as in :data:`ACTIONS`; rows of one date.
    divisor : float [index currency per index point]
    continuity : {"cash_only", "full"}
        What the divisor makes up for when an acquirer replaces its target: the cash part alone, or also the
        gap between the price of the target and the value of the bid.
    rights_limit : float
        Ratio of new shares from which on a rights issue adds no shares.
    index_currency : str
    reference : mapping of currency to float, optional [index currency per unit]
        Reference rates of that day, for special dividends; blank is ``fx``.

    Returns
    -------
    Applied

    Raises
    ------
    XlidxError
        ``MISSING`` for absent terms, ``CHOICE`` for an unknown action, ``DOMAIN`` for an event that stands there
        twice, terms outside their range or that the action does not use, a rate of the index currency that is not 1
        or rows of several dates, ``NO_DATA`` for a missing price or rate; table, row and column are named.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, chapter 6.
    *Reading*: all events are valued at the same closes and netted, so the order of the rows does not matter.
    Where events touch, they follow in the order of :data:`xlidx.index.actions.rows.ORDER`: a review first, cash
    before shares, replacements last.  Terms are per share held at that close, and in shares as they were then: new
    shares of a rights issue bear no bonus shares of the same day, a split then divides them all.  A right has a value
    if a new share costs less than what it is worth after the bonus issue and the cheaper rights issues of that day.
    *Reading*: the terms of a bid, which comes last, are per share as it is after the other events of the day.
    *Reading*: events of companies that are no members are passed over and say so, so that several indices can share
    a table.  So is what happens to a company that leaves with a review of that day, but for a price set.
    *Reading*: a price set for a removal moves the level first (6.2.2); the divisor of a replacement changes for
    the cash part only (6.2.1), so a gap between price and bid shows in the level of the next session.
    *Reading*: shares and free float stay as they are between reviews (6.8); a row can change them only by the
    actions listed.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rights = read(ACTIONS, [["date", "isin", "action", "ratio", "price"],
    ...                         ["2016-03-21", "A", "rights issue", 0.25, 6.0]])
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> done = apply_actions(basket, {"A": 10.0, "B": 20.0}, None, rights, 200.0)
    >>> done.basket.shares.tolist(), done.prices["A"], done.divisor
    ([1250.0, 500.0], 9.2, 215.0)
    """
    one_of(continuity, CONTINUITY, "continuity")
    require(divisor > 0, divisor, "divisor", "be above 0", "give the divisor before the actions")
    index_currency = index_currency.upper()
    frame = actions.strict()
    _one_date(frame)
    rows = rows_of(frame)
    _require_closes(rows, basket, prices)
    quoted = quote_currencies(basket, rows, index_currency)
    ids = list(dict.fromkeys([*basket.ids, *prices, *rows.texts["isin"], *filter(None, rows.texts["other_isin"])]))
    places = {isin: place for place, isin in enumerate(ids)}
    names = list(
        dict.fromkeys([index_currency, *quoted.values(), *(name.upper() for name in rows.texts["currency"] if name)])
    )
    codes = {name: code for code, name in enumerate(names)}
    lines = lines_of(basket, ids, places, quoted, codes)
    day = "the close before the actions"
    row = np.array([prices.get(isin, np.nan) for isin in ids], dtype=np.float64)
    rates = _rates(names, fx)
    closes = Closes(day, row, rates, rates if reference is None else _rates(names, reference), names, lines)
    rules = rules_of(rows, places, codes, rights_limit)
    reviewed = int((rows.kind == REVIEW).sum())
    review = review_at(rules, slice(0, reviewed)) if reviewed else None
    events = [event_at(rules, item) for item in range(reviewed, len(rows.kind))]
    steps = _review_steps(lines, review)
    value = total(lines, closes)
    before, after = net_day(lines, closes, value, review, events, continuity, _watching(steps))
    new = float(chain_divisor(divisor, before, after))
    steps += _zero_steps(basket, prices)
    steps += _index_steps(divisor, new, value, before)
    return Applied(
        basket_in(lines, names),
        {ids[column]: closes.adjusted.get(column, row.item(column)) for column in lines.members},
        new,
        divisor,
        before,
        after,
        value / divisor,
        before / divisor,
        pd.DataFrame(steps, columns=list(STEPS)),
    )


def one_of(word: str, allowed: Sequence[str], name: str) -> None:
    """Refuse a word that is none of those allowed."""
    if word not in allowed:
        raise XlidxError(Kind.CHOICE, f"{name} {word!r} is not known", f"argument {name}", f"use {', '.join(allowed)}")


def _one_date(frame: pd.DataFrame) -> None:
    other = frame.index[(frame["date"] != frame["date"].iloc[0]).to_numpy()] if len(frame) else []
    if len(other):
        where = f"table actions, row {other[0]}, column date"
        raise XlidxError(Kind.DOMAIN, "the rows have several dates", where, "give the actions of one day")


def _require_closes(rows: Rows, basket: Basket, prices: Mapping[str, float]) -> None:
    # Who joins by a review or an addition needs a close; a company spun off and an acquirer need none.
    for item in np.flatnonzero(np.isin(rows.kind, JOINING)).tolist():
        isin = rows.texts["isin"][item]
        if isin not in prices and isin not in basket.ids and np.isnan(rows.numbers["price"][item]):
            mend = "add its closing price"
            raise rows.refuse(item, Kind.NO_DATA, f"no prices for {isin}", "isin", mend)


def _rates(names: Sequence[str], fx: Mapping[str, float] | None) -> list[float]:
    # A rate that is not there is refused where it is needed.
    known = {name.upper(): float(rate) for name, rate in (fx or {}).items()}
    for name in names:
        mend = f"give {names[0]} per unit of {name}"
        require(known.get(name, 1.0) > 0, known.get(name, 1.0), f"rate of {name}", "be above 0", mend)
    if known.get(names[0], 1.0) != 1.0:
        raise not_one(names[0], known[names[0]], "argument fx")
    return [1.0, *(known.get(name, np.nan) for name in names[1:])]


def _watching(steps: list[tuple[Any, ...]]) -> Any:
    def apply(lines: Lines, closes: Closes, event: Event, continuity: str) -> float:
        watched = [column for column in (event.column, event.other) if column >= 0]
        outside = event.action != "addition" and event.column not in lines.members
        before = [_state(lines, closes, column) for column in watched]
        value = apply_event(lines, closes, event, continuity)
        after = [_state(lines, closes, column) for column in watched]
        found = _outside(closes, event) if outside else _changes(lines, event, watched, before, after)
        steps.extend(found)
        return value

    return apply


def _state(lines: Lines, closes: Closes, column: int) -> dict[str, float]:
    member = column in lines.members
    price = closes.adjusted.get(column, closes.row.item(column))
    return {"shares": lines.shares.item(column), "closing price": price if member else float("nan")}


def _changes(
    lines: Lines, event: Event, watched: list[int], before: list[dict[str, float]], after: list[dict[str, float]]
) -> list[tuple[Any, ...]]:
    rows = [
        _step(event, lines.ids[column], what, old[what], new[what])
        for column, old, new in zip(watched, before, after, strict=True)
        for what in old
        if old[what] != new[what] and not np.isnan(new[what])
    ]
    return rows or [_step(event, event.isin, "nothing", float("nan"), float("nan"))]


def _outside(closes: Closes, event: Event) -> list[tuple[Any, ...]]:
    left = event.column in closes.left
    reason = "leaves with the review of the day" if left else "is no member: passed over"
    return [_step(event._replace(reason=reason), event.isin, "nothing", float("nan"), float("nan"))]


def _step(event: Event, isin: str, what: str, before: float, after: float) -> tuple[Any, ...]:
    reason = event.reason or _reason(event, what)
    clause = f"{DOCUMENTS['psi20']}, {CLAUSES[event.action]}"
    return event.label, isin, event.action, what, before, after, reason, clause


def _reason(event: Event, what: str) -> str:
    if event.action == "rights issue":
        if what == "nothing":
            return "the right has no positive value"
        return "new shares join the line" if event.times > 1.0 else "value of the right only"
    if event.action in REMOVALS:
        return "removed at zero" if event.price == 0.0 else "removed"
    return _REASONS[event.action]


_REASONS = {
    "special dividend": "close less the gross special dividend",
    "other rights": "close less the value attributed to the right",
    "spin-off": "the companies of the split carry the old value together",
    "bonus issue": "shares times the ratio, price over it",
    "split": "shares times the ratio, price over it",
    "reverse split": "shares times the ratio, price over it",
    "bonus in lieu of dividend": "taken as an ordinary dividend, no adjustment",
    "addition": "joins at its close",
    "replacement": "shares times the bid ratio, divisor for the cash part",
    "suspension": "last known price is carried from here on",
    "resumption": "trades again",
}


def _review_steps(lines: Lines, review: Review | None) -> list[tuple[Any, ...]]:
    if review is None:
        return []
    clause = f"{DOCUMENTS['psi20']}, {CLAUSES['review']}"
    rows: list[tuple[Any, ...]] = []
    for column in lines.members.keys() - set(review.columns.tolist()):
        old = lines.shares.item(column)
        rows.append((review.label, lines.ids[column], "review", "shares", old, 0.0, "leaves with the review", clause))
    new = zip(review.columns.tolist(), review.shares, review.free_float, review.capping, strict=True)
    for column, *values in new:
        reason = "stays" if column in lines.members else "joins with the review"
        for what, name, value in zip(("shares", "free-float factor", "capping factor"), _LINE, values, strict=True):
            old = getattr(lines, name).item(column)
            if old != value:
                rows.append((review.label, lines.ids[column], "review", what, old, float(value), reason, clause))
    return rows


_LINE = ("shares", "free_float", "capping")


def _zero_steps(basket: Basket, prices: Mapping[str, float]) -> list[tuple[Any, ...]]:
    # A removal sets its price of 0 in its row; a close of 0 may be a fault of the feed.
    clause = f"{DOCUMENTS['psi20']}, 6.2.2"
    reason = "price of 0 of a member: check it"
    zeros = [isin for isin in basket.ids if prices.get(isin) == 0.0]
    return [("", isin, "index", "closing price", 0.0, 0.0, reason, clause) for isin in zeros]


def _index_steps(old: float, new: float, value: float, before: float) -> list[tuple[Any, ...]]:
    clause = f"{DOCUMENTS['psi20']}, 6.1"
    level = ("", "", "index", "level", value / old, before / old)
    moved = "a price set for a removal moves the level" if before != value else "level kept"
    same = "divisor keeps the level" if new != old else "no change of market value, no divisor change"
    return [(*level, moved, clause), ("", "", "index", "divisor", old, new, same, clause)]
