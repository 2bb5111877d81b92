"""Rows of the actions table made ready: terms checked, words turned into places and price rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
import pandas as pd

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.netting import Event, Places, Review
from xlidx.index.actions.terms import RIGHTS_LIMIT, shares_added
from xlidx.index.basket import Basket
from xlidx.index.level import PERCENTAGE

ORDER = (
    "review",
    "special dividend",
    "other rights",
    "spin-off",
    "rights issue",
    "bonus issue",
    "split",
    "reverse split",
    "bonus in lieu of dividend",
    "removal",
    "delisting",
    "removal after suspension",
    "addition",
    "replacement",
    "suspension",
    "resumption",
)
RANK = {word: place for place, word in enumerate(ORDER)}
REVIEW, SPECIAL, OTHER_RIGHTS, SPIN_OFF, RIGHTS, BONUS, SPLIT, REVERSE, IN_LIEU = range(9)
AFTER_SUSPENSION, ADDITION, REPLACEMENT = (
    RANK[word] for word in ("removal after suspension", "addition", "replacement")
)
LINE = (SPECIAL, OTHER_RIGHTS, RIGHTS, BONUS, SPLIT, REVERSE, IN_LIEU)
LEAVING = (RANK["removal"], RANK["delisting"])
TWO_COMPANIES = ("spin-off", "replacement")
REQUIRED = {
    REVIEW: ("shares", "free_float"),
    SPECIAL: ("amount",),
    OTHER_RIGHTS: ("amount",),
    SPIN_OFF: ("other_isin", "ratio"),
    RIGHTS: ("ratio", "price"),
    BONUS: ("ratio",),
    SPLIT: ("ratio",),
    REVERSE: ("ratio",),
    ADDITION: ("shares", "free_float"),
    REPLACEMENT: ("other_isin", "ratio"),
}
NUMBERS = ("ratio", "price", "amount", "cash", "disadvantage", "shares", "free_float", "capping")
TEXTS = ("isin", "action", "currency", "fungible", "other_isin", "qualifies", "other_currency", "country", "event_id")


@attrs.frozen(eq=False)
class Rows:
    """Rows of the actions table as columns, in the order of date and :data:`ORDER`.

    ``number`` is the row of the table named in ``table``, ``kind`` the place of the action in ORDER.
    """

    number: Places
    table: Sequence[str]
    day: Days
    kind: Places
    texts: Mapping[str, npt.NDArray[Any]]
    numbers: Mapping[str, Floats]

    def place(self, item: int) -> str:
        """Return table and row of an item, for messages."""
        return f"table {self.table[item]}, row {self.number.item(item)}"

    def refuse(self, item: int, kind: Kind, what: str, column: str, mend: str) -> XlidxError:
        """Return a refusal that names table, row and column."""
        return XlidxError(kind, what, f"{self.place(item)}, column {column}", mend)

    def label(self, item: int) -> str:
        """Return the name of the event, or its row."""
        return self.texts["event_id"][item] or f"row {self.number.item(item)}"


@attrs.frozen(eq=False)
class Rules:
    """Rows with places for names, and price rules for terms.

    C' = (C + add) / over and shares times ``times`` wherever C lies above ``floor``; NaN where an action has no
    such rule.  ``column`` and ``other`` are columns of the price table, -1 for none; ``currency`` is -1 for the
    quote currency.
    """

    rows: Rows
    column: Places
    other: Places
    currency: Places
    add: Floats
    over: Floats
    times: Floats
    floor: Floats


def rows_of(frame: pd.DataFrame, table: str = "actions") -> Rows:
    """Return a frame of the spec :data:`xlidx.index.actions.apply.ACTIONS` as rows, terms checked."""
    action = frame["action"].to_numpy(dtype=object).tolist()
    kind = np.array([RANK[word] for word in action], dtype=np.int64)
    rows = Rows(
        frame.index.to_numpy(dtype=np.int64),
        [table] * len(frame),
        frame["date"].to_numpy().astype("datetime64[D]"),
        kind,
        {name: frame[name].to_numpy(dtype=object) for name in (*TEXTS, "reason")},
        {name: frame[name].to_numpy(dtype=np.float64) for name in NUMBERS},
    )
    _check_terms(rows)
    _one_fate(rows)
    return in_order(rows)


def in_order(rows: Rows, more: Rows | None = None) -> Rows:
    """Return rows, and those of a second table, in the order of date and :data:`ORDER`."""
    parts = [rows] if more is None else [rows, more]
    day, kind = (np.concatenate([getattr(part, name) for part in parts]) for name in ("day", "kind"))
    order = np.lexsort((kind, day))

    tables = np.concatenate([np.array(part.table, dtype=object) for part in parts])
    return Rows(
        np.concatenate([part.number for part in parts])[order],
        tables[order].tolist(),
        day[order],
        kind[order],
        {name: np.concatenate([part.texts[name] for part in parts])[order] for name in rows.texts},
        {name: np.concatenate([part.numbers[name] for part in parts])[order] for name in NUMBERS},
    )


def quote_currencies(basket: Basket, rows: Rows, index_currency: str) -> dict[str, str]:
    """Return the quote currency of every member, now or by an action; refused if two are given for one."""
    quoted = dict(zip(basket.ids, basket.currency, strict=True))
    joining = np.flatnonzero((rows.kind == REVIEW) | (rows.kind == ADDITION)).tolist()
    pairs = np.flatnonzero((rows.kind == SPIN_OFF) | (rows.kind == REPLACEMENT)).tolist()
    for items, name, column in ((joining, "isin", "currency"), (pairs, "other_isin", "other_currency")):
        isins, currencies = rows.texts[name], rows.texts[column]
        for item in items:
            currency = currencies[item].upper()
            if currency and quoted.setdefault(isins[item], currency) != currency:
                what = f"{isins[item]} is quoted in {quoted[isins[item]]} and in {currency}"
                raise rows.refuse(item, Kind.DOMAIN, what, column, "give one quote currency per column of prices")
    for item in joining:
        quoted.setdefault(rows.texts["isin"][item], index_currency)
    for item in pairs:
        quoted.setdefault(rows.texts["other_isin"][item], quoted.get(rows.texts["isin"][item], index_currency))
    return quoted


def rules_of(rows: Rows, places: Mapping[str, int], codes: Mapping[str, int], limit: float = RIGHTS_LIMIT) -> Rules:
    """Return rows with columns of the price table and price rules.

    Parameters
    ----------
    rows : Rows
    places : mapping of ISIN to column of the price table
    codes : mapping of currency to its number
    limit : float
        See :func:`xlidx.index.actions.terms.rights_issue`.
    """
    joining = (rows.kind == REVIEW) | (rows.kind == ADDITION)
    named = {name: codes[name.upper()] if name else -1 for name in set(rows.texts["currency"])}
    currency = [named[name] for name in rows.texts["currency"].tolist()]
    return Rules(
        rows,
        _columns(rows, "isin", places, joining),
        _columns(rows, "other_isin", places, np.ones(len(joining), dtype=bool)),
        np.array(currency, dtype=np.int64),
        *_price_rules(rows, limit),
    )


def event_at(rules: Rules, item: int) -> Event:
    """Return one row as an event."""
    rows = rules.rows
    text = {name: values[item] for name, values in rows.texts.items()}
    number = {name: values.item(item) for name, values in rows.numbers.items()}
    price = number["price"]
    if rows.kind.item(item) == AFTER_SUSPENSION and price != price:
        price = 0.0
    return Event(
        place=rows.place(item),
        day=str(rows.day[item]),
        action=text["action"],
        column=rules.column.item(item),
        other=rules.other.item(item),
        isin=text["isin"],
        add=rules.add.item(item),
        over=rules.over.item(item),
        times=rules.times.item(item),
        floor=rules.floor.item(item),
        ratio=number["ratio"],
        price=price,
        cash=number["cash"],
        currency=rules.currency.item(item),
        country=text["country"].upper(),
        qualifies=text["qualifies"],
        shares=number["shares"],
        free_float=number["free_float"],
        capping=number["capping"],
        label=rows.label(item),
        reason=text["reason"],
    )


def review_at(rules: Rules, items: slice) -> Review:
    """Return the review rows of one day as a review."""
    rows, columns = rules.rows, rules.column[items]
    first, again = np.unique(columns, return_index=True)
    if len(first) < len(columns):
        item = items.start + int(np.setdiff1d(np.arange(len(columns)), again)[0])
        what = f"{rows.texts['isin'][item]} stands twice in the review"
        raise rows.refuse(item, Kind.DOMAIN, what, "isin", "delete one of the rows")
    shares, free_float, capping = (rows.numbers[name][items] for name in ("shares", "free_float", "capping"))
    countries = zip(columns.tolist(), rows.texts["country"][items], strict=True)
    named = [(place, name.upper()) for place, name in countries if name]
    return Review(columns, shares, free_float, capping, named, rows.label(items.start))


def _check_terms(rows: Rows) -> None:
    # The first row, in the order of the table, whose terms are missing or outside their range.
    faults: dict[int, tuple[Kind, str, str, str]] = {}

    def note(bad: Bools, kind: Kind, what: str, column: str, mend: str) -> None:
        if bad.any():
            faults.setdefault(int(bad.argmax()), (kind, what, column, mend))

    kind, amount, ratio = rows.kind, rows.numbers["amount"], rows.numbers["ratio"]
    for action, names in REQUIRED.items():
        asked = kind == action
        if asked.any():
            for name in names:
                note(
                    asked & _blank(rows, name),
                    Kind.MISSING,
                    f"{name} is blank, {ORDER[action]} needs it",
                    name,
                    "fill it in",
                )
    for name in ("price", "cash", "disadvantage"):
        note(rows.numbers[name] < 0.0, Kind.DOMAIN, f"{name} is below 0", name, "give 0 or more")
    none = (kind == SPECIAL) & (amount <= 0.0)
    note(none, Kind.DOMAIN, "amount of a special dividend is not above 0", "amount", "give it gross")
    turned = ((kind == SPLIT) & (ratio <= 1.0)) | ((kind == REVERSE) & (ratio >= 1.0))
    mend = "give shares after per share before: 2 for a split in two, 0.1 for ten into one"
    note(turned, Kind.DOMAIN, "ratio contradicts the action", "ratio", mend)
    percent = rows.numbers["capping"] >= PERCENTAGE
    note(percent, Kind.DOMAIN, "capping looks like a percentage", "capping", "give 85 % as 0.85")
    itself = rows.texts["isin"] == rows.texts["other_isin"]
    note(itself, Kind.DOMAIN, "other_isin is the member itself", "other_isin", "name the other company")
    if faults:
        error, what, column, mend = faults[min(faults)]
        raise rows.refuse(min(faults), error, what, column, mend)


def _blank(rows: Rows, name: str) -> Bools:
    if name in rows.numbers:
        return np.isnan(rows.numbers[name])
    return np.asarray(rows.texts[name] == "", dtype=bool)


def _one_fate(rows: Rows) -> None:
    # Several companies handed out on one day: all rows must say the same of the parent.
    seen: dict[tuple[Any, str], str] = {}
    for item in np.flatnonzero(rows.kind == SPIN_OFF).tolist():
        isin, word = rows.texts["isin"][item], rows.texts["qualifies"][item]
        other = seen.get((rows.day[item], isin))
        seen[rows.day[item], isin] = word
        leaves = {other in ("child only", "none"), word in ("child only", "none")}
        if other is not None and (len(leaves) == 2 or "none" in (word, other)):
            mend = "say the same of the parent in each row; one row with none is enough"
            raise rows.refuse(item, Kind.DOMAIN, f"the rows disagree about {isin}", "qualifies", mend)


def _price_rules(rows: Rows, limit: float) -> tuple[Floats, Floats, Floats, Floats]:
    kind, ratio, amount, lag = rows.kind, *(rows.numbers[name] for name in ("ratio", "amount", "disadvantage"))
    paid = rows.numbers["price"] + lag
    add, floor = np.zeros(len(kind)), np.full(len(kind), -np.inf)
    over, times = np.full(len(kind), np.nan), np.ones(len(kind))
    cash = (kind == SPECIAL) | (kind == OTHER_RIGHTS)
    add[cash], over[cash] = -amount[cash], 1.0
    floor[cash & (amount <= 0.0)] = np.inf
    rights, bonus = kind == RIGHTS, kind == BONUS
    add[rights], floor[rights] = (ratio * paid)[rights], paid[rights]
    fungible = np.asarray(rows.texts["fungible"] == "yes", dtype=bool)
    over[rights | bonus] = 1.0 + ratio[rights | bonus]
    splitting = (kind == SPLIT) | (kind == REVERSE)
    over[splitting] = ratio[splitting]
    sharing = (rights & shares_added(ratio, fungible, lag, limit)) | bonus | splitting
    times[sharing] = over[sharing]
    over[kind == IN_LIEU], floor[kind == IN_LIEU] = 1.0, np.inf
    return add, over, times, floor


def _columns(rows: Rows, name: str, places: Mapping[str, int], joining: Bools) -> Places:
    isins = rows.texts[name]
    given = np.flatnonzero(isins != "")
    found = np.full(len(isins), -1, dtype=np.int64)
    found[given] = [places.get(isin, -1) for isin in isins[given].tolist()]
    unknown = given[found[given] < 0]
    if unknown.size:
        item = int(unknown[0])
        if joining[item]:
            what, mend = f"no prices for {isins[item]}", "add its column to the prices"
            raise rows.refuse(item, Kind.NO_DATA, what, name, mend)
        raise rows.refuse(item, Kind.DOMAIN, f"{isins[item]} is not a member", name, "check the ISIN")
    return found
