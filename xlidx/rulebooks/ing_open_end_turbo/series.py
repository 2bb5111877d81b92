"""The tables of ING Final Terms joined into certificates, each value with its evidence.

Series number joins the tables of series, economic terms and underlyings; the list of operational codes has
only ISIN and WKN.  A series whose row cannot be read is refused alone; the others are read all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.identifiers import is_isin
from xlidx.rulebooks.ing_open_end_turbo.cells import (
    NUMBER,
    is_complete,
    read_currency,
    read_day,
    read_isin,
    read_number,
    read_underlying,
    squeezed,
)
from xlidx.rulebooks.ing_open_end_turbo.fragments import Torn, stray_findings, torn_cells, whole_numbers
from xlidx.rulebooks.ing_open_end_turbo.items import BY_TABLE, NOT_APPLICABLE, Facts
from xlidx.rulebooks.ing_open_end_turbo.layout import CODES, ECONOMICS, NEEDED, SERIES, UNDERLYINGS, Row, Table, plain
from xlidx.turbo.certificate import AMOUNTS, FRACTIONS, Certificate, Finding, findings

ONCE = ("family", "kind", "side", "trade_date", "issue_date", "valuation_dates")
"""What the document says once for all series."""


@attrs.frozen
class Evidence:
    """Where a value stands: series number (or ``document``), field, line numbers and the text as printed."""

    subject: str
    field: str
    lines: tuple[int, ...]
    raw: tuple[str, ...]


@attrs.frozen
class Refused:
    """A series that could not be read, and why."""

    series: str
    isin: str
    why: str


@attrs.frozen
class Reading:
    """Certificates, refused series, findings and evidence of all series of a document."""

    certificates: tuple[Certificate, ...]
    refused: tuple[Refused, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]


@attrs.frozen
class _Join:
    facts: Facts
    rows: Mapping[str, Mapping[str, Row]]
    twice: Mapping[str, frozenset[str]]
    torn: Mapping[str, Torn]
    whole: Mapping[str, Mapping[str, list[str]]]
    owners: Mapping[str, list[str]]


@attrs.define
class _Notes:
    findings: list[Finding] = attrs.Factory(list)
    evidence: list[Evidence] = attrs.Factory(list)

    def found(self, name: str, key: str, what: str, *lines: int, grade: Any = "error") -> None:
        self.findings.append(Finding(grade, name, key, what, lines))

    def seen(self, key: str, field: str, *places: tuple[int, str]) -> None:
        self.evidence.append(Evidence(key, field, tuple(line for line, _ in places), tuple(raw for _, raw in places)))


def read_series(tables: Mapping[str, Table], facts: Facts) -> Reading:
    """Join the tables of a document, in the order of its first table.

    Parameters
    ----------
    tables : mapping of title to Table
        As :func:`xlidx.rulebooks.ing_open_end_turbo.layout.tables_of` finds them.
    facts : Facts

    Returns
    -------
    Reading
        Every series number of the three tables is either a certificate or refused with a sentence.

    Rule: ING Final Terms, tables T.1 to T.4.

    *Reading*: the ISIN of the first table counts.  Another ISIN for the same series elsewhere is an error,
    and if it is the ISIN of another series, the series is refused.
    """
    join = _joined(tables, facts)
    notes, certificates, refused = _Notes(), [], []
    for table in tables.values():
        notes.findings.extend(stray_findings(table))
    for key in dict.fromkeys(key for form in NEEDED for key in join.rows[form.title]):
        try:
            certificates.append(_certificate(key, join, notes))
        except XlidxError as error:
            refused.append(_refused(key, join, error, notes))
    if CODES.title in tables:
        _codes_without_series(join, notes)
    return Reading(tuple(certificates), tuple(refused), tuple(notes.findings), tuple(notes.evidence))


def _joined(tables: Mapping[str, Table], facts: Facts) -> _Join:
    torn = {title: torn_cells(table) for title, table in tables.items()}
    counts = {title: Counter(row.key for row in table.rows) for title, table in tables.items()}
    return _Join(
        facts,
        {title: _first_rows(table) for title, table in tables.items()},
        {title: frozenset(key for key, count in counts[title].items() if count > 1) for title in tables},
        torn,
        {title: whole_numbers(table, torn[title]) for title, table in tables.items()},
        _owners(tables[SERIES.title]),
    )


def _first_rows(table: Table) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in table.rows:
        rows.setdefault(row.key, row)
    return rows


def _owners(table: Table) -> dict[str, list[str]]:
    """Return the series numbers of every ISIN of the first table."""
    owners: dict[str, list[str]] = {}
    for row in table.rows:
        if not row.fault:
            owners.setdefault(squeezed(row.cells["isin"]), []).append(row.key)
    return owners


def _refused(key: str, join: _Join, error: XlidxError, notes: _Notes) -> Refused:
    rows = [join.rows[form.title][key] for form in NEEDED if key in join.rows[form.title]]
    isins = [read_isin(row.cells["isin"])[0] for row in rows if not row.fault]
    notes.found("series refused", key, str(error), *(row.line.number for row in rows))
    return Refused(key, next((isin for isin in isins if is_isin(isin)), ""), error.sentence)


def _certificate(key: str, join: _Join, notes: _Notes) -> Certificate:
    rows = {form.title: _row(key, form.title, join) for form in NEEDED}
    _whole_key(key, rows.values())
    values: dict[str, Any] = {"series": key}
    notes.seen(key, "series", *((row.line.number, row.printed_key) for row in rows.values()))
    values |= _identifiers(key, rows, join, notes)
    values |= _amounts(key, rows, join, notes)
    values |= _underlying(key, rows[UNDERLYINGS.title], notes)
    values |= _terms(key, rows[ECONOMICS.title], join.facts, notes)
    certificate = Certificate(**values)
    lines = tuple(row.line.number for row in rows.values())
    notes.findings.extend(attrs.evolve(finding, lines=lines) for finding in findings(certificate))
    _titles_agree(certificate, rows[SERIES.title], notes)
    return certificate


def _row(key: str, title: str, join: _Join) -> Row:
    row, mend = join.rows[title].get(key), "compare it with the source document"
    if row is None:
        raise XlidxError(Kind.NO_DATA, f"series {key} is not in the table of {title}", "text", mend)
    where = f"line {row.line.number}, table of {title}"
    if key in join.twice[title]:
        raise XlidxError(Kind.SHAPE, f"series {key} stands there twice", where, mend)
    if row.fault:
        raise XlidxError(Kind.SHAPE, f"series {key} has {row.fault}", where, mend)
    return row


def _whole_key(key: str, rows: Collection[Row]) -> None:
    printed = [row.printed_key.replace(",", "") for row in rows]
    if key not in printed:
        what, mend = f"series number {printed[0]!r} is nowhere printed whole", "compare it with the source document"
        raise XlidxError(Kind.TYPE, what, f"series {key}", mend)


def _identifiers(key: str, rows: Mapping[str, Row], join: _Join, notes: _Notes) -> dict[str, str]:
    isins = {title: _isin(key, title, row, notes) for title, row in rows.items()}
    isin, first = isins[SERIES.title], rows[SERIES.title]
    for title, other in isins.items():
        _same_isin(key, (first, isin), (rows[title], other, title), join, notes)
    wkn = first.cells["wkn"]
    coded = [row for row in [_code_row(isin, key, wkn, first, join, notes)] if row]
    notes.seen(key, "wkn", (first.line.number, wkn), *((row.line.number, row.cells["wkn"]) for row in coded))
    printed = [*rows.values(), *coded]
    notes.seen(key, "isin", *((row.line.number, row.cells["isin"]) for row in printed))
    return {"isin": isin, "wkn": wkn}


def _isin(key: str, title: str, row: Row, notes: _Notes) -> str:
    isin, joined = read_isin(row.cells["isin"])
    if joined:
        what = f"ISIN printed {row.cells['isin']!r} in the table of {title}; joined, the check digit is right"
        notes.found("split isin", key, what, row.line.number, grade="note")
    return isin


def _same_isin(key: str, first: tuple[Row, str], other: tuple[Row, str, str], join: _Join, notes: _Notes) -> None:
    (first_row, isin), (row, printed, title) = first, other
    owners = [owner for owner in join.owners.get(squeezed(printed), ()) if owner != key]
    if owners:
        what = f"ISIN {printed} of series {key} in the table of {title} belongs to series {', '.join(owners)}"
        where, mend = f"line {row.line.number}", "compare it with the source document"
        raise XlidxError(Kind.DOMAIN, what, where, mend)
    if printed != isin:
        what = f"ISIN is {isin} in the table of series and {printed!r} in the table of {title}"
        notes.found("tables differ", key, what, first_row.line.number, row.line.number)


def _code_row(isin: str, key: str, wkn: str, first: Row, join: _Join, notes: _Notes) -> Row | None:
    codes = join.rows.get(CODES.title)
    row = codes.get(isin) if codes is not None else None
    if codes is not None and (row is None or row.fault):
        what = f"ISIN {isin} is not in the table of {CODES.title}" + (f": {row.fault}" if row else "")
        notes.found("tables differ", key, what, first.line.number)
        return None
    if row is not None and row.cells["wkn"] != wkn:
        what = f"WKN is {wkn} in the table of series and {row.cells['wkn']} in the table of {CODES.title}"
        notes.found("tables differ", key, what, first.line.number, row.line.number)
    if row is not None and isin in join.twice[CODES.title]:
        notes.found("tables differ", key, f"ISIN {isin} stands twice in the table of {CODES.title}", row.line.number)
    return row


def _amounts(key: str, rows: Mapping[str, Row], join: _Join, notes: _Notes) -> dict[str, float]:
    row, first = rows[ECONOMICS.title], rows[SERIES.title]
    exact = {name: _number(key, ECONOMICS.title, name, rows, join, notes) for name in (*AMOUNTS, *FRACTIONS)}
    again = _number(key, SERIES.title, "number", rows, join, notes)
    if again != exact["number"]:
        what = f"number is {again} in the table of series and {exact['number']} in the table of economic terms"
        notes.found("tables differ", key, what, first.line.number, row.line.number)
    for name in (*AMOUNTS, *FRACTIONS):
        also = ((first.line.number, first.cells[name]),) if name == "number" else ()
        notes.seen(key, name, *also, (row.line.number, row.cells[name]))
    return {name: float(_fraction(value) if name in FRACTIONS else value) for name, value in exact.items()}


def _fraction(per_cent: Decimal) -> Decimal:
    return per_cent.scaleb(-2)


def _number(key: str, title: str, name: str, rows: Mapping[str, Row], join: _Join, notes: _Notes) -> Decimal:
    row = rows[title]
    cell, where = row.cells[name], f"line {row.line.number}, column {name}"
    if not cell:
        raise XlidxError(Kind.MISSING, f"{name} is blank", where, "compare it with the source document")
    witnesses = [*join.whole[title].get(name, ()), *_elsewhere(key, title, name, rows, join)]
    value, joined = read_number(cell, witnesses, where)
    below = join.torn[title].line(key, name)
    if below is not None and not is_complete(squeezed(cell), witnesses):
        what = f"{name} {cell!r} may go on in line {below}"
        raise XlidxError(Kind.TYPE, what, where, "compare it with the source document")
    if joined:
        what = f"{name} printed {cell!r}; joined to {value}, as other cells prove"
        notes.found("split number", key, what, row.line.number, grade="note")
    return value


def _elsewhere(key: str, title: str, name: str, rows: Mapping[str, Row], join: _Join) -> list[str]:
    """Return the same quantity where the document prints it again in one piece."""
    twins = {"number": (SERIES.title if title == ECONOMICS.title else ECONOMICS.title, "number")}
    if join.facts.kind == "best":
        twins |= {"financing_level": (title, "stop_loss"), "stop_loss": (title, "financing_level")}
    if name not in twins:
        return []
    other, column = twins[name]
    cell = rows[other].cells[column]
    return [cell] if NUMBER.fullmatch(cell) and join.torn[other].line(key, column) is None else []


def _underlying(key: str, row: Row, notes: _Notes) -> dict[str, str]:
    cell, line = row.cells["underlying"], row.line.number
    underlying = read_underlying(cell, f"line {line}, column underlying")
    if not underlying.sector:
        what = f"{cell!r} has no market in angle brackets after its code; read as {underlying.code}"
        notes.found("angle brackets", key, what, line, grade="warning")
    for name in ("underlying", "name"):
        notes.seen(key, name, (line, cell))
    return {"underlying": underlying.code, "name": underlying.name}


def _terms(key: str, row: Row, facts: Facts, notes: _Notes) -> dict[str, Any]:
    values = {name: getattr(facts, name) for name in ONCE}
    for name in ONCE:
        notes.seen(key, name, facts.places[name])
    line, own = row.line.number, row.cells["financing_level_currency"]
    currency, place = _stated("settlement_currency", facts, row)
    term, term_place = _stated("final_valuation_date", facts, row)
    values["financing_level_currency"] = read_currency(own, "financing level currency", f"line {line}")
    values["settlement_currency"] = read_currency(currency or "", "settlement currency", f"line {place[0]}")
    day = term and read_day(term, "final valuation date", f"line {term_place[0]}")
    values["final_valuation_date"] = day or None
    notes.seen(key, "financing_level_currency", (line, own))
    notes.seen(key, "settlement_currency", place)
    notes.seen(key, "final_valuation_date", term_place)
    return values


def _stated(name: str, facts: Facts, row: Row) -> tuple[str | None, tuple[int, str]]:
    """Return a term from its item or, if that refers to the table, from its column; ``None``: not applicable."""
    item_line, printed = facts.places[name]
    if plain(printed) == BY_TABLE:
        if not row.cells.get(name):
            what = f"item {name.replace('_', ' ')} refers to a table that does not give it"
            raise XlidxError(Kind.NO_DATA, what, f"line {item_line}", "this layout of Final Terms is not known")
        item_line, printed = row.line.number, row.cells[name]
    absent = plain(printed) == NOT_APPLICABLE
    return (None if absent else printed), (item_line, printed)


def _titles_agree(certificate: Certificate, row: Row, notes: _Notes) -> None:
    words = plain(row.cells["title"]).split()
    other = "short" if certificate.side == "long" else "long"
    if other in words and certificate.side not in words:
        what = f"title {row.cells['title']!r} says {other}, the item says {certificate.side}"
        notes.found("tables differ", certificate.series, what, row.line.number)


def _codes_without_series(join: _Join, notes: _Notes) -> None:
    for isin, row in join.rows[CODES.title].items():
        if isin not in join.owners:
            what = f"ISIN {isin} in the table of {CODES.title} belongs to no series"
            notes.found("tables differ", "document", what, row.line.number)
