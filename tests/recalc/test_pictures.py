"""Pictures of a workbook, and what is said when they cannot be drawn."""

from __future__ import annotations

import builtins
import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from PIL import Image

from tests.hosts import PICTURES
from tests.recalc.test_refresh import book
from xlidx.cli import run
from xlidx.errors import XlidxError
from xlidx.recalc.pictures import render


@PICTURES
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


@PICTURES
def test_one_sheet_is_drawn_without_the_others_and_without_margins(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "framed.xlsx"
    framed(path)
    assert run(["render", str(path), "-o", str(tmp_path), "--sheet", "Second"]) == 0
    assert sorted(item.name for item in tmp_path.glob("*.png")) == ["framed-Second-01.png", "framed-Second-02.png"]
    assert run(["render", str(path), "-o", str(tmp_path), "--sheet", "Second", "--page", "2"]) == 0
    with Image.open(tmp_path / "framed-Second.png") as drawn, Image.open(tmp_path / "framed-Second-02.png") as second:
        assert drawn.tobytes() == second.tobytes()
        shades = drawn.convert("RGB")
    # The second page holds one green cell; neither header, footer nor the red sheet is in the picture.
    assert shades.width < 300
    assert shades.height < 100
    colours = {colour for _, colour in shades.getcolors(1 << 16)}
    assert (0, 128, 0) in colours
    assert (255, 0, 0) not in colours
    assert shades.getpixel((0, 0)) == (255, 255, 255)


@PICTURES
def test_a_page_and_a_sheet_that_are_not_there_are_refused(tmp_path: Path) -> None:
    framed(tmp_path / "framed.xlsx")
    with pytest.raises(XlidxError, match=r"there is no sheet 'Secnd' - framed\.xlsx - did you mean Second"):
        render(tmp_path / "framed.xlsx", tmp_path, sheet="Secnd")
    with pytest.raises(XlidxError, match="there is no page 3 - framed-Second - give a page from 1 to 2"):
        render(tmp_path / "framed.xlsx", tmp_path, sheet="Second", page=3)
    assert not list(tmp_path.glob("*.png"))


def framed(path: Path) -> None:
    """Write two sheets with print area, header and footer: the first red, the second green on two pages."""
    with xlsxwriter.Workbook(str(path)) as new:
        for name, colour in (("First", "#FF0000"), ("Second", "#008000")):
            sheet = new.add_worksheet(name)
            for row in (0, 9):
                sheet.write(row, 0, "x", new.add_format({"bg_color": colour}))
            sheet.print_area("A1:A10")
            sheet.set_h_pagebreaks([5])
            sheet.set_header("&L&20Header of a page")
            sheet.set_footer("&R&20Footer of a page")


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
