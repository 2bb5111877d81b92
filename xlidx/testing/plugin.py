"""The pytest plugin: the fixtures ``recalculated_book`` and ``workbook_snapshot``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xlidx.testing.recalculated import RecalculatedBook


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--xlidx-update``, which writes snapshots anew."""
    parser.addoption("--xlidx-update", action="store_true", help="write the snapshots of workbooks anew")


@pytest.fixture
def recalculated_book() -> Callable[..., RecalculatedBook]:
    """Return :func:`xlidx.testing.recalculated`: a workbook and inputs by name in, results by name out."""
    from xlidx.testing.recalculated import recalculated

    return recalculated


@pytest.fixture
def workbook_snapshot(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Return a function that holds the named outputs of a recalculated workbook against a file."""

    def check(book: RecalculatedBook, path: str | Path, tolerance: float = 1e-9) -> None:
        from xlidx.testing.expectations import outcomes
        from xlidx.testing.snapshots import read_snapshot, write_snapshot

        update: Any = request.config.getoption("--xlidx-update")
        if update:
            write_snapshot(book, Path(path), tolerance)
        failed = [one for one in outcomes(book, read_snapshot(Path(path))) if not one.passed]
        assert not failed, "; ".join(f"{one.name} is {one.found}, expected {one.wanted}" for one in failed)  # noqa: S101

    return check
