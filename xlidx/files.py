"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace(path: Path, data: bytes) -> None:
    """Write a file in one step: a reader sees the old bytes or the new ones, never a mixture.

    The bytes go to a temporary file in the same folder, reach the disk, and take the place of the old file,
    whose permissions are kept.

    Raises
    ------
    OSError
        When the folder cannot be written; the old file is left as it was.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> replace(folder / "a.txt", b"whole")
    >>> (folder / "a.txt").read_bytes(), len(list(folder.iterdir()))
    (b'whole', 1)
    """
    handle, name = tempfile.mkstemp(prefix=".xlidx-", suffix=path.suffix, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
