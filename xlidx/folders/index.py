"""The folder of an index: composition, prices, and what happens to the members."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.files import LOG, Tell
from xlidx.folders.folder import File, read_files
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import COMPOSITION, Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.tables import Table

INDEX_FILES = (
    File(name="composition", spec=COMPOSITION, required=True, help="members on the first day of prices"),
    File(name="prices", spec=None, required=True, help="closing prices by ISIN, in quote currency"),
    File(name="actions", spec=ACTIONS, help="corporate actions, each on the first day that it is in force"),
    File(name="dividends", spec=DIVIDENDS, help="dividends by ex date"),
    File(name="fx", spec=None, help="exchange rates at the closes by currency, index currency per unit"),
    File(name="reference", spec=None, help="reference rates for dividends, as fx; without it fx serves both"),
    File(name="withholding", spec=WITHHOLDING, help="withholding tax by country"),
)


@attrs.frozen(eq=False, kw_only=True)
class IndexFolder:
    """The tables of an index; None for one that is not given."""

    composition: Table
    prices: Quotes
    actions: Table | None
    dividends: Table | None
    fx: Quotes | None
    reference: Quotes | None
    withholding: Table | None


def read_index_folder(path: Path, form: Form = FOUND, tell: Tell = LOG) -> IndexFolder:
    """Read the tables of an index from a folder.

    Parameters
    ----------
    path : Path
        Holds the files of :data:`INDEX_FILES`, each .csv, .tsv, .txt, .xlsx or .parquet.
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
    return IndexFolder(**read_files(path, INDEX_FILES, form, tell))
