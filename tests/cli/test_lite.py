"""``xlidx lite``: two files that can be pasted as they are."""

import ast
from importlib.metadata import version

import pytest

from xlidx import files
from xlidx.cli import run
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.lite import lite_files

NAMES = ["main.py", "requirements.txt"]


def test_the_files_are_written_and_named(tmp_path, capsys):
    assert run(["lite", "-o", str(tmp_path / "a" / "b")]) == 0
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == NAMES
    assert all(str(tmp_path / "a" / "b" / name) in capsys.readouterr().out for name in NAMES[1:])


def test_main_names_every_function_once_and_says_where_it_goes():
    tree = ast.parse(lite_files()["main.py"])
    [imported] = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert imported.module == "xlidx.excel.xlwings_host"
    assert [alias.name for alias in imported.names] == sorted(entry.name for entry in CATALOGUE)
    text = ast.get_docstring(tree)
    assert version("xlidx") in text
    assert all(word in text for word in ("main.py", "requirements.txt", "=XI_VERSION()"))


def test_requirements_pin_this_version_and_nothing_else():
    lines = lite_files()["requirements.txt"].splitlines()
    assert [line for line in lines if not line.startswith("#")] == [f"xlidx=={version('xlidx')}"]
    assert any(line.startswith("# Add these lines to the tab requirements.txt") for line in lines)


@pytest.mark.parametrize("name", NAMES)
def test_an_existing_file_is_kept_unless_forced(tmp_path, capsys, name):
    mine = tmp_path / name
    mine.write_text("mine")
    assert run(["lite", "-o", str(tmp_path)]) == 2
    assert str(mine) in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert mine.read_text() == "mine"
    assert run(["lite", "-o", str(tmp_path), "--force"]) == 0
    assert mine.read_text() == lite_files()[name]


def test_a_file_is_whole_or_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "main.py").write_text("mine")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    assert run(["lite", "-o", str(tmp_path), "--force"]) == 2
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("main.py", "mine")]
