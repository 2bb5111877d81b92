"""``xlidx refresh``: new market data into one workbook, or into every workbook of a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from functools import partial
from pathlib import Path

import attrs
from tqdm import tqdm

from xlidx.cli.text import table
from xlidx.cli.workers import workers
from xlidx.errors import Kind, XlidxError
from xlidx.recalc.refresh import Job, Outcome, books_in, clean, failed, refresh

LOG = "refresh.jsonl"
HEADER = ["Book", "Outcome", "Cells", "Checks", "Note"]


def one(path: Path, job: Job) -> Outcome:
    """Refresh one workbook with the functions of this process."""
    from xlidx.excel.calls import cell_functions

    return refresh(path, job, cell_functions())


def many(target: Path, job: Job, jobs: int = 1, scheduler: str | None = None) -> list[Outcome]:
    """Refresh a workbook, or all of a folder side by side, and log each as soon as it is done.

    A workbook that fails never stops the others.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a folder without workbooks.
    """
    folder = target if target.is_dir() else target.parent
    clean(folder)
    books = books_in(target) if target.is_dir() else [target]
    if not books:
        raise XlidxError(Kind.NO_DATA, "there is no workbook", str(target), "give a folder with .xlsx or .xlsm files")
    if len(books) == 1 and scheduler is None:
        return [_logged(folder, one(books[0], job))]
    found: dict[Path, Outcome] = {}
    with workers(partial(one, job=job), jobs, scheduler) as submit:
        waiting = {submit(path): path for path in books}
        for future in tqdm(as_completed(waiting), total=len(books), unit="book"):
            path = waiting[future]
            found[path] = _logged(folder, _outcome(future, path, job))
    return [found[path] for path in books]


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return one line per workbook."""
    rows = [[one.book, one.outcome, float(one.changed), one.checks, one.note] for one in outcomes]
    return table([HEADER, *rows])


def _outcome(future: Future[Outcome], path: Path, job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # a worker that died says so here, and the other books go on
        return failed(path, job, f"{type(error).__name__}: {error}")


def _logged(folder: Path, outcome: Outcome) -> Outcome:
    line = json.dumps(attrs.asdict(outcome), ensure_ascii=False) + "\n"
    # One write in append mode: lines of runs side by side do not mix.
    handle = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
    return outcome
