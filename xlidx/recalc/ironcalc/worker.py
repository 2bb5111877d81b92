"""The child process: loads a workbook, evaluates it, and writes the values of the cells that it is asked for.

Nothing of xlidx is imported, so that it starts quickly; a panic or an endless calculation of the engine ends here.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

ERROR_KEY = "e"


def values(path: str, cells: dict[str, list[list[int]]]) -> dict[str, list[Any]]:
    """Return the values of cells by sheet; an error value is a mapping with its text."""
    import ironcalc

    model = ironcalc.load_from_xlsx(path)
    model.evaluate()
    numbers = {sheet["name"]: i for i, sheet in enumerate(model.get_worksheets_properties())}
    return {name: [_value(model, numbers[name], *place) for place in places] for name, places in cells.items()}


def _value(model: Any, sheet: int, row: int, column: int) -> Any:
    import ironcalc

    value = model.get_cell_value(sheet, row, column)
    if isinstance(value, str) and model.get_cell_type(sheet, row, column) == ironcalc.CellType.ErrorValue:
        return {ERROR_KEY: value}
    return value


if __name__ == "__main__":
    if hasattr(signal, "alarm"):
        signal.alarm(int(sys.argv[3]))  # when the parent was killed and nobody counts the seconds
    question = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(json.dumps(values(question["path"], question["cells"])), encoding="utf-8")
