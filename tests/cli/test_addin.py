"""``xlidx addin``, ``xlsm``, ``freeze`` and ``relink`` as a person uses them; what ``status`` and ``doctor`` find."""

import re
import sys
from pathlib import Path

import attrs
import pytest
from openpyxl import load_workbook

from tests.recalc.books import parts, small
from xlidx.cli import doctor, run
from xlidx.errors import XlidxError
from xlidx.excel.addin import package, places, runtime, status
from xlidx.excel.addin.vba import MODULE, module_text
from xlidx.excel.catalogue import CATALOGUE
from xlidx.recalc.workbook.package import replace

SHIPPED = Path(__file__).parents[2] / "workbooks" / "turbo_desk.xlsx"


@pytest.fixture
def cli(capsys):
    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def windows(monkeypatch, tmp_path):
    """Return Excel's start folder of a pretended Windows user."""
    folder = tmp_path / "roaming" / "Microsoft" / "Excel" / "XLSTART"
    monkeypatch.setattr(places, "startup_folder", lambda: folder)
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("built") / "xlidx.xlam"
    path.write_bytes(package.addin(package.Config("pythonw")))
    return path


def states(rows):
    return {row[0]: row[2] for row in rows}


def test_build_writes_an_add_in_that_status_accepts(cli, tmp_path):
    path = tmp_path / "x.xlam"
    assert cli("addin", "build", "-o", path)[:2] == (0, f"{path} written\n")
    code, out, _ = cli("addin", "status", "--file", path)
    assert code == 0
    assert f"add-in: functions    {len(CATALOGUE)}" in out


def test_install_needs_windows_or_a_place(cli, tmp_path):
    code, out, err = cli("addin", "install")
    assert (code, out) == (2, "")
    assert "Windows only" in err
    assert "--output" in err
    assert cli("addin", "install", "--output", tmp_path / "deep" / "x.xlam")[0] == 0
    assert (tmp_path / "deep" / "x.xlam").exists()


def test_install_status_and_remove(cli, windows, tmp_path):
    assert cli("addin", "status")[0] == 2
    code, out, _ = cli("addin", "install", "--interpreter", r"C:\py\pythonw.exe")
    assert code == 0
    assert out.splitlines()[-1] == "start Excel and type =XI_VERSION()"
    assert [path.name for path in windows.iterdir()] == ["xlidx.xlam"]
    settings = tmp_path / ".xlidx" / "xlidx.conf"
    assert settings.read_text().splitlines()[0] == r'"INTERPRETER_WIN","C:\py\pythonw.exe"'
    assert cli("addin", "status")[0] == 0
    assert cli("addin", "remove")[0] == 0
    assert not settings.exists()
    code, _, err = cli("addin", "remove")
    assert code == 2
    assert "no add-in is installed" in err


@pytest.mark.parametrize(("command", "step"), [("install", "replace"), ("remove", "unlink")])
def test_a_file_held_open_is_one_sentence_and_stays(cli, windows, monkeypatch, command, step):
    cli("addin", "install")
    before = (windows / "xlidx.xlam").read_bytes()

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, step, refuse)
    code, _, err = cli("addin", command)
    assert code == 2
    assert "close Excel" in err
    assert len(err.splitlines()) == 1
    assert [path.name for path in windows.iterdir()] == ["xlidx.xlam"]
    assert (windows / "xlidx.xlam").read_bytes() == before


@pytest.mark.parametrize("command", [("addin", "build", "-o", "a.xlsx"), ("xlsm", SHIPPED, "-o", "a.xlsx")])
def test_a_wrong_ending_is_refused(cli, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = cli(*command)
    assert code == 2
    assert "does not fit" in err
    assert list(tmp_path.iterdir()) == []


def test_status_finds_another_xlidx(built, monkeypatch):
    monkeypatch.setattr(status, "version", lambda name: "9.9.9" if name == "xlidx" else "0.37.8")
    found = {row[0]: row for row in status.findings(status.read(built))}
    assert found["add-in: xlidx"][1:] == ["0.1.0, installed is 9.9.9", "differs", "xlidx addin install"]


def test_status_finds_another_xlwings(built, monkeypatch):
    wanted = states(status.findings(status.read(built)))
    assert wanted["add-in: library"] == "ok"
    monkeypatch.setattr(runtime, "version", lambda name: "9.9.9")
    rows = status.findings(status.read(built))
    assert states(rows) == {**wanted, "add-in: library": "differs"}
    assert status.faulty(rows)


def test_status_finds_a_function_too_few(tmp_path):
    path = tmp_path / "x.xlam"
    path.write_bytes(package.addin(package.Config(), CATALOGUE[:-1]))
    rows = {row[0]: row for row in status.findings(status.read(path))}
    assert rows["add-in: functions"][1:3] == [f"1 differ, first {CATALOGUE[-1].name}", "differs"]


def test_status_finds_a_missing_module(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "vba_modules", lambda entries: {MODULE: module_text(entries)})
    path = tmp_path / "x.xlam"
    path.write_bytes(package.addin(package.Config()))
    found = states(status.findings(status.read(path)))
    assert found["add-in: VBA modules"] == "missing"


def test_status_finds_another_module_of_functions(built):
    other = attrs.evolve(status.read(built), config={"UDF MODULES": "desk"})
    assert states(status.findings(other))["add-in: UDF Modules"] == "differs"


def interpreter(built, tmp_path, monkeypatch, *files):
    """Return what status says on Windows about an interpreter folder with some files."""
    for name in files:
        (tmp_path / name).write_bytes(b"")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    config = {"INTERPRETER_WIN": str(tmp_path / "pythonw.exe"), "UDF MODULES": "xlidx.excel"}
    return states(status.findings(attrs.evolve(status.read(built), config=config), "win32"))


def test_status_on_windows_looks_for_the_interpreter_and_the_library(built, tmp_path, monkeypatch):
    library = runtime.libraries()[0]
    assert interpreter(built, tmp_path, monkeypatch)["add-in: interpreter"] == "missing"
    found = interpreter(built, tmp_path, monkeypatch, "pythonw.exe")
    assert (found["add-in: interpreter"], found["add-in: library file"]) == ("ok", "missing")
    found = interpreter(built, tmp_path, monkeypatch, library)
    assert (found["add-in: interpreter"], found["add-in: library file"]) == ("ok", "ok")
    monkeypatch.setattr(sys, "executable", "/elsewhere/python.exe")
    config = {"INTERPRETER_WIN": str(tmp_path / "pythonw.exe")}
    rows = status.findings(attrs.evolve(status.read(built), config=config), "win32")
    assert states(rows)["add-in: interpreter"] == "differs"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04" + bytes(90)])
def test_a_broken_add_in_is_one_sentence(cli, tmp_path, content):
    path = tmp_path / "x.xlam"
    path.write_bytes(content)
    code, _, err = cli("addin", "status", "--file", path)
    assert code == 2
    assert "cannot be read" in err


def test_status_of_a_plain_workbook_is_refused(tmp_path):
    path = tmp_path / "x.xlam"
    path.write_bytes(SHIPPED.read_bytes())
    with pytest.raises(XlidxError, match=r"x\.xlam|plain workbook"):
        status.read(path)


def test_doctor_tells_of_the_add_in_on_windows_only(windows, cli, monkeypatch):
    assert not [row for row in doctor.findings() if str(row[0]).startswith("add-in")]
    monkeypatch.setattr(doctor.platform, "system", lambda: "Windows")
    assert ["add-in", "the add-in is not there", "optional", "xlidx addin install"] in doctor.findings()
    cli("addin", "install")
    assert states(doctor.findings())["add-in: functions"] == "ok"
    monkeypatch.setattr(status, "version", lambda _: "9.9.9")
    assert cli("doctor")[0] == 1


def test_xlsm_carries_the_functions(cli, tmp_path):
    path = tmp_path / "t.xlsm"
    assert cli("xlsm", SHIPPED, "-o", path)[:2] == (0, f"{path} written\n")
    assert "xl/vbaProject.bin" in parts(path)
    code, _, err = cli("xlsm", path, "-o", tmp_path / "again.xlsm")
    assert code == 2
    assert "no plain workbook" in err


def test_a_workbook_with_functions_still_recalculates(cli, tmp_path):
    path = tmp_path / "t.xlsm"
    cli("xlsm", SHIPPED.with_name("psi20_index.xlsx"), "-o", path)
    before = parts(path)
    code, out, _ = cli("recalc", path, "--set", "PublishedPrice=3170")
    assert code == 1  # another published level is a red check
    assert "values changed" in out
    assert parts(path)["xl/vbaProject.bin"] == before["xl/vbaProject.bin"]


def test_freeze_keeps_the_values_and_no_formula(cli, tmp_path):
    path = tmp_path / "f.xlsx"
    assert cli("freeze", SHIPPED, "-o", path)[0] == 0
    sheets = {name: data for name, data in parts(path).items() if name.startswith("xl/worksheets/sheet")}
    assert not [name for name, data in sheets.items() if re.search(rb"<f[ >]", data)]
    with pytest.warns(UserWarning, match="extension"):
        old, new = (load_workbook(book, data_only=True) for book in (SHIPPED, path))
    for sheet in old.sheetnames:
        assert [*old[sheet].values] == [*new[sheet].values]


def test_relink_tells_what_it_did(cli, tmp_path):
    path = small(tmp_path / "b.xlsx", {"A1": "=_xll.XI_VERSION()", "A2": "=1"})
    assert cli("relink", path)[:2] == (0, f"{path}: formulas repaired: 1\n")
    assert b"<f>XI_VERSION()</f>" in parts(path)["xl/worksheets/sheet1.xml"]
    assert cli("relink", path)[:2] == (0, f"{path}: no formula needs a repair\n")


def test_writing_is_atomic(built, tmp_path):
    path = tmp_path / "x.xlam"
    replace(path, built.read_bytes())
    assert [item.name for item in tmp_path.iterdir()] == ["x.xlam"]


def test_the_server_outside_excel_answers_under_the_class_that_the_add_in_asks_for(monkeypatch, capsys):
    from xlidx.excel import xlwings_host

    asked = []
    monkeypatch.setattr(xlwings_host, "host", lambda: "com")
    monkeypatch.setattr(xlwings_host.xw, "serve", asked.append)
    assert run(["addin", "serve"]) == 0
    assert asked == [runtime.CLASS]
    assert f'xlidx_activate(found, "{runtime.CLASS}", 1)' in runtime.runtime_text()


@pytest.mark.skipif(sys.platform == "win32", reason="there the server would start")
def test_the_server_outside_excel_needs_windows(capsys):
    assert run(["addin", "serve"]) == 2
    assert "run it on the machine of Excel" in capsys.readouterr().err
