"""The folder of a back-test: the universe of every selection day, prices, and what happens to the members."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.files import LOG, Tell
from xlidx.folders.folder import open_folder
from xlidx.index.basket import Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.review.tables import OVERRIDES
from xlidx.index.share_vector.tables import DISRUPTIONS, EVENTS
from xlidx.rulebooks.solactive_human_capital.backtest import UNIVERSE
from xlidx.rulebooks.solactive_human_capital.rules import RULES
from xlidx.tables import Table


@attrs.frozen(eq=False, kw_only=True)
class BacktestFolder:
    """The tables of a back-test; None for one that is not given."""

    universe: Table
    prices: Quotes
    adjustment: Quotes | None
    overrides: Table | None
    events: Table | None
    dividends: Table | None
    fx: Quotes | None
    withholding: Table | None
    disruptions: Table | None
    rules: Table | None = None


def read_backtest_folder(path: Path, form: Form = FOUND, tell: Tell = LOG) -> BacktestFolder:
    """Read the tables of a back-test from a folder.

    Parameters
    ----------
    path : Path
        universe and prices; adjustment, overrides, events, dividends, fx, withholding, disruptions and rules if
        needed: each a file of that name, .csv, .tsv, .txt, .xlsx or .parquet.
    form : Form, optional
        What is said about the text files.
    tell : callable, optional
        Gets a line on how files were read that are not plain, and one on files that are not read; default is the log
        ``xlidx.folders``.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a table that is missing; the first fault of the universe; else as
        :func:`xlidx.folders.folder.open_folder` and :func:`xlidx.folders.read_table`.
    """
    folder = open_folder(path, [field.name for field in attrs.fields(BacktestFolder)], form)
    universe = folder.table("universe", UNIVERSE)
    universe.strict()  # before the prices, which may be long
    read = BacktestFolder(
        universe=universe,
        prices=folder.quotes("prices"),
        adjustment=folder.quotes_if_any("adjustment"),
        overrides=folder.table_if_any("overrides", OVERRIDES),
        events=folder.table_if_any("events", EVENTS),
        dividends=folder.table_if_any("dividends", DIVIDENDS),
        fx=folder.quotes_if_any("fx"),
        withholding=folder.table_if_any("withholding", WITHHOLDING),
        disruptions=folder.table_if_any("disruptions", DISRUPTIONS),
        rules=folder.table_if_any("rules", RULES),
    )
    folder.report(tell)
    return read
