"""Events of a day and the lines that they change: numbers by column of the price table; no netting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import Basket

Places: TypeAlias = npt.NDArray[np.int64]

AUTOMATIC = ""  # place of an event that stands in no table but follows from another one


class Event(NamedTuple):
    """One row of the actions table, made ready: places instead of names, a price rule instead of terms.

    A named tuple because thousands are made at once.  The price rule is C' = (C + add) / over, shares times
    ``times``, wherever C lies above ``floor``; ``add`` and ``floor`` are in ``currency``.  ``item`` is the row among
    the rules of a run, ``rank`` the place of the event in the order of a day.
    """

    place: str
    item: int
    rank: int
    day: str
    action: str
    column: int
    other: int
    isin: str
    other_isin: str
    add: float
    over: float
    times: float
    floor: float
    ratio: float
    price: float
    cash: float
    currency: int
    country: str
    qualifies: str
    shares: float
    free_float: float
    capping: float
    label: str
    reason: str

    def refuse(self, kind: Kind, what: str, column: str, mend: str) -> XlidxError:
        """Return a refusal that names the row of the table."""
        return XlidxError(kind, what, f"{self.place}, column {column}", mend)


@attrs.frozen
class Review:
    """A new composition: all review rows of one day, as columns."""

    columns: Places
    shares: Floats
    free_float: Floats
    capping: Floats
    countries: Sequence[tuple[int, str]]
    label: str


def exit_event(day: str, column: int, isin: str, label: str, rank: int) -> Event:
    """Return the removal that follows from a spin-off: after its first trading day a company leaves (6.3)."""
    none = float("nan")
    return Event(
        place=AUTOMATIC,
        item=-1,
        rank=rank,
        day=day,
        action="removal",
        column=column,
        other=-1,
        isin=isin,
        other_isin="",
        add=none,
        over=none,
        times=none,
        floor=none,
        ratio=none,
        price=none,
        cash=0.0,
        currency=-1,
        country="",
        qualifies="all",
        shares=none,
        free_float=none,
        capping=none,
        label=label,
        reason="does not qualify, leaves after its first trading day",
    )


@attrs.define(eq=False)
class Lines:
    """What the index holds, by column of the price table; changes from day to day.

    ``weights`` is Q F f, 0 for columns that are no members; ``home_weights`` the same without members that
    need an exchange rate.  ``carried`` holds the price of a member that may be without one: suspended, or
    spun off and not yet traded.  ``leaving`` are companies that leave after their first trading day.
    """

    ids: Sequence[str]
    currency: Places
    country: list[str]
    shares: Floats
    free_float: Floats
    capping: Floats
    weights: Floats
    home_weights: Floats
    members: dict[int, None]
    suspended: set[int] = attrs.field(factory=set)
    untraded: set[int] = attrs.field(factory=set)
    carried: dict[int, float] = attrs.field(factory=dict)
    leaving: dict[int, str] = attrs.field(factory=dict)

    def put(self, column: int, shares: float, free_float: float, capping: float) -> None:
        """Set a line, keeping the weights in step."""
        self.shares[column], self.free_float[column], self.capping[column] = shares, free_float, capping
        self.weights[column] = weight = shares * free_float * capping
        if self.currency.item(column) == 0:
            self.home_weights[column] = weight
        self.members[column] = None

    def hold(self, column: int, shares: float) -> None:
        """Set the shares of a line, keeping the weights in step."""
        self.shares[column] = shares
        self.weights[column] = weight = shares * self.free_float.item(column) * self.capping.item(column)
        if self.currency.item(column) == 0:
            self.home_weights[column] = weight

    def factors(self, column: int) -> tuple[float, float]:
        """Return free-float factor and capping factor of a line."""
        return self.free_float.item(column), self.capping.item(column)

    def drop(self, column: int) -> None:
        """Take a line out."""
        self.put(column, 0.0, 0.0, 0.0)
        del self.members[column]
        self.country[column] = ""
        self.suspended.discard(column)
        self.untraded.discard(column)
        self.carried.pop(column, None)
        self.leaving.pop(column, None)


def lines_of(
    basket: Basket, ids: Sequence[str], places: dict[str, int], quoted: dict[str, str], codes: dict[str, int]
) -> Lines:
    """Return the lines of a basket in the columns ``ids``; ``quoted`` gives the currency of every column."""
    at = np.array([places.get(isin, -1) for isin in basket.ids], dtype=np.int64)
    if (at < 0).any():
        missing = [isin for isin in basket.ids if isin not in places]
        more = f" (and {len(missing) - 1} more members)" if len(missing) > 1 else ""
        mend = "add the column or check the ISIN"
        raise XlidxError(Kind.NO_DATA, f"no prices for member {missing[0]}{more}", "table prices, row 1", mend)
    currency = np.zeros(len(ids), dtype=np.int64)
    abroad = {name for name, code in codes.items() if code}
    for isin, name in quoted.items() if abroad else ():
        if name in abroad and isin in places:
            currency[places[isin]] = codes[name]
    shares, free_float, capping, weights = np.zeros((4, len(ids)))
    shares[at], free_float[at], capping[at], weights[at] = (
        basket.shares,
        basket.free_float,
        basket.capping,
        basket.weights,
    )
    home = weights if not currency.any() else np.where(currency == 0, weights, 0.0)
    country = np.full(len(ids), "", dtype=object)
    country[at] = basket.country
    return Lines(
        ids, currency, country.tolist(), shares, free_float, capping, weights, home, dict.fromkeys(at.tolist())
    )


def basket_in(lines: Lines, names: Sequence[str]) -> Basket:
    """Return the basket that lines hold; ``names`` are the currencies by code."""
    places = list(lines.members)
    at = np.array(places, dtype=np.int64)
    currency = tuple([names[code] for code in lines.currency[at].tolist()])
    country, ids = (tuple(map(texts.__getitem__, places)) for texts in (lines.country, lines.ids))
    return Basket(ids, lines.shares[at], lines.free_float[at], lines.capping[at], currency, country)
