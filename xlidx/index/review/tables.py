"""The tables of a review: listed lines, current constituents, and decisions that are a matter of judgement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.tables import Column, Table, TableSpec

CONVERTIBLES = ("convertible preference", "loan stock")
DERIVATIVES = ("warrant", "right", "derivative")
OVERRIDE_WORDS = ("exclude", "veto", "add", "remove", "keep shares")

CANDIDATES = TableSpec(
    name="candidates",
    keys=("isin",),
    columns=(
        Column(name="company", kind="text", help="name of the company; its lines carry the same name"),
        Column(name="isin", kind="text", help="ISIN of the line"),
        Column(
            name="member",
            kind="word",
            words=("yes", "no"),
            required=False,
            help="yes for current constituents; in an update blank means: as in the current table",
        ),
        Column(
            name="instrument",
            kind="word",
            words=("ordinary", "preference", *CONVERTIBLES, *DERIVATIVES),
            required=False,
            default="ordinary",
            help="type of the line; blank is ordinary",
        ),
        Column(
            name="segment",
            kind="word",
            words=("continuous", "auction", "other"),
            required=False,
            default="continuous",
            help="trading segment; blank is continuous",
        ),
        Column(
            name="admission",
            kind="date",
            required=False,
            help="first day of listing, blank if long ago; after a split-up that handed out shares, the parent's",
        ),
        Column(
            name="removed",
            kind="date",
            required=False,
            help="first session out of the index after a removal under 6.2.1",
        ),
        Column(
            name="shares", kind="number", above=0.0, unit="shares", help="give the shares listed at the cut-off date"
        ),
        Column(name="close", kind="number", unit="EUR", help="closing price of the cut-off date, in euro"),
        Column(name="free_float", kind="fraction", unit="of the shares", help="raw free float at the cut-off date"),
        Column(
            name="velocity",
            kind="number",
            unit="per year",
            required=False,
            help="free-float velocity, 25 % is 0.25; blank if no session counts",
        ),
        Column(
            name="turnover",
            kind="number",
            unit="EUR",
            required=False,
            help="regulated turnover of the twelve months; needed for companies with several lines",
        ),
        Column(
            name="share_factor",
            kind="number",
            above=0.0,
            unit="shares now per share at the cut-off date",
            required=False,
            default=1.0,
            help="give the ratio of corporate actions since the cut-off date, 2 for a split of one into two",
        ),
        Column(
            name="composition_close",
            kind="number",
            above=0.0,
            unit="EUR",
            required=False,
            help="give the closing price of the composition announcement date, in euro; needed for the capping",
        ),
    ),
)

CURRENT = TableSpec(
    name="current",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the constituent"),
        Column(name="shares", kind="number", above=0.0, unit="shares", help="give the shares in the index"),
        Column(name="free_float", kind="fraction", unit="of the shares", help="free-float factor in the index"),
        Column(
            name="capping",
            kind="number",
            above=0.0,
            required=False,
            default=1.0,
            help="give the capping factor in the index, blank is 1",
        ),
    ),
)

OVERRIDES = TableSpec(
    name="overrides",
    keys=("isin", "decision"),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the line decided about"),
        Column(
            name="decision",
            kind="word",
            words=OVERRIDE_WORDS,
            help="exclude: not eligible; veto: not added at a quarterly review; add, remove: revision of the "
            "announced selection; keep shares: number of shares not updated after a merger",
        ),
        Column(name="author", kind="text", help="who decided"),
        Column(name="reason", kind="text", help="why"),
        Column(name="decided", kind="date", help="day of the decision"),
        Column(name="expiry", kind="date", help="last cut-off date that the decision holds for"),
    ),
)


@attrs.frozen
class Decisions:
    """Decisions that hold for one review.

    Attributes
    ----------
    because : dict
        Reason and author by ISIN and decision.
    notes : dict
        By ISIN, decisions that came too late for this review.
    """

    because: dict[tuple[str, str], str] = attrs.field(factory=dict)
    notes: dict[str, str] = attrs.field(factory=dict)

    def of(self, isin: str, word: str) -> str:
        """Return why ``word`` was decided about a line, or an empty text if it was not."""
        return self.because.get((isin, word), "")


def checked_candidates(candidates: Table) -> pd.DataFrame:
    """Return the frame of the candidates, or refuse faults, negative prices and companies held twice.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> checked_candidates(read(CANDIDATES, [["company", "isin", "shares", "close", "free float"],
    ...     ["A", "PTA", 1e6, -5.0, 0.5]]))
    Traceback (most recent call last):
    xlidx.errors.XlidxError: close is -5 but must be 0 or more - table candidates, row 2, column close - ...
    """
    frame = candidates.strict()
    for name in ("close", "velocity", "turnover"):
        for row in frame.index[frame[name] < 0]:
            what = f"{name} is {frame.loc[row, name]:.15g} but must be 0 or more"
            mend = f"correct {name} or leave it blank" if name != "close" else "give the closing price"
            raise XlidxError(Kind.DOMAIN, what, f"table candidates, row {row}, column {name}", mend)
    held = frame[frame["member"] == "yes"]
    for row in held.index[held["company"].duplicated()]:
        what, where = f"{held.loc[row, 'company']} has two current lines", f"table candidates, row {row}, column member"
        raise XlidxError(Kind.DOMAIN, what, where, "say yes for one line per company")
    return frame


def company_members(frame: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell for every line whether its company is a current constituent, through this line or another.

    Examples
    --------
    >>> company_members(pd.DataFrame({"company": ["A", "A", "B"], "member": ["yes", None, "no"]})).tolist()
    [True, True, False]
    """
    held = frame.loc[frame["member"] == "yes", "company"]
    return frame["company"].isin(held).to_numpy()


def objects(values: Sequence[Any]) -> pd.Series[Any]:
    """Return a column in which ``None`` stays a blank and does not become a missing number.

    Examples
    --------
    >>> objects(["a", None]).tolist()
    ['a', None]
    """
    return pd.Series(list(values), dtype=object)


def as_day(day: date | np.datetime64 | None) -> date | None:
    """Return a day as a date.

    Examples
    --------
    >>> as_day(np.datetime64("2016-02-26"))
    datetime.date(2016, 2, 26)
    """
    return None if day is None or pd.isna(day) else pd.Timestamp(day).date()


def require_cut_off(frame: pd.DataFrame, cut_off: date | None) -> None:
    """Refuse candidates with dates when there is no cut-off date to compare them with."""
    for name in ("admission", "removed"):
        if cut_off is None and frame[name].notna().any():
            what, mend = f"cut_off is blank though there are dates of {name}", "give the cut-off date of the review"
            raise XlidxError(Kind.MISSING, what, "argument cut_off", mend)


def membership(basket: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    """Return ``yes`` or ``no`` for every candidate, as the current composition has it.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a constituent that is not among the candidates, ``DOMAIN`` for a contradiction.
    """
    held = set(basket["isin"])
    absent = [isin for isin in basket["isin"] if isin not in set(frame["isin"])]
    if absent:
        mend = "add a row for every current constituent"
        raise XlidxError(Kind.NO_DATA, f"constituent {absent[0]} has no row", "table candidates, column isin", mend)
    for row, isin, said in zip(frame.index, frame["isin"], frame["member"], strict=True):
        if said in ("yes", "no") and (said == "yes") != (isin in held):
            what = f"{isin} is {'' if isin in held else 'not '}in the current table, but member says {said}"
            where = f"table candidates, row {row}, column member"
            raise XlidxError(Kind.DOMAIN, what, where, "correct it or leave it blank")
    return ["yes" if isin in held else "no" for isin in frame["isin"]]


def decisions_in_force(
    overrides: Table | None, known: set[str], cut_off: date | None, composition: date | None
) -> Decisions:
    """Return the decisions that hold for a review.

    Parameters
    ----------
    overrides : Table or None
        Columns as in :data:`OVERRIDES`.
    known : set of texts
        ISINs of the review.
    cut_off, composition : date
        Review cut-off and composition announcement date.

    Returns
    -------
    Decisions
        Those expired before the cut-off are left out; those taken after the composition announcement become notes.

    Raises
    ------
    XlidxError
        The first fault of the table; ``MISSING`` without a cut-off; ``NO_DATA`` for an ISIN that is not known.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> table = read(OVERRIDES, [["isin", "decision", "author", "reason", "decided", "expiry"],
    ...     ["PTA", "veto", "committee", "offer expected", date(2016, 6, 1), date(2016, 12, 31)]])
    >>> decisions_in_force(table, {"PTA"}, date(2016, 5, 27), date(2016, 6, 15)).of("PTA", "veto")
    'offer expected (committee)'
    """
    if overrides is None or overrides.frame.empty:
        return Decisions()
    if cut_off is None or composition is None:
        mend = "give the cut-off date of the review"
        raise XlidxError(Kind.MISSING, "cut_off is blank though there are overrides", "argument cut_off", mend)
    frame = overrides.strict()
    live = frame[frame["expiry"] >= pd.Timestamp(cut_off)]
    because: dict[tuple[str, str], str] = {}
    notes: dict[str, str] = {}
    for row, one in zip(live.index, live.to_dict("records"), strict=True):
        isin, decision, where = one["isin"], one["decision"], f"table overrides, row {row}, column isin"
        if isin not in known:
            mend = "add it to the candidates, or end the override by its expiry"
            raise XlidxError(Kind.NO_DATA, f"there is no line {isin} to decide about", where, mend)
        if one["decided"] > pd.Timestamp(composition):
            late = f"{decision} decided on {one['decided']:%Y-%m-%d}, after {composition}: too late"
            notes[isin] = "; ".join(filter(None, (notes.get(isin), late)))
        else:
            because[isin, decision] = f"{one['reason']} ({one['author']})"
        if {(isin, "add"), (isin, "remove")} <= because.keys():
            raise XlidxError(Kind.DOMAIN, f"{isin} is both added and removed", where, "end one of the two decisions")
    return Decisions(because, notes)
