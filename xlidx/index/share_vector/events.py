"""Shares of one member after a dividend, capital increase or reduction, split or par-value change of one member.

For an index whose numbers of shares carry every adjustment.  Symbols: x number of shares, p price, D dividend
after tax, B subscription price, BV new shares per old share, H old shares per new share, N par value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from xlidx.arrays import Floats, Numbers, numbers, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.terms import QUOTE, require_above, require_not_below
from xlidx.index.level import one_value
from xlidx.rules import Step, cite, rule
from xlidx.tables import closest

FORMS = ("ex date", "ex ante")


@rule("solactive_human_capital", "3.4")
@rule("solactive_human_capital", "3.3")
@rule("solactive_human_capital", "4 Dividend Correction Factor")
def shares_after_dividend(
    shares: Numbers, price: Numbers, amount: Numbers, correction: Numbers = 1.0, form: str = "ex date"
) -> Floats:
    """Shares of one member after a dividend is put into the share that pays it.

    Parameters
    ----------
    shares : float or array of shape (E,) [number]
        On the day before the ex-date.
    price : likewise [quote currency]
        Of the ex-date; with the form ``ex ante`` the close before it.
    amount : likewise [quote currency per share]
        Gross payment.
    correction : likewise [fraction]
        Dividend correction factor, 1 less the tax rate; 1 in a gross index.
    form : {"ex date", "ex ante"}

    Returns
    -------
    array of shape (E,) [number]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a price that is not above 0, a negative amount, a correction outside 0 to 1, or, ex ante, a
        dividend as large as the price.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.4, 3.3 and definition of Dividend Correction Factor.
    *Reading*: 3.4 writes the price of the ex-date itself, x (p + D) / p, which is only known after the close,
    while 3.3 wants the number before the open.  ``ex date`` is the formula as printed; ``ex ante`` is the common
    form p / (p - D) with the close before.

    Examples
    --------
    >>> shares_after_dividend(100.0, 9.5, 0.5).round(6).tolist()
    [105.263158]
    >>> shares_after_dividend(100.0, 10.0, 0.5, form="ex ante").round(6).tolist()
    [105.263158]
    """
    known_form(form)
    x, p, paid = _held(shares), _price(price), numbers(amount)
    require_not_below(paid, "amount", "give the dividend per share, gross")
    require_fraction(correction, "correction")
    d = paid * correction
    if form == "ex date":
        return np.asarray(x * ((p + d) / p))
    require(d < p, d, "dividend after tax", "be below the price", "check amount and currency")
    return np.asarray(x * (p / (p - d)))


@rule("solactive_human_capital", "3.5.2")
@rule("solactive_human_capital", "3.3")
def shares_after_increase(
    shares: Numbers, price: Numbers, ratio: Numbers, subscription: Numbers = 0.0, form: str = "ex date"
) -> Floats:
    """Shares of one member after a capital increase.

    Parameters
    ----------
    shares : float or array of shape (E,) [number]
    price : likewise [quote currency]
        Close of the ex-date; with the form ``ex ante`` the close before it.
    ratio : likewise [new shares per old share]
        BV.
    subscription : likewise [quote currency per new share]
        B; 0 for an increase from the company's own resources.
    form : {"ex date", "ex ante"}

    Returns
    -------
    array of shape (E,) [number]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a price or ratio that is not above 0 or a negative subscription price.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.5.2 and 3.3.
    *Reading*: the price is the one of the ex-date; the formula then keeps the value exactly.  ``ex ante`` puts the
    theoretical price ex right in its place.  Where a new share costs at least the price there is no adjustment.

    Examples
    --------
    >>> shares_after_increase(1000.0, 9.2, 0.25, 6.0).round(6).tolist()
    [1086.956522]
    >>> shares_after_increase(1000.0, 10.0, 0.25, 6.0, form="ex ante").round(6).tolist()
    [1086.956522]
    """
    known_form(form)
    x, p, bv, b = _held(shares), _price(price), numbers(ratio), numbers(subscription)
    require_above(bv, "ratio", "give new shares per old share: 1 for 4 is 0.25")
    require_not_below(b, "subscription", "give the price of a new share, 0 if it is free")
    ex = p if form == "ex date" else (p + bv * b) / (1.0 + bv)
    return np.asarray(x * np.where(b < p, 1.0 + (ex - b) / ex * bv, 1.0))


@rule("solactive_human_capital", "3.5.3")
def shares_after_reduction(shares: Numbers, ratio: Numbers) -> Floats:
    """Shares of one member after a capital reduction: x / H.

    Parameters
    ----------
    shares : float or array of shape (E,) [number]
    ratio : likewise [old shares per new share]
        H: 4 where four old shares become one.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.5.3.
    *Reading*: the text does not say which way H counts; old shares per new share is the one that keeps the value.

    Examples
    --------
    >>> shares_after_reduction(100.0, 4.0).tolist()
    [25.0]
    """
    x, h = _held(shares), numbers(ratio)
    require_above(h, "ratio", "give old shares per new share: 4 where four become one")
    return np.asarray(x / h)


@rule("solactive_human_capital", "3.5.4")
def shares_after_split(shares: Numbers, old: Numbers, new: Numbers, measure: str = "share numbers") -> Floats:
    """Shares of one member after a split or a change of the par value.

    Parameters
    ----------
    shares : float or array of shape (E,) [number]
    old, new : likewise
        Before and after the event, of the kind that ``measure`` names.
    measure : {"share numbers", "par values"}

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.5.4.
    *Reading*: the text gives both symbols two meanings, crosswise; the input says which one it holds.  More shares
    mean more shares in the index, a lower par value too.

    Examples
    --------
    >>> shares_after_split(100.0, 1.0, 2.0).tolist(), shares_after_split(100.0, 5.0, 2.5, "par values").tolist()
    ([200.0], [200.0])
    """
    x, before, after = _held(shares), numbers(old), numbers(new)
    require_above(before, "old", f"give the {measure} before the event")
    require_above(after, "new", f"give the {measure} after the event")
    if measure not in ("share numbers", "par values"):
        mend = "use share numbers or par values"
        raise XlidxError(Kind.CHOICE, f"measure {measure!r} is not known", "argument measure", mend)
    return np.asarray(x * (after / before if measure == "share numbers" else before / after))


@rule("solactive_human_capital", "3.5.1")
def shares_after_decision(shares: Numbers, factor: Numbers, author: str, reason: str) -> Floats:
    """Shares of one member after an adjustment that the index calculator has decided.

    Parameters
    ----------
    shares : float or array of shape (E,) [number]
    factor : likewise [shares after per share before]
    author, reason : str
        Who decided and why; both needed.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.5.1.

    Examples
    --------
    >>> shares_after_decision(100.0, 1.25, "calculator", "as the options exchange adjusts").tolist()
    [125.0]
    """
    x, times = _held(shares), numbers(factor)
    for name, text in (("author", author), ("reason", reason)):
        if not str(text).strip():
            raise XlidxError(Kind.MISSING, f"{name} of a manual factor is blank", f"argument {name}", "fill it in")
    require_above(times, "factor", "give shares after per share before")
    return np.asarray(x * times)


TERMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "dividend": (("amount",), ("correction", "form")),
    "capital increase": (("ratio",), ("subscription", "form")),
    "capital reduction": (("ratio",), ()),
    "split": (("old", "new"), ()),
    "par value": (("old", "new"), ()),
    "manual factor": (("factor", "author", "reason"), ()),
}
"""Terms of every event: those it needs, and those it may have."""


CLAUSES: Mapping[str, Callable[..., Any]] = {
    "dividend": shares_after_dividend,
    "capital increase": shares_after_increase,
    "capital reduction": shares_after_reduction,
    "split": shares_after_split,
    "par value": shares_after_split,
    "manual factor": shares_after_decision,
}


@rule("solactive_human_capital", "3.4")
@rule("solactive_human_capital", "3.5.1")
@rule("solactive_human_capital", "3.5.2")
@rule("solactive_human_capital", "3.5.3")
@rule("solactive_human_capital", "3.5.4")
def adjust_shares(event: str, shares: Numbers, price: Numbers, terms: Mapping[str, Any]) -> Floats:
    """Shares of one member after one event of any kind.

    Parameters
    ----------
    event : str
        A key of :data:`TERMS`: dividend, capital increase, capital reduction, split, par value, manual factor.
    shares : float or array of shape (E,) [number]
    price : likewise [quote currency]
        Not read by reductions, splits, par-value changes and manual factors.
    terms : mapping of name to value
        As in :data:`TERMS`; names as the parameters of the functions above.

    Returns
    -------
    array of shape (E,) [number]

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown event or term, ``MISSING`` for a term that is blank; else as the functions above.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.4 and 3.5.1 to 3.5.4.

    Examples
    --------
    >>> adjust_shares("capital reduction", 100.0, 10.0, {"ratio": 4.0}).tolist()
    [25.0]
    """
    given = _terms(event, terms)
    if event == "dividend":
        return shares_after_dividend(shares, price, **given)
    if event == "capital increase":
        return shares_after_increase(shares, price, **given)
    if event == "capital reduction":
        return shares_after_reduction(shares, **given)
    if event == "manual factor":
        return shares_after_decision(shares, **given)
    return shares_after_split(shares, **given, measure="share numbers" if event == "split" else "par values")


def explain_adjust_shares(event: str, shares: Numbers, price: Numbers, terms: Mapping[str, Any]) -> list[Step]:
    """Return the steps of one event; arguments as :func:`adjust_shares`.

    Examples
    --------
    >>> [step.value for step in explain_adjust_shares("split", 100.0, 10.0, {"old": 1.0, "new": 2.0})]
    [100.0, 10.0, 1.0, 2.0, 200.0]
    """
    x, p = one_value(shares, price)
    clause = cite(CLAUSES[event]) if event in CLAUSES else ""
    after = float(adjust_shares(event, x, p, terms)[0])
    return [
        Step("x", "number of shares before", x, "number", clause),
        Step("p", "price", p, QUOTE, clause),
        *(Step(name, f"{name} of the {event}", value, "", clause) for name, value in terms.items()),
        Step("x'", f"number of shares after the {event}", after, "number", clause),
    ]


def known_form(form: str) -> None:
    """Refuse a word that is not one of :data:`FORMS`."""
    if form not in FORMS:
        raise XlidxError(Kind.CHOICE, f"form {form!r} is not known", "argument form", f"use {' or '.join(FORMS)}")


def _terms(event: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    if event not in TERMS:
        near = closest(event, tuple(TERMS))
        mend = f"did you mean {near}?" if near else f"use {', '.join(TERMS)}"
        raise XlidxError(Kind.CHOICE, f"event {event!r} is not known", "argument event", mend)
    needed, possible = TERMS[event]
    for name in needed:
        if terms.get(name) is None:
            what, mend = f"{name} is blank, {event} needs it", "add it to the terms"
            raise XlidxError(Kind.MISSING, what, "argument terms", mend)
    for name in terms:
        if name not in (*needed, *possible):
            mend = f"use {', '.join((*needed, *possible))}"
            raise XlidxError(Kind.CHOICE, f"term {name!r} does not belong to {event}", "argument terms", mend)
    return dict(terms)


def _held(shares: Numbers) -> Floats:
    found = numbers(shares)
    require_not_below(found, "shares", "give the number of shares in the index")
    return found


def _price(price: Numbers) -> Floats:
    found = numbers(price)
    require_above(found, "price", "give the closing price in quote currency")
    return found
