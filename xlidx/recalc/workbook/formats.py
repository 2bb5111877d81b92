"""Number formats of a workbook: which cells show days."""

from __future__ import annotations

from xlidx.recalc.workbook.book import Book, Place, cells
from xlidx.recalc.workbook.package import q


def days_shown(book: Book, sheet: str) -> set[Place]:
    """Return the places of a sheet whose number format shows a day."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    part = next((part for kind, part in book.package.relations(book.part).values() if kind == "styles"), None)
    if part is None:
        return set()
    root = book.package.xml(part)
    own = {item.get("numFmtId"): item.get("formatCode") or "" for item in root.iter(q("numFmt"))}
    numbers = [item.get("numFmtId") or "0" for item in root.iterfind(f"{q('cellXfs')}/{q('xf')}")]
    codes = [own.get(number) or BUILTIN_FORMATS.get(int(number), "") for number in numbers]
    days = {str(style) for style, code in enumerate(codes) if is_date_format(code)}
    return {place for place, element in cells(book.sheets[sheet].root, sheet) if element.get("s", "0") in days}
