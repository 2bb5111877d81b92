"""How deep this run of the tests goes: quick, or as deep as it gets with ``--deep``.

Every test runs either way.  Quick takes fewer random examples, and recalculates a workbook once for several cases
that do not touch each other.
"""

DEEP = False  # set from the command line before any test is collected


def depth(quick: int, deep: int) -> int:
    """Return a number of examples, calls or seeds."""
    return deep if DEEP else quick
