"""The rule set of the Solactive guideline: its numbers and readings as data, and a table that changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.budget import DEFAULT_WORK
from xlidx.index.min_variance.covariance import HISTORIES
from xlidx.index.screening import liquidity, ratings
from xlidx.index.share_vector.agenda import IN_PRICE, Readings
from xlidx.index.share_vector.events import FORMS
from xlidx.index.share_vector.history import WEIGHTS_OVER
from xlidx.index.share_vector.market import ON_THE_DAY
from xlidx.rulebooks.solactive_human_capital.calendar import EXCHANGE, MONTHS, OFFSET
from xlidx.rulebooks.solactive_human_capital.history import GUIDELINE
from xlidx.rules import Parameter
from xlidx.tables import Column, Table, TableSpec, closest, one_of, plain_name
from xlidx.values import day

FILTERS = ("pool", "universe")
HUNDRED, FRACTION = "of 100", "fraction"

PARAMETERS = (
    Parameter("least_esg", 30, HUNDRED, "4 Universe", "least ESG score"),
    Parameter("least_people", 30, HUNDRED, "4 Universe", "least people score"),
    Parameter("fuel_turnover", 0.10, FRACTION, "4 Universe", "turnover from coal, or tar sands, stays below it"),
    Parameter("value_traded", 5e6, "EUR per day", "4 Selection Pool", "average daily value traded must exceed it"),
    Parameter("yield_filter", 0.25, FRACTION, "2.1 step 2", "part selected by dividend yield"),
    Parameter("yield_filter_step", 0.01, FRACTION, "2.1", "increase while there is no solution"),
    Parameter("yield_filter_last", 0.50, FRACTION, "2.1", "largest part selected by dividend yield"),
    Parameter("region_part", 0.10, FRACTION, "2.1 step 3", "least part of the selection from every region"),
    Parameter("names_held", 50, "securities", "2.1 step 4", "number of securities held"),
    Parameter("lowest", 0.01, FRACTION, "2.1 step 4", "least weight of a security held"),
    Parameter("highest", 0.05, FRACTION, "2.1 step 4", "largest weight of a security"),
    Parameter("sector_cap", 0.33, FRACTION, "2.1 step 4", "largest weight of a sector"),
    Parameter("region_floor", 0.10, FRACTION, "2.1 step 4", "least weight of a region"),
    Parameter("region_cap", 0.50, FRACTION, "2.1 step 4", "largest weight of a region"),
    Parameter("returns", 125, "days", "2.1 step 4", "daily returns in the covariance"),
)
WHOLE = ("names_held", "returns")


def parameters() -> pd.DataFrame:
    """Return the numbers of the guideline as a table: name, value, unit, clause, meaning.

    Examples
    --------
    >>> parameters().set_index("name").loc["names_held", "value"].item()
    50.0
    """
    return pd.DataFrame([attrs.asdict(parameter) for parameter in PARAMETERS])


@attrs.frozen
class Rules:
    """All numbers of a selection; evolve a copy to ask what another number would do."""

    limits: ratings.Limits
    value_traded: float
    yield_filter: float
    yield_filter_step: float
    yield_filter_last: float
    region_part: float
    names_held: int
    lowest: float
    highest: float
    sector_cap: float
    region_floor: float
    region_cap: float
    returns: int


def _rules(numbers: Mapping[str, float]) -> Rules:
    given: dict[str, Any] = dict(numbers)
    limits = ratings.Limits(given.pop("least_esg"), given.pop("least_people"), given.pop("fuel_turnover"))
    whole = {name: int(given.pop(name)) for name in WHOLE}
    return Rules(limits, **whole, **given)


def rules_of(parameters: Sequence[Parameter]) -> Rules:
    """Return the rule record that a list of parameters means.

    Examples
    --------
    >>> rules_of(PARAMETERS).names_held
    50
    """
    return _rules({parameter.name: parameter.value for parameter in parameters})


SOLACTIVE = rules_of(PARAMETERS)


@attrs.frozen(kw_only=True)
class RuleSet:
    """Everything that makes the index, apart from its data.

    Parameters
    ----------
    rules : Rules
        Numbers of a selection.
    peers, test, filter_of, short_history : str
        Readings of a selection; see :func:`xlidx.rulebooks.solactive_human_capital.selection.selection`.
    months : tuple of int
        Months of the selection days.
    exchange : str
        MIC of the calendar of the adjustment days.
    trading_days : int
        From the selection day to the adjustment day.
    readings : Readings
        Of the index history: base level, launch, period, forms, decimals.
    work_limit : float
        Work of an optimisation; see :func:`xlidx.index.min_variance.portfolio.min_variance`.
    time_limit : float, optional [seconds]
        Time of an optimisation; the answer then depends on the machine.
    """

    rules: Rules = SOLACTIVE
    peers: str = "mean"
    test: str = "above"
    filter_of: str = "pool"
    short_history: str = "refuse"
    months: tuple[int, ...] = MONTHS
    exchange: str = EXCHANGE
    trading_days: int = OFFSET
    readings: Readings = GUIDELINE
    work_limit: float = DEFAULT_WORK
    time_limit: float | None = None


RULES = TableSpec(
    name="rules",
    keys=("name",),
    columns=(
        Column(name="name", kind="text", help="what is changed, for example names held"),
        Column(name="value", kind="text", help="the number, word or day that holds instead"),
    ),
)
"""What differs from the guideline, one row each; names as in :data:`NAMES`."""


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise XlidxError(Kind.TYPE, f"value is text {text!r}", where, "give a number") from None


def _between(low: float, high: float, mend: str) -> Callable[[str, str], float]:
    def take(text: str, where: str) -> float:
        number = _number(text, where)
        if not low <= number <= high:
            what = f"value is {number:.15g} but must lie between {low:g} and {high:g}"
            raise XlidxError(Kind.DOMAIN, what, where, mend)
        return number

    return take


def _whole(low: int, high: int) -> Callable[[str, str], int]:
    def take(text: str, where: str) -> int:
        number = _between(low, high, "give a whole number within it")(text, where)
        if number != int(number):
            raise XlidxError(Kind.DOMAIN, f"value is {number:.15g}", where, "give a whole number")
        return int(number)

    return take


def _word(words: Sequence[str]) -> Callable[[str, str], str]:
    def take(text: str, where: str) -> str:
        try:
            return one_of(text, words, "value")
        except XlidxError as error:
            raise XlidxError(error.kind, error.what, where, error.mend) from None

    return take


def _months(text: str, where: str) -> tuple[int, ...]:
    found = tuple(_whole(1, 12)(part, where) for part in text.replace(",", " ").split())
    if list(found) != sorted(set(found)):
        raise XlidxError(Kind.DOMAIN, f"months {text} do not rise", where, "give numbers like 1 4 7 10")
    return found


def _code(text: str, where: str) -> str:
    if not text.isalnum():
        raise XlidxError(Kind.CHOICE, f"value {text!r} is no code", where, "give a code such as XFRA or EUR")
    return text.upper()


_SCORE, _PART = _between(0.0, 100.0, "give a score of 100"), _between(0.0, 1.0, "give a fraction: 25 % is 0.25")
_MONEY = _between(0.0, 1e15, "give an amount of 0 or more")
_NUMBERS: dict[str, Callable[[str, str], Any]] = {
    one.name: _SCORE if one.unit == HUNDRED else _PART if one.unit == FRACTION else _MONEY for one in PARAMETERS
} | {"names_held": _whole(1, 10_000), "returns": _whole(2, 10_000)}
_SELECTION: dict[str, Callable[[str, str], Any]] = {
    "peers": _word(ratings.AVERAGES),
    "test": _word(liquidity.TESTS),
    "filter_of": _word(FILTERS),
    "short_history": _word(HISTORIES),
    "months": _months,
    "exchange": _code,
    "trading_days": _whole(1, 20),
    "work_limit": _between(0.0, 1e9, "give units of work; 10000 is some ten seconds"),
    "time_limit": _between(0.0, 1e6, "give seconds"),
}
_HISTORY: dict[str, Callable[[str, str], Any]] = {
    "base_level": _between(1e-9, 1e15, "give a level above 0"),
    "launch": day,
    "period": _whole(1, 250),
    "dividend_form": _word(FORMS),
    "increase_form": _word(FORMS),
    "price_version": _word(IN_PRICE),
    "weights_over": _word(WEIGHTS_OVER),
    "insolvency_day": _word(ON_THE_DAY),
    "level_decimals": _whole(0, 12),
    "price_decimals": _whole(0, 12),
    "index_currency": _code,
}
NAMES = (*_NUMBERS, *_SELECTION, *_HISTORY)


def rule_set(table: Table | None = None) -> RuleSet:
    """Return the rule set of the guideline, with what a table changes.

    Parameters
    ----------
    table : Table, optional
        Columns as in :data:`RULES`; case, spaces and ``_`` of names and words do not count.  Numbers of
        :data:`PARAMETERS`; ``peers``, ``test``, ``filter_of``, ``short_history``; ``months`` (1 4 7 10), ``exchange``,
        ``trading_days``; ``work_limit``, ``time_limit`` of an optimisation; readings of
        :class:`xlidx.index.share_vector.agenda.Readings`.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown name or word, ``TYPE`` or ``DOMAIN`` for a value that does not fit, with its row.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> found = rule_set(read(RULES, [["name", "value"], ["names held", 30.0], ["peers", "median"]]))
    >>> found.rules.names_held, found.peers, found.readings.base_level
    (30, 'median', 100.0)
    """
    if table is None:
        return RuleSet()
    given: dict[str, Any] = {}
    for row, name, value in table.strict().itertuples(name=None):
        known = {plain_name(one): one for one in NAMES}
        where = f"table rules, row {row}, column"
        word = known.get(plain_name(name))
        if word is None:
            near = closest(name, NAMES)
            mend = f"did you mean {near}?" if near else f"use {', '.join(NAMES)}"
            raise XlidxError(Kind.CHOICE, f"rule {name!r} is not known", f"{where} name", mend)
        if word in given:
            raise XlidxError(Kind.DOMAIN, f"rule {word} appears twice", f"{where} name", "delete one of the rows")
        given[word] = (_NUMBERS | _SELECTION | _HISTORY)[word](value, f"{where} value")
    return _changed(given)


def _changed(given: Mapping[str, Any]) -> RuleSet:
    numbers = {one.name: given.get(one.name, one.value) for one in PARAMETERS}
    for low, high in (("lowest", "highest"), ("region_floor", "region_cap"), ("yield_filter", "yield_filter_last")):
        if numbers[low] > numbers[high]:
            what = f"{low} is {numbers[low]:g} but {high} is {numbers[high]:g}"
            raise XlidxError(Kind.DOMAIN, what, "table rules", f"change {low} or {high} too")
    readings = attrs.evolve(GUIDELINE, **{name: given[name] for name in _HISTORY if name in given})
    words = {name: given[name] for name in _SELECTION if name in given}
    return RuleSet(rules=_rules(numbers), readings=readings, **words)
