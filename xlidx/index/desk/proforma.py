"""What a change of basket means before it happens: trades, turnover, and what other parameters would give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.level import index_weights, total_value
from xlidx.index.sources import member_rates
from xlidx.rules import Step, cite, rule
from xlidx.tables import closest

NEAR = 1e-9
Weights = Callable[..., "pd.Series[float]"]


@attrs.frozen(eq=False)
class ProForma:
    """A change of basket in numbers.

    Parameters
    ----------
    members : DataFrame
        isin, decision (joins, leaves, stays), weight_before, weight_after, change [fraction], trade_value [index
        currency], trade_shares [number] and days (of average volume; NaN without volumes).
    turnover : float [fraction]
        One way: half of the sum of all absolute changes of weight.
    """

    members: pd.DataFrame
    turnover: float


@attrs.frozen(eq=False)
class Effects:
    """What other parameters would give.

    Parameters
    ----------
    weights : DataFrame
        ISINs down, scenarios across, the base first [fraction]; 0 for a company that is no member.
    summary : DataFrame
        One row per scenario: scenario, members, joins and leaves (against the base), largest (ISIN), largest_weight,
        turnover (against the base), turnover_now (against the weights of today) and note.
    """

    weights: pd.DataFrame
    summary: pd.DataFrame


@rule("psi20", "8.4")
def pro_forma(
    current: Basket,
    new: Basket,
    prices: Mapping[str, float],
    rates: Mapping[str, float],
    volumes: Mapping[str, float] | None = None,
    notional: float | None = None,
    participation: float = 1.0,
    currency: str = INDEX_CURRENCY,
) -> ProForma:
    """Compare two baskets at the same prices, and what it takes to trade from one to the other.

    Parameters
    ----------
    current, new : Basket
    prices : mapping of ISIN to price [quote currency]
        Of the members of both baskets.
    rates : mapping of currency to rate [index currency per unit]
    volumes : mapping of ISIN to shares, optional
        Average daily volume; 0 gives infinite days for a name to trade.
    notional : float, optional [index currency]
        Money that follows the index; the market value of the current basket if blank.
    participation : float [fraction, above 0]
        Part of the volume that the trade may be.
    currency : str
        Index currency.

    Returns
    -------
    ProForma

    Raises
    ------
    XlidxError
        ``NO_DATA`` naming every member without price, rate or volume; ``DOMAIN`` for a notional or a participation
        that is not above 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 8.4 (details of the new basket are known from the composition announcement date).

    Examples
    --------
    >>> one = [1.0, 1.0]
    >>> current = Basket(("A", "B"), [1000.0, 500.0], one, one, ("EUR", "EUR"))
    >>> new = Basket(("A", "C"), [1000.0, 1000.0], one, one, ("EUR", "EUR"))
    >>> found = pro_forma(current, new, {"A": 10.0, "B": 20.0, "C": 30.0}, {}, {"A": 250.0, "B": 500.0, "C": 100.0})
    >>> found.turnover, found.members["change"].tolist(), found.members["days"].tolist()
    (0.75, [-0.25, -0.5, 0.75], [2.0, 1.0, 5.0])
    """
    union = tuple(dict.fromkeys((*current.ids, *new.ids)))
    before, after = (_weights(basket, prices, rates, currency, union) for basket in (current, new))
    money = _notional(current, notional, prices, rates, currency)
    require(
        0.0 < participation <= 1.0, participation, "participation", "lie above 0 up to 1", "give a part: 20 % is 0.2"
    )
    change = after - before
    held = {**_quoted(current, rates, currency), **_quoted(new, rates, currency)}
    cost = np.array([prices[isin] * held[isin] for isin in union])
    shares = np.divide(money * change, cost, out=np.zeros(cost.shape), where=cost > 0.0)
    frame = {
        "isin": union,
        "decision": [_decision(isin, current, new) for isin in union],
        "weight_before": before,
        "weight_after": after,
        "change": change,
        "trade_value": money * change,
        "trade_shares": shares,
        "days": _days(shares, union, volumes, participation),
    }
    return ProForma(pd.DataFrame(frame), one_way_turnover(before, after))


def one_way_turnover(before: Floats, after: Floats) -> float:
    """Half of the sum of all absolute changes of weight [fraction].

    Examples
    --------
    >>> one_way_turnover(np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.0, 0.75]))
    0.75
    """
    return float(np.abs(np.asarray(after) - np.asarray(before)).sum()) / 2.0


def explain_turnover(found: ProForma) -> list[Step]:
    """Return the steps from the changes of weight to the one-way turnover.

    Examples
    --------
    >>> members = pd.DataFrame({"isin": ["A", "B"], "change": [-0.25, 0.25], "decision": ["stays", "stays"]})
    >>> [step.value for step in explain_turnover(ProForma(members, 0.25))]
    [-0.25, 0.25, 0.5, 0.25]
    """
    clause = cite(pro_forma)
    rows = zip(found.members["isin"], found.members["change"].tolist(), found.members["decision"], strict=True)
    return [
        *(
            Step(f"w'-w[{isin}]", f"change of weight, {word}", change, "fraction", clause)
            for isin, change, word in rows
        ),
        Step("sum", "sum of absolute changes", float(found.members["change"].abs().sum()), "fraction", clause),
        Step("turnover", "one-way turnover: half of it", found.turnover, "fraction", clause),
    ]


def what_if(
    run: Weights,
    base: Mapping[str, Any],
    scenarios: Mapping[str, Mapping[str, Any]],
    now: pd.Series[float] | None = None,
) -> Effects:
    """Run a calculation again with other parameters, and compare the weights.

    Parameters
    ----------
    run : callable
        Takes the parameters by name and returns weights by ISIN that add up to 1: a review with its cap,
        cut-off values and thresholds, or any part of one.
    base : mapping of parameter to value
    scenarios : mapping of name to the parameters that differ from the base
    now : Series of weights by ISIN, optional
        Of today, for the turnover that each scenario would cause.

    Returns
    -------
    Effects
        A scenario that cannot be computed has blanks for numbers and the sentence in its note; the others are
        computed all the same.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a parameter that the base does not name, ``DOMAIN`` for weights that do not add up to 1;
        whatever the base itself raises.

    Examples
    --------
    >>> from xlidx.index.capping import capped_weights
    >>> def run(values, cap):
    ...     return pd.Series(capped_weights(np.array(values), cap), index=["A", "B", "C"])
    >>> base = {"values": [50.0, 30.0, 20.0], "cap": 0.5}
    >>> found = what_if(run, base, {"cap 40 %": {"cap": 0.4}, "cap 30 %": {"cap": 0.3}})
    >>> found.weights["cap 40 %"].round(12).tolist(), found.summary["turnover"].round(12).tolist()
    ([0.4, 0.36, 0.24], [0.0, 0.1, nan])
    """
    for name, changes in scenarios.items():
        _require_known(name, changes, base)
    first = _checked(run(**base), "base")
    found: dict[str, pd.Series[float] | XlidxError] = {"base": first}
    for name, changes in scenarios.items():
        found[name] = _tried(run, {**base, **changes}, name)
    columns = {name: weights for name, weights in found.items() if not isinstance(weights, XlidxError)}
    table = pd.DataFrame(columns).fillna(0.0)
    rows = [_summary(name, result, first, now) for name, result in found.items()]
    return Effects(table.reindex(columns=list(found)), pd.DataFrame(rows))


def _tried(run: Weights, parameters: Mapping[str, Any], name: str) -> pd.Series[float] | XlidxError:
    try:
        weights = run(**parameters)
    except XlidxError as error:
        return error
    return _checked(weights, name)


def _checked(weights: pd.Series[float], name: str) -> pd.Series[float]:
    total = float(weights.sum())
    if not abs(total - 1.0) <= NEAR or weights.index.has_duplicates:
        mend = "return one weight per ISIN, adding up to 1"
        raise XlidxError(Kind.DOMAIN, f"weights add up to {total:.15g}, or an ISIN appears twice", name, mend)
    return weights


def _summary(
    name: str, result: pd.Series[float] | XlidxError, base: pd.Series[float], now: pd.Series[float] | None
) -> dict[str, Any]:
    if isinstance(result, XlidxError):
        return {"scenario": name, "note": result.sentence}
    members, old = result[result > 0.0].sort_index(), base[base > 0.0]
    return {
        "scenario": name,
        "members": len(members),
        "joins": " ".join(sorted(set(members.index) - set(old.index))),
        "leaves": " ".join(sorted(set(old.index) - set(members.index))),
        "largest": members.idxmax(),
        "largest_weight": float(members.max()),
        "turnover": _turnover(base, result),
        "turnover_now": np.nan if now is None else _turnover(now, result),
        "note": "",
    }


def _turnover(before: pd.Series[float], after: pd.Series[float]) -> float:
    old, new = before.align(after, fill_value=0.0)
    return one_way_turnover(old.to_numpy(), new.to_numpy())


def _require_known(name: str, changes: Mapping[str, Any], base: Mapping[str, Any]) -> None:
    strangers = [word for word in changes if word not in base]
    if strangers or name == "base":
        hint = closest(strangers[0], list(base)) if strangers else None
        mend = f"did you mean {hint}?" if hint else f"use {', '.join(base)}, and another name than base"
        raise XlidxError(Kind.CHOICE, f"parameter {', '.join(strangers)} is not known", f"scenario {name}", mend)


def _weights(
    basket: Basket, prices: Mapping[str, float], rates: Mapping[str, float], currency: str, union: tuple[str, ...]
) -> Floats:
    fx = member_rates(basket, rates, currency)
    weights = index_weights(_of(basket.ids, prices, "price"), basket.weights, fx=fx)
    places = basket.places
    return np.array([weights[places[isin]] if isin in places else 0.0 for isin in union])


def _of(ids: tuple[str, ...], values: Mapping[str, float], what: str) -> Floats:
    absent = [isin for isin in ids if isin not in values or np.isnan(values[isin])]
    if absent:
        raise XlidxError(
            Kind.NO_DATA, f"no {what} for {', '.join(absent)}", f"argument {what}s", f"give one {what} each"
        )
    return np.array([values[isin] for isin in ids], dtype=np.float64)


def _quoted(basket: Basket, rates: Mapping[str, float], currency: str) -> dict[str, float]:
    return dict(zip(basket.ids, member_rates(basket, rates, currency).tolist(), strict=True))


def _notional(
    basket: Basket, notional: float | None, prices: Mapping[str, float], rates: Mapping[str, float], currency: str
) -> float:
    if notional is None:
        fx = member_rates(basket, rates, currency)
        return float(total_value(_of(basket.ids, prices, "price"), basket.weights, fx=fx))
    require(notional > 0.0, notional, "notional", "be above 0", "give the money that follows the index")
    return notional


def _decision(isin: str, current: Basket, new: Basket) -> str:
    if isin not in new.places:
        return "leaves"
    return "stays" if isin in current.places else "joins"


def _days(shares: Floats, union: tuple[str, ...], volumes: Mapping[str, float] | None, participation: float) -> Floats:
    if volumes is None:
        return np.full(shares.shape, np.nan)
    daily = _of(union, volumes, "volume") * participation
    require(daily >= 0.0, daily, "volume", "be 0 or more", "give the average number of shares traded per day")
    amounts = np.abs(shares)
    days = np.where(amounts > 0.0, np.inf, 0.0)
    return np.divide(amounts, daily, out=days, where=daily > 0.0)
