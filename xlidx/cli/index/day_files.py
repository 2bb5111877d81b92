"""``xlidx day-file`` and ``xlidx morning-check``: the files of an index desk, and what changed overnight."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.files import contents
from xlidx.folders import DayFolder
from xlidx.folders.dialect import Form, decoded
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import Basket, basket_of
from xlidx.index.desk.day_file import DayFile, day_file, day_of_text, day_text, write_text
from xlidx.index.desk.morning import check_values, morning_check
from xlidx.tables import Table, read


def write_day(tables: DayFolder, kind: str, day: date, code: str, isin: str, divisor: float, path: Path) -> float:
    """Write the start-of-day or end-of-day file of an index and return its level.

    Parameters
    ----------
    tables : DayFolder
    kind : {"start of day", "end of day"}
    """
    rates: dict[Any, float] = {} if tables.fx is None else tables.fx.strict().set_index("currency")["rate"].to_dict()
    basket = basket_of(tables.composition)
    closes = tables.closes.strict().set_index("isin")
    prices = _in_order(closes["price"], basket)
    adjusted = None
    if kind == "start of day":
        adjusted = _in_order(closes["adjusted"].fillna(closes["price"]), basket)
    made = day_file(kind, day, code, isin, basket, divisor, prices, rates, adjusted)
    write_text(day_text(made), path)
    return float(made.index["level"].iloc[0])


def check_morning(end: Path, start: Path, actions: Table | None) -> pd.DataFrame:
    """Compare last night's file with this morning's: each change has an action, and is what its terms make.

    See :func:`xlidx.index.desk.morning.morning_check` and :func:`xlidx.index.desk.morning.check_values`.
    """
    events = read(ACTIONS, [["date", "isin", "action"]]) if actions is None else actions
    before, after = _read(end), _read(start)
    found = morning_check(before, after, events.strict())
    check_values(before, after, events)
    return found


def _read(path: Path) -> DayFile:
    text, _ = decoded(contents(path), Form(encoding="utf-8"), str(path))
    return day_of_text(text.replace("\r\n", "\n"))


def _in_order(prices: pd.Series[float], basket: Basket) -> Floats:
    missing = [isin for isin in basket.ids if isin not in prices.index]
    if missing:
        what = f"no close for {', '.join(missing)}"
        raise XlidxError(Kind.NO_DATA, what, "table closes", "add the rows")
    return np.asarray(prices.loc[list(basket.ids)], dtype=np.float64)
