"""The Checks sheet: every check with value, limit and status, and the master check above them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from xlidx.templates.kit.cards import PASSED, light, mark
from xlidx.templates.kit.places import Places, filled
from xlidx.templates.kit.style import Desk, add_sheet, address, define, heads, height, section


@attrs.frozen
class Check:
    """One check: a value that must equal, or not exceed, a limit.

    The formulas of value and limit may write whole columns as ``{block.field}``.
    """

    text: str
    value: str
    test: str
    limit: str
    number: str
    meaning: str


def within(text: str, value: str, meaning: str, limit: str = "=Tolerance", number: str = "diff") -> Check:
    """Return a check that a difference stays within a tolerance."""
    return Check(text, value, "<=", limit, number, meaning)


def equal(text: str, value: str, limit: str, meaning: str) -> Check:
    """Return a check that a count is what it must be."""
    return Check(text, value, "=", limit, "count", meaning)


def add_checks(desk: Desk, places: Places, checks: Sequence[Check]) -> Any:
    """Write the checks, each with value, limit and status, and the master check above them."""
    lead = "Every check must be OK; one that fails says where to look."
    sheet = add_sheet(desk, "Checks", "check", (5, 56, 16, 7, 16, 11, 90), lead)
    first = 8
    last = first + len(checks) - 1
    _master(desk, sheet, first, last)
    heads(desk, sheet, first - 1, ("#", "Check", "Value", "Test", "Limit", "Status", "What it shows"))
    for offset, check in enumerate(checks):
        value, limit = filled(check.value, places, None), filled(check.limit, places, None)
        _check(desk, sheet, first + offset, attrs.evolve(check, value=value, limit=limit), offset + 1)
    mark(desk, sheet, (first, 6, last, 6), (("OK", "good"), ("FAIL", "bad")))
    sheet.print_area(0, 0, last + 1, 7)
    sheet.repeat_rows(first - 1)
    return sheet


def _master(desk: Desk, sheet: Any, first: int, last: int) -> None:
    status = address("Checks", first, 6, last).split("!")[1]
    sheet.set_row(4, 32)
    sheet.merge_range(3, 1, 3, 2, "Master check", desk.styles("caption"))
    sheet.merge_range(4, 1, 4, 2, "", desk.styles("master"))
    good = f'COUNTIF({status},"OK")'
    text = f'=IF({good}=ROWS({status}),"{PASSED}",(ROWS({status})-{good})&" OF "&ROWS({status})&" CHECKS FAIL")'
    sheet.write_formula(4, 1, text, desk.styles("master"))
    light(desk, sheet, 4, 1)
    define(desk, "MasterCheck", "Checks", 4, 1)
    section(desk, sheet, 6, "Checks", 7)


def _check(desk: Desk, sheet: Any, row: int, check: Check, number: int) -> None:
    value, limit = f"D{row + 1}", f"F{row + 1}"
    passes = f"ABS({value}-{limit})<=Tolerance" if check.test == "=" else f"{value}<={limit}"
    sheet.write_number(row, 1, number, desk.styles("label", "plain", align="center"))
    sheet.write_string(row, 2, check.text, desk.styles("prose"))
    sheet.write_formula(row, 3, check.value, desk.styles("cross", check.number))
    sheet.write_string(row, 4, {"=": "=", "<=": "≤"}[check.test], desk.styles("label", align="center"))
    sheet.write_formula(row, 5, check.limit, desk.styles("cross", check.number))
    status = f'=IF(ISERROR({value}+{limit}),"FAIL",IF({passes},"OK","FAIL"))'
    sheet.write_formula(row, 6, status, desk.styles("status"))
    sheet.write_string(row, 7, check.meaning, desk.styles("prose"))
    sheet.set_row(row, height([(check.meaning, 90), (check.text, 56)]))
