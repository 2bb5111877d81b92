"""Every shipped workbook passes the lint that a user's own template passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlidx.excel.calls import cell_functions
from xlidx.recalc.lint import lint
from xlidx.templates.build import TEMPLATES


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_shipped_workbook_is_fit_to_hand_out(built: dict[str, Path], name: str) -> None:
    """Among the rest: every stored value is that of a recalculation, and every byte stays."""
    assert [finding.sentence for finding in lint(built[name], cell_functions())] == []
