"""The desk's day: files at its start and end, and the morning check between them.

A file holds one row on the index and one per member.  Every change from last night's file to this morning's must
be the work of an action; one that is not stops the day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.files import replace
from xlidx.index.basket import INDEX_CURRENCY, Basket
from xlidx.index.level import index_weights, market_values, per_point, total_value
from xlidx.index.sources import member_rates, same_members
from xlidx.rules import rule

START, END = "start of day", "end of day"
INDEX_COLUMNS = ("file", "date", "code", "isin", "level", "net_level", "gross_level", "divisor", "market_value")
FACTORS = ("shares", "free_float", "capping", "fx")
MEMBER_NUMBERS = ("close", "adjusted_close", *FACTORS, "value", "weight")
MEMBER_COLUMNS = ("isin", "currency", *MEMBER_NUMBERS)
TEXTS = ("file", "date", "code", "isin", "currency")


@attrs.frozen(eq=False)
class DayFile:
    """State of an index at the start or the end of a day.

    Parameters
    ----------
    index : DataFrame of one row
        Columns as in ``INDEX_COLUMNS``: the file's kind, ISO date, code, ISIN, price, net and gross level [index
        points], divisor [index currency per index point], market value [index currency].
    members : DataFrame of shape (N, 10)
        Columns as in ``MEMBER_COLUMNS``: close and adjusted close [quote currency], factors, value [index
        currency] and weight [fraction].  At the end of a day value and weight are those of the close, at
        the start those of the adjusted close.
    """

    index: pd.DataFrame
    members: pd.DataFrame

    def number(self, name: str) -> float:
        """Return one number of the index row."""
        return float(self.index[name].iloc[0])


@rule("psi20", "4.1")
@rule("psi20", "4.2")
def day_file(
    kind: str,
    day: date,
    code: str,
    isin: str,
    basket: Basket,
    divisor: float,
    closes: Floats,
    rates: Mapping[str, float],
    adjusted: Floats | None = None,
    net_level: float = np.nan,
    gross_level: float = np.nan,
    currency: str = INDEX_CURRENCY,
) -> DayFile:
    """Put the state of an index into a day file.

    Parameters
    ----------
    kind : {"start of day", "end of day"}
    day : date
    code, isin : str
        Of the price index.
    basket : Basket
        The one in force on the day; at its start, after the events of the night.
    divisor : float [index currency per index point]
    closes : array of shape (N,) [quote currency]
        Of the day at its end, of the session before at its start.
    rates : mapping of currency to closing rate [index currency per unit]
    adjusted : array of shape (N,), optional [quote currency]
        Closes adjusted for the events of the night; the closes if blank.  Only at the start of a day.
    net_level, gross_level : float, optional [index points]
    currency : str
        Index currency.

    Returns
    -------
    DayFile

    Raises
    ------
    XlidxError
        ``CHOICE`` for another kind, ``DOMAIN`` for adjusted closes at the end of a day or a missing price,
        ``SHAPE`` for vectors of other members, ``NO_DATA`` for a missing rate.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.1 and 4.2.

    Examples
    --------
    >>> basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    >>> closes = np.array([10.0, 20.0])
    >>> file = day_file("end of day", date(2016, 3, 18), "PSI20", "PTING0200002", basket, 200.0, closes, {})
    >>> file.number("level"), file.members["weight"].tolist()
    (100.0, [0.5, 0.5])
    """
    _require_kind(kind, adjusted)
    valued = closes if adjusted is None else adjusted
    same_members(basket, closes, valued)
    fx = member_rates(basket, rates, currency)
    values = market_values(valued, basket.weights, fx=fx)
    numbers = {
        "close": closes,
        "adjusted_close": valued,
        **{name: getattr(basket, name) for name in FACTORS[:3]},
        "fx": fx,
        "value": values,
        "weight": index_weights(valued, basket.weights, fx=fx),
    }
    members = pd.DataFrame({"isin": basket.ids, "currency": basket.currency, **numbers})
    total = float(total_value(valued, basket.weights, fx=fx))
    row = (kind, day.isoformat(), code, isin, float(per_point(total, divisor)), net_level, gross_level, divisor, total)
    return DayFile(pd.DataFrame([row], columns=list(INDEX_COLUMNS)), members)


def day_text(file: DayFile) -> str:
    """Return a day file as semicolon text: the index block, an empty line, the members' block.

    Numbers are written with as many digits as it takes to read them back exactly; a missing number is empty.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    for n, frame in enumerate((file.index, file.members)):
        if n:
            out.write("\n")
        writer.writerow(frame.columns)
        writer.writerows([_written(value) for value in row] for row in frame.itertuples(index=False))
    return out.getvalue()


def day_of_text(text: str) -> DayFile:
    """Return the day file of a semicolon text, the inverse of :func:`day_text`.

    Raises
    ------
    XlidxError
        ``MISSING`` for other blocks or columns, ``TYPE`` for text among numbers.
    """
    index, _, members = text.partition("\n\n")
    return DayFile(_read(index, INDEX_COLUMNS, "index"), _read(members, MEMBER_COLUMNS, "members"))


def write_text(text: str, path: Path) -> None:
    """Write a text file in UTF-8 whole or not at all; an old file stays until the new one is complete."""
    replace(path, text.encode())


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if np.isnan(value) else repr(float(value))


def _read(text: str, columns: Sequence[str], block: str) -> pd.DataFrame:
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if row]
    if not rows or tuple(rows[0]) != tuple(columns) or len(rows) == 1:
        what = f"the {block} block is not headed {'; '.join(columns)}, or has no rows"
        raise XlidxError(Kind.MISSING, what, "day file", "give a file as xlidx writes it")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(columns):
            what = f"row {number} of the {block} block has {len(row)} values for {len(columns)} columns"
            raise XlidxError(Kind.SHAPE, what, "day file", "give a file as xlidx writes it")
    cells = [[_cell(name, value, block) for name, value in zip(columns, row, strict=True)] for row in rows[1:]]
    return pd.DataFrame(cells, columns=list(columns))


def _cell(name: str, value: str, block: str) -> Any:
    if name in TEXTS:
        return value
    try:
        return float(value) if value else np.nan
    except ValueError:
        where = f"day file, {block} block, column {name}"
        raise XlidxError(Kind.TYPE, f"{name} is text {value[:40]!r}", where, "give a number") from None


def _require_kind(kind: str, adjusted: Floats | None) -> None:
    if kind not in (START, END):
        raise XlidxError(Kind.CHOICE, f"file {kind!r} is not known", "argument kind", f"use {START} or {END}")
    if kind == END and adjusted is not None:
        what, mend = (
            "adjusted closes are given at the end of a day",
            "events of the night belong to the next start of day",
        )
        raise XlidxError(Kind.DOMAIN, what, "argument adjusted", mend)
