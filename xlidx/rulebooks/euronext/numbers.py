"""The numbers of a Euronext-style rule book: ``numbers.toml`` in its folder, read as one record."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import attrs
import pandas as pd

from xlidx.index.review import screens
from xlidx.index.review.ranking import ReviewRules
from xlidx.index.review.updates import UpdateRules
from xlidx.index.review.weighting import WeightClauses
from xlidx.index.velocity import VelocityRules
from xlidx.rules import Parameter

TESTS: dict[str, screens.Screen] = {
    "too_new": screens.too_new,
    "not_continuous": screens.not_continuous,
    "convertible": screens.convertible,
    "derivative": screens.derivative,
    "closely_held": screens.closely_held,
    "removed": screens.removed,
    "excluded": screens.excluded,
    "too_slow": screens.too_slow,
}
"""The screens that a document can name."""


@attrs.frozen(kw_only=True)
class Schedule:
    """One review of a year: months of its cut-off and of its effective date."""

    kind: str
    cut_off_month: int
    effective_month: int


@attrs.frozen(kw_only=True)
class Exclusion:
    """A clause that excludes; ``of_line`` a line only, ``waived`` not current constituents at quarterly reviews."""

    clause: str
    test: str
    of_line: bool = False
    waived: bool = False


@attrs.frozen(kw_only=True)
class RuleBook:
    """All numbers of a rule book; evolve a copy to ask what another number would do."""

    exchange: str
    schedule: tuple[Schedule, ...]
    exclusions: tuple[Exclusion, ...]
    parameters: tuple[Parameter, ...]
    selection: ReviewRules
    screens: screens.Screens
    updates: UpdateRules
    velocity: VelocityRules
    clauses: WeightClauses


@cache
def rule_book(document: str) -> RuleBook:
    """Return the numbers of one document.

    Examples
    --------
    >>> rule_book("psi20").updates.cap
    0.12
    """
    text = files("xlidx.rulebooks").joinpath(document, "numbers.toml").read_text(encoding="utf-8")
    return read_numbers(text)


def read_numbers(text: str) -> RuleBook:
    """Return the rule book that the text of a ``numbers.toml`` states; a name missing there is a ``KeyError``."""
    content = tomllib.loads(text)
    parameters = tuple(Parameter(**number) for number in content["number"])
    number = {p.name: p.value for p in parameters}
    clauses = content["clauses"]
    places = ("by_rank", "most", "fewest", "preferred_to", "stays_to", "enters_from")
    return RuleBook(
        exchange=content["exchange"],
        schedule=tuple(Schedule(**review) for review in content["review"]),
        exclusions=tuple(Exclusion(**screen) for screen in content["screen"]),
        parameters=parameters,
        selection=ReviewRules(
            smallest_size=number["smallest_size"],
            annual=clauses["annual_selection"],
            quarterly=clauses["quarterly_selection"],
            line=clauses["line"],
            revision=clauses["revision"],
            **{name: int(number[name]) for name in places},
        ),
        screens=screens.Screens(int(number["sessions"]), number["minimum_float"], number["velocity"]),
        updates=UpdateRules(
            step=number["band"], bands=int(number["bands_moved"]), shares=number["shares_moved"], cap=number["cap"]
        ),
        velocity=VelocityRules(
            minimum_float=number["velocity_float"],
            step=number["band"],
            dropped=int(number["velocity_dropped"]),
            months=int(number["velocity_months"]),
        ),
        clauses=WeightClauses(
            annual=clauses["annual_update"],
            quarterly=clauses["quarterly_update"],
            capping=clauses["capping"],
            added=clauses["added"],
        ),
    )


def parameter_table(rules: RuleBook) -> pd.DataFrame:
    """Return the numbers of a rule book as a table: name, value, unit, clause, meaning.

    Examples
    --------
    >>> table = parameter_table(rule_book("psi20")).set_index("name")
    >>> table.loc["cap", "value"].item(), table.loc["cap", "clause"]
    (0.12, '5.3.3')
    """
    return pd.DataFrame([attrs.asdict(p) for p in rules.parameters])
