"""Shapes and checks on arrays: the vocabulary that every formula module shares.

Shape letters used in docstrings: N members of an index, T dates, S series of certificates; ``...`` means
any shape that broadcasts with the other arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from xlidx.errors import Kind, XlidxError

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Days: TypeAlias = npt.NDArray[np.datetime64]
Numbers: TypeAlias = float | Floats
Words: TypeAlias = str | npt.NDArray[Any]

BLOCK = 1 << 15  # 32,768 doubles are a quarter of a megabyte


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


def in_blocks(work: Callable[..., tuple[Any, ...]], *values: Any) -> tuple[Any, ...]:
    """Apply an elementwise function to long vectors in blocks that stay in the processor's cache.

    Parameters
    ----------
    work : callable
        Takes the values (vectors of one length, or single values for all) and returns a tuple of vectors.
    *values
        Vectors of shape (S,) or single values.

    Returns
    -------
    tuple of arrays of shape (S,)
        The same bits as ``work(*values)``, several times sooner for a million elements.

    Examples
    --------
    >>> double, square = in_blocks(lambda a, b: (a * b, a * a), np.arange(100_000.0), 2.0)
    >>> double[-1], square[-1]
    (np.float64(199998.0), np.float64(9999800001.0))
    """
    size = max((v.size for v in values if isinstance(v, np.ndarray)), default=1)
    if size <= BLOCK:
        return work(*values)
    results: tuple[Any, ...] = ()
    for start in range(0, size, BLOCK):
        part = slice(start, start + BLOCK)
        pieces = _piece(work, values, part, size)
        if not results:
            results = tuple(np.empty(size, piece.dtype) for piece in pieces)
        for result, piece in zip(results, pieces, strict=True):
            result[part] = piece
    return results


def _piece(work: Callable[..., tuple[Any, ...]], values: tuple[Any, ...], part: slice, size: int) -> tuple[Any, ...]:
    try:
        return work(*(v[part] if isinstance(v, np.ndarray) and v.size > 1 else v for v in values))
    except XlidxError as error:
        if error.mask is None:
            raise
        mask = np.zeros(size, dtype=np.bool_)
        mask[part] = error.mask
        raise XlidxError(error.kind, error.what, error.where, error.mend, mask=mask, value=error.value) from None


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
