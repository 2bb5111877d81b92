"""The printed form of ING Final Terms: lines, cells and tables of a text, each with its line number.

Nothing is interpreted here.  Cells are parted by tabs, or by runs of spaces in a text without tabs.  A table
is found by its header; its rows are the lines that begin with a series number (or with an ISIN), up to the
header of the next table; whatever else stands between its rows is kept for the record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.identifiers import is_isin
from xlidx.rulebooks.ing_open_end_turbo.cells import squeezed

_GAPPED = re.compile(r"\S+(?:\s\S+)*")
_SERIES = re.compile(r"[0-9][0-9,\s]*")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_DASHES = re.compile(r"[-\s]*--[-\s]*")
_FRAGMENT = re.compile(r"[0-9.\s]+")
_SHORTEST_SERIES = 4


@attrs.frozen
class Line:
    """One line of the text: its number, its cells, and the places of the cells on the line.

    A place is a half-open interval: of characters, or of tab stops where tabs part the cells.
    """

    number: int
    cells: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The filled cells, parted by single spaces."""
        return " ".join(cell for cell in self.cells if cell)

    @property
    def is_dashes(self) -> bool:
        """Whether the line only draws a rule."""
        return bool(_DASHES.fullmatch(self.text))

    @property
    def is_fragment(self) -> bool:
        """Whether the line holds nothing but pieces of numbers."""
        return bool(_FRAGMENT.fullmatch(self.text))


@attrs.frozen
class Row:
    """One row of a table; ``cells`` is empty if ``fault`` says why the row cannot be read."""

    line: Line
    key: str
    printed_key: str
    cells: Mapping[str, str]
    fault: str = ""


@attrs.frozen
class Form:
    """What a table looks like: header words of every column, and the columns that tell it from others.

    ``also`` columns may be missing; ``by_isin`` marks a table without series numbers.
    """

    title: str
    marks: tuple[str, ...]
    columns: Mapping[str, str]
    also: tuple[str, ...] = ()
    by_isin: bool = False


@attrs.frozen
class Table:
    """A table of the document: rows, lines above the first row, and lines between rows that are no rows."""

    form: Form
    header: Line
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    above: tuple[Line, ...]
    between: tuple[Line, ...]

    def repeats_header(self, line: Line) -> bool:
        """Tell whether a line prints the header once more, as after a page break."""
        return line.cells == self.header.cells


_UNDERLYING_WORDS = (
    "index",
    "share",
    "fund",
    "currency",
    "commodity",
    "index future",
    "index futures",
    "government bond",
)

SERIES = Form(
    "series",
    ("wkn", "title"),
    {
        "series number of": "series",
        "series number of the certificates": "series",
        "wkn code": "wkn",
        "isin code": "isin",
        "number of certificates": "number",
        "number of certificates being issued": "number",
        "title": "title",
    },
)
ECONOMICS = Form(
    "economic terms",
    ("isin", "financing_level"),
    {
        "series number of the certificates": "series",
        "isin code": "isin",
        "number of certificates being issued": "number",
        "issue price per certificate": "issue_price",
        "current financing level on the trade date": "financing_level",
        "current spread on the trade date": "spread",
        "maximum spread": "maximum_spread",
        "current stop loss premium rate on the trade date": "premium",
        "maximum premium": "maximum_premium",
        "minimum premium": "minimum_premium",
        "stop loss price on the trade date": "stop_loss",
        "stop loss price rounding": "stop_loss_rounding",
        "entitlement": "entitlement",
        "financing level currency": "financing_level_currency",
        "settlement currency": "settlement_currency",
        "final valuation date": "final_valuation_date",
    },
    also=("settlement_currency", "final_valuation_date"),
)
UNDERLYINGS = Form(
    "underlyings",
    ("isin", "underlying"),
    {
        "series number of the certificates": "series",
        "isin code": "isin",
        **{f"(i) details of the {word}": "underlying" for word in _UNDERLYING_WORDS},
        "(ii) exchange": "exchange",
        "(iii) notional dividend period": "dividend_period",
    },
    also=("exchange", "dividend_period"),
)
CODES = Form(
    "operational codes",
    ("isin", "wkn"),
    {
        "isin code": "isin",
        "(i) isin code": "isin",
        "(ii) common code": "common_code",
        "(iii) other relevant code": "wkn",
    },
    also=("common_code",),
    by_isin=True,
)
INFORMATION = Form(
    "information on the underlyings",
    ("name", "information"),
    {
        "underlying": "name",
        "information on the underlying can be obtained on source of information": "information",
    },
)
FORMS = (SERIES, ECONOMICS, UNDERLYINGS, CODES, INFORMATION)
NEEDED = (SERIES, ECONOMICS, UNDERLYINGS)


def plain(text: str) -> str:
    """Return the words of a cell as labels are compared: no case, no marks of bold, no end punctuation.

    Examples
    --------
    >>> plain("**Trade  Date:**")
    'trade date'
    """
    return " ".join(text.replace("*", "").split()).rstrip(" :.").casefold()


def lines_of(text: str) -> tuple[Line, ...]:
    """Return the lines of a text, cut into cells at tabs, or at runs of spaces if there is no tab.

    Examples
    --------
    >>> [line.cells for line in lines_of("18  Settlement Currency:  EUR")]
    [('18', 'Settlement Currency:', 'EUR')]
    """
    cut = _at_tabs if "\t" in text else _at_gaps
    return tuple(cut(i, raw) for i, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1))


def tables_of(lines: Sequence[Line]) -> Mapping[str, Table]:
    """Return the tables of a document by title.

    Raises
    ------
    XlidxError
        ``NO_DATA`` when a needed table is not there or lacks a column, telling what was found instead;
        ``SHAPE`` when a table stands there twice.
    """
    headers = [(i, form) for i, line in enumerate(lines) if (form := _form(line))]
    starts = [(i, form) for n, (i, form) in enumerate(headers) if n == 0 or headers[n - 1][1] is not form]
    _once(lines, starts)
    ends = [i for i, _ in starts[1:]] + [len(lines)]
    tables = {form.title: _table(form, lines[i:end]) for (i, form), end in zip(starts, ends, strict=False)}
    missing = [form.title for form in NEEDED if form.title not in tables or not tables[form.title].rows]
    if missing:
        raise _unknown_layout(f"no table of {' and of '.join(missing)}", lines, tables)
    return MappingProxyType(tables)


def _at_tabs(number: int, raw: str) -> Line:
    cells = tuple(cell.strip() for cell in raw.split("\t"))
    return Line(number, cells, tuple((i, i + 1) for i in range(len(cells))))


def _at_gaps(number: int, raw: str) -> Line:
    found = list(_GAPPED.finditer(raw))
    return Line(number, tuple(f.group() for f in found), tuple(f.span() for f in found))


def _form(line: Line) -> Form | None:
    words = [plain(cell) for cell in line.cells if cell]
    for form in FORMS:
        fields = {form.columns.get(word) for word in words}
        if len(words) > 1 and fields.issuperset(form.marks):
            return form
    return None


def _once(lines: Sequence[Line], starts: Sequence[tuple[int, Form]]) -> None:
    seen: dict[str, int] = {}
    for i, form in starts:
        if form.title in seen:
            what = f"the table of {form.title} stands there twice"
            where = f"lines {seen[form.title]} and {lines[i].number}"
            raise XlidxError(Kind.SHAPE, what, where, "give one document at a time")
        seen[form.title] = lines[i].number


def _table(form: Form, region: Sequence[Line]) -> Table:
    header = region[0]
    columns = _columns(form, header)
    rows = [i for i, line in enumerate(region) if i and _key(form, line)]
    if not rows:
        return Table(form, header, columns, (), (), ())
    end = _with_fragments(region, rows[-1] + 1)
    others = [i for i in range(1, end) if i not in set(rows)]
    return Table(
        form,
        header,
        columns,
        tuple(_row(form, columns, region[i]) for i in rows),
        tuple(region[i] for i in others if i < rows[0]),
        tuple(region[i] for i in others if i > rows[0]),
    )


def _columns(form: Form, header: Line) -> tuple[str, ...]:
    columns = [form.columns.get(plain(cell), "") for cell in header.cells]
    while not header.cells[len(columns) - 1]:
        columns.pop()
    where = f"line {header.number}, table of {form.title}"
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise XlidxError(Kind.SHAPE, f"column {twice[0]} stands there twice", where, "give the document as printed")
    missing = sorted(set(form.columns.values()) - set(columns) - set(form.also))
    if missing:
        there = ", ".join(name for name in columns if name)
        what = f"column {', '.join(missing)} is missing; found {there}"
        raise XlidxError(Kind.NO_DATA, what, where, "this layout of Final Terms is not known")
    return tuple(columns)


def _key(form: Form, line: Line) -> str:
    """Return the series number (ISIN, name) that begins a row, or nothing if the line is no row."""
    first = line.cells[0] if line.cells else ""
    if len([cell for cell in line.cells if cell]) < len(form.marks) or not first or line.is_fragment or _form(line):
        return ""
    if form is INFORMATION:
        return first if "Bloomberg code" in line.text else ""
    if form.by_isin:
        return squeezed(first) if _ISIN.fullmatch(squeezed(first)) else ""
    key = squeezed(first).replace(",", "")
    return key if _SERIES.fullmatch(first) and len(key) >= _SHORTEST_SERIES else ""


def _row(form: Form, columns: Sequence[str], line: Line) -> Row:
    cells = list(line.cells)
    while len(cells) > len(columns) and not cells[-1]:
        cells.pop()
    key, printed = _key(form, line), cells[0]
    if len(cells) != len(columns):
        return Row(line, key, printed, {}, f"{len(cells)} cells under {len(columns)} column headings")
    return Row(line, key, printed, MappingProxyType({name: c for name, c in zip(columns, cells, strict=True) if name}))


def _with_fragments(region: Sequence[Line], end: int) -> int:
    """Return the end of a table, pieces of numbers under its last row included."""
    last = end
    for i in range(end, len(region)):
        if region[i].is_fragment:
            last = i + 1
        elif region[i].text and not region[i].is_dashes:
            break
    return last


def _unknown_layout(what: str, lines: Sequence[Line], tables: Mapping[str, Table]) -> XlidxError:
    words = [squeezed(cell).strip("*") for line in lines for cell in (*line.cells, *line.text.split())]
    isins = {word for word in words if _ISIN.fullmatch(word) and is_isin(word)}
    firsts = {line.cells[0].split()[0].replace(",", "") for line in lines if line.cells and line.cells[0].split()}
    series = {first for first in firsts if first.isdecimal() and len(first) > _SHORTEST_SERIES}
    known = ", ".join(f"{table.form.title} ({len(table.rows)} rows)" for table in tables.values()) or "none"
    found = f"found {len(series)} series numbers, {len(isins)} ISINs, tables: {known}"
    mend = "give Final Terms of certificates whose tables have one row per series, as ING printed them in 2020"
    return XlidxError(Kind.NO_DATA, f"this layout is not known, {what}; {found}", "text", mend)
