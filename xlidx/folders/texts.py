"""Texts to cells: what the characters of a file, or of an argument that is typed, mean."""

from __future__ import annotations

import math
from collections.abc import Callable

from xlidx.errors import ErrorValue
from xlidx.values import Cell

ERRORS = {str(error): error for error in ErrorValue}
TRUTHS = {"TRUE": True, "FALSE": False}
DIGITS = tuple("0123456789.")


def plain_number(text: str) -> float | None:
    """Return the number that a text is in the plain form (decimal point, no separator of thousands), if it is one.

    Examples
    --------
    >>> plain_number("-1.5e3"), plain_number("1,5"), plain_number("nan"), plain_number("1_000")
    (-1500.0, None, None, None)
    """
    if "_" in text or not text.lstrip("+-").startswith(DIGITS):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def cell(text: str, number: Callable[[str], float | None] = plain_number) -> Cell:
    """Return the cell that a text means.

    Blank is ``None``; ``TRUE`` and ``FALSE`` are truth values; an Excel error value is one; a text in double quotes is
    that text whatever it looks like; what ``number`` reads is a number, one beyond all bounds ``#NUM!``.

    Examples
    --------
    >>> cell(" 2 "), cell('"2"'), cell(""), cell("true"), cell("#N/A"), cell("short")
    (2.0, '2', None, True, <ErrorValue.NA: '#N/A'>, 'short')
    """
    bare = text.strip()
    if not bare:
        return None
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1] if bare[1:-1].strip() else None
    if bare.upper() in TRUTHS:
        return TRUTHS[bare.upper()]
    value = number(bare)
    if value is None:
        return ERRORS.get(bare, bare)
    return value if math.isfinite(value) else ErrorValue.NUM
