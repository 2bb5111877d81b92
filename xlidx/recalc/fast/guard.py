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

from xlidx.recalc.fast.expressions import (
    AS_TEXT,
    COMPARE,
    FORMULA_NUMBER,
    ONE_VALUE,
    POWER,
    SNAPPED,
    Context,
    Expression,
    Scope,
    Shape,
    elementwise,
)
from xlidx.recalc.fast.signatures import MAY_BE_LEFT_OUT, SIGNATURES, WHOLE_COLUMNS, WRONG, Signature
from xlidx.recalc.fast.special import ARGUMENT_CHECKS, result
from xlidx.recalc.interface.unsupported import EVERYWHERE, Unsupported
from xlidx.recalc.workbook.grid import LAST_COLUMN, LAST_ROW, area, cell, column_number, sheet_prefix, split_sheet
from xlidx.recalc.workbook.normalise import is_known, near
from xlidx.recalc.workbook.prefixes import PREFIXES

Node: TypeAlias = dict[str, Any]


_OF_ARRAYS = frozenset({"SUMPRODUCT", "SUMXMY2", "SUMX2MY2"})
_PREFIX = re.compile(r"^(?:_xlfn\.)?(?:_xlws\.)?", re.IGNORECASE)
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")
_TEXT = re.compile(r'"[^"]*"')
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
    Unsupported
        When the engine is not known to compute the formula as Excel does.
    """
    if _ERROR_AS_TEXT.search(text):
        raise Unsupported("an error value written as a text", "write NA() or the error itself")
    try:
        tree = formualizer.parse(text).to_dict()
    except (formualizer.ParserError, formualizer.TokenizerError, ValueError):
        what = f"formula {text[:60]!r} cannot be read"
        raise Unsupported(what, "enter the formula again in Excel", also=EVERYWHERE) from None
    context = Context(scope, arrays="all" if spills else "none")
    expression = _snapped(tree, context) if _ends_in_sum(tree, text) else _expression(tree, context)
    if expression.whole:
        raise Unsupported("a whole column or row as the result", "refer to the rows that hold data")
    if expression.shape == "many" and not spills:
        what = "an ordinary formula whose result is a block (implicit intersection)"
        raise Unsupported(what, "enter it as a dynamic array formula, or refer to the one cell that is meant")
    return "=" + expression.text


def _ends_in_sum(tree: Node, text: str) -> bool:
    return tree["node_type"] == "BinaryOp" and tree["operator"] in ("+", "-") and not _is_bracketed(text)


def _is_bracketed(text: str) -> bool:
    """Tell whether one pair of brackets stands around a whole formula."""
    if not text.startswith("=("):
        return False
    depth = 0
    for number, mark in enumerate(_TEXT.sub("", text)):
        depth += (mark == "(") - (mark == ")")
        if depth == 0 and number and mark == ")":
            return number == len(_TEXT.sub("", text).rstrip()) - 1
    return False


def _snapped(tree: Node, context: Context) -> Expression:
    """Return a final sum or difference, which Excel sets to 0 when only rounding is left of it."""
    left, right, whole = (
        _expression(tree["left"], context),
        _expression(tree["right"], context),
        _expression(tree, context),
    )
    if whole.shape != "one":
        return whole
    snapped = f"LET(xlidx.l,{left.text},xlidx.r,{right.text},{SNAPPED}(xlidx.l{tree['operator']}xlidx.r,xlidx.l))"
    return attrs.evolve(whole, text=snapped)


def _expression(node: Node, context: Context) -> Expression:
    kind = node["node_type"]
    if kind == "Literal":
        return _literal(node["value"])
    if kind == "Reference":
        return _reference(node["reference"], context)
    if kind == "Function":
        return _function(node, context)
    if kind == "BinaryOp":
        return _binary(node, context)
    if kind == "UnaryOp":
        return _unary(node, context)
    if kind == "Array":
        return _array(node)
    raise Unsupported("a function called on the spot (LAMBDA)", "write the formula out, or use LET")


def _literal(value: object) -> Expression:
    if isinstance(value, bool):
        return Expression("TRUE" if value else "FALSE", kind="truth", literal=value)
    if isinstance(value, str):
        if _ERROR_AS_TEXT.fullmatch(f'"{value}"'):
            return Expression(value)
        return Expression('"' + value.replace('"', '""') + '"', kind="text", literal=value)
    if isinstance(value, float | int):
        number = float(value)
        text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number).upper()
        return Expression(text, kind="number", literal=number)
    raise Unsupported(f"the constant {value!r}", "put the value into a cell")


def _array(node: Node) -> Expression:
    rows = [[_array_item(item) for item in row] for row in node["rows"]]
    text = "{" + ";".join(",".join(row) for row in rows) + "}"
    return Expression(text, "one" if len(rows) == len(rows[0]) == 1 else "many", rows=len(rows), columns=len(rows[0]))


def _array_item(node: Node) -> str:
    if node["node_type"] == "UnaryOp":
        return str(node["operator"]) + _array_item(node["operand"])
    if node["node_type"] != "Literal":
        raise Unsupported("an array constant with something else than constants", "put the values into cells")
    return _literal(node["value"]).text


def _reference(text: str, context: Context) -> Expression:
    if text.lower() in context.bound:
        return context.bound[text.lower()]
    sheet, rest = split_sheet(text)
    prefix = ""
    if sheet is not None:
        if ":" in sheet:
            raise Unsupported(f"{text} runs through several sheets", "refer to each sheet by itself")
        prefix = sheet_prefix(context.scope.sheet(sheet))
    if rest == "#REF!":
        return Expression("#REF!")
    block = area(rest)
    if block is not None:
        shape: Shape = "one" if block.single else "many"
        backwards = not block.single and cell(rest.partition(":")[0]) != (block.top, block.left)
        text = str(block) if backwards else rest  # the engine takes no range written from its end
        return Expression(prefix + text, shape, reference=True, rows=block.rows, columns=block.columns)
    columns, rows = _COLUMNS.fullmatch(rest), _ROWS.fullmatch(rest)
    if columns:
        wide = abs(column_number(columns[2]) - column_number(columns[1])) + 1
        return Expression(prefix + rest, "many", reference=True, whole=True, rows=LAST_ROW, columns=wide)
    if rows:
        high = abs(int(rows[2]) - int(rows[1])) + 1
        return Expression(prefix + rest, "many", reference=True, whole=True, rows=high, columns=LAST_COLUMN)
    mend = "define the name, or correct its spelling"
    raise Unsupported(f"name {text!r} is unknown", mend, unknown=True, also=EVERYWHERE)


def _unary(node: Node, context: Context) -> Expression:
    operator, operand = node["operator"], _expression(node["operand"], context)
    if operator == "#":
        return _spilled(operand)
    if operator == "@":
        raise Unsupported("an implicit intersection (@)", "refer to the one cell that is meant")
    _check_arithmetic(operand, operator)
    context.check_intersection(operand)
    text = f"({operand.text}%)" if operator == "%" else f"({operator}{operand.text})"
    literal = -operand.literal if operator == "-" and type(operand.literal) is float else None
    return attrs.evolve(operand, text=text, kind="number", literal=literal, reference=False)


def _spilled(anchor: Expression) -> Expression:
    if not anchor.reference or anchor.shape != "one":
        raise Unsupported("a spill reference (#) to something else than one cell", "refer to the spilling cell")
    return Expression(anchor.text + "#", "many", reference=True)


def _binary(node: Node, context: Context) -> Expression:
    operator = node["operator"]
    left, right = _expression(node["left"], context), _expression(node["right"], context)
    if operator == ":":
        return _joined(left, right)
    if operator in (" ", ","):
        raise Unsupported("an intersection or union of ranges", "refer to the cells directly")
    _check_whole("an operator", left, right)
    context.check_intersection(left, right)
    if operator == "&":
        return elementwise(f"({_as_text(left)}&{_as_text(right)})", "text", left, right)
    if operator in ("=", "<>", "<", ">", "<=", ">="):
        return elementwise(_compared(operator, left, right), "truth", left, right)
    _check_arithmetic(left, operator)
    _check_arithmetic(right, operator)
    if operator == "^" and not (type(right.literal) is float and right.literal):
        return elementwise(f"{POWER}({FORMULA_NUMBER},{left.text},{right.text})", "number", left, right)
    return elementwise(f"({left.text}{operator}{right.text})", "number", left, right)


def _joined(left: Expression, right: Expression) -> Expression:
    if not (left.reference and right.reference):
        raise Unsupported("a range between computed ends", "refer to the cells directly")
    return Expression(f"{left.text}:{right.text}", "many", reference=True)


def _check_arithmetic(part: Expression, operator: str) -> None:
    if part.kind == "text":
        raise Unsupported(f"a text read as a number by {operator!r}", "keep the number in a cell of its own")


def _check_whole(name: str, *parts: Expression) -> None:
    if any(part.whole for part in parts):
        raise Unsupported(f"a whole column or row in {name}", "name the rows that hold data")


def _compared(operator: str, left: Expression, right: Expression) -> str:
    equality = operator in ("=", "<>")
    for part in (left, right):
        if part.literal == 0.0 and part.kind == "number":
            return f"({left.text}{operator}{right.text})"
        if equality and (part.kind == "truth" or (part.kind == "text" and _is_plain(part))):
            return f"({left.text}{operator}{right.text})"
    return f'{COMPARE}({FORMULA_NUMBER},"{operator}",{left.text},{right.text})'


def _is_plain(part: Expression) -> bool:
    """Tell whether a text is known to hold letters of which the engine knows both cases."""
    return isinstance(part.literal, str) and part.literal.isascii()


def _as_text(part: Expression) -> str:
    if part.kind == "text":
        return part.text
    if type(part.literal) is float and part.literal.is_integer() and abs(part.literal) < 1e15:
        return part.text
    return f"{AS_TEXT}({FORMULA_NUMBER},{part.text})"


def _function(node: Node, context: Context) -> Expression:
    name = _PREFIX.sub("", node["name"]).upper()
    if name in context.scope.ours:
        return _our_function(name, node["args"], context)
    if name in PREFIXES and not node["name"].upper().startswith("_XLFN."):
        what = f"{name} without its prefix, which Excel shows as #NAME?"
        raise Unsupported(what, f"write {PREFIXES[name]}{name}, or enter the formula again in Excel", also=EVERYWHERE)
    if name == "LET":
        return _let(node["args"], context)
    if name == "ANCHORARRAY":
        return _spilled(_expression(node["args"][0], context))
    signature = SIGNATURES.get(name)
    if signature is None or name in WRONG:
        raise _not_computed(name, context.scope)
    if name in ("TODAY", "NOW") and not context.scope.clock:
        raise Unsupported(f"{name} changes with the clock", "put the date into an input cell, or give a clock")
    if name == "SUBTOTAL" and context.scope.hidden_rows:
        raise Unsupported("SUBTOTAL in a workbook with hidden rows", "show the rows, or use SUM or SUMIFS")
    letters = [_letter(name, signature, i) for i in range(len(node["args"]))]
    args = [
        _argument(name, arg, _under(name, letter, context)) for letter, arg in zip(letters, node["args"], strict=True)
    ]
    if signature.result == "like":
        context.check_intersection(*(arg for arg in args if arg is not None))
    texts = [_placed(name, letter, i, arg) for i, (letter, arg) in enumerate(zip(letters, args, strict=True))]
    special = ARGUMENT_CHECKS.get(name)
    if special is not None:
        return special(args, texts)
    return result(name, signature, args, texts)


def _not_computed(name: str, scope: Scope) -> Unsupported:
    if name in WRONG:
        return Unsupported(f"function {name}", WRONG[name])
    if is_known(name):
        return Unsupported(f"function {name}", "use engine auto, ironcalc or lo, or calculate the workbook in Excel")
    mend = near(name, [*scope.ours, *SIGNATURES]) or "use another function"
    return Unsupported(f"function {name} is unknown to the fast engine", mend, unknown=True)


def _our_function(name: str, nodes: list[Node], context: Context) -> Expression:
    args = [_expression(node, attrs.evolve(context, single=False)) for node in nodes]
    _check_whole(name, *args)
    texts = [arg.text for arg in args]
    if context.single:
        return Expression(f"{name}{ONE_VALUE}({','.join([FORMULA_NUMBER, *texts])})")
    return Expression(f"{name}({','.join(texts)})", "maybe")


def _argument(name: str, node: Node, context: Context) -> Expression | None:
    if node["node_type"] != "Omitted":
        return _expression(node, context)
    if name not in MAY_BE_LEFT_OUT:
        raise Unsupported(f"{name} with an argument left out", "write the argument out")
    return None


def _letter(name: str, signature: Signature, position: int) -> str:
    letter = signature.letter(position)
    if letter is None:
        raise Unsupported(f"{name} with {position + 1} arguments", "use fewer arguments")
    return letter


def _under(name: str, letter: str, context: Context) -> Context:
    """Return the context of an argument: where one value must stand, our functions have to give one.

    Of the functions that an ordinary formula may hold SUMPRODUCT and its like compute arrays in their arguments, and
    IF and its like inside them do not.
    """
    if context.arrays != "all":
        context = attrs.evolve(context, arrays="some" if name in _OF_ARRAYS else context.arrays)
        if letter == "l":
            context = attrs.evolve(context, arrays="none")
    return context if letter == "l" else attrs.evolve(context, single=letter in "st")


def _placed(name: str, letter: str, position: int, arg: Expression | None) -> str:
    if arg is None:
        return ""
    if arg.whole and (name not in WHOLE_COLUMNS or letter not in "ar"):
        _check_whole(name, arg)
    if letter == "r" and not arg.reference:
        what = f"a computed array or value where {name} wants a range (argument {position + 1})"
        raise Unsupported(what, "put it into cells and refer to them")
    if letter in "st":
        return _single(name, letter, position, arg)
    return arg.text


def _single(name: str, letter: str, position: int, arg: Expression) -> str:
    if arg.shape != "one":
        what = f"a block where {name} wants one value (argument {position + 1})"
        raise Unsupported(what, "put the formula into each row, with one cell for the argument")
    return _as_text(arg) if letter == "t" else arg.text


def _let(nodes: list[Node], context: Context) -> Expression:
    if len(nodes) % 2 == 0 or any(node["node_type"] != "Reference" for node in nodes[:-1:2]):
        raise Unsupported("LET with a name or value missing", "enter the formula again in Excel")
    texts = []
    for name, value in zip(nodes[:-1:2], nodes[1::2], strict=True):
        bound = _expression(value, attrs.evolve(context, single=False))
        _check_whole("LET", bound)
        word = name["reference"]
        context = context.binding(word, attrs.evolve(bound, text=word, reference=False))
        texts += [word, bound.text]
    last = _expression(nodes[-1], context)
    return attrs.evolve(last, text=f"LET({','.join([*texts, last.text])})", reference=False)
