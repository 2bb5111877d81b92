"""Functions of the fast engine whose arguments need a look of their own."""

from __future__ import annotations

import re

import attrs

from xlidx.recalc.fast.expressions import (
    CRITERION,
    DAY,
    FORMULA_NUMBER,
    SHOWABLE,
    SORTABLE,
    ArgumentCheck,
    Expression,
    Kind,
    elementwise,
)
from xlidx.recalc.fast.signatures import SIGNATURES, TEXT_RESULTS, TRUTH_RESULTS, Signature
from xlidx.recalc.interface.unsupported import Unsupported

_NUMBER_FORMAT = re.compile(r"([+-]?\(?(#,##|0,00|#)?0+(\.0*#*)?%?\)?)(;[+-]?\(?(#,##)?0+(\.0+)?%?\)?){0,2}")
_DATE_FORMAT = re.compile(r"(d{1,4}|m{1,4}|yy(yy)?)([-/. ,]*(d{1,4}|m{1,4}|yy(yy)?))*( hh:mm(:ss)?)?", re.IGNORECASE)
_BY_RULE = ("UPPER", "LOWER", "PROPER", "CHAR", "GCD", "LCM", "YEAR", "MONTH", "DAY", "DATE")
_RULES = {"DAY": "DAY_OF_MONTH"}  # XLIDX.DAY looks at a computed day
_SUBTOTALS = frozenset((*range(1, 12), *range(101, 112)))
_TIME_FORMAT = re.compile(r"hh:mm(:ss)?", re.IGNORECASE)


def result(name: str, signature: Signature, args: list[Expression | None], texts: list[str]) -> Expression:
    """Return what is known of an ordinary function's result."""
    text = f"{name}({','.join(texts)})"
    kind: Kind = "text" if name in TEXT_RESULTS else "truth" if name in TRUTH_RESULTS else ""
    if signature.result == "like":
        return elementwise(text, kind, *(arg for arg in args if arg is not None))
    return Expression(text, "many" if signature.result == "many" else "one", kind=kind)


def _index(args: list[Expression | None], texts: list[str]) -> Expression:
    source, chosen = args[0], args[1:]
    if source is None or not chosen:
        raise Unsupported("INDEX without a row or column", "give the row and the column")
    text = f"INDEX({','.join(texts)})"
    if len(chosen) == 1 and not source.line:
        raise Unsupported("INDEX with one number on a block", "give the row and the column")
    whole = [arg is None or arg.literal == 0.0 for arg in chosen]
    if len(chosen) == 1 and whole[0]:
        return attrs.evolve(source, text=text)
    if not any(whole):
        return Expression(text, reference=source.reference)
    rows = source.rows if whole[0] else 1
    columns = source.columns if whole[1] else 1
    return Expression(text, "many", reference=source.reference, rows=rows, columns=columns)


def _match(args: list[Expression | None], texts: list[str]) -> Expression:
    keys, kind = args[1] if len(args) > 1 else None, args[2] if len(args) > 2 else None
    if keys is None or not keys.line:
        raise Unsupported("MATCH in a block, or in a range of unknown size", "give one row or column")
    if not keys.reference and (kind is None or kind.literal not in (0.0, False)):
        raise Unsupported("MATCH of a near value in computed values", "match exactly, with 0 as third argument")
    if kind is not None and isinstance(kind.literal, bool):  # the engine takes FALSE for a near value
        texts = [*texts[:2], "1" if kind.literal else "0"]
    return Expression(f"MATCH({','.join(texts)})")


def _xlookup(args: list[Expression | None], texts: list[str]) -> Expression:
    text = f"XLOOKUP({','.join(texts)})"
    keys, results = (args[1], args[2]) if len(args) > 2 else (None, None)
    if keys is None or results is None:
        raise Unsupported("XLOOKUP with an argument left out", "write the argument out")
    if not (keys.line and keys.rows and keys.columns and results.rows and results.columns):
        mend = "refer to the cells directly, or use INDEX and MATCH"
        raise Unsupported("XLOOKUP over a range of unknown size", mend)
    if not keys.reference and len(args) > 4:
        raise Unsupported("XLOOKUP of a near value in computed values", "leave out the arguments after the fourth")
    along = keys.rows == results.rows if keys.columns == 1 else keys.columns == results.columns
    if not along:
        raise Unsupported("XLOOKUP with ranges of unequal lengths", "use ranges of the same length")
    return Expression(text, "one" if results.line else "many")


def _filter(args: list[Expression | None], texts: list[str]) -> Expression:
    # Measured: with one condition per column the engine gives back all columns.
    condition = args[1] if len(args) > 1 else None
    if condition is None or condition.columns != 1:
        what = "FILTER by a condition that is not known to be one column"
        raise Unsupported(what, "filter rows by one column of conditions; turn columns into rows with TRANSPOSE")
    return Expression(f"FILTER({','.join(texts)})", "many")


def _transpose(args: list[Expression | None], texts: list[str]) -> Expression:
    turned = args[0] if args else None
    if turned is None:
        raise Unsupported("TRANSPOSE without a block", "refer to the cells to turn")
    return attrs.evolve(
        turned, text=f"TRANSPOSE({','.join(texts)})", rows=turned.columns, columns=turned.rows, reference=False
    )


def _text(args: list[Expression | None], texts: list[str]) -> Expression:
    form = args[1].literal if len(args) == 2 and args[1] is not None else None
    decimals = _decimals(form) if isinstance(form, str) else None
    if decimals is None:
        what = f"TEXT with the format {form!r}" if form else "TEXT with a format that is not a constant"
        raise Unsupported(what, 'use a plain format such as "0.00", "#,##0.00", "0.0%" or "yyyy-mm-dd"')
    return Expression(f"TEXT({SHOWABLE}({FORMULA_NUMBER},{texts[0]},{decimals}),{texts[1]})", kind="text")


def _decimals(form: str) -> int | None:
    if _DATE_FORMAT.fullmatch(form) or _TIME_FORMAT.fullmatch(form):
        return -1
    if not _NUMBER_FORMAT.fullmatch(form) or "#" in form.partition(".")[2]:
        return None
    first = form.partition(";")[0]
    places = len(first.partition(".")[2].rstrip("%)"))
    return places + (2 if first.rstrip(")").endswith("%") else 0)


def _stepped(name: str) -> ArgumentCheck:
    def check(args: list[Expression | None], texts: list[str]) -> Expression:
        step = args[1] if len(args) > 1 else Expression("1", literal=1.0)
        if step is None or type(step.literal) is not float or not step.literal.is_integer() or step.literal <= 0:
            what = f"{name} with a step that is not a whole positive constant"
            mend = "use ROUNDUP(x/step,0)*step, ROUNDDOWN(x/step,0)*step or ROUND(x/step,0)*step"
            raise Unsupported(what, mend)
        return Expression(f"{name}({','.join(texts)})")

    return check


def _datedif(args: list[Expression | None], texts: list[str]) -> Expression:
    unit = args[2].literal if len(args) == 3 and args[2] is not None else None
    if str(unit).lower() not in ("d", "m", "y"):
        raise Unsupported("DATEDIF with another unit than d, m or y", "use DAYS, MONTH and YEAR")
    return Expression(f"DATEDIF({','.join(texts)})")


def _subtotal(args: list[Expression | None], texts: list[str]) -> Expression:
    which = args[0].literal if args and args[0] is not None else None
    if which not in _SUBTOTALS:
        raise Unsupported("SUBTOTAL with another number than 1 to 11 and 101 to 111", "use the function itself")
    return Expression(f"SUBTOTAL({','.join(texts)})")


def _sorted(name: str) -> ArgumentCheck:
    def check(_: list[Expression | None], texts: list[str]) -> Expression:
        keys = [0] if name == "SORT" else range(1, len(texts), 2)
        wrapped = [
            f"{SORTABLE}({FORMULA_NUMBER},{text})" if i in keys and text else text for i, text in enumerate(texts)
        ]
        return Expression(f"{name}({','.join(wrapped)})", "many")

    return check


def _sizes_fit(name: str) -> ArgumentCheck:
    """Return the check of functions that take ranges of one size; ``SUMIF`` alone may do with another one."""

    def check(args: list[Expression | None], texts: list[str]) -> Expression:
        blocks = [arg for i, arg in enumerate(args) if arg is not None and (i not in _criteria(name, len(args)))]
        sizes = {(block.rows, block.columns) for block in blocks if block.rows and block.columns}
        if len(sizes) > 1:
            raise Unsupported(f"{name} with ranges of unequal sizes", "use ranges of the same size")
        wrapped = [
            f"{CRITERION}({FORMULA_NUMBER},{text})" if i in _criteria(name, len(args)) else text
            for i, text in enumerate(texts)
        ]
        return Expression(f"{name}({','.join(wrapped)})")

    return check


def _criteria(name: str, count: int) -> range:
    """Return the numbers of the arguments that are criteria."""
    if name in ("SUMIF", "COUNTIF", "AVERAGEIF"):
        return range(1, 2)
    return range(1, count, 2) if name == "COUNTIFS" else range(2, count, 2)


def _sumproduct(args: list[Expression | None], texts: list[str]) -> Expression:
    known = [arg for arg in args if arg is not None]
    sizes = {(arg.rows or 1, arg.columns or 1) if arg.shape == "one" else (arg.rows, arg.columns) for arg in known}
    if len(known) > 1 and (len(sizes) > 1 or any(0 in size for size in sizes)):
        raise Unsupported("SUMPRODUCT of blocks of unequal or unknown sizes", "use ranges of the same size")
    return Expression(f"SUMPRODUCT({','.join(texts)})")


def _renamed(name: str) -> ArgumentCheck:
    """Return the check of a function that is computed by a rule of ours."""

    def check(_: list[Expression | None], texts: list[str]) -> Expression:
        kind: Kind = "text" if name in TEXT_RESULTS else "number"
        return Expression(f"XLIDX.{_RULES.get(name, name)}({','.join([FORMULA_NUMBER, *texts])})", kind=kind)

    return check


def _day(name: str) -> ArgumentCheck:
    def check(_: list[Expression | None], texts: list[str]) -> Expression:
        return Expression(f"{DAY}({FORMULA_NUMBER},{name}({','.join(texts)}))")

    return check


def _cut(name: str) -> ArgumentCheck:
    """Return the check of TAKE and DROP: something must be left."""

    def check(args: list[Expression | None], texts: list[str]) -> Expression:
        block = args[0] if args else None
        for arg, size in zip(args[1:], (block.rows, block.columns) if block is not None else (), strict=False):
            count = arg.literal if arg is not None else None
            if type(count) is float and size and not 0 < abs(count) < size + (name == "TAKE"):
                raise Unsupported(f"{name} that may leave nothing", "give a constant below the size of the block")
        return Expression(f"{name}({','.join(texts)})", "many")

    return check


def _stacked(name: str) -> ArgumentCheck:
    def check(args: list[Expression | None], texts: list[str]) -> Expression:
        blocks = [arg for arg in args if arg is not None]
        sizes = {1 if b.shape == "one" else b.rows if name == "HSTACK" else b.columns for b in blocks}
        if len(sizes) > 1 or 0 in sizes:
            raise Unsupported(f"{name} of blocks of unequal or unknown sizes", "stack blocks of the same size")
        return Expression(f"{name}({','.join(texts)})", "many")

    return check


def _condition(args: list[Expression | None], texts: list[str]) -> Expression:
    if args and args[0] is not None and args[0].kind == "text":
        raise Unsupported("IF with a text as its condition", "compare the text with something")
    return result("IF", SIGNATURES["IF"], args, texts)


ARGUMENT_CHECKS: dict[str, ArgumentCheck] = {
    "INDEX": _index,
    "MATCH": _match,
    "XLOOKUP": _xlookup,
    "FILTER": _filter,
    "TRANSPOSE": _transpose,
    "TEXT": _text,
    "DATEDIF": _datedif,
    "SUBTOTAL": _subtotal,
    "IF": _condition,
    "SORT": _sorted("SORT"),
    "SUMPRODUCT": _sumproduct,
    "TAKE": _cut("TAKE"),
    "DROP": _cut("DROP"),
    "VSTACK": _stacked("VSTACK"),
    "HSTACK": _stacked("HSTACK"),
    **{name: _day(name) for name in ("EDATE", "EOMONTH", "WORKDAY", "WORKDAY.INTL")},
    **{
        name: _renamed(name)
        for name in ("UPPER", "LOWER", "PROPER", "CHAR", "GCD", "LCM", "YEAR", "MONTH", "DAY", "DATE")
    },
    **{
        name: _sizes_fit(name)
        for name in ("SUMIF", "COUNTIF", "AVERAGEIF", "SUMIFS", "COUNTIFS", "AVERAGEIFS", "MAXIFS", "MINIFS")
    },
    "SORTBY": _sorted("SORTBY"),
    "CEILING": _stepped("CEILING"),
    "FLOOR": _stepped("FLOOR"),
    "MROUND": _stepped("MROUND"),
    "CEILING.MATH": _stepped("CEILING.MATH"),
    "FLOOR.MATH": _stepped("FLOOR.MATH"),
}
