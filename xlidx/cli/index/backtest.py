"""``xlidx backtest``: all quarters of an index side by side, resumable, then its history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import as_completed
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from xlidx.cli.workers import Submit, workers
from xlidx.errors import XlidxError
from xlidx.files import replace
from xlidx.folders import BacktestFolder
from xlidx.folders.write import csv_bytes
from xlidx.index.share_vector.versions import ShareHistory
from xlidx.rulebooks.solactive_human_capital import backtest as quarterly
from xlidx.rulebooks.solactive_human_capital.rules import rule_set
from xlidx.tables import Table


def run_backtest(
    tables: BacktestFolder, output: Path, jobs: int, scheduler: str | None, node_limit: int | None
) -> tuple[ShareHistory, pd.DataFrame, list[Path]]:
    """Run a back-test and write it; return the history, the quarters and what was written.

    Raises
    ------
    XlidxError
        As :func:`selections` and :func:`xlidx.rulebooks.solactive_human_capital.backtest.history`.
    """
    with workers(partial(quarterly.choose, node_limit=node_limit), jobs, scheduler) as submit:
        chosen = selections(tables, output, submit, node_limit)
    run, found = finish(tables, chosen)
    return run, found, write(output, run, chosen, found)


def selections(
    tables: BacktestFolder, output: Path, submit: Submit, node_limit: int | None = None
) -> list[quarterly.Chosen]:
    """Return the selections of all quarters, computing those that do not stand in the output folder yet.

    A selection is written as soon as it is there, with a key of all that it depends on.

    Raises
    ------
    XlidxError
        The first quarter that has no selection, when all others are done.
    """
    folder = output / "selections"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = quarterly.quarters(
        tables.universe,
        tables.prices,
        tables.adjustment,
        tables.overrides,
        _days(tables.disruptions),
        tables.events,
        rule_set(tables.rules),
    )
    keys = {quarter.day: key_of(quarter, node_limit) for quarter in wanted}
    done = {day: found for day, key in keys.items() if (found := _read(folder, day, key)) is not None}
    failed: dict[date, XlidxError] = {}
    waiting = {submit(quarter): quarter.day for quarter in wanted if quarter.day not in done}
    with tqdm(total=len(wanted), initial=len(done), unit="quarter") as bar:
        for future in as_completed(waiting):
            day = waiting[future]
            try:
                done[day] = _write(folder, future.result(), keys[day])
            except XlidxError as error:
                failed[day] = error
            bar.update()
    if failed:
        raise _first(failed)
    return [done[quarter.day] for quarter in wanted]


def _first(failed: dict[date, XlidxError]) -> XlidxError:
    day = min(failed)
    one, more = failed[day], f" (and {len(failed) - 1} more quarters)" if len(failed) > 1 else ""
    return XlidxError(one.kind, f"{day}: {one.what}{more}", one.where, one.mend)


def key_of(quarter: quarterly.Quarter, node_limit: int | None = None) -> str:
    """Return a digest of everything that a selection depends on."""
    digest = hashlib.sha256(f"{version('xlidx')} {quarter.day} {node_limit} {quarter.rules}".encode())
    digest.update(quarter.candidates.to_csv().encode())
    prices = quarter.prices
    digest.update(",".join(prices.ids).encode() + prices.days.tobytes() + prices.matrix.tobytes())
    if quarter.overrides is not None:
        digest.update(quarter.overrides.frame.to_csv().encode())
    return digest.hexdigest()


def finish(tables: BacktestFolder, chosen: Sequence[quarterly.Chosen]) -> tuple[ShareHistory, pd.DataFrame]:
    """Return the history of the index that the selections make, and one row per quarter."""
    rules = rule_set(tables.rules)
    run = quarterly.history(
        chosen,
        tables.universe,
        tables.prices,
        tables.events,
        tables.dividends,
        tables.fx,
        tables.withholding,
        tables.disruptions,
        rules,
    )
    return run, quarterly.summary(chosen, run, rules)


def write(output: Path, run: ShareHistory, chosen: Sequence[quarterly.Chosen], found: pd.DataFrame) -> list[Path]:
    """Write levels, quarters, group weights and flags as CSV, and all of them with charts as a workbook."""
    from xlidx.cli.index.backtest_book import book

    frames = {
        "levels": run.shown(),
        "quarters": found,
        "sectors": quarterly.group_weights(chosen, "sector"),
        "regions": quarterly.group_weights(chosen, "region"),
        "flags": run.flags,
        "changes": run.log,
    }
    paths = []
    for name, frame in frames.items():
        paths.append(output / f"{name}.csv")
        replace(paths[-1], csv_bytes(frame))
    paths.append(output / "backtest.xlsx")
    replace(paths[-1], book({name: frame for name, frame in frames.items() if name != "changes"}))
    return paths


def _days(disruptions: Table | None) -> list[date]:
    return [] if disruptions is None else [stamp.date() for stamp in disruptions.strict()["date"]]


def _read(folder: Path, day: date, key: str) -> quarterly.Chosen | None:
    path = folder / f"{day}.json"
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return None  # not there, or not ours: selected anew
    if not isinstance(found, dict) or found.get("key") != key or found.pop("digest", None) != _digest(found):
        return None  # of other inputs, or changed since it was written
    del found["key"]
    table = pd.DataFrame(found.pop("table"))
    return quarterly.Chosen(day, table.astype({"dividend_yield": float, "rank": "Int64"}), found)


def _digest(record: dict[str, Any]) -> str:
    """Return the digest of a record as it comes back from its file."""
    return hashlib.sha256(json.dumps(record, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _write(folder: Path, found: quarterly.Chosen, key: str) -> quarterly.Chosen:
    blank = found.table.astype(object).where(found.table.notna(), None)
    record = {"key": key, **found.facts, "table": blank.to_dict("list")}
    record["digest"] = _digest(record)
    replace(folder / f"{found.day}.csv", csv_bytes(found.table))
    replace(folder / f"{found.day}.json", json.dumps(record, indent=1, allow_nan=False).encode())
    return found
