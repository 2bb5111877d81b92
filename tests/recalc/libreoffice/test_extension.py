"""The LibreOffice extension: the same bytes every time, and functions that answer in a LibreOffice of its own."""

from __future__ import annotations

import csv
import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.hosts import SECOND_ENGINE
from tests.recalc.books import small, stored
from xlidx.cli import main, run
from xlidx.excel.calls import cell_functions
from xlidx.excel.catalogue import CATALOGUE
from xlidx.recalc import recalculate
from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.libreoffice import office
from xlidx.recalc.libreoffice.convert import convert
from xlidx.recalc.libreoffice.extension import method, parts
from xlidx.recalc.workbook.book import Formula, open_book
from xlidx.recalc.workbook.package import read

SHIPPED = Path(__file__).parents[3] / "workbooks"
MASTER_CHECK = [5, 2]  # Checks!B5


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


@SECOND_ENGINE
@pytest.mark.parametrize("name", ["psi20_index", "human_capital_mv", "turbo_desk"])
def test_the_copy_of_a_shipped_workbook_computes_in_libreoffice(tmp_path: Path, name: str) -> None:
    """All of it is calculated anew there; the workbook itself fails, because lookups overlook texts of ours."""
    shipped, copy = SHIPPED / f"{name}.xlsx", tmp_path / "copy.xlsx"
    assert run(["oxt", "book", str(shipped), "-o", str(copy)]) == 0
    with office.running(cell_functions()) as libreoffice:
        asked = [{"url": path.as_uri(), "cells": {"Checks": [MASTER_CHECK]}} for path in (copy, shipped)]
        answers = [libreoffice.ask(question)["values"]["Checks"][0] for question in asked]
        assert libreoffice.calls > 20
    assert answers[0] == "ALL CHECKS OK"
    assert answers[1] != "ALL CHECKS OK"


def test_a_copy_is_refused_where_calc_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = small(tmp_path / "book.xlsx", {"A1": '=_xlfn.TEXTBEFORE("a-b","-")'})
    assert run(["oxt", "book", str(book), "-o", str(tmp_path / "copy.xlsx")]) == 2
    assert "TEXTBEFORE is outside what the LibreOffice engine computes" in capsys.readouterr().err
    assert not (tmp_path / "copy.xlsx").exists()


def test_a_copy_keeps_values_and_sizes(tmp_path: Path) -> None:
    book, copy = (
        small(tmp_path / "b.xlsx", {"A1": "{=XI_CHECK_ISIN(C1:C2)}", "C1": "x", "B1": "=A1&C1"}),
        tmp_path / "c.xlsx",
    )
    recalculate(book, functions=cell_functions())
    convert(book, copy, cell_functions())
    assert stored(copy) == stored(book)
    found = open_book(read(copy)).sheets["S"].formulas
    assert str(found[1, 1].extent) == "A1:A2"
    assert "ISBLANK(C1:C2)" in found[1, 1].text
    assert found[1, 2].text == "=A1&C1"


def test_method_names_differ() -> None:
    assert len({method(entry.name) for entry in CATALOGUE}) == len(CATALOGUE)
    assert set(parts()) == set(parts(["XI_INDEX_LEVEL"]))


@SECOND_ENGINE
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
