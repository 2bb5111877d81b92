"""The formula that says whether a live result is its printed answer, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_range

from xlidx.templates.functions.known import ANY
from xlidx.templates.functions.shape import Grid, shape

ERROR_TYPES = {"#NULL!": 1, "#DIV/0!": 2, "#VALUE!": 3, "#REF!": 4, "#NAME?": 5, "#NUM!": 6, "#N/A": 7}
Run = tuple[str, int, int]  # kind of cell, first and last column
Block = tuple[str, int, int, int, int]  # kind, first row and column, last row and column


def agrees(live: tuple[int, int], wanted: tuple[int, int], cells: Grid) -> str:
    """Return the formula that says OK when every cell of a result is that of its answer.

    Numbers may be off by ``Tolerance`` of the answer, texts must be equal as Excel compares them, a blank must be
    blank, and an error must be that error.

    Parameters
    ----------
    live, wanted : (int, int)
        Row and column of the upper left cell of the result and of the answer.
    cells : rows of cells
        The answer; ``ANY`` is not compared.

    Examples
    --------
    >>> agrees((8, 1), (8, 2), [["#N/A"]])
    '=IFERROR(IF(ERROR.TYPE(B9)=7,"OK","FAIL"),"FAIL")'
    >>> agrees((8, 1), (8, 3), [["level", 300.0]])[-78:]
    '+1-COUNT(C9)+SUMPRODUCT(--((C9-E9)^2>(Tolerance*E9)^2))=0,"OK","FAIL"),"FAIL")'
    """
    first = cells[0][0]
    if isinstance(first, str) and first in ERROR_TYPES:
        return f'=IFERROR(IF(ERROR.TYPE({xl_range(*live, *live)})={ERROR_TYPES[first]},"OK","FAIL"),"FAIL")'
    missed = "+".join(_missed(live, wanted, block) for block in _blocks(cells))
    return f'=IFERROR(IF({missed}=0,"OK","FAIL"),"FAIL")'


def _missed(live: tuple[int, int], wanted: tuple[int, int], block: Block) -> str:
    """Return the terms that count the cells of a block of one kind which miss their answer."""
    kind, top, left, bottom, right = block
    one, other = (xl_range(r + top, c + left, r + bottom, c + right) for r, c in (live, wanted))
    many = (bottom - top + 1) * (right - left + 1)
    if kind == "truth":
        return f"IF(AND(LEN({one})>0,{one}={other}),0,1)"
    if kind == "number":
        return f"{many}-COUNT({one})+SUMPRODUCT(--(({one}-{other})^2>(Tolerance*{other})^2))"
    return f"COUNT({one})+SUMPRODUCT(--({one}<>{other}))"


def _blocks(cells: Grid) -> list[Block]:
    """Return the compared cells as blocks of one kind each, those below each other joined."""
    done: list[Block] = []
    standing: dict[Run, int] = {}
    for row, line in enumerate(cells):
        found = {run: row if run[0] == "truth" else standing.get(run, row) for run in _runs(line, shape(cells)[1])}
        done += [_block(run, top, row - 1) for run, top in standing.items() if found.get(run) != top]
        standing = found
    return done + [_block(run, top, len(cells) - 1) for run, top in standing.items()]


def _block(run: Run, top: int, bottom: int) -> Block:
    kind, left, right = run
    return kind, top, left, bottom, right


def _runs(line: list[Any], wide: int) -> Iterator[Run]:
    kinds = [_kind(cell) for cell in line] + ["text"] * (wide - len(line))
    for (kind, _), places in groupby(range(wide), key=lambda i: (kinds[i], i if kinds[i] == "truth" else -1)):
        columns = list(places)
        if kind:
            yield kind, columns[0], columns[-1]


def _kind(cell: Any) -> str:
    if cell == ANY:
        return ""
    if isinstance(cell, bool):
        return "truth"
    return "number" if isinstance(cell, float | int | date) else "text"
