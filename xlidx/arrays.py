"""Shapes and checks on arrays: the vocabulary that every formula module shares.

Shape letters used in docstrings: N members of an index, T dates, S series of certificates; ``...`` means
any shape that broadcasts with the other arguments.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from xlidx.errors import Kind, XlidxError

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Days: TypeAlias = npt.NDArray[np.datetime64]
Numbers: TypeAlias = float | Floats
Words: TypeAlias = str | npt.NDArray[Any]


def require(ok: bool | np.bool_ | Bools, values: Any, name: str, must: str, mend: str) -> None:
    """Refuse with #NUM! unless ``ok`` holds everywhere; the message quotes the first value that fails.

    Examples
    --------
    >>> require(np.array([True, False]), np.array([1.0, -2.0]), "divisor", "be above 0", "give the divisor")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: divisor is -2 but must be above 0 - argument divisor, item 2 - give the divisor
    """
    if ok is True or ok is np.True_:
        return
    holds = np.asarray(ok)
    if holds.all():
        return
    bad = np.broadcast_to(np.asarray(values), holds.shape)[~holds].flat[0] if holds.ndim else values
    raise XlidxError(
        Kind.DOMAIN,
        f"{name} is {_shown(bad)} but must {must}",
        f"argument {name}{_item(~holds)}",
        mend,
        mask=~holds if holds.ndim else None,
    )


def require_fraction(values: Numbers, name: str, *, lowest: float = 0.0) -> None:
    """Refuse a fraction outside ``lowest .. 1``; a value above 1 is most likely a percentage."""
    mend = f"give {name} as a fraction: 3.5 % is 0.035"
    require((values >= lowest) & (values <= 1.0), values, name, f"lie between {lowest:g} and 1", mend)


def same_length(first: Floats, second: Any, name: str, other: str) -> None:
    """Refuse a vector whose last axis does not fit the members of the first one (one value fits all)."""
    size = np.shape(second)[-1] if np.ndim(second) else 1
    if size not in (1, first.shape[-1]):
        raise XlidxError(
            Kind.SHAPE,
            f"{name} has {size} values where {other} has {first.shape[-1]}",
            f"argument {name}",
            "select ranges of equal size, one value per member",
        )


def numbers(values: Any) -> Floats:
    """Return ``values`` as a float64 array of at least one dimension."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _shown(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return "not a number" if np.isnan(value) else f"{value:.15g}"
    return str(value)


def _item(bad: Bools) -> str:
    if bad.size <= 1:
        return ""
    place = np.unravel_index(int(bad.argmax()), bad.shape)
    if bad.ndim == 1 or 1 in bad.shape:
        return f", item {max(place) + 1}"
    return f", row {place[0] + 1}, column {place[1] + 1}"
