"""Tables: columns by name, faults by row and column as the person sees them, nothing guessed."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.tables import Column, TableSpec, from_frame, read

SPEC = TableSpec(
    name="basket",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help=""),
        Column(name="shares", kind="number", help="give the shares listed", above=0.0),
        Column(name="free_float", kind="fraction", help="", required=False, default=1.0),
        Column(name="side", kind="word", words=("long", "short"), help="", required=False, default="long"),
        Column(name="since", kind="date", help="", required=False),
    ),
)
HEADER = ["isin", "shares", "free_float", "side", "since"]


def test_columns_are_found_by_name_in_any_order_and_spelling():
    table = read(SPEC, [["Since", "FREE FLOAT", "x", "Shares ", "ISIN"], [date(2020, 2, 10), 0.5, "?", 3.0, "A"]])
    assert table.faults == {}
    row = table.strict().loc[2]
    assert (row["isin"], row["shares"], row["free_float"], row["side"]) == ("A", 3.0, 0.5, "long")
    assert row["since"] == pd.Timestamp("2020-02-10")


def test_blank_rows_are_passed_over_and_row_numbers_stay_those_of_the_sheet():
    table = read(SPEC, [HEADER, [None] * 5, ["A", 1.0, None, None, None], [None] * 5, ["B", 2.0, None, None, None]])
    assert table.frame.index.tolist() == [3, 5]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (["isin"], "column shares is missing"),
        (["isin", "sharez"], "did you mean shares?"),
        (["isin", "shares", "free flaot"], "did you mean free_float?"),
        (["isin", "shares", "SHARES"], "column shares appears twice"),
        ([], "column isin, shares is missing"),
        ([1.0, None], "column isin, shares is missing"),
    ],
)
def test_a_wrong_header_is_refused(header, words):
    with pytest.raises(XlidxError) as caught:
        read(SPEC, [header, ["A", 1.0]])
    assert words in str(caught.value)
    assert "table basket, row 1" in str(caught.value)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ([None, 1.0], "#VALUE! isin is blank - table basket, row 2, column isin - give text"),
        (["A", None], "#VALUE! shares is blank - table basket, row 2, column shares - give a number"),
        (["A", "1"], "#VALUE! shares is text '1' - table basket, row 2, column shares - give a number"),
        (["A", True], "#VALUE! shares is TRUE - table basket, row 2, column shares - give a number"),
        (["A", 0.0], "#NUM! shares is 0 but must be above 0 - table basket, row 2, column shares - give the shares"),
        (["A", ErrorValue.REF], "#REF! shares holds #REF! - table basket, row 2, column shares - mend the cell"),
        (["A", 1.0, 62.0], "#NUM! free_float is 62 but must lie between 0 and 1 - table basket, row 2, column"),
        (["A", 1.0, None, "lnog"], "#VALUE! side 'lnog' is not known - table basket, row 2, column side - did you"),
        (["A", 1.0, None, "up"], "#VALUE! side 'up' is not known - table basket, row 2, column side - use long, short"),
        (["A", 1.0, None, None, "soon"], "#VALUE! text 'soon' is not a day - table basket, row 2, column since"),
        (["A", 1.0, None, None, datetime(2020, 2, 10, 9)], "#VALUE! 2020-02-10T09:00:00 is not a day"),
    ],
)
def test_a_wrong_cell_is_named_with_row_and_column(row, sentence):
    table = read(SPEC, [HEADER, row, ["B", 1.0]])
    assert table.faults[2].sentence.startswith(sentence)
    assert 3 not in table.faults
    with pytest.raises(XlidxError):
        table.strict()


def test_a_key_that_appears_twice_is_a_fault_of_every_row_that_has_it():
    table = read(SPEC, [HEADER, ["A", 1.0], ["B", 1.0], ["A", 2.0], ["A ", 2.0]])
    assert list(table.faults) == [2, 4, 5]
    found = [table.faults[row].what for row in (2, 4, 5)]
    assert found == [f"A appears twice, in rows 2 and {row}" for row in (4, 4, 5)]


def test_a_key_of_days_and_blanks_is_named_as_a_person_writes_it():
    spec = TableSpec(name="t", keys=(*SPEC.keys, "since"), columns=SPEC.columns)
    table = read(spec, [HEADER, *[["A", 1.0, 1.0, "long", date(2020, 2, 10)]] * 2, *[["B", 1.0]] * 2])
    assert table.faults[3].what == "A 2020-02-10 appears twice, in rows 2 and 3"
    assert table.faults[4].what == "B (blank) appears twice, in rows 4 and 5"


def test_the_count_of_faults_is_told():
    with pytest.raises(XlidxError, match=r"and 1 more rows"):
        read(SPEC, [HEADER, ["A", 0.0], ["B", 0.0]]).strict()


def test_a_frame_is_checked_like_a_block():
    frame = pd.DataFrame({"ISIN": ["A", "B"], "shares": [1, 2], "since": pd.to_datetime(["2020-02-10", None])})
    table = from_frame(SPEC, frame)
    assert table.faults == {}
    assert np.isnat(table.frame["since"].to_numpy()).tolist() == [False, True]
    with pytest.raises(XlidxError) as caught:
        from_frame(SPEC, pd.DataFrame({"isin": ["A"], "shares": [object()]}))
    assert caught.value.kind is Kind.TYPE
