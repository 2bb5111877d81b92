"""The walk of a run from session to session: values between events, one divisor step at each day of events.

Between two days of events the weights stand still, so the values of all sessions between are one product of
rows and a vector.  The price matrix is read once and never copied; only rows with missing prices are.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import islice
from typing import Any

import attrs
import numpy as np

from xlidx.arrays import Floats, require
from xlidx.index.actions.lines import AUTOMATIC, Event, Lines, Places
from xlidx.index.actions.netting import Closes, net_day, no_price, no_rate, nothing_left
from xlidx.index.divisor_history.plan import OUTSIDE, Plan

ROWS = 64  # of a block that is copied: it stays in the cache
FEW = 8  # members in foreign currencies are converted at once where they are fewer than one in FEW


@attrs.define(eq=False)
class Walk:
    """What the walk has found: a total per session, what dividends count with, and a row per day of events.

    ``steps`` has the columns session, old divisor, new divisor, value before, value after.  ``moves`` are the changes
    of shares since the weights were last looked at, four numbers each: session, column, shares before, weight after.
    ``gone`` are the members that left since then.  ``done`` and ``seen`` say how many of the dividends and of the
    prices of 0 have been looked at; ``grown`` is the factor of the shares of a column by the events of a session,
    where more than one price rule made it, ``passed`` the rows of companies that were no members.
    """

    plan: Plan
    lines: Lines
    totals: Floats
    foreign: Places
    converted: Floats | None
    rates: list[list[float]]
    fixings: list[list[float]]
    known: Places
    unknown_until: int
    stale: list[int]
    paid: list[int]
    distant: frozenset[int]
    holes: bool = False
    gaps: bool = False
    abroad: int = 0
    moves: list[float] = attrs.field(factory=list)
    gone: dict[int, None] = attrs.field(factory=dict)
    counts: list[Floats] = attrs.field(factory=lambda: [np.zeros(0)])
    done: int = 0
    seen: int = 0
    grown: dict[tuple[int, int], float] = attrs.field(factory=dict)
    passed: set[int] = attrs.field(factory=set)
    countries: list[str] = attrs.field(factory=list)
    exits: dict[int, list[Event]] = attrs.field(factory=dict)
    log: list[Floats] = attrs.field(factory=lambda: [np.zeros((0, 5))])
    flags: list[tuple[int, str, str]] = attrs.field(factory=list)
    steps: Floats = attrs.field(factory=lambda: np.zeros((0, 5)))
    divisors: Floats = attrs.field(factory=lambda: np.zeros(0))
    counted: Floats = attrs.field(factory=lambda: np.zeros(0))


def walk(plan: Plan, divisor: float | None, base_level: float, value: float) -> Walk:
    """Value all sessions of a plan.

    Parameters
    ----------
    plan : Plan
        Its lines are changed: afterwards they are those of the last session.
    divisor : float or None
        In force before the first session; None sets it by the base level.
    base_level : float [index points]
    value : float [index currency]
        Market value of the session before the first; not used on a base date.
    """
    size = len(plan.days)
    found = _walk_of(plan, size)
    if divisor is None:
        _careful(found, 0, 1)
        value = found.totals.item(0)
        require(value > 0.0, value, "market value on the base date", "be above 0", "check prices and shares")
        divisor = value / base_level
    start, edges = divisor, [*plan.agenda.sessions, size]
    first = place = 0
    while True:
        found.holes = found.gaps
        first, place, divisor = _plain_days(found, edges, first, place, value, divisor)
        if first == size:
            break
        if first:
            value = found.totals.item(first - 1)
        values = _netted(found, place, value)
        divisor = divisor if values is None else _step(found, first, divisor, *values)
        place += 1
    found.steps = np.concatenate(found.log)
    found.counted = np.concatenate(found.counts)
    found.divisors = _by_session(found.steps, start, size)
    return found


def _walk_of(plan: Plan, size: int) -> Walk:
    foreign = np.flatnonzero(plan.lines.currency)
    converted = None
    if 0 < foreign.size * FEW <= len(plan.ids):
        converted = np.take(plan.prices, foreign, axis=1) * _foreign_rates(plan, foreign, 0, size)
    # Session from which on a currency has a rate: before it no member may be quoted in it.
    known = np.isnan(plan.rates[1:]).sum(axis=0)
    paid = np.searchsorted(plan.payments.sessions, np.arange(size + 1)).tolist()
    return Walk(
        plan=plan,
        lines=plan.lines,
        totals=np.empty(size),
        foreign=foreign,
        converted=converted,
        rates=plan.rates.tolist(),
        fixings=plan.fixings.tolist(),
        known=known,
        unknown_until=int(known.max()),
        stale=np.concatenate(([0], np.cumsum(~plan.fresh[1:].all(axis=1)))).tolist(),
        paid=paid,
        distant=frozenset(foreign.tolist()),
    )


def _foreign_rates(plan: Plan, foreign: Places, first: int, last: int) -> Floats:
    rates = np.nan_to_num(plan.rates[first + 1 : last + 1], nan=0.0)
    return np.take(rates, plan.lines.currency[foreign], axis=1)


def _by_session(log: Floats, start: float, size: int) -> Floats:
    chained = np.concatenate(([start], log[:, 2]))
    return chained[np.searchsorted(log[:, 0], np.arange(size), side="right")]


def _plain_days(
    found: Walk, edges: list[int], first: int, place: int, value: float, divisor: float
) -> tuple[int, int, float]:
    # Most days of events hold price rules alone, and what these add per share is known before the walk.  All such
    # days in a row are taken together: rows are valued where weights change, and looked at for gaps at the end.
    session = edges[place]
    if found.lines.carried and first < session:
        _values(found, first, session)
        first = session
    if found.lines.carried:
        return session, place, divisor
    start, begin, found.abroad = place, first, first
    found.moves, found.gone = [], {}
    place = _first_other(found, place)
    session, before = edges[place], found.lines.weights.copy()
    first, changes = _price_changes(found, first, start, place)
    _rows(found, first, session)
    _abroad(found, session)
    if not found.holes and np.isnan(found.totals[begin:session]).any():
        _back(found)
        return _plain_days(found, edges, begin, start, value, divisor)
    _check_rates(found, begin, session)
    _count(found, session, before, found.moves)
    for column in found.gone:
        found.lines.drop(column)
    found.gone = {}
    return session, place, _chained(found, edges[start:place], changes, value, divisor)


def _first_other(found: Walk, place: int) -> int:
    # The first place, from here on, of a day that is not plain, or holds an event of a company that is no member.
    agenda, last = found.plan.agenda, place
    while last < len(agenda.plain) and agenda.plain[last]:
        last += 1
    if last == place:
        return place
    items, members, removed = slice(agenda.first[place], agenda.last[last - 1]), found.lines.members, set()
    rows = zip(agenda.columns[items], agenda.times[items], strict=True)
    for item, (column, factor) in enumerate(rows, items.start):
        if column not in members or column in removed:
            return bisect_right(agenda.first, item) - 1
        if not factor:
            removed.add(column)
    return last


def _price_changes(found: Walk, first: int, place: int, last: int) -> tuple[int, list[float]]:
    # The market value that the events of every day add.  This loop runs once per event: names are bound outside it.
    lines, moves, distant, prices, totals = found.lines, found.moves, found.distant, found.plan.prices, found.totals
    weights, shares, home = lines.weights, lines.shares, lines.home_weights
    weight, held, free_float, capping = weights.item, shares.item, lines.free_float.item, lines.capping.item
    changes: list[float] = []
    agenda, days = found.plan.agenda, slice(place, last)
    rows = zip(agenda.sessions[days], agenda.moving[days], agenda.first[days], agenda.last[days], strict=True)
    items = slice(agenda.first[place], agenda.last[last - 1]) if place < last else slice(0)
    events = zip(agenda.columns[items], agenda.times[items], agenda.gains[items], strict=True)
    for session, moving, start, end in rows:
        if moving:
            if found.holes:
                _careful(found, first, session)
            elif first < session:
                np.vecdot(prices[first:session], home, totals[first:session])
            first = session
            if distant and not distant.isdisjoint(agenda.columns[start:end]):
                _abroad(found, session)
        change = 0.0
        for column, factor, gain in islice(events, end - start):
            change += weight(column) * gain
            if factor == 1.0:
                continue
            old = held(column)
            if not factor:
                _leave(found, session, column, old)
                continue
            shares[column] = new = old * factor
            weights[column] = new = new * free_float(column) * capping(column)
            if column not in distant:
                home[column] = new
            moves += (session, column, old, new)
        changes.append(change)
    return first, changes


def _leave(found: Walk, session: int, column: int, shares: float) -> None:
    # Out of the values at once, off the list of members when it is sure that the days need not be taken again.
    found.lines.weights[column] = found.lines.home_weights[column] = 0.0
    found.moves += (session, column, shares, 0.0)
    found.gone[column] = None


def _rows(found: Walk, first: int, last: int) -> None:
    if found.holes:
        _careful(found, first, last)
    else:
        np.vecdot(found.plan.prices[first:last], found.lines.home_weights, out=found.totals[first:last])


def _count(found: Walk, last: int, weights: Floats, moves: list[float]) -> None:
    # 4.3: a dividend counts with the weight of its company on the ex-date; ``weights`` are those before the moves.
    if found.seen < len(found.plan.zeros):
        _note_zeros(found, last, weights, moves)
    paid, first, found.done = found.plan.payments, found.done, found.paid[last]
    if first == found.done:
        return
    columns = np.array(paid.columns[first : found.done])
    counted = _weights_at(paid.sessions[first : found.done], columns, weights, moves, len(found.paid))
    found.counts.append(counted)
    found.countries += [found.lines.country[column] for column in columns.tolist()]


def _note_zeros(found: Walk, last: int, weights: Floats, moves: list[float]) -> None:
    # 6.2.2 is the only 0 that the rules know; any other price of 0 may be a fault of the feed.
    zeros, first = found.plan.zeros, found.seen
    found.seen = int(np.searchsorted(zeros[:, 0], last))
    session, column = zeros[first : found.seen].T
    counted = _weights_at(session, column, weights, moves, len(found.paid)) > 0.0
    counted &= ~np.isin(column, list(found.lines.suspended))
    pairs = zip(session[counted].tolist(), column[counted].tolist(), strict=True)
    found.flags += [(day, found.lines.ids[place], "price of 0 of a member: check it") for day, place in pairs]


def _weights_at(sessions: Places, columns: Places, weights: Floats, moves: list[float], size: int) -> Floats:
    counted = weights[columns]
    if moves:
        session, column, _, after = np.array(moves).reshape(-1, 4).T
        order = np.lexsort((session, column))
        moved = (column * size + session)[order]
        place = np.searchsorted(moved, columns * size + sessions, side="right") - 1
        since = (place >= 0) & (column[order][place] == columns)
        counted[since] = after[order][place[since]]
    return counted


def _abroad(found: Walk, last: int) -> None:
    # Few members are quoted abroad: their part is added when one of their weights changes, or at the end.
    if found.foreign.size and found.abroad < last and not found.holes:
        _add_foreign(found, found.abroad, last)
    found.abroad = last


def _back(found: Walk) -> None:
    # A row without all prices: take the days again with a look at every row.
    for place in range(len(found.moves) - 4, -1, -4):
        found.lines.hold(int(found.moves[place + 1]), found.moves[place + 2])
    found.holes = True


def _chained(found: Walk, sessions: list[int], changes: list[float], value: float, divisor: float) -> float:
    if not sessions:
        return divisor
    before = found.totals[np.array(sessions) - 1]
    if sessions[0] == 0:
        before[0] = value
    after = before + np.array(changes)
    empty = ~(after > 0.0)
    if empty.any():
        raise nothing_left(str(found.plan.days[sessions[int(empty.argmax())]]))
    # As xlidx.index.divisor.chain_divisor: the ratio first, so that no change of value is no change at all.
    ratios = np.ones(len(sessions)) if found.plan.options.fixed_divisor else after / before
    chain = np.multiply.accumulate(np.concatenate(([divisor], ratios)))
    found.log.append(np.column_stack((sessions, chain[:-1], chain[1:], before, after)))
    return float(chain[-1])


def _step(found: Walk, session: int, divisor: float, before: float, after: float) -> float:
    new = divisor if found.plan.options.fixed_divisor else divisor * (after / before)
    found.log.append(np.array([[session, divisor, new, before, after]]))
    return new


def _netted(found: Walk, place: int, value: float) -> tuple[float, float] | None:
    plan, lines, session = found.plan, found.lines, found.plan.agenda.sessions[place]
    row = plan.prices[session - 1] if session else plan.previous
    assert row is not None  # noqa: S101
    review, events = plan.agenda.of(place)
    # A review decides on every company: who was to leave after its first trading day need not any more.
    void = [event for event in events if event.place == AUTOMATIC and (review or event.column not in lines.leaving)]
    events = [event for event in events if event not in void]
    found.exits[session] = [event for event in events if event.place == AUTOMATIC]
    if review is None and not events:
        return None
    day = str(plan.days[session])
    closes = Closes(f"the close before {day}", row, found.rates[session], found.fixings[session], plan.names, lines)
    values = net_day(lines, closes, value, review, events, plan.options.continuity)
    _note_day(found, session, closes)
    if lines.untraded:
        _newborn(found, session, closes, events)
    return None if review is None and len(closes.passed) == len(events) else values


def _note_day(found: Walk, session: int, closes: Closes) -> None:
    found.grown.update(((session, column), factor) for column, factor in closes.grown.items())
    found.passed.update(event.item for event in closes.passed)
    found.flags += [(session, event.isin, OUTSIDE.format(event.action)) for event in closes.passed]


def _newborn(found: Walk, session: int, closes: Closes, events: list[Event]) -> None:
    lines, row = found.lines, found.plan.prices[session]
    known = lines.carried.keys()
    born = [event for event in events if event.action == "spin-off" and event.other in lines.untraded - known]
    for event in born:
        if not np.isnan(row[event.other]):
            lines.untraded.discard(event.other)
            continue
        alone = sum(other.column == event.column for other in born) == 1
        if event.price == event.price:
            lines.carried[event.other] = closes.price(event.other)
        elif alone and event.column in lines.members:
            lines.carried[event.other] = _lost(found, session, closes, event)
        else:
            raise no_price(lines.ids[event.other], event.day)


def _lost(found: Walk, session: int, closes: Closes, event: Event) -> float:
    # 6.3: parent and child together carry the old value, so the child is worth what the parent's line lost.
    lines, parent, child = found.lines, event.column, event.other
    rates = found.rates[session + 1]
    now = Closes(event.day, found.plan.prices[session], rates, rates, found.plan.names, lines)
    weight = lines.weights.item(parent)
    lost = weight * closes.price(parent) * closes.rate(parent) - weight * now.price(parent) * now.rate(parent)
    counted = lines.weights.item(child)
    return max(0.0, lost / counted / now.rate(child)) if counted > 0.0 else 0.0


def _values(found: Walk, first: int, last: int) -> None:
    # With carried prices: every row is looked at.
    _check_rates(found, first, last)
    _count(found, last, found.lines.weights, [])
    _rows(found, first, last)
    if found.holes:
        return
    if found.foreign.size:
        _add_foreign(found, first, last)
    if np.isnan(found.totals[first:last]).any():
        _careful(found, first, last)
    else:
        _settle(found.lines, found.plan.prices[last - 1])


def _check_rates(found: Walk, first: int, last: int) -> None:
    if first == last:
        return
    if first < found.unknown_until:
        _require_rates(found, first)
    if found.stale[last] > found.stale[first]:
        _note_stale(found, first, last)


def _add_foreign(found: Walk, first: int, last: int) -> None:
    weights = found.lines.weights[found.foreign]
    if found.converted is not None:
        found.totals[first:last] += np.vecdot(found.converted[first:last], weights)
        return
    for start in range(first, last, ROWS):
        end = min(start + ROWS, last)
        found.totals[start:end] += _foreign_values(found, found.plan.prices[start:end], start, end)


def _foreign_values(found: Walk, block: Floats, first: int, last: int) -> Any:
    rates = _foreign_rates(found.plan, found.foreign, first, last)
    return np.vecdot(np.take(block, found.foreign, axis=1) * rates, found.lines.weights[found.foreign])


def _settle(lines: Lines, row: Floats) -> None:
    # All members had prices: they are the last known ones now, and what has traded needs no estimate.
    for column in list(lines.carried):
        lines.carried[column] = row.item(column)
        if column in lines.untraded:
            lines.untraded.discard(column)
            if column not in lines.suspended:
                del lines.carried[column]


def _careful(found: Walk, first: int, last: int) -> None:
    found.gaps = False
    for start in range(first, last, ROWS):
        end = min(start + ROWS, last)
        block = found.plan.prices[start:end].copy()
        nan = np.isnan(block)
        if nan.any():
            found.gaps = True
            _fill(found, block, nan, start)
            block[np.isnan(block)] = 0.0
        elif found.lines.carried:
            _settle(found.lines, block[-1])
        found.totals[start:end] = np.vecdot(block, found.lines.home_weights)
        if found.foreign.size:
            found.totals[start:end] += _foreign_values(found, block, start, end)


def _fill(found: Walk, block: Floats, nan: Any, start: int) -> None:
    lines = found.lines
    for column in list(lines.carried):
        for row in range(len(block)):
            if not nan[row, column]:
                lines.carried[column] = block[row, column].item()
                lines.untraded.discard(column)
            elif column in lines.suspended or column in lines.untraded:
                block[row, column], nan[row, column] = lines.carried[column], False
                what = "last known price carried" if column in lines.suspended else "estimated, not yet traded"
                found.flags.append((start + row, lines.ids[column], what))
        if column not in lines.suspended and column not in lines.untraded:
            del lines.carried[column]
    held = np.array([column for column in lines.members if column not in found.gone], dtype=np.int64)
    missing = nan[:, held]
    if missing.any():
        day, place = divmod(int(missing.argmax()), missing.shape[1])
        raise no_price(lines.ids[held[place]], str(found.plan.days[start + day]))


def _note_stale(found: Walk, first: int, last: int) -> None:
    plan, lines = found.plan, found.lines
    held = found.foreign[lines.weights[found.foreign] > 0.0]
    for code in np.unique(lines.currency[held]).tolist():
        stale = first + np.flatnonzero(~plan.fresh[first + 1 : last + 1, code])
        name, what = plan.names[code], "last known exchange rate carried"
        found.flags += [(session, name, what) for session in stale.tolist()]


def _require_rates(found: Walk, first: int) -> None:
    plan = found.plan
    held = np.fromiter(found.lines.members, np.int64, len(found.lines.members))
    for code in np.unique(plan.lines.currency[held]).tolist():
        if found.known[code] > first:
            raise no_rate(plan.names[code], str(plan.days[first]))
