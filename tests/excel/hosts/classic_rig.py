"""Drive the genuine classic xlwings pipeline where neither Windows nor Excel is.

Run as a script, this file is a child process: xlwings fixes its host when it is imported.  Stub pywin32
modules stand under the real ``xlwings.udfs``, ``xlwings.com_server`` and ``xlwings._xlwindows``; a fake Excel
counts what is read from it.  Every line of standard input is a JSON list of requests, answered by one line
holding the JSON list of answers:

* ``{"call": name, "arguments": [...]}`` runs ``XLPython().CallUDF`` and gives ``{"value": ..., "reads":
  {property: count}}``, or ``{"raised": text}``; with ``"book": true`` the workbook and the calling cell are
  passed too, as the wrappers that xlwings itself generates do;
* ``{"write": value}`` hands a plain result to xlwings' writer;
* ``{"import": workbook name}`` runs "Import Functions" and gives the VBA module and the help of every function;
* ``{"host": true}`` tells what xlwings made of this process.

Cells are JSON scalars (an error value or an omitted argument is its COM integer), ``{"date": ...}``,
``{"day": ...}``, ``{"currency": ...}``, lists for arrays, ``{"cells": ...}`` for a reference.
"""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import json
import sys
from collections import Counter
from concurrent import futures
from contextlib import redirect_stdout
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd

PRELOADED = (asyncio, futures, np, pd)  # before sys.platform is disguised, under which they would not load
RANGE = "{00020846-0000-0000-C000-000000000046}"
OTHER = "{000208DA-0000-0000-C000-000000000046}"
READS: Counter[str] = Counter()


class Time(datetime):
    """The time that pywin32 gives for a date cell: a datetime of its own class, with a time zone."""


class ComError(Exception):
    hresult = -2147352567


class PyIDispatch:
    """A bare COM pointer of the fake Excel; ``default`` answers a call, ``items`` an iteration."""

    def __init__(self, kind: str, iid: str = OTHER, default: Any = None, items: tuple[Any, ...] = (), **members: Any):
        self.kind, self.iid, self.default, self.items, self.members = kind, iid, default, items, members

    def GetTypeInfo(self) -> PyIDispatch:  # noqa: N802 - the names of COM
        return self

    def GetTypeAttr(self) -> PyIDispatch:  # noqa: N802
        return self

    def GetDocumentation(self, _: int) -> tuple[str]:  # noqa: N802
        return (self.kind,)


class CDispatch:
    """What ``win32com.client.Dispatch`` makes of a pointer; every property read is counted."""

    def __init__(self, pointer: Any, userName: str | None = None):
        self.__dict__["_oleobj_"] = pointer._oleobj_ if isinstance(pointer, CDispatch) else pointer

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        READS[name] += 1
        if name not in self._oleobj_.members:
            raise AttributeError(f"{self._oleobj_.kind}.{name}")
        found = self._oleobj_.members[name]
        return CDispatch(found) if isinstance(found, PyIDispatch) else found

    def __call__(self, *arguments: Any) -> Any:
        return self._oleobj_.default(*arguments)

    def __iter__(self) -> Any:
        return map(CDispatch, self._oleobj_.items)


class UnwrapError(Exception):
    """Says that an object is no Python object that the server handed out."""


def _unwrap(pointer: Any) -> Any:
    raise UnwrapError(pointer)


def stub_modules() -> dict[str, ModuleType]:
    """Return stand-ins for the parts of pywin32 that the classic pipeline touches."""
    nothing = mock.MagicMock()
    iids = {"IID_IDispatch": "IDispatch", "IID_IEnumVARIANT": "IEnumVARIANT"}
    contents: dict[str, dict[str, Any]] = {
        "pywintypes": {"com_error": ComError, "error": ComError, "TimeType": Time, "IID": str},
        "pythoncom": {
            "__file__": "pythoncom.dll",
            "TypeIIDs": {"IDispatch": PyIDispatch},
            "CoInitialize": nothing,
            "com_error": ComError,
            "ole_error": ComError,
            **iids,
        },
        "win32api": {},
        "win32con": {},
        "win32event": {},
        "win32gui": {},
        "win32process": {"GetWindowThreadProcessId": lambda _: (0, 1)},
        "win32timezone": {"TimeZoneInfo": mock.Mock(utc=lambda: UTC)},
        "win32com": {"__path__": []},
        "win32com.client": {
            "CDispatch": CDispatch,
            "Dispatch": CDispatch,
            "DispatchEx": nothing,
            "CoClassBaseClass": type("CoClassBaseClass", (), {}),
            "DispatchBaseClass": type("DispatchBaseClass", (), {}),
            "gencache": nothing,
        },
        "win32com.server": {"__path__": []},
        "win32com.server.util": {"wrap": lambda thing, iid=None: thing, "unwrap": _unwrap},
        "win32com.server.policy": {"DefaultPolicy": object},
        "win32com.server.dispatcher": {},
        "win32com.server.exception": {"COMException": ComError},
    }
    modules = {name: ModuleType(name) for name in contents}
    for name, content in contents.items():
        vars(modules[name]).update(content)
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(modules[parent], child, modules[name])
    return modules


def load() -> Any:
    """Import xlwings as it imports itself on Windows and return the package."""
    sys.modules.update(stub_modules())
    fake = mock.MagicMock()
    with (
        mock.patch.object(sys, "platform", "win32"),
        mock.patch.object(ctypes, "oledll", fake, create=True),
        mock.patch.object(ctypes, "windll", fake, create=True),
        mock.patch.object(ctypes, "PyDLL", fake),
        mock.patch.object(atexit, "register", lambda function, *_, **__: function),
    ):
        import xlwings
    return xlwings


APPLICATION = PyIDispatch("Application", Hwnd=1, Version="16.0")
BOOK = PyIDispatch("Workbook", Name="book.xlsm", Application=APPLICATION, Worksheets=PyIDispatch("Sheets"))
SHEET = PyIDispatch("Worksheet", Name="Sheet1", Parent=BOOK)


def reference(cells: Any) -> PyIDispatch:
    """Return a Range whose ``Value`` is a scalar for one cell and rows for more, as Excel gives it."""
    rows, columns = (len(cells), len(cells[0])) if isinstance(cells, tuple) else (1, 1)
    return PyIDispatch(
        "Range",
        iid=RANGE,
        Count=rows * columns,
        Value=cells[0][0] if isinstance(cells, tuple) and rows == columns == 1 else cells,
        Worksheet=SHEET,
        Row=1,
        Column=1,
        Rows=PyIDispatch("Range", Count=rows),
        Columns=PyIDispatch("Range", Count=columns),
    )


def decoded(value: Any) -> Any:
    """Return one argument as COM hands it over."""
    if isinstance(value, list):
        return tuple(map(decoded, value))
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    if kind == "cells":
        return reference(decoded(content))
    if kind == "currency":
        return Decimal(content)
    return date.fromisoformat(content) if kind == "day" else Time.fromisoformat(content).replace(tzinfo=UTC)


def encoded(value: Any) -> Any:
    """Return what would go back over COM; a type that is not plain shows by its name."""
    if type(value) in (list, tuple):
        return [encoded(item) for item in value]
    if type(value) in (datetime, Time):
        return {"date": value.isoformat()}
    plain = value is None or type(value) in (float, int, bool, str)
    return value if plain else {"type": type(value).__name__, "shows": repr(value)}


def call(xlwings: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run one function as a VBA wrapper does."""
    server = xlwings.com_server.XLPython()
    cells = tuple(map(decoded, request["arguments"]))
    book, caller = (BOOK, reference(None)) if request.get("book") else (None, None)
    READS.clear()
    try:
        value = server.CallUDF("xlidx.excel", request["call"], cells, book, caller)
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}
    return {"value": encoded(value), "reads": dict(READS)}


def write(xlwings: Any, value: Any) -> Any:
    """Hand a plain result to xlwings' writer."""
    from xlidx.excel.xlwings_host import for_cells

    rows = [list(row) for row in value] if isinstance(value, tuple) else value
    return encoded(xlwings.conversion.write(for_cells(rows), None, {}))


def import_functions(xlwings: Any, workbook: str) -> dict[str, Any]:
    """Run the ribbon's "Import Functions" into a workbook that only records."""
    modules: list[str] = []
    options: list[dict[str, Any]] = []

    def no_such_module(_: str) -> None:
        raise ComError("Subscript out of range")

    components = PyIDispatch(
        "VBComponents",
        default=no_such_module,
        Remove=None,
        Import=lambda path: modules.append(Path(path).read_text(encoding="utf-8")),
    )
    record = PyIDispatch(
        "Application",
        Version="16.0",
        MacroOptions=lambda macro, **given: options.append({"macro": macro, **given}),
    )
    book = PyIDispatch(
        "Workbook",
        Name=workbook,
        Application=record,
        Worksheets=PyIDispatch("Sheets"),
        VBProject=PyIDispatch("VBProject", VBComponents=components),
    )
    xlwings.import_udfs("xlidx.excel", CDispatch(book))
    return {"modules": modules, "options": options}


def host(xlwings: Any) -> dict[str, Any]:
    """Tell which xlwings this is and which functions it finds by its own search."""
    from xlidx.excel import xlwings_host

    module = xlwings.get_udf_module("xlidx.excel", None)
    found = [getattr(module, name) for name in dir(module)]
    return {
        "host": xlwings_host.host(),
        "decorator": xlwings.func.__module__,
        "pro": xlwings.__pro__,
        "functions": sorted(f.__xlfunc__["name"] for f in found if hasattr(f, "__xlfunc__")),
    }


def answer(xlwings: Any, request: dict[str, Any]) -> Any:
    """Answer one request."""
    if "call" in request:
        return call(xlwings, request)
    if "write" in request:
        return write(xlwings, decoded(request["write"]))
    if "import" in request:
        return import_functions(xlwings, request["import"])
    return host(xlwings)


def main() -> None:
    """Answer requests until standard input ends; whatever is printed meanwhile goes to standard error."""
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        xlwings = load()
        for line in sys.stdin:
            answers = [answer(xlwings, request) for request in json.loads(line)]
            out.write(json.dumps(answers) + "\n")
            out.flush()


if __name__ == "__main__":
    main()
