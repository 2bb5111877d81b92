"""Formula text as an engine wants it: plain names of our functions, A1 areas instead of tables and names.

A function of ours is stored as ``[1]!NAME`` or ``'path.xlam'!NAME`` when it came from a loaded add-in,
``_xll.NAME`` from an XLL, ``_xldudf_NAMESPACE_NAME`` from the web runtime and ``_xludf.NAME`` when it was
unknown on saving; all of these are the plain name here.  An argument of ours that is left out becomes
``""``, which the cell boundary reads as missing: an engine would hand over 0, which reads as a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

import attrs
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError
from openpyxl.utils import FORMULAE

from xlidx.errors import Kind, XlidxError
from xlidx.recalc.workbook.book import Book, Place
from xlidx.recalc.workbook.grid import area, split_sheet
from xlidx.recalc.workbook.placeholders import abstracted, instantiated
from xlidx.recalc.workbook.prefixes import PREFIXES
from xlidx.recalc.workbook.structured import THIS_ROW, resolve, shield

_LOADED = re.compile(r"^(?:'?\[\d+\][^'!]*'?|'(?:[^']|'')*\.xlam?'|[^'!\[\]]*\.xlam?)!", re.IGNORECASE)
_HOST = re.compile(r"^(?:_xlfn\.)?(?:_xll\.|_xludf\.|_xldudf_)", re.IGNORECASE)
_LEFT_OUT = re.compile(r"[(,]\s*[,)]")
_WORD = re.compile(r"[^\W\d][\w.\\?]*")
_OTHER_BOOK = re.compile(r"^'?[^!]*\[[^\]]*\][^!]*!")
_RELATIVE = re.compile(
    r"(?<![$\w.:])(?:\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?[0-9]+:\$?[0-9]+)(?![\w(.!])"
    r"|(?<![$\w.])\$?[A-Za-z]{1,3}\$?[0-9]+(?![\w(.])"
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_DEEPEST = 20


@attrs.frozen
class Normaliser:
    """Rewrites the formulas of one book.

    ``ours`` are the names of our functions in upper case; ``words`` everything in lower case that makes a
    formula worth tokenising.
    """

    book: Book
    ours: frozenset[str]
    words: frozenset[str]
    _shapes: dict[tuple[object, ...], str] = attrs.field(factory=dict, eq=False, repr=False)

    def __call__(self, text: str, sheet: str, place: Place) -> str:
        """Return a formula in plain form.

        Raises
        ------
        XlidxError
            ``NO_DATA`` for a link to another workbook; ``CHOICE`` for an unknown name, table or column;
            ``TYPE`` for text that is no formula.
        """
        if not self._needs_work(text):
            return text
        shape, cells = abstracted(text)
        key = (shape, sheet, *self._around(sheet, place))
        if key not in self._shapes:
            try:
                self._shapes[key] = "=" + self._rewritten(shape, sheet, place, 0)
            except XlidxError:
                self._rewritten(text, sheet, place, 0)  # the same refusal, in the words of this cell
                raise
        return instantiated(self._shapes[key].replace(THIS_ROW, str(place[0])), cells)

    def _around(self, sheet: str, place: Place) -> tuple[tuple[str, bool, bool], ...]:
        """Return the tables beside the cell, and whether it is inside: what ``[@c]`` and ``[c]`` depend on."""
        here = (table for table in self.book.tables.values() if table.sheet == sheet)
        return tuple(
            (table.name, place in table.area, place[0] in table.data_rows)
            for table in here
            if table.area.top <= place[0] <= table.area.bottom
        )

    def _needs_work(self, text: str) -> bool:
        if "[" in text or "_xl" in text or "#REF!" in text or ".xla" in text or _LEFT_OUT.search(text):
            return True
        return any(word.lower() in self.words for word in _WORD.findall(text))

    def _rewritten(self, text: str, sheet: str, place: Place, depth: int) -> str:
        try:
            tokens = Tokenizer(shield(text)).items
        except TokenizerError:
            what = f"formula {text[:60]!r} cannot be read"
            raise XlidxError(Kind.TYPE, what, "formula", "enter the formula again in Excel") from None
        out: list[str] = []
        inside_ours: list[bool] = []
        for number, token in enumerate(tokens):
            out.append(self._token(token, sheet, place, depth))
            _follow(token, out[-1], inside_ours, self.ours)
            if inside_ours and inside_ours[-1] and _left_out(tokens, number):
                out.append('""')
        return "".join(out)

    def _token(self, token: Token, sheet: str, place: Place, depth: int) -> str:
        value = str(token.value)
        if token.type == Token.FUNC and token.subtype == Token.OPEN:
            return self._function(value[:-1], sheet, place, depth) + "("
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            return self._operand(value, sheet, place, depth)
        return value

    def _function(self, name: str, sheet: str, place: Place, depth: int) -> str:
        bare = unloaded(name)
        found = our_name(bare, self.ours)
        if found is not None:
            return found
        if bare != name or _OTHER_BOOK.match(name):
            raise _other_book(name)
        named = None if is_known(plain_name(name)) else self._named(name, sheet)
        if named is None:
            return name
        if depth >= _DEEPEST:
            raise _leads_back(name)
        return self._rewritten("=" + named, sheet, place, depth + 1)[1:]  # the name of a LAMBDA

    def _operand(self, value: str, sheet: str, place: Place, depth: int) -> str:
        if _OTHER_BOOK.match(value):
            raise _other_book(value)
        if value.lower() in self.book.tables:
            value += "[]"
        if "[" in value:
            return resolve(value.lstrip("@"), self.book.tables, sheet, place)
        named = self._named(value, sheet)
        if named is None:
            return value
        if depth >= _DEEPEST:
            raise _leads_back(value)
        _check_absolute(value, named)
        text = self._rewritten("=" + named, sheet, place, depth + 1)
        return text if area(split_sheet(text)[1]) is not None else f"({text})"

    def _named(self, value: str, sheet: str) -> str | None:
        scope, name = split_sheet(value)
        if name.startswith("#") or area(name) is not None:
            return None
        names = self.book.names
        return names.get((scope or sheet, name.lower()), names.get((None, name.lower())))


def normaliser(book: Book, ours: Collection[str]) -> Normaliser:
    """Return the rewriter of a book's formulas.

    Parameters
    ----------
    book : Book
    ours : collection of str
        Names of our functions.
    """
    words = {name for _, name in book.names} | set(book.tables)
    return Normaliser(book, frozenset(name.upper() for name in ours), frozenset(words))


def unloaded(name: str) -> str:
    r"""Return the name of a function without the add-in file it was loaded from.

    Examples
    --------
    >>> unloaded("[1]!XI_VERSION"), unloaded(r"'C:\desk\xlidx.xlam'!XI_VERSION"), unloaded("SUM")
    ('XI_VERSION', 'XI_VERSION', 'SUM')
    """
    return _LOADED.sub("", name)


def our_name(name: str, ours: Collection[str]) -> str | None:
    """Return the plain name of a function of ours, written plainly or with the prefix of a host, or ``None``.

    Examples
    --------
    >>> our_name("_xldudf_DESK_XI_VERSION", {"XI_VERSION"}), our_name("SUM", {"XI_VERSION"})
    ('XI_VERSION', None)
    """
    upper = _HOST.sub("", name).upper()
    if upper in ours:
        return upper
    after_namespace = upper.partition("_")[2]
    if _HOST.match(name) and after_namespace in ours:
        return after_namespace
    return None


def plain_name(name: str) -> str:
    """Return the name of a function in capitals, without the prefixes of newer functions."""
    return name.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")


def is_known(name: str) -> bool:
    """Tell whether Excel has a function of a name.

    Examples
    --------
    >>> is_known("TREND"), is_known("XLOOKUP"), is_known("NOSUCH")
    (True, True, False)
    """
    return name in FORMULAE or name in PREFIXES


def near(name: str, known: Collection[str]) -> str:
    """Return ``did you mean ...?`` for the closest known name, or an empty text."""
    close = get_close_matches(name.upper(), known, 1)
    return f"did you mean {close[0]}?" if close else ""


def _follow(token: Token, written: str, inside_ours: list[bool], ours: frozenset[str]) -> None:
    if token.subtype == Token.OPEN:
        inside_ours.append(token.type == Token.FUNC and written[:-1] in ours)
    elif token.subtype == Token.CLOSE and inside_ours:
        inside_ours.pop()


def _left_out(tokens: list[Token], number: int) -> bool:
    token = tokens[number]
    opens = token.type == Token.FUNC and token.subtype == Token.OPEN
    if not opens and not (token.type == Token.SEP and token.subtype == Token.ARG):
        return False
    following = next((t for t in tokens[number + 1 :] if t.type != Token.WSPACE), None)
    if following is None:
        return False
    closes = following.type == Token.FUNC and following.subtype == Token.CLOSE
    return (closes and not opens) or (following.type == Token.SEP and following.subtype == Token.ARG)


def _check_absolute(name: str, text: str) -> None:
    for match in _RELATIVE.finditer(_QUOTED.sub("", text)):
        if match[0].count("$") < 2:
            what, mend = (
                f"name {name!r} refers to cells relative to where it stands",
                "use $ in the name's cells",
            )
            raise XlidxError(Kind.DOMAIN, what, "name", mend)


def _leads_back(name: str) -> XlidxError:
    return XlidxError(Kind.INFEASIBLE, f"name {name!r} leads back to itself", "name", "mend the name")


def _other_book(text: str) -> XlidxError:
    mend = "break the link in Excel (Data, Edit Links) or bring the data into this workbook"
    return XlidxError(Kind.NO_DATA, f"{text[:60]} reads another workbook", "external link", mend)
