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
from xlidx.index.actions.lines import Event, Places, Review
from xlidx.index.actions.terms import RIGHTS_LIMIT, shares_added
from xlidx.index.basket import Basket
from xlidx.index.level import PERCENTAGE

ORDER = (
    "review",
    "special dividend",
    "other rights",
    "spin-off",
    "bonus issue",
    "rights issue",
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
REVIEW, SPECIAL, OTHER_RIGHTS, SPIN_OFF, BONUS, RIGHTS, SPLIT, REVERSE, IN_LIEU = range(9)
AFTER_SUSPENSION, ADDITION, REPLACEMENT = (
    RANK[word] for word in ("removal after suspension", "addition", "replacement")
)
AFTER_SPLITS = IN_LIEU  # place in the order of an amount per share as it is after the events of the day
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
JOINING = (REVIEW, ADDITION)
PAIRS = (SPIN_OFF, REPLACEMENT)
# What each action reads; any other of the columns FILLED is refused when it says something.
USES = {
    "review": ("shares", "free_float", "capping"),
    "special dividend": ("amount",),
    "other rights": ("amount",),
    "spin-off": ("ratio", "price", "other_isin", "qualifies", "other_currency"),
    "bonus issue": ("ratio",),
    "rights issue": ("ratio", "price", "fungible", "disadvantage"),
    "split": ("ratio",),
    "reverse split": ("ratio",),
    "bonus in lieu of dividend": ("ratio",),  # for the record: nothing is adjusted
    "removal": ("price",),
    "delisting": ("price",),
    "removal after suspension": ("price",),
    "addition": ("price", "shares", "free_float", "capping"),
    "replacement": ("ratio", "cash", "other_isin", "other_currency"),
    "suspension": (),
    "resumption": (),
}
IDLE = {"cash": 0.0, "disadvantage": 0.0, "capping": 1.0, "fungible": "yes", "qualifies": "all"}
NUMBERS = ("ratio", "price", "amount", "cash", "disadvantage", "shares", "free_float", "capping")
FILLED = (*NUMBERS, "fungible", "other_isin", "qualifies", "other_currency")
TEXTS = ("isin", "action", "currency", "fungible", "other_isin", "qualifies", "other_currency", "country", "event_id")


@attrs.frozen(eq=False)
class Rows:
    """Rows of the actions table as columns, in the order of date and :data:`ORDER`.

    ``number`` is the row of the table named in ``table``, ``kind`` the place of the action in ORDER, ``rank`` the place
    at which it is applied.
    """

    number: Places
    table: Sequence[str]
    day: Days
    kind: Places
    rank: Places
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


def rows_of(frame: pd.DataFrame, table: str = "actions", rank: int | None = None) -> Rows:
    """Return a frame of the spec :data:`xlidx.index.actions.apply.ACTIONS` as rows, terms checked.

    ``rank`` is the place in ORDER at which all rows are applied; blank is that of their actions.
    """
    action = frame["action"].to_numpy(dtype=object).tolist()
    kind = np.array([RANK[word] for word in action], dtype=np.int64)
    rows = Rows(
        frame.index.to_numpy(dtype=np.int64),
        [table] * len(frame),
        frame["date"].to_numpy().astype("datetime64[D]"),
        kind,
        kind if rank is None else np.full(len(kind), rank, dtype=np.int64),
        {name: frame[name].to_numpy(dtype=object) for name in (*TEXTS, "reason")},
        {name: frame[name].to_numpy(dtype=np.float64) for name in NUMBERS},
    )
    _check_terms(rows)
    _one_fate(rows)
    return in_order(rows)


def in_order(rows: Rows, more: Rows | None = None) -> Rows:
    """Return rows, and those of a second table, in the order of date and :data:`ORDER`."""
    parts = [rows] if more is None else [rows, more]
    number, day, kind, rank = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("number", "day", "kind", "rank")
    )
    tables = np.concatenate([np.array(part.table, dtype=object) for part in parts])
    together = Rows(
        number,
        tables.tolist(),
        day,
        kind,
        rank,
        {name: np.concatenate([part.texts[name] for part in parts]) for name in rows.texts},
        {name: np.concatenate([part.numbers[name] for part in parts]) for name in NUMBERS},
    )
    return chosen_rows(together, np.lexsort((rank, day)))


def chosen_rows(rows: Rows, items: Places) -> Rows:
    """Return some of the rows, in the order in which they are named."""
    return Rows(
        rows.number[items],
        [rows.table[item] for item in items.tolist()],
        rows.day[items],
        rows.kind[items],
        rows.rank[items],
        {name: values[items] for name, values in rows.texts.items()},
        {name: values[items] for name, values in rows.numbers.items()},
    )


def strangers(rows: Rows, places: Mapping[str, int]) -> Bools:
    """Tell which rows are of companies without a column of prices, which can be no members; who joins is none."""
    unknown = set(rows.texts["isin"].tolist()) - places.keys()
    if not unknown:
        return np.zeros(len(rows.kind), dtype=bool)
    outside = np.fromiter((isin in unknown for isin in rows.texts["isin"].tolist()), np.bool_, len(rows.kind))
    return outside & ~np.isin(rows.kind, JOINING)


def quote_currencies(basket: Basket, rows: Rows, index_currency: str) -> dict[str, str]:
    """Return the quote currency of every member, now or by an action; refused if two are given for one."""
    quoted = dict(zip(basket.ids, basket.currency, strict=True))
    joining, pairs = (np.flatnonzero(np.isin(rows.kind, kinds)).tolist() for kinds in (JOINING, PAIRS))
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
    named = {name: codes[name.upper()] if name else -1 for name in set(rows.texts["currency"])}
    currency = [named[name] for name in rows.texts["currency"].tolist()]
    return Rules(
        rows,
        _columns(rows, "isin", places),
        _columns(rows, "other_isin", places, missing=-1),
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
        item=item,
        rank=rows.rank.item(item),
        day=str(rows.day[item]),
        action=text["action"],
        column=rules.column.item(item),
        other=rules.other.item(item),
        isin=text["isin"],
        other_isin=text["other_isin"],
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
        what = f"{rows.texts['isin'][item]} appears twice in the review"
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
    for name in FILLED:
        used = np.fromiter((name in USES[word] for word in ORDER), np.bool_, len(ORDER))
        idle = ~(used[kind] | _says_nothing(rows, name))
        if idle.any():
            word = rows.texts["action"][int(idle.argmax())]
            note(idle, Kind.DOMAIN, f"{name} is filled in, but {word} does not use it", name, "leave it blank")
    itself = rows.texts["isin"] == rows.texts["other_isin"]
    note(itself, Kind.DOMAIN, "other_isin is the member itself", "other_isin", "name the other company")
    if faults:
        error, what, column, mend = faults[min(faults)]
        raise rows.refuse(min(faults), error, what, column, mend)


def _blank(rows: Rows, name: str) -> Bools:
    if name in rows.numbers:
        return np.isnan(rows.numbers[name])
    return np.asarray(rows.texts[name] == "", dtype=bool)


def _says_nothing(rows: Rows, name: str) -> Bools:
    # A blank cell of these columns holds their default already.
    values = rows.numbers.get(name, rows.texts.get(name))
    return _blank(rows, name) if name not in IDLE else np.asarray(values == IDLE[name], dtype=bool)


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


def _columns(rows: Rows, name: str, places: Mapping[str, int], missing: int | None = None) -> Places:
    isins = rows.texts[name]
    given = np.flatnonzero(isins != "")
    found = np.full(len(isins), -1, dtype=np.int64)
    found[given] = [places.get(isin, -1) for isin in isins[given].tolist()]
    unknown = np.flatnonzero(found < 0)
    if unknown.size and missing is None:
        item = int(unknown[0])
        what, mend = f"no prices for {isins[item]}", "add its column to the prices"
        raise rows.refuse(item, Kind.NO_DATA, what, name, mend)
    return found
