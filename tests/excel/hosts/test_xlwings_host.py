"""The xlwings binding where xlwings does nothing, and what a process that never meets Excel may load."""

import inspect
import json
import logging
import os
import subprocess
import sys
from datetime import date, datetime
from types import SimpleNamespace

import pytest

import xlidx
import xlidx.excel
from xlidx.excel import xlwings_host
from xlidx.excel.catalogue import CATALOGUE

HEAVY = ("xlwings", "matplotlib", "scipy.stats", "scipy.optimize", "exchange_calendars")
TWO_CALLS = """
import xlidx
assert xlidx.call("XI_DIVISOR_CHAIN", 200.0, 20000.0, 21500.0) == 215.0
assert xlidx.call("XI_TURBO_CASH_SETTLEMENT", "short", 13571.32, 13532.32, 0.01) == 0.39
"""
EVERY_EXAMPLE = """
import xlidx
from xlidx.excel.catalogue import CATALOGUE
for entry in CATALOGUE:
    for example in entry.examples:
        xlidx.call(entry.name, *example.arguments)
"""


def fresh(code: str, home: object) -> str:
    """Run code in a process that holds no configuration of xlwings, hence no licence key; return what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("XLWINGS")}
    environment = {**kept, "HOME": str(home), "USERPROFILE": str(home)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(code: str, home: object) -> set[str]:
    return set(json.loads(fresh(f"{code}\nimport json, sys; print(json.dumps(list(sys.modules)))", home)))


@pytest.mark.parametrize("code", ["import xlidx", "import xlidx.excel", "import xlidx.excel.calls", TWO_CALLS])
def test_nothing_heavy_is_loaded_before_it_is_needed(code, tmp_path):
    found = loaded(code, tmp_path)
    assert "xlidx" in found
    assert not found & set(HEAVY)


def test_no_function_needs_xlwings(tmp_path):
    found = loaded(EVERY_EXAMPLE, tmp_path)
    assert "xlidx.excel.calls" in found
    assert not {name for name in found if name.split(".")[0] in ("xlwings", "pythoncom", "pywintypes", "win32com")}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="tells what a plain Linux machine does")
def test_without_windows_and_without_a_key_the_functions_are_plain_python(tmp_path):
    code = """
import json
from xlidx.excel import xlwings_host as binding
import xlwings
print(json.dumps([binding.host(), xlwings.__pro__, binding.XI_DIVISOR_CHAIN(200.0, 20000.0, 21500.0)]))
"""
    assert json.loads(fresh(code, tmp_path)) == ["none", False, 215.0]


@pytest.mark.parametrize(
    ("module", "host"),
    [("xlwings.udfs", "com"), ("xlwings.pro.udfs_officejs", "officejs"), ("xlwings", "none"), (None, "none")],
)
def test_the_host_is_told_by_the_decorator(module, host, monkeypatch):
    monkeypatch.setattr(xlwings_host.xw, "func", SimpleNamespace(__module__=module))
    assert xlwings_host.host() == host


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda e: e.name)
def test_a_worksheet_function_looks_like_its_entry(entry):
    function = getattr(xlidx.excel, entry.name)
    assert function is getattr(xlwings_host, entry.name)
    assert function.__name__ == function.__qualname__ == entry.name
    assert function.__doc__ == entry.help
    assert function.__annotations__ == {}
    parameters = inspect.signature(function).parameters
    assert list(parameters) == [p.name for p in entry.params]
    for param in entry.params:
        found = parameters[param.name]
        assert found.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert found.default is (inspect.Parameter.empty if param.required else None)
        assert found.annotation is inspect.Parameter.empty


@pytest.mark.parametrize("module", [xlidx.excel, xlwings_host], ids=lambda m: m.__name__)
def test_both_modules_list_every_function(module):
    names = {entry.name for entry in CATALOGUE}
    assert {name for name in dir(module) if name.startswith("XI_")} == names
    for unknown in ("XI_NOTHING", "nothing"):
        with pytest.raises(AttributeError, match=unknown):
            getattr(module, unknown)


def test_days_go_to_xlwings_as_datetimes_and_the_rest_as_it_is():
    moment = datetime(2020, 2, 11, 9, 30)
    found = xlwings_host.for_cells([[date(2020, 2, 10), moment], [1.0, None], [True, "#N/A"]])
    assert found == [[datetime(2020, 2, 10), moment], [1.0, None], [True, "#N/A"]]
    assert [type(cell) for cell in found[0]] == [datetime, datetime]
    assert found[2][0] is True
    assert xlwings_host.for_cells(date(2020, 2, 10)) == datetime(2020, 2, 10)
    assert xlwings_host.for_cells(None) is None


def test_a_worksheet_function_answers_like_a_call():
    arguments = ("long", 100.0, ((101.0,), (100.0,)), ((103.0,), (102.0,)), ((43871.0,), (43872.0,)))
    assert xlidx.call("XI_TURBO_STOP_LOSS_EVENT", *arguments) == date(2020, 2, 11)
    assert xlwings_host.XI_TURBO_STOP_LOSS_EVENT(*arguments) == datetime(2020, 2, 11)


def test_a_fault_of_ours_is_an_error_in_the_cell_and_a_traceback_in_the_log(monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise RuntimeError("not a refusal")

    monkeypatch.setattr(xlwings_host, "call", broken)
    with caplog.at_level(logging.ERROR, logger="xlidx"):
        assert xlwings_host.XI_VERSION() == "#VALUE!"
    [record] = caplog.records
    assert record.getMessage() == "XI_VERSION failed"
    assert record.exc_info
    assert "not a refusal" in str(record.exc_info[1])
