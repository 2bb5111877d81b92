"""Equity indices and open-end turbo certificates as Excel functions.

>>> import xlidx
>>> xlidx.call("XI_TURBO_CASH_SETTLEMENT", "short", 13571.32, 13532.32, 0.01)
0.39
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlidx.errors import XlidxError
    from xlidx.excel.calls import call, explain, why

__all__ = ["XlidxError", "call", "explain", "why"]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that ``import xlidx`` costs next to nothing."""
    if name == "XlidxError":
        from xlidx import errors

        return errors.XlidxError
    if name in __all__:
        from xlidx.excel import calls

        return getattr(calls, name)
    raise AttributeError(f"module 'xlidx' has no attribute {name!r}")
