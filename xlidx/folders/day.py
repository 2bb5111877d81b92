"""The folder of one day of an index: composition, closes, exchange rates."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.files import LOG, Tell
from xlidx.folders.folder import File, read_files
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


DAY_FILES = (
    File(name="composition", spec=COMPOSITION, required=True, help="members on the day"),
    File(name="closes", spec=CLOSES, required=True, help="closes of the members"),
    File(name="fx", spec=RATES, help="exchange rates of the day, if a member is quoted in another currency"),
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
        Holds the files of :data:`DAY_FILES`, each .csv, .tsv, .txt, .xlsx or .parquet.
    form : Form, optional
        What is said about the text files.
    tell : callable, optional
        Gets a line on how files were read that are not plain, and one on files that are not read; default is the log
        ``xlidx.folders``.

    Raises
    ------
    XlidxError
        As :func:`xlidx.folders.folder.read_files`.
    """
    return DayFolder(**read_files(path, DAY_FILES, form, tell))
