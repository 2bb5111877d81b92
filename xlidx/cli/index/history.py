"""``xlidx index-history``: a folder of tables in, the history of an index out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pandas as pd
from tqdm import tqdm

from xlidx.errors import Kind, XlidxError
from xlidx.files import replace
from xlidx.folders import IndexFolder
from xlidx.index.basket import Quotes, basket_of
from xlidx.index.divisor_history.history import History, continue_history, index_history

SESSIONS_AT_ONCE = 250
FORMATS = (".csv", ".parquet", ".xlsx")


def history_of(tables: IndexFolder, base_level: float, progress: bool = True) -> History:
    """Run an index from its tables.

    Parameters
    ----------
    tables : IndexFolder
    base_level : float [index points]
        Level on the first date of prices.
    progress : bool
        Show a bar of sessions on the error stream.

    Raises
    ------
    XlidxError
        As :func:`xlidx.index.divisor_history.history.index_history`.
    """
    basket, prices = basket_of(tables.composition), tables.prices
    rest = (tables.actions, tables.dividends, tables.fx, tables.withholding)
    runs: list[History] = []
    with tqdm(total=len(prices.days), unit="session", disable=None if progress else True) as bar:
        for part in _parts(prices):
            if runs:
                runs.append(continue_history(runs[-1].state, part, *rest))
            else:
                runs.append(index_history(basket, part, *rest, base_level=base_level))
            bar.update(len(part.days))
    return _joined(runs)


def write_history(run: History, path: Path) -> list[Path]:
    """Write levels, divisor log and flags: sheets of one workbook, or files beside each other.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an ending that is not known, ``NO_DATA`` when parquet files cannot be written here.
    """
    frames = {"levels": run.levels, "divisors": run.divisors, "flags": run.flags}
    ending = path.suffix.lower()
    if ending == ".xlsx":
        replace(path, _workbook(frames))
        return [path]
    if ending not in FORMATS:
        raise XlidxError(Kind.CHOICE, f"ending {path.suffix!r} is not known", str(path), f"use {', '.join(FORMATS)}")
    paths = {name: path if name == "levels" else path.with_suffix(f".{name}{path.suffix}") for name in frames}
    data = {name: _bytes(frame, ending, path) for name, frame in frames.items()}
    for name, target in paths.items():
        replace(target, data[name])
    return list(paths.values())


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


def _bytes(frame: pd.DataFrame, ending: str, path: Path) -> bytes:
    if ending == ".csv":
        return frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode()
    try:
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
    except ImportError:
        mend = "install pyarrow, or write .csv or .xlsx"
        raise XlidxError(Kind.NO_DATA, "parquet files need pyarrow", str(path), mend) from None
    return buffer.getvalue()


def _workbook(frames: dict[str, pd.DataFrame]) -> bytes:
    buffer = io.BytesIO()
    options: dict[str, Any] = {"datetime_format": "yyyy-mm-dd", "date_format": "yyyy-mm-dd"}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", **options) as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name.capitalize(), index=False, freeze_panes=(1, 1))
            writer.sheets[name.capitalize()].set_column(0, len(frame.columns), 16)
    return buffer.getvalue()
