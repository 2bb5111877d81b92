"""LibreOffice ends with the process that started it, however that ends, and its folder goes with it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hosts import SECOND_ENGINE

PROGRAM = """
import time
from xlidx.recalc.libreoffice.office import running
with running({}) as office:
    print("ready", flush=True)
    time.sleep(600)
"""


def left(folder):
    """Return the processes that were started for a folder, and the files in it."""
    running = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words:
            running.append(words)
    return running, list(folder.iterdir())


@SECOND_ENGINE
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are listed as on Linux")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_survives_the_process(tmp_path, end):
    settings = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=settings, stdout=-1, stderr=-3) as process:
        assert process.stdout.readline() == b"ready\n"
        assert left(tmp_path)[0]
        process.send_signal(end)
        process.wait(20)
    until = time.monotonic() + 20
    while any(left(tmp_path)) and time.monotonic() < until:
        time.sleep(0.1)
    assert left(tmp_path) == ([], [])
