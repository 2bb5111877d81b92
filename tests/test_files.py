"""Files: nobody's work is lost, whatever stands under a name."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from xlidx.errors import XlidxError
from xlidx.files import clean, contents, kept, replace

POSIX = pytest.mark.skipif(os.name != "posix", reason="links, modes and pipes of POSIX")


def test_a_file_changed_in_the_meantime_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"of somebody else")
    with pytest.raises(XlidxError, match="changed by somebody else in the meantime"):
        replace(path, b"mine", before=b"as I read it")
    assert path.read_bytes() == b"of somebody else"
    path.unlink()
    with pytest.raises(XlidxError, match="changed by somebody else in the meantime"):
        replace(path, b"mine", before=b"as I read it")
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_a_symbolic_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    real = tmp_path / "share" / "book.xlsx"
    real.write_bytes(b"old")
    link = tmp_path / "book.xlsx"
    link.symlink_to(Path("share") / "book.xlsx")
    replace(link, b"new", before=b"old")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert [each.name for each in (tmp_path / "share").iterdir()] == ["book.xlsx"]


@POSIX
def test_all_names_of_a_file_see_the_new_bytes(tmp_path: Path) -> None:
    path, other = tmp_path / "book.xlsx", tmp_path / "other.xlsx"
    path.write_bytes(b"old and longer")
    os.link(path, other)
    replace(path, b"new")
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"new")
    assert path.stat().st_nlink == 2


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_the_mode_is_kept_and_a_copy_has_it_too(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    path.chmod(mode)
    replace(path, b"new")
    copy = kept(tmp_path / "copy.xlsx", b"old", path)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, copy)] == [mode, mode]


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    replace(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


@POSIX
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(XlidxError, match="the file is read-only"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"


@POSIX
def test_pipes_and_folders_are_refused_at_once(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe.xlsx", tmp_path / "folder.xlsx"
    os.mkfifo(pipe)
    folder.mkdir()
    for path, word in ((pipe, "a pipe or a device"), (folder, "a folder")):
        for act in (contents, lambda path: replace(path, b"new")):
            with pytest.raises(XlidxError, match=f"{word} stands where a file belongs"):
                act(path)


@POSIX
def test_a_name_that_is_no_text_is_read_written_and_said(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.xlsx"))
    replace(path, b"new")
    assert contents(path) == b"new"
    with pytest.raises(XlidxError) as refused:
        replace(path, b"newer", before=b"older")
    assert "caf\\udce9.xlsx" in str(refused.value)


def test_copies_of_one_second_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    names = [kept(tmp_path / "copy.xlsx", bytes([n]), path).name for n in range(3)]
    assert names == ["copy.xlsx", "copy-2.xlsx", "copy-3.xlsx"]
    assert [(tmp_path / name).read_bytes() for name in names] == [b"\x00", b"\x01", b"\x02"]


def test_a_full_disk_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["book.xlsx"]


def test_what_killed_runs_leave_is_cleaned(tmp_path: Path) -> None:
    left, young = tmp_path / ".xlidx-old.xlsx", tmp_path / ".xlidx-new.xlsx"
    for path in (left, young):
        path.write_bytes(b"")
    os.utime(left, (0, 0))
    assert clean(tmp_path) == [left]
    assert [each.name for each in tmp_path.iterdir()] == [".xlidx-new.xlsx"]


@POSIX
def test_an_end_that_comes_in_between_waits(tmp_path: Path) -> None:
    # The handler of a signal that came to another thread runs in the main one, in the middle of what belongs together.
    code = (
        "import sys, pathlib; from xlidx import files\n"
        "one, two = (pathlib.Path(name) for name in sys.argv[1:])\n"
        "with files.unbroken():\n"
        "    one.write_text('file'); files.leave(); two.write_text('log')\n"
        "print('never reached')\n"
    )
    one, two = tmp_path / "one", tmp_path / "two"
    done = subprocess.run([sys.executable, "-c", code, str(one), str(two)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert (one.read_text(), two.read_text()) == ("file", "log")
