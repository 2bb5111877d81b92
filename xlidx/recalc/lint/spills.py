"""Check of spilled blocks: nothing in their way, and formats where their results stand."""

from __future__ import annotations

from collections.abc import Iterator

from xlidx.recalc.lint.finding import Finding, Linted, at
from xlidx.recalc.workbook.book import Formula, Place, Sheet
from xlidx.recalc.workbook.grid import Area, area
from xlidx.recalc.workbook.package import q

Block = tuple[Place, Area]


def spills(subject: Linted) -> Iterator[Finding]:
    """Find blocks that Excel would answer with ``#SPILL!``, or whose results have no format."""
    for sheet in subject.book.sheets.values():
        blocks = [found for place, formula in sheet.formulas.items() if (found := _block(place, formula))]
        if blocks:
            taken = [*_merged(sheet), *_tables(subject, sheet)]
            styles = {place: element.get("s", "0") for place, element in subject.elements(sheet)}
            for block in blocks:
                yield from _in_the_way(sheet, block, taken)
                yield from _unformatted(sheet, block, styles)


def _block(place: Place, formula: Formula) -> Block | None:
    extent = formula.extent
    return (place, extent) if formula.dynamic and extent is not None and not extent.single else None


def _in_the_way(sheet: Sheet, block: Block, taken: list[tuple[str, Area]]) -> Iterator[Finding]:
    place, extent = block
    formulas = [other for other in extent.cells() if other != place and other in sheet.formulas]
    things = [("a formula", Area(*other, *other)) for other in formulas]
    things += [(name, other) for name, other in taken if _overlap(extent, other)]
    for name, other in things:
        what = f"{name} in {other} stands in the way of the block {extent}: Excel shows #SPILL!"
        yield Finding("spills", at(sheet.name, place), what, "move it, or the formula, so that the block stays empty")


def _unformatted(sheet: Sheet, block: Block, styles: dict[Place, str]) -> Iterator[Finding]:
    place, extent = block
    plain = [other for other in extent.cells() if styles.get(other, "0") == "0"]
    if plain:
        first = Area(*plain[0], *plain[0])
        what = f"{len(plain)} cells of the block {extent} have no format, the first is {first}"
        yield Finding("spills", at(sheet.name, place), what, "format all cells that the result may fill")


def _merged(sheet: Sheet) -> list[tuple[str, Area]]:
    merged = sheet.root.iterfind(f"{q('mergeCells')}/{q('mergeCell')}")
    return [("a merged cell", block) for item in merged if (block := area(item.get("ref") or "")) is not None]


def _tables(subject: Linted, sheet: Sheet) -> list[tuple[str, Area]]:
    return [(f"the table {t.name}", t.area) for t in subject.book.tables.values() if t.sheet == sheet.name]


def _overlap(one: Area, other: Area) -> bool:
    down = one.top <= other.bottom and other.top <= one.bottom
    return down and one.left <= other.right and other.left <= one.right
