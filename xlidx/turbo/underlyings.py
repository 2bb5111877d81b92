"""What the kind of underlying changes: which rates run, whether dividends or roll-overs move the level."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Floats, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.turbo.certificate import FAMILIES
from xlidx.turbo.terms import Coded, sign_of, word_of

Codes = npt.NDArray[np.int8]


@attrs.frozen
class FamilyRule:
    """What moves the financing level of one family besides the spread, which all of them have."""

    rate: bool
    base_rate: bool = False
    dividend: bool = False
    rollover: bool = False


FAMILY_RULES: Mapping[str, FamilyRule] = MappingProxyType(
    {
        "index": FamilyRule(rate=True, dividend=True),
        "share": FamilyRule(rate=True, dividend=True),
        "fund": FamilyRule(rate=True, dividend=True),
        "currency": FamilyRule(rate=True, base_rate=True),
        "commodity future": FamilyRule(rate=False, rollover=True),
        "index future": FamilyRule(rate=False, rollover=True),
        "government bond future": FamilyRule(rate=False, rollover=True),
    }
)

DAY_COUNTS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("EUR", "USD", "CHF", "JPY", "SEK", "NOK", "DKK", "CZK", "MXN", "CNH"), 360)
    | dict.fromkeys(("GBP", "AUD", "CAD", "HKD", "SGD", "ZAR", "PLN", "NZD"), 365)
)
"""Days of a year by currency: the usage of its money market, not printed in the Final Terms."""

_RULES = tuple(FAMILY_RULES[name] for name in FAMILIES)
USES_RATE, USES_BASE_RATE, PAYS_DIVIDEND, ROLLS = (
    np.array([getattr(family, name) for family in _RULES]) for name in ("rate", "base_rate", "dividend", "rollover")
)


def family_of(family: str | npt.NDArray[Any] | list[str]) -> Codes:
    """Return the place of each family in :data:`xlidx.turbo.certificate.FAMILIES`.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown word.

    Examples
    --------
    >>> family_of(["index", "Currency"])
    array([0, 3], dtype=int8)
    """
    words = np.asarray(family, dtype=object)
    codes = {word: FAMILIES.index(word_of(word, FAMILIES, "family")) for word in set(words.ravel().tolist())}
    return np.array([codes[word] for word in words.ravel().tolist()], dtype=np.int8).reshape(words.shape)


def day_count_of(currency: str, overrides: Mapping[str, int] | None = None) -> int:
    """Return the days of a year for interest in a currency.

    Parameters
    ----------
    currency : str
        ISO 4217 code of the financing level currency.
    overrides : mapping of code to 360 or 365, optional
        Goes before the table.

    Returns
    -------
    int

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a currency that neither table has; ``DOMAIN`` for an override other than 360 or 365.

    Notes
    -----
    Rule: ING Final Terms, item 17; condition on the funding cost (confidence: medium).

    Examples
    --------
    >>> day_count_of("USD"), day_count_of("GBP"), day_count_of("EUR", {"EUR": 365})
    (360, 365, 365)
    """
    code = currency.strip().upper()
    count = (overrides or {}).get(code, DAY_COUNTS.get(code))
    if count is None:
        what = f"no day count is known for {currency}"
        raise XlidxError(Kind.NO_DATA, what, "financing level currency", "give the day count, 360 or 365")
    require(count in (360, 365), count, "day count", "be 360 or 365", f"correct the day count of {code}")
    return count


@rule("ing_open_end_turbo", "C.2")
@rule("ing_open_end_turbo", "C.3")
@rule("ing_open_end_turbo", "C.17")
def yearly_cost(
    family: str | Codes,
    side: Coded,
    spread: Numbers,
    rate: Numbers = np.nan,
    base_rate: Numbers = np.nan,
) -> Numbers:
    """Return what a year of financing adds to the level, as a fraction of it.

    Parameters
    ----------
    family : str, or codes of :func:`family_of` (...)
        What the underlying is.
    side : str or sign, scalar or array (...)
        ``long`` or ``short``.
    spread : float array (...)
        Current spread m [fraction per year].
    rate : float array (...)
        Rate r of the financing level currency, for a currency pair of the quote currency [fraction per year].
    base_rate : float array (...)
        Rate of the other currency of a pair [fraction per year].

    Returns
    -------
    float or float array (...)
        ``r + s m`` (index, share, fund), ``r - base_rate + s m`` (currency), ``s m`` (futures).  A rate that a
        family does not use may be anything, also missing; NaN comes out where one that it uses is missing.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown family or side.

    Notes
    -----
    Rule: conditions on the funding cost, the rate and the types of certificates.

    *Reading*, confidence: high for index, share and fund (printed by issuers of the same product); medium for
    futures, whose price already carries the interest (sister programmes); low for currencies (inferred from one
    price history of this issuer).

    Examples
    --------
    >>> round(yearly_cost("currency", "short", 0.035, rate=0.0158, base_rate=-0.0045), 10)
    -0.0147
    >>> yearly_cost("index future", "long", 0.03)
    0.03
    """
    code = family_of(family) if isinstance(family, str) else family
    net = net_rate(code, rate, base_rate)
    cost = sign_of(side) * spread + net
    return cost if isinstance(cost, np.ndarray) and cost.ndim else float(cost)


def net_rate(code: Codes, rate: Numbers, base_rate: Numbers) -> Floats:
    """Return the interest part of the yearly cost: r, r - base rate, or 0; see :func:`yearly_cost`."""
    return np.where(USES_RATE[code], rate, 0.0) - np.where(USES_BASE_RATE[code], base_rate, 0.0)


@rule("ing_open_end_turbo", "C.4")
def rollover_spread(old_price: Numbers, new_price: Numbers) -> Numbers:
    """Return what a change of the futures contract adds to the financing level, for long and short alike.

    Parameters
    ----------
    old_price, new_price : float array (...)
        Prices at which the issuer leaves the old and enters the new contract [financing level currency]; both
        finite, negative ones included.

    Returns
    -------
    float or float array (...)
        ``new_price - old_price``: contango raises the level, backwardation lowers it.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a price that is missing or not finite.

    Notes
    -----
    Rule: condition on the roll-over (confidence: medium).

    *Reading*: bid, offer and costs are in the two prices: a long leaves at the bid and enters at the offer, a
    short the reverse.

    Examples
    --------
    >>> rollover_spread(61.5, 62.25)
    0.75
    """
    for name, price in (("old price", old_price), ("new price", new_price)):
        mend = "give the price of the roll-over"
        require(np.isfinite(price), price, name, "be a number", mend)
    return new_price - old_price


@rule("ing_open_end_turbo", "C.16")
def adjusted(factor: Numbers, financing_level: Numbers, stop_loss: Numbers, entitlement: Numbers) -> tuple[Any, ...]:
    """Return level, stop-loss price and entitlement after a value-neutral adjustment.

    Parameters
    ----------
    factor : float array (...)
        New units of the underlying for one old unit, above 0: 4 for a split of 4 for 1.  For any other measure
        that scales the price (rights, mergers): old price over adjusted price.
    financing_level, stop_loss, entitlement : float array (...)
        Before the adjustment.

    Returns
    -------
    tuple
        ``F / k``, ``B / k`` and ``E k``; the certificate is worth as much after as before.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a factor not above 0 (NaN included).

    Notes
    -----
    Rule: condition on adjustments (confidence: medium).

    *Reading*: the stop-loss price is not rounded again before its next reset.

    Examples
    --------
    >>> adjusted(4.0, 200.0, 210.0, 0.1)
    (50.0, 52.5, 0.4)
    """
    usable = (factor > 0.0) & np.isfinite(factor)
    mend = "give new units per old unit, for example 4"
    require(usable, factor, "factor", "be above 0", mend)
    return financing_level / factor, stop_loss / factor, entitlement * factor


def misplaced(code: Codes, dividend: Numbers, rollover: Numbers) -> tuple[Bools, Bools]:
    """Return where a dividend or a roll-over is given for a family that has none."""
    return (dividend != 0.0) & ~PAYS_DIVIDEND[code], (rollover != 0.0) & ~ROLLS[code]
