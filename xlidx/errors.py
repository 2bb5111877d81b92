"""Errors: what is wrong, where, and how to mend it.

Every refusal of xlidx is an :class:`XlidxError` of one :class:`Kind` from a closed list; each kind maps to
one Excel error value.  Text that reaches a person is always one line: ``what - where - how to mend``.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class ErrorValue(StrEnum):
    """An error value that an Excel cell can hold."""

    NULL = "#NULL!"
    DIV0 = "#DIV/0!"
    VALUE = "#VALUE!"
    REF = "#REF!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NA = "#N/A"
    GETTING_DATA = "#GETTING_DATA"
    SPILL = "#SPILL!"
    CONNECT = "#CONNECT!"
    BLOCKED = "#BLOCKED!"
    UNKNOWN = "#UNKNOWN!"
    FIELD = "#FIELD!"
    CALC = "#CALC!"
    BUSY = "#BUSY!"
    EXTERNAL = "#EXTERNAL!"
    PYTHON = "#PYTHON!"
    TIMEOUT = "#TIMEOUT!"


class Kind(Enum):
    """Why xlidx refuses; the value is the sentence that explains the kind to a person."""

    MISSING = "a required input is blank"
    TYPE = "an input has the wrong type, for example text where a number belongs"
    SHAPE = "inputs have sizes that do not fit together"
    CHOICE = "a word is not one of the words allowed here"
    DOMAIN = "a number lies outside the range in which the formula means anything"
    INFEASIBLE = "no answer satisfies all conditions at once"
    NO_DATA = "a price, rate, date or row that is needed is not there"
    PROPAGATED = "an input cell already holds an Excel error"

    @property
    def cell(self) -> ErrorValue:
        """The Excel error value shown for this kind (a propagated error shows its own)."""
        return _CELL[self]


_CELL = {
    Kind.MISSING: ErrorValue.VALUE,
    Kind.TYPE: ErrorValue.VALUE,
    Kind.SHAPE: ErrorValue.VALUE,
    Kind.CHOICE: ErrorValue.VALUE,
    Kind.DOMAIN: ErrorValue.NUM,
    Kind.INFEASIBLE: ErrorValue.NUM,
    Kind.NO_DATA: ErrorValue.NA,
    Kind.PROPAGATED: ErrorValue.NA,
}


class XlidxError(ValueError):
    """A refusal that says what is wrong, where, and how to mend it.

    Parameters
    ----------
    kind : Kind
        One of the closed list; fixes the Excel error value.
    what, where, mend : str
        Three short phrases; their join is the message.
    mask : bool array, optional
        Marks the offending elements when the check was made on an array, so that a caller may still
        compute the others.
    value : ErrorValue, optional
        The error value of the cell when it differs from the kind's own (propagated errors).

    Examples
    --------
    >>> error = XlidxError(Kind.DOMAIN, "divisor is 0", "argument divisor", "give a number above 0")
    >>> str(error)
    'divisor is 0 - argument divisor - give a number above 0'
    >>> error.value
    <ErrorValue.NUM: '#NUM!'>
    """

    def __init__(
        self,
        kind: Kind,
        what: str,
        where: str,
        mend: str,
        *,
        mask: npt.NDArray[np.bool_] | None = None,
        value: ErrorValue | None = None,
    ) -> None:
        super().__init__(f"{what} - {where} - {mend}")
        self.kind, self.what, self.where, self.mend = kind, what, where, mend
        self.mask = mask
        self.value = value or kind.cell

    def __reduce__(self) -> tuple[Any, ...]:
        # Whole across processes: the message alone would not make the error again.
        return _again, (self.kind, self.what, self.where, self.mend, self.mask, self.value)

    @property
    def sentence(self) -> str:
        """The message led by the Excel error value, on one line."""
        return f"{self.value} {self}".replace("\n", " ")

    def at(self, place: str) -> XlidxError:
        """Return the same refusal with ``place`` put in front of where."""
        return XlidxError(self.kind, self.what, f"{place}, {self.where}", self.mend, mask=self.mask, value=self.value)


def _again(
    kind: Kind, what: str, where: str, mend: str, mask: npt.NDArray[np.bool_] | None, value: ErrorValue
) -> XlidxError:
    return XlidxError(kind, what, where, mend, mask=mask, value=value)


class Interrupted(Exception):  # noqa: N818 - a person did it
    """Ctrl-C, with a sentence on what was done until then."""
