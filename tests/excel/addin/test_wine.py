"""The genuine pipeline over COM between processes: every example, and a server that dies.

Opt in: set XLIDX_WINDOWS_PYTHON to the python.exe of a Windows Python with pywin32, xlwings and what xlidx needs,
and on Linux XLIDX_WINE to the program that runs it (``wine``).  The Windows Python must find this xlidx.
"""

import json
import os
import subprocess
import threading
from datetime import date
from pathlib import Path

import pytest

import xlidx
from tests.hosts import WINDOWS
from xlidx.excel.addin.vba import GONE
from xlidx.excel.catalogue import CATALOGUE
from xlidx.values import serial

PYTHON, WINE = os.environ.get("XLIDX_WINDOWS_PYTHON", ""), os.environ.get("XLIDX_WINE", "wine")
RIG = Path(__file__).with_name("wine_client.py")
SECONDS = 120

pytestmark = WINDOWS


@pytest.fixture(scope="module")
def ask():
    command = [PYTHON, str(RIG)] if os.name == "nt" else [WINE, PYTHON, str(RIG)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        watch = threading.Timer(SECONDS, process.kill)  # COM waits for ever for a server that does not come
        watch.start()

        def requests(*given):
            process.stdin.write(json.dumps(given) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            while line and not line.startswith("["):  # the server's own greeting
                line = process.stdout.readline()
            assert line, "the client has ended"
            return json.loads(line)

        yield requests
        process.stdin.close()
        process.wait(timeout=30)
        watch.cancel()


def given(entry, example):
    cells = [sent(argument) for argument in example.arguments]
    return cells + [{"omitted": True}] * (len(entry.params) - len(cells))


def sent(value):
    if isinstance(value, list | tuple):
        rows = value if isinstance(value[0], list | tuple) else [value]
        return [[sent(cell) for cell in row] for row in rows]
    return float(serial(value)) if isinstance(value, date) else value


def shown(value):
    """Return a plain answer as xlwings hands it back: one cell and one row flat, blanks empty texts."""
    if isinstance(value, list):
        rows = [[shown(cell) for cell in row] for row in value]
        return (rows[0][0] if len(rows[0]) == 1 else rows[0]) if len(rows) == 1 else rows
    if value is None:
        return ""
    return value.isoformat()[:10] if isinstance(value, date) else value


def close(found, wanted):
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(close, found, wanted))
    if type(wanted) is float:
        return type(found) is float and abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return type(found) is type(wanted) and found == wanted


def test_every_example_over_com(ask):
    pairs = [(entry, example) for entry in CATALOGUE for example in entry.examples]
    answers = ask(*({"call": entry.name, "arguments": given(entry, example)} for entry, example in pairs))
    wrong = [
        (entry.name, answer)
        for (entry, example), answer in zip(pairs, answers, strict=True)
        if not close(answer.get("value"), shown(xlidx.call(entry.name, *example.arguments)))
    ]
    assert not wrong, wrong


def test_an_error_cell_comes_back_as_its_text(ask):
    cells = [[[-2146826246, 227.0, 73.0]], 1.0, 3.0]
    assert ask({"call": "XI_INDEX_LEVEL", "arguments": cells}) == [{"value": "#N/A"}]


def test_a_dead_server_gives_a_number_that_the_wrappers_know_and_is_started_again(ask):
    version = {"call": "XI_VERSION", "arguments": []}
    [alive, _, dead, _, again] = ask(version, {"kill": True}, version, {"start": True}, version)
    assert alive == again == {"value": xlidx.call("XI_VERSION")}
    assert dead["failed"] in GONE
