"""Open workbooks in LibreOffice and tell what their cells show; runs under a Python that has ``uno``.

Arguments: the program, a folder for its profile.  Standard input: a JSON list of ``{"file": url, "macros": bool,
"cells": ["Sheet.A1", ...]}``; standard output: for each the shown texts, and the modules of its VBA project.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

NEVER, ALWAYS_NO_WARNING = 0, 4


def connected(name: str, uno: Any) -> Any:
    """Return the component context of the program that listens under a name."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(200):
        try:
            return resolver.resolve(f"uno:pipe,name={name};urp;StarOffice.ComponentContext")
        except Exception:
            time.sleep(0.2)
    raise TimeoutError(name)


def answer(desktop: Any, value: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Return what the cells of one workbook show."""
    mode = ALWAYS_NO_WARNING if request["macros"] else NEVER
    options = (value("Hidden", 0, True, 0), value("MacroExecutionMode", 0, mode, 0))
    book = desktop.loadComponentFromURL(request["file"], "_blank", 0, options)
    if request["macros"]:
        book.calculateAll()
    cells = [place.rpartition(".") for place in request["cells"]]
    shown = [book.Sheets.getByName(sheet).getCellRangeByName(cell).String for sheet, _, cell in cells]
    libraries = book.BasicLibraries
    modules = [module for name in libraries.ElementNames for module in libraries.getByName(name).ElementNames]
    book.close(True)
    return {"shown": shown, "modules": modules}


def main() -> None:
    """Start the program, answer, end it."""
    import uno
    from com.sun.star.beans import PropertyValue

    program, profile = sys.argv[1:]
    name = f"xlidx{time.time_ns()}"
    command = [program, f"-env:UserInstallation={profile}", "--headless", f"--accept=pipe,name={name};urp;"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            context = connected(name, uno)
            desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
            answers = [answer(desktop, PropertyValue, request) for request in json.load(sys.stdin)]
            sys.stdout.write(json.dumps(answers))
            desktop.terminate()
        finally:
            if process.poll() is None:
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()


if __name__ == "__main__":
    main()
