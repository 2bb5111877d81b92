"""Where things stand on the machine of a user: Excel's start folder, the interpreter, the user's settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

from xlidx.errors import Kind, XlidxError
from xlidx.excel.addin.project import PROJECT

FILE = "xlidx.xlam"


def startup_folder(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> Path:
    """Return the folder whose add-ins Excel opens at every start (XLSTART of the user).

    Raises
    ------
    XlidxError
        ``NO_DATA`` where there is no desktop Excel for Windows.

    Examples
    --------
    >>> startup_folder({"APPDATA": "roaming"}, "win32").as_posix()
    'roaming/Microsoft/Excel/XLSTART'
    """
    roaming = environment.get("APPDATA")
    if system != "win32" or not roaming:
        what = "Excel add-ins are installed on Windows only"
        mend = f"write the add-in to a file of your choice with --output, for example --output {FILE}"
        raise XlidxError(Kind.NO_DATA, what, "this machine", mend)
    return Path(roaming) / "Microsoft" / "Excel" / "XLSTART"


def interpreter(system: str = sys.platform, executable: str = sys.executable) -> str:
    r"""Return the interpreter that an add-in built here starts.

    On Windows this is the windowless twin of the running one; elsewhere the name that Windows looks up itself.

    Examples
    --------
    >>> interpreter("win32", r"C:\py\python.exe")
    'C:\\py\\pythonw.exe'
    >>> interpreter("linux", "/usr/bin/python3")
    'pythonw'
    """
    return str(PureWindowsPath(executable).with_name("pythonw.exe")) if system == "win32" else "pythonw"


def settings_path(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the user's settings file, which workbooks that carry the functions read, or ``None``."""
    home = environment.get("USERPROFILE")
    return Path(home) / f".{PROJECT}" / f"{PROJECT}.conf" if home else None


def settings_text(interpreter: str) -> str:
    """Return the settings file in the form xlwings reads: one quoted key and value a line.

    Examples
    --------
    >>> print(settings_text("pythonw"))
    "INTERPRETER_WIN","pythonw"
    <BLANKLINE>
    """
    return f'"INTERPRETER_WIN","{interpreter}"\n'
