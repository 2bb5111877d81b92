"""Reads tests/answers/index: comment lines state the source, cells hold a word or numbers apart by spaces."""

import csv
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "answers" / "index"


def answers(name):
    """One pytest parameter per row, its id the name of the vector."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert rows, name
    return [pytest.param(row, id=row["vector"]) for row in rows]


def vector(cell):
    return np.array([float(word) for word in cell.split()])
