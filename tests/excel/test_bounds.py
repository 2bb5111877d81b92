"""No argument of any function may ask for work out of proportion: a value or a clean refusal, in little memory."""

import subprocess
import sys

import pytest

from tests.depth import depth

PROGRAM = "tests.excel.odd_calls"
MEGABYTES = 600  # a worksheet of rows is about half of it


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited and measured as on Linux")
def test_huge_and_odd_arguments_are_answered_or_refused_in_little_memory():
    program = [sys.executable, "-m", PROGRAM, str(depth(8, 1))]
    run = subprocess.run(program, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    lines = run.stdout.splitlines()
    faults = [line for line in lines if line.startswith("FAULT")]
    assert run.returncode == 0, run.stderr[-2000:]
    assert not faults, "\n".join(faults[:20])
    assert int(lines[-1].split()[1]) < MEGABYTES, "\n".join(lines)
