"""Drive the worksheet functions as the Office.js hosts of xlwings (xlwings Lite) do, without any of them.

Run as ``officejs_rig.py MAIN [--genuine]``, this file is a child process, because xlwings fixes its host when
it is imported.  MAIN is the ``main.py`` that ``xlidx lite`` writes.  By default a small decorator and caller
written here from the published behaviour stand in for the Office.js implementation; with ``--genuine`` the
implementation of the installed xlwings is used, which needs the user's own licence.

Every line of standard input is a JSON list of requests, answered by one line with the JSON list of answers:

* ``{"call": name, "args": [...]}`` gives ``{"result": rows}`` or ``{"raised": text}``; an argument is a list of
  rows or null, a cell is a JSON scalar, an error dictionary or ``{"jsnull": true}``;
* ``{"meta": true}`` gives what a host would register: names, help, arguments;
* ``{"host": true}`` tells which decorator is at work.
"""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime
from types import ModuleType
from typing import Any

OFFICEJS = "xlwings.pro.udfs_officejs"
CLASSIC_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
DAY_ZERO = datetime(1899, 12, 30)
CALL = {
    "client": "Office.js",
    "caller_address": "Sheet1!A1",
    "session_id": "",
    "culture_info_name": "en-US",
    "date_format": "m/d/yyyy",
    "version": "",
    "runtime": "1.4",
}


class JsNull:
    """The null of the web runtime, as newer Pyodide hands it over."""


def func(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Mark a worksheet function, as the Office.js decorator does."""
    if function is None:
        return lambda marked: func(marked, **options)
    if not hasattr(function, "__xlfunc__"):
        parameters = inspect.signature(function).parameters.values()
        args = [{"name": p.name, "doc": "", "convert": None, "optional": p.default} for p in parameters]
        function.__xlfunc__ = {"name": function.__name__, "doc": function.__doc__, "args": args}
    return function


def arg(name: str, convert: Any = None, *, doc: str = "") -> Callable[[Any], Any]:
    """Describe one argument, as the Office.js decorator does."""

    def mark(function: Any) -> Any:
        [found] = [a for a in func(function).__xlfunc__["args"] if a["name"] == name]
        found.update(doc=doc, convert=convert)
        return function

    return mark


func.__module__ = arg.__module__ = OFFICEJS


def stand_in() -> None:
    """Put the decorators of this file in the place of those that do nothing."""
    import xlwings

    xlwings.func, xlwings.arg = func, arg


def registered(module: Any) -> list[Any]:
    """Return the marked functions of a module, found as the host finds them."""
    return [value for _, value in inspect.getmembers(module) if hasattr(value, "__xlfunc__")]


def own_meta(module: Any) -> list[dict[str, Any]]:
    """Return what is registered: name, help, and per argument its name, help and whether it may be left out."""
    return [
        {
            "name": f.__xlfunc__["name"].upper(),
            "description": f.__xlfunc__["doc"],
            "parameters": [
                {"name": a["name"], "description": a["doc"], "optional": a["optional"] is not inspect.Parameter.empty}
                for a in f.__xlfunc__["args"]
            ],
        }
        for f in registered(module)
    ]


def own_call(module: Any, name: str, args: list[Any]) -> list[list[Any]]:
    """Run one function: one cell becomes a scalar, one row a flat list, nothing the argument's default."""
    function = getattr(module, name)
    given = []
    for value, info in zip(args, function.__xlfunc__["args"], strict=False):
        assert info["convert"] == "raw", "another converter would touch the cells"
        content = squeezed(value)
        blank = content is None or isinstance(content, JsNull)
        optional = info["optional"]
        given.append((None if optional is inspect.Parameter.empty else optional) if blank else content)
    result = function(*given)
    rows = result if isinstance(result, list) else [[result]]
    return [[shown(cell) for cell in row] for row in rows]


def squeezed(value: Any) -> Any:
    """Return the only cell of a block, the only row of a block, or the block."""
    if isinstance(value, list) and len(value) == 1:
        return value[0][0] if len(value[0]) == 1 else value[0]
    return value


def shown(cell: Any) -> Any:
    """Return one cell of a result as the host hands it to Excel."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        serial = (cell - DAY_ZERO).total_seconds() / 86400
        return {"type": "FormattedNumber", "basicValue": serial, "numberFormat": CALL["date_format"]}
    if cell in CLASSIC_ERRORS:
        return {"type": "Error", "basicType": "Error", "basicValue": cell}
    assert type(cell) in (float, bool, str), type(cell)
    return cell


def genuine_meta(module: Any) -> list[dict[str, Any]]:
    """Return the same from the installed xlwings."""
    from xlwings.server import custom_functions_meta

    return [
        {
            "name": f["name"],
            "description": f["description"],
            "parameters": [
                {key: p.get(key, False) for key in ("name", "description", "optional")} for p in f["parameters"]
            ],
        }
        for f in custom_functions_meta(module)["functions"]
    ]


def genuine_call(module: Any, name: str, args: list[Any]) -> Any:
    """Run one function through the installed xlwings."""
    from xlwings.server import custom_functions_call

    return asyncio.run(custom_functions_call({**CALL, "func_name": name, "args": args}, module))


def decoded(value: Any) -> Any:
    """Return one argument as the host hands it over."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return JsNull() if value == {"jsnull": True} else value


def answer(module: Any, request: dict[str, Any], *, genuine: bool = False) -> Any:
    """Answer one request."""
    if "call" in request:
        run = genuine_call if genuine else own_call
        try:
            return {"result": run(module, request["call"], decoded(request["args"]))}
        except Exception as error:
            return {"raised": f"{type(error).__name__}: {error}"}
    if "meta" in request:
        return (genuine_meta if genuine else own_meta)(module)
    from xlidx.excel import xlwings_host

    return {"host": xlwings_host.host(), "decorator": sys.modules["xlwings"].func.__module__}


def loaded(path: str) -> ModuleType:
    """Import the main.py of an xlwings Lite workbook."""
    spec = importlib.util.spec_from_file_location("main", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(path: str, *, genuine: bool) -> None:
    """Answer requests until standard input ends; whatever is printed meanwhile goes to standard error."""
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        if genuine:
            os.environ["XLWINGS_ON_SERVER"] = "true"
        else:
            stand_in()
        module = loaded(path)
        for line in sys.stdin:
            answers = [answer(module, request, genuine=genuine) for request in json.loads(line)]
            out.write(json.dumps(answers, allow_nan=False) + "\n")
            out.flush()


if __name__ == "__main__":
    main(sys.argv[1], genuine="--genuine" in sys.argv[2:])
