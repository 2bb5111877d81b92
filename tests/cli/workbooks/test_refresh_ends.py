"""``xlidx refresh --jobs`` ended by signals at random moments: every change is in the log, and nobody works on."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.depth import depth
from tests.recalc.test_refresh import book

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
BOOKS = 12


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("[!.]*.xlsx"))}


def _log(folder: Path) -> list[dict[str, Any]]:
    path = folder / "refresh.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def _is_alive(process: int) -> bool:
    try:
        return (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@POSIX
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc tells who is alive")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("seed", range(depth(1, 8)))
def test_every_change_is_in_the_log_and_no_worker_is_left(tmp_path: Path, number: signal.Signals, seed: int) -> None:
    for i in range(BOOKS):
        book(tmp_path / f"{i:02}.xlsx")
    before = _digests(tmp_path)
    market = tmp_path / "market.csv"
    market.write_text("Underlying,Spot\nDAX,13600\nNDX,9500\n")
    command = [sys.executable, "-m", "xlidx", "refresh", str(tmp_path), "--market", str(market), "--jobs", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + 60.0
    wanted = random.Random(seed).randrange(1, BOOKS // 2)
    while len(_log(tmp_path)) < wanted and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    workers = _children(process.pid)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    while any(map(_is_alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_alive, workers))
    # A worker may be creating one while it ends; the next refresh cleans it.
    assert len(list(tmp_path.glob(".xlidx-*"))) <= len(workers)
    after = _digests(tmp_path)
    changed = {name: digest for name, digest in after.items() if digest != before[name]}
    assert {line["book"]: line["after"] for line in _log(tmp_path) if line["backup"]} == changed
    assert 0 < len(changed) < BOOKS
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert f"interrupted; {len(changed)} of {BOOKS} workbooks are refreshed" in said
