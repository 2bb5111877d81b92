"""Corporate actions that change who is in the index: takeovers, spin-offs, suspensions and removals.

Every function works on one event or on columns of events; the result has one row per event.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Floats, Numbers, require
from xlidx.calendars import session_offset, session_on_or_before
from xlidx.index.actions.terms import NEAR, QUOTE, columns, first_row, require_above, require_line, require_not_below
from xlidx.index.divisor import UNIT, chain_divisor
from xlidx.index.level import CURRENCY, POINTS, one_value
from xlidx.rules import Step, cite, rule

SHARE_BID = 0.75
REASSESSMENT_SESSIONS = 5
REPLACED, REMOVED = "replacement", "removal"


@rule("psi20", "6.2.1")
def takeover(
    shares: Numbers,
    ratio: Numbers,
    acquirer_price: Numbers,
    cash: Numbers = 0.0,
    acquirer_qualifies: Any = True,
    fx: Numbers = 1.0,
    threshold: float = SHARE_BID,
) -> pd.DataFrame:
    """Tell whether a bid replaces the member by its acquirer, and with how many shares.

    Parameters
    ----------
    shares : float or array of shape (E,) [number]
        Shares of the target in the index.
    ratio : likewise [acquirer shares per target share]
        Bid ratio, 0 for a bid in cash alone.
    acquirer_price : likewise [acquirer's quote currency]
        Close on the day the terms are published.
    cash : likewise [currency of the bid per target share]
    acquirer_qualifies : bool or array of bool
        Whether the acquirer meets the inclusion criteria.
    fx : likewise [currency of the bid per unit of the acquirer's quote currency]
    threshold : float [fraction]

    Returns
    -------
    DataFrame, one row per event
        offer [currency of the bid per target share], share_part [fraction of the offer], treatment
        (``replacement`` or ``removal``), new_shares of the acquirer, cash_value [currency of the bid, leaves
        the index by the divisor, before free float and capping], reason, clause.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a negative number or an offer of nothing.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.2.1.
    *Reading*: exactly 75 % is a share bid; the test is made once, on the day the terms are published.

    Examples
    --------
    >>> takeover(1000.0, 0.3, 10.0, [1.0, 1.01])[["share_part", "treatment"]].to_numpy().tolist()
    [[0.75, 'replacement'], [0.7481296758104738, 'removal']]
    """
    held, r, prices, rates, money, able = columns(shares, ratio, acquirer_price, fx, cash, acquirer_qualifies)
    require_above(rates, "fx", "give currency of the bid per unit of the acquirer's")
    quoted = prices * rates
    for values, name in ((held, "shares"), (r, "ratio"), (quoted, "acquirer_price"), (money, "cash")):
        require_not_below(values, name, f"give {name} of the bid")
    priced = (r == 0.0) | (quoted > 0.0)
    require(priced, quoted, "acquirer_price", "be above 0", "give the acquirer's price, or ratio 0 for a bid in cash")
    offer = r * quoted + money
    require_above(offer, "offer", "give a ratio with a price, or cash")
    part = r * quoted / offer
    bid = part >= threshold - NEAR
    replaced = bid & (able != 0.0)
    reasons = np.where(~bid, f"share part below {threshold:.0%}", "acquirer does not qualify")
    return pd.DataFrame(
        {
            "offer": offer,
            "share_part": part,
            "treatment": np.where(replaced, REPLACED, REMOVED),
            "new_shares": np.where(replaced, held * r, 0.0),
            "cash_value": np.where(replaced, held * money, 0.0),
            "reason": np.where(replaced, f"share part at least {threshold:.0%}", reasons),
            "clause": cite(takeover),
        }
    )


@rule("psi20", "6.2.1")
def merged_shares(
    acquirer_shares: Numbers, acquirer_factor: Numbers, shares: Numbers, factor: Numbers, ratio: Numbers
) -> Floats:
    """Shares of a member that takes over, or receives by a spin-off, the line of another member.

    Parameters
    ----------
    acquirer_shares, shares : float or array of shape (E,) [number]
        In the index before the event.
    acquirer_factor, factor : likewise [fraction]
        Free-float factor times capping factor of either line.
    ratio : likewise [shares of the acquirer per share of the other]

    Returns
    -------
    array of shape (E,) [number]

    Raises
    ------
    XlidxError
        ``DOMAIN`` for an acquirer that counts with a factor of 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.2.1.
    *Reading*: the acquirer keeps its own factors, so the shares are raised until its counted shares grow by
    those of the target at the bid ratio.

    Examples
    --------
    >>> merged_shares(5000.0, 0.5, 1000.0, 0.25, 0.4).tolist()
    [5200.0]
    """
    own, own_factor, other, other_factor, r = columns(acquirer_shares, acquirer_factor, shares, factor, ratio)
    require_above(own_factor, "acquirer_factor", "give free-float factor times capping factor")
    for values, name in ((own, "acquirer_shares"), (other, "shares"), (other_factor, "factor"), (r, "ratio")):
        require_not_below(values, name, "give 0 or more")
    return own + other * r * (other_factor / own_factor)


@rule("psi20", "6.3")
def spin_off(
    price: Numbers, shares: Numbers, ratio: Numbers, ex_price: Numbers = np.nan, estimate: Numbers = np.nan
) -> pd.DataFrame:
    """Shares and price before its first trade of a company that a member hands out to its shareholders.

    Parameters
    ----------
    price, shares
        Of the parent; see :func:`rights_issue`.
    ratio : float or array of shape (E,) [child shares per parent share]
    ex_price : likewise [quote currency]
        First price of the parent without the child; blank if there is none yet.
    estimate : likewise [quote currency]
        Price of the child set by the compiler; goes before ``ex_price``.

    Returns
    -------
    DataFrame, one row per event
        new_shares (of the child), child_price, adjusted_price (of the parent), reason, clause.  ``child_price``
        is NaN while neither price is known.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a price or ratio that is not above 0, or an estimate worth more than the parent.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.3.
    *Reading*: the divisor does not change on the ex-date, parent and child carry the old value together; the
    child inherits free-float and capping factor.  Its price before the first trade is what the parent lost,
    never below 0.

    Examples
    --------
    >>> spin_off(20.0, 1000.0, 0.5, ex_price=17.0)[["new_shares", "child_price"]].to_numpy().tolist()
    [[500.0, 6.0]]
    """
    cum, held, r, first, guess = columns(price, shares, ratio, ex_price, estimate)
    require_line(cum, held)
    require_above(r, "ratio", "give child shares per parent share")
    for values, name in ((first, "ex_price"), (guess, "estimate")):
        require_not_below(np.where(np.isnan(values), 0.0, values), name, f"give the {name}, or leave it blank")
    known = ~np.isnan(guess)
    worth = np.where(known, guess * r, 0.0)
    require(worth < cum, guess, "estimate", "be worth less than the parent", "check estimate and ratio")
    reasons = np.where(known, "price set by the compiler", "close before the split less first price without the child")
    return pd.DataFrame(
        {
            "new_shares": held * r,
            "child_price": np.where(known, guess, np.maximum(cum - first, 0.0) / r),
            "adjusted_price": np.where(known, cum - worth, cum),
            "reason": reasons,
            "clause": cite(spin_off),
        }
    )


@rule("psi20", "6.2.2")
@rule("psi20", "6.2")
def removal(divisor: Numbers, value: Numbers, member_value: Numbers, set_value: Numbers = np.nan) -> pd.DataFrame:
    """Level and divisor when a member leaves, at its last price or at a price that is set.

    Parameters
    ----------
    divisor : float or array of shape (E,) [index currency per index point]
    value : likewise [index currency]
        Market value of the whole index at last prices, the leaving member included.
    member_value : likewise [index currency]
        Value of the leaving member at its last price.
    set_value : likewise [index currency]
        Its value at the price set instead; 0 for a removal at zero, blank for the last price.

    Returns
    -------
    DataFrame, one row per event
        level_before, level_after [index points], new_divisor, reason, clause.

    Raises
    ------
    XlidxError
        ``DOMAIN`` when nothing is left in the index, or for a negative value.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.2 and 6.2.2.
    *Reading*: a price that is set moves the level first, the removal then keeps it.  At a price of zero the
    divisor does not change and the level falls by the whole member.

    Examples
    --------
    >>> removal(200.0, 20_000.0, 4000.0, [float("nan"), 0.0, 2000.0])[["level_after", "new_divisor"]].round(4)
       level_after  new_divisor
    0        100.0     160.0000
    1         80.0     200.0000
    2         90.0     177.7778
    """
    d, total, own, fixed = columns(divisor, value, member_value, set_value)
    require_not_below(own, "member_value", "give the value of the member at its last price")
    last = np.where(np.isnan(fixed), own, fixed)
    require_not_below(last, "set_value", "give the value at the price that is set, or 0")
    rest = total - own
    new = chain_divisor(d, rest + last, rest)
    reasons = np.where(np.isnan(fixed), "removed at the last price", "level moves to the price set, then removed")
    return pd.DataFrame(
        {
            "level_before": total / d,
            "level_after": (rest + last) / d,
            "new_divisor": new,
            "reason": np.where(fixed == 0.0, "removed at zero: level falls, no divisor change", reasons),
            "clause": cite(removal),
        }
    )


@rule("psi20", "6.2.2")
def suspension_deadline(day: date, exchange: str = "XLIS", sessions: int = REASSESSMENT_SESSIONS) -> date:
    """Return the last day for the decision whether a suspended member stays.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.2.2.
    *Reading*: the day of the suspension is not counted; a day without trading counts as the session before it.

    Examples
    --------
    >>> suspension_deadline(date(2014, 8, 1))
    datetime.date(2014, 8, 8)
    """
    return session_offset(exchange, session_on_or_before(exchange, day), sessions)


@rule("psi20", "6.2.1")
def takeover_effective(accepted: date, before_close: bool = True, exchange: str = "XLIS") -> date:
    """Return the first session on which a removal or replacement after an accepted bid is in force.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 6.2.1.
    *Reading*: made public after the close, or on a day without trading, it counts for the next session.

    Examples
    --------
    >>> takeover_effective(date(2016, 3, 23)), takeover_effective(date(2016, 3, 23), before_close=False)
    (datetime.date(2016, 3, 24), datetime.date(2016, 3, 29))
    """
    last = session_on_or_before(exchange, accepted)
    return session_offset(exchange, last, 1 if before_close or last < accepted else 2)


def explain_takeover(
    shares: Numbers,
    ratio: Numbers,
    acquirer_price: Numbers,
    cash: Numbers = 0.0,
    acquirer_qualifies: Any = True,
    fx: Numbers = 1.0,
    threshold: float = SHARE_BID,
) -> list[Step]:
    """Return the steps of one bid; arguments as :func:`takeover`.

    Examples
    --------
    >>> [s.value for s in explain_takeover(1000.0, 0.3, 10.0, 1.0)][-5:]
    [4.0, 0.75, 'replacement', 300.0, 1000.0]
    """
    held, r, quoted, money, rate = one_value(shares, ratio, acquirer_price, cash, fx)
    clause = cite(takeover)
    row = first_row(takeover(held, r, quoted, money, acquirer_qualifies, rate, threshold))
    bid = "currency of the bid"
    return [
        Step("Q", "shares of the target in the index", held, "number", clause),
        Step("r", "acquirer shares per target share", r, "ratio", clause),
        Step("A", "acquirer's price on the day of the terms", quoted * rate, bid, clause),
        Step("K", "cash per target share", money, bid, clause),
        Step("B", "offer: r A + K", row["offer"], bid, clause),
        Step("r A / B", f"share part, at least {threshold:.0%} for a share bid", row["share_part"], "fraction", clause),
        Step("treatment", row["reason"], row["treatment"], "", clause),
        Step("Q'", "shares of the acquirer: Q r", row["new_shares"], "number", clause),
        Step("Q K", "cash part, leaves by the divisor", row["cash_value"], bid, clause),
    ]


def explain_spin_off(
    price: Numbers, shares: Numbers, ratio: Numbers, ex_price: Numbers = np.nan, estimate: Numbers = np.nan
) -> list[Step]:
    """Return the steps of one spin-off; arguments as :func:`spin_off`.

    Examples
    --------
    >>> [s.value for s in explain_spin_off(20.0, 1000.0, 0.5, ex_price=17.0)][-2:]
    [500.0, 6.0]
    """
    cum, held, r, first, guess = one_value(price, shares, ratio, ex_price, estimate)
    row, clause = first_row(spin_off(cum, held, r, first, guess)), cite(spin_off)
    return [
        Step("C", "closing price of the parent before the split", cum, QUOTE, clause),
        Step("r", "child shares per parent share", r, "ratio", clause),
        Step("Q'", "shares of the child: Q r", row["new_shares"], "number", clause),
        Step("P", f"price of the child before it trades: {row['reason']}", row["child_price"], QUOTE, clause),
    ]


def explain_removal(divisor: Numbers, value: Numbers, member_value: Numbers, set_value: Numbers = np.nan) -> list[Step]:
    """Return the steps of one removal; arguments as :func:`removal`.

    Examples
    --------
    >>> [s.value for s in explain_removal(200.0, 20_000.0, 4000.0, 0.0)]
    [200.0, 20000.0, 4000.0, 100.0, 80.0, 200.0]
    """
    d, total, own, fixed = one_value(divisor, value, member_value, set_value)
    row, clause = first_row(removal(d, total, own, fixed)), cite(removal)
    return [
        Step("d", "divisor before the removal", d, UNIT, clause),
        Step("M", "market value of the index", total, CURRENCY, clause),
        Step("M[i]", "value of the leaving member at its last price", own, CURRENCY, clause),
        Step("I", "level before", row["level_before"], POINTS, clause),
        Step("I'", f"level after: {row['reason']}", row["level_after"], POINTS, clause),
        Step("d'", "divisor after the removal", row["new_divisor"], UNIT, clause),
    ]
