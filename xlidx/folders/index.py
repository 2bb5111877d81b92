"""The folder of an index: composition, prices, and what happens to the members."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.folder import Folder
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


def read_index_folder(path: Path) -> IndexFolder:
    """Read the tables of an index from a folder.

    Parameters
    ----------
    path : Path
        composition and prices; actions, dividends, fx and withholding if needed (.csv).

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a table that is missing; else as :func:`xlidx.folders.read_table`.
    """
    folder = Folder(path)
    return IndexFolder(
        composition=folder.table("composition", COMPOSITION),
        prices=folder.quotes("prices"),
        actions=folder.table_if_any("actions", ACTIONS),
        dividends=folder.table_if_any("dividends", DIVIDENDS),
        fx=folder.quotes_if_any("fx"),
        withholding=folder.table_if_any("withholding", WITHHOLDING),
    )
