"""The numbered items of ING Final Terms, and the facts that hold for the whole document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.rulebooks.ing_open_end_turbo.cells import read_day, squeezed
from xlidx.rulebooks.ing_open_end_turbo.layout import Line, plain
from xlidx.turbo.terms import kind_of

BY_TABLE = "as specified in the table below"
NOT_APPLICABLE = "not applicable"

_NUMBER = re.compile(r"[0-9]{1,2}")
_DATED = re.compile(r"final terms dated (.+)", re.IGNORECASE)
_LEI = re.compile(r"legal entity identifier \(LEI\)\s*:\s*(.+)", re.IGNORECASE)

LABELS = {
    "family": "(a) the type of certificates which may be",
    "kind": "(b) whether such certificates are best certificates",
    "side": "(c) whether such certificates are long certificates",
    "trade_date": "trade date",
    "issue_date": "issue date",
    "settlement_currency": "settlement currency",
    "exercise_time": "exercise time",
    "cash_settlement": "cash settlement amount",
    "final_valuation_date": "final valuation date",
    "valuation_dates": "valuation date(s)",
    "business_day_centres": "applicable business day centre(s)",
}
"""How the label of an item begins."""

MAY_BE_MISSING = ("exercise_time", "cash_settlement", "business_day_centres")

FAMILY_WORDS = {
    "index certificates": "index",
    "share certificates": "share",
    "fund certificates": "fund",
    "currency certificates": "currency",
    "commodity certificates": "commodity future",
    "index futures certificates": "index future",
    "government bond certificates": "government bond future",
}
KIND_WORDS = {
    "best certificates": "best",
    "limited certificates": "limited",
    "open ended certificates": "open ended",
    "fixed leverage": "fixed leverage",
    "fixed leverage certificates": "fixed leverage",
}
SIDE_WORDS = {"long certificates": "long", "short certificates": "short"}


@attrs.frozen
class Item:
    """One item: line, number (empty for a sub-item), label and value as printed."""

    line: int
    number: str
    label: str
    value: str


@attrs.frozen(kw_only=True)
class Facts:
    """What the document says once for all its series.

    Texts are as printed: ``settlement_currency`` and ``final_valuation_date`` may refer to the table of
    economic terms.  ``places`` holds line and printed text of every fact.
    """

    issuer: str
    lei: str
    dated: date | None
    family: str
    kind: str
    side: str
    trade_date: date
    issue_date: date
    settlement_currency: str
    exercise_time: str
    cash_settlement: str
    valuation_dates: str
    final_valuation_date: str
    business_day_centres: str
    places: dict[str, tuple[int, str]]


def items_of(lines: Sequence[Line]) -> tuple[Item, ...]:
    """Return every line that has a label and a value, with the item number if one is printed.

    Examples
    --------
    >>> from xlidx.rulebooks.ing_open_end_turbo.layout import lines_of
    >>> items_of(lines_of("18  Settlement Currency:  EUR"))
    (Item(line=1, number='18', label='Settlement Currency:', value='EUR'),)
    """
    found = []
    for line in lines:
        cells = [cell for cell in line.cells if cell]
        number = cells.pop(0) if cells and _NUMBER.fullmatch(cells[0]) else ""
        if len(cells) > 1:
            found.append(Item(line.number, number, cells[0], " ".join(cells[1:])))
    return tuple(found)


def facts_of(lines: Sequence[Line], items: Sequence[Item]) -> Facts:
    """Return the facts of a document.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for an item that is not there, ``SHAPE`` for one that is there twice with two values,
        ``CHOICE`` for an unknown type of certificates (fixed leverage ones are refused), ``TYPE`` for a date
        that cannot be read.

    *Reading*: commodity certificates are taken as certificates on commodity futures; the reader says so.
    """
    chosen = {name: _item(name, label, items) for name, label in LABELS.items()}
    places = {name: (item.line, item.value) for name, item in chosen.items() if item}
    texts = {name: item.value if item else "" for name, item in chosen.items()}
    places |= _head(lines)
    return Facts(
        issuer=places.get("issuer", (0, ""))[1],
        lei=squeezed(places.get("lei", (0, ""))[1]),
        dated=_day("dated", places) if "dated" in places else None,
        family=_word("family", FAMILY_WORDS, places),
        kind=_kind(places),
        side=_word("side", SIDE_WORDS, places),
        trade_date=_day("trade_date", places),
        issue_date=_day("issue_date", places),
        settlement_currency=texts["settlement_currency"],
        exercise_time=texts["exercise_time"],
        cash_settlement=texts["cash_settlement"],
        valuation_dates=texts["valuation_dates"],
        final_valuation_date=texts["final_valuation_date"],
        business_day_centres=texts["business_day_centres"],
        places=places,
    )


def _item(name: str, label: str, items: Sequence[Item]) -> Item | None:
    found = [item for item in items if plain(item.label).startswith(label)]
    if not found and name in MAY_BE_MISSING:
        return None
    if not found:
        what = f"no item {label!r} with a value"
        raise XlidxError(Kind.NO_DATA, what, "text", "this layout of Final Terms is not known")
    if len({plain(item.value) for item in found}) > 1:
        where = f"lines {found[0].line} and {found[-1].line}"
        raise XlidxError(Kind.SHAPE, f"item {label!r} has two values", where, "give one document at a time")
    return found[0]


def _head(lines: Sequence[Line]) -> dict[str, tuple[int, str]]:
    """Return date, issuer and LEI; the issuer is the line under the date."""
    head: dict[str, tuple[int, str]] = {}
    for i, line in enumerate(lines):
        words = line.text.replace("*", "").strip()
        dated, lei = _DATED.fullmatch(words), _LEI.fullmatch(words)
        if dated and "dated" not in head:
            head["dated"] = (line.number, dated[1])
            below = next((other for other in lines[i + 1 :] if other.text), None)
            if below:
                head["issuer"] = (below.number, below.text)
        if lei and "lei" not in head:
            head["lei"] = (line.number, lei[1])
    return head


def _word(name: str, words: dict[str, str], places: dict[str, tuple[int, str]]) -> str:
    line, printed = places[name]
    word = words.get(plain(printed.partition("(")[0]))
    if word is None:
        what = f"{name} {printed[:60]!r} is not known"
        raise XlidxError(Kind.CHOICE, what, f"line {line}", f"known are {', '.join(words)}")
    return word


def _kind(places: dict[str, tuple[int, str]]) -> str:
    word = _word("kind", KIND_WORDS, places)
    try:
        kind_of(word)
    except XlidxError as error:
        raise error.at(f"line {places['kind'][0]}") from None
    return word


def _day(name: str, places: dict[str, tuple[int, str]]) -> date:
    line, printed = places[name]
    return read_day(printed, name.replace("_", " "), f"line {line}")
