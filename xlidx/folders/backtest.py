"""The folder of a back-test: the universe of every selection day, prices, and what happens to the members."""

from __future__ import annotations

from pathlib import Path

import attrs

from xlidx.folders.dialect import FOUND, Form
from xlidx.folders.files import LOG, Tell
from xlidx.folders.folder import File, read_files
from xlidx.index.basket import Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.review.tables import OVERRIDES
from xlidx.index.share_vector.tables import DISRUPTIONS, EVENTS
from xlidx.rulebooks.solactive_human_capital.backtest import UNIVERSE
from xlidx.rulebooks.solactive_human_capital.rules import RULES
from xlidx.tables import Table

BACKTEST_FILES = (
    File(name="universe", spec=UNIVERSE, required=True, help="candidates of every selection day"),
    File(name="prices", spec=None, required=True, help="closing prices by security, in local currency"),
    File(name="adjustment", spec=None, help="factors that adjust prices for splits and spin-offs"),
    File(name="overrides", spec=OVERRIDES, help="decisions of the committee"),
    File(name="events", spec=EVENTS, help="corporate actions"),
    File(name="dividends", spec=DIVIDENDS, help="dividends by ex date"),
    File(name="fx", spec=None, help="exchange rates by currency, index currency per unit"),
    File(name="withholding", spec=WITHHOLDING, help="withholding tax by country"),
    File(name="disruptions", spec=DISRUPTIONS, help="days on which the index is not adjusted"),
    File(name="rules", spec=RULES, help="numbers and readings of another rule set"),
)


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
        Holds the files of :data:`BACKTEST_FILES`, each .csv, .tsv, .txt, .xlsx or .parquet.
    form : Form, optional
        What is said about the text files.
    tell : callable, optional
        Gets a line on how files were read that are not plain, and one on files that are not read; default is the log
        ``xlidx.folders``.

    Raises
    ------
    XlidxError
        The first fault of the universe; else as :func:`xlidx.folders.folder.read_files`.
    """
    read = BacktestFolder(**read_files(path, BACKTEST_FILES, form, tell))
    read.universe.strict()
    return read
