"""Pictures of a workbook, and what is said when they cannot be drawn."""

from __future__ import annotations

import builtins
import io
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.recalc.test_refresh import book
from xlidx.cli import run
from xlidx.errors import XlidxError
from xlidx.recalc.pictures import render

needs_office = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


@needs_office
def test_every_page_becomes_a_picture(tmp_path: Path, capsys: Any) -> None:
    path = book(tmp_path / "desk.xlsx")
    old = path.read_bytes()
    assert run(["render", str(path), "-o", str(tmp_path / "out"), "--dpi", "50"]) == 0
    found = sorted((tmp_path / "out").iterdir())
    assert [item.name for item in found] == ["desk-01.png", "desk-02.png"]
    small = Image.open(io.BytesIO(found[0].read_bytes())).convert("L")
    assert small.getextrema()[0] < 128  # something is drawn
    large = render(path, tmp_path / "large", dpi=100)[0]
    with Image.open(large) as drawn:
        assert drawn.width == pytest.approx(2 * small.width, abs=2)
    assert path.read_bytes() == old


def office(folder: Path, script: str) -> Path:
    """Put a program in place of LibreOffice."""
    folder.mkdir()
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return folder


def test_without_libreoffice_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "desk.xlsx")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(XlidxError, match="LibreOffice is not installed - render - install LibreOffice"):
        render(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_program_that_hangs_is_stopped_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "desk.xlsx")
    pid = tmp_path / "pid"
    folder = office(tmp_path / "bin", f"sleep 600 & echo $! > {pid}; wait")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(XlidxError, match="did not finish in 1 seconds"):
        render(path, tmp_path / "out", seconds=1.0)
    for _ in range(50):
        if not alive(int(pid.read_text())):
            break
        time.sleep(0.1)
    assert not alive(int(pid.read_text()))


def alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split()[2] != "Z"


def test_a_program_that_prints_nothing_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "desk.xlsx")
    monkeypatch.setenv("PATH", f"{office(tmp_path / 'bin', 'exit 0')}:{os.environ['PATH']}")
    with pytest.raises(XlidxError, match="LibreOffice printed nothing"):
        render(path, tmp_path / "out")


def test_without_the_extra_its_name_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "pypdfium2":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(XlidxError, match=r"pip install xlidx\[render\]"):
        render(book(tmp_path / "desk.xlsx"), tmp_path / "out")
