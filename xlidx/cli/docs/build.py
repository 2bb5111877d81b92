"""``xlidx docs``: build the documentation that ships with the package."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from xlidx.cli.options import FOLDER, written
from xlidx.errors import Kind, XlidxError

SOURCE = Path(__file__).parents[2] / "docs"
NEEDED = ("sphinx", "myst_parser", "furo")


@click.command()
@click.option(
    "-o",
    "--output",
    type=FOLDER,
    required=True,
    help="Folder for the pages; the first is index.html.",
)
def docs(output: Path) -> None:
    """Build the documentation as web pages; a warning of the builder is an error."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        what = f"{', '.join(missing)} is not installed"
        raise XlidxError(Kind.NO_DATA, what, "option docs of the package", "pip install 'xlidx[docs]'")
    done = subprocess.run(sphinx(output), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise XlidxError(Kind.DOMAIN, f"sphinx stopped: {''.join(last)}", str(SOURCE), "mend the page it names")
    written(output / "index.html")


def sphinx(output: Path) -> list[str]:
    """Return the command that builds the pages, with its working files beside them and warnings as errors."""
    options = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(output / ".doctrees")]
    return [sys.executable, "-m", "sphinx", *options, str(SOURCE), str(output)]
