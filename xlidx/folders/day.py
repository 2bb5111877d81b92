"""The folder of one day of an index: composition, closes, exchange rates."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.folder import Folder
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


def read_day_folder(path: Path) -> DayFolder:
    """Read the tables of one day of an index from a folder.

    Parameters
    ----------
    path : Path
        composition and closes (isin, price, [adjusted]); fx (currency, rate) if a member is quoted in another
        currency (.csv).

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a table that is missing; else as :func:`xlidx.folders.read_table`.
    """
    folder = Folder(path)
    return DayFolder(
        composition=folder.table("composition", COMPOSITION),
        closes=folder.table("closes", CLOSES),
        fx=folder.table_if_any("fx", RATES),
    )
