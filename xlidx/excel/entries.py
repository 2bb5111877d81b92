"""Entries of the function catalogue: one record holds everything that any host needs about a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import attrs

from xlidx.excel.readers import REQUIRED, Reader
from xlidx.rules import Step, cite
from xlidx.values import serial


@attrs.frozen
class Param:
    """One argument: its name, its reader, help of at most 255 characters, and the default if it has one."""

    name: str
    read: Reader
    help: str
    default: Any = REQUIRED

    @property
    def required(self) -> bool:
        """Tell whether the argument must be given."""
        return self.default is REQUIRED


@attrs.frozen
class Example:
    """A call with literal arguments, the plain answer it must give, and where the answer comes from."""

    arguments: tuple[Any, ...]
    answer: Any
    source: str


@attrs.frozen(kw_only=True)
class Entry:
    """One function of the catalogue.

    ``each`` functions give one result per cell with scalars broadcast; the others read whole ranges.
    ``reduce_by`` names an argument of an *each* function that, when given, makes it reduce its ranges to
    one value.  ``explain`` takes the same arguments as ``core`` and returns the ordered steps of the result.
    """

    name: str
    core: Callable[..., Any]
    params: tuple[Param, ...]
    help: str
    group: str
    examples: tuple[Example, ...]
    template: str
    explain: Callable[..., Sequence[Step]] | None = None
    each: bool = False
    reduce_by: str | None = None

    @property
    def rules(self) -> str:
        """The clauses the core function follows, in words."""
        return cite(self.core)

    @property
    def syntax(self) -> str:
        """The call with its argument names, optional ones in brackets.

        Examples
        --------
        >>> from xlidx.excel.catalogue import find
        >>> find("XI_DIVISOR_CHAIN").syntax
        'XI_DIVISOR_CHAIN(divisor, value_before, value_after)'
        """
        names = [p.name if p.required else f"[{p.name}]" for p in self.params]
        return f"{self.name}({', '.join(names)})"


def formula(name: str, arguments: Sequence[Any]) -> str:
    """Return the Excel formula of a call with literal arguments.

    Examples
    --------
    >>> formula("XI_CAPPING_FACTORS", ([[50.0, 30.0, 20.0]], 0.4))
    '=XI_CAPPING_FACTORS({50,30,20},0.4)'
    """
    return f"={name}({','.join(map(_literal, arguments))})"


def _literal(value: Any) -> str:
    if isinstance(value, list | tuple):
        rows = value if value and isinstance(value[0], list | tuple) else [value]
        return "{" + ";".join(",".join(_literal(cell) or '""' for cell in row) for row in rows) + "}"
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date):
        return _literal(serial(value))
    if isinstance(value, str):
        return value if value.startswith("#") else '"' + value.replace('"', '""') + '"'
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
