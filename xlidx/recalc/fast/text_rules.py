"""Letters as Excel writes them, where the engine knows those of ASCII only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlidx.recalc.fast.excel_rules import Argument, Record, as_text


def upper(text: Argument, record: Record) -> Argument:
    """Return a text in capitals; a letter without a single capital stays.

    Examples
    --------
    >>> upper("évora ß", print)
    'ÉVORA ß'
    """
    return _letter_by_letter(text, record, lambda one, _: one.upper())


def lower(text: Argument, record: Record) -> Argument:
    """Return a text in small letters.

    Examples
    --------
    >>> lower("ÉVORA", print)
    'évora'
    """
    return _letter_by_letter(text, record, lambda one, _: one.lower())


def proper(text: Argument, record: Record) -> Argument:
    """Return a text with a capital where no letter stands before.

    Examples
    --------
    >>> proper("76BudGet", print), proper("2-way street", print)
    ('76Budget', '2-Way Street')
    """
    return _letter_by_letter(text, record, lambda one, before: one.lower() if before.isalpha() else one.upper())


def char(number: Argument, record: Record) -> Argument:
    r"""Return the character of a number from 1 to 255 in code page 1252, as Excel for Windows does.

    Examples
    --------
    >>> char(65.9, print), char(128.0, print), char(129.0, print)
    ('A', '€', '\x81')
    """
    if not isinstance(number, float | int) or isinstance(number, bool) or not 1 <= number < 256:
        if not isinstance(number, dict):
            record(f"CHAR of {number!r}", "give a number from 1 to 255")
        return number
    code = bytes([int(number)])
    try:
        return code.decode("cp1252")
    except UnicodeDecodeError:
        return code.decode("latin-1")


RULES: Mapping[str, Callable[..., Any]] = {
    "XLIDX.UPPER": upper,
    "XLIDX.LOWER": lower,
    "XLIDX.PROPER": proper,
    "XLIDX.CHAR": char,
}


def _letter_by_letter(text: Argument, record: Record, written: Callable[[str, str], str]) -> Argument:
    if isinstance(text, dict | list):
        return text
    letters = str(as_text(text, record))
    changed = [written(one, before) for before, one in zip(" " + letters, letters, strict=False)]
    return "".join(new if len(new) == 1 else old for new, old in zip(changed, letters, strict=True))
