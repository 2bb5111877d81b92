"""A level that follows the ticks: each costs the same, however many members the index has.

The value of the members quoted in one currency is kept as a sum.  A trade takes the old value of its member out
and puts the new one in; an exchange rate replaces one number.  Sums are kept in two parts, the second holding what
rounding took from the first, so a level never drifts away from the full sum, not even after a million ticks.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import require
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.intraday.session import (
    DEFAULT,
    Basis,
    Flag,
    OpeningRule,
    basis_of,
    disseminate,
    require_opening,
    session_frame,
    total_of,
)
from xlidx.index.intraday.ticks import Hours, Ticks, dissemination_grid, require_day, require_own_rate
from xlidx.index.sources import Reference, same_members
from xlidx.rules import rule


@attrs.define
class ExactSum:
    """A sum in two parts, of which the second is what rounding took from the first.

    Examples
    --------
    >>> total = ExactSum()
    >>> for value in (1e16, 1.0, -1e16):
    ...     total.add(value)
    >>> total.value
    1.0
    """

    high: float = 0.0
    low: float = 0.0

    def add(self, value: float) -> None:
        """Add a value."""
        total = self.high + value
        part = total - self.high
        self.low += (self.high - (total - part)) + (value - part)
        self.high = total

    @property
    def value(self) -> float:
        """The sum as one number."""
        return self.high + self.low


@attrs.define(eq=False)
class RunningLevel:
    """Running state of a session; made by :func:`start_running`, moved on by :meth:`tick`.

    Parameters
    ----------
    divisor : float [index currency per index point]
    places : dict of ISIN to position among the N members
    weights, values : lists of N numbers
        Q F f, and value in quote currency at the last price; a value is NaN while nothing is known.
    groups : list of N positions among the currencies
    sums : list of ExactSum, one per currency [quote currency]
    rates : dict of currency to last known rate, in the order of ``sums`` [index currency per unit]
    currency : str
        Index currency, whose rate stays 1.
    waiting : dict of name to value at the previous close
        Names without a price of today that count for the share.
    traded : ExactSum
        Value at the previous close of the names that have one.
    total : float
        Value at the previous close of all names.
    silent : set of ISINs without a price of today
    unknown : set of ISINs without any price
    """

    divisor: float
    places: dict[str, int]
    weights: list[float]
    values: list[float]
    groups: list[int]
    sums: list[ExactSum]
    rates: dict[str, float]
    currency: str
    waiting: dict[str, float]
    traded: ExactSum
    total: float
    silent: set[str]
    unknown: set[str]

    def tick(self, name: str, price: float) -> None:
        """Take one trade, or one exchange rate; names that are neither member nor currency change nothing."""
        if name in self.waiting:
            self.traded.add(self.waiting.pop(name))
        place = self.places.get(name)
        if place is not None:
            self._trade(name, place, price)
        elif name in self.rates and name != self.currency:
            self.rates[name] = price

    def _trade(self, name: str, place: int, price: float) -> None:
        old, new = self.values[place], self.weights[place] * price
        total = self.sums[self.groups[place]]
        if isnan(old):
            self.unknown.discard(name)
        else:
            total.add(-old)
        total.add(new)
        self.values[place] = new
        self.silent.discard(name)

    @property
    def level(self) -> float:
        """The level at the last known prices and rates [index points]."""
        absent = self.unknown or {name for name, rate in self.rates.items() if isnan(rate)}
        if absent:
            mend = "give a previous close, an estimate or a rate"
            raise XlidxError(Kind.NO_DATA, f"no price for {', '.join(sorted(absent))}", "running level", mend)
        value = sum(rate * total.value for rate, total in zip(self.rates.values(), self.sums, strict=True))
        return value / self.divisor

    @property
    def share(self) -> float:
        """Part of the value at the previous close that has a price of today [fraction]."""
        return self.traded.value / self.total


@rule("psi20", "3.1.2")
@rule("psi20", "3.1.1")
def start_running(
    basket: Basket,
    divisor: float,
    reference: Reference,
    basis: Basis | None = None,
    currency: str = INDEX_CURRENCY,
) -> RunningLevel:
    """Return the running state of a session before its first tick.

    Parameters
    ----------
    basket : Basket
    divisor : float [index currency per index point]
    reference : Reference
    basis : Basis, optional
        Names and values at the previous close behind the share; today's members if blank.
    currency : str
        Index currency.

    Returns
    -------
    RunningLevel

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a divisor that is not above 0, ``SHAPE`` for a reference of other members.  A member
        without any price is refused when a level is asked for.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.1 and 3.1.2.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> running = start_running(basket, 200.0, Reference(np.array([10.0, 20.0])))
    >>> running.tick("A", 11.0)
    >>> running.level, running.share
    (105.0, 0.5)
    """
    same_members(basket, reference.prices, reference.estimates)
    require(divisor > 0.0, divisor, "divisor", "be above 0", "give the divisor of the date")
    base = basis or basis_of(basket, reference, currency)
    names = list(dict.fromkeys(basket.currency))
    groups = [names.index(quoted) for quoted in basket.currency]
    values = (basket.weights * reference.before).tolist()
    sums = [ExactSum() for _ in names]
    for value, group in zip(values, groups, strict=True):
        if not isnan(value):
            sums[group].add(value)
    return RunningLevel(
        divisor=float(divisor),
        places=basket.places,
        weights=basket.weights.tolist(),
        values=values,
        groups=groups,
        sums=sums,
        rates={name: 1.0 if name == currency else reference.rates.get(name, np.nan) for name in names},
        currency=currency,
        waiting=dict(zip(base.ids, base.worth.tolist(), strict=True)),
        traded=ExactSum(),
        total=total_of(base),
        silent=set(basket.ids),
        unknown={name for name, value in zip(basket.ids, values, strict=True) if isnan(value)},
    )


@rule("psi20", "3.1.2")
def follow_ticks(
    basket: Basket,
    divisor: float,
    ticks: Ticks,
    reference: Reference,
    hours: Hours,
    until: np.datetime64 | None = None,
    opening: OpeningRule = DEFAULT,
    flags: Sequence[Flag] = (),
    currency: str = INDEX_CURRENCY,
) -> pd.DataFrame:
    """Levels of one session as :func:`xlidx.index.intraday.session.disseminate`, tick by tick.

    Same arguments, same frame; the work is one step per tick and one per level, whatever the number of members.  Only
    where trades were cancelled at a known moment the session is calculated as a whole.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 3.1.2.  Readings: see :func:`xlidx.index.intraday.session.disseminate`.
    """
    if not np.isnat(ticks.until).all():
        return disseminate(basket, divisor, ticks, reference, hours, until, opening, flags, currency)
    require_opening(opening)
    require_day(ticks, hours)
    require_own_rate(ticks, currency)
    grid = dissemination_grid(hours, until)
    running = start_running(basket, divisor, reference, opening.basis, currency)
    ends = np.searchsorted(ticks.times, grid, side="right").tolist()
    rows, done = np.empty((grid.size, 3)), 0
    prices = ticks.prices.tolist()
    for row, end in enumerate(ends):
        for k in range(done, end):
            running.tick(ticks.ids[k], prices[k])
        done = end
        rows[row] = running.level, running.share, len(running.silent)
    levels, share, silent = rows.T
    return session_frame(grid, levels, share, silent.astype(np.int64), hours, opening, flags)
