"""Errors that a function cannot answer itself come out as they went in, so that a formula may hand them on."""

from pathlib import Path

import pytest

from tests.recalc.books import small, stored
from xlidx.errors import ErrorValue
from xlidx.recalc import recalculate
from xlidx.recalc.evidence.fast import ERROR_KINDS, ORIGINS

# A1 holds the error, B1 the number 2.  Excel's documentation names no error of these for such arguments.
HANDED_ON = {
    "INDEX": "INDEX(B1:B1,A1)",
    "CHOOSE": "CHOOSE(B1,1,A1)",
    "CHOOSECOLS": "CHOOSECOLS(A1,1)",
    "CHOOSEROWS": "CHOOSEROWS(A1,1)",
    "TEXT": 'TEXT(A1,"0.00")',
    "CHAR": "CHAR(A1)",
    "CODE": "CODE(A1)",
    "REPLACE": 'REPLACE(A1,1,1,"x")',
    "REPT": "REPT(A1,B1)",
    "MID": "MID(A1,1,B1)",
    "LEFT": "LEFT(A1,B1)",
    "RIGHT": "RIGHT(A1,B1)",
    "SUBSTITUTE": 'SUBSTITUTE(A1,"a","b")',
    "MOD": "MOD(A1,B1)",
    "LARGE": "LARGE(A1:B1,1)",
    "SMALL": "SMALL(A1:B1,1)",
    "DATE": "DATE(A1,1,1)",
    "YEAR": "YEAR(A1)",
    "MONTH": "MONTH(A1)",
    "DAY": "DAY(A1)",
    "EOMONTH": "EOMONTH(A1,0)",
    "EDATE": "EDATE(A1,0)",
    "PMT": "PMT(A1,B1,100)",
    "POWER": "POWER(A1,B1)",
    "PERCENTILE": "PERCENTILE(A1:B1,0.5)",
}
OF_DAYS = frozenset({"DATE", "YEAR", "MONTH", "DAY"})  # computed by rules of ours, which have Excel's errors
ERRORS = [error for error in ErrorValue if error in ("#DIV/0!", "#N/A", "#NUM!", "#REF!")]


@pytest.mark.parametrize("error", ERRORS)
def test_what_cannot_be_answered_is_handed_on(tmp_path: Path, error: ErrorValue) -> None:
    own = ORIGINS[error]
    formulas = {name: text for name, text in HANDED_ON.items() if name not in own}
    cells: dict[str, object] = {f"D{row}": f"={text}" for row, text in enumerate(formulas.values(), start=1)}
    path = small(tmp_path / "book.xlsx", {"A1": f"={error}" if error != "#N/A" else "=NA()", "B1": 2.0} | cells)
    recalculate(path, engine="fast", functions={})
    values = stored(path)
    assert {name: values[f"D{row}"] for row, name in enumerate(formulas, start=1)} == dict.fromkeys(formulas, error)
    assert own <= ERROR_KINDS


def test_every_error_has_functions_that_hand_it_on_and_functions_that_do_not() -> None:
    for error in ERRORS:
        assert ORIGINS[error]
        assert HANDED_ON.keys() - ORIGINS[error]
    assert HANDED_ON.keys() <= ERROR_KINDS | OF_DAYS
