"""The rule books that hold reviews, one line each: what answers for a document."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

import attrs
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.review.tables import CANDIDATES
from xlidx.rulebooks.euronext import review
from xlidx.rulebooks.euronext.numbers import rule_book
from xlidx.rulebooks.solactive_human_capital import selection
from xlidx.tables import TableSpec, closest

Step: TypeAlias = Callable[..., pd.DataFrame]


@attrs.frozen(kw_only=True)
class Reviews:
    """The steps of a review as one rule book has them; a step it has not is None."""

    dates: Step
    select: Step
    update: Step | None = None
    candidates: TableSpec = CANDIDATES
    takes_prices: bool = False
    """Whether prices, events and rules are arguments of the selection."""


def euronext(document: str) -> Reviews:
    """Return the reviews of a Euronext-style rule book, whose numbers stand in the folder of that name."""

    def numbered(step: Callable[..., pd.DataFrame]) -> Step:
        @wraps(step)
        def with_numbers(*arguments: Any, **options: Any) -> pd.DataFrame:
            return step(rule_book(document), *arguments, **options)

        return with_numbers

    return Reviews(
        dates=numbered(review.review_dates),
        select=numbered(review.review_select),
        update=numbered(review.review_update),
    )


REVIEWS: dict[str, Reviews] = {
    "psi20": euronext("psi20"),
    "solactive_human_capital": Reviews(
        dates=selection.review_dates,
        select=selection.review_select,
        candidates=selection.CANDIDATES,
        takes_prices=True,
    ),
}


def reviews_of(name: str, step: str) -> Reviews:
    """Return the reviews of a rule book that has a step.

    Parameters
    ----------
    name : str
        Name of the rule book; case does not matter.
    step : {"dates", "select", "update"}

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown rule book, or one without the step, with the closest one that has it.

    Examples
    --------
    >>> reviews_of("PSI20", "dates").dates(2016, "annual")["effective"].astype(str).tolist()
    ['2016-03-18']
    """
    known = with_step(step)
    book = REVIEWS.get(name.strip().casefold())
    if book is None or getattr(book, step) is None:
        near = closest(name, known)
        mend = f"did you mean {near}?" if near else f"use {', '.join(known)}"
        raise XlidxError(Kind.CHOICE, f"rule book {name!r} has no review_{step} here", "argument rule_book", mend)
    return book


def with_step(step: str) -> list[str]:
    """Return the names of the rule books that have a step.

    Examples
    --------
    >>> with_step("update")
    ['psi20']
    """
    return [name for name, book in REVIEWS.items() if getattr(book, step) is not None]
