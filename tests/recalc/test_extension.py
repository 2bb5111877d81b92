"""The LibreOffice extension: the same bytes every time, and functions that answer in a LibreOffice of its own."""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.recalc.second import NEEDED
from xlidx.cli import main
from xlidx.excel.catalogue import CATALOGUE
from xlidx.recalc.book import Formula
from xlidx.recalc.engine import Sheets
from xlidx.recalc.libreoffice import office
from xlidx.recalc.libreoffice.extension import method, parts


@pytest.fixture
def oxt(tmp_path: Path) -> Path:
    path = tmp_path / "xlidx.oxt"
    with pytest.raises(SystemExit) as ended:
        main(["oxt", "build", "-o", str(path)])
    assert not ended.value.code
    return path


def test_the_same_bytes_every_time(oxt: Path) -> None:
    first = oxt.read_bytes()
    with pytest.raises(SystemExit):
        main(["oxt", "build", "-o", str(oxt)])
    assert oxt.read_bytes() == first


def test_every_function_stands_in_it_with_its_help(oxt: Path) -> None:
    with ZipFile(oxt) as package:
        described, types = package.read("CalcAddIns.xcu").decode(), package.read("types.idl").decode()
    for entry in CATALOGUE:
        assert f'<prop oor:name="CompatibilityName"><value xml:lang="en">{entry.name}</value></prop>' in described
        arguments = types.split(f" {method(entry.name)}(")[1].split(")")[0]
        assert arguments.count("any") == len(entry.params)


def test_method_names_differ() -> None:
    assert len({method(entry.name) for entry in CATALOGUE}) == len(CATALOGUE)
    assert set(parts()) == set(parts(["XI_INDEX_LEVEL"]))


@NEEDED
def test_functions_answer_in_a_libreoffice_with_the_extension(oxt: Path, tmp_path: Path) -> None:
    """Unpacked where LibreOffice looks for extensions; its component starts the worker by itself."""
    calls = ["=XI_INDEX_LEVEL(A1:A2,1,2)", "=XI_DIVISOR_CHAIN(200,20000,21500)", "=IFERROR(XI_DIVISOR_CHAIN(0,1,2),7)"]
    formulas = {(row, 2): Formula(text) for row, text in enumerate(calls, 1)}
    book = tmp_path / "book.xlsx"
    book.write_bytes(Sheets({"S": {(1, 1): 1200.0, (2, 1): 227.0}}, {"S": formulas}).as_xlsx())
    with ZipFile(oxt) as package:
        package.extractall(tmp_path / "extensions" / "xlidx")
    settings = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "XLIDX_SOCKET")}
    arguments = [
        "--headless", "--norestore", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        f"-env:BUNDLED_EXTENSIONS={(tmp_path / 'extensions').as_uri()}",
        "--convert-to", "csv", "--outdir", str(tmp_path), str(book),
    ]  # fmt: skip
    subprocess.run(
        [office.found()[0], *arguments],
        check=True,
        timeout=120,
        env=settings | {"HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
    )
    rows = list(csv.reader((tmp_path / "book.csv").read_text("utf-8").splitlines()))
    assert [row[1] for row in rows[:3]] == ["713.5", "215", "7"]
