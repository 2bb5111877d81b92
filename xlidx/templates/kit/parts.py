"""The sheets that every workbook has in common: cover, inputs, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from xlidx.templates.kit.grid import Places, filled
from xlidx.templates.kit.style import COLOUR_KEY, Desk, add_sheet, address, define, heads, height, section

PASSED = "ALL CHECKS OK"
RECALCULATED = (
    "Shown values stay as they were computed until the functions are there. Excel on Windows: close it, run xlidx addin "
    "install once, open this file again and press Ctrl+Alt+F9. Excel on Mac or on the web: xlidx lite writes what to "
    "paste into xlwings Lite. Without Excel: xlidx recalc on this file."
)


@attrs.frozen(kw_only=True)
class Input:
    """One named input: what it is, its value, how it is shown and checked, and where it comes from."""

    name: str
    label: str
    value: Any
    number: str
    unit: str
    source: str
    rule: Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Check:
    """One check: a value that must equal, or not exceed, a limit.

    The formulas of value and limit may write fields of ``Calc`` as ``{block.field}``.
    """

    text: str
    value: str
    test: str
    limit: str
    number: str
    meaning: str


def within(text: str, value: str, meaning: str) -> Check:
    """Return a check that a difference stays within the tolerance."""
    return Check(text=text, value=value, test="<=", limit="=Tolerance", number="diff", meaning=meaning)


def equal(text: str, value: str, limit: str, meaning: str) -> Check:
    """Return a check that a count is what it must be."""
    return Check(text=text, value=value, test="=", limit=limit, number="count", meaning=meaning)


@attrs.frozen(kw_only=True)
class Cover:
    """The words of a cover sheet: purpose, four steps, contents, and what the workbook is not."""

    lead: str
    purpose: str
    steps: tuple[str, str, str, str]
    contents: tuple[tuple[str, str], ...]
    note: str


def number_rule(low: float, high: float, title: str, message: str, *, whole: bool = False) -> dict[str, Any]:
    """Return the validation of a number between two bounds."""
    return {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        **_messages(title, message),
    }


def list_rule(source: Any, title: str, message: str) -> dict[str, Any]:
    """Return the validation of a choice from a list or a range."""
    return {"validate": "list", "source": source, **_messages(title, message)}


def custom_rule(formula: str, title: str, message: str) -> dict[str, Any]:
    """Return a validation by a formula that must be true."""
    return {"validate": "custom", "value": formula, **_messages(title, message)}


def _messages(title: str, message: str) -> dict[str, Any]:
    return {"input_title": title, "input_message": message, "error_title": title, "error_message": message}


def add_cover(desk: Desk, cover: Cover) -> Any:
    """Write the cover: state of the workbook, purpose, steps, contents, colour key, notes."""
    sheet = add_sheet(desk, "Cover", "cover", (22, 34, 4, 22, 52), cover.lead)
    sheet.fit_to_pages(1, 1)
    _cards(desk, sheet)
    row = _paragraph(desk, sheet, section(desk, sheet, 7, "Purpose", 5), cover.purpose)
    row = section(desk, sheet, row + 1, "How to use it", 5)
    for number, step in enumerate(cover.steps, start=1):
        sheet.set_row(row, height([(step, 128)], 17))
        sheet.merge_range(row, 1, row, 5, f"{number}   {step}", desk.styles("text"))
        row += 1
    row = _contents(desk, sheet, row + 1, cover.contents)
    row = _paragraph(desk, sheet, section(desk, sheet, row + 1, "If cells show #NAME?", 5), RECALCULATED)
    row = _paragraph(desk, sheet, section(desk, sheet, row + 1, "Please note", 5), cover.note)
    sheet.print_area(0, 0, row, 5)
    return sheet


def _cards(desk: Desk, sheet: Any) -> None:
    styles = desk.styles
    sheet.set_row(3, 16)
    sheet.set_row(4, 32)
    for column, text in ((1, "As of"), (2, "xlidx version")):
        sheet.write_string(3, column, text, styles("caption"))
    sheet.merge_range(3, 4, 3, 5, "Master check", styles("caption"))
    sheet.write_formula(4, 1, "=AsOf", styles("figure", "date", valign="vcenter"))
    version_style = styles("figure", font_color="#15703C", valign="vcenter")
    sheet.write_dynamic_array_formula(4, 2, 4, 2, "=XI_VERSION()", version_style)
    sheet.merge_range(4, 4, 4, 5, "", styles("master"))
    sheet.write_formula(4, 4, "=MasterCheck", styles("master"))
    _light(desk, sheet, 4, 4, PASSED)
    sheet.write_string(5, 4, "Built by xlidx build-workbooks; every check is listed on sheet Checks.", styles("note"))


def _light(desk: Desk, sheet: Any, row: int, column: int, good: str) -> None:
    """Show a cell green when it holds the good text, else red."""
    for criteria, role in (("==", "good"), ("!=", "bad")):
        rule = {"type": "cell", "criteria": criteria, "value": f'"{good}"', "format": desk.styles(role)}
        sheet.conditional_format(row, column, row, column, rule)


def _paragraph(desk: Desk, sheet: Any, row: int, text: str) -> int:
    sheet.set_row(row, height([(text, 128)]) + 4)
    sheet.merge_range(row, 1, row, 5, text, desk.styles("text"))
    return row + 1


def _contents(desk: Desk, sheet: Any, row: int, contents: Sequence[tuple[str, str]]) -> int:
    row = section(desk, sheet, row, "Sheets and colours", 5)
    for offset, (name, text) in enumerate(contents):
        sheet.set_row(row + offset, 16)
        sheet.write_url(row + offset, 1, f"internal:'{name}'!A1", desk.styles("link"), name)
        sheet.write_string(row + offset, 2, text, desk.styles("line"))
    for offset, (role, text) in enumerate(COLOUR_KEY):
        sheet.write_string(row + offset, 4, "Abc 123", desk.styles(role, align="center", locked=True))
        sheet.write_string(row + offset, 5, text, desk.styles("line", indent=1))
    return row + max(len(contents), len(COLOUR_KEY))


def add_inputs(desk: Desk, lead: str, groups: Sequence[tuple[str, Sequence[Input]]]) -> Any:
    """Write the sheet of single inputs: label, value, unit, name, source; each one named and validated."""
    sheet = add_sheet(desk, "Inputs", "input", (36, 18, 22, 18, 82), lead)
    row = 3
    for title, inputs in groups:
        row = section(desk, sheet, row, title, 5)
        row = heads(desk, sheet, row, ("Input", "Value", "Unit", "Name", "Source and meaning"))
        for one in inputs:
            write_input(desk, sheet, row, 2, one)
            sheet.write_string(row, 1, one.label, desk.styles("label"))
            sheet.write_string(row, 3, one.unit, desk.styles("label"))
            sheet.write_string(row, 4, one.name, desk.styles("name"))
            sheet.write_string(row, 5, one.source, desk.styles("prose"))
            sheet.set_row(row, height([(one.source, 82)]))
            row += 1
        row += 1
    sheet.print_area(0, 0, row - 1, 5)
    return sheet


def write_input(desk: Desk, sheet: Any, row: int, column: int, one: Input) -> None:
    """Write a named, validated, unlocked cell."""
    style = desk.styles("input", one.number)
    if one.number == "date":
        sheet.write_datetime(row, column, one.value, style)
    else:
        sheet.write(row, column, one.value, style)
    sheet.data_validation(row, column, row, column, dict(one.rule))
    define(desk, one.name, sheet.get_name(), row, column)


def add_checks(desk: Desk, places: Places, checks: Sequence[Check]) -> Any:
    """Write the checks, each with value, limit and status, and the master check above them."""
    sheet = add_sheet(
        desk,
        "Checks",
        "check",
        (5, 56, 16, 7, 16, 11, 90),
        "Every check must be OK; one that fails says where to look.",
    )
    first = 8
    last = first + len(checks) - 1
    _master(desk, sheet, first, last)
    heads(desk, sheet, first - 1, ("#", "Check", "Value", "Test", "Limit", "Status", "What it shows"))
    for offset, check in enumerate(checks):
        value, limit = filled(check.value, places, None), filled(check.limit, places, None)
        _check(desk, sheet, first + offset, attrs.evolve(check, value=value, limit=limit), offset + 1)
    for text, role in (("OK", "good"), ("FAIL", "bad")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": desk.styles(role)}
        sheet.conditional_format(first, 6, last, 6, rule)
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
    _light(desk, sheet, 4, 1, PASSED)
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


def card(desk: Desk, sheet: Any, place: tuple[int, int, int], caption: str, text: str, number: str) -> None:
    """Write a figure with a caption above it, over two columns: ``place`` is row, first and last column."""
    row, first, last = place
    sheet.set_row(row, 16)
    sheet.set_row(row + 1, 28)
    style = desk.styles("figure", number, valign="vcenter")
    if last > first:
        sheet.merge_range(row, first, row, last, caption, desk.styles("caption"))
        sheet.merge_range(row + 1, first, row + 1, last, "", style)
    else:
        sheet.write_string(row, first, caption, desk.styles("caption"))
    sheet.write_formula(row + 1, first, text, style)


def status_card(desk: Desk, sheet: Any, place: tuple[int, int, int]) -> None:
    """Write the master check as a card that turns red."""
    row, first, last = place
    if last > first:
        sheet.merge_range(row, first, row, last, "", desk.styles("caption"))
        sheet.merge_range(row + 1, first, row + 1, last, "", desk.styles("master", font_size=12))
    sheet.write_string(row, first, "Master check", desk.styles("caption"))
    sheet.write_formula(row + 1, first, "=MasterCheck", desk.styles("master", font_size=12))
    _light(desk, sheet, row + 1, first, PASSED)
