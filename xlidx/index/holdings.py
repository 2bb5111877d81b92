"""Raw free float of a company from the table of its holders."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pandas as pd

from xlidx.arrays import require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.rules import Step, cite, rule
from xlidx.tables import Column, Table, TableSpec

BILLION = 1_000_000_000
FUNDS = ("fund", "pension")
"""Categories that stay in the free float at any size."""
CLOSE = ("insider", "government", "own")
"""Categories that never count as free float, however small."""
CATEGORIES = (*FUNDS, *CLOSE, "other")

HOLDINGS = TableSpec(
    name="holdings",
    keys=("holder",),
    columns=(
        Column(name="holder", kind="text", help="name of the holder; every holder once"),
        Column(
            name="shares",
            kind="number",
            unit="shares",
            required=False,
            help="shares held; leave blank where the fraction is given",
        ),
        Column(
            name="fraction",
            kind="fraction",
            unit="of the shares outstanding",
            required=False,
            help="part of the capital held, 5 % is 0.05; leave blank where shares are given",
        ),
        Column(
            name="category",
            kind="word",
            words=CATEGORIES,
            help="fund, pension, insider (directors, employees, founders, family), government, own, other",
        ),
        Column(
            name="group",
            kind="text",
            required=False,
            help="holders of one group are compared with the threshold together",
        ),
    ),
)


@rule("psi20", "8.1")
def raw_free_float(holdings: Table, shares_outstanding: float, threshold: float = 0.05) -> float:
    """Free float before rounding: the part of the capital that is not held firmly.

    Parameters
    ----------
    holdings : Table
        One row per known holder; columns as in :data:`HOLDINGS`.  Capital that nobody is listed for is free.
    shares_outstanding : float [shares, above 0]
    threshold : float [fraction]
        Holdings above it are not free float, except those of funds and pension funds.

    Returns
    -------
    float [fraction, 0 to 1]

    Raises
    ------
    XlidxError
        The first fault of the table; ``MISSING`` or ``DOMAIN`` for a row with neither or both of shares and
        fraction; ``DOMAIN`` when the holdings exceed the capital, or for arguments outside their range.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 8.1.
    *Reading*: exactly 5 % does not exceed 5 % and stays in the free float.  Holders are compared one by one;
    those given the same ``group`` are compared together, leaving out its funds and pension funds.
    Fractions are read to nine decimals and compared as whole numbers.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> table = read(HOLDINGS, [["holder", "shares", "category"], ["Holding company", 300.0, "other"],
    ...     ["Index fund", 120.0, "fund"], ["Bank", 50.0, "other"], ["Founder", 10.0, "insider"]])
    >>> raw_free_float(table, 1000.0)
    0.69
    """
    decided = _decided(holdings, shares_outstanding, threshold)
    return float(1 - _firm(decided))


def free_float_decisions(holdings: Table, shares_outstanding: float, threshold: float = 0.05) -> pd.DataFrame:
    """Decide about every holder and say why; arguments as :func:`raw_free_float`.

    Returns
    -------
    DataFrame
        holder, category, group, shares [shares], fraction [of the capital], compared [fraction that is
        compared with the threshold: the holder's own, or that of the group], decision (``free float`` or
        ``excluded``), reason and clause; one row per holder in the order of the table.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> table = read(HOLDINGS, [["holder", "fraction", "category"], ["Bank", 0.05, "other"]])
    >>> free_float_decisions(table, 1000.0).loc[2, "decision"]
    'free float'
    """
    decided = _decided(holdings, shares_outstanding, threshold)
    groups = [group if isinstance(group, str) else None for group in decided["group"]]
    shown = decided.assign(
        group=pd.Series(groups, decided.index, dtype=object),
        shares=[float(part * _exact(shares_outstanding)) for part in decided["fraction"]],
        fraction=decided["fraction"].map(float),
        compared=decided["compared"].map(float),
    )
    order = ["holder", "category", "group", "shares", "fraction", "compared", "decision", "reason", "clause"]
    return shown[order]


def explain_raw_free_float(holdings: Table, shares_outstanding: float, threshold: float = 0.05) -> list[Step]:
    """Return the steps from holdings to raw free float; arguments as :func:`raw_free_float`.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> table = read(HOLDINGS, [["holder", "shares", "category"], ["Founder", 10.0, "insider"]])
    >>> [(s.symbol, s.value) for s in explain_raw_free_float(table, 1000.0)]
    [('N', 1000.0), ('limit', 0.05), ('h[1]', 0.01), ('held', 0.01), ('F_raw', 0.99)]
    """
    decided, clause = _decided(holdings, shares_outstanding, threshold), cite(raw_free_float)
    rows = zip(decided["holder"], decided["fraction"], decided["reason"], strict=True)
    firm = _firm(decided)
    return [
        Step("N", "shares outstanding", float(shares_outstanding), "shares", clause),
        Step("limit", "holdings above it are not free float", float(threshold), "fraction", clause),
        *(
            Step(f"h[{i}]", f"{name}: {why}", float(part), "fraction", clause)
            for i, (name, part, why) in enumerate(rows, 1)
        ),
        Step("held", "sum of the holdings that are excluded", float(firm), "fraction", clause),
        Step("F_raw", "raw free float: 1 - held", float(1 - firm), "fraction", clause),
    ]


def _decided(holdings: Table, shares_outstanding: float, threshold: float) -> pd.DataFrame:
    frame = holdings.strict()
    given = float(shares_outstanding)
    require(0 < given < float("inf"), given, "shares_outstanding", "be above 0", "give the number of shares issued")
    require_fraction(float(threshold), "threshold")
    parts = [_part(row, given) for row in frame.reset_index().to_dict("records")]
    _within_capital(parts)
    compared = _compared(frame, parts)
    words = [_decision(*pair, _nine(threshold)) for pair in zip(frame["category"], compared, strict=True)]
    return frame.assign(
        fraction=pd.Series(parts, frame.index, dtype=object),
        compared=pd.Series(compared, frame.index, dtype=object),
        decision=[decision for decision, _ in words],
        reason=[reason for _, reason in words],
        clause=cite(raw_free_float),
    )


def _part(row: dict[Any, Any], outstanding: float) -> Fraction:
    shares, fraction = row["shares"], row["fraction"]
    where = f"table holdings, row {row['row']}, column shares"
    if shares != shares and fraction != fraction:
        raise XlidxError(Kind.MISSING, f"{row['holder']} has no size", where, "give shares or fraction")
    if shares == shares and fraction == fraction:
        what = f"{row['holder']} has both shares and a fraction"
        raise XlidxError(Kind.DOMAIN, what, where, "give one of the two")
    if shares < 0:
        raise XlidxError(Kind.DOMAIN, f"shares is {shares:.15g} but must be 0 or more", where, "give the shares held")
    return _nine(fraction) if shares != shares else _exact(shares) / _exact(outstanding)


def _compared(frame: pd.DataFrame, parts: list[Fraction]) -> list[Fraction]:
    """Return what is compared with the threshold: a holding by itself, or that of its group without funds."""
    together: defaultdict[str, Fraction] = defaultdict(Fraction)
    rows = list(zip(frame["group"], frame["category"], parts, strict=True))
    for group, category, part in rows:
        if isinstance(group, str) and category not in FUNDS:
            together[group] += part
    alone = [category in FUNDS or not isinstance(group, str) for group, category, _ in rows]
    return [part if own else together[group] for own, (group, _, part) in zip(alone, rows, strict=True)]


def _decision(category: str, compared: Fraction, threshold: Fraction) -> tuple[str, str]:
    size = f"{_percent(compared)} {'exceeds' if compared > threshold else 'does not exceed'} {_percent(threshold)}"
    if category in CLOSE:
        return "excluded", f"{category} holding, excluded at any size"
    if category in FUNDS:
        return "free float", f"held by a {category if category == 'fund' else 'pension fund'}, free at any size"
    return ("excluded" if compared > threshold else "free float"), size


def _percent(part: Fraction) -> str:
    return f"{float(part * 100):.10g} %"


def _firm(decided: pd.DataFrame) -> Fraction:
    held = sum(decided.loc[decided["decision"] == "excluded", "fraction"], Fraction())
    return min(held, Fraction(1))


def _within_capital(parts: list[Fraction]) -> None:
    # Fractions are read to nine decimals: a sixth six times is the whole capital and not more.
    total = sum(parts, Fraction())
    if total > 1 + Fraction(len(parts), BILLION):
        what = f"the holders own {float(total * 100):.6g} % of the capital"
        mend = "check shares_outstanding, and count no share twice"
        raise XlidxError(Kind.DOMAIN, what, "table holdings", mend)


def _exact(number: float) -> Fraction:
    return Fraction(repr(float(number)))


def _nine(fraction: float) -> Fraction:
    return Fraction(round(float(fraction) * BILLION), BILLION)
