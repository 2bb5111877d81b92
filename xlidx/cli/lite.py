"""``xlidx lite``: the files of an xlwings Lite workbook."""

from __future__ import annotations

from pathlib import Path

import click

from xlidx.errors import Kind, XlidxError
from xlidx.files import replace


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="xlwings_lite",
    show_default=True,
    help="Folder to write into.",
)
@click.option("--force", is_flag=True, help="Replace existing files.")
def lite(output: Path, force: bool) -> None:
    """Write main.py and requirements.txt for xlwings Lite (Excel on Windows, Mac and the web).

    Both files say in their comments where to paste them.
    """
    from xlidx.excel.lite import lite_files

    texts = {output / name: text for name, text in lite_files().items()}
    there = [str(path) for path in texts if path.exists()]
    if there and not force:
        what = "the file exists already" if len(there) == 1 else "the files exist already"
        raise XlidxError(Kind.DOMAIN, what, ", ".join(there), "choose another folder with -o, or --force")
    output.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        replace(path, text.encode())
        click.echo(f"{path} written")
