"""The other end of the Calc add-in: JSON lines in, calls through the one boundary, JSON lines out.

Calc's dialect of cells is made plain here: a text that starts with :data:`MARK` is an error value or a truth
value that Calc itself would not hand over.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

from xlidx.errors import ErrorValue, XlidxError
from xlidx.recalc.interface.answers import as_rows
from xlidx.recalc.libreoffice.standins import STANDINS
from xlidx.values import Cell

MARK = "\ue000"
ERROR_TYPES = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


def serve(reader: TextIO, writer: TextIO, answer: Callable[[str], str]) -> None:
    """Answer calls, a line each, until the input ends."""
    for line in reader:
        writer.write(answer(line) + "\n")
        writer.flush()


def answered(line: str, functions: Mapping[str, Callable[..., Any]]) -> str:
    """Return the answer to one call.

    Examples
    --------
    >>> from xlidx.excel.calls import cell_functions
    >>> answered('{"f": "XI_DIVISOR_CHAIN", "a": [200.0, 20000.0, 21500.0, null]}', cell_functions())
    '{"v": [[215.0]]}'
    """
    return answer(*question(line), functions)


def question(line: str) -> tuple[str, list[Any]]:
    """Return the function and the cells of a call.

    Examples
    --------
    >>> question('{"f": "XI_TOY", "a": [[[1.0]], "", 2.0, null]}')
    ('XI_TOY', [1.0, None, 2.0])
    """
    asked = json.loads(line)
    name = asked["f"]
    read = _as_given if name in STANDINS else _cell
    cells = [_argument(value, read) for value in asked["a"]]
    while cells and cells[-1] is None:
        cells.pop()  # Calc hands over every argument, left out or not
    return name, cells


def answer(name: str, cells: Sequence[Any], functions: Mapping[str, Callable[..., Any]]) -> str:
    """Return what a function answers as one line."""
    try:
        result = (STANDINS.get(name) or functions[name])(*cells)
    except XlidxError as error:
        result = str(error.value)
    return json.dumps({"v": [[_item(cell) for cell in row] for row in as_rows(result)]})


def _argument(value: Any, read: Callable[[Any], Any]) -> Any:
    if isinstance(value, list):
        rows = [[read(item) for item in row] for row in value]
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows
    return read(value)


def _cell(value: Any) -> Any:
    """Return a cell as our functions take it: an empty text is missing."""
    return None if value == "" else _as_given(value)


def _as_given(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(MARK):
        rest = value[1:]
        return rest == "T" if rest in ("T", "F") else ERROR_TYPES[int(rest) - 1]
    return float(value) if isinstance(value, int) else value


def _item(value: Cell) -> Any:
    return {"e": str(value)} if isinstance(value, ErrorValue) else value


def main() -> None:
    """Serve the catalogue on standard input and output."""
    from xlidx.excel.calls import cell_functions

    functions = cell_functions()
    serve(sys.stdin, sys.stdout, lambda line: answered(line, functions))


if __name__ == "__main__":
    main()
