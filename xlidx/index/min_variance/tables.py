"""Tables of a selection: further groups of the names, and limits of single groups."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.inputs import GroupLimit
from xlidx.tables import Column, TableSpec

KINDS = ("country", "issuer")

GROUPS = TableSpec(
    name="groups",
    keys=("id",),
    columns=(
        Column(name="id", kind="text", help="identifier of the security"),
        Column(name="country", kind="text", required=False, help="country; blank throughout for none"),
        Column(name="issuer", kind="text", required=False, help="issuer; blank throughout for none"),
    ),
)
GROUP_LIMITS = TableSpec(
    name="group_limits",
    keys=("kind", "group"),
    columns=(
        Column(name="kind", kind="word", words=("sector", "region", *KINDS), help="kind of group"),
        Column(name="group", kind="text", help="label of the group"),
        Column(name="floor", kind="fraction", required=False, help="least weight; blank for the common one"),
        Column(name="cap", kind="fraction", required=False, help="largest weight; blank for the common one"),
    ),
)
CURRENT = TableSpec(
    name="current",
    keys=("id",),
    columns=(
        Column(name="id", kind="text", help="identifier of a security held today, a candidate or not"),
        Column(name="weight", kind="fraction", help="its weight today"),
    ),
)


def group_columns(frame: pd.DataFrame, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the labels of each kind that has any, in the order of ``ids``; every identifier must be there.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["b", "a"], "country": ["DE", "FR"], "issuer": ["", ""]})
    >>> group_columns(frame, ["a", "b"])
    {'country': ['FR', 'DE']}
    """
    places = {str(name): place for place, name in enumerate(frame["id"])}
    names = [str(name).strip() for name in ids]
    for name in names:
        if name not in places:
            raise XlidxError(Kind.MISSING, f"{name} has no row", "table groups", "add its row")
    for name in places:
        if name not in names:
            raise XlidxError(Kind.DOMAIN, f"{name} is no candidate", "table groups", "delete its row")
    columns = {}
    for kind in KINDS:
        labels = ["" if pd.isna(label) else str(label) for label in frame[kind]]
        if any(labels):
            columns[kind] = [labels[places[name]] for name in names]
    return columns


def group_limits(frame: pd.DataFrame) -> list[GroupLimit]:
    """Return the limits of single groups.

    Examples
    --------
    >>> group_limits(pd.DataFrame({"kind": ["sector"], "group": ["Energy"], "floor": [float("nan")], "cap": [0.1]}))
    [GroupLimit(kind='sector', label='Energy', floor=None, cap=0.1)]
    """
    sides = [[None if pd.isna(x) else float(x) for x in frame[side]] for side in ("floor", "cap")]
    rows = zip(frame["kind"], frame["group"], *sides, strict=True)
    return [GroupLimit(str(kind), str(label), floor, cap) for kind, label, floor, cap in rows]
