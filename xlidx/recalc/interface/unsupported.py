"""Formulas that an engine is not known to compute as Excel does, each with the reason and how to fix it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.workbook.grid import CellKey, a1, sheet_prefix

_SHOWN = 5
# How the advice to take another engine begins; where none is left, the last resort.
OTHER_ENGINE, IN_EXCEL = "use engine", "calculate the workbook in Excel"
# For a finding that no engine gets over.
EVERYWHERE = ("ironcalc", "lo")


class Unsupported(Exception):  # noqa: N818 - a finding that ends an inspection, not an error shown to a person
    """The formula is outside what an engine computes as Excel does: why, and what to write instead.

    ``unknown`` marks a name that stands for nothing, ``also`` the engines after the first that do not compute it
    as Excel does either.
    """

    def __init__(self, what: str, mend: str, *, unknown: bool = False, also: Collection[str] = ()) -> None:
        super().__init__(what)
        self.what, self.mend, self.unknown, self.also = what, mend, unknown, also


class CellsRefused(XlidxError):  # noqa: N818 - a refusal
    """The refusal of a calculation for some of its cells; ``cells`` has the finding of each."""

    def __init__(self, kind: Kind, what: str, where: str, mend: str, cells: Mapping[CellKey, Unsupported]) -> None:
        super().__init__(kind, what, where, mend)
        self.cells = cells


def refusal(findings: Mapping[CellKey, Unsupported], engine: str = "the fast engine") -> CellsRefused:
    """Return the refusal of a workbook for its first finding; unknown names come first."""
    first = next((finding for finding in findings.values() if finding.unknown), next(iter(findings.values())))
    same = [named(key) for key, finding in findings.items() if finding.what == first.what]
    kind = Kind.CHOICE if first.unknown else Kind.DOMAIN
    what = first.what if first.unknown else f"{first.what} is outside what {engine} computes as Excel does"
    others = len(findings) - len(same)
    mend = first.mend + (f" ({others} more formulas have other findings)" if others else "")
    return CellsRefused(kind, what, listed(same), mend, findings)


def refused(kind: Kind, what: str, cells: Iterable[CellKey], mend: str) -> CellsRefused:
    """Return the refusal of some cells for one reason."""
    cells = list(cells)
    return CellsRefused(kind, what, listed(map(named, cells)), mend, dict.fromkeys(cells, Unsupported(what, mend)))


def not_foreseen(name: str, error: Exception) -> XlidxError:
    """Return the refusal of a calculation in which a function failed otherwise than by an error value."""
    what = f"{name} failed in a way that nobody foresaw ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
    return XlidxError(Kind.INFEASIBLE, what, "workbook", "nothing is written; report it with the workbook")


def blocked(cells: Iterable[CellKey]) -> CellsRefused:
    """Return the refusal of results that find no room."""
    what = "the cells that a result would spill into are not empty"
    return refused(Kind.INFEASIBLE, what, cells, "clear the cells below and to the right of it")


def circular(cells: Iterable[CellKey]) -> CellsRefused:
    """Return the refusal of formulas in a circle."""
    return refused(Kind.INFEASIBLE, "the formulas refer to each other in a circle", cells, "break the circle")


def named(key: CellKey) -> str:
    """Return a cell as a person writes it, such as ``Calc!B7``."""
    return sheet_prefix(key[0]) + a1(*key[1:])


def listed(places: Iterable[str]) -> str:
    """Return the first cells of a list, and how many more there are."""
    places = list(places)
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more
