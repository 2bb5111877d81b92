"""Formulas that differ only in the single cells they read share one template, so each template is inspected once.

``=ROUND(D7*2,2)`` and ``=ROUND(D8*2,2)`` are one template; ranges, spill references and names stay part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_CELL = r"\$?(?:[A-Z]{1,2}|[A-W][A-Z]{2})\$?[1-9][0-9]{0,5}"
# Texts, quoted sheet names and the brackets of structured references are stepped over; a lone cell is not
# part of a range, a spill reference, a longer word, a function name or a sheet name.
_STEPPED_OVER = r"\"[^\"]*\"|'(?:[^']|'')*'|\[(?:'.|[^\]'])*\]"
_LONE_CELL = re.compile(rf"{_STEPPED_OVER}|(?<![\w.$:\\])({_CELL})(?![\w(.:#!$\\\[])")
_PLACEHOLDER = re.compile(r"ZZ7([0-9]{5})(?![0-9])")


@lru_cache(maxsize=65_536)
def abstracted(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the template of a formula, and the cells to put back in order.

    Examples
    --------
    >>> abstracted("=$B7+SUM(C7:D7)")
    ('=ZZ700000+SUM(C7:D7)', ('$B7',))
    """
    cells: list[str] = []
    if "ZZ7" in text:
        return text, ()

    def placeholder(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        cells.append(match[1])
        return f"ZZ7{len(cells) - 1:05d}"

    template = _LONE_CELL.sub(placeholder, text)
    return template, tuple(cells)


def instantiated(text: str, cells: Sequence[str]) -> str:
    """Return a formula with its cells put back.

    Examples
    --------
    >>> instantiated("=(ZZ700000+SUM(C7:D7))", ["$B7"])
    '=($B7+SUM(C7:D7))'
    """
    return _PLACEHOLDER.sub(lambda match: cells[int(match[1])], text) if cells else text
