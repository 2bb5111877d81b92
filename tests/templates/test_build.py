"""Building: the shipped files, refusals, data as printed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.templates.books import SHEETS, SHIPPED, opened
from xlidx import XlidxError
from xlidx.templates import build
from xlidx.templates.psi20_index.sample.closes import CLOSES, SESSIONS
from xlidx.templates.psi20_index.sample.members import LINES, MEMBERS
from xlidx.templates.turbo_desk.series import SERIES

ANSWERS = Path(__file__).parents[1] / "answers" / "turbo" / "series.csv"
CODES = {"INDU": "DJIA"}


@pytest.mark.parametrize("name", SHEETS)
def test_the_shipped_workbook_is_a_fresh_build(built: dict[str, Path], name: str) -> None:
    for values in (False, True):
        shipped, fresh = opened(SHIPPED / f"{name}.xlsx", values=values), opened(built[name], values=values)
        assert shipped.sheetnames == fresh.sheetnames
        assert _names(shipped) == _names(fresh)
        for sheet in fresh:
            assert _cells(shipped[sheet.title]) == _cells(sheet), sheet.title


def _cells(sheet):  # type: ignore[no-untyped-def]
    cells = (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return {cell.coordinate: getattr(cell.value, "text", cell.value) for cell in cells}


def _names(book):  # type: ignore[no-untyped-def]
    return {name: defined.attr_text for name, defined in book.defined_names.items()}


def test_one_template_by_name(tmp_path: Path) -> None:
    assert [path.name for path in build.build(tmp_path, ["psi20_index"])] == ["psi20_index.xlsx"]
    assert [path.name for path in tmp_path.iterdir()] == ["psi20_index.xlsx"]


def test_an_unknown_template_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(XlidxError, match="did you mean turbo_desk"):
        build.build(tmp_path / "new", ["psi20_index", "turbo_desks"])
    assert not (tmp_path / "new").exists()


def test_a_failed_build_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "psi20_index.xlsx"
    old.write_bytes(b"old")
    monkeypatch.setattr(build, "cell_functions", dict)
    with pytest.raises(XlidxError):
        build.build_one("psi20_index", old)
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


def test_series_are_those_of_the_document() -> None:
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == len(SERIES) == 23
    for series, row in zip(SERIES, rows, strict=True):
        assert (str(series.number), series.wkn, series.isin) == (row["series"], row["wkn"], row["isin"])
        assert series.underlying == CODES.get(row["underlying"], row["underlying"])
        assert (series.currency, series.issued) == (row["currency"], int(row["number"]))
        for name in ("issue_price", "financing_level", "stop_loss", "rounding", "entitlement"):
            assert getattr(series, name) == float(row[name])
        for name in ("spread", "maximum_spread", "premium", "maximum_premium", "minimum_premium"):
            assert getattr(series, name) * 100 == pytest.approx(float(row[name]), abs=1e-12)


def test_sample_data_are_complete_and_named_as_samples() -> None:
    assert len(MEMBERS) == 18
    assert all(member.name.startswith("Sample ") for member in MEMBERS)
    assert {len(closes) for closes in CLOSES.values()} == {len(SESSIONS)} == {48}
    assert set(CLOSES) == set(LINES)
    assert {member.currency for member in MEMBERS} == {"EUR", "USD", "GBP"}
    assert list(SESSIONS) == sorted(set(SESSIONS))
