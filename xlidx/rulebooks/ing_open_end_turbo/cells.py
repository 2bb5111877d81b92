"""Single cells of ING Final Terms: numbers, identifiers, dates and underlyings, exact or refused.

A cell that was torn apart by a space is joined only where the rest of the document proves the result.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.identifiers import is_isin

NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_TORN = re.compile(r"[0-9.]+(?:\s+[0-9.]+)+")
_DAY = re.compile(r"([0-9]{1,2})\s([A-Z][a-z]+)\s([0-9]{4})")
_CURRENCY = re.compile(r"[A-Z]{2}[A-Za-z]")
_CODE = re.compile(r"(?P<name>.+?)\s*\(Bloomberg code:\s*(?P<code>[^<>()]+?)\s*(?P<sector><[^<>()]*>)?\s*\)")
_ENOUGH = 2

MONTHS = {
    "January": 1,
    "February": 2,
    "March": 3,
    "April": 4,
    "May": 5,
    "June": 6,
    "July": 7,
    "August": 8,
    "September": 9,
    "October": 10,
    "November": 11,
    "December": 12,
}


@attrs.frozen
class Underlying:
    """Name and code of an underlying; ``sector`` tells whether the words in angle brackets are there."""

    name: str
    code: str
    sector: bool


def squeezed(text: str) -> str:
    """Return a text without any white space."""
    return "".join(text.split())


def read_number(cell: str, witnesses: Collection[str], where: str) -> tuple[Decimal, bool]:
    """Return the number in a cell, and whether it was joined from pieces.

    Parameters
    ----------
    cell : str
        Digits with at most one point; no sign, no comma, no exponent.
    witnesses : collection of str
        Whole numbers, as printed, of the same quantity: the rest of the column and the same value elsewhere.
    where : str
        For the refusal.

    Returns
    -------
    (Decimal, bool)

    Raises
    ------
    XlidxError
        ``TYPE`` for anything else, and for pieces whose join the witnesses do not prove.

    *Reading*: pieces are one number if a witness prints the same number whole, or if they part after the
    decimal point and the join has just as many decimals as all witnesses (at least two).

    Examples
    --------
    >>> read_number("3671.24000 00000", ["3661.2400000000", "9884.3600000000"], "line 164")
    (Decimal('3671.2400000000'), True)
    >>> read_number("2.9 7", ["2.88", "10.8"], "line 164")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: '2.9 7' may be one number or two - line 164 - compare it with the source document
    """
    if NUMBER.fullmatch(cell):
        return Decimal(cell), False
    joined = squeezed(cell)
    if not (_TORN.fullmatch(cell) and NUMBER.fullmatch(joined)):
        raise XlidxError(Kind.TYPE, f"{cell[:40]!r} is not a number", where, "compare it with the source document")
    parts_after_point = "." in cell.split()[0]
    if joined in witnesses or (parts_after_point and _same_decimals(joined, witnesses)):
        return Decimal(joined), True
    what = f"{cell[:40]!r} may be one number or two"
    raise XlidxError(Kind.TYPE, what, where, "compare it with the source document")


def is_complete(cell: str, witnesses: Collection[str]) -> bool:
    """Tell whether witnesses prove that a number has no more digits on another line.

    Examples
    --------
    >>> is_complete("3661.2400000000", ["9884.3600000000", "9904.3600000000"]), is_complete("2.88", ["4.0", "4.18"])
    (True, False)
    """
    return bool(NUMBER.fullmatch(cell)) and (cell in witnesses or _same_decimals(cell, witnesses))


def read_isin(cell: str) -> tuple[str, bool]:
    """Return the ISIN in a cell, and whether it was joined; pieces are joined if the check digit is right.

    Examples
    --------
    >>> read_isin("DE000NG20YA 3"), read_isin("DE000NG20YA 4")
    (('DE000NG20YA3', True), ('DE000NG20YA 4', False))
    """
    joined = squeezed(cell)
    return (joined, True) if joined != cell and is_isin(joined) else (cell, False)


def read_day(text: str, name: str, where: str) -> date:
    """Return a day that is written out in English.

    Raises
    ------
    XlidxError
        ``TYPE`` for any other form and for days that no calendar has.

    Examples
    --------
    >>> read_day("07 February 2020", "date", "line 25")
    datetime.date(2020, 2, 7)
    """
    found = _DAY.fullmatch(text.strip())
    if found and found[2] in MONTHS:
        try:
            return date(int(found[3]), MONTHS[found[2]], int(found[1]))
        except ValueError:
            pass
    what = f"{name} {text[:40]!r} is not a day like 10 February 2020"
    raise XlidxError(Kind.TYPE, what, where, "compare it with the source document")


def read_currency(cell: str, name: str, where: str) -> str:
    """Return the currency in a cell, which must have three letters; whether it exists is not tested here.

    Raises
    ------
    XlidxError
        ``TYPE`` for anything else: most likely the cells of a row are shifted.

    Examples
    --------
    >>> read_currency("EUR", "settlement currency", "line 94")
    'EUR'
    """
    if not _CURRENCY.fullmatch(cell):
        what = f"{name} is {cell[:40]!r}, which is not three letters"
        raise XlidxError(Kind.TYPE, what, where, "compare it with the source document")
    return cell


def read_underlying(cell: str, where: str) -> Underlying:
    """Return the name and the code of an underlying.

    Raises
    ------
    XlidxError
        ``NO_DATA`` without a data code in brackets.

    Examples
    --------
    >>> read_underlying("S&P 500 Index (Bloomberg code: SPX <Index>)", "line 225")
    Underlying(name='S&P 500 Index', code='SPX', sector=True)
    """
    found = _CODE.fullmatch(cell)
    if not found:
        what = f"no Bloomberg code with the underlying {cell[:40]!r}"
        raise XlidxError(Kind.NO_DATA, what, where, "compare it with the source document")
    return Underlying(found["name"], found["code"], found["sector"] is not None)


def _same_decimals(text: str, witnesses: Collection[str]) -> bool:
    decimals = {_decimals(witness) for witness in witnesses}
    return len(witnesses) >= _ENOUGH and decimals == {_decimals(text)} and decimals != {0}


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])
