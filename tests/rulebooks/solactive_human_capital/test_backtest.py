"""A back-test of few securities by the command: events of the folder, local holidays, and another rule set."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.rulebooks.solactive_human_capital.test_selection import HEAD, universe
from xlidx.cli import run

DAYS = (date(2017, 4, 3), date(2017, 7, 3))
SMALL = {
    "names held": 6,
    "lowest": 0.05,
    "highest": 0.4,
    "sector cap": 0.6,
    "region cap": 0.7,
    "returns": 30,
    "period": 2,
}
EVENTS = ["date", "isin", "event", "old", "new", "ratio", "price"]


def paths() -> pd.DataFrame:
    """Prices as if no share had ever been split."""
    rows = universe()
    rng = np.random.default_rng(12)
    days = pd.bdate_range(date(2017, 2, 1), date(2017, 7, 31))
    moves = rng.normal(0, 0.01, (len(days), len(rows))) + rng.normal(0, 0.006, (len(days), 1))
    levels = np.round(40.0 * np.exp(np.cumsum(moves, axis=0)), 2)
    return pd.DataFrame(levels, index=days.date, columns=[row["isin"] for row in rows])


def backtest(folder: Path, prices: pd.DataFrame, *, rules: dict[str, Any] = SMALL, **tables: pd.DataFrame) -> Path:
    folder.mkdir()
    candidates = [{"selection": day, **{name: row[name] for name in HEAD}} for day in DAYS for row in universe()]
    tables |= {"universe": pd.DataFrame(candidates), "prices": prices.rename_axis("date").reset_index()}
    tables["rules"] = pd.DataFrame({"name": list(rules), "value": list(rules.values())})
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    assert run(["backtest", "human_capital_mv", str(folder), "-o", str(folder / "out")]) == 0
    return folder / "out"


def weights(out: Path, day: date) -> dict[str, float]:
    frame = pd.read_csv(out / "selections" / f"{day}.csv")
    return {isin: weight for isin, weight in zip(frame["isin"], frame["weight"], strict=True) if weight}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return backtest(tmp_path_factory.mktemp("plain") / "data", paths())


def test_the_splits_of_the_folder_change_no_weight_and_no_level(plain: Path, tmp_path: Path) -> None:
    # Into two before the first selection, into two and into four in the window of the second, one of them on a day on
    # which the index holds it, and one of a security that it never holds.
    held = list(weights(plain, DAYS[0]))
    both = [isin for isin in held if isin in weights(plain, DAYS[1])]
    never = next(isin for isin in paths().columns if isin not in {*held, *weights(plain, DAYS[1])})
    happening = [
        (date(2017, 3, 15), both[0], 2.0),
        (date(2017, 6, 1), both[0], 4.0),
        (date(2017, 6, 8), both[0], 2.0),
        (date(2017, 6, 9), never, 2.0),
        (date(2017, 3, 20), held[-1], 2.0),
    ]
    paid = paths()
    for day, isin, pieces in happening:
        paid.loc[[stamp < day for stamp in paid.index], isin] *= pieces
    rows = [[day, isin, "split", 1.0, pieces, None, None] for day, isin, pieces in happening]
    out = backtest(tmp_path / "data", paid, events=pd.DataFrame(rows, columns=EVENTS))
    for day in DAYS:
        assert weights(out, day) == pytest.approx(weights(plain, day), rel=1e-9)
    levels = [pd.read_csv(folder / "levels.csv") for folder in (out, plain)]
    assert levels[0]["PR"].tolist() == levels[1]["PR"].tolist()
    flags = pd.read_csv(out / "flags.csv")
    assert flags["what"].tolist() == ["split of an ISIN that is in no target, passed over"]
    # Without the table the very same prices give other weights: the check sees something.
    blind = backtest(tmp_path / "blind", paid)
    assert set(weights(blind, DAYS[1])) != set(weights(plain, DAYS[1]))


def test_a_window_that_begins_on_a_holiday_needs_no_help(plain: Path, tmp_path: Path) -> None:
    # The first of the 31 days before 3 July is blank for Japan; its last price before is the one of the 19th of May.
    prices = paths()
    first = prices.index[[day <= DAYS[1] for day in prices.index]][-31]
    assert first == date(2017, 5, 22)
    closed = [row["isin"] for row in universe() if row["country"] == "JP"]
    blank, filled = prices.copy(), prices.copy()
    blank.loc[first, closed] = np.nan
    filled.loc[first, closed] = prices.loc[date(2017, 5, 19), closed]
    outs = [backtest(tmp_path / name, given) for name, given in (("blank", blank), ("filled", filled))]
    assert weights(outs[0], DAYS[1]) == weights(outs[1], DAYS[1])
    assert weights(outs[0], DAYS[0]) == weights(plain, DAYS[0])
    quarters = pd.read_csv(outs[0] / "quarters.csv")
    assert quarters["status"].tolist() == ["optimal", "optimal"]


def test_the_rules_of_the_folder_are_those_of_the_index(plain: Path, tmp_path: Path) -> None:
    changed = SMALL | {
        "names held": 5,
        "highest": 0.3,
        "yield filter": 0.5,
        "base level": 1000,
        "exchange": "XNYS",
        "trading days": 3,
    }
    out = backtest(tmp_path / "data", paths(), rules=changed)
    levels, quarters = pd.read_csv(out / "levels.csv"), pd.read_csv(out / "quarters.csv")
    assert quarters["held"].tolist() == [5, 5]
    assert max(weights(out, DAYS[0]).values()) <= 0.3 + 1e-12
    assert quarters["yield_filter"].tolist() == [0.5, 0.5]
    assert levels["PR"].iloc[0] == 1000.0
    # New York: 4 to 6 April, and 5 to 7 July, since the 3rd is a half day and the 4th a holiday.
    assert quarters["adjustment"].tolist() == ["2017-04-06", "2017-07-07"]
    assert pd.read_csv(plain / "quarters.csv")["adjustment"].tolist() == ["2017-04-05", "2017-07-05"]
    # A period of two days: the last change of shares is two business days after the adjustment.
    assert pd.read_csv(out / "changes.csv")["date"].max() == "2017-07-11"


def test_an_index_of_other_months_and_a_wrong_rule(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "data"
    with pytest.raises(AssertionError):
        backtest(folder, paths(), rules=SMALL | {"months": "3 6 9 12"})
    assert "2017-04-03 is no selection day" in (err := capsys.readouterr().err)
    assert "one of Mar, Jun, Sep, Dec" in err
    with pytest.raises(AssertionError):
        backtest(tmp_path / "other", paths(), rules=SMALL | {"name held": 3})
    assert "rule 'name held' is not known - table rules, row 9, column name - did you mean names_held?" in (
        capsys.readouterr().err
    )


def test_a_universe_of_which_nothing_is_left_is_one_sentence(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    columns = [name for name in HEAD if name != "adv_1m"]
    rows = [{"selection": DAYS[0], **{name: row[name] for name in columns}} for row in universe()]
    pd.DataFrame(rows).to_csv(folder / "universe.csv", index=False)
    paths().rename_axis("date").reset_index().to_csv(folder / "prices.csv", index=False)
    assert run(["backtest", "human_capital_mv", str(folder), "-o", str(folder / "out")]) == 2
    told = capsys.readouterr().err
    assert "2017-04-03: no candidate is left for the selection: 40 not in the pool, 5 not in the universe" in told
    assert "table candidates" in told
