"""The dialect of a text file: how it writes letters, columns, numbers and days; found for the file as a whole.

Nothing is guessed: what the cells of a file do not decide is refused, and a file that mixes two forms is too.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

import attrs

from xlidx.errors import Kind, XlidxError
from xlidx.folders import texts
from xlidx.folders.texts import DayOrder, Decimal

Role: TypeAlias = Literal["number", "day", "text", "any"]
Texts: TypeAlias = Sequence[Sequence[str]]

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SIGNS = {".": "decimal point", ",": "decimal comma"}
PLAIN_ENCODING, WINDOWS = "utf-8", "cp1252"
MARKS = {codecs.BOM_UTF8: PLAIN_ENCODING, codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@attrs.frozen(kw_only=True)
class Form:
    """What is said about text files; a blank is found in the file.

    Parameters
    ----------
    encoding : str, optional
        A name that Python knows, such as ``utf-8``, ``cp1252`` or ``utf-16``.
    decimal : {".", ","}, optional
        Decimal sign; the other one may set thousands apart.
    dates : {"day-first", "month-first"}, optional
        Order of days that end in their year.
    """

    encoding: str | None = None
    decimal: Decimal | None = None
    dates: DayOrder | None = None


FOUND = Form()
"""Everything is found in the file."""


@attrs.frozen(kw_only=True)
class Dialect:
    """How a text file was read; ``decimal`` and ``dates`` are None where no cell depends on them."""

    encoding: str = PLAIN_ENCODING
    separator: str = ","
    decimal: Decimal | None = None
    dates: DayOrder | None = None

    @property
    def sentence(self) -> str:
        """What differs from a plain file (UTF-8, commas, decimal point, days like 2020-02-10); blank if nothing does.

        Examples
        --------
        >>> Dialect(encoding="cp1252", separator=";", decimal=",", dates="day-first").sentence
        'encoding cp1252, semicolons, decimal comma, dates day-first'
        >>> Dialect(decimal=".").sentence
        ''
        """
        parts = [
            "" if self.encoding == PLAIN_ENCODING else f"encoding {self.encoding}",
            "" if self.separator == "," else SEPARATORS.get(self.separator, f"separator {self.separator!r}"),
            SIGNS.get(self.decimal or "", "") if (self.separator, self.decimal) != (",", ".") else "",
            f"dates {self.dates}" if self.dates else "",
        ]
        return ", ".join(filter(None, parts))


class Found(NamedTuple):
    """A cell of a file: row and column from 1, and its text."""

    row: int
    column: int
    text: str

    @property
    def where(self) -> str:
        """The place in words."""
        return f"row {self.row}, column {self.column}"


def decoded(data: bytes, form: Form, where: str) -> tuple[str, str]:
    """Return the text of a file and its encoding: the one said, that of a byte order mark, UTF-8, or cp1252.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an encoding that is not known, ``TYPE`` for bytes that are not text in it.

    Examples
    --------
    >>> decoded("Größe".encode("cp1252"), FOUND, "a.csv"), decoded("Größe".encode("utf-16"), FOUND, "a.csv")
    (('Größe', 'cp1252'), ('Größe', 'utf-16'))
    """
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    names = [_known(form.encoding)] if form.encoding else [marked] if marked else [PLAIN_ENCODING, WINDOWS]
    for name in names:
        try:
            text = data.decode(name).removeprefix("\ufeff")
        except UnicodeError:
            continue
        if "\0" in text:
            mend = "save it as CSV UTF-8, or say --encoding utf-16 if it is that"
            raise XlidxError(Kind.TYPE, "the file holds zero bytes", where, mend)
        return text, name
    what = f"the file is not text in {names[0] if len(names) == 1 else 'UTF-8'}"
    raise XlidxError(Kind.TYPE, what, where, "save it as CSV UTF-8, or say its encoding with --encoding")


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        what = f"encoding {encoding!r} is not known"
        raise XlidxError(Kind.CHOICE, what, "option --encoding", "use for example utf-8, cp1252 or utf-16") from None


def decimal_of(cells: Iterable[Found], separator: str, form: Form, where: str) -> Decimal | None:
    """Return the decimal sign of the numbers of a file, None if none of them depends on it.

    ``1.000`` decides nothing, except in a file with commas, where a decimal comma needs quotes.

    Raises
    ------
    XlidxError
        ``TYPE`` for a file that holds both signs, or a number that could be two.
    """
    if form.decimal:
        return form.decimal

    def numbers(text: str) -> tuple[float | None, float | None]:
        point, comma = texts.number(text, "."), texts.number(text, ",")
        settled = separator == "," and "," not in text and comma is not None
        return (point, point) if settled else (point, comma)

    marked = (found for found in cells if "." in found.text or "," in found.text)
    how = "say which sign is the decimal one: --decimal . or --decimal ,"
    choice = _decided(marked, numbers, ("a decimal point", "a decimal comma"), how, where)
    return "." if choice == 0 or (choice is None and separator == ",") else "," if choice == 1 else None


def dates_of(cells: Iterable[Found], form: Form, where: str) -> DayOrder | None:
    """Return the order of the days of a file that end in their year, None if there are none.

    Raises
    ------
    XlidxError
        ``TYPE`` for a file that holds both orders, or whose days could all be two.
    """
    if form.dates:
        return form.dates

    def days(text: str) -> tuple[date | None, date | None]:
        return texts.day(text, "day-first"), texts.day(text, "month-first")

    how = "say which comes first: --dates day-first or --dates month-first"
    choice = _decided(cells, days, ("its day first", "its month first"), how, where)
    return None if choice is None else "day-first" if choice == 0 else "month-first"


def _decided(
    cells: Iterable[Found],
    read: Callable[[str], tuple[object, object]],
    names: tuple[str, str],
    how: str,
    where: str,
) -> int | None:
    """Return which of two forms the cells are written in, None if they are the same in both."""
    first: dict[int | None, tuple[Found, object, object]] = {}
    for found in cells:
        one, other = read(found.text)
        if one != other:
            choice = 0 if other is None else 1 if one is None else None
            first.setdefault(choice, (found, one, other))
    if 0 in first and 1 in first:
        a, b = first[0][0], first[1][0]
        what = f"{a.text.strip()!r} has {names[0]}, {b.text.strip()!r} has {names[1]}"
        raise XlidxError(Kind.TYPE, what, f"{where}, {a.where}, and {b.where}", "write the whole file in one form")
    if None in first and len(first) == 1:
        found, one, other = first[None]
        what = f"{found.text.strip()!r} is {_shown(one)} or {_shown(other)}"
        raise XlidxError(Kind.TYPE, what, f"{where}, {found.where}", how)
    return 0 if 0 in first else 1 if 1 in first else None


def _shown(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def cells_with(rows: Texts, roles: Sequence[Role], wanted: tuple[Role, ...], first: int) -> Iterator[Found]:
    """Give the cells that are not blank of the columns of some roles, from row ``first`` (counted from 0) on."""
    columns = [column for column, role in enumerate(roles) if role in wanted]
    for place in range(first, len(rows)):
        row = rows[place]
        for column in columns:
            if row[column]:
                yield Found(place + 1, column + 1, row[column])
