"""One certificate as its Final Terms state it, and what a careful reader would object to.

A :class:`Certificate` holds the terms on the Trade Date and corrects nothing: :func:`findings` lists what
does not fit together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Literal

import attrs
import numpy as np

from xlidx import identifiers
from xlidx.errors import XlidxError
from xlidx.turbo.stop_loss import stop_loss_price
from xlidx.turbo.terms import BEST, KINDS, LIMITED, SIDES, kind_of, sign_of, word_of

Grade = Literal["note", "warning", "error"]

FAMILIES = ("index", "share", "fund", "currency", "commodity future", "index future", "government bond future")
"""What the underlying is; it decides how the financing level is rolled."""

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
CURRENCIES = frozenset(_CODES.split())
"""ISO 4217 codes of money in use; fractions such as GBX for pence are none."""

AMOUNTS = ("number", "issue_price", "financing_level", "stop_loss", "stop_loss_rounding", "entitlement")
FRACTIONS = ("spread", "maximum_spread", "premium", "maximum_premium", "minimum_premium")


@attrs.frozen
class Finding:
    """Something a person should know about a document or a certificate.

    ``grade`` is ``note`` (read as the rules say, for example two halves of a number joined), ``warning`` (look
    at it) or ``error`` (two statements contradict each other, or a value could not be read).  ``subject`` is
    a series number or ``document``; ``lines`` are line numbers of the text, the first line is 1.
    """

    grade: Grade
    name: str
    subject: str
    what: str
    lines: tuple[int, ...] = ()


def _kind(word: str) -> str:
    code = kind_of(word)
    return next(name for name, known in KINDS.items() if known == code)


def _side(word: str) -> str:
    sign = sign_of(word)
    return next(name for name, known in SIDES.items() if known == sign)


def _family(word: str) -> str:
    return word_of(word, FAMILIES, "family")


@attrs.frozen(kw_only=True)
class Certificate:
    """The terms of one series on its Trade Date.

    Parameters
    ----------
    series, wkn, isin : str
        Series number of the issuer, German securities number, ISIN; as printed, valid or not.
    number : float
        Certificates issued [pieces].
    issue_price : float
        [settlement currency].
    underlying, name : str
        Code of the underlying, as in a market table, and its name as printed.
    family : str
        One of :data:`FAMILIES`.
    kind : str
        ``best``, ``limited`` or ``open ended``.
    side : str
        ``long`` or ``short``.
    financing_level, stop_loss, stop_loss_rounding : float
        [financing level currency].
    spread, maximum_spread : float
        Fractions [per year]: 3.5 % is 0.035.
    premium, maximum_premium, minimum_premium : float
        Fractions [of the financing level]; without effect for best and limited.
    entitlement : float
        [units of the underlying per certificate].
    financing_level_currency, settlement_currency : str
        ISO 4217 codes.
    trade_date, issue_date : date
        Level, spread, premium and stop-loss hold on the trade date.
    valuation_dates : str
        The rule for exercise dates, in the words of the document.
    final_valuation_date : date, optional
        End of a dated certificate; ``None`` without a term.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown family, kind or side; fixed leverage certificates are refused.  Everything
        else is left to :func:`findings`.

    Rule: ING Final Terms, items A.1 to A.22 and tables T.1 to T.3.

    Examples
    --------
    >>> attrs.fields(Certificate).kind.converter("Fixed Leverage")
    Traceback (most recent call last):
    xlidx.errors.XlidxError: fixed leverage certificates cannot be computed: ...
    """

    series: str
    wkn: str
    isin: str
    number: float
    issue_price: float
    underlying: str
    name: str
    family: str = attrs.field(converter=_family)
    kind: str = attrs.field(converter=_kind)
    side: str = attrs.field(converter=_side)
    financing_level: float
    spread: float
    maximum_spread: float
    premium: float
    maximum_premium: float
    minimum_premium: float
    stop_loss: float
    stop_loss_rounding: float
    entitlement: float
    financing_level_currency: str
    settlement_currency: str
    trade_date: date
    issue_date: date
    valuation_dates: str
    final_valuation_date: date | None = None


def findings(certificate: Certificate) -> tuple[Finding, ...]:
    """Return what does not fit together in the terms of one certificate.

    Parameters
    ----------
    certificate : Certificate

    Returns
    -------
    tuple of Finding
        Identifiers, amounts, fractions, bounds of spread and premium, stop-loss against the level, currencies
        and dates, in this order; empty when nothing is to be said.  A NaN is reported as not above 0.

    Rule: ING Final Terms, items A.8 to A.21.

    *Reading*: the stop-loss of best and limited certificates is their financing level (C.9); for limited
    ones, where this is known with less confidence, a difference is a warning.

    Examples
    --------
    >>> terms = Certificate(
    ...     series="108731", wkn="NG20XP", isin="DE000NG20XP3", number=2e6, issue_price=0.39, underlying="DAX",
    ...     name="DAX Index", family="index", kind="best", side="short", financing_level=13571.32, spread=0.035,
    ...     maximum_spread=0.05, premium=0.015, maximum_premium=0.2, minimum_premium=0.0, stop_loss=13571.32,
    ...     stop_loss_rounding=0.01, entitlement=0.01, financing_level_currency="EUR", settlement_currency="EUR",
    ...     trade_date=date(2020, 2, 10), issue_date=date(2020, 2, 12), valuation_dates="annually")
    >>> findings(terms)
    ()
    >>> findings(attrs.evolve(terms, spread=0.06))[0].what
    'spread 0.06 is above maximum_spread 0.05'
    """
    checks = (_identifier_faults, _amount_faults, _bound_faults, _barrier_faults, _currency_faults, _date_faults)
    return tuple(finding for check in checks for finding in check(certificate))


def issuer_findings(lei: str) -> tuple[Finding, ...]:
    """Return what is wrong with the legal entity identifier of an issuer (ISO 17442).

    Examples
    --------
    >>> issuer_findings("3TK20IVIUJ8J3ZU0QE75")
    ()
    >>> issuer_findings("3TK201VIUJ8J3ZU0QE75")[0].what
    "LEI '3TK201VIUJ8J3ZU0QE75' has a wrong check digit, left as printed"
    """
    try:
        identifiers.lei(lei)
    except XlidxError as error:
        return (Finding("warning", "lei check digit", "document", f"{error.what}, left as printed"),)
    return ()


def _error(certificate: Certificate, name: str, what: str) -> Finding:
    return Finding("error", name, certificate.series, what)


def _warning(certificate: Certificate, name: str, what: str) -> Finding:
    return Finding("warning", name, certificate.series, what)


def _identifier_faults(certificate: Certificate) -> Iterator[Finding]:
    try:
        identifiers.isin(certificate.isin)
    except XlidxError as error:
        yield _error(certificate, "isin", error.what)
    try:
        identifiers.wkn(certificate.wkn)
    except XlidxError as error:
        yield _error(certificate, "wkn", error.what)
    if certificate.isin.startswith("DE") and certificate.wkn != certificate.isin[5:11]:
        what = f"WKN {certificate.wkn} is not the characters 6 to 11 of ISIN {certificate.isin}"
        yield _error(certificate, "wkn", what)


def _amount_faults(certificate: Certificate) -> Iterator[Finding]:
    for name in AMOUNTS:
        value = getattr(certificate, name)
        if not 0.0 < value < math.inf:
            yield _error(certificate, "amount", f"{name} is {value:.15g} but must be above 0")
    if not float(certificate.number).is_integer():
        yield _error(certificate, "amount", f"number is {certificate.number:.15g} but pieces are whole")
    for name in FRACTIONS:
        value = getattr(certificate, name)
        if not 0.0 <= value <= 1.0:
            what = f"{name} is {value:.15g} but must lie between 0 and 1: 3.5 % is 0.035"
            yield _error(certificate, "fraction", what)


def _bound_faults(certificate: Certificate) -> Iterator[Finding]:
    c = certificate
    if c.spread > c.maximum_spread:
        yield _error(c, "spread cap", f"spread {c.spread:.15g} is above maximum_spread {c.maximum_spread:.15g}")
    if c.premium > c.maximum_premium:
        yield _error(c, "premium bounds", f"premium {c.premium:.15g} is above maximum_premium {c.maximum_premium:.15g}")
    if c.premium < c.minimum_premium:
        yield _error(c, "premium bounds", f"premium {c.premium:.15g} is below minimum_premium {c.minimum_premium:.15g}")


def _barrier_faults(certificate: Certificate) -> Iterator[Finding]:
    c, code = certificate, KINDS[certificate.kind]
    pair = f"stop_loss {c.stop_loss:.15g} and financing_level {c.financing_level:.15g}"
    if code in (BEST, LIMITED):
        if c.stop_loss != c.financing_level:
            report = _error if code == BEST else _warning
            yield report(c, "stop loss", f"{pair} differ, which a {c.kind} certificate does not allow")
    elif SIDES[c.side] * (c.stop_loss - c.financing_level) < 0.0:
        wanted = "above" if c.side == "long" else "below"
        yield _error(c, "stop loss", f"{pair}: the stop-loss of a {c.side} certificate stands {wanted} its level")
    elif 0.0 <= c.premium <= 1.0 and c.financing_level > 0.0 and c.stop_loss_rounding > 0.0:
        due = float(np.asarray(stop_loss_price(c.side, c.financing_level, c.premium, c.stop_loss_rounding, code)))
        if abs(c.stop_loss - due) > 1.5 * c.stop_loss_rounding:
            yield _warning(c, "stop loss", f"{pair}: premium {c.premium:.15g} gives {due:.15g}")


def _currency_faults(certificate: Certificate) -> Iterator[Finding]:
    for name in ("financing_level_currency", "settlement_currency"):
        code = getattr(certificate, name)
        if code not in CURRENCIES:
            yield _error(certificate, "currency", f"{name} {code!r} is no ISO 4217 code")
    for name in ("underlying", "name"):
        if not getattr(certificate, name).strip():
            yield _error(certificate, "underlying", f"{name} is blank")


def _date_faults(certificate: Certificate) -> Iterator[Finding]:
    c = certificate
    if c.trade_date > c.issue_date:
        yield _error(c, "dates", f"trade date {c.trade_date} is after issue date {c.issue_date}")
    dated = KINDS[c.kind] == LIMITED
    if dated and c.final_valuation_date is None:
        yield _warning(c, "dates", "a limited certificate without a final valuation date")
    if c.final_valuation_date is not None and not dated:
        yield _error(c, "dates", f"a {c.kind} certificate with a final valuation date {c.final_valuation_date}")
    if c.final_valuation_date is not None and c.final_valuation_date <= c.issue_date:
        yield _error(c, "dates", f"final valuation date {c.final_valuation_date} is not after the issue date")
