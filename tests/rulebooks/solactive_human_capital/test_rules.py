"""The rule set as a table: what it changes, and what it refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

from tests.rulebooks.solactive_human_capital.test_selection import DAY, SMALL, prices, table, universe
from xlidx.errors import XlidxError
from xlidx.rulebooks.solactive_human_capital import rules as book
from xlidx.rulebooks.solactive_human_capital import selection as solactive
from xlidx.tables import read

SMALL_ROWS = [
    ["names held", 6.0],
    ["lowest", 0.05],
    ["highest", 0.4],
    ["sector cap", 0.6],
    ["region cap", 0.7],
    ["returns", 30.0],
]


def rule_table(*rows: list[Any]) -> Any:
    return read(book.RULES, [["name", "value"], *rows])


def test_no_table_is_the_guideline() -> None:
    assert book.rule_set() == book.RuleSet()
    assert book.rule_set(rule_table()) == book.RuleSet()
    assert book.rule_set().rules == solactive.SOLACTIVE


# A value of every name that is not the guideline's, and where it must arrive.
OTHERS: dict[str, tuple[Any, Any]] = {
    "least_esg": (40.0, lambda found: found.rules.limits.esg),
    "least_people": (41.0, lambda found: found.rules.limits.people),
    "fuel_turnover": (0.2, lambda found: found.rules.limits.turnover),
    "months": ("3 6 9 12", lambda found: " ".join(map(str, found.months))),
    "exchange": ("XNYS", lambda found: found.exchange),
    "trading_days": (3.0, lambda found: found.trading_days),
    "peers": ("median", lambda found: found.peers),
    "test": ("at least", lambda found: found.test),
    "filter_of": ("universe", lambda found: found.filter_of),
    "short_history": ("common window", lambda found: found.short_history),
    "work_limit": (500.0, lambda found: found.work_limit),
    "time_limit": (30.0, lambda found: found.time_limit),
    "value_traded": (1e6, None),
    "yield_filter": (0.3, None),
    "yield_filter_step": (0.02, None),
    "yield_filter_last": (0.6, None),
    "region_part": (0.05, None),
    "names_held": (40.0, None),
    "lowest": (0.005, None),
    "highest": (0.08, None),
    "sector_cap": (0.4, None),
    "region_floor": (0.05, None),
    "region_cap": (0.6, None),
    "returns": (250.0, None),
    "base_level": (1000.0, None),
    "launch": ("2020-01-02", None),
    "period": (5.0, None),
    "dividend_form": ("ex ante", None),
    "increase_form": ("ex ante", None),
    "price_version": ("all", None),
    "weights_over": ("level", None),
    "insolvency_day": ("zero", None),
    "level_decimals": (3.0, None),
    "price_decimals": (6.0, None),
    "index_currency": ("USD", None),
}


def test_every_name_has_another_value_here() -> None:
    assert set(OTHERS) == set(book.NAMES)
    numbers = {field.name for field in attrs.fields(book.Rules)} - {"limits"}
    assert numbers <= set(book.NAMES)


@pytest.mark.parametrize("name", OTHERS)
def test_every_name_changes_what_it_names_and_nothing_else(name: str) -> None:
    value, place = OTHERS[name]
    found = book.rule_set(rule_table([name.replace("_", " ").title(), value]))
    owner = found.rules if hasattr(found.rules, name) else found.readings
    got = place(found) if place else getattr(owner, name)
    assert got == (date(2020, 1, 2) if name == "launch" else value)
    plain = book.rule_set()
    changed = [
        (part, field.name)
        for part in ("rules", "readings")
        for field in attrs.fields(type(getattr(plain, part)))
        if getattr(getattr(found, part), field.name) != getattr(getattr(plain, part), field.name)
    ]
    changed += [
        ("", field.name)
        for field in attrs.fields(book.RuleSet)
        if field.name not in ("rules", "readings") and getattr(found, field.name) != getattr(plain, field.name)
    ]
    assert len(changed) == 1, changed


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [["names hold", 30.0]],
            "rule 'names hold' is not known - table rules, row 2, column name - did you mean names_held",
        ),
        ([["turnover limit", 30.0]], "not known .* use least_esg, least_people"),
        ([["names held", 30.5]], "value is 30.5 - table rules, row 2, column value - give a whole number"),
        ([["highest", 5.0]], "value is 5 but must lie between 0 and 1 .*row 2"),
        ([["least esg", 130.0]], "value is 130 but must lie between 0 and 100"),
        ([["value traded", "five"]], "value is text 'five' .*row 2, column value - give a number"),
        ([["names held", 30.0], ["Names_Held", 20.0]], "names_held appears twice .*row 3"),
        ([["peers", "mode"]], "value 'mode' is not known .*row 2, column value - did you mean|use mean, median"),
        ([["months", "4 1"]], "months 4 1 do not rise"),
        ([["months", "1 13"]], "value is 13 but must lie between 1 and 12"),
        ([["launch", "soon"]], "'soon' is not a day - table rules, row 2"),
        ([["exchange", "X FRA"]], "'X FRA' is no code"),
        ([["work limit", -1.0]], "value is -1 but must lie between 0 and .*row 2.*units of work"),
        ([["time limit", "short"]], "value is text 'short' .*row 2, column value - give a number"),
        ([["lowest", 0.06]], "lowest is 0.06 but highest is 0.05"),
        ([["yield filter", 0.6]], "yield_filter is 0.6 but yield_filter_last is 0.5"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(rows: Any, words: str) -> None:
    with pytest.raises(XlidxError, match=words):
        book.rule_set(rule_table(*rows))


def test_a_selection_with_a_table_is_the_one_with_those_numbers() -> None:
    rows = universe()
    want = solactive.selection(table(rows), prices(rows), DAY, rules=SMALL)
    found = solactive.run_with(book.rule_set(rule_table(*SMALL_ROWS)), table(rows), prices(rows), DAY)
    assert found.table.equals(want.table)
    assert found.facts == want.facts
