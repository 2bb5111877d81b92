"""The built files in LibreOffice, which reads VBA projects and runs them from worksheet formulas.

It is a second reader and a second interpreter, not Excel: it shows an error made by ``CVErr`` as the text
``Error 2042``, and it has no library of xlwings to call, so a stub stands where the runtime is.
"""

import io
import json
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from tests.hosts import VBA_IN_LIBREOFFICE, python_with_uno
from xlidx.excel.addin import package, runtime
from xlidx.excel.addin.vba import MODULE, module_text

RIG = Path(__file__).with_name("libreoffice_rig.py")
SHIPPED = sorted(Path(__file__).parents[3].joinpath("workbooks").glob("*.xlsx"))
PROGRAM = shutil.which("soffice")

pytestmark = VBA_IN_LIBREOFFICE

STARTER = """\
Public starts As Long
Public Function xlidx_connect() As Object
    Dim made As StubServer
    starts = starts + 1
    Set made = New StubServer
    made.born = starts
    Set xlidx_connect = made
End Function
Public Sub xlidx_stop()
End Sub
"""
SERVER = """\
Attribute VB_Name = "StubServer"
Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = False
Attribute VB_Exposed = False
Attribute VB_TemplateDerived = False
Attribute VB_Customizable = False
Public born As Long
Public Function CallUDF(script, wanted, given) As Variant
    Dim block(0 To 1, 0 To 1)
    If wanted = "XI_DIVISOR_CHAIN" Then
        CallUDF = given(0) * given(2) / given(1)
    ElseIf wanted = "XI_CHECK_ISIN" Then
        CallUDF = "#N/A"
    ElseIf wanted = "XI_CAPPED_WEIGHTS" Then
        block(0, 0) = given(0)(2, 1)
        block(0, 1) = "#NUM!"
        block(1, 0) = "text"
        block(1, 1) = script
        CallUDF = block
    ElseIf wanted = "XI_FREE_FLOAT_BAND" Then
        If born = 1 Then Err.Raise 462, "stub", "gone"
        CallUDF = "server " & born & IIf(IsEmpty(given(1)), " blank", " given")
    Else
        Err.Raise 5, "stub", "a fault of its own"
    End If
End Function
"""
FORMULAS = {
    "C1": "=XI_DIVISOR_CHAIN(A1,A2,A3)",
    "C2": '=XI_CHECK_ISIN("x")',
    "C3": "=XI_FREE_FLOAT_BAND(0.62)",
    "C4": "=XI_WHY(A1)",
    "C5": "=XI_INDEX_LEVEL(1,2,3)",
}
SHOWN = {
    "C1": "215",
    "C2": "Error 2042",
    "C3": "server 2 blank",
    "C4": "#VALUE! a fault of its own",
    "C5": "Error 2015",
    "E1": "20000",
    "F1": "Error 2036",
    "E2": "text",
    "F2": "xlidx.excel",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Return what LibreOffice shows: first the book with the stub, then the shipped books with functions inside."""
    folder = tmp_path_factory.mktemp("libreoffice")
    requests = [{"file": stub_book(folder / "stub.xlsm").as_uri(), "macros": True, "cells": [f"S.{c}" for c in SHOWN]}]
    for source in SHIPPED:
        path = folder / source.with_suffix(".xlsm").name
        path.write_bytes(package.with_functions(source.read_bytes()))
        cells = list(texts(source))
        requests.append({"file": path.as_uri(), "macros": False, "cells": cells})
    command = [python_with_uno(), str(RIG), PROGRAM, (folder / "profile").as_uri()]
    done = subprocess.run(command, input=json.dumps(requests), capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def stubbed(entries):
    return {"StubServer": SERVER, runtime.MODULE: STARTER, MODULE: module_text(entries)}


def stub_book(path):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", [200.0, 20000.0, 21500.0])
        for place, formula in FORMULAS.items():
            sheet.write_formula(place, formula)
        sheet.write_array_formula("E1:F2", "{=XI_CAPPED_WEIGHTS(A1:A3,0.5)}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "vba_modules", stubbed)
        path.write_bytes(package.with_functions(buffer.getvalue()))
    return path


def texts(path):
    """Return place -> text of the typed texts of two sheets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader says which extensions it does not know
        book = load_workbook(io.BytesIO(path.read_bytes()))
    found = {}
    for sheet in (book["Cover"], book["Inputs"]):
        cells = [c for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and plain(c.value)]
        found |= {f"{sheet.title}.{c.coordinate}": c.value for c in cells}
    return found


def plain(text):
    return "\n" not in text and not text.startswith("=")


def test_a_worksheet_formula_runs_the_wrappers(answers):
    assert dict(zip(SHOWN, answers[0]["shown"], strict=True)) == SHOWN


@pytest.mark.parametrize("number", range(len(SHIPPED)), ids=[path.name for path in SHIPPED])
def test_a_shipped_workbook_opens_with_its_project(answers, number):
    found = answers[1 + number]
    assert {MODULE, runtime.MODULE, "ThisWorkbook"} <= set(found["modules"])
    wanted = texts(SHIPPED[number])
    assert len(wanted) > 20
    assert dict(zip(wanted, found["shown"], strict=True)) == wanted
