"""One day of corporate actions on the lines of an index: every event changes lines, all share one divisor step.

This is the kernel below :mod:`xlidx.index.actions.apply` (one day, explained) and
:mod:`xlidx.index.divisor_history.history`
(all days).  Lines stand in the columns of the price table, so that a level is a product of a row and a vector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import attrs
import numpy as np

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.lines import AUTOMATIC, Event, Lines, Review

CONTINUITY = ("cash_only", "full")
REMOVALS = ("removal", "delisting", "removal after suspension")
ISSUES = ("bonus issue", "rights issue")


@attrs.define(eq=False)
class Closes:
    """Closing prices and rates at which the events of one day are valued, adjusted as events are applied.

    ``fixings`` are the reference rates of that day, for dividends.  ``issued`` says how many shares stand for one held
    at the close, all of them and those that the index counts; ``grown`` the factor of the shares of a line by all
    events of the day.  ``left`` are members that a review has dropped, ``passed`` events of companies that are none.
    """

    day: str
    row: Floats
    rates: Sequence[float]
    fixings: Sequence[float]
    names: Sequence[str]
    lines: Lines
    adjusted: dict[int, float] = attrs.field(factory=dict)
    issued: dict[int, tuple[float, float]] = attrs.field(factory=dict)
    grown: dict[int, float] = attrs.field(factory=dict)
    left: frozenset[int] = frozenset()
    passed: list[Event] = attrs.field(factory=list)

    def price(self, column: int) -> float:
        """Return the adjusted close of a column [quote currency], or refuse if there is none."""
        found = self.adjusted.get(column)
        if found is not None:
            return found
        quoted: float = self.row.item(column)
        if quoted == quoted:
            return quoted
        carried = self.lines.carried.get(column)
        if carried is None:
            raise no_price(self.lines.ids[column], self.day)
        return carried

    def rate(self, column: int) -> float:
        """Return index currency per unit of the quote currency of a column."""
        return self.known(self.lines.currency.item(column))

    def known(self, code: int) -> float:
        """Return index currency per unit of a currency, or refuse if there is no rate yet."""
        rate = self.rates[code]
        if rate != rate:
            raise no_rate(self.names[code], self.day)
        return rate

    def foreign(self, event: Event, column: int) -> float:
        """Return quote currency of a column per unit of the currency in which an event gives its amounts."""
        own = self.lines.currency.item(column)
        if event.currency in (-1, own):
            return 1.0
        if event.action == "special dividend":
            return self.fixed(event.currency) / self.fixed(own)
        return self.known(event.currency) / self.known(own)

    def fixed(self, code: int) -> float:
        """Return index currency per unit of a currency at the reference rate, or refuse if there is none yet."""
        rate = self.fixings[code]
        if rate != rate:
            raise no_rate(self.names[code], self.day)
        return rate

    def adjust(self, column: int, price: float) -> None:
        """Replace a close; a carried price follows."""
        self.adjusted[column] = price
        if column in self.lines.carried:
            self.lines.carried[column] = price


Apply: TypeAlias = Callable[[Lines, Closes, Event, str], float]


def no_price(isin: str, day: str) -> XlidxError:
    """Return the refusal for a price that is needed and missing."""
    mend = "fill in the price, or enter a suspension in the actions table"
    return XlidxError(Kind.NO_DATA, f"no price of {isin} on {day}", f"table prices, column {isin}", mend)


def no_rate(currency: str, day: str) -> XlidxError:
    """Return the refusal for an exchange rate that is needed and missing."""
    what = f"no exchange rate for {currency} on {day} or before"
    return XlidxError(Kind.NO_DATA, what, f"table fx, column {currency}", "add the rate: index currency per unit")


def nothing_left(day: str) -> XlidxError:
    """Return the refusal for events that take away the whole market value."""
    mend = "keep at least one member with a price above 0"
    return XlidxError(Kind.DOMAIN, f"nothing is left in the index on {day}", "table actions", mend)


def net_day(
    lines: Lines,
    closes: Closes,
    value: float,
    review: Review | None,
    events: Sequence[Event],
    continuity: str,
    apply: Apply | None = None,
) -> tuple[float, float]:
    """Apply all events of one day and return the market values that the divisor has to bring together.

    Parameters
    ----------
    lines : Lines
        Changed in place.
    closes : Closes
        Of the session before; adjusted in place.
    value : float [index currency]
        Market value of the lines at those closes.
    review : Review or None
    events : sequence of Event
        In the order of their ranks, see :data:`xlidx.index.actions.rows.ORDER`.
    continuity : {"cash_only", "full"}
        See :func:`xlidx.index.actions.apply.apply_actions`.
    apply : callable, optional
        Called in place of :func:`apply_event`, to watch it at work.

    Returns
    -------
    before, after : float [index currency]
        The new divisor is the old one times after / before.  ``before`` differs from ``value`` where a price
        is set for a removal: there the level itself moves.
    """
    before, dropped = value, set[int]()
    for event in events:
        if event.price == event.price and event.action in REMOVALS:
            before += set_price(lines, closes, event)
    after = before if review is None else new_composition(lines, closes, review)
    change = apply or apply_event
    for event in _cheapest_first(lines, closes, events):
        inside = event.column in lines.members
        if event.column in dropped and event.item >= 0 and event.action != "addition":
            mend = "check the ISIN, the date and the other events of that day"
            raise event.refuse(Kind.DOMAIN, f"{event.isin} is not a member on {event.day}", "isin", mend)
        after += change(lines, closes, event, continuity)
        if inside and event.column not in lines.members:
            dropped.add(event.column)
    if not after > 0.0:
        raise nothing_left(events[0].day if events else closes.day)
    return before, after


def _cheapest_first(lines: Lines, closes: Closes, events: Sequence[Event]) -> Sequence[Event]:
    # Of several rights issues of a line the cheapest is taken up first: another one has a value only if its new shares
    # cost less than the price that the cheaper ones leave.
    rights = [event for event in events if event.action == "rights issue" and event.column in lines.members]
    if len(rights) == len({event.column for event in rights}):
        return events
    costs = {event.item: event.floor * closes.foreign(event, event.column) for event in rights}
    return sorted(events, key=lambda event: (event.rank, costs.get(event.item, 0.0)))


def apply_event(lines: Lines, closes: Closes, event: Event, continuity: str) -> float:
    """Apply one event and return the market value that it adds (before the divisor makes up for it).

    An event of a company that is no member adds nothing and is noted in ``closes.passed``; so does a removal of a
    company that has left with the review of the day, which is no news.
    """
    action, column = event.action, event.column
    if action == "addition":
        return _join(lines, closes, event)
    if column not in lines.members:
        if event.place != AUTOMATIC and not (column in closes.left and action in REMOVALS):
            closes.passed.append(event)
        return 0.0
    if event.over == event.over:
        return _adjust(lines, closes, event)
    if action == "spin-off":
        return _spin_off(lines, closes, event)
    if action == "replacement":
        return _replace(lines, closes, event, continuity)
    if action in REMOVALS:
        return _remove(lines, closes, event)
    return _suspend(lines, closes, event)


def set_price(lines: Lines, closes: Closes, event: Event) -> float:
    """Move the price of a leaving member to the price that is set; return the change of market value."""
    column = event.column
    if column not in lines.members:
        return 0.0
    price, fixed = closes.price(column), event.price * closes.foreign(event, column)
    closes.adjust(column, fixed)
    return lines.weights.item(column) * closes.rate(column) * (fixed - price)


def new_composition(lines: Lines, closes: Closes, review: Review) -> float:
    """Replace all lines by those of a review; return their market value at the closes."""
    gone = lines.members.keys() - set(review.columns.tolist())
    closes.left = frozenset(gone)
    for column in gone:
        lines.drop(column)
    lines.leaving.clear()
    places = review.columns
    lines.shares[places] = review.shares
    lines.free_float[places] = review.free_float
    lines.capping[places] = review.capping
    lines.weights[places] = lines.shares[places] * lines.free_float[places] * lines.capping[places]
    home = places[lines.currency[places] == 0]
    lines.home_weights[home] = lines.weights[home]
    lines.members = dict.fromkeys(places.tolist())
    for place, country in review.countries:
        lines.country[place] = country
    return total(lines, closes)


def total(lines: Lines, closes: Closes) -> float:
    """Market value of all lines at the closes."""
    places = np.fromiter(lines.members, np.int64, len(lines.members))
    prices = closes.row[places]
    special = np.isnan(prices)
    for place in closes.adjusted:
        special |= places == place
    prices[special] = [closes.price(place) for place in places[special].tolist()]
    codes = lines.currency[places]
    rates = np.ones(len(closes.rates))
    for code in np.unique(codes).tolist():
        rates[code] = closes.known(code)
    return float(np.vecdot(prices * rates[codes], lines.weights[places]))


def _adjust(lines: Lines, closes: Closes, event: Event) -> float:
    column = event.column
    price, change = closes.price(column), closes.foreign(event, column)
    if price <= event.floor * change:
        return 0.0
    add, over, times = _terms(closes, event)
    adjusted = (price + add * change) / over
    if not adjusted > 0.0:
        what = f"{event.action} of {event.isin} takes away its whole price of {price:.15g}"
        raise event.refuse(Kind.DOMAIN, what, "amount", "check amount and currency")
    closes.adjust(column, adjusted)
    weight = lines.weights.item(column)
    if times != 1.0:
        closes.grown[column] = closes.grown.get(column, 1.0) * times
        lines.hold(column, lines.shares.item(column) * times)
        if add == 0.0 and times == over:
            return 0.0
    return (lines.weights.item(column) * adjusted - weight * price) * closes.rate(column)


def _terms(closes: Closes, event: Event) -> tuple[float, float, float]:
    # Rights and bonus shares of one day are all counted per share held at the close, so none is given on another.
    if event.action not in ISSUES:
        return event.add, event.over, event.times
    issued, counted = closes.issued.get(event.column, (1.0, 1.0))
    new = event.ratio if event.times != 1.0 else 0.0
    closes.issued[event.column] = issued + event.ratio, counted + new
    return event.add / issued, 1.0 + event.ratio / issued, 1.0 + new / counted


def _remove(lines: Lines, closes: Closes, event: Event) -> float:
    column = event.column
    if event.place == AUTOMATIC and column not in lines.leaving:
        return 0.0
    value = lines.weights.item(column) * closes.price(column) * closes.rate(column)
    lines.drop(column)
    return -value


def _join(lines: Lines, closes: Closes, event: Event) -> float:
    column = event.column
    if column in lines.members:
        what = f"{event.isin} is a member already on {event.day}"
        raise event.refuse(Kind.DOMAIN, what, "isin", "delete the addition or check the date")
    if event.price == event.price:
        closes.adjust(column, event.price * closes.foreign(event, column))
    lines.put(column, event.shares, event.free_float, event.capping)
    lines.country[column] = event.country
    return lines.weights.item(column) * closes.price(column) * closes.rate(column)


def _spin_off(lines: Lines, closes: Closes, event: Event) -> float:
    parent, child = event.column, event.other
    if event.qualifies == "none":
        return _remove(lines, closes, event)
    _require_column(event)
    price = event.price * closes.foreign(event, child) if event.price == event.price else event.price
    if child in lines.members:
        price = closes.price(child)
    else:
        lines.untraded.add(child)
        closes.adjust(child, price if price == price else 0.0)
    _hand_over(lines, parent, child, event)
    if price == price:
        worth = event.ratio * price * closes.rate(child) / closes.rate(parent)
        if worth >= closes.price(parent):
            what = f"{event.isin} is worth less than what it hands out"
            raise event.refuse(Kind.DOMAIN, what, "price", "check price and ratio")
        closes.adjust(parent, closes.price(parent) - worth)
    if event.qualifies != "all":
        lines.leaving[child if event.qualifies == "parent only" else parent] = event.label
    return 0.0


def _replace(lines: Lines, closes: Closes, event: Event, continuity: str) -> float:
    target, acquirer = event.column, event.other
    _require_column(event)
    weight, price, rate = lines.weights.item(target), closes.price(target), closes.rate(target)
    _hand_over(lines, target, acquirer, event)
    lines.drop(target)
    if continuity == "full":
        return weight * (event.ratio * closes.price(acquirer) * closes.rate(acquirer) - price * rate)
    return -weight * event.cash * closes.foreign(event, target) * rate


def _require_column(event: Event) -> None:
    if event.other < 0:
        mend = "add its column to the prices; it may be empty before the first close"
        raise event.refuse(Kind.NO_DATA, f"no prices for {event.other_isin}", "other_isin", mend)


def _hand_over(lines: Lines, giver: int, taker: int, event: Event) -> None:
    # The taker inherits free float and capping; a member keeps its own, and its shares make up for it.
    shares, factors = lines.shares.item(giver) * event.ratio, lines.factors(giver)
    if taker not in lines.members:
        lines.put(taker, shares, *factors)
        lines.country[taker] = event.country  # never guessed: tax differs by country
        return
    own = lines.factors(taker)
    if own[0] * own[1] == 0.0:
        what = f"{lines.ids[taker]} counts with a factor of 0"
        raise event.refuse(Kind.DOMAIN, what, "other_isin", "give it a free float above 0")
    worth = (factors[0] * factors[1]) / (own[0] * own[1])
    lines.put(taker, lines.shares.item(taker) + shares * worth, *own)


def _suspend(lines: Lines, closes: Closes, event: Event) -> float:
    if event.action == "suspension":
        lines.carried[event.column] = closes.price(event.column)
        lines.suspended.add(event.column)
    elif event.action == "resumption":
        if event.column not in lines.suspended:
            raise event.refuse(Kind.DOMAIN, f"{event.isin} is not suspended on {event.day}", "isin", "delete the row")
        lines.suspended.discard(event.column)
        lines.carried.pop(event.column, None)
    return 0.0
