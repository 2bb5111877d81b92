"""A real index: 25 week-ends of the Dow Jones Industrial Average, prices and published closes."""

import csv

import numpy as np
import pytest

from tests.index.answers import FOLDER
from xlidx.index.divisor import index_divisor
from xlidx.index.level import index_level

# from README.txt of the data: dates on which prices and published close agree to the cent
AGREED = {
    "2011-01-14", "2011-03-11", "2011-03-18", "2011-03-25", "2011-04-01",
    "2011-04-08", "2011-05-06", "2011-05-13", "2011-05-27",
}  # fmt: skip


def week_ends():
    with (FOLDER / "djia_2011_weekly" / "prices_and_levels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    numbers = np.array([[float(cell) for cell in row[1:]] for row in rows])
    return [row[0] for row in rows], numbers[:, 0], numbers[:, 1], numbers[:, 2:]


@pytest.mark.rule("psi20", "7")
def test_levels_against_published_closes():
    dates, divisor, close, prices = week_ends()
    assert prices.shape == (25, 30)
    gap = np.abs(index_level(prices, 1.0, divisor) - close)
    assert gap.max() < 1.3
    assert {date for date, miss in zip(dates, gap, strict=True) if miss <= 0.005} == AGREED


@pytest.mark.rule("psi20", "4.1")
def test_divisor_from_published_closes():
    # A close printed to 0.01 on 12 000 points fixes the divisor to about 1e-7 of itself.
    dates, divisor, close, prices = week_ends()
    found = index_divisor(prices, 1.0, close)
    agreed = np.isin(dates, sorted(AGREED))
    np.testing.assert_allclose(found[agreed], divisor[agreed], rtol=5e-7)
    assert (np.abs(found / divisor - 1) < 1.1e-4).all()
