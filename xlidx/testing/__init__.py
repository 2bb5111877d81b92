"""A test kit for workbooks of one's own: inputs in by name, results out by name, held against what is expected.

:func:`recalculated` computes a copy of a workbook, :mod:`expectations` compares, :mod:`junit` reports to a CI server,
:mod:`plugin` gives pytest the fixture ``recalculated_book``.  Nothing here writes into the workbook under test.
"""

from xlidx.testing.expectations import Expectation, Outcome, outcomes
from xlidx.testing.recalculated import RecalculatedBook, recalculated

__all__ = ["Expectation", "Outcome", "RecalculatedBook", "outcomes", "recalculated"]
