"""Is a workbook fit to hand out: every check of the shipped templates, for a template of your own as well.

:func:`lint` reads a workbook, changes nothing, and returns what would go wrong on somebody else's machine:
results cut to one value, names that Excel cannot find, inputs nobody can change, values that are not those of the
formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from xlidx.recalc.interface.sheets import Function
from xlidx.recalc.lint import formulas, inputs, readers, spills, state
from xlidx.recalc.lint.finding import Finding, Linted
from xlidx.recalc.workbook.book import open_book
from xlidx.recalc.workbook.package import read

CHECKS: tuple[tuple[str, Callable[[Linted], Iterable[Finding]]], ...] = (
    ("arrays", formulas.arrays),
    ("paths", formulas.paths),
    ("tables", formulas.tables),
    ("prefixes", formulas.prefixes),
    ("links", formulas.links),
    ("guard", formulas.guard),
    ("spills", spills.spills),
    ("inputs", inputs.inputs),
    ("unread", readers.unread),
    ("errors", state.errors),
    ("master", state.master),
    ("properties", state.properties),
    ("settings", state.settings),
    ("hidden", state.hidden),
    ("values", state.values),
)


def lint(path: str | Path, functions: Mapping[str, Function]) -> list[Finding]:
    """Return what is wrong with a workbook, in the order of ``CHECKS``; nothing is written.

    Parameters
    ----------
    path : path
        An .xlsx or .xlsm workbook.
    functions : mapping
        Our functions by name (see :func:`xlidx.recalc.recalculate`): the workbook is recalculated once.

    Returns
    -------
    list of Finding
        Empty for a workbook that is fit to hand out.

    Raises
    ------
    XlidxError
        ``NO_DATA`` or ``TYPE`` when the file is no workbook that can be read.
    """
    subject = Linted(Path(path), open_book(read(Path(path))), {name.upper(): f for name, f in functions.items()})
    return [finding for _, check in CHECKS for finding in check(subject)]


__all__ = ["CHECKS", "Finding", "lint"]
