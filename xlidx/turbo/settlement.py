"""Cash settlement: what one certificate pays at exercise, issuer call, stop loss or expiry."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlidx.arrays import Bools, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.rounding import TIES, round_decimals
from xlidx.rules import Step, clause, rule
from xlidx.turbo.terms import (
    EXERCISE,
    EXPIRY,
    ISSUER_CALL,
    LIMITED,
    OPEN_ENDED,
    STOP_LOSS,
    Coded,
    arguments_of,
    choose,
    event_of,
    kind_of,
    sign_of,
    word_of,
)

REFERENCES = {
    EXERCISE: "final reference price",
    ISSUER_CALL: "termination reference price",
    STOP_LOSS: "stop-loss termination reference price",
    EXPIRY: "final reference price",
}


@rule("ing_open_end_turbo", "C.14")
@rule("ing_open_end_turbo", "C.13")
@rule("ing_open_end_turbo", "C.12")
@rule("ing_open_end_turbo", "C.11")
@rule("ing_open_end_turbo", "A.20")
def cash_settlement(
    side: Coded,
    financing_level: Numbers,
    reference_price: Numbers | None,
    entitlement: Numbers,
    fx: Numbers = 1.0,
    settlement_event: Coded = "exercise",
    kind: Coded = "best",
    expenses: Numbers = 0.0,
    decimals: int | None = 2,
    tie: str = "half up",
) -> Numbers:
    """Return the cash that one certificate pays.

    Parameters
    ----------
    side : ``long`` or ``short``, or sign, scalar or array (...)
    financing_level : float array (...)
        Level of the valuation day [financing level currency per unit of the underlying], above 0.
    reference_price : float array (...)
        Final, termination or stop-loss reference price [same], 0 or more; may be NaN where nothing is paid.
    entitlement : float array (...)
        Units of the underlying per certificate, above 0.  A "ratio 100" is an entitlement of 0.01.
    fx : float array (...)
        Financing level currency per settlement currency (USD per EUR), above 0; *divides*.
    settlement_event : ``exercise``, ``issuer call``, ``stop loss`` or ``expiry`` (limited only), or code (...)
    kind : ``best``, ``limited`` or ``open ended``, or code (...)
    expenses : float array (...)
        Taxes, duties and costs per certificate [settlement currency], 0 or more.
    decimals : int or None
        Decimals of the amount; ``None`` leaves it unrounded.
    tie : {"half up", "half even", "half down", "half away"}

    Returns
    -------
    float or float array (...)
        ``max(0, max(0, s (S - F)) E / X - expenses)`` rounded [settlement currency].  At a stop loss best and
        limited certificates pay 0 whatever the reference price; an open-ended one pays what is left.

    Raises
    ------
    XlidxError
        ``DOMAIN`` outside the ranges above or for NaN; ``CHOICE`` for an unknown word or impossible expiry.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 16 to 21; condition on the cash settlement amount.

    *Reading*: expenses come off before rounding; two decimals, half up (the Final Terms do not say).

    Examples
    --------
    >>> cash_settlement("short", 9884.36, 9445.92, 0.01, 1.0963)
    4.0
    >>> cash_settlement("short", 9884.36, 9445.92, 0.01, 1.0963, "stop loss")
    0.0
    """
    sign, worthless = sign_of(side), _pays_nothing(event_of(settlement_event), kind_of(kind))
    price = np.nan if reference_price is None else reference_price
    require_terms(financing_level, entitlement, fx)
    _require_amounts(price, worthless, expenses, decimals)
    paid = _after_expenses(payoff(sign, financing_level, price, entitlement, fx), expenses)
    due = paid if worthless is False else choose(worthless, 0.0, paid)
    return round_decimals(due, decimals, word_of(tie, TIES, "tie"))


@rule("ing_open_end_turbo", "C.12")
def payoff(sign: Numbers, financing_level: Numbers, price: Numbers, entitlement: Numbers, fx: Numbers) -> Numbers:
    """Return ``max(0, s (S - F)) E / X``, unchecked and unrounded: the one formula of settlement and value.

    Examples
    --------
    >>> float(payoff(1.0, 7000.0, 8000.0, 0.01, 1.25))
    8.0
    """
    return _floored(sign * (price - financing_level)) * (entitlement / fx)


def require_terms(financing_level: Numbers, entitlement: Numbers, fx: Numbers) -> None:
    """Refuse terms that no certificate can have.

    Examples
    --------
    >>> require_terms(13571.32, 0.01, 0.0)
    Traceback (most recent call last):
    xlidx.errors.XlidxError: fx is 0 but must be above 0 - argument fx - give financing currency per ...
    """
    level_mend = "give the financing level of the day"
    require(financing_level > 0.0, financing_level, "financing level", "be above 0", level_mend)
    ratio_mend = "give units per certificate: a ratio of 100 is 0.01"
    require(entitlement > 0.0, entitlement, "entitlement", "be above 0", ratio_mend)
    fx_mend = "give financing currency per settlement currency, for example USD per EUR"
    require(fx > 0.0, fx, "fx", "be above 0", fx_mend)


def explain_cash_settlement(*terms: Any, **named: Any) -> list[Step]:
    """Return the steps from the reference price to the cash amount, for one certificate.

    Examples
    --------
    >>> steps = explain_cash_settlement("short", 13571.32, 13532.32, 0.01)
    >>> steps[-1].meaning, steps[-1].value
    ('cash settlement amount, 2 decimals half up', 0.39)
    """
    plain = arguments_of(cash_settlement, terms, named)
    amount, sign = float(cash_settlement(*plain)), sign_of(plain[0])
    level, price, ratio, rate, event, kind, costs, decimals, tie = plain[1:]
    steps = [
        Step("s", "side: +1 long, -1 short", float(sign), "", _clauses("A.2(c)")),
        Step("F", "financing level", float(level), "currency", _clauses("A.8", "C.1")),
    ]
    due, code = _clauses("A.20", "C.12"), event_of(event)
    if _pays_nothing(code, kind_of(kind)):
        nothing = "cash settlement amount: a stop loss of this kind pays nothing"
        return [*steps, Step("A", nothing, amount, "settlement currency", due)]
    gross, gained = payoff(sign, level, price, ratio, rate), float(sign * (price - level))
    rounded = "unrounded" if decimals is None else f"{decimals:g} decimals {tie}"
    rest, money = float(_after_expenses(gross, costs)), "settlement currency"
    return [
        *steps,
        Step("S", REFERENCES[code], float(price), "currency", _clauses("C.11" if code == STOP_LOSS else "C.13")),
        Step("s(S - F)", "difference in favour of the holder", gained, "currency", _clauses("C.12")),
        Step("E", "entitlement", float(ratio), "units per certificate", _clauses("A.16")),
        Step("X", "exchange rate, divides", float(rate), "currency per settlement currency", _clauses("C.14")),
        Step("G", "max(0, s(S - F)) E / X", float(gross), money, _clauses("C.12")),
        Step("x", "expenses", float(costs), money, _clauses("C.12")),
        Step("G - x", "floored at 0", rest, money, _clauses("C.12")),
        Step("A", f"cash settlement amount, {rounded}", amount, money, due),
    ]


def _clauses(*sections: str) -> str:
    return "; ".join(clause("ing_open_end_turbo", section) for section in sections)


def _after_expenses(amount: Numbers, expenses: Numbers) -> Numbers:
    if not isinstance(expenses, np.ndarray) and expenses == 0.0:
        return amount
    return _floored(amount - expenses)


def _floored(amount: Numbers) -> Numbers:
    return np.maximum(amount, 0.0, out=amount) if isinstance(amount, np.ndarray) else max(amount, 0.0)


def _pays_nothing(event: Any, kind: Any) -> bool | Bools:
    undated = (event == EXPIRY) & (kind != LIMITED)
    if np.any(undated):
        raise XlidxError(
            Kind.CHOICE,
            "expiry is for limited certificates: best and open ended ones have no final valuation date",
            "argument settlement_event",
            "use exercise, issuer call or stop loss",
            mask=undated if isinstance(undated, np.ndarray) else None,
        )
    nothing: bool | Bools = (event == STOP_LOSS) & (kind != OPEN_ENDED)
    return nothing


def _require_amounts(price: Numbers, worthless: bool | Bools, expenses: Numbers, decimals: int | None) -> None:
    mend = "give the level that settles"
    require((price >= 0.0) | worthless, price, "reference price", "be 0 or more", mend)
    mend = "give the costs per certificate, 0 if none"
    require(expenses >= 0.0, expenses, "expenses", "be 0 or more", mend)
    whole = decimals is None or (0 <= decimals <= 12 and decimals % 1 == 0)
    require(whole, decimals, "decimals", "be a whole number from 0 to 12", "give 2 for cents, blank for none")
