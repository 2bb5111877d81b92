"""Evaluation: one entry of the catalogue and raw cells in, the result of its core function out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from xlidx.arrays import Bools
from xlidx.errors import Kind, XlidxError
from xlidx.excel.cells import block
from xlidx.excel.entries import Entry
from xlidx.excel.readers import Errors
from xlidx.limits import CELLS, within
from xlidx.rules import Step


def why(entry: Entry, cells: Sequence[Any]) -> str:
    """Return the sentence behind the error of a call, or an empty text if the call works.

    In a range the first cell in error speaks, in a book the first row with a note.
    """
    try:
        result = evaluate(entry, cells)
    except XlidxError as error:
        return error.sentence
    return next(_sentences(result), "")


def _sentences(result: Any) -> Iterator[str]:
    if isinstance(result, np.ndarray) and result.dtype == object:
        yield from (value.sentence for value in result.ravel() if isinstance(value, XlidxError))
    elif hasattr(result, "columns") and "note" in result.columns:
        yield from (str(note) for note in result["note"].dropna())


def explain(entry: Entry, cells: Sequence[Any]) -> Sequence[Step]:
    """Return the ordered steps of a call: symbol, meaning, value, unit, rule.

    Raises
    ------
    XlidxError
        As the function itself would refuse, and ``CHOICE`` for a function that has no steps to show.
    """
    if entry.explain is None:
        mend = "explain one of the functions that compute a number (see XI_FUNCTIONS)"
        raise XlidxError(Kind.CHOICE, f"{entry.name} has no steps to explain", "argument function", mend)
    values, errors = _take(entry, cells)
    refused = _first(errors)
    if refused:
        raise refused
    evaluate(entry, cells)  # refuses what the function refuses
    with np.errstate(all="ignore"):
        return entry.explain(*values)


def evaluate(entry: Entry, cells: Sequence[Any]) -> Any:
    """Run one entry on raw cells and return the core's result, unconverted.

    For *each* functions cells in error carry their :class:`XlidxError` in an object array.

    Raises
    ------
    XlidxError
        When there is no result at all.
    """
    try:
        with np.errstate(all="ignore"):
            return _computed(entry, cells)
    except MemoryError:
        what = f"{entry.name} needs more memory than there is"
        raise XlidxError(Kind.DOMAIN, what, "arguments", "take fewer rows, days or columns") from None
    except (ZeroDivisionError, OverflowError):
        what = f"{entry.name} leaves the range of numbers that a computer can hold"
        raise XlidxError(Kind.DOMAIN, what, "arguments", "look for a number that is far too small or large") from None


def _computed(entry: Entry, cells: Sequence[Any]) -> Any:
    values, errors = _take(entry, cells)
    if not entry.each:
        return _oriented(entry.core(*values), cells)
    shape = _shape(entry, values)
    if shape is None:
        return entry.core(*values)
    if _reduces(entry, values):
        return _whole(entry, values, errors)
    return _each(entry, values, shape, errors)


def _take(entry: Entry, cells: Sequence[Any]) -> tuple[list[Any], list[Errors]]:
    if len(cells) > len(entry.params):
        what = f"{entry.name} takes {len(entry.params)} arguments, {len(cells)} were given"
        raise XlidxError(Kind.SHAPE, what, "arguments", f"call {entry.syntax}")
    values, errors = [], []
    for param, raw in zip_longest(entry.params, cells):
        value = param.read.take(raw, param.name, param.default)
        if param.read.each:
            value, found = value
            if found is not None:
                errors.append(found)
        values.append(value)
    return values, errors


def _shape(entry: Entry, values: list[Any]) -> tuple[int, int] | None:
    arrays = {p.name: v.shape for p, v in zip(entry.params, values, strict=True) if isinstance(v, np.ndarray)}
    if not arrays:
        return None
    try:
        rows, columns = np.broadcast_shapes(*arrays.values())
    except ValueError:
        sizes = ", ".join(f"{name} {r} x {c}" for name, (r, c) in arrays.items())
        mend = "select ranges of equal size, or single cells"
        raise XlidxError(Kind.SHAPE, f"ranges do not fit: {sizes}", "arguments", mend) from None
    within(CELLS, rows * columns, f"a result of {rows} rows and {columns} columns", "arguments")
    return rows, columns


def _reduces(entry: Entry, values: list[Any]) -> bool:
    given = {param.name for param, value in zip(entry.params, values, strict=True) if value is not None}
    return entry.reduce_by in given


def _whole(entry: Entry, values: list[Any], errors: list[Errors]) -> Any:
    refused = _first(errors)
    if refused:
        raise refused
    sizes = {v.size for v in values if isinstance(v, np.ndarray)}
    if len(sizes) > 1:
        what = f"the ranges of a path have {', '.join(map(str, sorted(sizes)))} cells"
        raise XlidxError(Kind.SHAPE, what, "arguments", "select one row or column of equal length for each")
    return entry.core(*(v.ravel() if isinstance(v, np.ndarray) else v for v in values))


def _each(entry: Entry, values: list[Any], shape: tuple[int, int], errors: list[Errors]) -> Any:
    """Compute every cell that can be computed; the others keep their refusal."""
    found = np.full(shape, None, dtype=object)
    good = np.ones(shape, dtype=np.bool_)
    for marked in errors:
        _refuse(found, good, np.broadcast_to(marked, shape) != np.array(None), np.broadcast_to(marked, shape))
    while good.any():
        chosen = values if good.all() else [_chosen(v, shape, good) for v in values]
        try:
            result = np.asarray(entry.core(*chosen))
        except XlidxError as error:
            if error.mask is None:
                raise
            _refuse(found, good, _spread(error.mask, good), np.full(shape, error, dtype=object))
            continue
        if good.all():
            return np.broadcast_to(result, shape)
        found[good] = np.broadcast_to(result, (int(good.sum()),)).astype(object)
        break
    return found


def _chosen(value: Any, shape: tuple[int, int], good: Bools) -> Any:
    return np.broadcast_to(value, shape)[good] if isinstance(value, np.ndarray) else value


def _spread(mask: Bools, good: Bools) -> Bools:
    """Return a mask over the chosen cells as a mask over all cells."""
    if good.all():
        return np.broadcast_to(mask, good.shape)
    spread = np.zeros(good.shape, dtype=np.bool_)
    spread[good] = np.broadcast_to(mask, (int(good.sum()),))
    return spread


def _refuse(found: Errors, good: Bools, bad: Any, refusals: Errors) -> None:
    fresh = bad.astype(np.bool_) & good
    found[fresh] = refusals[fresh]
    good &= ~fresh


def _first(errors: list[Errors]) -> XlidxError | None:
    return next((e for marked in errors for e in marked.ravel() if e is not None), None)


def _oriented(result: Any, cells: Sequence[Any]) -> Any:
    """Lay a vector result along the first argument: a row for a row, else a column."""
    if not isinstance(result, np.ndarray) or result.ndim != 1 or not cells:
        return result
    first = block(cells[0])
    return result.reshape(1, -1) if first.rows == 1 and first.columns > 1 else result
