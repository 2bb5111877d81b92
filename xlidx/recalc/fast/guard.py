"""Which formulas the fast engine computes as Excel does; the others are refused, never guessed.

:func:`inspect` walks the parsed formula, follows where arrays flow, and writes the formula out again in the
form the engine gets right: comparisons and number-to-text conversions, which Excel makes with 15 digits, go
through the functions of :mod:`xlidx.recalc.fast.excel_rules`; our own functions, where one value must stand,
are called under a name that refuses a block.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import attrs
import formualizer

from xlidx.recalc.fast.facts import AS_TEXT, COMPARE, HERE, ONE, SETTLED, Outside, Scope, Seen, Shape, Walk, together
from xlidx.recalc.fast.signatures import MAY_BE_LEFT_OUT, SIGNATURES, WHOLE_COLUMNS, WRONG, Signature
from xlidx.recalc.fast.special import SPECIAL, result
from xlidx.recalc.workbook.grid import LAST_COLUMN, LAST_ROW, area, column_number, sheet_prefix, split_sheet
from xlidx.recalc.workbook.normalise import near
from xlidx.recalc.workbook.prefixes import PREFIXES

Node: TypeAlias = dict[str, Any]


_PREFIX = re.compile(r"^(?:_xlfn\.)?(?:_xlws\.)?", re.IGNORECASE)
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")
_ERROR_AS_TEXT = re.compile(r'"#(N/A|REF!|VALUE!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!)"')


def inspect(text: str, scope: Scope, *, spills: bool) -> str:
    """Return a formula in the form the engine gets right.

    Parameters
    ----------
    text : str
        Formula in plain form (:mod:`xlidx.recalc.workbook.normalise`).
    scope : Scope
    spills : bool
        Whether the cell may take an array (a dynamic or array formula).

    Raises
    ------
    Outside
        When the engine is not known to compute the formula as Excel does.
    """
    if _ERROR_AS_TEXT.search(text):
        raise Outside("an error value written as a text", "write NA() or the error itself")
    try:
        tree = formualizer.parse(text).to_dict()
    except (formualizer.ParserError, formualizer.TokenizerError, ValueError):
        what = f"formula {text[:60]!r} cannot be read"
        raise Outside(what, "enter the formula again in Excel", everywhere=True) from None
    walk = Walk(scope)
    seen = _settled(tree, walk) if _ends_in_sum(tree, text) else _seen(tree, walk)
    if seen.shape == "many" and not spills:
        what = "an ordinary formula whose result is a block (implicit intersection)"
        raise Outside(what, "enter it as a dynamic array formula, or refer to the one cell that is meant")
    return "=" + seen.text


def _ends_in_sum(tree: Node, text: str) -> bool:
    return tree["node_type"] == "BinaryOp" and tree["operator"] in ("+", "-") and not text.startswith("=(")


def _settled(tree: Node, walk: Walk) -> Seen:
    """Return a final sum or difference, which Excel sets to 0 when only rounding is left of it."""
    left, right, whole = (
        _seen(tree["left"], walk),
        _seen(tree["right"], walk),
        _seen(tree, walk),
    )
    if whole.shape != "one":
        return whole
    both = f"LET(xlidx.l,{left.text},xlidx.r,{right.text},{SETTLED}(xlidx.l{tree['operator']}xlidx.r,xlidx.l))"
    return attrs.evolve(whole, text=both)


def _seen(node: Node, walk: Walk) -> Seen:
    kind = node["node_type"]
    if kind == "Literal":
        return _literal(node["value"])
    if kind == "Reference":
        return _reference(node["reference"], walk)
    if kind == "Function":
        return _function(node, walk)
    if kind == "BinaryOp":
        return _binary(node, walk)
    if kind == "UnaryOp":
        return _unary(node, walk)
    if kind == "Array":
        return _array(node)
    raise Outside("a function called on the spot (LAMBDA)", "write the formula out, or use LET")


def _literal(value: object) -> Seen:
    if isinstance(value, bool):
        return Seen("TRUE" if value else "FALSE", kind="truth", literal=value)
    if isinstance(value, str):
        if _ERROR_AS_TEXT.fullmatch(f'"{value}"'):
            return Seen(value)
        return Seen('"' + value.replace('"', '""') + '"', kind="text", literal=value)
    if isinstance(value, float | int):
        number = float(value)
        text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number).upper()
        return Seen(text, kind="number", literal=number)
    raise Outside(f"the constant {value!r}", "put the value into a cell")


def _array(node: Node) -> Seen:
    rows = [[_array_item(item) for item in row] for row in node["rows"]]
    text = "{" + ";".join(",".join(row) for row in rows) + "}"
    return Seen(text, "one" if len(rows) == len(rows[0]) == 1 else "many", rows=len(rows), columns=len(rows[0]))


def _array_item(node: Node) -> str:
    if node["node_type"] == "UnaryOp":
        return str(node["operator"]) + _array_item(node["operand"])
    if node["node_type"] != "Literal":
        raise Outside("an array constant with something else than constants", "put the values into cells")
    return _literal(node["value"]).text


def _reference(text: str, walk: Walk) -> Seen:
    if text.lower() in walk.bound:
        return walk.bound[text.lower()]
    sheet, rest = split_sheet(text)
    prefix = ""
    if sheet is not None:
        if ":" in sheet:
            raise Outside(f"{text} runs through several sheets", "refer to each sheet by itself")
        prefix = sheet_prefix(walk.scope.sheet(sheet))
    if rest == "#REF!":
        return Seen("#REF!")
    block = area(rest)
    if block is not None:
        shape: Shape = "one" if block.single else "many"
        return Seen(prefix + rest, shape, reference=True, rows=block.rows, columns=block.columns)
    columns, rows = _COLUMNS.fullmatch(rest), _ROWS.fullmatch(rest)
    if columns:
        wide = abs(column_number(columns[2]) - column_number(columns[1])) + 1
        return Seen(prefix + rest, "many", reference=True, whole=True, rows=LAST_ROW, columns=wide)
    if rows:
        high = abs(int(rows[2]) - int(rows[1])) + 1
        return Seen(prefix + rest, "many", reference=True, whole=True, rows=high, columns=LAST_COLUMN)
    raise Outside(f"name {text!r} is unknown", "define the name, or correct its spelling", unknown=True)


def _unary(node: Node, walk: Walk) -> Seen:
    operator, operand = node["operator"], _seen(node["operand"], walk)
    if operator == "#":
        return _spilled(operand)
    if operator == "@":
        raise Outside("an implicit intersection (@)", "refer to the one cell that is meant")
    _check_arithmetic(operand, operator)
    text = f"({operand.text}%)" if operator == "%" else f"({operator}{operand.text})"
    literal = -operand.literal if operator == "-" and type(operand.literal) is float else None
    return attrs.evolve(operand, text=text, kind="number", literal=literal, reference=False)


def _spilled(anchor: Seen) -> Seen:
    if not anchor.reference or anchor.shape != "one":
        raise Outside("a spill reference (#) to something else than one cell", "refer to the spilling cell")
    return Seen(anchor.text + "#", "many", reference=True)


def _binary(node: Node, walk: Walk) -> Seen:
    operator = node["operator"]
    left, right = _seen(node["left"], walk), _seen(node["right"], walk)
    if operator == ":":
        return _joined(left, right)
    if operator in (" ", ","):
        raise Outside("an intersection or union of ranges", "refer to the cells directly")
    _check_whole("an operator", left, right)
    if operator == "&":
        return together(f"({_as_text(left)}&{_as_text(right)})", "text", left, right)
    if operator in ("=", "<>", "<", ">", "<=", ">="):
        return together(_compared(operator, left, right), "truth", left, right)
    _check_arithmetic(left, operator)
    _check_arithmetic(right, operator)
    return together(f"({left.text}{operator}{right.text})", "number", left, right)


def _joined(left: Seen, right: Seen) -> Seen:
    if not (left.reference and right.reference):
        raise Outside("a range between computed ends", "refer to the cells directly")
    return Seen(f"{left.text}:{right.text}", "many", reference=True)


def _check_arithmetic(part: Seen, operator: str) -> None:
    if part.kind == "text":
        raise Outside(f"a text read as a number by {operator!r}", "keep the number in a cell of its own")


def _check_whole(name: str, *parts: Seen) -> None:
    if any(part.whole for part in parts):
        raise Outside(f"a whole column or row in {name}", "name the rows that hold data")


def _compared(operator: str, left: Seen, right: Seen) -> str:
    equality = operator in ("=", "<>")
    for part in (left, right):
        if part.literal == 0.0 and part.kind == "number":
            return f"({left.text}{operator}{right.text})"
        if equality and part.kind in ("text", "truth"):
            return f"({left.text}{operator}{right.text})"
    return f'{COMPARE}({HERE},"{operator}",{left.text},{right.text})'


def _as_text(part: Seen) -> str:
    if part.kind in ("text", "truth"):
        return part.text
    if type(part.literal) is float and part.literal.is_integer() and abs(part.literal) < 1e15:
        return part.text
    return f"{AS_TEXT}({HERE},{part.text})"


def _function(node: Node, walk: Walk) -> Seen:
    name = _PREFIX.sub("", node["name"]).upper()
    if name in walk.scope.ours:
        return _our_function(name, node["args"], walk)
    if name in PREFIXES and not node["name"].upper().startswith("_XLFN."):
        what = f"{name} without its prefix, which Excel shows as #NAME?"
        raise Outside(what, f"write {PREFIXES[name]}{name}, or enter the formula again in Excel", everywhere=True)
    if name == "LET":
        return _let(node["args"], walk)
    if name == "ANCHORARRAY":
        return _spilled(_seen(node["args"][0], walk))
    signature = SIGNATURES.get(name)
    if signature is None or name in WRONG:
        raise _not_computed(name, walk.scope)
    if name in ("TODAY", "NOW") and not walk.scope.clock:
        raise Outside(f"{name} changes with the clock", "put the date into an input cell, or give a clock")
    if name == "SUBTOTAL" and walk.scope.hidden_rows:
        raise Outside("SUBTOTAL in a workbook with hidden rows", "show the rows, or use SUM or SUMIFS")
    letters = [_letter(name, signature, i) for i in range(len(node["args"]))]
    args = [_argument(name, arg, _under(letter, walk)) for letter, arg in zip(letters, node["args"], strict=True)]
    texts = [_placed(name, letter, i, arg) for i, (letter, arg) in enumerate(zip(letters, args, strict=True))]
    special = SPECIAL.get(name)
    if special is not None:
        return special(args, texts)
    return result(name, signature, args, texts)


def _not_computed(name: str, scope: Scope) -> Outside:
    if name in WRONG:
        return Outside(f"function {name}", WRONG[name])
    mend = near(name, [*scope.ours, *SIGNATURES]) or "use another function"
    return Outside(f"function {name} is unknown to the fast engine", mend, unknown=True)


def _our_function(name: str, nodes: list[Node], walk: Walk) -> Seen:
    args = [_seen(node, attrs.evolve(walk, single=False)) for node in nodes]
    _check_whole(name, *args)
    texts = [arg.text for arg in args]
    if walk.single:
        return Seen(f"{name}{ONE}({','.join([HERE, *texts])})")
    return Seen(f"{name}({','.join(texts)})", "maybe")


def _argument(name: str, node: Node, walk: Walk) -> Seen | None:
    if node["node_type"] != "Omitted":
        return _seen(node, walk)
    if name not in MAY_BE_LEFT_OUT:
        raise Outside(f"{name} with an argument left out", "write the argument out")
    return None


def _letter(name: str, signature: Signature, position: int) -> str:
    letter = signature.letter(position)
    if letter is None:
        raise Outside(f"{name} with {position + 1} arguments", "use fewer arguments")
    return letter


def _under(letter: str, walk: Walk) -> Walk:
    """Return the walk into an argument: where one value must stand, our functions have to give one."""
    return walk if letter == "l" else attrs.evolve(walk, single=letter in "st")


def _placed(name: str, letter: str, position: int, arg: Seen | None) -> str:
    if arg is None:
        return ""
    if arg.whole and (name not in WHOLE_COLUMNS or letter not in "ar"):
        _check_whole(name, arg)
    if letter == "r" and not arg.reference:
        what = f"a computed array or value where {name} wants a range (argument {position + 1})"
        raise Outside(what, "put it into cells and refer to them")
    if letter in "st":
        return _single(name, letter, position, arg)
    return arg.text


def _single(name: str, letter: str, position: int, arg: Seen) -> str:
    if arg.shape != "one":
        what = f"a block where {name} wants one value (argument {position + 1})"
        raise Outside(what, "put the formula into each row, with one cell for the argument")
    return _as_text(arg) if letter == "t" else arg.text


def _let(nodes: list[Node], walk: Walk) -> Seen:
    if len(nodes) % 2 == 0 or any(node["node_type"] != "Reference" for node in nodes[:-1:2]):
        raise Outside("LET with a name or value missing", "enter the formula again in Excel")
    texts = []
    for name, value in zip(nodes[:-1:2], nodes[1::2], strict=True):
        bound = _seen(value, attrs.evolve(walk, single=False))
        _check_whole("LET", bound)
        word = name["reference"]
        walk = walk.binding(word, attrs.evolve(bound, text=word, reference=False))
        texts += [word, bound.text]
    last = _seen(nodes[-1], walk)
    return attrs.evolve(last, text=f"LET({','.join([*texts, last.text])})", reference=False)
