"""Review of a composition: rank the candidates, select with buffers, and say why for every company.

Nothing here knows a document: numbers and clauses come in a :class:`ReviewRules` record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.free_float import BILLION
from xlidx.tables import one_of

KINDS = ("annual", "quarterly")
FILLS = ("repeat", "once")
DECISIONS = ("stay", "add", "delete", "not selected", "excluded")

Ranks = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class ReviewRules:
    """The numbers of a selection rule and the clauses they stand in.

    Attributes
    ----------
    by_rank : int
        Places given by rank alone at an annual review.
    most, fewest : int
        Largest and smallest number of companies in the index.
    smallest_size : float [index currency]
        Least ranking figure for the places after ``by_rank``.
    preferred_to : int
        Last rank at which a current constituent is preferred for those places.
    stays_to, enters_from : int
        At a quarterly review: last rank at which a constituent stays, last rank at which another enters.
    annual, quarterly, line, revision : str
        Clauses.
    """

    by_rank: int
    most: int
    fewest: int
    smallest_size: float
    preferred_to: int
    stays_to: int
    enters_from: int
    annual: str = ""
    quarterly: str = ""
    line: str = ""
    revision: str = ""

    def __attrs_post_init__(self) -> None:
        if not 0 < self.by_rank <= self.most or not 0 < self.fewest <= self.most:
            what = f"places {self.by_rank}, {self.fewest} and {self.most} are not in order"
            raise XlidxError(Kind.DOMAIN, what, "review rules", "give by_rank and fewest up to most")


@attrs.frozen(eq=False)
class Contest:
    """The companies of a review, one entry each.

    Attributes
    ----------
    ranks : int array of shape (N,)
        1 is the largest; 0 marks companies that are not ranked.
    figures : sequence of N fractions [index currency]
        What the ranking goes by.
    members : bool array of shape (N,)
        Current constituents.
    """

    ranks: Ranks
    figures: Sequence[Fraction]
    members: Bools


@attrs.frozen
class Verdict:
    """What happens to one company, in one word of :data:`DECISIONS`, and why."""

    decision: str
    reason: str
    clause: str


def exact(number: float) -> Fraction:
    """Return the decimal that a number prints as, free of binary error.

    Examples
    --------
    >>> exact(0.1) * 3 == exact(0.3)
    True
    """
    return Fraction(repr(float(number)))


def ranking_figures(shares: Floats, closes: Floats, free_float: Floats) -> list[Fraction]:
    """Free-float adjusted market capitalisation, exactly as the printed numbers give it.

    Parameters
    ----------
    shares : array of shape (N,) [shares]
    closes : array of shape (N,) [index currency]
    free_float : array of shape (N,) [fraction]
        Factor, already rounded to bands where the rule book wants that.

    Returns
    -------
    list of N fractions [index currency]

    Examples
    --------
    >>> ranking_figures(np.array([1e9]), np.array([0.1]), np.array([0.7]))  # 69999999.99999999 in binary
    [Fraction(70000000, 1)]
    """
    return [exact(q) * exact(c) * exact(f) for q, c, f in zip(shares, closes, free_float, strict=True)]


def ranks(figures: Sequence[Fraction], full_values: Sequence[Fraction], ids: Sequence[str], eligible: Bools) -> Ranks:
    """Rank the eligible companies from 1 on by size.

    Parameters
    ----------
    figures : sequence of N fractions [index currency]
    full_values : sequence of N fractions [index currency]
        Market capitalisation without free float: the larger goes first among equal figures.
    ids : sequence of N texts
        Decide when both are equal, in alphabetical order.
    eligible : bool array of shape (N,)

    Returns
    -------
    int array of shape (N,)
        0 for companies that are not eligible.

    Examples
    --------
    >>> ranks([Fraction(5), Fraction(9), Fraction(5)], [Fraction(6), Fraction(9), Fraction(7)], "abc",
    ...     np.array([True, True, True])).tolist()
    [3, 1, 2]
    """
    places = sorted(np.flatnonzero(eligible).tolist(), key=lambda i: (-figures[i], -full_values[i], ids[i]))
    out = np.zeros(len(ids), dtype=np.int64)
    out[places] = np.arange(1, len(places) + 1)
    return out


def select_annual(contest: Contest, rules: ReviewRules) -> list[Verdict]:
    """Select by rank, then by rank with a preference for current constituents among those large enough.

    Parameters
    ----------
    contest : Contest
    rules : ReviewRules

    Returns
    -------
    list of N Verdict
        Companies without a rank are ``excluded`` or, if current, ``delete``, with an empty reason.

    Notes
    -----
    *Reading*: the least size does not touch the places by rank.  For the other places the order is current
    constituents up to rank ``preferred_to`` first, then all others, each by rank.  With fewer eligible
    companies than places by rank all of them are taken.

    Examples
    --------
    >>> rules = ReviewRules(by_rank=1, most=2, fewest=1, smallest_size=10.0, preferred_to=3, stays_to=4,
    ...     enters_from=1)
    >>> contest = Contest(np.array([1, 2, 3]), [Fraction(30), Fraction(20), Fraction(10)],
    ...     np.array([True, False, True]))
    >>> [v.decision for v in select_annual(contest, rules)]
    ['stay', 'not selected', 'stay']
    """
    order = _in_order(contest)
    tail = [i for i in order[rules.by_rank :] if contest.figures[i] >= exact(rules.smallest_size)]
    tail.sort(key=lambda i: (not _preferred(contest, rules, i), int(contest.ranks[i])))
    taken = {*order[: rules.by_rank], *tail[: rules.most - rules.by_rank]}
    return [
        _verdict(bool(contest.members[i]), i in taken, _annual_reason(contest, rules, i, i in taken), rules.annual)
        for i in range(len(contest.figures))
    ]


def select_quarterly(
    contest: Contest, rules: ReviewRules, vetoes: Sequence[str] = (), fill: str = "repeat"
) -> list[Verdict]:
    """Keep the current constituents, but for low ranks; add high ranks; fill up or trim to the limits.

    Parameters
    ----------
    contest : Contest
    rules : ReviewRules
    vetoes : sequence of N texts, optional
        Why a company is not added, whatever its rank; empty texts for the others.
    fill : {"repeat", "once"}
        Whether companies are added until ``fewest`` is reached, or only one.

    Returns
    -------
    list of N Verdict
        As :func:`select_annual`.

    Notes
    -----
    *Reading*: a high rank is added unless vetoed.  Filling goes on until ``fewest`` is reached and
    takes companies that were not in the index before.  Trimming removes the lowest ranks among the current
    constituents, never a company added in the same review.

    Examples
    --------
    >>> rules = ReviewRules(by_rank=1, most=2, fewest=1, smallest_size=10.0, preferred_to=3, stays_to=3,
    ...     enters_from=1)
    >>> contest = Contest(np.array([1, 2, 3]), [Fraction(30), Fraction(20), Fraction(10)],
    ...     np.array([False, True, True]))
    >>> [v.decision for v in select_quarterly(contest, rules)]
    ['add', 'stay', 'delete']
    """
    fill = one_of(fill, FILLS, "fill")
    order = _in_order(contest)
    banned = vetoes or [""] * len(contest.figures)
    why: dict[int, str] = {}
    kept = [i for i in order if contest.members[i] and contest.ranks[i] <= rules.stays_to]
    outside = [i for i in order if not contest.members[i] and not banned[i]]
    added = [i for i in outside if contest.ranks[i] <= rules.enters_from]
    missing = max(0, rules.fewest - len(kept) - len(added))
    filled = outside[len(added) :][: missing if fill == "repeat" else min(missing, 1)]
    spare = max(0, len(kept) + len(added) + len(filled) - rules.most)
    trimmed = kept[max(0, len(kept) - spare) :] if spare else []
    why |= dict.fromkeys(filled, f"best others, as fewer than {rules.fewest} companies are left")
    why |= dict.fromkeys(trimmed, f"lowest current constituents, as more than {rules.most} companies are left")
    taken = {*kept, *added, *filled} - {*trimmed}
    return [
        _verdict(
            bool(contest.members[i]),
            i in taken,
            _quarterly_reason(contest, rules, i, banned[i], why.get(i, "")),
            rules.quarterly,
        )
        for i in range(len(contest.figures))
    ]


def revise(verdict: Verdict, word: str, member: bool, because: str, rules: ReviewRules) -> Verdict:
    """Change one verdict by a decision ``add`` or ``remove`` that revises the announced selection.

    Examples
    --------
    >>> rules = ReviewRules(by_rank=1, most=2, fewest=1, smallest_size=10.0, preferred_to=3, stays_to=3,
    ...     enters_from=1, revision="5.4")
    >>> revise(Verdict("stay", "rank 1", "5.2.4"), "remove", True, "takeover", rules)
    Verdict(decision='delete', reason='removed by decision: takeover; before: rank 1', clause='5.4')
    """
    text = f"{'added' if word == 'add' else 'removed'} by decision: {because}; before: {verdict.reason}"
    return _verdict(member, word == "add", text, rules.revision)


def count_warning(verdicts: Iterable[Verdict], rules: ReviewRules) -> str:
    """Return a warning when the number selected leaves the limits of the index, else an empty text.

    Examples
    --------
    >>> rules = ReviewRules(by_rank=18, most=20, fewest=18, smallest_size=1e8, preferred_to=22, stays_to=25,
    ...     enters_from=15)
    >>> count_warning([Verdict("stay", "", ""), Verdict("excluded", "", "")], rules)
    'number selected is 1, the index should have 18 to 20'
    """
    count = sum(verdict.decision in ("stay", "add") for verdict in verdicts)
    if rules.fewest <= count <= rules.most:
        return ""
    return f"number selected is {count}, the index should have {rules.fewest} to {rules.most}"


def at_least(fractions: Floats, threshold: float) -> Bools:
    """Compare fractions with a threshold as whole numbers of billionths.

    Examples
    --------
    >>> at_least(np.array([1 - 0.85, 0.1499999]), 0.15).tolist()  # 1 - 0.85 is 0.15000000000000002
    [True, False]
    """
    return np.asarray(np.rint(fractions * BILLION) >= round(threshold * BILLION))


def _in_order(contest: Contest) -> list[int]:
    ranked = np.flatnonzero(contest.ranks).tolist()
    return sorted(ranked, key=lambda i: int(contest.ranks[i]))


def _preferred(contest: Contest, rules: ReviewRules, i: int) -> bool:
    return bool(contest.members[i] and contest.ranks[i] <= rules.preferred_to)


def _verdict(member: bool, taken: bool, reason: str, clause: str) -> Verdict:
    if taken:
        return Verdict("stay" if member else "add", reason, clause)
    if member:
        return Verdict("delete", reason, clause)
    return Verdict("not selected" if reason else "excluded", reason, clause)


def _annual_reason(contest: Contest, rules: ReviewRules, i: int, taken: bool) -> str:
    rank = int(contest.ranks[i])
    if rank == 0:
        return ""
    if rank <= rules.by_rank:
        return f"rank {rank} is among the first {rules.by_rank}"
    if contest.figures[i] < exact(rules.smallest_size):
        return f"rank {rank}, but its size is below {rules.smallest_size:,.0f}"
    places = f"places {rules.by_rank + 1} to {rules.most}"
    who = "current constituent" if contest.members[i] else "not a constituent"
    if contest.members[i] and not _preferred(contest, rules, i):
        who = f"current constituent, but not preferred beyond rank {rules.preferred_to}"
    return f"rank {rank}, {who}: {'takes one of' if taken else 'others come first for'} {places}"


def _quarterly_reason(contest: Contest, rules: ReviewRules, i: int, veto: str, why: str) -> str:
    rank = int(contest.ranks[i])
    if rank == 0:
        return ""
    if why:
        return f"rank {rank}: {why}"
    if contest.members[i]:
        return f"rank {rank} is {'not ' if rank <= rules.stays_to else ''}lower than {rules.stays_to}"
    if veto:
        return f"rank {rank}, but the addition is vetoed: {veto}"
    return f"rank {rank} is {'' if rank <= rules.enters_from else 'not '}{rules.enters_from} or higher"
