"""How function names must be stored so that Excel finds them, and where a stored formula breaks the rules.

Excel shows ``FILTER`` and stores ``_xlfn._xlws.FILTER``: functions younger than the file format carry a prefix, and
so do the names that LET and LAMBDA bind.  Without it the cell shows ``#NAME?`` until somebody enters it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from xlidx.recalc.fast.signatures import SIGNATURES
from xlidx.recalc.workbook.prefixes import PREFIXES
from xlidx.recalc.workbook.structured import shield

_CALL = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)\(")
_PREFIX = re.compile(r"^(?:_xlfn\.)?(?:_xlws\.)?", re.IGNORECASE)
_TEXT = re.compile(r'"[^"]*"')
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_SPILLED = re.compile(r"(?<![\w.])\$?[A-Za-z]{1,3}\$?[0-9]{1,7}#")
_BINDS = re.compile(r"(?:LET|LAMBDA)\(", re.IGNORECASE)


@cache
def misspelt(text: str) -> tuple[tuple[str, str], ...]:
    """Return what in a formula is not stored as Excel stores it, each with what must stand there.

    Examples
    --------
    >>> misspelt("=SUM(FILTER(A1:A9,B1:B9>0))")
    (('FILTER', '_xlfn._xlws.FILTER'),)
    >>> misspelt("=_xlfn.WORKDAY.INTL(A1,5)+SUM(B2#)")
    (('_xlfn.WORKDAY.INTL', 'WORKDAY.INTL'), ('B2#', '_xlfn.ANCHORARRAY(B2)'))
    >>> misspelt("=_xlfn.LET(x,1,x+1)")
    (('x', '_xlpm.x'),)
    """
    bare = _QUOTED.sub("", _TEXT.sub('""', text))
    found = [(name, right) for name in _CALL.findall(bare) if (right := _right(name)) != name]
    found += [(cell, f"_xlfn.ANCHORARRAY({cell[:-1]})") for cell in _SPILLED.findall(bare)]
    if "@" in re.sub(r"\[[^\[\]]*\]", "", bare):
        found.append(("@", "_xlfn.SINGLE(...)"))
    if _BINDS.search(bare):
        found += [(name, f"_xlpm.{name}") for name in _bound(text) if not name.lower().startswith("_xlpm.")]
    return tuple(dict.fromkeys(found))


def _right(name: str) -> str:
    plain = _PREFIX.sub("", name)
    upper = plain.upper()
    if upper in PREFIXES:
        right = PREFIXES[upper] + upper
        return name if right == name.replace(plain, upper) else right
    return plain if upper in SIGNATURES else name


def _bound(text: str) -> Iterator[str]:
    """Return the names that LET and LAMBDA bind: each argument but the last, every second one for LET."""
    try:
        tokens = [token for token in Tokenizer(shield(text)).items if token.type != Token.WSPACE]
    except TokenizerError:
        return
    open_calls: list[list[object]] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.subtype == Token.OPEN:
            open_calls.append([_PREFIX.sub("", str(token.value)).upper(), 0])
        elif token.subtype == Token.CLOSE and open_calls:
            open_calls.pop()
        elif token.type == Token.SEP and token.subtype == Token.ARG and open_calls:
            open_calls[-1][1] = int(str(open_calls[-1][1])) + 1
        elif open_calls and token.subtype == Token.RANGE and following is not None and following.type == Token.SEP:
            name, position = open_calls[-1]
            if name == "LAMBDA(" or (name == "LET(" and int(str(position)) % 2 == 0):
                yield str(token.value)
