"""A function that fails otherwise than by an error value, and Ctrl-C while one runs, stop a recalculation: no file."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.hosts import SECOND_ENGINE
from tests.recalc.books import TOYS, small, stored
from xlidx.cli import run
from xlidx.errors import XlidxError
from xlidx.recalc import recalculate
from xlidx.recalc.compare import compare
from xlidx.recalc.libreoffice import Session

ENGINES = ["fast", pytest.param("lo", marks=SECOND_ENGINE)]
CELLS = {"A1": 2.0, "B1": "=IFERROR(XI_TOY_SUM(A1,3),0)", "C1": "=B1+1", "D1": "=XI_TOY_SUM(C1,1)"}


def failing(error: BaseException, after: int = 0) -> Callable[..., Any]:
    calls = []

    def fails(*cells: Any) -> Any:
        calls.append(cells)
        if len(calls) > after:
            raise error
        return 1.0

    return fails


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_failure_that_is_no_error_value_stops_it(tmp_path: Path, engine: Any, after: int) -> None:
    path = small(tmp_path / "book.xlsx", CELLS)
    before = path.read_bytes()
    functions = TOYS | {"XI_TOY_SUM": failing(ZeroDivisionError("by hand"), after)}
    with pytest.raises(XlidxError, match=r"XI_TOY_SUM failed .*ZeroDivisionError: by hand.* nothing is written"):
        recalculate(path, engine=engine, functions=functions)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


def test_an_interrupt_while_a_function_runs_is_an_interrupt(tmp_path: Path) -> None:
    path = small(tmp_path / "book.xlsx", CELLS)
    before = path.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        recalculate(path, engine="fast", functions=TOYS | {"XI_TOY_SUM": failing(KeyboardInterrupt(), 1)})
    assert path.read_bytes() == before


def test_a_signal_between_the_engine_and_a_function_is_not_lost(tmp_path: Path) -> None:
    def at_the_door(frame: FrameType, event: str, _: object) -> None:
        if (event, frame.f_code.co_name) == ("call", "answered"):
            sys.setprofile(None)
            os.kill(os.getpid(), signal.SIGINT)

    path = small(tmp_path / "book.xlsx", CELLS)
    before, handler = path.read_bytes(), signal.getsignal(signal.SIGINT)
    sys.setprofile(at_the_door)
    try:
        with pytest.raises(KeyboardInterrupt):
            recalculate(path, engine="fast", functions=TOYS)
    finally:
        sys.setprofile(None)
    assert path.read_bytes() == before
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_command_ends_with_130_and_leaves_the_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small(tmp_path / "book.xlsx", CELLS)
    before = path.read_bytes()
    monkeypatch.setattr("xlidx.excel.calls.cell_functions", lambda: TOYS | {"XI_TOY_SUM": failing(KeyboardInterrupt())})
    assert run(["recalc", str(path)]) == 130
    assert capsys.readouterr().err.strip() == "xlidx: interrupted; every file is whole, in its old state or its new one"
    assert path.read_bytes() == before


@SECOND_ENGINE
@pytest.mark.parametrize("layout", ["venv", "conda", "pyenv"])
def test_a_python_first_on_path_does_not_reach_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    # What activate scripts export, with a python3 that has no standard library where it stands.
    home = tmp_path / layout
    (home / "bin").mkdir(parents=True)
    python = home / "bin" / "python3"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
    exported = {
        "venv": {"VIRTUAL_ENV": home},
        "conda": {"CONDA_PREFIX": home, "LD_LIBRARY_PATH": home / "lib", "PYTHONHOME": home},
        "pyenv": {"PYENV_ROOT": home, "PYTHONPATH": home / "lib", "PYTHONSTARTUP": home / "start.py"},
    }
    for name, value in exported[layout].items():
        monkeypatch.setenv(name, str(value))
    path = small(tmp_path / "book.xlsx", CELLS)
    recalculate(path, engine="lo", functions=TOYS)
    assert [stored(path)[cell] for cell in ("B1", "C1", "D1")] == [5.0, 6.0, 7.0]


@SECOND_ENGINE
def test_a_failure_is_not_held_against_the_next_workbook(tmp_path: Path) -> None:
    def on_thirteen(*cells: Any) -> Any:
        return 1.0 / (cells[0] - 13.0)

    functions = TOYS | {"XI_TOY_SUM": on_thirteen}
    bad = small(tmp_path / "bad.xlsx", {"A1": 13.0, "B1": "=XI_TOY_SUM(A1)"})
    good = small(tmp_path / "good.xlsx", {"A1": 15.0, "B1": "=XI_TOY_SUM(A1)"})
    with Session(functions) as session:
        assert "ZeroDivisionError" in compare(bad, functions=functions, engine="lo", session=session).failure
        assert compare(good, functions=functions, engine="lo", session=session).failure == ""


@SECOND_ENGINE
def test_only_calls_of_the_workbook_are_counted(tmp_path: Path) -> None:
    assert recalculate(small(tmp_path / "none.xlsx", {"A1": "=1+1"}), engine="lo", functions=TOYS).calls == 0
    assert recalculate(small(tmp_path / "one.xlsx", {"A1": "=XI_TOY_SUM(1,2)"}), engine="lo", functions=TOYS).calls == 1


@SECOND_ENGINE
def test_a_libreoffice_without_our_functions_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small(tmp_path / "book.xlsx", CELLS)
    before = path.read_bytes()
    monkeypatch.setattr("xlidx.recalc.libreoffice.office._unpack", lambda *_: None)
    with pytest.raises(XlidxError, match="the functions of xlidx do not answer in it"):
        recalculate(path, engine="lo", functions=TOYS)
    assert path.read_bytes() == before
