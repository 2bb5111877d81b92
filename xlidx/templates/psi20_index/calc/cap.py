"""Closed form of a cap: the largest value T that a member may keep, by the number of members that are capped."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Field

CLOSED_FORM = "With k members capped, T = cap x (value of the others) / (1 - k x cap); the first k that fits counts."


def largest(values: str) -> tuple[Field, Field, Field]:
    """Return the fields of k, the next largest value, and the sum of the values that are not capped."""
    return (
        Field("k", "k", "members capped", "flag", "formula", "={n}-1"),
        Field("next", "Next largest", "EUR", "count", "formula", f"=LARGE({{{values}:}},{{n}})"),
        Field("others", "Others", "EUR", "count", "formula", "={others-}-{next-}", f"=SUM({{{values}:}})"),
    )


def capped_value(end: str, cap: str, title: str, head: str) -> tuple[Field, Field, Field]:
    """Return the fields of T for a cap and whether it fits; ``end`` sets their keys apart from those of another cap."""
    room, limit = f"room{end}", f"limit{end}"
    enough = f"=IF({{{room}}}>Tolerance"
    fits = f"{enough},IF({{next}}*(1-1E-12)<={{{limit}}},1,0),0)"
    return (
        Field(room, f"1 - k x {title}", "fraction", "factor", "cross", f"=1-{{k}}*{cap}"),
        Field(limit, head, "EUR", "count", "cross", f"{enough},{cap}*{{others}}/{{{room}}},0)"),
        Field(f"fits{end}", "Fits", "1 = yes", "flag", "cross", fits),
    )
