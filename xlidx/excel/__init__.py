"""The Excel boundary: cells, the function catalogue, calls and the xlwings binding.

The package itself is the module that xlwings is told to import (``UDF MODULES = xlidx.excel``): its
worksheet functions are bound on first use, so importing any other part of it does not need xlwings.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return a worksheet function by its Excel name."""
    if name.startswith("XI_"):
        from xlidx.excel import xlwings_host

        return getattr(xlwings_host, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the worksheet functions beside the module's own names."""
    from xlidx.excel.catalogue import CATALOGUE

    return sorted({*globals(), *(entry.name for entry in CATALOGUE)})
