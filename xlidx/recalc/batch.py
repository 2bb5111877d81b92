"""Many workbooks compared one after the other in a process of their own, each within a time limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeAlias

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.compare import Comparison, compare
from xlidx.recalc.libreoffice import Session
from xlidx.recalc.run import NOTHING, EngineName, Kept

SECONDS = 120.0
ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm")
Judged: TypeAlias = Mapping[str, Mapping[str, str]]


def compare_all(
    books: Iterable[Path],
    engine: EngineName = "auto",
    judged: Judged | None = None,
    seconds: float = SECONDS,
    clock: datetime | None = None,
    kept: Kept = NOTHING,
) -> Iterator[Comparison]:
    """Compare workbooks with the functions of the catalogue; one that fails or takes too long never stops the others.

    Parameters
    ----------
    books : paths
    engine : {'auto', 'fast', 'ironcalc', 'lo'}
    judged : mapping, optional
        Accepted differences by the name of the workbook, as for :func:`xlidx.recalc.compare.compare`.
    seconds : float
        Time limit of one workbook.
    clock, kept
        As for :func:`xlidx.recalc.compare.compare`.
    """
    worker: tuple[BaseProcess, Connection] | None = None
    try:
        for book in books:
            worker = worker or _started(engine, clock, kept)
            found = _answer(worker, (book, (judged or {}).get(book.name, {})), seconds)
            if isinstance(found, str):
                _ended(worker)
                worker, found = None, Comparison(workbook=book.name, engine=engine, failure=found)
            yield found
    finally:
        if worker is not None:
            _ended(worker)


def found_books(paths: Sequence[Path]) -> list[Path]:
    """Return workbooks, and those in folders and in the folders below, by name.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when there is none.
    """
    books: list[Path] = []
    for path in paths:
        inside = sorted(one for one in path.rglob("*") if one.suffix.lower() in ENDINGS) if path.is_dir() else [path]
        books += [one for one in inside if not one.name.startswith(("~$", "."))]
    if not books:
        where = ", ".join(map(str, paths))
        raise XlidxError(Kind.NO_DATA, "there is no workbook", where, "give workbooks, or folders with workbooks")
    return books


def summary(found: Sequence[Comparison]) -> dict[str, int]:
    """Return the counts over all workbooks.

    Examples
    --------
    >>> found = [Comparison(workbook="a.xlsx", engine="fast", formulas=2, equal=2)]
    >>> summary(found)["recalculated"], summary(found)["equal"]
    (1, 2)
    """
    counts: Counter[str] = Counter(books=len(found), recalculated=0, refused_whole=0, differing_books=0)
    for one in found:
        counts["recalculated"] += one.recalculated
        counts["refused_whole"] += bool(one.failure)
        counts["differing_books"] += bool(one.wrong)
        counts["formulas"] += one.formulas
        counts["equal"] += one.equal
        counts["different"] += len(one.wrong)
        counts["judged"] += len(one.different) - len(one.wrong)
        counts["refused"] += len(one.refused)
        counts["kept"] += one.kept
        counts["without_value"] += one.without_value
    return dict(counts)


def _started(engine: EngineName, clock: datetime | None, kept: Kept) -> tuple[BaseProcess, Connection]:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, engine, clock, kept), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _work(link: Connection, engine: EngineName, clock: datetime | None, kept: Kept) -> None:
    from xlidx.excel.calls import cell_functions

    functions = cell_functions()
    with Session(functions) as session:
        while (task := link.recv()) is not None:
            book, judged = task
            found = compare(
                book, functions=functions, engine=engine, judged=judged, session=session, clock=clock, kept=kept
            )
            link.send(found)


def _answer(
    worker: tuple[BaseProcess, Connection], task: tuple[Path, Mapping[str, str]], seconds: float
) -> Comparison | str:
    process, link = worker
    link.send(task)
    try:
        if not link.poll(seconds):
            return f"it is not computed within {seconds:g} seconds"
        found: Comparison = link.recv()
    except (EOFError, OSError):
        process.join()
        return f"the calculation ended without an answer (exit code {process.exitcode})"
    return found


def _ended(worker: tuple[BaseProcess, Connection]) -> None:
    process, link = worker
    try:
        link.send(None)
    except OSError:
        process.kill()
    process.join(5)
    if process.is_alive():
        process.kill()
        process.join()
    link.close()
