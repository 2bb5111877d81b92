"""Inputs set from outside: ``NAME=VALUE`` into the one cell that NAME means."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

from lxml import etree

from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.folders.texts import plain_number
from xlidx.recalc.workbook.book import Book, Place, Sheet
from xlidx.recalc.workbook.grid import Area, CellKey, a1, area, split_sheet
from xlidx.recalc.workbook.package import q
from xlidx.values import Cell, day, serial, shown

_TRUTHS = {"true": True, "false": False}
_WANTED = {float: "a number or a day such as 2020-02-10", str: "a text", bool: "TRUE or FALSE"}
_OFFERED = 8
_FIRST_DAY = 61.0
_NUMERIC = ("whole", "decimal", "date", "time")


def inputs(book: Book, values: Mapping[str, object]) -> dict[CellKey, Cell]:
    """Return the cells to set and what to put there.

    Parameters
    ----------
    book : Book
    values : mapping
        Name of a cell (a defined name, or ``Sheet!A1``) to a number, text, truth value or day, or None to
        empty it. A text is read as the kind of value that the cell holds now: ``2020-02-10`` is a day where
        a number stands.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown name or a value that the cell's list does not offer; ``SHAPE`` for a name
        of several cells; ``TYPE`` for a formula cell or a value of another kind; ``DOMAIN`` for a number
        outside the cell's limits.
    """
    found: dict[CellKey, Cell] = {}
    for name, value in values.items():
        sheet, place = _target(book, name)
        if place in sheet.formulas or place in sheet.cached:
            what = f"{name} holds a formula"
            raise XlidxError(Kind.TYPE, what, _where(sheet, place), "set one of the inputs it depends on")
        if any(place in block for block in sheet.what_if):
            what = f"{name} belongs to a what-if data table"
            raise XlidxError(Kind.TYPE, what, _where(sheet, place), "set one of the inputs it depends on")
        found[sheet.name, *place] = _checked(book, sheet, place, name, value)
    return found


def named_area(book: Book, name: str) -> tuple[str, Area] | None:
    """Return the sheet and the cells that a defined name or ``Sheet!A1`` means, or None if it means none."""
    sheet, rest = split_sheet(book.names.get((None, name.lower()), name).lstrip("="))
    block = area(rest)
    return None if sheet is None or block is None or sheet not in book.sheets else (sheet, block)


def unknown_name(book: Book, name: str, where: str) -> XlidxError:
    """Return the refusal of a name that means no cells, with the nearest one that the workbook has."""
    if "!" in name or (None, name.lower()) in book.names:
        mend = "give a defined name of the workbook, or Sheet!A1"
        return XlidxError(Kind.CHOICE, f"{name} is no cell of this workbook", where, mend)
    known = [key for scope, key in book.names if scope is None and not key.startswith("_xlnm")]
    close = get_close_matches(name.lower(), known, 1)
    mend = f"did you mean {close[0]!r}?" if close else "give a defined name of the workbook, or Sheet!A1"
    return XlidxError(Kind.CHOICE, f"name {name!r} is unknown", where, mend)


def _target(book: Book, name: str) -> tuple[Sheet, Place]:
    found = named_area(book, name)
    if found is None:
        raise unknown_name(book, name, "set")
    sheet, block = found
    if not block.single:
        what = f"{name} means {block.rows * block.columns} cells"
        raise XlidxError(Kind.SHAPE, what, f"{sheet}!{block}", "set the cells one by one, as Sheet!A1")
    return book.sheets[sheet], (block.top, block.left)


def _checked(book: Book, sheet: Sheet, place: Place, name: str, value: object) -> Cell:
    if value is None:
        return None
    before = sheet.constants.get(place)
    after = _read(value, before)
    where = f"{name}, {_where(sheet, place)}"
    if isinstance(after, float) and not math.isfinite(after):
        raise XlidxError(Kind.DOMAIN, "the value is not a finite number", where, "give a number that a cell can hold")
    if before is not None and type(after) is not type(before) and not isinstance(before, ErrorValue):
        wanted = _WANTED.get(type(before), "another value")
        raise XlidxError(Kind.TYPE, f"{shown(after)} does not fit", where, f"give {wanted}, as the cell holds now")
    for rule in sheet.root.iterfind(f"{q('dataValidations')}/{q('dataValidation')}"):
        if any(place in block for block in map(area, (rule.get("sqref") or "").split()) if block):
            _validate(book, sheet, rule, after, where, is_day=_is_day(value))
    return after


def _is_day(value: object) -> bool:
    """Tell whether a value was given as a day, so that days answer it."""
    try:
        return isinstance(value, date) or date.fromisoformat(str(value).strip()) is not None
    except ValueError:
        return False


def _read(value: object, before: Cell) -> Cell:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    if isinstance(value, date):
        return serial(value)
    text = str(value)
    if isinstance(before, str):
        return text
    if text.strip().lower() in _TRUTHS:
        return _TRUTHS[text.strip().lower()]
    number = plain_number(text.strip())
    if number is not None:
        return number
    try:
        return serial(date.fromisoformat(text.strip()))
    except ValueError:
        return text


def _validate(book: Book, sheet: Sheet, rule: etree._Element, value: Cell, where: str, *, is_day: bool) -> None:
    kind = rule.get("type", "none")
    first, second = _text(rule, "formula1"), _text(rule, "formula2")
    if kind == "list":
        allowed = _listed(book, sheet, first)
        if allowed is not None and value not in allowed:
            raise XlidxError(Kind.CHOICE, f"{_said(value, is_day)} is not offered", where, _offer(allowed, is_day))
    elif kind in _NUMERIC and type(value) is not float:
        raise XlidxError(Kind.TYPE, f"{shown(value)} does not fit", where, "give a number")
    elif kind in _NUMERIC and isinstance(value, float):
        _limits(rule.get("operator", "between"), value, _number(first), _number(second), where)
        if kind == "whole" and not value.is_integer():
            raise XlidxError(Kind.DOMAIN, f"{shown(value)} is not whole", where, "give a whole number")


def _offer(allowed: list[Cell], is_day: bool) -> str:
    items = [_said(item, is_day).removeprefix("text ").strip("'") for item in allowed]
    return f"give one of: {', '.join(items[:_OFFERED])}" + (f" ... {items[-1]}" if len(items) > _OFFERED else "")


def _said(value: Cell, is_day: bool) -> str:
    if is_day and isinstance(value, float) and value >= _FIRST_DAY:
        return day(value, "").isoformat()
    return shown(value)


def _limits(operator: str, value: float, low: float | None, high: float | None, where: str) -> None:
    if low is None or ("etween" in operator and high is None):
        return
    top = low if high is None else high
    fits = {
        "between": low <= value <= top,
        "notBetween": not low <= value <= top,
        "equal": value == low,
        "notEqual": value != low,
        "greaterThan": value > low,
        "lessThan": value < low,
        "greaterThanOrEqual": value >= low,
        "lessThanOrEqual": value <= low,
    }
    if not fits.get(operator, True):
        words = re.sub(r"(?=[A-Z])", " ", operator).lower()
        limits = f"{low:.15g} and {top:.15g}" if "etween" in operator else f"{low:.15g}"
        what = f"{shown(value)} is outside the cell's limits"
        raise XlidxError(Kind.DOMAIN, what, where, f"give a number {words} {limits}")


def _listed(book: Book, sheet: Sheet, text: str) -> list[Cell] | None:
    if text.startswith('"'):
        items = [item.strip() for item in text.strip('"').split(",")]
        return [*items, *(_read(item, None) for item in items if not item.isalpha())]
    name, rest = split_sheet(book.names.get((None, text.lower()), text))
    block, source = area(rest), book.sheets.get(name or sheet.name)
    if block is None or source is None or any(place in source.cached for place in block.cells()):
        return None
    return [source.constants[place] for place in block.cells() if place in source.constants]


def _text(rule: etree._Element, name: str) -> str:
    return (rule.findtext(q(name)) or "").strip()


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _where(sheet: Sheet, place: Place) -> str:
    return f"{sheet.name}!{a1(*place)}"
