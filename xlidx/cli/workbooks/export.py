"""``xlidx export``: a table of a workbook as a CSV file to edit and to give back."""

from __future__ import annotations

from pathlib import Path

import click

from xlidx.cli import options
from xlidx.cli.options import BOOK, require_ending, require_new, tell, written


@click.command()
@click.argument("book", type=BOOK)
@click.argument("table")
@click.option("-o", "--output", type=BOOK, help="CSV file to write; default is TABLE.csv here.")
@options.force
def export(book: Path, table: str, output: Path | None, force: bool) -> None:
    """Write the inputs of an Excel TABLE of BOOK as CSV; `xlidx refresh BOOK --market` takes it back.

    Columns that hold formulas are left out.
    """
    import pandas as pd

    from xlidx.files import replace
    from xlidx.folders.write import csv_bytes
    from xlidx.recalc.inputs.export import table_rows
    from xlidx.recalc.workbook.book import open_book
    from xlidx.recalc.workbook.package import read

    path = output or Path(f"{table}.csv")
    require_ending(path, ".csv")
    require_new(path, force=force)
    rows, left_out = table_rows(open_book(read(book)), table)
    body = [[_plain(cell) for cell in row] for row in rows[1:]]
    replace(path, csv_bytes(pd.DataFrame(body, columns=rows[0], dtype=object)))
    written(path)
    if left_out:
        tell(f"left out, as they hold formulas: {', '.join(left_out)}")


def _plain(cell: object) -> object:
    if isinstance(cell, bool):
        return str(cell).upper()
    return int(cell) if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53 else cell
