"""The folder of one day of an index: composition, closes, exchange rates."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.files import LOG, Tell
from xlidx.folders.folder import open_folder
from xlidx.index.basket import COMPOSITION
from xlidx.index.sources import RATES
from xlidx.tables import Column, Table, TableSpec

CLOSES = TableSpec(
    name="closes",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member"),
        Column(name="price", kind="number", help="close in quote currency"),
        Column(
            name="adjusted",
            kind="number",
            required=False,
            help="close adjusted for the events of the night; blank is the close",
        ),
    ),
)


@attrs.frozen(eq=False, kw_only=True)
class DayFolder:
    """The tables of one day of an index; None for rates that are not given."""

    composition: Table
    closes: Table
    fx: Table | None


def read_day_folder(path: Path, form: Form = FOUND, tell: Tell = LOG) -> DayFolder:
    """Read the tables of one day of an index from a folder.

    Parameters
    ----------
    path : Path
        composition and closes (isin, price, [adjusted]); fx (currency, rate) if a member is quoted in another
        currency: each a file of that name, .csv, .tsv, .txt, .xlsx or .parquet.
    form : Form, optional
        What is said about the text files.
    tell : callable, optional
        Gets a line on how files were read that are not plain, and one on files that are not read; default is the log
        ``xlidx.folders``.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a table that is missing; else as :func:`xlidx.folders.folder.open_folder` and
        :func:`xlidx.folders.read_table`.
    """
    folder = open_folder(path, [field.name for field in attrs.fields(DayFolder)], form)
    read = DayFolder(
        composition=folder.table("composition", COMPOSITION),
        closes=folder.table("closes", CLOSES),
        fx=folder.table_if_any("fx", RATES),
    )
    folder.report(tell)
    return read
