"""Play Excel to the genuine classic pipeline: Windows Python, COM between processes, the library of xlwings.

Runs under a Windows Python (Wine will do) that has pywin32, xlwings and what xlidx needs.  It loads the library
file by its exported call, as the VBA code of xlwings does, and lets it start the Python server.  Every line of
standard input is a JSON list of requests, answered by one line:

* ``{"call": name, "arguments": [...]}`` gives ``{"value": ...}`` or ``{"failed": number}``; ``{"omitted": true}``
  stands for an argument left out;
* ``{"kill": true}`` ends the server process the hard way;
* ``{"start": true}`` asks the library for another server; under a command of its own, because Wine 8 does not let
  the same one be started twice by one process, also not by the restart that xlwings itself offers.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

import pythoncom
import win32com.client

OMITTED = -2147352572
DISPATCH = 9


class Variant(ctypes.Structure):
    """The VARIANT of COM as the library fills it."""

    _fields_ = (
        ("kind", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort * 3),
        ("pointer", ctypes.c_void_p),
        ("second", ctypes.c_void_p),
    )


def start(number: int) -> Any:
    """Return the server that the library starts; the library knows it by its command."""
    [library] = Path(sys.prefix).glob("xlwings64-*.dll")
    program = Path(sys.prefix) / "pythonw.exe"
    command = f'"{program}" -B -c "import xlwings; xlwings.serve(\'$(CLSID)\') # {number}"'
    found = Variant()
    code = ctypes.CDLL(str(library)).XLPyDLLActivateAuto(ctypes.byref(found), command.encode(), 1)
    if code or found.kind != DISPATCH:
        raise OSError(f"the library answers {code}")
    return win32com.client.Dispatch(pythoncom.ObjectFromAddress(found.pointer, pythoncom.IID_IDispatch))


def decoded(value: Any) -> Any:
    """Return an argument as VBA hands it over."""
    if isinstance(value, dict):
        return win32com.client.VARIANT(pythoncom.VT_ERROR, OMITTED)
    return tuple(map(decoded, value)) if isinstance(value, list) else value


def encoded(value: Any) -> Any:
    """Return what came back over COM; a date shows as its ISO day."""
    if isinstance(value, tuple):
        return [encoded(item) for item in value]
    return value.strftime("%Y-%m-%d") if hasattr(value, "strftime") else value


class Client:
    """One Excel session: it keeps its server object."""

    def __init__(self) -> None:
        self.starts = 0
        self.server = start(0)

    def answer(self, request: dict[str, Any]) -> Any:
        if "kill" in request:
            process = self.server.Eval("__import__('os').getpid()")
            os.kill(int(self.server.Str(process)), 9)
            return {}
        if "start" in request:
            self.starts += 1
            self.server = start(self.starts)
            return {}
        try:
            cells = tuple(map(decoded, request["arguments"]))
            return {"value": encoded(self.called(request["call"], cells))}
        except pythoncom.com_error as error:
            return {"failed": error.hresult}

    def called(self, name: str, cells: tuple[Any, ...]) -> Any:
        """Call as VBA does: ask for the number of the method, then invoke it; either shows a dead server."""
        pointer = self.server._oleobj_
        number = pointer.GetIDsOfNames("CallUDF")
        return pointer.Invoke(number, 0, pythoncom.DISPATCH_METHOD, True, "xlidx.excel", name, cells)


def main() -> None:
    """Answer requests until standard input ends."""
    client = Client()
    for line in sys.stdin:
        answers = [client.answer(request) for request in json.loads(line)]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
