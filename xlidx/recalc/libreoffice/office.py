"""One private LibreOffice: found, checked, started with our add-in, asked, and ended with all its children."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.interface.sheets import Functions, Sheets
from xlidx.recalc.interface.unsupported import not_foreseen
from xlidx.recalc.libreoffice import extension
from xlidx.recalc.libreoffice.standins import PREFIX as STANDIN
from xlidx.recalc.libreoffice.standins import STANDINS
from xlidx.recalc.libreoffice.worker import answer, question, serve
from xlidx.recalc.workbook.book import Formula

OLDEST = (25, 2)
START_SECONDS, BOOK_SECONDS = 60.0, 300.0
_MEND = "install libreoffice-calc-nogui, python3-uno and libreoffice-script-provider-python 25.2 or newer"
_PYTHONS = ("/usr/bin/python3", "python3")
# LibreOffice's own Python takes its prefix from the first python3 on PATH, and its libraries from what pyenv or conda
# export: it gets neither.
_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_KEPT = ("USER", "LOGNAME", "XDG_RUNTIME_DIR")
_PROBE = 7.0


@attrs.frozen
class CallLog:
    """What our functions were asked and answered: answers by the digest of the question."""

    functions: Functions
    answers: dict[bytes, str] = attrs.Factory(dict)
    truths: dict[str, list[list[list[Any]]]] = attrs.Factory(dict)
    broken: list[XlidxError] = attrs.Factory(list)

    def answer(self, line: str) -> str:
        """Return the answer to one call; functions have no state, so the same call has the same answer."""
        name, cells = question(line)
        key = hashlib.blake2b(repr((name, cells)).encode()).digest()
        if key not in self.answers:
            try:
                text = answer(name, cells, self.functions)
            except Exception as error:
                self.broken.append(not_foreseen(name, error))
                raise
            self.answers[key] = text
            if "true" in text or "false" in text:
                self.truths.setdefault(name, []).append(json.loads(text)["v"])
        return self.answers[key]


@attrs.frozen
class Office:
    """A running LibreOffice: ``ask`` sends a question to its driver.

    ``calls`` counts the calls of our functions, ``truths`` holds their answers with truth values.
    """

    _driver: subprocess.Popen[str]
    _seconds: float
    _log: CallLog
    _failures: list[str] = attrs.Factory(list)

    @property
    def failed(self) -> bool:
        """Tell whether an answer was a failure, after which nothing is known of its state."""
        return bool(self._failures)

    @property
    def calls(self) -> int:
        """Calls of our functions; the same call again is answered from memory."""
        return len(self._log.answers)

    @property
    def truths(self) -> Mapping[str, Sequence[list[list[Any]]]]:
        """Answers that hold truth values, by function."""
        return self._log.truths

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the driver's answer.

        Raises
        ------
        XlidxError
            ``NO_DATA`` when LibreOffice died, failed or took too long.
        """
        assert self._driver.stdin is not None  # noqa: S101 - a pipe was asked for
        with suppress(OSError):
            self._driver.stdin.write(json.dumps(question) + "\n")
            self._driver.stdin.flush()
        try:
            answer = _line(self._driver, self._seconds)
        except XlidxError as error:
            self._failures.append(error.what)
            raise
        if self._log.broken:  # Calc makes an error value of a function that does not answer
            self._failures.append(self._log.broken[0].what)
            raise self._log.broken[0]
        if "failed" in answer:
            reason = answer["failed"] or "it gives no reason"
            self._failures.append(reason)
            raise _failed(f"LibreOffice cannot calculate the workbook ({reason})")
        return answer


@attrs.define
class Session:
    """A LibreOffice that serves several calculations: started when first needed, again after it failed."""

    functions: Functions
    _open: ExitStack = attrs.field(factory=ExitStack, init=False)
    _office: Office | None = attrs.field(default=None, init=False)

    def office(self) -> Office:
        """Return the running LibreOffice."""
        if self._office is not None and self._office.failed:
            self._end()
        if self._office is None:
            self._office = self._open.enter_context(running(self.functions))
        return self._office

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._open.close()
        self._office = None


def found() -> tuple[str, str]:
    """Return the paths of LibreOffice and of the Python with UNO.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when either is missing, or LibreOffice is older than 25.2.
    """
    if not hasattr(socket, "AF_UNIX"):
        what = "the LibreOffice engine needs Linux or macOS"
        raise XlidxError(Kind.NO_DATA, what, "engine lo", "use engine fast")
    soffice = shutil.which("soffice")
    if soffice is None:
        raise XlidxError(Kind.NO_DATA, "LibreOffice is not installed", "engine lo", _MEND)
    said = _said([soffice, "--version"], START_SECONDS)
    match = re.search(r"(\d+)\.(\d+)", said)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        what = f"LibreOffice {match[0] if match else 'of an unknown version'} is older than 25.2"
        raise XlidxError(Kind.NO_DATA, what, "engine lo", _MEND)
    for python in _PYTHONS:
        path = shutil.which(python)
        if path is not None and "yes" in _said([path, "-c", "import uno; print('yes')"], START_SECONDS):
            return soffice, path
    raise XlidxError(Kind.NO_DATA, "no Python with the module uno is found", "engine lo", _MEND)


@contextmanager
def running(functions: Functions) -> Iterator[Office]:
    """Run a LibreOffice of our own with the functions installed; nothing of it is left afterwards."""
    soffice, python = found()
    with tempfile.TemporaryDirectory(prefix="xlidx-lo-", ignore_cleanup_errors=True) as folder:
        home, log = Path(folder), CallLog(functions)
        _unpack(home / "extensions" / "xlidx", functions)
        listener = _listener(home / "calls", log)
        pipe = f"xlidx{os.getpid()}{time.monotonic_ns()}"
        office = _started(soffice, home, pipe)
        alive, lifeline = os.pipe()  # closed with this process, however it ends: then the driver ends LibreOffice
        driver = _driver(python, pipe, home, [alive, office.pid])
        os.close(alive)
        try:
            _line(driver, START_SECONDS)
            running_ = Office(driver, BOOK_SECONDS, log)
            _check_functions(running_, home / "probe.xlsx")
            log.answers.clear()
            yield running_
        finally:
            _ended(driver)
            _ended(office)
            os.close(lifeline)
            listener.close()


def clean_environment(home: Path) -> dict[str, str]:
    """Return what LibreOffice is started with, whatever Python is active in the shell; its home is a folder."""
    kept = {key: value for key in _KEPT if (value := os.environ.get(key)) is not None}
    folders = dict.fromkeys(("HOME", "TMPDIR"), str(home))
    return {**kept, **folders, "PATH": _PATH, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _check_functions(office: Office, path: Path) -> None:
    """Refuse a LibreOffice in which a function of ours does not answer: its cells would be errors, or their fallback.

    Raises
    ------
    XlidxError
        ``NO_DATA``.
    """
    probe = Formula(f"={STANDIN}CHOOSECOLS({_PROBE:g},1)", False, None)
    path.write_bytes(Sheets({"S": {}}, {"S": {(1, 1): probe}}).as_xlsx())
    answer = office.ask({"url": path.as_uri(), "cells": {"S": [[1, 1]]}})
    if answer["values"].get("S", [None])[0] != _PROBE:
        what = "LibreOffice starts, but the functions of xlidx do not answer in it"
        raise XlidxError(Kind.NO_DATA, what, "engine lo", f"use engine fast; {_MEND}")


def _unpack(folder: Path, functions: Functions) -> None:
    for name, text in extension.parts([*functions, *STANDINS]).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def _listener(path: Path, log: CallLog) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def listen() -> None:
        with suppress(OSError):
            while True:
                link, _ = listener.accept()
                with suppress(Exception), link, link.makefile("rw", encoding="utf-8", newline="\n") as lines:
                    serve(lines, lines, log.answer)

    threading.Thread(target=listen, daemon=True).start()
    return listener


def _started(soffice: str, home: Path, pipe: str) -> subprocess.Popen[bytes]:
    (home / "profile").mkdir()
    arguments = [
        "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={(home / 'profile').as_uri()}",
        f"-env:BUNDLED_EXTENSIONS={(home / 'extensions').as_uri()}",
        f"--accept=pipe,name={pipe};urp;",
    ]  # fmt: skip
    settings = clean_environment(home) | {"XLIDX_SOCKET": str(home / "calls")}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(  # noqa: S603 - found on PATH, run without a shell
        [soffice, *arguments], env=settings, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _driver(python: str, pipe: str, home: Path, watched: Sequence[int]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - found on PATH, run without a shell
        [
            python,
            "-I",
            str(Path(__file__).with_name("driver.py")),
            pipe,
            str(START_SECONDS),
            *map(str, watched),
            str(home),
        ],
        env=clean_environment(home),
        pass_fds=watched[:1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        start_new_session=True,
    )


def _line(driver: subprocess.Popen[str], seconds: float) -> dict[str, Any]:
    """Return the next answer; a driver that is late or gone is a refusal."""
    answers: list[str] = []
    assert driver.stdout is not None  # noqa: S101 - a pipe was asked for
    reading = threading.Thread(target=lambda: answers.append(driver.stdout.readline()), daemon=True)  # type: ignore[union-attr]
    reading.start()
    reading.join(seconds)
    if reading.is_alive():
        raise _failed(f"LibreOffice did not answer within {seconds:g} seconds")
    if not answers[0]:
        raise _failed("LibreOffice ended before it answered")
    answer: dict[str, Any] = json.loads(answers[0])
    return answer


def _ended(process: subprocess.Popen[Any]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def _said(command: list[str], seconds: float) -> str:
    with tempfile.TemporaryDirectory(prefix="xlidx-") as home, tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(  # noqa: S603 - found on PATH, run without a shell
            command,
            env=clean_environment(Path(home)),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise _failed(f"{Path(command[0]).name} did not answer within {seconds:g} seconds") from None
        finally:
            _ended(process)
        said.seek(0)
        return said.read()


def _failed(what: str) -> XlidxError:
    return XlidxError(Kind.NO_DATA, what, "engine lo", "try again, or use engine fast")
