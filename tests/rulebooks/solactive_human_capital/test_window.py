"""Prices for the covariance: what splits a share is adjusted for, and a window that begins on a holiday."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import numpy as np
import pytest

from tests.rulebooks.solactive_human_capital.test_selection import DAY, SMALL, prices, table, universe
from xlidx.errors import XlidxError
from xlidx.index.basket import Quotes
from xlidx.index.share_vector.tables import EVENTS
from xlidx.rulebooks.solactive_human_capital import selection as solactive
from xlidx.rulebooks.solactive_human_capital.window import return_window
from xlidx.tables import read

HEAD = ["date", "isin", "event", "ratio", "price", "old", "new", "factor", "author", "reason"]


def happens(*rows: Any) -> Any:
    return read(EVENTS, [HEAD, *([*row, *[None] * (len(HEAD) - len(row))] for row in rows)])


def day(number: int, given: Quotes) -> date:
    found: date = given.days[number].astype(date)
    return found


# Event after date and isin, and what one share is afterwards: prices paid before it are so many times those of today.
KINDS = [
    (("split", None, None, 1.0, 2.0), 2.0),
    (("split", None, None, 10.0, 1.0), 0.1),
    (("par value", None, None, 5.0, 1.25), 4.0),
    (("capital reduction", 8.0), 1 / 8),
    (("capital increase", 0.25), 1.25),
    (("capital increase", 0.25, 0.0), 1.25),
    (("manual factor", None, None, None, None, 1.5, "committee", "spin-off"), 1.5),
    (("capital increase", 0.25, 7.0), 1.0),
    (("merger", None, 7.0), 1.0),
    (("insolvency",), 1.0),
]


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.parametrize(("event", "pieces"), KINDS, ids=lambda value: str(value)[:40])
def test_prices_before_the_ex_date_are_those_of_the_pieces(event: Any, pieces: float) -> None:
    given = prices(universe())
    paid = given.matrix.copy()
    paid[:20, 4] *= pieces
    rows = happens([day(20, given), given.ids[4], *event])
    found = return_window(attrs.evolve(given, matrix=paid), None, rows, DAY, 30)
    assert found.days.tolist() == given.days[-31:].tolist()
    assert found.matrix == pytest.approx(given.matrix[-31:], rel=1e-14)


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.parametrize("other", [12, 20, 28])
def test_two_events_of_one_security_multiply(other: int) -> None:
    # Into two, then into three, or both on one day: a price paid before both is six pieces of today.
    given = prices(universe())
    paid = given.matrix.copy()
    paid[:20, 4] *= 2.0
    paid[:other, 4] *= 3.0
    rows = happens(
        [day(20, given), given.ids[4], "split", None, None, 1.0, 2.0],
        [day(other, given), given.ids[4], "par value", None, None, 3.0, 1.0],
        [day(12, given), "a stranger", "split", None, None, 1.0, 2.0],
    )
    found = return_window(attrs.evolve(given, matrix=paid), None, rows, DAY, 30)
    assert found.matrix == pytest.approx(given.matrix[-31:], rel=1e-14)


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
def test_weights_are_those_of_prices_without_the_split() -> None:
    rows = universe()
    given = prices(rows)
    plain = solactive.selection(table(rows), given, DAY, rules=SMALL).table
    held = plain["isin"][plain["decision"] == "held"].iloc[0]
    place = given.ids.index(held)
    paid = given.matrix.copy()
    paid[:20, place] *= 2.0
    split = attrs.evolve(given, matrix=paid)
    events = happens([day(20, given), held, "split", None, None, 1.0, 2.0])
    found = solactive.selection(table(rows), split, DAY, events=events, rules=SMALL).table
    assert found["weight"].tolist() == plain["weight"].tolist()
    # Without the events the fall by half is a return of -50 %, and the security is held no more.
    blind = solactive.selection(table(rows), split, DAY, rules=SMALL).table
    assert blind["weight"].tolist() != plain["weight"].tolist()


def test_events_after_the_selection_day_are_not_looked_at() -> None:
    given = prices(universe(), 45)
    until = day(39, given)
    rows = happens([day(40, given), given.ids[4], "split", None, None, 1.0, 2.0])
    assert return_window(given, None, rows, until, 30).matrix.tolist() == given.matrix[9:40].tolist()


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
@pytest.mark.parametrize("gap", [1, 3, 9])
@pytest.mark.parametrize("factors", [False, True])
def test_a_window_that_begins_on_a_local_holiday_takes_the_last_price_before(gap: int, factors: bool) -> None:
    # The first day of the window is row 9; the last price before has gone through a split of 1:4 on the holiday.
    given = prices(universe())
    paid, ones = given.matrix.copy(), np.ones_like(given.matrix)
    paid[:9, 4] *= 4.0
    ones[:9, 4] /= 4.0
    paid[10 - gap : 10, 4] = np.nan
    quoted = attrs.evolve(given, matrix=paid)
    rows = happens([day(9, given), given.ids[4], "split", None, None, 1.0, 4.0])
    adjustment = Quotes("adjustment", given.days, given.ids, ones) if factors else None
    found = return_window(quoted, adjustment, rows, DAY, 30)
    assert found.matrix[0, 4] == pytest.approx(given.matrix[9 - gap, 4], rel=1e-14)
    assert found.matrix[1:] == pytest.approx(given.matrix[10:], rel=1e-14)


@pytest.mark.rule("solactive_human_capital", "2.1 step 4")
def test_a_market_closed_on_the_first_day_is_selected_from() -> None:
    # By hand: the price of the day before stands in for the holiday, so both give the same weights.
    rows = universe()
    given = prices(rows)
    closed = [place for place, row in enumerate(rows) if row["country"] == "JP"]
    filled, blank = given.matrix.copy(), given.matrix.copy()
    filled[9, closed], blank[9, closed] = given.matrix[8, closed], np.nan
    want = solactive.selection(table(rows), attrs.evolve(given, matrix=filled), DAY, rules=SMALL).table
    found = solactive.selection(table(rows), attrs.evolve(given, matrix=blank), DAY, rules=SMALL).table
    assert found["weight"].tolist() == want["weight"].tolist()
    assert found["weight"][closed].sum() > 0.0


@pytest.mark.parametrize(("until", "factor"), [(0, 1.0), (19, 0.5), (21, 0.5), (20, 0.25), (20, 2.0)])
def test_an_adjustment_that_does_not_know_a_split_is_refused(until: int, factor: float) -> None:
    # The split into two is on row 20: the right column is 0.5 on rows 0 to 19, and 1 from there on.
    given = prices(universe())
    rows = happens([day(20, given), given.ids[4], "split", None, None, 1.0, 2.0])
    right, wrong = np.ones_like(given.matrix), np.ones_like(given.matrix)
    right[:20, 4], wrong[:until, 4] = 0.5, factor
    right[:5, 7] = 0.8  # a spin-off that the events do not hold is the user's own
    adjustment = Quotes("adjustment", given.days, given.ids, right)
    assert return_window(given, adjustment, rows, DAY, 39).matrix.tolist() == (given.matrix * right).tolist()
    words = "the adjustment of S04 does not change by 0.5 on .*column S04 - mend one of the two tables"
    with pytest.raises(XlidxError, match=words):
        return_window(given, attrs.evolve(adjustment, matrix=wrong), rows, DAY, 39)


def test_a_fault_of_the_events_is_refused() -> None:
    given = prices(universe())
    with pytest.raises(XlidxError, match="new is blank, split needs it - table events, row 2"):
        return_window(given, None, happens([day(20, given), "S04", "split", None, None, 1.0]), DAY, 30)


def test_no_prices_up_to_the_day_are_refused() -> None:
    given = prices(universe())
    with pytest.raises(XlidxError, match="no prices up to the selection day 2001-01-01"):
        return_window(given, None, None, date(2001, 1, 1), 30)
