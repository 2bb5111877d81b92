"""The wrapper module, executed: what crosses to Python, what comes back, what happens when Python does not answer."""

import pytest
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter import VBAErrorValue

import xlidx
from tests.excel.addin.vba_rig import Excel, Range, gone
from xlidx.errors import ErrorValue
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.xlwings_host import for_cells
from xlidx.values import serial

# The numbers that Excel's own documentation gives for its error values.
NUMBERS = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
    "#GETTING_DATA": 2043, "#SPILL!": 2045, "#CONNECT!": 2046, "#BLOCKED!": 2047, "#UNKNOWN!": 2048,
    "#FIELD!": 2049, "#CALC!": 2050,
    # VBA has no number for these: they show as #UNKNOWN!, an error all the same.
    "#BUSY!": 2048, "#EXTERNAL!": 2048, "#PYTHON!": 2048, "#TIMEOUT!": 2048,
}  # fmt: skip
EXAMPLES = [(entry.name, example) for entry in CATALOGUE for example in entry.examples]
VALUE, NA = VBAErrorValue(2015), VBAErrorValue(2042)


def shown(answer):
    """Return what a plain answer looks like in cells."""
    if isinstance(answer, list):
        return [shown(cell) for cell in answer]
    return VBAErrorValue(NUMBERS[answer]) if answer in NUMBERS else answer


def given(argument):
    """Return an argument of an example as Excel's cells hold it."""
    if isinstance(argument, list | tuple):
        rows = argument if isinstance(argument[0], list | tuple) else [argument]
        return Range([[number(cell) for cell in row] for row in rows])
    return Range(number(argument))


def number(value):
    return float(serial(value)) if hasattr(value, "toordinal") else value


def close(found, wanted):
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(close, found, wanted))
    if isinstance(wanted, float):
        return isinstance(found, float) and abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return found == wanted or (wanted is None and "EMPTY" in repr(found).upper())


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EXAMPLES)])
def test_an_example_gives_its_answer_through_the_wrapper(name, example):
    found = Excel().run(name, *map(given, example.arguments))
    answer = xlidx.call(name, *example.arguments) if example.answer is None else example.answer
    wanted = shown(for_cells(answer))
    assert close(found, wanted), (found, wanted)


def test_contents_cross_not_references():
    excel = Excel(lambda *_: 1.0)
    excel.run("XI_INDEX_LEVEL", Range([[1.0, NA], [None, "x"]]), 2.0, Range(None))
    [(script, name, cells)] = excel.calls
    assert (script, name) == ("xlidx.excel", "XI_INDEX_LEVEL")
    assert cells[:3] == (((1.0, -2146826246), (None, "x")), 2.0, None)
    assert cells[3:] == (None,) * 3


def test_a_function_without_arguments_is_called_with_none():
    excel = Excel(lambda *_: "1")
    assert excel.run("XI_VERSION") == "1"
    assert excel.calls == [("xlidx.excel", "XI_VERSION", ())]


def test_the_numbers_cover_every_error_value():
    assert set(NUMBERS) == {str(error) for error in ErrorValue}


@pytest.mark.parametrize("text", NUMBERS)
def test_an_error_text_becomes_the_error(text):
    assert Excel(lambda *_: text).run("XI_VERSION") == VBAErrorValue(NUMBERS[text])


def test_error_texts_become_errors_cell_by_cell():
    block = [["isin", "value"], ["#N/A", 1.5], [None, "#NUM!"], ["#N/A in a sentence", True]]
    found = Excel(lambda *_: block).run("XI_VERSION")
    assert found[1] == [NA, 1.5]
    assert found[2][1] == VBAErrorValue(2036)
    assert found[3] == ["#N/A in a sentence", True]
    assert Excel(lambda *_: ["#DIV/0!", 2.0, "x"]).run("XI_VERSION") == [VBAErrorValue(2007), 2.0, "x"]


def test_a_reference_of_several_areas_is_refused_before_python_is_asked():
    excel = Excel()
    assert excel.run("XI_INDEX_LEVEL", Range(1.0, areas=2), 1.0, 1.0) == VALUE
    assert excel.run("XI_WHY", "XI_INDEX_LEVEL", 1.0, Range(1.0, areas=2)) == (
        "#VALUE! a reference of several areas - argument 3 - give one block of cells"
    )
    assert excel.calls == []


def test_python_is_started_once():
    excel = Excel()
    for _ in range(3):
        excel.run("XI_VERSION")
    assert (excel.starts, len(excel.calls)) == (1, 3)


@pytest.mark.parametrize("code", [462, -2147023174, -2147023170, -2147417848, -2147418094])
def test_a_dead_server_is_started_again_once(code):
    excel = Excel(lambda *_: 7.0, (gone(code),))
    assert excel.run("XI_VERSION") == 7.0
    assert (excel.starts, len(excel.calls), excel.kills) == (2, 2, 1)


def test_a_server_that_dies_twice_is_an_error_and_the_next_call_starts_it():
    excel = Excel(lambda *_: 7.0, (gone(), gone()))
    assert excel.run("XI_VERSION") == VALUE
    assert (excel.starts, len(excel.calls)) == (2, 2)
    assert excel.run("XI_VERSION") == 7.0


def test_a_fault_of_a_living_server_is_not_tried_again():
    excel = Excel(lambda *_: 7.0, (VBARuntimeError(-2147352567, "Exception occurred"),))
    assert excel.run("XI_VERSION") == VALUE
    assert (excel.starts, len(excel.calls)) == (1, 1)


def test_a_slow_failing_start_is_not_repeated_for_every_cell():
    excel = Excel()
    excel.start_faults, excel.slow = [VBARuntimeError(1000, "no such interpreter")] * 3, 5.0
    assert [excel.run("XI_VERSION") for _ in range(4)] == [VALUE] * 4
    assert excel.starts == 1
    assert excel.run("XI_WHY", "#N/A") == (
        "#VALUE! Python does not start (no such interpreter) - add-in - run xlidx doctor"
    )
    excel.now += 21.0
    excel.run("XI_VERSION")
    assert excel.starts == 2


def test_a_quickly_failing_start_is_tried_at_every_cell():
    excel = Excel(lambda *_: 7.0)
    excel.start_faults = [VBARuntimeError(91, "Object variable not set")]
    assert [excel.run("XI_VERSION") for _ in range(2)] == [VALUE, 7.0]


def test_restart_forgets_the_server():
    excel = Excel(lambda *_: 7.0)
    excel.run("XI_VERSION")
    excel.run("xlidx_restart")
    assert (excel.kills, excel.calculations) == (1, 1)
    assert excel.run("XI_VERSION") == 7.0
    assert excel.starts == 2
