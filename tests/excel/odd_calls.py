"""Calls every function with its examples, one argument or cell changed to something huge or odd; run as a program.

``python -m tests.excel.odd_calls 1`` makes every call, another number one in so many.  Prints one line for every call
that is neither a value nor a clean error, and at the end the growth of the memory.
"""

import datetime as dt
import itertools
import logging
import random
import resource
import signal
import sys
from pathlib import Path

import numpy as np

import xlidx
from xlidx.errors import XlidxError
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.cells import plain
from xlidx.excel.evaluation import evaluate

SECONDS, ROOM = 60, 2_000_000_000  # hang and memory of one call on a busy machine, far above what any of them needs
NUMBERS = (1e9, -1e9, 1e15, 1e308, -1e308, 5e-324, 1e6 + 0.5, 200_000.0, 10_001.0, 1e-9, -1.0)
DAYS = (
    dt.date(1900, 3, 1), dt.date(9999, 12, 31), dt.date(9999, 1, 4), dt.date(1, 1, 1), dt.date(2202, 2, 10),
    dt.date(1920, 2, 10), dt.date(3016, 3, 18), 2_958_465.0, 61.0, "9999-12-31", dt.datetime(9999, 12, 31, 23, 59),
    np.datetime64("20000-01-01"), np.datetime64("0000-01-01"), np.datetime64("-5000-01-01"),
)  # fmt: skip
OTHERS = ("\0", "\ud800", "/dev/zero", "/dev/stdin", ".", "x" * 40_000, np.longdouble(2.5), "#EXTERNAL!")
WHOLE = (np.array([], object), np.array([], "U1"), np.zeros((0, 3)))
ODD = (*NUMBERS, *DAYS, *OTHERS)
MOST_CELLS = 6


def filled(param):
    """Return a block for an argument that an example leaves out: a row of a table, or every option."""
    spec = param.read.spec
    if spec:
        usual = {"number": 1.0, "fraction": 0.5, "text": "PTING0200002", "date": dt.date(2020, 2, 10)}
        return [
            [column.name for column in spec.columns],
            [usual.get(column.kind) or column.words[0] for column in spec.columns],
        ]
    if "two columns" not in param.read.accepts:
        return None
    try:
        param.read.take([["no such option", 1.0]], param.name, None)
    except XlidxError as error:
        return [[name, 1.0] for name in error.mend.removeprefix("use ").split(", ")]


def changed(block, rng):
    """Yield a block with one cell changed: every cell of a small one, some of a large one."""
    places = [(r, c) for r, row in enumerate(block) for c in range(len(row) if isinstance(row, list) else 1)]
    for (r, c), odd in itertools.product(rng.sample(places, min(MOST_CELLS, len(places))), ODD):
        copy = [list(row) if isinstance(row, list) else row for row in block]
        if isinstance(copy[r], list):
            copy[r][c] = odd
        else:
            copy[r] = odd
        yield (r, c, odd), copy


def variants(entry, example, rng):
    given = [*example.arguments, *[None] * (len(entry.params) - len(example.arguments))]
    for i, (param, value) in enumerate(zip(entry.params, given, strict=True)):
        block = value if isinstance(value, list) else filled(param) if value is None else None
        cells = changed(block, rng) if block else ()
        for what, argument in itertools.chain(((odd, odd) for odd in (*ODD, *WHOLE)), cells):
            yield f"{entry.name}, {param.name}: {what!r:.100}", [*given[:i], argument, *given[i + 1 :]]


def late(*_):
    raise TimeoutError(f"no answer after {SECONDS} s")


def fault_of(entry, arguments):
    """Return what is wrong with how a call ends, or nothing."""
    try:
        plain(evaluate(entry, arguments))
    except XlidxError as error:
        return "a bound is missing" if "more memory than there is" in error.what else ""
    except Exception as error:
        return f"{error!r:.200}"
    return ""


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(step):
    logging.getLogger("xlidx").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGALRM, late)
    for entry in CATALOGUE:
        xlidx.call(entry.name, *entry.examples[0].arguments)  # loads calendars and solvers
    held, start = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize(), peak()
    resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, held + ROOM))
    for entry in CATALOGUE:
        rng, before = random.Random(entry.name), peak()
        for example in entry.examples[:2]:
            for what, arguments in itertools.islice(variants(entry, example, rng), rng.randrange(step), None, step):
                signal.alarm(SECONDS)
                fault = fault_of(entry, arguments)
                if fault:
                    print("FAULT", what, fault.encode("ascii", "replace").decode(), flush=True)
                signal.alarm(0)
        if peak() > before + 50:
            print("GREW", entry.name, peak() - before, flush=True)
    print("MEGABYTES", peak() - start)


if __name__ == "__main__":
    main(int(sys.argv[1]))
