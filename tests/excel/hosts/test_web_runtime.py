"""What the web runtime of xlwings Lite needs: a pure-Python package, few imports, and the same answers in wasm.

Pyodide's numpy, pandas and scipy are no part of this project.  Give a folder that holds a Pyodide distribution
(``pyodide.js``, ``pyodide-lock.json`` and those wheels) as ``XLIDX_PYODIDE`` to run the last test in Node.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement

import xlidx
from tests.excel.hosts.officejs_wire import BLANKS, EXAMPLES, disagreements, misregistered
from tests.hosts import WEB_RUNTIME
from xlidx.excel.lite import lite_files

ROOT = Path(__file__).parents[3]
LACKING = (
    "formualizer", "lxml", "openpyxl", "xlsxwriter", "pyopenvba", "click", "tqdm", "pypdf", "packaging",
    "scipy.optimize", "scipy.stats", "matplotlib", "ssl", "multiprocessing",
)  # fmt: skip
NOT_THERE = ("formualizer", "lxml", "openpyxl", "tqdm", "XlsxWriter")
WITHOUT = """
import sys, importlib.abc
class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name.lower() == lacking or name.lower().startswith(lacking + ".") for lacking in {lacking!r}):
            raise ModuleNotFoundError("no " + name + " here", name=name)
sys.meta_path.insert(0, Lacking())
import xlidx.excel
"""
EVERY_EXAMPLE = """
from xlidx.excel.catalogue import CATALOGUE
wrong = [e.name for e in CATALOGUE for x in e.examples if getattr(xlidx.excel, e.name)(*x.arguments) is None
         and x.answer is not None]
assert not wrong, wrong
print(len(CATALOGUE))
"""


def without(lacking: tuple[str, ...], code: str) -> subprocess.CompletedProcess[str]:
    text = WITHOUT.format(lacking=lacking) + code
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)


def test_the_boundary_loads_without_what_the_web_lacks():
    done = without((*LACKING, "exchange_calendars", "stdnum", "xlwings"), "")
    assert done.returncode == 0, done.stderr


def test_every_function_answers_without_what_the_web_lacks():
    kept = tuple(name for name in LACKING if name not in ("ssl", "multiprocessing"))  # parts of the web's Python
    done = without(kept, EVERY_EXAMPLE)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40


def test_the_web_does_not_ask_for_packages_it_cannot_have():
    web = {"sys_platform": "emscripten", "extra": ""}
    parsed = [Requirement(text) for text in requires("xlidx") or []]
    declared = {r.name for r in parsed if r.marker is None or r.marker.evaluate(web)}
    assert {"numpy", "pandas", "scipy", "xlwings", "attrs"} <= declared
    source = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    asked = {r.name for r in map(Requirement, source) if r.marker is None or r.marker.evaluate(web)}
    assert not asked & set(NOT_THERE)


def test_the_package_holds_python_and_data_only():
    binary = {".so", ".pyd", ".dll", ".dylib", ".c", ".pyx", ".rs"}
    found = [path for path in Path(xlidx.__file__).parent.rglob("*") if path.suffix in binary]
    assert found == []
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert build["build-system"]["build-backend"] == "hatchling.build"
    assert "hooks" not in build["tool"]["hatch"]["build"]["targets"]["wheel"]


@WEB_RUNTIME
def test_wasm_gives_what_a_call_gives(tmp_path):
    (tmp_path / "main.py").write_text(lite_files()["main.py"])

    def ask(requests: list[dict[str, object]]) -> list[object]:
        (tmp_path / "requests.json").write_text(json.dumps(requests))
        places = [os.environ["XLIDX_PYODIDE"], str(ROOT), sysconfig.get_path("purelib"), str(tmp_path)]
        command = ["node", str(Path(__file__).with_name("pyodide_rig.cjs")), *places]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads((tmp_path / "answers.json").read_text())

    host, meta = ask([{"host": True}, {"meta": True}])
    assert host == {"host": "officejs", "decorator": "xlwings.pro.udfs_officejs"}
    assert misregistered(meta) == []
    assert len(EXAMPLES) > 40
    assert disagreements(ask, BLANKS["null"]) == []
