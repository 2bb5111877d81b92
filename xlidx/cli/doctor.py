"""``xlidx doctor``: what is installed, which hosts are found, what is missing and how to get it."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from xlidx.errors import XlidxError

HEADER = ["What", "Found", "State", "How to mend"]


def findings() -> list[list[Any]]:
    """Return one row per part: what, found version, state (ok, missing, differs, optional) and the mend."""
    return [HEADER, *_python(), *_packages(), _excel(), *_add_in(), _libreoffice()]


def _python() -> list[list[Any]]:
    found = platform.python_version()
    good = sys.version_info >= (3, 11)
    rows = [["Python", found, "ok" if good else "missing", "" if good else "install Python 3.11 or newer"]]
    return [*rows, ["xlidx", version("xlidx"), "ok", ""]]


def _packages() -> list[list[Any]]:
    wanted = [text for text in requires("xlidx") or [] if "extra ==" not in text]
    names = [re.split(r"[<>=!~ \[;]", text, maxsplit=1)[0] for text in wanted]
    return [_package(name, text) for name, text in sorted(zip(names, wanted, strict=True), key=lambda p: p[0].lower())]


def _package(name: str, requirement: str) -> list[Any]:
    try:
        found = version(name)
    except PackageNotFoundError:
        return [name, "", "missing", f"pip install '{requirement}'"]
    from packaging.requirements import Requirement

    if found not in Requirement(requirement).specifier:
        return [name, found, "missing", f"pip install '{requirement}'"]
    return [name, found, "ok", ""]


def _excel() -> list[Any]:
    if platform.system() != "Windows":
        return ["Excel functions", platform.system(), "optional", "desktop Excel functions need Excel on Windows"]
    try:
        return ["Excel functions", f"pywin32 {version('pywin32')}", "ok", ""]
    except PackageNotFoundError:
        return ["Excel functions", "", "missing", "pip install pywin32"]


def installed_path() -> Path:
    """Return where the add-in of this user stands, or is to stand."""
    from xlidx.excel.addin.places import FILE, startup_folder

    return startup_folder() / FILE


def _add_in() -> list[list[Any]]:
    from xlidx.excel.addin import status

    if platform.system() != "Windows":
        return []
    try:
        return status.findings(status.read(installed_path()))
    except XlidxError as error:
        return [["add-in", error.what, "optional", error.mend]]


def _libreoffice() -> list[Any]:
    from xlidx.recalc.libreoffice import office

    try:
        program, _ = office.found()
    except XlidxError as error:
        return ["LibreOffice", error.what, "optional", f"for the second engine: {error.mend}"]
    try:
        with office.running({}):  # asks a function of its add-in
            return ["LibreOffice", program, "ok", ""]
    except XlidxError as error:
        return ["LibreOffice", error.what, "missing", error.mend]
