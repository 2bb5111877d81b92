"""Every function through the genuine classic xlwings pipeline, in a process that xlwings takes for Windows.

``classic_rig.py`` says what is genuine and what is fake.  Expected values stand in the catalogue's examples or
are written here by hand; blanks come back as ``""``, one row as a flat list and one cell as a scalar, because
that is how xlwings hands results to COM.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import xlidx
from tests.excel.hosts.agreement import close
from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.values import serial

RIG = Path(__file__).with_name("classic_rig.py")
OMITTED = -2147352572
NULL, DIV0, NA, SPILL = -2146826288, -2146826281, -2146826246, -2146826243
ERRORS = {"#NULL!": NULL, "#DIV/0!": DIV0, "#N/A": NA, "#SPILL!": SPILL, "#NUM!": -2146826252, "#VALUE!": -2146826273}
EXAMPLES = [(e.name, x) for e in CATALOGUE for x in e.examples]


class Ref:
    """A reference to cells, given as rows or as the content of one cell."""

    def __init__(self, cells: Any):
        self.cells = cells


class Classic:
    """The child process: one question, one answer."""

    def __init__(self, process: subprocess.Popen[str]):
        self.process = process

    def ask(self, *requests: dict[str, Any]) -> list[Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(requests) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the rig has ended; its traceback stands in the captured standard error"
        return json.loads(line)

    def answer(self, name: str, *arguments: Any, **more: Any) -> dict[str, Any]:
        """Return the whole answer of a call; arguments that are left out are passed as such, as Excel does."""
        given = [wired(a) for a in arguments]
        given += [OMITTED] * (len(find(name).params) - len(given))
        return self.ask({"call": name, "arguments": given, **more})[0]

    def call(self, name: str, *arguments: Any, **more: Any) -> Any:
        found = self.answer(name, *arguments, **more)
        assert "value" in found, found
        return unwired(found["value"])


def wired(value: Any) -> Any:
    if isinstance(value, Ref):
        return {"cells": wired(value.cells)}
    if isinstance(value, list | tuple):
        return [wired(item) for item in value]
    if isinstance(value, Decimal):
        return {"currency": str(value)}
    if isinstance(value, datetime):
        return {"date": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def unwired(value: Any) -> Any:
    if isinstance(value, list):
        return [unwired(item) for item in value]
    return datetime.fromisoformat(value["date"]) if isinstance(value, dict) and "date" in value else value


@pytest.fixture(scope="module")
def classic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Classic]:
    home = str(tmp_path_factory.mktemp("home"))  # no configuration of xlwings, hence no licence key
    hidden = {name: value for name, value in os.environ.items() if not name.upper().startswith("XLWINGS")}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    command = [sys.executable, str(RIG)]
    with subprocess.Popen(command, env={**hidden, "HOME": home, "USERPROFILE": home}, **pipes) as process:
        yield Classic(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def handed_back(plain: Any) -> Any:
    """Return how xlwings hands a plain result to COM."""
    if isinstance(plain, list):
        rows = [[handed_back(cell) for cell in row] for row in plain]
        return rows if len(rows) > 1 else rows[0] if len(rows[0]) > 1 else rows[0][0]
    if isinstance(plain, datetime):
        return plain.replace(tzinfo=UTC)
    if isinstance(plain, date):
        return datetime(plain.year, plain.month, plain.day, tzinfo=UTC)
    return "" if plain is None else plain


def typed(argument: Any) -> Any:
    """Return an argument typed into the formula: a constant, or an array constant (one row is flat in VBA)."""
    if isinstance(argument, list):
        rows = [[("" if cell is None else typed(cell)) for cell in row] for row in argument]
        return rows if len(rows) > 1 else rows[0]
    if isinstance(argument, date):
        return serial(argument)
    if argument is None:
        return OMITTED
    return cell_content(argument)


def cell_content(value: Any) -> Any:
    """Return one cell's content over COM: numbers are floats, dates datetimes, errors integers."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, str):
        return ERRORS.get(value, value)
    return float(value) if type(value) is int else value


def selected(argument: Any) -> Ref:
    """Return an argument as a reference to cells that hold it."""
    rows = argument if isinstance(argument, list) else [[argument]]
    return Ref([[cell_content(cell) for cell in row] for row in rows])


def as_values(argument: Any) -> Any:
    """Return a reference by its ``Value2``: rows of plain values, dates as serial numbers, one cell a scalar."""
    rows = argument if isinstance(argument, list) else [[argument]]
    cells = [[serial(cell) if isinstance(cell, date) else cell_content(cell) for cell in row] for row in rows]
    return cells if len(cells) > 1 or len(cells[0]) > 1 else cells[0][0]


@pytest.mark.parametrize("form", [typed, selected, as_values])
@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EXAMPLES)])
def test_every_example_gives_the_answer_of_the_catalogue(classic, name, example, form):
    found = classic.call(name, *map(form, example.arguments))
    assert close(found, handed_back(xlidx.call(name, *example.arguments))), found
    assert example.answer is None or close(found, handed_back(example.answer)), found


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EXAMPLES)])
def test_the_wrappers_of_xlwings_itself_give_the_same(classic, name, example):
    found = classic.call(name, *map(selected, example.arguments), book=True)
    assert close(found, handed_back(xlidx.call(name, *example.arguments))), found


def test_xlwings_chose_the_classic_host_without_a_licence_key(classic):
    [found] = classic.ask({"host": True})
    assert (found["host"], found["decorator"], found["pro"]) == ("com", "xlwings.udfs", False)


def test_xlwings_finds_the_functions_of_the_catalogue_and_nothing_else(classic):
    [found] = classic.ask({"host": True})
    assert found["functions"] == sorted(entry.name for entry in CATALOGUE)


RESET = ("XI_TURBO_STOP_LOSS_RESET", "open ended", "long", 20.0)
RESET_REST = (21.3, 0.075, 0.1)  # 20 x 1.075 = 21.5 on a reset day, else the 21.3 of before
CURRENCY = (
    "#VALUE! 200 comes from a currency format, which hands over only four decimals - range - "
    "give the cell a number format (in Python: pass a float)"
)
CASES = {
    "optional arguments left out": (("XI_FREE_FLOAT_BAND", 0.62, OMITTED, OMITTED), 0.65),
    "optional arguments on blank cells": (("XI_FREE_FLOAT_BAND", 0.62, Ref(None), Ref(None)), 0.65),
    "an optional argument left out before one given": (("XI_FREE_FLOAT_BAND", 0.62, OMITTED, "down"), 0.60),
    "an optional argument of empty text": (("XI_FREE_FLOAT_BAND", 0.62, "", Ref("")), 0.65),
    "a blank cell in an optional range": (
        ("XI_TURBO_VALUE", "long", 90.0, Ref([[100.0], [100.0]]), 1.0, Ref([[None], [2.0]])),
        [[10.0], [5.0]],
    ),
    "a required argument on a blank cell": (("XI_DIVISOR_CHAIN", 200.0, Ref(None), 21500.0), "#VALUE!"),
    "a required argument left out": (("XI_DIVISOR_CHAIN", 200.0, OMITTED, 21500.0), "#VALUE!"),
    "a blank cell in a required range": (("XI_INDEX_LEVEL", Ref([[10.0, None]]), 1.0, 1.0), "#VALUE!"),
    "#N/A typed": (("XI_DIVISOR_CHAIN", 200.0, NA, 21500.0), "#N/A"),
    "#N/A in a cell": (("XI_DIVISOR_CHAIN", 200.0, Ref(NA), 21500.0), "#N/A"),
    "#SPILL! in a cell": (("XI_DIVISOR_CHAIN", 200.0, Ref(SPILL), 21500.0), "#SPILL!"),
    "#NULL! in a cell": (("XI_DIVISOR_CHAIN", Ref(NULL), 20000.0, 21500.0), "#NULL!"),
    "an error in an optional argument": (("XI_FREE_FLOAT_BAND", 0.62, Ref(DIV0)), "#DIV/0!"),
    "an error in a range of numbers": (("XI_INDEX_LEVEL", Ref([[10.0, SPILL]]), 1.0, 1.0), "#SPILL!"),
    "an error typed into an array": (("XI_INDEX_LEVEL", [10.0, NA], 1.0, 1.0), "#N/A"),
    "errors of single cells stay in their cells": (
        ("XI_DIVISOR_CHAIN", Ref([[200.0], [NA], ["abc"], [SPILL], [0.0], [None]]), 20000.0, 21500.0),
        [[215.0], ["#N/A"], ["#VALUE!"], ["#SPILL!"], ["#NUM!"], ["#VALUE!"]],
    ),
    "a date in a cell": ((*RESET, Ref(datetime(2020, 2, 3)), Ref(datetime(2020, 1, 31)), *RESET_REST), 21.5),
    "a date as serial number": ((*RESET, 43864.0, 43861.0, *RESET_REST), 21.5),
    "a date cell without a date format": ((*RESET, Ref(43864.0), Ref(43861.0), *RESET_REST), 21.5),
    "the day after the reset day": ((*RESET, Ref(datetime(2020, 2, 4)), Ref(datetime(2020, 2, 3)), *RESET_REST), 21.3),
    "dates in a column": (
        (*RESET, Ref([[datetime(2020, 2, 3)], [datetime(2020, 2, 4)]]), Ref([[43861.0], [43864.0]]), *RESET_REST),
        [[21.5], [21.3]],
    ),
    "a time of day is no day": ((*RESET, Ref(datetime(2020, 2, 3, 9, 30)), 43861.0, *RESET_REST), "#VALUE!"),
    "a date where a number belongs": (("XI_DIVISOR_CHAIN", 200.0, Ref(datetime(2020, 2, 3)), 21500.0), "#VALUE!"),
    "a currency cell": (("XI_DIVISOR_CHAIN", Ref(Decimal(200)), 20000.0, 21500.0), "#VALUE!"),
    "a currency cell in a range": (("XI_INDEX_LEVEL", Ref([[10.0, Decimal("1.0953")]]), 1.0, 1.0), "#VALUE!"),
    "TRUE and FALSE": (
        ("XI_CAPPING_FACTORS", Ref([[8.8e9], [2.0e9]]), 0.12, Ref([[False], [True]])),
        [[1.0], [0.6]],
    ),
    "TRUE where a number belongs": (("XI_DIVISOR_CHAIN", 200.0, Ref(True), 21500.0), "#VALUE!"),
    "TRUE among numbers": (("XI_INDEX_LEVEL", Ref([[10.0, True]]), 1.0, 1.0), "#VALUE!"),
    "a whole number from VBA": (("XI_DIVISOR_CHAIN", 200, 20000, 21500), 215.0),
    "a truth value comes back as one": (("XI_CHECK_ISIN", "DE000NG20XP4"), False),
    "truth values and errors in one column": (
        ("XI_CHECK_ISIN", Ref([["DE000NG20XP3"], ["DE000NG20XP4"], [NA], [1.0]])),
        [[True], [False], ["#N/A"], ["#VALUE!"]],
    ),
    "a date comes back as one": (
        ("XI_TURBO_STOP_LOSS_EVENT", "long", 100.0, Ref(99.0), Ref(101.0), Ref(datetime(2020, 2, 12))),
        datetime(2020, 2, 12, tzinfo=UTC),
    ),
    "a blank comes back as empty text": (
        ("XI_TURBO_STOP_LOSS_EVENT", "long", 100.0, Ref(100.5), Ref(101.0), Ref(datetime(2020, 2, 12))),
        "",
    ),
    "a row comes back flat": (("XI_CAPPED_WEIGHTS", Ref([[60.0, 20.0, 20.0]]), 0.5), [0.5, 0.25, 0.25]),
    "a column comes back as rows": (("XI_CAPPED_WEIGHTS", Ref([[60.0], [20.0], [20.0]]), 0.5), [[0.5], [0.25], [0.25]]),
    "why a currency cell is refused, the rest left out": (
        ("XI_WHY", "XI_DIVISOR_CHAIN", Ref(Decimal(200)), 20000.0, 21500.0),
        CURRENCY,
    ),
    "why nothing is wrong although an argument is left out": (
        ("XI_WHY", "XI_FREE_FLOAT_BAND", 0.62, OMITTED, "down"),
        "no error",
    ),
    "a domain error": (("XI_CAPPING_FACTORS", Ref([[50.0, 30.0, 20.0]]), 0.3), "#NUM!"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), CASES.values(), ids=list(CASES))
def test_a_cell_means_what_it_shows(classic, given, wanted):
    found = classic.call(*given)
    assert close(found, wanted), found


def test_a_mixed_table_keeps_every_kind_of_cell(classic):
    header = ["Date", "Level", "Event", "Note"]
    table = [header, [date(2020, 2, 10), 100.0, True, None], [datetime(2020, 2, 11, 9, 30), 0.0, False, "#N/A"]]
    [found] = classic.ask({"write": wired(table)})
    assert unwired(found) == [
        header,
        [datetime(2020, 2, 10, tzinfo=UTC), 100.0, True, ""],
        [datetime(2020, 2, 11, 9, 30, tzinfo=UTC), 0.0, False, "#N/A"],
    ]
    assert [type(cell) for cell in unwired(found)[2][1:]] == [float, bool, str]


def test_a_blank_in_the_table_of_a_function_is_empty_text_beside_numbers(classic):
    example = find("XI_TURBO_BOOK").examples[0]
    [titles, row] = classic.call("XI_TURBO_BOOK", *map(selected, example.arguments))
    found = dict(zip(titles, row, strict=True))
    assert (found["note"], found["state"], found["days"], found["settlement"]) == ("", "live", 0.0, 0.39)


def test_an_argument_too_many_is_an_error_not_an_exception(classic):
    assert classic.call("XI_VERSION") == xlidx.call("XI_VERSION")
    assert classic.call("XI_DIVISOR_CHAIN", 200.0, 20000.0, 21500.0, 1.0) == "#VALUE!"


def test_a_name_that_is_not_there_fails_as_xlwings_fails(classic):
    assert classic.answer("XI_CHECK_ISIN", "x")["value"] is False
    [found] = classic.ask({"call": "XI_NOTHING", "arguments": []})
    assert found["raised"].startswith("AttributeError")


def test_excel_is_read_once_per_reference_and_never_for_literals(classic):
    literal = classic.answer("XI_INDEX_LEVEL", [1200.0, 227.0, 73.0], 1.0, 3.0)
    assert literal == {"value": 500.0, "reads": {}}
    small = classic.answer("XI_INDEX_LEVEL", Ref([[1500.0]]), Ref(1.0), Ref(3.0))
    large = classic.answer("XI_INDEX_LEVEL", Ref([[1.5] * 1000]), Ref(1.0), Ref(3.0))
    assert (small["value"], large["value"]) == (500.0, 500.0)
    assert small["reads"] == large["reads"]
    assert small["reads"]["Value"] == 3


SIGNATURE = re.compile(r"^Function (XI_\w+)\(([^)]*)\)$", re.MULTILINE)


@pytest.fixture(scope="module")
def imported(classic):
    return classic.ask({"import": "desk.xlsm"})[0]


def test_import_functions_writes_one_wrapper_per_entry(imported):
    [module] = imported["modules"]
    assert max(map(len, module.splitlines())) <= 1023
    written = {
        name: [argument for argument in arguments.split(", ") if argument]
        for name, arguments in SIGNATURE.findall(module.replace(" _\n", " "))
    }
    assert written == {
        entry.name: [p.name if p.required else f"Optional {p.name}" for p in entry.params] for entry in CATALOGUE
    }
    for entry in CATALOGUE:
        arguments = ", ".join(p.name for p in entry.params)
        assert f'XLPy.CallUDF("xlidx.excel", "{entry.name}", Array({arguments}), ThisWorkbook' in module
    assert "Application.Volatile" not in module


def test_optional_and_required_arguments_are_marked(imported):
    assert "Function XI_TURBO_VALUE(side, financing_level, spot, entitlement, Optional fx)" in imported["modules"][0]
    assert "Function XI_FUNCTIONS()" in imported["modules"][0]


def test_import_functions_registers_the_whole_help(imported):
    given = {option["macro"]: option for option in imported["options"]}
    assert sorted(given) == sorted(f"'desk.xlsm'!{entry.name}" for entry in CATALOGUE)
    for entry in CATALOGUE:
        option = given[f"'desk.xlsm'!{entry.name}"]
        assert option["Category"] == "xlidx"
        assert option["Description"] == entry.help
        assert (option["ArgumentDescriptions"] or []) == [p.help for p in entry.params]
        assert all(len(text) <= 255 for text in [entry.help, *(p.help for p in entry.params)])
