"""Files and folders of data: how the tables of an index, a back-test, a desk or a market get in and out.

What a file's text means (encoding, separator, numbers, days) is decided here and nowhere else.  No formula, no rule of
an index and nothing of Excel lives here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlidx.folders.backtest import BacktestFolder, read_backtest_folder
    from xlidx.folders.day import DayFolder, read_day_folder
    from xlidx.folders.dialect import Dialect, Form
    from xlidx.folders.files import read_cells, read_quotes, read_table
    from xlidx.folders.index import IndexFolder, read_index_folder
    from xlidx.folders.write import write_tables

__all__ = [
    "BacktestFolder",
    "DayFolder",
    "Dialect",
    "Form",
    "IndexFolder",
    "read_backtest_folder",
    "read_cells",
    "read_day_folder",
    "read_index_folder",
    "read_quotes",
    "read_table",
    "write_tables",
]
_HOMES = {
    "backtest": ("BacktestFolder", "read_backtest_folder"),
    "day": ("DayFolder", "read_day_folder"),
    "dialect": ("Dialect", "Form"),
    "files": ("read_cells", "read_quotes", "read_table"),
    "index": ("IndexFolder", "read_index_folder"),
    "write": ("write_tables",),
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: a typed number needs no table of an index."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
