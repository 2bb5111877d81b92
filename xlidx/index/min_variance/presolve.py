"""Presolve: rows that depend on each other are joined or dropped before anything else is done.

Groups that make up all names add up to the budget.  Where their limits leave no room (floor = cap, or caps that add up
to 1) each of them is an equation and one of them says nothing new; of two groups the second says what the first says.
Rows are 0 and 1, so their dependence is decided by elimination over fractions, without rounding.

Of every limit that stays it is kept which limits of the rows as stated it follows from, so that a proof can be put
into their terms: row r is ``sum of c[j] R[j]``, and its lower limit is that sum over the limits that bind (the lower
one of j where c[j] > 0, the upper one where c[j] < 0); for an upper limit the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import attrs
import numpy as np

from xlidx.arrays import Floats

Vector: TypeAlias = tuple[Fraction, ...]

EXACT = 1e-12  # limits that miss each other by less meet


@attrs.frozen(eq=False)
class Row:
    """One row: its entries over names that differ, limits, and the rows as stated that each limit follows from."""

    entries: Vector
    low: float
    high: float
    from_low: Floats
    from_high: Floats

    @property
    def fixed(self) -> bool:
        """Whether the row is an equation."""
        return self.low == self.high


@attrs.frozen(eq=False)
class Presolved:
    """Rows (M', N) that do not depend on each other, limits (M',), and each limit over the rows as stated (M', M)."""

    rows: Floats
    low: Floats
    high: Floats
    from_low: Floats
    from_high: Floats

    def as_stated(self, multipliers: Floats) -> Floats:
        """Return multipliers of the rows as stated that prove no less than the given ones."""
        stated: Floats = np.maximum(multipliers, 0.0) @ self.from_low + np.minimum(multipliers, 0.0) @ self.from_high
        return stated


class _ContradictionError(Exception):
    """The limits contradict each other: the rows are left as they stand, for the integer program to tell."""


def presolve(rows: Floats, low: Floats, high: Floats, kinds: Sequence[str]) -> Presolved:
    """Return rows that do not depend on each other; row 0 is the budget.

    Parameters
    ----------
    rows : array of shape (M, N)
        Members of each row, 0 or 1.
    low, high : arrays of shape (M,)
        Limits.
    kinds : sequence of M words
        Rows of one kind are groups no name is in twice.
    """
    columns, place = np.unique(rows, axis=1, return_inverse=True)
    unit = np.eye(len(rows))
    start = [
        Row(tuple(Fraction(int(x)) for x in columns[r]), float(low[r]), float(high[r]), unit[r], unit[r])
        for r in range(len(rows))
    ]
    try:
        done = _joined(_implied(start, kinds))
    except _ContradictionError:
        done = start
    return Presolved(
        np.array([[float(x) for x in row.entries] for row in done])[:, place.ravel()],
        np.array([row.low for row in done]),
        np.array([row.high for row in done]),
        np.array([row.from_low for row in done]),
        np.array([row.from_high for row in done]),
    )


def _implied(rows: list[Row], kinds: Sequence[str]) -> list[Row]:
    """Turn rows into equations where groups that make up all names have no room: all at the floor, or at the cap."""
    budget, new = rows[0], list(rows)
    for kind in sorted(set(kinds[1:])):
        family = [r for r in range(1, len(rows)) if kinds[r] == kind]
        if tuple(map(sum, zip(*(rows[r].entries for r in family), strict=True))) != budget.entries:
            continue
        floors = sum(max(rows[r].low, 0.0) for r in family)
        caps = sum(rows[r].high for r in family)
        for r in family:
            own = rows[r]
            if abs(caps - budget.low) <= EXACT:
                rest = budget.from_low - sum(rows[s].from_high for s in family if s != r)
                new[r] = attrs.evolve(own, low=own.high, from_low=rest)
            elif abs(floors - budget.high) <= EXACT:
                rest = budget.from_high - sum(rows[s].from_low for s in family if s != r)
                new[r] = attrs.evolve(own, low=max(own.low, 0.0), high=max(own.low, 0.0), from_high=rest)
    return new


def _joined(rows: list[Row]) -> list[Row]:
    """Drop equations that follow from others, rows that are constant, and join rows that say the same."""
    after = _step(rows)
    while len(after) < len(rows):
        rows, after = after, _step(after)
    return rows


def _step(rows: list[Row]) -> list[Row]:
    """Return the rows with one of them dropped or joined with another, or as they are."""
    echelon: list[Reduced] = []
    seen: dict[Vector, tuple[int, Reduced]] = {}
    for place in sorted(range(len(rows)), key=lambda place: not rows[place].fixed):
        row = rows[place]
        reduced = _reduced(row.entries, place, echelon)
        if not any(reduced.residue):
            _require_met(rows, reduced.made)
            return [each for each in rows if each is not row]
        if row.fixed:
            echelon.append(reduced)
            continue
        leading = next(x for x in reduced.residue if x)
        key = tuple(x / leading for x in reduced.residue)
        if key in seen:
            twin = seen[key][0]
            joint = _joint(rows, twin, _combination(seen[key][1], reduced))
            return [joint if i == twin else each for i, each in enumerate(rows) if i != place]
        seen[key] = (place, reduced)
    return rows


@attrs.frozen
class Reduced:
    """A row less a combination of equations: what is left, and how it is made of rows (place: coefficient)."""

    residue: Vector
    made: dict[int, Fraction]


def _reduced(entries: Vector, place: int, echelon: list[Reduced]) -> Reduced:
    residue, made = entries, {place: Fraction(1)}
    for each in echelon:
        pivot = next(i for i, x in enumerate(each.residue) if x)
        factor = residue[pivot] / each.residue[pivot]
        if factor:
            residue = tuple(a - factor * b if b else a for a, b in zip(residue, each.residue, strict=True))
            for i, c in each.made.items():
                made[i] = made.get(i, Fraction(0)) - factor * c
    return Reduced(residue, made)


def _combination(first: Reduced, second: Reduced) -> dict[int, Fraction]:
    """Return the first row as a combination of the second row and equations, as their residues are proportional."""
    pivot = next(i for i, x in enumerate(first.residue) if x)
    ratio = first.residue[pivot] / second.residue[pivot]
    made = {i: ratio * c for i, c in second.made.items()}
    for i, c in first.made.items():
        made[i] = made.get(i, Fraction(0)) - c
    own = next(iter(first.made))
    return {i: c for i, c in made.items() if c and i != own}


def _require_met(rows: list[Row], made: dict[int, Fraction]) -> None:
    """Refuse limits that contradict each other: the combination of rows is 0 for all weights."""
    least, most = _sum(rows, made, 1.0)[0], _sum(rows, made, -1.0)[0]
    if least > EXACT or most < -EXACT:
        raise _ContradictionError


def _joint(rows: list[Row], place: int, made: dict[int, Fraction]) -> Row:
    """Return a row with the tighter of its own limits and those of another row that says the same."""
    row = rows[place]
    low, from_low = _sum(rows, made, 1.0)
    high, from_high = _sum(rows, made, -1.0)
    if low > row.low + EXACT:
        row = attrs.evolve(row, low=low, from_low=from_low)
    if high < row.high - EXACT:
        row = attrs.evolve(row, high=high, from_high=from_high)
    if row.low > row.high + EXACT:
        raise _ContradictionError
    return attrs.evolve(row, low=row.high) if row.high - row.low <= EXACT else row


def _sum(rows: list[Row], made: dict[int, Fraction], side: float) -> tuple[float, Floats]:
    """Return the lower (side 1) or upper (side -1) limit of a combination of rows, and the rows as stated behind it."""
    limit, behind = 0.0, np.zeros_like(rows[0].from_low)
    for i, c in sorted(made.items()):
        lower = float(c) * side > 0.0
        limit += float(c) * (rows[i].low if lower else rows[i].high)
        behind = behind + float(c) * (rows[i].from_low if lower else rows[i].from_high)
    return limit, behind
