"""When the answer of a host agrees with what a call gives."""

from typing import Any


def close(found: Any, wanted: Any) -> bool:
    """Tell whether two answers agree in kind and shape, and numbers to twelve digits."""
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(close, found, wanted))
    if type(wanted) is float:
        return type(found) is float and abs(found - wanted) <= 1e-12 * abs(wanted)
    return type(found) is type(wanted) and found == wanted
