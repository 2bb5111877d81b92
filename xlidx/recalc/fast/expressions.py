"""What the guard knows of the parts of a formula."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Literal, TypeAlias

import attrs

from xlidx.recalc.interface.unsupported import EVERYWHERE, Unsupported

Shape: TypeAlias = Literal["one", "many", "maybe"]
Kind: TypeAlias = Literal["", "number", "text", "truth"]

# Functions of ours that the engine calls for Excel's own rules (:mod:`xlidx.recalc.fast.excel_rules`); the suffix
# marks a call of one of our functions where one value must stand.
COMPARE, AS_TEXT, SORTABLE, SHOWABLE, SNAPPED, CRITERION, DAY, POWER, ONE_VALUE = (
    "XLIDX.COMPARE",
    "XLIDX.AS_TEXT",
    "XLIDX.SORTABLE",
    "XLIDX.SHOWABLE",
    "XLIDX.SNAPPED",
    "XLIDX.CRITERION",
    "XLIDX.DAY",
    "XLIDX.POWER",
    ".ONE_VALUE",
)
# Stands for the number of the formula, by which a finding at run time is traced to its cell.
FORMULA_NUMBER = "\uf8fe"


@attrs.frozen(slots=True)
class Expression:
    """What is known of a part of a formula: its text for the engine, and the shape and kind of its value.

    ``rows`` and ``columns`` are 0 where the size is not known; ``reference`` marks cells, not computed
    values; ``whole`` a whole column or row; ``literal`` a constant.
    """

    text: str
    shape: Shape = "one"
    kind: Kind = ""
    reference: bool = False
    whole: bool = False
    rows: int = 0
    columns: int = 0
    literal: object = None

    @property
    def line(self) -> bool:
        """Tell whether the cells are known to stand in one row or one column."""
        return 1 in (self.rows, self.columns)


ArgumentCheck: TypeAlias = Callable[[list[Expression | None], list[str]], Expression]


@attrs.frozen
class Scope:
    """What a formula may refer to: sheets and our functions; whether the clock is given, rows are hidden."""

    sheets: Collection[str]
    ours: frozenset[str]
    clock: bool
    hidden_rows: bool = False

    @cached_property
    def _lowered(self) -> dict[str, str]:
        return {name.lower(): name for name in self.sheets}

    def sheet(self, name: str) -> str:
        """Return a sheet's name as the workbook spells it."""
        found = self._lowered.get(name.lower())
        if found is None:
            mend = "refer to a sheet of this workbook"
            raise Unsupported(f"sheet {name!r} does not exist", mend, unknown=True, also=EVERYWHERE)
        return found


@attrs.frozen
class Context:
    """Where the inspection of a formula stands.

    ``bound`` are the names of LET by lower case; ``single`` tells whether one value must stand here;
    ``arrays`` whether arrays are computed: everywhere (array formulas), inside SUMPRODUCT only, or not.
    """

    scope: Scope
    bound: Mapping[str, Expression] = attrs.field(factory=dict)
    single: bool = False
    arrays: Literal["all", "some", "none"] = "all"

    def check_intersection(self, *parts: Expression) -> None:
        """Refuse a range where an ordinary formula takes one value of it: the one in its own row or column."""
        if self.arrays == "none" and any(part.shape == "many" and part.reference for part in parts):
            what = "a range where an ordinary formula wants one value (implicit intersection)"
            raise Unsupported(what, "enter it as an array formula, or refer to the one cell that is meant")

    def binding(self, word: str, value: Expression) -> Context:
        """Return the context with one more name bound."""
        return attrs.evolve(self, bound={**self.bound, word.lower(): value})


def elementwise(text: str, kind: Kind, *parts: Expression) -> Expression:
    """Return what is known of an operation that works element by element.

    Raises
    ------
    Unsupported
        For blocks whose sizes do not fit together.
    """
    shapes = {part.shape for part in parts}
    blocks = [part for part in parts if part.shape != "one"]
    if not blocks:
        return Expression(text, kind=kind)
    shape: Shape = "many" if "many" in shapes else "maybe"
    rows, columns = _common({part.rows for part in blocks}), _common({part.columns for part in blocks})
    return Expression(text, shape, kind=kind, rows=rows, columns=columns)


def _common(sizes: set[int]) -> int:
    if 0 in sizes:
        return 0
    if len(sizes - {1}) > 1:
        what = "blocks of unequal sizes in one operation"
        raise Unsupported(what, "use ranges of the same size", also=["lo"])
    return max(sizes)
