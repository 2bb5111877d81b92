"""Texts to numbers, days and cells: what the characters of a file, or of an argument that is typed, mean."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Literal, TypeAlias

from xlidx.errors import ErrorValue
from xlidx.values import Cell

Decimal: TypeAlias = Literal[".", ","]
DayOrder: TypeAlias = Literal["day-first", "month-first"]

ERRORS = {str(error): error for error in ErrorValue}
TRUTHS = {"TRUE": True, "FALSE": False}
DIGITS = tuple("0123456789.")
MINUS = "\N{MINUS SIGN}"
SPACES = " \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
BETWEEN_THOUSANDS = SPACES + "'\N{RIGHT SINGLE QUOTATION MARK}"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet may take for a formula when it opens a CSV file."""
OTHER: dict[Decimal, Decimal] = {".": ",", ",": "."}
_GUARDED = re.compile(r"'[=+@\t\r\n-]")
_DAY = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})(?:[ T]00:00(?::00)?)?")
_YEAR_FIRST = re.compile(r"([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})(?:[ T]00:00(?::00)?)?")


def _forms(decimal: Decimal) -> tuple[re.Pattern[str], re.Pattern[str]]:
    sign, fraction = rf"([+{MINUS}-]?)", rf"(?:{re.escape(decimal)}([0-9]*))?"
    per_cent, thousands = rf"[{SPACES}]?%", f"[{BETWEEN_THOUSANDS}{OTHER[decimal]}]"
    whole = rf"{sign}([0-9]*){fraction}([eE][+-]?[0-9]+|{per_cent})?"
    grouped = rf"{sign}([1-9][0-9]{{0,2}}(?=({thousands}))(?:\3[0-9]{{3}})+){fraction}({per_cent})?"
    return re.compile(whole), re.compile(grouped)


_FORMS: dict[Decimal, tuple[re.Pattern[str], re.Pattern[str]]] = {".": _forms("."), ",": _forms(",")}


def plain_number(text: str) -> float | None:
    """Return the number that a text is in the plain form (decimal point, no separator of thousands), if it is one.

    Examples
    --------
    >>> plain_number("-1.5e3"), plain_number("1,5"), plain_number("nan"), plain_number("1_000")
    (-1500.0, None, None, None)
    """
    if "_" in text or not text.isascii() or not text.lstrip("+-").startswith(DIGITS):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def number(text: str, decimal: Decimal) -> float | None:
    """Return the number that a text is where ``decimal`` is the decimal sign, if it is one.

    Thousands may be set apart, three digits each, by the other sign, spaces or apostrophes; ``%`` divides by 100.

    Examples
    --------
    >>> number("1.234,5", ","), number("1 234.5", "."), number("3,5 %", ","), number("1,5", ".")
    (1234.5, 1234.5, 0.035, None)
    >>> number("1.000", "."), number("1.000", ","), number("0.123", ",")
    (1.0, 1000.0, None)
    """
    bare = text.strip()
    whole, grouped = _FORMS[decimal]
    if found := whole.fullmatch(bare):
        sign, digits, fraction, after = found.groups()
    elif found := grouped.fullmatch(bare):
        sign, digits, between, fraction, after = found.groups()
        digits = digits.replace(between, "")
    else:
        return None
    # A power of ten in the text, so that 0.1 % is the number nearest to 0.001.
    exponent = "e-2" if after and after.endswith("%") else after or ""
    try:
        return float(f"{sign.replace(MINUS, '-')}{digits}.{fraction or ''}{exponent}")
    except ValueError:  # no digit at all
        return None


def day(text: str, order: DayOrder) -> date | None:
    """Return the day that a text is, with its year in four digits, if it is one.

    Examples
    --------
    >>> day("01.02.2020", "day-first"), day("01/02/2020", "month-first"), day("12/31/2020", "day-first")
    (datetime.date(2020, 2, 1), datetime.date(2020, 1, 2), None)
    >>> day("2020/2/1", "month-first")
    datetime.date(2020, 2, 1)
    """
    bare = text.strip()
    if found := _YEAR_FIRST.fullmatch(bare):
        year, _, month, of_month = found.groups()
    elif found := _DAY.fullmatch(bare):
        of_month, _, month, year = found.groups()
        if order == "month-first":
            of_month, month = month, of_month
    else:
        return None
    try:
        return date(int(year), int(month), int(of_month))
    except ValueError:
        return None


def cell(text: str, read: Callable[[str], float | date | None] = plain_number) -> Cell:
    """Return the cell that a text means.

    Blank is ``None``; ``TRUE`` and ``FALSE`` are truth values; an Excel error value is one; a text in double quotes is
    that text whatever it looks like; what ``read`` reads is a number or a day, a number beyond all bounds ``#NUM!``.
    The apostrophe of :func:`inert` is taken off.

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
    value = read(bare)
    if value is None:
        return ERRORS.get(bare, bare[1:] if _GUARDED.match(bare) else bare)
    return ErrorValue.NUM if isinstance(value, float) and math.isinf(value) else value


def word(text: str) -> Cell:
    """Return the cell of a text that is meant as one: its characters, blank or an error value.

    Examples
    --------
    >>> word("0050"), word("1E5"), word(" "), word("#N/A")
    ('0050', '1E5', None, <ErrorValue.NA: '#N/A'>)
    """
    found = cell(text, lambda _: None)
    return text.strip() if isinstance(found, bool) else found


def stays(text: str) -> bool:
    """Tell whether a text that stands in a file is read back as itself in any column.

    Examples
    --------
    >>> stays("short"), stays("0050"), stays("1.2.2020"), stays(" a"), stays("TRUE"), stays("#N/A")
    (True, False, False, False, False, False)
    """
    numbers = (number(text, "."), number(text, ","))
    days = () if is_iso(text) else (day(text, "day-first"), day(text, "month-first"))
    found = cell(text)
    return type(found) is str and found == text and not any(one is not None for one in (*numbers, *days))


def inert(value: object) -> object:
    """Return a value with an apostrophe in front if it is a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> inert("=1+1"), inert("@A1"), inert("A-1"), inert(-1.0), word("'=1+1")
    ("'=1+1", "'@A1", 'A-1', -1.0, '=1+1')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def is_iso(text: str) -> bool:
    """Tell whether a text is a day like 2020-02-10."""
    try:
        return len(text) == 10 and date.fromisoformat(text) is not None
    except ValueError:
        return False
