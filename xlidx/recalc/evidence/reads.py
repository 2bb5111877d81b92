"""Which function of a formula reads which cells, and what it must not find there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

import attrs

from xlidx.errors import ErrorValue
from xlidx.recalc.evidence.kinds import ANY_TEXT, NAMES, kinds
from xlidx.recalc.interface.precedents import extent
from xlidx.recalc.interface.unsupported import Unsupported
from xlidx.recalc.workbook.grid import LAST_COLUMN, LAST_ROW, split_sheet
from xlidx.recalc.workbook.normalise import plain_name
from xlidx.values import ERROR_TEXTS

Node: TypeAlias = dict[str, Any]

ASCENDING_COLUMN, ASCENDING_ROW, ASCENDING, DESCENDING = "A", "R", "S", "D"
ORDERS = {
    ASCENDING_COLUMN: "a first column that is not in ascending order",
    ASCENDING_ROW: "a first row that is not in ascending order",
    ASCENDING: "keys that are not in ascending order",
    DESCENDING: "keys that are not in descending order",
}
_TELL_ERRORS = frozenset({"IFNA", "ISNA", "ISERR", "ERROR.TYPE"})
ARITHMETIC, JOINED, COMPARED, POWER = "arithmetic", "&", "a comparison", "^"
# Where a block stands: in an array formula; in an ordinary one, by itself or in a function at the top; inside a
# function that computes arrays whatever the formula; or inside another function.
WITHIN, ARRAYS, TOP, NATIVE, NESTED = "within", "R", "r", "p", "q"
_NATIVE = frozenset({"SUMPRODUCT", "LOOKUP", "MMULT", "SUMXMY2", "SUMX2MY2", "SUMX2PY2"})
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
# Functions that hand on the value of some arguments, by the slice of them.
_HANDED_ON: Mapping[str, slice] = {
    "IF": slice(1, None),
    "IFERROR": slice(0, None),
    "IFNA": slice(0, None),
    "CHOOSE": slice(1, None),
    "IFS": slice(1, None, 2),
    "SWITCH": slice(2, None),
    "INDEX": slice(0, 1),
    "OFFSET": slice(0, 1),
    "VLOOKUP": slice(1, 2),
    "HLOOKUP": slice(1, 2),
    "LOOKUP": slice(1, None),
    "XLOOKUP": slice(2, 4),
    "SORT": slice(0, 1),
    "SORTBY": slice(0, 1),
    "UNIQUE": slice(0, 1),
    "FILTER": slice(0, None, 2),
    "TRANSPOSE": slice(0, 1),
    "TAKE": slice(0, 1),
    "DROP": slice(0, 1),
    "TOCOL": slice(0, 1),
    "TOROW": slice(0, 1),
    "CHOOSECOLS": slice(0, 1),
    "CHOOSEROWS": slice(0, 1),
    "VSTACK": slice(0, None),
    "HSTACK": slice(0, None),
    "ANCHORARRAY": slice(0, 1),
    "SINGLE": slice(0, 1),
}


@attrs.frozen
class Read:
    """Cells that reach an argument of a function, and what it must not find in them.

    ``letters`` are kinds of values, or one of ``ORDERS``: the cells must stand in that order.
    """

    function: str
    sheet: str | None
    reference: str
    letters: str

    def finding(self, letter: str) -> Unsupported:
        """Return the finding of a value that must not be there."""
        what = f"{NAMES.get(letter) or ORDERS.get(letter, letter)} among what {self.function} reads"
        return Unsupported(what, "keep such values out of the cells that it reads")


@attrs.frozen
class Flow:
    """What may come out of a part of a formula: letters of computed values, and cells handed on."""

    letters: str = ""
    cells: tuple[tuple[str | None, str], ...] = ()

    def __or__(self, other: Flow) -> Flow:
        return Flow(self.letters + other.letters, self.cells + other.cells)


@attrs.frozen
class Table:
    """What the functions of an engine must not read: ``letters`` of each argument of a function.

    ``orders`` are further conditions of a call, ``result`` the letters of what a formula hands on as it is,
    ``doubtful`` the functions whose kinds of errors may be others, ``joins`` whether ranges may be joined and cut by
    operators, and whole columns are not cut to one cell.
    """

    letters: Callable[[str, int, Node], str]
    orders: Callable[[str, Sequence[Node]], Mapping[int, str]]
    texts: frozenset[str]
    truths: frozenset[str]
    result: str = ""
    doubtful: frozenset[str] = frozenset()
    joins: bool = True


@attrs.define
class Walk:
    """A walk through a parsed formula, which notes what its functions read."""

    table: Table
    ours: Collection[str]
    reads: list[Read] = attrs.Factory(list)
    functions: list[str] = attrs.Factory(list)
    spills: bool = False
    within: str = TOP
    bound: dict[str, Flow] = attrs.Factory(dict)

    def flow(self, node: Node) -> Flow:
        """Return what may come out of a part of a formula."""
        node[WITHIN] = ARRAYS if self.spills else self.within
        kind = node["node_type"]
        if kind == "Literal":
            return Flow(_literal(node["value"]))
        if kind == "Array":
            return Flow("".join(self.flow(item).letters for row in node["rows"] for item in row))
        if kind == "Reference":
            return self._reference(node["reference"])
        if kind == "UnaryOp":
            return self._unary(node)
        if kind == "BinaryOp":
            return self._binary(node)
        if kind == "Function":
            return self._function(plain_name(node["name"]), node["args"])
        if kind == "Call":
            if node["callee"]["node_type"] == "Reference" and node["callee"]["reference"].lower() not in self.bound:
                raise Unsupported(f"a call of {node['callee']['reference']}", "check the spelling of the function")
            for part in (node["callee"], *node["args"]):
                self.flow(part)
            return Flow()
        return Flow("_")

    def _reference(self, text: str) -> Flow:
        if text.lower() in self.bound:
            return self.bound[text.lower()]
        sheet, rest = split_sheet(text)
        return Flow() if extent(rest) is None else Flow(cells=((sheet, rest),))

    def _unary(self, node: Node) -> Flow:
        operand = node["operand"]
        operand[WITHIN] = node[WITHIN]
        if node["operator"] in ("@", "#"):
            return self.flow(operand)
        if operand["node_type"] == "Literal" and isinstance(operand["value"], float | int):
            return Flow(kinds(-float(operand["value"]) if node["operator"] == "-" else float(operand["value"])))
        self._taken(ARITHMETIC, 0, operand, self.flow(operand))
        return Flow()

    def _binary(self, node: Node) -> Flow:
        operator = node["operator"]
        left, right = self.flow(node["left"]), self.flow(node["right"])
        if operator in (":", " ", ","):
            if not self.table.joins:
                raise Unsupported(
                    "a range between computed ends, a union or an intersection", "refer to the cells directly"
                )
            return left | right
        name = JOINED if operator == "&" else COMPARED if operator in _COMPARISONS else ARITHMETIC
        self.functions.append(operator)
        for position, (side, part) in enumerate(((node["left"], left), (node["right"], right))):
            self._taken(POWER if operator == POWER else name, position, side, part)
        return Flow(ANY_TEXT if name == JOINED else "b" if name == COMPARED else "")

    def _function(self, name: str, args: Sequence[Node]) -> Flow:
        if name == "LET":
            return self._let(args)
        before = len(self.functions)
        self.functions.append(name)
        if name in self.ours:
            for arg in args:
                self.flow(arg)
            return Flow()
        outer = self.within
        self.within = NATIVE if name in _NATIVE or outer == NATIVE else NESTED if before else TOP
        flows = [self._argument(arg) for arg in args]
        self.within = outer
        inner = sorted(self.table.doubtful.intersection(self.functions[before + 1 :]))
        if inner and name in _TELL_ERRORS:
            what = f"{name} of an error that {inner[0]} gives, which may be another one in Excel,"
            raise Unsupported(what, "use IFERROR or ISERROR")
        for position, (arg, part) in enumerate(zip(args, flows, strict=True)):
            self._taken(name, position, arg, part)
        for position, order in self.table.orders(name, args).items():
            if order in ORDERS and not flows[position].cells:
                raise Read(name, None, "", order).finding(order)
            self.reads += [Read(name, sheet, reference, order) for sheet, reference in flows[position].cells]
        handed = _HANDED_ON.get(name)
        if handed is not None:
            whole = Flow()
            for part in flows[handed]:
                whole |= part
            return whole
        if name == "NA":
            return Flow("#")
        return Flow(ANY_TEXT if name in self.table.texts else "b" if name in self.table.truths else "")

    def _argument(self, arg: Node) -> Flow:
        """Return the flow of an argument; what an operator or a function in it reads stands inside this one."""
        if arg["node_type"] == "Reference":
            return self.flow(arg)
        outer = self.within
        self.within = NESTED if outer == TOP else outer
        found = self.flow(arg)
        self.within = outer
        return found

    def _let(self, args: Sequence[Node]) -> Flow:
        for name, value in zip(args[:-1:2], args[1::2], strict=False):
            self.bound[str(name.get("reference", "")).lower()] = self.flow(value)
        return self.flow(args[-1]) if args else Flow()

    def _taken(self, name: str, position: int, node: Node, part: Flow) -> None:
        letters = self.table.letters(name, position, node)
        if not letters:
            return
        for letter in letters:
            if letter in part.letters:
                raise Read(name, None, "", letters).finding(letter)
        self.reads += [Read(name, sheet, reference, letters) for sheet, reference in part.cells]


def reads(tree: Node, table: Table, ours: Collection[str], *, spills: bool) -> tuple[list[Read], list[str]]:
    """Return what the functions of a formula read, and the names of functions and operators.

    ``ours`` are functions that take every kind of value as Excel hands it over, ``spills`` tells an array formula.

    Raises
    ------
    Unsupported
        When a function is given a value that it must not read.
    """
    walk = Walk(table, ours, spills=spills)
    handed = walk.flow(tree)
    if table.joins and any(_is_whole(reference) for _, reference in handed.cells) and tree["node_type"] == "Reference":
        raise Unsupported("a whole column or row as the result", "refer to the rows that hold data")
    if table.result:
        walk.reads += [Read("the formula", sheet, reference, table.result) for sheet, reference in handed.cells]
    return walk.reads, walk.functions


def _is_whole(reference: str) -> bool:
    block = extent(reference)
    return block is not None and (block.rows == LAST_ROW or block.columns == LAST_COLUMN)


def _literal(value: object) -> str:
    if isinstance(value, str) and value in ERROR_TEXTS:
        return "#"
    if isinstance(value, bool | str | float | int | ErrorValue):
        return kinds(float(value) if type(value) is int else value)
    return ""
