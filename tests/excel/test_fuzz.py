"""A thousand random calls per function, a hundred thousand when deep: a value or an Excel error, nothing else.

Arguments are mostly of the right kind, so that most calls reach the formulas, and otherwise anything a host
may hand over.  The stream is seeded, so a failure repeats; it prints the call.
"""

import logging
import math
import random
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pytest

import xlidx
from tests.depth import depth
from xlidx.errors import ErrorValue
from xlidx.excel import readers
from xlidx.excel.catalogue import CATALOGUE

CALLS = depth(1_000, 100_000)
REACHING = depth(0, 200)  # calls that get to the formula: more than that
ERRORS = {str(error) for error in ErrorValue}
WORDS = (
    "long", "short", "LONG ", "best", "limited", "open ended", "fixed leverage", "exercise", "issuer call", "stop loss",
    "expiry", "up", "down", "nearest", "simple", "daily", "geometric", "half up", "half even", "15th",
    "first trading day", "DE000NG20XP3", "psi20", "psi20", "annual", "quarterly", "sideways",
)  # fmt: skip
NUMBERS = (
    0.0, -0.0, 1.0, 2.0, -1.0, 0.5, 0.05, 0.12, 0.035, -0.0045, 0.01, 0.001, 1.0953, 13571.32, 13532.32, 360.0, 365.0,
    43871.0, 43872.0, 1e-300, 1e308, -1e308, 5e-324, 1e15, 0.1 + 0.2, 1 / 3, 30.0, 100.0,
)  # fmt: skip
JUNK = (
    None, "", "  ", "abc", "13.5", True, False, 7, -2146826246, -2146826243, -2147352572, "#N/A", "#SPILL!", "#REF!",
    float("nan"), float("inf"), Decimal("1.5"), date(2020, 2, 10), datetime(2020, 2, 10, 12), {"type": "Error"},
    {"type": "FormattedNumber", "basicValue": 5}, (), [], [[]], [[1.0], [1.0, 2.0]], [1.0, [2.0]], np.float64(2.0),
    np.array([1.0, np.nan]), np.zeros((2, 2, 2)), object(), "=1+1", "x" * 300, np.datetime64("NaT"), 10**400,
)  # fmt: skip
DAYS = (43871.0, 43872.0, 43861.0, date(2020, 2, 3), datetime(2020, 1, 31), "2020-02-14", np.datetime64("2020-02-17"))


def number(rng):
    roll = rng.random()
    return rng.choice(NUMBERS) if roll < 0.5 else rng.uniform(0, 1) if roll < 0.75 else rng.uniform(1, 20_000)


def cell(rng, kind):
    if rng.random() < 0.04:
        return rng.choice(JUNK)
    return {"number": number, "word": lambda r: r.choice(WORDS), "day": lambda r: r.choice(DAYS)}[kind](rng)


def block(rng, kind):
    rows, columns = rng.choice(((1, 1), (1, 3), (3, 1), (3, 3), (2, 3), (1, 2)))
    return [[cell(rng, kind) for _ in range(columns)] for _ in range(rows)]


def table(rng, spec):
    header = [column.name for column in spec.columns if column.required or rng.random() < 0.7]
    kinds = {column.name: column for column in spec.columns}
    rows = [[table_cell(rng, kinds[name]) for name in header] for _ in range(rng.randint(0, 3))]
    if rng.random() < 0.1:
        header[rng.randrange(len(header))] = rng.choice(JUNK)
    return [header, *rows]


def table_cell(rng, column):
    if column.kind == "word":
        return rng.choice(column.words)
    kind = {"number": "number", "fraction": "number", "date": "day", "text": "word"}[column.kind]
    return rng.choice(("DAX", "NDX")) if column.name in ("underlying", "isin", "holder") else cell(rng, kind)


KINDS = {
    readers.NUMBER_EACH: "number",
    readers.WORD_EACH: "word",
    readers.DAY_EACH: "day",
    readers.VECTOR: "number",
    readers.PRICES: "number",
    readers.PRICES_OR_BLANK: "number",
    readers.DAYS: "day",
    readers.FLAGS: "number",
    readers.NUMBER: "number",
    readers.WORD: "word",
    readers.DAY: "day",
}


def argument(rng, param):
    roll = rng.random()
    if roll < 0.06:
        return rng.choice(JUNK)
    if param.read.spec:
        return table(rng, param.read.spec) if roll < 0.08 else block(rng, "word")
    kind = KINDS.get(param.read) or rng.choice(("number", "word"))
    one = param.read in (readers.NUMBER, readers.WORD, readers.DAY)
    return cell(rng, kind) if one or roll < 0.5 else block(rng, kind)


def slightly_wrong(rng, value):
    """Return an argument of an example with a cell or two changed."""
    if not isinstance(value, list):
        return value if rng.random() < 0.9 else cell(rng, rng.choice(("number", "word", "day")))
    rows = [list(row) for row in value]
    for _ in range(rng.choice((0, 0, 1, 2))):
        row = rng.choice(rows)
        if row:
            row[rng.randrange(len(row))] = cell(rng, rng.choice(("number", "word", "day")))
    return rows


def arguments(rng, entry):
    if rng.random() < 0.04:
        return [slightly_wrong(rng, value) for value in rng.choice(entry.examples).arguments]
    if entry.name in ("XI_EXPLAIN", "XI_WHY") and rng.random() < 0.9:
        inner = rng.choice([e for e in CATALOGUE if not any(p.read.spec for p in e.params) and e.group != "Help"])
        return [inner.name, *arguments(rng, inner)]
    given = rng.randint(len(entry.params) // 2, len(entry.params) + (rng.random() < 0.02))
    return [argument(rng, param) for param in (entry.params * 2)[:given]]


def is_plain(value):
    if isinstance(value, list):
        return len({len(row) for row in value}) == 1 and all(is_cell(c) for row in value for c in row)
    return is_cell(value)


def is_cell(value):
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is str:
        return not value.startswith("#") or value in ERRORS or " " in value
    return value is None or type(value) in (bool, date, datetime)


@pytest.mark.parametrize("name", [entry.name for entry in CATALOGUE])
def test_random_cells_give_a_value_or_a_clean_error(name, caplog):
    entry = next(e for e in CATALOGUE if e.name == name)
    rng = random.Random(f"xlidx {name}")
    caplog.set_level(logging.ERROR, logger="xlidx")
    values = 0
    for _ in range(CALLS):
        cells = arguments(rng, entry)
        try:
            result = xlidx.call(name, *cells)
        except Exception as error:
            pytest.fail(f"{name}{tuple(cells)!r} raised {error!r}")
        assert is_plain(result), (name, cells, result)
        values += not (isinstance(result, str) and result in ERRORS)
    reachable = entry.params and any(str(example.answer) not in ERRORS for example in entry.examples)
    assert values > REACHING or not reachable, f"only {values} of {CALLS} calls reached the formula"
