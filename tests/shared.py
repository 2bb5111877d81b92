"""What is made once per run and read by many tests, whichever of the processes side by side needs it first."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = 600


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that ``make`` has filled; who comes later, in any process of this run, waits for it."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared" / name
    folder.parent.mkdir(exist_ok=True)
    done, failed = folder.with_name(f"{name}.done"), folder.with_name(f"{name}.failed")
    try:
        folder.mkdir()
    except FileExistsError:
        _wait_for(done, failed)
        return folder
    try:
        make(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder


def _wait_for(done: Path, failed: Path) -> None:
    end = time.monotonic() + SECONDS
    while not done.exists():
        assert not failed.exists(), f"{failed.stem} could not be made; the test that tried first says why"
        assert time.monotonic() < end, f"{done.stem} was not made within {SECONDS} seconds"
        time.sleep(0.05)


class Built(dict[str, Path]):
    """The shipped templates as this code builds them, each built when it is first asked for."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        super().__init__()
        self._factory = factory

    def __missing__(self, name: str) -> Path:
        from xlidx.templates import build  # most runs of a few tests need no workbook

        folder = made_once(self._factory, name, lambda folder: build.build(folder, [name]))
        self[name] = path = folder / f"{name}.xlsx"
        return path
