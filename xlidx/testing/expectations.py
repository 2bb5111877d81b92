"""What a result must be: ``NAME=VALUE``, with a tolerance for numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.folders.texts import cell, plain_number
from xlidx.recalc.checks import PASSED
from xlidx.testing.recalculated import RecalculatedBook
from xlidx.values import Cell

MASTER = "MasterCheck"
DEFAULT = 1e-9
_SIGNS = ("±", "+/-", "+-")


@attrs.frozen
class Expectation:
    """A name, the value expected there, and how far a number may be from it; ``relative`` as a part of it.

    ``value`` None expects a blank cell.
    """

    name: str
    value: Cell
    tolerance: float = DEFAULT
    relative: bool = True

    @classmethod
    def of(cls, text: str) -> Expectation:
        """Return the expectation of a text.

        Raises
        ------
        XlidxError
            ``TYPE`` for a text without a name or with a tolerance that is no number of 0 or more.

        Examples
        --------
        >>> Expectation.of("NPV=12.34±0.01")
        Expectation(name='NPV', value=12.34, tolerance=0.01, relative=False)
        >>> Expectation.of("Rate=0.05+-1%").relative, Expectation.of("State=live").value
        (True, 'live')
        """
        name, sign, rest = text.partition("=")
        if not sign or not name.strip():
            raise XlidxError(Kind.TYPE, f"{text!r} is not NAME=VALUE", "expectation", "write NPV=12.34±0.01")
        for mark in _SIGNS:
            value, found, tolerance = rest.rpartition(mark)
            if found:
                return cls(name.strip(), _value(value), *_tolerance(tolerance, text))
        return cls(name.strip(), _value(rest))

    def holds(self, found: Cell) -> bool:
        """Tell whether a value is the expected one."""
        if type(self.value) is float and type(found) is float:
            size = self.tolerance * abs(self.value) if self.relative else self.tolerance
            return math.isclose(found, self.value, rel_tol=1e-12, abs_tol=size)
        if self.value is None:
            return found in (None, "")
        return type(found) is type(self.value) and found == self.value


@attrs.frozen
class Outcome:
    """What became of one expectation."""

    name: str
    wanted: str
    found: str
    passed: bool


def outcomes(book: RecalculatedBook, expected: Iterable[Expectation]) -> list[Outcome]:
    """Hold a recalculated workbook against expectations; one with a master check must pass that too.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a name that the workbook does not have; ``SHAPE`` for one of several cells.
    """
    wanted = list(expected)
    if (None, MASTER.lower()) in book.book.names and MASTER.lower() not in {one.name.lower() for one in wanted}:
        wanted.append(Expectation(MASTER, PASSED))
    return [_outcome(book, one) for one in wanted]


def _outcome(book: RecalculatedBook, wanted: Expectation) -> Outcome:
    found = book[wanted.name]
    if isinstance(found, list):
        what = f"{wanted.name} means several cells"
        raise XlidxError(Kind.SHAPE, what, "expectation", "expect the cells one by one, as Sheet!A1")
    return Outcome(wanted.name, _with_tolerance(wanted), said(found), wanted.holds(found))


def said(value: Cell) -> str:
    """Return a value as an expectation writes it.

    Examples
    --------
    >>> said(0.1), said(True), said(None), said(date(2020, 2, 12))
    ('0.1', 'TRUE', '', '2020-02-12')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if value is None:
        return ""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _with_tolerance(wanted: Expectation) -> str:
    if type(wanted.value) is not float or wanted.tolerance == DEFAULT:
        return said(wanted.value)
    size = f"{100 * wanted.tolerance:g}%" if wanted.relative else f"{wanted.tolerance:g}"
    return f"{said(wanted.value)}±{size}"


def _value(text: str) -> Cell:
    return cell(text.strip(), _read)


def _read(text: str) -> float | date | None:
    number = plain_number(text)
    if number is not None:
        return number
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _tolerance(text: str, whole: str) -> tuple[float, bool]:
    relative = text.strip().endswith("%")
    number = plain_number(text.strip().removesuffix("%"))
    if number is None or not 0.0 <= number < math.inf:
        raise XlidxError(Kind.TYPE, f"the tolerance in {whole!r} is not a number", "expectation", "write ±0.01 or ±1%")
    return (number / 100.0 if relative else number), relative
