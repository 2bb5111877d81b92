"""The README's Python is run; its two commands are the ones that exist."""

import doctest
import re
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def test_the_python_in_the_readme_gives_what_it_shows():
    flags = doctest.NORMALIZE_WHITESPACE
    result = doctest.testfile(str(README), module_relative=False, optionflags=flags)
    assert result.attempted >= 5
    assert result.failed == 0


def test_the_second_command_is_what_ci_runs():
    command = next(line for line in README.read_text().splitlines() if line.endswith("-m pytest -q -n auto"))
    assert command in (README.parent / ".ci" / "run").read_text().splitlines()


def test_the_deep_command_is_what_ci_runs_last():
    command = ".venv/bin/python -m pytest -q -n auto --deep"
    assert f"`{command}`" in README.read_text()
    assert (README.parent / ".ci" / "run").read_text().splitlines()[-1] == command


def test_every_picture_is_there():
    text = README.read_text()
    pictures = [part.split(")")[0] for part in text.split("![")[1:] for part in [part.split("](")[1]]]
    assert pictures
    assert all((README.parent / picture).stat().st_size < 150_000 for picture in pictures)


def test_every_picture_is_made_by_a_command_of_the_release_checklist():
    text = README.read_text()
    checklist = (README.parent / "xlidx" / "docs" / "release.md").read_text()
    made = re.findall(r"xlidx render workbooks/(\w+)\.xlsx -o workbooks --sheet (\w+) --page 1", checklist)
    shown = re.findall(r"!\[[^]]*\]\(([^)]+)\)", text)
    assert sorted(shown) == sorted(f"workbooks/{book}-{sheet}.png" for book, sheet in made)
