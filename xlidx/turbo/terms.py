"""The plain words of a certificate's terms, and the codes that formulas compute with.

Words are resolved once: every function of :mod:`xlidx.turbo` also takes what :func:`sign_of`,
:func:`kind_of` and :func:`event_of` return, so a book of series never compares text twice.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from xlidx.arrays import Numbers
from xlidx.errors import Kind, XlidxError

Coded: TypeAlias = str | float | npt.NDArray[Any]

BEST, LIMITED, OPEN_ENDED = 0, 1, 2
EXERCISE, ISSUER_CALL, STOP_LOSS, EXPIRY = 0, 1, 2, 3
UNRESOLVED = -9

SIDES: Mapping[str, float] = {"long": 1.0, "short": -1.0}
KINDS: Mapping[str, int] = {"best": BEST, "limited": LIMITED, "open ended": OPEN_ENDED}
EVENTS: Mapping[str, int] = {
    "exercise": EXERCISE,
    "issuer call": ISSUER_CALL,
    "stop loss": STOP_LOSS,
    "expiry": EXPIRY,
}


def sign_of(side: Coded) -> Numbers:
    """Return +1.0 for long and -1.0 for short.

    Parameters
    ----------
    side : str, or array of str of any shape
        ``long`` or ``short``; case and outer spaces do not matter.  Signs already resolved pass through.

    Returns
    -------
    float or float array of the same shape

    Raises
    ------
    XlidxError
        ``MISSING`` for ``None``; ``CHOICE`` for another word or number, with a mask for an array.

    Examples
    --------
    >>> sign_of(" Short ")
    -1.0
    >>> sign_of(np.array(["long", "short"]))
    array([ 1., -1.])
    """
    signs = _coded(side, SIDES, "side", np.float64)
    return signs.astype(np.float64, copy=False) if isinstance(signs, np.ndarray) else float(signs)


def kind_of(kind: Coded) -> Any:
    """Return the code of a kind of certificate: best 0, limited 1, open ended 2; see :func:`sign_of`.

    Examples
    --------
    >>> kind_of("Open Ended")
    2
    """
    return _coded(kind, KINDS, "kind", np.int8)


def event_of(event: Coded) -> Any:
    """Return the code of a settlement event: exercise 0, issuer call 1, stop loss 2, expiry 3.

    Examples
    --------
    >>> event_of(np.array(["exercise", "stop loss"]))
    array([0, 2], dtype=int8)
    """
    return _coded(event, EVENTS, "settlement_event", np.int8)


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """Return ``yes`` where the condition holds and ``no`` elsewhere; plain values stay plain.

    Examples
    --------
    >>> choose(True, 1.0, 2.0)
    1.0
    >>> choose(False, 0.0, np.array([1.0, 2.0]))
    array([1., 2.])
    """
    if isinstance(condition, np.ndarray) or isinstance(yes, np.ndarray) or isinstance(no, np.ndarray):
        return np.where(condition, yes, no)
    return yes if condition else no


def word_of(word: str, allowed: Collection[str], name: str) -> str:
    """Return an option as it is written in its list; case and outer spaces do not matter.

    Raises
    ------
    XlidxError
        ``CHOICE`` for a word that is not in the list.

    Examples
    --------
    >>> word_of(" Daily", ("simple", "daily"), "accrual")
    'daily'
    """
    found = word if word in allowed else _tidy(word)
    if found not in allowed:
        what, mend = f"{name} {str(word)!r} is not known", f"use {', '.join(allowed)}"
        raise XlidxError(Kind.CHOICE, what, f"argument {name}", mend)
    return found


def one_certificate(*values: Any) -> list[Any]:
    """Return the arguments as plain values, refusing any that holds more than one.

    Raises
    ------
    XlidxError
        ``SHAPE`` for a range or array of more than one value.

    Examples
    --------
    >>> one_certificate("short", np.array([13571.32]), None)
    ['short', 13571.32, None]
    """
    return [_plain(value) for value in values]


def arguments_of(function: Callable[..., Any], terms: tuple[Any, ...], named: Mapping[str, Any]) -> list[Any]:
    """Return all arguments of a function as plain values, defaults filled in; see :func:`one_certificate`.

    Examples
    --------
    >>> arguments_of(lambda side, level=100.0: None, ("long",), {})
    ['long', 100.0]
    """
    arguments = inspect.signature(function).bind(*terms, **named)
    arguments.apply_defaults()
    return one_certificate(*arguments.args)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.size != 1:
        raise XlidxError(
            Kind.SHAPE,
            f"an argument holds {array.size} values",
            "an explanation follows one number",
            "explain one certificate at a time",
        )
    return (array.astype("datetime64[D]") if array.dtype.kind == "M" else array).item()


def _coded(words: Any, table: Mapping[str, Any], name: str, dtype: Any) -> Any:
    if isinstance(words, str):
        code = table.get(words)
        return code if code is not None else _tidy_code(words, table, name)
    if words is None:
        mend = f"use {', '.join(table)}"
        raise XlidxError(Kind.MISSING, f"{name} is blank", f"argument {name}", mend)
    if isinstance(words, (int, float)) and not isinstance(words, bool) and words in table.values():
        return words
    array = np.asarray(words)
    if array.dtype.kind in "fiu":
        return _checked(words, array, table, name)
    if array.ndim == 0:
        return _tidy_code(array.item(), table, name)
    return _text_codes(array, table, name, dtype)


def _checked(words: Any, array: npt.NDArray[Any], table: Mapping[str, Any], name: str) -> Any:
    known = array * array == 1.0 if table is SIDES else np.isin(array, list(table.values()))
    if known.all():
        return array if array.ndim else words
    raise _unknown(array[~known].flat[0] if array.ndim else array, table, name, ~known)


def _text_codes(array: npt.NDArray[Any], table: Mapping[str, Any], name: str, dtype: Any) -> npt.NDArray[Any]:
    texts = array if array.dtype.kind == "U" else array.astype(object)
    codes = np.full(texts.shape, UNRESOLVED, dtype)
    for word, code in table.items():
        codes[texts == word] = code
    left = codes == UNRESOLVED
    if left.any():
        found = [table.get(_tidy(word)) for word in texts[left]]
        unknown = left.copy()
        unknown[left] = [code is None for code in found]
        if unknown.any():
            raise _unknown(texts[unknown].flat[0], table, name, unknown)
        codes[left] = found
    return codes


def _tidy_code(word: Any, table: Mapping[str, Any], name: str) -> Any:
    code = table.get(_tidy(word))
    if code is None:
        raise _unknown(word, table, name, None)
    return code


def _tidy(word: Any) -> str:
    return " ".join(word.lower().split()) if isinstance(word, str) else ""


def _unknown(word: Any, table: Mapping[str, Any], name: str, mask: npt.NDArray[np.bool_] | None) -> XlidxError:
    item = f", item {int(mask.argmax()) + 1}" if mask is not None and mask.size > 1 else ""
    what, mend = f"{name} {str(word)!r} is not known", f"use {', '.join(table)}"
    if table is KINDS and _tidy(word) == "fixed leverage":
        what = "fixed leverage certificates cannot be computed: how their leverage is re-set is not published"
    where = f"argument {name}{item}"
    return XlidxError(Kind.CHOICE, what, where, mend, mask=mask if mask is not None and mask.ndim else None)
