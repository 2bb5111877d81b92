"""Calls: a function name and raw cells in, plain values out.

Every evaluation of a function, by any host, goes through :func:`call`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from xlidx.errors import XlidxError
from xlidx.excel import evaluation
from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.excel.cells import plain
from xlidx.rules import Step

LOG = logging.getLogger("xlidx")


def call(name: str, *cells: Any) -> Any:
    """Run a function of the catalogue on plain Python values, exactly as a cell would.

    Parameters
    ----------
    name : str
        Function name, such as ``"XI_INDEX_LEVEL"``; case does not matter.
    *cells
        Arguments as a cell would hand them over: numbers, texts, truth values, dates, ``None`` for blank,
        error texts, lists of rows for ranges (a flat list is one row), arrays or frames.

    Returns
    -------
    float, str, bool, date, None or list of rows of these
        Errors are texts such as ``"#NUM!"``; :func:`why` gives the sentence behind one.

    Raises
    ------
    XlidxError
        Only for a name that is not in the catalogue.

    Examples
    --------
    >>> call("XI_INDEX_LEVEL", [[1200, 227, 73]], 1, 3)
    500.0
    >>> call("XI_CAPPING_FACTORS", [[50, 30, 20]], 0.3)
    '#NUM!'
    """
    entry = find(name)
    try:
        return plain(evaluation.evaluate(entry, cells))
    except XlidxError as error:
        LOG.info("%s: %s", entry.name, error.sentence)
        return str(error.value)


def cell_functions() -> dict[str, Callable[..., Any]]:
    """Return every function by name, taking raw cells and giving plain values, for a calculation engine.

    Examples
    --------
    >>> cell_functions()["XI_DIVISOR_CHAIN"](200.0, 20000.0, 21500.0)
    215.0
    """
    return {entry.name: partial(call, entry.name) for entry in CATALOGUE}


def why(name: str, *cells: Any) -> str:
    """Return the sentence behind the error of a call, or an empty text if the call works.

    In a range the first cell in error speaks, in a book the first row with a note.

    Examples
    --------
    >>> why("XI_INDEX_LEVEL", [[1200, 227, 73]], 1, 0)
    '#NUM! divisor is 0 but must be above 0 - argument divisor - give the divisor of the date'
    """
    return evaluation.why(find(name), cells)


def explain(name: str, *cells: Any) -> Sequence[Step]:
    """Return the ordered steps of a call: symbol, meaning, value, unit, rule.

    Raises
    ------
    XlidxError
        As the function itself would refuse, and ``CHOICE`` for a function that has no steps to show.

    Examples
    --------
    >>> [(s.symbol, s.value) for s in explain("XI_DIVISOR_CHAIN", 200.0, 20000.0, 21500.0)][-1]
    ("d'", 215.0)
    """
    return evaluation.explain(find(name), cells)
