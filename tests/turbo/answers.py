"""Reads the answer files: comma-separated text, comment lines led by #."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "answers" / "turbo"


def rows(name):
    lines = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def columns(name, *wanted):
    """The wanted columns of a file as lists of floats (or texts where they are no numbers)."""
    table = rows(name)
    return [[_value(row[column]) for row in table] for column in wanted]


def _value(text):
    try:
        return float(text)
    except ValueError:
        return text
