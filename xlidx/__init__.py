"""Equity indices and open-end turbo certificates as Excel functions.

>>> import xlidx
>>> xlidx.call("XI_TURBO_CASH_SETTLEMENT", "short", 13571.32, 13532.32, 0.01)
0.39
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlidx.errors import XlidxError
    from xlidx.excel.calls import call, explain, why

    __version__: str

__all__ = ["XlidxError", "__version__", "call", "explain", "why"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that ``import xlidx`` costs next to nothing."""
    if name == "XlidxError":
        from xlidx import errors

        return errors.XlidxError
    if name == "__version__":
        from importlib.metadata import version

        return version("xlidx")
    if name in __all__:
        from xlidx.excel import calls

        return getattr(calls, name)
    raise AttributeError(f"module 'xlidx' has no attribute {name!r}")
