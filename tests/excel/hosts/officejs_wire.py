"""What goes to and comes from ``officejs_rig.py``: cells as an Office.js host writes them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import xlidx
from tests.excel.hosts.agreement import close
from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.values import serial

EXAMPLES = [(e.name, x) for e in CATALOGUE for x in e.examples]
BLANKS: dict[str, Any] = {"null": None, "empty text": "", "jsnull": {"jsnull": True}}
DAY_ZERO = datetime(1899, 12, 30)


def cell(value: Any, blank: Any = None) -> Any:
    """Return one cell as JSON: whole numbers as integers, days as serial numbers, errors as dictionaries."""
    if value is None:
        return blank
    if isinstance(value, date):
        return cell(serial(value))
    if isinstance(value, str) and value.startswith("#"):
        return {"type": "Error", "basicType": "Error", "basicValue": value, "errorType": "Any"}
    return int(value) if type(value) is float and value.is_integer() and abs(value) < 1e15 else value


def rows(argument: Any, blank: Any = None) -> Any:
    """Return one argument: a list of rows; one that is left out is null."""
    if argument is None:
        return None
    found = argument if isinstance(argument, list) else [[argument]]
    return [[cell(value, blank) for value in row] for row in found]


def request(name: str, arguments: tuple[Any, ...], blank: Any = None) -> dict[str, Any]:
    """Return the request of a call; arguments that are left out are null, as Excel passes them."""
    given = [rows(argument, blank) for argument in arguments]
    return {"call": name, "args": given + [None] * (len(find(name).params) - len(given))}


def flat(value: Any) -> Any:
    """Return one cell of a result without its dress: errors as texts, dates as serial numbers, blanks as ``""``."""
    if isinstance(value, dict):
        return float(value["basicValue"]) if value["type"] == "FormattedNumber" else value["basicValue"]
    return float(value) if type(value) is int else value


def wanted(plain: Any) -> list[list[Any]]:
    """Return a plain result as it should arrive, undressed."""
    if isinstance(plain, list):
        return [[wanted(value)[0][0] for value in row] for row in plain]
    if isinstance(plain, datetime):
        return [[(plain - DAY_ZERO).total_seconds() / 86400]]
    if isinstance(plain, date):
        return [[float(serial(plain))]]
    return [["" if plain is None else plain]]


Ask = Callable[[list[dict[str, Any]]], list[Any]]


def disagreements(ask: Ask, blank: Any = None) -> list[str]:
    """Run every example of the catalogue through a host and return those that differ from ``xlidx.call``."""
    answers = ask([request(name, example.arguments, blank) for name, example in EXAMPLES])
    bad = []
    for (name, example), answer in zip(EXAMPLES, answers, strict=True):
        right = wanted(xlidx.call(name, *example.arguments))
        found = [[flat(value) for value in row] for row in answer.get("result", [])]
        if not close(found, right):
            bad.append(f"{name}: {answer} instead of {right}")
    return bad


def misregistered(found: list[dict[str, Any]]) -> list[str]:
    """Return the entries whose name, help or arguments a host would register otherwise than the catalogue says."""
    right = {
        e.name: {
            "name": e.name,
            "description": e.help,
            "parameters": [{"name": p.name, "description": p.help, "optional": not p.required} for p in e.params],
        }
        for e in CATALOGUE
    }
    seen = {f["name"]: f for f in found}
    return sorted(name for name in {*right, *seen} if right.get(name) != seen.get(name))
