"""The folder of an index: composition, prices, and what happens to the members."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.files import LOG, Tell
from xlidx.folders.folder import open_folder
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import COMPOSITION, Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.tables import Table


@attrs.frozen(eq=False, kw_only=True)
class IndexFolder:
    """The tables of an index; None for one that is not given."""

    composition: Table
    prices: Quotes
    actions: Table | None
    dividends: Table | None
    fx: Quotes | None
    withholding: Table | None


def read_index_folder(path: Path, form: Form = FOUND, tell: Tell = LOG) -> IndexFolder:
    """Read the tables of an index from a folder.

    Parameters
    ----------
    path : Path
        composition and prices; actions, dividends, fx and withholding if needed: each a file of that name,
        .csv, .tsv, .txt, .xlsx or .parquet.
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
    folder = open_folder(path, [field.name for field in attrs.fields(IndexFolder)], form)
    read = IndexFolder(
        composition=folder.table("composition", COMPOSITION),
        prices=folder.quotes("prices"),
        actions=folder.table_if_any("actions", ACTIONS),
        dividends=folder.table_if_any("dividends", DIVIDENDS),
        fx=folder.quotes_if_any("fx"),
        withholding=folder.table_if_any("withholding", WITHHOLDING),
    )
    folder.report(tell)
    return read
