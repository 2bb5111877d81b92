"""FORMULATEXT and ISFORMULA, which ask for what stands in a cell and not for its value.

No engine is given the formulas as Excel shows them, so that these two are answered before.
"""

from __future__ import annotations

import re

from xlidx.recalc.workbook.book import Book, Formula, Place
from xlidx.recalc.workbook.grid import area, split_sheet

_ASKED = re.compile(
    r"(?:_xlfn\.)?(FORMULATEXT|ISFORMULA)\(((?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?\$?[A-Za-z]{1,3}\$?[0-9]{1,7})\)",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"_xl(?:fn|ws|pm)\.")
_NOT_SHOWN_SO = re.compile(r"\[\d+\]|_xl|\x00")
_TEXTS = re.compile(r'("[^"]*")')


def answered(text: str, sheet: str, book: Book) -> str:
    """Return a formula with FORMULATEXT and ISFORMULA of single cells replaced by their answers."""
    if "FORMULA" not in text.upper():
        return text
    parts = _TEXTS.split(text)
    return "".join(
        part if part.startswith('"') else _ASKED.sub(lambda match: _answer(match, sheet, book), part) for part in parts
    )


def _answer(match: re.Match[str], sheet: str, book: Book) -> str:
    name, address = split_sheet(match[2])
    block = area(address)
    names = {other.lower(): other for other in book.sheets}
    found = names.get((sheet if name is None else name).lower())
    if block is None or found is None:
        return match[0]
    formula = _formula(book, found, (block.top, block.left))
    if match[1].upper() == "ISFORMULA":
        return "FALSE" if formula is None else "TRUE"
    if formula is None:
        return "NA()"
    shown = as_shown(formula)
    return match[0] if _NOT_SHOWN_SO.search(shown) else '"' + shown.replace('"', '""') + '"'


def _formula(book: Book, sheet: str, place: Place) -> Formula | None:
    formulas = book.sheets[sheet].formulas
    whole = (f for f in formulas.values() if f.extent is not None and not f.dynamic and place in f.extent)
    return formulas.get(place) or next(whole, None)


def as_shown(formula: Formula) -> str:
    """Return the text of a formula as Excel shows it.

    Examples
    --------
    >>> as_shown(Formula("=_xlfn.XLOOKUP(1,A1:A3,B1:B3)"))
    '=XLOOKUP(1,A1:A3,B1:B3)'
    """
    text = _PREFIX.sub("", formula.text)
    return text if formula.extent is None or formula.dynamic else "{" + text + "}"
