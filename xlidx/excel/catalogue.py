"""The function catalogue: the literal list that drives every host, help text, workbook and test."""

from __future__ import annotations

from xlidx.errors import Kind, XlidxError
from xlidx.excel.entries import Entry
from xlidx.excel.functions.analytics import ANALYTICS
from xlidx.excel.functions.history import HISTORY
from xlidx.excel.functions.index import INDEX
from xlidx.excel.functions.meta import META, help_functions
from xlidx.excel.functions.review import REVIEW
from xlidx.excel.functions.screening import SCREENING
from xlidx.excel.functions.shares import SHARES
from xlidx.excel.functions.turbo import TURBO
from xlidx.excel.functions.turbo_desk import DESK
from xlidx.excel.functions.turbo_path import PATHS
from xlidx.tables import closest

CATALOGUE: tuple[Entry, ...] = (
    *INDEX,
    *HISTORY,
    *REVIEW,
    *SCREENING,
    *SHARES,
    *TURBO,
    *PATHS,
    *ANALYTICS,
    *DESK,
    *help_functions(lambda: CATALOGUE, lambda name: find(name)),
    *META,
)

_BY_NAME = {entry.name: entry for entry in CATALOGUE}


def find(name: str) -> Entry:
    """Return the entry of a function name, in any case.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown name, with the closest known one.

    Examples
    --------
    >>> find("xi_index_level").name
    'XI_INDEX_LEVEL'
    >>> find("XI_INDEX_LEVL")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: there is no function 'XI_INDEX_LEVL' - function - did you mean XI_INDEX_LEVEL?
    """
    entry = _BY_NAME.get(name) or _BY_NAME.get(str(name).strip().upper())
    if entry is None:
        near = closest(str(name), list(_BY_NAME))
        mend = f"did you mean {near}?" if near else "see XI_FUNCTIONS for the list"
        raise XlidxError(Kind.CHOICE, f"there is no function {str(name)[:60]!r}", "function", mend)
    return entry
