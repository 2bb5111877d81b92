"""The human capital workbook: its blue inputs reach the functions, and events of one security multiply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import openpyxl
import pytest

from xlidx.cli import run
from xlidx.templates.human_capital_mv import tables
from xlidx.templates.human_capital_mv.build import build
from xlidx.templates.human_capital_mv.sample import BASE, SAMPLE, SELECTION, SESSIONS, SPLIT_DAY

pytestmark = pytest.mark.filterwarnings("ignore")


def column(book: Any, sheet: str, title: str, which: int = 0) -> list[Any]:
    rows = list(book[sheet].iter_rows(min_row=9, values_only=True))
    place = [n for n, head in enumerate(rows[0]) if head == title][which]
    return [row[place] for row in rows[1:] if row[place] not in (None, "")]


def states(book: Any) -> list[str]:
    return [row[6] for row in book["Checks"].iter_rows(min_row=9, values_only=True) if row[6]]


def drawn(book: Any) -> list[str]:
    pairs = zip(column(book, "Yield", "region"), column(book, "Yield", "decision"), strict=False)
    return [region for region, decision in pairs if decision in ("selected by yield", "added for its region")]


def test_every_limit_of_the_screens_reaches_its_function(built: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(built["human_capital_mv"].read_bytes())
    given = {"LeastScore": 61.0, "FuelLimit": 0.02, "LeastTraded": 2e7, "RegionPart": 0.2}
    assert run(["recalc", str(path), *(word for name in given for word in ("--set", f"{name}={given[name]}"))]) == 1
    before, after = (openpyxl.load_workbook(one, data_only=True) for one in (built["human_capital_mv"], path))
    wanted = [
        "yes" if min(one.esg_score, one.people_score) >= 61.0 and max(one.coal, one.tar_sands) < 0.02 else "no"
        for one in SAMPLE.universe
    ]
    plain, found = (column(book, "Screens", "passed") for book in (before, after))
    # What passes now passed before, and meets the limits; the peers are as they were.
    assert found == [new if old == "yes" else "no" for old, new in zip(plain, wanted, strict=True)]
    assert found != plain
    liquid = ["yes" if min(one.adv_6m, one.adv_1m) > 2e7 else "no" for one in SAMPLE.universe]
    assert column(after, "Screens", "passed", 1) == liquid != column(before, "Screens", "passed", 1)
    parts = [
        min(regions.count(name) for name in set(drawn(before))) / len(regions)
        for regions in map(drawn, (before, after))
    ]
    assert parts[1] >= 0.2 > parts[0]
    # The first three checks hold the replicas of the screens beside the functions.
    assert states(after)[:4] == ["OK"] * 4


def test_events_of_one_security_multiply(
    built: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The security that is split into two is also cut to a fourth of its par value before, and another one hands out
    # bonus shares, twice one for one: with the prices as they were paid nothing changes.
    early = next(day for day in SESSIONS if SESSIONS[20] < day < BASE)
    assert BASE < SPLIT_DAY < SELECTION
    other = next(isin for isin in SAMPLE.prices if isin not in (SAMPLE.split, SAMPLE.dividend[0]))
    paid = {isin: list(values) for isin, values in SAMPLE.prices.items()}
    for isin, day, pieces in ((SAMPLE.split, early, 4.0), (other, early, 2.0), (other, SPLIT_DAY, 2.0)):
        paid[isin] = [value * pieces if at < day else value for at, value in zip(SESSIONS, paid[isin], strict=True)]
    rows = [
        *tables.EVENTS[0].rows,
        (early, SAMPLE.split, "par value", 4, 1, None, ""),
        (early, other, "capital increase", None, None, 1.0, ""),
        (SPLIT_DAY, other, "capital increase", None, None, 1.0, ""),
    ]
    columns = [("cash4", tuple(values)) for values in paid.values()]
    monkeypatch.setattr(tables, "EVENTS", (attrs.evolve(tables.EVENTS[0], rows=rows), *tables.EVENTS[1:]))
    monkeypatch.setattr(tables, "PRICES", attrs.evolve(tables.PRICES, closes=columns))
    path = tmp_path / "book.xlsx"
    build(path)
    assert run(["recalc", str(path)]) == 0
    plain, found = (openpyxl.load_workbook(one, data_only=True) for one in (built["human_capital_mv"], path))
    assert states(found) == ["OK"] * 20
    assert column(found, "Optimise", "id") == column(plain, "Optimise", "id")
    assert column(found, "Optimise", "weight") == pytest.approx(column(plain, "Optimise", "weight"), abs=1e-6)
