"""Files written whole or not at all, and nobody's work lost.

Every file of xlidx is read by :func:`contents` and written by :func:`replace` or :func:`kept`.
"""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xlidx.errors import Kind, XlidxError

TEMPORARY = ".xlidx-"
STALE = 600.0  # seconds after which a temporary file is what a killed run left behind
_WRITABLE = 0o222
# Held while a file and what is noted of it are written: one never stands without the other.
UNBROKEN = threading.Lock()
_leaving = threading.Event()
_scratches: set[Path] = set()


def contents(path: Path) -> bytes:
    """Return the bytes of a file.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when there is no such file or it cannot be read, ``TYPE`` for a folder, a pipe or a device, which
        would never end.
    """
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            raise _no_file(path, kind)
        return path.read_bytes()
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        raise XlidxError(Kind.NO_DATA, what, shown(path), "check the path and the rights") from None


def replace(path: Path, data: bytes, before: bytes | None = None) -> None:
    """Write a file in one step: a reader sees the old bytes or the new ones, never a mixture.

    The bytes go to a temporary file in the same folder, reach the disk, and take the place of the old file, whose
    permissions and owner are kept.  A symbolic link stays, and the file that it names is written.  A file with several
    names (hard links) is written in place, so that all of them see the new bytes.

    Parameters
    ----------
    path : Path
    data : bytes
    before : bytes, optional
        What the file held when the work began; a file that holds something else now is not touched.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a file that somebody else wrote in the meantime or that is read-only, ``TYPE`` for a folder, a
        pipe or a device.
    OSError
        When the folder cannot be written; the old file is left as it was.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> replace(folder / "a.txt", b"whole")
    >>> (folder / "a.txt").read_bytes(), len(list(folder.iterdir()))
    (b'whole', 1)
    >>> replace(folder / "a.txt", b"mine", before=b"older")
    Traceback (most recent call last):
    ...
    xlidx.errors.XlidxError: the file was changed by somebody else in the meantime - a.txt - run the command again
    """
    target = path.resolve()
    old = _state(target)
    temporary = _temporary(target, data)
    try:
        if before is not None and (not target.exists() or target.read_bytes() != before):
            what = "the file was changed by somebody else in the meantime"
            raise XlidxError(Kind.NO_DATA, what, shown(path), "run the command again")
        if old is None:
            temporary.chmod(0o666 & ~_umask())
            temporary.replace(target)
        elif old.st_nlink > 1 or not _same_owner(temporary, old):
            _write_over(target, data)
        else:
            temporary.chmod(stat.S_IMODE(old.st_mode))
            temporary.replace(target)
    finally:
        dropped(temporary)


def kept(path: Path, data: bytes, like: Path) -> Path:
    """Write a file under a name that nobody has: a number is added to the name until it is free.

    Parameters
    ----------
    path : Path
        The name wanted.
    data : bytes
    like : Path
        A file whose permissions the new one gets.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "a.txt").write_bytes(b"")
    0
    >>> kept(folder / "a.txt", b"old", folder / "a.txt").name
    'a-2.txt'
    """
    temporary = _temporary(path, data)
    try:
        temporary.chmod(stat.S_IMODE(like.stat().st_mode))
        number = 1
        while True:
            name = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            with suppress(FileExistsError):
                _named(temporary, name)
                return name
            number += 1
    finally:
        dropped(temporary)


@contextmanager
def unbroken() -> Iterator[None]:
    """Hold back Ctrl-C and the end of this process while files that belong together are written."""
    with UNBROKEN, _held_back():
        yield
    if _leaving.is_set():
        leave()


@contextmanager
def _held_back() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def clean(folder: Path, now: float | None = None) -> list[Path]:
    """Delete temporary files that a killed run left in a folder; return them.

    Files younger than ten minutes may belong to a run that is at work.
    """
    edge = (time.time() if now is None else now) - STALE
    found = [path for path in folder.glob(f"{TEMPORARY}*") if path.is_file() and path.stat().st_mtime < edge]
    for path in found:
        path.unlink(missing_ok=True)
    return found


def shown(path: Path) -> str:
    """Return the name of a file for a message; bytes that are no text are shown as such."""
    return path.name.encode("utf-8", "backslashreplace").decode()


def scratch(path: Path) -> Path:
    """Return the name of an empty temporary file beside a file; whoever asks gives it to :func:`dropped`."""
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, suffix=path.suffix, dir=path.parent)
    os.close(handle)
    found = Path(name)
    _scratches.add(found)
    return found


def dropped(temporary: Path) -> None:
    """Delete a temporary file, if it is still there."""
    temporary.unlink(missing_ok=True)
    _scratches.discard(temporary)


def leave() -> None:
    """End this process at once and without its temporary files; after what must not be broken, if that is going on.

    A signal may come to another thread than the one that holds it back, and its handler then runs in between.
    """
    _leaving.set()
    if not UNBROKEN.acquire(blocking=False):
        return
    for path in tuple(_scratches):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    os._exit(1)


def _temporary(target: Path, data: bytes) -> Path:
    temporary = scratch(target)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        dropped(temporary)
        raise
    return temporary


def _state(target: Path) -> os.stat_result | None:
    """Return the state of a file that may be written over, or None if there is none."""
    try:
        old = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(old.st_mode):
        raise _no_file(target, old.st_mode)
    if not old.st_mode & _WRITABLE:
        raise XlidxError(Kind.NO_DATA, "the file is read-only", shown(target), "make it writable, or write to another")
    return old


def _no_file(path: Path, kind: int) -> XlidxError:
    word = "a folder" if stat.S_ISDIR(kind) else "a pipe or a device"
    return XlidxError(Kind.TYPE, f"{word} stands where a file belongs", shown(path), "give the name of a file")


def _same_owner(temporary: Path, old: os.stat_result) -> bool:
    """Give a file the owner of the old one, and tell whether that was possible."""
    new = temporary.stat()
    if (new.st_uid, new.st_gid) == (old.st_uid, old.st_gid):
        return True
    try:
        os.chown(temporary, old.st_uid, old.st_gid)
    except (PermissionError, AttributeError):
        return False
    return True


def _write_over(target: Path, data: bytes) -> None:
    """Write a file in place; what it held comes back when that fails."""
    old = target.read_bytes()
    try:
        _overwritten(target, data)
    except BaseException:
        _overwritten(target, old)
        raise


def _overwritten(target: Path, data: bytes) -> None:
    with target.open("r+b") as file:
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _named(temporary: Path, name: Path) -> None:
    """Give a file a second name, which must be free."""
    try:
        os.link(temporary, name)
    except (AttributeError, NotImplementedError, PermissionError):  # a file system without hard links
        with name.open("xb") as file:
            file.write(temporary.read_bytes())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
