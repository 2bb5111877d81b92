"""What the search leaves behind: a tree of branchings whose ends are closed by dual points."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from xlidx.arrays import Floats
from xlidx.index.min_variance.bounds import Dual


@attrs.define(eq=False)
class ProofTree:
    """The record of one branch: what was fixed on the way, then its end.

    ``fixed`` lists (name, taken in or not, dual point that closes the other side); ``name`` is the name branched
    on, with the trails of both branches.  Without it the branch ends here, closed by ``dual``, or by the number
    of names alone where there is no dual point.
    """

    fixed: list[tuple[int, bool, Dual]] = attrs.field(factory=list)
    name: int = -1
    inside: ProofTree | None = None
    outside: ProofTree | None = None
    dual: Dual | None = None


@attrs.frozen(eq=False)
class Leaf:
    """The end of a branch: weights z and row multipliers y that bound it; None where the count does.

    Without ``split`` the bound is that of :mod:`xlidx.index.min_variance.bounds` (u = F z), with a diagonal split off
    the covariance that of :mod:`xlidx.index.min_variance.perspective.bounds`.
    """

    weights: Floats | None
    multipliers: Floats | None
    split: Floats | None = None


@attrs.frozen
class Branch:
    """Two branches follow: all that belongs to "the name is in", then all that belongs to "the name is out"."""

    name: int


Step: TypeAlias = Leaf | Branch


def flattened(tree: ProofTree) -> list[Step]:
    """Return the tree as a list in the order in which it is walked."""
    opening: list[Step] = []
    closing: list[Step] = []
    for name, taken, dual in tree.fixed:
        opening.append(Branch(name))
        (closing if taken else opening).append(_leaf(dual))
    middle: list[Step] = [_leaf(tree.dual)]
    if tree.inside is not None and tree.outside is not None:
        middle = [Branch(tree.name), *flattened(tree.inside), *flattened(tree.outside)]
    return [*opening, *middle, *reversed(closing)]


def _leaf(dual: Dual | None) -> Leaf:
    return Leaf(None, None) if dual is None else Leaf(dual.weights, dual.multipliers, dual.split)
