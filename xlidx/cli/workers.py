"""Work side by side: in processes of this machine, or on a dask cluster."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeAlias

from xlidx import files
from xlidx.errors import Kind, XlidxError

Submit: TypeAlias = Callable[[Any], "Future[Any]"]
_SECONDS = 5.0


@contextmanager
def workers(work: Callable[[Any], Any], jobs: int = 1, scheduler: str | None = None) -> Iterator[Submit]:
    """Give a function that starts ``work`` on one argument and returns its future.

    Parameters
    ----------
    work : callable
        Of one argument; a function of a module, so that other processes find it.
    jobs : int
        Processes side by side.
    scheduler : str, optional
        Address of a dask cluster that does the work instead.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when the dask client is not installed or no scheduler answers.
    """
    if scheduler is not None:
        with _cluster(scheduler) as client:
            yield lambda task: client.submit(work, task)
        return
    # Fresh processes: threads of numerical libraries do not survive a fork.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_follow_parent)
    try:
        yield lambda task: pool.submit(work, task)
    except BaseException:
        _end(pool)
        raise
    pool.shutdown()


def _follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it is gone: nothing is written that nobody waits for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: files.leave())
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    wait([parent.sentinel])
    files.leave()


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool; each finishes what it must not be interrupted in."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    try:
        import distributed
    except ImportError:
        mend = "pip install xlidx[grid]"
        raise XlidxError(Kind.NO_DATA, "the dask client is not installed", "option --scheduler", mend) from None
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=10)
    except (OSError, ValueError) as error:
        what = f"no dask scheduler answers ({type(error).__name__})"
        raise XlidxError(Kind.NO_DATA, what, f"option --scheduler {address}", "check address and port") from None
    with client:
        yield client.get_executor(pure=False)
