"""Calls through the boundary: broadcasting, blanks, errors cell by cell, sentences."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import xlidx
from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.values import serial

BOOK = find("XI_TURBO_BOOK").examples[0]
EXAMPLES = [(e.name, x) for e in CATALOGUE for x in e.examples]


def close(found: object, wanted: object) -> bool:
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(close, found, wanted))
    if isinstance(wanted, float) and not isinstance(found, str):
        return type(found) is float and abs(found - wanted) <= 1e-12 * max(1.0, abs(wanted))
    return type(found) is type(wanted) and found == wanted


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EXAMPLES)])
def test_every_example_gives_its_answer(name, example):
    found = xlidx.call(name, *example.arguments)
    if example.answer is None:  # a table whose text grows with the project: it must be one, with a header
        assert len(found) > 1
        assert all(isinstance(title, str) for title in found[0])
    else:
        assert close(found, example.answer), found


@pytest.mark.parametrize(("name", "example"), [(n, x) for n, x in EXAMPLES if x.arguments])
def test_an_example_does_not_depend_on_how_its_arguments_arrive(name, example):
    def as_tuples(value):
        return tuple(map(tuple, value)) if isinstance(value, list) else value

    def as_serials(value):
        if isinstance(value, list):
            return [[as_serials(cell) for cell in row] for row in value]
        return serial(value) if isinstance(value, date) else value

    def as_one_by_one(value):
        return value if isinstance(value, list) else [[value]]

    wanted = xlidx.call(name, *example.arguments)
    for form in (as_tuples, as_serials, as_one_by_one):
        if form is as_serials and name == "XI_EXPLAIN":
            continue
        assert close(xlidx.call(name, *map(form, example.arguments)), wanted)


@pytest.mark.parametrize("name", [e.name for e in CATALOGUE if e.explain])
def test_an_explanation_ends_with_the_result(name):
    entry = next(e for e in CATALOGUE if e.name == name)
    example = next(x for x in entry.examples if _one_case(entry, x))
    result = xlidx.call(name, *example.arguments)
    steps = xlidx.explain(name, *example.arguments)
    if isinstance(result, list) and all(isinstance(title, str) for title in result[0]):
        row = dict(zip(*result, strict=True))
        assert {row["adjusted_price"], row["new_shares"]} <= {step.value for step in steps}
        return
    wanted = [cell for row in result for cell in row] if isinstance(result, list) else [result]
    last = [step.value for step in steps][-len(wanted) :]
    assert [v.date() if isinstance(v, datetime) else v for v in last] == wanted
    assert all(step.meaning and step.symbol for step in steps)


def _one_case(entry, example):
    ranges = [a for a in example.arguments if isinstance(a, list) and not isinstance(a[0][0], str)]
    return not ranges if entry.each else all(len(a) == 1 or len(a[0]) == 1 for a in ranges)


def test_scalars_broadcast_over_a_column():
    assert xlidx.call("XI_TURBO_VALUE", "short", [[13571.32], [13576.32]], 13532.32, 0.01) == [
        [pytest.approx(0.39)],
        [pytest.approx(0.44)],
    ]


def test_a_row_meets_a_column_in_a_block():
    found = xlidx.call("XI_TURBO_VALUE", "long", [[90.0, 80.0]], [[100.0], [110.0]], 1.0)
    assert found == [[10.0, 20.0], [20.0, 30.0]]


def test_bad_cells_speak_for_themselves_and_the_others_compute():
    found = xlidx.call(
        "XI_TURBO_VALUE",
        [["long"], ["sideways"], ["long"], ["long"], ["long"], ["short"]],
        [[90.0], [90.0], ["abc"], ["#REF!"], [None], [120.0]],
        100.0,
        [[1.0], [1.0], [1.0], [1.0], [1.0], [-1.0]],
    )
    assert found == [[10.0], ["#VALUE!"], ["#VALUE!"], ["#REF!"], ["#VALUE!"], ["#NUM!"]]


def test_a_currency_cell_spoils_its_own_row_and_is_named():
    column = [[90.0], [Decimal("80.0")], [70.0]]
    assert xlidx.call("XI_TURBO_VALUE", "long", column, 100.0, 1.0) == [[10.0], ["#VALUE!"], [30.0]]
    sentence = xlidx.why("XI_TURBO_VALUE", "long", column, 100.0, 1.0)
    assert sentence.startswith("#VALUE! financing_level: 80.0 comes from a currency format")
    assert "argument financing_level, item 2" in sentence


def test_the_first_note_of_a_book_speaks_in_why():
    terms, market = (list(map(list, table)) for table in BOOK.arguments)
    market[1][1] = None
    assert xlidx.why("XI_TURBO_BOOK", terms, market).startswith("#VALUE! spot is blank - table market, row 2")
    assert xlidx.why("XI_TURBO_BOOK", *BOOK.arguments) == ""


def test_the_first_bad_cell_speaks_in_why():
    sentence = xlidx.why("XI_TURBO_VALUE", "long", [[90.0], ["abc"]], 100.0, 1.0)
    assert sentence == "#VALUE! financing_level is text 'abc' - argument financing_level, item 2 - give a number"


def test_an_error_in_a_vector_is_the_answer():
    assert xlidx.call("XI_INDEX_LEVEL", [[10.0, "#DIV/0!"]], [[1.0, 1.0]], 1.0) == "#DIV/0!"
    assert xlidx.why("XI_INDEX_LEVEL", [[10.0, "#DIV/0!"]], [[1.0, 1.0]], 1.0).startswith(
        "#DIV/0! prices holds #DIV/0!"
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([[10.0, "ten"]], 1.0, 1.0), "#VALUE!"),
        (([[10.0, True]], 1.0, 1.0), "#VALUE!"),
        (([[10.0, None]], 1.0, 1.0), "#VALUE!"),
        (([[10.0, 20.0]], [[1.0, 1.0, 1.0]], 1.0), "#VALUE!"),
        (([[10.0, 20.0]], 1.0), "#VALUE!"),
        (([[10.0, 20.0]], 1.0, 0.0), "#NUM!"),
        (([[10.0, 20.0]], 1.0, 1.0, 62.0), "#NUM!"),
        (([[10.0, -20.0]], 1.0, 1.0), "#NUM!"),
        (([[10.0, 20.0]], 1.0, 1.0, 1.0, 1.0, 1.0, 1.0), "#VALUE!"),
    ],
)
def test_bad_input_of_the_level_is_an_error(arguments, error):
    assert xlidx.call("XI_INDEX_LEVEL", *arguments) == error
    assert xlidx.why("XI_INDEX_LEVEL", *arguments).startswith(error)


def test_blank_omitted_and_empty_text_are_the_default():
    wanted = xlidx.call("XI_FREE_FLOAT_BAND", 0.62, 0.05, "up")
    assert wanted == 0.65
    for blank in ((), (None,), ("",), (None, None), ("", " "), (-2147352572, -2147352572)):
        assert xlidx.call("XI_FREE_FLOAT_BAND", 0.62, *blank) == wanted


def test_a_blank_cell_of_an_optional_range_is_the_default():
    fx = [[None], [2.0]]
    assert xlidx.call("XI_TURBO_VALUE", "long", 90.0, [[100.0], [100.0]], 1.0, fx) == [[10.0], [5.0]]


def test_dates_arrive_as_serial_datetime_date_or_text():
    rest = (43861.0, 21.3, 0.075, 0.1)
    forms = (43864.0, datetime(2020, 2, 3), date(2020, 2, 3), "2020-02-03", pd.Timestamp("2020-02-03"))
    found = {xlidx.call("XI_TURBO_STOP_LOSS_RESET", "open ended", "long", 20.0, day, *rest) for day in forms}
    assert found == {21.5}


@pytest.mark.parametrize("day", [43864.5, 30.0, "3 Feb 2020", True, datetime(2020, 2, 3, 12)])
def test_what_is_no_day_is_refused(day):
    rest = (43861.0, 21.3, 0.075, 0.1)
    assert xlidx.call("XI_TURBO_STOP_LOSS_RESET", "open ended", "long", 20.0, day, *rest) == "#VALUE!"


def test_a_vector_result_lies_as_its_first_argument():
    assert xlidx.call("XI_CAPPED_WEIGHTS", [[60.0, 20.0, 20.0]], 0.5) == [[0.5, 0.25, 0.25]]
    assert xlidx.call("XI_CAPPED_WEIGHTS", [[60.0], [20.0], [20.0]], 0.5) == [[0.5], [0.25], [0.25]]


def test_ranges_that_do_not_fit_are_named():
    sentence = xlidx.why("XI_TURBO_VALUE", "long", [[90.0], [90.0]], [[1.0], [2.0], [3.0]], 1.0)
    assert sentence.startswith("#VALUE! ranges do not fit: financing_level 2 x 1, spot 3 x 1")


def test_an_outer_product_too_large_is_refused_before_it_is_made():
    row, column = np.ones((1, 20_000)), np.ones((20_000, 1))
    assert xlidx.call("XI_TURBO_VALUE", "long", row, column, 1.0) == "#VALUE!"


def test_overflow_is_a_number_error():
    assert xlidx.call("XI_TURBO_VALUE", "long", 1.0, 1e308, 1e308) == "#NUM!"


def test_an_unknown_function_is_named_with_the_closest():
    with pytest.raises(xlidx.XlidxError, match="did you mean XI_INDEX_LEVEL"):
        xlidx.call("XI_INDEX_LEVL", 1.0)


def test_why_in_a_cell_tells_the_meaning_and_the_way_to_the_sentence():
    assert "no price" not in xlidx.call("XI_WHY", "#NUM!")
    assert '=XI_WHY("XI_' in xlidx.call("XI_WHY", "#NUM!")
    assert xlidx.call("XI_WHY", "XI_CAPPING_FACTORS", [[50.0, 30.0, 20.0]], 0.3).startswith("#NUM! ")
    assert xlidx.call("XI_WHY", "XI_INDEX_LEVEL", [[1.0, 2.0]], 1.0, 1.0) == "no error"


def test_explain_refuses_as_the_function_refuses():
    assert xlidx.call("XI_EXPLAIN", "XI_DIVISOR_CHAIN", 0.0, 1.0, 1.0) == "#NUM!"
    assert xlidx.call("XI_EXPLAIN", "XI_FUNCTIONS") == "#VALUE!"
    assert xlidx.call("XI_EXPLAIN", "XI_NOTHING") == "#VALUE!"


def test_a_path_with_a_hole_gives_no_date():
    days = [[date(2020, 2, 10)], [date(2020, 2, 11)]]
    high = [[103.0], [104.0]]
    assert xlidx.call("XI_TURBO_STOP_LOSS_EVENT", "long", 100.0, [[101.0], ["#N/A"]], high, days) == "#N/A"
    assert xlidx.call("XI_TURBO_STOP_LOSS_EVENT", "long", 100.0, [[101.0], [102.0]], high, days) is None
