"""``xlidx refresh``: one workbook or a folder, side by side, with a log."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.recalc.test_refresh import book
from xlidx.cli import run

SHIPPED = Path(__file__).parents[3] / "workbooks" / "turbo_desk.xlsx"


def market(path: Path, dax: object = 13600) -> Path:
    path.write_text(f"Underlying,Spot\nDAX,{dax}\nNDX,9500\n")
    return path


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "refresh.jsonl").read_text().splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    for name in ("a", "b", "c"):
        book(folder / f"{name}.xlsx")
    (folder / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    return folder


def outcomes(folder: Path) -> dict[str, str]:
    return {line["book"]: line["outcome"] for line in log(folder)}


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_failing_book_never_stops_the_others(desk: Path, tmp_path: Path, jobs: str, capsys: Any) -> None:
    given = market(tmp_path / "market.csv")
    assert run(["refresh", str(desk), "--market", str(given), "--as-of", "2020-02-12", "--jobs", jobs]) == 1
    assert outcomes(desk) == {"a.xlsx": "refreshed", "b.xlsx": "failed", "c.xlsx": "refreshed"}
    assert {line["as_of"] for line in log(desk)} == {"2020-02-12"}
    for name in ("a", "c"):
        assert load_workbook(desk / f"{name}.xlsx", data_only=True)["Inputs"]["A2"].value == 23100
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in shown[2:]] == [
        ["a.xlsx", "refreshed"],
        ["b.xlsx", "failed"],
        ["c.xlsx", "refreshed"],
    ]
    assert "damaged" in shown[3]


def test_a_cluster_does_the_same(desk: Path, tmp_path: Path) -> None:
    from distributed import LocalCluster

    given = market(tmp_path / "market.csv")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            command = ["refresh", str(desk), "--market", str(given), "--scheduler", cluster.scheduler_address]
            assert run(command) == 1
    assert outcomes(desk) == {"a.xlsx": "refreshed", "b.xlsx": "failed", "c.xlsx": "refreshed"}


def test_a_second_run_finds_nothing_to_change(tmp_path: Path, capsys: Any) -> None:
    path, given = book(tmp_path / "desk.xlsx"), market(tmp_path / "market.csv")
    assert run(["refresh", str(path), "--market", str(given)]) == 0
    assert run(["refresh", str(path), "--market", str(given)]) == 0
    assert [line["outcome"] for line in log(tmp_path)] == ["refreshed", "unchanged"]
    first, second = log(tmp_path)
    assert first["after"] == second["before"] == second["after"]


def test_a_red_check_is_written_and_the_exit_code_says_so(tmp_path: Path) -> None:
    path, given = book(tmp_path / "desk.xlsx"), market(tmp_path / "market.csv", 20000)
    old = path.read_bytes()
    assert run(["refresh", str(path), "--market", str(given), "--refuse-red"]) == 1
    assert path.read_bytes() == old
    assert run(["refresh", str(path), "--market", str(given)]) == 1
    assert path.read_bytes() != old


def test_the_turbo_desk_takes_a_spot_for_each_underlying(tmp_path: Path) -> None:
    path = tmp_path / "turbo_desk.xlsx"
    shutil.copy(SHIPPED, path)
    given = tmp_path / "market.csv"
    given.write_text("Underlying,Spott\nDAX,13600\n")
    assert run(["refresh", str(path), "--market", str(given)]) == 1
    assert "did you mean" in log(tmp_path)[0]["note"]
    assert path.read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"Underlying,Spot\nDAX,\x81\n", "not text in UTF-8"), (b"Under\0lying,Spot\n", "zero bytes"), (b"", "empty")],
)
def test_a_market_file_that_is_no_table_is_one_sentence(
    tmp_path: Path, content: bytes, words: str, capsys: Any
) -> None:
    path, given = book(tmp_path / "desk.xlsx"), tmp_path / "market.csv"
    given.write_bytes(content)
    assert run(["refresh", str(path), "--market", str(given)]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_an_empty_folder_is_refused(tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    assert run(["refresh", str(folder), "--market", str(market(tmp_path / "market.csv"))]) == 2
    assert "there is no workbook" in capsys.readouterr().err


def test_a_market_file_of_a_german_excel(tmp_path: Path, capsys: Any) -> None:
    path, given = book(tmp_path / "desk.xlsx"), tmp_path / "market.csv"
    given.write_bytes(b"Underlying;Spot;\r\nDAX;13.600,5;\r\nNDX;9.500;\r\n;;\r\n")
    assert run(["refresh", str(path), "--market", str(given)]) == 0
    # 13,600.5 + 9,500
    assert load_workbook(path, data_only=True)["Inputs"]["A2"].value == 23100.5
    assert "market.csv is read as: semicolons, decimal comma" in capsys.readouterr().err


@pytest.mark.parametrize(("value", "words"), [("#N/A", "Spot holds #N/A"), ("1e999", "Spot holds #NUM!")])
def test_an_error_value_never_gets_into_a_workbook(tmp_path: Path, value: str, words: str) -> None:
    path, given = book(tmp_path / "desk.xlsx"), market(tmp_path / "market.csv", value)
    old = path.read_bytes()
    assert run(["refresh", str(path), "--market", str(given)]) == 1
    assert words in log(tmp_path)[0]["note"]
    assert "market, row 2, column 2" in log(tmp_path)[0]["note"]
    assert path.read_bytes() == old


def test_a_market_workbook_and_blank_rows(tmp_path: Path) -> None:
    from openpyxl import Workbook

    path, given = book(tmp_path / "desk.xlsx"), Workbook()
    for row in (["Underlying", "Spot"], ["DAX", 13600], [None, None], ["NDX", 9500]):
        given.active.append(row)
    given.save(tmp_path / "market.xlsx")
    assert run(["refresh", str(path), "--market", str(tmp_path / "market.xlsx")]) == 0
    assert load_workbook(path, data_only=True)["Inputs"]["A2"].value == 23100
    assert run(["refresh", str(path), "--market", str(tmp_path / "market.xlsx"), "--rows", "order"]) == 0
