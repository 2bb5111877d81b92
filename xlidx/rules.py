"""Links between functions and clauses, and the steps that explain a number.

:func:`rule` attaches a reference and changes nothing else; the list of all clauses of a document, with
their status, is the document's ``.toml`` file in :mod:`xlidx.rulebooks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import attrs

F = TypeVar("F", bound=Callable[..., Any])

DOCUMENTS = {
    "psi20": "PSI 20 rule book v16-01",
    "solactive_human_capital": "Solactive Human Capital World MV guideline v1.0",
    "ing_open_end_turbo": "ING Final Terms of 7 February 2020",
}


@attrs.frozen
class Parameter:
    """One number of the document, its unit and the clause that states it."""

    name: str
    value: float
    unit: str
    clause: str
    meaning: str


def rule(document: str, section: str) -> Callable[[F], F]:
    """Attach the reference of one clause to a function and return the function itself.

    Examples
    --------
    >>> @rule("psi20", "5.3.3")
    ... def cap(): ...
    >>> cap.__rules__
    (('psi20', '5.3.3'),)
    """
    if document not in DOCUMENTS:
        raise KeyError(document)

    def attach(function: F) -> F:
        function.__rules__ = ((document, section), *references(function))  # type: ignore[attr-defined]
        return function

    return attach


def same_rules(*others: Callable[..., Any]) -> Callable[[F], F]:
    """Attach the references of other functions, for a wrapper that only passes arguments on.

    Examples
    --------
    >>> @rule("psi20", "5.3.3")
    ... def cap(): ...
    >>> @same_rules(cap)
    ... def cap_in_a_cell(): ...
    >>> cap_in_a_cell.__rules__
    (('psi20', '5.3.3'),)
    """

    def attach(function: F) -> F:
        function.__rules__ = tuple(found for other in others for found in references(other))  # type: ignore[attr-defined]
        return function

    return attach


def references(function: Callable[..., Any]) -> tuple[tuple[str, str], ...]:
    """Return the (document, section) pairs attached to a function, in the order they are written."""
    return getattr(function, "__rules__", ())


def cite(function: Callable[..., Any]) -> str:
    """Return the references of a function in words.

    Examples
    --------
    >>> @rule("psi20", "5.3.3")
    ... def cap(): ...
    >>> cite(cap)
    'PSI 20 rule book v16-01, 5.3.3'
    """
    return "; ".join(clause(document, section) for document, section in references(function))


def clause(document: str, section: str) -> str:
    """Return one reference in words.

    Examples
    --------
    >>> clause("psi20", "5.3.3")
    'PSI 20 rule book v16-01, 5.3.3'
    """
    return f"{DOCUMENTS[document]}, {section}"


@attrs.frozen
class Step:
    """One line of an explanation: symbol, meaning, value, unit and the rule it follows."""

    symbol: str
    meaning: str
    value: Any
    unit: str = ""
    rule: str = ""
