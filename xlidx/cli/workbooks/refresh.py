"""``xlidx refresh``: new market data into one workbook, or into every workbook of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from functools import partial
from pathlib import Path

from tqdm import tqdm

from xlidx.cli.text import table
from xlidx.cli.workers import workers
from xlidx.errors import Interrupted, Kind, XlidxError
from xlidx.files import clean
from xlidx.recalc.interface.unsupported import listed
from xlidx.recalc.refresh import Job, Outcome, books_in, failed, logged, refresh, written_since

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
        return [one(books[0], job)]
    found: dict[Path, Outcome] = {}
    try:
        with workers(partial(one, job=job), jobs, scheduler) as submit:
            waiting = {submit(path): path for path in books}
            for future in tqdm(as_completed(waiting), total=len(books), unit="book"):
                path = waiting[future]
                found[path] = _outcome(future, path, job)
    except KeyboardInterrupt:
        raise Interrupted(_left(folder, books, job)) from None
    return [found[path] for path in books]


def _left(folder: Path, books: Sequence[Path], job: Job) -> str:
    done = written_since(folder, job)
    said = f"{len(done)} of {len(books)} workbooks are refreshed"
    return f"{said} ({listed(done)}), the others are as they were" if done else "all workbooks are as they were"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return one line per workbook."""
    rows = [[one.book, one.outcome, float(one.changed), one.checks, one.note] for one in outcomes]
    return table([HEADER, *rows])


def _outcome(future: Future[Outcome], path: Path, job: Job) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # a worker that died says so here, and the other books go on
        return logged(path.parent, failed(path, job, f"{type(error).__name__}: {error}"))
