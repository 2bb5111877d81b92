"""What an add-in file says about itself, and where it disagrees with what is installed here."""

from __future__ import annotations

import io
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path, PureWindowsPath
from typing import Any

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.excel.addin import runtime
from xlidx.excel.addin.package import CONFIG_SHEET, as_macro_workbook
from xlidx.excel.addin.project import libraries, modules_of
from xlidx.excel.addin.vba import MODULE, UDF_MODULE
from xlidx.excel.catalogue import CATALOGUE

AGAIN = "xlidx addin install"

_VERSION = re.compile(r'XLIDX_VERSION As String = "([^"]*)"')
_FUNCTION = re.compile(r"^Public Function (\w+)\(", re.MULTILINE)


@attrs.frozen
class AddIn:
    """What stands in an add-in file."""

    path: Path
    modules: frozenset[str]
    version: str
    functions: frozenset[str]
    libraries: tuple[str, ...]
    config: Mapping[str, Any]


def read(path: Path) -> AddIn:
    """Return what an add-in file says about itself.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when there is no such file, ``TYPE`` when it cannot be read.
    """
    if not path.exists():
        raise XlidxError(Kind.NO_DATA, "the add-in is not there", path.name, AGAIN)
    modules = modules_of(path)
    wrappers = modules.get(MODULE, "")
    found = _VERSION.search(wrappers)
    return AddIn(
        path=path,
        modules=frozenset(modules),
        version=found[1] if found else "",
        functions=frozenset(_FUNCTION.findall(wrappers)),
        libraries=libraries(modules.get(runtime.MODULE, "")),
        config=_config(path),
    )


def findings(addin: AddIn, system: str = sys.platform) -> list[list[Any]]:
    """Return one row per point checked: what, found, state (ok, differs, missing, optional) and the mend.

    Files that only Windows has are looked for on Windows only.
    """
    return [
        ["add-in", str(addin.path), "ok", ""],
        _modules(addin),
        _same("add-in: xlidx", addin.version, version("xlidx")),
        _functions(addin),
        _same("add-in: library", ", ".join(addin.libraries), ", ".join(runtime.libraries())),
        _same("add-in: UDF Modules", str(addin.config.get("UDF MODULES", "")), UDF_MODULE),
        *(_on_windows(addin) if system == "win32" else [_interpreter_elsewhere(addin)]),
    ]


def faulty(rows: list[list[Any]]) -> bool:
    """Tell whether a row asks for a mend."""
    return any(row[2] in ("missing", "differs") for row in rows)


def _modules(addin: AddIn) -> list[Any]:
    missing = sorted({runtime.MODULE, MODULE} - addin.modules)
    if missing:
        return ["add-in: VBA modules", f"without {', '.join(missing)}", "missing", AGAIN]
    return ["add-in: VBA modules", ", ".join([runtime.MODULE, MODULE]), "ok", ""]


def _same(what: str, found: str, wanted: str) -> list[Any]:
    if found == wanted:
        return [what, found, "ok", ""]
    return [what, f"{found or 'nothing'}, installed is {wanted}", "differs", AGAIN]


def _functions(addin: AddIn) -> list[Any]:
    names = {entry.name for entry in CATALOGUE}
    odd = sorted(names ^ addin.functions)
    if odd:
        return ["add-in: functions", f"{len(odd)} differ, first {odd[0]}", "differs", AGAIN]
    return ["add-in: functions", str(len(names)), "ok", ""]


def _interpreter_elsewhere(addin: AddIn) -> list[Any]:
    given = str(addin.config.get("INTERPRETER_WIN", ""))
    return ["add-in: interpreter", given, "optional", "checked on Windows only"]


def _on_windows(addin: AddIn, which: Callable[[str], str | None] = shutil.which) -> list[list[Any]]:
    given = str(addin.config.get("INTERPRETER_WIN", ""))
    found = which(given) if "\\" not in given and "/" not in given else given
    if not found or not Path(found).exists():
        return [["add-in: interpreter", given, "missing", f"install Python there, or {AGAIN} from the one to use"]]
    row = ["add-in: interpreter", found, "ok", ""]
    if PureWindowsPath(found).parent != PureWindowsPath(sys.executable).parent:
        row = ["add-in: interpreter", f"{found}, this is {sys.executable}", "differs", f"{AGAIN} from the one to use"]
    folders = [Path(found).parent, Path(found).parent.parent]
    names = [name for name in addin.libraries if any((folder / name).exists() for folder in folders)]
    if names:
        return [row, ["add-in: library file", ", ".join(names), "ok", ""]]
    return [row, ["add-in: library file", "", "missing", "pip install --force-reinstall xlwings"]]


def _config(path: Path) -> dict[str, Any]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(as_macro_workbook(path.read_bytes())), data_only=True, keep_vba=False)
        rows = book[CONFIG_SHEET].iter_rows(max_col=2, values_only=True)
        return {str(key).upper(): value for key, value in rows if key}
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        what = f"its sheet {CONFIG_SHEET} cannot be read ({error})"
        raise XlidxError(Kind.TYPE, what, path.name, "build it again") from None
