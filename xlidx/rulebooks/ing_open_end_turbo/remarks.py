"""What the reader of ING Final Terms noticed about the document as a whole.

Each function looks for one peculiarity of the print and tells how it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from xlidx.rulebooks.ing_open_end_turbo.cells import NUMBER
from xlidx.rulebooks.ing_open_end_turbo.items import BY_TABLE, NOT_APPLICABLE, Facts, Item
from xlidx.rulebooks.ing_open_end_turbo.layout import CODES, ECONOMICS, INFORMATION, Line, Table, plain
from xlidx.turbo.certificate import Certificate, Finding, issuer_findings

_HEADING = re.compile(r"([0-9]{1,2}) ([A-Z][A-Z ,/&-]+)")
_SUB_ITEM = re.compile(r"\((i|ii|iii|iv|v|vi|vii|viii)\)")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
_REGISTER = re.compile(r"(.+?) is provided by (.+?)\. (.+?) (appears|does not appear) in the register")
_CODE = re.compile(r"\(Bloomberg code:\s*([^<>()]+?)\s*[<)]")

PROVISIONS = {
    "index certificate provisions": "index",
    "share certificate provisions": "share",
    "fund certificate provisions": "fund",
    "currency certificate provisions": "currency",
    "commodity certificate provisions": "commodity future",
    "government bond certificate provisions": "government bond future",
    "index futures certificate provisions": "index future",
}
PRICE_DECIMALS = 2


def remarks(
    lines: Sequence[Line],
    tables: Mapping[str, Table],
    items: Sequence[Item],
    facts: Facts,
    certificates: Sequence[Certificate],
) -> tuple[Finding, ...]:
    """Return the findings about the document, in the order in which a reader would meet them."""
    return (
        *_dated(facts),
        *_issuer(facts),
        *_tables_joined(tables),
        *_headers(tables),
        *_page_breaks(lines, tables, items),
        *_commas(tables),
        *_units(tables),
        *_references(items),
        *_rules(facts),
        *_once(facts),
        *_families(items, facts),
        *_names(lines, certificates),
        *_codes(tables, certificates),
        *_numbering(lines),
        *_marks(lines),
    )


def _note(name: str, what: str, lines: Sequence[int] = ()) -> Finding:
    return Finding("note", name, "document", what, tuple(lines))


def _warning(name: str, what: str, lines: Sequence[int] = ()) -> Finding:
    return Finding("warning", name, "document", what, tuple(lines))


def _dated(facts: Facts) -> Iterator[Finding]:
    if facts.dated is None:
        yield _warning("document date", "no line 'Final Terms dated ...'; neither date nor issuer are known")
    elif facts.dated < facts.trade_date:
        what = f"dated {facts.dated}, before the trade date {facts.trade_date}, on which all levels hold"
        yield _note("document date", what, [facts.places["dated"][0], facts.places["trade_date"][0]])
    elif facts.dated > facts.trade_date:
        what = f"dated {facts.dated}, after the trade date {facts.trade_date}"
        yield _warning("document date", what, [facts.places["dated"][0], facts.places["trade_date"][0]])


def _issuer(facts: Facts) -> Iterator[Finding]:
    if "lei" not in facts.places:
        yield _warning("lei missing", "no legal entity identifier of the issuer")
        return
    line = facts.places["lei"][0]
    for finding in issuer_findings(facts.lei):
        yield Finding(finding.grade, finding.name, finding.subject, finding.what, (line,))


def _tables_joined(tables: Mapping[str, Table]) -> Iterator[Finding]:
    sizes = ", ".join(f"{title} {len(table.rows)}" for title, table in tables.items())
    what = f"joined on the series number, operational codes on the ISIN; rows: {sizes}"
    yield _note("tables joined", what, [table.header.number for table in tables.values()])
    for form, loss in (
        (CODES, "WKN and ISIN are printed once only"),
        (INFORMATION, "data codes are printed once only"),
    ):
        if form.title not in tables:
            yield _warning("table missing", f"no table of {form.title}; {loss} and were not compared")


def _headers(tables: Mapping[str, Table]) -> Iterator[Finding]:
    for title, table in tables.items():
        strange = [cell for cell, name in zip(table.header.cells, table.columns, strict=False) if cell and not name]
        if strange:
            what = f"table of {title}: column {', '.join(strange)} is not known and was left out"
            yield _warning("unknown column", what, [table.header.number])
        more = [line for line in table.above if line.text and not line.is_dashes]
        if more:
            what = f"header of the table of {title} is broken, read with {more[0].text!r}"
            yield _note("broken header", what, [table.header.number, *(line.number for line in more)])
        dashes = [line.number for line in (*table.above, *table.between) if line.is_dashes]
        if dashes:
            yield _note("dash row", f"table of {title}: rows of dashes passed over", dashes)


def _page_breaks(lines: Sequence[Line], tables: Mapping[str, Table], items: Sequence[Item]) -> Iterator[Finding]:
    for title, table in tables.items():
        blank = [line.number for line in table.between if not line.text]
        again = [line.number for line in table.between if table.repeats_header(line)]
        if blank or again:
            yield _note("page break", f"table of {title} goes on after a break", blank + again)
    numbered = [item for item in items if item.number]
    for one, two in pairwise(numbered):
        between = lines[one.line : two.line - 1]
        if int(two.number) == int(one.number) + 1 and between and not any(line.text for line in between):
            what = f"items {one.number} and {two.number} are parted by a break"
            yield _note("page break", what, [line.number for line in between])


def _commas(tables: Mapping[str, Table]) -> Iterator[Finding]:
    found = [row.line.number for table in tables.values() for row in table.rows if "," in row.printed_key]
    if found:
        yield _note("thousands comma", "series numbers are printed with a comma, which was left out", found)


def _units(tables: Mapping[str, Table]) -> Iterator[Finding]:
    table = tables[ECONOMICS.title]
    what = "no unit is printed with spreads and premiums: taken as per cent, 3.5 is 0.035"
    yield _note("unit not printed", what, [table.header.number])
    prices = {row.line.number: row.cells.get("issue_price", "") for row in table.rows}
    bare = [
        line
        for line, price in prices.items()
        if NUMBER.fullmatch(price) and len(price.partition(".")[2]) < PRICE_DECIMALS
    ]
    if bare:
        yield _note("trailing zero", f"{len(bare)} issue prices are printed without their last zero", bare)


def _references(items: Sequence[Item]) -> Iterator[Finding]:
    kinds = {
        "in a table": [item for item in items if plain(item.value) == BY_TABLE],
        "in the conditions": [item for item in items if re.search("as specified in .* conditions", plain(item.value))],
        "nowhere, not applicable": [item for item in items if plain(item.value) == NOT_APPLICABLE],
    }
    for place, found in kinds.items():
        if found:
            what = f"{len(found)} items have their value {place}"
            yield _note("by reference", what, [item.line for item in found])


def _rules(facts: Facts) -> Iterator[Finding]:
    for name in ("exercise_time", "valuation_dates"):
        if name in facts.places:
            line, printed = facts.places[name]
            yield _note("kept as text", f"{name.replace('_', ' ')} {printed!r} is a rule and is kept as text", [line])


def _once(facts: Facts) -> Iterator[Finding]:
    names = [name for name in ("family", "kind", "side", "settlement_currency") if facts.places[name][1]]
    what = f"stated once for all series: {', '.join(facts.places[name][1] for name in names)}"
    yield _note("stated once", what, [facts.places[name][0] for name in names])
    if facts.family == "commodity future":
        what = "commodity certificates are read as certificates on futures; on a spot price they would not roll"
        yield _warning("commodity", what, [facts.places["family"][0]])


def _families(items: Sequence[Item], facts: Facts) -> Iterator[Finding]:
    stated = [(PROVISIONS[plain(item.label)], item) for item in items if plain(item.label) in PROVISIONS]
    applied = [family for family, item in stated if plain(item.value) == "applicable"]
    if applied != [facts.family]:
        what = f"type of underlying is {facts.family}, the provisions that apply are for {', '.join(applied) or 'none'}"
        lines = [facts.places["family"][0], *(item.line for _, item in stated)]
        yield Finding("error", "provisions differ", "document", what, tuple(lines))


def _names(lines: Sequence[Line], certificates: Sequence[Certificate]) -> Iterator[Finding]:
    sentences = [(line.number, found) for line in lines if (found := _REGISTER.match(line.text))]
    spellings: dict[str, dict[str, int]] = {}
    for number, found in sentences:
        for name in (found[2], found[3]):
            spellings.setdefault(plain(name), {}).setdefault(name, number)
    for variants in spellings.values():
        if len(variants) > 1:
            what = f"one administrator in {len(variants)} spellings: {', '.join(map(repr, variants))}"
            yield _note("name variants", what, sorted(set(variants.values())))
    known = {_bare(found[1]) for _, found in sentences}
    for name in dict.fromkeys(certificate.name for certificate in certificates):
        if known and _bare(name) not in known:
            yield _warning("name variants", f"no administrator is named for {name!r}", [n for n, _ in sentences])


def _bare(name: str) -> str:
    return plain(name.replace("®", "").replace("™", ""))


def _codes(tables: Mapping[str, Table], certificates: Sequence[Certificate]) -> Iterator[Finding]:
    if INFORMATION.title not in tables:
        return
    table = tables[INFORMATION.title]
    texts = {_bare(row.key): row for row in table.rows}
    pairs = dict.fromkeys((certificate.name, certificate.underlying) for certificate in certificates)
    wrong = 0
    for name, code in pairs:
        row = texts.get(_bare(name))
        if row is None:
            wrong += 1
            what = f"{name!r} has no row in the table of {INFORMATION.title}: its code {code} cannot be compared"
            yield _warning("codes differ", what, [table.header.number])
            continue
        other = _code_in(row.line.text)
        if other != code:
            wrong += 1
            where = (table.header.number, row.line.number)
            what = f"code of {name!r} is {code} with the series, {other} in the table of {INFORMATION.title}"
            yield Finding("error", "codes differ", "document", what, where)
    if pairs and not wrong:
        what = f"{len(pairs)} codes, printed like <Index>, agree with the {INFORMATION.title}"
        yield _note("angle brackets", what, [row.line.number for row in table.rows])


def _code_in(text: str) -> str:
    found = _CODE.search(text)
    return found[1] if found else "not to be read"


def _numbering(lines: Sequence[Line]) -> Iterator[Finding]:
    headings = [(line, found) for line in lines if (found := _HEADING.fullmatch(line.text))]
    numbers = [found[1] for _, found in headings]
    for number in sorted({n for n in numbers if numbers.count(n) > 1}):
        same = [line for line, found in headings if found[1] == number]
        what = f"{len(same)} headings have the number {number}; parts are found by their words"
        yield _note("numbering", what, [line.number for line in same])
    ends = [line.number for line, _ in headings[1:]] + [lines[-1].number + 1 if lines else 0]
    for (line, found), end in zip(headings, ends, strict=False):
        marks = [m[1] for other in lines[line.number : end - 1] for cell in other.cells if (m := _SUB_ITEM.match(cell))]
        if marks and marks != list(_ROMAN[: len(marks)]):
            what = f"points under heading {found[1]} run ({'), ('.join(marks)}); they are found by their words"
            yield _note("numbering", what, [line.number])


def _marks(lines: Sequence[Line]) -> Iterator[Finding]:
    found = [line.number for line in lines if "**" in line.text or line.text.startswith("- ")]
    if found:
        yield _note("print marks", "marks of bold text and of lists stand in the text; they were passed over", found)
