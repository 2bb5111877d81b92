"""Functions about the functions: lists, explanations, reasons, rules, version, identifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from typing import Any, TypeAlias

import numpy as np

from xlidx import identifiers
from xlidx.errors import ErrorValue, Kind
from xlidx.excel import evaluation
from xlidx.excel.cells import block, cell
from xlidx.excel.entries import Entry, Example, Param, formula
from xlidx.excel.readers import ANYTHING, WORD, WORD_EACH
from xlidx.rulebooks import coverage

Find: TypeAlias = Callable[[str], Entry]

ARGUMENTS = tuple(
    Param(f"argument{i}", ANYTHING, f"Argument {i} of that function, as you would give it there.", None)
    for i in range(1, 21)
)


def functions(catalogue: Iterable[Entry]) -> list[list[Any]]:
    """Return a catalogue as a table: name, group, syntax, help, rules, first example."""
    rows = [[e.name, e.group, e.syntax, e.help, e.rules, formula(e.name, e.examples[0].arguments)] for e in catalogue]
    return [["Function", "Group", "Call", "What it gives", "Rules", "Example"], *rows]


def explanation(entry: Entry, *arguments: Any) -> Any:
    """Return the steps of a call as a table; see :func:`xlidx.excel.evaluation.explain`."""
    return evaluation.explain(entry, _given(arguments))


def reason(find: Find, value: Any, *arguments: Any) -> str:
    """Return why a call fails, or what an Excel error means when xlidx returns it.

    Parameters
    ----------
    find : callable
        The entry of a function name.
    value
        A function name followed by its arguments; or a cell (or text) holding an error value.

    Examples
    --------
    >>> from xlidx.excel.catalogue import find
    >>> reason(find, "XI_DIVISOR_CHAIN", 0, 1, 1)
    '#NUM! divisor is 0 but must be above 0 - argument divisor - give the divisor before the event'
    >>> reason(find, "#N/A")[:49]
    '#N/A: a price, rate, date or row that is needed i'
    """
    part = block(value)
    found = next((c for row in part.grid() for c in row if isinstance(c, ErrorValue)), None)
    if found is not None:
        return _meaning(found)
    first = part.grid()[0][0]
    if isinstance(first, str) and first.strip().upper().startswith("XI_"):
        return evaluation.why(find(first.strip()), _given(arguments)) or "no error"
    return "no error"


def rules(document: str) -> list[list[Any]]:
    """Return every section of a legal document with its status and the function that implements it."""
    header = ["Section", "Title", "Status", "Functions", "Excel", "Note"]
    return [header, *map(list, coverage.rows(document))]


def package_version() -> str:
    """Return the version of xlidx."""
    return version("xlidx")


def check_isin(isin: Any) -> Any:
    """Tell for every text whether it is an ISIN with a right check digit (ISO 6166).

    Examples
    --------
    >>> check_isin("DE000NG20XP3"), check_isin("DE000NG20XP4")
    (True, False)
    """
    if isinstance(isin, str):
        return identifiers.is_isin(isin)
    return np.array([identifiers.is_isin(text) for text in isin.ravel()]).reshape(isin.shape)


def _given(arguments: tuple[Any, ...]) -> list[Any]:
    """Drop the blanks at the end, which stand for arguments that were left out."""
    given = list(arguments)
    while given and _blank(given[-1]):
        given.pop()
    return given


def _blank(value: Any) -> bool:
    return not isinstance(value, (list, tuple, np.ndarray)) and not hasattr(value, "to_numpy") and cell(value) is None


def _meaning(error: ErrorValue) -> str:
    kinds = [kind for kind in Kind if kind.cell is error and kind is not Kind.PROPAGATED]
    if not kinds:
        return f"{error}: no xlidx function starts this error; follow it to the cell it comes from"
    text = "; or ".join(kind.value for kind in kinds)
    return f'{error}: {text}. For the exact sentence: =XI_WHY("XI_...", the same arguments)'


META = (
    Entry(
        name="XI_RULES",
        core=rules,
        params=(Param("document", WORD, "psi20, solactive_human_capital or ing_open_end_turbo."),),
        help="Every section of a legal document: implemented, input, narrative, planned or differs, and the "
        "function that does it.",
        group="Help",
        template="psi20_index",
        examples=(Example(("psi20",), None, "a table with one row per section"),),
    ),
    Entry(
        name="XI_VERSION",
        core=package_version,
        params=(),
        help="Version of xlidx that computes this workbook.",
        group="Help",
        template="turbo_desk",
        examples=(Example((), version("xlidx"), "installed version"),),
    ),
    Entry(
        name="XI_CHECK_ISIN",
        core=check_isin,
        each=True,
        params=(Param("isin", WORD_EACH, "ISIN, or a range of them."),),
        help="TRUE if an ISIN has the right form and check digit.",
        group="Help",
        template="turbo_desk",
        examples=(
            Example(("DE000NG20XP3",), True, "ING Final Terms"),
            Example(([["PTING0200002"], ["PTING0200003"]],), [[True], [False]], "PSI 20 rule book, reference data"),
        ),
    ),
)


def help_functions(catalogue: Callable[[], Iterable[Entry]], find: Find) -> tuple[Entry, ...]:
    """Return the entries that speak of all entries, themselves among them.

    Parameters
    ----------
    catalogue : callable
        All entries.
    find : callable
        The entry of a function name.
    """
    return (
        Entry(
            name="XI_EXPLAIN",
            core=lambda name, *given: explanation(find(name), *given),
            params=(
                Param("function_name", WORD, 'Name of a function in quotes, for example "XI_INDEX_LEVEL".'),
                *ARGUMENTS,
            ),
            help="The steps behind a result: symbol, meaning, value, unit and clause. Give a function name and the "
            "same arguments.",
            group="Help",
            template="turbo_desk",
            examples=(
                Example(
                    ("XI_DIVISOR_CHAIN", 200.0, 20000.0, 21500.0),
                    None,
                    "the last step is the new divisor, 215",
                ),
            ),
        ),
        Entry(
            name="XI_WHY",
            core=partial(reason, find),
            params=(
                Param(
                    "value",
                    ANYTHING,
                    "A cell in error, or the name of a function in quotes followed by the arguments of the call.",
                ),
                *ARGUMENTS,
            ),
            help="Why a call fails and how to mend it: give the function name and the same arguments, or a cell "
            "in error for the general meaning.",
            group="Help",
            template="turbo_desk",
            examples=(Example((1.0,), "no error", "a number is no error"),),
        ),
        Entry(
            name="XI_FUNCTIONS",
            core=lambda: functions(catalogue()),
            params=(),
            help="All functions with their arguments, help, rules and an example.",
            group="Help",
            template="turbo_desk",
            examples=(Example((), None, "a table with one row per function"),),
        ),
    )
