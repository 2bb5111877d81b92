"""How the workbooks print and read on paper: heights that fit their texts, headings on every page, a cover of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.templates.books import SHEETS, opened
from xlidx.templates.kit.help import WIDTHS

# Sheets whose table is longer than a page, with the row of its headings.
LONG = {
    "human_capital_mv": {"Universe": 6, "Prices": 6, "Screens": 9, "Yield": 9, "Index": 33, "Checks": 8},
    "turbo_desk": {"Paths": 7, "Checks": 8},
    "psi20_index": {"Rules": 9, "Candidates": 6, "Checks": 8},
}
POINTS, LETTERS = 13.0, 1.3  # height of a line; letters that a column shows for each digit of its width, at most


@pytest.mark.parametrize("name", LONG)
def test_rows_of_help_are_high_enough_for_their_texts_and_not_much_higher(built: dict[str, Path], name: str) -> None:
    sheet = opened(built[name], values=True)["Help"]
    merged = {cell for area in sheet.merged_cells.ranges for row in area.rows for cell in row}
    wrapped = 0
    for row in sheet.iter_rows(min_row=4):
        texts = [cell for cell in row if _wraps(cell) and (cell.row, cell.column) not in merged]
        if texts:
            wrapped += 1
            need = POINTS * max(-(-len(cell.value) // (WIDTHS[cell.column - 2] * LETTERS)) for cell in texts)
            high = sheet.row_dimensions[row[0].row].height or 15.0  # none: the height of a row of one line
            assert need <= high <= 3 * need + 20, (row[0].row, need)
    assert wrapped > 40


def _wraps(cell: Any) -> bool:
    return isinstance(cell.value, str) and bool(cell.alignment.wrap_text)


@pytest.mark.parametrize("name", LONG)
def test_long_tables_repeat_their_headings_on_every_page(built: dict[str, Path], name: str) -> None:
    book = opened(built[name], values=True)
    for title, row in LONG[name].items():
        first, _, last = book[title].print_title_rows.replace("$", "").partition(":")
        assert int(first) <= row <= int(last), title
        filled = [cell.value for cell in book[title][row] if cell.value is not None]
        assert len(filled) >= 5
        assert all(isinstance(value, str) for value in filled)


@pytest.mark.parametrize("name", SHEETS)
def test_the_cover_says_how_the_functions_get_there_today(built: dict[str, Path], name: str) -> None:
    words = " ".join(str(cell.value) for row in opened(built[name], values=True)["Cover"] for cell in row)
    assert "xlidx addin install" in words
    assert "xlidx lite" in words
    assert "xlidx recalc" in words
