"""One function on its sheet: help, arguments with live values, tables, results with answers, wrong calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import attrs
from xlsxwriter.utility import xl_cell_to_rowcol, xl_range, xl_rowcol_to_cell

from xlidx.excel.catalogue import find
from xlidx.excel.entries import Entry, Param, formula
from xlidx.templates.functions.compare import ERROR_TYPES, agrees
from xlidx.templates.functions.errors import EXTRA, HEADLESS, Wrong, wrong_calls
from xlidx.templates.functions.shape import Grid, answer, grid, is_table, number_format, result, shape, texts
from xlidx.templates.functions.text import unit
from xlidx.templates.kit.help import gathered
from xlidx.templates.kit.style import GREEN, LINE, NAVY, Desk, address, define, define_block, height, section, spill

LETTERS = 0.8  # of a column: the letters of formulas, of bold text too, are wider than those of prose
CODE = {"font_name": "Consolas", "font_size": 9, "font_color": GREEN}


@attrs.frozen
class Page:
    """A sheet of functions under construction, and what the other sheets must know of it.

    ``links`` is the row of each function, ``verdicts`` the cells that say whether a function keeps its word,
    ``errors`` the cells that hold an error on purpose.
    """

    desk: Desk
    sheet: Any
    title: str
    widths: Sequence[float]
    links: dict[str, int] = attrs.field(factory=dict)
    verdicts: dict[str, list[str]] = attrs.field(factory=dict)
    errors: list[str] = attrs.field(factory=list)

    @property
    def last(self) -> int:
        """Number of the last column."""
        return len(self.widths)

    def span(self, first: int, last: int) -> float:
        """Return the width of some columns together."""
        return sum(self.widths[first - 1 : last])

    def line(self, row: int, column: int, text: str, role: str, **extra: Any) -> int:
        """Write a text from a column to the last one, wrapped, and return the row below."""
        style = self.desk.styles(role, text_wrap=True, valign="vcenter", **extra)
        if column < self.last:
            self.sheet.merge_range(row, column, row, self.last, "", style)
        self.sheet.write_string(row, column, text, style)
        self.sheet.set_row(row, height([(text, self.span(column, self.last) * LETTERS)], 16))
        return row + 1

    def gap(self, row: int) -> int:
        """Leave a narrow row free and return the row below."""
        self.sheet.set_row(row, 7)
        return row + 1

    def head(self, row: int, column: int, name: str, wide: int) -> None:
        """Write one heading over some columns."""
        style = self.desk.styles("head")
        if wide > 1:
            self.sheet.merge_range(row, column, row, column + wide - 1, "", style)
        self.sheet.write_string(row, column, name, style)

    def heads(self, row: int, column: int, names: Sequence[str]) -> None:
        """Write headings of a table."""
        for offset, name in enumerate(names):
            self.sheet.write_string(row, column + offset, name, self.desk.styles("head"))

    def verdict(self, name: str, row: int, column: int, text: str) -> None:
        """Write a cell that says OK or FAIL, green or red."""
        self.sheet.write_formula(row, column, text, self.desk.styles("status"))
        for word, role in (("OK", "good"), ("FAIL", "bad")):
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self.desk.styles(role)}
            self.sheet.conditional_format(row, column, row, column, rule)
        self.verdicts[name].append(address(self.title, row, column))


def add_function(page: Page, entry: Entry, row: int) -> int:
    """Write all of a function and return the row below it."""
    page.links[entry.name], page.verdicts[entry.name] = row, []
    row = _described(page, entry, row)
    params = shown_params(entry)
    row, places = _arguments(page, entry, params, row)
    for number in range(1, len(entry.examples) + 1):
        row = _example(page, entry, number, places[number - 1], row)
    return _refused(page, entry, params, places[0], row) + 1


def shown_params(entry: Entry) -> list[Param]:
    """Return the arguments of a function, without those that only repeat what stands before."""
    used = max(len(example.arguments) for example in entry.examples)
    return [p for i, p in enumerate(entry.params) if i <= used or not p.name.startswith("argument")]


def _described(page: Page, entry: Entry, row: int) -> int:
    desk, sheet = page.desk, page.sheet
    below = section(desk, sheet, row, entry.name, page.last)
    back = desk.styles("link", align="right", bottom=2, bottom_color=NAVY)
    sheet.write_url(row, page.last, "internal:'Contents'!A1", back, "▲ Contents")
    below = page.line(below, 1, entry.help, "text", bold=True)
    below = page.line(below, 1, f"={entry.syntax}", "text", **CODE)
    clauses = gathered(entry.rules).replace("\n", "; ")
    return page.line(below, 1, f"Rule: {clauses or 'none, not a term of a document'}", "note")


def _arguments(page: Page, entry: Entry, params: list[Param], row: int) -> tuple[int, list[list[str]]]:
    """Write the arguments with the values of every example; return the row below and where the values stand."""
    many = len(entry.examples)
    if not params:
        return page.line(row, 1, "It takes no argument.", "text"), [[]]
    names = ["Example"] if many == 1 else [f"Example {n}" for n in range(1, many + 1)]
    page.heads(row, 1, ["Argument", *names, "Unit", "If blank"])
    page.head(row, many + 4, "Meaning", page.last - many - 3)
    places: list[list[str]] = [[""] * len(params) for _ in range(many)]
    below = row + len(params) + 1
    for number, example in enumerate(entry.examples, start=1):
        given = [*example.arguments, *[None] * (len(params) - len(example.arguments))]
        for index, (param, value) in enumerate(zip(params, given, strict=True)):
            at = (row + 1 + index, 1 + number)
            if is_table(value):
                below, places[number - 1][index] = _table(page, entry, number, param, below, grid(value))
                page.sheet.write_string(*at, places[number - 1][index], page.desk.styles("label", align="center"))
            else:
                _input(page, *at, value, param)
                places[number - 1][index] = xl_rowcol_to_cell(*at)
        block = ((row + 1, 1 + number), (row + len(params), 1 + number))
        define_block(page.desk, f"{entry.name[3:]}_{number}", page.title, *block)
    for index, param in enumerate(params):
        _meaning(page, row + 1 + index, param, many + 2)
    return below, places


def _meaning(page: Page, row: int, param: Param, column: int) -> None:
    desk, sheet = page.desk, page.sheet
    sheet.write_string(row, 1, param.name, desk.styles("label"))
    sheet.write_string(row, column, unit(param), desk.styles("prose"))
    sheet.write_string(row, column + 1, _default(param), desk.styles("prose"))
    sheet.merge_range(row, column + 2, row, page.last, param.help, desk.styles("prose"))
    wrapped = [(param.help, page.span(column + 2, page.last)), (unit(param), page.widths[column - 1])]
    sheet.set_row(row, height(wrapped, 16))


def _default(param: Param) -> str:
    if param.required:
        return "required"
    if param.default is None or param.default != param.default:
        return "left out"
    if isinstance(param.default, bool):
        return str(param.default).upper()
    return f"{param.default:,.10g}" if isinstance(param.default, float) else str(param.default)


def _input(page: Page, row: int, column: int, value: Any, param: Param) -> None:
    """Write a cell that is the reader's to change; the message says what it takes, and nothing is refused."""
    _write(page, row, column, value, "input")
    page.sheet.data_validation(row, column, row, column, _message(param))


def _message(param: Param) -> dict[str, Any]:
    return {"validate": "any", "input_title": param.name[:32], "input_message": param.help[:255]}


def _table(page: Page, entry: Entry, number: int, param: Param, row: int, cells: Grid) -> tuple[int, str]:
    """Write the table of an argument under its caption; return the row below and its place."""
    caption = param.name if len(entry.examples) == 1 else f"{param.name} of example {number}"
    page.sheet.write_string(row, 1, caption, page.desk.styles("note"))
    high, wide = shape(cells)
    headed = high > 1 and wide > 1 and all(isinstance(cell, str) for cell in cells[0])
    for down, line in enumerate(cells):
        for across in range(wide):
            bold = {"bold": True} if headed and down == 0 else {}
            _write(page, row + 1 + down, 1 + across, line[across] if across < len(line) else None, "input", **bold)
        page.sheet.set_row(row + 1 + down, height(texts(line, page.widths) or [("", 10)], 16))
    first, last = (row + 1, 1), (row + high, wide)
    page.sheet.data_validation(*first, *last, _message(param))
    define_block(page.desk, f"{entry.name[3:]}_{number}_{param.name}", page.title, first, last)
    return row + high + 1, xl_range(*first, *last)


def _write(page: Page, row: int, column: int, value: Any, role: str, **extra: Any) -> None:
    style = page.desk.styles(role, **{**number_format(value), "text_wrap": True, **extra})
    if value is None or value == "":
        page.sheet.write_blank(row, column, None, style)
    elif isinstance(value, datetime):
        page.sheet.write_datetime(row, column, value, style)
    elif isinstance(value, date):
        page.sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), style)  # noqa: DTZ001
    elif isinstance(value, str):
        page.sheet.write_string(row, column, value, style)
    else:
        page.sheet.write(row, column, value, style)


def _example(page: Page, entry: Entry, number: int, places: list[str], row: int) -> int:
    example, name = entry.examples[number - 1], "Example" if len(entry.examples) == 1 else f"Example {number}"
    text = f"={entry.name}({','.join(places)})"
    row = page.gap(row)
    row = page.line(row, 1, f"{name}: {example.source}", "strong")
    row = page.line(row, 1, text, "text", **CODE)
    live, wanted = result(entry, example), answer(entry, number)
    wide = shape(live)[1]
    beside = wide + shape(wanted)[1] + 1 <= 7 and max(len(str(c)) for line in live for c in line) <= 24
    page.head(row, 1, "Result", wide)
    formats = [[_result_style(page, cell, down, len(live)) for cell in line] for down, line in enumerate(live)]
    spill(page.sheet, row + 1, 1, text, formats)
    if live == [["#N/A"]]:
        page.errors.append(address(page.title, row + 1, 1))
    for down, line in enumerate(live):
        page.sheet.set_row(row + 1 + down, height(texts(line, page.widths) or [("", 10)], 16))
    below = row + len(live) + 1
    corner = (row, wide + 1) if beside else (below, 1)
    end = _answer(page, entry.name, wanted, corner, (row + 1, 1), beside=beside)
    return max(below, end)


def _result_style(page: Page, cell: Any, down: int, many: int) -> Any:
    headed = {"bold": True} if down == 0 and many > 1 and isinstance(cell, str) else {}
    return page.desk.styles("function", **{**number_format(cell), "text_wrap": True, **headed})


def _answer(
    page: Page, name: str, wanted: Grid, corner: tuple[int, int], live: tuple[int, int], *, beside: bool
) -> int:
    """Write the printed answer and whether the result agrees with it; return the row below."""
    row, column = corner
    high, wide = shape(wanted)
    page.head(row, column, "Answer", wide)
    for down, line in enumerate(wanted):
        for across in range(wide):
            cell = line[across] if across < len(line) else None
            _fixed(page, row + 1 + down, column + across, cell)
        if not beside:
            page.sheet.set_row(row + 1 + down, height(texts(line, page.widths) or [("", 10)], 16))
    agreed = agrees(live, (row + 1, column), wanted)
    if beside:
        page.heads(row, column + wide, ["Agrees"])
        page.verdict(name, row + 1, column + wide, agreed)
        return row + 1 + high
    page.sheet.write_string(row + 1 + high, 1, "Agrees", page.desk.styles("label"))
    page.verdict(name, row + 1 + high, 2, agreed)
    return row + 2 + high


def _fixed(page: Page, row: int, column: int, cell: Any) -> None:
    """Write a cell of a printed answer; numbers as formulas, so that nobody takes them for inputs."""
    style = page.desk.styles("formula", **{**number_format(cell), "text_wrap": True})
    if isinstance(cell, bool | float | int | date):
        page.sheet.write_formula(row, column, formula("", [cell]).replace("=(", "=").rstrip(")"), style)
    else:
        _write(page, row, column, cell, "formula")


def _refused(page: Page, entry: Entry, params: list[Param], places: list[str], row: int) -> int:
    """Write the wrong calls: what is wrong, the error value, and the sentence of XI_WHY."""
    row = page.gap(row)
    page.heads(row, 1, ["Wrong argument", "Wrong value", "Error", "Expected", "Agrees"])
    page.head(row, 6, "Call", page.last - 5)
    names = [param.name for param in params]
    for wrong in wrong_calls(entry):
        changed = list(places)
        if wrong.argument == EXTRA:
            place = _wrong_value(page, entry, wrong, places, 0, row + 1)
            changed += [place] * (1 + len(entry.params) - len(places))
        else:
            index = names.index(wrong.argument)
            changed[index] = _wrong_value(page, entry, wrong, places, index, row + 1)
        _wrong_call(page, entry, wrong, changed, row + 1)
        row += 2
    return row + 1


def _wrong_value(page: Page, entry: Entry, wrong: Wrong, places: list[str], index: int, row: int) -> str:
    """Write the wrong value and return the place that the call reads."""
    if wrong.value == HEADLESS:
        page.sheet.write_string(row, 2, HEADLESS, page.desk.styles("label", text_wrap=True))
        return _headless(places[index])
    _write(page, row, 2, wrong.value, "input")
    words = {"input_title": "Wrong on purpose", "input_message": "Try other wrong values, and a right one."}
    page.sheet.data_validation(row, 2, row, 2, {"validate": "any", **words})
    define(page.desk, f"{entry.name[3:]}_wrong_{row + 1}", page.title, row, 2)
    return str(xl_rowcol_to_cell(row, 2))


def _wrong_call(page: Page, entry: Entry, wrong: Wrong, changed: list[str], row: int) -> None:
    """Write one wrong call, its error and, below it, what XI_WHY says."""
    desk, sheet, at = page.desk, page.sheet, row + 1
    text = f"={entry.name}({','.join(changed)})"
    page.line(row, 6, text, "prose", **CODE)
    sheet.write_string(row, 1, wrong.argument, desk.styles("label"))
    sheet.write_dynamic_array_formula(row, 3, row, 3, text, desk.styles("function", align="center"))
    sheet.write_string(row, 4, wrong.error, desk.styles("label", align="center"))
    page.errors.append(address(page.title, row, 3))
    # A call with too many arguments is refused by the host, which gives the error a number of its own.
    same = f"ISERROR(D{at})" if wrong.argument == EXTRA else f"ERROR.TYPE(D{at})={ERROR_TYPES[wrong.error]}"
    if _said(page, entry, changed, row + 1):
        same = f"AND({same},LEFT(C{at + 1},LEN(E{at}))=E{at})"
    page.verdict(entry.name, row, 5, f'=IFERROR(IF({same},"OK","FAIL"),"FAIL")')


def _said(page: Page, entry: Entry, changed: list[str], row: int) -> bool:
    """Write what XI_WHY says of a call, over the free cells to its right; tell whether it can say anything."""
    page.sheet.write_string(row, 1, "XI_WHY says", page.desk.styles("label", align="right", indent=1))
    style = page.desk.styles("function", border=0, bottom=1, bottom_color=LINE)
    for column in range(3, page.last + 1):
        page.sheet.write_blank(row, column, None, style)
    page.sheet.set_row(row, 16)
    if entry.name == "XI_WHY":
        page.sheet.write_string(row, 2, "nothing: it takes a function name and twelve arguments of it, no more", style)
        return False
    why = f'=XI_WHY("{entry.name}",{",".join(changed[: len(find("XI_WHY").params) - 1])})'
    page.sheet.write_dynamic_array_formula(row, 2, row, 2, why, style)
    return True


def _headless(place: str) -> str:
    """Return the place of a table less its first row.

    Examples
    --------
    >>> _headless("B9:D12")
    'B10:D12'
    """
    first, _, last = place.partition(":")
    row, column = xl_cell_to_rowcol(first)
    below: str = xl_rowcol_to_cell(row + 1, column)
    return f"{below}:{last}"
