"""Builds review tables for tests, and reads the answers worked by hand."""

import csv
from datetime import date
from pathlib import Path

from xlidx.index.review.tables import CANDIDATES, CURRENT, OVERRIDES
from xlidx.tables import read

FOLDER = Path(__file__).parents[2] / "answers" / "psi20" / "review"


def answers(name):
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert rows, name
    return rows


def ranges(text):
    """Return '1-3 7' as [1, 2, 3, 7]."""
    out = []
    for part in text.split():
        first, _, last = part.partition("-")
        out += range(int(first), int(last or first) + 1)
    return out


def candidate(company, **values):
    """Return a candidate that passes every screen unless told otherwise."""
    plain = {"isin": f"PT{company}", "shares": 1e6, "close": 200.0, "free_float": 1.0, "velocity": 0.5}
    return {"company": str(company), **plain, **values}


def table(spec, rows):
    names = [column.name for column in spec.columns]
    return read(spec, [names, *([row.get(name) for name in names] for row in rows)])


def candidates(rows):
    return table(CANDIDATES, rows)


def current(rows):
    return table(CURRENT, rows)


def overrides(*rows):
    names = ("isin", "decision", "author", "reason", "decided", "expiry")
    return table(OVERRIDES, [dict(zip(names, row, strict=True)) for row in rows])


def decision(isin, word, decided=date(2016, 3, 1), expiry=date(2016, 12, 31)):
    return (isin, word, "committee", "because", decided, expiry)


def ladder(n, small, members):
    """Return n companies ranked 1 to n; the last one before ``small`` has exactly 100 million."""
    sizes = [100e6 + (small - 1 - r) * 1e6 if r < small else 100e6 - (r - small + 1) * 1e5 for r in range(1, n + 1)]
    return [
        candidate(r, close=size / 1e6, member="yes" if r in members else "no") for r, size in enumerate(sizes, start=1)
    ]


def chosen(frame):
    """Return the companies selected."""
    return frame.loc[frame["decision"].isin(["stay", "add"]), "company"].tolist()
