"""``xlidx backtest``: quarters in processes or on a cluster, resumed, and the index that they make."""

from __future__ import annotations

import json
import warnings
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xlidx.cli import run
from xlidx.cli.index import backtest
from xlidx.errors import XlidxError
from xlidx.folders import read_backtest_folder
from xlidx.index.screening.ratings import ACTIVITIES
from xlidx.rulebooks.solactive_human_capital import selection as guideline
from xlidx.rulebooks.solactive_human_capital.backtest import choose

DAYS = (date(2017, 1, 2), date(2017, 4, 3), date(2017, 7, 3))
SIZE = 230
COUNTRIES = ("FR", "US", "JP", "DE", "CA", "GB")


def universe() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    rows = []
    for day in DAYS:
        for place in range(SIZE):
            close = round(float(rng.uniform(10, 90)), 2)
            good = place % 10 != 9  # one in ten is weak, so that the others are above their peers
            row: dict[str, Any] = {
                "selection": day,
                "isin": f"S{place:03}",
                "sector": guideline.SECTORS[place % 10],
                "peer_sector": "all",
                "area": "EUR",
                "country": COUNTRIES[place % 6],
                "esg_score": 60.0 if good else 20.0,
                "people_score": 60.0 if good else 20.0,
                "controversy": "none",
                **dict.fromkeys(ACTIVITIES, "none"),
                "coal": 0.0,
                "tar_sands": 0.0,
                "adv_6m": 9e6,
                "adv_1m": 8e6,
                "dps": round(float(rng.uniform(0, 0.06)) * close, 3),
                "close": close,
            }
            rows.append(row)
    return pd.DataFrame(rows)


def prices() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    days = pd.bdate_range(date(2016, 6, 1), date(2017, 8, 31))
    moves = rng.normal(0, 0.01, (len(days), SIZE)) + rng.normal(0, 0.006, (len(days), 1))
    levels = np.round(40.0 * np.exp(np.cumsum(moves, axis=0)), 4)
    return pd.DataFrame(levels, columns=[f"S{place:03}" for place in range(SIZE)]).assign(date=days.date)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    universe().to_csv(folder / "universe.csv", index=False)
    table = prices()
    table[["date", *table.columns[:-1]]].to_csv(folder / "prices.csv", index=False)
    dividends = pd.DataFrame(
        {"isin": [f"S{place:03}" for place in range(SIZE)], "ex date": date(2017, 3, 15), "amount": 0.4}
    )
    dividends.to_csv(folder / "dividends.csv", index=False)
    tax = pd.DataFrame({"country": COUNTRIES, "rate": 0.2, "valid from": date(2010, 1, 1)})
    tax.to_csv(folder / "withholding.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    assert run(["backtest", "human_capital_mv", str(data), "-o", str(out), "--jobs", "2"]) == 0
    return out


def test_every_quarter_holds_fifty_names_within_the_limits(whole: Path) -> None:
    quarters = pd.read_csv(whole / "quarters.csv")
    assert quarters["selection"].tolist() == [str(day) for day in DAYS]
    assert quarters["held"].tolist() == [50, 50, 50]
    assert quarters["status"].tolist() == ["optimal"] * 3
    assert (quarters["gap"] <= 1e-9).all()
    sectors, regions = (pd.read_csv(whole / f"{name}.csv").iloc[:, 1:].to_numpy() for name in ("sectors", "regions"))
    assert sectors.sum(axis=1) == pytest.approx(1.0)
    assert regions.sum(axis=1) == pytest.approx(1.0)
    assert sectors.max() <= 0.33 + 1e-9
    assert 0.1 - 1e-9 <= regions.min() <= regions.max() <= 0.5 + 1e-9


def test_the_index_runs_from_the_first_adjustment_day(whole: Path) -> None:
    levels = pd.read_csv(whole / "levels.csv")
    assert levels["Date"].iloc[0] == "2017-01-04"
    assert levels[["PR", "NTR", "GTR"]].iloc[0].tolist() == [100.0] * 3
    before, after = levels[levels["Date"] < "2017-03-15"], levels[levels["Date"] >= "2017-03-15"]
    assert (before["PR"] == before["GTR"]).all()
    assert (after["GTR"] > after["NTR"]).all()
    assert (after["NTR"] > after["PR"]).all()


def test_turnover_is_what_the_changes_of_shares_are_worth(whole: Path) -> None:
    quarters, changes = pd.read_csv(whole / "quarters.csv"), pd.read_csv(whole / "changes.csv")
    levels = pd.read_csv(whole / "levels.csv").set_index("Date")["PR"]
    rows = changes[(changes["version"] == "PR") & (changes["date"] > "2017-07-01") & (changes["date"] < "2017-07-31")]
    assert rows["date"].nunique() == 10
    traded = 0.0
    for day, one in rows.groupby("date"):
        level = levels[levels.index < day].iloc[-1]
        traded += ((one["after"] - one["before"]).abs() * one["price"]).sum() / level / 2
    assert quarters["turnover"].iloc[0] == 0.0
    assert quarters["turnover"].iloc[2] == pytest.approx(traded, rel=1e-9)
    assert 0.05 < quarters["turnover"].iloc[2] < 1.0


def test_a_workbook_with_four_charts(whole: Path) -> None:
    from zipfile import ZipFile

    with ZipFile(whole / "backtest.xlsx") as package:
        charts = [name for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 4
    assert list(pd.read_excel(whole / "backtest.xlsx", sheet_name=None)) == [
        "Levels",
        "Quarters",
        "Sectors",
        "Regions",
        "Flags",
    ]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Run quarters in this process, and note which."""
    from concurrent.futures import Future
    from contextlib import contextmanager

    seen: list[date] = []

    def submit(quarter: Any) -> Any:
        future: Any = Future()
        seen.append(quarter.day)
        future.set_result(choose(quarter))
        return future

    @contextmanager
    def workers(*_: Any) -> Any:
        yield submit

    monkeypatch.setattr(backtest, "workers", workers)
    return seen


def copied(whole: Path, out: Path) -> Path:
    (out / "selections").mkdir(parents=True)
    for path in (whole / "selections").iterdir():
        (out / "selections" / path.name).write_bytes(path.read_bytes())
    return out


def results(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.rglob("*.csv"))}


def test_a_run_goes_on_where_it_stopped(
    data: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = copied(whole, tmp_path / "out")
    (out / "selections" / "2017-04-03.json").unlink()
    (out / "selections" / "2017-07-03.json").write_text('{"key": "half a')
    seen = counted(monkeypatch)
    assert run(["backtest", "human_capital_mv", str(data), "-o", str(out)]) == 0
    assert seen == [DAYS[1], DAYS[2]]
    assert results(out) == results(whole)


def test_other_inputs_are_selected_anew(
    data: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "data"
    other.mkdir()
    for path in data.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    table = pd.read_csv(other / "universe.csv")
    table.loc[table["selection"] == "2017-04-03", "dps"] *= 1.5
    table.to_csv(other / "universe.csv", index=False)
    seen = counted(monkeypatch)
    assert run(["backtest", "human_capital_mv", str(other), "-o", str(copied(whole, tmp_path / "out"))]) == 0
    assert seen == [DAYS[1]]


def test_one_quarter_without_a_solution_does_not_stop_the_others(data: Path, tmp_path: Path, capsys: Any) -> None:
    other = tmp_path / "data"
    other.mkdir()
    for path in data.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    table = pd.read_csv(other / "universe.csv")
    table.loc[(table["selection"] == "2017-04-03") & (table["country"] == "JP"), "adv_6m"] = 1.0
    table.to_csv(other / "universe.csv", index=False)
    out = tmp_path / "out"
    assert run(["backtest", "human_capital_mv", str(other), "-o", str(out), "--jobs", "2"]) == 2
    assert "2017-04-03: no selection up to a yield filter of 50%" in capsys.readouterr().err
    assert sorted(path.stem for path in (out / "selections").glob("*.json")) == ["2017-01-02", "2017-07-03"]
    assert not (out / "levels.csv").exists()


def test_a_day_that_is_no_selection_day_is_refused(data: Path, tmp_path: Path, capsys: Any) -> None:
    other = tmp_path / "data"
    other.mkdir()
    text = (data / "universe.csv").read_text().replace("2017-04-03", "2017-04-04")
    (other / "universe.csv").write_text(text)
    (other / "prices.csv").write_bytes((data / "prices.csv").read_bytes())
    assert run(["backtest", "human_capital_mv", str(other), "-o", str(tmp_path / "out")]) == 2
    assert "2017-04-04 is no selection day - table universe, row 232" in capsys.readouterr().err


def test_a_missing_table_is_named(tmp_path: Path, capsys: Any) -> None:
    assert run(["backtest", "human_capital_mv", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "there is no universe.csv" in capsys.readouterr().err


def test_a_cluster_gives_the_same_answers(data: Path, whole: Path, tmp_path: Path) -> None:
    from distributed import LocalCluster

    out = tmp_path / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            command = ["backtest", "human_capital_mv", str(data), "-o", str(out)]
            assert run([*command, "--scheduler", cluster.scheduler_address]) == 0
    assert results(out) == results(whole)


def test_no_scheduler_is_one_sentence(data: Path, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    command = ["backtest", "human_capital_mv", str(data), "-o", str(tmp_path / "out")]
    assert run([*command, "--scheduler", "tcp://127.0.0.1:1"]) == 2
    assert "no dask scheduler answers" in capsys.readouterr().err


def test_selections_carry_their_key(whole: Path) -> None:
    facts = json.loads((whole / "selections" / "2017-01-02.json").read_text())
    assert len(facts["key"]) == 64
    assert facts["status"] == "optimal"


def test_errors_cross_processes_whole() -> None:
    import pickle

    from xlidx.errors import Kind

    error = XlidxError(Kind.DOMAIN, "what", "where", "mend", value="#NUM!")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.kind, again.what, again.where, again.mend, again.sentence) == (
        error.kind,
        error.what,
        error.where,
        error.mend,
        error.sentence,
    )


def test_prices_after_the_selection_day_do_not_matter(data: Path) -> None:
    tables = read_backtest_folder(data)
    quarter = backtest.quarterly.quarters(tables.universe, tables.prices)[0]
    assert quarter.prices.days[-1].astype(date) == DAYS[0]
    assert len(quarter.prices.days) == 126
    assert quarter.prices.days[0].astype(date) < DAYS[0] - timedelta(days=150)
