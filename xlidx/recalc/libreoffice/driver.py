"""Runs in the Python that has UNO: loads workbooks in one LibreOffice and reads their results.

Questions and answers are JSON lines: ``{"url", "cells": {sheet: [[row, column] ...]}}`` in, ``{"values",
"unknown"}`` or ``{"failed"}`` out.  A value is a number, a text or ``{"e": code}``.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
# Calc writes the name of a function that it does not know in lower case.
_UNKNOWN = re.compile(r"(?<![\w.])([a-z_][a-z0-9_.]*)\(")


def connected(pipe, seconds):
    """Return the desktop of the LibreOffice that listens on a pipe."""
    import uno

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    until = time.monotonic() + seconds
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def calculated(desktop, question):
    """Return the results of one workbook."""
    from com.sun.star.beans import PropertyValue

    settings = {"Hidden": True, "MacroExecutionMode": 0, "UpdateDocMode": 0}
    given = tuple(PropertyValue(name, 0, value, 0) for name, value in settings.items())
    document = desktop.loadComponentFromURL(question["url"], "_blank", 0, given)
    try:
        document.calculateAll()
        answer = {"values": {}, "unknown": {}}
        for name, places in question["cells"].items():
            _read(document.Sheets.getByName(name), name, places, answer)
        return answer
    finally:
        document.close(True)


def _read(sheet, name, places, answer):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    bottom, right = cursor.RangeAddress.EndRow, cursor.RangeAddress.EndColumn
    area = sheet.getCellRangeByPosition(0, 0, right, bottom)
    data = area.getDataArray()
    formulas = area.getFormulaArray()
    wrong = set()
    for block in area.queryFormulaCells(4).RangeAddresses:
        rows = range(block.StartRow, block.EndRow + 1)
        wrong.update((r, c) for r in rows for c in range(block.StartColumn, block.EndColumn + 1))
    values = []
    for row, column in places:
        r, c = row - 1, column - 1
        inside = r <= bottom and c <= right
        value = data[r][c] if inside else ""
        unknown = _UNKNOWN.search(_QUOTED.sub("", formulas[r][c])) if inside else None
        if unknown:
            answer["unknown"][f"{name}!{row}!{column}"] = unknown[1]
        if (r, c) in wrong:
            value = {"e": sheet.getCellByPosition(c, r).getError()}
        values.append(value)
    answer["values"][name] = values


def watch(lifeline, group, home):
    """End LibreOffice, its folder and this driver when the process that asks has ended, however it ended."""
    os.read(lifeline, 1)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    for _ in range(100):  # what is dying may still write
        shutil.rmtree(home, ignore_errors=True)
        if not Path(home).exists():
            break
        time.sleep(0.1)
    os._exit(1)


def main(pipe, seconds, lifeline, group, home):
    """Answer questions until the input ends."""
    watcher = threading.Thread(target=watch, args=(int(lifeline), int(group), home), daemon=True)
    watcher.start()
    desktop = connected(pipe, float(seconds))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        try:
            answer = calculated(desktop, json.loads(line))
        except Exception as error:
            answer = {"failed": str(error)[:300]}
        print(json.dumps(answer), flush=True)
    watcher.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
