"""The commands as a whole: listed by task, each in its module, answered without loading what is not needed."""

import json
import subprocess
import sys

import click
import pytest

from xlidx.cli import cli, run
from xlidx.cli.group import COMMANDS

NAMES = [name for commands in COMMANDS.values() for name, *_ in commands]
HEAVY = ("numpy", "pandas", "openpyxl", "scipy", "formualizer", "xlidx.excel", "xlidx.recalc", "importlib.metadata")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_the_table_is_there_and_no_other(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert set(cli.commands) <= set(NAMES)


def test_a_command_stands_once_and_its_line_fits_a_terminal(capsys):
    assert len(NAMES) == len(set(NAMES))
    assert run(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    for commands in COMMANDS.values():
        for name, _, text in commands:
            assert any(line.split(maxsplit=1) == [name, text] for line in lines), name


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["--version"], 0), (["recalk"], 2)])
def test_help_version_and_a_wrong_name_load_nothing_heavy(arguments, code):
    program = f"from xlidx.cli import run\nimport json, sys\ncode = run({arguments!r})\nprint()\n"
    program += f"print(json.dumps([code, [m for m in {HEAVY!r} if m in sys.modules]]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    found, loaded = json.loads(done.stdout.splitlines()[-1])
    assert found == code
    assert set(loaded) <= ({"importlib.metadata"} if arguments == ["--version"] else set())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("recalk", "there is no command 'recalk' - xlidx - did you mean recalc?"),
        ("zzz", "there is no command 'zzz' - xlidx - xlidx --help lists the commands"),
    ],
)
def test_a_mistyped_command_names_the_nearest(capsys, name, sentence):
    assert run([name]) == 2
    assert capsys.readouterr().err == f"xlidx: {sentence}\n"
