"""A text file into the texts of its cells."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress

from xlidx.errors import Kind, XlidxError

CANDIDATES = "\t;|,"
_SAID = re.compile(r"sep=([;,|\t])\r?\n?", re.IGNORECASE)


def split(text: str, where: str) -> tuple[list[list[str]], str]:
    r"""Return the cells of a text, row by row, and the character between them.

    A first line ``sep=;``, as Excel writes and reads it, says it.  Otherwise it is the first of tab, semicolon, bar and
    comma in the first line that parts every row that is not blank, else the first one there: a comma may be decimal.

    Raises
    ------
    XlidxError
        ``TYPE`` for quotes that do not end.

    Examples
    --------
    >>> split("date;A\n18.03.2016;10,5\n", "prices.csv")
    ([['date', 'A'], ['18.03.2016', '10,5']], ';')
    """
    if said := _SAID.match(text):
        return _rows(text[said.end() :], said[1], where), said[1]
    top = text.lstrip("\r\n")
    likely = [one for one in CANDIDATES if one in top[: _end_of_line(top)]]
    if len(likely) < 2:
        separator = likely[0] if likely else ","
        return _rows(text, separator, where), separator
    tried: dict[str, list[list[str]]] = {}
    for one in likely:
        with suppress(XlidxError):  # a quoted cell ends before another character
            tried[one] = _rows(text, one, where)
    parting = [one for one, rows in tried.items() if all(len(row) > 1 for row in rows if any(map(str.strip, row)))]
    separator = next(iter(parting or tried), ",")
    return tried.get(separator) or _rows(text, separator, where), separator


def _end_of_line(text: str) -> int:
    return min((place for mark in "\r\n" if (place := text.find(mark)) >= 0), default=len(text))


def _rows(text: str, separator: str, where: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        mend = "give quotes an end; write quotes inside a quoted cell twice"
        raise XlidxError(Kind.TYPE, f"the file is not CSV ({error})", where, mend) from None
