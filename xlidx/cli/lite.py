"""``xlidx lite``: the files of an xlwings Lite workbook."""

from __future__ import annotations

from pathlib import Path

import click

from xlidx.cli import options
from xlidx.cli.options import FOLDER, require_new, written
from xlidx.files import replace


@click.command()
@click.option(
    "-o",
    "--output",
    type=FOLDER,
    default="xlwings_lite",
    show_default=True,
    help="Folder to write into.",
)
@options.force
def lite(output: Path, force: bool) -> None:
    """Write main.py and requirements.txt for xlwings Lite (Excel on Windows, Mac and the web).

    Both files say in their comments where to paste them.
    """
    from xlidx.excel.lite import lite_files

    texts = {output / name: text for name, text in lite_files().items()}
    require_new(*texts, force=force)
    output.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        replace(path, text.encode())
    written(*texts)
