"""Structured references (``Prices[Close]``) as cell areas.

Rule: ECMA-376 part 1, 18.17.2 for the form; ``[@c]`` is the short form Excel shows for
``[[#This Row],[c]]``.  Inside brackets an apostrophe escapes the next character.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.workbook.book import Table
from xlidx.recalc.workbook.grid import letters, sheet_prefix

# An escaped character rides through tokenising as a private one, so that brackets and commas stay plain.
_PRIVATE = 0xE000
THIS_ROW = "\uf8ff"
_ITEM = re.compile(r"\s*\[([^\[\]]*)\]\s*([,:]?)")
_KEYWORDS = ("#all", "#data", "#headers", "#totals", "#this row")


def shield(text: str) -> str:
    """Return a formula with the escaped characters of structured references made private.

    Examples
    --------
    >>> shield("=t['#]+'a'!B1") == "=t[" + chr(0xE000 + ord("#")) + "]+'a'!B1"
    True
    """
    if "'" not in text or "[" not in text:
        return text
    out, depth, quote, place = [], 0, "", 0
    while place < len(text):
        mark = text[place]
        if not quote and depth and mark == "'" and place + 1 < len(text):
            place += 1
            mark = chr(_PRIVATE + ord(text[place])) if ord(text[place]) < 128 else text[place]
        elif quote:
            quote = "" if mark == quote else quote
        elif mark == '"' or (mark == "'" and not depth):
            quote = mark
        else:
            depth += (mark == "[") - (mark == "]")
        out.append(mark)
        place += 1
    return "".join(out)


def resolve(text: str, tables: Mapping[str, Table], sheet: str, place: tuple[int, int]) -> str:
    """Return a structured reference as an A1 area with its sheet.

    Parameters
    ----------
    text : str
        ``Table[...]`` or, inside the table, ``[...]``; escapes shielded (:func:`shield`).
    tables : mapping
        Tables of the book by name in lower case.
    sheet, place
        The cell that holds the formula: it decides ``#This Row`` and the table of a bare ``[...]``.

    Returns
    -------
    str
        The area, with :data:`THIS_ROW` for the number of the cell's own row; ``#VALUE!`` for ``#This Row``
        outside the table's rows, ``#REF!`` for a totals or header row the table does not have, as in Excel.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown table or column.
    """
    name, _, inside = text.partition("[")
    table = _table(name, tables, sheet, place)
    keywords, first, last = _parsed(inside[:-1].strip(), text)
    rows = _rows(table, keywords, sheet, place[0])
    if isinstance(rows, str):
        return rows
    left = table.area.left + (0 if first is None else _column(table, first))
    right = table.area.right if last is None else table.area.left + _column(table, last)
    left, right = min(left, right), max(left, right)
    start, end = f"${letters(left)}${rows[0]}", f"${letters(right)}${rows[1]}"
    return sheet_prefix(table.sheet) + (start if start == end else f"{start}:{end}")


def _table(name: str, tables: Mapping[str, Table], sheet: str, place: tuple[int, int]) -> Table:
    if name.lower() in tables:
        return tables[name.lower()]
    if not name:
        for table in tables.values():
            if table.sheet == sheet and place in table.area:
                return table
    what = f"table {name!r} is unknown" if name else "a reference [...] stands outside any table"
    near = get_close_matches(name.lower(), tables, 1)
    mend = f"did you mean {tables[near[0]].name!r}?" if near else "name a table of this workbook"
    raise XlidxError(Kind.CHOICE, what, "structured reference", mend)


def _parsed(inside: str, text: str) -> tuple[list[str], str | None, str | None]:
    if inside.startswith("@"):
        keywords, first, last = _parsed(inside[1:].strip(), text)
        return ["#this row", *keywords], first, last
    if not inside:
        return [], None, None
    if not inside.startswith("["):
        if inside.lower() in _KEYWORDS:
            return [inside.lower()], None, None
        return [], _plain(inside), _plain(inside)
    return _listed(inside, text)


def _listed(inside: str, text: str) -> tuple[list[str], str | None, str | None]:
    keywords: list[str] = []
    columns: list[str] = []
    at, joints = 0, ""
    while at < len(inside):
        match = _ITEM.match(inside, at)
        if match is None:
            what = f"reference {_plain(text)[:60]!r} cannot be read"
            raise XlidxError(Kind.TYPE, what, "structured reference", "enter the reference again in Excel")
        if match[1].strip().lower() in _KEYWORDS:
            keywords.append(match[1].strip().lower())
        else:
            columns.append(_plain(match[1]))
            joints += match[2]
        at = match.end()
    if len(columns) > 2 or (len(columns) == 2 and joints != ":"):
        what = f"reference {_plain(text)[:60]!r} joins separate columns"
        raise XlidxError(Kind.TYPE, what, "structured reference", "refer to neighbouring columns with ':'")
    return (keywords, columns[0], columns[-1]) if columns else (keywords, None, None)


def _plain(text: str) -> str:
    return "".join(chr(ord(c) - _PRIVATE) if _PRIVATE <= ord(c) < _PRIVATE + 128 else c for c in text)


def _column(table: Table, name: str) -> int:
    lowered = [column.lower() for column in table.columns]
    if name.lower() in lowered:
        return lowered.index(name.lower())
    near = get_close_matches(name.lower(), lowered, 1)
    mend = f"did you mean {table.columns[lowered.index(near[0])]!r}?" if near else "name a column of the table"
    raise XlidxError(Kind.CHOICE, f"column {name!r} is unknown", f"table {table.name}", mend)


def _rows(table: Table, keywords: list[str], sheet: str, row: int) -> tuple[str, str] | str:
    if "#this row" in keywords:
        here = sheet == table.sheet and row in table.data_rows
        return (THIS_ROW, THIS_ROW) if here else "#VALUE!"
    top, bottom = table.area.top, table.area.bottom
    spans = {
        "#all": (top, bottom),
        "#data": (table.data_rows.start, table.data_rows.stop - 1),
        "#headers": (top, top) if table.header_rows else None,
        "#totals": (bottom, bottom) if table.totals_rows else None,
    }
    wanted = [spans[keyword] for keyword in keywords or ["#data"]]
    found = [span for span in wanted if span is not None]
    if len(found) < len(wanted):
        return "#REF!"
    return str(min(span[0] for span in found)), str(max(span[1] for span in found))
