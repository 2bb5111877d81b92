"""Every way a host hands a cell over, and every way a result goes back.

The dialects are those of xlwings over COM, Office.js, Pyodide and calculation engines; expectations are
written by hand.
"""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.excel.cells import ERROR_BASE, block, cell, plain
from xlidx.rules import Step


class JsNull:
    """Stands for the null object of Pyodide, which is recognised by its class name."""


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        (1.5, 1.5),
        (3, 3.0),
        (np.float64(2.5), 2.5),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.longdouble("2.5"), 2.5),
        (np.uint64(2**63), 2.0**63),
        (np.str_("DAX"), "DAX"),
        (True, True),
        (np.bool_(False), False),
        ("DAX", "DAX"),
        (Text("DAX"), "DAX"),
        (" DAX ", " DAX "),
        ("#hashtag", "#hashtag"),
        (None, None),
        ("", None),
        ("  ", None),
        (-2147352572, None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("NaT"), None),
        (JsNull(), None),
        (datetime(2020, 2, 10), datetime(2020, 2, 10)),
        (datetime(2020, 2, 10, 9, 30, tzinfo=UTC), datetime(2020, 2, 10, 9, 30, tzinfo=UTC)),
        (date(2020, 2, 10), date(2020, 2, 10)),
        (pd.Timestamp("2020-02-10"), datetime(2020, 2, 10)),
        (np.datetime64("2020-02-10"), datetime(2020, 2, 10)),
        (np.datetime64("2020-02-10T09:30", "ns"), datetime(2020, 2, 10, 9, 30)),
        (np.datetime64("2020", "Y"), datetime(2020, 1, 1)),
        (np.datetime64("9999-12-31"), datetime(9999, 12, 31)),
        (float("nan"), ErrorValue.NA),
        (float("inf"), ErrorValue.NUM),
        (float("-inf"), ErrorValue.NUM),
        ({"type": "Error", "basicValue": "#DIV/0!"}, ErrorValue.DIV0),
        ({"type": "Error", "basicType": "Error", "basicValue": "#SPILL!", "errorType": "Spill"}, ErrorValue.SPILL),
        ({"type": "Error", "kind": "Na"}, ErrorValue.NA),
        ({"type": "Error"}, ErrorValue.UNKNOWN),
        ({"type": "Error", "errorType": "NotAvailable"}, ErrorValue.NA),
        ({"type": "Error", "errorType": "Div0"}, ErrorValue.DIV0),
        ({"type": "Error", "errorType": "GettingData"}, ErrorValue.GETTING_DATA),
        ({"type": "Error", "errorType": "Placeholder"}, ErrorValue.BUSY),
        (" #n/a ", ErrorValue.NA),
        ({"type": "FormattedNumber", "basicValue": 43871, "numberFormat": "dd/mm/yyyy"}, 43871.0),
    ],
)
def test_a_value_from_any_host_means(raw: object, meaning: object) -> None:
    found = cell(raw)
    assert found == meaning
    assert type(found) is type(meaning) or isinstance(meaning, datetime)


ERROR_NUMBERS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}


@pytest.mark.parametrize(("number", "text"), ERROR_NUMBERS.items())
def test_error_numbers_and_texts_are_errors(number: int, text: str) -> None:
    assert cell(-2146828288 + number) is ErrorValue(text)
    assert cell(text) is ErrorValue(text)
    assert block(((1.0, -2146828288 + number),)).others == {1: ErrorValue(text)}
    assert block([[1, 2], [-2146828288 + number, 0]]).others == {2: ErrorValue(text)}


@pytest.mark.parametrize("text", ["#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!"])
def test_errors_that_excel_shows_without_a_number_of_their_own(text: str) -> None:
    # Office.js: Excel.ErrorCellValueType has Busy, External, Python and Timeout beside the errors of VBA's XlCVError.
    name = text.strip("#!").title()
    assert cell(text) is cell({"type": "Error", "basicValue": text}) is cell({"type": "Error", "errorType": name})
    assert cell(text) is ErrorValue(text)


def test_an_error_number_unknown_today_is_still_an_error() -> None:
    assert cell(ERROR_BASE + 2060) is ErrorValue.UNKNOWN


def test_a_float_of_the_same_size_is_a_number() -> None:
    assert cell(-2146826246.0) == -2146826246.0
    assert block(((-2146826246.0, 1.0),)).others == {}


UNFIT = [
    Decimal("1.0953"), {"type": "Entity"}, object(), {1, 2}, 1j, b"x", np.complex128(1j), np.bytes_(b"x"),
    np.timedelta64(5, "D"), np.timedelta64(5, "ns"), np.void(b"x"),
    np.datetime64("20000-01-01"), np.datetime64("0000-01-01"), np.datetime64("-5000-01-01"),
    np.datetime64(10**12, "Y"), pd.Timestamp(np.datetime64("20000-01-01", "s")),
]  # fmt: skip


@pytest.mark.parametrize("raw", UNFIT)
def test_what_no_cell_can_hold_is_refused(raw: object) -> None:
    with pytest.raises(XlidxError) as caught:
        cell(raw)
    assert caught.value.kind is Kind.TYPE


def test_the_currency_trap_is_named() -> None:
    with pytest.raises(XlidxError, match="only four decimals"):
        cell(Decimal("1.0953"))


@pytest.mark.parametrize(
    ("raw", "grid"),
    [
        (1.0, [[1.0]]),
        ("x", [["x"]]),
        (None, [[None]]),
        ((), [[None]]),
        ([[]], [[None]]),
        (((1.0,),), [[1.0]]),
        ((1.0, 2.0), [[1.0, 2.0]]),
        (((1.0, 2.0),), [[1.0, 2.0]]),
        (((1.0,), (2.0,)), [[1.0], [2.0]]),
        ([[1, 2], [3, 4]], [[1.0, 2.0], [3.0, 4.0]]),
        ([[1, True], [0, False]], [[1.0, True], [0.0, False]]),
        ([[True, 1.0], [0.0, 1.0]], [[True, 1.0], [0.0, 1.0]]),
        ([[1.0, 2.0], [3.0, True]], [[1.0, 2.0], [3.0, True]]),
        ([["a", None], ["#N/A", 2]], [["a", None], [ErrorValue.NA, 2.0]]),
        (np.array([1.0, 2.0]), [[1.0, 2.0]]),
        (np.array([[1], [2]]), [[1.0], [2.0]]),
        (np.array([[1.0, np.nan, np.inf]]), [[1.0, ErrorValue.NA, ErrorValue.NUM]]),
        (np.array(3.0), [[3.0]]),
        (np.array([[True, False]]), [[True, False]]),
        # Empty: numpy and pandas have no cell where a sheet has one.
        *[
            (empty, [[None]])
            for empty in (
                np.array([]),
                np.array([], object),
                np.array([], "U1"),
                np.array([], "datetime64[D]"),
                np.zeros((0, 3)),
                np.zeros((0, 3), object),
                np.zeros((3, 0), object),
                pd.Series([], dtype=object),
                pd.DataFrame(),
            )
        ],
        # 10 February 2020 in nanoseconds is 1.58e18, a number for the taking.
        (np.array(["2020-02-10"], "datetime64[ns]"), [[datetime(2020, 2, 10)]]),
        (np.array([["2020-02-10", "NaT"]], "datetime64[s]"), [[datetime(2020, 2, 10), None]]),
        (pd.Series(["2020-02-10"], dtype="datetime64[ns]"), [[datetime(2020, 2, 10)]]),
        (pd.Series([1.0, 2.0]), [[1.0], [2.0]]),
        (pd.DataFrame({"a": [1.0], "b": ["x"]}), [["a", "b"], [1.0, "x"]]),
    ],
)
def test_any_shape_becomes_rows(raw: object, grid: list[list[object]]) -> None:
    found = block(raw)
    assert found.grid() == grid
    assert [list(map(type, row)) for row in found.grid()] == [list(map(type, row)) for row in grid]
    assert (found.rows, found.columns) == (len(grid), len(grid[0]))


def test_one_cell_that_cannot_be_used_leaves_the_others_alone():
    found = block([[1.0], [Decimal("1.0953")], [object()], [4.0]])
    assert found.numbers.tolist()[0::3] == [1.0, 4.0]
    assert [type(found.others[i]) for i in (1, 2)] == [XlidxError, XlidxError]


def test_days_beyond_the_calendar_are_no_numbers():
    found = block(np.array(["2020-02-10", "20000-01-01"], "datetime64[D]"))
    assert found.others[0] == datetime(2020, 2, 10)
    assert isinstance(found.others[1], XlidxError)
    assert np.isnan(found.numbers).all()


def test_an_array_of_the_caller_is_never_written_to():
    numbers = np.array([[1.0, 2.0]])
    assert not block(numbers).numbers.flags.writeable


@pytest.mark.parametrize("raw", [[[1.0], [1.0, 2.0]], [1.0, [2.0]], np.zeros((2, 2, 2))])
def test_what_is_no_rectangle_is_refused(raw: object) -> None:
    with pytest.raises(XlidxError) as caught:
        block(raw)
    assert caught.value.kind is Kind.SHAPE


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (1.0, 1.0),
        (np.float64(2.0), 2.0),
        (np.float32(0.5), 0.5),
        (3, 3.0),
        (np.int8(3), 3.0),
        (np.bool_(True), True),
        (False, False),
        ("long", "long"),
        (np.str_("long"), "long"),
        (None, None),
        (float("nan"), "#N/A"),
        (np.float64("inf"), "#NUM!"),
        (-float("inf"), "#NUM!"),
        (pd.NaT, None),
        (pd.NA, None),
        (np.datetime64("NaT"), None),
        (np.datetime64("2020-02-10"), date(2020, 2, 10)),
        (pd.Timestamp("2020-02-10"), date(2020, 2, 10)),
        (pd.Timestamp("2020-02-10 09:30"), datetime(2020, 2, 10, 9, 30)),
        (date(2020, 2, 10), date(2020, 2, 10)),
        (XlidxError(Kind.NO_DATA, "a", "b", "c"), "#N/A"),
        (ErrorValue.CALC, "#CALC!"),
        ([], None),
        (np.array([]), None),
        (np.zeros((0, 3)), None),
        (pd.Series([], dtype=float), None),
        (np.array([1.0, 2.0]), [[1.0], [2.0]]),
        (np.array([[1.0, np.nan]]), [[1.0, "#N/A"]]),
        (np.array([True, False]), [[True], [False]]),
        (np.array(["2020-02-10", "NaT"], dtype="datetime64[D]"), [[date(2020, 2, 10)], [None]]),
        (np.array([1.0, None, "x"], dtype=object), [[1.0], [None], ["x"]]),
        ([[1, None], ["a", np.nan]], [[1.0, None], ["a", "#N/A"]]),
        (pd.Series([1.0, np.inf]), [[1.0], ["#NUM!"]]),
        (pd.DataFrame({"a": [1, 2], "b": ["x", None]}), [["a", "b"], [1.0, "x"], [2.0, None]]),
        (pd.DataFrame({"a": []}), [["a"]]),
        (
            [Step("d", "divisor", 2.0, "", "4.1")],
            [["Symbol", "Meaning", "Value", "Unit", "Rule"], ["d", "divisor", 2.0, "", "4.1"]],
        ),
    ],
)
def test_any_result_becomes_plain(result: object, value: object) -> None:
    found = plain(result)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "result",
    [
        -0.0,
        np.float64(-0.0),
        np.array([-0.0, 1.0]),
        np.array([[-0.0, np.nan], [1.0, -0.0]]),
        pd.DataFrame({"a": [-0.0, 1.0], "b": [np.nan, -0.0]}),
        [[-0.0, None]],
        [Step("x", "meaning", -0.0, "", "")],
    ],
)
def test_minus_zero_never_leaves(result: object) -> None:
    found = np.array(plain(result), dtype=object).ravel()
    zeros = [value for value in found.tolist() if isinstance(value, float) and value == 0.0]
    assert zeros
    assert all(math.copysign(1.0, value) == 1.0 for value in zeros)
