"""Spots and exchange rates that the issue prices of a terms table imply, each as an interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.rules import rule
from xlidx.tables import Column, Table, TableSpec
from xlidx.turbo.book.inputs import TERMS
from xlidx.turbo.pricing.implied import Interval, implied_market, implied_spot

NEEDED = ("isin", "underlying", "side", "financing_level", "entitlement", "financing_level_currency",
          "settlement_currency")  # fmt: skip
ISSUES = TableSpec(
    name="terms",
    keys=("isin",),
    columns=(
        *(column for column in TERMS.columns if column.name in NEEDED),
        Column(name="issue_price", kind="number", unit="settlement currency", help="printed issue price"),
    ),
)
"""The columns of a terms table that issue prices are read from; ``XI_FINAL_TERMS`` fills them."""

Found = tuple[str, str, str, Interval | None, int, str | None]


@rule("ing_open_end_turbo", "A.4")
@rule("ing_open_end_turbo", "C.14")
def implied_table(terms: Table, fx: float | None = None, decimals: int = 2) -> pd.DataFrame:
    """Return the interval of every spot, and of every exchange rate, that reproduces the issue prices.

    Parameters
    ----------
    terms : Table
        One row per series; columns as in :data:`ISSUES`.
    fx : float, optional
        Financing level currency per settlement currency, above 0, if it is known; one foreign currency at most.
        Left out, the rate of each foreign currency is found together with its spots.
    decimals : int
        Decimals of the prices, 0 to 12.

    Returns
    -------
    DataFrame with the columns quantity, name, unit, low, high, series, note
        One row per underlying and per exchange rate, ends included; an open end is blank.  Where nothing fits, or
        a row of terms is faulty, the numbers are NaN and the note says so; the other rows are found all the same.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a rate given with two foreign currencies.

    Notes
    -----
    Rule: ING Final Terms of 7 February 2020, items 4 and 8; see :func:`xlidx.turbo.pricing.implied.implied_market`.

    *Reading*: issue price is intrinsic value, rounded half up; no premium is inside.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> terms = read(ISSUES, [[*NEEDED, "issue price"],
    ...     ["DE000NG20XP3", "DAX", "short", 13571.32, 0.01, "EUR", "EUR", 0.39]])
    >>> implied_table(terms)[["name", "low", "high"]].values.tolist()
    [['DAX', 13531.82, 13532.82]]
    """
    frame = terms.frame
    foreign = frame["financing_level_currency"] != frame["settlement_currency"]
    pairs = ["financing_level_currency", "settlement_currency"]
    if fx is not None and len(frame.loc[foreign, pairs].drop_duplicates()) > 1:
        what = "one exchange rate is given for several foreign currencies"
        raise XlidxError(Kind.CHOICE, what, "argument fx", "leave it blank, or take one currency at a time")
    found: list[Found] = []
    for (financed, settled), group in frame.groupby(pairs, sort=False, dropna=False):
        rate = 1.0 if financed == settled else fx
        unit = f"{financed} per {settled}"
        found += _jointly(group, unit, terms, decimals) if rate is None else _apart(group, rate, terms, decimals)
    return _frame(found)


def _jointly(group: pd.DataFrame, unit: str, terms: Table, decimals: int) -> list[Found]:
    names = list(dict.fromkeys(group["underlying"]))
    rows = [("exchange rate", unit, unit, group), *(_spot_row(group, name) for name in names)]
    try:
        _refuse_faulty(group, terms)
        side, level, price, ratio = _columns(group)
        market = implied_market(group["underlying"].tolist(), side, level, price, ratio, decimals)
    except XlidxError as error:
        return [(kind, name, unit, None, len(part), error.sentence) for kind, name, unit, part in rows]
    ends = [market.fx, *market.spots.values()]
    return [(kind, name, unit, end, len(part), None) for (kind, name, unit, part), end in zip(rows, ends, strict=True)]


def _apart(group: pd.DataFrame, fx: float, terms: Table, decimals: int) -> list[Found]:
    found: list[Found] = []
    for name in dict.fromkeys(group["underlying"]):
        kind, _, unit, part = _spot_row(group, name)
        try:
            _refuse_faulty(part, terms)
            side, level, price, ratio = _columns(part)
            found.append((kind, name, unit, implied_spot(side, level, price, ratio, fx, decimals), len(part), None))
        except XlidxError as error:
            found.append((kind, name, unit, None, len(part), error.sentence))
    return found


def _spot_row(group: pd.DataFrame, name: str) -> tuple[str, str, str, pd.DataFrame]:
    part = group[group["underlying"] == name]
    return "spot", name, str(group["financing_level_currency"].iloc[0]), part


def _columns(group: pd.DataFrame) -> list[Any]:
    return [group[name].to_numpy() for name in ("side", "financing_level", "issue_price", "entitlement")]


def _refuse_faulty(group: pd.DataFrame, terms: Table) -> None:
    for row in group.index:
        if row in terms.faults:
            raise terms.faults[int(row)]


def _frame(found: list[Found]) -> pd.DataFrame:
    ends = [(np.nan, np.nan) if end is None else end for *_, end, _, _ in found]
    columns: dict[str, Any] = {
        "quantity": [quantity for quantity, *_ in found],
        "name": [name for _, name, *_ in found],
        "unit": [unit for _, _, unit, *_ in found],
        "low": [low for low, _ in ends],
        "high": [None if np.isinf(high) else high for _, high in ends],
        "series": [float(count) for *_, count, _ in found],
        "note": pd.Series([note for *_, note in found], dtype=object),
    }
    return pd.DataFrame(columns)
