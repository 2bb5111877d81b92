"""From the tables of a book to its days: what the book table and the table of paths share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import XlidxError
from xlidx.tables import Table
from xlidx.turbo.book.checks import first_faults, table_faults, told
from xlidx.turbo.book.inputs import BookRules, rules_of, series_of
from xlidx.turbo.book.market import Quotes, day_counts, market_of, quotes_of
from xlidx.turbo.path.daily import LIVE, NOT_ISSUED, Carry, Day, one_day, started
from xlidx.turbo.path.inputs import PathTerms


@attrs.frozen(eq=False)
class Book:
    """Series that can be rolled, their market, and the faults by row of the terms table, which grow on the way."""

    series: pd.DataFrame
    terms: PathTerms
    quotes: Quotes
    choices: BookRules
    place: Any
    faults: dict[int, XlidxError]


def book_of(terms: Table, market: Table, as_of: np.datetime64 | date | None, rates: Any, rules: Any) -> Book:
    """Return a book ready to be rolled; the arguments are those of :func:`xlidx.turbo.book.table.turbo_book`."""
    choices = rules_of(rules)
    starts = terms.frame["level_date"].to_numpy().astype("datetime64[D]")
    quotes = quotes_of(market, rates, starts, as_of)
    faults = table_faults(terms)
    faults |= first_faults(terms.frame.drop(index=list(faults)), quotes)
    series = terms.frame.drop(index=list(faults))
    at = quotes.column(series["underlying"])
    return Book(series, series_of(series, day_counts(series, quotes)), quotes, choices, at, faults)


def days_of(book: Book) -> Iterator[tuple[int, Carry, Day]]:
    """Yield the days of a book up to the last or to that on which its last series ends.

    A refusal of the day joins the faults of the book, in the words of the table that it comes from.
    """
    terms, days = book.terms, book.quotes.days
    if not len(book.series) or not days.size:
        return
    market = market_of(book.quotes, book.series)
    market.require_fit(days.size, len(book.series))
    carry, known = started(terms), 0
    for t, today in enumerate(days):
        moment = terms.level_date if np.isnat(today) else today
        carry, day = one_day(carry, terms, market.on(t), moment, book.choices.path)
        for place, fault in list(carry.faults.items())[known:]:
            book.faults[int(book.series.index[place])] = told(fault, book.series.iloc[place], t, book.quotes)
        known = len(carry.faults)
        yield t, carry, day
        if not np.isin(carry.state, (NOT_ISSUED, LIVE)).any():
            return
