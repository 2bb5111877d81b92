"""Settings of all tests: depth, hypothesis, and what the last lines of a run say."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import settings

from tests import depth
from tests.shared import Built

# The same examples on every run, and no time limit for one of them.
for name, examples in (("quick", 25), ("deep", 100)):
    settings.register_profile(name, max_examples=examples, deadline=None, derandomize=True, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="all random examples, and every case of a workbook on its own")


def pytest_configure(config: pytest.Config) -> None:
    depth.DEEP = config.getoption("--deep")
    settings.load_profile("deep" if depth.DEEP else "quick")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped: dict[str, Counter[str]] = {}
    for report in terminalreporter.getreports("skipped"):
        what, _, how = report.longrepr[2].removeprefix("Skipped: ").partition(" - ")
        skipped.setdefault(how, Counter())[what] += 1
    for how, found in sorted(skipped.items()):
        what = ", ".join(sorted(found))
        terminalreporter.write_line(f"not exercised: {what} [{found.total()} skipped] - {how or 'see the test'}")
    if not depth.DEEP:
        terminalreporter.write_line("quick: fewer random examples; all of them: python -m pytest --deep -n auto")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(tmp_path_factory)
