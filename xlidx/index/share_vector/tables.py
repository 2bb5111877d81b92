"""Tables of an index that is defined by numbers of shares: targets, events and market disruptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Days
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import QUOTE_CURRENCY
from xlidx.index.share_vector.events import TERMS, adjust_shares
from xlidx.index.share_vector.rebalancing import NEAR
from xlidx.rules import rule
from xlidx.tables import Column, Table, TableSpec

REMOVALS = ("merger", "takeover bid", "delisting", "nationalisation", "removal")
INSOLVENCY = "insolvency"
CHANGES = tuple(name for name in TERMS if name != "dividend")
COLUMN_OF = {"subscription": "price"}

TARGETS = TableSpec(
    name="targets",
    keys=("adjustment_day", "isin"),
    columns=(
        Column(name="adjustment_day", kind="date", help="adjustment day; the first one is the base date"),
        Column(name="isin", kind="text", help="ISIN of the component"),
        Column(name="weight", kind="fraction", help="target weight; the weights of a day add up to 1"),
        QUOTE_CURRENCY,
        Column(
            name="country",
            kind="text",
            required=False,
            default="",
            help="country whose tax rate applies to dividends, ISO code",
        ),
    ),
)
EVENTS = TableSpec(
    name="events",
    keys=("date", "isin", "event", "event_id"),
    columns=(
        Column(name="date", kind="date", help="ex-date; for a removal the first day without the component"),
        Column(name="isin", kind="text", help="ISIN of the component"),
        Column(name="event", kind="word", words=(*CHANGES, *REMOVALS, INSOLVENCY), help="what happens"),
        Column(
            name="ratio",
            kind="number",
            above=0.0,
            required=False,
            help="give new per old share in a capital increase, old per new share in a capital reduction",
        ),
        Column(
            name="price",
            kind="number",
            required=False,
            help="subscription price, blank is 0; for a removal the price at which the component leaves, in quote "
            "currency, blank is the last one",
        ),
        Column(
            name="old",
            kind="number",
            above=0.0,
            required=False,
            help="give the number of shares (split) or the par value (par value) before the event",
        ),
        Column(
            name="new",
            kind="number",
            above=0.0,
            required=False,
            help="give the number of shares (split) or the par value (par value) after the event",
        ),
        Column(name="factor", kind="number", above=0.0, required=False, help="give shares after per share before"),
        Column(name="author", kind="text", required=False, default="", help="who decided; needed by a manual factor"),
        Column(name="reason", kind="text", required=False, default="", help="why; needed by a manual factor"),
        Column(name="event_id", kind="text", required=False, default="", help="name of the event in logs"),
    ),
)
DISRUPTIONS = TableSpec(
    name="disruptions",
    keys=("date",),
    columns=(
        Column(name="date", kind="date", help="day with a market disruption event"),
        Column(name="reason", kind="text", required=False, default="", help="what was disrupted"),
        Column(name="author", kind="text", required=False, default="", help="who decided that it is material"),
    ),
)


@attrs.frozen(eq=False)
class Target:
    """Weights that the index moves to after one adjustment day."""

    day: np.datetime64
    weights: Mapping[str, float]
    row: int


@attrs.frozen
class Names:
    """Quote currency and tax country of every component that any target names."""

    currency: Mapping[str, str]
    country: Mapping[str, str]


@attrs.frozen
class EventRow:
    """One row of the events table; ``terms`` as :func:`xlidx.index.share_vector.events.adjust_shares` takes them."""

    row: int
    day: np.datetime64
    isin: str
    event: str
    terms: Mapping[str, float | str]
    price: float
    label: str

    def refuse(self, kind: Kind, what: str, column: str, mend: str) -> XlidxError:
        """Return a refusal that names the row of the table."""
        return XlidxError(kind, what, f"table events, row {self.row}, column {column}", mend)


@rule("solactive_human_capital", "2.2")
def targets_of(table: Table, index_currency: str) -> tuple[list[Target], Names]:
    """Return the targets in the order of their days, and what is known of every name.

    Raises
    ------
    XlidxError
        ``MISSING`` for a table without rows, ``DOMAIN`` for weights of a day that do not add up to 1 or a name with
        two currencies or countries; else the first finding of the table.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.2.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["adjustment day", "isin", "weight"], ["2017-10-04", "A", 0.6], ["2017-10-04", "B", 0.4]]
    >>> [dict(target.weights) for target in targets_of(read(TARGETS, rows), "EUR")[0]]
    [{'A': 0.6, 'B': 0.4}]
    """
    frame = table.strict()
    if frame.empty:
        raise XlidxError(Kind.MISSING, "targets has no rows", "table targets", "give one row per component")
    found = []
    for day, rows in frame.groupby("adjustment_day", sort=True):
        total, row = float(rows["weight"].sum()), int(rows.index[0])
        if abs(total - 1.0) > NEAR:
            what = f"weights of {str(day)[:10]} add up to {total:.15g} but must add up to 1"
            raise XlidxError(Kind.DOMAIN, what, f"table targets, row {row}, column weight", "give them as fractions")
        weights = dict(zip(rows["isin"], rows["weight"].tolist(), strict=True))
        held = {isin: weight for isin, weight in weights.items() if weight > 0.0}
        found.append(Target(np.datetime64(day, "D"), held, row))  # type: ignore[call-overload]
    quoted = _one_each(frame, "currency", index_currency)
    return found, Names(quoted, _one_each(frame, "country", ""))


def _one_each(frame: pd.DataFrame, column: str, blank: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row, isin, text in zip(frame.index, frame["isin"], frame[column], strict=True):
        word = text.upper() or blank
        if found.setdefault(isin, word) != word:
            what, where = f"{isin} has {column} {found[isin]} and {word}", f"table targets, row {row}, column {column}"
            raise XlidxError(Kind.DOMAIN, what, where, "give the same one in every row")
    return found


def event_rows(table: Table | None, days: Days, after: np.datetime64) -> list[EventRow]:
    """Return the events after a day, in the order of their dates; those beyond the last session wait.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a date that is no session; else the first finding of the table.
    """
    if table is None:
        return []
    frame = table.strict()
    dates = frame["date"].to_numpy().astype("datetime64[D]")
    ahead = np.flatnonzero((dates > after) & (dates <= days[-1]))
    found = []
    for place in ahead[np.argsort(dates[ahead], kind="stable")].tolist():
        event = _event(int(frame.index[place]), frame.iloc[place].to_dict())
        if event.day not in days:
            mend = "give the first session on which the event is in force"
            raise event.refuse(Kind.DOMAIN, f"{event.day}: the date is not a session", "date", mend)
        if event.price < 0.0:
            raise event.refuse(Kind.DOMAIN, "price is below 0", "price", "give 0 or more")
        found.append(event)
    return found


def refuse_early(table: Table | None, base: np.datetime64) -> None:
    """Refuse events on or before the base date: the weights hold from its close."""
    if table is None:
        return
    frame = table.strict()
    early = frame.index[(frame["date"].to_numpy().astype("datetime64[D]") <= base)]
    if len(early):
        what, where = f"the date is not after the base date {base}", f"table events, row {early[0]}, column date"
        raise XlidxError(Kind.DOMAIN, what, where, "leave out what the first target holds already")


def _event(row: int, cells: Mapping[Any, Any]) -> EventRow:
    word = cells["event"]
    day = np.datetime64(cells["date"], "D")
    found = EventRow(row, day, cells["isin"], word, {}, float(cells["price"]), cells["event_id"] or f"row {row}")
    _refuse_unused(found, cells)
    terms = {}
    for name in (name for part in TERMS.get(word, ((), ())) for name in part):
        column = COLUMN_OF.get(name, name)
        value = cells.get(column)
        if value is not None and value == value and value != "":
            terms[name] = value
    return attrs.evolve(found, terms=terms)


def _refuse_unused(event: EventRow, cells: Mapping[Any, Any]) -> None:
    # Author and reason may stand beside any event; a number that the event does not read is a mistake.
    used = {COLUMN_OF.get(name, name) for part in TERMS.get(event.event, ((), ())) for name in part}
    used |= {"price"} if event.event in REMOVALS else set()
    for column in EVENTS.columns:
        if column.kind == "number" and column.name not in used and cells[column.name] == cells[column.name]:
            names = [other.name for other in EVENTS.columns if other.name in used]
            mend = f"use {', '.join(names)}" if names else "leave it blank"
            what = f"{column.name} does not belong to {event.event}"
            raise event.refuse(Kind.CHOICE, what, column.name, mend)


def change_of(event: EventRow, price: float, form: str) -> float:
    """Return the factor by which an event changes the shares; ``price`` is that of the form.

    Raises
    ------
    XlidxError
        See :func:`xlidx.index.share_vector.events.adjust_shares`, with the row of the event.
    """
    terms = {**event.terms, "form": form} if event.event == "capital increase" else event.terms
    try:
        return float(adjust_shares(event.event, 1.0, price, terms)[0])
    except XlidxError as error:
        raise error.at(f"table events, row {event.row}") from None


@rule("solactive_human_capital", "2.1 step 4")
def split_factors(table: Table | None, until: np.datetime64) -> dict[str, list[tuple[np.datetime64, float]]]:
    """Return what splits a share up to a day: ex-dates and shares after per share before, by ISIN.

    Splits, par-value changes, capital reductions, manual factors, and capital increases without a price.

    Raises
    ------
    XlidxError
        The first fault of the table.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 2.1 step 4.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["date", "isin", "event", "ratio", "price"], ["2017-10-04", "A", "capital increase", 0.1, None]]
    >>> [factor for day, factor in split_factors(read(EVENTS, rows), np.datetime64("2017-12-29"))["A"]]
    [1.1]
    """
    found: dict[str, list[tuple[np.datetime64, float]]] = {}
    if table is None:
        return found
    frame = table.strict()
    for row, cells in zip(frame.index, frame.to_dict("records"), strict=True):
        event = _event(int(row), cells)
        priced = event.event == "capital increase" and event.price > 0.0
        if event.event in CHANGES and not priced and event.day <= until:
            found.setdefault(event.isin, []).append((event.day, change_of(event, 1.0, "ex date")))
    return found


def disruption_days(table: Table | None) -> dict[np.datetime64, str]:
    """Return the days with a market disruption, and why."""
    if table is None:
        return {}
    frame = table.strict()
    days = frame["date"].to_numpy().astype("datetime64[D]")
    return dict(zip(days, frame["reason"], strict=True))
