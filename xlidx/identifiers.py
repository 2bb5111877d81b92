"""Identifiers of securities and issuers: normalise, or say what is wrong.

Check digits are computed by python-stdnum (ISO 6166 for ISIN, ISO 17442 for LEI, WKN of WM Datenservice).
"""

from __future__ import annotations

from collections.abc import Callable

from stdnum import isin as _isin
from stdnum import lei as _lei
from stdnum.de import wkn as _wkn
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError

from xlidx.errors import Kind, XlidxError

_FINDINGS: dict[type[ValidationError], str] = {
    InvalidChecksum: "has a wrong check digit",
    InvalidComponent: "starts with a code that no country or agency uses",
    InvalidFormat: "holds a character that does not belong there",
    InvalidLength: "has the wrong length",
}


def isin(text: str) -> str:
    """Return the ISIN in capitals without spaces, or refuse it.

    Raises
    ------
    XlidxError
        ``DOMAIN`` when length, characters, country code or check digit are wrong.

    Examples
    --------
    >>> isin("de000ng20xp3")
    'DE000NG20XP3'
    >>> isin("DE000NG20XP4")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: ISIN 'DE000NG20XP4' has a wrong check digit - identifier - compare it with ...
    """
    return _checked(text, "ISIN", _isin.validate)


def lei(text: str) -> str:
    """Return the legal entity identifier, or refuse it (ISO 17442, check digits modulo 97).

    Examples
    --------
    >>> lei("3TK20IVIUJ8J3ZU0QE75")
    '3TK20IVIUJ8J3ZU0QE75'
    """
    return _checked(text, "LEI", _lei.validate)


def wkn(text: str) -> str:
    """Return the German securities number, or refuse it.

    Examples
    --------
    >>> wkn("NG20XP")
    'NG20XP'
    """
    return _checked(text, "WKN", _wkn.validate)


def is_isin(text: str) -> bool:
    """Tell whether a text is a valid ISIN.

    Examples
    --------
    >>> is_isin("PTING0200002"), is_isin("PTING0200003")
    (True, False)
    """
    return bool(_isin.is_valid(text.strip()))


def _checked(text: str, name: str, validate: Callable[[str], str]) -> str:
    try:
        return validate(text.strip())
    except ValidationError as error:
        finding = _FINDINGS.get(type(error), "is not valid")
        raise XlidxError(
            Kind.DOMAIN, f"{name} {text!r} {finding}", "identifier", "compare it with the source document"
        ) from None
