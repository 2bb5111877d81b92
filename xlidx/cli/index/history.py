"""``xlidx index-history``: a folder of tables in, the history of an index out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pandas as pd
from tqdm import tqdm

from xlidx.folders import IndexFolder, write_tables
from xlidx.index.basket import INDEX_CURRENCY, Quotes, basket_of
from xlidx.index.divisor_history.history import History, continue_history, index_history

SESSIONS_AT_ONCE = 250


def history_of(
    tables: IndexFolder,
    base_level: float,
    progress: bool = True,
    index_currency: str = INDEX_CURRENCY,
    dividend_basis: str = "old",
) -> History:
    """Run an index from its tables.

    Parameters
    ----------
    tables : IndexFolder
    base_level : float [index points]
        Level on the first date of prices.
    progress : bool
        Show a bar of sessions on the error stream.
    index_currency : str
        ISO code.
    dividend_basis : {"old", "new"}
        Whether a dividend on the ex-date of a split counts per share before or after it.

    Raises
    ------
    XlidxError
        As :func:`xlidx.index.divisor_history.history.index_history`.
    """
    basket, prices = basket_of(tables.composition, index_currency), tables.prices
    rest = (tables.actions, tables.dividends, tables.fx, tables.withholding)
    readings: dict[str, Any] = {
        "index_currency": index_currency,
        "reference": tables.reference,
        "dividend_basis": dividend_basis,
    }
    runs: list[History] = []
    with tqdm(total=len(prices.days), unit="session", disable=None if progress else True) as bar:
        for part in _parts(prices):
            if runs:
                runs.append(continue_history(runs[-1].state, part, *rest, **readings))
            else:
                runs.append(index_history(basket, part, *rest, base_level=base_level, **readings))
            bar.update(len(part.days))
    return _joined(runs)


def write_history(run: History, path: Path) -> list[Path]:
    """Write levels, divisor log and flags; see :func:`xlidx.folders.write_tables`."""
    return write_tables({"levels": run.levels, "divisors": run.divisors, "flags": run.flags}, path)


def _parts(prices: Quotes) -> Iterator[Quotes]:
    for start in range(0, len(prices.days), SESSIONS_AT_ONCE):
        rows = slice(start, start + SESSIONS_AT_ONCE)
        yield attrs.evolve(prices, days=prices.days[rows], matrix=prices.matrix[rows])


def _joined(runs: list[History]) -> History:
    def whole(name: str) -> pd.DataFrame:
        frames = [getattr(run, name) for run in runs]
        filled = [frame for frame in frames if len(frame)] or frames[:1]
        joined: pd.DataFrame = pd.concat(filled, ignore_index=True)
        return joined

    return History(whole("levels"), whole("divisors"), whole("flags"), runs[-1].state)
