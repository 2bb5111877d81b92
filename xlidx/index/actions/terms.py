"""Corporate actions that change the price or the shares of one member, one event at a time.

Every function works on one event or on columns of events; the result has one row per event.  Symbols: C
closing price with the entitlement (cum), C' adjusted closing price, Q shares in the index, r ratio, S
subscription price, D dividend that new shares miss.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats, Numbers, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.level import one_value
from xlidx.rules import Step, cite, rule

RIGHTS_LIMIT = 0.4
NEAR = 1e-9  # a ratio this close to a threshold is the threshold
SHARES_ADDED, VALUE_ONLY, NO_VALUE = "shares added", "value of the right only", "no adjustment"
QUOTE = "quote currency"
SPLITS = ("split", "reverse split", "bonus issue")


def right_adjusted(price: Floats, ratio: Floats, subscription: Floats, disadvantage: Floats) -> Floats:
    """Theoretical price ex right, (C + r (S + D)) / (1 + r); C itself where the right has no value."""
    paid = subscription + disadvantage
    return np.where(paid < price, (price + ratio * paid) / (1.0 + ratio), price)


def shares_added(ratio: Floats, fungible: Bools, disadvantage: Floats, limit: float = RIGHTS_LIMIT) -> Bools:
    """Tell where new shares enter the index: ratio below the limit, and one line with the old shares."""
    added: Bools = (ratio < limit - NEAR) & fungible & (disadvantage == 0.0)
    return added


@rule("psi20", "6.6")
def rights_issue(
    price: Numbers,
    shares: Numbers,
    ratio: Numbers,
    subscription: Numbers,
    fungible: Any = True,
    disadvantage: Numbers = 0.0,
    limit: float = RIGHTS_LIMIT,
) -> pd.DataFrame:
    """Price, shares and value of the right after a rights issue.

    Parameters
    ----------
    price : float or array of shape (E,) [quote currency]
        Closing price before the ex-date.
    shares : likewise [number]
        Shares currently in the index.
    ratio : likewise [new shares per share held]
        1 for 3 is 1/3.
    subscription : likewise [quote currency per new share]
        0 or more.
    fungible : bool or array of bool
        Whether the new shares belong to the line of the old ones.
    disadvantage : likewise [quote currency per new share]
        Dividend that the new shares do not receive; above 0 they are not fungible.
    limit : float
        Ratio from which on no shares are added.

    Returns
    -------
    DataFrame, one row per event
        adjusted_price, new_shares, right_value [quote currency per old share], treatment, reason, clause.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a price or ratio that is not above 0 or a negative amount; missing values are refused.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.6.
    *Reading*: exactly 0.4 is not "less than 0.4".  A right has a value only if S + D lies below C.  Shares
    are not rounded.

    Examples
    --------
    >>> rights_issue(10.0, 1000.0, [0.25, 0.5], 6.0)[["adjusted_price", "new_shares"]].round(4).to_numpy().tolist()
    [[9.2, 1250.0], [8.6667, 1000.0]]
    """
    cum, held, r, paid, lag, joins = columns(price, shares, ratio, subscription, disadvantage, fungible)
    require_line(cum, held)
    require_above(r, "ratio", "give new shares per share held: 1 for 4 is 0.25")
    require_not_below(paid, "subscription", "give the subscription price of a new share")
    require_not_below(lag, "disadvantage", "give the dividend that new shares miss, or 0")
    adjusted = right_adjusted(cum, r, paid, lag)
    valued = adjusted < cum
    added = valued & shares_added(r, joins != 0.0, lag, limit)
    treatment = np.where(added, SHARES_ADDED, np.where(valued, VALUE_ONLY, NO_VALUE))
    reasons = {
        SHARES_ADDED: f"fewer than {limit:g} new shares per share, fungible",
        VALUE_ONLY: f"{limit:g} or more new shares per share, or not fungible",
        NO_VALUE: "subscription costs at least the price: the right has no positive value",
    }
    return pd.DataFrame(
        {
            "adjusted_price": adjusted,
            "new_shares": np.where(added, held * (1.0 + r), held),
            "right_value": cum - adjusted,
            "treatment": treatment,
            "reason": [reasons[word] for word in treatment.tolist()],
            "clause": cite(rights_issue),
        }
    )


@rule("psi20", "6.6")
def other_rights(price: Numbers, shares: Numbers, value: Numbers) -> pd.DataFrame:
    """Price after a right to which a value is attributed (convertibles, bonds with warrants).

    Parameters
    ----------
    price, shares
        See :func:`rights_issue`.
    value : float or array of shape (E,) [quote currency per share held]
        Attributed by the compiler; 0 or less means no adjustment.

    Returns
    -------
    DataFrame, one row per event
        adjusted_price, new_shares, right_value, treatment, reason, clause.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a value that reaches the price.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.6.

    Examples
    --------
    >>> other_rights(10.0, 1000.0, 0.3)["adjusted_price"].tolist()
    [9.7]
    """
    cum, held, worth = columns(price, shares, value)
    require_line(cum, held)
    require(worth < cum, worth, "value", "lie below the price", "check value and price, both per share")
    counted = np.maximum(worth, 0.0)
    treatment = np.where(worth > 0.0, VALUE_ONLY, NO_VALUE)
    reasons = {VALUE_ONLY: "a value is attributed to the right", NO_VALUE: "the right has no positive value"}
    return pd.DataFrame(
        {
            "adjusted_price": cum - counted,
            "new_shares": held,
            "right_value": counted,
            "treatment": treatment,
            "reason": [reasons[word] for word in treatment.tolist()],
            "clause": cite(other_rights),
        }
    )


@rule("psi20", "6.5.2")
def special_dividend(price: Numbers, shares: Numbers, amount: Numbers, fx: Numbers = 1.0) -> pd.DataFrame:
    """Price after a special dividend; the divisor then absorbs the change.

    Parameters
    ----------
    price, shares
        See :func:`rights_issue`.
    amount : float or array of shape (E,) [dividend currency per share]
        Gross, 0 or more.
    fx : likewise [quote currency per unit of dividend currency]

    Returns
    -------
    DataFrame, one row per event
        adjusted_price, new_shares, value_change [quote currency, before free float and capping], reason, clause.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a dividend that reaches the price, a negative number, or a price or rate of 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.5.2.
    *Reading*: gross for all versions of the index; a special dividend never enters the XD adjustment.

    Examples
    --------
    >>> special_dividend(10.0, 1000.0, 0.5)[["adjusted_price", "value_change"]].to_numpy().tolist()
    [[9.5, -500.0]]
    """
    cum, held, amounts, rates = columns(price, shares, amount, fx)
    require_line(cum, held)
    require_above(rates, "fx", "give quote currency per unit of dividend currency")
    paid = amounts * rates
    require_not_below(paid, "amount", "give the gross special dividend per share")
    require(paid < cum, paid, "amount", "lie below the price", "check the dividend and its currency")
    return pd.DataFrame(
        {
            "adjusted_price": cum - paid,
            "new_shares": held,
            "value_change": -held * paid,
            "reason": "closing price less the gross special dividend",
            "clause": cite(special_dividend),
        }
    )


@rule("psi20", "6.7")
def split(price: Numbers, shares: Numbers, ratio: Numbers, kind: str = "split") -> pd.DataFrame:
    """Price and shares after a split, reverse split or bonus issue; the divisor stays.

    Parameters
    ----------
    price, shares
        See :func:`rights_issue`.
    ratio : float or array of shape (E,)
        Shares after per share before (split above 1, reverse split below 1); for a bonus issue, new shares
        per share held.
    kind : {"split", "reverse split", "bonus issue"}

    Returns
    -------
    DataFrame, one row per event
        adjusted_price, new_shares, reason, clause.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a ratio on the wrong side of 1 or not above 0, a price not above 0 or negative shares;
        ``CHOICE`` for an unknown kind.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.7.
    *Reading*: shares are not rounded.

    Examples
    --------
    >>> split(10.0, 1000.0, 4.0)[["adjusted_price", "new_shares"]].to_numpy().tolist()
    [[2.5, 4000.0]]
    >>> split(11.0, 1000.0, 0.1, "bonus issue")["new_shares"].tolist()
    [1100.0]
    """
    cum, held, r = columns(price, shares, ratio)
    require_line(cum, held)
    factor = split_factor(r, kind)
    return pd.DataFrame(
        {
            "adjusted_price": cum / factor,
            "new_shares": held * factor,
            "reason": f"{kind}: shares times the ratio, price over it, no divisor change",
            "clause": cite(split),
        }
    )


def split_factor(ratio: Floats, kind: str) -> Floats:
    """Return shares after per share before, refusing a ratio that contradicts the kind."""
    if kind not in SPLITS:
        raise XlidxError(Kind.CHOICE, f"kind {kind!r} is not known", "argument kind", f"use {', '.join(SPLITS)}")
    if kind == "bonus issue":
        require_above(ratio, "ratio", "give new shares per share held: 1 for 10 is 0.1")
        return 1.0 + ratio
    if kind == "split":
        require(
            ratio > 1.0, ratio, "ratio", "be above 1", "give shares after per share before, or call it reverse split"
        )
        return ratio
    ok = (ratio > 0.0) & (ratio < 1.0)
    require(ok, ratio, "ratio", "lie between 0 and 1", "give shares after per share before: 1 for 75 is 1/75")
    return ratio


def explain_rights_issue(
    price: Numbers,
    shares: Numbers,
    ratio: Numbers,
    subscription: Numbers,
    fungible: Any = True,
    disadvantage: Numbers = 0.0,
    limit: float = RIGHTS_LIMIT,
) -> list[Step]:
    """Return the steps of one rights issue; arguments as :func:`rights_issue`.

    Examples
    --------
    >>> [(s.symbol, s.value) for s in explain_rights_issue(10.0, 1000.0, 0.25, 6.0)][-4:]
    [('C - S - D', 4.0), ("C'", 9.2), ('treatment', 'shares added'), ("Q'", 1250.0)]
    """
    cum, held, r, paid, lag = one_value(price, shares, ratio, subscription, disadvantage)
    row, clause = first_row(rights_issue(cum, held, r, paid, fungible, lag, limit)), cite(rights_issue)
    return [
        *_given(cum, held, clause),
        Step("r", "new shares per share held", r, "ratio", clause),
        Step("S", "subscription price", paid, QUOTE, clause),
        Step("D", "dividend that new shares miss", lag, QUOTE, clause),
        Step("C - S - D", "what a right to one new share saves", cum - paid - lag, QUOTE, clause),
        Step("C'", "adjusted price: (C + r (S + D)) / (1 + r)", row["adjusted_price"], QUOTE, clause),
        Step("treatment", row["reason"], row["treatment"], "", clause),
        Step("Q'", "shares after the event", row["new_shares"], "number", clause),
    ]


def explain_other_rights(price: Numbers, shares: Numbers, value: Numbers) -> list[Step]:
    """Return the steps for one right with an attributed value; arguments as :func:`other_rights`.

    Examples
    --------
    >>> explain_other_rights(10.0, 1000.0, 0.3)[-1].value
    9.7
    """
    cum, held, worth = one_value(price, shares, value)
    row, clause = first_row(other_rights(cum, held, worth)), cite(other_rights)
    return [
        *_given(cum, held, clause),
        Step("V", row["reason"], row["right_value"], QUOTE, clause),
        Step("C'", "adjusted price: C - V", row["adjusted_price"], QUOTE, clause),
    ]


def explain_special_dividend(price: Numbers, shares: Numbers, amount: Numbers, fx: Numbers = 1.0) -> list[Step]:
    """Return the steps for one special dividend; arguments as :func:`special_dividend`.

    Examples
    --------
    >>> [s.value for s in explain_special_dividend(10.0, 1000.0, 0.5)]
    [10.0, 1000.0, 0.5, 9.5, -500.0]
    """
    cum, held, paid, rate = one_value(price, shares, amount, fx)
    row, clause = first_row(special_dividend(cum, held, paid, rate)), cite(special_dividend)
    return [
        *_given(cum, held, clause),
        Step("G", "gross special dividend per share", paid * rate, QUOTE, clause),
        Step("C'", "adjusted price: C - G", row["adjusted_price"], QUOTE, clause),
        Step("Q (C' - C)", "value that leaves by the divisor", row["value_change"], QUOTE, clause),
    ]


def explain_split(price: Numbers, shares: Numbers, ratio: Numbers, kind: str = "split") -> list[Step]:
    """Return the steps for one split, reverse split or bonus issue; arguments as :func:`split`.

    Examples
    --------
    >>> [s.value for s in explain_split(10.0, 1000.0, 4.0)]
    [10.0, 1000.0, 4.0, 4000.0, 2.5]
    """
    cum, held, r = one_value(price, shares, ratio)
    row, clause = first_row(split(cum, held, r, kind)), cite(split)
    factor = float(split_factor(np.array([r]), kind)[0])
    return [
        *_given(cum, held, clause),
        Step("k", f"shares after per share before, {kind}", factor, "ratio", clause),
        Step("Q'", "shares after: Q k", row["new_shares"], "number", clause),
        Step("C'", "adjusted price: C / k, no divisor change", row["adjusted_price"], QUOTE, clause),
    ]


def first_row(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the only row of a result as plain values by column."""
    return {str(name): value for name, value in frame.to_dict("records")[0].items()}


def columns(*values: Any) -> list[Floats]:
    """Return columns of events of one length; one value fits all events."""
    arrays = [np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in values]
    try:
        return list(np.broadcast_arrays(*arrays))
    except ValueError:
        what = "the columns have different numbers of events"
        raise XlidxError(Kind.SHAPE, what, "arguments", "select ranges of equal size, one value per event") from None


def _given(cum: float, held: float, clause: str) -> list[Step]:
    return [
        Step("C", "closing price before the ex-date", cum, QUOTE, clause),
        Step("Q", "shares in the index", held, "number", clause),
    ]


def require_line(price: Floats, shares: Floats) -> None:
    """Refuse a closing price that is not above 0, and shares below 0."""
    require_above(price, "price", "give the closing price before the ex-date")
    require_not_below(shares, "shares", "give the shares in the index")


def require_above(values: Floats, name: str, mend: str) -> None:
    """Refuse numbers that are 0, negative or missing."""
    require(values > 0.0, values, name, "be above 0", mend)


def require_not_below(values: Floats, name: str, mend: str) -> None:
    """Refuse numbers that are negative or missing."""
    require(values >= 0.0, values, name, "be 0 or more", mend)
