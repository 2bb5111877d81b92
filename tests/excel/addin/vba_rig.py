"""Run the wrapper module without Excel: pyOpenVBA's interpreter of VBA, a pretended Excel and server around it.

What is genuine: the text of the module, statement by statement, and the Python functions behind the server.
What is pretended: ranges, the server object, and the way of values between them, as COM would carry them.
Attribute lines are left out; they hold help, which the interpreter does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import (
    EMPTY,
    MISSING,
    HostBridge,
    Interpreter,
    VBAArray,
    VBAErrorValue,
    VBAObject,
    member,
    method,
)

from xlidx.excel.addin.vba import module_text
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.cells import ERROR_BASE, OMITTED
from xlidx.excel.xlwings_host import FUNCTIONS

Answer = Callable[[str, tuple[Any, ...]], Any]


class Areas(VBAObject):
    def __init__(self, count: int):
        self.count = count

    @member
    def Count(self) -> int:  # noqa: N802 - the names of Excel
        return self.count


class Range(VBAObject):
    """A reference; only what the wrappers may read of it is there."""

    def __init__(self, content: Any, areas: int = 1):
        self.content, self.areas = content, areas

    @member
    def Areas(self) -> Areas:  # noqa: N802
        return Areas(self.areas)

    @member
    def Value2(self) -> Any:  # noqa: N802
        return to_vba(self.content, 1)


class Server(VBAObject):
    """The Python process; ``faults`` are raised one by one before it answers."""

    def __init__(self, excel: Excel):
        self.excel = excel

    @method
    def CallUDF(self, script: str, name: str, cells: VBAArray) -> Any:  # noqa: N802
        given = tuple(map(from_vba, cells.items))
        self.excel.calls.append((script, name, given))
        if self.excel.faults:
            raise self.excel.faults.pop(0)
        return to_vba(self.excel.answer(name, given), 0)


class Application(VBAObject):
    def __init__(self, excel: Excel):
        self.excel = excel

    @method
    def CalculateFull(self) -> None:  # noqa: N802
        self.excel.calculations += 1


class Excel(HostBridge):
    """The pretended Excel: starts servers, keeps the time, counts."""

    def __init__(self, answer: Answer | None = None, faults: tuple[Exception, ...] = ()):
        self.answer = answer or (lambda name, given: FUNCTIONS[name](*given))
        self.faults, self.start_faults = list(faults), list[Exception]()
        self.calls: list[tuple[str, str, tuple[Any, ...]]] = []
        self.starts = 0
        self.kills = 0
        self.calculations = 0
        self.slow = 0.0
        self.now = 1000.0
        self.vba = Interpreter(self)
        self.vba.add_module(without_attributes(module_text(CATALOGUE)), name="xlidx_udfs")
        self.vba.add_module(RUNTIME, name="xlidx_runtime")

    def has_global_member(self, name: str) -> bool:
        return name.lower() in ("start_server", "kill_server", "timer", "application")

    def call_global(self, name: str, args: list[object], named: dict[str, object]) -> object:
        if name.lower() == "timer":
            return self.now
        if name.lower() == "application":
            return Application(self)
        if name.lower() == "kill_server":
            self.kills += 1
            return EMPTY
        self.starts += 1
        self.now += self.slow
        if self.start_faults:
            raise self.start_faults.pop(0)
        return Server(self)

    def run(self, name: str, *cells: Any) -> Any:
        """Return what the cell shows: errors as their numbers in a :class:`VBAErrorValue`."""
        return result(self.vba.run(name, list(cells)))


# The two procedures of the runtime that the wrappers call.
RUNTIME = """\
Function xlidx_connect()
    Set xlidx_connect = start_server()
End Function
Sub xlidx_stop()
    kill_server
End Sub
"""


def without_attributes(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("Attribute "))


def gone(number: int = 462) -> VBARuntimeError:
    """Return what Excel reports when the process behind the server has died."""
    return VBARuntimeError(number, "The remote server machine does not exist or is unavailable")


def to_vba(value: Any, base: int) -> Any:
    """Return a value as COM hands it to VBA: rows as a block, one row as a flat array, blank as Empty."""
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], list | tuple):
            bounds = [(base, base + len(value) - 1), (base, base + len(value[0]) - 1)]
            items = [to_vba(value[i][j], base) for j in range(len(value[0])) for i in range(len(value))]
            return VBAArray(bounds, items=items)
        return VBAArray([(base, base + len(value) - 1)], items=[to_vba(item, base) for item in value])
    return EMPTY if value is None else value


def from_vba(value: Any) -> Any:
    """Return a value as COM hands it to Python."""
    if isinstance(value, VBAArray):
        return result(value, tuple)
    if isinstance(value, VBAErrorValue):
        return ERROR_BASE + value.number
    if value is MISSING:
        return OMITTED
    return None if value is EMPTY else value


def result(value: Any, shape: Callable[[Any], Any] = list) -> Any:
    """Return a VBA value with its arrays as rows."""
    if not isinstance(value, VBAArray):
        return value
    convert = from_vba if shape is tuple else (lambda item: item)
    if value.dimensions == 1:
        return shape(map(convert, value.items))
    [(top, bottom), (left, right)] = value.bounds
    return shape(shape(convert(value.get([i, j])) for j in range(left, right + 1)) for i in range(top, bottom + 1))
