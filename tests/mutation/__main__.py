"""Does a test notice when a formula changes: ``python -m tests.mutation [MODULE ...] [--sample N] [--seed N]``.

A sample of small changes to the formulas (an operator, a constant, a condition, what is returned), the same for the
same seed.  Each runs in a process of its own against the doctests of the module and the tests that belong to it.
A change that passes them all survives: it is printed with its place, and either a test is missing or it stands with
its reason in ``equivalent.py``.  Linux and macOS; a mutant takes a few seconds.

State of 1 December 2026, by ``turbo/path --sample 15 --seed 3`` and alike.  First: noticed by the tests as they were.
None: no test can notice it.  Now: with the tests written for it; of seed 2 all changes of the lines of the survivors
were run again, of seed 3 the survivors, of seed 1 none, for which seed 4 stands.  A change that makes a test endless
is noticed.  The sample of a seed changes with the modules.

======================================================  ====  =======  =====  ====  =============
modules                                                 seed  changes  first  none  now
======================================================  ====  =======  =====  ====  =============
``index/*.py``, ``turbo/*.py``                          1         150    127     7  not run again
``index/*.py``, ``turbo/*.py``, issuance, pricing       2          60     46     5  55 of 55
``turbo/path``                                          3          15     10     2  13 of 13
``turbo/book``                                          3          12     10     0  12 of 12
``index/screening``                                     3          15     13     0  15 of 15
``index/review``                                        3          15     10     1  14 of 14
``index/actions``                                       3          10      9     0  10 of 10
``index/share_vector``                                  3          10     10     0  10 of 10
``index/divisor_history``                               3           8      6     0  8 of 8
``index/intraday``, ``index/desk``                      3          10      7     0  10 of 10
``index/min_variance``: covariance and its estimators   3           8      6     0  8 of 8
``index/*.py``, ``turbo/*.py``, a sample of its own     4          24     22     2  22 of 22
======================================================  ====  =======  =====  ====  =============

Not sampled: the rest of ``index/min_variance``.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from textwrap import shorten
from types import CodeType
from typing import Any

import attrs
import numpy as np  # noqa: F401 - loaded once for all mutants
import pandas as pd  # noqa: F401
import pytest
import scipy.stats  # noqa: F401
from hypothesis import Phase, settings

from tests.mutation.equivalent import EQUIVALENT, ONE_LENGTH, ZIPPED
from tests.mutation.points import Point, mutant, points

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "xlidx"
SECONDS = 300  # of the clock; a change that makes a loop endless is noticed
SURVIVED = 0
PLAIN = "--assert=plain"  # otherwise pytest loads the module by itself, unchanged
LEAST = 0.9

# Modules whose tests do not bear their name; any other has tests of its name, or those of its folder.
TESTS = {
    "index/sources.py": ("tests/index/intraday", "tests/index/divisor_history"),
    "turbo/book/certificate_path.py": ("tests/turbo/path/test_daily.py", "tests/turbo/book/test_roll.py"),
    "turbo/book/checks.py": ("tests/turbo/book/test_roll.py", "tests/turbo/book/test_table.py"),
    "turbo/book/inputs.py": ("tests/turbo/book/test_roll.py", "tests/turbo/book/test_table.py"),
    "turbo/book/market.py": ("tests/turbo/book/test_roll.py",),
    "turbo/book/paths.py": ("tests/turbo/book/test_roll.py",),
    "turbo/certificate.py": ("tests/turbo/test_certificate.py", "tests/turbo/test_vectors.py"),
    "turbo/financing.py": ("tests/turbo/test_financing.py", "tests/turbo/test_vectors.py"),
    "turbo/issuance/issue_table.py": ("tests/turbo/issuance",),
    "turbo/stop_loss.py": ("tests/turbo/test_stop_loss.py", "tests/turbo/test_vectors.py"),
}


@attrs.frozen
class Mutant:
    """One changed module."""

    module: str
    number: int
    point: Point
    text: str  # the line of the module

    @property
    def shown(self) -> str:
        """Return the place, the change and the line that it is made in."""
        old, new = (shorten(text, 70) for text in (self.point.old, self.point.new))
        return f"xlidx/{self.module}:{self.point.line}: {old} -> {new}  in  {self.text}"

    @property
    def reason(self) -> str | None:
        """Return why no test can notice it, if so."""
        if ZIPPED[0] in self.text and (self.point.old, self.point.new) == ZIPPED[1:]:
            return ONE_LENGTH
        return EQUIVALENT.get((self.module, self.text, self.point.old, self.point.new))


def modules(given: Sequence[str]) -> list[str]:
    """Return the modules of the formulas: all, or those that start with one of the given paths."""
    every = [str(path.relative_to(PACKAGE)) for part in ("index", "turbo") for path in (PACKAGE / part).rglob("*.py")]
    named = [name.removeprefix("xlidx/") for name in given]
    found = sorted(name for name in every if not named or any(name.startswith(start) for start in named))
    return [name for name in found if not name.endswith("__init__.py")]


def files_for(module: str) -> list[str]:
    """Return the files and folders of tests that belong to a module, and the module for its doctests."""
    path = Path("tests", module)
    own = path.with_name(f"test_{path.name}")
    nearest = next(place for place in (own, *path.parents) if (ROOT / place).exists())
    return [f"xlidx/{module}", *TESTS.get(module, (str(nearest),))]


def sample(names: Sequence[str], size: int, seed: int) -> list[Mutant]:
    """Return some of all mutants, each as likely as any other."""
    every = []
    for name in names:
        source = (PACKAGE / name).read_text("utf-8")
        lines = ["", *source.splitlines()]
        found = enumerate(points(ast.parse(source)))
        every += [Mutant(name, number, point, lines[point.line].strip()) for number, point in found]
    chosen = random.Random(seed).sample(every, min(size, len(every)))
    return sorted(chosen, key=lambda one: (one.module, one.number))


class Changed(importlib.abc.MetaPathFinder):
    """Gives one module from changed code."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """Answer for the changed module only."""
        if fullname != self.name:
            return None
        loader = SourceFileLoader(fullname, str(self.path))
        loader.get_code = lambda fullname: self.code  # type: ignore[method-assign]
        return importlib.util.spec_from_file_location(fullname, self.path, loader=loader)


class Unshrunk:
    """Hypothesis stops at the first example that fails and does not look for a smaller one, which takes minutes."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """Change the profile that conftest.py has chosen."""
        settings.register_profile("mutant", settings.get_profile("quick"), phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutant")


def outcome(one: Mutant | None, tests: Sequence[str]) -> int | None:
    """Run tests on a mutant in a child process; the exit code of pytest, or nothing when it took too long."""
    child = os.fork()
    if child == 0:
        os.setsid()
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        if one is not None:
            path = PACKAGE / one.module
            code = mutant(path.read_text("utf-8"), str(path), one.number)
            name = ".".join(Path("xlidx", one.module).with_suffix("").parts)
            sys.meta_path.insert(0, Changed(name, path, code))
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", PLAIN, *tests], plugins=[Unshrunk()])))
    return _waited(child)


def _waited(child: int) -> int | None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def main(arguments: Sequence[str]) -> int:
    """Print what survives and the score of every module; exit code 1 when the score is below nine tenths."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("modules", nargs="*", help="paths such as turbo or index/level.py; all formulas without")
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    chosen = sample(modules(given.modules), given.sample, given.seed)
    score: dict[str, list[bool]] = {}
    for module in sorted({one.module for one in chosen}):
        if outcome(None, files_for(module)) != SURVIVED:
            parser.error(f"the tests of {module} fail on the module as it is: {' '.join(files_for(module))}")
    for one in chosen:
        if one.reason is None:
            noticed = outcome(one, files_for(one.module)) != SURVIVED
            score.setdefault(one.module, []).append(noticed)
            print("noticed " if noticed else "SURVIVED", one.shown, flush=True)
    for module, found in score.items():
        print(f"{sum(found):4} of {len(found):4} noticed  {module}")
    every = [noticed for found in score.values() for noticed in found]
    left_out = len(chosen) - len(every)
    print(f"{sum(every)} of {len(every)} noticed, {left_out} more cannot be (equivalent.py); seed {given.seed}")
    return 0 if sum(every) >= LEAST * len(every) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
