"""Reconciliation: our level and weights against published ones, every difference with its most likely cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import require
from xlidx.errors import Kind, XlidxError
from xlidx.index.desk.day_file import DayFile
from xlidx.rules import cite, rule
from xlidx.tables import Column, Table, TableSpec

PRICE_SOURCE, CENTS, SHARES = "price source", "cents", "shares"
DIVIDEND, FX, ROUNDING, UNEXPLAINED = "missed dividend", "FX", "rounding", "unexplained"
AGREES, EXPLAINED = "agrees", "explained"
LEVELS = {"price": "level", "net": "net_level", "gross": "gross_level"}

PUBLISHED = TableSpec(
    name="published",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member"),
        Column(name="weight", kind="fraction", required=False, help="published weight, 3.5 % is 0.035"),
        Column(name="price", kind="number", required=False, help="published price in quote currency"),
        Column(
            name="shares", kind="number", required=False, help="published shares times free float times capping factor"
        ),
        Column(name="fx", kind="number", above=0.0, required=False, help="give index currency per unit"),
    ),
)


@attrs.frozen
class Tolerance:
    """What still counts as agreement; each index has its own.

    Parameters
    ----------
    level : float [index points]
        Half of the last published digit of the level.
    weight : float [fraction]
        Half of the last published digit of a weight.
    cents : float [quote currency]
        A price that differs by no more than this differs by a cent.
    factor : float [fraction]
        Part by which shares and exchange rates may differ.
    """

    level: float = 0.005
    weight: float = 0.00005
    cents: float = 0.01
    factor: float = 1e-9


@attrs.frozen(eq=False)
class Evidence:
    """What a difference is compared with when its cause is looked for.

    Parameters
    ----------
    dividends : mapping of ISIN to dividend, optional [quote currency per share]
        That go ex around the day.
    prices : mapping of ISIN to price, optional [quote currency]
        Of another source, for example another exchange or the auction.
    shares : mapping of ISIN to Q F f, optional
        Before the last change, or after the next.
    """

    dividends: Mapping[str, float] = attrs.field(factory=dict)
    prices: Mapping[str, float] = attrs.field(factory=dict)
    shares: Mapping[str, float] = attrs.field(factory=dict)


@attrs.frozen(eq=False)
class Reconciliation:
    """Result of a reconciliation.

    Parameters
    ----------
    summary : DataFrame of one row
        version, level, published_level, difference, members_effect, rest [index points], rest_cause and state
        (agrees, explained, unexplained).
    members : DataFrame
        One row per difference: isin, item, own, published, points, cause, reason and clause.
    """

    summary: pd.DataFrame
    members: pd.DataFrame


@attrs.frozen(eq=False)
class Line:
    """One member on both sides: price, shares (Q F f), fx and weight; a side that does not hold it is None."""

    isin: str
    currency: str
    own: Mapping[str, float] | None
    published: Mapping[str, float] | None


@attrs.frozen
class Difference:
    """One difference of one member; ``ratio`` (published over own value) and ``margin`` belong to weights."""

    isin: str
    item: str
    own: float
    published: float
    points: float
    cause: str
    reason: str
    ratio: float = np.nan
    margin: float = np.nan


NONE = Evidence()


@rule("psi20", "4.1")
@rule("psi20", "3.2")
def reconcile(
    own: DayFile,
    published: Table,
    published_level: float,
    tolerance: Tolerance,
    evidence: Evidence = NONE,
    version: str = "price",
) -> Reconciliation:
    """Compare an end of day with a published level and published weights, prices, shares or rates.

    Parameters
    ----------
    own : DayFile
    published : Table
        Columns as in :data:`PUBLISHED`, all but the ISIN may be blank; a member's weight is looked at only where
        nothing else of it was published.
    published_level : float [index points]
    tolerance : Tolerance
        Of this index.
    evidence : Evidence
    version : {"price", "net", "gross"}
        Of the published level.

    Returns
    -------
    Reconciliation

    Raises
    ------
    XlidxError
        The first finding of the table; ``DOMAIN`` for a level that is not above 0; ``CHOICE`` for another version;
        ``NO_DATA`` where our file has no such level.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.1 and 3.2.
    *Reading*: the published basket is valued with our divisor.  Price, shares and rate are replaced one after
    the other, so the points of a member add up to its whole difference.  Causes are tried in this order: cents,
    missed dividend, price source; what none of them gives is unexplained.  A company that only one side holds is a
    difference of shares.  A weight stands for a value: weight times published level times divisor; a common ratio of
    two or more members in one foreign currency is FX.  What the members leave of the level difference is a
    rounding, a dividend missed in a return index, or unexplained.

    Examples
    --------
    >>> from datetime import date
    >>> from xlidx.index.basket import Basket
    >>> from xlidx.index.desk.day_file import day_file
    >>> from xlidx.tables import read
    >>> one, closes = [1.0, 1.0], np.array([10.0, 20.0])
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], one, one, ("EUR", "EUR"))
    >>> own = day_file("end of day", date(2016, 3, 18), "PSI20", "PTING0200002", basket, 200.0, closes, {})
    >>> table = read(PUBLISHED, [["isin", "price"], ["A", 10.01], ["B", 20.0]])
    >>> found = reconcile(own, table, 100.05, Tolerance())
    >>> found.members[["isin", "cause"]].to_numpy().tolist(), found.summary["state"].tolist()
    ([['A', 'cents']], ['explained'])
    """
    _require_version(own, version)
    require(published_level > 0.0, published_level, "published_level", "be above 0", "give the published level")
    price_level = published_level if version == "price" else own.number("level")
    scale = own.number(LEVELS[version]) / own.number("level")
    lines = _lines(own.members, published.strict())
    divisor = own.number("divisor") / scale
    rows = [row for line in lines for row in _differences(line, divisor, price_level * scale, tolerance, evidence)]
    rows = _common_rates(rows, lines)
    clause = cite(reconcile)
    table = [[*(getattr(row, name) for name in COLUMNS), clause] for row in rows]
    members = pd.DataFrame(table, columns=[*COLUMNS, "clause"])
    return Reconciliation(_summary(own, published_level, version, rows, tolerance, evidence), members)


COLUMNS = ("isin", "item", "own", "published", "points", "cause", "reason")
ITEMS = ("price", "shares", "fx")


def _lines(members: pd.DataFrame, published: pd.DataFrame) -> list[Line]:
    ours = {row["isin"]: row for row in members.to_dict("records")}
    theirs = {row["isin"]: row for row in published.to_dict("records")}
    found = []
    for isin in dict.fromkeys((*ours, *theirs)):
        row, other = ours.get(isin), theirs.get(isin)
        currency = "" if row is None else row["currency"]
        found.append(Line(isin, currency, None if row is None else _own(row), _numbers(other)))
    return found


def _own(row: Mapping[Any, Any]) -> dict[str, float]:
    shares = row["shares"] * row["free_float"] * row["capping"]
    return {"price": row["adjusted_close"], "shares": shares, "fx": row["fx"], "weight": row["weight"]}


def _numbers(row: Mapping[Any, Any] | None) -> dict[str, float] | None:
    return None if row is None else {name: float(row[name]) for name in ("price", "shares", "fx", "weight")}


def _differences(
    line: Line, divisor: float, level: float, tolerance: Tolerance, evidence: Evidence
) -> list[Difference]:
    if line.own is None or line.published is None:
        return [_one_sided(line, divisor, level)]
    if any(not np.isnan(line.published[item]) for item in ITEMS):
        return _factor_differences(line, divisor, tolerance, evidence)
    if np.isnan(line.published["weight"]):
        return []
    return _weight_difference(line, divisor, level, tolerance, evidence)


def _one_sided(line: Line, divisor: float, level: float) -> Difference:
    if line.own is not None:
        points, reason = -_value(line.own) / divisor, "not in the published composition"
        return Difference(line.isin, "member", line.own["shares"], 0.0, points, SHARES, reason)
    sheet = line.published or {}
    points = _value(sheet) / divisor
    points = sheet["weight"] * level if np.isnan(points) else points
    return Difference(line.isin, "member", 0.0, sheet["shares"], points, SHARES, "not in our composition")


def _value(side: Mapping[str, float]) -> float:
    return side["price"] * side["shares"] * side["fx"]


def _factor_differences(line: Line, divisor: float, tolerance: Tolerance, evidence: Evidence) -> list[Difference]:
    own, published = dict(line.own or {}), line.published or {}
    rows = []
    for item in ITEMS:
        old, new = own[item], published[item]
        if np.isnan(new) or abs(new - old) <= tolerance.factor * abs(old):
            continue
        before = _value(own)
        own[item] = new
        points = (_value(own) - before) / divisor
        cause, reason = _cause(line.isin, item, old, new, tolerance, evidence)
        rows.append(Difference(line.isin, item, old, new, points, cause, reason))
    return rows


def _cause(isin: str, item: str, old: float, new: float, tolerance: Tolerance, evidence: Evidence) -> tuple[str, str]:
    if item == "fx":
        return FX, "another exchange rate"
    if item == "shares":
        known = _near(new, evidence.shares.get(isin, np.nan), tolerance.factor * abs(new))
        return SHARES, "shares of before or after a change" if known else "another number of shares"
    return _price_cause(isin, old, new, tolerance.factor * abs(old), tolerance, evidence)


def _price_cause(
    isin: str, old: float, new: float, slack: float, tolerance: Tolerance, evidence: Evidence
) -> tuple[str, str]:
    """Return why a price may be ``new`` instead of ``old``, known to within ``slack``."""
    if _near(new, old, tolerance.cents + slack):
        return CENTS, f"price differs by no more than {tolerance.cents:g}"
    if _near(abs(new - old), evidence.dividends.get(isin, np.nan), tolerance.cents + slack):
        return DIVIDEND, f"price differs by the dividend of {evidence.dividends[isin]:.15g}"
    if _near(new, evidence.prices.get(isin, np.nan), slack):
        return PRICE_SOURCE, f"the other source has {evidence.prices[isin]:.15g}"
    return UNEXPLAINED, "no known cause gives this difference"


def _near(first: float, second: float, slack: float) -> bool:
    # A difference printed as the tolerance may be a few units of the last binary place more.
    return bool(abs(first - second) <= slack * (1.0 + 1e-9) + 4.0 * np.finfo(float).eps * abs(first))


def _weight_difference(
    line: Line, divisor: float, level: float, tolerance: Tolerance, evidence: Evidence
) -> list[Difference]:
    own, published = line.own or {}, line.published or {}
    points = published["weight"] * level - _value(own) / divisor
    if _near(points, 0.0, tolerance.weight * level) or not _value(own):
        return []
    ratio, margin = (
        published["weight"] * level * divisor / _value(own),
        tolerance.weight * level * divisor / _value(own),
    )
    old = own["price"]
    cause, reason = _price_cause(line.isin, old, ratio * old, margin * old, tolerance, evidence)
    if cause == UNEXPLAINED and _near(
        ratio * own["shares"], evidence.shares.get(line.isin, np.nan), margin * own["shares"]
    ):
        cause, reason = SHARES, "shares of before or after a change"
    row = Difference(line.isin, "weight", own["weight"], published["weight"], points, cause, reason, ratio, margin)
    return [row]


def _common_rates(rows: list[Difference], lines: list[Line]) -> list[Difference]:
    """Give the cause FX to weights that differ by one ratio in all members, two or more, of a foreign currency."""
    return [
        attrs.evolve(row, cause=FX, reason=reason) if (reason := _shared(row, rows, lines)) else row for row in rows
    ]


def _shared(row: Difference, rows: list[Difference], lines: list[Line]) -> str:
    quoted = {line.isin: line.currency for line in lines if line.own and line.own["fx"] != 1.0}
    currency = quoted.get(row.isin)
    group = [isin for isin, other in quoted.items() if other == currency]
    found = [other for other in rows if other.isin in group and other.item == "weight"]
    if currency is None or len(group) < 2 or len(found) < len(group):
        return ""
    low, high = max(r.ratio - r.margin for r in found), min(r.ratio + r.margin for r in found)
    return f"all members in {currency} differ by one ratio" if low <= high else ""


def _summary(
    own: DayFile,
    published_level: float,
    version: str,
    rows: list[Difference],
    tolerance: Tolerance,
    evidence: Evidence,
) -> pd.DataFrame:
    level = own.number(LEVELS[version])
    difference, effect = published_level - level, sum(row.points for row in rows)
    rest = difference - effect
    blur = tolerance.level + tolerance.weight * published_level * sum(row.item == "weight" for row in rows)
    cause = ROUNDING if _near(rest, 0.0, blur) else _missed(own, level, rest, version, tolerance, evidence)
    causes = {cause, *(row.cause for row in rows)}
    explained = AGREES if not rows and cause == ROUNDING else EXPLAINED
    row = {
        "version": version,
        "level": level,
        "published_level": published_level,
        "difference": difference,
        "members_effect": effect,
        "rest": rest,
        "rest_cause": cause,
        "state": UNEXPLAINED if UNEXPLAINED in causes else explained,
    }
    return pd.DataFrame([row])


def _missed(own: DayFile, level: float, rest: float, version: str, tolerance: Tolerance, evidence: Evidence) -> str:
    """Tell whether a return level lacks one dividend of the day on either side (7: TR x (IV + XD) / IV)."""
    if version == "price":
        return UNEXPLAINED
    price, divisor = own.number("level"), own.number("divisor")
    per_share = {row["isin"]: _own(row) for row in own.members.to_dict("records")}
    points = {
        isin: cash * per_share[isin]["shares"] * per_share[isin]["fx"] / divisor
        for isin, cash in evidence.dividends.items()
        if isin in per_share
    }
    full = price + sum(points.values())
    for xd in points.values():
        theirs, ours = (full - xd) / full, full / (full - xd)
        if any(_near(rest, level * (ratio - 1.0), tolerance.level) for ratio in (theirs, ours)):
            return DIVIDEND
    return UNEXPLAINED


def _require_version(own: DayFile, version: str) -> None:
    if version not in LEVELS:
        mend = f"use {', '.join(LEVELS)}"
        raise XlidxError(Kind.CHOICE, f"version {version!r} is not known", "argument version", mend)
    if np.isnan(own.number(LEVELS[version])):
        raise XlidxError(Kind.NO_DATA, f"our file has no {version} level", "end of day", "fill it in")
