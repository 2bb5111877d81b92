"""Programs that some tests need beside Python; without one its tests are skipped, and the run ends with a line on it.

Each reason says what was not exercised and how to get it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from xlidx.errors import XlidxError
from xlidx.recalc.libreoffice import office

INSTALL = (
    "install libreoffice-calc-nogui, libreoffice-script-provider-python and python3-uno, 25.2 or newer "
    "(.ci/libreoffice does it on Debian)"
)


@cache
def python_with_uno() -> str | None:
    """Return a Python that can talk to LibreOffice: its own, or the system's."""
    program = shutil.which("soffice")
    beside = [str(Path(program).resolve().with_name("python"))] if program else []
    for python in [*beside, "/usr/bin/python3"] if program else []:
        if shutil.which(python) and subprocess.run([python, "-c", "import uno"], capture_output=True).returncode == 0:
            return python
    return None


@cache
def no_second_engine() -> str:
    """Return why the second engine cannot run here; empty when it can."""
    try:
        office.found()
    except XlidxError as error:
        return f"the second engine ({error.what}) - {INSTALL}"
    return ""


def needed(found: bool, reason: str) -> pytest.MarkDecorator:
    """Mark tests of an optional program."""
    return pytest.mark.skipif(not found, reason=reason)


SECOND_ENGINE = needed(not no_second_engine(), no_second_engine() or "found")
PICTURES = needed(shutil.which("soffice") is not None, f"pictures of workbooks (LibreOffice) - {INSTALL}")
VBA_IN_LIBREOFFICE = needed(
    python_with_uno() is not None, f"the add-in's files in LibreOffice (soffice, a Python with uno) - {INSTALL}"
)
WINDOWS = needed(
    bool(os.environ.get("XLIDX_WINDOWS_PYTHON"))
    and (os.name == "nt" or shutil.which(os.environ.get("XLIDX_WINE", "wine")) is not None),
    "the COM server - set XLIDX_WINDOWS_PYTHON to a Windows Python with pywin32 and xlwings; on Linux install Wine",
)
OFFICEJS = needed(
    os.environ.get("XLIDX_OFFICEJS") == "1",
    "the Office.js part of xlwings, which has its own licence - set XLIDX_OFFICEJS=1 and your XLWINGS_LICENSE_KEY",
)
WEB_RUNTIME = needed(
    bool(os.environ.get("XLIDX_PYODIDE")) and shutil.which("node") is not None,
    "the functions in a web browser's Python - install node and set XLIDX_PYODIDE to a folder with a Pyodide "
    "distribution that holds numpy, pandas and scipy",
)
