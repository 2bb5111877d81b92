"""Every function as xlwings Lite calls it, from the very ``main.py`` that ``xlidx lite`` writes.

``officejs_rig.py`` says what stands in for the host.  The genuine host runs only on request, because its licence
is the user's affair: set ``XLIDX_OFFICEJS=1`` beside the ``XLWINGS_LICENSE_KEY`` of your own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.excel.hosts.officejs_wire import BLANKS, EXAMPLES, Ask, disagreements, flat, misregistered, request
from tests.hosts import OFFICEJS
from xlidx.cli import run
from xlidx.excel.catalogue import CATALOGUE

RIG = Path(__file__).with_name("officejs_rig.py")


@contextmanager
def child(main: Path, environment: dict[str, str], *options: str) -> Iterator[Ask]:
    command = [sys.executable, str(RIG), str(main), *options]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(command, env=environment, **pipes) as process:

        def ask(requests: list[dict[str, Any]]) -> list[Any]:
            process.stdin.write(json.dumps(requests, allow_nan=False) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            assert line, "the rig has ended; its traceback stands in the captured standard error"
            return json.loads(line)

        yield ask
        process.stdin.close()
        assert process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def main_py(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lite")
    assert run(["lite", "-o", str(folder)]) == 0
    return folder / "main.py"


@pytest.fixture(scope="module")
def stub(main_py: Path) -> Iterator[Ask]:
    hidden = {name: value for name, value in os.environ.items() if not name.upper().startswith("XLWINGS")}
    home = str(main_py.parent)  # no configuration of xlwings, hence no licence key
    with child(main_py, {**hidden, "HOME": home, "USERPROFILE": home}) as ask:
        yield ask


def test_the_stand_in_is_taken_for_the_host(stub):
    assert stub([{"host": True}]) == [{"host": "officejs", "decorator": "xlwings.pro.udfs_officejs"}]


def test_main_registers_the_functions_of_the_catalogue_with_their_help(stub):
    [found] = stub([{"meta": True}])
    assert len(found) == len(CATALOGUE)
    assert misregistered(found) == []


@pytest.mark.parametrize("blank", BLANKS)
def test_every_example_gives_what_a_call_gives(stub, blank):
    assert len(EXAMPLES) >= len(CATALOGUE)
    assert disagreements(stub, BLANKS[blank]) == []


NA = {"type": "Error", "basicType": "Error", "basicValue": "#N/A", "errorType": "NotAvailable"}
RICH = {"type": "Error", "basicType": "Error", "basicValue": "#FIELD!", "errorType": "Field"}
DAY = {"type": "FormattedNumber", "basicValue": 43872, "numberFormat": "dd/mm/yyyy"}
EVENT = ("XI_TURBO_STOP_LOSS_EVENT", [["long"]], [[100]])
CASES = {
    "one cell": (("XI_DIVISOR_CHAIN", [[200]], [[20000]], [[21500]]), [[215.0]]),
    "a row": (("XI_CAPPED_WEIGHTS", [[60, 20, 20]], [[0.5]]), [[0.5, 0.25, 0.25]]),
    "a column": (("XI_CAPPED_WEIGHTS", [[60], [20], [20]], [[0.5]]), [[0.5], [0.25], [0.25]]),
    "an error in an argument": (("XI_DIVISOR_CHAIN", [[200]], [[NA]], [[21500]]), [["#N/A"]]),
    "a newer error in a range": (("XI_INDEX_LEVEL", [[10, RICH]], [[1]], [[1]]), [["#FIELD!"]]),
    "a blank cell in a required argument": (("XI_DIVISOR_CHAIN", [[200]], [[None]], [[21500]]), [["#VALUE!"]]),
    "empty text in a required argument": (("XI_DIVISOR_CHAIN", [[200]], [[""]], [[21500]]), [["#VALUE!"]]),
    "a null in a required argument": (("XI_DIVISOR_CHAIN", [[200]], [[BLANKS["jsnull"]]], [[215]]), [["#VALUE!"]]),
    "a null in a required range": (("XI_INDEX_LEVEL", [[10, BLANKS["jsnull"]]], [[1]], [[1]]), [["#VALUE!"]]),
    "a blank optional argument": (("XI_FREE_FLOAT_BAND", [[0.62]], [[None]], [["down"]]), [[0.6]]),
    "an optional argument left out": (("XI_FREE_FLOAT_BAND", [[0.62]], None, None), [[0.65]]),
    "one bad cell beside good ones": (
        ("XI_TURBO_VALUE", [["long"]], [[90]], [[100], [BLANKS["jsnull"]], [NA]], [[1]]),
        [[10.0], ["#VALUE!"], ["#N/A"]],
    ),
    "TRUE where a number belongs": (("XI_DIVISOR_CHAIN", [[200]], [[True]], [[21500]]), [["#VALUE!"]]),
    "TRUE and FALSE come back": (("XI_CHECK_ISIN", [["DE000NG20XP3"], ["DE000NG20XP4"]]), [[True], [False]]),
    "a date of a data type": ((*EVENT, [[99]], [[101]], [[DAY]]), [[43872.0]]),
    "a blank comes back as empty text": ((*EVENT, [[100.5]], [[101]], [[43872]]), [[""]]),
    "a number outside the domain": (("XI_CAPPING_FACTORS", [[50, 30, 20]], [[0.3]]), [["#NUM!"]]),
}


def asked(name: str, *args: Any) -> dict[str, Any]:
    padding = [None] * (len(request(name, ())["args"]) - len(args))
    return {"call": name, "args": [*args, *padding]}


@pytest.mark.parametrize(("given", "right"), CASES.values(), ids=list(CASES))
def test_a_cell_means_what_it_shows(stub, given, right):
    [answer] = stub([asked(*given)])
    assert [[flat(value) for value in row] for row in answer["result"]] == right


def test_errors_and_days_reach_excel_as_such(stub):
    error, day = stub([asked(*CASES["an error in an argument"][0]), asked(*CASES["a date of a data type"][0])])
    assert error["result"][0][0]["type"] == "Error"
    assert day["result"][0][0]["type"] == "FormattedNumber"


@OFFICEJS
def test_the_genuine_host_agrees(main_py):
    with child(main_py, dict(os.environ), "--genuine") as ask:
        assert ask([{"host": True}]) == [{"host": "officejs", "decorator": "xlwings.pro.udfs_officejs"}]
        assert misregistered(ask([{"meta": True}])[0]) == []
        for blank in BLANKS.values():
            assert disagreements(ask, blank) == []
        for name, (given, right) in CASES.items():
            [answer] = ask([asked(*given)])
            assert [[flat(value) for value in row] for row in answer["result"]] == right, name
