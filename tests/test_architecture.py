"""The house rules: layers, types, lint, cold import, names, sizes, and what may not stand in the project."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlidx
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.readers import REQUIRED

ROOT = Path(__file__).parent.parent
PACKAGE = Path(xlidx.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def test_types_are_strict():
    assert run(sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", "/dev/null", "xlidx") == ""


def test_lint_is_clean():
    assert run(sys.executable, "-m", "ruff", "check", "--no-cache", "-q", "--output-format", "concise", ".") == ""


def test_format_is_clean():
    assert run(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", "-q", ".") == ""


def test_layers_point_down():
    assert run(tool("lint-imports"), "--no-cache") == ""


HEAVY = ("xlwings", "matplotlib", "scipy.stats", "scipy.optimize", "exchange_calendars", "openpyxl", "formualizer")


@pytest.mark.parametrize("statement", ["import xlidx", "import xlidx; xlidx.call('XI_DIVISOR_CHAIN', 1, 2, 3)"])
def test_a_cold_start_loads_nothing_heavy(statement):
    code = f"{statement}\nimport sys, json; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_are_small(path):
    text = path.read_text()
    assert text.count("\n") <= 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            words = len((ast.get_docstring(node) or "").split("\n"))
            assert (node.end_lineno or 0) - node.lineno + 1 - words <= 60, node.name


VBA_WORDS = {
    "alias", "and", "as", "base", "boolean", "byref", "byte", "byval", "call", "caller", "case", "close",
    "const", "currency", "date", "debug", "declare", "dim", "do", "double", "each", "else", "elseif", "empty",
    "end", "enum", "eqv", "erase", "error", "event", "exit", "explicit", "false", "for", "friend", "function",
    "get", "global", "gosub", "goto", "if", "imp", "implements", "in", "input", "integer", "is", "let", "lib",
    "like", "line", "lock", "long", "loop", "lset", "me", "mod", "name", "new", "next", "not", "nothing",
    "null", "object", "on", "open", "option", "optional", "or", "paramarray", "preserve", "print", "private",
    "property", "public", "put", "raiseevent", "redim", "rem", "reset", "resume", "return", "rset", "seek",
    "select", "set", "single", "static", "step", "stop", "string", "sub", "then", "to", "true", "type",
    "typeof", "until", "variant", "wend", "while", "with", "withevents", "write", "xor",
}  # fmt: skip


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda e: e.name)
def test_a_catalogue_entry_fits_every_host(entry):
    assert re.fullmatch(r"XI_[A-Z][A-Z_]*", entry.name)
    assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+", entry.name.replace("_", ""))
    assert 0 < len(entry.help) <= 255
    assert len(entry.params) <= 60
    assert entry.examples
    names = [param.name for param in entry.params]
    assert len(set(names)) == len(names)
    for param in entry.params:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", param.name)
        assert 0 < len(param.help) <= 255
        assert param.name not in VBA_WORDS
    optional = [param.default is not REQUIRED for param in entry.params]
    assert optional == sorted(optional), "an argument that must be given stands after one that may be left out"


def test_catalogue_names_are_unique():
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE)


STRAY = re.compile(r"(?<![\w.:])/(?:home|root|Users|mnt)/|[A-Z]:\\\\Users|index-url\s*=")


def test_no_machine_path_stands_in_the_project():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    texts = {name: (ROOT / name).read_text(errors="replace") for name in files if (ROOT / name).suffix != ".xlsx"}
    assert not [name for name, text in texts.items() if STRAY.search(text) and name != "tests/test_architecture.py"]
