"""The xlwings binding: one generated worksheet function per catalogue entry.

xlwings is transport only.  Arguments come through its ``raw`` converter, so no value is touched before
:mod:`xlidx.excel.cells` sees it, and plain values go back.  The wrappers carry a ``__signature__`` and no
annotations, because xlwings reads annotations as converters and fails on most of them.  Only free parts
of xlwings are used; where it is a no-op (Linux, macOS) the functions are plain Python.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import xlwings as xw

from xlidx.errors import Kind, XlidxError
from xlidx.excel.calls import call
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.entries import Entry

LOG = logging.getLogger("xlidx")


def host() -> str:
    """Return which implementation of ``xlwings.func`` is active: ``com``, ``officejs`` or ``none``.

    xlwings decides once, when it is imported.
    """
    known = {"xlwings.udfs": "com", "xlwings.pro.udfs_officejs": "officejs"}
    return known.get(getattr(xw.func, "__module__", ""), "none")


def worksheet_function(entry: Entry) -> Callable[..., Any]:
    """Return the worksheet function of one entry, ready for xlwings.

    The function takes raw cells and returns plain values; it never raises: a fault of xlidx itself is
    logged with its traceback and shows as ``#VALUE!``.
    """

    def function(*cells: Any) -> Any:
        try:
            return for_cells(call(entry.name, *cells))
        except Exception:
            LOG.exception("%s failed", entry.name)
            return "#VALUE!"

    parameters = [
        inspect.Parameter(
            p.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=inspect.Parameter.empty if p.required else None
        )
        for p in entry.params
    ]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__name__ = function.__qualname__ = entry.name
    function.__doc__ = entry.help
    function.__module__ = __name__
    function.__annotations__ = {}
    return _decorated(function, entry)


def for_cells(result: Any) -> Any:
    """Return plain values as xlwings writes them: days as datetimes, blanks as ``None``.

    Examples
    --------
    >>> for_cells([[date(2020, 2, 10), 1.0]])
    [[datetime.datetime(2020, 2, 10, 0, 0), 1.0]]
    """
    if isinstance(result, list):
        return [[for_cells(value) for value in row] for row in result]
    if isinstance(result, date) and not isinstance(result, datetime):
        return datetime(result.year, result.month, result.day)  # noqa: DTZ001 - Excel days have no zone
    return result


def _decorated(function: Callable[..., Any], entry: Entry) -> Callable[..., Any]:
    for param in entry.params:
        function = xw.arg(param.name, "raw", doc=param.help)(function)
    return xw.func(category="xlidx")(function) if host() == "com" else xw.func(function)


def serve(identity: str) -> None:
    """Answer Excel from a process of its own until it is stopped; for machines where Excel may not start programs.

    Parameters
    ----------
    identity : str
        COM class under which the add-in looks for the server, in braces.

    Raises
    ------
    XlidxError
        ``NO_DATA`` where there is no COM.
    """
    if host() != "com":
        what = "the server answers desktop Excel on Windows only"
        raise XlidxError(Kind.NO_DATA, what, "this machine", "run it on the machine of Excel")
    xw.serve(identity)  # type: ignore[call-arg] # elsewhere than on Windows it is a stub


FUNCTIONS = {entry.name: worksheet_function(entry) for entry in CATALOGUE}


def __getattr__(name: str) -> Any:
    """Offer every worksheet function as an attribute of the module, which is where xlwings looks."""
    try:
        return FUNCTIONS[name]
    except KeyError:
        raise AttributeError(name) from None


def __dir__() -> list[str]:
    """List the worksheet functions beside the module's own names."""
    return sorted({*globals(), *FUNCTIONS})
