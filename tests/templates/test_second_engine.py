"""Every shipped workbook through both engines: they agree on every cell, and nothing in the file changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.hosts import SECOND_ENGINE
from tests.templates.books import SHEETS, SHIPPED
from xlidx.cli import run


@SECOND_ENGINE
@pytest.mark.parametrize("name", SHEETS)
def test_both_engines_agree_on_a_shipped_workbook(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped, out = SHIPPED / f"{name}.xlsx", tmp_path / "out.xlsx"
    assert run(["recalc", str(shipped), "--verify", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "verified: both engines agree" in said
    assert "not cross-checked" not in said
    assert re.search(r"; 0 values changed \(fast engine\)", said), said
