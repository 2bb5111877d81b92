"""Small changes to a module that a test should notice: where they can be made, and the module with one of them.

Left alone are texts, messages and refusals (``raise``, ``XlidxError``), types, decorators and imports.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from types import CodeType

import attrs

COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
PAIRS = (("min", "max"), ("minimum", "maximum"), ("any", "all"), ("floor", "ceil"), ("argmin", "argmax"))
NAMES = {old: new for pair in PAIRS for old, new in (pair, pair[::-1])}
LEFT_ALONE = (ast.Raise, ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom)
UNREAD = ("annotation", "returns", "decorator_list", "type_comment", "type_params")


@attrs.frozen
class Point:
    """A place in a module, what stands there and what is put in its stead."""

    line: int
    old: str
    new: str
    make: Callable[[], object]


def points(tree: ast.AST) -> Iterator[Point]:
    """Give every point of a tree, always in the same order."""
    for node in _read(tree):
        yield from _changes(node)


def mutant(source: str, path: str, number: int) -> CodeType:
    """Return the code of a module with one of its points changed."""
    tree = ast.parse(source)
    list(points(tree))[number].make()
    return compile(ast.fix_missing_locations(tree), path, "exec")


def _read(node: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes that compute something."""
    yield node
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and name not in UNREAD and not _is_text(child):
                yield from _read(child)


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "XlidxError"
    return isinstance(node, LEFT_ALONE) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))


def _changes(node: ast.AST) -> Iterator[Point]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARE:
            yield _swapped(node, "ops", [COMPARE[type(op)]()])
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield _swapped(node, "op", ARITHMETIC[type(op)]())
        case ast.BoolOp(op=op):
            yield _swapped(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub()):
            yield _swapped(node, "op", ast.UAdd() if isinstance(node.op, ast.USub) else _Same())
        case ast.Constant(value=bool() as value):
            yield _swapped(node, "value", not value)
        case ast.Constant(value=int() | float() as value):
            yield _swapped(node, "value", value + 1)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield _swapped(node, "test", ast.UnaryOp(ast.Not(), test), shown="test")
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield _swapped(node, "value", ast.Constant(None))
        case ast.Attribute(attr=name) if name in NAMES:
            yield _swapped(node, "attr", NAMES[name])
        case ast.Name(id=name) if name in NAMES:
            yield _swapped(node, "id", NAMES[name])


class _Same(ast.UAdd):
    """Marks an operator that is taken away."""


def _swapped(node: ast.AST, field: str, new: object, shown: str = "") -> Point:
    old = getattr(node, field)
    if isinstance(new, _Same):
        return _uncovered(node)
    whole = getattr(node, shown) if shown else node
    before = ast.unparse(whole)
    setattr(node, field, new)
    after = ast.unparse(getattr(node, shown) if shown else node)
    setattr(node, field, old)
    return Point(getattr(node, "lineno", 0), before, after, lambda: setattr(node, field, new))


def _uncovered(node: ast.AST) -> Point:
    """Return ``not x`` or ``~x`` without its operator: it is made twice."""
    assert isinstance(node, ast.UnaryOp)
    operand, before, twice = node.operand, ast.unparse(node), ast.UnaryOp(type(node.op)(), node.operand)
    return Point(node.lineno, before, ast.unparse(operand), lambda: setattr(node, "operand", twice))
